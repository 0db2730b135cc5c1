"""Choose the address of mine from which the letter goes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bowout.errors import NeedsPerson, UsageError
from bowout.model import Address, Identity, Message
from bowout.people import me
from bowout.reply.addressee import person, typed_address
from bowout.text.harmless import for_terminal


def choose_identity(
    identities: Sequence[Identity],
    candidates: Sequence[Message],
    seen: Sequence[Message],
    wanted: str | None,
) -> Identity:
    """Choose the identity asked for, else the one they wrote to, else the one used in the thread."""
    if wanted is not None:
        return _identity_called(wanted, identities)
    # Where they wrote to comes before where I wrote from, since From is looked at last.
    for fields in (_received_at, _sent_from):
        for message in (*reversed(seen), *reversed(candidates)):
            for address in fields(message):
                if (found := _mine(address, identities)) is not None:
                    return found
    raise NeedsPerson(
        "It is not clear at which of your addresses they wrote to you.",
        "Say from which address to answer: "
        + " or ".join(f"--from {for_terminal(i.address.address)}" for i in identities),
        candidates=[person(i.address) for i in identities],
    )


def _received_at(message: Message) -> tuple[Address, ...]:
    return message.to + message.cc + message.delivered_to


def _sent_from(message: Message) -> tuple[Address, ...]:
    return message.from_


def _mine(address: Address, identities: Sequence[Identity]) -> Identity | None:
    exact = (i for i in identities if i.address.key == address.key)
    same = (i for i in identities if me.same_mailbox(address, i.address))
    return next(exact, None) or next(same, None)


def _identity_called(wanted: str, identities: Sequence[Identity]) -> Identity:
    typed = typed_address(wanted)
    found = _mine(typed, identities) if typed else None
    if found is None:
        raise UsageError(
            f"{for_terminal(wanted)!r} is not one of your addresses.",
            "Choose one of: "
            + ", ".join(for_terminal(i.address.address) for i in identities)
            + "; or add it to the aliases of the account in config.toml.",
        )
    return found
