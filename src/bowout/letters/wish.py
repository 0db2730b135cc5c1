"""What a person wishes to say, and what the facts carry of it. The words themselves are templates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bowout.errors import UsageError
from bowout.etiquette.context import AGREED, INTERVIEWED, OFFERED
from bowout.letters.situation import booked, infer_situation
from bowout.letters.templates import sentence
from bowout.letters.values import (
    Dates,
    clean,
    clean_name,
    clean_position,
    first_name,
    is_near,
    listing,
    local_start,
    parse_start,
)
from bowout.manners import UNKNOWN, Manners
from bowout.model import (
    Call,
    CallOutcome,
    Channel,
    Confidence,
    Depth,
    Fact,
    Facts,
    FollowUp,
    Person,
    PersonRole,
    Reason,
    Situation,
    Slot,
    Tone,
)
from bowout.text.spelling import fold

PARTS = ("travel", "items", "release", "interviewers", "help", "feedback", "door")
MAX_PARTS = 2

# What --set understands, with an example for the person who has to give it.
VALUES: Mapping[str, str] = {
    "company": "Acme",
    "position": "Data Engineer",
    "recipient_name": "Dana Whitfield",
    "full_name": "Robin Sample",
    "interview_start": "2026-12-03 14:00",
    "agency_name": "Harbour Search",
    "call_person": "Dana Whitfield",
    "call_day": "Thursday, 3 December",
    "phone": "+44 20 7946 0000",
    "items": "the laptop",
    "thanks_detail": "The tour of the lab was great.",
    "also": "I have cancelled the hotel.",
    "reason_text": "I have decided to stay in Lisbon.",
}
# The variables that templates use for a value of another name.
ASK_FOR = {
    "slot": "interview_start",
    "slot_day": "interview_start",
    "slot_time": "interview_start",
    "slot_ahead": "interview_start",
    "interview": "interview_start",
    "first_name": "recipient_name",
}
# Sections that are filled first, in this order; what they say is a value of that name in all the others.
TERMS = ("role", "interview", "detail")
# Every variable that bowout itself may fill in; others need --set.
KNOWN = (
    frozenset(VALUES)
    | frozenset(ASK_FOR)
    | frozenset(TERMS)
    | {
        "at_company",
        "because",
        "interviewers",
        "more",
        "near",
        "own_close",
        "own_greeting",
        "own_name",
        "reason",
        "rounds",
        "today",
        "why",
    }
)
# What nobody but the person can tell: kept with the withdrawal, so that the next run says it again.
OWN_WORDS = ("thanks_detail", "also", "items", "reason_text")
OPTIONS = ("situation", "reason", "depth", "tone", "channel", "language")

_BOOKED = frozenset({Situation.SCHEDULED, Situation.SOON, Situation.LATE, Situation.ONSITE_TRAVEL})
_IN_CALENDAR = _BOOKED | {Situation.INVITED, Situation.MISSED}
SHORT = frozenset({Channel.LINKEDIN, Channel.SMS_SHORT, Channel.CALENDAR_NOTE})
_DOOR = frozenset({Situation.AFTER_INTERVIEW, Situation.AFTER_ROUNDS, Situation.HOLD}) | OFFERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the person asked for. ``values`` are ``--set``, ``parts`` switch optional parts on or off.

    ``after`` matters to follow-ups only: the situation the person left (None = inferred from the facts).
    ``manners`` are those of the thread, which the letter mirrors; a tone that was asked for has its own.
    """

    situation: Situation | FollowUp
    reason: Reason = Reason.NONE
    depth: Depth = Depth.BRIEF
    tone: Tone = Tone.NEUTRAL
    channel: Channel = Channel.EMAIL_REPLY
    language: str = "en"
    values: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, bool] = field(default_factory=dict)
    after: Situation | None = None
    manners: Manners = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a letter is written from, beside the wish: the facts, who writes to whom, when, in which zone."""

    facts: Facts
    recipient: Person
    full_name: str
    now: datetime
    zone: str
    call: Call | None = None
    phone: str | None = None


# --- what the facts say ---------------------------------------------------------------------------


def told(facts: Facts, values: Mapping[str, str], zone: str) -> Facts:
    """The facts with what the person said on top. Raises UsageError for an unreadable date."""

    def said(name: str) -> Fact[str] | None:
        text = clean(values.get(name, ""), name)
        text = clean_position(text) if name == "position" else text
        return Fact(text, f"--set {name}", Confidence.HIGH) if text else None

    start = values.get("interview_start")
    slot = facts.slot
    if start:
        slot = Fact(Slot(start=parse_start(start, zone), zone=zone), "--set interview_start", Confidence.HIGH)
    return replace(
        facts,
        company=said("company") or facts.company,
        position=said("position") or facts.position,
        agency=said("agency_name") or facts.agency,
        slot=slot,
    )


# --- what can be wished for ------------------------------------------------------------------------


def situation_left(wish: Wish, facts: Facts, now: datetime) -> Situation:
    """The situation being left: the wished one, or the one behind a follow-up."""
    if isinstance(wish.situation, Situation):
        return wish.situation
    return wish.after or infer_situation(facts, now)


def settled(wish: Wish) -> Wish:
    """The wish as it can be: no reason = depth none, short channels say at most one clause.

    Raises UsageError for a pair that cannot be.
    """
    _refuse_impossible(wish)
    depth = wish.depth
    if (
        wish.reason is Reason.NONE and "reason_text" not in wish.values
    ) or wish.channel is Channel.CALENDAR_NOTE:
        depth = Depth.NONE
    elif depth is Depth.FULL and wish.channel in SHORT:
        depth = Depth.BRIEF
    return replace(wish, depth=depth)


def _refuse_impossible(wish: Wish) -> None:
    situation, channel, reason = wish.situation, wish.channel, wish.reason
    left = wish.after if isinstance(situation, FollowUp) else situation
    problem = ""
    if isinstance(situation, FollowUp) and channel in SHORT:
        problem = f"A follow-up ({situation}) is a mail or a letter, not a {channel}."
    elif channel is Channel.CALENDAR_NOTE and situation not in _IN_CALENDAR:
        problem = f"There is no calendar entry to decline when the situation is {situation}."
    elif situation in AGREED and channel in SHORT:
        problem = "An offer that you accepted is not given back in a short message: write a mail or a letter."
    elif situation is FollowUp.RETURN_ITEMS and left in {Situation.EARLY, Situation.OUTREACH}:
        problem = "Nothing has been handed out this early, so there is nothing to return."
    elif situation is FollowUp.SECOND_NOTICE and left is not None and left not in _BOOKED:
        problem = "A second notice is for the day before an interview; none is booked."
    elif situation is FollowUp.INTERVIEWER_THANKS and left is not None and left not in INTERVIEWED:
        problem = "Interviewers are thanked after an interview; none has taken place."
    elif reason in {Reason.PROCESS, Reason.ROLE_CHANGED} and situation is Situation.OUTREACH:
        problem = f"The reason {reason} needs a process that has begun; this was only their first message."
    elif reason is Reason.PROCESS and situation in OFFERED | AGREED:
        problem = "The process was over when they made the offer, so it cannot be the reason now."
    if problem:
        raise UsageError(problem, "Choose another --situation, --reason or --channel.")


# Every flag that a section of a template may ask for.
FLAGS = frozenset(
    {*Tone, *Channel, *Depth, *Situation, *Reason, "application", "offer", "acceptance", "because", "spoke"}
    | {"hi", "hello", "dear", "familiar", "own", "today"}
)


def flags(wish: Wish, left: Situation, occasion: Occasion, *, familiar: bool) -> frozenset[str]:
    """What the sections of this letter may ask for; ``familiar`` = which "you" is usual in its language."""
    kind = "offer" if left in OFFERED else "acceptance" if left in AGREED else "application"
    manners, call, slot = wish.manners, occasion.call, booked(occasion.facts)
    here = occasion.now.astimezone(local_start(slot).tzinfo) if slot else occasion.now
    also = {
        "spoke": bool(call and call.outcome is CallOutcome.SPOKE),
        "familiar": _familiar(wish, usual=familiar),
        # "Today" is true for as long as the interview is ahead; of another day only its name is.
        "today": bool(slot and slot.start > here and local_start(slot).date() == here.date()),
        "own": bool(manners.close and manners.name),
        manners.greeting: bool(manners.greeting),
    }
    return frozenset(
        {str(wish.tone), str(wish.channel), str(wish.depth), str(left), str(wish.reason), kind}
        | {flag for flag, holds in also.items() if holds}
    )


def _familiar(wish: Wish, *, usual: bool) -> bool:
    said = wish.manners.familiar
    return usual and wish.tone is not Tone.FORMAL if said is None else said


# --- parts ----------------------------------------------------------------------------------------


def parts_for(wish: Wish, left: Situation, occasion: Occasion) -> tuple[str, ...]:
    """The optional parts: those switched on, then those that the facts suggest, at most two.

    Raises UsageError for an unknown part, for one that the facts do not justify, and for more than two.
    """
    unknown = set(wish.parts) - set(PARTS)
    if unknown:
        raise UsageError(f"There is no part {min(unknown)!r}.", f"The parts are {', '.join(PARTS)}.")
    asked = [part for part in PARTS if wish.parts.get(part)]
    if len(asked) > MAX_PARTS:
        raise UsageError(
            f"{len(asked)} extra parts are too many.", f"A kind letter stays short: choose {MAX_PARTS}."
        )
    for part in asked:
        if problem := _unjustified(part, wish, left, occasion):
            raise UsageError(f"The part {part} does not fit: {problem}.", f"Leave {part} out.")
    if wish.channel in SHORT:
        return ()
    suggested = [
        part
        for part in _suggested(wish, left)
        if wish.parts.get(part, True) and not _unjustified(part, wish, left, occasion)
    ]
    chosen = list(dict.fromkeys([*asked, *suggested]))[:MAX_PARTS]
    return tuple(part for part in PARTS if part in chosen)


def _suggested(wish: Wish, left: Situation) -> Collection[str]:
    """What belongs into the letter without being asked for, the most useful first."""
    # An open door after "our values differ" would not be believed.
    believable = wish.reason not in {Reason.VALUES, Reason.PROCESS} or wish.depth is Depth.NONE
    door = ["door"] if left in _DOOR and believable else []
    return ["travel", "items", "release", "interviewers", *door]


def _unjustified(part: str, wish: Wish, left: Situation, occasion: Occasion) -> str:
    """Why the facts do not carry that part; empty when they do."""
    facts, now = occasion.facts, occasion.now
    slot = booked(facts)
    missing = {
        "travel": (left is Situation.ONSITE_TRAVEL, "no travel has been booked (situation onsite-travel)"),
        "items": (bool(wish.values.get("items")), 'say what you have to return with --set items="..."'),
        "release": (left in _BOOKED and bool(slot and slot.start > now), "no interview lies ahead"),
        "interviewers": (
            left in INTERVIEWED and bool(interviewers(facts, occasion.recipient)),
            "no interviewer is known from an interview that took place",
        ),
        "help": (several_rounds(left, facts), "help is offered after at least two rounds"),
        "feedback": (left in INTERVIEWED, "feedback is asked for only after an interview"),
        "door": (left is not Situation.MISSED, "after a missed interview it would sound careless"),
    }
    fits, problem = missing[part]
    return "" if fits else problem


def several_rounds(left: Situation, facts: Facts) -> bool:
    """Tell whether they have met often enough for an offer of help to be meant."""
    return left is Situation.AFTER_ROUNDS or bool(facts.rounds and facts.rounds.value >= 2)


def interviewers(facts: Facts, recipient: Person) -> tuple[str, ...]:
    """The names of at most three people who surely held the interviews, the recipient apart."""
    held = {PersonRole.INTERVIEWER, PersonRole.HIRING_MANAGER}
    people = [f.value for f in facts.people if f.confidence is Confidence.HIGH and f.value.role in held]
    names = [
        clean_name(clean(p.name or p.address.name, "interviewers"))
        for p in people
        if p.address.key != recipient.address.key
    ]
    return tuple(dict.fromkeys(filter(None, names)))[:3]


# --- values ---------------------------------------------------------------------------------------


def values_for(wish: Wish, occasion: Occasion, dates: Dates) -> dict[str, object]:
    """Every value a wording may use. Unknown ones are absent, so that ``is defined`` tells."""
    facts, recipient, now, call = occasion.facts, occasion.recipient, occasion.now, occasion.call
    name = clean_name(clean(wish.values.get("recipient_name") or recipient.name, "recipient_name"))
    values: dict[str, object] = {
        "company": _text(facts.company, "company"),
        "position": clean_position(_text(facts.position, "position")),
        "agency_name": _text(facts.agency, "agency_name"),
        "recipient_name": name,
        "first_name": first_name(name),
        "full_name": clean(occasion.full_name, "full_name"),
        "phone": clean(occasion.phone or "", "phone"),
        "interviewers": listing(interviewers(facts, recipient), dates.word_and),
        "rounds": facts.rounds.value if facts.rounds else 0,
        "own_close": clean(wish.manners.close, "own_close"),
        "own_name": clean(wish.manners.name, "own_name"),
        "own_greeting": ""
        if "recipient_name" in wish.values
        else clean(wish.manners.salutation, "own_greeting"),
    }
    slot = booked(facts)
    if slot:
        start = local_start(slot)
        values |= {
            "slot": dates.write_slot(start, now, occasion.zone),
            "slot_day": dates.write_day(start, now),
            "slot_time": dates.write_time(start, occasion.zone),
            "near": is_near(start, now),
        }
        if slot.start > now:
            values["slot_ahead"] = values["slot"]
    if call:
        at = call.at.astimezone(ZoneInfo(call.zone))
        values |= {
            "call_day": dates.write_day(at, now),
            # Worth naming only when the letter goes to somebody else.
            "call_person": ""
            if _same_person(call.person, name)
            else clean_name(clean(call.person, "call_person")),
        }
    values["today"] = dates.write_plain(now)
    taken = {"company", "position", "agency_name", "recipient_name", "interview_start"}
    values |= {key: clean(text, key) for key, text in wish.values.items() if key not in taken}
    values |= _own_sentences(str(values.get("thanks_detail") or ""), str(values.get("also") or ""))
    firm = values["company"]
    at_company = f" {dates.word_at} {firm}".replace("  ", " ") if firm else ""
    return {key: value for key, value in values.items() if value} | {"at_company": at_company}


def _own_sentences(liked: str, also: str) -> dict[str, str]:
    """Sentences of the person's own are said as they are; what they liked may also be less than one."""
    stops = (".", "!", "?")
    said = {"detail": sentence(liked)} if liked.endswith(stops) else {}
    return said | ({"also": sentence(also if also.endswith(stops) else f"{also}.")} if also else {})


def _same_person(one: str, other: str) -> bool:
    return bool({*fold(one).split()} & {*fold(other).split()})


def _text(fact: Fact[str] | None, name: str) -> str:
    return clean(fact.value, name) if fact else ""
