"""A desktop notification, where there is a desktop: fixed sentences, never a name or a word from a mail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bowout.journal.submission import State
from bowout.vault import environment_of_children

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bowout.journal.submission import Submission

__all__ = ["ENDED", "NEEDS_YOU", "NOT_RUN", "SENT", "news", "notify", "tells_failure"]

NEEDS_YOU = "A letter in the outbox needs you. Run: bowout outbox"
SENT = "A letter that you armed was sent."
ENDED = "An armed letter is let go: you sent it, or its draft is gone. Run: bowout outbox list --all"
NOT_RUN = "The outbox could not be looked at, so nothing is sent. Run: bowout outbox run"
LIMIT = 10.0  # seconds

TOLD_UNTIL = 5  # minutes past the hour

Start = Callable[[Sequence[str]], None]


def news(changed: Iterable[Submission], *, damaged: bool = False) -> tuple[str, ...]:
    """What the person should hear of a pass: no promise ends in silence, whichever way it ended.

    ``damaged`` = it is time to tell of rows that cannot be read.
    """
    rows = tuple(changed)
    states = {row.state for row in rows if not row.needs_person}
    told = {
        NEEDS_YOU: damaged or any(row.needs_person for row in rows),
        SENT: State.SENT in states,
        ENDED: bool(states & {State.CANCELLED, State.SENT_BY_PERSON}),
    }
    return tuple(sentence for sentence, applies in told.items() if applies)


def tells_failure(now: datetime) -> bool:
    """Is this the run that tells of a failure? A timer fails every five minutes; once an hour is enough."""
    return now.minute < TOLD_UNTIL


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
        env=environment_of_children(),
    )
