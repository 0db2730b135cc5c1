"""Threads from header-only messages, for mailboxes whose server knows no conversations. Pure.

STRAND   messages that References and In-Reply-To tie together (RFC 5322 section 3.6.4).
THREAD   one strand, and beside it the strands that only subject, people and time connect with it. About
         one reply in five has no parent in the mailbox, so the latter matter for searching; but they are
         marked ``Joined.SUBJECT``, since nobody may be answered on that evidence.
HANDLE   a Message-ID of the strand (its oldest real mail's), or a digest where a mail has none. Every id that
         a strand contains or refers to is a handle of it: one remembered earlier still resolves after older
         mail arrived, the oldest was deleted, or the thread grew.

Broken and hostile ids are expected: loops and self references tie nothing together that they should not, and
an id that several different mails carry, or none in the mailbox, ties only mails that also share their
subject or a person.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice, product

from bowout.mail import subject as subjects
from bowout.mail.evidence import was_sent
from bowout.model import Address, Folder, Joined, Message, Thread
from bowout.people.me import is_mine, without_tag

# Interview processes pause for weeks; a namesake subject of last year is something else.
JOIN_WINDOW = timedelta(days=60)

# A mail may name thousands of ids and of people, and each id of others would be tied for each of the people.
_MOST_FOREIGN = 100  # ids that are not one mail's alone; the nearest stand last
_MOST_TRAITS = 30

_DIGEST = "sha256:"
_PREFERRED = (Folder.DRAFTS, Folder.SENT, Folder.INBOX, Folder.OTHER, Folder.JUNK, Folder.TRASH)


class Threads:
    """All threads of a mailbox, found once. ``own`` are the person's addresses: being in both is no link."""

    def __init__(self, messages: Iterable[Message], own: Iterable[str] = ()) -> None:
        self._own = tuple(Address("", address) for address in own)
        self._mailbox_of: dict[str, str] = {}  # of an address as written; the same few occur in every mail
        mails = _without_copies(self._without_draft_copies(tuple(messages)))
        self._strands = self._tie(mails)
        self._groups = self._join()
        self._group_of = {strand: group for group in self._groups for strand in group}
        self._names = self._name()

    def find(self, handle: str) -> Thread | None:
        """The thread seen from the strand that ``handle`` names, or None."""
        strand = self._named(handle)
        return None if strand is None else self._thread(strand)

    def newest_first(self) -> Iterator[Thread]:
        """Every thread once, by its newest mail; each seen from the strand that was last heard from."""
        newest = sorted(self._groups, key=lambda group: self._newest(group), reverse=True)
        return (self._thread(self._leading(group)) for group in newest)

    def _without_draft_copies(self, messages: Sequence[Message]) -> Iterator[Message]:
        """What other folders hold of a draft is no mail, however its copy differs from the draft by now."""
        drafts = {mail.message_id for mail in messages if mail.is_draft and mail.message_id}
        referring = [m for m in messages if not drafts.isdisjoint((*m.in_reply_to, *m.references))]
        for mail in messages:
            copied = mail.message_id in drafts and not mail.is_draft and self._mine(mail)
            if not copied or was_sent(mail, referring):
                yield mail

    # --- tying and joining ---

    def _tie(self, mails: Sequence[Message]) -> list[tuple[Message, ...]]:
        owners = Counter(mail.message_id for mail in mails)
        sets = _DisjointSets()
        for number, mail in enumerate(mails):
            sets.find(number)
            foreign = []
            for identifier in _identifiers(mail):
                if owners[identifier] == 1:
                    sets.union(number, identifier)
                else:
                    foreign.append(identifier)
            traits = islice(self._traits(mail), _MOST_TRAITS) if foreign else ()
            for pair in product(foreign[-_MOST_FOREIGN:], traits):
                sets.union(number, pair)
        strands: dict[Hashable, list[Message]] = defaultdict(list)
        for number, mail in enumerate(mails):
            strands[sets.find(number)].append(mail)
        ordered = [tuple(sorted(strand, key=_age)) for strand in strands.values()]
        return sorted(ordered, key=lambda strand: _age(strand[0]))

    def _join(self) -> list[tuple[int, ...]]:
        """Groups of strands: an orphan goes to the latest earlier group that shares subject and a person."""
        groups: list[list[int]] = []
        last_heard: list[datetime] = []
        latest: dict[tuple[str, str], int] = {}  # (subject, person) -> group
        for number, strand in enumerate(self._strands):
            subject = subjects.base(strand[0].subject)
            people = {person for mail in strand for person in self._people(mail)}
            home = len(groups)
            if subject and self._is_orphan(strand):
                known = (latest[subject, person] for person in people if (subject, person) in latest)
                near = (g for g in known if strand[0].moment - last_heard[g] <= JOIN_WINDOW)
                home = max(near, key=lambda g: (last_heard[g], g), default=home)
            if home == len(groups):
                groups.append([])
                last_heard.append(strand[-1].moment)
            groups[home].append(number)
            last_heard[home] = max(last_heard[home], strand[-1].moment)
            latest.update(((subject, person), home) for person in people)
        return [tuple(group) for group in groups]

    def _is_orphan(self, strand: Sequence[Message]) -> bool:
        """Does the strand begin with an answer whose parent is not here?"""
        first, here = strand[0], {mail.message_id for mail in strand}
        return subjects.has_mark(first.subject) or not {*first.in_reply_to, *first.references} <= here

    def _people(self, mail: Message) -> list[str]:
        return [name for name in dict.fromkeys(map(self._mailbox, mail.participants)) if name]

    def _mailbox(self, address: Address) -> str:
        """The mailbox of somebody else; empty for one of mine."""
        if (known := self._mailbox_of.get(address.address)) is None:
            known = "" if is_mine(address, self._own) else without_tag(address)
            self._mailbox_of[address.address] = known
        return known

    def _traits(self, mail: Message) -> list[str]:
        subject = subjects.base(mail.subject)
        return [*([subject] if subject else []), *self._people(mail)]

    # --- naming and showing ---

    def _name(self) -> dict[str, int]:
        names: dict[str, int] = {}
        # Later strands overwrite earlier ones; what a mail is itself called outranks what others refer to.
        for number, strand in enumerate(self._strands):
            for mail in strand:
                names.update(dict.fromkeys(_identifiers(mail), number))
        for number, strand in enumerate(self._strands):
            names.update((mail.message_id, number) for mail in strand if mail.message_id)
        return names

    @cached_property
    def _digests(self) -> dict[str, int]:
        return {_digest(mail): n for n, strand in enumerate(self._strands) for mail in strand}

    def _named(self, handle: str) -> int | None:
        return (self._digests if handle.startswith(_DIGEST) else self._names).get(handle)

    def _handle(self, strand: int) -> str:
        mails = self._strands[strand]
        names = [m.message_id or _digest(m) for m in sorted(mails, key=lambda m: (m.is_draft, _age(m)))]
        return next((name for name in names if self._named(name) == strand), None) or _digest(mails[0])

    def _leading(self, group: tuple[int, ...]) -> int:
        """The strand in which somebody else wrote last: the one that an answer belongs to."""
        return max(group, key=lambda strand: (self._heard(strand), strand))

    def _heard(self, strand: int) -> tuple[bool, datetime]:
        mails = self._strands[strand]
        theirs = [m.moment for m in mails if not m.is_draft and not self._mine(m)]
        return (True, max(theirs)) if theirs else (False, mails[-1].moment)

    def _mine(self, mail: Message) -> bool:
        return any(is_mine(address, self._own) for address in mail.from_)

    def _newest(self, group: tuple[int, ...]) -> tuple[datetime, str]:
        mails = [mail for strand in group for mail in self._strands[strand]]
        return max(_age(mail) for mail in [m for m in mails if not m.is_draft] or mails)

    def _thread(self, leading: int) -> Thread:
        handle = self._handle(leading)
        messages = [
            replace(mail, thread_id=handle, joined=Joined.REFERENCES if strand == leading else Joined.SUBJECT)
            for strand in self._group_of[leading]
            for mail in self._strands[strand]
        ]
        return Thread(id=handle, messages=tuple(sorted(messages, key=_age)))


class _DisjointSets:
    """Union-find over any hashable nodes, with path halving."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, node: Hashable) -> Hashable:
        parent = self._parent
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def union(self, one: Hashable, other: Hashable) -> None:
        self._parent[self.find(one)] = self.find(other)


def _age(mail: Message) -> tuple[datetime, str]:
    return mail.moment, mail.id


def _identifiers(mail: Message) -> list[str]:
    """The ids that the mail refers to or has; what has no ``@`` (``<>``, ``<null>``) identifies nothing."""
    own = (mail.message_id,) if mail.message_id else ()
    return [name for name in dict.fromkeys((*mail.references, *mail.in_reply_to, *own)) if "@" in name]


def _digest(mail: Message) -> str:
    """A handle made from what does not change when a mail is moved, marked or copied."""
    people = [address.key for address in (*mail.from_, *mail.to)]
    written = "\n".join([str(mail.message_id), str(mail.date), mail.subject, *people])
    return _DIGEST + hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _without_copies(messages: Iterable[Message]) -> list[Message]:
    """Each mail once: the same one often lies in several folders (archive views, sent to oneself)."""
    best: dict[Hashable, Message] = {}
    rank = {folder: place for place, folder in enumerate(_PREFERRED)}
    for mail in sorted(messages, key=lambda m: (rank[m.folder], m.id)):
        same = (
            (mail.message_id, mail.is_draft, mail.date, mail.subject, mail.from_)
            if mail.message_id
            else mail.id
        )
        best.setdefault(same, mail)
    return list(best.values())
