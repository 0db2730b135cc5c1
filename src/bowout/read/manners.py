"""Read how the two sides of a thread write to each other. Pure, but for reading ``manners.toml`` once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from bowout.manners import Manners
from bowout.model import Person
from bowout.people import names
from bowout.people.mailkind import Kind
from bowout.read.source import Source
from bowout.text.harmless import one_line
from bowout.text.spelling import fold

__all__ = ["manners", "salutation", "signed"]

_READ = 4_000  # characters of a mail
_TAIL = 8  # lines of a mail in which it is signed
_STOPS = ",.:;!–- "
_LINE = 60  # characters of a greeting, a closing line or a name that are looked at


def manners(heard: Sequence[Source], language: str | None, full_name: str) -> Manners:
    """Read it from the newest mails by hand of both sides; ``language`` (a code) is that of the thread."""
    theirs = [s for s in reversed(heard) if not s.mine and s.kind is Kind.HUMAN and s.relay is None]
    begun = next((found for s in theirs if (found := _greeting(s.new))), None)
    greeting, formal = begun or ("", None)
    close, name = signed(heard, full_name)
    base = (language or "").partition("-")[0]
    return Manners(
        greeting=greeting,
        formal=formal,
        familiar=_familiar(theirs, base),
        variety=_variety(theirs, base),
        close=close,
        name=name,
    )


def signed(heard: Sequence[Source], full_name: str) -> tuple[str, str]:
    """Read with which words and name I last ended a mail of mine; both empty where I did not."""
    mine = (s for s in reversed(heard) if s.mine)
    return next((ends for s in mine if (ends := _own_close(s, full_name))), ("", ""))


def _greeting(text: str) -> tuple[str, bool] | None:
    """Read how a mail begins, and whether at a distance."""
    line = _first_line(text)[:_LINE].strip().lower()
    begun = _begun(line)
    if begun is None:
        return None
    kind, end = begun
    titled = any(names.is_title(word) for word in line[end:].split()[:2])
    return kind, titled or _starts("formal").match(line) is not None


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _begun(line: str) -> tuple[str, int] | None:
    """The kind of greeting that a line in small letters begins with, and where that ends."""
    found = ((kind, _starts(kind).match(line)) for kind in ("hi", "hello", "dear"))
    return next(((kind, match.end()) for kind, match in found if match), None)


def _own_close(source: Source, full_name: str) -> tuple[str, str] | None:
    """Read the closing words of a mail of mine and my name below; None where there are not both."""
    lines = [line.strip() for line in source.new.splitlines() if line.strip()]
    tail = lines[-_TAIL:]
    for close, name in reversed(list(pairwise(tail))):
        if max(len(close), len(name)) > _LINE or not names.closing().match(close):
            continue
        mine = {*name.lower().split()} <= {*full_name.lower().split()}
        return (one_line(close, _LINE), one_line(name, _LINE)) if mine else None
    return None


def salutation(heard: Sequence[Source], person: Person, full_name: str, familiar: bool | None = None) -> str:
    """Read with which line I last greeted that person, without its last stop; empty where I did not.

    A title of mine is out of date where they have since greeted me by my first name, or where we say du
    (``familiar``).
    """
    newest_first = list(reversed(heard))
    for at, source in enumerate(newest_first):
        if not source.mine or person.address.key not in {a.key for a in source.message.to}:
            continue
        line = _first_line(source.new).strip().rstrip(_STOPS)
        if not (said := _greets(line, person)):
            continue
        since = [s for s in newest_first[:at] if not s.mine and s.kind is Kind.HUMAN]
        first_name = fold(full_name.partition(" ")[0])
        near = any(_named(s.new) == [first_name] for s in since)
        titled = any(names.is_title(word) for word in line.split())
        return "" if titled and (near or familiar) else said
    return ""


def _greets(line: str, person: Person) -> str:
    """The line, fit for any hour, where it is a greeting, titles and that person's name and nothing else."""
    known = {fold(word) for word in f"{person.name} {person.address.address.partition('@')[0]}".split()}
    words = [word for word in _named(line) if not names.is_title(word)]
    if len(line) > _LINE or not words or not all(word in known for word in words):
        return ""
    begun = line.lower()
    hour = next((early for early in _words()["any_hour"] if begun.startswith(early)), "")
    return one_line(f"{_words()['any_hour'].get(hour, '')}{line[len(hour) :]}", _LINE)


def _named(text: str) -> list[str]:
    """The words behind the greeting in the first line, folded; none where it is no greeting."""
    line = _first_line(text)[:_LINE].strip().rstrip(_STOPS)
    begun = _begun(line.lower())
    return [fold(word) for word in line[begun[1] :].split()] if begun else []


def _familiar(theirs: Sequence[Source], language: str) -> bool | None:
    """Tell from the newest mail that shows it."""
    if language not in _words()["familiar"]:
        return None
    for source in theirs:
        said = source.prose[:_READ]
        near, far = (len(form.findall(said)) for form in _forms(language))
        if near != far:
            return near > far
    return None


def _variety(theirs: Sequence[Source], language: str) -> str:
    """Read the region of their language from what only one of two regions writes; empty where they tie."""
    said = "\n".join(f"{s.new}\n{s.signature}"[:_READ] for s in theirs[:3]).lower()
    if language not in _words()["region"]:
        return ""
    counts = {region: len(signs.findall(said)) for region, signs in _signs(language).items()}
    most = [region for region, count in counts.items() if count == max(counts.values())]
    return most[0] if len(most) == 1 else ""


# --- the words ------------------------------------------------------------------------------------


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("bowout.read").joinpath("manners.toml").read_text(encoding="utf-8"))


@cache
def _starts(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_words()['greeting'][name])})(?!\w)")


@cache
def _forms(name: str) -> tuple[re.Pattern[str], ...]:
    """The near and the distant "you" of a language, by its code."""
    lists = [_words()[which][name] for which in ("familiar", "polite")]
    return tuple(re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") for words in lists)


@cache
def _signs(name: str) -> dict[str, re.Pattern[str]]:
    """What each region of a language writes, by the code of the language."""
    return {region: re.compile("|".join(signs)) for region, signs in _words()["region"][name].items()}
