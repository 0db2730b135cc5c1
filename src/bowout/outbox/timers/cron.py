"""Describe the line of a crontab, write it and take it out: crontab(5)."""

from __future__ import annotations

import os
import re
import shlex
from hashlib import blake2s

from bowout import files
from bowout.errors import Failed
from bowout.outbox.timers.base import CURE, EVERY, Ended, Kind, Machine, Timer

# How crontab says that there is no table, in English (see ``base``): cron, cronie, macOS and BSD; fcron; and
# busybox with the system's words. Solaris has one sentence for this and for a table that it may not read.
_NONE = re.compile(rb"(?:no crontab for \S+|has no fcrontab\.|: No such file or directory)\Z")
_RAN = range(126)  # other statuses are of a program that a shell could not run, or that was killed
_COMPLAINT = re.compile(rb"^crontab:", re.MULTILINE)
_READ, _WRITE, _REMOVE = ("crontab", "-l"), ("crontab", "-"), ("crontab", "-r")
# An editor that only shows the file. Debian's -l writes CR as a backslash and an r, -e leaves it.
_SHOW = ("env", "VISUAL=cat", "EDITOR=cat", "crontab", "-e")
_UNTOUCHED = "Your crontab is as it was. " + CURE
_AS_WORDS = rb"\r"
_LINES = re.compile(rb"[^\n]*\n|[^\n]+")  # not splitlines: to cron, CR ends no line


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


# --- the table: bytes, and but for one line the person's own --------------------------------------


def has_line(timer: Timer, machine: Machine, *, just_so: bool = False) -> bool:
    """Is there a line of this timer, with ``just_so`` exactly the one it would write? Raises ``Failed``."""
    ours = [line for line in _lines(_listed(machine)) if _is_of(timer, line)]
    return _line(timer) in ours if just_so else bool(ours)


def keep_line(timer: Timer, machine: Machine, *, keep: bool) -> None:
    """Have the timer's line in the table once, or not at all; every other byte stays.

    A table that held nothing else goes with it. Raises ``Failed``.
    """
    before = _with_cr(machine, _listed(machine))
    lines = [line for line in _lines(before) if not _is_of(timer, line)]
    ours = [_line(timer)] if keep else []
    # A last line that was never ended stays so, and the last.
    end = len(lines) - (bool(lines) and not lines[-1].endswith(b"\n"))
    after = b"".join([*lines[:end], *ours, *lines[end:]])
    if after != before and (after or not _removed(machine)):
        _replace(machine, before, after)


def _line(timer: Timer) -> bytes:
    return os.fsencode(f"{timer.line}\n")


def _lines(table: bytes) -> list[bytes]:
    return _LINES.findall(table)


def _is_of(timer: Timer, line: bytes) -> bool:
    return line.rstrip().endswith(os.fsencode(f" # {timer.name}"))  # an editor may have ended it with CR


def _listed(machine: Machine) -> bytes:
    """The table as crontab lists it, empty where there is none.

    Raises ``Failed`` when it cannot be told for certain.
    """
    done = machine.run(_READ, b"")
    if not done.out and done.code in _RAN and _NONE.search(done.err.rstrip()):
        return b""
    # busybox ends with 0 when it could read only a part.
    if done.code or _COMPLAINT.search(done.err):
        # Not its output: that is the table.
        raise _unread(Ended(done.code, err=done.err).said)
    return done.out


def _with_cr(machine: Machine, listed: bytes) -> bytes:
    """The whole table, of which crontab may have listed the CRs in words. Only before writing: busybox
    writes after -e whatever the editor did. Raises ``Failed`` when it cannot be told for certain."""
    if _AS_WORDS not in listed:
        return listed
    table = machine.run(_SHOW, b"").out
    if listed not in (table, _in_words(table)):
        raise _unread("its line ends are shown in words")
    return table


def _in_words(table: bytes) -> bytes:
    return table.replace(b"\r", _AS_WORDS)


def _unread(why: str) -> Failed:
    return Failed(
        f"The crontab cannot be read: {why}",
        "Nothing was changed. See why with: crontab -l (where there is none yet, make one: crontab -e)",
    )


def _replace(machine: Machine, before: bytes, after: bytes) -> None:
    """Write the table, and see that all lines got through: on a full disk busybox empties the table
    and ends with 0. Raises ``Failed``; then they are as they were, or in a copy that it names.
    """
    # By its content: the copy of an earlier mishap stays.
    kept = machine.home / f"crontab-before-bowout-{blake2s(before, digest_size=4).hexdigest()}"
    try:
        files.write(kept, before)
    except OSError as exc:
        raise Failed(f"No copy of your crontab can be kept in {kept}: {exc.strerror}.", _UNTOUCHED) from exc
    done = machine.run(_WRITE, after)
    lost = _lost(machine, after)
    taken = not done.code and not lost
    if not taken and machine.run(_READ, b"").out != before:
        machine.run(_WRITE, before)
        if _lost(machine, before):
            raise Failed(
                f"crontab lost lines of yours while it wrote: {done.said}",
                f"They are all in {kept}. Put them back: crontab {shlex.quote(str(kept))}",
            )
    kept.unlink()
    if not taken:
        raise Failed(f"crontab refused the change: {done.said}", _UNTOUCHED)


def _removed(machine: Machine) -> bool:
    return not machine.run(_REMOVE, b"").code and not _listed(machine)


def _lost(machine: Machine, table: bytes) -> set[bytes]:
    return {*_lines(_in_words(table))} - {*_lines(_in_words(machine.run(_READ, b"").out))}
