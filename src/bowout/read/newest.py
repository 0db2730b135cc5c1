"""Pick what they wrote last, short enough to be shown with a letter. Pure.

Whatever a reader of stages misses is seen here by the person before anything is saved or sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bowout.model import Address, Identity, Thread
from bowout.people.machines import Relays
from bowout.people.mailkind import Kind
from bowout.people.sides import tell_apart
from bowout.read.source import Source, sources
from bowout.text import hiring
from bowout.text.harmless import for_terminal

__all__ = ["Newest", "newest"]

LONGEST = 140  # characters: two lines, the day in front of them
_SEEN = 115  # of these, those that a window of 80 columns shows for sure
_MOST = 4_000  # characters of a mail that are looked at
_GREETING = 60  # characters of a line that only greets; it has few words and ends in no full stop
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")
_CUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Hold the newest words of theirs: by whom, when (on the person's clock), and what."""

    sender: Address
    at: datetime
    text: str


def newest(
    thread: Thread, identities: Sequence[Identity], relays: Relays, zone: str | None = None
) -> Newest | None:
    """Pick the newest mail of the other side, and of its new text at most two lines; None = there is none.

    Where it does not fit, the greeting is left out first, and what may be a no comes before what is not.
    """
    heard = sources(thread, tell_apart(thread, identities, relays), relays)
    theirs = [s for s in heard if not s.mine and s.kind is not Kind.BULK]
    if not theirs:
        return None
    last = max(theirs, key=lambda source: source.message.moment)
    at = last.message.moment
    return Newest(sender=last.sender, at=at.astimezone(ZoneInfo(zone)) if zone else at, text=_short(last))


def _short(source: Source) -> str:
    lines = source.prose[:_MOST].splitlines()
    whole = _plain(lines) or _plain([source.new[:_MOST]]) or _plain([source.message.subject])
    if len(whole) <= LONGEST:
        return whole
    told = _plain(lines[1:]) if lines and _greets(lines[0]) else whole
    return _fitting(_from_the_no(told))


def _plain(lines: Sequence[str]) -> str:
    return " ".join(for_terminal("\n".join(lines)).split())


def _greets(line: str) -> bool:
    words = line.split()
    return len(line) <= _GREETING and len(words) <= 6 and not line.rstrip().endswith((".", "?", "。"))


def _from_the_no(text: str) -> str:
    """Begin at the first sentence with a word of regret, unless it is shown anyway."""
    if len(text) <= _SEEN:
        return text
    at = 0
    for sentence in _SENTENCE.split(text):  # one space parts them: the text was made plain
        if hiring.may_be_over(sentence):
            return text if at + len(sentence) <= _SEEN else f"{_CUT} {text[at:]}"
        at += len(sentence) + 1
    return text


def _fitting(text: str) -> str:
    """Cut at a word where there is one to cut at."""
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 2]
    cut = head.rpartition(" ")[0] if not text[LONGEST - 2].isspace() else head
    return f"{cut if len(cut) > LONGEST // 2 else head} {_CUT}"
