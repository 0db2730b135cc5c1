"""An outbox around a mailbox in memory: a withdrawal with its draft, a journal, and passes over it.

``Office`` acts as the person (``arm``, ``edit``, ``send_by_hand``), the world (``they_write``) and the timer
(``run``). What left is asked of the mailbox (``accepted``), never of bowout.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bowout import providers, when
from bowout.config import load
from bowout.journal.record import DraftRecord, Withdrawal
from bowout.journal.store import Store
from bowout.journal.submission import State, Submission
from bowout.journal.submissions import Queue
from bowout.mail.build import build
from bowout.mail.html import text_to_html
from bowout.model import (
    Account,
    CallOutcome,
    Depth,
    DraftKey,
    Folder,
    FollowUp,
    Reason,
    Reply,
    Situation,
    Thread,
)
from bowout.outbox import arm as arming
from bowout.outbox import run as runner
from bowout.outbox.run import Desk, Report
from bowout.people import machines
from bowout.providers.base import Abilities, Submitter
from bowout.session import Session
from clock import FakeClock
from contract.mailbox_suite import ANSWER, INVITATION, JANE, ME, follow_up, mail, retyped
from memory.mailbox import Habits, MemoryMailbox, MemorySubmitter

ZONE = "Europe/Berlin"
CONFIG = f"""
[profile]
name = "{ME.name}"
timezone = "{ZONE}"
[accounts.home]
provider = "maildir"
address = "{ME.address}"
path = "mail"
allow_send = true
"""
TEXT = (
    "Dear Jane,\n\nThank you for inviting me to an interview for the Backend Engineer position at Acme"
    " Robotics. I have decided to withdraw my application.\n\nI wish you and the team all the best.\n\n"
    "Kind regards\nAda Example"
)
CONSUMES = Habits(abilities=Abilities(consumes_draft=True, files_sent=True, replaces_message_id=True))


def letter(thread: Thread, now: datetime, text: str = TEXT, name: str = "ours") -> Reply:
    """The withdrawal as bowout would write it into the seeded thread."""
    parent = thread.mails[0]
    assert parent.message_id
    return Reply(
        thread_id=thread.id,
        parent_id=parent.id,
        from_=ME,
        to=(JANE,),
        subject=f"Re: {parent.subject}",
        in_reply_to=parent.message_id,
        references=(parent.message_id,),
        text=text,
        html=text_to_html(text),
        quoted=parent,
        message_id=f"<{name}@home.example>",
        date=now,
    )


def record_of(store: Store, thread_id: str, account: str = "home") -> Withdrawal:
    return store.add_withdrawal(
        account=account,
        thread_id=thread_id,
        company="Acme Robotics",
        position="Backend Engineer",
        person=JANE,
        situation=Situation.EARLY,
        reason=Reason.NONE,
        depth=Depth.NONE,
        language="en",
        slot=None,
        slot_zone=None,
    )


class Office:
    """One person with one mailbox in memory. ``data`` is the journal's directory, ``state`` its twin's."""

    def __init__(self, root: Path, clock: FakeClock, habits: Habits | None = None) -> None:
        self.clock = clock
        self.data, self.state = root / "data", root / "state"
        self.ticks = 0.0
        self.config = load.check(CONFIG, root / "config.toml", providers.specs(), {})
        self.account: Account = replace(self.config.account("home"), provider="memory")
        self.mailbox = MemoryMailbox(self.account, clock, habits)
        self.mailbox.arrive(INVITATION)
        self.mailbox.arrive(ANSWER, Folder.SENT, seen=True)
        self.opening: Callable[[], None] = lambda: None  # raise here to keep a pass from opening the account
        self.accounts: tuple[str, ...] = ("home",)
        self.store = self.open_store()
        self.withdrawal = record_of(self.store, self.thread().id)
        self.draft = self.write()

    def copied(self, root: Path) -> Office:
        """The same office, which must be closed, at another place and with a clock of its own."""
        other = copy(self)
        other.clock = FakeClock(self.clock.now)
        other.mailbox = self.mailbox.copied(other.clock)
        other.data, other.state = root / "data", root / "state"
        shutil.copytree(self.data, other.data)
        shutil.copytree(self.state, other.state)
        other.store = other.open_store()
        return other

    def open_store(self, *, anew: bool = False) -> Store:
        """Open the records; ``anew`` = go on without those that are gone, as ``outbox adopt`` does."""
        return Store.open(self.data, self.clock, state_dir=self.state, anew=anew)

    def close(self) -> None:
        self.store.close()

    def thread(self) -> Thread:
        return self.mailbox.thread("<invitation@mail.example>")

    @property
    def session(self) -> Session:
        return Session(
            config=self.config,
            account=self.account,
            mailbox=self.mailbox,
            store=self.store,
            relays=machines.load_relays(None),
            clock=self.clock,
        )

    def desk(self, wrap: Callable[[Submitter], Submitter] = lambda one: one) -> Desk:
        @contextmanager
        def opened(name: str) -> Generator[tuple[Session, Submitter]]:
            self.opening()
            yield self.session, wrap(MemorySubmitter(self.account, self.mailbox, self.clock))

        return Desk(
            store=self.store,
            clock=self.clock,
            accounts=self.accounts,
            open=opened,
            ticks=lambda: self.ticks,
        )

    # --- what bowout does ---

    def write(self, purpose: str = "withdrawal", name: str = "ours", text: str = TEXT) -> DraftRecord:
        """``bowout draft``: intent, draft, receipt."""
        reply = letter(self.thread(), self.clock(), text, name)
        key = DraftKey(
            thread_id=reply.thread_id,
            message_id=reply.message_id,
            parent_id=reply.parent_id,
            intended_at=self.clock(),
        )
        record = self.store.begin_draft(self.withdrawal.id, purpose, key, build(reply))
        return self.store.finish_draft(record.id, self.mailbox.save_draft(reply))

    def arm(self, at: str = "in 2 hours", *, follow_edits: bool = False) -> Submission:
        self.withdrawal = self.store.withdrawal(self.withdrawal.id)
        moment = when.parse(at, self.clock(), ZONE)
        record = self.store.draft(self.draft.id)
        return arming.arm(self.session, self.withdrawal, record, moment, follow_edits=follow_edits)

    def run(self) -> Report:
        return runner.run(self.desk())

    def row(self, number: int = 1) -> Submission:
        return Queue(self.store).get(number)

    def run_at(self, **later: float) -> Submission:
        """Some time passes, then a pass."""
        self.clock.advance(timedelta(**later))
        self.run()
        return self.row()

    # --- what the person and the world do ---

    @property
    def accepted(self) -> int:
        return len(self.mailbox.accepted)

    def drafts(self) -> list[str]:
        return [item.id for item in self.mailbox.contents(Folder.DRAFTS)]

    def edit(self, change: Callable[[bytes], bytes] | None = None) -> None:
        (item,) = self.mailbox.contents(Folder.DRAFTS)
        text = TEXT.replace("all the best", "every success")
        self.mailbox.rewrite(item.id, (change or retyped(text))(item.raw))

    def delete(self) -> None:
        (item,) = self.mailbox.contents(Folder.DRAFTS)
        self.mailbox.discard(item.id)

    def send_by_hand(self) -> None:
        (item,) = self.mailbox.contents(Folder.DRAFTS)
        self.mailbox.send(item.id)

    def archive_copy(self) -> None:
        """A folder of all mail is fetched, which lists drafts too and does not mark them."""
        (item,) = self.mailbox.contents(Folder.DRAFTS)
        self.mailbox.arrive(item.raw, Folder.OTHER, seen=True)

    def delete_all_but_a_copy(self) -> None:
        self.archive_copy()
        self.delete()

    def they_write(self, *extra: str, name: str = "news") -> None:
        raw = follow_up("See you on Tuesday", name=name, at=self.clock())
        head = "".join(f"{line}\r\n" for line in extra).encode()
        self.mailbox.arrive(head + raw)

    def i_write(self, name: str = "mine") -> None:
        raw = follow_up("One more thing", name=name, sender=ME, to=JANE, at=self.clock())
        self.mailbox.arrive(raw, Folder.SENT, seen=True)

    def i_write_elsewhere(self, name: str = "elsewhere") -> None:
        raw = mail("Quite another matter", "Hello", name=name, sender=ME, to=JANE, at=self.clock())
        self.mailbox.arrive(raw, Folder.SENT, seen=True)

    def log_call(self, outcome: CallOutcome = CallOutcome.SPOKE) -> None:
        self.store.add_call(
            withdrawal_id=self.withdrawal.id, outcome=outcome, person="Jane", at=self.clock(), zone=ZONE
        )

    def correct_call(self) -> None:
        call = self.store.calls(self.withdrawal.id)[-1]
        self.store.correct_call(replace(call, outcome=CallOutcome.NO_ANSWER))


AFTER_CALL = str(FollowUp.AFTER_CALL)
FINAL_OR_TOLD = {state for state in State if state is not State.SENDING}
