"""Signs that a sender is not who they seem. Pure; each sign is a sentence that is shown before all else.

Design, section 5: never sure, and said first, are a Reply-To of another domain without a known relay, a
punycode or look-alike domain, and an address inside a display name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bowout import likeness
from bowout.model import Address, Message
from bowout.parties import Relays
from bowout.plain import for_terminal

_INNER_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def domains_of(messages: Iterable[Message]) -> frozenset[str]:
    """Every domain that takes part in these messages."""
    return frozenset(a.domain for m in messages for a in m.participants if a.domain)


def signs(messages: Sequence[Message], relays: Relays, known: Iterable[str] = ()) -> tuple[str, ...]:
    """What is suspicious about the senders of ``messages``, in words, without repetition.

    ``known`` are domains that a look-alike may imitate besides those in the messages themselves, for
    example the one that the person typed.
    """
    here = {relays.organisation(d) for d in domains_of(messages)}
    elsewhere = {relays.organisation(d) for d in known if "." in d} | relays.freemail
    found: list[str] = []
    for message in messages:
        found += _reply_to(message, relays)
        for address in message.from_ + message.reply_to:
            found += _inner_address(address)
            found += _domain(address, relays, here, elsewhere)
    return tuple(dict.fromkeys(found))


def _reply_to(message: Message, relays: Relays) -> Iterable[str]:
    senders = {relays.organisation(a.domain) for a in message.from_}
    if any(_listed(a, relays) for a in message.from_):
        return
    for address in message.reply_to:
        if relays.organisation(address.domain) not in senders and not _listed(address, relays):
            yield (
                f"{_shown(message.from_)} asks for answers at another domain:"
                f" {for_terminal(address.address)}, and that is not a hiring system known to bowout."
            )


def _listed(address: Address, relays: Relays) -> bool:
    hit = relays.classify(address)
    return hit is not None and hit.listed


def _inner_address(address: Address) -> Iterable[str]:
    for inner in _INNER_ADDRESS.findall(address.name):
        if inner.casefold() != address.key:
            yield (
                f"The sender's name shows the address {for_terminal(inner)}, but the mail came from"
                f" {for_terminal(address.address)}."
            )


def _domain(address: Address, relays: Relays, here: set[str], elsewhere: set[str]) -> Iterable[str]:
    domain = address.domain
    if not domain:
        return
    organisation = relays.organisation(domain)
    if not domain.isascii() or any(label.startswith("xn--") for label in domain.split(".")):
        yield (
            f"The domain of {for_terminal(address.address)} is not plain ASCII; it is displayed as"
            f" {for_terminal(likeness.unpuny(domain))} and may imitate another one."
        )
    for other in sorted(here | elsewhere):
        near = other in here and _one_edit(organisation, other)
        if other != organisation and (near or likeness.skeleton(organisation) == likeness.skeleton(other)):
            yield (
                f"The domain of {for_terminal(address.address)} looks like {for_terminal(other)}"
                " but is another one."
            )


def _one_edit(a: str, b: str) -> bool:
    # Short names are one edit apart by chance (bold.eu, bolt.eu): only longer ones say something.
    return min(len(a), len(b)) >= 8 and likeness.distance(a, b, 1) == 1


def _shown(addresses: Sequence[Address]) -> str:
    return for_terminal(addresses[0].address) if addresses else "The sender"
