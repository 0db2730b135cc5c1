"""Outlook.com and Microsoft 365 over Microsoft Graph v1.0: mailbox and submitter.

A draft is known by its immutable id, and by the Message-ID that we write into it; the ETag is its revision.
Only createReply puts a draft into its conversation. It composes the quote itself, so a draft takes two
writes: createReply without a text, then a PATCH that puts the letter above the quote. A run that dies between
them leaves an empty draft, which the next one adopts.

``search`` makes two rounds: what matches, who I am, where the trash is; then the conversations, at once. One
more where too many match, for those that speak of work, and one more where what found a conversation is not
its newest mail, for the headers of that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bowout.errors import (
    AlreadyDone,
    BowoutError,
    DraftChanged,
    DraftGone,
    Failed,
    Interrupted,
    NeedsPerson,
    NotArmed,
    NothingFound,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    Unreachable,
)
from bowout.mail.compare import content_hash, same_letter
from bowout.model import Address, Attachment, DraftKey, Identity, Message, Query, Reply, Thread
from bowout.providers.base import Abilities, Clock, Draft, Evidence, Maybe, Receipt
from bowout.providers.headers_only.search import looks_like_hiring
from bowout.providers.outlook import message as payload
from bowout.providers.outlook import query as queries
from bowout.providers.outlook.api import Answer, Graph
from bowout.providers.outlook.message import Extra, Resource
from bowout.providers.precondition import draft_changed, draft_gone
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import NeverLeft, NoAnswer
from bowout.providers.web.parallel import Rounds

if TYPE_CHECKING:
    from bowout.model import Account
    from bowout.providers.web.tokens import Tokens

MOST_THREADS = 8  # conversations read for a WHO
MOST_LISTED = 20  # and of a listing without one
HITS, PAGES = 50, 4  # of a search: rows of a page, pages looked at
PAGE = 50  # messages of a conversation in one answer
FRESH = 1.0  # seconds for which what was seen of a conversation need not be asked for again
CLOCKS_DIFFER = timedelta(minutes=10)  # between this computer and Outlook, when looking for our own words
MOST_INVITATIONS = 4  # read whole in one conversation, the newest ones
SENT_ELSEWHERE = 25  # sent mails looked at outside the conversation
MAIL_SEND = "Mail.Send"
CALENDARS = "Calendars.ReadWrite"

ABILITIES = Abilities(
    composes_quote=True, replaces_message_id=True, has_precondition=True, files_sent=True, names_unread=True
)


def open_mailbox(account: Account, clock: Clock) -> OutlookMailbox:
    """The Outlook mailbox of a configured account; nothing is sent before the first call."""
    from bowout.providers.outlook.tokens import tokens

    return OutlookMailbox(account, Graph(account, tokens(account, clock), clock), clock)


def open_submitter(account: Account, mailbox: OutlookMailbox, clock: Clock) -> OutlookSubmitter:
    """Raises ``NotArmed`` while the person has not consented to sending; it is asked for only then."""
    from bowout.providers.outlook.tokens import may_send

    if account.allow_send and (trouble := may_send(account, clock)):
        raise NotArmed(trouble.message, trouble.next_step)
    return OutlookSubmitter(account, mailbox, clock)


def addresses_behind(account: Account, tokens: Tokens, clock: Clock) -> tuple[str, ...]:
    """The addresses of the mailbox that the tokens open, as the directory knows them."""
    mailbox = OutlookMailbox(replace(account, aliases=()), Graph(account, tokens, clock), clock)
    try:
        return mailbox.addresses()
    finally:
        mailbox.close()


class OutlookMailbox:
    """The ``Mailbox`` contract over ``Graph``."""

    abilities = ABILITIES

    def __init__(
        self, account: Account, graph: Graph, clock: Clock, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self.account = account
        self.graph = graph
        self._clock = clock
        self._tick = tick
        self._me: _Me | None = None
        self._gone: frozenset[str] | None = None  # ids of the folders whose mail is not shown
        self._unread: dict[str, bool] = {}
        self._extras: dict[str, Extra] = {}
        self._seen: tuple[float, dict[str, Resource]] = (0.0, {})
        self._rounds = Rounds(Graph.AT_ONCE, "outlook")

    # --- who ----------------------------------------------------------------------------------------

    def identities(self) -> tuple[Identity, ...]:
        """The account's address, its aliases in the config, and those that the directory knows.

        Graph has no signatures (Outlook adds them on this side): the config's is used.
        """
        me = self._who()
        name = self.account.display_name or me.name
        own = dict.fromkeys((self.account.address.casefold(), *me.addresses))
        spelled = {self.account.address.casefold(): self.account.address}
        return tuple(
            Identity(address=Address(name, spelled.get(key, key)), signature=self.account.signature)
            for key in own
        )

    def addresses(self) -> tuple[str, ...]:
        """Every address of the mailbox that the directory knows, case folded."""
        return self._who().addresses

    def _who(self) -> _Me:
        if self._me is None:
            asked = "id,displayName,mail,userPrincipalName,proxyAddresses"
            self._me = _Me.of(self.graph.read("/me", select=asked), self.account)
        return self._me

    def mailbox_id(self) -> str:
        return f"outlook:{self._who().id}"

    def server_time(self) -> datetime | None:
        return self.graph.server_time

    def close(self) -> None:
        self._rounds.close()
        self.graph.close()

    def _own(self) -> frozenset[str]:
        return frozenset((self.account.address.casefold(), *self._who().addresses))

    def _hidden(self) -> frozenset[str]:
        """The folders whose mail is not shown: Deleted Items and Junk Email, whatever they are called."""
        if self._gone is None:
            places = self._rounds.each(self._folder_id, ("deleteditems", "junkemail"))
            self._gone = frozenset(places)
        return self._gone

    def _folder_id(self, name: str) -> str:
        return str(self.graph.read(f"/me/mailFolders/{name}", select="id")["id"])

    def _is_gone(self, resource: Resource) -> bool:
        return resource.get("parentFolderId") in self._hidden()

    # --- threads ------------------------------------------------------------------------------------

    def search(self, query: Query, limit: int) -> tuple[Thread, ...]:
        asked = queries.search(query)
        if asked is None or limit < 1:
            return ()
        most = min(limit, MOST_THREADS if query.who.strip() else MOST_LISTED)
        found = self._rounds.start(self._hits, asked, most)
        known = self._rounds.start(self._who)
        self._hidden()
        known.result()
        told, ended = found.result()
        hits = self._shown(told)
        groups = _by_conversation(hits)
        at_work: dict[str, list[Resource]] = {}
        if not ended and query.who.strip():
            more = self._shown(self._hits(queries.working(query), HITS)[0])
            at_work = _by_conversation(more)
            hits += more
            # Whoever asks for what is new wants Graph's own order: newest first.
            groups = at_work | groups if query.since is None else groups | at_work
        chosen = dict(list(groups.items())[:most])
        unread = [Thread(id=one, messages=()) for one in at_work if one not in chosen]
        conversations = [self._rounds.start(self._conversation, one) for one in chosen]
        # Most often what a search finds is also what will be answered: its headers come in the same round.
        self._fetch_extras([hit for group in chosen.values() for hit in self._wanting(group)])
        wanted = {str(hit["id"]) for hit in hits}
        strands = [
            strand
            for conversation in conversations
            for strand in payload.strands(self._shown(conversation.result()), self._own())
            if wanted & {str(resource["id"]) for resource in strand}
        ]
        threads = self._threads(strands)
        if not query.who.strip():
            threads = [t for t in threads if any(map(looks_like_hiring, t.messages))]
        kept = (t for t in threads if query.since is None or _newest(t) >= query.since)
        return tuple([*sorted(kept, key=_newest, reverse=True), *unread][:limit])

    def thread(self, thread_id: str) -> Thread:
        conversation = payload.split_handle(thread_id)[0]
        if not conversation:
            raise payload.gone()
        resources = self._rounds.start(self._conversation, conversation)
        known = self._rounds.start(self._who)
        self._hidden()
        known.result()
        strands = payload.strands(self._shown(resources.result()), self._own())
        return self._threads([payload.find_strand(strands, thread_id)])[0]

    def _hits(self, asked: str, most: int) -> tuple[list[Resource], bool]:
        """Find what matches, newest first, until there are enough conversations; and was that all?"""
        hits: list[Resource] = []
        looked = 0
        for page in self.graph.listed("/me/messages", search=asked, select=payload.HIT_FIELDS, top=HITS):
            hits += page
            looked += bool(page)  # Graph may give empty pages before others
            if looked == PAGES or len({hit.get("conversationId") for hit in hits}) > most:
                return hits, False
        return hits, True

    def _conversation(self, conversation_id: str) -> list[Resource]:
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

    def _shown(self, resources: Iterable[Resource]) -> list[Resource]:
        return [resource for resource in resources if not self._is_gone(resource)]

    def _threads(self, strands: Sequence[list[Resource]]) -> list[Thread]:
        self._fetch_extras([resource for strand in strands for resource in self._wanting(strand)])
        self._seen = (self._tick(), {str(r["id"]): r for strand in strands for r in strand})
        return [self._thread(strand) for strand in strands]

    def _thread(self, strand: list[Resource]) -> Thread:
        thread_id = payload.handle(strand)
        for resource in strand:
            self._unread[resource["id"]] = resource.get("isRead") is False
        messages = tuple(self._message(resource, thread_id) for resource in strand)
        return Thread(id=thread_id, messages=messages, complete=True, link=strand[-1].get("webLink") or None)

    def _message(self, resource: Resource, thread_id: str, own: bool = False) -> Message:
        attachments = self._attachments(resource) if own and resource.get("hasAttachments") else ()
        return payload.to_message(
            resource,
            thread_id=thread_id,
            own=self._own(),
            extra=self._extras.get(resource["id"]),
            attachments=attachments,
        )

    def _attachments(self, resource: Resource) -> tuple[Attachment, ...]:
        listed = self.graph.read(f"{_at(resource['id'])}/attachments", select="name,contentType,size")
        return tuple(
            Attachment(
                filename=str(row.get("name") or ""),
                content_type=str(row.get("contentType") or ""),
                size=int(row.get("size") or 0),
            )
            for row in listed.get("value", ())
        )

    # --- what only single messages tell -------------------------------------------------------------

    def _wanting(self, strand: Iterable[Resource]) -> list[Resource]:
        """The message that an answer would go to, for its headers, and the newest invitations."""
        newest = sorted((r for r in strand if not r.get("isDraft")), key=payload.moment, reverse=True)
        theirs = [r for r in newest if payload.sender_key(r) not in self._own()][:1]
        invitations = [r for r in newest if payload.is_invitation(r)][:MOST_INVITATIONS]
        wanted = {r["id"]: r for r in (*theirs, *invitations)}
        return [r for identifier, r in wanted.items() if identifier not in self._extras]

    def _fetch_extras(self, resources: Sequence[Resource]) -> None:
        extras = self._rounds.each(self._extra, resources)
        self._extras |= {r["id"]: extra for r, extra in zip(resources, extras, strict=True) if extra}

    def _extra(self, resource: Resource) -> Extra | None:
        path = _at(resource["id"])
        try:
            if payload.is_invitation(resource):
                return payload.from_mime(self.graph.raw(f"{path}/$value"))
            told = self.graph.read(path, select="internetMessageHeaders").get("internetMessageHeaders")
        except Answer as exc:
            if exc.absent:
                return None
            raise
        return payload.from_headers(told or ())

    # --- drafts -------------------------------------------------------------------------------------

    def save_draft(self, reply: Reply) -> Draft:
        unread = self._was_unread(reply.parent_id)
        self._seen = (0.0, {})
        try:
            created = self.graph.write("POST", f"{_at(reply.parent_id)}/createReply", {})
        except Answer as exc:
            if exc.status == 404:
                raise payload.gone() from exc
            raise Failed(f"Outlook refused the draft: {exc.words}.") from exc
        except OutcomeUnknown:
            self._restore_unread(reply.parent_id, unread=unread)
            raise
        # createReply marks the original as read. Both changes need only what is known now.
        restored = self._rounds.start(self._restore_unread, reply.parent_id, unread=unread)
        try:
            return self._fill_new(created, reply)
        finally:
            restored.result()

    def _was_unread(self, parent_id: str) -> bool:
        if parent_id not in self._unread:
            try:
                found = self.graph.read(_at(parent_id), select="isRead")
            except Answer as exc:
                if exc.absent:
                    raise payload.gone() from exc
                raise
            self._unread[parent_id] = found.get("isRead") is False
        return self._unread[parent_id]

    def _restore_unread(self, parent_id: str, *, unread: bool) -> None:
        """Mark the original as unread again; that it failed is no reason to call the draft failed."""
        if unread:
            with suppress(BowoutError):
                self.graph.write("PATCH", _at(parent_id), {"isRead": False})

    def _fill_new(self, created: Resource, reply: Reply) -> Draft:
        """Put the letter into the draft that createReply has just made."""
        key = DraftKey(thread_id=reply.thread_id, message_id=reply.message_id, parent_id=reply.parent_id)
        try:
            try:
                written = self._patch(created, reply, fresh=True)
            except Answer as exc:
                if exc.status != 412:
                    raise
                # Outlook touched the draft itself; what it refused did not happen, so this repeats nothing.
                written = self._patch(self._still_empty(created), reply, fresh=True)
            return self._as_draft(key, written)
        except Answer as exc:
            self._discard(created)
            raise Failed(f"Outlook refused the letter ({exc.words}); the empty draft was removed.") from exc
        except (Unreachable, SignInNeeded) as exc:
            raise OutcomeUnknown(
                f"An empty draft was left in the conversation: {exc.message}",
                "Run the same command again: it fills the draft. " + exc.next_step,
            ) from exc

    def _still_empty(self, created: Resource) -> Resource:
        now = self._resource(str(created["id"]))
        if now and payload.is_empty(self._message(now, "")):
            return now
        raise OutcomeUnknown(
            "The new draft was changed in Outlook before the letter was in it.",
            "Look at the draft in Outlook, then run the same command again.",
        )

    def _discard(self, created: Resource) -> None:
        try:
            self.graph.write("DELETE", _at(str(created["id"])))
        except BowoutError as exc:
            raise OutcomeUnknown(
                "Outlook refused the letter and left an empty draft in the conversation.",
                "Delete the draft in Outlook.",
            ) from exc

    def _patch(self, resource: Resource, reply: Reply, *, fresh: bool) -> Resource:
        """Write the letter into the draft, if nobody changed it meanwhile. Raises ``Answer``."""
        change: dict[str, object] = {
            "subject": reply.subject,
            "body": payload.with_letter(resource.get("body") or {}, reply, fresh=fresh),
            "toRecipients": payload.recipients(reply.to),
            "ccRecipients": payload.recipients(reply.cc),
            "bccRecipients": [],
            "internetMessageId": reply.message_id,
        }
        if payload.sender_key(resource) != reply.from_.key:
            change["from"] = payload.recipients((reply.from_,))[0]
        self._seen = (0.0, {})
        return self.graph.write("PATCH", _at(str(resource["id"])), change, if_match=payload.etag(resource))

    def find_draft(self, key: DraftKey) -> Draft | None:
        ours, near = self._drafts(key.id or "", key.message_id)
        if ours:
            return self._as_draft(key, _the_one(ours))
        return self._left_over(key, near)

    def _drafts(self, identifier: str, message_id: str) -> tuple[list[Resource], list[Resource]]:
        """The draft with this id, else those with our Message-ID; and everything that was looked at.

        Outlook is said to leave a draft in Drafts that it has sent: a sent mail with its Message-ID makes it
        gone as well.
        """
        near = list(self._remembered().values())
        here = [r for r in near if r["id"] == identifier or r.get("internetMessageId") == message_id]
        if not here:
            by_id = self._rounds.start(self._resource, identifier)
            here = [*self._called(message_id), *filter(None, (by_id.result(),))]
        if any(not r.get("isDraft") and r.get("internetMessageId") == message_id for r in here):
            return [], near
        drafts = {str(r["id"]): r for r in here if self._in_drafts(r)}
        exact = drafts.get(identifier)
        return [exact] if exact else list(drafts.values()), near

    def _left_over(self, key: DraftKey, near: Sequence[Resource]) -> Draft | None:
        """The draft that a run of ours began after ``key.intended_at`` and did not get to fill."""
        if key.intended_at is None or key.id is not None:
            return None
        conversation = payload.split_handle(key.thread_id)[0]
        near = [resource for resource in near if resource.get("conversationId") == conversation]
        if not any(map(self._in_drafts, near)):
            near = self._conversation(conversation)
        # Graph tells whole seconds of its own clock.
        since = key.intended_at + self.graph.ahead - timedelta(seconds=2)
        fitting = [
            (resource, message)
            for resource in near
            if self._in_drafts(resource) and resource["id"] not in key.known
            if (message := self._message(resource, key.thread_id)).moment >= since
            and payload.is_empty(message)
        ]
        if not fitting:
            return None
        resource = _the_one([resource for resource, _ in fitting])
        return replace(self._as_draft(key, resource), empty=True)

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        current = self._as_given(draft)
        try:
            written = self._patch(current, reply, fresh=draft.empty)
        except Answer as exc:
            raise self._refused_change(exc) from exc
        if self._is_gone(written):
            raise draft_gone("Outlook")
        return self._as_draft(draft.key, written)

    def delete_draft(self, draft: Draft) -> None:
        """Graph moves it to Deleted Items, from where the person can take it back."""
        current = self._as_given(draft)
        self._seen = (0.0, {})
        try:
            self.graph.write("DELETE", _at(str(current["id"])), if_match=payload.etag(current))
        except Answer as exc:
            raise self._refused_change(exc) from exc

    def _as_given(self, draft: Draft) -> Resource:
        """The draft on the server. Raises ``DraftGone`` or ``DraftChanged`` unless it is exactly as given."""
        identifier = draft.key.id or draft.message.id
        found, _ = self._drafts(identifier, draft.key.message_id)
        if not found:
            raise draft_gone("Outlook")
        current = found[0]
        if current["id"] != identifier or payload.etag(current) != draft.revision:
            raise draft_changed("Outlook")
        return current

    def _refused_change(self, answer: Answer) -> BowoutError:
        if answer.status == 412:
            return draft_changed("Outlook")
        if answer.status == 404:
            return draft_gone("Outlook")
        return Failed(f"Outlook refused to change the draft: {answer.words}.")

    def still_there(self, draft: Draft) -> None:
        """Raise ``DraftGone`` or ``DraftChanged`` unless the draft is exactly as given, asked anew."""
        self._seen = (0.0, {})
        self._as_given(draft)

    def _remembered(self) -> dict[str, Resource]:
        """What came with its conversation a moment ago; a write relying on it carries the ETag."""
        at, resources = self._seen
        return resources if self._tick() - at < FRESH else {}

    def _resource(self, identifier: str) -> Resource | None:
        if not identifier:
            return None
        try:
            return self.graph.read(_at(identifier), select=payload.FIELDS)
        except Answer as exc:
            if exc.absent:
                return None
            raise

    def _in_drafts(self, resource: Resource) -> bool:
        return bool(resource.get("isDraft")) and not self._is_gone(resource)

    def _called(self, message_id: str) -> list[Resource]:
        """Every message with this Message-ID, wherever it lies."""
        pages = self.graph.listed(
            "/me/messages", filter=queries.by_message_id(message_id), select=payload.FIELDS, top=PAGE
        )
        return [resource for page in pages for resource in page]

    def _as_draft(self, key: DraftKey, resource: Resource) -> Draft:
        message = self._message(resource, key.thread_id, own=True)
        return Draft(
            key=replace(key, id=message.id),
            revision=payload.etag(resource),
            content_hash=content_hash(message),
            message=message,
            link=resource.get("webLink") or None,
        )

    # --- the calendar ---------------------------------------------------------------------------------

    def decline_invitation(self, message_id: str, note: str) -> None:
        """POST /me/events/{id}/decline, once. The right to it is asked for only here."""
        rights = frozenset({CALENDARS})
        try:
            place = self.graph.read(_at(message_id), select="parentFolderId")["parentFolderId"]
            path = f"/me/mailFolders/{quote(place, safe='')}/messages/{quote(message_id, safe='')}"
            event = self.graph.read(path, rights, expand="microsoft.graph.eventMessage/event").get("event")
        except Answer as exc:
            if exc.absent:
                raise _no_event() from exc
            raise
        if not event:
            raise _no_event()
        if (event.get("responseStatus") or {}).get("response") == "declined":
            raise AlreadyDone("The invitation was declined before.", "Nothing was sent.")
        try:
            status = self.graph.submit(
                f"/me/events/{quote(event['id'], safe='')}/decline",
                CALENDARS,
                {"comment": note, "sendResponse": True},
            )
        except NeverLeft as exc:
            raise self.graph.unreachable(exc) from exc
        except Answer as exc:
            refused = self.graph.translated(exc)
            words = f"Outlook refused to decline: {exc.words}."
            raise (Failed(words) if refused is exc else refused) from exc
        except NoAnswer as exc:
            raise _unclear_decline(str(exc)) from exc
        if status not in {202, 204}:
            raise _unclear_decline(f"status {status}")

    # --- what was sent --------------------------------------------------------------------------------

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        """By id, by Message-ID, in the conversation, and among what I sent to the same person since.

        Outlook may give the sent copy another Message-ID (classic Outlook does) and another id.
        """
        by_id = self._rounds.start(self._resource, draft.key.id or "")
        named = self._rounds.start(self._called, draft.key.message_id)
        near = self._rounds.start(self._conversation, payload.split_handle(draft.key.thread_id)[0])
        self._own()
        # What has an id of ours and is no draft was sent, from whichever address the person chose.
        proved = [r for r in (by_id.result(), *named.result()) if r and not r.get("isDraft")]
        if proved:
            mail = self._message(proved[0], draft.key.thread_id)
            return _receipt(mail, edited=not same_letter(mail, draft.message))
        made = (draft.key.intended_at or draft.message.moment).replace(microsecond=0)
        mine = [
            mail
            for resource in self._shown(near.result())
            if self._is_sent(resource)
            if (mail := self._message(resource, draft.key.thread_id)).moment >= made - CLOCKS_DIFFER
        ]
        candidates = [*mine, *self._sent_elsewhere(draft, made)]
        same = next((mail for mail in candidates if same_letter(mail, draft.message)), None)
        if same:
            return _receipt(same, edited=False)
        later = tuple(mail.id for mail in mine if mail.moment >= made)
        return Maybe(ids=later, why="you wrote something else in this thread since") if later else None

    def _is_sent(self, resource: Resource) -> bool:
        return not resource.get("isDraft") and payload.sender_key(resource) in self._own()

    def _sent_elsewhere(self, draft: Draft, made: datetime) -> list[Message]:
        """Mail of mine to the same person: an edited subject may leave the conversation."""
        to = {address.key for address in draft.message.to}
        page = self.graph.read(
            "/me/mailFolders/sentitems/messages",
            filter=queries.sent_since(made - CLOCKS_DIFFER),
            select=payload.FIELDS,
            top=SENT_ELSEWHERE,
        )
        mails = (self._message(r, draft.key.thread_id) for r in page.get("value", ()) if self._is_sent(r))
        return [mail for mail in mails if to & {address.key for address in mail.to}]


class OutlookSubmitter:
    """One ``POST /send``: Outlook takes the draft and files the sent copy, some time later.

    A copy among the sent mail proves it; that there is none (yet) proves nothing.
    """

    evidence = Evidence.SENT_COPY

    def __init__(self, account: Account, mailbox: OutlookMailbox, clock: Clock) -> None:
        self._account = account
        self._mailbox = mailbox
        self._clock = clock

    def submit(self, draft: Draft) -> Receipt:
        if not self._account.allow_send:
            raise not_armed(self._account)
        try:
            self._mailbox.still_there(draft)
        except KeyboardInterrupt as exc:
            raise Interrupted("Stopped before anything left.", "See: bowout outbox list") from exc
        except (DraftGone, DraftChanged):
            raise
        except BowoutError as exc:
            for_now = isinstance(exc, (Unreachable, SignInNeeded))
            raise Refused(exc.message, exc.next_step, temporary=for_now) from exc
        try:
            status = self._mailbox.graph.submit(f"{_at(draft.key.id or '')}/send", MAIL_SEND)
        except (Unreachable, SignInNeeded) as exc:  # from the sign-in before the request
            raise Refused(exc.message, exc.next_step, temporary=True) from exc
        except NeverLeft as exc:
            raise Refused(f"Outlook cannot be reached ({exc}).", "Nothing was sent.", temporary=True) from exc
        except Answer as exc:
            raise self._refused(exc, draft) from exc
        except NoAnswer as exc:
            raise _unknown(str(exc)) from exc
        if status != 202:
            raise _unknown(f"status {status}")
        return Receipt(message_id=draft.key.message_id, id=draft.key.id, at=self._clock())

    def _refused(self, answer: Answer, draft: Draft) -> BowoutError:
        """What a refusal proves: 404 only that the draft was not found by then."""
        if answer.status in {400, 401, 403, 429}:
            return Refused(
                f"Outlook refused to send: {answer.words}.",
                "Nothing was sent. Look at the draft in Outlook.",
                temporary=answer.status in {401, 429},
            )
        if answer.status == 404 and self._is_gone(draft):
            return draft_gone("Outlook")
        return _unknown(f"status {answer.status} {answer.reason}")

    def _is_gone(self, draft: Draft) -> bool:
        try:
            self._mailbox.still_there(draft)
        except DraftGone:
            return True
        except BowoutError:
            return False
        return False


@dataclass(frozen=True, slots=True)
class _Me:
    """The signed-in user: a stable id, a name, and every address the directory knows (case folded)."""

    id: str
    name: str
    addresses: tuple[str, ...]

    @classmethod
    def of(cls, answer: Mapping[str, Any], account: Account) -> _Me:
        listed = answer.get("proxyAddresses") or ()
        proxies = [p[5:] for p in sorted(listed) if p[:5].lower() == "smtp:"]  # SMTP: before smtp:
        principal = str(answer.get("userPrincipalName") or "")
        mail = answer.get("mail") or (principal if "#" not in principal else "")
        found = (mail, *account.aliases, *proxies)
        keys = dict.fromkeys(one.strip().casefold() for one in found if one and "@" in one)
        return cls(
            str(answer.get("id") or account.address), str(answer.get("displayName") or ""), tuple(keys)
        )


def _unknown(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outlook was asked to send and gave no clear answer ({why}).",
        "Look into Sent Items in Outlook; bowout looks too: bowout outbox",
    )


def _no_event() -> NothingFound:
    return NothingFound(
        "Outlook knows no calendar entry for that invitation.", "Look into your calendar; it may be gone."
    )


def _unclear_decline(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outlook was asked to decline and gave no clear answer ({why}).", "Look into your calendar."
    )


def _the_one(resources: Sequence[Resource]) -> Resource:
    if len(resources) > 1:
        raise NeedsPerson(
            "Two drafts in Outlook could be the one that bowout wrote.",
            "Look at both in Outlook, delete one, then run the command again.",
        )
    return resources[0]


def _receipt(mail: Message, *, edited: bool) -> Receipt:
    return Receipt(message_id=mail.message_id, id=mail.id, at=mail.moment, edited=edited)


def _at(message_id: str) -> str:
    return f"/me/messages/{quote(message_id, safe='')}"


def _by_conversation(hits: Iterable[Resource]) -> dict[str, list[Resource]]:
    groups: dict[str, list[Resource]] = {}
    for hit in hits:
        groups.setdefault(str(hit.get("conversationId")), []).append(hit)
    return groups


def _newest(thread: Thread) -> datetime:
    return max(m.moment for m in thread.mails or thread.messages)
