"""docs/gmail.md: the table of what may be in the way quotes what the program really says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
TABLE = re.compile(r"\| It says \|.*?\n\|[-|]+\n(.*?)\n\n", re.DOTALL)


def quoted() -> list[str]:
    """The words of the first column, without what differs from case to case."""
    text = (ROOT / "docs" / "gmail.md").read_text(encoding="utf-8")
    table = TABLE.search(text)
    assert table
    cells = [row.split("|")[1] for row in table[1].splitlines()]
    pieces = [piece.strip() for cell in cells for piece in re.split(r"\.\.\.|;|\([^)]*\)", cell)]
    return [piece.strip(", ") for piece in pieces if piece.strip(", ")]


@pytest.mark.parametrize("words", quoted())
def test_the_program_says_what_the_table_quotes(words: str) -> None:
    said = "".join(path.read_text() for path in (ROOT / "src/bowout/providers/gmail").glob("*.py"))
    assert words.casefold() in said.casefold()
