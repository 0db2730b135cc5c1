"""Private files that are whole or absent, and locks that die with their holder.

Everything here raises OSError; the caller translates it, since only the caller knows the next step.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from bowout.owners import barred

PRIVATE = 0o600
# Windows makes links only for administrators and has no such flag.
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
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
        if directory.stat().st_mode & 0o700 != 0o700:  # a umask that shuts out the owner
            directory.chmod(0o700)


def write(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, 0600: readers see the old file or the whole new one, also after a power cut.

    Raises OSError; then the old file is untouched.
    """
    # The name starts as the target's does, so that whoever removes `NAME*` also removes what a crash left.
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        descriptor = create(temporary)
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


def create(path: Path) -> int:
    """Make a file that nobody else may read, whatever the umask; answers with its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE)
    _make_private(descriptor)
    return descriptor


def open_own(path: Path, *, make: bool = False) -> int:
    """Open a file for reading and writing, out of others' sight; a link is refused with ELOOP."""
    descriptor = os.open(path, os.O_RDWR | _NO_LINK | (os.O_CREAT if make else 0), PRIVATE)
    _make_private(descriptor)
    return descriptor


def read_own(path: Path, most: int) -> bytes:
    """Read up to ``most`` bytes of a file that need not be writable; a link is refused with ELOOP."""
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK), "rb") as file:
        return file.read(most)


def require_room(path: Path) -> None:
    """Try whether a file can be made in the directory ``path``, which is made where it is missing."""
    private_dir(path)
    trial = path / f"{os.urandom(8).hex()}.tmp"
    os.close(create(trial))
    trial.unlink()


def hide(path: Path) -> None:
    """Take a file that exists from others' sight, without opening it."""
    with suppress(OSError):  # not there, or a file system without modes
        if path.lstat().st_mode & 0o077:
            path.chmod(PRIVATE)


def _make_private(descriptor: int) -> None:
    if sys.platform != "win32" and os.fstat(descriptor).st_mode & 0o777 != PRIVATE:
        with suppress(OSError):  # a file of root's, or a file system without modes
            os.fchmod(descriptor, PRIVATE)


def cure(exc: OSError) -> str:
    """What helps against an error that something here raised."""
    if exc.errno == errno.ELOOP:
        return f"it must be a file of its own; remove the link: rm {shlex.quote(str(exc.filename))}"
    if exc.errno == errno.EACCES and exc.filename and (command := barred(Path(exc.filename))):
        return f"let yourself read and write it: {command}"
    return "check its permissions and free space"


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
    """Try to hold the exclusive lock on ``path`` for at most ``wait`` seconds; what is missing is made.

    Yields whether it is held. The system drops the lock when its holder ends, however it ends. The file
    stays: removing it would let two holders lock two different files of one name.
    """
    private_dir(path.parent)
    descriptor = open_own(path, make=True)
    try:
        yield _acquire(descriptor, time.monotonic() + wait)
    finally:
        os.close(descriptor)


@contextmanager
def shared_lock(path: Path) -> Generator[int | None]:
    """Hold a shared lock on ``path``, and yield its descriptor: a child that inherits it holds the lock too,
    however this process ends. None where the system knows no such lock."""
    private_dir(path.parent)
    descriptor = open_own(path, make=True)
    try:
        yield descriptor if _share(descriptor) else None
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Tell whether anybody holds a lock on ``path``, shared or not. Changes nothing."""
    try:
        descriptor = open_own(path)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor)
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

    def _share(_descriptor: int) -> bool:
        return False

else:
    import fcntl

    def _share(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
