"""What the linter is told about the thread around a letter: who takes part, who wrote, who never reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bowout.people import machines, mailkind, me
from bowout.text import spelling

if TYPE_CHECKING:
    from bowout.journal.store import Store
    from bowout.model import Address, Thread, Withdrawal
    from bowout.people.machines import Relays
    from bowout.session import Session


def participants(thread: Thread) -> tuple[Address, ...]:
    """Everybody who was written to or wrote in a thread, each once."""
    return tuple({a.key: a for m in thread.mails for a in m.participants}.values())


def contacts(session: Session, thread: Thread) -> tuple[Address, ...]:
    """The people of the other side who wrote by hand, and where they ask for answers."""
    mine = session.mailbox.identities()
    by_hand = (
        m
        for m in thread.mails
        if mailkind.kind_of(m, session.relays) is mailkind.Kind.HUMAN and not me.from_me(m, mine)
    )
    return tuple({a.key: a for m in by_hand for a in m.from_ + m.reply_to}.values())


def dead(thread: Thread, relays: Relays) -> tuple[Address, ...]:
    """The addresses of a thread that nobody reads."""
    hits = ((a, relays.classify(a)) for a in participants(thread))
    return tuple(a for a, hit in hits if hit and hit.relay is machines.Relay.DEAD)


def others(store: Store, withdrawal: Withdrawal) -> tuple[str, ...]:
    """Other recorded processes with the same company, each with its number."""
    same = recorded_at(store, withdrawal.company)
    return tuple(named(w) for w in same if w.id != withdrawal.id)


def recorded_at(store: Store, company: str | None) -> list[Withdrawal]:
    """The recorded withdrawals from that company."""
    wanted = spelling.fold(company or "")
    return [w for w in store.withdrawals() if wanted and w.company and spelling.fold(w.company) == wanted]


def named(withdrawal: Withdrawal) -> str:
    """``w3 Data Engineer``."""
    return f"{withdrawal.label} {withdrawal.position or ''}".strip()
