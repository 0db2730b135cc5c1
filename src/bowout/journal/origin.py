"""Whose store is this? A copied or an older database must never send what the real one already sent.

The store keeps a fingerprint of its computer and a counter of its changes. The counter has a twin outside
the data directory (the state directory, a file named by the store's uuid): a twin that is ahead means that
the data directory was brought back from an older copy. The twin also knows where its store lay: where it no
longer lies there, the records are gone, and nothing begins for the first time. And it knows which letters
were scheduled, so that none of them is lost unsaid.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from bowout import files

__all__ = [
    "Identity",
    "Provenance",
    "Scheduled",
    "Twin",
    "compare",
    "grow_twin",
    "machine",
    "make_twin",
    "missing",
    "place_of",
    "read_twin",
    "refusal",
]

_UUID = re.compile(r"[0-9a-f]{32}")
_MOST = 50_000  # bytes of a twin: a number, a path, and a line for each letter
_LETTERS = b"\nscheduled\n"  # what stands before those lines; an earlier bowout wrote none


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
    return Provenance.OLDER_STORE if twin is None or twin.generation > generation else Provenance.OK


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A letter that the store had promised to send, or could not tell whether it was sent."""

    label: str
    due: datetime
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What is known of a store outside of it. ``place`` is where it lay, "" = not known; so ``scheduled``,
    None = not known."""

    uuid: str
    generation: int
    place: str = ""
    scheduled: tuple[Scheduled, ...] | None = None


def read_twin(state_dir: Path, uuid: str) -> Twin | None:
    """The twin of that store; None when there is none or it holds no number."""
    with suppress(OSError, ValueError):
        files.hide(state_dir / uuid)
        count, _, rest = files.read_own(state_dir / uuid, _MOST).partition(b"\n")
        place, is_told, letters = rest.rpartition(_LETTERS)
        return Twin(
            uuid=uuid,
            generation=int(count),
            place=os.fsdecode(place if is_told else rest.removesuffix(b"\n")),
            scheduled=_read_letters(letters) if is_told else None,
        )
    return None


def make_twin(state_dir: Path, twin: Twin) -> None:
    """Write the twin whole and durably. Raises OSError."""
    files.private_dir(state_dir)
    told = b"\n" if twin.scheduled is None else _LETTERS + _letters(twin.scheduled)
    files.write(state_dir / twin.uuid, _digits(twin.generation) + os.fsencode(twin.place) + told)


def _letters(scheduled: tuple[Scheduled, ...]) -> bytes:
    return "".join(f"{one.label} {one.due.isoformat()} {one.account}\n" for one in scheduled).encode()


def _read_letters(lines: bytes) -> tuple[Scheduled, ...] | None:
    """None as well where a line is none of ours, such as one that a crash cut."""
    with suppress(ValueError):
        parts = [line.split(" ", 2) for line in lines.decode().splitlines()]
        return tuple(
            Scheduled(label=label, due=datetime.fromisoformat(due), account=account)
            for label, due, account in parts
        )
    return None


def place_of(path: Path) -> str:
    """Where a database lies, told from the person's home where it is below, since a home may move."""
    path = path.parent.resolve() / path.name
    with suppress(RuntimeError, ValueError):  # no home, not below it
        return str("~" / path.relative_to(Path.home().resolve()))
    return str(path)


def twin_files(state_dir: Path) -> tuple[Path, ...]:
    """The twins that lie there, by their names: the uuids of stores. Raises OSError."""
    return tuple(file for file in state_dir.iterdir() if _UUID.fullmatch(file.name))


def missing(state_dir: Path, path: Path, uuid: str | None) -> tuple[Twin, ...]:
    """The twins of stores that lay at ``path`` and held something, where ``uuid`` (None = nothing) lies now.

    The one that changed last is the last one.
    """
    place, found = place_of(path), []
    with suppress(OSError):
        found = sorted(twin_files(state_dir), key=_changed)
    twins = [twin for file in found if (twin := read_twin(state_dir, file.name))]
    return tuple(twin for twin in twins if twin.place == place and twin.generation and twin.uuid != uuid)


def _changed(file: Path) -> float:
    return file.stat().st_mtime


def grow_twin(state_dir: Path, uuid: str, generation: int) -> None:
    """After a commit: overwritten in place, within one sector, without waiting for the disk.

    The change is made by then, so nothing here may fail it: a twin that lags is harmless.
    """
    with suppress(OSError), os.fdopen(files.open_own(state_dir / uuid), "r+b") as file:
        file.write(_digits(generation))


def refusal(state_dir: Path, uuid: str) -> OSError | None:
    """Why the twin that lies there cannot be written; None = it can be, or there is none to write.

    Changes that it does not hear of would make an older copy look like the newest.
    """
    try:
        os.close(files.open_own(state_dir / uuid))
    except FileNotFoundError:
        return None
    except OSError as exc:
        return exc
    return None


def _digits(generation: int) -> bytes:
    return f"{generation:020d}\n".encode()
