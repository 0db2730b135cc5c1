"""Whom an answer goes to, and who gets a copy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bowout.errors import Ambiguous, NeedsPerson, NoAddressee, UsageError
from bowout.model import (
    Address,
    Folder,
    Joined,
)
from unit.mailboxes import ME, Mail, calendar, mail
from unit.reply.answers import CORA, DANA, DEAD, HUGO, SAM, number, plan, to


def test_the_newest_of_them_is_answered_even_when_i_wrote_last() -> None:
    found = plan(mail(DANA), mail(ME, to=DANA))
    assert (to(found), number(found)) == (["dana@acme.com"], 1)


def test_reply_to_is_kept_byte_for_byte() -> None:
    token = "Acme+Email+3Fa9C8d7@Talent.iCIMS.com"
    found = plan(mail(DANA, reply_to=f"Dana Berg <{token}>"))
    assert to(found) == [token]
    assert "iCIMS" in found.notes[0]
    assert token in found.notes[0]
    assert not found.suspicions


def test_all_addresses_of_reply_to_are_answered_but_never_mine_or_a_dead_one() -> None:
    found = plan(mail(DANA, reply_to="dana@acme.com, ana+x@home.example, team@acme.com, no-reply@acme.com"))
    assert to(found) == ["dana@acme.com", "team@acme.com"]


def test_a_reply_to_of_many_is_asked_about() -> None:
    many = ", ".join(f"p{n}@acme.com" for n in range(6))
    with pytest.raises(Ambiguous, match="asks for answers at 6 addresses") as told:
        plan(mail(DANA, reply_to=many))
    assert "--to dana@acme.com" in told.value.next_step
    assert len(to(plan(mail(DANA, reply_to=many.rpartition(",")[0])))) == 5


def test_reply_to_that_is_only_me_falls_back_to_from() -> None:
    assert to(plan(mail(DANA, reply_to="ana@home.example"))) == ["dana@acme.com"]


def test_nobody_answered_yet() -> None:
    found = plan(mail(ME, to=DANA, cc=SAM))
    assert to(found) == ["dana@acme.com"]
    assert "Nobody has answered" in found.notes[0]


@pytest.mark.parametrize(
    "mails",
    [
        (mail(ME, to=ME),),
        (mail(ME, to=SAM, subject="Fwd: Interview"), mail(SAM)),
        (mail("mailer-daemon@home.example"),),
        (mail("Calendly <notifications@calendly.com>"),),
        (mail("News <news@acme.com>", headers={"List-Id": "<news.acme.com>"}),),
        (mail(DANA, folder=Folder.DRAFTS),),
        (mail(DANA, folder=Folder.JUNK),),
        (mail(DANA, joined=Joined.SUBJECT),),
        (mail(Address("Dana", "dana@acme.com\r\nBcc: x@y.org")),),
        (mail(Address("Dana", "")),),
    ],
)
def test_nobody_left_to_write_to(mails: tuple[Mail, ...]) -> None:
    with pytest.raises(NoAddressee) as told:
        plan(*mails)
    assert "--to" in told.value.next_step


def test_a_dead_address_proposes_the_human_who_wrote_last() -> None:
    with pytest.raises(NoAddressee, match=r"Nobody reads no-reply@acme\.com") as told:
        plan(mail(DANA, cc=HUGO), mail(CORA), mail(DEAD))
    assert "--to cora@acme.com" in told.value.next_step
    proposed = [c["address"] for c in told.value.candidates]
    assert proposed == ["cora@acme.com", "dana@acme.com", "hugo@acme.com"]


def test_a_dead_address_alone_sends_to_the_portal() -> None:
    with pytest.raises(NoAddressee, match="Nobody reads") as told:
        plan(mail(DEAD))
    assert "portal" in told.value.next_step


@pytest.mark.parametrize("newest", ["notifications@calendly.com", "messages-noreply@linkedin.com"])
def test_notices_are_passed_over(newest: str) -> None:
    found = plan(mail(DANA), mail(newest))
    assert (to(found), number(found)) == (["dana@acme.com"], 0)


def test_an_address_nobody_knows_is_asked_about_unless_named() -> None:
    unsure = mail("Acme <team@smartrecruiters.com>")
    with pytest.raises(NeedsPerson, match="Nobody knows whether") as told:
        plan(unsure)
    assert "--to team@smartrecruiters.com" in told.value.next_step
    assert to(plan(unsure, to="team@smartrecruiters.com")) == ["team@smartrecruiters.com"]


# --- the main contact -------------------------------------------------------------------------------


def test_newest_is_not_who_wrote_most() -> None:
    with pytest.raises(Ambiguous) as told:
        plan(mail(DANA), mail(DANA), mail(HUGO, cc=DANA))
    assert [c["address"] for c in told.value.candidates] == ["hugo@acme.com", "dana@acme.com"]
    assert "--to hugo@acme.com or --to dana@acme.com" in told.value.next_step


def test_newest_is_not_who_scheduled() -> None:
    with pytest.raises(Ambiguous):
        plan(mail(DANA), mail(CORA, calendar=calendar(), cc=DANA), mail(HUGO, cc=DANA))


def test_newest_scheduled_though_another_wrote_most() -> None:
    assert to(plan(mail(DANA), mail(DANA), mail(CORA, calendar=calendar()))) == ["cora@acme.com"]


def test_newest_wrote_most_though_another_scheduled() -> None:
    assert to(plan(mail(DANA), mail(CORA, calendar=calendar()), mail(DANA))) == ["dana@acme.com"]


def test_equal_voices_leave_it_to_the_newest_when_the_other_one_sees_it() -> None:
    assert to(plan(mail(DANA), mail(HUGO, cc=DANA))) == ["hugo@acme.com"]
    assert to(plan(mail(DANA, cc=HUGO), mail(HUGO))) == ["hugo@acme.com"]


def test_equal_voices_of_which_one_came_unannounced_are_asked_about() -> None:
    with pytest.raises(Ambiguous, match=r"Hugo Marsh .* wrote last, but Dana"):
        plan(mail(DANA), mail(HUGO))


def test_one_person_through_mail_and_hiring_system_is_one_person() -> None:
    found = plan(mail(DANA), mail(DANA), mail("Dana Berg <x7f@hire.lever.co>"))
    assert to(found) == ["x7f@hire.lever.co"]


def test_the_same_name_at_another_firm_is_somebody_else() -> None:
    with pytest.raises(Ambiguous):
        plan(mail(DANA), mail(DANA), mail("Dana Berg <dana@borealis.com>"))


def test_a_colleague_of_theirs_who_wrote_to_me_alone_makes_it_unsure() -> None:
    with pytest.raises(Ambiguous, match="works there too"):
        plan(mail(DANA), mail(ME, to="tom@acme.com"), mail("Tom <tom@acme.com>"))


def test_naming_somebody_settles_it() -> None:
    box = (mail(DANA), mail(DANA), mail(HUGO, cc=DANA))
    assert to(plan(*box, to="dana@acme.com")) == ["dana@acme.com"]
    assert to(plan(*box, to="Hugo")) == ["hugo@acme.com"]


# --- --to -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Dana Berg", "dana berg", "DANA", "Berg", "dana@acme.com", "DANA@ACME.COM", "Dana <dana@acme.com>"],
)
def test_people_of_the_thread_by_name_or_address(name: str) -> None:
    found = plan(mail(DANA, cc=HUGO), mail(HUGO), to=name)
    assert [a.key for a in found.to] == ["dana@acme.com"]


def test_accents_need_not_be_typed() -> None:
    assert to(plan(mail("Jürgen Groß <j@acme.com>"), to="jurgen gross")) == ["j@acme.com"]


def test_by_name_follows_reply_to_and_by_address_does_not() -> None:
    token = "acme+email+3fa9c8d7@talent.icims.com"
    box = (mail(DANA, reply_to=token), mail(HUGO, cc=DANA))
    assert to(plan(*box, to="Dana")) == [token]
    assert to(plan(*box, to="dana@acme.com")) == ["dana@acme.com"]
    assert to(plan(*box, to=token)) == [token]


def test_somebody_who_was_only_copied_is_answered_under_what_they_got() -> None:
    found = plan(mail(DANA, cc=HUGO), mail(DANA), to="hugo@acme.com")
    assert (to(found), number(found)) == (["hugo@acme.com"], 0)


def test_a_name_that_two_people_share() -> None:
    with pytest.raises(Ambiguous) as told:
        plan(mail(DANA, cc="Dana Voss <voss@acme.com>"), to="dana")
    assert len(told.value.candidates) == 2


@pytest.mark.parametrize("name", ["Zoe", "zoe@borealis.com", "sam@family.example"])
def test_strangers_and_outsiders_need_force(name: str) -> None:
    box = (mail(DANA), mail(ME, to=SAM), mail(SAM))
    with pytest.raises(NeedsPerson, match="nobody of the other side"):
        plan(*box, to=name)
    if "@" in name:
        found = plan(*box, to=name, force=True)
        assert to(found) == [name]
        assert not found.quotable
        assert number(found) == 0
    else:
        with pytest.raises(NeedsPerson):
            plan(*box, to=name, force=True)


def test_a_dead_address_needs_force_too() -> None:
    box = (mail(DANA), mail(DEAD))
    with pytest.raises(NoAddressee):
        plan(*box, to="no-reply@acme.com")
    assert to(plan(*box, to="no-reply@acme.com", force=True)) == ["no-reply@acme.com"]


def test_force_alone_does_not_wake_the_dead() -> None:
    with pytest.raises(NoAddressee):
        plan(mail(DEAD), force=True)


@pytest.mark.parametrize(
    "name", ["ana@home.example", "Ana <ANA+jobs@home.example>", "@", "a@b@c", "x@y\r\nBcc: z@y"]
)
def test_what_can_never_be_an_addressee(name: str) -> None:
    with pytest.raises(UsageError):
        plan(mail(DANA), to=name, force=True)


# --- copies -----------------------------------------------------------------------------------------


def test_nobody_is_copied_unless_asked() -> None:
    assert plan(mail(DANA, cc=HUGO, to=f"{ME}, {CORA}")).cc == ()


def test_reply_all_copies_theirs_but_neither_me_nor_machines_nor_outsiders() -> None:
    box = (
        mail(DANA),
        mail(ME, to=DANA, cc=f"{SAM}, ana.lopez@mail.example"),
        mail(DANA, to=f"{ME}, {HUGO}", cc=f"{SAM}, {DEAD}, {CORA}, ana+x@home.example, {DANA}"),
    )
    found = plan(*box, cc_all=True)
    assert [a.address for a in found.cc] == ["hugo@acme.com", "cora@acme.com"]
    assert any("sam@family.example" in note for note in found.notes)


# --- friends, letter boxes nobody reads, letters that came back -------------------------------------


def test_a_friend_who_presents_the_recruiter_in_copy_and_writes_most_is_not_taken() -> None:
    with pytest.raises(Ambiguous) as told:
        plan(
            mail(HUGO, "Meet Ana, who would fit. Ana, Dana recruits here.", cc=DANA),
            mail(DANA, "Would you have time for an interview?", cc=HUGO),
            mail(HUGO, "Great, over to you two!", cc=DANA),
        )
    assert {c["address"] for c in told.value.candidates} == {"hugo@acme.com", "dana@acme.com"}


def test_whoever_copies_a_colleague_without_presenting_them_is_still_taken() -> None:
    found = plan(mail(DANA, cc=HUGO), mail(HUGO, cc=DANA), mail(DANA, cc=HUGO))
    assert to(found) == ["dana@acme.com"]


def test_a_friend_on_copy_who_wishes_well_is_not_taken_for_the_newest_contact() -> None:
    with pytest.raises(Ambiguous, match="may be the one who hires"):
        plan(mail(DANA, "Your interview is booked.", cc=HUGO), mail(HUGO, "Good luck, Ana!", cc=DANA))
    recruiter = mail(DANA, "Good luck for Friday!\n\nDana Berg\nRecruiter", cc=HUGO)
    assert to(plan(mail(HUGO, cc=DANA), recruiter)) == ["dana@acme.com"]


@pytest.mark.parametrize(
    "text",
    [
        "Your interview is booked.\n\nPlease do not reply to this email.",
        "This mailbox is not monitored.",
        "Replies to this message will not be read.",
        "Bitte antworten Sie nicht auf diese E-Mail.",
        "Dieses Postfach wird nicht gelesen.",
    ],
)
def test_a_mail_that_says_that_nobody_reads_answers_is_asked_about(text: str) -> None:
    careers = "Acme <careers@acme.com>"
    with pytest.raises(NeedsPerson, match="nobody reads answers") as told:
        plan(mail(DANA), mail(careers, text), mail(careers, text))
    assert "dana@acme.com" in [c["address"] for c in told.value.candidates]
    assert to(plan(mail(careers, text), to="careers@acme.com")) == ["careers@acme.com"]
    assert to(plan(mail(careers, text, reply_to=DANA))) == ["dana@acme.com"]
    quoted = text.replace("\n", "\n> ")
    assert to(plan(mail(DANA, f"Fine.\n\n> {quoted}"))) == ["dana@acme.com"]


BOUNCE = mail(
    "Mail Delivery System <mailer-daemon@home.example>",
    "dana@acme.com: 550 user unknown",
    headers={"Return-Path": "<>", "X-Failed-Recipients": "dana@acme.com"},
    subject="Undelivered Mail Returned to Sender",
)


def test_a_letter_of_mine_that_came_back_is_said() -> None:
    (note,) = plan(mail(DANA), mail(ME, to=DANA), BOUNCE).notes
    assert "dana@acme.com" in note
    assert "came back undelivered" in note


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("550 user unknown", {"X-Failed-Recipients": "dana@acme.com"}),
        ("Dana@ACME.com: 550 user unknown", {}),
    ],
)
def test_to_whom_the_returned_letter_went_is_told_in_its_header_or_its_text(
    text: str, headers: dict[str, str]
) -> None:
    bounce = replace(BOUNCE, text=text, headers={"Return-Path": "<>", **headers})
    (note,) = plan(mail(DANA), mail(ME, to=DANA), bounce).notes
    assert note.startswith("a mail of yours to Dana Berg <dana@acme.com> came back undelivered")
    (note,) = plan(
        mail(DANA), mail(ME, to=HUGO), replace(bounce, text="", headers={"Return-Path": "<>"})
    ).notes
    assert note.startswith("a mail of yours came back undelivered")


def test_a_letter_that_came_back_is_forgotten_once_they_wrote_again() -> None:
    assert plan(mail(DANA), mail(ME, to=DANA), BOUNCE, mail(DANA, "Got it.")).notes == ()
    assert len(plan(mail(DANA), mail(ME, to=DANA), BOUNCE, mail(ME, "Once more", to=DANA)).notes) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Friday is my last day at Acme. From Monday please write to Noor Haddad, noor.haddad@acme.com.",
        "I'm leaving the company this week; Noor Haddad (noor.haddad@acme.com) will look after you.",
        "Noor Haddad is taking over from me: noor.haddad@acme.com",
        "Heute ist mein letzter Arbeitstag, bitte schreiben Sie an Noor Haddad: noor.haddad@acme.com",
        "I start my maternity leave on Friday. Noor Haddad is at noor.haddad@acme.com.",
        "Noor Haddad is looking after this from now on: noor.haddad@acme.com",
        "Please write to him and not to me: Noor Haddad, noor.haddad@acme.com",
        "Bitte wenden Sie sich an sie und nicht an mich: Noor Haddad, noor.haddad@acme.com",
        "Je pars en congé de maternité ce soir. Noor Haddad : noor.haddad@acme.com",
        "C'est aujourd'hui mon dernier jour, merci d'écrire à Noor Haddad <noor.haddad@acme.com>.",
        "Vandaag is mijn laatste werkdag. Noor Haddad neemt het over, noor.haddad@acme.com",
        "I'm leaving Acme on Friday. Please write to Noor Haddad (noor.haddad@acme.com) from now on.",
        "I've taken a new role in finance; Noor Haddad (noor.haddad@acme.com) will look after you.",
        "I'll be off on parental leave from May. Noor Haddad, noor.haddad@acme.com, takes it from here.",
        "Noor Haddad takes over my desk on Monday: noor.haddad@acme.com",
        "Your new contact is Noor Haddad (noor.haddad@acme.com).",
        "Bitte wenden Sie sich ab jetzt an Noor Haddad (noor.haddad@acme.com).",
        "Ihre neue Ansprechpartnerin ist Noor Haddad, noor.haddad@acme.com",
        "Vous pouvez dorénavant vous adresser à Noor Haddad, noor.haddad@acme.com",
        "A partir de ahora escriba a Noor Haddad (noor.haddad@acme.com).",
        "D'ora in poi scriva a Noor Haddad (noor.haddad@acme.com).",
        "Schrijf vanaf nu naar Noor Haddad (noor.haddad@acme.com).",
        "Proszę od teraz pisać do Noor Haddad (noor.haddad@acme.com).",
        "Noor Haddad will be looking after your application: noor.haddad@acme.com",
        "Meine Kollegin Noor Haddad (noor.haddad@acme.com) hat Ihre Bewerbung übernommen.",
        "Ma collègue Noor Haddad (noor.haddad@acme.com) reprend votre dossier.",
        "Mi compañera Noor Haddad (noor.haddad@acme.com) llevará su candidatura.",
    ],
)
def test_who_hands_over_is_asked_about_and_the_successor_is_proposed(text: str) -> None:
    with pytest.raises(NeedsPerson, match="somebody else takes over") as told:
        plan(mail(DANA, "Could we schedule an interview?"), mail(DANA, text))
    first, second = told.value.candidates
    assert told.value.next_step.endswith("--to dana@acme.com (--force for who is not in the thread)")
    assert (first["person"], first["address"]) == ("Noor Haddad", "noor.haddad@acme.com")
    assert second["address"] == "dana@acme.com"
    assert to(plan(mail(DANA, text), to="dana@acme.com")) == ["dana@acme.com"]


def test_a_handover_stays_one_when_they_write_once_more() -> None:
    told = mail(DANA, "I'm leaving Acme on Friday. Noor Haddad (noor@acme.com) is your contact then.")
    with pytest.raises(NeedsPerson, match=r"takes over: .*leaving Acme") as asked:
        plan(told, mail(DANA, "You are welcome!"))
    assert asked.value.candidates[0]["address"] == "noor@acme.com"


def test_where_answers_are_wanted_at_a_colleague_it_is_asked() -> None:
    with pytest.raises(NeedsPerson, match="somebody else is to be written to") as told:
        plan(mail(DANA, "In my absence please reply to Noor Haddad (noor@acme.com)."))
    assert [c["address"] for c in told.value.candidates] == ["noor@acme.com", "dana@acme.com"]


def test_a_successor_who_has_written_is_not_asked_about() -> None:
    noor = "Noor Haddad <noor@acme.com>"
    leaves = mail(DANA, "This is my last week at Acme. Please deal with Noor Haddad, noor@acme.com.")
    assert to(plan(mail(DANA), leaves, mail(noor, "Picking up from Dana."))) == ["noor@acme.com"]


@pytest.mark.parametrize(
    "text",
    [
        "Your last day to accept is Friday.",
        "You would take over the team from Hugo.",
        "My colleague Cora will be in touch: cora@acme.com",
        "The person you replace is on maternity leave until June.",
        "From January you will be the contact for our clients, and look after your own accounts.",
        "From Monday, ask for Noor (noor@acme.com) at reception when you arrive.",
        "If you have any questions, please write to Noor (noor@acme.com).",
        "Please write to me from now on at this address.",
        "My last day in the office this year is 18 December, so let us speak before.",
        "I am leaving Noor to arrange the details.",
        "Noor takes over the role of CFO in January. Our team handles your application.",
        "Acme handles your application confidentially, as our privacy notice says.",
        "I was on parental leave until last week, sorry for the silence.",
    ],
)
def test_nobody_leaves_there(text: str) -> None:
    assert to(plan(mail(DANA, text))) == ["dana@acme.com"]


def test_a_desk_that_names_the_person_to_write_to_is_asked_about() -> None:
    desk = "Interview Desk <interviewdesk@acme.com>"
    with pytest.raises(NeedsPerson, match="names whom to write to") as told:
        plan(mail(desk, "Your slot is Monday. Any issue: Noor Haddad, noor.haddad@acme.com."))
    assert [c["address"] for c in told.value.candidates] == ["noor.haddad@acme.com", "interviewdesk@acme.com"]
    signed = mail(desk, "Your slot is Monday.\n\nKind regards\nNoor Haddad\nnoor.haddad@acme.com")
    assert to(plan(signed)) == ["interviewdesk@acme.com"]


def test_a_desk_is_no_rival_of_a_person_who_asks_for_answers_at_a_desk_as_well() -> None:
    desk = "Recruiting - Acme <recruiting@acme.com>"
    answer = mail(DANA, "Shall we talk?", reply_to=f"{DANA}, team@acme.com")
    assert to(plan(mail(desk, "Your application arrived."), answer)) == ["dana@acme.com", "team@acme.com"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We met. Friday is my last day. Write to Noor. Bye.", "'Friday is my last day. Write to Noor.'"),
        (
            "It is my last day. One. It is my last day. Two.",
            "'It is my last day. One. It is my last day.'",
        ),
        (f"Friday is my last day {'x' * 400}.", f"'Friday is my last day {'x' * 278}'"),
    ],
)
def test_what_they_said_about_leaving_is_quoted_in_a_sentence_or_two(text: str, said: str) -> None:
    with pytest.raises(NeedsPerson) as told:
        plan(mail(DANA, text))
    assert str(told.value).endswith(f"takes over: {said}")
    assert told.value.next_step.endswith("--to dana@acme.com")


def test_a_person_who_writes_together_with_a_desk_is_a_rival() -> None:
    both = mail(f"{HUGO}, Recruiting - Acme <recruiting@acme.com>", "Your application arrived.")
    with pytest.raises(Ambiguous, match=r"wrote last, but Hugo Marsh"):
        plan(both, mail(DANA, "Shall we talk?"))


def test_a_desk_is_no_rival_of_the_person_who_wrote_last() -> None:
    desk = "Recruiting - Acme <recruiting@acme.com>"
    assert to(plan(mail(desk, "Your application arrived."), mail(DANA, "Shall we talk?"))) == [
        "dana@acme.com"
    ]


@pytest.mark.parametrize(
    "footer",
    [
        "If you are not the intended recipient please do not reply to this email and delete it.",
        "If you have received this message in error, do not reply to this message.",
        "Sollten Sie nicht der richtige Empfänger sein, antworten Sie bitte nicht auf diese E-Mail.",
        "Si vous n'êtes pas le destinataire, merci de ne pas répondre à ce message.",
        "Si no es el destinatario, no responda a este correo.",
    ],
)
def test_what_a_footer_tells_wrong_recipients_is_no_instruction(footer: str) -> None:
    assert to(plan(mail(DANA, f"Could we meet?\n\nDana\n\n-- \n{footer}"))) == ["dana@acme.com"]
    assert to(plan(mail(DANA, f"Could we meet?\n\nDana\n\n{footer}"))) == ["dana@acme.com"]


@pytest.mark.parametrize(
    "text",
    [
        "Este buzón no admite respuestas.",
        "Merci de ne pas répondre à ce message.",
        "Não responda a este e-mail.",
        "Dit postvak wordt niet gelezen.",
        "This mailbox cannot receive replies.",
    ],
)
def test_nobody_reads_answers_in_other_languages(text: str) -> None:
    with pytest.raises(NeedsPerson, match="nobody reads answers"):
        plan(mail("Acme <seleccion@acme.com>", text))
