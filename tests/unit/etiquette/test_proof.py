"""The linter over a text: findings stand where they are in the file, quote and signature left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from unicodedata import normalize

import pytest

from bowout.drafts.lint import context_for
from bowout.errors import UsageError
from bowout.etiquette.context import Context
from bowout.etiquette.proof import Proof, check
from bowout.etiquette.rule import Severity
from bowout.model import FollowUp, Situation

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LETTER = """Hello Dana,

thank you for the invitation. I have decided to withdraw my application.
Your process is a waste of time.

Kind regards
Jo Doe
"""


def places(proof: Proof, rule: str) -> list[tuple[int, int]]:
    return [(p.line, p.column) for p in proof.placed if p.finding.rule == rule]


def test_line_and_column_are_those_of_the_file() -> None:
    assert places(check(LETTER, "x", Context()), "N01") == [(4, 19)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_count_the_same(end: str) -> None:
    assert places(check(LETTER.replace("\n", end), "x", Context()), "N01") == [(4, 19)]


def test_empty_lines_and_quotes_before_the_text_are_counted() -> None:
    text = "\n\n> toxic people\n\n\n\n" + LETTER
    assert places(check(text, "x", Context()), "N01") == [(10, 19)]


def test_each_of_two_equal_lines_is_found_where_it_stands() -> None:
    line = "Your process is a waste of time.\n"
    assert places(check(LETTER.replace(line, line * 2), "x", Context()), "N01") == [(4, 19), (5, 19)]


def test_signature_and_quote_are_not_checked() -> None:
    text = LETTER.replace("Your process is a waste of time.\n", "")
    text += "-- \na waste of time\n\nOn Mon, 16 Nov 2026 Dana wrote:\n> a waste of time\n"
    assert places(check(text, "x", Context()), "N01") == []


@pytest.mark.parametrize("text", ["", " \n\n", "> only\n> quoted\n"])
def test_no_text_of_a_letter_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="no text"):
        check(text, "x", Context())


def test_told_facts_reach_the_rules() -> None:
    given = {"company": "Globex", "interview_start": "2026-11-26 14:00", "full_name": "Robin Sample"}
    context = context_for(
        given, situation=None, language=None, full_name="Jo Doe", now=NOW, zone="Europe/Berlin"
    )
    proof = check(LETTER, "x", context)
    assert places(proof, "F01")
    assert places(proof, "F05")
    assert proof.count(Severity.ERROR) >= 2
    assert not any(entry.startswith("F01") for entry in proof.not_checked)
    assert any(entry.startswith("F02") for entry in proof.not_checked)


@pytest.mark.parametrize("values", [{"compny": "x"}, {"interview_start": "soon"}])
def test_values_that_cannot_be_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        context_for(values, situation=None, language=None, full_name=None, now=NOW, zone="UTC")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_counts_as_one_column(form: Literal["NFC"]) -> None:
    text = LETTER.replace("Your process", "Zoë, your process")
    assert places(check(normalize(form, text), "x", Context()), "N01") == [(4, 24)]


ALL_THERE_IS = {
    "company": "Globex",
    "position": "Data Engineer",
    "recipient_name": "Dana Berg",
    "full_name": "Jo Doe",
    "interview_start": "2026-11-26 14:00",
    "other_employer": "Acme",
}


@pytest.mark.parametrize("situation", [Situation.SCHEDULED, FollowUp.AFTER_CALL])
def test_whoever_told_all_that_a_text_can_be_told_sees_nothing_unchecked(situation: Situation) -> None:
    told = context_for(
        ALL_THERE_IS, situation=situation, language="en", full_name=None, now=NOW, zone="Europe/Berlin"
    )
    assert check(LETTER, "x", told).not_checked == ()


def test_of_a_text_alone_only_what_can_still_be_told_is_named() -> None:
    nothing = context_for({}, situation=None, language=None, full_name=None, now=NOW, zone="Europe/Berlin")
    named = {entry.partition(": ")[2] for entry in check(LETTER, "x", nothing).not_checked}
    wanted = ("company", "position", "recipient", "full name", "slot", "other employer", "situation")
    assert named == {f"{fact} not known" for fact in wanted}


def test_the_rules_that_belong_to_a_thread_are_those_of_the_page() -> None:
    nothing = context_for({}, situation=None, language=None, full_name=None, now=NOW, zone="Europe/Berlin")
    assert set(nothing.disabled) == {
        *("R01", "Q02", "S02", "A01", "A02", "A03", "A04", "A05", "A06", "X01", "X04", "K01", "K02", "K03")
    }
