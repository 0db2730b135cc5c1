"""Moments that have passed, as people tell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bowout import ago
from bowout.errors import UsageError

# A Sunday, 10:00 in Berlin.
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("now", NOW),
        ("NOW", NOW),
        ("20 minutes ago", NOW - timedelta(minutes=20)),
        ("1 hour ago", NOW - timedelta(hours=1)),
        ("3 days  ago", NOW - timedelta(days=3)),
        ("09:30", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("today 9am", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
        ("yesterday 16:00", datetime(2026, 11, 21, 15, 0, tzinfo=UTC)),
        ("Monday 9am", datetime(2026, 11, 16, 8, 0, tzinfo=UTC)),
        ("sun 09:00", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
        ("Sunday 16:00", datetime(2026, 11, 15, 15, 0, tzinfo=UTC)),
        ("2026-11-20 16:00", datetime(2026, 11, 20, 15, 0, tzinfo=UTC)),
        ("2026-11-20T16:00+00:00", datetime(2026, 11, 20, 16, 0, tzinfo=UTC)),
    ],
)
def test_what_people_type(typed: str, expected: datetime) -> None:
    assert ago.parse(typed, NOW, ZONE) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("yesterday", datetime(2026, 11, 21, 11, 0, tzinfo=UTC)),
        ("today", NOW),
        ("2026-11-22", NOW),
        ("2026-11-18", datetime(2026, 11, 18, 11, 0, tzinfo=UTC)),
    ],
)
def test_a_day_alone_is_its_noon_or_now(typed: str, expected: datetime) -> None:
    assert ago.parse(typed, NOW, ZONE, day_alone=True) == expected


@pytest.mark.parametrize("typed", ["16:00", "2026-11-23 09:00", "tomorrow 9am", "in 5 minutes"])
def test_what_is_still_to_come_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        ago.parse(typed, NOW, ZONE)


@pytest.mark.parametrize(
    "typed", ["", "yesterday", "2026-11-20", "last week", "25:00", "9", "2020-01-01 10:00", "-5 minutes ago"]
)
def test_what_cannot_be_read_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        ago.parse(typed, NOW, ZONE)
    assert "yesterday 16:00" in caught.value.next_step


def test_a_day_long_past_is_a_slip() -> None:
    with pytest.raises(UsageError, match="half a year"):
        ago.parse("2025-11-20", NOW, ZONE, day_alone=True)
