"""Build the sample mailbox: a Maildir++ tree of invented mail, dated relative to now.

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

from bowout.demo.threads import Conversation, Interview, Mail, Person, Script, load_script

FOLDERS = ("Drafts", "Sent", "Trash", "Archive", "Junk")
# Maildir puts ":2," before the flags; Windows forbids the colon in file names.
INFO = ";2," if os.name == "nt" else ":2,"
FLAGS = {"Drafts": "DS", "Trash": "ST"}

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
    script = load_script()
    for conversation in script.conversations:
        _Writer(root, script, conversation, now.astimezone(ZoneInfo(script.zone))).write()
    return DemoMailbox(
        path=root,
        name=script.me.name,
        address=script.me.address,
        phone=script.phone,
        zone=script.zone,
        who=script.who,
        examples=script.examples,
    )


def _folder(root: Path, name: str) -> Path:
    return root / f".{name}" if name else root


class _Sent(NamedTuple):
    """A mail that is already written, for those that answer it."""

    mail: Mail
    message_id: str
    moment: datetime
    text: str


class _Writer:
    """Writes the mails of one conversation, each in answer to the one before."""

    def __init__(self, root: Path, script: Script, conversation: Conversation, now: datetime) -> None:
        self._root = root
        self._script = script
        self._conversation = conversation
        self._now = now
        self._earlier: list[_Sent] = []

    def write(self) -> None:
        words = self._words()
        for number, mail in enumerate(self._conversation.mails):
            sent = _Sent(
                mail,
                f"<{self._conversation.key}.{number}@{_domain(mail.sender)}>",
                _moment(mail, self._now),
                mail.text.format_map(words),
            )
            message = self._message(sent)
            if mail.invite is not None:
                self._attach_invitation(message, sent)
            for index, part in enumerate(part for part in message.walk() if part.is_multipart()):
                part.set_boundary(f"=_{self._conversation.key}-{number}-{index}")
            self._file(message, f"{self._conversation.key}-{number}", sent)
            self._earlier.append(sent)

    def _file(self, message: EmailMessage, name: str, sent: _Sent) -> None:
        """Put the message where a mail client would have left it."""
        folder = sent.mail.folder or ("Sent" if sent.mail.sender == self._script.me else "")
        # The newest mail of other people is still unread.
        flags = FLAGS.get(folder, "" if sent.mail.days_ago < 2 else "S")
        stamp = int(sent.moment.timestamp())
        path = _folder(self._root, folder) / "cur" / f"{stamp}.{name}.demo{INFO}{flags}"
        path.write_bytes(message.as_bytes())
        os.utime(path, (stamp, stamp))

    def _words(self) -> dict[str, str]:
        """Name the interview's dates as the texts do."""
        words: dict[str, str] = {}
        script, conversation = self._script, self._conversation
        for prefix, interview in (("", conversation.interview), ("old_", conversation.moved_from)):
            if interview is not None:
                start = _start(interview, self._now)
                weekday, month = script.weekdays[start.weekday()], script.months[start.month - 1]
                words[f"{prefix}day"] = f"{weekday}, {start.day} {month}"
                words[f"{prefix}date"] = f"{start:%d.%m.%Y}"
                words[f"{prefix}time"] = f"{start:%H:%M}"
        return words

    def _message(self, sent: _Sent) -> EmailMessage:
        """Write the mail with its headers, its text and the HTML twin."""
        mail, earlier = sent.mail, self._earlier
        message = EmailMessage(policy)
        message["Return-Path"] = f"<{mail.sender.address}>"
        if mail.sender != self._script.me:
            message["Delivered-To"] = self._script.me.address
        message["From"] = formataddr(mail.sender)
        message["To"] = ", ".join(formataddr(person) for person in mail.to or self._recipients(mail))
        message["Subject"] = ("Re: " if earlier else "") + self._conversation.subject
        message["Date"] = format_datetime(sent.moment)
        message["Message-ID"] = sent.message_id
        if earlier:
            message["In-Reply-To"] = earlier[-1].message_id
            message["References"] = " ".join(one.message_id for one in earlier)
        for name, value in mail.headers:
            message[name] = value
        quoted = earlier[-1] if earlier and mail.quotes else None
        above = self._attribution(quoted) if quoted else ""
        message.set_content(_plain(sent.text, quoted, above), charset=mail.charset)
        if mail.html:
            message.add_alternative(_html(sent.text, quoted, above), subtype="html")
        if mail.attachment:
            pdf = b"%PDF-1.4\n% an empty page of the bowout demo\n"
            message.add_attachment(pdf, maintype="application", subtype="pdf", filename=mail.attachment)
        return message

    def _recipients(self, mail: Mail) -> tuple[Person, ...]:
        """Name who is written to when the script does not say: me, or whoever wrote to me last."""
        me = self._script.me
        if mail.sender != me:
            return (me,)
        return tuple(one.mail.sender for one in reversed(self._earlier) if one.mail.sender != me)[:1]

    def _attribution(self, quoted: _Sent) -> str:
        """Write the line above a quote as the mail program of these people does."""
        moment = quoted.moment
        return self._script.quote.format(
            weekday=self._script.weekdays[moment.weekday()],
            day=moment.day,
            month=self._script.months[moment.month - 1],
            year=moment.year,
            clock=f"{moment:%H:%M}",
            name=quoted.mail.sender.name,
            address=quoted.mail.sender.address,
        )

    def _attach_invitation(self, message: EmailMessage, sent: _Sent) -> None:
        """Attach the invitation as calendars send it: once beside the text, once as a file."""
        conversation = self._conversation
        first = sent.mail.invite == 0 and conversation.moved_from is not None
        interview = conversation.moved_from if first else conversation.interview
        if interview is None:
            raise ValueError(f"{conversation.key} invites to no interview")
        event = self._calendar(interview, sent)
        message.add_alternative(event, subtype="calendar", params={"method": "REQUEST"})
        message.add_attachment(event.encode(), maintype="application", subtype="ics", filename="invite.ics")

    def _calendar(self, interview: Interview, sent: _Sent) -> str:
        """Write the invitation as iCalendar (RFC 5545)."""
        organizer = sent.mail.sender
        start = _start(interview, self._now)
        end = start + timedelta(minutes=interview.minutes)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//bowout//demo//EN",
            "METHOD:REQUEST",
            *BERLIN.splitlines(),
            "BEGIN:VEVENT",
            f"UID:{self._conversation.key}@{_domain(organizer)}",
            f"SEQUENCE:{sent.mail.invite}",
            f"DTSTAMP:{sent.moment.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;TZID={self._script.zone}:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID={self._script.zone}:{end:%Y%m%dT%H%M%S}",
            f"SUMMARY:{_escaped(interview.title)}",
            f"LOCATION:{_escaped(self._script.room)}",
            f"ORGANIZER;CN={organizer.name}:mailto:{organizer.address}",
            *(
                f"ATTENDEE;CN={one.name}:mailto:{one.address}"
                for one in (self._script.me, *self._conversation.invited)
            ),
            "STATUS:CONFIRMED",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return "".join(f"{line}\r\n" for line in lines)


def _domain(person: Person) -> str:
    return person.address.partition("@")[2]


def _moment(mail: Mail, now: datetime) -> datetime:
    return datetime.combine(now.date() - timedelta(mail.days_ago), time.fromisoformat(mail.at), now.tzinfo)


def _start(interview: Interview, now: datetime) -> datetime:
    """Give the interview's first minute; a weekend moves away from today."""
    day = now.date() + timedelta(interview.in_days)
    while day.weekday() > 4:
        day += timedelta(1 if interview.in_days > 0 else -1)
    return datetime.combine(day, time(interview.hour), now.tzinfo)


def _plain(text: str, quoted: _Sent | None, above: str) -> str:
    if quoted is None:
        return text
    lines = "".join(f"> {line}".rstrip() + "\n" for line in quoted.text.splitlines())
    return f"{text}\n\n{above}\n\n{lines}"


def _html(text: str, quoted: _Sent | None, above: str) -> str:
    body = _paragraphs(text)
    if quoted is not None:
        body += (
            '<div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{html.escape(above)}<br></div>'
            f'<blockquote class="gmail_quote">{_paragraphs(quoted.text)}</blockquote></div>'
        )
    return f"<!DOCTYPE html><html><body>{body}</body></html>\n"


def _paragraphs(text: str) -> str:
    paragraphs = (html.escape(one).replace("\n", "<br>\n") for one in text.strip().split("\n\n"))
    return "".join(f"<p>{one}</p>\n" for one in paragraphs)


def _escaped(text: str) -> str:
    """A TEXT value (RFC 5545 section 3.3.11)."""
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
