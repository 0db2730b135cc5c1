"""Read date, time and zone of an interview in sentences: closed patterns, every guess is marked. Pure.

General date parsers find a date in almost anything; a wrong interview date in a letter is worse than none.
So a date is only read where day and month are written out and a clock time stands beside it. What is guessed
(the year without a weekday that confirms it, the zone, a date like "Thursday") makes the confidence low, and
so does a weekday that contradicts the date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bowout.model import Confidence, Slot

__all__ = ["Mention", "mentions"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Hold one date with a time in a text. ``settled`` = nothing about the instant had to be guessed."""

    slot: Slot
    confidence: Confidence
    start: int
    end: int


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner",
            "february feb februar",
            "march mar märz maerz mrz",
            "april apr",
            "may mai",
            "june jun juni",
            "july jul juli",
            "august aug",
            "september sept sep",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon montag mo",
            "tuesday tue tues dienstag di",
            "wednesday wed mittwoch mi",
            "thursday thu thur thurs donnerstag do",
            "friday fri freitag fr",
            "saturday sat samstag sonnabend sa",
            "sunday sun sonntag so",
        )
    )
    for name in names.split()
}
# Abbreviations as people use them in mails: "EST" is written in July too, so the place counts, not the rule.
_ZONES = {
    "CET": "Europe/Brussels",
    "CEST": "Europe/Brussels",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "GMT": "Europe/London",
    "BST": "Europe/London",
    "UTC": "UTC",
    "WET": "Europe/Lisbon",
    "WEST": "Europe/Lisbon",
    "EET": "Europe/Athens",
    "EEST": "Europe/Athens",
    "ET": "America/New_York",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CT": "America/Chicago",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MT": "America/Denver",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PT": "America/Los_Angeles",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "JST": "Asia/Tokyo",
    "SGT": "Asia/Singapore",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
}
_PLACES = {
    "berlin": "Europe/Berlin",
    "munich": "Europe/Berlin",
    "vienna": "Europe/Vienna",
    "zurich": "Europe/Zurich",
    "paris": "Europe/Paris",
    "amsterdam": "Europe/Amsterdam",
    "london": "Europe/London",
    "uk": "Europe/London",
    "dublin": "Europe/Dublin",
    "new york": "America/New_York",
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "tokyo": "Asia/Tokyo",
    "singapore": "Asia/Singapore",
    "sydney": "Australia/Sydney",
}


def _either(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_DAY = rf"(?P<weekday>{_either(_WEEKDAYS)})\b\.?,?\s+(?:the\s+|den\s+|dem\s+)?"
_YEAR = r"(?:,?\s*(?P<year>20\d\d)\b|(?!,?\s*\d{4}\b))"  # another year is no interview
_DATES = (
    # Thursday, 3 December 2026 / Donnerstag, den 3. Dezember / 3rd of December
    rf"(?:{_DAY})?\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<month>{_either(_MONTHS)})\b\.?{_YEAR}",
    # Thursday, December 3rd, 2026
    rf"(?:{_DAY})?\b(?P<month>{_either(_MONTHS)})\b\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:){_YEAR}",
    # 2026-12-03
    rf"(?:{_DAY})?\b(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)\b",
    # Do, 03.12.2026 / 03.12.
    rf"(?:{_DAY})?\b(?P<day>\d{{1,2}})\.\s?(?P<number>\d{{1,2}})\.(?:\s?(?P<year>20\d\d)\b|(?P<short>2\d)\b(?!:))?",
)
_DATE = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _DATES)
_CLOCK = r"(?P<{0}hour>\d{{1,2}})(?:[:.h](?P<{0}minute>\d\d))?\s*(?P<{0}half>[ap]\.?m\b\.?)?"
_TIME = re.compile(
    r"(?<![\d.:/-])"
    + _CLOCK.format("")
    + r"(?:\s*Uhr\b)?(?:\s*(?:-|–|—|to|until|till|bis)\s*"
    + _CLOCK.format("to_")
    + r")?(?P<uhr>\s*Uhr\b)?(?![\d:])",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*[,(]?\s*(?:"
    rf"(?P<abbreviation>{'|'.join(sorted(_ZONES, key=len, reverse=True))})(?![A-Za-z])"
    r"(?P<offset>\s?[+-]\d{1,2}(?::?\d\d)?)?"
    r"|(?P<iana>[A-Z][a-z]+/[A-Z][A-Za-z_]+)"
    r")"
)
_PLACE = re.compile(
    rf"\s*[,(]?\s*(?P<place>{'|'.join(_PLACES)})\s+(?:standard\s+|daylight\s+)?time\b", re.IGNORECASE
)
_SECOND = re.compile(r"\s*(?:[/|(;=]|or|and|oder|bzw\.?)\s*", re.IGNORECASE)
_ON = re.compile(r"\s*\)?,?\s*(?:on|am|der|den)?\s*", re.IGNORECASE)
# How far behind a date its time may stand ("Thursday, 3 December 2026\nTime: 14:00 CET").
_REACH = 60


def mentions(text: str, written: datetime) -> Iterator[Mention]:
    """Find every date with a clock time in ``text``, in order. ``written`` is when the mail was sent.

    A date without a year is the next one after ``written``; a time without a zone is read in the offset of
    ``written``. Both are guesses, and marked so unless a weekday confirms the year.
    """
    dates = sorted(_dates(text, written), key=lambda found: found.start)
    for index, found in enumerate(dates):
        limit = dates[index + 1].start if index + 1 < len(dates) else len(text)
        behind = list(_timed(text, found, min(limit, found.end + _REACH), written))
        yield from behind or _timed_before(text, found, written)


@dataclass(frozen=True, slots=True)
class _Date:
    day: date
    sure: bool
    start: int
    end: int


def _dates(text: str, written: datetime) -> Iterator[_Date]:
    taken = bytearray(len(text))  # the characters of dates found before
    for pattern in _DATE:
        for match in pattern.finditer(text):
            here = slice(*match.span())
            found = None if any(taken[here]) else _date(match, written)
            if found is not None:
                taken[here] = b"\1" * len(match[0])
                yield found


def _date(match: re.Match[str], written: datetime) -> _Date | None:
    part = match.groupdict()
    month = _MONTHS[part["month"].casefold()] if part.get("month") else int(part.get("number") or 0)
    year = part.get("year") or (f"20{part['short']}" if part.get("short") else None)
    day = _calendar_day(int(year) if year else None, month, int(part["day"]), written.date())
    if day is None:
        return None
    weekday = part.get("weekday")
    agrees = weekday is not None and _WEEKDAYS[weekday.casefold()] == day.weekday()
    sure = agrees if weekday else year is not None
    return _Date(day, sure, *match.span())


def _calendar_day(year: int | None, month: int, day: int, written: date) -> date | None:
    """Work out the day; without a year the first one not before ``written`` (less a day for time zones)."""
    try:
        if year is not None:
            return date(year, month, day)
        near = (date(y, month, day) for y in (written.year, written.year + 1))
        return next((d for d in near if d >= written - timedelta(days=1)), None)
    except ValueError:
        return None


def _timed_before(text: str, found: _Date, written: datetime) -> Iterator[Mention]:
    """Find a time in front of its date: "at 11:30 ET on Tuesday, 14 April"."""
    begin = max(0, found.start - _REACH)
    for match in _TIME.finditer(text, begin, found.start):
        zone = _zone_at(text, match.end()) if _is_clock(match) else None
        at = zone[1] if zone else match.end()
        if _is_clock(match) and _ON.fullmatch(text, at, found.start):
            mention = _mention(found, match, zone, written)
            if mention is not None:
                yield mention


def _timed(text: str, found: _Date, limit: int, written: datetime) -> Iterator[Mention]:
    """Find the time that follows a date, and the same time in further zones ("14:00 CET / 8 am ET")."""
    at, told = found.end, list[Mention]()
    while match := _clock(text, at, limit):
        zone = _zone_at(text, match.end())
        mention = _mention(found, match, zone, written)
        at = zone[1] if zone else match.end()
        if mention is not None:
            told.append(Mention(mention.slot, mention.confidence, found.start, at))
        second = _SECOND.match(text, at)
        if zone is None or second is None:
            break
        limit = min(len(text), second.end() + 12)
        at = second.end()
    yield from _agreed(told)


def _clock(text: str, at: int, limit: int) -> re.Match[str] | None:
    """Find the next thing up to ``limit`` that is surely a clock time: 14:00, 2pm, 14 Uhr, 14h30."""
    for match in _TIME.finditer(text, at, min(len(text), limit + 12)):
        if match.start() >= limit:
            return None
        if _is_clock(match):
            return match
    return None


def _is_clock(match: re.Match[str]) -> bool:
    told = match["minute"] or match["to_minute"] or match["half"] or match["to_half"]
    return bool(told) or "uhr" in match[0].casefold()


def _agreed(told: list[Mention]) -> Iterator[Mention]:
    """Merge several zones of one time; different instants are each their own, and doubtful."""
    if not told:
        return
    if len({m.slot.start for m in told}) == 1:
        yield told[0]
        return
    yield from (Mention(m.slot, Confidence.LOW, m.start, m.end) for m in told)


def _zone_at(text: str, at: int) -> tuple[tzinfo, int, str | None] | None:
    if match := _PLACE.match(text, at):
        name = _PLACES[match["place"].casefold()]
        return ZoneInfo(name), match.end(), name
    match = _ZONE.match(text, at)
    if match is None:
        return None
    if match["iana"]:
        return _iana(match["iana"], match.end())
    if match["offset"] and match["abbreviation"] in ("UTC", "GMT"):
        return _fixed(match["offset"].strip()), match.end(), None
    name = _ZONES[match["abbreviation"]]
    return ZoneInfo(name), match.end(), name


def _iana(name: str, end: int) -> tuple[tzinfo, int, str | None] | None:
    try:
        return ZoneInfo(name), end, name
    except (KeyError, ValueError, OSError):
        return None


def _fixed(text: str) -> timezone:
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    length = timedelta(hours=min(hours, 14), minutes=min(minutes, 59))
    return timezone(-length if text[0] == "-" else length)


def _mention(
    found: _Date, match: re.Match[str], zone: tuple[tzinfo, int, str | None] | None, written: datetime
) -> Mention | None:
    half, to_half = match["half"], match["to_half"]
    start = _minutes(match["hour"], match["minute"], half or to_half)
    end = _minutes(match["to_hour"], match["to_minute"], to_half) if match["to_hour"] else None
    if start is None:
        return None
    if end is not None and not half and to_half and start > end:  # "11-1pm" starts in the morning
        start = _minutes(match["hour"], match["minute"], "am") or start
    place = zone[0] if zone else timezone(written.utcoffset() or timedelta())
    slot = Slot(
        start=_at(found.day, start, place),
        end=_at(found.day, end, place) if end is not None and end > start else None,
        zone=zone[2] if zone else None,
    )
    sure = found.sure and zone is not None
    return Mention(slot, Confidence.MEDIUM if sure else Confidence.LOW, found.start, match.end())


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, *divmod(minutes, 60), tzinfo=zone)


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Count minutes since midnight; None for what no clock shows."""
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.casefold().startswith("p") else 0)
    return hours * 60 + minutes if hours < 24 and minutes < 60 else None
