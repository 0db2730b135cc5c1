"""WHEN: every line of docs/when.md, and the clock changes of three zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import UsageError
from bowout.when import EXAMPLES, PAST_EXAMPLES, When, again, describe, parse, parse_past

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
# Tuesday 24 November 2026, 11:40 in Berlin: the moment at which docs/when.md is read.
NOW = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)

_DOC = (Path(__file__).parents[2] / "docs" / "when.md").read_text("utf-8")
_ROWS = re.findall(r"^\| `([^`]+)` \| (.+) \|$", _DOC, re.MULTILINE)
ACCEPTED = [row for row in _ROWS if "Europe/Berlin" in row[1]]
REFUSED = [row for row in _ROWS if "Europe/Berlin" not in row[1]]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_page_has_both_tables() -> None:
    assert (len(ACCEPTED), len(REFUSED)) >= (16, 13)


@pytest.mark.parametrize(("typed", "meaning"), ACCEPTED)
def test_accepted_line_of_the_page(typed: str, meaning: str) -> None:
    assert describe(parse(typed, NOW, BERLIN), NOW) == meaning


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_refused_line_of_the_page(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=re.escape(why)) as refused:
        parse(typed, NOW, BERLIN)
    assert refused.value.next_step


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_that_an_error_shows_is_understood(example: str) -> None:
    morning = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert parse(example, morning, BERLIN).instant > morning


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "now", "soon", "9", "17", "1700", "17.00", "5 p.m.", "noon", "tomorrow noon", "at 17:00",
        "today at 17:00", "morgen 17:00", "someday 17:00", "in an hour",
        "in 2 weeks", "in -1 hours", "in 1.5 hours",
        "in two hours", "17:60", "5:30pm", "0am", "2026-11-26 5pm", "2026-W48-4 17:00", "20261126T1700",
        "2026-11-26 17:00 Europe/Berlin", "2026-13-01 10:00", "2026-11-26 25:00", "2026-11-26T17:00+25:00",
        "٢٠٢٦-11-26 17:00", "１７:00", "17:00; rm -rf", "9" * 4000, "in 999999 days",
    ],
)  # fmt: skip
def test_everything_else_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(typed, NOW, BERLIN)
    assert len(refused.value.message) < 200
    assert refused.value.message.isprintable()


@given(st.text(max_size=30))
def test_any_text_is_understood_or_refused(text: str) -> None:
    said = ""
    try:
        assert parse(text, NOW, BERLIN).instant > NOW
    except UsageError as exc:
        said = exc.message
    assert said.isprintable()


@pytest.mark.parametrize("spelling", ["TOMORROW 9AM", "  tomorrow   9 am ", "Tomorrow 09:00"])
def test_case_and_blanks_do_not_matter(spelling: str) -> None:
    assert parse(spelling, NOW, BERLIN).instant == utc("2026-11-25T08:00")


def test_the_instant_is_utc_and_local_is_on_the_persons_clocks() -> None:
    when = parse("17:00", NOW, BERLIN)
    assert when.instant.tzinfo is UTC
    assert when.local.isoformat() == "2026-11-24T17:00:00+01:00"
    assert (when.typed, when.zone, when.wall, when.notes) == ("17:00", BERLIN, "2026-11-24T17:00:00", ())


def test_today_is_the_persons_day_and_not_utcs() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert parse("09:00", late, BERLIN).instant == utc("2026-11-25T08:00")
    assert parse("20:00", late, NEW_YORK).instant == utc("2026-11-25T01:00")


def test_now_itself_is_past_and_the_next_second_is_not() -> None:
    with pytest.raises(UsageError, match="in the past"):
        parse("11:40", NOW, BERLIN)
    assert parse("11:40", NOW - timedelta(seconds=1), BERLIN).instant == NOW


def test_a_weekday_typed_on_that_day_says_which_one_was_taken() -> None:
    assert parse("Tue 17:00", NOW, BERLIN).notes == ("today is Tuesday: it means today",)
    assert "next week" in parse("Tue 9am", NOW, BERLIN).notes[0]
    assert parse("Wed 9am", NOW, BERLIN).notes == ()


def test_an_unknown_zone_is_refused() -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "Europe", ""):
        with pytest.raises(UsageError, match="time zone"):
            parse("17:00", NOW, zone)


# --- clock changes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "typed", "last", "first"),
    [
        (BERLIN, "2026-03-29 02:00", "2026-03-29 01:59", "2026-03-29 03:00"),
        (BERLIN, "2026-03-29 02:30", "2026-03-29 01:59", "2026-03-29 03:00"),
        (BERLIN, "2026-03-29 02:59", "2026-03-29 01:59", "2026-03-29 03:00"),
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 01:59", "2026-03-08 03:00"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-04 01:59", "2026-10-04 02:30"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-29 23:59", "2011-12-31 00:00"),
    ],
)
def test_a_skipped_time_is_refused_with_its_neighbours(zone: str, typed: str, last: str, first: str) -> None:
    now = datetime.fromisoformat(typed).replace(tzinfo=UTC) - timedelta(days=30)
    with pytest.raises(UsageError, match="does not exist") as refused:
        parse(typed, now, zone)
    assert refused.value.next_step == f"use {last} or {first}"
    neighbours = parse(first, now, zone).instant - parse(last, now, zone).instant
    assert neighbours == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("zone", "typed", "instant", "second"),
    [
        (BERLIN, "2026-10-25 02:30", "2026-10-25T00:30", "2026-10-25T02:30+01:00"),
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01T05:30", "2026-11-01T01:30-05:00"),
        (LORD_HOWE, "2027-04-04 01:45", "2027-04-03T14:45", "2027-04-04T01:45+10:30"),
    ],
)
def test_a_time_that_comes_twice_means_the_first_and_says_so(
    zone: str, typed: str, instant: str, second: str
) -> None:
    now = utc(instant) - timedelta(days=1)
    when = parse(typed, now, zone)
    assert when.instant == utc(instant)
    (note,) = when.notes
    assert second in note
    assert "(UTC" in describe(when, now)
    later = parse(second, now, zone)
    assert later.instant - when.instant == timedelta(minutes=30 if zone == LORD_HOWE else 60)


@pytest.mark.parametrize(
    ("zone", "typed", "instant"),
    [
        (BERLIN, "2026-03-29 01:59", "2026-03-29T00:59"),
        (BERLIN, "2026-03-29 03:00", "2026-03-29T01:00"),
        (BERLIN, "2026-10-25 01:59", "2026-10-24T23:59"),
        (BERLIN, "2026-10-25 03:00", "2026-10-25T02:00"),
        (NEW_YORK, "2026-03-08 03:00", "2026-03-08T07:00"),
        (NEW_YORK, "2026-11-01 02:00", "2026-11-01T07:00"),
        (LORD_HOWE, "2026-10-04 02:30", "2026-10-03T15:30"),
        (LORD_HOWE, "2027-04-04 02:00", "2027-04-03T15:30"),
    ],
)
def test_times_beside_a_change_are_plain(zone: str, typed: str, instant: str) -> None:
    when = parse(typed, utc(instant) - timedelta(days=1), zone)
    assert (when.instant, when.notes) == (utc(instant), ())


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        (BERLIN, "2026-03-28T11:00", 23),
        (BERLIN, "2026-10-24T10:00", 25),
        (NEW_YORK, "2026-10-31T16:00", 25),
        (LORD_HOWE, "2026-10-03T00:00", 23.5),
        (LORD_HOWE, "2027-04-03T00:00", 24.5),
    ],
)
def test_days_keep_the_time_of_day_and_hours_run_on(zone: str, now: str, hours: float) -> None:
    then = utc(now)
    assert parse("in 1 day", then, zone).instant - then == timedelta(hours=hours)
    assert parse("in 24 hours", then, zone).instant - then == timedelta(hours=24)


def test_days_that_land_in_a_gap_are_refused() -> None:
    with pytest.raises(UsageError, match="does not exist"):
        parse("in 1 day", utc("2026-03-28T01:30"), BERLIN)


# --- rules that change after arming ---------------------------------------------------------------


def test_a_promised_local_time_survives_new_rules() -> None:
    # Armed under rules that still knew summer time in November.
    old = When(instant=utc("2026-11-24T15:00"), zone=BERLIN, typed="17:00", wall="2026-11-24T17:00:00")
    new = again(old, NOW)
    assert new.instant == utc("2026-11-24T16:00")
    assert (new.typed, new.wall) == (old.typed, old.wall)
    assert any("rules" in note for note in new.notes)


def test_without_new_rules_nothing_changes() -> None:
    for typed in ("17:00", "2026-11-26T17:00Z", "in 2 hours"):
        when = parse(typed, NOW, BERLIN)
        assert again(when, NOW) == when


def test_a_promised_instant_does_not_follow_the_rules() -> None:
    when = parse("2026-11-26T17:00+05:00", NOW, BERLIN)
    assert when.wall is None
    assert again(when, NOW).instant == utc("2026-11-26T12:00")


def test_what_is_due_already_stays_due() -> None:
    due = When(instant=NOW - timedelta(minutes=5), zone=BERLIN, typed="17:00", wall="2026-11-24T17:00:00")
    assert again(due, NOW) == due


def test_describe_tells_the_past_and_the_present() -> None:
    when = parse("17:00", NOW, BERLIN)
    assert describe(when, when.instant + timedelta(minutes=80)).endswith(", 1 h 20 min ago")
    assert describe(when, when.instant).endswith(", now")


# --- moments that have passed ---------------------------------------------------------------------

# A Sunday, 10:00 in Berlin.
SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("now", SUNDAY),
        ("NOW", SUNDAY),
        ("20 minutes ago", SUNDAY - timedelta(minutes=20)),
        ("1 hour ago", SUNDAY - timedelta(hours=1)),
        ("3 days  ago", SUNDAY - timedelta(days=3)),
        ("09:30", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("today 9am", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
        ("yesterday 16:00", datetime(2026, 11, 21, 15, 0, tzinfo=UTC)),
        ("Monday 9am", datetime(2026, 11, 16, 8, 0, tzinfo=UTC)),
        ("sun 09:00", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
        ("Sunday 16:00", datetime(2026, 11, 15, 15, 0, tzinfo=UTC)),
        ("2026-11-20 16:00", datetime(2026, 11, 20, 15, 0, tzinfo=UTC)),
        ("2026-11-20T16:00+00:00", datetime(2026, 11, 20, 16, 0, tzinfo=UTC)),
    ],
)
def test_what_people_type_of_the_past(typed: str, expected: datetime) -> None:
    assert parse_past(typed, SUNDAY, BERLIN) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("yesterday", datetime(2026, 11, 21, 11, 0, tzinfo=UTC)),
        ("today", SUNDAY),
        ("2026-11-22", SUNDAY),
        ("2026-11-18", datetime(2026, 11, 18, 11, 0, tzinfo=UTC)),
    ],
)
def test_a_day_alone_is_its_noon_or_now(typed: str, expected: datetime) -> None:
    assert parse_past(typed, SUNDAY, BERLIN, day_alone=True) == expected


@pytest.mark.parametrize("typed", ["16:00", "2026-11-23 09:00", "tomorrow 9am", "in 5 minutes"])
def test_of_the_past_what_is_still_to_come_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_past(typed, SUNDAY, BERLIN)


@pytest.mark.parametrize(
    "typed", ["", "yesterday", "2026-11-20", "last week", "25:00", "9", "2020-01-01 10:00", "-5 minutes ago"]
)
def test_of_the_past_what_cannot_be_read_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_past(typed, SUNDAY, BERLIN)
    assert "yesterday 16:00" in caught.value.next_step


def test_a_day_long_past_is_a_slip() -> None:
    with pytest.raises(UsageError, match="half a year"):
        parse_past("2025-11-20", SUNDAY, BERLIN, day_alone=True)


@pytest.mark.parametrize("example", PAST_EXAMPLES)
def test_the_examples_of_the_past_can_be_read(example: str) -> None:
    evening = SUNDAY + timedelta(hours=9)
    assert parse_past(example, evening, BERLIN) <= evening
