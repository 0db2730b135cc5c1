"""What ``send`` says when it could not do it at once; run in this process, with short waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acceptance.harness import Box
from bowout import atomic, cli
from bowout.demo import mailbox
from bowout.outbox import runner
from servers import smtp


@pytest.fixture
def server() -> Iterator[smtp.SmtpServer]:
    with smtp.running() as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, server: smtp.SmtpServer, capsys: pytest.CaptureFixture[str]) -> Box:
    """The sample mailbox with the letter to Acme, and a way out."""
    made = Box(tmp_path)
    sample = mailbox.build(made.mail, datetime.now(UTC))
    made.configure(
        f'[profile]\nname = "{sample.name}"\ntimezone = "{sample.zone}"\n'
        '[defaults]\ndata_dir = "data"\n'
        f'[accounts.home]\nprovider = "maildir"\naddress = "{sample.address}"\npath = "mail"\n'
        f"allow_send = true\n[accounts.home.smtp]\nhost = '127.0.0.1'\nport = {server.port}\n"
        "security = 'none'\n"
    )
    assert run(made, "draft", "acme", "--reason", "accepted-offer") == 0
    capsys.readouterr()
    return made


def run(box: Box, *words: str) -> int:
    return cli.run([*words, "--config", str(box.config)])


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_one_that_waits_for_another_run_says_that_it_is_not_sent(
    box: Box, server: smtp.SmtpServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "PATIENCE", 0.0)
    with atomic.lock(box.root / "data" / runner.LOCK):
        assert run(box, "send", "acme", "--yes") == 6
    said = capsys.readouterr().out
    assert "Not sent yet" in said
    assert "bowout outbox cancel s1" in said
    assert server.accepted == []
    assert run(box, "outbox", "run", "--json") == 0
    assert told(capsys)["result"]["changed"][0]["state"] == "sent"
    assert len(server.accepted) == 1


def test_ctrl_c_while_it_waits_leaves_nothing_armed(
    box: Box, server: smtp.SmtpServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(runner, "handle", stopped)
        assert run(box, "send", "acme", "--yes", "--json") == 6
    result = told(capsys)["result"]
    assert (result["state"], result["hold"]) == ("held", "by-person")
    assert run(box, "outbox", "run") == 6
    assert server.accepted == []
