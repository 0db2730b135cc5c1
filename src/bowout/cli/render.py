"""Text for people and JSON for scripts from the same value; the only module that prints.

The JSON envelope is a contract (``"bowout": 1``): times are RFC 3339, enum values kebab-case. With
``--json`` stdout carries exactly one object, errors included, and text for people goes to stderr.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bowout.text.harmless import for_shell, for_terminal, thread_option

if TYPE_CHECKING:
    from bowout.errors import BowoutError

ENVELOPE_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command did: ``data`` for JSON, ``lines`` for people, and the exit code both agree on."""

    command: str
    data: object
    lines: tuple[str, ...] = ()
    exit_code: int = 0
    warnings: tuple[str, ...] = field(default=())


def emit(result: Result, *, as_json: bool) -> int:
    """Print a result and return its exit code."""
    if as_json:
        _print_json(
            {
                "command": result.command,
                "exit": result.exit_code,
                "result": result.data,
                "error": None,
                "warnings": result.warnings,
            }
        )
        return result.exit_code
    show(result.lines)
    for warning in result.warnings:
        show([click.style(f"warning: {safe(warning)}", fg="yellow")], err=True)
    return result.exit_code


def fail(command: str, error: BowoutError, *, as_json: bool) -> int:
    """Print an error, what to do next, and return its exit code."""
    if as_json:
        _print_json(
            {
                "command": command,
                "exit": error.exit_code,
                "result": None,
                "error": {
                    "code": error.code,
                    "message": error.message,
                    "next": error.next_step,
                    "candidates": error.candidates,
                    **({"open": error.running} if error.running else {}),
                },
                "warnings": (),
            }
        )
        return error.exit_code
    show([click.style("bowout: ", fg="red", bold=True) + safe(error.message)], err=True)
    named = len(error.candidates) == 1 and "withdrawal" in error.candidates[0]  # by the person themselves
    for candidate in () if named else error.candidates:
        show(_candidate_lines(candidate), err=True)
    show(_running_lines(error.running), err=True)
    if error.next_step:
        show(map(safe, error.next_step.split("\n")), err=True)
    return error.exit_code


def show(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines that are already safe for a terminal; click leaves colour out of pipes."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"  # https://no-color.org
    for line in lines:
        _print(line, err=err, colour=False if plain else None)


def _print(text: str, *, err: bool = False, colour: bool | None = None) -> None:
    """A reader that goes away (``bowout draft acme | head -1``) stops neither the work nor its exit code."""
    try:
        click.echo(text, err=err, color=colour)
    except BrokenPipeError:
        drop_output(sys.stderr if err else sys.stdout)


def drop_output(stream: TextIO) -> None:
    """From now on nobody reads what is written there."""
    # What is still buffered would fail once more when Python flushes it at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def safe(value: object) -> str:
    """Text from mail or from the person, made harmless for the terminal: one line, no control characters."""
    return for_terminal(str(value))


def strong(text: object) -> str:
    return click.style(safe(text), bold=True)


def dim(text: object) -> str:
    return click.style(safe(text), dim=True)


def alarm(text: object) -> str:
    return click.style(safe(text), fg="red", bold=True)


def _columns(most: int) -> int:
    """The width to write in; a window that is narrower still than any sentence wraps by itself."""
    return min(max(shutil.get_terminal_size().columns, 24), most)


def attention(text: str) -> str:
    """Text that is already safe, in the colour of what should not be overlooked."""
    return click.style(text, fg="yellow")


def caution(name: str, text: object) -> Iterator[str]:
    """A labelled line that asks for attention, wrapped to the window."""
    width = _columns(100) - 9
    for number, part in enumerate(textwrap.wrap(safe(text), width)):
        yield label("" if number else name, click.style(part, fg="yellow"))


def label(name: str, text: str) -> str:
    """``Thread   text``: the aligned two columns in which facts are shown. ``text`` is already safe."""
    return click.style(f"{name:<9}", dim=True) + text


def labelled(name: str, text: object) -> Iterator[str]:
    """The same with text that may need several lines, wrapped to the window."""
    width = _columns(100) - 9
    for number, part in enumerate(textwrap.wrap(safe(text), width, break_on_hyphens=False)):
        yield label("" if number else name, part)


def two_lines(name: str, text: object) -> Iterator[str]:
    """The same on at most two lines, cut with an ellipsis; a narrow window takes as many as it needs."""
    width = _columns(85) - 9
    most = 2 if width > 50 else None
    cut = textwrap.wrap(safe(text), width, max_lines=most, placeholder=' …"', break_on_hyphens=False)
    for number, part in enumerate(cut):
        yield label("" if number else name, part)


def hanging(text: object, lead: str) -> Iterator[str]:
    """A paragraph behind ``lead``; the lines below it stand under the first word."""
    yield from textwrap.wrap(
        safe(text),
        _columns(82),
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    )


def indented(text: str) -> Iterator[str]:
    """Text from mail or of a letter, two columns in, wrapped to the window, control characters removed."""
    width = _columns(82) - 4
    for line in for_terminal(text, newlines=True).splitlines():
        yield from (f"  {part}".rstrip() for part in textwrap.wrap(line, width) or [""])


def letter(text: str) -> Iterator[str]:
    """A letter as it will be read: in a frame on a terminal, plain in a pipe."""
    if not sys.stdout.isatty():
        yield from indented(text)
        return
    # rich costs more than the rest of a start, so only a person who looks pays for it
    from rich.box import ROUNDED
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    console = Console(width=_columns(84))
    with console.capture() as capture:
        console.print(Panel(Text(for_terminal(text, newlines=True).strip()), box=ROUNDED, padding=(1, 2)))
    yield from capture.get().splitlines()


def _candidate_lines(candidate: Mapping[str, object]) -> Iterator[str]:
    name, address = candidate.get("person"), candidate.get("address")
    who = f"{safe(name)} <{safe(address)}>" if name and address else safe(name or address or "?")
    if "thread" not in candidate or candidate.get("to"):  # a person or an address to choose, not a thread
        yield f"  {who}"
        return
    newest = candidate.get("newest")
    when = f", last mail {newest:%d %b %Y}" if isinstance(newest, datetime) else ""
    subject, option = safe(candidate.get("subject", "")), thread_option(str(candidate["thread"]))
    stage = f", stage {safe(candidate['stage'])}" if candidate.get("stage") else ""
    yield f'  {who}: "{subject}"{when}{stage}'
    if isinstance(warnings := candidate.get("warnings"), list):
        yield from (f"    {alarm(warning)}" for warning in warnings)
    yield f"    {safe(candidate.get('withdrawal') or option)}"


def _running_lines(running: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """The open processes, each behind a WHO that finds it."""
    if not running:
        return
    yield "Open processes, each behind a WHO that finds it:"
    names = [for_shell(str(one["who"])) for one in running]
    width = min(max(map(len, names)), 30)
    for name, one in zip(names, running, strict=True):
        about = ", ".join(safe(one[key]) for key in ("person", "stage") if one.get(key))
        yield f'  {name:<{width}}  "{safe(one["subject"])}"{f" ({about})" if about else ""}'


def _print_json(payload: Mapping[str, object]) -> None:
    envelope = {"bowout": ENVELOPE_VERSION, **payload}
    # ASCII: readable in every locale, and no character of a mail acts on a terminal.
    _print(json.dumps(envelope, default=_encode, ensure_ascii=True, indent=2).replace("\x7f", "\\u007f"))


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
