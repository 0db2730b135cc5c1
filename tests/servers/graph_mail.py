"""The mailbox behind the fake Graph: messages as Exchange keeps them, conversations, drafts, sending.

What is not known about the real service, or known to differ, is a named switch in ``Switches``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mime
from email.utils import format_datetime, formataddr, getaddresses, parsedate_to_datetime
from typing import Any

from pairwise import Deck
from servers.graph_openapi import Rejected

Person = tuple[str, str]  # display name, address
FOLDERS = ("inbox", "sentitems", "drafts", "deleteditems", "junkemail", "archive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Where Graph is said to behave in more than one way."""

    immutable_survives_send: bool = True  # the immutable id of the draft finds the sent copy
    draft_left_behind: bool = False  # an accepted /send leaves the draft in Drafts (graph-docs #8926)
    client_changes_message_id: bool = False  # classic Outlook, when the person sends (office-js #6066)
    send_changes_message_id: bool = False  # the same for /send
    second_send: int = 404  # of a draft that was sent: ErrorItemNotFound, or 202 and sent again
    merges_same_subject: bool = False  # conversationIds of unrelated mail coincide (graph-docs #869)
    own_index: bool = False  # mail from other systems gets a conversationIndex of its own
    move_keeps_etag: bool = False
    text_as_html: bool = False  # plain text bodies are handed out as HTML
    sanitises: bool = True  # HTML that is written comes back rewritten


# For the contracts.
DECK = Deck(
    Switches(),
    Switches(
        immutable_survives_send=False,
        draft_left_behind=True,
        client_changes_message_id=True,
        send_changes_message_id=True,
        second_send=202,
        merges_same_subject=True,
        own_index=True,
        move_keeps_etag=True,
        text_as_html=True,
        sanitises=False,
    ),
)

POSITIONS = {
    "default": Switches(),
    "id-lost-at-send": Switches(immutable_survives_send=False),
    "draft-left-behind": Switches(draft_left_behind=True, immutable_survives_send=False),
    "client-changes-message-id": Switches(client_changes_message_id=True),
    "nothing-survives-send": Switches(
        immutable_survives_send=False, client_changes_message_id=True, send_changes_message_id=True
    ),
    "second-send-accepted": Switches(second_send=202),
    "conversations-coincide": Switches(merges_same_subject=True, own_index=True, text_as_html=True),
    "verbatim": Switches(move_keeps_etag=True, sanitises=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message. ``id`` is the immutable id; the default id is ``id`` with ``moves`` behind it."""

    id: str
    folder: str
    conversation: str
    index: bytes
    subject: str
    from_: Person | None
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    bcc: tuple[Person, ...]
    reply_to: tuple[Person, ...]
    body_type: str
    body: str
    message_id: str
    in_reply_to: str
    references: str
    headers: tuple[tuple[str, str], ...]
    sent: datetime
    created: datetime
    modified: datetime
    is_draft: bool
    is_read: bool
    raw: bytes | None = None
    attachments: tuple[tuple[str, str, int], ...] = ()
    event: str | None = None
    version: int = 1
    moves: int = 0

    @property
    def etag(self) -> str:
        return f'W/"CQAAAB{self.version:08d}"'

    @property
    def default_id(self) -> str:
        return f"{self.id}.{self.moves}"


@dataclass(slots=True)
class Box:
    """Every message of one person, in order of arrival."""

    owner: Person
    moment: Callable[[], datetime]
    switches: Switches
    aliases: tuple[str, ...] = ()
    items: dict[str, Item] = field(default_factory=dict)
    submitted: list[Item] = field(default_factory=list)  # what really went out, by whoever
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # --- finding ------------------------------------------------------------------------------------

    def item(self, identifier: str, *, immutable: bool = True) -> Item:
        for item in self.items.values():
            if identifier == (item.id if immutable else item.default_id):
                return item
        raise not_found()

    def drafts(self) -> list[Item]:
        gone = {"deleteditems", "junkemail"}
        return [item for item in self.items.values() if item.is_draft and item.folder not in gone]

    # --- arriving -----------------------------------------------------------------------------------

    def deliver(
        self, raw: bytes, folder: str = "inbox", *, at: datetime | None = None, seen: bool = False
    ) -> Item:
        """File a message that came by mail, or as another client wrote it."""
        at = at or self.moment()
        fields = _parsed(raw)
        number = next(self._numbers)
        fields["message_id"] = fields["message_id"] or f"<{number}@graph.example>"
        fields["headers"] = () if folder in {"sentitems", "drafts"} else fields["headers"]
        conversation, index = self._conversation(fields, number)
        item = Item(
            id=_identifier(number),
            folder=folder,
            conversation=conversation,
            index=index,
            sent=at,
            created=at,
            modified=at,
            is_draft=folder == "drafts",
            is_read=seen,
            raw=raw,
            **fields,
        )
        self.items[item.id] = item
        return item

    def _conversation(self, fields: dict[str, Any], number: int) -> tuple[str, bytes]:
        named = f"{fields['in_reply_to']} {fields['references']}"
        parents = [i for i in self.items.values() if i.message_id in named.split()]
        root = b"\x01" + hashlib.sha256(f"root {number}".encode()).digest()[:21]
        if parents:
            parent = parents[-1]
            mine = fields["from_"] and fields["from_"][1] == self.owner[1]
            own = self.switches.own_index and not mine
            return parent.conversation, root if own else self._child(parent)
        if self.switches.merges_same_subject:
            same = [i for i in self.items.values() if base(i.subject) == base(fields["subject"])]
            if same:
                return same[0].conversation, root
        return f"AAQk{number:04d}Conv-_=", root

    def _child(self, parent: Item) -> bytes:
        return parent.index + next(self._numbers).to_bytes(5, "big")

    # --- drafts -------------------------------------------------------------------------------------

    def create_reply(self, parent: Item, comment: str | None) -> Item:
        """What createReply makes: the quote composed, the original marked as read."""
        now, number = self.moment(), next(self._numbers)
        self.change(parent, is_read=True, touch=False)
        mine = parent.from_ is not None and parent.from_[1].lower() == self.owner[1].lower()
        body = quote_of(parent)
        if comment:
            body = body.replace("<body>", f"<body>{comment}", 1)  # as HTML: line breaks collapse
        item = Item(
            id=_identifier(number),
            folder="drafts",
            conversation=parent.conversation,
            index=self._child(parent),
            subject=parent.subject if re.match(r"(?i)re:", parent.subject) else f"RE: {parent.subject}",
            from_=self.owner,
            to=parent.to if mine else tuple(filter(None, (parent.from_,))),
            cc=(),
            bcc=(),
            reply_to=(),
            body_type="html",
            body=body,
            message_id=f"<DM6PR{number:04d}@graph.example>",
            in_reply_to=parent.message_id,
            references=f"{parent.references} {parent.message_id}".strip(),
            headers=(),
            sent=now,
            created=now,
            modified=now,
            is_draft=True,
            is_read=True,
        )
        self.items[item.id] = item
        return item

    def change(self, item: Item, *, touch: bool = True, **changes: Any) -> Item:
        """``touch`` = the content changed: another change key."""
        if touch:
            changes |= {"version": item.version + 1, "modified": self.moment(), "raw": None}
        self.items[item.id] = changed = replace(item, **changes)
        return changed

    def move(self, item: Item, folder: str) -> Item:
        version = item.version if self.switches.move_keeps_etag else item.version + 1
        return self.change(item, touch=False, folder=folder, moves=item.moves + 1, version=version)

    def edit(self, item: Item, raw: bytes) -> Item:
        """The person saves the draft with the content of ``raw``; what Exchange composed stays."""
        fields = _parsed(raw)
        kept = ("subject", "to", "cc", "bcc", "body_type", "body", "attachments")
        return self.change(item, **{name: fields[name] for name in kept})

    # --- sending ------------------------------------------------------------------------------------

    def send(self, item: Item, *, by_client: bool = False) -> Item:
        """Submit a draft and file the sent copy."""
        switches, now = self.switches, self.moment()
        renamed = switches.client_changes_message_id if by_client else switches.send_changes_message_id
        number = next(self._numbers)
        stays = switches.draft_left_behind and not by_client
        keeps_id = switches.immutable_survives_send and not stays
        sent = replace(
            item,
            id=item.id if keeps_id else _identifier(number),
            message_id=f"<sent{number}@client.example>" if renamed else item.message_id,
            folder="sentitems",
            is_draft=False,
            is_read=True,
            sent=now,
            modified=now,
            version=item.version + 1,
            moves=item.moves + 1,
            raw=None,
        )
        if not stays:
            del self.items[item.id]
        self.items[sent.id] = sent
        self.submitted.append(sent)
        return sent


def not_found() -> Rejected:
    return Rejected(
        "The specified object was not found in the store.", 404, "ErrorItemNotFound", mistake=False
    )


def _identifier(number: int) -> str:
    return "AAkALg" + base64.urlsafe_b64encode(hashlib.sha256(str(number).encode()).digest()).decode()


def base(subject: str) -> str:
    return re.sub(r"(?i)^(?:\s*(?:re|fwd?|aw):)+", "", subject).strip().casefold()


# --- how Exchange shows it --------------------------------------------------------------------------


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def recipient(person: Person) -> dict[str, Any]:
    return {"emailAddress": {"name": person[0], "address": person[1]}}


def as_resource(item: Item, switches: Switches, *, immutable: bool, single: bool) -> dict[str, Any]:
    """Every property of the message; ``single`` = asked for by its id, which shows the headers."""
    kind, content = item.body_type, item.body
    if kind == "text" and switches.text_as_html:
        kind, content = "html", f"<html><body><pre>{html.escape(content)}</pre></body></html>"
    resource: dict[str, Any] = {
        "@odata.etag": item.etag,
        "id": item.id if immutable else item.default_id,
        "createdDateTime": stamp(item.created),
        "lastModifiedDateTime": stamp(item.modified),
        "changeKey": item.etag[3:-1],
        "categories": [],
        "receivedDateTime": stamp(item.sent),
        "sentDateTime": stamp(item.sent),
        "hasAttachments": bool(item.attachments),
        "internetMessageId": item.message_id,
        "subject": item.subject,
        "bodyPreview": content[:40],
        "importance": "normal",
        "parentFolderId": folder_id(item.folder),
        "conversationId": item.conversation,
        "conversationIndex": base64.b64encode(item.index).decode(),
        "isDeliveryReceiptRequested": False,
        "isReadReceiptRequested": False,
        "isRead": item.is_read,
        "isDraft": item.is_draft,
        "webLink": f"https://outlook.example/mail/{item.id}",
        "inferenceClassification": "focused",
        "body": {"contentType": kind, "content": content},
        "sender": recipient(item.from_) if item.from_ else None,
        "from": recipient(item.from_) if item.from_ else None,
        "toRecipients": [recipient(one) for one in item.to],
        "ccRecipients": [recipient(one) for one in item.cc],
        "bccRecipients": [recipient(one) for one in item.bcc],
        "replyTo": [recipient(one) for one in item.reply_to],
        "flag": {"flagStatus": "notFlagged"},
    }
    if single and item.headers:
        resource["internetMessageHeaders"] = [{"name": n, "value": v} for n, v in item.headers]
    if item.event:
        resource["@odata.type"] = "#microsoft.graph.eventMessageRequest"
        resource["meetingMessageType"] = "meetingRequest"
    return resource


def folder_id(name: str) -> str:
    return f"AQMkFolder-{name}="


def quote_of(parent: Item) -> str:
    """The body of a fresh reply, in the markup of Outlook on the web."""
    people = ", ".join(html.escape(name or address) for name, address in parent.to)
    content = parent.body
    if parent.body_type == "text":
        content = html.escape(content).replace("\n", "<br>\r\n")
    else:
        found = re.search(r"(?is)<body[^>]*>(.*)</body>", content)
        content = found[1] if found else content
    name, address = parent.from_ or ("", "")
    return (
        '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
        '<hr tabindex="-1" style="display:inline-block; width:98%">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000"'
        ' style="font-size:11pt">'
        f"<b>From:</b> {html.escape(name)} &lt;{html.escape(address)}&gt;<br>\r\n"
        f"<b>Sent:</b> {parent.sent:%A, %B %d, %Y %I:%M:%S %p}<br>\r\n<b>To:</b> {people}<br>\r\n"
        f"<b>Subject:</b> {html.escape(parent.subject)}</font>\r\n<div>&nbsp;</div>\r\n</div>\r\n"
        f"<div>{content}</div>\r\n</body></html>"
    )


def as_mime(item: Item) -> bytes:
    """The message as RFC 5322 text: as it came, or as Exchange would write it."""
    if item.raw is not None:
        return item.raw
    head = [
        f"From: {_written(item.from_)}" if item.from_ else "",
        *(
            f"{name}: {', '.join(map(_written, people))}" if people else ""
            for name, people in (
                ("To", item.to),
                ("Cc", item.cc),
                ("Bcc", item.bcc),
                ("Reply-To", item.reply_to),
            )
        ),
        f"Subject: {_encoded(item.subject)}",
        f"Date: {format_datetime(item.sent)}",
        f"Message-ID: {item.message_id}",
        f"In-Reply-To: {item.in_reply_to}" if item.in_reply_to else "",
        "References: " + "\r\n ".join(item.references.split()) if item.references else "",
        "MIME-Version: 1.0",
        f"Content-Type: text/{'html' if item.body_type == 'html' else 'plain'}; charset=utf-8",
        "Content-Transfer-Encoding: base64",
    ]
    body = base64.encodebytes(item.body.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    return "\r\n".join([*filter(None, head), "", ""]).encode() + body


def _written(person: Person) -> str:
    return formataddr((person[0], person[1])) if person[0].isascii() else formataddr(person, "utf-8")


def _encoded(text: str) -> str:
    flat = re.sub(r"[\r\n\x00]+", " ", text)
    return (
        flat
        if flat.isascii()
        else f"=?utf-8?b?{base64.b64encode(flat.encode('utf-8', 'replace')).decode()}?="
    )


# --- reading what arrives -----------------------------------------------------------------------------


def _parsed(raw: bytes) -> dict[str, Any]:
    mail = message_from_bytes(raw)
    kind, content = _content(mail)
    people = {n: _people(mail, n) for n in ("from", "to", "cc", "bcc", "reply-to")}
    return {
        "subject": _decoded(mail.get("Subject", "")),
        "from_": people["from"][0] if people["from"] else None,
        "to": people["to"],
        "cc": people["cc"],
        "bcc": people["bcc"],
        "reply_to": people["reply-to"],
        "body_type": kind,
        "body": content,
        "message_id": "".join(str(mail.get("Message-ID", "")).split()),
        "in_reply_to": " ".join(str(mail.get("In-Reply-To", "")).split()),
        "references": " ".join(str(mail.get("References", "")).split()),
        "headers": tuple((n, _decoded(v)) for n, v in mail.items()),
        "attachments": tuple(
            (part.get_filename() or "", part.get_content_type(), len(part.get_payload(decode=True) or b""))
            for part in mail.walk()
            if part.get_filename()
        ),
    }


def _content(mail: Mime) -> tuple[str, str]:
    found: dict[str, str] = {"html": "", "plain": ""}
    for part in mail.walk():
        kind = part.get_content_subtype()
        if part.get_content_maintype() == "text" and kind in found and not found[kind]:
            data = part.get_payload(decode=True)
            charset = part.get_content_charset("utf-8")
            data = data if isinstance(data, bytes) else b""
            try:
                found[kind] = data.decode(charset, "replace")
            except (LookupError, ValueError):
                found[kind] = data.decode("utf-8", "replace")
    kind = "html" if len(found["html"]) > 0 else "plain"
    return ("html" if kind == "html" else "text"), found[kind]


def _decoded(value: object) -> str:
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError):
        text = str(value)
    return text.encode("utf-8", "replace").decode()


def _people(mail: Mime, name: str) -> tuple[Person, ...]:
    values = [str(value) for value in mail.get_all(name, [])]
    return tuple((_decoded(shown), address) for shown, address in getaddresses(values) if address)


def date_of(raw: bytes) -> datetime | None:
    """The Date header, when it can be read."""
    try:
        return parsedate_to_datetime(str(message_from_bytes(raw)["Date"])).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def people_of(rows: Sequence[dict[str, Any]]) -> tuple[Person, ...]:
    """Recipients as a request writes them."""
    found = []
    for row in rows:
        address = row.get("emailAddress") or {}
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address.get("address") or ""):
            raise Rejected(f"At least one recipient is not valid: {address}", 400, "ErrorInvalidRecipients")
        found.append((address.get("name") or "", address["address"]))
    return tuple(found)
