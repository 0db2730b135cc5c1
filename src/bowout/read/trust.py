"""Tell what may be relied on from what is a guess. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from bowout.model import Confidence, Fact, Facts

__all__ = ["believed", "trusted"]

T = TypeVar("T")


def trusted(facts: Facts) -> Facts:
    """Drop the guesses: a low confidence counts as unknown."""
    return replace(
        facts,
        company=believed(facts.company),
        position=believed(facts.position),
        agency=believed(facts.agency),
        stage=believed(facts.stage),
        slot=believed(facts.slot),
        rounds=believed(facts.rounds),
    )


def believed(fact: Fact[T] | None) -> Fact[T] | None:
    """Keep a fact unless it is a guess."""
    return None if fact is None or fact.confidence is Confidence.LOW else fact
