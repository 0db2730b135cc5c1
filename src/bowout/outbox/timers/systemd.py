"""Describe the timer of systemd: systemd.service(5), systemd.timer(5)."""

from __future__ import annotations

from bowout.outbox.timers.base import EVERY, SUCCESS, Kind, Machine, Timer


def timer(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    folder = machine.home / ".config" / "systemd" / "user"
    variables = "".join(
        f"Environment={_unit_variable(f'{name}={value}')}\n" for name, value in machine.environ.items()
    )
    service = (
        "[Unit]\nDescription=Send the letters armed with bowout that are due\n\n"
        f"[Service]\nType=oneshot\nExecStart={' '.join(map(_unit_word, command))}\n{variables}"
        f"SuccessExitStatus={SUCCESS}\n"
    )
    unit = (
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
            (folder / f"{name}.timer", unit.encode()),
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
