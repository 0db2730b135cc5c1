"""Read the single mails of the bank of hiring mail, with what each says of the process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bowout.mail import quotes
from bowout.mail.html import html_to_text

OVER = frozenset({"rejected", "closed", "withdrawn"})


@dataclass(frozen=True)
class Mail:
    """One mail: what it says, by whom, and who invented it (a file has one author)."""

    id: str
    author: str
    language: str
    mine: bool
    stage: str
    text: str
    also: str | None = None  # the other reading, where two readers differed
    subject: str = ""


def mails_of(bank: Path, more: Sequence[Path] = ()) -> list[Mail]:
    """List the short mails of the bank, and what its threads say last."""
    found: list[Mail] = []
    for path in sorted(bank.glob("short-*.jsonl")):
        found += map(_short, map(json.loads, path.read_text(encoding="utf-8").splitlines()))
    for path in (bank / "threads.jsonl", *more):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                found += _thread(json.loads(line))
    return found


def _short(row: dict[str, Any]) -> Mail:
    mine, stage = row["by"] == "me", row["stage"].removesuffix("-me")
    return Mail(row["id"], row["id"][0], row["lang"][:2], mine, stage, row["text"], row.get("or"))


def _thread(row: dict[str, Any]) -> Iterator[Mail]:
    """Take the newest mail of theirs, which the label is about; all of mine, which mostly say neither."""
    stage = row["label"]["stage"]
    stage = "other" if stage == "none" else stage
    theirs = [m for m in row["mails"] if m["by"] == "them" or (stage == "other" and m["by"] != "me")]
    mine = [m for m in row["mails"] if m["by"] == "me"]
    if theirs and stage != "withdrawn":
        yield _mail(row, theirs[-1], mine=False, stage=stage)
    for number, mail in enumerate(mine):
        last = number == len(mine) - 1
        yield _mail(
            row, mail, mine=True, stage=stage if last and stage in ("withdrawn", "accepted") else "other"
        )


def _mail(row: dict[str, Any], mail: dict[str, Any], *, mine: bool, stage: str) -> Mail:
    text = mail["body"] if mail["body"] is not None else html_to_text(mail["html"] or "")
    said = quotes.split(re.sub(r"\r\n?", "\n", text)).new
    return Mail(row["id"], row["id"][0], row["lang"][:2], mine, stage, said, subject=mail["subject"])
