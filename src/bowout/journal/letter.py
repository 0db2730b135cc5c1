"""Remember how a letter was asked for: tone, channel, reason, depth. A draft in the mailbox does not tell."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowout.model import Channel, Depth, Reason, Situation, Tone

if TYPE_CHECKING:
    from datetime import datetime

    from bowout.journal.record import Event, Withdrawal
    from bowout.journal.store import Store

WRITTEN = "letter"
_NOT_SAID = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a letter was asked for; ``situation`` is the one that the person named, ``at`` when."""

    tone: Tone
    channel: Channel
    reason: Reason
    depth: Depth
    situation: Situation | None
    at: datetime


def remember(
    store: Store,
    withdrawal: Withdrawal,
    purpose: str,
    *,
    tone: Tone,
    channel: Channel,
    reason: Reason,
    depth: Depth,
    situation: Situation | None,
) -> None:
    """Write down beside the draft of that purpose how its letter was asked for."""
    words = (purpose, tone, channel, reason, depth, situation or _NOT_SAID)
    store.log(withdrawal.label, WRITTEN, " ".join(words))


def asked(store: Store, withdrawal: Withdrawal, purpose: str) -> Asked | None:
    """How the letter of that purpose was asked for last; None where that was not written, or is damaged."""
    for event in reversed(store.events(withdrawal.label)):
        if event.kind == WRITTEN and event.detail.partition(" ")[0] == purpose:
            with suppress(ValueError):
                return _asked(event)
    return None


def _asked(event: Event) -> Asked:
    _, tone, channel, reason, depth, situation = event.detail.split()
    return Asked(
        tone=Tone(tone),
        channel=Channel(channel),
        reason=Reason(reason),
        depth=Depth(depth),
        situation=None if situation == _NOT_SAID else Situation(situation),
        at=event.at,
    )
