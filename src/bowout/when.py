"""Read moments as a person types them, in a small closed grammar of English, any case (docs/when.md).

    2026-11-24 17:00            ISO 8601 date and time (T or a space), in the person's zone
    2026-11-24T17:00+01:00      the same with an offset or Z: exactly that instant
    [today|tomorrow|WEEKDAY] HH:MM|Nam|Npm      WEEKDAY in full or its first three letters
    in N minutes|hours|days     minutes and hours run on; days keep the time of day

Everything else is refused with examples: general date parsers guess (one read "tomorrow 9" as 19:40), and
a guess here is a letter at the wrong hour. A time that the clocks skip is refused with its neighbours, one
that comes twice means the first, and ``notes`` says so.

``parse_past`` reads a moment that has passed by the same grammar, seen from a point far enough back (the
newest passed moment that fits is meant), and also ``now``, ``20 minutes ago``, ``yesterday 16:00``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bowout.errors import UsageError
from bowout.model import require_aware

__all__ = ["EXAMPLES", "PAST_EXAMPLES", "When", "again", "describe", "parse", "parse_past", "zone_info"]

EXAMPLES = ("17:00", "tomorrow 9am", "Tuesday 17:00", "2026-11-24 17:00", "in 2 hours")
PAST_EXAMPLES = ("now", "20 minutes ago", "10:30", "yesterday 16:00", "Monday 9am", "2026-11-20 16:00")
FURTHEST = timedelta(days=366)  # nothing is planned, waited for or configured farther ahead
LONGEST_PAST = timedelta(days=180)

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:t|\s+)(\d{2}:\d{2}(?::\d{2})?)\s*(z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)
_NAMED = re.compile(r"(?:([a-z]+)\s+)?(?:(\d{2}):(\d{2})|(\d{1,2})\s?([ap]m))", re.ASCII | re.IGNORECASE)
_AFTER = re.compile(r"in\s+(\d{1,6})\s+(minute|hour|day)s?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A moment as the person meant it.

    ``instant`` is UTC, ``zone`` the IANA zone it was told in, ``typed`` the words. ``wall`` is the local time
    that was promised (ISO 8601 without offset); None when an instant was promised, by an offset or by
    elapsed time. ``notes`` are sentences that the person should read.
    """

    instant: datetime
    zone: str
    typed: str
    wall: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_aware(instant=self.instant)

    @property
    def local(self) -> datetime:
        """The instant on the clocks of ``zone``."""
        return self.instant.astimezone(zone_info(self.zone))


@lru_cache(maxsize=16)
def zone_info(name: str) -> ZoneInfo:
    """Find the zone of that IANA name. Raises UsageError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise UsageError(f"no time zone named {name!a}", 'use an IANA name such as "Europe/Berlin"') from exc


def parse(text: str, now: datetime, zone: str) -> When:
    """Read what ``text`` means at ``now`` (aware) for someone on the clocks of ``zone`` (IANA).

    Raises UsageError: not in the grammar, in the past, more than a year away, or skipped by the clocks.
    """
    require_aware(now=now)
    typed = " ".join(text.split())
    here = now.astimezone(zone_info(zone))
    when = _iso(typed, zone) or _named(typed, here, zone) or _after(typed, here, zone)
    if when is None:
        raise _refused(typed)
    if when.instant <= now:
        raise UsageError(
            f"{typed!r} is in the past: {describe(when, now)}", "name a moment that is still to come"
        )
    if when.instant - now > FURTHEST:
        raise UsageError(f"{typed!r} is more than a year away: {describe(when, now)}", "check the date")
    return when


def again(when: When, now: datetime) -> When:
    """Keep a promise under today's time zone rules: a promised local time keeps its wall clock.

    What was already due by ``now`` stays due. Raises UsageError when the clocks now skip that time.
    """
    if when.wall is None or when.instant <= now:
        return when
    fresh = _local(datetime.fromisoformat(when.wall), when.zone, when.typed)
    if fresh.instant == when.instant:
        return when
    return replace(fresh, notes=(*fresh.notes, f"the clocks of {when.zone} changed their rules since"))


def describe(when: When, now: datetime) -> str:
    """Write a moment in full: ``Tuesday 24 November 2026, 17:00 Europe/Berlin, in 5 h 20 min``."""
    local = when.local
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    offset = f" (UTC{_offset(local)})" if _comes_twice(local) else ""
    day = f"{_DAYS[local.weekday()].capitalize()} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {clock}{offset} {when.zone}, {_distance(when.instant - now)}"


# --- the three forms ------------------------------------------------------------------------------


def _iso(typed: str, zone: str) -> When | None:
    found = _ISO.fullmatch(typed)
    if found is None:
        return None
    try:
        naive = datetime.fromisoformat(f"{found[1]}T{found[2]}")
        if found[3] is None:
            return _local(naive, zone, typed)
    except (ValueError, OverflowError) as exc:
        raise UsageError(f"{typed!r} is no date and time: {exc}", _examples()) from exc
    try:
        instant = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}").astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise UsageError(f"{typed!r} has an offset that no clock has", _examples()) from exc
    return When(instant=instant, zone=zone, typed=typed)


def _named(typed: str, here: datetime, zone: str) -> When | None:
    found = _NAMED.fullmatch(typed)
    if found is None:
        return None
    day, clock = (found[1] or "today").lower(), _clock(found, typed)
    if day in ("today", "tomorrow"):
        ahead = 0 if day == "today" else 1
        return _local(datetime.combine(here.date() + timedelta(days=ahead), clock), zone, typed)
    weekday = _weekday(day)
    return None if weekday is None else _next_weekday(weekday, clock, here, zone, typed)


def _next_weekday(weekday: int, clock: time, here: datetime, zone: str, typed: str) -> When:
    """The first such day whose hour is still to come; on that very day the notes say which was taken."""
    ahead = (weekday - here.weekday()) % 7
    passed = ahead == 0 and clock <= here.time()
    when = _local(datetime.combine(here.date() + timedelta(days=7 if passed else ahead), clock), zone, typed)
    if ahead:
        return when
    taken = "that hour has passed, so it means next week" if passed else "it means today"
    return replace(when, notes=(*when.notes, f"today is {_DAYS[weekday].capitalize()}: {taken}"))


def _after(typed: str, here: datetime, zone: str) -> When | None:
    found = _AFTER.fullmatch(typed)
    if found is None:
        return None
    count, unit = int(found[1]), found[2].lower()
    if unit == "day":
        return _local((here + timedelta(days=count)).replace(tzinfo=None, fold=0, microsecond=0), zone, typed)
    instant = here.astimezone(UTC) + timedelta(**{f"{unit}s": count})
    return When(instant=instant.replace(microsecond=0), zone=zone, typed=typed)


def _clock(found: re.Match[str], typed: str) -> time:
    hour, minute = int(found[2] or found[4]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            raise UsageError(f"{typed!r} is no time of day: am and pm go from 1 to 12", _examples())
        hour = hour % 12 + (12 if found[5].lower() == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError as exc:
        raise UsageError(f"{typed!r} is no time of day: hours go from 00 to 23", _examples()) from exc


def _weekday(word: str) -> int | None:
    return next((i for i, day in enumerate(_DAYS) if word in (day, day[:3])), None)


def _refused(typed: str) -> UsageError:
    shown = ascii(typed) if len(typed) <= 60 else f"text of {len(typed)} characters"
    if re.fullmatch(r"(\w+|\d{4}-\d{2}-\d{2})", typed) and not typed.isdigit():
        return UsageError(f"{shown} has no hour", f"add one: {_examples()}")
    return UsageError(f"{shown} is not a moment that bowout understands", _examples())


def _examples() -> str:
    return "write it like " + ", ".join(f'"{example}"' for example in EXAMPLES)


# --- wall clock and zone --------------------------------------------------------------------------


def _local(naive: datetime, zone: str, typed: str) -> When:
    """The instant at which the clocks of ``zone`` show ``naive``."""
    info = zone_info(zone)
    local = naive.replace(tzinfo=info)
    instant = local.astimezone(UTC)
    if instant.astimezone(info).replace(tzinfo=None) != naive:
        raise _skipped(local, typed)
    notes = (_twice(local),) if _comes_twice(local) else ()
    return When(instant=instant, zone=zone, typed=typed, wall=naive.isoformat(), notes=notes)


def _skipped(local: datetime, typed: str) -> UsageError:
    """The refusal of a time that does not exist, naming the last one before and the first one after."""
    # In a gap, fold=0 counts with the offset before the change and so lands after it; fold=1 the reverse.
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    info, old = local.tzinfo, before.astimezone(local.tzinfo).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        if middle.astimezone(info).utcoffset() == old:
            before = middle
        else:
            after = middle
    first = after.astimezone(info).replace(second=0, microsecond=0)
    last = (after - timedelta(minutes=1)).astimezone(info).replace(second=0, microsecond=0)
    return UsageError(
        f"{typed!r} does not exist: the clocks of {info} skip {local:%H:%M} on {local:%Y-%m-%d}",
        f"use {last:%Y-%m-%d %H:%M} or {first:%Y-%m-%d %H:%M}",
    )


def _comes_twice(local: datetime) -> bool:
    first, second = local.replace(fold=0), local.replace(fold=1)
    return first.utcoffset() != second.utcoffset() and first.astimezone(UTC) < second.astimezone(UTC)


def _twice(local: datetime) -> str:
    second = local.replace(fold=1)
    return (
        f"the clocks show {local:%H:%M} twice on {local:%Y-%m-%d}: the first is meant (UTC{_offset(local)}); "
        f"for the second write {local:%Y-%m-%dT%H:%M}{_offset(second)}"
    )


def _offset(local: datetime) -> str:
    return local.isoformat()[-6:]


def _distance(span: timedelta) -> str:
    # Rounded: what was said as "in 2 hours" a moment ago is no "1 h 59 min".
    minutes = (abs(span) + timedelta(seconds=30)) // timedelta(minutes=1)
    if not minutes:
        return "now"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    words = " ".join(parts[:2])
    return f"in {words}" if span > timedelta(0) else f"{words} ago"


# --- moments that have passed ---------------------------------------------------------------------

_AGO = re.compile(r"(\d{1,4})\s+(minute|hour|day)s?\s+ago", re.ASCII | re.IGNORECASE)
_YESTERDAY = re.compile(r"yesterday\s+", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-", re.ASCII)
_WEEKDAY = re.compile(r"(?!today|tomorrow)[a-z]{3}", re.IGNORECASE)


def parse_past(text: str, now: datetime, zone: str, *, day_alone: bool = False) -> datetime:
    """Read the passed moment that ``text`` means at ``now`` (aware) for someone on the clocks of ``zone``.

    ``day_alone`` also takes a day without an hour (``yesterday``, ``2026-11-20``) and means its noon, or now
    when that is still to come. Raises UsageError: not readable, still to come, more than half a year ago.
    """
    require_aware(now=now)
    typed = " ".join(text.split())
    day = _past_day(typed, now, zone) if day_alone else None
    moment = _ago(typed, now) or day or _past_clock(typed, now, zone)
    if moment is None:
        raise _past_refused(text)
    if moment > now:
        raise UsageError(f"{text!r} has not come yet.", "Name a moment that has passed.")
    if now - moment > LONGEST_PAST:
        raise UsageError(f"{text!r} is more than half a year ago.", "Check the date.")
    return moment.astimezone(UTC)


def _ago(typed: str, now: datetime) -> datetime | None:
    if typed.lower() == "now":
        return now
    if match := _AGO.fullmatch(typed):
        return now - timedelta(**{f"{match[2].lower()}s": int(match[1])})
    return None


def _past_day(typed: str, now: datetime, zone: str) -> datetime | None:
    here = now.astimezone(zone_info(zone))
    named = {"today": here.date(), "yesterday": here.date() - timedelta(days=1)}
    day = named.get(typed.lower())
    if day is None:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return None
    noon = datetime.combine(day, time(12), here.tzinfo)
    return min(noon, now) if day == here.date() else noon


def _past_clock(typed: str, now: datetime, zone: str) -> datetime | None:
    """Read a clock time by ``parse``, seen from midnight, the one before, a week or half a year ago."""
    midnight = datetime.combine(now.astimezone(zone_info(zone)).date(), time(), zone_info(zone))
    if typed.lower().startswith("in "):
        return None
    if _YESTERDAY.match(typed):
        typed, view = _YESTERDAY.sub("", typed), midnight - timedelta(days=1)
    elif _ISO_DAY.match(typed):
        view = now - LONGEST_PAST
    else:
        view = now - timedelta(days=7) if _WEEKDAY.match(typed) else midnight
    try:
        return parse(typed, view, zone).instant
    except UsageError:
        return None


def _past_refused(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is no moment that bowout can read.",
        "Write it like one of these: " + ", ".join(f'"{example}"' for example in PAST_EXAMPLES),
    )
