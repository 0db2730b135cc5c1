"""Guess which clock somebody of the other side lives by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bowout.model import Address, Identity, Slot, Thread
from bowout.people import me


def zones(
    thread: Thread, person: Address, slot: Slot | None, mine: Sequence[Identity]
) -> Iterator[tuple[tzinfo, str]]:
    """What hints at the zone of a person of this thread, the best first, each with its source."""
    if slot and slot.zone:
        with suppress(ZoneInfoNotFoundError, ValueError):  # an invitation may name a zone that nobody knows
            yield ZoneInfo(slot.zone), "by the invitation"
    for message in reversed(thread.mails):
        wrote = any(a.key == person.key for a in message.from_)
        # Servers and many programs write UTC whatever the sender's clock shows.
        if wrote and message.date and message.date.utcoffset() and not me.from_me(message, mine):
            zone = message.date.tzinfo
            if zone is not None:
                yield zone, "by the clock of their last mail"
            return
