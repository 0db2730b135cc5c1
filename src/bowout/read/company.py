"""Read which company and position it is, and whether an agency stands between: collect claims, weigh them.

Every claim names where it was read. A company that the counterparts' own domain confirms, or that two kinds
of places agree on, is sure; a single place is likely; a bare domain is a guess. Two places that contradict
each other are a guess at best. A relay's domain (a hiring system, a board) names nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bowout.model import Confidence, Fact
from bowout.people import machines, names
from bowout.people.machines import Relays
from bowout.people.mailkind import Kind
from bowout.read import time_words
from bowout.read.claim import Claim, Clue, as_fact, grouped, job_words, support
from bowout.read.position import bare_subject, position
from bowout.read.source import Source, clean
from bowout.text import firms, hiring, legal_forms
from bowout.text.spelling import compact, fold

__all__ = ["Job", "job"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Hold what the process is about."""

    company: Fact[str] | None = None
    position: Fact[str] | None = None
    agency: Fact[str] | None = None
    agency_domain: str | None = None  # of the address the agency writes from


def job(sources: Sequence[Source], relays: Relays) -> Job:
    """Read company, position and agency. What I wrote names no company, but the position I applied for."""
    told = [s for s in sources if not s.mine and s.linked]
    agent = _agent(told, relays)
    if agent is not None and _hires_for_itself(agent, told, relays):
        agent = None
    agency = _agency_name(agent, told, relays) if agent else None
    companies = [c for s in told for c in _company_claims(s, relays)]
    if agent is not None:
        # What an agency calls itself names no employer, nor do its own signature and domain.
        companies = [c for c in companies if agency is None or not _related(c.value, agency.value)]
        companies = [c for c in companies if c.place not in ("signature", "name", "domain")]
    company = _company(companies, frozenset() if agent else _labels(told, relays))
    known = [fact.value for fact in (company, agency) if fact and fact.confidence is not Confidence.LOW]
    return Job(
        company=company,
        position=position([s for s in sources if s.linked], known),
        agency=agency,
        agency_domain=agent.sender.domain if agent else None,
    )


# --- words ----------------------------------------------------------------------------------------

# A name: capitalised words, joined by a few small ones. "eBay" and "1&1" are names too.
# What lies beyond U+00FF stands apart: a set across that line takes twice as long to compile, each time.
_WORD = r"(?!(?:I|We|Ich|Wir)\b)(?:[A-ZÀ-ÖØ-Þ0-9]|[Ā-Ž]|[a-zß-ÿ]{1,2}[A-Z])(?:[\w&'+-]|’|\.(?=\w)){0,40}"
_NAME = rf"{_WORD}(?:[ \t]+(?:(?:&|and|und|of|the|de|für|for|\+)[ \t]+)?{_WORD}){{0,4}}"
_COMMON_WORDS = (
    "opportunity|next steps|meeting|chat|following up|einladung|bewerbung|vorstellungsgespräch|kennenlernen|"
    "corporate|company|our|the|we|you|your|home|hr|us|team|talent|recruiting|"
    "recruitment|careers|jobs|hiring|people|interview|interviews|invitation|position|role|"
    "zoom|teams|microsoft teams|google meet|meet|webex|skype|phone|may|"
    "unternehmen|firma|uns|unserem|this|that|it|all|best|regards|"
    "thanks|thank you|dear|hello|hi|present|first|least|once|headquarters|office|remote|"
    "am|pm|i|cet|et|germany|europe|deutschland|application|your application"
)
_LEAST_OF_A_DAY = 4  # letters: Mar and Dez are names of firms as well


@cache
def _not_a_company() -> frozenset[str]:
    """List words that are capitalised and name no employer: common ones, days and months, systems."""
    days = (*time_words.numbered("months"), *time_words.numbered("weekdays"))
    told = [word for word in days if len(word) >= _LEAST_OF_A_DAY]
    return frozenset(map(compact, (*_COMMON_WORDS.split("|"), *told, *machines.names_of_systems())))


_TEAM = (
    r"careers?|jobs?|recruit(?:ing|ment)|talent(?: acquisition| team)?|hiring(?: team)?|people(?: team)?|"
    r"hr|human resources|"
    r"candidate experience|karriere|bewerbermanagement|personalabteilung|recruiting team|team"
)


def _plain_name(text: str) -> str:
    """Write a company's name for a letter: no legal form, no trailing dots, one line."""
    name = clean(text, 80)
    while (shorter := legal_forms.without(name).strip(" .,;:-–—|&")) != name:
        name = shorter
    return names.without_department(name)


def _is_company(name: str) -> bool:
    return len(compact(name)) >= 2 and compact(name) not in _not_a_company() and not compact(name).isdigit()


# --- company --------------------------------------------------------------------------------------

_AT = r"(?:at|with|bei(?:\s+der|\s+dem)?)"


def _behind(weight: int, words: str, more: str = "") -> Clue:
    """Look for a name behind such words."""
    return Clue(weight, words, rf"{words}(?P<name>{_NAME}){more}")


def _before(weight: int, start: str, words: str) -> Clue:
    """Look for a name in front of such words."""
    return Clue(weight, words, rf"{start}(?P<name>{_NAME}){words}")


def _all_before(weight: int, words: str) -> Clue:
    """Take all that stands in front of such words; they may be capitalised like the name."""
    return Clue(weight, words, rf"^(?P<name>{_NAME}?){words}", re.IGNORECASE)


_IN_TEXT = (
    _behind(
        3,
        (
            r"(?i:position|role|job|opening|opportunity|vacancy|application|interview|career|Stelle|"
            rf"Bewerbung|Gespräch)\s+{_AT}\s+"
        ),
    ),
    _behind(3, r"(?i:apply(?:ing)?|application)\s+to\s+(?:join\s+)?", r"(?=\s+(?:for|as|and)\b|[.,!\n])"),
    _behind(
        3,
        r"(?i:interest|interested)\s+in\s+(?:joining\s+|working\s+(?:at|for)\s+)?",
        r"(?=[.,!\n]|\s+and\b)",
    ),
    _behind(3, r"(?:[Ii]ch bin|I am|I['’]m)\s[^.\n]{3,60}?\s(?:at|bei(?:\s+der)?|with|from)\s+"),
    _before(2, r"[Tt]he\s+", r"\s+(?:team|recruiting team|talent team|hiring team|careers team)\b"),
    _behind(2, r"[Ii]nteresse\s+an\s+(?:der\s+)?", r"(?=[.,!\n]|\s+und\b)"),
    _before(2, r"(?:^|[.:!] )", r"\s+(?:is|are) (?:hiring|growing|looking for|searching)"),
    _behind(3, r"\b[Oo]n behalf of\s+", r"(?=[.,!\n]|\s+(?:I|we)\b)"),
    _behind(3, r"\b[Tt]eam (?:at|of|von|bei)\s+"),
    _behind(3, r"\bCompany:\s*"),
    _behind(2, r"\b(?:join|joining)\s+"),
    _behind(
        3,
        (
            r"\b(?:clients?|customer|Kunde[nr]?|Mandant(?:in|en)?|Auftraggeber)\s*"
            r"(?:is|ist|,|:|–|-)?\s*(?:the\s+|die\s+|der\s+)?"
        ),
    ),
)
_IN_SUBJECT = (
    _behind(
        3,
        (
            r"(?i:applying to|application to|interview with|interview at|Bewerbung bei|Gespräch bei|"
            r"interest in)\s+(?:the\s+)?"
        ),
    ),
    _behind(3, r"(?:\b(?:at|bei)|@)\s+"),
    _before(1, "^", r"\s*(?:[|:–—]|\s-\s)"),
    _behind(1, r"(?:[|–—]|\s-\s)\s*", "$"),
)


@cache
def _display() -> tuple[Clue, ...]:
    """The ways to name a firm beside a person in From."""
    system = "|".join((*map(re.escape, sorted(machines.names_of_systems())), r"\w+\.\w+"))
    return (
        _behind(3, r"\b(?:from|at|of|von|@)\s+", "$"),
        _all_before(3, rf"\s+(?:{_TEAM})$"),
        _behind(3, r"[(|]\s*", r"\s*\)?$"),
        _all_before(3, rf"\s+(?:via|@)\s+(?:{system})$"),
        _behind(3, r"\bvia\s+", "$"),
    )


def _company_claims(source: Source, relays: Relays) -> Iterator[Claim]:
    """Collect everything in one message that may name the company."""
    for place, where, value, weight in _company_readings(source):
        name = _plain_name(value)
        if _is_company(name):
            yield Claim(name, place, where, weight)
    written = _as_written(source, relays)
    if written:
        yield Claim(written, "domain", f"address of {source.who}", 3)


# "Our clients Brightwater and Norfield" are two, where "our client Larch and Lime" is one.
_OF_SEVERAL = re.compile(r"(?:clients|customers|Kunden|Mandanten)\b")
_SEVERAL = re.compile(r"\s+(?:and|und|&|\+)\s+")


def _company_readings(source: Source) -> Iterator[tuple[str, str, str, int]]:
    for name, weight in _subject_names(bare_subject(source.message.subject)):
        yield "subject", "subject", name, weight
    for clue in _IN_TEXT:
        for match in clue.finditer(source.prose):
            for name in _SEVERAL.split(match["name"]) if _OF_SEVERAL.match(match[0]) else (match["name"],):
                yield "text", f"mail of {source.day}", name, clue.weight
    yield from (("name", "sender's name", name, weight) for name, weight in _display_names(source))
    for name in _signature_names(source):
        yield "signature", f"signature of {source.who}", name, 3


@lru_cache(maxsize=256)  # a subject is repeated in every answer
def _subject_names(subject: str) -> tuple[tuple[str, int], ...]:
    return tuple((match["name"], clue.weight) for clue in _IN_SUBJECT for match in clue.finditer(subject))


def _display_names(source: Source) -> Iterator[tuple[str, int]]:
    display = clean(source.sender.name)
    machine = source.sender.domain if source.relay is not None else ""
    for clue in _display():
        match = next(clue.finditer(display), None)
        if match and not (machine and firms.fits(match["name"], machine.split(".")[-2:][0])):
            yield match["name"], clue.weight
            return
    # "Match Group <no-reply@hire.lever.co>": a hiring system speaks in the employer's name.
    if source.relay is not None and display and source.relay.system == "ats":
        yield display, 2


def _signature_names(source: Source) -> Iterator[str]:
    """Find the employer in a signature: beside or below a job title, or a line with a legal form."""
    lines = [line.strip() for line in source.signature.splitlines()[:12]]
    for above, line in zip(["", *lines], lines, strict=False):
        if "://" in line or re.search(r"\S@\S", line) or len(line) > 80:
            continue
        parts = [_plain_name(part) for part in _SEPARATOR.split(line)]
        roles = [bool(_ROLE_WORD.search(part)) for part in parts]
        if len(parts) > 1 and any(roles):
            # "Recruiter, Acme", "Dana | Recruiter | Acme", else "Acme | Talent"; never the person's own name.
            after = [p for p, role in zip(parts[1:], roles[1:], strict=True) if not role]
            before = [p for p in parts[:1] if not roles[0] and compact(p) != compact(source.sender.name)]
            yield from (p for p in (after or before)[:1] if re.fullmatch(_NAME, p))
        elif legal_forms.ends(line) and re.fullmatch(_NAME, _plain_name(line)):
            yield line
        elif _ROLE_WORD.search(above) and not any(roles) and re.fullmatch(_NAME, parts[0]):
            yield parts[0]


_SEPARATOR = re.compile(
    r"\s*[|·•]\s*|\s+[-–—]\s+|\s+(?:at|bei|@)\s+|"
    rf",\s+(?!(?:{'|'.join(sorted(legal_forms.ANYWHERE))})(?![\w-]))",
    re.IGNORECASE,
)
_ROLE_WORD = re.compile(
    r"recruit|talent|people|\bhr\b|human resources|coordinator|manager|director|head of|lead|engineer|"
    r"partner|sourcer|"
    r"founder|officer|\bc[etof]o\b|\bvp\b|personal|koordinator|leiter|assistan|consultant|berater",
    re.IGNORECASE,
)


def _as_written(source: Source, relays: Relays) -> str | None:
    """Find how their mail writes the sender's own domain: ``acmerobotics.com`` -> "Acme Robotics"."""
    domain = source.sender.domain
    if source.relay is not None or relays.is_freemail(domain) or not domain:
        return None
    text = f"{source.message.subject}\n{source.sender.name}\n{source.prose}\n{source.signature}"
    return _best_spelling(relays.label(domain), text.splitlines())


def _best_spelling(label: str, lines: Sequence[str]) -> str | None:
    """Choose the spelling that makes up all of the label, else the one that stands there most often."""
    counts = Counter(filter(_is_company, map(_plain_name, firms.spelt(label, lines))))
    fuller = {name: sum(n for other, n in counts.items() if _related(name, other)) for name in counts}
    exact = {name: firms.is_whole(name, label) for name in counts}
    return max(fuller, key=lambda name: (exact[name], fuller[name], counts[name], len(name)), default=None)


def _labels(sources: Iterable[Source], relays: Relays) -> frozenset[str]:
    """List the labels of the counterparts' own domains."""
    domains = {s.sender.domain for s in sources if s.relay is None and s.sender.domain}
    return frozenset(relays.label(d) for d in domains if not relays.is_freemail(d))


def _company(claims: Sequence[Claim], labels: frozenset[str]) -> Fact[str] | None:
    groups = grouped(claims, _related)
    confirmed = [g for g in groups if any(firms.fits(c.value, label) for c in g for label in labels)]
    ranked = confirmed or groups
    if not ranked:
        return None
    best = ranked[0]
    if len(ranked) > 1 and support(ranked[1]) >= support(best):
        return as_fact(best, Confidence.LOW)
    if len({c.place for c in best}) > 1:
        return as_fact(best, Confidence.HIGH)
    if confirmed:
        return as_fact(best, Confidence.MEDIUM)
    # One place alone, and a domain of their own that does not fit it: only a guess.
    return as_fact(
        best, Confidence.MEDIUM if not labels and max(c.weight for c in best) > 2 else Confidence.LOW
    )


def _related(a: str, b: str) -> bool:
    one, other = sorted((fold(a).split(), fold(b).split()), key=len)
    return compact(a) == compact(b) or other[: len(one)] == one


# --- agency ---------------------------------------------------------------------------------------


@cache
def _of_agencies(what: str) -> re.Pattern[str]:
    """Compile one list of job.toml about agencies; it meets lower-cased text."""
    edge = "" if what.endswith("labels") else r"\b"
    return re.compile(rf"{edge}(?:{'|'.join(job_words()['agency'][what])})")


def _says_client(source: Source) -> bool:
    return _of_agencies("says").search(source.prose.lower()) is not None


def _agent(sources: Sequence[Source], relays: Relays) -> Source | None:
    """Find the mail that shows a third-party recruiter: who writes for a client, or whose name says so."""
    people = [s for s in sources if s.relay is None and s.kind is Kind.HUMAN]
    return next((s for s in people if _says_client(s) or _looks_like_agency(s, relays)), None)


def _hires_for_itself(agent: Source, sources: Sequence[Source], relays: Relays) -> bool:
    """Tell whether an agency has a job of its own: it says so, and speaks of no client in any mail."""
    own = [s for s in sources if s.sender.domain == agent.sender.domain]
    if any(map(_says_client, own)):
        return False
    label = re.escape(relays.label(agent.sender.domain).lower())
    words = "|".join(job_words()["agency"]["own"]).replace("{firm}", rf"{label}\b")
    inside = re.compile(rf"\b(?:{words})")
    return any(inside.search(s.prose.lower()) for s in own)


def _looks_like_agency(source: Source, relays: Relays) -> bool:
    domain = source.sender.domain
    label = "" if relays.is_freemail(domain) else relays.label(domain)
    if any(_named_as_agency(part, label) for part in re.split(r"[\n,|·•]", source.signature)):
        return True
    bare = compact(label)
    if not bare or _of_agencies("labels").search(bare):
        return bool(bare)
    told = f"{source.message.subject}\n{source.new}"
    at_work = hiring.tells_of_work(told) or hiring.is_at_work(told)
    return at_work and _of_agencies("weak_labels").search(bare) is not None


def _named_as_agency(part: str, label: str) -> bool:
    """Tell whether a part of a signature is an agency's name, not a department: "Executive Recruitment"."""
    if not _of_agencies("names").search(part.lower()):
        return False
    return not label or firms.fits(part, label) or legal_forms.ends(part)


def _agency_name(agent: Source, sources: Sequence[Source], relays: Relays) -> Fact[str] | None:
    """Read how the agency is called in all that it wrote."""
    domain = agent.sender.domain
    own = [s for s in sources if s.sender.domain == domain]
    says = any(map(_says_client, own))
    confidence = Confidence.HIGH if says else Confidence.MEDIUM
    where = f"address of {agent.who}"
    if written := next(filter(None, (_as_written(s, relays) for s in reversed(own))), None):
        return Fact(written, where, confidence)
    for source in own:
        for name in (*_signature_names(source), *(n for n, _ in _display_names(source))):
            return Fact(_plain_name(name), f"signature of {source.who}", confidence)
    if relays.is_freemail(domain):
        return None
    return Fact(relays.label(domain).title(), where, Confidence.LOW)
