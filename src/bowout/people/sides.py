"""Tell who stands on which side of a thread: me, the counterparts, and outsiders. Pure.

Everything here errs on the side of "nobody to write to": a counterpart that is missed costs a question, an
outsider taken for one costs much more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bowout.mail.subject import is_forward
from bowout.model import Address, Folder, Identity, Joined, Message, Person, Thread
from bowout.people.machines import Relays, is_unread
from bowout.people.mailkind import Kind, kind_of, speakers
from bowout.people.me import all_mine, from_me, is_me


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Hold the sides of one thread. ``mine`` includes what the Sent folder proves.

    ``theirs`` (every address that leads to a counterpart, Reply-To ones too) and ``outsiders`` are
    ``Address.key``.
    """

    mine: tuple[Identity, ...]
    people: tuple[Person, ...]
    theirs: frozenset[str]
    outsiders: frozenset[str]

    def of_theirs(self, address: Address) -> bool:
        """Tell whether this address leads to one of the counterparts."""
        return address.key in self.theirs

    def concerns(self, message: Message) -> bool:
        """Tell whether a counterpart sent or received this; if not, it is between me and others."""
        answers_to = () if from_me(message, self.mine) else message.reply_to
        people = message.from_ + answers_to + message.to + message.cc + message.bcc
        return any(self.of_theirs(a) for a in people)


class _Reader:
    """Read a thread oldest first and tell who brought whom into it."""

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
        return [a for a in people if not is_unread(self.relays.classify(a))]

    def _mine(self, message: Message) -> None:
        others = self._others(message.to + message.cc + message.bcc)
        known = any(self._inside(a) for a in others)
        if not self.inside and not is_forward(message.subject):
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


def tell_apart(thread: Thread, identities: Sequence[Identity], relays: Relays) -> Sides:
    """Tell the counterparts of a thread from me and from outsiders.

    Counterparts are who wrote to me, whom they brought in, and whom I wrote to first. Outsiders are whom I
    alone brought in (a partner, a friend I forwarded to) and whoever answers them privately, even when they
    work at the company. Messages joined by subject only decide nothing here.
    """
    mine = all_mine(thread, identities)
    reader = _Reader(mine, relays)
    for message in thread.mails:
        if message.joined is not Joined.SUBJECT:
            reader.read(message)
    people = tuple(Person(address=a, name=a.name) for a in reader.inside.values())
    theirs = frozenset(reader.inside) | reader.aliases
    return Sides(mine=mine, people=people, theirs=theirs, outsiders=frozenset(reader.outside - theirs))


def known_to(
    thread: Thread, addressees: Iterable[Address], identities: Sequence[Identity], relays: Relays
) -> Thread:
    """Leave in a thread only what the addressees wrote, their firm, whom those or I wrote to, and machines.

    References and Date are anybody's to write: who comes first in a thread need not have begun it.
    """
    mine = all_mine(thread, identities)
    known = {a.key for a in addressees}
    firms = relays.firms(relays.organisation(a.domain) for a in addressees)
    kept: dict[str, Message] = {}
    left = list(thread.messages)
    while left:
        heard = [m for m in left if _is_heard(m, known, firms, mine, relays)]
        if not heard:
            break
        kept.update((m.id, m) for m in heard)
        left = [m for m in left if m.id not in kept]
        known |= {a.key for m in heard for a in (*m.to, *m.cc)}
    return replace(thread, messages=tuple(m for m in thread.messages if m.id in kept))


def _is_heard(
    message: Message, known: set[str], firms: frozenset[str], mine: Sequence[Identity], relays: Relays
) -> bool:
    if message.is_draft or message.folder is Folder.SENT:
        return True
    senders = [a for a in message.from_ if not is_me(a, mine)]
    return bool(senders) and all(  # a stranger may name an honest person as a second sender
        a.key in known or relays.organisation(a.domain) in firms or relays.knows(a) for a in senders
    )
