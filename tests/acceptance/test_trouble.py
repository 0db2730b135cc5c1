"""What can be wrong with a config, a mailbox or a disk: one clear line each, and nothing half written."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.harness import BOWOUT, Box, body, read, run

GOOD = (
    '[profile]\nname = "Sam Rivera"\n'
    '[accounts.home]\nprovider = "maildir"\naddress = "sam.rivera@mailbox.example"\npath = "mail"\n'
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GOOD + 'colour = "blue"\n', ["accounts.home", "colour"]),
        (GOOD.replace('"mail"', "7"), ["accounts.home.path"]),
        (GOOD.replace('name = "Sam Rivera"', ""), ["profile.name"]),
        (GOOD.replace("[profile]", "[profile"), ["line 1"]),
        (GOOD + GOOD.partition("\n")[2].partition("\n")[2].replace(".home]", ".work]"), ["account"]),
        (GOOD.replace('"maildir"', '"pigeon"'), ["accounts.home.provider"]),
        (GOOD.replace("[accounts.home]", "[accounts.Home_]"), ["accounts"]),
        (GOOD + "[defaults]\ngrace = 12\n", ["defaults.grace"]),
    ],
    ids=[
        "unknown-key",
        "wrong-type",
        "missing-key",
        "bad-toml",
        "two-accounts",
        "provider",
        "name",
        "duration",
    ],
)
def test_a_wrong_config_is_one_line_with_file_and_key(box: Box, text: str, named: list[str]) -> None:
    before = box.files()
    box.configure(text)
    done = box.run("draft", "acme")
    assert done.code == 2
    assert done.out == ""
    first, *more = done.err.splitlines()
    assert str(box.config) in first
    assert all(name in first for name in named), first
    assert len(more) <= 1  # at most one more line: what to do next
    assert box.files() == before


def test_without_a_config_it_says_where_one_belongs(home: Path) -> None:
    done = run("draft", "acme")
    assert done.code == 2
    assert "config.toml" in done.err
    assert list(home.iterdir()) == []


def test_a_mailbox_that_is_not_there_is_named(box: Box) -> None:
    shutil.rmtree(box.mail)
    done = box.run("draft", "acme")
    assert done.code in (2, 7)
    assert str(box.mail) in done.err
    assert not box.mail.exists()


def test_an_empty_mailbox_holds_nothing(box: Box) -> None:
    for path in box.mail.rglob("cur/*"):
        path.unlink()
    done = box.run("draft", "acme")
    assert done.code == 3
    assert "acme" in done.err


def test_a_file_that_is_no_mail_does_not_hide_the_rest(box: Box) -> None:
    inbox = box.mail / "cur"
    (inbox / "1700000000.gone.host:2,S").symlink_to(box.mail / "nowhere")
    (inbox / "1700000001.folder.host:2,S").mkdir()
    (inbox / "1700000002.garbage.host:2,S").write_bytes(bytes(range(256)) * 40)
    (inbox / "1700000003.empty.host:2,S").touch()
    os.mkfifo(inbox / "1700000005.pipe.host:2,S")
    done = box.run("draft", "acme")
    assert done.code == 0, done.err
    assert "withdraw" in body(box.draft())


def without_privileges() -> None:
    """Let file permissions count for root too: take away what overrides them, prctl(2)."""
    if os.geteuid() == 0:
        bounding_set_drop, dac_override, dac_read_search = 24, 1, 2
        for capability in (dac_override, dac_read_search):
            assert ctypes.CDLL(None).prctl(bounding_set_drop, capability, 0, 0, 0) == 0


@pytest.mark.parametrize("what", ["mail/cur/1.locked.host:2,S", "mail/.Sent/cur", "config.toml"])
def test_what_may_not_be_read_is_named_and_nothing_is_written(box: Box, what: str) -> None:
    (box.mail / "cur" / "1.locked.host:2,S").write_bytes(b"From: it@acme.example\nSubject: Lunch\n\nacme\n")
    locked, before = box.root / what, box.files()
    locked.chmod(0)
    done = box.run("draft", "acme", before=without_privileges)
    locked.chmod(0o700)
    assert done.code == (2 if what == "config.toml" else 7)
    first, *more = done.err.splitlines()
    assert str(locked) in first
    assert "Permission denied" in first
    assert len(more) <= 1
    assert box.files() == before


@pytest.mark.parametrize("limit", [0, 1, 1024, 4096, 20_000, 70_000])
def test_a_file_size_limit_leaves_a_whole_draft_or_none(box: Box, limit: int) -> None:
    def full_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    before = box.files()
    # Python would leave a torn .pyc behind, which breaks every later run (its write may be cut short unseen).
    done = box.run("draft", "acme", before=full_disk, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert done.code in (0, 1)
    if done.code:
        assert len(done.err.splitlines()) <= 2
        assert box.files() == before
    again = box.run("draft", "acme")
    assert again.code == 0, again.err
    assert "withdraw" in body(box.draft())


def test_a_read_only_mailbox_is_said_so(box: Box) -> None:
    drafts = box.mail / ".Drafts"
    shutil.rmtree(drafts)
    drafts.write_text("a file where a folder should be")
    done = box.run("draft", "acme")
    assert done.code in (1, 2)
    assert ".Drafts" in done.err
    assert drafts.read_text() == "a file where a folder should be"


def test_a_broken_journal_stops_before_the_mailbox_is_touched(box: Box) -> None:
    (box.root / "data").mkdir()
    (box.root / "data" / "bowout.db").write_bytes(b"this is not a database" * 100)
    before = box.files()
    done = box.run("draft", "acme")
    assert done.code == 1
    assert "bowout.db" in done.err
    assert box.files() == before


def test_a_draft_of_somebody_else_in_the_thread_is_seen(box: Box) -> None:
    foreign = box.mail / ".Drafts" / "cur" / "1700000009.mine.host:2,D"
    foreign.write_bytes(
        b"From: sam.rivera@mailbox.example\nTo: dana.whitfield@acme.example\n"
        b"Subject: Re: Senior Platform Engineer at Acme\nMessage-ID: <own@mailbox.example>\n"
        b"In-Reply-To: <acme.4@acme.example>\nReferences: <acme.4@acme.example>\n\nHi Dana, I was thinking"
    )
    before = box.files()
    done = box.run("draft", "acme", "--json")
    assert (done.code, done.json["error"]["code"]) == (6, "foreign-draft")
    assert box.files() == before


def test_a_wrong_option_is_a_usage_error(box: Box) -> None:
    for args in (["draft", "acme", "--reason", "boredom"], ["draft"], ["draught", "acme"], ["draft", "-x"]):
        done = run(*args)
        assert done.code == 2
        assert 1 <= len(done.err.splitlines()) <= 2
    assert "bowout draft" in run("draught", "acme").err


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--help"], 0),
        (["find", "--explain"], 0),
        (["find", "--explain", "--json"], 0),
        (["draft", "acme"], 0),
        (["draft", "nobody-known"], 3),
    ],
    ids=lambda value: str(value),
)
def test_a_reader_that_goes_away_stops_neither_the_work_nor_its_exit_code(
    box: Box, args: list[str], code: int
) -> None:
    def unread() -> None:
        # A pipe without a reader is what any program writes to after `| head` has ended.
        reader, writer = os.pipe()
        os.close(reader)
        for stream in (1, 2):
            os.dup2(writer, stream)

    done = run(*args, before=unread) if args == ["--help"] else box.run(*args, before=unread)
    assert done.code == code
    assert len(box.drafts()) == ("acme" in args)


def test_the_draft_reads_back_as_it_was_shown(box: Box) -> None:
    done = box.run("draft", "acme", "--json", "--no-quote")
    (path,) = box.drafts()
    assert body(read(path)).strip() == done.json["result"]["letter"]["text"].strip()


def closed(number: int) -> Callable[[], None]:
    return lambda: os.close(number)


@pytest.mark.parametrize("number", [0, 1, 2], ids=["stdin", "stdout", "stderr"])
def test_a_stream_that_is_closed_stops_nothing(box: Box, number: int) -> None:
    assert box.run("draft", "acme", before=closed(number)).code == 0
    assert box.run("status", "--json", before=closed(number)).code == 0
    assert len(box.drafts()) == 1


def test_output_that_cannot_be_written_is_said(box: Box) -> None:
    def full() -> None:
        # Nothing may be written into a file that may not grow.
        os.dup2(os.open(box.root / "out", os.O_WRONLY | os.O_CREAT), 1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    for args in (["config", "show"], ["config", "show", "--json"]):
        done = box.run(*args, before=full)
        assert done.code == 1
        assert "File too large" in done.err


@pytest.mark.parametrize("start", [[BOWOUT], [sys.executable, "-m", "bowout"]], ids=["command", "module"])
def test_ctrl_c_while_it_is_loading_is_one_line(tmp_path: Path, start: list[str]) -> None:
    # Stands in for click, the first big thing that is loaded.
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    path = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([*start, "--help"], env=path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "bowout: Stopped.\n")
