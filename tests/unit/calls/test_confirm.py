"""Which letter confirms the logged calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bowout.calls.confirm import call_for, choose, coordinator
from bowout.errors import NeedsPerson
from bowout.model import Address, Call, CallOutcome, Confidence, Fact, Facts, FollowUp, Person, PersonRole
from unit.advice.test_reminders import withdrawal

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SPOKE, CALLBACK, DECISION, NOBODY, WRONG, BUSY = CallOutcome


def calls(*outcomes: CallOutcome) -> list[Call]:
    """One call an hour, the last one an hour ago."""
    first = NOW - timedelta(hours=len(outcomes))
    return [
        Call(id=n, withdrawal_id=1, outcome=o, person="", at=first + timedelta(hours=n), zone="UTC")
        for n, o in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("outcomes", "letter", "number"),
    [
        ([SPOKE], FollowUp.AFTER_CALL, 0),
        ([NOBODY, NOBODY, SPOKE], FollowUp.AFTER_CALL, 2),
        ([SPOKE, NOBODY], FollowUp.AFTER_CALL, 0),
        ([SPOKE, NOBODY, SPOKE], FollowUp.AFTER_CALL, 2),
        ([CALLBACK], FollowUp.AFTER_VOICEMAIL, 0),
        ([NOBODY, DECISION], FollowUp.AFTER_VOICEMAIL, 1),
        ([CALLBACK, NOBODY, NOBODY], FollowUp.AFTER_VOICEMAIL, 0),
        ([NOBODY, NOBODY], FollowUp.NO_ANSWER, 1),
        ([NOBODY, BUSY], FollowUp.NO_ANSWER, 1),
        ([WRONG], None, 0),
        ([NOBODY, WRONG], None, 1),
    ],
)
def test_the_logged_calls_choose_the_letter(
    outcomes: list[CallOutcome], letter: FollowUp | None, number: int
) -> None:
    logged = calls(*outcomes)
    assert choose(logged, None, NOW, "w1") == (letter, logged[number])


@pytest.mark.parametrize("outcomes", [[], [NOBODY], [BUSY]])
def test_nothing_to_confirm_says_what_to_do(outcomes: list[CallOutcome]) -> None:
    with pytest.raises(NeedsPerson) as caught:
        choose(calls(*outcomes), None, NOW, "w1")
    assert "bowout call w1 --outcome" in caught.value.next_step


def test_on_short_notice_one_try_is_enough() -> None:
    logged = calls(NOBODY)
    assert choose(logged, NOW + timedelta(hours=20), NOW, "w1")[0] is FollowUp.NO_ANSWER
    with pytest.raises(NeedsPerson):
        choose(logged, NOW + timedelta(hours=30), NOW, "w1")
    with pytest.raises(NeedsPerson):
        choose(logged, NOW - timedelta(hours=1), NOW, "w1")


def test_a_letter_that_speaks_of_a_call_needs_it() -> None:
    logged = calls(NOBODY)
    with pytest.raises(NeedsPerson):
        call_for(FollowUp.AFTER_CALL, logged, "w1")
    assert call_for(FollowUp.NO_ANSWER, logged, "w1") == logged[0]
    assert call_for(FollowUp.CONFIRM_RECEIPT, [], "w1") is None


def person(name: str, role: PersonRole, sure: Confidence = Confidence.HIGH) -> Fact[Person]:
    return Fact(Person(address=Address(name, f"{name}@acme.example"), role=role), "test", sure)


def test_the_wrong_number_leads_to_the_coordinator() -> None:
    people = (person("rob", PersonRole.RECRUITER), person("cora", PersonRole.COORDINATOR))
    assert coordinator(Facts(people=people), withdrawal()) == "cora@acme.example"
    assert coordinator(Facts(people=people[:1]), withdrawal()) == "rob@acme.example"
    unsure = (person("cora", PersonRole.COORDINATOR, Confidence.LOW),)
    assert coordinator(Facts(people=unsure), withdrawal()) == "dana@acme.example"
