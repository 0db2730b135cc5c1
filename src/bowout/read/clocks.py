"""Find the clock times that sentences name, in figures and in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from bowout.read import time_words as tw
from bowout.text.spelling import lowered

__all__ = ["Clock", "clocks"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes; ``sure`` = morning or afternoon is told or beyond doubt."""

    minutes: int
    until: int | None
    sure: bool
    start: int
    end: int


def clocks(text: str, days_at: Collection[int] = ()) -> list[Clock]:
    """List the times in ``text``, in order; ``days_at`` = where days stood that were blanked in it."""
    found: list[Clock] = []
    low = lowered(text)
    for one in (*_in_words(low), *_in_figures(text, low, days_at), *_bare(text, low)):
        if len(found) < 300 and not any(a.start < one.end and one.start < a.end for a in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


@cache
def _figures() -> re.Pattern[str]:
    half = r"(?P<{0}half>[ap]\.?\s?m\b\.?)"
    glued = tw.either(tw.words("hours_glued"))
    hours = rf"(?:(?:{tw.either(tw.words('hours'))})(?!\w)|(?:{glued}))"
    minute = rf"(?:\s?(?:[:.hu]|{glued})\s?(?P<{{0}}minute>\d\d)(?!\d))?"
    clock = r"(?P<{0}hour>\d{{1,2}})" + minute + r"\s*" + half + "?"
    to = tw.either(tw.words("to"))
    return re.compile(
        rf"(?<![\d.:/£$€+-]){clock.format('')}(?P<marked>\s*{hours})?(?:\s*(?:{to})\s*{clock.format('to_')}"
        rf"(?P<to_marked>\s*{hours})?)?(?![\d:])|(?<![\d.:/£$€+-])(?P<run>[012]\d[0-5]\d)\s?{hours}"
    )


def _in_figures(text: str, low: str, days_at: Collection[int]) -> Iterator[Clock]:
    for match in _figures().finditer(low):
        if match["run"]:
            yield from _clock(match, int(match["run"][:2]), int(match["run"][2:]), sure=True)
        elif _is_clock(text, low, match) or _of_a_day(low, match, days_at):
            yield from _told(low, match)


def _is_clock(text: str, low: str, match: re.Match[str]) -> bool:
    """Tell 14:00, 2pm, 14 Uhr and 14h30 from a price, a duration and a figure."""
    if re.match(
        r"\s?(?:[%€£$]|/\s?h|k\b|EUR\b|GBP\b|USD\b|x\b|\.\d|,\d)", text[match.end() : match.end() + 6]
    ):
        return False
    marked = (match["marked"] or match["to_marked"] or "").strip()
    if match["half"] or match["to_half"] or match["minute"] or match["to_minute"]:
        dotted = re.fullmatch(r"\d{1,2}\.\d\d", match[0].strip())
        return not dotted or _introduced(low, match.start()) or bool(marked) or _in_a_row(low, match)
    if not marked:
        return False
    if marked not in ("hours", "hrs", "hs", "horas", "heures", "heure", "ore", "h", "uur"):
        return True
    if _lasts().search(low, max(0, match.start() - 24), match.start()):
        return False
    return marked == "h" or _introduced(low, match.start())


@cache
def _lasts() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{tw.either(tw.words('lasts'))})\s*\Z")


@cache
def _at() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{tw.either(tw.words('at'))})\s*$|[,(:|\n]\s*$|\d(?:st|nd|rd|th)?\s*$|[-–]\s*$"
    )


_BLANKED = " " * 4


def _introduced(low: str, at: int) -> bool:
    """Tell whether a word of time, a day or a line's start stands in front."""
    before = low[max(0, at - 24) : at]
    # A day in front was blanked by who looks for the hours beside it.
    if not before.strip() or before.endswith(_BLANKED) or _at().search(before):
        return True
    word = re.search(r"([^\W\d_]+)\.?\s*$", before)
    names = {**tw.numbered("weekdays"), **tw.numbered("short"), **tw.numbered("months")}
    return word is not None and word[1] in {*names, *tw.words("tomorrow")}


def _in_a_row(low: str, match: re.Match[str]) -> bool:
    """Tell whether a figure with a dot is one of several hours: "10.00 or 14.00", "9.45 instead of 9.00"."""
    end = match.start() + len(match[0].rstrip())
    return (
        _row_behind().match(low, end) is not None or _row_before().search(low, 0, match.start()) is not None
    )


@cache
def _between_hours() -> str:
    return rf"\s*(?:,|(?<!\w)(?:{tw.either(tw.words('or'))}|{'|'.join(tw.table()['talk']['old'])})(?!\w))\s*"


_HOUR = r"(?<![\d.])(?:[01]?\d|2[0-3])[.:](?:00|15|30|45)(?![\d.]|\s?[%€£$])"


@cache
def _row_behind() -> re.Pattern[str]:
    return re.compile(_between_hours() + _HOUR)


@cache
def _row_before() -> re.Pattern[str]:
    return re.compile(_HOUR + _between_hours() + r"\Z")


def _of_a_day(low: str, match: re.Match[str], days_at: Collection[int]) -> bool:
    """Tell whether a figure with a dot is a time since a day stands right behind it: "8.30 this Sunday"."""
    figure = match[0].rstrip()
    if not re.fullmatch(r"\d{1,2}\.\d\d", figure.strip()):
        return False
    begin = match.start() + len(figure)
    behind = _day_behind().match(low, begin)
    end = behind.end() if behind else begin
    return bool(behind and behind["day"]) or any(begin <= at <= end for at in days_at)


@cache
def _day_behind() -> re.Pattern[str]:
    names = tw.either([*tw.numbered("weekdays"), *tw.words("tomorrow")])
    return re.compile(rf"\s*(?:(?:on|this|next|am)\s+)?(?P<day>(?:{names})(?!\w)|the\s\d)?")


def _told(low: str, match: re.Match[str]) -> Iterator[Clock]:
    half, to_half = match["half"], match["to_half"]
    told_to = match.start() + len(match[0].rstrip())  # what follows may be a day that was blanked
    marked = bool(match["marked"] or match["to_marked"])
    start = _minutes(match["hour"], match["minute"], half or to_half)
    end = _minutes(match["to_hour"], match["to_minute"], to_half) if match["to_hour"] else None
    if start is None:
        return
    if end is not None and not half and to_half and start > end:  # "11-1pm" starts in the morning
        start = _minutes(match["hour"], match["minute"], "am") or start
    if half or to_half:
        yield Clock(start, end if end is not None and end > start else None, True, match.start(), told_to)
        return
    late = _afternoon().match(low, match.end()) or _afternoon_before().search(
        low, max(0, match.start() - 4), match.start()
    )
    padded = match["hour"].startswith("0") or marked
    shift, sure = _daytime(start // 60, padded=padded, late=late is not None)
    end = end + shift if end is not None and end + shift < 24 * 60 else None
    start += shift
    yield Clock(start, end if end is not None and end > start else None, sure, match.start(), told_to)


def _daytime(hour: int, *, padded: bool, late: bool) -> tuple[int, bool]:
    """Tell by how many minutes a bare hour moves: nobody meets at two in the morning."""
    if late and hour < 12:
        return 12 * 60, True
    if padded or hour >= 8:
        return 0, True
    return (12 * 60, hour < 6) if hour <= 6 else (0, False)


@cache
def _afternoon() -> re.Pattern[str]:
    return re.compile(rf"\s*,?\s*(?:{tw.either(tw.words('afternoon'))})(?!\w)")


@cache
def _afternoon_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{tw.either(tw.words('afternoon_before'))})\s?\Z")


# "at 12 Poland Street" is no time, "at 12 Central" is one.
_NAME_BEHIND = re.compile(r"\s+(?!(?:[A-Z]{2,5}|Uhr|Eastern|Central|Pacific|Mountain)\b)[A-Z][a-z]")


def _bare(text: str, low: str) -> Iterator[Clock]:
    """Find "at 2": an hour alone, where no street, no amount and no thing follows."""
    for match in _bare_words().finditer(low):
        behind = slice(match.end(), match.end() + 16)
        if not _NAME_BEHIND.match(text[behind]) and not _unit().match(low[behind]):
            hour = int(match["hour"])
            shift, sure = _daytime(hour, padded=False, late=_afternoon().match(low, match.end()) is not None)
            yield from _clock(match, hour, 0, sure=sure, shift=shift)


@cache
def _bare_words() -> re.Pattern[str]:
    at = [
        w
        for w in tw.words("at")
        if not w.endswith(":") and w not in ("for", "from", "na", "von", "zu", "say")
    ]
    days = [*tw.numbered("weekdays"), *tw.words("tomorrow")]
    return re.compile(rf"(?<!\w)(?:{tw.either([*at, *days])})\s+(?P<hour>\d{{1,2}})(?![\w:/%€£$]|[.,]\d|-\w)")


@cache
def _unit() -> re.Pattern[str]:
    months = tw.numbered("months")
    things = tw.either([*tw.words("units"), *months])
    return re.compile(rf"\s*(?:{things})(?!\w)|\.\s*(?:{tw.either(months)})|(?:st|nd|rd|th)\b|[.]\d|\.\s?\d")


def _in_words(low: str) -> Iterator[Clock]:
    """Find "half two", "halb drei", "neuf heures et demie" and noon."""
    for pattern, minutes in tw.spoken_hours(low):
        for match in pattern.finditer(low):
            word = match[1]
            hour = int(word) if word.isdigit() else tw.hour_numbers()[word]
            total = hour * 60 + minutes
            shift, sure = _daytime(total // 60, padded=False, late=False)
            yield from _clock(match, 0, total, sure=sure, shift=shift)
    for match in _noon().finditer(low):
        yield from _clock(match, 12, 0, sure=True)


@cache
def _noon() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{tw.either(tw.words('noon'))})(?!\w)")


def _clock(match: re.Match[str], hour: int, minute: int, *, sure: bool, shift: int = 0) -> Iterator[Clock]:
    minutes = hour * 60 + minute + shift
    if 0 <= minutes < 24 * 60 and minute < 24 * 60:
        yield Clock(minutes, None, sure, *match.span())


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Count minutes since midnight; None for what no clock shows."""
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    return hours * 60 + minutes if hours < 24 and minutes < 60 else None
