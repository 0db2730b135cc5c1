"""The words of hiring, by use."""

from __future__ import annotations

import re

import pytest

from bowout.text import hiring


def test_what_a_server_looks_for_is_found_on_this_side_as_well() -> None:
    assert [phrase for phrase in hiring.listed_phrases() if not hiring.is_listed(f"a {phrase}.")] == []
    assert [phrase for phrase in hiring.work_phrases() if not hiring.tells_of_work(f"a {phrase}.")] == []


@pytest.mark.parametrize(
    "text",
    [
        "Intervju bussjåfør",
        "prøvevagt på torsdag",
        "pozice pečovatelka",
        "собеседование",
        "the position",
        "ROLE",
    ],
)
def test_words_of_work_proper_are_known_in_many_languages(text: str) -> None:
    assert hiring.is_at_work(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'll give you my honest assessment",
        "tu turno es el martes",
        "one call and a word",
        "in a position to come",
    ],
)
def test_a_visit_or_an_offer_is_no_word_of_work(text: str) -> None:
    assert not hiring.is_at_work(text)


def test_what_is_listed_speaks_of_work_and_is_no_sign_by_itself() -> None:
    assert hiring.is_listed("Vorstellungsgespräch")
    assert hiring.is_listed("REKRYTERARE")
    assert not hiring.is_listed("The candidates' debate, and a poster")
    assert not hiring.tells_of_work("A poster on the wall")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your Application for the role of Data Engineer", {"your application", "the role"}),
        ("Einladung zum Vorstellungsgespräch", {"vorstellungsgespräch"}),
        ("the next steps and the next stage", {"next steps", "next stage"}),
        ("Lunch on Friday", set()),
    ],
)
def test_signs(text: str, found: set[str]) -> None:
    assert hiring.signs(text) == found


def test_some_signs_are_said_elsewhere_and_some_of_a_job_only() -> None:
    assert hiring.telling({"availability", "next steps"}) == frozenset()
    assert hiring.telling({"availability", "job offer"}) == {"job offer"}
    assert hiring.of_a_job({"interview", "hiring manager"})
    assert not hiring.of_a_job({"interview", "recruiter"})


@pytest.mark.parametrize(
    "text", ["Thank you for applying", "Wir laden Sie ein: Ihre Bewerbung", "What times suit?"]
)
def test_how_the_hiring_side_speaks(text: str) -> None:
    assert hiring.speaks_to_candidate(text)


def test_how_a_friend_speaks() -> None:
    assert not hiring.speaks_to_candidate("How was the interview with that recruiter?")


def test_no_pattern_is_written_in_capitals() -> None:
    """They meet lower-cased text: a capital would never be found."""
    lists = hiring._lists()
    uses = [
        *(lists[use]["patterns"] for use in ("listed", "work", "signs", "speech", "to_applicant")),
        *lists["stages"].values(),
    ]
    assert [p for patterns in uses for p in patterns if re.search(r"(?<!\\)[A-Z]", p)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Please don't come on Thursday. We've found our person.",
        "No need to travel down on Monday.",
        "I'd have loved to work with you.",
        "All interviews next week are cancelled and the posts have been deleted.",
        "Leider ist die Stelle vergeben.",
    ],
)
def test_a_no_in_roundabout_words_may_end_it(text: str) -> None:
    assert hiring.may_be_over(text)


@pytest.mark.parametrize(
    "text", ["Good luck with it all!", "Dann alles Gute, Robin.", "Mucha suerte", "Veel succes!"]
)
def test_wishes_for_the_way_part(text: str) -> None:
    assert hiring.parts(text)


@pytest.mark.parametrize("text", ["See you Thursday.", "Luckily the room is free.", "Bis Montag!"])
def test_other_farewells_do_not(text: str) -> None:
    assert not hiring.parts(text)


@pytest.mark.parametrize(
    "text",
    [
        "Count me out, sorry.",
        "Please cross me off your list.",
        "Ich kann die Stelle leider nicht annehmen.",
        "Merci de retirer mon nom.",
    ],
)
def test_words_by_which_one_leaves(text: str) -> None:
    assert hiring.may_leave(text)


@pytest.mark.parametrize("text", ["Thursday at ten is fine.", "Count me in!", "Ich nehme den Zug um neun."])
def test_words_by_which_one_stays(text: str) -> None:
    assert not hiring.may_leave(text)


@pytest.mark.parametrize(
    "text",
    [
        "Before I accept I should like to think it over.",
        "Bevor ich zusage, würde ich gerne den Vertrag sehen.",
    ],
)
def test_a_yes_that_hangs_on_something_is_none(text: str) -> None:
    assert hiring.is_still_open(text)


def test_a_plain_yes_is_one() -> None:
    assert not hiring.is_still_open("I accept with pleasure. See you in January.")


@pytest.mark.parametrize("text", ["请于12月8日上午10点来公司面试", "一次面接のご案内", "면접 안내"])
def test_words_of_work_without_blanks_are_known(text: str) -> None:
    assert hiring.is_at_work(text)
