"""List the times of one mail that may be an appointment, and tell which of them are asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

from bowout.mail.subject import has_mark
from bowout.model import Slot
from bowout.read import time_words as tw
from bowout.read.source import Source
from bowout.read.time import Mention, mentions
from bowout.read.zones import is_dated_in_utc, keeps_utc
from bowout.text import zones
from bowout.text.spelling import lowered

__all__ = [
    "PAST",
    "appointments",
    "asks",
    "is_asked",
    "is_free",
    "is_programme",
    "on",
    "told_at_home",
    "unsure_clock",
]

_CLOSELY = 30  # characters in front of a day or a clock in which a word that changes it may stand
_ABOVE_QUOTE = 300  # characters of a quote in which its own head stands
PAST = timedelta(hours=1)  # a mail may be written while the talk begins


def appointments(source: Source, usual: datetime | None, place: bool | None) -> list[Mention]:
    """List the times of a mail that may be an appointment: to come, no limit, no old time.

    ``place`` is what ``told_at_home`` says of the thread.
    """
    written = source.message.date or source.message.moment
    text = source.prose
    subject = source.message.subject
    every = list(mentions(text, written, usual))
    told = [m for m in every if _appoints(text, m, written)] or _by_choice(text, every)
    if not told and not source.mine and not has_mark(subject):
        told = [m for m in mentions(subject, written) if _appoints(subject, m, written)]
    if (clock := unsure_clock(source, place)) is not None:
        told = [m if m.zoned else replace(m, slot=on(m.slot, clock)) for m in told]
    return _without_arrival(text, told)


def unsure_clock(source: Source, place: bool | None) -> tzinfo | None:
    """Give the clock of a mail whose Date does not tell whose time it is; None = the Date tells it.

    A Date of +0000 may be a server's clock: then nobody said whose time it is. Of a program that writes the
    clock of its user it is the likeliest, but no more.
    """
    if place or (source.message.date or source.message.moment).utcoffset():
        return None
    elsewhere = place is False or is_dated_in_utc(source.message)
    return zones.untold(name=zones.UNTOLD if elsewhere else zones.GUESSED)


def told_at_home(heard: Sequence[Source]) -> bool | None:
    """Tell whether a Date of +0000 is the clock of the writers of this thread; None = nothing shows it."""
    theirs = [s for s in heard if not s.mine]
    if any(keeps_utc(f"{s.prose}\n{s.signature}", s.sender.domain) for s in theirs):
        return True
    shown = {_quotes_in_utc(s, heard) for s in theirs}
    return True if True in shown else False if False in shown else None


def _quotes_in_utc(answer: Source, heard: Sequence[Source]) -> bool | None:
    """Tell whether the line above their quote dates my mail in UTC: their program shows their own clock.

    None = it tells no hour of mine.
    """
    mine = [s.message.date for s in heard if s.mine and s.message.moment < answer.message.moment]
    sent = next((date for date in reversed(mine) if date is not None), None)
    offset = (answer.message.date or answer.message.moment).utcoffset()
    if sent is None or offset or not sent.utcoffset() or not answer.quoted:
        return None
    # A minute more or less: what is shown may be when it was sent, or when it arrived.
    clocks_shown = (sent.astimezone(UTC) + timedelta(minutes=n) for n in (-1, 0, 1))
    forms = (rf"{at:%H:%M}|{at.hour % 12 or 12}:{at:%M}(?::\d\d)?\s?{at:%p}" for at in clocks_shown)
    shown = re.compile(rf"(?<![\d:])(?:{'|'.join(forms)})(?!\d)", re.IGNORECASE)
    head = answer.quoted[:_ABOVE_QUOTE]
    return shown.search(head) is not None if _HOUR.search(head) else None


_HOUR = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?!\d)")


def _appoints(prose: str, told: Mention, written: datetime) -> bool:
    """Tell whether a time may be an appointment: not past when written, no limit, of an interview only."""
    before = re.split(r"[.!?]\s|\n", prose[max(0, told.start - 200) : told.start])[-1]
    if told.slot.start < written - PAST or tw.says("elsewhere", before):
        return False
    if tw.talk("optional").search(lowered(prose), told.end, told.end + 24):
        return False
    if tw.talk("reached").search(lowered(prose), told.start, told.end + _CLOSELY):
        return False
    day, clock = (prose[max(0, at - _CLOSELY) : at] for at in (told.start, told.clock))
    if tw.says("window", clock) or (tw.says("window", day) and _and().search(lowered(day))):
        return False
    if _ends_with("old", day) or _ends_with("old", clock) or _ends_with("limit", day):
        return False
    return not _ends_with("limit", clock) or _meets_by(prose, told)


def is_free(prose: str, at: int) -> bool:
    """Tell whether nothing in front of an hour makes it a limit, an old one, or when to arrive."""
    before = prose[max(0, at - _CLOSELY) : at]
    return not any(_ends_with(what, before) for what in ("limit", "old", "arrive"))


def _meets_by(prose: str, told: Mention) -> bool:
    """Tell "invited for an interview on Monday by 9:00am" from the day and hour by which to answer."""
    said = _sentence(prose, told)
    before = said[: said.find(prose[told.start : told.end])]
    return told.start < told.clock and tw.says("meets", before) and not tw.says("by_then", said)


@cache
def _and() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{tw.either(tw.words('and'))})\s*\Z")


def _by_choice(text: str, every: Sequence[Mention]) -> list[Mention]:
    """List the times of "Sunday 6th by 4pm, or Tuesday 8th by 10am": of several limits one is no deadline."""
    told = [m for m in every if _ends_with("limit", text[max(m.start, m.clock - _CLOSELY) : m.clock])]
    days_told = {m.slot.start.date() for m in told}
    if len(days_told) < 2 or len(told) < len(every) or not _offers(text, told):
        return []
    return told


def _ends_with(what: str, before: str) -> bool:
    """Tell whether a word of that list is the last before a time, articles and words of time aside."""
    found = list(tw.talk(what).finditer(lowered(before)))
    return bool(found) and _FILLING.fullmatch(before, found[-1].end()) is not None


_FILLING = re.compile(
    r"(?:\s|[,(]|(?:the|end of|zum|am|at|on|um|den|dem|le|el|il|our|latest|noon)\b)*", re.IGNORECASE
)


def _without_arrival(text: str, told: Sequence[Mention]) -> list[Mention]:
    """Drop "arrive at 8:15" where another time of that day is told."""
    begin = [m for m in told if not _ends_with("arrive", text[max(0, m.clock - _CLOSELY) : m.clock])]
    begin = begin or list(told)
    return [m for m in begin if not _is_aside(text, m)] or begin


def _is_aside(text: str, told: Mention) -> bool:
    """Tell whether a clock stands in brackets behind its day: "(the front door closes at 5)"."""
    opened = text.rfind("(", told.start, told.clock)
    return not told.zoned and opened > text.rfind(")", told.start, told.clock)


def asks(source: Source, told: Mention) -> bool:
    """Tell whether the sentence of a time asks for it, by its mark or its words."""
    if tw.says("silence", source.prose):
        return False
    said = _sentence(source.prose, told)
    return "?" in said or tw.says("ask", said)


def is_asked(source: Source, told: Mention) -> bool:
    """Tell whether the sentence of a time is a question."""
    return "?" in _sentence(source.prose, told)


def _sentence(text: str, told: Mention) -> str:
    begin = max((end.end() for end in _SENTENCE_END.finditer(text, 0, told.start)), default=0)
    stop = _SENTENCE_END.search(text, max(told.end - 1, 0))
    return text[begin : stop.end() if stop else len(text)]


# The stop behind the number of a day ends no sentence: "der 15. oder der 17. Dezember".
_SENTENCE_END = re.compile(
    r"(?<!\d)\.\s|(?<=\d)\.\s(?=[A-ZÄÖÜ\n])(?!(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))|[?!]\s|\n"
)


def is_programme(source: Source, told: Sequence[Mention]) -> bool:
    """Tell several times of one plan, of which the first counts, from a choice."""
    starts = [m.slot.start for m in told]
    if starts != sorted(starts) or _offers(source.prose, told):
        return False
    said = f"{source.message.subject}\n{source.prose}"
    return len({s.date() for s in starts}) == 1 or tw.says("programme", said)


def _offers(text: str, told: Sequence[Mention]) -> bool:
    """Tell whether a word of choice stands among several times."""
    return _choice().search(lowered(text), told[0].start, told[-1].end) is not None


@cache
def _choice() -> re.Pattern[str]:
    words = (word for word in tw.words("or") if len(word) > 1 and word != "of")
    return re.compile(rf"(?<!\w)(?:{tw.either(words)})(?!\w)")


def on(value: Slot, clock: tzinfo) -> Slot:
    """Read the hours of an appointment on another clock."""
    end = value.end.replace(tzinfo=clock) if value.end else None
    return replace(value, start=value.start.replace(tzinfo=clock), end=end)
