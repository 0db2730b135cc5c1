"""The installed command, a Maildir and a script that sends: what is said when records or letters go astray.

The script is the far side: it counts what it is given, and ends as it is told to.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import sample
from acceptance.harness import BOWOUT, Box, Done
from programs import program

LATER = """
from datetime import UTC, datetime, timedelta
from bowout.cli import options
from bowout.__main__ import main
options.now = lambda: datetime.now(UTC) + timedelta(minutes=11)
main()
"""
UNCLEAR = 75  # what a script ends with when nobody can tell what became of the mail


class Home:
    """A sample mailbox whose letter to Acme is drafted, records of its own, and the script."""

    def __init__(self, root: Path) -> None:
        self.box = Box(root)
        self.kept = root / "sent"
        self._code, self._words = root / "code", root / "words"
        self.env = {"XDG_STATE_HOME": str(root / "state"), "HOME": str(root)}
        self.answers(0)
        self.complains("")
        # Whoever reads from ``door`` is let in first; without one the script does not wait.
        self.door = root / "door"
        wait = f"if [ -p {self.door} ]; then echo > {self.door}; cat {self.door} > /dev/null; fi"
        mailer = program(
            root / "mailer",
            f'echo "$@" >> {self.kept}; cat > /dev/null; {wait}; cat {self._words} >&2;'
            f" exit $(cat {self._code})",
        )
        way = f'allow_send = true\nsend_command = ["{mailer}"]\n'
        self.box.configure(sample.config(sample.build(self.box.mail)) + way)
        assert self.run("draft", "acme", "--reason", "accepted-offer").code == 0

    def run(self, *words: str) -> Done:
        return self.box.run(*words, env=self.env)

    def later(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command eleven minutes from now."""
        command = [sys.executable, "-c", LATER, *words, "--config", str(self.box.config), "--no-input"]
        env = {**os.environ, **self.env}
        return subprocess.run(command, capture_output=True, text=True, env=env, check=False)

    def answers(self, code: int) -> None:
        """What the script ends with from now on."""
        self._code.write_text(str(code))

    def complains(self, words: str) -> None:
        """What the script says on its standard error from now on."""
        self._words.write_text(words)

    def arm(self) -> None:
        """Promise the letter, and let its time come."""
        assert self.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
        due = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="microseconds")
        self.change("UPDATE submissions SET due = ?, wall = NULL", due)

    def die_while_sending(self) -> None:
        """Let a run take the letter and die while the script has it; then the script accepts it."""
        self.arm()
        os.mkfifo(self.door)
        words = [BOWOUT, "outbox", "run", "--config", str(self.box.config)]
        with subprocess.Popen(words, env={**os.environ, **self.env}) as run:
            self.door.read_bytes()
            run.kill()
        self.door.write_bytes(b"")

    def change(self, sql: str, *values: str) -> None:
        with closing(sqlite3.connect(self.box.root / "data" / "bowout.db")) as database:
            database.execute(sql, values)
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
    for words in ([], ["--force"]):  # what sends it may still be at work: no force puts a second one there
        early = home.run("draft", "acme", "--reason", "accepted-offer", *words)
        assert early.code == 6
        assert f"It lies in {outside}\n" in early.err
        assert re.search(r"Wait until \d\d:\d\d \S+, and look then\.", early.err)
    told = home.later("draft", "acme", "--reason", "accepted-offer").stderr
    assert f"It lies in {outside}\n" in told
    assert "may have been sent" in told
    subprocess.run(told.strip().rpartition("into Drafts:")[2], shell=True, check=True)
    assert (home.box.drafts(), home.outside()) == ([draft], [])


@pytest.mark.parametrize("known", [True, False], ids=["older records", "no records"])
def test_a_letter_that_left_is_filed_by_the_printed_command_and_no_second_one_is_urged(
    home: Home, known: bool
) -> None:
    home.keep_records()
    home.die_while_sending()
    home.put_records_back() if known else home.lose_records()
    home.run("outbox", "adopt")
    status = home.run("status").out
    assert ("--force" in status, "Next: bowout draft w1" in status) == (False, False)
    for words in ([], ["--force"]):
        told = home.later("draft", "acme", "--reason", "accepted-offer", *words).stderr
        assert "may have been sent" in told, told
    filed = told.partition("file it in Sent:")[2].partition("If it did not")[0]
    subprocess.run(filed, shell=True, check=True)
    assert home.outside() == []
    again = home.run("draft", "acme", "--reason", "accepted-offer")
    assert again.code == 6
    assert "already" in again.err
    assert home.box.drafts() == []


def test_adopting_without_the_records_of_a_letter_that_was_taken_out_says_where_it_may_be(home: Home) -> None:
    home.answers(UNCLEAR)
    assert home.run("send", "w1", "--yes").code == 6
    (outside,) = home.outside()
    assert home.box.drafts() == []
    shutil.rmtree(home.box.root / "data")
    told = home.run("outbox", "adopt")
    assert (told.code, "They do not hold s1 for " in told.out) == (0, True)
    assert "may have been sent" in told.out
    assert "the log of what sends your mail" in told.out
    assert "where it was" not in told.out
    assert outside.parent.name in told.out
    assert f"It lies in {outside}\n" in home.run("draft", "acme", "--reason", "accepted-offer").err


def test_records_from_before_the_promise_force_no_second_letter_beside_one_on_its_way(home: Home) -> None:
    home.keep_records()
    home.die_while_sending()
    home.put_records_back()
    home.run("outbox", "adopt")
    told = home.run("status").out
    assert "log of what sends your mail" in " ".join(told.split())
    forced = home.run("draft", "w1", "--force", "--yes")
    assert forced.code == 6
    assert re.search(r"Wait until \d\d:\d\d", forced.err)
    assert home.box.drafts() == []


# --- the person's word, and what the mailbox shows ----------------------------------------------------


def test_what_lies_in_sent_is_not_recorded_as_cancelled(home: Home) -> None:
    home.arm()
    home.keep_records()
    assert home.run("outbox", "run").code == 0
    left = home.row()["sent_at"]
    home.put_records_back()
    assert home.run("outbox", "run").code == 6
    assert home.run("outbox", "adopt").code == 0
    assert home.run("outbox", "cancel", "s1").code == 0
    row = home.row()
    assert (row["state"], home.sent) == ("sent-by-person", 1)
    assert str(row["sent_at"])[:19] == str(left)[:19]


def test_what_may_have_left_is_not_recorded_as_cancelled(home: Home) -> None:
    home.arm()
    home.keep_records()
    home.answers(UNCLEAR)
    assert home.run("outbox", "run").code == 6
    home.put_records_back()
    told = home.run("outbox", "cancel", "s1")
    assert (told.code, home.row()["hold"]) == (6, "maybe-sent")
    assert "bowout outbox resolve s1 --sent" in told.out
    assert home.run("outbox", "adopt").code == 0
    assert home.run("outbox", "resolve", "s1", "--not-sent").code == 6  # another hand may still be at it
    assert home.later("outbox", "resolve", "s1", "--not-sent").returncode == 0
    assert home.run("outbox", "cancel", "s1").code == 0
    assert home.row()["state"] == "cancelled"
    assert len(home.box.drafts()) == 1


@pytest.mark.parametrize("gone", [False, True], ids=["in drafts", "deleted"])
def test_what_never_left_is_cancelled(home: Home, gone: bool) -> None:
    home.arm()
    if gone:
        home.box.drafts()[0].unlink()
    assert home.run("outbox", "cancel", "s1").code == 0
    assert home.row()["state"] == "cancelled"


@pytest.mark.parametrize("adopted", [False, True])
def test_without_a_look_older_records_cancel_nothing(home: Home, adopted: bool) -> None:
    home.arm()
    home.keep_records()
    assert home.run("outbox", "run").code == 0
    if adopted:
        home.put_records_back()
        assert home.run("outbox", "adopt").code == 0
    mail = home.box.mail.rename(home.box.mail.with_name("elsewhere"))
    told = home.run("outbox", "cancel", "s1")
    assert told.code == 2
    mail.rename(home.box.mail)
    assert home.row()["state"] == ("held" if adopted else "sent")


def test_a_promise_is_taken_back_where_the_mailbox_cannot_be_looked_at(home: Home) -> None:
    home.arm()
    home.box.mail.rename(home.box.mail.with_name("elsewhere"))
    assert home.run("outbox", "cancel", "s1").code == 0
    assert home.row()["state"] == "cancelled"


def test_the_cure_after_adopting_fits_a_letter_that_left(home: Home) -> None:
    home.arm()
    home.keep_records()
    assert home.run("outbox", "run").code == 0
    left = home.row()["sent_at"]
    home.put_records_back()
    assert home.run("outbox", "adopt").code == 0
    for told in (home.run("outbox", "list"), home.run("status")):
        assert "the draft" not in told.out
        assert "log of what sends your mail. If it left: bowout outbox resolve s1 --sent\n" in told.out
    refused = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes")
    assert (refused.code, home.sent) == (6, 1)
    assert "bowout outbox resolve s1 --sent" in refused.err
    assert home.run("outbox", "resolve", "s1", "--not-sent").code == 6
    assert home.row()["state"] == "held"
    assert home.run("outbox", "resolve", "s1", "--sent").code == 0
    row = home.row()
    assert (row["state"], str(row["sent_at"])[:19]) == ("sent", str(left)[:19])


@pytest.mark.parametrize("adopted", [False, True])
def test_older_records_do_not_call_a_letter_deleted_that_left_and_write_no_second(
    home: Home, adopted: bool
) -> None:
    before = {*home.box.mail.rglob("cur/*")}
    home.arm()
    home.keep_records()
    assert home.run("outbox", "run").code == 0
    (sent,) = {*home.box.mail.rglob("cur/*")} - before
    sent.unlink()
    home.put_records_back()
    if adopted:
        assert home.run("outbox", "adopt").code == 0
    told = home.run("status").out
    assert "deleted" not in told
    assert "outbox show s1" in told
    assert home.run("draft", "w1", "--yes").code == 6
    assert home.run("outbox", "cancel", "s1").code == 6
    assert home.row()["state"] == "held"
    assert home.run("draft", "w1", "--yes").code == 6
    assert (home.box.drafts(), home.sent) == ([], 1)
    if not adopted:
        assert home.run("outbox", "adopt").code == 0
    assert home.run("outbox", "resolve", "s1", "--not-sent").code == 0
    assert home.run("draft", "w1", "--yes").code == 0


def test_records_that_are_a_copy_change_no_draft(home: Home) -> None:
    assert home.run("call", "w1", "--outcome", "spoke").code == 0
    home.keep_records()
    assert home.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
    shutil.copytree(home.box.root / "data", home.box.root / "newest")
    home.put_records_back()
    (draft,) = home.box.drafts()
    before = draft.read_bytes()
    for words in (("confirm", "w1", "--yes"), ("draft", "w1", "--tone", "warm", "--yes", "--force")):
        told = home.run(*words)
        assert (told.code, "bowout outbox adopt" in told.err) == (6, True)
        assert [path.read_bytes() for path in home.box.drafts()] == [before]
    shutil.rmtree(home.box.root / "data")
    (home.box.root / "newest").rename(home.box.root / "data")
    assert home.run("outbox", "run").code == 0
    assert home.row()["state"] == "armed"


def test_a_confirmation_from_before_the_letter_left_is_not_sent_beside_it(home: Home) -> None:
    """As a run leaves it that dies between writing the confirmation and removing the withdrawal."""
    (draft,) = home.box.drafts()
    letter = draft.read_bytes()
    assert home.run("call", "w1", "--outcome", "spoke").code == 0
    assert home.run("confirm", "w1", "--yes").code == 0
    draft.write_bytes(letter)
    home.change("UPDATE drafts SET state = 'open' WHERE purpose = 'withdrawal'")
    assert home.run("send", "w1", "--letter", "withdrawal", "--yes").code == 0
    told = home.run("send", "w1", "--letter", "after-call", "--yes")
    assert (told.code, home.sent) == (6, 1)
    assert "left after this one was written, and says the same" in told.err
    for path in home.box.drafts():
        path.unlink()
    assert home.run("confirm", "w1", "--force", "--yes").code == 0
    assert home.run("send", "w1", "--letter", "after-call", "--yes").code == 0  # the person knows


@pytest.mark.parametrize("kept", [True, False], ids=["in Sent", "Sent emptied"])
def test_older_records_urge_no_confirmation_that_newer_ones_sent(home: Home, kept: bool) -> None:
    assert home.run("call", "w1", "--outcome", "spoke").code == 0
    before = {*home.box.mail.rglob("cur/*")}
    home.keep_records()
    assert home.run("confirm", "w1", "--yes").code == 0
    assert home.run("send", "w1", "--letter", "after-call", "--yes").code == 0
    for path in {*home.box.mail.rglob("cur/*")} - before if not kept else ():
        path.unlink()
    home.put_records_back()
    assert home.run("outbox", "adopt").code == 0
    told = home.run("status").out
    assert ("confirm it in writing" in told, "send the draft that waits" in told) == (False, False)
    again = home.run("confirm", "w1", "--yes")
    assert (again.code, home.sent, home.box.drafts()) == (6, 1, [])
    assert "before this confirmation may have been sent" in again.err


def emptied(home: Home) -> None:
    """Put the records back to an older copy, and empty Sent of what left since."""
    before = {*home.box.mail.rglob("cur/*")}
    home.keep_records()
    home.arm()
    assert home.run("outbox", "run").code == 0
    for path in {*home.box.mail.rglob("cur/*")} - before:
        path.unlink()
    home.put_records_back()


@pytest.mark.parametrize("adopted", [False, True])
def test_records_from_before_the_promise_call_no_letter_deleted_that_left(home: Home, adopted: bool) -> None:
    emptied(home)
    if adopted:
        assert home.run("outbox", "adopt").code == 0
    told = " ".join(home.run("status").out.split())
    assert "deleted" not in told
    assert "may have been sent" in told
    refused = home.run("draft", "w1", "--yes")
    assert (refused.code, home.box.drafts(), home.sent) == (6, [], 1)
    said = "into the log of what sends your mail; an empty Sent proves nothing" if adopted else "outbox adopt"
    assert said in refused.err


def test_records_from_when_it_was_held_say_nothing_of_it_before_the_person_does(home: Home) -> None:
    home.arm()
    assert home.run("outbox", "hold", "s1").code == 0
    before = {*home.box.mail.rglob("cur/*")}
    home.keep_records()
    assert home.run("send", "w1", "--yes").code == 0
    for path in {*home.box.mail.rglob("cur/*")} - before:
        path.unlink()
    home.put_records_back()
    told = home.run("outbox", "cancel", "s1")
    assert (told.code, home.row()["state"], home.row()["hold"]) == (6, "held", "maybe-sent")
    assert home.run("outbox", "adopt").code == 0
    retried = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes")
    assert (retried.code, "bowout outbox resolve s1 --sent" in retried.err) == (6, True)
    assert (home.box.drafts(), home.sent) == ([], 1)


DIES_ADOPTING = """
import os, sys
from bowout.__main__ import main
from bowout.journal import database
write, left = database.make_twin, [int(sys.argv.pop())]
def die(*given):
    if left[0]:
        write(*given)
    os._exit(9)
database.make_twin = die
main()
"""


@pytest.mark.parametrize("twin", [0, 1], ids=["before the twin is written", "after it"])
@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_dies_while_adopting_leaves_nothing_armed(home: Home, twin: int, again: bool) -> None:
    home.arm()
    home.keep_records()
    shutil.copytree(home.box.mail, home.box.root / "mail before")
    assert home.run("outbox", "run").code == 0
    home.put_records_back()
    for file in filter(Path.is_file, [*home.box.mail.rglob("*")]):
        file.unlink()
    shutil.copytree(home.box.root / "mail before", home.box.mail, dirs_exist_ok=True)
    shutil.rmtree(home.box.root / "state")
    words = [
        sys.executable,
        "-c",
        DIES_ADOPTING,
        "outbox",
        "adopt",
        "--config",
        str(home.box.config),
        str(twin),
    ]
    assert subprocess.run(words, env={**os.environ, **home.env}, check=False).returncode == 9
    if again:
        home.run("outbox", "adopt")
    assert home.run("outbox", "run").code == 6
    assert (home.sent, home.row()["state"]) == (1, "held")


def test_no_second_letter_is_armed_beside_one_that_may_have_been_sent(home: Home) -> None:
    home.arm()
    before = {*home.box.mail.rglob("cur/*")}
    home.keep_records()
    assert home.run("outbox", "run").code == 0
    for path in {*home.box.mail.rglob("cur/*")} - before:
        path.unlink()
    home.put_records_back()
    assert home.run("outbox", "adopt").code == 0
    assert home.run("draft", "w1", "--yes", "--force").code == 0
    told = home.run("send", "w1", "--yes")
    assert (told.code, home.sent) == (6, 1)
    assert "bowout outbox resolve s1 --sent" in told.err
    assert home.run("outbox", "resolve", "s1", "--not-sent").code == 0
    assert home.run("send", "w1", "--yes").code == 0  # the person has looked


def test_a_confirmation_that_other_records_sent_is_not_written_again(home: Home) -> None:
    assert home.run("call", "w1", "--outcome", "spoke").code == 0
    home.keep_records()
    assert home.run("confirm", "w1", "--yes").code == 0
    assert home.run("send", "w1", "--letter", "after-call", "--yes").code == 0
    home.put_records_back()
    for adopted in (False, True):
        if adopted:
            assert home.run("outbox", "adopt").code == 0
        assert "confirm it in writing" not in home.run("status").out
        told = home.run("confirm", "w1", "--yes")
        assert (told.code, home.box.drafts(), home.sent) == (6, [], 1)
        assert ("These records are a copy" if adopted else "bowout outbox adopt") in told.err


def test_what_may_have_been_sent_is_settled_by_a_copy_that_turns_up(home: Home) -> None:
    home.arm()
    home.keep_records()
    before = {*home.box.mail.rglob("cur/*")}
    assert home.run("outbox", "run").code == 0
    (copy,) = {*home.box.mail.rglob("cur/*")} - before
    aside = copy.rename(home.box.root / "aside")
    home.put_records_back()
    assert home.run("outbox", "cancel", "s1").code == 6
    assert home.run("outbox", "adopt").code == 0
    home.change("UPDATE submissions SET hold = 'maybe-sent'")
    aside.rename(copy)
    home.run("outbox", "run")
    assert home.row()["state"] == "sent-by-person"


def test_a_letter_that_the_person_says_was_sent_left_when_it_was_taken(home: Home) -> None:
    home.die_while_sending()
    assert home.run("outbox", "run").code == 6
    (began,) = (
        event["at"]
        for event in home.run("outbox", "log", "--json").json["result"]["events"]
        if event["kind"] == "sending"
    )
    home.change(
        "UPDATE submissions SET unknown_since = ?", datetime.now(UTC).isoformat(timespec="microseconds")
    )
    assert home.run("outbox", "resolve", "s1", "--sent").code == 0
    assert str(home.row()["sent_at"])[:19] == str(began)[:19]


# --- what is said of a run that cannot work, or of one that has not answered ---------------------------


def test_what_is_wrong_and_what_to_do_stand_in_lines_of_their_own(home: Home) -> None:
    home.arm()
    config = home.box.config.read_text()
    home.box.configure(config.replace("send_command = [", 'send_command = ["msmtp", "-t", '))
    told = home.run("outbox", "run")
    assert told.code == 6
    wrong, cure = told.out.splitlines()[2:4]
    assert wrong.strip().endswith("or not at all.")
    assert cure.strip().startswith("Next: Leave it out: send_command = ")
    row = home.row()
    assert str(row["last_error"]).endswith("or not at all.")
    assert str(row["next"]).startswith("Leave it out: ")


# As flock(2) is on some network mounts: it succeeds for everybody.
NO_LOCK = """
import sys
from bowout import files
from bowout.__main__ import main
files._try = lambda descriptor: True
main()
"""


def test_a_run_that_has_not_answered_is_no_dead_one(home: Home) -> None:
    """The lock does not lock, and the first run is still sending when the second one looks."""
    home.arm()
    os.mkfifo(home.door)
    words = [sys.executable, "-c", NO_LOCK, "outbox", "run", "--config", str(home.box.config)]
    first = subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, **home.env})
    home.door.read_bytes()  # it is at it
    second = subprocess.run(words, stdout=subprocess.PIPE, env={**os.environ, **home.env}, check=False)
    listed = [second.stdout.decode(), home.run("outbox", "list").out, home.run("outbox", "show", "s1").out]
    for told in listed:
        assert "interrupted" not in told
        assert re.search(
            r"a run took it at \d\d:\d\d on \d+ \w+ to send it, and no answer is known yet", told
        )
        assert "Next: wait until" in told
    home.door.write_bytes(b"")
    assert b"sent," in first.communicate()[0]
    assert (home.row()["state"], home.sent) == ("sent", 1)


def test_long_after_no_answer_came_nobody_is_asked_to_wait(home: Home) -> None:
    home.die_while_sending()
    assert "Next: wait until" in home.run("outbox", "run").out
    before = (datetime.now(UTC) - timedelta(minutes=11)).isoformat(timespec="microseconds")
    home.change("UPDATE submissions SET unknown_since = ?", before)
    assert "Next: an empty Sent proves nothing here" in home.run("outbox", "list").out


def test_a_letter_that_was_handed_over_is_not_called_unsent_lightly(home: Home) -> None:
    """The run dies behind the script's yes, before it files the copy: Sent is empty, and they have it."""
    home.die_while_sending()
    home.run("outbox", "run")
    for command in (("cancel", "s1"), ("list",), ("show", "s1")):
        told = home.run("outbox", *command)
        assert "mpty Sent proves nothing here" in told.out + told.err
    early = home.run("outbox", "resolve", "s1", "--not-sent")
    assert (early.code, home.row()["state"]) == (6, "unknown")
    assert re.search(r"Wait until .*\d\d:\d\d.*, and look then, not now: ", early.err)
    assert "Only if it did not: bowout outbox resolve s1 --not-sent" in early.err
    before = (datetime.now(UTC) - timedelta(minutes=11)).isoformat(timespec="microseconds")
    home.change("UPDATE submissions SET unknown_since = ?", before)
    late = home.run("outbox", "resolve", "s1", "--not-sent")
    assert late.code == 0
    assert "retry sends it a second time" in late.out
    assert home.sent == 1


def test_that_it_was_sent_may_be_said_at_once(home: Home) -> None:
    home.die_while_sending()
    home.run("outbox", "run")
    assert home.run("outbox", "resolve", "s1", "--sent").code == 0
    assert home.row()["state"] == "sent"


@pytest.mark.parametrize(("code", "state"), [(69, "held"), (1, "unknown")])
def test_what_the_script_complains_is_quoted(home: Home, code: int, state: str) -> None:
    home.complains("mail: one\nsmtp: 550 5.1.1 no such \x1b[31muser")
    home.answers(code)
    home.arm()
    home.run("outbox", "run")
    told = home.run("outbox", "show", "s1").out
    assert home.row()["state"] == state
    assert 'It said: "smtp: 550 5.1.1 no such' in " ".join(told.split())
    assert "\x1b[31m" not in told
    assert "mail: one" not in told


def test_another_home_cannot_call_unsent_what_this_one_is_sending(home: Home, tmp_path: Path) -> None:
    """The home is copied with the Maildir by its path, and the first run is still at it."""
    home.arm()
    copied = tmp_path / "copied"
    shutil.copytree(home.box.root / "data", copied / "data")
    os.mkfifo(home.door)
    words = [BOWOUT, "outbox", "run", "--config", str(home.box.config)]
    first = subprocess.Popen(words, env={**os.environ, **home.env})
    home.door.read_bytes()
    there = copied / "config.toml"
    told = home.box.config.read_text().replace('data_dir = "data"', f'data_dir = "{copied / "data"}"')
    there.write_text(
        told.replace('path = "', f'path = "{home.box.root}/') if 'path = "/' not in told else told
    )
    there.chmod(0o600)
    env = {**os.environ, **home.env, "XDG_STATE_HOME": str(copied / "state")}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BOWOUT, *command, "--config", str(there), "--no-input"],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    run("outbox", "adopt")
    run("outbox", "run")
    refused = run("outbox", "resolve", "s1", "--not-sent")
    home.door.write_bytes(b"")
    first.wait()
    assert refused.returncode == 6
    assert "Wait until" in refused.stderr
    assert (home.row()["state"], home.sent, len(home.outside())) == ("sent", 1, 0)


# --- a draft that was copied ---------------------------------------------------------------------------


@pytest.mark.parametrize("copies", [1, 2])
def test_the_copy_of_a_sent_draft_is_told_until_it_is_gone(home: Home, copies: int) -> None:
    home.arm()
    (draft,) = home.box.drafts()
    made = [draft.with_name(f"{number}.copy:2,DS") for number in range(copies)]
    for copy in made:
        shutil.copy(draft, copy)
    ran = home.run("outbox", "run")
    assert "another copy of it lay in Drafts when it was sent" in ran.out
    assert "Next: delete that copy" in ran.out
    assert (home.sent, {*home.box.drafts()}) == (1, {*made})
    told = home.run("status").out
    assert "Sent. A copy of the letter still lies in Drafts." in " ".join(told.split())
    for copy in made:
        copy.unlink()
    assert "copy" not in home.run("status").out


def test_nothing_is_told_of_a_copy_where_there_is_none(home: Home) -> None:
    home.arm()
    assert "copy" not in home.run("outbox", "run").out
    assert home.sent == 1


@pytest.mark.parametrize("sent_first", [False, True], ids=["armed before", "sent before"])
def test_a_draft_whose_copy_was_sent_by_hand_is_not_urged_or_sent(home: Home, sent_first: bool) -> None:
    (draft,) = home.box.drafts()
    if not sent_first:
        home.arm()
    shutil.copy(draft, home.box.mail / ".Sent" / "cur" / "9.hand:2,S")
    told = " ".join(home.run("status").out.split())
    assert "Sent. A copy of the letter still lies in Drafts." in told
    assert "read it and send it" not in told
    assert home.run("draft", "acme").code == 6
    if sent_first:
        assert home.run("send", "w1", "--at", "in 1 hour", "--yes").code == 6
    home.run("outbox", "run")
    assert (home.sent, home.box.drafts()) == (0, [draft])


@pytest.mark.parametrize("folder", [".Trash", ".Junk"])
def test_a_letter_that_went_by_a_server_is_sent_though_its_copy_was_thrown_away(
    home: Home, folder: str
) -> None:
    home.arm()
    (draft,) = home.box.drafts()
    for part in ("cur", "new", "tmp"):
        (home.box.mail / folder / part).mkdir(parents=True, exist_ok=True)
    copy = home.box.mail / folder / "cur" / "9.hand:2,S"
    copy.write_bytes(b"Received: from here by there; Mon, 23 Nov 2026 10:00:00 +0000\n" + draft.read_bytes())
    draft.unlink()
    assert "Sent" in home.run("status").out
    home.run("outbox", "run")
    assert (home.sent, home.row()["state"]) == (0, "sent-by-person")


# --- cures that lead on ---------------------------------------------------------------------------------


def lose_draft_to_a_copy(home: Home) -> None:
    """The draft is gone, and what another program fetched into "All Mail" may be it or the sent mail."""
    (draft,) = home.box.drafts()
    folder = home.box.mail / ".[Gmail].All Mail"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    shutil.move(draft, folder / "cur" / "9.copy:2,S")
    assert home.run("outbox", "run").code == 6
    assert home.row()["hold"] == "maybe-sent"


def printed(told: Done) -> list[list[str]]:
    """The commands of bowout's that a message holds."""
    found: list[str] = re.findall(r"bowout ((?:[a-z]+ )+[sw]1(?: --[a-z-]+)*)", told.out + told.err)
    return [one.split() for one in found]


def test_that_a_lost_draft_was_not_sent_is_believed_and_the_cure_leads_on(home: Home) -> None:
    home.arm()
    lose_draft_to_a_copy(home)
    assert home.run("outbox", "resolve", "s1", "--not-sent").code == 0
    told = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes")
    assert "The draft is gone, and you said that it was not sent" in told.err
    cures = printed(told)
    assert cures == [["outbox", "cancel", "s1"], ["draft", "w1", "--force"]]
    for cure in cures:
        assert home.run(*cure).code == 0
    assert home.run("send", "w1", "--yes").code == 0
    assert home.sent == 1


@pytest.mark.parametrize("deleted", [True, False], ids=["deleted", "not sent"])
def test_retry_arms_the_draft_that_took_the_place_of_a_lost_one(home: Home, deleted: bool) -> None:
    home.arm()
    if deleted:
        home.run("outbox", "hold", "s1")
        home.box.drafts()[0].unlink()
        assert home.run("draft", "w1").code == 0
    else:
        lose_draft_to_a_copy(home)
        assert home.run("outbox", "resolve", "s1", "--not-sent").code == 0
        assert home.run("draft", "w1", "--force").code == 0
    dry = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes", "--dry-run")
    assert (dry.code, home.row()["state"]) == (0, "held")
    told = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes")
    assert "Armed as s2" in told.out
    assert "s1 is cancelled" in told.out
    assert home.row()["state"] == "cancelled"
    due = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="microseconds")
    home.change("UPDATE submissions SET due = ?, wall = NULL", due)
    assert home.run("outbox", "run").code == 0
    assert home.sent == 1


def test_without_the_persons_word_a_new_draft_is_no_reason_to_send_again(home: Home) -> None:
    home.arm()
    lose_draft_to_a_copy(home)
    assert home.run("draft", "w1", "--force").code == 0
    told = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes")
    assert (told.code, home.row()["hold"]) == (6, "maybe-sent")
    assert "bowout outbox resolve s1 --sent" in told.err


def test_a_promise_of_the_newer_draft_is_left_alone(home: Home) -> None:
    home.arm()
    home.run("outbox", "hold", "s1")
    home.box.drafts()[0].unlink()
    assert home.run("draft", "w1").code == 0
    assert home.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
    told = home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes")
    assert "s2 promises the one that took its place" in told.err
    assert printed(told) == [["outbox", "cancel", "s1"]]


def test_that_it_may_have_been_sent_is_said_before_its_time(home: Home) -> None:
    home.arm()
    lose_draft_to_a_copy(home)
    told = home.run("outbox", "retry", "s1")
    assert told.code == 6
    assert "it may have been sent" in told.err
    assert "--at" not in told.err


def test_that_it_lies_in_sent_is_said_before_its_time(home: Home) -> None:
    home.arm()
    (draft,) = home.box.drafts()
    shutil.copy(draft, home.box.mail / ".Sent" / "cur" / "9.hand:2,S")
    home.run("outbox", "run")
    told = home.run("outbox", "retry", "s1")
    assert (told.code, printed(told)) == (6, [["outbox", "resolve", "s1", "--sent"]])
    assert home.run("outbox", "resolve", "s1", "--sent").code == 0


def test_what_only_its_time_stops_asks_for_a_new_one(home: Home) -> None:
    home.arm()
    home.run("outbox", "hold", "s1")
    told = home.run("outbox", "retry", "s1")
    assert (told.code, "--at 'in 10 minutes'" in told.err) == (2, True)


def test_the_cure_for_a_missing_account_brings_it_back_first(home: Home) -> None:
    home.arm()
    config = home.box.config.read_text()
    name = str(home.row()["account"])
    home.box.configure(config.replace(name, "work"))
    told = home.run("outbox", "run").out
    assert f"Next: put the account {name} back into the configuration, then: bowout outbox retry s1" in told
    home.box.configure(config)
    assert home.run("outbox", "retry", "s1", "--at", "in 1 hour", "--yes").code == 0


def test_a_copied_home_is_told_to_look_at_the_other_one_first(home: Home) -> None:
    home.arm()
    home.change("UPDATE submissions SET snapshot = json_set(snapshot, '$.mailbox_id', ?)", "another")
    told = home.run("outbox", "run").out
    assert home.row()["hold"] == "other-mailbox"
    first, then = (line.strip() for line in told.splitlines() if "Next:" in line)
    assert first == "Next: if this home is a copy of another one, look first whether that one sent it"
    assert "bowout outbox retry s1" in then


# --- what is said of the past ---------------------------------------------------------------------------


def test_a_draft_that_was_moved_to_another_folder_comes_back_as_the_cure_says(home: Home) -> None:
    home.arm()
    (draft,) = home.box.drafts()
    moved = draft.rename(home.box.mail / ".Archive" / "cur" / draft.name)
    home.run("outbox", "run")
    told = home.run("draft", "w1", "--yes")
    assert (told.code, "Move it back into Drafts" in told.err) == (6, True)
    moved.rename(draft)
    assert "The draft waits in the thread, as bowout wrote it." in home.run("status").out
    assert home.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
    assert (home.box.drafts(), home.sent) == ([draft], 0)


def test_a_draft_that_was_moved_is_not_called_deleted(home: Home) -> None:
    (draft,) = home.box.drafts()
    folder = home.box.mail / ".Trash"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    draft.rename(folder / "cur" / draft.name)
    gone = "draft was deleted or moved out of Drafts"
    assert gone in " ".join(home.run("status").out.split())
    assert gone in home.run("send", "w1", "--at", "in 1 hour", "--yes").err


def test_nothing_of_the_past_is_said_to_be_still_to_come(home: Home) -> None:
    assert home.run("send", "w1", "--yes").code == 0
    ahead = datetime.now(UTC) + timedelta(days=2, hours=1)
    home.change("UPDATE drafts SET sent_at = ?", ahead.isoformat(timespec="microseconds"))
    home.change("UPDATE withdrawals SET created_at = ?", ahead.isoformat(timespec="microseconds"))
    told = " ".join(home.run("status").out.split())
    assert re.search(
        rf"It left on \w+ {ahead.astimezone(ZoneInfo('Europe/Berlin')).day} \w+ {ahead.year}", told
    )
    assert "begun on " in told
    assert "It left in" not in told
    assert "begun in" not in told


def test_one_thing_is_said_of_a_sent_letter_whose_copy_cannot_be_filed(home: Home) -> None:
    home.arm()
    sent = home.box.mail / ".Sent" / "tmp"
    sent.rmdir()
    sent.write_text("no folder")
    told = home.run("outbox", "run")
    assert (told.code, home.sent) == (6, 1)
    assert "The letter was sent; only its copy could not be put into Sent (" in told.out
    assert told.out.count("Next:") == 1
    assert "Next: nothing to send again: every run tries to put the copy there" in told.out
    assert "run the command again" not in told.out
    assert "mailbox is as it was" not in told.out
    assert "The draft could not" not in told.out
    sent.unlink()
    sent.mkdir()
    assert home.run("outbox", "run").code == 0
    assert (home.outside(), home.row()["state"], home.sent) == ([], "sent", 1)
