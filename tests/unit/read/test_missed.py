"""read.slot, letters.situation: an appointment at which I was not, by what they wrote afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bowout.letters.situation import infer_situation
from bowout.model import Address, Body, Facts, Folder, Identity, Joined, Message, Situation, Thread
from bowout.people import machines
from bowout.read.facts import facts

RELAYS = machines.load_relays()
ME = Address("Alex Moreno", "alex@moreno.example")
THEM = Address("Ruth Sander", "ruth@larkspur.example")
CET = timezone(timedelta(hours=1))
TALK = datetime(2026, 11, 26, 14, tzinfo=CET)
NOW = TALK + timedelta(days=1)
EVENT = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nSUMMARY:Interview\n"
    "DTSTART:20261126T130000Z\nDTEND:20261126T140000Z\nEND:VEVENT\nEND:VCALENDAR\n"
)


def wrote(by: Address, at: datetime, text: str, *calendars: str) -> Message:
    return Message(
        id=f"{at}-{by.address}",
        thread_id="t",
        subject="Interview",
        folder=Folder.SENT if by == ME else Folder.INBOX,
        date=at,
        from_=(by,),
        to=(THEM if by == ME else ME,),
        body=Body(text=text, calendars=calendars),
        joined=Joined.REFERENCES,
    )


def read(*after: Message, calendar: str = "") -> Facts:
    told = wrote(
        THEM,
        TALK - timedelta(days=3),
        "We meet on Thursday 26 November at 2 pm.",
        *([calendar] if calendar else []),
    )
    thread = Thread(id="t", messages=(told, *after), complete=True)
    return facts(thread, [Identity(address=ME)], RELAYS, NOW, "Europe/Berlin")


def left(*after: Message, calendar: str = "") -> Situation:
    return infer_situation(read(*after, calendar=calendar), NOW)


@pytest.mark.parametrize("calendar", ["", EVENT])
@pytest.mark.parametrize(
    "text",
    [
        "We waited for you till half past two. Is everything okay?",
        "Ben and I were on the call until three but couldn't see you. Technical problem?",
        "We sat in the Zoom from two to three but you didn't appear. Was it our link?",
        "We rang at 2, at 2:05 and at 2:20 and got voicemail each time.",
        "We were expecting you yesterday. We might manage another day.",
        "Did we lose you? There was no answer at the door.",
        "Ich habe gestern auf Sie gewartet. Haben Sie den Termin vergessen?",
        "Schade, dass Sie gestern nicht da waren. Melden Sie sich bitte.",
        "Nous vous avons attendu hier, et vous n'êtes pas venu.",
    ],
)
def test_they_say_that_nobody_came(text: str, calendar: str) -> None:
    after = wrote(THEM, TALK + timedelta(hours=20), f"Hi Alex,\n\n{text}\n\nRuth")
    found = read(after, calendar=calendar)
    assert infer_situation(found, NOW) is Situation.MISSED
    assert found.rounds is None


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for coming yesterday. I waited for the bus for an hour!",
        "It was good to meet you. Did you get home all right? Was the train there?",
        "I am so sorry that I missed our call yesterday, my train was late. When are you free?",
        "There was still no answer from the director, I regret, since we met. Do bear with us.",
        "Sorry for keeping you waiting yesterday, we could not get the link to work.",
    ],
)
def test_who_was_there_missed_nothing_nor_who_waited_in_vain(text: str) -> None:
    assert (
        left(wrote(THEM, TALK + timedelta(hours=20), f"Hi Alex,\n\n{text}\n\nRuth")) is not Situation.MISSED
    )


def test_my_thanks_for_the_talk_show_that_i_came_after_all() -> None:
    late = wrote(THEM, TALK + timedelta(minutes=10), "We are on the call. Trouble joining?")
    assert left(late) is Situation.MISSED
    assert left(late, wrote(ME, TALK + timedelta(hours=2), "Thank you for the talk today.")) is not (
        Situation.MISSED
    )


@pytest.mark.parametrize(("minutes", "missed"), [(40, True), (41, False)])
def test_who_asks_by_mail_while_the_talk_should_go_on_looks_for_me(minutes: int, missed: bool) -> None:
    after = wrote(THEM, TALK + timedelta(minutes=minutes), "Hallo, jesteśmy, a Pan?")
    assert (left(after) is Situation.MISSED) is missed
