"""The linter as a whole: what it tells apart, what it says it did not check, how it points at places."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bowout.errors import UsageError
from bowout.etiquette.check import check, known
from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import MAX_TEXT, View
from bowout.etiquette.lexicon import lexicon
from bowout.etiquette.rule import RULES, Severity
from bowout.letters.values import load_dates
from bowout.model import Address, Channel, Confidence, Depth, Fact, Facts, FollowUp, Situation, Slot
from unit.etiquette.cases import CALL, DANA, NOW, SLOT, letter
from unit.read.controls import OTHERS, REJECTIONS

RUDE = {"N01", "N02", "N03", "N04", "V01", "V05", "P02"}
CATALOGUE = Path(__file__).parents[3] / "docs" / "etiquette.md"
SOURCES = Path(__file__).parents[3] / "src" / "bowout" / "etiquette"


@pytest.mark.parametrize("text", REJECTIONS + OTHERS)
def test_polite_mail_of_a_company_is_not_rude(text: str) -> None:
    assert not RUDE & {finding.rule for finding in check(text, Context()).findings}


def test_rules_without_their_facts_are_named_not_passed() -> None:
    report = check(letter(), Context(language="en"))
    not_checked = {line.partition(":")[0] for line in report.not_checked}
    assert {"F01", "F02", "F03", "A01", "A05", "K03", "X02"} <= not_checked
    assert "F01: company not known" in report.not_checked


def test_rules_that_a_language_lacks_are_named() -> None:
    report = check("Dzień dobry,\n\ndziękuję.\n", Context(language="pl"))
    assert "D01: no words for it in the language 'pl'" in report.not_checked
    assert "D01" not in {finding.rule for finding in report.findings}


@pytest.mark.parametrize("language", ["en", "de"])
def test_our_languages_lack_no_list(language: str) -> None:
    words = lexicon(language)
    wanted = {name for rule in RULES.values() for name in rule.words}
    assert {name for name in wanted if not words.has(name)} == set()


def test_every_expression_compiles_and_none_matches_nothing_at_all() -> None:
    for language in ("en", "de"):
        words = lexicon(language)
        for name in {name for rule in RULES.values() for name in rule.words}:
            assert words.pattern(name).match("") is None, (language, name)


def test_disabled_rules_are_silent() -> None:
    text = letter("Thank you. Thanks. Many thanks.")
    assert "T03" in {f.rule for f in check(text, Context(language="en")).findings}
    assert "T03" not in {f.rule for f in check(text, Context(language="en", disabled=("t03",))).findings}


def test_rules_are_named_in_any_case_and_an_unknown_one_is_refused() -> None:
    assert known([" t03", "X01"], "lint.disable") == ("T03", "X01")
    with pytest.raises(UsageError, match=r"lint\.disable: there is no rule 'Z99'"):
        known(["T03", "Z99"], "lint.disable")


def test_a_finding_points_at_its_words() -> None:
    text = letter("The process was chaotic.")
    found = next(f for f in check(text, Context()).findings if f.rule == "N01")
    assert text[found.start : found.end] == "chaotic"
    assert (found.severity, found.guide) == (Severity.ERROR, "A14 B19")


def test_company_and_slot_are_read_from_the_facts_but_not_doubtful_ones() -> None:
    text = letter().replace("Northwind", "Acme")
    sure = Facts(company=Fact("Northwind", "subject", Confidence.HIGH))
    doubtful = Facts(company=Fact("Northwind", "subject", Confidence.LOW))
    assert "F01" in {f.rule for f in check(text, Context(facts=sure)).findings}
    assert "F01" not in {f.rule for f in check(text, Context(facts=doubtful)).findings}
    cancelled = Fact(Slot(start=SLOT.start, cancelled=True), "invitation", Confidence.HIGH)
    assert any(
        line.startswith("F03") for line in check(text, Context(facts=Facts(slot=cancelled))).not_checked
    )


GERMAN = (
    "Guten Tag Dana Whitfield,\n\nvielen Dank für Ihre Zeit. Ich ziehe meine Bewerbung als {position} bei "
    "{company} zurück. Alles Gute für die Suche bei {company}\n\nFreundliche Grüße\nJonas Ebert\n"
)
ENGLISH = (
    "Hello Dana,\n\nThank you for arranging the interview for the {position} position at {company} I have "
    "decided to withdraw my application. I have accepted another position.\n\nI hope you find the right "
    "person for {company} soon, and I wish you and everyone else there who took part in arranging it all the "
    "best for it.\n\nKind regards\nJonas Ebert\n"
)


@pytest.mark.parametrize("company", ["Red Flag Group.", "Cancer Research UK.", "Worst Case Ltd.", "May Inc."])
@pytest.mark.parametrize("position", ["Offer Manager", "Bonus and Equity Analyst", "Chef, Health and Family"])
def test_what_a_name_is_made_of_says_nothing_about_the_letter(company: str, position: str) -> None:
    text = ENGLISH.format(company=company, position=position)
    context = Context(
        company=company.removesuffix("."), position=position, situation=Situation.SCHEDULED, language="en"
    )
    told = {f"{f.rule} {f.message}" for f in check(text, context).findings} - {
        "F03 the interview that is booked is not named"
    }
    assert told == set()


@pytest.mark.parametrize("company", ["Booking.com", "Yahoo!", "Acme Inc.", "Ernst & Young GmbH & Co. KG"])
@pytest.mark.parametrize("position", ["QA", "Senior Software Engineer – Platform & Infrastructure, Berlin"])
def test_a_name_with_stops_does_not_hide_the_decision(company: str, position: str) -> None:
    text = GERMAN.format(company=company, position=position)
    context = Context(company=company, position=position, situation=Situation.AFTER_INTERVIEW, language="de")
    assert "D01" not in {f.rule for f in check(text, context).findings}
    decided, words = View(text, context).decisions[0]
    assert text[decided.start : decided.end] == decided.text
    assert (words.text[:9], words.text[-6:]) == ("Ich ziehe", "zurück")


def test_a_name_is_a_name_only_as_it_is_written() -> None:
    text = letter("The whole process was a red flag.")
    assert "N01" in {f.rule for f in check(text, Context(company="Red Flag", language="en")).findings}


def test_a_sentence_may_end_with_a_legal_form() -> None:
    text = "Thank you for your time at Acme Inc. I am withdrawing. Kind people at Acme Ltd. and elsewhere."
    assert len(View(text, Context(language="en")).sentences) == 3


def test_german_letters_are_checked_with_german_words() -> None:
    text = (
        "Guten Tag Dana Whitfield,\n\nvielen Dank. Vielleicht ziehe ich meine Bewerbung zurück. "
        "Das Verfahren war chaotisch.\n\nFreundliche Grüße\nJonas Ebert\n"
    )
    assert {"D03", "N01"} <= {f.rule for f in check(text, Context(recipient=DANA)).findings}


def test_a_date_in_german_is_compared_with_the_slot() -> None:
    text = (
        "Guten Tag Dana Whitfield,\n\ndanke. Ich ziehe meine Bewerbung zurück und komme nicht "
        "zum Gespräch am "
        "{}.\n\nFreundliche Grüße\nJonas Ebert\n"
    )
    context = Context(slot=SLOT, situation=Situation.SCHEDULED, language="de", now=NOW)

    def wrong(day: str) -> bool:
        return "F03" in {f.rule for f in check(text.format(day), context).findings}

    assert not wrong("Donnerstag, 3. Dezember, 14:00 Uhr (MEZ)")
    assert wrong("Freitag, 3. Dezember")
    assert wrong("Donnerstag, 3. Dezember, 15:00 Uhr (MEZ)")


ZONES = [
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Moscow", "Europe/Athens", "Asia/Kolkata"),
    *("Asia/Kathmandu", "Asia/Shanghai", "Asia/Muscat", "Australia/Sydney", "Pacific/Auckland"),
    *("Pacific/Chatham", "America/New_York", "America/Chicago", "America/St_Johns", "America/Sao_Paulo"),
    "Pacific/Honolulu",
]
OFFSETS = [timezone(timedelta(minutes=m)) for m in (-720, -570, -480, -210, 0, 60, 330, 345, 840)]
SENTENCES = {
    "en": "Thank you. I withdraw my application, so the interview on {} can be cancelled.",
    "de": "Vielen Dank. Ich ziehe meine Bewerbung zurück, das Gespräch am {} entfällt also.",
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("place", [*ZONES, *OFFSETS], ids=str)
@pytest.mark.parametrize("month", [1, 7])
def test_every_notation_of_a_letter_passes(place: str | tzinfo, language: str, month: int) -> None:
    at = ZoneInfo(place) if isinstance(place, str) else place
    slot = Slot(start=datetime(2027, month, 7, 14, tzinfo=at), zone=place if isinstance(place, str) else None)
    dates = load_dates(language, None)
    assert dates is not None

    def refused(shown: datetime) -> bool:
        text = letter(SENTENCES[language].format(dates.write_slot(shown, NOW, "Asia/Kolkata")))
        found = check(text, Context(slot=slot, situation=Situation.SCHEDULED, language=language, now=NOW))
        return "F03" in {f.rule for f in found.findings}

    assert not refused(slot.start)
    assert refused(slot.start + timedelta(hours=1))
    assert refused(
        slot.start.replace(tzinfo=timezone((slot.start.utcoffset() or timedelta()) - timedelta(hours=1)))
    )


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ("14:00 EST", True),  # as people write it: what the clock shows in New York
        ("13:00 EST", True),  # as the name says
        ("14:00 CET", False),
        ("20:00 CET", True),
        ("19:00 CET", True),
        ("15:00 EST", False),
    ],
)
def test_a_zone_is_that_of_the_place_in_summer_too(told: str, right: bool) -> None:
    new_york = ZoneInfo("America/New_York")
    slot = Slot(start=datetime(2027, 7, 7, 14, tzinfo=new_york), zone="America/New_York")
    text = letter(SENTENCES["en"].format(f"Wednesday, 7 July 2027, {told}"))
    found = check(text, Context(slot=slot, situation=Situation.SCHEDULED, language="en", now=NOW))
    assert ("F03" not in {f.rule for f in found.findings}) is right


def test_who_wrote_from_two_addresses_is_named_once() -> None:
    contacts = (Address("Dana Whitfield", "dana@acme.example"), Address("Dana Whitfield", "dw@acme.example"))
    context = Context(to=(Address("", "else@acme.example"),), contacts=contacts, now=NOW)
    (found,) = (f for f in check(letter("I withdraw."), context).findings if f.rule == "A01")
    assert found.message.count("Dana Whitfield") == 1


def test_the_day_of_the_call_may_be_named_beside_the_slot() -> None:
    text = letter(
        "Thank you for the call on Monday, 30 November; I leave the interview on Thursday, 3 December."
    )
    context = Context(slot=SLOT, call=CALL, situation=FollowUp.AFTER_CALL, after=Situation.SCHEDULED, now=NOW)
    assert "F03" not in {f.rule for f in check(text, context).findings}


def _bands_of_the_docs() -> list[tuple[str, tuple[int, int]]]:
    table = CATALOGUE.read_text("utf-8").partition("| letter | words |")[2].partition("\n\n")[0]
    rows = []
    for names, lengths in re.findall(r"^\| ([a-z].+?) \| (.+?) \|$", table, re.MULTILINE):
        own = dict(re.findall(r"([a-z-]+) (\d+ to \d+)", lengths))
        every = (
            [f.value for f in FollowUp if f.value not in own] if names == "follow-ups" else names.split(", ")
        )
        rows += [(name, lengths) for name in every] + list(own.items())
    return [(name, (int(low), int(high))) for name, text in rows for low, high in [text.split()[:3:2]]]


FULL_REASON = int(*re.findall(r"`--depth full` may add (\d+) words", CATALOGUE.read_text("utf-8")))


def _written_as(name: str) -> dict[str, Any]:
    """What the letter of a row is: a channel or a situation."""
    if name in list(Channel):
        return {"channel": Channel(name), "situation": Situation.OFFER}
    return {"situation": FollowUp(name) if name in list(FollowUp) else Situation(name)}


BANDS = _bands_of_the_docs()


def test_every_kind_of_letter_has_a_length_in_the_docs() -> None:
    assert {*Situation, *FollowUp} <= {name for name, _ in BANDS}


@pytest.mark.parametrize(("name", "limits"), BANDS, ids=[name for name, _ in BANDS])
def test_a_letter_may_be_as_long_as_the_docs_say_and_no_word_longer(
    name: str, limits: tuple[int, int]
) -> None:
    def told(words: int, **more: Any) -> list[Severity]:
        text = f"Hello Dana,\n\n{' '.join(['word'] * words)}\n\nKind regards\nJonas Ebert\n"
        context = Context(language="en", **_written_as(name), **more)
        return [found.severity for found in check(text, context).findings if found.rule == "L01"]

    low, high = limits
    assert [told(n) for n in (low - 1, low, high, high + 1)] == [[Severity.NOTE], [], [], [Severity.WARNING]]
    at = high + (0 if name in list(Channel) else FULL_REASON)
    assert [told(n, depth=Depth.FULL) for n in (at, at + 1)] == [[], [Severity.WARNING]]
    assert told(high + 2, company="One Two Three", position="Three Two One") == []
    assert told(high + 1, company="Two Words", position="One") == [Severity.WARNING]


@pytest.mark.parametrize("text", ["", "\n\n", "x", "Hello Dana,", "\x00\u202e", "." * 30_000, "a " * 30_000])
def test_any_text_can_be_checked(text: str) -> None:
    report = check(text, Context(situation=Situation.INVITED, recipient=DANA, full_name="Jonas Ebert"))
    assert "D01" in {finding.rule for finding in report.findings}


@pytest.mark.parametrize("language", ["en", "de"])
def test_lists_are_in_lower_case(language: str) -> None:
    lists = tomllib.loads((SOURCES / f"lint_{language}.toml").read_text("utf-8"))
    for name, expressions in lists.items():
        plain = re.sub(r"\\.", "", " ".join(expressions))
        assert plain == plain.lower(), name


def test_a_capital_that_grows_in_lower_case_moves_no_finding() -> None:
    text = "Merhaba İİİ, thank you. I am withdrawing my application."
    found = View(text, Context(language="en")).decisions
    assert [words.text for _, words in found] == [text[words.start : words.end] for _, words in found]
    assert [words.text[:17] for _, words in found] == ["I am withdrawing "]


@pytest.mark.parametrize(
    "piece", ["I not ", "I have decided ", "withdraw my ", "we will not be ", "(((", "thank you, "]
)
def test_endless_half_sentences_decide_nothing_and_are_pointed_at_within_the_limit(piece: str) -> None:
    text = piece * 4_000
    context = Context(situation=Situation.INVITED, company="Northwind", recipient=DANA)
    findings = check(text, context).findings
    assert "D01" in {finding.rule for finding in findings}
    assert max(finding.end for finding in findings) <= MAX_TEXT


def test_the_catalogue_in_the_docs_is_the_one_in_the_code() -> None:
    rows = re.findall(
        r"^\| ([A-Z]\d\d) \| (.+?) \| (E|W|N) \| (.+?) \|$", CATALOGUE.read_text("utf-8"), re.MULTILINE
    )
    letter_of = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.NOTE: "N"}
    assert rows == [(r.id, r.summary, letter_of[r.severity], r.guide) for r in RULES.values()]


def test_both_forms_of_an_international_domain_are_one_addressee() -> None:
    # A mail that was built holds the ASCII form; the thread may hold the other one.
    context = Context(
        situation=Situation.SCHEDULED,
        to=(Address("Dana", "dana@xn--mnchen-3ya.de"),),
        contacts=(Address("Dana", "dana@münchen.de"),),
        dead=(Address("", "dana@münchen.de"),),
    )
    found = {finding.rule for finding in check(letter(), context).findings}
    assert "A01" not in found
    assert "A02" in found


def test_keeping_somebody_informed_is_no_talk_of_pay() -> None:
    text = (
        "Guten Tag Frau Berg,\n\nSie haben mich gut auf dem Laufenden gehalten. Ich ziehe meine Bewerbung"
        " zurück.\n\nGrüße\nJo"
    )
    told = check(text, Context(language="de", situation=Situation.HOLD)).findings
    assert "M02" not in {finding.rule for finding in told}
    text = text.replace("auf dem Laufenden gehalten", "beim Gehalt beraten")
    assert "M02" in {f.rule for f in check(text, Context(language="de", situation=Situation.HOLD)).findings}


def test_a_letter_to_people_of_a_language_without_letters_is_checked_in_its_own() -> None:
    german = "Guten Tag,\n\nich ziehe meine Bewerbung zurück.\n\nFreundliche Grüße\nAlex\n"
    spoken = Facts(language=Fact("pl", "a mail", Confidence.HIGH))
    told = {f.rule for f in check(german, Context(facts=spoken)).findings}
    assert told == {f.rule for f in check(german, Context(language="de")).findings}
    assert View(german, Context(facts=spoken)).lexicon.language == "de"
