"""Words and domains that are the same to a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.people.machines import load_relays
from bowout.text.spelling import compact, distance, fold, latin, skeleton, spellings, unpuny


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Café  MÜLLER ", "cafe muller"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("ﬁne", "fine"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("typed", ["Müller", "MÜLLER", "Mu\u0308ller", "Mueller", "Muller"])
def test_every_spelling_of_mueller_meets_the_umlaut(typed: str) -> None:
    assert spellings(typed) & spellings("Müller")


def test_spellings_do_not_melt_different_names() -> None:
    assert not spellings("Blue") & spellings("Blu")
    assert not spellings("Mueller") & spellings("Muller")


def test_compact() -> None:
    assert compact("Blue-Ocean & Söhne_1") == "blueoceansohne1"


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


@pytest.mark.parametrize(
    ("real", "false"),
    [
        ("acme.com", "acrne.com"),
        ("acme.com", "аcme.com"),  # Cyrillic a
        ("acme.com", "xn--cme-5cd.com"),  # the same in punycode
        ("google.com", "g00gle.com"),
        ("paypal.com", "paypa1.com"),
        ("wave.com", "vvave.com"),
        ("dana.com", "clana.com"),
        ("omega.gr", "οmega.gr"),  # Greek omicron
        ("linkedin.com", "llnkedin.com"),
    ],
)
def test_look_alikes_share_a_skeleton(real: str, false: str) -> None:
    assert real != false
    assert skeleton(real) == skeleton(false)


def test_free_mail_domains_do_not_imitate_each_other() -> None:
    free = load_relays().freemail
    assert len({skeleton(domain) for domain in free}) == len(free)


@pytest.mark.parametrize(
    ("domain", "shown"),
    [("xn--mller-kva.de", "müller.de"), ("xn--\x80.de", "xn--\x80.de"), ("xn--.de", ".de"), ("a.de", "a.de")],
)
def test_unpuny(domain: str, shown: str) -> None:
    assert unpuny(domain) == shown


@given(st.text(max_size=30))
def test_nothing_makes_them_fail(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for each in (latin, compact, skeleton, unpuny):
        assert isinstance(each(text), str)
    assert spellings(text)
