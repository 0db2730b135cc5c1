"""Asking for consent at Microsoft: in the browser (RFC 8252, PKCE) or by a code on another screen (RFC 8628).

The person brings their own app registration, a public client without a secret (docs/outlook.md). The right to
send is asked for only when they say so; Microsoft adds it to what was consented to before.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bowout.errors import ConfigError, SignInNeeded, UsageError
from bowout.model import Account
from bowout.providers.base import Clock
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.outlook.refusals import explained
from bowout.providers.outlook.tokens import SCOPES, USUAL, SignIn, application, authority_of, granted, keeper
from bowout.providers.sign_in import state_of
from bowout.providers.web.loopback import Listener
from bowout.providers.web.tokens import Held
from bowout.text.harmless import for_terminal
from bowout.vault import Protection, Vault

if TYPE_CHECKING:
    import msal

    from bowout.providers.sign_in import How, SignInState
    from bowout.providers.web.tokens import Tokens

AGAIN = "Run the same command again."
MAIL_SEND, CALENDARS = "Mail.Send", "Calendars.ReadWrite"
CONSENT_PAGES = (
    "Remove the app also at Microsoft: https://account.live.com/consent/Manage (personal account) "
    "or https://myapplications.microsoft.com (work or school)."
)


def enrol(
    account: Account,
    clock: Clock,
    how: How,
    addresses_behind: Callable[[Account, Tokens, Clock], tuple[str, ...]] | None = None,
) -> tuple[str, ...]:
    """Sign in, make sure that it is the account meant, store it. Nothing is stored when anything fails.

    ``addresses_behind`` tells whose mailbox the tokens open; without it Graph is asked.
    """
    from bowout.providers.outlook import mailbox

    behind = addresses_behind or mailbox.addresses_behind
    if (client_id := account.own(OutlookKeys).client_id) is None:
        raise ConfigError(
            f"accounts.{account.name}.client_id is missing.",
            "Give the Application (client) ID of your app registration, which is free and is made at"
            " https://aka.ms/appregistrations: --client-id ID",
        )
    if (how.to_send or how.to_decline) and not account.allow_send:
        raise UsageError(
            f"Account {account.name} may not send, so that right is of no use.",
            f"Set allow_send = true under [accounts.{account.name}] first.",
        )
    more = {MAIL_SEND: how.to_send, CALENDARS: how.to_decline}
    wanted = USUAL | {scope for scope, asked in more.items() if asked}
    new = _asked(account, client_id, wanted, clock, how)
    _require_same(account, behind(account, Held(str(new.access_token)), clock))
    vault = replace(Vault.of(account), ask=how.passphrase)
    with vault.locked(account.name):
        vault.save(account.name, new.to_dict(), Protection.PASSPHRASE if how.passphrase else None)
    return ()


def _asked(account: Account, client_id: str, wanted: frozenset[str], clock: Clock, how: How) -> SignIn:
    authority, asked = authority_of(account), clock()
    with application(account, client_id, authority) as (app, cache):
        ask = _by_device if how.device else _by_browser
        result = ask(account, app, wanted, how)
        if "access_token" not in result:
            raise explained(account, result, wanted, again=AGAIN)
        known = app.get_accounts()
        if len(known) != 1:
            raise SignInNeeded("Microsoft did not say who signed in.", AGAIN)
        new = SignIn(
            address=account.address,
            client_id=client_id,
            authority=authority,
            user=known[0]["home_account_id"],
            signed_in=asked,
            cache=cache.serialize(),
            **granted(result, wanted, asked),
        )
    if not new.covers(wanted):
        missing = [words for scope, words in SCOPES.items() if not new.covers({scope})] or [
            "do what was asked"
        ]
        raise SignInNeeded(
            f"Not everything was agreed to, so bowout could not {' and '.join(missing)}; nothing was kept.",
            "Run the same command again and accept what is asked.",
        )
    return new


def _by_browser(
    account: Account, app: msal.PublicClientApplication, wanted: frozenset[str], how: How
) -> Mapping[str, Any]:
    """Ask in the browser and wait for it on 127.0.0.1; the registration knows it as http://localhost."""
    with Listener(how.port) as listener:
        with warnings.catch_warnings():
            # msal would have the code sent in a form; with PKCE a code that somebody sees is of no use.
            warnings.simplefilter("ignore", UserWarning)
            flow = app.initiate_auth_code_flow(
                sorted(wanted),
                redirect_uri=f"http://localhost:{listener.taken}",
                login_hint=account.address,
            )
        how.show(flow["auth_uri"])
        answer = listener.wait(flow["state"], how.limit)
    if "error" in answer:
        return answer
    result: Mapping[str, Any] = app.acquire_token_by_auth_code_flow(flow, answer)
    return result


def _by_device(
    account: Account, app: msal.PublicClientApplication, wanted: frozenset[str], how: How
) -> Mapping[str, Any]:
    flow = app.initiate_device_flow(sorted(wanted))
    if "user_code" not in flow or how.device is None:
        raise explained(account, flow, wanted, again=AGAIN)
    how.device(for_terminal(str(flow["verification_uri"])), for_terminal(str(flow["user_code"])))
    flow["expires_at"] = min(flow["expires_at"], time.time() + how.limit)  # msal stops asking then
    flow["interval"] = max(1, int(flow.get("interval", 5)))  # msal never looks at the clock when it is 0
    result: Mapping[str, Any] = app.acquire_token_by_device_flow(flow)
    if result.get("error") == "authorization_pending":
        raise SignInNeeded(f"Nobody entered the code within {how.limit:g} seconds; nothing was kept.", AGAIN)
    return result


def _require_same(account: Account, found: tuple[str, ...]) -> None:
    if account.address.casefold() in found:
        return
    raise SignInNeeded(
        f"You signed in as {for_terminal(', '.join(found[:3])) or 'somebody without an address'}, "
        f"but account {account.name} is {account.address}; nothing was kept.",
        "Choose the other account in the browser, or correct the address.",
    )


def leave(account: Account, clock: Clock) -> tuple[str, ...]:  # noqa: ARG001 - the same for every provider
    """Forget the sign-in here. Microsoft lets only the person take a consent back: it is said where."""
    vault = Vault.of(account)
    with vault.locked(account.name):
        try:
            known = vault.protection(account.name) is not None
        except SignInNeeded:  # damaged: there was one
            known = True
        vault.wipe(account.name)
    return (CONSENT_PAGES,) if known else ()


def state(account: Account, clock: Clock) -> SignInState:
    """How the account is signed in. Microsoft ends a sign-in 90 days after its last use, which moves on."""
    vault = Vault.of(account)

    def times() -> tuple[datetime, None]:
        return keeper(account, clock, vault).load().signed_in, None

    return state_of(account, vault, times)
