"""Leave a proposal in the mailbox and write down that the person leaves.

Every write to the mailbox is journaled before it starts, so a run that dies in the middle is picked up by the
next one instead of leaving a second draft.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from bowout import files
from bowout.drafts import conflicts, state
from bowout.drafts.copy import copy_of
from bowout.drafts.proposal import Action, Saved
from bowout.drafts.state import Condition
from bowout.errors import StoreError
from bowout.journal import letter as letters
from bowout.journal import lookup
from bowout.journal.record import DraftState
from bowout.journal.sqlite import PATIENCE, told
from bowout.mail.build import build
from bowout.model import DraftKey, Situation

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from bowout.drafts.proposal import Proposal
    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.letters.render import Letter
    from bowout.letters.wish import Wish
    from bowout.model import Address, Facts, Thread
    from bowout.session import Session


def save(session: Session, proposal: Proposal) -> Saved:
    """Leave the proposal in the mailbox: intent first, then the draft, then the receipt.

    Raises what the provider raises; the journal then still holds the intent and the next run settles it.
    Raises StoreError when another bowout is writing a draft, or wrote this one since it was looked for.
    """
    with _alone(session):
        conflicts.refuse_armed(session, proposal.withdrawal)
        _refuse_late(session, proposal)
        withdrawal = _record(session, proposal)
        letters.remember(
            session.store,
            withdrawal,
            proposal.purpose,
            tone=proposal.letter.tone,
            channel=proposal.letter.channel,
            reason=proposal.letter.reason,
            depth=proposal.letter.depth,
            situation=proposal.named_situation,
        )
        lookup.keep_words(session.store, withdrawal, proposal.own_words)
        saved = _written(session, withdrawal, proposal)
        # Only now: a run that dies before leaves one draft too many, never one too few.
        return _without_superseded(session, saved, proposal)


@contextmanager
def _alone(session: Session) -> Generator[None]:
    """One run at a time from intent to receipt: what is on its way to the mailbox cannot be seen there."""
    path = session.store.path.with_name("drafts.lock")
    with ExitStack() as until_done:
        with told(path):
            held = until_done.enter_context(files.lock(path, wait=PATIENCE))
        if not held:
            raise StoreError("another bowout is writing a draft just now", "run it again in a moment")
        yield


def _refuse_late(session: Session, proposal: Proposal) -> None:
    """A draft that had never arrived may have come since, by another run that found the same."""
    missed = proposal.previous
    if missed is None or missed.condition is not Condition.MISSING:
        return
    record = session.store.draft(missed.record.id)
    if state.look(session.mailbox, session.store, record).condition is not Condition.MISSING:
        raise StoreError("this draft was written by another bowout just now", "run it again")


def _written(session: Session, withdrawal: Withdrawal, proposal: Proposal) -> Saved:
    previous = proposal.previous
    if proposal.action is Action.KEEP and previous and previous.draft:
        return Saved(withdrawal=withdrawal, draft=previous.draft, action=Action.KEEP)
    raw = build(proposal.reply)
    if previous is None or previous.draft is None:
        record = _intent(session, withdrawal, proposal, raw)
        draft = session.mailbox.save_draft(proposal.reply)
        session.store.finish_draft(record.id, draft)
        return Saved(withdrawal=withdrawal, draft=draft, action=Action.CREATE)
    record, copy = previous.record, None
    if proposal.action is Action.OVERWRITE:
        copy = session.store.keep_copy(record.id, copy_of(previous.draft.message), "edited-by-person")
    elif not session.mailbox.abilities.has_precondition:
        # Nothing there refuses a write over an edit of this very moment, so what was last seen is kept.
        session.store.keep_copy(record.id, copy_of(previous.draft.message), "before-update")
    session.store.begin_rewrite(record.id, raw)
    draft = session.mailbox.replace_draft(previous.draft, proposal.reply)
    session.store.finish_draft(record.id, draft)
    return Saved(withdrawal=withdrawal, draft=draft, action=proposal.action, kept_copy=copy)


def _without_superseded(session: Session, saved: Saved, proposal: Proposal) -> Saved:
    for seen in proposal.superseded:
        if seen.draft is None:
            continue
        if seen.condition is Condition.EDITED:
            copy = copy_of(seen.draft.message)
            saved = replace(saved, kept_copy=session.store.keep_copy(seen.record.id, copy, "superseded"))
        session.mailbox.delete_draft(seen.draft)
        session.store.set_draft_state(seen.record.id, DraftState.DELETED, f"{proposal.purpose} instead")
        saved = replace(saved, removed=(*saved.removed, seen.record.purpose))
    return saved


def _intent(session: Session, withdrawal: Withdrawal, proposal: Proposal, raw: bytes) -> DraftRecord:
    previous = proposal.previous
    if previous and previous.condition is Condition.MISSING:
        return session.store.begin_rewrite(previous.record.id, raw)
    if previous and previous.condition is Condition.MAYBE_SENT and previous.record.state.is_waiting:
        # Only --force comes here: the person has looked, and says that it was not sent.
        session.store.set_draft_state(previous.record.id, DraftState.DELETED, "written anew")
    key = DraftKey(
        thread_id=proposal.thread.id,
        message_id=proposal.reply.message_id,
        parent_id=proposal.reply.parent_id,
        intended_at=session.clock(),
        known=tuple(m.id for m in proposal.thread.drafts),
    )
    return session.store.begin_draft(withdrawal.id, proposal.purpose, key, raw)


def _record(session: Session, proposal: Proposal) -> Withdrawal:
    known = proposal.withdrawal
    if known is None:
        return record(session, proposal.thread, proposal.facts, proposal.letter, proposal.plan.to[0])
    return session.store.update_withdrawal(updated(known, proposal))


def updated(known: Withdrawal, proposal: Proposal) -> Withdrawal:
    """Say how the record of a withdrawal reads once the proposal is saved."""
    letter = proposal.letter
    known = replace(known, **_settled(proposal.facts))
    if isinstance(letter.situation, Situation):  # a follow-up changes nothing about how the process is left
        known = replace(
            known,
            person=proposal.plan.to[0],
            situation=letter.situation,
            reason=letter.reason,
            depth=letter.depth,
            language=letter.language,
        )
    return known


def record(
    session: Session, thread: Thread, facts: Facts, wish: Letter | Wish, person: Address
) -> Withdrawal:
    """Write down that the person leaves the process of this thread."""
    return session.store.add_withdrawal(
        account=session.account.name,
        thread_id=thread.id,
        person=person,
        situation=Situation(wish.situation),
        reason=wish.reason,
        depth=wish.depth,
        language=wish.language,
        **_settled(facts),
    )


class _Settled(TypedDict):
    company: str | None
    position: str | None
    slot: datetime | None
    slot_zone: str | None


def _settled(facts: Facts) -> _Settled:
    slot = facts.slot.value if facts.slot and not facts.slot.value.cancelled else None
    return {
        "company": facts.company.value if facts.company else None,
        "position": facts.position.value if facts.position else None,
        "slot": slot.start if slot else None,
        "slot_zone": slot.zone if slot else None,
    }
