"""Put together what is known around a letter: what it is, who writes to whom, when, in which thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

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
OFFERED = frozenset({Situation.VERBAL_OFFER, Situation.OFFER})
AGREED = frozenset({Situation.ACCEPTED, Situation.SIGNED})
# They have met the person: interviews were held, or even more than that.
INTERVIEWED = frozenset({Situation.AFTER_INTERVIEW, Situation.AFTER_ROUNDS}) | OFFERED | AGREED
FROM_CALLS = frozenset({FollowUp.AFTER_CALL, FollowUp.AFTER_VOICEMAIL, FollowUp.NO_ANSWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a letter is; None = unknown. ``after`` is the situation behind a follow-up."""

    situation: Situation | FollowUp | None = None
    after: Situation | None = None
    reason: Reason | None = None
    depth: Depth | None = None
    tone: Tone | None = None
    channel: Channel | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the person told: the logged call that the letter speaks of, and what no letter may name."""

    call: Call | None = None
    decided_on: datetime | None = None
    other_employer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail that carries the letter: ``quoted`` is what it quotes, ``attachments`` how many it has.

    ``in_reply_to`` is empty when it answers none, None when its mailbox does not say. ``unsendable`` are the
    reasons for which bowout would not send it, each with its cure.
    """

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    quoted: str | None = None
    attachments: int | None = None
    unsendable: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the thread and the journal tell around the letter.

    ``contacts`` are those who scheduled or wrote most, ``participants`` everybody of the thread, ``dead``
    addresses that nobody reads, ``greeted`` how I last greeted the recipient, ``signed`` with which name I
    last ended a mail, ``client_domains`` the employer behind an agency (empty: no agency), ``parents`` the
    Message-IDs a reply may answer, ``other_threads`` open processes with the same company or agency,
    ``recipient_zone`` the clock of who will read it.
    """

    contacts: tuple[Address, ...]
    participants: tuple[Address, ...]
    dead: tuple[Address, ...]
    greeted: str
    signed: str
    client_domains: tuple[str, ...]
    parents: tuple[str, ...]
    other_threads: tuple[str, ...]
    recipient_zone: tzinfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a letter; None = unknown, and the rules that need it are listed as not checked.

    Made by ``build``. Company, position, slot and rounds are taken from ``facts`` unless given (not those of
    low confidence). ``disabled`` = ``lint.disable``. ``leaving`` tells how likely a text leaves a process, as
    far as that was learned (0 to 1; None = not to be told): no list holds all the ways to say it. ``own_dir``
    is the person's folder for letters, where word lists of theirs may lie.
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
    now: datetime | None = None
    call: Call | None = None
    decided_on: datetime | None = None
    other_employer: str | None = None
    to: tuple[Address, ...] | None = None
    cc: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    quoted: str | None = None
    attachments: int | None = None
    unsendable: tuple[tuple[str, str], ...] | None = None
    contacts: tuple[Address, ...] | None = None
    participants: tuple[Address, ...] | None = None
    dead: tuple[Address, ...] | None = None
    greeted: str | None = None
    signed: str | None = None
    client_domains: tuple[str, ...] | None = None
    parents: tuple[str, ...] | None = None
    other_threads: tuple[str, ...] | None = None
    recipient_zone: tzinfo | None = None
    disabled: tuple[str, ...] = ()
    leaving: Callable[[str], float | None] | None = None
    own_dir: Path | None = None

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


def build(
    letter: Written,
    facts: Facts | None = None,
    *,
    recipient: Person | None = None,
    full_name: str | None = None,
    now: datetime | None = None,
    told: Told | None = None,
    mail: Mail | None = None,
    conversation: Conversation | None = None,
    disabled: Iterable[str] = (),
    leaving: Callable[[str], float | None] | None = None,
    own_dir: Path | None = None,
) -> Context:
    """Put together what is known around a letter; what is left out is unknown."""
    parts = [part for part in (letter, told, mail, conversation) if part is not None]
    known: dict[str, Any] = {
        field.name: getattr(part, field.name) for part in parts for field in fields(part)
    }
    return Context(
        facts=facts,
        recipient=recipient,
        full_name=full_name,
        now=now,
        disabled=tuple(disabled),
        leaving=leaving,
        own_dir=own_dir,
        **known,
    )


def _believed(fact: Fact[T] | None) -> T | None:
    return fact.value if fact and fact.confidence is not Confidence.LOW else None
