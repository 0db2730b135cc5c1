"""The mailbox contract on Gmail, under every value of what nobody knows about it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest

from bowout.errors import OutcomeUnknown
from bowout.mail.parse import parse
from bowout.model import Account, Folder, Reply
from bowout.providers.base import Maybe
from bowout.providers.gmail.mailbox import GmailMailbox
from clock import FakeClock
from contract.mailbox_suite import (
    ALIAS,
    ME,
    MailboxContract,
    ServerDraft,
    reply_in,
    seed,
)
from gmail_kit import account_at, opened
from servers.gmail import GmailServer
from servers.gmail_mail import DECK, Mail, Switches
from servers.http import Trouble

LABELS = {
    Folder.INBOX: {"INBOX"},
    Folder.SENT: {"SENT"},
    Folder.DRAFTS: {"DRAFT"},
    Folder.TRASH: {"TRASH"},
    Folder.JUNK: {"SPAM"},
}


class GmailHarness:
    def __init__(self, server: GmailServer, clock: FakeClock, account: Account) -> None:
        self.server = server
        self.clock = clock
        self.account = account
        self.mailbox: GmailMailbox = opened(server, account, clock)

    def reopen(self) -> None:
        self.mailbox.close()
        self.mailbox = opened(self.server, self.account, self.clock)

    def deliver(self, raw: bytes, folder: Folder = Folder.INBOX, *, seen: bool = False) -> None:
        box = self.server.box
        date = parse(raw, id="").date
        mail = box.deliver(
            raw, at=date or self.clock(), labels=LABELS[folder] | (set() if seen else {"UNREAD"})
        )
        if folder is Folder.DRAFTS:
            box.change(mail, draft=f"r-web{mail.id}")

    def drafts(self) -> list[ServerDraft]:
        drafts = self.server.box.drafts()
        return [ServerDraft(d.raw, "DRAFT" in d.labels, "UNREAD" not in d.labels) for d in drafts]

    def others(self) -> Hashable:
        mails = self.server.box.mails.values()
        return tuple(m for m in mails if not m.draft)

    def edit_draft(self, message_id: str, edit: Callable[[bytes], bytes]) -> None:
        draft = self._draft(message_id)
        changed = self.server.box.change(draft, raw=edit(draft.raw))
        self.server.person.open_and_close(changed.draft or "")

    def delete_draft(self, message_id: str) -> None:
        self.server.person.delete(self._draft(message_id).draft or "")

    def trash_draft(self, message_id: str) -> None:
        self.server.person.trash(self._draft(message_id).draft or "")

    def send_by_hand(self, message_id: str) -> None:
        """The suite names the draft by the id that bowout gave it; the composer may have changed that."""
        found = [d for d in self.server.box.drafts() if d.parsed["Message-ID"] == message_id]
        (draft,) = found or self.server.box.drafts()
        self.server.person.send(draft.draft or "")

    def interrupted_save(self, reply: Reply) -> None:
        self.server.fault(Trouble.CLOSE_AFTER, "POST .*/drafts$")
        with pytest.raises(OutcomeUnknown):
            self.mailbox.save_draft(reply)

    def _draft(self, message_id: str) -> Mail:
        (found,) = (d for d in self.server.box.drafts() if d.parsed["Message-ID"] == message_id)
        return found


class TestGmail(MailboxContract):
    DECK = DECK

    @pytest.fixture
    def harness(self, switches: Switches, clock: FakeClock, tmp_path: Path) -> Iterator[GmailHarness]:
        with GmailServer(ME.address, switches=switches, clock=clock) as server:
            server.add_alias(ALIAS)
            harness = GmailHarness(server, clock, account_at(server, tmp_path, display_name=ME.name))
            yield harness
            harness.mailbox.close()

    def test_what_another_program_filed_of_a_draft_proves_nothing(self, harness: GmailHarness) -> None:
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        (saved,) = harness.server.box.drafts()
        harness.server.box.deliver(saved.raw, at=harness.clock(), labels={"Label_1"})
        harness.delete_draft(draft.key.message_id)
        assert isinstance(harness.mailbox.find_sent(draft), Maybe)
