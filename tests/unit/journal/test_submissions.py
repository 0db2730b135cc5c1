"""The outbox's rows: kept whole, changed only as they were read, commanded only where it makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bowout import providers
from bowout.errors import BowoutError, NothingFound, Unresolved, UsageError
from bowout.journal.damage import DamagedRow
from bowout.journal.refusals import Stale
from bowout.journal.submission import Hold, State
from bowout.journal.submissions import LOOK_AHEAD, Queue
from clock import FakeClock
from outbox_kit import Office


@pytest.fixture
def office(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setitem(providers.ADAPTERS, "memory", "memory")
    made = Office(tmp_path, clock)
    yield made
    made.close()


def test_a_row_comes_back_as_it_was_stored(office: Office) -> None:
    armed = office.arm("in 2 hours", follow_edits=True)
    office.close()
    office.store = office.open_store()
    assert office.row() == armed
    assert armed.snapshot.recipients == ("jane.doe@acme.example",)
    assert "<invitation@mail.example>" in armed.snapshot.messages


def test_a_row_that_was_changed_meanwhile_is_left_alone(office: Office) -> None:
    read = office.arm("in 2 hours")
    queue = Queue(office.store)
    queue.hold(1)
    with pytest.raises(Stale):
        queue.change(read, "sending", state=State.SENDING)
    assert office.row().state is State.HELD
    with pytest.raises(Stale):
        queue.arm(read)


def test_one_promise_for_one_draft(office: Office) -> None:
    armed = office.arm("in 2 hours")
    with pytest.raises(Stale):
        Queue(office.store).arm(replace(armed, id=0))
    assert len(Queue(office.store).all()) == 1


COMMANDS = {
    "cancel": {"armed", "held", "missed"},
    "hold": {"armed"},
    "resolve": {"unknown", "held", "missed"},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("what", COMMANDS)
def test_a_command_is_refused_with_the_reason_where_it_makes_no_sense(
    office: Office, what: str, state: State
) -> None:
    office.arm("in 2 hours")
    queue = Queue(office.store)
    before = queue.change(office.row(), "", state=state)
    acts = {
        "cancel": lambda: queue.cancel(1),
        "hold": lambda: queue.hold(1),
        "resolve": lambda: queue.resolve(1, sent=True, now=office.clock()),
    }
    if state in COMMANDS[what]:
        assert acts[what]().state is not state or state is State.HELD
        return
    with pytest.raises((Unresolved, UsageError)) as refused:
        acts[what]()
    assert isinstance(refused.value, BowoutError)
    assert refused.value.next_step
    assert office.row() == before


def test_what_was_not_sent_is_held(office: Office) -> None:
    office.arm("in 2 hours")
    queue = Queue(office.store)
    queue.change(office.row(), "", state=State.UNKNOWN)
    row = queue.resolve(1, sent=False, now=office.clock())
    assert (row.state, row.hold) == (State.HELD, Hold.NOT_SENT)


def test_a_pass_sees_only_what_is_near(office: Office) -> None:
    office.arm("in 2 days")
    queue = Queue(office.store)
    assert queue.due(office.clock()) == ()
    near, second = office.row().due - LOOK_AHEAD, timedelta(seconds=1)
    assert [len(queue.due(near + by)) for by in (-second, timedelta(), second)] == [0, 1, 1]


def test_nobody_writes_over_a_promised_draft(office: Office) -> None:
    queue = Queue(office.store)
    assert queue.armed_for(1) == ()
    office.arm("in 2 hours")
    assert [row.label for row in queue.armed_for(1)] == ["s1"]
    queue.cancel(1)
    assert queue.armed_for(1) == ()


def test_an_unknown_number_is_not_found(office: Office) -> None:
    with pytest.raises(NothingFound):
        Queue(office.store).get(9)


# --- rows that cannot be read -----------------------------------------------------------------------

BROKEN = [
    "state = 'magic'",
    "hold = 'magic'",
    "due = 'soon'",
    "due = 7",
    "zone = 'Mars/Port'",
    "wall = 'soon'",
    "wall = '2026-11-24T09:00:00+01:00'",
    "snapshot = '{'",
    "snapshot = '{}'",
    "snapshot = '[]'",
    "snapshot = json_set(snapshot, '$.record', 'x')",
    "snapshot = json_set(snapshot, '$.key.message_id', 5)",
    "todo = 'x'",
    "version = 'x'",
    "typed = CAST(x'ff' AS TEXT)",
]


def damage(office: Office, change: str) -> None:
    with office.store.change():
        office.store.execute(f"UPDATE submissions SET {change} WHERE id = 1")


@pytest.mark.parametrize("change", BROKEN)
def test_a_row_that_cannot_be_read_is_named_and_stops_no_other(office: Office, change: str) -> None:
    first, other = office.arm("in 2 hours"), office.write("after-call", "second")
    Queue(office.store).arm(replace(first, id=0, draft_id=other.id, account="gone"))
    damage(office, change)
    office.clock.advance(timedelta(hours=2))
    report = office.run()
    assert office.row(2).hold is Hold.ACCOUNT_GONE  # it had its turn
    assert office.accepted == 0
    assert [row.label for row in report.damaged] == ["s1"]
    assert [row.label for row in Queue(office.store).all()] == ["s2"]
    with pytest.raises(DamagedRow, match="s1 is damaged"):
        Queue(office.store).get(1)


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_a_damaged_row_that_may_have_been_sent_is_not_let_go(office: Office, state: str) -> None:
    office.arm("in 2 hours")
    damage(office, f"due = 'soon', state = '{state}'")
    with pytest.raises(Unresolved, match="may already have been sent"):
        Queue(office.store).let_go(1)
    assert len(Queue(office.store).damaged()) == 1


def test_a_damaged_row_that_is_let_go_makes_room_for_another(office: Office) -> None:
    office.arm("in 2 hours")
    damage(office, "due = 'soon'")
    with pytest.raises(DamagedRow):
        office.arm("in 2 hours")
    queue = Queue(office.store)
    queue.let_go(1)
    assert queue.damaged() == ()
    assert [row.label for row in queue.damaged(ended=True)] == ["s1"]
    with pytest.raises(UsageError):
        queue.let_go(1)
    assert office.arm("in 2 hours").label == "s2"


@pytest.mark.parametrize(
    "change", ["UPDATE withdrawals SET reason = 'magic'", "UPDATE drafts SET state = 'magic'"]
)
def test_damage_to_what_a_letter_belongs_to_keeps_it_and_no_other(office: Office, change: str) -> None:
    office.arm("in 2 hours")
    with office.store.change():
        office.store.execute(f"{change} WHERE id = 1")
    row = office.run_at(hours=2)
    assert (row.state, office.accepted) == (State.ARMED, 0)
    assert "is damaged" in row.last_error
    assert row.needs_person


def test_a_time_of_the_last_pass_that_cannot_be_read_is_written_anew(office: Office) -> None:
    office.arm("in 2 hours")
    office.run()
    with office.store.change():
        office.store.execute("UPDATE passes SET last = 'then'")
    office.run_at(hours=2)
    assert office.accepted == 1
    assert Queue(office.store).last_pass() == office.clock()
