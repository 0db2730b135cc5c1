"""Put together the phone card: whom to call, at which number, and what to say.

Sources: guide rules A7 A8 C11 E6 (call), C12 (nobody answers), D13 (written confirmation); etiquette
notes on voicemail: ask for a call back, the decision itself only when time is short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bowout.drafts import basis
from bowout.drafts.proposal import as_before
from bowout.letters.script import call_script
from bowout.letters.situation import booked, infer_situation
from bowout.letters.wish import Wish
from bowout.model import Person, Reason, Tone
from bowout.read import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from bowout.drafts.proposal import Request
    from bowout.journal.record import Withdrawal
    from bowout.letters.script import CallScript
    from bowout.manners import Manners
    from bowout.model import Call, Facts, Slot, Thread
    from bowout.session import Session


# --- the card -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A telephone number as people write it, whose it is, and where it was read."""

    text: str
    owner: str
    source: str

    @property
    def tel(self) -> str:
        """The number as a link that dials (RFC 3966 section 3)."""
        return "tel:" + re.sub(r"[^\d+]", "", self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirTime:
    """The other side's clock; always a guess, ``source`` says from what."""

    now: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything to have before you when you dial. ``logged`` are the calls so far."""

    person: Person
    company: str | None
    numbers: tuple[Number, ...]
    their_time: TheirTime | None
    slot: Slot | None
    script: CallScript
    wish: Wish
    facts: Facts
    logged: tuple[Call, ...]


def card(session: Session, thread: Thread, request: Request, withdrawal: Withdrawal | None) -> Card:
    """The card and script for a call about this thread. Writes nothing.

    Raises UsageError, naming every ``--set`` that helps, when the script needs what the thread does not say.
    """
    request = as_before(request, withdrawal)
    now = session.clock()
    facts = basis.told_by(session, thread, request.values, withdrawal)
    recipient = _person(session, thread, facts, request, withdrawal)
    manners = basis.manners_of(session, thread, facts, recipient, request.familiar)
    wish = _wish(session, request, facts, manners, withdrawal)
    script = call_script(
        wish,
        facts,
        recipient=recipient,
        full_name=session.config.profile.name,
        now=now,
        zone=session.zone,
        own_dir=session.letters_dir,
        phone=session.config.profile.phone,
    )
    numbers = tuple(_numbers(facts, recipient))
    slot = booked(facts)
    return Card(
        person=recipient,
        company=facts.company.value if facts.company else None,
        numbers=numbers,
        their_time=_their_time(session, thread, numbers, slot, recipient),
        slot=slot,
        script=script,
        wish=wish,
        facts=facts,
        logged=session.store.calls(withdrawal.id) if withdrawal else (),
    )


def _person(
    session: Session, thread: Thread, facts: Facts, request: Request, withdrawal: Withdrawal | None
) -> Person:
    """Whom to call: the person named, the one recorded, else the one a letter would go to."""
    from bowout.reply.plan import plan_reply

    if withdrawal and not request.to:
        address = withdrawal.person
    else:
        plan = plan_reply(thread, session.mailbox.identities(), session.relays, to=request.to)
        address = plan.to[0]
    return basis.person_at(facts, address)


def _wish(
    session: Session, request: Request, facts: Facts, manners: Manners, withdrawal: Withdrawal | None
) -> Wish:
    now = session.clock()
    if withdrawal and not request.situation:
        situation = basis.situation_now(withdrawal, facts, now)
    else:
        situation = request.situation or infer_situation(facts, now)
    language = request.language or (withdrawal.language if withdrawal else "")
    return Wish(
        situation=situation,
        reason=request.reason or Reason.NONE,
        depth=request.depth_or(session.config.defaults.depth),
        tone=Tone(session.config.defaults.tone),
        language=language or basis.language_for(session, facts, manners),
        values=request.values,
        manners=manners,
    )


def _numbers(facts: Facts, recipient: Person) -> Iterator[Number]:
    """The recipient's own number first, then the others of the thread, each once."""
    owners = {f.value.phone: f.value.name or f.value.address.address for f in facts.people if f.value.phone}
    sources = {fact.value: fact.source for fact in facts.phones}
    own = [recipient.phone] if recipient.phone else []
    for text in dict.fromkeys([*own, *sources]):
        yield Number(text=text, owner=owners.get(text, ""), source=sources.get(text, ""))


def _their_time(
    session: Session, thread: Thread, numbers: tuple[Number, ...], slot: Slot | None, recipient: Person
) -> TheirTime | None:
    now = session.clock()
    for zone, source in _zones(session, thread, numbers, slot, recipient):
        return TheirTime(now=now.astimezone(zone), source=source)
    return None


def _zones(
    session: Session, thread: Thread, numbers: tuple[Number, ...], slot: Slot | None, recipient: Person
) -> Iterator[tuple[tzinfo, str]]:
    """What hints at the other side's zone, the best first."""
    for number in numbers[:1]:
        if name := _zone_of_number(number.text):
            yield ZoneInfo(name), "by the telephone number"
    yield from clock.zones(thread, recipient.address, slot, session.mailbox.identities())


def _zone_of_number(text: str) -> str | None:
    """The IANA zone of a number whose country or area has only one."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        names = timezone.time_zones_for_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return None
    return names[0] if len(names) == 1 and names[0] != timezone.UNKNOWN_TIMEZONE else None
