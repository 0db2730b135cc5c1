"""Declining the invitation that is still in the calendar, once the withdrawal has been seen sent.

It comes after the letter and never in its place: the organiser's calendar would tell the news before the
person does. It is sent at once, as a meeting response, so it asks and obeys ``allow_send``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout import status
from bowout.drafts.state import DECLINED, Condition
from bowout.errors import AlreadyDone, CannotDo, NeedsPerson, NotArmed, NothingFound, OutcomeUnknown
from bowout.mail import calendar as invite
from bowout.model import Slot
from bowout.providers.base import Declining

if TYPE_CHECKING:
    from bowout.model import Withdrawal
    from bowout.session import Session

# Short, and without a reason: the letter says what there is to say.
NOTES = {
    "en": "I have withdrawn my application; please see my email. Thank you.",
    "de": "Ich habe meine Bewerbung zurückgezogen; bitte sehen Sie meine E-Mail. Vielen Dank.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One invitation that can be declined: the mail that brought it, its slot, the note that goes with it."""

    message_id: str
    slot: Slot
    note: str


def offer(session: Session, withdrawal: Withdrawal) -> Offer:
    """The next invitation of the withdrawal's thread; changes nothing.

    Raises ``NeedsPerson`` while the letter has not been seen sent, ``NotArmed`` when the account may not
    send, ``AlreadyDone``, ``NothingFound`` without an invitation ahead, ``CannotDo``.
    """
    if not isinstance(session.mailbox, Declining):
        raise CannotDo(
            f"bowout cannot decline invitations in {session.account.provider} mailboxes.",
            "Decline it in your calendar; a short note without a reason is enough.",
        )
    if not session.account.allow_send:
        raise NotArmed(
            f"Account {session.account.name} may not send, and declining tells the organiser.",
            f"Decline it in your calendar, or set allow_send = true under [accounts.{session.account.name}].",
        )
    if any(event.kind == DECLINED for event in session.store.events(withdrawal.label)):
        raise AlreadyDone("The invitation was declined before.", "See: bowout status")
    if status.report(session, withdrawal).condition is not Condition.SENT:
        raise NeedsPerson(
            "The withdrawal has not been seen sent; an invitation is declined only after it.",
            f"Send the letter first: bowout send {withdrawal.label}, or from your mail program",
        )
    thread = session.mailbox.thread(withdrawal.thread_id)
    ahead = [
        found
        for found in invite.invitations(thread.mails)
        if found.slot.start > session.clock() and not found.slot.cancelled
    ]
    if not ahead:
        raise NothingFound("There is no invitation ahead in that conversation.", "Look into your calendar.")
    note = NOTES.get(withdrawal.language, NOTES["en"])
    return Offer(message_id=ahead[0].message.id, slot=ahead[0].slot, note=note)


def decline(session: Session, withdrawal: Withdrawal, chosen: Offer) -> None:
    """Decline it, once, and remember that. Raises what a write raises."""
    if not isinstance(session.mailbox, Declining):
        raise CannotDo("This mailbox cannot decline invitations.")
    try:
        session.mailbox.decline_invitation(chosen.message_id, chosen.note)
    except OutcomeUnknown:
        # A second response is worse than one that the person has to look after.
        session.store.log(withdrawal.label, DECLINED, "outcome unknown")
        raise
    session.store.log(withdrawal.label, DECLINED)
