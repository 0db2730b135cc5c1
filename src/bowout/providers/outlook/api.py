"""Ask Microsoft Graph v1.0.

Every request asks for immutable ids, since the default ones change when a message is moved. At most four run
at once (Graph's limit for one application and mailbox).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode

from bowout.errors import BowoutError, CannotDo, Failed, SignInNeeded, Unreachable
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.web.api import Answer, WebApi
from bowout.providers.web.http import NoAnswer

if TYPE_CHECKING:
    import requests

__all__ = ["Answer", "Graph"]

ENDPOINT = "https://graph.microsoft.com"
PREFER = 'IdType="ImmutableId"'
_MESSAGE = r"/v1\.0/me/messages/(?:[\w.~-]|%[0-9A-F]{2})+"


@dataclass(slots=True)
class Graph(WebApi):
    """Graph v1.0 of one account."""

    PLACE: ClassVar[str] = "Outlook"
    AT_ONCE: ClassVar[int] = 4
    # A new draft in a conversation; one message changed (a draft filled, a mail marked as unread) or deleted.
    HARMLESS: ClassVar[re.Pattern[str]] = re.compile(
        rf"POST {_MESSAGE}/createReply|(PATCH|DELETE) {_MESSAGE}", re.ASCII
    )

    @property
    def endpoint(self) -> str:
        return (self.account.own(OutlookKeys).graph_endpoint or ENDPOINT).rstrip("/")

    @property
    def root(self) -> str:
        """The address below which every path of this version begins."""
        return f"{self.endpoint}/v1.0"

    def read(self, path: str, scopes: frozenset[str] = frozenset(), **parameters: object) -> dict[str, Any]:
        """GET an object, as ``repeated`` does; parameters without their ``$``."""
        return self._got(self.root + path + _query(parameters), scopes)

    def raw(self, path: str) -> bytes:
        """GET a stream of bytes, as ``repeated`` does."""
        return self.repeated(lambda refused: self._once("GET", self.root + path, refused=refused).content)

    def listed(self, path: str, **parameters: object) -> Iterator[list[dict[str, Any]]]:
        """GET a collection page by page, as ``pages`` does; a link is followed as it was given."""
        first = self.root + path + _query(parameters)
        for page in self.pages(lambda link: self._got(link or first), "@odata.nextLink"):
            yield page.get("value", [])

    def _got(self, url: str, scopes: frozenset[str] = frozenset()) -> dict[str, Any]:
        if not url.startswith(f"{self.root}/"):
            # Our token goes to Graph and nowhere else.
            raise Failed("Graph named a next page on another server.", "Try again later.")
        return self.repeated(lambda refused: _object(self._once("GET", url, scopes=scopes, refused=refused)))

    def write(
        self, method: str, path: str, body: object | None = None, *, if_match: str | None = None
    ) -> dict[str, Any]:
        """Change something, as ``changed`` does."""

        def write() -> dict[str, Any]:
            answer = self._once(method, self.root + path, body=body, if_match=if_match)
            return {} if answer.status_code in {202, 204} else _object(answer)

        return self.changed(write)

    def submit(self, path: str, scope: str, body: object | None = None) -> int:
        """POST once what sends; the status. Raises ``NotArmed``, ``Answer``, ``NeverLeft``, ``NoAnswer``."""
        return self._once("POST", self.root + path, body=body, scopes=frozenset({scope})).status_code

    def explanation(self, error: Any) -> tuple[str, str]:
        return str(error["code"]), str(error.get("message") or "")

    def translated(self, answer: Answer) -> BowoutError:
        name = self.account.name
        if answer.too_much:
            wait = f" It says to wait {answer.pause:.0f} seconds." if answer.pause else ""
            return Unreachable(
                f"Outlook refuses for now: too many requests.{wait}", "Try again a little later."
            )
        if answer.status == 401:
            return SignInNeeded(
                f"Outlook does not accept the sign-in of account {name}.",
                f"Sign in again: bowout account add {name}",
            )
        if answer.reason == "MailboxNotEnabledForRESTAPI":
            return CannotDo(
                f"The mailbox of account {name} is not in Microsoft's cloud, so Graph cannot open it.",
                "Use it over IMAP, or add the account that holds the mailbox.",
            )
        if answer.reason in {"ErrorAccessDenied", "Authorization_RequestDenied"}:
            return SignInNeeded(
                f"The sign-in of account {name} lacks a right that Outlook wants for this.",
                f"Sign in again and accept what is asked: bowout account add {name}",
            )
        return answer

    def _once(
        self,
        method: str,
        url: str,
        *,
        body: object | None = None,
        if_match: str | None = None,
        scopes: frozenset[str] = frozenset(),
        refused: str | None = None,
    ) -> requests.Response:
        """Send one request, whatever comes of it. Raises as ``exchange`` does, and ``Answer``."""
        headers = {"Prefer": PREFER, "Accept": "application/json"}
        if if_match:
            headers["If-Match"] = if_match
        answer, token = self.exchange(
            method, url, headers=headers, body={"json": body}, scopes=scopes, refused=refused
        )
        if 200 <= answer.status_code < 300:
            return answer
        # requests finds names of headers in any case
        raise self.refusal(answer.status_code, answer.headers, answer.json, token)


def _query(parameters: Mapping[str, object]) -> str:
    """Write the query part: a blank must not become a plus, which means something in KQL."""
    named = {f"${name}": str(value) for name, value in parameters.items()}
    return f"?{urlencode(named, quote_via=quote, safe='$,')}" if named else ""


def _object(answer: requests.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError as exc:
        raise NoAnswer("the answer was cut off") from exc
    if not isinstance(value, dict):
        raise NoAnswer("the answer is none of Graph's")
    return value
