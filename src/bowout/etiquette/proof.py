"""Show where in a file each finding stands: findings with line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout.errors import UsageError
from bowout.etiquette import check as etiquette
from bowout.etiquette.rule import RULES
from bowout.mail import quotes
from bowout.text.spelling import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bowout.etiquette.context import Context
    from bowout.etiquette.rule import Finding, Report, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding and where it begins in the checked file, both counted from 1."""

    finding: Finding
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found in ``name``, in the order of the text, and the rules that could not be applied.

    ``applied`` = how many of ``rules`` were.
    """

    name: str
    placed: tuple[Placed, ...]
    not_checked: tuple[str, ...]
    applied: int
    rules: int = len(RULES)

    def count(self, severity: Severity) -> int:
        """How many findings of that severity."""
        return sum(placed.finding.severity is severity for placed in self.placed)


def check(text: str, name: str, context: Context) -> Proof:
    """Check what is new in ``text``: quote and signature are left out. Raises UsageError when nothing is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    new = quotes.split(text).new
    if not new.strip():
        raise UsageError(f"{name} holds no text of a letter.", "Quoted lines and signatures are not checked.")
    return place(etiquette.check(new, context), new, text, name)


def place(report: Report, new: str, text: str, name: str) -> Proof:
    """Say where in ``text`` each finding of ``new`` begins."""
    new = composed(new)  # as the rules have read it
    lines = _origin(new, composed(text))
    placed = tuple(_placed(finding, new, lines) for finding in report.findings)
    return Proof(name=name, placed=placed, not_checked=report.not_checked, applied=report.applied)


def _origin(new: str, text: str) -> list[int]:
    """For each line of ``new``, the number of the line of ``text`` that it was."""
    source = text.split("\n")
    found, at = [], 0
    for line in new.split("\n"):
        if line.strip():
            at = next((n for n in range(at, len(source)) if source[n].rstrip() == line.rstrip()), at)
        found.append(at + 1)
        at += 1
    return found


def _placed(finding: Finding, new: str, lines: Sequence[int]) -> Placed:
    before = new[: finding.start]
    row = before.count("\n")
    return Placed(finding=finding, line=lines[row], column=len(before) - (before.rfind("\n") + 1) + 1)
