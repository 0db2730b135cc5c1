"""How an account is signed in, told from the vault alone; the same for every provider."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bowout.errors import SignInNeeded
from bowout.vault import Protection, Vault

if TYPE_CHECKING:
    from bowout.model import Account
    from bowout.providers import SignInState


def state_of(
    account: Account, vault: Vault, times: Callable[[], tuple[datetime, datetime | None]]
) -> SignInState:
    """``times`` opens the sign-in and tells when it was made and when it ends, or raises ``SignInNeeded``.

    A passphrase that nobody gave leaves the times unknown; a damaged sign-in is none.
    """
    from bowout.providers import Kept, SignInState

    try:
        protection = vault.protection(account.name)
    except SignInNeeded as exc:
        return SignInState(kept=Kept.NOWHERE, unattended=False, why=exc.message)
    if protection is None:
        return SignInState(kept=Kept.NOWHERE, unattended=False, why="it is not signed in")
    attended = protection is Protection.PASSPHRASE
    why = "its sign-in is protected by a passphrase that only you can give" if attended else ""
    try:
        signed_in, ends = times()
    except SignInNeeded as exc:
        return SignInState(kept=Kept(protection), unattended=False, why=why or exc.message)
    return SignInState(
        kept=Kept(protection), signed_in=signed_in, ends=ends, unattended=not attended, why=why
    )
