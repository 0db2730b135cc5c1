"""End a promise by the person's word, after a look whether the letter has left.

What lies in Sent is never recorded as cancelled or as not sent, whoever sent it: these records may be an
older copy, or the person was faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bowout import providers
from bowout.drafts import state
from bowout.errors import NeedsPerson
from bowout.journal.origin import Provenance
from bowout.journal.submission import UNANSWERED, Hold, State, Submission, on_its_way_until
from bowout.journal.submissions import Queue
from bowout.outbox.decide import maybe_sent
from bowout.providers.base import Holding, Maybe, Outside, Receipt

if TYPE_CHECKING:
    from datetime import datetime

    from bowout.journal.store import Store
    from bowout.session import Session

__all__ = ["at_work_until", "cancel", "is_running", "out_until", "outside", "proof"]


def cancel(session: Session, row: Submission) -> Submission:
    """Take the promise back. A letter that left ends ``sent-by-person``; one of which nobody can tell is held
    until the person has looked.

    Raises ``UsageError`` and ``Unresolved`` for a row that cannot be cancelled, and what reading a mailbox
    raises.
    """
    queue = Queue(session.store)
    queue.require_cancellable(row)
    found = _found(session, row)
    if isinstance(found, Receipt):
        return queue.left_elsewhere(row, found)
    if found is None and (why := state.unknowing(session.store, session.store.draft(row.draft_id))):
        found = Maybe(ids=(), why=why)
    looked = row.hold is Hold.NOT_SENT and session.store.provenance() is Provenance.OK
    if isinstance(found, Maybe) and not looked and not _in_drafts(session, row):
        held = maybe_sent(found)
        return queue.change(row, "held", held.reason, state=State.HELD, hold=held.reason, detail=held.detail)
    return queue.cancel(row.id)


def at_work_until(row: Submission, now: datetime) -> datetime | None:
    """Until when what a run started may still be sending it; None = it answered, or began too long ago."""
    if not row.detail.startswith(UNANSWERED.partition("{")[0]) or row.unknown_since is None:
        return None
    return on_its_way_until(row.unknown_since, now)


def is_running(store: Store) -> bool:
    """Tell whether a command that sends a letter of these records still runs."""
    return providers.is_sending(store.path.parent)


def outside(session: Session, row: Submission) -> Outside | None:
    """The letter where it lies out of Drafts, whoever took it."""
    return session.mailbox.taken_out(row.snapshot.key) if isinstance(session.mailbox, Holding) else None


def out_until(session: Session, row: Submission, now: datetime) -> datetime | None:
    """Until when this letter may be on its way by another hand; None = nobody took it, or long ago.

    What became of an attempt of its own these records know themselves.
    """
    found = outside(session, row)
    if found is None or found.claim == row.claim:
        return None
    return on_its_way_until(found.taken, now)


def proof(session: Session, row: Submission) -> Receipt | None:
    """The sent copy that lies in the mailbox."""
    found = _found(session, row)
    return found if isinstance(found, Receipt) else None


def _found(session: Session, row: Submission) -> Receipt | Maybe | None:
    return session.mailbox.find_sent(state.as_written(session.store, session.store.draft(row.draft_id)))


def _in_drafts(session: Session, row: Submission) -> bool:
    try:
        return session.mailbox.find_draft(row.snapshot.key) is not None
    except NeedsPerson:
        return False  # a second one may be on its way
