"""Whose store is this? A copied or an older database must never send what the real one already sent.

The store keeps a fingerprint of its computer and a counter of its changes. The counter has a twin outside
the data directory (the state directory, a file named by the store's uuid): a twin that is ahead means that
the data directory was brought back from an older copy.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from bowout import files

__all__ = ["Identity", "Provenance", "compare", "grow_twin", "machine", "make_twin", "read_twin"]


class Provenance(StrEnum):
    """Whether a store is the one that this computer last wrote (design: outbox)."""

    OK = "ok"
    OTHER_MACHINE = "other-machine"
    OLDER_STORE = "older-store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a store says of itself. ``machine`` is the fingerprint of the computer that owns it."""

    uuid: str
    machine: str
    generation: int
    suspect: Provenance | None


def compare(uuid: str, owner: str, generation: int, state_dir: Path | None) -> Provenance:
    """Judge a store by what it says of itself; without ``state_dir`` only by the computer it names."""
    if owner != machine(uuid):
        return Provenance.OTHER_MACHINE
    if state_dir is None:
        return Provenance.OK
    twin = read_twin(state_dir, uuid)
    # No twin proves nothing, and unproven counts as older. One that lags behind is only a crash between
    # the commit and its writing.
    return Provenance.OLDER_STORE if twin is None or twin > generation else Provenance.OK


# --- the computer ---------------------------------------------------------------------------------


@cache
def machine(uuid: str) -> str:
    """A fingerprint of this computer, for this store alone: the system's id itself must not be spread
    (machine-id(5)). Computers without an id look alike."""
    from hashlib import blake2b

    return blake2b(f"{uuid} {_system_id()}".encode(), digest_size=16).hexdigest()


def _system_id() -> str:
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    if sys.platform == "darwin":
        import subprocess

        from bowout.vault import environment_of_children

        asked = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
        answer = subprocess.run(  # noqa: S603 - fixed words
            asked, capture_output=True, text=True, check=False, timeout=10, env=environment_of_children()
        )
        lines = answer.stdout.splitlines()
        return next((line.split('"')[-2] for line in lines if "IOPlatformUUID" in line), "")
    with suppress(OSError):
        return Path("/etc/machine-id").read_text("ascii").strip()
    return ""


# --- the twin -------------------------------------------------------------------------------------


def read_twin(state_dir: Path, uuid: str) -> int | None:
    """The counter outside the database; None when there is none or it is no number."""
    with suppress(OSError, ValueError), os.fdopen(files.open_own(state_dir / uuid), "rb") as file:
        return int(file.read(100))
    return None


def make_twin(state_dir: Path, uuid: str, generation: int) -> None:
    """Write the twin whole and durably. Raises OSError."""
    files.private_dir(state_dir)
    files.write(state_dir / uuid, _digits(generation))


def grow_twin(state_dir: Path, uuid: str, generation: int) -> None:
    """After a commit: overwritten in place, within one sector, without waiting for the disk.

    The change is made by then, so nothing here may fail it: a twin that lags is harmless.
    """
    with suppress(OSError), os.fdopen(files.open_own(state_dir / uuid), "r+b") as file:
        file.write(_digits(generation))


def _digits(generation: int) -> bytes:
    return f"{generation:020d}\n".encode()
