"""The mailbox contract on a Maildir, with a plain mail client at work on the same files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from dataclasses import replace
from email import message_from_bytes
from email.utils import format_datetime
from pathlib import Path

import pytest

from bowout.mail.parse import parse
from bowout.model import Account, Folder, Reply
from bowout.providers.maildir.keys import MaildirKeys
from bowout.providers.maildir.mailbox import MaildirMailbox, open_mailbox
from clock import FakeClock
from contract.mailbox_suite import ALIAS, ME, MailboxContract, ServerDraft

FOLDERS = {
    Folder.INBOX: "",
    Folder.SENT: ".Sent",
    Folder.DRAFTS: ".Drafts",
    Folder.TRASH: ".Trash",
    Folder.JUNK: ".Junk",
}


ACCOUNT = Account(name="disk", provider="maildir", address=ME.address, display_name=ME.name, aliases=(ALIAS,))


class MaildirHarness:
    def __init__(self, root: Path, clock: FakeClock, separator: str = ":") -> None:
        self.root = root
        self.clock = clock
        self.account = replace(ACCOUNT, keys=MaildirKeys(path=root))
        self._separator = separator
        self._numbers = itertools.count()
        for folder in FOLDERS.values():
            for sub in ("cur", "new", "tmp"):
                (root / folder / sub).mkdir(parents=True)
        self.mailbox: MaildirMailbox = self._open()

    def _open(self) -> MaildirMailbox:
        return open_mailbox(self.account, self.clock)

    def reopen(self) -> None:
        self.mailbox.close()
        self.mailbox = self._open()

    def deliver(self, raw: bytes, folder: Folder = Folder.INBOX, *, seen: bool = False) -> None:
        unique = f"{next(self._numbers)}.client"
        flags = ("D" if folder is Folder.DRAFTS else "") + ("S" if seen else "")
        info = f"{self._separator}2,{flags}" if seen else ""
        path = self.root / FOLDERS[folder] / ("cur" if seen else "new") / (unique + info)
        path.write_bytes(raw.replace(b"\r\n", b"\n"))

    def drafts(self) -> list[ServerDraft]:
        found = []
        for path in self._draft_files():
            flags = path.name.partition(f"{self._separator}2,")[2]
            found.append(ServerDraft(path.read_bytes(), "D" in flags, "S" in flags))
        return found

    def others(self) -> Hashable:
        files = sorted(p for p in self.root.rglob("*") if p.is_file() and ".Drafts" not in p.parts)
        return tuple((str(p), p.read_bytes(), p.stat().st_mtime_ns) for p in files)

    def edit_draft(self, message_id: str, edit: Callable[[bytes], bytes]) -> None:
        old = self._draft(message_id)
        self.deliver(edit(old.read_bytes()), Folder.DRAFTS, seen=True)
        old.unlink()

    def delete_draft(self, message_id: str) -> None:
        self._draft(message_id).unlink()

    def trash_draft(self, message_id: str) -> None:
        old = self._draft(message_id)
        old.rename(self.root / ".Trash" / "cur" / old.name)

    def send_by_hand(self, message_id: str) -> None:
        old = self._draft(message_id)
        sent = message_from_bytes(old.read_bytes())
        sent.replace_header("Date", format_datetime(self.clock()))
        self.deliver(sent.as_bytes(), Folder.SENT, seen=True)
        old.unlink()

    def interrupted_save(self, reply: Reply) -> None:
        self.mailbox.save_draft(reply)

    def _draft_files(self) -> list[Path]:
        subs = (self.root / ".Drafts" / sub for sub in ("new", "cur"))
        return sorted(path for sub in subs for path in sub.iterdir())

    def _draft(self, message_id: str) -> Path:
        files = self._draft_files()
        (found,) = (p for p in files if parse(p.read_bytes(), id="").message_id == message_id)
        return found


class TestMaildir(MailboxContract):
    @pytest.fixture
    def harness(self, tmp_path: Path, clock: FakeClock) -> MaildirHarness:
        return MaildirHarness(tmp_path / "Maildir", clock)


class TestMaildirOfWindows(MailboxContract):
    """The same with the separator that Windows needs."""

    @pytest.fixture
    def harness(self, tmp_path: Path, clock: FakeClock) -> MaildirHarness:
        return WindowsHarness(tmp_path / "Maildir", clock, ";")


class WindowsHarness(MaildirHarness):
    def _open(self) -> MaildirMailbox:
        return MaildirMailbox(self.account, self.clock, separator=";")
