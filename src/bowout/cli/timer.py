"""``bowout outbox install`` and ``uninstall``: the timer, and a first pass through it."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import click

from bowout import atomic
from bowout.cli import render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import BowoutError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bowout.config import Config
    from bowout.outbox.runner import Desk
    from bowout.outbox.timers import Machine, Timer

ASKED = "timer-probe"  # in data_dir: the next run says in it whether it could open everything
PATIENCE = 30.0  # seconds to wait for that run


@click.command()
@shared
def install(*, opts: Options) -> Result:
    """Have the outbox looked at every five minutes and at login. Again: brings it up to date."""
    from bowout.outbox import timers

    config, timer, machine = _planned(opts)
    lines = tuple(_shown(timer))
    if opts.dry_run:
        return _result(timer, {"installed": False}, (*lines, "Dry run: nothing was installed."))
    timers.install(timer, machine)
    found = _tried(config, timer, machine)
    wrong = {name: what for name, what in (found or {}).items() if what}
    told = [click.style(f"Installed ({timer.kind}).", fg="green"), render.label("Asleep", timer.asleep)]
    if found is None:
        told.append("It has not run yet; see that it does with: bowout outbox log")
    elif not wrong:
        told.append(
            f"A first run through it opened {', '.join(found) or 'the configuration'}; nothing was sent."
        )
    told += [f"account {name}: {render.safe(what)}" for name, what in wrong.items()]
    if timer.kind in ("launchd", "task-scheduler"):
        told.append(
            "bowout's authors have not tried this kind of timer on a real computer; tell us how it goes."
        )
    return _result(timer, {"installed": True, "opened": found}, tuple(told), 6 if wrong else 0)


@click.command()
@shared
def uninstall(*, opts: Options) -> Result:
    """Remove the timer and all of its files. What is armed stays armed, and waits."""
    from bowout.outbox import timers

    _, timer, machine = _planned(opts)
    if opts.dry_run:
        there = timers.is_installed(timer, machine)
        said = "There is one." if there else "There is none."
        return _result(timer, {"installed": there}, (*_shown(timer), f"Dry run: nothing was removed. {said}"))
    was = timers.uninstall(timer, machine)
    said = "The timer was removed." if was else "There was no timer."
    return _result(timer, {"installed": False, "removed": was}, (said,))


def note(config: Config) -> str:
    """What the person should know at arming: does anything look at the outbox by itself?"""
    from bowout import config as configuration
    from bowout.outbox import timers

    machine = timers.Machine.here()
    try:
        timer = timers.plan(config.path, configuration.default_path(), machine)
        there = timers.is_installed(timer, machine)
    except BowoutError as exc:
        return f"Nothing sends it by itself: {exc.message} {exc.next_step}"
    if not there:
        return (
            "Nothing sends it by itself yet: run bowout outbox install, or bowout outbox run when it is due."
        )
    return f"The timer ({timer.kind}) sends it while this computer runs; {timer.asleep}."


def answer_probe(at_work: Desk, config: Config) -> None:
    """In a run of the timer: say whether everything could be opened, when ``install`` asked."""
    from bowout.outbox import runner

    asked = config.data_dir / ASKED
    if asked.exists() and not asked.read_bytes():
        atomic.write(asked, json.dumps(runner.probe(at_work)).encode())


def _tried(config: Config, timer: Timer, machine: Machine) -> dict[str, str] | None:
    """Run once through the timer and read what that run could open; None when it did not run in time."""
    if timer.start is None:
        return None
    asked = config.data_dir / ASKED
    atomic.private_dir(config.data_dir)
    atomic.write(asked, b"")
    try:
        machine.run(timer.start, "")
        return _answer(asked)
    finally:
        asked.unlink(missing_ok=True)


def _answer(asked: Path) -> dict[str, str] | None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if text := asked.read_bytes():
            return dict(json.loads(text))
        time.sleep(0.1)
    return None


def _planned(opts: Options) -> tuple[Config, Timer, Machine]:
    from bowout import config as configuration
    from bowout.outbox import timers

    config = configuration.load(opts.config)
    if "BOWOUT_DATA_DIR" in os.environ:
        raise UsageError(
            "BOWOUT_DATA_DIR is set here, and a timer would not know it.",
            f"Write it into {config.path}: data_dir under [defaults]",
        )
    machine = timers.Machine.here()
    return config, timers.plan(config.path, configuration.default_path(), machine), machine


def _shown(timer: Timer) -> Iterator[str]:
    for path, content in timer.files:
        yield render.strong(path)
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
        yield from render.indented(text)
    if timer.line:
        yield from ("Line of your crontab:", *render.indented(timer.line))
    yield from (f"$ {render.safe(' '.join(words))}" for words in timer.on)


def _result(timer: Timer, data: dict[str, object], lines: tuple[str, ...], code: int = 0) -> Result:
    told = {
        "timer": timer.kind,
        "name": timer.name,
        "command": timer.command,
        "files": [path for path, _ in timer.files],
        **data,
    }
    return Result(command="outbox", data=told, lines=lines, exit_code=code)
