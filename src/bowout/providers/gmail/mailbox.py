"""Open Gmail over its API (developers.google.com/workspace/gmail/api)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bowout.model import DraftKey, Identity, Message, Query, Reply, Thread
from bowout.providers.base import Abilities, Clock, Draft, Maybe, Receipt, Wanted
from bowout.providers.gmail.api import Api
from bowout.providers.gmail.drafts import Drafts
from bowout.providers.gmail.sent import Sent
from bowout.providers.gmail.submitter import GmailSubmitter
from bowout.providers.gmail.threads import Threads

if TYPE_CHECKING:
    from bowout.model import Account
    from bowout.providers.web.tokens import Tokens

__all__ = ["GmailMailbox", "GmailSubmitter", "address_behind", "open_mailbox", "open_submitter"]

ABILITIES = Abilities(replaces_message_id=True, consumes_draft=True, files_sent=True, names_unread=True)


def open_mailbox(account: Account, clock: Clock) -> GmailMailbox:
    """The Gmail mailbox of a configured account; nothing is sent before the first call."""
    from bowout.providers.gmail.tokens import tokens

    return GmailMailbox(account, Api(account, tokens(account, clock), clock), clock)


def open_submitter(account: Account, mailbox: GmailMailbox, clock: Clock) -> GmailSubmitter:
    return GmailSubmitter(account, mailbox, clock)


def address_behind(account: Account, tokens: Tokens, clock: Clock) -> str:
    """Say whose mailbox the tokens open."""
    mailbox = GmailMailbox(account, Api(account, tokens, clock), clock)
    try:
        return mailbox.mailbox_id().removeprefix("gmail:")
    finally:
        mailbox.close()


class GmailMailbox:
    """The ``Mailbox`` contract over ``Api``."""

    abilities = ABILITIES

    def __init__(
        self, account: Account, api: Api, clock: Clock, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self.account = account
        self.api = api
        self._threads = Threads(account, api, tick)
        self._drafts = Drafts(self._threads, clock)
        self._sent = Sent(self._threads)

    def identities(self) -> tuple[Identity, ...]:
        return self._threads.identities()

    def mailbox_id(self) -> str:
        return self._threads.mailbox_id()

    def server_time(self) -> datetime | None:
        return self.api.server_time

    def close(self) -> None:
        self._threads.close()

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        if wanted is not None:
            look = self._threads.likened if query.who.strip() else self._threads.listing
            return look(query, limit, wanted)
        return self._threads.search(query, limit)

    def thread(self, thread_id: str) -> Thread:
        return self._threads.thread(thread_id)

    def message(self, message_id: str) -> Message | None:
        """One message, or None when it is gone."""
        return self._threads.message(message_id)

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
