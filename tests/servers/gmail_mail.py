"""The mailbox behind the fake Gmail: messages, threading, drafts, search, and what the web composer does."""

from __future__ import annotations

import base64
import email
import email.policy
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from pairwise import Deck
from servers.gmail_discovery import Rejected

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Switches:
    """What nobody could find out about Gmail: the adapter must be right under either value."""

    second_send: int = 404  # status of drafts.send for a draft that is no more: 404 or 400
    keeps_message_id: bool = True  # drafts.send leaves the Message-ID of the draft
    composer_keeps_message_id: bool = True  # an edit in the web composer leaves it
    keeps_x_headers: bool = True  # an edit in the web composer leaves X- headers
    keeps_draft_id: bool = True  # the draft id survives an edit in the web composer
    indexed_at_once: bool = True  # messages.list and drafts.list find by q what was just written
    decodes: bool = True  # header values come decoded and text bodies as UTF-8, else as they were sent


# For the contracts. A composer that changes both ids of a draft leaves nothing to know it by.
DECK = Deck(
    Switches(),
    Switches(
        second_send=400,
        keeps_message_id=False,
        composer_keeps_message_id=False,
        keeps_x_headers=False,
        keeps_draft_id=False,
        indexed_at_once=False,
        decodes=False,
    ),
    apart={"composer_keeps_message_id", "keeps_draft_id"},
)

# Each switch once in its other position: what concerns sending runs under all of them.
POSITIONS = {
    "as-documented": Switches(),
    "second-send-400": Switches(second_send=400),
    "message-id-replaced": Switches(keeps_message_id=False),
    "composer-replaces-message-id": Switches(composer_keeps_message_id=False),
    "x-headers-lost": Switches(keeps_x_headers=False),
    "draft-id-changes": Switches(keeps_draft_id=False),
    "index-lags": Switches(indexed_at_once=False),
    "nothing-decoded": Switches(decodes=False),
}

# The same positions, several at a time, for the kill tests.
MIXED = {
    "as-documented": Switches(),
    "letters-rewritten": Switches(
        second_send=400, keeps_message_id=False, composer_keeps_message_id=False, keeps_x_headers=False
    ),
    "drafts-renamed-unindexed": Switches(keeps_draft_id=False, indexed_at_once=False, keeps_x_headers=False),
    "raw-unindexed": Switches(decodes=False, indexed_at_once=False, keeps_message_id=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One stored message. ``id`` is new after every change, as in Gmail."""

    id: str
    thread: str
    labels: frozenset[str]
    raw: bytes
    at: datetime
    draft: str | None = None

    @property
    def parsed(self) -> Message:
        return _parsed(self.raw)

    def header(self, name: str) -> str:
        return decoded(self.parsed.get(name, ""))

    @property
    def gone(self) -> bool:
        return bool(self.labels & {"TRASH", "SPAM"})


@dataclass(slots=True)
class Box:
    """The state. Every change goes through its methods; the server's lock guards it."""

    address: str
    clock: Clock
    switches: Switches
    mails: dict[str, Mail] = field(default_factory=dict)
    unindexed: set[str] = field(default_factory=set)
    sent: list[Mail] = field(default_factory=list)  # what really left, in order: the sink
    attachments: dict[str, bytes] = field(default_factory=dict)
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(0x18C0FFEE00000001))
    _drafts: Iterator[int] = field(default_factory=lambda: itertools.count(7_000_001))

    # --- reading ----------------------------------------------------------------------------------

    def thread(self, thread_id: str) -> list[Mail]:
        return sorted((m for m in self.mails.values() if m.thread == thread_id), key=lambda m: (m.at, m.id))

    def draft(self, draft_id: str) -> Mail:
        for mail in self.mails.values():
            if mail.draft == draft_id:
                return mail
        raise Rejected("Requested entity was not found.", 404, "notFound")

    def drafts(self) -> list[Mail]:
        found = [m for m in self.mails.values() if m.draft and not m.gone]
        return sorted(found, key=lambda m: (m.at, m.id), reverse=True)

    def search(self, q: str, *, gone: bool = False) -> list[Mail]:
        wanted = parse_query(q)
        found = [
            mail
            for mail in self.mails.values()
            if (gone or not mail.gone) and mail.id not in self.unindexed and wanted(mail)
        ]
        return sorted(found, key=lambda m: (m.at, m.id), reverse=True)

    # --- mail comes and goes ----------------------------------------------------------------------

    def deliver(self, raw: bytes, *, at: datetime | None = None, labels: Collection[str] = ()) -> Mail:
        """Mail arrives; Gmail joins it to a thread by References and subject."""
        kept = frozenset(labels or {"INBOX", "UNREAD"})
        return self._store(raw, self._thread_of(raw), kept, at=at)

    def file_sent(self, raw: bytes, thread: str | None = None, *, at: datetime | None = None) -> Mail:
        """The person sends from the web: the mail leaves and a copy stays under SENT."""
        mail = self._store(raw, thread or self._thread_of(raw), frozenset({"SENT"}), at=at)
        self.sent.append(mail)
        return mail

    def create_draft(self, raw: bytes, thread_id: str | None) -> Mail:
        thread = self._draft_thread(raw, thread_id)
        return self._store(raw, thread, frozenset({"DRAFT"}), draft=self._new_draft_id())

    def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> Mail:
        """The whole MIME is replaced; without ``threadId`` and headers the draft leaves its thread."""
        old = self.draft(draft_id)
        del self.mails[old.id]
        return self._store(raw, self._draft_thread(raw, thread_id), frozenset({"DRAFT"}), draft=draft_id)

    def delete_draft(self, draft_id: str) -> None:
        del self.mails[self.draft(draft_id).id]

    def send_draft(self, draft_id: str) -> Mail:
        try:
            draft = self.draft(draft_id)
        except Rejected as exc:
            if self.switches.second_send == 404:
                raise
            raise Rejected("Invalid draft", 400, "failedPrecondition") from exc
        if draft.gone:
            raise Rejected("Requested entity was not found.", 404, "notFound")
        if not any(draft.parsed.get(name) for name in ("To", "Cc", "Bcc")):
            raise Rejected("Recipient address required", 400, "invalidArgument")
        raw = draft.raw
        if not self.switches.keeps_message_id:
            raw = with_header(raw, "Message-ID", f"<CA+{draft.id}@mail.gmail.com>")
        del self.mails[draft.id]
        return self.file_sent(raw, draft.thread)

    def change(self, mail: Mail, **changes: Any) -> Mail:
        """Put a changed copy in the place of a message, under a new id when its content changed."""
        del self.mails[mail.id]
        if "raw" in changes:
            changes["id"] = self._new_id()
            changes.setdefault("at", self.clock())
            self._note_new(changes["id"])
        new = replace(mail, **changes)
        self.mails[new.id] = new
        return new

    def new_thread_id(self) -> str:
        return self._new_id()

    def _new_draft_id(self) -> str:
        return f"r-{next(self._drafts)}"

    def _new_id(self) -> str:
        return f"{next(self._serial):016x}"

    def _note_new(self, mail_id: str) -> None:
        if not self.switches.indexed_at_once:
            self.unindexed.add(mail_id)

    def _store(
        self,
        raw: bytes,
        thread: str | None,
        labels: frozenset[str],
        *,
        at: datetime | None = None,
        draft: str | None = None,
    ) -> Mail:
        new = self._new_id()
        when = (at or self.clock()).astimezone(UTC)
        mail = Mail(id=new, thread=thread or new, labels=labels, raw=raw, at=when, draft=draft)
        self.mails[new] = mail
        if at is None:
            self._note_new(new)
        return mail

    def _thread_of(self, raw: bytes) -> str | None:
        new = email.message_from_bytes(raw)
        for mail in self.mails.values():
            if threads_with(new, mail) and not mail.draft:
                return mail.thread
        return None

    def _draft_thread(self, raw: bytes, thread_id: str | None) -> str | None:
        """The thread a draft lands in: all three of threadId, references and subject, or a new one."""
        if thread_id is None:
            return None
        members = [m for m in self.thread(thread_id) if not m.draft and not m.gone]
        if not self.thread(thread_id):
            raise Rejected("Requested entity was not found.", 404, "notFound")
        new = email.message_from_bytes(raw)
        return thread_id if any(threads_with(new, member) for member in members) else None


# --- MIME -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1000)
def _parsed(raw: bytes) -> Message:
    """The message; nobody may change it."""
    return email.message_from_bytes(raw)


def decoded(value: str) -> str:
    """A header value with its encoded words decoded (RFC 2047) and its folds undone, as far as it can be."""
    value = re.sub(r"\r?\n(?=[ \t])", "", str(value))
    with suppress(LookupError, ValueError):  # an unknown charset, broken base64
        value = str(make_header(decode_header(value)))
    return value.encode("utf-8", "replace").decode()


def threads_with(new: Message, mail: Mail) -> bool:
    """Does ``new`` answer ``mail`` by the headers, under the same subject? In-Reply-To and References count
    only when they hold the Message-ID byte for byte."""
    ids = re.findall(r"<[^<>\s]+>", f"{new.get('In-Reply-To', '')} {new.get('References', '')}")
    same = plain_subject(decoded(new.get("Subject", ""))) == plain_subject(mail.header("Subject"))
    return same and str(mail.parsed.get("Message-ID", "")).strip() in ids


def plain_subject(text: str) -> str:
    return re.sub(r"^(\s*(re|aw|sv|fwd?|antw)\s*:)+", "", text, flags=re.IGNORECASE).strip()


def with_header(raw: bytes, name: str, value: str | None) -> bytes:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    del message[name]
    if value is not None:
        message[name] = value
    return message.as_bytes(policy=email.policy.compat32.clone(linesep="\r\n", max_line_length=0))


def texts(mail: Mail) -> tuple[str, str]:
    """The plain text and the HTML of a message."""
    found = {"text/plain": "", "text/html": ""}
    for part in mail.parsed.walk():
        if part.get_content_type() in found and not part.get_filename():
            found[part.get_content_type()] = found[part.get_content_type()] or content(part)
    return found["text/plain"], found["text/html"]


def content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # an unknown charset, one with a NUL in its name
        return payload.decode("latin-1")


def recompose(mail: Mail, html: str, switches: Switches, *, subject: str | None = None) -> bytes:
    """What the web composer writes: its own wrapper, no comments, styles or doctype, its own plain text."""
    old = mail.parsed
    inner = re.sub(
        r"(?s)<!--.*?-->|<!doctype[^>]*>|<style.*?</style>|</?(html|head|body|meta)[^>]*>", "", html
    )
    new = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
    for name, value in old.items():
        if name.lower() in {"content-type", "content-transfer-encoding", "mime-version", "date", "subject"}:
            continue
        if name.lower().startswith("x-") and not switches.keeps_x_headers:
            continue
        if name.lower() == "message-id" and not switches.composer_keeps_message_id:
            continue
        new[name] = decoded(value)
    if "Message-ID" not in new:
        new["Message-ID"] = f"<CAcomposer{mail.id}@mail.gmail.com>"
    new["Subject"] = decoded(old.get("Subject", "")) if subject is None else subject
    new["Date"] = format_datetime(mail.at)
    rewritten = inner if inner.startswith('<div dir="ltr">') else f'<div dir="ltr">{inner.strip()}</div>'
    new.set_content(html_as_text(rewritten), cte="quoted-printable")
    new.add_alternative(rewritten, subtype="html", cte="quoted-printable")
    return new.as_bytes()


def html_as_text(html: str) -> str:
    """The composer's plain text: blocks and breaks become line ends, quotes get ``> ``."""
    import html as entities

    def quoted(found: re.Match[str]) -> str:
        inner = html_as_text(found.group(1)).rstrip("\n")
        return "\n" + "\n".join(f"> {line}" if line else ">" for line in inner.split("\n")) + "\n"

    text = re.sub(r"(?s)<blockquote[^>]*>(.*)</blockquote>", quoted, html)
    text = re.sub(r"(?i)<br\s*/?>|</div>|</li>", "\n", text.replace("\r\n", "\n"))
    text = re.sub(r"(?i)</p>", "\n\n", text)
    text = entities.unescape(re.sub(r"<[^>]+>", "", text)).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def as_resource(box: Box, mail: Mail, shape: str, names: Sequence[str], inline: int) -> dict[str, Any]:
    """The ``Message`` resource in one of four formats. Bodies over ``inline`` bytes become attachment ids."""
    message: dict[str, Any] = {
        "id": mail.id,
        "threadId": mail.thread,
        "labelIds": sorted(mail.labels),
        "historyId": str(int(mail.id, 16) % 10**8),
        "internalDate": str(int(mail.at.timestamp() * 1000)),
        "sizeEstimate": len(mail.raw),
        "snippet": re.sub(r"\s+", " ", texts(mail)[0])[:100],
    }
    if shape == "raw":
        message["raw"] = base64.urlsafe_b64encode(mail.raw).decode()
    if shape in {"full", "metadata"}:
        part = _part(box, mail, mail.parsed, "", inline)
        if shape == "metadata":
            wanted = {name.lower() for name in names}
            headers = [h for h in part["headers"] if not wanted or h["name"].lower() in wanted]
            part = {"mimeType": part["mimeType"], "headers": headers}
        message["payload"] = part
    return message


def _part(box: Box, mail: Mail, part: Message, number: str, inline: int) -> dict[str, Any]:
    turn = decoded if box.switches.decodes else lambda value: re.sub(r"\r?\n(?=[ \t])", "", value)
    shown: dict[str, Any] = {
        "partId": number,
        "mimeType": part.get_content_type(),
        "filename": decoded(part.get_filename() or ""),
        "headers": [{"name": name, "value": turn(str(value))} for name, value in part.items()],
    }
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        shown["body"] = {"size": 0}
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        shown["parts"] = [
            _part(box, mail, child, f"{number}.{n}".lstrip("."), inline) for n, child in enumerate(children)
        ]
        return shown
    data = _content_bytes(part, as_utf8=box.switches.decodes)
    body: dict[str, Any] = {"size": len(data)}
    shown["body"] = body
    if shown["filename"] or len(data) > inline:
        handle = f"ANGjdJ_{mail.id}_{number or '0'}"
        box.attachments[handle] = data
        body["attachmentId"] = handle
    else:
        body["data"] = base64.urlsafe_b64encode(data).decode()
    return shown


def _content_bytes(part: Message, *, as_utf8: bool) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else b""
    if as_utf8 and part.get_content_maintype() == "text":
        return content(part).encode()
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


# --- search ---------------------------------------------------------------------------------------

Match = Callable[[Mail], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<open>[({])|(?P<close>[)}])|(?P<no>-)(?=\S)|(?P<op>[a-z0-9_]+):"""
    r"""|"(?P<phrase>[^"]*)"|(?P<word>[^\s(){}":]+))"""
)


def parse_query(q: str) -> Match:
    """The part of Gmail's search language that bowout uses; everything else is refused.

    Words are whole tokens, never parts of one; a phrase is a run of tokens
    (support.google.com/mail/answer/7190).
    """
    tokens = list(_tokens(q))
    found = _all(tokens)
    if tokens:
        raise Rejected(f"q={q!r}: unbalanced bracket")
    return found


def _tokens(q: str) -> Iterator[tuple[str, str]]:
    at = 0
    while q[at:].strip():
        found = _TOKEN.match(q, at)
        if not found:
            raise Rejected(f"q={q!r}: cannot read {q[at:]!r}")
        at = found.end()
        kind = found.lastgroup or ""
        yield kind, found.group(kind)


def _all(tokens: list[tuple[str, str]], end: str = "", *, any_of: bool = False) -> Match:
    parts: list[Match] = []
    while tokens:
        if tokens[0][0] == "close":
            if tokens[0][1] != end:
                raise Rejected("unbalanced bracket")
            tokens.pop(0)
            return _join(parts, any_of=any_of)
        parts.append(_term(tokens))
    if end:
        raise Rejected("unbalanced bracket")
    return _join(parts, any_of=any_of)


def _join(parts: list[Match], *, any_of: bool) -> Match:
    joined = any if any_of else all
    return lambda mail: joined(part(mail) for part in parts)


def _term(tokens: list[tuple[str, str]]) -> Match:
    kind, value = tokens.pop(0)
    if kind == "no":
        inner = _term(tokens)
        return lambda mail: not inner(mail)
    if kind == "open":
        return _all(tokens, {"(": ")", "{": "}"}[value], any_of=value == "{")
    if kind == "op":
        argument = tokens.pop(0) if tokens else ("", "")
        if argument[0] not in {"word", "phrase"}:
            raise Rejected(f"{value}: wants a word or a phrase")
        return _operator(value, argument[1])
    if kind == "word" and value in {"OR", "AND", "AROUND"}:
        raise Rejected(f"operator {value} is not implemented here")
    return lambda mail: _has(_everything(mail), value)


def _operator(name: str, value: str) -> Match:
    if name in {"from", "to", "cc", "bcc", "subject"}:
        return lambda mail: _has(mail.header(name), value)
    if name == "after":
        if not value.isdigit():
            raise Rejected("after: only epoch seconds are implemented")
        return lambda mail: mail.at.timestamp() > int(value)
    if name == "rfc822msgid":
        return lambda mail: str(mail.parsed.get("Message-ID", "")).strip().strip("<>") == value.strip("<>")
    if name == "in" and value in {"sent", "drafts", "inbox"}:
        label = {"sent": "SENT", "drafts": "DRAFT", "inbox": "INBOX"}[value]
        return lambda mail: label in mail.labels
    if name == "category" and value in {"promotions", "social", "forums"}:
        return lambda mail: f"CATEGORY_{value.upper()}" in mail.labels
    raise Rejected(f"operator {name}:{value} is not implemented here")


def _everything(mail: Mail) -> str:
    headers = " ".join(mail.header(name) for name in ("From", "To", "Cc", "Bcc", "Reply-To", "Subject"))
    text, html = texts(mail)
    return f"{headers} {text} {re.sub(r'<[^>]+>', ' ', html)}"


def _has(text: str, wanted: str) -> bool:
    have, want = _words(text), _words(wanted)
    return any(have[n : n + len(want)] == want for n in range(len(have) - len(want) + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def mail_bytes(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    message_id: str,
    cc: str = "",
    answers: Mail | None = None,
    html: str | None = None,
) -> bytes:
    """An ordinary mail as another program would have written it."""
    new = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
    new["From"] = sender
    new["To"] = to
    if cc:
        new["Cc"] = cc
    new["Subject"] = subject
    new["Date"] = format_datetime(at)
    new["Message-ID"] = message_id
    if answers:
        parent = str(answers.parsed.get("Message-ID", "")).strip()
        new["In-Reply-To"] = parent
        new["References"] = f"{answers.parsed.get('References', '')} {parent}".strip()
    new.set_content(text)
    if html:
        new.add_alternative(html, subtype="html")
    return new.as_bytes()


def addresses(mail: Mail, *names: str) -> set[str]:
    values = [mail.header(name) for name in names]
    return {address.casefold() for _, address in getaddresses(values)}


def header_date(mail: Mail) -> datetime:
    return parsedate_to_datetime(str(mail.parsed["Date"]))
