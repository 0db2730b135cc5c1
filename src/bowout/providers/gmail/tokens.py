"""Staying signed in at Google: access tokens from the sign-in in the vault, or from the person's own command.

Processes that refresh at the same time take turns under the vault's lock. Signing in: gmail_sign_in.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import google.auth.credentials
import google.auth.exceptions

from bowout.errors import BowoutError, SignInNeeded, Unreachable
from bowout.model import Account
from bowout.providers.base import Clock
from bowout.providers.web.token_command import first_line
from bowout.vault import Vault

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
# What each is for, in words; both together are the least that finds threads and keeps drafts.
SCOPES = {READONLY: "read the conversation", COMPOSE: "leave a draft in it"}

TOKEN_LIMIT = 20.0  # seconds for one request to the token endpoint
SPARE = timedelta(seconds=60)  # an access token that ends sooner is not begun with
COMMAND_TOKEN_LIFE = timedelta(minutes=5)  # a token_command is asked again after this


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What is kept of a sign-in. Times are aware; ``ends`` is set while the app is in testing mode."""

    address: str
    client_id: str
    client_secret: str
    token_uri: str
    refresh_token: str
    scopes: tuple[str, ...]
    signed_in: datetime
    ends: datetime | None = None
    access_token: str | None = None
    expires: datetime | None = None

    def usable(self, now: datetime, refused: str | None) -> bool:
        """Can the access token be used now? Not the one that Google has just refused."""
        fresh = self.expires is not None and self.expires - SPARE > now
        return self.access_token is not None and self.access_token != refused and fresh

    def to_dict(self) -> dict[str, Any]:
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> SignIn:
        """Raises KeyError, TypeError or ValueError for what ``to_dict`` did not make."""
        made: dict[str, Any] = {**values, "scopes": tuple(values["scopes"])}
        for name in ("signed_in", "ends", "expires"):
            made[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        return cls(**made)


# --- staying signed in ----------------------------------------------------------------------------


def credentials(account: Account, clock: Clock, vault: Vault | None = None) -> Renewing:
    """Credentials that fetch an access token when one is first needed; nothing is read before."""
    if account.token_command:
        return Renewing(clock, lambda _: _from_command(account, clock))
    keeper = Keeper(account, clock, vault or Vault.of(account))
    return Renewing(clock, keeper.access_token)


class Renewing(google.auth.credentials.Credentials):
    """An access token that is fetched anew by ``fetch(refused) -> (token, expiry)``, one thread at a time.

    ``fetch`` raises the errors of bowout; google-auth lets them pass.
    """

    def __init__(self, clock: Clock, fetch: Callable[[str | None], tuple[str, datetime]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # google-auth is half typed
        self._clock = clock
        self._fetch = fetch
        self._until: datetime | None = None
        self._one = threading.Lock()

    @property
    def valid(self) -> bool:
        """google-auth asks before each request; judged by our clock, not by one of its own."""
        return self._until is not None and self._until - SPARE > self._clock()

    def refresh(self, request: object) -> None:  # noqa: ARG002 - google-auth's; ours has a time limit
        with self._one:
            if not self.valid:
                self.token, self._until = self._fetch(None)

    def renew(self) -> None:
        """Fetch another token although this one looks good: Google has just refused it."""
        refused = self.token
        with self._one:
            if self.token == refused:  # else another thread was faster
                self.token, self._until = self._fetch(refused)


@dataclass(slots=True)
class Keeper:
    """The sign-in of one account in the vault, refreshed under its lock."""

    account: Account
    clock: Clock
    vault: Vault

    def load(self) -> SignIn:
        """Raises ``SignInNeeded``."""
        try:
            return SignIn.of(self.vault.load(self.account.name))
        except (KeyError, TypeError, ValueError) as exc:
            raise SignInNeeded(
                f"The sign-in of account {self.account.name} is not one for Gmail.",
                f"Sign in: bowout account add {self.account.name}",
            ) from exc

    def access_token(self, refused: str | None = None) -> tuple[str, datetime]:
        """An access token and its expiry. ``refused``: the one that Google no longer takes."""
        kept = self.load()
        if not kept.usable(self.clock(), refused):
            with self.vault.locked(self.account.name):
                kept = self.load()  # another process may have refreshed it meanwhile
                if not kept.usable(self.clock(), refused):
                    kept = refreshed(self.account, kept, self.clock)
                    self.vault.save(self.account.name, kept.to_dict())
        if kept.access_token is None or kept.expires is None:
            raise offline()
        return kept.access_token, kept.expires


def refreshed(account: Account, kept: SignIn, clock: Clock, scopes: Sequence[str] | None = None) -> SignIn:
    """The sign-in with a new access token; Google refuses ``scopes`` that were never agreed to.

    Raises ``SignInNeeded``, ``Unreachable``.
    """
    import google.oauth2.credentials

    fresh = google.oauth2.credentials.Credentials(
        None,
        refresh_token=kept.refresh_token,
        token_uri=kept.token_uri,
        client_id=kept.client_id,
        client_secret=kept.client_secret,
        scopes=scopes,
    )
    asked = clock()
    try:
        with _token_request() as request:
            fresh.refresh(request)
    except google.auth.exceptions.TransportError as exc:
        raise offline() from exc
    except google.auth.exceptions.RefreshError as exc:
        raise _refused(account, exc, kept, asked) from exc
    # google-auth counts from a clock of its own; ours is the one that the expiry is compared with.
    life = fresh.expiry.replace(tzinfo=UTC) - datetime.now(UTC) if fresh.expiry else COMMAND_TOKEN_LIFE
    return replace(
        kept,
        access_token=fresh.token,
        expires=asked + life,
        refresh_token=fresh.refresh_token or kept.refresh_token,
    )


def _refused(
    account: Account, exc: google.auth.exceptions.RefreshError, kept: SignIn, now: datetime
) -> BowoutError:
    if exc.retryable:
        return offline()
    cure = f"bowout account add {account.name}"
    answer = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], dict) else {}
    if answer.get("error") in {"invalid_client", "unauthorized_client", "deleted_client"}:
        return SignInNeeded(
            "Google no longer knows the OAuth client of this sign-in.",
            f"Download it again from the Google console (docs/gmail.md, step 4), then: {cure}",
        )
    if answer.get("error") == "invalid_scope" or "scopes" in str(exc):
        return SignInNeeded(f"The sign-in lacks a right: bowout must {' and '.join(SCOPES.values())}.", cure)
    return SignInNeeded(f"Google no longer accepts the sign-in of {kept.address}: {_why(kept, now)}.", cure)


def _why(kept: SignIn, now: datetime) -> str:
    if kept.ends and now >= kept.ends - timedelta(days=1):
        return (
            "the app is in testing mode, where Google ends every sign-in after 7 days "
            "(publish it: docs/gmail.md, step 5)"
        )
    return "it was revoked, the password was changed, or it was unused for six months"


def offline() -> Unreachable:
    return Unreachable("Google's sign-in server cannot be reached.", "Check the network, then try again.")


def _from_command(account: Account, clock: Clock) -> tuple[str, datetime]:
    token = first_line(account.token_command or (), account=account.name, key="token_command")
    return token, clock() + COMMAND_TOKEN_LIFE


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
