"""Which company a mail names, how sure that is, and who is only an agency."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from bowout.model import Address, Confidence
from unit.read.test_facts import DANA, facts, mail

FREE = Address("Dana Whitfield", "dana.whitfield@gmail.com")
SURE, LIKELY, GUESS = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


def company(text: str, *, sender: Address = FREE, subject: str = "Hello") -> tuple[str, Confidence] | None:
    found = facts(mail(text, sender=sender, subject=subject)).company
    return (found.value, found.confidence) if found else None


def agency(text: str, *, sender: Address, subject: str = "Hello") -> tuple[str, Confidence] | None:
    found = facts(mail(text, sender=sender, subject=subject)).agency
    return (found.value, found.confidence) if found else None


# --- how sure -------------------------------------------------------------------------------------

AT = "Your application for the Data Engineer position at Acme Robotics was received."


@pytest.mark.parametrize(
    ("text", "subject", "domain", "confidence"),
    [
        (AT, "Interview at Acme Robotics", "gmail.com", SURE),  # two places
        (AT, "Hello", "gmail.com", LIKELY),  # one place that says it
        ("Would you like to join Acme Robotics?", "Hello", "gmail.com", GUESS),  # one that hints at it
        (AT, "Hello", "globex.example", GUESS),  # they write from somewhere else
        ("Would you like to join Acme Labs?", "Hello", "acme-hq.example", GUESS),
        (AT, "Hello", "acmerobotics.example", SURE),  # the domain is a second place
    ],
)
def test_two_places_are_sure_and_one_is_likely(
    text: str, subject: str, domain: str, confidence: Confidence
) -> None:
    found = company(text, sender=Address("Dana", f"dana@{domain}"), subject=subject)
    assert found is not None
    assert found[1] is confidence


def test_two_companies_named_alike_are_a_guess() -> None:
    both = f"{AT} The Data Engineer position at Globex Labs is open."
    assert company(both) == ("Acme Robotics", GUESS)
    assert company(both, subject="Interview at Globex Labs") == ("Globex Labs", SURE)
    signed = company(f"{AT}\n\nKind regards\nDana\nRecruiter, Globex Labs")
    assert signed is not None
    assert signed[1] is GUESS


def test_several_clients_are_no_firm_of_both_names() -> None:
    told = company("I recruit for my clients Brightwater and Norfield, who look for engineers.")
    assert told == ("Brightwater", GUESS)
    assert company("I recruit for my client Larch and Lime in Leeds.") == ("Larch and Lime", LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "We speak of the position at Acme Robotics.",
        "Thank you for applying to Acme Robotics.",
        "Thank you for your interest in joining Acme Robotics.",
        "I am the one who hires at Acme Robotics.",
        "I write on behalf of Acme Robotics.",
        "We are the team at Acme Robotics.",
        "Company: Acme Robotics",
        "Our customer Acme Robotics wants to see you.",
    ],
)
def test_words_that_say_who_hires_are_enough(text: str) -> None:
    assert company(text) == ("Acme Robotics", LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "The Acme Robotics team greets you.",
        "Danke für Ihr Interesse an Acme Robotics.",
        "Good news. Acme Robotics is hiring.",
        "Come and join Acme Robotics.",
    ],
)
def test_words_that_hint_at_it_weigh_more_than_the_edge_of_a_subject(text: str) -> None:
    assert company(text) == ("Acme Robotics", GUESS)
    assert company(text, subject="Globex Labs | Hello") == ("Acme Robotics", GUESS)
    assert company(text, subject="Hello there | Globex Labs") == ("Acme Robotics", GUESS)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The position at Acme Robotics, Inc. is open.", "Acme Robotics"),
        ("The position at Acme GmbH & Co. KG is open.", "Acme"),
        ("The position at eBay is open.", "eBay"),
        ("The position at Monday is open.", None),
        ("The position at 2026 is open.", None),
        ("Wir danken für Ihr Interesse an der Nordlicht Energie.", "Nordlicht Energie"),
    ],
)
def test_how_a_company_is_written(text: str, name: str | None) -> None:
    found = company(text)
    assert (found[0] if found else None) == name


# --- signatures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Recruiter, Acme Robotics"], "Acme Robotics"),
        (["Acme Robotics | Talent"], "Acme Robotics"),
        (["Dana Whitfield | Recruiter | Acme Robotics"], "Acme Robotics"),
        (["Recruiter", "Acme Robotics"], "Acme Robotics"),
        (["Acme Robotics Inc."], "Acme Robotics"),
        # What stands above it in a signature does not end the search.
        (["https://acme.example/jobs", "Recruiter, Acme Robotics"], "Acme Robotics"),
        (["dana@acme.example", "Recruiter, Acme Robotics"], "Acme Robotics"),
        (["x" * 81, "Recruiter, Acme Robotics"], "Acme Robotics"),
        (["Dana Whitfield | Recruiter"], None),
        (["Acme Robotics"], None),  # a name alone may be anything
        (["Recruiter", "the best of all places"], None),
        (["Recruiter, https://acme.example"], None),
        (["Recruiter, mail dana@acme.example"], None),
    ],
)
def test_a_signature_names_the_employer_beside_or_below_a_title(lines: list[str], name: str | None) -> None:
    found = company("\n".join(["Come at ten.", "", "Kind regards", "Dana Whitfield", *lines]))
    assert (found[0] if found else None) == name


@pytest.mark.parametrize(("length", "read"), [(80, True), (81, False)])
def test_a_line_of_a_signature_has_eighty_characters_at_most(length: int, read: bool) -> None:
    line = f"Recruiter, Acme Robotics, {'x' * (length - 26)}"
    assert len(line) == length
    assert (company(f"Come.\n\nKind regards\nDana\n{line}") is not None) is read


@pytest.mark.parametrize(("above", "read"), [(10, True), (11, False)])
def test_twelve_lines_of_a_signature_are_read(above: int, read: bool) -> None:
    lines = ["Dana Whitfield", *["..."] * above, "Recruiter, Acme Robotics"]
    assert (company("\n".join(["Come.", "", "Kind regards", *lines])) is not None) is read


# --- agencies -------------------------------------------------------------------------------------

AGENT = Address("Kim Reed", "kim@reedsearchgroup.example")


@pytest.mark.parametrize(
    ("sender", "text", "told"),
    [
        # Who writes for a client is one for sure, however the firm is called.
        (Address("Kim Reed", "kim@jr.example"), "My client needs a Data Analyst.", ("Jr", GUESS)),
        (
            Address("Kim Reed", "kim@jrlabs.example"),
            "My client needs a Data Analyst.\n\nKim Reed\nRecruiter, JR Labs",
            ("JR Labs", SURE),
        ),
        # A name that tells it is enough; a weak one where the mail speaks of a job.
        (
            Address("Kim Reed", "kim@jr-staffing.example"),
            "Shall we talk?\n\nBest,\nKim Reed\nJR Staffing",
            ("JR Staffing", LIKELY),
        ),
        (AGENT, "Shall we talk about the position? It is a job interview.", ("Reedsearchgroup", GUESS)),
        (AGENT, "Shall we talk about the garden?", None),
        # A department is no agency.
        (DANA, "Shall we talk?\n\nBest,\nDana\nExecutive Recruitment, Acme Robotics", None),
        (FREE, "Shall we talk?\n\nBest,\nDana\nRecruiter, Reed Staffing", ("Reed Staffing", LIKELY)),
        (FREE, "Shall we talk?\n\nBest,\nDana", None),
    ],
)
def test_who_is_an_agency(sender: Address, text: str, told: tuple[str, Confidence] | None) -> None:
    found = agency(text, sender=sender)
    assert found == told


def test_an_agencys_own_name_in_a_sentence_names_no_employer() -> None:
    sender = Address("Kim Reed", "kim@jr-staffing.example")
    end = "\n\nBest,\nKim Reed\nJR Staffing"
    own = f"My client needs a Data Analyst. More about a career at JR Staffing.{end}"
    both = f"My client, Acme Robotics, needs a Data Analyst. More about a career at JR Staffing.{end}"
    assert facts(mail(own, sender=sender)).company is None
    assert company(both, sender=sender) == ("Acme Robotics", LIKELY)


def test_the_name_of_a_hiring_system_is_no_employers() -> None:
    lever = Address("Lever", "no-reply@hire.lever.co")
    acme = Address("Acme via Lever", "no-reply@hire.lever.co")
    match = Address("Match Group", "no-reply@hire.lever.co")
    text = "We have received your application."
    assert company(text, sender=acme) == ("Acme", LIKELY)
    assert company(text, sender=match) == ("Match Group", GUESS)
    assert company(text, sender=lever) in (None, ("Lever", GUESS))
    tailor = company(text, sender=Address("Teamtailor Careers", "no-reply@teamtailor.com"))
    assert tailor is None or tailor[1] is GUESS
    assert company(text, sender=Address("Match Group", "dana@gmail.com")) is None


HAYS = Address("Dana Roe", "dana.roe@hays.example")


@pytest.mark.parametrize(
    "text",
    [
        "We would love you to join our team here at Hays as a recruitment consultant.",
        "The position of trainee consultant at Hays is an internal vacancy.",
        "Wir suchen Verstärkung für unser Team: Personalberater bei Hays.",
    ],
)
def test_an_agency_that_hires_for_itself_is_the_company(text: str) -> None:
    assert agency(text, sender=HAYS) is None
    found = company(text, sender=HAYS)
    assert found is not None
    assert found[0] == "Hays"


@pytest.mark.parametrize(
    "text",
    [
        "My client is looking for a Data Engineer to join our team of contractors.",
        "I am a consultant at Hays and have the role of Data Engineer in Leeds for you.",
        "Could you join us for a call about the Data Engineer role? Dana, Hays",
    ],
)
def test_an_agency_that_hires_for_others_is_an_agency(text: str) -> None:
    assert agency(text, sender=HAYS) is not None
    assert company(text, sender=HAYS) is None


@pytest.mark.parametrize("form", ["SpA", "ApS", "Sarl", "Pty Ltd", "GmbH & Co. KG", "eG"])
def test_a_company_is_read_without_its_legal_form(form: str) -> None:
    told = company(
        f"Hello Jo, the interview is next week.\n\nKind regards\nDana Whitfield\nKite Foods {form}"
    )
    assert told is not None
    assert told[0] == "Kite Foods"


def test_an_accent_of_one_character_or_of_two_makes_no_other_company() -> None:
    told = "Your application for the Data Engineer position at Café Zoë was received."
    found = company(told, subject=normalize("NFD", "Interview at Café Zoë Group"))
    assert found is not None
    assert found[1] is SURE
