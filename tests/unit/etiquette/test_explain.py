"""Every rule explains itself, and its examples are what they say they are."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bowout.etiquette import fact_rules
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.explain import Example, Explanation, explain
from bowout.etiquette.lexicon import languages, lexicon
from bowout.etiquette.rule import RULES
from bowout.model import Address, CallOutcome, Depth, FollowUp, Person, Reason, Situation, Slot
from unit.etiquette.cases import CALL, body, letter
from unit.etiquette.test_rules import BASE

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def addresses(text: str) -> tuple[Address, ...]:
    return tuple(Address("", one.strip()) for one in text.split(","))


def situation(text: str) -> Situation | FollowUp:
    return Situation(text) if text in list(Situation) else FollowUp(text)


# A fact of an example, as it is written for people, and what the linter is told.
TOLD: dict[str, tuple[str, Callable[[str], Any]]] = {
    "situation": ("situation", situation),
    "depth": ("depth", Depth),
    "reason": ("reason", Reason),
    "company": ("company", str),
    "position": ("position", str),
    "recipient": ("recipient", lambda name: Person(address=Address(name, "a@b.example"), name=name)),
    "you": ("full_name", str),
    "interview": ("slot", lambda text: Slot(start=at(text), zone="Europe/Berlin")),
    "other employer": ("other_employer", str),
    "attachments": ("attachments", int),
    "quote": ("quoted", str),
    "in the thread": ("participants", addresses),
    "to": ("to", addresses),
    "contacts": ("contacts", addresses),
    "nobody reads": ("dead", addresses),
    "client of the agency": ("client_domains", lambda text: (text,)),
    "answers": ("in_reply_to", str),
    "in the thread are": ("parents", lambda text: (text,)),
    "would not be sent": ("unsendable", lambda text: ((text, "Mend it."),) if text else ()),
    "decided": ("decided_on", at),
    "now": ("now", at),
    "their clock": ("recipient_zone", ZoneInfo),
    "also open": ("other_threads", lambda text: (text,) if text else ()),
    "call": ("call", lambda text: replace(CALL, outcome=CallOutcome(text))),
}


def written(told: Explanation, example: Example) -> str:
    """The letter in which the text of an example stands."""
    if told.part == "greeting":
        return letter().replace("Hello Dana,", example.text)
    if told.part == "close":
        return letter().replace("Jonas Ebert", example.text)
    return body(example.text) if told.part == "body" else letter(example.text)


def context(example: Example) -> Context:
    facts = dict(example.facts)
    called = facts.pop("called on", "")
    known = {TOLD[name][0]: TOLD[name][1](value) for name, value in facts.items()}
    if called:
        known["call"] = replace(known["call"], at=at(called))
    return Context(**{**BASE, **known})


def found(told: Explanation, example: Example) -> set[str]:
    return {finding.rule for finding in check(written(told, example), context(example)).findings}


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_of_each_rule_breaks_it_and_the_good_one_does_not(rule: str) -> None:
    told = explain(RULES[rule])
    assert rule in found(told, told.bad)
    assert rule not in found(told, told.good)
    assert told.bad != told.good


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_says_why_and_whose_advice_it_is(rule: str) -> None:
    told = explain(RULES[rule])
    assert told.why.endswith((".", "!"))
    assert [advice.code for advice in told.advice] in ([RULES[rule].guide], RULES[rule].guide.split())
    assert all(advice.by for advice in told.advice)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_whose_findings_differ_in_severity_says_when(rule: str) -> None:
    """In the code that is a severity behind a finding's suggestion."""
    source = inspect.getsource(RULES[rule].check)
    if rule == "F03":
        source += inspect.getsource(fact_rules._wrong_date)
    body_of = source.partition(")\ndef ")[2]
    differs = re.search(r"\b(?:[EWN]|severity)(?: if [^\n]+)?,?\s*\)|severity=", body_of)
    assert bool(explain(RULES[rule]).changes) == bool(differs)


def test_nothing_is_explained_that_is_no_rule_or_no_advice_of_one() -> None:
    source = Path(fact_rules.__file__).with_name("rules.toml").read_text("utf-8")
    table = tomllib.loads(source)
    assert set(table["rules"]) == set(RULES)
    rest_on = {code for rule in RULES.values() for code in rule.guide.split()}
    assert set(table["advice"]) <= rest_on


def test_the_languages_of_a_rule_are_those_that_have_all_its_lists(tmp_path: Path) -> None:
    assert explain(RULES["D03"]).languages == languages()
    assert explain(RULES["A02"]).languages is None
    (tmp_path / "lint_pl.toml").write_text('decision = ["wycofuję"]\n', encoding="utf-8")
    assert explain(RULES["D01"], tmp_path).languages == tuple(sorted((*languages(), "pl")))
    assert explain(RULES["D03"], tmp_path).languages == languages()
    assert lexicon("pl", tmp_path).names == ("decision",)
