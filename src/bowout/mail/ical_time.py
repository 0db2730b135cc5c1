"""Read the times of an iCalendar part in the zones that it defines or names (RFC 5545 3.3.5). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bowout.mail.ical import Component, Property
from bowout.model import Message

__all__ = ["Clock", "Moment"]

_YEARS = range(1990, 2150)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?")
_NAMED_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_CONTINENTS = ("Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian")
_MOST_RULES = 100  # of a zone; each is worked out for each time
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Moment:
    """A DATE or DATE-TIME as an aware datetime; ``zone`` its IANA name where there is one."""

    instant: datetime
    zone: str | None
    exact: bool = True
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """Reads the times of one calendar part with the zones that it defines."""

    zones: Mapping[str, Component]
    default: str
    message: Message

    def read(self, line: Property | None) -> Moment | None:
        """Read the moment of a DTSTART, DTEND or DTSTAMP; None when it is missing or impossible."""
        found = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", line.value.strip().upper()) if line else None
        if line is None or found is None:
            return None
        try:
            day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007 - only the date is taken
            clock = datetime.strptime(found[2] or "000000", "%H%M%S").time()  # noqa: DTZ007 - only the time
        except ValueError:
            return None
        if day.year not in _YEARS:
            return None
        wall = datetime.combine(day, clock)
        if found[3]:
            return Moment(wall.replace(tzinfo=UTC), "UTC")
        return self._local(wall, line.parameters.get("TZID", ""), all_day=found[2] is None)

    def _local(self, wall: datetime, name: str, *, all_day: bool) -> Moment:
        known, defined = _zone(name), _rule_offset(self.zones.get(name), wall)
        if defined is not None:
            # What the file defines is what its sender's calendar showed; a known name only says it in words.
            agrees = known is not None and wall.replace(tzinfo=known).utcoffset() == defined.utcoffset(None)
            if known is None or not agrees:
                exact = known is None and not all_day
                return Moment(wall.replace(tzinfo=defined), None, exact=exact, all_day=all_day)
        zone = known or (_zone(self.default) if not name else None)
        if zone is not None:
            return Moment(wall.replace(tzinfo=zone), zone.key, exact=not all_day, all_day=all_day)
        guess = self._guess(wall, name)
        key = guess.key if isinstance(guess, ZoneInfo) else None
        return Moment(wall.replace(tzinfo=guess), key, exact=False, all_day=all_day)

    def _guess(self, wall: datetime, name: str) -> tzinfo:
        """Guess a zone that is only a name for people; else the calendar's own; else the mail's offset."""
        spoken = _spoken_zone(name, wall) or _named_offset(name) or _zone(self.default)
        if spoken is not None:
            return spoken
        sent = self.message.date
        return timezone(sent.utcoffset() or timedelta()) if sent else UTC


def _zone(name: str) -> ZoneInfo | None:
    """Find the zone of an IANA name, a Windows name, or a path that ends in an IANA name."""
    if not name or len(name) > 100:
        return None
    parts = name.strip("/").split("/")
    tails = ["/".join(parts[-n:]) for n in (3, 2) if len(parts) > n]
    return next((z for z in map(_load_zone, [name, _from_windows(name), *tails]) if z is not None), None)


def _spoken_zone(name: str, wall: datetime) -> ZoneInfo | None:
    """Find a zone by the cities in a name for people: ``(UTC+01:00) Amsterdam, Berlin, Rome``.

    The cities must agree on the time, and the offset in front of them must be that of their winter.
    """
    winter = _named_offset(name)
    cities = [city.strip().replace(" ", "_") for city in name[:200].rpartition(")")[2].split(",")[:8]]
    tried = (_load_zone(f"{part}/{city}") for city in cities if city for part in _CONTINENTS)
    found = [zone for zone in tried if zone is not None]
    if not found or len({wall.replace(tzinfo=zone).utcoffset() for zone in found}) > 1:
        return None
    plain = {datetime(wall.year, month, 1, tzinfo=found[0]).utcoffset() for month in (1, 7)}
    return found[0] if winter is None or winter.utcoffset(None) in plain else None


def _load_zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key) if key else None
    except (KeyError, ValueError, OSError):  # unknown, unclean, or a directory of the database
        return None


def _from_windows(name: str) -> str:
    from tzlocal.windows_tz import win_tz  # 10 ms, and only Exchange needs it

    return str(win_tz.get(name, ""))


def _named_offset(name: str) -> timezone | None:
    """``GMT+0100`` and the like, as some systems name their zones."""
    found = _NAMED_OFFSET.search(name)
    if found is None or int(found[2]) > 14:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-offset if found[1] == "-" else offset)


def _rule_offset(zone: Component | None, wall: datetime) -> timezone | None:
    """Find the UTC offset that a VTIMEZONE gives for a wall-clock time (RFC 5545 section 3.6.5)."""
    if zone is None:
        return None
    onsets: list[tuple[datetime, timedelta]] = []
    rules = [*zone.walk("STANDARD"), *zone.walk("DAYLIGHT")]
    if len(rules) > _MOST_RULES:
        return None
    for rule in rules:
        offset = _offset(rule.value("TZOFFSETTO"))
        onset = _onset(rule, wall)
        if offset is not None and onset is not None:
            onsets.append((onset, offset))
    past = [o for o in onsets if o[0] <= wall] or onsets[:1]
    return timezone(max(past, key=lambda o: o[0])[1]) if past else None


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -length if found[1] == "-" else length


def _onset(rule: Component, wall: datetime) -> datetime | None:
    """Tell when this rule last took effect before ``wall``; its first onset when that lies later."""
    try:
        first = datetime.strptime(rule.value("DTSTART")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall clock
    except ValueError:
        return None
    yearly = dict(part.partition("=")[::2] for part in rule.value("RRULE").upper().split(";"))
    if yearly.get("FREQ") != "YEARLY":
        return first
    last = _until(yearly.get("UNTIL", ""), wall)
    years = range(min(wall.year, last.year), min(wall.year, last.year) - 2, -1)
    days = (_nth_weekday(year, first, yearly) for year in years if year >= 1)
    onsets = (datetime.combine(day, first.time()) for day in days if day is not None)
    return next((onset for onset in onsets if first <= onset <= min(wall, last)), first)


def _until(text: str, wall: datetime) -> datetime:
    """Tell when a rule of a zone was given up, to the day; ``wall`` when it still holds."""
    try:
        return datetime.strptime(text[:8], "%Y%m%d") + timedelta(days=1)  # noqa: DTZ007 - to the day
    except (ValueError, OverflowError):
        return wall


def _nth_weekday(year: int, first: datetime, rule: Mapping[str, str]) -> date | None:
    """The day of ``BYMONTH=3;BYDAY=-1SU`` in a year; without BYDAY the day of the first onset."""
    month = int(rule["BYMONTH"]) if rule.get("BYMONTH", "").isdigit() else first.month
    found = re.fullmatch(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)", rule.get("BYDAY", ""))
    try:
        if found is None:
            return date(year, month, first.day)
        nth, weekday = int(found[1]), _WEEKDAYS.index(found[2])
        if nth > 0:
            start = date(year, month, 1)
            return start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7 - 7 * (nth + 1))
    except ValueError:
        return None
