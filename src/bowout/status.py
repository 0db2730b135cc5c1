"""Say where a withdrawal stands, in words, and what the person should do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bowout.drafts.state import (
    CALL_FIRST,
    DECLINED,
    GONE,
    Condition,
    Look,
    in_drafts,
    look,
    remember,
    writing_command,
)
from bowout.journal.record import DraftState
from bowout.journal.submission import DELETE_COPY, State
from bowout.journal.submissions import Queue
from bowout.providers.base import TAKEN_OUT, Declining

if TYPE_CHECKING:
    from datetime import datetime

    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.journal.store import Store
    from bowout.journal.submission import Submission
    from bowout.session import Session


@dataclass(frozen=True, kw_only=True)
class Report:
    """One withdrawal as it stands now, in words, with what the person should do about it."""

    withdrawal: Withdrawal
    condition: Condition | None  # None: no draft was ever saved
    says: str
    next_step: str = ""
    needs_person: bool = False
    sent_at: datetime | None = None  # when the letter left; None where none did


def report(session: Session, withdrawal: Withdrawal) -> Report:
    """Where a withdrawal stands. Looks into the mailbox, so it is true after edits, sends and deletions in
    other clients; what was learnt is remembered."""
    records = session.store.drafts(withdrawal.id)
    if not records:
        return _without_draft(session.store, withdrawal)
    newest = records[-1]
    if newest.state is DraftState.SENT:
        return _with_copy(session, _with_invitation(session, _sent(withdrawal, newest)), newest)
    promise = Queue(session.store).of_draft(newest.id)
    if promise and promise.state in (State.SENDING, State.UNKNOWN):
        # Its draft may be out of Drafts for the time of the sending, so a look would tell nothing.
        return Report(
            withdrawal=withdrawal,
            condition=Condition.MAYBE_SENT,
            says=f"It may have been sent ({promise.label}).",
            next_step=f"bowout outbox show {promise.label}",
            needs_person=True,
        )
    # Deleted is looked at again: where mail is synchronised the copy in Sent may arrive later.
    seen = look(session.mailbox, session.store, newest)
    remember(session.store, seen)
    told = _with_invitation(session, _promised(_looked_report(withdrawal, seen), seen, promise))
    return _with_copy(session, told, newest)


def _sent(withdrawal: Withdrawal, letter: DraftRecord) -> Report:
    return Report(withdrawal=withdrawal, condition=Condition.SENT, says="Sent.", sent_at=letter.sent_at)


def _without_draft(store: Store, withdrawal: Withdrawal) -> Report:
    """A card that was only looked at asks for nothing; a run that was to leave a draft and did not, does."""
    draft = f"bowout draft {withdrawal.label}"
    begun_by_call = any(event.kind == CALL_FIRST for event in store.events(withdrawal.label))
    if begun_by_call and not store.calls(withdrawal.id):
        return Report(
            withdrawal=withdrawal,
            condition=None,
            says="You looked at the call card; no call is logged and no letter written yet.",
            next_step=f"log the call with: bowout call {withdrawal.label} --outcome spoke, or write: {draft}",
        )
    return Report(
        withdrawal=withdrawal,
        condition=None,
        says="No draft was saved.",
        next_step=draft,
        needs_person=True,
    )


def _with_invitation(session: Session, found: Report) -> Report:
    """The same; once the letter was sent, with the offer to decline an interview that is still ahead."""
    w = found.withdrawal
    ahead = w.slot is not None and w.slot > session.clock()
    if not ahead or found.condition is not Condition.SENT or not isinstance(session.mailbox, Declining):
        return found
    if any(event.kind == DECLINED for event in session.store.events(w.label)):
        return found
    return replace(
        found,
        says=f"{found.says} The interview is still in your calendar.",
        next_step=f"bowout decline-invite {w.label}",
    )


def _with_copy(session: Session, found: Report, letter: DraftRecord) -> Report:
    """The same; a copy of a sent letter is told for as long as it lies in Drafts."""
    if found.condition is not Condition.SENT or session.mailbox.abilities.files_sent:
        return found
    if not in_drafts(session.mailbox, letter.key):
        return found
    return replace(
        found,
        says=f"{found.says} A copy of the letter still lies in Drafts.",
        next_step=DELETE_COPY,
        needs_person=True,
    )


def _promised(found: Report, seen: Look, promise: Submission | None) -> Report:
    """The same, where the draft was armed."""
    if promise is None:
        return found
    # Also where its draft is gone: what became of it is said to the outbox, which looks once it is due.
    if promise.state.needs_person or (
        promise.state is State.ARMED and seen.condition is Condition.MAYBE_SENT
    ):
        step = f"bowout outbox show {promise.label}"
        return replace(found, says=f"{found.says} {promise.label} is {promise.state}.", next_step=step)
    if promise.state is not State.ARMED:
        return found
    if seen.condition is Condition.DELETED:
        step = f"let go of {promise.label}, which was armed: bowout outbox cancel {promise.label}"
        return replace(found, next_step=f"{step}, then: {found.next_step}")
    if seen.draft is None:
        return found
    edited = seen.draft.content_hash != promise.snapshot.content_hash
    return replace(
        found,
        says=f"The draft waits in the thread and is armed ({promise.label})"
        + (", but you changed it since." if edited else "."),
        next_step=f"bowout outbox show {promise.label}",
        needs_person=edited and not promise.follow_edits,
    )


def unseen(store: Store, withdrawal: Withdrawal) -> Report:
    """A withdrawal whose mailbox could not be looked at: only what was seen sent before is claimed."""
    records = store.drafts(withdrawal.id)
    if records and records[-1].state is DraftState.SENT:
        return _sent(withdrawal, records[-1])
    return Report(
        withdrawal=withdrawal, condition=None, says="Not known: the mailbox could not be looked at."
    )


def _looked_report(withdrawal: Withdrawal, seen: Look) -> Report:
    says, next_step, needs_person = _WORDS[seen.condition]
    again = writing_command(withdrawal.label, seen.record.purpose)
    if seen.receipt:
        says = f"Sent{' with your changes' if seen.receipt.edited else ''}."
    return Report(
        withdrawal=withdrawal,
        condition=seen.condition,
        says=says + (f" {seen.why[0].upper()}{seen.why[1:].rstrip('.')}." if seen.why else ""),
        # One that was taken out to be sent is filed or put back first: the command says how.
        next_step=next_step.format(again=again, force="" if TAKEN_OUT in seen.why else " --force"),
        needs_person=needs_person,
        sent_at=seen.receipt.at if seen.receipt else None,
    )


# condition -> what is said, what to do next, whether the person must act
_WORDS = {
    Condition.UNTOUCHED: ("The draft waits in the thread, as bowout wrote it.", "read it and send it", True),
    Condition.EDITED: ("The draft waits in the thread, with your changes.", "send it when it is right", True),
    Condition.EMPTY: ("A run was interrupted and left an empty draft.", "{again}", True),
    Condition.MISSING: ("A run was interrupted before the draft was saved.", "{again}", True),
    Condition.MAYBE_SENT: (
        "The draft is gone and may have been sent.",
        "look into Sent and the log of what sends your mail; if it did not leave: {again}{force}",
        True,
    ),
    Condition.SENT: ("Sent.", "", False),
    Condition.DELETED: (f"The draft {GONE}, and no copy of it lies in Sent.", "{again}", False),
}
