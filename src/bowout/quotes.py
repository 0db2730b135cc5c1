"""What somebody wrote in a mail, as opposed to their signature and the mail they quote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bowout.model import Message


@dataclass(frozen=True, slots=True)
class Split:
    """A mail text in three parts, each stripped of empty lines around it."""

    new: str
    signature: str
    quoted: str


_WROTE = re.compile(
    r"^(?:on|am|le|el|il|op|em|den|w dniu)\b.{5,200}\b"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał(?:\(a\))?)\b.{0,120}:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(r"^\s*[-_]{3,}\s*(?:original message|forwarded message|ursprüngliche nachricht)", re.I)
_FROM = re.compile(r"^\*?(?:from|von|de|da|van)\s*:\*?\s", re.IGNORECASE)
_SENT = re.compile(
    r"^\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden|to|an|à)\s*:\*?\s", re.I
)


def split(text: str) -> Split:
    """Tell new text from signature and quote. Quoted lines between new ones (inline answers) go to quoted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = _history_starts(lines)
    head, tail = lines[:cut], lines[cut:]
    signature_at = next((i for i, line in enumerate(head) if line in ("-- ", "--")), len(head))
    kept = [line for line in head[:signature_at] if not line.startswith(">")]
    quoted = [line for line in head[:signature_at] if line.startswith(">")] + tail
    return Split(_joined(kept), _joined(head[signature_at:]), _joined(quoted))


def _history_starts(lines: list[str]) -> int:
    for index, line in enumerate(lines):
        if _ORIGINAL.match(line) or _WROTE.match(" ".join(lines[index : index + 2])) or _WROTE.match(line):
            return index
        if _FROM.match(line) and any(_SENT.match(other) for other in lines[index + 1 : index + 4]):
            return index
    return len(lines)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def new_text(message: Message) -> str:
    """What the sender of ``message`` wrote in it: no quote, no signature. Empty without a body."""
    return split(message.text).new
