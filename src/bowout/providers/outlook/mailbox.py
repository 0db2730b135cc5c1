"""Open Outlook.com and Microsoft 365 over Microsoft Graph v1.0."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bowout.errors import NotArmed
from bowout.model import DraftKey, Identity, Query, Reply, Thread
from bowout.providers.base import Abilities, Clock, Draft, Maybe, Receipt, Wanted
from bowout.providers.outlook import calendar
from bowout.providers.outlook.api import Graph
from bowout.providers.outlook.drafts import Drafts
from bowout.providers.outlook.sent import Sent
from bowout.providers.outlook.submitter import OutlookSubmitter
from bowout.providers.outlook.threads import Threads

if TYPE_CHECKING:
    from bowout.model import Account
    from bowout.providers.web.tokens import Tokens

__all__ = ["OutlookMailbox", "OutlookSubmitter", "addresses_behind", "open_mailbox", "open_submitter"]

ABILITIES = Abilities(
    composes_quote=True, replaces_message_id=True, has_precondition=True, files_sent=True, names_unread=True
)


def open_mailbox(account: Account, clock: Clock) -> OutlookMailbox:
    """The Outlook mailbox of a configured account; nothing is sent before the first call."""
    from bowout.providers.outlook.tokens import tokens

    return OutlookMailbox(account, Graph(account, tokens(account, clock), clock))


def open_submitter(account: Account, mailbox: OutlookMailbox, clock: Clock) -> OutlookSubmitter:
    """Raises ``NotArmed`` while the person has not consented to sending; it is asked for only then."""
    from bowout.providers.outlook.tokens import may_send

    if account.allow_send and (trouble := may_send(account, clock)):
        raise NotArmed(trouble.message, trouble.next_step)
    return OutlookSubmitter(account, mailbox, clock)


def addresses_behind(account: Account, tokens: Tokens, clock: Clock) -> tuple[str, ...]:
    """The addresses of the mailbox that the tokens open, as the directory knows them."""
    mailbox = OutlookMailbox(replace(account, aliases=()), Graph(account, tokens, clock))
    try:
        return mailbox.addresses()
    finally:
        mailbox.close()


class OutlookMailbox:
    """The ``Mailbox`` and ``Declining`` contracts over ``Graph``."""

    abilities = ABILITIES

    def __init__(self, account: Account, graph: Graph, tick: Callable[[], float] = time.monotonic) -> None:
        self.account = account
        self.graph = graph
        self._threads = Threads(account, graph, tick)
        self._drafts = Drafts(self._threads)
        self._sent = Sent(self._threads)

    def identities(self) -> tuple[Identity, ...]:
        return self._threads.identities()

    def addresses(self) -> tuple[str, ...]:
        """Every address of the mailbox that the directory knows, case folded."""
        return self._threads.addresses()

    def mailbox_id(self) -> str:
        return f"outlook:{self._threads.who().id}"

    def server_time(self) -> datetime | None:
        return self.graph.server_time

    def close(self) -> None:
        self._threads.close()

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        if wanted is not None:
            look = self._threads.likened if query.who.strip() else self._threads.listing
            return look(query, limit, wanted)
        return self._threads.search(query, limit)

    def thread(self, thread_id: str) -> Thread:
        return self._threads.thread(thread_id)

    def save_draft(self, reply: Reply) -> Draft:
        return self._drafts.save(reply)

    def find_draft(self, key: DraftKey) -> Draft | None:
        return self._drafts.find(key)

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        return self._drafts.replace(draft, reply)

    def delete_draft(self, draft: Draft) -> None:
        self._drafts.delete(draft)

    def still_there(self, draft: Draft) -> None:
        """Raise ``DraftGone`` or ``DraftChanged`` unless the draft is exactly as given, asked anew."""
        self._drafts.still_there(draft)

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        return self._sent.find(draft)

    def decline_invitation(self, message_id: str, note: str) -> None:
        calendar.decline(self.graph, message_id, note)
