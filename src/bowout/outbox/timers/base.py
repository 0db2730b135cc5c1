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

from bowout.errors import Failed
from bowout.vault import environment_of_children

__all__ = ["CURE", "EVERY", "Kind", "Machine", "Timer", "must"]

EVERY = 5  # minutes
LIMIT = 60.0  # seconds for each command
# Where the records are, when this shell says it and not the configuration; none of it is secret.
VARIABLES = ("BOWOUT_DATA_DIR", "XDG_DATA_HOME", "XDG_STATE_HOME")
SUCCESS = 6  # "something needs the person" is no failure of the run


class Kind(StrEnum):
    """Whose timer it is."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    TASK_SCHEDULER = "task-scheduler"
    CRON = "cron"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a timer needs to know of this computer. ``run`` gives exit status and output of a command, to
    which it hands ``text`` on standard input. ``environ`` are the variables that its runs need."""

    platform: str
    home: Path
    python: str
    uid: int
    which: Callable[[str], str | None]
    run: Callable[[Sequence[str], str], tuple[int, str]]
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


def must(machine: Machine, command: Sequence[str], text: str = "") -> None:
    code, said = machine.run(command, text)
    if code:
        raise Failed(f"{command[0]} refused the timer (status {code}): {said.strip()[:200]}", CURE)


def _run(command: Sequence[str], text: str) -> tuple[int, str]:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own paths
            list(command),
            input=text,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            env=environment_of_children(),
        )
    except (OSError, subprocess.SubprocessError) as exc:
        return 1, str(exc)
    return done.returncode, done.stdout or done.stderr
