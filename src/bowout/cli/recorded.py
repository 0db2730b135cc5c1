"""Open the account of the withdrawal that WHO names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bowout.cli import options, render
from bowout.errors import Ambiguous, BowoutError, NothingFound
from bowout.text.harmless import for_shell

if TYPE_CHECKING:
    from collections.abc import Generator

    from bowout.cli.options import Options
    from bowout.journal.record import Withdrawal
    from bowout.journal.store import Store
    from bowout.session import Session


def named(store: Store, opts: Options, who: str) -> Withdrawal:
    """The recorded withdrawal that WHO names; several are asked about on a terminal.

    Raises as ``lookup.called`` does.
    """
    from bowout.journal import lookup

    try:
        return lookup.called(store, who, opts.account)
    except Ambiguous as exc:
        if not opts.interactive:
            raise
        labels = [str(candidate["withdrawal"]) for candidate in exc.candidates]
        for candidate in exc.candidates:
            about = ", ".join(
                str(candidate[key]) for key in ("company", "subject", "person") if candidate[key]
            )
            render.show([f"  {candidate['withdrawal']}  {render.safe(about)}"])
        chosen = click.prompt("Which one", type=click.Choice(labels), show_choices=False)
        return store.withdrawal(int(chosen[1:]))


@contextmanager
def session(opts: Options, who: str) -> Generator[tuple[Session, Withdrawal]]:
    """The account of the withdrawal that WHO names, opened. Raises as ``lookup.called``."""
    with session_or_none(opts, who) as (active, withdrawal):
        if withdrawal is None:
            raise NothingFound(
                f"No recorded withdrawal answers to {who!r}.",
                f"See them with: bowout status. Start with: bowout draft {for_shell(who)},"
                f" or: bowout call {for_shell(who)}",
            )
        yield active, withdrawal


@contextmanager
def session_or_none(opts: Options, who: str) -> Generator[tuple[Session, Withdrawal | None]]:
    """The same; a WHO that was never recorded opens the account of the options instead."""
    from bowout import accounts
    from bowout.journal import lookup

    config = accounts.load_config(opts.config)
    withdrawal: Withdrawal | None = None
    with options.journal(config) as store:
        try:
            withdrawal = named(store, opts, who)
        except NothingFound:
            if lookup.is_label(who):
                raise
    account = withdrawal.account if withdrawal else opts.account
    options.unlock(config.account(account), opts)
    with options.opened(config, account) as active, _about(active, withdrawal):
        yield active, withdrawal


@contextmanager
def _about(active: Session, withdrawal: Withdrawal | None) -> Generator[None]:
    """Let every error that stops work on a recorded withdrawal name its thread."""
    try:
        yield
    except BowoutError as exc:
        if withdrawal is None:
            raise
        from bowout.find import search

        raise search.about_recorded(active, withdrawal, exc) from exc.__cause__


@contextmanager
def account_of(opts: Options, who: str) -> Generator[Session]:
    """The account of the withdrawal that WHO names by its number (``w3``), else the one of the options.

    For commands that find a thread afresh: a company or a person is looked for in the mailbox there.
    """
    from bowout.journal import lookup

    if lookup.is_label(who):
        with session(opts, who) as (active, _):
            yield active
    else:
        with options.session(opts) as active:
            yield active
