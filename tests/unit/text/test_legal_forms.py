"""text.legal_forms: what is cut off a firm's name, and what only looks like it."""

from __future__ import annotations

import pytest

from bowout.text import legal_forms

FORMS = [
    *(
        "GmbH",
        "gGmbH",
        "G.m.b.H.",
        "GmbH & Co. KG",
        "GmbH und Co. KGaA",
        "KGaA",
        "AG",
        "UG (haftungsbeschränkt)",
    ),
    *("Ltd", "Ltd.", "limited", "Pty Ltd", "Pte. Ltd.", "Pvt Limited", ", Inc.", "LLC", "LLP", "Corp."),
    *("S.A.", "SA", "SAS", "S.A.S.", "Sarl", "Sàrl", "SpA", "S.p.A.", "S.r.l.", "B.V.", "S.A. de C.V."),
    *("A/S", "ApS", "AB", "AS", "Oy", "Sp. z o.o.", "s.r.o.", "e.V.", "e. V.", "eG", "& Co"),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_legal_form_is_cut_off(form: str) -> None:
    blank = "" if form.startswith(",") else " "
    assert legal_forms.without(f"Blue Müller{blank}{form}") == "Blue Müller"
    assert legal_forms.without(f"Blue Müller{blank}{form.upper()}") == "Blue Müller"
    assert legal_forms.ends(f"Blue Müller{blank}{form}")


@pytest.mark.parametrize(
    "name",
    ["SAS", "Harbour Spa", "Per Se", "SAS Institute", "Booking.com", "Larch and Lime", "Coop", "GmbH", ""],
)
def test_what_is_no_legal_form_stays(name: str) -> None:
    assert legal_forms.without(name) == name
    assert not legal_forms.ends(name)
