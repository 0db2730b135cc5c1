"""Every letter that can be wished for: rendered, linted, compared. The words are the product."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from bowout.errors import UsageError
from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import View
from bowout.etiquette.rule import Severity
from bowout.letters.render import Letter
from bowout.letters.wish import Wish
from bowout.model import Channel, Depth, FollowUp, Reason, Situation, Tone
from unit.letters.kit import ME, ODD_PLACES, PHONE, PLACES, lint, write

MAILS = (Channel.EMAIL_REPLY, Channel.AGENCY, Channel.LETTER)
TEMPLATE_SIGNS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|\bNone\b|\bUndefined\b|…|==|-- or --| {2}|\.\.")


def wishes(language: str, depths: tuple[Depth, ...]) -> Iterator[Wish]:
    """All situations, reasons and depths, each with a tone and a channel in turn (pairwise over the rest)."""
    turn = itertools.cycle(itertools.product(Tone, Channel))
    for situation, reason, depth in itertools.product(Situation, Reason, depths):
        for tone, channel in itertools.islice(turn, 2):
            yield Wish(
                situation=situation, reason=reason, depth=depth, tone=tone, channel=channel, language=language
            )


def follow_ups(language: str) -> Iterator[Wish]:
    after = (Situation.SOON, Situation.AFTER_INTERVIEW, Situation.OFFER, Situation.ACCEPTED)
    for follow_up, left, tone, channel in itertools.product(FollowUp, after, Tone, MAILS):
        for reason in (Reason.NONE, Reason.FIT):
            yield Wish(
                situation=follow_up,
                after=left,
                reason=reason,
                tone=tone,
                channel=channel,
                language=language,
                values={"items": "the laptop"} if follow_up is FollowUp.RETURN_ITEMS else {},
            )


@cache
def cells(language: str) -> list[Wish]:
    depths = tuple(Depth) if language == "en" else (Depth.NONE, Depth.BRIEF)
    return [*wishes(language, depths), *follow_ups(language)]


@cache
def written(language: str, phone: str | None = None) -> tuple[tuple[Wish, tuple[str, str, str], Letter], ...]:
    """The letters of a language, each at one of the places in turn, rendered once a run.

    Impossible pairs are left out, and beside ``phone`` the letters that do not use it.
    """
    plain = {id(wish): letter for wish, _, letter in written(language)} if phone else {}
    places = itertools.cycle(PLACES + ODD_PLACES)
    found = []
    for wish in cells(language):
        place = next(places)
        try:
            letter = write(wish, place, phone=phone)
        except UsageError:
            continue
        if plain.get(id(wish)) != letter:
            found.append((wish, place, letter))
    return tuple(found)


def inner(letter: Letter) -> str:
    """The letter without greeting and close."""
    return View(letter.text, Context(language=letter.language)).body.text


def visible(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


@pytest.mark.parametrize("phone", [None, PHONE])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_letter_is_kind_complete_and_of_the_right_length(language: str, phone: str | None) -> None:
    faults = []
    count = 0
    for wish, place, letter in written(language, phone):
        count += 1
        report = lint(letter, place, wish.after)
        serious = [f for f in report.findings if f.severity is not Severity.NOTE]
        faults += [(f.rule, f.message, letter.text) for f in serious]
        band = [f for f in report.findings if f.rule in {"L01", "L02", "L03", "Q01"}]
        faults += [(f.rule, f.message, letter.text) for f in band]
        assert not TEMPLATE_SIGNS.search(letter.text + letter.subject), letter.text
        assert visible(letter.html).split() == letter.text.split()
        assert letter.channel is Channel.CALENDAR_NOTE or letter.text.rstrip().endswith(ME)
    assert not faults, faults[:3]
    assert count > (100 if phone else 1_000)


def test_every_cell_renders_or_says_why_not() -> None:
    silent = 0
    there = {id(wish) for wish, _, _ in written("en")}
    for wish in (wish for wish in cells("en") if id(wish) not in there):
        with pytest.raises(UsageError) as refused:
            write(wish)
        silent += not (refused.value.message and refused.value.next_step)
    assert silent == 0


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_sentence_stands_twice(language: str) -> None:
    for _, _, letter in written(language):
        sentences = [s.text.lower() for s in View(letter.text, Context(language=language)).sentences]
        assert len(sentences) == len(set(sentences)), letter.text


THANKING = re.compile(r"\b(?:thank|appreciat|grateful|dank(?!bar)|schätz)", re.IGNORECASE)
TO_OTHERS = re.compile(r"pass my|with my thanks|richten Sie|meinem Dank")


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_letter_thanks_twice_in_the_same_words(language: str) -> None:
    for wish, place, letter in written(language):
        context = Context(language=language, company=place[0])
        sentences = (s.text for s in View(letter.text, context).sentences)
        mine = [s for s in sentences if not TO_OTHERS.search(s)]
        words = [word for s in mine for word in {m.lower() for m in THANKING.findall(s)}]
        assert len(words) == len(set(words)), (wish, place, letter.text)


def sentences(letter: Letter, place: tuple[str, str, str]) -> frozenset[str]:
    """Those of the letter, without what only names the firm, the job or the person."""
    text = inner(letter)
    for name in (*place, place[2].split()[0]):
        text = text.replace(name, "X")
    return frozenset(filter(None, map(str.strip, re.split(r"(?<=[.!?])\s+", text))))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("tone", "most"), [(Tone.NEUTRAL, 0.25), (Tone.WARM, 0.25), (Tone.FORMAL, 0.35)])
def test_two_firms_get_two_letters(language: str, tone: Tone, most: float) -> None:
    """Share of the sentences that two letters of one person have in common, on average."""
    shared = []
    for situation, reason in itertools.product(Situation, (Reason.NONE, Reason.ACCEPTED_OFFER, Reason.PAY)):
        wish = Wish(situation=situation, reason=reason, tone=tone, language=language)
        letters = [sentences(write(wish, place), place) for place in PLACES]
        pairs = itertools.combinations(letters, 2)
        shared += [len(one & other) / min(len(one), len(other)) for one, other in pairs]
    assert sum(shared) / len(shared) <= most


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_same_facts_give_the_same_letter(language: str) -> None:
    wish = Wish(situation=Situation.OFFER, reason=Reason.FIT, language=language)
    assert write(wish) == write(wish)


@pytest.mark.parametrize("language", ["en", "de"])
def test_depth_none_says_nothing_of_the_reason(language: str) -> None:
    for situation, reason in itertools.product(Situation, Reason):
        silent = Wish(situation=situation, reason=reason, depth=Depth.NONE, language=language)
        try:
            letter = write(silent)
        except UsageError:
            continue
        assert letter.text == write(Wish(situation=situation, language=language)).text


@pytest.mark.parametrize("language", ["en", "de"])
def test_short_channels_are_short(language: str) -> None:
    for situation, channel in itertools.product(Situation, (Channel.SMS_SHORT, Channel.CALENDAR_NOTE)):
        for place in PLACES:
            wish = Wish(situation=situation, reason=Reason.FIT, channel=channel, language=language)
            try:
                letter = write(wish, place)
            except UsageError:
                continue
            assert letter.subject == ""
            limit = 120 if channel is Channel.CALENDAR_NOTE else 480
            assert len(letter.text.strip()) <= limit, letter.text


OWN = {"thanks_detail": "The tour of the quarry was great.", "also": "I have sent the badge back"}


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_the_person_told_is_said_once_in_every_letter(language: str) -> None:
    told = 0
    for wish in cells(language)[::7]:
        try:
            letter = write(replace(wish, values={**wish.values, **OWN}))
        except UsageError:
            continue
        told += 1
        assert [letter.text.count(words) for words in OWN.values()] == [1, 1], (wish, letter.text)
        assert letter.channel is Channel.CALENDAR_NOTE or letter.text.rstrip().endswith(ME)
    assert told > 100
