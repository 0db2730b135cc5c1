"""The mailbox contract on the in-memory provider, under every habit that real providers have or may have."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pytest

from bowout.errors import OutcomeUnknown
from bowout.mail.parse import parse
from bowout.model import Account, Folder, Reply
from bowout.providers.base import Abilities
from clock import FakeClock
from contract.mailbox_suite import ALIAS, ME, MailboxContract, ServerDraft
from memory.mailbox import Habits, MemoryMailbox

ACCOUNT = Account(
    name="memory", provider="memory", address=ME.address, display_name=ME.name, aliases=(ALIAS,)
)

HABITS = {
    "plain": Habits(),
    "edit-changes-id": Habits(edit_changes_id=True),
    "replaces-message-id": Habits(abilities=Abilities(replaces_message_id=True, files_sent=True)),
    "composes-quote": Habits(abilities=Abilities(composes_quote=True, has_precondition=True)),
}


class MemoryHarness:
    def __init__(self, clock: FakeClock, habits: Habits) -> None:
        self.clock = clock
        self.mailbox = MemoryMailbox(ACCOUNT, clock, habits)

    def reopen(self) -> None:
        self.mailbox.close()

    def deliver(self, raw: bytes, folder: Folder = Folder.INBOX, *, seen: bool = False) -> None:
        self.mailbox.arrive(raw, folder, seen=seen)

    def drafts(self) -> list[ServerDraft]:
        return [ServerDraft(d.raw, True, d.seen) for d in self.mailbox.contents(Folder.DRAFTS)]

    def others(self) -> Hashable:
        return tuple(m for m in self.mailbox.contents() if m.folder is not Folder.DRAFTS)

    def edit_draft(self, message_id: str, edit: Callable[[bytes], bytes]) -> None:
        draft = self._id(message_id)
        (raw,) = (d.raw for d in self.mailbox.contents() if d.id == draft)
        self.mailbox.rewrite(draft, edit(raw))

    def delete_draft(self, message_id: str) -> None:
        self.mailbox.discard(self._id(message_id))

    def trash_draft(self, message_id: str) -> None:
        self.mailbox.trash(self._id(message_id))

    def send_by_hand(self, message_id: str) -> None:
        self.mailbox.send(self._id(message_id))

    def interrupted_save(self, reply: Reply) -> None:
        self.mailbox.lose_next_answer = True
        with pytest.raises(OutcomeUnknown):
            self.mailbox.save_draft(reply)

    def _id(self, message_id: str) -> str:
        drafts = self.mailbox.contents(Folder.DRAFTS)
        (found,) = (d.id for d in drafts if parse(d.raw, id=d.id).message_id == message_id)
        return found


class TestMemory(MailboxContract):
    @pytest.fixture(params=HABITS, ids=str)
    def harness(self, request: pytest.FixtureRequest, clock: FakeClock) -> MemoryHarness:
        return MemoryHarness(clock, HABITS[request.param])
