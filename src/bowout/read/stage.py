"""Read how far the process has come, and how many interviews were held. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bowout.model import Confidence, Fact, Slot, Stage
from bowout.people.mailkind import Kind, is_invitation
from bowout.read.source import Source, spoken_day
from bowout.text import hiring

if TYPE_CHECKING:
    from bowout.read import learned

__all__ = ["ENDED", "may_be_over", "rounds", "stage", "turned_down"]


@dataclass(frozen=True, slots=True)
class _Sign:
    """Hold something that happened in the process, and when."""

    at: datetime
    stage: Stage
    source: str
    confidence: Confidence
    mine: bool = False


# From which chance on a learned reading counts, chosen where the author was unseen (docs/finding-figures.md):
# as said; and as a doubt, which keeps a thread from being sure.
_OVER = 0.9
_MAY_BE_OVER = 0.25
_MAY_BE_OVER_SORRY = 0.1  # where a word of regret, of choice or of loss is in it
_MAY_BE_OVER_LEADING = 0.8  # where they invite, test or offer plainly, and regret nothing
_MAY_BE_OVER_ASKING = 0.5  # where they ask whether I would like a job
_MAY_BE_OVER_VAGUE = 0.03  # where no mail says plainly that it was more than received
_FEW = 15  # words; so few tell so little that regret alone makes them doubtful
_HARDLY_ANY = 6  # words; fewer, and none of them regrets, tell of no end
_STEP = 0.6
_WITHDRAWN = 0.9
_MAY_BE_WITHDRAWN = 0.15
_MAY_BE_WITHDRAWN_SHORT = 0.4  # of a few words of mine: "noted, thanks" looks like anything
_FEW_OF_MINE = 9  # words
_MAY_BE_WITHDRAWN_BUT = 0.7  # where they go on with it after that, and wish no luck
_HARDLY_OVER = 0.05
_GOES_ON = 0.9  # of a step that they take
_ACCEPTED = 0.6  # of an answer to an offer
_MET = 0.8
_EARLIER = 20  # mails in which a time is looked for

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
    r"formally )?accept (?:the|your|this) (?:offer|position|role|post|job|appointment)\b"
    r"|nehme (?:ich )?(?:das|ihr|euer) angebot\b[^.\n]{0,30}\ban\b",
)


def stage(sources: Sequence[Source], slots: Sequence[Slot], now: datetime) -> Fact[Stage] | None:
    """Read where the process stands at ``now``: the newest sign, or a booked interview saying more.

    A refusal lasts until they take it up again with an invitation or an offer. My own withdrawal stands:
    neither a slot still booked nor a kind answer takes it back. None = no mail says it.
    """
    last: _Sign | None = None
    meeting = _Meeting(sources)
    for at, source in enumerate(sources):
        sign = _sign(source, last.stage if last else None)
        if sign is not None and sign.stage is Stage.INTERVIEWED and not _met(sources, at, last, meeting):
            sign = _short_of(sign, source)
        if sign is not None and sign.stage is Stage.SCHEDULED and not sign.mine:
            sign = _with_a_time(sign, sources, at, last, meeting)
        if sign is not None and not sign.mine:
            sign = _unanswered(sign, sources, at, last)
        if sign is not None and (last is None or _follows(sign, last)):
            last = sign
    # What they wrote down for me and I never answered may not have been held; an event says nothing of that.
    answered = any(source.mine for source in sources)
    held = [s for s in slots if answered or s.uid or (s.end or s.start) > now]
    booked = _booked(held, now)
    if booked is not None and (last is None or _overtakes(booked, last)):
        last = booked
    if last is None:
        return _applied(sources)
    called_off = bool(slots) and all(slot.cancelled for slot in slots)
    step = Stage.INVITED if last.stage is Stage.SCHEDULED and called_off else last.stage
    return Fact(step, last.source, last.confidence)


def _applied(sources: Sequence[Source]) -> Fact[Stage] | None:
    """Take my application for what was reached, as long as I alone have spoken."""
    first = next(iter(sources), None)
    if first is None or not all(source.mine for source in sources):
        return None
    if not hiring.applies(first.message.subject, first.new):
        return None
    return Fact(Stage.APPLIED, f"your mail of {first.day}", Confidence.MEDIUM)


ENDED = (Stage.REJECTED, Stage.CLOSED, Stage.WITHDRAWN)
_EARLY = (Stage.APPLIED, Stage.OUTREACH)
_OFFERED = (Stage.VERBAL_OFFER, Stage.OFFER)
_AGREED = (Stage.ACCEPTED, Stage.SIGNED)
_TALKING = (Stage.INVITED, Stage.SCHEDULED, Stage.INTERVIEWED, Stage.HOLD, Stage.ASSESSMENT)
_TAKES_UP = (Stage.INVITED, *_OFFERED, *_AGREED)


def _follows(step: _Sign, last: _Sign) -> bool:
    """Tell whether ``step`` may come after ``last``. Mails name earlier stages again: no step back."""
    if last.stage is Stage.WITHDRAWN and last.mine:
        return False
    if step.confidence is Confidence.LOW and last.confidence is not Confidence.LOW:
        return False
    if step.stage in ENDED:
        return True
    if last.stage in ENDED:  # only plain words take an ended process up
        return step.stage in _TAKES_UP and step.confidence is not Confidence.LOW
    if step.stage in _TALKING:
        return last.stage not in (*_OFFERED, *_AGREED)
    if step.stage is Stage.VERBAL_OFFER:
        return last.stage not in (Stage.OFFER, *_AGREED)
    if step.stage is Stage.OFFER:
        return last.stage not in _AGREED
    return step.stage in _AGREED and last.stage is not Stage.SIGNED


def _overtakes(booked: _Sign, written: _Sign) -> bool:
    """Tell whether the booked interview says more than the newest sign in the mails."""
    if booked.stage is Stage.SCHEDULED:
        return written.stage in (*_EARLY, *_TALKING) and written.stage is not Stage.HOLD
    return written.stage in _EARLY or (
        written.stage in (Stage.INVITED, Stage.SCHEDULED, Stage.ASSESSMENT) and written.at <= booked.at
    )


def _booked(slots: Sequence[Slot], now: datetime) -> _Sign | None:
    """Find the interview that lies ahead, else the last one held."""
    live = sorted(
        (slot for slot in slots if not (slot.cancelled or slot.missed)), key=lambda slot: slot.start
    )
    ahead = next((slot for slot in live if (slot.end or slot.start) > now), None)
    slot = ahead or next(reversed(live), None)
    if slot is None:
        return None
    step = Stage.SCHEDULED if ahead else Stage.INTERVIEWED
    return _Sign(slot.end or slot.start, step, f"interview on {spoken_day(slot.start)}", Confidence.HIGH)


def _sign(source: Source, last: Stage | None) -> _Sign | None:
    # A mailing is no word about this process, unless a hiring system sends it.
    if not source.mine and source.relay is None and source.kind is Kind.BULK:
        return None
    told = _my_step(source, last) if source.mine else _their_step(source)
    if told is None:
        return None
    step, confidence = told
    where = f"{'your mail' if source.mine else 'mail'} of {source.day}"
    return _Sign(source.message.moment, step, where, confidence, source.mine)


def _my_step(source: Source, last: Stage | None) -> tuple[Stage, Confidence] | None:
    from bowout.read import learned  # its table is only needed once a thread is read

    said = source.prose.lower()
    if _I_WITHDRAW.search(said) or source.ends_it:
        return Stage.WITHDRAWN, Confidence.HIGH
    if _I_ACCEPT.search(said):
        return Stage.ACCEPTED, Confidence.HIGH
    judged = learned.judge(source.prose, source.message.subject, mine=True)
    if judged is not None and judged.over >= _WITHDRAWN:
        return Stage.WITHDRAWN, Confidence.MEDIUM
    # An invitation is accepted in the same words, so only an offer makes a yes one to the job.
    if last not in _OFFERED:
        return None
    leaves = judged is not None and judged.over >= _STEP
    if not leaves and (answer := hiring.answered(source.prose)) is not None:
        return Stage(answer), Confidence.MEDIUM
    if hiring.is_still_open(source.prose):
        return None
    if judged is not None and judged.step == "accepted" and judged.chance >= _ACCEPTED:
        return Stage.ACCEPTED, Confidence.MEDIUM
    return None


def _their_step(source: Source) -> tuple[Stage, Confidence] | None:
    """Read one mail of theirs: plain words first, then what was learned; low = learned, and hardly likely."""
    from bowout.read import learned, verdict

    said = source.prose.lower()
    if source.ends_it:
        return (
            (Stage.INVITED, Confidence.MEDIUM)
            if _invites_to_another(said)
            else (Stage.REJECTED, Confidence.HIGH)
        )
    if verdict.is_closed(source.prose) and not _invites_to_another(said):
        return Stage.CLOSED, Confidence.HIGH
    judged = learned.judge(source.prose, source.message.subject, mine=False)
    plain = next((Stage(step) for step, words in hiring.stage_patterns().items() if words.search(said)), None)
    if judged is not None and judged.over >= _OVER and not _invites_to_another(said):
        return Stage(judged.ending), Confidence.MEDIUM
    if plain in (Stage.OFFER, Stage.ACCEPTED):
        return plain, Confidence.HIGH
    if judged is not None and judged.step in _OFFERED and hiring.is_written(source.prose):
        return Stage.OFFER, Confidence.MEDIUM
    if judged is not None and judged.chance >= _STEP:
        # Where another time stands already, the appointment itself says so.
        off = judged.step == Stage.SCHEDULED and hiring.calls_off(said)
        return (Stage.INVITED if off else Stage(judged.step)), Confidence.MEDIUM
    if plain is not None:
        return plain, Confidence.MEDIUM
    if judged is not None and judged.mine >= _STEP:
        return Stage(judged.step), Confidence.LOW
    return None


class _Meeting:
    """Which mails speak of a talk that was held; looked up once for all of a thread."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = [(at, s) for at, s in enumerate(sources) if s.kind is not Kind.BULK]

    @cached_property
    def anywhere(self) -> bool:
        return any(hiring.tells_of_meeting(f"{s.message.subject}\n{s.prose}") for _, s in self._sources)

    @cached_property
    def first(self) -> int | None:
        """The first that speaks of it in its text."""
        return next((at for at, s in self._sources if hiring.tells_of_meeting(s.prose)), None)


def _met(sources: Sequence[Source], at: int, last: _Sign | None, meeting: _Meeting) -> bool:
    """Tell whether anything shows that a talk was held before the mail ``at``, which reads as if one was.

    Words of either side; or a day named before that is past, where that mail is hardly anything else.
    """
    from bowout.read import learned
    from bowout.read.days import days

    if meeting.anywhere:
        return True
    newest = sources[at]
    judged = learned.judge(newest.prose, newest.message.subject, mine=False)
    if judged is None or judged.chance < _MET or last is None or last.stage not in _TALKING:
        return False
    written = ((s, s.message.date or s.message.moment) for s in sources[max(0, at - _EARLIER) : at])
    named = (day.day for s, when in written for day in days(s.prose, when) if day.day > when.date())
    return any(day <= newest.message.moment.date() for day in named)


def _with_a_time(
    sign: _Sign, sources: Sequence[Source], at: int, last: _Sign | None, meeting: _Meeting
) -> _Sign:
    """Doubt that a talk is fixed where that mail tells no hour: one was held, or I have only applied."""
    from bowout.read.clocks import clocks
    from bowout.read.days import days

    source = sources[at]
    said = f"{source.message.subject}\n{source.prose}"
    if clocks(said):
        return sign
    talking = last is not None and last.stage in _TALKING
    if talking and meeting.first is not None and meeting.first <= at:
        return replace(sign, stage=Stage.INTERVIEWED)
    first = sources[0]
    applied = (first.mine or bool(first.quoted)) and (last is None or last.stage in _EARLY)
    if sign.confidence is not Confidence.LOW or not applied:
        return sign
    when = source.message.date or source.message.moment
    return sign if days(said, when) else replace(sign, stage=Stage.APPLIED)


def _unanswered(sign: _Sign, sources: Sequence[Source], at: int, last: _Sign | None) -> _Sign | None:
    """Take no mail as a step that needs a yes of mine where I gave none: a nudge, an answer to a question."""
    mine = [s for s in sources[:at] if s.mine]
    step = last.stage if last else None
    if sign.stage in (Stage.INVITED, Stage.APPLIED) and last is None and not mine and not sources[at].quoted:
        said, patterns = sources[at].prose.lower(), hiring.stage_patterns()
        asks = patterns[Stage.OUTREACH].search(said) and not patterns[Stage.APPLIED].search(said)
        return replace(sign, stage=Stage.OUTREACH) if asks else sign
    if step is Stage.OUTREACH and not mine and sign.stage in (Stage.SCHEDULED, *_AGREED):
        return None
    if sign.stage is Stage.ACCEPTED and sign.confidence is not Confidence.HIGH and step in _OFFERED:
        return None if mine and sources[at - 1] is mine[-1] and "?" in mine[-1].prose else sign
    return sign


def _short_of(sign: _Sign, source: Source) -> _Sign | None:
    """Take the likeliest step before an interview in place of one that nothing shows, as a guess."""
    from bowout.read import learned

    judged = learned.judge(source.prose, source.message.subject, mine=False)
    return replace(sign, stage=Stage(judged.unmet), confidence=Confidence.LOW) if judged else None


def may_be_over(sources: Sequence[Source], reached: Fact[Stage] | None = None) -> str | None:
    """Say which newest mail, theirs or mine, may end the process without plainly saying so.

    ``reached`` is how far the thread was read to have come: a "no" in other words looks like a receipt.
    """
    if (unread := _unread(sources)) is not None:
        return f"their mail of {unread.day} could not be read"
    theirs, mine = _newest(sources, mine=False), _newest(sources, mine=True)
    answer = _judged(theirs)
    vague = reached is not None and (reached.value, reached.confidence) == (Stage.APPLIED, Confidence.LOW)
    if theirs and answer and answer.over >= min(_doubtful(theirs), _MAY_BE_OVER_VAGUE if vague else 1.0):
        return f"their mail of {theirs.day} may end the process"
    left = _judged(mine)
    if mine is None or left is None:
        return None
    since = [s for s in sources if not s.mine and s.message.moment > mine.message.moment]
    goes_on = any(is_invitation(s.message) for s in since)
    if theirs in since and theirs is not None and answer and not (goes_on or hiring.parts(theirs.prose)):
        if answer.over < 2 * _HARDLY_OVER and answer.chance >= _GOES_ON:
            return None  # they take a step, so what I wrote before was no leaving
        goes_on = answer.over < _HARDLY_OVER
    least = _MAY_BE_WITHDRAWN_SHORT if len(mine.prose.split()) < _FEW_OF_MINE else _MAY_BE_WITHDRAWN
    least = _MAY_BE_WITHDRAWN_BUT if goes_on else least
    if left.over >= (_HARDLY_OVER if hiring.may_leave(mine.prose) else least):
        return f"your mail of {mine.day} may be a withdrawal"
    return None


def _unread(sources: Sequence[Source]) -> Source | None:
    """Find the newest mail of theirs where it says nothing that can be read, and is no invitation."""
    heard = (s for s in reversed(sources) if not s.mine and s.kind is Kind.HUMAN)
    newest = next(heard, None)
    silent = newest is not None and not newest.new.strip() and not is_invitation(newest.message)
    return newest if silent else None


def _newest(sources: Sequence[Source], *, mine: bool) -> Source | None:
    heard = (s for s in reversed(sources) if s.mine is mine and s.prose and s.kind is not Kind.BULK)
    return next(heard, None)


def _judged(source: Source | None) -> learned.Judgement | None:
    from bowout.read import learned

    return learned.judge(source.prose, source.message.subject, mine=source.mine) if source else None


def _doubtful(newest: Source) -> float:
    """Find from which chance of an end a mail is doubted: less where it regrets, more where it leads on."""
    words = len(newest.prose.split())
    if hiring.may_be_over(f"{newest.message.subject}\n{newest.prose}", few=words < _FEW):
        return 0.0 if words < _FEW else _MAY_BE_OVER_SORRY
    said, patterns = newest.prose.lower(), hiring.stage_patterns()
    if words < _HARDLY_ANY:
        return 1.0
    if is_invitation(newest.message) or any(patterns[step].search(said) for step in _LEADING):
        return _MAY_BE_OVER_LEADING
    return _MAY_BE_OVER_ASKING if patterns[Stage.OUTREACH].search(said) else _MAY_BE_OVER


_LEADING = (Stage.INVITED, Stage.ASSESSMENT, Stage.OFFER)


def turned_down(theirs: Sequence[Source]) -> bool:
    """Tell whether any of their mails turns me down, whatever came after."""
    return any(s.ends_it for s in theirs)


def _invites_to_another(said: str) -> bool:
    """Tell whether a mail that turns me down for one role invites for another, or leaves its interview."""
    return any(
        (hiring.stage_patterns()[Stage.INVITED].search(sentence) or _STANDS.search(sentence))
        and _OF_A_ROLE.search(sentence)
        and not _NO_INVITATION.search(sentence)
        for sentence in re.split(r"[.!?]\s+|\n{2,}", said)
    )


def rounds(slots: Sequence[Slot], now: datetime, talked: Sequence[Source] = ()) -> Fact[int] | None:
    """Count the interviews held: booked ones that have ended, not cancelled. None = none known.

    ``talked`` = the mails, where an interview was held: words of a late round tell that there were several.
    """
    over = (slot for slot in slots if not (slot.cancelled or slot.missed))
    held = {slot.start for slot in over if (slot.end or slot.start) <= now}
    for source in reversed(talked):
        words = hiring.late_round(f"{source.message.subject}\n{source.new}")
        if words and len(held) < _SEVERAL:
            return Fact(_SEVERAL, f"{words!r}, mail of {source.day}", Confidence.MEDIUM)
    return Fact(len(held), "invitations", Confidence.HIGH) if held else None


_SEVERAL = 2
