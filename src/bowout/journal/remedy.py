"""Say how to go on without records that are damaged or gone, in a command that runs as it is printed."""

from __future__ import annotations

import shlex
import sys
from itertools import count
from pathlib import Path

__all__ = ["letter_outside", "quoted", "restore", "without"]

# What the shells of both systems call it: going to a directory, making one, moving, copying.
_CD, _MKDIR, _MOVE, _COPY = (
    ("cd /d", "mkdir", "move", "copy") if sys.platform == "win32" else ("cd", "mkdir -m 700", "mv", "cp")
)


def _newest_copy(path: Path) -> Path | None:
    """The newest copy of the database that bowout made before it changed its form."""
    copies = (path.parent / "backups").glob("*.db")
    return max(copies, key=lambda copy: copy.stat().st_mtime, default=None)


def restore(path: Path) -> str:
    """Say what to do about a database that is broken: move it away, and put the newest copy in its place.

    Its log goes with it: SQLite would write what is in there into whatever lies beside it.
    """
    aside = next(f"damaged-{n}" for n in count(1) if not (path.parent / f"damaged-{n}").exists())
    away = f"{_CD} {quoted(path.parent)} && {_MKDIR} {aside} && {_MOVE} {path.name}* {aside}"
    copy = _newest_copy(path)
    if copy is None:
        return f"move it away to start anew, bowout has made no copy of it: {away}"
    return f"put the newest copy of it in its place, {copy}: {away} && {_put(copy, path)}"


def without(path: Path) -> str:
    """Say how to go on where the database is gone, empty or another one."""
    copy = _newest_copy(path)
    if copy is None:
        return "put it back from a backup of yours, or go on without them: bowout outbox adopt"
    left = any(path.parent.glob(f"{path.name}*"))
    back = f"put its newest copy there: {_CD} {quoted(path.parent)} && {_put(copy, path)}"
    return f"go on without them (bowout outbox adopt), or {restore(path) if left else back}"


def letter_outside(path: Path, home: Path) -> str:
    """Say what to do with a letter that was taken out to be sent, of which no records tell what became;
    ``home`` is where it lay in Drafts."""
    put_back = f"{_MOVE} {quoted(path)} {quoted(home)}"
    return f"Look into Sent. If it is there, delete that file. If not, put it back into Drafts: {put_back}"


def _put(copy: Path, path: Path) -> str:
    return f"{_COPY} {quoted(copy.relative_to(path.parent))} {path.name}"


def quoted(path: Path) -> str:
    return f'"{path}"' if sys.platform == "win32" else shlex.quote(str(path))
