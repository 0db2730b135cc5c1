"""plain.for_terminal: nothing a terminal obeys or a reader cannot see gets through."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.text.harmless import for_terminal, readable

# Text full of the characters that matter, and of ordinary ones between them.
HOSTILE = (
    st.text(
        st.sampled_from("\x1b[]P0;31mAz\x07\\\x9b\x9c\x9d\x00\r\n\t\u202e\u2066\u200b\u2028\ufeff\u3164é漢 ")
    )
    | st.text()
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße, 漢字, 🙂, naïve “quotes” –", "Grüße, 漢字, 🙂, naïve “quotes” –"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP+q544e\x1b\\text", "text"),
        ("\x1b]0;never closed", "0;never closed"),
        ("\x1bctext", "text"),
        ("a\u202egpj.exe\u202c", "agpj.exe"),
        ("pay\u200bpal\ufeff", "paypal"),
        ("a\u3164b", "ab"),
        ("a\u2028b\u2029c\x85d\x0be\rf", "a b c d e f"),
        ("a\tb", "a    b"),
        ("a\xa0b\u2003c", "a b c"),
        ("\ue000\udcff", "\ufffd\ufffd"),
        ("a\x00\x7f\x08b", "ab"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert for_terminal(text) == shown


def test_line_ends_stay_only_when_asked_for() -> None:
    assert for_terminal("a\r\nb\rc\u2028d\n") == "a b c d "
    assert for_terminal("a\r\nb\rc\u2028d\n", newlines=True) == "a\nb\nc\nd\n"


@given(HOSTILE, st.booleans())
def test_nothing_but_what_can_be_seen_is_left(text: str, newlines: bool) -> None:
    allowed = "\n" if newlines else ""
    shown = for_terminal(text, newlines=newlines)
    assert not [
        c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in allowed
    ]


@given(HOSTILE, st.booleans())
def test_twice_is_the_same_as_once(text: str, newlines: bool) -> None:
    once = for_terminal(text, newlines=newlines)
    assert for_terminal(once, newlines=newlines) == once


@pytest.mark.parametrize(
    "text", [">" * 20_000, "a@" * 30_000, "x " * 50_000, "\u3042" * 30_000, "1 Dec 10:00 " * 9_000]
)
def test_what_is_read_has_no_line_and_no_word_without_end(text: str) -> None:
    told = readable(text)
    assert len(told) <= 21_000
    assert max(map(len, told.splitlines())) <= 2_000
    assert max(map(len, told.split())) <= 500
    kept = "".join(told.split())
    assert "".join(text.split()).startswith(kept), "nothing is lost between"
    assert len(kept) > 9_000


@pytest.mark.parametrize(
    ("gap", "left"), [(" " * 9_000, " "), ("\t" * 100 + "\n", "\n"), (" \n" * 9_000, "\n\n")]
)
def test_a_gap_without_end_parts_words_lines_or_paragraphs_as_before(gap: str, left: str) -> None:
    assert readable(f"Monday{gap}at ten") == f"Monday{left}at ten"


def test_what_people_write_is_read_as_it_stands() -> None:
    text = (
        "Hi Robin,\n\nSee https://acme.example/" + "a" * 300 + "\n" + "A long paragraph. " * 90 + "\n\nMaya\n"
    )
    text += "Monday" + " " * 99 + "at ten"
    assert readable(text) == text
