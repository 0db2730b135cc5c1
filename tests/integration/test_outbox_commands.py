"""What ``send`` says when it could not do it at once, and what ``install`` says of the first run; run in this
process, with short waits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import sample
from acceptance.harness import Box
from bowout import cli, files
from bowout.cli import options, timer
from bowout.outbox import notify
from bowout.outbox import run as runner
from bowout.outbox.timers import installer
from bowout.outbox.timers.base import Ended
from servers import smtp


@pytest.fixture
def server() -> Iterator[smtp.SmtpServer]:
    with smtp.running() as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, server: smtp.SmtpServer, capsys: pytest.CaptureFixture[str]) -> Box:
    """The sample mailbox with the letter to Acme, and a way out."""
    made = Box(tmp_path)
    made.configure(
        sample.config(sample.build(made.mail))
        + f"allow_send = true\n[accounts.home.smtp]\nhost = '127.0.0.1'\nport = {server.port}\n"
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
    with files.lock(box.root / "data" / runner.LOCK):
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


@pytest.fixture
def ran(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What systemctl was told, on a computer whose timer runs at once when it is started."""
    asked: list[str] = []

    def systemctl(command: Sequence[str], _data: bytes) -> Ended:
        asked.append(" ".join(command))
        if "start" in command:
            run(box, "outbox", "run", "--no-input")
        return Ended(0)

    machine = installer.Machine(
        platform="linux", home=tmp_path / "home", python="python", uid=1, which=str, run=systemctl
    )
    monkeypatch.setattr(installer.Machine, "here", lambda: machine)
    return asked


def without_smtp(text: str) -> str:
    return text.partition("[accounts.home.smtp]")[0] + "send_command = ['no-such-mailer']\n"


def test_install_runs_once_through_the_timer_and_says_what_opened(
    box: Box, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(box, "outbox", "install") == 0
    assert "opened home" in capsys.readouterr().out
    assert any("enable --now" in line for line in ran)
    assert run(box, "send", "acme", "--at", "in 2 hours", "--yes") == 0
    assert "The timer (systemd) sends it" in capsys.readouterr().out
    assert run(box, "outbox", "uninstall", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "disable --now" in said
    assert "enable --now" not in said
    assert not any("disable" in line for line in ran)
    assert run(box, "outbox", "uninstall") == 0
    assert any("disable --now" in line for line in ran)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("path = ", "path = 'gone' # "), "no directory"),
        (without_smtp, "no-such-mailer is not found"),
    ],
    ids=["mailbox", "program"],
)
def test_install_says_what_a_run_of_the_timer_could_not_open(
    box: Box,
    ran: list[str],
    capsys: pytest.CaptureFixture[str],
    change: Callable[[str], str],
    says: str,
) -> None:
    box.configure(change(box.config.read_text()))
    assert run(box, "outbox", "install") == 6
    assert says in " ".join(capsys.readouterr().out.split())
    assert ran


def test_a_timer_that_does_not_run_is_no_success(
    box: Box, ran: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timer, "PATIENCE", 0.0)
    idle = replace(installer.Machine.here(), run=lambda _command, _data: Ended(0))
    monkeypatch.setattr(installer.Machine, "here", lambda: idle)
    assert run(box, "outbox", "install") == 6
    assert "systemctl --user status bowout-outbox" in capsys.readouterr().out
    assert ran == []


@pytest.mark.parametrize("trouble", ["damaged", "gone"])
@pytest.mark.parametrize(("minute", "times"), [(2, 1), (30, 0)])
def test_records_that_need_the_person_are_notified_once_an_hour(
    box: Box, monkeypatch: pytest.MonkeyPatch, trouble: str, minute: int, times: int
) -> None:
    assert run(box, "send", "acme", "--at", "in 2 hours", "--yes") == 0
    path = box.root / "data" / "bowout.db"
    if trouble == "gone":
        path.unlink()
    else:
        with closing(sqlite3.connect(path)) as journal:
            journal.execute("UPDATE submissions SET due = 'soon'")
            journal.commit()
    shown: list[str] = []
    now = datetime.now(UTC).replace(minute=minute)
    monkeypatch.setattr(options, "now", lambda: now)
    monkeypatch.setattr(notify, "notify", shown.append)
    assert run(box, "outbox", "run") == 6
    assert shown == [notify.NOT_RUN if trouble == "gone" else notify.NEEDS_YOU] * times
