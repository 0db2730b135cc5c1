"""read.choice, read.told: which of several times an answer means, and which times are offered at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bowout.model import Address, Body, Confidence, Folder, Identity, Joined, Message, Stage, Thread
from bowout.people import machines
from bowout.read.facts import facts

RELAYS = machines.load_relays()
ME = Address("Alex Moreno", "alex@moreno.example")
THEM = Address("Ruth Sander", "ruth@larkspur.example")
CET = timezone(timedelta(hours=1))
WRITTEN = datetime(2026, 11, 23, 10, tzinfo=CET)  # a Monday
THREE = "Could do any of:\n\nTues 1 December at 10\nWeds 2 December at 2 pm\nThurs 3 December at 9:30\n\nRuth"
TWO = "We can offer Wednesday 2 December at 9:00 or Thursday 3 December at 14:00."
ONE = "Would Thursday 3 December at 14:00 suit you?"
FIXED = "We expect you on Thursday 3 December at 14:00."


def slot(*texts: str, now: datetime = WRITTEN + timedelta(days=4)) -> str | None:
    """Read a thread in which they write first, and each side in turn, an hour apart."""
    thread = Thread(id="t", messages=tuple(_mail(n, text) for n, text in enumerate(texts)), complete=True)
    found = facts(thread, [Identity(address=ME)], RELAYS, now, "Europe/Berlin").slot
    if found is None or found.value.cancelled:
        return None
    mark = "?" if found.confidence is Confidence.LOW else ""
    return f"{found.value.start.astimezone(CET):%m-%d %H:%M}{mark}"


def _mail(n: int, text: str, *calendars: str) -> Message:
    by, to = (ME, THEM) if n % 2 else (THEM, ME)
    return Message(
        id=f"{n}",
        thread_id="t",
        subject="Re: Interview",
        folder=Folder.SENT if by == ME else Folder.INBOX,
        date=WRITTEN + timedelta(hours=n),
        from_=(by,),
        to=(to,),
        body=Body(text=text, calendars=calendars),
        joined=Joined.REFERENCES,
    )


@pytest.mark.parametrize(
    ("offer", "answer", "taken"),
    [
        (THREE, "Thanks a million. The last one would suit me best.", "12-03 09:30"),
        (THREE, "The second one please, same number.", "12-02 14:00"),
        (THREE, "Den zweiten, bitte.", "12-02 14:00"),
        (THREE, "Le dernier me va bien.", "12-03 09:30"),
        (THREE, "The afternoon one please.", "12-02 14:00"),
        (TWO, "Jeśli można, wolę późniejszą godzinę.", "12-03 14:00"),
        (TWO, "The earlier one, if it is still free.", "12-02 09:00"),
        (TWO, "Merci beaucoup. Le 3, avec plaisir.", "12-03 14:00"),
        (TWO, "The 2nd is good.", "12-02 09:00"),
        # Two in the morning, two afternoons, a third of two: nobody can tell.
        (THREE, "The morning one please.", None),
        (TWO, "The third one please.", None),
        (TWO, "Thanks for your last mail, I will look at it.", None),
    ],
)
def test_an_answer_takes_one_by_its_place(offer: str, answer: str, taken: str | None) -> None:
    assert slot(offer, answer) == taken


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("Thursday 3rd at 14:00 would be perfect. Is there a projector?", "12-03 14:00"),
        ("Thursday 14:00 it is. Black trousers?", "12-03 14:00"),
        # The question is about the time itself.
        ("Thursday at 14:00 could work. Or is Friday possible?", None),
        ("Thursday at 14:00 could work. Are there any other slots?", None),
    ],
)
def test_a_question_about_something_else_takes_no_choice_back(answer: str, taken: str | None) -> None:
    assert slot(TWO, answer) == taken


@pytest.mark.parametrize(
    ("answer", "last", "taken"),
    [
        (
            "Would Friday 4 December at 8:00 be possible, or Monday 7 December at 9:00?",
            "Friday then.",
            "12-04 08:00",
        ),
        ("Would Friday 4 December at 8:00 be possible, or Monday 7 December at 9:00?", "Hm, Friday?", None),
        ("Would Friday 4 December at 8:00 be possible?", "À vendredi donc. Sonnez fort.", "12-04 08:00"),
        ("Either is fine for me, please choose.", "Then let us take the early one.", "12-02 09:00"),
        ("Either is fine for me, please choose.", "I will check and let you know by Wednesday.", None),
    ],
)
def test_they_take_one_of_mine_or_of_theirs(answer: str, last: str, taken: str | None) -> None:
    assert slot(TWO, answer, last) == taken


@pytest.mark.parametrize(
    ("last", "yes", "taken"),
    [
        ("Make it 13.30 would you? If I don't hear I'll take it that's ok.", (), "12-03 13:30"),
        ("Geht 14.45 statt 14.00? Melden Sie sich nur, falls nicht.", (), "12-03 14:45"),
        ("¿Podrías venir una hora antes?", ("Claro, sin problema.",), "12-03 13:00"),
        ("Could we start half an hour later?", ("Sure!",), "12-03 14:30"),
        ("Could we start half an hour later?", (), "12-03 14:00"),
        ("Please arrive by 13:30.", ("Sure!",), "12-03 14:00"),
    ],
)
def test_they_ask_for_another_hour(last: str, yes: Sequence[str], taken: str) -> None:
    assert slot(FIXED, "Confirmed.", last, *yes) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("You are invited for an interview on Thursday 3 December by 9:00am prompt.", "12-03 09:00"),
        ("Please confirm the interview by Thursday 3 December, by 9:00am.", None),
        ("Before the interview, send your papers on Thursday 3 December by 9:00am.", None),
        ("Which day suits between Tuesday 1 and Thursday 3 December, 10am - 3pm?", None),
    ],
)
def test_by_an_hour_is_a_limit_unless_one_meets_by_it(text: str, taken: str | None) -> None:
    assert slot(text, "Thank you, I will be available.") == taken


def test_the_same_hour_on_another_day() -> None:
    sorry = "I'm mortified, I was held up. Could we do the same hour on Friday of next week?"
    assert slot(FIXED, "Confirmed.", sorry, "Friday is fine.") == "12-04 14:00"


@pytest.mark.parametrize(
    "text",
    [
        "Need to call off Thursday, I'm afraid. What's your week after next like?",
        "So sorry, the director was called away. I will come back with new dates.",
    ],
)
def test_a_talk_called_off_without_a_new_day_is_none(text: str) -> None:
    assert slot(FIXED, "Confirmed.", text) is None


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Martedì è festa, allora facciamo lunedì alle 16.30.", "11-30 16:30"),
        ("Is 2 December good? We can 10.00 or 14.00, on Teams.", None),
    ],
)
def test_a_day_of_the_same_name_is_the_next_one(text: str, taken: str | None) -> None:
    assert slot(text) == taken


def test_hours_with_a_dot_in_a_row_are_hours() -> None:
    offer = "Is Wednesday 2 December good? We can 10.00 or 14.00, on Teams."
    assert slot(offer, "10.00 please.") == "12-02 10:00"


def test_i_was_not_there_and_say_so() -> None:
    after = datetime(2026, 12, 3, 18, tzinfo=CET)
    late = _mail(1, "Es tut mir leid, ich habe verschlafen.")
    thread = [_mail(0, FIXED), replace(late, date=after)]
    found = facts(
        Thread(id="t", messages=tuple(thread), complete=True),
        [Identity(address=ME)],
        RELAYS,
        after + timedelta(hours=3),
        "Europe/Berlin",
    ).slot
    assert found is not None
    assert found.value.missed


def test_when_they_can_be_reached_is_no_appointment() -> None:
    assert slot("Ich bin am Dienstag, 1. Dezember, ab 18 Uhr gut erreichbar.") is None


BOOKED = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nSUMMARY:Interview\n"
    "DTSTART:20261203T130000Z\nDTEND:20261203T140000Z\nEND:VEVENT\nEND:VCALENDAR\n"
)


@pytest.mark.parametrize(
    ("answer", "stage"),
    [
        ("No issues, please share two or three slots.", Stage.INVITED),
        ("That is difficult for us, I am afraid.", Stage.INTERVIEWED),
    ],
)
def test_a_booking_that_i_asked_to_move_is_off_once_they_do_not_mind(answer: str, stage: Stage) -> None:
    mails = [
        _mail(0, FIXED, BOOKED),
        _mail(1, "I am very sorry, there is a family matter. Could we move to next week?"),
        _mail(2, answer),
    ]
    thread = Thread(id="t", messages=tuple(mails), complete=True)
    found = facts(
        thread, [Identity(address=ME)], RELAYS, datetime(2026, 12, 5, 9, tzinfo=CET), "Europe/Berlin"
    )
    assert found.stage is not None
    assert found.stage.value is stage


def test_a_weekday_in_my_answer_is_that_of_the_week_they_offered() -> None:
    offer = "Can you do Thursday 3 December at 8:00? Otherwise it will be after the holidays."
    assert (
        slot(offer, "That day I cannot. Would Friday at eight be possible?", "Friday then.") == "12-04 08:00?"
    )
    assert slot(
        offer, "That day I cannot. Would Friday 27 November at eight be possible?", "Friday then."
    ) == ("11-27 08:00")


def test_what_i_choose_after_i_asked_to_move_stands() -> None:
    offer = "Get well soon! I suggest Wednesday 2 December at 9:30 or Thursday 3 December at 14:00."
    asked = "I am ill today. Could we reschedule?"
    assert slot(
        "We expect you on Monday 23 November at 18:00.", asked, offer, "The 3rd, gladly.", "Noted."
    ) == ("12-03 14:00")
