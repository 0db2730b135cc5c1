"""Tell who besides the person may write what bowout trusts: by owner, mode, access list and group.

A path is followed name by name, links included: whoever may write a directory on the way can put something
else at its end. What lies above the person's home is the administrator's care, as with sshd's StrictModes.
Windows answers nothing here, and neither do its drives below WSL, whose modes are made up.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Doubt", "barred", "doubt", "foreign"]

MOST_LINKS = 40  # as Linux follows, path_resolution(7)
MOUNTS = Path("/proc/self/mountinfo")
OF_WINDOWS = ("9p", "drvfs", "v9fs", "virtiofs")  # how WSL mounts the drives of Windows
ACCESS_LIST = "system.posix_acl_access"  # acl(5); its mask stands where the group's bits would


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a path is not the person's alone to write, and the command that makes it so."""

    says: str
    cure: str


def doubt(path: Path) -> Doubt | None:
    """Judge an absolute path, as far as it exists; None = only the person (and root) can write it.

    A directory at its end must be theirs even where a sticky bit keeps what lies in it from being replaced:
    others could put a file there before bowout does.
    """
    if sys.platform == "win32":
        return None
    above = _above_home()
    way = {step: is_end for step, is_end in _way(path) if step not in above and not _is_of_windows(step)}
    for step in way:
        if found := foreign(step):
            return found
    shared = [step for step, is_end in way.items() if _others_write(step, is_end=is_end)]
    return _shared(shared) if shared else None


def foreign(path: Path) -> Doubt | None:
    """Judge only whose one path is; None = the person's or root's."""
    if sys.platform == "win32":
        return None
    owner = path.lstat().st_uid
    return None if owner in _trusted() else _foreign(path, owner)


def barred(*paths: Path, write: bool = True) -> str:
    """Give the command that lets the person read (and write) files of one directory again; "" = no mode bars.

    A restored backup, a run with sudo or a chmod too many leave files that their owner cannot open.
    """
    if sys.platform == "win32":
        return ""
    needed = os.R_OK | (os.W_OK if write else 0)
    parent = paths[0].parent
    for step in reversed(parent.parents):
        if _lacks(step, os.X_OK):
            return f"chmod u+x {_quoted(step)}"
    if _lacks(parent, needed | os.X_OK):
        return f"chmod u+r{'w' if write else ''}x {_quoted(parent)}"
    if closed := [path for path in paths if _lacks(path, needed)]:
        enter = "X" if any(path.is_dir() for path in closed) else ""
        return f"chmod u+r{'w' if write else ''}{enter} {' '.join(map(_quoted, closed))}"
    if others := [path for path in paths if path.exists() and not os.access(path, needed)]:
        return f"sudo chown {_name(os.geteuid())} {' '.join(map(_quoted, others))}"
    return ""


def _lacks(step: Path, needed: int) -> bool:
    """Tell whether the person owns it and its mode keeps from them what is needed."""
    with suppress(OSError):
        found = step.stat()
        return found.st_uid == os.geteuid() and bool(needed & ~(found.st_mode >> 6))
    return False


def _way(path: Path) -> Iterator[tuple[Path, bool]]:
    """Every directory in which a name of the path is looked up, every link, and what is there at the end."""
    here, names, links = Path(path.anchor), [*reversed(path.parts[1:])], 0
    while names:
        yield here, False
        if (name := names.pop()) == os.pardir:
            here = here.parent
            continue
        step = here / name
        if not os.path.lexists(step):
            return
        if not step.is_symlink():
            here = step
        elif (links := links + 1) <= MOST_LINKS:
            yield step, False
            target = step.readlink()
            here = Path(target.anchor) if target.is_absolute() else here
            names += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    yield here, True


def _above_home() -> frozenset[Path]:
    with suppress(RuntimeError):  # no home
        return frozenset(Path.home().resolve().parents)
    return frozenset()


def _is_of_windows(step: Path) -> bool:
    return _is_wsl() and _file_system(MOUNTS.read_text("utf-8"), step.lstat().st_dev) in OF_WINDOWS


# --- owners -------------------------------------------------------------------------------------------


def _trusted() -> set[int]:
    return {os.geteuid(), 0, *_unmapped()}


@cache
def _unmapped() -> tuple[int, ...]:
    """In a container without rights of its own every owner outside looks like this one, root included."""
    with suppress(OSError, ValueError):
        if Path("/proc/self/uid_map").read_bytes().split() != [b"0", b"0", b"4294967295"]:
            return (int(Path("/proc/sys/kernel/overflowuid").read_bytes()),)
    return ()


def _foreign(step: Path, owner: int) -> Doubt:
    name, me = _name(owner), os.geteuid()
    if not me:
        return Doubt(f"{step} belongs to {name}", f"run bowout as {name}, not as root")
    says = f"{step} belongs to {name}"
    with suppress(RuntimeError):  # no home
        if Path.home().resolve() in step.parents:
            return Doubt(says, f"if it is yours: sudo chown {_name(me)} {_quoted(step)}")
    return Doubt(says, "use a place of your own, or let a link lead to one")  # never take what is another's


def _name(user: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


# --- modes --------------------------------------------------------------------------------------------


def _others_write(step: Path, *, is_end: bool) -> bool:
    found = step.lstat()
    if stat.S_ISLNK(found.st_mode) or (found.st_mode & stat.S_ISVTX and not is_end):
        return False
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and (_has_access_list(step) or _has_others(found.st_gid))


def _has_access_list(step: Path) -> bool:
    if sys.platform != "linux":
        return False
    with suppress(OSError):
        return bool(os.getxattr(step, ACCESS_LIST))
    return False


def _has_others(group: int) -> bool:
    """Is anybody but the person and root in the group, whether it lists them or is their first one?"""
    import grp
    import pwd

    try:
        listed = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        return True  # nobody can tell who is in a group without a name
    everybody = {user.pw_name: user for user in pwd.getpwall()}
    harmless = {name for name, user in everybody.items() if user.pw_uid in _trusted()} | {_name(os.geteuid())}
    first = {name for name, user in everybody.items() if user.pw_gid == group}
    return bool((listed | first) - harmless)


def _shared(steps: list[Path]) -> Doubt:
    own = all(step.lstat().st_uid == os.geteuid() for step in steps)
    command = "chmod go-w" if own or not os.geteuid() else "sudo chmod go-w"
    return Doubt(
        f"others can write {' and '.join(map(str, steps))}",
        f"make it yours alone: {command} {' '.join(map(_quoted, steps))}",
    )


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


# --- WSL ----------------------------------------------------------------------------------------------


def _is_wsl() -> bool:
    return sys.platform == "linux" and "microsoft" in os.uname().release.lower()


def _file_system(mounts: str, device: int) -> str:
    """The kind of the file system with that device number, from mountinfo as proc(5) writes it; "" = none."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        place, _, source = line.partition(" - ")
        if place.split()[2:3] == [wanted]:
            return source.split()[0]
    return ""
