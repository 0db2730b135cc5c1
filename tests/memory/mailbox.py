"""A mailbox in memory: the contract without a disk or a server, for tests and for trying things out.

Besides the ``Mailbox`` contract it plays the world and the person at their mail program (``arrive``,
``rewrite``, ``trash``, ``discard``, ``send``). What real providers are not known for certain to do, or do
differently, is a named switch in ``Habits``; everything above must be right under every value.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP
from enum import StrEnum
from itertools import count

from bowout.errors import NeedsPerson, OutcomeUnknown, Refused
from bowout.mail.build import build, make_message_id
from bowout.mail.compare import content_hash
from bowout.mail.parse import parse
from bowout.mail.quotes import new_text
from bowout.model import Account, DraftKey, Folder, Message, Reply
from bowout.providers.base import Abilities, Clock, Draft, Evidence, Maybe, Receipt
from bowout.providers.headers_only.mailbox import LocalMailbox
from bowout.providers.precondition import draft_changed, draft_gone
from bowout.providers.sending.outgoing import not_armed, outgoing

_HIDDEN = (Folder.TRASH, Folder.JUNK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How this mailbox behaves where providers differ."""

    abilities: Abilities = field(default=Abilities(has_precondition=True))
    edit_changes_id: bool = False  # the person's edit gives the draft another id (Gmail messages, IMAP)
    edit_changes_message_id: bool = False  # ... and another Message-ID (some desktop clients)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One message as the mailbox holds it. ``version`` grows with every change of its content."""

    id: str
    raw: bytes
    folder: Folder
    seen: bool
    version: int = 1


class Trouble(StrEnum):
    """What may happen to one submission."""

    REFUSED = "refused"
    REFUSED_FOR_NOW = "refused-for-now"
    LOST_BEFORE = "lost-before"  # the connection breaks and nothing was accepted
    LOST_AFTER = "lost-after"  # it breaks although the mail was accepted


class MemoryMailbox(LocalMailbox):
    """The ``Mailbox`` contract on a dictionary."""

    def __init__(self, account: Account, clock: Clock, habits: Habits | None = None) -> None:
        super().__init__(account, clock)
        self.habits = habits or Habits()
        self.abilities = self.habits.abilities
        # Set to lose the answer to the next save: it reaches the mailbox, and nobody here learns of it.
        self.lose_next_answer = False
        self.accepted: list[bytes] = []  # every mail that left this mailbox
        self.trouble: Trouble | None = None  # of the next submission
        self._taken: dict[str, Stored] = {}  # drafts that are being submitted
        self._stored: dict[str, Stored] = {}
        self._numbers = count(1)

    def copied(self, clock: Clock) -> MemoryMailbox:
        """The same mailbox for another clock, ids to come included; a ``Stored`` never changes."""
        other = copy(self)
        number = next(self._numbers)
        self._numbers, other._numbers = count(number), count(number)
        other._clock = clock
        other.accepted = list(self.accepted)
        other._taken, other._stored = dict(self._taken), dict(self._stored)
        return other

    def mailbox_id(self) -> str:
        return f"memory:{self.account.address.casefold()}"

    # --- what the person and the world do ---

    def arrive(self, raw: bytes, folder: Folder = Folder.INBOX, *, seen: bool = False) -> str:
        """A message appears in a folder. Returns its id."""
        item = Stored(id=f"m{next(self._numbers)}", raw=raw, folder=folder, seen=seen)
        self._stored[item.id] = item
        return item.id

    def contents(self, *folders: Folder) -> tuple[Stored, ...]:
        """Everything in these folders, or in all of them, in order of arrival."""
        return tuple(item for item in self._stored.values() if not folders or item.folder in folders)

    def rewrite(self, identifier: str, raw: bytes) -> str:
        """The person edits a draft in their client. Returns its id afterwards."""
        old = self._stored[identifier]
        if self.habits.edit_changes_message_id:
            raw = _with_new_message_id(raw, self.account)
        if self.habits.edit_changes_id:
            del self._stored[identifier]
            return self.arrive(raw, Folder.DRAFTS, seen=True)
        self._stored[identifier] = replace(old, raw=raw, version=old.version + 1)
        return identifier

    def trash(self, identifier: str) -> None:
        """The person moves a message to the trash."""
        self._stored[identifier] = replace(self._stored[identifier], folder=Folder.TRASH)

    def discard(self, identifier: str) -> None:
        """The person deletes a message for good."""
        del self._stored[identifier]

    def send(self, identifier: str) -> str:
        """The person sends a draft by hand; the server may give the sent copy another Message-ID."""
        raw = self._stored.pop(identifier).raw
        if self.abilities.replaces_message_id:
            raw = _with_new_message_id(raw, self.account)
        return self.arrive(_dated(raw, self._clock), Folder.SENT, seen=True)

    # --- reading ---

    def _headers(self) -> list[Message]:
        return [
            parse(item.raw, id=item.id, folder=item.folder, headers_only=True)
            for item in self._stored.values()
            if item.folder not in _HIDDEN
        ]

    def _raw(self, message: Message) -> bytes | None:
        item = self._stored.get(message.id)
        return None if item is None else item.raw

    # --- drafts ---

    def save_draft(self, reply: Reply) -> Draft:
        if self.abilities.composes_quote:
            identifier = self._compose(reply)
        else:
            identifier = self.arrive(build(reply), Folder.DRAFTS, seen=True)
        if self.lose_next_answer:
            self.lose_next_answer = False
            raise OutcomeUnknown(
                "The mailbox did not answer; the draft may be there or not.",
                "Run the same command again: it looks before it writes.",
            )
        if self.abilities.composes_quote:
            self._fill(identifier, reply)
        key = DraftKey(thread_id=reply.thread_id, message_id=reply.message_id, parent_id=reply.parent_id)
        return self._draft(self._stored[identifier], key)

    def find_draft(self, key: DraftKey) -> Draft | None:
        drafts = [(item, self._parsed(item)) for item in self.contents(Folder.DRAFTS)]
        fitting = [d for d in drafts if d[0].id == key.id]
        fitting = fitting or [d for d in drafts if d[1].message_id == key.message_id]
        empty = not fitting and self.abilities.composes_quote
        if empty:
            fitting = [d for d in drafts if self._is_left_over(d[1], key)]
        if len(fitting) > 1 or (fitting and self._taken_out(key)):
            raise NeedsPerson(
                "Two drafts in the mailbox could be the one that bowout wrote.",
                "Look at both in your mail program, delete one, and run the same command again.",
            )
        return replace(self._draft(fitting[0][0], key), empty=empty) if fitting else None

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        item = self._held(draft)
        self._fill(item.id, reply)
        return self._draft(self._stored[item.id], replace(draft.key, parent_id=reply.parent_id))

    def delete_draft(self, draft: Draft) -> None:
        del self._stored[self._held(draft).id]

    # --- sending ---

    def content(self, draft: Draft) -> bytes:
        """The bytes of the draft as it was given. Raises ``DraftGone`` or ``DraftChanged``."""
        return self._held(draft).raw

    def hand_over(self, draft: Draft, raw: bytes, *, accepted: bool) -> None:
        """The server moves the draft to Sent in one act, or the draft waits outside for what comes of it."""
        item = self._held(draft)
        if accepted:
            self.accepted.append(raw)
        if not self.abilities.consumes_draft:
            self._taken[draft.claim] = self._stored.pop(item.id)
        elif accepted:
            self.send(item.id)

    def give_back(self, key: DraftKey, claim: str) -> bool:
        """Put a draft that this claim took out back; False when none is out."""
        item = self._claimed(key, claim)
        if item is not None:
            self._stored[item.id] = item
        return item is not None

    def _claimed(self, key: DraftKey, claim: str) -> Stored | None:
        """No longer among the taken: the one under this claim, without one whichever."""
        named = [c for c in self._taken_out(key) if claim in ("", c)]
        return self._taken.pop(named[0]) if named else None

    def _taken_out(self, key: DraftKey) -> list[str]:
        return [c for c, item in self._taken.items() if self._parsed(item).message_id == key.message_id]

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        found = super().find_sent(draft)
        if found is None and (claims := self._taken_out(draft.key)):
            return Maybe(ids=tuple(claims), why="it was taken out of Drafts")
        return found

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None:
        """Put the draft that this claim took out among the sent mail, unless a copy of it lies there."""
        item = self._claimed(key, claim)
        if item and not self.has_sent_copy(key, item.raw):
            self.arrive(outgoing(item.raw, at).raw, Folder.SENT, seen=True)

    def _held(self, draft: Draft) -> Stored:
        found = self.find_draft(draft.key)
        if found is None:
            raise draft_gone()
        if found.revision != draft.revision:
            raise draft_changed()
        return self._stored[found.message.id]

    def _compose(self, reply: Reply) -> str:
        """The server starts a reply by itself: its own Message-ID, the parent's quote, no text above it."""
        server_id = make_message_id("memory.invalid")
        empty = replace(reply, text="", html="<br>", quoted=self._parent(reply), message_id=server_id)
        return self.arrive(build(empty), Folder.DRAFTS, seen=True)

    def _fill(self, identifier: str, reply: Reply) -> None:
        old = self._stored[identifier]
        if self.abilities.composes_quote:
            reply = replace(reply, quoted=self._parent(reply))
        self._stored[identifier] = replace(old, raw=build(reply), version=old.version + 1)

    def _parent(self, reply: Reply) -> Message:
        return self._parsed(self._stored[reply.parent_id])

    def _is_left_over(self, draft: Message, key: DraftKey) -> bool:
        """Did an interrupted run of ours start this draft? Only one without any text above the quote."""
        thread = self._threads().find(key.thread_id)
        return (
            key.intended_at is not None
            and thread is not None
            and draft.id in {m.id for m in thread.drafts}
            and draft.id not in key.known
            and draft.moment >= key.intended_at.replace(microsecond=0)
            and not new_text(draft)
        )

    def _parsed(self, item: Stored) -> Message:
        return parse(item.raw, id=item.id, folder=item.folder)

    def _draft(self, item: Stored, key: DraftKey) -> Draft:
        message = replace(self._parsed(item), thread_id=key.thread_id)
        return Draft(
            key=replace(key, id=item.id),
            revision=f"{item.id}:{item.version}",
            content_hash=content_hash(message),
            message=message,
        )


def open_submitter(account: Account, mailbox: MemoryMailbox, clock: Clock) -> MemorySubmitter:
    return MemorySubmitter(account, mailbox, clock)


class MemorySubmitter:
    """The ``Submitter`` contract on the same dictionary, as the mailbox's abilities have it: the server takes
    the draft and files it (``consumes_draft``), or somebody else carries it away."""

    def __init__(self, account: Account, mailbox: MemoryMailbox, clock: Clock) -> None:
        self._account = account
        self._mailbox = mailbox
        self._clock = clock
        consumes = mailbox.abilities.consumes_draft
        self.evidence = Evidence.CONSUMES_DRAFT if consumes else Evidence.TAKES_OUT

    def submit(self, draft: Draft) -> Receipt:
        if not self._account.allow_send:
            raise not_armed(self._account)
        mailbox = self._mailbox
        trouble, mailbox.trouble = mailbox.trouble, None
        mail = outgoing(mailbox.content(draft), self._clock())
        if trouble in (Trouble.REFUSED, Trouble.REFUSED_FOR_NOW):
            raise Refused("550 no", "Nothing was sent.", temporary=trouble is Trouble.REFUSED_FOR_NOW)
        mailbox.hand_over(draft, mail.raw, accepted=trouble is not Trouble.LOST_BEFORE)
        if trouble is not None:
            raise OutcomeUnknown("The server did not answer.", "Look into Sent.")
        return Receipt(message_id=mail.message_id, id=None, at=mail.at)

    def give_back(self, key: DraftKey, claim: str) -> bool:
        return self._mailbox.give_back(key, claim)

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None:
        self._mailbox.file_sent(key, claim, at)


def _with_new_message_id(raw: bytes, account: Account) -> bytes:
    return _with_header(raw, "Message-ID", make_message_id(account.address.rpartition("@")[2]))


def _dated(raw: bytes, clock: Clock) -> bytes:
    return _with_header(raw, "Date", f"{clock():%a, %d %b %Y %H:%M:%S} +0000")


def _with_header(raw: bytes, name: str, value: str) -> bytes:
    message = message_from_bytes(raw)  # the old policy keeps every other header byte for byte
    del message[name]
    message[name] = value
    return message.as_bytes(policy=message.policy.clone(linesep=SMTP.linesep))
