"""Advice: the channel, how late it is, what to check, and where the guides disagree."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bowout.advice.advise import MOST, Case, Kind, advise, calls_first, prefers_call, shown
from bowout.letters.wish import Occasion, Wish, parts_for
from bowout.model import (
    Address,
    Call,
    CallOutcome,
    Confidence,
    Fact,
    Facts,
    Person,
    Reason,
    Situation,
    Slot,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, at work


def case(
    situation: Situation = Situation.SCHEDULED,
    hours: float | None = 100,
    *,
    calls: tuple[Call, ...] = (),
    others: tuple[str, ...] = (),
    rapport: bool | None = None,
    decided_on: datetime | None = None,
    reason: Reason | None = None,
) -> Case:
    slot = Slot(start=NOW + timedelta(hours=hours)) if hours is not None else None
    return Case(
        facts=Facts(slot=Fact(slot, "invitation", Confidence.HIGH) if slot else None),
        situation=situation,
        now=NOW,
        calls=calls,
        others=others,
        rapport=rapport,
        decided_on=decided_on,
        reason=reason,
    )


def lines(given: Case, kind: Kind) -> str:
    return "\n".join(a.line for a in advise(given) if a.kind is kind)


def lead(given: Case) -> str:
    return advise(given)[0].line


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (case(), False),
        (case(rapport=True), True),
        (case(rapport=False), False),
        (case(Situation.LATE, 5), True),
        (case(Situation.LATE, None), True),
        (case(Situation.SOON, 30), False),
        (case(Situation.OFFER, None), True),
        (case(Situation.SIGNED, None), True),
        (case(Situation.MISSED, -3), False),
        (case(Situation.MISSED, -3, rapport=True), True),
        (case(Situation.EARLY, None, rapport=True), True),
    ],
)
def test_the_rule_of_thumb_for_calling(given: Case, expected: bool) -> None:
    assert prefers_call(given) is expected
    assert ("call" in lead(given)) is expected
    # Whatever the channel: it is in writing in the end.
    assert re.search("write|letter|by mail", lead(given))


@pytest.mark.parametrize(
    ("situation", "hours", "expected"),
    [
        (Situation.SCHEDULED, 100, "The interview is in 4 days: write today"),
        (Situation.ONSITE_TRAVEL, 100, "The interview is in 4 days: write today"),
        (Situation.SOON, 30, "The interview is in 30 hours: write today"),
        (Situation.LATE, 5, "The interview is in 5 hours: call now, apologise once"),
        (Situation.LATE, 1.5, "The interview is in 90 minutes: call now, then send the letter at once"),
        (Situation.LATE, 0.02, "The interview is in 1 minute: call now"),
        (Situation.LATE, 0.01, "The interview is about to begin: call now"),
        (Situation.LATE, None, "call first, then write today"),
        (Situation.MISSED, -3, "has passed: write today, with one apology"),
        (Situation.INVITED, None, "wait for your answer: write today"),
        (Situation.EARLY, None, "two friendly sentences"),
        (Situation.OUTREACH, None, "two friendly sentences"),
        (Situation.AFTER_INTERVIEW, -30, "made no offer yet: write today"),
        (Situation.AFTER_ROUNDS, -30, "made no offer yet: write today"),
        (Situation.ASSESSMENT, -30, "made no offer yet: write today"),
        (Situation.HOLD, -30, "paused: write today"),
        (Situation.VERBAL_OFFER, -30, "offer is on the table: call today"),
        (Situation.OFFER, -30, "offer is on the table: call today"),
        (Situation.OFFER, 1.5, "The interview is in 90 minutes: call now"),
        (Situation.ACCEPTED, None, "plan with you: call today, apologise once"),
        (Situation.SIGNED, None, "You signed: read your contract"),
    ],
)
def test_the_one_line_that_leads(situation: Situation, hours: float | None, expected: str) -> None:
    first, *others = advise(case(situation, hours))
    assert expected in first.line
    assert first.kind is Kind.NOW
    assert Kind.NOW not in {one.kind for one in others}


def test_nobody_is_called_at_night_but_in_the_last_hours() -> None:
    night = replace(case(Situation.LATE, 10), now=NOW.replace(hour=23))
    slot = Fact(Slot(start=NOW.replace(day=24, hour=9), zone="UTC"), "invitation", Confidence.HIGH)
    night = replace(night, facts=Facts(slot=slot))
    assert "they are not at work: write now, and call as soon as they are" in lead(night)
    assert not calls_first(night)
    morning = replace(night, now=NOW.replace(day=24, hour=7, minute=30))
    assert "call now" in lead(morning)
    assert calls_first(morning)


@pytest.mark.parametrize("situation", Situation)
def test_unasked_it_says_six_lines_at_most_and_nothing_twice(situation: Situation) -> None:
    hours, reasons = (1.5, 12, 30, 60, -30, None), (None, *Reason)
    for left, reason, rapport in product(hours, reasons, (None, True)):
        told = advise(case(situation, left, reason=reason, rapport=rapport, decided_on=NOW))
        seen = shown(told)
        assert seen[0] is told[0]
        assert len(seen) == min(len(told), 1 + MOST)
        assert [one for one in told if one in seen] == list(seen)
        weakest = min(one.weight for one in seen[1:])
        assert all(one.weight <= weakest for one in told if one not in seen)
        assert len({one.line for one in told}) == len(told)
        assert [one.kind for one in told] == sorted((one.kind for one in told), key=list(Kind).index)
        assert all(one.guide for one in told)


def test_who_is_in_a_hurry_is_told_what_they_need() -> None:
    """With 90 minutes left: the call, the machine, the calendar, what to keep silent about."""
    told = "\n".join(one.line for one in shown(advise(case(Situation.LATE, 1.5))))
    for words in ("call now", "voicemail", "cannot be undone", "calendar", "Leave out", "one short clause"):
        assert words in told


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0.5, "within the last day"), (1.5, "more than a day ago"), (3, "3 days ago"), (9, "9 days ago")],
)
def test_the_clock_starts_with_the_decision(days: float, expected: str) -> None:
    assert expected in lines(case(decided_on=NOW - timedelta(days=days)), Kind.TIME)


def test_a_held_interview_is_no_missed_one() -> None:
    assert "has passed" not in lines(case(Situation.AFTER_INTERVIEW, -30), Kind.TIME)


def test_after_a_talk_only_the_confirmation_is_left() -> None:
    call = Call(id=1, withdrawal_id=1, outcome=CallOutcome.SPOKE, person="Dana", at=NOW, zone="UTC")
    assert lead(case(calls=(call,))) == "You have spoken: send the confirmation in writing today."
    assert lines(case(calls=(call,)), Kind.CHANNEL) == ""


def test_another_offer_is_asked_about_once() -> None:
    given = case(reason=Reason.ACCEPTED_OFFER)
    assert "we would, once that contract is signed" in lines(given, Kind.CHOICE)
    assert "signed, or only promised" not in lines(given, Kind.CHECK)
    given = case(Situation.OFFER, reason=Reason.ACCEPTED_OFFER)
    assert "signed, or only promised" in lines(given, Kind.CHECK)
    assert "another offer" not in lines(given, Kind.CHOICE)


@pytest.mark.parametrize("situation", Situation)
def test_where_guides_disagree_we_say_what_we_would_do(situation: Situation) -> None:
    choices = [
        one.line for one in advise(case(situation, reason=Reason.ACCEPTED_OFFER)) if one.kind is Kind.CHOICE
    ]
    assert choices
    for line in choices:
        assert re.fullmatch(r"Guides disagree [^.;]+; we would[^.;]+\.", line)


@pytest.mark.parametrize("situation", Situation)
def test_help_and_feedback_are_suggested_where_the_letter_can_carry_them(situation: Situation) -> None:
    for rounds in (0, 2):
        given = case(situation, -30)
        if rounds:
            given = replace(given, facts=replace(given.facts, rounds=Fact(rounds, "test", Confidence.HIGH)))
        told = lines(given, Kind.OTHER)
        for part in ("help", "feedback"):
            if f"--with {part}" in told:
                wish = Wish(situation=situation, parts={part: True})
                occasion = Occasion(
                    facts=given.facts,
                    recipient=Person(address=Address("", "dana@acme.example")),
                    full_name="Jo",
                    now=NOW,
                    zone="UTC",
                )
                assert part in parts_for(wish, situation, occasion)
        assert ("--with help" in told) is (bool(rounds) or situation is Situation.AFTER_ROUNDS)
        met = situation in (Situation.AFTER_INTERVIEW, Situation.AFTER_ROUNDS)
        assert ("--with feedback" in told) is met


def test_the_small_world_and_who_to_stay_in_touch_with() -> None:
    guides = {situation: [one.guide for one in advise(case(situation, -30))] for situation in Situation}
    assert all("E1 B20 D16" in found for found in guides.values())
    assert "E15 E9" in guides[Situation.AFTER_ROUNDS]
    assert "E15 E9" not in guides[Situation.MISSED]
    seen = shown(advise(case(Situation.MISSED, -3)))
    assert any("remember how you left" in one.line for one in seen)
    seen = shown(advise(case(Situation.AFTER_INTERVIEW, -30, rapport=True, reason=Reason.FIT)))
    assert any("LinkedIn" in one.line for one in seen)


def test_what_was_signed_is_to_be_reread() -> None:
    assert "NDA" in lines(case(Situation.AFTER_ROUNDS, None), Kind.CHECK)
    assert "read your contract" in lead(case(Situation.SIGNED, None))
    assert "what you agreed to" in lines(case(Situation.ACCEPTED, None), Kind.CHECK)
    assert "lawyer" in lines(case(Situation.SIGNED, None), Kind.CHECK)
    assert "NDA" not in lines(case(), Kind.CHECK)


def test_other_processes_with_them_are_named() -> None:
    assert "w7 QA Lead" in lines(case(others=("w7 QA Lead",)), Kind.OTHER)


def test_early_needs_little() -> None:
    given = advise(case(Situation.EARLY, None))
    assert "two friendly sentences" in given[0].line
    assert len(shown(given)) <= 1 + MOST
