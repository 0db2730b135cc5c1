"""Take the draft that is to be armed, or say what became of it and what the person can do.

Every cure here runs as it is printed, whatever state its promise is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bowout.drafts import state
from bowout.drafts.state import Condition
from bowout.errors import AlreadyDone, DraftGone, NotArmed, NothingFound, OutcomeUnknown
from bowout.journal.submission import Hold, State, Submission, where_to_look
from bowout.providers.base import TAKEN_OUT

if TYPE_CHECKING:
    from bowout.journal.record import DraftRecord, Withdrawal
    from bowout.providers.base import Draft
    from bowout.session import Session

__all__ = ["the_draft"]


def the_draft(
    session: Session, withdrawal: Withdrawal, record: DraftRecord, previous: Submission | None
) -> Draft:
    """Give the draft as it lies in Drafts.

    Raises ``AlreadyDone``, ``OutcomeUnknown``, ``DraftGone``, ``NotArmed``.
    """
    found = state.look(session.mailbox, session.store, record)
    if found.condition in (Condition.UNTOUCHED, Condition.EDITED) and found.draft:
        return found.draft
    again = state.writing_command(withdrawal.label, record.purpose)
    if found.condition is Condition.SENT:
        raise AlreadyDone("This letter has already been sent.", _say_sent(previous))
    if found.condition is Condition.MAYBE_SENT:
        if previous and previous.hold is Hold.NOT_SENT:  # the person has looked, and this is their word
            raise DraftGone(
                "The draft is gone, and you said that it was not sent; there is nothing to send.",
                f"{_let_go(previous)}rite it anew: {again} --force",
            )
        raise OutcomeUnknown(
            f"The draft is gone and it may have been sent: {found.why}.",
            _say_what_became(previous, found.why),
        )
    if found.condition is Condition.DELETED:
        raise _gone(session, record, previous, again)
    raise NotArmed("The draft was not finished: a run was interrupted.", f"Finish it: {again}")


def _say_what_became(previous: Submission | None, why: str) -> str:
    look_there = where_to_look(taken=TAKEN_OUT in why or bool(previous and previous.handed_over))
    if previous is None:
        return f"{look_there}, before you write."
    # One that is armed is not settled by a word: it may be looked at any moment.
    hold = f"bowout outbox hold {previous.label} && " if previous.state is State.ARMED else ""
    resolve = f"bowout outbox resolve {previous.label}"
    return f"{look_there}, then say it: {hold}{resolve} --sent, or: {hold}{resolve} --not-sent"


def _gone(session: Session, record: DraftRecord, previous: Submission | None, again: str) -> DraftGone:
    """A mail program that saves a draft anew may give it another Message-ID; then another one lies there."""
    says = f"The draft {state.GONE}; there is nothing to send."
    try:
        drafts = session.thread(record.key.thread_id).drafts
    except NothingFound:
        drafts = ()
    if not drafts or previous is None:
        return DraftGone(says, f"{_let_go(previous)}rite it anew: {again}")
    cancel = f"bowout outbox cancel {previous.label}"
    return DraftGone(
        f"{says} Another lies in its thread; a mail program may have saved it anew.",
        f"Send that one yourself, then: {cancel}. Or delete it, then: {cancel} && {again}",
    )


def _let_go(previous: Submission | None) -> str:
    """The begin of a cure: as long as a letter is armed no other one is written in its place."""
    return f"Let go of it: bowout outbox cancel {previous.label}, then w" if previous else "W"


def _say_sent(previous: Submission | None) -> str:
    """How the outbox hears that it left; of one that is armed a look finds it."""
    if previous is None:
        return "See: bowout status"
    if previous.state is State.ARMED:
        return f"Let go of it: bowout outbox cancel {previous.label}"
    return f"Say so: bowout outbox resolve {previous.label} --sent"
