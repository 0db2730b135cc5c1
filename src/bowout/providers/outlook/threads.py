"""Read conversations from Outlook: search, one whole thread, single messages, and who the person is.

``search`` makes two round trips: what matches, who I am, where the trash is; then the conversations, at once.
One more where too many match, for those that speak of work, and one more where what found a conversation is
not its newest mail, for the headers of that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bowout.model import Address, Attachment, Identity, Message, Query, Thread
from bowout.people.machines import System, hiring_system
from bowout.providers import order
from bowout.providers.base import Wanted
from bowout.providers.headers_only.search import looks_like_hiring
from bowout.providers.outlook import message as payload
from bowout.providers.outlook import query as queries
from bowout.providers.outlook.api import Answer, Graph
from bowout.providers.outlook.message import Extra, Resource
from bowout.providers.web.parallel import Parallel

if TYPE_CHECKING:
    from bowout.model import Account

MOST_THREADS = 8  # conversations read for a WHO
MOST_LISTED = 20  # and of a listing without one
ROUNDS = (20, 30, 30)  # conversations read of a listing in which each is judged before it counts
HITS, PAGES = 50, 4  # of a search: rows of a page, pages looked at
HEADERS = HITS * PAGES  # rows looked at, at most
PAGE = 50  # messages of a conversation in one answer
FRESH = 1.0  # seconds for which what was seen of a conversation need not be asked for again
MOST_INVITATIONS = 4  # read whole in one conversation, the newest ones


class Threads:
    """The conversations of one mailbox. ``unread`` tells of a message seen whether it was marked as read."""

    def __init__(self, account: Account, graph: Graph, tick: Callable[[], float] = time.monotonic) -> None:
        self.account = account
        self.graph = graph
        self.unread: dict[str, bool] = {}
        self.parallel = Parallel(Graph.AT_ONCE, "outlook")
        self._tick = tick
        self._me: Me | None = None
        self._gone: frozenset[str] | None = None  # ids of the folders whose mail is not shown
        self._extras: dict[str, Extra] = {}
        self._seen: tuple[float, dict[str, Resource]] = (0.0, {})

    def close(self) -> None:
        self.parallel.close()
        self.graph.close()

    def forget(self) -> None:
        """Ask anew for what was seen a moment ago: it is about to change, or must be looked at again."""
        self._seen = (0.0, {})

    def identities(self) -> tuple[Identity, ...]:
        """The account's address, its aliases in the config, and those that the directory knows.

        Graph has no signatures (Outlook adds them on this side): the config's is used.
        """
        me = self.who()
        name = self.account.display_name or me.name
        own = dict.fromkeys((self.account.address.casefold(), *me.addresses))
        spelled = {self.account.address.casefold(): self.account.address}
        return tuple(
            Identity(address=Address(name, spelled.get(key, key)), signature=self.account.signature)
            for key in own
        )

    def addresses(self) -> tuple[str, ...]:
        """Every address of the mailbox that the directory knows, case folded."""
        return self.who().addresses

    def who(self) -> Me:
        if self._me is None:
            asked = "id,displayName,mail,userPrincipalName,proxyAddresses"
            self._me = Me.of(self.graph.read("/me", select=asked), self.account)
        return self._me

    def own(self) -> frozenset[str]:
        return frozenset((self.account.address.casefold(), *self.who().addresses))

    def _hidden(self) -> frozenset[str]:
        """The folders whose mail is not shown: Deleted Items and Junk Email, whatever they are called."""
        if self._gone is None:
            places = self.parallel.each(self._folder_id, ("deleteditems", "junkemail"))
            self._gone = frozenset(places)
        return self._gone

    def _folder_id(self, name: str) -> str:
        return str(self.graph.read(f"/me/mailFolders/{name}", select="id")["id"])

    def is_gone(self, resource: Resource) -> bool:
        return resource.get("parentFolderId") in self._hidden()

    # --- threads ---

    def search(self, query: Query, limit: int) -> tuple[Thread, ...]:
        asked = queries.search(query)
        if asked is None or limit < 1:
            return ()
        most = min(limit, MOST_THREADS if query.who.strip() else MOST_LISTED)
        found = self.parallel.start(self._hits, asked, most)
        known = self.parallel.start(self.who)
        self._hidden()
        known.result()
        told, ended = found.result()
        hits = self.shown(told)
        groups = _by_conversation(hits)
        at_work: dict[str, list[Resource]] = {}
        if not ended and query.who.strip():
            more = self.shown(self._hits(queries.working(query), HITS)[0])
            at_work = _by_conversation(more)
            hits += more
            # Whoever asks for what is new wants Graph's own order: newest first.
            groups = at_work | groups if query.since is None else groups | at_work
        chosen = dict(list(groups.items())[:most])
        unread = [Thread(id=one, messages=()) for one in at_work if one not in chosen]
        threads = self._read(chosen, hits)
        if not query.who.strip():
            threads = [t for t in threads if any(map(looks_like_hiring, t.messages))]
        new = order.newest_first(order.recent(threads, query))
        return tuple([*new, *unread][:limit])

    def _read(self, chosen: Mapping[str, list[Resource]], hits: Iterable[Resource]) -> list[Thread]:
        """The strands of these conversations that a hit belongs to, at once."""
        conversations = [self.parallel.start(self.conversation, one) for one in chosen]
        # Most often what a search finds is also what will be answered: its headers come in the same round.
        self._fetch_extras([hit for group in chosen.values() for hit in self._wanting(group)])
        matching = {str(hit["id"]) for hit in hits}
        strands = [
            strand
            for conversation in conversations
            for strand in payload.strands(self.shown(conversation.result()), self.own())
            if matching & {str(resource["id"]) for resource in strand}
        ]
        return self._threads(strands)

    def listing(self, query: Query, limit: int, wanted: Wanted) -> tuple[Thread, ...]:
        """Read what may be about a job, boards last, until ``limit`` of it is wanted, in three rounds."""
        listed = self.parallel.start(self._hits, queries.listing(), HEADERS, HEADERS)
        known = self.parallel.start(self.who)
        self._hidden()
        known.result()
        told, ended = listed.result()
        hits = self.shown(told)
        groups = _by_conversation(hits)
        waiting = sorted(groups, key=lambda one: all(map(_of_a_board, groups[one])))
        found: list[Thread] = []
        for size in ROUNDS:
            batch, waiting = waiting[:size], waiting[size:]
            read = self._read({one: groups[one] for one in batch}, hits)
            new = order.recent(read, query)
            found += [t for t in new if wanted(t)]
            if batch and not new:  # newest first: behind these nothing of the period comes, but from boards
                waiting = [one for one in waiting if all(map(_of_a_board, groups[one]))]
            if len(found) >= limit or not waiting:
                break
        found = order.newest_first(found)
        oldest = min(map(payload.moment, told), default="")
        since = f"{query.since.astimezone(UTC):%Y-%m-%dT%H:%M}" if query.since else ""
        whole = ended or oldest < since
        rest = [*(t.id for t in found[limit:]), *waiting, *([] if whole else list(groups)[-1:])]
        return (*found[:limit], *(Thread(id=one, messages=()) for one in dict.fromkeys(rest)))

    def likened(self, query: Query, limit: int, wanted: Wanted) -> tuple[Thread, ...]:
        """Read what holds a word of WHO, then the newest that may be about a job; keep what is wanted."""
        asked_for = [q for q in (queries.any_word(query), queries.search(Query())) if q]
        lists = [self.parallel.start(self._hits, q, HITS) for q in asked_for]
        known = self.parallel.start(self.who)
        self._hidden()
        known.result()
        found = [self.shown(rows.result()[0]) for rows in lists]
        each = MOST_LISTED // len(found)
        groups = {k: v for hits in found for k, v in list(_by_conversation(hits).items())[:each]}
        read = self._read(groups, [hit for hits in found for hit in hits])
        return tuple(order.newest_first(filter(wanted, order.recent(read, query)))[:limit])

    def thread(self, thread_id: str) -> Thread:
        conversation = payload.split_handle(thread_id)[0]
        if not conversation:
            raise payload.gone()
        resources = self.parallel.start(self.conversation, conversation)
        known = self.parallel.start(self.who)
        self._hidden()
        known.result()
        strands = payload.strands(self.shown(resources.result()), self.own())
        return self._threads([payload.find_strand(strands, thread_id)])[0]

    def _hits(self, asked: str, most: int, rows: int = HITS) -> tuple[list[Resource], bool]:
        """Find what matches, newest first, until there are enough conversations; and was that all?"""
        hits: list[Resource] = []
        looked = 0
        pages = self.graph.listed("/me/messages", search=asked, select=payload.HIT_FIELDS, top=rows)
        for page in pages:
            hits += page
            looked += bool(page)  # Graph may give empty pages before others
            if (
                looked == PAGES
                or len(hits) >= HEADERS
                or len({hit.get("conversationId") for hit in hits}) > most
            ):
                return hits, False
        return hits, True

    def conversation(self, conversation_id: str) -> list[Resource]:
        """Every message of a conversation, trash and junk too, in no order.

        Sorting by Graph together with this filter is refused (InefficientFilter).
        """
        pages = self.graph.listed(
            "/me/messages",
            filter=queries.of_conversation(conversation_id),
            select=payload.FIELDS,
            top=PAGE,
        )
        try:
            return [resource for page in pages for resource in page]
        except Answer as exc:
            if exc.absent:
                return []  # no conversation id of Graph's
            raise

    def shown(self, resources: Iterable[Resource]) -> list[Resource]:
        return [resource for resource in resources if not self.is_gone(resource)]

    def _threads(self, strands: Sequence[list[Resource]]) -> list[Thread]:
        self._fetch_extras([resource for strand in strands for resource in self._wanting(strand)])
        self._seen = (self._tick(), {str(r["id"]): r for strand in strands for r in strand})
        return [self._thread(strand) for strand in strands]

    def _thread(self, strand: list[Resource]) -> Thread:
        thread_id = payload.handle(strand)
        for resource in strand:
            self.unread[resource["id"]] = resource.get("isRead") is False
        messages = tuple(self.message(resource, thread_id) for resource in strand)
        return Thread(id=thread_id, messages=messages, complete=True, link=strand[-1].get("webLink") or None)

    def message(self, resource: Resource, thread_id: str, own: bool = False) -> Message:
        attachments = self._attachments(resource) if own and resource.get("hasAttachments") else ()
        return payload.to_message(
            resource,
            thread_id=thread_id,
            own=self.own(),
            extra=self._extras.get(resource["id"]),
            attachments=attachments,
        )

    def _attachments(self, resource: Resource) -> tuple[Attachment, ...]:
        listed = self.graph.read(f"{path_of(resource['id'])}/attachments", select="name,contentType,size")
        return tuple(
            Attachment(
                filename=str(row.get("name") or ""),
                content_type=str(row.get("contentType") or ""),
                size=int(row.get("size") or 0),
            )
            for row in listed.get("value", ())
        )

    # --- what only single messages tell ---

    def _wanting(self, strand: Iterable[Resource]) -> list[Resource]:
        """The message that an answer would go to, for its headers, and the newest invitations."""
        newest = sorted((r for r in strand if not r.get("isDraft")), key=payload.moment, reverse=True)
        theirs = [r for r in newest if payload.sender_key(r) not in self.own()][:1]
        invitations = [r for r in newest if payload.is_invitation(r)][:MOST_INVITATIONS]
        wanted = {r["id"]: r for r in (*theirs, *invitations)}
        return [r for identifier, r in wanted.items() if identifier not in self._extras]

    def _fetch_extras(self, resources: Sequence[Resource]) -> None:
        extras = self.parallel.each(self._extra, resources)
        self._extras |= {r["id"]: extra for r, extra in zip(resources, extras, strict=True) if extra}

    def _extra(self, resource: Resource) -> Extra | None:
        path = path_of(resource["id"])
        try:
            if payload.is_invitation(resource):
                return payload.from_mime(self.graph.raw(f"{path}/$value"))
            told = self.graph.read(path, select="internetMessageHeaders").get("internetMessageHeaders")
        except Answer as exc:
            if exc.absent:
                return None
            raise
        return payload.from_headers(told or ())

    # --- single messages ---

    def remembered(self) -> dict[str, Resource]:
        """What came with its conversation a moment ago; a write relying on it carries the ETag."""
        at, resources = self._seen
        return resources if self._tick() - at < FRESH else {}

    def resource(self, identifier: str) -> Resource | None:
        if not identifier:
            return None
        try:
            return self.graph.read(path_of(identifier), select=payload.FIELDS)
        except Answer as exc:
            if exc.absent:
                return None
            raise

    def called(self, message_id: str) -> list[Resource]:
        """Every message with this Message-ID, wherever it lies."""
        pages = self.graph.listed(
            "/me/messages", filter=queries.by_message_id(message_id), select=payload.FIELDS, top=PAGE
        )
        return [resource for page in pages for resource in page]


@dataclass(frozen=True, slots=True)
class Me:
    """The signed-in user: a stable id, a name, and every address the directory knows (case folded)."""

    id: str
    name: str
    addresses: tuple[str, ...]

    @classmethod
    def of(cls, answer: Mapping[str, Any], account: Account) -> Me:
        listed = answer.get("proxyAddresses") or ()
        proxies = [p[5:] for p in sorted(listed) if p[:5].lower() == "smtp:"]  # SMTP: before smtp:
        principal = str(answer.get("userPrincipalName") or "")
        mail = answer.get("mail") or (principal if "#" not in principal else "")
        found = (mail, *account.aliases, *proxies)
        keys = dict.fromkeys(one.strip().casefold() for one in found if one and "@" in one)
        return cls(
            str(answer.get("id") or account.address), str(answer.get("displayName") or ""), tuple(keys)
        )


def path_of(message_id: str) -> str:
    """The path of a message below the root."""
    return f"/me/messages/{quote(message_id, safe='')}"


def _by_conversation(hits: Iterable[Resource]) -> dict[str, list[Resource]]:
    groups: dict[str, list[Resource]] = {}
    for hit in hits:
        groups.setdefault(str(hit.get("conversationId")), []).append(hit)
    return groups


def _of_a_board(hit: Resource) -> bool:
    return hiring_system(Address("", payload.sender_key(hit))) is System.BOARD
