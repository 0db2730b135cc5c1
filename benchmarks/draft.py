"""``bowout draft`` on a Maildir of 1,000 messages, beside reading the headers of the same files.

The bound is what the standard library needs to list the folder and read every header once; a search over
mail that is not indexed cannot do much less.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bowout.demo import mailbox
from measure import BOWOUT, middle, once

MESSAGES = 1000
ROUNDS = 5
SEED = 20261122
WORDS = ["the", "garden", "train", "notes", "our", "trip", "to", "lake", "bread", "and", "roof", "winter"]

READ_HEADERS = """
import pathlib, sys
from email.parser import BytesHeaderParser
read = BytesHeaderParser().parse
for path in pathlib.Path(sys.argv[1]).rglob("cur/*"):
    with path.open("rb") as file:
        read(file)
"""


def fill(root: Path, count: int, now: datetime) -> None:
    """Add ordinary mail until the tree holds ``count`` messages; the same every time."""
    dice = random.Random(SEED)
    there = sum(1 for path in root.rglob("cur/*"))
    for number in range(count - there):
        moment = now - timedelta(minutes=dice.randrange(60, 2 * 365 * 24 * 60))
        sender = f"friend{number % 40}@people{number % 25}.example"
        text = "\n".join(" ".join(dice.choices(WORDS, k=12)) for _ in range(dice.randrange(3, 40)))
        raw = (
            f"From: Friend {number % 40} <{sender}>\nTo: Sam Rivera <sam.rivera@mailbox.example>\n"
            f"Subject: {' '.join(dice.choices(WORDS, k=4))}\nDate: {format_datetime(moment)}\n"
            f"Message-ID: <bench.{number}@people{number % 25}.example>\nMIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
        )
        stamp = int(moment.timestamp())
        path = root / "cur" / f"{stamp}.bench-{number}.host:2,S"
        path.write_bytes(raw.encode())
        os.utime(path, (stamp, stamp))


def prepare(home: Path, count: int) -> Path:
    """A mailbox of ``count`` messages and a config for it; returns the config file."""
    now = datetime.now(UTC)
    sample = mailbox.build(home / "mail", now)
    fill(home / "mail", count, now)
    config = home / "config.toml"
    config.write_text(
        f'[profile]\nname = "{sample.name}"\n[defaults]\ndata_dir = "data"\n'
        f'[accounts.bench]\nprovider = "maildir"\naddress = "{sample.address}"\npath = "mail"\n'
    )
    return config


def main() -> None:
    once([BOWOUT, "draft", "--help"])  # the first run compiles
    first, again, bound = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            config = prepare(Path(folder), MESSAGES)
            command = [BOWOUT, "draft", "acme", "--yes", "--config", str(config)]
            bound.append(once([sys.executable, "-c", READ_HEADERS, f"{folder}/mail"]))
            first.append(once(command))
            again.append(once(command))
    print(f"{MESSAGES} messages in a Maildir, median of {ROUNDS}:")
    for name, costs in (("read every header", bound), ("bowout draft", first), ("bowout draft again", again)):
        print(f"{name:28}{middle(costs)}  {middle(costs).wall / middle(bound).wall:5.2f} x")


if __name__ == "__main__":
    main()
