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
        ("3 de dezembro de 2026, às 14h (horário de Lisboa)", "2026-12-03 14:00", "Europe/Lisbon"),
        ("le 3 décembre 2026 à 14h, heure de Paris", "2026-12-03 13:00", "Europe/Paris"),
        ("2026年12月5日 15時00分(日本時間)", "2026-12-05 06:00", "Asia/Tokyo"),
        ("2026年12月5日 15:00（北京时间）", "2026-12-05 07:00", "Asia/Shanghai"),
    ],
)
def test_a_full_date_with_time_and_zone_is_read(text: str, instant: str, zone: str | None) -> None:
    assert told(text) == [(instant, zone, "medium")]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("5 May, 2pm ET", "2027-05-05 18:00"),  # half a year ahead: which year?
        ("Friday, 3 December 2026 at 14:00 CET", "2026-12-03 13:00"),  # the 3rd is a Thursday
        ("next Friday at 14:00 CET", "2026-12-04 13:00"),  # said on a Tuesday
        ("Tuesday at 14:00 CET", "2026-12-01 13:00"),  # today, or in a week?
        ("3 December at 7", "2026-12-03 06:00"),  # in the morning?
        ("tomorrow (Friday) at 14:00", "2026-11-25 13:00"),
        ("12/1 at 14:00", "2027-01-12 13:00"),  # or the first of December
        ("3 December, 10:00 CST", "2026-12-03 16:00"),  # America, China
    ],
)
def test_what_is_guessed_or_contradicts_itself_is_low(text: str, instant: str) -> None:
    ((read, _, confidence),) = told(text)
    assert (read, confidence) == (instant, "low")


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        # Day and time as people write them, language by language; read in the offset of the mail.
        ("Thursday, 3 December 2026 at 14:00", "12-03 14:00"),
        ("Weds 9th at quarter past ten", "12-09 10:15"),
        ("Fri 4th, half three", "12-04 15:30"),
        ("on the 3rd of December at 11 am", "12-03 11:00"),
        ("Thursday at noon", "11-26 12:00"),
        ("see you tomorrow at 4", "11-25 16:00"),
        ("Thu 26/11, 1530hrs", "11-26 15:30"),
        ("Thursday week at 3pm", "12-03 15:00"),
        ("03.12.2026 14:00 Uhr", "12-03 14:00"),
        ("Do., 10.12., 14 Uhr", "12-10 14:00"),
        ("am Dienstag, den 8., um halb drei", "12-08 14:30"),
        ("morgen (Mi) um Viertel nach neun", "11-25 09:15"),
        ("übermorgen 16h", "11-26 16:00"),
        ("Freitag um 3 nachmittags", "11-27 15:00"),
        ("jeudi 3 décembre à 16h", "12-03 16:00"),
        ("vendredi prochain à 9h30", "11-27 09:30"),
        ("le 10 décembre à dix heures et demie", "12-10 10:30"),
        ("demain midi", "11-25 12:00"),
        ("el viernes 4 de diciembre a las 10:30 h", "12-04 10:30"),
        ("mañana a las 5 de la tarde", "11-25 17:00"),
        ("giovedì 3 dicembre alle 15", "12-03 15:00"),
        ("alle ore 11 di venerdì", "11-27 11:00"),
        ("donderdag 3 december om 10 uur", "12-03 10:00"),
        ("vrijdag om half twee", "11-27 13:30"),
        ("w czwartek 3 grudnia o godz. 12.30", "12-03 12:30"),
        ("jutro o 10:15", "11-25 10:15"),
        ("quinta-feira, 3 de dezembro, às 14h", "12-03 14:00"),
        ("amanhã às 9h", "11-25 09:00"),
        ("torsdag 3 december kl. 13", "12-03 13:00"),
        ("fredag kl 9.30", "11-27 09:30"),
        ("na terça, dia 1, às 9h30", "12-01 09:30"),
        ("12月3日(木)15:00〜", "12-03 15:00"),
        ("12月3日 午後3時30分", "12-03 15:30"),
        ("12월 3일 오후 3시", "12-03 15:00"),
    ],
)
def test_a_day_with_a_time_is_read_in_every_language(text: str, wall: str) -> None:
    (one,) = mentions(text, WRITTEN)
    there = one.slot.start.replace(tzinfo=None)
    assert f"{there:%m-%d %H:%M}" in (wall, f"{wall[:5]} {wall[6:]}")
    assert one.slot.start.utcoffset() == WRITTEN.utcoffset()
    if "prochain" not in text:  # on a Tuesday it is this Friday or the one after
        assert one.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("text", "offset", "zone", "confidence"),
    [
        ("3 December, 10 AM CST", 8, "Asia/Shanghai", "medium"),
        ("3 December, 10 AM CST", -6, "America/Chicago", "medium"),
        ("3 December, 10 AM CST", -5, "America/Chicago", "medium"),  # a colleague in New York
        ("3 December, 10 AM CST", 0, "America/Chicago", "low"),  # a server
        ("3 December, 4 PM IST", 5.5, "Asia/Kolkata", "medium"),
        ("3 December, 4 PM IST", 0, "Asia/Kolkata", "medium"),  # India and Israel are on one day
        ("3 December, 4 PM BST", 6, "Asia/Dhaka", "medium"),
        ("3 December, 4 PM GMT", 6, "Europe/London", "medium"),
        ("3 December, 4 PM Muscat time", 0, "Asia/Muscat", "medium"),
        ("3 December, 4 PM Central", -8, "America/Chicago", "medium"),
    ],
)
def test_an_abbreviation_of_several_zones_is_settled_by_where_the_writer_is(
    text: str, offset: float, zone: str, confidence: str
) -> None:
    written = WRITTEN.astimezone(timezone(timedelta(hours=offset)))
    (one,) = mentions(text, written)
    assert (one.slot.zone, one.confidence.value) == (zone, confidence)


@pytest.mark.parametrize(("offset", "month"), [(1, 12), (-5, 10)])
def test_figures_with_a_slash_are_read_as_the_writer_writes_them(offset: int, month: int) -> None:
    written = datetime(2026, 9, 29, 10, tzinfo=timezone(timedelta(hours=offset)))
    (one,) = mentions("10/12 at 2 pm", written)
    assert one.slot.start.month == month


def test_a_weekday_settles_which_figure_is_the_month() -> None:
    (one,) = mentions("Date: 11/12 (Fri)\nTime: 4:00pm", WRITTEN)
    assert (one.slot.start.day, one.slot.start.month, one.confidence) == (11, 12, Confidence.MEDIUM)


def test_the_same_time_on_another_day() -> None:
    usual = datetime(2026, 12, 2, 14, 30, tzinfo=UTC)
    text = "I have to bump tomorrow's talk. Can we do Wednesday 9 December instead, same time?"
    (one,) = mentions(text, WRITTEN, usual)
    assert one.slot.start == datetime(2026, 12, 9, 14, 30, tzinfo=UTC)


def test_one_time_for_two_days_is_a_choice() -> None:
    assert [m.slot.start.day for m in mentions("Dienstag oder Donnerstag ab 14 Uhr", WRITTEN)] == [1, 26]


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
        "£17.20/hr, 39 hrs, from Monday",
        "we open every Monday to Friday 9:00",
        "Guten Morgen, 14 Uhr passt",
        "on Tuesday we hire 14 people",
        "Monday at 12 Poland Street",
        "am Dienstag um 30 Minuten verschoben",
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


@pytest.mark.parametrize(("gap", "read"), [(69, 1), (70, 1), (71, 0)])
def test_a_time_stands_at_most_seventy_characters_behind_its_day(gap: int, read: int) -> None:
    between = "x" * (gap - 2)
    assert len(list(mentions(f"3 December {between} 14:00", WRITTEN))) == read


@pytest.mark.parametrize(("gap", "read"), [(110, 2), (111, 1)])
def test_a_second_time_of_one_day_may_stand_forty_farther(gap: int, read: int) -> None:
    first = ", at 10:00 "
    between = "x" * (gap - len(first) - 1)
    assert len(list(mentions(f"3 December{first}{between} 14:00", WRITTEN))) == read


@pytest.mark.parametrize(("gap", "day"), [(15, 1), (16, 3)])
def test_between_two_days_a_time_belongs_to_the_one_that_it_touches_and_is_plainly_nearer(
    gap: int, day: int
) -> None:
    between = "x" * (gap - 5)
    (one,) = mentions(f"1 December {between} At 14:00 on 3 December", WRITTEN)
    assert one.slot.start.day == day


def test_a_text_is_read_to_eight_thousand_characters() -> None:
    told = "3 December at 14:00"
    assert len(list(mentions(" " * (8_000 - len(told)) + told, WRITTEN))) == 1
    assert len(list(mentions(" " * (8_000 - len(told) + 5) + told, WRITTEN))) == 0


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("1 December, 10:00 and 14:00 on 3 December", ["12-01 10:00", "12-03 14:00"]),
        ("Wednesday or Thursday at 14:00", ["11-25 14:00", "11-26 14:00"]),
        ("Wednesday and Thursday at 14:00", ["11-26 14:00"]),
        ("14:00 (CET) on 3 December", ["12-03 14:00"]),
        # A figure with a dot is a time where a day stands behind it.
        ("Bring a coat. 8.30 this Sunday?", ["11-29 08:30"]),
        ("2.30 on the 3rd", ["12-03 14:30"]),
        ("We use 2.30 this week, on Sunday all else", []),
    ],
)
def test_to_which_day_a_time_belongs(text: str, times: list[str]) -> None:
    assert [f"{m.slot.start:%m-%d %H:%M}" for m in mentions(text, WRITTEN)] == times


def test_an_end_is_told_where_it_stands() -> None:
    (one,) = mentions("3 December, 14:00-15:30 CET", WRITTEN)
    assert one.slot.end is not None
    assert one.slot.end - one.slot.start == timedelta(hours=1, minutes=30)
    text = "We meet on 3 December, 14:00 CET, in Berlin."
    (one,) = mentions(text, WRITTEN)
    assert one.slot.end is None
    assert text[one.start : one.end] == "3 December, 14:00 CET"
    assert text[one.clock :].startswith("14:00")


def test_one_time_in_two_zones_ends_where_the_second_does() -> None:
    text = "3 December 2026, 14:00 CET / 13:00 GMT, by video"
    (one,) = mentions(text, WRITTEN)
    assert text[one.start : one.end] == "3 December 2026, 14:00 CET / 13:00 GMT"


def test_the_same_time_needs_a_day_beside_it_that_has_none() -> None:
    usual = datetime(2026, 12, 2, 14, 30, tzinfo=UTC)

    def read(text: str) -> list[str]:
        return [f"{m.slot.start:%m-%d %H:%M} {m.confidence.value}" for m in mentions(text, WRITTEN, usual)]

    assert read("9 December, same time") == ["12-09 14:30 medium"]
    assert read("Friday, 9 December, same time") == ["12-09 14:30 low"]
    assert read("9 December at 10:00, same time zone") == ["12-09 10:00 medium"]
    assert read(f"9 December {'x' * 68} same time") == ["12-09 14:30 medium"]
    assert read(f"9 December {'x' * 69} same time") == []
    assert read("same time as ever") == []


@pytest.mark.parametrize(
    ("offset", "hours"),
    [
        ("+1", 1),
        ("+0530", 5.5),
        ("-3:30", -3.5),
        ("-10", -10),
        ("+14", 14),
        ("+15", 14),
        ("+0175", 1 + 59 / 60),
    ],
)
def test_an_offset_in_figures(offset: str, hours: float) -> None:
    (one,) = mentions(f"3 December 2026, 14:00 UTC{offset}", WRITTEN)
    assert one.slot.start.utcoffset() == timedelta(minutes=round(60 * hours))


@pytest.mark.parametrize(("offset", "confidence"), [(12, "medium"), (12.5, "medium"), (13, "low")])
def test_a_colleague_sits_within_four_hours(offset: float, confidence: str) -> None:
    # CST is China's at +8 and Chicago's at -6 in winter.
    written = WRITTEN.astimezone(timezone(timedelta(hours=offset - 0.5)))
    (one,) = mentions("3 December, 4 PM CST", written)
    assert one.confidence.value == confidence


def test_two_hours_of_one_zone_are_a_choice_and_no_contradiction() -> None:
    for zone in "CET", "UTC+1":
        read = told(f"3 December 2026, 10:00 {zone} or 11:00 {zone}")
        assert [sure for *_, sure in read] == ["medium", "medium"]


def test_a_zone_that_nobody_knows_is_none() -> None:
    assert told("3 December 2026, 14:00 Europe/Nowhere") == [("2026-12-03 13:00", None, "medium")]
    assert told("3 December 2026, 14:00 Nowhere time") == [("2026-12-03 13:00", None, "medium")]
    assert told("3 December 2026, 14:00 Lisbon time") == [("2026-12-03 14:00", "Europe/Lisbon", "medium")]
