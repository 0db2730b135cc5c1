"""Read in which language people write, also in a mail of one line (``language.toml``). Pure."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from bowout.model import Confidence, Fact
from bowout.people.mailkind import Kind
from bowout.read.source import Source

__all__ = ["language", "name_of"]

_MOST_WORDS = 400  # of a mail; a language shows in its first lines
_LEAST = 1.9  # weight of what was found: two words of this language alone, or more that others have too
_ALONE = 1.0  # the same where hardly a word is of another language: "Danke!"
_HARDLY = 4.0
_CLEARLY = 1.4  # so many times as much as the next language has
_SURE = 6.0
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[¿¡]")


def language(sources: Sequence[Source]) -> Fact[str] | None:
    """Read the code of the language; the newest mail of theirs that shows one decides.

    Where none shows it alone, all of them together do, then with the subject, then with what I wrote there.
    """
    theirs = [s for s in sources if not s.mine and s.linked and s.prose]
    for source in sorted(theirs, key=lambda s: (s.kind is Kind.HUMAN, s.message.moment), reverse=True):
        if (found := _of(f"mail of {source.day}", source.new)) is not None:
            return found
    told = [s.new for s in theirs]
    subjects = list(dict.fromkeys(s.message.subject for s in sources if s.linked))
    mine = [s.new for s in sources if s.mine]
    return (
        _of("their mails together", *told)
        or _of("mails and subject", *told, *subjects)
        or _of("mails, subject and what you wrote", *told, *subjects, *mine)
    )


def name_of(code: str) -> str:
    """Say a language in English; one that is not known by its code."""
    known = _table().get(code.partition("-")[0].lower())
    return known["name"] if known else code


def _of(where: str, *texts: str) -> Fact[str] | None:
    weights = _weights(word for text in texts for word in _words(text))
    (most, code), (second, _) = sorted(((weight, code) for code, weight in weights.items()), reverse=True)[:2]
    if most < (_ALONE if most >= _HARDLY * second else _LEAST) or most < _CLEARLY * second:
        return None
    sure = most >= _SURE and most >= 2 * second
    return Fact(code, where, Confidence.HIGH if sure else Confidence.MEDIUM)


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


_Spoken = Mapping[str, tuple[tuple[str, float], ...]]
_OF_A_LETTER = 0.6


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("bowout.read").joinpath("language.toml").read_text(encoding="utf-8"))


@cache
def _known() -> tuple[_Spoken, _Spoken]:
    """Turn the table round: which languages have a word, and which a letter, each with its weight."""
    words = {code: frozenset(entry["words"].split()) for code, entry in _table().items()}
    letters = {code: frozenset(entry["letters"]) for code, entry in _table().items()}
    return _turned(words, 1.0), _turned(letters, _OF_A_LETTER)


def _turned(of: Mapping[str, frozenset[str]], weight: float) -> _Spoken:
    found: dict[str, list[str]] = {}
    for code, spoken in of.items():
        for one in spoken:
            found.setdefault(one, []).append(code)
    return {one: tuple((code, weight / len(codes)) for code in codes) for one, codes in found.items()}
