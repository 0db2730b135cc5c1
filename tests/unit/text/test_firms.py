"""text.firms: which names a domain stands for, and how a text spells it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.text.firms import fits, spelt, written


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


@pytest.mark.parametrize(
    ("name", "line", "found"),
    [
        ("kelbrook haulage", "has gone to Kelbrook Haulage this afternoon", "Kelbrook Haulage"),
        ("Kelbrook", "Kelbrook’s office", "Kelbrook"),
        ("soie et fil", "Nadia, Soie & Fil", "Soie & Fil"),
        ("Penne Vogel", "Drukkerij Pennevogel NV", "Pennevogel"),
        ("Muniz", "la gente de Conservas Muñiz", "Muñiz"),
        ("あおば精機", "あおば精機", "あおば精機"),
        ("Manor", "we met at the manor", None),
        ("Kelbrook Foods", "Kelbrook Haulage", None),
        ("Acme", "write to jo@acme.example or www.Acme.example", None),
        ("&", "Soie & Fil", None),
        ("", "Soie & Fil", None),
    ],
)
def test_how_lines_write_a_name(name: str, line: str, found: str | None) -> None:
    assert written(name, ["nothing here", line]) == found


@given(st.text(max_size=200), st.text(max_size=70))
def test_no_text_makes_it_raise(text: str, label: str) -> None:
    fits(text, label)
    spelt(label, [text])
    written(label, [text])
