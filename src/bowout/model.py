"""The words of bowout as frozen value types. No I/O, no decisions, nothing provider-shaped.

Every datetime is aware; constructors refuse naive ones. Message-IDs and References keep their angle brackets
and are compared byte for byte (RFC 5322 section 3.6.4). Mail is hostile, and kept as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


def require_aware(**moments: datetime | None) -> None:
    """Raise ValueError, naming the field, when a datetime has no time zone."""
    for name, moment in moments.items():
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"{name} has no time zone: {moment!r}")


# --- mail -----------------------------------------------------------------------------------------


class Folder(StrEnum):
    """What a message's place in the mailbox means (special uses of RFC 6154)."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    JUNK = "junk"
    OTHER = "other"


class Joined(StrEnum):
    """Why a message counts as part of its thread."""

    SERVER = "server"  # the provider says so
    REFERENCES = "references"  # References or In-Reply-To link it
    SUBJECT = "subject"  # only subject and participants agree: informs the search, is never a parent


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header (RFC 5322 section 3.4): display name and addr-spec, as written."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The addr-spec for comparing: case folded, nothing else changed."""
        return self.address.strip().casefold()

    @property
    def domain(self) -> str:
        """The part behind the last ``@``, case folded, without a dot at its end; empty when there is none."""
        return self.key.rpartition("@")[2].rstrip(".") if "@" in self.address else ""

    @property
    def local(self) -> str:
        """The part before the last ``@``, case folded."""
        return self.key.rpartition("@")[0] if "@" in self.address else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A leaf MIME part that is neither the body nor a calendar; its bytes are not kept. ``size`` in bytes."""

    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The decoded content of a message.

    ``text`` is always readable plain text: the text/plain part, else a view of the HTML. ``calendars`` are
    the text/calendar parts, decoded (RFC 5545).
    """

    text: str
    html: str | None = None
    calendars: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail as bowout sees it. ``body`` is None until somebody fetched it.

    ``headers`` tell people from machines. ``travelled``: a server wrote in it. ``repairs``: what was mended.
    """

    id: str
    thread_id: str
    folder: Folder = Folder.INBOX
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    received: datetime | None = None
    from_: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    delivered_to: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    joined: Joined = Joined.REFERENCES
    travelled: bool = False
    repairs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_aware(date=self.date, received=self.received)

    @property
    def is_draft(self) -> bool:
        return self.folder is Folder.DRAFTS

    @property
    def moment(self) -> datetime:
        """When it arrived, as far as known: the provider's date, else the Date header, else the epoch."""
        return self.received or self.date or datetime.fromtimestamp(0, UTC)

    @property
    def text(self) -> str:
        """The readable text; empty while the body has not been fetched."""
        return self.body.text if self.body else ""

    @property
    def participants(self) -> tuple[Address, ...]:
        return self.from_ + self.reply_to + self.to + self.cc + self.bcc

    def header(self, name: str) -> str | None:
        """The first kept header of that name, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The provider's conversation: messages oldest first, drafts among them, no trash and no junk.

    ``id`` can be handed back to ``Mailbox.thread``. ``complete``: every body is there. ``aside`` are mails of
    the calendar's own thread about the same talk: read for times, never answered. Not read are ``copies``
    (unproved, of drafts of ours) and ``claimed`` (in my name, from outside).
    """

    id: str
    messages: tuple[Message, ...]
    complete: bool = False
    link: str | None = None
    aside: tuple[Message, ...] = ()
    copies: tuple[Message, ...] = ()
    claimed: tuple[Message, ...] = ()

    @property
    def drafts(self) -> tuple[Message, ...]:
        return tuple(m for m in self.messages if m.is_draft)

    @property
    def mails(self) -> tuple[Message, ...]:
        """Everything that was really sent or received."""
        return tuple(m for m in self.messages if not m.is_draft)

    @property
    def subject(self) -> str:
        return next((m.subject for m in self.messages if m.subject), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for: ``who`` as typed, or without one what looks like hiring; not older than ``since``."""

    who: str = ""
    since: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(since=self.since)


# --- accounts and identities ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One address the person writes from, with the signature that belongs to it."""

    address: Address
    signature: str = ""
    signature_html: str | None = None


Command = tuple[str, ...]  # a program and its arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeys:
    """What one provider adds to an account: the values of its own keys (its module ``keys``)."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The programs that these keys name."""
        return ()


K = TypeVar("K", bound=OwnKeys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mailbox of the person, as configured: what every account has, and the keys of its provider."""

    name: str
    provider: str
    address: str
    display_name: str = ""
    aliases: tuple[str, ...] = ()
    signature: str = ""
    allow_send: bool = False
    token_command: Command | None = None
    data_dir: Path | None = None  # where sign-ins are kept (``bowout.vault``); None = the platform's place
    keys: OwnKeys = OwnKeys()

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every program of the person's that the account names."""
        return ((self.token_command,) if self.token_command else ()) + self.keys.commands

    def own(self, form: type[K]) -> K:
        """The keys of its provider. Raises ``TypeError`` for an account of another one."""
        if not isinstance(self.keys, form):
            raise TypeError(f"account {self.name} of {self.provider} has no {form.__name__}")
        return self.keys


# --- drafts and replies ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A letter addressed into a thread: everything a provider needs to leave it there as a draft.

    ``text`` and ``html`` hold letter and signature only; ``quoted`` is the message quoted below (None = no
    quote), ``attribution`` the line above it, ``parent_id`` the provider's id of the one that is answered.
    """

    thread_id: str
    parent_id: str
    from_: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    subject: str
    in_reply_to: str | None
    references: tuple[str, ...]
    text: str
    html: str
    quoted: Message | None
    attribution: str = ""
    message_id: str
    date: datetime

    def __post_init__(self) -> None:
        require_aware(date=self.date)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKey:
    """How our draft is known again: by the provider's draft id or the Message-ID we wrote, nothing else.

    An intent has no ``id`` yet. By ``intended_at`` and ``known`` (drafts that the thread held already) a
    provider that composes the quote adopts the empty draft that an interrupted run left.
    """

    thread_id: str
    message_id: str
    id: str | None = None
    parent_id: str | None = None
    intended_at: datetime | None = None
    known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_aware(intended_at=self.intended_at)


# --- facts ----------------------------------------------------------------------------------------


class Confidence(StrEnum):
    """How far a fact may be trusted: only ``high`` is printed as known, ``low`` is asked or given by flag."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value read from a thread, with where it was read (words for a person) and how sure that is."""

    value: T
    source: str
    confidence: Confidence


class PersonRole(StrEnum):
    """What a person of the other side does in the process."""

    RECRUITER = "recruiter"
    COORDINATOR = "coordinator"
    HIRING_MANAGER = "hiring-manager"
    INTERVIEWER = "interviewer"
    AGENCY = "agency"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A counterpart: someone of the company, the agency or its hiring system in this thread."""

    address: Address
    name: str = ""
    role: PersonRole = PersonRole.UNKNOWN
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A booked interview. ``zone`` is an IANA name, or None when only the offset of ``start`` is known."""

    start: datetime
    end: datetime | None = None
    zone: str | None = None
    title: str = ""
    location: str = ""
    uid: str | None = None
    organizer: Address | None = None
    cancelled: bool = False
    moved: bool = False
    missed: bool = False  # they wrote afterwards that nobody came

    def __post_init__(self) -> None:
        require_aware(start=self.start, end=self.end)


class Stage(StrEnum):
    """How far the process has come, as far as the thread tells."""

    OUTREACH = "outreach"
    APPLIED = "applied"
    INVITED = "invited"
    SCHEDULED = "scheduled"
    INTERVIEWED = "interviewed"
    ASSESSMENT = "assessment"
    HOLD = "hold"
    VERBAL_OFFER = "verbal-offer"
    OFFER = "offer"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    REJECTED = "rejected"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a thread tells. None or empty = unknown, which beats wrong."""

    company: Fact[str] | None = None
    position: Fact[str] | None = None
    people: tuple[Fact[Person], ...] = ()
    stage: Fact[Stage] | None = None
    slot: Fact[Slot] | None = None
    rounds: Fact[int] | None = None
    phones: tuple[Fact[str], ...] = ()
    language: Fact[str] | None = None
    agency: Fact[str] | None = None  # name of the third-party recruiter; None = in-house or unknown


# --- letters --------------------------------------------------------------------------------------


class Situation(StrEnum):
    """Where the person stands when leaving (etiquette.md section 5)."""

    INVITED = "invited"
    EARLY = "early"
    SCHEDULED = "scheduled"
    SOON = "soon"
    LATE = "late"
    MISSED = "missed"
    AFTER_INTERVIEW = "after-interview"
    AFTER_ROUNDS = "after-rounds"
    ASSESSMENT = "assessment"
    VERBAL_OFFER = "verbal-offer"
    OFFER = "offer"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    ONSITE_TRAVEL = "onsite-travel"
    OUTREACH = "outreach"
    HOLD = "hold"


class Reason(StrEnum):
    """Why the person leaves, as far as they wish to say."""

    NONE = "none"
    FIT = "fit"
    ACCEPTED_OFFER = "accepted-offer"
    STAYING = "staying"
    PAY = "pay"
    LOCATION = "location"
    ROLE_CHANGED = "role-changed"
    SCHEDULE = "schedule"
    PROCESS = "process"
    VALUES = "values"
    PERSONAL = "personal"
    HEALTH = "health"
    EMERGENCY = "emergency"
    PAUSED = "paused"


class Depth(StrEnum):
    """How much of the reason the letter tells: nothing, one clause, up to two sentences."""

    NONE = "none"
    BRIEF = "brief"
    FULL = "full"


class Tone(StrEnum):
    """How the letter sounds."""

    FORMAL = "formal"
    NEUTRAL = "neutral"
    WARM = "warm"


class FollowUp(StrEnum):
    """Letters that follow a call or an answer (etiquette.md section 5)."""

    AFTER_CALL = "after-call"
    AFTER_VOICEMAIL = "after-voicemail"
    NO_ANSWER = "no-answer"
    CONFIRM_RECEIPT = "confirm-receipt"
    SECOND_NOTICE = "second-notice"
    REPLY_WHY = "reply-why"
    REPLY_COUNTER = "reply-counter"
    REPLY_RESCHEDULE = "reply-reschedule"
    REPLY_ACK = "reply-ack"
    INTERVIEWER_THANKS = "interviewer-thanks"
    RETURN_ITEMS = "return-items"


class Channel(StrEnum):
    """How the words reach the other side."""

    EMAIL_REPLY = "email-reply"
    AGENCY = "agency"
    LINKEDIN = "linkedin"
    SMS_SHORT = "sms-short"
    LETTER = "letter"
    CALENDAR_NOTE = "calendar-note"


# --- what the store keeps -------------------------------------------------------------------------


class CallOutcome(StrEnum):
    """How a call ended (etiquette.md section 8)."""

    SPOKE = "spoke"
    VOICEMAIL_CALLBACK = "voicemail-callback"
    VOICEMAIL_DECISION = "voicemail-decision"
    NO_ANSWER = "no-answer"
    WRONG_PERSON = "wrong-person"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A logged phone call. ``zone`` is the IANA zone in which the person told the time."""

    id: int
    withdrawal_id: int
    outcome: CallOutcome
    person: str
    at: datetime
    zone: str
    revision: int = 1

    def __post_init__(self) -> None:
        require_aware(at=self.at)
