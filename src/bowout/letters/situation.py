"""Tell from the facts of a thread where the person stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from bowout import notice
from bowout.etiquette.context import AGREED, OFFERED
from bowout.model import Facts, Situation, Slot, Stage


def infer_situation(facts: Facts, now: datetime) -> Situation:
    """Where the person stands, as far as the thread tells; a booked interview counts before the stage.

    A slot that has passed is ``missed`` when they say so, or nothing says that an interview took place.
    """
    stage = facts.stage.value if facts.stage else None
    by_stage = _by_stage(stage, facts.rounds.value if facts.rounds else 0)
    left = notice.of(booked(facts), now)
    if left is None or by_stage in OFFERED | AGREED | {Situation.HOLD}:
        return by_stage
    if left > notice.PASSED:
        return _by_notice(left)
    if facts.slot and facts.slot.value.missed:
        return Situation.MISSED
    if stage in {Stage.INTERVIEWED, Stage.ASSESSMENT}:
        return by_stage
    held = facts.rounds is not None and facts.rounds.value > 0
    return Situation.AFTER_INTERVIEW if held else Situation.MISSED


def booked(facts: Facts) -> Slot | None:
    """The interview that stands in the calendar; None when there is none, or it was called off."""
    return facts.slot.value if facts.slot and not facts.slot.value.cancelled else None


def _by_notice(left: timedelta) -> Situation:
    if left > notice.SOON:
        return Situation.SCHEDULED
    return Situation.SOON if left >= notice.SHORT else Situation.LATE


def _by_stage(stage: Stage | None, rounds: int) -> Situation:
    match stage:
        case Stage.OUTREACH:
            return Situation.OUTREACH
        case Stage.INVITED | Stage.SCHEDULED:
            return Situation.INVITED
        case Stage.ASSESSMENT:
            return Situation.ASSESSMENT
        case Stage.HOLD | Stage.VERBAL_OFFER | Stage.OFFER | Stage.ACCEPTED | Stage.SIGNED:
            return Situation(stage.value)
        case Stage.INTERVIEWED:
            return Situation.AFTER_ROUNDS if rounds >= 2 else Situation.AFTER_INTERVIEW
        case _:
            return Situation.EARLY
