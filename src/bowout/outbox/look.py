"""What the mailbox and the journal show about a submission: read at arming and again before sending.

The same reading serves both, so that "did anything happen since?" is a difference of two sets. Nothing here
decides and nothing is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bowout.drafts import lint, state
from bowout.drafts.state import WITHDRAWAL
from bowout.errors import BowoutError, NeedsPerson, NothingFound
from bowout.journal import calls
from bowout.journal.record import DraftState, Withdrawal
from bowout.journal.submission import SUSPECT, Snapshot, Submission
from bowout.model import Call, FollowUp, Query, Thread
from bowout.outbox.decide import Edit, View
from bowout.people import me
from bowout.people.mailkind import Kind, kind_of
from bowout.providers.base import Draft, Receipt

if TYPE_CHECKING:
    from bowout.journal.store import Store
    from bowout.model import Address, Message
    from bowout.providers.base import Maybe
    from bowout.session import Session

__all__ = ["Seen", "around", "basis", "envelope", "look", "unseen"]

ELSEWHERE = 20  # threads with the addressee that are read besides the letter's own
OVERLAP = timedelta(days=2)  # mail elsewhere that was there at arming is not news, however its Date is off


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The mail around a letter: its own thread (None when it is gone) and what went to and fro elsewhere."""

    thread: Thread | None
    elsewhere: tuple[Message, ...]

    @property
    def mails(self) -> tuple[Message, ...]:
        return (*(self.thread.mails if self.thread else ()), *self.elsewhere)

    @property
    def ids(self) -> frozenset[str]:
        """Every name that these mails have: a mail that moves to another folder stays known."""
        return _ids(self.mails)

    def drafts_but(self, draft: Draft | None, snapshot: Snapshot | None = None) -> tuple[Message, ...]:
        """Drafts of the thread other than this one (or the one of the snapshot)."""
        own = {draft.message.id, draft.key.id, draft.key.message_id} if draft else set()
        if snapshot:
            own |= {snapshot.key.id, snapshot.key.message_id, *snapshot.drafts}
        return tuple(m for m in (self.thread.drafts if self.thread else ()) if not _names(m) & own)


def around(session: Session, thread_id: str, people: Iterable[str], since: datetime) -> Seen:
    """Read the thread, and the mail from and to these addresses elsewhere since then.

    Raises what reading a mailbox raises.
    """
    try:
        thread = session.thread(thread_id)
    except NothingFound:
        thread = None
    own = _ids(thread.messages) if thread else frozenset()
    wanted = {key.casefold() for key in people}
    elsewhere = {
        m.id: m
        for key in sorted(wanted)
        for found in session.search(Query(who=key, since=since), ELSEWHERE)
        for m in found.mails
        if m.moment >= since and not _names(m) & own and _touches(m, wanted)
    }
    return Seen(thread=thread, elsewhere=tuple(elsewhere.values()))


def look(session: Session, submission: Submission, now: datetime, *, last_pass: datetime | None) -> View:
    """Everything that ``decide`` wants to know; ``last_pass`` is when the pass before this one began.

    A mailbox that cannot be read is a ``problem``, never silence.
    """
    ground = unseen(session.store, may_send=session.account.allow_send, last_pass=last_pass)
    try:
        return _look(session, submission, now, ground)
    except BowoutError as exc:
        return replace(ground, problem=exc.told)


def unseen(
    store: Store,
    *,
    problem: str | None = None,
    account_known: bool = True,
    may_send: bool = True,
    last_pass: datetime | None = None,
) -> View:
    """A view without a mailbox: what the journal and the configuration alone tell."""
    return View(
        problem=problem,
        account_known=account_known,
        may_send=may_send,
        store=SUSPECT.get(store.provenance()),
        last_pass=last_pass,
    )


def _look(session: Session, submission: Submission, now: datetime, ground: View) -> View:
    snapshot, mailbox, store = submission.snapshot, session.mailbox, session.store
    mailbox_id = mailbox.mailbox_id()
    rivals = 0
    try:
        draft = mailbox.find_draft(snapshot.key)
    except NeedsPerson:
        draft, rivals = None, 2
    record = store.draft(submission.draft_id)
    sent: Receipt | Maybe | None = None
    if draft is None:
        sent = mailbox.find_sent(state.as_written(store, record))
    seen = around(session, snapshot.key.thread_id, snapshot.recipients, submission.armed_at - OVERLAP)
    if seen.thread is None and draft is not None:
        return replace(ground, problem="the conversation is no longer in the mailbox")
    theirs, mine, machines, elsewhere = _news(session, seen, snapshot)
    withdrawal = store.withdrawal(submission.withdrawal_id)
    stands, call = basis(store, withdrawal, submission.purpose)
    return replace(
        ground,
        mailbox_id=mailbox_id,
        server_time=mailbox.server_time(),
        draft=draft,
        rivals=rivals or len(seen.drafts_but(draft, snapshot)),
        sent=sent,
        theirs=theirs,
        mine=mine,
        machines=machines,
        wrote_elsewhere=elsewhere,
        record=withdrawal.revision if stands else None,
        call=(call.id, call.revision) if call else None,
        edit=_edit(session, submission, draft, seen.thread, now),
    )


def _news(
    session: Session, seen: Seen, snapshot: Snapshot
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], bool]:
    """What came since the snapshot: theirs, mine in the thread, machines'; and did I write elsewhere?"""
    identities = session.mailbox.identities()
    theirs, mine, machines = [], [], []
    wrote_elsewhere = False
    for message in seen.mails:
        if _names(message) & snapshot.messages:
            continue
        if kind_of(message, session.relays) in (Kind.AUTO_REPLY, Kind.BOUNCE):
            machines.append(message.id)
        elif not me.from_me(message, identities):
            theirs.append(message.id)
        elif message in seen.elsewhere:
            wrote_elsewhere = True
        else:
            mine.append(message.id)
    return tuple(theirs), tuple(mine), tuple(machines), wrote_elsewhere


def _touches(message: Message, people: set[str]) -> bool:
    found = {a.key for a in (*message.from_, *message.reply_to, *message.to, *message.cc, *message.bcc)}
    return bool(found & people)


def _names(message: Message) -> set[str]:
    return {message.id, *([message.message_id] if message.message_id else [])}


def _ids(messages: Iterable[Message]) -> frozenset[str]:
    return frozenset(name for message in messages for name in _names(message))


# --- the letter -------------------------------------------------------------------------------------


def envelope(message: Message) -> str:
    """A digest of all but the text: From, every recipient, subject, attachments."""
    attachments = message.body.attachments if message.body else ()
    told = [
        *(_keys(a) for a in (message.from_, message.reply_to, message.to, message.cc, message.bcc)),
        message.subject.split(),
        sorted((a.filename, a.content_type, a.size) for a in attachments),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _keys(addresses: Iterable[Address]) -> list[str]:
    return sorted({address.key for address in addresses})


def _edit(
    session: Session, submission: Submission, draft: Draft | None, thread: Thread | None, now: datetime
) -> Edit | None:
    approved = submission.snapshot
    if draft is None or thread is None:
        return None
    content = draft.content_hash
    if content == approved.content_hash:
        return None
    known = submission.seen_at if content == submission.seen_hash else None
    changed = envelope(draft.message) != approved.envelope
    errors: tuple[str, ...] = ()
    if submission.follow_edits and not changed:
        withdrawal = session.store.withdrawal(submission.withdrawal_id)
        at = max(now, submission.due)
        record = session.store.draft(submission.draft_id)
        errors = lint.errors_at(session, withdrawal, record, draft, thread, at, approved.allowed)
    return Edit(envelope=changed, quiet_since=known or now, lint=errors)


def basis(store: Store, withdrawal: Withdrawal, purpose: str) -> tuple[bool, Call | None]:
    """Does what the letter rests on stand, and which call is it?

    A withdrawal rests on nothing. What confirms a call rests on the one that it speaks of; every other
    follow-up on a withdrawal that was sent, or told by phone.
    """
    if purpose == WITHDRAWAL:
        return True, None
    logged = store.calls(withdrawal.id)
    if purpose in calls.SPEAKS_OF:
        call = calls.call_of(FollowUp(purpose), logged)
        return call is not None, call
    sent = any(r.purpose == WITHDRAWAL and r.state is DraftState.SENT for r in store.drafts(withdrawal.id))
    return sent or any(call.outcome in calls.DECISION_TOLD for call in logged), None
