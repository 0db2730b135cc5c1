"""Asking for consent at Google and giving it back (its page "OAuth 2.0 for desktop apps").

The person brings their own OAuth client of type desktop: a shared one would need Google's yearly audit.
Consent comes back over a loopback address (RFC 8252) with PKCE (RFC 7636).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bowout.errors import BowoutError, ConfigError, SignInNeeded, Unreachable
from bowout.model import Account, Address
from bowout.people.me import same_mailbox
from bowout.providers.base import Clock
from bowout.providers.gmail.keys import GmailKeys
from bowout.providers.gmail.tokens import AUDIENCE, CLIENTS, SCOPES, SignIn, keeper, offline, refreshed
from bowout.providers.sign_in import state_of
from bowout.providers.web.loopback import Listener
from bowout.providers.web.tokens import TOKEN_LIMIT, Held
from bowout.text.harmless import for_terminal
from bowout.vault import Protection, Vault

if TYPE_CHECKING:
    from bowout.providers.sign_in import How, SignInState

# A new account is in no config yet, so its name alone would not do.
AGAIN = "Run the same command again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An OAuth client of type desktop. Its secret is none: every installed app carries it (RFC 8252)."""

    client_id: str
    client_secret: str
    auth_uri: str
    token_uri: str

    @classmethod
    def read(cls, path: Path) -> Client:
        """The file as downloaded from the Google console. Raises ``ConfigError``."""
        values = _json(path)
        if "web" in values and "installed" not in values:
            raise ConfigError(
                f"{path}: this OAuth client is for a web server.",
                f"Create one of type Desktop app: {CLIENTS}",
            )
        try:
            inner = values["installed"]
            return cls(**{name: str(inner[name]) for name in cls.__dataclass_fields__})
        except (KeyError, TypeError) as exc:
            raise ConfigError(
                f"{path}: not an OAuth client of type desktop.",
                f"Create one of type Desktop app, and download its JSON: {CLIENTS}",
            ) from exc


_FILES = (
    f"--client-file is the JSON that is downloaded at {CLIENTS}; --authorized-user one with client_id,"
    " client_secret and refresh_token."
)


def _json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}.", _FILES) from exc
    except ValueError as exc:
        raise ConfigError(f"{path}: not JSON.", _FILES) from exc
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: not what Google writes.", _FILES)
    return values


def sign_in(
    account: Account,
    client: Client,
    clock: Clock,
    *,
    show: Callable[[str], None],
    port: int,
    limit: float,
) -> SignIn:
    """Ask for consent in the browser and wait for it on 127.0.0.1. ``show`` is given the URL to open.

    ``port`` 0 = a free one; ``limit`` in seconds. Raises ``SignInNeeded`` for whatever the person or Google
    did not agree to, ``Unreachable``, ``UsageError`` when the port is taken.
    """
    import oauthlib.oauth2
    import requests
    from google_auth_oauthlib.flow import InstalledAppFlow

    with Listener(port) as listener:
        flow = InstalledAppFlow.from_client_config(
            {"installed": asdict(client)},
            list(SCOPES),
            redirect_uri=listener.url,
            autogenerate_code_verifier=True,
        )
        # Without prompt=consent a second sign-in gets no refresh token.
        url, state = flow.authorization_url(prompt="consent", login_hint=account.address)
        show(url)
        answer = listener.wait(state, limit)
    if "error" in answer:
        denied = answer["error"] == "access_denied"
        what = (
            "You did not agree"
            if denied
            else f"Google ended the sign-in ({for_terminal(answer['error'])[:60]})"
        )
        raise SignInNeeded(f"{what}; nothing was kept.", AGAIN)
    try:
        token = flow.fetch_token(code=answer["code"], timeout=TOKEN_LIMIT)
    except Warning as exc:  # oauthlib's way to say that the boxes left ticked are not those it asked for
        token = getattr(exc, "token", {})
    except requests.RequestException as exc:
        raise offline() from exc
    except oauthlib.oauth2.OAuth2Error as exc:
        raise SignInNeeded(
            f"Google did not complete the sign-in ({for_terminal(str(exc.error))[:60]}).", AGAIN
        ) from exc
    return _signed_in(account, client, token, clock())


def _signed_in(account: Account, client: Client, token: Mapping[str, Any], now: datetime) -> SignIn:
    granted = token.get("scope") or ()
    scopes = tuple(granted.split() if isinstance(granted, str) else granted)
    if not token.get("refresh_token"):
        raise SignInNeeded(
            "Google gave no lasting sign-in.",
            "Remove bowout at myaccount.google.com/permissions, then sign in again.",
        )
    ends = token.get("refresh_token_expires_in")
    return SignIn(
        address=account.address,
        client_id=client.client_id,
        client_secret=client.client_secret,
        token_uri=client.token_uri,
        refresh_token=token["refresh_token"],
        scopes=scopes,
        signed_in=now,
        ends=now + timedelta(seconds=int(ends)) if ends else None,
        access_token=token["access_token"],
        expires=now + timedelta(seconds=int(token.get("expires_in", 0))),
    )


def import_authorized_user(account: Account, path: Path, clock: Clock) -> SignIn:
    """The sign-in in an authorised-user JSON, for machines without a browser. Raises ``ConfigError``.

    It is the form that ``google.oauth2.credentials.Credentials.to_json`` and ``gcloud`` write.
    """
    values = _json(path)
    try:
        client_id, secret, token = (str(values[n]) for n in ("client_id", "client_secret", "refresh_token"))
    except KeyError as exc:
        raise ConfigError(
            f"{path}: not an authorised-user file, {exc.args[0]} is missing.",
            "It is JSON with client_id, client_secret and refresh_token.",
        ) from exc
    return SignIn(
        address=account.address,
        client_id=client_id,
        client_secret=secret,
        refresh_token=token,
        token_uri=str(values.get("token_uri") or "https://oauth2.googleapis.com/token"),
        scopes=tuple(SCOPES),  # Google is asked whether that is so
        signed_in=clock(),
    )


def keep(account: Account, sign_in: SignIn, vault: Vault, protection: Protection | None = None) -> None:
    """Put a new sign-in into the vault."""
    with vault.locked(account.name):
        vault.save(account.name, sign_in.to_dict(), protection)


def enrol(account: Account, clock: Clock, how: How) -> tuple[str, ...]:
    """Sign in, make sure that it is the account meant, keep it. Nothing is kept when anything fails."""
    vault = replace(Vault.of(account), ask=how.passphrase)
    if how.passphrase is None and vault.protection(account.name) is not Protection.PASSPHRASE:
        vault.require_keyring(account.name)
    if how.authorized_user:
        new = import_authorized_user(account, how.authorized_user, clock)
    elif (client_file := account.own(GmailKeys).client_file) is None:
        raise ConfigError(
            f"accounts.{account.name}.client_file is missing.",
            f"Give the JSON of a client of type Desktop app, from {CLIENTS}: --client-file FILE",
        )
    else:
        client = Client.read(client_file)
        new = sign_in(account, client, clock, show=how.show, port=how.port, limit=how.limit)
    try:
        new = _checked(account, new, clock)
        keep(account, new, vault, Protection.PASSPHRASE if how.passphrase else None)
    except BowoutError as exc:
        if how.authorized_user is None:  # else it is in use elsewhere
            with suppress(Unreachable):
                revoke(new)
        elif isinstance(exc, SignInNeeded):
            raise SignInNeeded(exc.message, f"Make {how.authorized_user} anew, then: {AGAIN}") from exc
        raise
    return _advice(new)


def _checked(account: Account, new: SignIn, clock: Clock) -> SignIn:
    """The sign-in with a working access token.

    Raises ``SignInNeeded`` when it opens another mailbox, or lacks a right.
    """
    if missing := [words for scope, words in SCOPES.items() if scope not in new.scopes]:
        raise SignInNeeded(
            f"A box was left unticked, so bowout could not {' and '.join(missing)}; nothing was kept.",
            f"Tick every box this time. {AGAIN}",
        )
    if not new.usable(clock(), frozenset(), None):
        new = refreshed(account, new, clock, tuple(SCOPES))
    from bowout.providers.gmail.mailbox import address_behind

    found = address_behind(account, Held(str(new.access_token)), clock)
    if same_mailbox(Address("", found), Address("", account.address)):
        return new
    raise SignInNeeded(
        f"You signed in as {for_terminal(found)}, but account {account.name} is {account.address}; "
        "nothing was kept.",
        "Choose the other account in the browser, or correct address in the config.",
    )


def _advice(new: SignIn) -> tuple[str, ...]:
    if new.ends is None:
        return ()
    return (
        (
            f"The app is in testing mode: Google ends this sign-in on {new.ends:%d %B %Y}. "
            f"Publish it at {AUDIENCE} and sign in again."
        ),
    )


def leave(account: Account, clock: Clock) -> tuple[str, ...]:
    """Revoke at Google, wipe here. What could not be revoked is said; it is wiped all the same."""
    vault = Vault.of(account)
    left: tuple[str, ...] = ()
    by_hand = "Remove bowout at myaccount.google.com/permissions."
    with vault.locked(account.name):
        try:
            if vault.protection(account.name) and not revoke(keeper(account, clock, vault).load()):
                left = (f"Google knew this sign-in no longer. If you are not sure: {by_hand}",)
        except (SignInNeeded, Unreachable) as exc:
            left = (f"It could not be taken back at Google: {exc.message} {by_hand}",)
        vault.wipe(account.name)
    return left


def state(account: Account, clock: Clock) -> SignInState:
    """How the account is signed in; a passphrase that nobody gave leaves the times unknown."""
    vault = Vault.of(account)
    return state_of(account, vault, lambda: times(keeper(account, clock, vault).load()))


def times(stored: SignIn) -> tuple[datetime, datetime | None]:
    """When the sign-in was made, and when Google ends it."""
    return stored.signed_in, stored.ends


def revoke(stored: SignIn) -> bool:
    """Take the sign-in back at Google; False when it was void already. Raises ``Unreachable``."""
    import requests

    # Google's revocation endpoint lies beside the token endpoint (oauth2.googleapis.com/revoke).
    url = stored.token_uri.removesuffix("/token") + "/revoke"
    try:
        answer = requests.post(
            url, data={"token": stored.refresh_token}, timeout=TOKEN_LIMIT, allow_redirects=False
        )
    except requests.RequestException as exc:
        raise offline() from exc
    if answer.status_code >= 500:
        raise offline()
    return answer.status_code == 200
