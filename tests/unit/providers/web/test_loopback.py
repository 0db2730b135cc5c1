"""Waiting for the browser: other connections neither end nor delay it, and the time limit holds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from bowout.errors import SignInNeeded
from bowout.providers.web.loopback import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener(0) as opened:
        yield opened


@pytest.fixture
def idle(listener: Listener) -> Iterator[socket.socket]:
    """Browsers connect ahead of time and may never say a word on that connection."""
    with socket.create_connection(("127.0.0.1", listener.taken)) as connection:
        yield connection


def test_a_connection_that_says_nothing_keeps_nobody_waiting(listener: Listener, idle: socket.socket) -> None:
    pages: list[requests.Response] = []
    visit = threading.Thread(
        target=lambda: pages.append(requests.get(f"{listener.url}?state=s&code=c", timeout=5))
    )
    visit.start()
    assert listener.wait("s", 5) == {"state": "s", "code": "c"}
    visit.join(10)
    assert "Back to the terminal" in pages[0].text


def test_the_time_limit_holds_whatever_is_connected(listener: Listener, idle: socket.socket) -> None:
    idle.sendall(b"GET /?state=s&co")
    with pytest.raises(SignInNeeded, match=r"within 0\.2 seconds"):
        listener.wait("s", 0.2)


def test_an_answer_counts_although_the_browser_did_not_wait_for_its_page(
    listener: Listener, idle: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    idle.sendall(b"GET /?state=s&error=access_denied HTTP/1.1\r\n\r\n")
    idle.close()
    assert listener.wait("s", 5)["error"] == "access_denied"
    assert capfd.readouterr().err == ""


def test_an_answer_that_does_not_know_the_state_is_passed_over(listener: Listener) -> None:
    def visit() -> None:
        for state in ("forged", "s"):
            requests.get(f"{listener.url}?state={state}&code={state}", timeout=5)

    visiting = threading.Thread(target=visit)
    visiting.start()
    assert listener.wait("s", 5)["code"] == "s"
    visiting.join(10)
