"""The card beside the telephone: one screen of 24 lines by 80 columns, whatever the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import click
import pytest

from bowout.calls.card import Card, Number, TheirTime
from bowout.cli.call import describe, describe_answers
from bowout.letters.script import call_script
from bowout.letters.templates import languages
from bowout.letters.wish import Wish
from bowout.manners import Manners
from bowout.model import Address, Call, CallOutcome, Depth, Person, Reason, Situation
from unit.letters.kit import ME, NOW, PHONE, facts_for, reasons_for

# Arabic has three situations and no phone card.
LANGUAGES = (*(one for one in languages(None) if one != "ar"), "en-US", "de-CH")
LINES, COLUMNS = 24, 80
NUMBER = "+49 30 23125014"


def card(
    situation: Situation,
    language: str = "en",
    *,
    reason: Reason = Reason.NONE,
    position: str = "Head of Customer Operations",
    familiar: bool = False,
    depth: Depth = Depth.BRIEF,
    hour: int = 21,
    numbers: int = 1,
    logged: int = 2,
) -> Card:
    """The card for a case, with everything that takes a line."""
    facts = facts_for(situation, "Blue Heron Health Services", position)
    person = Person(address=Address("Oluwaseun Adeyemi", "o@heron.example"), name="Oluwaseun Adeyemi")
    wish = Wish(
        situation=situation,
        reason=reason,
        depth=depth,
        language=language,
        manners=Manners(familiar=familiar),
    )
    script = call_script(
        wish, facts, recipient=person, full_name=ME, now=NOW, zone="Europe/Berlin", phone=PHONE
    )
    call = Call(
        id=1,
        withdrawal_id=1,
        outcome=CallOutcome.NO_ANSWER,
        person="",
        at=NOW - timedelta(minutes=40),
        zone="Europe/Berlin",
    )
    return Card(
        person=person,
        company="Blue Heron Health Services",
        numbers=(Number(text=NUMBER, owner=person.name, source="signature of Oluwaseun Adeyemi"),) * numbers,
        their_time=TheirTime(now=NOW.replace(hour=hour), source="by the telephone number"),
        slot=facts.slot.value if facts.slot else None,
        script=script,
        wish=wish,
        facts=facts,
        logged=(call,) * logged,
    )


def lines(told: Card) -> list[str]:
    return [click.unstyle(line) for line in describe(told, NOW, None)]


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", Situation)
def test_the_card_fits_one_screen(situation: Situation, language: str) -> None:
    for reason, familiar in product(reasons_for(situation), (False, True)):
        told = lines(card(situation, language, reason=reason, familiar=familiar))
        assert len(told) <= LINES, "\n".join(told)
        assert max(map(len, told)) <= COLUMNS
        assert told[0].startswith("Call     Oluwaseun Adeyemi, Blue Heron Health Services")
        assert NUMBER in told[1]


def test_a_card_of_long_names_fits_too() -> None:
    for language in LANGUAGES:
        long = "Senior Principal Site Reliability Engineer, Payments and Settlement Platforms"
        told = lines(card(Situation.LATE, language, reason=Reason.FIT, position=long))
        assert len(told) <= LINES


def test_whoever_is_not_recorded_yet_has_a_long_name_that_fits() -> None:
    address = Address("Oluwaseun Adeyemi", "oluwaseun.adeyemi@recruiting.blue-heron.example")
    told = card(Situation.LATE, reason=Reason.ACCEPTED_OFFER)
    told = replace(told, person=replace(told.person, address=address))
    for shown in (lines(told), [click.unstyle(line) for line in describe_answers(told, None)]):
        assert max(map(len, shown)) <= COLUMNS
    assert len(lines(told)) <= LINES


def test_the_next_look_says_the_same() -> None:
    told = " ".join(lines(card(Situation.SCHEDULED, reason=Reason.PAY)))
    assert "bowout call o@heron.example --reason pay --answers" in told
    assert "--reason" not in " ".join(lines(card(Situation.SCHEDULED)))


def test_only_where_little_time_is_left_the_voicemail_stands_on_the_card() -> None:
    urgent, calm = (lines(card(situation)) for situation in (Situation.LATE, Situation.SCHEDULED))
    assert "If a machine answers" in urgent
    assert "If a machine answers" not in calm
    for told in (urgent, calm):
        assert any("--answers" in line for line in told)
        assert "If they say" not in told


def test_the_answers_and_both_voicemails_come_on_demand() -> None:
    told = "\n".join(click.unstyle(line) for line in describe_answers(card(Situation.SCHEDULED), None))
    for words in ("If they say", "Why?", "How about another day?", "Voicemail: ask for a call back"):
        assert words in told
    assert "less than 24 hours left, or the second time" in told
    assert NUMBER in told


def test_two_numbers_are_enough_for_one_screen() -> None:
    many = card(Situation.SCHEDULED, numbers=5)
    assert sum(NUMBER in line for line in lines(many)) == 2
    assert sum(NUMBER in line for line in describe_answers(many, None)) == 5


def test_the_newest_call_is_told_and_how_many_were_before() -> None:
    told = " ".join(lines(card(Situation.SCHEDULED, logged=3)))
    assert "nobody answered" in told
    assert "2 before" in " ".join(told.split())


@pytest.mark.parametrize(
    ("situation", "hour", "asked"),
    [(Situation.SCHEDULED, 21, True), (Situation.SCHEDULED, 12, True), (Situation.LATE, 21, False)],
)
def test_outside_their_hours_it_says_so_unless_time_is_short(
    situation: Situation, hour: int, asked: bool
) -> None:
    told = " ".join(lines(card(situation, hour=hour)))
    assert ("working" in told) is asked  # the 22nd is a Sunday: at noon too
