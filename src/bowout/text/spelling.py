"""Compare words as a reader does: case, accents, width and what nobody sees do not matter. Pure.

There is one folding for every comparison. The letters of a word stay: voiced marks in Japanese, vowel signs
in Indian scripts and tones in Thai make other words, an accent in Latin, Greek, Cyrillic, Hebrew or Arabic
does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

__all__ = ["Neighbours", "compact", "composed", "distance", "fold", "latin", "lowered", "seen", "spellings"]

# Letters that Unicode does not decompose into a base letter and an accent.
_PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i"}
_PLAIN |= {"æ": "ae", "œ": "oe", "þ": "th"}
_ODD_LETTER = re.compile(f"[{''.join(_PLAIN)}]")
_ACCENTS = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]+"
)
# Soft hyphen, joiners, direction marks, fillers, variation selectors (Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
# The two-letter spellings that people and domains use instead.
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

_CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфхыэёіїєґ",
        "abvgdeziiklmnoprstufhyeeiieg",
        strict=True,
    )
) | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
_GREEK = dict(zip("αβγδεζηικλμνοπρσςτυφ", "avgdeziiklmnoprsstyf", strict=True)) | {
    "θ": "th",
    "ξ": "x",
    "χ": "ch",
    "ψ": "ps",
    "ω": "o",
}
_SCRIPTS = str.maketrans(_CYRILLIC | _GREEK)


def seen(text: str) -> str:
    """Drop the characters that nobody sees."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def composed(text: str) -> str:
    """Write each letter with its accent as one character: two texts that look alike have the same offsets."""
    return unicodedata.normalize("NFC", text)


def lowered(text: str) -> str:
    """Write the text in lower case, of the same length: the dotted capital I becomes two characters."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def fold(text: str) -> str:
    """Drop case, accents, width and what nobody sees; make white space single: ``Café  Ø`` -> ``cafe o``."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Twice: compatibility forms may hide capitals, and lower-casing may bring accents forth.
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _ACCENTS.sub("", _UNSEEN.sub("", bare))
    bare = _ODD_LETTER.sub(lambda odd: _PLAIN[odd[0]], bare)
    # Composed again, or a Korean syllable would be found within another.
    return " ".join(unicodedata.normalize("NFC", bare).split())


def compact(text: str) -> str:
    """Fold to letters and digits only: ``Blue Ocean`` -> ``blueocean``."""
    return re.sub(r"[\W_]+", "", fold(text))


def spellings(text: str) -> frozenset[str]:
    """List the folded ways to write the same: ``Müller`` -> ``muller``, ``mueller``; theatre, theater."""
    if text.isascii():
        folded = fold(text)
        return frozenset({folded, _BRITISH.sub(_as_american, folded)})
    composed = unicodedata.normalize("NFC", text.casefold())
    return frozenset({fold(text), fold(composed.translate(_SPELT))})


_BRITISH = re.compile(r"(?<=[a-z]{2}[a-z])(?:tre|our)(?=s?\b)")


def _as_american(ending: re.Match[str]) -> str:
    return "ter" if ending[0] == "tre" else "or"


def latin(text: str) -> str:
    """Write Cyrillic and Greek with Latin letters, roughly; anything else is folded only."""
    return fold(text).replace("кс", "x").translate(_SCRIPTS)


def distance(a: str, b: str, limit: int = 2) -> int:
    """Count the edits (insert, delete, change, swap) from ``a`` to ``b``; at most ``limit + 1``."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    far = limit + 1
    before: list[int] = []
    row = [min(j, far) for j in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [min(i, far)] + [far] * len(b)
        # Farther from the diagonal lie more than ``limit`` edits: a mail may hold names of any length.
        for j in range(max(1, i - limit), min(len(b), i + limit) + 1):
            y = b[j - 1]
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, older[j - 2] + 1)
            row[j] = best
        if min(row[max(0, i - limit) : i + far]) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


class Neighbours:
    """Find, among many words, those one edit from another; compares none with each, as ``distance`` would."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if len(word) <= _LONGEST_WORD)
        self._with_hole: dict[tuple[int, str], list[str]] = {}
        for word in self._words:
            for hole in _holes(word):
                self._with_hole.setdefault(hole, []).append(word)

    def of(self, word: str) -> frozenset[str]:
        """List the words that differ from ``word`` by one letter more, less, changed or swapped."""
        if len(word) > _LONGEST_WORD:
            return frozenset()
        holes = dict.fromkeys(_holes(word))
        shorter = {rest for _, rest in holes} & self._words
        longer = (one for at in range(len(word) + 1) for one in self._with_hole.get((at, word), ()))
        changed = (one for hole in holes for one in self._with_hole.get(hole, ()))
        swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
        return frozenset({*shorter, *longer, *changed, *(swapped & self._words)} - {word})


_LONGEST_WORD = 255  # letters, those of a domain


def _holes(word: str) -> Iterator[tuple[int, str]]:
    """Leave out each letter of a word in turn."""
    return ((at, word[:at] + word[at + 1 :]) for at in range(len(word)))
