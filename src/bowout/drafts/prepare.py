"""Decide a whole reply: what it says, to whom, and how it meets a draft that is already there.

Writes no mail; ``save`` writes what the person has seen.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from bowout.drafts import basis, conflicts, lint
from bowout.drafts.copy import refuse_attachments
from bowout.drafts.proposal import Action, Proposal, Request, as_before
from bowout.drafts.state import WITHDRAWAL, Condition, Look
from bowout.errors import Ambiguous, DraftChanged, LintFailed
from bowout.etiquette.context import Told, Written
from bowout.journal import lookup
from bowout.letters import render
from bowout.letters.situation import infer_situation
from bowout.letters.values import load_attribution
from bowout.letters.wish import OWN_WORDS, Wish
from bowout.mail.build import build, make_message_id
from bowout.mail.compare import content_hash
from bowout.mail.html import text_to_html
from bowout.mail.parse import parse
from bowout.manners import Manners
from bowout.model import Depth, FollowUp, Reason, Situation, Tone
from bowout.people.sides import known_to
from bowout.read.newest import newest
from bowout.reply.compose import compose
from bowout.reply.plan import plan_reply
from bowout.text.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bowout.etiquette.rule import Report
    from bowout.find.candidate import Candidate
    from bowout.journal.record import Withdrawal
    from bowout.letters.render import Letter
    from bowout.model import Facts, Person, Reply, Thread
    from bowout.reply.plan import Plan
    from bowout.session import Session


def prepare(session: Session, thread: Thread, request: Request, candidate: Candidate) -> Proposal:
    """Decide the whole reply and how it meets a draft that may already be there. Writes no mail.

    Raises ``AlreadyDone``, ``ForeignDraft``, ``DraftChanged``, ``LintFailed``, ``NoAddressee`` and the
    other reasons to stop; ``request.force`` overrides the first three.
    """
    now = session.clock()
    withdrawal = basis.known_withdrawal(session, thread)
    conflicts.refuse_armed(session, withdrawal)
    request = _with_notes(session, as_before(request, withdrawal), withdrawal)
    previous = conflicts.previous(session, withdrawal, request.purpose, thread.copies)
    others = conflicts.others(session, withdrawal, request.purpose)
    conflicts.refuse_done(session, thread, candidate, withdrawal, previous, request)
    superseded = conflicts.superseded(others, request)
    conflicts.refuse_foreign(session, thread, withdrawal, (previous, *others), request)
    request = _with_words(session, request, withdrawal, instead=bool(superseded))
    plan = _plan(session, thread, request)
    heard = _heard(session, thread, request, candidate, plan)
    facts = basis.told_to(session, heard, request, withdrawal)
    _refuse_unknown_stage(thread, facts, request, withdrawal)
    letter = _letter(session, request, heard, facts, _recipient(session, heard, facts, plan), now)
    reply = _reply(session, request, plan, letter, previous)
    report_at = _check(session, request, thread, _case(request, facts, plan, letter, withdrawal), reply)
    return Proposal(
        account=session.account,
        thread=thread,
        facts=facts,
        plan=plan,
        letter=letter,
        reply=reply,
        report=_without_errors(report_at(now)),
        report_at=report_at,
        action=_action(previous, reply, request),
        uncertain=(
            *(candidate.doubts if withdrawal is None else ()),
            *basis.unsure_of(facts, named=bool(request.situation or withdrawal)),
            *basis.guess_of(session, heard, facts),
            *_unheard(thread, heard),
        ),
        warnings=(*plan.notes, *_held(facts, letter, request, now), *_spoken(facts, letter, request)),
        suspicions=tuple(dict.fromkeys((*candidate.warnings, *plan.suspicions))),
        previous=previous,
        withdrawal=withdrawal,
        prepared_at=now,
        newest=newest(thread, session.mailbox.identities(), session.relays, session.zone),
        purpose=request.purpose,
        superseded=superseded,
        named_situation=request.situation,
        own_words={name: text for name, text in request.values.items() if name in OWN_WORDS},
    )


def _refuse_unknown_stage(
    thread: Thread, facts: Facts, request: Request, withdrawal: Withdrawal | None
) -> None:
    """Raise ``Ambiguous`` where a letter would have to guess how far it has come."""
    if not basis.stage_is_unknown(facts, request, withdrawal):
        return
    others = ", ".join(one for one in Situation if one is not Situation.INVITED)
    raise Ambiguous(
        "The mails do not say how far it has come, and the letter depends on it.",
        f"Say it: bowout draft --thread {thread.id.strip('<>')} --situation invited (or {others})",
    )


def _plan(session: Session, thread: Thread, request: Request) -> Plan:
    return plan_reply(
        thread,
        session.mailbox.identities(),
        session.relays,
        to=request.to,
        from_=request.from_,
        cc_all=request.reply_all,
        force=request.force,
        typed=request.who,
    )


def _recipient(session: Session, heard: Thread, facts: Facts, plan: Plan) -> Person:
    """Give whom the letter speaks to, by the name under their mails."""
    person = basis.person_at(facts, plan.to[0])
    return replace(person, name=basis.signed_by(session, heard, person) or plan.called)


def _heard(session: Session, thread: Thread, request: Request, candidate: Candidate, plan: Plan) -> Thread:
    """Give what the letter may rely on: where a stranger has joined, only those whom ``--to`` names know."""
    if not request.to or not candidate.warnings:
        return thread
    return known_to(thread, plan.to, session.mailbox.identities(), session.relays)


def _unheard(thread: Thread, heard: Thread) -> tuple[str, ...]:
    """Name whose mails were left out; the letter may lack what they alone told."""
    kept = {m.id for m in heard.messages}
    senders = dict.fromkeys(a.address for m in thread.messages if m.id not in kept for a in m.from_)
    return tuple(f"the letter does not rely on what {one_line(one, 100)} wrote" for one in islice(senders, 3))


def _reply(session: Session, request: Request, plan: Plan, letter: Letter, previous: Look | None) -> Reply:
    return compose(
        plan,
        letter,
        quote=session.config.defaults.quote if request.quote is None else request.quote,
        attribution=load_attribution(letter.language, session.letters_dir),
        message_id=_message_id(previous, plan),
        now=session.clock(),
    )


def _message_id(previous: Look | None, plan: Plan) -> str:
    # A draft that is still ours keeps its Message-ID: it is how an interrupted run finds it again.
    gone = (Condition.SENT, Condition.MAYBE_SENT)
    if previous and previous.condition not in gone:
        return previous.record.key.message_id
    return make_message_id(plan.identity.address.domain)


def _with_notes(session: Session, request: Request, withdrawal: Withdrawal | None) -> Request:
    """What the person told in an earlier run, for the linter."""
    if withdrawal is None:
        return request
    noted = lookup.noted(session.store, withdrawal)
    return replace(
        request,
        decided_on=request.decided_on or noted.decided_on,
        other_employer=request.other_employer or noted.other_employer,
    )


# What a follow-up says again of what was told for the withdrawal.
_SAID_AGAIN: Mapping[str, tuple[str, ...]] = {
    WITHDRAWAL: OWN_WORDS,
    FollowUp.INTERVIEWER_THANKS: ("thanks_detail",),
    FollowUp.RETURN_ITEMS: ("items",),
}


def _with_words(
    session: Session, request: Request, withdrawal: Withdrawal | None, *, instead: bool
) -> Request:
    """Add what the person told in an earlier run, so that no letter loses it.

    ``instead`` = the letter takes the place of one that did not leave, and says what that one would have.
    """
    if withdrawal is None:
        return request
    names = OWN_WORDS if instead else _SAID_AGAIN.get(request.purpose, ())
    told = lookup.words_of(session.store, withdrawal, names)
    if request.reason not in (None, withdrawal.reason) or request.depth is Depth.NONE:
        told.pop("reason_text", None)  # these words were for another reason
    return replace(request, values={**told, **request.values})


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


def _spoken(facts: Facts, letter: Letter, request: Request) -> tuple[str, ...]:
    return basis.other_language(facts, letter.language, named=request.language is not None)


def _tone(usual: Tone, manners: Manners) -> Tone:
    """As they write to me, unless the person has chosen another tone for all letters."""
    return Tone.FORMAL if manners.formal and usual is Tone.NEUTRAL else usual


def _letter(
    session: Session, request: Request, heard: Thread, facts: Facts, recipient: Person, now: datetime
) -> Letter:
    defaults = session.config.defaults
    basis.refuse_nameless(session, facts, recipient)
    manners = basis.manners_of(session, heard, facts, recipient, request.familiar)
    language = request.language or basis.language_for(session, facts, manners)
    spoken = facts.language.value if facts.language else language
    # A tone that was asked for has words of its own for the first line and the last; so has another language.
    as_usual = request.tone is None and language.partition("-")[0] == spoken.partition("-")[0]
    wish = Wish(
        situation=request.follow_up or request.situation or infer_situation(facts, now),
        after=request.situation if request.follow_up else None,
        reason=request.reason or Reason.NONE,
        depth=request.depth_or(defaults.depth),
        tone=request.tone or _tone(Tone(defaults.tone), manners),
        channel=request.channel or basis.channel_for(facts, recipient),
        language=language,
        # An empty word of one's own takes back what was told before; elsewhere it is a value that is missing.
        values={name: text for name, text in request.values.items() if text or name not in OWN_WORDS},
        parts=request.parts,
        manners=manners if as_usual else Manners(familiar=manners.familiar),
    )
    letter = render.render(
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
    return replace(letter, text=request.text, html=text_to_html(request.text))


def _check(
    session: Session, request: Request, thread: Thread, case: lint.Case, reply: Reply
) -> Callable[[datetime], Report]:
    """Make the check of the mail as it will stand in the mailbox, for whenever it goes out."""
    message = parse(build(reply), id="", thread_id=thread.id)
    return lambda at: lint.report(session, thread, case, message, at, request.allow)


def _without_errors(report: Report) -> Report:
    """Give the report back. Raises LintFailed for an error."""
    if report.errors:
        listed = "; ".join(f"{f.rule} {f.message}" for f in report.errors)
        rules = " ".join(f"--allow {f.rule}" for f in report.errors)
        raise LintFailed(
            f"The letter breaks the etiquette rules: {listed}.",
            f"Change it, or allow it: {rules}\nWhy: bowout explain {report.errors[0].rule}",
        )
    return report


def _case(
    request: Request, facts: Facts, plan: Plan, letter: Letter, withdrawal: Withdrawal | None
) -> lint.Case:
    return lint.Case(
        letter=Written(
            situation=letter.situation,
            after=request.situation if request.follow_up else None,
            reason=letter.reason,
            depth=letter.depth,
            tone=letter.tone,
            channel=letter.channel,
            language=letter.language,
        ),
        facts=facts,
        told=Told(
            call=request.call if request.follow_up else None,
            decided_on=request.decided_on,
            other_employer=request.other_employer,
        ),
        # Whom the person names themselves is their choice.
        settled=plan.to if request.to or request.force else (),
        label=withdrawal.label if withdrawal else None,
    )


def _action(previous: Look | None, reply: Reply, request: Request) -> Action:
    if previous is None or previous.condition in (Condition.MISSING, Condition.SENT, Condition.MAYBE_SENT):
        return Action.CREATE
    if previous.condition is Condition.EDITED:
        if not request.force:
            raise DraftChanged(
                "You changed this draft since bowout wrote it; it was left alone.",
                "Send it as it is, or replace it with --force (your version is kept).",
            )
        if previous.draft:
            refuse_attachments(previous.draft.message)
        return Action.OVERWRITE
    return Action.KEEP if _says_the_same(previous, reply) else Action.UPDATE


def _says_the_same(previous: Look, reply: Reply) -> bool:
    draft = previous.draft
    if draft is None or previous.condition is not Condition.UNTOUCHED:
        return False
    new = parse(build(reply), id=draft.message.id, thread_id=reply.thread_id)
    return content_hash(new) == draft.content_hash
