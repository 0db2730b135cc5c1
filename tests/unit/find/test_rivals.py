"""What must not be overlooked beside a thread that looks alone, and what may be."""

from __future__ import annotations

import pytest

from bowout.find import rank
from bowout.find.candidate import Outcome
from bowout.model import Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.mailboxes import IDENTITIES, ME, calendar, mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana.berg@acme.com>"
NOA = "Noa Reed <noa@redlinestaffing.com>"
FIRST = thread(
    "Interview", mail(DANA, "We would like to schedule an interview for the role of Data Engineer.")
)
AGENT = thread(
    "Your profile",
    mail(NOA, "My client Zephyr is hiring a Data Engineer. Are you open?\n\nNoa Reed\nRedline Recruitment"),
)


FINNISH = (
    "Olemme lukeneet hakemuksesi ja haluaisimme tavata sinut ensi viikolla. Milloin sinulle sopisi? Voit"
    " ehdottaa kahta tai kolmea aikaa, niin valitsemme niista parhaan ja vahvistamme sen sinulle heti."
)


def outcome(first: Thread, other: Thread, who: str) -> Outcome:
    alone = rank.rank([first], Query(who=who), IDENTITIES, RELAYS, NOON)
    assert alone.outcome is Outcome.SURE, [c.reasons for c in alone.candidates]
    found = rank.rank([first, other], Query(who=who), IDENTITIES, RELAYS, NOON)
    assert (len(found.candidates) > 1) is (found.outcome is Outcome.AMBIGUOUS)
    return found.outcome


@pytest.mark.parametrize(
    "sender",
    [DANA, "Cora Lind <cora@acme.com>", "Cora Lind <cora.lind@mail.acme.com>"],
)
@pytest.mark.parametrize(
    "text",
    [
        "You are on our list for Sommelier. What do you say?\n\nCora\nTalent Partner",
        "Your papers for the post of Data Analyst reached us.",
        "Could we have a short call on Tuesday?",
        "Wir haben Ihre Unterlagen bekommen.",
        FINNISH,
    ],
    ids=["hirer", "position", "call", "German", "a language bowout cannot read"],
)
@pytest.mark.parametrize("who", ["acme", "acme.com"])
def test_of_the_same_firm_only_small_talk_stays_away(sender: str, text: str, who: str) -> None:
    assert outcome(FIRST, thread("Hello", mail(sender, text)), who) is Outcome.AMBIGUOUS


@pytest.mark.parametrize(
    "text", ["Lunch on Wednesday? The canteen has improved.", "I have your moving boxes. See you at five!"]
)
@pytest.mark.parametrize("who", ["acme", "Dana Berg", "dana.berg@acme.com"])
def test_small_talk_of_a_friend_there_does_not_matter(text: str, who: str) -> None:
    friend = thread("Lunch", mail("Tom Ray <tom@acme.com>", text), mail(ME, "Sure", to="tom@acme.com"))
    assert outcome(FIRST, friend, who) is Outcome.SURE


def test_another_thread_of_the_same_person_always_matters() -> None:
    other = thread("Hello", mail(DANA, "One more thing, please ring me."))
    assert outcome(FIRST, other, "Dana Berg") is Outcome.AMBIGUOUS


def test_whoever_names_a_person_does_not_mean_a_colleague() -> None:
    other = thread("Hello", mail("Cora Lind <cora@acme.com>", "Could we have a short call on Tuesday?"))
    assert outcome(FIRST, other, "dana.berg@acme.com") is Outcome.SURE


@pytest.mark.parametrize("who", ["redlinestaffing", "noa@redlinestaffing.com", "Noa Reed"])
def test_an_agency_has_more_clients_than_one(who: str) -> None:
    other = thread(
        "Hello", mail(NOA, "My client, who grows fast, is searching for a Head of Sales. Interested?")
    )
    assert outcome(AGENT, other, who) is Outcome.AMBIGUOUS


@pytest.mark.parametrize("client", ["Orchard Foods", "who grows fast"])
def test_a_recruiter_with_two_clients_is_asked_about(client: str) -> None:
    text = f"My client, {client}, is searching for a Head of Sales. Interested?"
    assert outcome(AGENT, thread("Hello", mail(NOA, text)), "Zephyr") is Outcome.AMBIGUOUS


def test_another_agency_that_hires_for_the_same_company_matters() -> None:
    text = "One of our clients, Acme, needs a QA Lead in Dublin. Shall I send you the details?"
    first = thread(
        "Interview at Acme",
        mail(DANA, "We would like to schedule an interview for the role of Data Engineer."),
    )
    other = thread("New role", mail("Rae Stein <rae@fairwayexec.com>", text))
    assert outcome(first, other, "acme.com") is Outcome.AMBIGUOUS


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("We would like to schedule an interview. When could you come?\n\nDana Berg\nRecruiter", "ambiguous"),
        ("We would like to schedule an interview for the role of Data Engineer.", "ambiguous"),
        ("We would like to schedule an interview for the role of Planner.", "sure"),
        ("We would like an interview with our new Planner to be.\n\nDana Berg\nRecruiter", "sure"),
    ],
)
@pytest.mark.parametrize("who", ["acme", "acme.com"])
def test_a_confirmation_for_a_role_that_the_recruiter_does_not_name(
    asked: str, expected: str, who: str
) -> None:
    first = thread("Interview at Acme", mail(DANA, asked))
    system = "Thank you for your interest in Acme. We received your application for the Planner role."
    other = thread("Your application", mail("Acme <no-reply@hire.lever.co>", system))
    assert outcome(first, other, who) == expected


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("Ray Poe <ray@gmail.com>", "Acme seeks a Data Analyst. Shall we meet?", Outcome.AMBIGUOUS),
        ("Ray Poe <ray@poe-search.com>", "An opportunity at Acme might suit you.", Outcome.AMBIGUOUS),
        ("Ray Poe <ray@gmail.com>", "How did it go at Acme? Call me.", Outcome.SURE),
        ("Ray Poe <ray@poe-search.com>", "I saw the new Acme shop, it is lovely.", Outcome.SURE),
    ],
)
def test_a_mention_matters_when_it_may_be_work(sender: str, text: str, expected: Outcome) -> None:
    assert outcome(FIRST, thread("Hello", mail(sender, text)), "acme") is expected


def test_the_second_role_told_by_a_mail_that_is_no_speech_of_hiring() -> None:
    text = "On behalf of all at Acme, I am happy to ask you in for an interview for the Planner vacancy."
    other = thread("Following up on your application", mail("Dan Cho <dan@acme-tools.com>", text))
    assert outcome(FIRST, other, "acme") is Outcome.AMBIGUOUS


def test_the_person_shown_is_the_address_that_gets_the_answer() -> None:
    odd = thread("Interview", mail(DANA, "Your interview about your application.", reply_to="x@desk.example"))
    (found,) = rank.rank([odd], Query(who="acme"), IDENTITIES, RELAYS, NOON).candidates
    assert found.person is not None
    assert (found.person.name, found.person.address.address) == ("Dana Berg", "x@desk.example")
    assert found.warnings


def test_a_word_of_work_from_elsewhere_matters_and_what_i_tell_others_does_not() -> None:
    lena = "Lena Ode <lena@globex.com>"
    theirs = thread("Hello", mail(lena, "Is the job at acme still what you want? Your papers lie here."))
    mine = thread(
        "Hello", mail(ME, "I have applied for a job at acme.", to=lena), mail(lena, "A job! Great.")
    )
    assert outcome(FIRST, theirs, "acme") is Outcome.AMBIGUOUS
    assert outcome(FIRST, mine, "acme") is Outcome.SURE


def test_an_invitation_to_no_matter_what_of_the_same_firm_matters() -> None:
    other = thread("Hello", mail("Cora Lind <cora@acme.com>", "See you.", calendar=calendar()))
    assert outcome(FIRST, other, "acme") is Outcome.AMBIGUOUS


@pytest.mark.parametrize(("at", "told"), [(0.5, Outcome.AMBIGUOUS), (9, Outcome.SURE)])
def test_a_later_refusal_by_their_system_is_not_overlooked(at: float, told: Outcome) -> None:
    talk = thread("Interview", mail(DANA, FIRST.messages[0].text, at=4))
    refusal = thread(
        "Your application at Acme",
        mail(
            "Acme Hiring <no-reply@ashbyhq.com>",
            "Unfortunately we will not be moving forward with your application for Data Engineer.",
            at=at,
        ),
    )
    assert outcome(talk, refusal, "acme") is told


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        (
            "Portal <no-reply@jobs.portal.example>",
            "Data Engineer at Acme",
            "This job is no longer accepting applications. Your application has been archived.",
        ),
        ("Portal <noreply@box.example>", "Bestätigung", "Du hast deine Bewerbung bei Acme zurückgezogen."),
        (
            "Acme <no-reply@ashbyhq.com>",
            "Withdrawal confirmation",
            "You have withdrawn your application for Data Engineer at Acme. You can reapply at any time.",
        ),
    ],
)
def test_what_a_portal_says_after_the_talk_is_not_overlooked(sender: str, subject: str, text: str) -> None:
    talk = thread("Interview", mail(DANA, FIRST.messages[0].text, at=4))
    assert outcome(talk, thread(subject, mail(sender, text, at=1)), "acme") is Outcome.AMBIGUOUS


def test_a_confirmation_by_a_machine_hides_no_person() -> None:
    talk = thread(
        "Sous chef",
        mail(ME, "I would love to cook with you, my CV is attached.", to=DANA, at=6),
        mail(DANA, "Great, thanks for your application, let us talk about the job next week!", at=4),
    )
    receipt = thread("Thank you", mail("Hub <no-reply@ats.example>", "Thank you for applying to Acme.", at=5))
    found = rank.rank([talk, receipt], Query(who="acme"), IDENTITIES, RELAYS, NOON)
    assert "Sous chef" in [c.thread.id for c in found.candidates]
