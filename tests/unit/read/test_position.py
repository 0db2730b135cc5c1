"""Which position a mail names, and how sure that is."""

from __future__ import annotations

import pytest

from bowout.model import Address, Confidence
from bowout.read.titles import without_junk
from unit.read.test_facts import facts, mail

SURE, LIKELY, GUESS = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


def position(text: str, *, subject: str = "Hello") -> tuple[str, Confidence] | None:
    found = facts(mail(text, subject=subject)).position
    return (found.value, found.confidence) if found else None


def named(title: str) -> str | None:
    """How a title in a sentence is written."""
    found = position(f"Thank you for applying for the {title} role.")
    return found[0] if found else None


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Data Engineer (R-10234)", "Data Engineer"),
        ("Data Engineer (m/w/d)", "Data Engineer"),
        ("Data Engineer - Remote", "Data Engineer"),
        ("Data Engineer (Remote) position", "Data Engineer"),
        ("DATA ENGINEER", "Data Engineer"),
        ("NIGHT LEAD", "Night Lead"),
        ("HR LEAD", "HR LEAD"),  # short words may be abbreviations
        ("HEAD OF SALES", "Head OF Sales"),
        ("Data Engineer - Platform", "Data Engineer"),
        ("Platform - Data Engineer", "Platform - Data Engineer"),
        ("Data Engineer in Berlin", "Data Engineer"),
        ("Senior Data Engineer", "Senior Data Engineer"),
        ("Head of Data", "Head of Data"),
    ],
)
def test_how_a_title_is_written(title: str, written: str) -> None:
    assert named(title) == written


@pytest.mark.parametrize(
    ("text", "subject", "told"),
    [
        ("Thank you for applying for the Data Engineer role.", "Hello", ("Data Engineer", LIKELY)),
        ("Thank you for applying for the Data Engineer role.", "Interview: Data Engineer",
         ("Data Engineer", SURE)),
        # Without the noun of a title two places are likely and one is a guess, if it announces one at all.
        ("Thank you for applying for the Kelp role.", "Interview: Kelp", ("Kelp", LIKELY)),
        ("We speak of Kelp.", "Kelp interview", None),
        ("Come on Monday for the Gallery Guide role.", "Gallery Guide interview", ("Gallery Guide", LIKELY)),
        ("Come on Monday.", "Gallery Guide interview", None),
        ("Come on Monday for the kelping role.", "kelping interview", None),
        ("Acme needs a Gallery Guide.", "Gallery Guide interview", ("Gallery Guide", LIKELY)),
        ("Acme needs a Gallery Guide.", "Hello", None),
        ("Come on Monday.", "Head Gardener", ("Head Gardener", LIKELY)),
        # What the writer is says little about what I shall be.
        ("Ich arbeite als Koch bei Acme.", "Hello", ("Koch", GUESS)),
        # Small words in a title have three letters at most.
        ("We discussed the position of Kelping and Boating.", "Hello", ("Kelping and Boating", LIKELY)),
        ("We discussed the position of Kelping from Boats.", "Hello", None),
        # Two of the same weight.
        ("Thank you for applying for the Data Engineer role or the Data Analyst role.", "Hello",
         ("Data Engineer", GUESS)),
        # What a subject leaves over weighs less than a sentence that says it, and counts with its mentions.
        ("Thank you for applying for the Data Engineer role.", "Head Gardener", ("Data Engineer", LIKELY)),
        ("We speak of Kelping. Thank you for applying for the Boating role.", "Offer: Kelping",
         ("Kelping", LIKELY)),
        # One that holds the other is no rival.
        ("Thank you for applying for the Data Engineer role, the Senior Data Engineer role.", "Hello",
         ("Data Engineer", LIKELY)),
        ("We need one. Data Engineer", "Data Engineer / Chat", ("Data Engineer", SURE)),
    ],
)  # fmt: skip
def test_how_sure_a_position_is(text: str, subject: str, told: tuple[str, Confidence] | None) -> None:
    assert position(text, subject=subject) == told


@pytest.mark.parametrize(
    "text",
    [
        "We discussed the position of {}.",
        "Position: {}.",
        "Thank you for coming about the {} role.",
        "Ihre Bewerbung als {} ist da.",
        "The role is {}.",
        "Die {}-Stelle ist frei.",
        "La vacante de {}, en Madrid.",
    ],
)
def test_words_that_say_that_a_job_follows_need_no_noun(text: str) -> None:
    assert position(text.format("Kelping")) == ("Kelping", LIKELY)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We are looking for a {}.", "Chef"),
        ("Acme needs a {}.", "Chef"),
        ("We meet for the {}, as agreed.", "Night Chef"),
        ("Zum Mai suchen wir eine {}.", "Pflegerin"),
        ("We would have you as our {}.", "Chef"),
        ("It is about your interview ({}) on Monday.", "Chef"),
        ("Thank you for your {} application.", "Chef"),
        ("Wir besprechen die Position {}.", "Koch"),
    ],
)
def test_words_that_may_say_it_need_the_noun_of_a_title(text: str, title: str) -> None:
    assert position(text.format(title)) == (title, LIKELY)
    assert position(text.format("Night Kelping" if " " in title else "Kelping")) is None


def test_words_that_hint_at_it_are_a_guess() -> None:
    assert position("Sie wären als Koch bei uns.") in (("Koch", GUESS), ("Koch", LIKELY))
    first, second = (
        mail("Hello", subject=s, day=d) for s, d in (("Kelping interview", 19), ("Offer: Kelping", 20))
    )
    found = facts(first, second).position
    assert found is not None
    assert found.value == "Kelping"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Offer: Kelp farmer", "Kelp farmer"),
        ("Bewerbung als Töpfer", "Töpfer"),
        ("Interview: Bib", None),  # three letters may be anything
        ("Interview: Boat", "Boat"),
        ("Interview: b c d e f g Kelp boat", "b c d e f g Kelp boat"),  # eight words
        ("Interview: z b c d e f g Kelp boat", None),
        ("Interview with Kelpers", None),  # a firm follows
        ("Interview - Kelping", "Kelping"),
        ("Interview 2 Kelping", "Kelping"),
        ("Interview AcmeRobotics - Kelping", None),  # beside a firm it may be anything
        ("Acme - Kelping", None),
        ("Interview tomorrow", None),
        ("Interview: you are welcome", None),
    ],
)
def test_what_follows_words_of_hiring_is_a_title(subject: str, title: str | None) -> None:
    found = position("Hello", subject=subject)
    told = found[0] if found and found[1] is not GUESS else None
    assert told == title


def test_neither_people_nor_firms_are_positions() -> None:
    assert position("Hello", subject="Interview: Dana Whitfield") is None
    assert position("Hello", subject="Interview: Acme Robotics") is None
    noun = Address("Chris Baker", "chris@acmerobotics.example")
    found = facts(mail("Hello", sender=noun, subject="Interview: Night Baker")).position
    assert found is not None
    assert found.value == "Night Baker"


def test_a_company_that_is_named_is_no_position() -> None:
    text = "Your application for the Chef position at Kitchen Manager Labs was received."
    sender = Address("Dana Whitfield", "dana@kitchenmanagerlabs.example")
    found = facts(mail(text, subject="Interview: Kitchen Manager Labs", sender=sender)).position
    assert found is not None
    assert found.value == "Chef"


JUNK: tuple[str, ...] = (
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% raw %}",
    "7*7",
    "[[job]]",
    "[Job Title]",
    "%TITLE%",
)
JUNK += ("__title__", "***", "$$$", "@@x@@", "{job.title}", "<b>", "&amp", "\\u0041", "`id`", "<<title>>")


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("title", ["{} Data Engineer", "Data Engineer {}"])
def test_what_a_program_left_there_is_no_part_of_a_title(junk: str, title: str) -> None:
    title = title.format(junk)
    for found in (
        position(f"Thank you for applying for the {title} role."),
        position(
            "We would like to invite you to an interview.", subject=f"Interview for the {title} at Acme"
        ),
        position("We would like to invite you to an interview.", subject=f"Interview: {title}"),
    ):
        assert found is None or found[0] == "Data Engineer"


@pytest.mark.parametrize("junk", JUNK)
def test_junk_alone_is_no_title(junk: str) -> None:
    assert named(junk) is None
    assert position("We would like to interview you.", subject=f"Interview for the {junk}") is None


@pytest.mark.parametrize(
    "title",
    ["C++ Developer", "C# Developer", "R&D Engineer", "Verkäufer*in", "Mitarbeiter_in"],
)
def test_signs_that_titles_do_hold_stay(title: str) -> None:
    assert named(title) == title
    assert named(f"*{title}*") == title


@pytest.mark.parametrize("piece", ["{", "<", "[", "{{", "<<", "__a", "*", "a*", "}", "&a", "@"])
def test_junk_is_looked_for_once(piece: str) -> None:
    assert without_junk("Chef " + piece * 200_000).startswith("Chef")  # else it never returns
