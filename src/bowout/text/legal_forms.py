"""Know the legal forms of firms, and cut them off a name: ``Müller GmbH & Co. KG`` -> ``Müller``. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bowout.text.spelling import fold

__all__ = ["ABBREVIATED", "ANYWHERE", "WORDS", "ends", "without"]

# Stand for a legal form wherever they stand in a firm's name; without dots and strokes.
ANYWHERE = frozenset(
    {
        *("inc", "incorporated", "corp", "corporation", "co", "llc", "pllc", "llp"),
        *("ltd", "limited", "plc", "pty", "pte", "pvt", "bhd", "sdn"),
        *("gmbh", "ggmbh", "gesmbh", "mbh", "ag", "kg", "kgaa", "ug", "ohg", "gbr", "se"),
        *("sa", "sarl", "eurl", "sasu", "spa", "srl", "slu", "bv", "nv", "bvba"),
        *("oy", "oyj", "kft", "zrt", "nyrt", "sro", "uab"),
    }
)
# The same, where they stand behind a name: in front of one they are a name themselves (SAS Institute).
WORDS = ANYWHERE | {"lp", "ev", "eg", "sas", "sl", "as", "ab", "aps", "doo", "ltda"}
# Of several words, not all of which are a legal form alone.
_PHRASES = frozenset({"ug haftungsbeschrankt", "sp z oo", "sa de cv", "s de rl"})
_LONGEST = 3  # words
# Join two legal forms. "Marks & Co" goes by "Marks" too.
_JOINS = frozenset({"&", "+", "and", "und"})
# Written so they are a word of the name: a day spa, Per Se.
_NO_FORM = frozenset({"Spa", "Se"})
# Written with a stop that may end a sentence as well. Behind "Co." none ends: "& Co. KG".
ABBREVIATED = frozenset({"inc", "ltd", "corp"})
_INITIALS = re.compile(r"(?:[^\W\d_]\. )+[^\W\d_]\.?,?")  # "e. V."


def without(name: str) -> str:
    """Cut every legal form off the end of a firm's name; its first word always stays."""
    words = name.split()
    while size := _size(words):
        del words[-size:]
        while len(words) > 1 and fold(words[-1]) in _JOINS:
            words.pop()
        words[-1] = words[-1].rstrip(",;") or words[-1]
    return " ".join(words)


def ends(name: str) -> bool:
    """Tell whether a legal form stands at the end of a name."""
    return _size(name.split()) > 0


def _size(words: Sequence[str]) -> int:
    """Count the words at the end that are one legal form."""
    for size in range(min(_LONGEST, len(words) - 1), 1, -1):
        tail = " ".join(words[-size:])
        bare = _bare(tail)
        if bare in _PHRASES or (_INITIALS.fullmatch(tail) and bare.replace(" ", "") in WORDS):
            return size
    return int(len(words) > 1 and words[-1].rstrip(".,") not in _NO_FORM and _bare(words[-1]) in WORDS)


def _bare(text: str) -> str:
    """Write a legal form as the lists do: ``S.p.A.``, ``A/S``, ``(gGmbH)`` -> ``spa``, ``as``, ``ggmbh``."""
    return re.sub(r"[./,;:()]", "", fold(text))
