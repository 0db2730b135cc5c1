"""The limits of notice: what happens just below, at, and just above each, wherever one is compared with."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from bowout import notice
from bowout.advice.advise import Case, Kind, advise, prefers_call
from bowout.calls.confirm import choose
from bowout.errors import NeedsPerson
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.letters.situation import infer_situation
from bowout.model import Call, CallOutcome, Confidence, Fact, Facts, FollowUp, Situation, Slot, Stage

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, at work
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


IN_TIME, STILL, SORRY, AT_ONCE, NEXT = (
    "so that they can fill",
    "while they can still fill",
    "apologise once",
    "the letter at once",
    "before they keep a time",
)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (notice.PASSED, [NEXT, NEXT, AT_ONCE]),
        (notice.LATE, [AT_ONCE, SORRY, SORRY]),
        (notice.SHORT, [SORRY, STILL, STILL]),
        (notice.SOON, [STILL, IN_TIME, IN_TIME]),
    ],
)
def test_advice_leads_with_how_late_it_is(limit: timedelta, expected: list[str]) -> None:
    for left, words in zip(around(limit), expected, strict=True):
        case = Case(facts=facts(left), situation=Situation.INVITED, now=NOW)
        first, *others = advise(case)
        assert words in first.line
        assert all(words not in one.line for one in others)


def test_advice_says_the_time_as_one_says_it() -> None:
    said = {}
    for minutes in (0.5, 1, 90, 119, 120, 24 * 60, 48 * 60 - 1, 48 * 60):
        case = Case(facts=facts(timedelta(minutes=minutes)), situation=Situation.SCHEDULED, now=NOW)
        said[minutes] = advise(case)[0].line.partition(":")[0].removeprefix("The interview ")
    assert said == {
        0.5: "is about to begin",
        1: "is in 1 minute",
        90: "is in 90 minutes",
        119: "is in 119 minutes",
        120: "is in 2 hours",
        24 * 60: "is in 24 hours",
        48 * 60 - 1: "is in 47 hours",
        48 * 60: "is in 2 days",
    }


@pytest.mark.parametrize("limit", [notice.CALLS_BEGIN, notice.CALLS_END])
def test_a_telephone_rings_while_people_work(limit: time) -> None:
    at = NOW.replace(hour=limit.hour, minute=limit.minute)
    expected = [False, True, True] if limit is notice.CALLS_BEGIN else [True, False, False]
    assert [notice.are_at_work(at + gap) for gap in (-MINUTE, 0 * MINUTE, MINUTE)] == expected
    assert not notice.are_at_work(at.replace(hour=12) - timedelta(days=1))  # a Sunday


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
    assert "with less than 30 hours" in lines
    assert "is in 120 minutes: call now" in lines
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
