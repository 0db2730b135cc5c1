"""invite: what was booked, moved or cancelled, out of the calendar parts that real senders write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bowout.mail.calendar import invitations, slots
from bowout.model import Address, Body, Folder, Message, Slot

SENT = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=1)))

# Exchange names the zone as Windows does and starts its rules in 1601; Zoom starts them in 1970.
BERLIN = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:{start}
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:{start}
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


BROKEN_ZONE = """BEGIN:VTIMEZONE
TZID:X
BEGIN:STANDARD
TZOFFSETTO:+9900
DTSTART:nonsense
END:STANDARD
END:VTIMEZONE
"""


def calendar(*lines: str, method: str = "REQUEST", zone: str = "", uid: str = "u1", end: str = "\r\n") -> str:
    text = (
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nVERSION:2.0\n{zone}BEGIN:VEVENT\nUID:{uid}\n"
        + "\n".join(lines)
        + "\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    return text.replace("\n", end)


def mail(
    *calendars: str,
    subject: str = "",
    folder: Folder = Folder.INBOX,
    date: datetime = SENT,
    by: str | None = None,
) -> Message:
    body, from_ = Body(text="", calendars=calendars), (Address("", by),) if by else ()
    return Message(id="m", thread_id="t", subject=subject, date=date, folder=folder, body=body, from_=from_)


def only(*messages: Message) -> Slot:
    (slot,) = slots(messages)
    return slot


def test_a_plain_invitation_in_utc() -> None:
    slot = only(
        mail(
            calendar(
                "DTSTART:20261203T130000Z",
                "DTEND:20261203T140000Z",
                "SUMMARY:Interview\\, first round",
                "LOCATION:https://meet.example/a?b=1",
                'ORGANIZER;CN="Whitfield, Dana":MAILTO:dana@acme.example',
            )
        )
    )
    assert slot == Slot(
        start=datetime(2026, 12, 3, 13, tzinfo=UTC),
        end=datetime(2026, 12, 3, 14, tzinfo=UTC),
        zone="UTC",
        title="Interview, first round",
        location="https://meet.example/a?b=1",
        uid="u1",
        organizer=Address("Whitfield, Dana", "dana@acme.example"),
    )


@pytest.mark.parametrize(
    ("name", "start", "zone"),
    [
        ("W. Europe Standard Time", "16010101T020000", "Europe/Berlin"),
        ("Europe/Berlin", "19700308T020000", "Europe/Berlin"),
        ("/mozilla.org/20070129_1/Europe/Berlin", "19700308T020000", "Europe/Berlin"),
        ("Customized Time Zone", "16010101T020000", None),
    ],
)
def test_the_event_is_read_and_never_the_start_of_a_time_zone_rule(
    name: str, start: str, zone: str | None
) -> None:
    definition = BERLIN.format(name=name, start=start)
    for wall, instant in (("20261203T140000", "13:00"), ("20260703T140000", "12:00")):
        slot = only(mail(calendar(f"DTSTART;TZID={name}:{wall}", zone=definition)))
        assert slot.zone == zone
        assert (
            f"{slot.start.astimezone(UTC):%Y-%m-%d %H:%M}" == f"{wall[:4]}-{wall[4:6]}-{wall[6:8]} {instant}"
        )


def test_quoted_zone_names_and_folded_lines_are_read() -> None:
    text = calendar('DTSTART;TZID="Eastern Standard Time":2026120\n 3T090000', "SUMMARY:A lo\n ng title")
    slot = only(mail(text))
    assert (slot.start.astimezone(UTC).hour, slot.zone, slot.title) == (
        14,
        "America/New_York",
        "A long title",
    )


def test_three_zones_in_one_thread() -> None:
    found = slots(
        [
            mail(calendar("DTSTART;TZID=Europe/Berlin:20261203T140000", uid="a")),
            mail(calendar("DTSTART;TZID=Pacific Standard Time:20261204T090000", uid="b")),
            mail(calendar("DTSTART:20261205T090000Z", uid="c")),
        ]
    )
    assert [(s.zone, s.start.astimezone(UTC).hour) for s in found] == [
        ("Europe/Berlin", 13),
        ("America/Los_Angeles", 17),
        ("UTC", 9),
    ]


def test_a_floating_time_is_a_guess_in_the_offset_of_the_mail() -> None:
    (invitation,) = invitations([mail(calendar("DTSTART:20261203T140000"))])
    assert invitation.slot.start == datetime(2026, 12, 3, 14, tzinfo=SENT.tzinfo)
    assert (invitation.slot.zone, invitation.exact) == (None, False)


def test_an_unknown_zone_without_definition_is_a_guess() -> None:
    (invitation,) = invitations([mail(calendar("DTSTART;TZID=Nowhere/At All:20261203T140000"))])
    assert not invitation.exact


def test_an_all_day_event_has_no_exact_start() -> None:
    (invitation,) = invitations([mail(calendar("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204"))])
    assert (invitation.all_day, invitation.exact, invitation.slot.start.day) == (True, False, 3)


def test_a_duration_counts_real_hours_across_the_change_of_clocks() -> None:
    slot = only(mail(calendar("DTSTART;TZID=Europe/Berlin:20261025T013000", "DURATION:PT2H")))
    assert slot.end is not None
    assert slot.end.astimezone(UTC) - slot.start.astimezone(UTC) == timedelta(hours=2)


START = "DTSTART:20261203T130000Z"
LATER = "DTSTART:20261204T130000Z"


@pytest.mark.parametrize("order", [1, -1])
def test_the_highest_sequence_wins_in_whatever_order_the_mails_lie(order: int) -> None:
    old = mail(calendar(START, "SEQUENCE:0", "DTSTAMP:20261120T000000Z"))
    new = mail(calendar(LATER, "SEQUENCE:1", "DTSTAMP:20261119T000000Z"))
    slot = only(*[old, new][::order])
    assert (slot.start.day, slot.moved, slot.cancelled) == (4, True, False)


@pytest.mark.parametrize(
    ("by", "hour", "exact"),
    [
        ("coordinator@mail.acme.com", 15, True),
        ("bookings@scheduler.com", 15, True),  # the organizer of the first
        ("eve@evil.com", 13, False),
    ],
)
def test_who_was_told_of_an_event_cannot_move_it_only_put_it_in_doubt(
    by: str, hour: int, exact: bool
) -> None:
    first = calendar("DTSTART:20261203T130000Z", "SEQUENCE:0", "ORGANIZER:mailto:bookings@scheduler.com")
    update = calendar("DTSTART:20261203T150000Z", "SEQUENCE:9")
    later = SENT + timedelta(hours=1)
    (found,) = invitations([mail(first, by="dana@acme.com"), mail(update, by=by, date=later)])
    assert (found.slot.start.hour, found.exact) == (hour, exact)


def test_at_equal_sequence_the_latest_stamp_wins() -> None:
    new = mail(calendar(LATER, "DTSTAMP:20261121T000000Z"))
    old = mail(calendar(START, "DTSTAMP:20261120T000000Z"))
    assert only(new, old).start.day == 4


def test_an_update_that_keeps_the_time_is_not_a_move() -> None:
    first, second = (mail(calendar(START, f"SEQUENCE:{n}", f"LOCATION:room {n}")) for n in (0, 1))
    slot = only(first, second)
    assert (slot.location, slot.moved) == ("room 1", False)


@pytest.mark.parametrize(
    "cancellation",
    [
        mail(calendar(START, "SEQUENCE:1", method="CANCEL")),
        mail(calendar("STATUS:CANCELLED", "SEQUENCE:1", method="CANCEL")),
        mail(calendar(START, "SEQUENCE:1", "STATUS:CANCELLED")),
        mail(calendar(START, "SEQUENCE:1", "SUMMARY:Cancelled: Interview")),
        mail(calendar(START, "SEQUENCE:1", "SUMMARY:Abgesagt: Gespräch")),
        mail(calendar(START, "SEQUENCE:1"), subject="Canceled event: Interview"),
        mail(calendar(START, "DTSTAMP:20261122T000000Z", method="CANCEL")),  # without a SEQUENCE
    ],
)
def test_every_way_to_cancel(cancellation: Message) -> None:
    booked = mail(calendar(START, "SEQUENCE:0", "DTSTAMP:20261120T000000Z"))
    slot = only(booked, cancellation, cancellation, cancellation)
    assert slot.cancelled
    assert slot.start.day == 3


def test_an_interview_that_is_booked_again_is_no_longer_cancelled() -> None:
    again = mail(calendar(LATER, "SEQUENCE:2"))
    slot = only(
        mail(calendar(START, "SEQUENCE:0")), mail(calendar(START, "SEQUENCE:1", method="CANCEL")), again
    )
    assert (slot.start.day, slot.cancelled, slot.moved) == (4, False, True)


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "REFRESH"])
def test_an_answer_of_an_attendee_changes_nothing(method: str) -> None:
    answer = mail(calendar(LATER, "SEQUENCE:5", "DTSTAMP:20261201T000000Z", method=method))
    assert only(mail(calendar(START, "SEQUENCE:0")), answer).start.day == 3


def days(*messages: Message) -> list[tuple[int, bool]]:
    return [(slot.start.astimezone(UTC).day, slot.cancelled) for slot in slots(messages)]


WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3"  # 3, 10 and 17 December


def test_one_cancelled_instance_leaves_the_others() -> None:
    series = mail(calendar(START, WEEKLY))
    one = mail(calendar("RECURRENCE-ID:20261210T130000Z", "SEQUENCE:1", method="CANCEL"))
    assert days(series, one) == [(3, False), (10, True), (17, False)]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (WEEKLY, [3, 10, 17]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261217T130000Z", [3, 17]),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", [3, 8, 10]),
        ("RRULE:FREQ=DAILY;COUNT=2", [3, 4]),
        ("RRULE:FREQ=DAILY;BYDAY=MO,FR;COUNT=2", [4, 7]),
        ("RRULE:FREQ=DAILY;COUNT=2\nEXDATE:20261203T130000Z", [4]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20261203T140000,20261205T140000", [4]),
        ("RDATE:20261211T130000Z", [3, 11]),
        ("RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=FR", [3]),
        ("RRULE:FREQ=WEEKLY;COUNT=0", [3]),
        ("RRULE:nonsense", [3]),
    ],
)
def test_the_dates_of_a_series(rule: str, wanted: list[int]) -> None:
    assert [day for day, off in days(mail(calendar(START, rule))) if not off] == wanted


def test_a_rule_that_is_not_worked_out_makes_the_date_a_guess() -> None:
    (invitation,) = invitations([mail(calendar(START, "RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=FR"))])
    assert not invitation.exact


def test_an_endless_series_is_bounded() -> None:
    assert len(slots([mail(calendar(START, "RRULE:FREQ=DAILY"))])) == 60


@pytest.mark.parametrize(
    "meant", ["RECURRENCE-ID:20261203T130000Z", "RECURRENCE-ID;TZID=America/New_York:20261203T080000"]
)
def test_an_occurrence_is_known_by_its_instant_in_whatever_zone(meant: str) -> None:
    series = mail(calendar("DTSTART;TZID=Europe/Berlin:20261203T140000", "RRULE:FREQ=DAILY;COUNT=1"))
    first = mail(calendar(START, "RECURRENCE-ID;TZID=Europe/Berlin:20261203T140000", "SEQUENCE:1"))
    moved = mail(calendar("DTSTART:20261208T090000Z", meant, "SEQUENCE:2"))
    for known in ([series], [first], [series, first]):
        slot = only(*known, moved)
        assert (slot.start.day, slot.moved, slot.cancelled) == (8, True, False)


def test_a_new_plan_of_a_series_takes_the_place_of_the_old_dates() -> None:
    old = mail(calendar(START, WEEKLY, "SEQUENCE:0"))
    alone = mail(calendar("DTSTART:20261211T130000Z", "RECURRENCE-ID:20261210T130000Z", "SEQUENCE:1"))
    new = mail(calendar("DTSTART:20261207T130000Z", WEEKLY, "SEQUENCE:2"))
    assert days(old, alone, new) == [(7, False), (14, False), (21, False)]


def test_a_hold_is_told_from_a_booking() -> None:
    assert [
        one.tentative
        for one in invitations(
            [
                mail(calendar(START, "STATUS:TENTATIVE", uid="a")),
                mail(calendar(LATER, "STATUS:CONFIRMED", uid="b")),
            ]
        )
    ] == [True, False]


ODD = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:20200101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("name", "defined", "hour", "exact"),
    [
        # Only a name for people: the cities tell the summer, yet it stays a guess.
        ('"(UTC+01:00) Amsterdam, Berlin, Rome"', None, 12, False),
        ('"(UTC-08:00) Pacific Time (US & Canada)"', None, 22, False),
        ("GMT+0100", None, 13, False),
        # What the file defines counts, whatever the name looks like.
        ('"(UTC+01:00) Amsterdam, Berlin, Rome"', "+0200", 12, True),
        ("GMT+0100", "+0300", 11, True),
        ("Office", "-0330", 17, True),
        # A known name against its own definition: the definition, and a doubt.
        ("Europe/Berlin", "+0100", 13, False),
        ("Europe/Berlin", "+0200", 12, True),
    ],
)
def test_a_zone_is_what_its_definition_says(name: str, defined: str | None, hour: int, exact: bool) -> None:
    zone = ODD.format(name=name.strip('"'), offset=defined) if defined else ""
    (invitation,) = invitations([mail(calendar(f"DTSTART;TZID={name}:20270601T140000", zone=zone))])
    assert (invitation.slot.start.astimezone(UTC).hour, invitation.exact) == (hour, exact)


def test_a_rule_of_a_zone_that_was_given_up_no_longer_counts() -> None:
    zone = BERLIN.format(name="X", start="19700308T020000").replace(
        "BYDAY=-1SU;BYMONTH=3", "BYDAY=-1SU;BYMONTH=3;UNTIL=20200401T000000Z"
    )
    assert only(mail(calendar("DTSTART;TZID=X:20270601T140000", zone=zone))).start.utcoffset() == timedelta(
        hours=1
    )


def test_a_cancelled_series_cancels_its_instances() -> None:
    one = mail(calendar(LATER, "RECURRENCE-ID:20261204T130000Z", "SEQUENCE:1"))
    whole = mail(calendar(START, "SEQUENCE:2", method="CANCEL"))
    assert all(s.cancelled for s in slots([mail(calendar(START)), one, whole]))


def test_several_rounds_are_listed_by_start() -> None:
    found = slots([mail(calendar(LATER, uid="b")), mail(calendar(START, uid="a"))])
    assert [s.uid for s in found] == ["a", "b"]


def test_attendees_and_description_are_kept_beside_the_slot() -> None:
    text = calendar(
        START, "ATTENDEE;CN=Tom:mailto:tom@acme.example", "ATTENDEE:urn:x", "DESCRIPTION:one\\ntwo"
    )
    (invitation,) = invitations([mail(text)])
    assert invitation.attendees == (Address("Tom", "tom@acme.example"),)
    assert invitation.description == "one\ntwo"


def test_drafts_book_nothing() -> None:
    assert slots([mail(calendar(START), folder=Folder.DRAFTS)]) == ()


def test_what_comes_from_a_calendar_is_one_harmless_line() -> None:
    slot = only(mail(calendar(START, "SUMMARY:a\\nBcc: x\x1b[2J" + "y" * 9000, "LOCATION:here\x07")))
    assert slot.title.startswith("a Bcc: x [2J")
    assert (slot.title.isprintable(), len(slot.title), slot.location) == (True, 500, "here")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VEVENT",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261203T130000Z",
        calendar("DTSTART:99999999T999999Z"),
        calendar("DTSTART:16010101T000000Z"),
        calendar("DTSTART;TZID=../../etc/passwd:20261203T130000"),
        calendar("DTSTART;TZID=Europe:20261203T130000"),
        calendar('DTSTART;TZID="unclosed:20261203T130000'),
        calendar(START, "DURATION:P9999W", "SEQUENCE:9999999999999", "DTEND:20251203T130000Z"),
        "BEGIN:VCALENDAR\n" * 5000,
        "END:VEVENT\n" * 5000,
        calendar("DTSTART;TZID=X:20261203T130000", zone=BROKEN_ZONE),
    ],
)
def test_broken_and_hostile_parts_do_no_harm(text: str) -> None:
    assert len(slots([mail(text)])) <= 1


@given(st.text(alphabet=st.sampled_from('BEGINVDTSTARTZ:;="\n \\,-+0123456789é\x00'), max_size=200))
def test_no_text_makes_the_reader_raise(noise: str) -> None:
    slots([mail(calendar(noise, START)), mail(noise)])


@given(
    when=st.datetimes(datetime(1995, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001 - wall clock, the zone is apart
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]),
    title=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60),
)
def test_an_independent_reader_agrees(when: datetime, zone: str, title: str) -> None:
    escaped = title.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    text = calendar(f"DTSTART;TZID={zone}:{when:%Y%m%dT%H%M%S}", f"SUMMARY:{escaped}")
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    start, summary = event.decoded("DTSTART"), str(event["SUMMARY"])
    slot = only(mail(text))
    assert slot.start.astimezone(UTC) == start.astimezone(UTC)
    assert slot.title == " ".join(summary.split())
