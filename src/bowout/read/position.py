"""Read the position that a process is about, in subjects and sentences. Pure.

A title is believed where the words around it announce one ("the role of", "Bewerbung als"). Whether it is
one is checked by its noun (engineer, Leiter); a title with a noun that the list does not know counts only
when two kinds of places agree on it, since a sentence cut in the wrong place looks just like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from bowout.mail.subject import without_marks
from bowout.model import Confidence, Fact
from bowout.read.claim import Claim, as_fact, grouped, support
from bowout.read.source import Source, clean
from bowout.text.spelling import compact

__all__ = ["bare_subject", "position"]

# --- what a title is ------------------------------------------------------------------------------

_NOUNS = (
    "engineer|developer|manager|analyst|designer|scientist|architect|consultant|"
    "administrator|specialist|director|lead|head|officer|assistant|coordinator|associate|"
    "accountant|nurse|teacher|editor|writer|researcher|technician|programmer|tester|"
    "strategist|planner|buyer|controller|advisor|adviser|representative|executive|intern|"
    "trainee|clerk|operator|supervisor|producer|translator|interpreter|librarian|lecturer|"
    "professor|physician|therapist|pharmacist|paralegal|counsel|lawyer|attorney|secretary|"
    "receptionist|agent|owner|master|expert|marketer|copywriter|recruiter|economist|"
    "statistician|chemist|biologist|physicist|mathematician|surveyor|driver|mechanic|"
    "electrician|chef|cook|partner|fellow|steward|chief|vp|president|chair|curator|"
    "inspector|investigator|dispatcher|instructor|trainer|coach|tutor|caregiver|dentist|"
    "veterinarian|psychologist|counselor|counsellor|auditor|actuary|underwriter|broker|"
    "trader|banker|treasurer|bookkeeper|merchandiser|photographer|animator|illustrator|"
    "artist|journalist|reporter|publicist|pilot|paramedic|midwife|advocate|ambassador|"
    "moderator|founder|ceo|cto|cfo|entwickler|ingenieur|berater|leiter|leitung|referent|"
    "sachbearbeiter|fachkraft|kauffrau|kaufmann|assistenz|techniker|informatiker|gestalter|"
    "redakteur|pfleger|lehrer|erzieher|verkäufer|buchhalter|architekt|wissenschaftler|"
    "koordinator|werkstudent|praktikant|meister|planer|prüfer|arzt|ärztin|jurist|"
    "mitarbeiter|monteur|mechatroniker|elektroniker|einkäufer|controllerin|vorstand|"
    "geschäftsführer|volontär|doktorand|kraft"
)
_NOUN = re.compile(rf"\b\w*(?:{_NOUNS}|devops|sre)(?:in|innen|s|\*in|:in|/in)?\b", re.IGNORECASE)
_SENTENCE = re.compile(
    r"\b(?:you|your|we|our|my|me|i|this|that|is|are|will|has|have|been|ihre?|wir|sie|uns|dein|deine)\b",
    re.IGNORECASE,
)
_CODE = (
    # (R-10234), (Req ID: 10234), #4711, JR10234, 2026-114, "10234 - "
    (
        r"[(\[]\s*(?:job|req(?:uisition)?|ref(?:erence)?|position|posting|id|no|nr)?"
        r"[\w .#:/-]{0,12}\d{2,}[\w/-]*\s*[)\]]"
    ),
    (
        r"\b(?:job|req(?:uisition)?|ref(?:erence)?|kennziffer|stellen-?nr)\.?\s*(?:id|no|nr|number)?\.?\s*"
        r"[:#-]?\s*[\w-]*\d{2,}\b"
    ),
    r"#\s*[A-Z-]*\d+|\b[A-Z]{0,4}[-_]?\d{4,}(?:[-_/]\d+)*\b",
)
_TRIM = (
    # (m/w/d), m/f/x, (Remote), full-time, "position"
    r"\s*[(\[][mwfdxih](?:\s*[/|,]\s*[mwfdxi]){1,3}(?:\s*/\s*\w)?[)\]]|\s*\b[mwfd](?:/[mwfdx]){2}\b",
    (
        r"\s*[(\[,–-]?\s*\b(?:(?:fully )?remote|hybrid|on-?site|full[- ]?time|part[- ]?time|vollzeit|"
        r"teilzeit)\b[)\]]?$"
    ),
    r"\s+(?:position|role|job|opening|opportunity|vacancy)$",
)
_CODES = re.compile("|".join(_CODE), re.IGNORECASE)
_TRIMS = re.compile("|".join(_TRIM), re.IGNORECASE)
_EDGES = " \t-–—|,:;/\"„“”'"


@lru_cache(maxsize=1024)  # a subject is repeated in every answer
def _plain(text: str) -> str:
    """Write a title for a letter: no requisition number, no (m/w/d), no place, no rest of the sentence."""
    title = _CODES.sub(" ", clean(text))
    title = re.sub(r"\(\s*\)", "", title)
    title = re.split(r"\b(?:the|our|an?|die|der|das|eine?n?)\s", title, flags=re.IGNORECASE)[-1].strip(_EDGES)
    title = re.sub(r"\s+in\s+[A-ZÀ-Þ].*$", "", title)
    if title[:1].isupper():  # "Softwareentwickler beworben": small words after a title belong to the sentence
        title = re.sub(r"(?:\s+(?:[a-zß-ÿ]+|[-–—|]))+$", "", title)
    for _ in range(3):
        title = _TRIMS.sub("", title).strip(_EDGES)
    head, _, tail = title.rpartition(" - ")
    if head and _NOUN.search(head) and not _NOUN.search(tail):
        title = head
    return clean(title, 80)


@lru_cache(maxsize=1024)
def _could_be(title: str) -> bool:
    words = title.split()
    if not 1 <= len(words) <= 9 or _SENTENCE.search(title):
        return False
    return bool(_NOUN.search(title)) or all(word[:1].isupper() for word in words if len(word) > 3)


# --- where titles stand ---------------------------------------------------------------------------

_TITLE = r"[\"„“]?(?P<title>[^\n.;!?\"„“”<>]{2,90}?)[\"”“]?"
_STOP = (
    r"(?=\s+(?:at|with|bei|in our|in the|within|to|is|has|had|and (?:we|your|would|I)|which|that|we|was|on|"
    r"here|as|und|für|zu|role|position|opening|vacancy|job)\b|\s*[,.;!?\n(\"”“–—|@]|\s-\s|$)"
)
_POST = r"(?:position|role|job|vacancy|opening|post|opportunity)"
_IN_TEXT = (
    (3, rf"\b{_POST}\s+(?:of|as|titled|:)\s*(?:an?\s+|our\s+|the\s+)?{_TITLE}{_STOP}"),
    (3, rf"\b(?:[Pp]osition|[Rr]ole|Job title|Stelle|Rolle)\s*:\s*{_TITLE}{_STOP}"),
    (
        3,
        rf"\b(?:for|in|about|regarding|to|the|our)\s+(?:(?:the|our|an?)\s+)?(?:open\s+)?{_TITLE}\s+{_POST}\b",
    ),
    (
        2,
        (
            r"\b(?:application|applying|applied|apply|interview|interviewing|shortlist|documents|"
            r"considered|fit|"
            r"hiring|looking|search|searching|recruiting)\s+(?:to\s+[^\n.,]{2,40}?\s+)?(?:for|as)\s+"
            rf"(?:the\s+|our\s+|an?\s+)?{_TITLE}{_STOP}"
        ),
    ),
    (2, rf"\b(?:hiring|needs?|seeks?)\s+an?\s+{_TITLE}{_STOP}"),
    (
        3,
        (
            r"\b(?:Bewerbung|Stelle|Position|Rolle|Verstärkung|bewerben|beworben)\s+"
            rf"(?:(?:für |auf |um )die Stelle als|als|:|des|der)\s*{_TITLE}{_STOP}"
        ),
    ),
    (2, rf"\b(?:suchen wir|sucht|besetzen wir)\s+(?:eine?n?|die Position|die Stelle)\s+{_TITLE}{_STOP}"),
    (1, rf"\bals\s+{_TITLE}\s+bei\b"),
    (2, rf"\bdie Position\s+{_TITLE}{_STOP}"),
)
_IN_SUBJECT = (
    (
        3,
        (
            r"(?:application|interview|invitation(?: to interview)?|opportunity|position|role|opening|"
            r"vacancy|"
            rf"next steps|chat|call)\s*(?:for|as|of|about|[-–—:|])\s*(?:the\s+|our\s+|"
            rf"an?\s+)?{_TITLE}(?:\s+{_POST})?{_STOP}"
        ),
    ),
    (
        3,
        (
            r"\b(?:Bewerbung|Stelle|Position|Vorstellungsgespräch|Gespräch)\s*(?:als|für|um|zur|[-–—:|])\s*"
            rf"(?:die\s+(?:Stelle|Position)\s+(?:als\s+)?)?{_TITLE}{_STOP}"
        ),
    ),
    (3, rf"^{_TITLE}\s+{_POST}\b"),
    (2, rf"^{_TITLE}\s+(?:at|@|bei|with|gesucht)\b"),
)
_TEXT = tuple((weight, re.compile(pattern)) for weight, pattern in _IN_TEXT)
_SUBJECT = tuple((weight, re.compile(pattern, re.IGNORECASE)) for weight, pattern in _IN_SUBJECT)


def bare_subject(subject: str) -> str:
    """Cut what replies and gateways put before a subject."""
    return without_marks(clean(subject, 200))


def position(sources: Sequence[Source]) -> Fact[str] | None:
    """Read the position, or None. ``sources`` are the other side's mails that may name one."""
    claims = [claim for source in sources for claim in _claims(source)]
    groups = [g for g in grouped(claims, _same) if _believed(g)]
    if not groups:
        return None
    best = groups[0]
    rivals = [g for g in groups[1:] if support(g) >= support(best) and not _within(g[0].value, best[0].value)]
    if rivals or max(c.weight for c in best) < 2:
        return as_fact(best, Confidence.LOW)
    places = {c.place for c in best}
    sure = len(places) > 1 and bool(_NOUN.search(best[0].value))
    return as_fact(best, Confidence.HIGH if sure else Confidence.MEDIUM)


def _same(one: str, other: str) -> bool:
    return compact(one) == compact(other)


def _within(one: str, other: str) -> bool:
    return compact(one) in compact(other) or compact(other) in compact(one)


def _believed(group: Sequence[Claim]) -> bool:
    if _NOUN.search(group[0].value):
        return True
    announced = any(c.weight > 1 for c in group if c.place == "text")
    return announced and len({c.place for c in group}) > 1 and len(group[0].value.split()) > 1


def _claims(source: Source) -> Iterator[Claim]:
    for place, where, weight, text in _readings(source):
        title = _plain(text)
        if _could_be(title):
            yield Claim(title, place, where, weight)


def _readings(source: Source) -> Iterable[tuple[str, str, int, str]]:
    for weight, title in _in_subject(bare_subject(source.message.subject)):
        yield "subject", "subject", weight, title
    where = f"mail of {source.day}"
    for weight, pattern in _TEXT:
        yield from (("text", where, weight, m["title"]) for m in pattern.finditer(source.prose))


@lru_cache(maxsize=256)
def _in_subject(subject: str) -> tuple[tuple[int, str], ...]:
    announced = ((weight, m["title"]) for weight, p in _SUBJECT for m in p.finditer(subject))
    parts = re.split(r"\s+[-–—|@/]\s+|\s*[|:]\s+|\s+(?:at|bei)\s+", subject)
    return (*announced, *((1, part) for part in parts))
