"""Advice before acting: the one pressing line, then what else fits this case, the weightiest first. Pure.

Every line names the guide rule it comes from (``etiquette.md``: A to E are the five guides, ``wider`` what
several others say). Where the guides disagree the line says so in one sentence, and what we would do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bowout import notice
from bowout.etiquette.context import AGREED, INTERVIEWED, OFFERED
from bowout.letters.values import local_start
from bowout.letters.wish import several_rounds
from bowout.model import Call, CallOutcome, Facts, Reason, Situation, Slot, require_aware

MOST = 5  # lines beside the leading one: who is in a hurry reads no more


class Kind(StrEnum):
    """What a line of advice is about, in the order in which it is given."""

    NOW = "now"  # the one that leads
    CHANNEL = "channel"
    TIME = "time"
    CHECK = "check"
    READY = "ready"
    AVOID = "avoid"
    EXPECT = "expect"
    OTHER = "other"
    CHOICE = "choice"  # the guides disagree


class Weight(IntEnum):
    """How much a line matters in this case."""

    ASIDE = 1  # true, and seldom missed
    USUAL = 2  # fits most cases
    FITS = 3  # is about something that this case has
    NEEDED = 4  # without it something goes wrong


@dataclass(frozen=True, slots=True)
class Advice:
    """One line, the guide rules behind it, what it is about, and how much it matters here."""

    line: str
    guide: str
    kind: Kind
    weight: Weight = Weight.USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What advice is given about. ``facts`` hold nothing of low confidence.

    ``rapport``: are you on good terms (None = not told)? ``others`` name other open processes with the same
    company. ``decided_on`` is when you decided (None = not told).
    """

    facts: Facts
    situation: Situation
    now: datetime
    calls: Sequence[Call] = ()
    others: Sequence[str] = ()
    rapport: bool | None = None
    decided_on: datetime | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        require_aware(now=self.now, decided_on=self.decided_on)

    @property
    def slot(self) -> Slot | None:
        booked = self.facts.slot.value if self.facts.slot else None
        return None if booked is None or booked.cancelled else booked

    @property
    def left(self) -> timedelta | None:
        """How long until the interview; None when none is booked, negative when it has passed."""
        return notice.of(self.slot, self.now)

    @property
    def ahead(self) -> timedelta | None:
        """The same, only while it lies ahead."""
        return self.left if self.left is not None and self.left > notice.PASSED else None

    @property
    def soon(self) -> bool:
        """Less than a day of notice is left; where no time is known, the situation says so."""
        return notice.is_short(self.left) or (self.left is None and self.situation is Situation.LATE)

    @property
    def offered(self) -> bool:
        return self.situation in OFFERED or self.agreed

    @property
    def agreed(self) -> bool:
        return self.situation in AGREED

    @property
    def early(self) -> bool:
        return self.situation in {Situation.EARLY, Situation.OUTREACH}

    @property
    def spoke(self) -> bool:
        return any(call.outcome is CallOutcome.SPOKE for call in self.calls)

    @property
    def reachable(self) -> bool:
        """Whether they are at work now, by the clock of the interview; true where nothing tells."""
        return self.slot is None or notice.are_at_work(self.now.astimezone(local_start(self.slot).tzinfo))


def advise(case: Case) -> tuple[Advice, ...]:
    """Say all that the guides advise in this case: the most pressing line, then the others by kind."""
    parts = (_channel, _time, _check, _ready, _avoid, _expect, _other, _choices)
    return (_lead(case), *(advice for part in parts for advice in part(case)))


def shown(advice: Sequence[Advice]) -> tuple[Advice, ...]:
    """Choose what is said unasked: the leading line and those that weigh most, in the order given."""
    lead, *others = advice
    weighty = sorted(others, key=lambda one: one.weight, reverse=True)[:MOST]
    return (lead, *(one for one in others if one in weighty))


def prefers_call(case: Case) -> bool:
    """The rule of thumb: call on rapport, at the offer stage, or with short notice (A8, C11, D5)."""
    return bool(case.rapport) or case.offered or case.soon


def calls_first(case: Case) -> bool:
    """Tell whether the call is the next thing to do: not where only the letter reaches them in time."""
    return prefers_call(case) and not case.spoke and not _letter_first(case)


def _letter_first(case: Case) -> bool:
    """Little time is left, and nobody is there to answer; in the last hours one calls all the same."""
    return case.ahead is not None and notice.LATE <= case.ahead < notice.SHORT and not case.reachable


# --- the line that leads --------------------------------------------------------------------------


def _lead(case: Case) -> Advice:
    if case.spoke:
        return Advice("You have spoken: send the confirmation in writing today.", "D13 D14", Kind.NOW)
    if case.ahead is not None and (case.soon or not case.offered):
        return _before(case, case.ahead)
    if case.offered or case.situation is Situation.MISSED:
        return _owed(case)
    if case.early:
        how = "a short call and a line by mail" if prefers_call(case) else "two friendly sentences by mail"
        return Advice(f"Nothing is booked yet: {how} are enough.", "D2", Kind.NOW)
    return _open(case)


def _owed(case: Case) -> Advice:
    """Where they count on you, or have waited in vain."""
    if case.situation is Situation.MISSED:
        act = "call first, then write" if prefers_call(case) else "write"
        line = f"The interview has passed: {act} today, with one apology and no story."
        return Advice(line, "D5 A9", Kind.NOW)
    if case.situation is Situation.SIGNED:
        line = "You signed: read your contract (notice, start date), then call today, then write."
        return Advice(line, "E17 A8 D13", Kind.NOW)
    if case.agreed:
        line = "They plan with you: call today, apologise once, then send the letter."
        return Advice(line, "A8 C11 D13", Kind.NOW)
    line = "An offer is on the table: call today, then send the letter."
    return Advice(line, "A8 C11 D13", Kind.NOW)


def _before(case: Case, left: timedelta) -> Advice:
    """Where an interview lies ahead: the less is left, the more it takes."""
    until = f"The interview {_in(left)}"
    if left < notice.LATE:
        return Advice(f"{until}: call now, then send the letter at once.", "D5 C12", Kind.NOW)
    if _letter_first(case):
        line = f"{until} and they are not at work: write now, and call as soon as they are."
        return Advice(line, "D5 C12", Kind.NOW)
    if left < notice.SHORT:
        return Advice(f"{until}: call now, apologise once, then send the letter.", "D5 C11", Kind.NOW)
    act = "call first, then write, today" if prefers_call(case) else "write today"
    why = "while they can still fill the time" if left < notice.SOON else "so that they can fill the time"
    return Advice(f"{until}: {act}, {why}.", "D5 D6 A11", Kind.NOW)


def _open(case: Case) -> Advice:
    """Where no interview lies ahead, and none was missed."""
    act = "call first, then write" if prefers_call(case) else "write"
    if case.situation in INTERVIEWED or case.situation is Situation.ASSESSMENT:
        return Advice(f"They have made no offer yet: {act} today, before they do.", "A4 A11", Kind.NOW)
    if case.situation is Situation.HOLD:
        return Advice(f"They have paused: {act} today, before they plan again with you.", "B8 A9", Kind.NOW)
    if case.situation is Situation.INVITED:
        return Advice(f"They wait for your answer: {act} today, before they keep a time.", "B8 D6", Kind.NOW)
    return Advice(f"They count on your coming: {act} today.", "B8 A11", Kind.NOW)


def _in(left: timedelta) -> str:
    """``is in 90 minutes``, ``is in 5 hours``, ``is in 3 days``, as one says it."""
    if left < timedelta(minutes=1):
        return "is about to begin"
    if left < notice.LATE:
        return f"is in {_counted(int(left / timedelta(minutes=1)), 'minute')}"
    if left < notice.SOON:
        return f"is in {_counted(notice.hours(left), 'hour')}"
    return f"is in {_counted(left.days, 'day')}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


# --- the others -----------------------------------------------------------------------------------


def _channel(case: Case) -> Iterator[Advice]:
    if case.facts.agency:
        line = f"Tell the agency ({case.facts.agency.value}) and not its client; agencies like a call."
        yield Advice(line, "wider", Kind.CHANNEL, Weight.NEEDED)
    if case.spoke or case.early:
        return
    if case.soon:
        line = "If nobody answers, leave your decision on the voicemail."
        yield Advice(line, "C12", Kind.CHANNEL, Weight.NEEDED)
    elif prefers_call(case):
        line = "If nobody answers, ask for a call back; after a second try write."
        yield Advice(line, "C12", Kind.CHANNEL, Weight.FITS)
    elif case.rapport is None:
        line = "On good terms with them? Then a call first is warmer (--rapport)."
        yield Advice(line, "A8 E6", Kind.CHANNEL)


def _time(case: Case) -> Iterator[Advice]:
    if case.decided_on is None or case.spoke:
        return
    gone = case.now - case.decided_on
    since = f"You decided {gone.days} days ago"
    if gone > notice.STALE:
        line = f"{since}, and they have planned with you since: let no other day pass."
        yield Advice(line, "B8 B18", Kind.TIME, Weight.NEEDED)
    elif gone > notice.OLD:
        yield Advice(f"{since}: do it before anything else.", "B8 B18", Kind.TIME, Weight.NEEDED)
    elif gone > notice.FRESH:
        yield Advice("You decided more than a day ago: do not wait longer.", "B8", Kind.TIME, Weight.FITS)
    else:
        yield Advice("You decided within the last day: a good moment.", "B8 C10", Kind.TIME, Weight.ASIDE)


def _check(case: Case) -> Iterator[Advice]:
    if not case.spoke and not case.early:
        # Who has taken another job is asked below whether it is firm: that is the same question.
        weight = Weight.USUAL if case.reason is Reason.ACCEPTED_OFFER else Weight.FITS
        other = " If only the day is wrong, ask for another one instead." if case.ahead is not None else ""
        yield Advice(f"Be sure: it cannot be undone.{other}", "A10 C8", Kind.CHECK, weight)
    if case.reason is Reason.ACCEPTED_OFFER and case.offered:
        line = "Is the other contract signed, or only promised? Until it is firm, keep this one."
        yield Advice(line, "B4 C6", Kind.CHECK, Weight.NEEDED)
    if case.situation is Situation.ACCEPTED:
        line = "Read first what you agreed to: notice, start date, what you received."
        yield Advice(line, "E17", Kind.CHECK, Weight.NEEDED)
    if case.agreed:
        yield Advice("Where the contract is unclear, ask a lawyer.", "E19", Kind.CHECK, Weight.FITS)
    elif case.situation in INTERVIEWED or case.situation is Situation.ASSESSMENT:
        line = "Reread what you signed: an NDA, a form about travel costs, a take-home task."
        yield Advice(line, "E17 E18", Kind.CHECK)


def _ready(case: Case) -> Iterator[Advice]:
    if case.situation is Situation.ONSITE_TRAVEL:
        line = "Say which travel is booked, and ask what you should cancel."
        yield Advice(line, "wider", Kind.READY, Weight.NEEDED)
    needs = ["their name", "the exact title"]
    if case.ahead is not None:
        needs.append("the date of the interview")
    if prefers_call(case):
        needs.append("their number")
    yield Advice(f"Have ready: {', '.join(needs)}.", "A15 A16 B11", Kind.READY, Weight.ASIDE)
    if case.ahead is not None:
        line = "Afterwards decline the calendar entry too; that alone does not tell them."
        yield Advice(line, "wider", Kind.READY, Weight.FITS)
    if case.agreed or case.situation is Situation.OFFER:
        weight = Weight.FITS if case.agreed else Weight.ASIDE
        yield Advice("Offer to return whatever they gave you.", "wider", Kind.READY, weight)


def _avoid(case: Case) -> Iterator[Advice]:
    unsaid = ["where you are going", "figures", "comparisons", "any criticism, even implied"]
    if case.situation in INTERVIEWED:
        unsaid.insert(3, "what you were told in confidence")
    weight = Weight.USUAL if case.early else Weight.FITS
    yield Advice(f"Leave out: {', '.join(unsaid)}.", "A14 B19 E18", Kind.AVOID, weight)
    if case.reason in (Reason.HEALTH, Reason.PERSONAL, Reason.EMERGENCY):
        line = "No details of health or family; one word is enough."
        yield Advice(line, "B6", Kind.AVOID, Weight.NEEDED)


def _expect(case: Case) -> Iterator[Advice]:
    if case.offered or case.reason in (Reason.PAY, Reason.ACCEPTED_OFFER):
        line = "They may offer more: know before you call that your answer stays no."
        yield Advice(line, "E8 C8", Kind.EXPECT, Weight.FITS)
    line = "They may thank you, ask why, offer another day, or say nothing; answer once, add nothing."
    yield Advice(line, "E8", Kind.EXPECT)
    if case.facts.agency:
        yield Advice("An agency may push back or keep the slot: repeat it kindly.", "wider", Kind.EXPECT)


def _other(case: Case) -> Iterator[Advice]:
    for other in case.others:
        line = f"Also open with them: {other}. Does this end that one too?"
        yield Advice(line, "B4 X04", Kind.OTHER, Weight.NEEDED)
    if case.reason is Reason.ACCEPTED_OFFER:
        line = "Tell every other company as well: bowout draft --each"
        yield Advice(line, "B4 C16", Kind.OTHER, Weight.FITS)
    yield from _extras(case)
    yield from _afterwards(case)


def _extras(case: Case) -> Iterator[Advice]:
    """The parts of a letter that are never added unasked, where the facts carry them."""
    # Whoever made an offer has said what they think.
    asks = case.situation in INTERVIEWED and not case.offered
    feedback = "ask what they thought of you (draft --with feedback)"
    if several_rounds(case.situation, case.facts):
        line = "After several rounds you may offer help in finding somebody (draft --with help)"
        also, guide = (f", or {feedback}; not both", "B12 D12 E12") if asks else ("", "B12 D12")
        yield Advice(f"{line}{also}.", guide, Kind.OTHER, Weight.FITS)
    elif asks:
        yield Advice(f"You may {feedback}.", "E12", Kind.OTHER, Weight.FITS)


def _afterwards(case: Case) -> Iterator[Advice]:
    """The name that one leaves behind."""
    remembered = case.agreed or case.situation is Situation.MISSED or case.facts.agency is not None
    line = "The field is small: they will remember how you left, and you may meet them again."
    weight = Weight.FITS if remembered else Weight.ASIDE
    yield Advice(line, "E1 B20 D16", Kind.OTHER, weight)
    if case.situation is not Situation.MISSED and (case.rapport or case.situation in INTERVIEWED):
        line = (
            "Once it is settled, connect with those you liked, on LinkedIn for example; not in this letter."
        )
        weight = Weight.FITS if case.rapport or case.spoke else Weight.USUAL
        yield Advice(line, "E15 E9", Kind.OTHER, weight)


def _choices(case: Case) -> Iterator[Advice]:
    if case.reason is Reason.ACCEPTED_OFFER and not case.offered:
        line = "whether another offer is a reason to cancel; we would, once that contract is signed."
        yield _choice(line, "B4 E3 C6", Weight.NEEDED)
    weight = Weight.FITS if case.reason is None else Weight.ASIDE
    yield _choice("whether you owe a reason; we would give one short clause.", "A6 C15 E7", weight)
    if not case.spoke and not case.early:
        line = "whether to call or write; we would call on good terms, at an offer, or with less than"
        yield _choice(f"{line} {notice.hours(notice.SHORT)} hours.", "A7 C11 B2 E5", Weight.ASIDE)
    if case.situation in INTERVIEWED and not case.agreed:
        line = "about leaving a door open; we would, to the company and never to this role."
        yield _choice(line, "B14 A5", Weight.USUAL)


def _choice(about: str, guide: str, weight: Weight) -> Advice:
    return Advice(f"Guides disagree {about}", guide, Kind.CHOICE, weight)
