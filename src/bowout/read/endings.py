"""Tell how a mail ends a process in a language that has no letters of its own (``endings.toml``). Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from bowout.etiquette.words import Words
from bowout.text import languages
from bowout.text.spelling import lowered

__all__ = ["has"]

_MOST_TEXT = 20_000
_FEW = 2  # everyday words; one occurs in other languages as well
_WORD = re.compile(r"[^\W\d_]+")
# A stop, a question mark with it, or an empty line ends a sentence.
_ENDS = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def has(kind: str, text: str) -> bool:
    """Tell whether a sentence plainly says one ``kind`` of end: ``refused``, ``closed`` or ``withdrawn``."""
    said = lowered(text[:_MOST_TEXT]).replace("’", "'")
    return any(_says(lists[kind], lists["unless"], said) for lists in _languages(said))


def _says(words: Words, unless: Words, said: str) -> bool:
    sentences = (s for s in _ENDS.split(said) if not s.rstrip().endswith("?"))
    return any(words.search(s) and not unless.search(s) for s in map(_one_line, sentences))


def _one_line(sentence: str) -> str:
    return " ".join(sentence.split())


def _languages(said: str) -> Iterator[Mapping[str, Words]]:
    """Name the lists of those languages in which the text may be written, by their everyday words."""
    words, spoken = frozenset(_WORD.findall(said)), languages.spoken(said)
    read = spoken.code if spoken else None
    for language, lists in _told().items():
        if language == read or sum(word in words for word in lists["common"]) >= _FEW:
            yield _lists(language)


@cache
def _told() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("bowout.read").joinpath("endings.toml").read_text(encoding="utf-8"))


@cache
def _lists(language: str) -> Mapping[str, Words]:
    return _Compiled(_told()[language])


class _Compiled(dict[str, Words]):
    """Compile a list of expressions when it is first asked for."""

    def __init__(self, lists: Mapping[str, list[str]]) -> None:
        super().__init__()
        self._given = lists

    def __missing__(self, name: str) -> Words:
        self[name] = Words(self._given[name])
        return self[name]
