"""Ask the Gmail API: each method of Google's description by its name, quota counted.

httplib2, the client library's own transport, repeats a POST when the server closes the connection without an
answer, so the library is given one of ours, which sends a write once.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlsplit

from bowout.errors import BowoutError, SignInNeeded, Unreachable
from bowout.providers.gmail.keys import GmailKeys
from bowout.providers.web.api import CONNECT_LIMIT, Answer, WebApi
from bowout.providers.web.http import NeverLeft, NoAnswer

__all__ = ["Answer", "Api"]

ENDPOINT = "https://gmail.googleapis.com"
READ_LIMIT = 30.0  # seconds
# Units of Google's quota (developers.google.com/workspace/gmail/api/reference/quota, projects created since
# 2026-05-01: 6,000 per user and minute). Where that page names no figure, the older one.
COSTS = {
    "users.getProfile": 1,
    "users.messages.list": 5,
    "users.messages.get": 20,
    "users.messages.attachments.get": 20,
    "users.threads.get": 40,
    "users.drafts.list": 5,
    "users.drafts.get": 5,
    "users.drafts.create": 10,
    "users.drafts.update": 15,
    "users.drafts.delete": 10,
    "users.drafts.send": 100,
    "users.settings.sendAs.list": 1,
}
# The newer name of the last two comes without any of the older ones beside it.
RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "RESOURCE_EXHAUSTED"})
_DRAFTS = "/gmail/v1/users/me/drafts"


@dataclass(slots=True)
class Api(WebApi):
    """The Gmail API of one account. ``units`` of the quota and ``calls`` are counted."""

    limits: tuple[float, float] = (CONNECT_LIMIT, READ_LIMIT)
    units: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    PLACE: ClassVar[str] = "Gmail"
    AT_ONCE: ClassVar[int] = 8
    # A new draft; one draft changed or deleted. Gmail has no scope that allows these and forbids sending.
    HARMLESS: ClassVar[re.Pattern[str]] = re.compile(
        rf"POST {_DRAFTS}|(PUT|DELETE) {_DRAFTS}/(?!send$)[\w-]+", re.ASCII
    )
    TOO_MUCH: ClassVar[frozenset[str]] = RATE

    @property
    def endpoint(self) -> str:
        return (self.account.own(GmailKeys).api_endpoint or ENDPOINT).rstrip("/")

    def read(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method that changes nothing, as ``repeated`` does."""
        return self.repeated(lambda refused: self.once(method, refused=refused, **parameters))

    def listed(self, method: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Call a method that lists something, page by page, as ``pages`` does."""

        def ask(token: str | None) -> dict[str, Any]:
            return self.read(method, **parameters, **({"pageToken": token} if token else {}))

        return self.pages(ask, "nextPageToken")

    def write(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method that changes something, as ``changed`` does."""
        return self.changed(lambda: self.once(method, **parameters))

    def once(self, method: str, *, refused: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method once, whatever comes of it.

        Raises ``Answer``, ``NeverLeft``, ``NoAnswer``, ``NotArmed``.
        """
        import json

        import googleapiclient.errors

        path, _, name = method.rpartition(".")
        request = getattr(_resource(self.account.own(GmailKeys).api_endpoint, path), name)(
            userId="me", **parameters
        )
        with self._guard:
            self.units += COSTS[method]
            self.calls[method] += 1
        http = _Http(self, refused)
        try:
            answer = request.execute(http=http)
        except googleapiclient.errors.HttpError as exc:
            content = exc.content
            raise self.refusal(exc.resp.status, exc.resp, lambda: json.loads(content), http.token) from exc
        except ValueError as exc:  # bytes that are not even text
            raise NoAnswer("the answer was cut off") from exc
        if name == "delete":
            return {}
        # A 200 whose JSON is cut off arrives as text, and nothing is raised.
        if not isinstance(answer, dict):
            raise NoAnswer("the answer was cut off")
        return answer

    def explanation(self, error: Any) -> tuple[str, str]:
        details = error.get("errors") or [{}]
        return str(details[0].get("reason") or error.get("status") or ""), str(error["message"])

    def translated(self, answer: Answer) -> BowoutError:
        if answer.too_much:
            return Unreachable(
                f"Gmail refuses for now: {answer.words}.", "Nothing was changed. Try again in a minute."
            )
        if answer.status == 401:
            return self._not_accepted()
        if answer.reason in {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
            return SignInNeeded(
                f"The sign-in of account {self.account.name} lacks a right that Gmail wants for this.",
                self._cure("Sign in again and leave every box ticked"),
            )
        return answer

    def _not_accepted(self) -> SignInNeeded:
        ahead = -self.ahead.total_seconds()  # of this computer's clock
        if abs(ahead) > 300:
            wrong = f"{abs(ahead) // 60:.0f} minutes {'ahead' if ahead > 0 else 'behind'}"
            return SignInNeeded(
                f"Google does not accept the sign-in of account {self.account.name}, "
                f"and this computer's clock is {wrong}.",
                "Set the clock, then try again.",
            )
        return SignInNeeded(
            f"Google no longer accepts the sign-in of account {self.account.name}.",
            self._cure("Sign in again"),
        )

    def _cure(self, what: str) -> str:
        if self.account.token_command:
            return f"Its token comes from token_command. Try it by hand: {self.account.token_command[0]}"
        return f"{what}: bowout account add {self.account.name}"


@dataclass(slots=True)
class _Http:
    """What the client library needs of httplib2. ``token`` is the one that was asked with."""

    api: Api
    refused: str | None = None
    token: str = ""

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        **_: object,
    ) -> tuple[Any, bytes]:
        import httplib2

        sent = {name: value for name, value in (headers or {}).items() if name.lower() != "content-length"}
        data = body.encode() if isinstance(body, str) else body
        answer, self.token = self.api.exchange(
            method, uri, headers=sent, body={"data": data}, refused=self.refused
        )
        shown = httplib2.Response({name.lower(): value for name, value in answer.headers.items()})
        shown.status, shown.reason = answer.status_code, str(answer.reason)
        return shown, answer.content

    def close(self) -> None:
        """The session belongs to ``Api``."""


@cache
def _resource(endpoint: str | None, path: str) -> Any:
    """``users.drafts`` and the like; making one anew for each call takes milliseconds."""
    resource = _service(endpoint)
    for step in path.split("."):
        resource = getattr(resource, step)()
    return resource


@cache
def _service(endpoint: str | None) -> Any:
    """The Gmail client made from the bundled description, every URL of it on ``endpoint``."""
    import json
    from importlib.resources import files

    from googleapiclient.discovery import build_from_document

    # Without a handler Python prints their warnings; what matters of them is in our errors.
    for library in ("google", "googleapiclient"):
        logging.getLogger(library).addHandler(logging.NullHandler())
    path = files("googleapiclient") / "discovery_cache" / "documents" / "gmail.v1.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    _keep_used(document["resources"])
    if endpoint:
        # client_options.api_endpoint would move ordinary calls only, not uploads and batches.
        document["rootUrl"] = document["baseUrl"] = f"{endpoint.rstrip('/')}/"
    document.pop("mtlsRootUrl", None)
    return build_from_document(document, http=_NoHttp())


def _keep_used(resources: dict[str, Any], path: str = "") -> None:
    """Take out what bowout never calls: the library makes a function with a long docstring of each method."""
    for name, resource in resources.items():
        here = f"{path}{name}."
        methods = resource.get("methods", {})
        resource["methods"] = {n: method for n, method in methods.items() if here + n in COSTS}
        _keep_used(resource.get("resources", {}), here)


class _NoHttp:
    """Every request brings its own transport; one that did not must not find another."""

    def request(self, uri: str, **_: object) -> tuple[Any, bytes]:
        raise NeverLeft(f"no transport for {urlsplit(uri).path}")

    def close(self) -> None: ...
