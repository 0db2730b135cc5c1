"""Decide how the letter is addressed: which message it answers, who gets it, from which address. Pure.

Wrong is worse than unsure (design section 6): what is not plain stops with an error that says how to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bowout.errors import NoAddressee
from bowout.model import Address, Identity, Message, Thread
from bowout.people import impostors
from bowout.people.machines import Relays
from bowout.reply.addressee import PORTAL, Correspondents
from bowout.reply.sender import choose_identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the letter will be addressed. ``suspicions`` are shown before everything else.

    ``quotable`` is False when the addressee has not seen ``parent``: then nothing may be quoted. ``called``
    is the sender's name where the answer goes to a Reply-To without one.
    """

    thread_id: str
    parent: Message
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    identity: Identity
    notes: tuple[str, ...] = ()
    suspicions: tuple[str, ...] = ()
    quotable: bool = True
    called: str = ""


def plan_reply(
    thread: Thread,
    identities: Sequence[Identity],
    relays: Relays,
    *,
    to: str | None = None,
    from_: str | None = None,
    cc_all: bool = False,
    force: bool = False,
    typed: str = "",
) -> Plan:
    """Choose parent, addressee and identity for an answer into ``thread``.

    ``to`` is a name or address of somebody in the thread (anybody with ``force``), ``from_`` one of the
    identities' addresses, ``cc_all`` copies to everybody else of theirs, ``typed`` is WHO. Raises
    ``NoAddressee`` when nobody can be written to, ``Ambiguous`` when another person is at least as likely
    meant, ``NeedsPerson`` when the identity or the use of an address is unknown, ``UsageError`` when ``to``
    or ``from_`` cannot be.
    """
    people = Correspondents(thread, identities, relays)
    chosen = people.choose_named(to, force=force) if to is not None else people.choose()
    if not (force and to is not None):
        people.refuse_machines(chosen, named=to is not None)
    seen = [m for m in people.candidates if chosen.took_part(m)]
    parent = _parent(seen) or _parent(people.candidates)
    if parent is None:
        raise NoAddressee("Nothing in this thread can be answered.", PORTAL)
    cc, left_out = people.copies(parent, chosen) if cc_all else ((), ())
    return Plan(
        thread_id=thread.id,
        parent=parent,
        to=chosen.to,
        cc=cc,
        identity=choose_identity(identities, people.candidates, seen, from_),
        notes=(*chosen.notes, *left_out, *people.warn_returned(chosen), *_threading_note(parent)),
        suspicions=(
            *impostors.claims(thread),
            *impostors.signs(people.theirs, relays, mine=people.sides.mine, typed=typed),
        ),
        quotable=bool(seen),
        called=chosen.called,
    )


def _parent(messages: Sequence[Message]) -> Message | None:
    """Choose the newest message with a Message-ID; without any, the newest."""
    named = [m for m in messages if m.message_id] or messages
    return named[-1] if named else None


def _threading_note(parent: Message) -> tuple[str, ...]:
    if parent.message_id:
        return ()
    return ("The message answered has no Message-ID: some programs will not show the letter in the thread.",)
