"""SIGKILL at every crash point of a pass that sends, and at random instants; then the next passes.

The count c is the server's own. After recovery, always: c <= 1; c = 1 exactly when the row says sent or
unknown; c = 0 exactly when it says armed, held, missed, cancelled or unknown; unknown only when the kill fell
between the durable ``sending`` and the durable receipt. Two kinds of provider: a Maildir with a real SMTP
server in another process, and one that consumes the draft in one act, as Gmail does. Two mutants must fail:
one records ``sending`` after the submission, one arms every unknown again.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from account_kit import with_keys
from bowout import providers, when
from bowout.config import load
from bowout.journal.store import Store
from bowout.journal.submission import State, Submission
from bowout.journal.submissions import Queue
from bowout.mail.build import build
from bowout.model import Account, DraftKey
from bowout.outbox import arm
from bowout.outbox import run as runner
from bowout.outbox.decide import Rearm
from bowout.outbox.run import Desk
from bowout.people import machines
from bowout.providers.base import Draft, Evidence, Receipt, Submitter
from bowout.providers.maildir.mailbox import MaildirMailbox, open_mailbox
from bowout.providers.sending.keys import Server
from bowout.session import Session
from clock import FakeClock
from contract.mailbox_suite import seed
from contract.test_maildir import MaildirHarness
from crash import Watch, killed_at, kills, watching
from outbox_kit import CONFIG, ZONE, letter, record_of
from servers import smtp_sink

OURS = "<ours@home.example>"
RUNS = int(os.environ.get("KILL_RUNS", "250"))
LOST, KNOWN = (State.SENT, State.UNKNOWN), (State.ARMED, State.HELD, State.MISSED, State.CANCELLED)


class Consuming:
    """A provider that moves the draft to Sent in one act, then answers."""

    evidence = Evidence.CONSUMES_DRAFT

    def __init__(self, mailbox: MaildirMailbox, clock: FakeClock) -> None:
        self.mailbox = mailbox
        self.clock = clock

    def submit(self, draft: Draft) -> Receipt:
        self.mailbox.content(draft)
        source = Path(str(draft.link))
        sent = source.parents[2] / ".Sent" / "cur" / source.name.replace(",DS", ",S")
        os.rename(source, sent)  # noqa: PTH104 - the watched call
        return Receipt(message_id=OURS, id=None, at=self.clock())


@dataclass
class World:
    """One armed letter on disk; every method acts as a bowout run of its own."""

    root: Path
    kind: str
    port: int

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.config = load.check(CONFIG, self.root / "config.toml", providers.specs(), {})
        smtp = Server(host="127.0.0.1", port=self.port, security="none")
        account = with_keys(self.config.account("home"), path=self.root / "Maildir", smtp=smtp)
        self.account: Account = account

    @classmethod
    def build(cls, root: Path, kind: str, port: int) -> World:
        world = cls(root, kind, port)
        seed(MaildirHarness(root / "Maildir", world.clock))
        with world.opened() as (session, _):
            thread = session.mailbox.thread("<invitation@mail.example>")
            reply = letter(thread, world.clock())
            withdrawal = record_of(session.store, thread.id)
            key = DraftKey(thread_id=thread.id, message_id=OURS, intended_at=world.clock())
            record = session.store.begin_draft(withdrawal.id, "withdrawal", key, build(reply))
            record = session.store.finish_draft(record.id, session.mailbox.save_draft(reply))
            moment = when.parse("in 2 hours", world.clock(), ZONE)
            arm.arm(session, withdrawal, record, moment)
        return world

    @contextmanager
    def opened(self) -> Generator[tuple[Session, Submitter]]:
        mailbox = open_mailbox(self.account, self.clock)
        with Store.open(self.root / "data", self.clock) as store:
            submitter: Submitter = (
                Consuming(mailbox, self.clock)
                if self.kind == "consuming"
                else providers.open_submitter(self.account, mailbox, self.clock)
            )
            yield (
                Session(
                    config=self.config,
                    account=self.account,
                    mailbox=mailbox,
                    store=store,
                    relays=machines.load_relays(None),
                    clock=self.clock,
                ),
                submitter,
            )

    def run(self, minutes: int = 0) -> None:
        """A pass, so many minutes after due."""
        self.clock.now = FakeClock().now + timedelta(hours=2, minutes=minutes)
        with Store.open(self.root / "data", self.clock) as store:

            @contextmanager
            def opened(name: str) -> Generator[tuple[Session, Submitter]]:
                with self.opened() as pair:
                    yield pair

            runner.run(
                Desk(store=store, clock=self.clock, accounts=("home",), open=opened, ticks=lambda: 0.0)
            )

    def row(self) -> Submission:
        with Store.open(self.root / "data", self.clock) as store:
            return Queue(store).get(1)

    def state_on_disk(self) -> str:
        """As a reader finds it, before any bowout has looked."""
        connection = sqlite3.connect(self.root / "data" / "bowout.db")
        try:
            return str(connection.execute("SELECT state FROM submissions").fetchone()[0])
        finally:
            connection.close()

    def ours(self, folder: str) -> int:
        files = (self.root / "Maildir" / folder / "cur").glob("*")
        return sum(OURS.encode() in f.read_bytes() for f in files)

    def waiting(self) -> int:
        """Drafts that are out of Drafts."""
        return len(list((self.root / "Maildir" / ".Drafts" / "bowout-sending").glob("*")))


@dataclass(frozen=True)
class Outcome:
    """What one killed run came to."""

    killed: bool
    left: str  # the state on disk right after the kill
    count: int
    final: State
    drafts: int
    sent_copies: int
    waiting: int

    @property
    def wrong(self) -> str | None:
        """Which promise is broken, if any."""
        if self.count > 1:
            return f"sent {self.count} times"
        if self.count == 1 and self.final not in LOST:
            return f"sent, but the row says {self.final}"
        if self.count == 0 and self.final not in (*KNOWN, State.UNKNOWN):
            return f"not sent, but the row says {self.final}"
        if self.final is State.UNKNOWN and self.left != State.SENDING:
            return f"unknown, though the kill left it {self.left}"
        if self.final is State.UNKNOWN and not self.waiting:
            return "unknown, though it never left Drafts"
        if self.drafts + self.sent_copies + self.waiting != 1:
            return f"{self.drafts} drafts, {self.sent_copies} sent copies, {self.waiting} outside"
        return None


class Bench:
    """Templates to copy a world from, and the server that counts."""

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self.port = port
        self._runs = 0
        self._templates: dict[str, Path] = {}

    def world(self, kind: str) -> World:
        """A fresh copy with one armed letter."""
        if kind not in self._templates:
            self._templates[kind] = self.root / kind
            World.build(self._templates[kind], kind, self.port)
        self._runs += 1
        here = self.root / f"{kind}-{self._runs}"
        shutil.copytree(self._templates[kind], here)
        # The copy is the mailbox it was copied from: its identity is part of what was approved.
        connection = sqlite3.connect(here / "data" / "bowout.db")
        world = World(here, kind, self.port)
        same = open_mailbox(world.account, world.clock).mailbox_id()
        connection.execute("UPDATE submissions SET snapshot = json_set(snapshot, '$.mailbox_id', ?)", (same,))
        connection.commit()
        connection.close()
        return world

    def outcome(self, kind: str, kill: Callable[[Callable[[], object]], bool]) -> Outcome:
        """Kill a pass, let four more passes recover, and look."""
        world = self.world(kind)
        before = smtp_sink.count(self.port)
        killed = kill(world.run)
        left = world.state_on_disk()
        for minutes in (0, 5, 11, 16):
            world.run(minutes)
        sent = world.ours(".Sent") if kind == "consuming" else smtp_sink.count(self.port) - before
        found = Outcome(
            killed=killed,
            left=left,
            count=sent,
            final=world.row().state,
            drafts=world.ours(".Drafts"),
            sent_copies=world.ours(".Sent"),
            waiting=world.waiting(),
        )
        shutil.rmtree(world.root)
        return found

    def points(self, kind: str) -> list[str]:
        """The names of the crash points of a pass that lives."""
        watch = Watch()
        world = self.world(kind)
        with watching(watch):
            world.run()
        assert world.row().state is State.SENT
        return watch.points

    def at(self, kind: str, point: int) -> Outcome:
        return self.outcome(kind, lambda act: killed_at(point, act))

    def after(self, kind: str, seconds: float) -> Outcome:
        return self.outcome(kind, lambda act: killed_after(seconds, act))


def killed_after(seconds: float, act: Callable[[], object]) -> bool:
    """Run ``act`` in a forked child that the system ends after so long. False when it got to its end."""
    child = os.fork()
    if child == 0:
        gc.disable()
        try:
            # The default action ends the process at once, as SIGKILL does.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, seconds)
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGALRM), "the child failed by itself"
    return status == signal.SIGALRM


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with smtp_sink.running() as number:
        yield number


@pytest.fixture
def bench(tmp_path: Path, port: int) -> Bench:
    return Bench(tmp_path, port)


@pytest.mark.parametrize("kind", ["smtp", "consuming"])
def test_a_killed_pass_is_put_right_by_the_next(bench: Bench, kind: str) -> None:
    points = bench.points(kind)
    finals = set()
    broken = []
    for number, name in enumerate(points, 1):
        outcome = bench.at(kind, number)
        assert outcome.killed, name
        finals.add(outcome.final)
        kills[kind, name.rpartition(" ")[0], outcome.left, outcome.final, outcome.count] += 1
        if outcome.wrong:
            broken.append(f"{name}: {outcome.wrong}")
    assert broken == []
    # With evidence nothing stays unknown; without it something must, or nothing was tried.
    assert finals == ({State.SENT} if kind == "consuming" else {State.SENT, State.UNKNOWN})


@pytest.mark.parametrize("kind", ["smtp", "consuming"])
def test_killed_at_random_instants(bench: Bench, kind: str) -> None:
    chance = random.Random(20261122)
    points = len(bench.points(kind))
    runs = max(10, RUNS // 2 - points)
    for _ in range(runs):
        outcome = bench.after(kind, chance.uniform(0.0005, 0.12))
        assert outcome.wrong is None, outcome
        left = outcome.left if outcome.killed else "lived"
        kills[kind, "at a random instant", left, outcome.final, outcome.count] += 1


# --- mutants ------------------------------------------------------------------------------------------


def sends_first(self: runner._Handler, row: Submission, draft: Draft, *_: object) -> Submission:
    """Mutant: records ``sending`` when it has been sent."""
    receipt = self.submitter.submit(draft)
    row = self.work.queue.change(row, "sending", state=State.SENDING)
    return self._chores(self.work.queue.sent(row, receipt, (runner.FILE_SENT,)))


def arms_again(*_: object) -> Rearm:
    """Mutant: whatever is unknown is armed again."""
    return Rearm()


@pytest.mark.parametrize(
    ("target", "mutant"), [("_Handler._send", sends_first), ("settle", arms_again)], ids=["late", "rearms"]
)
def test_a_careless_outbox_is_caught(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, target: str, mutant: object
) -> None:
    owner, _, name = target.rpartition(".")
    monkeypatch.setattr(getattr(runner, owner) if owner else runner, name, mutant)
    points = bench.points("smtp")
    # Around the submission; from the back, where both show within a few runs.
    wrong = (bench.at("smtp", number).wrong for number in range(len(points), 0, -1))
    assert next((w for w in wrong if w), None) is not None


def test_the_worlds_are_real(bench: Bench) -> None:
    world = bench.world("smtp")
    assert (world.ours(".Drafts"), world.ours(".Sent"), world.row().state) == (1, 0, State.ARMED)
