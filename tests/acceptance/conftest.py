"""The mailbox that the acceptance tests work on."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acceptance.harness import Box
from bowout.demo import mailbox

# Windows has neither pseudo-terminals nor file-size limits; everything else runs there too.
collect_ignore = ["test_terminal.py", "test_trouble.py"] if sys.platform == "win32" else []


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """The sample mailbox and a config for it, in a folder of the test's own."""
    made = Box(tmp_path / "box")
    made.root.mkdir()
    sample = mailbox.build(made.mail, datetime.now(UTC))
    made.configure(
        f'[profile]\nname = "{sample.name}"\ntimezone = "{sample.zone}"\n'
        '[defaults]\ndata_dir = "data"\n'
        f'[accounts.home]\nprovider = "maildir"\naddress = "{sample.address}"\npath = "mail"\n'
    )
    return made
