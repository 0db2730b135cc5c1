"""How requests to Google travel: over ``requests``, so that no write is ever sent twice.

httplib2, the client library's own transport, repeats a POST when the server closes the connection without an
answer. Here reads are repeated with growing pauses and writes never. Each failure is told apart by what it
proves: nothing left this computer, Google said that it did nothing, or nobody knows.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bowout.errors import BowoutError, Failed, OutcomeUnknown, SignInNeeded, Unreachable
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import NeverLeft, NoAnswer, Sessions, date_of, network_words, prepared, wire
from bowout.text.harmless import for_terminal

if TYPE_CHECKING:
    import requests

    from bowout.model import Account
    from bowout.providers.base import Clock
    from bowout.providers.gmail.tokens import Renewing

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
CONNECT_LIMIT, READ_LIMIT = 10.0, 30.0  # seconds
TRIES = 4  # of a read; the pauses between them add up to about 5 s
PATIENCE = 20.0  # seconds after which a read is not begun anew
# The newer name of the last two comes without any of the older ones beside it.
RATE = {"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "RESOURCE_EXHAUSTED"}


class Answer(Failed):
    """Google refused, with its own error body: proof that it did nothing.

    What only the caller can judge is caught there; what nobody expects is told as it is.
    """

    def __init__(self, status: int, reason: str, words: str) -> None:
        super().__init__(
            f"Gmail refused ({status} {reason}): {words}.", "docs/gmail.md lists what may be in the way."
        )
        self.status = status
        self.reason = reason
        self.words = words

    @property
    def too_much(self) -> bool:
        """A quota is used up: the same request may succeed later."""
        return self.status == 429 or (self.status == 403 and self.reason in RATE)

    @property
    def absent(self) -> bool:
        """What was asked for is not there. A failed precondition tells of the account ("not enabled")."""
        return self.status == 404 or (self.status == 400 and self.reason != "failedPrecondition")


@dataclass(slots=True)
class Api:
    """The Gmail API of one account: each method of the discovery document by its name, quota counted.

    ``sleep`` takes seconds. Sessions are kept per thread, since neither of the libraries shares one safely.
    """

    account: Account
    credentials: Renewing
    clock: Clock
    sleep: Callable[[float], None] = time.sleep
    limits: tuple[float, float] = (CONNECT_LIMIT, READ_LIMIT)
    units: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    server_time: datetime | None = None
    _sessions: Sessions = field(init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._sessions = Sessions(lambda: _new_session(self.credentials))

    def read(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method that changes nothing; tried again when that may help.

        Raises ``SignInNeeded``, ``Unreachable`` and, for what Google answers otherwise, ``Answer``.
        """
        trouble: BowoutError
        began, renewed = time.monotonic(), False
        for attempt in range(TRIES):
            try:
                return self.once(method, **parameters)
            except Answer as exc:
                if exc.status == 401 and not renewed:
                    # Refused although our clock calls it good.
                    self.credentials.renew()
                    renewed = True
                    trouble = self.translated(exc)
                    continue
                if not exc.too_much:
                    raise self.translated(exc) from exc
                trouble = self.translated(exc)
            except (NeverLeft, NoAnswer) as exc:
                trouble = unreachable(exc)
            if time.monotonic() - began > PATIENCE:
                break
            if attempt + 1 < TRIES:
                # Full jitter: threads that failed together do not come back together.
                self.sleep(0.5 * 2**attempt + random.random() * 0.5)  # noqa: S311 - no secret
        raise trouble

    def write(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method that changes something, exactly once.

        Raises ``Unreachable`` when nothing can have happened, ``OutcomeUnknown`` when something may have, and
        the errors of ``translated`` for what Google refused.
        """
        try:
            return self.once(method, **parameters)
        except Answer as exc:
            raise self.translated(exc) from exc
        except NeverLeft as exc:
            raise unreachable(exc) from exc
        except NoAnswer as exc:
            raise OutcomeUnknown(
                f"Gmail was asked to change a draft and gave no clear answer ({exc}).",
                "Look at the draft in Gmail, or run the same command again: it finds what was written.",
            ) from exc

    def once(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One request, whatever comes of it. Raises ``Answer``, ``NeverLeft``, ``NoAnswer``."""
        import googleapiclient.errors

        path, _, name = method.rpartition(".")
        request = getattr(_resource(self.account.api_endpoint, path), name)(userId="me", **parameters)
        with self._guard:
            self.units += COSTS[method]
            self.calls[method] += 1
        try:
            answer = request.execute(http=_Http(self))
        except googleapiclient.errors.HttpError as exc:
            raise _answer(exc) from exc
        except ValueError as exc:  # bytes that are not even text
            raise NoAnswer("the answer was cut off") from exc
        if name == "delete":
            return {}
        # A 200 whose JSON is cut off arrives as text, and nothing is raised.
        if not isinstance(answer, dict):
            raise NoAnswer("the answer was cut off")
        return answer

    def translated(self, answer: Answer) -> BowoutError:
        """What Google's refusal means to the person, where that does not hang on what was asked."""
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

    def session(self) -> requests.Session:
        """This thread's session."""
        return self._sessions.of_this_thread()

    def close(self) -> None:
        self._sessions.close()

    def note_date(self, value: str | None) -> None:
        """Remember the server's clock as of this answer."""
        self.server_time = date_of(value) or self.server_time

    def _not_accepted(self) -> SignInNeeded:
        ahead = self._clock_error()
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

    def _clock_error(self) -> float:
        """Seconds that this computer's clock is ahead of Google's."""
        if self.server_time is None:
            return 0.0
        return (self.clock() - self.server_time).total_seconds()


def unreachable(exc: Exception) -> Unreachable:
    return Unreachable(f"Gmail cannot be reached ({exc}).", "Check the network, then run the command again.")


# --- the wire -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Http:
    """What the client library needs of httplib2, over this thread's session of ``requests``."""

    api: Api

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        **_: object,
    ) -> tuple[Any, bytes]:
        import google.auth.exceptions
        import httplib2
        import requests

        _forbid_sending(self.api.account, method, uri)
        sent = {name: value for name, value in (headers or {}).items() if name.lower() != "content-length"}
        wire.touched = False
        try:
            answer = self.api.session().request(
                method,
                uri,
                data=body.encode() if isinstance(body, str) else body,
                headers=sent,
                timeout=self.api.limits,
                allow_redirects=False,
            )
        except (requests.RequestException, google.auth.exceptions.TransportError) as exc:
            words = network_words(exc)
            raise (NoAnswer(words) if wire.touched else NeverLeft(words)) from exc
        self.api.note_date(answer.headers.get("Date"))
        shown = httplib2.Response({name.lower(): value for name, value in answer.headers.items()})
        shown.status, shown.reason = answer.status_code, str(answer.reason)
        return shown, answer.content

    def close(self) -> None:
        """The session belongs to ``Api``."""


# The writes that leave a letter where it is: a new draft; one draft changed or deleted.
_DRAFTS = "/gmail/v1/users/me/drafts"
_KEEPS = re.compile(rf"POST {_DRAFTS}|(PUT|DELETE) {_DRAFTS}/(?!send$)[\w-]+", re.ASCII)


def _forbid_sending(account: Account, method: str, uri: str) -> None:
    """The promise of ``allow_send = false``, kept where bytes leave: Gmail has no scope that forbids it.

    A list of what may leave, not of what may not: an upload or a batch could send too, in many spellings.
    """
    path = urlsplit(uri).path.removeprefix(urlsplit(account.api_endpoint or "").path.rstrip("/"))
    harmless = method == "GET" or _KEEPS.fullmatch(f"{method} {path}")
    if not harmless and not account.allow_send:
        raise not_armed(account)


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


def _new_session(credentials: Renewing) -> requests.Session:
    from google.auth.transport.requests import AuthorizedSession

    # It would send the request again after a 401, a write too: `Api.read` does that for reads.
    session: requests.Session = AuthorizedSession(credentials, refresh_status_codes=())
    return prepared(session)


def _answer(exc: Any) -> Answer | NoAnswer:
    """What an HTTP error proves: 4xx with Google's error body that nothing was done, else nothing."""
    import json

    status = int(exc.resp.status)
    try:
        error = json.loads(exc.content)["error"]
        words = for_terminal(str(error["message"]))[:200].rstrip(".")
        details = error.get("errors") or [{}]
        reason = str(details[0].get("reason") or error.get("status") or "")
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return NoAnswer(f"status {status} without an explanation of Google's")
    if not 400 <= status < 500:
        return NoAnswer(f"status {status}")
    return Answer(status, for_terminal(reason), words)
