"""Hold what the journal remembers of withdrawals and drafts, and the lines of its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bowout.model import Address, Depth, DraftKey, Reason, Situation, require_aware

__all__ = ["DraftRecord", "DraftState", "Event", "Withdrawal"]


class DraftState(StrEnum):
    """Where a draft of ours stands, as last seen."""

    INTENT = "intent"  # about to be written; a crash may have left it in the mailbox or not
    OPEN = "open"  # in Drafts, as far as we know
    SENT = "sent"
    DELETED = "deleted"

    @property
    def is_waiting(self) -> bool:
        return self in (DraftState.INTENT, DraftState.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One process that the person is leaving; ``w3`` on the command line."""

    id: int
    account: str
    thread_id: str
    company: str | None
    position: str | None
    person: Address
    situation: Situation
    reason: Reason
    depth: Depth
    language: str
    slot: datetime | None
    slot_zone: str | None
    created_at: datetime
    updated_at: datetime
    revision: int = 1  # grows whenever what a confirmation relies on changes

    def __post_init__(self) -> None:
        require_aware(slot=self.slot, created_at=self.created_at, updated_at=self.updated_at)

    @property
    def label(self) -> str:
        return f"w{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """What we remember of a draft of ours. ``purpose`` is ``withdrawal`` or the name of a FollowUp.

    ``sent_at`` is when the letter left, by its receipt or its sent copy; None until then.
    """

    id: int
    withdrawal_id: int
    purpose: str
    state: DraftState
    key: DraftKey
    revision: str | None
    content_hash: str | None
    updated_at: datetime
    sent_at: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(updated_at=self.updated_at, sent_at=self.sent_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the log: what happened to which withdrawal or submission; never text from a mail."""

    id: int
    at: datetime
    subject: str  # "w3", "s7" or "store"
    kind: str
    detail: str = ""

    def __post_init__(self) -> None:
        require_aware(at=self.at)
