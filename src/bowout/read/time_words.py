"""Know the words of day and time (``time.toml``). Pure, but for reading that file once.

The words are in lower case and their patterns meet lower-cased text: ignoring case costs three times as much
to compile, which is most of what reading one mail costs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["either", "numbered", "says", "spoken_hours", "table", "talk", "words"]


@cache
def table() -> Mapping[str, Any]:
    """Read the file."""
    return tomllib.loads(files("bowout.read").joinpath("time.toml").read_text(encoding="utf-8"))


def words(name: str) -> tuple[str, ...]:
    """List the words of one list."""
    return tuple(table()[name])


def numbered(name: str) -> dict[str, int]:
    """Number the words of months (from 0) or weekdays (from Monday): several words for each."""
    return {word: number for number, line in enumerate(table()[name]) for word in line.split()}


def either(literals: Iterable[str]) -> str:
    """Write a pattern for any of the words, the longest first; a blank may be any white space."""
    ordered = sorted({word for word in literals if word}, key=len, reverse=True)
    return "|".join(re.escape(word).replace("\\ ", r"\s+") for word in ordered)


@cache
def talk(name: str) -> re.Pattern[str]:
    """Compile one list of ``[talk]``: whole words, anywhere."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(table()['talk'][name])})(?!\w)")


def says(name: str, text: str) -> bool:
    """Tell whether a text, of whatever case, has something of that list."""
    return talk(name).search(text.lower()) is not None


def spoken_hours(text: str) -> Iterator[tuple[re.Pattern[str], int]]:
    """Compile the ways to say an hour in words that may be in ``text``, each with the minutes that it adds.

    Group 1 is the hour.
    """
    for words, pattern, minutes in _spoken_hours():
        if any(word in text for word in words):
            yield _compiled(pattern), minutes


@cache
def _spoken_hours() -> tuple[tuple[tuple[str, ...], str, int], ...]:
    """Write those patterns, each with words of which one is in whatever it matches."""
    found: list[tuple[tuple[str, ...], str, int]] = []
    for language in table()["spoken"]:
        hour = "(" + "|".join(language["numbers"].split()) + r"|\d{1,2})"
        for name, minutes in (("after", 30), ("before", -30), ("quarter_after", 15), ("quarter_before", -15)):
            if name in language:
                # "half 2" is read in the language that says half past; the others need their own number.
                told = (
                    hour
                    if name != "before" or "half" not in language[name]
                    else hour.replace(r"|\d{1,2}", "")
                )
                found.append((_longest(language[name]), rf"{_group(language[name])}\s+{told}", minutes))
        for name, minutes in (("half_behind", 30), ("quarter_behind", 15)):
            if name in language:
                found.append((_longest(language[name]), rf"{hour}\s+{_group(language[name])}", minutes))
    # The last, for "at ten" is also in "at ten and a half".
    found.extend(
        (tuple(one["at"]), rf"{_group(one['at'])}\s+({_words(one)}){_stands_alone()}", 0)
        for one in table()["spoken"]
        if "at" in one
    )
    return tuple(found)


def _stands_alone() -> str:
    """Write what follows an hour that is a word: an end, or a word that counts nothing."""
    return rf"(?=\s*(?:[.,;:?!)–-]|\Z)|\s+(?:{either(words('behind_hour'))})\b)"


def _words(language: Mapping[str, Any]) -> str:
    return "|".join(language["numbers"].split())


def _longest(literals: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(max(literal.split(), key=len) for literal in literals))


@cache
def hour_numbers() -> dict[str, int]:
    """Number the words of hours in all languages."""
    return {word: n for lang in table()["spoken"] for n, word in enumerate(lang["numbers"].split(), 1)}


def _group(literals: Iterable[str]) -> str:
    return f"(?:{either(literals)})"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.:]){pattern}(?![\w:])")
