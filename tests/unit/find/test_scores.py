"""What each sign weighs, and the small rules on which an order or a "no" hangs."""

from __future__ import annotations

import pytest

from bowout.errors import NoAddressee
from bowout.find import rank as ranking
from bowout.find import search
from bowout.find.called import EQUAL
from bowout.find.candidate import Candidate, Outcome
from bowout.find.firm import name_words
from bowout.find.likeness import may_be_meant
from bowout.find.who import match
from bowout.model import Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.find.scenarios import DANA, INVITATION
from unit.find.test_firm_names import names
from unit.find.test_search import Shelf, session
from unit.mailboxes import IDENTITIES, ME, calendar, mail, thread

RELAYS = load_relays()
PLAIN = thread("Interview", mail(DANA, INVITATION, at=24))
RICH = thread(
    "Interview", mail(DANA, INVITATION, at=24, calendar=calendar()), mail(ME, "Yes", to=DANA, at=24)
)


def found(box: Thread, who: str) -> Candidate:
    (candidate,) = ranking.rank([box], Query(who=who), IDENTITIES, RELAYS, NOON).candidates
    return candidate


def test_an_invitation_of_the_calendar_and_an_answer_of_mine_weigh_as_documented() -> None:
    assert found(RICH, "acme").score - found(PLAIN, "acme").score == 15


@pytest.mark.parametrize(
    ("who", "weight"),
    [("dana.berg@acme.com", 60), ("acme", 50), ("Dana Berg", 50), ("Dana", 30), ("amce", 15)],
)
def test_how_who_fits_weighs_as_documented(who: str, weight: float) -> None:
    every = found(PLAIN, "dana.berg@acme.com").score - 60
    assert found(PLAIN, who).score - every == weight


def test_only_a_mention_in_the_text_weighs_least() -> None:
    box = thread("Interview", mail(DANA, f"Our new site in Oakmere opens soon. {INVITATION}", at=24))
    assert found(box, "oakmere").score - found(box, "acme").score == 10 - 50


@pytest.mark.parametrize(("days", "points"), [(0, 10.0), (24, 8.0), (60, 5.0), (120, 0.0), (200, 0.0)])
def test_a_month_takes_two_and_a_half_points(days: float, points: float) -> None:
    newest = found(thread("Interview", mail(DANA, INVITATION, at=days)), "acme")
    oldest = found(thread("Interview", mail(DANA, INVITATION, at=300)), "acme")
    assert newest.score - oldest.score == points


def test_what_was_passed_on_and_what_has_ended_weigh_as_documented() -> None:
    passed = thread("Fwd: Interview", mail(DANA, INVITATION, at=24))
    assert found(passed, "acme").score - found(PLAIN, "acme").score == -20
    over = "I withdraw my application."
    ended = thread("Interview", mail(DANA, INVITATION, at=24), mail(ME, over, to=DANA, at=24))
    going = thread("Interview", mail(DANA, INVITATION, at=24), mail(ME, "Gladly.", to=DANA, at=24))
    assert found(ended, "acme").score - found(going, "acme").score == -15


@pytest.mark.parametrize(("count", "written"), [(1, "1 mail written"), (2, "2 mails written")])
def test_mails_are_counted_in_words(count: int, written: str) -> None:
    box = thread("Interview", *(mail(DANA, INVITATION, at=20 - n) for n in range(count)))
    assert any(reason.startswith(written) for reason in found(box, "acme").reasons)


def test_each_word_must_be_short_for_something_of_the_label() -> None:
    hit = match("Kestrel Drainage Water", names("kestrelidb"))
    assert hit is None or hit.how not in EQUAL


@pytest.mark.parametrize(("who", "may_be"), [("gfsdn", True), ("gfsdns", False)])
def test_initials_are_three_to_five_letters(who: str, may_be: bool) -> None:
    hit = match(who, names(signed="Granite Falls School District Nine Schools"))
    assert (hit is not None) is may_be


def test_legal_forms_and_short_words_tell_no_name() -> None:
    assert name_words("Kite GmbH of the Go") == ("kite",)


@pytest.mark.parametrize("who", ["Quill Zebra Yonder", "zyxw"])
def test_three_words_or_four_letters_alone_resemble_nothing(who: str) -> None:
    assert not may_be_meant(PLAIN, who, IDENTITIES, RELAYS)


def test_a_recruiter_who_writes_of_their_choir_is_asked_about() -> None:
    text = f"{INVITATION} Our choir rehearses on Monday.\n\nDana Berg\nRecruiter, Acme"
    candidate = found(thread("Interview", mail(DANA, text)), "acme")
    assert "it may be about a club" in candidate.doubts


def test_a_portal_that_names_the_firm_counts_where_a_person_was_typed() -> None:
    refusal = mail(
        "Acme Hiring <no-reply@ashbyhq.com>",
        "Unfortunately we will not be moving forward with your application for Data Engineer at Acme.",
        at=1,
    )
    invited = "We would like to schedule an interview for the role of Data Engineer."  # names no firm
    box = [thread("Interview", mail(DANA, invited, at=4)), thread("Your application at Acme", refusal)]
    assert ranking.rank(box[:1], Query(who="Dana Berg"), IDENTITIES, RELAYS, NOON).outcome is Outcome.SURE
    outcome = ranking.rank(box, Query(who="Dana Berg"), IDENTITIES, RELAYS, NOON).outcome
    assert outcome is Outcome.AMBIGUOUS


def test_an_error_about_a_thread_names_it_with_its_stage() -> None:
    shelf = Shelf(answering=(PLAIN,))
    told = search.about(
        session(shelf), found(PLAIN, "acme"), NoAddressee("Nobody reads it.", "Use the portal.")
    )
    assert [named["thread"] for named in told.candidates] == [PLAIN.id]
    assert "stage" in told.candidates[0]
