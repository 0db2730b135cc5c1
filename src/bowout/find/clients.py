"""Hear in an agency's mails that one of its clients is out while another goes on. Pure.

One thread may hold several processes then. Which of them a letter would leave, only its reader knows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from bowout.people.names import is_desk
from bowout.people.sides import Sides
from bowout.read.company import Job
from bowout.read.source import Source
from bowout.text import hiring
from bowout.text.spelling import fold

__all__ = ["one_is_out"]

_MOST_TEXT = 8_000  # characters of a mail
_NAME = r"[A-ZÀ-Þ][\w&'’-]{1,40}"
_BEHIND = re.compile(rf"(?<=[a-zß-ÿ,] )({_NAME})")


def one_is_out(sources: Sequence[Source], who: str, job: Job, sides: Sides) -> str | None:
    """Say in which mail of an agency a client is out, if WHO is not the one that goes on; None = in none."""
    if job.agency is None:
        return None
    wanted = set(_words(who))
    others = [job.agency.value, *([job.position.value] if job.position else ())]
    others += [p.address.name for p in sides.people] + [i.address.name for i in sides.mine]
    known = {word for other in others for word in _words(other)} - wanted
    for source in sources:
        clauses = list(_clauses(source.prose[:_MOST_TEXT]))
        ended = {name for clause in clauses if _is_end(clause) for name in _names(clause)} - known
        going = {name for clause in clauses if not _is_end(clause) for name in _names(clause)} - known - ended
        if ended and going and not (wanted & going and not wanted & ended):
            return f"their mail of {source.day} may say that one client is out, and another goes on"
    return None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("bowout.find").joinpath("clients.toml").read_text(encoding="utf-8"))


@cache
def _pattern(what: str) -> re.Pattern[str]:
    edge = "" if what == "turns" else r"\b"
    return re.compile(rf"{edge}(?:{'|'.join(_table()[what])})", re.IGNORECASE)


@cache
def _opens() -> re.Pattern[str]:
    return re.compile(rf"({_NAME})(?:{_table()['does']})")


def _clauses(text: str) -> Iterator[str]:
    yield from filter(None, (clause.strip() for clause in _pattern("turns").split(text)))


def _is_end(clause: str) -> bool:
    return hiring.may_be_over(clause) or _pattern("out").search(clause) is not None


def _names(clause: str) -> Iterator[str]:
    """Name the words of a clause that are names: with a capital inside it, or before what somebody does."""
    first = _opens().match(clause)
    for name in (*_BEHIND.findall(clause), *((first[1],) if first else ())):
        low = fold(name)
        if low not in _table()["no_name"] and not is_desk(name) and not hiring.tells_of_work(low):
            yield low


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))
