"""An Outlook account that is signed in at the fake server, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gmail_kit
from bowout.model import Account, Address, Reply, Thread
from bowout.providers.base import Clock
from bowout.providers.outlook.api import Graph
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.outlook.mailbox import OutlookMailbox
from servers.entra import CLIENT_ID
from servers.graph import GraphServer

USUAL = frozenset({"User.Read", "Mail.ReadWrite"})


@dataclass
class FixedTokens:
    """Tokens straight from the server; ``asked`` keeps the scopes of every request."""

    server: GraphServer

    def __post_init__(self) -> None:
        self.asked: set[str] = set()
        self._token = self.server.token()

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        self.asked |= scopes
        if refused == self._token or scopes - self.server.entra.consented:
            self._token = self.server.token(*USUAL, *scopes)
        return self._token


def account_at(server: GraphServer, data_dir: Path, **changes: Any) -> Account:
    """An account as ``config.load`` makes it, Graph on the fake server."""
    account = Account(
        name="work",
        provider="outlook",
        address=server.box.owner[1],
        data_dir=data_dir,
    )
    own = {
        name: changes.pop(name) for name in ("client_id", "authority", "graph_endpoint") if name in changes
    }
    keys = OutlookKeys(**{"client_id": CLIENT_ID, "graph_endpoint": server.base, **own})
    return replace(account, keys=keys, **changes)


def opened(
    server: GraphServer,
    account: Account,
    clock: Clock,
    *,
    limit: float = 5.0,
    sleep: Callable[[float], None] = lambda _: None,
) -> OutlookMailbox:
    """A mailbox that never waits between tries. ``limit`` = seconds that an answer may take."""
    graph = Graph(account, FixedTokens(server), clock, sleep=sleep, limits=(5.0, limit))
    return OutlookMailbox(account, graph)


def letter_in(
    thread: Thread, text: str = "Dear Jane,\n\nI withdraw my application.\n\nMe", **changes: Any
) -> Reply:
    """A letter that answers the newest mail of the thread, as ``bowout.reply.compose`` would write it."""
    return gmail_kit.letter_in(thread, text, **{"from_": Address("Me Myself", "me@outlook.com"), **changes})
