"""WHO in other words than the mails use: what may be meant, what may not, and that it is never sure."""

from __future__ import annotations

import pytest

from bowout.find import rank
from bowout.find.candidate import Outcome, Ranking
from bowout.find.likeness import may_be_meant
from bowout.model import Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.mailboxes import IDENTITIES, ME, mail, thread

RELAYS = load_relays()


def about(
    sender: str = "Ida Berg <ida@gmail.com>", text: str = "Shall we meet?", subject: str = "Hi"
) -> Thread:
    return thread(subject, mail(sender, text))


def ranked(who: str, *box: Thread) -> Ranking:
    return rank.rank(box, Query(who=who), IDENTITIES, RELAYS, NOON)


@pytest.mark.parametrize(
    ("who", "there"),
    [
        # initials of some words and others whole; of all of them; of what stands there
        ("Walnut Street Lamps", about("Jo Tan <jo@wslamps.example>")),
        ("Stadtbad Urdenbach Nord", about("Bad <info@sun-karriere.example>")),
        ("NRH", about("North River Hatchery <jobs@gmail.com>")),
        # a freemail address that names the firm
        ("Golden Heron Diner", about("Al <al.goldenheron@gmail.com>")),
        # any word of several, split and joined, and with an ending
        ("The Old Pelikanapotheke", about("Jo <jo@pelikan-apotheke.example>")),
        ("Blue Heron", about("Jo <jo@gmail.com>", "We at Blueheron liked your letter.", "Blueheron")),
        ("Dorfschule Ilmtal", about(text="Bei uns im Ilmtal beginnt der Tag um acht.")),
        ("Harlows", about("Tom <tom@harlow-ropes.example>")),
        ("getharlow", about("Tom <tom@harlow.example>")),
        # what the firm does, not its name
        ("the ropeyard", about("Tom <tom@harlow-ropes.example>")),
        ("die Geigenmacherin", about("Werkstatt <info@geigenbau-ott.example>")),
        ("skolen", about("Ane <ane@skole-nord.example>")),
        # a slip, an umlaut spelt out, another script
        ("harlov", about("Tom Harlow <tom@gmail.com>")),
        ("Muenzberg", about("Münzberg & Co <info@gmail.com>")),
        ("Weidenbrueck", about(text="Unser Haus in Weidenbrück ist klein.")),
        ("harlwo.example", about("Tom <tom@harlow.example>")),
        # how a short name begins, and a short name but for a letter
        ("acm", about("Tom <tom@acme.example>")),
        ("amce", about("Tom <tom@acme.example>")),
        ("dan", about("Dana <d@gmail.com>")),
        # an address that nobody has: at their firm, but for a letter, or somebody's of that name
        ("zed@harlow.example", about("Tom <tom@harlow.example>")),
        ("tom@harlwo.example", about("Tom <tom@harlow.example>")),
        ("ida.berg@work.example", about()),
    ],
)
def test_what_may_be_meant_is_named_and_never_sure(who: str, there: Thread) -> None:
    assert may_be_meant(there, who, IDENTITIES, RELAYS)
    found = ranked(who, there)
    assert found.outcome is Outcome.AMBIGUOUS
    assert not found.candidates[0].sure


@pytest.mark.parametrize(
    ("who", "there"),
    [
        ("Oakmere", about("Tom Harlow <tom@harlow.example>", "Shall we meet on Monday about the role?")),
        ("Frau Oakmere", about(text="Ich grüße Sie, auch von Frau Lind.")),
        ("Oakmere Museum", about(text="The museum opens at ten.")),
        ("gmail.com", about()),
        ("oakmere.com", about("Tom <tom@harlow.com>")),
        ("ABC", about("Harlow Ropes <tom@harlow.example>")),
        ("Ana Lopez", about("Tom <tom@harlow.example>")),
        ("rol", about(subject="The role of a Tester")),
        # of a Message-ID or an address nothing but the firm and a whole name is meant
        ("harlow.0@acme.example", about("Tom <tom@harlow.example>", "We at Harlow like your letter.")),
        ("4f1c.example@mail.gmail.com", about("Tom <tom@harlow.example>")),
        ("tom@oakmere.example", about("Tom <tom@harlow.example>")),
        ("***", about()),
    ],
)
def test_what_stands_nowhere_is_nobody(who: str, there: Thread) -> None:
    assert not may_be_meant(there, who, IDENTITIES, RELAYS)
    assert ranked(who, there).outcome is Outcome.NONE


def test_whoever_answers_to_who_is_not_joined_by_what_is_like_it() -> None:
    plain = thread(
        "Interview", mail("Dana Berg <dana@harlow.example>", "An interview about the role of Clerk?")
    )
    found = ranked("harlow", plain, about("Jo <jo@harlov.example>"))
    assert [c.thread.id for c in found.candidates] == ["Interview"]


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-replied"}, {"List-Id": "<search.harlow.example>"}, {"Precedence": "bulk"}],
)
def test_a_program_of_theirs_that_writes_of_my_application_is_found(headers: dict[str, str]) -> None:
    told = "Thank you for your application as a clerk. The hiring team meets next week. Harlow Ropes"
    machine = thread("Status", mail("Jobs <jobs@harlow.example>", told, headers=headers))
    found = ranked("Harlow Ropes", machine)
    assert [c.thread.id for c in found.candidates] == ["Status"]
    assert found.outcome is Outcome.AMBIGUOUS
    assert found.candidates[0].person is None


def test_a_mailing_that_is_only_like_who_is_not_even_passed_over() -> None:
    headers = {"List-Unsubscribe": "<mailto:u@x.example>", "List-Id": "<x.example>"}
    found = ranked("the newspaper", thread("Sale", mail("News <news@shop.example>", "20 %", headers=headers)))
    assert (found.candidates, found.passed_over) == ((), ())


def test_an_answer_without_words_of_hiring_stays_beside_a_mere_mention() -> None:
    short = thread("Monday", mail("Al <al@harlowropes.example>", "Come in at four, ask for me."))
    other = thread(
        "Interview", mail("Jo <jo@oakmere.example>", "An interview in Harlow, for the role of Clerk?")
    )
    assert {c.thread.id for c in ranked("Harlow Ropes", short, other).candidates} == {"Monday", "Interview"}


def test_whom_i_wrote_to_is_found_where_only_a_program_answered() -> None:
    wrote = mail(ME, "I bring my papers with me.", to="Front desk <desk@harlowropes.example>")
    answer = mail("desk@harlowropes.example", "We got it.", headers={"Auto-Submitted": "auto-replied"})
    assert [c.thread.id for c in ranked("Harlow Ropes", thread("Night", wrote, answer)).candidates] == [
        "Night"
    ]


@pytest.mark.parametrize("text", ["a" * 200_000, "a-" * 100_000, "harlo1 " * 30_000, "'" * 200_000])
def test_a_long_mail_is_read_in_bounded_time(text: str) -> None:
    assert not may_be_meant(about(text=text, subject=text), "x" * 5_000 + " oakmere", IDENTITIES, RELAYS)
