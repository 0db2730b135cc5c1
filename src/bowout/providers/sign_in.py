"""Sign in to an account, sign out, and tell how it is signed in; the same for every provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bowout.errors import SignInNeeded
from bowout.providers import ADAPTERS, part

if TYPE_CHECKING:
    from types import ModuleType

    from bowout.model import Account
    from bowout.providers.base import Clock
    from bowout.vault import Vault


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


class SecretPlace(StrEnum):
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

    secret: SecretPlace
    signed_in: datetime | None = None
    ends: datetime | None = None
    unattended: bool = True
    why: str = ""


def enrol(account: Account, clock: Clock, how: How) -> tuple[str, ...]:
    """Ask for consent and store it; answers with what the person should know about it.

    Nothing to do where nobody signs in. Raises ``SignInNeeded`` for whatever was not agreed to.
    """
    module = None if account.token_command else _module(account)
    return () if module is None else cast("tuple[str, ...]", module.enrol(account, clock, how))


def leave(account: Account, clock: Clock) -> tuple[str, ...]:
    """Take the sign-in back at the provider and forget it here; answers with what is left to do by hand."""
    module = _module(account)
    return () if module is None else cast("tuple[str, ...]", module.leave(account, clock))


def state(account: Account, clock: Clock) -> SignInState:
    """Tell how the account is signed in, without asking the provider or the person."""
    if account.token_command:
        return SignInState(secret=SecretPlace.COMMAND)
    module = _module(account)
    if module is None:
        return SignInState(secret=SecretPlace.NOT_NEEDED)
    return cast("SignInState", module.state(account, clock))


def _module(account: Account) -> ModuleType | None:
    """The provider's own part; None where nobody signs in. Raises ``CannotDo`` as opening does."""
    try:
        return part(account, "sign_in")
    except ModuleNotFoundError as exc:
        if exc.name != f"{ADAPTERS[account.provider]}.sign_in":
            raise
        return None


def state_of(
    account: Account, vault: Vault, times: Callable[[], tuple[datetime, datetime | None]]
) -> SignInState:
    """Tell from the vault alone how an account is signed in.

    ``times`` opens the sign-in and tells when it was made and when it ends, or raises ``SignInNeeded``. A
    passphrase that nobody gave leaves the times unknown; a damaged sign-in is none.
    """
    from bowout.vault import Protection

    try:
        protection = vault.protection(account.name)
    except SignInNeeded as exc:
        return SignInState(secret=SecretPlace.NOWHERE, unattended=False, why=exc.message)
    if protection is None:
        return SignInState(secret=SecretPlace.NOWHERE, unattended=False, why="it is not signed in")
    place, attended = SecretPlace(protection), protection is Protection.PASSPHRASE
    why = "its sign-in is protected by a passphrase that only you can give" if attended else ""
    try:
        signed_in, ends = times()
    except SignInNeeded as exc:
        return SignInState(secret=place, unattended=False, why=why or exc.message)
    return SignInState(secret=place, signed_in=signed_in, ends=ends, unattended=not attended, why=why)
