"""Where a title stands: in a bare subject, in brackets, at the head of a sentence, in my own application."""

from __future__ import annotations

import pytest

from bowout.model import Confidence
from unit.read.test_facts import DANA, ME, facts, mail
from unit.read.test_position import GUESS, position


def told(text: str, subject: str = "Hello") -> str | None:
    found = position(text, subject=subject)
    return found[0] if found and found[1] is not GUESS else None


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Kiln operative, 2nd chat", "Kiln operative"),
        ("Crew Leader, Hedges", "Crew Leader"),
        ("Kiln Technician - Leeds works", "Kiln Technician"),
        ("Office Manager", "Office Manager"),
        ("Interview: Technical Writer", "Technical Writer"),
        ("Post Supervisor: an update", "Post Supervisor"),
        ("[TA-204511] Application for Kiln Technician", "Kiln Technician"),
        ("Interview 10 Dec - Kiln Technician", "Kiln Technician"),
        ("Registrar search: timeline", "Registrar"),
        ("Sollicitatie begeleider wonen", "begeleider wonen"),
        # A title of no known noun is believed in small letters also right behind a word of applying.
        ("Candidatura pescatora di spugne", "pescatora di spugne"),
        # Neither a day, nor an errand, nor whom I meet.
        ("Invitation: Acme x Alex Moreno, Fri Dec 11", None),
        ("Vertrag zum Unterschreiben", None),
        ("Feedback da entrevista com o gestor", None),
        ("Interview with Head of Data", None),
        ("Deine Bewerbung: kleine Probeaufgabe", None),
        ("Your application: short call", None),
        ("Interview request, kelping piece", None),
        ("Claim 4711: interview with our field baker", None),
        ("Meet the bakers", None),
        ("Eingangsbestätigung Referenznr. 4471", None),
    ],
)
def test_what_a_subject_says_is_the_job(subject: str, title: str | None) -> None:
    assert told("See you soon.", subject) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Two of us will be there. Dock Superintendent. Bring boots.", "Dock Superintendent"),
        ("Good talking. Shop foreman, 36 an hour, and a truck.", "Shop foreman"),
        ("Verkaufsleitung, 38 Stunden, ab März.", "Verkaufsleitung"),
        ("Here is the contract (Kiln operative, 32 h).", "Kiln operative"),
        ("Req 8830 (Kiln Educator) is frozen.", "Kiln Educator"),
        ("We meet at two.\n(Registrar competition)", "Registrar"),
        ("Busco higienista que sepa reír.", "higienista"),
        ("Wij zoeken een hovenier.", "hovenier"),
        ("Na stanowisko spawacz, od marca.", "spawacz"),
        # People, orders and greetings are no titles, nor is what stands in a signature.
        ("You will meet Ann (Kiln Manager) at two.", None),
        ("Lieber Herr Ingenieur, bis morgen.", None),
        ("Wear trainers. Bring water.", None),
        ("My baker, 50 and rising early, says hello.", None),
        ("See you.\nKiln Manager\nLarkspur", None),
        ("Kiln Manager, 10 minutes. Glaze Manager, 20 minutes.", None),
        # What stands in a sentence ends with it.
        ("We had someone for the post of senior carer who walked out.", "senior carer"),
        ("Thank you for applying for the position of Kiln Technician. If you like, call.", "Kiln Technician"),
        ("We spoke about the hall manager's role.", None),
        (
            "I would like a talk with our energy baker next week, to see whether you qualify for the offer.",
            None,
        ),
        ("Please see our energy baker next week to hear about your roof and the offer.", None),
    ],
)
def test_what_is_said_in_passing(text: str, title: str | None) -> None:
    assert told(text) == title


def test_a_title_is_spoken_of_in_other_cases() -> None:
    text = "Przesyłam CV na stanowisko garncarza."
    asked = mail(text, sender=ME, subject="Garncarz", day=18, to=(DANA,))
    found = facts(asked, mail("Dziękuję.", subject="Odp: Garncarz")).position
    assert found is not None
    assert found.value == "Garncarz"


@pytest.mark.parametrize(
    ("subject", "text", "title"),
    [
        ("Teaching Assistant KS2", "The KS2 Teaching Assistant role is open.", "Teaching Assistant KS2"),
        ("Junior kiln analyst", "I like the junior analyst role.", "Junior kiln analyst"),
        # A place behind it is not a part of the title.
        ("Kiln Technician Leeds North", "We speak about the Kiln Technician role.", "Kiln Technician"),
    ],
)
def test_it_is_written_as_the_subject_has_it_in_full(subject: str, text: str, title: str) -> None:
    assert told(text, subject) == title


def test_two_subjects_with_two_jobs_are_a_guess() -> None:
    first = mail("We should talk.", subject="Customs Broker: test", day=18)
    found = facts(first, mail("A word on the phone?", subject="Glaze Trainer, phone chat", day=20)).position
    assert found is not None
    assert found.confidence is Confidence.LOW


def test_a_short_name_for_the_job_in_a_sentence_is_no_rival_to_the_subject() -> None:
    assert told("The L&D Lead role is open.", "Application - Learning & Development Lead") == (
        "Learning & Development Lead"
    )


@pytest.mark.parametrize(
    ("subject", "text", "title"),
    [
        # The whole title, also where a word of it stands around titles elsewhere, or its noun is unknown.
        ("Kelp warden job", "Can you come on Thursday?", "Kelp warden"),
        ("Dog whisperer role at Acme", "Can you come on Thursday?", "Dog whisperer"),
        ("Recruitment consultant", "The recruitment consultant job is still free.", "Recruitment consultant"),
        ("Recruitment Consultant at Hays", "Can you do Thursday?", "Recruitment Consultant"),
        ("Port Scheduler - interview", "Can you do Thursday?", "Port Scheduler"),
        ("Interview: Curriculum Designer", "Can you do Thursday?", "Curriculum Designer"),
        ("Cabin Crew - assessment day", "Can you do Thursday?", "Cabin Crew"),
        ("Bar staff", "Thanks for applying for bar staff.", "Bar staff"),
        ("Your application", "Thank you for applying for the Kelp whisperer role.", "Kelp whisperer"),
        # The field is part of it, the place is not.
        ("Lecturer in Statistics", "We would like to invite you to interview.", "Lecturer in Statistics"),
        ("Consultant in Emergency Medicine", "Can you do Thursday?", "Consultant in Emergency Medicine"),
        ("Your application", "You applied for the post of lecturer in statistics.", "lecturer in statistics"),
        ("Lecturer in London", "Can you do Thursday?", "Lecturer"),
        (
            "Clerk to the Council",
            "Thank you for applying for the post of Clerk to the Council.",
            "Clerk to the Council",
        ),
        # What it is of stands behind it in some languages.
        ("Operatore museale", "La Sua candidatura ci interessa.", "Operatore museale"),
        ("Rozmowa", "Dziękujemy za aplikację na stanowisko Kierownik zmiany.", "Kierownik zmiany"),
        # Neither when it begins, nor the praise of an advertisement.
        ("Team Lead from January", "Can we talk about the job?", "Team Lead"),
        ("Teamleitung ab sofort", "Magst du zum Gespräch kommen?", "Teamleitung"),
        ("Stage manager for spring", "We would like to interview you for stage manager.", "Stage manager"),
        ("Exciting Staff Engineer opportunity", "Would you be open to a chat?", "Staff Engineer"),
        ("Fantastic new Sales Manager role", "Would you like to talk?", "Sales Manager"),
    ],
)
def test_a_title_is_whole_and_nothing_else(subject: str, text: str, title: str) -> None:
    assert told(text, subject) == title


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Interview: lunch", "Lunch on Thursday?"),
        ("Interview: rowing", "We go rowing on Thursday."),
        ("Re: podcast", "Thanks for your application. I listened to your podcast."),
        ("Job at The Shed", "Come to the Shed on Thursday."),
        ("Shed", "Thanks for applying. Can you come to the shed on Thursday?"),
        ("Interview - Zoom link", "Interview on Thursday."),
        ("All staff", "Interview on Thursday."),
    ],
)
def test_a_word_that_is_spoken_of_as_something_else_is_no_title(subject: str, text: str) -> None:
    assert told(text, subject) is None
