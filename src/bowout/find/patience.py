"""Decide which threads a search still reads: one that somebody floods must not hide the others. Pure.

A thread of usual length costs moments, and is always read. A longer one is read while there is time, and none
that is longer than any conversation. What was not read is said, and a search that left something out is
neither sure nor says that there is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bowout.model import Thread
from bowout.text.harmless import one_line

__all__ = ["Patience", "named"]

LASTS = timedelta(seconds=20)
SHORT = 50_000  # characters of all mails of a thread
LONGEST = 2_000_000
_PERSON = 100  # characters that cost as much as one sender or recipient
_NAMED = 3
_FOLDED = 60  # characters of a name or a subject that is only named


class Patience:
    """Keep the time of one search, and which threads it did not read."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._end = clock() + LASTS
        self._unread: dict[str, Thread] = {}

    @property
    def unread(self) -> tuple[Thread, ...]:
        return tuple(self._unread.values())

    def reads(self, thread: Thread) -> bool:
        """Tell whether there is time for a thread, and remember it where there is none."""
        size = sum(len(m.text) + _PERSON * len(m.participants) for m in thread.messages)
        if size <= SHORT or (size <= LONGEST and self._clock() < self._end):
            return True
        self._unread[thread.id] = thread
        return False


def named(threads: Iterable[Thread]) -> str:
    """Name threads by the sender and the subject of their newest mail, harmlessly."""
    every = list(threads)
    told = ", ".join(_name(thread) for thread in every[:_NAMED])
    return told + (f" and {len(every) - _NAMED} more" if len(every) > _NAMED else "")


def _name(thread: Thread) -> str:
    newest = max(thread.messages, key=lambda mail: mail.moment)
    sender = next((a.name or a.address for a in newest.from_), "nobody")
    return f'"{one_line(newest.subject, _FOLDED)}" by {one_line(sender, _FOLDED)}'
