"""The sample mailbox of the demo for tests: made once a day, copied for each."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bowout.demo import mailbox
from bowout.demo.mailbox import DemoMailbox
from bowout.demo.threads import load_script


def build(root: Path) -> DemoMailbox:
    """The same as ``mailbox.build(root, datetime.now(UTC))``: its mails hang on the day alone."""
    made = _of(datetime.now(_zone()).date())
    shutil.copytree(made.path, root)
    return replace(made, path=root)


@cache
def _of(day: date) -> DemoMailbox:
    folder = tempfile.mkdtemp(prefix="bowout-sample-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return mailbox.build(Path(folder, "mail"), datetime.combine(day, time(12), _zone()))


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(load_script().zone)


def config(sample: DemoMailbox) -> str:
    """A configuration with the account ``home`` in ``mail`` beside it, and the journal in ``data``."""
    return (
        f'[profile]\nname = "{sample.name}"\ntimezone = "{sample.zone}"\n'
        '[defaults]\ndata_dir = "data"\n'
        f'[accounts.home]\nprovider = "maildir"\naddress = "{sample.address}"\npath = "mail"\n'
    )
