"""Choose the letter that confirms a logged call, and prepare its draft.

Sources: guide rules D13, D14 (written confirmation the same day, a clear record), C12 (mail when nobody
answers), C1 (the coordinator must know).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bowout import notice
from bowout.drafts import basis, prepare
from bowout.errors import NeedsPerson
from bowout.find import search
from bowout.journal.calls import SPEAKS_OF, UNANSWERED, VOICEMAIL, call_of, newest
from bowout.model import CallOutcome, Confidence, FollowUp, PersonRole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bowout.drafts.proposal import Proposal, Request
    from bowout.journal.record import Withdrawal
    from bowout.model import Call, Facts
    from bowout.session import Session


def choose(
    calls: Sequence[Call], slot: datetime | None, now: datetime, label: str
) -> tuple[FollowUp | None, Call]:
    """The letter that the logged calls ask for, and the call it speaks of; None = the withdrawal itself.

    A talk counts before a voicemail, a voicemail before a wrong person, and two unanswered calls (one, with
    short notice) before nothing. ``label`` names the withdrawal in messages.
    Raises NeedsPerson when there is nothing to confirm.
    """
    for wanted, letter in (
        (frozenset({CallOutcome.SPOKE}), FollowUp.AFTER_CALL),
        (VOICEMAIL, FollowUp.AFTER_VOICEMAIL),
        (frozenset({CallOutcome.WRONG_PERSON}), None),
    ):
        if call := newest(calls, wanted):
            return letter, call
    unanswered = newest(calls, UNANSWERED)
    if unanswered is None:
        raise NeedsPerson(
            "No call is logged for this withdrawal, so there is nothing to confirm.",
            f"Log it with: bowout call {label} --outcome spoke. Without a call: bowout draft {label}",
        )
    soon = slot is not None and notice.is_short(slot - now)
    if len([c for c in calls if c.outcome in UNANSWERED]) < 2 and not soon:
        raise NeedsPerson(
            "One call without an answer is logged. The guides advise a second try before you write.",
            f"Call again and log it: bowout call {label} --outcome no-answer."
            f" To write now: bowout confirm {label} --letter no-answer",
        )
    return FollowUp.NO_ANSWER, unanswered


def call_for(letter: FollowUp, calls: Sequence[Call], label: str) -> Call | None:
    """The same for a letter about to be written. Raises NeedsPerson when its call is not logged."""
    call = call_of(letter, calls)
    if call is None and letter in SPEAKS_OF:
        outcome = min(SPEAKS_OF[letter], key=list(CallOutcome).index)
        raise NeedsPerson(
            f"The letter {letter} speaks of a call, and no such call is logged.",
            f"Log it with: bowout call {label} --outcome {outcome}",
        )
    return call


def prepare_follow_up(
    session: Session, withdrawal: Withdrawal, request: Request, told: Call | None = None
) -> Proposal:
    """Decide the follow-up of this withdrawal; ``request.follow_up`` None = what the logged calls ask for.

    ``told`` is a call that the person has just told of, and that is not logged yet.

    Goes to the person that the withdrawal went to, a wrong number to the coordinator, copies to nobody.
    Raises as ``choose``, ``call_for`` and ``prepare.prepare`` do.
    """
    calls, now = (*session.store.calls(withdrawal.id), *((told,) if told else ())), session.clock()
    letter, call = (
        (request.follow_up, call_for(request.follow_up, calls, withdrawal.label))
        if request.follow_up
        else choose(calls, withdrawal.slot, now, withdrawal.label)
    )
    thread = session.thread(withdrawal.thread_id)
    facts = basis.told_by(session, thread, request.values, withdrawal)
    to = withdrawal.person.address if letter else coordinator(facts, withdrawal)
    request = replace(
        request,
        follow_up=letter,
        call=call,
        situation=request.situation or basis.situation_now(withdrawal, facts, now),
        language=request.language or withdrawal.language,
        to=request.to or to,
    )
    return prepare.prepare(session, thread, request, search.appraise(session, thread))


def coordinator(facts: Facts, withdrawal: Withdrawal) -> str:
    """The address of whoever arranges the interviews: the phone led to somebody else (guide rule C1)."""
    sure = [f.value for f in facts.people if f.confidence is not Confidence.LOW]
    for role in (PersonRole.COORDINATOR, PersonRole.RECRUITER, PersonRole.AGENCY):
        for person in sure:
            if person.role is role:
                return person.address.address
    return withdrawal.person.address
