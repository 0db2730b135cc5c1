"""Find the word lists of a language (``lint_LANGUAGE.toml``): the person's own file, else ours."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from bowout.etiquette import own_words
from bowout.etiquette.words import Words


class Lexicon:
    """The word lists of one language, compiled when first used."""

    def __init__(self, language: str, lists: dict[str, list[str]]) -> None:
        self.language = language
        self._lists = lists
        self._compiled: dict[str, Words] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The lists that hold something."""
        return tuple(name for name in self._lists if self.has(name))

    def has(self, name: str) -> bool:
        return bool(self._lists.get(name))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self._lists.get(name, ()))

    def pattern(self, name: str) -> Words:
        """One expression for the whole list; matches nothing when the language lacks it."""
        if name not in self._compiled:
            self._compiled[name] = Words(self.words(name))
        return self._compiled[name]


def lexicon(language: str, own_dir: Path | None = None) -> Lexicon:
    """The word lists of a language, whatever its variety ("en-US"); an unknown language has none.

    A file in ``own_dir``, the person's folder for letters, stands in the place of ours. Raises TemplateError,
    naming file and line, when that file cannot be used.
    """
    language = base_of(language)
    own = own_dir / file_name(language) if own_dir and language.isalpha() else None
    if own is not None and own.is_file():
        return _own(language, own_words.read(own), str(own))
    return _ours(language)


def base_of(language: str) -> str:
    """The language of a variety: "en" of "en-US"."""
    return language.partition("-")[0]


def file_name(language: str) -> str:
    """How the file with the words of a language is called."""
    return f"lint_{base_of(language)}.toml"


def show(name: str, own_dir: Path | None) -> tuple[str, str] | None:
    """Text and path of a file of words, the own one first; None when there is none of that name.

    That of ours is its name alone. Raises TemplateError when the own one is no UTF-8 text.
    """
    own = own_dir / name if own_dir else None
    if own is not None and own.is_file():
        return own_words.read(own), str(own)
    source = files("bowout.etiquette").joinpath(name)
    return (source.read_text(encoding="utf-8"), name) if source.is_file() else None


def languages(own_dir: Path | None = None) -> tuple[str, ...]:
    """The languages that have words, ours and the person's own."""
    names = [entry.name for entry in files("bowout.etiquette").iterdir()]
    names += [path.name for path in own_dir.glob("lint_*.toml")] if own_dir and own_dir.is_dir() else []
    found = {n.removeprefix("lint_").removesuffix(".toml") for n in names if own_words.is_file_of_words(n)}
    return tuple(sorted(name for name in found if name.isalpha()))


@cache
def _ours(language: str) -> Lexicon:
    source = files("bowout.etiquette").joinpath(file_name(language)) if language.isalpha() else None
    if source is None or not source.is_file():
        return Lexicon(language, {})
    return Lexicon(language, tomllib.loads(source.read_text(encoding="utf-8")))


@lru_cache(maxsize=16)
def _own(language: str, source: str, file: str) -> Lexicon:
    return Lexicon(language, own_words.lists(source, file))


def guess_language(text: str, languages: Sequence[str] = ("en", "de")) -> str:
    """The language whose everyday words occur most; English when in doubt."""
    return max(languages, key=lambda name: sum(1 for _ in lexicon(name).pattern("common").finditer(text)))
