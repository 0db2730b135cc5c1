"""Recognise the senders that are machines, and tell what becomes of an answer to them. Pure.

They are data: ``machines.toml`` in this package, extended and overridden by a file of the person's own
(``relays.toml`` in the config directory).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from bowout.errors import ConfigError
from bowout.model import Address, Message
from bowout.people import mimics
from bowout.text import domains


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
    """Say which machine an address is. ``listed`` = by a rule for its domain, not by its looks alone."""

    relay: Relay
    name: str
    system: System = System.UNKNOWN
    listed: bool = False
    observed_in: str = ""


def is_unread(hit: RelayHit | None) -> bool:
    """Tell whether nobody reads, or nobody answers for, what is written to that machine."""
    return hit is not None and hit.relay in (Relay.DEAD, Relay.NOTICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    hit: RelayHit
    domains: tuple[str, ...]
    local: re.Pattern[str] | None

    def fits(self, address: Address) -> bool:
        if self.local is not None and not self.local.fullmatch(_bounded(address)):
            return False
        domain = address.domain  # worked out anew at each call
        return any(_covers(rule, domain) for rule in self.domains)


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
    """Tell whether the local part carries a machine's token, so that an answer finds its way by it."""
    local = _bounded(address)
    return bool(_TAGGED.fullmatch(local) or _RUN.search(local))


@dataclass(frozen=True, slots=True)
class Relays:
    """Hold the known machines, and what is known about domains. Made by ``load_relays``."""

    own: tuple[_Rule, ...]
    shipped: tuple[_Rule, ...]
    dead: tuple[re.Pattern[str], ...]
    delivery: tuple[re.Pattern[str], ...]
    freemail: frozenset[str]
    brands: frozenset[str]
    suffixes: frozenset[str]  # the person's own, besides the register
    # Every message of a thread is asked about the same few addresses again and again.
    _seen: dict[str, RelayHit | None] = field(default_factory=dict, compare=False, repr=False)

    def classify(self, address: Address, message: Message | None = None) -> RelayHit | None:
        """Find the machine, if any, behind ``address``; None = as far as known a person.

        With ``message``, an address of its Reply-To is also weighed against its From: an unknown machine that
        gives a token expects the answer there, one that gives none leaves it open (``Relay.ASK``).
        """
        seen = f"{address.key}\n{address.name}"
        if seen not in self._seen:
            self._seen[seen] = self._listed(address) or self._mimic(address)
        hit = self._seen[seen]
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

    def _mimic(self, address: Address) -> RelayHit | None:
        """Ask about a system that nobody listed, but that writes in the name of a firm not its own."""
        if self.is_freemail(address.domain) or not mimics.speaks_for_another(
            address, self.label(address.domain)
        ):
            return None
        return RelayHit(relay=Relay.ASK, name="hiring system that bowout does not know", system=System.ATS)

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
        """Tell whether this is a machine with a rule of its own, not one recognised by its looks."""
        hit = self.classify(address)
        return hit is not None and hit.listed

    def is_freemail(self, domain: str) -> bool:
        """Tell whether anybody can have an address at this domain."""
        plain = domain.casefold().rstrip(".")
        return plain in self.freemail or (
            self.label(plain) in self.brands and self.organisation(plain) == plain
        )

    def firms(self, domains: Iterable[str]) -> frozenset[str]:
        """Leave out the domains at which anybody can have an address."""
        return frozenset(domain for domain in domains if not self.is_freemail(domain))

    def organisation(self, domain: str) -> str:
        """Find the registered domain: ``mail.acme.co.uk`` -> ``acme.co.uk``; never empty for a domain."""
        return domains.organisation(domain, self.suffixes)

    def label(self, domain: str) -> str:
        """Find the organisation's own word in its domain: ``mail.acme.co.uk`` -> ``acme``."""
        return domains.label(domain, self.suffixes)


def _dead(hit: RelayHit | None) -> bool:
    return hit is not None and hit.relay is Relay.DEAD


def _notice(hit: RelayHit | None) -> bool:
    return hit is not None and hit.relay is Relay.NOTICE


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads(files("bowout.people").joinpath("machines.toml").read_text(encoding="utf-8"))


@cache
def _shipped_rules() -> tuple[_Rule, ...]:
    return _rules(_shipped(), "machines.toml")


_OF_HIRING = (System.ATS, System.SCHEDULER, System.BOARD)


@lru_cache(maxsize=4096)
def hiring_system(address: Address) -> System | None:
    """Tell which sort of hiring system, scheduler or job board of the shipped list an address belongs to.

    For finding mail about a job, not for answering it: people at the makers of such systems belong to them.
    """
    rules = (rule for rule in _shipped_rules() if rule.hit.system in _OF_HIRING)
    found = next((rule.hit.system for rule in rules if rule.fits(address)), None)
    made_here = any(_covers(maker, address.domain) for maker in _shipped()["domains"]["makers"])
    return found or (System.ATS if made_here else None)


@cache
def names_of_systems() -> frozenset[str]:
    """List how hiring systems, schedulers and job boards are called: names and domains, in lower case."""
    rows = [row for row in _shipped()["relay"] if row["kind"] in _OF_HIRING]
    made = _shipped()["domains"]["makers"]
    labels = [domains.label(domain) for row in rows for domain in row.get("domains", ())]
    named = [row["name"] for row in rows if row.get("domains")]
    return frozenset(name.casefold() for name in (*named, *labels, *map(domains.label, made)))


def load_relays(extra: Path | None = None) -> Relays:
    """Load the shipped relays, with those of the person's own file first, so that they extend and override.

    A missing ``extra`` is fine: nobody needs one. Raises ConfigError, naming file and key, when it is wrong.
    """
    shipped, own = _shipped(), _read(extra) if extra is not None and extra.exists() else {}
    patterns = shipped["patterns"]
    where = str(extra)
    return Relays(
        own=_rules(own, where),
        shipped=_shipped_rules(),
        dead=_patterns([*_list(own, "patterns", "dead", where), *patterns["dead"]], where),
        delivery=_patterns(patterns["delivery"], where),
        freemail=frozenset(shipped["domains"]["freemail"]) | set(_list(own, "domains", "freemail", where)),
        brands=frozenset(shipped["domains"]["freemail_brands"]),
        suffixes=_endings(_list(own, "domains", "suffixes", where)),
    )


_CURE = (
    "Mend the file, or move it away: bowout ships its own list. A [[relay]] has name, class (dead, notice,"
    " reply or ask) and domains; [patterns] has dead, [domains] freemail and suffixes."
)


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


def _endings(written: Iterable[str]) -> frozenset[str]:
    # People write "*.co.example" or ".co.example", as other programs want it.
    return frozenset(one.casefold().removeprefix("*").strip(".") for one in written)


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
