"""What bowout remembers: one SQLite database, ``bowout.db``, in the data directory.

Every change is one transaction that also writes its event and is on the disk before the call returns
(WAL, synchronous=FULL). Numbered migrations live in ``bowout.journal``; a database that exists is copied to
``backups/`` before one runs. Copies of drafts are files in ``kept/``. All of it is readable by its owner
only. Private notes are kept apart, so that ``forget`` can remove them from every place.

Times go in and come out aware, in UTC. Anything SQLite or the file system refuses is a ``StoreError``, and
then nothing was changed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

from bowout import files
from bowout.errors import NothingFound, StoreError
from bowout.journal.origin import Provenance, compare, grow_twin, machine, make_twin, read_twin
from bowout.journal.sqlite import RESTORE, Migration, connect, copy_in_memory, open_database, told
from bowout.model import (
    Address,
    Call,
    CallOutcome,
    Depth,
    DraftKey,
    DraftRecord,
    DraftState,
    Event,
    Reason,
    Situation,
    Withdrawal,
    require_aware,
)
from bowout.providers.base import Draft

__all__ = ["Kept", "Provenance", "Store", "moment", "stamp"]

T = TypeVar("T")
Clock = Callable[[], datetime]
_Columns = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A copy of a draft's text, made before bowout replaced or lost sight of it."""

    id: int
    draft_id: int
    path: Path
    why: str
    at: datetime

    def __post_init__(self) -> None:
        require_aware(at=self.at)


class Store:
    """The journal. One per process and thread; close it, or use it as a context manager."""

    @classmethod
    def open(
        cls,
        data_dir: Path,
        clock: Clock,
        *,
        state_dir: Path | None = None,
        steps: Sequence[Migration] | None = None,
    ) -> Self:
        """Open or make the database in ``data_dir``, brought to this bowout's schema.

        ``state_dir`` is where the generation counter's twin is kept, so that an older copy of ``data_dir``
        is noticed; None (demo, tests) keeps none. ``steps`` replaces the packaged migrations. Raises
        StoreError.
        """
        path = data_dir / "bowout.db"

        def is_new(connection: sqlite3.Connection) -> None:
            uuid = _name_itself(connection)
            if state_dir:
                make_twin(state_dir, uuid, 0)

        connection = open_database(path, clock, is_new, steps)
        return cls(connection, path, clock, state_dir)

    @classmethod
    def rehearse(cls, data_dir: Path, clock: Clock, *, state_dir: Path | None = None) -> Self:
        """The same in memory, for ``--dry-run``: what is changed there leaves no trace. Raises StoreError.

        What ``provenance`` says of the real database is kept; nothing is written to ``state_dir`` either.
        """
        path = data_dir / "bowout.db"
        known = path.exists()
        store = cls(copy_in_memory(path, _name_itself), path, clock, state_dir if known else None)
        found = store.provenance()
        store._state_dir = None
        if found is not Provenance.OK:
            store.update("identity", 1, {"suspect": found})
        return store

    def __init__(
        self, connection: sqlite3.Connection, path: Path, clock: Clock, state_dir: Path | None
    ) -> None:
        self.path = path
        self._connection = connection
        self._clock = clock
        self._state_dir = state_dir

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the database. Safe to call twice."""
        with told(self.path):
            self._connection.close()

    # --- withdrawals ------------------------------------------------------------------------------

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Every process that is or was being left, oldest first."""
        return self.rows(_withdrawal, "SELECT * FROM withdrawals ORDER BY id")

    def withdrawal(self, id: int) -> Withdrawal:  # noqa: A002 - the row's own name, as in model
        """The one of that number. Raises NothingFound."""
        found = self.rows(_withdrawal, "SELECT * FROM withdrawals WHERE id = ?", id)
        if not found:
            raise NothingFound(f"there is no withdrawal w{id}", "`bowout status` lists them")
        return found[0]

    def find_withdrawal(self, account: str, thread_id: str) -> Withdrawal | None:
        """The one recorded for this thread, or None."""
        sql = "SELECT * FROM withdrawals WHERE account = ? AND thread_id = ?"
        return _first(self.rows(_withdrawal, sql, account, thread_id))

    def add_withdrawal(
        self,
        *,
        account: str,
        thread_id: str,
        company: str | None,
        position: str | None,
        person: Address,
        situation: Situation,
        reason: Reason,
        depth: Depth,
        language: str,
        slot: datetime | None,
        slot_zone: str | None,
    ) -> Withdrawal:
        """Record that the person leaves the process of this thread. One per account and thread."""
        now = self._clock()
        new = Withdrawal(
            id=0,
            account=account,
            thread_id=thread_id,
            company=company,
            position=position,
            person=person,
            situation=situation,
            reason=reason,
            depth=depth,
            language=language,
            slot=slot,
            slot_zone=slot_zone,
            created_at=now,
            updated_at=now,
        )
        with self.change():
            if self.find_withdrawal(account, thread_id):
                raise StoreError("this thread was recorded by another bowout just now", "run it again")
            new = replace(new, id=self.insert("withdrawals", _withdrawal_row(new)))
            self.event(new.label, "withdrawal-recorded")
        return new

    def update_withdrawal(self, withdrawal: Withdrawal) -> Withdrawal:
        """Store what changed. The revision grows when a confirmation relies on it: company, position,
        person, slot, thread. Raises StoreError when somebody else changed it since it was read."""
        with self.change():
            stored = self.withdrawal(withdrawal.id)
            if stored.revision != withdrawal.revision:
                raise StoreError(f"{stored.label} was changed by another bowout", "run it again")
            grown = withdrawal.revision + (_relied_on(stored) != _relied_on(withdrawal))
            new = replace(withdrawal, revision=grown, updated_at=self._clock())
            self.update("withdrawals", new.id, _withdrawal_row(new))
            self.event(new.label, "withdrawal-changed")
        return new

    # --- drafts -----------------------------------------------------------------------------------

    def begin_draft(
        self, withdrawal_id: int, purpose: str, key: DraftKey, letter: bytes = b""
    ) -> DraftRecord:
        """Journal the intent to write a draft; durable on return, so the write may follow.

        ``letter`` is what will be written, by which an interrupted run knows its own work again. Raises
        StoreError when this purpose already has a draft in hand.
        """
        with self.change():
            label = self.withdrawal(withdrawal_id).label
            if self.current_draft(withdrawal_id, purpose):
                raise StoreError(f"{label} already has a draft ({purpose}) in hand", "run `bowout status`")
            record = DraftRecord(
                id=0,
                withdrawal_id=withdrawal_id,
                purpose=purpose,
                state=DraftState.INTENT,
                key=key,
                revision=None,
                content_hash=None,
                updated_at=self._clock(),
            )
            row = {**_draft_row(record), "letter": letter}
            record = replace(record, id=self.insert("drafts", row))
            self.event(label, "draft-intent", purpose)
        return record

    def begin_rewrite(self, record_id: int, letter: bytes) -> DraftRecord:
        """Journal the intent to put ``letter`` in the place of a draft of ours; durable on return."""
        with self.change():
            self.update("drafts", record_id, {"letter": letter})
            return self._store_draft(replace(self.draft(record_id), state=DraftState.INTENT))

    def letter(self, record_id: int) -> bytes | None:
        """The mail as we last meant to write it; None when it was forgotten."""
        found = self.rows(tuple, "SELECT letter FROM drafts WHERE id = ?", record_id)
        return found[0][0] or None if found else None

    def finish_draft(self, record_id: int, draft: Draft) -> DraftRecord:
        """Record the draft as it now stands in the mailbox: after writing, replacing or adopting it."""
        with self.change():
            record = replace(
                self.draft(record_id),
                state=DraftState.OPEN,
                key=draft.key,
                revision=draft.revision,
                content_hash=draft.content_hash,
            )
            return self._store_draft(record)

    def set_draft_state(self, record_id: int, state: DraftState, detail: str = "") -> DraftRecord:
        """Record what became of a draft; ``detail`` is for the log and holds no mail text."""
        with self.change():
            return self._store_draft(replace(self.draft(record_id), state=state), detail)

    def drafts(self, withdrawal_id: int) -> tuple[DraftRecord, ...]:
        """Every draft of this withdrawal, oldest first."""
        sql = "SELECT * FROM drafts WHERE withdrawal_id = ? ORDER BY id"
        return self.rows(_draft_record, sql, withdrawal_id)

    def current_draft(self, withdrawal_id: int, purpose: str) -> DraftRecord | None:
        """The draft that is intended or open for this purpose; there is at most one."""
        sql = "SELECT * FROM drafts WHERE withdrawal_id = ? AND purpose = ? AND state IN ('intent', 'open')"
        return _first(self.rows(_draft_record, sql, withdrawal_id, purpose))

    def draft(self, record_id: int) -> DraftRecord:
        """The draft of that number in the records. Raises NothingFound."""
        found = self.rows(_draft_record, "SELECT * FROM drafts WHERE id = ?", record_id)
        if not found:
            raise NothingFound(f"there is no draft numbered {record_id} in the records")
        return found[0]

    def _store_draft(self, record: DraftRecord, detail: str = "") -> DraftRecord:
        new = replace(record, updated_at=self._clock())
        self.update("drafts", new.id, _draft_row(new))
        said = f"{new.purpose}: {detail}" if detail else new.purpose
        self.event(f"w{new.withdrawal_id}", f"draft-{new.state}", said)
        return new

    # --- calls ------------------------------------------------------------------------------------

    def add_call(
        self, *, withdrawal_id: int, outcome: CallOutcome, person: str, at: datetime, zone: str
    ) -> Call:
        """Log a phone call; ``at`` is aware, ``zone`` the IANA zone in which the person told it."""
        call = Call(id=0, withdrawal_id=withdrawal_id, outcome=outcome, person=person, at=at, zone=zone)
        with self.change():
            label = self.withdrawal(withdrawal_id).label
            call = replace(call, id=self.insert("calls", _call_row(call)))
            self.event(label, "call-logged", outcome)
        return call

    def calls(self, withdrawal_id: int) -> tuple[Call, ...]:
        """The logged calls of this withdrawal, in the order of logging."""
        return self.rows(_call, "SELECT * FROM calls WHERE withdrawal_id = ? ORDER BY id", withdrawal_id)

    def correct_call(self, call: Call) -> Call:
        """Replace what was logged; the revision grows. Raises NothingFound, StoreError when stale."""
        with self.change():
            stored = _first(self.rows(_call, "SELECT * FROM calls WHERE id = ?", call.id))
            if stored is None:
                raise NothingFound(f"there is no call numbered {call.id} in the records")
            if stored.revision != call.revision:
                raise StoreError("the call was corrected by another bowout", "run it again")
            new = replace(call, revision=call.revision + 1)
            self.update("calls", new.id, _call_row(new))
            self.event(f"w{new.withdrawal_id}", "call-corrected", new.outcome)
        return new

    # --- private notes and kept copies ------------------------------------------------------------

    def set_note(self, withdrawal_id: int, kind: str, text: str) -> None:
        """Keep a private note (true reason, other employer, promise); an empty text removes it."""
        with self.change():
            label = self.withdrawal(withdrawal_id).label
            self.execute("DELETE FROM notes WHERE withdrawal_id = ? AND kind = ?", withdrawal_id, kind)
            if text:
                self.execute("INSERT INTO notes VALUES (?, ?, ?)", withdrawal_id, kind, text)
            self.event(label, "note-kept" if text else "note-removed", kind)

    def notes(self, withdrawal_id: int) -> dict[str, str]:
        """The private notes by kind. Never show them unasked, never log them."""
        sql = "SELECT kind, text FROM notes WHERE withdrawal_id = ? ORDER BY kind"
        return dict(self.rows(tuple, sql, withdrawal_id))

    def keep_copy(self, record_id: int, raw: bytes, why: str) -> Path:
        """Keep what stands in the mailbox before bowout overwrites it; returns the file (0600)."""
        now = self._clock()
        with self.change():
            withdrawal_id = self.draft(record_id).withdrawal_id
            kept = self.insert("kept", {"draft_id": record_id, "name": "", "why": why, "at": stamp(now)})
            name = f"w{withdrawal_id}-{kept}-{now:%Y%m%dT%H%M%SZ}.eml"
            self.update("kept", kept, {"name": name})
            self.event(f"w{withdrawal_id}", "copy-kept", why)
            # Before the commit: a copy without a row is found by `forget`, a row without a copy is a loss.
            files.private_dir(self._kept_dir)
            files.write(self._kept_dir / name, raw)
        return self._kept_dir / name

    def kept(self, withdrawal_id: int) -> tuple[Kept, ...]:
        """The copies kept for this withdrawal, oldest first."""
        sql = (
            "SELECT kept.* FROM kept JOIN drafts ON drafts.id = draft_id"
            " WHERE withdrawal_id = ? ORDER BY kept.id"
        )
        return self.rows(self._kept, sql, withdrawal_id)

    def _kept(self, row: sqlite3.Row) -> Kept:
        path = self._kept_dir / row["name"]
        return Kept(id=row["id"], draft_id=row["draft_id"], path=path, why=row["why"], at=moment(row["at"]))

    @property
    def _kept_dir(self) -> Path:
        return self.path.parent / "kept"

    def forget(self, withdrawal_id: int) -> None:
        """Remove the private notes and kept copies of a withdrawal, from the backups of the database too.

        A reason recorded for the person alone (depth none) goes as well. What is deleted is overwritten in
        the database and its log is emptied. Raises StoreError when another bowout keeps it from that.
        """
        label = self.withdrawal(withdrawal_id).label
        with told(self.path):
            # Files first: if this is interrupted the rows still say that there is something to forget.
            for file in self._kept_dir.glob(f"{label}-*"):
                file.unlink()
            _wipe_backups(self.path.parent / "backups", withdrawal_id)
        with self.change():
            _wipe(self._connection, withdrawal_id)
            self.event(label, "forgotten")
        with told(self.path):
            _empty_log(self._connection, self.path)

    # --- events -----------------------------------------------------------------------------------

    def log(self, subject: str, kind: str, detail: str = "") -> None:
        """Write one event; ``detail`` never holds text from a mail or a note."""
        with self.change():
            self.event(subject, kind, detail)

    def events(self, subject: str | None = None) -> tuple[Event, ...]:
        """What happened, oldest first; to one subject ("w3", "s7", "store") or to all."""
        sql = "SELECT * FROM events WHERE ?1 IS NULL OR subject = ?1 ORDER BY id"
        return self.rows(_event, sql, subject)

    def event(self, subject: str, kind: str, detail: str = "") -> None:
        """The same as part of a ``change``."""
        event = {"at": stamp(self._clock()), "subject": subject, "kind": kind, "detail": detail}
        self.insert("events", event)

    # --- provenance -------------------------------------------------------------------------------

    def provenance(self) -> Provenance:
        """Is this the store that this computer last wrote, or a copy, or an older one brought back?

        Once suspect it stays so, however much is written afterwards, until ``adopt``.
        """
        with told(self.path):
            row = self._identity()
        return Provenance(row["suspect"]) if row["suspect"] else self._compared(row)

    def adopt(self) -> None:
        """The person has looked: from now on this store is the one of this computer."""
        with self.change():
            row = self._identity()
            uuid, generation = row["uuid"], row["generation"]
            if self._state_dir:
                generation = max(generation, read_twin(self._state_dir, uuid) or 0)
                make_twin(self._state_dir, uuid, generation)
            mine = {"machine": machine(uuid), "generation": generation, "suspect": None}
            self.update("identity", 1, mine)
            self.event("store", "adopted")

    def _identity(self) -> sqlite3.Row:
        row = self.execute("SELECT * FROM identity").fetchone()
        if row is None:
            raise StoreError(f"{self.path} is damaged: it does not know which store it is", RESTORE)
        return cast(sqlite3.Row, row)

    def _compared(self, row: sqlite3.Row) -> Provenance:
        return compare(row["uuid"], row["machine"], row["generation"], self._state_dir)

    def _count(self) -> tuple[str, int]:
        """Inside a change: count it, and let suspicion stick before the two counters can meet again."""
        row = self._identity()
        found = row["suspect"] or self._compared(row)
        suspect = None if found == Provenance.OK else found
        self.update("identity", 1, {"generation": row["generation"] + 1, "suspect": suspect})
        return row["uuid"], 0 if suspect else row["generation"] + 1

    # --- SQL: for the methods above and for bowout.outbox.queue -----------------------------------

    @contextmanager
    def change(self) -> Generator[None]:
        """One transaction: everything in the block or nothing; durable when the block is left."""
        with told(self.path):
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                uuid, generation = self._count()
                self.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.execute("ROLLBACK")
                raise
        if self._state_dir and generation:
            grow_twin(self._state_dir, uuid, generation)

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        """One statement; one that changes something belongs inside a ``change``."""
        return self._connection.execute(sql, values)

    def rows(self, make: Callable[[sqlite3.Row], T], sql: str, *values: object) -> tuple[T, ...]:
        """The rows as values; a row that is no such value (a word of no enum, no date) is damage."""
        with told(self.path):
            try:
                rows = self.execute(sql, *values).fetchall()
            except OverflowError:  # a number that SQLite cannot hold is in no row
                rows = []
        try:
            return tuple(map(make, rows))
        except ValueError as exc:
            raise StoreError(f"{self.path} is damaged: {exc}", RESTORE) from exc

    def insert(self, table: str, values: _Columns) -> int:
        """A new row inside a ``change``; returns its id."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours, values bound
        return int(self.execute(sql, *values.values()).lastrowid or 0)

    def update(self, table: str, row_id: int, values: _Columns) -> None:
        """New values for the row of that id, inside a ``change``."""
        names = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE {table} SET {names} WHERE id = ?"  # noqa: S608 - names are ours, values bound
        self.execute(sql, *values.values(), row_id)


def _name_itself(connection: sqlite3.Connection) -> str:
    """Give a new database its identity: a uuid of its own and the computer it was made on."""
    uuid = os.urandom(16).hex()
    connection.execute("INSERT INTO identity VALUES (1, ?, ?, 0, NULL)", (uuid, machine(uuid)))
    return uuid


def _first(found: tuple[T, ...]) -> T | None:
    return found[0] if found else None


# --- rows and values ------------------------------------------------------------------------------


def stamp(instant: datetime) -> str:
    """How an aware instant is stored: UTC, so that the texts sort as the instants do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The instant of a stored text. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _maybe(instant: datetime | None) -> str | None:
    return stamp(instant) if instant else None


def _relied_on(withdrawal: Withdrawal) -> tuple[object, ...]:
    """What a confirmation says or is sent by; a change here must stop one that is armed."""
    w = withdrawal
    return w.company, w.position, w.person, w.slot, w.slot_zone, w.account, w.thread_id


def _withdrawal_row(withdrawal: Withdrawal) -> _Columns:
    return {
        "account": withdrawal.account,
        "thread_id": withdrawal.thread_id,
        "company": withdrawal.company,
        "position": withdrawal.position,
        "person_name": withdrawal.person.name,
        "person_address": withdrawal.person.address,
        "situation": withdrawal.situation,
        "reason": withdrawal.reason,
        "depth": withdrawal.depth,
        "language": withdrawal.language,
        "slot": _maybe(withdrawal.slot),
        "slot_zone": withdrawal.slot_zone,
        "created_at": stamp(withdrawal.created_at),
        "updated_at": stamp(withdrawal.updated_at),
        "revision": withdrawal.revision,
    }


def _withdrawal(row: sqlite3.Row) -> Withdrawal:
    return Withdrawal(
        id=row["id"],
        account=row["account"],
        thread_id=row["thread_id"],
        company=row["company"],
        position=row["position"],
        person=Address(row["person_name"], row["person_address"]),
        situation=Situation(row["situation"]),
        reason=Reason(row["reason"]),
        depth=Depth(row["depth"]),
        language=row["language"],
        slot=moment(row["slot"]) if row["slot"] else None,
        slot_zone=row["slot_zone"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        revision=row["revision"],
    )


def _draft_row(record: DraftRecord) -> _Columns:
    return {
        "withdrawal_id": record.withdrawal_id,
        "purpose": record.purpose,
        "state": record.state,
        "thread_id": record.key.thread_id,
        "message_id": record.key.message_id,
        "provider_id": record.key.id,
        "parent_id": record.key.parent_id,
        "intended_at": _maybe(record.key.intended_at),
        "known": json.dumps(record.key.known),
        "revision": record.revision,
        "content_hash": record.content_hash,
        "updated_at": stamp(record.updated_at),
    }


def _draft_record(row: sqlite3.Row) -> DraftRecord:
    key = DraftKey(
        thread_id=row["thread_id"],
        message_id=row["message_id"],
        id=row["provider_id"],
        parent_id=row["parent_id"],
        intended_at=moment(row["intended_at"]) if row["intended_at"] else None,
        known=tuple(json.loads(row["known"])),
    )
    return DraftRecord(
        id=row["id"],
        withdrawal_id=row["withdrawal_id"],
        purpose=row["purpose"],
        state=DraftState(row["state"]),
        key=key,
        revision=row["revision"],
        content_hash=row["content_hash"],
        updated_at=moment(row["updated_at"]),
    )


def _call_row(call: Call) -> _Columns:
    return {
        "withdrawal_id": call.withdrawal_id,
        "outcome": call.outcome,
        "person": call.person,
        "at": stamp(call.at),
        "zone": call.zone,
        "revision": call.revision,
    }


def _call(row: sqlite3.Row) -> Call:
    return Call(
        id=row["id"],
        withdrawal_id=row["withdrawal_id"],
        outcome=CallOutcome(row["outcome"]),
        person=row["person"],
        at=moment(row["at"]),
        zone=row["zone"],
        revision=row["revision"],
    )


def _event(row: sqlite3.Row) -> Event:
    return Event(
        id=row["id"], at=moment(row["at"]), subject=row["subject"], kind=row["kind"], detail=row["detail"]
    )


# --- forgetting -----------------------------------------------------------------------------------


def _wipe(connection: sqlite3.Connection, withdrawal_id: int) -> None:
    """Delete what is private; ``secure_delete`` overwrites it with zeros (sqlite.org/pragma.html)."""
    for sql in (
        "DELETE FROM notes WHERE withdrawal_id = ?",
        "DELETE FROM kept WHERE draft_id IN (SELECT id FROM drafts WHERE withdrawal_id = ?)",
        "UPDATE drafts SET letter = NULL WHERE withdrawal_id = ?",
        "UPDATE withdrawals SET reason = 'none' WHERE id = ? AND depth = 'none'",
    ):
        connection.execute(sql, (withdrawal_id,))


def _wipe_backups(directory: Path, withdrawal_id: int) -> None:
    for unfinished in directory.glob("*.tmp*"):
        unfinished.unlink()
    for backup in directory.glob("*.db"):
        connection = connect(backup)
        try:
            _wipe(connection, withdrawal_id)
        finally:
            connection.close()


def _empty_log(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the write-ahead log into the database and truncate it: it still held the deleted text."""
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise StoreError(
            f"deleted, but another bowout still reads {path}, so traces are left in its log",
            "run the same command again when the other one is done",
        )
