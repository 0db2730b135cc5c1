"""Advice before acting: call or write, how late it is, what to have ready and what to leave out. Pure.

Every line names the guide rule it comes from (``etiquette.md``: A to E are the five guides, ``wider`` what
several others say). Where the guides disagree the line says so, and the person chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bowout import notice
from bowout.etiquette.context import AGREED, INTERVIEWED, OFFERED
from bowout.model import Call, CallOutcome, Facts, Reason, Situation, Slot, require_aware


class Kind(StrEnum):
    """What a line of advice is about, in the order in which it is given."""

    CHANNEL = "channel"
    TIME = "time"
    CHECK = "check"
    READY = "ready"
    AVOID = "avoid"
    EXPECT = "expect"
    OTHER = "other"
    CHOICE = "choice"  # the guides disagree


@dataclass(frozen=True, slots=True)
class Advice:
    """One line, the guide rules behind it, and what it is about."""

    line: str
    guide: str
    kind: Kind


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
    def soon(self) -> bool:
        return notice.is_short(self.left)

    @property
    def offered(self) -> bool:
        return self.situation in OFFERED or self.agreed

    @property
    def agreed(self) -> bool:
        return self.situation in AGREED

    @property
    def spoke(self) -> bool:
        return any(call.outcome is CallOutcome.SPOKE for call in self.calls)


_EARLY = frozenset({Situation.EARLY, Situation.OUTREACH})


def advise(case: Case) -> tuple[Advice, ...]:
    """What the guides advise in this case, most pressing first within each kind."""
    parts = (_channel, _time, _check, _ready, _avoid, _expect, _other, _choices)
    return tuple(advice for part in parts for advice in part(case))


def prefers_call(case: Case) -> bool:
    """The rule of thumb: call on rapport, at the offer stage, or with short notice (A8, C11, D5)."""
    return bool(case.rapport) or case.offered or case.soon


# --- the parts ------------------------------------------------------------------------------------


def _channel(case: Case) -> Iterator[Advice]:
    if case.spoke:
        yield Advice("You have spoken; confirm it in writing today.", "D13", Kind.CHANNEL)
        return
    if case.situation in _EARLY:
        line = "Nothing is booked yet: two friendly sentences by mail are enough."
        yield Advice(line, "D2", Kind.CHANNEL)
        return
    if prefers_call(case):
        yield Advice(f"Call first: {_why_call(case)}.", "A8 C11 E6", Kind.CHANNEL)
        yield Advice("Confirm it in writing the same day, in this thread.", "D13 D14", Kind.CHANNEL)
    else:
        yield Advice("Write: a reply in this thread is always a good way.", "A11 E5", Kind.CHANNEL)
        if case.rapport is None:
            line = "On good terms with them? Then a call first is warmer (--rapport)."
            yield Advice(line, "A8 E6", Kind.CHANNEL)
    if case.facts.agency:
        line = f"Tell the agency ({case.facts.agency.value}), not its client; they want to hear it by phone."
        yield Advice(line, "wider", Kind.CHANNEL)


def _why_call(case: Case) -> str:
    if case.soon:
        return f"the interview is less than {notice.hours(notice.SHORT)} hours away"
    if case.offered:
        return "there is an offer on the table"
    return "you are on good terms"


def _time(case: Case) -> Iterator[Advice]:
    yield from _lateness(case)
    if case.decided_on is not None:
        yield from _since(case.now - case.decided_on)
    if (case.situation in INTERVIEWED and not case.offered) or case.situation is Situation.ASSESSMENT:
        yield Advice("Before they make an offer is kindest; so far none is in the thread.", "A4", Kind.TIME)


def _lateness(case: Case) -> Iterator[Advice]:
    left = case.left
    if left is None:
        return
    hours = round(left / timedelta(hours=1))
    if left <= notice.PASSED:
        if case.situation is Situation.MISSED:
            line = "The time has passed: say so today, with one apology and no story."
            yield Advice(line, "D5 A9", Kind.TIME)
    elif left < notice.LATE:
        line = f"Less than {notice.hours(notice.LATE)} hours left: call now, then send the mail at once."
        yield Advice(line, "D5 C12", Kind.TIME)
    elif left < notice.SHORT:
        least = f"{notice.hours(notice.SHORT)} are the least"
        line = f"Only {hours} hours left; {least}. Call now, apologise once, then write."
        yield Advice(line, "D5", Kind.TIME)
    elif left < notice.SOON:
        yield Advice(f"{hours} hours left: do it today, while the time can be filled.", "D5 D6", Kind.TIME)
    else:
        line = f"{left.days} days left: early enough for them to fill the time. Do not wait."
        yield Advice(line, "D5 D6", Kind.TIME)


def _since(gone: timedelta) -> Iterator[Advice]:
    if gone > notice.STALE:
        line = f"You decided {gone.days} days ago and they have planned with you since: today."
        yield Advice(line, "B8 B18", Kind.TIME)
    elif gone > notice.OLD:
        yield Advice(f"You decided {gone.days} days ago: today, before anything else.", "B8 B18", Kind.TIME)
    elif gone > notice.FRESH:
        yield Advice("You decided more than a day ago: today.", "B8", Kind.TIME)
    else:
        yield Advice("You decided within the last day: a good moment.", "B8 C10", Kind.TIME)


def _check(case: Case) -> Iterator[Advice]:
    if case.situation not in _EARLY:
        yield Advice("Be sure: it cannot be undone. A new date is another letter.", "A10 C8", Kind.CHECK)
    if case.reason is Reason.ACCEPTED_OFFER:
        line = "Is the other contract signed, or only promised? Until it is firm you may keep this one."
        yield Advice(line, "B4 C6", Kind.CHECK)
    if case.agreed:
        line = "Read your contract: notice, start date, what you received. A lawyer, if it is unclear."
        yield Advice(line, "E17 E19", Kind.CHECK)
    if case.situation in INTERVIEWED or case.situation is Situation.ASSESSMENT:
        line = "Reread what you signed: an NDA, a form about travel costs, a take-home task."
        yield Advice(line, "E17 E18", Kind.CHECK)


def _ready(case: Case) -> Iterator[Advice]:
    needs = ["their name and the exact title"]
    if case.slot and case.slot.start > case.now:
        needs.append("the date of the interview")
    if prefers_call(case):
        needs.append("their number")
    needs.append("one clause of reason, or none")
    if case.situation is Situation.ONSITE_TRAVEL:
        needs.append("your bookings")
    yield Advice(f"Have ready: {', '.join(needs)}.", "A15 A16 B11", Kind.READY)
    if case.slot and case.slot.start > case.now:
        line = "Afterwards decline the calendar entry too; that alone does not tell them."
        yield Advice(line, "wider", Kind.READY)
    if case.situation in AGREED | {Situation.OFFER}:
        yield Advice("Offer to return whatever they gave you.", "wider", Kind.READY)


def _avoid(case: Case) -> Iterator[Advice]:
    line = "Leave out: where you are going, figures, comparisons, any criticism, even implied."
    yield Advice(line, "A14 B19", Kind.AVOID)
    if case.reason in (Reason.HEALTH, Reason.PERSONAL, Reason.EMERGENCY):
        yield Advice("No details of health or family; one word is enough.", "B6", Kind.AVOID)
    if case.situation in INTERVIEWED:
        yield Advice("Nothing you were told in confidence.", "E18", Kind.AVOID)


def _expect(case: Case) -> Iterator[Advice]:
    line = 'Expect thanks, a "why?", another date, or silence; answer why once and add nothing.'
    yield Advice(line, "E8", Kind.EXPECT)
    if case.offered or case.reason in (Reason.PAY, Reason.ACCEPTED_OFFER):
        line = "They may offer more: know before you call that your answer stays no."
        yield Advice(line, "E8 C8", Kind.EXPECT)
    if case.facts.agency:
        yield Advice("An agency may push back or keep the slot: repeat it kindly.", "wider", Kind.EXPECT)


def _other(case: Case) -> Iterator[Advice]:
    for other in case.others:
        yield Advice(f"Also open with them: {other}. Does this end that one too?", "B4 X04", Kind.OTHER)
    if case.reason is Reason.ACCEPTED_OFFER:
        line = "Tell every other company as well: bowout draft --each"
        yield Advice(line, "B4 C16", Kind.OTHER)


def _choices(case: Case) -> Iterator[Advice]:
    line = "A reason: a strong one is owed, says one guide; none, says another. One clause is between."
    yield Advice(f"{line} --depth none, brief, full.", "A6 C15 E7", Kind.CHOICE)
    if case.reason is Reason.ACCEPTED_OFFER:
        line = "Another offer is a good reason to most guides; one says it is none to skip an interview."
        yield Advice(line, "B4 E3 C6", Kind.CHOICE)
    if not case.spoke and case.situation not in _EARLY:
        line = "Phone first, say two guides; a mail is always fine, say two others. You choose."
        yield Advice(line, "A7 C11 B2 E5", Kind.CHOICE)
    if case.situation in INTERVIEWED:
        line = "An open door: some advise it, others a plain no. About the company, never this role."
        yield Advice(line, "B14 A5", Kind.CHOICE)
