"""List what a mail says and how, as features for the table of stages. Pure, but for one read of its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from zlib import crc32

from bowout.text.spelling import fold

__all__ = ["MAX_CHARS", "features", "keys"]

MAX_CHARS = 4_000  # what a mail says of a process, it says before
_WORDS = 600
_TITLE = 24  # words of a subject
_NEAR = 7  # how many notions later another still belongs to the same thought

_NOT = re.compile(r"(?:(?<=wo)n't|(?<=ca)n't|n't|(?<=wo)nt\b)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans("’‘", "''")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:am|pm|uhr|h)\b")
_MONEY = re.compile(r"[€$£]|\beur\b|\busd\b|\bchf\b|\bpln\b|\bgbp\b")
_LINK = re.compile(r"https?:|www\.")


@cache
def _notions() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]], frozenset[int]]:
    """Read which notions a word, or the beginning of a word, may stand for."""
    raw = tomllib.loads(files("bowout.read").joinpath("notions.toml").read_text(encoding="utf-8"))
    whole: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    for notion, rows in raw.items():
        for word in dict.fromkeys(" ".join(rows.values()).split()):
            home = stems if word.endswith("*") else whole
            home.setdefault(word.rstrip("*").replace("_", " "), []).append(notion)
    return (
        {word: tuple(found) for word, found in whole.items()},
        {word: tuple(found) for word, found in stems.items()},
        frozenset(map(len, stems)),
    )


@cache
def _of_word(word: str) -> tuple[str, ...]:
    whole, stems, lengths = _notions()
    found = list(whole.get(word, ()))
    for length in lengths:
        if length <= len(word):
            found += stems.get(word[:length], ())
    return tuple(dict.fromkeys(found))


def _fold(text: str) -> str:
    folded = "\n".join(fold(line) for line in text[:MAX_CHARS].translate(_QUOTES).splitlines())
    return _NOT.sub(" not", folded.replace("won't", "will not").replace("can't", "can not"))


def _told(words: Sequence[str]) -> list[str]:
    """List the notions of a sentence in order."""
    whole = _notions()[0]
    found: list[str] = []
    for at, word in enumerate(words):
        notions = _of_word(word)
        for size in (2, 3):
            notions += whole.get(" ".join(words[at : at + size]), ()) if at + size <= len(words) else ()
        found += notions
    return found


def features(text: str, subject: str = "") -> frozenset[str]:
    """List the features of a mail's new text: words, notions, what stands near what, and its shape.

    The subject counts as a sentence of it, and its words once more for themselves.
    """
    folded = _fold(text)
    sentences = [words for part in _SENTENCE.split(folded) if (words := _WORD.findall(part))]
    found = set(_shape(folded, sentences))
    titled = _WORD.findall(_fold(subject))[:_TITLE]
    found.update(f"S {word}" for word in titled)
    told = [_told(words) for words in sentences]
    for at, notions in enumerate(told[:60]):
        found.update(_of_notions(notions[:80], at, len(told)))
    found.update(_of_notions(_told(titled), -1, 0))
    budget = _WORDS
    for words in (titled, *sentences):
        found.update(_of_words(words[:budget]))
        budget -= len(words)
        if budget <= 0:
            break
    return frozenset(found)


def _of_words(words: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        yield f"w {word}"
        if len(word) > 5:
            yield f"p {word[:5]}"
        if at:
            yield f"b {words[at - 1]} {word}"
        if at > 1:
            yield f"t {words[at - 2]} {words[at - 1]} {word}"


def _of_notions(told: Sequence[str], at: int, count: int) -> Iterator[str]:
    place = "last" if at == count - 1 else "first" if at == 0 else "mid"
    for number, notion in enumerate(told):
        yield f"n {notion}"
        yield f"n {notion} {place}"
        for other in told[number + 1 : number + 1 + _NEAR]:
            if other != notion:
                yield f"o {notion} {other}"
    here = sorted(set(told))
    for number, one in enumerate(here):
        for two in here[number + 1 :]:
            yield f"s {one} {two}"


def _shape(folded: str, sentences: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"# {min(len(sentences), 8)}"
    if folded.rstrip().endswith("?"):
        yield "# asks last"
    if "?" in folded:
        yield "# asks"
    for name, pattern in (("clock", _CLOCK), ("money", _MONEY), ("link", _LINK)):
        if pattern.search(folded):
            yield f"# {name}"


def keys(found: frozenset[str]) -> frozenset[int]:
    """Give each feature the number by which the table knows it."""
    return frozenset(crc32(feature.encode()) for feature in found)
