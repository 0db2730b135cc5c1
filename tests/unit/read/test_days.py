"""Which day a text names, and where a date begins to be a guess."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from bowout.read.days import Day, days

# A Tuesday; the sender sits at UTC+1.
WRITTEN = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=1)))


def read(text: str, written: datetime = WRITTEN) -> list[str]:
    """The days, each with a question mark where it was guessed."""
    return [f"{one.day:%Y-%m-%d}{'' if one.sure else '?'}" for one in days(text, written)]


def spoken(day: date) -> str:
    return f"{day.day} {day:%B}"


def test_a_weekday_behind_today_is_today() -> None:
    assert read("today, Tuesday") == ["2026-11-24", "2026-11-24?"]


@pytest.mark.parametrize(("ahead", "sure"), [(119, True), (120, True), (121, False)])
def test_a_date_without_a_year_four_months_ahead_is_still_told(ahead: int, sure: bool) -> None:
    (one,) = days(spoken(WRITTEN.date() + timedelta(days=ahead)), WRITTEN)
    assert (one.day - WRITTEN.date(), one.sure) == (timedelta(days=ahead), sure)


@pytest.mark.parametrize(("ago", "year"), [(1, 2026), (59, 2026), (60, 2026), (61, 2027)])
def test_a_date_without_a_year_is_of_the_last_two_months_or_the_next_one(ago: int, year: int) -> None:
    (one,) = days(spoken(WRITTEN.date() - timedelta(days=ago)), WRITTEN)
    assert one.day.year == year


def test_a_date_with_its_year_is_told_however_far_it_lies() -> None:
    assert read("3 May 2028") == read("3 May 28") == read("03.05.2028") == ["2028-05-03"]
    assert read("2027-07-09, 4 October 2025") == ["2027-07-09", "2025-10-04"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Dec 3rd", "2026-12-03"),
        ("the 3rd of December (Thursday)", "2026-12-03"),
        ("the 3rd of December (Friday)", "2026-12-03?"),
        ("3 December, Thursday", "2026-12-03"),
        ("3. Dezember 26", "2026-12-03"),
        ("am 3.12.", "2026-12-03"),
        ("31 November", None),
        ("30.02.2027", None),
        ("3.13.", None),
        ("December 3 1999", None),
        # A bare number needs its weekday, and the month in which it is one.
        ("Thurs 3rd", "2026-12-03"),
        ("Thurs 24th", "2026-12-24"),
        ("Mon 23rd", "2026-11-23"),  # yesterday
        ("Sun 22nd", None),
        ("Sun 24th", "2027-01-24"),
        ("Fri 3rd", None),  # the 3rd is a Thursday
        ("Friday the 3rd", None),
        ("Fri 3 people", "2026-11-27"),
        ("Do 3.", "2026-12-03"),
        ("do 3 things", None),
        ("3-Dec", "2026-12-03"),
        ("terça, dia 8", "2026-12-08"),
        ("Thursday (3rd)", "2026-12-03"),
        ("12月3日(木)", "2026-12-03"),
        ("2027年1月3日", "2027-01-03"),
        ("12월 3일", "2026-12-03"),
        # A number alone is a day of the month behind "on the", and no floor.
        ("on the 3rd at 2", "2026-12-03"),
        ("on the 3rd floor", None),
        ("am 3. um 14 Uhr", "2026-12-03"),
        ("am 3. Tag", None),
    ],
)
def test_a_date_that_stands_there(text: str, day: str | None) -> None:
    assert read(text) == ([day] if day else [])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-24"),
        ("tomorrow", "2026-11-25"),
        ("the day after tomorrow", "2026-11-26"),
        ("tomorrow (Wed)", "2026-11-25"),
        ("tomorrow (Thu)", "2026-11-25?"),
        ("Wednesday", "2026-11-25"),
        ("Monday", "2026-11-30"),
        ("Tuesday", "2026-12-01?"),  # today has a word of its own
        ("next Tuesday", "2026-12-01?"),
        ("next Wednesday", "2026-12-02?"),  # in this week or the next one
        ("next Sunday", "2026-12-06?"),
        ("next Monday", "2026-11-30"),  # there is one only
        ("Wednesday week", "2026-12-02"),
        ("Friday of next week", "2026-12-04"),
        ("next week Friday", "2026-12-04"),
        ("Freitag nächster Woche", "2026-12-04"),
        ("nächste Woche Freitag", "2026-12-04"),
        ("Friday of next week, the 4th", "2026-12-04"),
        ("mardi prochain", "2026-12-01?"),
        ("lundi prochain", "2026-11-30"),
        ("dimanche prochain", "2026-11-29?"),
        ("last Friday", None),
        ("on Fridays", None),
        ("Monday to Friday", None),
        ("guten Morgen", None),
    ],
)
def test_a_day_counted_from_the_mail(text: str, day: str | None) -> None:
    assert read(text) == ([day] if day else [])


def test_the_month_behind_the_second_of_two_numbers_is_that_of_both() -> None:
    both = ["2026-12-15", "2026-12-17"]
    assert read("der 15. oder der 17. Dezember") == read("the 15th or 17th of December") == both


def test_a_weekday_with_a_number_lies_within_two_months() -> None:
    assert read("Sun 24th", WRITTEN) == ["2027-01-24"]  # 61 days
    assert read("Sun 24th", WRITTEN - timedelta(days=1)) == []


def test_next_friday_said_on_a_monday_lies_in_the_week_after() -> None:
    monday = datetime(2026, 11, 23, 9, tzinfo=WRITTEN.tzinfo)
    assert read("next Friday", monday) == ["2026-12-04?"]
    assert read("next Sunday", monday) == ["2026-11-29"]  # nearly a week away already


@pytest.mark.parametrize(
    ("offset", "month", "sure"),
    [(-11, 12, False), (-10, 10, True), (-4, 10, True), (-3.5, 10, True), (-3, 12, False), (1, 12, False)],
)
def test_the_month_stands_first_from_hawaii_to_the_atlantic(offset: float, month: int, sure: bool) -> None:
    written = datetime(2026, 9, 29, 10, tzinfo=timezone(timedelta(hours=offset)))
    ((one),) = days("10/12", written)
    assert (one.day.month, one.sure) == (month, sure)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12/12", "2026-12-12"),  # both readings are one day
        ("13/12", "2026-12-13"),  # there is no thirteenth month
        ("12/13", "2026-12-13"),
        ("11/12 (Fri)", "2026-12-11"),
        ("11/12/2026", "2026-12-11?"),
        ("1/12 (Wed)", "2026-12-01?"),
    ],
)
def test_figures_with_a_slash(text: str, day: str) -> None:
    assert read(text) == [day]


def test_a_stretch_of_a_mail_names_two_hundred_days_at_most() -> None:
    text = "3 December, " * 201
    assert len(days(text, WRITTEN)) == 200
    assert len(days(text, WRITTEN, [(0, 120), (120, 240)])) == 20


def test_where_a_day_stands() -> None:
    text = "We meet on Thursday, 3 December 2026 at two."
    assert days(text, WRITTEN) == [Day(date(2026, 12, 3), True, 11, 36)]
    assert text[11:36] == "Thursday, 3 December 2026"
    assert days(text, WRITTEN, [(0, 5)]) == []
