"""Provider name -> package, imported only when asked for. This table is the only place that names them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from bowout.config.keys import ProviderSpec
from bowout.errors import CannotDo

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from bowout.model import Account
    from bowout.providers.base import Clock, Mailbox, Submitter

# Name -> package. It holds ``keys`` with the ``SPEC`` of its keys in config.toml; ``mailbox`` with
# ``open_mailbox(account, clock)`` and, where it can send, ``open_submitter(account, mailbox, clock)``; where
# one signs in also ``sign_in`` with ``enrol``, ``leave`` and ``state`` (``bowout.providers.sign_in``).
ADAPTERS = {
    "maildir": "bowout.providers.maildir",
    "gmail": "bowout.providers.gmail",
    "outlook": "bowout.providers.outlook",
}
LATER = ("imap",)  # an account may name it, and is told that this version cannot open it


def specs() -> dict[str, ProviderSpec]:
    """The keys that each provider adds to an account, by its name."""
    found = {name: import_module(f"{package}.keys").SPEC for name, package in ADAPTERS.items()}
    return found | {name: ProviderSpec(later=True) for name in LATER}


def open_mailbox(account: Account, clock: Clock) -> Mailbox:
    """Open the mailbox of an account. Raises ``CannotDo`` for a provider that this version lacks."""
    return cast("Mailbox", part(account, "mailbox").open_mailbox(account, clock))


def open_submitter(account: Account, mailbox: Mailbox, clock: Clock) -> Submitter:
    """Open the sending part of the same account. Raises ``CannotDo`` when it cannot send."""
    return cast("Submitter", part(account, "mailbox").open_submitter(account, mailbox, clock))


def is_sending(data_dir: Path) -> bool:
    """Tell whether a command that was started to send a letter still runs, or what it started."""
    from bowout.providers.sending.command import is_at_work

    return is_at_work(data_dir)


def part(account: Account, name: str) -> ModuleType:
    """Import a module of the account's provider. Raises ``CannotDo`` for one that this version lacks."""
    if account.provider in LATER:
        raise CannotDo(
            f"bowout cannot open {account.provider} mailboxes yet (account {account.name}).",
            "Use a maildir account, or a newer bowout: pip install --upgrade bowout",
        )
    return import_module(f"{ADAPTERS[account.provider]}.{name}")
