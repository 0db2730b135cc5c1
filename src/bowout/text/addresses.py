"""Find mail addresses in running text. Pure.

What a header or a setting may hold is another question, asked where it is read: here an address stands among
other words, and what only looks like a part of it must not be taken for somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["IN_TEXT", "in_text"]

# Letters, digits and of the other signs of RFC 5322 (atext) those that people have in their addresses:
# O'Brien and R&D. A quotation mark before an address is none of it. Bounded, so that it stays linear.
IN_TEXT = re.compile(
    r"(?<![\w.+-])(?P<local>[\w+][\w.+&'’#-]{0,63})@(?P<domain>[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
)


def in_text(text: str) -> Iterator[str]:
    """Name the addresses that stand in a text, as they are written there."""
    yield from (found[0].replace("’", "'") for found in IN_TEXT.finditer(text))
