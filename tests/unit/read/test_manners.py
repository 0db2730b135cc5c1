"""read.manners, drafts.basis: how the two sides of a thread write to each other, and in which variety."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bowout.manners import Manners
from bowout.model import Address, Body, Folder, Identity, Joined, Message, Person, PersonRole, Thread
from bowout.people import machines
from bowout.people.sides import tell_apart
from bowout.read import manners as reading
from bowout.read.source import Source, sources

ME = Address("Alex Moreno", "alex@moreno.example")
THEM = Address("Ruth Sander", "ruth@larkspur.example")
DAY = datetime(2026, 11, 26, 14, tzinfo=timezone(timedelta(hours=1)))


def heard(*written: tuple[Address, str]) -> tuple[Source, ...]:
    messages = tuple(
        Message(
            id=str(at),
            thread_id="t",
            subject="Interview",
            folder=Folder.SENT if by == ME else Folder.INBOX,
            date=DAY + timedelta(hours=at),
            from_=(by,),
            to=(THEM if by == ME else ME,),
            body=Body(text=text),
            joined=Joined.REFERENCES,
        )
        for at, (by, text) in enumerate(written)
    )
    thread = Thread(id="t", messages=messages, complete=True)
    relays = machines.load_relays()
    return sources(thread, tell_apart(thread, [Identity(address=ME)], relays), relays)


def manners(language: str, *written: tuple[Address, str]) -> Manners:
    return reading.manners(heard(*written), language, ME.name)


@pytest.mark.parametrize(
    ("text", "greeting", "formal"),
    [
        ("Hi Alex,\n\nwhen suits you?", "hi", False),
        ("Good morning Alex,\n\nwhen suits you?", "hello", False),
        ("Dear Alex,\n\nwhen suits you?", "dear", False),
        ("Dear Mr Moreno,\n\nwhen suits you?", "dear", True),
        ("Sehr geehrter Herr Moreno,\n\npasst es am Montag?", "dear", True),
        ("Hiring is on hold, Alex.", "", None),
        ("Alex,\n\nwhen suits you?", "", None),
    ],
)
def test_the_greeting_is_that_of_their_newest_mail(text: str, greeting: str, formal: bool | None) -> None:
    found = manners("en", (THEM, text), (ME, "Hey Ruth,\n\nMonday."))
    assert (found.greeting, found.formal) == (greeting, formal)


def test_their_newest_mail_tells_whether_they_say_du() -> None:
    sie = "Guten Tag,\n\nwann können wir Sie anrufen?"
    du = "Hallo Alex,\n\nwann passt es dir?"
    assert manners("de", (THEM, sie), (THEM, du)).familiar is True
    assert manners("de", (THEM, du), (THEM, sie)).familiar is False
    assert manners("de", (THEM, "Hallo Alex,\n\npasst Montag?")).familiar is None
    assert manners("de", (ME, du)).familiar is None  # how I write says nothing of them


def test_my_own_last_lines_are_kept_where_the_name_is_mine() -> None:
    mine = manners("en", (ME, "Monday is fine.\n\nCheers,\nAlex"))
    assert (mine.close, mine.name) == ("Cheers,", "Alex")
    other = manners("en", (ME, "As she wrote:\n\nKind regards,\nRuth"))
    assert (other.close, other.name) == ("", "")


@pytest.mark.parametrize(
    ("language", "text", "variety"),
    [
        ("en", "We love the color of your program. Call (212) 555-0142.", "US"),
        ("en", "The programme starts on 3 December, after a fortnight.", "GB"),
        ("en", "When suits you?", ""),
        ("de", "Guten Tag Alex\n\nWann passt es Ihnen?\n\nFreundliche Grüsse\nRuth Sander", "CH"),
        ("de", "Wann passt es dir?\n\nViele Grüße\nRuth", "DE"),
        ("de", "Wann passt es dir?", ""),
        ("fr", "Quand êtes-vous libre ? CHF 90'000", ""),
    ],
)
def test_the_variety_is_what_only_one_region_writes(language: str, text: str, variety: str) -> None:
    assert manners(language, (THEM, text)).variety == variety


@pytest.mark.parametrize(
    ("mine", "kept"),
    [
        ("Sehr geehrte Frau Sander,\n\ngern am Montag.", "Sehr geehrte Frau Sander"),
        ("Guten Tag Frau Mag. Sander\n\nGern am Montag.", "Guten Tag Frau Mag. Sander"),
        ("Moin Ruth!\n\nGern am Montag.", "Moin Ruth"),
        ("Bonjour Madame Sander,\n\nvolontiers lundi.", "Bonjour Madame Sander"),
        ("Guten Abend Frau Sander,\n\ngern am Montag.", "Guten Tag Frau Sander"),  # whatever the hour
        ("Hi Ruth and Ben,\n\nMonday is fine.", ""),  # the letter goes to one
        ("Dear Ms Whitfield,\n\nMonday is fine.", ""),
        ("Hi Ruth, Monday is fine.", ""),
        ("Monday is fine, Ruth.", ""),
    ],
)
def test_i_greet_a_person_as_i_did_before(mine: str, kept: str) -> None:
    person = Person(address=THEM, name="Ruth Sander", role=PersonRole.UNKNOWN)
    told = heard((THEM, "Guten Tag Herr Moreno,\n\nwann passt es?"), (ME, mine))
    assert reading.salutation(told, person, ME.name) == kept


def test_a_title_of_mine_is_out_of_date_once_they_use_first_names() -> None:
    person = Person(address=THEM, name="Ruth Sander", role=PersonRole.UNKNOWN)
    stiff = (ME, "Dear Ms Sander,\n\nI apply.")
    assert reading.salutation(heard(stiff, (THEM, "Hi Alex,\n\nwhen suits you?")), person, ME.name) == ""
    named = (THEM, "Guten Tag Alex Moreno,\n\nwann passt es?")
    assert reading.salutation(heard(stiff, named), person, ME.name) == "Dear Ms Sander"
    assert reading.salutation(heard((THEM, "Hi Alex,\n\nwhen?"), stiff), person, ME.name) == "Dear Ms Sander"
    assert reading.salutation(heard(stiff), person, ME.name, True) == ""
