"""Say how much notice an interview leaves, which limits the guides set, and which hours suit people.

One home for the hours of guide rules D5, D6 (notice) and B8, B18 (age of a decision): letters, advice, linter
and calls compare with these and with no figure of their own. Whoever compares says whether the limit itself
still counts; ``tests/unit/test_notice.py`` has a row for each.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bowout.model import Slot

PASSED = timedelta(0)
LATE = timedelta(hours=2)  # with less a mail alone may not be read in time
SHORT = timedelta(hours=24)  # the least that the guides ask for; with less one calls
SOON = timedelta(hours=48)  # with more they can give the time to somebody else

# How long ago the decision may lie: within a day it is fresh, after two it is late, after a week very late.
FRESH = timedelta(hours=24)
OLD = timedelta(hours=48)
STALE = timedelta(days=7)

# The hours of a clock, from the first up to the second. They differ, for they answer three questions.
# When a telephone may ring: while people work, for it interrupts them.
CALLS_BEGIN, CALLS_END = time(8), time(19)
# When a letter that missed its time may still leave by itself: nobody chose the new hour, so it is one at
# which a mail surprises nobody.
LETTERS_BEGIN, LETTERS_END = time(7), time(21)
# When a letter looks like one that was written in the night: only pointed at, for the person chose the hour.
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)


def of(slot: Slot | None, now: datetime) -> timedelta | None:
    """How long until the interview: None when none is booked, negative when it has begun."""
    return None if slot is None or slot.cancelled else slot.start - now


def hours(length: timedelta) -> int:
    """Count the full hours, as sentences name them."""
    return int(length / timedelta(hours=1))


def is_night(there: datetime) -> bool:
    """Whether it is the middle of the night by that clock."""
    return there.time() >= NIGHT_BEGINS or there.time() < NIGHT_ENDS


def are_at_work(there: datetime) -> bool:
    """Tell whether a telephone may ring by that clock: on a working day, within the hours for it."""
    return there.weekday() < 5 and CALLS_BEGIN <= there.time() < CALLS_END


def is_short(left: timedelta | None) -> bool:
    """Whether an interview lies ahead with less than a day of notice."""
    return left is not None and PASSED < left < SHORT
