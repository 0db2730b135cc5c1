"""Compare two states of a mail as a reader would."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence

from bowout.mail.quotes import new_text, split, view
from bowout.model import Address, Body, Message
from bowout.text.harmless import for_terminal


def content_hash(message: Message) -> str:
    """Make a hash that changes when a reader would notice: recipients, subject, a word, an attachment.

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
    """Tell whether the two say the same above quote and signature (and say anything at all)."""
    words = _words(new_text(a))
    return bool(words) and words == _words(new_text(b))


def _keys(addresses: Sequence[Address]) -> list[str]:
    return sorted({address.key for address in addresses})


_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", for_terminal(text, newlines=True)).translate(_STRAIGHT)
    return re.sub(r"(?m)^[> ]+", "", text).split()
