"""What a letter states although nobody said it for sure is named above it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bowout.drafts.basis import unsure_of
from bowout.model import Confidence, Fact, Facts, Slot, Stage
from clock import NOON

STAGE = Fact(Stage.HOLD, "mail of 3 November", Confidence.MEDIUM)
SLOT = Fact(Slot(start=NOON + timedelta(days=3), zone="UTC"), "invitation", Confidence.HIGH)


def test_a_letter_that_nothing_tells_the_situation_of_says_so() -> None:
    (line,) = unsure_of(Facts(), named=False)
    assert "do not say how far it has come" in line
    assert "--situation" in line


@pytest.mark.parametrize(
    ("facts", "named"),
    [(Facts(stage=STAGE), False), (Facts(slot=SLOT), False), (Facts(), True)],
    ids=["read", "booked", "said by the person"],
)
def test_what_is_read_booked_or_said_is_no_guess(facts: Facts, named: bool) -> None:
    assert unsure_of(facts, named=named) == ()


def test_a_company_that_is_only_likely_is_named_with_its_source() -> None:
    likely = Facts(company=Fact("Acme", "the signature", Confidence.MEDIUM), stage=STAGE)
    assert unsure_of(likely, named=False) == ("company 'Acme' was read from the signature",)
