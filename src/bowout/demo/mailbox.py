"""Builds the sample mailbox: a Maildir++ tree of invented mail, dated relative to now.

The same ``now`` gives the same bytes. Only ``root`` is written to.
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import default as policy
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bowout.demo.threads import HIRING, ME, ORDINARY, Conversation, Interview, Mail, Person

ZONE = "Europe/Berlin"
FOLDERS = ("Drafts", "Sent", "Trash", "Archive", "Junk")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
# Maildir puts ":2," before the flags; Windows forbids the colon in file names.
INFO = ";2," if os.name == "nt" else ":2,"
FLAGS = {"Drafts": "DS", "Trash": "ST"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMailbox:
    """Where the sample mailbox is and whose it is. ``who`` is the main example; ``examples`` pairs other
    values of WHO with what they show."""

    path: Path
    name: str
    address: str
    phone: str
    zone: str
    who: str
    examples: tuple[tuple[str, str], ...]


def build(root: Path, now: datetime) -> DemoMailbox:
    """Write the sample Maildir below ``root``, which must not exist yet or be empty.

    ``now`` is aware; every mail lies before it, the interviews around it. Raises OSError.
    """
    for folder in ("", *FOLDERS):
        for part in ("cur", "new", "tmp"):
            (_folder(root, folder) / part).mkdir(parents=True)
        if folder:
            (_folder(root, folder) / "maildirfolder").touch()
    for conversation in (*HIRING, *ORDINARY):
        _write(root, conversation, now.astimezone(ZoneInfo(ZONE)))
    return DemoMailbox(
        path=root,
        name=ME.name,
        address=ME.address,
        phone="+49 30 23125 099",
        zone=ZONE,
        who="acme",
        examples=(
            ("harbor", "two roles at one company"),
            ("fernweh", "an agency's client, named only in the text"),
            ("morgenrot", "a thread in German"),
            ("quillworks", "only a no-reply address"),
            ("tidewater", "they have already declined"),
            ("orchard", "the interview was moved"),
            ("ironwood", "a written offer"),
        ),
    )


def _folder(root: Path, name: str) -> Path:
    return root / f".{name}" if name else root


class _Sent(NamedTuple):
    """A mail that is already written, for those that answer it."""

    mail: Mail
    message_id: str
    moment: datetime
    text: str


def _write(root: Path, conversation: Conversation, now: datetime) -> None:
    words = _words(conversation, now)
    earlier: list[_Sent] = []
    for number, mail in enumerate(conversation.mails):
        domain = mail.sender.address.partition("@")[2]
        sent = _Sent(
            mail, f"<{conversation.key}.{number}@{domain}>", _moment(mail, now), mail.text.format_map(words)
        )
        message = _message(conversation, sent, earlier)
        if mail.invite is not None:
            _attach_invitation(message, conversation, sent, now)
        for index, part in enumerate(part for part in message.walk() if part.is_multipart()):
            part.set_boundary(f"=_{conversation.key}-{number}-{index}")
        _file(root, message, f"{conversation.key}-{number}", sent)
        earlier.append(sent)


def _file(root: Path, message: EmailMessage, name: str, sent: _Sent) -> None:
    """Put the message where a mail client would have left it."""
    folder = sent.mail.folder or ("Sent" if sent.mail.sender == ME else "")
    # The newest mail of other people is still unread.
    flags = FLAGS.get(folder, "" if sent.mail.days < 2 else "S")
    stamp = int(sent.moment.timestamp())
    path = _folder(root, folder) / "cur" / f"{stamp}.{name}.demo{INFO}{flags}"
    path.write_bytes(message.as_bytes())
    os.utime(path, (stamp, stamp))


# --- time -----------------------------------------------------------------------------------------


def _moment(mail: Mail, now: datetime) -> datetime:
    return datetime.combine(now.date() - timedelta(mail.days), time.fromisoformat(mail.at), now.tzinfo)


def _start(interview: Interview, now: datetime) -> datetime:
    """The interview's first minute; a weekend moves away from today."""
    day = now.date() + timedelta(interview.days)
    while day.weekday() > 4:
        day += timedelta(1 if interview.days > 0 else -1)
    return datetime.combine(day, time(interview.hour), now.tzinfo)


def _words(conversation: Conversation, now: datetime) -> dict[str, str]:
    """The interview's dates as the texts name them."""
    words: dict[str, str] = {}
    for prefix, interview in (("", conversation.interview), ("old_", conversation.moved_from)):
        if interview is not None:
            start = _start(interview, now)
            words[f"{prefix}day"] = f"{WEEKDAYS[start.weekday()]}, {start.day} {MONTHS[start.month - 1]}"
            words[f"{prefix}date"] = f"{start:%d.%m.%Y}"
            words[f"{prefix}time"] = f"{start:%H:%M}"
    return words


# --- messages -------------------------------------------------------------------------------------


def _message(conversation: Conversation, sent: _Sent, earlier: list[_Sent]) -> EmailMessage:
    """The mail with its headers, its text and the HTML twin."""
    mail = sent.mail
    message = EmailMessage(policy)
    message["Return-Path"] = f"<{mail.sender.address}>"
    if mail.sender != ME:
        message["Delivered-To"] = ME.address
    message["From"] = formataddr(mail.sender)
    message["To"] = ", ".join(formataddr(person) for person in mail.to or _recipients(mail, earlier))
    message["Subject"] = ("Re: " if earlier else "") + conversation.subject
    message["Date"] = format_datetime(sent.moment)
    message["Message-ID"] = sent.message_id
    if earlier:
        message["In-Reply-To"] = earlier[-1].message_id
        message["References"] = " ".join(one.message_id for one in earlier)
    for name, value in mail.headers:
        message[name] = value
    quoted = earlier[-1] if earlier and mail.quotes else None
    message.set_content(_plain(sent.text, quoted), charset=mail.charset)
    if mail.html:
        message.add_alternative(_html(sent.text, quoted), subtype="html")
    if mail.attachment:
        pdf = b"%PDF-1.4\n% an empty page of the bowout demo\n"
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=mail.attachment)
    return message


def _recipients(mail: Mail, earlier: list[_Sent]) -> tuple[Person, ...]:
    """Who is written to when the script does not say: me, or whoever wrote to me last."""
    if mail.sender != ME:
        return (ME,)
    return tuple(one.mail.sender for one in reversed(earlier) if one.mail.sender != ME)[:1]


def _attribution(quoted: _Sent) -> str:
    moment = quoted.moment
    day = f"{WEEKDAYS[moment.weekday()][:3]}, {moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"
    return f"On {day} at {moment:%H:%M}, {quoted.mail.sender.name} <{quoted.mail.sender.address}> wrote:"


def _plain(text: str, quoted: _Sent | None) -> str:
    if quoted is None:
        return text
    lines = "".join(f"> {line}".rstrip() + "\n" for line in quoted.text.splitlines())
    return f"{text}\n\n{_attribution(quoted)}\n\n{lines}"


def _html(text: str, quoted: _Sent | None) -> str:
    body = _paragraphs(text)
    if quoted is not None:
        body += (
            '<div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{html.escape(_attribution(quoted))}<br></div>'
            f'<blockquote class="gmail_quote">{_paragraphs(quoted.text)}</blockquote></div>'
        )
    return f"<!DOCTYPE html><html><body>{body}</body></html>\n"


def _paragraphs(text: str) -> str:
    paragraphs = (html.escape(one).replace("\n", "<br>\n") for one in text.strip().split("\n\n"))
    return "".join(f"<p>{one}</p>\n" for one in paragraphs)


# --- invitations ----------------------------------------------------------------------------------

# The zone's rules come before the event, as calendars write them; their DTSTART is not the interview's.
BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def _attach_invitation(message: EmailMessage, conversation: Conversation, sent: _Sent, now: datetime) -> None:
    """As calendars send it: once beside the text, once as a file."""
    first = sent.mail.invite == 0 and conversation.moved_from is not None
    interview = conversation.moved_from if first else conversation.interview
    if interview is None:
        raise ValueError(f"{conversation.key} invites to no interview")
    event = _calendar(conversation, interview, sent, now)
    message.add_alternative(event, subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(event.encode(), maintype="application", subtype="ics", filename="invite.ics")


def _calendar(conversation: Conversation, interview: Interview, sent: _Sent, now: datetime) -> str:
    """The invitation as iCalendar (RFC 5545)."""
    organizer = sent.mail.sender
    start = _start(interview, now)
    end = start + timedelta(minutes=interview.minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bowout//demo//EN",
        "METHOD:REQUEST",
        *BERLIN.splitlines(),
        "BEGIN:VEVENT",
        f"UID:{conversation.key}@{organizer.address.partition('@')[2]}",
        f"SEQUENCE:{sent.mail.invite}",
        f"DTSTAMP:{sent.moment.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID={ZONE}:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID={ZONE}:{end:%Y%m%dT%H%M%S}",
        f"SUMMARY:{_escaped(interview.title)}",
        f"LOCATION:{_escaped(interview.where)}",
        f"ORGANIZER;CN={organizer.name}:mailto:{organizer.address}",
        *(f"ATTENDEE;CN={one.name}:mailto:{one.address}" for one in (ME, *conversation.people)),
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _escaped(text: str) -> str:
    """A TEXT value (RFC 5545 section 3.3.11)."""
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
