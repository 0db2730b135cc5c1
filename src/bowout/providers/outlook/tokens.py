"""Stay signed in at Microsoft: what a sign-in holds and how msal refreshes its access token.

msal's token cache is stored in the vault and read again before every use, because refresh tokens rotate;
whoever uses one holds the vault's lock. Signing in: ``bowout.providers.outlook.sign_in``.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bowout.errors import BowoutError, ConfigError, SignInNeeded, Unreachable
from bowout.model import Account
from bowout.providers.base import Clock
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.outlook.refusals import explained
from bowout.providers.web import tokens as shared
from bowout.providers.web.tokens import TOKEN_LIMIT, CommandTokens, Keeper, Tokens
from bowout.vault import Vault

if TYPE_CHECKING:
    import msal

# What each is for, in words; the least that finds conversations and keeps drafts. Sending is asked for later.
SCOPES = {"User.Read": "see whose mailbox it is", "Mail.ReadWrite": "read the conversation and leave a draft"}
USUAL = frozenset(SCOPES)
LOGIN = "https://login.microsoftonline.com"
PERSONAL = re.compile(r"@(?:(?:outlook|hotmail|live)\.[a-z.]{2,6}|msn\.com|passport\.com)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(shared.SignIn):
    """What Microsoft's also hold: ``user`` is msal's name of the account, ``cache`` msal's, serialised."""

    authority: str
    user: str
    cache: str


def tokens(account: Account, clock: Clock, vault: Vault | None = None) -> Tokens:
    """Say where the account's access tokens come from; nothing is read before the first one is needed."""
    return CommandTokens(account, clock) if account.token_command else keeper(account, clock, vault)


def keeper(account: Account, clock: Clock, vault: Vault | None = None) -> Keeper[SignIn]:
    """The sign-in of an account in its vault."""
    return Keeper(account, clock, vault or Vault.of(account), "Outlook", SignIn, refreshed, USUAL)


def refreshed(account: Account, stored: SignIn, wanted: frozenset[str], clock: Clock) -> SignIn:
    """Fetch a new access token for a sign-in. Raises ``SignInNeeded``, ``Unreachable``."""
    asked = clock()
    with application(account, stored.client_id, stored.authority, stored.cache) as (app, cache):
        known = [one for one in app.get_accounts() if one.get("home_account_id") == stored.user]
        result = None
        if known:
            result = app.acquire_token_silent_with_error(sorted(wanted), account=known[0], force_refresh=True)
        if not result:
            raise SignInNeeded(
                f"The sign-in of {stored.address} is damaged.",
                f"Sign in again: bowout account add {account.name}",
            )
        if "access_token" not in result:
            raise explained(account, result, wanted)
        return replace(stored, cache=cache.serialize(), **granted(result, wanted | set(stored.scopes), asked))


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
    if authority := account.own(OutlookKeys).authority:
        return authority.rstrip("/")
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
            "tenant's id.",
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
        stored = keeper(account, clock).load()
    except SignInNeeded as exc:
        return exc
    if stored.covers({"Mail.Send"}):
        return None
    return SignInNeeded(
        f"You have not yet given account {account.name} the right to send.",
        f"Give it once, in the browser: bowout account add {account.name} --right-to-send",
    )
