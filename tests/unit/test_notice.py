"""The limits of notice: what happens just below, at, and just above each, wherever one is compared with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bowout import notice
from bowout.advice.advise import Case, Kind, advise, prefers_call
from bowout.calls.confirm import choose
from bowout.errors import NeedsPerson
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.letters.situation import infer_situation
from bowout.model import Call, CallOutcome, Confidence, Fact, Facts, FollowUp, Situation, Slot, Stage

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = (notice.LATE, notice.SHORT, notice.SOON)


def around(limit: timedelta) -> tuple[timedelta, timedelta, timedelta]:
    """Just below, at, and just above."""
    return limit - MINUTE, limit, limit + MINUTE


def slot_in(left: timedelta, *, cancelled: bool = False) -> Slot:
    return Slot(start=NOW + left, zone="UTC", cancelled=cancelled)


def facts(left: timedelta) -> Facts:
    return Facts(
        stage=Fact(Stage.SCHEDULED, "test", Confidence.HIGH),
        slot=Fact(slot_in(left), "test", Confidence.HIGH),
    )


def test_the_limits_are_those_that_the_sentences_name() -> None:
    # Advice says "more than a day ago" and "within the last day" in words.
    assert [limit / timedelta(hours=1) for limit in LIMITS] == [2, 24, 48]
    assert [limit / timedelta(hours=1) for limit in (notice.FRESH, notice.OLD, notice.STALE)] == [24, 48, 168]


def test_notice_is_what_is_left_and_there_is_none_without_an_interview() -> None:
    assert notice.of(slot_in(-MINUTE), NOW) == -MINUTE
    assert notice.of(None, NOW) is None
    assert notice.of(slot_in(MINUTE, cancelled=True), NOW) is None


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(notice.PASSED, [False, False, True]), (notice.SHORT, [True, False, False])],
)
def test_short_notice_lies_between_now_and_a_day(limit: timedelta, expected: list[bool]) -> None:
    assert [notice.is_short(left) for left in around(limit)] == expected
    assert [choose_soon(left) for left in around(limit)] == expected
    cases = [Case(facts=facts(left), situation=Situation.SCHEDULED, now=NOW) for left in around(limit)]
    assert [prefers_call(case) for case in cases] == expected


def choose_soon(left: timedelta) -> bool:
    """Whether one unanswered call is enough to write."""
    call = Call(
        id=1,
        withdrawal_id=1,
        outcome=CallOutcome.NO_ANSWER,
        person="",
        at=NOW - timedelta(hours=1),
        zone="UTC",
    )
    try:
        return choose([call], NOW + left, NOW, "w1") == (FollowUp.NO_ANSWER, call)
    except NeedsPerson:
        return False


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (notice.PASSED, [Situation.MISSED, Situation.MISSED, Situation.LATE]),
        (notice.SHORT, [Situation.LATE, Situation.SOON, Situation.SOON]),
        (notice.SOON, [Situation.SOON, Situation.SOON, Situation.SCHEDULED]),
    ],
)
def test_the_situation_follows_the_notice(limit: timedelta, expected: list[Situation]) -> None:
    assert [infer_situation(facts(left), NOW) for left in around(limit)] == expected


PASSED, CALL_NOW, CALL_TOO, TODAY = "has passed", "less than 2 hours", "Call as well", "Send it today"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (notice.PASSED, [PASSED, PASSED, CALL_NOW]),
        (notice.LATE, [CALL_NOW, CALL_TOO, CALL_TOO]),
        (notice.SHORT, [CALL_TOO, TODAY, TODAY]),
        (notice.SOON, [TODAY, "", ""]),
    ],
)
def test_the_linter_asks_for_notice(limit: timedelta, expected: list[str]) -> None:
    for left, words in zip(around(limit), expected, strict=True):
        context = Context(situation=Situation.SCHEDULED, slot=slot_in(left), now=NOW)
        told = [f"{f.message} {f.suggestion}" for f in check("x", context).findings if f.rule == "X02"]
        assert words in "".join(told)
        assert bool(told) is bool(words)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (notice.FRESH, ["", "", "note"]),
        (notice.OLD, ["note", "note", "warning"]),
        (notice.STALE, ["hours ago", "hours ago", "days ago"]),
    ],
)
def test_the_linter_asks_how_old_the_decision_is(limit: timedelta, expected: list[str]) -> None:
    for gone, words in zip(around(limit), expected, strict=True):
        found = check("x", Context(decided_on=NOW - gone, now=NOW)).findings
        told = [f"{f.severity} {f.message}" for f in found if f.rule == "X01"]
        assert words in "".join(told)
        assert bool(told) is bool(words)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (notice.PASSED, ["", "", "Less than 2 hours"]),
        (notice.LATE, ["Less than 2 hours", "24 are the least", "24 are the least"]),
        (notice.SHORT, ["24 are the least", "do it today", "do it today"]),
        (notice.SOON, ["do it today", "Do not wait", "Do not wait"]),
    ],
)
def test_advice_says_how_late_it_is(limit: timedelta, expected: list[str]) -> None:
    for left, words in zip(around(limit), expected, strict=True):
        case = Case(facts=facts(left), situation=Situation.SCHEDULED, now=NOW)
        told = " ".join(a.line for a in advise(case) if a.kind is Kind.TIME)
        assert words in told
        assert bool(told) is bool(words)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (notice.FRESH, ["within the last day", "within the last day", "more than a day ago"]),
        (notice.OLD, ["more than a day ago", "more than a day ago", "before anything else"]),
        (notice.STALE, ["before anything else", "before anything else", "planned with you since"]),
    ],
)
def test_advice_says_how_old_the_decision_is(limit: timedelta, expected: list[str]) -> None:
    for gone, words in zip(around(limit), expected, strict=True):
        case = Case(facts=Facts(), situation=Situation.INVITED, now=NOW, decided_on=NOW - gone)
        assert words in " ".join(a.line for a in advise(case) if a.kind is Kind.TIME)


def test_the_sentences_name_the_limits_that_are_compared_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "LATE", timedelta(hours=3))
    monkeypatch.setattr(notice, "SHORT", timedelta(hours=30))
    case = Case(facts=facts(LIMITS[0]), situation=Situation.SCHEDULED, now=NOW)
    lines = " ".join(advice.line for advice in advise(case))
    assert "less than 30 hours away" in lines
    assert "Less than 3 hours left" in lines
    known = Context(situation=Situation.SCHEDULED, slot=slot_in(LIMITS[0]), now=NOW)
    assert "less than 3 hours" in next(f.message for f in check("x", known).findings if f.rule == "X02")


@pytest.mark.parametrize(
    ("hour", "night"), [("05:59", True), ("06:00", False), ("21:59", False), ("22:00", True), ("00:00", True)]
)
def test_the_middle_of_the_night(hour: str, night: bool) -> None:
    assert notice.is_night(datetime.fromisoformat(f"2026-11-22T{hour}+00:00")) is night


def test_a_telephone_rings_within_the_hours_of_letters_and_no_letter_leaves_by_itself_at_night() -> None:
    assert notice.NIGHT_ENDS < notice.LETTERS_BEGIN < notice.CALLS_BEGIN
    assert notice.CALLS_END < notice.LETTERS_END < notice.NIGHT_BEGINS
