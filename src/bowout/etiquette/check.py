"""Check a letter against the rules: is this what a considerate person would send?

Rules and sources: docs/etiquette.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from bowout.errors import UsageError
from bowout.etiquette import fact_rules, form_rules, sending_rules, wording_rules
from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import MAX_TEXT, View
from bowout.etiquette.rule import RULES, Finding, Hit, Report, Rule, Severity

# Importing a module of rules enters them; naming them here keeps the import from looking unused.
_MODULES = (wording_rules, form_rules, fact_rules, sending_rules)
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(text: str, context: Context) -> Report:
    """Every finding in ``text`` (no quote, no signature), in the order of the text.

    Rules in ``context.disabled`` are left out; those without their words or facts are in ``not_checked``.
    """
    context = context.completed()
    view = View(text[:MAX_TEXT], context)
    disabled = {name.upper() for name in context.disabled}
    found: list[Finding] = []
    not_checked: list[str] = []
    applied = 0
    for rule in RULES.values():
        if rule.id in disabled:
            continue
        if why := rule.missing(view):
            if not rule.is_idle(view):
                not_checked.append(f"{rule.id}: {why}")
            continue
        applied += 1
        found += [_finding(rule, hit) for hit in rule.check(view)]
    found.sort(key=lambda finding: (finding.start, _ORDER[finding.severity], finding.rule))
    return Report(tuple(found), tuple(not_checked), applied)


def known(names: Iterable[str], key: str) -> tuple[str, ...]:
    """The names of rules in capitals. Raises UsageError for what is none; ``key`` is where it was given."""
    wanted = tuple(name.strip().upper() for name in names)
    if unknown := [name for name in wanted if name not in RULES]:
        raise UsageError(
            f"{key}: there is no rule {unknown[0]!r}.", f"{_near(unknown[0])}All: bowout explain"
        )
    return wanted


def _near(name: str) -> str:
    """The rules that may be meant: written much like it, or resting on the advice that findings name so."""
    from difflib import get_close_matches

    near = sorted(get_close_matches(name, RULES, n=3))
    resting = [rule.id for rule in RULES.values() if name in rule.guide.split()]
    told = f"Near it: {', '.join(near)}. " if near else ""
    return told + (f"The advice {name} is behind {', '.join(resting)}. " if resting else "")


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
