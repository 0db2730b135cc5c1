"""Whole processes, from their start: killed at the calls by which they change something, and on a full disk.

strace(1) names every call of a run that lives; then, for one call after another, a fresh process is ended
right before it (``inject=...:signal=KILL``), or the call finds no room (``error=ENOSPC``). What Python,
SQLite and the C library do by themselves is among them. Afterwards the same commands run again, and the far
side is asked: the SMTP sink how much it took, the mailbox where the letter lies. Of the pages that SQLite
writes in a row the first and the last are tried; ``make soak`` tries all, and more random instants.
"""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import sample
from acceptance.harness import BOWOUT, Box
from crash import kills
from servers import smtp_sink

pytestmark = pytest.mark.system

RUNS = int(os.environ.get("KILL_RUNS", "250"))
EVERY = RUNS > 250
COMMANDS = {
    "draft": ("draft", "acme", "--reason", "accepted-offer"),
    "arm": ("send", "w1", "--at", "in 2 hours", "--yes"),
    "run": ("outbox", "run"),
}
MADE = ("mail", "data", "state")  # what a run may change
SENDING = ("connect", "sendto")
FULL = ("mkdir", "write", "pwrite64", "fsync", "fdatasync", "rename")
CALLS = (*FULL, *SENDING, "link", "unlink", "rmdir", "ftruncate")
NO_ROOM = "error=ENOSPC"
KILL = "signal=KILL"


@dataclass(frozen=True)
class Call:
    """One call of a run: its name, the how-manieth of that name, and what it was given."""

    name: str
    number: int
    given: str


class Desk:
    """A sample mailbox, its records, and a server that counts. ``at`` puts it where a command begins."""

    def __init__(self, root: Path, port: int) -> None:
        self.box = Box(root / "here")
        self.box.root.mkdir(parents=True)
        self._kept = root / "kept"
        self._port = port
        made = sample.build(self.box.mail)
        way = f"[accounts.home.smtp]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'none'\n"
        self.box.configure(f"{sample.config(made)}allow_send = true\n{way}")
        # No program but bowout: nothing of a timer is asked for.
        self.env = {"XDG_STATE_HOME": str(self.box.root / "state"), "PATH": ""}
        self._others = self._foreign()
        self._keep("draft")
        assert self.again("draft") == 0
        self._keep("arm")
        assert self.again("arm") == 0
        self._make_due()
        self._keep("run")

    def _keep(self, command: str) -> None:
        for name in MADE:
            if (self.box.root / name).exists():
                shutil.copytree(self.box.root / name, self._kept / command / name)

    def at(self, command: str) -> None:
        """The mailbox stays the same directory: its identity is part of what was approved."""
        for name in MADE:
            here = self.box.root / name
            here.mkdir(exist_ok=True)
            for child in here.iterdir():
                shutil.rmtree(child) if child.is_dir() else child.unlink()
            if (self._kept / command / name).exists():
                shutil.copytree(self._kept / command / name, here, dirs_exist_ok=True)
        self._before = smtp_sink.count(self._port)

    def _make_due(self) -> None:
        due = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="microseconds")
        with closing(sqlite3.connect(self.box.root / "data" / "bowout.db")) as database:
            database.execute("UPDATE submissions SET due = ?, wall = NULL", (due,))
            database.commit()

    # --- runs ---

    def words(self, command: str) -> tuple[str, ...]:
        return (BOWOUT, *COMMANDS[command], "--config", str(self.box.config))

    def process(self, *words: str, longest: int = resource.RLIM_INFINITY) -> subprocess.Popen[bytes]:
        """Start it; no file may grow beyond the ``longest``."""

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (longest, longest))

        env = {**os.environ, **self.env, "PYTHONDONTWRITEBYTECODE": "1"}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=env, preexec_fn=limit
        )

    def traced(self, command: str, *options: str) -> tuple[int, str]:
        """The exit and what was said, under strace."""
        strace = shutil.which("strace")
        assert strace, "strace is missing"
        process = self.process(strace, "-f", "-qqq", *options, *self.words(command))
        said = process.communicate(timeout=120)[1]
        return process.returncode, said.decode(errors="replace")

    def calls(self, command: str) -> list[Call]:
        """What a run that lives does."""
        log = self.box.root / "log"
        self.at(command)
        code, said = self.traced(command, "-y", "-o", str(log), "-e", f"trace={','.join(CALLS)}")
        assert code == 0, said
        numbers: Counter[str] = Counter()
        found = []
        for line in log.read_text(errors="replace").splitlines():
            if match := re.match(r"\d+ +(\w+)\((.*)", line):
                numbers[match[1]] += 1
                found.append(Call(match[1], numbers[match[1]], match[2]))
        return found

    def again(self, command: str) -> int:
        """As a person or a timer starts it after the trouble."""
        return self.box.run(*COMMANDS[command], env=self.env).code

    # --- what is there ---

    def accepted(self) -> int:
        return smtp_sink.count(self._port) - self._before

    def state(self) -> str:
        with closing(sqlite3.connect(self.box.root / "data" / "bowout.db")) as database:
            rows = database.execute("SELECT state FROM submissions").fetchall()
        return ",".join(row[0] for row in rows)

    def left(self) -> str:
        """The state as the trouble left it; a database that is not even made has none."""
        with suppress(sqlite3.Error):
            return self.state()
        return ""

    def _ours(self) -> list[str]:
        """Where in the mailbox our letter lies."""
        return [p.parent.name if p.parent.name != "cur" else p.parts[-3] for p in self._files(ours=True)]

    def _files(self, *, ours: bool) -> list[Path]:
        folders = ("cur", "new", "bowout-sending")
        files = (path for name in folders for path in self.box.mail.rglob(f"{name}/*"))
        return [p for p in files if (b"acme." in (said := _text(p)) and b"withdraw" in said) is ours]

    def _foreign(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in self._files(ours=False)}

    def book(self, command: str, where: str, left: str) -> None:
        final = "" if command == "draft" else self.state()
        kills[command, where, left, final, self.accepted()] += 1

    def wrong(self, command: str) -> str | None:
        """Run again what should be done, and say which promise is broken."""
        for _ in range(3 if command == "run" else 1):
            code = self.again(command)
        count, places = self.accepted(), self._ours()
        if self._foreign() != self._others:
            return "another mail was touched"
        if len(places) != 1:
            return f"the letter lies in {places}"
        if command == "draft":
            return None if code == 0 else f"drafting ends with {code}"
        state = self.state()
        if command == "arm":
            return (
                None
                if (state, count, code) == ("armed", 0, 0)
                else f"{state}, sent {count}, ends with {code}"
            )
        if count > 1:
            return f"sent {count} times"
        if state not in (("sent", "unknown") if count else ("armed", "held", "unknown")):
            return f"sent {count}, but the row says {state}"
        return "unknown, though it never left Drafts" if (state, places) == ("unknown", [".Drafts"]) else None


def _text(path: Path) -> bytes:
    """A mail with the words that quoted-printable breaks in two whole again."""
    return re.sub(rb"=\r?\n", b"", path.read_bytes())


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, ...]]:
    """Two, since each waits for its processes most of the time."""
    with smtp_sink.running() as one, smtp_sink.running() as other:
        yield tuple(Desk(tmp_path_factory.mktemp("desk"), port) for port in (one, other))


def dealt(desks: tuple[Desk, ...], work: Callable[[Desk, Call], str], calls: list[Call]) -> list[str]:
    """Every call on one of the desks; what went wrong."""
    with ThreadPoolExecutor(len(desks)) as pool:
        shares = [
            pool.submit(lambda d, s: [work(d, c) for c in s], desk, calls[n :: len(desks)])
            for n, desk in enumerate(desks)
        ]
        return [said for share in shares for said in share.result() if said]


def telling(calls: list[Call]) -> list[Call]:
    """Without pages amid others, and without the index of the log, which SQLite makes anew from the log."""
    there = [call for call in calls if "bowout.db-shm" not in call.given]
    if EVERY:
        return there
    beside = zip([None, *there], there, [*there[1:], None], strict=False)
    return [
        c
        for before, c, after in beside
        if not all(o and o.name == c.name == "pwrite64" for o in (before, after))
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_before_each_call(desks: tuple[Desk, ...], command: str) -> None:
    calls = telling(desks[0].calls(command))

    def killed(desk: Desk, call: Call) -> str:
        desk.at(command)
        code, said = desk.traced(
            command,
            "-o",
            os.devnull,
            "-e",
            f"trace={call.name}",
            "-e",
            f"inject={call.name}:{KILL}:when={call.number}",
        )
        assert code in (-signal.SIGKILL, 128 + signal.SIGKILL), (call, code, said)
        left = desk.left()
        wrong = desk.wrong(command)
        desk.book(command, f"before {call.name}", left)
        return f"{call}: {wrong}" if wrong else ""

    wrong = dealt(desks, killed, calls)
    assert wrong == []
    assert len(calls) > 20


@pytest.mark.parametrize("command", COMMANDS)
def test_no_room_at_each_write(desks: tuple[Desk, ...], command: str) -> None:
    calls = [c for c in telling(desks[0].calls(command)) if c.name in FULL and "<pipe:" not in c.given]

    def full(desk: Desk, call: Call) -> str:
        desk.at(command)
        inject = f"inject={call.name}:{NO_ROOM}:when={call.number}"
        code, said = desk.traced(command, "-o", os.devnull, "-e", f"trace={call.name}", "-e", inject)
        assert "Traceback" not in said, (call, said)
        assert code in (0, 1, 6, 7), (call, code, said)
        left = desk.left()
        wrong = desk.wrong(command)
        desk.book(command, f"no room at {call.name}", left)
        return f"{call}: {wrong}" if wrong else ""

    wrong = dealt(desks, full, calls)
    assert wrong == []


@pytest.mark.parametrize("longest", [0, 10, 300, 1_500, 4_200, 20_000, 60_000])
@pytest.mark.parametrize("command", COMMANDS)
def test_writes_that_end_in_the_middle(desks: tuple[Desk, ...], command: str, longest: int) -> None:
    """The file system takes the first bytes of a write and refuses the rest."""
    desk = desks[0]
    desk.at(command)
    process = desk.process(*desk.words(command), longest=longest)
    said = process.communicate(timeout=60)[1].decode()
    assert "Traceback" not in said
    left = desk.left()
    wrong = desk.wrong(command)
    desk.book(command, f"files end at {longest} bytes", left)
    assert wrong is None


def test_killed_at_random_instants_from_the_start(desks: tuple[Desk, ...]) -> None:
    """Loading the program included."""
    chance = random.Random(20261130)
    wrong = []
    for number in range(max(12, RUNS // 20)):
        desk, command = desks[number % len(desks)], chance.choice(sorted(COMMANDS))
        desk.at(command)
        process = desk.process(*desk.words(command))
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=chance.uniform(0.01, 0.6))
        process.kill()
        process.communicate()
        left = desk.left()
        if found := desk.wrong(command):
            wrong.append(f"{number} {command}: {found}")
        desk.book(command, "at a random instant from the start", left)
    assert wrong == []


@pytest.mark.parametrize("command", COMMANDS)
def test_what_gets_its_name_was_on_the_disk_before(desks: tuple[Desk, ...], command: str) -> None:
    """A power cut leaves the old file or the whole new one: each file that was written and then renamed was
    synced in between, and so was the folder after it."""
    calls = desks[0].calls(command)
    renamed = 0
    for at, call in enumerate(calls):
        if call.name != "rename":
            continue
        old, new = re.findall(r'"([^"]+)"', call.given)[:2]
        before = [c.name for c in calls[:at] if f"<{old}>" in c.given]
        assert before[-1:] in ([], ["fsync"]), (old, before)  # nothing was written, or it was synced last
        renamed += bool(before)
        after = [c for c in calls[at:] if c.name == "fsync" and f"<{Path(new).parent}>" in c.given]
        assert after, (new, "its folder was not synced")
    assert renamed or command == "run"


def test_the_letter_is_out_of_drafts_and_the_row_says_so_before_the_first_byte_leaves(
    desks: tuple[Desk, ...],
) -> None:
    calls = desks[0].calls("run")
    taken = next(n for n, c in enumerate(calls) if c.name == "rename" and "/bowout-sending/" in c.given)
    data = next(n for n, c in enumerate(calls) if _is_the_mail(c))
    synced = [n for n, c in enumerate(calls) if c.name == "fdatasync" and "bowout.db-wal" in c.given]
    assert any(n < taken for n in synced)
    assert taken < data
    folders = [c.given for c in calls[taken:data] if c.name == "fsync"]
    assert any("/bowout-sending>" in given for given in folders)
    assert any(n > data for n in synced)  # the receipt


def _is_the_mail(call: Call) -> bool:
    """Every other line of SMTP is short."""
    size = re.search(r", (\d+), 0, NULL", call.given)
    return call.name == "sendto" and size is not None and int(size[1]) > 500
