"""A thread that somebody floods must not stop the search: twice the mail is twice the work."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from string import ascii_lowercase

import pytest

from bowout.find import rank as ranking
from bowout.model import Address, Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.find.scenarios import DANA, INVITATION
from unit.mailboxes import IDENTITIES, Mail, mail, thread
from work import calls

RELAYS = load_relays()


def names(count: int) -> list[str]:
    """Different names, none like another."""
    chance = Random(count)  # nothing that a smaller mailbox has is known already
    return ["".join(chance.choices(ascii_lowercase, k=8)).title() for _ in range(count)]


def of_one(name: str) -> Mail:
    text = f"the role of {name} Engineer at {name}. our client {name}."
    return mail(f"{name} <{name}@acme.com>", f"{INVITATION}\n{text}")


def of_many_firms(name: str) -> Mail:
    return mail(f"Dana <dana@{name}1ab.example>", f"{INVITATION}\nWe are {name}, {name} and {name}.")


def of_many_subjects(name: str) -> Mail:
    return mail(DANA, INVITATION, subject=f"Interview for the {name} Engineer at {name}")


def joined_by(made: Callable[[str], Mail], size: int) -> Thread:
    """A thread of ours that many mails have joined, each with names of its own."""
    return thread("Interview", mail(DANA, INVITATION), *map(made, names(size)))


def written_at_once(_: Callable[[str], Mail], size: int) -> Thread:
    """One mail with many senders, each from a firm of its own."""
    sender = ", ".join(f"{name}@{name}1ab.example" for name in names(size))
    return thread("Interview", mail(DANA, INVITATION), mail(sender, INVITATION))


@pytest.mark.parametrize(
    ("made", "box"),
    [
        (of_one, joined_by),
        (of_many_firms, joined_by),
        (of_many_subjects, joined_by),
        (of_many_firms, written_at_once),
    ],
    ids=["names", "firms", "subjects", "senders"],
)
def test_twice_the_mail_is_twice_the_work(
    made: Callable[[str], Mail], box: Callable[[Callable[[str], Mail], int], Thread]
) -> None:
    def rank(size: int) -> Callable[[], object]:
        flooded = box(made, size)
        return lambda: ranking.rank([flooded], Query(who="acme"), IDENTITIES, RELAYS, NOON)

    rank(10)()  # what is loaded and compiled once counts for neither
    assert calls(rank(200)) < 2.5 * calls(rank(100))


def test_of_thousands_of_look_alikes_twenty_are_said() -> None:
    sender = [Address("", f"jo@{name}acme1.example") for name in names(30)]
    flooded = thread("Interview", mail(DANA, INVITATION), *(mail(a, INVITATION) for a in sender))
    found = ranking.appraise(flooded, IDENTITIES, RELAYS, NOON)
    assert len(found.warnings) == 20
