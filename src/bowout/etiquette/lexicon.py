"""Read the word lists of a language (``lint_LANGUAGE.toml``) and match them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from bowout.text.spelling import lowered


class Words:
    """One word list as an expression. Its offsets are those of the text as it was given.

    Lists are in lower case and meet lower-cased text: ignoring case costs more than twice as much, to compile
    and to match. A list with ``(?-i:`` tells cases apart ("may" from "May") and meets the text as it is.
    """

    def __init__(self, expressions: Iterable[str]) -> None:
        inner = "|".join(expressions) or r"(?!)"
        inner = inner.replace("{any}", r"[^.!?;]{0,90}?\b").replace("{near}", r"(?:\s+[\w']+){0,3}")
        self._as_written = "(?-i:" in inner
        flags = re.IGNORECASE if self._as_written else re.NOFLAG
        self._pattern = re.compile(rf"(?<!\w)(?:{inner})(?!\w)", flags)

    def search(self, text: str) -> re.Match[str] | None:
        return self._pattern.search(self._read(text))

    def match(self, text: str) -> re.Match[str] | None:
        return self._pattern.match(self._read(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(self._read(text))

    def _read(self, text: str) -> str:
        text = text.replace("\u2019", "'")  # phones write "won\u2019t"
        return text if self._as_written else lowered(text)


class Lexicon:
    """The word lists of one language (``lint_LANGUAGE.toml``), compiled when first used."""

    def __init__(self, language: str, lists: dict[str, list[str]]) -> None:
        self.language = language
        self._lists = lists
        self._compiled: dict[str, Words] = {}

    def has(self, name: str) -> bool:
        return bool(self._lists.get(name))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self._lists.get(name, ()))

    def pattern(self, name: str) -> Words:
        """One expression for the whole list; matches nothing when the language lacks it."""
        if name not in self._compiled:
            self._compiled[name] = Words(self.words(name))
        return self._compiled[name]


@cache
def lexicon(language: str) -> Lexicon:
    """The word lists of a language, whatever its variety ("en-US"); an unknown language has none."""
    language = language.partition("-")[0]
    source = files("bowout.etiquette").joinpath(f"lint_{language}.toml") if language.isalpha() else None
    if source is None or not source.is_file():
        return Lexicon(language, {})
    return Lexicon(language, tomllib.loads(source.read_text(encoding="utf-8")))


def guess_language(text: str, languages: Sequence[str] = ("en", "de")) -> str:
    """The language whose everyday words occur most; English when in doubt."""
    return max(languages, key=lambda name: sum(1 for _ in lexicon(name).pattern("common").finditer(text)))
