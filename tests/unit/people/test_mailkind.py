"""What sort of mail a message is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bowout.model import Address, Attachment, Body, Message
from bowout.people.machines import load_relays
from bowout.people.mailkind import Kind, hosts, is_automatic, kind_of
from unit.mailboxes import calendar, mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana@acme.com>"


def address(spec: str, name: str = "") -> Address:
    return Address(name, spec)


def message(sender: str = "dana@acme.com", **more: Any) -> Message:
    made = thread("Interview", mail(sender, **more))
    return made.messages[0]


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
    assert kind_of(made, RELAYS) is kind


def test_a_reaction_is_known_by_its_part() -> None:
    part = Attachment(filename="", content_type="text/vnd.google.email-reaction+json", size=30)
    reaction = Message(
        id="1", thread_id="1", from_=(address("dana@acme.com"),), body=Body(text="x", attachments=(part,))
    )
    assert kind_of(reaction, RELAYS) is Kind.REACTION


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
    assert is_automatic(message(DANA, headers=headers, calendar=calendars)) is automatic


def test_a_schedulers_notice_names_its_host() -> None:
    booked = message(
        "Dana Berg via Calendly <notifications@calendly.com>", headers={"Reply-To": "dana@acme.com"}
    )
    booked = replace(booked, reply_to=(Address("", "dana@acme.com"),))
    assert hosts(booked, load_relays()) == (Address("Dana Berg", "dana@acme.com"),)
    assert hosts(message(DANA), load_relays()) == ()
