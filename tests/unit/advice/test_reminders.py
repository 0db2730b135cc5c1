"""Reminders: the call to confirm, the silence, the bounce."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bowout.advice.reminders import Kind, Trail, due, working_days
from bowout.journal.record import Withdrawal
from bowout.model import Address, Call, CallOutcome, Depth, Reason, Situation

# A Tuesday, 10:00 in Berlin.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
HOUR = timedelta(hours=1)


def withdrawal(slot: datetime | None = None) -> Withdrawal:
    return Withdrawal(
        id=3,
        account="home",
        thread_id="t",
        company="Acme",
        position="QA",
        person=Address("Dana", "dana@acme.example"),
        situation=Situation.SCHEDULED,
        reason=Reason.NONE,
        depth=Depth.NONE,
        language="en",
        slot=slot,
        slot_zone=ZONE,
        created_at=NOW - timedelta(days=9),
        updated_at=NOW,
    )


def call(outcome: CallOutcome, at: datetime) -> Call:
    return Call(id=1, withdrawal_id=3, outcome=outcome, person="Dana", at=at, zone=ZONE)


def kinds(trail: Trail, *calls: Call, slot: datetime | None = None) -> list[Kind]:
    return [r.kind for r in due(withdrawal(slot), calls, trail, NOW, ZONE)]


def sent(at: datetime, *, answered: bool = False, bounced: bool = False) -> Trail:
    return Trail(first=at, last=at, sent=frozenset({"withdrawal"}), answered=answered, bounced=bounced)


@pytest.mark.parametrize("outcome", CallOutcome)
def test_a_call_that_told_them_is_to_be_confirmed(outcome: CallOutcome) -> None:
    reached = outcome in (
        CallOutcome.SPOKE,
        CallOutcome.VOICEMAIL_CALLBACK,
        CallOutcome.VOICEMAIL_DECISION,
    )
    assert kinds(Trail(), call(outcome, NOW - HOUR)) == ([Kind.CONFIRM_CALL] if reached else [])


def test_the_confirmation_is_due_the_same_day() -> None:
    (today,) = due(withdrawal(), [call(CallOutcome.SPOKE, NOW - HOUR)], Trail(), NOW, ZONE)
    assert "today" in today.line
    assert today.next_step == "bowout confirm w3"
    (late,) = due(withdrawal(), [call(CallOutcome.SPOKE, NOW - 35 * HOUR)], Trail(), NOW, ZONE)
    assert "2 days ago" in late.line  # Sunday night, on the person's own calendar


def test_a_call_is_confirmed_by_a_letter_before_or_after_it() -> None:
    spoke = call(CallOutcome.SPOKE, NOW - 5 * HOUR)
    assert kinds(sent(NOW - HOUR), spoke) == []
    assert kinds(sent(NOW - 9 * HOUR), spoke) == []
    thanks = replace(sent(NOW - 9 * HOUR), sent=frozenset({"interviewer-thanks"}))
    assert kinds(thanks, spoke) == [Kind.CONFIRM_CALL]


def test_a_drafted_confirmation_only_has_to_be_sent() -> None:
    trail = Trail(waiting=frozenset({"after-call"}))
    (found,) = due(withdrawal(), [call(CallOutcome.SPOKE, NOW - HOUR)], trail, NOW, ZONE)
    assert "send the draft" in found.next_step


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        (timedelta(days=4, hours=-1), []),  # since Friday 11:00: Monday, and Tuesday is not over
        (timedelta(days=4, hours=1), [Kind.NO_ANSWER]),  # since Friday 9:00
        (timedelta(days=1), []),
        (timedelta(days=30), []),
    ],
)
def test_silence_counts_in_working_days(gone: timedelta, expected: list[Kind]) -> None:
    assert kinds(sent(NOW - gone)) == expected


def test_an_answer_ends_the_waiting() -> None:
    assert kinds(sent(NOW - timedelta(days=6), answered=True)) == []


def test_who_has_asked_once_is_not_told_to_ask_again() -> None:
    trail = Trail(
        first=NOW - timedelta(days=6),
        last=NOW - timedelta(days=3),
        sent=frozenset({"withdrawal", "confirm-receipt"}),
    )
    assert kinds(trail) == []


@pytest.mark.parametrize(
    ("hours", "expected"), [(30, [Kind.STILL_SILENT]), (2, [Kind.STILL_SILENT]), (60, []), (-2, [])]
)
def test_the_day_before_the_interview(hours: int, expected: list[Kind]) -> None:
    slot = NOW + timedelta(hours=hours)
    assert kinds(sent(NOW - 20 * HOUR), slot=slot) == expected
    assert kinds(Trail(), slot=slot) == expected


def test_who_was_told_by_phone_is_not_silent() -> None:
    spoke = call(CallOutcome.SPOKE, NOW - 30 * HOUR)
    assert kinds(sent(NOW - 20 * HOUR), spoke, slot=NOW + 20 * HOUR) == []


def test_a_bounce_comes_first_and_is_no_silence() -> None:
    trail = sent(NOW - timedelta(days=6), bounced=True)
    assert kinds(trail, slot=NOW + 20 * HOUR) == [Kind.BOUNCED]
    assert kinds(sent(NOW - timedelta(days=6), bounced=True, answered=True)) == []


def test_the_draft_of_another_letter_is_no_confirmation() -> None:
    trail = Trail(waiting=frozenset({"after-call"}))
    voicemail = call(CallOutcome.VOICEMAIL_DECISION, NOW - HOUR)
    (found,) = due(withdrawal(), [voicemail], trail, NOW, ZONE)
    assert found.next_step == "bowout confirm w3"


def test_what_is_armed_needs_no_reminder() -> None:
    trail = Trail(waiting=frozenset({"after-call"}), armed=True)
    assert kinds(trail, call(CallOutcome.SPOKE, NOW - HOUR), slot=NOW + 20 * HOUR) == []


def test_weekends_are_no_working_days() -> None:
    friday = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert [working_days(friday, friday + timedelta(days=n)) for n in range(6)] == [0, 0, 0, 1, 2, 3]
