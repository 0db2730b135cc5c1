"""read_time: which dates in sentences are an interview's, and which of them are only guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.model import Confidence
from bowout.read.time import mentions

# A Tuesday; the sender sits at UTC+1.
WRITTEN = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=1)))


def told(text: str) -> list[tuple[str, str | None, str]]:
    return [
        (f"{m.slot.start.astimezone(UTC):%Y-%m-%d %H:%M}", m.slot.zone, m.confidence.value)
        for m in mentions(text, WRITTEN)
    ]


@pytest.mark.parametrize(
    ("text", "instant", "zone"),
    [
        ("Thursday, 3 December at 14:00 CET", "2026-12-03 13:00", "Europe/Brussels"),
        ("on Thursday, December 3rd, 2026 at 2:00 p.m. Eastern Time", "2026-12-03 19:00", "America/New_York"),
        ("December 3, 2026 from 2-3pm PT", "2026-12-03 22:00", "America/Los_Angeles"),
        ("December 3, 2026, 11-1pm ET", "2026-12-03 16:00", "America/New_York"),
        ("Thu 3 Dec 2026, 9am GMT", "2026-12-03 09:00", "Europe/London"),
        ("Donnerstag, den 3. Dezember 2026, um 14 Uhr (MEZ)", "2026-12-03 13:00", "Europe/Berlin"),
        ("am Do, 03.12.2026, 14.30 Uhr MEZ", "2026-12-03 13:30", "Europe/Berlin"),
        ("2026-12-03 14:00 UTC+2", "2026-12-03 12:00", None),
        ("3 December 2026, 14:00–15:00 Europe/Berlin", "2026-12-03 13:00", "Europe/Berlin"),
        ("Date: December 3, 2026\nTime: 2:00 PM - 3:00 PM London time", "2026-12-03 14:00", "Europe/London"),
        ("We meet at 11:30 ET on Thursday, 3 December", "2026-12-03 16:30", "America/New_York"),
        ("the 1st of July 2027, 10:00 EST", "2027-07-01 14:00", "America/New_York"),
    ],
)
def test_a_full_date_with_time_and_zone_is_read(text: str, instant: str, zone: str | None) -> None:
    assert told(text) == [(instant, zone, "medium")]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Dec 3, 2pm ET", "2026-12-03 19:00"),  # which year?
        ("Thursday, 3 December 2026 at 14:00", "2026-12-03 13:00"),  # which zone?
        ("03.12.2026 14:00 Uhr", "2026-12-03 13:00"),
        ("Friday, 3 December 2026 at 14:00 CET", "2026-12-03 13:00"),  # the 3rd is a Thursday
        ("5 January, 14:00 CET", "2027-01-05 13:00"),  # the next one
    ],
)
def test_what_is_guessed_or_contradicts_itself_is_low(text: str, instant: str) -> None:
    ((read, _, confidence),) = told(text)
    assert (read, confidence) == (instant, "low")


def test_one_time_in_three_zones_is_one_mention() -> None:
    text = "Thursday 3 December 2026, 14:00 CET / 8:00 am ET / 13:00 GMT"
    assert told(text) == [("2026-12-03 13:00", "Europe/Brussels", "medium")]


def test_zones_that_disagree_are_doubtful() -> None:
    assert {sure for *_, sure in told("Thursday 3 December 2026, 14:00 CET / 9:00 am ET")} == {"low"}


def test_a_choice_of_dates_stays_a_choice() -> None:
    text = "Thursday, 3 December at 14:00 CET or Friday, 4 December at 10:00 CET"
    assert [instant for instant, *_ in told(text)] == ["2026-12-03 13:00", "2026-12-04 09:00"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "founded on 3 December 1999 at 12:00",
        "31 February 2026 at 14:00 CET",
        "December 3, room 14",
        "3 December 2026, 27:99",
        "version 3.12.2026 of the form",
        "Order 14:00-2026",
        "call me any time in December",
    ],
)
def test_no_interview_is_made_up(text: str) -> None:
    assert told(text) == []


@given(st.text(alphabet="0123456789.:-/ ,apmPMThuDecSt+()UTCET\n", max_size=120))
def test_no_text_makes_it_raise(text: str) -> None:
    for mention in mentions(text, WRITTEN):
        assert mention.confidence is not Confidence.HIGH


def test_long_hostile_text_is_read_quickly() -> None:
    assert list(mentions("Thu, " * 4000 + "1 " * 4000 + "12:00 - " * 2000, WRITTEN)) == []
