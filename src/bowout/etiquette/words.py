"""Match one list of words: regular expressions between word boundaries, without regard to case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bowout.text.spelling import lowered

__all__ = ["CASES_APART", "Words"]

CASES_APART = "(?-i:"  # in a list that tells capitals from small letters


class Words:
    """One word list as an expression. Its offsets are those of the text as it was given.

    Lists are in lower case and meet lower-cased text: ignoring case costs more than twice as much, to compile
    and to match. A list with ``(?-i:`` tells cases apart ("may" from "May") and meets the text as it is.
    """

    def __init__(self, expressions: Iterable[str]) -> None:
        inner = "|".join(expressions) or r"(?!)"
        inner = inner.replace("{any}", r"[^.!?;]{0,90}?\b").replace("{near}", r"(?:\s+[\w']+){0,3}")
        self._as_written = CASES_APART in inner
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
