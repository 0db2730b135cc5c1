"""Find the sent copy of a draft in Outlook."""

from __future__ import annotations

from datetime import datetime

from bowout.mail.compare import same_letter
from bowout.model import Message
from bowout.providers.base import CLOCKS_DIFFER, Draft, Maybe, Receipt
from bowout.providers.outlook import message as payload
from bowout.providers.outlook import query as queries
from bowout.providers.outlook.message import Resource
from bowout.providers.outlook.threads import Threads

SENT_ELSEWHERE = 25  # sent mails looked at outside the conversation


class Sent:
    """The sent mail of one mailbox."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    def find(self, draft: Draft) -> Receipt | Maybe | None:
        """By id, by Message-ID, in the conversation, and among what I sent to the same person since.

        Outlook may give the sent copy another Message-ID (classic Outlook does) and another id.
        """
        by_id = self._threads.parallel.start(self._threads.resource, draft.key.id or "")
        named = self._threads.parallel.start(self._threads.called, draft.key.message_id)
        near = self._threads.parallel.start(
            self._threads.conversation, payload.split_handle(draft.key.thread_id)[0]
        )
        self._threads.own()
        # What has an id of ours and is no draft was sent, from whichever address the person chose.
        proved = [r for r in (by_id.result(), *named.result()) if r and not r.get("isDraft")]
        if proved:
            mail = self._threads.message(proved[0], draft.key.thread_id)
            return _receipt(mail, edited=not same_letter(mail, draft.message))
        made = (draft.key.intended_at or draft.message.moment).replace(microsecond=0)
        mine = [
            mail
            for resource in self._threads.shown(near.result())
            if self._is_sent(resource)
            if (mail := self._threads.message(resource, draft.key.thread_id)).moment >= made - CLOCKS_DIFFER
        ]
        candidates = [*mine, *self._sent_elsewhere(draft, made)]
        same = next((mail for mail in candidates if same_letter(mail, draft.message)), None)
        if same:
            return _receipt(same, edited=False)
        later = tuple(mail.id for mail in mine if mail.moment >= made)
        return Maybe(ids=later, why="you wrote something else in this thread since") if later else None

    def _is_sent(self, resource: Resource) -> bool:
        return not resource.get("isDraft") and payload.sender_key(resource) in self._threads.own()

    def _sent_elsewhere(self, draft: Draft, made: datetime) -> list[Message]:
        """Mail of mine to the same person: an edited subject may leave the conversation."""
        to = {address.key for address in draft.message.to}
        page = self._threads.graph.read(
            "/me/mailFolders/sentitems/messages",
            filter=queries.sent_since(made - CLOCKS_DIFFER),
            select=payload.FIELDS,
            top=SENT_ELSEWHERE,
        )
        mails = (
            self._threads.message(r, draft.key.thread_id) for r in page.get("value", ()) if self._is_sent(r)
        )
        return [mail for mail in mails if to & {address.key for address in mail.to}]


def _receipt(mail: Message, *, edited: bool) -> Receipt:
    return Receipt(message_id=mail.message_id, id=mail.id, at=mail.moment, edited=edited)
