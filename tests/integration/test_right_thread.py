"""The scenarios of tests/unit/scenarios.py once more, through a real Maildir: search, rank, plan."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from bowout.find import rank
from bowout.model import Account, Folder, Message, Query, Thread
from bowout.people.machines import load_relays
from bowout.providers import open_mailbox
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.maildir.tree import SEPARATOR
from bowout.reply.plan import plan_reply
from clock import NOON, FakeClock
from unit.find.scenarios import SCENARIOS, Scenario
from unit.mailboxes import as_bytes

RELAYS = load_relays()


def fill(root: Path, box: Sequence[Thread]) -> Account:
    """A Maildir++ tree that holds the threads, and the account that reads it."""
    for folder in (root, root / ".Sent", root / ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)
    messages = [m for t in box for m in t.messages]
    for number, message in enumerate(messages):
        deliver(root, message, number)
    return Account(
        name="home",
        provider="maildir",
        address="ana@home.example",
        display_name="Ana Lopez",
        aliases=("ana.lopez@mail.example",),
        keys=MaildirKeys(path=root),
    )


def deliver(root: Path, message: Message, number: int) -> None:
    place = root / ".Sent" if message.folder is Folder.SENT else root
    seconds = int(message.moment.timestamp())
    path = place / "cur" / f"{seconds}.M{number}.host{SEPARATOR}2,S"
    path.write_bytes(as_bytes(message))
    os.utime(path, (seconds, seconds))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_right_thread_on_disk(scenario: Scenario, tmp_path: Path) -> None:
    account = fill(tmp_path / "mail", scenario.box)
    mailbox = open_mailbox(account, FakeClock())
    whole = [t if t.complete else mailbox.thread(t.id) for t in mailbox.search(Query(who=scenario.who), 20)]
    found = rank.rank(whole, Query(who=scenario.who), mailbox.identities(), RELAYS, NOON)
    told = [(c.thread.subject, c.reasons, c.warnings) for c in found.candidates]
    assert found.outcome is scenario.outcome, told
    if scenario.thread is None:
        return
    best = found.candidates[0]
    wanted = next(t for t in scenario.box if t.id == scenario.thread)
    assert {m.message_id for m in best.thread.mails} <= {m.message_id for m in wanted.mails}
    assert best.status == scenario.status
    assert bool(best.warnings) is scenario.warned, told
    if isinstance(scenario.to, str):
        plan = plan_reply(best.thread, mailbox.identities(), RELAYS)
        assert [a.address for a in plan.to] == [scenario.to]
        assert plan.identity.address.address == scenario.from_
        assert scenario.parent in (None, plan.parent.message_id)
    elif scenario.to is not None:
        with pytest.raises(scenario.to):
            plan_reply(best.thread, mailbox.identities(), RELAYS)
