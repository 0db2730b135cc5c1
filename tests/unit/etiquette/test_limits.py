"""Where a rule begins to speak: one word more, one sentence farther away."""

from __future__ import annotations

import pytest

from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import View
from bowout.model import Address, FollowUp, Situation
from unit.etiquette.cases import letter


def rules(text: str, **known: object) -> set[str]:
    context = Context(**({"language": "en"} | known))  # type: ignore[arg-type]
    return {finding.rule for finding in check(text, context).findings}


def test_an_abbreviation_ends_no_sentence_and_the_next_full_stop_does() -> None:
    view = View("I met Dr. Weber. Then I left. It was good.", Context(language="en"))
    assert [s.text for s in view.sentences] == ["I met Dr. Weber.", "Then I left.", "It was good."]


@pytest.mark.parametrize(("words", "told"), [(90, False), (91, True)])
def test_a_paragraph_of_ninety_words_is_short_enough(words: int, told: bool) -> None:
    text = f"Hello Dana,\n\n{' '.join(['word'] * words)}\n\nKind regards\nJonas Ebert\n"
    assert ("L02" in rules(text)) is told


def test_a_condition_belongs_to_the_decision_beside_it_only() -> None:
    condition = "Unless the salary is higher, I will stay at home."
    decision = "I have decided to withdraw my application."

    def of(*sentences: str) -> set[str]:
        return rules(f"Hello Dana,\n\n{' '.join(sentences)}\n\nKind regards\nJonas Ebert\n")

    assert "D04" in of(condition, decision)
    assert "D04" in of(decision, condition)
    assert "D04" not in of(condition, "Thank you.", decision)
    assert "D04" not in of(decision, "Thank you.", condition)


def test_thanks_for_an_interview_are_left_alone_while_nobody_knows_whether_it_was_held() -> None:
    thanks = letter("Thank you for interviewing me.")
    assert "F06" not in rules(thanks, situation=FollowUp.REPLY_ACK)
    assert "F06" in rules(thanks, situation=FollowUp.REPLY_ACK, after=Situation.EARLY)


def test_a_reason_in_the_sentence_of_the_decision_comes_in_time() -> None:
    text = "Hello Dana,\n\nBecause I have accepted another offer, I withdraw my application.\n\nJonas\n"
    assert "R05" not in rules(text)


def test_one_dead_address_is_enough_when_it_is_the_only_one_written_to() -> None:
    dead = (Address("", "no-reply@jobs.example"), Address("", "old@jobs.example"))
    alive = Address("Dana", "dana@northwind.example")
    assert "A02" in rules(letter(), to=dead[:1], dead=dead)
    assert "A02" not in rules(letter(), to=(dead[0], alive), dead=dead)


@pytest.mark.parametrize(("name", "told"), [("Nortwind", True), ("Nrtwind", True), ("Northwind", False)])
def test_a_slip_or_two_in_the_companys_name_are_pointed_at(name: str, told: bool) -> None:
    assert ("F01" in rules(letter().replace("Northwind", name), company="Northwind")) is told
