"""Read in a thread who, which company and position, how far, when, in which language. Pure.

Only what the other side wrote is a source, and of that only the new text of each message: not its quote, not
what I wrote, not what outsiders in the conversation wrote. Every fact carries where it was read, in words for
a person, and a confidence; unknown beats wrong. docs/facts.md tells what is read from where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from bowout.mail.calendar import Invitation, invitations
from bowout.model import Confidence, Fact, Facts, Identity, Slot, Stage, Thread, require_aware
from bowout.people.machines import Relays
from bowout.people.sides import Sides, tell_apart
from bowout.read import company, people, slot, stage
from bowout.read.language import language
from bowout.read.source import Source, sources

__all__ = ["Reading", "concerning", "facts"]


def facts(
    thread: Thread, identities: Sequence[Identity], relays: Relays, now: datetime, zone: str | None = None
) -> Facts:
    """Read what ``thread`` tells at ``now`` (aware). ``rounds`` counts interviews that were held.

    ``zone`` is the person's own: a time that was told in UTC is shown on their clock.

    Bodies that were not fetched tell nothing: hand in a complete thread. Never raises for what mail holds.
    """
    return Reading(thread, identities, relays, now).facts(zone)


class _Meetings(NamedTuple):
    """The invitations, and the appointment that counts."""

    booked: tuple[Invitation, ...]
    chosen: Fact[Slot] | None


class Reading:
    """Hold what is read in one thread at one moment, for all who ask; each thing is read at most once."""

    def __init__(self, thread: Thread, identities: Sequence[Identity], relays: Relays, now: datetime) -> None:
        require_aware(now=now)
        self.thread, self.relays, self.now = thread, relays, now
        self.sides = tell_apart(thread, identities, relays)
        self.heard = sources(thread, self.sides, relays)
        self.theirs = [s for s in self.heard if not s.mine]

    @cached_property
    def job(self) -> company.Job:
        return company.job(self.heard, self.relays)

    @cached_property
    def reached(self) -> Fact[Stage] | None:
        """How far the process has come, as the thread itself tells it: nothing beside it is read."""
        return self._stage(slot.booked_slots(*self._alone))

    def _stage(self, known: Sequence[Slot]) -> Fact[Stage] | None:
        return stage.stage(concerning(self.heard, self.sides), known, self.now)

    @cached_property
    def _alone(self) -> _Meetings:
        booked = invitations([s.message for s in self.theirs])
        return _Meetings(booked, slot.slot(self.heard, booked, self.now))

    @cached_property
    def _meetings(self) -> _Meetings:
        aside = sources(replace(self.thread, messages=self.thread.aside), self.sides, self.relays)
        if not aside:
            return self._alone
        booked = invitations([s.message for s in (*self.theirs, *aside) if not s.mine])
        in_order = sorted((*self.heard, *aside), key=lambda source: source.message.moment)
        return _Meetings(booked, slot.slot(in_order, booked, self.now))

    def facts(self, zone: str | None = None) -> Facts:
        """Gather all of it as ``facts`` does."""
        sides, booked = self.sides, self._meetings.booked
        return replace(
            self.story(zone),
            people=people.people(
                sides.people, self.theirs, booked, sides.mine, self.relays, self.job.agency_domain
            ),
            phones=people.phones(self.theirs, booked),
            language=language(concerning(self.heard, self.sides)),
        )

    def story(self, zone: str | None = None) -> Facts:
        """Gather what a list shows: which job, how far it has come, when they meet; no people, no phones."""
        booked, chosen = self._meetings
        appointment = slot.on_clock(chosen, zone)
        # A written time counts for the stage even where its zone is a guess: the day is told.
        known = slot.booked_slots(booked, appointment)
        alone = slot.booked_slots(*self._alone)
        reached = self.reached if known == alone else self._stage(known)
        talked = reached is not None and reached.value is Stage.INTERVIEWED
        return Facts(
            company=self.job.company,
            position=_open_position(self.job.position, reached, self.theirs),
            stage=reached,
            slot=_unless_ended(appointment, reached),
            rounds=stage.rounds(known, self.now, self.heard if talked else ()),
            agency=self.job.agency,
        )


def _unless_ended(appointment: Fact[Slot] | None, reached: Fact[Stage] | None) -> Fact[Slot] | None:
    """Doubt a written time once there is an offer: it may be the first day at work."""
    late = reached is not None and reached.value in (
        Stage.VERBAL_OFFER,
        Stage.OFFER,
        Stage.ACCEPTED,
        Stage.SIGNED,
    )
    if appointment is None or not late or appointment.confidence is Confidence.HIGH:
        return appointment
    return replace(appointment, confidence=Confidence.LOW)


def concerning(heard: Sequence[Source], sides: Sides) -> list[Source]:
    """Leave out what I wrote to others than those who hire."""
    return [s for s in heard if not s.mine or sides.concerns(s.message)]


def _open_position(
    named: Fact[str] | None, reached: Fact[Stage] | None, theirs: Sequence[Source]
) -> Fact[str] | None:
    """Doubt the position where they turned me down for one and go on: it may be that one."""
    ended = reached is not None and reached.value in stage.ENDED
    if named is None or ended or not stage.turned_down(theirs):
        return named
    return replace(named, confidence=Confidence.LOW)
