"""Copy a draft as the person had left it, before bowout replaces it: nothing of theirs is lost."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from bowout.errors import DraftChanged
from bowout.text.harmless import for_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bowout.model import Address, Message


def refuse_attachments(message: Message) -> None:
    """Raise ``DraftChanged`` when the draft carries files: a copy of ours would lose them, even if forced."""
    if message.body and message.body.attachments:
        names = ", ".join(for_terminal(a.filename) or a.content_type for a in message.body.attachments)
        raise DraftChanged(
            f"You attached files to this draft ({names}). Replacing it would lose them; it was left alone.",
            "Send it as it is, or take the files out in your mail program first.",
        )


def copy_of(message: Message) -> bytes:
    """The draft as a mail that any mail program opens: addresses, subject, text and HTML as they were."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=998))
    for name, field in (
        ("From", message.from_),
        ("To", message.to),
        ("Cc", message.cc),
        ("Bcc", message.bcc),
    ):
        if field:
            mail[name] = _listed(field)
    mail["Subject"] = for_terminal(message.subject)
    mail.set_content(message.text)
    if message.body and message.body.html is not None:
        mail.add_alternative(message.body.html, subtype="html")
    return mail.as_bytes()


def _listed(addresses: Sequence[Address]) -> str:
    # Not parsed as structured addresses: a copy must come about even when the person was still typing one.
    return ", ".join(for_terminal(f"{a.name} <{a.address}>" if a.name else a.address) for a in addresses)
