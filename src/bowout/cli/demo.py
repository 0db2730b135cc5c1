"""``bowout demo``: the whole main job on a sample mailbox; nothing to configure, no network."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bowout.cli import options, render
from bowout.cli.asked import Asked
from bowout.cli.draft import draft_one
from bowout.cli.options import Options, shared
from bowout.cli.render import Result
from bowout.errors import UsageError
from bowout.model import Reason

if TYPE_CHECKING:
    from bowout.demo.mailbox import DemoMailbox


@click.command("demo")
@click.option(
    "--keep", type=click.Path(path_type=Path), metavar="DIR", help="Build the sample mailbox in DIR."
)
@shared
def command(*, opts: Options, keep: Path | None) -> Result:
    """Run the whole main job on a sample mailbox made on the spot.

    Nothing to configure, no network, and nothing of yours is touched. The mailbox stays there to try
    other commands on it; the next demo builds it anew.
    """
    from bowout import accounts
    from bowout.config import load

    root = (keep or load.default_data_dir(os.environ) / "demo").absolute()
    _make_room(root)
    config_file, sample = _build(root)
    if not opts.json:
        render.show(
            [
                "A sample mailbox of a job seeker, made just now:",
                f"  {render.dim(root / 'mail')}",
                "",
                f"$ bowout draft {sample.who} --reason accepted-offer",
                "",
            ]
        )
    with options.opened(accounts.load_config(config_file)) as active:
        done = draft_one(active, opts, sample.who, Asked(reason=Reason.ACCEPTED_OFFER, yes=True))
    return Result(
        command="demo",
        data={"mailbox": root / "mail", "config": config_file, "draft": done.data},
        lines=(*done.lines, "", *_try_next(config_file, sample.examples[0][0])),
    )


def _make_room(root: Path) -> None:
    if (root / options.DEMO_MARKER).exists():
        shutil.rmtree(root)
    elif root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UsageError(
            f"{root} is not empty and is not a demo mailbox; it was left alone.",
            "Name a new or empty folder: bowout demo --keep DIR",
        )
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    (root / options.DEMO_MARKER).touch(mode=0o600)


def _build(root: Path) -> tuple[Path, DemoMailbox]:
    from bowout import files
    from bowout.demo import mailbox

    sample = mailbox.build(root / "mail", options.now())
    config_file = root / "config.toml"
    files.write(config_file, _config_text(sample).encode())
    return config_file, sample


def _config_text(sample: DemoMailbox) -> str:
    return (
        f'[profile]\nname = "{sample.name}"\nphone = "{sample.phone}"\ntimezone = "{sample.zone}"\n'
        f'[defaults]\ndata_dir = "data"\n'
        f'[accounts.demo]\nprovider = "maildir"\naddress = "{sample.address}"\npath = "mail"\n'
    )


def _try_next(config_file: Path, other: str) -> tuple[str, ...]:
    quoted = shlex.quote(str(config_file)) if sys.platform != "win32" else f'"{config_file}"'
    commands = ("status", "find --explain", f"draft {other}")
    return ("Try next, on the same mailbox:", *(f"  bowout {text} --config {quoted}" for text in commands))
