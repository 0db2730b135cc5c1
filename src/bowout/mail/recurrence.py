"""Work out on which days an event comes back (RFC 5545 section 3.3.10). Pure, bounded.

A series of interviews has a handful of dates. Rules of a kind that no invitation uses (every second, the last
working day of the month) are not worked out: then only the first date is known, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

__all__ = ["MOST", "occurrences"]

MOST = 60  # dates of one series that are looked at
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"})
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def occurrences(start: datetime, rule: str) -> tuple[datetime, ...] | None:
    """List the first dates of a series, on the clock of ``start``; None when the rule is of another kind."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    interval, count = _number(parts, "INTERVAL", 1), _number(parts, "COUNT", MOST)
    step = _step(parts, start)
    if step is None or interval is None or count is None or not parts.keys() <= _KNOWN:
        return None
    dates: list[datetime] = []
    for date in step(start, interval):
        if len(dates) >= min(count, MOST) or _is_over(date, parts.get("UNTIL", "")):
            break
        dates.append(date)
    return tuple(dates)


def _number(parts: Mapping[str, str], name: str, usual: int) -> int | None:
    text = parts.get(name, str(usual))
    return int(text) if re.fullmatch(r"[1-9]\d{0,3}", text) else None


_Step = Callable[[datetime, int], Iterator[datetime]]


def _step(parts: Mapping[str, str], start: datetime) -> _Step | None:
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    if not all(day in _WEEKDAYS for day in days):
        return None
    wanted = {_WEEKDAYS.index(day) for day in days} or {start.weekday()}
    match parts.get("FREQ"):
        case "DAILY":
            return lambda at, n: _daily(at, n, {_WEEKDAYS.index(day) for day in days})
        case "WEEKLY":
            return lambda at, n: _weekly(at, n, wanted)
        case _:
            return None


def _daily(start: datetime, interval: int, wanted: set[int]) -> Iterator[datetime]:
    for number in range(7 * MOST):
        date = _later(start, number * interval)
        if date is not None and (not wanted or date.weekday() in wanted):
            yield date


def _weekly(start: datetime, interval: int, wanted: set[int]) -> Iterator[datetime]:
    for week in range(MOST):
        for weekday in sorted(wanted):
            days = week * 7 * interval + weekday - start.weekday()
            date = _later(start, days) if days >= 0 else None
            if date is not None:
                yield date


def _later(start: datetime, days: int) -> datetime | None:
    try:
        return start + timedelta(days=days)  # on the wall clock, as a series is meant
    except OverflowError:
        return None


def _is_over(date: datetime, until: str) -> bool:
    found = _UNTIL.fullmatch(until)
    if found is None:
        return False
    if found[3]:
        return f"{date.astimezone(UTC):%Y%m%dT%H%M%S}Z" > until
    return f"{date:%Y%m%dT%H%M%S}"[: len(until)] > until
