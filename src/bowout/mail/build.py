"""Write a ``Reply`` as the bytes of a mail that every client understands (RFC 5322, RFC 2045-2047).

What cannot be written is refused.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from bowout.mail import headers
from bowout.mail.html import is_too_long, sanitise_html, text_to_html
from bowout.model import Message, Reply

MAX_QUOTE = 100_000  # characters of the quoted message

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
    """Write the mail of a reply: text and HTML that say the same, the quoted message below.

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
        quoted_text, quoted_html = _quote(reply.quoted, reply.attribution)
        text += "\n" + quoted_text
        html += "\n<br>\n" + quoted_html
    return _writable(text), _writable(html + "\n")


_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _writable(text: str) -> str:
    return headers.scalar(_UNWRITABLE.sub("", text))


_CUT = "[The rest of the quoted message is left out.]"


def _quote(message: Message, attribution: str) -> tuple[str, str]:
    text, html = message.text.strip("\n"), message.body.html if message.body else None
    if len(text) > MAX_QUOTE:
        text, html = f"{text[:MAX_QUOTE].rstrip()}\n\n{_CUT}", None
    whole = html and len(html) <= 5 * MAX_QUOTE and not is_too_long(html)
    inner = sanitise_html(html) if html and whole else text_to_html(text)
    quoted = "\n".join(">" + line if line[:1] in ("", ">") else "> " + line for line in text.split("\n"))
    style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
    open_quote = f'<blockquote type="cite" class="gmail_quote" style="{style}">'
    marked = f"{text_to_html(attribution)}\n{open_quote}\n{inner}\n</blockquote>"
    return f"{attribution}\n{quoted}\n", f'<div class="gmail_quote">{marked}</div>'


def make_message_id(domain: str) -> str:
    """Make a new unique Message-ID in angle brackets (RFC 5322 section 3.6.4)."""
    return f"<{secrets.token_hex(16)}@{headers.ascii_domain(domain) or 'bowout.invalid'}>"
