"""Read date, time and zone of an appointment in sentences: every guess is marked. Pure.

General date parsers find a date in almost anything; a wrong interview date in a letter is worse than none.
So a time is only read where a day stands beside it. What is guessed (which year, morning or evening, a
weekday that contradicts the date, an abbreviation of several zones) makes the confidence low.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

from bowout.model import Confidence, Slot
from bowout.read import time_words as tw
from bowout.read.clocks import Clock, clocks
from bowout.read.days import Day, days
from bowout.read.zones import zone_at
from bowout.text.spelling import lowered

__all__ = ["Mention", "mentions"]

_REACH = 70  # how far behind a date its time may stand: "Thursday, 3 December 2026\nTime: 14:00 CET"
_AGAIN = 40  # ... and so much farther a second one
_NEARER = 11  # by so much a day that touches a time from behind must be nearer than the one in front
_LONGEST = 8_000  # an appointment is told early; what follows is noise, or hostile


@dataclass(frozen=True, slots=True)
class Mention:
    """Hold one day with a time in a text, and where its clock stands.

    ``zoned`` = its zone is told, not that of the writer's clock.
    """

    slot: Slot
    confidence: Confidence
    start: int
    end: int
    clock: int
    zoned: bool = False


def mentions(text: str, written: datetime, usual: datetime | None = None) -> Iterator[Mention]:
    """Find every day with a clock time in ``text``, in order. ``written`` is when the mail was sent.

    A time without a zone is read in the offset of ``written``. ``usual`` = what "same time" means.
    """
    text = text[:_LONGEST]
    again = list(tw.talk("same_time").finditer(lowered(text)))
    rough: list[Clock | re.Match[str]] = [*clocks(text), *again]
    if not rough:
        return
    named = days(text, written, _around(rough))
    timed = clocks(_without(text, named), {day.start for day in named})
    told: list[Mention] = []
    for index, clock in enumerate(timed):
        day = _day_of(text, clock, named, timed[:index])
        for one in _either(text, day, named) if day else ():
            mention = _mention(text, one, clock, written)
            if mention is not None:
                told.append(mention)
    if usual is not None:
        told.extend(_same_time(text, again, named, tuple(told), usual))
    yield from _merged(text, sorted(told, key=lambda m: m.start))


def _around(rough: Sequence[Clock | re.Match[str]]) -> list[tuple[int, int]]:
    """List the stretches of a text in which a day may belong to a time: most mails have one or none."""
    stretches: list[tuple[int, int]] = []
    spans = (one.span() if isinstance(one, re.Match) else (one.start, one.end) for one in rough)
    for begin, end in sorted(spans):
        begin, end = begin - 2 * _REACH, end + _REACH
        if stretches and begin <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((begin, end))
    return stretches


def _without(text: str, named: Sequence[Day]) -> str:
    """Blank the days, so that no figure of a date is read as an hour."""
    for day in named:
        text = text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    return text


@cache
def _or() -> re.Pattern[str]:
    return re.compile(
        rf"\s*,?\s*(?:{tw.either(tw.words('or'))})\s+(?:{tw.either(_DAY_WORDS)})?\s*", re.IGNORECASE
    )


_DAY_WORDS = ("on", "am", "the", "den", "der", "dem", "le", "el", "il", "op", "w", "em", "na", "på")


def _either(text: str, day: Day, named: Sequence[Day]) -> Iterator[Day]:
    """Give a day, and one in front that is offered with it: "Tuesday or Thursday at 2"."""
    at = named.index(day)
    if at and _or().fullmatch(text, named[at - 1].end, day.start):
        yield named[at - 1]
    yield day


def _day_of(text: str, clock: Clock, named: Sequence[Day], earlier: Sequence[Clock]) -> Day | None:
    """Find the day that a time belongs to: the nearest in front of it, else one right behind it."""
    before = next((d for d in reversed(named) if d.end <= clock.start), None)
    behind = next((d for d in named if d.start >= clock.end), None)
    taken = before is not None and any(before.end <= c.start for c in earlier)
    gap = clock.start - before.end if before else len(text)
    joined = behind is not None and _joins().fullmatch(text, _zone_end(text, clock.end), behind.start)
    if behind and joined and (before is None or taken or gap > behind.start - clock.end + _NEARER):
        return behind
    return before if gap <= _REACH + (_AGAIN if taken else 0) else None


@cache
def _joins() -> re.Pattern[str]:
    words = [*_DAY_WORDS, "this", "der", "we", "w", "next", "on the", "di", "of", "nächsten"]
    return re.compile(rf"\s*\)?,?\s*(?:[-–—@]\s*)?(?:{tw.either(words)})?\s*", re.IGNORECASE)


def _zone_end(text: str, at: int) -> int:
    zone = zone_at(text, at, datetime(2000, 1, 1, tzinfo=UTC))
    return zone.end if zone else at


def _mention(text: str, day: Day, clock: Clock, written: datetime) -> Mention | None:
    zone = zone_at(text, clock.end, written)
    place = zone.info if zone else timezone(written.utcoffset() or timedelta())
    start = _at(day.day, clock.minutes, place)
    slot = Slot(
        start=start,
        end=_at(day.day, clock.until, place) if clock.until is not None else None,
        zone=zone.name if zone else None,
    )
    sure = day.sure and clock.sure and (zone is None or zone.sure)
    begin, end = min(day.start, clock.start), max(day.end, zone.end if zone else clock.end)
    confidence = Confidence.MEDIUM if sure else Confidence.LOW
    return Mention(slot, confidence, begin, end, clock.start, zoned=zone is not None)


def _at(day: date, minutes: int, zone: tzinfo | None) -> datetime:
    return datetime(day.year, day.month, day.day, *divmod(minutes, 60), tzinfo=zone)


def _same_time(
    text: str, again: Sequence[re.Match[str]], named: Sequence[Day], told: Sequence[Mention], usual: datetime
) -> Iterator[Mention]:
    """Find "Wednesday 9 December, same time", and the same hour on Wednesday: a day without its own time."""
    for words in again:
        before = next((d for d in reversed(named) if d.end <= words.start()), None)
        behind = next((d for d in named if d.start >= words.end()), None)
        if behind is not None and not _joins().fullmatch(text, words.end(), behind.start):
            behind = None
        near = before is not None and words.start() - before.end <= _REACH
        day = behind or (before if near else None)
        if day is None or any(m.start <= day.start < m.end for m in told):
            continue
        start = datetime.combine(day.day, usual.timetz())
        confidence = Confidence.MEDIUM if day.sure else Confidence.LOW
        begin, end = min(day.start, words.start()), max(day.end, words.end())
        yield Mention(Slot(start=start), confidence, begin, end, words.start(), zoned=True)


def _merged(text: str, told: Sequence[Mention]) -> Iterator[Mention]:
    """Give one time in several zones once; zones that disagree are each their own, and doubtful."""
    at = 0
    while at < len(told):
        group = [told[at]]
        while at + len(group) < len(told) and _again(text, group[-1], told[at + len(group)]):
            group.append(told[at + len(group)])
        if len({m.slot.start for m in group}) == 1:
            yield replace(group[0], end=group[-1].end)
        else:
            yield from (replace(m, confidence=Confidence.LOW) for m in group)
        at += len(group)


_SECOND = re.compile(r"\s*(?:[/|(;=]|or|and|oder|bzw\.?)\s*", re.IGNORECASE)


def _again(text: str, one: Mention, other: Mention) -> bool:
    """Tell whether the second mention is the time of the first in another zone."""
    if not (one.zoned and other.zoned) or one.slot.start.utcoffset() == other.slot.start.utcoffset():
        return False
    same_day = one.start == other.start
    return same_day and _SECOND.match(text, one.end) is not None
