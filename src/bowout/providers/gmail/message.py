"""What the Gmail API says about a message -> ``Message``. Pure.

threads.get has no raw format: it hands out the MIME tree with bodies decoded, and (nobody documents when)
header values too. So the tree is written down as MIME again and read by ``mail.parse`` like any other mail.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bowout.mail.parse import parse
from bowout.model import Folder, Joined, Message

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GONE = {"TRASH", "SPAM"}
# Parts whose content is wanted; the others are attachments, of which only name and size are.
_READ = ("text/plain", "text/html", "text/calendar")


def is_gone(resource: Mapping[str, Any]) -> bool:
    """In Trash or Spam, or no mail at all (a chat)."""
    return bool({*_GONE, "CHAT"} & set(resource.get("labelIds", ())))


def is_draft(resource: Mapping[str, Any]) -> bool:
    """Still among the drafts."""
    return "DRAFT" in resource.get("labelIds", ()) and not is_gone(resource)


def outlying(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Attachment ids of the readable parts that did not come along (large bodies, named calendars)."""
    return tuple(part["body"]["attachmentId"] for part in _leaves(resource["payload"]) if _is_outlying(part))


def to_message(
    resource: Mapping[str, Any], *, own_id: str | None = None, fetched: Mapping[str, bytes] | None = None
) -> Message:
    """The message. ``own_id`` stands for Gmail's message id.

    ``fetched`` holds outlying parts by attachment id; ``body`` is None when none of its text came along.
    """
    fetched = fetched or {}
    payload = resource["payload"]
    texts = [part for part in _leaves(payload) if part.get("mimeType") in _READ[:2] and _is_read(part)]
    absent = [part for part in texts if _is_outlying(part) and part["body"]["attachmentId"] not in fetched]
    message = parse(
        _written(payload, fetched),
        id=own_id or resource["id"],
        thread_id=resource["threadId"],
        folder=_folder(resource),
        received=_received(resource),
        headers_only=bool(absent) and len(absent) == len(texts),
    )
    return _with_sizes(replace(message, joined=Joined.SERVER), payload)


def _folder(resource: Mapping[str, Any]) -> Folder:
    labels = resource.get("labelIds", ())
    for label, folder in (
        ("TRASH", Folder.TRASH),
        ("SPAM", Folder.JUNK),
        ("DRAFT", Folder.DRAFTS),
        ("SENT", Folder.SENT),
        ("INBOX", Folder.INBOX),
    ):
        if label in labels:
            return folder
    return Folder.OTHER


def _received(resource: Mapping[str, Any]) -> datetime | None:
    """internalDate, milliseconds since the epoch: when Gmail took the message in."""
    try:
        return _EPOCH + timedelta(milliseconds=int(resource["internalDate"]))
    except (KeyError, ValueError, OverflowError):
        return None


# --- the MIME tree --------------------------------------------------------------------------------


def _leaves(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    children = _children(part)
    if not children:
        yield part
    for child in children:
        yield from _leaves(child)


def _children(part: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Nothing below message/rfc822: the parts of a forwarded mail are not this mail's."""
    parts: Sequence[Mapping[str, Any]] = part.get("parts") or ()
    return parts if str(part.get("mimeType", "")).startswith("multipart/") else ()


def _is_read(part: Mapping[str, Any]) -> bool:
    """A body or a calendar, not an attachment that happens to be text."""
    kind, filename = part.get("mimeType"), str(part.get("filename") or "")
    if filename.lower().endswith(".ics"):
        return True  # an invitation, whatever kind the system that attached it gave it
    return kind in _READ and (kind == "text/calendar" or not filename)


def _is_outlying(part: Mapping[str, Any]) -> bool:
    body = part.get("body", {})
    return _is_read(part) and "attachmentId" in body and "data" not in body


def _written(part: Mapping[str, Any], fetched: Mapping[str, bytes]) -> bytes:
    """The part as MIME."""
    children = _children(part)
    kind = part.get("mimeType") or "text/plain"
    head = "".join(f"{h['name']}: {_ascii(h['value'])}\r\n" for h in _kept_headers(part))
    if not children:
        return head.encode() + _leaf(part, kind, fetched)
    boundary = f"bowout-{part.get('partId') or 'top'}"
    top = f'{head}Content-Type: {kind}; boundary="{boundary}"\r\n\r\n'.encode()
    mark = f"--{boundary}".encode()
    return (
        top
        + b"".join(mark + b"\r\n" + _written(child, fetched) + b"\r\n" for child in children)
        + mark
        + b"--\r\n"
    )


def _leaf(part: Mapping[str, Any], kind: str, fetched: Mapping[str, bytes]) -> bytes:
    body = part.get("body", {})
    data = fetched.get(body.get("attachmentId", ""), b"")
    if "data" in body:
        data = base64.urlsafe_b64decode(body["data"] + "=" * (-len(body["data"]) % 4))
    content_type = _header(part, "content-type") or kind
    if kind.startswith("text/") and _is_utf8(data):
        # Gmail hands text out as UTF-8 and leaves the sender's charset in the header.
        content_type = re.sub(r'(?i);\s*charset\s*=\s*("[^"]*"|[^;\s]*)', "", content_type)
        content_type += "; charset=utf-8"
    content = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (
        f"Content-Type: {_ascii(content_type)}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + content
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _kept_headers(part: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    ours = {"content-type", "content-transfer-encoding"}
    return (h for h in part.get("headers", ()) if h["name"].lower() not in ours and h["name"].isascii())


def _header(part: Mapping[str, Any], name: str) -> str:
    return next((h["value"] for h in part.get("headers", ()) if h["name"].lower() == name), "")


_FOREIGN = re.compile(r"[^\x00-\x7f]+(?: +[^\x00-\x7f]+)*")


def _ascii(value: str) -> str:
    """A header value for the wire again: unfolded, decoded characters as encoded words (RFC 2047)."""
    value = re.sub(r"[\r\n]+", " ", value)
    return _FOREIGN.sub(lambda run: _encoded_words(run[0]), value)


def _encoded_words(text: str) -> str:
    pieces = (text[at : at + 10] for at in range(0, len(text), 10))  # a word holds at most 75 characters
    return " ".join(f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?=" for piece in pieces)


def _with_sizes(message: Message, payload: Mapping[str, Any]) -> Message:
    """The attachments with the sizes that Gmail tells; their bytes were never fetched."""
    if message.body is None or not message.body.attachments:
        return message
    sizes = {part.get("filename"): part.get("body", {}).get("size", 0) for part in _leaves(payload)}
    attachments = tuple(replace(a, size=sizes.get(a.filename, a.size)) for a in message.body.attachments)
    return replace(message, body=replace(message.body, attachments=attachments))
