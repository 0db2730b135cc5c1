"""Private files that are whole or absent, and locks that die with their holder.

Everything here raises OSError; the caller translates it, since only the caller knows the next step.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

# How often a waiting lock looks again, in seconds.
_LOOK_AGAIN = 0.02


def private_dir(path: Path) -> None:
    """Make ``path`` and its missing parents, 0700. A directory that exists is left as it is."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for directory in reversed(missing):
        directory.mkdir(mode=0o700, exist_ok=True)


def write(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, 0600: readers see the old file or the whole new one, also after a power cut.

    Raises OSError; then the old file is untouched.
    """
    # The name starts as the target's does, so that whoever removes `NAME*` also removes what a crash left.
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            sync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_dir(path.parent)


def sync(descriptor: int) -> None:
    """Bring a file's bytes to the disk itself; macOS answers fsync from the drive's cache, see fsync(2)."""
    if sys.platform == "darwin":
        import fcntl

        # Some file systems (network mounts) lack it.
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_dir(path: Path) -> None:
    """Make a rename or a removal in ``path`` durable. Windows has no way to, and needs none on NTFS."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def lock(path: Path, *, wait: float = 0.0) -> Generator[bool]:
    """Try to hold the exclusive lock on ``path`` (made when missing), for at most ``wait`` seconds.

    Yields whether it is held. The system drops the lock when its holder ends, however it ends. The file
    stays: removing it would let two holders lock two different files of one name.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _acquire(descriptor, time.monotonic() + wait)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, deadline: float) -> bool:
    while not _try(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK_AGAIN)
    return True


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
