"""Log how a phone call went, and correct what was logged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bowout import when
from bowout.drafts import save, state
from bowout.errors import NothingFound, UsageError
from bowout.journal.calls import REACHED
from bowout.model import Call, CallOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from bowout.calls.card import Card
    from bowout.journal.record import Withdrawal
    from bowout.model import Thread
    from bowout.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the person told about a call; None = not told."""

    outcome: CallOutcome | None = None
    person: str | None = None
    at: str | None = None


def record(session: Session, thread: Thread, found: Card) -> Withdrawal:
    """Record the withdrawal that a first call begins, before any letter."""
    withdrawal = save.record(session, thread, found.facts, found.wish, found.person.address)
    session.store.log(withdrawal.label, state.CALL_FIRST)
    return withdrawal


def log(session: Session, withdrawal: Withdrawal, said: Said) -> Call:
    """Log a call as it was told. Raises as ``told`` does."""
    return keep(session, told(session, withdrawal, said))


def told(session: Session, withdrawal: Withdrawal, said: Said) -> Call:
    """Make a call of what was told and log nothing; without a time it was now, without a name with the person
    of the withdrawal. Raises UsageError for a time that cannot be read or is still to come.
    """
    if said.outcome is None:
        raise UsageError("How did the call end?", "Say it with --outcome, for example: --outcome spoke")
    reached = withdrawal.person.name if said.outcome in REACHED else ""
    return Call(
        id=0,
        withdrawal_id=withdrawal.id,
        outcome=said.outcome,
        person=said.person or reached,
        at=when_called(session, said),
        zone=session.zone,
    )


def keep(session: Session, call: Call) -> Call:
    """Write down a call that was told."""
    return session.store.add_call(
        withdrawal_id=call.withdrawal_id,
        outcome=call.outcome,
        person=call.person,
        at=call.at,
        zone=call.zone,
    )


def when_called(session: Session, said: Said) -> datetime:
    """When the call was: as told, else now. Raises UsageError."""
    now = session.clock()
    return when.parse_past(said.at, now, session.zone) if said.at else now


def correct(session: Session, withdrawal: Withdrawal, said: Said) -> Call:
    """Correct the call that was logged last: only what is told changes; its revision grows.

    Raises NothingFound when none is logged, UsageError when nothing is told.
    """
    calls = session.store.calls(withdrawal.id)
    if not calls:
        raise NothingFound(
            f"No call is logged for {withdrawal.label}.",
            f"Log one with: bowout call {withdrawal.label} --outcome spoke",
        )
    if said == Said():
        raise UsageError("--correct needs what to correct.", "Add --outcome, --with or --at.")
    call = calls[-1]
    return session.store.correct_call(
        replace(
            call,
            outcome=said.outcome or call.outcome,
            person=call.person if said.person is None else said.person,
            at=when_called(session, said) if said.at else call.at,
        )
    )
