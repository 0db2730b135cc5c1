"""Find the sent copy of a draft in Gmail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bowout.mail.compare import same_letter
from bowout.mail.evidence import was_sent
from bowout.model import Folder, Message
from bowout.providers.base import CLOCKS_DIFFER, Draft, Maybe, Receipt
from bowout.providers.gmail import query as queries
from bowout.providers.gmail.threads import Rows, Threads

SENT_ELSEWHERE = 5  # sent mails looked at outside the thread


class Sent:
    """The sent mail of one mailbox."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    def find(self, draft: Draft) -> Receipt | Maybe | None:
        """Looks in the thread, then among my mail to the same person: an edited subject leaves the thread.

        Gmail may give the sent copy another Message-ID, so a copy with other words proves nothing.
        """
        made = (draft.key.intended_at or draft.message.moment).replace(microsecond=0)
        ids = dict.fromkeys((draft.key.thread_id, draft.message.thread_id))
        resources = self._threads.parallel.each(self._threads.thread_resource, ids)
        own = {identity.address.key for identity in self._threads.identities()}
        mine = [
            mail
            for thread in self._threads.as_threads(resources, Rows([]), self._threads.tick())
            for mail in thread.mails
            if {address.key for address in mail.from_} & own and mail.moment >= made - CLOCKS_DIFFER
        ]
        proof = _proof(mine, draft) or _proof(self._sent_elsewhere(draft, made), draft)
        later = tuple(mail.id for mail in mine if mail.moment >= made)
        if proof or not later:
            return proof
        return Maybe(ids=later, why="you wrote something else in this thread since")

    def _sent_elsewhere(self, draft: Draft, made: datetime) -> list[Message]:
        to = next((address.address for address in draft.message.to), None)
        if to is None:
            return []
        answer = self._threads.api.read(
            "users.messages.list",
            q=queries.sent_to(to, made),
            maxResults=SENT_ELSEWHERE,
            fields="messages(id,threadId)",
        )
        ids = [row["id"] for row in answer.get("messages", [])]
        found = self._threads.parallel.each(self._threads.message, ids)
        return [m for m in found if m and m.folder is Folder.SENT]


def _proof(mails: Iterable[Message], draft: Draft) -> Receipt | None:
    """The sent copy: the same Message-ID, else the same new words."""
    mails = [mail for mail in mails if was_sent(mail)]
    for mail in mails:
        if mail.message_id == draft.key.message_id:
            return _receipt(mail, edited=not same_letter(mail, draft.message))
    same = next((mail for mail in mails if same_letter(mail, draft.message)), None)
    return _receipt(same, edited=False) if same else None


def _receipt(mail: Message, *, edited: bool) -> Receipt:
    return Receipt(message_id=mail.message_id, id=mail.id, at=mail.moment, edited=edited)
