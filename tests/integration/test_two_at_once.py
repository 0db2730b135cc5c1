"""Two bowouts at once in one mailbox: never two drafts of one letter."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

import sample
from bowout import accounts
from bowout.cli import options
from bowout.drafts import prepare, save
from bowout.drafts.proposal import Proposal, Request
from bowout.drafts.state import Condition
from bowout.errors import DraftChanged, StoreError
from bowout.find import search
from bowout.mail.parse import parse
from bowout.model import Reply, Tone
from bowout.providers.base import Draft
from bowout.session import Session


class Desk:
    """The sample mailbox, in which every run opens a session of its own."""

    def __init__(self, root: Path, open_until_the_end: ExitStack) -> None:
        self._file = root / "config.toml"
        self._drafts = root / "mail/.Drafts/cur"
        self._open = open_until_the_end
        text = sample.config(sample.build(root / "mail"))
        self._foreign = set(self._drafts.iterdir())
        self._file.write_text(text, encoding="utf-8")

    def run(self) -> Session:
        return self._open.enter_context(options.opened(accounts.load_config(self._file)))

    def drafts(self) -> set[Path]:
        return set(self._drafts.iterdir()) - self._foreign


def prepared(session: Session, tone: Tone | None = None) -> Proposal:
    candidate = search.the_one(session, search.seek(session, "acme"), "acme")
    return prepare.prepare(session, candidate.thread, Request(tone=tone), candidate)


class Killed(BaseException):
    """What a kill is for the code that it ends."""


@pytest.fixture
def desk(tmp_path: Path) -> Generator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, stack)


@pytest.fixture
def interrupted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """After a run that died between its intent and the draft."""
    session = desk.run()

    def dies(reply: Reply) -> Draft:
        raise Killed

    proposal = prepared(session)
    monkeypatch.setattr(session.mailbox, "save_draft", dies)
    with pytest.raises(Killed):
        save.save(session, proposal)
    assert not desk.drafts()
    return desk


def test_of_two_that_find_an_interrupted_run_one_writes_the_draft(interrupted: Desk) -> None:
    one, other = interrupted.run(), interrupted.run()
    first, second = prepared(one), prepared(other)
    assert first.previous is not None
    assert first.previous.condition is Condition.MISSING
    save.save(one, first)
    with pytest.raises(StoreError, match="another bowout"):
        save.save(other, second)
    assert len(interrupted.drafts()) == 1
    assert prepared(interrupted.run()).action == "keep"


def test_a_draft_that_is_being_written_is_not_written_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one starts between the intent and the draft of the first, where nothing can be seen yet."""
    monkeypatch.setattr(save, "PATIENCE", 0.0)
    one, other = desk.run(), desk.run()
    write = one.mailbox.save_draft

    def meanwhile(reply: Reply) -> Draft:
        with pytest.raises(StoreError, match="another bowout"):
            save.save(other, prepared(other))
        return write(reply)

    monkeypatch.setattr(one.mailbox, "save_draft", meanwhile)
    save.save(one, prepared(one))
    assert len(desk.drafts()) == 1
    assert prepared(other).action == "keep"


def test_of_two_updates_the_later_one_is_refused(desk: Desk) -> None:
    one, other = desk.run(), desk.run()
    save.save(one, prepared(one))
    first, second = prepared(one, Tone.FORMAL), prepared(other, Tone.WARM)
    formal = save.save(one, first).draft.message.text
    with pytest.raises(DraftChanged):
        save.save(other, second)
    (draft,) = desk.drafts()
    assert parse(draft.read_bytes(), id="").text == formal
    assert prepared(other, Tone.FORMAL).action == "keep"  # it is still known as ours
