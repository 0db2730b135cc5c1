"""Say times and counts as a person says them. Pure; every text is safe for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bowout.cli.render import safe
from bowout.model import CallOutcome
from bowout.text import zones

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from bowout.model import Address, Call, Facts, Slot
    from bowout.read.newest import Newest


def day(moment: datetime, zone: str | None = None) -> str:
    """``Thursday 26 November 2026`` in the given IANA zone, else in the moment's own offset."""
    local = moment.astimezone(ZoneInfo(zone)) if zone else moment
    return f"{local:%A} {local.day} {local:%B %Y}"


def moment(value: datetime, zone: str | None = None) -> str:
    """``Thursday 26 November 2026, 14:00 CET``."""
    local = value.astimezone(ZoneInfo(zone)) if zone else value
    name = local.tzname() or ""
    return f"{day(local)}, {local:%H:%M} {name if zones.is_told(name) else ''}".rstrip()


def short_day(value: datetime, zone: str) -> str:
    """``Thu 26 Nov``: for lists."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}"


def distance(value: datetime, now: datetime) -> str:
    """How far off: ``in 4 days``, ``in 5 h 20 min``, ``3 days ago``, ``now``."""
    gap = value - now
    words = _span(abs(gap))
    if words is None:
        return "now"
    return f"in {words}" if gap.total_seconds() > 0 else f"{words} ago"


def since(value: datetime, now: datetime, zone: str | None = None) -> str:
    """When something happened: ``3 days ago``; the date itself where the clock was set back behind it."""
    words = distance(value, now)
    return f"on {moment(value, zone)}" if words.startswith("in ") else words


def _span(gap: timedelta) -> str | None:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 1:
        return None
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 24 else f"{hours} h"
    return f"{minutes // (24 * 60)} days"


def person(address: Address) -> str:
    """``Dana Whitfield <dana@acme.example>``; the address alone when there is no name."""
    return f"{safe(address.name)} <{safe(address.address)}>" if address.name else safe(address.address)


def people(addresses: tuple[Address, ...]) -> str:
    return ", ".join(person(a) for a in addresses)


def newest(value: Newest, to: Iterable[Address]) -> str:
    """Their newest words: ``Mon 23 Nov: "..."``; with a name where it is not whom the letter goes to."""
    wrote = f"{value.at:%a} {value.at.day} {value.at:%b}"
    name = value.sender.name or value.sender.address
    if not any(value.sender.key == address.key or name == address.name for address in to):
        wrote += f", {safe(name)}"
    return f'{wrote}: "{safe(value.text)}"'


def newest_data(value: Newest | None) -> dict[str, object] | None:
    """The JSON form of their newest words; None = there is no mail of theirs."""
    return {"from": value.sender.address, "date": value.at, "text": value.text} if value else None


def slot_data(facts: Facts) -> dict[str, object]:
    """The appointment that counts, or the last one that was called off, for a program."""
    slot = facts.slot.value if facts.slot else None
    told = {"start": slot.start, "zone": slot.zone} if slot else None
    off = slot is not None and slot.cancelled
    return {"slot": None if off else told, "cancelled_slot": told if off else None}


def slot(value: Slot, now: datetime) -> str:
    """The booked interview, how far off, and whether it was moved or cancelled."""
    marks = [word for word, is_so in (("moved", value.moved), ("cancelled", value.cancelled)) if is_so]
    return ", ".join([moment(value.start, value.zone), distance(value.start, now), *marks])


_TOLD = {
    CallOutcome.SPOKE: "spoke",
    CallOutcome.VOICEMAIL_CALLBACK: "left a voicemail asking for a call back",
    CallOutcome.VOICEMAIL_DECISION: "left a voicemail with the decision",
    CallOutcome.NO_ANSWER: "nobody answered",
    CallOutcome.WRONG_PERSON: "reached the wrong person",
    CallOutcome.BUSY: "the line was busy",
}


def call(value: Call, now: datetime) -> str:
    """A logged call in words: ``spoke with Dana Whitfield, Sunday 22 November 2026, 10:05 CET, now``."""
    what, at = outcome(value), moment(value.at, value.zone)
    return f"{what}, {at}" if value.at > now else f"{what}, {at}, {distance(value.at, now)}"


def outcome(value: Call) -> str:
    """How a logged call went: ``spoke with Dana Whitfield``."""
    what = _TOLD[value.outcome]
    if value.person:
        joint = {CallOutcome.SPOKE: " with", CallOutcome.WRONG_PERSON: ","}
        what += f"{joint.get(value.outcome, ' for')} {safe(value.person)}"
    return what


def call_data(value: Call) -> dict[str, object]:
    """The JSON form of a logged call."""
    return {
        "outcome": value.outcome,
        "person": value.person or None,
        "at": value.at,
        "zone": value.zone,
        "revision": value.revision,
    }
