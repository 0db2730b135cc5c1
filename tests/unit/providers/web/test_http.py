"""What servers say of the time, read without trusting it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bowout.providers.web.http import date_of


@pytest.mark.parametrize("value", [None, "", "yesterday", "Fri, 31 Dec 9999 23:59:59 -1200"])
def test_what_is_no_date_is_none(value: str | None) -> None:
    assert date_of(value) is None


def test_a_date_is_told_in_utc() -> None:
    assert date_of("Sun, 22 Nov 2026 06:00:00 +0100") == datetime(2026, 11, 22, 5, tzinfo=UTC)
