"""Tell in which language a text is written, also one of a line (``languages.toml``). Pure."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

__all__ = ["Spoken", "name_of", "spoken"]

_MOST_WORDS = 400  # of a mail; a language shows in its first lines
_LEAST = 1.9  # weight of what was found: two words of this language alone, or more that others have too
_ALONE = 1.0  # the same where hardly a word is of another language: "Danke!"
_HARDLY = 4.0
_CLEARLY = 1.4  # so many times as much as the next language has
_SURE = 6.0
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[¿¡]")


class Spoken(NamedTuple):
    """A language by its code; ``sure`` = many words tell it."""

    code: str
    sure: bool


def spoken(*texts: str, by_a_word: bool = True) -> Spoken | None:
    """Read the language of some texts, as one; ``by_a_word`` = one word of its own is enough ("Danke!")."""
    weights = _weights(word for text in texts for word in _words(text))
    (most, code), (second, _) = sorted(((weight, code) for code, weight in weights.items()), reverse=True)[:2]
    least = _ALONE if by_a_word and most >= _HARDLY * second else _LEAST
    if most < least or most < _CLEARLY * second:
        return None
    return Spoken(code, most >= _SURE and most >= 2 * second)


def name_of(code: str) -> str:
    """Say a language in English; one that is not known by its code."""
    known = _table().get(code.partition("-")[0].lower())
    return known["name"] if known else code


def _words(text: str) -> Iterator[str]:
    found = (match[0].replace("’", "'") for match in _WORD.finditer(text.lower()))
    return (word for _, word in zip(range(_MOST_WORDS), found, strict=False))


def _weights(words: Iterable[str]) -> dict[str, float]:
    """Weigh how much words speak for each language: one that fewer languages have speaks more."""
    known, letters = _known()
    weights = dict.fromkeys(_table(), 0.0)
    for word, times in Counter(words).items():
        spoken = known.get(word) or ()
        for code, weight in spoken:
            weights[code] += weight * min(times, 3)
        for letter in frozenset() if spoken else letters.keys() & frozenset(word):
            for code, weight in letters[letter]:
                weights[code] += weight
    return weights


_Speakers = Mapping[str, tuple[tuple[str, float], ...]]
_OF_A_LETTER = 0.6


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("bowout.text").joinpath("languages.toml").read_text(encoding="utf-8"))


@cache
def _known() -> tuple[_Speakers, _Speakers]:
    """Turn the table round: which languages have a word, and which a letter, each with its weight."""
    words = {code: frozenset(entry["words"].split()) for code, entry in _table().items()}
    letters = {code: frozenset(entry["letters"]) for code, entry in _table().items()}
    return _turned(words, 1.0), _turned(letters, _OF_A_LETTER)


def _turned(of: Mapping[str, frozenset[str]], weight: float) -> _Speakers:
    found: dict[str, list[str]] = {}
    for code, spoken in of.items():
        for one in spoken:
            found.setdefault(one, []).append(code)
    return {one: tuple((code, weight / len(codes)) for code in codes) for one, codes in found.items()}
