"""Find which of several times an answer means: by its day, its hour, or its place among them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bowout.read import time_words as tw
from bowout.read.clocks import clocks
from bowout.read.days import days
from bowout.read.source import Source
from bowout.read.time import Mention
from bowout.read.told import is_asked
from bowout.text.spelling import lowered

__all__ = ["ANSWER", "chosen", "named"]

ANSWER = 2_000  # characters of an answer in which the chosen time is looked for
_HALF_DAY = 12 * 60
_NOON = 12


def chosen(
    offered: Sequence[Mention], told: Sequence[Mention], source: Source, *, prefers: bool
) -> Mention | None:
    """Find the one offered time that my answer names: whole, on whatever clock, or by a part of it."""
    said, asked = _parted(source.prose[:ANSWER])
    written = source.message.date or source.message.moment
    if clocks(asked) or days(asked, written) or tw.says("reask", asked) or tw.says("other_time", asked):
        return None
    walls = {m.slot.start.replace(tzinfo=None) for m in told if not is_asked(source, m)}
    meant = [m for m in offered if m.slot.start.replace(tzinfo=None) in walls]
    if prefers or not meant:
        meant = _by_part(offered, said, source, both=prefers) or _by_place(offered, said)
    return _only(meant)


def named(offered: Sequence[Mention], source: Source) -> Mention | None:
    """Find the one of those times that a mail without any question names by a part of it: "Friday then"."""
    said, asked = _parted(source.prose[:ANSWER])
    if asked or tw.says("decline", said) or tw.says("unsettled", said):
        return None
    return _only(_by_part(offered, said, source, both=False) or _by_place(offered, said))


def _only(meant: Sequence[Mention]) -> Mention | None:
    return meant[0] if len({m.slot.start for m in meant}) == 1 else None


def _parted(prose: str) -> tuple[str, str]:
    """Part what is said from what is asked: "the 10th at 11 is perfect. Is there a projector?"."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", prose)
    asked = [part for part in parts if "?" in part]
    return " ".join(part for part in parts if "?" not in part), " ".join(asked)


def _by_part(offered: Sequence[Mention], prose: str, source: Source, *, both: bool) -> list[Mention]:
    """List the offered times whose day or hour ``prose`` names; ``both`` = only where it names the two."""
    written = source.message.date or source.message.moment
    told, hours = days(prose, written), {c.minutes % _HALF_DAY for c in clocks(prose)}
    weekdays = {d.day.weekday() for d in told if not re.search(r"\d", prose[d.start : d.end])}
    dates = {d.day for d in told} or _by_number(offered, prose)
    if not (dates and hours if both else dates or hours):
        return []
    return [
        m
        for m in offered
        if (not dates or m.slot.start.date() in dates or m.slot.start.weekday() in weekdays)
        and (not hours or (m.slot.start.hour * 60 + m.slot.start.minute) % _HALF_DAY in hours)
    ]


def _by_number(offered: Sequence[Mention], prose: str) -> set[object]:
    """List the offered days whose bare number is named: "the 14th, with pleasure"."""
    numbers = {int(found[1] or found[2]) for found in _numbers().finditer(lowered(prose))}
    return {m.slot.start.date() for m in offered if m.slot.start.day in numbers}


@cache
def _numbers() -> re.Pattern[str]:
    article, behind = tw.either(tw.words("article")), tw.either(tw.words("number_behind"))
    return re.compile(
        rf"(?<!\w)(?:{article})\s*(\d{{1,2}})(?![\w:/%€£$]|[.,]\d)|(?<![\d.:/])(\d{{1,2}})\s?(?:{behind})"
    )


def _by_place(offered: Sequence[Mention], prose: str) -> list[Mention]:
    """List the times that are meant by "the second one", "the last", "the afternoon one"."""
    listed = list({m.slot.start: m for m in offered}.values())
    early = sorted(listed, key=lambda m: m.slot.start)
    if len(listed) < 2:
        return []
    places = {
        "first": listed[:1],
        "second": listed[1:2],
        "third": listed[2:3],
        "last": listed[-1:],
        "earlier": early[:1],
        "later": early[-1:],
        "morning": [m for m in listed if m.slot.start.hour < _NOON],
        "afternoon": [m for m in listed if m.slot.start.hour >= _NOON],
    }
    return [m for place, there in places.items() if tw.says(f"the_{place}", prose) for m in there]
