"""Find the person of the other side who gets the letter, and those who get a copy. Pure.

Wrong is worse than unsure (design section 6): what is not plain stops with an error that says how to go on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bowout.errors import Ambiguous, NeedsPerson, NoAddressee, UsageError
from bowout.find.other_talk import well_wishers
from bowout.model import Address, Folder, Identity, Joined, Message, Thread
from bowout.people import impostors, mailkind, me, names, notes, sides
from bowout.people.machines import Relay, Relays
from bowout.people.mailkind import Kind
from bowout.people.sides import Sides
from bowout.read.source import sources, spoken_day
from bowout.text import spelling
from bowout.text.harmless import for_terminal

PORTAL = (
    "Withdraw in the hiring system's portal, or name somebody with --to ADDRESS"
    " (--force if they are not in the thread)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom the letter goes to, and the message that says so."""

    to: tuple[Address, ...]
    keys: frozenset[str]  # every address by which they took part
    source: Message | None = None
    notes: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """The addressee's name, or that of the sender who asked for answers there."""
        source, to = self.source, self.to[0]
        sender = source.from_[0] if source and source.from_ and to in source.reply_to else to
        return next((n for a in (to, sender) if (n := names.person_name(a) or _team(a))), "")

    def took_part(self, message: Message) -> bool:
        people = message.from_ + message.to + message.cc + message.bcc
        return message is self.source or any(a.key in self.keys for a in people)


class Correspondents:
    """The two sides of one thread, and its messages that may be answered, oldest first."""

    def __init__(self, thread: Thread, identities: Sequence[Identity], relays: Relays) -> None:
        self.relays = relays
        self.sides: Sides = sides.tell_apart(thread, identities, relays)
        self.people = [p.address for p in self.sides.people if _usable(p.address)]
        self.mails = [m for m in thread.mails if m.joined is not Joined.SUBJECT]
        self.candidates = [m for m in self.mails if self._may_be_answered(m)]
        self.theirs = [m for m in self.candidates if not self.is_mine(m)]
        self.heard = sources(thread, self.sides, relays)

    def is_mine(self, message: Message) -> bool:
        return me.from_me(message, self.sides.mine)

    def _may_be_answered(self, message: Message) -> bool:
        if message.folder in (Folder.TRASH, Folder.JUNK):
            return False
        if mailkind.kind_of(message, self.relays) is Kind.HUMAN:
            outsider = any(a.key in self.sides.outsiders for a in message.from_)
            return self.sides.concerns(message) and not outsider
        # A hiring system that nobody reads speaks for them too: it must be refused, not overlooked.
        return not self.is_mine(message) and self._all(Relay.DEAD, mailkind.reply_addresses(message), message)

    def _all(self, relay: Relay, addresses: Sequence[Address], message: Message | None = None) -> bool:
        hits = [self.relays.classify(a, message) for a in addresses]
        return bool(hits) and all(hit is not None and hit.relay is relay for hit in hits)

    # --- who ---

    def choose(self) -> Addressee:
        """Choose whom the newest message of theirs points to; refuse when the main contact is another."""
        if not self.theirs:
            return self._first_contact()
        newest = self.theirs[-1]
        chosen = self._answer_to(newest)
        if self._all(Relay.DEAD, chosen.to, newest):
            return self._only_human() or chosen
        self._refuse_doubtful(chosen, newest)
        self._refuse_handover(chosen)
        if rivals := self._rivals(chosen):
            raise self._which(chosen.to, rivals, "scheduled the interview or wrote as much")
        if hosts := self._besides_a_friend(chosen, newest):
            raise self._which(chosen.to, hosts, "may be the one who hires")
        if bystanders := self._bystanders_since(newest):
            raise self._which(chosen.to, bystanders, "works there too and wrote to you alone since")
        return chosen

    def _only_human(self) -> Addressee | None:
        """Choose the one person who wrote, where only a machine of theirs, that nobody reads, wrote since."""
        wrote = [(m, s) for m in self.theirs if (s := self._in_person(m))]
        if len({a.key for _, spoke in wrote for a in spoke}) != 1:
            return None
        chosen = self._answer_to(wrote[-1][0])
        unread = _shown(self.theirs[-1].from_)
        note = f"Nobody reads {unread}, who wrote last: this answers the mail before."
        return replace(chosen, notes=(*chosen.notes, note))

    def _in_person(self, message: Message) -> list[Address]:
        return [a for a in mailkind.speakers(message, self.relays) if self.relays.classify(a) is None]

    def _first_contact(self) -> Addressee:
        """Choose the people I wrote to last, if they are theirs: nobody has answered yet."""
        for message in reversed(self.candidates):
            to = tuple(a for a in message.to if self.sides.of_theirs(a) and _usable(a))
            if to:
                note = "Nobody has answered in this thread yet: this goes to whom you wrote."
                return Addressee(to=to, keys=_keys(to), source=message, notes=(note,))
        raise NoAddressee("Nobody of the company or agency is left to write to in this thread.", PORTAL)

    def _answer_to(self, message: Message) -> Addressee:
        wanted = [a for a in message.reply_to if not self._is_me(a)] or message.from_
        addresses = tuple(a for a in wanted if not self._is_me(a) and _usable(a))
        if not addresses:
            raise NoAddressee("The newest message has no sender who can be answered.", PORTAL)
        readable = tuple(a for a in addresses if not self._all(Relay.DEAD, [a], message))
        keys = _keys(addresses + tuple(a for a in message.from_ if not self._is_me(a)))
        to = _distinct(readable or addresses)
        return Addressee(to=to, keys=keys, source=message, notes=tuple(self._relay_notes(to, message)))

    def _relay_notes(self, to: Sequence[Address], message: Message) -> Iterable[str]:
        for address in to:
            hit = self.relays.classify(address, message)
            if hit is not None and hit.relay is Relay.REPLY:
                yield (
                    f"{for_terminal(address.address)} is a reply address ({hit.name});"
                    " it leads to the hiring team and is kept exactly as it is."
                )

    def _refuse_doubtful(self, chosen: Addressee, newest: Message) -> None:
        """Stop at an address that may be mine, and at one that may be read by many."""
        names = {spelling.fold(i.address.name) for i in self.sides.mine if i.address.name}
        if namesakes := [a for a in chosen.to if spelling.fold(a.name) in names]:
            raise NeedsPerson(
                f"{_shown(namesakes)} wrote last and bears your name.",
                "If that is you, add the address to the aliases of the account in config.toml."
                " Else name the recruiter with --to.",
                candidates=[person(a) for a in self.people],
            )
        if len(chosen.to) > _MOST:
            asked = (*newest.from_, *chosen.to[:_MOST])
            raise Ambiguous(
                f"{_shown(newest.from_)} asks for answers at {len(chosen.to)} addresses.",
                _say_who(asked),
                candidates=[person(a) for a in asked],
            )
        if shared := [a for a in chosen.to if _LIST.match(a.domain)]:
            people = [a for a in newest.from_ if a not in shared]
            raise Ambiguous(
                f"{_shown(people)} asks for answers at {_shown(shared)}, a list that many may read.",
                _say_who([*people, *shared]),
                candidates=[person(a) for a in (*people, *shared)],
            )

    def _refuse_handover(self, chosen: Addressee) -> None:
        """Stop when those chosen leave, or when a desk of theirs names the person to write to."""
        own = [m for m in self.heard if not m.mine and any(a.key in chosen.keys for a in m.message.from_)]
        if not own:
            return
        last = next((s for s in reversed(own) if notes.leaves(s.prose)), own[-1])
        said = f"{last.new}\n\n{last.signature}"
        named = [a for a in notes.addresses_in(said) if self._may_be_meant(a, chosen)]
        leaves = notes.leaves(last.prose)
        elsewhere = [a for a in notes.redirects(last.prose) if self._may_be_meant(a, chosen)]
        if not (leaves or elsewhere) and (last.signed or not self._is_desk(chosen) or not named):
            return
        what = "is a desk, and names whom to write to"
        if leaves or elsewhere:
            what = f"says that somebody else {'takes over' if leaves else 'is to be written to'}"
        raise NeedsPerson(
            f"{_shown(chosen.to)} {what}: {_quoted(last.prose, leaves)}",
            _say_who([*named, *chosen.to]) + (" (--force for who is not in the thread)" if named else ""),
            candidates=[person(a) for a in (*named, *chosen.to)],
        )

    def _may_be_meant(self, address: Address, chosen: Addressee) -> bool:
        """Tell whether an address in the text may be a person of the same firm, other than those chosen."""
        firm = {self._organisation(a) for a in chosen.to}
        other = address.key not in chosen.keys and not self._is_me(address)
        return other and self._organisation(address) in firm and not names.is_desk(address.local)

    def _is_desk(self, chosen: Addressee) -> bool:
        return not any(map(names.person_name, chosen.to)) and not chosen.called

    def _rivals(self, chosen: Addressee) -> list[Address]:
        """Name who else may be the main contact: who sent the newest invitation, or wrote most by hand.

        In a tie the scheduler decides. Without one the newest is meant if the others are seen to know of it:
        colleagues on the same mail.
        """
        by_hand = [m for m in self.theirs if not mailkind.is_automatic(m)]
        by_hand = [m for m in by_hand if not self._gives_way(m, chosen)]
        spoken = [(m, s[0]) for m in by_hand if (s := mailkind.speakers(m, self.relays))]
        counts = Counter(a.key for _, a in spoken)
        top = {key for key, count in counts.items() if count == max(counts.values())}
        invited = (a for m, a in spoken if mailkind.is_invitation(m) and not _FUNCTIONAL.match(a.local))
        schedulers = [*invited][-1:]
        tie = len(top) > 1
        if tie and schedulers:
            top = set()
        people = {a.key: a for _, a in spoken}
        main = [*schedulers, *(people[key] for key in people if key in top - _keys(schedulers))]
        rivals = [a for a in main if not self._same_person(a, chosen)]
        if len(rivals) == len(main):
            return rivals
        if tie and not schedulers and (unseen := [a for a in rivals if not self._seen_together(a, chosen)]):
            return unseen
        return [people[a.key] for a in self._introduced(chosen) if a.key in people]

    def _gives_way(self, message: Message, chosen: Addressee) -> bool:
        """Tell whether the writer is no rival: who has handed over, and a desk when a person of it wrote."""
        if any(a.key in chosen.keys for a in message.from_):
            return False
        later = chosen.source is not None and message.moment < chosen.source.moment
        colleague = {self._organisation(a) for a in chosen.to} & {
            self._organisation(a) for a in message.from_
        }
        desk = not any(map(names.person_name, message.from_)) and any(map(names.person_name, chosen.to))
        return later and bool(colleague) and (desk or any(a.key in self._leavers for a in message.from_))

    @cached_property
    def _leavers(self) -> frozenset[str]:
        """Who said that somebody else takes over."""
        return frozenset(s.sender.key for s in self.heard if not s.mine and notes.leaves(s.prose))

    def _seen_together(self, address: Address, chosen: Addressee) -> bool:
        """Tell whether they are colleagues, and on one mail of theirs."""
        firm = self._organisation(address)
        if self.relays.is_freemail(firm) or firm not in map(self._organisation, chosen.to):
            return False
        return any(chosen.took_part(m) and address in m.participants for m in self.theirs)

    def _introduced(self, chosen: Addressee) -> list[Address]:
        """List the colleagues to whom the one chosen presented me in their first mail, as a friend does."""
        first = self.theirs[0]
        if not any(a.key in chosen.keys for a in first.from_):
            return []
        met = (*first.to, *first.cc) if _PRESENTS.search(f"{first.subject}\n{first.text[:500]}") else first.to
        return [a for a in met if not self._is_me(a) and not self._same_person(a, chosen)]

    def _besides_a_friend(self, chosen: Addressee, newest: Message) -> list[Address]:
        """List who else wrote, when ``newest`` only wishes well, as a friend there does."""
        wishes = any(s.message is newest for s in well_wishers(self.heard))
        wrote = {a.key: a for m in self.theirs for a in mailkind.speakers(m, self.relays)} if wishes else {}
        return [a for a in wrote.values() if not self._same_person(a, chosen)]

    def _same_person(self, address: Address, chosen: Addressee) -> bool:
        """Tell whether it is the same address, or the same name at the firm or its hiring system."""
        if address.key in chosen.keys:
            return True
        return any(
            spelling.fold(a.name) == spelling.fold(address.name) != ""
            and (
                self.relays.knows(a)
                or self.relays.knows(address)
                or self._organisation(a) == self._organisation(address)
            )
            for a in chosen.to
        )

    def _organisation(self, address: Address) -> str:
        return self.relays.organisation(address.domain)

    def _which(self, newest: Sequence[Address], others: Sequence[Address], why: str) -> Ambiguous:
        people = [*newest, *others]
        said_first = impostors.signs(self.theirs, self.relays, mine=self.sides.mine)[:1]
        return Ambiguous(
            " ".join((*said_first, f"{_shown(newest)} wrote last, but {_shown(others)} {why}.")),
            _say_who(people),
            candidates=[person(a) for a in people],
        )

    def _bystanders_since(self, newest: Message) -> list[Address]:
        """List people of the same firm who answered me privately after ``newest``: friend or stand-in?"""
        firms = self.relays.firms(self._organisation(a) for a in self.people)
        later = [m for m in self.mails if m.moment > newest.moment and not self.is_mine(m)]
        senders = (a for m in later if mailkind.kind_of(m, self.relays) is Kind.HUMAN for a in m.from_)
        return [a for a in senders if a.key in self.sides.outsiders and self._organisation(a) in firms]

    def choose_named(self, wanted: str, *, force: bool) -> Addressee:
        """Choose the person named with ``--to``."""
        typed = typed_address(wanted)
        if typed is not None and self._is_me(typed):
            raise UsageError(f"{for_terminal(wanted)} is your own address.", "Name the recruiter with --to.")
        found = self._people_called(wanted, typed)
        if len(found) > 1:
            raise Ambiguous(
                f"{for_terminal(wanted)!r} fits {len(found)} people of this thread.",
                "Give the address instead of the name.",
                candidates=[person(a) for a in found],
            )
        if found:
            return self._write_to(found[0], exact=typed is not None)
        if typed is None or not force:
            raise NeedsPerson(
                f"{for_terminal(wanted)!r} is nobody of the other side in this thread.",
                "Name one of those below, or give an address together with --force.",
                candidates=[person(a) for a in self.people],
            )
        return Addressee(to=(typed,), keys=_keys((typed,)))

    def _people_called(self, wanted: str, typed: Address | None) -> list[Address]:
        if typed is not None:
            every = (a for m in self.candidates for a in m.participants if a.key == typed.key)
            return [a for a in every if self.sides.of_theirs(a) or self.relays.classify(a)][:1]
        name = spelling.fold(wanted)
        people = [a for a in self.people if a.name]
        exact = [a for a in people if spelling.fold(a.name) == name]
        return exact or [a for a in people if name and name in spelling.fold(a.name).split()]

    def _write_to(self, address: Address, *, exact: bool) -> Addressee:
        """Write to a name where they ask for answers, to an address at that very address."""
        wrote = [m for m in self.theirs if any(a.key == address.key for a in m.from_ + m.reply_to)]
        if wrote and not exact:
            return self._answer_to(wrote[-1])
        keys = _keys((address, *(a for m in wrote for a in m.from_ + m.reply_to)))
        return Addressee(to=(address,), keys=keys, source=wrote[-1] if wrote else None)

    def refuse_machines(self, chosen: Addressee, *, named: bool) -> None:
        """Stop at addresses that nobody reads, and, unless they were ``named``, at those nobody knows."""
        for address in chosen.to:
            hit = self.relays.classify(address, chosen.source)
            if hit is None and not named:
                self._refuse_disowned(address, chosen.source)
            if hit is None or hit.relay is Relay.REPLY:
                continue
            if hit.relay is not Relay.ASK:
                self._refuse_dead(address)
            if not named:
                raise NeedsPerson(
                    f"Nobody knows whether answers to {for_terminal(address.address)} ({hit.name}) are read.",
                    f"If you think so, repeat with --to {for_terminal(address.address)}. Else: {PORTAL}",
                    candidates=[person(a) for a in self._humans()],
                )

    def _refuse_disowned(self, address: Address, source: Message | None) -> None:
        if source is not None and not self.is_mine(source) and mailkind.is_disowned(source):
            raise NeedsPerson(
                f"The mail of {for_terminal(address.address)} says that nobody reads answers to it.",
                f"If you think otherwise, repeat with --to {for_terminal(address.address)}. Else: {PORTAL}",
                candidates=[person(a) for a in self._humans()],
            )

    def _refuse_dead(self, address: Address) -> None:
        humans = self._humans()
        cure = f"Write to {_shown(humans[:1])} instead: --to {humans[0].address}" if humans else PORTAL
        raise NoAddressee(
            f"Nobody reads {for_terminal(address.address)}.", cure, candidates=[person(a) for a in humans]
        )

    def _humans(self) -> list[Address]:
        """List the people of the other side: who wrote last first, then those who were only copied."""
        wrote = [a for m in reversed(self.theirs) for a in mailkind.speakers(m, self.relays)]
        every = [a for a in (*wrote, *self.people) if _usable(a)]
        people = [a for a in every if self.sides.of_theirs(a) and self.relays.classify(a) is None]
        return list({a.key: a for a in people}.values())

    def _is_me(self, address: Address) -> bool:
        return me.is_me(address, self.sides.mine)

    # --- copies ---

    def copies(self, parent: Message, chosen: Addressee) -> tuple[tuple[Address, ...], tuple[str, ...]]:
        """List everybody else of theirs on the parent, with a note about who is left out."""
        others = [a for a in parent.from_ + parent.to + parent.cc if not self._is_me(a) and _usable(a)]
        others = [a for a in _distinct(others) if a.key not in chosen.keys]
        cc = tuple(a for a in others if self.sides.of_theirs(a) and not self._machine(a))
        left = [a for a in others if a not in cc]
        note = f"Not copied, because they are not of the company: {_shown(left)}."
        return cc, (note,) if left else ()

    # --- mail that came back ---

    def warn_returned(self, chosen: Addressee) -> Iterable[str]:
        """Warn when a mail of mine came back undelivered and those chosen have not written since."""
        back = [m for m in self.mails if mailkind.kind_of(m, self.relays) is Kind.BOUNCE]
        heard = [m.moment for m in self.theirs if any(a.key in chosen.keys for a in m.from_)]
        if not back or (heard and max(heard) > back[-1].moment):
            return
        told = f"{back[-1].header('x-failed-recipients') or ''}\n{back[-1].text}".casefold()
        failed = [a for a in chosen.to if a.key in told]
        whom = f" to {_shown(failed)}" if failed else ""
        yield (
            f"a mail of yours{whom} came back undelivered on {spoken_day(back[-1].moment)};"
            " look at that report before you send this one"
        )

    def _machine(self, address: Address) -> bool:
        hit = self.relays.classify(address)
        return hit is not None and hit.relay is not Relay.REPLY


# How one person presents another: what they copy then is no mere copy.
_PRESENTS = re.compile(
    r"\b(intro|introduc(e|es|ing|tion)|meet|vorstellen|stelle .{0,40} vor)\b", re.IGNORECASE
)
# Domains of mailing lists, and addresses of a function: what such a one sends is not a scheduler's own word.
_MOST = 5  # to whom one mail is answered without a question
_LIST = re.compile(r"((lists?|groups|mailman)\.|googlegroups\.com$)", re.IGNORECASE)
_FUNCTIONAL = re.compile(r"(calendar|invit|schedul|survey|notif|events?$)", re.IGNORECASE)
_ADDR_SPEC = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")


def _quoted(text: str, leaves: bool) -> str:
    """Quote the sentence that says so, for a person."""
    lines = [" ".join(one.split()) for one in re.split(r"(?<=[.!?])\s+|\n", text[:20_000])]
    told = [one for at, one in enumerate(lines) if notes.leaves(one) or (at and notes.leaves(lines[at - 1]))]
    named = [one for one in lines if notes.addresses_in(one)]
    return for_terminal(repr(" ".join((told if leaves else named)[:3])[:300]))


def _team(address: Address) -> str:
    return address.name if names.is_team(address.name) else ""


def _usable(address: Address) -> bool:
    return bool(_ADDR_SPEC.fullmatch(address.address))


def typed_address(text: str) -> Address | None:
    text = text.strip()
    if "@" not in text:
        return None
    inner = re.fullmatch(r"(?:(?P<name>[^<>]*)<)?(?P<address>[^<>]+)>?", text)
    address = Address(
        (inner["name"] or "").strip().strip('"') if inner else "", inner["address"] if inner else ""
    )
    if not _usable(address):
        raise UsageError(f"{for_terminal(text)!r} is not a mail address.", "Write it as name@example.org.")
    return address


def _say_who(people: Sequence[Address]) -> str:
    options = " or ".join(f"--to {for_terminal(a.address)}" for a in people)
    return f"Say who shall get the letter: {options}"


def _keys(addresses: Iterable[Address]) -> frozenset[str]:
    return frozenset(a.key for a in addresses)


def _distinct(addresses: Iterable[Address]) -> tuple[Address, ...]:
    return tuple({a.key: a for a in reversed([*addresses])}.values())[::-1]


def _shown(addresses: Sequence[Address]) -> str:
    return ", ".join(for_terminal(f"{a.name} <{a.address}>" if a.name else a.address) for a in addresses)


def person(address: Address) -> Mapping[str, object]:
    return {"person": address.name or None, "address": address.address}
