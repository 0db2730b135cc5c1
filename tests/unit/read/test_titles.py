"""What makes words the title of a job: its noun, in any language, and what is applied for elsewhere."""

from __future__ import annotations

import pytest

from bowout.read.titles import could_be, has_noun, is_thing, may_be, plain


@pytest.mark.parametrize(
    "title",
    [
        "Kiln operative", "Registrar", "Elektromechanikerin", "Werkzeugmacher/in", "Zeichner*innen",
        "Verkäufer:in", "Technik dentystyczny", "technika dentystycznego", "Instruktor tańca", "hovenier",
        "begeleider wonen", "tornitore", "Redattore/redattrice", "higienista", "Diretor(a) de Loja",
        "chargé·e de mission", "libraire", "RVN", "Avionics tech", "indkøber", "systemutvecklare",
    ],
)  # fmt: skip
def test_nouns_of_work_in_many_languages_and_endings(title: str) -> None:
    assert has_noun(title)
    assert could_be(title)


@pytest.mark.parametrize(
    "word", ["ahead", "Fintech", "Charts", "submarine", "Larkspur", "Thursday", "x" * 5000]
)
def test_short_nouns_do_not_end_other_words(word: str) -> None:
    assert not has_noun(word)


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("Krippenplatz", True),
        ("3BR on Vine", True),
        ("2-Zi.-Whg. Parkweg", True),
        ("BSc Ceramics", True),
        ("dossier", True),
        ("gift card", True),
        # With the noun of a job they are part of its title.
        ("Studio Manager", False),
        ("Course Leader", False),
        ("Kelping", False),
    ],
)
def test_what_else_is_applied_for_is_no_title(words: str, thing: bool) -> None:
    assert is_thing(words) is thing
    if thing:
        assert not could_be(words)
        assert not may_be(words)


@pytest.mark.parametrize("words", ["Joiners", "Engineers", "Piotr W.", "Piotr W"])
def test_several_people_and_a_name_with_an_initial_are_no_title(words: str) -> None:
    assert not could_be(words)
    assert not may_be(words)


def test_how_it_is_written() -> None:
    assert plain("Kiln operative (R-10234)") == "Kiln operative"
    assert plain("Softwareentwickler beworben") == "Softwareentwickler"
