"""Read the private options of the command line: kept for the person alone, shown only with ``--private``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bowout.journal.record import Withdrawal
    from bowout.session import Session


@dataclass(frozen=True, kw_only=True)
class Notes:
    """The private options as typed."""

    note: str | None = None
    decided_on: str | None = None
    other_employer: str | None = None


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--note``, ``--decided-on`` and ``--other-employer``."""
    for option in (
        click.option(
            "--other-employer", metavar="NAME", help="Private: where you go; no letter may name it."
        ),
        click.option("--decided-on", metavar="DAY", help="Private: when you decided, e.g. yesterday."),
        click.option(
            "--note", metavar="TEXT", help="Private: keep a note, e.g. the true reason or a promise."
        ),
    ):
        function = option(function)
    return function


def decided_on(active: Session, typed: str | None) -> datetime | None:
    """The day of the decision. Raises ``UsageError`` for one that cannot be read or lies ahead."""
    from bowout import when

    return when.parse_past(typed, active.clock(), active.zone, day_alone=True) if typed else None


def keep(active: Session, withdrawal: Withdrawal, notes: Notes) -> None:
    """Keep the private options that were given with this withdrawal."""
    from bowout.journal import lookup

    if day := decided_on(active, notes.decided_on):
        active.store.set_note(withdrawal.id, lookup.DECIDED_ON, day.isoformat())
    if employer := notes.other_employer:
        active.store.set_note(withdrawal.id, lookup.OTHER_EMPLOYER, employer)
    if text := notes.note:
        lookup.add_note(active.store, withdrawal, text)
