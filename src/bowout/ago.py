"""A moment that has passed, as a person tells it: ``now``, ``20 minutes ago``, ``yesterday 16:00``.

The clock times are read by the closed grammar of ``when``, seen from a point far enough back; the newest
passed moment that fits is meant.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from bowout import when
from bowout.errors import UsageError
from bowout.model import require_aware

EXAMPLES = ("now", "20 minutes ago", "10:30", "yesterday 16:00", "Monday 9am", "2026-11-20 16:00")
LONGEST = timedelta(days=180)

_AGO = re.compile(r"(\d{1,4})\s+(minute|hour|day)s?\s+ago", re.ASCII | re.IGNORECASE)
_YESTERDAY = re.compile(r"yesterday\s+", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-", re.ASCII)
_WEEKDAY = re.compile(r"(?!today|tomorrow)[a-z]{3}", re.IGNORECASE)


def parse(text: str, now: datetime, zone: str, *, day_alone: bool = False) -> datetime:
    """The passed moment that ``text`` means at ``now`` (aware) on the clocks of ``zone`` (IANA), in UTC.

    ``day_alone`` also takes a day without an hour (``yesterday``, ``2026-11-20``) and means its noon, or now
    when that is still to come. Raises UsageError: not readable, still to come, more than half a year ago.
    """
    require_aware(now=now)
    typed = " ".join(text.split())
    moment = _ago(typed, now) or (_day(typed, now, zone) if day_alone else None) or _clock(typed, now, zone)
    if moment is None:
        raise _refused(text)
    if moment > now:
        raise UsageError(f"{text!r} has not come yet.", "Name a moment that has passed.")
    if now - moment > LONGEST:
        raise UsageError(f"{text!r} is more than half a year ago.", "Check the date.")
    return moment.astimezone(UTC)


def _ago(typed: str, now: datetime) -> datetime | None:
    if typed.lower() == "now":
        return now
    if match := _AGO.fullmatch(typed):
        return now - timedelta(**{f"{match[2].lower()}s": int(match[1])})
    return None


def _day(typed: str, now: datetime, zone: str) -> datetime | None:
    here = now.astimezone(when.zone_info(zone))
    named = {"today": here.date(), "yesterday": here.date() - timedelta(days=1)}
    day = named.get(typed.lower())
    if day is None:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return None
    noon = datetime.combine(day, time(12), here.tzinfo)
    return min(noon, now) if day == here.date() else noon


def _clock(typed: str, now: datetime, zone: str) -> datetime | None:
    """What ``when`` reads, seen from last midnight, the midnight before, a week or half a year ago."""
    midnight = datetime.combine(now.astimezone(when.zone_info(zone)).date(), time(), when.zone_info(zone))
    if typed.lower().startswith("in "):
        return None
    if _YESTERDAY.match(typed):
        typed, view = _YESTERDAY.sub("", typed), midnight - timedelta(days=1)
    elif _ISO.match(typed):
        view = now - LONGEST
    else:
        view = now - timedelta(days=7) if _WEEKDAY.match(typed) else midnight
    try:
        return when.parse(typed, view, zone).instant
    except UsageError:
        return None


def _refused(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is no moment that bowout can read.",
        "Write it like one of these: " + ", ".join(f'"{example}"' for example in EXAMPLES),
    )
