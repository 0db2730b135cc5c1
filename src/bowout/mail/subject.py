"""Read what stands before a subject: marks of replies and forwards, tags of gateways, a cancellation. Pure.

The marks are those that mail programs write in their own language ("AW:", "Antwort:", "返信:"), whole words
before a colon, so that "Research: ..." and "R programmer" keep theirs. A title such as "RE: Engineer" cannot
be told from an answer about an engineer, and is read as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["base", "has_mark", "is_cancelled", "is_forward", "is_reply", "parts", "without_marks"]

# English, German, Scandinavian, Spanish, Portuguese, Italian, Polish, Turkish, Hungarian, Russian (Outlook
# writes "на" in either script), Czech, French, Latvian, Malay, Greek, Hebrew, Arabic, Chinese, Japanese (also
# in full width), Korean. "VS" is a reply in Finland.
_REPLY = "re|aw|antw|antwort|sv|vs|res|resp|rif|r|ref|odp|ynt|vá|на|ha|回复|回覆|答复|返信|ｒｅ|답장"
_REPLY += "|ответ|odpověď|rép|atb|balas|απ|σχετ|רד|תגובה|رد"
# English, German, French, Spanish, Portuguese, Italian, Swedish, Polish, Dutch, Turkish, Finnish, Hungarian,
# Chinese, Japanese, Korean.
_FORWARD = "fwd?|wg|tr|rv|enc|i|vb|pd|doorst|ilt|vl|továbbítás|转发|轉寄|転送|전달"
_CANCELLED = "cancel+ed(?: event)?|cancel+ation|abgesagt|abgesagter termin|storniert|annul[ée]e?|cancelad[oa]"

_LONGEST = 998  # RFC 5322 section 2.1.1
# One mark, also counted ("Re[2]:", "Re (3):", "Re^2:"), or one tag in brackets.
_MARK = re.compile(
    rf"\s*+(?:(?:(?P<reply>{_REPLY})|(?P<forward>{_FORWARD}))\s*+(?:\[\d+\]|\(\d+\)|\^\d+)?\s*+[:：]"
    r"|\[(?P<tag>[^\[\]]{1,40})\])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[:|,()/;@?!]\s*|\s+[-–—]+\s+")
_GATEWAY_TAGS = ("ext", "external")
_CANCELLATION = re.compile(rf"\s*(?:{_CANCELLED})\s*:", re.IGNORECASE)


def is_reply(subject: str) -> bool:
    """Tell whether the first mark is one of a reply."""
    first = _first(subject)
    return first is not None and first["reply"] is not None


def is_forward(subject: str) -> bool:
    """Tell whether the first mark is one of a forwarded mail."""
    first = _first(subject)
    return first is not None and first["forward"] is not None


def has_mark(subject: str) -> bool:
    """Tell whether a reply or forward mark stands before the subject."""
    return _first(subject) is not None


def without_marks(subject: str) -> str:
    """Cut reply and forward marks, and the tags of gateways ([EXT]); other tags may name a firm and stay."""
    at = 0
    for found in _marks(subject):
        if found["tag"] and found["tag"].casefold() not in _GATEWAY_TAGS:
            break
        at = found.end()
    return subject[at:].lstrip()


def base(subject: str) -> str:
    """Fold the subject without marks and without any tag in front: what all mails of a thread share."""
    cut = subject[:_LONGEST]
    at = max((found.end() for found in _marks(cut)), default=0)
    return " ".join(cut[at:].casefold().split())


def parts(subject: str) -> tuple[str, ...]:
    """Split the subject, without its marks, where a colon, a comma or a dash parts it."""
    return tuple(filter(None, _SEPARATOR.split(without_marks(subject[:_LONGEST]).strip())))


def is_cancelled(subject: str) -> bool:
    """Tell whether the subject, or a calendar's title, says that the meeting is off."""
    return _CANCELLATION.match(without_marks(subject)) is not None


def _first(subject: str) -> re.Match[str] | None:
    return next((found for found in _marks(subject) if not found["tag"]), None)


def _marks(subject: str) -> Iterator[re.Match[str]]:
    """Everything before the subject proper, one mark or tag after the other."""
    at, cut = 0, subject[:_LONGEST]
    while (found := _MARK.match(cut, at)) is not None:
        yield found
        at = found.end()
