"""Say how much notice an interview leaves, and which limits the guides set.

One home for the hours of guide rules D5, D6 (notice) and B8, B18 (age of a decision): letters, advice, linter
and calls compare with these and with no figure of their own. Whoever compares says whether the limit itself
still counts; ``tests/unit/test_notice.py`` has a row for each.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bowout.model import Slot

PASSED = timedelta(0)
LATE = timedelta(hours=2)  # with less a mail alone may not be read in time
SHORT = timedelta(hours=24)  # the least that the guides ask for; with less one calls
SOON = timedelta(hours=48)  # with more they can give the time to somebody else

# How long ago the decision may lie: within a day it is fresh, after two it is late, after a week very late.
FRESH = timedelta(hours=24)
OLD = timedelta(hours=48)
STALE = timedelta(days=7)


def of(slot: Slot | None, now: datetime) -> timedelta | None:
    """How long until the interview: None when none is booked, negative when it has begun."""
    return None if slot is None or slot.cancelled else slot.start - now


def is_short(left: timedelta | None) -> bool:
    """Whether an interview lies ahead with less than a day of notice."""
    return left is not None and PASSED < left < SHORT
