"""Runs the installed ``bowout`` the way a person or a script does, on a mailbox made for the test."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO, Any

BOWOUT = str(Path(sysconfig.get_path("scripts")) / "bowout")
TIMEOUT = 60  # seconds; only a hang takes that long


@dataclass(frozen=True)
class Done:
    """One finished run."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(
    *args: str | Path,
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    cwd: Path | None = None,
    encoding: str = "utf-8",
    anew: bool = False,
) -> Done:
    """Run bowout without a terminal; ``before`` runs in the child just before it becomes bowout (POSIX).

    Whatever happens, a person never sees a traceback. ``anew`` loads bowout anew as well, see ``starter``; so
    does a variable that the interpreter itself looks at when it starts.
    """
    argv = [BOWOUT, *map(str, args)]
    changed = env or {}
    loads = any(name.startswith(("PYTHON", "LC_", "LANG")) for name in changed)
    if anew or loads or before or encoding != "utf-8" or sys.platform != "linux":
        ended = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding=encoding,
            env={**os.environ, **changed},
            preexec_fn=before,
            cwd=cwd,
            timeout=TIMEOUT,
            check=False,
        )
        done = Done(ended.returncode, ended.stdout, ended.stderr)
    else:
        done = start(*args, env=changed, cwd=cwd).done()
    assert "Traceback" not in done.err, done.err
    return done


class Running:
    """A command at work."""

    def __init__(self, reply: int, *streams: IO[bytes]) -> None:
        self._reply = open(reply, "rb", buffering=0)  # noqa: SIM115 - a descriptor
        self._streams = streams
        self.pid = int(self._reply.readline())

    def kill(self) -> None:
        """End it at once; it is gone when this returns."""
        os.kill(self.pid, signal.SIGKILL)
        self._wait()

    def code(self) -> int:
        """Wait for the end; the exit code, less than zero for a signal."""
        self._wait()
        with self._reply:
            return int(self._reply.read())

    def done(self) -> Done:
        """Wait for the end."""
        return Done(self.code(), *map(_read, self._streams))

    def _wait(self) -> None:
        if not select.select([self._reply], [], [], TIMEOUT)[0]:
            raise TimeoutError(f"still running after {TIMEOUT} seconds")


def _read(stream: IO[bytes]) -> str:
    with stream:
        stream.seek(0)
        return stream.read().decode()


class Starter:
    """The process that has loaded bowout and becomes each command in a copy of itself."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "acceptance.starter", str(theirs.fileno())],
                cwd=Path(__file__).resolve().parents[1],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.close)

    def start(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> Running:
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - Running closes them
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123
            given = [file.fileno() for file in (nothing, out, err)]
            return Running(self._ask(given, argv=argv, env=dict(env), cwd=str(cwd)), out, err)

    def start_on(self, terminal: int, argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> Running:
        """The same on a terminal, which becomes the one that controls it."""
        given = [terminal] * 3
        return Running(self._ask(given, argv=argv, env=dict(env), cwd=str(cwd), terminal=True))

    def _ask(self, streams: Sequence[int], **request: object) -> int:
        packet = json.dumps(request).encode()
        reads, writes = os.pipe()
        with open(writes, "wb") as theirs, self._one_at_a_time:  # noqa: PTH123 - a descriptor
            socket.send_fds(self._door, [len(packet).to_bytes(8, "big")], [*streams, theirs.fileno()])
            self._door.sendall(packet)
        return reads

    def close(self) -> None:
        self._door.close()
        self._process.wait()


@cache
def _starter() -> Starter:
    return Starter()


def start(*args: str | Path, env: Mapping[str, str], cwd: Path | None = None) -> Running:
    """Start bowout in a copy of the process that has loaded it (Linux)."""
    return _starter().start([BOWOUT, *map(str, args)], {**os.environ, **env}, cwd or Path.cwd())


def start_on(terminal: int, *args: str | Path, env: Mapping[str, str]) -> Running:
    """Start it so on a terminal (Linux)."""
    return _starter().start_on(terminal, [BOWOUT, *map(str, args)], {**os.environ, **env}, Path.cwd())


class Box:
    """A job seeker's Maildir with a config of its own; ``run`` uses that config."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mail = root / "mail"
        self.config = root / "config.toml"

    def run(self, *args: str | Path, **kwargs: Any) -> Done:
        return run(*args, "--config", self.config, **kwargs)

    def configure(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every mail file and its bytes, by its path in the tree."""
        return {
            str(path.relative_to(self.mail)): path.read_bytes()
            for folder in ("cur", "new", "tmp")
            for path in self.mail.rglob(f"{folder}/*")
            if path.is_file()
        }

    def drafts(self) -> list[Path]:
        """The drafts that bowout wrote; the mailbox comes with one that it did not."""
        return [path for path in (self.mail / ".Drafts" / "cur").iterdir() if "present-0" not in path.name]

    def draft(self) -> EmailMessage:
        """The one draft that bowout wrote."""
        (path,) = self.drafts()
        return read(path)

    def edit_draft(self, old: bytes, new: bytes) -> Path:
        """Change the draft as another mail client does: a new file with another name takes its place."""
        (path,) = self.drafts()
        raw = path.read_bytes().replace(b"=\n", b"")  # a soft line break may stand within a word
        assert old in raw
        edited = path.with_name("9" + path.name)
        edited.write_bytes(raw.replace(old, new))
        path.unlink()
        return edited


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def body(message: EmailMessage) -> str:
    """The plain text of a message."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
