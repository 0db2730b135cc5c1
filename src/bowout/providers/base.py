"""Define the contracts that every provider keeps, and what it gives back.

MAILBOX   finds threads and keeps drafts in them. SUBMITTER sends one draft, once.
KEY       ``DraftKey``: the provider's draft id or the Message-ID we wrote. A draft found in any other way
          is not ours: it is reported, never replaced, never sent.
GONE      a draft in Trash, Deleted Items, Junk, or flagged ``\\Deleted`` is gone.
REVISION  the provider's own precondition of a draft (ETag, UID, file name), opaque to everybody else.

What a provider cannot do it declares in ``abilities`` and refuses with ``CannotDo``; it never emulates
and never returns False. Reads may be retried by the adapter; **writes never are**. Every method raises
``SignInNeeded`` and ``Unreachable`` when that is what happened; a write raises ``Unreachable`` only when
nothing can have reached the provider (failure before the first request byte, or an answer that proves it
did nothing) and ``OutcomeUnknown`` when it may have. Nothing provider-shaped passes this border.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from bowout.model import Account, DraftKey, Identity, Message, Query, Reply, Thread, require_aware

# Gives the current instant as an aware datetime in UTC; injected everywhere, never patched.
Clock = Callable[[], datetime]
# Tells whether a thread is what a search without WHO is for.
Wanted = Callable[[Thread], bool]
CLOCKS_DIFFER = timedelta(minutes=10)  # between this computer and a provider, when looking for our own words
STALE = 60.0  # seconds between the last look at a draft and the first byte of it; after more: look again


def boot_time() -> float:
    """Seconds that also pass while the computer sleeps (CLOCK_BOOTTIME where there is one)."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it now stands in the mailbox.

    ``revision`` is the provider's own precondition, opaque here. ``content_hash`` covers recipients, From,
    subject, text and attachments after normalising (``mail.compare``): equal hashes mean that nobody
    changed anything a reader would notice.
    """

    key: DraftKey
    revision: str
    content_hash: str
    message: Message
    link: str | None = None
    # True when the draft was adopted from an interrupted run and still lacks our letter.
    empty: bool = False
    # The name of the attempt that submits it, which nobody knows but its row, and what to do once the draft
    # was taken out for it, before the first byte (``Filing``).
    claim: str = ""
    on_taken: Callable[[], object] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a letter was sent: by a submission of ours, or found as a sent copy."""

    message_id: str | None
    id: str | None
    at: datetime
    edited: bool = False  # the sent text differs from the draft as we knew it

    def __post_init__(self) -> None:
        require_aware(at=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maybe:
    """Something in the thread may be the sent copy, but nothing proves it."""

    ids: tuple[str, ...]
    why: str


class Evidence(StrEnum):
    """How a submitter can settle an unknown outcome later (design: outbox)."""

    CONSUMES_DRAFT = "consumes-draft"
    SENT_COPY = "sent-copy"
    TAKES_OUT = "takes-out"  # before the first byte; so what still lies there was not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a provider does by itself. Declared as data so that nobody has to ask which provider it is."""

    composes_quote: bool = False  # the server writes the quoted history into a reply draft
    replaces_message_id: bool = False  # the sent copy may carry another Message-ID than our draft
    has_precondition: bool = False  # replace_draft cannot overwrite an edit made in between
    consumes_draft: bool = False  # a submission removes the draft, so a draft that remains was not sent
    files_sent: bool = False  # the server files the sent copy
    names_unread: bool = False  # search names what may be about work and was left unread, without messages


class Mailbox(Protocol):
    """One mailbox of the person."""

    account: Account
    abilities: Abilities

    def identities(self) -> tuple[Identity, ...]:
        """Every address the person can write from here, the primary one first."""
        ...

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        """Threads with a message that mentions ``query.who`` in any field, body included, newest first.

        At most ``limit`` threads, never from Trash or Junk, each whole (all its messages) with whatever
        bodies cost no extra round trip; drafts of a thread are among its messages. ``who`` is data: it is
        quoted for the provider's query language. Nothing found is an empty tuple. With ``names_unread`` a
        thread that may be about work and was not read, because too many match, comes last, without messages.

        Without WHO, ``wanted`` says which threads count: it is asked about every thread that is read, and
        reading goes on, within bounds, until ``limit`` of them are found. What was left unread then comes
        last, without messages, whatever the abilities; nothing there means that the whole period was read.

        With both, what may be like WHO: ``wanted`` is asked about every thread of the period where all mail
        is at hand, else about those that hold any word of WHO, or look like hiring. Two round trips at most.
        """
        ...

    def thread(self, thread_id: str) -> Thread:
        """The thread, complete. Raises ``NothingFound`` when it no longer exists.

        ``thread_id`` may be one remembered from an earlier run.
        """
        ...

    def save_draft(self, reply: Reply) -> Draft:
        """Leave a new draft in the thread. Called once per intent; the caller has journaled the intent.

        The draft carries ``reply.message_id``, is marked as draft and as seen, and touches no other message.
        """
        ...

    def find_draft(self, key: DraftKey) -> Draft | None:
        """Our draft as it now stands, or None when it is gone. Finds it by ``key.id``, else by Message-ID.

        A provider that composes the quote also adopts the one draft that was created in the thread after
        ``key.intended_at``, is not in ``key.known``, and holds no text above the server's quote
        (``Draft.empty``). Two drafts that fit: ``NeedsPerson``.
        """
        ...

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        """Put ``reply`` in the place of ``draft``; never leaves two, never none.

        Raises ``DraftChanged`` when the mailbox no longer holds ``draft.revision``, ``DraftGone`` when it is
        gone. ``reply.message_id`` equals ``draft.key.message_id``.
        """
        ...

    def delete_draft(self, draft: Draft) -> None:
        """Remove our draft. Raises as ``replace_draft`` does; only called for drafts that bowout wrote."""
        ...

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        """Was this letter sent? By id; else same thread, from me, after the draft was made, same new text.

        ``Receipt`` is proof, with ``edited`` set when the text differs but the id agrees. What only another
        folder holds (``mail.evidence``), or something newer from me in the thread, is a ``Maybe``.
        """
        ...

    def mailbox_id(self) -> str:
        """A stable name of the mailbox behind the account (the provider's user id), to notice a swap."""
        ...

    def server_time(self) -> datetime | None:
        """The provider's clock as of its last answer; None where there is no server."""
        ...

    def close(self) -> None:
        """Release connections. Safe to call twice."""
        ...


class Submitter(Protocol):
    """The part of a provider that sends (RFC 6409 calls the act submission)."""

    evidence: Evidence

    def submit(self, draft: Draft) -> Receipt:
        """Submit this very draft, at most once per call; never retries.

        Raises ``Refused`` with proof that nothing was accepted, ``DraftGone`` / ``DraftChanged`` when the
        draft is not there as given (nothing was sent), ``OutcomeUnknown`` for everything else. Raises
        ``NotArmed`` before a byte leaves when ``account.allow_send`` is off, and ``Interrupted`` when the
        person stopped it by Ctrl-C and it is certain that nothing left.
        """
        ...


@runtime_checkable
class Filing(Protocol):
    """What a submitter also does where no server removes the draft and files the sent copy by itself.

    Such a submitter takes the draft out of Drafts in one step right before the first byte, so that nobody
    sends it a second time meanwhile, marked with the ``claim`` of the attempt, and puts it back itself when
    it was refused. What another claim took out is not touched; ``find_sent`` tells of it (``Maybe``). An
    empty claim means whichever: what the person says is done with what lies there.
    """

    def give_back(self, key: DraftKey, claim: str) -> bool:
        """Put a draft that this claim took out back into Drafts; False when none is out."""
        ...

    def file_sent(self, key: DraftKey, claim: str, at: datetime) -> None:
        """Put the draft that this claim took out, submitted at ``at``, among the sent mail; twice is
        harmless."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A letter that was taken out of Drafts to be sent: the file that it is, and the one to make it again.

    ``sent`` is the file to make it in Sent, None = there is no such folder. ``taken`` is when, in UTC, and
    ``claim`` by which attempt.
    """

    path: Path
    home: Path
    sent: Path | None
    taken: datetime
    claim: str


TAKEN_OUT = "a run of bowout took it out of Drafts"  # how a ``Maybe`` begins that is such a letter


@runtime_checkable
class Holding(Protocol):
    """A mailbox that lists among the drafts of a thread what was taken out of Drafts (``Filing``)."""

    def outside(self, draft: Message) -> Outside | None:
        """Where this one of them lies; None for one that is in a folder."""
        ...

    def taken_out(self, key: DraftKey) -> Outside | None:
        """Where the letter of that key lies, whoever took it out; None = nobody did."""
        ...


@runtime_checkable
class Declining(Protocol):
    """A mailbox that can also answer the invitations in it, where the provider keeps the calendar too."""

    def decline_invitation(self, message_id: str, note: str) -> None:
        """Decline the event that this mail invites to, once; ``note`` goes to the organiser.

        Raises ``AlreadyDone`` when it was declined before, ``NothingFound`` without an event, and what writes
        raise.
        """
        ...
