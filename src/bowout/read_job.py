"""Which company, which position, and whether an agency stands between. Claims are collected, then weighed.

Every claim names where it was read. A company that the counterparts' own domain confirms, or that two kinds
of places agree on, is sure; a single place is likely; a bare domain is a guess. Two places that contradict
each other are a guess at best. A relay's domain (a hiring system, a board) names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bowout.model import Confidence, Fact
from bowout.parties import Kind, Relays
from bowout.read_source import Source, clean, fold

__all__ = ["Job", "job"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the process is about."""

    company: Fact[str] | None = None
    position: Fact[str] | None = None
    agency: Fact[str] | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """One reading: what, the kind of place (places of one kind confirm nothing), words for a person, weight."""

    value: str
    place: str
    source: str
    weight: int = 2


def job(sources: Sequence[Source], relays: Relays) -> Job:
    """Read company, position and agency. ``sources`` without my own messages and without loose joins."""
    told = [s for s in sources if not s.mine and s.linked]
    agency = _agency(told, relays)
    companies = [c for s in told for c in _company_claims(s, relays)]
    if agency is not None:
        companies = [c for c in companies if not _related(c.value, agency.value)]
        companies = [c for c in companies if c.place not in ("signature", "name", "domain")]
    return Job(
        company=_company(companies, _labels(told, relays) if agency is None else frozenset()),
        position=_position([c for s in told for c in _position_claims(s)]),
        agency=agency,
    )


# --- words ----------------------------------------------------------------------------------------

# A name: capitalised words, joined by a few small ones. "eBay" and "1&1" are names too.
_WORD = r"(?:[A-ZÀ-ÖØ-Þ0-9Ā-Ž]|[a-zß-ÿ]{1,2}[A-Z])(?:[\w&'’+-]|\.(?=\w))*"
_NAME = rf"{_WORD}(?:[ \t]+(?:(?:&|and|und|of|the|de|für|for|\+)[ \t]+)?{_WORD}){{0,4}}"
_LEGAL = re.compile(
    r"[,\s]+(?:inc|llc|ltd|limited|gmbh|ag|se|kg|kgaa|ug|plc|corp|corporation|co|s\.?a\.?|s\.?r\.?l|b\.?v|n\.?v|"
    r"oy|ab|pty|pte|mbh|e\.?v|gmbh\s*&\s*co\.?\s*kg)\.*$",
    re.IGNORECASE,
)
_NOT_A_COMPANY = frozenset(
    fold(word)
    for word in (
        "corporate|company|our|the|we|you|your|home|hr|us|team|talent|recruiting|recruitment|careers|jobs|hiring|"
        "people|interview|interviews|invitation|position|role|zoom|teams|microsoft teams|google meet|meet|webex|"
        "skype|phone|linkedin|indeed|glassdoor|xing|stepstone|monster|ziprecruiter|greenhouse|lever|workday|ashby|"
        "calendly|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|"
        "july|august|september|october|november|december|montag|dienstag|mittwoch|donnerstag|freitag|unternehmen|"
        "firma|uns|unserem|this|that|it|all|best|regards|thanks|thank you|dear|hello|hi|present|first|least|once|"
        "headquarters|office|remote|am|pm|i|cet|et|germany|europe|deutschland|application|your application"
    ).split("|")
)
_TEAM = (
    r"careers?|jobs?|recruit(?:ing|ment)|talent(?: acquisition| team)?|hiring(?: team)?|people(?: team)?|hr|human resources|"
    r"candidate experience|karriere|bewerbermanagement|personalabteilung|recruiting team|team"
)


def _plain_name(text: str) -> str:
    """A company's name for a letter: no legal form, no trailing dots, one line."""
    name = clean(text, 80)
    while (shorter := _LEGAL.sub("", name).rstrip(" .,;:-–—|")) != name:
        name = shorter
    return name


def _is_company(name: str) -> bool:
    return len(fold(name)) >= 2 and fold(name) not in _NOT_A_COMPANY and not fold(name).isdigit()


# --- company --------------------------------------------------------------------------------------

_AT = r"(?:at|with|bei(?:\s+der|\s+dem)?)"
_COMPANY_IN_TEXT = (
    (
        3,
        rf"(?:position|role|job|opening|opportunity|vacancy|application|interview|career|Stelle|Position|Bewerbung|Gespräch)\s+{_AT}\s+(?P<name>{_NAME})",
    ),
    (
        3,
        rf"(?:apply(?:ing)?|application)\s+to\s+(?:join\s+)?(?P<name>{_NAME})(?=\s+(?:for|as|and)\b|[.,!\n])",
    ),
    (
        3,
        rf"(?:interest|interested)\s+in\s+(?:joining\s+|working\s+(?:at|for)\s+)?(?P<name>{_NAME})(?=[.,!\n]|\s+and\b)",
    ),
    (3, rf"(?:[Ii]ch bin|I am|I['’]m)\s[^.\n]{{3,60}}?\s(?:at|bei(?:\s+der)?|with|from)\s+(?P<name>{_NAME})"),
    (2, rf"[Tt]he\s+(?P<name>{_NAME})\s+(?:team|recruiting team|talent team|hiring team|careers team)\b"),
    (2, rf"[Ii]nteresse\s+an\s+(?:der\s+)?(?P<name>{_NAME})(?=[.,!\n]|\s+und\b)"),
    (2, rf"\b(?:join|joining)\s+(?P<name>{_NAME})"),
)
_COMPANY_IN_SUBJECT = (
    (
        3,
        rf"(?:applying to|application to|interview with|interview at|Bewerbung bei|Gespräch bei|interest in)\s+(?:the\s+)?(?P<name>{_NAME})",
    ),
    (3, rf"\b(?:at|bei|@)\s+(?P<name>{_NAME})"),
    (1, rf"^(?P<name>{_NAME})\s*(?:[|:–—]|\s-\s)"),
    (1, rf"(?:[|–—]|\s-\s)\s*(?P<name>{_NAME})$"),
)
_CLIENT = re.compile(
    rf"(?:client|customer|Kunde[nr]?|Mandant(?:in|en)?|Auftraggeber)\s*(?:is|ist|,|:|–|-)?\s*(?:the\s+|die\s+|der\s+)?(?P<name>{_NAME})"
)
_IN_TEXT = [(weight, re.compile(pattern)) for weight, pattern in _COMPANY_IN_TEXT]
_IN_SUBJECT = [(weight, re.compile(pattern)) for weight, pattern in _COMPANY_IN_SUBJECT]
_DISPLAY = (
    re.compile(rf"\b(?:from|at|of|von|@)\s+(?P<name>{_NAME})$"),
    re.compile(rf"^(?P<name>{_NAME}?)\s+(?:{_TEAM})$", re.IGNORECASE),
    re.compile(rf"[(|]\s*(?P<name>{_NAME})\s*\)?$"),
    re.compile(rf"^(?P<name>{_NAME}?)\s+(?:via|@)\s+\w+$"),
)


def _company_claims(source: Source, relays: Relays) -> Iterator[_Claim]:
    """Everything in one message that may name the company."""
    for place, where, value, weight in _company_readings(source):
        name = _plain_name(value)
        if _is_company(name):
            yield _Claim(name, place, where, weight)
    written = _as_written(source, relays)
    if written:
        yield _Claim(written, "domain", f"address of {source.who}", 3)


def _company_readings(source: Source) -> Iterator[tuple[str, str, str, int]]:
    for weight, pattern in _IN_SUBJECT:
        for match in pattern.finditer(_bare_subject(source.message.subject)):
            yield "subject", "subject", match["name"], weight
    for weight, pattern in _IN_TEXT:
        for match in pattern.finditer(source.new):
            yield "text", f"mail of {source.day}", match["name"], weight
    for match in _CLIENT.finditer(source.new):
        yield "text", f"mail of {source.day}", match["name"], 3
    yield from (("name", "sender's name", name, weight) for name, weight in _display_names(source))
    for name in _signature_names(source):
        yield "signature", f"signature of {source.who}", name, 3


def _display_names(source: Source) -> Iterator[tuple[str, int]]:
    display = clean(source.sender.name)
    for pattern in _DISPLAY:
        if match := pattern.search(display):
            yield match["name"], 3
            return
    # "Match Group <no-reply@hire.lever.co>": a hiring system speaks in the employer's name.
    if source.relay is not None and display and source.relay.system == "ats":
        yield display, 2


def _signature_names(source: Source) -> Iterator[str]:
    lines = [line.strip() for line in source.signature.splitlines()[:12]]
    for line in lines:
        head, separator, tail = (
            re.split(r"(\s*(?:,|\||–|—|·|•|\bat\b|\bbei\b|@)\s*)", line, maxsplit=1)
            if re.search(r"[,|–—·•@]|\bat\b|\bbei\b", line)
            and "://" not in line
            and not re.search(r"\S@\S", line)
            else (line, "", "")
        )
        if separator and _ROLE_WORD.search(head) and re.fullmatch(_NAME, tail.strip(" .")):
            yield tail
        elif (
            separator
            and _ROLE_WORD.search(tail)
            and re.fullmatch(_NAME, head.strip(" ."))
            and "|" in separator
        ):
            yield head
        elif _LEGAL.search(line) and re.fullmatch(rf"{_NAME}[,.\s\w]*", line):
            yield line


_ROLE_WORD = re.compile(
    r"recruit|talent|people|\bhr\b|human resources|coordinator|manager|director|head of|lead|engineer|partner|sourcer|"
    r"founder|officer|\bc[etof]o\b|\bvp\b|personal|koordinator|leiter|assistan|consultant|berater",
    re.IGNORECASE,
)


def _as_written(source: Source, relays: Relays) -> str | None:
    """The sender's own domain, as their mail writes it: ``acmerobotics.com`` -> "Acme Robotics"."""
    domain = source.sender.domain
    if source.relay is not None or relays.is_freemail(domain) or not domain:
        return None
    label = fold(relays.label(domain))
    words = re.findall(
        r"[\w&.'’+-]+", f"{source.message.subject}\n{source.sender.name}\n{source.new}\n{source.signature}"
    )
    for size in (3, 2, 1):
        for at in range(len(words) - size + 1):
            span = words[at : at + size]
            if (
                fold("".join(span)) == label
                and any(c.isupper() for c in "".join(span))
                and "." not in span[0][:-1]
            ):
                return _plain_name(" ".join(span))
    return None


def _labels(sources: Iterable[Source], relays: Relays) -> frozenset[str]:
    """The labels of the counterparts' own domains."""
    domains = {s.sender.domain for s in sources if s.relay is None and s.sender.domain}
    return frozenset(fold(relays.label(d)) for d in domains if not relays.is_freemail(d))


def _company(claims: Sequence[_Claim], labels: frozenset[str]) -> Fact[str] | None:
    if not claims:
        return None
    groups = _grouped(claims)
    confirmed = [g for g in groups if any(_fits_label(c.value, label) for c in g for label in labels)]
    ranked = sorted(confirmed or groups, key=_support, reverse=True)
    best = ranked[0]
    if len(ranked) > 1 and _support(ranked[1]) >= _support(best):
        return _fact(best, Confidence.LOW)
    if confirmed or len({c.place for c in best}) > 1:
        return _fact(best, Confidence.HIGH)
    strong = max(c.weight for c in best) >= 3 and not labels
    return _fact(best, Confidence.MEDIUM if strong or _support(best) >= 5 else Confidence.LOW)


def _support(group: Sequence[_Claim]) -> int:
    """The weight of the best claim of each place: a name repeated in one place is still one place."""
    return sum(max(c.weight for c in group if c.place == place) for place in {c.place for c in group})


def _fact(group: Sequence[_Claim], confidence: Confidence) -> Fact[str]:
    spelling = _spelling(group)
    best = max((c for c in group if c.value == spelling), key=lambda c: c.weight)
    return Fact(spelling, best.source, confidence)


def _spelling(group: Sequence[_Claim]) -> str:
    counts: dict[str, int] = {}
    for claim in group:
        counts[claim.value] = counts.get(claim.value, 0) + claim.weight
    return max(counts, key=lambda value: (counts[value], -len(value)))


def _grouped(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    """Claims that name the same thing: "Acme" and "Acme Robotics" do."""
    groups: list[list[_Claim]] = []
    for claim in claims:
        home = next((g for g in groups if any(_related(claim.value, c.value) for c in g)), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    return groups


def _related(a: str, b: str) -> bool:
    one, other = sorted((a.casefold().split(), b.casefold().split()), key=len)
    return fold(a) == fold(b) or other[: len(one)] == one


def _fits_label(name: str, label: str) -> bool:
    folded = fold(name)
    initials = "".join(word[0] for word in name.casefold().split() if word[0].isalnum())
    return len(label) > 1 and (
        folded == label
        or (len(label) > 2 and (folded.startswith(label) or label.startswith(folded)))
        or initials == label
    )


# --- agency ---------------------------------------------------------------------------------------

_FOR_A_CLIENT = re.compile(
    r"\b(?:our|my|one of our|a)\s+clients?\b|\bclient of (?:ours|mine)\b|\bunser(?:e[mnrs]?)?\s+(?:Kunde|Mandant|Auftraggeber)"
    r"|\bim Auftrag\s+(?:unseres|eines|der|von)|\bmein(?:e[mnrs]?)?\s+(?:Kunde|Mandant)",
    re.IGNORECASE,
)
_AGENCY_LABEL = re.compile(
    r"recruit|staffing|headhunt|personalberat|personalverm|executivesearch|talentpartner|searchpartner|"
    r"^(?:hays|randstad|adecco|manpower|roberthalf|robertwalters|michaelpage|pagepersonnel|hudson|kforce|teksystems)"
)


def _agency(sources: Sequence[Source], relays: Relays) -> Fact[str] | None:
    """The third-party recruiter's name, when one writes in the name of a client."""
    for source in sources:
        if source.relay is not None or source.kind is not Kind.HUMAN:
            continue
        says = bool(_FOR_A_CLIENT.search(source.new))
        domain = source.sender.domain
        free = relays.is_freemail(domain)
        looks = not free and bool(_AGENCY_LABEL.search(fold(relays.label(domain))))
        if says or looks:
            return _agency_name(source, relays, Confidence.HIGH if says and looks else Confidence.MEDIUM)
    return None


def _agency_name(source: Source, relays: Relays, confidence: Confidence) -> Fact[str] | None:
    written = _as_written(source, relays)
    names = [_plain_name(n) for n in _signature_names(source)]
    names += [_plain_name(n) for n, _ in _display_names(source)]
    if written:
        return Fact(written, f"address of {source.who}", confidence)
    if names:
        return Fact(names[0], f"signature of {source.who}", confidence)
    if relays.is_freemail(source.sender.domain):
        return None
    return Fact(relays.label(source.sender.domain).title(), f"address of {source.who}", Confidence.LOW)


# --- position -------------------------------------------------------------------------------------

_HEAD_NOUN = re.compile(
    r"\b\w*(?:engineer|developer|manager|analyst|designer|scientist|architect|consultant|administrator|specialist|"
    r"director|lead|head|officer|assistant|coordinator|associate|accountant|nurse|teacher|editor|writer|researcher|"
    r"technician|programmer|tester|strategist|planner|buyer|controller|advisor|adviser|representative|executive|"
    r"intern|trainee|clerk|operator|supervisor|producer|translator|librarian|lecturer|professor|physician|therapist|"
    r"pharmacist|paralegal|counsel|lawyer|attorney|secretary|receptionist|agent|owner|master|expert|marketer|"
    r"copywriter|recruiter|economist|statistician|chemist|biologist|surveyor|driver|mechanic|electrician|chef|cook|"
    r"entwickler|ingenieur|berater|leiter|leitung|referent|sachbearbeiter|fachkraft|kauffrau|kaufmann|assistenz|"
    r"techniker|informatiker|gestalter|redakteur|pfleger|lehrer|erzieher|verkäufer|buchhalter|architekt|"
    r"wissenschaftler|manager|koordinator|werkstudent|praktikant|meister|planer|prüfer|arzt|ärztin|juristi?|"
    r"mitarbeiter|analyst|administrator|scrum master|product owner|devops|sre|qa|reliability)(?:in|s|\*in|:in|/in)?\b",
    re.IGNORECASE,
)
_TITLE = r"(?P<title>[^\n.;!?\"„“”<>]{2,90}?)"
_STOP = r"(?=\s+(?:at|with|bei|in our|within|to|is|has|and (?:we|your|would|I)|which|that|we|was|on|here|as|und)\b|\s*[,.;!?\n(\"”“–—|]|\s-\s|$)"
_POSITION_IN_TEXT = (
    (
        3,
        rf"(?:position|role|job|vacancy|opening|post)\s+(?:of|as|titled|:)\s*(?:an?\s+|our\s+|the\s+)?[\"„“]?{_TITLE}{_STOP}",
    ),
    (
        3,
        rf"\b(?:for|in|about|regarding|to)\s+(?:the|our|an?)\s+(?:open\s+)?[\"„“]?{_TITLE}[\"”“]?\s+(?:position|role|job|vacancy|opening|post|opportunity|Position)\b",
    ),
    (3, rf"\bthe\s+[\"„“]?{_TITLE}[\"”“]?\s+(?:position|role|vacancy|opening)\b"),
    (
        2,
        rf"\b(?:application|applying|applied|interview|interviewing)\s+(?:to\s+[^\n.,]{{2,40}}?\s+)?(?:for|as)\s+(?:the\s+|our\s+|an?\s+)?{_TITLE}{_STOP}",
    ),
    (
        3,
        rf"\b(?:Bewerbung|Stelle|Position|Rolle)\s+(?:als|für die Stelle als|auf die Stelle als|um die Stelle als|:|des|der)\s*[\"„“]?{_TITLE}{_STOP}",
    ),
    (1, rf"\bals\s+{_TITLE}\s+bei\b"),
)
_POSITION_IN_SUBJECT = (
    (
        3,
        rf"(?:application|interview|invitation|opportunity|position|role|opening|vacancy|next steps)\s*(?:for|as|to interview for|of|[-–—:|])\s*(?:the\s+|our\s+|an?\s+)?{_TITLE}(?:\s+(?:position|role|job|opening|opportunity))?{_STOP}",
    ),
    (
        3,
        rf"\b(?:Bewerbung|Stelle|Position|Vorstellungsgespräch|Gespräch)\s*(?:als|für|um|zur|[-–—:|])\s*(?:die\s+(?:Stelle|Position)\s+(?:als\s+)?)?{_TITLE}{_STOP}",
    ),
    (3, rf"^{_TITLE}\s+(?:position|role|job|opening|opportunity|vacancy)\b"),
    (2, rf"^{_TITLE}\s+(?:at|@|bei)\s+[A-Z0-9]"),
)
_TITLE_IN_TEXT = [(weight, re.compile(p)) for weight, p in _POSITION_IN_TEXT]
_TITLE_IN_SUBJECT = [(weight, re.compile(p, re.IGNORECASE)) for weight, p in _POSITION_IN_SUBJECT]

_REPLY = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|antw)\s*(?:\[\d+\])?\s*:\s*|\[(?:ext|external)\]\s*)+", re.IGNORECASE
)
_REQUISITION = re.compile(
    r"[(\[{]?\s*\b(?:(?:job|req(?:uisition)?|ref(?:erence)?|position|posting|kennziffer|stellen-?nr)\.?\s*(?:id|no|nr|number|code)?\.?\s*[:#-]?\s*|#\s*)?"
    r"(?:#\s*)?(?:[A-Z]{1,4}[-_ ]?)?\d{3,}(?:[-_/]\d+)*\b\s*[)\]}]?|#\s*\d+"
)
_TRIMMINGS = re.compile(
    r"\s*[(\[](?:[mwfdxih]\s*[/|,]\s*){1,3}[mwfdxi](?:\s*/\s*\w)?[)\]]|\s*\b(?:[mwfd]/){2}[mwfdx]\b"
    r"|\s*[(\[]?\b(?:fully remote|remote|hybrid|on-?site|full[- ]?time|part[- ]?time|vollzeit|teilzeit|contract|permanent)\b[)\]]?$"
    r"|\s+(?:position|role|job|opening)$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\s+(?:in|based in|near)\s+[A-ZÀ-Þ].*$|\s*[-–—|,]\s*(?:in\s+)?(?:[A-ZÀ-Þ][\w.]+,?\s*){1,3}$"
)


def _bare_subject(subject: str) -> str:
    return _REPLY.sub("", clean(subject, 200))


def _plain_title(text: str) -> str | None:
    """A job title for a letter, or None when this is none."""
    title = _REQUISITION.sub(" ", clean(text))
    title = re.sub(r"\s*\(\s*\)", "", title)
    for _ in range(3):
        title = _TRIMMINGS.sub("", title).strip(" \t-–—|,:;/\"„“”'")
    title = re.sub(r"\s+in\s+[A-ZÀ-Þ].*$", "", title)
    head, _, tail = title.rpartition(" - ")
    if head and _HEAD_NOUN.search(head) and not _HEAD_NOUN.search(tail):
        title = head
    title = re.sub(r"^(?:the|our|an?|die|der|das|ein|eine)\s+", "", title, flags=re.IGNORECASE)
    title = clean(title, 80)
    return title if _is_title(title) else None


def _is_title(title: str) -> bool:
    words = title.split()
    if not 1 <= len(words) <= 9 or not _HEAD_NOUN.search(title):
        return False
    return not re.search(
        r"\b(?:you|your|we|our|my|me|i|this|that|is|are|will|has|have|ihre?|wir|sie|uns)\b",
        title,
        re.IGNORECASE,
    )


def _position_claims(source: Source) -> Iterator[_Claim]:
    for place, where, weight, text in _position_readings(source):
        title = _plain_title(text)
        if title:
            yield _Claim(title, place, where, weight)


def _position_readings(source: Source) -> Iterator[tuple[str, str, int, str]]:
    subject = _bare_subject(source.message.subject)
    for weight, pattern in _TITLE_IN_SUBJECT:
        for match in pattern.finditer(subject):
            yield "subject", "subject", weight, match["title"]
    for part in re.split(r"\s+[-–—|]\s+|\s*[|:]\s+", subject):
        yield "subject", "subject", 1, part
    for weight, pattern in _TITLE_IN_TEXT:
        for match in pattern.finditer(source.new):
            yield "text", f"mail of {source.day}", weight, match["title"]


def _position(claims: Sequence[_Claim]) -> Fact[str] | None:
    if not claims:
        return None
    groups: list[list[_Claim]] = []
    for claim in claims:
        home = next((g for g in groups if fold(g[0].value) == fold(claim.value)), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    ranked = sorted(groups, key=_support, reverse=True)
    best = ranked[0]
    rivals = [
        g for g in ranked[1:] if _support(g) >= _support(best) and not _within(g[0].value, best[0].value)
    ]
    if rivals:
        return _fact(best, Confidence.LOW)
    if len({c.place for c in best}) > 1:
        return _fact(best, Confidence.HIGH)
    return _fact(best, Confidence.MEDIUM if max(c.weight for c in best) >= 2 else Confidence.LOW)


def _within(a: str, b: str) -> bool:
    return fold(a) in fold(b) or fold(b) in fold(a)
