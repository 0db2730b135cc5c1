"""Words and domains that are the same to a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.text.spelling import Neighbours, compact, distance, fold, latin, seen, spellings
from work import grows_evenly


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Café  MÜLLER ", "cafe muller"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("ﬁne", "fine"),
        ("ＡＢＣ", "abc"),
        ("Ørsted", "orsted"),
        ("Ǿrsted", "orsted"),
        ("Đorđe Łuczak", "dorde luczak"),
        ("Ærø", "aero"),
        ("IĞDIR", "igdir"),
        ("İstanbul ıslak", "istanbul islak"),
        ("A\u00adcme", "acme"),
        ("Ac\u200b\u2060me\ufeff", "acme"),
        ("Acme\u00a0Robotics\tGmbH\n", "acme robotics gmbh"),
        ("Ёлка", "елка"),
        ("Άλφα", "αλφα"),
        ("שָׁלוֹם", "שלום"),
        # What makes another word stays.
        ("\uff76\uff9e", "ガ"),
        ("が", "が"),
        ("कि", "कि"),
        ("ไม้", "ไม้"),
        ("간", "간"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_syllable_is_not_found_in_another() -> None:
    assert fold("가") not in fold("각")


@given(st.text(st.characters(codec="ascii"), max_size=30))
def test_the_short_way_for_plain_text_folds_alike(text: str) -> None:
    assert fold(text) == fold(f"{text}\u00ad")


def test_seen() -> None:
    assert seen("A\u00adc\u200dm\u2066e é") == "Acme é"


@pytest.mark.parametrize("typed", ["Müller", "MÜLLER", "Mu\u0308ller", "Mueller", "Muller"])
def test_every_spelling_of_mueller_meets_the_umlaut(typed: str) -> None:
    assert spellings(typed) & spellings("Müller")


def test_spellings_do_not_melt_different_names() -> None:
    assert not spellings("Blue") & spellings("Blu")
    assert not spellings("Mueller") & spellings("Muller")


def test_compact() -> None:
    assert compact("Blue-Ocean & Söhne_1") == "blueoceansohne1"
    assert compact("Ørsted A/S") == "orstedas"


@pytest.mark.parametrize(
    ("text", "written"), [("Яндекс", "yandex"), ("Щукин", "shchukin"), ("Ωμέγα", "omega"), ("Acme", "acme")]
)
def test_latin(text: str, written: str) -> None:
    assert latin(text) == written


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [
        ("acme", "acme", 0),
        ("acme", "amce", 1),
        ("acme", "acm", 1),
        ("acme", "acmes", 1),
        ("acme", "bcmf", 2),
        ("acme", "zebra", 3),
    ],
)
def test_distance(a: str, b: str, edits: int) -> None:
    assert distance(a, b) == distance(b, a) == edits


def plain_distance(a: str, b: str) -> int:
    """The textbook recursion (optimal string alignment), slow and without a limit."""
    if not a or not b:
        return len(a) + len(b)
    best = min(
        plain_distance(a[1:], b) + 1,
        plain_distance(a, b[1:]) + 1,
        plain_distance(a[1:], b[1:]) + (a[0] != b[0]),
    )
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        best = min(best, plain_distance(a[2:], b[2:]) + 1)
    return best


WORDS = st.text(alphabet="abc", max_size=5)


@given(WORDS, WORDS, st.integers(1, 3))
def test_distance_is_the_textbooks(a: str, b: str, limit: int) -> None:
    assert distance(a, b, limit) == min(plain_distance(a, b), limit + 1)


@given(st.lists(WORDS, max_size=12), WORDS)
def test_neighbours_are_one_edit_away(words: list[str], word: str) -> None:
    near = {one for one in words if plain_distance(one, word) == 1}
    assert Neighbours(words).of(word) == near


def test_neighbours_are_found_without_comparing_each_with_each() -> None:
    words = [f"{number:05}.example" for number in range(0, 40_000, 20)]

    def all_of(size: int) -> object:
        near = Neighbours(words[:size])
        return [near.of(word) for word in words[:size]]

    assert grows_evenly(all_of, 400)
    assert Neighbours(["x" * 300]).of("x" * 299) == frozenset()  # longer than any domain


@pytest.mark.parametrize("end", ["", "y"])
def test_long_names_cost_no_more_than_their_length(end: str) -> None:
    assert grows_evenly(lambda size: distance("x." * size, "x." * size + end, 1), 400)


@given(st.text(max_size=30))
def test_nothing_makes_them_fail(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert compact(compact(text)) == compact(text)
    assert isinstance(latin(text), str)
    assert spellings(text)
