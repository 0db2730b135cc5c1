"""Where a draft of ours stands in the mailbox now: the one place that compares memory with the mailbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bowout.journal.submission import State
from bowout.journal.submissions import Queue
from bowout.mail.compare import same_letter
from bowout.mail.parse import parse
from bowout.model import DraftState, Message
from bowout.providers.base import Declining, Draft, Maybe, Receipt

if TYPE_CHECKING:
    from bowout.journal.store import Store
    from bowout.journal.submission import Submission
    from bowout.model import DraftRecord, Withdrawal
    from bowout.providers.base import Mailbox
    from bowout.session import Session

WITHDRAWAL = "withdrawal"  # the purpose of the first letter; follow-ups use their own names
CALL_FIRST = "begun-by-call"  # the event of a withdrawal that the call card began, before any letter
DECLINED = "invitation-declined"  # the event that `bowout decline-invite` leaves in the journal


class Standing(StrEnum):
    """What became of a draft since we wrote it."""

    UNTOUCHED = "untouched"
    EDITED = "edited"
    EMPTY = "empty"  # an interrupted run left it without our letter
    SENT = "sent"
    MAYBE_SENT = "maybe-sent"
    DELETED = "deleted"
    MISSING = "missing"  # the intent was journaled, the draft never arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a draft: its standing, the draft itself when it is there, the proof when it was sent."""

    standing: Standing
    record: DraftRecord
    draft: Draft | None = None
    receipt: Receipt | None = None
    why: str = ""


def look(mailbox: Mailbox, store: Store, record: DraftRecord) -> Look:
    """Look at the mailbox and say where the draft stands; reads only, changes nothing."""
    found = mailbox.find_draft(record.key)
    if found is not None:
        return Look(standing=_compare(store, record, found), record=record, draft=found)
    return _look_for_sent(mailbox, store, record)


def remember(store: Store, seen: Look) -> None:
    """Write down what a look settled: adopted, sent, deleted, or back from the trash."""
    record, draft = seen.record, seen.draft
    if draft and seen.standing is Standing.UNTOUCHED and record.state is not DraftState.OPEN:
        store.finish_draft(record.id, draft)
        return
    state = {
        Standing.SENT: DraftState.SENT,
        Standing.DELETED: DraftState.DELETED,
        Standing.EDITED: DraftState.OPEN,
    }.get(seen.standing)
    if state is not None and state is not record.state:
        store.set_draft_state(record.id, state, "as seen in the mailbox")


def as_written(store: Store, record: DraftRecord) -> Draft:
    """The draft as we last wrote it, from the copy kept on this machine."""
    raw = store.letter(record.id)
    message = (
        parse(raw, id=record.key.id or "", thread_id=record.key.thread_id)
        if raw is not None
        else Message(id=record.key.id or "", thread_id=record.key.thread_id, message_id=record.key.message_id)
    )
    return Draft(
        key=record.key,
        revision=record.revision or "",
        content_hash=record.content_hash or "",
        message=message,
    )


def _compare(store: Store, record: DraftRecord, found: Draft) -> Standing:
    if found.empty:
        return Standing.EMPTY
    if record.content_hash is not None and found.content_hash == record.content_hash:
        return Standing.UNTOUCHED
    if record.state is DraftState.INTENT and _is_what_we_wrote(store, record, found):
        # The run died between the mailbox and the journal: the new letter is ours, not an edit.
        return Standing.UNTOUCHED
    return Standing.EDITED


def _is_what_we_wrote(store: Store, record: DraftRecord, found: Draft) -> bool:
    ours = as_written(store, record).message
    return same_letter(ours, found.message) and _envelope(ours) == _envelope(found.message)


def _envelope(message: Message) -> tuple[frozenset[str], frozenset[str], str]:
    to, cc = ({a.key for a in field} for field in (message.to, message.cc))
    return frozenset(to), frozenset(cc), message.subject.strip()


def _look_for_sent(mailbox: Mailbox, store: Store, record: DraftRecord) -> Look:
    proof = mailbox.find_sent(as_written(store, record))
    if isinstance(proof, Receipt):
        return Look(standing=Standing.SENT, record=record, receipt=proof)
    if isinstance(proof, Maybe):
        return Look(standing=Standing.MAYBE_SENT, record=record, why=proof.why)
    never_arrived = record.state is DraftState.INTENT and record.key.id is None
    return Look(standing=Standing.MISSING if never_arrived else Standing.DELETED, record=record)


# --- status -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Report:
    """One withdrawal as it stands now, in words, with what the person should do about it."""

    withdrawal: Withdrawal
    standing: Standing | None  # None: no draft was ever saved
    says: str
    next_step: str = ""
    needs_person: bool = False


def report(session: Session, withdrawal: Withdrawal) -> Report:
    """Where a withdrawal stands. Looks into the mailbox, so it is true after edits, sends and deletions in
    other clients; what was learnt is remembered."""
    records = session.store.drafts(withdrawal.id)
    if not records:
        return _without_draft(session.store, withdrawal)
    newest = records[-1]
    if newest.state is DraftState.SENT:
        return _with_invitation(session, Report(withdrawal=withdrawal, standing=Standing.SENT, says="Sent."))
    promise = Queue(session.store).of_draft(newest.id)
    if promise and promise.state in (State.SENDING, State.UNKNOWN):
        # Its draft may be out of Drafts for the time of the sending, so a look would tell nothing.
        return Report(
            withdrawal=withdrawal,
            standing=Standing.MAYBE_SENT,
            says=f"It may have been sent ({promise.label}).",
            next_step=f"bowout outbox show {promise.label}",
            needs_person=True,
        )
    # Deleted is looked at again: where mail is synchronised the copy in Sent may arrive later.
    seen = look(session.mailbox, session.store, newest)
    remember(session.store, seen)
    return _with_invitation(session, _promised(_looked_report(withdrawal, seen), seen, promise))


def _without_draft(store: Store, withdrawal: Withdrawal) -> Report:
    """A card that was only looked at asks for nothing; a run that was to leave a draft and did not, does."""
    draft = f"bowout draft {withdrawal.label}"
    begun_by_call = any(event.kind == CALL_FIRST for event in store.events(withdrawal.label))
    if begun_by_call and not store.calls(withdrawal.id):
        return Report(
            withdrawal=withdrawal,
            standing=None,
            says="You looked at the call card; no call is logged and no letter written yet.",
            next_step=f"log the call with: bowout call {withdrawal.label} --outcome spoke, or write: {draft}",
        )
    return Report(
        withdrawal=withdrawal,
        standing=None,
        says="No draft was saved.",
        next_step=draft,
        needs_person=True,
    )


def _with_invitation(session: Session, found: Report) -> Report:
    """The same; once the letter was sent, with the offer to decline an interview that is still ahead."""
    w = found.withdrawal
    ahead = w.slot is not None and w.slot > session.clock()
    if not ahead or found.standing is not Standing.SENT or not isinstance(session.mailbox, Declining):
        return found
    if any(event.kind == DECLINED for event in session.store.events(w.label)):
        return found
    return replace(
        found,
        says=f"{found.says} The interview is still in your calendar.",
        next_step=f"bowout decline-invite {w.label}",
    )


def _promised(found: Report, seen: Look, promise: Submission | None) -> Report:
    """The same, where the draft was armed."""
    if promise is None or seen.draft is None:
        return found
    if promise.state.needs_person:
        step = f"bowout outbox show {promise.label}"
        return replace(found, says=f"{found.says} {promise.label} is {promise.state}.", next_step=step)
    if promise.state is not State.ARMED:
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
        return Report(withdrawal=withdrawal, standing=Standing.SENT, says="Sent.")
    return Report(withdrawal=withdrawal, standing=None, says="Not known: the mailbox could not be looked at.")


def _looked_report(withdrawal: Withdrawal, seen: Look) -> Report:
    says, next_step, needs_person = _WORDS[seen.standing]
    purpose = seen.record.purpose
    follow_up = f"bowout confirm {withdrawal.label} --letter {purpose}"
    again = f"bowout draft {withdrawal.label}" if purpose == WITHDRAWAL else follow_up
    if seen.receipt:
        says = f"Sent{' with your changes' if seen.receipt.edited else ''}."
    return Report(
        withdrawal=withdrawal,
        standing=seen.standing,
        says=says + (f" {seen.why}" if seen.why else ""),
        next_step=next_step.format(again=again),
        needs_person=needs_person,
    )


# standing -> what is said, what to do next, whether the person must act
_WORDS = {
    Standing.UNTOUCHED: ("The draft waits in the thread, as bowout wrote it.", "read it and send it", True),
    Standing.EDITED: ("The draft waits in the thread, with your changes.", "send it when it is right", True),
    Standing.EMPTY: ("A run was interrupted and left an empty draft.", "{again}", True),
    Standing.MISSING: ("A run was interrupted before the draft was saved.", "{again}", True),
    Standing.MAYBE_SENT: ("The draft is gone and may have been sent.", "look into the thread", True),
    Standing.SENT: ("Sent.", "", False),
    Standing.DELETED: ("The draft was deleted and not sent.", "{again}", False),
}
