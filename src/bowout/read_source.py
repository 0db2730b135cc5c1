"""What a thread offers as evidence: which message, written by whom, and its words without quote and signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bowout import parties, quotes
from bowout.model import Address, Folder, Identity, Joined, Message, Thread
from bowout.parties import Kind, Parties, RelayHit, Relays

# Long mails are read up to here; what matters for a process is said early.
_MAX_TEXT = 20_000
_CLOSING = re.compile(
    r"\s*(?:(?:with |mit )?(?:kind(?:est)?|best|warm(?:est)?|many|freundlichen?|besten?|herzlichen?|lieben?|vielen?|schönen?)"
    r"\s+(?:regards|wishes|thanks|dank|gr(?:ü|ue)(?:ß|ss)en?)|regards|best|cheers|thanks(?: again| so much)?|thank you|"
    r"(?:yours )?sincerely|yours (?:truly|faithfully)|all the best|warmly|talk soon|see you (?:soon|then)|mfg|lg|vg|gruß|"
    r"freundliche grüße aus \w+)\s*[,.!]*\s*$",
    re.IGNORECASE,
)
_UNHEARD = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE, Kind.REACTION})


@dataclass(frozen=True, kw_only=True)
class Source:
    """One message of the thread as evidence."""

    message: Message
    kind: Kind
    mine: bool
    sender: Address
    relay: RelayHit | None

    @cached_property
    def _split(self) -> quotes.Split:
        return quotes.split(self.message.text[:_MAX_TEXT])

    @property
    def new(self) -> str:
        """What this message itself says: no quote, no signature."""
        return self._split.new

    @cached_property
    def signature(self) -> str:
        """The lines below the closing words, and the signature proper."""
        lines = self.new.split("\n")
        closed = (i for i in range(len(lines) - 1, max(-1, len(lines) - 16), -1) if _CLOSING.match(lines[i]))
        below = lines[next(closed, len(lines)) + 1 :]
        return "\n".join([*below, self._split.signature]).strip()

    @property
    def linked(self) -> bool:
        """Does more than subject and participants tie it to the thread? Else it names no company or title."""
        return self.message.joined is not Joined.SUBJECT

    @property
    def who(self) -> str:
        """Whose message it is, in words for a person."""
        return clean(self.sender.name) or self.sender.address

    @property
    def day(self) -> str:
        return spoken_day(self.message.moment)


def sources(thread: Thread, sides: Parties, relays: Relays) -> tuple[Source, ...]:
    """The messages that may be believed, oldest first: mine, and those of counterparts and hiring systems.

    Drafts, bounces, auto-replies and reactions say nothing; what an outsider says (my partner, to whom I
    forwarded the invitation) says nothing either.
    """
    found = (_source(m, sides.mine, relays) for m in thread.mails)
    return tuple(s for s in found if s is not None and (s.mine or s.relay or s.sender.key in sides.theirs))


def _source(message: Message, identities: Sequence[Identity], relays: Relays) -> Source | None:
    kind = parties.kind_of(message, relays)
    if kind in _UNHEARD or message.folder in (Folder.TRASH, Folder.JUNK):
        return None
    sender = next(iter(message.from_), Address("", ""))
    return Source(
        message=message,
        kind=kind,
        mine=parties.from_me(message, identities),
        sender=sender,
        relay=relays.classify(sender, message),
    )


# --- values from mail -----------------------------------------------------------------------------


def clean(text: str, limit: int = 120) -> str:
    """A value from mail as one line of bounded length, without control characters or bidi overrides."""
    line = "".join(c if c.isprintable() else " " for c in text[: 10 * limit])
    return " ".join(line.split())[:limit].strip()


def fold(text: str) -> str:
    """Letters and digits only, case folded: how two spellings of one name are compared."""
    return re.sub(r"[\W_]+", "", text.casefold())


def spoken_day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"
