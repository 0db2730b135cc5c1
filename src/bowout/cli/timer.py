"""``bowout outbox install`` and ``uninstall``: the timer, and a first pass through it."""

from __future__ import annotations

import json
import shlex
import time
from typing import TYPE_CHECKING

import click

from bowout import files
from bowout.cli import options, render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import BowoutError, NeedsPerson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bowout.config.load import Config
    from bowout.outbox.run import Desk
    from bowout.outbox.timers.base import Machine, Timer

ASKED = "timer-probe"  # in data_dir: the next run says in it whether it could open everything
PATIENCE = 30.0  # seconds to wait for that run


@click.command()
@shared
def install(*, opts: Options) -> Result:
    """Have the outbox looked at every five minutes and at login. Again: brings it up to date."""
    from bowout.config import load
    from bowout.outbox.timers import installer
    from bowout.outbox.timers.base import EVERY

    options.refuse_account(opts)
    config, machine = _here(opts)
    timer = installer.plan(config.path, load.default_path(), machine)
    lines = tuple(_shown(timer))
    if opts.dry_run:
        return _result(timer, {"installed": False}, (*lines, "Dry run: nothing was installed."))
    installer.install(timer, machine)
    found = _tried(config, timer, machine)
    wrong = {name: what for name, what in (found or {}).items() if what}
    told = [click.style(f"Installed ({timer.kind}).", fg="green"), render.label("Asleep", timer.asleep)]
    if found is None and timer.start is None:
        told.append(f"It runs within {EVERY} minutes; nobody can be asked to run it at once.")
    elif found is None:
        told.append(f"It did not run when asked to. See why with: {shlex.join(timer.state)}")
    elif not wrong:
        told.append(
            f"A first run through it opened {', '.join(found) or 'the configuration'}; nothing was sent."
        )
    told += [f"account {name}: {render.safe(what)}" for name, what in wrong.items()]
    if timer.kind in ("launchd", "task-scheduler"):
        told.append(
            "bowout's authors have not tried this kind of timer on a real computer; tell us how it goes."
        )
    unproven = found is None and timer.start is not None
    code = NeedsPerson.exit_code if wrong or unproven else 0
    return _result(timer, {"installed": True, "opened": found}, tuple(told), code)


@click.command()
@shared
def uninstall(*, opts: Options) -> Result:
    """Remove the timer and all of its files. What is armed stays armed, and waits."""
    from bowout.config import load
    from bowout.outbox.timers import installer

    options.refuse_account(opts)
    config, machine = _here(opts)
    possible = installer.every_kind(config.path, load.default_path(), machine)
    there = [timer for timer in possible if installer.is_installed(timer, machine)]
    if opts.dry_run:
        shown = [line for timer in there for line in _removed(timer)]
        said = "There is one." if there else "There is none."
        told = (*shown, f"Dry run: nothing was removed. {said}")
        return _result((there or possible)[0], {"installed": bool(there)}, told)
    for timer in there:
        installer.uninstall(timer, machine)
    said = "The timer was removed." if there else "There was no timer."
    return _result((there or possible)[0], {"installed": False, "removed": bool(there)}, (said,))


def note(config: Config) -> str:
    """What the person should know at arming: does anything look at the outbox by itself?"""
    from bowout.config import load
    from bowout.outbox.timers import installer

    machine = installer.Machine.here()
    try:
        timer = installer.plan(config.path, load.default_path(), machine)
        there, current = installer.is_installed(timer, machine), installer.is_current(timer, machine)
    except BowoutError as exc:
        return f"Nothing sends it by itself: {exc.message} {exc.next_step}"
    if not there:
        return (
            "Nothing sends it by itself yet: run bowout outbox install, or bowout outbox run when it is due."
        )
    if not current:
        return (
            "The timer that is installed is not the one that this shell would install, and may not see this"
            " letter: run bowout outbox install"
        )
    return f"The timer ({timer.kind}) sends it while this computer runs; {timer.asleep}."


def answer_probe(at_work: Desk, config: Config) -> None:
    """In a run of the timer: say whether everything could be opened, when ``install`` asked."""
    from bowout.outbox import run

    asked = config.data_dir / ASKED
    if asked.exists() and not asked.read_bytes():
        files.write(asked, json.dumps(run.probe(at_work)).encode())


def _tried(config: Config, timer: Timer, machine: Machine) -> dict[str, str] | None:
    """Run once through the timer and read what that run could open; None when it did not run in time."""
    if timer.start is None:
        return None
    asked = config.data_dir / ASKED
    files.private_dir(config.data_dir)
    files.write(asked, b"")
    try:
        machine.run(timer.start, b"")
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


def _here(opts: Options) -> tuple[Config, Machine]:
    from bowout import accounts
    from bowout.outbox.timers import installer

    return accounts.load_config(opts.config), installer.Machine.here()


def _shown(timer: Timer) -> Iterator[str]:
    for path, content in timer.files:
        yield render.strong(path)
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
        yield from render.indented(text)
    if timer.line:
        yield from ("Line of your crontab:", *render.indented(timer.line))
    yield from (f"$ {render.safe(' '.join(words))}" for words in timer.on)


def _removed(timer: Timer) -> Iterator[str]:
    yield from (render.strong(path) for path, _ in timer.files)
    if timer.line:
        yield f"A line of your crontab that ends with: # {timer.name}"
    yield from (f"$ {render.safe(' '.join(words))}" for words in timer.off)


def _result(timer: Timer, data: dict[str, object], lines: tuple[str, ...], code: int = 0) -> Result:
    told = {
        "timer": timer.kind,
        "name": timer.name,
        "command": timer.command,
        "files": [path for path, _ in timer.files],
        **data,
    }
    return Result(command="outbox", data=told, lines=lines, exit_code=code)
