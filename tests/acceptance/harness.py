"""Runs the installed ``bowout`` the way a person or a script does, on a mailbox made for the test."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

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
) -> Done:
    """Run bowout without a terminal; ``before`` runs in the child just before it becomes bowout (POSIX).

    Whatever happens, a person never sees a traceback.
    """
    done = subprocess.run(
        [BOWOUT, *map(str, args)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding=encoding,
        env={**os.environ, **(env or {})},
        preexec_fn=before,
        cwd=cwd,
        timeout=TIMEOUT,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


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
        raw = path.read_bytes()
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
