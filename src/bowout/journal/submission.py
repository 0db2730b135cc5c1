"""Describe one armed letter as the journal holds it: its state, why it is held, and what the person approved.

The draft in the mailbox is the letter; a submission is the promise to send it once, as it was approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bowout.journal.origin import Provenance
from bowout.model import DraftKey, require_aware
from bowout.providers.base import TAKEN_OUT


class State(StrEnum):
    """Where a submission stands."""

    ARMED = "armed"
    SENDING = "sending"  # durable before the first byte leaves
    SENT = "sent"
    SENT_BY_PERSON = "sent-by-person"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"
    UNKNOWN = "unknown"  # it may or may not have been sent; never sent again by itself

    @property
    def is_final(self) -> bool:
        return self in (State.SENT, State.SENT_BY_PERSON, State.CANCELLED)

    @property
    def needs_person(self) -> bool:
        return self in (State.HELD, State.MISSED, State.UNKNOWN)


class Hold(StrEnum):
    """Why a submission is held."""

    THEY_WROTE = "they-wrote"
    YOU_WROTE = "you-wrote"
    EDITED = "edited"
    WHICH_DRAFT = "which-draft"
    RECORD_CHANGED = "record-changed"
    ACCOUNT_GONE = "account-gone"
    OTHER_MAILBOX = "other-mailbox"
    COPIED_STORE = "copied-store"
    OLDER_STORE = "older-store"
    CLOCK = "clock"
    BY_PERSON = "by-person"
    MAYBE_SENT = "maybe-sent"
    REFUSED = "refused"
    NOT_SENT = "not-sent"


SUSPECT = {Provenance.OTHER_MACHINE: Hold.COPIED_STORE, Provenance.OLDER_STORE: Hold.OLDER_STORE}
SUSPECTED = "the records were copied from another computer or an older backup"
UNKNOWING = "these records are a copy, made before it may have been sent"
ADOPTED = "you adopted the records; it may have been sent or taken back without their knowing"
COPY_STAYED = "another copy of it lay in Drafts when it was sent"
DELETE_COPY = "delete that copy in your mail program; whoever sends it writes to them twice"
ON_ITS_WAY = timedelta(minutes=10)  # so long what was taken out may still be on its way
UNANSWERED = "a run took it at {at} to send it, and no answer is known yet"


def on_its_way_until(taken: datetime, now: datetime) -> datetime | None:
    """Until when a letter that was taken out then may be on its way; None = that time is over."""
    until = taken + ON_ITS_WAY
    return until if now < until else None


def where_to_look(*, taken: bool, doubted: bool = False) -> str:
    """Where the person finds out whether a letter left; ``taken`` = a run took it out to send it.

    Then bowout itself puts the copy into Sent, once it knows that the letter left. ``doubted`` = these
    records do not know whether one did.
    """
    if doubted and not taken:
        return "Look into Sent and into the log of what sends your mail; an empty Sent proves nothing"
    if not taken:
        return "Look into Sent"
    return (
        "An empty Sent proves nothing here: bowout itself puts the copy there, once it knows that the letter"
        " left. Look into the log of what sends your mail, or ask them"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the person approved. ``messages`` are the ids of everything but drafts in the thread, and of the
    newest mail from and to the addressee elsewhere; ``drafts`` are those of other drafts in the thread.

    ``content_hash`` is the draft's, ``envelope`` a digest of From, recipients, subject and attachments;
    ``recipients`` (To and Cc) and ``subject`` are for showing. ``record`` and ``call`` are revisions of what
    the letter relies on (``call`` None = it confirms no call). ``allowed`` are lint rules that the person
    lets it break.
    """

    key: DraftKey
    content_hash: str
    envelope: str
    recipients: tuple[str, ...]
    subject: str
    messages: frozenset[str]
    drafts: frozenset[str] = frozenset()
    record: int
    call: tuple[int, int] | None  # id and revision
    mailbox_id: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A row of the outbox; ``s7`` on the command line. Times are UTC; ``zone`` and ``typed`` are as given.

    ``wall`` is the local time that was promised (``when.When``); None when an instant was. ``seen_hash`` is
    the draft's content as last seen, unchanged since ``seen_at``. ``version`` grows with every change.
    """

    id: int
    withdrawal_id: int
    draft_id: int  # the journal's number of the draft
    purpose: str
    account: str
    state: State
    hold: Hold | None = None
    detail: str = ""
    due: datetime
    zone: str
    typed: str
    wall: str | None = None
    not_after: datetime
    snapshot: Snapshot
    follow_edits: bool = False
    armed_at: datetime
    attempts: int = 0
    claim: str = ""  # the name of the last attempt; a copy of these records does not know it
    taken: str = ""  # the name of the last attempt that took the letter out; written by note_taken alone
    rearmed: bool = False  # evidence armed it again once; never a second time
    last_error: str = ""
    last_look: datetime | None = None
    looks: int = 0  # since the outcome became unknown
    unknown_since: datetime | None = None
    message_id: str | None = None  # of the sent copy
    sent_at: datetime | None = None
    todo: tuple[str, ...] = ()  # chores left after a send
    seen_hash: str = ""
    seen_at: datetime | None = None
    version: int = 1

    @property
    def handed_over(self) -> bool:
        """Was it taken out for what sends it? Then only bowout, once it knows, puts a copy into Sent."""
        return bool(self.claim) and self.taken == self.claim

    @property
    def proof(self) -> str:
        """Where the person finds out whether it left, to begin a sentence with."""
        doubted = self.hold in SUSPECT.values() or UNKNOWING in self.detail
        return where_to_look(taken=self.handed_over or TAKEN_OUT in self.detail, doubted=doubted)

    def __post_init__(self) -> None:
        require_aware(
            due=self.due,
            not_after=self.not_after,
            armed_at=self.armed_at,
            last_look=self.last_look,
            unknown_since=self.unknown_since,
            sent_at=self.sent_at,
            seen_at=self.seen_at,
        )

    @property
    def label(self) -> str:
        return f"s{self.id}"

    @property
    def needs_person(self) -> bool:
        """Does it wait for the person, or could it not be looked at?"""
        return self.state.needs_person or bool(self.last_error)
