"""Which times of day a text names, and which hours are beyond doubt."""

from __future__ import annotations

import pytest

from bowout.read.clocks import clocks


def read(text: str) -> list[str]:
    """The times, each with a question mark where morning or evening was guessed."""
    return [
        f"{one.minutes // 60}:{one.minutes % 60:02}"
        + (f"-{one.until // 60}:{one.until % 60:02}" if one.until is not None else "")
        + ("" if one.sure else "?")
        for one in clocks(text)
    ]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        # Nobody meets before six in the morning; from six to eight it may be either.
        ("at 0:30", "0:30"),
        ("at 1", "13:00"),
        ("at 5", "17:00"),
        ("at 6", "18:00?"),
        ("at 7", "7:00?"),
        ("at 8", "8:00"),
        ("at 12", "12:00"),
        ("at 23", "23:00"),
        ("at 24", None),
        ("at 7 in the evening", "19:00"),
        ("at 11 in the evening", "23:00"),
        ("at 12 in the afternoon", "12:00"),
        # A zero in front and a word of hours settle it.
        ("07:30", "7:30"),
        ("7:30", "7:30?"),
        ("7 Uhr", "7:00"),
        ("5 Uhr", "5:00"),
        ("23:59", "23:59"),
        ("24:00", None),
        ("14:60", None),
        ("12 am", "0:00"),
        ("12 pm", "12:00"),
        ("1 pm", "13:00"),
        ("0 pm", None),
        ("13 pm", None),
        ("1530hrs", "15:30"),
        ("0900 h", "9:00"),
        ("2930 h", None),
        ("noon", "12:00"),
    ],
)
def test_an_hour_is_that_of_the_day(text: str, time: str | None) -> None:
    assert read(text) == ([time] if time else [])


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2-3 pm", "14:00-15:00"),
        ("11-1 pm", "11:00-13:00"),
        ("11 am - 1 pm", "11:00-13:00"),
        ("3 pm - 2 pm", "15:00"),
        ("2:00-2:00 pm", "14:00"),
        ("14:00-15:30", "14:00-15:30"),
        ("15:00-14:00", "15:00"),
        ("14:00-14:00", "14:00"),
        ("2:00-3:00", "14:00-15:00"),
        ("5:00-11:59", "17:00-23:59"),
        ("5:00-12:00", "17:00"),
        ("9 bis 10 Uhr", "9:00-10:00"),
    ],
)
def test_a_time_may_tell_when_it_ends(text: str, time: str) -> None:
    assert read(text)[:1] == [time]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("half past two", "14:30"),
        ("halb drei", "14:30"),
        ("quarter to nine", "8:45"),
        ("quarter to eight", "7:45?"),
        ("half one", "13:30"),
        ("halb eins", "12:30"),
        ("halb 15", "14:30"),
        ("neuf heures et demie", "9:30"),
        ("once y media", "11:30"),
    ],
)
def test_hours_in_words(text: str, time: str) -> None:
    assert read(text) == [time]


@pytest.mark.parametrize(
    "text",
    [
        "14.30 €",
        "at 14:30 €",
        "17.20/hr",
        "at 5 people",
        "at 5th Avenue",
        "at 12 Poland Street",
        "for 3 hours",
        "for about 2 h",
        "es dauert 2 h",
        "a 38 hrs week",
        "£14:30",
        "at 3.5",
        "at 3 Mai",
        "version 14.30",
        "10:30:15",
    ],
)
def test_what_is_counted_is_no_time(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("at 14.30", "14:30"),
        ("14.30 Uhr", "14:30"),
        ("Thursday 14.30", "14:30"),
        ("3 December 14.30", "14:30"),
        ("tomorrow, 14.30", "14:30"),
        ("14.30", "14:30"),
        ("at 12 Central", "12:00"),
        ("at 12 EST", "12:00"),
        ("om 14 uur", "14:00"),
        ("14h", "14:00"),
        ("Thursday 15 hrs", "15:00"),
    ],
)
def test_a_word_in_front_makes_a_figure_a_time(text: str, time: str) -> None:
    assert read(text) == [time]


def test_three_hundred_times_are_enough() -> None:
    assert len(clocks("14:00, " * 301)) == 300


def test_where_a_time_stands() -> None:
    text = "We begin at 14:00 and end at noon."
    assert [text[one.start : one.end].strip() for one in clocks(text)] == ["14:00", "noon"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Friday at eight?", [480]),
        ("am Freitag um zehn Uhr", [600]),
        ("viernes a las nueve", [540]),
        ("vendredi à neuf heures", [540]),
        ("at two different sites", []),
        ("at one of our sites", []),
        ("um zwei Wochen später", []),
    ],
)
def test_an_hour_as_a_word_stands_alone(text: str, minutes: list[int]) -> None:
    assert [one.minutes for one in clocks(text)] == minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("We can 10.00 or 14.00", [600, 840]),
        ("Geht 9.45 statt 9.00?", [585, 540]),
        ("I have 9.30, 12.45 or 4pm.", [570, 765, 960]),
        ("version 2.11 or 3.20", []),
        ("it costs 10.00 or 12.00 €", []),
    ],
)
def test_hours_with_a_dot_in_a_row(text: str, minutes: list[int]) -> None:
    assert [one.minutes for one in clocks(text)] == minutes
