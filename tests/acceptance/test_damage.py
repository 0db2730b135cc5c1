"""Records that cannot be read, whole or in part: said plainly by every command, with a cure that runs."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acceptance.harness import BOWOUT, Box, run
from bowout.journal.store import Store

COMMANDS = [
    ("status",),
    ("outbox",),
    ("outbox", "run"),
    ("outbox", "cancel", "s1"),
    ("draft", "acme"),
    ("send", "acme", "--yes"),
    ("confirm", "acme"),
    ("call", "acme"),
    ("check", "--draft", "w1"),
    ("forget", "w1", "--yes"),
]


@pytest.fixture
def drafted(box: Box) -> Box:
    """The letter to Acme is drafted and armed, that to Morgenrot is drafted."""
    box.configure(box.config.read_text(encoding="utf-8") + "allow_send = true\nsend_command = 'true'\n")
    assert box.run("draft", "acme", "--reason", "accepted-offer").code == 0
    assert box.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
    assert box.run("draft", "morgenrot").code == 0
    return box


def database(box: Box) -> Path:
    return box.root / "data" / "bowout.db"


def change(box: Box, sql: str) -> None:
    with closing(sqlite3.connect(database(box))) as journal:
        journal.execute(sql)
        journal.commit()


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def text(path: Path) -> None:
    path.write_bytes(b"this is not a database" * 100)


def stump(path: Path) -> None:
    path.write_bytes(b"SQLite")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_a_column(path: Path) -> None:
    with closing(sqlite3.connect(path)) as journal:
        for name in ("withdrawals", "submissions"):
            journal.execute(f"ALTER TABLE {name} RENAME COLUMN account TO konto")
        journal.commit()


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as journal:
        journal.execute("CREATE TABLE theirs (id)")
        journal.commit()


@pytest.mark.parametrize("broken", [truncated, text, stump, folder, without_a_column, of_another_program])
def test_every_command_says_that_the_records_cannot_be_read(
    drafted: Box, broken: Callable[[Path], None]
) -> None:
    broken(database(drafted))
    before = drafted.files()
    reads_no_row = broken is without_a_column
    for command in (*COMMANDS, *([] if reads_no_row else [("find", "acme")])):
        done = drafted.run(*command)
        assert (done.code, done.out) == (1, ""), (command, done)
        assert "bowout.db" in done.err
        assert any(says in done.err for says in ("is damaged", "not a database", "not a file")), done.err
        assert "move it away" in done.err, done.err
    assert drafted.files() == before


def test_a_withdrawal_that_cannot_be_read_hides_and_stops_nothing_else(drafted: Box) -> None:
    change(drafted, "UPDATE withdrawals SET reason = 'magic' WHERE id = 1")
    told = drafted.run("status")
    assert told.code == 0
    assert "w1 is damaged" in told.out
    assert "w2" in told.out
    assert "move it away" in told.err
    shown = drafted.run("status", "--json").json
    assert [row["name"] for row in shown["result"]["damaged"]] == ["w1"]
    assert [row["withdrawal"] for row in shown["result"]["withdrawals"]] == ["w2"]
    for command in (("draft", "acme"), ("send", "w1"), ("confirm", "acme"), ("forget", "w1", "--yes")):
        done = drafted.run(*command)
        assert (done.code, "w1 is damaged" in done.err) == (1, True), done
    assert drafted.run("send", "w2", "--at", "in 2 hours", "--yes").code == 0
    assert "s1" in drafted.run("outbox").out


@pytest.mark.parametrize("change_", ["withdrawals SET reason", "drafts SET state"])
def test_what_an_armed_letter_rests_on_is_told_by_the_run_before_it_is_due(
    drafted: Box, change_: str
) -> None:
    change(drafted, f"UPDATE {change_} = 'magic' WHERE id = 1")
    ran = drafted.run("outbox", "run")
    assert ran.code == 6
    assert "1 is damaged" in ran.out or "1 of w1 is damaged" in ran.out


def test_a_run_finds_damage_in_a_part_that_it_does_not_need(drafted: Box) -> None:
    path = database(drafted)
    content = bytearray(path.read_bytes())
    assert len(content) > 16 * 4096
    content[8 * 4096 : 12 * 4096] = b"\xa5" * (4 * 4096)
    path.write_bytes(content)
    assert drafted.run("outbox", "run").code == 1


def test_records_without_a_name_are_damaged_and_not_gone(drafted: Box) -> None:
    change(drafted, "DELETE FROM identity")
    for command in (("status",), ("outbox", "run"), ("outbox", "adopt")):
        done = drafted.run(*command)
        assert (done.code, "does not know which store it is" in done.err) == (1, True), done


@pytest.mark.parametrize("change_", ["drafts SET state", "calls SET outcome"])
def test_a_record_of_a_withdrawal_that_cannot_be_read_is_told_with_it(drafted: Box, change_: str) -> None:
    drafted.run("call", "w1", "--outcome", "spoke")
    change(drafted, f"UPDATE {change_} = 'magic' WHERE id = 1")
    told = drafted.run("status")
    assert told.code == 0
    assert "1 of w1 is damaged" in told.out
    assert "The draft waits in the thread" in told.out  # of the other one
    assert "move it away" in told.err


def test_a_submission_that_cannot_be_read_needs_the_person_until_they_let_it_go(
    drafted: Box, notifier: Path
) -> None:
    change(drafted, "UPDATE submissions SET due = 'soon'")
    assert drafted.run("send", "w2", "--at", "in 2 hours", "--yes").code == 0
    ran = drafted.run("outbox", "run", "--json")
    assert ran.code == 6
    assert [row["name"] for row in ran.json["result"]["damaged"]] == ["s1"]
    listed = drafted.run("outbox").out
    assert "s1 is damaged" in listed
    assert "s2" in listed
    assert "s1 is damaged" in drafted.run("status").out
    drafted.run("outbox", "cancel", "s1", "--dry-run")
    assert drafted.run("outbox", "run").code == 6
    (command,) = [line.rpartition(": bowout ")[2] for line in listed.splitlines() if "let it go" in line]
    assert drafted.run(*command.split()).code == 0
    assert drafted.run("outbox", "run").code == 0
    assert "s1 is damaged" in drafted.run("outbox", "list", "--all").out


def test_a_directory_of_records_that_is_a_link_is_refused_until_the_printed_command_ran(drafted: Box) -> None:
    data = database(drafted).parent
    data.rename(data.with_name("elsewhere"))
    data.symlink_to(data.with_name("elsewhere"))
    refused = drafted.run("status")
    assert (refused.code, "is a link" in refused.err) == (1, True)
    cure = refused.err.splitlines()[-1].partition(": ")[2]
    subprocess.run(["/bin/sh", "-c", cure], check=True)
    assert drafted.run("status").code == 0


def test_a_config_that_is_a_pipe_is_not_waited_for(box: Box) -> None:
    box.config.unlink()
    os.mkfifo(box.config)
    done = box.run("status")
    assert (done.code, "neither a file nor a link" in done.err) == (2, True)


# --- the cures ------------------------------------------------------------------------------------


def cured(box: Box, message: str) -> str:
    """Run the command that the message ends with, as it is printed; what that says."""
    env = {**os.environ, "BOWOUT_CONFIG": str(box.config)}
    env["PATH"] = f"{Path(BOWOUT).parent}{os.pathsep}{env['PATH']}"
    cure = message.strip().splitlines()[-1].rpartition(": ")[2]
    return subprocess.run(
        ["/bin/sh", "-c", cure], env=env, cwd="/", check=True, capture_output=True, text=True
    ).stdout


def deleted(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def emptied_beside_its_log(path: Path) -> None:
    path.write_bytes(b"")
    path.with_name("bowout.db-wal").write_bytes(b"what was written last" * 100)


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def all_deleted(path: Path) -> None:
    shutil.rmtree(path.parent)


BROKEN = [deleted, emptied, emptied_beside_its_log, halved, text, folder, all_deleted]


@pytest.fixture
def spaced(box: Box) -> Box:
    """As ``drafted``, in a folder whose name a shell would split, with a copy of before it was armed."""
    box.root = box.root.rename(box.root.with_name("my box"))
    box.mail, box.config = box.root / "mail", box.root / "config.toml"
    sends = f'send_command = ["/usr/bin/tee", "-a", "{box.root / "sent"}"]\n'
    box.configure(box.config.read_text(encoding="utf-8") + "allow_send = true\n" + sends)
    assert box.run("draft", "acme", "--reason", "accepted-offer").code == 0
    shutil.copy(database(box), box.root / "before.db")
    assert box.run("send", "w1", "--at", "in 2 hours", "--yes").code == 0
    return box


@pytest.mark.parametrize("with_copy", [False, True], ids=["no copy", "a copy"])
@pytest.mark.parametrize("broken", BROKEN)
def test_the_printed_command_alone_leads_to_records_that_work(
    spaced: Box, broken: Callable[[Path], None], with_copy: bool
) -> None:
    if with_copy:
        (spaced.root / "data" / "backups").mkdir(mode=0o700)
        shutil.copy(spaced.root / "before.db", spaced.root / "data" / "backups" / "bowout-v3.db")
    mails = spaced.files()
    broken(database(spaced))
    told = spaced.run("status")
    assert told.code in (1, 6)
    said = cured(spaced, told.err)
    assert "They do not hold s1 for " in said
    assert "Look into Sent" in said
    for command in (("status",), ("outbox",), ("outbox", "run"), ("find", "acme")):
        done = spaced.run(*command)
        assert (done.code, done.err) == (0, ""), (command, done)
    knows = with_copy and broken is not all_deleted
    assert ("w1" in spaced.run("status").out) is knows
    if not knows:  # the draft that nobody remembers is left alone
        refused = spaced.run("draft", "acme", "--json")
        assert refused.json["error"]["code"] == "foreign-draft"
    assert spaced.files() == mails
    assert not (spaced.root / "sent").exists()
    if broken in (emptied_beside_its_log, halved, text):
        assert any((spaced.root / "data" / "damaged-1").iterdir())


@pytest.mark.parametrize("is_link", [False, True], ids=["as it is", "through a link"])
def test_records_of_yesterday_are_said_by_every_command_until_the_printed_one_ran(
    spaced: Box, is_link: bool, notifier: Path
) -> None:
    data = spaced.root / "data"
    if is_link:
        real = data.rename(spaced.root / "elsewhere")
        data.symlink_to(real)
        cured(spaced, spaced.run("status").err)
    shutil.copy(spaced.root / "before.db", database(spaced))
    for command in (("status",), ("outbox",), ("outbox", "log"), ("find", "acme")):
        done = spaced.run(*command)
        assert done.code == 0, done
        assert "is an older copy" in done.err, done
        assert "Scheduled in the newer one: s1 for " in done.err
    refused = spaced.run("draft", "acme")
    assert (refused.code, "bowout outbox adopt" in refused.err) == (6, True)
    ran = spaced.run("outbox", "run", "--json")
    assert (ran.code, "older copy" in ran.json["warnings"][0]) == (6, True)
    rehearsed = spaced.run("outbox", "adopt", "--dry-run").out
    said = cured(spaced, spaced.run("status").err)
    assert "They do not hold s1 for " in said
    assert said.splitlines()[1:] == rehearsed.splitlines()[1:]
    ran = spaced.run("outbox", "run")
    assert (ran.code, ran.err) == (0, "")
    assert not (spaced.root / "sent").exists()


def test_records_without_their_twin_are_told_by_what_is_known(spaced: Box, home: Path) -> None:
    (twin,) = (home / ".local" / "state" / "bowout").iterdir()
    twin.unlink()
    told = spaced.run("status")
    assert (told.code, "Nothing proves that bowout.db is the newest one" in told.err) == (0, True)
    said = cured(spaced, told.err)
    assert "Which one is not known" in said
    assert "bowout outbox list" in said  # where s1 is held now
    assert spaced.run("outbox", "list", "--json").json["result"]["submissions"][0]["hold"] == "older-store"
    assert spaced.run("status").err == ""


def not_almighty() -> None:
    """In the child: root is bound by the modes of its own files too, as all are (capabilities(7))."""
    if os.geteuid() == 0 and sys.platform == "linux":
        drop, passing_over_modes = 24, 1
        ctypes.CDLL(None).prctl(drop, passing_over_modes, 0, 0, 0)


def made_read_only(home: Path) -> Path:
    """The state directory and the twin in it; answers with the twin."""
    (twin,) = (home / ".local" / "state" / "bowout").iterdir()
    twin.chmod(0o400)
    twin.parent.chmod(0o500)
    return twin


def test_records_whose_twin_can_only_be_read_are_not_called_old_and_nothing_is_changed(
    spaced: Box, home: Path
) -> None:
    twin = made_read_only(home)
    before, mails = database(spaced).read_bytes(), spaced.files()
    asked = (("status",), ("outbox",), ("outbox", "show", "s1"))
    changes: tuple[tuple[str, ...], ...] = (("outbox", "run"), ("outbox", "adopt"), ("forget", "w1", "--yes"))
    changes += tuple(("outbox", one, "s1") for one in ("hold", "cancel", "retry"))
    changes += (("outbox", "resolve", "s1", "--not-sent"),)
    for command, code in (*((one, 0) for one in asked), *((one, 1) for one in changes)):
        told = run(*command, env={"BOWOUT_CONFIG": str(spaced.config)}, before=not_almighty)
        assert told.code == code, (command, told)
        assert "cannot be written (Permission denied), so nothing is changed or sent" in told.err, told
        assert "newest" not in told.err, told
        assert "older" not in told.err, told
        assert "adopt" not in told.out + told.err, told
    assert (database(spaced).read_bytes(), spaced.files()) == (before, mails)
    cured(spaced, told.err)
    assert (twin.stat().st_mode & 0o777, twin.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    ran = spaced.run("outbox", "run")
    assert (ran.code, ran.err) == (0, "")
    assert spaced.run("outbox", "list", "--json").json["result"]["submissions"][0]["state"] == "armed"


def test_adopt_that_cannot_write_the_twin_changes_nothing(spaced: Box, home: Path) -> None:
    state = home / ".local" / "state" / "bowout"
    (twin,) = state.iterdir()
    twin.unlink()
    state.chmod(0o500)
    before = database(spaced).read_bytes()
    told = run("outbox", "adopt", env={"BOWOUT_CONFIG": str(spaced.config)}, before=not_almighty)
    assert (told.code, "cannot be written" in told.err) == (1, True)
    assert database(spaced).read_bytes() == before
    cured(spaced, told.err)
    assert "Nothing proves" in spaced.run("status").err
    assert spaced.run("outbox", "adopt").code == 0
    assert spaced.run("status").err == ""


def test_adopting_records_of_another_home_names_the_letters_that_the_error_named(
    spaced: Box, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "theirs", lambda: datetime.now(UTC), state_dir=tmp_path / "state") as theirs:
        theirs.log("store", "written")
    shutil.copy(tmp_path / "theirs" / "bowout.db", database(spaced))
    told = spaced.run("status")
    assert (told.code, "is another one" in told.err) == (6, True)
    named = told.err.partition("Scheduled in them: ")[2].partition(".")[0]
    assert named.startswith("s1 for ")
    adopted = spaced.run("outbox", "adopt", "--json").json["result"]
    assert [one["label"] for one in adopted["forgotten"]] == ["s1"]


def test_what_is_scheduled_no_more_is_not_told_as_lost(spaced: Box) -> None:
    assert spaced.run("outbox", "cancel", "s1").code == 0
    database(spaced).unlink()
    told = spaced.run("status").err
    assert "Scheduled in them" not in told
    assert "s1" not in cured(spaced, told)


# --- records that are gone ------------------------------------------------------------------------


def test_records_that_are_gone_are_said_by_every_command_until_the_person_goes_on(
    drafted: Box, notifier: Path
) -> None:
    database(drafted).unlink()
    before = drafted.files()
    for command in (*COMMANDS, ("find", "acme")):
        done = drafted.run(*command)
        assert (done.code, done.out) == (6, ""), (command, done)
        assert "bowout.db is gone" in done.err
    ran = drafted.run("outbox", "run", "--json")
    assert (ran.code, ran.json["error"]["code"]) == (6, "records-gone")
    assert drafted.files() == before
    cure = ran.json["error"]["next"].rpartition(": bowout ")[2].split()
    assert drafted.run(*cure, "--dry-run").code == 0
    assert drafted.run("outbox").code == 6
    assert drafted.run(*cure).code == 0
    assert drafted.run("outbox", "run").code == 0
    assert "No withdrawals yet" in drafted.run("status").out


def test_a_first_run_misses_nothing(box: Box) -> None:
    assert box.run("outbox", "run").out == "Nothing is due.\n"
    assert box.run("status").code == 0
