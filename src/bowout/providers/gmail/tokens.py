"""Stay signed in at Google: what a sign-in holds and how its access token is refreshed.

Signing in: ``bowout.providers.gmail.sign_in``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bowout.errors import BowoutError, SignInNeeded, Unreachable
from bowout.model import Account
from bowout.providers.base import Clock
from bowout.providers.web import tokens as shared
from bowout.providers.web.tokens import COMMAND_TOKEN_LIFE, TOKEN_LIMIT, CommandTokens, Keeper, Tokens
from bowout.vault import Vault

if TYPE_CHECKING:
    import google.auth.exceptions

# Pages of the Google console, where the person has their client and publishes their app.
CLIENTS = "https://console.cloud.google.com/auth/clients"
AUDIENCE = "https://console.cloud.google.com/auth/audience"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
# What each is for, in words; both together are the least that finds threads and keeps drafts.
SCOPES = {READONLY: "read the conversation", COMPOSE: "leave a draft in it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(shared.SignIn):
    """What Google's also hold. ``ends`` is set while the app is in testing mode."""

    client_secret: str
    token_uri: str
    refresh_token: str
    ends: datetime | None = None


def tokens(account: Account, clock: Clock, vault: Vault | None = None) -> Tokens:
    """Say where the account's access tokens come from; nothing is read before the first one is needed."""
    return CommandTokens(account, clock) if account.token_command else keeper(account, clock, vault)


def keeper(account: Account, clock: Clock, vault: Vault | None = None) -> Keeper[SignIn]:
    """The sign-in of an account in its vault."""
    return Keeper(account, clock, vault or Vault.of(account), "Gmail", SignIn, _renewed)


def _renewed(account: Account, stored: SignIn, _wanted: frozenset[str], clock: Clock) -> SignIn:
    renewed = refreshed(account, stored, clock)
    if renewed.access_token is None:
        raise offline()
    return renewed


def refreshed(account: Account, stored: SignIn, clock: Clock, scopes: Sequence[str] | None = None) -> SignIn:
    """Fetch a new access token for a sign-in; Google refuses ``scopes`` that were never agreed to.

    Raises ``SignInNeeded``, ``Unreachable``.
    """
    import google.auth.exceptions
    import google.oauth2.credentials

    fresh = google.oauth2.credentials.Credentials(
        None,
        refresh_token=stored.refresh_token,
        token_uri=stored.token_uri,
        client_id=stored.client_id,
        client_secret=stored.client_secret,
        scopes=scopes,
    )
    asked = clock()
    try:
        with _token_request() as request:
            fresh.refresh(request)
    except google.auth.exceptions.TransportError as exc:
        raise offline() from exc
    except google.auth.exceptions.RefreshError as exc:
        raise _refused(account, exc, stored, asked) from exc
    # google-auth counts from a clock of its own; ours is the one that the expiry is compared with.
    life = fresh.expiry.replace(tzinfo=UTC) - datetime.now(UTC) if fresh.expiry else COMMAND_TOKEN_LIFE
    return replace(
        stored,
        access_token=fresh.token,
        expires=asked + life,
        refresh_token=fresh.refresh_token or stored.refresh_token,
    )


def _refused(
    account: Account, exc: google.auth.exceptions.RefreshError, stored: SignIn, now: datetime
) -> BowoutError:
    if exc.retryable:
        return offline()
    cure = f"bowout account add {account.name}"
    answer = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], dict) else {}
    if answer.get("error") in {"invalid_client", "unauthorized_client", "deleted_client"}:
        return SignInNeeded(
            "Google no longer knows the OAuth client of this sign-in.",
            f"Make one of type Desktop app at {CLIENTS}, download its JSON, then: {cure} --client-file FILE",
        )
    if answer.get("error") == "invalid_scope" or "scopes" in str(exc):
        return SignInNeeded(f"The sign-in lacks a right: bowout must {' and '.join(SCOPES.values())}.", cure)
    return SignInNeeded(
        f"Google no longer accepts the sign-in of {stored.address}: {_why(stored, now)}.", cure
    )


def _why(stored: SignIn, now: datetime) -> str:
    if stored.ends and now >= stored.ends - timedelta(days=1):
        return (
            "the app is in testing mode, where Google ends every sign-in after 7 days "
            f"(publish it at {AUDIENCE})"
        )
    return "it was revoked, the password was changed, or it was unused for six months"


def offline() -> Unreachable:
    return Unreachable("Google's sign-in server cannot be reached.", "Check the network, then try again.")


class _token_request:  # noqa: N801 - a context manager, used like a function
    """A request callable for google-auth with a time limit of ours; closes its session."""

    def __enter__(self) -> Callable[..., Any]:
        import requests
        from google.auth.transport.requests import Request

        self._session = requests.Session()
        inner = Request(session=self._session)

        def limited(*arguments: Any, **options: Any) -> Any:
            return inner(*arguments, **{**options, "timeout": TOKEN_LIMIT})

        return limited

    def __exit__(self, *_: object) -> None:
        self._session.close()
