"""Match WHO, as the person typed it, with a thread: address, company, name, title, subject, words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bowout.find import firm
from bowout.find.called import ARTICLES, How, Match, Names, mentions, plain_words, typed_domain
from bowout.text import hiring
from bowout.text.spelling import compact, distance, latin, spellings

__all__ = ["match", "match_quoted", "shown"]


def match(who: str, names: Names) -> Match | None:
    """Find the strongest way in which ``who`` answers to the thread, or None."""
    who = who.strip()
    if not who:
        return None
    for test in _TESTS:
        if (found := test(who, names)) is not None:
            return found
    return None


# --- equality -------------------------------------------------------------------------------------


def _by_address(who: str, names: Names) -> Match | None:
    wanted = who.casefold()
    for address in names.addresses:
        if address.key == wanted:
            return Match(How.ADDRESS, f"{who} takes part")
    if (typed := typed_domain(who)) is not None:
        for address in names.firms:
            if address.domain == typed or address.domain.endswith("." + typed):
                return Match(How.DOMAIN, f"{address.address} is at {typed}")
    return None


_LONGEST_NAME = 200
# "Jane Doe (Acme)", "Jane Doe via Lever", "Jane Doe | Acme": the name stands first.
_NAME_ENDS = re.compile(r"\s*(?:[(|/]|\s[-–—]\s|\s(?:via|at|from|bei|von|@)\s).*$", re.IGNORECASE)


def _bare_name(name: str) -> str:
    name = name[:_LONGEST_NAME]
    return _NAME_ENDS.sub("", name) or name


def _name_words(name: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(plain_words(s).split()) for s in spellings(_bare_name(name)))


def _by_full_name(who: str, names: Names) -> Match | None:
    wanted = _name_words(who)
    for name in names.people:
        if any(words in wanted and len(words) > 1 for words in _name_words(name)):
            return Match(How.FULL_NAME, f"{name} takes part")
    return None


def _by_name(who: str, names: Names) -> Match | None:
    wanted = _name_words(who)
    for name in names.people:
        if any(w and w <= words for words in _name_words(name) for w in wanted):
            return Match(How.NAME, f"{name} takes part")
    return None


def _by_position(who: str, names: Names) -> Match | None:
    """Match a job that is typed whole: "Yard Foreman", "the analytics engineer job"."""
    wanted = _job_words(who)
    for title in names.titles:
        if len(wanted) > 1 and wanted == _job_words(title):
            return Match(How.POSITION, f"the position is {title}")
    return None


def _job_words(text: str) -> list[str]:
    return [w for w in plain_words(text).split() if w not in ARTICLES and not hiring.tells_of_work(w)]


# --- words ----------------------------------------------------------------------------------------


def _by_words(who: str, names: Names) -> Match | None:
    mentioned = mentions(who)
    for title in names.titles:
        if mentioned(title):
            return Match(How.TITLE, f"the position is {title}")
    for subject in names.subjects:
        if mentioned(subject):
            return Match(How.SUBJECT, f"the subject is {subject}")
    # Several words, in whatever order: "acme data engineer".
    for subject in (*names.titles, *names.subjects):
        wanted = set(plain_words(who).split())
        if len(wanted) > 1 and wanted <= set(plain_words(subject).split()):
            return Match(How.SUBJECT, f"the subject holds these words: {subject}")
    return None


def _by_mention(who: str, names: Names) -> Match | None:
    mentioned = mentions(who)
    if any(mentioned(text) for text in names.texts):
        return Match(How.TEXT, f"the text mentions {who}")
    return None


def match_quoted(who: str, texts: Iterable[str]) -> Match | None:
    """Find the weakest way: only mail that somebody quoted mentions ``who``."""
    mentioned = mentions(who)
    return Match(How.QUOTED, f"quoted mail mentions {who}") if any(map(mentioned, texts)) else None


# --- likeness -------------------------------------------------------------------------------------


def _targets(names: Names) -> Iterator[str]:
    yield from (company for company, _ in names.companies)
    yield from (_bare_name(name) for name in names.people)
    for text in (*names.titles, *names.subjects):
        yield text
    for text in (*names.people, *names.titles, *names.subjects):
        yield from text.split()


def _foreign_words(names: Names) -> Iterator[str]:
    for text in names.texts:
        yield from (word for word in text.split() if not word.isascii())


def _by_likeness(who: str, names: Names) -> Match | None:
    if "@" in who.strip("@"):
        return None  # an address is like no word
    for target in dict.fromkeys((*_targets(names), *_foreign_words(names))):
        if _same_sound(who, target):
            return Match(How.SCRIPT, f"{target} may be {who}, written differently")
    typed = typed_domain(who)
    word = typed.partition(".")[0] if typed else who  # of a mistyped domain the name counts
    for target in dict.fromkeys(_targets(names)):
        if _nearly(word, target):
            return Match(How.TYPO, f"{target} may be {who}, misspelt")
    return None


def _same_sound(who: str, target: str) -> bool:
    if who.isascii() == target.isascii():
        return False
    a, b = compact(latin(who)), compact(latin(target))
    return min(len(a), len(b)) >= 3 and distance(a, b, 1) <= (1 if len(a) >= 5 else 0)


def _nearly(who: str, target: str) -> bool:
    a, b = compact(who), compact(target)
    limit = 0 if len(a) < 4 else 1 if len(a) < 8 else 2
    return limit > 0 and len(b) >= 4 and distance(a, b, limit) <= limit


_TESTS = (
    _by_address,
    firm.by_company,
    _by_full_name,
    firm.by_firm,
    firm.by_client,
    firm.by_job,
    _by_position,
    _by_name,
    firm.by_signature,
    _by_words,
    _by_likeness,
    _by_mention,
    firm.by_parts,
)


def shown(items: Iterable[str], most: int = 3) -> str:
    """Write a few of ``items`` as one phrase."""
    found: Sequence[str] = sorted(items)
    return ", ".join(found[:most]) + (" ..." if len(found) > most else "")
