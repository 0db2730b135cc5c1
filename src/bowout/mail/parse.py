"""Read the bytes of a mail as a ``Message``, whatever arrives.

``parse`` never raises; what had to be mended is said in ``Message.repairs``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import Message as Part
from email.policy import Compat32
from itertools import islice
from typing import NamedTuple, TypeVar

from bowout.mail import headers
from bowout.mail.headers import Repairs
from bowout.mail.html import MAX_HTML, cost, html_to_text, is_too_long, text_to_html
from bowout.model import Address, Attachment, Body, Folder, Message

T = TypeVar("T")

MAX_MESSAGE = 25 * 1024 * 1024  # bytes; what lies beyond is not read
_CUT = f"only the first {MAX_MESSAGE // 2**20} MB were read"
MAX_HEAD = 256 * 1024  # bytes of the header block of a mail
MAX_PART_HEAD = 8 * 1024  # of one of its parts
MAX_DEPTH = 50  # nested multiparts
MAX_PARTS = 500
MAX_UNPACKED = 4 * MAX_MESSAGE  # bytes of all parts; those of a multipart count on every level
MAX_BOUNDARIES = 100_000  # lines of a mail that begin like a boundary
MAX_PARAMETERS = 100  # of a MIME header; the standard library reads the rest again for each
MAX_MIME_HEADER = 8_000  # characters
MAX_TEXT = 2_000_000  # characters of all text and calendars
MAX_UU = 2_000_000  # bytes that are uuencoded, as nobody does any more

_KEPT = (
    *("sender", "return-path", "auto-submitted", "precedence", "list-id", "list-unsubscribe", "content-type"),
    *("x-auto-response-suppress", "x-autoreply", "x-failed-recipients", "user-agent", "x-mailer"),
    "thread-index",
)
# What servers write into a mail on its way, and no mail program into a draft.
_ON_ITS_WAY = ("dkim-signature", "authentication-results", "delivered-to")
# Gmail notes in this way, in a Received line, that a program left a draft there: it went nowhere.
_LEFT_BY_PROGRAM = "with HTTPREST"


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
        repairs.note(_CUT)
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
        headers=tuple((name, head.text(name) or "") for name in _KEPT if name in fields),
        body=None if headers_only else _Reader(repairs).body(fields, strays + raw[start:]),
        travelled=_travelled(fields),
        repairs=tuple(repairs),
    )


def with_body(message: Message, raw: bytes) -> Message:
    """Read the body of a mail whose headers were read before. Never raises, as ``parse``."""
    repairs = Repairs(message.repairs)
    fields, start, strays = _fields(raw[:MAX_MESSAGE], repairs)
    body = _Reader(repairs).body(fields, strays + raw[start:MAX_MESSAGE])
    if len(raw) > MAX_MESSAGE:
        repairs.note(_CUT)
    return replace(message, body=body, repairs=tuple(repairs))


def _travelled(fields: Mapping[str, Sequence[str]]) -> bool:
    hops = (hop for hop in fields.get("received", ()) if _LEFT_BY_PROGRAM not in hop)
    return any(name in fields for name in _ON_ITS_WAY) or any(hops)


_Fields = dict[str, list[str]]
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")


def _fields(raw: bytes, repairs: Repairs, longest: int = MAX_HEAD) -> tuple[_Fields, int, bytes]:
    """Read the header block (names in lower case, raw values), where the body starts, and stray lines.

    Lines that are no header count as text when the block starts with one or they are set in between.
    """
    end, start = _blank_line(raw, longest)
    if start > longest:
        repairs.note("header block without end")
        end = start = min(len(raw), longest)
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


def _blank_line(raw: bytes, longest: int) -> tuple[int, int]:
    """Find where the header block ends and where the body starts."""
    if blank := re.match(rb"\r?\n", raw):
        return 0, blank.end()
    # One byte more than the limit: a block that ends just there still has its end in sight.
    crlf, lf = raw.find(b"\n\r\n", 0, longest), raw.find(b"\n\n", 0, longest)
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
        value = next(self._values(name), "") if name in self._fields else ""
        return headers.read_ids(value, name, self._repairs) if value else ()

    def addresses(self, name: str) -> tuple[Address, ...]:
        if name not in self._fields:
            return ()  # most of these are in no mail, and a whole mailbox is read
        found = (
            address
            for value in self._values(name)
            for address in headers.read_addresses(value, self._repairs)
        )
        return tuple(islice(found, headers.MAX_ADDRESSES))  # a header may come thousands of times


# --- bodies ---------------------------------------------------------------------------------------


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
        # Of hundreds of parts each could be the longest: what stands here counts for the whole mail.
        self._boundaries = iter(range(MAX_BOUNDARIES))
        self._text_left = MAX_TEXT
        self._uu_left = MAX_UU
        self._html = 0
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

    def _read(self, fields: _Fields, content: bytes, depth: int, usual: str = "text/plain") -> list[_Shown]:
        self._parts += 1
        part = _part(fields)
        kind = _kind(part, usual)
        if not kind.startswith("multipart/") or (depth and _is_attached(part)):
            return self._leaf(part, kind, content, depth)
        # One more than are read, so that it is said when there were more.
        pieces = list(islice(_pieces(content, _guarded(part.get_boundary), self._boundaries), MAX_PARTS + 1))
        if not pieces:
            self._repairs.note("multipart without parts, read as text")
            return self._leaf(part, "text/plain", content, depth)
        if depth == MAX_DEPTH:
            self._repairs.note(f"parts nested deeper than {MAX_DEPTH} were not read")
            return []
        # In a digest a part that does not say what it is is a whole mail (RFC 2046 section 5.1.5).
        usual = _WHOLE_MAIL if kind == "multipart/digest" else "text/plain"
        found = [self._piece(piece, depth + 1, usual) for piece in pieces]
        if kind == "multipart/alternative":
            return _alternative(found)
        return [shown for shown_of_piece in found for shown in shown_of_piece]

    def _piece(self, piece: bytes, depth: int, usual: str) -> list[_Shown]:
        if self._parts >= MAX_PARTS:
            self._repairs.note(f"only the first {MAX_PARTS} parts were read")
            return []
        self._unpacked += len(piece)
        if self._unpacked > MAX_UNPACKED:
            self._repairs.note(f"only the first {MAX_UNPACKED // 2**20} MB of nested parts were read")
            return []
        fields, start, strays = _fields(piece, self._repairs, MAX_PART_HEAD)
        return self._read(fields, strays + piece[start:], depth, usual)

    def _leaf(self, part: Part[str, str], kind: str, content: bytes, depth: int) -> list[_Shown]:
        if "uu" in part.get("content-transfer-encoding", "").lower():  # read line by line, a byte or two each
            content = content[: self._uu_left]
            self._uu_left -= len(content)
        data = _payload(part, content)
        filename = self._filename(part)
        # Many systems attach it as bytes of no kind: what it begins with tells, whatever it is called.
        # Not that of a mail that is attached: somebody else's interview, or one that was forwarded.
        whole = kind.startswith(("message/", "multipart/"))
        if not whole and (kind in ("text/calendar", "application/ics") or _CALENDAR.match(data)):
            self._calendars.append(self._text(part, data))
            return []
        apart = (filename and depth) or _guarded(part.get_content_disposition) == "attachment"
        if kind not in ("text/plain", "text/html") or apart:
            self._attachments.append(Attachment(filename=filename, content_type=kind, size=len(data)))
            return []
        text = self._text(part, data)
        if kind == "text/plain":
            return [_Shown(text, None)]
        too_much, self._html = self._html > MAX_HTML, self._html + cost(text)
        if too_much or is_too_long(text):
            self._repairs.note("only the beginning of the HTML was read")
        return [] if too_much else [_Shown(None, text)]

    def _filename(self, part: Part[str, str]) -> str:
        name = _guarded(part.get_filename) or ""
        return headers.read_text(headers.unfold(name, "filename", self._repairs), self._repairs)

    def _text(self, part: Part[str, str], data: bytes) -> str:
        charset = _guarded(part.get_content_charset) or ""
        text = headers.decode(data[: 4 * self._text_left], charset, self._repairs)
        if len(text) > self._text_left or (data and not self._text_left):
            self._repairs.note("long text cut off")
            text = text[: self._text_left]
        self._text_left -= len(text)
        return text.replace("\r\n", "\n").replace("\r", "\n")


_CALENDAR = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,16}BEGIN:VCALENDAR[ \t]*\r?\n", re.IGNORECASE)


def _part(fields: _Fields) -> Part[str, str]:
    """A part of the standard library that holds the MIME headers: it knows their parameters (RFC 2231)."""
    part: Part[str, str] = Part(policy=_RAW)
    for name in ("content-type", "content-transfer-encoding", "content-disposition"):
        if name in fields:
            value = fields[name][0][:MAX_MIME_HEADER]
            part[name] = ";".join(value.split(";", MAX_PARAMETERS + 1)[: MAX_PARAMETERS + 1])
    return part


_WHOLE_MAIL = "message/rfc822"


def _kind(part: Part[str, str], usual: str) -> str:
    """Tell what a part is; ``usual`` where it does not say so, text where what it says is none (RFC 2045)."""
    told = part.get("content-type", "").partition(";")[0].strip().lower()
    if told in ("", "message"):
        return _WHOLE_MAIL if told else usual
    return _guarded(part.get_content_type) or "text/plain"


def _is_attached(part: Part[str, str]) -> bool:
    """Tell whether a part with parts is a file of its own: a mail that was saved and attached."""
    attached = _guarded(part.get_content_disposition) == "attachment"
    return attached and bool(_guarded(part.get_filename))


def _guarded(read: Callable[[], T]) -> T | None:
    """Give what the standard library reads, or None: on real mail it raises whatever it trips over."""
    try:
        return read()
    except Exception:
        return None


_LINE_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")


def _pieces(content: bytes, boundary: str | None, marks: Iterator[object]) -> Iterator[bytes]:
    """Find the parts between the boundary lines (RFC 2046 section 5.1.1); a missing end is let pass."""
    if not boundary:
        return
    start: int | None = None
    for at, line in _boundary_lines(content, b"--" + boundary.encode("utf-8", "surrogateescape"), marks):
        if start is not None:
            yield _without_line_end(content[start:at])
        start = line.end()
        if line[1]:
            return
    if start is not None:
        yield content[start:]


def _boundary_lines(
    content: bytes, mark: bytes, marks: Iterator[object]
) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Find where each boundary line starts and the match of what follows its mark, for each of ``marks``."""
    # Found as bytes: a pattern would be many times slower on the 25 MB that a mail may have.
    at = 0
    for _ in marks:
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
    """Plain text where there is some, a view of the HTML where not, or where the plain form says nothing."""
    return "\n".join(_said(piece) for piece in shown)


def _said(piece: _Shown) -> str:
    plain = piece.plain or ""
    if not piece.html or len(plain) > _STUB:
        return plain or html_to_text(piece.html or "")
    seen = html_to_text(piece.html)
    return seen if len(seen.split()) > 2 * len(plain.split()) else plain or seen


_STUB = 200  # characters; "Please view this message in HTML" is no more


def _joined_html(shown: Sequence[_Shown]) -> str | None:
    if not any(piece.html for piece in shown):
        return None
    return "\n".join(piece.html or text_to_html(piece.plain or "") for piece in shown)
