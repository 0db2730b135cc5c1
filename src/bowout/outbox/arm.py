"""Arming: the person has read the draft and promises its sending, once, as it now stands.

``preview`` looks, checks and writes nothing; ``foresee`` does so for a letter that is not saved yet. ``arm``
looks again and stores the promise. Whatever an
unattended run could not do, or should not, is refused here with the cure, while somebody is there to read it.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bowout import providers
from bowout.drafts import lint, save, state
from bowout.drafts.state import WITHDRAWAL
from bowout.errors import (
    AlreadyDone,
    CannotDo,
    DraftChanged,
    DraftGone,
    NotArmed,
    Suspicious,
    Unresolved,
)
from bowout.etiquette.context import BOOKED, FROM_CALLS
from bowout.find import rank
from bowout.journal import letter
from bowout.journal.calls import SPEAKS_OF
from bowout.journal.origin import Provenance
from bowout.journal.record import DraftState
from bowout.journal.refusals import refused
from bowout.journal.submission import Snapshot, State, Submission
from bowout.journal.submissions import Queue
from bowout.mail.build import build
from bowout.mail.parse import parse
from bowout.model import Situation
from bowout.outbox import look
from bowout.outbox.ready import the_draft
from bowout.providers import sign_in
from bowout.read import facts as read
from bowout.read.newest import Newest
from bowout.read.newest import newest as newest_words
from bowout.when import When

if TYPE_CHECKING:
    from bowout.drafts.proposal import Proposal
    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.model import Call, Message, Thread
    from bowout.providers.base import Draft
    from bowout.session import Session

__all__ = ["Preview", "Shown", "arm", "at_once", "draft_again", "foresee", "preview", "require_open"]

NEWEST = 3  # messages shown at arming
NOW = "now"
APPROVED = "approved"  # why a copy of an approved text is kept: the next arming shows the difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the person is shown before they arm: the letter as it stands, to whom, and what came last.

    ``difference`` are lines of a unified diff of the text against what was approved before, else against
    what bowout wrote; empty = the same.
    """

    withdrawal: Withdrawal
    purpose: str
    message: Message
    text: str
    newest: tuple[Message, ...]
    words: Newest | None
    when: When
    not_after: datetime
    difference: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Shown):
    """The same of a draft in the mailbox; ``previous`` is the promise that this one replaces."""

    previous: Submission | None
    snapshot: Snapshot


def at_once(session: Session) -> When:
    """The WHEN of a letter that goes out as soon as it is armed."""
    return When(instant=session.clock(), zone=session.zone, typed=NOW)


def preview(
    session: Session,
    withdrawal: Withdrawal,
    record: DraftRecord,
    when: When,
    *,
    follow_edits: bool = False,
    allow: Sequence[str] = (),
) -> Preview:
    """Check that this draft may be sent at ``when`` without anybody there; writes nothing to the mailbox.

    ``allow`` are lint rules that the letter may break. Raises ``NotArmed`` with the cure, ``DraftGone``,
    ``AlreadyDone``, ``OutcomeUnknown``, ``Suspicious``, ``Unresolved``, and what reading a mailbox raises.
    """
    now = session.clock()
    previous = Queue(session.store).of_draft(record.id)
    require_open(previous)
    _require_settled(session, record)
    _require_unsaid(session, withdrawal, record)
    _require_newest(session, record, previous)
    _require_ground(session, when, now)
    draft = the_draft(session, withdrawal, record, previous)
    seen = look.around(session, record.key.thread_id, _recipients(draft), now - look.OVERLAP)
    thread = _the_thread(seen)
    call = _require_basis(session, withdrawal, record.purpose)
    _require_addressees(session, draft.message)
    _require_thread(session, thread, record.purpose)
    not_after = _not_after(session, withdrawal, record.purpose, thread, when, now)
    _require_lint(lint.errors_at(session, withdrawal, record, draft, thread, when.instant, allow))
    text = lint.wording(draft.message)
    return Preview(
        withdrawal=withdrawal,
        purpose=record.purpose,
        message=draft.message,
        text=text,
        newest=thread.mails[-NEWEST:],
        words=newest_words(thread, session.mailbox.identities(), session.relays, session.zone),
        when=when,
        not_after=not_after,
        difference=_difference(session, record, text),
        notes=(*when.notes, *_notes(follow_edits, alone=not seen.drafts_but(draft))),
        previous=previous,
        snapshot=_snapshot(session, withdrawal, draft, seen, call, allow),
    )


def foresee(
    session: Session,
    proposal: Proposal,
    withdrawal: Withdrawal,
    when: When,
    *,
    follow_edits: bool = False,
) -> Shown:
    """Check the same of a letter that is not saved yet, so that a refusal leaves everything as it was.

    ``arm`` looks once more at the draft that was saved. Raises as ``preview`` does.
    """
    now, purpose, thread = session.clock(), proposal.purpose, proposal.thread
    _require_ground(session, when, now)
    message = parse(build(proposal.reply), id="", thread_id=thread.id)
    withdrawal = save.updated(withdrawal, proposal)
    if purpose not in SPEAKS_OF:  # the call that those speak of may not be logged yet
        _require_basis(session, withdrawal, purpose)
    _require_addressees(session, message)
    _require_thread(session, thread, purpose)
    not_after = _not_after(session, withdrawal, purpose, thread, when, now)
    _require_lint(lint.errors_of(proposal.report_at(when.instant)))
    return Shown(
        withdrawal=withdrawal,
        purpose=purpose,
        message=message,
        text=lint.wording(message),
        newest=thread.mails[-NEWEST:],
        words=proposal.newest,
        when=when,
        not_after=not_after,
        notes=(*when.notes, *_notes(follow_edits)),
    )


def _snapshot(
    session: Session,
    withdrawal: Withdrawal,
    draft: Draft,
    seen: look.Seen,
    call: Call | None,
    allow: Sequence[str],
) -> Snapshot:
    """Hold fast what the person approves: the letter, its addressees, and the mails that were there."""
    return Snapshot(
        key=draft.key,
        content_hash=draft.content_hash,
        envelope=look.envelope(draft.message),
        recipients=_recipients(draft),
        subject=draft.message.subject,
        messages=seen.ids,
        drafts=frozenset(m.id for m in seen.drafts_but(draft)),
        record=withdrawal.revision,
        call=(call.id, call.revision) if call else None,
        mailbox_id=session.mailbox.mailbox_id(),
        allowed=tuple(allow),
    )


def arm(
    session: Session,
    withdrawal: Withdrawal,
    record: DraftRecord,
    when: When,
    *,
    follow_edits: bool = False,
    allow: Sequence[str] = (),
    shown: Shown | None = None,
) -> Submission:
    """Store the promise; durable on return. An armed, held or missed one of the same draft is armed anew.

    ``shown`` is what the person agreed to: when draft or thread have moved since, it is ``DraftChanged`` and
    nothing is armed. Raises what ``preview`` raises.
    """
    fresh = preview(session, withdrawal, record, when, follow_edits=follow_edits, allow=allow)
    if shown is not None and _moved(shown, fresh):
        raise DraftChanged(
            "The draft or the conversation changed while you looked at it; nothing was armed.",
            "Run the same command again and look once more.",
        )
    now = session.clock()
    # Also what the next arming is compared with; `forget` removes it with the other copies.
    session.store.keep_copy(record.id, fresh.text.encode(), APPROVED)
    if record.state is not DraftState.OPEN:
        session.store.set_draft_state(record.id, DraftState.OPEN, "seen at arming")
    new = Submission(
        id=0,
        withdrawal_id=withdrawal.id,
        draft_id=record.id,
        purpose=record.purpose,
        account=session.account.name,
        state=State.ARMED,
        due=when.instant,
        zone=when.zone,
        typed=when.typed,
        wall=when.wall,
        not_after=fresh.not_after,
        snapshot=fresh.snapshot,
        follow_edits=follow_edits,
        armed_at=now,
    )
    if fresh.previous is not None:
        new = replace(new, id=fresh.previous.id, version=fresh.previous.version)
    return Queue(session.store).arm(new)


def _moved(shown: Shown, fresh: Preview) -> bool:
    if not isinstance(shown, Preview):
        return _as_read(shown) != _as_read(fresh)
    before, after = shown.snapshot, fresh.snapshot
    came = not (after.messages <= before.messages and after.drafts <= before.drafts)
    return came or _relied_on(before) != _relied_on(after)


def _as_read(shown: Shown) -> tuple[object, ...]:
    """What is the same before and after saving, whatever the server makes of the quote."""
    to, cc = ({a.key for a in field} for field in (shown.message.to, shown.message.cc))
    return shown.text.split(), to, cc, [mail.id for mail in shown.newest]


def _relied_on(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.content_hash, snapshot.record, snapshot.call, snapshot.mailbox_id


def _recipients(draft: Draft) -> tuple[str, ...]:
    return tuple(sorted({a.key for a in (*draft.message.to, *draft.message.cc)}))


# --- what must hold -------------------------------------------------------------------------------


def require_open(previous: Submission | None) -> None:
    """Nothing that was sent, or may have been, is armed again. Raises ``AlreadyDone``, ``Unresolved``."""
    if previous is None or previous.state in (State.ARMED, State.HELD, State.MISSED):
        return
    if previous.state.is_final:
        raise AlreadyDone(
            f"This letter has already been sent ({previous.label}).",
            f"See: bowout outbox show {previous.label}",
        )
    if previous.state is State.SENDING:
        raise refused(previous, "armed")
    raise Unresolved(
        f"{previous.label} may already have been sent; it is not armed again.",
        f"{previous.proof}, then say it: bowout outbox resolve {previous.label} --sent (or --not-sent)",
    )


def _require_settled(session: Session, record: DraftRecord) -> None:
    """Of a letter that may have been sent no second one is sent, before the person has told what became."""
    for row in Queue(session.store).in_doubt(record.withdrawal_id, record.purpose):
        if row.draft_id != record.id:
            raise Unresolved(
                f"An earlier one of this letter may have been sent ({row.label}); no second one is armed.",
                f"{row.proof}, then say it: bowout outbox resolve {row.label} --sent (or --not-sent)",
            )


def _require_unsaid(session: Session, withdrawal: Withdrawal, record: DraftRecord) -> None:
    """A confirmation that was written before the letter left that says the same is not sent beside it."""
    asked = letter.asked(session.store, withdrawal, record.purpose)
    if record.purpose not in FROM_CALLS or asked is None:
        return
    for other in session.store.drafts(withdrawal.id):
        says_it = other.id != record.id and (other.purpose == WITHDRAWAL or other.purpose in FROM_CALLS)
        if says_it and other.sent_at is not None and other.sent_at >= asked.at:
            raise NotArmed(
                f"Your letter ({other.purpose}) left after this one was written, and says the same.",
                "Delete this draft. To say it again all the same, write it anew:"
                f" bowout confirm {withdrawal.label} --force",
            )


def _require_newest(session: Session, record: DraftRecord, previous: Submission | None) -> None:
    """Of two letters that say the same one is sent: the older one, that came back, makes place."""
    newer = session.store.current_draft(record.withdrawal_id, record.purpose)
    if newer is None or newer.id == record.id or record.state.is_waiting:
        return
    send = f"bowout send w{record.withdrawal_id}"
    let_go = f"bowout outbox cancel {previous.label} && " if previous else ""
    raise NotArmed(
        "You have written this letter anew since; only one of the two is sent.",
        f"Delete the older draft, and send the newer one: {let_go}{send}",
    )


def draft_again(session: Session, row: Submission) -> DraftRecord:
    """The draft that arming a promise anew sends: its own, else the one that was written in its place.

    Raises what is weightier than a time that has passed: ``AlreadyDone``, ``OutcomeUnknown``, ``DraftGone``.
    """
    store = session.store
    record = store.draft(row.draft_id)
    try:
        the_draft(session, store.withdrawal(row.withdrawal_id), record, row)
    except DraftGone:
        newer = store.current_draft(row.withdrawal_id, row.purpose)
        if newer is None or newer.id == record.id:
            raise
        if promise := Queue(store).of_draft(newer.id):
            raise DraftGone(
                f"The draft of {row.label} is gone; {promise.label} promises the one that took its place.",
                f"Let go of it: bowout outbox cancel {row.label}",
            ) from None
        return newer
    return record


def _require_ground(session: Session, when: When, now: datetime) -> None:
    """May and can a run without a person send from this account at that time?"""
    account = session.account
    if not account.allow_send:
        raise NotArmed(
            f"Account {account.name} may not send.",
            f"To allow it, set allow_send = true under [accounts.{account.name}] in {session.config.path}",
        )
    if session.store.provenance() is not Provenance.OK:
        raise NotArmed(
            "The records of bowout were copied from another computer or brought back from an older copy.",
            "If this is the computer that should send from now on: bowout outbox adopt",
        )
    if when.typed != NOW and when.instant <= now:
        raise NotArmed(
            "That moment has passed.", "Name one that is still to come, such as: --at 'in 2 hours'"
        )
    try:
        providers.open_submitter(account, session.mailbox, session.clock)
    except CannotDo as exc:
        raise NotArmed(exc.message, exc.next_step) from exc
    _require_sign_in(session, when)


def _require_sign_in(session: Session, when: When) -> None:
    signed_in = sign_in.state(session.account, session.clock)
    cure = f"Sign in again: bowout account add {session.account.name}"
    if signed_in.secret is sign_in.SecretPlace.PASSPHRASE:
        cure += " (without --passphrase: a key in the system's keyring then opens it), or set token_command."
    if not signed_in.unattended:
        raise NotArmed(f"A run without you could not sign in: {signed_in.why.rstrip('.')}.", cure)
    if signed_in.ends is not None and signed_in.ends <= when.instant:
        raise NotArmed("The sign-in of this account ends before the letter is due.", cure)


def _the_thread(seen: look.Seen) -> Thread:
    if seen.thread is None or not seen.thread.mails:
        raise NotArmed(
            "The conversation is no longer in the mailbox.", "Bring it back, or send the draft by hand."
        )
    return seen.thread


def _require_basis(session: Session, withdrawal: Withdrawal, purpose: str) -> Call | None:
    stands, call = look.basis(session.store, withdrawal, purpose)
    if not stands:
        raise NotArmed(
            "This letter follows a withdrawal that was never sent and never told by phone.",
            f"Send the withdrawal first, or log the call: bowout call {withdrawal.label} --outcome spoke",
        )
    return call


def _require_addressees(session: Session, message: Message) -> None:
    for _, why, cure in lint.unsendable(session, message):
        raise NotArmed(f"{why[0].upper()}{why[1:]}.", cure)


def _require_thread(session: Session, thread: Thread, purpose: str) -> None:
    seen = rank.appraise(thread, session.mailbox.identities(), session.relays, session.clock())
    if seen.warnings:
        raise Suspicious(
            seen.warnings[0], "Look at the message yourself; if it is genuine, send the draft by hand."
        )
    if seen.status is not None and purpose == WITHDRAWAL:
        what = "they have already turned you down" if seen.status == "rejected" else "you already withdrew"
        raise AlreadyDone(
            f"In this thread {what}; there is nothing to withdraw from.",
            "To answer all the same, send the draft by hand.",
        )


def _not_after(
    session: Session, withdrawal: Withdrawal, purpose: str, thread: Thread, when: When, now: datetime
) -> datetime:
    """When it is too late: the grace after due, or the interview, whichever comes first."""
    facts = read.facts(thread, session.mailbox.identities(), session.relays, now)
    booked = facts.slot.value if facts.slot else None
    told = [booked.start] if booked and not booked.cancelled else []
    slots = [*([withdrawal.slot] if withdrawal.slot else []), *told]
    if purpose == WITHDRAWAL:
        _refuse_passed(withdrawal, slots, when, now)
    ahead = [slot for slot in slots if slot > when.instant]
    return min([when.instant + session.config.defaults.grace, *ahead])


def _refuse_passed(withdrawal: Withdrawal, slots: Sequence[datetime], when: When, now: datetime) -> None:
    if any(now < slot <= when.instant for slot in slots):
        raise NotArmed(
            "The interview begins before that; a withdrawal must arrive earlier.", "Choose an earlier --at."
        )
    ahead = withdrawal.situation in BOOKED and withdrawal.situation is not Situation.MISSED
    if ahead and slots and all(slot <= now for slot in slots):
        raise NotArmed(
            "The letter speaks of an interview that has passed.",
            f"Write it anew: bowout draft {withdrawal.label}",
        )


def _require_lint(errors: Sequence[str]) -> None:
    if errors:
        rules = " ".join(f"--allow {error.split()[0]}" for error in errors)
        raise NotArmed(
            f"At that time the letter breaks the etiquette rules: {'; '.join(errors)}.",
            f"Change the draft, or allow it: {rules}",
        )


# --- what is shown --------------------------------------------------------------------------------


def _difference(session: Session, record: DraftRecord, text: str) -> tuple[str, ...]:
    copies = [
        k for k in session.store.copies(record.withdrawal_id) if (k.draft_id, k.why) == (record.id, APPROVED)
    ]
    try:
        before = copies[-1].path.read_text("utf-8") if copies else ""
    except OSError:
        before = ""
    before = before or lint.wording(state.as_written(session.store, record).message)
    if not before or before.split() == text.split():
        return ()
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=1)
    return tuple(lines)[2:]


def _notes(follow_edits: bool, *, alone: bool = True) -> tuple[str, ...]:
    notes = []
    if not alone:
        notes.append("the thread holds another draft; only the one shown here is sent")
    if follow_edits:
        notes.append("changes to the text are sent too, once they have rested; other changes hold it back")
    return tuple(notes)
