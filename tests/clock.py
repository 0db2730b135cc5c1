"""A clock that only moves when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# A Friday morning, in the middle of a working day in Europe and before one in America.
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class FakeClock:
    """Fits ``bowout.providers.base.Clock``: call it for the current instant in UTC."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Move on (or back) and return the new instant."""
        self.now += by
        return self.now
