"""people.names: what one calls a person, out of whatever stands in the place of a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.model import Address
from bowout.people.names import (
    closing,
    dotted,
    first_of,
    is_team,
    person_name,
    signed,
    without_department,
)


@pytest.mark.parametrize(
    ("display", "address", "name"),
    [
        ("Lena Ode", "lena@kite.example", "Lena Ode"),
        # last name first, with and without more behind it
        ("Ode, Lena", "lena.ode@kite.example", "Lena Ode"),
        ("Ode, Lena (Recruiting, AT)", "lena.ode@kite.example", "Lena Ode"),
        ("van der Meer, Joost", "j@kite.example", "Joost van der Meer"),
        ("Ruiz Prado, Ines", "ines@kite.example", "Ines Ruiz Prado"),
        ("Ode, Dr. Lena", "l@kite.example", "Dr. Lena Ode"),
        ("ODE Lena", "x@kite.example", "Lena Ode"),
        ("Ode Lena", "l.ode@kite.example", "Lena Ode"),
        ("Mag. Ode Lena", "l.ode@kite.example", "Mag. Lena Ode"),
        # what stands before and behind
        ("Mrs Lena Ode", "l@kite.example", "Lena Ode"),
        ("Herr Paul Ode", "p@kite.example", "Paul Ode"),
        ("Frau Ode", "o@kite.example", "Frau Ode"),
        ("Lena Ode, PHR", "l@kite.example", "Lena Ode"),
        ("Lena Ode, SHRM-SCP, MBA", "l@kite.example", "Lena Ode"),
        ("Lena Ode PhD", "l@kite.example", "Lena Ode"),
        ("Lena Ode (she/her)", "l@kite.example", "Lena Ode"),
        ("Lena Ode HR", "lena.ode@kite.example", "Lena Ode"),
        ("🌻 Lena Ode 🌻", "l@kite.example", "Lena Ode"),
        # firms and systems beside it
        ("Lena Ode via Greenhouse", "x@relay.example", "Lena Ode"),
        ("Kite - Lena Ode", "lena@kite.example", "Lena Ode"),
        ("Kite | Lena", "lena@kite.example", "Lena"),
        ("Lena from Kite", "lena@kite.example", "Lena"),
        ("Lena Ode, Kite Talent", "lena@kite.example", "Lena Ode"),
        ("Lena Ode | Talent Partner | Kite", "lena@kite.example", "Lena Ode"),
        # capitals
        ("LENA ODE", "l@kite.example", "Lena Ode"),
        ("lena ode", "l@kite.example", "Lena Ode"),
        ("JEAN-PAUL O'NEIL", "j@kite.example", "Jean-Paul O'Neil"),
        ("McARTHUR Jo", "j@kite.example", "Jo McArthur"),
        ("Ursula von der Au", "u@kite.example", "Ursula von der Au"),
        ("林 美咲", "m@kite.example", "林 美咲"),
        ("Dr. Ing. Müller, Sabine (HR, DE)", "s.mueller@x.example", "Dr. Ing. Sabine Müller"),
    ],
)
def test_a_person_in_speaking_order(display: str, address: str, name: str) -> None:
    assert person_name(Address(display, address)) == name


@pytest.mark.parametrize(
    ("display", "address"),
    [
        ("", "lena@kite.example"),
        ("lena@kite.example", "lena@kite.example"),
        ("PHR,", "x@kite.example"),
        ("Mr", "x@kite.example"),
        ("Kite Recruiting", "jobs@kite.example"),
        ("Kite Works GmbH", "post@kiteworks.example"),
        ("Kite Works", "hello@kiteworks.example"),
        ("Ode & Prado", "hiring@odeprado.example"),
        ("Risorse Umane", "personale@kite.example"),
        ("Talent Acquisition, Kite", "talent@kite.example"),
        ("Careers @ Kite", "careers@kite.example"),
        ("School Office", "office@northschool.example"),
        ("=?Subject?Q?Atenci=F3n", "x@kite.example"),
    ],
)
def test_no_person_is_made_up(display: str, address: str) -> None:
    assert person_name(Address(display, address)) == ""


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Lena Ode", "Lena"),
        ("Lena", "Lena"),
        ("Dr. Lena Ode", "Dr. Lena Ode"),
        ("Prof Lena Ode", "Prof Lena Ode"),
        ("Mr Ode", "Mr Ode"),
        # Of whom only the initial is known has no first name to call.
        ("E. M. Ode", ""),
        ("J Ode", ""),
    ],
)
def test_what_one_calls_them(name: str, called: str) -> None:
    assert first_of(name) == called


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Lena Ode", "Talent Partner, Kite"], "Lena Ode"),
        (["", "Lena"], "Lena"),
        (["i. A. Lena Ode", "Personalabteilung"], "Lena Ode"),
        (["Lena Ode | Kite"], "Lena Ode"),
        (["Kite Recruiting Team"], ""),
        (["+49 30 1234"], ""),
        ([], ""),
    ],
)
def test_the_name_below_a_letter(lines: list[str], name: str) -> None:
    assert signed(lines, Address("", "jobs@kite.example")) == name


@pytest.mark.parametrize(
    "line",
    ["Best regards,", "Viele Grüße", "Cordialement,", "Z poważaniem", "Un saludo,", "Met vriendelijke groet"],
)
def test_letters_end_in_many_languages(line: str) -> None:
    assert closing().match(line)


def test_only_a_team_is_greeted_as_one() -> None:
    assert is_team("Kite Talent Team")
    assert not is_team("Recruitment")


@given(st.text(max_size=300), st.text(max_size=40))
def test_no_name_makes_reading_raise(display: str, local: str) -> None:
    person_name(Address(display, f"{local}@kite.example"))


@pytest.mark.parametrize(
    "display",
    ["Head", "Reception", "Head Chef", "Deputy Head", "Operations", "Founder", "CEO", "Empfang", "Accueil",
     "Geschäftsführung", "İnsan Kaynakları", "Ressources Humaines"],
)  # fmt: skip
def test_what_somebody_is_there_is_no_name(display: str) -> None:
    assert person_name(Address(display, "x@acme.example")) == ""


def test_a_surname_that_is_also_an_office_stays() -> None:
    assert person_name(Address("Dana Head", "dana.head@acme.example")) == "Dana Head"


@pytest.mark.parametrize(
    ("firm", "bare"),
    [
        ("Yıldız Lojistik İK", "Yıldız Lojistik"),
        ("Bolt Freight RH", "Bolt Freight"),
        ("Kramp Human Resources", "Kramp"),
        ("Muster Personalabteilung", "Muster"),
        ("HR", "HR"),
        ("Boston Consulting Group", "Boston Consulting Group"),
    ],
)
def test_the_part_that_hires_is_no_part_of_a_firms_name(firm: str, bare: str) -> None:
    assert without_department(firm) == bare


def test_an_initial_gets_its_dot() -> None:
    assert [dotted(name) for name in ("J Ode", "J. Ode", "Jo Ode", "Jo")] == [
        "J. Ode",
        "J. Ode",
        "Jo Ode",
        "Jo",
    ]
