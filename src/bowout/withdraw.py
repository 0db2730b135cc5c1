"""The use cases behind the commands: find the thread, prepare the letter, save it as a draft.

``prepare`` decides everything and writes nothing; ``save`` writes what the person has seen. Between them
the CLI shows the proposal and asks. Every write to the mailbox is journaled before it starts, so a run
that dies in the middle is picked up by the next one instead of leaving a second draft.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict, TypeVar

from bowout import etiquette, find, kept, letters, mime, read, records, standing, surroundings
from bowout import reply as replies
from bowout.errors import (
    AlreadyDone,
    Ambiguous,
    DraftChanged,
    ForeignDraft,
    LintFailed,
    NeedsPerson,
    NoAddressee,
    NothingFound,
    OutcomeUnknown,
    Suspicious,
)
from bowout.model import (
    Channel,
    Confidence,
    Depth,
    DraftKey,
    DraftState,
    Fact,
    Facts,
    FollowUp,
    Person,
    Query,
    Reason,
    Severity,
    Situation,
    Slot,
    Tone,
)
from bowout.outbox.queue import Queue
from bowout.outbox.submission import State
from bowout.standing import WITHDRAWAL, Look, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from bowout.etiquette import Report
    from bowout.find import Candidate, Ranking
    from bowout.model import (
        Account,
        Address,
        Call,
        Draft,
        DraftRecord,
        Letter,
        Reply,
        Thread,
        Withdrawal,
    )
    from bowout.reply import Plan
    from bowout.session import Session

T = TypeVar("T")

SEARCH_LIMIT = 20
RECENT_LIMIT = 50
RECENT = timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the person asked for on the command line; None = decide from the thread or the configuration."""

    reason: Reason | None = None
    depth: Depth | None = None
    tone: Tone | None = None
    situation: Situation | None = None
    language: str | None = None
    channel: Channel = Channel.EMAIL_REPLY
    values: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, bool] = field(default_factory=dict)
    to: str | None = None
    from_: str | None = None
    reply_all: bool = False
    quote: bool | None = None
    text: str | None = None  # the letter as the person edited it
    force: bool = False
    allow: frozenset[str] = frozenset()
    follow_up: FollowUp | None = None  # None = the withdrawal itself; ``situation`` is then what was left
    call: Call | None = None  # the logged call that a follow-up speaks of
    # Private: the linter looks at them, no letter ever holds them.
    decided_on: datetime | None = None
    other_employer: str | None = None

    @property
    def purpose(self) -> str:
        """Of the draft in the journal: there is one draft for each."""
        return self.follow_up or WITHDRAWAL


class Action(StrEnum):
    """What saving a proposal will do to the mailbox."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"  # the draft already says exactly this
    OVERWRITE = "overwrite"  # the person edited it and forced us; their version is kept


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Everything decided and nothing written: what the person is shown before saving."""

    account: Account
    thread: Thread
    facts: Facts
    plan: Plan
    letter: Letter
    reply: Reply
    report: Report
    action: Action
    uncertain: tuple[str, ...]
    warnings: tuple[str, ...]
    suspicions: tuple[str, ...]
    previous: Look | None
    withdrawal: Withdrawal | None
    prepared_at: datetime
    purpose: str = WITHDRAWAL
    superseded: tuple[Look, ...] = ()  # drafts of ours that say the same less well; removed when saved


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What saving did: the draft in the mailbox and the withdrawal it belongs to."""

    withdrawal: Withdrawal
    draft: Draft
    action: Action
    kept_copy: Path | None = None
    removed: tuple[str, ...] = ()  # purposes of the drafts of ours that this one took the place of


# --- finding ----------------------------------------------------------------------------------------


def seek(session: Session, who: str, limit: int = SEARCH_LIMIT) -> Ranking:
    """The threads that answer to WHO, ranked. Raises ``Unreachable``, ``SignInNeeded``.

    No server finds a typo, another script or a legal form: when nothing mentions WHO, the recent hiring
    threads are compared with it here.
    """
    ranking = _rank(session, Query(who=who), Query(who=who), limit)
    if ranking.candidates:
        return ranking
    return _rank(session, Query(since=session.clock() - RECENT), Query(who=who), RECENT_LIMIT)


def seek_recent(session: Session, limit: int = RECENT_LIMIT) -> Ranking:
    """Every thread of the last 120 days that looks like hiring, newest first."""
    query = Query(since=session.clock() - RECENT)
    return _rank(session, query, query, limit)


def _rank(session: Session, wanted: Query, meant: Query, limit: int) -> Ranking:
    found = session.mailbox.search(wanted, limit)
    whole = [t if t.complete else session.mailbox.thread(t.id) for t in found]
    return find.rank(whole, meant, session.mailbox.identities(), session.relays, session.clock())


def appraise(session: Session, thread: Thread) -> Candidate:
    """The judgement of a thread that the person named by its id: suspicion and status count there too."""
    return find.appraise(thread, session.mailbox.identities(), session.relays, session.clock())


def thread_called(session: Session, thread_id: str) -> Thread:
    """The thread of an id as it was listed; the angle brackets of a Message-ID may be left out."""
    try:
        return session.mailbox.thread(thread_id)
    except NothingFound:
        if "@" not in thread_id or thread_id.startswith("<"):
            raise
        return session.mailbox.thread(f"<{thread_id}>")


def stories(session: Session, ranking: Ranking) -> tuple[tuple[Candidate, Facts], ...]:
    """Each candidate with what its thread tells: stage, next slot, company."""
    identities, now = session.mailbox.identities(), session.clock()
    return tuple((c, read.facts(c.thread, identities, session.relays, now)) for c in ranking.candidates)


def nothing_found(who: str) -> NothingFound:
    """The error for a WHO that no thread answers to."""
    return NothingFound(
        f"No thread mentions {_typed(who)}." if who else "No hiring thread of the last 120 days was found.",
        "Try the company, the recruiter's name or address, or words of the subject: bowout find WHO",
    )


def _typed(who: str) -> str:
    """WHO as it is said back, in quotes and not longer than a line."""
    return repr(who if len(who) <= 80 else f"{who[:79]}…")


def the_one(ranking: Ranking, who: str) -> Candidate:
    """The candidate that may be used without asking.

    Raises ``NothingFound``, ``Ambiguous``; of the only one ``NoAddressee`` when machines wrote it and
    ``Suspicious`` when its sender may be somebody else.
    """
    if not ranking.candidates:
        raise nothing_found(who)
    best = ranking.candidates[0]
    if ranking.outcome is find.Outcome.SURE and best.sure:
        return best
    count = len(ranking.candidates)
    if count == 1 and best.person is None:
        raise NoAddressee(
            f"Only machines wrote in the one thread that mentions {_typed(who)}; nobody reads an answer.",
            "Withdraw in the hiring system's portal, or name a person: --to ADDRESS with --thread"
            f" {best.thread.id.strip('<>')} --force",
        )
    if count == 1 and best.warnings:
        raise Suspicious(
            best.warnings[0],
            "Look at the message yourself; if it is genuine, choose it on a terminal, or with --thread"
            f" {best.thread.id.strip('<>')} --force",
            candidates=(candidate_summary(best),),
        )
    raise Ambiguous(
        f"{count} threads could be meant by {_typed(who)}."
        if count > 1
        else f"One thread may be meant by {_typed(who)}, but that is not certain.",
        "Choose one with --thread ID (the ids are listed), or see why with: bowout find WHO --explain",
        candidates=tuple(candidate_summary(c) for c in ranking.candidates),
    )


def candidate_summary(candidate: Candidate) -> dict[str, object]:
    """What a script needs to choose a candidate: the same keys in ``find`` and in exit 4."""
    return {
        "thread": candidate.thread.id,
        "subject": candidate.thread.subject,
        "person": candidate.person.name if candidate.person else None,
        "address": candidate.person.address.address if candidate.person else None,
        "newest": candidate.newest,
        "last_by": candidate.last_by,
        "status": candidate.status,
        "sure": candidate.sure,
        "reasons": list(candidate.reasons),
        "warnings": list(candidate.warnings),
    }


# --- preparing ----------------------------------------------------------------------------------------


def prepare(session: Session, thread: Thread, request: Request, candidate: Candidate) -> Proposal:
    """Decide the whole reply and how it meets a draft that may already be there. Writes no mail.

    Raises ``AlreadyDone``, ``ForeignDraft``, ``DraftChanged``, ``LintFailed``, ``NoAddressee`` and the
    other reasons to stop; ``request.force`` overrides the first three.
    """
    now = session.clock()
    withdrawal = known_withdrawal(session, thread)
    _refuse_armed(session, withdrawal)
    request = _with_notes(session, as_before(request, withdrawal), withdrawal)
    previous = _previous(session, withdrawal, request.purpose)
    others = _others(session, withdrawal, request.purpose)
    _refuse_done(candidate, previous, request)
    superseded = _superseded(others, request)
    _refuse_foreign(thread, (previous, *others), request)

    facts = told_by(session, thread, request.values, withdrawal if request.follow_up else None)
    plan = replies.plan(
        thread,
        session.mailbox.identities(),
        session.relays,
        to=request.to,
        from_=request.from_,
        cc_all=request.reply_all,
        force=request.force,
    )
    recipient = person_at(facts, plan.to[0])
    letter = _letter(session, request, facts, recipient, now)
    report = _lint(session, request, thread, facts, plan, letter, recipient, now)
    message_id = _message_id(previous, plan)
    quote = session.config.defaults.quote if request.quote is None else request.quote
    reply = replies.compose(plan, letter, quote=quote, message_id=message_id, now=now)
    return Proposal(
        account=session.account,
        thread=thread,
        facts=facts,
        plan=plan,
        letter=letter,
        reply=reply,
        report=report,
        action=_action(previous, reply, request),
        uncertain=unsure_of(facts),
        warnings=(*plan.notes, *_held(facts, letter, request, now)),
        suspicions=tuple(dict.fromkeys((*candidate.warnings, *plan.suspicions))),
        previous=previous,
        withdrawal=withdrawal,
        prepared_at=now,
        purpose=request.purpose,
        superseded=superseded,
    )


def _message_id(previous: Look | None, plan: Plan) -> str:
    # A draft that is still ours keeps its Message-ID: it is how an interrupted run finds it again.
    gone = (Standing.SENT, Standing.MAYBE_SENT)
    if previous and previous.standing not in gone:
        return previous.record.key.message_id
    return mime.message_id(plan.identity.address.domain)


def as_before(request: Request, withdrawal: Withdrawal | None) -> Request:
    """A second run that names no reason keeps the recorded one, instead of taking it out of the letter."""
    if withdrawal is None or request.reason is not None or request.depth is not None:
        return request
    return replace(request, reason=withdrawal.reason, depth=withdrawal.depth)


def _with_notes(session: Session, request: Request, withdrawal: Withdrawal | None) -> Request:
    """What the person told in an earlier run, for the linter."""
    if withdrawal is None:
        return request
    noted = records.noted(session.store, withdrawal)
    return replace(
        request,
        decided_on=request.decided_on or noted.decided_on,
        other_employer=request.other_employer or noted.other_employer,
    )


def known_withdrawal(session: Session, thread: Thread) -> Withdrawal | None:
    """The recorded withdrawal of this thread, also when the provider's thread id has moved since."""
    ids = {thread.id, *(m.message_id for m in thread.messages), *(m.id for m in thread.messages)}
    mine = (w for w in session.store.withdrawals() if w.account == session.account.name)
    return next((w for w in mine if w.thread_id in ids), None)


def told_by(
    session: Session, thread: Thread, values: Mapping[str, str], withdrawal: Withdrawal | None = None
) -> Facts:
    """What a letter or call about this thread may rely on, as it was recorded, when it was."""
    facts = read.facts(thread, session.mailbox.identities(), session.relays, session.clock())
    if withdrawal is not None:
        facts = as_recorded(facts, withdrawal)
    return settle(facts, values, session.zone)


def as_recorded(facts: Facts, withdrawal: Withdrawal) -> Facts:
    """The facts as they were settled when the withdrawal was recorded; an interview moved since counts."""

    def settled(value: str | None, fact: Fact[str] | None) -> Fact[str] | None:
        return Fact(value, f"the record {withdrawal.label}", Confidence.HIGH) if value else fact

    slot = facts.slot
    changed = slot is not None and (slot.value.moved or slot.value.cancelled)
    if withdrawal.slot and not changed and (slot is None or slot.value.start != withdrawal.slot):
        booked = Slot(start=withdrawal.slot, zone=withdrawal.slot_zone)
        slot = Fact(booked, f"the record {withdrawal.label}", Confidence.HIGH)
    return replace(
        facts,
        company=settled(withdrawal.company, facts.company),
        position=settled(withdrawal.position, facts.position),
        slot=slot,
    )


# Situations that time alone changes; the others are what the person or a letter of theirs said.
_PASSING = frozenset({Situation.EARLY, *etiquette.BOOKED, Situation.INVITED} - {Situation.ONSITE_TRAVEL})


def situation_now(withdrawal: Withdrawal, facts: Facts, now: datetime) -> Situation:
    """The recorded situation, read anew where only the calendar has moved on since."""
    if withdrawal.situation in _PASSING:
        return letters.infer_situation(facts, now)
    return withdrawal.situation


def settle(facts: Facts, values: Mapping[str, str], zone: str) -> Facts:
    """Facts the letter may rely on: a low confidence counts as unknown, what the person said wins."""
    trusted = replace(
        facts,
        company=_trusted(facts.company),
        position=_trusted(facts.position),
        agency=_trusted(facts.agency),
        stage=_trusted(facts.stage),
        slot=_trusted(facts.slot),
        rounds=_trusted(facts.rounds),
    )
    return letters.told(trusted, values, zone)


def _trusted(fact: Fact[T] | None) -> Fact[T] | None:
    return None if fact is None or fact.confidence is Confidence.LOW else fact


def unsure_of(facts: Facts) -> tuple[str, ...]:
    """What the letter states although the thread does not say it beyond doubt, for the person to check."""
    named = {"company": facts.company, "position": facts.position, "agency": facts.agency}
    lines = [
        f"{name} {fact.value!r} was read from {fact.source}"
        for name, fact in named.items()
        if fact and fact.confidence is not Confidence.HIGH
    ]
    if facts.slot and facts.slot.confidence is not Confidence.HIGH:
        lines.append(f"the interview's time was read from {facts.slot.source}")
    return tuple(lines)


def _held(facts: Facts, letter: Letter, request: Request, now: datetime) -> tuple[str, ...]:
    """Whether a past interview took place is seldom written in a mail, and the letter depends on it."""
    slot = facts.slot.value if facts.slot else None
    if request.situation or slot is None or slot.cancelled or slot.start > now:
        return ()
    if letter.situation is Situation.MISSED:
        return (
            "the letter says that you missed the interview; if you were there: --situation after-interview",
        )
    if letter.situation in (Situation.AFTER_INTERVIEW, Situation.AFTER_ROUNDS):
        return ("the letter says that the interview took place; if you were not there: --situation missed",)
    return ()


def open_questions(session: Session, thread: Thread) -> tuple[tuple[str, str, str], ...]:
    """Company and position where the thread does not say them for sure: (name, guess, read from)."""
    facts = read.facts(thread, session.mailbox.identities(), session.relays, session.clock())
    named = (("company", facts.company), ("position", facts.position))
    return tuple(
        (name, fact.value if fact else "", fact.source if fact else "")
        for name, fact in named
        if _trusted(fact) is None
    )


def _previous(session: Session, withdrawal: Withdrawal | None, purpose: str) -> Look | None:
    if withdrawal is None:
        return None
    record = session.store.current_draft(withdrawal.id, purpose)
    if record is None:
        drafts = (r for r in session.store.drafts(withdrawal.id) if r.purpose == purpose)
        sent = [r for r in drafts if r.state is DraftState.SENT]
        return Look(standing=Standing.SENT, record=sent[-1]) if sent else None
    seen = _seen(session, record)
    return seen if seen.standing is not Standing.DELETED else None


def _others(session: Session, withdrawal: Withdrawal | None, purpose: str) -> tuple[Look, ...]:
    """The drafts of ours for other purposes that may still wait in the thread."""
    if withdrawal is None:
        return ()
    waiting = (DraftState.INTENT, DraftState.OPEN)
    drafts = session.store.drafts(withdrawal.id)
    return tuple(_seen(session, r) for r in drafts if r.purpose != purpose and r.state in waiting)


def _seen(session: Session, record: DraftRecord) -> Look:
    seen = standing.look(session.mailbox, session.store, record)
    standing.remember(session.store, seen)
    return seen


def _superseded(others: tuple[Look, ...], request: Request) -> tuple[Look, ...]:
    """The waiting drafts that the new one takes the place of: two in one thread hide each other."""
    for seen in others:
        if seen.standing is Standing.MAYBE_SENT and not request.force:
            raise OutcomeUnknown(
                f"Your {seen.record.purpose} draft is gone and it may have been sent: {seen.why}.",
                "Look into the thread; if nothing was sent, run the same command with --force.",
            )
    waiting = tuple(seen for seen in others if seen.draft)
    for seen in waiting:
        if seen.draft and seen.standing is Standing.EDITED:
            kept.refuse_attachments(seen.draft.message)
        if request.follow_up not in etiquette.FROM_CALLS:
            raise NeedsPerson(
                f"Another draft of yours ({seen.record.purpose}) still waits in this thread; two drafts in"
                " one thread hide each other.",
                "Send or delete that one first.",
            )
        if seen.standing is Standing.EDITED and not request.force:
            raise DraftChanged(
                f"The thread holds your {seen.record.purpose} draft, and you changed it; it was left alone.",
                "Send it as it is, or let this one take its place with --force (your version is kept).",
            )
    return waiting


def _refuse_armed(session: Session, withdrawal: Withdrawal | None) -> None:
    """A letter that was promised stays as it was approved; not even ``force`` writes over it."""
    armed = Queue(session.store).armed_for(withdrawal.id) if withdrawal else ()
    for row in armed:
        says = "is armed to be sent" if row.state is State.ARMED else "may have been sent"
        step = f"cancel {row.label}" if row.state is State.ARMED else f"show {row.label}"
        raise NeedsPerson(
            f"Your {row.purpose} letter in this thread {says} ({row.label}); it was left alone.",
            f"bowout outbox {step}",
        )


def _refuse_done(candidate: Candidate, previous: Look | None, request: Request) -> None:
    if request.force:
        return
    if previous and previous.standing is Standing.SENT:
        raise AlreadyDone(
            f"This follow-up ({request.follow_up}) has already been sent."
            if request.follow_up
            else "Your withdrawal in this thread has already been sent.",
            "To write another one anyway add --force."
            if request.follow_up
            else "To confirm a phone call use: bowout confirm WHO. To write another one anyway add --force.",
        )
    if previous and previous.standing is Standing.MAYBE_SENT:
        raise OutcomeUnknown(
            f"The draft is gone and it may have been sent: {previous.why}.",
            "Look into the thread; if nothing was sent, run the same command with --force.",
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


def _refuse_foreign(thread: Thread, ours: Iterable[Look | None], request: Request) -> None:
    known: set[str | None] = set()
    for seen in ours:
        if seen:
            known |= {seen.record.key.id, seen.record.key.message_id}
        if seen and seen.draft:
            known |= {seen.draft.key.id, seen.draft.message.id, seen.draft.key.message_id}
    foreign = [m for m in thread.drafts if m.id not in known and (m.message_id or "") not in known]
    if foreign and not request.force:
        raise ForeignDraft(
            "The thread already holds a draft that bowout did not write; two drafts in one thread hide"
            " each other.",
            "Send or delete that draft first, or keep both with --force.",
        )


def person_at(facts: Facts, address: Address) -> Person:
    """The person of the thread behind an address, with role and phone as far as known."""
    known = (f.value for f in facts.people if f.value.address.key == address.key)
    return next(known, None) or Person(address=address, name=address.name)


def _letter(session: Session, request: Request, facts: Facts, recipient: Person, now: datetime) -> Letter:
    defaults = session.config.defaults
    reason = request.reason or Reason.NONE
    depth = request.depth or (Depth.NONE if reason is Reason.NONE else Depth(defaults.depth))
    wish = letters.Wish(
        situation=request.follow_up or request.situation or letters.infer_situation(facts, now),
        after=request.situation if request.follow_up else None,
        reason=reason,
        depth=depth,
        tone=request.tone or Tone(defaults.tone),
        channel=request.channel,
        language=request.language or language_for(session, facts),
        values=request.values,
        parts=request.parts,
    )
    letter = letters.render(
        wish,
        facts,
        recipient=recipient,
        full_name=session.config.profile.name,
        now=now,
        zone=session.zone,
        own_dir=session.letters_dir,
        call=request.call,
        phone=session.config.profile.phone,
    )
    if request.text is None:
        return letter
    return replace(letter, text=request.text, html=mime.text_to_html(request.text))


def language_for(session: Session, facts: Facts) -> str:
    """The language of the thread, else the person's, else English; the first that has letters."""
    own = session.config.profile.language or "en"
    spoken = facts.language.value if facts.language else own
    known = letters.languages(session.letters_dir)
    return next(language for language in (spoken, own, "en") if language in known)


def _lint(
    session: Session,
    request: Request,
    thread: Thread,
    facts: Facts,
    plan: Plan,
    letter: Letter,
    recipient: Person,
    now: datetime,
) -> Report:
    context = etiquette.Context(
        situation=letter.situation,
        after=request.situation if request.follow_up else None,
        reason=letter.reason,
        depth=letter.depth,
        tone=letter.tone,
        channel=letter.channel,
        language=letter.language,
        facts=facts,
        recipient=recipient,
        full_name=session.config.profile.name,
        now=now,
        call=request.call,
        decided_on=request.decided_on,
        other_employer=request.other_employer,
        to=plan.to,
        cc=plan.cc,
        # Whom the person names themselves is their choice.
        contacts=None if request.to else surroundings.contacts(session, thread),
        dead=None if request.force else surroundings.dead(thread, session.relays),
        participants=surroundings.participants(thread),
        in_reply_to=plan.parent.message_id,
        parents=tuple(m.message_id for m in thread.mails if m.message_id),
        attachments=0,
        disabled=(*session.config.lint.disable, *request.allow),
    )
    report = etiquette.check(letter.text, context)
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    if errors:
        listed = "; ".join(f"{f.rule} {f.message}" for f in errors)
        rules = " ".join(f"--allow {f.rule}" for f in errors)
        raise LintFailed(
            f"The letter breaks the etiquette rules: {listed}.", f"Change it, or allow it: {rules}"
        )
    return report


def _action(previous: Look | None, reply: Reply, request: Request) -> Action:
    if previous is None or previous.standing in (Standing.MISSING, Standing.SENT, Standing.MAYBE_SENT):
        return Action.CREATE
    if previous.standing is Standing.EDITED:
        if not request.force:
            raise DraftChanged(
                "You changed this draft since bowout wrote it; it was left alone.",
                "Send it as it is, or replace it with --force (your version is kept).",
            )
        if previous.draft:
            kept.refuse_attachments(previous.draft.message)
        return Action.OVERWRITE
    return Action.KEEP if _says_the_same(previous, reply) else Action.UPDATE


def _says_the_same(previous: Look, reply: Reply) -> bool:
    draft = previous.draft
    if draft is None or previous.standing is not Standing.UNTOUCHED:
        return False
    new = mime.parse(mime.build(reply), id=draft.message.id, thread_id=reply.thread_id)
    return mime.content_hash(new) == draft.content_hash


# --- saving -------------------------------------------------------------------------------------------


def save(session: Session, proposal: Proposal) -> Saved:
    """Leave the proposal in the mailbox: intent first, then the draft, then the receipt.

    Raises what the provider raises; the journal then still holds the intent and the next run settles it.
    """
    _refuse_armed(session, proposal.withdrawal)
    withdrawal = _record(session, proposal)
    saved = _written(session, withdrawal, proposal)
    # Only now: a run that dies before leaves one draft too many, never one too few.
    return _without_superseded(session, saved, proposal)


def _written(session: Session, withdrawal: Withdrawal, proposal: Proposal) -> Saved:
    previous = proposal.previous
    if proposal.action is Action.KEEP and previous and previous.draft:
        return Saved(withdrawal=withdrawal, draft=previous.draft, action=Action.KEEP)
    raw = mime.build(proposal.reply)
    if previous is None or previous.draft is None:
        record = _intent(session, withdrawal, proposal, raw)
        draft = session.mailbox.save_draft(proposal.reply)
        session.store.finish_draft(record.id, draft)
        return Saved(withdrawal=withdrawal, draft=draft, action=Action.CREATE)
    record, copy = previous.record, None
    if proposal.action is Action.OVERWRITE:
        copy = session.store.keep_copy(record.id, kept.copy_of(previous.draft.message), "edited-by-person")
    session.store.begin_rewrite(record.id, raw)
    draft = session.mailbox.replace_draft(previous.draft, proposal.reply)
    session.store.finish_draft(record.id, draft)
    return Saved(withdrawal=withdrawal, draft=draft, action=proposal.action, kept_copy=copy)


def _without_superseded(session: Session, saved: Saved, proposal: Proposal) -> Saved:
    for seen in proposal.superseded:
        if seen.draft is None:
            continue
        if seen.standing is Standing.EDITED:
            copy = kept.copy_of(seen.draft.message)
            saved = replace(saved, kept_copy=session.store.keep_copy(seen.record.id, copy, "superseded"))
        session.mailbox.delete_draft(seen.draft)
        session.store.set_draft_state(seen.record.id, DraftState.DELETED, f"{proposal.purpose} instead")
        saved = replace(saved, removed=(*saved.removed, seen.record.purpose))
    return saved


def _intent(session: Session, withdrawal: Withdrawal, proposal: Proposal, raw: bytes) -> DraftRecord:
    previous = proposal.previous
    if previous and previous.standing is Standing.MISSING:
        return session.store.begin_rewrite(previous.record.id, raw)
    key = DraftKey(
        thread_id=proposal.thread.id,
        message_id=proposal.reply.message_id,
        parent_id=proposal.reply.parent_id,
        intended_at=session.clock(),
        known=tuple(m.id for m in proposal.thread.drafts),
    )
    return session.store.begin_draft(withdrawal.id, proposal.purpose, key, raw)


def _record(session: Session, proposal: Proposal) -> Withdrawal:
    letter, known = proposal.letter, proposal.withdrawal
    if known is None:
        return record(session, proposal.thread, proposal.facts, letter, proposal.plan.to[0])
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
    return session.store.update_withdrawal(known)


def record(
    session: Session, thread: Thread, facts: Facts, wish: Letter | letters.Wish, person: Address
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
