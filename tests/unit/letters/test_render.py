"""What goes into a letter and what never does: situations, missing and hostile values, own templates."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import TemplateError, UsageError
from bowout.letters.render import Letter, render
from bowout.letters.situation import infer_situation
from bowout.letters.templates import languages
from bowout.letters.values import clean, clean_name, load_dates, local_start
from bowout.letters.wish import Wish
from bowout.manners import UNKNOWN, Manners
from bowout.model import (
    Address,
    Channel,
    Confidence,
    Depth,
    Fact,
    Facts,
    FollowUp,
    Person,
    PersonRole,
    Reason,
    Situation,
    Slot,
    Stage,
    Tone,
)
from bowout.text.zones import untold
from unit.letters.kit import ME, NOW, PLACES, facts_for, lint, person, sure, write

HOUR = timedelta(hours=1)


def facts(
    stage: Stage | None = None, *, hours: float | None = None, rounds: int = 0, cancelled: bool = False
) -> Facts:
    slot = (
        None if hours is None else Slot(start=NOW + HOUR * hours, zone="Europe/Berlin", cancelled=cancelled)
    )
    return Facts(
        company=sure("Northwind Labs"),
        position=sure("Nurse"),
        stage=Fact(stage, "test", Confidence.HIGH) if stage else None,
        slot=Fact(slot, "test", Confidence.HIGH) if slot else None,
        rounds=Fact(rounds, "test", Confidence.HIGH) if rounds else None,
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("situation", Situation)
def test_every_letter_can_do_without_the_name_of_the_firm(situation: Situation, language: str) -> None:
    known = replace(facts(hours=40), company=None)
    for tone in Tone:
        text = write(Wish(situation=situation, language=language, tone=tone), facts=known).text
        assert "Nurse" in text
        assert not re.search(r"\b(at|bei|zu|with|von|joining) *[.,;]|  |…", text)


@pytest.mark.parametrize(
    ("known", "situation"),
    [
        (facts(), Situation.EARLY),
        (facts(Stage.APPLIED), Situation.EARLY),
        (facts(Stage.OUTREACH), Situation.OUTREACH),
        (facts(Stage.INVITED), Situation.INVITED),
        (facts(Stage.SCHEDULED, hours=49), Situation.SCHEDULED),
        (facts(Stage.SCHEDULED, hours=48), Situation.SOON),
        (facts(Stage.SCHEDULED, hours=24), Situation.SOON),
        (facts(Stage.SCHEDULED, hours=23.9), Situation.LATE),
        (facts(Stage.SCHEDULED, hours=0), Situation.MISSED),
        (facts(Stage.SCHEDULED, hours=49, cancelled=True), Situation.INVITED),
        (facts(Stage.INTERVIEWED, hours=-30, rounds=1), Situation.AFTER_INTERVIEW),
        (facts(Stage.INTERVIEWED, hours=-30, rounds=2), Situation.AFTER_ROUNDS),
        (facts(Stage.INTERVIEWED, rounds=3), Situation.AFTER_ROUNDS),
        (facts(Stage.INTERVIEWED), Situation.AFTER_INTERVIEW),
        (facts(Stage.INTERVIEWED, hours=100, rounds=1), Situation.SCHEDULED),
        (facts(Stage.INVITED, hours=-300, rounds=1), Situation.AFTER_INTERVIEW),
        (facts(Stage.ASSESSMENT), Situation.ASSESSMENT),
        (facts(Stage.OFFER, hours=50), Situation.OFFER),
        (facts(Stage.ACCEPTED), Situation.ACCEPTED),
    ],
)
def test_situation_follows_the_facts(known: Facts, situation: Situation) -> None:
    assert infer_situation(known, NOW) is situation


def test_dates_are_written_as_a_person_writes_them_on_the_clock_of_the_invitation() -> None:
    start = datetime(2026, 12, 3, 13, 0, tzinfo=UTC)
    known = Facts(
        company=sure("Kite"),
        position=sure("Nurse"),
        slot=Fact(Slot(start=start, zone="Europe/Berlin"), "invitation", Confidence.HIGH),
    )
    english = write(Wish(situation=Situation.SCHEDULED), PLACES[0], known)
    german = write(Wish(situation=Situation.SCHEDULED, language="de"), PLACES[0], known)
    assert "the interview on Thursday, 3 December" in english.text
    assert "3. Dezember" in german.text


@pytest.mark.parametrize(
    ("language", "days", "zone", "said"),
    [
        ("en", 4, "Europe/Berlin", "Thursday at 2 pm"),
        ("en", 6, "Europe/Paris", "Saturday at 2 pm"),
        ("en", 7, "Europe/Berlin", "Sunday, 29 November, 2 pm"),
        ("en", 4, "Europe/London", "Thursday at 2 pm CET"),
        ("en", -3, "Europe/Berlin", "Thursday at 2 pm"),
        ("en-US", 7, "America/New_York", "Sunday, November 29, 2 PM CET"),
        ("en-GB", 7, "Europe/Berlin", "Sunday, 29 November, 2 pm"),
    ],
)
def test_a_day_is_said_as_near_as_it_is_and_a_zone_only_where_clocks_differ(
    language: str, days: int, zone: str, said: str
) -> None:
    dates = load_dates(language, None)
    assert dates is not None
    start = (NOW + timedelta(days=days)).astimezone(ZoneInfo("Europe/Berlin")).replace(hour=14)
    assert dates.write_slot(start, NOW, zone) == said


def test_american_letters_spell_as_americans_do() -> None:
    def text(language: str) -> str:
        return write(Wish(situation=Situation.OFFER, reason=Reason.VALUES, language=language)).text

    assert "organization" in text("en-US")
    assert "organisation" not in text("en-US")
    assert text("en-GB") == text("en")


@pytest.mark.parametrize(
    ("language", "today"), [("en", "today's interview at"), ("de", "heute um"), ("nl", "vandaag")]
)
def test_today_is_said_of_an_interview_that_is_ahead_and_on_this_day_there(language: str, today: str) -> None:
    def text(hours: float, zone: str = "Europe/Berlin") -> str:
        slot = Slot(start=NOW + timedelta(hours=hours), zone=zone)
        known = replace(facts_for(Situation.LATE, "Acme", "Nurse"), slot=Fact(slot, "test", Confidence.HIGH))
        return write(Wish(situation=Situation.LATE, language=language), PLACES[0], known).text

    assert today in text(2)
    assert today not in text(26)
    assert today not in text(14)  # tomorrow morning
    assert today not in text(-1)
    assert today not in text(4, "Pacific/Auckland")  # there it is tomorrow

    manners = Manners(salutation="Guten Tag Frau Whitfield")
    greeted = write(Wish(situation=Situation.LATE, language=language, manners=manners))
    assert greeted.text.startswith("Guten Tag Frau Whitfield,")


@pytest.mark.parametrize("tone", Tone)
def test_swiss_letters_know_no_sharp_s_but_in_names(tone: Tone) -> None:
    def text(language: str) -> str:
        wish = Wish(situation=Situation.OFFER, tone=tone, language=language)
        return write(wish, ("Acme AG", "Nurse", "Ruth Weiß")).text

    assert "Ruth Weiß," in text("de-CH")
    assert "ß" not in text("de-CH").replace("Ruth Weiß", "")
    assert "ß" in text("de").replace("Ruth Weiß", "")


def test_a_letter_mirrors_greeting_and_own_sign_off_of_the_thread() -> None:
    manners = Manners(greeting="hi", close="Cheers,", name="Jonas")
    lines = write(Wish(situation=Situation.INVITED, manners=manners)).text.splitlines()
    assert (lines[0], lines[-2:]) == ("Hi Dana,", ["Cheers,", "Jonas"])
    formal = write(Wish(situation=Situation.INVITED, tone=Tone.FORMAL, manners=manners)).text
    assert formal.startswith("Dear Dana Whitfield,")


def test_two_candidates_do_not_send_one_letter() -> None:
    def by(name: str) -> str:
        wish = Wish(situation=Situation.SCHEDULED, reason=Reason.PAY)
        known = facts_for(Situation.SCHEDULED, "Kite", "Nurse")
        return render(wish, known, recipient=person("Dana"), full_name=name, now=NOW, zone="UTC").text

    letters = {by(name).replace(name, "") for name in ("Ada Low", "Bo Chen", "Cy Dorn", "Di Eck", "Ed Fox")}
    assert len(letters) >= 4


def test_an_own_letter_without_words_around_a_reason_does_not_lose_it(tmp_path: Path) -> None:
    (tmp_path / "en.invited.j2").write_text("== opening ==\nI withdraw.\n", encoding="utf-8")
    letter = render(
        Wish(situation=Situation.INVITED, reason=Reason.PAY, tone=Tone.FORMAL),
        facts_for(Situation.INVITED, "Kite", "Nurse"),
        recipient=person("Dana"),
        full_name=ME,
        now=NOW,
        zone="UTC",
        own_dir=tmp_path,
    )
    assert "I withdraw. The salary range and my own expectations are too far apart." in letter.text


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Kolkata", "6:30 pm IST"),
        ("Asia/Dubai", "5 pm UTC+4"),
        (None, "1 pm UTC"),
        ("Not/AZone", "1 pm UTC"),
    ],
)
def test_zones_without_a_name_are_given_by_their_offset(zone: str | None, written: str) -> None:
    slot = Slot(start=datetime(2027, 2, 4, 13, 0, tzinfo=UTC), zone=zone)
    dates = load_dates("en", None)
    assert dates is not None
    told = dates.write_slot(local_start(slot), NOW, "America/New_York")
    assert told == f"Thursday, 4 February 2027, {written}"


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        render(
            Wish(situation=Situation.SCHEDULED),
            Facts(),
            recipient=Person(address=Address("", "x@y.example")),
            full_name=ME,
            now=NOW,
            zone="Europe/Berlin",
        )
    for name in ("company", "position", "interview_start"):
        assert f"--set {name}=" in caught.value.next_step


@pytest.mark.parametrize("tone", list(Tone))
@pytest.mark.parametrize(("language", "greeting"), [("en", r"(Hello|Dear|Hi),"), ("de", "Guten Tag,")])
def test_who_has_no_name_is_greeted_without_one(tone: Tone, language: str, greeting: str) -> None:
    for situation in (Situation.INVITED, Situation.VERBAL_OFFER, Situation.ACCEPTED, Situation.SIGNED):
        text = write(Wish(situation=situation, tone=tone, language=language), ("Kite", "Nurse", "")).text
        assert re.fullmatch(greeting, text.splitlines()[0])
        assert not re.search(r" ,|, ,|,,|,\.", text)


def test_what_the_person_says_counts_more_than_what_was_read() -> None:
    values = {"company": "Kestrel", "interview_start": "2026-12-04 09:30", "recipient_name": "Lena Ode"}
    letter = write(Wish(situation=Situation.SCHEDULED, values=values, tone=Tone.FORMAL))
    assert "Kestrel" in letter.text
    assert "Northwind" not in letter.text
    assert "the interview on Friday, 4 December" in letter.text
    assert letter.text.startswith("Dear Lena Ode,")


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"compny": "Kite"}, "company"),
        ({"tone": "warm"}, "--tone"),
        ({"interview_start": "tomorrow"}, "2026-12-03"),
        ({"company": "x" * 300}, "shorter"),
    ],
)
def test_a_wrong_set_is_refused_with_the_cure(values: dict[str, str], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        write(Wish(situation=Situation.SCHEDULED, values=values))
    assert hint in caught.value.next_step


SAYING_IT_AGAIN = {
    FollowUp.AFTER_CALL,
    FollowUp.AFTER_VOICEMAIL,
    FollowUp.NO_ANSWER,
    FollowUp.CONFIRM_RECEIPT,
    FollowUp.REPLY_COUNTER,
    FollowUp.REPLY_RESCHEDULE,
}
HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in range(99) %}A{% endfor %}",
    "Acme\r\nBcc: victim@example.com",
    "Acme\x1b[31m\x00",
    "\u202eemcA",
    "<script>alert(1)</script>",
    "== thanks ==",
    "-- or --",
    "{{ self.__init__.__globals__ }}",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", ["company", "position", "recipient_name"])
def test_hostile_values_stay_harmless_text(value: str, field: str) -> None:
    for wish in (
        Wish(situation=Situation.SCHEDULED, values={field: value}),
        Wish(situation=Situation.OFFER, values={field: value}, tone=Tone.FORMAL),
    ):
        letter = write(wish)
        assert not any(c in letter.text for c in "{}\r\x1b\x00\u202e")
        assert "49" not in letter.text
        assert "Bcc:" not in [line[:4] for line in letter.text.splitlines()]
        assert "<script" not in letter.html
        assert letter.subject.isprintable()


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60), st.sampled_from(list(Situation)))
def test_no_letter_holds_template_syntax_or_a_missing_value(
    company: str, name: str, situation: Situation
) -> None:
    try:
        letter = write(Wish(situation=situation), (company, "Nurse", name))
    except UsageError:  # nothing visible is left of the value
        assert not (clean(company, "company") and clean_name(clean(name, "recipient_name")))
        return
    given = company + name  # somebody may be called None
    signs = (sign for sign in ("{{", "}}", "{%", "%}", "…\n", "None", "Undefined") if sign not in given)
    assert not any(sign in letter.text for sign in signs)
    assert "\n\n\n" not in letter.text


def test_html_says_the_same_and_is_escaped() -> None:
    letter = write(Wish(situation=Situation.OFFER), ("Fjord & <b>Sons</b>", "Nurse", "Jo Li"))
    assert "Fjord & <b>Sons</b>" in letter.text
    assert "Fjord &amp; &lt;b&gt;Sons&lt;/b&gt;" in letter.html


def test_a_company_with_a_full_stop_does_not_end_in_two() -> None:
    for situation in Situation:
        assert ".." not in write(Wish(situation=situation), ("Globex Inc.", "Nurse", "Jo Li")).text


@pytest.mark.parametrize(
    ("name", "tone", "greeting"),
    [
        ("Dana Whitfield", Tone.NEUTRAL, "Hello Dana,"),
        ("Whitfield, Dana", Tone.NEUTRAL, "Hello Dana,"),
        ("Dana Whitfield", Tone.FORMAL, "Dear Dana Whitfield,"),
        ("Dr. Dana Whitfield", Tone.WARM, "Hi Dr. Whitfield,"),
        ("Mag. Dana Whitfield", Tone.NEUTRAL, "Hello Dana Whitfield,"),
        ("Acme Talent Team", Tone.WARM, "Hi Acme Talent Team,"),
        ("Dana", Tone.NEUTRAL, "Hello Dana,"),
    ],
)
def test_the_greeting_guesses_no_title(name: str, tone: Tone, greeting: str) -> None:
    letter = write(Wish(situation=Situation.INVITED, tone=tone), ("Kite", "Nurse", name))
    assert letter.text.splitlines()[0] == greeting


@pytest.mark.parametrize(
    "wish",
    [
        Wish(situation=Situation.OUTREACH, reason=Reason.PROCESS),
        Wish(situation=Situation.SIGNED, reason=Reason.PROCESS),
        Wish(situation=Situation.OFFER, reason=Reason.PROCESS),
        Wish(situation=Situation.SIGNED, channel=Channel.SMS_SHORT),
        Wish(situation=Situation.OFFER, channel=Channel.CALENDAR_NOTE),
        Wish(situation=FollowUp.AFTER_CALL, channel=Channel.LINKEDIN),
        Wish(situation=FollowUp.RETURN_ITEMS, after=Situation.EARLY, values={"items": "a book"}),
        Wish(situation=FollowUp.INTERVIEWER_THANKS, after=Situation.OUTREACH),
        Wish(situation=FollowUp.SECOND_NOTICE, after=Situation.OFFER),
    ],
)
def test_impossible_pairs_are_refused_with_the_reason(wish: Wish) -> None:
    with pytest.raises(UsageError) as caught:
        write(wish)
    assert caught.value.next_step


def test_reason_none_is_depth_none_and_short_channels_say_one_clause() -> None:
    assert write(Wish(situation=Situation.OFFER, depth=Depth.FULL)).depth is Depth.NONE
    short = write(
        Wish(situation=Situation.OFFER, reason=Reason.FIT, depth=Depth.FULL, channel=Channel.LINKEDIN)
    )
    assert short.depth is Depth.BRIEF
    note = Wish(situation=Situation.SCHEDULED, reason=Reason.FIT, channel=Channel.CALENDAR_NOTE)
    assert write(note).depth is Depth.NONE


def test_parts_appear_when_the_facts_carry_them_and_at_most_two() -> None:
    assert write(Wish(situation=Situation.SCHEDULED)).parts == ("release",)
    assert write(Wish(situation=Situation.SCHEDULED, parts={"release": False})).parts == ()
    assert write(Wish(situation=Situation.ONSITE_TRAVEL)).parts == ("release", "travel")
    assert write(Wish(situation=Situation.AFTER_INTERVIEW)).parts == ("door",)
    sincere = Wish(situation=Situation.AFTER_INTERVIEW, reason=Reason.VALUES)
    assert write(sincere).parts == ()


@pytest.mark.parametrize(
    ("situation", "parts"),
    [
        (Situation.EARLY, {"feedback": True}),
        (Situation.INVITED, {"release": True}),
        (Situation.SCHEDULED, {"travel": True}),
        (Situation.OFFER, {"items": True}),
        (Situation.OFFER, {"interviewers": True}),
        (Situation.SCHEDULED, {"help": True}),
        (Situation.OFFER, {"cake": True}),
        (Situation.AFTER_ROUNDS, {"help": True, "feedback": True, "door": True}),
    ],
)
def test_a_part_that_nothing_justifies_is_refused(situation: Situation, parts: dict[str, bool]) -> None:
    with pytest.raises(UsageError):
        write(Wish(situation=situation, parts=parts))


def test_interviewers_are_thanked_by_name_when_they_are_surely_known() -> None:
    def met(name: str, confidence: Confidence) -> Fact[Person]:
        address = Address(name, f"{name[0]}@kite.example".lower())
        return Fact(Person(address=address, name=name, role=PersonRole.INTERVIEWER), "cc", confidence)

    known = facts_for(Situation.OFFER, "Kite", "Nurse")
    people = (
        met("Ana Lima", Confidence.HIGH),
        met("Bo Chen", Confidence.HIGH),
        met("Cy Dorn", Confidence.LOW),
    )
    letter = write(
        Wish(situation=Situation.OFFER),
        PLACES[0],
        Facts(company=known.company, position=known.position, people=people),
    )
    assert "Ana Lima and Bo Chen" in letter.text
    assert "Cy Dorn" not in letter.text


# --- own templates --------------------------------------------------------------------------------


def own(tmp_path: Path, name: str, text: str, **values: str) -> Letter:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return render(
        Wish(situation=Situation.INVITED, values=values),
        facts_for(Situation.INVITED, "Kite", "Nurse"),
        recipient=person("Dana Whitfield"),
        full_name=ME,
        now=NOW,
        zone="UTC",
        own_dir=tmp_path,
    )


MINE = "== opening ==\nThanks from {{ full_name }}.\n\n\n{}\n"


def test_own_letters_override_ours(tmp_path: Path) -> None:
    assert (
        "Thanks from Jonas Ebert. I withdraw."
        in own(tmp_path, "en.invited.j2", MINE.replace("{}", "I withdraw.")).text
    )


def test_own_variables_can_be_set(tmp_path: Path) -> None:
    text = MINE.replace("{}", "I withdraw, greetings to {{ cat }}.")
    assert "greetings to Minka" in own(tmp_path, "en.invited.j2", text, cat="Minka").text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{{ compny }}", "'compny'"),
        ("{{ full_name", "end of print statement"),
        ("{{ full_name.__class__ }}", "unsafe"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 'x' * 999999999 }}", "operator"),
        ("{% for a in range(99999999) %}x{% endfor %}", "rounds"),
        ("{% for a in range(99) %}" + "x" * 99 + "{% endfor %}", "grows beyond"),
        ("{% for a in range(99) %}{% for b in range(99) %}{% endfor %}{% endfor %}", "loop within a loop"),
        ("{% for a in [[]] recursive %}{{ loop(a) }}{{ loop(a) }}{% endfor %}", "loop within a loop"),
        ("{% set a = full_name ~ full_name %}", "assign"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "macro"),
        ("{{ full_name | join(full_name) | join(full_name) }}", "filter"),
        ("{% include '/etc/passwd' %}", "include"),
        ("{% extends 'en.late.j2' %}", "extends"),
        ("{% import 'en.late.j2' as late %}", "import"),
        ("{{ lipsum() }}", "'lipsum'"),
        ("{{ full_name | pprint }}", "filter"),
    ],
)
def test_a_wrong_template_names_file_and_line(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(TemplateError) as caught:
        own(tmp_path, "en.invited.j2", MINE.replace("{}", line))
    line_of_it = 2 if says == "grows beyond" else 5
    assert f"en.invited.j2:{line_of_it}" in caught.value.message
    assert says in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["no section here", "hello\n== opening ==\nx", "== opening ==\n" + "x" * 70_000, "== thanks ==\nx"],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        own(tmp_path, "en.invited.j2", text)
    assert "en.invited.j2" in caught.value.message


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.invited.j2").write_bytes(b"== thanks ==\n\xff\xfe\n")
    with pytest.raises(TemplateError, match="UTF-8"):
        own(tmp_path, "en.reasons.j2", "== fit ==\nx\n")


def test_a_new_language_needs_only_files(tmp_path: Path) -> None:
    (tmp_path / "pt.letter.j2").write_text(
        "== layout ==\ngreeting\nthanks decision reason\nclose\n\n== greeting ==\nOlá {{ first_name }},\n\n"
        "== close ==\nCumprimentos\n{{ full_name }}\n\n== subject ==\n{{ position }}\n",
        encoding="utf-8",
    )
    (tmp_path / "pt.invited.j2").write_text(
        "== thanks ==\nobrigado, {{ company }}.\n\n== decision ==\nRetiro a minha candidatura.\n",
        encoding="utf-8",
    )
    (tmp_path / "pt.dates.toml").write_text(
        'weekdays = ["a", "b", "c", "d", "e", "f", "g"]\n'
        'months = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]\n'
        'day = "{day}"\nday_with_year = "{day}"\nplain = "{day}"\ntime = "{clock}"\nslot = "{day}"\n'
        'and = "e"\n',
        encoding="utf-8",
    )
    letter = render(
        Wish(situation=Situation.INVITED, language="pt"),
        facts_for(Situation.INVITED, "Kite", "Nurse"),
        recipient=person("Dana Whitfield"),
        full_name=ME,
        now=NOW,
        zone="UTC",
        own_dir=tmp_path,
    )
    assert letter.text == (
        "Olá Dana,\n\nobrigado, Kite. Retiro a minha candidatura.\n\nCumprimentos\nJonas Ebert\n"
    )
    assert "pt" in languages(tmp_path)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "3 December, 1:30 pm"), ("de", "3. Dezember um 13:30 Uhr")]
)
def test_an_hour_that_nobody_placed_is_written_without_a_zone(language: str, said: str) -> None:
    start = datetime(NOW.year, 12, 3, 13, 30, tzinfo=untold(timedelta(hours=1)))
    dates = load_dates(language, None)
    assert dates is not None
    assert dates.write_slot(start, NOW, "Asia/Kolkata").endswith(said)


@pytest.mark.parametrize("tone", [Tone.NEUTRAL, Tone.WARM])
def test_who_is_known_by_an_initial_is_greeted_by_the_surname(tone: Tone) -> None:
    letter = render(
        Wish(situation=Situation.INVITED, tone=tone),
        facts_for(Situation.INVITED, "Kite", "Nurse"),
        recipient=person("J Pemberton"),
        full_name=ME,
        now=NOW,
        zone="UTC",
    )
    assert letter.text.startswith("Dear J. Pemberton,\n")


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        write(Wish(situation=Situation.INVITED, language="xx"))
    assert "de, en" in caught.value.next_step


# --- to whom --------------------------------------------------------------------------------------


AS_IF_THE_EMPLOYER = re.compile(
    r"talk with me|you for offering|between us|joining you|you would like me|counting on me when|"
    r"with you\b.*interview|Ihr Angebot|Ihr Team|mit mir über|Wir haben einen Vertrag|wir einen Vertrag"
)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("tone", list(Tone))
def test_an_agency_is_not_spoken_to_as_the_employer(language: str, tone: Tone) -> None:
    for situation, place in itertools.product(Situation, PLACES):
        wish = Wish(situation=situation, tone=tone, channel=Channel.AGENCY, language=language)
        text = write(wish, place).text
        assert not AS_IF_THE_EMPLOYER.search(text), text


@pytest.mark.parametrize(("language", "client"), [("en", "your client"), ("de", "Ihrem Kunden")])
def test_an_agency_may_keep_its_client_to_itself(language: str, client: str) -> None:
    for situation in (Situation.EARLY, Situation.INVITED, Situation.SCHEDULED, Situation.OFFER):
        facts = replace(facts_for(situation, "", "Data Engineer"), company=None)
        wish = Wish(situation=situation, channel=Channel.AGENCY, language=language)
        assert client in write(wish, PLACES[0], facts).text


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("follow_up", [f for f in FollowUp if f in SAYING_IT_AGAIN])
def test_who_never_applied_withdraws_no_application(language: str, follow_up: FollowUp) -> None:
    for place in PLACES:
        wish = Wish(situation=follow_up, after=Situation.OUTREACH, language=language)
        letter = write(wish, place)
        assert "withdraw" not in letter.text
        assert "zurück" not in letter.text
        errors = lint(letter, place, Situation.OUTREACH).errors
        assert not errors, errors


@pytest.mark.parametrize(
    ("language", "manners", "tone", "said"),
    [
        ("nl", UNKNOWN, Tone.NEUTRAL, "je"),
        ("nl", Manners(familiar=False), Tone.NEUTRAL, "u"),
        ("nl", UNKNOWN, Tone.FORMAL, "u"),
        ("de", UNKNOWN, Tone.NEUTRAL, "Sie"),
        ("de", Manners(familiar=True), Tone.NEUTRAL, "du"),
    ],
)
def test_where_nothing_tells_which_you_the_language_does(
    language: str, manners: Manners, tone: Tone, said: str
) -> None:
    wish = Wish(situation=Situation.SCHEDULED, language=language, manners=manners, tone=tone)
    near = re.findall(r"\b(?:je|jij|jullie|du|dir|dich|dein\w*|euch)\b", write(wish).text)
    far = re.findall(r"\b(?:u|uw|Sie|Ihnen|Ihr\w*)\b", write(wish).text)
    assert bool(near) is (said in ("je", "du"))
    assert bool(far) is (said in ("u", "Sie"))


def test_french_signs_stand_behind_a_space_that_does_not_break() -> None:
    dates = load_dates("fr", None)
    assert dates is not None
    assert dates.typeset("Merci : à 14:00 ? Oui! https://a.example") == (
        "Merci\u00a0: à 14:00\u00a0? Oui\u00a0! https://a.example"
    )
    for place in PLACES:
        letter = write(Wish(situation=Situation.SCHEDULED, reason=Reason.FIT, language="fr"), place)
        assert not re.search(r"[^\u00a0][:;!?](?=\s|$)", letter.text)
