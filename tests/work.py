"""Count what something costs in calls, not in seconds: the same number on a busy machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(act: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C.

    A pattern that backtracks is one call; where it does so without end, the test does not return.
    """
    count = 0

    def note(frame: FrameType, event: str, called: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def grows_evenly(act: Callable[[int], object], size: int) -> bool:
    """Does twice the size cost about twice the calls at most?"""
    act(size)  # what is loaded and compiled once counts for neither
    return calls(lambda: act(size)) <= 2.5 * calls(lambda: act(size // 2)) + 500
