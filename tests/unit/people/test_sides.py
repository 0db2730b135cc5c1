"""Me, machines, kinds of mail, and the sides of a thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import ConfigError
from bowout.model import Address, Attachment, Body, Folder, Identity, Message
from bowout.people import sides as parties
from bowout.people.sides import Kind, Relay, System, load_relays
from unit.mailboxes import IDENTITIES, ME, Mail, calendar, mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana@acme.com>"
GMAIL_ME = (Identity(address=Address("Ana", "ana.lopez@gmail.com")),)


def address(spec: str, name: str = "") -> Address:
    return Address(name, spec)


def message(sender: str = "dana@acme.com", **more: Any) -> Message:
    made = thread("Interview", mail(sender, **more))
    return made.messages[0]


# --- me -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "mine"),
    [
        ("ana@home.example", True),
        ("ANA@Home.Example", True),
        ("ana+jobs@home.example", True),
        ("a.na@home.example", False),  # dots mean nothing only at Gmail
        ("ana@home.example.org", False),
        ("bob@home.example", False),
        ("+x@home.example", False),
        ("", False),
        ("ana", False),
    ],
)
def test_own_addresses_are_recognised(spec: str, mine: bool) -> None:
    assert parties.is_me(address(spec), IDENTITIES) is mine


@pytest.mark.parametrize(
    ("spec", "mine"),
    [
        ("analopez@gmail.com", True),
        ("a.n.a.lopez+acme@googlemail.com", True),
        ("Ana.Lopez@GMAIL.com", True),
        ("ana.lopes@gmail.com", False),
        ("ana.lopez@outlook.com", False),
    ],
)
def test_dots_and_both_domains_of_gmail_are_me(spec: str, mine: bool) -> None:
    assert parties.is_me(address(spec), GMAIL_ME) is mine


def test_a_tag_that_is_part_of_my_address_must_be_there() -> None:
    family = (Identity(address=Address("Ana", "lopez+ana@home.example")),)
    assert parties.is_me(address("Lopez+Ana@home.example"), family)
    assert not parties.is_me(address("lopez+bob@home.example"), family)
    assert not parties.is_me(address("lopez@home.example"), family)


def test_a_copy_in_sent_is_from_me_whatever_its_address() -> None:
    forgotten = message("Ana <old@alias.example>", folder=Folder.SENT, to=DANA)
    assert parties.from_me(forgotten, IDENTITIES)
    box = thread("Hi", mail("Ana <old@alias.example>", "My application.", folder=Folder.SENT, to=DANA))
    assert parties.is_me(address("OLD+x@alias.example"), parties.all_mine(box, IDENTITIES))


# --- machines -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "local",
    [
        "noreply",
        "no-reply",
        "no.reply",
        "no_reply",
        "NoReply",
        "donotreply",
        "do-not-reply",
        "do_not_reply",
        "do.not.reply",
        "noresponder",
        "nicht-antworten",
        "nepasrepondre",
        "careers-noreply",
        "jobs+noreply",
        "no-reply-recruiting",
        "noreply+a1b2c3",
        "acme+autoreply",
        "auto-confirm",
        "notification",
        "notifications",
        "jobs-notifications",
        "unmonitored",
        "workday",
    ],
)
def test_names_that_nobody_reads_are_dead_at_any_domain(local: str) -> None:
    hit = RELAYS.classify(address(f"{local}@acme.com"))
    assert hit is not None
    assert hit.relay is Relay.DEAD
    assert not hit.listed


@pytest.mark.parametrize(
    "local",
    [
        "dana",
        "noah.reply",
        "norbert",
        "notary",
        "replyer",
        "jobs",
        "careers",
        "dana.noriega",
        "automn",
        "casino",
    ],
)
def test_names_of_people_and_teams_are_nobodys_machine(local: str) -> None:
    assert RELAYS.classify(address(f"{local}@acme.com")) is None


@pytest.mark.parametrize(
    ("spec", "relay", "name"),
    [
        ("no-reply@us.greenhouse-mail.io", Relay.DEAD, "Greenhouse"),
        ("anything@greenhouse-mail.io", Relay.ASK, "Greenhouse"),
        ("no-reply@hire.lever.co", Relay.DEAD, "Lever"),
        ("x7f@hire.lever.co", Relay.REPLY, "Lever"),
        ("no-reply@ashbyhq.com", Relay.DEAD, "no-reply address"),
        ("x7f@acme.ashbyhq.com", Relay.REPLY, "Ashby"),
        ("x7f@inbound.workablemail.com", Relay.REPLY, "Workable"),
        ("x7f@candidates.workablemail.com", Relay.DEAD, "Workable"),
        ("acme@myworkday.com", Relay.DEAD, "Workday"),
        ("acme+autoreply@talent.icims.com", Relay.DEAD, "iCIMS"),
        ("acme+email+3fa9c8d7@talent.icims.com", Relay.REPLY, "iCIMS"),
        ("x@acme.na.teamtailor-mail.com", Relay.REPLY, "Teamtailor"),
        ("dana.acme@recruitee-mailbox.com", Relay.REPLY, "Recruitee"),
        ("x@m.personio.com", Relay.REPLY, "Personio"),
        ("reply+3fa9c8d7e1@smartrecruiters.com", Relay.REPLY, "SmartRecruiters"),
        ("team@smartrecruiters.com", Relay.ASK, "SmartRecruiters"),
        ("candidate-77ab12cd@jobs.acme.de", Relay.REPLY, "d.vinci"),
        ("notifications@calendly.com", Relay.NOTICE, "scheduler"),
        ("jobs-noreply@linkedin.com", Relay.NOTICE, "LinkedIn"),
        ("calendar-notification@google.com", Relay.NOTICE, "Google Calendar"),
        ("mailer-daemon@home.example", Relay.NOTICE, "mail delivery system"),
        ("postmaster@home.example", Relay.NOTICE, "mail delivery system"),
    ],
)
def test_known_machines(spec: str, relay: Relay, name: str) -> None:
    hit = RELAYS.classify(address(spec))
    assert hit is not None
    assert (hit.relay, hit.name) == (relay, name)
    assert RELAYS.classify(address(spec.upper())) == hit


@pytest.mark.parametrize(
    "spec",
    [
        "jane@google.com",
        "jane@ashbyhq.com",
        "jane@notlinkedin.com",
        "jane@icims.com",
        "linkedin.com@acme.com",
    ],
)
def test_people_at_the_makers_of_systems_are_people(spec: str) -> None:
    assert RELAYS.classify(address(spec)) is None


def test_unknown_system_with_a_token_in_reply_to_takes_answers() -> None:
    sent = message("Acme <no-reply@newats.example>", reply_to="reply+9f8e7d6c5b@newats.example")
    hit = RELAYS.classify(sent.reply_to[0], sent)
    assert hit is not None
    assert hit.relay is Relay.REPLY
    assert not hit.listed


def test_unknown_system_without_a_token_is_asked_about() -> None:
    sent = message("Acme <no-reply@newats.example>", reply_to="reply@newats.example")
    hit = RELAYS.classify(sent.reply_to[0], sent)
    assert hit is not None
    assert hit.relay is Relay.ASK


def test_a_persons_other_address_in_reply_to_is_no_machine() -> None:
    sent = message(DANA, reply_to="talent@acme.com")
    assert RELAYS.classify(sent.reply_to[0], sent) is None


@given(st.text(max_size=400), st.sampled_from(["", "acme.com", "hire.lever.co", "smartrecruiters.com"]))
def test_no_address_makes_classify_fail(local: str, domain: str) -> None:
    odd = address(f"{local}@{domain}")
    hit = RELAYS.classify(odd, Message(id="1", thread_id="1", reply_to=(odd,)))
    assert hit is None or hit.relay in Relay


# --- the person's own file --------------------------------------------------------------------------


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "relays.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_file_extends_and_overrides(tmp_path: Path) -> None:
    own = load_relays(
        write(
            tmp_path,
            """
            [patterns]
            dead = ['robot-.*']
            [domains]
            freemail = ["village.example"]
            suffixes = ["co.example"]
            [[relay]]
            name = "New ATS"
            class = "reply"
            kind = "ats"
            domains = ["newats.example"]
            [[relay]]
            class = "reply"
            domains = ["acme.com"]
            local = "no-reply"
            """,
        )
    )
    new, overridden = (
        own.classify(address("noreply@newats.example")),
        own.classify(address("no-reply@acme.com")),
    )
    assert new is not None
    assert (new.relay, new.system, new.listed) == (Relay.REPLY, System.ATS, True)
    assert overridden is not None
    assert overridden.relay is Relay.REPLY
    robot, shipped = own.classify(address("robot-7@b.org")), own.classify(address("noreply@b.org"))
    assert robot is not None
    assert shipped is not None
    assert robot.relay is shipped.relay is Relay.DEAD
    assert own.is_freemail("Village.Example")
    assert own.is_freemail("gmail.com")
    assert own.organisation("mail.acme.co.example") == "acme.co.example"


def test_no_own_file_is_fine(tmp_path: Path) -> None:
    assert load_relays(tmp_path / "relays.toml") == load_relays()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[relay]\n", "TOML"),
        ("[relays]\n", "unknown key 'relays'"),
        ("relay = 1", "relay: expected"),
        ("relay = [1]", "relay[1]"),
        ('[[relay]]\nclass = "reply"\n', "relay[1]: domains is missing"),
        ('[[relay]]\nclass = "maybe"\ndomains = ["a.org"]\n', "relay[1].class: expected one of dead, notice"),
        ('[[relay]]\ndomains = ["a.org"]\n', "relay[1].class"),
        ('[[relay]]\nclass = "dead"\ndomains = "a.org"\n', "domains: expected a list of strings"),
        ('[[relay]]\nclass = "dead"\ndomains = ["a.org"]\nlocal = "("\n', "not a regular expression"),
        ('[[relay]]\nclass = "dead"\ndomains = ["a.org"]\nlocal = 3\n', "expected a regular expression"),
        ('[[relay]]\nclass = "dead"\ndomain = ["a.org"]\n', "unknown key 'domain'"),
        ("[patterns]\ndead = ['(']\n", "not a regular expression"),
        ("patterns = 3\n", "patterns.dead: expected a list of strings"),
    ],
)
def test_own_file_that_is_wrong_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as told:
        load_relays(path)
    assert str(path) in told.value.message
    assert words in told.value.message
    assert told.value.next_step


def test_own_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "relays.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_relays(path)


@pytest.mark.parametrize(
    ("domain", "organisation", "label"),
    [
        ("acme.com", "acme.com", "acme"),
        ("mail.eu.acme.com", "acme.com", "acme"),
        ("jobs.acme.co.uk", "acme.co.uk", "acme"),
        ("ACME.DE", "acme.de", "acme"),
        ("localhost", "localhost", "localhost"),
        ("", "", ""),
    ],
)
def test_organisation_of_a_domain(domain: str, organisation: str, label: str) -> None:
    assert (RELAYS.organisation(domain), RELAYS.label(domain)) == (organisation, label)


# --- kinds ------------------------------------------------------------------------------------------

LISTED = {"List-Id": "<news.acme.com>"}
UNSUBSCRIBABLE = {"List-Unsubscribe": "<https://acme.com/u>"}
REPORT = {"Content-Type": 'multipart/report; report-type="delivery-status"; boundary=x'}


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (Kind.HUMAN, message(DANA, text="Hi!")),
        (Kind.HUMAN, message(DANA, calendar=calendar("REQUEST"))),
        (
            Kind.HUMAN,
            message(DANA, calendar=calendar("REQUEST"), headers={"Auto-Submitted": "auto-generated"}),
        ),
        (Kind.HUMAN, message(DANA, subject="Cancelled: Interview", calendar=calendar("REQUEST"))),
        (Kind.HUMAN, message(DANA, text="Your interview; your application.", headers=UNSUBSCRIBABLE)),
        (Kind.HUMAN, message("Acme <no-reply@acme.com>", reply_to="dana@borealis.com")),
        (Kind.HUMAN, message(DANA, headers={"Auto-Submitted": "no"})),
        (Kind.HUMAN, message(DANA, subject="Automatic door engineer: interview")),
        (Kind.HUMAN, message("Team <x@acme.teamtailor-mail.com>", headers={"Precedence": "bulk"})),
        (Kind.AUTO_REPLY, message(DANA, headers={"Auto-Submitted": "auto-replied (vacation)"})),
        (Kind.AUTO_REPLY, message(DANA, headers={"X-Autoreply": "yes"})),
        (Kind.AUTO_REPLY, message(DANA, subject="Automatic reply: Interview")),
        (Kind.AUTO_REPLY, message(DANA, subject="Out of office")),
        (Kind.AUTO_REPLY, message(DANA, subject="Abwesenheitsnotiz: Gespräch")),
        (Kind.AUTO_REPLY, message(DANA, subject="Réponse automatique : Entretien")),
        (Kind.AUTO_REPLY, message(DANA, headers={"Return-Path": "<>"})),
        (Kind.BOUNCE, message("postmaster@home.example", headers=REPORT)),
        (Kind.BOUNCE, message(DANA, headers=REPORT)),
        (Kind.BOUNCE, message("x@home.example", headers={"X-Failed-Recipients": "dana@acme.com"})),
        (Kind.BOUNCE, message("MAILER-DAEMON@home.example")),
        (Kind.BOUNCE, message(DANA, subject="Undeliverable: Hi", headers={"Return-Path": "<>"})),
        (Kind.CALENDAR, message(DANA, calendar=calendar("REPLY"))),
        (Kind.CALENDAR, message(DANA, calendar=calendar("CANCEL"))),
        (Kind.CALENDAR, message("calendar-notification@google.com")),
        (Kind.CALENDAR, message(DANA, headers={"Sender": "Google <calendar-notification@google.com>"})),
        (Kind.CALENDAR, message(DANA, headers={"Content-Type": 'text/calendar; method="REPLY"'})),
        (Kind.REACTION, message(DANA, headers={"Content-Type": "text/vnd.google.email-reaction+json"})),
        (Kind.REACTION, message(DANA, text="Dana Berg reacted via Gmail")),
        (Kind.BULK, message("Acme <news@acme.com>", text="Interview, your application", headers=LISTED)),
        (Kind.BULK, message("Acme <news@acme.com>", headers={"Precedence": "bulk"})),
        (Kind.BULK, message("Acme <news@acme.com>", text="Sale!", headers=UNSUBSCRIBABLE)),
        (Kind.NOTICE, message("Acme <no-reply@acme.com>")),
        (Kind.NOTICE, message("Acme <no-reply@acme.com>", reply_to="donotreply@acme.com")),
        (Kind.NOTICE, message("Calendly <notifications@calendly.com>", reply_to="dana@acme.com")),
        (Kind.NOTICE, message("LinkedIn <messages-noreply@linkedin.com>")),
    ],
)
def test_kind_of_mail(kind: Kind, made: Message) -> None:
    assert parties.kind_of(made, RELAYS) is kind


def test_a_reaction_is_known_by_its_part() -> None:
    part = Attachment(filename="", content_type="text/vnd.google.email-reaction+json", size=30)
    reaction = Message(
        id="1", thread_id="1", from_=(address("dana@acme.com"),), body=Body(text="x", attachments=(part,))
    )
    assert parties.kind_of(reaction, RELAYS) is Kind.REACTION


@pytest.mark.parametrize(
    ("headers", "calendars", "automatic"),
    [
        ({}, "", False),
        ({"Auto-Submitted": "no"}, "", False),
        ({"Auto-Submitted": "auto-generated"}, "", True),
        ({"Auto-Submitted": "auto-generated"}, calendar("REQUEST"), False),
    ],
)
def test_what_a_program_wrote(headers: Mapping[str, str], calendars: str, automatic: bool) -> None:
    assert parties.is_automatic(message(DANA, headers=headers, calendar=calendars)) is automatic


@pytest.mark.parametrize(
    ("subject", "passed_on"),
    [
        ("Fwd: Interview", True),
        ("FW: Interview", True),
        ("WG: Gespräch", True),
        ("[EXT] Fwd: Interview", True),
        ("Re: Fwd: Interview", False),
        ("Forward Deployed Engineer", False),
        ("Interview", False),
    ],
)
def test_forwarded_subjects(subject: str, passed_on: bool) -> None:
    assert parties.is_forward(message(DANA, subject=subject)) is passed_on


# --- sides ------------------------------------------------------------------------------------------

HUGO = "Hugo Marsh <hugo@acme.com>"
SAM = "Sam Lopez <sam@family.example>"


def people(*mails: Mail) -> list[str]:
    found = parties.counterparts(thread("Interview", *mails), IDENTITIES, RELAYS)
    return [p.address.address for p in found]


def test_whoever_writes_to_me_and_whom_they_copy_are_counterparts() -> None:
    assert people(mail(DANA, cc=HUGO), mail(ME, to=DANA)) == ["dana@acme.com", "hugo@acme.com"]


def test_whom_i_wrote_to_first_is_a_counterpart() -> None:
    assert people(mail(ME, "My application", to=DANA, cc=f"{SAM}, {HUGO}")) == [
        "dana@acme.com",
        "hugo@acme.com",
    ]


def test_my_partner_is_none_whether_she_answers_copied_or_alone() -> None:
    assert people(mail(DANA), mail(ME, to=SAM), mail(SAM)) == ["dana@acme.com"]
    assert people(mail(DANA), mail(ME, to=DANA, cc=SAM), mail(SAM, to=ME, cc=DANA)) == ["dana@acme.com"]
    assert people(mail(DANA), mail(ME, to=DANA, bcc=SAM), mail(SAM, to=ME)) == ["dana@acme.com"]


def test_my_partner_is_none_when_she_answers_from_another_address() -> None:
    other = "Sam <sam@office.example>"
    assert people(mail(DANA), mail(ME, to=SAM, subject="Fwd: Interview"), mail(other)) == ["dana@acme.com"]


def test_a_thread_that_begins_with_my_forward_has_none() -> None:
    assert people(mail(ME, to=SAM, subject="Fwd: Interview"), mail(SAM)) == []


def test_a_colleague_whom_i_copy_in_is_one_and_a_private_question_to_one_is_not() -> None:
    assert people(mail(DANA), mail(ME, to=DANA, cc=HUGO)) == ["dana@acme.com", "hugo@acme.com"]
    assert people(mail(DANA), mail(ME, to=HUGO), mail(HUGO)) == ["dana@acme.com"]


def test_sharing_a_free_mail_provider_makes_no_colleague() -> None:
    box = (
        mail("Dana <dana@gmail.com>"),
        mail(ME, to="dana@gmail.com", cc="sam@gmail.com"),
        mail("sam@gmail.com"),
    )
    assert people(*box) == ["dana@gmail.com"]


def test_a_private_stand_in_becomes_one_once_the_others_see_them() -> None:
    box = (mail(DANA), mail(ME, to=HUGO), mail(HUGO), mail(HUGO, cc=DANA))
    assert people(*box) == ["dana@acme.com", "hugo@acme.com"]


def test_answering_a_reply_to_token_is_no_private_matter() -> None:
    token = "acme+email+3fa9c8d7@talent.icims.com"
    box = thread("Interview", mail(DANA, reply_to=token), mail(ME, to=token), mail(HUGO))
    sides = parties.sort_out(box, IDENTITIES, RELAYS)
    assert [p.address.address for p in sides.people] == ["dana@acme.com", "hugo@acme.com"]
    assert sides.of_theirs(address(token.upper()))
    assert all(sides.concerns(m) for m in box.messages)


def test_machines_and_their_mail_bring_nobody_in() -> None:
    box = (
        mail(DANA),
        mail("Acme <no-reply@acme.com>", cc="list@acme.com"),
        mail("Calendly <notifications@calendly.com>"),
        mail("mailer-daemon@home.example"),
        mail("Robot <robot@acme.com>", headers={"Auto-Submitted": "auto-replied"}),
    )
    assert people(*box) == ["dana@acme.com"]


def test_a_private_exchange_does_not_concern_them() -> None:
    box = thread("Interview", mail(DANA), mail(ME, to=SAM), mail(SAM))
    sides = parties.sort_out(box, IDENTITIES, RELAYS)
    assert [sides.concerns(m) for m in box.messages] == [True, False, False]
    assert sides.outsiders == {"sam@family.example"}


ANYBODY = st.sampled_from([ME, DANA, HUGO, SAM, "no-reply@acme.com", "Ana <ANA+x@home.example>"])


@given(st.lists(st.tuples(ANYBODY, ANYBODY, st.one_of(st.just(""), ANYBODY)), max_size=8))
def test_i_am_never_a_counterpart_and_nobody_is_on_both_sides(mails: list[tuple[str, str, str]]) -> None:
    box = thread("Interview", *(mail(sender, to=to, cc=cc) for sender, to, cc in mails))
    sides = parties.sort_out(box, IDENTITIES, RELAYS)
    assert not any(parties.is_me(p.address, IDENTITIES) for p in sides.people)
    assert not {p.address.key for p in sides.people} & sides.outsiders
