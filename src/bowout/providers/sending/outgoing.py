"""A draft as it goes out: its bytes without what only a draft carries, dated now, and its envelope.

Everything else stays as the person approved it, byte for byte, the Message-ID too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from bowout.errors import NotArmed, Refused
from bowout.mail.parse import parse
from bowout.model import Account

__all__ = ["Outgoing", "not_armed", "outgoing"]

# What mail programs write into drafts for themselves; none of it is for the reader (RFC 5322 knows none).
_OWN = (
    rb"date|bcc|fcc|x-fcc|status|x-status|x-unsent|x-mozilla-[a-z-]+|x-identity-key|x-account-key"
    rb"|x-evolution-[a-z-]+|x-kmail-[a-z-]+|x-mutt-[a-z-]+|x-uidl|x-keywords|x-mailspring-[a-z-]+"
)
_FIELD = re.compile(rb"^(?P<name>[!-9;-~]+)[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", re.MULTILINE)
_PRIVATE = re.compile(_OWN, re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail ready to be submitted: CRLF line ends; the envelope is From, and everybody in To and Cc."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    message_id: str | None
    at: datetime


def outgoing(raw: bytes, at: datetime) -> Outgoing:
    """The mail of a draft. Raises ``Refused`` for one that must not or cannot be sent."""
    message = parse(raw, id="")
    people = [a.address for a in (*message.to, *message.cc)]
    if message.bcc:
        raise Refused("The draft has a blind copy (Bcc); bowout sends none.", "Remove it from the draft.")
    if len(message.from_) != 1 or not message.to:
        raise Refused("The draft needs one sender and somebody in To.", "Correct the draft.")
    if any(not _plain(address) for address in (message.from_[0].address, *people)):
        raise Refused("An address of the draft cannot be used in an envelope.", "Correct the draft.")
    return Outgoing(
        sender=message.from_[0].address,
        recipients=tuple(dict.fromkeys(people)),
        raw=_without_private_fields(_crlf(raw), at),
        message_id=message.message_id,
        at=at,
    )


def _plain(address: str) -> bool:
    """One addr-spec of printable ASCII without blanks or brackets; never an option of a command."""
    return re.fullmatch(r"[!#-;=?-~]+@[A-Za-z0-9.\-\[\]:]+", address) is not None and address[0] != "-"


def _crlf(raw: bytes) -> bytes:
    return re.sub(rb"\r\n|\r|\n", b"\r\n", raw)


def _without_private_fields(raw: bytes, at: datetime) -> bytes:
    head, blank, body = raw.partition(b"\r\n\r\n")
    fields = _FIELD.sub(lambda f: b"" if _PRIVATE.fullmatch(f["name"]) else f[0], head + b"\r\n")
    # Whole seconds, UTC: the same instant as in the receipt.
    return f"Date: {format_datetime(at)}\r\n".encode("ascii") + fields + (blank and b"\r\n") + body


def not_armed(account: Account) -> NotArmed:
    """The refusal of every way to send while ``allow_send`` is off."""
    return NotArmed(
        f"Account {account.name} may not send.",
        f"To allow it, set allow_send = true under [accounts.{account.name}] in the config.",
    )
