"""The submitter contract: memory, a Maildir with SMTP and with a command, Gmail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from account_kit import with_keys
from bowout.providers.base import Mailbox, Submitter
from bowout.providers.gmail import mailbox as gmail
from bowout.providers.maildir.mailbox import MaildirMailbox
from bowout.providers.sending.keys import Server
from bowout.providers.sending.submitter import OutsideSubmitter, carrier
from clock import FakeClock
from contract.mailbox_suite import ME, MailboxHarness
from contract.submitter_suite import Fault, SubmitterContract
from contract.test_gmail import GmailHarness
from contract.test_maildir import MaildirHarness
from contract.test_memory import ACCOUNT, MemoryHarness
from gmail_kit import account_at
from memory.mailbox import Habits, MemoryMailbox, MemorySubmitter, Trouble
from outbox_kit import CONSUMES
from servers import smtp
from servers.gmail import QUOTA, GmailServer, error
from servers.gmail_mail import DECK, Switches
from servers.http import Trouble as HttpTrouble

SEND = r"POST .*/drafts/send$"


class Bound:
    """A mailbox harness of the other suite, made to send."""

    def __init__(self, people: MailboxHarness) -> None:
        self.people = people
        self.clock = people.clock

    @property
    def mailbox(self) -> Mailbox:
        return self.people.mailbox

    @property
    def says_later(self) -> bool:
        return True


MEMORY = {
    Fault.REFUSE: Trouble.REFUSED,
    Fault.REFUSE_FOR_NOW: Trouble.REFUSED_FOR_NOW,
    Fault.LOSE_ANSWER: Trouble.LOST_AFTER,
}


class MemoryBound(Bound):
    def submitter(self, *, allowed: bool = True) -> Submitter:
        return MemorySubmitter(replace(ACCOUNT, allow_send=allowed), self._box, self.clock)

    @property
    def _box(self) -> MemoryMailbox:
        assert isinstance(self.mailbox, MemoryMailbox)
        return self.mailbox

    def accepted(self) -> list[bytes]:
        return self._box.accepted

    def fault(self, fault: Fault) -> None:
        self._box.trouble = MEMORY[fault]


class TestMemory(SubmitterContract):
    @pytest.fixture(params=[Habits(), CONSUMES], ids=["carried", "consumes"])
    def harness(self, request: pytest.FixtureRequest, clock: FakeClock) -> MemoryBound:
        return MemoryBound(MemoryHarness(clock, request.param))


class SmtpBound(Bound):
    def __init__(self, people: MaildirHarness, server: smtp.SmtpServer) -> None:
        super().__init__(people)
        self.server = server
        self.account = people.account

    def submitter(self, *, allowed: bool = True) -> Submitter:
        way = Server(host="127.0.0.1", port=self.server.port, security="none")
        account = replace(with_keys(self.account, smtp=way), allow_send=allowed)
        assert isinstance(self.mailbox, MaildirMailbox)
        return OutsideSubmitter(account, self.mailbox, carrier(account), self.clock)

    def accepted(self) -> list[bytes]:
        return [mail.raw for mail in self.server.accepted]

    def fault(self, fault: Fault) -> None:
        if fault is Fault.LOSE_ANSWER:
            self.server.trouble = smtp.Trouble.CLOSE_AFTER
        else:
            self.server.data_answer = "550 no" if fault is Fault.REFUSE else "451 later"


class TestMaildirOverSmtp(SubmitterContract):
    @pytest.fixture
    def harness(self, tmp_path: Path, clock: FakeClock) -> Iterator[SmtpBound]:
        with smtp.running() as server:
            yield SmtpBound(MaildirHarness(tmp_path / "Maildir", clock), server)


SCRIPT = """
import pathlib, sys
here = pathlib.Path(__file__).parent
raw = sys.stdin.buffer.read()
exit = int((here / "exit").read_text())
if exit in (0, 99):
    (here / f"accepted-{len(list(here.glob('accepted-*')))}").write_bytes(raw)
    (here / "arguments").write_text("\\n".join(sys.argv[1:]))
sys.exit(exit)
"""


class CommandBound(Bound):
    """A script that keeps what it is given, and ends as it is told."""

    def __init__(self, people: MaildirHarness, where: Path) -> None:
        super().__init__(people)
        self.where = where
        self.account = people.account
        where.mkdir()
        (where / "send.py").write_text(SCRIPT)
        (where / "exit").write_text("0")

    def submitter(self, *, allowed: bool = True) -> Submitter:
        command = (sys.executable, str(self.where / "send.py"))
        account = replace(with_keys(self.account, send_command=command), allow_send=allowed)
        assert isinstance(self.mailbox, MaildirMailbox)
        return OutsideSubmitter(account, self.mailbox, carrier(account), self.clock)

    def accepted(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.where.glob("accepted-*"))]

    @property
    def says_later(self) -> bool:
        return False

    def fault(self, fault: Fault) -> None:
        (self.where / "exit").write_text("99" if fault is Fault.LOSE_ANSWER else "65")


class TestMaildirOverACommand(SubmitterContract):
    @pytest.fixture
    def harness(self, tmp_path: Path, clock: FakeClock) -> CommandBound:
        return CommandBound(MaildirHarness(tmp_path / "Maildir", clock), tmp_path / "bin")

    def test_the_envelope_is_explicit(self, harness: CommandBound) -> None:
        harness.submitter().submit(self.saved(harness))
        arguments = (harness.where / "arguments").read_text().split("\n")
        assert arguments == ["-i", "-f", ME.address, "--", "jane.doe@acme.example"]


class GmailBound(Bound):
    def __init__(self, people: GmailHarness) -> None:
        super().__init__(people)
        self.server = people.server
        self.account = people.account

    def submitter(self, *, allowed: bool = True) -> Submitter:
        account = replace(self.account, allow_send=allowed)
        assert isinstance(self.mailbox, gmail.GmailMailbox)
        self.mailbox.api.account = account
        return gmail.open_submitter(account, self.mailbox, self.clock)

    def accepted(self) -> list[bytes]:
        return [mail.raw for mail in self.server.box.sent]

    def fault(self, fault: Fault) -> None:
        if fault is Fault.LOSE_ANSWER:
            self.server.fault(HttpTrouble.CLOSE_AFTER, SEND)
        elif fault is Fault.REFUSE:
            self.server.fault(HttpTrouble.STATUS, SEND, response=error(403, "forbidden", "no"))
        else:
            self.server.fault(HttpTrouble.STATUS, SEND, response=QUOTA)


class TestGmail(SubmitterContract):
    DECK = DECK

    @pytest.fixture
    def harness(self, switches: Switches, clock: FakeClock, tmp_path: Path) -> Iterator[GmailBound]:
        with GmailServer(ME.address, switches=switches, clock=clock) as server:
            people = GmailHarness(server, clock, account_at(server, tmp_path, display_name=ME.name))
            yield GmailBound(people)
            people.mailbox.close()
