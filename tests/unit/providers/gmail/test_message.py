"""The MIME tree of the Gmail API read back: Gmail's view of a mail reads like the mail itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from bowout.mail.compare import content_hash
from bowout.mail.parse import parse
from bowout.model import Attachment, Folder, Message
from bowout.providers.gmail import message as gmail_payload
from servers.gmail_mail import Box, Mail, Switches, as_resource

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def resource(
    raw: bytes, *, decodes: bool = True, inline: int = 10**6, labels: tuple[str, ...] = ("INBOX",)
) -> tuple[dict[str, object], Box]:
    box = Box("me@gmail.com", lambda: NOW, Switches(decodes=decodes))
    mail = Mail(id="18c", thread="18b", labels=frozenset(labels), raw=raw, at=NOW)
    return as_resource(box, mail, "full", (), inline), box


def read(raw: bytes, *, decodes: bool = True) -> Message:
    return gmail_payload.to_message(resource(raw, decodes=decodes)[0])


def rich() -> bytes:
    new = EmailMessage()
    new["From"] = "Jörg Müller <joerg@acme.example>"
    new["To"] = '"Doe, Jane" <jane@home.example>, Zoë <zoe@home.example>'
    new["Cc"] = "Łukasz Ślusarczyk Wojciechowski von und zu Hohenlohe <l@acme.example>"
    new["Subject"] = "Einladung zum Gespräch: 数据工程师 – Größe"
    new["Message-ID"] = "<one@acme.example>"
    new["Date"] = "Fri, 20 Nov 2026 12:00:00 +0100"
    new.set_content("Grüße aus Köln\n", charset="iso-8859-1")
    new.add_alternative("<p>Grüße aus <b>Köln</b></p>", subtype="html")
    new.add_attachment(CALENDAR.encode(), maintype="text", subtype="calendar", params={"method": "REQUEST"})
    new.add_attachment(
        b"%PDF-1.7" * 100, maintype="application", subtype="pdf", filename="Vertrag für Sie.pdf"
    )
    return new.as_bytes()


@pytest.mark.parametrize("decodes", [True, False])
def test_a_mail_reads_the_same_through_gmail(decodes: bool) -> None:
    """Whether Gmail decodes header values and charsets or not."""
    direct = parse(rich(), id="18c", thread_id="18b", received=NOW)
    through = read(rich(), decodes=decodes)
    for name in ("from_", "to", "cc", "subject", "message_id", "date", "repairs"):
        assert getattr(through, name) == getattr(direct, name), name
    assert direct.body
    assert through.body
    assert through.body.text == direct.body.text
    assert through.body.html == direct.body.html
    assert through.body.calendars == direct.body.calendars
    assert content_hash(through) == content_hash(direct)


def test_an_attachment_is_known_by_name_and_size_without_its_bytes() -> None:
    body = read(rich()).body
    assert body
    assert body.attachments == (
        Attachment(filename="Vertrag für Sie.pdf", content_type="application/pdf", size=800),
    )


def test_a_body_that_stayed_behind_is_none_until_it_is_fetched() -> None:
    shown, box = resource(rich(), inline=5)
    wanted = gmail_payload.outlying(shown)
    assert len(wanted) == 3  # text, HTML, calendar; not the PDF
    assert gmail_payload.to_message(shown).body is None
    fetched = {part: box.attachments[part] for part in wanted}
    whole = gmail_payload.to_message(shown, fetched=fetched)
    assert content_hash(whole) == content_hash(read(rich()))


def test_a_forwarded_mail_is_an_attachment_and_lends_no_text() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("the private remark")
    outer = EmailMessage()
    outer["Subject"] = "Outer"
    outer.set_content("see below")
    outer.add_attachment(inner)
    message = read(outer.as_bytes())
    assert "private remark" not in message.text
    assert message.subject == "Outer"


@pytest.mark.parametrize(
    ("labels", "folder"),
    [
        (("SENT", "INBOX"), Folder.SENT),
        (("DRAFT",), Folder.DRAFTS),
        (("TRASH", "DRAFT"), Folder.TRASH),
        (("SPAM",), Folder.JUNK),
        (("CATEGORY_UPDATES",), Folder.OTHER),
    ],
)
def test_labels_say_where_a_mail_lies(labels: tuple[str, ...], folder: Folder) -> None:
    shown, _ = resource(rich(), labels=labels)
    assert gmail_payload.to_message(shown).folder is folder
    assert gmail_payload.is_draft(shown) is (folder is Folder.DRAFTS)
    assert gmail_payload.is_gone(shown) is (folder in {Folder.TRASH, Folder.JUNK})


def test_a_header_cannot_smuggle_another_one_in() -> None:
    shown, _ = resource(rich())
    payload = shown["payload"]
    assert isinstance(payload, dict)
    payload["headers"].append({"name": "Reply-To", "value": "a@b.example\r\nBcc: evil@c.example\r\n\r\nbody"})
    message = gmail_payload.to_message(shown)
    assert message.bcc == ()
    assert replace(message, reply_to=()).subject.startswith("Einladung")


def test_a_payload_with_nothing_in_it_is_an_empty_mail() -> None:
    message = gmail_payload.to_message({"id": "1", "threadId": "1", "payload": {}})
    assert (message.text, message.received, message.folder) == ("", None, Folder.OTHER)
