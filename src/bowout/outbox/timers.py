"""The timer that runs ``bowout outbox run`` every five minutes and at login: systemd, launchd, Task Scheduler
or cron, whichever this computer has.

A ``Timer`` is data: the files it needs and the commands that switch it on and off. Nothing in it is secret.
Installing twice is as good as once.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

from bowout import atomic
from bowout.errors import CannotDo, Failed

__all__ = ["Kind", "Machine", "Timer", "install", "is_installed", "plan", "uninstall"]

EVERY = 5  # minutes
LIMIT = 60.0  # seconds for each command
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
    which it hands ``text`` on standard input."""

    platform: str
    home: Path
    python: str
    uid: int
    which: Callable[[str], str | None]
    run: Callable[[Sequence[str], str], tuple[int, str]]

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
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One way to run the outbox by itself. ``start`` runs it once through the timer, None where that cannot
    be asked for. ``asleep`` says what happens while the computer sleeps or is off."""

    kind: Kind
    name: str
    command: tuple[str, ...]
    files: tuple[tuple[Path, bytes], ...] = ()
    on: tuple[tuple[str, ...], ...] = ()
    off: tuple[tuple[str, ...], ...] = ()
    start: tuple[str, ...] | None = None
    line: str = ""  # of a crontab
    asleep: str = ""


def plan(config: Path, default_config: Path, machine: Machine) -> Timer:
    """The timer for this configuration. Raises ``CannotDo`` where there is none."""
    name = "bowout-outbox"
    if config != default_config:  # a second configuration has a timer of its own
        name += "-" + hashlib.sha256(str(config).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    command = (machine.python, "-m", "bowout", "outbox", "run", "--no-input", "--config", str(config))
    if any(not word.isprintable() for word in command):
        raise CannotDo("A path with control characters cannot stand in a timer.", "Move the configuration.")
    if machine.platform == "darwin":
        return _launchd(name, command, machine)
    if machine.platform == "win32":
        return _task(name, command, machine)
    if machine.which("systemctl") and machine.run(["systemctl", "--user", "show-environment"], "")[0] == 0:
        return _systemd(name, command, machine)
    if machine.which("crontab"):
        return _cron(name, command)
    raise CannotDo(
        "This computer has neither a systemd user session nor cron.",
        f"Have something run this every {EVERY} minutes: {shlex.join(command)}",
    )


# --- systemd: systemd.service(5), systemd.timer(5) ------------------------------------------------


def _systemd(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    folder = machine.home / ".config" / "systemd" / "user"
    service = (
        "[Unit]\nDescription=Send the letters armed with bowout that are due\n\n"
        f"[Service]\nType=oneshot\nExecStart={' '.join(map(_unit_word, command))}\n"
        f"SuccessExitStatus={SUCCESS}\n"
    )
    timer = (
        f"[Unit]\nDescription=Run the outbox of bowout every {EVERY} minutes\n\n"
        f"[Timer]\nOnCalendar=*:0/{EVERY}\nOnStartupSec=1min\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    control = ("systemctl", "--user")
    return Timer(
        kind=Kind.SYSTEMD,
        name=name,
        command=command,
        files=(
            (folder / f"{name}.service", service.encode("utf-8", "surrogateescape")),
            (folder / f"{name}.timer", timer.encode()),
        ),
        on=((*control, "daemon-reload"), (*control, "enable", "--now", f"{name}.timer")),
        off=((*control, "disable", "--now", f"{name}.timer"),),
        start=(*control, "start", f"{name}.service"),
        asleep="it runs once after waking or switching on; logged out, only with: loginctl enable-linger",
    )


def _unit_word(word: str) -> str:
    """Quoted for ExecStart: ``%`` starts a specifier and ``$`` a variable there (systemd.service(5))."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


# --- launchd: launchd.plist(5) --------------------------------------------------------------------


def _launchd(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    label = f"org.bowout.{name.removeprefix('bowout-')}"
    path = machine.home / "Library" / "LaunchAgents" / f"{label}.plist"
    content = {
        "Label": label,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        # Not StartInterval: what it misses while the computer sleeps is not made up for.
        "StartCalendarInterval": [{"Minute": minute} for minute in range(0, 60, EVERY)],
        "ProcessType": "Background",
    }
    domain = f"gui/{machine.uid}"
    return Timer(
        kind=Kind.LAUNCHD,
        name=label,
        command=command,
        files=((path, plistlib.dumps(content)),),
        on=(("launchctl", "bootstrap", domain, str(path)),),
        off=(("launchctl", "bootout", f"{domain}/{label}"),),
        start=("launchctl", "kickstart", f"{domain}/{label}"),
        asleep="it runs once after waking, and at login",
    )


# --- Task Scheduler: learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema --------------

_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"


def _task(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    path = machine.home / "AppData" / "Local" / "bowout" / f"{name}.xml"
    # pythonw opens no window every five minutes.
    program = re.sub(r"python\.exe$", "pythonw.exe", command[0], flags=re.IGNORECASE)
    tree = {
        "RegistrationInfo": {"Description": "Send the letters armed with bowout that are due"},
        "Triggers": {
            "TimeTrigger": {
                "Repetition": {"Interval": f"PT{EVERY}M", "StopAtDurationEnd": "false"},
                "StartBoundary": "2026-01-01T00:00:00",
                "Enabled": "true",
            },
            "LogonTrigger": {"Enabled": "true"},
        },
        "Principals": {"Principal": {"LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}},
        "Settings": {
            "MultipleInstancesPolicy": "IgnoreNew",
            "DisallowStartIfOnBatteries": "false",
            "StopIfGoingOnBatteries": "false",
            "StartWhenAvailable": "true",
            "ExecutionTimeLimit": "PT1H",
        },
        "Actions": {"Exec": {"Command": program, "Arguments": subprocess.list2cmdline(command[1:])}},
    }
    root = ET.Element("Task", {"version": "1.2", "xmlns": _TASK})
    _fill(root, tree)
    return Timer(
        kind=Kind.TASK_SCHEDULER,
        name=name,
        command=command,
        files=((path, ET.tostring(root, encoding="utf-16", xml_declaration=True)),),
        on=(("schtasks", "/Create", "/TN", name, "/XML", str(path), "/F"),),
        off=(("schtasks", "/Delete", "/TN", name, "/F"),),
        start=("schtasks", "/Run", "/TN", name),
        asleep="it runs once after waking or switching on, and at login",
    )


def _fill(parent: ET.Element, tree: Mapping[str, object]) -> None:
    for name, content in tree.items():
        child = ET.SubElement(parent, name)
        if isinstance(content, Mapping):
            _fill(child, content)
        else:
            child.text = str(content)


# --- cron: crontab(5) -----------------------------------------------------------------------------


def _cron(name: str, command: tuple[str, ...]) -> Timer:
    words = shlex.join(command).replace("%", "\\%")  # cron reads % as a line end
    line = f"*/{EVERY} * * * * {words} >/dev/null 2>&1 # {name}"
    return Timer(
        kind=Kind.CRON,
        name=name,
        command=command,
        line=line,
        asleep="nothing is made up for; it runs within five minutes of waking",
    )


def _crontab(timer: Timer, machine: Machine, *, keep: bool) -> None:
    lines = _lines_of_crontab(machine)
    others = [line for line in lines if not line.endswith(f" # {timer.name}")]
    new = [*others, timer.line] if keep else others
    if new != lines:
        _must(machine, ["crontab", "-"], "".join(f"{line}\n" for line in new))


def _lines_of_crontab(machine: Machine) -> list[str]:
    """The person's own lines too: when they cannot be read for certain, nothing may be written."""
    code, text = machine.run(["crontab", "-l"], "")
    if code and "no crontab for" not in text:
        raise Failed(f"The crontab cannot be read: {text.strip()[:200]}", _CURE)
    return [] if code else text.splitlines()


# --- switching on and off -------------------------------------------------------------------------


def install(timer: Timer, machine: Machine) -> None:
    """Write the files and switch the timer on; one that is there is replaced. Raises ``Failed``."""
    if timer.kind is Kind.CRON:
        _crontab(timer, machine, keep=True)
        return
    try:
        for path, content in timer.files:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, content)
    except OSError as exc:
        raise Failed(f"The timer cannot be written: {exc.strerror} ({exc.filename}).", _CURE) from exc
    if timer.kind is Kind.LAUNCHD:  # it does not take a changed file for an agent that is loaded
        machine.run(timer.off[0], "")
    for command in timer.on:
        _must(machine, command)


def uninstall(timer: Timer, machine: Machine) -> bool:
    """Switch the timer off and remove all of it; False when there was none. Raises ``Failed``."""
    there = is_installed(timer, machine)
    if timer.kind is Kind.CRON:
        _crontab(timer, machine, keep=False)
        return there
    for command in timer.off if there else ():
        machine.run(command, "")  # one that was switched off by hand is as good
    for path, _ in timer.files:
        with suppress(FileNotFoundError):
            path.unlink()
    if timer.kind is Kind.SYSTEMD and there:
        machine.run(["systemctl", "--user", "daemon-reload"], "")
    return there


def is_installed(timer: Timer, machine: Machine) -> bool:
    """Are its files, or its line, there?"""
    if timer.kind is Kind.CRON:
        return timer.line in _lines_of_crontab(machine)
    return all(path.exists() for path, _ in timer.files)


_CURE = "See what it would do with: bowout outbox install --dry-run"


def _must(machine: Machine, command: Sequence[str], text: str = "") -> None:
    code, said = machine.run(command, text)
    if code:
        raise Failed(f"{command[0]} refused the timer (status {code}): {said.strip()[:200]}", _CURE)


def _run(command: Sequence[str], text: str) -> tuple[int, str]:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own paths
            list(command), input=text, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except (OSError, subprocess.SubprocessError) as exc:
        return 1, str(exc)
    return done.returncode, done.stdout or done.stderr
