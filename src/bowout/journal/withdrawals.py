"""Store and read the withdrawals: one for each process that is being left."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bowout.errors import NothingFound, StoreError
from bowout.journal.damage import Damage
from bowout.journal.database import Columns, Database, first, maybe, moment, stamp, zone
from bowout.journal.record import Withdrawal
from bowout.model import Address, Depth, Reason, Situation


class Withdrawals(Database):
    """The withdrawals of one journal."""

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Every process that is or was being left, oldest first."""
        return self.readable(_withdrawal, "SELECT * FROM withdrawals ORDER BY id")

    def damaged_withdrawals(self) -> tuple[Damage, ...]:
        """Those that ``withdrawals`` leaves out, since they cannot be read."""
        return self.damage(_withdrawal, "SELECT * FROM withdrawals ORDER BY id")

    def of_thread(self, account: str, ids: Iterable[str | None]) -> Withdrawal | None:
        """The one recorded for a thread that bears any of these ids. Raises DamagedRow."""
        sql = (
            "SELECT * FROM withdrawals WHERE account = ?"
            " AND thread_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        return first(self.rows(_withdrawal, sql, account, json.dumps([*ids])))

    def withdrawal(self, id: int) -> Withdrawal:  # noqa: A002 - the row's own name, as in model
        """The one of that number. Raises NothingFound."""
        found = self.rows(_withdrawal, "SELECT * FROM withdrawals WHERE id = ?", id)
        if not found:
            raise NothingFound(f"there is no withdrawal w{id}", "`bowout status` lists them")
        return found[0]

    def find_withdrawal(self, account: str, thread_id: str) -> Withdrawal | None:
        """The one recorded for this thread, or None."""
        sql = "SELECT * FROM withdrawals WHERE account = ? AND thread_id = ?"
        return first(self.rows(_withdrawal, sql, account, thread_id))

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


def _relied_on(withdrawal: Withdrawal) -> tuple[object, ...]:
    """What a confirmation says or is sent by; a change here must stop one that is armed."""
    w = withdrawal
    return w.company, w.position, w.person, w.slot, w.slot_zone, w.account, w.thread_id


def _withdrawal_row(withdrawal: Withdrawal) -> Columns:
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
        "slot": maybe(withdrawal.slot),
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
        slot_zone=zone(row["slot_zone"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        revision=row["revision"],
    )
