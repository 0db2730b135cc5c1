"""A threaded HTTP/1.1 server on loopback for strict fakes: keeps a log, injects faults, simulates distance.

A fake subclasses ``FakeServer`` and answers in ``handle``. It notes in ``failures`` what a real provider
would never have been asked; leaving the ``with`` block raises when there is any, so a test cannot miss it.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from traceback import format_exc
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. ``query`` keeps every value of a repeated parameter."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return {
            key: values[0] for key, values in parse_qs(self.body.decode(), keep_blank_values=True).items()
        }


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> Response:
        return cls(status, json.dumps(value).encode(), JSON, headers)


class Listing(Enum):
    """Where a listing that has no more rows leads: nowhere, to the same page again, or on to empty ones."""

    ENDS = "ends"
    COMES_BACK = "comes-back"
    NEVER_ENDS = "never-ends"


class Trouble(Enum):
    """How a fault spoils an exchange; ``*_AFTER`` means that the request was carried out first."""

    CLOSE = "close the connection before reading is acted upon"
    CLOSE_AFTER = "carry it out, then close without a reply"
    RESET_AFTER = "carry it out, then reset the connection"
    HANG = "do nothing and never answer"
    HANG_AFTER = "carry it out and never answer"
    CUT_JSON = "carry it out, answer 200 with half of the JSON, correct length"
    CUT_SHORT = "carry it out, answer with fewer bytes than announced"
    STATUS = "answer with a status, nothing done"
    STATUS_AFTER = "carry it out, then answer with a status"
    SLOW = "carry it out and answer late"
    LAST = "carry it out, answer, and take no further connection"

    @property
    def carried_out(self) -> bool:
        return self not in {Trouble.CLOSE, Trouble.HANG, Trouble.STATUS}


@dataclass(slots=True)
class Fault:
    """One planned fault: for ``times`` requests whose ``METHOD path`` matches, after ``skip`` that match."""

    trouble: Trouble
    match: re.Pattern[str]
    times: int
    skip: int
    response: Response
    delay: float
    then: Callable[[], None] | None


@dataclass(slots=True)
class Seen:
    """One exchange as the server saw it, listed when it arrives, completed just before the answer leaves.

    ``started`` and ``ended`` are seconds of the monotonic clock; ``status`` None = no answer was given.
    """

    method: str
    path: str
    query: Mapping[str, list[str]]
    started: float
    ended: float = math.inf
    status: int | None = None


class FakeServer:
    """Base of the fakes; use as a context manager. ``rtt`` = seconds added to every exchange."""

    def __init__(self, *, rtt: float = 0.0) -> None:
        self.rtt = rtt
        self.clock_skew = timedelta()
        self.failures: list[str] = []
        self.seen: list[Seen] = []
        self.lock = threading.RLock()
        self._faults: list[Fault] = []
        self._closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    # --- for subclasses ---------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """Answer one request. Called under ``self.lock``."""
        raise NotImplementedError

    def refuse(self, why: str) -> None:
        """Note that the client asked for something that the real service does not know."""
        self.failures.append(why)

    def now(self) -> datetime:
        """The server's clock: real time plus ``clock_skew``."""
        return datetime.now(UTC) + self.clock_skew

    # --- for tests --------------------------------------------------------------------------------

    def fault(
        self,
        trouble: Trouble,
        match: str = "",
        *,
        times: int = 1,
        skip: int = 0,
        response: Response | None = None,
        delay: float = 0.0,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Plan a fault for requests whose ``METHOD /path`` matches the pattern ``match``.

        ``then`` runs when it strikes, before the client hears anything: a kill test ends the client there.
        """
        response = response or Response.of({"error": {"code": 503, "message": "fault"}}, 503)
        self._faults.append(Fault(trouble, re.compile(match), times, skip, response, delay, then))

    def planned(self) -> int:
        """How many requests will still meet a fault."""
        return sum(fault.times for fault in self._faults)

    def clear_faults(self) -> None:
        self._faults.clear()

    def count(self, match: str) -> int:
        """How many requests so far had a ``METHOD /path`` that matches."""
        return sum(1 for seen in self.seen if re.search(match, f"{seen.method} {seen.path}"))

    def chain(self, since: int = 0) -> int:
        """Length of the longest chain of exchanges that each began after another had ended."""
        ends: list[tuple[float, int]] = []
        longest = 0
        for seen in sorted(self.seen[since:], key=lambda one: one.started):
            depth = 1 + max((d for end, d in ends if end <= seen.started), default=0)
            ends.append((seen.ended, depth))
            longest = max(longest, depth)
        return longest

    def quiet(self) -> None:
        """Wait until nothing is on its way: every connection that came so far is handled and gone."""
        with socket.create_connection(("127.0.0.1", self._http.server_port), 10) as last:
            last.shutdown(socket.SHUT_WR)
            last.recv(1)  # connections are taken in turn: the earlier ones have been taken too
        deadline = time.monotonic() + 10
        while self._http.open and time.monotonic() < deadline:
            time.sleep(0.001)

    def check(self) -> None:
        """Raise when a request broke the rules of the real service."""
        if self.failures:
            raise AssertionError("requests the real service refuses:\n" + "\n".join(self.failures))

    def close(self) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close()
        if kind is None:
            self.check()

    # --- the wire ---------------------------------------------------------------------------------

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it
                """Silence: the tests ask ``seen``."""

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):
                    return lambda: fake._exchange(self)
                raise AttributeError(name)

        return Handler

    def _exchange(self, wire: BaseHTTPRequestHandler) -> None:
        started = time.monotonic()
        parts = urlsplit(wire.path)
        length = int(wire.headers.get("Content-Length") or 0)
        body = wire.rfile.read(length)
        if len(body) < length:  # the client died before it had said everything
            wire.close_connection = True
            return
        headers = {name.lower(): value for name, value in wire.headers.items()}
        request = Request(
            wire.command, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body
        )
        seen = Seen(request.method, request.path, request.query, started)
        with self.lock:
            self.seen.append(seen)
        with contextlib.suppress(ConnectionError):
            self._answer(wire, request, seen)

    def _answer(self, wire: BaseHTTPRequestHandler, request: Request, seen: Seen) -> None:
        fault = self._next_fault(request)
        trouble = fault.trouble if fault else None
        self._closing.wait(self.rtt / 2)
        response = Response()
        if trouble is None or trouble.carried_out:
            response = self._handled(request)
        self._closing.wait(self.rtt / 2)
        if fault is None:
            self._send(wire, response, seen)
        else:
            if fault.then:
                fault.then()
            self._spoil(wire, fault, response, seen)

    def _handled(self, request: Request) -> Response:
        with self.lock:
            try:
                return self.handle(request)
            except Exception:
                self.refuse(f"the fake itself failed on {request.method} {request.path}:\n{format_exc()}")
                return Response(500, b"the fake failed", "text/plain")

    def _spoil(self, wire: BaseHTTPRequestHandler, fault: Fault, response: Response, seen: Seen) -> None:
        match fault.trouble:
            case Trouble.STATUS | Trouble.STATUS_AFTER:
                self._send(wire, fault.response, seen)
            case Trouble.SLOW:
                self._closing.wait(fault.delay)
                self._send(wire, response, seen)
            case Trouble.CUT_JSON:
                self._send(wire, replace(response, body=response.body[: len(response.body) // 2]), seen)
            case Trouble.CUT_SHORT:
                wire.close_connection = True
                self._send(wire, response, seen, keep=len(response.body) // 2)
            case Trouble.LAST:
                wire.close_connection = True
                self._http.shutdown()
                self._http.server_close()
                self._send(wire, replace(response, headers={"Connection": "close"}), seen)
            case Trouble.HANG | Trouble.HANG_AFTER:
                wire.connection.settimeout(30)
                with contextlib.suppress(TimeoutError):
                    wire.connection.recv(1)  # until the client has had enough
                wire.close_connection = True
            case Trouble.RESET_AFTER:
                wire.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                wire.connection.close()
                wire.close_connection = True
            case Trouble.CLOSE | Trouble.CLOSE_AFTER:
                wire.close_connection = True

    def _send(
        self, wire: BaseHTTPRequestHandler, response: Response, seen: Seen, keep: int | None = None
    ) -> None:
        headers = {
            "Date": format_datetime(self.now(), usegmt=True),
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            **response.headers,
        }
        head = f"HTTP/1.1 {response.status} -\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        seen.status, seen.ended = response.status, time.monotonic()
        # One write: a split one costs 40 ms between Nagle's algorithm and the delayed ACK.
        wire.wfile.write(head.encode() + b"\r\n" + response.body[:keep])
        wire.wfile.flush()

    def _next_fault(self, request: Request) -> Fault | None:
        with self.lock:
            for fault in self._faults:
                if fault.match.search(f"{request.method} {request.path}"):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                    return fault
        return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.open = 0
        self._count = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._count:
            self.open += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._count:
            self.open -= 1

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of the game."""


@contextlib.contextmanager
def closed_port() -> Generator[str]:
    """The base of a URL at which nobody listens: bound, so that nobody else takes it, but not listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
