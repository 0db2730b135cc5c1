"""Find signs that a sender is not who they seem. Pure; each sign is a sentence that is shown before all else.

Design, section 5: never sure, and said first, are a Reply-To of another domain without a known relay, a
punycode or look-alike domain, and an address inside a display name. So is whoever joins a conversation from
another domain without having been brought in: that is how a thread is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from bowout.model import Address, Identity, Message, Thread
from bowout.people.machines import Relays
from bowout.people.me import is_me
from bowout.text import domains, firms
from bowout.text.addresses import in_text
from bowout.text.harmless import for_terminal
from bowout.text.lookalike import skeleton, unpuny
from bowout.text.spelling import Neighbours, compact, distance, spellings

_LONGEST_NAME = 300
_MOST_SIGNS = 20  # of a thread: one stops it, and a mail with thousands of senders makes millions


def signs(
    messages: Sequence[Message],
    relays: Relays,
    known: Iterable[str] = (),
    mine: Sequence[Identity] = (),
    typed: str = "",
) -> tuple[str, ...]:
    """Say what is suspicious about the senders of ``messages``, in words, each once; the first twenty signs.

    ``known`` are domains or company names that a sender's domain may imitate besides the domains in the
    messages themselves, for example what the person typed. Answers that reach ``mine`` mislead nobody, nor do
    those that reach the firm that the person ``typed``, where nobody of a firm of that name wrote before.
    """
    meant = _meant(messages, relays, typed)
    told: dict[str, None] = {}
    for sign in _signs(messages, relays, _Watch(messages, relays, known), mine, meant):
        told[sign] = None
        if len(told) == _MOST_SIGNS:
            break
    return tuple(told)


def claims(thread: Thread) -> tuple[str, ...]:
    """Say which mails in the person's name came in from outside."""
    days = dict.fromkeys(f"{m.moment.day} {m.moment:%B}" for m in thread.claimed[:_MOST_SIGNS])
    return tuple(
        f"A mail of {day} bears your name but came in from outside, and Sent holds none like it. It was left"
        " out."
        for day in days
    )


def _signs(
    messages: Sequence[Message], relays: Relays, watch: _Watch, mine: Sequence[Identity], meant: str
) -> Iterator[str]:
    for message in messages:
        yield from _reply_to(message, relays, mine, meant)
    for address in dict.fromkeys(a for m in messages for a in m.from_ + m.reply_to):
        yield from _inner_address(address)
        yield from watch.domain(address)
    yield from _newcomers(messages, relays, meant)


_ENDINGS = ("s", "e", "n")  # of inflected words, and of names that differ by no more


def misspelt(label: str, names: Iterable[str]) -> str | None:
    """Find the name that a domain's ``label`` spells almost, but with one letter more, less or changed.

    Honest firms do so, too: no sign of imitation by itself, but a reason to ask. Endings do not count.
    """
    whole, first = label.replace("-", ""), label.partition("-")[0]
    for name in map(_Name, names):
        # What a domain adds to a whole word in first letters, it chooses freely: no other name is aped so.
        longer = {form for form in name.forms - name.shortened if len(form) >= _SHORTEST}
        honest = {whole, first, *(whole.removesuffix(end) for end in _ENDINGS)}
        if (
            not name.forms & honest
            and not firms.fits(name.spelt, label)
            and any(_one_letter_off(whole, form) for form in longer)
        ):
            return name.spelt
    return None


def _one_letter_off(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    inflected = long.startswith(short) and long[len(short) :] in _ENDINGS
    return not inflected and distance(one, other, 1) == 1


def _meant(messages: Sequence[Message], relays: Relays, typed: str) -> str:
    """Find the one organisation there that bears the typed name; empty where there is none, or two."""
    domains = {a.domain for m in messages for a in m.from_ + m.reply_to if a.domain}
    named = {relays.organisation(d) for d in domains if is_firm_of(d, typed, relays)}
    return named.pop() if len(named) == 1 else ""


def is_firm_of(domain: str, typed: str, relays: Relays) -> bool:
    """Tell whether a domain is the whole name of the firm that was typed, and nothing beside it."""
    label = relays.label(domain)
    if len(label) < _SHORTEST or relays.is_freemail(domain) or "@" in typed:
        return False
    if "." in typed:
        return relays.organisation(domain) == relays.organisation(typed)
    return compact(label) == compact(typed) or (" " in typed.strip() and firms.fits(typed, label))


def _newcomers(messages: Sequence[Message], relays: Relays, meant: str) -> Iterable[str]:
    """Say who writes from another domain than everybody before, copied by none of them."""
    keys: set[str] = set()
    organisations: set[str] = set()
    for message in _in_order(messages):
        people = [a for a in message.participants if not relays.knows(a)]
        for sender in (a for a in message.from_ if a in people and keys):
            firm = relays.organisation(sender.domain)
            # An address without a domain is of no firm: not of the one that was meant, where none was.
            known = firm and (firm in organisations or firm == meant)
            if sender.key not in keys and not known and relays.classify(sender, message) is None:
                yield (
                    f"{_shown(sender.address)} joined this conversation from another domain, and nobody who"
                    " wrote before had brought them in."
                )
        senders = [a for a in message.from_ if a in people]
        if senders:  # a machine alone brings nobody in
            keys |= {a.key for a in people}
            organisations |= relays.firms(relays.organisation(a.domain) for a in senders)


def _in_order(messages: Sequence[Message]) -> list[Message]:
    """Sort by when they can have been written: a Date is anybody's, but what answers a mail came after it."""
    at = {m.message_id: m.moment for m in messages if m.message_id}

    def place(message: Message) -> tuple[datetime, bool, datetime]:
        parents = {*message.references, *message.in_reply_to} - {message.message_id}
        answered = [at[parent] for parent in parents if parent in at]
        return max((message.moment, *answered)), bool(answered), message.moment

    return sorted(messages, key=place)


def _reply_to(message: Message, relays: Relays, mine: Sequence[Identity], meant: str) -> Iterable[str]:
    senders = {_owner(a, relays) for a in message.from_}
    if any(relays.knows(a) for a in message.from_):
        return
    for address in (a for a in message.reply_to if not is_me(a, mine)):
        if _owner(address, relays) not in {*senders, meant} and not relays.knows(address):
            sender = message.from_[0].address if message.from_ else "The sender"
            where = "address" if relays.is_freemail(address.domain) else "domain"
            yield (
                f"{_shown(sender)} asks for answers at another {where}: {_shown(address.address)}, and that"
                " is not a hiring system known to bowout."
            )


def _owner(address: Address, relays: Relays) -> str:
    """Whose address it is: a firm's, or where anybody can have one its own."""
    return address.key if relays.is_freemail(address.domain) else relays.organisation(address.domain)


def _inner_address(address: Address) -> Iterable[str]:
    for inner in in_text(address.name[:_LONGEST_NAME]):
        if inner.casefold() != address.key:
            yield (
                f"The sender's name shows the address {_shown(inner)}, but the mail came from"
                f" {_shown(address.address)}."
            )


class _Watch:
    """Hold a sender's domain against the domains and names that it may imitate."""

    def __init__(self, messages: Sequence[Message], relays: Relays, known: Iterable[str]) -> None:
        self.relays = relays
        known = [name.strip() for name in known]
        domains = {a.domain for m in messages for a in m.participants if a.domain}
        here = {relays.organisation(d) for d in domains}
        self.here = Neighbours(org for org in here if len(org) >= _SHORTEST_DOMAIN)
        typed = (relays.organisation(n) for n in known if "." in n)
        self.looks = _by_look({*here, *relays.freemail, *typed})
        self.names = [_Name(name) for name in known if "." not in name]
        self.texts = [text for m in messages for text in (m.subject, *(a.name for a in m.from_), m.text)]
        self._looks: dict[int, dict[str, frozenset[str]]] = {}

    def domain(self, address: Address) -> Iterable[str]:
        domain = address.domain
        if not domain:
            return
        organisation, label = self.relays.organisation(domain), self.relays.label(domain)
        if not domain.isascii() or any(part.startswith("xn--") for part in domain.split(".")):
            displayed = _shown(unpuny(domain)) or "nothing"
            yield (
                f"The domain of {_shown(address.address)} is not plain ASCII; it is displayed as"
                f" {displayed} and may imitate another one."
            )
        near = self.here.of(organisation) if len(organisation) >= _SHORTEST_DOMAIN else frozenset()
        alike = self.looks.get(skeleton(organisation), frozenset()) - {organisation}
        spelt = {name.spelt.casefold(): name.spelt for name in self.names if name.is_imitated_by(label)}
        for other in sorted(near | alike | (set(spelt.values()) or self._word_like(label))):
            yield f"The domain of {_shown(address.address)} looks like {_shown(other)} but is another one."

    def _word_like(self, label: str) -> set[str]:
        """Find the words of the mails that ``label`` imitates by a trick; none when they spell it so."""
        tricks = {part for part in _parts(label) if _TRICK.search(part)}
        if not tricks:
            return set()
        if not self._words.isdisjoint(tricks):
            return set()
        lengths = {len(trick) + more for trick in tricks for more in (-2, -1, 0, 1)}
        wanted = {skeleton(trick) for trick in tricks}
        return {word for length in lengths for look in wanted for word in self._like(length, look)}

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for text in self.texts for word in _written_words(text[:_LONGEST_TEXT]))

    def _like(self, length: int, look: str) -> frozenset[str]:
        """Find the words of that length and look; those of a length are looked at once for all senders."""
        if length not in self._looks:
            self._looks[length] = _by_look(word for word in self._words if len(word) == length)
        return self._looks[length].get(look, frozenset())


def _by_look(words: Iterable[str]) -> dict[str, frozenset[str]]:
    """Group words by what an eye reads in them."""
    looks: dict[str, set[str]] = {}
    for word in words:
        looks.setdefault(skeleton(word), set()).add(word)
    return {look: frozenset(alike) for look, alike in looks.items()}


# Digits among letters, and pairs of letters that look like one.
_TRICK = re.compile(r"\A(?=.*[^\W\d])(?=.*[\d$|!])|rn|vv|cl")
_SHORTEST = 5  # characters; shorter words are alike by chance
_SHORTEST_DOMAIN = 8  # with its ending: bold.eu and bolt.eu are one letter apart by chance
_SHORTEST_ACRONYM = 3  # letters, as in lfg.example
_LONGEST_TEXT = 5_000


def _parts(label: str) -> set[str]:
    """Split the label: all of it as one word, and the words it is made of."""
    return {part for part in (label.replace("-", ""), *label.split("-")) if len(part) >= _SHORTEST}


def _written_words(text: str) -> Iterable[str]:
    """Find the folded words, and neighbours run together as domains do; addresses and links are no words."""
    plain = re.sub(r"(?<!\S)(?:\S*[@/]\S*|\S+\.\w\S*)", " ", text)
    for spelling in spellings(plain):
        words = re.findall(r"[^\W_]+", spelling)
        for count in (1, 2, 3):
            joined = ("".join(words[at : at + count]) for at in range(len(words) - count + 1))
            yield from (word for word in joined if _SHORTEST <= len(word) <= domains.LONGEST_LABEL)


class _Name:
    """A company's name, and the ways in which domains write it."""

    def __init__(self, spelt: str) -> None:
        self.spelt = spelt
        self.forms: set[str] = set()
        self.shortened: set[str] = set()  # a whole word, then first letters
        spoken = [spelt, *(spelt.replace("&", f" {word} ") for word in ("and", "und") if "&" in spelt)]
        written = {spelling for text in spoken for spelling in spellings(text)}
        self.wholes = {compact(spelling) for spelling in written} - {""}
        for spelling in written:
            words = re.findall(r"[^\W_]+", spelling)[:6]
            starts = ("".join(words[:count]) for count in range(1, len(words) + 1))
            initials = "".join(words[:1]) + "".join(word[0] for word in words[1:])
            self.forms |= {form for form in (*words, *starts, initials) if len(form) >= 4}
            self.shortened |= {initials} - {"".join(words)}
            if len(words) >= _SHORTEST_ACRONYM:
                self.forms.add("".join(word[0] for word in words))
        self.forms |= self.wholes

    def is_imitated_by(self, label: str) -> bool:
        """Tell whether ``label`` looks like a form of the name without being one?"""
        parts = {label.replace("-", ""), *(p for p in label.split("-") if len(p) >= _SHORTEST_ACRONYM)}
        looks = {skeleton(form) for form in self.forms}
        if any(part not in self.forms and skeleton(part) in looks for part in parts):
            return True
        whole = label.replace("-", "")
        cut = len(whole) > _SHORTEST and any(skeleton(w).startswith(skeleton(whole)) for w in self.wholes)
        return cut and not any(w.startswith(whole) for w in self.wholes)


def _shown(text: str) -> str:
    return for_terminal(text[:_LONGEST_NAME])
