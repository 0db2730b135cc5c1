"""Choose the timer that runs ``bowout outbox run`` every five minutes and at login; switch it on and off.

A ``Timer`` is data: the files it needs and the commands that switch it on and off. Nothing in it is secret.
Installing twice is as good as once.
"""

from __future__ import annotations

import hashlib
import shlex
from contextlib import suppress
from pathlib import Path

from bowout import files
from bowout.errors import CannotDo, Failed
from bowout.outbox.timers import cron, launchd, systemd, windows
from bowout.outbox.timers.base import CURE, EVERY, Kind, Machine, Timer, must

__all__ = [
    "Kind",
    "Machine",
    "Timer",
    "every_kind",
    "install",
    "is_current",
    "is_installed",
    "plan",
    "uninstall",
]


def plan(config: Path, default_config: Path, machine: Machine) -> Timer:
    """The timer for this configuration. Raises ``CannotDo`` where there is none."""
    name, command = _name(config, default_config), _command(config, machine)
    if any(not word.isprintable() for word in (*command, *machine.environ.values())):
        raise CannotDo("A path with control characters cannot stand in a timer.", "Move what is named so.")
    if machine.platform == "darwin":
        return launchd.timer(name, command, machine)
    if machine.platform == "win32":
        _refuse_variables(config, machine)
        return windows.timer(name, command, machine)
    if machine.which("systemctl") and machine.run(["systemctl", "--user", "show-environment"], b"").code == 0:
        return systemd.timer(name, command, machine)
    if machine.which("crontab"):
        return cron.timer(name, command, machine)
    raise CannotDo(
        "This computer has neither a systemd user session nor cron.",
        f"Have something run this every {EVERY} minutes: {shlex.join(command)}",
    )


def every_kind(config: Path, default_config: Path, machine: Machine) -> tuple[Timer, ...]:
    """Each that may have been installed here, whatever this computer would choose today."""
    name, command = _name(config, default_config), _command(config, machine)
    if machine.platform == "darwin":
        return (launchd.timer(name, command, machine),)
    if machine.platform == "win32":
        return (windows.timer(name, command, machine),)
    lines = (cron.timer(name, command, machine),) if machine.which("crontab") else ()
    return (systemd.timer(name, command, machine), *lines)


def _name(config: Path, default_config: Path) -> str:
    if config == default_config:
        return "bowout-outbox"
    # A second configuration has a timer of its own.
    return "bowout-outbox-" + hashlib.sha256(str(config).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _command(config: Path, machine: Machine) -> tuple[str, ...]:
    return (machine.python, "-m", "bowout", "outbox", "run", "--no-input", "--config", str(config))


def _refuse_variables(config: Path, machine: Machine) -> None:
    if names := " and ".join(machine.environ):
        raise CannotDo(
            f"{names} is set here, and a task of Task Scheduler would not know it.",
            f"Write it into {config}: data_dir under [defaults]",
        )


# --- switching on and off -------------------------------------------------------------------------


def install(timer: Timer, machine: Machine) -> None:
    """Write the files and switch the timer on; one that is there is replaced. Raises ``Failed``."""
    if timer.kind is Kind.CRON:
        cron.keep_line(timer, machine, keep=True)
        return
    try:
        for path, content in timer.files:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write(path, content)
    except OSError as exc:
        raise Failed(f"The timer cannot be written: {exc.strerror} ({exc.filename}).", CURE) from exc
    if timer.kind is Kind.LAUNCHD:  # it does not take a changed file for an agent that is loaded
        machine.run(timer.off[0], b"")
    for command in timer.on:
        must(machine, command)


def uninstall(timer: Timer, machine: Machine) -> bool:
    """Switch the timer off and remove all of it; False when there was none. Raises ``Failed``."""
    there = is_installed(timer, machine)
    if timer.kind is Kind.CRON:
        cron.keep_line(timer, machine, keep=False)
        return there
    for command in timer.off if there else ():
        machine.run(command, b"")  # one that was switched off by hand is as good
    for path in (*(path for path, _ in timer.files), *timer.links):
        with suppress(FileNotFoundError):
            path.unlink()
    if timer.kind is Kind.SYSTEMD and there:
        machine.run(["systemctl", "--user", "daemon-reload"], b"")
    return there


def is_installed(timer: Timer, machine: Machine) -> bool:
    """Is any of its files, or a line of its name, there?"""
    if timer.kind is Kind.CRON:
        return cron.has_line(timer, machine)
    return any(path.exists() for path, _ in timer.files)


def is_current(timer: Timer, machine: Machine) -> bool:
    """Is it installed just like this? Another one may look at other records, or run what was removed."""
    if timer.kind is Kind.CRON:
        return cron.has_line(timer, machine, just_so=True)
    try:
        return all(path.read_bytes() == content for path, content in timer.files)
    except OSError:
        return False
