"""Searching mail on this side, for mailboxes that nobody indexes for us. Pure.

WHO is data, never a query: it is folded (case, accents and width do not matter), split at white space, and
a message mentions it when **every word** occurs in one of its fields: subject, people, text, calendars, names
of attachments. So the phrase matches, and so does "Berg, Anna" for ``Anna Berg``. A word of up to three
letters must stand alone ("Go" is not in "Google"); a longer one may be part of another ("acme" in acmejobs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bowout.model import Body, Message
from bowout.people.machines import System, hiring_system
from bowout.text import hiring
from bowout.text.spelling import fold

_EDGES = "\"'`´“”„‟‘’‚«»‹›()[]{}<>,;:!?."
_SHORT = 3
_MOST_WORDS = 32  # more than anybody types; a longer WHO is matched by its first words

# A raw mail without any of these holds all its text in the clear. Literals: every mail is searched for them.
_VEILS = (
    *(b"base64", b"quoted-printable", b"uuencode", b"=?", b"text/html", b"text/calendar", b"iso-2022"),
    *(b"utf7", b"utf-7", b"utf16", b"utf-16", b"utf32", b"utf-32", b"hz-gb"),
)
_ICALENDAR_FOLD = re.compile(r"\r?\n[ \t]")  # RFC 5545 section 3.1: it may fall inside a word


@dataclass(frozen=True, slots=True)
class Needle:
    """WHO, made ready for searching. Without words (only quotes, say) it is mentioned nowhere."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, who: str) -> Needle:
        words = (word.strip(_EDGES) for word in fold(who).split())
        return cls(tuple(dict.fromkeys(word for word in words if word))[:_MOST_WORDS])

    def missing_from(self, text: str) -> Needle:
        """The words that ``text`` does not mention."""
        folded = fold(text)
        return Needle(tuple(word for word in self.words if not _mentions(folded, word)))

    def may_be_in(self, raw: bytes) -> bool:
        """False only when decoding this whole raw message cannot bring any of the words to light."""
        lowered = raw.lower()
        if not raw.isascii() or any(veil in lowered for veil in _VEILS):
            return True
        return all(word.isascii() and word.encode("ascii") in lowered for word in self.words)


def _mentions(folded: str, word: str) -> bool:
    if len(word) > _SHORT or not word.isascii():
        return word in folded
    return word in folded and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded) is not None


def header_text(message: Message) -> str:
    """Subject and people of a message, one field a line."""
    people = (f"{address.name}\n{address.address}" for address in message.participants)
    return "\n".join((message.subject, *people))


def body_text(message: Message) -> str:
    """Everything readable below the headers, one part after another; empty without a body."""
    return "\n".join(_body_parts(message))


def _body_parts(message: Message) -> Iterator[str]:
    if message.body:
        yield message.body.text
        yield from (_ICALENDAR_FOLD.sub("", calendar) for calendar in message.body.calendars)
        yield from (attachment.filename for attachment in message.body.attachments)


def mentions(message: Message, needle: Needle) -> bool:
    """Does the message, body included if it is there, mention every word?"""
    if not needle.words:
        return False
    left = needle.missing_from(header_text(message))
    return not left.words or not left.missing_from(body_text(message)).words


def looks_like_hiring(message: Message) -> bool:
    """Is the message, as far as it is loaded, about a job: by its words, its sender, or an invitation?

    Mailing lists, newsletters and the alerts of job boards talk about jobs all day and are judged by their
    subject and sender only; of a board, only mail to one person counts.
    """
    return _names_hiring(message) or _in_body(message, lambda body: hiring.is_listed(body.text))


def may_be_hiring(message: Message) -> bool:
    """The same with less asked of a text: for a search in which every thread is judged before it counts."""
    return _names_hiring(message) or _in_body(
        message, lambda body: hiring.may_be_listed(f"{message.subject}\n{body.text}")
    )


def _names_hiring(message: Message) -> bool:
    """Does its sender or its subject tell that it is about a job?"""
    systems = {hiring_system(address) for address in (*message.from_, *message.reply_to)}
    if systems & {System.ATS, System.SCHEDULER} or (System.BOARD in systems and not _to_many(message)):
        return True
    return hiring.is_listed(message.subject)


def _in_body(message: Message, tells: Callable[[Body], bool]) -> bool:
    """Is there an invitation below the headers, or a text that tells it, in mail to one person?"""
    body = message.body
    return body is not None and not _to_many(message) and (bool(body.calendars) or tells(body))


def _to_many(message: Message) -> bool:
    return bool(message.header("list-id") or message.header("list-unsubscribe"))
