"""Secrets that a command of the person's prints (``token_command``, ``password_command``)."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from bowout.errors import SignInNeeded
from bowout.vault import environment_of_children

LIMIT = 30.0  # seconds
MOST = 64 * 1024  # bytes of a secret


def first_line(command: Sequence[str], *, account: str, key: str, limit: float = LIMIT) -> str:
    """The first line that ``command`` prints; no shell, a time limit in seconds, no bowout passphrase.

    ``key`` is the key of the config that names it. Raises ``SignInNeeded``; what the command printed is in no
    message, because it may be the secret.
    """
    place = f"{key} of account {account}"
    try:
        done = subprocess.run(  # noqa: S603 - the person's own command, as words
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment_of_children(),
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise _failed(place, f"did not end within {limit:g} seconds", command) from exc
    except (OSError, ValueError) as exc:
        raise _failed(place, "cannot be started", command) from exc
    if done.returncode:
        raise _failed(place, f"ended with status {done.returncode}", command)
    try:
        line = done.stdout[:MOST].decode().splitlines()[0].strip()
    except (UnicodeDecodeError, IndexError):
        line = ""
    if not line or not line.isprintable():
        raise _failed(place, "printed no secret in its first line", command)
    return line


def _failed(place: str, what: str, command: Sequence[str]) -> SignInNeeded:
    return SignInNeeded(f"The {place} {what}.", f"Try it by hand in a terminal: {command[0]}")
