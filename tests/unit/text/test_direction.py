"""In which direction a text is written, for the paragraphs of a mail."""

from __future__ import annotations

import pytest

from bowout.letters.wish import Wish
from bowout.mail.html import text_to_html
from bowout.model import Reason, Situation
from bowout.text.direction import html_attribute
from unit.letters.kit import write

RIGHT_TO_LEFT = ' dir="rtl"'


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("", ""),
        ("Hi Dana,", ""),
        ("12:30 - 14:00", ""),
        ("مرحبًا Dana، أشكركم", RIGHT_TO_LEFT),
        ("שלום Dana, תודה רבה", RIGHT_TO_LEFT),
        ("Thank you, شكرًا", ""),
    ],
)
def test_where_most_letters_run(text: str, attribute: str) -> None:
    assert html_attribute(text) == attribute


@pytest.mark.parametrize("situation", [Situation.INVITED, Situation.SCHEDULED, Situation.OFFER])
def test_every_paragraph_of_an_arabic_letter_runs_to_the_left(situation: Situation) -> None:
    letter = write(Wish(situation=situation, reason=Reason.ACCEPTED_OFFER, language="ar"))
    assert (
        letter.html.count("<p") == letter.html.count(f"<p{RIGHT_TO_LEFT}>") == letter.text.count("\n\n") + 1
    )
    edited = text_to_html(letter.text)  # what the person changed in an editor
    assert edited.count("<div") == edited.count(f"<div{RIGHT_TO_LEFT}>")


def test_an_english_letter_says_nothing_of_it() -> None:
    assert "dir=" not in write(Wish(situation=Situation.SCHEDULED)).html
