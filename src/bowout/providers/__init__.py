"""Provider name -> adapter, imported only when asked for. This table is the only place that names them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from bowout.errors import CannotDo

if TYPE_CHECKING:
    from types import ModuleType

    from bowout.model import Account
    from bowout.providers.base import Clock, Mailbox, Submitter

# name -> module with ``open_mailbox(account, clock)`` and, where it can send,
# ``open_submitter(account, mailbox, clock)``
ADAPTERS = {
    "maildir": "bowout.providers.maildir",
    "gmail": "bowout.providers.gmail",
    "outlook": "bowout.providers.outlook",
    "imap": "bowout.providers.imap",
}


def open_mailbox(account: Account, clock: Clock) -> Mailbox:
    """The mailbox behind a configured account. Raises ``CannotDo`` for a provider this version lacks."""
    return cast("Mailbox", _adapter(account).open_mailbox(account, clock))


def open_submitter(account: Account, mailbox: Mailbox, clock: Clock) -> Submitter:
    """The sending part of the same account. Raises ``CannotDo`` when it cannot send."""
    return cast("Submitter", _adapter(account).open_submitter(account, mailbox, clock))


def _adapter(account: Account) -> ModuleType:
    name = ADAPTERS[account.provider]
    try:
        return import_module(name)
    except ModuleNotFoundError as exc:
        if exc.name != name:
            raise
        raise CannotDo(
            f"bowout cannot open {account.provider} mailboxes yet (account {account.name}).",
            "Use a maildir account, or a newer bowout: pip install --upgrade bowout",
        ) from exc
