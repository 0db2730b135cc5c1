"""What the letter tests write with: people, companies, facts for every situation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bowout.errors import UsageError
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.rule import Report
from bowout.letters.render import Letter, render
from bowout.letters.wish import Wish, settled
from bowout.model import (
    Address,
    Call,
    CallOutcome,
    Confidence,
    Fact,
    Facts,
    FollowUp,
    Person,
    Reason,
    Situation,
    Slot,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ME = "Jonas Ebert"
PHONE = "+49 30 23125 099"

# Company, position, recipient: short, long, accented, one-word, with a legal form.
PLACES = [
    ("Northwind Labs", "Senior Data Engineer", "Dana Whitfield"),
    ("Blue Heron Health Services", "Head of Customer Operations, EMEA", "Oluwaseun Adeyemi"),
    ("Ørsted", "QA Lead", "María-José Núñez"),
    ("Acme GmbH", "Nurse", "Wei Lindqvist"),
    ("Kite", "Barista", "Jo Li"),
    ("Fjord & Sons", "Site Reliability Engineer", "Håkon Berg"),
]
# With stops in the name, and made of words that would be out of place in a letter.
ODD_PLACES = [
    ("Red Flag Health Inc.", "Offer Manager", "Grace May"),
    ("Yahoo!", "Compensation Analyst", "Sam Remote"),
    ("Booking.com", "Interview Coordinator", "Will Sorry"),
]
# Hours from now to the interview; the others have one ahead in four days, or none.
HOURS: dict[Situation | FollowUp, float] = {
    Situation.SOON: 30,
    Situation.LATE: 5,
    Situation.MISSED: -3,
    Situation.AFTER_INTERVIEW: -30,
    Situation.AFTER_ROUNDS: -30,
    Situation.ASSESSMENT: -70,
    Situation.VERBAL_OFFER: -90,
    Situation.OFFER: -99,
    Situation.ACCEPTED: -200,
    Situation.SIGNED: -300,
    Situation.HOLD: -100,
}
UNBOOKED: set[Situation | FollowUp] = {Situation.EARLY, Situation.OUTREACH, Situation.INVITED}
OUTCOMES = {
    FollowUp.AFTER_VOICEMAIL: CallOutcome.VOICEMAIL_CALLBACK,
    FollowUp.NO_ANSWER: CallOutcome.NO_ANSWER,
}


def sure(value: str) -> Fact[str]:
    return Fact(value, "test", Confidence.HIGH)


def facts_for(situation: Situation | FollowUp, company: str, position: str) -> Facts:
    slot = Slot(start=NOW + timedelta(hours=HOURS.get(situation, 100)), zone="Europe/Berlin")
    return Facts(
        company=sure(company),
        position=sure(position),
        slot=None if situation in UNBOOKED else Fact(slot, "invitation", Confidence.HIGH),
    )


def reasons_for(situation: Situation) -> list[Reason]:
    """The reasons that one can have there."""

    def fits(reason: Reason) -> bool:
        try:
            settled(Wish(situation=situation, reason=reason))
        except UsageError:
            return False
        return True

    return [reason for reason in Reason if fits(reason)]


def person(name: str) -> Person:
    return Person(address=Address(name, "someone@company.example"), name=name)


def write(
    wish: Wish,
    place: tuple[str, str, str] = PLACES[0],
    facts: Facts | None = None,
    phone: str | None = None,
) -> Letter:
    """The letter for a wish at one of the places."""
    company, position, name = place
    return render(
        wish,
        facts or facts_for(wish.situation, company, position),
        recipient=person(name),
        full_name=ME,
        now=NOW,
        zone="Europe/Berlin",
        call=call_for(wish.situation, name),
        phone=phone,
    )


def call_for(situation: Situation | FollowUp, name: str) -> Call | None:
    if isinstance(situation, Situation):
        return None
    outcome = OUTCOMES.get(situation, CallOutcome.SPOKE)
    at = NOW - timedelta(hours=1)
    return Call(id=1, withdrawal_id=1, outcome=outcome, person=name, at=at, zone="Europe/Berlin")


def lint(letter: Letter, place: tuple[str, str, str], after: Situation | None = None) -> Report:
    """What the linter says about a letter, knowing everything."""
    context = Context(
        situation=letter.situation,
        after=after,
        reason=letter.reason,
        depth=letter.depth,
        tone=letter.tone,
        channel=letter.channel,
        language=letter.language,
        facts=facts_for(letter.situation, place[0], place[1]),
        recipient=person(place[2]),
        full_name=ME,
        call=call_for(letter.situation, place[2]),
    )
    return check(letter.text, context)
