"""What every mailbox shares whose messages can all be read from here: threads, search, the sent copy.

An adapter lists its messages' headers and loads one whole; drafts are its own business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from itertools import islice

from bowout.errors import NothingFound
from bowout.mail.compare import same_letter
from bowout.mail.evidence import was_sent
from bowout.mail.parse import parse, with_body
from bowout.model import Account, Address, DraftKey, Folder, Identity, Message, Query, Thread
from bowout.people.me import is_mine
from bowout.providers.base import Clock, Draft, Maybe, Receipt, Wanted
from bowout.providers.headers_only.search import (
    Needle,
    header_text,
    looks_like_hiring,
    may_be_hiring,
    mentions,
)
from bowout.providers.headers_only.threads import Threads
from bowout.providers.order import newest

_MOST_LIKENED = 1_000  # threads that are read to see whether they are like WHO


class LocalMailbox(ABC):
    """The reading half of the ``Mailbox`` contract."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.account = account
        self._clock = clock
        self._own = (account.address, *(parseaddr(alias)[1] for alias in account.aliases))

    @abstractmethod
    def _headers(self) -> list[Message]:
        """Every message outside Trash and Junk as it is now, headers only."""

    def _thrown_away(self) -> list[Message]:
        """The messages in Trash and Junk, headers only, where the mailbox has them."""
        return []

    @abstractmethod
    def _raw(self, message: Message) -> bytes | None:
        """The bytes of one of these messages; None when it has gone meanwhile."""

    def identities(self) -> tuple[Identity, ...]:
        """The account's address and its aliases, all with the account's signature."""
        named = [(self.account.display_name, self.account.address), *map(parseaddr, self.account.aliases)]
        return tuple(
            Identity(
                address=Address(name or self.account.display_name, address),
                signature=self.account.signature,
            )
            for name, address in named
        )

    def search(self, query: Query, limit: int, wanted: Wanted | None = None) -> tuple[Thread, ...]:
        needle = Needle.of(query.who)
        if query.who.strip() and not needle.words:
            return ()  # nothing but quotes and brackets: no mail can mention that
        found: list[Thread] = []
        likened = wanted is not None and bool(needle.words)
        for thread in islice(self._threads().newest_first(), _MOST_LIKENED if likened else None):
            # The order is that of the newest mail, so nothing behind the first one that is too old can do.
            if query.since and newest(thread) < query.since:
                break
            if len(found) >= limit and wanted is None:
                break
            judged = may_be_hiring if wanted else looks_like_hiring
            if not (likened or self._answers(thread, needle, judged)):
                continue
            whole = self._complete(thread)
            if wanted is not None and not wanted(whole):
                continue
            if len(found) >= limit:
                return (*found, Thread(id=thread.id, messages=()))
            found.append(whole)
        return tuple(found)

    def thread(self, thread_id: str) -> Thread:
        thread = self._threads().find(thread_id)
        if thread is None:
            raise NothingFound("That thread is no longer in the mailbox.", "Look for it again: bowout find")
        return self._complete(thread)

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        headers = self._headers()
        named = [m for m in headers if m.message_id == draft.key.message_id and not m.is_draft]
        named.sort(key=lambda m: m.folder is not Folder.SENT)
        if copy := next((m for m in named if was_sent(m, headers)), None):
            whole = self._whole(copy) or copy
            return _receipt(whole, edited=not same_letter(whole, draft.message))
        thread = Threads(headers, self._own).find(draft.key.thread_id)
        made = (draft.key.intended_at or draft.message.moment).replace(microsecond=0)
        later = [m for m in thread.mails if self._from_me(m) and m.moment >= made] if thread else []
        for mail in self._loaded(m for m in later if was_sent(m, headers)):
            if same_letter(mail, draft.message):
                return _receipt(mail, edited=False)
        # Who clears Sent throws away the proof as well; a draft that was thrown away has no way behind it.
        gone = () if named or later else self._thrown_away()
        sent = (m for m in gone if m.message_id == draft.key.message_id and m.travelled)
        return next((_receipt(m, edited=False) for m in sent), _maybe(named, later))

    def has_sent_copy(self, key: DraftKey, raw: bytes) -> bool:
        """Does this letter lie among the sent mail, under its Message-ID or, sent by hand, another one?"""
        draft = Draft(key=key, revision="", content_hash="", message=parse(raw, id=""))
        proof = self.find_sent(draft)
        return isinstance(proof, Receipt) and any(
            m.id == proof.id and m.folder is Folder.SENT for m in self._headers()
        )

    def server_time(self) -> datetime | None:
        return None

    def close(self) -> None:
        return

    def _threads(self) -> Threads:
        return Threads(self._headers(), self._own)

    def _from_me(self, message: Message) -> bool:
        own = [Address("", address) for address in self._own]
        return any(is_mine(address, own) for address in message.from_)

    def _whole(self, message: Message) -> Message | None:
        raw = self._raw(message)
        return None if raw is None else with_body(message, raw)

    def _loaded(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        return tuple(whole for m in messages if (whole := self._whole(m)) is not None)

    def _complete(self, thread: Thread) -> Thread:
        return replace(thread, messages=self._loaded(thread.messages), complete=True)

    def _answers(self, thread: Thread, needle: Needle, looks: Callable[[Message], bool]) -> bool:
        """Does a message of the thread mention WHO or, without one, look like hiring? Headers first."""
        if not needle.words:
            return any(map(looks, thread.messages)) or any(
                looks(whole) for m in thread.messages if (whole := self._whole(m))
            )
        return any(mentions(m, needle) for m in thread.messages) or any(
            self._body_answers(m, needle) for m in reversed(thread.messages)
        )

    def _body_answers(self, message: Message, needle: Needle) -> bool:
        raw = self._raw(message)
        if raw is None or not needle.missing_from(header_text(message)).may_be_in(raw):
            return False
        return mentions(with_body(message, raw), needle)


def _receipt(message: Message, *, edited: bool) -> Receipt:
    return Receipt(message_id=message.message_id, id=message.id, at=message.moment, edited=edited)


def _maybe(named: list[Message], later: list[Message]) -> Maybe | None:
    if named:
        ids = tuple(m.id for m in named)
        return Maybe(ids=ids, why="a copy lies outside Drafts and Sent, and nothing shows that it was sent")
    if later:
        return Maybe(ids=tuple(m.id for m in later), why="you wrote something else in this thread since")
    return None
