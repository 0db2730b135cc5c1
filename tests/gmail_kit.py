"""A Gmail account that is signed in at the fake server, for tests and benchmarks."""

from __future__ import annotations

from pathlib import Path

from bowout.model import Account
from bowout.providers.gmail_auth import SignIn, keep
from bowout.vault import Protection, Vault
from servers.gmail import GmailServer
from servers.google_oauth import CLIENT_ID, CLIENT_SECRET, COMPOSE, READONLY

PASSPHRASE = "correct horse battery staple"


def account_at(server: GmailServer, data_dir: Path, **changes: object) -> Account:
    """An account as ``config.load`` makes it, its API on the fake server."""
    values: dict[str, object] = {
        "name": "personal",
        "provider": "gmail",
        "address": server.box.address,
        "api_endpoint": server.base,
        "data_dir": data_dir,
        **changes,
    }
    return Account(**values)  # type: ignore[arg-type] # the keys are those of Account


def signed_in(server: GmailServer, data_dir: Path, **changes: object) -> Account:
    """The same, with a sign-in in its vault."""
    account = account_at(server, data_dir, **changes)
    keep(account, sign_in(server), vault(data_dir), Protection.PASSPHRASE)
    return account


def sign_in(server: GmailServer) -> SignIn:
    return SignIn(
        address=server.box.address,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        token_uri=f"{server.base}/token",
        refresh_token=server.tokens.issue(server.box.address),
        scopes=(READONLY, COMPOSE),
        signed_in=server.now(),
    )


def vault(data_dir: Path) -> Vault:
    """The vault under a passphrase: a test machine has no keyring."""
    return Vault(data_dir, environ={"BOWOUT_PASSPHRASE": PASSPHRASE})
