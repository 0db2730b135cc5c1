"""Read who the people of the other side are, what they do in the process, how to phone them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bowout.mail.calendar import Invitation
from bowout.model import Address, Confidence, Fact, Identity, Person, PersonRole
from bowout.people import names
from bowout.people.machines import Relays
from bowout.people.mailkind import Kind
from bowout.people.me import is_me
from bowout.read.source import Source, clean, spoken_day

__all__ = ["people", "phones", "recruits"]

# Ordered: a "Recruiting Coordinator" coordinates, a "Head of Talent" recruits.
_RECRUITS = (
    r"recruit\w+|talent\b|sourcer|sourcing|\bhr\b|human resources|"
    r"people (?:partner|operations|ops|team|manager)|"
    r"head of people|personal(?:referent|leit|abteilung|wesen|management)\w*|bewerbermanagement|"
    r"candidate experience"
)
_ROLES = (
    (
        PersonRole.COORDINATOR,
        (
            r"coordinat\w+|schedul\w+|recruiting operations|(?:executive|personal|team)? ?assistant|"
            r"koordinator(?:in)?|assistenz"
        ),
    ),
    (PersonRole.RECRUITER, _RECRUITS),
    (
        PersonRole.HIRING_MANAGER,
        (
            r"hiring manager|head of|director|(?:engineering|product|design|data|marketing|sales|finance|"
            r"operations) manager|"
            r"team ?lead|team ?leiter\w*|abteilungsleit\w+|\bvp\b|vice president|\bc[etofpm]o\b|chief|"
            r"(?:co-?)?founder|"
            r"geschäftsführer\w*|leiter(?:in)?\b|managing director"
        ),
    ),
)
_ROLE = tuple((role, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for role, words in _ROLES)
# How somebody is called, by name, address or signature, whose work is hiring. It meets lower-cased text.
_HIRES = re.compile(rf"{_RECRUITS}|recruit|talent|staffing|headhunt|hiring|careers|bewerb")
# Only the next few words: "I am happy to ... the Engineering Manager position" is no self-portrait.
_SELF = re.compile(
    r"\b(?:I am|I['’]m|ich bin|I work (?:as|in|for|with))\s+((?:[^\s.]+\s+){0,4}[^\s.]*)", re.IGNORECASE
)
_ROOM = re.compile(
    r"resource\.calendar|\broom\b|conference|konferenz|calendar\.google|noreply|no-reply", re.IGNORECASE
)

# A number beside these words is no person's telephone: a fax, a conference bridge, its PIN.
_NO_PHONE = re.compile(
    r"fax|dial[- ]?in|einwahl|conference|konferenz|meeting|pin\b|passcode|kenncode|one tap|,,|"
    r"access code|zoom|teams|"
    r"webex|support|helpdesk|hrb|ust|vat|iban|job id|req",
    re.IGNORECASE,
)
_PHONE_WORD = re.compile(
    r"(?:tel|phone|mobile?|cell|mobil|telefon|direct|call|anruf|durchwahl|\b[mtpd]\b\s*[:.])", re.IGNORECASE
)


def people(
    counterparts: Sequence[Person],
    sources: Sequence[Source],
    invitations: Sequence[Invitation],
    identities: Sequence[Identity],
    relays: Relays,
    agency_domain: str | None,
) -> tuple[Fact[Person], ...]:
    """List everyone of the other side in order of appearance, then those whom only an invitation names.

    The confidence is that of the role: high where their own signature tells it, medium where it is inferred.
    """
    found: dict[str, Fact[Person]] = {}
    for person in counterparts:
        found[person.address.key] = _known(person, sources, agency_domain)
    for invitation in invitations:
        for address in _invited(invitation, identities, relays):
            if address.key not in found or found[address.key].value.role is PersonRole.UNKNOWN:
                found[address.key] = _from_invitation(address, invitation, found.get(address.key))
    return tuple(found.values())


def recruits(source: Source) -> bool:
    """Tell whether a name, an address or a signature says that its owner hires."""
    told = f"{source.sender.name}\n{source.signature}\n{source.sender.local}"
    return _HIRES.search(told.lower()) is not None


def _known(person: Person, sources: Sequence[Source], agency_domain: str | None) -> Fact[Person]:
    own = [s for s in sources if s.sender.key == person.address.key]
    name = _name(person, own)
    who = name or clean(person.name) or person.address.address
    phone = next((n for s in reversed(own) for n, sure in _numbers(s) if sure), None)
    person = replace(person, name=name, phone=phone)
    if agency_domain is not None and any(s.sender.domain == agency_domain for s in own):
        return Fact(replace(person, role=PersonRole.AGENCY), f"address of {who}", Confidence.HIGH)
    for source in reversed(own):
        for text, where, confidence in (
            ("" if source.relay else _own_lines(source), f"signature of {who}", Confidence.HIGH),
            (" ".join(_SELF.findall(source.prose)), f"mail of {source.day}", Confidence.HIGH),
            ("" if source.relay else source.sender.name, "sender's name", Confidence.MEDIUM),
        ):
            if (role := _role(text)) is not None:
                return Fact(replace(person, role=role), where, confidence)
    return Fact(person, f"mail of {own[-1].day}" if own else "recipients", Confidence.MEDIUM)


def _name(person: Person, own: Sequence[Source]) -> str:
    """Find what to call them: the name they display, else the one they sign with, else that of their team."""
    shown = [Address(person.name, person.address.address), *(s.sender for s in reversed(own))]
    named = next(filter(None, map(names.person_name, shown)), "")
    named = named or next((s.signed for s in reversed(own) if s.signed), "")
    teams = (clean(a.name) for a in shown if names.is_team(a.name))
    return clean(named) or next(teams, "")


def _own_lines(source: Source) -> str:
    """Keep the lines of the signature that can hold a title; a slogan or a disclaimer is longer."""
    return "\n".join(line for line in source.signature.splitlines()[:8] if len(line) <= 80)


def _role(text: str) -> PersonRole | None:
    return next((role for role, pattern in _ROLE if pattern.search(text)), None)


def _invited(invitation: Invitation, identities: Sequence[Identity], relays: Relays) -> Iterator[Address]:
    """Find who will sit in the interview: attendees that are neither me, nor a room, nor a machine."""
    organizer = invitation.slot.organizer
    for address in invitation.attendees:
        machine = relays.classify(address) is not None or _ROOM.search(f"{address.name} {address.address}")
        if machine or is_me(address, identities) or (organizer and organizer.key == address.key):
            continue
        yield address


def _from_invitation(address: Address, invitation: Invitation, known: Fact[Person] | None) -> Fact[Person]:
    before = known.value if known else Person(address=address, name=clean(address.name))
    role = _role(address.name) or PersonRole.INTERVIEWER
    source = f"invitation of {spoken_day(invitation.message.moment)}"
    return Fact(replace(before, role=role), source, Confidence.MEDIUM)


# --- telephone ------------------------------------------------------------------------------------


def phones(sources: Sequence[Source], invitations: Sequence[Invitation]) -> tuple[Fact[str], ...]:
    """List telephone numbers of the other side in international form, newest mail first.

    From signatures, from lines that say "phone" or "call", and from invitations. Without a leading + the
    country is taken from the sender's domain, and the number is a guess.
    """
    found: dict[str, Fact[str]] = {}
    for source in reversed([s for s in sources if not s.mine and s.kind in (Kind.HUMAN, Kind.CALENDAR)]):
        for number, sure in _numbers(source):
            fact = Fact(number, f"signature of {source.who}", Confidence.HIGH if sure else Confidence.LOW)
            found.setdefault(number, fact)
    for invitation in reversed(invitations):
        text = f"{invitation.slot.location}\n{invitation.description}"
        for number, sure in _in_lines(_labelled(text.splitlines()), None):
            where = f"invitation of {spoken_day(invitation.message.moment)}"
            found.setdefault(number, Fact(number, where, Confidence.MEDIUM if sure else Confidence.LOW))
    return tuple(found.values())


def _numbers(source: Source) -> list[tuple[str, bool]]:
    """Find the numbers of one mail, and whether the country was written."""
    region = None if source.relay else _region(source.sender.domain)
    lines = [*source.signature.splitlines(), *_labelled(source.new.splitlines())]
    return list(dict.fromkeys(_in_lines(lines, region)))


def _labelled(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if _PHONE_WORD.search(line))


def _in_lines(lines: Iterable[str], region: str | None) -> Iterator[tuple[str, bool]]:
    for line in lines:
        if len(line) > 300 or sum(c.isdigit() for c in line) < 6 or _NO_PHONE.search(line):
            continue
        # "0049 30 ..." is +49, but only where a number begins: "+49 89 1234 0015" holds no country 15.
        yield from _matches(re.sub(r"(?<![\d+])(?<!\d[ ()./-])(?<!\d\) )00(?=[1-9]\d)", "+", line), region)


def _matches(line: str, region: str | None) -> Iterator[tuple[str, bool]]:
    import phonenumbers  # 20 ms, and only threads with a number in them need it

    known = False
    for match in phonenumbers.PhoneNumberMatcher(line, region):
        if phonenumbers.is_valid_number(match.number):
            known = True
            form = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            yield form, match.raw_string.lstrip("( ").startswith("+")
    if not known:
        yield from ((number, False) for number in _as_written(line))


# A number whose country nobody knows is shown as they wrote it, extension and all.
_WRITTEN = re.compile(
    r"(?<![\w/.,:-])(?:\+ ?)?\(?\d(?:[\d() .-]|/(?=\d)){5,20}\d(?![\w%])"
    r"(?:[ ,]{0,2}(?:x|ext\.?|extn\.?|extension|int\.|dw|durchwahl|p\.|poste|toestel|wew\.) ?\d{1,5})?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[.:]\d{2} ?- ?\d{1,2}[.:]\d{2}"
    r"|(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d"
)
_OTHER_WORDS = 12  # letters that a line without "phone" may hold beside its numbers


def _as_written(line: str) -> Iterator[str]:
    rest = _WRITTEN.sub("", line)
    if not _PHONE_WORD.search(line) and sum(c.isalpha() for c in rest) > _OTHER_WORDS:
        return
    for one in (match[0].strip() for match in _WRITTEN.finditer(line)):
        digits = sum(c.isdigit() for c in one)
        if 7 <= digits <= 18 and not _DATE.search(one) and one.count("(") == one.count(")"):
            yield one


_REGIONS: Mapping[str, str] = {"uk": "GB"}


def _region(domain: str) -> str | None:
    """Read the country (ISO 3166) in the ending of a domain; ``.com`` says nothing."""
    ending = domain.rpartition(".")[2]
    if len(ending) != 2 or ending in ("io", "ai", "co", "me", "tv", "eu", "gg", "ly", "sh", "so", "to", "fm"):
        return None
    return _REGIONS.get(ending, ending.upper())
