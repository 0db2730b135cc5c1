"""Words and domains that are the same to a reader though not to a computer. Pure, and deliberately small."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that NFKD leaves alone, and the two-letter spellings that people and domains use instead.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
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


def fold(text: str) -> str:
    """Case and accents gone, white space single: ``Café  MÜLLER`` -> ``cafe muller``."""
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def compact(text: str) -> str:
    """Folded letters and digits only: ``Blue Ocean`` -> ``blueocean``."""
    return re.sub(r"[\W_]+", "", fold(text))


def spellings(text: str) -> frozenset[str]:
    """The folded ways to write the same word: ``Müller`` -> ``muller`` and ``mueller``."""
    composed = unicodedata.normalize("NFC", text.casefold())
    return frozenset({fold(text), fold(composed.translate(_SPELT))})


def latin(text: str) -> str:
    """Cyrillic and Greek written with Latin letters, roughly; anything else is folded only."""
    return fold(text).replace("кс", "x").translate(_SCRIPTS)


def distance(a: str, b: str, limit: int = 2) -> int:
    """Edits (insert, delete, change, swap of neighbours) from ``a`` to ``b``; at most ``limit + 1``."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


# What a hurried eye takes for the same (after Unicode TR 39, the part that matters for domains).
_LOOKS = str.maketrans(
    dict(zip("0135$|!", "olessll", strict=True))
    | {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l", "ј": "j", "ѕ": "s"}
    | {"к": "k", "м": "m", "т": "t", "н": "h", "в": "b", "ԁ": "d", "ԛ": "q", "ԝ": "w", "һ": "h", "г": "r"}
    | {"α": "a", "ε": "e", "ο": "o", "ρ": "p", "υ": "u", "ν": "v", "κ": "k", "ι": "l", "τ": "t", "χ": "x"}
    | {"ı": "l", "i": "l", "ɡ": "g", "ʟ": "l", "ո": "n", "ս": "u", "օ": "o"}
)


@lru_cache(maxsize=2048)
def skeleton(domain: str) -> str:
    """The domain as a hurried eye reads it: equal skeletons of different domains mean a look-alike."""
    shown = fold(unpuny(domain).translate(_LOOKS)).translate(_LOOKS)
    return shown.replace("rn", "m").replace("vv", "w").replace("cl", "d")


def unpuny(domain: str) -> str:
    """The domain in Unicode (RFC 3492 labels decoded); a label that cannot be decoded stays as it is."""
    return ".".join(_label(label) for label in domain.casefold().split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
