"""Bytes of mail <-> ``Message`` and ``Reply``: reads whatever arrives, writes what every client understands.

``parse`` never raises; what had to be mended is said in ``Message.repairs``. ``build`` writes RFC 5322 with
MIME (RFC 2045-2047) and refuses what it cannot write. ``content_hash`` tells whether a reader would notice a
difference between two states of a draft.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.message import Message as Part
from email.policy import Compat32, EmailPolicy
from email.utils import format_datetime
from itertools import islice
from typing import NamedTuple, TypeVar

from bowout.mail import headers
from bowout.mail.headers import Repairs
from bowout.mail.html import html_to_text, is_too_long, sanitise_html, text_to_html
from bowout.mail.quotes import new_text, split, view
from bowout.model import Address, Attachment, Body, Folder, Message, Reply
from bowout.text.harmless import for_terminal

__all__ = [
    "build",
    "content_hash",
    "html_to_text",
    "message_id",
    "parse",
    "same_letter",
    "sanitise_html",
    "text_to_html",
]

T = TypeVar("T")

MAX_MESSAGE = 25 * 1024 * 1024  # bytes; what lies beyond is not read
MAX_HEAD = 256 * 1024  # bytes of one header block
MAX_DEPTH = 50  # nested multiparts
MAX_PARTS = 500
MAX_UNPACKED = 4 * MAX_MESSAGE  # bytes of all parts; those of a multipart count on every level
MAX_PARAMETERS = 8_000  # characters of a header with MIME parameters
MAX_TEXT = 2_000_000  # characters of one body part
MAX_QUOTE = 100_000  # characters of the quoted message

_KEPT = (
    *("sender", "return-path", "auto-submitted", "precedence", "list-id", "list-unsubscribe", "content-type"),
    *("x-auto-response-suppress", "x-autoreply", "x-failed-recipients", "user-agent", "x-mailer"),
)

# --- reading --------------------------------------------------------------------------------------


def parse(
    raw: bytes,
    *,
    id: str,  # noqa: A002 - the name of the field it fills
    thread_id: str = "",
    folder: Folder = Folder.INBOX,
    received: datetime | None = None,
    headers_only: bool = False,
) -> Message:
    """Read a mail. Never raises, whatever the bytes; ``Message.repairs`` says what had to be mended.

    ``headers_only`` leaves ``body`` None and costs about a tenth of a millisecond. A Date without zone is
    taken as UTC. Body texts have ``\\n`` as line end.
    """
    repairs = Repairs()
    if len(raw) > MAX_MESSAGE:
        repairs.note(f"only the first {MAX_MESSAGE // 2**20} MB were read")
        raw = raw[:MAX_MESSAGE]
    fields, start, strays = _fields(raw, repairs)
    head = _Head(fields, repairs)
    return Message(
        id=id,
        thread_id=thread_id,
        folder=folder,
        message_id=next(iter(head.ids("message-id")), None),
        in_reply_to=head.ids("in-reply-to"),
        references=head.ids("references"),
        subject=head.text("subject") or "",
        date=head.date(),
        received=received,
        from_=head.addresses("from"),
        reply_to=head.addresses("reply-to"),
        to=head.addresses("to"),
        cc=head.addresses("cc"),
        bcc=head.addresses("bcc"),
        delivered_to=head.addresses("delivered-to"),
        headers=tuple((name, text) for name in _KEPT if (text := head.text(name)) is not None),
        body=None if headers_only else _Reader(repairs).body(fields, strays + raw[start:]),
        repairs=tuple(repairs),
    )


_Fields = dict[str, list[str]]
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")


def _fields(raw: bytes, repairs: Repairs) -> tuple[_Fields, int, bytes]:
    """The header block (names in lower case, raw values), where the body starts, and stray lines.

    Lines that are no header count as text when the block starts with one or they are set in between.
    """
    end, start = _blank_line(raw)
    if start > MAX_HEAD:
        repairs.note("header block without end")
        end = start = min(len(raw), MAX_HEAD)
    block = raw[:end].decode("ascii", "surrogateescape")
    fields: _Fields = {}
    strays = ""
    position = 0
    while position < len(block):
        if field := _FIELD.match(block, position):
            fields.setdefault(field[1].lower(), []).append(field[2].rstrip("\r"))
            position = field.end()
            continue
        following = block.find("\n", position) + 1 or len(block)
        if not fields and not block.startswith(("From ", ">From "), position):
            return fields, 0, b""  # it starts with text: there is no header block
        if fields:
            repairs.note("broken line among the headers")
            strays += block[position:following]
        position = following
    return fields, start, strays.encode("ascii", "surrogateescape")


def _blank_line(raw: bytes) -> tuple[int, int]:
    """Where the header block ends and where the body starts."""
    if blank := re.match(rb"\r?\n", raw):
        return 0, blank.end()
    # One byte more than the limit: a block that ends just there still has its end in sight.
    crlf, lf = raw.find(b"\n\r\n", 0, MAX_HEAD), raw.find(b"\n\n", 0, MAX_HEAD)
    if crlf >= 0 and (lf < 0 or crlf < lf):
        return crlf, crlf + 3
    return (lf, lf + 2) if lf >= 0 else (len(raw), len(raw))


class _Head:
    """The header fields of one mail, decoded one by one."""

    def __init__(self, fields: _Fields, repairs: Repairs) -> None:
        self._fields = fields
        self._repairs = repairs
        for name in ("from", "subject", "date", "message-id"):
            if len(fields.get(name, ())) > 1:
                repairs.note(f"several {name} headers")

    def _values(self, name: str) -> Iterator[str]:
        return (headers.unfold(value, name, self._repairs) for value in self._fields.get(name, ()))

    def text(self, name: str) -> str | None:
        value = next(self._values(name), None)
        return None if value is None else headers.read_text(value, self._repairs)

    def date(self) -> datetime | None:
        value = next(self._values("date"), None)
        if value is None:
            self._repairs.note("no Date")
            return None
        return headers.read_date(value, self._repairs)

    def ids(self, name: str) -> tuple[str, ...]:
        value = next(self._values(name), "")
        return headers.read_ids(value, name, self._repairs) if value else ()

    def addresses(self, name: str) -> tuple[Address, ...]:
        return tuple(
            address
            for value in self._values(name)
            for address in headers.read_addresses(value, self._repairs)
        )


# --- reading: bodies ------------------------------------------------------------------------------


class _Shown(NamedTuple):
    """One piece of what the reader sees, in the forms it came in."""

    plain: str | None
    html: str | None


class _RawHeaders(Compat32):
    """Hands headers out as they stand; the default would wrap those with 8-bit bytes."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the policy's interface
        return value


_RAW = _RawHeaders()


class _Reader:
    """Walks the parts of one mail within the limits."""

    def __init__(self, repairs: Repairs) -> None:
        self._repairs = repairs
        self._parts = 0
        self._unpacked = 0
        self._calendars: list[str] = []
        self._attachments: list[Attachment] = []

    def body(self, fields: _Fields, content: bytes) -> Body:
        shown = self._read(fields, content, 0)
        return Body(
            text=_joined_text(shown),
            html=_joined_html(shown),
            calendars=tuple(self._calendars),
            attachments=tuple(self._attachments),
        )

    def _read(self, fields: _Fields, content: bytes, depth: int) -> list[_Shown]:
        self._parts += 1
        part = _part(fields)
        kind = _guarded(part.get_content_type) or "text/plain"
        if not kind.startswith("multipart/"):
            return self._leaf(part, kind, content, depth)
        # One more than are read, so that it is said when there were more.
        pieces = list(islice(_pieces(content, _guarded(part.get_boundary)), MAX_PARTS + 1))
        if not pieces:
            self._repairs.note("multipart without parts, read as text")
            return self._leaf(part, "text/plain", content, depth)
        if depth == MAX_DEPTH:
            self._repairs.note(f"parts nested deeper than {MAX_DEPTH} were not read")
            return []
        found = [self._piece(piece, depth + 1) for piece in pieces]
        if kind == "multipart/alternative":
            return _alternative(found)
        return [shown for shown_of_piece in found for shown in shown_of_piece]

    def _piece(self, piece: bytes, depth: int) -> list[_Shown]:
        if self._parts >= MAX_PARTS:
            self._repairs.note(f"only the first {MAX_PARTS} parts were read")
            return []
        self._unpacked += len(piece)
        if self._unpacked > MAX_UNPACKED:
            self._repairs.note(f"only the first {MAX_UNPACKED // 2**20} MB of nested parts were read")
            return []
        fields, start, strays = _fields(piece, self._repairs)
        return self._read(fields, strays + piece[start:], depth)

    def _leaf(self, part: Part[str, str], kind: str, content: bytes, depth: int) -> list[_Shown]:
        data = _payload(part, content)
        if kind in ("text/calendar", "application/ics"):
            self._calendars.append(self._text(part, data))
            return []
        filename = self._filename(part)
        apart = (filename and depth) or _guarded(part.get_content_disposition) == "attachment"
        if kind not in ("text/plain", "text/html") or apart:
            self._attachments.append(Attachment(filename=filename, content_type=kind, size=len(data)))
            return []
        text = self._text(part, data)
        if kind == "text/plain":
            return [_Shown(text, None)]
        if is_too_long(text):
            self._repairs.note("only the beginning of the HTML was read")
        return [_Shown(None, text)]

    def _filename(self, part: Part[str, str]) -> str:
        name = _guarded(part.get_filename) or ""
        return headers.read_text(headers.unfold(name, "filename", self._repairs), self._repairs)

    def _text(self, part: Part[str, str], data: bytes) -> str:
        charset = _guarded(part.get_content_charset) or ""
        text = headers.decode(data[: 4 * MAX_TEXT], charset, self._repairs)
        if len(text) > MAX_TEXT:
            self._repairs.note("long text cut off")
            text = text[:MAX_TEXT]
        return text.replace("\r\n", "\n").replace("\r", "\n")


def _part(fields: _Fields) -> Part[str, str]:
    """A part of the standard library that holds the MIME headers: it knows their parameters (RFC 2231)."""
    part: Part[str, str] = Part(policy=_RAW)
    for name in ("content-type", "content-transfer-encoding", "content-disposition"):
        if name in fields:
            part[name] = fields[name][0][:MAX_PARAMETERS]
    return part


def _guarded(read: Callable[[], T]) -> T | None:
    """What the standard library reads, or None: on real mail it raises whatever it trips over."""
    try:
        return read()
    except Exception:
        return None


_LINE_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")


def _pieces(content: bytes, boundary: str | None) -> Iterator[bytes]:
    """The parts between the boundary lines (RFC 2046 section 5.1.1); a missing end is let pass."""
    if not boundary:
        return
    start: int | None = None
    for at, line in _boundary_lines(content, b"--" + boundary.encode("utf-8", "surrogateescape")):
        if start is not None:
            yield _without_line_end(content[start:at])
        start = line.end()
        if line[1]:
            return
    if start is not None:
        yield content[start:]


def _boundary_lines(content: bytes, mark: bytes) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Where each boundary line starts and the match of what follows its mark."""
    # Found as bytes: a pattern would be many times slower on the 25 MB that a mail may have.
    at = 0
    while True:
        if content.startswith(mark, at) and (line := _LINE_END.match(content, at + len(mark))):
            yield at, line
            at = line.end() - 1  # what ends this line may begin the next boundary
        newline = content.find(b"\n" + mark, at)
        if newline < 0:
            return
        at = newline + 1


def _without_line_end(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")


def _payload(part: Part[str, str], content: bytes) -> bytes:
    part.set_payload(content.decode("ascii", "surrogateescape"))
    data = _guarded(lambda: part.get_payload(decode=True))
    return data if isinstance(data, bytes) else content


def _alternative(found: list[list[_Shown]]) -> list[_Shown]:
    """One piece of several forms of the same: the first plain one, the last HTML one (RFC 2046 5.1.4)."""
    plain = next((text for shown in found if (text := _glued(s.plain for s in shown))), None)
    html = next((text for shown in reversed(found) if (text := _glued(s.html for s in shown))), None)
    return [_Shown(plain, html)] if plain or html else []


def _glued(texts: Iterator[str | None]) -> str:
    return "\n".join(text for text in texts if text is not None)


def _joined_text(shown: Sequence[_Shown]) -> str:
    """Plain text where there is some, a view of the HTML where not (or where the plain form is blank)."""
    return "\n".join(
        piece.plain
        if piece.plain and (piece.plain.strip() or not piece.html)
        else html_to_text(piece.html or "")
        for piece in shown
    )


def _joined_html(shown: Sequence[_Shown]) -> str | None:
    if not any(piece.html for piece in shown):
        return None
    return "\n".join(piece.html or text_to_html(piece.plain or "") for piece in shown)


# --- writing --------------------------------------------------------------------------------------

_FOLDED = {"from", "to", "cc", "subject", "message-id", "in-reply-to", "references"}


class _ReplyPolicy(EmailPolicy):
    """Writes the headers that ``bowout.mail.headers`` has folded as they are.

    The standard library would write message-ids longer than a line as RFC 2047 words (CPython gh-100991),
    and its folding of names and addresses differs from release to release.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        if name.lower() in _FOLDED:
            return name, value
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _FOLDED:
            return f"{name}: {value}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _ReplyPolicy(linesep="\r\n", cte_type="7bit", max_line_length=76, message_factory=EmailMessage)


def build(reply: Reply) -> bytes:
    """The mail of a reply: text and HTML that say the same, the quoted message below.

    CRLF line ends, 7-bit clean, no line over 998 characters, the same bytes for the same ``reply``. Raises
    ``UsageError``, naming the header, for a value that cannot be written: control characters (CR, LF, NUL),
    an address without ASCII form, an id that is none, nobody in To.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = headers.write_addresses("From", (reply.from_,))
    mail["To"] = headers.write_addresses("To", reply.to)
    if reply.cc:
        mail["Cc"] = headers.write_addresses("Cc", reply.cc)
    mail["Subject"] = headers.write_text("Subject", reply.subject)
    mail["Date"] = format_datetime(reply.date)
    mail["Message-ID"] = headers.write_ids("Message-ID", (reply.message_id,))
    if reply.in_reply_to:
        mail["In-Reply-To"] = headers.write_ids("In-Reply-To", (reply.in_reply_to,))
    if reply.references:
        mail["References"] = headers.write_ids("References", reply.references)
    text, html = _contents(reply)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    # "=_" never occurs in quoted-printable text, so no line of a body can be taken for a boundary.
    mail.set_boundary("=_" + hashlib.sha256(reply.message_id.encode()).hexdigest()[:32])
    return mail.as_bytes()


def _contents(reply: Reply) -> tuple[str, str]:
    text = reply.text.rstrip("\n") + "\n"
    html = reply.html.strip() or text_to_html(reply.text)
    if reply.quoted is not None:
        quoted_text, quoted_html = _quote(reply.quoted)
        text += "\n" + quoted_text
        html += "\n<br>\n" + quoted_html
    return _writable(text), _writable(html + "\n")


_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _writable(text: str) -> str:
    return headers.scalar(_UNWRITABLE.sub("", text))


_CUT = "[The rest of the quoted message is left out.]"


def _quote(message: Message) -> tuple[str, str]:
    text, html = message.text.strip("\n"), message.body.html if message.body else None
    if len(text) > MAX_QUOTE:
        text, html = f"{text[:MAX_QUOTE].rstrip()}\n\n{_CUT}", None
    whole = html and len(html) <= 5 * MAX_QUOTE and not is_too_long(html)
    inner = sanitise_html(html) if html and whole else text_to_html(text)
    attribution = _attribution(message)
    quoted = "\n".join(">" + line if line[:1] in ("", ">") else "> " + line for line in text.split("\n"))
    style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
    open_quote = f'<blockquote type="cite" class="gmail_quote" style="{style}">'
    marked = f"{text_to_html(attribution)}\n{open_quote}\n{inner}\n</blockquote>"
    return f"{attribution}\n{quoted}\n", f'<div class="gmail_quote">{marked}</div>'


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _attribution(message: Message) -> str:
    """``On 19 Nov 2026 at 14:03 +0100, Jane Doe wrote:``, a form that mail clients know and fold away."""
    who = next((for_terminal(a.name) or for_terminal(a.address) for a in message.from_), "somebody")
    when = message.date or message.received
    if when is None:
        return f"{who} wrote:"
    return f"On {when.day} {_MONTHS[when.month - 1]} {when.year} at {when:%H:%M %z}, {who} wrote:"


def message_id(domain: str) -> str:
    """A new unique Message-ID in angle brackets (RFC 5322 section 3.6.4)."""
    return f"<{secrets.token_hex(16)}@{headers.ascii_domain(domain) or 'bowout.invalid'}>"


# --- comparing ------------------------------------------------------------------------------------


def content_hash(message: Message) -> str:
    """A hash that changes when a reader would notice: recipients, From, subject, a word, an attachment.

    Not when a composer rewrites markup, white space, typographic quotes, display names, or the order and
    case of addresses. The HTML counts as far as there is any, since it is what people see; of the plain text
    the words above the quote count too, because whoever edits the source by hand may change that part alone.
    Attachments are known by name, type and size.
    """
    body = message.body or Body(text="")
    seen = [
        _keys(message.from_),
        _keys(message.reply_to),
        _keys(message.to),
        _keys(message.cc),
        _keys(message.bcc),
        _words(message.subject),
        _words(view(message)),
        _words(split(body.text).new if body.text else new_text(message)),
        sorted((a.filename, a.content_type, a.size) for a in body.attachments),
        sorted(body.calendars),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def same_letter(a: Message, b: Message) -> bool:
    """Whether the two say the same above quote and signature (and say anything at all)."""
    words = _words(new_text(a))
    return bool(words) and words == _words(new_text(b))


def _keys(addresses: Sequence[Address]) -> list[str]:
    return sorted({address.key for address in addresses})


_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", for_terminal(text, newlines=True)).translate(_STRAIGHT)
    return re.sub(r"(?m)^[> ]+", "", text).split()
