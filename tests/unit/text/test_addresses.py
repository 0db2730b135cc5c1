"""Mail addresses in running text: whole, and never a part of one."""

from __future__ import annotations

import pytest

from bowout.text.addresses import in_text
from work import grows_evenly


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to o'brien@acme.co.uk, please", ["o'brien@acme.co.uk"]),
        ("write to o’brien@acme.example", ["o'brien@acme.example"]),
        ("r&d@acme.example and c#@acme.example", ["r&d@acme.example", "c#@acme.example"]),
        (
            "'anna@acme.example' (anna.berg+jobs@acme.example).",
            ["anna@acme.example", "anna.berg+jobs@acme.example"],
        ),
        ("<jo@mail.acme.example> wrote:", ["jo@mail.acme.example"]),
        ("an @ alone, jo@localhost and @acme.example", []),
    ],
)
def test_addresses_are_found_whole(text: str, found: list[str]) -> None:
    assert list(in_text(text)) == found


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "a@a.", "'", "a&"])
def test_long_text_costs_no_more_than_its_length(piece: str) -> None:
    assert grows_evenly(lambda size: list(in_text(piece * size)), 4_000)
