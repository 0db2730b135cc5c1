"""A Gmail account that is signed in at the fake server, for tests and benchmarks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bowout.mail.html import text_to_html
from bowout.model import Account, Address, Reply, Thread
from bowout.providers.base import Clock
from bowout.providers.gmail.api import Api
from bowout.providers.gmail.keys import GmailKeys
from bowout.providers.gmail.mailbox import GmailMailbox
from bowout.providers.gmail.sign_in import keep
from bowout.providers.gmail.tokens import SignIn
from bowout.vault import Protection, Vault
from servers.gmail import GmailServer
from servers.google_oauth import CLIENT_ID, CLIENT_SECRET, COMPOSE, READONLY

PASSPHRASE = "correct horse battery staple"


def account_at(server: GmailServer, data_dir: Path, **changes: Any) -> Account:
    """An account as ``config.load`` makes it, its API on the fake server."""
    values: dict[str, Any] = {
        "name": "personal",
        "provider": "gmail",
        "address": server.box.address,
        "data_dir": data_dir,
        **changes,
    }
    own: dict[str, Any] = {"api_endpoint": server.base}
    own |= {name: values.pop(name) for name in ("api_endpoint", "client_file") if name in values}
    return Account(keys=GmailKeys(**own), **values)


def signed_in(server: GmailServer, data_dir: Path, **changes: Any) -> Account:
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


class FixedTokens:
    """A token straight from the server; another one when it was refused."""

    def __init__(self, server: GmailServer, *scopes: str) -> None:
        self._server, self._scopes = server, scopes
        self._token = server.token(*scopes)

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        if refused == self._token:
            self._token = self._server.token(*self._scopes)
        return self._token


def opened(
    server: GmailServer,
    account: Account,
    clock: Clock,
    *,
    limit: float = 5.0,
    sleep: Callable[[float], None] = lambda _: None,
    tick: Callable[[], float] = time.monotonic,
) -> GmailMailbox:
    """A mailbox whose access token comes straight from the server, and which never waits between tries.

    ``limit`` = seconds that an answer may take; ``tick`` tells the age of a look in seconds.
    """
    api = Api(account, FixedTokens(server), clock, sleep=sleep, limits=(5.0, limit))
    return GmailMailbox(account, api, clock, tick)


def letter_in(
    thread: Thread, text: str = "Dear Jane,\n\nI withdraw my application.\n\nMe", **changes: Any
) -> Reply:
    """A letter that answers the newest mail of the thread, as ``bowout.reply.compose`` would write it."""
    parent = thread.mails[-1]
    subject = parent.subject if parent.subject.lower().startswith("re:") else f"Re: {parent.subject}"
    reply = Reply(
        thread_id=thread.id,
        parent_id=parent.id,
        from_=Address("Me Myself", "me@gmail.com"),
        to=parent.reply_to or parent.from_,
        subject=subject,
        in_reply_to=parent.message_id,
        references=(*parent.references, parent.message_id or ""),
        text=text,
        html=text_to_html(text),
        quoted=parent,
        message_id="<ours@bowout.example>",
        date=parent.moment,
    )
    return replace(reply, **changes)


def vault(data_dir: Path) -> Vault:
    """The vault under a passphrase: a test machine has no keyring."""
    return Vault(data_dir, environ={"BOWOUT_PASSPHRASE": PASSPHRASE})
