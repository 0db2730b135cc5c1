"""How requests to Microsoft Graph travel: reads are repeated when that may help, writes never.

Every request asks for immutable ids, since the default ones change when a message is moved. At most four run
at once (Graph's limit for one application and mailbox). What an answer proves is told apart as everywhere:
nothing left this computer, Graph said that it did nothing, or nobody knows.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote, unquote, urlencode, urlsplit

from bowout.errors import BowoutError, CannotDo, Failed, OutcomeUnknown, SignInNeeded, Unreachable
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import NeverLeft, NoAnswer, Sessions, date_of, network_words, prepared, wire
from bowout.text.harmless import for_terminal

if TYPE_CHECKING:
    import requests

    from bowout.model import Account

T = TypeVar("T")

ENDPOINT = "https://graph.microsoft.com"
AT_ONCE = 4
CONNECT_LIMIT, READ_LIMIT = 10.0, 60.0  # seconds
TRIES = 4  # of a read
LONGEST_PAUSE = 30.0  # seconds; whoever is told to wait longer is told so
PREFER = 'IdType="ImmutableId"'
# Last step of a path that makes Graph send something; none of them may leave while allow_send is off.
SENDS = {
    *("send", "sendmail", "reply", "replyall", "forward", "$batch"),
    *("decline", "accept", "tentativelyaccept", "cancel"),
}


class Answer(Failed):
    """Graph refused, with its own error body: proof that it did nothing. ``pause`` in seconds, if told.

    Whoever knows what the refusal means at that place says it better; else this is what the person reads.
    """

    def __init__(self, status: int, reason: str, words: str, pause: float | None = None) -> None:
        super().__init__(f"Outlook refused ({status} {reason}): {words}.")
        self.status, self.reason, self.words, self.pause = status, reason, words, pause


class Busy(NoAnswer):
    """503 or 504: for a read it may help to come back after ``pause`` seconds."""

    def __init__(self, words: str, pause: float | None) -> None:
        super().__init__(words)
        self.pause = pause


class Tokens(Protocol):
    """Where access tokens come from. Raises ``SignInNeeded``, ``Unreachable``."""

    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        """A token that covers ``scopes`` (none = the usual ones); not the one that Graph just ``refused``."""
        ...


@dataclass(slots=True)
class Graph:
    """Graph v1.0 for one account. ``sleep`` takes seconds. Sessions are kept per thread."""

    account: Account
    tokens: Tokens
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    limits: tuple[float, float] = (CONNECT_LIMIT, READ_LIMIT)
    server_time: datetime | None = None
    ahead: timedelta = timedelta()  # by how much Graph's clock is ahead of ours
    _sessions: Sessions = field(default_factory=lambda: Sessions(_new_session))
    _slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    @property
    def root(self) -> str:
        return (self.account.graph_endpoint or ENDPOINT).rstrip("/") + "/v1.0"

    # --- reads --------------------------------------------------------------------------------------

    def read(self, path: str, scopes: frozenset[str] = frozenset(), **parameters: object) -> dict[str, Any]:
        """GET an object; parameters without their ``$``. Tried again when that may help.

        Raises ``SignInNeeded``, ``Unreachable`` and, for what Graph answers otherwise, ``Answer``.
        """
        return self._repeated(self.root + path + _query(parameters), _object, scopes)

    def raw(self, path: str) -> bytes:
        """GET a stream of bytes."""
        return self._repeated(self.root + path, lambda answer: answer.content)

    def pages(self, path: str, **parameters: object) -> Iterator[list[dict[str, Any]]]:
        """GET a collection page by page; the link to the next one is followed as it was given."""
        page = self.read(path, frozenset(), **parameters)
        while True:
            yield page.get("value", [])
            link = page.get("@odata.nextLink")
            if not link:
                return
            if not str(link).startswith(self.root + "/"):
                # Our token goes to Graph and nowhere else.
                raise Failed("Graph named a next page on another server.", "Try again later.")
            page = self._repeated(link, _object)

    def _repeated(
        self, url: str, understood: Callable[[requests.Response], T], scopes: frozenset[str] = frozenset()
    ) -> T:
        trouble: BowoutError
        refused: str | None = None
        for attempt in range(TRIES):
            pause: float | None = None
            try:
                return understood(self._once("GET", url, scopes=scopes, refused=refused))
            except _Unauthorized as exc:
                if refused is not None:
                    raise self.translated(exc) from exc
                refused = exc.token  # refused although our clock calls it good
                continue
            except Answer as exc:
                if exc.status != 429:
                    raise self.translated(exc) from exc
                trouble, pause = self.translated(exc), exc.pause
            except Busy as exc:
                trouble, pause = unreachable(exc), exc.pause
            except (NeverLeft, NoAnswer) as exc:
                trouble = unreachable(exc)
            if pause is not None and pause > LONGEST_PAUSE:
                raise trouble
            if attempt + 1 < TRIES:
                # Full jitter: threads that failed together do not come back together.
                self.sleep(0.5 * 2**attempt + random.random() * 0.5 if pause is None else pause)  # noqa: S311 - no secret
        raise trouble

    # --- writes -------------------------------------------------------------------------------------

    def write(
        self, method: str, path: str, body: object | None = None, *, if_match: str | None = None
    ) -> dict[str, Any]:
        """Change something, exactly once.

        Raises ``Unreachable`` when nothing can have happened, ``OutcomeUnknown`` when something may have, and
        the errors of ``translated`` for what Graph refused.
        """
        try:
            answer = self._once(method, self.root + path, body=body, if_match=if_match)
            return {} if answer.status_code in {202, 204} else _object(answer)
        except Answer as exc:
            raise self.translated(exc) from exc
        except NeverLeft as exc:
            raise unreachable(exc) from exc
        except NoAnswer as exc:
            raise OutcomeUnknown(
                f"Outlook was asked to change something and gave no clear answer ({exc}).",
                "Look into the conversation in Outlook, or run the command again: it finds what is there.",
            ) from exc

    def submit(self, path: str, scope: str, body: object | None = None) -> int:
        """One POST that sends; the status. Raises ``NotArmed``, ``Answer``, ``NeverLeft``, ``NoAnswer``."""
        return self._once("POST", self.root + path, body=body, scopes=frozenset({scope})).status_code

    def translated(self, answer: Answer) -> BowoutError:
        """What Graph's refusal means to the person; what only the caller can judge stays as it is."""
        name = self.account.name
        if answer.status == 429:
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

    # --- the wire -----------------------------------------------------------------------------------

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
        """One request, whatever comes of it. Raises ``Answer``, ``NeverLeft``, ``NoAnswer``, ``NotArmed``."""
        import requests

        _forbid_sending(self.account, method, url)
        token = self.tokens.token(scopes, refused)
        sent = {"Authorization": f"Bearer {token}", "Prefer": PREFER, "Accept": "application/json"}
        if if_match:
            sent["If-Match"] = if_match
        with self._slots:
            wire.touched = False
            try:
                answer = self._sessions.of_this_thread().request(
                    method,
                    url,
                    json=body,
                    headers=sent,
                    timeout=self.limits,
                    allow_redirects=False,
                )
            except requests.RequestException as exc:
                words = network_words(exc)
                raise (NoAnswer(words) if wire.touched else NeverLeft(words)) from exc
        self._note_date(answer.headers.get("Date"))
        if 200 <= answer.status_code < 300:
            return answer
        raise _refusal(answer, token)

    def close(self) -> None:
        self._sessions.close()

    def _note_date(self, value: str | None) -> None:
        if (told := date_of(value)) is not None:
            self.server_time = told
            self.ahead = told - self.clock()


def _query(parameters: Mapping[str, object]) -> str:
    """The query part: a blank must not become a plus, which means something in KQL."""
    named = {f"${name}": str(value) for name, value in parameters.items()}
    return f"?{urlencode(named, quote_via=quote, safe='$,')}" if named else ""


class _Unauthorized(Answer):
    """401; ``token`` is the one that was not accepted."""

    def __init__(self, answer: Answer, token: str) -> None:
        super().__init__(answer.status, answer.reason, answer.words, answer.pause)
        self.token = token


def unreachable(exc: Exception) -> Unreachable:
    return Unreachable(
        f"Outlook cannot be reached ({exc}).", "Check the network, then run the command again."
    )


def _forbid_sending(account: Account, method: str, url: str) -> None:
    """The promise of ``allow_send = false``, kept where bytes leave."""
    step = unquote(urlsplit(url).path).lower().rstrip("/").rpartition("/")[2]
    if method != "GET" and step.removeprefix("microsoft.graph.") in SENDS and not account.allow_send:
        raise not_armed(account)


def _new_session() -> requests.Session:
    import requests

    return prepared(requests.Session())


def _object(answer: requests.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError as exc:
        raise NoAnswer("the answer was cut off") from exc
    if not isinstance(value, dict):
        raise NoAnswer("the answer is none of Graph's")
    return value


def _refusal(answer: requests.Response, token: str) -> Answer | NoAnswer:
    """What an HTTP error proves: 4xx with Graph's error body that nothing was done, else nothing."""
    status = answer.status_code
    pause = _pause(answer.headers.get("Retry-After"), date_of(answer.headers.get("Date")))
    if status in {503, 504}:
        return Busy(f"status {status}", pause)
    try:
        error = answer.json()["error"]
        code, words = str(error["code"]), for_terminal(str(error.get("message") or ""))[:200].rstrip(".")
    except (ValueError, KeyError, TypeError, AttributeError):
        return NoAnswer(f"status {status} without an explanation of Graph's")
    if not 400 <= status < 500:
        return NoAnswer(f"status {status}")
    told = Answer(status, for_terminal(code)[:80], words, pause)
    return _Unauthorized(told, token) if status == 401 else told


def _pause(value: str | None, told: datetime | None) -> float | None:
    """Seconds of Retry-After (RFC 9110 section 10.2.3); a date is measured from that of the answer."""
    if value and value.strip().isdecimal():
        return float(value)
    until = date_of(value)
    return max(0.0, (until - told).total_seconds()) if until and told else None
