"""The mailbox that the acceptance tests work on."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

import sample
from acceptance.harness import Box

# Windows has neither pseudo-terminals nor file-size limits nor sh; everything else runs there too.
POSIX_ONLY = ["test_damage.py", "test_questions.py", "test_terminal.py", "test_trouble.py"]
collect_ignore = POSIX_ONLY if sys.platform == "win32" else []


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """The sample mailbox and a config for it, in a folder of the test's own."""
    made = Box(tmp_path / "box")
    made.root.mkdir()
    made.configure(sample.config(sample.build(made.mail)))
    return made


@pytest.fixture
def untold(box: Box) -> Box:
    """The same with a mail, in a language that bowout cannot read, that does not say how far it has come."""
    (box.mail / "cur" / "untold.home:2,S").write_bytes(
        b"From: Rue Poe <rue@quarry.example>\r\nTo: sam.rivera@mailbox.example\r\n"
        b"Message-ID: <untold@quarry.example>\r\nSubject: Szia\r\n"
        b"Date: " + format_datetime(datetime.now(UTC)).encode() + b"\r\n\r\nSzia Sam!\r\n\r\nRue\r\n"
    )
    return box


@pytest.fixture
def notifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a desktop's program would have shown its notifications."""
    shown, program = tmp_path / "shown", tmp_path / "bin" / "notify-send"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{shown}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return shown
