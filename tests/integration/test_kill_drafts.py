"""SIGKILL at every crash point of saving and of replacing a draft; the next run must put things right.

A crash point lies before every call that may change a file or the database (what follows one such call lies
before the next), found by watching the calls themselves (``sys.setprofile``): the product has no hook for it.
Each is tried in a forked child with the real journal and a real Maildir. What may be found afterwards:

- saving: no draft or ours, whole; replacing: one draft, whole, old or new. Never two, nothing else touched;
- after the next run: exactly one draft with the letter that was wanted, known to the journal as untouched;
- if the person edits the draft before the next run, that run says so and leaves it alone.

Two mutants (replace by delete-then-write, and by write-then-delete) must be caught by the same checks.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bowout.drafts.state import Condition
from bowout.journal.store import Store
from bowout.mail.html import text_to_html
from bowout.mail.parse import parse
from bowout.model import Address, Depth, Reason, Reply, Situation
from bowout.providers.base import Draft
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.maildir.mailbox import MaildirMailbox
from clock import FakeClock
from contract.mailbox_suite import ME, foreign_draft, retyped, seed
from contract.test_maildir import ACCOUNT, MaildirHarness
from crash import Watch, killed_at, watching
from drafting import draft_once

OURS = "<ours@home.example>"
FIRST, SECOND = "I am withdrawing, first version.", "I am withdrawing, second version."


class World:
    """One mailbox and one journal on disk; every method acts as a bowout run of its own."""

    def __init__(self, root: Path, mailbox: type[MaildirMailbox] = MaildirMailbox) -> None:
        self.root = root
        self.clock = FakeClock()
        self._mailbox = mailbox

    @classmethod
    def build(cls, root: Path, operation: str, mailbox: type[MaildirMailbox]) -> World:
        """The invitation, my answer, a draft in another thread; for ``replace`` also our first draft."""
        world = cls(root, mailbox)
        harness = MaildirHarness(root / "Maildir", world.clock)
        seed(harness)
        unrelated = foreign_draft().replace(b"invitation@", b"else@").replace(b"answer@", b"else@")
        (root / "Maildir/.Drafts/cur/9.foreign:2,DS").write_bytes(unrelated.replace(b"backend", b"Lunch"))
        with world.store() as store:
            store.add_withdrawal(
                account="disk",
                thread_id="<invitation@mail.example>",
                company="Acme",
                position=None,
                person=Address("Jane Doe", "jane.doe@acme.example"),
                situation=Situation.INVITED,
                reason=Reason.NONE,
                depth=Depth.NONE,
                language="en",
                slot=None,
                slot_zone=None,
            )
        if operation == "replace":
            world.run(FIRST)
        return world

    def store(self) -> Store:
        return Store.open(self.root / "data", self.clock)

    def open(self) -> MaildirMailbox:
        return self._mailbox(replace(ACCOUNT, keys=MaildirKeys(path=self.root / "Maildir")), self.clock)

    def run(self, text: str) -> Condition | None:
        """What ``bowout draft`` does: look, settle what an earlier run left, write. Returns what it saw."""
        with self.store() as store:
            mailbox = self.open()
            reply = self.reply(mailbox, text)
            return draft_once(store, mailbox, reply, self.clock())

    def reply(self, mailbox: MaildirMailbox, text: str) -> Reply:
        thread = mailbox.thread("<invitation@mail.example>")
        parent = thread.mails[0]
        assert parent.message_id is not None
        return Reply(
            thread_id=thread.id,
            parent_id=parent.id,
            from_=ME,
            to=parent.from_,
            subject=f"Re: {parent.subject}",
            in_reply_to=parent.message_id,
            references=(parent.message_id,),
            text=text,
            html=text_to_html(text),
            quoted=parent,
            message_id=OURS,
            date=self.clock(),
        )

    def letters(self) -> list[str]:
        """The texts of the drafts that carry our Message-ID, as any mail program would list them."""
        files = [p for sub in ("new", "cur") for p in (self.root / "Maildir/.Drafts" / sub).iterdir()]
        mails = [parse(p.read_bytes(), id=p.name) for p in files]
        return [m.text.split("\n")[0] for m in mails if m.message_id == OURS]

    def others(self) -> dict[str, tuple[bytes, int]]:
        """Every other message file with its time of change."""
        files = (p for sub in ("new", "cur") for p in (self.root / "Maildir").rglob(f"{sub}/*"))
        return {
            str(p): (p.read_bytes(), p.stat().st_mtime_ns)
            for p in files
            if OURS.encode() not in p.read_bytes()
        }

    def temporary(self) -> int:
        return len(list((self.root / "Maildir/.Drafts/tmp").iterdir()))

    def edit(self, text: str) -> None:
        """The person edits our draft: a new file, then the old one goes."""
        (file,) = (
            p for p in (self.root / "Maildir/.Drafts/cur").iterdir() if OURS.encode() in p.read_bytes()
        )
        file.with_name("88.client:2,DS").write_bytes(retyped(text)(file.read_bytes()))
        file.unlink()


class DeleteFirst(MaildirMailbox):
    """Mutant: replaces by deleting and writing anew."""

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        self.delete_draft(draft)
        return self.save_draft(reply)


class WriteFirst(MaildirMailbox):
    """Mutant: replaces by writing anew and deleting."""

    def replace_draft(self, draft: Draft, reply: Reply) -> Draft:
        old = self._held(draft)
        new = self.save_draft(reply)
        Path(old.path).unlink()
        return new


# --- the proof --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The names of the crash points of each operation, from a run that lives."""
    found = {}
    for operation in ("save", "replace"):
        world = World.build(tmp_path_factory.mktemp(operation), operation, MaildirMailbox)
        watch = Watch()
        with watching(watch):
            world.run(SECOND)
        found[operation] = watch.points
    return found


def crash(
    root: Path, operation: str, point: int, mailbox: type[MaildirMailbox] = MaildirMailbox
) -> World | None:
    """A world in which the operation was killed at this point; None when there is no such point any more."""
    template = root / "template"
    if not template.exists():
        World.build(template, operation, mailbox)
    here = root / f"{point}"
    shutil.copytree(template, here)
    world = World(here, mailbox)
    return world if killed_at(point, lambda: world.run(SECOND)) else None


@pytest.mark.parametrize("operation", ["save", "replace"])
def test_a_killed_run_is_put_right_by_the_next(
    tmp_path: Path, operation: str, points: dict[str, list[str]]
) -> None:
    allowed = [[], [SECOND]] if operation == "save" else [[FIRST], [SECOND]]
    table: list[str] = []
    for point, name in enumerate(points[operation], 1):
        world = crash(tmp_path, operation, point)
        assert world is not None, name
        before = world.others()
        left = world.letters()
        assert left in allowed, name
        seen = world.run(SECOND)
        assert world.letters() == [SECOND], name
        assert world.others() == before, name
        assert world.run(SECOND) is Condition.UNTOUCHED, name
        assert world.letters() == [SECOND], name
        table.append(f"{name:52} {_told(left):7} tmp {world.temporary()}  then {seen or 'no intent'}")
    assert crash(tmp_path, operation, len(points[operation]) + 1) is None
    sys.stdout.write(
        f"\n{operation}: {len(table)} crash points: draft left, tmp files, what the next run saw\n"
    )
    sys.stdout.write("\n".join(table))


@pytest.mark.parametrize("operation", ["save", "replace"])
def test_an_edit_after_the_kill_is_never_overwritten(
    tmp_path: Path, operation: str, points: dict[str, list[str]]
) -> None:
    edited = 0
    for point, name in enumerate(points[operation], 1):
        world = crash(tmp_path, operation, point)
        assert world is not None, name
        if world.letters():
            world.edit("My own words.")
            assert world.run(SECOND) is Condition.EDITED, name
            assert world.letters() == ["My own words."], name
            edited += 1
    assert edited > len(points[operation]) // 8


@pytest.mark.parametrize(("mutant", "wrong"), [(DeleteFirst, 0), (WriteFirst, 2)])
def test_a_careless_replace_is_caught(tmp_path: Path, mutant: type[MaildirMailbox], wrong: int) -> None:
    point, left = 0, set()
    while (world := crash(tmp_path, "replace", point := point + 1, mutant)) is not None:
        left.add(len(world.letters()))
    assert wrong in left


def _told(letters: list[str]) -> str:
    return {0: "none", 1: "old" if letters[:1] == [FIRST] else "new"}[len(letters)]
