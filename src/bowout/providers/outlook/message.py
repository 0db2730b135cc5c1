"""What Graph says about messages -> ``Message`` and the strands of a conversation; drafts' bodies. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bowout.errors import NothingFound
from bowout.mail import headers
from bowout.mail.html import html_to_text, text_to_html
from bowout.mail.parse import parse
from bowout.mail.quotes import new_text
from bowout.mail.subject import base
from bowout.model import Address, Attachment, Body, Folder, Joined, Message, Reply
from bowout.people.me import is_mine, without_tag

Resource = Mapping[str, Any]

# All that is needed of a message in a conversation; headers come only when one message is asked for.
FIELDS = (
    "id,conversationId,conversationIndex,internetMessageId,subject,from,toRecipients,ccRecipients,bccRecipients,"
    "replyTo,sentDateTime,receivedDateTime,createdDateTime,isDraft,isRead,hasAttachments,parentFolderId,changeKey,"
    "webLink,body"
)
HIT_FIELDS = "id,conversationId,from,isDraft,parentFolderId,receivedDateTime"
_KEPT = {
    *("sender", "return-path", "auto-submitted", "precedence", "list-id", "list-unsubscribe"),
    *(
        "x-auto-response-suppress",
        "x-autoreply",
        "x-failed-recipients",
        "content-type",
        "user-agent",
        "x-mailer",
    ),
}
_ROOT = 22  # bytes of a conversationIndex that all messages of one conversation share (MS-OXOMSG 2.2.1.3)


@dataclass(frozen=True, slots=True)
class Extra:
    """What only a request for the one message tells: header fields, and the calendars of an invitation."""

    headers: tuple[tuple[str, str], ...] = ()
    calendars: tuple[str, ...] = ()


def from_headers(rows: Iterable[Resource]) -> Extra:
    """internetMessageHeaders, as far as they are kept."""
    return Extra(headers=tuple((str(row.get("name")), str(row.get("value") or "")) for row in rows))


def from_mime(raw: bytes) -> Extra:
    """The same from a whole message, with its calendars."""
    message = parse(raw, id="")
    ids = (("references", message.references), ("in-reply-to", message.in_reply_to))
    written = tuple((name, " ".join(values)) for name, values in ids if values)
    return Extra(
        headers=(*message.headers, *written), calendars=message.body.calendars if message.body else ()
    )


def etag(resource: Resource) -> str:
    """The precondition for a change: it differs after every edit."""
    return str(resource.get("@odata.etag") or f'W/"{resource.get("changeKey", "")}"')


def is_invitation(resource: Resource) -> bool:
    return str(resource.get("@odata.type", "")).startswith("#microsoft.graph.eventMessage")


def moment(resource: Resource) -> str:
    """For sorting: Graph writes every instant in UTC and in one form."""
    return str(resource.get("receivedDateTime") or resource.get("createdDateTime") or "")


def sender_key(resource: Resource) -> str:
    return next((address.key for address in _people([resource.get("from")])), "")


def to_message(
    resource: Resource,
    *,
    thread_id: str,
    own: frozenset[str],
    extra: Extra | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    """The message. ``own`` are the keys of my addresses: what I sent lies in Sent, wherever I filed it."""
    extra = extra or Extra()
    repairs = headers.Repairs()
    fields = {name.lower(): value for name, value in reversed(extra.headers)}
    sender = _people([resource.get("from")])
    return Message(
        id=resource["id"],
        thread_id=thread_id,
        folder=_folder(resource, sender, own),
        message_id=_message_id(resource),
        in_reply_to=headers.read_ids(fields.get("in-reply-to", ""), "In-Reply-To", repairs),
        references=headers.read_ids(fields.get("references", ""), "References", repairs),
        subject=str(resource.get("subject") or ""),
        date=_instant(resource.get("sentDateTime")),
        received=_instant(resource.get("receivedDateTime") or resource.get("createdDateTime")),
        from_=sender,
        reply_to=_people(resource.get("replyTo")),
        to=_people(resource.get("toRecipients")),
        cc=_people(resource.get("ccRecipients")),
        bcc=_people(resource.get("bccRecipients")),
        headers=tuple((name.lower(), value) for name, value in extra.headers if name.lower() in _KEPT),
        body=_body(resource, extra.calendars, attachments),
        joined=Joined.SERVER,
        repairs=tuple(repairs),
    )


def _folder(resource: Resource, sender: Sequence[Address], own: frozenset[str]) -> Folder:
    if resource.get("isDraft"):
        return Folder.DRAFTS
    return Folder.SENT if any(_is_mine(address, own) for address in sender) else Folder.INBOX


def _is_mine(address: Address, own: frozenset[str]) -> bool:
    return is_mine(address, (Address("", one) for one in own))


def _message_id(resource: Resource) -> str | None:
    written = str(resource.get("internetMessageId") or "").strip()
    return written if re.fullmatch(r"<[^<>\s]+>", written) else None


def _body(resource: Resource, calendars: tuple[str, ...], attachments: tuple[Attachment, ...]) -> Body | None:
    body = resource.get("body")
    if not body:
        return None
    content = str(body.get("content") or "")
    if str(body.get("contentType", "")).lower() == "html":
        text = html_to_text(content)
        return Body(text=text, html=content, calendars=calendars, attachments=attachments)
    return Body(text=content.replace("\r\n", "\n"), calendars=calendars, attachments=attachments)


def _people(rows: object) -> tuple[Address, ...]:
    listed = rows if isinstance(rows, list) else []
    inner = [(row or {}).get("emailAddress") or {} for row in listed]
    return tuple(Address(str(a.get("name") or ""), str(a["address"])) for a in inner if a.get("address"))


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.utcoffset() is not None else None


# --- conversations ----------------------------------------------------------------------------------


def handle(strand: Sequence[Resource]) -> str:
    """The id of a thread: conversation, and which of the strands in it."""
    oldest = min(strand, key=moment)
    root = _root(oldest)
    return f"{oldest['conversationId']}.{root}" if root else str(oldest["conversationId"])


def split_handle(thread_id: str) -> tuple[str, str]:
    conversation, _, root = thread_id.partition(".")
    return conversation, root


def find_strand(strands: Sequence[list[Resource]], thread_id: str) -> list[Resource]:
    """The strand that a remembered handle means. Raises ``NothingFound``."""
    root = split_handle(thread_id)[1]
    for strand in strands:
        if not root or any(_root(resource) == root for resource in strand):
            return strand
    raise gone()


def gone() -> NothingFound:
    return NothingFound("That conversation is no longer in Outlook.", "Look for it again: bowout find")


def strands(resources: Iterable[Resource], own: frozenset[str]) -> list[list[Resource]]:
    """The conversation taken apart: unrelated mail with the same subject may share its conversationId.

    Two messages belong together when the beginning of their conversationIndex agrees, or subject and a
    person other than me.
    """
    groups: list[tuple[set[object], list[Resource]]] = []
    for resource in sorted(resources, key=moment):
        traits, members = set(_traits(resource, own)), [resource]
        apart = []
        for group in groups:
            if group[0] & traits:
                traits, members = group[0] | traits, [*group[1], *members]
            else:
                apart.append(group)
        groups = [*apart, (traits, members)]
    return [sorted(members, key=moment) for _, members in groups]


def _traits(resource: Resource, own: frozenset[str]) -> Iterator[object]:
    if root := _root(resource):
        yield root
    subject = base(str(resource.get("subject") or ""))
    rows = [resource.get("from"), *resource.get("toRecipients", ()), *resource.get("ccRecipients", ())]
    for address in _people([*rows, *resource.get("replyTo", ())]):
        if not _is_mine(address, own):
            yield subject, without_tag(address)


def _root(resource: Resource) -> str:
    try:
        index = base64.b64decode(str(resource.get("conversationIndex") or ""), validate=True)
    except ValueError:
        return ""
    return base64.urlsafe_b64encode(index[:_ROOT]).decode().rstrip("=") if index else ""


# --- the body of a draft ----------------------------------------------------------------------------

# Where Outlook itself ends what is typed and begins the history; we leave the first above its quote.
_MARK = '<div id="appendonsend"></div>'
_ID = r"[^<>]{0,500}?\bid=[\"']?(?:x_)*"
_HISTORY = re.compile(
    rf"<div{_ID}appendonsend[^<>]*>\s*</div>|<hr\b[^<>]*>\s*(?=<div{_ID}divRplyFwdMsg)",
    re.IGNORECASE,
)
# One comment, one element that holds no markup, or one tag; what is never closed goes to the end, so that no
# content takes long.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|title|template|noscript|textarea)\b.*?(?:</\1|\Z)|"
    r"""<(?P<name>/?[a-z!?][^\s/>]*)(?:[^>=]+|=\s*(?:"[^"]*"|'[^']*')|=)*(?:>|\Z)""",
    re.IGNORECASE | re.DOTALL,
)


def with_letter(body: Resource, reply: Reply, *, fresh: bool) -> dict[str, str]:
    """The body with our letter above the server's quote, which stays as it is.

    ``fresh`` = the server has just composed it and all of it is quote; else the quote begins at its mark.
    """
    content = str(body.get("content") or "")
    if str(body.get("contentType", "")).lower() != "html":
        quote = content if fresh else ""
        below = f"\r\n\r\n{quote}" if reply.quoted and quote else ""
        return {"contentType": "text", "content": f"{reply.text.rstrip()}{below}"}
    start = _body_of(content)
    head, rest = content[:start] or "<html><body>", content[start:]
    letter = reply.html.strip() or text_to_html(reply.text)
    quote = (rest if fresh else _history(rest)) if reply.quoted else ""
    return {"contentType": "html", "content": f"{head}{letter}{_MARK + quote if quote else '</body></html>'}"}


def _body_of(content: str) -> int:
    """Where the tag that opens the body ends, else 0; "<body" in a comment, style or attribute opens none."""
    for markup in _MARKUP.finditer(content):
        if (markup["name"] or "").lower() == "body" and markup[0].endswith(">"):
            return markup.end()
    return 0


def _history(rest: str) -> str:
    mark = _HISTORY.search(rest)
    if mark is None:
        return ""
    return rest[mark.end() if "appendonsend" in mark[0].lower() else mark.start() :]


def is_empty(message: Message) -> bool:
    """Only the server's quote, no letter above it: what an interrupted run leaves."""
    return not new_text(message)


def recipients(addresses: Sequence[Address]) -> list[dict[str, Any]]:
    return [{"emailAddress": {"name": a.name, "address": a.address}} for a in addresses]
