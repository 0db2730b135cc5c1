"""Hold what a search found: the candidates, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bowout.model import Address, Fact, Person, Stage, Thread
from bowout.read.facts import Reading

__all__ = ["Candidate", "Outcome", "Ranking"]

UNSURE = "not certain: "  # before a reason why the thread may not be the one that is meant


class Outcome(StrEnum):
    """How a search ended."""

    SURE = "sure"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A thread that may be meant, with what was read in it to judge it.

    ``reasons`` and ``warnings`` are sentences; warnings are shown first. ``status`` is ``rejected`` or
    ``withdrawn`` when the process has ended that way; ``stage`` how far it has come. ``last_by`` says who has
    the last word, ``me`` or ``them``; ``newest`` is when. ``doubting`` works out ``doubts``. ``firm`` = WHO
    is the name of the firm by which they write, ``named`` = it equals that, or an address, a domain, a full
    name or the position there.
    """

    reading: Reading
    score: float
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    person: Person | None
    sure: bool
    status: str | None = None
    stage: Fact[Stage] | None = None
    last_by: str | None = None
    newest: datetime | None = None
    doubting: Callable[[], tuple[str, ...]] = tuple
    firm: bool = False
    named: bool = False

    @property
    def doubts(self) -> tuple[str, ...]:
        """What speaks against taking it for one of mine without asking; a list without WHO shows none."""
        return self.doubting()

    @property
    def thread(self) -> Thread:
        return self.reading.thread

    @property
    def why_unsure(self) -> tuple[str, ...]:
        """Why it may be another thread that is meant, or none."""
        return tuple(r.removeprefix(UNSURE) for r in self.reasons if r.startswith(UNSURE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The candidates, best first, and whether the first may be used without asking.

    ``passed_over`` mention WHO, but nobody in them hires: newsletters, boards, schedulers.
    ``hosts`` = for whom those wrote, each with the id of the thread. ``unread``: there was no time for these.
    """

    outcome: Outcome
    candidates: tuple[Candidate, ...]
    passed_over: tuple[Candidate, ...] = ()
    hosts: tuple[tuple[str, Address], ...] = ()
    unread: tuple[Thread, ...] = ()

    def doubted(self, why: str) -> Ranking:
        """The same without certainty; ``why`` joins the reasons."""
        unsure = (replace(c, sure=False, reasons=(*c.reasons, f"{UNSURE}{why}")) for c in self.candidates)
        outcome = Outcome.AMBIGUOUS if self.candidates else Outcome.NONE
        return replace(self, outcome=outcome, candidates=tuple(unsure))
