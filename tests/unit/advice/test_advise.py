"""Advice: the channel, how late it is, what to check, and where the guides disagree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bowout.advice.advise import Advice, Case, Kind, advise, prefers_call
from bowout.model import Call, CallOutcome, Confidence, Fact, Facts, Reason, Situation, Slot

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (case(), False),
        (case(rapport=True), True),
        (case(rapport=False), False),
        (case(Situation.LATE, 5), True),
        (case(Situation.SOON, 30), False),
        (case(Situation.OFFER, None), True),
        (case(Situation.SIGNED, None), True),
        (case(Situation.MISSED, -3), False),
    ],
)
def test_the_rule_of_thumb_for_calling(given: Case, expected: bool) -> None:
    assert prefers_call(given) is expected
    channel = lines(given, Kind.CHANNEL)
    assert ("Call first" in channel) is expected
    # Whatever the channel: it is in writing in the end.
    assert "writing" in channel or "reply in this thread" in channel


@pytest.mark.parametrize(
    ("situation", "hours", "expected"),
    [
        (Situation.SCHEDULED, 100, "4 days left"),
        (Situation.SOON, 30, "30 hours left"),
        (Situation.LATE, 5, "Only 5 hours left"),
        (Situation.LATE, 1.5, "Less than 2 hours left: call now"),
        (Situation.MISSED, -3, "has passed"),
    ],
)
def test_how_late_it_is(situation: Situation, hours: float, expected: str) -> None:
    assert expected in lines(case(situation, hours), Kind.TIME)


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
    channel = lines(case(calls=(call,)), Kind.CHANNEL)
    assert channel == "You have spoken; confirm it in writing today."


def test_another_offer_is_questioned_and_the_guides_disagree() -> None:
    given = case(reason=Reason.ACCEPTED_OFFER)
    assert "signed, or only promised" in lines(given, Kind.CHECK)
    assert "one says it is none" in lines(given, Kind.CHOICE)
    assert "signed, or only promised" not in lines(case(reason=Reason.FIT), Kind.CHECK)


def test_what_was_signed_is_to_be_reread() -> None:
    assert "NDA" in lines(case(Situation.AFTER_ROUNDS, None), Kind.CHECK)
    assert "Read your contract" in lines(case(Situation.SIGNED, None), Kind.CHECK)
    assert "NDA" not in lines(case(), Kind.CHECK)


def test_other_processes_with_them_are_named() -> None:
    assert "w7 QA Lead" in lines(case(others=("w7 QA Lead",)), Kind.OTHER)


def test_early_needs_little() -> None:
    given = advise(case(Situation.EARLY, None))
    assert "two friendly sentences" in given[0].line
    assert len(given) <= 6


@pytest.mark.parametrize("situation", Situation)
def test_every_line_has_its_source_and_is_said_once(situation: Situation) -> None:
    found: tuple[Advice, ...] = advise(case(situation, 60, reason=Reason.ACCEPTED_OFFER))
    assert all(a.guide for a in found)
    assert len({a.line for a in found}) == len(found)
    assert [a.kind for a in found] == sorted((a.kind for a in found), key=list(Kind).index)
