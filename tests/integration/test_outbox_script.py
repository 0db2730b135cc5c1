"""The installed command, a Maildir and a script that sends: what is said when records or letters go astray.

The script is the far side: it counts what it is given, and ends as it is told to.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import sample
from acceptance.harness import Box, Done
from programs import program

UNCLEAR = 75  # what a script ends with when nobody can tell what became of the mail


class Home:
    """A sample mailbox whose letter to Acme is drafted, records of its own, and the script."""

    def __init__(self, root: Path) -> None:
        self.box = Box(root)
        self.kept = root / "sent"
        self._code = root / "code"
        self._env = {"XDG_STATE_HOME": str(root / "state"), "HOME": str(root)}
        self.answers(0)
        mailer = program(
            root / "mailer", f'echo "$@" >> {self.kept}; cat > /dev/null; exit $(cat {self._code})'
        )
        way = f'allow_send = true\nsend_command = ["{mailer}"]\n'
        self.box.configure(sample.config(sample.build(self.box.mail)) + way)
        assert self.run("draft", "acme", "--reason", "accepted-offer").code == 0

    def run(self, *words: str) -> Done:
        return self.box.run(*words, env=self._env)

    def answers(self, code: int) -> None:
        """What the script ends with from now on."""
        self._code.write_text(str(code))

    def arm(self) -> None:
        """Promise the letter, and let its time come."""
        assert self.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
        due = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="microseconds")
        with closing(sqlite3.connect(self.box.root / "data" / "bowout.db")) as database:
            database.execute("UPDATE submissions SET due = ?, wall = NULL", (due,))
            database.commit()

    def keep_records(self) -> None:
        shutil.copytree(self.box.root / "data", self.box.root / "copy")

    def put_records_back(self) -> None:
        shutil.rmtree(self.box.root / "data")
        shutil.copytree(self.box.root / "copy", self.box.root / "data")

    def lose_records(self) -> None:
        for name in ("data", "state"):
            shutil.rmtree(self.box.root / name)

    @property
    def sent(self) -> int:
        return len(self.kept.read_text().splitlines()) if self.kept.exists() else 0

    def outside(self) -> list[Path]:
        return [*(self.box.mail / ".Drafts").glob("bowout-sending/*")]

    def row(self) -> dict[str, object]:
        return dict(self.run("outbox", "show", "s1", "--json").json["result"])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_letter_whose_records_are_gone_is_told_by_its_file_and_the_cure_puts_it_back(home: Home) -> None:
    (draft,) = home.box.drafts()
    home.answers(UNCLEAR)
    assert home.run("send", "w1", "--yes").code == 6
    (outside,) = home.outside()
    home.lose_records()
    told = home.run("draft", "acme", "--reason", "accepted-offer")
    assert told.code == 6
    assert f"It lies in {outside}\n" in told.err
    assert "may have been sent" in told.err
    subprocess.run(told.err.strip().rpartition("into Drafts: ")[2], shell=True, check=True)
    assert (home.box.drafts(), home.outside()) == ([draft], [])
