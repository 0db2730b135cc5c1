"""What another folder holds of a draft proves nothing, unless it has a way behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bowout.model import Account, Folder
from bowout.providers.base import Draft, Maybe, Receipt
from clock import FakeClock
from contract.mailbox_suite import INVITATION, ME, follow_up, message_id
from memory.mailbox import MemoryMailbox
from outbox_kit import letter

HOP = b"Received: from pc (pc.home.example [192.0.2.7]) by mx.home.example with ESMTPSA; Wed, 4 Mar 2026\r\n"
LEFT_BY_PROGRAM = (
    b"Received: from 1234 named unknown by gmailapi.google.com with HTTPREST; Wed, 4 Mar 2026\r\n"
)


@pytest.fixture
def mailbox(clock: FakeClock) -> MemoryMailbox:
    made = MemoryMailbox(Account(name="home", provider="memory", address=ME.address), clock)
    made.arrive(INVITATION)
    return made


@pytest.fixture
def draft(mailbox: MemoryMailbox, clock: FakeClock) -> Draft:
    return mailbox.save_draft(letter(mailbox.thread(message_id("invitation")), clock()))


def raw(mailbox: MemoryMailbox) -> bytes:
    (item,) = mailbox.contents(Folder.DRAFTS)
    return item.raw


def mails(mailbox: MemoryMailbox) -> list[str | None]:
    return [m.message_id for m in mailbox.thread(message_id("invitation")).mails]


@pytest.mark.parametrize("change", [lambda mail: mail, lambda mail: mail.replace(b"2026", b"2025")])
def test_a_copy_of_a_draft_that_lies_there_is_no_mail(
    mailbox: MemoryMailbox, draft: Draft, change: Callable[[bytes], bytes]
) -> None:
    mailbox.arrive(change(raw(mailbox)), Folder.OTHER, seen=True)
    assert mails(mailbox) == [message_id("invitation")]
    assert [m.id for m in mailbox.thread(message_id("invitation")).drafts] == [draft.key.id]


@pytest.mark.parametrize("added", [HOP, b"DKIM-Signature: v=1; d=home.example\r\n"])
def test_a_letter_that_was_sent_stays_a_mail_beside_a_draft_that_was_left(
    mailbox: MemoryMailbox, draft: Draft, added: bytes
) -> None:
    mailbox.arrive(added + raw(mailbox), Folder.OTHER, seen=True)
    assert draft.key.message_id in mails(mailbox)


def test_what_others_wrote_stays_a_mail_though_a_draft_has_its_id(mailbox: MemoryMailbox) -> None:
    mailbox.arrive(
        INVITATION.replace(b"From: Jane Doe <jane@acme.example>", f"From: <{ME.address}>".encode()),
        Folder.DRAFTS,
    )
    assert mails(mailbox) == [message_id("invitation")]


def test_a_mail_that_i_filed_stays_a_mail(mailbox: MemoryMailbox, draft: Draft) -> None:
    mailbox.arrive(follow_up("Tuesday is fine.", name="mine", sender=ME), Folder.OTHER, seen=True)
    assert draft.key.message_id not in mails(mailbox)
    assert message_id("mine") in mails(mailbox)


@pytest.mark.parametrize("added", [b"", LEFT_BY_PROGRAM], ids=["bare", "left by a program"])
def test_a_copy_of_a_draft_that_is_gone_may_be_the_sent_one(
    mailbox: MemoryMailbox, draft: Draft, added: bytes
) -> None:
    copy = mailbox.arrive(added + raw(mailbox), Folder.OTHER, seen=True)
    mailbox.discard(str(draft.key.id))
    found = mailbox.find_sent(draft)
    assert isinstance(found, Maybe)
    assert found.ids == (copy,)
    assert "nothing shows that it was sent" in found.why


@pytest.mark.parametrize(
    "added",
    [HOP, b"DKIM-Signature: v=1; d=home.example\r\n", LEFT_BY_PROGRAM + HOP, b"Delivered-To: me@x\r\n"],
)
def test_a_copy_that_passed_a_server_was_sent(mailbox: MemoryMailbox, draft: Draft, added: bytes) -> None:
    copy = mailbox.arrive(added + raw(mailbox), Folder.OTHER, seen=True)
    mailbox.discard(str(draft.key.id))
    found = mailbox.find_sent(draft)
    assert isinstance(found, Receipt)
    assert found.id == copy


@pytest.mark.parametrize(("by_them", "proves"), [(True, True), (False, False)])
def test_a_copy_that_they_answered_was_sent(
    mailbox: MemoryMailbox, draft: Draft, clock: FakeClock, by_them: bool, proves: bool
) -> None:
    mailbox.arrive(raw(mailbox), Folder.OTHER, seen=True)
    mailbox.discard(str(draft.key.id))
    answer = follow_up(
        "Thanks", name="answer", at=clock() + timedelta(hours=1), **({} if by_them else {"sender": ME})
    )
    about = f"In-Reply-To: {draft.key.message_id}".encode()
    kept = b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"In-Reply-To"))
    mailbox.arrive(about + b"\r\n" + kept)
    assert isinstance(mailbox.find_sent(draft), Receipt) is proves


def test_the_same_words_under_another_id_outside_sent_prove_nothing(
    mailbox: MemoryMailbox, draft: Draft, clock: FakeClock
) -> None:
    mailbox.arrive(raw(mailbox).replace(b"<ours@", b"<saved-again@"), Folder.OTHER, seen=True)
    mailbox.discard(str(draft.key.id))
    assert isinstance(mailbox.find_sent(draft), Maybe)


def test_the_copy_in_sent_counts_before_one_elsewhere(mailbox: MemoryMailbox, draft: Draft) -> None:
    mailbox.arrive(HOP + raw(mailbox), Folder.OTHER, seen=True)
    sent = mailbox.send(str(draft.key.id))
    found = mailbox.find_sent(draft)
    assert isinstance(found, Receipt)
    assert found.id == sent
