"""Where reading begins and where it ends: one word or one letter fewer, and the answer is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bowout.model import Address, Confidence, Fact, Folder, Identity, Message, PersonRole, Stage, Thread
from bowout.read.claim import Claim, as_fact, support
from bowout.read.clock import zones
from bowout.read.trust import believed
from bowout.read.zones import keeps_utc
from unit.read.test_facts import DANA, ME, NOW, booked, facts, mail, value


@pytest.mark.parametrize("name", ["HP", "SAP"])
def test_a_company_of_two_letters_is_one(name: str) -> None:
    text = f"Your application for the Data Engineer position at {name} was received."
    assert value(facts(mail(text, sender=Address("Dana", "dana@mail.example"))).company) == name


def test_an_end_and_an_offer_are_sure_and_an_invitation_is_likely() -> None:
    offer = facts(mail("We would be glad to offer you the position.")).stage
    refused = facts(mail("We regret that we are unable to offer you the position.")).stage
    received = facts(mail("Thank you for applying. We have received your application.")).stage
    assert offer
    assert refused
    assert received
    assert offer.confidence is refused.confidence is Confidence.HIGH
    assert received.confidence is Confidence.MEDIUM


def test_a_place_of_no_special_weight_counts_between_a_hint_and_a_statement() -> None:
    plain, hint, said = (Claim("Acme", "text", "s"), *(Claim("Acme", "text", "s", w) for w in (1, 3)))
    assert support([hint]) < support([plain]) < support([said])


def test_the_source_told_is_the_one_that_weighs_most_whichever_mail_spelt_it() -> None:
    again = "".join(["Ac", "me"])  # the same letters, read a second time
    fact = as_fact([Claim("Acme", "subject", "a hint", 1), Claim(again, "text", "said", 3)], Confidence.HIGH)
    assert fact.source == "said"


def test_the_clock_is_that_of_the_persons_own_mail() -> None:
    def at(hours: int, day: int, sender: Address) -> Message:
        date = datetime(2026, 11, day, 9, tzinfo=timezone(timedelta(hours=hours)))
        return replace(mail("Hello", sender=sender), date=date)

    sam = Address("Sam", "sam@acmerobotics.example")
    thread = Thread(id="t", messages=(at(9, 20, DANA), at(2, 21, sam)), complete=True)
    found = [zone.utcoffset(None) for zone, _ in zones(thread, DANA, None, [Identity(address=ME)])]
    assert found == [timedelta(hours=9)]
    utc = Thread(id="t", messages=(at(0, 20, DANA),), complete=True)
    assert not list(zones(utc, DANA, None, [Identity(address=ME)]))


def test_who_calls_herself_a_recruiter_beside_her_name_is_one() -> None:
    person = facts(mail("Hello", sender=Address("Dana Whitfield, Recruiter", DANA.address))).people[0]
    assert (person.value.role, person.confidence) == (PersonRole.RECRUITER, Confidence.MEDIUM)


def test_a_title_has_nine_words_at_most() -> None:
    def read(title: str) -> str | None:
        text = f"Thank you for your application for the {title} position at Acme."
        return value(facts(mail(text, subject="Hello")).position)

    nine = "Senior Lead Data Engineer Platform Analytics Finance Payments Europe"
    assert read(nine) == nine
    assert read(f"Chief {nine}") != f"Chief {nine}"


def test_an_agency_that_does_not_say_its_name_hides_no_client() -> None:
    text = "Hi Alex,\n\nmy client Acme Robotics is looking for a Data Engineer.\n\nDana"
    found = facts(mail(text, sender=Address("Dana", "dana.w@gmail.com")))
    assert found.agency is None
    assert value(found.company) == "Acme Robotics"


def test_a_task_to_solve_comes_after_an_invitation_and_does_not_undo_an_offer() -> None:
    invite = mail("I would like to invite you to an interview next week.", day=18)
    task = mail("Please complete the coding challenge we sent you.", day=20)
    offer = mail("We would be glad to offer you the position.", day=18)
    stages = [fact.value for fact in (facts(invite, task).stage, facts(offer, task).stage) if fact]
    assert stages == [Stage.ASSESSMENT, Stage.OFFER]


def test_the_company_whose_domain_they_write_from_comes_before_another_that_is_named() -> None:
    text = (
        "Your application for the Data Engineer position at Globex Partners was passed on to us.\n"
        "Would you like to join Acme Robotics? The Data Engineer position at Acme Robotics is open."
    )
    for domain in ("acme.example", "acmerobotics.example", "ar.example", "acme-r.example"):
        company = facts(mail(text, sender=Address("Dana", f"dana@{domain}"))).company
        assert value(company) == "Acme Robotics", domain


def test_a_guess_counts_as_unknown_and_what_is_likely_does_not() -> None:
    low, medium, high = (
        Fact("Acme", "s", sure) for sure in (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
    )
    assert [believed(fact) for fact in (None, low, medium, high)] == [None, None, medium, high]


def test_a_clock_that_stands_at_utc_is_told_in_the_first_twenty_thousand_characters() -> None:
    assert keeps_utc("£".rjust(20_000), "acme.example")
    assert not keeps_utc("£".rjust(20_001), "acme.example")
    assert keeps_utc("", "acme.co.uk")
    assert not keeps_utc("", "acme.example")


def test_a_mailing_of_a_hiring_system_tells_the_stage_and_another_mailing_does_not() -> None:
    def stage(sender: Address) -> Stage | None:
        told = mail("Thank you for applying. We have received your application.", sender=sender)
        found = facts(replace(told, headers=(("list-id", "<jobs.example>"),))).stage
        return found.value if found else None

    assert stage(Address("Acme", "acme@us.greenhouse-mail.io")) is Stage.APPLIED
    assert stage(Address("Acme", "news@acme.example")) is None


@pytest.mark.parametrize(
    ("minutes", "stage"), [(-1, Stage.SCHEDULED), (59, Stage.SCHEDULED), (60, Stage.INTERVIEWED)]
)
def test_an_interview_was_held_when_it_has_ended(minutes: int, stage: Stage) -> None:
    calendar = booked(NOW - timedelta(minutes=minutes))  # it lasts an hour
    found = facts(mail("See the invitation.", calendars=(calendar,))).stage
    assert found is not None
    assert found.value is stage


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        ({}, True),
        ({"headers": (("auto-submitted", "auto-replied"),)}, False),
        ({"folder": Folder.JUNK}, False),
        ({"folder": Folder.TRASH}, False),
    ],
)
def test_what_a_machine_answers_or_lies_in_the_trash_is_not_heard(more: dict[str, Any], heard: bool) -> None:
    told = replace(mail("We would be glad to offer you the position."), **more)
    assert (facts(told).stage is not None) is heard
