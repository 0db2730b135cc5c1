"""Where a rule begins to speak: one word more, one sentence farther away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bowout import notice
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import View
from bowout.etiquette.rule import RULES, Severity
from bowout.model import Address, Depth, FollowUp, Situation
from unit.etiquette.cases import NOW, SLOT, letter


def rules(text: str, **known: Any) -> set[str]:
    given: dict[str, Any] = {"language": "en", **known}
    context = Context(**given)
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


def found(rule: str, text: str, **known: Any) -> list[tuple[Severity, str]]:
    given: dict[str, Any] = {"language": "en", **known}
    context = Context(**given)
    return [(f.severity, f.message) for f in check(text, context).findings if f.rule == rule]


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("left", "severity"),
    [
        (notice.SHORT - SECOND, Severity.WARNING),
        (notice.SHORT, Severity.NOTE),
        (notice.SHORT + SECOND, Severity.NOTE),
        (notice.SOON - SECOND, Severity.NOTE),
        (notice.SOON, None),
    ],
)
def test_short_notice_is_warned_of_and_a_day_is_noted(left: timedelta, severity: Severity | None) -> None:
    hits = found("X02", letter(), slot=SLOT, now=SLOT.start - left, situation=Situation.SCHEDULED)
    assert [told for told, _ in hits] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("gone", "severity"),
    [
        (notice.FRESH, None),
        (notice.FRESH + SECOND, Severity.NOTE),
        (notice.OLD, Severity.NOTE),
        (notice.OLD + SECOND, Severity.WARNING),
        (notice.STALE + SECOND, Severity.WARNING),
    ],
)
def test_a_decision_kept_back_is_noted_then_warned_of(gone: timedelta, severity: Severity | None) -> None:
    hits = found("X01", letter(), decided_on=NOW - gone, now=NOW)
    assert [told for told, _ in hits] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("depth", "severity"), [(Depth.BRIEF, Severity.NOTE), (Depth.FULL, Severity.WARNING)]
)
def test_a_missing_full_reason_weighs_more(depth: Depth, severity: Severity) -> None:
    assert [told for told, _ in found("R01", letter(), depth=depth)] == [severity]


@pytest.mark.parametrize(
    ("gone", "words"), [(notice.STALE, "hours ago"), (notice.STALE + SECOND, "days ago")]
)
def test_after_days_the_wait_is_told_in_days(gone: timedelta, words: str) -> None:
    ((_, message),) = found("X01", letter(), decided_on=NOW - gone, now=NOW)
    assert words in message


@pytest.mark.parametrize(
    ("end", "told"), [("Kind regards\nJonas", False), ("Kind regards", True), ("Jonas", False)]
)
def test_a_close_without_a_name_below_it_is_told(end: str, told: bool) -> None:
    text = f"Hello Dana,\n\nI have decided to withdraw my application.\n\n{end}\n"
    hits = [message for rule in RULES for _, message in found(rule, text)]
    assert ("no name stands at the end" in hits) is told
