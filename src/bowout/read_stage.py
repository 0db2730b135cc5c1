"""How far the process has come, how many interviews were held, and in which language people write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bowout.model import Confidence, Fact, Slot, Stage
from bowout.parties import Kind
from bowout.read_source import Source, spoken_day

__all__ = ["language", "rounds", "stage"]


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that happened in the process, and when."""

    at: datetime
    stage: Stage
    source: str
    confidence: Confidence


# What the other side says, the furthest stage first: the first that fits a mail is its stage.
_THEY_SAY = (
    (
        Stage.OFFER,
        Confidence.HIGH,
        r"(?:pleased|delighted|happy|thrilled|excited|glad) to (?:offer you|make you an offer|extend (?:you )?(?:an|the|our) offer)"
        r"|(?:attached|enclosed)[^.\n]{0,40}\b(?:offer letter|employment contract|contract of employment)|your offer letter"
        r"|we(?:'d| would) like to (?:offer you|make you an offer|extend an offer)"
        r"|(?:möchten|freuen uns)[^.\n]{0,40}\b(?:Ihnen|dir) (?:die|eine) (?:Stelle|Position)[^.\n]{0,30} (?:anzubieten|anbieten)"
        r"|anbei[^.\n]{0,40}\b(?:Arbeitsvertrag|Vertragsangebot)|Vertragsentwurf",
    ),
    (
        Stage.ASSESSMENT,
        Confidence.MEDIUM,
        r"take-?home|coding (?:challenge|exercise|assignment|test)|case study to|(?:technical|online|skills) assessment|"
        r"complete the (?:assessment|exercise|assignment|challenge|test)|Probeaufgabe|Testaufgabe|Fallstudie",
    ),
    (
        Stage.INVITED,
        Confidence.MEDIUM,
        r"(?:invite|inviting) you (?:to|for)\b[^.\n]{0,60}\b(?:interview|conversation|call|chat|meeting|screen|round)"
        r"|(?:schedule|arrange|set up|book)\s[^.\n]{0,60}\b(?:interview|call|conversation|chat|screen|round)"
        r"|(?:like|love|want) to (?:meet|speak|talk|interview)\b[^.\n]{0,20}\b(?:you|with you)"
        r"|what times? (?:work|suit)|your availability|(?:pick|choose|select) a (?:time|slot)"
        r"|(?:laden|lade|einladen|einzuladen)\b[^.\n]{0,60}\b(?:Gespräch|Vorstellungsgespräch|Interview|kennenlernen)"
        r"|zum\s+(?:Vorstellungs|Kennenlern)?gespräch\s+ein|Terminvorschl|welcher Termin",
    ),
    (
        Stage.APPLIED,
        Confidence.MEDIUM,
        r"(?:thank you|thanks) for (?:applying|your application|submitting your application|your interest)"
        r"|(?:received|have) your application|application (?:has been|was) (?:received|submitted)"
        r"|(?:danke|vielen dank|dank) für (?:Ihre|deine) Bewerbung|Bewerbung (?:ist|haben wir)[^.\n]{0,30} (?:eingegangen|erhalten)",
    ),
    (
        Stage.OUTREACH,
        Confidence.MEDIUM,
        r"(?:came across|found|saw|looking at|impressed by) your (?:profile|linkedin|background|cv|resume|github)"
        r"|would you be (?:open|interested)|are you open to|open to (?:a|new|hearing)"
        r"|bin (?:auf|über) (?:Ihr|dein) Profil|hätten Sie Interesse",
    ),
)
_SAYS = tuple((stage, sure, re.compile(words, re.IGNORECASE)) for stage, sure, words in _THEY_SAY)
_I_ACCEPT = re.compile(
    r"\b(?:I|i) (?:am|'m|’m)?\s*(?:happy|delighted|pleased|glad|thrilled|excited)?\s*(?:to )?(?:gladly |formally )?accept (?:the|your|this) (?:offer|position|role)"
    r"|nehme (?:ich )?(?:das|Ihr|euer) Angebot\b[^.\n]{0,30}\ban\b",
    re.IGNORECASE,
)
_ORDER = list(Stage)


def stage(sources: Sequence[Source], slots: Sequence[Slot], now: datetime) -> Fact[Stage] | None:
    """Where the process stands at ``now``: the newest sign counts, at equal age the furthest one.

    Rejected and withdrawn last until the other side takes the process up again (a later invitation, offer or
    booked interview).
    """
    signs = sorted([*_written(sources), *_booked(slots, now)], key=lambda s: (s.at, _ORDER.index(s.stage)))
    last: _Sign | None = None
    for sign in signs:
        ended = last is not None and last.stage in (Stage.REJECTED, Stage.WITHDRAWN)
        if ended and sign.stage in (Stage.APPLIED, Stage.OUTREACH, Stage.INTERVIEWED, Stage.ASSESSMENT):
            continue
        if last is not None and sign.stage in (Stage.APPLIED, Stage.OUTREACH) and not ended:
            continue  # an older stage named again ("thank you for your application") is no step back
        # An interview that lies ahead is not undone by mails that talk about it.
        if last is not None and last.stage is Stage.SCHEDULED and sign.stage is Stage.INVITED:
            continue
        last = sign
    return Fact(last.stage, last.source, last.confidence) if last else None


def _booked(slots: Sequence[Slot], now: datetime) -> Iterator[_Sign]:
    for slot in slots:
        if slot.cancelled:
            continue
        ended = (slot.end or slot.start) <= now
        step = Stage.INTERVIEWED if ended else Stage.SCHEDULED
        where = f"interview on {spoken_day(slot.start)}"
        yield _Sign(slot.end or slot.start if ended else now, step, where, Confidence.HIGH)


def _written(sources: Sequence[Source]) -> Iterator[_Sign]:
    from bowout import etiquette  # its word lists are only needed once a thread is read

    for source in sources:
        if source.mine:
            if etiquette.is_withdrawal(source.new):
                yield _Sign(
                    source.message.moment, Stage.WITHDRAWN, f"your mail of {source.day}", Confidence.HIGH
                )
            elif _I_ACCEPT.search(source.new):
                yield _Sign(
                    source.message.moment, Stage.ACCEPTED, f"your mail of {source.day}", Confidence.HIGH
                )
        elif source.kind is not Kind.BULK or source.relay is not None:
            if etiquette.is_rejection(source.new):
                yield _Sign(source.message.moment, Stage.REJECTED, f"mail of {source.day}", Confidence.HIGH)
                continue
            for step, sure, pattern in _SAYS:
                if pattern.search(source.new):
                    yield _Sign(source.message.moment, step, f"mail of {source.day}", sure)
                    break


def rounds(slots: Sequence[Slot], now: datetime) -> Fact[int] | None:
    """How many interviews were held: booked ones that have ended and were not cancelled. None = none known."""
    held = {slot.start for slot in slots if not slot.cancelled and (slot.end or slot.start) <= now}
    return Fact(len(held), "invitations", Confidence.HIGH) if held else None


# --- language -------------------------------------------------------------------------------------

_STOP_WORDS = {
    "en": "the and you for your to of we with have is are this that would our will be at on in it i as from not",
    "de": "der die das und sie ich wir mit für ihre ihnen ist ein eine den dem nicht auf zu von uns es werden haben bei im",
    "fr": "le la les et vous pour de nous avec est une des votre dans que qui sur au pas je du en par",
    "es": "el la los y usted para de nos con es una las su en que por se del al lo como más le",
    "it": "il la gli e per di con è una che della nel sono non si da del le un alla",
    "nl": "de het een en u voor van wij met is dat niet op te je ons zijn bij aan we dit",
}
_STOPS = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}


def language(sources: Sequence[Source]) -> Fact[str] | None:
    """``en`` or ``de``, from the words that every sentence needs; the newest of the other side's mails decides.

    Other languages are counted so that they are not taken for one of the two; they read as unknown.
    """
    theirs = [s for s in sources if not s.mine and s.new.strip()]
    for source in sorted(theirs, key=lambda s: (s.kind is Kind.HUMAN, s.message.moment), reverse=True):
        words = re.findall(r"[a-zà-ÿ]+", source.new.casefold())
        counts = sorted(
            ((sum(w in stops for w in words), code) for code, stops in _STOPS.items()), reverse=True
        )
        (most, code), (second, _) = counts[0], counts[1]
        if most < 4 or most < 1.5 * second:
            continue
        if code not in ("en", "de"):
            return None
        sure = most >= 8 and most >= 2 * second
        return Fact(code, f"mail of {source.day}", Confidence.HIGH if sure else Confidence.MEDIUM)
    return None
