"""What of a mail may be believed: where the signature begins, and which lines are one sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bowout.model import Address, Body, Folder, Joined, Message
from bowout.people.mailkind import Kind
from bowout.read.source import Source, clean

DANA = Address("Dana Whitfield", "dana@acme.example")


def source(text: str, *, sender: Address = DANA, subject: str = "Interview") -> Source:
    message = Message(
        id="m",
        thread_id="t",
        message_id="<m@acme.example>",
        folder=Folder.INBOX,
        subject=subject,
        date=datetime(2026, 11, 20, 9, tzinfo=UTC),
        from_=(sender,),
        body=Body(text=text),
        joined=Joined.REFERENCES,
    )
    return Source(message=message, kind=Kind.HUMAN, mine=False, sender=sender, relay=None)


@pytest.mark.parametrize(("below", "signed"), [(13, True), (14, True), (15, False)])
def test_a_mail_is_signed_in_its_last_fifteen_lines(below: int, signed: bool) -> None:
    told = source("\n".join(["Hello Alex", "Kind regards", *["Acme"] * below]))
    assert told.prose.startswith("Hello Alex")
    assert (told.signature == "\n".join(["Acme"] * below)) is signed


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Come at ten.\n\nKind regards\nDana\nRecruiter", "Dana\nRecruiter"),
        ("Come at ten.\n\nDana\nRecruiter", "Dana\nRecruiter"),
        ("Come at ten.\n\nDana Whitfield | Recruiter", "Dana Whitfield | Recruiter"),
        ("Come at ten.\n\nDana Whitfield - Recruiter", "Dana Whitfield - Recruiter"),
        ("Come at ten.\n\nDana, Recruiter", "Dana, Recruiter"),
        ("Dana will call.\n\nSee you", ""),
        ("Come at ten.\n\nWhitfield", ""),
        ("Come at ten.\n\nD. Whitfield\nAcme", "D. Whitfield\nAcme"),
        ("Come at ten.\n\nDr. Whitfield\nAcme", "Dr. Whitfield\nAcme"),
        ("Come at ten.\n\nGod bless,\nMs D. Whitfield\nAcme", "Ms D. Whitfield\nAcme"),
        ("Come at ten.\n\nE. Whitfield\nAcme", ""),
        ("Come at ten.\n\nWhitfield Acme", ""),
        ("Come at ten.\n\n-- \nAcme Inc.", "-- \nAcme Inc."),
        ("Come at ten.\n\nDana\n-- \nAcme Inc.", "Dana\n-- \nAcme Inc."),
        ("", ""),
    ],
)
def test_where_a_signature_begins(text: str, signature: str) -> None:
    assert source(text).signature == signature


def test_a_signature_below_the_closing_words_names_who_signs() -> None:
    team = Address("Acme Careers", "careers@acme.example")
    assert source("Come.\n\nKind regards\nNoor Haddad", sender=team).signed == "Noor Haddad"
    assert source("Come.", sender=team).signed == ""


@pytest.mark.parametrize(("length", "joined"), [(54, False), (55, True), (56, True)])
def test_a_line_of_fifty_five_characters_was_wrapped(length: int, joined: bool) -> None:
    line = f"{'x' * (length - 4)} end"
    assert source(f"{line}\nof it").prose == (f"{line} of it" if joined else f"{line}\nof it")


@pytest.mark.parametrize("label", ["Time: 14:00", "- one", "* one", "2. two"])
def test_what_starts_anew_is_joined_to_no_line(label: str) -> None:
    line = "x" * 60
    assert source(f"{line}\n{label}").prose == f"{line}\n{label}"


def test_an_empty_line_ends_a_paragraph_and_the_last_line_stays() -> None:
    line = "x" * 60
    assert source(f"{line}\n\n{line}").prose == f"{line}\n\n{line}"


def test_a_long_mail_is_read_to_twenty_thousand_characters() -> None:
    assert source("x\n" * 9_999 + "yz").new.endswith("x\nyz")
    assert source("x\n" * 9_999 + "yzx").new.endswith("x\nyz")


def test_a_value_is_one_line_of_a_bounded_length() -> None:
    assert len(clean("x" * 200)) == 120
    assert len(clean("x" * 200, 80)) == 80
    assert source("x", sender=Address("", "dana@acme.example")).who == "dana@acme.example"


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("PS: the bench went to Tobias.", "the bench went to Tobias."),
        ("P.S. we have\nfound our person", "we have\nfound our person"),
        ("-- \nAcme Ltd\n\nP.S. Tobias starts on Monday.", "Tobias starts on Monday."),
        ("Unfortunately we chose somebody else.", "Unfortunately we chose somebody else."),
    ],
)
def test_what_was_added_below_the_name_is_said(below: str, told: str) -> None:
    assert source(f"Hi Robin,\n\nIt was a good talk.\n\nBest,\nDana\n\n{below}").prose.endswith(told)


@pytest.mark.parametrize(
    "below", ["PSD Designer", "Acme Ltd, London", "This mail is confidential and not for you."]
)
def test_what_stands_below_every_name_is_not(below: str) -> None:
    assert source(f"It was a good talk.\n\nBest,\nDana\n\n{below}").prose == "It was a good talk."


def test_thanks_before_the_news_are_no_farewell() -> None:
    told = source("Hi Robin,\n\nThanks!\n\nThe bench went to Tobias last week.\n\nBest,\nDana").prose
    assert told.endswith("The bench went to Tobias last week.")
