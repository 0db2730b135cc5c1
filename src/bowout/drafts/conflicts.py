"""Find what may forbid another draft in a thread: drafts of ours, foreign ones, armed letters.

Only what is learnt about our own drafts is written down; the mailbox is read and not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bowout.drafts import state
from bowout.drafts.copy import refuse_attachments
from bowout.drafts.state import WITHDRAWAL, Condition, Look
from bowout.errors import AlreadyDone, DraftChanged, ForeignDraft, NeedsPerson, OutcomeUnknown, SaidBefore
from bowout.etiquette.context import FROM_CALLS
from bowout.journal.origin import Provenance
from bowout.journal.record import DraftState
from bowout.journal.remedy import letter_outside
from bowout.journal.submission import UNKNOWING, State, on_its_way_until, where_to_look
from bowout.journal.submissions import Queue
from bowout.people import me
from bowout.providers.base import TAKEN_OUT, Holding, Outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bowout.drafts.proposal import Request
    from bowout.find.candidate import Candidate
    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.model import Message, Thread
    from bowout.session import Session


def previous(
    session: Session, withdrawal: Withdrawal | None, purpose: str, copies: Sequence[Message] = ()
) -> Look | None:
    """The draft of ours for this purpose as it now stands; ``copies`` are those that the thread holds.

    A deleted one whose copy turned up since is asked about: mail is synchronised folder by folder.
    """
    if withdrawal is None:
        return None
    record = session.store.current_draft(withdrawal.id, purpose)
    if record is None:
        drafts = [r for r in session.store.drafts(withdrawal.id) if r.purpose == purpose]
        if sent := [r for r in drafts if r.state is DraftState.SENT]:
            return Look(condition=Condition.SENT, record=sent[-1])
        copied = {m.message_id for m in copies}
        record = next((r for r in reversed(drafts) if r.key.message_id in copied), None)
    if record is None:
        return None
    seen = _seen(session, record)
    return seen if seen.condition is not Condition.DELETED else None


def others(session: Session, withdrawal: Withdrawal | None, purpose: str) -> tuple[Look, ...]:
    """The drafts of ours for other purposes that may still wait in the thread."""
    if withdrawal is None:
        return ()
    drafts = session.store.drafts(withdrawal.id)
    return tuple(_seen(session, r) for r in drafts if r.purpose != purpose and r.state.is_waiting)


def _seen(session: Session, record: DraftRecord) -> Look:
    seen = state.look(session.mailbox, session.store, record)
    state.remember(session.store, seen)
    return seen


def superseded(others: tuple[Look, ...], request: Request) -> tuple[Look, ...]:
    """The waiting drafts that the new one takes the place of: two in one thread hide each other."""
    for seen in others:
        if seen.condition is Condition.MAYBE_SENT and not request.force:
            raise OutcomeUnknown(
                f"Your {seen.record.purpose} draft is gone and it may have been sent: {seen.why}.",
                f"{_where(seen)}; if it did not leave, run the same command with --force.",
            )
    waiting = tuple(seen for seen in others if seen.draft)
    for seen in waiting:
        if seen.draft and seen.condition is Condition.EDITED:
            refuse_attachments(seen.draft.message)
        if request.follow_up not in FROM_CALLS:
            raise NeedsPerson(
                f"Another draft of yours ({seen.record.purpose}) still waits in this thread; two drafts in"
                " one thread hide each other.",
                "Send or delete that one first.",
            )
        if seen.condition is Condition.EDITED and not request.force:
            raise DraftChanged(
                f"The thread holds your {seen.record.purpose} draft, and you changed it; it was left alone.",
                "Send it as it is, or let this one take its place with --force (your version is kept).",
            )
    return waiting


def _where(seen: Look) -> str:
    return where_to_look(taken=TAKEN_OUT in seen.why, doubted=seen.why == UNKNOWING)


def _refuse_suspect(session: Session) -> None:
    """Records that are a copy change nothing in a mailbox: newer ones may have promised what lies there."""
    if session.store.provenance() is not Provenance.OK:
        raise NeedsPerson(
            "The records of bowout were copied from another computer or brought back from an older copy;"
            " until that is settled they change nothing in a mailbox.",
            "Put the newest ones back, or go on with these: bowout outbox adopt",
        )


def refuse_armed(session: Session, withdrawal: Withdrawal | None) -> None:
    """A letter that was promised stays as it was approved; not even ``force`` writes over it.

    Nor do records that are a copy, which do not know what was promised.
    """
    _refuse_suspect(session)
    armed = Queue(session.store).armed_for(withdrawal.id) if withdrawal else ()
    for row in armed:
        says = "is armed to be sent" if row.state is State.ARMED else "may have been sent"
        step = f"cancel {row.label}" if row.state is State.ARMED else f"show {row.label}"
        raise NeedsPerson(
            f"Your {row.purpose} letter in this thread {says} ({row.label}); it was left alone.",
            f"bowout outbox {step}",
        )


def _refuse_said(session: Session, thread: Thread, withdrawal: Withdrawal | None, request: Request) -> None:
    """Stop a confirmation that says again what a letter has said before, as far as it can be told.

    Raises ``SaidBefore``.
    """
    if withdrawal is None or request.call is None or request.again:
        return
    for record in session.store.drafts(withdrawal.id):
        says_it = record.purpose == WITHDRAWAL or record.purpose in FROM_CALLS
        if says_it and record.sent_at is not None:
            order = "after" if record.sent_at >= request.call.at else "before"
            raise SaidBefore(
                f"Your letter ({record.purpose}) left {_day_of(session, record)}, {order} that call;"
                " a confirmation says the same again.",
                "To write it all the same add --force.",
            )
    doubted = session.store.doubted_until()
    if doubted is not None and request.call.at <= doubted:
        raise SaidBefore(
            "These records are a copy, made before this confirmation may have been sent.",
            f"{where_to_look(taken=False, doubted=True)}; only if it did not leave, add --force.",
        )
    written = [m.moment for m in thread.mails if me.from_me(m, session.mailbox.identities())]
    if written and max(written) >= request.call.at.replace(microsecond=0):  # the date of a mail has none
        # Another computer of mine, or records that are newer than these, may have written it.
        raise SaidBefore(
            f"You wrote in this thread {_moment(session, max(written))}, after that call; it may be this very"
            " confirmation.",
            "Look at that mail; only if it does not say so, add --force.",
        )


def _day_of(session: Session, record: DraftRecord) -> str:
    return _moment(session, record.sent_at or record.updated_at)


def _moment(session: Session, instant: datetime) -> str:
    """Say when a letter left: ``on Thursday 26 November, 14:05``."""
    local = instant.astimezone(ZoneInfo(session.zone))
    return f"on {local:%A} {local.day} {local:%B}, {local:%H:%M}"


def refuse_done(
    session: Session,
    thread: Thread,
    candidate: Candidate,
    withdrawal: Withdrawal | None,
    previous: Look | None,
    request: Request,
) -> None:
    """Stop another letter where one was sent, or may have been, or where it is over without one.

    No force writes one beside a letter that was taken out to be sent: first that is filed or put back.
    """
    if previous and previous.condition is Condition.MAYBE_SENT and isinstance(session.mailbox, Holding):
        _refuse_out(session, session.mailbox.taken_out(previous.record.key))
    if request.force:
        return
    if previous and previous.condition is Condition.SENT:
        left = _day_of(session, session.store.draft(previous.record.id))
        raise AlreadyDone(
            f"This follow-up ({request.follow_up}) has already been sent, {left}."
            if request.follow_up
            else f"Your withdrawal in this thread has already been sent, {left}.",
            "To write another one anyway add --force."
            if request.follow_up
            else f"To confirm a phone call: bowout confirm w{previous.record.withdrawal_id}."
            " To write another one anyway add --force.",
        )
    if previous and previous.condition is Condition.MAYBE_SENT:
        raise OutcomeUnknown(
            f"The draft is gone and it may have been sent: {previous.why}.",
            f"{_where(previous)}; if it did not leave, run the same command with --force.",
        )
    if candidate.status == "rejected":
        raise AlreadyDone(
            "In this thread they have already turned you down; there is nothing to withdraw from.",
            "To write anyway add --force.",
        )
    if candidate.status == "withdrawn" and not request.follow_up:
        raise AlreadyDone(
            "You already withdrew in this thread.",
            "See it with: bowout status. To write again anyway add --force.",
        )
    _refuse_said(session, thread, withdrawal, request)


def refuse_foreign(
    session: Session,
    thread: Thread,
    withdrawal: Withdrawal | None,
    ours: Iterable[Look | None],
    request: Request,
) -> None:
    """Stop at a draft that the records do not know.

    Raises ``OutcomeUnknown`` for one that was taken out of Drafts, else ``ForeignDraft``.
    """
    known: set[str | None] = set()
    for seen in ours:
        if seen:
            known |= {seen.record.key.id, seen.record.key.message_id}
        if seen and seen.draft:
            known |= {seen.draft.key.id, seen.draft.message.id, seen.draft.key.message_id}
    foreign = [m for m in thread.drafts if m.id not in known and (m.message_id or "") not in known]
    _refuse_outside(session, thread.drafts)
    if not foreign or request.force:
        return
    mine = {r.key.message_id for r in session.store.drafts(withdrawal.id)} if withdrawal else set()
    moved = any(m.message_id in mine for m in foreign)
    unknown = "a draft that these records do not know"
    whose = "your own draft of this letter, in another folder" if moved else unknown
    first = "Move it back into Drafts, or send or delete it" if moved else "Send or delete that draft"
    raise ForeignDraft(
        f"The thread already holds {whose}; two drafts in one thread hide each other.",
        f"{first} first, or keep both with --force.",
    )


def _refuse_outside(session: Session, drafts: Iterable[Message]) -> None:
    if isinstance(session.mailbox, Holding):
        for draft in drafts:
            _refuse_out(session, session.mailbox.outside(draft))


def _refuse_out(session: Session, found: Outside | None) -> None:
    """One that was taken out to be sent, by these records or others, may have been sent, and may be on its
    way."""
    if found is None:
        return
    until = on_its_way_until(found.taken, session.clock())
    way = f"Wait until {until.astimezone(ZoneInfo(session.zone)):%H:%M %Z}, and look then. " if until else ""
    raise OutcomeUnknown(
        "A letter of this thread was taken out of Drafts to be sent, and what became of it is not known; it"
        f" may have been sent{' or be on its way' if until else ''}. It lies in {found.path}",
        f"{way}{letter_outside(found.path, found.home, found.sent)}",
    )
