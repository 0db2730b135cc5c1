"""SQLite as bowout uses it: opening, numbered migrations, what its errors mean to a person."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bowout import files as atomic
from bowout import owners
from bowout.errors import StoreError
from bowout.journal.origin import twin_files
from bowout.journal.remedy import away, quoted, restore, without_log

__all__ = [
    "Migration",
    "connect",
    "copy_in_memory",
    "identity_in",
    "migrations",
    "of_database",
    "open_database",
    "require_own",
    "require_own_log",
    "told",
]

APPLICATION_ID = 0x626F7774  # "bowt", also in the first migration
# The last migration, so that a database that is up to date is opened without reading them.
VERSION = 4
# How long to wait for another bowout that is writing, in seconds.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    version: int
    script: str


def migrations() -> tuple[Migration, ...]:
    """The migrations of this bowout, in order; the last one is VERSION."""
    from importlib.resources import files

    found = [
        Migration(int(entry.name[:4]), entry.read_text("utf-8"))
        for entry in files("bowout.journal").iterdir()
        if re.fullmatch(r"\d{4}_\w+\.sql", entry.name)
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


# --- opening --------------------------------------------------------------------------------------


def open_database(
    path: Path,
    clock: Callable[[], datetime],
    is_new: Callable[[sqlite3.Connection], None],
    steps: Sequence[Migration] | None = None,
) -> sqlite3.Connection:
    """Open or make the database and bring it to the last of ``steps`` (None: the packaged migrations).

    ``is_new`` runs inside the transaction that makes a new one. Raises StoreError.
    """
    latest = steps[-1].version if steps else VERSION
    with told(path):
        _make_private(path)
        connection = connect(path)
        try:
            if _version(connection, path, latest) < latest:
                _upgrade(connection, path, clock, is_new, steps or migrations())
        except BaseException:
            connection.close()
            raise
    return connection


def identity_in(path: Path) -> tuple[str, int] | None:
    """Which store is there and how often it was changed, told without changing it; None = none yet.

    A log that was left beside it is looked at first: SQLite would write one of another database, or of before
    a copy was put back, into this one for good. Raises StoreError.
    """
    try:
        return _identity_in(path)
    except StoreError:
        require_own_log(path)
        raise


def require_own_log(path: Path) -> None:
    """Raise StoreError where the log makes another, older or broken database of one that is whole without it.

    For a database that is in doubt already: a look without the log drops the locks of this process on it.
    """
    log = of_database(path)[1]
    with told(path):
        if not all(file.is_file() and file.stat().st_size for file in (path, log)):
            return
        alone = _look(path, "immutable=1")  # first: what another bowout writes meanwhile only adds to it
        both = _look(path, "mode=ro")
        if alone and (both is None or both[0] != alone[0] or both[1] < alone[1]):
            raise StoreError(
                f"{log} does not belong to {path.name}, which is whole without it", without_log(path)
            )


def _look(path: Path, how: str) -> tuple[str, int] | None:
    """Which store it is and how often it was changed; None = it is damaged or not ours."""
    try:
        with closing(connect(path, how=how)) as connection:
            if _pragma(connection, "integrity_check(1)") != "ok":
                return None
            if _pragma(connection, "application_id") != APPLICATION_ID:
                return None
            found = connection.execute("SELECT uuid, generation FROM identity").fetchone()
            return (str(found[0]), int(found[1])) if found else None
    except (sqlite3.Error, ValueError) as exc:
        code = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            return None
        raise


def _identity_in(path: Path) -> tuple[str, int] | None:
    log = of_database(path)[1]
    with told(path):
        if not path.exists() or not path.stat().st_size:
            return None
        left = log.exists() and log.stat().st_size > 0
        with closing(connect(path, how="mode=ro" if left else "")) as connection:
            if left and _pragma(connection, "integrity_check(1)") != "ok":
                raise StoreError(f"{path} is damaged, or {log.name} beside it is not its own", restore(path))
            _require_ours(connection, path)
            if not _pragma(connection, "user_version"):
                return None
            found = connection.execute("SELECT uuid, generation FROM identity").fetchone()
    if found is None:
        raise StoreError(f"{path} is damaged: it does not know which store it is", restore(path))
    return str(found[0]), int(found[1])


def copy_in_memory(
    path: Path, is_new: Callable[[sqlite3.Connection], object], steps: Sequence[Migration] | None = None
) -> sqlite3.Connection:
    """The same database, or a new one where there is none, without a trace on the disk. Raises StoreError."""
    copy, latest = connect(Path(":memory:")), steps[-1].version if steps else VERSION
    with told(path):
        if path.exists() and path.stat().st_size:
            with closing(connect(path)) as real:
                if _pragma(real, "user_version"):  # a copy of an empty one is not as empty
                    real.backup(copy)
        if (version := _version(copy, path, latest)) < latest:
            pending = [step for step in steps or migrations() if step.version > version]
            _migrate(copy, pending, None if version else is_new)
    return copy


def connect(path: Path, *, how: str = "") -> sqlite3.Connection:
    """A connection whose commits are on the disk and whose deletions are overwritten (secure_delete).

    ``how`` are parameters of sqlite.org/uri.html, for one that only reads.
    """
    name = f"{path.as_uri()}?{how}" if how else path
    connection = sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, uri=bool(how))
    connection.row_factory = sqlite3.Row
    # Text that is no UTF-8 is that row's trouble (damage.made), not that of every row beside it.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        for pragma in ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()  # a file that is no database fails here
        raise
    return connection


def _make_private(path: Path) -> None:
    """An empty database file and its directory, if there is none. SQLite gives -wal and -shm its mode."""
    atomic.private_dir(path.parent)
    for file in of_database(path):  # a copy that was put back is as the umask made it
        atomic.hide(file)
    # An existing file is not even opened: closing it would drop the locks that another connection of this
    # process holds on it (fcntl(2)).
    with suppress(FileExistsError):
        os.close(atomic.create(path))


def of_database(path: Path) -> tuple[Path, ...]:
    """The database, its write-ahead log and the index of that (sqlite.org/wal.html)."""
    return path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _pragma(connection: sqlite3.Connection, name: str) -> int | str:
    value: int | str = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


# --- migrating ------------------------------------------------------------------------------------


def _version(connection: sqlite3.Connection, path: Path, latest: int) -> int:
    """The schema it has, 0 = new. Raises StoreError for a newer one or somebody else's database."""
    version = int(_pragma(connection, "user_version"))
    if version > latest:
        raise StoreError(
            f"{path} was written by a newer bowout (schema {version}, this one knows {latest})",
            "upgrade bowout; nothing was changed",
        )
    _require_ours(connection, path)
    return version


def _require_ours(connection: sqlite3.Connection, path: Path) -> None:
    empty = not _pragma(connection, "user_version") and not _pragma(connection, "schema_version")
    if not empty and _pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(
            f"{path} is not a database of bowout", f"choose another data_dir, or {restore(path)}"
        )


def _upgrade(
    connection: sqlite3.Connection,
    path: Path,
    clock: Callable[[], datetime],
    is_new: Callable[[sqlite3.Connection], None],
    steps: Sequence[Migration],
) -> None:
    with atomic.lock(path.with_name("bowout.lock"), wait=PATIENCE) as held:
        if not held:
            raise StoreError(f"{path} is being upgraded by another bowout", "run it again in a moment")
        # Looked at again: the one that held the lock may have done it.
        version = _version(connection, path, steps[-1].version)
        pending = [step for step in steps if step.version > version]
        if version and pending:
            _back_up(connection, path, f"bowout-v{version}-{clock():%Y%m%dT%H%M%SZ}.db")
        elif pending:
            connection.execute("PRAGMA journal_mode=WAL")
        _migrate(connection, pending, None if version else is_new)


def _migrate(
    connection: sqlite3.Connection,
    pending: Sequence[Migration],
    is_new: Callable[[sqlite3.Connection], object] | None,
) -> None:
    """All of them or none: one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in pending:
            for statement in _statements(step.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step.version}")
        if is_new:
            is_new(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The single statements; ``executescript`` would commit the transaction around it."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""


def _back_up(connection: sqlite3.Connection, path: Path, name: str) -> None:
    """A whole copy in backups/, or none: made under another name, then renamed."""
    if _pragma(connection, "quick_check") != "ok":
        raise StoreError(f"{path} is damaged", restore(path))
    directory = path.parent / "backups"
    unfinished = directory / f"{name}.tmp"
    atomic.private_dir(directory)
    atomic.write(unfinished, b"")
    copy = sqlite3.connect(unfinished, isolation_level=None)
    try:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
    unfinished.replace(directory / name)
    atomic.sync_dir(directory)


# --- whose files they are ---------------------------------------------------------------------------


def require_own(data_dir: Path, state_dir: Path | None) -> Path:
    """Name the database in ``data_dir``, as far as it exists a plain file that only the person may write.

    So must be the directory of its twin. Raises StoreError.
    """
    path = data_dir / "bowout.db"
    with told(data_dir):
        there = next(path for path in (data_dir, *data_dir.parents) if path.exists())
        if not there.is_dir():
            raise StoreError(f"{there} is a file and cannot hold the records", _ELSEWHERE)
        if _kind(data_dir) == stat.S_IFLNK:
            raise _link(data_dir)
        _refuse_doubt(data_dir)
        beside = (path.with_name(f"{path.name}-journal"), *data_dir.glob("*.lock"))
        for file in (*of_database(path), *beside):
            kind = _kind(file)
            if kind == stat.S_IFLNK:
                raise _link(file)
            if kind not in (stat.S_IFREG, None):
                cure = restore(path) if file == path else away(file)
                raise StoreError(f"{file} cannot be opened: it is not a file", cure)
        _refuse_doubt(path)
        _refuse_foreign(file for file in (*of_database(path), *beside) if _kind(file))
        if state_dir:
            _refuse_foreign_twins(state_dir)
    return path


def _refuse_foreign_twins(state_dir: Path) -> None:
    twins = twin_files(state_dir) if state_dir.is_dir() else ()
    for file in (state_dir, *twins):
        if file.is_symlink():
            raise _link(file)
        if file in twins and _kind(file) != stat.S_IFREG:
            raise StoreError(f"{file} cannot be opened: it is not a file", away(file))
        if found := owners.doubt(file):
            raise StoreError(f"{found.says}, so what is known of your records is not certain", found.cure)


def _kind(file: Path) -> int | None:
    """Its kind by stat(2); None = not there, as the log is once the last bowout has closed it."""
    with suppress(FileNotFoundError):
        return stat.S_IFMT(file.lstat().st_mode)
    return None


def _refuse_doubt(path: Path) -> None:
    if found := owners.doubt(path):
        says = f"{found.says}, so your records are not yours alone"
        raise StoreError(says, f"{_ELSEWHERE}, or {found.cure}")


def _refuse_foreign(files: Iterable[Path]) -> None:
    """Whoever owns a log may change it, and whoever owns a lock may hold it for good, whatever its mode."""
    for file in files:
        if found := owners.foreign(file):
            raise StoreError(f"{found.says}, so your records are not yours alone", found.cure)


def _link(file: Path) -> StoreError:
    """Through a link bowout would write what it points to, and SQLite would keep its log there."""
    says = f"{file} is a link, and your records must be files of their own"
    target, link = file.resolve(), quoted(file)
    if not target.exists():
        return StoreError(says, f"remove it, it leads nowhere: rm {link}")
    if target.is_dir():  # moving onto a link to a directory would move into it
        return StoreError(says, f"put the directory in its place: rm {link} && mv {quoted(target)} {link}")
    return StoreError(says, f"put what it points to in its place: mv {quoted(target)} {link}")


# --- errors ---------------------------------------------------------------------------------------

_ELSEWHERE = "name another directory: data_dir under [defaults] in config.toml, or BOWOUT_DATA_DIR"
_RESTORE = ""  # what ``restore`` says
_PERMISSION = "check that you may read and write it and its directory"

# By primary result code (sqlite.org/rescode.html): what happened, what to do.
_TOLD = {
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", _PERMISSION),
    sqlite3.SQLITE_PERM: ("cannot be opened", _PERMISSION),
    sqlite3.SQLITE_READONLY: ("cannot be written", _PERMISSION),
    sqlite3.SQLITE_NOTADB: ("is not a database", _RESTORE),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _RESTORE),
    sqlite3.SQLITE_FULL: ("has no room: the disk is full", "free some space, then run it again"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "check free space, file-size limits and the disk"),
    sqlite3.SQLITE_CONSTRAINT: (
        "does not take a change that contradicts what it holds",
        "nothing was changed; see where things stand: bowout status",
    ),
    sqlite3.SQLITE_BUSY: ("is in use by another bowout", "run it again in a moment"),
    sqlite3.SQLITE_LOCKED: ("is in use by another bowout", "run it again in a moment"),
}


@contextmanager
def told(path: Path) -> Generator[None]:
    """Say what SQLite or the file system refuses in the block as a StoreError."""
    try:
        yield
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_ERROR and str(exc).startswith("no such"):  # table or column of ours
            raise StoreError(f"{path} is damaged: {exc}", restore(path)) from exc
        what, next_step = _TOLD.get(
            code, (f"refused ({exc})", f"run it again; if that does not help, {restore(path)}")
        )
        if next_step == _PERMISSION and (command := owners.barred(*of_database(path))):
            next_step = f"let yourself read and write it: {command}"
        raise StoreError(f"{path} {what}", next_step or restore(path)) from exc
    except UnicodeDecodeError as exc:  # what SQLite says, or the name of a column, is no text
        raise StoreError(f"{path} is damaged", restore(path)) from exc
    except OSError as exc:
        says = f"{exc.filename or path} cannot be used: {exc.strerror}"
        raise StoreError(says, atomic.cure(exc)) from exc
