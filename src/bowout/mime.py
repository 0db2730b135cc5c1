"""Bytes of mail <-> ``Message`` and ``Reply``: reads whatever arrives, writes what every client understands.

``parse`` never raises; what had to be mended is said in ``Message.repairs``. ``build`` writes RFC 5322 with
MIME (RFC 2045-2047) and refuses what it cannot write. ``content_hash`` tells whether a reader would notice a
difference between two states of a draft.
"""

from __future__ import annotations

import binascii
import codecs
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import Compat32, EmailPolicy
from email.utils import format_datetime, make_msgid, parsedate_to_datetime
from typing import TypeVar

from bowout.errors import UsageError
from bowout.markup import html_to_text, sanitise_html, text_to_html
from bowout.model import Address, Attachment, Body, Folder, Message, Reply
from bowout.plain import for_terminal
from bowout.quotes import new_text

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

MAX_MESSAGE = 25 * 1024 * 1024  # bytes; what lies beyond is not read
MAX_HEAD = 256 * 1024  # bytes of one header block
MAX_DEPTH = 50  # nested multiparts
MAX_PARTS = 500
MAX_TEXT = 2_000_000  # characters of one body part
MAX_QUOTE = 100_000  # characters of the quoted message

KEPT_HEADERS = (
    *("sender", "return-path", "auto-submitted", "precedence", "list-id", "list-unsubscribe"),
    *(
        "x-auto-response-suppress",
        "x-autoreply",
        "x-failed-recipients",
        "content-type",
        "user-agent",
        "x-mailer",
    ),
)

# --- reading --------------------------------------------------------------------------------------


class _Raw(Compat32):
    """Hands headers out as they stand; 8-bit bytes stay surrogates until we decode them ourselves."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_PARSER: BytesParser[Part[str, str]] = BytesParser(policy=_Raw())


class _Repairs(list[str]):
    """What was mended, each said once."""

    def note(self, what: str) -> None:
        if what not in self:
            self.append(what)


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

    ``headers_only`` leaves ``body`` None and costs a fraction. A Date without zone is taken as UTC.
    """
    repairs = _Repairs()
    if len(raw) > MAX_MESSAGE:
        repairs.note(f"only the first {MAX_MESSAGE // 2**20} MB were read")
        raw = raw[:MAX_MESSAGE]
    head, content = _head(raw, repairs)
    fields = _Fields(head, repairs)
    return Message(
        id=id,
        thread_id=thread_id,
        folder=folder,
        message_id=next(iter(fields.ids("message-id")), None),
        in_reply_to=fields.ids("in-reply-to"),
        references=fields.ids("references"),
        subject=fields.text("subject") or "",
        date=fields.date(),
        received=received,
        from_=fields.addresses("from"),
        reply_to=fields.addresses("reply-to"),
        to=fields.addresses("to"),
        cc=fields.addresses("cc"),
        bcc=fields.addresses("bcc"),
        delivered_to=fields.addresses("delivered-to"),
        headers=tuple((name, text) for name in KEPT_HEADERS if (text := fields.text(name)) is not None),
        body=None if headers_only else _Reader(repairs).body(head, content),
        repairs=tuple(repairs),
    )


_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\A\r?\n")


def _head(raw: bytes, repairs: _Repairs) -> tuple[Part[str, str], bytes]:
    """The parsed header block of a mail or part, and the bytes below it."""
    blank = _BLANK_LINE.search(raw, 0, MAX_HEAD)
    end, start = (blank.start(), blank.end()) if blank else (min(len(raw), MAX_HEAD),) * 2
    if not blank and len(raw) > MAX_HEAD:
        repairs.note("header block without end")
    part = _PARSER.parsebytes(raw[:end], headersonly=True)
    below = raw[start:]
    if left := part.get_payload():  # the block held a line that is no header: the rest counts as text
        repairs.note("broken header block")
        below = str(left).encode("ascii", "surrogateescape") + b"\n\n" + below
    return part, below


class _Fields:
    """The header fields of one mail, decoded one by one."""

    def __init__(self, head: Part[str, str], repairs: _Repairs) -> None:
        self._repairs = repairs
        self._values: dict[str, list[str]] = {}
        for name, value in head.items():
            self._values.setdefault(name.lower(), []).append(value)

    def _first(self, name: str) -> str | None:
        values = self._values.get(name)
        if values is None:
            return None
        return _plain(values[0], name, self._repairs)

    def text(self, name: str) -> str | None:
        value = self._first(name)
        return None if value is None else _tidy(_decode_words(value, self._repairs)).strip()

    def date(self) -> datetime | None:
        value = self._first("date")
        if value is None:
            self._repairs.note("no Date")
            return None
        return _date(value, self._repairs)

    def ids(self, name: str) -> tuple[str, ...]:
        value = self._first(name)
        if value is None:
            return ()
        if name == "message-id" and len(self._values[name]) > 1:
            self._repairs.note("several Message-IDs: the first counts")
        return _ids(value, name, self._repairs)

    def addresses(self, name: str) -> tuple[Address, ...]:
        found: list[Address] = []
        for value in self._values.get(name, ()):
            found += _addresses(_plain(value, name, self._repairs), self._repairs)
        return tuple(found)


_FOLD = re.compile(r"[\r\n]+(?=[ \t])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def _plain(value: str, name: str, repairs: _Repairs) -> str:
    """A header value unfolded, its raw 8-bit bytes decoded."""
    value = _FOLD.sub("", value)
    if not value.isascii():
        repairs.note(f"raw 8-bit bytes in {name}")
        value = _guess(value.encode("utf-8", "surrogateescape"))
    return value


def _tidy(text: str) -> str:
    """Without control characters: a decoded word may hold line ends, which would forge headers later."""
    return _CONTROLS.sub(" ", text)


def _guess(data: bytes) -> str:
    """Bytes of an unknown charset: UTF-8 if they are that, else what Windows would show."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


# Python codecs that are no charsets of mail: slow on long input, or with side effects.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
# Charsets that senders name wrongly, and the supersets that they really use.
_SUPERSETS = {"chinesebig5": "big5", "gb2312": "gb18030", "gb2312_charset": "gb18030", "gbk": "gb18030"}
_DEFAULT_CHARSETS = {"", "us-ascii", "ascii", "utf-8", "utf8"}


def _decode(data: bytes, charset: str, repairs: _Repairs) -> str:
    charset = charset.strip().strip("\"'").lower()
    if charset in _DEFAULT_CHARSETS:
        return _guess(data)
    try:
        codec = codecs.lookup(_SUPERSETS.get(charset, charset))
        if codec.name in _NO_CHARSETS:
            raise LookupError(charset)
        text = data.decode(codec.name, "replace")
    except (LookupError, ValueError):  # also a name with a NUL, a codec that makes no text
        repairs.note(f"unknown charset {_tidy(charset[:40])!r}")
        return _guess(data)
    return _scalar(text)


def _scalar(text: str) -> str:
    """Without lone surrogates, which no file, database or terminal takes (UTF-7 can smuggle them in)."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# RFC 2047; blanks inside a word and a missing second question mark are common, so both are let pass.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bqBQ])\?([^?]*)\?=")
_WORDS = re.compile(
    _WORD.pattern.replace("(", "(?:") + r"(?:[ \t]*" + _WORD.pattern.replace("(", "(?:") + ")*"
)


def _decode_words(text: str, repairs: _Repairs) -> str:
    """RFC 2047 encoded words decoded; those that cannot be are left as they stand."""
    if "=?" not in text:
        return text
    return _WORDS.sub(lambda run: _decode_run(run[0], repairs), text)


def _decode_run(run: str, repairs: _Repairs) -> str:
    """Adjacent words: blanks between them vanish, and one character may be split across two of them."""
    pieces: list[tuple[str, bytes]] = []
    for charset, encoding, payload in _WORD.findall(run):
        data = _word_bytes(encoding, payload)
        if data is None:
            repairs.note("broken encoded word")
            return run
        charset = charset.partition("*")[0].lower()  # RFC 2231 lets a language follow
        if pieces and pieces[-1][0] == charset:
            data = pieces.pop()[1] + data
        pieces.append((charset, data))
    return "".join(_decode(data, charset, repairs) for charset, data in pieces)


def _word_bytes(encoding: str, payload: str) -> bytes | None:
    try:
        data = payload.encode("latin-1")
        if encoding in "qQ":
            return binascii.a2b_qp(data, header=True)
        return binascii.a2b_base64(data.rstrip(b"= ") + b"==")
    except ValueError:
        return None


def _date(value: str, repairs: _Repairs) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except Exception:  # noqa: BLE001 - the standard library raises whatever it trips over
        repairs.note("unreadable Date")
        return None
    if date.utcoffset() is None:
        if "-0000" not in value:  # RFC 5322 section 3.3: UTC, said without a zone
            repairs.note("Date without zone, taken as UTC")
        date = date.replace(tzinfo=UTC)
    if not 1970 <= date.year < 2200:  # such a date overflows when it is moved to another zone
        repairs.note("impossible Date")
        return None
    return date


_ANGLE = re.compile(r"<([^<>]*)>")
_ID = re.compile(r"<[!-;=?-~]{1,900}>")


def _ids(value: str, name: str, repairs: _Repairs) -> tuple[str, ...]:
    """The message-ids of a header, brackets kept, each once."""
    value = _decode_words(value, repairs)
    found = [f"<{''.join(inner.split())}>" for inner in _ANGLE.findall(value)]
    if not found and all("@" in token for token in value.split()):
        found = [f"<{token.strip('<>')}>" for token in value.split()]
        if found:
            repairs.note(f"{name} without angle brackets")
    usable = [found_id for found_id in found if _ID.fullmatch(found_id)]
    if len(usable) < len(found):
        repairs.note(f"unusable id in {name}")
    return tuple(dict.fromkeys(usable))


# --- addresses ------------------------------------------------------------------------------------

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|[,;:]|\(|\)|[^",;:<()]+|.', re.DOTALL)


def _addresses(value: str, repairs: _Repairs) -> Iterator[Address]:
    """The mailboxes of an address list (RFC 5322 section 3.4), groups flattened, comments as names.

    The list is cut before encoded words are decoded, so that a name can never turn into an address.
    """
    words: list[str] = []
    comment: list[str] = []
    angle: str | None = None
    depth = 0
    for token in [*_TOKEN.findall(value), ","]:
        if token == "(":
            depth += 1
        elif token == ")" and depth:
            depth -= 1
        elif depth and token != ",":
            comment.append(token)
        elif token in (",", ";"):
            if (address := _mailbox(words, angle, comment, repairs)) is not None:
                yield address
            words, comment, angle, depth = [], [], None, 0
        elif token == ":" and angle is None and "@" not in "".join(words):
            words = []  # what stood before was the name of a group
        elif token.startswith("<") and len(token) > 1:
            angle = token[1:-1]
        else:
            words.append(token)


def _mailbox(words: list[str], angle: str | None, comment: list[str], repairs: _Repairs) -> Address | None:
    phrase = "".join(words).strip()
    if angle is None:
        if not phrase:
            return None
        name, address = "".join(comment), phrase
    else:
        name, address = phrase or "".join(comment), angle
    address = "".join(_tidy(address).split())
    if not address:
        return None
    if "@" not in address:
        repairs.note("address without domain")
    return Address(_name(name, repairs), address)


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def _name(phrase: str, repairs: _Repairs) -> str:
    unquoted = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), phrase)
    return " ".join(_tidy(_decode_words(unquoted, repairs)).split())


# --- bodies ---------------------------------------------------------------------------------------


class _Reader:
    """Walks the parts of one mail within the limits."""

    def __init__(self, repairs: _Repairs) -> None:
        self._repairs = repairs
        self._parts = 0
        self._calendars: list[str] = []
        self._attachments: list[Attachment] = []

    def body(self, head: Part[str, str], content: bytes) -> Body:
        views = self._views(head, content, 0)
        return Body(
            text=_joined_text(views),
            html=_joined_html(views),
            calendars=tuple(self._calendars),
            attachments=tuple(self._attachments),
        )

    def _views(self, head: Part[str, str], content: bytes, depth: int) -> list[tuple[str | None, str | None]]:
        """(plain, html) of every piece that is shown, in order."""
        self._parts += 1
        boundary = _guarded(head.get_boundary)
        kind = _guarded(head.get_content_type) or "text/plain"
        if not kind.startswith("multipart/") or not boundary:
            return self._leaf(head, kind, content)
        if depth >= MAX_DEPTH:
            self._repairs.note(f"parts nested deeper than {MAX_DEPTH} were not read")
            return []
        found = []
        for piece in _pieces(content, boundary):
            if self._parts >= MAX_PARTS:
                self._repairs.note(f"only the first {MAX_PARTS} parts were read")
                break
            views = self._views(*_head(piece, self._repairs), depth + 1)
            found.append(views)
        if kind == "multipart/alternative":
            return _alternative(found)
        return [view for views in found for view in views]

    def _leaf(self, head: Part[str, str], kind: str, content: bytes) -> list[tuple[str | None, str | None]]:
        data = _payload(head, content, self._repairs)
        filename = self._filename(head)
        if kind in ("text/calendar", "application/ics"):
            self._calendars.append(self._text(head, data))
            return []
        shown = kind in ("text/plain", "text/html") and not filename
        if not shown or _guarded(head.get_content_disposition) == "attachment":
            self._attachments.append(Attachment(filename=filename, content_type=kind, size=len(data)))
            return []
        text = self._text(head, data)
        return [(text, None)] if kind == "text/plain" else [(None, text)]

    def _filename(self, head: Part[str, str]) -> str:
        name = _guarded(head.get_filename) or ""
        return _tidy(_decode_words(_plain(name, "filename", self._repairs), self._repairs))

    def _text(self, head: Part[str, str], data: bytes) -> str:
        text = _decode(data, _guarded(head.get_content_charset) or "", self._repairs)
        if len(text) > MAX_TEXT:
            self._repairs.note("long text cut off")
            text = text[:MAX_TEXT]
        return text.replace("\r\n", "\n").replace("\r", "\n")


T = TypeVar("T")


def _guarded(read: Callable[[], T]) -> T | None:
    """What a reader of MIME parameters says, or None: on real mail they raise whatever they trip over."""
    try:
        return read()
    except Exception:
        return None


def _pieces(content: bytes, boundary: str) -> Iterator[bytes]:
    """The parts between the boundary lines (RFC 2046 section 5.1.1); a missing end is let pass."""
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    start: int | None = None
    for line in re.finditer(rb"(?<![^\n])--" + mark + rb"(--)?[ \t]*(?:\r?\n|\Z)", content):
        if start is not None:
            yield re.sub(rb"\r?\n\Z", b"", content[start : line.start()])
        start = line.end()
        if line[1]:
            return
    if start is not None:
        yield content[start:]


def _payload(head: Part[str, str], content: bytes, repairs: _Repairs) -> bytes:
    head.set_payload(content.decode("ascii", "surrogateescape"))
    data = _guarded(lambda: head.get_payload(decode=True))
    if not isinstance(data, bytes):
        repairs.note("undecodable part")
        return content
    return data


def _alternative(found: list[list[tuple[str | None, str | None]]]) -> list[tuple[str | None, str | None]]:
    plain = html = None
    for views in found:
        texts = [text for text, _ in views if text is not None]
        htmls = [markup for _, markup in views if markup is not None]
        plain = "\n".join(texts) if texts and plain is None else plain
        html = "\n".join(htmls) if htmls else html
    return [(plain, html)] if plain is not None or html is not None else []


def _joined_text(views: Sequence[tuple[str | None, str | None]]) -> str:
    """Plain text where there is some, a view of the HTML where not (or where the plain part is blank)."""
    return "\n".join(plain if plain and plain.strip() else html_to_text(html or "") for plain, html in views)


def _joined_html(views: Sequence[tuple[str | None, str | None]]) -> str | None:
    if not any(html for _, html in views):
        return None
    return "\n".join(html if html else text_to_html(plain or "") for plain, html in views)


# --- writing --------------------------------------------------------------------------------------

_PREPARED = {"from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"}


class _ReplyPolicy(EmailPolicy):
    """Writes our own header values as we folded them.

    The standard library would encode message-ids longer than a line as RFC 2047 words (CPython gh-100991),
    and then Outlook and Exchange drop them and the thread breaks.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        if name.lower() in _PREPARED:
            return name, value
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _PREPARED:
            return f"{name}: {value}\r\n"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _ReplyPolicy(linesep="\r\n", cte_type="7bit", max_line_length=76)


def build(reply: Reply) -> bytes:
    """The mail of a reply: text and HTML that say the same, the quoted message below.

    CRLF line ends, 7-bit clean, no line over 998 characters, the same bytes for the same ``reply``. Raises
    ``UsageError``, naming the header, for a value that cannot be written: control characters (CR, LF, NUL),
    an address that is not ASCII and has no IDNA form, an id that is none.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _mailboxes("From", (reply.from_,))
    mail["To"] = _mailboxes("To", reply.to)
    if reply.cc:
        mail["Cc"] = _mailboxes("Cc", reply.cc)
    mail["Subject"] = _unstructured("Subject", reply.subject)
    mail["Date"] = format_datetime(reply.date)
    mail["Message-ID"] = _written_ids("Message-ID", (reply.message_id,))
    if reply.in_reply_to:
        mail["In-Reply-To"] = _written_ids("In-Reply-To", (reply.in_reply_to,))
    if reply.references:
        mail["References"] = _written_ids("References", reply.references)
    text, html = _contents(reply)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    # "=_" never occurs in quoted-printable text, so no body line can be taken for a boundary.
    mail.set_boundary("=_" + hashlib.sha256(reply.message_id.encode()).hexdigest()[:32])
    return mail.as_bytes()


def _checked(header: str, value: str) -> str:
    if _CONTROLS.search(value):
        raise UsageError(f"The {header} header would hold a line break or control character.", "Remove it.")
    return _scalar(value)


def _unstructured(header: str, value: str) -> str:
    return _folded(header, _checked(header, value))


_PLAIN_TEXT = re.compile(r"[!-~]{1,60}(?: [!-~]{1,60})*|")


def _folded(header: str, value: str) -> str:
    """As it stands where that is short plain ASCII, else as encoded words of at most 75 characters."""
    if _PLAIN_TEXT.fullmatch(value) and "=?" not in value and len(value) + len(header) < 76:
        return value
    return Header(value, "utf-8", header_name=header).encode(linesep="\r\n")


def _written_ids(header: str, ids: Sequence[str]) -> str:
    for one in ids:
        if not _ID.fullmatch(_checked(header, one)):
            raise UsageError(f"The {header} header would hold something that is no message-id.", "")
    return "\r\n ".join(ids)


def _mailboxes(header: str, addresses: Sequence[Address]) -> str:
    return ",\r\n ".join(_written(header, address) for address in addresses)


_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|\"(?:[^\"\\\x00-\x1f\x7f-\U0010ffff]|\\[ -~])*\"")
_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Za-z.:]+\]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def _written(header: str, address: Address) -> str:
    spec = _addr_spec(header, _checked(header, address.address))
    name = _checked(header, address.name)
    if not name:
        return spec
    if name.isascii() and len(name) <= 60 and "=?" not in name:
        if not _ATOMS.fullmatch(name):
            name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
        return f"{name} <{spec}>"
    return Header(name, "utf-8", header_name=header).encode(linesep="\r\n") + f"\r\n <{spec}>"


def _addr_spec(header: str, spec: str) -> str:
    local, _, domain = spec.rpartition("@")
    domain = domain if domain.isascii() else _idna(domain)
    if len(spec) > 320 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise UsageError(
            f"The address {for_terminal(spec[:100])!r} in {header} cannot be written in a mail header.",
            "Name another address of this person with --to.",
        )
    return f"{local}@{domain}"


def _idna(domain: str) -> str:
    """The ASCII form, or "" where the mapping would lead to another domain (straße is not strasse)."""
    try:
        encoded = domain.encode("idna")
        same = encoded.decode("idna") == unicodedata.normalize("NFC", domain).lower()
    except UnicodeError:
        return ""
    return encoded.decode("ascii") if same else ""


def _contents(reply: Reply) -> tuple[str, str]:
    text = reply.text.replace("\r\n", "\n").rstrip("\n") + "\n"
    html = reply.html.strip() or text_to_html(reply.text)
    if reply.quoted is not None:
        quoted_text, quoted_html = _quote(reply.quoted)
        text += "\n" + quoted_text
        html += "\n<br>\n" + quoted_html
    return _scalar(text), _scalar(html) + "\n"


_CUT = "[The rest of the quoted message is left out.]"


def _quote(message: Message) -> tuple[str, str]:
    text, html = message.text, message.body.html if message.body else None
    if len(text) > MAX_QUOTE:
        text, html = text[:MAX_QUOTE].rstrip() + "\n\n" + _CUT, None
    inner = sanitise_html(html) if html and len(html) <= 2 * MAX_QUOTE else text_to_html(text)
    line = _attribution(message)
    quoted = "\n".join(
        ">" + line if line.startswith(">") else f"> {line}".rstrip() for line in text.split("\n")
    )
    style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
    return (
        f"{line}\n{quoted}\n",
        f'<div class="gmail_quote"><div>{text_to_html(line)}</div>\n'
        f'<blockquote type="cite" class="gmail_quote" style="{style}">\n{inner}\n</blockquote></div>',
    )


def _attribution(message: Message) -> str:
    """``On 19 Nov 2026 at 14:03 +0100, Jane Doe wrote:``, in words that every client's quote folding knows."""
    who = next((for_terminal(a.name) or for_terminal(a.address) for a in message.from_), "")
    when = message.date or message.received
    if when is None:
        return f"{who or 'Somebody'} wrote:"
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    date = f"{when.day} {months[when.month - 1]} {when.year} at {when:%H:%M %z}"
    return f"On {date}, {who or 'somebody'} wrote:"


def message_id(domain: str) -> str:
    """A new unique Message-ID in angle brackets (RFC 5322 section 3.6.4)."""
    return make_msgid(domain=_DOMAIN.fullmatch(domain) and domain or "bowout.invalid")


# --- comparing ------------------------------------------------------------------------------------

_SAME_SIGN = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def content_hash(message: Message) -> str:
    """A hash that changes when a reader would notice: recipients, From, subject, a word, an attachment.

    Not when a composer rewrites markup, white space, display names, or the order and case of addresses. Where
    text and HTML disagree the HTML counts: it is what people see, and Gmail's composer leaves an old text part.
    """
    recipients = {
        "from": message.from_,
        "reply-to": message.reply_to,
        "to": message.to,
        "cc": message.cc,
        "bcc": message.bcc,
    }
    attachments = message.body.attachments if message.body else ()
    seen = [
        {role: sorted({address.key for address in addresses}) for role, addresses in recipients.items()},
        _words(message.subject),
        _words(_view(message)),
        sorted((a.filename, a.content_type, a.size) for a in attachments),
        sorted(message.body.calendars if message.body else ()),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def same_letter(a: Message, b: Message) -> bool:
    """Whether the two say the same above quote and signature (and say anything at all)."""
    words = _words(new_text(a))
    return bool(words) and words == _words(new_text(b))


def _view(message: Message) -> str:
    html = message.body.html if message.body else None
    return (html_to_text(html) if html else "") or message.text


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", for_terminal(text, newlines=True)).translate(_SAME_SIGN)
    return re.sub(r"(?m)^[> ]+", "", text).split()
