"""Decide what to do now with an armed letter, from what the mailbox shows.

``decide`` and ``settle`` are the table of docs/outbox.md and nothing else: they take data and the time and
return a value; ``run`` makes it happen. Whatever is not plainly as it was when the person armed it holds
the letter back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bowout import notice
from bowout.drafts import state
from bowout.journal.submission import ON_ITS_WAY, SUSPECTED, Hold, Submission
from bowout.model import require_aware
from bowout.providers.base import Draft, Evidence, Maybe, Receipt

CLOCK_TOLERANCE = timedelta(minutes=5)  # between this computer's clock and the provider's
PROMPT = timedelta(minutes=30)  # so long after due the hour does not matter: the person chose it
PROVEN_AFTER = ON_ITS_WAY  # a draft that a submission consumes and that is still there: not sent
PROVEN_BY = 2  # ... looks


# --- what the mailbox shows -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """How the draft differs from what was approved. ``quiet_since`` is when it was last seen to change."""

    envelope: bool  # recipients, From, subject or attachments
    quiet_since: datetime
    lint: tuple[str, ...] = ()  # errors of the letter check at the due time


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look at everything a submission depends on. ``problem`` = it could not be looked at, and why, with
    the cure on a second line.

    ``theirs``, ``mine`` and ``machines`` are ids of messages that the snapshot does not know.
    """

    problem: str | None = None
    account_known: bool = True
    may_send: bool = True  # the account's allow_send
    store: Hold | None = None  # COPIED_STORE or OLDER_STORE
    last_pass: datetime | None = None
    mailbox_id: str = ""
    server_time: datetime | None = None
    draft: Draft | None = None
    rivals: int = 0  # other drafts of which one may be it
    sent: Receipt | Maybe | None = None
    theirs: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    wrote_elsewhere: bool = False
    record: int | None = None  # None: the withdrawal that this follows was never sent
    call: tuple[int, int] | None = None
    edit: Edit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the person configured: how long an edit must rest before ``--follow-edits`` sends it."""

    quiet_period: timedelta = timedelta(minutes=10)


# --- actions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before ``until``."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Stay:
    """It could not be looked at: stays armed, the person is told. An unread mailbox is never 'no reply'."""

    error: str


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Held until the person decides."""

    reason: Hold
    detail: str


@dataclass(frozen=True, slots=True)
class Miss:
    """Too late: never sent silently, never dropped silently."""

    detail: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """The person deleted the draft: that is their answer."""

    detail: str


@dataclass(frozen=True, slots=True)
class SentByPerson:
    """The person was faster."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Send:
    """All checks passed and it is due."""

    draft: Draft


Action = Wait | Stay | HoldBack | Miss | Cancel | SentByPerson | Send


@dataclass(frozen=True, slots=True)
class Proven:
    """An unknown submission was sent after all."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Rearm:
    """An unknown submission was not sent: what is sent leaves Drafts, and the draft is there."""


# --- the decision ---------------------------------------------------------------------------------


def decide(submission: Submission, view: View, now: datetime, policy: Policy) -> Action:
    """What to do with an armed submission, given what the mailbox shows at ``now`` (aware).

    The order is the promise: first whether we may look and act at all, then what the person or the other
    side did, then whether the letter is as approved, and only then the time.
    """
    require_aware(now=now)
    return (
        _may_act(submission, view, now)
        or _person_was_faster(view)
        or _clock(view, now)
        or _new_mail(view)
        or _changed_record(submission, view)
        or _edited(submission, view, now, policy)
        or _time(submission, view, now)
    )


def _may_act(submission: Submission, view: View, now: datetime) -> Action | None:
    if not view.account_known:
        return HoldBack(Hold.ACCOUNT_GONE, f"the account {submission.account} is no longer configured")
    if view.store is not None:
        return HoldBack(view.store, SUSPECTED)
    if not view.may_send:
        return HoldBack(Hold.BY_PERSON, "sending was switched off for this account (allow_send)")
    if view.problem is not None:
        late = now > submission.not_after
        why = view.problem.partition("\n")[0]  # without the cure
        return Miss(f"the mailbox could not be looked at: {why}") if late else Stay(view.problem)
    if view.mailbox_id != submission.snapshot.mailbox_id:
        return HoldBack(Hold.OTHER_MAILBOX, "another mailbox answers under the name of this account")
    return None


def _person_was_faster(view: View) -> Action | None:
    if view.draft is None and isinstance(view.sent, Receipt):
        return SentByPerson(view.sent)
    if view.rivals:
        return HoldBack(Hold.WHICH_DRAFT, "another draft in the thread may be the one you approved")
    if view.draft is not None:
        return None
    if isinstance(view.sent, Maybe):
        return maybe_sent(view.sent)
    return Cancel(f"the draft {state.GONE}")


def maybe_sent(found: Maybe) -> HoldBack:
    """What becomes of a promise whose draft is gone while something else may be the sent copy."""
    return HoldBack(Hold.MAYBE_SENT, f"the draft is gone and may have been sent: {found.why}")


def _clock(view: View, now: datetime) -> Action | None:
    if view.server_time is not None and abs(view.server_time - now) > CLOCK_TOLERANCE:
        return HoldBack(Hold.CLOCK, "this computer's clock and the mail server's differ by over 5 minutes")
    if view.last_pass is not None and now < view.last_pass:
        return HoldBack(Hold.CLOCK, "this computer's clock was set back")
    return None


def _new_mail(view: View) -> Action | None:
    # Auto-replies and bounces (``machines``) change nothing about the decision; the pass notes them.
    if view.theirs:
        return HoldBack(Hold.THEY_WROTE, "they wrote since you armed it")
    if view.mine:
        return HoldBack(Hold.YOU_WROTE, "you wrote in the thread since you armed it")
    if view.wrote_elsewhere:
        return HoldBack(Hold.YOU_WROTE, "you wrote to this person elsewhere since you armed it")
    return None


def _changed_record(submission: Submission, view: View) -> Action | None:
    approved = submission.snapshot
    if view.record is None:
        return HoldBack(Hold.RECORD_CHANGED, "the withdrawal that this confirms was not sent")
    if (view.record, view.call) != (approved.record, approved.call):
        return HoldBack(Hold.RECORD_CHANGED, "what the letter says was corrected since you armed it")
    return None


def _edited(submission: Submission, view: View, now: datetime, policy: Policy) -> Action | None:
    edit = view.edit
    if edit is None:
        return None
    if edit.envelope:
        return HoldBack(Hold.EDITED, "its recipients, subject or attachments were changed")
    if not submission.follow_edits:
        return HoldBack(Hold.EDITED, "its text was changed since you armed it")
    if edit.lint:
        return HoldBack(Hold.EDITED, f"the changed text breaks the letter rules {', '.join(edit.lint)}")
    quiet = edit.quiet_since + policy.quiet_period
    if now >= quiet:
        return None
    if quiet > submission.not_after:
        return HoldBack(Hold.EDITED, "it was edited so late that it may still be in the works")
    return Wait(quiet, "the draft was edited a moment ago")


def _time(submission: Submission, view: View, now: datetime) -> Action:
    if now > submission.not_after:
        return Miss("its time was over when a run looked")
    if now < submission.due:
        return Wait(submission.due, "not due yet")
    if now > submission.due + PROMPT:
        opens = _next_opening(now, submission.zone)
        if opens > submission.not_after:
            return Miss("the next hour at which a late letter may leave is too late")
        if opens > now:
            return Wait(opens, f"it is late, and night: not before {notice.LETTERS_BEGIN.hour}:00")
    assert view.draft is not None  # noqa: S101 - _person_was_faster answered every other case
    return Send(view.draft)


def _next_opening(now: datetime, zone: str) -> datetime:
    """``now`` within the hours of ``zone`` at which a late letter may leave, else their next begin."""
    local = now.astimezone(ZoneInfo(zone))
    hour = local.time()
    if notice.LETTERS_BEGIN <= hour < notice.LETTERS_END:
        return now
    day = local.date() if hour < notice.LETTERS_BEGIN else local.date() + timedelta(days=1)
    return datetime.combine(day, notice.LETTERS_BEGIN, local.tzinfo).astimezone(UTC)


def settle(submission: Submission, view: View, evidence: Evidence, now: datetime) -> Proven | Rearm | None:
    """What a look says about an unknown submission; None = it stays unknown, only the person can tell.

    ``submission.looks`` counts this look. Nothing is armed a second time by evidence.
    """
    require_aware(now=now)
    if isinstance(view.sent, Receipt):
        return Proven(view.sent)
    if submission.rearmed or view.problem or view.draft is None or submission.unknown_since is None:
        return None
    if view.mailbox_id != submission.snapshot.mailbox_id:
        return None
    match evidence:
        case Evidence.CONSUMES_DRAFT:
            rested = now - submission.unknown_since >= PROVEN_AFTER
            return Rearm() if rested and submission.looks >= PROVEN_BY else None
        case Evidence.TAKES_OUT:
            # The very file: another program's copy may have come back after the letter had left. Once the
            # letter was taken out, what lies in Drafts is a mailbox that was put back.
            untouched = view.draft.key.id == submission.snapshot.key.id
            never_out = bool(submission.claim) and submission.taken != submission.claim
            return Rearm() if untouched and never_out else None
    return None
