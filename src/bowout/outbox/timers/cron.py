"""Describe the line of a crontab, write it and take it out: crontab(5)."""

from __future__ import annotations

import shlex

from bowout.errors import Failed
from bowout.outbox.timers.base import CURE, EVERY, Kind, Machine, Timer, must


def timer(name: str, command: tuple[str, ...], machine: Machine) -> Timer:
    variables = [f"{key}={shlex.quote(value)}" for key, value in machine.environ.items()]
    words = " ".join((*variables, shlex.join(command))).replace("%", "\\%")  # cron reads % as a line end
    line = f"*/{EVERY} * * * * {words} >/dev/null 2>&1 # {name}"
    return Timer(
        kind=Kind.CRON,
        name=name,
        command=command,
        line=line,
        asleep=f"nothing is made up for; it runs within {EVERY} minutes of waking",
    )


def keep_line(timer: Timer, machine: Machine, *, keep: bool) -> None:
    now = lines(machine)
    others = [line for line in now if not is_of(timer, line)]
    new = [*others, timer.line] if keep else others
    if new != now:
        must(machine, ["crontab", "-"], "".join(f"{line}\n" for line in new))


def is_of(timer: Timer, line: str) -> bool:
    return line.endswith(f" # {timer.name}")


def lines(machine: Machine) -> list[str]:
    """The person's own lines too: when they cannot be read for certain, nothing may be written."""
    code, text = machine.run(["crontab", "-l"], "")
    if code and "no crontab for" not in text:
        raise Failed(f"The crontab cannot be read: {text.strip()[:200]}", CURE)
    return [] if code else text.splitlines()
