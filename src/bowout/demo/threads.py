"""Load what the sample mailbox says, from mailbox.toml beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple


class Person(NamedTuple):
    """Somebody with a display name and an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """A slot ``in_days`` from today, at ``hour`` on the clock of the mailbox's zone."""

    in_days: int
    hour: int
    minutes: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message, written ``days_ago`` at ``at``, which is always in the past."""

    days_ago: int
    at: str
    sender: Person
    text: str
    to: tuple[Person, ...] = ()  # empty: the person, or whoever wrote before
    invite: int | None = None  # SEQUENCE of an attached invitation; 0 is the first
    quotes: bool = True
    html: bool = True
    charset: str = "utf-8"
    attachment: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    folder: str = ""  # empty: INBOX, or Sent when the person wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Mails that belong together, oldest first."""

    key: str
    subject: str
    mails: tuple[Mail, ...]
    interview: Interview | None = None
    moved_from: Interview | None = None
    invited: tuple[Person, ...] = ()  # besides me


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The whole of ``mailbox.toml``. ``quote`` is the line above a quote, ``room`` where one meets."""

    me: Person
    phone: str
    zone: str
    who: str
    examples: tuple[tuple[str, str], ...]
    room: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    quote: str
    conversations: tuple[Conversation, ...]


def load_script() -> Script:
    """Load the sample mailbox. A mistake in the file raises ``KeyError`` or ``TypeError``: it is ours."""
    table = tomllib.loads(files("bowout.demo").joinpath("mailbox.toml").read_text(encoding="utf-8"))
    people = {name: Person(**row) for name, row in table.pop("people").items()}
    cards = table.pop("cards")
    return Script(
        me=people["me"],
        examples=tuple((who, shows) for who, shows in table.pop("examples")),
        weekdays=tuple(table.pop("weekdays")),
        months=tuple(table.pop("months")),
        conversations=tuple(_conversation(row, people, cards) for row in table.pop("threads")),
        **table,
    )


def _conversation(
    row: dict[str, Any], people: Mapping[str, Person], cards: Mapping[str, str]
) -> Conversation:
    row |= {name: Interview(**row[name]) for name in ("interview", "moved_from") if name in row}
    return Conversation(
        mails=tuple(_mail(mail, people, cards) for mail in row.pop("mails")),
        invited=tuple(people[name] for name in row.pop("invited", ())),
        **row,
    )


def _mail(row: dict[str, Any], people: Mapping[str, Person], cards: Mapping[str, str]) -> Mail:
    sender = people[row.pop("from")]
    headers = tuple(row.pop("headers", {}).items())
    if row.pop("automatic", False):
        headers += (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"))
    if mailing_list := row.pop("mailing_list", ""):
        headers += _mailing(mailing_list, sender.address.partition("@")[2])
    card = (cards[row.pop("card")],) if "card" in row else ()
    return Mail(
        sender=sender,
        text="\n\n".join(part.removesuffix("\n") for part in (row.pop("text"), *card)),
        to=tuple(people[name] for name in row.pop("to", ())),
        headers=headers,
        **row,
    )


def _mailing(name: str, domain: str) -> tuple[tuple[str, str], ...]:
    """Name the headers of a mailing that went to many."""
    return (
        ("List-Id", f"{name} <{name.lower().replace(' ', '-')}.{domain}>"),
        ("List-Unsubscribe", f"<https://{domain}/unsubscribe?u=5f2c>, <mailto:leave@{domain}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )
