"""Store and read the drafts: what was meant to be written, and what became of it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime

from bowout.errors import NothingFound, StoreError
from bowout.journal.damage import Damage
from bowout.journal.database import Columns, first, maybe, moment, stamp
from bowout.journal.record import DraftRecord, DraftState
from bowout.journal.withdrawals import Withdrawals
from bowout.model import DraftKey
from bowout.providers.base import Draft


class Drafts(Withdrawals):
    """The drafts of the withdrawals of one journal."""

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
        sql = "SELECT id, withdrawal_id, letter FROM drafts WHERE id = ?"
        return first(self.rows(lambda row: row["letter"], sql, record_id)) or None

    def finish_draft(self, record_id: int, draft: Draft) -> DraftRecord:
        """Record the draft as it now stands in the mailbox: after writing, replacing or adopting it."""
        with self.change():
            record = replace(
                self.draft(record_id),
                state=DraftState.OPEN,
                key=draft.key,
                revision=draft.revision,
                content_hash=draft.content_hash,
                sent_at=None,
            )
            return self._store_draft(record)

    def set_draft_state(
        self, record_id: int, state: DraftState, detail: str = "", *, sent_at: datetime | None = None
    ) -> DraftRecord:
        """Record what became of a draft; ``detail`` is for the log and holds no mail text."""
        with self.change():
            return self._store_draft(replace(self.draft(record_id), state=state, sent_at=sent_at), detail)

    def damaged_drafts(self) -> tuple[Damage, ...]:
        """Those of every withdrawal that cannot be read."""
        return self.damage(_draft_record, "SELECT * FROM drafts ORDER BY id")

    def drafts(self, withdrawal_id: int) -> tuple[DraftRecord, ...]:
        """Every draft of this withdrawal, oldest first."""
        sql = "SELECT * FROM drafts WHERE withdrawal_id = ? ORDER BY id"
        return self.rows(_draft_record, sql, withdrawal_id)

    def current_draft(self, withdrawal_id: int, purpose: str) -> DraftRecord | None:
        """The draft that is intended or open for this purpose; there is at most one."""
        sql = "SELECT * FROM drafts WHERE withdrawal_id = ? AND purpose = ? AND state IN ('intent', 'open')"
        return first(self.rows(_draft_record, sql, withdrawal_id, purpose))

    def unsent_ids(self) -> frozenset[str]:
        """The Message-IDs of the drafts that nobody is known to have sent."""
        sql = "SELECT message_id FROM drafts WHERE state <> 'sent'"
        return frozenset(self.rows(lambda row: str(row["message_id"]), sql))

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


def _draft_row(record: DraftRecord) -> Columns:
    return {
        "withdrawal_id": record.withdrawal_id,
        "purpose": record.purpose,
        "state": record.state,
        "thread_id": record.key.thread_id,
        "message_id": record.key.message_id,
        "provider_id": record.key.id,
        "parent_id": record.key.parent_id,
        "intended_at": maybe(record.key.intended_at),
        "known": json.dumps(record.key.known),
        "revision": record.revision,
        "content_hash": record.content_hash,
        "updated_at": stamp(record.updated_at),
        "sent_at": maybe(record.sent_at),
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
        sent_at=moment(row["sent_at"]) if row["sent_at"] else None,
    )
