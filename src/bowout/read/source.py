"""Take from a thread what may be believed: by whom, and the words without quote and signature. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bowout.mail import quotes
from bowout.model import Address, Folder, Identity, Joined, Message, Thread
from bowout.people import mailkind, me, names
from bowout.people.machines import RelayHit, Relays
from bowout.people.mailkind import Kind
from bowout.people.sides import Sides
from bowout.text import hiring
from bowout.text.harmless import one_line, readable
from bowout.text.spelling import compact

_MAX_SIGNATURE = 15  # lines
_FEW = 4  # words; a line of fewer says nothing
_NAME_AND_WORK = 9  # words of the line below the closing words
_MAX_CLOSING = 80  # characters of a line of closing words
# A line at least this long that another follows was wrapped by a mail program; "Time: ..." starts anew.
_WRAPPED = 55
_LABEL = re.compile(r"\s*(?:[-*•>]|\d+[.)]|[\w ]{2,20}:)")
_UNHEARD = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE, Kind.REACTION})


@dataclass(frozen=True, kw_only=True)
class Source:
    """Hold one message of the thread as evidence."""

    message: Message
    kind: Kind
    mine: bool
    sender: Address
    relay: RelayHit | None

    @cached_property
    def _split(self) -> quotes.Split:
        return quotes.split(readable(self.message.text))

    @property
    def new(self) -> str:
        """What this message itself says: no quote, no signature."""
        return self._split.new

    @property
    def quoted(self) -> str:
        """What it quotes."""
        return self._split.quoted

    @cached_property
    def signs(self) -> frozenset[str]:
        """The words of hiring in subject and new text."""
        return hiring.signs(f"{self.message.subject}\n{self.new}")

    @cached_property
    def _signed_at(self) -> int:
        """The line of the new text with which the sender signs: closing words, or their own name alone."""
        lines = self.new.split("\n")
        name = names.person_name(self.sender) or clean(self.sender.name)
        for at in range(max(0, len(lines) - _MAX_SIGNATURE), len(lines)):
            head = re.split(r"[|,·–—(]| - ", lines[at])[0].strip(" -*_")
            closes = names.closing().match(lines[at][:_MAX_CLOSING]) and not _goes_on(lines[at + 1 :])
            written = compact(head) and compact(head) in (compact(name), compact(name.partition(" ")[0]))
            if closes or written or names.stands_for(head, name):
                return at
        return len(lines)

    @cached_property
    def signature(self) -> str:
        """The lines from where the sender signs, without the closing words, and the signature proper."""
        below = self.new.split("\n")[self._signed_at :]
        if below and names.closing().match(below[0][:_MAX_CLOSING]):
            del below[0]
        return "\n".join([*below, self._split.signature]).strip()

    @cached_property
    def signed(self) -> str:
        """The person's name that stands below the closing words; empty when there is none."""
        return names.signed(self.signature.splitlines(), self.sender)

    @cached_property
    def prose(self) -> str:
        """The new text above the signature, and what was added below it.

        Hard-wrapped lines are joined, so that sentences are whole.
        """
        lines = self.new.split("\n")
        added = _added("\n".join([*lines[self._signed_at :], "", self._split.signature]))
        lines = [line.strip() for line in (*lines[: self._signed_at], *added)]
        joined = ""
        for line, following in zip(lines, [*lines[1:], ""], strict=False):
            wrapped = len(line) >= _WRAPPED and following and not _LABEL.match(following)
            joined += line + (" " if wrapped else "\n")
        return joined.strip()

    @cached_property
    def ends_it(self) -> bool:
        """Does it plainly end the process: a withdrawal of mine, a refusal of theirs?"""
        from bowout.read import verdict  # its word lists are only needed once a thread is read

        return (verdict.is_withdrawal if self.mine else verdict.is_rejection)(self.prose)

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


def _goes_on(below: Sequence[str]) -> bool:
    """Tell whether a sentence follows, so that "Thanks!" was no farewell."""
    line = next((line.strip() for line in below if line.strip()), "")
    words = len(line.split())
    return words > _FEW and (words > _NAME_AND_WORK or line.endswith((".", "!", "?")))


def _added(below: str) -> list[str]:
    """List the lines below the name that still say something: a postscript, or a word of regret."""
    added = [""]
    for paragraph in re.split(r"\n\s*\n", below):
        at = next(
            (m.start() for m in re.finditer(r"^", paragraph, re.MULTILINE) if _begins(paragraph, m)), None
        )
        if at is None and hiring.may_be_over(paragraph) and len(paragraph.split()) >= _FEW:
            at = 0
        if at is not None:
            added += ["", *paragraph[at:].split("\n")]
    return added if any(added) else []


def _begins(paragraph: str, line: re.Match[str]) -> bool:
    return names.postscript().match(paragraph, line.start()) is not None


def sources(thread: Thread, sides: Sides, relays: Relays) -> tuple[Source, ...]:
    """List the messages that may be believed, oldest first: mine, of counterparts and of hiring systems.

    Drafts, bounces, auto-replies and reactions say nothing; what an outsider says (my partner, to whom I
    forwarded the invitation) says nothing either.
    """
    found = (_source(m, sides.mine, relays) for m in thread.mails)
    return tuple(s for s in found if s is not None and (s.mine or s.relay or s.sender.key in sides.theirs))


def _source(message: Message, identities: Sequence[Identity], relays: Relays) -> Source | None:
    kind = mailkind.kind_of(message, relays)
    if kind in _UNHEARD or message.folder in (Folder.TRASH, Folder.JUNK):
        return None
    sender = next(iter(message.from_), Address("", ""))
    return Source(
        message=message,
        kind=kind,
        mine=me.from_me(message, identities),
        sender=sender,
        relay=relays.classify(sender, message),
    )


# --- values from mail -----------------------------------------------------------------------------


def clean(text: str, limit: int = 120) -> str:
    """Write a value from mail as one line of bounded length, without control characters or bidi overrides."""
    return one_line(text, limit)


def spoken_day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"
