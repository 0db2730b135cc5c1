"""Read in a thread who, which company and position, how far, when, in which language. Pure.

Only what the other side wrote is a source, and of that only the new text of each message: not its quote, not
what I wrote, not what outsiders in the conversation wrote. Every fact carries where it was read, in words for
a person, and a confidence; unknown beats wrong. docs/facts.md tells what is read from where.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bowout.mail.calendar import Invitation, invitations
from bowout.model import Confidence, Fact, Facts, Identity, Slot, Stage, Thread, require_aware
from bowout.people.machines import Relays
from bowout.people.sides import tell_apart
from bowout.read import company, people, stage
from bowout.read.language import language
from bowout.read.source import Source, sources, spoken_day
from bowout.read.time import Mention, mentions

__all__ = ["facts"]


def facts(thread: Thread, identities: Sequence[Identity], relays: Relays, now: datetime) -> Facts:
    """Read what ``thread`` tells at ``now`` (aware). ``rounds`` counts interviews that were held.

    Bodies that were not fetched tell nothing: hand in a complete thread. Never raises for what mail holds.
    """
    require_aware(now=now)
    sides = tell_apart(thread, identities, relays)
    heard = sources(thread, sides, relays)
    theirs = [s for s in heard if not s.mine]
    booked = invitations([s.message for s in theirs])
    job = company.job(theirs, relays)
    slot = _slot(booked, theirs, now)
    # A written time counts for the stage even where its zone is a guess: the day is told.
    known = [i.slot for i in booked] or ([slot.value] if slot else [])
    reached = stage.stage(heard, known, now)
    return Facts(
        company=job.company,
        position=_open_position(job.position, reached, theirs),
        people=people.people(sides.people, theirs, booked, sides.mine, relays, job.agency_domain),
        stage=reached,
        slot=slot,
        rounds=stage.rounds(known, now),
        phones=people.phones(theirs, booked),
        language=language(theirs),
        agency=job.agency,
    )


def _open_position(
    named: Fact[str] | None, reached: Fact[Stage] | None, theirs: Sequence[Source]
) -> Fact[str] | None:
    """Doubt the position where they turned me down for one and go on: it may be that one."""
    ended = reached is not None and reached.value is Stage.REJECTED
    if named is None or ended or not stage.turned_down(theirs):
        return named
    return replace(named, confidence=Confidence.LOW)


def _slot(booked: Sequence[Invitation], theirs: Sequence[Source], now: datetime) -> Fact[Slot] | None:
    """Choose the next interview; else the last one held; when all were cancelled the last of those."""
    live = [i for i in booked if not i.slot.cancelled]
    ahead = [i for i in live if (i.slot.end or i.slot.start) > now]
    if ahead:
        return _invited(min(ahead, key=lambda i: i.slot.start))
    written = _in_text(theirs, booked)
    if written is not None:
        return written
    chosen = max(live or booked, key=lambda i: i.slot.start, default=None)
    return _invited(chosen) if chosen else None


def _invited(invitation: Invitation) -> Fact[Slot]:
    source = f"invitation of {spoken_day(invitation.message.moment)}"
    return Fact(invitation.slot, source, Confidence.HIGH if invitation.exact else Confidence.LOW)


def _in_text(theirs: Sequence[Source], booked: Sequence[Invitation]) -> Fact[Slot] | None:
    """Find the one time that the newest mail with a time names; several are a choice, no appointment."""
    newest_invitation = max((i.message.moment for i in booked), default=None)
    for source in reversed(theirs):
        moment = source.message.moment
        if newest_invitation is not None and moment <= newest_invitation:
            return None  # what invitations said later overrides the text
        written = source.message.date or moment
        told = [m for m in mentions(source.prose, written) if _appoints(source.prose, m, written)]
        if not told:
            continue
        if len({m.slot.start for m in told}) > 1:
            return None
        return Fact(told[0].slot, f"mail of {source.day}", told[0].confidence)
    return None


# A date after "by" or "until" is a limit; sentences about these things name no interview.
_LIMIT = re.compile(
    r"\b(by|until|till|before|no later than|bis|vor|spätestens)\s+((the|end of|zum|am)\s+)*$", re.IGNORECASE
)
_NO_INTERVIEW = re.compile(
    r"\b(deadline|due|expire[sd]?|closed|closes|closing|valid|webinar|open day|\w*frist|\w*schluss"
    r"|geschlossen|gültig|läuft)\b",
    re.IGNORECASE,
)


def _appoints(prose: str, told: Mention, written: datetime) -> bool:
    """Tell whether a time may be an appointment: not past when written, no limit, of an interview only."""
    before = re.split(r"[.!?]\s|\n", prose[max(0, told.start - 200) : told.start])[-1]
    past = told.slot.start < written - timedelta(days=1)
    return not past and not _LIMIT.search(before) and not _NO_INTERVIEW.search(before)
