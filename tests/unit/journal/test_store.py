"""The journal: what goes in comes out, nothing is half done, nothing of the person's is lost or shown."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bowout.errors import BowoutError, NothingFound, RecordsGone, StoreError
from bowout.journal import letter, lookup, origin
from bowout.journal.damage import DamagedRow
from bowout.journal.database import stamp
from bowout.journal.origin import Provenance
from bowout.journal.record import DraftState, Withdrawal
from bowout.journal.remedy import ADOPT
from bowout.journal.sqlite import VERSION, Migration, migrations
from bowout.journal.store import Store
from bowout.journal.submissions import Queue
from bowout.model import Address, CallOutcome, Depth, DraftKey, Message, Reason, Situation
from bowout.providers.base import Draft

NOW = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
SECRET = "the true reason: zymurgy"
posix = sys.platform != "win32"


class Ticking:
    """A clock that moves a second with every look."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


_stores: list[Store] = []


@pytest.fixture(autouse=True)
def _closed_afterwards() -> Iterator[None]:
    """Python 3.13 warns of a connection that nobody closed."""
    yield
    while _stores:
        _stores.pop().close()


def opened(
    directory: Path, state_dir: Path | None = None, steps: tuple[Migration, ...] | None = None
) -> Store:
    store = Store.open(directory, Ticking(), state_dir=state_dir, steps=steps)
    _stores.append(store)
    store.begin()
    return store


def added(store: Store, thread_id: str = "t1", depth: Depth = Depth.BRIEF) -> Withdrawal:
    return store.add_withdrawal(
        account="home",
        thread_id=thread_id,
        company="Übermorgen & Söhne",
        position=None,
        person=Address("Ana O'Neil", "Ana@Example.org"),
        situation=Situation.SCHEDULED,
        reason=Reason.HEALTH,
        depth=depth,
        language="en",
        slot=NOW.astimezone(timezone(timedelta(hours=9))),
        slot_zone="Asia/Tokyo",
    )


def key(name: str = "a") -> DraftKey:
    return DraftKey(
        thread_id="t1", message_id=f"<{name}@bowout>", parent_id="p", intended_at=NOW, known=("d1", "d'2")
    )


def draft(name: str = "a", revision: str = "r1") -> Draft:
    return Draft(
        key=replace(key(name), id=f"id-{name}"),
        revision=revision,
        content_hash="h",
        message=Message(id="m", thread_id="t1"),
    )


def row_count(directory: Path, table: str) -> int:
    with sqlite3.connect(directory / "bowout.db") as connection:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return count


# --- round trips ----------------------------------------------------------------------------------


def test_a_withdrawal_comes_back_as_it_was_also_after_reopening(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        new = added(store)
        assert (new.id, new.label, new.revision) == (1, "w1", 1)
    with opened(tmp_path) as store:
        assert store.withdrawal(1) == new
        assert store.withdrawals() == (new,)
        assert store.find_withdrawal("home", "t1") == new
        assert store.find_withdrawal("work", "t1") is None
        found = store.withdrawal(1).slot
        assert found is not None
        assert (found, found.utcoffset()) == (NOW, timedelta(0))


def test_an_unknown_number_is_not_found(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for call in (
            lambda: store.withdrawal(7),
            lambda: store.begin_draft(7, "withdrawal", key()),
            lambda: store.finish_draft(7, draft()),
            lambda: store.set_draft_state(7, DraftState.SENT),
            lambda: store.set_note(7, "reason", SECRET),
            lambda: store.keep_copy(7, b"x", "why"),
            lambda: store.forget(7),
        ):
            with pytest.raises(NothingFound, match=r"numbered 7|w7"):
                call()
        assert store.events() == ()


def test_one_withdrawal_per_thread(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        with pytest.raises(StoreError, match="recorded"):
            added(store)
        assert added(store, "t2").id == 2


@pytest.mark.parametrize(
    ("change", "grows"),
    [
        ({"company": "Acme"}, True),
        ({"position": "Clerk"}, True),
        ({"person": Address("Bo", "bo@example.org")}, True),
        ({"slot": NOW + timedelta(hours=1)}, True),
        ({"slot": None, "slot_zone": None}, True),
        ({"thread_id": "t9"}, True),
        ({"reason": Reason.PAY, "depth": Depth.FULL, "language": "de"}, False),
        ({"situation": Situation.LATE}, False),
        ({}, False),
    ],
)
def test_the_revision_grows_with_what_a_confirmation_relies_on(
    tmp_path: Path, change: dict[str, object], grows: bool
) -> None:
    with opened(tmp_path) as store:
        old = added(store)
        new = store.update_withdrawal(replace(old, **change))  # type: ignore[arg-type] # a table of fields
        assert new.revision == old.revision + grows
        assert new.updated_at > old.updated_at
        assert store.withdrawal(old.id) == new


def test_a_stale_withdrawal_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as store, opened(tmp_path) as other:
        old = added(store)
        changed = other.update_withdrawal(replace(old, company="Acme"))
        with pytest.raises(StoreError, match="w1 was changed"):
            store.update_withdrawal(replace(old, company="Other"))
        assert store.withdrawal(1) == changed


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_from_intent_to_sent(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        intent = store.begin_draft(1, "withdrawal", key(), b"letter")
        assert (intent.state, intent.key, intent.revision) == (DraftState.INTENT, key(), None)
        assert store.current_draft(1, "withdrawal") == intent
        assert store.letter(intent.id) == b"letter"
        written = store.finish_draft(intent.id, draft())
        assert (written.state, written.key.id, written.revision) == (DraftState.OPEN, "id-a", "r1")
        assert store.current_draft(1, "withdrawal") == written
        assert store.current_draft(1, "after-call") is None
        sent = store.set_draft_state(intent.id, DraftState.SENT, "seen in Sent")
        assert store.drafts(1) == (sent,)
        assert store.current_draft(1, "withdrawal") is None


def test_replacing_a_draft_journals_the_new_letter_first(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        record = store.finish_draft(store.begin_draft(1, "withdrawal", key(), b"one").id, draft())
        intent = store.begin_rewrite(record.id, b"two")
        assert (intent.state, intent.revision, store.letter(record.id)) == (DraftState.INTENT, "r1", b"two")
        assert store.finish_draft(record.id, draft(revision="r2")).revision == "r2"


def test_never_two_current_drafts_for_one_purpose(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        first = store.begin_draft(1, "withdrawal", key())
        with pytest.raises(StoreError, match="already has a draft"):
            store.begin_draft(1, "withdrawal", key("b"))
        store.begin_draft(1, "after-call", key("c"))
        store.set_draft_state(first.id, DraftState.DELETED)
        second = store.begin_draft(1, "withdrawal", key("b"))
        # Bringing the first back would make two: the database itself refuses.
        with pytest.raises(StoreError, match="contradicts what it holds"):
            store.set_draft_state(first.id, DraftState.OPEN)
        assert store.current_draft(1, "withdrawal") == second


def test_calls_are_logged_and_corrected(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        call = store.add_call(
            withdrawal_id=1, outcome=CallOutcome.SPOKE, person="Ana", at=NOW, zone="Europe/Berlin"
        )
        assert store.calls(1) == (call,)
        corrected = store.correct_call(replace(call, outcome=CallOutcome.NO_ANSWER))
        assert corrected.revision == 2
        assert store.calls(1) == (corrected,)
        with pytest.raises(StoreError, match="corrected by another"):
            store.correct_call(call)
        with pytest.raises(NothingFound):
            store.correct_call(replace(call, id=9))


# --- events ---------------------------------------------------------------------------------------


def test_every_change_writes_one_event_without_private_words(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        withdrawal = added(store)
        store.update_withdrawal(withdrawal)
        record = store.begin_draft(1, "withdrawal", key())
        store.finish_draft(record.id, draft())
        store.set_draft_state(record.id, DraftState.DELETED, "no longer there")
        call = store.add_call(withdrawal_id=1, outcome=CallOutcome.BUSY, person="Ana", at=NOW, zone="UTC")
        store.correct_call(call)
        store.set_note(1, "reason", SECRET)
        store.keep_copy(record.id, SECRET.encode(), "edited")
        store.forget(1)
        store.log("s7", "armed", "17:00")
        assert [(event.kind, event.detail) for event in store.events("w1")] == [
            ("withdrawal-recorded", ""),
            ("withdrawal-changed", ""),
            ("draft-intent", "withdrawal"),
            ("draft-open", "withdrawal"),
            ("draft-deleted", "withdrawal: no longer there"),
            ("call-logged", "busy"),
            ("call-corrected", "busy"),
            ("note-kept", "reason"),
            ("copy-kept", "edited"),
            ("forgotten", ""),
        ]
        assert [event.subject for event in store.events()] == ["w1"] * 10 + ["s7"]
        moments = [event.at for event in store.events()]
        assert moments == sorted(moments)
        assert moments[0].tzinfo is UTC


# --- private things -------------------------------------------------------------------------------


def test_notes_are_kept_replaced_and_removed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        store.set_note(1, "reason", "one")
        store.set_note(1, "reason", SECRET)
        store.set_note(1, "employer", "Zyx")
        assert store.notes(1) == {"employer": "Zyx", "reason": SECRET}
        store.set_note(1, "employer", "")
        assert store.notes(1) == {"reason": SECRET}


def test_a_kept_copy_is_a_private_file_with_exactly_these_bytes(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        record = store.begin_draft(1, "withdrawal", key())
        path = store.keep_copy(record.id, b"Subject: x\r\n\r\n\xff", "edited")
        again = store.keep_copy(record.id, b"second", "edited")
        assert path.read_bytes() == b"Subject: x\r\n\r\n\xff"
        assert [kept.path for kept in store.copies(1)] == [path, again]
        if posix:
            assert path.stat().st_mode & 0o777 == 0o600


def traces(directory: Path) -> list[str]:
    return [str(f) for f in directory.rglob("*") if f.is_file() and SECRET.encode() in f.read_bytes()]


def test_forget_leaves_no_trace_and_nothing_of_others_is_touched(tmp_path: Path) -> None:
    private = [Migration(9, "CREATE TABLE later (id INTEGER PRIMARY KEY);\n")]
    with opened(tmp_path) as store:
        added(store, depth=Depth.NONE)
        added(store, "t2")
        record = store.begin_draft(1, "withdrawal", key(), SECRET.encode())
        other = store.begin_draft(2, "withdrawal", key("b"))
        store.set_note(1, "reason", SECRET)
        store.set_note(2, "reason", "stays")
        store.keep_copy(record.id, SECRET.encode(), "edited")
        stays = store.keep_copy(other.id, b"stays", "edited")
    (tmp_path / "kept" / "w1-9-x.eml.0123.tmp").write_text(SECRET)
    with opened(tmp_path, steps=(*migrations(), *private)) as store:
        # In the database or its log, a backup, a copy, and what a crash left of one.
        assert len(traces(tmp_path)) >= 4
        store.forget(1)
        assert traces(tmp_path) == []
        assert (store.notes(1), store.copies(1), store.letter(record.id)) == ({}, (), None)
        assert store.withdrawal(1).reason is Reason.NONE
        assert store.withdrawal(2).reason is Reason.HEALTH
        assert store.notes(2) == {"reason": "stays"}
        assert [kept.path for kept in store.copies(2)] == [stays]
        store.forget(1)


def test_everything_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "data"
    with opened(directory, tmp_path / "state") as store:
        added(store)
        store.keep_copy(store.begin_draft(1, "withdrawal", key()).id, b"x", "edited")
        for path in [*tmp_path.rglob("*")] if posix else []:
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


# --- whose files they are ---------------------------------------------------------------------------


def told(make: Callable[..., Store], directory: Path) -> StoreError:
    """How the records there are refused; nothing is changed by it."""
    before = files_of(directory)
    with pytest.raises(StoreError) as refused:
        make(directory, Ticking())
    assert before == files_of(directory)
    return refused.value


def run_cure(error: BowoutError) -> None:
    """Run the command at the end of what it says to do, as it is printed; ``adopt`` is the tests' own."""
    command = error.next_step.rpartition(": ")[2].removesuffix(f" && {ADOPT}")
    subprocess.run(["/bin/sh", "-c", command], check=True)


@pytest.mark.parametrize("make", [Store.open, Store.rehearse])
@pytest.mark.parametrize(
    ("name", "mode"),
    [("data", 0o777), ("data", 0o1777), ("data/bowout.db", 0o602), (".", 0o777)],
    ids=["directory", "sticky", "database", "above"],
)
def test_records_that_others_can_write_are_refused_until_they_cannot(
    tmp_path: Path, make: Callable[..., Store], name: str, mode: int
) -> None:
    directory = tmp_path / "data"
    opened(directory).close()
    if posix:
        (tmp_path / name).chmod(mode)
        error = told(make, directory)
        assert "others can write" in error.message
        run_cure(error)
    make(directory, Ticking()).close()


def test_a_twin_that_others_could_put_there_is_refused(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    opened(data, state).close()
    state.chmod(0o777)
    if posix:
        with pytest.raises(StoreError, match="others can write") as refused:
            opened(data, state)
        run_cure(refused.value)
    opened(data, state).close()


def test_records_that_belong_to_another_user_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "data"
    opened(directory).close()
    if posix and os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: 4999)
    elif posix:
        os.chown(directory, 4999, -1)
    assert not posix or "belongs to" in told(Store.open, directory).message


@pytest.mark.parametrize("name", ["bowout.db-wal", "bowout.lock", "drafts.lock"])
def test_a_log_or_a_lock_of_another_user_is_refused(tmp_path: Path, name: str) -> None:
    opened(tmp_path).close()
    (tmp_path / name).touch()
    if posix and not os.geteuid():  # nobody else can give a file away
        os.chown(tmp_path / name, 4999, -1)
        assert f"{name} belongs to 4999" in told(Store.open, tmp_path).message


def test_records_that_a_backup_has_linked_can_be_used(tmp_path: Path) -> None:
    opened(tmp_path / "data").close()
    for path in (tmp_path / "data").iterdir():
        os.link(path, tmp_path / path.name)
    with opened(tmp_path / "data") as store:
        added(store)


def test_a_copy_that_was_put_back_is_hidden_from_others_again(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "bowout.db").chmod(0o644)
    with Store.rehearse(tmp_path, Ticking()):
        assert not posix or (tmp_path / "bowout.db").stat().st_mode & 0o777 == 0o644
    with opened(tmp_path) as store:
        added(store)
        for path in tmp_path.glob("bowout.db*") if posix else []:
            assert path.stat().st_mode & 0o777 == 0o600, path


@pytest.mark.parametrize("make", [Store.open, Store.rehearse])
def test_a_database_that_is_a_link_is_refused_and_can_be_put_in_its_place(
    tmp_path: Path, make: Callable[..., Store]
) -> None:
    with opened(tmp_path / "elsewhere") as store:
        old = added(store)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bowout.db").symlink_to(tmp_path / "elsewhere" / "bowout.db")
    error = told(make, tmp_path / "data")
    assert "is a link" in error.message
    if posix:
        run_cure(error)
        with opened(tmp_path / "data") as store:
            assert store.withdrawals() == (old,)


@pytest.mark.parametrize("name", ["bowout.lock", "drafts.lock", "bowout.db-wal", "twin"])
@pytest.mark.parametrize("make", [Path.mkdir, *([os.mkfifo] if posix else [])])
def test_what_is_no_file_beside_the_database_is_moved_away_alone(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    with opened(tmp_path / "data", tmp_path / "state") as store:
        old = added(store)
    (twin,) = (tmp_path / "state").iterdir()
    kept = twin.read_bytes()
    wrong = twin if name == "twin" else tmp_path / "data" / name
    wrong.unlink(missing_ok=True)
    make(wrong)
    with pytest.raises(StoreError, match="is not a file") as refused:
        opened(tmp_path / "data", tmp_path / "state")
    run_cure(refused.value)
    if name == "twin":
        twin.write_bytes(kept)
    with opened(tmp_path / "data", tmp_path / "state") as store:
        assert store.withdrawals() == (old,)


def test_a_database_that_is_a_link_to_nowhere_makes_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "bowout.db").symlink_to(tmp_path / "nowhere")
    error = told(Store.open, tmp_path)
    assert not (tmp_path / "nowhere").exists()
    if posix:
        run_cure(error)
        opened(tmp_path).close()


@pytest.mark.parametrize("name", ["bowout.db-journal", "bowout.lock", "twin"])
def test_a_link_beside_the_database_is_called_one_and_its_target_is_left_alone(
    tmp_path: Path, name: str
) -> None:
    with opened(tmp_path / "data", tmp_path / "state") as store:
        old = added(store)
    (twin,) = (tmp_path / "state").iterdir()
    link, mine = twin if name == "twin" else tmp_path / "data" / name, tmp_path / "mine"
    link.rename(mine) if link.exists() else mine.touch()
    before = mine.read_bytes()
    link.symlink_to(mine)
    with pytest.raises(StoreError) as refused:
        opened(tmp_path / "data", tmp_path / "state")
    assert f"{link} is a link" in refused.value.message
    assert mine.read_bytes() == before
    if posix:
        run_cure(refused.value)
        with opened(tmp_path / "data", tmp_path / "state") as store:
            assert (store.withdrawals(), store.provenance()) == ((old,), Provenance.OK)


# --- opening and migrating ------------------------------------------------------------------------

LATER = (*migrations(), Migration(8, "CREATE TABLE one (id);\nINSERT INTO one VALUES (1);\n"))


def test_a_migration_keeps_everything_and_a_backup_of_before(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        old = added(store)
    with opened(tmp_path, steps=LATER) as store:
        assert store.withdrawals() == (old,)
    assert row_count(tmp_path, "one") == 1
    (backup,) = (tmp_path / "backups").iterdir()
    assert backup.name.startswith(f"bowout-v{VERSION}-")
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(backup, restored / "bowout.db")
    with opened(restored) as store:
        assert store.withdrawals() == (old,)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_database_of_every_earlier_version_opens(tmp_path: Path, version: int) -> None:
    with opened(tmp_path, steps=migrations()[:version]) as store:
        old = added(store)
    with opened(tmp_path) as store:
        assert store.withdrawals() == (old,)
    assert (tmp_path / "backups").is_dir()


def test_a_letter_sent_before_its_time_was_kept_has_the_time_of_its_receipt(tmp_path: Path) -> None:
    old = dict.fromkeys(("thread_id", "purpose"), "x") | {"withdrawal_id": 1, "known": "[]"}
    with opened(tmp_path, steps=migrations()[:2]) as store:
        added(store)
        with store.change():
            for name, state in (("a", "sent"), ("b", "sent"), ("c", "open")):
                store.insert("drafts", {**old, "message_id": name, "state": state, "updated_at": stamp(NOW)})
            store.insert(
                "submissions", {**_promise(), "draft_id": 1, "sent_at": stamp(NOW + timedelta(hours=1))}
            )
    with opened(tmp_path) as store:
        assert [record.sent_at for record in store.drafts(1)] == [NOW + timedelta(hours=1), NOW, None]


def test_a_draft_that_is_back_was_not_sent(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        record = store.begin_draft(added(store).id, "withdrawal", key())
        assert store.set_draft_state(record.id, DraftState.SENT, sent_at=NOW).sent_at == NOW
        assert store.finish_draft(record.id, draft()).sent_at is None


def _promise() -> dict[str, object]:
    """A row of the outbox as the second version had it, without what became of it."""
    names = ("purpose", "account", "zone", "typed", "detail", "last_error", "seen_hash")
    texts: dict[str, object] = dict.fromkeys(names, "x")
    times = dict.fromkeys(("due", "not_after", "armed_at"), stamp(NOW))
    rest = {"state": "sent", "snapshot": "{}", "todo": "[]", "withdrawal_id": 1}
    return {
        **texts,
        **times,
        **rest,
        **dict.fromkeys(("follow_edits", "attempts", "rearmed", "looks", "version"), 0),
    }


def test_the_version_is_that_of_the_last_migration() -> None:
    assert [step.version for step in migrations()] == list(range(1, VERSION + 1))


def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    opened(tmp_path, steps=LATER).close()
    assert not (tmp_path / "backups").exists()


def test_a_failing_migration_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        old = added(store)
    broken = (*LATER, Migration(9, "CREATE TABLE two (id);\nINSERT INTO nowhere VALUES (1);\n"))
    with pytest.raises(StoreError, match="nowhere"):
        opened(tmp_path, steps=broken)
    with opened(tmp_path) as store:
        assert store.withdrawals() == (old,)


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    opened(tmp_path, steps=LATER).close()
    with pytest.raises(StoreError, match=rf"newer bowout \(schema 8, this one knows {VERSION}\)") as refused:
        opened(tmp_path)
    assert "upgrade" in refused.value.next_step


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "bowout.db")
    connection.execute("CREATE TABLE theirs (id)")
    connection.close()
    before = (tmp_path / "bowout.db").read_bytes()
    with pytest.raises(StoreError, match="not a database of bowout"):
        opened(tmp_path)
    assert (tmp_path / "bowout.db").read_bytes() == before


def test_durable_by_configuration(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        pragmas = {
            name: store._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_two_processes_may_make_the_database_at_once(tmp_path: Path) -> None:
    script = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bowout.journal.store import Store
with Store.open(Path(sys.argv[1]), lambda: datetime.now(UTC)) as store:
    store.log("store", "opened")
"""
    command = [sys.executable, "-c", script, str(tmp_path / "data")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[1] for process in running] == [""] * 4
    with opened(tmp_path / "data") as store:
        assert len(store.events()) == 4


# --- what can be wrong with it --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"), [(b"no database" * 200, "is not a database"), (None, "cannot be")]
)
def test_an_unreadable_database_is_one_clear_line(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is None:
        (tmp_path / "bowout.db").mkdir()
    else:
        (tmp_path / "bowout.db").write_bytes(content)
    with pytest.raises(StoreError, match=says) as refused:
        opened(tmp_path)
    assert str(tmp_path / "bowout.db") in refused.value.message
    assert refused.value.next_step


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for number in range(200):
            store.log("store", "filled", f"{number} " * 40)
    path = tmp_path / "bowout.db"
    raw = bytearray(path.read_bytes())
    for start in range(4096, len(raw), 4096):
        raw[start : start + 512] = b"\xa5" * 512
    path.write_bytes(raw)
    with pytest.raises(StoreError, match="damaged") as refused, opened(tmp_path) as store:
        store.events()
    assert "move it away" in refused.value.next_step


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM identity", "UPDATE identity SET generation = 'x'", "UPDATE identity SET suspect = 'x'"],
)
def test_a_store_that_does_not_know_itself_is_damaged(tmp_path: Path, sql: str) -> None:
    with opened(tmp_path) as store:
        added(store)
        store._connection.execute(sql)
        for use in (store.provenance, lambda: added(store, "t2"), store.adopt):
            with pytest.raises(StoreError, match="damaged"):
                use()


def test_text_in_the_place_of_a_letter_is_damage(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        record = store.begin_draft(1, "withdrawal", key(), b"letter")
        store._connection.execute("UPDATE drafts SET letter = 'letter'")
        for use in (store.letter, store.draft):
            with pytest.raises(DamagedRow, match="draft 1 of w1 is damaged"):
                use(record.id)


BROKEN = [
    ("withdrawals", "reason = 'magic'"),
    ("withdrawals", "created_at = 'yesterday'"),
    ("withdrawals", "created_at = '2026-11-24T10:40:00'"),
    ("withdrawals", "updated_at = 7"),
    ("withdrawals", "slot_zone = 'Mars/Port'"),
    ("withdrawals", "revision = 'x'"),
    ("withdrawals", "company = x'ff00'"),
    ("withdrawals", "company = CAST(x'ff' AS TEXT)"),
    ("drafts", "state = 'magic'"),
    ("drafts", "known = '['"),
    ("drafts", "known = '5'"),
    ("drafts", "intended_at = '9999-12-31T23:59:59-12:00'"),
    ("calls", "outcome = 'magic'"),
    ("calls", "at = ''"),
    ("calls", "zone = ''"),
    ("kept", "at = 'now'"),
    ("notes", "text = x'ff'"),
]


@pytest.mark.parametrize(("table", "change"), BROKEN)
def test_a_row_that_cannot_be_read_is_named_and_hides_no_other(
    tmp_path: Path, table: str, change: str
) -> None:
    with opened(tmp_path) as store:
        for number in (1, 2):
            added(store, f"t{number}")
            record = store.begin_draft(number, "withdrawal", key(str(number)))
            store.add_call(withdrawal_id=number, outcome=CallOutcome.SPOKE, person="Ana", at=NOW, zone="UTC")
            store.set_note(number, "reason", "one")
            store.keep_copy(record.id, b"x", "edited")
        whole = (store.withdrawal(2), store.drafts(2), store.calls(2), store.notes(2), store.copies(2))
        store._connection.execute(f"UPDATE {table} SET {change} WHERE rowid = 1")
        with pytest.raises(DamagedRow, match=r"w1|copy 1") as damaged:
            (store.withdrawal(1), store.drafts(1), store.calls(1), store.notes(1), store.copies(1))
        assert "move it away" in damaged.value.next_step
        assert whole == (
            store.withdrawal(2),
            store.drafts(2),
            store.calls(2),
            store.notes(2),
            store.copies(2),
        )
        assert store.withdrawal(2) in store.withdrawals()
        names = [row.label for row in store.damaged_withdrawals()]
        assert names == (["w1"] if table == "withdrawals" else [])


def test_a_thread_whose_withdrawal_cannot_be_read_counts_as_recorded(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        store._connection.execute("UPDATE withdrawals SET reason = 'magic'")
        uses: tuple[Callable[[], object], ...] = (
            lambda: store.of_thread("home", ["t0", "t1"]),
            lambda: lookup.called(store, "ubermorgen"),
            lambda: lookup.called(store, "w1"),
            lambda: added(store),
        )
        for use in uses:
            with pytest.raises(DamagedRow, match="w1 is damaged"):
                use()
        assert store.of_thread("home", ["t2"]) is None
        with pytest.raises(NothingFound):
            lookup.called(store, "acme")


def test_a_damaged_line_of_the_log_stops_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        withdrawal = added(store)
        store.log("w1", "letter", "withdrawal warm magic")
        store._connection.execute("UPDATE events SET at = 'now' WHERE id = 1")
        assert [event.kind for event in store.events("w1")] == ["letter"]
        assert letter.asked(store, withdrawal, "withdrawal") is None


def test_a_database_that_stays_locked_is_told(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store._connection.execute("PRAGMA busy_timeout = 10")
        other = sqlite3.connect(tmp_path / "bowout.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another bowout"):
            added(store)
        other.execute("ROLLBACK")
        other.close()
        assert added(store).id == 1


def test_reading_goes_on_while_another_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        added(store)
        other = sqlite3.connect(tmp_path / "bowout.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM events")
        assert len(store.withdrawals()) == 1
        other.close()


WRITES = """
import os, sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
from bowout.errors import StoreError
from bowout.journal.store import Store
with tempfile.TemporaryDirectory() as other, Store.open(Path(other), lambda: datetime.now(UTC)) as store:
    store.log("store", "what is loaded late need not be readable for another user")
if os.geteuid() == 0:
    os.setuid(65534)
try:
    with Store.open(Path(sys.argv[1]), lambda: datetime.now(UTC)) as store:
        store.log("store", "written")
except StoreError as exc:
    print(exc.message)
    print(exc.next_step)
"""


def written(directory: Path) -> tuple[str, str]:
    """What a process that modes mean something to is told when it writes; ("", "") = nothing."""
    run = [sys.executable, "-c", WRITES, str(directory)]
    ran = subprocess.run(run, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    message, _, cure = ran.stdout.partition("\n")
    return message, cure.strip()


def test_a_read_only_database_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        opened(directory).close()
        (directory / "bowout.db").chmod(0o444)
        directory.chmod(0o555)
        told = written(directory)
        directory.chmod(0o700)
    assert told[0] == f"{directory / 'bowout.db'} cannot be written"


@pytest.mark.parametrize("modes", [(0o000, 0o600), (0o500, 0o600), (0o700, 0o000), (0o700, 0o400), (0, 0)])
def test_records_that_their_owner_cannot_use_are_opened_by_the_printed_commands(
    modes: tuple[int, int],
) -> None:
    if not posix:
        return
    with tempfile.TemporaryDirectory() as name:
        directory, database = Path(name), Path(name) / "bowout.db"
        opened(directory).close()
        for path in (*directory.iterdir(), directory):
            os.chown(path, 65534 if os.geteuid() == 0 else -1, -1)
        database.chmod(modes[1])
        directory.chmod(modes[0])
        for _ in modes:  # one command for each
            if (told := written(directory))[0]:
                subprocess.run(["/bin/sh", "-c", told[1].rpartition(": ")[2]], check=True)
        assert written(directory) == ("", "")


def test_records_that_root_left_are_given_back_by_the_printed_command() -> None:
    if not posix or os.geteuid():
        return
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        opened(directory).close()
        os.chown(directory, 65534, -1)
        message, cure = written(directory)
        assert message.endswith("bowout.db cannot be opened")
        assert cure.endswith(f"sudo chown nobody {directory / 'bowout.db'}")


FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from bowout.errors import StoreError
from bowout.journal.store import Store
clock = lambda: datetime.now(UTC)
directory, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
done = 0
try:
    with Store.open(directory, clock) as store:
        for number in range(1000):
            store.log("store", "filled", "x" * 1000)
            done += 1
except StoreError as exc:
    print(exc.message)
print(done)
"""


@pytest.mark.parametrize("limit", [0, 1000, 10_000, 100_000, 200_000])
def test_the_file_size_limit_stops_it_with_nothing_half_done(tmp_path: Path, limit: int) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(limit)], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    message, done = run.stdout.splitlines()
    assert "cannot be" in message or "has no room" in message
    with opened(tmp_path) as store:
        assert len(store.events()) == int(done)
        added(store)


def test_closing_twice_is_fine_and_using_it_then_is_told(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.withdrawals()


# --- whose store it is ----------------------------------------------------------------------------


def test_a_store_used_in_turns_is_ok(tmp_path: Path) -> None:
    for number in range(3):
        with opened(tmp_path / "data", tmp_path / "state") as store:
            assert store.provenance() is Provenance.OK
            added(store, f"t{number}")
            assert store.provenance() is Provenance.OK


def copied_then_used(root: Path) -> tuple[Path, Path, Path]:
    """A store, the directory of its twin, and a copy of the store from before it was last written."""
    data, state, saved = root / "data", root / "state", root / "saved"
    with opened(data, state) as store:
        added(store)
    shutil.copytree(data, saved)
    with opened(data, state) as store:
        store.log("s1", "sent")
    return data, state, saved


def test_an_older_copy_is_noticed_and_stays_noticed(tmp_path: Path) -> None:
    data, state, saved = copied_then_used(tmp_path)
    shutil.rmtree(data)
    shutil.copytree(saved, data)
    with opened(data, state) as store:
        assert store.provenance() is Provenance.OLDER_STORE
        # Writing on must not let the counters meet.
        for _ in range(5):
            store.log("store", "written")
        assert store.provenance() is Provenance.OLDER_STORE
    with opened(data, state) as store:
        assert store.provenance() is Provenance.OLDER_STORE
        store.adopt()
        assert store.provenance() is Provenance.OK
        store.log("store", "written")
    with opened(data, state) as store:
        assert store.provenance() is Provenance.OK


def test_a_second_copy_beside_the_first_is_noticed_in_one_of_them(tmp_path: Path) -> None:
    with opened(tmp_path / "a", tmp_path / "state") as store:
        added(store)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with opened(tmp_path / "a", tmp_path / "state") as store:
        store.log("s1", "sent")
    with opened(tmp_path / "b", tmp_path / "state") as store:
        assert store.provenance() is Provenance.OLDER_STORE


def test_a_lost_twin_proves_nothing(tmp_path: Path) -> None:
    opened(tmp_path / "data", tmp_path / "state").close()
    shutil.rmtree(tmp_path / "state")
    with opened(tmp_path / "data", tmp_path / "state") as store:
        assert store.provenance() is Provenance.OLDER_STORE
        store.adopt()
        assert store.provenance() is Provenance.OK


def test_a_twin_that_cannot_be_written_stops_a_first_change_but_not_what_was_begun(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store, Store.open(data, Ticking(), state_dir=state) as later:
        store.log("s1", "sending")
        (twin,) = state.iterdir()
        twin.unlink()
        twin.mkdir(mode=0o700)  # as root, too, cannot write it
        store.log("s1", "sent")
        with pytest.raises(StoreError, match=f"{twin.name} cannot be written"):
            later.log("s2", "sending")
        assert [event.kind for event in later.events()] == ["sending", "sent"]


def test_a_crash_before_the_twin_is_written_is_harmless(tmp_path: Path) -> None:
    with opened(tmp_path / "data", tmp_path / "state") as store:
        (twin,) = (tmp_path / "state").iterdir()
        before = twin.read_bytes()
        added(store)
        twin.write_bytes(before)
        assert store.provenance() is Provenance.OK
        store.log("store", "written")
        assert int(twin.read_text().split()[0]) == 2


# --- bytes that changed ---------------------------------------------------------------------------


PAGE = 4096


def lived(store: Store) -> None:
    """A row of most kinds."""
    withdrawal = added(store)
    record = store.begin_draft(withdrawal.id, "withdrawal", key(), b"letter")
    store.finish_draft(record.id, draft())
    store.set_note(withdrawal.id, "note", "x")
    store.keep_copy(record.id, b"x", "replaced")
    store.add_call(withdrawal_id=withdrawal.id, outcome=CallOutcome.SPOKE, person="A", at=NOW, zone="UTC")
    with store.change():
        store.insert("submissions", {**_promise(), "draft_id": record.id})


def used(store: Store) -> None:
    """Read and write all of it; what is refused is refused by a message of ours."""
    queue = Queue(store)
    for use in (
        *(store.withdrawals, store.damaged_withdrawals, store.damaged_drafts, store.unsent_ids, store.events),
        *(store.provenance, store.require_whole, queue.all, queue.damaged, queue.damaged_beside),
        *(queue.accounts, queue.last_pass, queue.forgotten, lambda: lookup.called(store, "acme")),
        *(lambda: store.drafts(1), lambda: store.calls(1), lambda: store.notes(1), lambda: store.copies(1)),
        *(lambda: queue.begin_pass(NOW), lambda: store.set_note(1, "note", "x"), lambda: store.forget(1)),
        queue.adopt,
    ):
        with suppress(BowoutError):
            use()


def changed(whole: bytes, start: int, chance: random.Random) -> bytes:
    """One page of it with a few other bytes, or another page in its place."""
    page = bytearray(whole[start : start + PAGE])
    for place in chance.sample(range(PAGE), chance.choice((1, 3, 30))):
        page[place] ^= chance.randrange(1, 256)
    other = chance.randrange(len(whole) // PAGE) * PAGE
    put = bytes(page) if chance.randrange(2) else whole[other : other + PAGE]
    return whole[:start] + put + whole[start + PAGE :]


def test_bytes_that_changed_anywhere_are_damage_and_no_fault(tmp_path: Path) -> None:
    path, chance = tmp_path / "data" / "bowout.db", random.Random(0)
    with opened(path.parent) as store:
        lived(store)
    whole = path.read_bytes()
    for start in [*range(0, len(whole), PAGE)] * 3:
        removed(path)
        path.write_bytes(changed(whole, start, chance))
        path.chmod(0o600)
        with suppress(StoreError), Store.open(path.parent, Ticking()) as store:
            used(store)


def test_a_schema_that_is_no_text_is_damage(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        lived(store)
    path = tmp_path / "bowout.db"
    path.write_bytes(
        path.read_bytes().replace(b"CREATE TABLE calls", b"CREATE \xff\xfe\xfd\xfc\xfb calls", 1)
    )
    with pytest.raises(StoreError, match="is damaged") as refused:
        Store.open(tmp_path, Ticking())
    assert "move it away" in refused.value.next_step


# --- records that are gone ------------------------------------------------------------------------


def removed(path: Path) -> None:
    for file in path.parent.glob("bowout.db*"):
        file.unlink()


def emptied(path: Path) -> None:
    removed(path)
    path.touch()


def emptied_beside_its_log(path: Path) -> None:
    emptied(path)
    path.with_name("bowout.db-wal").write_bytes(b"what was written last")


def moved_away(path: Path) -> None:
    path.parent.rename(path.parent.with_name("old"))


def replaced(path: Path) -> None:
    removed(path)
    opened(path.parent, path.parents[1] / "state-of-another").close()


@pytest.mark.parametrize("make", [Store.open, Store.rehearse])
@pytest.mark.parametrize("gone", [removed, emptied, emptied_beside_its_log, moved_away, replaced])
def test_records_that_are_gone_are_not_begun_anew_unasked(
    tmp_path: Path, make: Callable[..., Store], gone: Callable[[Path], None]
) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store:
        added(store)
        added(store, "t2")
    gone(data / "bowout.db")
    before = files_of(tmp_path)
    for _ in range(2):
        with pytest.raises(RecordsGone) as told:
            make(data, Ticking(), state_dir=state)
        assert "changed 2 times" in told.value.message
        assert "bowout outbox adopt" in told.value.next_step
    assert files_of(tmp_path) == before
    if gone is emptied_beside_its_log:  # SQLite would remove it
        with pytest.raises(StoreError, match="may hold what was written last"):
            make(data, Ticking(), state_dir=state, anew=True)
        assert files_of(tmp_path) == before
        return
    make(data, Ticking(), state_dir=state, anew=True).close()
    assert files_of(tmp_path) == before
    with make(data, Ticking(), state_dir=state, anew=True) as store:
        store.adopt()
    if make == Store.open:
        with opened(data, state) as store:
            assert store.withdrawals() == ()
            assert store.provenance() is Provenance.OK
    else:
        assert files_of(tmp_path) == before


def test_records_are_made_with_the_first_change(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with Store.open(data, Ticking(), state_dir=state) as store:
        assert (store.withdrawals(), store.provenance()) == ((), Provenance.OK)
        assert not any(tmp_path.iterdir())
        added(store)
        assert (data / "bowout.db").stat().st_size
    with opened(data, state) as store:
        assert (len(store.withdrawals()), store.provenance()) == (1, Provenance.OK)


def test_records_that_another_bowout_makes_meanwhile_are_seen(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with Store.open(data, Ticking(), state_dir=state) as waiting:
        assert waiting.withdrawals() == ()
        with Store.open(data, Ticking(), state_dir=state) as other:
            added(other)
        assert len(waiting.withdrawals()) == 1
        added(waiting, "t2")
        assert waiting.provenance() is Provenance.OK
    with opened(data, state) as store:
        assert len(store.withdrawals()) == 2


def test_what_a_crash_left_while_it_was_begun_can_be_rehearsed(tmp_path: Path) -> None:
    begun = sqlite3.connect(tmp_path / "bowout.db")
    begun.execute("PRAGMA journal_mode=WAL")
    begun.close()
    (tmp_path / "bowout.db").chmod(0o600)
    with Store.rehearse(tmp_path, Ticking()) as store:
        added(store)


def test_where_nothing_was_written_yet_nothing_is_gone(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    opened(data, state).close()
    shutil.rmtree(data)
    with opened(data, state) as store:  # as after a crash while it was begun
        assert store.provenance() is Provenance.OK
    with opened(tmp_path / "another", state) as store:
        added(store)
    opened(tmp_path / "new", state).close()


def test_records_that_moved_are_expected_where_they_lie_now(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store:
        added(store)
    data.rename(tmp_path / "moved")
    with opened(tmp_path / "moved", state) as store:
        assert store.provenance() is Provenance.OK
    opened(data, state).close()
    removed(tmp_path / "moved" / "bowout.db")
    with pytest.raises(RecordsGone):
        opened(tmp_path / "moved", state)


def test_an_older_copy_beside_the_records_does_not_take_their_place(tmp_path: Path) -> None:
    data, state, saved = copied_then_used(tmp_path)
    opened(saved, state).close()
    removed(data / "bowout.db")
    with pytest.raises(RecordsGone):
        opened(data, state)


def test_a_twin_from_before_it_knew_the_place_learns_it(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store:
        added(store)
    (twin,) = state.iterdir()
    twin.write_bytes(twin.read_bytes()[:21])
    with opened(data, state) as store:
        assert store.provenance() is Provenance.OK
    removed(data / "bowout.db")
    with pytest.raises(RecordsGone):
        opened(data, state)


def test_a_home_that_moved_without_the_records_misses_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "old"))
    with opened(tmp_path / "old" / "data", tmp_path / "old" / "state") as store:
        added(store)
    shutil.copytree(tmp_path / "old" / "state", tmp_path / "new" / "state")
    monkeypatch.setenv("HOME", str(tmp_path / "new"))
    with pytest.raises(RecordsGone):
        opened(tmp_path / "new" / "data", tmp_path / "new" / "state")


def test_records_that_come_back_after_others_were_begun_are_seen(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store:
        old = added(store)
    data.rename(tmp_path / "lost")
    with Store.open(data, Ticking(), state_dir=state, anew=True) as store:
        added(store, "t9")
    shutil.rmtree(data)
    (tmp_path / "lost").rename(data)
    with pytest.raises(RecordsGone):  # those that were begun meanwhile
        opened(data, state)
    with Store.open(data, Ticking(), state_dir=state, anew=True) as store:
        assert store.withdrawals() == (old,)


def test_the_newest_copy_of_records_that_are_gone_is_put_back_by_the_printed_command(tmp_path: Path) -> None:
    data, state = tmp_path / "my data", tmp_path / "state"
    with opened(data, state) as store:
        old = added(store)
    opened(data, state, steps=LATER).close()
    for gone in (removed, emptied) if posix else ():
        gone(data / "bowout.db")
        with pytest.raises(RecordsGone) as told:
            opened(data, state)
        run_cure(told.value)
        with opened(data, state) as store:
            assert store.withdrawals() == (old,)


def test_forgetting_everything_is_no_loss(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store:
        store.set_note(added(store).id, "reason", SECRET)
        store.forget(1)
    opened(data, state).close()


def test_a_log_of_other_records_is_not_written_into_these(tmp_path: Path) -> None:
    data, state, other = tmp_path / "data", tmp_path / "state", tmp_path / "other"
    with opened(data, state) as store:
        old = added(store)
    before = (data / "bowout.db").read_bytes()
    with opened(other) as store:
        added(store)
        shutil.copy(other / "bowout.db-wal", data)
    with pytest.raises(StoreError, match=r"bowout\.db-wal does not belong to bowout\.db") as refused:
        opened(data, state)
    with pytest.raises(StoreError, match="does not belong"):  # nor are they adopted so
        Store.open(data, Ticking(), state_dir=state, anew=True)
    assert (data / "bowout.db").read_bytes() == before
    if posix:
        run_cure(refused.value)
        assert (data / "bowout.db").read_bytes() == before
    else:
        (data / "bowout.db-wal").unlink()
    with opened(data, state) as store:
        assert store.withdrawals() == (old,)


def test_a_log_of_another_program_is_not_written_into_the_database(tmp_path: Path) -> None:
    opened(tmp_path).close()
    before = (tmp_path / "bowout.db").read_bytes()
    theirs = sqlite3.connect(tmp_path / "theirs.db", isolation_level=None)
    theirs.execute("PRAGMA journal_mode=WAL")
    theirs.execute("CREATE TABLE theirs (id)")
    shutil.copy(tmp_path / "theirs.db-wal", tmp_path / "bowout.db-wal")
    theirs.close()
    with pytest.raises(StoreError, match="does not belong"):
        opened(tmp_path)
    assert (tmp_path / "bowout.db").read_bytes() == before


def test_an_older_log_of_these_records_is_not_written_into_them(tmp_path: Path) -> None:
    data, state = tmp_path / "data", tmp_path / "state"
    with opened(data, state) as store:
        added(store)
    with opened(data, state) as store:
        store.log("store", "written")
        older = (data / "bowout.db-wal").read_bytes()
    with opened(data, state) as store:
        added(store, "t2")
    before = (data / "bowout.db").read_bytes()
    (data / "bowout.db-wal").write_bytes(older)
    for make in (Store.open, Store.rehearse):
        with pytest.raises(StoreError, match="does not belong") as refused:
            make(data, Ticking(), state_dir=state)
    assert (data / "bowout.db").read_bytes() == before
    if posix:
        run_cure(refused.value)
        with opened(data, state) as store:
            assert [w.thread_id for w in store.withdrawals()] == ["t1", "t2"]
            assert store.provenance() is Provenance.OK


def test_a_log_of_after_the_copy_is_not_written_into_the_copy(tmp_path: Path) -> None:
    def fill(store: Store) -> None:
        for number in range(100):
            store.log(f"s{number}", "filled", f"{number} " * 40)

    with opened(tmp_path / "data") as store:
        added(store)
    copy = (tmp_path / "data" / "bowout.db").read_bytes()
    with opened(tmp_path / "data") as store:
        fill(store)
    with opened(tmp_path / "data") as store:
        fill(store)
        log = (tmp_path / "data" / "bowout.db-wal").read_bytes()
    (tmp_path / "data" / "bowout.db").write_bytes(copy)
    (tmp_path / "data" / "bowout.db-wal").write_bytes(log)
    for make in (Store.open, Store.rehearse):
        with pytest.raises(StoreError, match=r"bowout\.db-wal does not belong to bowout\.db") as refused:
            make(tmp_path / "data", Ticking())
        assert (tmp_path / "data" / "bowout.db").read_bytes() == copy
    if posix:
        run_cure(refused.value)
        assert (tmp_path / "data" / "damaged-1" / "bowout.db-wal").read_bytes() == log
        assert (tmp_path / "data" / "bowout.db").read_bytes() == copy
        opened(tmp_path / "data").close()


def test_a_log_that_a_kill_left_is_taken_up(tmp_path: Path) -> None:
    with opened(tmp_path / "data", tmp_path / "state") as store:
        old = added(store)
        shutil.copytree(tmp_path / "data", tmp_path / "left")
    (tmp_path / "left" / "bowout.db-shm").unlink()
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "left").rename(tmp_path / "data")
    with opened(tmp_path / "data", tmp_path / "state") as store:
        assert store.withdrawals() == (old,)


def test_another_computer_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as store:
        added(store)
    monkeypatch.setattr(origin, "_system_id", lambda: "another computer")
    origin.machine.cache_clear()
    with opened(tmp_path) as store:
        assert store.provenance() is Provenance.OTHER_MACHINE
        store.log("store", "written")
    monkeypatch.undo()
    origin.machine.cache_clear()
    with opened(tmp_path) as store:
        assert store.provenance() is Provenance.OTHER_MACHINE
        store.adopt()
        assert store.provenance() is Provenance.OK


def files_of(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_dry_run_keeps_the_verdict_on_an_older_copy(tmp_path: Path) -> None:
    data, state, saved = copied_then_used(tmp_path)
    before = files_of(tmp_path)
    with Store.rehearse(saved, Ticking(), state_dir=state) as store:
        assert store.provenance() is Provenance.OLDER_STORE
        store.log("store", "written")
        assert store.provenance() is Provenance.OLDER_STORE
    with Store.rehearse(data, Ticking(), state_dir=state) as store:
        store.log("store", "written")
        assert store.provenance() is Provenance.OK
    assert files_of(tmp_path) == before


def test_a_dry_run_keeps_the_verdict_on_another_computers_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        added(store)
    monkeypatch.setattr(origin, "_system_id", lambda: "another computer")
    origin.machine.cache_clear()
    with Store.rehearse(tmp_path, Ticking()) as store:
        store.log("store", "written")
        assert store.provenance() is Provenance.OTHER_MACHINE
        store.adopt()
        assert store.provenance() is Provenance.OK
    with opened(tmp_path) as store:  # adopting in a dry run adopts nothing
        assert store.provenance() is Provenance.OTHER_MACHINE
    monkeypatch.undo()
    origin.machine.cache_clear()


def test_the_systems_id_is_not_in_the_database(tmp_path: Path) -> None:
    opened(tmp_path).close()
    system_id = origin._system_id().encode()
    assert not system_id or system_id not in (tmp_path / "bowout.db").read_bytes()


def test_what_to_do_about_a_damaged_store_names_a_copy_only_where_one_is(tmp_path: Path) -> None:
    (tmp_path / "bowout.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreError) as without:
        opened(tmp_path)
    assert "backups" not in without.value.next_step
    (tmp_path / "backups").mkdir()
    (copy := tmp_path / "backups" / "v1.db").write_bytes(b"")
    with pytest.raises(StoreError) as with_one:
        opened(tmp_path)
    assert str(copy) in with_one.value.next_step


@pytest.mark.parametrize("copied", [True, False])
def test_a_damaged_store_is_moved_away_by_the_printed_command_and_its_copy_put_back(
    tmp_path: Path, copied: bool
) -> None:
    directory = tmp_path / "my records"
    with opened(directory) as store:
        old = added(store)
    if copied:
        opened(directory, steps=LATER).close()  # which makes a backup
    damaged = b"no database at all " * 100
    for _ in range(2):
        (directory / "bowout.db").write_bytes(damaged)
        if posix:
            run_cure(told(Store.open, directory))
            with opened(directory) as store:
                assert store.withdrawals() == ((old,) if copied else ())
    for path in directory.glob("damaged-*/bowout.db*"):
        assert path.read_bytes() == damaged
    assert not posix or len([*directory.glob("damaged-*/bowout.db*")]) == 2


@pytest.mark.parametrize("below", ["", "deeper"])
@pytest.mark.parametrize("make", [Store.open, Store.rehearse])
def test_a_file_where_the_records_belong_is_told_at_once(
    tmp_path: Path, make: Callable[..., Store], below: str
) -> None:
    (tmp_path / "data").write_text("mine")
    with pytest.raises(StoreError) as told:
        make(tmp_path / "data" / below, lambda: NOW)
    assert f"{tmp_path / 'data'} is a file" in told.value.message
    assert "data_dir" in told.value.next_step
    assert (tmp_path / "data").read_text() == "mine"


# --- kill test ------------------------------------------------------------------------------------

# One life of a store, killed at its n-th statement or file operation; every life is forked from a process
# that has loaded everything, so that hundreds of them take seconds.
LIVES = """
import os, signal, sqlite3, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from bowout.journal import private, sqlite, store
from bowout.journal.record import DraftState
from bowout.model import *
from bowout.providers.base import Draft
NOW = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
root = Path(sys.argv[1])
seen, point = 0, -1
def step(*_):
    global seen
    if seen == point:
        os.kill(os.getpid(), signal.SIGKILL)
    seen += 1
def file_step(event, args):
    watched = event in ("open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect")
    if watched and str(args[0]).startswith(sys.argv[1]):
        step()
def traced(path, plain=sqlite.connect, **how):
    connection = plain(path, **how)
    connection.set_trace_callback(step)
    return connection
def life(directory):
    sys.addaudithook(file_step)
    sqlite.connect = private.connect = traced
    with store.Store.open(directory / "data", lambda: NOW, state_dir=directory / "state") as s:
        w = s.add_withdrawal(
            account="home", thread_id="t1", company="A", position=None, person=Address("", "a@b.c"),
            situation=Situation.LATE, reason=Reason.FIT, depth=Depth.NONE, language="en", slot=None,
            slot_zone=None,
        )
        record = s.begin_draft(w.id, "withdrawal", DraftKey(thread_id="t1", message_id="<a@b>"), b"letter")
        print("intent", flush=True)
        draft = Draft(key=record.key, revision="1", content_hash="h", message=Message(id="m", thread_id="t1"))
        s.finish_draft(record.id, draft)
        s.set_note(w.id, "reason", "SECRET")
        s.keep_copy(record.id, b"SECRET", "edited")
        s.begin_rewrite(record.id, b"second")
        s.set_draft_state(record.id, DraftState.SENT)
        call = s.add_call(withdrawal_id=w.id, outcome=CallOutcome.SPOKE, person="A", at=NOW, zone="UTC")
        s.correct_call(call)
        s.update_withdrawal(replace(w, company="B"))
        s.forget(w.id)
    later = (*sqlite.migrations(), sqlite.Migration(9, "CREATE TABLE later (id);"))
    store.Store.open(directory / "data", lambda: NOW, state_dir=directory / "state", steps=later).close()
    return seen
def run(name):
    global point
    directory = root / str(name)
    directory.mkdir()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        point = name
        os.dup2(write, 1)
        total = life(directory)
        os.write(1, f"{total}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return said, os.waitstatus_to_exitcode(status)
said, code = run(-1)
total = int(said.split()[-1])
for number in range(total):
    said, code = run(number)
    print(number, code, "intent" in said)
"""

# The events that say that there is a row, by table.
ROWS = {"withdrawals": "withdrawal-recorded", "drafts": "draft-intent", "calls": "call-logged"}


def consistent(directory: Path, *, told_intent: bool) -> None:
    """What must hold after a kill anywhere: whole transactions, an event for each, no copy lost."""
    steps = (*migrations(), Migration(9, "CREATE TABLE later (id);"))
    with Store.open(directory / "data", lambda: NOW, state_dir=directory / "state", steps=steps) as store:
        store.begin()
        connection = store._connection
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not connection.execute("PRAGMA foreign_key_check").fetchall()
        kinds = [event.kind for event in store.events()]
        for table, kind in ROWS.items():
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            assert rows == (kind in kinds)
        assert connection.execute("SELECT generation FROM identity").fetchone()[0] == len(kinds)
        assert store.provenance() is Provenance.OK
        if told_intent:
            assert store.drafts(1)
        if "copy-kept" in kinds and "forgotten" not in kinds:
            (copy,) = store.copies(1)
            # Later a kill inside `forget` may have removed the file; its row still says what to forget.
            assert "withdrawal-changed" in kinds or copy.path.read_bytes() == b"SECRET"
        if store.withdrawals():
            store.forget(1)
        files = [path for path in directory.rglob("*") if path.is_file()]
        assert not [path for path in files if b"SECRET" in path.read_bytes()]
        assert store.current_draft(1, "withdrawal") or "draft-sent" in kinds or "draft-intent" not in kinds


def test_a_kill_between_any_two_steps_leaves_a_consistent_store(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LIVES, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    lives = [line.split() for line in run.stdout.splitlines()]
    assert len(lives) > 100
    for number, code, told_intent in lives:
        assert code == "-9"
        consistent(tmp_path / number, told_intent=told_intent == "True")
