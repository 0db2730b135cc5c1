"""Say how to go on without records that are damaged, gone or older, in a command that runs as printed."""

from __future__ import annotations

import errno
import shlex
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bowout.journal.origin import Scheduled

__all__ = [
    "ADOPT",
    "away",
    "letter_outside",
    "letters",
    "quoted",
    "restore",
    "without",
    "without_log",
    "writable",
]

# What the shells of both systems call it: going to a directory, making one, moving, copying.
_CD, _MKDIR, _MOVE, _COPY = (
    ("cd /d", "mkdir", "move", "copy") if sys.platform == "win32" else ("cd", "mkdir -m 700", "mv", "cp")
)
ADOPT = "bowout outbox adopt"  # the last step of each: the person says that these are the records from now on


def _newest_copy(path: Path) -> Path | None:
    """The newest copy of the database that bowout made before it changed its form."""
    copies = (path.parent / "backups").glob("*.db")
    return max(copies, key=lambda copy: copy.stat().st_mtime, default=None)


def restore(path: Path) -> str:
    """Say what to do about a database that is broken: move it away, and put the newest copy in its place.

    Its log goes with it: SQLite would write what is in there into whatever lies beside it.
    """
    away, copy = _away(path), _newest_copy(path)
    if copy is None:
        return f"move it away to start anew, bowout has made no copy of it: {away} && {ADOPT}"
    return f"put the newest copy of it in its place, {copy}: {away} && {_put(copy, path)} && {ADOPT}"


def without(path: Path) -> str:
    """Say how to go on where the database is gone, empty or another one."""
    copy, left = _newest_copy(path), any(path.parent.glob(f"{path.name}*"))
    if path.exists() and path.stat().st_size:
        return f"put the right one back, or go on with the one that is there: {ADOPT}"
    if copy is not None:
        back = f"{_CD} {quoted(path.parent)} && {_put(copy, path)} && {ADOPT}"
        return restore(path) if left else f"put its newest copy there, {copy}: {back}"
    away = f"{_away(path)} && " if left else ""
    return f"put it back from a backup of yours, or go on without it: {away}{ADOPT}"


def without_log(path: Path) -> str:
    """Say how to go on where the log beside the database is not its own: only that is moved away."""
    return f"move it away, the records stay as they are: {_away(path, f'{path.name}-*')}"


def letters(scheduled: Iterable[Scheduled]) -> str:
    """Name letters that were scheduled, as far as it is known outside of the records."""
    return "; ".join(
        f"{one.label} for {one.due:%A} {one.due.day} {one.due:%B %Y, %H:%M %Z} from account {one.account}"
        for one in scheduled
    )


def away(file: Path) -> str:
    """Say how to move away what is not a file; the records stay as they are."""
    names = (file.with_name(f"{file.name}.away-{n}") for n in count(1))
    target = next(name for name in names if not name.exists())
    return f"move it away, your records stay as they are: {_MOVE} {quoted(file)} {quoted(target)}"


def _away(path: Path, what: str = "") -> str:
    aside = next(f"damaged-{n}" for n in count(1) if not (path.parent / f"damaged-{n}").exists())
    return f"{_CD} {quoted(path.parent)} && {_MKDIR} {aside} && {_MOVE} {what or f'{path.name}*'} {aside}"


def letter_outside(path: Path, home: Path, sent: Path | None) -> str:
    """Say what to do with a letter that was taken out to be sent, of which no records tell what became;
    ``home`` is where it lay in Drafts, ``sent`` where it belongs if it left."""
    left = f"file it in Sent:\n  {_MOVE} {quoted(path)} {quoted(sent)}" if sent else "leave that file there."
    return (
        "Look into Sent and into the log of what sends your mail; an empty Sent proves nothing.\n"
        f"If it left, {left}\n"
        f"If it did not, put it back into Drafts:\n  {_MOVE} {quoted(path)} {quoted(home)}"
    )


def writable(directory: Path, exc: OSError) -> str:
    """Say how to make a directory of ours and the files in it writable again."""
    if exc.errno in (errno.EACCES, errno.EPERM) and sys.platform != "win32":
        return f"make it yours to write again: chmod -R u+rwX {quoted(directory)}"
    if exc.errno == errno.EROFS:
        return f"the disk or the mount that holds {directory} is read-only: make it writable again"
    return f"make room on the disk that holds {directory}, and see that you may write there"


def _put(copy: Path, path: Path) -> str:
    return f"{_COPY} {quoted(copy.relative_to(path.parent))} {path.name}"


def quoted(path: Path) -> str:
    return f'"{path}"' if sys.platform == "win32" else shlex.quote(str(path))
