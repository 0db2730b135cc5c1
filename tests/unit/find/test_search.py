"""What is searched, when the recent threads are looked at as well, and what is said where nothing is sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from bowout.errors import Ambiguous, BowoutError, NeedsPerson, NoAddressee, NothingFound, Suspicious
from bowout.find import search
from bowout.find.candidate import Candidate, Outcome, Ranking
from bowout.model import Address, Facts, Folder, Person, Query, Thread
from bowout.people.machines import load_relays
from bowout.providers.base import Abilities, Wanted
from bowout.read import company
from bowout.read.facts import Reading
from bowout.read.trust import trusted
from clock import NOON
from unit.find.scenarios import DANA, INVITATION
from unit.mailboxes import IDENTITIES, ME, Mail, mail, thread

if TYPE_CHECKING:
    from bowout.session import Session

RELAYS = load_relays()


@dataclass
class Shelf:
    """A mailbox that finds what it is told to find, and remembers what was asked."""

    answering: Sequence[Thread] = ()
    recent: Sequence[Thread] = ()
    abilities: Abilities = field(default_factory=Abilities)
    asked: list[Query] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def identities(self) -> tuple[object, ...]:
        return IDENTITIES

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        self.asked.append(query)
        if query.who and wanted is not None:
            return tuple(filter(wanted, self.recent))[:limit]
        return tuple(self.answering if query.who else self.recent)[:limit]

    def thread(self, thread_id: str) -> Thread:
        self.opened.append(thread_id)
        found = next((t for t in (*self.answering, *self.recent) if t.id == thread_id), None)
        if found is None:
            raise NothingFound("There is no such thread.", "Look at the list.")
        return replace(found, complete=True)


def session(shelf: Shelf) -> Session:
    reads = {"mailbox": shelf, "search": shelf.search, "thread": shelf.thread}
    return cast("Session", SimpleNamespace(**reads, relays=RELAYS, clock=lambda: NOON, home_zone="UTC"))


def talks(count: int, *, complete: bool = True) -> list[Thread]:
    made = [thread("Interview", mail(DANA, INVITATION), name=f"<t{n}@x>") for n in range(count)]
    return [replace(one, complete=complete) for one in made]


@pytest.mark.parametrize(
    ("answering", "searches"), [(0, 2), (1, 1), (search.CROWD - 1, 1), (search.CROWD, 2)]
)
def test_recent_threads_are_read_where_nothing_or_a_crowd_answers(answering: int, searches: int) -> None:
    shelf = Shelf(talks(answering), talks(1))
    search.seek(session(shelf), "acme")
    assert [query.who for query in shelf.asked] == ["acme", "" if answering else "acme"][:searches]
    if searches == 2:
        assert shelf.asked[1].since == NOON - (search.RECENT if answering else search.LOCAL)


def test_a_thread_that_was_only_listed_is_opened_and_a_whole_one_is_not() -> None:
    whole, listed = Shelf(talks(1)), Shelf(talks(1, complete=False))
    for shelf in whole, listed:
        assert len(search.seek(session(shelf), "acme").candidates) == 1
    assert (whole.opened, listed.opened) == ([], ["<t0@x>"])


def test_what_was_left_unread_makes_the_answer_unsure() -> None:
    unread = Thread(id="<u@x>", messages=(), complete=False)
    able = Abilities(names_unread=True)
    sure = search.seek(session(Shelf(talks(1), abilities=able)), "acme")
    doubted = search.seek(session(Shelf([*talks(1), unread], abilities=able)), "acme")
    assert (sure.outcome, doubted.outcome) == (Outcome.SURE, Outcome.AMBIGUOUS)
    assert f"not certain: {search.UNREAD}" in doubted.candidates[0].reasons


@pytest.mark.parametrize(
    ("answering", "recent", "doubted"), [(20, 50, True), (19, 50, False), (20, 49, False)]
)
def test_a_mailbox_with_more_than_was_read_is_never_sure(answering: int, recent: int, doubted: bool) -> None:
    found = search.seek(session(Shelf(talks(answering), talks(recent))), "acme")
    assert any(search.UNREAD in reason for reason in found.candidates[0].reasons) is doubted


@pytest.mark.parametrize("typed", ["<t0@x>", "t0@x"])
def test_the_brackets_of_an_id_may_be_left_out(typed: str) -> None:
    shelf = Shelf(talks(1))
    assert search.thread_called(session(shelf), typed).id == "<t0@x>"
    assert shelf.opened[-1] == "<t0@x>"


@pytest.mark.parametrize("typed", ["<t9@x>", "t9@x", "t9"])
def test_an_id_of_no_thread_is_told(typed: str) -> None:
    shelf = Shelf(talks(1))
    with pytest.raises(NothingFound):
        search.thread_called(session(shelf), typed)
    assert len(shelf.opened) == (2 if typed == "t9@x" else 1)
    assert search.thread_with_id(session(shelf), typed) is None


def test_the_facts_of_a_candidate_come_from_what_judged_it(monkeypatch: pytest.MonkeyPatch) -> None:
    here = session(Shelf(talks(2)))
    found = search.seek(here, "acme").candidates
    jobs = [one.reading.job for one in found]
    monkeypatch.setattr(company, "job", pytest.fail)
    told = search.stories(here, found)
    assert [facts.company for _, facts in told] == [
        trusted(Facts(company=job.company)).company for job in jobs
    ]


# --- what is said ---------------------------------------------------------------------------------

HOST = Address("Dana Berg", "dana@acme.com")
HERE = session(Shelf())
UNTOLD = Facts()


def candidate(**more: object) -> Candidate:
    plain = Candidate(
        reading=Reading(talks(1)[0], IDENTITIES, RELAYS, NOON),
        score=1.0,
        reasons=("the company is Acme",),
        warnings=(),
        person=Person(address=HOST, name="Dana Berg"),
        sure=True,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def nothing(who: str, passed_over: int = 0, hosts: Sequence[tuple[str, Address]] = ()) -> BowoutError:
    over = tuple(candidate() for _ in range(passed_over))
    return search.nothing_found(
        HERE, Ranking(outcome=Outcome.NONE, candidates=(), passed_over=over, hosts=tuple(hosts)), who
    )


def test_who_is_only_mentioned_by_machines_is_told_apart_from_nothing() -> None:
    none, machines = nothing("acme"), nothing("acme", 2)
    proposed = nothing("acme", 1, [("<t@x>", HOST)])
    assert str(none) == "No thread mentions 'acme'."
    assert "nobody there hires" in str(machines)
    assert isinstance(proposed, NeedsPerson)
    assert "sent for Dana Berg <dana@acme.com>." in str(proposed)
    assert proposed.next_step == "To write to them: bowout draft --thread t@x --to dana@acme.com --force"
    unnamed = nothing("acme", 1, [("<t@x>", Address("", "dana@acme.com"))])
    assert "sent for dana@acme.com." in str(unnamed)
    assert isinstance(nothing("acme", 0, [("<t@x>", HOST)]), NothingFound)


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, f"{'x' * 79}…")])
def test_who_is_said_back_on_one_line(length: int, shown: str) -> None:
    assert str(nothing("x" * length)) == f"No thread mentions {shown!r}."


def ranked(outcome: Outcome, *candidates: Candidate) -> Ranking:
    return Ranking(outcome=outcome, candidates=candidates)


def test_only_a_sure_candidate_is_taken() -> None:
    sure = candidate()
    assert search.the_one(HERE, ranked(Outcome.SURE, sure), "acme") is sure
    assert search.the_one(HERE, ranked(Outcome.SURE, sure, candidate(sure=False)), "acme") is sure
    with pytest.raises(Ambiguous, match="not certain"):
        search.the_one(HERE, ranked(Outcome.AMBIGUOUS, sure), "acme")
    with pytest.raises(Ambiguous, match="not certain"):
        search.the_one(HERE, ranked(Outcome.SURE, candidate(sure=False)), "acme")


@pytest.mark.parametrize(
    ("found", "error", "words"),
    [
        ([], NothingFound, "No thread mentions"),
        ([candidate(sure=False, person=None)], NoAddressee, "Only machines wrote"),
        ([candidate(sure=False, warnings=("It looks odd.",))], Suspicious, "It looks odd."),
        ([candidate(sure=False, person=None)] * 2, Ambiguous, "2 threads could be meant"),
        ([candidate(sure=False, warnings=("It looks odd.",))] * 2, Ambiguous, "2 threads could be meant"),
        ([candidate(sure=False)], Ambiguous, "One thread may be meant"),
    ],
)
def test_what_is_not_sure_is_asked_about(found: list[Candidate], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        search.the_one(HERE, ranked(Outcome.AMBIGUOUS, *found), "acme")


def test_a_script_learns_who_a_candidate_is() -> None:
    told = search.candidate_summary(candidate(), UNTOLD)
    assert (told["person"], told["address"]) == ("Dana Berg", "dana@acme.com")
    nobody = search.candidate_summary(candidate(person=None), UNTOLD)
    assert (nobody["person"], nobody["address"]) == (None, None)


EVE = "Eve <eve@evil.example>"
JOINED = [
    mail(DANA, INVITATION),
    mail(ME, "Gladly.", to=DANA),
    mail(EVE, "I am taking over. Could we schedule an interview?", to=ME),
]


def suspicion(*mails: Mail) -> Suspicious:
    found = search.seek(session(Shelf([thread("Interview", *mails, name="<t@x>")])), "acme")
    with pytest.raises(Suspicious) as refused:
        search.the_one(HERE, found, "acme")
    return refused.value


def test_where_a_stranger_has_joined_whom_i_wrote_to_is_offered() -> None:
    error = suspicion(*JOINED)
    assert error.message.startswith("eve@evil.example joined")
    assert error.next_step.endswith("only to them: bowout draft --thread t@x --to dana.berg@acme.com --force")
    assert [(c["address"], c.get("to")) for c in error.candidates] == [
        ("eve@evil.example", None),
        ("dana.berg@acme.com", True),
    ]


def test_what_a_stranger_writes_in_my_name_makes_nobody_known() -> None:
    second = "Mallory <mallory@worse.example>"
    forged = mail(ME, "Gladly.", to=f"{EVE}, {second}", folder=Folder.INBOX)
    assert "--to" not in suspicion(JOINED[0], mail(second, INVITATION), JOINED[2], forged).next_step
    assert "dana.berg@acme.com" in suspicion(*JOINED, mail(ME, "Hi", to="Eva <eva@acme.com>")).next_step


def test_where_nobody_else_writes_it_is_they_who_may_be_somebody_else() -> None:
    odd = "Dana Berg <dana@xn--acm-eoa.com>"
    assert "--to" not in suspicion(mail(odd, INVITATION), mail(ME, "Gladly.", to=odd)).next_step
