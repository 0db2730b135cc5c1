"""Explain a rule: why it is there, who advises it, a sentence that breaks it and one that does not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bowout.etiquette import lexicon
from bowout.etiquette.rule import Rule

__all__ = ["Advice", "Example", "Explanation", "explain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A piece of advice: ``code`` as findings name it, ``by`` the kind of guide, ``says`` in our words.

    ``says`` is empty where many guides say it, each in its own way.
    """

    code: str
    by: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text, and what is known around the letter that it stands in; empty where facts alone decide."""

    text: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that is to be said of a rule. ``part`` = where in a letter the texts of the examples stand.

    ``languages`` are those that have words for it; None: it needs none.
    """

    rule: Rule
    why: str
    changes: str
    advice: tuple[Advice, ...]
    part: str
    bad: Example
    good: Example
    languages: tuple[str, ...] | None


def explain(rule: Rule, own_dir: Path | None = None) -> Explanation:
    """Explain a rule; ``own_dir`` may hold words in more languages. Raises TemplateError for broken ones."""
    told = _table()["rules"][rule.id]
    return Explanation(
        rule=rule,
        why=told["why"],
        changes=told.get("changes", ""),
        advice=tuple(_advice(rule)),
        part=told.get("part", "sentence"),
        bad=_example(told["bad"]),
        good=_example(told["good"]),
        languages=tuple(_with_words(rule, own_dir)) if rule.words else None,
    )


@cache
def _table() -> dict[str, Any]:
    source = files("bowout.etiquette").joinpath("rules.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _advice(rule: Rule) -> Iterator[Advice]:
    table = _table()
    if rule.guide in table["guides"]:
        yield Advice(code=rule.guide, by=table["guides"][rule.guide], says="")
        return
    for code in rule.guide.split():
        guide = code.rstrip("0123456789")
        yield Advice(code=code, by=table["guides"][guide], says=table["advice"][code])


def _example(told: str | dict[str, Any]) -> Example:
    if isinstance(told, str):
        return Example(text=told, facts={})
    return Example(text=told.get("text", ""), facts={k: str(v) for k, v in told.get("facts", {}).items()})


def _with_words(rule: Rule, own_dir: Path | None) -> Iterator[str]:
    for language in lexicon.languages(own_dir):
        words = lexicon.lexicon(language, own_dir)
        if all(words.has(name) for name in rule.words):
            yield language
