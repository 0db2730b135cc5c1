"""Keep what is private beside a withdrawal, and forget it: notes, and copies of drafts in files.

Private notes are kept apart, so that ``forget`` can remove them from every place, backups included.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bowout import files
from bowout.errors import StoreError
from bowout.journal.database import moment, stamp
from bowout.journal.drafts import Drafts
from bowout.journal.sqlite import connect, told
from bowout.model import require_aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of a draft's text, made before bowout replaced or lost sight of it."""

    id: int
    draft_id: int
    path: Path
    why: str
    at: datetime

    def __post_init__(self) -> None:
        require_aware(at=self.at)


class Private(Drafts):
    """The private notes and the copies of drafts of one journal."""

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
        sql = "SELECT * FROM notes WHERE withdrawal_id = ? ORDER BY kind"
        return dict(self.rows(lambda row: (row["kind"], row["text"]), sql, withdrawal_id))

    def keep_copy(self, record_id: int, raw: bytes, why: str) -> Path:
        """Keep what stands in the mailbox before bowout overwrites it; returns the file (0600)."""
        now = self._clock()
        with self.change():
            withdrawal_id = self.draft(record_id).withdrawal_id
            number = self.insert("kept", {"draft_id": record_id, "name": "", "why": why, "at": stamp(now)})
            name = f"w{withdrawal_id}-{number}-{now:%Y%m%dT%H%M%SZ}.eml"
            self.update("kept", number, {"name": name})
            self.event(f"w{withdrawal_id}", "copy-kept", why)
            # Before the commit: a copy without a row is found by `forget`, a row without a copy is a loss.
            files.private_dir(self._copies_dir)
            files.write(self._copies_dir / name, raw)
        return self._copies_dir / name

    def copies(self, withdrawal_id: int) -> tuple[Copy, ...]:
        """The copies kept for this withdrawal, oldest first."""
        sql = (
            "SELECT kept.* FROM kept JOIN drafts ON drafts.id = draft_id"
            " WHERE withdrawal_id = ? ORDER BY kept.id"
        )
        return self.rows(self._copy, sql, withdrawal_id)

    def _copy(self, row: sqlite3.Row) -> Copy:
        path = self._copies_dir / row["name"]
        return Copy(id=row["id"], draft_id=row["draft_id"], path=path, why=row["why"], at=moment(row["at"]))

    @property
    def _copies_dir(self) -> Path:
        return self.path.parent / "kept"

    def forget(self, withdrawal_id: int) -> None:
        """Remove the private notes and kept copies of a withdrawal, from the backups of the database too.

        A reason recorded for the person alone (depth none) goes as well. What is deleted is overwritten in
        the database and its log is emptied. Raises StoreError when another bowout keeps it from that.
        """
        label = self.withdrawal(withdrawal_id).label
        with told(self.path):
            # Files first: if this is interrupted the rows still say that there is something to forget.
            for file in self._copies_dir.glob(f"{label}-*"):
                file.unlink()
            _wipe_backups(self.path.parent / "backups", withdrawal_id)
        with self.change():
            _wipe(self._connection, withdrawal_id)
            self.event(label, "forgotten")
        with told(self.path):
            _empty_log(self._connection, self.path)


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
        with told(backup), closing(connect(backup)) as connection:
            _wipe(connection, withdrawal_id)


def _empty_log(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the write-ahead log into the database and truncate it: it still held the deleted text."""
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise StoreError(
            f"deleted, but another bowout still reads {path}, so traces are left in its log",
            "run the same command again when the other one is done",
        )
