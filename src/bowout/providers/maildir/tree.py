"""A Maildir++ tree on disk: which files are there, and how one draft is written, exchanged and removed.

The format: INBOX is the root's ``cur`` and ``new``; every other folder is a directory ``.Name`` beside them,
its name parts joined by dots, in modified UTF-7. A message is one file ``unique:2,FLAGS``; only the part
before the separator lasts, and the content below a unique name never changes: clients cache it by name.
This module raises OSError; ``maildir.py`` puts it into words.
"""

# Plain strings and os calls throughout: pathlib is slow at 100,000 files.
# ruff: noqa: PTH104, PTH105, PTH108, PTH110, PTH116, PTH118, PTH119, PTH123

from __future__ import annotations

import errno
import hashlib
import os
import re
import shlex
import socket
import stat
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from bowout.errors import Failed
from bowout.files import sync, sync_dir
from bowout.model import Folder
from bowout.providers.headers_only.folders import decode_name, encode_name, kind_of

# A colon is no part of a file name on Windows; other programs there agree on a semicolon.
SEPARATOR = ";" if os.name == "nt" else ":"
_INFO = re.compile(r"[:;!]2,(?P<flags>[A-Za-z]*)$")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_HEAD_STEP = 16 * 1024  # bytes
_LONGEST_HEAD = 256 * 1024  # bytes
_SCANS = 5
TAKEN = "bowout-sending"  # beside cur: drafts that are being submitted; no folder, since it lacks cur
_CLAIMED = re.compile(r"(?P<claim>[0-9a-f]{32})\.(?P<name>.+)")  # how they are called there


@dataclass(frozen=True, slots=True)
class Place:
    """One folder: its directory, its decoded name from the top down (() = INBOX) and its use."""

    directory: str
    name: tuple[str, ...]
    kind: Folder

    def sub(self, name: str) -> str:
        return os.path.join(self.directory, name)

    def id_of(self, unique: str) -> str:
        return f"{os.path.basename(self.directory) if self.name else ''}/{unique}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message file. ``id`` (folder, unique name) outlives flag changes; ``stamp`` is size and mtime."""

    id: str
    path: str
    flags: str
    place: Place
    stamp: tuple[int, int]

    @property
    def kind(self) -> Folder:
        """What the message counts as: flagged T it is trash, flagged D outside Drafts and Sent a draft."""
        if "T" in self.flags:
            return Folder.TRASH
        if "D" in self.flags and self.place.kind in (Folder.INBOX, Folder.OTHER):
            return Folder.DRAFTS
        return self.place.kind


@dataclass(frozen=True, slots=True)
class Taken:
    """A draft that was taken out of Drafts, the ``name`` its file had there, and whose it is meanwhile.

    ``entry`` has the id that it had in Drafts. An earlier bowout left no ``claim``: "".
    """

    entry: Entry
    name: str
    claim: str


class Tree:
    """The folders and files below ``root``. ``drafts`` and ``sent`` are configured folder names."""

    def __init__(self, root: Path, drafts: str | None, sent: str | None, separator: str = SEPARATOR) -> None:
        self.root = root
        self.separator = separator
        self._drafts = name_parts(drafts) if drafts else None
        self._sent = name_parts(sent) if sent else None

    # --- reading ---

    def places(self) -> list[Place]:
        """Every folder, INBOX first. A directory reached twice (a symlink loop) counts once."""
        found = [Place(str(self.root), (), Folder.INBOX)]
        seen = {_identity(found[0].sub("cur"))}
        with os.scandir(self.root) as children:
            names = sorted(child.name for child in children if child.name.startswith("."))
        for name in names:
            place = self._place(name)
            identity = _identity(place.sub("cur"))
            if identity and identity not in seen:
                seen.add(identity)
                found.append(place)
        return found

    def _place(self, directory: str) -> Place:
        parts = tuple(decode_name(part) for part in directory.split(".") if part)
        kind = kind_of(parts)
        if self._is(parts, self._drafts):
            kind = Folder.DRAFTS
        elif self._is(parts, self._sent):
            kind = Folder.SENT
        return Place(os.path.join(self.root, directory), parts, kind)

    @staticmethod
    def _is(parts: tuple[str, ...], wanted: tuple[str, ...] | None) -> bool:
        """Is this the configured folder, written with or without the INBOX in front?"""
        if wanted is None:
            return False
        have, want = ([part.casefold() for part in name] for name in (parts, wanted))
        return want in (have, have[1:] if have[:1] == ["inbox"] else have)

    def is_sent(self, place: Place) -> bool:
        """Is this the configured Sent folder?"""
        return self._is(place.name, self._sent)

    def drafts_place(self) -> Place | None:
        """Where new drafts go: the configured folder, else the usual one highest up the tree."""
        return self._usual(Folder.DRAFTS, self._drafts)

    def entries(self, wanted: Callable[[Place], bool]) -> list[Entry]:
        """Every message file of the wanted folders, in no particular order."""
        return [entry for place in self.places() if wanted(place) for entry in self._steady(place)]

    def _steady(self, place: Place) -> list[Entry]:
        """A directory that changes while it is listed may hide a renamed file: then it is listed again."""
        for _ in range(_SCANS):
            before = _changed(place)
            entries = {entry.id: entry for entry in self._scan(place)}
            if _changed(place) == before:
                break
        return list(entries.values())

    def _scan(self, place: Place) -> Iterator[Entry]:
        # new before cur: what a client moves meanwhile is seen twice rather than never.
        for sub in ("new", "cur"):
            with suppress(FileNotFoundError), os.scandir(place.sub(sub)) as files:
                for file in files:
                    with suppress(FileNotFoundError):
                        if not file.name.startswith(".") and file.is_file():
                            yield self._entry(place, file, file.name)

    def _entry(self, place: Place, file: os.DirEntry[str], name: str) -> Entry:
        info = _INFO.search(name)
        unique = name[: info.start()] if info else name
        status = file.stat()
        return Entry(
            id=place.id_of(unique),
            path=file.path,
            flags=info["flags"] if info else "",
            place=place,
            stamp=(status.st_size, status.st_mtime_ns),
        )

    # --- writing ---

    def sent_place(self) -> Place | None:
        """Where sent mail lies: the configured folder, else the usual one highest up the tree."""
        return self._usual(Folder.SENT, self._sent)

    def _usual(self, kind: Folder, configured: tuple[str, ...] | None) -> Place | None:
        places = [place for place in self.places() if place.kind is kind]
        if configured:
            return next((place for place in places if self._is(place.name, configured)), None)
        # A synchronised Gmail account keeps its own below [Gmail]; a local "Drafts" beside it stays here.
        return min(places, key=lambda p: (not p.name[0].startswith("["), len(p.name), p.name), default=None)

    def make_drafts(self, made: list[Path]) -> Place:
        """Create the Drafts folder. The paths made are added to ``made``, for taking them back."""
        return self._make(self._drafts or ("Drafts",), made)

    def make_sent(self, made: list[Path]) -> Place:
        """The same for sent mail."""
        return self._make(self._sent or ("Sent",), made)

    def _make(self, parts: tuple[str, ...], made: list[Path]) -> Place:
        place = self._place("." + ".".join(encode_name(part) for part in parts))
        for path in [Path(place.directory), *(Path(place.sub(sub)) for sub in ("tmp", "new", "cur"))]:
            if not path.is_dir():
                path.mkdir(mode=0o700)
                made.append(path)
        marker = Path(place.sub("maildirfolder"))  # Maildir++ marks its subfolders with this empty file
        if not marker.exists():
            marker.touch(mode=0o600)
            made.append(marker)
        return place

    def unique(self, now: datetime) -> str:
        host = re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname()) or "localhost"
        return f"{int(now.timestamp())}.{token_hex(8)}.{host}"

    def path(self, place: Place, unique: str, flags: str) -> str:
        return place.sub(os.path.join("cur", f"{unique}{self.separator}2,{''.join(sorted(flags))}"))

    def home_of(self, taken: Taken, unique: str) -> str:
        """Where in Drafts it belongs; under the name ``unique`` if its old one is in use by now."""
        path = taken.entry.place.sub(os.path.join("cur", taken.name))
        return self.path(taken.entry.place, unique, taken.entry.flags) if os.path.exists(path) else path

    def put_back(self, taken: Taken, unique: str) -> None:
        """Return a draft that was taken out."""
        move(taken.entry.path, self.home_of(taken, unique))

    @contextmanager
    def staged(self, place: Place, unique: str, raw: bytes) -> Generator[str]:
        """The whole message in ``tmp``, on the disk, 0600; gone afterwards unless it was moved away."""
        Path(place.sub("tmp")).mkdir(mode=0o700, exist_ok=True)
        path = place.sub(os.path.join("tmp", unique))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
                file.write(raw)
                file.flush()
                sync(file.fileno())
            yield path
        finally:
            with suppress(OSError):
                os.unlink(path)

    def claim(self, entry: Entry, unique: str) -> str:
        """Take a draft for changing: rename it to a name nobody else knows yet, where it stays visible.

        Raises FileNotFoundError when somebody renamed, replaced or removed it since it was listed.
        """
        path = self.path(entry.place, unique, entry.flags)
        move(entry.path, path)
        return path

    def take_out(self, entry: Entry, claim: str) -> Taken:
        """Take a draft out of its folder, to where no mail program looks, under a name with the claim.

        Raises FileNotFoundError as ``claim`` does.
        """
        directory = entry.place.sub(TAKEN)
        with suppress(FileExistsError):
            Path(directory).mkdir(mode=0o700)
        _require_private(directory)
        name = os.path.basename(entry.path)
        path = os.path.join(directory, f"{claim}.{name}")
        move(entry.path, path)
        return Taken(replace(entry, path=path), name, claim)

    def taken_out(self) -> list[Taken]:
        """Every draft that was taken out of its folder."""
        found = []
        for place in self.places():
            with suppress(FileNotFoundError, NotADirectoryError), os.scandir(place.sub(TAKEN)) as files:
                for file in files:
                    marked = _CLAIMED.fullmatch(file.name)
                    claim, name = (marked["claim"], marked["name"]) if marked else ("", file.name)
                    with suppress(FileNotFoundError):
                        if file.is_file():
                            found.append(Taken(self._entry(place, file, name), name, claim))
        return found


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a configured folder name: ``Drafts``, ``.Drafts``, ``[Gmail]/Drafts``, ``INBOX.Sent``."""
    return tuple(decode_name(part) for part in re.split(r"[./]", name) if part)


def digest(raw: bytes) -> str:
    """What a revision says about the content of a message file."""
    return hashlib.sha256(raw).hexdigest()[:32]


def read_head(path: str) -> bytes:
    """The header block of a message file and what happens to lie behind it."""
    with open(path, "rb", buffering=0) as file:
        head = file.read(_HEAD_STEP)
        while not _BLANK_LINE.search(head) and len(head) < _LONGEST_HEAD:
            more = file.read(_HEAD_STEP)
            if not more:
                break
            head += more
    return head


def read_whole(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


def same(path: str, other: str) -> bool:
    """Do the two files hold the same bytes? Not when one of them vanished meanwhile."""
    try:
        return read_whole(path) == read_whole(other)
    except FileNotFoundError:
        return False


def move(path: str, target: str) -> None:
    """Rename to a name that is still free, in one step."""
    os.rename(path, target)


def overwrite(path: str, target: str) -> None:
    """Rename over an existing file, in one step: a reader sees the old content or the new one."""
    os.replace(path, target)


def take_back(made: list[Path]) -> None:
    """Undo ``make_drafts`` after a failed write; what is no longer empty stays."""
    for path in reversed(made):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def settle(place: Place) -> None:
    """Make renames and removals in a folder durable."""
    sync_dir(Path(place.sub("cur")))


def settle_taken(place: Place) -> None:
    """The same for drafts that were taken out of it."""
    sync_dir(Path(place.sub(TAKEN)))


def _require_private(directory: str) -> None:
    """Raise ``Failed`` where a letter on its way would lie in what is no directory of the person's alone."""
    found = os.lstat(directory)
    own = sys.platform == "win32" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    if not (stat.S_ISDIR(found.st_mode) and own):
        raise Failed(
            f"{directory} must be a directory of yours alone: a letter lies there while it is sent.",
            f"Move it away, it is made anew: mv {shlex.quote(directory)} {shlex.quote(f'{directory}.away')}",
        )


def _identity(path: str) -> tuple[int, int] | None:
    """Which directory this is; None for what is no folder: no directory, without cur, a link to nowhere."""
    try:
        status = os.stat(path)
    except OSError as exc:
        if exc.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return None
        raise
    return status.st_dev, status.st_ino


def _changed(place: Place) -> list[int]:
    """When new and cur were last changed; a folder that lacks one of them is read without it."""
    changed = []
    for sub in ("new", "cur"):
        with suppress(FileNotFoundError):
            changed.append(os.stat(place.sub(sub)).st_mtime_ns)
    return changed
