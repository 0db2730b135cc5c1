"""Keep the journal in one SQLite file: transactions, events, and whose file it is.

Every change is one transaction that also writes its event and is on the disk before the call returns
(WAL, synchronous=FULL). Times go in and come out aware, in UTC. Anything SQLite or the file system refuses
is a ``StoreError``, and then nothing was changed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bowout import files
from bowout.errors import RecordsGone, StoreError, UsageError
from bowout.journal.damage import Damage, DamagedRow, damage_of, made
from bowout.journal.origin import (
    Identity,
    Provenance,
    Scheduled,
    Twin,
    compare,
    grow_twin,
    machine,
    make_twin,
    missing,
    place_of,
    read_twin,
    refusal,
)
from bowout.journal.record import Event
from bowout.journal.remedy import letters, restore, without, writable
from bowout.journal.sqlite import (
    Migration,
    copy_in_memory,
    identity_in,
    of_database,
    open_database,
    require_own,
    require_own_log,
    told,
)
from bowout.model import require_aware
from bowout.when import zone_info

__all__ = ["Columns", "Database", "first", "maybe", "moment", "stamp", "zone"]

ADOPTED = "adopted"  # the event of records that the person goes by from then on; its detail is what they were
T = TypeVar("T")
Clock = Callable[[], datetime]
Columns = Mapping[str, object]


class Database:
    """The file, its transactions and its events; what is stored in it is said by the nouns on top of it."""

    @classmethod
    def open(
        cls,
        data_dir: Path,
        clock: Clock,
        *,
        state_dir: Path | None = None,
        steps: Sequence[Migration] | None = None,
        anew: bool = False,
    ) -> Self:
        """Open the database in ``data_dir``, brought to this bowout's schema; the first change makes one.

        ``state_dir`` is where the generation counter's twin is kept, so that an older copy of ``data_dir``
        is noticed, and one that is gone; None (demo, tests) keeps none. ``anew`` is for ``adopt``, which goes
        on without one that is gone. ``steps`` replaces the packaged migrations. Raises StoreError,
        RecordsGone.
        """
        path = require_own(data_dir, state_dir)
        uuid, gone = _known(path, state_dir, anew=anew)

        def is_new(connection: sqlite3.Connection) -> None:
            uuid = _name_itself(connection)
            if state_dir:
                make_twin(state_dir, Twin(uuid=uuid, generation=0, place=place_of(path)))

        def make() -> sqlite3.Connection:
            return open_database(path, clock, is_new, steps)

        if uuid is None:
            store = cls(copy_in_memory(path, _name_itself, steps), path, clock, state_dir, make=make)
        else:
            store = cls(make(), path, clock, state_dir)
            if state_dir:
                store._keep_place(state_dir, uuid)
        store._gone, store._newer = gone, store._proof_of_newer()
        return store

    @classmethod
    def rehearse(
        cls, data_dir: Path, clock: Clock, *, state_dir: Path | None = None, anew: bool = False
    ) -> Self:
        """The same in memory, for ``--dry-run``: what is changed there leaves no trace. Raises the same.

        What ``provenance`` says of the real database is kept; nothing is written to ``state_dir`` either.
        """
        path = require_own(data_dir, state_dir)
        uuid, gone = _known(path, state_dir, anew=anew)
        store = cls(copy_in_memory(path, _name_itself), path, clock, state_dir if uuid else None)
        found, store._gone, store._newer = store.provenance(), gone, store._proof_of_newer()
        store._state_dir = None
        if found is not Provenance.OK:
            store.update("identity", 1, {"suspect": found})
        return store

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        clock: Clock,
        state_dir: Path | None,
        *,
        make: Callable[[], sqlite3.Connection] | None = None,
    ) -> None:
        self.path = path
        self._connection = connection
        self._clock = clock
        self._state_dir = state_dir
        self._make = make  # not None: there is none on the disk, and the connection is to an empty one
        self._gone: tuple[Twin, ...] = ()
        self._newer: Twin | None = None
        self._may_change = False  # not looked at yet

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

    # --- events --------------------------------------------------------------------------------------

    def log(self, subject: str, kind: str, detail: str = "") -> None:
        """Write one event; ``detail`` never holds text from a mail or a note."""
        with self.change():
            self.event(subject, kind, detail)

    def events(self, subject: str | None = None) -> tuple[Event, ...]:
        """What happened, oldest first; to one subject ("w3", "s7", "store") or to all."""
        sql = "SELECT * FROM events WHERE ? IS NULL OR subject = ? ORDER BY id"
        return self.readable(_event, sql, subject, subject)

    def event(self, subject: str, kind: str, detail: str = "") -> None:
        """The same as part of a ``change``."""
        event = {"at": stamp(self._clock()), "subject": subject, "kind": kind, "detail": detail}
        self.insert("events", event)

    # --- whose it is ----------------------------------------------------------------------------------

    def doubted_until(self) -> datetime | None:
        """When records that were a copy were adopted last; now where they are one still; None = never.

        What became of a letter that they saw before then, they may not know.
        """
        if self.provenance() is not Provenance.OK:
            return self._clock()
        adopted = [e.at for e in self.events("store") if e.kind == ADOPTED and e.detail != Provenance.OK]
        return max(adopted, default=None)

    def provenance(self) -> Provenance:
        """Is this the store that this computer last wrote, or a copy, or an older one brought back?

        Once suspect it stays so, however much is written afterwards, until ``adopt``.
        """
        mine = self._identity()
        return mine.suspect or self._compared(mine)

    @property
    def gone(self) -> tuple[Twin, ...]:
        """What is known of the stores that lay here before."""
        return self._gone

    @property
    def newer(self) -> Twin | None:
        """What is known of this store as it was later, where it is an older copy."""
        return self._newer

    def _proof_of_newer(self) -> Twin | None:
        if self._state_dir and self.provenance() is Provenance.OLDER_STORE:
            return read_twin(self._state_dir, self._identity().uuid)
        return None

    def tell_twin(self, scheduled: tuple[Scheduled, ...]) -> None:
        """Let the twin know what is scheduled now, unless this store is suspect and knows less than it."""
        twin = read_twin(self._state_dir, self._identity().uuid) if self._state_dir else None
        if self._state_dir and twin and twin.scheduled != scheduled and self.provenance() is Provenance.OK:
            with suppress(OSError):  # the change itself is made
                make_twin(self._state_dir, replace(twin, scheduled=scheduled))

    def adopt(self) -> None:
        """The person has looked: from now on this store is the one of this computer."""
        with self.adopting():
            pass

    @contextmanager
    def adopting(self) -> Generator[None]:
        """The same, after what else is changed in the block, which is durable first: a run that dies between
        the two leaves records that are suspect still, never sound ones that hold too little back."""
        if self._state_dir:
            try:
                files.require_room(self._state_dir)
            except OSError as exc:
                raise _unwritable(self._state_dir, self._state_dir, exc) from exc
        found = self.provenance()
        with self.change():  # suspicion sticks with it
            yield
        with self.change():
            mine = self._identity()
            uuid, generation = mine.uuid, mine.generation
            if self._state_dir:
                twin = read_twin(self._state_dir, uuid)
                generation = max(generation, twin.generation if twin else 0)
                make_twin(self._state_dir, Twin(uuid=uuid, generation=generation, place=place_of(self.path)))
            adopted = {"machine": machine(uuid), "generation": generation, "suspect": None}
            self.update("identity", 1, adopted)
            self.event("store", ADOPTED, found)
        if self._state_dir:
            with told(self._state_dir):
                for twin in self._gone:  # its number stays: the store may come back
                    make_twin(self._state_dir, replace(twin, place=""))

    @property
    def refusal(self) -> StoreError | None:
        """Why nothing can be changed, though everything can be read: its twin cannot be written."""
        if self._state_dir is None or self._make:
            return None
        uuid = self._identity().uuid
        exc = refusal(self._state_dir, uuid)
        return None if exc is None else _unwritable(self._state_dir / uuid, self._state_dir, exc)

    def require_changeable(self) -> None:
        """Raise StoreError where nothing can be changed; then no row is what a pass would make of it.

        Looked at once, before the first change: what was begun is recorded to its end.
        """
        if not self._may_change and (refused := self.refusal):
            raise refused
        self._may_change = True

    def _keep_place(self, state_dir: Path, uuid: str | None) -> None:
        """Let the twin know where its store lies now, unless that is a copy."""
        twin = read_twin(state_dir, uuid) if uuid else None
        place = place_of(self.path)
        if twin and twin.place != place and self.provenance() is Provenance.OK:
            with suppress(OSError):  # a disk without room keeps nobody from looking
                make_twin(state_dir, replace(twin, place=place))

    def _identity(self) -> Identity:
        found = self.rows(_identity, "SELECT * FROM identity")
        if not found:
            raise StoreError(f"{self.path} is damaged: it does not know which store it is", self._cure())
        return found[0]

    def _compared(self, mine: Identity) -> Provenance:
        if self._make:
            return Provenance.OK
        return compare(mine.uuid, mine.machine, mine.generation, self._state_dir)

    def _count(self) -> tuple[str, int]:
        """Inside a change: count it, and let suspicion stick before the two counters can meet again."""
        mine = self._identity()
        found = mine.suspect or self._compared(mine)
        suspect = None if found is Provenance.OK else found
        self.update("identity", 1, {"generation": mine.generation + 1, "suspect": suspect})
        return mine.uuid, 0 if suspect else mine.generation + 1

    # --- SQL, for the nouns on top --------------------------------------------------------------------

    @contextmanager
    def change(self) -> Generator[None]:
        """One transaction: everything in the block or nothing; durable when the block is left."""
        with told(self.path):
            self.require_changeable()
            self.begin()
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
        if self._make and self.path.exists() and self.path.stat().st_size:
            self.begin()  # another bowout has made it meanwhile
        return self._connection.execute(sql, values)

    def begin(self) -> None:
        """Make the database on the disk, if there is none yet. Raises StoreError."""
        if self._make:
            real = self._make()
            self._connection.close()
            self._connection, self._make = real, None

    def rows(self, make: Callable[[sqlite3.Row], T], sql: str, *values: object) -> tuple[T, ...]:
        """The rows as values. Raises DamagedRow for one that is no such value."""
        table = _table(sql)
        return tuple(made(make, row, table, self._cure) for row in self._fetched(sql, values))

    def readable(self, make: Callable[[sqlite3.Row], T], sql: str, *values: object) -> tuple[T, ...]:
        """The same for lists: only the rows that can be read. The others, ``damage`` names."""
        return self._sorted_out(make, sql, values)[0]

    def damage(self, make: Callable[[sqlite3.Row], object], sql: str, *values: object) -> tuple[Damage, ...]:
        """Of these rows, those that cannot be read as values."""
        return self._sorted_out(make, sql, values)[1]

    def _sorted_out(
        self, make: Callable[[sqlite3.Row], T], sql: str, values: Sequence[object]
    ) -> tuple[tuple[T, ...], tuple[Damage, ...]]:
        table, whole, damaged = _table(sql), [], []
        for row in self._fetched(sql, values):
            try:
                whole.append(made(make, row, table, self._cure))
            except DamagedRow as exc:
                damaged.append(damage_of(row, table, exc))
        return tuple(whole), tuple(damaged)

    def _fetched(self, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
        with told(self.path):
            try:
                return self.execute(sql, *values).fetchall()
            except OverflowError:  # a number that SQLite cannot hold is in no row
                return []

    def _cure(self) -> str:
        return restore(self.path)

    def require_whole(self) -> None:
        """Look at every page of the file. Raises StoreError where it is damaged, wherever that is."""
        with told(self.path):
            found = self.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{self.path} is damaged", self._cure())

    def insert(self, table: str, values: Columns) -> int:
        """A new row inside a ``change``; returns its id."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours, values bound
        return int(self.execute(sql, *values.values()).lastrowid or 0)

    def update(self, table: str, row_id: int, values: Columns) -> None:
        """New values for the row of that id, inside a ``change``."""
        names = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE {table} SET {names} WHERE id = ?"  # noqa: S608 - names are ours, values bound
        self.execute(sql, *values.values(), row_id)


def _unwritable(what: Path, state_dir: Path, exc: OSError) -> StoreError:
    says = f"{what} cannot be written ({exc.strerror}), so nothing is changed or sent"
    return StoreError(says, writable(state_dir, exc))


def _known(path: Path, state_dir: Path | None, *, anew: bool) -> tuple[str | None, tuple[Twin, ...]]:
    """Which store lies at ``path``, and the twins of those that should. Raises RecordsGone."""
    uuid, generation = identity_in(path) or (None, 0)
    gone = missing(state_dir, path, uuid) if state_dir else ()
    twin = read_twin(state_dir, uuid) if state_dir and uuid else None
    if gone or (twin and twin.generation > generation):
        require_own_log(path)  # it may be what makes these records others, or older
    if gone and state_dir and not anew:
        last = datetime.fromtimestamp((state_dir / gone[-1].uuid).stat().st_mtime, UTC)
        what = "is another one" if uuid else "is empty" if path.exists() else "is gone"
        raise RecordsGone(
            f"{path} {what}. The records that lay there had been changed {gone[-1].generation} times, last on"
            f" {last:%d %B %Y}; without them nobody knows what was sent or is armed, so nothing is sent."
            f"{_said_of(gone)}",
            without(path),
        )
    if uuid is None and (log := _log_left(path)):  # SQLite would remove it: it belongs to no empty database
        says = f"{path} is gone or empty, and {log.name} beside it may hold what was written last"
        raise StoreError(says, without(path))
    return uuid, gone


def _said_of(gone: Sequence[Twin]) -> str:
    scheduled = letters(one for twin in gone for one in twin.scheduled or ())
    return f" Scheduled in them: {scheduled}." if scheduled else ""


def _log_left(path: Path) -> Path | None:
    log = of_database(path)[1]
    return (
        log if log.exists() and log.stat().st_size and not (path.exists() and path.stat().st_size) else None
    )


def _table(sql: str) -> str:
    return sql.partition(" FROM ")[2].split()[0]


def _name_itself(connection: sqlite3.Connection) -> str:
    """Give a new database its identity: a uuid of its own and the computer it was made on."""
    uuid = os.urandom(16).hex()
    connection.execute("INSERT INTO identity VALUES (1, ?, ?, 0, NULL)", (uuid, machine(uuid)))
    return uuid


def first(found: tuple[T, ...]) -> T | None:
    return found[0] if found else None


# --- times ---------------------------------------------------------------------------------------


def stamp(instant: datetime) -> str:
    """How an aware instant is stored: UTC, so that the texts sort as the instants do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The instant of a stored text. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    require_aware(stored=instant)
    return instant.astimezone(UTC)


def zone(name: str | None) -> str | None:
    """The stored name of a zone that there is. Raises ValueError."""
    try:
        return None if name is None else zone_info(name).key
    except UsageError as exc:
        raise ValueError(exc.message) from exc


def maybe(instant: datetime | None) -> str | None:
    return stamp(instant) if instant else None


def _identity(row: sqlite3.Row) -> Identity:
    suspect = Provenance(row["suspect"]) if row["suspect"] else None
    return Identity(uuid=row["uuid"], machine=row["machine"], generation=row["generation"], suspect=suspect)


def _event(row: sqlite3.Row) -> Event:
    return Event(
        id=row["id"], at=moment(row["at"]), subject=row["subject"], kind=row["kind"], detail=row["detail"]
    )
