"""Hold what is known around a letter: what it is about, who writes to whom, when, in which thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bowout.model import (
    Address,
    Call,
    Channel,
    Confidence,
    Depth,
    Fact,
    Facts,
    FollowUp,
    Person,
    Reason,
    Situation,
    Slot,
    T,
    Tone,
    require_aware,
)

# Situations in which an interview stands in the calendar, and follow-ups that come from a call.
BOOKED = frozenset(
    {Situation.SCHEDULED, Situation.SOON, Situation.LATE, Situation.ONSITE_TRAVEL, Situation.MISSED}
)
FROM_CALLS = frozenset({FollowUp.AFTER_CALL, FollowUp.AFTER_VOICEMAIL, FollowUp.NO_ANSWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a letter; None = unknown, and the rules that need it are listed as not checked.

    Company, position, slot and rounds are taken from ``facts`` unless given (not those of low confidence).
    ``after`` is the situation behind a follow-up. ``to`` and ``cc`` are the addressees, ``contacts`` those
    who scheduled or wrote most, ``participants`` everybody of the thread, ``dead`` addresses that nobody
    reads, ``client_domains`` the employer behind an agency, ``work_domain`` the person's present employer.
    ``parents`` are the Message-IDs a reply may answer. ``attachments`` is how many the mail carries.
    ``other_threads`` are open processes with the same company or agency. ``disabled`` = ``lint.disable``.
    """

    situation: Situation | FollowUp | None = None
    after: Situation | None = None
    reason: Reason | None = None
    depth: Depth | None = None
    tone: Tone | None = None
    channel: Channel | None = None
    language: str | None = None
    facts: Facts | None = None
    recipient: Person | None = None
    full_name: str | None = None
    company: str | None = None
    position: str | None = None
    slot: Slot | None = None
    rounds: int | None = None
    decided_on: datetime | None = None
    now: datetime | None = None
    recipient_zone: str | None = None
    call: Call | None = None
    banned_terms: tuple[str, ...] | None = None
    other_employer: str | None = None
    referral_consent: bool | None = None
    to: tuple[Address, ...] | None = None
    cc: tuple[Address, ...] = ()
    contacts: tuple[Address, ...] | None = None
    participants: tuple[Address, ...] | None = None
    dead: tuple[Address, ...] | None = None
    client_domains: tuple[str, ...] | None = None
    work_domain: str | None = None
    in_reply_to: str | None = None
    parents: tuple[str, ...] | None = None
    quoted: str | None = None
    attachments: int | None = None
    other_threads: tuple[str, ...] | None = None
    disabled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_aware(decided_on=self.decided_on, now=self.now)

    def completed(self) -> Context:
        """The same, with what the facts say in the place of what was not given."""
        facts = self.facts
        if facts is None:
            return self
        slot = _believed(facts.slot)
        return replace(
            self,
            company=self.company or _believed(facts.company),
            position=self.position or _believed(facts.position),
            rounds=self.rounds or _believed(facts.rounds),
            slot=self.slot or (slot if slot and not slot.cancelled else None),
        )

    @property
    def left(self) -> Situation | None:
        """The situation being left, behind a follow-up too."""
        return self.situation if isinstance(self.situation, Situation) else self.after


def _believed(fact: Fact[T] | None) -> T | None:
    return fact.value if fact and fact.confidence is not Confidence.LOW else None
