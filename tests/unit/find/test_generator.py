"""benchmarks/mailboxes.py: the yardstick itself. Same seed, same mailbox; labels that the mails bear out."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
SEEDS = range(25)


@pytest.fixture(name="bench")
def _bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The generator as the benchmark imports it; other tests have modules of the same name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("mailboxes", "mailbox_words"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("mailboxes")
    for name in ("mailboxes", "mailbox_words"):
        sys.modules.pop(name, None)


def digest(hash_seed: str) -> str:
    code = (
        "import hashlib, mailboxes\n"
        "made = [mailboxes.generate(seed) for seed in (0, 7, 1003)]\n"
        "boxes = repr([(b.mails, b.label.who, b.label.agencies) for b in made])\n"
        "print(hashlib.sha256(boxes.encode()).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BENCHMARKS,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(BENCHMARKS), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_a_seed_gives_the_same_mailbox_in_every_process() -> None:
    assert digest("1") == digest("2")


def test_development_seeds_never_meet_what_is_held_out_for_test_seeds(bench: Any) -> None:
    assert not set(bench.DEVELOPMENT_SEEDS) & set(bench.TEST_SEEDS)
    held_out = {company.name for company in bench.words.COMPANIES[2::3]}
    for seed in SEEDS:
        assert bench.generate(seed).label.company not in held_out
    tested = {bench.generate(seed).label.company for seed in bench.TEST_SEEDS[:12]}
    assert tested & held_out


def of_thread(mailbox: Any, thread: str) -> list[Message]:
    return [message_from_bytes(mail.raw) for mail in mailbox.mails if mail.thread == thread]


def said(messages: list[Message]) -> str:
    """Headers and bodies as one text, without asking bowout's own parser."""
    from email.header import decode_header, make_header

    parts = []
    for message in messages:
        parts += [str(make_header(decode_header(str(message[name] or "")))) for name in ("From", "Subject")]
        for part in message.walk():
            if part.get_content_maintype() == "text":
                raw = part.get_payload(decode=True)
                assert isinstance(raw, bytes)
                parts.append(raw.decode())
    return "\n".join(parts).replace("&amp;", "&")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_label_is_borne_out_by_the_mails(bench: Any, seed: int) -> None:
    mailbox = bench.generate(seed)
    label = mailbox.label
    threads = {mail.thread for mail in mailbox.mails}
    assert label.threads <= threads
    assert all(mail.received <= mailbox.now for mail in mailbox.mails)
    for thread in label.threads:
        text = said(of_thread(mailbox, thread))
        if len(label.threads) == 1:
            for told in (label.company, label.position, label.addressee):
                assert told is None or told in text
    if not label.threads:
        assert label.company is None


def test_a_mailbox_is_mostly_ordinary_mail(bench: Any) -> None:
    mailbox = bench.generate(1)
    hiring = sum(mail.thread in mailbox.label.threads for mail in mailbox.mails)
    assert 0 < hiring < len(mailbox.mails) / 2
