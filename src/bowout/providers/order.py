"""Put what a search found in order: newest first, and nothing older than was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bowout.model import Query, Thread


def newest(thread: Thread) -> datetime:
    """Find the moment of the newest mail; of a thread that has nothing but drafts, that of a draft."""
    return max(m.moment for m in thread.mails or thread.messages)


def recent(threads: Iterable[Thread], query: Query) -> list[Thread]:
    """Keep the threads of the period that is asked for."""
    return [t for t in threads if query.since is None or newest(t) >= query.since]


def newest_first(threads: Iterable[Thread]) -> list[Thread]:
    """Put the thread with the newest mail first."""
    return sorted(threads, key=newest, reverse=True)
