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
EARLIER = "earlier"  # a mail of theirs before the newest: it ended nothing


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
    newest: bool = True  # nothing of theirs came after it, so that the label is about it


def mails_of(bank: Path, more: Sequence[Path] = ()) -> list[Mail]:
    """List the short mails of the bank, and those of its threads."""
    found: list[Mail] = []
    for path in sorted(bank.glob("short-*.jsonl")):
        author = path.stem.removeprefix("short-")
        found += (_short(json.loads(line), author) for line in path.read_text(encoding="utf-8").splitlines())
    for path in (bank / "threads.jsonl", *more):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                found += _thread(json.loads(line), path.stem)
    return found


def _short(row: dict[str, Any], author: str) -> Mail:
    mine, stage = row["by"] == "me", row["stage"].removesuffix("-me")
    return Mail(row["id"], author, row["lang"][:2], mine, stage, row["text"], row.get("or"))


def _thread(row: dict[str, Any], author: str) -> Iterator[Mail]:
    """Take theirs: the newest, which the label is about, and those before it, which end nothing; and mine."""
    stage = row["label"]["stage"]
    stage = "other" if stage == "none" else stage
    theirs = [m for m in row["mails"] if m["by"] == "them" or (stage == "other" and m["by"] != "me")]
    mine = [m for m in row["mails"] if m["by"] == "me"]
    for mail in theirs[:-1]:
        earlier = "other" if stage == "other" else EARLIER
        yield _mail(row, mail, author, mine=False, stage=earlier, newest=False)
    if theirs and stage != "withdrawn":
        yield _mail(row, theirs[-1], author, mine=False, stage=stage)
    for number, mail in enumerate(mine):
        last = number == len(mine) - 1
        ends = last and stage in ("withdrawn", "accepted")
        yield _mail(row, mail, author, mine=True, stage=stage if ends else "other", newest=last)


def _mail(
    row: dict[str, Any], mail: dict[str, Any], author: str, *, mine: bool, stage: str, newest: bool = True
) -> Mail:
    text = mail["body"] if mail["body"] is not None else html_to_text(mail["html"] or "")
    said = quotes.split(re.sub(r"\r\n?", "\n", text)).new
    language = row["lang"][:2]
    return Mail(row["id"], author, language, mine, stage, said, subject=mail["subject"], newest=newest)
