"""find.overview: every open process and no other, offers first, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from bowout.errors import Ambiguous, NothingFound
from bowout.find import overview as look
from bowout.find import rank
from bowout.find.overview import Overview, overview
from bowout.model import Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.find.scenarios import DANA, INVITATION
from unit.mailboxes import IDENTITIES, ME, calendar, mail, thread

if TYPE_CHECKING:
    from bowout.session import Session

RELAYS = load_relays()
UNREAD = Thread(id="<u@x>", messages=())
ALERT = "Your application tips of the week: ten questions of every interview."
OFFER = "Hi Ana,\n\nwe would like to offer you the position of Cook at Tern.\n\nNia Bell\nRecruiter, Tern"
NO = (
    "Hi Ana,\n\nthank you for your application for the position of Baker. Unfortunately we have decided to"
    " go forward with another candidate.\n\nIvo Lund\nRecruiter, Gull"
)
IVO, NIA = "Ivo Lund <ivo@gull.example>", "Nia Bell <nia@tern.example>"


@dataclass
class Shelf:
    """A mailbox that reads its threads in order and keeps to the contract of ``wanted``."""

    threads: Sequence[Thread]
    cut: bool = False

    def identities(self) -> tuple[object, ...]:
        return IDENTITIES

    def search(self, query: Query, limit: int, wanted: Callable[[Thread], bool]) -> tuple[Thread, ...]:
        kept = [t for t in self.threads if wanted(t)]
        more = (UNREAD,) if self.cut or len(kept) > limit else ()
        return (*kept[:limit], *more)


def session(*threads: Thread, cut: bool = False) -> Session:
    shelf = Shelf(threads, cut)
    reads = {"mailbox": shelf, "search": shelf.search}
    return cast("Session", SimpleNamespace(**reads, relays=RELAYS, clock=lambda: NOON, home_zone=None))


def seen(*threads: Thread, cut: bool = False, limit: int = 50) -> Overview:
    return overview(session(*threads, cut=cut), limit)


def talk(subject: str, at: float, text: str = INVITATION, sender: str = DANA) -> Thread:
    return thread(subject, mail(sender, text, at=at))


def alerts(count: int) -> list[Thread]:
    head = {"list-unsubscribe": "<mailto:off@board.example>", "list-id": "<board.example>"}
    return [
        thread("Interview tips", mail("Tips <a@board.example>", ALERT, headers=head), name=f"<a{n}@x>")
        for n in range(count)
    ]


def subjects(found: Overview) -> list[str]:
    return [candidate.thread.subject for candidate, _ in found.processes]


def test_offers_come_first_then_the_newest() -> None:
    found = seen(talk("One", 3), talk("Two", 1), talk("Offer", 30, OFFER, NIA))
    assert subjects(found) == ["Offer", "Two", "One"]


def test_mailings_take_no_place_however_many_are_newer() -> None:
    found = seen(*alerts(60), talk("Interview", 40))
    assert subjects(found) == ["Interview"]
    assert len(found.elsewhere) == 60
    assert not found.is_cut


@pytest.mark.parametrize("ended", [NO, None], ids=["refused", "withdrawn"])
def test_what_has_ended_is_left_out_and_said(ended: str | None) -> None:
    mine = mail(ME, "Dear Dana, I have decided to withdraw my application.", to="dana.berg@acme.com", at=2)
    over = talk("Baker", 5, NO, IVO) if ended else thread("Baker", mail(DANA, INVITATION, at=5), mine)
    found = seen(over, talk("Cook", 9))
    assert subjects(found) == ["Cook"]
    said = "; ".join(found.left_out())
    assert said.startswith(
        '1 where they turned you down ("Baker")' if ended else '1 where you withdrew ("Baker")'
    )
    assert said.endswith("what is older than 120 days")


def test_only_some_of_many_are_named() -> None:
    said = next(seen(*alerts(5), talk("Cook", 9)).left_out())
    assert said == '5 where nobody hires you ("Interview tips", "Interview tips", "Interview tips", ...)'


def test_a_calendars_own_thread_lies_beside_its_talk() -> None:
    event = thread(
        "Invitation: Interview",
        mail(DANA, "", calendar=calendar(), answers=None),
    )
    assert subjects(seen(talk("Cook", 9), event)) == ["Cook"]


@pytest.mark.parametrize(
    ("threads", "cut", "error"),
    [
        ([], False, NothingFound),
        ([], True, Ambiguous),
        (alerts(3), True, Ambiguous),
        ([talk("Baker", 5, NO, IVO)], False, NothingFound),
    ],
)
def test_a_look_that_was_cut_off_never_says_none(
    threads: Sequence[Thread], cut: bool, error: type[Exception]
) -> None:
    active = session(*threads, cut=cut)
    found = overview(active)
    assert found.is_cut is cut
    told = look.nothing(active, found)
    assert type(told) is error
    assert [one["subject"] for one in told.candidates] == [c.thread.subject for c, _ in found.over]


def test_more_than_asked_for_is_told() -> None:
    found = seen(*(talk(f"Role {n}", n) for n in range(1, 6)), limit=3)
    assert len(found.processes) == 3
    assert found.is_cut


def test_where_nothing_is_found_what_is_open_is_listed_by_names_that_find_it() -> None:
    acme = talk("Interview", 9)
    tern = talk("Kitchen", 1, OFFER, NIA)
    twin = talk("Kitchen again", 2, OFFER.replace("Nia Bell", "Per Holm"), "Per Holm <per@tern.example>")
    here = session(acme, tern, twin, talk("No", 3, NO, IVO))
    error = look.with_running(here, NothingFound("No thread mentions 'zzyzx'."))
    assert [(one["who"], one["thread"]) for one in error.running] == [
        ("nia@tern.example", "Kitchen"),
        ("per@tern.example", "Kitchen again"),
        ("Acme", "Interview"),
    ]
    for one in error.running:
        found = rank.rank([acme, tern, twin], Query(who=str(one["who"])), IDENTITIES, RELAYS, NOON)
        assert [c.thread.id for c in found.candidates][:1] == [one["thread"]]
    named = NothingFound("Only newsletters.", candidates=({"thread": "x"},))
    assert look.with_running(here, named).running == ()


def test_a_process_in_words_of_its_own_is_listed_as_well() -> None:
    casual = (
        "Hi Ana, the whole team in the bakery liked your trial shift on Tuesday. Marek talks to the owner"
        " about your wages and the start date this week, then you hear from me."
    )
    found = overview(session(thread("Tuesday", mail("Ola <ola@ryebakery.example>", casual, at=2))))
    assert [c.thread.id for c, _ in found.processes] == ["Tuesday"]
