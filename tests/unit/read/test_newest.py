"""read.newest: what is shown of their newest mail above a letter, and that nothing of it harms a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from bowout.model import Address, Body, Folder, Identity, Message, Thread
from bowout.people import machines
from bowout.read.newest import LONGEST, Newest, newest
from work import grows_evenly

RELAYS = machines.load_relays()
ME = Address("Ida Rahn", "ida@rahn.example")
BEN = Address("Ben Osei", "ben@tallow.example")
AUTO = (("auto-submitted", "auto-replied"),)
LONG = "We met many people in the last weeks and talked about what the studio needs now and next year. "


def mail(text: str, day: int, sender: Address = BEN, **more: Any) -> Message:
    fields: dict[str, Any] = {
        "id": f"{day}",
        "thread_id": "t",
        "folder": Folder.SENT if sender == ME else Folder.INBOX,
        "subject": "Your application as carpenter",
        "date": datetime(2026, 11, day, 23, 30, tzinfo=UTC),
        "from_": (sender,),
        "to": (BEN if sender == ME else ME,),
        "body": Body(text=text),
    }
    return Message(**{**fields, **more})


def told(*mails: Message) -> Newest | None:
    return newest(Thread(id="t", messages=mails), [Identity(address=ME)], RELAYS, "Europe/Berlin")


def words(text: str, **more: Any) -> str:
    found = told(mail(text, 20, **more))
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    "later",
    [
        (),
        (mail("I would rather not.", 22, ME),),
        (mail("Away until Monday.", 23, headers=AUTO),),
        (mail("draft", 23, ME, folder=Folder.DRAFTS),),
        (mail("What do you think, dear?", 24, Address("Jo", "jo@home.example"), in_reply_to=("<p@x>",)),),
    ],
)
def test_the_newest_mail_of_theirs_with_its_day_on_my_clock(later: Sequence[Message]) -> None:
    mine = mail("look", 21, ME, to=(Address("Jo", "jo@home.example"),), message_id="<p@x>")
    found = told(mail("Old words.", 18), mail("Come and see us.", 20), mine, *later)
    assert found is not None
    assert (found.sender, found.text) == (BEN, "Come and see us.")
    assert found.at.isoformat() == "2026-11-21T00:30:00+01:00"


def test_where_they_wrote_nothing_nothing_is_told() -> None:
    assert told(mail("I apply.", 18, ME)) is None
    assert told() is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hi Ida,\n\nthe job is yours.\n\nBest\nBen Osei\nTallow", "Hi Ida, the job is yours."),
        ("Fine.\n\nOn 3 Nov 2026 at 10:00, Ida Rahn <ida@rahn.example> wrote:\n> When?", "Fine."),
        ("Fine.\n-- \nBen Osei\nTallow", "Fine."),
        ("", "Your application as carpenter"),
        ("> When?", "Your application as carpenter"),
    ],
)
def test_only_what_is_new(text: str, shown: str) -> None:
    assert words(text) == shown


@pytest.mark.parametrize(
    "greeting", ["Hi Ida,", "Dear Ms Rahn:", "Sehr geehrte Frau Rahn,", "Bonjour Ida !", "Ida -"]
)
def test_the_greeting_is_left_out_where_not_all_fits(greeting: str) -> None:
    assert words(f"{greeting}\n\n{LONG * 2}").startswith("We met many people")


@pytest.mark.parametrize(
    "no",
    [
        "Unfortunately the choice fell on somebody else.",
        "Leider haben wir uns anders entschieden.",
        "Malheureusement nous ne donnons pas suite.",
    ],
)
def test_what_may_be_a_no_is_shown_before_what_leads_to_it(no: str) -> None:
    shown = words(f"Hi Ida,\n\n{LONG}{LONG}{no} {LONG}")
    assert shown.startswith(f"… {no}")
    assert words(f"Hi Ida,\n\n{no} {LONG}{LONG}").startswith(no)


@pytest.mark.parametrize("text", [LONG * 9, "x" * 900, "話" * 900, "a. " * 900, "unfortunately " * 400])
def test_never_more_than_two_lines_and_a_cut_is_seen(text: str) -> None:
    shown = words(text)
    assert LONGEST // 2 < len(shown) <= LONGEST
    assert shown.endswith("…")


def test_nothing_in_it_acts_on_a_terminal_or_hides() -> None:
    assert words("Come\x1b[2J \u202esoon\u202c\x07\u200b now\r\n\tat nine.") == "Come soon now at nine."


def test_a_long_mail_costs_no_more_than_its_length() -> None:
    assert grows_evenly(lambda size: words("Hi, no. " * size), 200)


@pytest.mark.parametrize(
    ("greeting", "shown"), [("Hi Ida and all of you", False), ("Hi Ida and all of you there", True)]
)
def test_a_line_of_seven_words_is_more_than_a_greeting(greeting: str, shown: bool) -> None:
    assert words(f"{greeting}\n\n{LONG * 4}").startswith("Hi Ida") is shown


def test_what_is_cut_fills_the_two_lines() -> None:
    text = "x" * 500
    assert len(words(text)) == LONGEST
