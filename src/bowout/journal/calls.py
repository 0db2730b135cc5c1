"""Store and read the phone calls, and choose the one that a letter speaks of."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bowout.errors import NothingFound, StoreError
from bowout.journal.database import Columns, first, moment, stamp, zone
from bowout.journal.withdrawals import Withdrawals
from bowout.model import Call, CallOutcome, FollowUp

VOICEMAIL = frozenset({CallOutcome.VOICEMAIL_CALLBACK, CallOutcome.VOICEMAIL_DECISION})
UNANSWERED = frozenset({CallOutcome.NO_ANSWER, CallOutcome.BUSY})
REACHED = VOICEMAIL | {CallOutcome.SPOKE}  # they heard, or will hear, the person's voice
DECISION_TOLD = frozenset({CallOutcome.SPOKE, CallOutcome.VOICEMAIL_DECISION})
SPEAKS_OF = {
    FollowUp.AFTER_CALL: frozenset({CallOutcome.SPOKE}),
    FollowUp.AFTER_VOICEMAIL: VOICEMAIL,
    FollowUp.NO_ANSWER: UNANSWERED,
}


def newest(calls: Sequence[Call], outcomes: frozenset[CallOutcome]) -> Call | None:
    """The newest call with one of these outcomes."""
    return max((c for c in calls if c.outcome in outcomes), key=lambda c: (c.at, c.id), default=None)


def call_of(letter: FollowUp, calls: Sequence[Call]) -> Call | None:
    """The logged call that a follow-up speaks of; None when it speaks of none, or none is logged."""
    return newest(calls, SPEAKS_OF.get(letter, frozenset()))


class Calls(Withdrawals):
    """The logged calls of the withdrawals of one journal."""

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
            stored = first(self.rows(_call, "SELECT * FROM calls WHERE id = ?", call.id))
            if stored is None:
                raise NothingFound(f"there is no call numbered {call.id} in the records")
            if stored.revision != call.revision:
                raise StoreError("the call was corrected by another bowout", "run it again")
            new = replace(call, revision=call.revision + 1)
            self.update("calls", new.id, _call_row(new))
            self.event(f"w{new.withdrawal_id}", "call-corrected", new.outcome)
        return new


def _call_row(call: Call) -> Columns:
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
        zone=zone(row["zone"]) or "",
        revision=row["revision"],
    )
