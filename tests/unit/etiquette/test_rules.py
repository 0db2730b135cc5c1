"""Every rule of the linter fires on what it is for and is silent on what only looks like it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.rule import RULES, Report
from bowout.model import Situation
from unit.etiquette.cases import CASES, DANA, NOW, Whole, letter

BASE: dict[str, Any] = {
    "situation": Situation.INVITED,
    "language": "en",
    "recipient": DANA,
    "full_name": "Jonas Ebert",
    "company": "Northwind",
    "position": "Data Engineer",
    "now": NOW,
}


def findings(rule: str, item: Any) -> list[str]:
    """The rules that fire on a case."""
    return [finding.rule for finding in report_on(rule, item)[1].findings]


def report_on(rule: str, item: Any) -> tuple[str, Report]:
    text, facts = item if isinstance(item, tuple) else (item, {})
    text = text.text if isinstance(text, Whole) else text
    return text, check(text, Context(**{**BASE, **CASES[rule].facts, **facts}))


def named(group: str) -> list[Any]:
    return [
        pytest.param(rule, item, id=f"{rule}-{number}")
        for rule, case in CASES.items()
        for number, item in enumerate(getattr(case, group))
    ]


def test_every_rule_has_its_proof() -> None:
    assert set(CASES) == set(RULES)
    assert all(len(case.hits) >= 3 and len(case.misses) >= 3 for case in CASES.values())


@pytest.mark.parametrize(("rule", "item"), named("hits"))
def test_fires(rule: str, item: Any) -> None:
    assert rule in findings(rule, item)


@pytest.mark.parametrize(("rule", "item"), named("hits"))
def test_points_at_the_words_that_it_quotes(rule: str, item: Any) -> None:
    text, report = report_on(rule, item)
    for finding in report.findings:
        there = " ".join(text[finding.start : finding.end].split())
        quoted = re.match(r'"([^"]*)"', finding.message)
        assert not quoted or quoted[1] == there


@pytest.mark.parametrize(("rule", "item"), named("misses"))
def test_is_silent_on_a_near_miss(rule: str, item: Any) -> None:
    assert rule not in findings(rule, item)


def test_the_polite_letter_around_the_cases_is_clean() -> None:
    report = check(letter(), Context(**BASE))
    assert [f.rule for f in report.findings if f.severity != "note"] == []
