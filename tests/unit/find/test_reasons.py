"""Why a thread stands where it stands: what is told about it, and what puts it below another."""

from __future__ import annotations

import pytest

from bowout.find import rank as ranking
from bowout.find.candidate import Ranking
from bowout.model import Query, Thread
from bowout.people.machines import load_relays
from clock import NOON
from unit.find.scenarios import DANA, INVITATION
from unit.mailboxes import IDENTITIES, ME, Mail, calendar, mail, thread

RELAYS = load_relays()


def rank(*box: Thread, who: str = "") -> Ranking:
    return ranking.rank(box, Query(who=who), IDENTITIES, RELAYS, NOON)


def test_what_i_ended_and_what_they_ended_are_told_apart() -> None:
    mine = thread("Interview", mail(DANA, INVITATION), mail(ME, "I withdraw my application.", to=DANA))
    theirs = thread(
        "Interview", mail(DANA, INVITATION), mail(DANA, "Unfortunately, we chose another candidate.")
    )
    ended = [ranking.appraise(box, IDENTITIES, RELAYS, NOON) for box in (mine, theirs)]
    assert "you already withdrew" in ended[0].reasons
    assert "they turned you down" in ended[1].reasons


def test_a_mail_that_somebody_passed_on_stands_below_the_same_mail_to_me() -> None:
    direct, passed = (
        thread("Interview", mail(DANA, INVITATION)),
        thread("Fwd: Interview", mail(DANA, INVITATION)),
    )
    scores = [ranking.appraise(box, IDENTITIES, RELAYS, NOON).score for box in (direct, passed)]
    assert scores[0] > scores[1]


def test_a_thread_that_ended_stands_below_one_that_goes_on() -> None:
    ended = thread("Interview", mail(DANA, INVITATION), mail(ME, "I withdraw my application.", to=DANA))
    open_ = thread("Second interview", mail(DANA, INVITATION), mail(ME, "Gladly.", to=DANA))
    assert [c.thread.id for c in rank(ended, open_, who="acme").candidates] == [
        "Second interview",
        "Interview",
    ]


@pytest.mark.parametrize(("days", "words"), [(0.5, "today"), (1, "yesterday"), (2, "2 days ago")])
def test_the_age_of_the_last_mail_is_told_in_days(days: float, words: str) -> None:
    box = thread("Interview", mail(DANA, INVITATION, at=days))
    assert f"last mail {words}" in ranking.appraise(box, IDENTITIES, RELAYS, NOON).reasons


REGRETS = [
    "The panel went with someone who has run a plant before.",
    "The vacancy has already been filled.",
    "Die Stelle ist inzwischen besetzt.",
    "Malheureusement, nous ne donnons pas suite.",
    "Helaas gaan we niet verder.",
    "Lamentamos no poder continuar.",
]
OVER = "their mail of 18 November may end the process"


@pytest.mark.parametrize("words", REGRETS)
def test_a_word_of_regret_in_their_newest_mail_is_asked_about_or_known_as_a_refusal(words: str) -> None:
    box = thread(
        "Interview at Acme", mail(DANA, INVITATION, at=9), mail(DANA, f"Hello Ana,\n\n{words}", at=2)
    )
    found = rank(box, who="acme")
    (only,) = found.candidates
    assert only.status == "rejected" or not only.sure
    assert only.status == "rejected" or OVER in only.doubts


def test_regret_that_an_invitation_followed_is_no_doubt() -> None:
    box = thread(
        "Interview at Acme",
        mail(DANA, "Unfortunately the room is taken that day.", at=9),
        mail(DANA, INVITATION, at=2),
    )
    (only,) = rank(box, who="acme").candidates
    assert only.sure
    assert OVER not in only.doubts


def test_words_that_landlords_write_as_well_are_not_plainly_those_of_one_who_hires() -> None:
    def doubts(text: str) -> tuple[str, ...]:
        box = thread("Your visit", mail("Dana Berg <dana.careers@acme.com>", text))
        return ranking.appraise(box, IDENTITIES, RELAYS, NOON).doubts

    vague = "nobody there writes plainly as one who hires"
    assert doubts("Here is the next step for you.")
    assert vague not in doubts("We would like to invite you to an interview for the role.")


@pytest.mark.parametrize(
    "between",
    [
        mail("Acme <no-reply@us.greenhouse-mail.io>", "Your application was received."),
        mail(DANA, "Accepted: Interview", calendar=calendar("REPLY")),
        mail(DANA, "News of the month.", headers={"List-Id": "<news.acme.com>"}),
    ],
    ids=["hiring system", "calendar", "mailing"],
)
def test_what_nobody_wrote_by_hand_is_no_word_of_the_talk(between: Mail) -> None:
    box = thread("Interview", mail(DANA, INVITATION), mail(ME, "Gladly.", to=DANA), between)
    found = ranking.appraise(box, IDENTITIES, RELAYS, NOON)
    assert found.last_by == "me"
    assert found.newest == box.messages[1].moment


def test_what_people_wrote_stands_above_what_machines_wrote() -> None:
    by_hand, machines = (
        ranking.appraise(thread("Interview", mail(sender, "Hello")), IDENTITIES, RELAYS, NOON)
        for sender in (DANA, "Acme <no-reply@us.greenhouse-mail.io>")
    )
    assert "only machines wrote" in machines.reasons
    assert machines.score < 0 < by_hand.score


def test_words_of_mine_that_may_be_a_withdrawal_are_asked_about() -> None:
    mine = (
        "I have taken something closer to home, so I will not come on Friday."
        " Please give the slot to somebody else."
    )
    box = thread("Interview", mail(DANA, INVITATION, at=9), mail(ME, mine, to=DANA, at=2))
    (only,) = rank(box, who="acme").candidates
    assert not only.sure
    assert only.doubts == ("your mail of 18 November may be a withdrawal",)


@pytest.mark.parametrize(
    "said",
    [
        "Ana, no use to us without a boat licence, sorry. Dana",
        "Ana, das wird leider nichts. Gruß, Dana",
        "Ana, désolée, on a pris ma nièce. Dana",
        "Lo siento, Ana, no puede ser. Dana",
    ],
)
def test_few_words_that_beg_pardon_are_asked_about(said: str) -> None:
    box = thread(
        "Interview", mail(DANA, INVITATION, at=9), mail(ME, "Gladly.", to=DANA, at=5), mail(DANA, said)
    )
    (only,) = rank(box, who="acme").candidates
    assert not only.sure
    assert only.status is not None or any("may end the process" in doubt for doubt in only.doubts)


@pytest.mark.parametrize(
    "said",
    [
        "We would like to schedule an interview for the role of Tester.",
        "Thank you for your application. We would like to invite you to a talk about the post of Planner.",
        "Would you be open to a call about the role of Data Engineer? My client pays well.",
        "See you on Friday!",
    ],
)
def test_plain_words_that_lead_on_are_no_end(said: str) -> None:
    box = thread(
        "Interview", mail(DANA, INVITATION, at=9), mail(ME, "Gladly.", to=DANA, at=5), mail(DANA, said)
    )
    (only,) = rank(box, who="acme").candidates
    assert not [doubt for doubt in only.doubts if "may end" in doubt]


def test_good_luck_after_what_may_be_a_withdrawal_keeps_it_one() -> None:
    mine = "I've been offered a job nearer home, so perhaps it is best if you carry on without me."
    answers = (
        mail(DANA, INVITATION, at=9),
        mail(ME, mine, to=DANA, at=3),
        mail(DANA, "Will do, good luck!", at=2),
    )
    only = ranking.appraise(thread("Interview", *answers), IDENTITIES, RELAYS, NOON)
    assert only.status is not None or only.doubts


def test_a_newest_mail_that_says_nothing_readable_is_asked_about() -> None:
    box = thread("Interview", mail(DANA, INVITATION, at=9), mail(DANA, "> quoted\n> only", at=2))
    only = ranking.appraise(box, IDENTITIES, RELAYS, NOON)
    assert "their mail of 18 November could not be read" in only.doubts


def test_an_invitation_of_a_few_words_is_as_good_as_one_of_many() -> None:
    sent = mail(DANA, "You have been invited.", calendar=calendar("REQUEST"))
    only = ranking.appraise(thread("Interview Data Engineer - Acme", sent), IDENTITIES, RELAYS, NOON)
    assert "nobody there writes plainly as one who hires" not in only.doubts


@pytest.mark.parametrize(
    "text", ["C'est noté, merci !", "Great, thanks Dana!", "Oui, mardi 9h30 me convient. Merci"]
)
def test_a_few_words_of_thanks_are_no_withdrawal(text: str) -> None:
    box = thread("Interview", mail(DANA, INVITATION, at=3), mail(ME, text, to=DANA, at=2))
    assert ranking.appraise(box, IDENTITIES, RELAYS, NOON).doubts == ()
