"""Say where a draft of ours stands in the mailbox now. Only here memory and mailbox are compared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bowout.errors import NeedsPerson
from bowout.journal.origin import Provenance
from bowout.journal.record import DraftState
from bowout.journal.submission import SUSPECT, UNKNOWING, Hold
from bowout.journal.submissions import Queue
from bowout.mail.compare import same_letter
from bowout.mail.parse import parse
from bowout.model import Message
from bowout.providers.base import Draft, Maybe, Receipt

if TYPE_CHECKING:
    from bowout.journal.record import DraftRecord
    from bowout.journal.store import Store
    from bowout.model import DraftKey
    from bowout.providers.base import Mailbox

WITHDRAWAL = "withdrawal"  # the purpose of the first letter; follow-ups use their own names
CALL_FIRST = "begun-by-call"  # the event of a withdrawal that the call card began, before any letter
GONE = "was deleted or moved out of Drafts"  # all that an empty Drafts tells
DECLINED = "invitation-declined"  # the event that `bowout decline-invite` leaves in the journal


class Condition(StrEnum):
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
    """One look at a draft: its condition, the draft itself when it is there, the proof when it was sent."""

    condition: Condition
    record: DraftRecord
    draft: Draft | None = None
    receipt: Receipt | None = None
    why: str = ""


def look(mailbox: Mailbox, store: Store, record: DraftRecord) -> Look:
    """Look at the mailbox and say where the draft stands; reads only, changes nothing.

    Where no server sends the draft itself and files it, a sent copy says more than a draft: it may have been
    sent from a copy.
    """
    found = mailbox.find_draft(record.key)
    if found is not None:
        proof = None if mailbox.abilities.files_sent else mailbox.find_sent(as_written(store, record))
        if isinstance(proof, Receipt):
            return Look(condition=Condition.SENT, record=record, receipt=proof)
        return Look(condition=_compare(store, record, found), record=record, draft=found)
    return _look_for_sent(mailbox, store, record)


def unknowing(store: Store, record: DraftRecord) -> str:
    """Why a draft that is gone may have been sent without these records; empty where they know.

    An older copy was made before it may have been sent, and so was one that came from another computer. That
    stays so after the person adopted them, for all that they have not seen since, until it is resolved.
    """
    row = Queue(store).of_draft(record.id)
    if row and row.hold is Hold.NOT_SENT:
        return ""  # the person has looked
    if row and row.hold is Hold.MAYBE_SENT:
        return row.detail.partition(": ")[2] or row.detail
    copied = store.provenance() is not Provenance.OK or (row and row.hold in SUSPECT.values())
    return UNKNOWING if copied or _doubted(store, record) else ""


def _doubted(store: Store, record: DraftRecord) -> bool:
    until = store.doubted_until()
    return until is not None and record.updated_at <= until


def remember(store: Store, seen: Look) -> None:
    """Write down what a look settled: adopted, sent, deleted, or back from the trash."""
    record, draft = seen.record, seen.draft
    if draft and seen.condition is Condition.UNTOUCHED and record.state is not DraftState.OPEN:
        store.finish_draft(record.id, draft)
        return
    if draft and record.state is DraftState.OPEN and _doubted(store, record):
        store.set_draft_state(record.id, DraftState.OPEN, "seen since the records were adopted")
        return
    state = {
        Condition.SENT: DraftState.SENT,
        Condition.DELETED: DraftState.DELETED,
        Condition.EDITED: DraftState.OPEN,
    }.get(seen.condition)
    if state is not None and state is not record.state:
        left = seen.receipt.at if seen.receipt else None
        store.set_draft_state(record.id, state, "as seen in the mailbox", sent_at=left)


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


def in_drafts(mailbox: Mailbox, key: DraftKey) -> bool:
    """Tell whether this letter, or a copy of it, lies in Drafts."""
    try:
        return mailbox.find_draft(key) is not None
    except NeedsPerson:
        return True  # even two


def writing_command(label: str, purpose: str) -> str:
    """What the person runs to have this letter of a withdrawal written anew."""
    if purpose == WITHDRAWAL:
        return f"bowout draft {label}"
    return f"bowout confirm {label} --letter {purpose}"


def _compare(store: Store, record: DraftRecord, found: Draft) -> Condition:
    if found.empty:
        return Condition.EMPTY
    if record.content_hash is not None and found.content_hash == record.content_hash:
        return Condition.UNTOUCHED
    if record.state is DraftState.INTENT and _is_what_we_wrote(store, record, found):
        # The run died between the mailbox and the journal: the new letter is ours, not an edit.
        return Condition.UNTOUCHED
    return Condition.EDITED


def _is_what_we_wrote(store: Store, record: DraftRecord, found: Draft) -> bool:
    ours = as_written(store, record).message
    return same_letter(ours, found.message) and _envelope(ours) == _envelope(found.message)


def _envelope(message: Message) -> tuple[frozenset[str], frozenset[str], str]:
    to, cc = ({a.key for a in field} for field in (message.to, message.cc))
    return frozenset(to), frozenset(cc), message.subject.strip()


def _look_for_sent(mailbox: Mailbox, store: Store, record: DraftRecord) -> Look:
    proof = mailbox.find_sent(as_written(store, record))
    if isinstance(proof, Receipt):
        return Look(condition=Condition.SENT, record=record, receipt=proof)
    if isinstance(proof, Maybe):
        return Look(condition=Condition.MAYBE_SENT, record=record, why=proof.why)
    if why := unknowing(store, record):
        return Look(condition=Condition.MAYBE_SENT, record=record, why=why)
    never_arrived = record.state is DraftState.INTENT and record.key.id is None
    return Look(condition=Condition.MISSING if never_arrived else Condition.DELETED, record=record)
