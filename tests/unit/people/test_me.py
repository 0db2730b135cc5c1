"""My addresses, in every spelling that reaches my mailbox."""

from __future__ import annotations

from typing import Any

import pytest

from bowout.model import Address, Folder, Identity, Message
from bowout.people.me import all_mine, from_me, is_me, without_tag
from unit.mailboxes import IDENTITIES, mail, thread

DANA = "Dana Berg <dana@acme.com>"
GMAIL_ME = (Identity(address=Address("Ana", "ana.lopez@gmail.com")),)


def address(spec: str, name: str = "") -> Address:
    return Address(name, spec)


def message(sender: str = "dana@acme.com", **more: Any) -> Message:
    made = thread("Interview", mail(sender, **more))
    return made.messages[0]


@pytest.mark.parametrize(
    ("spec", "mine"),
    [
        ("ana@home.example", True),
        ("ANA@Home.Example", True),
        ("ana+jobs@home.example", True),
        ("a.na@home.example", False),  # dots mean nothing only at Gmail
        ("ana@home.example.org", False),
        ("bob@home.example", False),
        ("+x@home.example", False),
        ("", False),
        ("ana", False),
    ],
)
def test_own_addresses_are_recognised(spec: str, mine: bool) -> None:
    assert is_me(address(spec), IDENTITIES) is mine


@pytest.mark.parametrize(
    ("spec", "mine"),
    [
        ("analopez@gmail.com", True),
        ("a.n.a.lopez+acme@googlemail.com", True),
        ("Ana.Lopez@GMAIL.com", True),
        ("ana.lopes@gmail.com", False),
        ("ana.lopez@outlook.com", False),
    ],
)
def test_dots_and_both_domains_of_gmail_are_me(spec: str, mine: bool) -> None:
    assert is_me(address(spec), GMAIL_ME) is mine


def test_a_tag_that_is_part_of_my_address_must_be_there() -> None:
    family = (Identity(address=Address("Ana", "lopez+ana@home.example")),)
    assert is_me(address("Lopez+Ana@home.example"), family)
    assert not is_me(address("lopez+bob@home.example"), family)
    assert not is_me(address("lopez@home.example"), family)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dana@Acme.example", "dana+jobs@acme.example", True),
        ("d.ana@gmail.com", "DANA@googlemail.com", True),
        ("d.ana@acme.example", "dana@acme.example", False),
    ],
)
def test_spellings_of_somebody_elses_mailbox(one: str, other: str, same: bool) -> None:
    assert (without_tag(address(one)) == without_tag(address(other))) is same


def test_a_copy_in_sent_is_from_me_whatever_its_address() -> None:
    forgotten = message("Ana <old@alias.example>", folder=Folder.SENT, to=DANA)
    assert from_me(forgotten, IDENTITIES)
    box = thread("Hi", mail("Ana <old@alias.example>", "My application.", folder=Folder.SENT, to=DANA))
    assert is_me(address("OLD+x@alias.example"), all_mine(box, IDENTITIES))
