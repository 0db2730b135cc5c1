"""A fake Gmail over HTTP with state, strict where Gmail's own description is (see ``gmail_discovery``).

``GmailServer`` answers the API and OAuth; ``server.person`` plays the owner in the web UI and
``server.recruiter`` the other side. What nobody knows about Gmail is in ``Switches``.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import formataddr, getaddresses
from typing import Any

from servers.gmail_discovery import Call, Discovery, Rejected, from_base64url
from servers.gmail_mail import (
    Box,
    Mail,
    Switches,
    as_resource,
    decoded,
    mail_bytes,
    recompose,
    texts,
    with_header,
)
from servers.google_oauth import Tokens
from servers.http import FakeServer, Listing, Request, Response

# Units per call of projects created since 2026-05-01; where the page names none, the older figure.
COSTS = {
    "gmail.users.getProfile": 1,
    "gmail.users.messages.list": 5,
    "gmail.users.messages.get": 20,
    "gmail.users.messages.attachments.get": 20,
    "gmail.users.threads.get": 40,
    "gmail.users.drafts.list": 5,
    "gmail.users.drafts.get": 5,
    "gmail.users.drafts.create": 10,
    "gmail.users.drafts.update": 15,
    "gmail.users.drafts.delete": 10,
    "gmail.users.drafts.send": 100,
    "gmail.users.settings.sendAs.list": 1,
}
PER_MINUTE = 6000
WRITES = r"(POST|PUT|DELETE) /gmail"
REASONS = {
    400: ("INVALID_ARGUMENT", "global"),
    401: ("UNAUTHENTICATED", "global"),
    403: ("PERMISSION_DENIED", "usageLimits"),
    404: ("NOT_FOUND", "global"),
    429: ("RESOURCE_EXHAUSTED", "usageLimits"),
}


def error(status: int, reason: str, message: str) -> Response:
    """An error answer as documented (developers.google.com/gmail/api/guides/handle-errors)."""
    name, domain = REASONS.get(status, ("UNAVAILABLE", "global"))
    inner = {"message": message, "domain": domain, "reason": reason}
    return Response.of(
        {"error": {"code": status, "message": message, "errors": [inner], "status": name}}, status
    )


TOO_MANY = error(429, "rateLimitExceeded", "Too many concurrent requests for user")
QUOTA = error(403, "userRateLimitExceeded", "User Rate Limit Exceeded")
BACKEND = error(503, "backendError", "Backend Error")
GATEWAY = error(504, "backendError", "Deadline exceeded")
EXPIRED = error(401, "authError", "Invalid Credentials")


class GmailServer(FakeServer):
    """Gmail of one person. Use as a context manager; ``base`` is what ``api_endpoint`` must be."""

    def __init__(
        self,
        address: str = "me@gmail.com",
        *,
        switches: Switches | None = None,
        rtt: float = 0.0,
        clock: Callable[[], datetime] | None = None,
        inline_limit: int = 100_000,
    ) -> None:
        self.discovery = Discovery()
        self.switches = switches or Switches()
        self._ticks = itertools.count(1)
        self._clock = clock
        self.box = Box(address, self._moment, self.switches)
        self.inline_limit = inline_limit
        self.listing = Listing.ENDS
        self.send_as: list[dict[str, Any]] = [
            {
                "sendAsEmail": address,
                "displayName": "",
                "replyToAddress": "",
                "signature": "",
                "isPrimary": True,
                "isDefault": True,
                "treatAsAlias": False,
            }
        ]
        self.units = 0
        self.calls: Counter[str] = Counter()
        self._spent: list[tuple[datetime, int]] = []
        super().__init__(rtt=rtt)
        self.tokens = Tokens(self.base)
        self.person = Person(self)
        self.recruiter = Recruiter(self)

    def now(self) -> datetime:
        return (self._clock() + self.clock_skew) if self._clock else super().now()

    def _moment(self) -> datetime:
        """When a change happens: the clock plus a microsecond per change, so that order is never in doubt."""
        return self.now() + timedelta(milliseconds=next(self._ticks))

    def index(self) -> None:
        """The search index has caught up."""
        with self.lock:
            self.box.unindexed.clear()

    def new_minute(self) -> None:
        """The quota is fresh, though the clock did not move."""
        self._spent.clear()

    def add_alias(self, address: str, *, name: str = "", signature: str = "", verified: bool = True) -> None:
        """Another address that the person may write from, once it is verified."""
        self.send_as.append(
            {
                "sendAsEmail": address,
                "displayName": name,
                "signature": signature,
                "treatAsAlias": True,
                "verificationStatus": "accepted" if verified else "pending",
            }
        )

    def token(self, *scopes: str) -> str:
        """An access token of this mailbox, as a ``token_command`` would print it."""
        return self.tokens.access(self.box.address, self.now(), *([scopes] if scopes else []))

    # --- the API --------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        if not request.path.startswith("/gmail/"):
            return self.tokens.handle(request, self.now())
        try:
            call = self.discovery.call(request.method, request.path, request.query, request.body)
            self._authorise(request, call)
            self._charge(call)
        except _Answered as exc:
            return exc.response
        except Rejected as exc:
            self.refuse(str(exc))
            return error(exc.status, exc.reason, str(exc))
        try:
            answer = self._perform(call)
        except Rejected as exc:
            if exc.reason == "badRequest":
                self.refuse(str(exc))
            return error(exc.status, exc.reason, str(exc))
        self.discovery.check_answer(call, answer)  # its base class notes what is raised here
        if answer is None:
            return Response(204)
        return Response.of(self.discovery.cut(call, answer))

    def _authorise(self, request: Request, call: Call) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        grant = self.tokens.grant_of(bearer, self.now())
        if grant is None:
            raise _Answered(EXPIRED)
        if not grant.scopes & self.discovery.scopes(call.method):
            self.refuse(f"{call.method}: the token has none of its scopes")
            text = "Request had insufficient authentication scopes."
            raise _Answered(error(403, "insufficientPermissions", text))
        if call.params["userId"] not in {"me", grant.address}:
            raise Rejected(f"userId {call.params['userId']!r} is not the signed-in user")

    def _charge(self, call: Call) -> None:
        cost = COSTS[call.method]
        now = self.now()
        self._spent = [(at, units) for at, units in self._spent if now - at < timedelta(minutes=1)]
        if sum(units for _, units in self._spent) + cost > PER_MINUTE:
            text = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'"
            raise _Answered(error(429, "rateLimitExceeded", text))
        self._spent.append((now, cost))
        self.units += cost
        self.calls[call.method.removeprefix("gmail.users.")] += 1

    def _perform(self, call: Call) -> dict[str, Any] | None:
        name = call.method.removeprefix("gmail.users.").replace(".", "_")
        perform = getattr(self, f"_do_{name}", None)
        if perform is None:
            raise Rejected(f"{call.method} is not implemented by the fake")
        answer: dict[str, Any] | None = perform(call)
        return answer

    def _do_getProfile(self, call: Call) -> dict[str, Any]:  # noqa: N802 -- the method's name at Google
        return {"emailAddress": self.box.address, "messagesTotal": len(self.box.mails), "historyId": "1"}

    def _do_settings_sendAs_list(self, call: Call) -> dict[str, Any]:  # noqa: N802 -- as above
        return {"sendAs": self.send_as}

    def _do_messages_list(self, call: Call) -> dict[str, Any]:
        found = self.box.search(call.params.get("q", ""), gone=call.params.get("includeSpamTrash", False))
        return self._page("messages", [{"id": m.id, "threadId": m.thread} for m in found], call)

    def _do_messages_get(self, call: Call) -> dict[str, Any]:
        return self._show(self._mail(call.params["id"]), call)

    def _do_messages_attachments_get(self, call: Call) -> dict[str, Any]:
        import base64

        self._mail(call.params["messageId"])
        data = self.box.attachments.get(call.params["id"])
        if data is None:
            raise Rejected("Invalid attachment token", 400, "invalidArgument")
        return {"size": len(data), "data": base64.urlsafe_b64encode(data).decode()}

    def _do_threads_get(self, call: Call) -> dict[str, Any]:
        if call.params.get("format") == "raw":
            raise Rejected("threads.get: there is no format raw")
        mails = self.box.thread(call.params["id"])
        if not mails:
            raise Rejected("Requested entity was not found.", 404, "notFound")
        shown = [self._show(mail, call) for mail in mails]
        return {"id": call.params["id"], "historyId": "1", "messages": shown}

    def _do_drafts_list(self, call: Call) -> dict[str, Any]:
        drafts = self.box.drafts()
        if "q" in call.params:
            hits = {mail.id for mail in self.box.search(call.params["q"])}
            drafts = [mail for mail in drafts if mail.id in hits]
        shown = [{"id": m.draft, "message": {"id": m.id, "threadId": m.thread}} for m in drafts]
        return self._page("drafts", shown, call)

    def _do_drafts_get(self, call: Call) -> dict[str, Any]:
        mail = self.box.draft(call.params["id"])
        return {"id": mail.draft, "message": self._show(mail, call)}

    def _do_drafts_create(self, call: Call) -> dict[str, Any]:
        message = _only(call.body, "message")
        mail = self.box.create_draft(self._own(_raw(message)), message.get("threadId"))
        return _draft(mail)

    def _do_drafts_update(self, call: Call) -> dict[str, Any]:
        message = _only(call.body, "message")
        mail = self.box.update_draft(call.params["id"], self._own(_raw(message)), message.get("threadId"))
        return _draft(mail)

    def _do_drafts_delete(self, call: Call) -> None:
        self.box.delete_draft(call.params["id"])

    def _do_drafts_send(self, call: Call) -> dict[str, Any]:
        draft_id = _only(call.body, "id")
        mail = self.box.send_draft(draft_id)
        return {"id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels)}

    def _page(self, name: str, rows: list[dict[str, Any]], call: Call) -> dict[str, Any]:
        """One page of a listing; ``maxResults`` is at most 500, 100 unless told."""
        size = min(call.params.get("maxResults", 100), 500)
        start = int(call.params.get("pageToken", "0"))
        answer: dict[str, Any] = {"resultSizeEstimate": len(rows)}
        if rows[start : start + size]:
            answer[name] = rows[start : start + size]
        if rows[start + size :] or self.listing is Listing.NEVER_ENDS:
            answer["nextPageToken"] = str(start + size)
        elif self.listing is Listing.COMES_BACK:
            answer["nextPageToken"] = str(len(rows))
        return answer

    def _own(self, raw: bytes) -> bytes:
        """A draft whose From the person may use: of another one Gmail silently makes the default address."""
        own = {r["sendAsEmail"].casefold() for r in self.send_as if r.get("verificationStatus") != "pending"}
        if (
            others := {a.casefold() for _, a in getaddresses([decoded(message_from_bytes(raw)["From"])])}
            - own
        ):
            self.refuse(f"a draft from {others}: Gmail would write another From")
        return raw

    def _mail(self, mail_id: str) -> Mail:
        if mail_id not in self.box.mails:
            raise Rejected("Requested entity was not found.", 404, "notFound")
        return self.box.mails[mail_id]

    def _show(self, mail: Mail, call: Call) -> dict[str, Any]:
        names = call.params.get("metadataHeaders", [])
        return as_resource(self.box, mail, call.params.get("format", "full"), names, self.inline_limit)


class _Answered(Exception):
    """The request is well formed but answered with an error that is nobody's mistake."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Person:
    """The owner of the mailbox, in Gmail's web UI."""

    def __init__(self, server: GmailServer) -> None:
        self._server = server
        self._serial: Iterator[int] = itertools.count(1)

    @property
    def box(self) -> Box:
        return self._server.box

    def drafts(self) -> list[Mail]:
        with self._server.lock:
            return self.box.drafts()

    def edit(self, draft_id: str, text: str | None = None, *, subject: str | None = None) -> str:
        """Open the draft, write ``text`` above what is there, close. Answers with the draft id after it.

        An edited subject takes the draft out of its thread.
        """
        with self._server.lock:
            mail = self.box.draft(draft_id)
            plain, html = texts(mail)
            html = html or plain.replace("\n", "<br>")
            if text is not None:
                html = f"<div>{text}</div>{html}"
            raw = recompose(mail, html, self._server.switches, subject=subject)
            thread = mail.thread if subject is None else self.box.new_thread_id()
            new_id = draft_id if self._server.switches.keeps_draft_id else f"{draft_id}9"
            self.box.change(mail, raw=raw, thread=thread, draft=new_id)
            return new_id

    def open_and_close(self, draft_id: str) -> str:
        """Look at the draft in the composer: the markup is rewritten, nothing else."""
        return self.edit(draft_id)

    def readdress(self, draft_id: str, to: str) -> None:
        with self._server.lock:
            mail = self.box.draft(draft_id)
            self.box.change(mail, raw=with_header(mail.raw, "To", to))

    def delete(self, draft_id: str) -> None:
        with self._server.lock:
            self.box.delete_draft(draft_id)

    def trash(self, draft_id: str) -> None:
        with self._server.lock:
            mail = self.box.draft(draft_id)
            self.box.change(mail, labels=mail.labels | {"TRASH"})

    def send(self, draft_id: str) -> Mail:
        """Press Send in the web UI."""
        with self._server.lock:
            return self.box.send_draft(draft_id)

    def answer(self, mail: Mail, text: str, *, to: str | None = None) -> Mail:
        """Write and send a reply by hand."""
        return self._write(mail, to or mail.header("From"), text)

    def forward(self, mail: Mail, to: str, text: str = "What do you think?") -> Mail:
        """Forward to a friend: Gmail keeps it in the conversation."""
        return self._write(mail, to, text)

    def draft(self, mail: Mail, text: str) -> str:
        """Begin a reply in the web UI and leave it among the drafts."""
        with self._server.lock:
            raw = self._reply(mail, mail.header("From"), text)
            return self.box.create_draft(raw, mail.thread).draft or ""

    def _write(self, mail: Mail, to: str, text: str) -> Mail:
        with self._server.lock:
            return self.box.file_sent(self._reply(mail, to, text), mail.thread)

    def _reply(self, mail: Mail, to: str, text: str) -> bytes:
        return mail_bytes(
            sender=self.box.address,
            to=to,
            subject=mail.header("Subject"),
            text=text,
            at=self._server.now(),
            message_id=f"<CAweb{next(self._serial)}@mail.gmail.com>",
            answers=mail,
        )


class Recruiter:
    """The other side: writes into the mailbox."""

    def __init__(self, server: GmailServer) -> None:
        self._server = server
        self._serial: Iterator[int] = itertools.count(1)

    def write(
        self,
        text: str = "Shall we talk on Tuesday at 10?",
        *,
        sender: str = "Jane Roe <jane@acme.example>",
        subject: str = "Interview for Data Engineer",
        to: str | None = None,
        answers: Mail | None = None,
        at: datetime | None = None,
        labels: Sequence[str] = (),
        message_id: str | None = None,
        html: str | None = None,
    ) -> Mail:
        """Deliver a mail; ``answers`` makes it a reply."""
        server = self._server
        with server.lock:
            raw = mail_bytes(
                sender=sender,
                to=to or formataddr(("Me Myself", server.box.address)),
                subject=answers.header("Subject") if answers else subject,
                text=text,
                at=at or server.now(),
                message_id=message_id or f"<rec{next(self._serial)}@acme.example>",
                answers=answers,
                html=html,
            )
            return server.box.deliver(raw, at=at, labels=labels)


def _only(body: Any, name: str) -> Any:
    if not isinstance(body, dict) or name not in body:
        raise Rejected(f"the body lacks {name!r}: {json.dumps(body)[:80]}")
    return body[name]


def _raw(message: dict[str, Any]) -> bytes:
    raw = from_base64url(_only(message, "raw"))
    if not raw:
        raise Rejected("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    return raw


def _draft(mail: Mail) -> dict[str, Any]:
    return {"id": mail.draft, "message": {"id": mail.id, "threadId": mail.thread, "labelIds": ["DRAFT"]}}
