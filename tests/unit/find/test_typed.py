"""find.typed: what people type or paste for WHO."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.find.typed import may_be_an_id, plain


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Acme", "Acme"),
        ("  acme   data engineer ", "acme data engineer"),
        ("Dana Berg <dana@acme.com>", "dana@acme.com"),
        ('"Berg, Dana" <dana@acme.com>', "dana@acme.com"),
        ("<dana@acme.com>", "dana@acme.com"),
        ("mailto:dana@acme.com?subject=Hello", "dana@acme.com"),
        ("https://www.acme.com/careers/4711", "acme.com"),
        ("https://careers.acme.co.uk/jobs?id=1", "acme.co.uk"),
        ("www.acme.com", "acme.com"),
        ("https://boards.greenhouse.io/acme/jobs/4711", "acme"),
        ("https://acme-robotics.recruitee-mailbox.com/o/engineer", "acme robotics"),
        ("https://mail.google.com/mail/u/0/#inbox/18c2f0a9b7d1e3f5", "18c2f0a9b7d1e3f5"),
        ("https://[broken", "https://[broken"),
        ("w3", "w3"),
        ("", ""),
    ],
)
def test_what_is_searched_for(typed: str, who: str) -> None:
    assert plain(typed) == who


def test_what_may_be_an_id() -> None:
    assert may_be_an_id("a1@mail.acme.com")
    assert may_be_an_id("18c2f0a9b7d1e3f5")
    assert not may_be_an_id("acme")
    assert not may_be_an_id("acme data engineer 2")


@pytest.mark.parametrize(("length", "understood"), [(500, True), (501, False)])
def test_five_hundred_characters_are_looked_at(length: int, understood: bool) -> None:
    typed = f"{'x' * (length - 16)} <dana@acme.com>"
    assert len(typed) == length
    assert (plain(typed) == "dana@acme.com") is understood


@pytest.mark.parametrize(("typed", "may"), [("1234567@", False), ("12345678@", True), ("123456789", True)])
def test_an_id_has_nine_characters_or_more(typed: str, may: bool) -> None:
    assert may_be_an_id(typed) is may


@given(st.text(max_size=600))
def test_nothing_that_is_typed_makes_it_raise(typed: str) -> None:
    plain(typed)
