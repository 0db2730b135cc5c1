"""Read threads from Gmail: search, one whole thread, single messages, and who the person is.

``search`` makes two round trips: what matches, who I am and which drafts there are; then the threads, at
once. What is about work is read first, and what of that is left unread is named: nobody may be sure beside
it.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bowout.errors import (
    Failed,
    NothingFound,
)
from bowout.mail.html import html_to_text
from bowout.model import Address, Identity, Message, Query, Thread
from bowout.providers import order
from bowout.providers.base import Wanted
from bowout.providers.gmail import message as payload
from bowout.providers.gmail import query as queries
from bowout.providers.gmail.api import Answer, Api
from bowout.providers.headers_only.search import looks_like_hiring
from bowout.providers.web.parallel import Parallel

if TYPE_CHECKING:
    from bowout.model import Account

AT_ONCE = 8  # threads read at once; at 40 units each a draft stays below 600
MOST_THREADS = 50  # of a listing without WHO
ROUNDS = (50, 25, 25)  # threads read of a listing in which each is judged: 4,000 of 6,000 units a minute
FRESH = 1.0  # seconds for which a look at a draft holds, counted from when it was asked for
PAGE = 500  # rows of one listing, the most Gmail gives


class Threads:
    """The threads of one mailbox."""

    def __init__(self, account: Account, api: Api, tick: Callable[[], float] = time.monotonic) -> None:
        self.account = account
        self.api = api
        self.tick = tick
        self.parallel = Parallel(AT_ONCE, "gmail")
        self._seen: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._identities: tuple[Identity, ...] | None = None
        self._address: str | None = None

    def close(self) -> None:
        self.parallel.close()
        self.api.close()

    def forget(self) -> None:
        """Ask anew for every draft that was seen: one is about to change, or must be looked at again."""
        self._seen.clear()

    def saw(self, draft_id: str, asked: float, resource: Mapping[str, Any]) -> None:
        """Remember a draft as it was when it was asked for."""
        self._seen[draft_id] = (asked, resource)

    def identities(self) -> tuple[Identity, ...]:
        """The primary address and every verified send-as alias, with its signature.

        Gmail adds signatures to mail begun in its own composer only (users.settings.sendAs).
        """
        if self._identities is None:
            rows = self.api.read("users.settings.sendAs.list").get("sendAs", [])
            usable = [r for r in rows if r.get("isPrimary") or r.get("verificationStatus") == "accepted"]
            usable.sort(key=lambda row: not row.get("isPrimary"))
            self._identities = tuple(self._identity(row) for row in usable)
        return self._identities

    def _identity(self, row: Mapping[str, Any]) -> Identity:
        html = row.get("signature") or None
        own = html is None and self.account.signature
        return Identity(
            address=Address(row.get("displayName") or self.account.display_name, row["sendAsEmail"]),
            signature=self.account.signature if own else html_to_text(html or "").strip(),
            signature_html=html,
        )

    def mailbox_id(self) -> str:
        if self._address is None:
            told = self.api.read("users.getProfile").get("emailAddress")
            if not isinstance(told, str):
                raise Failed("Gmail did not say whose mailbox this is.", "Run the command again.")
            self._address = told.casefold()
        return f"gmail:{self._address}"

    # --- threads ---

    def search(self, query: Query, limit: int) -> tuple[Thread, ...]:
        near, at_work, broad = queries.near(query), queries.working(query), queries.broad(query)
        if broad is None or limit < 1:
            return ()
        lists = {q: self.parallel.start(self._listed, q) for q in (near, at_work, broad) if q}
        drafts = self.parallel.start(self.draft_rows)
        known = self.parallel.start(self.identities)
        near_ids, work_ids, all_ids = (lists[q].result() if q else [] for q in (near, at_work, broad))
        # Whoever asks for what is new wants Gmail's own order: newest first.
        both = [one for one in near_ids if one in work_ids] if query.since is None else []
        ids = list(dict.fromkeys([*both, *near_ids, *work_ids, *all_ids]))
        most = min(limit, AT_ONCE if query.who.strip() else MOST_THREADS)
        asked = self.tick()
        resources = self.parallel.each(self.thread_resource, ids[:most])
        threads = self.as_threads(resources, drafts.result(), asked)
        known.result()
        if not query.who.strip():
            threads = [t for t in threads if any(map(looks_like_hiring, t.messages))]
        new = order.newest_first(order.recent(threads, query))
        # A WHO too long to be asked for beside words of work: whatever mentions it may be about work.
        about_work = work_ids if at_work or not query.who.strip() else all_ids
        unread = [Thread(id=one, messages=()) for one in ids[most:] if one in about_work]
        return (*new, *unread[: limit - most])

    def listing(self, query: Query, limit: int, wanted: Wanted) -> tuple[Thread, ...]:
        """Read what may be about a job, mailings last, until ``limit`` of it is wanted, in three rounds."""
        lists = [self.parallel.start(self._rows, q) for q in queries.listings()]
        drafts, known = self.parallel.start(self.draft_rows), self.parallel.start(self.identities)
        first, every = (rows.result() for rows in lists)
        known.result()
        queues = [list(dict.fromkeys(first)), list(dict.fromkeys(one for one in every if one not in first))]
        found: list[Thread] = []
        for size in ROUNDS:
            head, tail = queues[0][:size], queues[1][: max(0, size - len(queues[0]))]
            asked = self.tick()
            resources = self.parallel.each(self.thread_resource, [*head, *tail])
            read = self.as_threads(resources, drafts.result(), asked)
            new = order.recent(read, query)
            found += [t for t in new if wanted(t)]
            fresh = {t.id for t in new}
            # Newest first: behind a whole batch that is too old nothing of the period comes.
            queues = [
                [] if batch and fresh.isdisjoint(batch) else queue[len(batch) :]
                for queue, batch in zip(queues, (head, tail), strict=True)
            ]
            if len(found) >= limit or not any(queues):
                break
        found = order.newest_first(found)
        over = [t.id for t in found[limit:]]
        cut = every[-1:] if len(every) >= PAGE and every[-1] in fresh else []
        unread = dict.fromkeys([*over, *queues[0], *queues[1], *cut])
        return (*found[:limit], *(Thread(id=one, messages=()) for one in unread))

    def likened(self, query: Query, limit: int, wanted: Wanted) -> tuple[Thread, ...]:
        """Read what holds a word of WHO, then the newest that may be about a job; keep what is wanted."""
        asked_for = [q for q in (queries.any_word(query), queries.broad(Query())) if q]
        lists = [self.parallel.start(self._listed, q) for q in asked_for]
        drafts = self.parallel.start(self.draft_rows)
        found = [rows.result() for rows in lists]
        first = [one for rows in found for one in rows[: MOST_THREADS // len(found)]]
        ids = list(dict.fromkeys([*first, *(one for rows in found for one in rows)]))[:MOST_THREADS]
        asked = self.tick()
        read = self.as_threads(self.parallel.each(self.thread_resource, ids), drafts.result(), asked)
        return tuple(order.newest_first(filter(wanted, order.recent(read, query)))[:limit])

    def thread(self, thread_id: str) -> Thread:
        drafts = self.parallel.start(self.draft_rows)
        asked = self.tick()
        threads = self.as_threads([self.thread_resource(thread_id)], drafts.result(), asked)
        if not threads:
            raise NothingFound("That conversation is no longer in Gmail.", "Look for it again: bowout find")
        return threads[0]

    def _listed(self, q: str) -> list[str]:
        """Ids of the threads with a message that matches, newest match first."""
        return list(dict.fromkeys(self._rows(q)))

    def _rows(self, q: str) -> list[str]:
        """The thread of each message that matches, newest first."""
        answer = self.api.read("users.messages.list", q=q, maxResults=PAGE, fields="messages(id,threadId)")
        return [row["threadId"] for row in answer.get("messages", [])]

    def thread_resource(self, thread_id: str) -> dict[str, Any] | None:
        fields = "id,messages(id,threadId,labelIds,internalDate,payload)"
        if not re.fullmatch(r"[\w-]+", thread_id, re.ASCII):
            return None  # no id of Gmail's
        try:
            return self.api.read("users.threads.get", id=thread_id, format="full", fields=fields)
        except Answer as exc:
            if exc.absent:
                return None
            raise

    def as_threads(
        self, resources: Iterable[dict[str, Any] | None], rows: Rows, asked: float
    ) -> list[Thread]:
        """Complete threads, ``asked`` for at that tick; one of which only Trash and Spam are left is none."""
        shown = [
            (resource["id"], [m for m in resource.get("messages", ()) if not payload.is_gone(m)])
            for resource in resources
            if resource
        ]
        fetched = self.outlying([message for _, messages in shown for message in messages])
        threads = []
        for thread_id, resources_of in shown:
            messages = [payload.to_message(m, own_id=rows.draft_id(m), fetched=fetched) for m in resources_of]
            messages.sort(key=lambda message: message.moment)
            if messages:
                self._remember(resources_of, rows, asked)
                link = self.link(thread_id)
                threads.append(Thread(id=thread_id, messages=tuple(messages), complete=True, link=link))
        return threads

    def outlying(self, messages: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
        """The readable parts that come only on request, by attachment id."""
        wanted = [(message["id"], part) for message in messages for part in payload.outlying(message)]
        contents = self.parallel.each(lambda one: self._attachment(*one), wanted)
        return {
            part: content for (_, part), content in zip(wanted, contents, strict=True) if content is not None
        }

    def _attachment(self, message_id: str, part: str) -> bytes | None:
        """None when its message is gone by now: that of a draft goes with every edit."""
        try:
            answer = self.api.read("users.messages.attachments.get", messageId=message_id, id=part)
        except Answer as exc:
            if exc.absent:
                return None
            raise
        data = answer.get("data", "")
        return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))

    def link(self, thread_id: str) -> str:
        """Opens the conversation in the browser, in this account among those signed in there."""
        return f"https://mail.google.com/mail/?authuser={quote(self.account.address)}#all/{quote(thread_id)}"

    def message(self, message_id: str) -> Message | None:
        """One message, or None when it is gone."""
        try:
            resource = self.api.read(
                "users.messages.get",
                id=message_id,
                format="full",
                fields="id,threadId,labelIds,internalDate,payload",
            )
        except Answer as exc:
            if exc.absent:
                return None
            raise
        return None if payload.is_gone(resource) else payload.to_message(resource)

    # --- which drafts there are ---

    def draft_rows(self, q: str | None = None) -> Rows:
        """Every draft outside Trash (those that match, with ``q``)."""
        more = {"q": q} if q else {}
        fields = "drafts(id,message(id,threadId)),nextPageToken"
        pages = self.api.listed("users.drafts.list", maxResults=PAGE, fields=fields, **more)
        return Rows([row for page in pages for row in page.get("drafts", [])])

    def _remember(self, messages: Iterable[Mapping[str, Any]], rows: Rows, asked: float) -> None:
        """Drafts that came with their thread. Only where both listings name the same message: otherwise it
        was changed between them."""
        for message in messages:
            if payload.is_draft(message) and (draft_id := rows.exact(message)) is not None:
                self._seen[draft_id] = (asked, {"id": draft_id, "message": message})

    def remembered(self, draft_id: str) -> Mapping[str, Any] | None:
        """The last look at this draft, while it holds."""
        asked, resource = self._seen.get(draft_id, (0.0, None))
        return resource if self.tick() - asked <= FRESH else None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of drafts.list: the only place that tells draft ids (threads.get does not)."""

    rows: Sequence[Mapping[str, Any]]

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows]

    def of_thread(self, thread_id: str) -> list[str]:
        return [row["id"] for row in self.rows if row["message"]["threadId"] == thread_id]

    def exact(self, message: Mapping[str, Any]) -> str | None:
        """The id of the draft that held this very message when it was listed."""
        return next((row["id"] for row in self.rows if row["message"]["id"] == message["id"]), None)

    def draft_id(self, message: Mapping[str, Any]) -> str | None:
        """The id of the draft that holds this message. While somebody types, the message id runs ahead."""
        if not payload.is_draft(message):
            return None
        loose = self.of_thread(message["threadId"])
        return self.exact(message) or (loose[0] if len(loose) == 1 else None)
