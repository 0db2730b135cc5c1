"""What a letter states although nobody said it for sure is named above it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bowout.drafts.basis import other_language, settle, stage_is_unknown, unsure_of
from bowout.drafts.proposal import Request
from bowout.model import Confidence, Fact, Facts, FollowUp, Situation, Slot, Stage
from clock import NOON

STAGE = Fact(Stage.HOLD, "mail of 3 November", Confidence.MEDIUM)
SLOT = Fact(Slot(start=NOON + timedelta(days=3), zone="UTC"), "invitation", Confidence.HIGH)


FIRM = Fact("Acme", "the signature", Confidence.HIGH)
LIKELY = Fact(Stage.HOLD, "mail of 3 November", Confidence.LOW)


def test_a_stage_that_is_only_likely_is_said() -> None:
    (line,) = unsure_of(Facts(company=FIRM, stage=LIKELY), named=False)
    assert "hardly say how far it has come; perhaps hold" in line
    assert "--situation" in line


@pytest.mark.parametrize(
    ("facts", "named"),
    [(Facts(stage=STAGE), False), (Facts(slot=SLOT, stage=LIKELY), False), (Facts(stage=LIKELY), True)],
    ids=["read", "booked", "said by the person"],
)
def test_what_is_read_booked_or_said_is_no_guess(facts: Facts, named: bool) -> None:
    assert unsure_of(replace(facts, company=FIRM), named=named) == ()


def test_a_letter_that_names_no_firm_says_so_and_how_to_name_it() -> None:
    (line,) = unsure_of(Facts(stage=STAGE), named=False)
    assert "does not name it" in line
    assert "--set company=" in line


@pytest.mark.parametrize("kind", Stage)
def test_a_likely_stage_stays_unless_it_speaks_of_an_offer(kind: Stage) -> None:
    kept = settle(Facts(stage=Fact(kind, "a mail", Confidence.LOW)), {}, "UTC").stage
    offered = kind in (Stage.VERBAL_OFFER, Stage.OFFER, Stage.ACCEPTED, Stage.SIGNED)
    assert (kept is None) is offered


@pytest.mark.parametrize(
    ("facts", "request_", "unknown"),
    [
        (Facts(), Request(), True),
        (Facts(stage=LIKELY), Request(), False),
        (Facts(slot=SLOT), Request(), False),
        (Facts(), Request(situation=Situation.HOLD), False),
        (Facts(), Request(follow_up=FollowUp.AFTER_CALL), False),
    ],
)
def test_a_stage_that_nothing_tells_is_unknown(facts: Facts, request_: Request, unknown: bool) -> None:
    assert stage_is_unknown(facts, request_, None) is unknown


def test_a_company_that_is_only_likely_is_named_with_its_source() -> None:
    likely = Facts(company=Fact("Acme", "the signature", Confidence.MEDIUM), stage=STAGE)
    assert unsure_of(likely, named=False) == ("company 'Acme' was read from the signature",)


def _spoken(code: str) -> Facts:
    return Facts(language=Fact(code, "a mail", Confidence.MEDIUM))


def test_a_letter_in_another_language_than_their_mails_is_said_in_one_line() -> None:
    (line,) = other_language(_spoken("fr"), "en", named=False)
    assert "French" in line
    assert "English" in line
    (line,) = other_language(Facts(), "de", named=False)
    assert "could not be told" in line
    assert "German" in line


@pytest.mark.parametrize(
    ("facts", "language", "named"),
    [(_spoken("de"), "de", False), (_spoken("pt"), "pt-BR", False), (_spoken("fr"), "en", True)],
    ids=["theirs", "theirs, as a region has it", "asked for"],
)
def test_a_letter_in_their_language_or_in_one_asked_for_needs_no_word(
    facts: Facts, language: str, named: bool
) -> None:
    assert other_language(facts, language, named=named) == ()
