"""Tell what a failed HTTP exchange proves: shared by the providers that speak over ``requests``.

A connection notes the moment when the first byte of a request leaves. Before it, nothing can have happened at
the provider; after it, only an answer tells.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests


class NeverLeft(Exception):
    """The connection failed before the first byte of the request left."""

    pause: float | None = None  # as below; nobody was there to tell


class NoAnswer(Exception):
    """The request left and no trustworthy answer came: 5xx, time-out, reset, or an answer that is cut off.

    ``pause`` = seconds after which a read may be tried again, where a server told.
    """

    def __init__(self, words: str, pause: float | None = None) -> None:
        super().__init__(words)
        self.pause = pause


class _Request(threading.local):
    """Whether a byte of this thread's current request has left."""

    left = False


current_request = _Request()


@dataclass(slots=True)
class Sessions:
    """One session of ``requests`` per thread, since it shares none safely; ``make`` makes one."""

    make: Callable[[], requests.Session]
    _local: threading.local = field(default_factory=threading.local)
    _made: list[requests.Session] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def of_this_thread(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = self.make()
            with self._guard:
                self._made.append(self._local.session)
        found: requests.Session = self._local.session
        return found

    def close(self) -> None:
        with self._guard:
            made, self._made = self._made, []
        for session in made:
            session.close()
        self._local = threading.local()


def prepared(session: requests.Session) -> requests.Session:
    """The session with our adapter; an entry of ~/.netrc must not replace the Authorization header."""
    session.auth = _leave_alone
    adapter = noting_adapter()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _leave_alone(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def date_of(value: str | None) -> datetime | None:
    """The instant in a Date header, None for what is none."""
    try:
        return parsedate_to_datetime(value or "").astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: at the edge of the calendar
        return None


def noting_adapter() -> Any:
    """An adapter of ``requests`` whose connections note when the first byte of a request leaves."""
    from requests.adapters import HTTPAdapter

    plain, tls = _pools()

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": tls}

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            manager: Any = super().proxy_manager_for(proxy, **options)
            manager.pool_classes_by_scheme = {"http": plain, "https": tls}
            return manager

    return Adapter(max_retries=0)


@cache
def _pools() -> tuple[type, type]:
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = _noting(HTTPConnection)

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = _noting(HTTPSConnection)

    return PlainPool, TlsPool


def _noting(connection: Any) -> Any:
    """The connection class, noting when it sends; connecting, TLS and a proxy's CONNECT are no request."""

    class Noting(connection):  # type: ignore[misc] # one class for two bases
        _opening = False

        def connect(self) -> None:
            self._opening = True
            try:
                super().connect()
            finally:
                self._opening = False

        def send(self, data: Any) -> None:
            if not self._opening:
                if self.sock is None:
                    self.connect()
                current_request.left = True
            super().send(data)

    return Noting


def network_words(exc: Exception) -> str:
    """The kind of a network failure in a few words, without URLs: they hold what was searched for."""
    import requests

    kinds: list[tuple[type[Exception], str]] = [
        (requests.exceptions.SSLError, "no secure connection"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.Timeout, "no answer in time"),
        (requests.exceptions.ProxyError, "the proxy failed"),
        (requests.exceptions.ChunkedEncodingError, "the answer was cut off"),
    ]
    return next((words for kind, words in kinds if isinstance(exc, kind)), "the connection failed")
