"""Tell in which direction a text is written. Pure."""

from __future__ import annotations

import unicodedata

# Strong characters of the two directions (Unicode Annex 9).
_LEFTWARD = frozenset({"R", "AL"})


def html_attribute(text: str) -> str:
    """Give the attribute for a paragraph of that text: `` dir="rtl"`` where most letters run to the left.

    A mail program takes a paragraph without it as left to right, whatever its letters.
    """
    if text.isascii():
        return ""
    kinds = [unicodedata.bidirectional(character) for character in text]
    return ' dir="rtl"' if sum(kind in _LEFTWARD for kind in kinds) > kinds.count("L") else ""
