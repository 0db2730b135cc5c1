"""Read which appointment counts now: out of invitations and mails of both sides, in order. Pure.

A time is agreed when they fix it, or when one of us asks for it and the other says yes. A choice of times, a
question, a limit and a hold are no appointment. The newest agreed time wins, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bowout.mail.calendar import Invitation
from bowout.mail.subject import base
from bowout.model import Confidence, Fact, Slot
from bowout.people.mailkind import Kind
from bowout.read import time_words as tw
from bowout.read.choice import ANSWER, chosen, named
from bowout.read.clocks import clocks
from bowout.read.source import Source, spoken_day
from bowout.read.time import Mention
from bowout.read.told import (
    PAST,
    appointments,
    asks,
    is_asked,
    is_free,
    is_programme,
    on,
    told_at_home,
    unsure_clock,
)
from bowout.text import hiring, zones
from bowout.text.spelling import lowered

__all__ = ["booked_slots", "on_clock", "slot"]

_NAMED = 50  # times that a later mail may mean
_RUNNING = timedelta(minutes=40)  # after its begin nobody asks by mail who sits at the table
_ASKS_AFTER = timedelta(days=7)  # in these they ask where I was


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
    replied: bool = False  # I answered what they offered last, and chose none
    wished: set[int] = field(default_factory=set)  # the one hour that my last mail names without a day
    given_up: list[Invitation] = field(default_factory=list)  # I cannot come then, and they do not mind
    unsettled: bool = False  # I asked for another time than the agreed one
    clock: tzinfo | None = None  # that of their newest mail

    def usual(self) -> datetime | None:
        return self.agreed[-1].fact.value.start if self.agreed else None


def slot(
    heard: Sequence[Source], booked: Sequence[Invitation], now: datetime, zone: str | None = None
) -> Fact[Slot] | None:
    """Choose the appointment that counts at ``now``; ``zone`` is the person's own, for times told in UTC.

    The next one ahead; else the last one, unless a mail after it shows that it is over; when all were called
    off the last of those, marked.
    """
    talk, place = _Talk(), told_at_home(heard)
    for source in heard:
        _hear(talk, source, [i for i in booked if i.message is source.message], place)
    return on_clock(_counting(talk, heard, booked, now), zone)


def on_clock(found: Fact[Slot] | None, zone: str | None) -> Fact[Slot] | None:
    """Show an appointment on the person's own clock where it was told in UTC."""
    return replace(found, value=_shown(found.value, zone)) if found is not None else None


def booked_slots(booked: Sequence[Invitation], chosen: Fact[Slot] | None) -> list[Slot]:
    """List the booked interviews for stage and rounds, no holds; without any the one that was told."""
    absent = chosen.value.start if chosen and chosen.value.missed else None
    off = (chosen.value.uid, chosen.value.start) if chosen and chosen.value.cancelled else None
    firm = [
        replace(
            i.slot,
            missed=i.slot.start == absent,
            cancelled=i.slot.cancelled or (i.slot.uid, i.slot.start) == off,
        )
        for i in booked
        if not i.tentative
    ]
    return firm or ([chosen.value] if chosen else [])


# --- one mail after the other ---------------------------------------------------------------------


def _hear(talk: _Talk, source: Source, invitations: Sequence[Invitation], place: bool | None) -> None:
    if source.kind is Kind.BULK and source.relay is None and not invitations:
        return
    told = [_as_named(m, talk.named, source) for m in appointments(source, talk.usual(), place)]
    if source.mine:
        _answered(talk, source, [_in_that_week(m, talk.offered, source) for m in told])
        return
    talk.named = [*talk.named, *told][-_NAMED:]
    talk.clock = unsure_clock(source, place) or (source.message.date or source.message.moment).tzinfo
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
    talk.unsettled = False  # they name a time: that is their answer
    fixed = [m for m in told if not asks(source, m)]
    instants = {m.slot.start for m in told}
    if fixed and (len(instants) == 1 or is_programme(source, told)):
        _agree(talk, source, fixed[0], moves=moves)
    else:
        _offer(talk, source, told)


def _offer(talk: _Talk, source: Source, told: Sequence[Mention]) -> None:
    talk.offered, talk.offer_source, talk.replied = list(told), f"mail of {source.day}", False


def _as_named(told: Mention, named: Sequence[Mention], source: Source) -> Mention:
    """Take "Tuesday at 4" for the Tuesday of another week that was named with its number."""
    if not named or re.search(r"\d", source.prose[told.start : told.clock]):
        return told
    start = told.slot.start
    same = (m for m in reversed(named) if (m.slot.start - start) % timedelta(days=7) == timedelta())
    return next((replace(told, slot=m.slot, confidence=m.confidence) for m in same), told)


def _in_that_week(told: Mention, offered: Sequence[Mention], source: Source) -> Mention:
    """Take my "Friday at eight?" for the Friday of the one later week in which they offered a time."""
    if re.search(r"\d", source.prose[told.start : told.clock]):
        return told
    start = told.slot.start
    weeks = {m.slot.start.date() - timedelta(days=m.slot.start.weekday()) for m in offered}
    ahead = min(weeks) - start.date() if len(weeks) == 1 else timedelta()
    if ahead <= timedelta():
        return told
    moved = start + timedelta(days=7 * -(-ahead.days // 7))
    return replace(told, slot=replace(told.slot, start=moved, end=None), confidence=Confidence.LOW)


def _without_day(talk: _Talk, source: Source, *, moves: bool) -> None:
    """Hear a mail of theirs that names no day and hour: a yes to the time I asked for, or a change of it."""
    if talk.unsettled and len(talk.asked) != 1:
        # They answer that I cannot come then; what is booked stands unless they say that it need not.
        if tw.says("gives_way", source.prose):
            talk.given_up += [a.invitation for a in talk.agreed if a.invitation]
        talk.agreed = [a for a in talk.agreed if a.invitation and a.invitation not in talk.given_up]
    asked = _granted(talk, source)
    moved = _new_hour(talk, source) if asked is None else None
    if asked is not None:
        there = (source.message.date or source.message.moment).utcoffset() == asked.slot.start.utcoffset()
        sure = asked.confidence if asked.zoned or there else Confidence.LOW
        _agree(talk, source, replace(asked, confidence=sure), moves=True)
    elif moved is not None and tw.says("silence", source.prose):
        _agree(talk, source, moved, moves=True)
    elif moves and (hours := {clock.minutes for clock in clocks(source.prose)}):
        wished = hours == talk.wished and "?" not in source.prose
        talk.agreed = [_at_hour(a, min(hours), wished=wished) for a in talk.agreed]
    talk.asked, talk.unsettled, talk.wished = [], False, set()
    if moved is not None and is_asked(source, moved):
        _offer(talk, source, [moved])


def _granted(talk: _Talk, source: Source) -> Mention | None:
    """Find the time that they take of those that I named, or of their own where I left it to them."""
    settles = tw.says("settle", source.prose) and not tw.says("unsettled", source.prose)
    if len(talk.asked) == 1 and "?" not in source.prose and settles:
        return talk.asked[0]
    return named(talk.asked or (talk.offered if talk.replied else []), source)


def _new_hour(talk: _Talk, source: Source) -> Mention | None:
    """Find the other hour of the one talk ahead that a mail without a day names: "make it 8.30?"."""
    written = source.message.date or source.message.moment
    ahead = [a.fact for a in talk.agreed if a.invitation is None and a.fact.value.start > written]
    if len(ahead) != 1:
        return None
    usual, at = ahead[0].value.start, ahead[0]
    hours = [(c.minutes, c.start, c.end) for c in clocks(source.prose[:ANSWER])]
    new = [one for one in hours if one[0] != usual.hour * 60 + usual.minute] or _shifts(usual, source.prose)
    if len(new) != 1 or not is_free(source.prose, new[0][1]):
        return None
    minutes, begin, end = new[0]
    start = usual.replace(hour=minutes // 60, minute=minutes % 60)
    return Mention(replace(at.value, start=start, end=None), at.confidence, begin, end, begin, zoned=True)


_SHIFTS = {"hour_earlier": -60, "hour_later": 60, "half_earlier": -30, "half_later": 30}  # minutes


def _shifts(usual: datetime, prose: str) -> list[tuple[int, int, int]]:
    """List the hours that "an hour earlier" means, with where that stands."""
    found = []
    for name, minutes in _SHIFTS.items():
        match = tw.talk(name).search(lowered(prose[:ANSWER]))
        if match is not None:
            moved = usual.hour * 60 + usual.minute + minutes
            found.append((moved % (24 * 60), *match.span()))
    return found


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
    kept = {m.slot.start for m in told if not asks(source, m)}
    written = source.message.date or source.message.moment
    talk.agreed = [
        a
        for a in talk.agreed
        if a.fact.value.start in kept or a.fact.value.start < written - PAST or a.invitation is not None
    ]


def _answered(talk: _Talk, source: Source, told: Sequence[Mention]) -> None:
    """Hear what I answered to what they offered."""
    hours = {clock.minutes for clock in clocks(source.prose[:ANSWER])}
    talk.wished = hours if len(hours) == 1 and not told else set()
    starts = sorted({m.slot.start for m in talk.offered})
    plain = tw.talk("prefer").sub(" ", lowered(source.prose))
    declined, prefers = tw.says("decline", plain), plain != lowered(source.prose)
    taken = chosen(talk.offered, told, source, prefers=prefers) if starts and not declined else None
    other = told and not {m.slot.start.date() for m in told} & {start.date() for start in starts}
    refused = declined or prefers or other
    if taken is None and len(starts) == 1 and not refused and tw.says("accept", source.prose):
        taken = talk.offered[0]
    if taken is not None:
        fact = Fact(taken.slot, talk.offer_source, taken.confidence)
        talk.agreed = [
            *(a for a in talk.agreed if a.fact.value.start == taken.slot.start),
            _Agreed(fact, source.message.moment),
        ]
        talk.offered, talk.asked = [], []
        return
    if not (starts or declined or talk.agreed) and _takes(source, told) and talk.clock is not None:
        # I say yes to a time that they named in words that were not read: it is one of their clock.
        mine = told[0] if told[0].zoned else replace(told[0], slot=on(told[0].slot, talk.clock))
        talk.agreed = [
            _Agreed(Fact(mine.slot, f"your mail of {source.day}", mine.confidence), source.message.moment)
        ]
        return
    if declined and starts and told:
        talk.offered = []
    walls = {a.fact.value.start.replace(tzinfo=None) for a in talk.agreed}
    new = {m.slot.start for m in told if m.slot.start.replace(tzinfo=None) not in walls}
    talk.asked, talk.replied = [m for m in told if m.slot.start in new], True
    if not starts and tw.says("reask", source.prose):
        talk.agreed, talk.unsettled = [_doubted(a) for a in talk.agreed], True


def _takes(source: Source, told: Sequence[Mention]) -> bool:
    """Tell whether a mail of mine says yes to the one time that it names, and asks nothing about it."""
    if len({m.slot.start for m in told}) != 1 or asks(source, told[0]):
        return False
    line = source.prose[told[0].start :].split("\n")[0][:_YES]
    return tw.says("takes", line) and not tw.says("decline", source.prose)


_YES = 80  # characters from the time on


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
    given_up = [replace(i, slot=replace(i.slot, cancelled=True)) for i in talk.given_up]
    cancelled = [*(i for i in booked if i.slot.cancelled), *given_up]
    chosen = max(cancelled, key=lambda i: i.slot.start, default=None)
    return _invited(chosen, chosen.slot, sure=chosen.exact) if chosen else None


def _unheld(held: Fact[Slot], heard: Sequence[Source]) -> Fact[Slot] | None:
    """Give a past appointment where no mail after it shows that it took place, marked where nobody came."""
    start = held.value.start
    after = [s for s in heard if s.message.moment > start]
    missed = False
    for source in after:
        parts = re.split(r"(?<=[.!?,;])\s|\n", f"{source.message.subject}\n{source.prose[:ANSWER]}")
        absent = [] if source.mine else [part for part in parts if tw.says("missed", part)]
        waited = source.message.moment - start
        # "We waited on the call": what tells that nobody came tells of no meeting.
        if hiring.tells_of_meeting("\n".join(part for part in parts if part not in absent)):
            missed = False
        elif source.mine and waited <= _ASKS_AFTER and tw.says("i_was_absent", source.prose[:ANSWER]):
            missed = True
        elif not source.mine and waited <= _ASKS_AFTER and not tw.says("own_absence", "\n".join(parts)):
            missed = missed or bool(absent) or ("?" in source.prose and waited <= _RUNNING)
    if missed:
        return replace(held, value=replace(held.value, missed=True))
    return None if any(s.message.moment > (held.value.end or start) for s in after) else held


def _shown(value: Slot, zone: str | None) -> Slot:
    """Show a time told in UTC, or only by an offset that is also mine, on the person's own clock.

    One that nobody placed keeps its hour, and counts as if it were on that clock.
    """
    if zone is None or value.zone not in (None, "UTC"):
        return value
    if value.start.tzname() == zones.UNTOLD:
        return on(value, zones.untold(value.start.replace(tzinfo=ZoneInfo(zone)).utcoffset()))
    here = value.start.astimezone(ZoneInfo(zone))
    if value.zone == "UTC" or here.utcoffset() == value.start.utcoffset():
        end = value.end.astimezone(ZoneInfo(zone)) if value.end else None
        return replace(value, start=here, end=end, zone=zone)
    return value
