"""text.firms: which names a domain stands for, and how a text spells it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.text.firms import fits, spelt


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Kite", "kite"),
        ("Kite Works", "kiteworks"),
        ("Kite Coffee Roasters", "kiteroast"),
        ("Kite Coffee Roasters", "kcr"),
        ("Harbour Health Board", "harbourhb"),
        ("Ode & Prado", "odeprado"),
        ("Ode & Prado", "odeandprado"),
        ("The Larch Inn", "larchinn"),
        ("St. Alban's", "stalban"),
        ("Hochschule Tannberg", "hs-tannberg"),
        ("Gasthof Lindner", "lindner"),
        ("Tannhof", "tannhof-app"),
        ("Möbel Grün", "moebelgruen"),
    ],
)
def test_a_domain_stands_for_a_name(name: str, label: str) -> None:
    assert fits(name, label)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Kite Works", "harbour"),
        ("Kite", "kiteworks"),
        ("Robotics", "kiterobotics"),
        ("Kind regards", "kite"),
        ("", "kite"),
        ("Kite", ""),
    ],
)
def test_a_domain_stands_for_nothing_else(name: str, label: str) -> None:
    assert not fits(name, label)


def test_how_a_text_spells_the_firm() -> None:
    text = [
        "Kite Coffee Roasters",
        "you would love it at Kite Coffee Roasters.",
        "jobs@kiteroast.example",
        "Kites fly",
    ]
    assert spelt("kiteroast", text) == ["Kite Coffee Roasters", "Kite Coffee Roasters"]


def test_a_line_that_holds_nothing_else_is_the_whole_name() -> None:
    assert spelt("kitehousing", ["Kite Housing Association"]) == ["Kite Housing Association"]


@given(st.text(max_size=200), st.text(max_size=70))
def test_no_text_makes_it_raise(text: str, label: str) -> None:
    fits(text, label)
    spelt(label, [text])
