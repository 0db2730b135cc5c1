"""A thread that somebody floods must not stop the search: twice the mail is twice the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from string import ascii_lowercase
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from bowout.errors import Ambiguous
from bowout.find import overview, search
from bowout.find import rank as ranking
from bowout.find.candidate import Outcome
from bowout.find.patience import LONGEST, SHORT, Patience
from bowout.model import Address, Query, Thread
from bowout.people.machines import load_relays
from bowout.providers.base import Wanted
from bowout.read.claim import Claim, grouped
from bowout.read.facts import Reading
from bowout.read.position import position
from clock import NOON
from unit.find.scenarios import DANA, INVITATION
from unit.find.test_search import Shelf
from unit.mailboxes import IDENTITIES, Mail, mail, thread
from work import calls

if TYPE_CHECKING:
    from bowout.session import Session

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


def of_one_job(name: str) -> Mail:
    return mail(DANA, "the Data Engineer", subject=f"Interview for the {name} Engineer")


def of_one_title(name: str) -> Mail:
    return mail(DANA, f"the role of {name} Xob")


@pytest.mark.parametrize("made", [of_one_job, of_one_title])
def test_each_title_is_held_against_a_bounded_number_of_others(made: Callable[[str], Mail]) -> None:
    def read(size: int) -> Callable[[], object]:
        heard = Reading(joined_by(made, size), IDENTITIES, RELAYS, NOON).heard
        return lambda: position(heard) if all(s.prose for s in heard) else None

    read(10)()
    assert calls(read(400)) < 2.5 * calls(read(200))


@pytest.mark.parametrize("many", ["titles", "firms"])
def test_titles_are_held_against_the_firms_of_a_hundred(many: str) -> None:
    def read(size: int) -> Callable[[], object]:
        titles = names(size if many == "titles" else 90)
        firms = names(size if many == "firms" else 90)
        text = "\n".join(f"the role of {name} Xob." for name in titles)
        to = ", ".join(f"{name}@{name}.example" for name in firms)
        heard = Reading(thread("Hi", mail(DANA, text, to=to)), IDENTITIES, RELAYS, NOON).heard
        return lambda: position(heard)

    read(10)()
    assert calls(read(500)) < 3 * calls(read(100))


def test_what_is_the_same_is_asked_of_a_hundred_names() -> None:
    asked = 0

    def same(one: str, other: str) -> bool:
        nonlocal asked
        asked += 1
        return one == other

    groups = grouped([Claim(str(n % 400), "text", "mail") for n in range(4_000)], same)
    assert asked <= 100 * 100
    assert {len(group) for group in groups} == {10}
    assert {group[0].value for group in groups} == set(map(str, range(100)))


def test_of_thousands_of_look_alikes_twenty_are_said() -> None:
    sender = [Address("", f"jo@{name}acme1.example") for name in names(30)]
    flooded = thread("Interview", mail(DANA, INVITATION), *(mail(a, INVITATION) for a in sender))
    found = ranking.appraise(flooded, IDENTITIES, RELAYS, NOON)
    assert len(found.warnings) == 20


# --- a search has its time ------------------------------------------------------------------------


def long(name: str, size: int = SHORT) -> Thread:
    return thread(f"Interview {name}\x07", mail("Eve\u202e <eve@acme.com>", INVITATION + " the" * size))


class Recent(Shelf):
    """Hands out what is wanted of the recent threads, as every provider does."""

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        return tuple(filter(wanted, super().search(query, limit, wanted)))


def searched(*box: Thread, minutes: int = 1) -> Session:
    """A mailbox with these threads, on a clock that goes on whenever somebody looks at it."""
    ticks = count()
    clock = lambda: NOON + timedelta(minutes=minutes) * next(ticks)  # noqa: E731 - a value of its own
    mailbox = Recent(box, box)
    seen = {"search": mailbox.search, "thread": mailbox.thread, "clock": clock}
    return cast("Session", SimpleNamespace(mailbox=mailbox, relays=RELAYS, home_zone="UTC", **seen))


USUAL = thread("Interview", mail(DANA, INVITATION))


def test_where_time_is_up_what_is_long_is_not_read_and_the_rest_is_found() -> None:
    found = search.seek(searched(long("A"), USUAL), "acme")
    assert [c.thread.id for c in found.candidates] == [USUAL.id]
    assert found.outcome is Outcome.AMBIGUOUS
    (why,) = found.candidates[0].why_unsure
    assert why == 'not read, as it would take too long: "Interview A" by Eve'
    assert len(search.seek(searched(long("A"), USUAL, minutes=0), "acme").candidates) == 2


def test_what_is_longer_than_any_conversation_is_not_read_though_there_is_time() -> None:
    found = search.seek(searched(long("A", LONGEST // 4), USUAL, minutes=0), "acme")
    assert [c.thread.id for c in found.candidates] == [USUAL.id]
    crowded = thread("Interview", mail(f"Eve <{'eve@acme.com>, <' * 999}eve@acme.com>", INVITATION))
    assert not Patience(lambda: NOON).reads(replace(crowded, messages=crowded.messages * 21))


def test_what_may_only_be_like_it_has_no_more_time() -> None:
    hidden = searched()
    cast("Shelf", hidden.mailbox).recent = (long("A"),)
    assert search.seek(hidden, "zzyzx").unread == (long("A"),)


def test_a_search_that_did_not_read_all_does_not_say_that_there_is_none() -> None:
    session = searched(*(long(name) for name in "ABCD"))
    found = search.seek(session, "acme")
    error = search.nothing_found(session, found, "acme")
    assert isinstance(error, Ambiguous)
    assert '"Interview A" by Eve, "Interview B" by Eve, "Interview C" by Eve and 1 more' in error.message
    assert error.next_step.startswith("If it is the first of them: bowout draft --thread ")
    assert (error.message + error.next_step).isprintable()


def test_the_overview_says_what_there_was_no_time_for() -> None:
    seen = overview.overview(searched(long("A"), USUAL))
    assert [c.thread.id for c, _ in seen.processes] == [USUAL.id]
    assert seen.is_cut
    assert '1 that would take too long to read ("Interview A" by Eve)' in list(seen.left_out())
