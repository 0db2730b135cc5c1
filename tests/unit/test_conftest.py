"""The promises of tests/conftest.py: no network, no HOME, UTC."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

# The class that this process raises: a worker of pytest-xdist installs the guard before pytest imports it.
NetworkBlocked: type[RuntimeError] = vars(socket)["bowout_guard"]
ELSEWHERE = ("192.0.2.1", 80)  # TEST-NET-1, RFC 5737


def test_connecting_to_another_machine_is_blocked() -> None:
    with socket.socket() as one, pytest.raises(NetworkBlocked):
        one.connect(ELSEWHERE)
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(NetworkBlocked):
        one.sendto(b"hello", ELSEWHERE)


def test_looking_up_a_real_name_is_blocked_and_a_reserved_one_is_unknown() -> None:
    with pytest.raises(NetworkBlocked):
        socket.create_connection(("example.com", 80))
    with pytest.raises(socket.gaierror):
        socket.create_connection(("mail.example.invalid", 80))


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(("localhost", address[1])) as client:
            assert client.getpeername() == address


def test_python_processes_that_tests_start_are_held_back_too() -> None:
    code = f"import socket; socket.socket().connect({ELSEWHERE!r})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "NetworkBlocked" in run.stderr


def test_home_is_empty_and_nothing_of_the_person_leaks_in(home: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []
    assert not [name for name in os.environ if name.startswith(("BOWOUT_", "XDG_", "DBUS_"))]


def test_the_clock_on_the_wall_reads_utc() -> None:
    assert time.timezone == 0
    assert time.tzname[0] == "UTC"
