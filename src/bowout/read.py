"""Thread -> Facts: who, which company and position, how far, when, in which language. Pure.

Only what the other side wrote is a source, and of that only the new text of each message: not its quote, not
what I wrote, not what outsiders in the conversation wrote. Every fact carries where it was read, in words for
a person, and a confidence; unknown beats wrong. docs/facts.md tells what is read from where.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bowout import invite, parties, read_job, read_people, read_stage
from bowout.invite import Invitation
from bowout.model import Confidence, Fact, Facts, Identity, Slot, Thread, require_aware
from bowout.parties import Relays
from bowout.read_source import Source, sources, spoken_day
from bowout.read_time import mentions

__all__ = ["facts"]


def facts(thread: Thread, identities: Sequence[Identity], relays: Relays, now: datetime) -> Facts:
    """What ``thread`` tells at ``now`` (aware). ``rounds`` counts interviews that were held.

    Bodies that were not fetched tell nothing: hand in a complete thread. Never raises for what mail holds.
    """
    require_aware(now=now)
    sides = parties.sort_out(thread, identities, relays)
    heard = sources(thread, sides, relays)
    theirs = [s for s in heard if not s.mine]
    booked = invite.invitations([s.message for s in theirs])
    job = read_job.job(theirs, relays)
    slot = _slot(booked, theirs, now)
    # A written time counts for the stage even where its zone is a guess: the day is told.
    known = [i.slot for i in booked] or ([slot.value] if slot else [])
    return Facts(
        company=job.company,
        position=job.position,
        people=read_people.people(sides.people, theirs, booked, sides.mine, relays, job.agency_domain),
        stage=read_stage.stage(heard, known, now),
        slot=slot,
        rounds=read_stage.rounds(known, now),
        phones=read_people.phones(theirs, booked),
        language=read_stage.language(theirs),
        agency=job.agency,
    )


def _slot(booked: Sequence[Invitation], theirs: Sequence[Source], now: datetime) -> Fact[Slot] | None:
    """The next interview; else the last one held; when all were cancelled the last of those."""
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
    """The one time that the newest mail with a time names; several times are a choice, not an appointment."""
    newest_invitation = max((i.message.moment for i in booked), default=None)
    for source in reversed(theirs):
        moment = source.message.moment
        if newest_invitation is not None and moment <= newest_invitation:
            return None  # what invitations said later overrides the text
        told = list(mentions(source.prose, source.message.date or moment))
        if not told:
            continue
        if len({m.slot.start for m in told}) > 1:
            return None
        return Fact(told[0].slot, f"mail of {source.day}", told[0].confidence)
    return None
