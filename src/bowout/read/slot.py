"""Read which appointment counts now: out of invitations and mails of both sides, in order. Pure.

A time is agreed when they fix it, or when one of us asks for it and the other says yes. A choice of times, a
question, a limit and a hold are no appointment. The newest agreed time wins, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from bowout.mail.calendar import Invitation
from bowout.mail.subject import base, has_mark
from bowout.model import Confidence, Fact, Slot
from bowout.people.mailkind import Kind
from bowout.read import time_words as tw
from bowout.read.clocks import clocks
from bowout.read.days import days
from bowout.read.source import Source, spoken_day
from bowout.read.time import Mention, mentions
from bowout.read.zones import keeps_utc
from bowout.text import hiring, zones
from bowout.text.spelling import lowered

__all__ = ["booked_slots", "on_clock", "slot"]

_CLOSELY = 30  # characters in front of a day or a clock in which a word that changes it may stand
_ABOVE_QUOTE = 300  # characters of a quote in which its own head stands
_ANSWER = 2_000  # characters of my answer in which the chosen time is looked for
_NAMED = 50  # times that a later mail may mean
_HALF_DAY = 12 * 60
_RUNNING = timedelta(minutes=40)  # after its begin nobody asks by mail who sits at the table
_ASKS_AFTER = timedelta(days=7)  # in these they ask where I was
_PAST = timedelta(hours=1)  # a mail may be written while the talk begins


@dataclass(frozen=True, slots=True)
class _Agreed:
    """An appointment that stands, and when it was told."""

    fact: Fact[Slot]
    at: datetime
    invitation: Invitation | None = None


@dataclass(slots=True)
class _Talk:
    """What was agreed and what was offered, up to one mail of the thread."""

    agreed: list[_Agreed] = field(default_factory=list)
    offered: list[Mention] = field(default_factory=list)
    offer_source: str = ""
    named: list[Mention] = field(default_factory=list)  # every time of their mails, the newest last
    asked: list[Mention] = field(default_factory=list)  # times that I named without being offered them
    wished: set[int] = field(default_factory=set)  # the one hour that my last mail names without a day
    unsettled: bool = False  # I asked for another time than the agreed one

    def usual(self) -> datetime | None:
        return self.agreed[-1].fact.value.start if self.agreed else None


def slot(
    heard: Sequence[Source], booked: Sequence[Invitation], now: datetime, zone: str | None = None
) -> Fact[Slot] | None:
    """Choose the appointment that counts at ``now``; ``zone`` is the person's own, for times told in UTC.

    The next one ahead; else the last one, unless a mail after it shows that it is over; when all were called
    off the last of those, marked.
    """
    talk, place = _Talk(), _told_at_home(heard)
    for source in heard:
        _hear(talk, source, [i for i in booked if i.message is source.message], place)
    return on_clock(_counting(talk, heard, booked, now), zone)


def on_clock(found: Fact[Slot] | None, zone: str | None) -> Fact[Slot] | None:
    """Show an appointment on the person's own clock where it was told in UTC."""
    return replace(found, value=_shown(found.value, zone)) if found is not None else None


def booked_slots(booked: Sequence[Invitation], chosen: Fact[Slot] | None) -> list[Slot]:
    """List the booked interviews for stage and rounds, no holds; without any the one that was told."""
    absent = chosen.value.start if chosen and chosen.value.missed else None
    firm = [replace(i.slot, missed=i.slot.start == absent) for i in booked if not i.tentative]
    return firm or ([chosen.value] if chosen else [])


# --- one mail after the other ---------------------------------------------------------------------


def _hear(talk: _Talk, source: Source, invitations: Sequence[Invitation], place: bool) -> None:
    if source.kind is Kind.BULK and source.relay is None and not invitations:
        return
    told = [_as_named(m, talk.named, source) for m in _appointments(source, talk.usual(), place)]
    if source.mine:
        _answered(talk, source, told)
        return
    talk.named = [*talk.named, *told][-_NAMED:]
    moves = _says("move", source)
    live = [i for i in invitations if not i.slot.cancelled and not i.tentative]
    if live:
        _book(talk, source, live, told, moves=moves)
        return
    if _says("off", source) or (moves and told):
        _call_off(talk, source, told)
    if not told:
        _without_day(talk, source, moves=moves)
        return
    fixed = [m for m in told if not _asks(source, m)]
    instants = {m.slot.start for m in told}
    if fixed and (len(instants) == 1 or _is_programme(source, told)):
        _agree(talk, source, fixed[0], moves=moves)
    else:
        talk.offered, talk.offer_source = told, f"mail of {source.day}"


def _as_named(told: Mention, named: Sequence[Mention], source: Source) -> Mention:
    """Take "Tuesday at 4" for the Tuesday of another week that was named with its number."""
    if not named or re.search(r"\d", source.prose[told.start : told.clock]):
        return told
    start = told.slot.start
    same = (m for m in reversed(named) if (m.slot.start - start) % timedelta(days=7) == timedelta())
    return next((replace(told, slot=m.slot, confidence=m.confidence) for m in same), told)


def _without_day(talk: _Talk, source: Source, *, moves: bool) -> None:
    """Hear a mail of theirs that names no day: a yes to the time I asked for, or a change of the hour."""
    settles = tw.says("settle", source.prose) and not tw.says("unsettled", source.prose)
    if talk.unsettled and not talk.asked:
        talk.agreed = [a for a in talk.agreed if a.invitation]  # they answer that I cannot come then
    if len(talk.asked) == 1 and "?" not in source.prose and settles:
        asked = talk.asked[0]
        there = (source.message.date or source.message.moment).utcoffset() == asked.slot.start.utcoffset()
        sure = asked.confidence if asked.zoned or there else Confidence.LOW
        _agree(talk, source, replace(asked, confidence=sure), moves=True)
    elif moves and (hours := {clock.minutes for clock in clocks(source.prose)}):
        wished = hours == talk.wished and "?" not in source.prose
        talk.agreed = [_at_hour(a, min(hours), wished=wished) for a in talk.agreed]
    talk.asked, talk.unsettled, talk.wished = [], False, set()


def _at_hour(old: _Agreed, minutes: int, *, wished: bool) -> _Agreed:
    """Move what was agreed in words to the hour that I wished for and they repeat; else it is a guess."""
    if old.invitation is not None or not wished:
        return old if old.invitation else _doubted(old)
    hour, minute = divmod(minutes, 60)
    start = old.fact.value.start.replace(hour=hour, minute=minute)
    return replace(old, fact=replace(old.fact, value=replace(old.fact.value, start=start, end=None)))


def _says(what: str, source: Source) -> bool:
    return tw.says(what, f"{source.message.subject}\n{source.prose}"[:6_000])


def _book(
    talk: _Talk, source: Source, live: Sequence[Invitation], told: Sequence[Mention], *, moves: bool
) -> None:
    """Take invitations down; a new one takes the place of an old one that it moves or repeats."""
    for one in live:
        older = [a for a in talk.agreed if a.at < source.message.moment]
        replaced = [a for a in older if _replaces(one, a, moves=moves)]
        doubtful = [a for a in older if a not in replaced and _repeats(one, a)]
        talk.agreed = [_doubted(a) if a in doubtful else a for a in talk.agreed if a not in replaced]
        sure = one.exact and not doubtful
        value = one.slot
        spoken = next((m for m in told if m.zoned and m.slot.start == value.start), None)
        if spoken is not None and value.zone in (None, "UTC"):
            value = replace(value, zone=spoken.slot.zone, start=spoken.slot.start)
        if replaced:
            value = replace(value, moved=True)
        talk.agreed.append(_Agreed(_invited(one, value, sure=sure), source.message.moment, one))
    talk.offered = []


def _doubted(old: _Agreed) -> _Agreed:
    return replace(old, fact=replace(old.fact, confidence=Confidence.LOW))


def _invited(one: Invitation, value: Slot, *, sure: bool) -> Fact[Slot]:
    source = f"invitation of {spoken_day(one.message.moment)}"
    return Fact(value, source, Confidence.HIGH if sure else Confidence.LOW)


def _replaces(one: Invitation, old: _Agreed, *, moves: bool) -> bool:
    """Tell whether an invitation takes the place of what was agreed before: told in a mail, or moved."""
    if old.invitation is None:
        return True
    if old.invitation.slot.uid == one.slot.uid:
        return False
    by, before = one.slot.organizer, old.invitation.slot.organizer
    same_people = by is None or before is None or by.key == before.key
    return (moves or _moved_title(one)) and same_people


def _moved_title(one: Invitation) -> bool:
    return tw.says("move", one.slot.title)


def _repeats(one: Invitation, old: _Agreed) -> bool:
    """Tell whether two invitations have one title: the second may be a new date, or a second round."""
    if old.invitation is None or old.invitation.slot.uid == one.slot.uid:
        return False
    return bool(one.slot.title) and base(one.slot.title) == base(old.invitation.slot.title)


def _agree(talk: _Talk, source: Source, told: Mention, *, moves: bool) -> None:
    """Take a time of a mail as agreed; an invitation for another time stands unless the mail moves it."""
    same = [a for a in talk.agreed if a.fact.value.start == told.slot.start]
    if same and any(a.invitation for a in same):
        return
    booked = [a for a in talk.agreed if a.invitation is not None]
    if booked and not moves and source.message.moment > booked[-1].at:
        written = source.message.date or source.message.moment
        if any(a.fact.value.start > written for a in booked):
            return  # beside a booking still ahead another time needs a word of moving
    kept = [] if moves or not booked else booked
    fact = Fact(told.slot, f"mail of {source.day}", told.confidence)
    talk.agreed = [*kept, _Agreed(fact, source.message.moment)]
    talk.offered = []


def _call_off(talk: _Talk, source: Source, told: Sequence[Mention]) -> None:
    """Drop what was agreed in words; an invitation is off once its calendar or a new time says so."""
    kept = {m.slot.start for m in told if not _asks(source, m)}
    written = source.message.date or source.message.moment
    talk.agreed = [
        a
        for a in talk.agreed
        if a.fact.value.start in kept or a.fact.value.start < written - _PAST or a.invitation is not None
    ]


def _answered(talk: _Talk, source: Source, told: Sequence[Mention]) -> None:
    """Hear what I answered to what they offered."""
    hours = {clock.minutes for clock in clocks(source.prose[:_ANSWER])}
    talk.wished = hours if len(hours) == 1 and not told else set()
    starts = sorted({m.slot.start for m in talk.offered})
    plain = tw.talk("prefer").sub(" ", lowered(source.prose))
    declined, prefers = tw.says("decline", plain), plain != lowered(source.prose)
    chosen = _chosen(talk.offered, told, source, prefers=prefers) if starts and not declined else None
    other = told and not {m.slot.start.date() for m in told} & {start.date() for start in starts}
    refused = declined or prefers or other
    if chosen is None and len(starts) == 1 and not refused and tw.says("accept", source.prose):
        chosen = talk.offered[0]
    if chosen is not None:
        fact = Fact(chosen.slot, talk.offer_source, chosen.confidence)
        talk.agreed = [
            *(a for a in talk.agreed if a.fact.value.start == chosen.slot.start),
            _Agreed(fact, source.message.moment),
        ]
        talk.offered, talk.asked = [], []
        return
    if declined and starts and told:
        talk.offered = []
    walls = {a.fact.value.start.replace(tzinfo=None) for a in talk.agreed}
    new = {m.slot.start for m in told if m.slot.start.replace(tzinfo=None) not in walls}
    talk.asked = list(told) if len(new) == 1 else []
    if not starts and tw.says("reask", source.prose):
        talk.agreed, talk.unsettled = [_doubted(a) for a in talk.agreed], True


def _chosen(
    offered: Sequence[Mention], told: Sequence[Mention], source: Source, *, prefers: bool
) -> Mention | None:
    """Find the one offered time that my answer names: whole, on whatever clock, or by its day or hour."""
    if "?" in source.prose:
        return None
    walls = {m.slot.start.replace(tzinfo=None) for m in told}
    meant = [m for m in offered if m.slot.start.replace(tzinfo=None) in walls]
    if prefers or not meant:
        meant = _by_part(offered, source, both=prefers)
    return meant[0] if len({m.slot.start for m in meant}) == 1 else None


def _by_part(offered: Sequence[Mention], source: Source, *, both: bool) -> list[Mention]:
    """List the offered times whose day or hour I name; ``both`` = only where I name the two."""
    prose, written = source.prose[:_ANSWER], source.message.date or source.message.moment
    named, hours = days(prose, written), {c.minutes % _HALF_DAY for c in clocks(prose)}
    if not (named and hours if both else named or hours):
        return []
    weekdays = {d.day.weekday() for d in named if not re.search(r"\d", prose[d.start : d.end])}
    dates = {d.day for d in named}
    return [
        m
        for m in offered
        if (not named or m.slot.start.date() in dates or m.slot.start.weekday() in weekdays)
        and (not hours or (m.slot.start.hour * 60 + m.slot.start.minute) % _HALF_DAY in hours)
    ]


# --- times in one mail ----------------------------------------------------------------------------


def _appointments(source: Source, usual: datetime | None, place: bool) -> list[Mention]:
    """List the times of a mail that may be an appointment: to come, no limit, no old time."""
    written = source.message.date or source.message.moment
    text = source.prose
    subject = source.message.subject
    every = list(mentions(text, written, usual))
    told = [m for m in every if _appoints(text, m, written)] or _by_choice(text, every)
    if not told and not source.mine and not has_mark(subject):
        told = [m for m in mentions(subject, written) if _appoints(subject, m, written)]
    if not place and not written.utcoffset():
        # A Date of +0000 may be a server's clock: then nobody said whose time it is.
        told = [m if m.zoned else replace(m, slot=_on(m.slot, zones.untold())) for m in told]
    return _without_arrival(text, told)


def _told_at_home(heard: Sequence[Source]) -> bool:
    """Tell whether a Date of +0000 is the clock of the writers of this thread."""
    theirs = [s for s in heard if not s.mine]
    if any(keeps_utc(f"{s.prose}\n{s.signature}", s.sender.domain) for s in theirs):
        return True
    return any(_quotes_in_utc(s, heard) for s in theirs)


def _quotes_in_utc(answer: Source, heard: Sequence[Source]) -> bool:
    """Tell whether the line above their quote dates my mail in UTC: their program shows their own clock."""
    mine = [s.message.date for s in heard if s.mine and s.message.moment < answer.message.moment]
    sent = next((date for date in reversed(mine) if date is not None), None)
    offset = (answer.message.date or answer.message.moment).utcoffset()
    if sent is None or offset or not sent.utcoffset() or not answer.quoted:
        return False
    # A minute more or less: what is shown may be when it was sent, or when it arrived.
    clocks_shown = (sent.astimezone(UTC) + timedelta(minutes=n) for n in (-1, 0, 1))
    forms = (rf"{at:%H:%M}|{at.hour % 12 or 12}:{at:%M}(?::\d\d)?\s?{at:%p}" for at in clocks_shown)
    shown = re.compile(rf"(?<![\d:])(?:{'|'.join(forms)})(?!\d)", re.IGNORECASE)
    return shown.search(answer.quoted[:_ABOVE_QUOTE]) is not None


def _appoints(prose: str, told: Mention, written: datetime) -> bool:
    """Tell whether a time may be an appointment: not past when written, no limit, of an interview only."""
    before = re.split(r"[.!?]\s|\n", prose[max(0, told.start - 200) : told.start])[-1]
    if told.slot.start < written - _PAST or tw.says("elsewhere", before):
        return False
    if tw.talk("optional").search(lowered(prose), told.end, told.end + 24):
        return False
    day, clock = (prose[max(0, at - _CLOSELY) : at] for at in (told.start, told.clock))
    if tw.says("window", clock):
        return False
    return not any(_ends_with(what, part) for what in ("limit", "old") for part in (day, clock))


def _by_choice(text: str, every: Sequence[Mention]) -> list[Mention]:
    """List the times of "Sunday 6th by 4pm, or Tuesday 8th by 10am": of several limits one is no deadline."""
    told = [m for m in every if _ends_with("limit", text[max(m.start, m.clock - _CLOSELY) : m.clock])]
    days_told = {m.slot.start.date() for m in told}
    if len(days_told) < 2 or len(told) < len(every) or not _offers(text, told):
        return []
    return told


def _ends_with(what: str, before: str) -> bool:
    """Tell whether a word of that list is the last before a time, articles and words of time aside."""
    found = list(tw.talk(what).finditer(lowered(before)))
    return bool(found) and _FILLING.fullmatch(before, found[-1].end()) is not None


_FILLING = re.compile(
    r"(?:\s|[,(]|(?:the|end of|zum|am|at|on|um|den|dem|le|el|il|our|latest|noon)\b)*", re.IGNORECASE
)


def _without_arrival(text: str, told: Sequence[Mention]) -> list[Mention]:
    """Drop "arrive at 8:15" where another time of that day is told."""
    begin = [m for m in told if not _ends_with("arrive", text[max(0, m.clock - _CLOSELY) : m.clock])]
    begin = begin or list(told)
    return [m for m in begin if not _is_aside(text, m)] or begin


def _is_aside(text: str, told: Mention) -> bool:
    """Tell whether a clock stands in brackets behind its day: "(the front door closes at 5)"."""
    opened = text.rfind("(", told.start, told.clock)
    return not told.zoned and opened > text.rfind(")", told.start, told.clock)


def _asks(source: Source, told: Mention) -> bool:
    """Tell whether the sentence of a time asks for it."""
    text = source.prose
    if tw.says("silence", text):
        return False
    begin = max((end.end() for end in _SENTENCE_END.finditer(text, 0, told.start)), default=0)
    stop = _SENTENCE_END.search(text, max(told.end - 1, 0))
    sentence = text[begin : stop.end() if stop else len(text)]
    return "?" in sentence or tw.says("ask", sentence)


# The stop behind the number of a day ends no sentence: "der 15. oder der 17. Dezember".
_SENTENCE_END = re.compile(
    r"(?<!\d)\.\s|(?<=\d)\.\s(?=[A-ZÄÖÜ\n])(?!(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))|[?!]\s|\n"
)


def _is_programme(source: Source, told: Sequence[Mention]) -> bool:
    """Tell several times of one plan, of which the first counts, from a choice."""
    starts = [m.slot.start for m in told]
    if starts != sorted(starts) or _offers(source.prose, told):
        return False
    said = f"{source.message.subject}\n{source.prose}"
    return len({s.date() for s in starts}) == 1 or tw.says("programme", said)


def _offers(text: str, told: Sequence[Mention]) -> bool:
    """Tell whether a word of choice stands among several times."""
    return _choice().search(lowered(text), told[0].start, told[-1].end) is not None


@cache
def _choice() -> re.Pattern[str]:
    words = (word for word in tw.words("or") if len(word) > 1 and word != "of")
    return re.compile(rf"(?<!\w)(?:{tw.either(words)})(?!\w)")


# --- which one counts -----------------------------------------------------------------------------


def _counting(
    talk: _Talk, heard: Sequence[Source], booked: Sequence[Invitation], now: datetime
) -> Fact[Slot] | None:
    standing = [a.fact for a in talk.agreed]
    ahead = [f for f in standing if (f.value.end or f.value.start) > now]
    if ahead:
        return min(ahead, key=lambda f: f.value.start)
    holds = [i for i in booked if i.tentative and not i.slot.cancelled and i.slot.start > now]
    if len({i.slot.start for i in holds}) == 1:
        return _invited(holds[0], holds[0].slot, sure=False)
    last = max(standing, key=lambda f: f.value.start, default=None)
    if last is not None:
        return _unheld(last, heard)
    cancelled = [i for i in booked if i.slot.cancelled]
    chosen = max(cancelled, key=lambda i: i.slot.start, default=None)
    return _invited(chosen, chosen.slot, sure=chosen.exact) if chosen else None


def _unheld(held: Fact[Slot], heard: Sequence[Source]) -> Fact[Slot] | None:
    """Give a past appointment where no mail after it shows that it took place, marked where nobody came."""
    start = held.value.start
    after = [s for s in heard if s.message.moment > start]
    missed = False
    for source in after:
        parts = re.split(r"(?<=[.!?,;])\s|\n", f"{source.message.subject}\n{source.prose[:_ANSWER]}")
        absent = [] if source.mine else [part for part in parts if tw.says("missed", part)]
        waited = source.message.moment - start
        # "We waited on the call": what tells that nobody came tells of no meeting.
        if hiring.tells_of_meeting("\n".join(part for part in parts if part not in absent)):
            missed = False
        elif not source.mine and waited <= _ASKS_AFTER and not tw.says("own_absence", "\n".join(parts)):
            missed = missed or bool(absent) or ("?" in source.prose and waited <= _RUNNING)
    if missed:
        return replace(held, value=replace(held.value, missed=True))
    return None if any(s.message.moment > (held.value.end or start) for s in after) else held


def _on(value: Slot, clock: tzinfo) -> Slot:
    """Read the hours of an appointment on another clock."""
    end = value.end.replace(tzinfo=clock) if value.end else None
    return replace(value, start=value.start.replace(tzinfo=clock), end=end)


def _shown(value: Slot, zone: str | None) -> Slot:
    """Show a time told in UTC, or only by an offset that is also mine, on the person's own clock.

    One that nobody placed keeps its hour, and counts as if it were on that clock.
    """
    if zone is None or value.zone not in (None, "UTC"):
        return value
    if value.start.tzname() == zones.UNTOLD:
        return _on(value, zones.untold(value.start.replace(tzinfo=ZoneInfo(zone)).utcoffset()))
    here = value.start.astimezone(ZoneInfo(zone))
    if value.zone == "UTC" or here.utcoffset() == value.start.utcoffset():
        end = value.end.astimezone(ZoneInfo(zone)) if value.end else None
        return replace(value, start=here, end=end, zone=zone)
    return value
