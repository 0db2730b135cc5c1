"""A fake Microsoft Graph (mail subset) over HTTP with state, strict where the service is.

``GraphServer`` answers the API below ``/v1.0`` and sign-ins (``entra``); ``server.person`` plays the owner in
Outlook and ``server.recruiter`` the other side. What nobody knows for certain is in ``graph_mail.Switches``.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

from servers.entra import Entra
from servers.graph_mail import (
    FOLDERS,
    Box,
    Item,
    Switches,
    as_mime,
    as_resource,
    folder_id,
    not_found,
    people_of,
)
from servers.graph_openapi import Call, Contract, Rejected
from servers.graph_query import kql, odata
from servers.http import FakeServer, Listing, Request, Response

AT_ONCE = 4  # requests of one application, whatever the mailbox (graph-docs throttling-limits)
READ = {"Mail.Read", "Mail.ReadWrite"}
SCOPES = {
    "GET /me": {"User.Read"},
    "POST /me/messages/{message-id}/send": {"Mail.Send"},
    "GET /me/events/{event-id}": {"Calendars.Read", "Calendars.ReadWrite"},
    "POST /me/events/{event-id}/decline": {"Calendars.ReadWrite"},
}
UPDATABLE = {
    *("subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "from", "sender"),
    *("internetMessageId", "isRead", "importance", "categories", "flag", "internetMessageHeaders"),
}
ONLY_DRAFTS = UPDATABLE - {"isRead", "categories", "flag", "importance"}


def error(status: int, code: str, message: str, **headers: str) -> Response:
    """An error answer as documented (graph-docs concepts/errors)."""
    inner = {"date": "2026-11-20T12:00:00", "request-id": "r-1", "client-request-id": "c-1"}
    return Response.of({"error": {"code": code, "message": message, "innerError": inner}}, status, **headers)


def throttled(seconds: int = 2) -> Response:
    text = "Application is over its MailboxConcurrency limit."
    return error(429, "ApplicationThrottled", text, **{"Retry-After": str(seconds)})


BACKEND = error(503, "ErrorServerBusy", "The server cannot service this request right now.")
GATEWAY = error(504, "UnknownError", "")
EXPIRED = error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
DENIED = error(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


class GraphServer(FakeServer):
    """Outlook of one person. Use as a context manager; ``base`` is what ``graph_endpoint`` must be."""

    def __init__(
        self,
        address: str = "me@outlook.com",
        *,
        name: str = "Me Myself",
        switches: Switches | None = None,
        rtt: float = 0.0,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.contract = Contract()
        self.switches = switches or Switches()
        self._ticks = itertools.count(1)
        self._clock = clock
        self.box = Box((name, address), self._moment, self.switches)
        self.listing = Listing.ENDS  # once Graph repeated the link to the next page for hours
        self.mutable_ids = 0  # requests that did not ask for immutable ids
        self.declined: list[tuple[str, str]] = []
        self.most_at_once = 0
        self._running = 0
        self._pages: dict[str, tuple[str, int]] = {}
        self._count_lock = threading.Lock()
        super().__init__(rtt=rtt)
        self.entra = Entra(self.base, address, name=name, clock=self.now)
        self.person = OutlookPerson(self)
        self.recruiter = Recruiter(self)

    def now(self) -> datetime:
        return (self._clock() + self.clock_skew) if self._clock else super().now()

    def _moment(self) -> datetime:
        """When a change happens: a little later each time, so that order is never in doubt."""
        return self.now() + timedelta(milliseconds=next(self._ticks))

    def token(self, *scopes: str) -> str:
        """An access token of this mailbox, as a ``token_command`` would print it."""
        return self.entra.access(*(scopes or ("User.Read", "Mail.ReadWrite")))

    # --- the API ------------------------------------------------------------------------------------

    def _exchange(self, wire: BaseHTTPRequestHandler) -> None:
        with self._count_lock:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        path, _, query = wire.path.partition("?")
        if path.startswith("/v1.0/") and "+" in query:
            self.refuse(f"{path}: a plus in a query is a plus, no blank")
        try:
            super()._exchange(wire)
        finally:
            with self._count_lock:
                self._running -= 1

    def handle(self, request: Request) -> Response:
        if not request.path.startswith("/v1.0/"):
            return self.entra.handle(request)
        if len(request.body) != int(request.headers.get("content-length") or 0):
            return Response(400)  # the client died in the middle of it: nobody acts on half a request
        if self._running > AT_ONCE:
            self.refuse(f"{self._running} requests at once")
            return throttled()
        try:
            call, skip = self._call(request)
            self._authorise(request, call)
            immutable = self._prefers(request, 'IdType="ImmutableId"')
            self.mutable_ids += not immutable
            status, answer = self._perform(call, request, immutable, skip)
        except Rejected as exc:
            if exc.mistake:
                self.refuse(f"{request.method} {request.path}: {exc}")
            return error(exc.status, exc.code, str(exc))
        if isinstance(answer, bytes):
            return Response(status, answer, "text/plain")
        if answer is None:
            return Response(status)
        for wrong in self.contract.check_answer(call, answer):
            self.refuse(f"the fake itself says what Graph would not: {wrong}")
        return Response.of({"@odata.context": f"{self.base}/v1.0/$metadata", **answer}, status)

    def _call(self, request: Request) -> tuple[Call, int]:
        """The checked call and how many rows a page link skips."""
        query = {key: list(values) for key, values in request.query.items()}
        skip = 0
        if token := query.pop("$skiptoken", None):
            asked, skip = self._pages.get(token[0], ("", 0))
            if asked != _canonical(request.path, query):
                raise Rejected("a nextLink was not followed as it was given")
        return self.contract.call(
            request.method, request.path.removeprefix("/v1.0"), query, request.body
        ), skip

    def _prefers(self, request: Request, what: str) -> bool:
        return what in request.headers.get("prefer", "")

    def _authorise(self, request: Request, call: Call) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        granted = self.entra.scopes_of(bearer)
        if granted is None:
            raise Rejected(
                "Access token is empty or expired.", 401, "InvalidAuthenticationToken", mistake=False
            )
        needed = SCOPES.get(call.name, READ if call.name.startswith("GET ") else {"Mail.ReadWrite"})
        if not needed & granted:
            raise Rejected(f"{call.name} needs {needed}, the token has {granted}", 403, "ErrorAccessDenied")

    def _perform(self, call: Call, request: Request, immutable: bool, skip: int) -> tuple[int, Any]:
        match call.name:
            case "GET /me":
                return 200, self._me(call)
            case "GET /me/mailFolders/{mailFolder-id}":
                return 200, self._folder(call)
            case "GET /me/messages":
                return 200, self._list(call, request, None, immutable, skip)
            case "GET /me/mailFolders/{mailFolder-id}/messages":
                folder = self._folder_name(call.ids[0])
                return 200, self._list(call, request, folder, immutable, skip)
            case "GET /me/mailFolders/{mailFolder-id}/messages/{message-id}":
                return 200, self._in_folder(call, immutable)
            case "GET /me/events/{event-id}" | "POST /me/events/{event-id}/decline":
                return self._event(call)
        return self._on_message(call, request, immutable)

    def _on_message(self, call: Call, request: Request, immutable: bool) -> tuple[int, Any]:
        item = self.box.item(call.ids[0], immutable=immutable) if call.ids else None
        if item is None:
            raise Rejected(f"{call.name} is not implemented by the fake")
        match call.name:
            case "GET /me/messages/{message-id}":
                return 200, self._show(item, call, immutable, single=True)
            case "GET /me/messages/{message-id}/$value":
                return 200, as_mime(item)
            case "GET /me/messages/{message-id}/attachments":
                return 200, {"value": [_attachment(n, a) for n, a in enumerate(item.attachments)]}
            case "POST /me/messages/{message-id}/createReply":
                return 201, self._create_reply(call, item, immutable)
            case "PATCH /me/messages/{message-id}":
                self._precondition(request, item)
                return 200, self._show(self._patch(call.body, item), None, immutable, single=True)
            case "DELETE /me/messages/{message-id}":
                self._precondition(request, item)
                self.box.move(item, "deleteditems")
                return 204, None
            case "POST /me/messages/{message-id}/send":
                self._send_draft(item)
                return 202, None
        raise Rejected(f"{call.name} is not implemented by the fake")

    # --- reading ------------------------------------------------------------------------------------

    def _me(self, call: Call) -> dict[str, Any]:
        name, address = self.box.owner
        aliases = [f"smtp:{alias}" for alias in self.box.aliases]
        known = {
            "id": self.entra.user_id,
            "displayName": name,
            "mail": address,
            "userPrincipalName": address,
            "proxyAddresses": [f"SMTP:{address}", *aliases],
        }
        wanted = call.query.get("$select", "id,displayName,mail,userPrincipalName").split(",")
        return {key: value for key, value in known.items() if key in wanted}

    def _folder(self, call: Call) -> dict[str, Any]:
        name = self._folder_name(call.ids[0])
        return {"id": folder_id(name), "displayName": f"Ordner {FOLDERS.index(name)}"}

    def _folder_name(self, asked: str) -> str:
        for name in FOLDERS:
            if asked.lower() == name or asked == folder_id(name):
                return name
        raise not_found()

    def _list(
        self, call: Call, request: Request, folder: str | None, immutable: bool, skip: int
    ) -> dict[str, Any]:
        query = call.query
        size = int(query.get("$top", "10"))
        if not 1 <= size <= 1000:
            raise Rejected(f"$top is {size}")
        items = [i for i in self.box.items.values() if folder is None or i.folder == folder]
        found = self._searched(items, query) if "$search" in query else self._filtered(items, query)
        answer: dict[str, Any] = {
            "value": [self._show(i, call, immutable, single=False) for i in found[skip : skip + size]]
        }
        if found[skip + size :] or self.listing is not Listing.ENDS:
            comes_back = self.listing is Listing.COMES_BACK and not found[skip + size :]
            asked = _canonical(request.path, dict(request.query))
            # Another listing may be read at the same time: each comes back to a page of its own.
            token = f"last{crc32(asked.encode())}" if comes_back else f"p{next(self._ticks)}"
            self._pages[token] = (asked, skip + size)
            pairs = [(k, v) for k, values in request.query.items() for v in values if k != "$skiptoken"]
            link = urlencode([*pairs, ("$skiptoken", token)], quote_via=quote)
            answer["@odata.nextLink"] = f"{self.base}{request.path}?{link}"
        return answer

    def _searched(self, items: list[Item], query: Any) -> list[Item]:
        if {"$filter", "$orderby"} & set(query):
            text = "The query parameter '$search' is not supported with '$filter' or '$orderby'."
            raise Rejected(text, 400, "SearchWithFilter")
        test = kql(query["$search"])
        found = [item for item in items if test(_fields(item))]
        return sorted(found, key=lambda item: item.sent, reverse=True)[:1000]

    def _filtered(self, items: list[Item], query: Any) -> list[Item]:
        test, names = odata(query["$filter"]) if "$filter" in query else ((lambda _: True), [])
        if order := query.get("$orderby"):
            field, _, direction = order.partition(" ")
            if names and names[0] != field:
                text = "The restriction or sort order is too complex for this operation."
                raise Rejected(text, 400, "InefficientFilter")
            return sorted(
                (i for i in items if test(_values(i))), key=lambda i: i.sent, reverse=bool(direction)
            )
        # Nobody promises an order: certainly not the oldest first.
        return sorted((i for i in items if test(_values(i))), key=lambda i: i.id)

    def _in_folder(self, call: Call, immutable: bool) -> dict[str, Any]:
        item = self.box.item(call.ids[1], immutable=immutable)
        if folder_id(item.folder) != folder_id(self._folder_name(call.ids[0])):
            raise not_found()
        shown = self._show(item, None, immutable, single=True)
        if call.query.get("$expand") == "microsoft.graph.eventMessage/event" and item.event:
            shown["event"] = self.box.events[item.event]
        elif "$expand" in call.query:
            raise Rejected(f"$expand={call.query['$expand']}")
        return shown

    def _show(self, item: Item, call: Call | None, immutable: bool, *, single: bool) -> dict[str, Any]:
        shown = as_resource(item, self.switches, immutable=immutable, single=single)
        if call is None or "$select" not in call.query:
            shown.pop("internetMessageHeaders", None)
            return shown
        wanted = call.query["$select"].split(",")
        return {k: v for k, v in shown.items() if k in wanted or k == "id" or k.startswith("@")}

    def _event(self, call: Call) -> tuple[int, Any]:
        event = self.box.events.get(call.ids[0])
        if event is None:
            raise not_found()
        if call.name.startswith("GET"):
            return 200, event
        body = call.body or {}
        if not body.get("sendResponse"):
            self.refuse("a decline without sendResponse tells nobody")
        self.declined.append((call.ids[0], body.get("comment") or ""))
        event["responseStatus"] = {"response": "declined", "time": "2026-11-20T12:00:00Z"}
        return 202, None

    # --- writing ------------------------------------------------------------------------------------

    def _precondition(self, request: Request, item: Item) -> None:
        wanted = request.headers.get("if-match")
        if wanted and wanted not in {"*", item.etag}:
            text = (
                "The send or update operation could not be performed because the change key is not current."
            )
            raise Rejected(text, 412, "ErrorIrresolvableConflict", mistake=False)

    def _create_reply(self, call: Call, parent: Item, immutable: bool) -> dict[str, Any]:
        body = call.body or {}
        message = body.get("message") or {}
        if body.get("comment") and "body" in message:
            raise Rejected("Specify either comment or the body property of the message, not both")
        item = self.box.create_reply(parent, body.get("comment"))
        if message:
            item = self._patch(message, item)
        return self._show(item, None, immutable, single=True)

    def _patch(self, body: Any, item: Item) -> Item:
        names = {name for name in body if not name.startswith("@")}
        if wrong := names - UPDATABLE:
            raise Rejected(f"cannot be updated: {sorted(wrong)}", 400, "ErrorInvalidPropertySet")
        if not item.is_draft and names & ONLY_DRAFTS:
            raise Rejected("only drafts can be changed", 400, "ErrorInvalidPropertySet", mistake=False)
        for header in body.get("internetMessageHeaders") or ():
            if not str(header.get("name")).lower().startswith("x-"):
                text = (
                    f"The internet message header name '{header.get('name')}' should start with 'x-' or 'X-'."
                )
                raise Rejected(text, 400, "InvalidInternetMessageHeader")
        return self.box.change(item, touch=names != {"isRead"}, **self._changes(body))

    def _changes(self, body: Any) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        lists = {"toRecipients": "to", "ccRecipients": "cc", "bccRecipients": "bcc", "replyTo": "reply_to"}
        for name, value in body.items():
            if name in lists:
                changes[lists[name]] = people_of(value)
            elif name == "body":
                changes["body_type"] = value.get("contentType", "text")
                changes["body"] = self._kept_markup(changes["body_type"], value.get("content") or "")
            elif name == "from":
                ((shown, address),) = people_of([value])
                if address.lower() not in {self.box.owner[1].lower(), *self.box.aliases}:
                    raise Rejected(
                        "not allowed to send as this address", 403, "ErrorSendAsDenied", mistake=False
                    )
                changes["from_"] = (shown, address)
            elif name in {"subject", "internetMessageId", "isRead"}:
                changes[{"internetMessageId": "message_id", "isRead": "is_read"}.get(name, name)] = value
        return changes

    def _kept_markup(self, kind: str, content: str) -> str:
        """What Exchange keeps of HTML: no scripts or comments, line ends and quotes as it likes them."""
        if kind != "html" or not self.switches.sanitises:
            return content
        content = re.sub(r"(?is)<!--.*?-->|<script.*?</script>", "", content).replace("\r\n", "\n")
        if "<html" not in content.lower():
            content = f"<html><head></head><body>{content}</body></html>"
        return content.replace("<p>", '<p style="margin-top:0">').replace("\n", "\r\n")

    def _send_draft(self, item: Item) -> None:
        if not item.is_draft:
            if self.switches.second_send == 404:
                raise not_found()
            item = replace(item, is_draft=True)
            self.box.items[item.id] = item
        if not item.to:
            raise Rejected("At least one recipient is required", 400, "ErrorInvalidRecipients")
        self.box.send(item)


def _attachment(number: int, attachment: tuple[str, str, int]) -> dict[str, Any]:
    name, kind, size = attachment
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "id": f"att{number}",
        "name": name,
        "contentType": kind,
        "size": size,
    }


def _canonical(path: str, query: dict[str, list[str]]) -> str:
    return path + json.dumps(sorted((k, v) for k, v in query.items() if k != "$skiptoken"))


def _fields(item: Item) -> dict[str, str]:
    """What $search looks into; the markup of HTML is no text."""
    people = {n: " ".join(f"{a} {b}" for a, b in v) for n, v in (("to", item.to), ("cc", item.cc))}
    sender = " ".join(item.from_) if item.from_ else ""
    body = re.sub(r"<[^>]*>", " ", item.body) if item.body_type == "html" else item.body
    return {"from": sender, "subject": item.subject, "body": _unescaped(body), **people}


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text)


def _values(item: Item) -> dict[str, object]:
    return {
        "conversationId": item.conversation,
        "internetMessageId": item.message_id,
        "isDraft": item.is_draft,
        "receivedDateTime": item.sent,
        "sentDateTime": item.sent,
    }


class OutlookPerson:
    """The owner of the mailbox, in Outlook."""

    def __init__(self, server: GraphServer) -> None:
        self._server = server

    @property
    def box(self) -> Box:
        return self._server.box

    def draft(self, message_id: str) -> Item:
        (found,) = (item for item in self.box.drafts() if item.message_id == message_id)
        return found

    def type_above(self, item: Item, text: str) -> Item:
        """Write ``text`` at the top of the draft and let it save."""
        with self._server.lock:
            body = re.sub(r"(?i)(<body[^>]*>)", lambda tag: f"{tag[1]}<div>{text}</div>", item.body, count=1)
            return self.box.change(item, body=body)

    def readdress(self, item: Item, address: str) -> Item:
        with self._server.lock:
            return self.box.change(item, to=(("", address),))

    def trash(self, item: Item) -> Item:
        with self._server.lock:
            return self.box.move(item, "deleteditems")

    def delete(self, item: Item) -> None:
        with self._server.lock:
            del self.box.items[item.id]

    def send(self, item: Item) -> Item:
        with self._server.lock:
            return self.box.send(item, by_client=True)

    def answer(self, item: Item, text: str) -> Item:
        """Write and send a reply by hand."""
        with self._server.lock:
            reply = self.box.create_reply(item, f"<div>{text}</div>")
            return self.box.send(reply, by_client=True)

    def begin_reply(self, item: Item, text: str = "") -> Item:
        """Press Reply and leave the draft."""
        with self._server.lock:
            return self.box.create_reply(item, f"<div>{text}</div>" if text else None)


class Recruiter:
    """The other side: writes into the mailbox."""

    def __init__(self, server: GraphServer) -> None:
        self._server = server
        self._serial: Iterator[int] = itertools.count(1)

    def write(
        self,
        text: str = "Shall we talk on Tuesday at 10?",
        *,
        sender: str = "Jane Roe <jane@acme.example>",
        subject: str = "Interview for Data Engineer",
        answers: Item | None = None,
        at: datetime | None = None,
        folder: str = "inbox",
        extra: tuple[str, ...] = (),
        calendar: str | None = None,
    ) -> Item:
        """Deliver a mail, unread; ``answers`` makes it a reply, ``calendar`` an invitation."""
        server = self._server
        with server.lock:
            at = at or server.now()
            head = [
                f"From: {sender}",
                f"To: {formataddr(server.box.owner)}",
                f"Subject: {answers.subject if answers else subject}",
                f"Date: {format_datetime(at)}",
                f"Message-ID: <rec{next(self._serial)}@acme.example>",
                *([f"In-Reply-To: {answers.message_id}"] if answers else []),
                *extra,
            ]
            kind = "Content-Type: text/plain; charset=utf-8"
            body = text
            if calendar:
                kind = 'Content-Type: multipart/alternative; boundary="b"'
                body = (
                    f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
                    "--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
                    f"{calendar}\r\n--b--"
                )
            item = server.box.deliver("\r\n".join([*head, kind, "", body, ""]).encode(), folder, at=at)
            return self._invite(item) if calendar else item

    def _invite(self, item: Item) -> Item:
        event = f"AAMkEvent{next(self._serial)}="
        box = self._server.box
        box.events[event] = {"id": event, "subject": item.subject, "isOrganizer": False}
        return box.change(item, touch=False, event=event)
