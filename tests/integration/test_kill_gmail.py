"""SIGKILL while Gmail is written to: sending what was armed, saving a draft, replacing it; and faults.

The fake runs in a process of its own and counts what left. A run is killed at a crash point (before every
call of its main thread that may change something outside it: journal, files, sockets; the others only read)
while one fault waits for the request it is meant for, be it the killed run's or a later one's. Then the next
runs recover. After sending, always: c <= 1; c = 1 exactly when the row says sent or unknown; c = 0 exactly
when it says armed, held, missed, cancelled or unknown. After drafting: one draft, with the letter that was
wanted.

Each fault is crossed with every crash point from the last one on that leaves the world as it was; without a
fault all are tried. Where two kills leave the same journal, mailbox and fault, recovery is tried once. The
faults are dealt out over the positions of what nobody knows about Gmail.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bowout import providers, when
from bowout.config import load
from bowout.drafts.state import Condition
from bowout.errors import BowoutError
from bowout.journal.store import Store
from bowout.journal.submission import State, Submission
from bowout.journal.submissions import Queue
from bowout.mail.parse import parse
from bowout.model import Account, Query, Reply
from bowout.outbox import arm as arming
from bowout.outbox import run as runner
from bowout.outbox.run import Desk
from bowout.people import machines
from bowout.providers.base import Submitter
from bowout.providers.gmail.api import Api
from bowout.providers.gmail.keys import GmailKeys
from bowout.providers.gmail.mailbox import GmailMailbox, open_submitter
from bowout.providers.web.tokens import Held
from bowout.session import Session
from clock import FakeClock
from contract.mailbox_suite import ANSWER, INVITATION, ME
from crash import Method, killed_at
from drafting import draft_once
from outbox_kit import CONFIG, TEXT, ZONE, letter, record_of
from servers import gmail_apart
from servers.gmail import BACKEND, EXPIRED, GATEWAY, QUOTA, TOO_MANY, error
from servers.gmail_apart import Apart
from servers.gmail_mail import MIXED
from servers.http import Response, Trouble

FIRST, SECOND = "I am withdrawing, first version.", "I am withdrawing, second version."
FAULTS: dict[str, tuple[Trouble, Response | None]] = {
    "closed": (Trouble.CLOSE, None),
    "done, closed": (Trouble.CLOSE_AFTER, None),
    "done, reset": (Trouble.RESET_AFTER, None),
    "done, hangs": (Trouble.HANG_AFTER, None),
    "done, cut JSON": (Trouble.CUT_JSON, None),
    "done, cut short": (Trouble.CUT_SHORT, None),
    "504": (Trouble.STATUS, GATEWAY),
    "done, 504": (Trouble.STATUS_AFTER, GATEWAY),
    "503": (Trouble.STATUS, BACKEND),
    "429": (Trouble.STATUS, TOO_MANY),
    "403 quota": (Trouble.STATUS, QUOTA),
    "403 for good": (Trouble.STATUS, error(403, "domainPolicy", "The app is disabled")),
    "401": (Trouble.STATUS, EXPIRED),
}
WRITE = {"send": r"POST .*/drafts/send$", "save": r"POST .*/drafts$", "replace": r"PUT .*/drafts/"}
# Before these a run only reads. Watching it there as well took as long as all the rest.
BEGINS: dict[str, Method] = {
    "send": (runner._Handler, "_send"),
    "save": (Store, "begin_draft"),
    "replace": (Store, "begin_rewrite"),
}


@dataclass
class World:
    """One journal on disk and one mailbox at the fake; every method acts as a bowout run of its own."""

    root: Path
    apart: Apart
    token: str

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.config = load.check(CONFIG, self.root / "config.toml", providers.specs(), {})
        self.account: Account = replace(
            self.config.account("home"),
            provider="gmail",
            keys=GmailKeys(api_endpoint=self.apart.base),
            token_command=("never", "run"),  # arming wants a sign-in that needs nobody
        )

    @contextmanager
    def mailbox(self) -> Generator[GmailMailbox]:
        api = Api(self.account, Held(self.token), self.clock, sleep=lambda _: None, limits=(5.0, 0.25))
        mailbox = GmailMailbox(self.account, api, self.clock)
        try:
            yield mailbox
        finally:
            mailbox.close()

    def store(self) -> Store:
        return Store.open(self.root / "data", self.clock)

    @contextmanager
    def opened(self, store: Store) -> Generator[tuple[Session, Submitter]]:
        with self.mailbox() as mailbox:
            session = Session(
                config=self.config,
                account=self.account,
                mailbox=mailbox,
                store=store,
                relays=machines.load_relays(None),
                clock=self.clock,
            )
            yield session, open_submitter(self.account, mailbox, self.clock)

    def reply(self, mailbox: GmailMailbox, text: str) -> Reply:
        with self.store() as store:
            thread_id = store.withdrawal(1).thread_id
        return letter(mailbox.thread(thread_id), self.clock(), text)

    # --- what bowout does ---

    def begin(self) -> None:
        """The withdrawal is known; nothing is drafted."""
        with self.store() as store, self.mailbox() as mailbox:
            (thread,) = mailbox.search(Query(who="Acme"), 8)
            record_of(store, thread.id)

    def draft(self, text: str) -> Condition | None:
        """``bowout draft``: look, settle what an earlier run left, write. Returns what it saw."""
        with self.store() as store, self.mailbox() as mailbox:
            reply = self.reply(mailbox, text)
            return draft_once(store, mailbox, reply, self.clock())

    def arm(self) -> None:
        with self.store() as store, self.opened(store) as (session, _):
            moment = when.parse("in 2 hours", self.clock(), ZONE)
            arming.arm(session, store.withdrawal(1), store.drafts(1)[0], moment)

    def run(self, minutes: int = 0) -> None:
        """A pass of the outbox, so many minutes after due."""
        self.clock.now = FakeClock().now + timedelta(hours=2, minutes=minutes)
        self.apart.at(self.clock.now)
        self._pass()

    def _pass(self) -> None:
        with self.store() as store:

            @contextmanager
            def opened(name: str) -> Generator[tuple[Session, Submitter]]:
                with self.opened(store) as pair:
                    yield pair

            runner.run(
                Desk(store=store, clock=self.clock, accounts=("home",), open=opened, ticks=lambda: 0.0)
            )

    # --- what is there ---

    def row(self) -> Submission:
        with self.store() as store:
            return Queue(store).get(1)

    def on_disk(self) -> tuple[str, str]:
        """What a reader finds before any bowout has looked: the state of what is being done, everything."""
        connection = sqlite3.connect(self.root / "data" / "bowout.db")
        try:
            sql = "SELECT state FROM submissions UNION ALL SELECT state FROM drafts"
            rows = connection.execute(sql).fetchall()
            return str(rows[0][0]) if rows else "nothing", "\n".join(connection.iterdump())
        finally:
            connection.close()

    def letters(self) -> list[str]:
        """The first lines of the drafts in the mailbox."""
        return [parse(raw, id="").text.split("\n")[0] for raw in self.apart.drafts()]


@dataclass(frozen=True)
class Outcome:
    """What one killed run came to: state on disk and letters right after the kill, and after recovery."""

    left: str
    sent: int
    final: State | None
    drafts: tuple[str, ...]

    @property
    def wrong(self) -> str | None:
        """Which promise is broken, if any."""
        if self.final is None:
            return None if self.drafts == (SECOND,) else f"the drafts are {self.drafts}"
        if self.sent > 1:
            return f"sent {self.sent} times"
        known = ({State.SENT} if self.sent else {State.ARMED, State.HELD, State.MISSED, State.CANCELLED}) | {
            State.UNKNOWN
        }
        if self.final not in known:
            return f"c = {self.sent}, but the row says {self.final}"
        if self.sent + len(self.drafts) != 1:
            return f"c = {self.sent}, and the drafts are {self.drafts}"
        return None


class Bench:
    """A world to copy from, with one letter armed (``send``), drafted (``replace``) or wanted (``save``)."""

    def __init__(self, root: Path, apart: Apart, position: str, operation: str) -> None:
        self.root = root
        self.apart = apart
        self.operation = operation
        mails = [INVITATION, ANSWER]
        self.token = apart.seed(position, ME.address, mails, FakeClock().now)
        world = World(root / "template", apart, self.token)
        world.begin()
        if operation != "save":
            world.draft(TEXT if operation == "send" else FIRST)
        if operation == "send":
            world.arm()
        apart.keep()
        self._runs = 0

    def world(self) -> World:
        self._runs += 1
        here = self.root / str(self._runs)
        shutil.copytree(self.root / "template", here)
        self.apart.restore()
        self.apart.at(FakeClock().now)
        return World(here, self.apart, self.token)

    def act(self, world: World) -> Callable[[], object]:
        """What is killed. A fault may make it fail by itself; that is part of the game."""
        if self.operation == "send":
            world.clock.advance(timedelta(hours=2))
            self.apart.at(world.clock())
            return world._pass

        def draft() -> None:
            with suppress(BowoutError):
                world.draft(SECOND)

        return draft

    def kill(self, point: int, fault: str = "", *, whole: bool = False) -> tuple[bool, World]:
        """Kill a run at this point since it began to write; False when it got to its end before."""
        world = self.world()
        if fault:
            trouble, response = FAULTS[fault]
            self.apart.fault(trouble, WRITE[self.operation], response)
        return killed_at(point, self.act(world), None if whole else BEGINS[self.operation]), world

    def left(self, world: World) -> tuple[str, Hashable]:
        """What a kill left, in a few words and in full."""
        state, journal = world.on_disk()
        sent, drafts = self.apart.sent(), self.apart.drafts()
        return f"{state} {sent} {len(drafts)}", (journal, sent, *drafts, self.apart.planned())

    def outcomes(self, fault: str, first: int | None) -> Iterator[tuple[int, Outcome]]:
        """From this point (None: any point of the whole run) until the run gets to its end.

        Worlds that are alike recover alike.
        """
        known: dict[Hashable, Outcome] = {}
        for point in itertools.count(first or 1):
            killed, world = self.kill(point, fault, whole=first is None)
            words, full = self.left(world)
            if full not in known:
                known[full] = self.recovered(world, words)
            shutil.rmtree(world.root)
            yield point, known[full]
            if not killed:
                return

    def recovered(self, world: World, left: str) -> Outcome:
        final = None
        if self.operation == "send":
            final = self._sent(world)
        else:
            self._drafted(world)
        return Outcome(left, self.apart.sent(), final, tuple(world.letters()))

    def _sent(self, world: World) -> State:
        for minutes in (0, 5, 11, 16, 22):
            world.run(minutes)
            if (state := world.row().state) not in (State.ARMED, State.UNKNOWN):
                return state
        return state

    def _drafted(self, world: World) -> None:
        for _ in range(2):  # the fault may strike the first of them
            with suppress(BowoutError):
                world.draft(SECOND)

    def last_before(self) -> int:
        """The last crash point that leaves the world as it was."""
        untouched = self.left(self.world())[0]
        low, high = 1, 2
        assert self.left(self.kill(low)[1])[0] == untouched
        while self.left(self.kill(high)[1])[0] == untouched:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if self.left(self.kill(middle)[1])[0] == untouched:
                low = middle
            else:
                high = middle
        return low


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with gmail_apart.running() as running:
        yield running


@pytest.fixture(scope="module")
def lasts() -> dict[str, int]:
    """The last crash point of each operation that leaves the world as it was."""
    return {}


@pytest.mark.parametrize("position", MIXED)
@pytest.mark.parametrize("operation", WRITE)
def test_a_killed_run_is_put_right_by_the_next(
    tmp_path: Path, apart: Apart, lasts: dict[str, int], operation: str, position: str
) -> None:
    bench = Bench(tmp_path, apart, position, operation)
    if operation not in lasts:
        lasts[operation] = bench.last_before()
    number = list(MIXED).index(position)
    dealt = list(FAULTS)[number :: len(MIXED)]
    table: Counter[tuple[str, str, int, State | None]] = Counter()
    broken = []
    for fault in ("", *dealt):
        first = None if not fault and not number else lasts[operation]
        for point, outcome in bench.outcomes(fault, first):
            table[fault, outcome.left, outcome.sent, outcome.final] += 1
            if outcome.wrong:
                broken.append(f"{fault or 'no fault'}, point {point}: {outcome.wrong}")
    lines = [
        f"{fault or 'no fault':16} {left:14} -> {final or 'one draft':10} c={count}  x{times}"
        for (fault, left, count, final), times in table.items()
    ]
    sys.stdout.write(f"\n{operation}, {position}: state, sent, drafts that a kill left -> in the end\n")
    sys.stdout.write("\n".join(lines) + "\n")
    assert broken == []
