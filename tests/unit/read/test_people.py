"""Who the people of the other side are, and which figures are their telephone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bowout.model import Address, Confidence, Message, PersonRole
from unit.read.test_facts import DANA, NOW, booked, facts, mail

SURE, LIKELY, GUESS = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


def numbers(
    *lines: str, text: str = "Shall we talk?", sender: Address = DANA
) -> list[tuple[str, Confidence]]:
    found = facts(mail("\n".join([text, "", "Kind regards", "Dana Whitfield", *lines]), sender=sender)).phones
    return [(fact.value, fact.confidence) for fact in found]


def role(*lines: str, name: str = DANA.name, text: str = "Hello") -> tuple[PersonRole, Confidence]:
    sender = Address(name, DANA.address)
    (person,) = facts(mail("\n".join([text, "", "Kind regards", name, *lines]), sender=sender)).people
    return person.value.role, person.confidence


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("030 90182", "030 90182"),
        ("1234567", "1234567"),  # seven figures
        ("123456", None),
        ("12345", None),
        ("123456789012345678", "123456789012345678"),  # eighteen
        ("1234567890123456789", None),
        ("(030 901820", None),
        ("Tel. (030) 901820", "(030) 901820"),
        ("HQ Bergen team: 030 901820", "030 901820"),  # twelve letters beside it
        ("HQ Bergen teams: 030 901820", None),
        ("Phone of the whole house: 030 901820", "030 901820"),
        ("2026-12-03 10:30", None),
        ("030/901820-1999", "030/901820-1999"),
    ],
)
def test_a_number_whose_country_nobody_knows_has_seven_figures_or_more(line: str, number: str | None) -> None:
    assert numbers(line) == ([(number, GUESS)] if number else [])


@pytest.mark.parametrize(("length", "read"), [(300, True), (301, False)])
def test_a_line_with_a_telephone_has_three_hundred_characters_at_most(length: int, read: bool) -> None:
    line = "Phone +49 30 901820 ".ljust(length, "-")
    assert (numbers(line) != []) is read


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("+49 30 901820", ("+49 30 901820", SURE)),
        ("0049 30 901820", ("+49 30 901820", SURE)),
        ("(+49) 30 901820", ("+49 30 901820", SURE)),
        ("Fax +49 30 901820", None),
        ("Room 4711, Desk 12", None),
    ],
)
def test_a_number_with_its_country_is_sure(line: str, number: tuple[str, Confidence] | None) -> None:
    assert numbers(line) == ([number] if number else [])


@pytest.mark.parametrize(
    ("domain", "number"),
    [
        ("acme.de", "+49 30 901820"),
        ("acme.co.uk", "030 901820"),  # no such number there
        ("acme.io", "030 901820"),  # no country
        ("acme.example", "030 901820"),
        ("myworkday.de", "+49 30 901820"),
    ],
)
def test_the_country_is_that_of_the_writers_domain(domain: str, number: str) -> None:
    assert numbers("Tel. 030 901820", sender=Address("Dana Whitfield", f"dana@{domain}")) == [(number, GUESS)]


def test_in_a_sentence_a_number_is_a_telephone_where_it_says_so() -> None:
    assert numbers(text="Call me: +49 30 901820.") == [("+49 30 901820", SURE)]
    assert numbers(text="We have +49 30 901820 of them.") == []


def test_the_newest_number_comes_first_and_mine_never() -> None:
    me = Address("Alex Moreno", "alex@moreno.example")
    found = facts(
        mail("Hi\n\nKind regards\nDana\n+49 30 901820", day=19),
        mail("Hi\n\nKind regards\nAlex\n+49 30 901821", sender=me, to=[DANA], day=20),
        mail("Hi\n\nKind regards\nDana\n+49 30 901822", day=21),
    )
    assert [fact.value for fact in found.phones] == ["+49 30 901822", "+49 30 901820"]
    assert found.people[0].value.phone == "+49 30 901822"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Recruiting Coordinator"], (PersonRole.COORDINATOR, SURE)),
        (["Senior Recruiter"], (PersonRole.RECRUITER, SURE)),
        (["Head of Talent"], (PersonRole.RECRUITER, SURE)),
        (["Head of Data"], (PersonRole.HIRING_MANAGER, SURE)),
        (["Data Engineer"], (PersonRole.UNKNOWN, LIKELY)),
        (["..."] * 6 + ["Recruiter"], (PersonRole.RECRUITER, SURE)),
        (["..."] * 7 + ["Recruiter"], (PersonRole.UNKNOWN, LIKELY)),
        (["Recruiter ".ljust(79, "-") + "-"], (PersonRole.RECRUITER, SURE)),
        (["Recruiter ".ljust(80, "-") + "-"], (PersonRole.UNKNOWN, LIKELY)),
    ],
)
def test_a_title_stands_in_the_first_eight_lines_of_a_signature(
    lines: list[str], told: tuple[PersonRole, Confidence]
) -> None:
    assert role(*lines) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I am the recruiter for this.", (PersonRole.RECRUITER, SURE)),
        ("I am glad to be here with our recruiter.", (PersonRole.UNKNOWN, LIKELY)),
        ("I am glad you applied. The recruiter will call.", (PersonRole.UNKNOWN, LIKELY)),
    ],
)
def test_who_calls_herself_something_is_that(text: str, told: tuple[PersonRole, Confidence]) -> None:
    assert role(text=text) == told


def test_only_an_invitation_names_some_of_them() -> None:
    others = (
        "ATTENDEE;CN=Tom Keller:mailto:tom@acmerobotics.example\r\n"
        "ATTENDEE;CN=Ines Vogel - Recruiter:mailto:ines@acmerobotics.example\r\n"
        "ATTENDEE:mailto:conference-room@acmerobotics.example\r\n"
        "ATTENDEE:mailto:no-reply@acmerobotics.example\r\n"
    )
    found = facts(mail("Hello", calendars=(booked(NOW + timedelta(days=2), attendee=others),))).people
    told = {f.value.address.local: (f.value.role, f.confidence, f.source) for f in found}
    where = "invitation of 20 November"
    assert told["tom"] == (PersonRole.INTERVIEWER, LIKELY, where)
    assert told["ines"] == (PersonRole.RECRUITER, LIKELY, where)
    assert set(told) == {"dana", "tom", "ines"}


def test_an_attendee_whose_title_is_known_keeps_it() -> None:
    tom = Address("Tom Keller", "tom@acmerobotics.example")
    others = f"ATTENDEE;CN=Tom Keller:mailto:{tom.address}\r\n"
    calendar = booked(NOW + timedelta(days=2), attendee=others)
    titled = mail("Hi\n\nKind regards\nTom Keller\nHead of Data", sender=tom, day=19)
    plain = mail("Hi\n\nKind regards\nTom Keller", sender=tom, day=19)

    def role_of(first: Message) -> PersonRole:
        found = facts(first, mail("Hello", calendars=(calendar,))).people
        return next(f.value.role for f in found if f.value.address == tom)

    assert role_of(titled) is PersonRole.HIRING_MANAGER
    assert role_of(plain) is PersonRole.INTERVIEWER
