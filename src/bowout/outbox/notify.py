"""A desktop notification, where there is a desktop: fixed sentences, never a name or a word from a mail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

__all__ = ["NEEDS_YOU", "SENT", "notify"]

NEEDS_YOU = "A letter in the outbox needs you. Run: bowout outbox"
SENT = "A letter that you armed was sent."
LIMIT = 10.0  # seconds

Start = Callable[[Sequence[str]], None]


def notify(sentence: str, start: Start | None = None) -> bool:
    """Show the sentence; False where this computer has no way to. Never raises: mail matters more."""
    words = _command(sentence)
    if words is None:
        return False
    try:
        (start or _start)(words)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _command(sentence: str) -> list[str] | None:
    if sys.platform == "darwin":
        return ["/usr/bin/osascript", "-e", f'display notification "{sentence}" with title "bowout"']
    if sys.platform == "win32" or not (program := shutil.which("notify-send")):
        return None
    return [program, "--app-name=bowout", "bowout", sentence]


def _start(words: Sequence[str]) -> None:
    subprocess.run(  # noqa: S603 - fixed words
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=LIMIT,
        check=False,
    )
