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
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

from bowout import files as atomic
from bowout.errors import CannotDo, Failed

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

EVERY = 5  # minutes
LIMIT = 60.0  # seconds for each command
# Where the records are, when this shell says it and not the configuration; none of it is secret.
CARRIED = ("BOWOUT_DATA_DIR", "XDG_DATA_HOME", "XDG_STATE_HOME")
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
            environ=_carried(os.environ),
        )


def _carried(environ: Mapping[str, str]) -> dict[str, str]:
    # Windows has places of its own, and platformdirs heeds no XDG variable there.
    names = CARRIED[:1] if sys.platform == "win32" else CARRIED
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


def plan(config: Path, default_config: Path, machine: Machine) -> Timer:
    """The timer for this configuration. Raises ``CannotDo`` where there is none."""
    name, command = _name(config, default_config), _command(config, machine)
    if any(not word.isprintable() for word in (*command, *machine.environ.values())):
        raise CannotDo("A path with control characters cannot stand in a timer.", "Move what is named so.")
    if machine.platform == "darwin":
        return _launchd(name, command, machine)
    if machine.platform == "win32":
        _refuse_variables(config, machine)
        return _task(name, command, machine)
    if machine.which("systemctl") and machine.run(["systemctl", "--user", "show-environment"], "")[0] == 0:
        return _systemd(name, command, machine)
    if machine.which("crontab"):
        return _cron(name, command, machine)
    raise CannotDo(
        "This computer has neither a systemd user session nor cron.",
        f"Have something run this every {EVERY} minutes: {shlex.join(command)}",
    )


def every_kind(config: Path, default_config: Path, machine: Machine) -> tuple[Timer, ...]:
    """Each that may have been installed here, whatever this computer would choose today."""
    name, command = _name(config, default_config), _command(config, machine)
    if machine.platform == "darwin":
        return (_launchd(name, command, machine),)
    if machine.platform == "win32":
        return (_task(name, command, machine),)
    cron = (_cron(name, command, machine),) if machine.which("crontab") else ()
    return (_systemd(name, command, machine), *cron)


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


# --- systemd: systemd.service(5), systemd.timer(5) ------------------------------------------------


def _systemd(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    folder = machine.home / ".config" / "systemd" / "user"
    variables = "".join(
        f"Environment={_unit_variable(f'{name}={value}')}\n" for name, value in machine.environ.items()
    )
    service = (
        "[Unit]\nDescription=Send the letters armed with bowout that are due\n\n"
        f"[Service]\nType=oneshot\nExecStart={' '.join(map(_unit_word, command))}\n{variables}"
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
        links=(folder / "timers.target.wants" / f"{name}.timer",),
        start=(*control, "start", f"{name}.service"),
        state=(*control, "status", f"{name}.service"),
        asleep="it runs once after waking or switching on; logged out, only with: loginctl enable-linger",
    )


def _unit_word(word: str) -> str:
    """Quoted for ExecStart, where ``$`` starts a variable (systemd.service(5))."""
    return _unit_variable(word.replace("$", "$$"))


def _unit_variable(text: str) -> str:
    """Quoted for Environment: ``%`` starts a specifier, ``$`` means nothing there (systemd.exec(5))."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
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
        **({"EnvironmentVariables": dict(machine.environ)} if machine.environ else {}),
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
        state=("launchctl", "print", f"{domain}/{label}"),
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
        state=("schtasks", "/Query", "/V", "/FO", "LIST", "/TN", name),
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


def _cron(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    variables = [f"{key}={shlex.quote(value)}" for key, value in machine.environ.items()]
    words = " ".join((*variables, shlex.join(command))).replace("%", "\\%")  # cron reads % as a line end
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
    others = [line for line in lines if not _is_of(timer, line)]
    new = [*others, timer.line] if keep else others
    if new != lines:
        _must(machine, ["crontab", "-"], "".join(f"{line}\n" for line in new))


def _is_of(timer: Timer, line: str) -> bool:
    return line.endswith(f" # {timer.name}")


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
    for path in (*(path for path, _ in timer.files), *timer.links):
        with suppress(FileNotFoundError):
            path.unlink()
    if timer.kind is Kind.SYSTEMD and there:
        machine.run(["systemctl", "--user", "daemon-reload"], "")
    return there


def is_installed(timer: Timer, machine: Machine) -> bool:
    """Is any of its files, or a line of its name, there?"""
    if timer.kind is Kind.CRON:
        return any(_is_of(timer, line) for line in _lines_of_crontab(machine))
    return any(path.exists() for path, _ in timer.files)


def is_current(timer: Timer, machine: Machine) -> bool:
    """Is it installed just like this? Another one may look at other records, or run what was removed."""
    if timer.kind is Kind.CRON:
        return timer.line in _lines_of_crontab(machine)
    try:
        return all(path.read_bytes() == content for path, content in timer.files)
    except OSError:
        return False


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
