"""What ``bowout draft`` does around its letter, for tests that stop it in the middle."""

from __future__ import annotations

from datetime import datetime

from bowout.drafts import state
from bowout.drafts.state import WITHDRAWAL, Condition
from bowout.journal.store import Store
from bowout.mail.build import build
from bowout.model import DraftKey, Reply
from bowout.providers.base import Mailbox


def draft_once(store: Store, mailbox: Mailbox, reply: Reply, now: datetime) -> Condition | None:
    """Look, settle what an earlier run left, write for the first withdrawal. Returns what it saw."""
    record = store.current_draft(1, WITHDRAWAL)
    if record is None:
        key = DraftKey(
            thread_id=reply.thread_id,
            message_id=reply.message_id,
            parent_id=reply.parent_id,
            intended_at=now,
        )
        record = store.begin_draft(1, WITHDRAWAL, key, build(reply))
        store.finish_draft(record.id, mailbox.save_draft(reply))
        return None
    seen = state.look(mailbox, store, record)
    state.remember(store, seen)
    if seen.condition in (Condition.UNTOUCHED, Condition.MISSING):
        store.begin_rewrite(record.id, build(reply))
        written = mailbox.replace_draft(seen.draft, reply) if seen.draft else mailbox.save_draft(reply)
        store.finish_draft(record.id, written)
    return seen.condition
