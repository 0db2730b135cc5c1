"""What is said on the phone: three sentences, the decision before the reason, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from bowout.letters.script import CallScript, call_script
from bowout.letters.templates import languages
from bowout.letters.wish import Wish
from bowout.manners import Manners
from bowout.model import Confidence, Depth, Fact, Facts, Reason, Situation, Tone
from unit.letters.kit import ME, NOW, PHONE, PLACES, facts_for, person, reasons_for, sure

LANGUAGES = (*(one for one in languages(None) if one != "ar"), "en-US", "de-CH")
DECIDED = re.compile(
    r"decided|withdraw"
    r"|ziehe? meine Bewerbung zurück|Zusage zurücknehmen|nehme es nicht an|nicht darauf bewerben"
    r"|he decidido|no voy a incorporarme"
    r"|retire ma candidature|vais dire non|revenir sur mon accord|donner suite"
    r"|sollicitatie in|er niet op in|neem het niet aan|daarop terugkomen"
    r"|[Dd]ecidi|voltar atrás"
)
SORRY = re.compile(r"(?i)sorry|leid|siento|excuses|regrette|spijt|desculpa|sinto|lamento")


def script(
    situation: Situation,
    language: str = "en",
    *,
    reason: Reason = Reason.NONE,
    depth: Depth = Depth.BRIEF,
    tone: Tone = Tone.NEUTRAL,
    familiar: bool = False,
    facts: Facts | None = None,
    name: str = "Dana Whitfield",
    phone: str | None = PHONE,
    values: dict[str, str] | None = None,
    own_dir: Path | None = None,
) -> CallScript:
    company, position, _ = PLACES[0]
    wish = Wish(
        situation=situation,
        reason=reason,
        depth=depth,
        tone=tone,
        language=language,
        manners=Manners(familiar=familiar),
        values=values or {},
    )
    return call_script(
        wish,
        facts or facts_for(situation, company, position),
        recipient=person(name),
        full_name=ME,
        now=NOW,
        zone="Europe/Berlin",
        phone=phone,
        own_dir=own_dir,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", Situation)
def test_three_sentences_and_the_decision_comes_before_the_reason(
    language: str, situation: Situation
) -> None:
    for reason, familiar in product(reasons_for(situation), (False, True)):
        depth = Depth.FULL if familiar else Depth.BRIEF  # both are met with every reason
        said = script(situation, language, reason=reason, depth=depth, familiar=familiar)
        assert len(said.steps) == 3
        for step in said.steps:
            assert re.fullmatch(r"[^.!]+[.?]", step.replace("Sr. ", "").replace("a. m.", "")), step
        opening, decision, goodbye = said.steps
        decided = DECIDED.search(decision)
        assert ME in opening
        assert opening.endswith("?")
        assert decided
        if reason is not Reason.NONE:
            told = said.answers[0][1].partition(". ")[0].rstrip(".").lower()
            assert told in decision.lower()
            assert decided.start() < decision.lower().index(told)
            for spoken in (opening, goodbye, *said.voicemail_callback, *said.voicemail_decision):
                assert told not in spoken.lower()
        owed = situation in (Situation.LATE, Situation.MISSED, Situation.ACCEPTED, Situation.SIGNED)
        assert len(SORRY.findall(" ".join(said.steps))) == owed, said.steps
        assert all(they and you for they, you in said.answers)
        assert " ".join(said.voicemail_callback).count(PHONE) == 2
        assert DECIDED.search(" ".join(said.voicemail_decision))


def test_english_is_spoken_and_not_written() -> None:
    for situation, reason, tone in product(Situation, (Reason.NONE, Reason.FIT), Tone):
        said = script(situation, reason=reason, tone=tone)
        answers = (you for _, you in said.answers)
        for line in (*said.steps, *answers, *said.voicemail_callback, *said.voicemail_decision):
            assert not re.search(r"\b(I am|I have (?!to)|I will|I would|it is|do not|would not)\b", line), (
                line
            )


@pytest.mark.parametrize(
    ("language", "near", "far"),
    [
        ("de", "Hast du", "Haben Sie"),
        ("es", "¿tienes", "¿tiene "),
        ("fr", "tu as", "vous avez"),
        ("nl", "heb je", "hebt u"),
    ],
)
def test_who_says_du_in_the_thread_is_called_so_even_by_who_writes_formal_letters(
    language: str, near: str, far: str
) -> None:
    for tone in Tone:
        for familiar, said, unsaid in ((True, near, far), (False, far, near)):
            opening = script(Situation.INVITED, language, tone=tone, familiar=familiar).steps[0]
            assert said in opening
            assert unsaid not in opening


def test_without_a_number_there_is_no_voicemail_that_asks_for_a_call() -> None:
    said = script(Situation.LATE, phone=None)
    assert said.voicemail_callback == ()
    assert said.voicemail_decision


def test_own_words_of_a_reason_are_a_sentence_of_their_own() -> None:
    own = {"reason_text": "My father needs me at home."}
    said = script(Situation.INVITED, reason=Reason.PERSONAL, values=own)
    assert said.steps[1].endswith("tell you myself. My father needs me at home.")
    assert script(Situation.INVITED, depth=Depth.NONE, values=own).steps[1].endswith("tell you myself.")


def test_a_team_is_not_greeted_by_its_name() -> None:
    assert script(Situation.INVITED, name="Acme Talent Team").steps[0].startswith("Hi, it's")


def test_to_an_agency_the_firm_is_named_for_it_has_many() -> None:
    facts = facts_for(Situation.INVITED, "Kite", "Nurse")
    assert "Kite" not in script(Situation.INVITED, facts=facts).steps[0]
    facts = replace(facts, agency=Fact("Harbour Search", "test", Confidence.HIGH))
    assert "Nurse job at Kite" in script(Situation.INVITED, facts=facts).steps[0]
    facts = replace(facts_for(Situation.INVITED, "Kite", "Nurse"), position=None, company=sure("Kite"))
    assert "the job at Kite" in script(Situation.INVITED, facts=facts).steps[0]


def test_only_who_has_a_date_is_asked_about_another(tmp_path: Path) -> None:
    asked = [they for they, _ in script(Situation.SCHEDULED).answers]
    assert "How about another day?" in asked
    asked = [they for they, _ in script(Situation.OFFER).answers]
    assert "How about another day?" not in asked


def test_an_own_script_of_more_steps_still_works(tmp_path: Path) -> None:
    (tmp_path / "en.call.j2").write_text(
        "== card ==\nmind\n== steps ==\nHello\nI withdraw.\n{{ reason }}\nBye\n"
        "== answers ==\nWhy? | No.\n== voicemail-callback ==\nx\n== voicemail-decision ==\ny\n",
        encoding="utf-8",
    )
    said = script(Situation.INVITED, reason=Reason.STAYING, own_dir=tmp_path)
    assert len(said.steps) == 4
    assert "stay" in said.steps[2]
