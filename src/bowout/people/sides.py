"""Who is who in a thread: me, people of the other side, outsiders, and machines. Pure.

The senders that are machines are data: ``relays.toml`` in this package, extended and overridden by a file
of the person's own (``relays.toml`` in the config directory). Everything here errs on the side of "nobody
to write to": a counterpart that is missed costs a question, an outsider taken for one costs much more.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from bowout.errors import ConfigError
from bowout.mail import quotes
from bowout.model import Address, Folder, Identity, Joined, Message, Person, Thread

# --- me -------------------------------------------------------------------------------------------

_GMAIL = frozenset({"gmail.com", "googlemail.com"})


def _untagged(address: Address) -> str:
    local, domain = address.local.partition("+")[0], address.domain
    return _undotted(local, domain)


def _undotted(local: str, domain: str) -> str:
    # Gmail delivers every spelling with dots, and both domains, to the same mailbox.
    return f"{local.replace('.', '')}@gmail.com" if domain in _GMAIL else f"{local}@{domain}"


def same_mailbox(address: Address, mine: Address) -> bool:
    """Does mail to ``address`` reach ``mine``? Case, my +tags and dots at Gmail are ignored.

    Only meant to recognise the person: for everybody else addresses are compared by ``Address.key``. A tag
    that belongs to ``mine`` itself must be there, since another tag may be another member of the family.
    """
    if not address.local or not address.domain:
        return False
    own = _undotted(mine.local, mine.domain)
    return own in (_untagged(address), _undotted(address.local, address.domain))


def is_me(address: Address, identities: Sequence[Identity]) -> bool:
    """Is this one of the person's own addresses (RFC 5321 leaves case and tags to the mailbox's owner)?"""
    return any(same_mailbox(address, identity.address) for identity in identities)


def from_me(message: Message, identities: Sequence[Identity]) -> bool:
    """Did the person write this: an own address in From, or a copy in the Sent folder."""
    return message.folder is Folder.SENT or any(is_me(a, identities) for a in message.from_)


def all_mine(thread: Thread, identities: Sequence[Identity]) -> tuple[Identity, ...]:
    """The identities, and every address of this thread that the Sent folder proves to be the person's."""
    known = list(identities)
    for message in thread.mails:
        if message.folder is Folder.SENT:
            known += [Identity(address=a) for a in message.from_ if not is_me(a, known)]
    return tuple(known)


# --- machines -------------------------------------------------------------------------------------


class Relay(StrEnum):
    """What becomes of an answer to a machine's address."""

    DEAD = "dead"  # nobody reads it
    NOTICE = "notice"  # a calendar, board, scheduler or delivery report: never an addressee
    REPLY = "reply"  # it reaches the hiring team; keep the address byte for byte
    ASK = "ask"  # a hiring system's address, and nobody knows who reads it


class System(StrEnum):
    """What sort of machine a relay is."""

    ATS = "ats"
    SCHEDULER = "scheduler"
    CALENDAR = "calendar"
    BOARD = "board"
    DELIVERY = "delivery"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayHit:
    """A machine's address recognised. ``listed`` = by a rule for its domain, not by its looks alone."""

    relay: Relay
    name: str
    system: System = System.UNKNOWN
    listed: bool = False
    observed_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    hit: RelayHit
    domains: tuple[str, ...]
    local: re.Pattern[str] | None

    def fits(self, address: Address) -> bool:
        if self.local is not None and not self.local.fullmatch(_bounded(address)):
            return False
        return any(_covers(domain, address.domain) for domain in self.domains)


def _bounded(address: Address) -> str:
    # RFC 5321 allows 64 octets; tokens are longer. Patterns must not run on whatever a hostile mail holds.
    return address.local[:256]


def _covers(rule: str, domain: str) -> bool:
    if rule.startswith("."):
        return domain.endswith(rule)
    return rule in ("", domain) or domain.endswith("." + rule)


# A +tag that looks made by a machine, or a long run in which letters and digits alternate.
_TAGGED = re.compile(r".*[+=](?=[^+]*\d)[0-9a-z_.=-]{6,}.*")
_RUN = re.compile(
    r"[0-9a-f]{16,}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


def has_token(address: Address) -> bool:
    """Does the local part carry a machine's token, so that an answer finds its way by it?"""
    local = _bounded(address)
    return bool(_TAGGED.fullmatch(local) or _RUN.search(local))


@dataclass(frozen=True, slots=True)
class Relays:
    """The known machines, and what is known about domains. Made by ``load_relays``."""

    own: tuple[_Rule, ...]
    shipped: tuple[_Rule, ...]
    dead: tuple[re.Pattern[str], ...]
    delivery: tuple[re.Pattern[str], ...]
    freemail: frozenset[str]
    suffixes: frozenset[str]
    # Every message of a thread is asked about the same few addresses again and again.
    _seen: dict[str, RelayHit | None] = field(default_factory=dict, compare=False, repr=False)

    def classify(self, address: Address, message: Message | None = None) -> RelayHit | None:
        """What machine, if any, is behind ``address``; None = as far as known a person.

        With ``message``, an address of its Reply-To is also weighed against its From: an unknown machine that
        gives a token expects the answer there, one that gives none leaves it open (``Relay.ASK``).
        """
        if address.key not in self._seen:
            self._seen[address.key] = self._listed(address)
        hit = self._seen[address.key]
        if hit is None and message is not None and address in message.reply_to:
            hit = self._unlisted(address, message)
        if hit is not None and hit.relay is Relay.ASK and has_token(address):
            return RelayHit(
                relay=Relay.REPLY,
                name=hit.name,
                system=hit.system,
                listed=hit.listed,
                observed_in=hit.observed_in,
            )
        return hit

    def _listed(self, address: Address) -> RelayHit | None:
        by_local = (rule.hit for rule in (*self.own, *self._exact()) if rule.fits(address))
        if (hit := next(by_local, None)) is not None:
            return hit
        by_domain = next((r.hit for r in self.shipped if r.local is None and r.fits(address)), None)
        local = _bounded(address)
        if any(p.fullmatch(local) for p in self.delivery):
            return RelayHit(relay=Relay.NOTICE, name="mail delivery system", system=System.DELIVERY)
        if any(p.fullmatch(local) for p in self.dead) and not _notice(by_domain):
            return RelayHit(
                relay=Relay.DEAD,
                name=by_domain.name if by_domain else "no-reply address",
                system=by_domain.system if by_domain else System.UNKNOWN,
                listed=by_domain is not None,
                observed_in=by_domain.observed_in if by_domain else "",
            )
        return by_domain

    def _exact(self) -> Iterable[_Rule]:
        return (rule for rule in self.shipped if rule.local is not None)

    def _unlisted(self, address: Address, message: Message) -> RelayHit | None:
        senders = [a for a in message.from_ if a.key != address.key]
        if not senders:
            return None
        if has_token(address):
            return RelayHit(relay=Relay.REPLY, name="reply address")
        machine = any(_dead(self._listed(a)) for a in senders)
        if machine and any(self.organisation(a.domain) == self.organisation(address.domain) for a in senders):
            return RelayHit(relay=Relay.ASK, name="reply address")
        return None

    def knows(self, address: Address) -> bool:
        """Is this a machine with a rule of its own, not one recognised by its looks?"""
        hit = self.classify(address)
        return hit is not None and hit.listed

    def is_freemail(self, domain: str) -> bool:
        """Can anybody have an address at this domain?"""
        return domain.casefold() in self.freemail

    def organisation(self, domain: str) -> str:
        """The registered domain: ``mail.acme.co.uk`` -> ``acme.co.uk`` (by a short list of suffixes)."""
        labels = domain.casefold().rstrip(".").split(".")
        keep = 3 if ".".join(labels[-2:]) in self.suffixes else 2
        return ".".join(labels[-keep:])

    def label(self, domain: str) -> str:
        """The organisation's own word in its domain: ``mail.acme.co.uk`` -> ``acme``."""
        return self.organisation(domain).partition(".")[0]


def _dead(hit: RelayHit | None) -> bool:
    return hit is not None and hit.relay is Relay.DEAD


def _notice(hit: RelayHit | None) -> bool:
    return hit is not None and hit.relay is Relay.NOTICE


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads(files("bowout.people").joinpath("machines.toml").read_text(encoding="utf-8"))


def load_relays(extra: Path | None = None) -> Relays:
    """The shipped relays, with those of the person's own file first, so that they extend and override.

    A missing ``extra`` is fine: nobody needs one. Raises ConfigError, naming file and key, when it is wrong.
    """
    shipped, own = _shipped(), _read(extra) if extra is not None and extra.exists() else {}
    patterns, domains = shipped["patterns"], shipped["domains"]
    where = str(extra)
    return Relays(
        own=_rules(own, where),
        shipped=_rules(shipped, "relays.toml"),
        dead=_patterns([*_list(own, "patterns", "dead", where), *patterns["dead"]], where),
        delivery=_patterns(patterns["delivery"], where),
        freemail=frozenset(domains["freemail"]) | set(_list(own, "domains", "freemail", where)),
        suffixes=frozenset(domains["suffixes"]) | set(_list(own, "domains", "suffixes", where)),
    )


_CURE = "Mend the file, or move it away: bowout ships its own list. docs/finding.md shows the form."


def _read(path: Path) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(f"{path}: cannot be read as TOML: {exc}", _CURE) from exc
    for key in table:
        if key not in ("relay", "patterns", "domains"):
            raise ConfigError(
                f"{path}: unknown key {key!r}; expected [[relay]], [patterns] or [domains]", _CURE
            )
    return table


def _list(table: Mapping[str, Any], section: str, key: str, where: str) -> list[str]:
    inner = table.get(section, {})
    found = inner.get(key, []) if isinstance(inner, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise ConfigError(f"{where}: {section}.{key}: expected a list of strings", _CURE)
    return found


def _patterns(texts: Sequence[str], where: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(text, where, "patterns.dead") for text in texts)


def _pattern(text: object, where: str, key: str) -> re.Pattern[str]:
    try:
        if not isinstance(text, str):
            raise ConfigError(f"{where}: {key}: expected a regular expression", _CURE)
        return re.compile(text, re.IGNORECASE)
    except re.error as exc:
        raise ConfigError(f"{where}: {key}: not a regular expression: {exc}", _CURE) from exc


def _rules(table: Mapping[str, Any], where: str) -> tuple[_Rule, ...]:
    entries = table.get("relay", [])
    if not isinstance(entries, list):
        raise ConfigError(f"{where}: relay: expected [[relay]] tables", _CURE)
    return tuple(_rule(entry, f"relay[{i}]", where) for i, entry in enumerate(entries, 1))


E = TypeVar("E", bound=StrEnum)
_RULE_KEYS = frozenset({"name", "class", "kind", "domains", "local", "observed_in"})


def _rule(entry: object, key: str, where: str) -> _Rule:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: {key}: expected a table", _CURE)
    if unknown := sorted(set(entry) - _RULE_KEYS):
        raise ConfigError(f"{where}: {key}: unknown key {unknown[0]!r}", _CURE)
    local = entry.get("local")
    domains = _list({"d": entry}, "d", "domains", f"{where}: {key}")
    if not domains:
        raise ConfigError(f"{where}: {key}: domains is missing", _CURE)
    return _Rule(
        hit=RelayHit(
            relay=_choice(Relay, entry.get("class"), f"{where}: {key}.class"),
            name=str(entry.get("name", domains[0])),
            system=_choice(System, entry.get("kind", "unknown"), f"{where}: {key}.kind"),
            listed=True,
            observed_in=str(entry.get("observed_in", "")),
        ),
        domains=tuple(domain.casefold() for domain in domains),
        local=None if local is None else _pattern(local, where, f"{key}.local"),
    )


def _choice(kind: type[E], value: object, where: str) -> E:
    try:
        return kind(str(value))
    except ValueError as exc:
        raise ConfigError(f"{where}: expected one of {', '.join(kind)}", _CURE) from exc


# --- kinds of mail --------------------------------------------------------------------------------


class Kind(StrEnum):
    """What sort of message this is, for deciding whether anybody wrote it to the person."""

    HUMAN = "human"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    CALENDAR = "calendar"  # a calendar's own notice, an answer to an invitation, a bare cancellation
    REACTION = "reaction"
    BULK = "bulk"
    NOTICE = "notice"  # by a machine whose answers nobody reads


_AUTO_SUBJECT = re.compile(
    r"\s*((automatic|auto)([- ]?(reply|response))?|out of( the)? office|ooo|autoreply|on (annual )?leave"
    r"|automatische antwort|automatisch antwoord|abwesenheit(snotiz|sassistent)?|abwesend"
    r"|r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|fuera de la oficina"
    r"|risposta automatica|resposta autom[áa]tica|autosvar|automaattinen vastaus)\s*([:\-–—(]|$)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"\s*(undeliver(ed|able)|delivery status notification|mail delivery (failed|failure|subsystem)"
    r"|returned mail|failure notice|nicht zustellbar|unzustellbar)",
    re.IGNORECASE,
)
_METHOD = re.compile(r"^METHOD:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_REACTED = re.compile(r"\breacted (via|to your message)\b", re.IGNORECASE)
_REACTION_TYPE = "text/vnd.google.email-reaction+json"

# Words with which the other side of a hiring process writes. One alone proves little. They meet lower-cased
# text: that is four times as fast as ignoring case.
_HIRING = re.compile(
    r"\b(interviews?|your (application|cv|r[ée]sum[ée]|candidacy|candidature|background)|applied"
    r"|appl(ying|ication) (to|for|as)|my (application|cv|r[ée]sum[ée])"
    r"|recruit(er|ers|ing|ment)|hiring (manager|team|process)|talent (acquisition|team|partner)|candidates?"
    r"|(role|position|opening|vacancy|job) (of|as|at|with)|the (\S+ ){0,4}(role|position)|phone screen"
    r"|screening call|on-?site|take-?home|coding (test|challenge)|assessment|next (steps?|round|stage)"
    r"|(move|moving) forward with|job offer|offer letter|job description|availability"
    r"|vorstellungsgespr[äa]ch|bewerbung|bewerbungsgespr[äa]ch|stelle als|kennenlernen|lebenslauf"
    r"|personalabteilung"
    r"|entretien|candidature|recrutement|poste de|entrevista|candidatura|proceso de selecci[óo]n|puesto de"
    r"|colloquio|sollicitatie|sollicitatiegesprek|rozmow[aęy] kwalifikacyjn\w+|rekrutac\w+)\b"
)


def hiring_words(text: str) -> frozenset[str]:
    """The different words of hiring in ``text``, in lower case."""
    return frozenset(found.group(0) for found in _HIRING.finditer(text.lower()))


def kind_of(message: Message, relays: Relays) -> Kind:
    """What sort of message this is (by RFC 3834, RFC 3464 reports, RFC 5546 methods, RFC 2919 lists).

    An invitation (METHOD:REQUEST) from a person is HUMAN, and so is a mail from a no-reply sender whose
    Reply-To leads to somebody.
    """
    if _is_reaction(message):
        return Kind.REACTION
    if _is_bounce(message):
        return Kind.BOUNCE
    if _is_auto_reply(message):
        return Kind.AUTO_REPLY
    hits = [hit for a in message.from_ if (hit := relays.classify(a))]
    if any(hit.system is System.CALENDAR for hit in hits) or _is_calendar_notice(message):
        return Kind.CALENDAR
    if any(hit.relay is Relay.NOTICE for hit in hits):
        return Kind.NOTICE
    if _is_bulk(message, hits):
        return Kind.BULK
    return Kind.HUMAN if speakers(message, relays) else Kind.NOTICE


def reply_addresses(message: Message) -> tuple[Address, ...]:
    """Where an answer goes: Reply-To, all of it, else From (RFC 5322 section 3.6.2)."""
    return message.reply_to or message.from_


def _unread(hit: RelayHit | None) -> bool:
    return hit is not None and hit.relay in (Relay.DEAD, Relay.NOTICE)


def speakers(message: Message, relays: Relays) -> tuple[Address, ...]:
    """Who wrote: From, or Reply-To where nobody reads From. Empty for a mail nobody can answer."""
    if all(_unread(relays.classify(a, message)) for a in reply_addresses(message)):
        return ()
    people = tuple(a for a in message.from_ if not _unread(relays.classify(a)))
    return people or tuple(a for a in message.reply_to if not _unread(relays.classify(a, message)))


def _is_reaction(message: Message) -> bool:
    kinds = [message.header("content-type") or ""]
    if message.body:
        kinds += [part.content_type for part in message.body.attachments]
    if any(_REACTION_TYPE in kind.lower() for kind in kinds):
        return True
    return len(message.text) < 200 and bool(_REACTED.search(message.text))


def _is_bounce(message: Message) -> bool:
    content_type = (message.header("content-type") or "").lower()
    if "report-type" in content_type and "delivery-status" in content_type:
        return True
    if message.header("x-failed-recipients") is not None:
        return True
    daemon = any(re.fullmatch(r"(mailer|mail)[-_.]?daemon|postmaster", a.local) for a in message.from_)
    return daemon or (_has_null_path(message) and bool(_BOUNCE_SUBJECT.match(message.subject)))


def _is_auto_reply(message: Message) -> bool:
    if (message.header("auto-submitted") or "").strip().lower().startswith("auto-replied"):
        return True
    if (message.header("x-autoreply") or "no").strip().lower() not in ("no", "false", "0", ""):
        return True
    return bool(_AUTO_SUBJECT.match(message.subject)) or (
        _has_null_path(message) and not is_invitation(message)
    )


def _has_null_path(message: Message) -> bool:
    # RFC 5321 section 4.5.5: the reverse-path of mails that nobody may answer automatically.
    return (message.header("return-path") or "").strip() == "<>"


def is_automatic(message: Message) -> bool:
    """Did a program write this in somebody's name (RFC 3834)? Invitations by a calendar do not count."""
    submitted = (message.header("auto-submitted") or "no").strip().lower()
    return not submitted.startswith("no") and not is_invitation(message)


def _methods(message: Message) -> set[str]:
    parts = message.body.calendars if message.body else ()
    return {method.upper() for part in parts for method in _METHOD.findall(part)}


def is_invitation(message: Message) -> bool:
    """Does the mail invite to a meeting (RFC 5546 METHOD:REQUEST, also an update)?"""
    return "REQUEST" in _methods(message)


def _is_calendar_notice(message: Message) -> bool:
    """A reminder sent in the organiser's name, an answer to an invitation, or a bare cancellation."""
    if methods := _methods(message):
        return methods <= {"REPLY", "CANCEL", "REFRESH", "DECLINECOUNTER"}
    if "calendar-notification@google.com" in (message.header("sender") or "").lower():
        return True
    return "method=reply" in (message.header("content-type") or "").lower().replace('"', "")


def _is_bulk(message: Message, hits: Sequence[RelayHit]) -> bool:
    if any(hit.system is System.ATS for hit in hits):
        return False
    if message.header("list-id") is not None:
        return True
    if (message.header("precedence") or "").strip().lower() in ("bulk", "list", "junk"):
        return True
    if message.header("list-unsubscribe") is None:
        return False
    # Hiring systems and recruiters' tools set it too: alone it is a sign, not a proof.
    return len(hiring_words(f"{message.subject}\n{message.text[:20_000]}")) < 2


_DISOWNED = re.compile(
    r"\b(do(n['’]t| not) (reply|respond)( directly)? to this (e-?mail|message|address|mail)"
    r"|this ((e-?)?mail(box| address)?|inbox|address|account) is (not|un|never)[ -]?"
    r"(monitored|attended|read|checked)"
    r"|(replies|responses|answers)( sent)? to this (e-?mail|message|address|mailbox) (are|will)"
    r" (not|never|undeliverable)"
    r"|from an? (unmonitored|unattended|notification-only|send-only) (e-?mail|mailbox|address|account|inbox)"
    r"|antworten sie( bitte)? nicht auf diese|auf diese (e-?mail|nachricht) (kann|können) (sie )?nicht"
    r"|(adresse|postfach) wird nicht (gelesen|überwacht)|ne (pas )?répond(re|ez)( pas)? à ce)"
)


def is_disowned(message: Message) -> bool:
    """Does the mail itself say that nobody reads answers to it, and name no other address for them?"""
    told = quotes.split(message.text[:20_000])
    said = " ".join(f"{told.new}\n{told.signature}".lower().split())
    return not message.reply_to and _DISOWNED.search(said) is not None


# --- sides ----------------------------------------------------------------------------------------

_FORWARD = re.compile(r"\s*(\[[^\]]{1,20}\]\s*)?(fwd?|wg|tr|rv|enc|doorst|vb|i)\s*:", re.IGNORECASE)


def is_forward(message: Message) -> bool:
    """Does the subject say that the message was passed on (Fwd:, WG:, TR:, RV:, Enc:, Doorst:, VB:, I:)?"""
    return bool(_FORWARD.match(message.subject))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The sides of one thread. ``mine`` includes what the Sent folder proves.

    ``theirs`` (every address that leads to a counterpart, Reply-To ones too) and ``outsiders`` are
    ``Address.key``.
    """

    mine: tuple[Identity, ...]
    people: tuple[Person, ...]
    theirs: frozenset[str]
    outsiders: frozenset[str]

    def of_theirs(self, address: Address) -> bool:
        """Does this address lead to one of the counterparts?"""
        return address.key in self.theirs

    def concerns(self, message: Message) -> bool:
        """Did a counterpart send or receive this message? False for what is only between me and others."""
        answers_to = () if from_me(message, self.mine) else message.reply_to
        people = message.from_ + answers_to + message.to + message.cc + message.bcc
        return any(self.of_theirs(a) for a in people)


class _Sides:
    """Reads a thread oldest first and tells who brought whom into it."""

    def __init__(self, mine: tuple[Identity, ...], relays: Relays) -> None:
        self.mine = mine
        self.relays = relays
        self.inside: dict[str, Address] = {}
        self.aliases: set[str] = set()  # Reply-To addresses of those inside
        self.outside: set[str] = set()
        self.private: set[str] = set()  # Message-IDs of what I wrote to outsiders only

    def read(self, message: Message) -> None:
        if from_me(message, self.mine):
            self._mine(message)
        elif kind_of(message, self.relays) is Kind.HUMAN:
            self._theirs(message)

    def _others(self, addresses: Iterable[Address]) -> list[Address]:
        people = [a for a in addresses if a.address and not is_me(a, self.mine)]
        return [a for a in people if not _unread(self.relays.classify(a))]

    def _mine(self, message: Message) -> None:
        others = self._others(message.to + message.cc + message.bcc)
        known = any(self._inside(a) for a in others)
        if not self.inside and not is_forward(message):
            # Whom I write to first is meant; whom I copy may be a friend, as later.
            self._admit(self._others(message.to))
            known = True
        for a in others:
            # Whom I alone bring in is an outsider, unless in sight of a colleague of theirs.
            if not self._inside(a) and not (known and self._colleague(a)):
                self.outside.add(a.key)
        self._admit(a for a in others if a.key not in self.outside | self.aliases)
        if not known and message.message_id:
            self.private.add(message.message_id)

    def _theirs(self, message: Message) -> None:
        senders = self._others(speakers(message, self.relays))
        others = self._others(message.to + message.cc)
        if any(parent in self.private for parent in message.in_reply_to):
            self.outside |= {a.key for a in senders if not self._inside(a)}
        if any(a.key in self.outside for a in senders):
            shared = any(self._inside(a) for a in others)
            if not (shared and all(self._colleague(a) for a in senders)):
                return
            self.outside -= {a.key for a in senders}
        self.aliases |= {a.key for a in message.reply_to if a not in senders}
        self._admit([*senders, *(a for a in others if a.key not in self.outside | self.aliases)])

    def _inside(self, address: Address) -> bool:
        return address.key in self.inside or address.key in self.aliases

    def _admit(self, addresses: Iterable[Address]) -> None:
        for a in addresses:
            if a.key not in self.inside or (a.name and not self.inside[a.key].name):
                self.inside[a.key] = a

    def _colleague(self, address: Address) -> bool:
        org = self.relays.organisation(address.domain)
        if self.relays.is_freemail(address.domain):
            return False
        return any(self.relays.organisation(a.domain) == org for a in self.inside.values())


def sort_out(thread: Thread, identities: Sequence[Identity], relays: Relays) -> Parties:
    """Tell the counterparts of a thread from me and from outsiders.

    Counterparts are who wrote to me, whom they brought in, and whom I wrote to first. Outsiders are whom I
    alone brought in (a partner, a friend I forwarded to) and whoever answers them privately, even when they
    work at the company. Messages joined by subject only decide nothing here.
    """
    mine = all_mine(thread, identities)
    sides = _Sides(mine, relays)
    for message in thread.mails:
        if message.joined is not Joined.SUBJECT:
            sides.read(message)
    people = tuple(Person(address=a, name=a.name) for a in sides.inside.values())
    theirs = frozenset(sides.inside) | sides.aliases
    return Parties(mine=mine, people=people, theirs=theirs, outsiders=frozenset(sides.outside - theirs))


def counterparts(thread: Thread, identities: Sequence[Identity], relays: Relays) -> tuple[Person, ...]:
    """The people of the company, agency or its hiring system in this thread, in order of appearance."""
    return sort_out(thread, identities, relays).people
