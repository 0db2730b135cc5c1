"""Match WHO, as the person typed it, with a thread: address, company, name, title, subject, words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bowout.model import Address
from bowout.people.names import is_common, is_desk
from bowout.read import titles
from bowout.text import firms, hiring
from bowout.text.spelling import compact, distance, fold, latin, spellings


class How(StrEnum):
    """In what way WHO fits, the strongest first. Only the first five are equality (design section 5)."""

    ADDRESS = "address"
    DOMAIN = "domain"
    COMPANY = "company"
    FULL_NAME = "full-name"
    FIRM = "firm"  # the firm by a shorter or longer name than it has there
    NAME = "name"  # a part of somebody's name
    TITLE = "title"
    SUBJECT = "subject"
    SCRIPT = "script"  # the same word in another script
    TYPO = "typo"
    TEXT = "text"  # only mentioned
    PART = "part"  # some words of it, its stem or its initials
    QUOTED = "quoted"  # only mentioned in quoted mail
    ALIKE = "alike"  # only in other words, or where nobody of theirs speaks


EQUAL = frozenset({How.ADDRESS, How.DOMAIN, How.COMPANY, How.FULL_NAME, How.FIRM})


@dataclass(frozen=True, slots=True)
class Match:
    """The strongest way in which WHO fits, and the reason in words for a person."""

    how: How
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Everything a thread can be called by. ``companies`` come with where each was read.

    ``addresses`` are those of people there; ``firms`` those of them whose domain is their firm's own, and
    ``labels`` the firm's word in it; ``signed`` is what stands beside their names: in From and in signatures.
    ``headed`` are the parts of the subject, where somebody hires me; ``agency``: an agency does, and
    says of its client in such a part what there is.
    """

    addresses: tuple[Address, ...]
    firms: tuple[Address, ...]
    people: tuple[str, ...]
    companies: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    titles: tuple[str, ...]
    subjects: tuple[str, ...]
    signed: tuple[str, ...]
    texts: tuple[str, ...]
    headed: tuple[str, ...] = ()
    agency: bool = False


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

_DOMAIN = re.compile(r"@?([\w-]+(\.[\w-]+)+)")


def _by_address(who: str, names: Names) -> Match | None:
    wanted = who.casefold()
    for address in names.addresses:
        if address.key == wanted:
            return Match(How.ADDRESS, f"{who} takes part")
    if (typed := _DOMAIN.fullmatch(wanted)) is not None:
        for address in names.firms:
            if address.domain == typed[1] or address.domain.endswith("." + typed[1]):
                return Match(How.DOMAIN, f"{address.address} is at {typed[1]}")
    return None


def typed_domain(who: str) -> str | None:
    """Read WHO as a domain, with or without the @; None = it is none."""
    typed = _DOMAIN.fullmatch(who.casefold())
    return typed[1] if typed else None


_LEGAL = frozenset(
    {
        "ag",
        "bv",
        "co",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "kg",
        "kgaa",
        "limited",
        "llc",
        "llp",
        "ltd",
        "mbh",
    }
    | {"nv", "oy", "plc", "pte", "pty", "sa", "sarl", "se", "spa", "srl", "ug"}
)


def _company_keys(name: str) -> frozenset[str]:
    """List the ways to write a company's name as one word, without its legal form."""
    words = re.sub(r"[.,]", " ", name).split()
    while len(words) > 1 and fold(words[-1]) in _LEGAL:
        words.pop()
    return frozenset(compact(s) for s in spellings(" ".join(words))) - {""}


def same_company(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, accents and legal form."""
    return bool(_company_keys(one) & _company_keys(other))


def _by_company(who: str, names: Names) -> Match | None:
    wanted = _company_keys(who)
    for company, where in names.companies:
        if wanted & _company_keys(company):
            return Match(How.COMPANY, f"the company is {company} ({where})")
    headed = any(wanted & _company_keys(part) for part in names.headed)
    said = names.agency and any(f"{_words(part)} ".startswith(f"{_words(who)} ") for part in names.headed)
    if (headed or said) and not _tells_no_firm(who, names):
        return Match(How.FIRM, f"the subject names {who}")
    return None


def _tells_no_firm(who: str, names: Names) -> bool:
    """Tell whether WHO may be a job or a person in a subject, or a word of hiring, and no firm."""
    alike = any(_words(who) in _words(other) for other in (*names.titles, *names.people))
    return alike or titles.has_noun(who) or hiring.tells_of_work(who) or not name_words(who)


def name_words(who: str) -> tuple[str, ...]:
    """List the words that tell a name from others: no legal form, nothing of one or two letters."""
    words = (w for w in _words(who).split() if len(w) > 2 and w not in _LEGAL and w not in _SMALL)
    return tuple(dict.fromkeys(words))[:_MOST_WORDS]


_SMALL = frozenset(
    {
        "the",
        "and",
        "und",
        "der",
        "die",
        "das",
        "les",
        "los",
        "del",
        "von",
        "van",
        "for",
        "such",
        "job",
        "role",
    }
    | {"company", "firm", "group", "team", "office", "position", "service", "services"}
)
_MOST_WORDS = 12


def _by_firm(who: str, names: Names) -> Match | None:
    """Take for the firm what stands for all of WHO, or begins with it: a domain or a name.

    People write from coolabahroast.example and are called Coolabah Coffee Roasters, or Coolabah for short.
    """
    wanted = name_words(who)
    if not wanted or max(map(len, wanted)) < _LEAST or "@" in who or _DOMAIN.fullmatch(who):
        return None
    for company, where in names.companies:
        words = name_words(company)
        if set(wanted) == set(words) or words[: len(wanted)] == wanted:
            return Match(How.FIRM, f"{company} is {who} ({where})")
    short = "".join(wanted)
    for label in names.labels:
        begins = len(short) >= _TELLING and compact(label).startswith(short)
        if begins or (len(wanted) > 1 and len(label) >= _LEAST and firms.fits(who, label)):
            if (other := _called_else(wanted, label, names)) is not None:
                return Match(How.PART, f"they are called {other} there, and not {who}")
            return Match(How.FIRM, f"the domain {label} is {who}")
    return _by_signature(who, names) if len(wanted) > 1 or _is_unspaced(who) else None


def _called_else(wanted: Sequence[str], label: str, names: Names) -> str | None:
    """Find the other name that they bear where a word of WHO stands nowhere; None = nothing contradicts it.

    ``monarch.example`` is Monarch Airlines as well as Monarch Group: a word of WHO that is missing tells
    nothing while they write "Monarch", and tells that another firm is meant while they write "Monarch Group".
    """
    said = _said(names) | frozenset(_words("\n".join(names.signed)).split())
    labels = frozenset(compact(one) for one in names.labels)
    missing = [w for w in wanted if not (_stands(w, said, labels) or w in _GENERIC or is_desk(w))]
    # "Tonspur Hörbuchverlag" is Tonspur Verlag.
    missing = [w for w in missing if len(w) < _TELLING or not any(one.endswith(w) for one in said)]
    if not missing or len(missing) == len(wanted):
        return None
    lines = (*names.texts, *names.signed, *(company for company, _ in names.companies))
    jobs = f" {_words(' '.join(names.titles))} "
    for head, gap in pairwise(wanted):
        for other in firms.names_behind(head, lines) if gap in missing and head not in missing else ():
            if _is_another(_words(other), wanted) and f" {head} {_words(other)} " not in jobs:
                return f"{head.title()} {other}"
    parts = [part for part in label.split("-") if len(part) > 2] if "-" in label else []
    return label if any(_is_another(fold(part), wanted) for part in parts) else None


def _stands(word: str, said: frozenset[str], labels: Iterable[str]) -> bool:
    """Tell whether a word of WHO occurs, but for its ending."""
    if any(word in label for label in labels if len(word) > 3):
        return True
    return any(one[:1] == word[:1] and (one == word or _same_root(_plain(one), _plain(word))) for one in said)


def _is_another(word: str, wanted: Iterable[str]) -> bool:
    """Tell whether a word of a firm's name is none of WHO, however it ends or is cut short."""
    if word in _LEGAL or (word not in _GENERIC and (is_desk(word) or hiring.tells_of_work(word))):
        return False
    plain, slips = _plain(word), 1 if len(word) >= _TELLING else 0
    same = (_same_root(plain, w) or distance(w, plain, slips) <= slips for w in map(_plain, wanted))
    return not any(same)


def _same_root(one: str, other: str) -> bool:
    """Tell whether two words are one but for an ending, or one stands whole within the other."""
    short, long = sorted((one, other), key=len)
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(short))
    return (len(short) > 3 and short in long) or (shared >= _ROOT and len(long) - shared <= _ENDING)


_ENDING = 2  # letters that may differ: Hartmann is no Hartmut


def _plain(word: str) -> str:
    """Write an umlaut as one letter, however it is spelt."""
    return re.sub(r"([aou])e", r"\1", word)


_ROOT = 5  # letters by which a word is known, whatever its ending
# What firms drop in daily speech: in WHO it says nothing; where they write it they are no airline.
_GENERIC = frozenset(
    {"group", "gruppe", "groupe", "grupo", "gruppo", "groep", "grupa", "holding", "holdings", "company"}
)


def _by_signature(who: str, names: Names) -> Match | None:
    """Take for the firm what stands beside their name. Of one word only where nobody there bears it."""
    mentioned = _mentions(who)
    if len(name_words(who)) and any(map(mentioned, names.signed)):
        return Match(How.FIRM, f"they sign as {who}")
    return None


_LEAST = 4  # letters of the longest word of a name, or of a domain, that stands for a firm
_TELLING = 5  # letters; shorter words and stems tell too little


def _said(names: Names) -> frozenset[str]:
    texts = (*names.titles, *names.subjects, *names.people, *names.texts, *(c for c, _ in names.companies))
    return frozenset(_words("\n".join(texts)).split())


def _told(word: str, said: frozenset[str], labels: Iterable[str]) -> bool:
    """Tell whether a word, its stem, or a domain that holds it occurs."""
    if word in said or (len(word) > 3 and any(word in label for label in labels)):
        return True
    stem = word[: max(_TELLING, len(word) - 2)]
    return len(word) >= _TELLING and any(other.startswith(stem) for other in said)


def _by_parts(who: str, names: Names) -> Match | None:
    """Find the weakest likeness: the leading word of WHO, most of its words, or its initials."""
    if "@" in who.strip("@"):
        return None  # of an address nothing but the whole tells, or the firm: see likeness
    typed = _DOMAIN.fullmatch(who.casefold())
    who = typed[1].partition(".")[0] if typed else who
    said, reason = _said(names), f"a part of {who} is told there"
    labels = {compact(company) for company, _ in names.companies}
    if typed:  # everybody has an address at some other domain
        said = frozenset(labels)
    else:
        labels |= {compact(address.domain.rpartition(".")[0]) for address in names.addresses}
    for spelt in spellings(who):
        wanted = name_words(spelt)
        named = [word for word in wanted if not is_common(word)] or wanted
        hits = [word for word in named if _told(word, said, labels)]
        if hits and (hits[0] == named[0] or 2 * len(hits) >= len(named)):
            return Match(How.PART, reason)
        joined = "".join(wanted)
        if any(min(len(label), len(joined)) >= _TELLING and label in joined for label in labels):
            return Match(How.PART, reason)
        initials = "".join(word[0] for word in wanted)
        if len(initials) > 2 and (initials in labels or initials in said):
            return Match(How.PART, f"{initials.upper()} may be {who}")
    return None


_LONGEST_NAME = 200
# "Jane Doe (Acme)", "Jane Doe via Lever", "Jane Doe | Acme": the name stands first.
_NAME_ENDS = re.compile(r"\s*(?:[(|/]|\s[-–—]\s|\s(?:via|at|from|bei|von|@)\s).*$", re.IGNORECASE)


def _bare_name(name: str) -> str:
    name = name[:_LONGEST_NAME]
    return _NAME_ENDS.sub("", name) or name


def _name_words(name: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(_words(s).split()) for s in spellings(_bare_name(name)))


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


# --- words ----------------------------------------------------------------------------------------


def _words(text: str) -> str:
    """Fold a text, and make everything that is no letter or digit a space."""
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())


def _is_unspaced(text: str) -> bool:
    # Chinese, Japanese, Korean and Thai are written without spaces between words.
    return any(
        "\u0e00" <= c <= "\u0e7f" or "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text
    )


def _mentions(who: str) -> Callable[[str], bool]:
    wanted = [w for s in spellings(who) if (w := _words(s))]
    if _is_unspaced(who):
        return lambda text: any(w in _words(text) for w in wanted)
    return lambda text: any(f" {w} " in f" {_words(text)} " for w in wanted)


def _by_words(who: str, names: Names) -> Match | None:
    mentioned = _mentions(who)
    for title in names.titles:
        if mentioned(title):
            return Match(How.TITLE, f"the position is {title}")
    for subject in names.subjects:
        if mentioned(subject):
            return Match(How.SUBJECT, f"the subject is {subject}")
    # Several words, in whatever order: "acme data engineer".
    for subject in (*names.titles, *names.subjects):
        wanted = set(_words(who).split())
        if len(wanted) > 1 and wanted <= set(_words(subject).split()):
            return Match(How.SUBJECT, f"the subject holds these words: {subject}")
    return None


def _by_mention(who: str, names: Names) -> Match | None:
    mentioned = _mentions(who)
    if any(mentioned(text) for text in names.texts):
        return Match(How.TEXT, f"the text mentions {who}")
    return None


def match_quoted(who: str, texts: Iterable[str]) -> Match | None:
    """Find the weakest way: only mail that somebody quoted mentions ``who``."""
    mentioned = _mentions(who)
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
    typed = _DOMAIN.fullmatch(who.casefold())
    word = typed[1].partition(".")[0] if typed else who  # of a mistyped domain the name counts
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
    _by_company,
    _by_full_name,
    _by_firm,
    _by_name,
    _by_signature,
    _by_words,
    _by_likeness,
    _by_mention,
    _by_parts,
)


def shown(items: Iterable[str], most: int = 3) -> str:
    """Write a few of ``items`` as one phrase."""
    found: Sequence[str] = sorted(items)
    return ", ".join(found[:most]) + (" ..." if len(found) > most else "")
