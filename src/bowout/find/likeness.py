"""Tell whether mail may speak of WHO in other words than were typed. Pure.

The weakest of all answers, asked for where nothing else answers: people type half a name, what the firm does
("the bakery"), its initials, or one letter too few. It names a thread to choose; it never makes one sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bowout.find.called import ARTICLES, typed_domain
from bowout.find.firm import name_words
from bowout.model import Address, Identity, Message, Thread
from bowout.people.machines import Relays
from bowout.people.names import is_common, is_desk
from bowout.text import hiring
from bowout.text.harmless import readable
from bowout.text.spelling import compact, distance, fold, latin, spellings

__all__ = ["Said", "alike", "may_be_meant", "said"]

_MOST_WORDS = 2_000  # different ones of a thread
_LONGEST = 40  # letters of a word that may be a name
_STEM = 5  # letters by which two words are told to be kin
_TELLING = 4  # letters of a name, an address or a subject that tell enough
_ROOT = 6  # letters that two longer words have in common by more than chance
_INITIALS = 3
_SHORT = 8  # words of a line that may hold nothing but a firm's name
_MOST_PARTS = 4  # of a word with hyphens

_WORD = re.compile(r"[^\W_]+(?:[-'’.&+/][^\W_]+)*")
_JOINERS = re.compile(r"[-'’.&+/]")


@dataclass(frozen=True, slots=True)
class Said:
    """Hold the words of a thread: ``near`` name somebody or something, ``far`` is all other text.

    ``labels`` are the parts of addresses, written as one word, and ``hosts`` the firms' own among them;
    ``called`` are the words of names and labels; ``lines`` the names, subjects and short lines of text.
    """

    near: frozenset[str]
    far: frozenset[str]
    labels: frozenset[str]
    hosts: frozenset[str]
    called: frozenset[str]
    lines: tuple[str, ...]


def said(mails: Iterable[Message], mine: Iterable[Identity], relays: Relays) -> Said:
    """Gather the words of a thread, whoever wrote them: machines, lists, those that were quoted."""
    own = {identity.address.key for identity in mine}
    people: dict[str, Address] = {}
    lines: dict[str, None] = {}
    far: dict[str, None] = {}
    short: list[str] = []
    for mail in mails:
        people |= {a.key: a for a in (*mail.participants, *mail.reply_to) if a.key not in own}
        lines[mail.subject] = None
        text = readable(mail.text)
        far |= dict.fromkeys(_tokens(text))
        short += [line for line in text.splitlines() if _INITIALS <= len(line.split()) <= _SHORT]
    lines |= dict.fromkeys(a.name for a in people.values() if a.name)
    hosts = {a.domain for a in people.values() if not relays.is_freemail(a.domain)}
    labels = [*(a.local for a in people.values()), *(host.rpartition(".")[0] for host in hosts)]
    near = {word for text in (*lines, *labels) for word in _tokens(text)}
    named = (*labels, *(a.name for a in people.values()))
    return Said(
        near=frozenset(near),
        far=frozenset(list(far)[:_MOST_WORDS]) - near,
        labels=frozenset(filter(None, map(compact, labels))),
        hosts=frozenset(filter(None, (compact(relays.label(host)) for host in hosts))),
        called=frozenset(word for text in named for word in _tokens(text)),
        lines=(*lines, *short),
    )


def _tokens(text: str) -> Iterator[str]:
    """Name the words of a text, those with a hyphen or an apostrophe both whole and in parts."""
    for found in _WORD.finditer(fold(text)):
        parts = _JOINERS.split(found[0])
        yield from (part for part in parts if len(part) <= _LONGEST)
        if 1 < len(parts) <= _MOST_PARTS and len(found[0]) <= _LONGEST:
            yield "".join(parts)


def may_be_meant(thread: Thread, who: str, mine: Iterable[Identity], relays: Relays) -> bool:
    """Tell whether WHO may mean this thread, by any word of anybody in it."""
    return alike(who, said(thread.mails, mine, relays))


def alike(who: str, there: Said) -> bool:
    """Tell whether the thread may be meant by WHO."""
    if "@" in who.strip("@"):
        return _of_their_firm(who, there)
    wanted = _wanted(who)
    return any(_some_of(words, wanted, there) or _whole(words, there) for words in wanted.spelt)


def _of_their_firm(address: str, there: Said) -> bool:
    """Tell whether an address that nobody there has is at their firm, but for a slip, or names one of them.

    Of all other words of an address, and of a Message-ID, nothing can be meant.
    """
    local, _, host = address.rpartition("@")
    parts = {compact(part) for part in host.rpartition(".")[0].split(".")}
    if any(_slip(part, firm) for part in parts for firm in there.hosts):
        return True
    words = [word for word in _tokens(local.replace("_", ".")) if word.isalpha() and len(word) > 2]
    return len(words) > 1 and there.called.issuperset(words[:2])


def _slip(word: str, other: str) -> bool:
    """Tell whether two words are one, but for at most one letter."""
    short = min(len(word), len(other))
    return word == other or (short >= _TELLING and distance(word, other, 1) <= 1)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """WHO made ready: its words in each spelling; is it what a firm does, and not its name?"""

    spelt: tuple[tuple[str, ...], ...]
    described: bool
    address: bool


@lru_cache(maxsize=64)
def _wanted(who: str) -> _Wanted:
    domain = typed_domain(who)
    is_address = domain is not None or "@" in who
    if is_address:  # everybody has an address below some ending
        local, _, host = who.rpartition("@")
        who = f"{local} {(host or who).rpartition('.')[0]}"
    words = who.split()
    described = len(words) > 1 and fold(words[0]) in ARTICLES
    told = " ".join(words[described:])
    spelt = (name_words(one) for text in (told, _JOINERS.sub("", told)) for one in spellings(text))
    kept = {tuple(w for w in one if len(w) <= _LONGEST) for one in spelt}
    return _Wanted(tuple(sorted(kept - {()})), described or len(words) == 1, is_address)


def _some_of(words: Sequence[str], wanted: _Wanted, there: Said) -> bool:
    """Tell whether a word of WHO that is a name stands there: by whom it is called, or in the text."""
    names = list(words) if wanted.described else [w for w in words if not is_common(w)] or list(words)
    if any(_in_names(word, there, wanted.described) for word in names):
        return True
    if len(words) == 1 and _begun(words[0], there):
        return True
    if wanted.address:
        return False
    hits = [word for word in names if any(_kin(word, other, _ROOT, 1) for other in there.far)]
    return bool(hits) and (hits[0] == names[0] or 2 * len(hits) >= len(names))


def _in_names(word: str, there: Said, described: bool) -> bool:
    if len(word) >= _TELLING and any(word in label for label in there.labels):
        return True
    least = _TELLING if described else _STEM
    slips = 2 if len(word) > 7 else 1
    return any(_kin(word, other, least, slips) for other in there.near)


def _begun(word: str, there: Said) -> bool:
    """Tell whether a short word is how a name begins, or a name but for a letter: ``acm``, ``amce``."""
    if len(word) < _INITIALS or len(word) > _TELLING:
        return False
    return any(
        other.startswith(word) or (len(word) == _TELLING and _slip(word, other))
        for other in there.called
        if not (is_desk(other) or hiring.tells_of_work(other))
    )


def _kin(word: str, other: str, least: int, slips: int) -> bool:
    """Tell whether two words are one, but for the ending, the second half of a compound or a slip."""
    if word == other:
        return True
    short = min(len(word), len(other))
    if short < _TELLING:
        return False
    shared = next((at for at in range(short) if word[at] != other[at]), short)
    if shared >= least or (shared >= _STEM and shared >= len(word) - 2):
        return True
    if not (word.isascii() and other.isascii()):
        word, other = latin(word), latin(other)
    return short >= max(_STEM, least) and distance(word, other, slips) <= slips


def _whole(words: Sequence[str], there: Said) -> bool:
    """Tell whether all of WHO stands there as one word, by its initials, or as initials of what does."""
    joined, initials = "".join(words), "".join(word[0] for word in words)
    if len(joined) >= _STEM and (joined in there.near or joined in there.far):
        return True
    for label in there.labels:
        if min(len(label), len(joined)) >= _STEM and (label in joined or joined in label):
            return True
        if len(words) > 1 and _shortened(words, label):
            return True
    if len(initials) >= _INITIALS and (initials in there.near or initials in there.labels):
        return True
    short = words[0] if len(words) == 1 and _INITIALS <= len(words[0]) <= _STEM else ""
    return bool(short) and any(short in _initials(line) for line in there.lines)


def _shortened(words: Sequence[str], label: str) -> bool:
    """Tell whether a label is WHO with some of its words cut to their first letter: ``kbtoys``, ``nlabs``."""
    least = "".join(word[0] for word in words)
    if len(label) < max(_TELLING, len(least) + 1):
        return False
    ends = {0}
    for word in words:
        ends = {at + len(piece) for at in ends for piece in (word, word[0]) if label.startswith(piece, at)}
    return len(label) in ends


def _initials(line: str) -> str:
    """Write the first letters of the words of a line with a capital, small words left out."""
    return "".join(fold(word)[:1] for word in re.findall(r"[^\W_]+", line)[:_LONGEST] if word[:1].isupper())
