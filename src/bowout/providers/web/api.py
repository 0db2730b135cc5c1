"""Ask an HTTP API of one account: a read is repeated while that may help, a write never is.

Each failure is told apart by what it proves: nothing left this computer (``NeverLeft``), the server refused
and so did nothing (``Answer``), or nobody knows (``NoAnswer``). A provider says in a subclass how its
requests look, what its refusals mean, and which of them leave every letter where it is.
"""

from __future__ import annotations

import random
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from bowout.errors import BowoutError, Failed, OutcomeUnknown, Unreachable
from bowout.providers.sending.outgoing import not_armed
from bowout.providers.web.http import (
    NeverLeft,
    NoAnswer,
    Sessions,
    current_request,
    date_of,
    network_words,
    prepared,
)
from bowout.text.harmless import for_terminal

if TYPE_CHECKING:
    import requests

    from bowout.model import Account
    from bowout.providers.base import Clock
    from bowout.providers.web.tokens import Tokens

T = TypeVar("T")

CONNECT_LIMIT, READ_LIMIT = 10.0, 60.0  # seconds
TRIES = 4  # of a read; the pauses of our own between them add up to about 5 s
PATIENCE = 30.0  # seconds after which a read is not begun anew; whoever is told to wait longer is told so
MOST_PAGES = 100  # of one listing
LONGEST_WORDS = 200  # characters of a server's explanation


class Answer(Failed):
    """The server refused, with its own error body: proof that it did nothing. ``pause`` in seconds, if told.

    Whoever knows what the refusal means at that place says it better; else this is what the person reads.
    """

    def __init__(
        self, place: str, status: int, reason: str, words: str, *, pause: float | None, too_much: bool
    ) -> None:
        super().__init__(
            f"{place} refused ({status} {reason}): {words}.",
            "Usual causes: the API is switched off, an administrator forbids it, or a right is missing."
            " Sign in again: bowout account add",
        )
        self.status, self.reason, self.words = status, reason, words
        self.pause = pause
        self.too_much = too_much  # the same request may succeed later

    @property
    def absent(self) -> bool:
        """What was asked for is not there. A failed precondition tells of the account ("not enabled")."""
        return self.status == 404 or (self.status == 400 and self.reason != "failedPrecondition")


class TokenRefused(Answer):
    """401: the access ``token`` was not accepted."""

    token: str = ""


@dataclass(slots=True)
class WebApi(ABC):
    """One account at an API. ``sleep`` takes seconds, ``tick`` tells them; sessions are one per thread."""

    account: Account
    tokens: Tokens
    clock: Clock
    sleep: Callable[[float], None] = time.sleep
    limits: tuple[float, float] = (CONNECT_LIMIT, READ_LIMIT)
    tick: Callable[[], float] = time.monotonic
    server_time: datetime | None = None
    ahead: timedelta = timedelta()  # by how much the server's clock is ahead of ours
    _sessions: Sessions = field(init=False)
    _slots: threading.BoundedSemaphore = field(init=False)

    PLACE: ClassVar[str]  # what the person calls it
    AT_ONCE: ClassVar[int]  # requests that may travel at the same time
    HARMLESS: ClassVar[re.Pattern[str]]  # "METHOD /path" of the writes that leave every letter where it is
    TOO_MUCH: ClassVar[frozenset[str]] = frozenset()  # reasons of a 403 that end by themselves

    def __post_init__(self) -> None:
        self._sessions = Sessions(_new_session)
        self._slots = threading.BoundedSemaphore(self.AT_ONCE)

    @property
    @abstractmethod
    def endpoint(self) -> str:
        """The address below which the paths of ``HARMLESS`` begin."""

    @abstractmethod
    def explanation(self, error: Any) -> tuple[str, str]:
        """The reason and the words in the ``error`` of an answer. Raises what a wrong shape raises."""

    @abstractmethod
    def translated(self, answer: Answer) -> BowoutError:
        """What a refusal means to the person; what only the caller can judge stays as it is."""

    def close(self) -> None:
        self._sessions.close()

    # --- reads ----------------------------------------------------------------------------------------

    def repeated(self, ask: Callable[[str | None], T]) -> T:
        """Do a read, again while that may help; ``ask`` is given a token that was refused, if one was.

        Raises ``SignInNeeded``, ``Unreachable`` and, for what the server answers otherwise, ``Answer``.
        """
        began, refused = self.tick(), None
        for attempt in range(TRIES):
            pause: float | None = None
            try:
                return ask(refused)
            except TokenRefused as exc:
                trouble = self.translated(exc)
                if refused is not None:
                    raise trouble from exc
                refused = exc.token  # refused although our clock calls it good
                continue
            except Answer as exc:
                trouble, pause = self.translated(exc), exc.pause
                if not exc.too_much:
                    raise trouble from exc
            except (NeverLeft, NoAnswer) as exc:
                trouble, pause = self.unreachable(exc), exc.pause
            if pause is None:
                # Full jitter: threads that failed together do not come back together.
                pause = 0.5 * 2**attempt + random.random() * 0.5  # noqa: S311 - no secret
            if attempt + 1 == TRIES or self.tick() - began + pause > PATIENCE:
                break
            self.sleep(pause)
        raise trouble

    def pages(self, ask: Callable[[str | None], dict[str, Any]], following: str) -> Iterator[dict[str, Any]]:
        """Read a listing page by page; ``ask`` is given what the page before it names as ``following``.

        Raises ``Unreachable`` for a listing that comes back to a page or has no end: whoever went on would
        wait for ever, and whoever stopped there would take a part for the whole.
        """
        mark: str | None = None
        seen: set[str] = set()
        while True:
            page = ask(mark)
            yield page
            mark = page.get(following)
            if not mark:
                return
            if mark in seen or len(seen) + 1 == MOST_PAGES:
                again = "comes back to the same page" if mark in seen else f"has over {MOST_PAGES} pages"
                raise Unreachable(
                    f"{self.PLACE} gives a list that {again}, so nobody knows what else is in it.",
                    "Try again later. Nothing was changed.",
                )
            seen.add(mark)

    # --- writes -----------------------------------------------------------------------------------------

    def changed(self, write: Callable[[], T]) -> T:
        """Do a write, exactly once.

        Raises ``Unreachable`` when nothing can have happened, ``OutcomeUnknown`` when something may have, and
        the errors of ``translated`` for what the server refused.
        """
        try:
            return write()
        except Answer as exc:
            raise self.translated(exc) from exc
        except NeverLeft as exc:
            raise self.unreachable(exc) from exc
        except NoAnswer as exc:
            raise OutcomeUnknown(
                f"{self.PLACE} was asked to change a draft and gave no clear answer ({exc}).",
                f"Look at the draft in {self.PLACE}, or run the same command again: "
                "it finds what was written.",
            ) from exc

    # --- one request ------------------------------------------------------------------------------------

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: dict[str, Any],
        scopes: frozenset[str] = frozenset(),
        refused: str | None = None,
    ) -> tuple[requests.Response, str]:
        """Send one request; the answer, whatever it is, and the token that it was asked with.

        ``body`` holds ``data`` or ``json`` of ``requests``. Raises ``NotArmed``, ``NeverLeft``, ``NoAnswer``
        and what ``Tokens`` raises.
        """
        import requests

        self._forbid_sending(method, url)
        token = self.tokens.token(scopes, refused)
        with self._slots:
            current_request.left = False
            try:
                answer = self._sessions.of_this_thread().request(
                    method,
                    url,
                    headers={**headers, "Authorization": f"Bearer {token}"},
                    timeout=self.limits,
                    allow_redirects=False,
                    **body,
                )
            except requests.RequestException as exc:
                words = network_words(exc)
                raise (NoAnswer(words) if current_request.left else NeverLeft(words)) from exc
        if (told := date_of(answer.headers.get("Date"))) is not None:
            self.server_time, self.ahead = told, told - self.clock()
        return answer, token

    def _forbid_sending(self, method: str, url: str) -> None:
        """Keep the promise of ``allow_send = false`` where bytes leave.

        By a list of what may leave, not of what may not: an upload or a batch could send too, in many
        spellings.
        """
        path = urlsplit(url).path.removeprefix(urlsplit(self.endpoint).path.rstrip("/"))
        harmless = method == "GET" or self.HARMLESS.fullmatch(f"{method} {path}")
        if not harmless and not self.account.allow_send:
            raise not_armed(self.account)

    def refusal(
        self, status: int, headers: Mapping[str, str], content: Callable[[], Any], token: str
    ) -> Answer | NoAnswer:
        """Tell what an HTTP error proves: 4xx with the API's error body that nothing was done, else nothing.

        ``content`` reads the body as JSON; names in ``headers`` are in lower case; ``token`` was asked with.
        """
        pause = pause_of(headers.get("retry-after"), date_of(headers.get("date")))
        try:
            reason, words = self.explanation(content()["error"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return NoAnswer(f"status {status} without an explanation of {self.PLACE}'s", pause)
        if not 400 <= status < 500:
            return NoAnswer(f"status {status}", pause)
        refusal = TokenRefused if status == 401 else Answer
        found = refusal(
            self.PLACE,
            status,
            for_terminal(reason)[:80],
            for_terminal(words)[:LONGEST_WORDS].rstrip("."),
            pause=pause,
            too_much=status == 429 or (status == 403 and reason in self.TOO_MUCH),
        )
        if isinstance(found, TokenRefused):
            found.token = token
        return found

    def unreachable(self, exc: Exception) -> Unreachable:
        """The error for a request of which nothing can have come."""
        return Unreachable(
            f"{self.PLACE} cannot be reached ({exc}).", "Check the network, then run the command again."
        )


def pause_of(value: str | None, told: datetime | None) -> float | None:
    """Read the seconds of Retry-After (RFC 9110 section 10.2.3); a date counts from that of the answer."""
    if value and value.strip().isdecimal():
        return float(value)
    until = date_of(value)
    return max(0.0, (until - told).total_seconds()) if until and told else None


def _new_session() -> requests.Session:
    import requests

    return prepared(requests.Session())
