"""The switches of the fake servers are dealt out to the cases of the contracts with nothing left out."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest

from contract import test_gmail, test_outlook, test_submitters
from contract.conftest import dealt
from pairwise import Deck

CLASSES: list[Any] = [
    test_gmail.TestGmail,
    test_outlook.TestOutlook,
    test_outlook.TestOutlookSends,
    test_submitters.TestGmail,
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_case_meets_both_values_of_every_switch(cls: Any) -> None:
    deck: Deck[Any] = cls.DECK
    for case, rows in dealt(cls).items():
        for name in deck.names:
            met = {getattr(row, name) for row in rows.values()}
            assert met == {getattr(deck.usual, name), getattr(deck.other, name)}, (case, name)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_two_switches_meet_in_every_way(cls: Any) -> None:
    deck: Deck[Any] = cls.DECK
    rows = [row for rows in dealt(cls).values() for row in rows.values()]
    for one, two in combinations(deck.names, 2):
        met = {(getattr(row, one), getattr(row, two)) for row in rows}
        wanted = set(product(*({getattr(d, n) for d in (deck.usual, deck.other)} for n in (one, two))))
        if {one, two} <= deck.apart:
            wanted.discard((getattr(deck.other, one), getattr(deck.other, two)))
        assert met == wanted, (one, two)
