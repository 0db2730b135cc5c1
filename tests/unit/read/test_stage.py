"""read.stage: a talk is only said to be held where something shows that it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bowout.model import Address, Body, Confidence, Fact, Folder, Identity, Message, Stage, Thread
from bowout.people import machines
from bowout.read import learned
from bowout.read.facts import Reading
from bowout.text import hiring

ME = Address("Alex Moreno", "alex@moreno.example")
DANA = Address("Dana Whitfield", "dana@acmerobotics.example")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def mail(text: str, day: int, sender: Address = DANA, subject: str = "Your application") -> Message:
    return Message(
        id=f"m{day}",
        thread_id="t",
        message_id=f"<{day}@mail.example>",
        folder=Folder.SENT if sender == ME else Folder.INBOX,
        subject=subject,
        date=datetime(2026, 11, day, 9, tzinfo=UTC),
        from_=(sender,),
        to=(DANA if sender == ME else ME,),
        body=Body(text=text),
    )


def reached(*mails: Message) -> Fact[Stage] | None:
    thread = Thread(id="t", messages=mails, complete=True)
    return Reading(thread, [Identity(address=ME)], machines.load_relays(), NOW).reached


@pytest.mark.parametrize(
    "text",
    [
        "Hi Alex, thanks, we got it and will come back to you within two weeks. Dana",
        "Hi Alex, we are shortlisting next week and will be in touch. Dana",
        "Hi Alex, I am away till Monday but lovely to hear from you, will read it then. Dana",
    ],
)
def test_kind_words_about_what_is_to_come_are_no_interview(text: str) -> None:
    found = reached(mail("Please find my application attached.", 18, ME), mail(text, 20))
    assert found is None or found.value is not Stage.INTERVIEWED


def test_words_of_a_meeting_held_are_one() -> None:
    found = reached(mail("Hi Alex, it was lovely to meet you on Tuesday. We will be in touch soon. Dana", 20))
    assert found is not None
    assert found.value is Stage.INTERVIEWED


def test_my_own_thanks_show_that_a_talk_was_held() -> None:
    asked = mail("Hi Alex, we would like to invite you to an interview. Which day suits you?", 10)
    thanked = mail("Dear Dana, thank you for our conversation yesterday.", 18, ME)
    answer = mail("Hi Alex, we have one more candidate to see on Monday, then the panel decides. Dana", 20)
    for mails, step in (((asked, thanked, answer), Stage.INTERVIEWED), ((asked, answer), Stage.INVITED)):
        found = reached(*mails)
        assert found is not None
        assert found.value is step


def test_a_day_agreed_before_that_is_past_shows_that_a_talk_was_held() -> None:
    asked = mail("Hi Alex, we would like to invite you to an interview on Thursday. Dana", 10)
    agreed = mail("Dear Dana, Thursday suits me.", 11, ME)
    text = "Hi Alex, we have one more candidate to see on Monday, then the panel decides. Dana"
    for day, step in ((20, Stage.INTERVIEWED), (11, Stage.INVITED)):
        found = reached(asked, agreed, mail(text, day))
        assert found is not None
        assert found.value is step


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for coming in on Tuesday.",
        "Great chatting yesterday!",
        "vielen Dank für das Gespräch am Montag",
        "Danke für gestern",
        "Merci encore pour l’entretien d’hier.",
        "Gracias por venir el martes.",
        "Grazie per il colloquio di ieri.",
        "Bedankt voor het gesprek.",
        "Dziękuję za wczorajszą rozmowę.",
        "Obrigada pela conversa de ontem",
        "Tack för ett fint samtal i onsdags.",
    ],
)
def test_a_meeting_held_is_told_in_each_language(text: str) -> None:
    assert hiring.tells_of_meeting(text)


@pytest.mark.parametrize(
    "text",
    [
        "We look forward to meeting you on Tuesday.",
        "Thank you for your application, got it yesterday.",
        "We have not met.",
        "We would love to talk to you.",
        "Wir freuen uns auf das Gespräch.",
        "If we had met, you would know.",
        "Vielen Dank für Ihre Bewerbung.",
        "The panel meets on Friday.",
    ],
)
def test_what_is_to_come_is_no_meeting_held(text: str) -> None:
    assert not hiring.tells_of_meeting(text)


OFFER = "Dear Alex, we are pleased to offer you the position of Analyst from 1 February. Dana Whitfield"


def stands_at(*answers: str, after: str = OFFER) -> Stage | None:
    mails = (mail(text, 21 + at, ME) for at, text in enumerate(answers))
    found = reached(mail(after, 20), *mails)
    return found.value if found else None


@pytest.mark.parametrize(
    ("answer", "stage"),
    [
        ("Yes! I'm in. Tell the tubas to be afraid.", Stage.ACCEPTED),
        ("Dzień dobry, bardzo dziękuję, przyjmuję ofertę. Pozdrawiam", Stage.ACCEPTED),
        ("Chère Dana, c'est un grand oui ! À quand la signature ?", Stage.ACCEPTED),
        ("Thank you. I accept the post of Analyst and will report on 1 February.", Stage.ACCEPTED),
        ("Dear Dana, signed contract and vetting form attached. Regards", Stage.SIGNED),
        ("Servus Dana, unterschrieben und eingescannt im Anhang.", Stage.SIGNED),
    ],
)
def test_my_yes_to_an_offer_takes_it(answer: str, stage: Stage) -> None:
    assert stands_at(answer) is stage


@pytest.mark.parametrize(
    "answer",
    [
        "Thank you! I would accept the offer if the base were 94. Could that be?",
        "Thank you! Before I sign, could I see the plan? I will send the signed copy once I have.",
        "I'm in Leeds till Friday. May I answer then?",
        "Danke! Ich nehme an, dass der Urlaub anteilig gilt?",
    ],
)
def test_a_question_or_a_condition_takes_no_offer(answer: str) -> None:
    assert stands_at(answer) is Stage.OFFER


def test_who_has_signed_elsewhere_has_not_signed_here() -> None:
    assert stands_at("Vielen Dank, aber ich habe gestern woanders unterschrieben. Alles Gute!") not in (
        Stage.SIGNED,
        Stage.ACCEPTED,
    )


def test_the_same_yes_to_an_invitation_takes_no_job() -> None:
    invitation = "Dear Alex, we would like to invite you to an interview on 9 December at 10:00. Dana"
    assert stands_at("Yes please, count me in!", after=invitation) in (Stage.INVITED, Stage.SCHEDULED)


def judged_as(step: str, chance: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the table say this of every mail of theirs, whatever it learns later."""
    told = learned.Judgement(0.0, step, chance, "rejected", 1.0, step)
    monkeypatch.setattr(learned, "judge", lambda _text, _subject="", *, mine: None if mine else told)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Alex, it is yours! Contract attached, 44k. We'd need a yes by Sunday. Dana", Stage.OFFER),
        ("Alex, it is yours. Letter attached with the terms. Say yes? Dana", Stage.OFFER),
        ("Alex, es ist deine Stelle. Anbei der Vertrag, lies ihn in Ruhe. Dana", Stage.OFFER),
        ("Alex, it is yours. The letter will be attached to my next mail. Dana", Stage.VERBAL_OFFER),
        ("Alex, it is yours. I attach a map. Say yes? Dana", Stage.VERBAL_OFFER),
    ],
)
def test_an_offer_that_comes_with_its_paper_is_a_written_one(
    text: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged_as("verbal-offer", 0.7, monkeypatch)
    found = reached(mail(text, 20, subject="Analyst"))
    assert found is not None
    assert found.value is stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Thanks, will show it to Buddy.", Stage.APPLIED),
        ("Thanks, see you Thursday.", Stage.SCHEDULED),
        ("Thanks, see you at 14:00.", Stage.SCHEDULED),
    ],
)
def test_a_guess_at_a_fixed_talk_needs_a_day_or_an_hour_after_my_own_mail_alone(
    text: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged_as("scheduled", 0.4, monkeypatch)
    applied = mail("Hello, this is my application. Alex", 18, ME)
    found = reached(applied, mail(text, 20))
    assert found is not None
    assert (found.value, found.confidence) == (stage, Confidence.LOW)


def test_a_mail_without_an_hour_after_thanks_for_the_talk_fixes_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged_as("scheduled", 0.7, monkeypatch)
    invited = mail("Nous vous attendons jeudi 12 novembre à 14h. Dana", 9)
    thanks = mail("Merci encore pour votre accueil hier. Alex", 13, ME)
    found = reached(invited, thanks, mail("Merci à vous. La commission se réunit le 17 décembre. Dana", 14))
    assert found is not None
    assert found.value is Stage.INTERVIEWED
    again = reached(invited, thanks, mail("Merci à vous. Revenez mardi 1er décembre à 9h. Dana", 14))
    assert again is not None
    assert again.value is Stage.SCHEDULED


def test_my_application_may_only_stand_in_their_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    judged_as("scheduled", 0.4, monkeypatch)
    quote = f"On Wed, 18 Nov 2026 at 09:00, Alex Moreno <{ME.address}> wrote:\n> My application is attached."
    found = reached(mail(f"Thanks, will show it to Buddy.\n\n{quote}", 20, subject="Re: mechanic"))
    assert found is not None
    assert found.value is Stage.APPLIED


def test_a_nudge_after_an_outreach_fixes_nothing() -> None:
    first = mail("Hi Alex, I came across your profile. Would you be open to a new role in Rust?", 10)
    nudge = mail("You're all booked in, see you there!", 14)
    for mails in ((first,), (first, nudge)):
        found = reached(*mails)
        assert found is not None
        assert found.value is Stage.OUTREACH


@pytest.mark.parametrize(
    "text",
    [
        "Kære Alex, vi mødtes på konferencen. Vi søger en økonom, og jeg tænkte på dig. Må jeg ringe en dag?",
        "Hi Alex, I thought of you for our bakery. May I ring you one day and tell you about it?",
        "Im Auftrag der Agrarbank suche ich eine Leitung. Darf ich Sie zu einem Telefonat einladen?",
    ],
)
def test_a_first_mail_that_asks_whether_i_would_like_a_job_is_an_outreach(text: str) -> None:
    found = reached(mail(text, 10))
    assert found is not None
    assert found.value is Stage.OUTREACH


def test_an_answer_to_my_question_does_not_accept_the_offer_for_me() -> None:
    offer = mail("Hi Alex, attached is your offer letter. Sign and send it back by the 9th.", 10)
    question = mail("Thank you! Does the schedule rotate, and is there a pension?", 11, ME)
    answer = mail("Great question! Yes, the pension starts from your first day.", 12)
    found = reached(offer, question, answer)
    assert found is not None
    assert found.value is Stage.OFFER


def test_to_appoint_is_to_offer() -> None:
    found = reached(mail("Dear Alex, the Council resolved to appoint you, subject to references.", 10))
    assert found is not None
    assert found.value is Stage.OFFER


@pytest.mark.parametrize(
    "text",
    [
        "Hi Alex, thanks for both panels. Decision before the shutdown on the 18th.",
        "Thanks for coming up again yesterday, we decide soon.",
    ],
)
def test_both_talks_are_late_rounds(text: str) -> None:
    assert hiring.late_round(text)
    assert hiring.tells_of_meeting(text)
