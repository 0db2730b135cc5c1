"""Find what came of the letters of a withdrawal: when they left, whether an answer or a bounce came."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bowout.advice import reminders
from bowout.advice.reminders import Reminder, Trail
from bowout.drafts import state
from bowout.errors import NothingFound
from bowout.journal.record import DraftState
from bowout.journal.submissions import Queue
from bowout.people import mailkind, me
from bowout.people.mailkind import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bowout.journal.record import Withdrawal
    from bowout.journal.store import Store
    from bowout.model import Message
    from bowout.people.machines import Relays
    from bowout.session import Session


def due(session: Session, withdrawal: Withdrawal) -> tuple[Reminder, ...]:
    """The reminders of a withdrawal; looks into its thread only while an answer may still be missing."""
    trail = _remembered(session.store, withdrawal)
    now = session.clock()
    calls = session.store.calls(withdrawal.id)
    # After a call the confirmation may be one that these records do not know.
    if calls or (trail.first is not None and now - trail.first < reminders.FORGOTTEN):
        trail = _followed(session, withdrawal, trail)
    return reminders.due(withdrawal, calls, trail, now, session.zone)


def due_from_memory(store: Store, withdrawal: Withdrawal, now: datetime, zone: str) -> tuple[Reminder, ...]:
    """The reminders that need no look into the mailbox: whether they answered is then not known."""
    trail = _remembered(store, withdrawal)
    found = reminders.due(withdrawal, store.calls(withdrawal.id), trail, now, zone)
    return tuple(r for r in found if r.kind is reminders.Kind.CONFIRM_CALL)


def _remembered(store: Store, withdrawal: Withdrawal) -> Trail:
    """The trail as the journal knows it; a letter counts from when it left, not from its drafting."""
    records = store.drafts(withdrawal.id)
    sent = [r for r in records if r.state is DraftState.SENT]
    times = [r.sent_at or r.updated_at for r in sent]
    return Trail(
        first=min(times, default=None),
        last=max(times, default=None),
        armed=bool(Queue(store).armed_for(withdrawal.id)),
        sent=frozenset(r.purpose for r in sent),
        waiting=frozenset(r.purpose for r in records if r.state is DraftState.OPEN),
        doubted_until=store.doubted_until(),
    )


def _followed(session: Session, withdrawal: Withdrawal, trail: Trail) -> Trail:
    """The same, with what the thread shows: what the person wrote there by hand counts as the last word."""
    try:
        mails = session.thread(withdrawal.thread_id).mails
    except NothingFound:
        return trail
    mine = session.mailbox.identities()
    written = [m.moment for m in mails if me.from_me(m, mine)]
    open_ = [r for r in session.store.drafts(withdrawal.id) if r.purpose in trail.waiting]
    since = [m for m in mails if trail.first and m.moment >= trail.first and not me.from_me(m, mine)]
    return replace(
        trail,
        last=max(filter(None, (trail.last, *written)), default=None),
        waiting=frozenset(r.purpose for r in open_ if state.in_drafts(session.mailbox, r.key)),
        answered=_any(since, Kind.HUMAN, session.relays),
        bounced=_any(since, Kind.BOUNCE, session.relays),
    )


def _any(mails: Sequence[Message], kind: Kind, relays: Relays) -> bool:
    return any(mailkind.kind_of(m, relays) is kind for m in mails)
