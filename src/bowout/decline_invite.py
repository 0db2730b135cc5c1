"""Decline the invitation that is still in the calendar, once the withdrawal has been seen sent.

It comes after the letter and never in its place: the organiser's calendar would tell the news before the
person does. It is sent at once, as a meeting response, so it asks and obeys ``allow_send``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout import status
from bowout.drafts.state import DECLINED, Condition
from bowout.errors import AlreadyDone, CannotDo, NeedsPerson, NotArmed, NothingFound, OutcomeUnknown
from bowout.letters.render import render
from bowout.letters.templates import languages
from bowout.letters.wish import Wish
from bowout.mail.calendar import invitations
from bowout.model import Channel, Confidence, Fact, Facts, Person, Situation, Slot
from bowout.providers.base import Declining

if TYPE_CHECKING:
    from bowout.journal.record import Withdrawal
    from bowout.session import Session


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
    thread = session.thread(withdrawal.thread_id)
    ahead = [
        found
        for found in invitations(thread.mails)
        if found.slot.start > session.clock() and not found.slot.cancelled
    ]
    if not ahead:
        raise NothingFound("There is no invitation ahead in that conversation.", "Look into your calendar.")
    return Offer(
        message_id=ahead[0].message.id, slot=ahead[0].slot, note=_note(session, withdrawal, ahead[0].slot)
    )


def _note(session: Session, withdrawal: Withdrawal, slot: Slot) -> str:
    """Write the note of the language's letters: short, and without a reason, since the letter said it."""
    wish = Wish(
        situation=Situation.SCHEDULED,
        channel=Channel.CALENDAR_NOTE,
        language=withdrawal.language if withdrawal.language in languages(session.letters_dir) else "en",
    )
    written = render(
        wish,
        Facts(slot=Fact(slot, "invitation", Confidence.HIGH)),
        recipient=Person(address=withdrawal.person, name=withdrawal.person.name),
        full_name=session.config.profile.name,
        now=session.clock(),
        zone=session.zone,
        own_dir=session.letters_dir,
    )
    return written.text.strip()


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
