"""Keeps every Python process of the tests on this machine: TCP and UDP only to loopback.

``tests/conftest.py`` imports it as ``guard.sitecustomize`` for pytest's own process and puts this folder
on PYTHONPATH, so the Python processes that tests start load it too (the ``site`` module imports
``sitecustomize``). Programs that are not Python, and children given an environment without PYTHONPATH,
are not covered.

A real address or a real name raises ``NetworkBlocked``, which no adapter translates, so a test that
reaches out fails loudly. Names under ``.invalid`` and ``.test`` (RFC 2606) fail like unknown hosts do.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

LOCAL_NAMES = {"", "localhost", "ip6-localhost", socket.gethostname()}
UNKNOWN_TLDS = (".invalid", ".test")


class NetworkBlocked(RuntimeError):
    """A test tried to leave this machine."""


def is_local(host: str) -> bool:
    """True for loopback addresses, the unspecified address (to bind) and names of this machine."""
    if host in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def check(family: int, address: Any) -> None:
    """Raise ``NetworkBlocked`` when a socket of that family is about to talk to another machine."""
    if family in (socket.AF_INET, socket.AF_INET6) and not is_local(str(address[0])):
        raise NetworkBlocked(f"tests stay on this machine, but something wanted {address!r}")


def install() -> None:
    """Put the check before connect, connect_ex, sendto and name lookup. Installing twice is harmless."""
    if hasattr(socket, "bowout_guard"):
        return

    for name in ("connect", "connect_ex"):
        _guard_method(name, address_at=0)
    _guard_method("sendto", address_at=-1)

    lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if name.lower().endswith(UNKNOWN_TLDS):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        check(socket.AF_INET, (name,))
        return lookup(host, *args, **kwargs)

    vars(socket).update(getaddrinfo=getaddrinfo, bowout_guard=NetworkBlocked)


def _guard_method(name: str, address_at: int) -> None:
    original = getattr(socket.socket, name)

    def guarded(self: socket.socket, *args: Any) -> Any:
        check(self.family, args[address_at])
        return original(self, *args)

    setattr(socket.socket, name, guarded)


install()
