"""What the linter is told about the thread around a letter: who takes part, who wrote, who never reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bowout import likeness, parties

if TYPE_CHECKING:
    from bowout.model import Address, Thread, Withdrawal
    from bowout.parties import Relays
    from bowout.session import Session
    from bowout.store import Store


def participants(thread: Thread) -> tuple[Address, ...]:
    """Everybody who was written to or wrote in a thread, each once."""
    return tuple({a.key: a for m in thread.mails for a in m.participants}.values())


def contacts(session: Session, thread: Thread) -> tuple[Address, ...]:
    """The people of the other side who wrote by hand, and where they ask for answers."""
    mine = session.mailbox.identities()
    by_hand = (
        m
        for m in thread.mails
        if parties.kind_of(m, session.relays) is parties.Kind.HUMAN and not parties.from_me(m, mine)
    )
    return tuple({a.key: a for m in by_hand for a in m.from_ + m.reply_to}.values())


def dead(thread: Thread, relays: Relays) -> tuple[Address, ...]:
    """The addresses of a thread that nobody reads."""
    hits = ((a, relays.classify(a)) for a in participants(thread))
    return tuple(a for a, hit in hits if hit and hit.relay is parties.Relay.DEAD)


def others(store: Store, withdrawal: Withdrawal) -> tuple[str, ...]:
    """Other recorded processes with the same company, each with its number."""
    same = recorded_at(store, withdrawal.company)
    return tuple(named(w) for w in same if w.id != withdrawal.id)


def recorded_at(store: Store, company: str | None) -> list[Withdrawal]:
    """The recorded withdrawals from that company."""
    wanted = likeness.fold(company or "")
    return [w for w in store.withdrawals() if wanted and w.company and likeness.fold(w.company) == wanted]


def named(withdrawal: Withdrawal) -> str:
    """``w3 Data Engineer``."""
    return f"{withdrawal.label} {withdrawal.position or ''}".strip()
