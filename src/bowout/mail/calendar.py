"""iCalendar parts of a thread (RFC 5545, RFC 5546) -> the interviews that were booked, moved or cancelled.

Only VEVENT is read: the DTSTART of a VTIMEZONE (1601, 1970) is the start of a daylight-saving rule, never of
an interview. Of all versions of an event (same UID and RECURRENCE-ID) the highest SEQUENCE wins, then the
latest DTSTAMP, then the mail that arrived last (RFC 5546 section 2.1.5). Answers of attendees (METHOD REPLY,
COUNTER, REFRESH) are no versions. Nothing in a calendar part, however broken or hostile, raises here.

The reader is our own: the icalendar package is good, but importing it took 70-110 ms on the machine where
this was written (2 cores, Python 3.11, icalendar 7.3.0), longer than a whole start of bowout, for a dozen
properties. The tests compare both readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bowout.mail.ical import Component, Property, parse
from bowout.mail.ical_time import Clock, Moment
from bowout.mail.recurrence import MOST, occurrences
from bowout.mail.subject import is_cancelled
from bowout.model import Address, Message, Slot
from bowout.text.domains import organisation
from bowout.text.harmless import one_line

__all__ = ["Invitation", "invitations", "slots"]

# An honest invitation has a few kilobytes and one event; the limits only stop hostile ones.
_MAX_CHARS = 1_000_000
_MAX_EVENTS = 200
_MAX_VALUE = 2_000

_NOT_A_VERSION = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The winning version of one event, with what a ``Slot`` has no room for.

    ``exact`` is False when the instant had to be guessed: a floating time (RFC 5545 section 3.3.5), an
    unknown time zone, or an all-day event. ``tentative`` = they only hold the time (RFC 5545 section
    3.8.1.11). ``message`` is the mail that carried the winning version.
    """

    slot: Slot
    message: Message
    attendees: tuple[Address, ...] = ()
    description: str = ""
    all_day: bool = False
    exact: bool = True
    tentative: bool = False


def slots(messages: Sequence[Message]) -> tuple[Slot, ...]:
    """The events of the calendar parts in ``messages``, by start; cancelled ones are marked."""
    return tuple(invitation.slot for invitation in invitations(messages))


def invitations(messages: Sequence[Message]) -> tuple[Invitation, ...]:
    """List the same with attendees, description and the mail each came in. Drafts are not read."""
    versions: dict[str, list[_Version]] = {}
    for message in messages:
        if message.body is not None and not message.is_draft:
            for text in message.body.calendars:
                for version in _versions(text, message):
                    versions.setdefault(version.uid, []).append(version)
    found = [one for group in versions.values() for one in _settled(group)]
    return tuple(sorted(found, key=lambda one: one.slot.start))


# --- which version wins ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """One VEVENT as one mail told it. ``invitation`` is None where a cancellation has no start.

    ``recurrence`` is the instant of the occurrence that is meant, empty for the whole event; ``dates`` are
    the occurrences of a whole event, ``dropped`` those that its EXDATE takes out.
    """

    uid: str
    recurrence: str
    sequence: int | None
    stamp: datetime
    cancelled: bool
    invitation: Invitation | None
    message: Message
    dates: tuple[datetime, ...] = ()
    dropped: frozenset[str] = frozenset()


_Age = tuple[int, datetime, datetime, bool]


@dataclass(frozen=True, slots=True)
class _History:
    """All versions of one UID, the last word last."""

    versions: tuple[_Version, ...]
    highest: int

    def age(self, version: _Version) -> _Age:
        # A cancellation without SEQUENCE is of its own time, not older than every update.
        unnumbered = self.highest if version.cancelled else 0
        number = unnumbered if version.sequence is None else version.sequence
        return number, version.stamp, version.message.moment, version.cancelled

    def of(self, recurrence: str) -> list[_Version]:
        return sorted((v for v in self.versions if v.recurrence == recurrence), key=self.age)


def _settled(group: Sequence[_Version]) -> list[Invitation]:
    """Take what those who invited say of an event; that another firm writes of it as well makes it a guess.

    RFC 5546 leaves an update to the organizer, but whoever was told of an event can write one.
    """
    own = _by_inviters(group)
    settled = list(_settle(own))
    return settled if len(own) == len(group) else [replace(one, exact=False) for one in settled]


def _by_inviters(group: Sequence[_Version]) -> list[_Version]:
    first = min(group, key=lambda version: version.message.moment)
    by = first.invitation.slot.organizer if first.invitation else None
    known = {_firm(a) for a in (*first.message.from_, *([by] if by else []))}
    return [v for v in group if not v.message.from_ or known & {_firm(a) for a in v.message.from_}]


def _firm(address: Address) -> str:
    return organisation(address.domain)


def _settle(group: Sequence[_Version]) -> Iterator[Invitation]:
    """Choose the last word on every occurrence of one UID."""
    history = _History(tuple(group), max((v.sequence or 0) for v in group))
    whole = history.of("")
    told = [v for v in whole if v.invitation is not None]
    last = told[-1] if told else None
    dates = {_key(date): date for date in last.dates} if last else {}
    for recurrence in dict.fromkeys([*dates, *(v.recurrence for v in group if v.recurrence)]):
        own = history.of(recurrence)
        if own and recurrence not in dates and last and _gives_up(history, last, own[-1]):
            continue  # a newer plan of the whole series has no such date
        settled = _occurrence(history, whole, own, dates.get(recurrence))
        if settled is not None:
            yield settled


def _gives_up(history: _History, whole: _Version, own: _Version) -> bool:
    told_again = not whole.cancelled and history.age(whole) > history.age(own)
    return told_again and 1 < len(whole.dates) < MOST


def _occurrence(
    history: _History, whole: Sequence[_Version], own: Sequence[_Version], date: datetime | None
) -> Invitation | None:
    """Settle one occurrence: what was said of it alone, else what the whole event says of its date."""
    told = [v.invitation for v in own if v.invitation is not None]
    planned = [v.invitation for v in whole if v.invitation is not None]
    off = bool(whole) and whole[-1].cancelled
    if told:
        ended = own[-1].cancelled or (off and history.age(whole[-1]) > history.age(own[-1]))
        last = told[-1]
        moved = any(one.slot.start != last.slot.start for one in told[:-1])
        moved = moved or (date is not None and last.slot.start != date)
        return replace(last, slot=replace(last.slot, cancelled=ended, moved=moved))
    if date is None or not planned:
        return None
    last = _on(planned[-1], date)
    dropped = next(v for v in reversed(whole) if v.invitation is not None).dropped
    moved = any(one.slot.start != planned[-1].slot.start for one in planned[:-1])
    ended = off or bool(own) or _key(date) in dropped
    return replace(last, slot=replace(last.slot, cancelled=ended, moved=moved))


def _on(invitation: Invitation, date: datetime) -> Invitation:
    """Shift an invitation to another date of its series."""
    slot = invitation.slot
    end = slot.end - slot.start + date if slot.end is not None else None
    return invitation if date == slot.start else replace(invitation, slot=replace(slot, start=date, end=end))


def _key(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _versions(text: str, message: Message) -> Iterator[_Version]:
    root = parse(text[:_MAX_CHARS])
    zones = {c.value("TZID"): c for c in root.walk("VTIMEZONE")}
    for calendar in root.walk("VCALENDAR"):
        method = calendar.value("METHOD").upper()
        if method in _NOT_A_VERSION:
            continue
        default = calendar.value("X-WR-TIMEZONE")
        for count, event in enumerate(calendar.walk("VEVENT")):
            if count >= _MAX_EVENTS:
                break
            yield _version(event, method, Clock(zones, default, message), message)


def _version(event: Component, method: str, clock: Clock, message: Message) -> _Version:
    title = _clean(event.text("SUMMARY"))
    cancelled = (
        method == "CANCEL"
        or event.value("STATUS").upper() == "CANCELLED"
        or is_cancelled(title)
        or is_cancelled(message.subject)
    )
    invitation = _invitation(event, title, clock, message)
    stamp = clock.read(event.get("DTSTAMP"))
    sequence = event.value("SEQUENCE")
    # Without a UID (it is required) nothing can be an update of it: it stands for itself.
    start = invitation.slot.start.isoformat() if invitation else ""
    dates = _dates(event, invitation, clock)
    return _Version(
        uid=event.value("UID")[:_MAX_VALUE] or f"{title}\n{start}",
        recurrence=_recurrence(event, clock),
        sequence=int(sequence) if re.fullmatch(r"\d{1,9}", sequence) else None,
        stamp=stamp.instant if stamp else message.moment,
        cancelled=cancelled,
        # A rule that is not worked out leaves more than one date possible.
        invitation=replace(invitation, exact=False) if invitation and dates is None else invitation,
        message=message,
        dates=dates or ((invitation.slot.start,) if invitation else ()),
        dropped=frozenset(map(_key, _moments(event, "EXDATE", clock))),
    )


def _recurrence(event: Component, clock: Clock) -> str:
    """The occurrence that is meant, as an instant: each system writes it in a zone of its own."""
    meant = clock.read(event.get("RECURRENCE-ID"))
    return _key(meant.instant) if meant else event.value("RECURRENCE-ID")[:40]


def _dates(event: Component, invitation: Invitation | None, clock: Clock) -> tuple[datetime, ...] | None:
    """List the dates of an event; None when its rule is of a kind that is not worked out."""
    if invitation is None:
        return ()
    start, rule = invitation.slot.start, event.value("RRULE")
    dates = occurrences(start, rule) if rule else (start,)
    if dates is None:
        return None
    more = tuple(one for one in _moments(event, "RDATE", clock) if one not in dates)
    return tuple(sorted((*dates, *more)))


def _moments(event: Component, name: str, clock: Clock) -> Iterator[datetime]:
    """Read the moments of a property that lists several."""
    for line in event.all(name)[:MOST]:
        for value in line.value[:_MAX_VALUE].split(",")[:MOST]:
            moment = clock.read(Property(line.parameters, value))
            if moment is not None:
                yield moment.instant


def _invitation(event: Component, title: str, clock: Clock, message: Message) -> Invitation | None:
    start = clock.read(event.get("DTSTART"))
    if start is None:
        return None
    slot = Slot(
        start=start.instant,
        end=_end(event, start, clock),
        zone=start.zone,
        title=title,
        location=_clean(event.text("LOCATION")),
        uid=event.value("UID")[:_MAX_VALUE] or None,
        organizer=_address(event.get("ORGANIZER")),
    )
    people = (_address(line) for line in event.all("ATTENDEE")[:_MAX_EVENTS])
    return Invitation(
        slot=slot,
        message=message,
        attendees=tuple(a for a in people if a is not None),
        description=event.text("DESCRIPTION")[: 10 * _MAX_VALUE],
        all_day=start.all_day,
        exact=start.exact,
        tentative=event.value("STATUS").upper() == "TENTATIVE",
    )


def _end(event: Component, start: Moment, clock: Clock) -> datetime | None:
    """DTEND, or DTSTART + DURATION; None when neither makes sense."""
    end = clock.read(event.get("DTEND"))
    if end is not None:
        return end.instant if end.instant >= start.instant else None
    found = _DURATION.fullmatch(event.value("DURATION").upper())
    if found is None or found[1] == "-":
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not length or length > timedelta(days=31):
        return None
    # Through UTC: a duration is exact time, wall-clock arithmetic is wrong across a change of clocks.
    return (start.instant.astimezone(UTC) + length).astimezone(start.instant.tzinfo)


def _address(line: Property | None) -> Address | None:
    """A CAL-ADDRESS (RFC 5545 section 3.3.3) when it is a mailto."""
    if line is None or line.value[:7].lower() != "mailto:":
        return None
    address = _clean(line.value[7:])
    if not re.fullmatch(r"[^\s@<>\"]{1,128}@[^\s@<>\"]{1,128}", address):
        return None
    name = _clean(line.parameters.get("CN", ""))
    return Address("" if name.casefold() == address.casefold() else name, address)


def _clean(text: str) -> str:
    """One line, no control characters, of bounded length."""
    return one_line(text, 500)
