"""Mail that sounds like hiring and is no job of mine is never taken without asking."""

from __future__ import annotations

import pytest

from bowout.find import rank
from bowout.find.candidate import Candidate, Outcome
from bowout.model import Query
from bowout.people.machines import load_relays
from clock import NOON
from unit.mailboxes import IDENTITIES, ME, Mail, mail, thread

RELAYS = load_relays()
RITA = "Rita Sell <rita@acme.com>"


def only(*mails: Mail, subject: str = "Hello") -> tuple[Outcome, Candidate]:
    """The outcome for the company's name, and its one candidate."""
    found = rank.rank([thread(subject, *mails)], Query(who="acme"), IDENTITIES, RELAYS, NOON)
    (candidate,) = found.candidates
    return found.outcome, candidate


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (
            "a sale",
            "I saw your role at Globex. Would you be open to a call about recruiting? What times work?",
        ),
        ("a sale", "Wie besprochen bewerben wir uns als Lieferant. Ich käme gern für ein Gespräch vorbei."),
        (
            "an animal",
            "Loved your application to adopt a puppy! Deb will pop round for an interview and home check.",
        ),
        (
            "a treatment",
            "Good work on your knee. I'd like to see you again, I have Tuesday at 10. Keep stretching.",
        ),
        (
            "a repair or a purchase",
            "Your car is booked in for Tuesday at 10. Bring the service book, please.",
        ),
        (
            "studies",
            (
                "Thank you for your application for the role of Student Tutor. We would"
                " like to invite you to an"
                " interview with the admissions committee."
            ),
        ),
        (
            "studies",
            (
                "We would like to invite you to an interview for the position of Doctoral Researcher in our"
                " doctoral programme. Other candidates will attend.\n\nRita\nRecruitment Office"
            ),
        ),
        (
            "a home",
            (
                "Thank you for your application for the flat. We would like to invite you"
                " to an interview; there"
                " are other candidates.\n\nRita\nTenant Recruiting"
            ),
        ),
        (
            "the press",
            (
                "Would you join our podcast? I would love to schedule an interview about the role of"
                " Data Engineer and recruiting."
            ),
        ),
        (
            "a visa",
            "Your visa interview as Data Engineer: thank you for your application, please recruit help.",
        ),
        (
            "research",
            (
                "We are recruiting participants for a user study. We would like to"
                " schedule an interview with you"
                " about the role of Tester.\n\nRita\nRecruiting"
            ),
        ),
        (
            "a sale",
            (
                "I saw you are hiring for the role of Data Engineer. Our tool helps your"
                " recruiting team. Happy to"
                " schedule a call on the next steps.\n\nRita\nTalent Solutions"
            ),
        ),
        (
            "somebody else's application",
            (
                "Bob applied for the role of Data Engineer and named you as a reference. Could we schedule a"
                " call?\n\nRita\nRecruiter"
            ),
        ),
        (
            "somebody else's application",
            (
                "Could you interview a candidate for the role of Data Engineer? The hiring manager is away."
                "\n\nRita\nRecruiter"
            ),
        ),
        (
            "a friend's good wishes",
            "I referred you for the role of Data Engineer, our recruiter will invite you to an interview.",
        ),
        (
            "a friend's good wishes",
            "Heard you interview for the role of Data Engineer with our hiring team. Good luck!",
        ),
    ],
)
def test_other_interviews_and_applications_are_asked_about(about: str, text: str) -> None:
    outcome, candidate = only(mail(RITA, text))
    assert outcome is Outcome.AMBIGUOUS
    assert not candidate.sure
    assert f"not certain: it may be about {about}" in candidate.reasons


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your application. We would like to invite you to an interview. What times work?",
        "I saw what you do at Globex. Would you be open to a call? What times work?",
    ],
)
def test_who_names_no_position_and_recruits_by_no_sign_is_asked_about(text: str) -> None:
    outcome, candidate = only(mail(RITA, text))
    assert outcome is Outcome.AMBIGUOUS
    assert any("names no position" in reason for reason in candidate.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "We have flat hierarchies and would like to schedule an interview for the role of Tester.",
        "Thank you for your application. We would like to schedule an interview.\n\nRita Sell\nRecruiter",
        "Our hiring manager would like to schedule an interview with you.",
    ],
    ids=["position", "signature", "hiring manager"],
)
def test_one_plain_sign_of_a_job_is_enough(text: str) -> None:
    outcome, candidate = only(mail(RITA, text))
    assert outcome is Outcome.SURE
    assert not any(reason.startswith("not certain") for reason in candidate.reasons)


def test_a_recruiter_may_wish_good_luck() -> None:
    invited = "We would like to invite you to an interview for the role of Data Engineer.\n\nRita\nRecruiter"
    outcome, _ = only(mail(RITA, invited), mail(ME, "Gladly", to=RITA), mail(RITA, "Good luck on Friday!"))
    assert outcome is Outcome.SURE


def test_why_a_part_of_a_name_is_not_certain_is_told() -> None:
    box = thread("Interview", mail(RITA, "We would like to schedule an interview.\n\nRita\nRecruiter"))
    (found,) = rank.rank([box], Query(who="rita"), IDENTITIES, RELAYS, NOON).candidates
    told = "rita is no company, domain, address or full name in it (Rita Sell takes part)"
    assert f"not certain: {told}" in found.reasons


def test_a_domain_spelt_almost_like_the_company_is_asked_about() -> None:
    text = "We would like to schedule an interview for the role of Tester at Kestrel.\n\nRita\nRecruiter"
    odd = thread("Interview at Kestrel", mail("Rita Sell <rita@kestrell.com>", text))
    found = rank.rank([odd], Query(who="kestrel"), IDENTITIES, RELAYS, NOON)
    assert found.outcome is Outcome.AMBIGUOUS
    assert any("spelt almost like" in reason for reason in found.candidates[0].reasons)


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (
            "a home",
            "Your application for the 2BR on Elm Street has been received, the lease application follows.",
        ),
        (
            "a home",
            "Danke für deine Bewerbung um das WG-Zimmer. Magst du am Freitag zum Kennenlernen kommen?",
        ),
        ("a home", "U bent geselecteerd voor de bezichtiging op dinsdag."),
        (
            "the press",
            "Je prépare un article sur la reconversion. Seriez-vous disponible pour un entretien ?",
        ),
        ("the press", "Soy periodista. ¿Le vendría bien una entrevista el martes?"),
        ("research", "You are booked for the interview on Friday. You will receive $90 for 45 minutes."),
        (
            "a contract for a service",
            "We're ready to extend an offer on your refi, underwriting needs a letter.",
        ),
        (
            "a place for a child",
            "Wir haben Ihre Bewerbung um einen Krippenplatz und laden Sie zum Gespräch ein.",
        ),
        ("the work that you have", "Your annual appraisal interview is on Wednesday at 2pm with Neil."),
        ("somebody else's application", "You are on the panel for Thursday, first candidate at ten."),
        ("a course", "Sehr geehrte Frau Lopez, wir bestätigen Ihren Platz im Seminar am 10. Dezember."),
        ("a club", "Thank you for your audition with the Riverside Amateur Players. We offer you the part."),
        (
            "work without pay",
            "Thanks for your application to be a volunteer warden. Come for an interview at 10?",
        ),
        ("work without pay", "Your nomination for the position of Education Officer has two seconders."),
        ("money for a firm", "Your founders interview for the accelerator is on Thursday at 10."),
        ("a waiting list", "Hej Ana, din ansøgning er modtaget, og du har nu position 14 på ventelisten."),
        (
            "a donation or a trial",
            "Your egg donor application was accepted. Come for an interview on Monday.",
        ),
        ("a court", "Your application will be heard at the county court on Thursday at 10."),
        ("research", "You qualify for our £60 interview about farm overdrafts. You are booked for Tuesday."),
    ],
)
def test_what_else_interviews_and_offers_is_told_in_other_languages_too(about: str, text: str) -> None:
    outcome, only_one = only(mail(RITA, text))
    assert outcome is not Outcome.SURE
    assert f"it may be about {about}" in only_one.doubts


@pytest.mark.parametrize(
    "text",
    [
        "We're hiring data engineers here, and I can put you forward at my place if you like.",
        "My boss is looking for a data engineer for our team. Shall I drop your name?",
        "There is a Data Engineer role in the team next door; happy to refer you, just send me your CV.",
        "Bei uns wird ein Data Engineer gesucht. Soll ich dich intern empfehlen?",
    ],
)
def test_a_friend_who_offers_to_refer_me_is_no_process(text: str) -> None:
    outcome, candidate = only(mail("Tom Reed <tom@acme.com>", text), subject="Job at our place?")
    assert outcome is Outcome.AMBIGUOUS
    assert "it may be about a friend's referral" in candidate.doubts


def test_a_referral_that_led_to_a_recruiter_is_one() -> None:
    friend = mail("Tom Reed <tom@acme.com>", "Happy to refer you: my boss is looking for an engineer.")
    rita = "Hello, would you come to an interview for the Data Engineer role?\n\nRita Sell\nRecruiter, Acme"
    _, candidate = only(friend, mail(RITA, rita))
    assert "it may be about a friend's referral" not in candidate.doubts


def test_a_job_that_has_to_do_with_homes_is_a_job() -> None:
    text = (
        "Thank you for applying for the role of Tenancy Support Officer. Could you come for an interview"
        " on Tuesday? You would look after 300 tenants.\n\nKind regards\nRita Sell\nRecruitment"
    )
    outcome, candidate = only(mail(RITA, text), subject="Interview: Tenancy Support Officer")
    assert outcome is Outcome.SURE, candidate.doubts


@pytest.mark.parametrize("subject", ["Acme, Einkauf", "Re: Office Manager - Acme", "Acme: gute Nachrichten"])
def test_an_agency_names_its_client_in_the_subject(subject: str) -> None:
    text = (
        "Hi Ana, my client would like to meet you on Tuesday at 10 for the role of Office Manager. Does"
        " that suit you?\n\nBest,\nDana Fox\nRecruitment Consultant\nFox Search"
    )
    outcome, candidate = only(mail("Dana Fox <dana@foxsearch.com>", text), subject=subject)
    assert outcome is Outcome.SURE, candidate.reasons


def test_a_subject_that_only_mentions_a_name_is_asked_about() -> None:
    text = "Hi Ana, could you come to an interview for the role of Office Manager?\n\nDana Fox\nRecruiter"
    outcome, _ = only(
        mail("Dana Fox <dana@foxsearch.com>", text), subject="Flights with Acme to your interview"
    )
    assert outcome is not Outcome.SURE


INVITED = (
    "Thank you for applying for the role of Office Manager. Could you come for an interview?"
    "\n\nRita\nRecruiter"
)


@pytest.mark.parametrize(
    "greeting",
    [
        "Hi Ana",
        "Dear Ms Lopez,",
        "Hello Anna!",
        "Hi both,",
        "Dear Candidate,",
        "Hi there",
        "Hi team,",
        "Morning,",
    ],
)
def test_a_mail_that_greets_me_or_anybody_is_not(greeting: str) -> None:
    _, candidate = only(mail(RITA, f"{greeting}\n\n{INVITED}"), subject="Interview: Office Manager")
    assert not any(doubt.startswith("it greets ") for doubt in candidate.doubts)


def test_a_name_by_which_i_sign_is_mine() -> None:
    mine = mail(ME, "Tuesday is fine.\n\nBest,\nNita")
    _, candidate = only(mine, mail(RITA, f"Hi Nita,\n\n{INVITED}"), subject="Interview: Office Manager")
    assert not any(doubt.startswith("it greets ") for doubt in candidate.doubts)


def test_what_an_agency_says_of_its_client_in_the_subject_names_it() -> None:
    text = (
        "Hi Ana, they liked your CV for the role of Office Manager a lot. Could you come in on Tuesday at 10?"
        "\n\nBest,\nDana Fox\nRecruitment Consultant\nFox Search"
    )
    sender = "Dana Fox <dana@foxsearch.com>"
    outcome, candidate = only(mail(sender, text), subject="Great news! Acme want to meet you")
    assert outcome is Outcome.SURE, candidate.reasons


@pytest.mark.parametrize(
    "text",
    [
        "Hallo, der Elektriker kommt am Donnerstag um 9 wegen des Zählerschranks. Bitte jemanden da haben.",
        "Hi Ana, can you bring the van in on Wednesday 2 December at 9am? Ta, Rita",
        "Your eye test is booked for Tuesday 1 December at 10.20. Please bring your glasses.",
        "Dear Ana, the vicar can see you on Tuesday at 4 about the wedding.",
    ],
)
def test_an_appointment_without_a_word_of_work_is_asked_about(text: str) -> None:
    outcome, _ = only(mail(RITA, text))
    assert outcome is not Outcome.SURE
