"""providers.order: which threads of a search count, and which comes first."""

from __future__ import annotations

from datetime import UTC, datetime

from bowout.model import Folder, Message, Query, Thread
from bowout.providers import order

DAYS = {day: datetime(2026, 11, day, 9, tzinfo=UTC) for day in range(1, 10)}


def thread(*mails: int, draft: int | None = None) -> Thread:
    said = [Message(id=f"m{day}", thread_id="t", date=DAYS[day]) for day in mails]
    drafted = [Message(id="d", thread_id="t", folder=Folder.DRAFTS, date=DAYS[draft])] if draft else []
    return Thread(id=f"t{mails}{draft}", messages=(*said, *drafted))


def test_the_newest_mail_counts_and_a_draft_only_where_nothing_else_is() -> None:
    assert order.newest(thread(2, 5, 3, draft=9)) == DAYS[5]
    assert order.newest(thread(draft=9)) == DAYS[9]


def test_newest_first_and_nothing_older_than_was_asked_for() -> None:
    old, new, mixed = thread(1), thread(7), thread(2, 5)
    assert order.newest_first([old, new, mixed]) == [new, mixed, old]
    assert order.recent([old, new, mixed], Query(since=DAYS[5])) == [new, mixed]
    assert order.recent([old], Query()) == [old]
