"""The mailbox that the acceptance tests work on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import sample
from acceptance.harness import Box

# Windows has neither pseudo-terminals nor file-size limits; everything else runs there too.
collect_ignore = ["test_terminal.py", "test_trouble.py"] if sys.platform == "win32" else []


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """The sample mailbox and a config for it, in a folder of the test's own."""
    made = Box(tmp_path / "box")
    made.root.mkdir()
    made.configure(sample.config(sample.build(made.mail)))
    return made
