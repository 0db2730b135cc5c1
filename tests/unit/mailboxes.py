"""A small language for mailboxes in tests: say who wrote what to whom; ids, dates and links follow.

    box = [
        thread("Interview at Acme",
            mail("Dana Berg <dana@acme.com>", "Could we schedule an interview?"),
            mail(ME, "Gladly.", to="dana@acme.com"))]

The first mail of a thread lies ten days before ``NOON``, each later one an hour after the one before, unless
``at`` (days before NOON) says otherwise. Each answers the one before it. What ``ME`` wrote is in Sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from bowout.mail.headers import Repairs, read_addresses
from bowout.mail.html import html_to_text
from bowout.model import Address, Body, Folder, Identity, Joined, Message, Thread
from clock import NOON

ME = "Ana Lopez <ana@home.example>"
IDENTITIES = (
    Identity(address=Address("Ana Lopez", "ana@home.example"), signature="Ana Lopez\n+49 30 1234567"),
    Identity(address=Address("Ana Lopez", "ana.lopez@mail.example")),
)


def addresses(text: str) -> tuple[Address, ...]:
    """``"Dana Berg <dana@acme.com>, bob@x.org"`` as values."""
    return read_addresses(text, Repairs())


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail before it has a place in a thread."""

    sender: tuple[Address, ...]
    text: str
    to: str = ME
    cc: str = ""
    bcc: str = ""
    reply_to: str = ""
    delivered_to: str = ""
    subject: str | None = None
    at: float | None = None
    calendar: str = ""
    html: str | None = None  # then the mail has no other body, and its text is a view of this
    headers: Mapping[str, str] = field(default_factory=dict)
    folder: Folder | None = None
    joined: Joined = Joined.REFERENCES
    answers: int | None = -1  # index of the mail answered; None = starts anew
    message_id: str | None = "auto"


def mail(sender: str | Address, text: str = "", **more: Any) -> Mail:
    """A mail; ``more`` are fields of ``Mail``. An ``Address`` as sender may be as odd as needed."""
    senders = (sender,) if isinstance(sender, Address) else addresses(sender)
    return replace(Mail(sender=senders, text=text), **more)


def thread(subject: str, *mails: Mail, name: str = "") -> Thread:
    """A complete thread with ids, References and dates filled in. ``name`` is its id, else the subject."""
    label = name or subject
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in label)
    made: list[Message] = []
    for number, one in enumerate(mails):
        made.append(_message(one, number, made, subject, label, slug))
    order = sorted(range(len(made)), key=lambda i: made[i].moment)
    return Thread(id=label, messages=tuple(made[i] for i in order), complete=True)


def _message(
    one: Mail, number: int, before: Sequence[Message], subject: str, label: str, slug: str
) -> Message:
    parent = before[one.answers] if one.answers is not None and before else None
    sent = parent.moment + timedelta(hours=1) if parent else NOON - timedelta(days=10)
    if one.at is not None:
        sent = NOON - timedelta(days=one.at)
    mine = any(a.address in ("ana@home.example", "ana.lopez@mail.example") for a in one.sender)
    own_id = f"<{slug}.{number}@example.net>" if one.message_id == "auto" else one.message_id
    parents = (parent.message_id,) if parent and parent.message_id else ()
    given = one.subject if one.subject is not None else subject
    return Message(
        id=f"{label}/{number}",
        thread_id=label,
        folder=one.folder or (Folder.SENT if mine else Folder.INBOX),
        message_id=own_id,
        in_reply_to=parents,
        references=(*parent.references, *parents) if parent and parents else (),
        subject=f"Re: {given}" if one.subject is None and number and parent else given,
        date=sent,
        received=sent,
        from_=one.sender,
        reply_to=addresses(one.reply_to),
        to=addresses(one.to),
        cc=addresses(one.cc),
        bcc=addresses(one.bcc),
        delivered_to=addresses(one.delivered_to),
        headers=tuple((key.lower(), value) for key, value in one.headers.items()),
        body=Body(
            text=html_to_text(one.html) if one.html else one.text,
            html=one.html,
            calendars=(one.calendar,) if one.calendar else (),
        ),
        joined=one.joined,
    )


def calendar(
    method: str = "REQUEST", *, start: str = "20261126T140000Z", sequence: int = 0, uid: str = "u1"
) -> str:
    """A text/calendar part of one event (RFC 5545)."""
    lines = (
        "BEGIN:VCALENDAR",
        "PRODID:-//example//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid}@example.net",
        f"SEQUENCE:{sequence}",
        "DTSTAMP:20261110T090000Z",
        f"DTSTART:{start}",
        "SUMMARY:Interview",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines)


def as_bytes(message: Message) -> bytes:
    """The message as a mail server would have delivered it, for mailboxes on disk."""
    out = EmailMessage(policy=SMTP.clone(max_line_length=998))
    for name, people in (
        ("From", message.from_),
        ("Reply-To", message.reply_to),
        ("To", message.to),
        ("Cc", message.cc),
        ("Delivered-To", message.delivered_to),
    ):
        if people:
            out[name] = ", ".join(_spelt(a) for a in people)
    out["Subject"] = message.subject
    out["Date"] = message.moment
    if message.message_id:
        out["Message-ID"] = message.message_id
    for name, ids in (("In-Reply-To", message.in_reply_to), ("References", message.references)):
        if ids:
            out[name] = " ".join(ids)
    for name, value in message.headers:
        if name != "content-type":
            out[name] = value
    _fill(out, message)
    return out.as_bytes()


def _spelt(address: Address) -> str:
    quoted = address.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address.address}>' if address.name else address.address


def _fill(out: EmailMessage, message: Message) -> None:
    body = message.body or Body(text="")
    if body.html is not None:
        out.set_content(body.html, subtype="html")
    else:
        out.set_content(body.text)
    for part in body.calendars:
        method = next(line[7:] for line in part.splitlines() if line.startswith("METHOD:"))
        out.add_alternative(part, subtype="calendar", params={"method": method})
