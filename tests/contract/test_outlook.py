"""The mailbox and submitter contracts on Outlook, under every value of what nobody knows about Graph."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bowout.errors import OutcomeUnknown
from bowout.model import Account, Folder, Reply
from bowout.providers.base import Maybe, Receipt
from bowout.providers.outlook.mailbox import OutlookMailbox, OutlookSubmitter
from clock import FakeClock
from contract.mailbox_suite import (
    ALIAS,
    ME,
    MailboxContract,
    MailboxHarness,
    ServerDraft,
    message_id,
    reply_in,
    retyped,
    seed,
)
from contract.submitter_suite import Fault, SubmitterContract, SubmitterHarness
from graph_kit import account_at, opened
from servers.graph import DENIED, GraphServer, throttled
from servers.graph_mail import DECK, Switches, as_mime, date_of
from servers.http import Trouble

FOLDERS = {
    Folder.INBOX: "inbox",
    Folder.SENT: "sentitems",
    Folder.DRAFTS: "drafts",
    Folder.TRASH: "deleteditems",
    Folder.JUNK: "junkemail",
}


class OutlookHarness:
    def __init__(self, server: GraphServer, clock: FakeClock, account: Account) -> None:
        self.server = server
        self.clock = clock
        self.account = account
        self.mailbox: OutlookMailbox = opened(server, account, clock)

    def reopen(self) -> None:
        self.mailbox.close()
        self.mailbox = opened(self.server, self.account, self.clock)

    def deliver(self, raw: bytes, folder: Folder = Folder.INBOX, *, seen: bool = False) -> None:
        self.server.box.deliver(raw, FOLDERS[folder], at=date_of(raw) or self.clock(), seen=seen)

    def drafts(self) -> list[ServerDraft]:
        return [ServerDraft(as_mime(d), d.is_draft, d.is_read) for d in self.server.box.drafts()]

    def others(self) -> Hashable:
        drafts = {item.id for item in self.server.box.drafts()}
        return tuple(item for item in self.server.box.items.values() if item.id not in drafts)

    def edit_draft(self, message_id: str, edit: Callable[[bytes], bytes]) -> None:
        draft = self.server.person.draft(message_id)
        self.server.box.edit(draft, edit(as_mime(draft)))

    def delete_draft(self, message_id: str) -> None:
        self.server.person.delete(self.server.person.draft(message_id))

    def trash_draft(self, message_id: str) -> None:
        self.server.person.trash(self.server.person.draft(message_id))

    def send_by_hand(self, message_id: str) -> None:
        self.server.person.send(self.server.person.draft(message_id))

    def interrupted_save(self, reply: Reply) -> None:
        self.server.fault(Trouble.CLOSE_AFTER, "POST .*/createReply$")
        with pytest.raises(OutcomeUnknown):
            self.mailbox.save_draft(reply)


@pytest.fixture
def outlook(switches: Switches, clock: FakeClock, tmp_path: Path) -> Iterator[OutlookHarness]:
    with GraphServer(ME.address, name=ME.name, switches=switches, clock=clock) as server:
        server.box.aliases = (ALIAS,)
        harness = OutlookHarness(server, clock, account_at(server, tmp_path, display_name=ME.name))
        yield harness
        harness.mailbox.close()
        assert server.mutable_ids == 0
        assert server.most_at_once <= 4


class TestOutlook(MailboxContract):
    DECK = DECK

    @pytest.fixture
    def harness(self, outlook: OutlookHarness) -> OutlookHarness:
        return outlook

    def test_an_edited_letter_is_proved_by_its_id_only(self, harness: MailboxHarness) -> None:
        """By either id, if one of them lives on; when both are new it is a Maybe."""
        assert isinstance(harness, OutlookHarness)
        draft = harness.mailbox.save_draft(reply_in(seed(harness)))
        harness.clock.advance(timedelta(minutes=5))
        harness.edit_draft(draft.key.message_id, retyped("Quite another text."))
        harness.send_by_hand(draft.key.message_id)
        outcome = harness.mailbox.find_sent(draft)
        switches = harness.server.switches
        if switches.immutable_survives_send or not switches.client_changes_message_id:
            assert isinstance(outcome, Receipt)
            assert outcome.edited
        else:
            assert isinstance(outcome, Maybe)


class SendingHarness:
    """The same mailbox with the means to send; ``people`` acts as above."""

    def __init__(self, people: OutlookHarness) -> None:
        self.people = people
        self.server = people.server
        self.clock = people.clock

    @property
    def mailbox(self) -> OutlookMailbox:
        return self.people.mailbox

    @property
    def says_later(self) -> bool:
        return True

    def submitter(self, *, allowed: bool = True) -> OutlookSubmitter:
        account = replace(self.people.account, allow_send=allowed)
        self.mailbox.graph.account = account
        return OutlookSubmitter(account, self.mailbox, self.clock)

    def accepted(self) -> list[bytes]:
        return [as_mime(item) for item in self.server.box.submitted]

    def fault(self, fault: Fault) -> None:
        trouble, response = {
            Fault.REFUSE: (Trouble.STATUS, DENIED),
            Fault.REFUSE_FOR_NOW: (Trouble.STATUS, throttled()),
            Fault.LOSE_ANSWER: (Trouble.CLOSE_AFTER, None),
        }[fault]
        self.server.fault(trouble, "POST .*/send$", response=response)


class TestOutlookSends(SubmitterContract):
    DECK = DECK

    @pytest.fixture
    def harness(self, outlook: OutlookHarness) -> SendingHarness:
        return SendingHarness(outlook)

    def test_it_is_no_draft_any_more(self, harness: SubmitterHarness) -> None:
        """Where Outlook leaves the draft behind, bowout knows it for what it is and leaves it there."""
        assert isinstance(harness, SendingHarness)
        draft = self.saved(harness)
        harness.submitter().submit(draft)
        assert harness.mailbox.find_draft(draft.key) is None
        assert len(harness.people.drafts()) == int(harness.server.switches.draft_left_behind)

    def test_nothing_else_is_touched(self, harness: SubmitterHarness) -> None:
        assert isinstance(harness, SendingHarness)
        if not harness.server.switches.draft_left_behind:
            super().test_nothing_else_is_touched(harness)
            return
        draft = self.saved(harness)
        harness.submitter().submit(draft)
        mails = harness.mailbox.thread(draft.key.thread_id).mails
        assert [m.message_id for m in mails][:2] == [message_id("invitation"), message_id("answer")]
        assert len(mails) == 3
