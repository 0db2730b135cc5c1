"""Enter a rule into the catalogue, and name what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bowout.etiquette.letter_text import Span, View
from bowout.model import FollowUp, Situation


class Severity(StrEnum):
    """Of a lint finding: an error refuses the draft, a warning and a note only say so."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One lint result. ``start`` and ``end`` are offsets into the checked text, accents ``composed``."""

    rule: str
    severity: Severity
    message: str
    guide: str
    start: int = 0
    end: int = 0
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is broken. ``severity`` overrides that of the rule."""

    where: Span
    message: str
    suggestion: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in the order of the text; the rules that could not be applied, each with the reason.

    ``applied`` = how many rules were.
    """

    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...] = ()
    applied: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


Check = Callable[[View], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue (docs/etiquette.md). It cannot do without its ``words`` and ``known``.

    ``only`` are the situations it speaks of; empty = all. Elsewhere it may know less and has nothing to say.
    """

    id: str
    severity: Severity
    guide: str
    summary: str
    words: tuple[str, ...]
    known: tuple[str, ...]
    only: frozenset[Situation | FollowUp]
    check: Check

    def is_idle(self, view: View) -> bool:
        """Whether what is missing does not matter here: no call was logged and this letter confirms none."""
        here = {view.situation, view.context.left} - {None}
        return bool(self.only and here) and not self.only & here

    def missing(self, view: View) -> str:
        """Why the rule cannot be applied here; empty when it can."""
        for name in self.words:
            if not view.lexicon.has(name):
                return f"no words for it in the language {view.lexicon.language!r}"
        unknown = [name for name in self.known if getattr(view.context, name) is None]
        return f"{' and '.join(unknown).replace('_', ' ')} not known" if unknown else ""


RULES: dict[str, Rule] = {}


def rule(
    id_: str,
    severity: Severity,
    guide: str,
    summary: str,
    *,
    words: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
    only: Iterable[Situation | FollowUp] = (),
) -> Callable[[Check], Check]:
    """Enter a check into the catalogue."""

    def enter(check: Check) -> Check:
        RULES[id_] = Rule(id_, severity, guide, summary, words, known, frozenset(only), check)
        return check

    return enter
