"""find.aside: the calendar's own thread belongs to the talk of the same people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bowout.find.aside import joined
from bowout.find.candidate import Outcome
from bowout.find.rank import rank
from bowout.model import Address, Body, Folder, Identity, Joined, Message, Query, Thread
from bowout.people import machines
from bowout.read.facts import facts

RELAYS = machines.load_relays()
ME = Address("Alex Moreno", "alex@moreno.example")
RUTH = Address("Ruth Sander", "ruth@larkspur.example")
OTTO = Address("Otto Brandl", "otto@larkspur.example")
CALENDAR = Address("Calendar", "calendar-notification@calendar.example")
MINE = [Identity(address=ME)]
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
EVENT = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nDTSTART:20261203T130000Z\nSUMMARY:Interview\n"
    f"ORGANIZER:mailto:{RUTH.address}\nEND:VEVENT\nEND:VCALENDAR\n"
)
INVITES = (
    "Hi Alex,\n\nthank you for applying for the Data Engineer position at Larkspur. We would like to"
    " invite you to an interview.\n\nBest regards\nRuth Sander\nTalent Partner, Larkspur"
)


def thread(name: str, sender: Address, text: str, *calendars: str, day: int = 23) -> Thread:
    mail = Message(
        id=name,
        thread_id=name,
        folder=Folder.INBOX,
        subject=name,
        date=datetime(2026, 11, day, 9, tzinfo=UTC),
        from_=(sender,),
        to=(ME,),
        body=Body(text=text, calendars=calendars),
        joined=Joined.REFERENCES,
    )
    return Thread(id=name, messages=(mail,), complete=True)


TALK = thread("Interview for Data Engineer at Larkspur", RUTH, INVITES)


@pytest.mark.parametrize("sender", [RUTH, CALENDAR])  # a calendar writes in its own name, or in hers
def test_an_event_of_its_own_thread_is_read_with_the_talk(sender: Address) -> None:
    event = thread("Invitation: Interview Larkspur", sender, "You have been invited.", EVENT, day=24)
    (found,) = joined([TALK, event], MINE)
    assert (found.id, found.aside) == (TALK.id, event.messages)
    slot = facts(found, MINE, RELAYS, NOW, "Europe/Berlin").slot
    assert slot is not None
    assert (slot.value.start, slot.value.zone) == (datetime(2026, 12, 3, 13, tzinfo=UTC), "Europe/Berlin")


def test_one_process_in_two_threads_is_one_candidate() -> None:
    event = thread("Invitation: Interview Larkspur", RUTH, "You have been invited.", EVENT, day=24)
    ranking = rank([TALK, event], Query(who="larkspur"), MINE, RELAYS, NOW)
    assert ranking.outcome is Outcome.SURE
    assert [c.thread.id for c in ranking.candidates] == [TALK.id]


@pytest.mark.parametrize(
    "others",
    [
        [],  # no talk
        [thread("Rent", OTTO, "The flat is free.")],  # other people
        [TALK, thread("Another role", RUTH, INVITES)],  # two talks: which one?
    ],
)
def test_an_event_stays_alone_where_no_one_talk_is_its_own(others: list[Thread]) -> None:
    event = thread("Invitation: Interview Larkspur", RUTH, "You have been invited.", EVENT, day=24)
    assert {t.id for t in joined([*others, event], MINE)} == {event.id, *(t.id for t in others)}
    assert not any(t.aside for t in joined([*others, event], MINE))


def test_a_talk_with_an_invitation_in_it_is_no_event() -> None:
    talk = thread("Interview", RUTH, INVITES)
    mixed = Thread(
        id="x", messages=(*talk.messages, *thread("Re", RUTH, "See below.", EVENT).messages), complete=True
    )
    assert joined([mixed, TALK], MINE) == [mixed, TALK]
