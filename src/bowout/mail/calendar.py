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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bowout.mail.subject import is_cancelled
from bowout.model import Address, Message, Slot

__all__ = ["Invitation", "invitations", "slots"]

# An honest invitation has a few kilobytes and one event; the limits only stop hostile ones.
_MAX_CHARS = 1_000_000
_MAX_EVENTS = 200
_MAX_VALUE = 2_000
_YEARS = range(1990, 2150)

_NOT_A_VERSION = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^;:"]*)')
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?")
_NAMED_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The winning version of one event, with what a ``Slot`` has no room for.

    ``exact`` is False when the instant had to be guessed: a floating time (RFC 5545 section 3.3.5), an
    unknown time zone, or an all-day event. ``message`` is the mail that carried the winning version.
    """

    slot: Slot
    message: Message
    attendees: tuple[Address, ...] = ()
    description: str = ""
    all_day: bool = False
    exact: bool = True


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
    found = [one for group in versions.values() for one in _settle(group)]
    return tuple(sorted(found, key=lambda one: one.slot.start))


# --- which version wins ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """One VEVENT as one mail told it. ``start`` is None where only a cancellation has none."""

    uid: str
    recurrence: str
    sequence: int | None
    stamp: datetime
    cancelled: bool
    invitation: Invitation | None
    message: Message


def _settle(group: Sequence[_Version]) -> Iterator[Invitation]:
    """Choose the last word on every instance of one UID."""
    highest = max((v.sequence or 0) for v in group)

    def age(version: _Version) -> tuple[int, datetime, datetime, bool]:
        # A cancellation without SEQUENCE is of its own time, not older than every update.
        unnumbered = highest if version.cancelled else 0
        number = unnumbered if version.sequence is None else version.sequence
        return number, version.stamp, version.message.moment, version.cancelled

    ordered = sorted(group, key=age)
    whole = [v for v in ordered if not v.recurrence]
    for recurrence in dict.fromkeys(v.recurrence for v in ordered):
        own = [v for v in ordered if v.recurrence == recurrence]
        told = [v.invitation for v in own if v.invitation is not None]
        if not told:
            continue
        ended = own[-1].cancelled or (
            bool(recurrence and whole) and whole[-1].cancelled and age(whole[-1]) > age(own[-1])
        )
        last = told[-1]
        moved = any(one.slot.start != last.slot.start for one in told[:-1])
        yield replace(last, slot=replace(last.slot, cancelled=ended, moved=moved))


def _versions(text: str, message: Message) -> Iterator[_Version]:
    root = _parse(text[:_MAX_CHARS])
    zones = {c.value("TZID"): c for c in root.walk("VTIMEZONE")}
    for calendar in root.walk("VCALENDAR"):
        method = calendar.value("METHOD").upper()
        if method in _NOT_A_VERSION:
            continue
        default = calendar.value("X-WR-TIMEZONE")
        for count, event in enumerate(calendar.walk("VEVENT")):
            if count >= _MAX_EVENTS:
                break
            yield _version(event, method, _Clock(zones, default, message), message)


def _version(event: _Component, method: str, clock: _Clock, message: Message) -> _Version:
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
    return _Version(
        uid=event.value("UID")[:_MAX_VALUE] or f"{title}\n{start}",
        recurrence=event.value("RECURRENCE-ID")[:40],
        sequence=int(sequence) if re.fullmatch(r"\d{1,9}", sequence) else None,
        stamp=stamp.instant if stamp else message.moment,
        cancelled=cancelled,
        invitation=invitation,
        message=message,
    )


def _invitation(event: _Component, title: str, clock: _Clock, message: Message) -> Invitation | None:
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
    )


def _end(event: _Component, start: _Moment, clock: _Clock) -> datetime | None:
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


def _address(line: _Property | None) -> Address | None:
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
    line = "".join(c if c.isprintable() else " " for c in text[:_MAX_VALUE])
    return " ".join(line.split())[:500]


# --- times ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Moment:
    """A DATE or DATE-TIME as an aware datetime; ``zone`` its IANA name where there is one."""

    instant: datetime
    zone: str | None
    exact: bool = True
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class _Clock:
    """Reads the times of one calendar part with the zones that it defines."""

    zones: Mapping[str, _Component]
    default: str
    message: Message

    def read(self, line: _Property | None) -> _Moment | None:
        """Read the moment of a DTSTART, DTEND or DTSTAMP; None when it is missing or impossible."""
        found = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", line.value.strip().upper()) if line else None
        if line is None or found is None:
            return None
        try:
            day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007 - only the date is taken
            clock = datetime.strptime(found[2] or "000000", "%H%M%S").time()  # noqa: DTZ007 - only the time
        except ValueError:
            return None
        if day.year not in _YEARS:
            return None
        wall = datetime.combine(day, clock)
        if found[3]:
            return _Moment(wall.replace(tzinfo=UTC), "UTC")
        return self._local(wall, line.parameters.get("TZID", ""), all_day=found[2] is None)

    def _local(self, wall: datetime, name: str, *, all_day: bool) -> _Moment:
        zone = _zone(name) or _zone(self.default)
        if name and _zone(name) is None:
            offset = _rule_offset(self.zones.get(name), wall) or _named_offset(name)
            if offset is not None:
                return _Moment(wall.replace(tzinfo=offset), None, exact=not all_day, all_day=all_day)
        if zone is not None:
            exact = not all_day and (_zone(name) is not None or not name)
            return _Moment(wall.replace(tzinfo=zone), zone.key, exact=exact, all_day=all_day)
        # Floating: whose clock is meant is not said. The sender's offset is the best guess, and only that.
        sent = self.message.date
        guess: tzinfo = timezone(sent.utcoffset() or timedelta()) if sent else UTC
        return _Moment(wall.replace(tzinfo=guess), None, exact=False, all_day=all_day)


def _zone(name: str) -> ZoneInfo | None:
    """Find the zone of an IANA name, a Windows name, or a path that ends in an IANA name."""
    if not name or len(name) > 100:
        return None
    parts = name.strip("/").split("/")
    tails = ["/".join(parts[-n:]) for n in (3, 2) if len(parts) > n]
    return next((z for z in map(_load_zone, [name, _from_windows(name), *tails]) if z is not None), None)


def _load_zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key) if key else None
    except (KeyError, ValueError, OSError):  # unknown, unclean, or a directory of the database
        return None


def _from_windows(name: str) -> str:
    from tzlocal.windows_tz import win_tz  # 10 ms, and only Exchange needs it

    return str(win_tz.get(name, ""))


def _named_offset(name: str) -> timezone | None:
    """``GMT+0100`` and the like, as some systems name their zones."""
    found = _NAMED_OFFSET.search(name)
    if found is None or int(found[2]) > 14:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-offset if found[1] == "-" else offset)


def _rule_offset(zone: _Component | None, wall: datetime) -> timezone | None:
    """Find the UTC offset that a VTIMEZONE gives for a wall-clock time (RFC 5545 section 3.6.5)."""
    if zone is None:
        return None
    onsets: list[tuple[datetime, timedelta]] = []
    for rule in [*zone.walk("STANDARD"), *zone.walk("DAYLIGHT")]:
        offset = _offset(rule.value("TZOFFSETTO"))
        onset = _onset(rule, wall)
        if offset is not None and onset is not None:
            onsets.append((onset, offset))
    past = [o for o in onsets if o[0] <= wall] or onsets[:1]
    return timezone(max(past, key=lambda o: o[0])[1]) if past else None


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -length if found[1] == "-" else length


def _onset(rule: _Component, wall: datetime) -> datetime | None:
    """Tell when this rule last took effect before ``wall``; its first onset when that lies later."""
    try:
        first = datetime.strptime(rule.value("DTSTART")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall clock
    except ValueError:
        return None
    yearly = dict(part.partition("=")[::2] for part in rule.value("RRULE").upper().split(";"))
    if yearly.get("FREQ") != "YEARLY":
        return first
    days = (_nth_weekday(year, first, yearly) for year in (wall.year, wall.year - 1))
    onsets = (datetime.combine(day, first.time()) for day in days if day is not None)
    return next((onset for onset in onsets if first <= onset <= wall), first)


def _nth_weekday(year: int, first: datetime, rule: Mapping[str, str]) -> date | None:
    """The day of ``BYMONTH=3;BYDAY=-1SU`` in a year; without BYDAY the day of the first onset."""
    month = int(rule["BYMONTH"]) if rule.get("BYMONTH", "").isdigit() else first.month
    found = re.fullmatch(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)", rule.get("BYDAY", ""))
    try:
        if found is None:
            return date(year, month, first.day)
        nth, weekday = int(found[1]), _WEEKDAYS.index(found[2])
        if nth > 0:
            start = date(year, month, 1)
            return start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7 - 7 * (nth + 1))
    except ValueError:
        return None


# --- content lines --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Property:
    """One unfolded content line (RFC 5545 section 3.1)."""

    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class _Component:
    """A component with its properties and children; what it does not have reads as empty."""

    name: str
    properties: dict[str, list[_Property]] = field(default_factory=dict)
    children: list[_Component] = field(default_factory=list)

    def all(self, name: str) -> list[_Property]:
        return self.properties.get(name, [])

    def get(self, name: str) -> _Property | None:
        return next(iter(self.all(name)), None)

    def value(self, name: str) -> str:
        found = self.get(name)
        return found.value.strip() if found else ""

    def text(self, name: str) -> str:
        """Read a TEXT value without its escapes (RFC 5545 section 3.3.11)."""
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], self.value(name))

    def walk(self, name: str) -> Iterator[_Component]:
        """Find every component of that name below, however wrongly the file nests them."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.walk(name)


def _parse(text: str) -> _Component:
    root = _Component("")
    open_ = [root]
    for name, line in _lines(text):
        if name == "BEGIN" and len(open_) < 20:
            child = _Component(line.value.strip().upper())
            open_[-1].children.append(child)
            open_.append(child)
        elif name == "END":
            ended = line.value.strip().upper()
            if ended in {c.name for c in open_[1:]}:
                while open_.pop().name != ended:
                    pass
        else:
            open_[-1].properties.setdefault(name, []).append(line)
    return root


def _lines(text: str) -> Iterable[tuple[str, _Property]]:
    unfolded = re.sub(r"\r\n?|\n", "\n", text)
    for raw in re.sub(r"\n[ \t]", "", unfolded).split("\n"):
        found = _LINE.match(raw)
        if found:
            parameters = {m[1].upper(): m[2].strip('"') for m in _PARAMETER.finditer(found[2])}
            yield found[1].upper(), _Property(parameters, found[3])
        elif ":" in raw:  # an unbalanced quote among the parameters: the value may still be good
            head, _, value = raw.partition(":")
            yield head.partition(";")[0].upper(), _Property({}, value)
