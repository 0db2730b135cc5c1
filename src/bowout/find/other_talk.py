"""Find talk that sounds like hiring and is not about a job of the reader's. Pure.

Universities, landlords, journalists and vendors speak of interviews, applications and roles as well, and a
friend at the company speaks of the reader's. No list is complete: these words only ever make bowout ask.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from bowout.read.people import recruits
from bowout.read.source import Source


@cache
def _elsewhere() -> Mapping[str, re.Pattern[str]]:
    raw = tomllib.loads(files("bowout.find").joinpath("elsewhere.toml").read_text(encoding="utf-8"))
    return {what: re.compile("|".join(rows["patterns"])) for what, rows in raw.items()}


# Tables of elsewhere.toml: one that recruiters speak of as well, and those that a named job leaves without
# a meaning, since housing offices, nurseries and insurers hire.
_REFERRAL = "a friend's referral"
_BY_EMPLOYERS = frozenset(
    {"a home", "a court", "a visa", "a contract for a service", "a place for a child"}
    | {"an animal", "a treatment", "a repair or a purchase"}
)
# How a friend at the company speaks: they wish well, and they tell of the process from outside.
_WELL_WISHER = re.compile(
    r"\b(good luck|best of luck|fingers crossed|rooting for you|referred you|(my|the|your|a) referral"
    r"|put in a (good )?word|(saw|heard|hear|noticed) (that )?you(['’](re|ve)| are| have)?"
    r" (appl|interview|talking|in the (process|running))|our recruiters?( \w+)? will|viel (glück|erfolg)"
    r"|daumen (gedrückt|drück)|drücke? (dir )?(die|alle) daumen|dich (empfohlen|vorgeschlagen))"
)


def about_else(sources: Sequence[Source], *, of_a_job: bool = False) -> str | None:
    """Name what else than a job of mine these mails of theirs may be about; None = no sign.

    ``of_a_job``: they name a job and speak of nothing else, so that a word of what names none tells nothing.
    """
    recruited = any(map(recruits, sources))  # a friend who referred me led to a process then
    for source in sources:
        said = _said(source)
        for what, words in _elsewhere().items():
            if of_a_job and what in _BY_EMPLOYERS:
                continue
            if words.search(said) and not (recruited and what == _REFERRAL):
                return what
    return "a friend's good wishes" if well_wishers(sources) else None


def well_wishers(sources: Sequence[Source]) -> tuple[Source, ...]:
    """Pick the mails whose sender recruits in none of them and speaks of my application as a friend would."""
    hirers = {s.sender.key for s in sources if recruits(s)}
    return tuple(s for s in sources if s.sender.key not in hirers and _WELL_WISHER.search(_said(s)))


def _said(source: Source) -> str:
    return f"{source.message.subject}\n{source.new}".lower()
