"""What every submitter must do, whoever the provider is. How to bind it: README.md beside this file.

It asks the server what was accepted, never the adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import pytest

from bowout.errors import BowoutError, DraftChanged, DraftGone, NotArmed, OutcomeUnknown, Refused
from bowout.mail.compare import same_letter
from bowout.mail.parse import parse
from bowout.providers.base import Draft, Filing, Mailbox, Receipt, Submitter
from clock import FakeClock
from contract.mailbox_suite import MailboxHarness, message_id, reply_in, retyped, seed

CLAIM = "c1a1" * 8  # the name of an attempt


class Fault(StrEnum):
    """What the server does to the next submission."""

    REFUSE = "refuse"
    REFUSE_FOR_NOW = "refuse-for-now"
    LOSE_ANSWER = "lose-answer"  # it accepts, and the answer is lost


class SubmitterHarness(Protocol):
    """A mailbox with the means to send. ``people`` acts as in the mailbox suite."""

    clock: FakeClock

    @property
    def people(self) -> MailboxHarness: ...

    @property
    def mailbox(self) -> Mailbox: ...

    def submitter(self, *, allowed: bool = True) -> Submitter:
        """The submitter of the account, with or without ``allow_send``."""
        ...

    @property
    def says_later(self) -> bool:
        """Can its refusal say that a later try may succeed? A command's cannot."""
        ...

    def accepted(self) -> list[bytes]:
        """Every mail that the server took, in order."""
        ...

    def fault(self, fault: Fault) -> None:
        """The next submission meets this."""


class SubmitterContract:
    """Subclass it in a test module of your own and give it a fixture named ``harness``."""

    EVERY_PAIR = True  # what leaves cannot be taken back: each case meets every pair of switch values

    def saved(self, harness: SubmitterHarness) -> Draft:
        draft = harness.mailbox.save_draft(reply_in(seed(harness.people)))
        harness.clock.advance(timedelta(minutes=5))
        return replace(draft, claim=CLAIM)

    def test_the_letter_goes_out_once_as_it_was(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        receipt = harness.submitter().submit(draft)
        (raw,) = harness.accepted()
        sent = parse(raw, id="")
        assert same_letter(sent, draft.message)
        assert [a.key for a in sent.to] == [a.key for a in draft.message.to]
        assert sent.subject == draft.message.subject
        assert sent.bcc == ()
        assert abs(receipt.at - harness.clock()) < timedelta(minutes=1)

    def test_it_is_no_draft_any_more(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        harness.submitter().submit(draft)
        assert harness.mailbox.find_draft(draft.key) is None
        assert harness.people.drafts() == []

    def test_the_sent_copy_is_found(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        submitter = harness.submitter()
        receipt = submitter.submit(draft)
        if isinstance(submitter, Filing):
            submitter.file_sent(draft.key, draft.claim, receipt.at)
            submitter.file_sent(draft.key, draft.claim, receipt.at)  # twice is harmless
        assert isinstance(harness.mailbox.find_sent(draft), Receipt)
        thread = harness.mailbox.thread(draft.key.thread_id)
        assert sum(same_letter(m, draft.message) for m in thread.mails) == 1

    def test_a_second_submission_of_the_same_draft_is_refused(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        harness.submitter().submit(draft)
        with pytest.raises((DraftGone, DraftChanged)):
            harness.submitter().submit(draft)
        assert len(harness.accepted()) == 1

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            (lambda people, name: people.edit_draft(name, retyped("Other words.")), DraftChanged),
            (lambda people, name: people.delete_draft(name), DraftGone),
            (lambda people, name: people.trash_draft(name), DraftGone),
            (lambda people, name: people.send_by_hand(name), DraftGone),
        ],
        ids=["edited", "deleted", "trashed", "sent-by-hand"],
    )
    def test_only_the_very_draft_is_sent(
        self,
        harness: SubmitterHarness,
        change: Callable[[MailboxHarness, str], None],
        error: type[BowoutError],
    ) -> None:
        draft = self.saved(harness)
        change(harness.people, draft.key.message_id)
        before = len(harness.accepted())  # what the person sent by hand may have passed the same server
        with pytest.raises(error):
            harness.submitter().submit(draft)
        assert len(harness.accepted()) == before

    def test_nothing_leaves_while_sending_is_not_allowed(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        with pytest.raises(NotArmed):
            harness.submitter(allowed=False).submit(draft)
        assert harness.accepted() == []
        assert harness.mailbox.find_draft(draft.key) is not None

    @pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.REFUSE_FOR_NOW])
    def test_what_was_refused_is_a_draft_again(self, harness: SubmitterHarness, fault: Fault) -> None:
        draft = self.saved(harness)
        harness.fault(fault)
        with pytest.raises(Refused) as refused:
            harness.submitter().submit(draft)
        assert refused.value.temporary is (fault is Fault.REFUSE_FOR_NOW and harness.says_later)
        assert harness.accepted() == []
        found = harness.mailbox.find_draft(draft.key)
        assert found is not None
        assert (found.revision, found.content_hash) == (draft.revision, draft.content_hash)

    def test_a_lost_answer_is_never_asked_for_again(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        harness.fault(Fault.LOSE_ANSWER)
        with pytest.raises(OutcomeUnknown):
            harness.submitter().submit(draft)
        assert len(harness.accepted()) == 1

    def test_nothing_else_is_touched(self, harness: SubmitterHarness) -> None:
        draft = self.saved(harness)
        submitter = harness.submitter()
        receipt = submitter.submit(draft)
        if isinstance(submitter, Filing):
            submitter.file_sent(draft.key, draft.claim, receipt.at)
        thread = harness.mailbox.thread(draft.key.thread_id)
        names = [m.message_id for m in thread.mails][:2]
        assert names == [message_id("invitation"), message_id("answer")]
        assert len(thread.messages) == 3
