"""The letter linter: is this what a considerate person would send? Rules and sources: docs/etiquette.md.

``check`` applies every rule to a text without quote and signature. ``is_withdrawal`` and ``is_rejection``
tell from a mail whether the person has withdrawn, or the company has turned them down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bowout.errors import UsageError
from bowout.etiquette import fact_rules, sending_rules, wording_rules
from bowout.etiquette.rule import (
    BOOKED,
    FROM_CALLS,
    RULES,
    Context,
    Hit,
    Lexicon,
    Report,
    Rule,
    View,
    guess_language,
    lexicon,
)
from bowout.etiquette.wording_rules import band
from bowout.model import Finding, Severity

__all__ = [
    "BOOKED",
    "FROM_CALLS",
    "RULES",
    "Context",
    "Report",
    "band",
    "check",
    "is_rejection",
    "is_withdrawal",
    "known",
]

# Importing a module of rules enters them; naming them here keeps the import from looking unused.
_MODULES = (wording_rules, fact_rules, sending_rules)
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
# "Booking.com", "Acme Inc. zurück": a stop that ends no clause.
_STOP_IN_NAME = re.compile(
    r"(?<=[^\W\d_])\.(?=[^\W\d_]{2})|(?:(?<=Inc)|(?<=Ltd)|(?<=Corp))\.(?= [a-zäöüß])|(?<=Co)\.(?= KG)"
)
MAX_TEXT = 20_000  # characters; a longer text is not a letter


def check(text: str, context: Context) -> Report:
    """Every finding in ``text`` (no quote, no signature), in the order of the text.

    Rules in ``context.disabled`` are left out; those without their words or facts are in ``not_checked``.
    """
    context = context.completed()
    view = View(text[:MAX_TEXT], context)
    disabled = {name.upper() for name in context.disabled}
    found: list[Finding] = []
    not_checked: list[str] = []
    for rule in RULES.values():
        if rule.id in disabled:
            continue
        if why := rule.missing(view):
            not_checked.append(f"{rule.id}: {why}")
            continue
        found += [_finding(rule, hit) for hit in rule.check(view)]
    found.sort(key=lambda finding: (finding.start, _ORDER[finding.severity], finding.rule))
    return Report(tuple(found), tuple(not_checked))


def known(names: Iterable[str], key: str) -> tuple[str, ...]:
    """The names of rules in capitals. Raises UsageError for what is none; ``key`` is where it was given."""
    wanted = tuple(name.strip().upper() for name in names)
    if unknown := [name for name in wanted if name not in RULES]:
        raise UsageError(
            f"{key}: there is no rule {unknown[0]!r}.", "The rules are listed in docs/etiquette.md."
        )
    return wanted


def _finding(rule: Rule, hit: Hit) -> Finding:
    return Finding(
        rule=rule.id,
        severity=hit.severity or rule.severity,
        message=hit.message,
        guide=rule.guide,
        start=hit.where.start,
        end=hit.where.end,
        suggestion=hit.suggestion,
    )


def is_withdrawal(text: str, language: str | None = None) -> bool:
    """Whether the writer of ``text`` leaves a process in it: plainly, first person, without a maybe."""
    view, words = _opened(text, language)
    return any(not words.pattern("hedge").search(sentence.text) for sentence, _ in view.decisions)


def is_rejection(text: str, language: str | None = None) -> bool:
    """Whether ``text``, a mail of the company, turns its reader down."""
    view, words = _opened(text, language)
    refuses, unless = words.pattern("rejection"), words.pattern("not_rejection")
    return any(
        refuses.search(sentence.text) and not unless.search(sentence.text) and not sentence.text.endswith("?")
        for sentence in view.sentences
    )


def _opened(text: str, language: str | None) -> tuple[View, Lexicon]:
    """The text with its lines joined, since mail is hard-wrapped, and the words of its language."""
    paragraphs = (" ".join(part.split()) for part in text[:MAX_TEXT].replace("\r\n", "\n").split("\n\n"))
    joined = _STOP_IN_NAME.sub("_", "\n\n".join(paragraphs))
    view = View(joined, Context(language=(language or guess_language(text))))
    return view, lexicon(view.lexicon.language)
