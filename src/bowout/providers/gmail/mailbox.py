"""Gmail over its API (developers.google.com/workspace/gmail/api): mailbox and submitter.

A draft is known by its draft id: Gmail calls it the stable container, while the id of the message inside
changes with every edit and the thread id with an edited subject. The message id therefore is the revision.
Gmail has no precondition on an update: the check is made right before it, by a look that is at most a second
old, which narrows the gap but cannot close it.

``search`` makes two rounds: what matches, who I am and which drafts there are; then the threads, at once.
What is about work is read first, and what of that is left unread is named: nobody may be sure beside it.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bowout.errors import (
    BowoutError,
    DraftGone,
    Failed,
    NeedsPerson,
    NothingFound,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    Unreachable,
)
from bowout.mail.build import build
from bowout.mail.compare import content_hash, same_letter
from bowout.mail.html import html_to_text
from bowout.mail.parse import parse
from bowout.model import Address, DraftKey, Folder, Identity, Message, Query, Reply, Thread
from bowout.providers.base import Abilities, Clock, Draft, Evidence, Maybe, Receipt
from bowout.providers.gmail import message as payload
from bowout.providers.gmail import query as queries
from bowout.providers.gmail.api import Answer, Api
from bowout.providers.headers_only.search import looks_like_hiring
from bowout.providers.precondition import draft_changed, draft_gone
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import NeverLeft, NoAnswer
from bowout.providers.web.parallel import Rounds

if TYPE_CHECKING:
    from bowout.model import Account
    from bowout.providers.web.tokens import Tokens

AT_ONCE = 8  # threads read in one round; at 40 units each a draft stays below 600
MOST_THREADS = 50  # of a listing without WHO
FRESH = 1.0  # seconds for which a look at a draft holds, counted from when it was asked for
PAGE = 500  # rows of one listing, the most Gmail gives
CLOCKS_DIFFER = timedelta(minutes=10)  # between this computer and Google, when looking for our own words
SENT_ELSEWHERE = 5  # sent mails looked at outside the thread

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
        self._tick = tick
        self._seen: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._clock = clock
        self._identities: tuple[Identity, ...] | None = None
        self._address: str | None = None
        self._rounds = Rounds(AT_ONCE, "gmail")

    # --- who and what -----------------------------------------------------------------------------

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

    def server_time(self) -> datetime | None:
        return self.api.server_time

    def close(self) -> None:
        self._rounds.close()
        self.api.close()

    # --- threads ----------------------------------------------------------------------------------

    def search(self, query: Query, limit: int) -> tuple[Thread, ...]:
        near, at_work, broad = queries.near(query), queries.working(query), queries.broad(query)
        if broad is None or limit < 1:
            return ()
        lists = {q: self._rounds.start(self._listed, q) for q in (near, at_work, broad) if q}
        drafts = self._rounds.start(self._draft_rows)
        known = self._rounds.start(self.identities)
        near_ids, work_ids, all_ids = (lists[q].result() if q else [] for q in (near, at_work, broad))
        # Whoever asks for what is new wants Gmail's own order: newest first.
        both = [one for one in near_ids if one in work_ids] if query.since is None else []
        ids = list(dict.fromkeys([*both, *near_ids, *work_ids, *all_ids]))
        most = min(limit, AT_ONCE if query.who.strip() else MOST_THREADS)
        asked = self._tick()
        resources = self._rounds.each(self._thread_resource, ids[:most])
        threads = self._as_threads(resources, drafts.result(), asked)
        known.result()
        if not query.who.strip():
            threads = [t for t in threads if any(map(looks_like_hiring, t.messages))]
        kept = [t for t in threads if query.since is None or _newest(t) >= query.since]
        unread = [Thread(id=one, messages=()) for one in ids[most:] if one in work_ids]
        return (*sorted(kept, key=_newest, reverse=True), *unread[: limit - most])

    def thread(self, thread_id: str) -> Thread:
        drafts = self._rounds.start(self._draft_rows)
        asked = self._tick()
        threads = self._as_threads([self._thread_resource(thread_id)], drafts.result(), asked)
        if not threads:
            raise NothingFound(
                "That conversation is no longer in Gmail.", "Look for it again: bowout find WHO"
            )
        return threads[0]

    def _listed(self, q: str) -> list[str]:
        """Ids of the threads with a message that matches, newest match first."""
        answer = self.api.read("users.messages.list", q=q, maxResults=PAGE, fields="messages(id,threadId)")
        return list(dict.fromkeys(row["threadId"] for row in answer.get("messages", [])))

    def _thread_resource(self, thread_id: str) -> dict[str, Any] | None:
        fields = "id,messages(id,threadId,labelIds,internalDate,payload)"
        if not re.fullmatch(r"[\w-]+", thread_id, re.ASCII):
            return None  # no id of Gmail's
        try:
            return self.api.read("users.threads.get", id=thread_id, format="full", fields=fields)
        except Answer as exc:
            if exc.absent:
                return None
            raise

    def _as_threads(
        self, resources: Iterable[dict[str, Any] | None], rows: _Rows, asked: float
    ) -> list[Thread]:
        """Complete threads, ``asked`` for at that tick; one of which only Trash and Spam are left is none."""
        shown = [
            (resource["id"], [m for m in resource.get("messages", ()) if not payload.is_gone(m)])
            for resource in resources
            if resource
        ]
        fetched = self._outlying([message for _, messages in shown for message in messages])
        threads = []
        for thread_id, resources_of in shown:
            messages = [payload.to_message(m, own_id=rows.draft_id(m), fetched=fetched) for m in resources_of]
            messages.sort(key=lambda message: message.moment)
            if messages:
                self._remember(resources_of, rows, asked)
                link = self._link(thread_id)
                threads.append(Thread(id=thread_id, messages=tuple(messages), complete=True, link=link))
        return threads

    def _outlying(self, messages: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
        """The readable parts that come only on request, by attachment id."""
        wanted = [(message["id"], part) for message in messages for part in payload.outlying(message)]
        contents = self._rounds.each(lambda one: self._attachment(*one), wanted)
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

    def _link(self, thread_id: str) -> str:
        """Opens the conversation in the browser, in this account among those signed in there."""
        return f"https://mail.google.com/mail/?authuser={quote(self.account.address)}#all/{quote(thread_id)}"

    # --- drafts -----------------------------------------------------------------------------------

    def save_draft(self, reply: Reply) -> Draft:
        raw = build(reply)
        try:
            answer = self.api.write(
                "users.drafts.create", body={"message": _message_body(raw, reply.thread_id)}
            )
        except Answer as exc:
            if exc.status == 404:
                raise NothingFound("That conversation is no longer in Gmail.", "bowout find WHO") from exc
            raise refused(exc) from exc
        draft = self._written(answer, raw, reply)
        if draft.message.thread_id != reply.thread_id:
            # Gmail wants thread id, references and subject to agree; a lone draft would answer nobody.
            self.delete_draft(draft)
            raise Failed(
                "Gmail would not keep the draft in the conversation, so it was removed again.",
                "Answer in Gmail by hand; the letter: bowout draft WHO --dry-run",
            )
        return draft

    def find_draft(self, key: DraftKey) -> Draft | None:
        if key.id:
            asked = self._tick()
            resource = self._remembered(key.id)
            if resource is None and (resource := self._draft_resource(key.id)):
                self._seen[key.id] = (asked, resource)
            if resource and payload.is_draft(resource["message"]):
                return self._as_draft(key, resource)
        return self._draft_by_message_id(key)

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        """A look that still holds is the check; after an older one the draft is asked for again."""
        raw = build(reply)
        look = self._remembered(draft.key.id or "")
        self._seen.clear()
        if look:
            self._as_given(draft, look)
        else:
            self.still_there(draft)
        body = {"message": _message_body(raw, reply.thread_id)}
        try:
            answer = self.api.write("users.drafts.update", id=draft.key.id, body=body)
        except Answer as exc:
            if exc.status == 404:
                raise draft_gone("Gmail") from exc
            raise refused(exc) from exc
        return self._written(answer, raw, reply, draft.key)

    def delete_draft(self, draft: Draft) -> None:
        self.still_there(draft)
        try:
            self.api.write("users.drafts.delete", id=draft.key.id)
        except Answer as exc:
            if exc.status == 404:
                raise draft_gone("Gmail") from exc
            raise refused(exc) from exc

    def still_there(self, draft: Draft) -> None:
        """Raise ``DraftGone`` or ``DraftChanged`` unless the draft is exactly as given, asked anew."""
        self._seen.clear()
        self._as_given(draft, self._draft_resource(draft.key.id or "", shape="minimal"))

    def _as_given(self, draft: Draft, found: Mapping[str, Any] | None) -> None:
        if found and payload.is_draft(found["message"]):
            if found["message"]["id"] == draft.revision:
                return
        elif self._draft_by_message_id(draft.key) is None:
            raise draft_gone("Gmail")
        raise draft_changed("Gmail")

    def _remember(self, messages: Iterable[Mapping[str, Any]], rows: _Rows, asked: float) -> None:
        """Drafts that came with their thread. Only where both listings name the same message: otherwise it
        was changed between them."""
        for message in messages:
            if payload.is_draft(message) and (draft_id := rows.exact(message)) is not None:
                self._seen[draft_id] = (asked, {"id": draft_id, "message": message})

    def _remembered(self, draft_id: str) -> Mapping[str, Any] | None:
        """The last look at this draft, while it holds."""
        asked, resource = self._seen.get(draft_id, (0.0, None))
        return resource if self._tick() - asked <= FRESH else None

    def _draft_resource(self, draft_id: str, shape: str = "full") -> dict[str, Any] | None:
        inner = "id,threadId,labelIds,internalDate" + (",payload" if shape == "full" else "")
        if not draft_id:
            return None
        try:
            return self.api.read("users.drafts.get", id=draft_id, format=shape, fields=f"id,message({inner})")
        except Answer as exc:
            if exc.absent:
                return None
            raise

    def _draft_by_message_id(self, key: DraftKey) -> Draft | None:
        """A draft with our Message-ID: among those of the thread, and where the index finds it."""
        in_thread = self._rounds.start(self._draft_rows)
        indexed = self._draft_rows(queries.by_message_id(key.message_id))
        ids = dict.fromkeys([*in_thread.result().of_thread(key.thread_id), *indexed.ids])
        resources = self._rounds.each(self._draft_resource, ids)
        ours = [
            draft
            for resource in resources
            if resource and payload.is_draft(resource["message"])
            if (draft := self._as_draft(key, resource)).message.message_id == key.message_id
        ]
        if len(ours) > 1:
            raise NeedsPerson(
                "Two drafts in Gmail carry the same Message-ID of bowout's.",
                "Delete one of them in Gmail, then run the command again.",
            )
        return ours[0] if ours else None

    def _draft_rows(self, q: str | None = None) -> _Rows:
        """Every draft outside Trash (those that match, with ``q``)."""
        more = {"q": q} if q else {}
        fields = "drafts(id,message(id,threadId)),nextPageToken"
        pages = self.api.listed("users.drafts.list", maxResults=PAGE, fields=fields, **more)
        return _Rows([row for page in pages for row in page.get("drafts", [])])

    def _as_draft(self, key: DraftKey, resource: Mapping[str, Any]) -> Draft:
        inner = resource["message"]
        fetched = self._outlying([inner])
        message = payload.to_message(inner, own_id=resource["id"], fetched=fetched)
        return self._draft(replace(key, id=resource["id"]), inner["id"], message)

    def _written(
        self, answer: Mapping[str, Any], raw: bytes, reply: Reply, key: DraftKey | None = None
    ) -> Draft:
        """The draft as it was just accepted; what it holds is what was sent."""
        try:
            draft_id, inner = answer["id"], answer["message"]
            revision, thread_id = inner["id"], inner["threadId"]
        except (KeyError, TypeError) as exc:
            raise OutcomeUnknown(
                "Gmail took the draft and did not say which one it is.",
                "Run the same command again: it finds the draft.",
            ) from exc
        message = parse(raw, id=draft_id, thread_id=thread_id, folder=Folder.DRAFTS, received=self._clock())
        key = key or DraftKey(
            thread_id=reply.thread_id, message_id=reply.message_id, parent_id=reply.parent_id
        )
        return self._draft(replace(key, id=draft_id), revision, message)

    def _draft(self, key: DraftKey, revision: str, message: Message) -> Draft:
        return Draft(
            key=key,
            revision=revision,
            content_hash=content_hash(message),
            message=message,
            link=self._link(message.thread_id),
        )

    # --- what was sent ----------------------------------------------------------------------------

    def find_sent(self, draft: Draft) -> Receipt | Maybe | None:
        """Looks in the thread, then among my mail to the same person: an edited subject leaves the thread.

        Gmail may give the sent copy another Message-ID, so a copy with other words proves nothing.
        """
        made = (draft.key.intended_at or draft.message.moment).replace(microsecond=0)
        ids = dict.fromkeys((draft.key.thread_id, draft.message.thread_id))
        resources = self._rounds.each(self._thread_resource, ids)
        own = {identity.address.key for identity in self.identities()}
        mine = [
            mail
            for thread in self._as_threads(resources, _Rows([]), self._tick())
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
        answer = self.api.read(
            "users.messages.list",
            q=queries.sent_to(to, made),
            maxResults=SENT_ELSEWHERE,
            fields="messages(id,threadId)",
        )
        ids = [row["id"] for row in answer.get("messages", [])]
        found = self._rounds.each(self.message, ids)
        return [m for m in found if m and m.folder is Folder.SENT]

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


class GmailSubmitter:
    """``drafts.send``: Gmail removes the draft and files the sent copy in one act.

    A draft that is still there was not sent, which is the evidence. Its id is void afterwards, so a second
    send of the same draft cannot happen.
    """

    evidence = Evidence.CONSUMES_DRAFT

    def __init__(self, account: Account, mailbox: GmailMailbox, clock: Clock) -> None:
        self._account = account
        self._mailbox = mailbox
        self._clock = clock

    def submit(self, draft: Draft) -> Receipt:
        if not self._account.allow_send:
            raise not_armed(self._account)
        try:
            self._mailbox.still_there(draft)
            answer = self._mailbox.api.once("users.drafts.send", body={"id": draft.key.id})
        except (Unreachable, SignInNeeded) as exc:  # from the check, or from the sign-in before the request
            raise Refused(exc.message, exc.next_step, temporary=True) from exc
        except NeverLeft as exc:
            raise Refused(f"Gmail cannot be reached ({exc}).", "Nothing was sent.", temporary=True) from exc
        except Answer as exc:
            raise self._refused(exc, draft) from exc
        except NoAnswer as exc:
            raise _unknown(str(exc)) from exc
        if not isinstance(answer.get("id"), str):
            raise _unknown("it named no message")
        return self._receipt(answer["id"])

    def _refused(self, answer: Answer, draft: Draft) -> BowoutError:
        """What a refusal proves. 400 and 404 are both reported for a draft that is no more: look."""
        if answer.status in {400, 404} and self._is_gone(draft):
            return draft_gone("Gmail")
        return Refused(
            f"Gmail refused to send: {answer.words}.",
            "Nothing was sent. Look at the draft in Gmail.",
            temporary=answer.too_much or answer.status == 401,
        )

    def _is_gone(self, draft: Draft) -> bool:
        try:
            self._mailbox.still_there(draft)
        except DraftGone:
            return True
        except BowoutError:  # changed, or nobody could look
            return False
        return False

    def _receipt(self, message_id: str) -> Receipt:
        """Read the sent copy back; when that fails, it is sent all the same."""
        try:
            sent = self._mailbox.message(message_id)
        except BowoutError:
            sent = None
        if sent is None:
            return Receipt(message_id=None, id=message_id, at=self._clock())
        return Receipt(message_id=sent.message_id, id=message_id, at=sent.received or self._clock())


@dataclass(frozen=True, slots=True)
class _Rows:
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


def refused(answer: Answer) -> Failed:
    return Failed(
        f"Gmail refused the draft: {answer.words}.", "Nothing was changed. Look at the draft in Gmail."
    )


def _unknown(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Gmail was asked to send and gave no clear answer ({why}).",
        "Look into Sent in Gmail; bowout looks too: bowout outbox",
    )


def _message_body(raw: bytes, thread_id: str) -> dict[str, str]:
    return {"raw": base64.urlsafe_b64encode(raw).decode(), "threadId": thread_id}


def _proof(mails: Iterable[Message], draft: Draft) -> Receipt | None:
    """The sent copy: the same Message-ID, else the same new words."""
    mails = list(mails)
    for mail in mails:
        if mail.message_id == draft.key.message_id:
            return _receipt(mail, edited=not same_letter(mail, draft.message))
    same = next((mail for mail in mails if same_letter(mail, draft.message)), None)
    return _receipt(same, edited=False) if same else None


def _receipt(mail: Message, *, edited: bool) -> Receipt:
    return Receipt(message_id=mail.message_id, id=mail.id, at=mail.moment, edited=edited)


def _newest(thread: Thread) -> datetime:
    return max(m.moment for m in thread.mails or thread.messages)
