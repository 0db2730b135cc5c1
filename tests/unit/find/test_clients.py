"""An agency that drops one client and goes on with another is never answered for the one that is out."""

from __future__ import annotations

import pytest

from bowout.find import rank
from bowout.model import Query
from bowout.people.machines import load_relays
from clock import NOON
from unit.mailboxes import IDENTITIES, Mail, mail, thread

RELAYS = load_relays()
LENA = "Lena Ortiz <lena@talentbridge-recruitment.com>"
FIRST = (
    "I am recruiting for our clients Brightwater and Norfield. Both would like to interview you for the Data"
    " Engineer role.\n\nLena Ortiz\nRecruitment Consultant"
)


def doubts(who: str, *texts: str) -> tuple[str, ...]:
    mails: list[Mail] = [mail(LENA, text) for text in texts]
    found = rank.rank([thread("Data Engineer", *mails)], Query(who=who), IDENTITIES, RELAYS, NOON)
    return found.candidates[0].doubts


def out(who: str, *texts: str) -> bool:
    return any("one client is out" in doubt for doubt in doubts(who, *texts))


@pytest.mark.parametrize(
    "text",
    [
        "Brightwater has filled theirs, but Norfield would love to see you on Thursday.",
        "Good news: Norfield would like to make you an offer. Brightwater passed.",
        "Leider hat Brightwater die Stelle besetzt, aber Norfield möchte Sie gern am Montag kennenlernen.",
    ],
)
def test_the_client_that_is_out_is_doubted_and_the_one_that_goes_on_is_not(text: str) -> None:
    assert out("Brightwater", FIRST, text)
    assert out("Lena Ortiz", FIRST, text)
    assert not out("Norfield", FIRST, text)


@pytest.mark.parametrize(
    "text",
    [
        "Unfortunately Brightwater cannot do Thursday; would Friday at 10:00 work?",
        "Brightwater and Norfield would both love to see you next week.",
        "Sorry for the wait. Brightwater would like to see you on Monday, Lena here will send the link.",
    ],
)
def test_nobody_is_out_there(text: str) -> None:
    assert not out("Brightwater", FIRST, text)
