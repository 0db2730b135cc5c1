"""Provider name -> adapter, imported only when asked for. This table is the only place that names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, cast

from bowout.errors import CannotDo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import ModuleType

    from bowout.model import Account
    from bowout.providers.base import Clock, Mailbox, Submitter

# name -> module with ``open_mailbox(account, clock)``; where it can send,
# ``open_submitter(account, mailbox, clock)``; where one signs in, ``sign_in``, ``sign_out`` and
# ``sign_in_state`` as below
ADAPTERS = {
    "maildir": "bowout.providers.maildir.mailbox",
    "gmail": "bowout.providers.gmail.mailbox",
    "outlook": "bowout.providers.outlook.mailbox",
    "imap": "bowout.providers.imap",
}


def open_mailbox(account: Account, clock: Clock) -> Mailbox:
    """The mailbox behind a configured account. Raises ``CannotDo`` for a provider this version lacks."""
    return cast("Mailbox", _adapter(account).open_mailbox(account, clock))


def open_submitter(account: Account, mailbox: Mailbox, clock: Clock) -> Submitter:
    """The sending part of the same account. Raises ``CannotDo`` when it cannot send."""
    return cast("Submitter", _adapter(account).open_submitter(account, mailbox, clock))


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How to sign in. ``show`` is given the URL that the person must open, and opens it where it can.

    ``passphrase`` protects the sign-in instead of the keyring when given: it asks the person for one.
    ``port`` 0 = a free one; ``limit`` in seconds; ``authorized_user`` = a file to import instead.
    ``device`` is given an address and a code to enter there, on any screen, instead of opening a browser.
    ``to_send`` and ``to_decline`` also ask for the right to send and to answer invitations, where those are
    rights of their own.
    """

    show: Callable[[str], None]
    passphrase: Callable[[], str] | None = None
    port: int = 0
    limit: float = 300.0
    authorized_user: Path | None = None
    device: Callable[[str, str], None] | None = None
    to_send: bool = False
    to_decline: bool = False


class Kept(StrEnum):
    """Where the secret of an account is."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - a word, no secret
    COMMAND = "command"
    NOWHERE = "nowhere"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInState:
    """How an account is signed in. ``ends`` = when the provider will end it, as far as known.

    ``unattended`` = a run without a person can use it; else ``why`` not.
    """

    kept: Kept
    signed_in: datetime | None = None
    ends: datetime | None = None
    unattended: bool = True
    why: str = ""


def sign_in(account: Account, clock: Clock, how: How) -> tuple[str, ...]:
    """Ask for consent and keep it; answers with what the person should know about it.

    Nothing to do where no sign-in is kept. Raises ``SignInNeeded`` for whatever was not agreed to.
    """
    adapter = _adapter(account)
    if account.token_command or not hasattr(adapter, "sign_in"):
        return ()
    return cast("tuple[str, ...]", adapter.sign_in(account, clock, how))


def sign_out(account: Account, clock: Clock) -> tuple[str, ...]:
    """Take the sign-in back at the provider and forget it here; answers with what is left to do by hand."""
    adapter = _adapter(account)
    if not hasattr(adapter, "sign_out"):
        return ()
    return cast("tuple[str, ...]", adapter.sign_out(account, clock))


def sign_in_state(account: Account, clock: Clock) -> SignInState:
    """How the account is signed in, without asking the provider or the person."""
    if account.token_command:
        return SignInState(kept=Kept.COMMAND)
    adapter = _adapter(account)
    if not hasattr(adapter, "sign_in_state"):
        return SignInState(kept=Kept.NOT_NEEDED)
    return cast("SignInState", adapter.sign_in_state(account, clock))


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
