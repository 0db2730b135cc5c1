"""``bowout explain RULE``: what a rule of the letter check asks, why, and how to switch it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bowout.cli import options, render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.etiquette.explain import Example, Explanation
    from bowout.etiquette.rule import Rule


@click.command("explain")
@click.argument("rule", required=False, metavar="[RULE]")
@shared
def command(*, opts: Options, rule: str | None) -> Result:
    """Explain a rule of the letter check, for example D03; without RULE list them all.

    Says what it asks and why, who advises it, what breaks it and what does not, when it is more or less
    severe, how to switch it off, and which languages have words for it.
    """
    from bowout.etiquette import check, explain
    from bowout.etiquette.rule import RULES

    if rule is None:
        rules = RULES.values()
        lines = tuple(f"{one.id}  {one.severity:<8} {one.summary}" for one in rules)
        more = "Each in full, for example: bowout explain D03"
        return Result(command="explain", data={"rules": [_row(one) for one in rules]}, lines=(*lines, more))
    (name,) = check.known([rule], "explain")
    told = explain.explain(RULES[name], options.letters_dir(opts))
    return Result(command="explain", data=_data(told), lines=tuple(_lines(told)))


def _row(rule: Rule) -> dict[str, object]:
    return {"rule": rule.id, "severity": rule.severity, "asks": rule.summary, "guide": rule.guide}


_DOES = {
    "error": "error: draft refuses the letter",
    "warning": "warning: shown above the letter, which is saved all the same",
    "note": "note: shown by check, and by draft -v",
}


def _lines(told: Explanation) -> Iterator[str]:
    rule = told.rule
    yield f"{render.strong(rule.id)}  {render.safe(rule.summary)}"
    yield from render.labelled("Why", told.why)
    for advice in told.advice:
        says = f"{advice.code} ({advice.by}): {advice.says}" if advice.says else f"{advice.code}: {advice.by}"
        yield from render.labelled("Advice", says)
    yield from render.labelled("Bad", _shown(told.bad))
    yield from render.labelled("Good", _shown(told.good))
    yield from render.labelled("Severity", f"{_DOES[rule.severity]}. {told.changes}".strip())
    if rule.known:
        facts = ", ".join(rule.known).replace("_", " ")
        yield from render.labelled("Facts", f"{facts}; where they are not known it is not checked")
    yield from render.labelled("Words in", _languages(told))
    yield from render.labelled(
        "Off", f'once: --allow {rule.id}; always: disable = ["{rule.id}"] under [lint]'
    )


def _languages(told: Explanation) -> str:
    if told.languages is None:
        return "every language: it needs none"
    return ", ".join(told.languages)


def _shown(example: Example) -> str:
    """``"I might withdraw." (depth: full)``; of a letter's facts alone only these."""
    facts = "; ".join(f"{name}: {value or 'none'}" for name, value in example.facts.items())
    text = " / ".join(part for part in example.text.split("\n\n"))
    quoted = f'"{text}"' if text or not facts else ""
    return f"{quoted} ({facts})" if quoted and facts else quoted or facts


def _data(told: Explanation) -> dict[str, object]:
    return {
        **_row(told.rule),
        "why": told.why,
        "changes": told.changes or None,
        "advice": [{"code": a.code, "by": a.by, "says": a.says or None} for a in told.advice],
        "bad": {"text": told.bad.text, "facts": told.bad.facts},
        "good": {"text": told.good.text, "facts": told.good.facts},
        "needs": told.rule.known,
        "languages": told.languages,
        "off": {"once": f"--allow {told.rule.id}", "always": f'disable = ["{told.rule.id}"]'},
    }
