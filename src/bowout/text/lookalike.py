"""Find domains that a hurried eye takes for the same (after Unicode TR 39, what matters for domains)."""

from __future__ import annotations

from functools import lru_cache

from bowout.text.spelling import fold

__all__ = ["skeleton", "unpuny"]

_LOOKS = str.maketrans(
    dict(zip("0135$|!", "olessll", strict=True))
    | {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l", "ј": "j", "ѕ": "s"}
    | {"к": "k", "м": "m", "т": "t", "н": "h", "в": "b", "ԁ": "d", "ԛ": "q", "ԝ": "w", "һ": "h", "г": "r"}
    | {"α": "a", "ε": "e", "ο": "o", "ρ": "p", "υ": "u", "ν": "v", "κ": "k", "ι": "l", "τ": "t", "χ": "x"}
    | {"ı": "l", "i": "l", "ɡ": "g", "ʟ": "l", "ո": "n", "ս": "u", "օ": "o"}
)


@lru_cache(maxsize=2048)
def skeleton(domain: str) -> str:
    """Reduce a domain to what an eye reads: equal skeletons of different domains mean a look-alike."""
    shown = fold(unpuny(domain).translate(_LOOKS)).translate(_LOOKS)
    return shown.replace("rn", "m").replace("vv", "w").replace("cl", "d")


def unpuny(domain: str) -> str:
    """Decode the labels of a domain to Unicode (RFC 3492); one that cannot be decoded stays as it is."""
    return ".".join(_label(label) for label in domain.casefold().split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
