"""Weigh several readings of one fact. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import islice
from typing import Any

from bowout.model import Confidence, Fact

__all__ = ["Claim", "Clue", "as_fact", "different", "grouped", "job_words", "support"]

# Different names that one thread tells of one thing; no conversation tells so many, only who floods it does.
_MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold what was read, in what kind of place, where (words for a person), and how much it weighs: 1 to 3.

    Two places of one kind confirm nothing: a subject is repeated in every answer.
    """

    value: str
    place: str
    source: str
    weight: int = 2


@dataclass(frozen=True)
class Clue:
    """A way to name something, and how much it weighs.

    ``pattern`` takes a millisecond to compile, ``words`` a tenth of it: the part of it that announces the
    name. A mail has few of them, so the rest is only compiled for a text that has those words.
    """

    weight: int
    words: str
    pattern: str
    flags: re.RegexFlag = re.NOFLAG

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return re.compile(self.words, self.flags)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(text) if self._words.search(text) else iter(())


def different(values: Iterable[str]) -> tuple[str, ...]:
    """List the first ``_MOST_NAMED`` different values."""
    return tuple(islice(dict.fromkeys(values), _MOST_NAMED))


def grouped(claims: Iterable[Claim], same: Callable[[str, str], bool]) -> list[list[Claim]]:
    """Group the claims that mean the same thing, the best supported group first.

    Of the different values the first ``_MOST_NAMED`` count, since each is compared with each.
    """
    alike = cache(same)
    groups: list[tuple[dict[str, None], list[Claim]]] = []  # the values of each, and its claims
    seen: set[str] = set()
    for claim in claims:
        if claim.value not in seen and len(seen) == _MOST_NAMED:
            continue
        seen.add(claim.value)
        home = next((g for g in groups if any(alike(claim.value, value) for value in g[0])), None)
        if home is None:
            groups.append(home := ({}, []))
        home[0][claim.value] = None
        home[1].append(claim)
    return sorted((told for _, told in groups), key=support, reverse=True)


def support(group: Sequence[Claim]) -> int:
    """Add up the weight of the best claim of each place."""
    return sum(max(c.weight for c in group if c.place == place) for place in {c.place for c in group})


def as_fact(group: Sequence[Claim], confidence: Confidence) -> Fact[str]:
    """Make the group's fact, as most places spell it, with the source that weighs most."""
    counts: dict[str, int] = {}
    # A domain only confirms: it often holds no more than the first word of a name.
    for claim in [c for c in group if c.place != "domain"] or group:
        counts[claim.value] = counts.get(claim.value, 0) + claim.weight
    spelling = max(counts, key=lambda value: (counts[value], len(value)))
    best = max((c for c in group if c.value == spelling), key=lambda c: c.weight)
    return Fact(spelling, best.source, confidence)


@cache
def job_words() -> Mapping[str, Any]:
    """Load ``job.toml``: the words by which a mail tells who hires, and for what."""
    return tomllib.loads(files("bowout.read").joinpath("job.toml").read_text(encoding="utf-8"))
