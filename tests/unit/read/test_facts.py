"""read.facts: what a thread tells, from where, and how sure; above all what it does not tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.model import (
    Address,
    Body,
    Confidence,
    Fact,
    Facts,
    Folder,
    Identity,
    Joined,
    Message,
    PersonRole,
    Stage,
    Thread,
)
from bowout.people import machines
from bowout.read import facts as read
from work import calls, grows_evenly

RELAYS = machines.load_relays()
ME = Address("Alex Moreno", "alex@moreno.example")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DANA = Address("Dana Whitfield", "dana@acmerobotics.example")

INVITE = """Hi Alex,

Thank you for your application for the Senior Data Engineer role at Acme Robotics. We would like to
invite you to an interview on Thursday, 3 December at 14:00 CET.

Best regards,
Dana Whitfield
Senior Recruiter, Acme Robotics Inc..
+49 30 901820"""


def mail(
    text: str,
    *,
    sender: Address = DANA,
    subject: str = "Interview",
    day: int = 20,
    to: Sequence[Address] = (ME,),
    calendars: tuple[str, ...] = (),
    joined: Joined = Joined.REFERENCES,
) -> Message:
    return Message(
        id=f"m{day}-{sender.address}",
        thread_id="t",
        message_id=f"<{day}.{sender.local}@mail.example>",
        folder=Folder.SENT if sender == ME else Folder.INBOX,
        subject=subject,
        date=datetime(2026, 11, day, 9, tzinfo=UTC),
        from_=(sender,),
        to=tuple(to),
        body=Body(text=text, calendars=calendars),
        joined=joined,
    )


def booked(
    start: datetime, *, uid: str = "u", method: str = "REQUEST", attendee: str = "", sequence: int = 0
) -> str:
    return (
        f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nSEQUENCE:{sequence}\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nSUMMARY:Interview\r\n"
        f"ORGANIZER:mailto:{DANA.address}\r\nATTENDEE:mailto:{ME.address}\r\n{attendee}"
        "DESCRIPTION:Join by phone\\, dial-in +49 69 12345678\\,\\,123#\\nCall me: +49 30 901820\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def facts(*messages: Message, now: datetime = NOW) -> Facts:
    thread = Thread(id="t", messages=messages, complete=True)
    return read.facts(thread, [Identity(address=ME)], RELAYS, now)


def value(fact: Fact[str] | None) -> str | None:
    return fact.value if fact else None


def known(fact: Fact[str] | None) -> str | None:
    return fact.value if fact and fact.confidence is not Confidence.LOW else None


def test_a_recruiters_invitation_tells_everything() -> None:
    told = facts(mail(INVITE, subject="Interview for the Senior Data Engineer position (R-10234)"))
    assert told.company == Fact("Acme Robotics", "mail of 20 November", Confidence.HIGH)
    assert told.position is not None
    assert (told.position.value, told.position.confidence) == ("Senior Data Engineer", Confidence.HIGH)
    assert told.stage is not None
    assert told.stage.value is Stage.SCHEDULED
    assert told.slot is not None
    assert told.slot.value.start.astimezone(UTC) == datetime(2026, 12, 3, 13, tzinfo=UTC)
    assert told.slot.source == "mail of 20 November"
    assert told.phones == (Fact("+49 30 901820", "signature of Dana Whitfield", Confidence.HIGH),)
    assert told.language == Fact("en", "mail of 20 November", Confidence.HIGH)
    assert told.agency is None
    (person,) = told.people
    assert (person.value.role, person.value.phone) == (PersonRole.RECRUITER, "+49 30 901820")


# --- company --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "subject", "text", "company"),
    [
        (Address("Match Group", "no-reply@hire.lever.co"), "Applying to Match Group", "", "Match Group"),
        (Address("Acme Careers", "no-reply@us.greenhouse-mail.io"), "Application received", "", "Acme"),
        (Address("Acme @ icims", "acme+autoreply@talent.icims.com"), "Application to Acme", "", "Acme"),
        (Address("Dana from Acme", "dana@acme.example"), "Hello", "", "Acme"),
        (Address("Dana (Acme)", "dana.acme@gmail.com"), "Interview with Acme", "", "Acme"),
        (DANA, "Hello", "The position at Acme Robotics, Inc.. in Austin, Texas", "Acme Robotics"),
        (DANA, "Hi", "Best,\nDana Whitfield\nAcme Robotics | Talent", "Acme Robotics"),
        (Address("Eva Lang", "lang@m-foerdertechnik.example"), "Ihre Bewerbung bei Müller Fördertechnik",
         "vielen Dank für Ihr Interesse an der Müller Fördertechnik.", "Müller Fördertechnik"),
    ],
)  # fmt: skip
def test_where_a_company_is_read(sender: Address, subject: str, text: str, company: str) -> None:
    assert known(facts(mail(text, sender=sender, subject=subject)).company) == company


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        (Address("Corporate Recruiting", "no-reply@myworkday.com"), "Your application",
         "Thank you for your interest in the position at Corporate. The current opening at our site."),
        (Address("Dana Whitfield", "dana.whitfield@gmail.com"), "Interview", "Are you free at Two?\n\nDana"),
        (Address("Greenhouse", "no-reply@us.greenhouse-mail.io"), "Interview on Zoom", "Join on Monday."),
        (Address("LinkedIn", "jobs-noreply@linkedin.com"), "Jobs for you", "Apply today."),
    ],
)  # fmt: skip
def test_no_company_is_made_up(sender: Address, subject: str, text: str) -> None:
    assert known(facts(mail(text, sender=sender, subject=subject)).company) is None


def test_what_i_applied_for_tells_the_position_but_no_company() -> None:
    mine = mail("I apply for the Chef position at Other Kitchen.", sender=ME, to=[DANA], day=19)
    told = facts(mine, mail("Thank you, when could you come?"))
    assert (known(told.company), known(told.position)) == (None, "Chef")


def test_what_i_wrote_what_is_quoted_and_a_loose_mail_name_no_company() -> None:
    mine = mail("I know people at Other Kitchen.", sender=ME, to=[DANA], day=19)
    quoting = mail(
        "See below.\n\nOn Mon, Nov 2, 2026 at 9:00 AM X wrote:\n> the Chef position at Old Kitchen"
    )
    loose = mail("About the Chef position at Third Kitchen", joined=Joined.SUBJECT, day=22)
    told = facts(mine, quoting, loose)
    assert known(told.company) is None
    assert known(told.position) is None


def test_my_partners_answer_is_no_source() -> None:
    partner = Address("Nora Feld", "nora@gmail.com")
    told = facts(
        mail(INVITE, subject="Interview"),
        mail("What do you think?", sender=ME, to=[partner], day=21, subject="Fwd: Interview"),
        mail("Unfortunately we will not be moving forward with the Chef position at Wrong Kitchen.\n\nNora",
             sender=partner, day=22, subject="Re: Fwd: Interview"),
    )  # fmt: skip
    assert (value(told.company), value(told.position)) == ("Acme Robotics", "Senior Data Engineer")
    assert told.stage is not None
    assert told.stage.value is Stage.SCHEDULED


# --- agencies -------------------------------------------------------------------------------------


def test_an_agency_writes_for_a_named_client() -> None:
    agent = Address("Jonas Weber", "j.weber@weber-personalberatung.example")
    told = facts(
        mail(
            "für unseren Kunden Nordlicht Energie suchen wir einen Leiter Controlling (m/w/d).\n\n"
            "Mit freundlichen Grüßen\nJonas Weber\nWeber Personalberatung GmbH",
            sender=agent,
            subject="Leiter Controlling (m/w/d)",
        )
    )
    assert value(told.agency) == "Weber Personalberatung"
    assert known(told.company) == "Nordlicht Energie"
    assert known(told.position) == "Leiter Controlling"
    assert told.people[0].value.role is PersonRole.AGENCY


def test_an_agency_with_an_unnamed_client_is_not_the_employer() -> None:
    agent = Address("Kim Reed", "kim@jr-staffing.example")
    told = facts(
        mail(
            "Our client, a leading bank in Leeds, needs a Data Analyst.\n\nBest,\nKim Reed\nJR Staffing",
            sender=agent,
        )
    )
    assert told.company is None
    assert value(told.agency) == "JR Staffing"


# --- position -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("Thanks for applying for the Data Engineer (R-10234) role.", "Data Engineer"),
        ("your application for Product Designer at Acme Robotics was received", "Product Designer"),
        (
            "we discussed the position of Head of Data & Analytics in Austin, Texas.",
            "Head of Data & Analytics",
        ),
        ("Thank you for applying for the Senior\nSoftware Engineer position.", None),
        ("We would like to talk about the UX/UI Designer opening, req #4711.", "UX/UI Designer"),
        ("vielen Dank für Ihre Bewerbung als Teamleiter Einkauf (m/w/d) bei uns.", "Teamleiter Einkauf"),
        ("Sie haben sich auf die Stelle als Bauingenieurin beworben.", "Bauingenieurin"),
        ("There is a current opening at Acme Robotics.", None),
        ("the role we talked about is a great role for you", None),
        ("Thank you for applying for the position.", None),
        (
            "Le confirmamos la entrevista para el puesto de Zapatero Mayor el jueves 10 a las 12.",
            "Zapatero Mayor",
        ),
        ("Vi vill gärna träffa dig för tjänsten som klockansvarig.", "klockansvarig"),
        ("Graag over de functie van teamchef vitrage. Kun je dinsdag?", "teamchef vitrage"),
        ("On vous propose le poste d’aide-sabotier.", "aide-sabotier"),
        ("Il posto di conduttore linea è tuo.", "conduttore linea"),
        ("Thanks for applying to be a Night Manager at Pewter Inns.", "Night Manager"),
        ("We are about to post a Kite Analyst role.", "Kite Analyst"),
        ("Monday at the yard. Plant fitter job.", "Plant fitter"),
        ("Our careers lead retires at Easter.", "careers lead"),
        ("As I said, Site Administrator is yours if you want it.", "Site Administrator"),
        ("Phone interview with their don for the 13-week PT Assistant contract.", "PT Assistant"),
        ("Can I call for a quick screen for Quality Associate I?", "Quality Associate I"),
        ("Great job. We were glad to meet you.", None),
        ("The budget has paused all the work.", None),
        ("puesto de trabajo que usted conoce desde hace muchos años en nuestra casa.", None),
    ],
)
def test_positions_in_sentences(text: str, position: str | None) -> None:
    assert known(facts(mail(text)).position) == position


@pytest.mark.parametrize(
    ("subject", "text", "position"),
    [
        ("Invitation: Interview Data Engineer - Acme @ Thu Dec 3, 2026 2pm", "", "Data Engineer"),
        ("Offer: Night Baker", "", "Night Baker"),
        ("Sollicitatie magazijnmedewerker", "", "magazijnmedewerker"),
        ("Rozmowa – bednarz", "Zapraszamy.", "bednarz"),
        ("Head Gardener", "", "Head Gardener"),
        ("Kelp farmer", "We had many applicants for the Kelp farmer post.", "Kelp farmer"),
        ("Gallery Guide interview", "Please come on Monday for the Gallery Guide role.", "Gallery Guide"),
        ("POOL LIFEGUARD - outcome", "", "Pool Lifeguard"),
        ("Your application", "We would like you as Store Manager, Hull.", "Store Manager"),
        ("Hello", "Votre candidature au poste de Chef de rang nous plaît.", "Chef de rang"),
        ("Hello", "Die Werkzeugbau-Stelle ist noch frei.", "Werkzeugbau"),
        ("Position: Data Engineer (open to", "", "Data Engineer"),
        ("Interview details", "The details follow.", None),
        ("Coding Challenge", "The challenge is attached.", None),
        ("Thank you", "Thank you for the visit.", None),
    ],
)
def test_positions_are_what_the_words_of_hiring_leave(subject: str, text: str, position: str | None) -> None:
    assert known(facts(mail(text, subject=subject)).position) == position


@pytest.mark.parametrize(
    ("subject", "position"),
    [
        ("Re: AW: Interview: Site Reliability Engineer @ Acme Robotics", "Site Reliability Engineer"),
        ("[EXT] Application for QA Lead - 23433", "QA Lead"),
        ("JR23456 Financial Analyst position", "Financial Analyst"),
        ("Your order 23433 has shipped", None),
    ],
)
def test_positions_in_subjects(subject: str, position: str | None) -> None:
    assert known(facts(mail("Hello", subject=subject)).position) == position


def test_two_positions_in_one_thread_are_not_decided() -> None:
    text = "Thank you for applying for the Data Analyst role. Also for the Web Developer role."
    assert known(facts(mail(text)).position) is None


# --- slot, stage, rounds --------------------------------------------------------------------------


def test_an_invitation_beats_the_text() -> None:
    told = facts(mail(INVITE, calendars=(booked(datetime(2026, 12, 4, 9, tzinfo=UTC)),)))
    assert told.slot is not None
    assert (told.slot.value.start.day, told.slot.source) == (4, "invitation of 20 November")
    assert told.slot.confidence is Confidence.HIGH


def test_several_times_are_a_choice_and_not_an_appointment() -> None:
    text = "Would Thursday, 3 December at 14:00 CET or Friday, 4 December at 10:00 CET suit you?"
    assert facts(mail(text)).slot is None


def test_a_cancelled_interview_is_told_as_cancelled_and_is_not_revived_by_older_text() -> None:
    start = datetime(2026, 12, 3, 13, tzinfo=UTC)
    told = facts(
        mail(INVITE, calendars=(booked(start),)),
        mail("We have to cancel.", calendars=(booked(start, method="CANCEL", sequence=1),), day=21),
    )
    assert told.slot is not None
    assert told.slot.value.cancelled
    assert told.stage is not None
    assert told.stage.value is Stage.INVITED


def test_rounds_are_interviews_that_were_held() -> None:
    past = [booked(NOW - timedelta(days=d), uid=str(d)) for d in (3, 9)]
    ahead = booked(NOW + timedelta(days=3), uid="next")
    told = facts(mail(INVITE, calendars=(*past, ahead), day=10))
    assert told.rounds == Fact(2, "invitations", Confidence.HIGH)
    assert told.slot is not None
    assert told.slot.value.uid == "next"
    before = facts(mail(INVITE, calendars=(ahead,)))
    assert before.rounds is None


@pytest.mark.parametrize(
    "words",
    [
        "That was the final round.",
        "You have now met everybody: that was the last interview.",
        "Thank you for the day on-site.",
        "Das war die letzte Runde.",
        "C'était le dernier entretien.",
        "Fue la última entrevista.",
        "Het was het laatste gesprek.",
        "Era l'ultimo colloquio.",
        "That was the last hurdle.",
        "That was interview three of three.",
        "We hebben nu alle rondes gehad.",
    ],
)
def test_words_of_a_late_round_tell_of_several_once_a_talk_was_held(words: str) -> None:
    told = facts(mail(f"Thank you for coming in yesterday, it was great to meet you. {words}"))
    assert told.rounds is not None
    assert told.rounds.value == 2
    assert told.rounds.confidence is Confidence.MEDIUM
    assert "mail of 20 November" in told.rounds.source
    ahead = facts(mail(f"{INVITE}\n\n{words}"))
    assert ahead.rounds is None


def test_one_talk_alone_is_not_several() -> None:
    assert facts(mail("Thank you for coming in yesterday, it was great to meet you.")).rounds is None


def test_attendees_are_interviewers_but_i_rooms_and_the_organizer_are_not() -> None:
    others = (
        "ATTENDEE;CN=Tom Keller:mailto:tom@acmerobotics.example\r\n"
        "ATTENDEE;CN=Room 4:mailto:c_1@resource.calendar.google.com\r\n"
        f"ATTENDEE:mailto:{DANA.address}\r\n"
    )
    told = facts(mail(INVITE, calendars=(booked(NOW + timedelta(days=2), attendee=others),)))
    assert {f.value.address.address: f.value.role for f in told.people} == {
        DANA.address: PersonRole.RECRUITER,
        "tom@acmerobotics.example": PersonRole.INTERVIEWER,
    }


@pytest.mark.parametrize(
    ("messages", "stage"),
    [
        ([mail("I came across your profile. Would you be open to a chat?")], Stage.OUTREACH),
        ([mail("We received your application.")], Stage.APPLIED),
        ([mail("We would like to invite you to an interview. What times suit you?")], Stage.INVITED),
        ([mail("Please complete the take-home exercise.")], Stage.ASSESSMENT),
        ([mail("We are pleased to offer you the job."), mail("Shall we call?", day=21)], Stage.OFFER),
        ([mail(INVITE), mail("We decided to move forward with other candidates.", day=21)], Stage.REJECTED),
        ([mail("leider müssen wir Ihnen absagen.")], Stage.REJECTED),
        ([mail("We regret to inform you that the position has been filled.")], Stage.REJECTED),
        ([mail("It was hard, but we won't be proceeding with your candidacy.")], Stage.REJECTED),
        ([mail("Wir haben uns für eine andere Kandidatin entschieden.")], Stage.REJECTED),
        ([mail(INVITE), mail("We regret to inform you that Dana is ill.", day=21)], Stage.SCHEDULED),
        ([mail(INVITE), mail("Leider muss ich Ihnen den Termin absagen.", day=21)], Stage.INVITED),
        ([mail(INVITE), mail("Je dois annuler notre entretien de mardi.", day=21)], Stage.INVITED),
        ([mail(INVITE), mail("Tengo que cancelar la entrevista del lunes.", day=21)], Stage.INVITED),
        ([mail(INVITE), mail("I would like to withdraw my application.", sender=ME, to=[DANA], day=21),
          mail("Thank you for your application and for telling us.", day=22)], Stage.WITHDRAWN),
        ([mail(INVITE), mail("Ich ziehe meine Bewerbung zurück.", sender=ME, to=[DANA], day=21)],
         Stage.WITHDRAWN),
        ([mail("The role has been filled."), mail("Good news, may we invite you to an interview?", day=22)],
         Stage.INVITED),
    ],
)  # fmt: skip
def test_how_far_the_process_has_come(messages: list[Message], stage: Stage) -> None:
    told = facts(*messages).stage
    assert told is not None
    assert told.value is stage


# --- people, telephone, language ------------------------------------------------------------------


ELSE = "Unfortunately we will not move forward with your application for the role of Platform Engineer."


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        (
            f"{ELSE} However, we would like to invite you to an interview for the role of Tester.",
            Stage.INVITED,
        ),
        (f"{ELSE} Your interview for the role of Tester on Thursday goes ahead as planned.", Stage.INVITED),
        (
            (
                "Leider ist die Stelle als Leiter bereits besetzt. Gerne laden wir Sie zu einem"
                " Vorstellungsgespräch für die Stelle als Tester ein."
            ),
            Stage.INVITED,
        ),
        (f"{ELSE} Thank you for taking the time to schedule an interview for the role.", Stage.REJECTED),
        (f"{ELSE} We would like to invite you to a call about feedback on the role.", Stage.REJECTED),
        (f"{ELSE} We may invite you to an interview for another role in the future.", Stage.REJECTED),
        (f"{ELSE} We cannot invite you to an interview for the role of Tester either.", Stage.REJECTED),
        (
            f"{ELSE} We invite you to join our talent community for news of a role or interview.",
            Stage.REJECTED,
        ),
        ("Leider können wir Sie nicht zu einem Gespräch für die Stelle als Leiter einladen.", Stage.REJECTED),
    ],
)
def test_one_role_refused_is_not_the_end_where_another_goes_on(text: str, stage: Stage) -> None:
    found = facts(mail(text)).stage
    assert found is not None
    assert found.value is stage


def test_after_a_refused_role_the_position_is_only_a_guess() -> None:
    refused = mail(f"{ELSE} We would like to invite you to an interview for another role.", day=18)
    position = facts(refused).position
    assert position is None or position.confidence is Confidence.LOW


@pytest.mark.parametrize(
    "text",
    [
        "Please send your documents by Thursday, 3 December at 17:00 CET.",
        "Our office is closed from Thursday, 3 December at 17:00 CET.",
        "The deadline is Thursday, 3 December at 17:00 CET.",
        "Our office opened on Monday, 3 December 2018 at 14:00 CET.",
        "Thank you for coming in on Thursday, 5 November 2026 at 14:00 CET.",
        "Bitte melden Sie sich bis Donnerstag, 3. Dezember um 17:00 Uhr MEZ.",
        "Die Bewerbungsfrist endet am Donnerstag, 3. Dezember um 17:00 Uhr MEZ.",
    ],
)
def test_a_limit_or_a_past_day_is_no_appointment(text: str) -> None:
    assert facts(mail(f"Shall we talk about the role of Tester? {text}")).slot is None


def test_a_deadline_beside_the_interview_does_not_hide_it() -> None:
    found = facts(
        mail(
            "Your interview is on Thursday, 3 December at 14:00 CET. Please send your documents by"
            " Tuesday, 1 December at 17:00 CET."
        )
    )
    assert found.slot is not None
    assert found.slot.value.start == datetime(2026, 12, 3, 13, tzinfo=UTC)


def test_coordinator_recruiter_and_hiring_manager_in_one_thread() -> None:
    helper = Address("Ines Vogel", "ines@acmerobotics.example")
    boss = Address("Tom Keller", "tom@acmerobotics.example")
    told = facts(
        mail(INVITE),
        mail("I set up the call.\n\nBest,\nInes Vogel\nRecruiting Coordinator", sender=helper, day=21),
        mail("Looking forward.\n\nTom Keller\nHead of Data, Acme Robotics", sender=boss, day=22),
    )
    assert {f.value.name: f.value.role for f in told.people} == {
        "Dana Whitfield": PersonRole.RECRUITER,
        "Ines Vogel": PersonRole.COORDINATOR,
        "Tom Keller": PersonRole.HIRING_MANAGER,
    }


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        ("T: +44 (0)20 7946 0991", ["+44 20 7946 0991"]),
        ("Phone 0049 30 901820 | Fax +49 30 901899", []),
        ("Tel. 0049 30 901820", ["+49 30 901820"]),
        ("Tel. 030 901820", []),  # which country?
        ("Join Zoom: +1 646 558 8656,,123456789# US", []),
        ("HRB 123456 VAT DE123456789", []),
    ],
)
def test_numbers_in_signatures(lines: str, numbers: list[str]) -> None:
    told = facts(mail(f"Hello\n\nBest,\nDana Whitfield\n{lines}"))
    assert [f.value for f in told.phones if f.confidence is not Confidence.LOW] == numbers


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Tel: +49 89 1234 0015", "+49 89 12340015"),
        ("Tel: 0049 89 12340015", "+49 89 12340015"),
        ("call: (555) 555-0142 x 31", "(555) 555-0142 x 31"),
        ("D: 01632 960 711", "01632 960 711"),
        ("555.555.0177", "555.555.0177"),
    ],
)
def test_a_number_is_shown_whole(line: str, number: str) -> None:
    told = facts(mail(f"Shall we talk?\n\nBest regards,\nDana Whitfield\n{line}"))
    assert [fact.value for fact in told.phones] == [number]


@pytest.mark.parametrize(
    "line", ["Founded 1998 - 2026", "Office hours: 10.00 - 11.30", "Ref. 2026-12-03", "fax 555.555.0177"]
)
def test_no_telephone_is_made_up(line: str) -> None:
    assert facts(mail(f"Shall we talk?\n\nBest regards,\nDana Whitfield\n{line}")).phones == ()


def test_a_number_without_country_is_a_guess_from_the_domain() -> None:
    sender = Address("Dana Whitfield", "dana@acme-robotik.de")
    (phone,) = facts(mail("Hallo\n\nViele Grüße\nDana Whitfield\nTel. 030 901820", sender=sender)).phones
    assert (phone.value, phone.confidence) == ("+49 30 901820", Confidence.LOW)


def test_a_dial_in_number_of_an_invitation_is_nobodys_telephone() -> None:
    told = facts(mail("Hello", calendars=(booked(NOW + timedelta(days=2)),)))
    assert [f.value for f in told.phones] == ["+49 30 901820"]


# --- hostile mail ---------------------------------------------------------------------------------


def test_values_are_one_harmless_line() -> None:
    sender = Address("Dana\x1b[2J from \u202eAcme", "dana@acmerobotics.example")
    told = facts(mail(INVITE, sender=sender, subject="Interview: Data\x07 Engineer\r\nBcc: x@y.example"))
    values = [f.value for f in (told.company, told.position, told.agency) if f]
    assert values
    assert all(text.isprintable() and len(text) <= 120 for text in values)


@given(
    subject=st.text(max_size=80),
    text=st.text(
        alphabet=st.sampled_from("Aatn bei the role of für {}%<>\n\t:,.;|-–@()0123+\u202e\x1b"), max_size=400
    ),
    name=st.text(max_size=40),
)
def test_no_mail_makes_reading_raise(subject: str, text: str, name: str) -> None:
    facts(mail(text, subject=subject, sender=Address(name, "x@acme.example")))


@pytest.mark.parametrize(
    "noise", ["the ", "Acme ", "for a ", "A B ", "\n", "(", "client, ", "30.1. ", "+1", "x@y "]
)
def test_long_mail_costs_no_more_than_its_length(noise: str) -> None:
    def read_part(size: int) -> object:
        return facts(mail(noise * (10 * size), subject=noise * size))

    assert grows_evenly(read_part, 200)
    assert calls(lambda: read_part(2000)) < 2 * calls(lambda: read_part(1000))  # most is not even read
