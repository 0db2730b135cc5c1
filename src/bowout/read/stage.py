"""Read how far the process has come, and how many interviews were held. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bowout.model import Confidence, Fact, Slot, Stage
from bowout.people.mailkind import Kind
from bowout.read.source import Source, spoken_day
from bowout.text import hiring

__all__ = ["rounds", "stage", "turned_down"]


@dataclass(frozen=True, slots=True)
class _Sign:
    """Hold something that happened in the process, and when."""

    at: datetime
    stage: Stage
    source: str
    confidence: Confidence


# In a mail that turns down: an interview that is not touched by it; what is said of a role; what is no new
# invitation, but thanks for an old one, or a promise for later.
_STANDS = re.compile(
    r"\binterview\b[^.\n]{0,80}\b(?:stands|still on|goes ahead|as planned|not affected|unaffected)\b"
    r"|(?:gespräch|interview|termin)\b[^.\n]{0,80}\b(?:bleibt|wie geplant|davon unberührt)\b"
)
_OF_A_ROLE = re.compile(r"\b(?:role|position|job|vacancy|opening|stelle|rolle|as (?:an?|our)|als)\b")
_NO_INVITATION = re.compile(
    r"thank|appreciat|feedback|future|again|other opportunit|talent (?:pool|community|network)|stay in touch"
    r"|keep in touch|\b(?:if|should|could have|would have)\b|(?:won't|cannot|can't|unable|not able|not) "
    r"|dank|künftig|zukunft|erneut|\b(?:nicht|kein\w*|falls|sollte\w*|wenn)\b"
)
_I_WITHDRAW = re.compile(
    r"ziehe (?:ich )?(?:hiermit )?meine bewerbung[^.\n]{0,60}\bzurück|"
    r"bewerbung (?:hiermit )?zurück(?:zu)?ziehen|"
    r"(?:termin|gespräch|interview)[^.\n]{0,60}\b(?:absagen|abzusagen|nicht wahrnehmen)",
)
_I_ACCEPT = re.compile(
    r"\bi (?:am|'m|’m)?\s*(?:happy|delighted|pleased|glad|thrilled|excited)?\s*(?:to )?(?:gladly |"
    r"formally )?accept (?:the|your|this) (?:offer|position|role)"
    r"|nehme (?:ich )?(?:das|ihr|euer) angebot\b[^.\n]{0,30}\ban\b",
)


def stage(sources: Sequence[Source], slots: Sequence[Slot], now: datetime) -> Fact[Stage] | None:
    """Read where the process stands at ``now``: the newest sign, or a booked interview saying more.

    Rejected and withdrawn last until the other side takes it up again with an invitation or an offer.
    """
    last: _Sign | None = None
    for sign in _written(sources):
        if last is None or _follows(sign.stage, last.stage):
            last = sign
    booked = _booked(slots, now)
    if booked is not None and (last is None or _overtakes(booked, last)):
        last = booked
    return Fact(last.stage, last.source, last.confidence) if last else None


def _follows(step: Stage, last: Stage) -> bool:
    """Tell whether ``step`` may come after ``last``. Mails name earlier stages again: no step back."""
    if step is Stage.INVITED:  # they may take an ended process up; an offer is talked about in a call, too
        return last not in (Stage.OFFER, Stage.ACCEPTED)
    return step in _FORWARD or (step is Stage.ASSESSMENT and last in (*_EARLY, Stage.INVITED))


_ENDED = (Stage.REJECTED, Stage.WITHDRAWN)
_EARLY = (Stage.APPLIED, Stage.OUTREACH)
_FORWARD = (Stage.OFFER, Stage.ACCEPTED, *_ENDED)


def _overtakes(booked: _Sign, written: _Sign) -> bool:
    """Tell whether the booked interview says more than the newest sign in the mails."""
    if booked.stage is Stage.SCHEDULED:
        return written.stage in (*_EARLY, Stage.INVITED, Stage.ASSESSMENT)
    return written.stage in _EARLY or (
        written.stage in (Stage.INVITED, Stage.ASSESSMENT) and written.at <= booked.at
    )


def _booked(slots: Sequence[Slot], now: datetime) -> _Sign | None:
    """Find the interview that lies ahead, else the last one held."""
    live = sorted((slot for slot in slots if not slot.cancelled), key=lambda slot: slot.start)
    ahead = next((slot for slot in live if (slot.end or slot.start) > now), None)
    slot = ahead or next(reversed(live), None)
    if slot is None:
        return None
    step = Stage.SCHEDULED if ahead else Stage.INTERVIEWED
    return _Sign(slot.end or slot.start, step, f"interview on {spoken_day(slot.start)}", Confidence.HIGH)


def _written(sources: Sequence[Source]) -> Iterator[_Sign]:
    for source in sources:
        # A mailing is no word about this process, unless a hiring system sends it.
        if source.mine or source.relay is not None or source.kind is not Kind.BULK:
            step = _my_step(source.prose) if source.mine else _their_step(source.prose)
            if step is not None:
                where = f"{'your mail' if source.mine else 'mail'} of {source.day}"
                sure = (
                    Confidence.HIGH if step in (*_ENDED, Stage.OFFER, Stage.ACCEPTED) else Confidence.MEDIUM
                )
                yield _Sign(source.message.moment, step, where, sure)


def _my_step(text: str) -> Stage | None:
    from bowout.read import verdict  # its word lists are only needed once a thread is read

    said = text.lower()
    if _I_WITHDRAW.search(said) or verdict.is_withdrawal(text):
        return Stage.WITHDRAWN
    return Stage.ACCEPTED if _I_ACCEPT.search(said) else None


def _their_step(text: str) -> Stage | None:
    from bowout.read import verdict

    said = text.lower()
    if verdict.is_rejection(text):
        return Stage.INVITED if _invites_to_another(said) else Stage.REJECTED
    return next((Stage(step) for step, words in hiring.stage_patterns().items() if words.search(said)), None)


def turned_down(theirs: Sequence[Source]) -> bool:
    """Tell whether any of their mails turns me down, whatever came after."""
    from bowout.read import verdict

    return any(verdict.is_rejection(s.prose) for s in theirs)


def _invites_to_another(said: str) -> bool:
    """Tell whether a mail that turns me down for one role invites for another, or leaves its interview."""
    return any(
        (hiring.stage_patterns()[Stage.INVITED].search(sentence) or _STANDS.search(sentence))
        and _OF_A_ROLE.search(sentence)
        and not _NO_INVITATION.search(sentence)
        for sentence in re.split(r"[.!?]\s+|\n{2,}", said)
    )


def rounds(slots: Sequence[Slot], now: datetime) -> Fact[int] | None:
    """Count the interviews held: booked ones that have ended, not cancelled. None = none known."""
    held = {slot.start for slot in slots if not slot.cancelled and (slot.end or slot.start) <= now}
    return Fact(len(held), "invitations", Confidence.HIGH) if held else None
