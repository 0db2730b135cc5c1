"""Ranking: what is listed, in which order, with which reasons; how WHO answers to a thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.find import rank as ranking
from bowout.find.called import EQUAL, How, Names
from bowout.find.candidate import Outcome, Ranking
from bowout.find.view import View, other_position
from bowout.find.who import match
from bowout.model import Address, Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.find.scenarios import CORA, DANA, INVITATION, SAM
from unit.mailboxes import IDENTITIES, ME, Mail, calendar, mail, thread

RELAYS = load_relays()


def rank(*box: Thread, who: str = "", days: int | None = None) -> Ranking:
    since = None if days is None else NOON - timedelta(days=days)
    return ranking.rank(box, Query(who=who, since=since), IDENTITIES, RELAYS, NOON)


def subjects(found: Ranking) -> list[str]:
    return [c.thread.id for c in found.candidates]


OLD = thread("Interview, long ago", mail(DANA, INVITATION, at=200))
RECENT = thread("Interview", mail(DANA, INVITATION, at=9), mail(ME, "Gladly", to=DANA))
NEWER = thread("Screening", mail("Nils <nils@borealis.com>", INVITATION.replace("Acme", "Borealis"), at=3))
SYSTEM = thread("Applied", mail("Cumulus <no-reply@ashbyhq.com>", "Thank you for applying to Cumulus.", at=5))
PRIVATE = (
    thread("Holiday", mail(SAM, "Shall we go to Rome? It is a nice position.", at=1)),
    thread("Sale", mail("Shop <news@shop.example>", "Jobs!", at=1, headers={"List-Id": "<shop>"})),
    thread("Digest", mail("LinkedIn <jobs-noreply@linkedin.com>", "New jobs: interview at Acme", at=1)),
    thread("Parcel", mail("Post <no-reply@post.example>", "Your parcel is here.", at=1)),
)


# --- without WHO --------------------------------------------------------------------------------------


def test_bare_find_lists_hiring_threads_newest_first_and_is_sure_of_nothing() -> None:
    found = rank(OLD, RECENT, SYSTEM, NEWER, *PRIVATE, days=120)
    assert subjects(found) == ["Screening", "Applied", "Interview"]
    assert found.outcome is Outcome.AMBIGUOUS
    assert not any(c.sure for c in found.candidates)


def test_bare_find_of_a_mailbox_without_hiring() -> None:
    assert rank(*PRIVATE, days=120) == Ranking(outcome=Outcome.NONE, candidates=())


def test_a_single_hiring_thread_is_not_sure_without_who() -> None:
    assert rank(RECENT).outcome is Outcome.AMBIGUOUS


def test_last_word_and_newest_moment() -> None:
    mine, theirs = rank(RECENT).candidates[0], rank(NEWER).candidates[0]
    assert (mine.last_by, theirs.last_by) == ("me", "them")
    assert mine.newest == RECENT.messages[-1].moment
    assert mine.person is not None
    assert mine.person.address.address == "dana.berg@acme.com"


@pytest.mark.parametrize(
    "newest",
    [
        mail("calendar-notification@google.com", "Reminder", at=0),
        mail(DANA, "Away", at=0, headers={"Auto-Submitted": "auto-replied"}),
        mail(SAM, "How nice!", at=0),
    ],
)
def test_machines_and_outsiders_do_not_have_the_last_word(newest: Mail) -> None:
    box = thread(
        "Interview",
        mail(DANA, INVITATION, at=9),
        mail(ME, "Look", to=SAM, subject="Fwd: Interview", at=8),
        newest,
    )
    found = rank(box).candidates[0]
    assert (found.last_by, found.newest) == ("them", box.messages[0].moment)


def test_since_holds_for_a_search_too() -> None:
    assert subjects(rank(OLD, RECENT, who="acme")) == ["Interview", "Interview, long ago"]
    assert rank(OLD, RECENT, who="acme", days=120).outcome is Outcome.SURE


def test_the_same_thread_twice_is_one() -> None:
    assert rank(RECENT, RECENT, who="acme").outcome is Outcome.SURE


# --- with WHO -----------------------------------------------------------------------------------------


def test_reasons_are_sentences_without_tricks() -> None:
    evil = thread("Interview \x1b[31m\u202e" + "x" * 5000, mail(DANA, INVITATION))
    found = rank(evil, who="interview")
    for reason in found.candidates[0].reasons:
        assert reason.isprintable()
        assert len(reason) <= 200


def test_done_is_said_and_ranks_below_the_living() -> None:
    done = thread(
        "Interview, done", mail(DANA, INVITATION, at=4), mail(ME, "I withdraw my application.", to=DANA)
    )
    found = rank(done, RECENT, who="acme")
    assert [(c.thread.id, c.status) for c in found.candidates] == [
        ("Interview", None),
        ("Interview, done", "withdrawn"),
    ]


def test_an_invitation_and_an_own_answer_count() -> None:
    plain = thread("Plain", mail(DANA, INVITATION, at=5))
    rich = thread("Rich", mail(DANA, INVITATION, at=5, calendar=calendar()), mail(ME, "Yes", to=DANA, at=5))
    assert subjects(rank(plain, rich, who="acme")) == ["Rich", "Plain"]


def test_an_automatic_sender_is_nobody_in_person() -> None:
    robot = thread("Interview", mail(DANA, INVITATION, headers={"Auto-Submitted": "auto-generated"}))
    assert rank(robot, who="acme").outcome is Outcome.AMBIGUOUS


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ("Dana Berg <dana@brixton.example>", Outcome.SURE),
        ("jobs@brixton.example", Outcome.AMBIGUOUS),
        ("Dana Berg <dana@brixtons.example>", Outcome.AMBIGUOUS),
        ("", Outcome.AMBIGUOUS),
    ],
)
def test_a_scheduler_speaks_for_a_person_of_the_firm_that_was_named(answers: str, outcome: Outcome) -> None:
    said = INVITATION.replace("Acme", "Brixton")
    sender = "Brixton <no-reply@slotwise.example>"
    robot = mail(sender, said, reply_to=answers, headers={"Auto-Submitted": "auto-generated"})
    assert rank(thread("Interview", robot), who="Brixton").outcome is outcome


def test_appraise_says_warnings_and_status_of_any_thread() -> None:
    odd = thread("Hello", mail(DANA, "Unrelated.", reply_to="dana@elsewhere.example"))
    found = ranking.appraise(odd, IDENTITIES, RELAYS, NOON)
    assert found.warnings
    assert not found.sure
    assert not [reason for reason in found.reasons if "hir" in reason]
    done = thread("Interview", mail(DANA, INVITATION), mail(ME, "I withdraw my application.", to=DANA))
    assert ranking.appraise(done, IDENTITIES, RELAYS, NOON).status == "withdrawn"


def test_a_message_without_sender_or_date_does_no_harm() -> None:
    odd = thread("Interview", mail(Address("", ""), INVITATION), mail(DANA, INVITATION, message_id=None))
    assert rank(odd, who="acme").candidates


def test_hostile_mail_is_ranked() -> None:
    text = "interview " + "a" * 50_000 + " the " * 10_000 + "> " * 10_000
    sender = Address("a" * 100_000 + " \t" * 20_000, "+a1" * 20_000 + "@" + "x." * 5_000 + "com")
    box = thread("re: " * 5_000, mail(sender, text, reply_to="b" * 50_000 + "@x.org"), mail(DANA, INVITATION))
    assert rank(box, who="acme").outcome is not Outcome.SURE
    assert rank(box, who="z" * 10_000).outcome is Outcome.NONE


SENDERS = st.sampled_from(
    [DANA, CORA, SAM, ME, "Acme <no-reply@ashbyhq.com>", "dana@acrne.com", "tom@gmail.com"]
)
TEXTS = st.sampled_from([INVITATION, "Your interview", "Hi", "acme", "I withdraw my application.", ""])
BOXES = st.lists(
    st.lists(st.builds(lambda s, t, to: mail(s, t, to=to), SENDERS, TEXTS, SENDERS), min_size=1, max_size=4),
    max_size=4,
)


@given(
    BOXES,
    st.sampled_from(["acme", "acme.com", "Dana Berg", "tom", "interview", "zzz", "no-reply@ashbyhq.com"]),
)
def test_sure_is_one_candidate_that_equals_who(mails: list[list[Mail]], who: str) -> None:
    box = [thread(f"Interview {i}", *each) for i, each in enumerate(mails)]
    found = rank(*box, who=who)
    if found.outcome is not Outcome.SURE:
        assert not any(c.sure for c in found.candidates)
        return
    (only,) = found.candidates
    assert only.sure
    assert not only.warnings
    assert rank(only.thread).candidates  # it would be listed as hiring without WHO as well
    assert only.person is not None
    assert RELAYS.classify(only.person.address) is None
    assert who in ("acme", "acme.com", "Dana Berg")


def test_what_is_passed_over_is_counted() -> None:
    alert = thread("Jobs", mail("LinkedIn <jobs-noreply@linkedin.com>", "Acme is hiring."))
    found = rank(alert, who="acme")
    assert (found.outcome, len(found.passed_over)) == (Outcome.NONE, 1)
    assert rank(alert, who="borealis").passed_over == ()


def test_a_doubt_takes_the_certainty_away() -> None:
    found = rank(RECENT, who="acme").doubted("more threads mention it")
    assert found.outcome is Outcome.AMBIGUOUS
    assert [c.sure for c in found.candidates] == [False]
    assert "not certain: more threads mention it" in found.candidates[0].reasons
    assert rank(who="acme").doubted("more").outcome is Outcome.NONE


# --- WHO ------------------------------------------------------------------------------------------------


def names(**more: Any) -> Names:
    given_names: dict[str, Any] = {
        "addresses": (Address("Dana Berg", "dana@mail.acme.co.uk"), Address("", "x7f@hire.lever.co")),
        "firms": (Address("Dana Berg", "dana@mail.acme.co.uk"),),
        "people": ("Dana Berg (Acme)", "Groß, Jürgen", "Noor"),
        "companies": (("acme", "domain"), ("Blue Ocean GmbH", "subject"), ("Müller & Söhne", "signature")),
        "labels": ("acme",),
        "titles": ("Senior Data Engineer",),
        "signed": ("Dana Berg\nPeople Team, Acme",),
        "subjects": ("Your chat with Zephyr",),
        "texts": ("We build boats at Quince Labs. 面试安排在周四。",),
    }
    return Names(**{**given_names, **more})


@pytest.mark.parametrize(
    ("who", "how"),
    [
        ("dana@mail.acme.co.uk", How.ADDRESS),
        ("DANA@MAIL.acme.co.uk", How.ADDRESS),
        ("x7f@hire.lever.co", How.ADDRESS),
        ("acme.co.uk", How.DOMAIN),
        ("@acme.co.uk", How.DOMAIN),
        ("mail.acme.co.uk", How.DOMAIN),
        ("lever.co", None),
        ("acmee.co.uk", How.TYPO),
        ("acmee@other.org", None),
        ("Acme", How.COMPANY),
        ("ACME, Inc.", How.COMPANY),
        ("blueocean", How.COMPANY),
        ("Blue Ocean", How.COMPANY),
        ("Mueller & Soehne", How.COMPANY),
        ("muller sohne", How.COMPANY),
        ("dana berg", How.FULL_NAME),
        ("Berg, Dana", How.FULL_NAME),
        ("Jürgen Groß", How.FULL_NAME),
        ("Juergen Gross", How.FULL_NAME),
        ("Dana", How.NAME),
        ("jurgen", How.NAME),
        ("Noor", How.NAME),
        ("Data Engineer", How.TITLE),
        ("chat with zephyr", How.SUBJECT),
        ("zephyr chat", How.SUBJECT),
        ("quince labs", How.TEXT),
        ("面试", How.TEXT),
        ("acmee", How.TYPO),
        ("Dana Borg", How.TYPO),
        ("zephir", How.TYPO),
        ("ace", None),
        ("boa", None),
        ("inc", None),
        ("", None),
        ("@", None),
        ("...", None),
    ],
)
def test_how_who_answers(who: str, how: How | None) -> None:
    found = match(who, names())
    assert (found.how if found else None) is how, found


@pytest.mark.parametrize(
    ("who", "company"),
    [("yandex", "Яндекс"), ("Яндекс", "Yandex"), ("omega", "Ωμέγα"), ("Gazprom", "Газпром")],
)
def test_another_script_is_found_and_never_equal(who: str, company: str) -> None:
    found = match(who, names(companies=((company, "domain"),)))
    assert found is not None
    assert found.how is How.SCRIPT
    assert found.how not in EQUAL


@given(st.text(max_size=40))
def test_no_who_makes_matching_fail(who: str) -> None:
    found = match(who, names())
    assert found is None or found.reason


NOBODY = Names(
    addresses=(),
    firms=(),
    people=(),
    companies=(),
    labels=(),
    titles=(),
    subjects=(),
    signed=(),
    texts=(),
)


@pytest.mark.parametrize(
    ("who", "target", "fits"),
    [
        # A word of three letters allows no slip, one of four to seven a single one, a longer one two.
        ("abc", "abcd", False),
        ("abcd", "abce", True),
        ("abcd", "abc", False),  # nor is a word of three letters one that was mistyped
        ("abcd", "abef", False),
        ("abcdefg", "abcdefx", True),
        ("abcdefg", "abcdeyx", False),
        ("abcdefgh", "abcdefyx", True),
        ("abcdefgh", "abcdezyx", False),
        ("abcdefghi", "abcdefgyx", True),
        ("abcdefghi", "abcdefzyx", False),
    ],
)
def test_how_many_slips_a_word_allows(who: str, target: str, fits: bool) -> None:
    found = match(who, replace(NOBODY, titles=(target,)))
    assert (found is not None and found.how is How.TYPO) is fits


@pytest.mark.parametrize(
    ("who", "target", "fits"),
    [
        ("bob", "боб", True),
        ("bo", "бо", False),  # two letters are no word
        ("bobi", "бобо", False),
        ("bobik", "бобит", True),  # five letters allow one to differ
        ("bobik", "бобот", False),
        ("боб", "боц", False),
    ],
)
def test_one_word_in_two_scripts(who: str, target: str, fits: bool) -> None:
    found = match(who, replace(NOBODY, titles=(target,)))
    assert (found is not None and found.how is How.SCRIPT) is fits


JOB = "We would like to schedule an interview for the position of {}."


@pytest.mark.parametrize(
    ("ours", "theirs", "other"),
    [
        ("Data Engineer", "Data Engineer", False),
        ("Data Engineer", "Senior Data Engineer", False),  # one holds the other
        ("Senior Data Engineer", "Data Engineer", False),
        ("Data Engineer", "Web Designer", True),
        (None, "Web Designer", False),
        (None, None, False),
    ],
)
def test_another_position_is_another_application(ours: str | None, theirs: str | None, other: bool) -> None:
    one, two = (
        View(thread("Hello", mail(DANA, said)), IDENTITIES, RELAYS, NOON, "")
        for said in (JOB.format(name) if name else "Shall we talk?" for name in (ours, theirs))
    )
    assert other_position(one, two) is other


def test_a_position_that_somebody_there_only_mentions_is_no_other_one() -> None:
    def view(*texts: str) -> View:
        return View(thread("Hello", *(mail(DANA, text) for text in texts)), IDENTITIES, RELAYS, NOON, "")

    machine = view(JOB.format("Data Engineer"))
    assert other_position(machine, view("Shall we talk?"))
    assert not other_position(machine, view("Our data engineers say hello.", "Shall we talk?"))
