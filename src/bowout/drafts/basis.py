"""Collect what a letter or a call may rely on: thread, records, and what the person said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bowout.etiquette.context import BOOKED
from bowout.find.firm import name_words
from bowout.letters import render, templates, wish
from bowout.letters.situation import infer_situation
from bowout.manners import UNKNOWN, Manners
from bowout.model import Channel, Confidence, Fact, Facts, Person, PersonRole, Situation, Slot, Stage
from bowout.people.names import person_name
from bowout.read import manners as read_manners
from bowout.read.trust import believed, trusted
from bowout.text import firms, languages, spelling
from bowout.text.harmless import readable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bowout.drafts.proposal import Request
    from bowout.find.candidate import Candidate
    from bowout.journal.record import Withdrawal
    from bowout.model import Address, Thread
    from bowout.session import Session


def known_withdrawal(session: Session, thread: Thread) -> Withdrawal | None:
    """The recorded withdrawal of this thread, also when the provider's thread id has moved since."""
    ids = {thread.id, *(m.message_id for m in thread.messages), *(m.id for m in thread.messages)}
    return session.store.of_thread(session.account.name, ids)


def told_by(
    session: Session, thread: Thread, values: Mapping[str, str], withdrawal: Withdrawal | None = None
) -> Facts:
    """What a letter or call about this thread may rely on, as it was recorded, when it was."""
    facts = session.facts(thread)
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


_WITH_AN_OFFER = (Stage.VERBAL_OFFER, Stage.OFFER, Stage.ACCEPTED, Stage.SIGNED)
# Situations that time alone changes; the others are what the person or a letter of theirs said.
_PASSING = frozenset({Situation.EARLY, *BOOKED, Situation.INVITED} - {Situation.ONSITE_TRAVEL})


def situation_now(withdrawal: Withdrawal, facts: Facts, now: datetime) -> Situation:
    """The recorded situation, read anew where only the calendar has moved on since."""
    if withdrawal.situation in _PASSING:
        return infer_situation(facts, now)
    return withdrawal.situation


def settle(facts: Facts, values: Mapping[str, str], zone: str) -> Facts:
    """Facts the letter may rely on: a low confidence counts as unknown, what the person said wins.

    A stage that is only likely stays, to be said as such: it is right more often than any default. One with
    an offer does not: a letter that thanks for an offer nobody made cannot be explained.
    """
    told = trusted(facts)
    if facts.stage is not None and facts.stage.value not in _WITH_AN_OFFER:
        told = replace(told, stage=facts.stage)
    return wish.told(told, values, zone)


def unsure_of(facts: Facts, *, named: bool) -> tuple[str, ...]:
    """What the letter states although the thread does not say it beyond doubt, for the person to check.

    ``named`` = the situation is the person's own word, or recorded.
    """
    read_out = {"company": facts.company, "position": facts.position, "agency": facts.agency}
    lines = [
        f"{name} {fact.value!r} was read from {fact.source}"
        for name, fact in read_out.items()
        if fact and fact.confidence is not Confidence.HIGH
    ]
    if facts.slot and facts.slot.confidence is not Confidence.HIGH:
        lines.append(f"the interview's time was read from {facts.slot.source}")
    if facts.stage and facts.stage.confidence is Confidence.LOW and facts.slot is None and not named:
        lines.append(
            f"the mails hardly say how far it has come; perhaps {facts.stage.value}: else --situation NAME"
        )
    if _is_nameless(facts):
        lines.append(
            "no mail says what the firm is called, so the letter does not name it; else --set company=NAME"
        )
    return tuple(lines)


def stage_is_unknown(facts: Facts, request: Request, withdrawal: Withdrawal | None) -> bool:
    """Tell whether nothing says how far it has come: not the mails, a record, the calendar or the person."""
    said = request.situation is not None or request.follow_up is not None or withdrawal is not None
    return not said and facts.stage is None and facts.slot is None


def _is_nameless(facts: Facts) -> bool:
    return facts.company is None and facts.agency is None


def refuse_nameless(session: Session, facts: Facts, recipient: Person) -> None:
    """Refuse to write to an address that anybody may have, of no firm at all. Raises UsageError."""
    # Without a position as well, the letter itself names both that it needs.
    if (
        facts.position is not None
        and _is_nameless(facts)
        and session.relays.is_freemail(recipient.address.domain)
    ):
        raise render.needs(("company",))


def guess_of(session: Session, thread: Thread, facts: Facts) -> tuple[str, ...]:
    """Say which appointment the thread may mean where the letter names none, with how to name it."""
    slot = session.facts(thread).slot if facts.slot is None else None
    if slot is None or slot.value.cancelled or slot.value.start < session.clock():
        return ()
    start = slot.value.start
    day = f"{start:%A} {start.day} {start:%B %Y, %H:%M}"
    name = f"--set interview_start={start.isoformat(timespec='minutes')}"
    return (f"perhaps an interview on {day} ({slot.source}): a guess, and not in the letter; {name}",)


def open_questions(session: Session, thread: Thread) -> tuple[tuple[str, str, str], ...]:
    """Company and position where the thread does not say them for sure: (name, guess, read from).

    A letter can do without the position, and with an agency without the company: then only a guess is asked.
    A company that nobody names is asked for all the same; a letter that has the position can leave it out.
    """
    facts = session.facts(thread)
    named = (("company", facts.company), ("position", facts.position))
    told = trusted(facts)
    spare = {
        "company": told.agency is not None and told.position is not None,
        "position": told.company is not None,
    }
    return tuple(
        (name, fact.value if fact else "", fact.source if fact else "")
        for name, fact in named
        if believed(fact) is None and (fact is not None or not spare[name])
    )


def with_typed_firm(
    session: Session, thread: Thread, candidate: Candidate | None, who: str, request: Request
) -> Request:
    """The request with the firm as the person typed it, where the mails bear its name but announce none."""
    if "company" in request.values or candidate is None or not candidate.firm or "." in who:
        return request
    facts = session.facts(thread)
    people = {spelling.fold(f.value.name) for f in facts.people if f.value.name}
    if believed(facts.company) or spelling.fold(who) in people or _is_the_agency(session, facts, who):
        return request
    firm = _without_job(session, who, facts)
    written = (_as_they_write(thread, one) for one in dict.fromkeys((who, firm)))
    name = next(filter(None, written), firm.title() if firm == firm.lower() else firm)
    return replace(request, values={**request.values, "company": name}, typed_firm=True)


def _without_job(session: Session, who: str, facts: Facts) -> str:
    """Leave of "nurse Harbourview" the firm: drop what names the job or a person, and not their domain."""
    beside = [facts.position.value] if facts.position else []
    beside += [fact.value.name for fact in facts.people]
    known = {word for text in beside for word in spelling.fold(text).split()}
    labels = " ".join(session.relays.label(fact.value.address.domain) for fact in facts.people)
    kept = [w for w in who.split() if spelling.fold(w) not in known or spelling.compact(w) in labels]
    return " ".join(kept) or who


def _as_they_write(thread: Thread, who: str) -> str | None:
    """Find how their mails write the name that was typed."""
    lines = (line for m in reversed(thread.mails) for line in readable(m.text).splitlines())
    return firms.written(who.strip("\"'“”„ "), lines)


def _as_typed(facts: Facts, request: Request) -> Facts:
    """Name WHO as the source of a company that was taken from it."""
    if not request.typed_firm or facts.company is None:
        return facts
    return replace(facts, company=replace(facts.company, source="WHO, as you typed it"))


def told_to(session: Session, thread: Thread, request: Request, withdrawal: Withdrawal | None) -> Facts:
    """What a draft about this thread may rely on: ``told_by``, by what was asked for."""
    recorded = withdrawal if request.follow_up else None
    return _as_typed(told_by(session, thread, request.values, recorded), request)


def _is_the_agency(session: Session, facts: Facts, who: str) -> bool:
    """Tell whether WHO may be the agency that writes, and not the client that it names in a subject."""
    if facts.agency is None:
        return False
    labels = {session.relays.label(f.value.address.domain) for f in facts.people}
    named = set(name_words(who)) & set(name_words(facts.agency.value))
    return bool(named) or any(firms.fits(who, label) for label in labels)


def person_at(facts: Facts, address: Address) -> Person:
    """The person of the thread behind an address, with role and phone as far as known."""
    known = (f.value for f in facts.people if f.value.address.key == address.key)
    return next(known, None) or Person(address=address, name=person_name(address))


def signed_by(session: Session, thread: Thread, person: Person) -> str:
    """The name that a person goes by: as they sign, where that is theirs with another first name ("Pip")."""
    theirs = [s for s in session.reading(thread).heard if s.sender.key == person.address.key and s.signed]
    told, known = theirs[-1].signed.split() if theirs else [], person.name.split()
    same_family = len(told) == len(known) == 2 and spelling.fold(told[1]) == spelling.fold(known[1])
    return " ".join(told) if same_family else person.name


def channel_for(facts: Facts, recipient: Person) -> Channel:
    """How to speak to that person: as to an agency only when the thread says for sure that they are one."""
    sure = facts.agency is not None and (facts.agency.confidence is Confidence.HIGH or facts.company is None)
    return Channel.AGENCY if sure and recipient.role is PersonRole.AGENCY else Channel.EMAIL_REPLY


def language_for(session: Session, facts: Facts, manners: Manners = UNKNOWN) -> str:
    """The language of the thread, else the person's, else English; the first that has letters.

    Its variety, American or British, Swiss or German, Brazilian or European, is that of the thread where it
    tells, else of the person's profile or zone.
    """
    own = session.config.profile.language or "en"
    spoken = facts.language.value if facts.language else own
    known = templates.languages(session.letters_dir)
    chosen = next(one for one in (spoken, own, "en") if templates.varieties(one)[-1] in known)
    if own.startswith(f"{chosen}-") and not manners.variety:
        return own
    other, zones = _VARIETIES.get(chosen, ("", ()))
    region = manners.variety or (other if (session.home_zone or "").startswith(zones) else "")
    return f"{chosen}-{other}" if other and region == other else chosen


# Zones of the United States that carry the name of a city, by their beginnings in the IANA database.
_AMERICAN = (
    *("America/New_York", "America/Detroit", "America/Chicago", "America/Denver", "America/Phoenix"),
    *("America/Los_Angeles", "America/Anchorage", "America/Boise", "America/Indiana/", "America/Kentucky/"),
    *("America/Menominee", "America/North_Dakota/", "America/Juneau", "Pacific/Honolulu", "US/"),
)

# The variety of a language that has letters of its own, and the zones in which it is spoken.
_VARIETIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "de": ("CH", ("Europe/Zurich", "Europe/Vaduz")),
    "en": ("US", _AMERICAN),
    "pt": ("PT", ("Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores")),
}


def manners_of(
    session: Session, thread: Thread, facts: Facts, recipient: Person, familiar: bool | None = None
) -> Manners:
    """How I and the recipient write to each other; ``familiar`` is what the person said of that."""
    spoken = facts.language.value if facts.language else None
    heard = session.reading(thread).heard
    found = read_manners.manners(heard, spoken, session.config.profile.name)
    if familiar is not None:
        found = replace(found, familiar=familiar)
    mine = read_manners.salutation(heard, recipient, session.config.profile.name, found.familiar)
    return replace(found, salutation=mine)


def other_language(facts: Facts, language: str, *, named: bool) -> tuple[str, ...]:
    """Say that the letter is not in the language of their mails, or that nobody knows; one line at most.

    ``named`` = the person asked for that language.
    """
    spoken = facts.language.value if facts.language else None
    if named or spoken == language.partition("-")[0]:
        return ()
    written = f"the letter is in {languages.name_of(language)}"
    if spoken is None:
        return (f"the language of their mails could not be told; {written} (another: --lang CODE)",)
    return (f"their mails are in {languages.name_of(spoken)}, for which there are no letters; {written}",)
