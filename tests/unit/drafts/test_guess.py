"""drafts.basis: a guessed appointment is said, and not written."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bowout.drafts import basis
from bowout.model import Address, Body, Facts, Identity, Joined, Message, Thread
from bowout.people import machines
from bowout.session import Session

ME, THEM = Address("Alex Moreno", "alex@moreno.example"), Address("Ruth Sander", "ruth@larkspur.example")


def session(now: datetime) -> Session:
    config: Any = SimpleNamespace(profile=SimpleNamespace(zone="Europe/Berlin"))
    mailbox: Any = SimpleNamespace(identities=lambda: [Identity(address=ME)])
    nothing = cast("Any", None)
    return Session(
        config=config,
        account=nothing,
        mailbox=mailbox,
        store=nothing,
        relays=machines.load_relays(),
        clock=lambda: now,
    )


def thread(text: str) -> Thread:
    mail = Message(
        id="m",
        thread_id="t",
        subject="Interview",
        date=datetime(2026, 11, 24, 9, tzinfo=UTC),
        from_=(THEM,),
        to=(ME,),
        body=Body(text=text),
        joined=Joined.REFERENCES,
    )
    return Thread(id="t", messages=(mail,), complete=True)


@pytest.mark.parametrize(
    ("text", "now", "said"),
    [
        ("We meet on Thursday 3 December at 2 pm.", datetime(2026, 11, 25, tzinfo=UTC), True),  # whose clock?
        ("We meet on Thursday 3 December at 2 pm.", datetime(2026, 12, 25, tzinfo=UTC), False),  # long over
        ("We meet soon.", datetime(2026, 11, 25, tzinfo=UTC), False),
    ],
)
def test_a_guess_is_said_with_how_to_name_it(text: str, now: datetime, said: bool) -> None:
    lines = basis.guess_of(session(now), thread(text), Facts())
    assert bool(lines) is said
    assert all("guess" in line and "--set interview_start=2026-12-03T14:00" in line for line in lines)


def test_what_a_thread_tells_is_read_once() -> None:
    here = session(datetime(2026, 11, 25, tzinfo=UTC))
    one, other = thread("We meet soon."), thread("We meet soon.")
    assert here.facts(one) is here.facts(one)
    assert here.facts(one) is not here.facts(other)
