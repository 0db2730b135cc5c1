"""Describe the timer of launchd: launchd.plist(5)."""

from __future__ import annotations

import plistlib

from bowout.outbox.timers.base import EVERY, Kind, Machine, Timer


def timer(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
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
