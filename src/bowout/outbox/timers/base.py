"""Describe a timer and the computer it is for, and run its commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from bowout.errors import Failed
from bowout.vault import environment_of_children

__all__ = ["CURE", "EVERY", "Ended", "Kind", "Machine", "Timer", "must"]

EVERY = 5  # minutes
LIMIT = 60.0  # seconds for each command
NOT_RUN, TOO_LONG = 127, 124  # as a shell and timeout(1) say it
# Where the records are, when this shell says it and not the configuration; none of it is secret.
VARIABLES = ("BOWOUT_DATA_DIR", "XDG_DATA_HOME", "XDG_STATE_HOME")
SUCCESS = 6  # "something needs the person" is no failure of the run


class Kind(StrEnum):
    """Whose timer it is."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    TASK_SCHEDULER = "task-scheduler"
    CRON = "cron"


class Ended(NamedTuple):
    """What a command of the system left behind. Both outputs are bytes: nobody promises an encoding."""

    code: int
    out: bytes = b""
    err: bytes = b""

    @property
    def said(self) -> str:
        """Its words for the person."""
        words = " ".join((self.err or self.out).decode("utf-8", "replace").split())[:200]
        return words or f"it gave no reason and ended with status {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a timer needs to know of this computer. ``run`` runs a command with the bytes on its standard
    input. ``environ`` are the variables that the timer's runs need."""

    platform: str
    home: Path
    python: str
    uid: int
    which: Callable[[str], str | None]
    run: Callable[[Sequence[str], bytes], Ended]
    environ: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Machine:
        """This one."""
        return cls(
            platform=sys.platform,
            home=Path.home(),
            python=sys.executable,
            uid=os.getuid() if hasattr(os, "getuid") else 0,
            which=shutil.which,
            run=_run,
            environ=_variables(os.environ),
        )


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    # Windows has places of its own, and platformdirs heeds no XDG variable there.
    names = VARIABLES[:1] if sys.platform == "win32" else VARIABLES
    return {name: str(Path(environ[name]).expanduser().absolute()) for name in names if environ.get(name)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One way to run the outbox by itself. ``start`` runs it once through the timer, None where that cannot
    be asked for; ``state`` shows whether it did. ``links`` are left by the system when it is not asked to
    switch the timer off. ``asleep`` says what happens while the computer sleeps or is off."""

    kind: Kind
    name: str
    command: tuple[str, ...]
    files: tuple[tuple[Path, bytes], ...] = ()
    on: tuple[tuple[str, ...], ...] = ()
    off: tuple[tuple[str, ...], ...] = ()
    links: tuple[Path, ...] = ()
    start: tuple[str, ...] | None = None
    state: tuple[str, ...] = ()
    line: str = ""  # of a crontab
    asleep: str = ""


CURE = "See what it would do with: bowout outbox install --dry-run"


def must(machine: Machine, command: Sequence[str]) -> None:
    done = machine.run(command, b"")
    if done.code:
        raise Failed(f"{command[0]} refused the timer: {done.said}", CURE)


def _run(command: Sequence[str], data: bytes) -> Ended:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own paths
            list(command),
            input=data,
            capture_output=True,
            timeout=LIMIT,
            check=False,
            # One language: crontab says only in words whether there is a table.
            env=environment_of_children() | {"LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        return Ended(TOO_LONG, err=f"it did not end within {LIMIT:g} seconds".encode())
    except OSError as exc:
        return Ended(NOT_RUN, err=(exc.strerror or "it cannot be started").encode())
    return Ended(done.returncode, done.stdout, done.stderr)
