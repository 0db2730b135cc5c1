"""Where a rule begins to speak: one word more, one sentence farther away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from unicodedata import normalize

import pytest

from bowout import notice
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.letter_text import View
from bowout.etiquette.rule import RULES, Severity
from bowout.model import Address, Channel, Depth, FollowUp, Situation, Tone
from unit.etiquette.cases import CALL, DANA, NOW, SLOT, TOKYO, VOICEMAIL, body, letter


def rules(text: str, **known: Any) -> set[str]:
    given: dict[str, Any] = {"language": "en", **known}
    context = Context(**given)
    return {finding.rule for finding in check(text, context).findings}


def test_an_abbreviation_ends_no_sentence_and_the_next_full_stop_does() -> None:
    view = View("I met Dr. Weber. Then I left. It was good.", Context(language="en"))
    assert [s.text for s in view.sentences] == ["I met Dr. Weber.", "Then I left.", "It was good."]


@pytest.mark.parametrize(("words", "told"), [(90, False), (91, True)])
def test_a_paragraph_of_ninety_words_is_short_enough(words: int, told: bool) -> None:
    text = f"Hello Dana,\n\n{' '.join(['word'] * words)}\n\nKind regards\nJonas Ebert\n"
    assert ("L02" in rules(text)) is told


def test_a_condition_belongs_to_the_decision_beside_it_only() -> None:
    condition = "Unless the salary is higher, I will stay at home."
    decision = "I have decided to withdraw my application."

    def of(*sentences: str) -> set[str]:
        return rules(f"Hello Dana,\n\n{' '.join(sentences)}\n\nKind regards\nJonas Ebert\n")

    assert "D04" in of(condition, decision)
    assert "D04" in of(decision, condition)
    assert "D04" not in of(condition, "Thank you.", decision)
    assert "D04" not in of(decision, "Thank you.", condition)


def test_thanks_for_an_interview_are_left_alone_while_nobody_knows_whether_it_was_held() -> None:
    thanks = letter("Thank you for interviewing me.")
    assert "F06" not in rules(thanks, situation=FollowUp.REPLY_ACK)
    assert "F06" in rules(thanks, situation=FollowUp.REPLY_ACK, after=Situation.EARLY)


def test_a_reason_in_the_sentence_of_the_decision_comes_in_time() -> None:
    text = "Hello Dana,\n\nBecause I have accepted another offer, I withdraw my application.\n\nJonas\n"
    assert "R05" not in rules(text)


def test_one_dead_address_is_enough_when_it_is_the_only_one_written_to() -> None:
    dead = (Address("", "no-reply@jobs.example"), Address("", "old@jobs.example"))
    alive = Address("Dana", "dana@northwind.example")
    assert "A02" in rules(letter(), to=dead[:1], dead=dead)
    assert "A02" not in rules(letter(), to=(dead[0], alive), dead=dead)


@pytest.mark.parametrize(("name", "told"), [("Nortwind", True), ("Nrtwind", True), ("Northwind", False)])
def test_a_slip_or_two_in_the_companys_name_are_pointed_at(name: str, told: bool) -> None:
    assert ("F01" in rules(letter().replace("Northwind", name), company="Northwind")) is told


def found(rule: str, text: str, **known: Any) -> list[tuple[Severity, str]]:
    given: dict[str, Any] = {"language": "en", **known}
    context = Context(**given)
    return [(f.severity, f.message) for f in check(text, context).findings if f.rule == rule]


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("left", "severity"),
    [
        (notice.SHORT - SECOND, Severity.WARNING),
        (notice.SHORT, Severity.NOTE),
        (notice.SHORT + SECOND, Severity.NOTE),
        (notice.SOON - SECOND, Severity.NOTE),
        (notice.SOON, None),
    ],
)
def test_short_notice_is_warned_of_and_a_day_is_noted(left: timedelta, severity: Severity | None) -> None:
    hits = found("X02", letter(), slot=SLOT, now=SLOT.start - left, situation=Situation.SCHEDULED)
    assert [told for told, _ in hits] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("gone", "severity"),
    [
        (notice.FRESH, None),
        (notice.FRESH + SECOND, Severity.NOTE),
        (notice.OLD, Severity.NOTE),
        (notice.OLD + SECOND, Severity.WARNING),
        (notice.STALE + SECOND, Severity.WARNING),
    ],
)
def test_a_decision_kept_back_is_noted_then_warned_of(gone: timedelta, severity: Severity | None) -> None:
    hits = found("X01", letter(), decided_on=NOW - gone, now=NOW)
    assert [told for told, _ in hits] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("depth", "severity"), [(Depth.BRIEF, Severity.NOTE), (Depth.FULL, Severity.WARNING)]
)
def test_a_missing_full_reason_weighs_more(depth: Depth, severity: Severity) -> None:
    assert [told for told, _ in found("R01", letter(), depth=depth)] == [severity]


@pytest.mark.parametrize(
    ("gone", "words"), [(notice.STALE, "hours ago"), (notice.STALE + SECOND, "days ago")]
)
def test_after_days_the_wait_is_told_in_days(gone: timedelta, words: str) -> None:
    ((_, message),) = found("X01", letter(), decided_on=NOW - gone, now=NOW)
    assert words in message


@pytest.mark.parametrize(
    ("end", "told"), [("Kind regards\nJonas", False), ("Kind regards", True), ("Jonas", False)]
)
def test_a_close_without_a_name_below_it_is_told(end: str, told: bool) -> None:
    text = f"Hello Dana,\n\nI have decided to withdraw my application.\n\n{end}\n"
    hits = [message for rule in RULES for _, message in found(rule, text)]
    assert ("no name stands at the end" in hits) is told


def severities(rule: str, text: str, **known: Any) -> list[str]:
    return [severity.value for severity, _ in found(rule, text, **known)]


def said(count: int, *, first: str = "Word") -> str:
    """A sentence of so many words."""
    return " ".join([first, *["word"] * (count - 1)]) + "."


DECIDED = "I withdraw my application."
FIT = "My circumstances have changed,"  # four words that are a reason


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ([20, 20, 20], []),  # the fourth sentence, after sixty words
        ([20, 20, 21], ["warning"]),
        ([40, 40], []),  # the third sentence, however long the two before it
    ],
)
def test_the_decision_may_be_the_third_sentence_or_follow_sixty_words(
    before: list[int], told: list[str]
) -> None:
    text = body(" ".join([*map(said, before), DECIDED]))
    assert severities("D02", text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{said(3)} {said(3)} {said(3)} Thank you. {DECIDED}", []),
        (f"{said(3)} {said(3)} {said(3)} {DECIDED} Thank you.", ["note"]),
        (f"{DECIDED} Thank you.", []),
    ],
)
def test_the_first_thanks_belong_into_the_first_four_sentences(text: str, told: list[str]) -> None:
    assert severities("T02", body(text)) == told
    assert severities("T02", body(text), channel=Channel.SMS_SHORT) == []


@pytest.mark.parametrize(("thanks", "told"), [(3, []), (4, ["note"]), (5, ["note"])])
def test_thanks_are_said_three_times_at_most(thanks: int, told: list[str]) -> None:
    assert severities("T03", body("Thank you. " * thanks)) == told


@pytest.mark.parametrize(
    ("reason", "depth", "told"),
    [
        ([30], Depth.BRIEF, []),
        ([31], Depth.BRIEF, ["warning"]),
        ([15, 15], Depth.BRIEF, []),
        ([15, 16], Depth.BRIEF, ["warning"]),
        ([15, 16], Depth.FULL, []),
        ([10, 10, 10], Depth.FULL, []),
        ([10, 10, 11], Depth.FULL, ["warning"]),
    ],
)
def test_a_reason_is_one_sentence_or_two_for_a_full_one_or_thirty_words(
    reason: list[int], depth: Depth, told: list[str]
) -> None:
    sentences = [f"{FIT} {said(count - 4, first='word')}" for count in reason]
    assert severities("R03", body(" ".join([DECIDED, *sentences])), depth=depth) == told


def test_a_reason_of_several_sentences_ends_with_the_first_that_gives_none() -> None:
    scattered = f"{FIT} {said(11, first='word')} I wish you well. {FIT} {said(12, first='word')}"
    assert severities("R03", body(f"{DECIDED} {scattered}")) == []


EXTRAS = {
    "door": "I hope our paths cross again.",
    "help": "I can recommend a friend.",
    "feedback": "I would be glad of feedback.",
}


@pytest.mark.parametrize(("extras", "told"), [(1, []), (2, ["note"]), (3, ["warning"])])
def test_one_extra_is_enough_two_are_noted_three_warned_of(extras: int, told: list[str]) -> None:
    assert severities("O03", letter(" ".join([*EXTRAS.values()][:extras]))) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("This is VERY much.", []),
        ("This is VERY MUCH.", ["warning"]),
        ("This is OLD and BIG.", []),
        ("Thanks to ACME for the DATA ENGINEER talk.", []),
        ("Good!", []),
        ("Good!!", ["warning"]),
    ],
)
def test_two_words_in_capitals_shout_and_names_do_not(text: str, told: list[str]) -> None:
    names = {"company": "ACME", "position": "DATA ENGINEER", "full_name": "Jonas Ebert"}
    assert severities("V01", letter(text), **names) == told


@pytest.mark.parametrize(
    ("apologies", "situation", "told"),
    [
        (0, Situation.SCHEDULED, []),
        (0, Situation.LATE, ["warning"]),
        (0, Situation.SIGNED, ["warning"]),
        (1, Situation.LATE, []),
        (2, Situation.SCHEDULED, ["warning"]),
        (3, Situation.LATE, ["warning"]),
    ],
)
def test_one_apology_where_it_is_owed_and_none_twice(
    apologies: int, situation: Situation, told: list[str]
) -> None:
    assert severities("V03", letter("I am sorry. " * apologies), situation=situation) == told


@pytest.mark.parametrize(("paragraphs", "told"), [(5, []), (6, ["note"])])
def test_five_paragraphs_are_a_handful(paragraphs: int, told: list[str]) -> None:
    assert severities("L02", body("\n\n".join(["One more."] * paragraphs))) == told


@pytest.mark.parametrize(("words", "told"), [(42, []), (43, ["note"])])
def test_a_sentence_of_forty_two_words_still_ends(words: int, told: list[str]) -> None:
    assert severities("L03", body(said(words))) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [("I like it. I do.", []), ("I like it. I  like it!", ["warning"]), ("I do. I do. I do.", ["warning"])],
)
def test_a_sentence_that_stands_there_again_is_told_once(text: str, told: list[str]) -> None:
    assert severities("L03", body(text)) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It was good .", ["a space before the stop"]),
        ("It  was good.", ["more than one space"]),
        ("It was was good.", ["a doubled word"]),
        ("It was,as said, good.", ["no space after the comma"]),
        ("It was 3,5 in all.", []),
        ("I know that that was good.", []),
        ("Then i left, i.e. early.", ['a small "i"']),
        ("It was (very good.", ["( and ) do not pair"]),
        ("It was [very good.", ["[ and ] do not pair"]),
        ("It was “very” good.", []),
    ],
)
def test_slips_of_the_keyboard(text: str, told: list[str]) -> None:
    assert [message for _, message in found("Q01", body(text))] == told


def test_a_small_i_is_a_word_of_other_languages() -> None:
    assert severities("Q01", "Guten Tag Dana,\n\ndas i steht da.\n\nGrüße\nJo\n", language="de") == []


@pytest.mark.parametrize(
    ("wanted", "written", "severity"),
    [
        # A name of three letters allows no slip, one of six a single one, a longer one two.
        ("SAP", "Sab", "note"),
        ("Acme", "Acne", "error"),
        ("Acme", "Acnn", "note"),
        ("Vesper", "Vespar", "error"),
        ("Vesper", "Vaspar", "note"),
        ("Polaris", "Poleriz", "error"),
        ("Polaris", "Paleriz", "note"),
        # Only what is written as a name may be a slip of one.
        ("Polaris", "poleris", "note"),
        ("Blue Polaris", "Blue Poleris", "error"),
        ("Weiße", "WEISSE", "error"),
    ],
)
def test_a_slip_or_two_by_the_length_of_the_name(wanted: str, written: str, severity: str) -> None:
    ((told, message),) = found("F01", body(f"{DECIDED} Thanks to {written} for all."), company=wanted)
    assert told.value == severity
    assert message == (
        f'"{written}" is probably "{wanted}"' if severity == "error" else f"the letter does not name {wanted}"
    )


@pytest.mark.parametrize(("name", "told"), [("northwind", ["warning"]), ("NORTHWIND", []), ("Northwind", [])])
def test_a_name_in_small_letters_is_pointed_at(name: str, told: list[str]) -> None:
    assert severities("F01", letter().replace("Northwind", name), company="Northwind") == told


@pytest.mark.parametrize("situation", [FollowUp.REPLY_WHY, FollowUp.REPLY_COUNTER, FollowUp.REPLY_ACK])
def test_a_short_answer_need_not_name_company_and_position(situation: FollowUp) -> None:
    text = body("Thank you, and all the best.")
    known: dict[str, Any] = {"company": "Northwind", "position": "Data Engineer"}
    assert rules(text, situation=situation, **known).isdisjoint({"F01", "F02"})
    assert {"F01", "F02"} <= rules(text, situation=FollowUp.AFTER_CALL, **known)


def test_a_note_in_the_calendar_is_read_beside_the_interview() -> None:
    text = "I will not attend the interview on Friday, 4 December at 15:00 (CET)."
    known: dict[str, Any] = {"slot": SLOT, "situation": Situation.SCHEDULED, "now": NOW}
    assert rules(text, channel=Channel.CALENDAR_NOTE, **known).isdisjoint(
        {"F01", "F02", "F03", "F05", "G01", "G04"}
    )
    assert {message for _, message in found("F03", text, **known)} == {
        '"Friday, 4 December" is not the day of the interview (03.12.2026)',
        "15:00 (CET is not when the interview begins (14:00)",
    }


@pytest.mark.parametrize(("people", "told"), [(3, []), (4, ["warning"])])
def test_three_people_are_no_wide_circle(people: int, told: list[str]) -> None:
    some = tuple(Address("", f"p{n}@northwind.example") for n in range(people))
    assert severities("A04", letter(), to=some[:1], cc=some[1:]) == told


@pytest.mark.parametrize(
    ("hour", "told"), [(5, ["note"]), (6, []), (21, []), (22, ["note"]), (23, ["note"]), (0, ["note"])]
)
def test_between_ten_and_six_it_is_night_where_they_are(hour: int, told: list[str]) -> None:
    now = NOW.astimezone(TOKYO).replace(hour=hour, minute=59)
    assert severities("X03", letter(), now=now, recipient_zone=TOKYO) == told


@pytest.mark.parametrize(
    ("days", "told"), [(0, []), (1, ["the call was 1 day ago"]), (2, ["the call was 2 days ago"])]
)
def test_the_day_of_a_call_is_that_where_it_was_made(days: int, told: list[str]) -> None:
    evening = datetime(2026, 11, 30, 23, 30, tzinfo=TOKYO)  # still the afternoon of that day in UTC
    call = replace(CALL, at=evening, zone="Asia/Tokyo")
    now = evening.replace(hour=23, minute=45) + timedelta(days=days)
    known: dict[str, Any] = {"call": call, "now": now, "situation": FollowUp.AFTER_CALL}
    assert [message for _, message in found("K02", letter(), **known)] == told


def head(lines: int) -> str:
    return "\n".join(["Jonas Ebert, Main Street 1"] * lines)


@pytest.mark.parametrize(("lines", "greeted"), [(3, True), (4, False)])
def test_a_greeting_stands_among_the_first_four_lines(lines: int, greeted: bool) -> None:
    view = View(f"{head(lines)}\nHello Dana,\n\n{DECIDED}\n", Context(language="en"))
    assert (view.greeting is not None) is greeted


@pytest.mark.parametrize(
    ("line", "greeted"),
    [
        ("Hello Dana van der Berg of Oslo,", True),
        ("Hello Dana van der Berg of Oslo there,", False),
        ("Hello Dana, please read on", False),
        ("Dana,", False),
    ],
)
def test_a_greeting_is_a_line_of_its_own(line: str, greeted: bool) -> None:
    view = View(f"{line}\n\n{DECIDED}\n", Context(language="en"))
    assert (view.greeting is not None) is greeted


@pytest.mark.parametrize(
    ("end", "close"),
    [
        ("Kind regards\nJonas Ebert\nMain Street 1\nOslo", 4),
        ("Kind regards\nJonas Ebert\nMain Street 1\nOslo\nNorway", 2),
        ("Kind regards to your team\nJonas", 2),
        ("Thanks a million for all,\nJonas", 2),
        ("Thanks a million for all of it, Dana,\nJonas", 1),
        ("That is all.\nJonas", 1),
        ("Jonas of the long name", 0),
        ("Jonas of long name", 1),
        ("That is all.", 0),
    ],
)
def test_the_close_stands_in_the_last_four_lines(end: str, close: int) -> None:
    view = View(f"Hello Dana,\n\n{DECIDED}\n\n{end}\n", Context(language="en"))
    assert len(view.close) == close


def test_a_letter_that_begins_with_its_close_has_a_body() -> None:
    view = View("Kind regards\nJonas", Context(language="en"))
    assert view.body.text == "Kind regards"


CONFIRMED = "On Monday, 30 November, we spoke. I withdraw my application as Data Engineer at Northwind."
LACKS = {
    "the decision": CONFIRMED.replace("withdraw my application", "write"),
    "the position": CONFIRMED.replace("Data Engineer", "cook"),
    "the company": CONFIRMED.replace("Northwind", "sea"),
    "the day of the call": CONFIRMED.replace("On Monday, 30 November, we", "We"),
}


@pytest.mark.parametrize(("lacks", "text"), [("", CONFIRMED), *LACKS.items()])
def test_a_confirmation_is_read_alone(lacks: str, text: str) -> None:
    known: dict[str, Any] = {"call": CALL, "company": "Northwind GmbH", "position": "Data Engineer"}
    told = [message for _, message in found("K01", body(text), situation=FollowUp.AFTER_CALL, **known)]
    assert told == ([f"read alone, the confirmation lacks {lacks}"] if lacks else [])
    assert severities("K01", body(text), situation=FollowUp.AFTER_VOICEMAIL, **known) == []


@pytest.mark.parametrize("day", ["on 30 November", "on Monday", "today"])
def test_the_day_of_a_call_is_named_by_its_date_its_weekday_or_today(day: str) -> None:
    known: dict[str, Any] = {"call": CALL, "company": "Northwind", "position": "Data Engineer"}
    text = CONFIRMED.replace("On Monday, 30 November, we spoke", f"We spoke {day}")
    assert severities("K01", body(text), situation=FollowUp.AFTER_CALL, **known) == []
    for other in "on 30 December", "on 3 November", "on Friday":
        text = CONFIRMED.replace("On Monday, 30 November, we spoke", f"We spoke {other}")
        assert severities("K01", body(text), situation=FollowUp.AFTER_CALL, **known) == ["error"]


@pytest.mark.parametrize(
    ("text", "call", "told"),
    [
        ("As discussed, I withdraw.", CALL, []),
        ("As discussed, I withdraw.", VOICEMAIL, ["error", "error"]),
        ("I withdraw.", VOICEMAIL, ["error"]),
        ("I spoke with Dana today.", CALL, []),
        ("I spoke with Robert today.", CALL, ["error"]),
        ("I spoke with you today.", CALL, []),
    ],
)
def test_a_letter_about_a_call_agrees_with_the_log(text: str, call: Any, told: list[str]) -> None:
    assert severities("K03", body(text), call=call, situation=FollowUp.AFTER_CALL) == told


@pytest.mark.parametrize(
    ("role", "told"), [("Northwind", []), ("Data", []), ("Globex", ["error"]), ("Senior Cook", ["error"])]
)
def test_another_role_is_one_that_is_neither_the_position_nor_the_company(role: str, told: list[str]) -> None:
    text = letter(f"I liked the {role} role.")
    assert severities("F02", text, company="Northwind", position="Data Engineer") == told


@pytest.mark.parametrize(
    ("end", "tone", "told"),
    [
        ("Jonas Ebert", Tone.WARM, []),
        ("Jonas", Tone.WARM, ["note"]),
        ("Jonas", Tone.NEUTRAL, ["note"]),
        ("Robin", Tone.WARM, ["warning"]),
    ],
)
def test_a_first_name_is_enough_among_friends(end: str, tone: Tone, told: list[str]) -> None:
    text = letter().replace("Jonas Ebert", end)
    assert severities("G04", text, full_name="Jonas Ebert", tone=tone) == told


def test_a_name_alone_closes_no_letter() -> None:
    assert View("Hello Dana,\n\nJonas\n", Context(language="en")).close == ()
    assert len(View("Hello Dana,\n\nI withdraw.\n\nJonas\n", Context(language="en")).close) == 1


@pytest.mark.parametrize(
    "form",
    ["gGmbH", "SAS", "KGaA", "Sarl", "SpA", "LLP", "A/S", "e.V.", "Pty Ltd", "GmbH & Co. KG", "Company"],
)
def test_a_letter_need_not_name_the_legal_form(form: str) -> None:
    told = f"{DECIDED} Thanks to all at Müller for the talk."
    assert found("F01", body(told), company=f"Müller {form}") == []


@pytest.mark.parametrize("here", ["NFC", "NFD"])
@pytest.mark.parametrize("there", ["NFC", "NFD"])
def test_an_accent_is_the_same_as_one_character_or_as_two(
    here: Literal["NFC"], there: Literal["NFC"]
) -> None:
    text = f"{DECIDED} I met Zoë of Müller. Thanks to all at Müller, and to Café Zoë."
    known = {"company": "Müller", "full_name": "Zoë Müller", "position": "Café Manager", "recipient": DANA}
    plain = rules(body(text), **known)
    given = {k: normalize(there, v) if isinstance(v, str) else v for k, v in known.items()}
    assert rules(normalize(here, body(text)), **given) == plain
    assert "F01" not in plain
    assert "M03" in rules(normalize(here, body(text)), other_employer=normalize(there, "Café Zoë"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_was_said_in_the_call_is_found_with_any_accent(form: Literal["NFC"]) -> None:
    text = f"{DECIDED} As Café Manager at Müller, as discussed today. It was good to speak with Zoë."
    known = {"situation": FollowUp.AFTER_CALL, "call": replace(CALL, person=normalize(form, "Zoë"))}
    given = {"company": normalize(form, "Müller"), "position": normalize(form, "Café Manager")}
    assert not {"K01", "K03"} & rules(body(text), **known, **given)
