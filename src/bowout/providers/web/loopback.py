"""Waiting on this computer for the browser to come back from a sign-in (RFC 8252 section 7.3)."""

from __future__ import annotations

import html
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from bowout.errors import SignInNeeded, UsageError

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>bowout</title>
<body style="font-family:sans-serif;margin:4em auto;max-width:30em"><h1>{title}</h1><p>{text}</p></body>
</html>"""


@dataclass(slots=True)
class Listener:
    """Waits on 127.0.0.1 for the one redirect that carries our state; everything else gets a 404."""

    port: int
    _server: HTTPServer = field(init=False)
    _answers: list[dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> Listener:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10.0  # seconds; browsers also connect ahead of time and then say nothing

            def do_GET(self) -> None:
                listener.received(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Silence: the request line holds the code."""

        try:
            self._server = _Exclusive(("127.0.0.1", self.port), Handler)
        except OSError as exc:
            raise UsageError(
                f"Port {self.port} of 127.0.0.1 is taken.", "Leave --port out: a free one is chosen."
            ) from exc
        self._server.timeout = 0.05  # seconds between two looks at what came
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.taken}/"

    @property
    def taken(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1])

    def wait(self, state: str, limit: float) -> dict[str, str]:
        """The parameters of the redirect. Raises ``SignInNeeded`` after ``limit`` seconds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            self._server.handle_request()
            for answer in list(self._answers):
                if answer.get("state") == state and ("code" in answer or "error" in answer):
                    return answer
        raise SignInNeeded(
            f"Nobody agreed in the browser within {_duration(limit)}; nothing was kept.",
            "Run the same command again.",
        )

    def received(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        answer = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ours = parts.path == "/" and "state" in answer
        title, text = "Back to the terminal", "bowout has its answer. You can close this page."
        if not ours:
            title, text = "Nothing here", "This address only waits for the answer of a sign-in."
        page = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        try:
            request.send_response(200 if ours else 404)
            request.send_header("Content-Type", "text/html; charset=utf-8")
            request.send_header("Content-Length", str(len(page)))
            request.end_headers()
            request.wfile.write(page)
        finally:
            if ours:  # only now: whoever waits closes the listener
                self._answers.append(answer)


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"


class _Exclusive(ThreadingHTTPServer):
    """Nobody else may listen on the same port and take the code, nor keep us from hearing the browser."""

    allow_reuse_address = False
    allow_reuse_port = False
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away is no news; the terminal would show a traceback."""
