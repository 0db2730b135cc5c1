"""Staying signed in at Microsoft: access tokens by msal from the sign-in in the vault, or from a command.

msal's token cache is kept in the vault and read again before every use, because refresh tokens rotate;
whoever uses one holds the vault's lock. The last access token lies beside it, so that most runs need no msal.
Signing in: outlook_sign_in.py.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bowout.errors import BowoutError, ConfigError, SignInNeeded, Unreachable
from bowout.model import Account
from bowout.providers.base import Clock
from bowout.providers.outlook.refusals import explained
from bowout.providers.web.token_command import first_line
from bowout.vault import Vault

if TYPE_CHECKING:
    import msal

    from bowout.providers.outlook.api import Tokens

# What each is for, in words; the least that finds conversations and keeps drafts. Sending is asked for later.
SCOPES = {"User.Read": "see whose mailbox it is", "Mail.ReadWrite": "read the conversation and leave a draft"}
USUAL = frozenset(SCOPES)
LOGIN = "https://login.microsoftonline.com"
PERSONAL = re.compile(r"@(?:(?:outlook|hotmail|live)\.[a-z.]{2,6}|msn\.com|passport\.com)$", re.IGNORECASE)

TOKEN_LIMIT = 20.0  # seconds for one request to the sign-in server
SPARE = timedelta(seconds=60)  # an access token that ends sooner is not begun with


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What is kept of a sign-in. ``user`` is msal's name of the account; times are aware."""

    address: str
    client_id: str
    authority: str
    user: str
    scopes: tuple[str, ...]  # consented to, short names
    signed_in: datetime
    cache: str  # msal's, serialised
    access_token: str | None = None
    expires: datetime | None = None

    def usable(self, now: datetime, wanted: frozenset[str], refused: str | None) -> bool:
        """Can the access token be used for this now? Not the one that Graph has just refused."""
        fresh = self.expires is not None and self.expires - SPARE > now
        return bool(self.access_token) and self.access_token != refused and fresh and self.covers(wanted)

    def covers(self, wanted: Iterable[str]) -> bool:
        return {scope.casefold() for scope in wanted} <= {scope.casefold() for scope in self.scopes}

    def to_dict(self) -> dict[str, Any]:
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> SignIn:
        """Raises KeyError, TypeError or ValueError for what ``to_dict`` did not make."""
        times = {
            name: datetime.fromisoformat(values[name]) if values.get(name) else None
            for name in ("signed_in", "expires")
        }
        fields: dict[str, Any] = {**values, **times, "scopes": tuple(values["scopes"])}
        return cls(**fields)


def tokens(account: Account, clock: Clock, vault: Vault | None = None) -> Tokens:
    """Where the account's access tokens come from; nothing is read before the first one is needed."""
    if account.token_command:
        return CommandTokens(account)
    return Keeper(account, clock, vault or Vault.of(account))


@dataclass(slots=True)
class CommandTokens:
    """Access tokens that the person's own command prints; whoever wrote it decides what they may do."""

    account: Account
    _token: str | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:  # noqa: ARG002 - as Tokens
        with self._one:
            if self._token is None or self._token == refused:
                command = self.account.token_command or ()
                self._token = first_line(command, account=self.account.name, key="token_command")
            return self._token


@dataclass(slots=True)
class Keeper:
    """The sign-in of one account in the vault, refreshed under its lock."""

    account: Account
    clock: Clock
    vault: Vault
    _kept: SignIn | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> SignIn:
        """Raises ``SignInNeeded``."""
        try:
            return SignIn.of(self.vault.load(self.account.name))
        except (KeyError, TypeError, ValueError) as exc:
            raise SignInNeeded(
                f"The sign-in of account {self.account.name} is not one for Outlook.",
                f"Sign in: bowout account add {self.account.name}",
            ) from exc

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        wanted = scopes or USUAL
        with self._one:
            if self._kept is None or not self._kept.usable(self.clock(), wanted, refused):
                self._kept = self._fetched(wanted, refused)
            return str(self._kept.access_token)

    def _fetched(self, wanted: frozenset[str], refused: str | None) -> SignIn:
        kept = self.load()
        if kept.usable(self.clock(), wanted, refused):
            return kept
        with self.vault.locked(self.account.name):
            kept = self.load()  # another process may have refreshed it meanwhile
            if not kept.usable(self.clock(), wanted, refused):
                kept = refreshed(self.account, kept, wanted, self.clock)
                self.vault.save(self.account.name, kept.to_dict())
        return kept


def refreshed(account: Account, kept: SignIn, wanted: frozenset[str], clock: Clock) -> SignIn:
    """The sign-in with a new access token. Raises ``SignInNeeded``, ``Unreachable``."""
    asked = clock()
    with application(account, kept.client_id, kept.authority, kept.cache) as (app, cache):
        known = [one for one in app.get_accounts() if one.get("home_account_id") == kept.user]
        result = None
        if known:
            result = app.acquire_token_silent_with_error(sorted(wanted), account=known[0], force_refresh=True)
        if not result:
            raise SignInNeeded(
                f"The sign-in of {kept.address} is damaged.",
                f"Sign in again: bowout account add {account.name}",
            )
        if "access_token" not in result:
            raise explained(account, result, wanted)
        return replace(kept, cache=cache.serialize(), **granted(result, wanted | set(kept.scopes), asked))


def granted(result: Mapping[str, Any], assumed: Iterable[str], asked: datetime) -> dict[str, Any]:
    """Token, expiry and consented scopes of an answer; ``assumed`` where it does not name them."""
    written = result.get("scope") or " ".join(assumed)
    return {
        "access_token": result["access_token"],
        "expires": asked + timedelta(seconds=int(result.get("expires_in") or 0)),
        # Some answers name scopes with their resource: https://graph.microsoft.com/Mail.Send
        "scopes": tuple(sorted({scope.rpartition("/")[2] for scope in written.split()})),
    }


def authority_of(account: Account) -> str:
    """Where to sign in: as configured, else by the address; ``common`` takes personal and work accounts."""
    if account.authority:
        return account.authority.rstrip("/")
    return f"{LOGIN}/{'consumers' if PERSONAL.search(account.address) else 'common'}"


@contextmanager
def application(
    account: Account, client_id: str, authority: str, cached: str | None = None
) -> Generator[tuple[msal.PublicClientApplication, msal.SerializableTokenCache]]:
    """msal for one use, with its cache. Raises ``Unreachable``, ``SignInNeeded``, ``ConfigError``."""
    import msal
    import requests
    from msal.exceptions import MsalServiceError

    cache = msal.SerializableTokenCache()
    if cached is not None:
        try:
            cache.deserialize(cached)
        except ValueError as exc:
            raise SignInNeeded(
                f"The sign-in of account {account.name} is damaged.",
                f"Sign in again: bowout account add {account.name}",
            ) from exc
    with requests.Session() as session:
        try:
            yield _public_client(account, client_id, authority, cache, session), cache
        except (requests.RequestException, MsalServiceError) as exc:  # 5xx is the latter
            raise offline() from exc


def _public_client(
    account: Account,
    client_id: str,
    authority: str,
    cache: msal.SerializableTokenCache,
    session: Any,
) -> msal.PublicClientApplication:
    import msal

    try:
        # Discovery would ask Microsoft about a host that only the person's configuration can name.
        return msal.PublicClientApplication(
            client_id,
            authority=authority,
            token_cache=cache,
            http_client=_Limited(session),
            instance_discovery=False,
        )
    except (ValueError, KeyError) as exc:
        raise ConfigError(
            f"accounts.{account.name}.authority is no place to sign in: {authority}",
            "Leave it out, or use https://login.microsoftonline.com/ and consumers, organizations or your "
            "tenant (docs/outlook.md).",
        ) from exc


@dataclass(slots=True)
class _Limited:
    """What msal needs of requests: a time limit, no redirect followed, and no answer that is none.

    A network that wants a sign-in of its own (a hotel's) answers everything with its page.
    """

    session: Any

    def get(self, url: str, **options: Any) -> Any:
        return self._asked("GET", url, options)

    def post(self, url: str, **options: Any) -> Any:
        return self._asked("POST", url, options)

    def close(self) -> None:
        self.session.close()

    def _asked(self, method: str, url: str, options: dict[str, Any]) -> Any:
        import requests

        limits = {"timeout": TOKEN_LIMIT, "allow_redirects": False}
        answer = self.session.request(method, url, **{**options, **limits})
        no_such_place = method == "GET" and answer.status_code == 404  # msal says that of an authority
        if not no_such_place and not (answer.status_code != 429 and _is_object(answer)):
            raise requests.RequestException("no answer of the sign-in server")
        return answer


def _is_object(answer: Any) -> bool:
    try:
        return isinstance(answer.json(), dict)
    except ValueError:
        return False


def offline() -> Unreachable:
    return Unreachable("Microsoft's sign-in server cannot be reached.", "Check the network, then try again.")


def may_send(account: Account, clock: Clock) -> BowoutError | None:
    """None when the right to send was consented to; else what keeps an unattended run from sending."""
    if account.token_command:
        return None
    try:
        kept = Keeper(account, clock, Vault.of(account)).load()
    except SignInNeeded as exc:
        return exc
    if kept.covers({"Mail.Send"}):
        return None
    return SignInNeeded(
        f"You have not yet given account {account.name} the right to send.",
        f"Give it once, in the browser: bowout account add {account.name} --right-to-send",
    )
