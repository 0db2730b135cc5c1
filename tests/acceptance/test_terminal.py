"""bowout on a terminal: it shows, asks once, and can be stopped at any moment."""

from __future__ import annotations

import signal
import stat
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from acceptance.harness import Box, body, read
from acceptance.terminal import Terminal

ESC = "\x1b["


@pytest.fixture
def asked(box: Box) -> Iterator[Terminal]:
    """``bowout draft acme`` that has shown the letter and now asks."""
    terminal = Terminal(box, "draft", "acme", "--reason", "accepted-offer")
    shown = terminal.nothing_to_add()
    assert "withdraw" not in terminal.until("Save this draft to Dana Whitfield, Acme? [Y/n]")
    assert "Dana Whitfield" in shown
    assert "withdraw" in shown
    yield terminal
    terminal.hang_up()


def test_yes_saves_the_draft(box: Box, asked: Terminal) -> None:
    asked.child.sendline("y")
    assert asked.code() == 0
    assert len(box.drafts()) == 1


def test_no_saves_nothing(box: Box, asked: Terminal) -> None:
    before = box.files()
    asked.child.sendline("n")
    assert asked.code() == 0
    assert box.files() == before


def test_ctrl_c_at_the_question_is_130_and_nothing_is_written(box: Box, asked: Terminal) -> None:
    before = box.files()
    asked.until(": ")  # the space is written by what reads the answer
    asked.interrupt_until_it_ends()
    assert asked.code() == 130
    assert "Traceback" not in (asked.child.before or "")
    assert box.files() == before


def test_ctrl_d_at_the_question_is_no(box: Box, asked: Terminal) -> None:
    before = box.files()
    asked.end_input()
    assert asked.code() in (0, 130)
    assert box.files() == before


def test_yes_option_does_not_ask(box: Box) -> None:
    terminal = Terminal(box, "draft", "acme", "--yes", anew=True)
    assert "Save this draft" not in terminal.rest()
    assert terminal.code() == 0
    assert len(box.drafts()) == 1


def test_no_input_never_asks(box: Box) -> None:
    terminal = Terminal(box, "draft", "harbor", "--no-input")
    terminal.rest()
    assert terminal.code() == 4


def test_an_ambiguous_who_is_picked_from_a_list(box: Box) -> None:
    terminal = Terminal(box, "draft", "harbor")
    listed = terminal.until("Which one")
    assert "Tom Okafor" in listed
    assert "Mei Tanaka" in listed
    number = "1" if listed.index("Mei Tanaka") < listed.index("Tom Okafor") else "2"
    terminal.child.sendline(number)
    terminal.nothing_to_add()
    terminal.until("Save this draft to")
    terminal.child.sendline("y")
    assert terminal.code() == 0
    assert "mei.tanaka@harbor.example" in str(box.draft()["To"])


@pytest.mark.parametrize(("answer", "code"), [("1", 0), ("0", 3)])
def test_two_people_who_may_be_meant_are_picked_from_a_list(box: Box, answer: str, code: int) -> None:
    unannounced = (
        b"From: Hugo Marsh <hugo.marsh@acme.example>\r\nTo: sam.rivera@mailbox.example\r\n"
        b"Subject: Re: Senior Platform Engineer at Acme\r\nDate: %s\r\nMessage-ID: <hugo@acme.example>\r\n"
        b"In-Reply-To: <acme.0@acme.example>\r\nReferences: <acme.0@acme.example>\r\n\r\nHappy to meet!\r\n"
    )
    now = format_datetime(datetime.now(UTC)).encode()
    (box.mail / "new" / "1.hugo").write_bytes(unannounced % now)
    terminal = Terminal(box, "draft", "acme")
    listed = terminal.until("Who shall get the letter")
    assert "  1  Hugo Marsh" in listed
    assert "  2  Dana Whitfield" in listed
    terminal.child.sendline(answer)
    if answer == "1":
        terminal.nothing_to_add()
        terminal.until("Save this draft to")
        terminal.child.sendline("y")
    assert terminal.code() == code
    assert [str(read(path)["To"]) for path in box.drafts()] == ["Hugo Marsh <hugo.marsh@acme.example>"][
        : int(answer)
    ]


def test_a_suspicious_sender_is_said_first_and_not_taken_by_enter(box: Box) -> None:
    (box.mail / "cur" / "odd.home:2,S").write_bytes(
        b"From: Rue Poe <rue@quarry.example>\r\nTo: sam.rivera@mailbox.example\r\n"
        b"Reply-To: rue@elsewhere.example\r\nMessage-ID: <odd@quarry.example>\r\nSubject: Interview\r\n"
        b"Date: " + format_datetime(datetime.now(UTC)).encode() + b"\r\n\r\n"
        b"We would like to invite you to an interview for the role of Tester at Quarry.\r\n"
    )
    terminal = Terminal(box, "draft", "quarry")
    shown = terminal.until("The sender looks suspicious. Save a draft to")
    assert shown.index("another domain") < shown.index("Interview")
    terminal.child.sendline("")
    assert terminal.code() == 0
    assert box.drafts() == []


MAYBE = (
    "From: Rue Poe <rue@quarry.example>\r\nTo: sam.rivera@mailbox.example\r\n"
    "Message-ID: <a@quarry.example>\r\nSubject: Thursday\r\nDate: {date}\r\n\r\n"
    "Hi Sam,\r\n\r\nshall we say Thursday for the interview?\r\n\r\nRue\r\n"
)


@pytest.fixture
def maybe(box: Box) -> Box:
    """A mailbox with one thread that may be meant by "quarry", and nothing that makes it certain."""
    text = MAYBE.format(date=format_datetime(datetime.now(UTC)))
    (box.mail / "cur" / "maybe.home:2,S").write_bytes(text.encode())
    assert box.run("draft", "quarry").code == 4
    return box


@pytest.mark.parametrize("options", [(), ("--yes",), ("--reason", "fit")])
@pytest.mark.parametrize(("answer", "saved"), [("y", 1), ("n", 0), ("", 0)])
def test_the_only_one_that_may_be_meant_is_shown_with_its_letter(
    maybe: Box, options: Sequence[str], answer: str, saved: int
) -> None:
    before = maybe.files()
    terminal = Terminal(maybe, "draft", "quarry", "--set", "company=Quarry", "--set", "position=QA", *options)
    shown = terminal.until("Save this draft to Rue Poe, Quarry? [y/N]")
    assert "Which one" not in shown
    assert "Unsure" in shown
    assert "shall we say Thursday" in shown
    assert "Hi Rue" in shown
    terminal.child.sendline(answer)
    assert terminal.code() == 0
    assert len(maybe.drafts()) == saved
    assert saved or maybe.files() == before


def test_a_stage_that_no_mail_tells_is_asked_for_in_one_line(untold: Box) -> None:
    named = ("--thread", "untold@quarry.example", "--set", "company=Quarry", "--set", "position=QA")
    terminal = Terminal(untold, "draft", *named)
    terminal.until("How far has it come (")
    terminal.child.sendline("after-interview")
    terminal.until("Save this draft to Rue Poe, Quarry?")
    terminal.child.sendline("y")
    assert terminal.code() == 0
    assert "conversation" in body(untold.draft()) or "interview" in body(untold.draft())


def test_ctrl_c_at_a_letter_that_nobody_confirmed_leaves_everything(maybe: Box) -> None:
    before = maybe.files()
    terminal = Terminal(maybe, "draft", "quarry", "--set", "company=Quarry", "--set", "position=QA")
    terminal.until("[y/N]: ")
    terminal.interrupt_until_it_ends()
    assert terminal.code() == 130
    assert maybe.files() == before


def test_picking_none_writes_nothing(box: Box) -> None:
    terminal = Terminal(box, "draft", "harbor")
    terminal.until("Which one")
    terminal.child.sendline("0")
    assert terminal.code() == 3
    assert box.drafts() == []


def test_colour_is_for_terminals_and_can_be_refused(box: Box) -> None:
    assert ESC in Terminal(box, "find", "acme").rest()
    assert ESC not in Terminal(box, "find", "acme", NO_COLOR="1").rest()
    assert ESC not in Terminal(box, "find", "acme", TERM="dumb").rest()


@pytest.mark.parametrize("columns", ["10", "1"])
def test_no_window_is_too_narrow(box: Box, columns: str) -> None:
    assert Terminal(box, "draft", "acme", "--reason", "fit", "--yes", COLUMNS=columns).code() == 0
    for args in (
        ("advise", "acme"),
        ("call", "acme"),
        ("find", "--explain"),
        ("status",),
        ("letters", "list"),
        ("letters", "preview", "offer"),
        ("check", "--draft", "w1"),
        ("outbox", "list"),
    ):
        done = box.run(*args, env={"COLUMNS": columns})
        assert (done.code, done.err) == (0, ""), args


def editor(path: Path, script: str) -> str:
    """An $EDITOR that runs these lines of Python on the file it is given."""
    path.write_text(f"#!{sys.executable}\nimport os, signal, sys\nfile = sys.argv[1]\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_letter_can_be_edited_before_it_is_saved(box: Box, tmp_path: Path) -> None:
    replace = "text = open(file).read()\nopen(file, 'w').write(text.replace('Dana', 'dear Dana', 1))"
    terminal = Terminal(box, "draft", "acme", "--edit", EDITOR=editor(tmp_path / "edit", replace))
    terminal.until("Save this draft to")
    terminal.child.sendline("y")
    assert terminal.code() == 0
    assert "dear Dana" in box.drafts()[0].read_text()


@pytest.mark.parametrize("number", [signal.SIGINT], ids=lambda n: n.name)
def test_ctrl_c_in_the_middle_of_the_work_leaves_nothing_behind(
    box: Box, tmp_path: Path, number: signal.Signals
) -> None:
    # The editor runs between reading the mailbox and writing to it; bowout is its parent.
    stop = f"os.kill(os.getppid(), {int(number)})"
    before = box.files()
    terminal = Terminal(box, "draft", "acme", "--edit", EDITOR=editor(tmp_path / "edit", stop))
    assert terminal.code() == 130
    assert box.files() == before
    assert box.run("draft", "acme").code == 0


# --- calls --------------------------------------------------------------------------------------------


def test_confirm_offers_to_log_the_call(box: Box) -> None:
    box.run("draft", "acme")
    terminal = Terminal(box, "confirm", "acme")
    terminal.until("How did it end?")
    terminal.child.sendline("spoke")
    terminal.until("Save this draft to")
    terminal.child.sendline("y")
    assert "after-call" not in terminal.until("Removed")
    assert terminal.code() == 0
    box.draft()
    (known,) = box.run("status", "--json").json["result"]["withdrawals"]
    assert [call["outcome"] for call in known["calls"]] == ["spoke"]


@pytest.mark.parametrize(("answer", "written"), [("n", 0), ("y", 1)])
def test_a_confirmation_of_what_a_letter_has_said_is_asked_about_in_spite_of_yes(
    box: Box, answer: str, written: int
) -> None:
    box.run("draft", "acme")
    box.run("call", "acme", "--outcome", "spoke", "--at", "2 hours ago")
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    terminal = Terminal(box, "confirm", "acme", "--yes")
    assert "(withdrawal) left on" in terminal.until("Write it all the same? [y/N]")
    terminal.child.sendline(answer)
    terminal.rest()
    assert terminal.code() == 0
    assert len(box.drafts()) == written


def test_confirm_without_a_call_leaves_everything(box: Box) -> None:
    box.run("draft", "acme")
    before = box.files()
    terminal = Terminal(box, "confirm", "acme")
    terminal.until("How did it end?")
    terminal.child.sendline("")
    assert terminal.code() == 6
    assert box.files() == before


def test_call_asks_which_of_several_threads(box: Box) -> None:
    terminal = Terminal(box, "call", "harbor")
    terminal.until("Which one")
    terminal.child.sendline("1")
    terminal.until("Say this")
    assert terminal.code() == 0


def test_several_records_are_asked_about(box: Box) -> None:
    box.run("draft", "--thread", "harbor-data.0@harbor.example")
    box.run("draft", "--thread", "harbor-lead.0@harbor.example")
    terminal = Terminal(box, "call", "harbor", "--outcome", "no-answer")
    assert "Data Engineer" in terminal.until("Which one")
    terminal.child.sendline("w2")
    assert "(w2)" in terminal.rest()
    assert box.run("call", "harbor").code == 4  # and where nobody can be asked


def test_forget_asks_first(box: Box) -> None:
    box.run("draft", "acme", "--note", "a secret")
    terminal = Terminal(box, "forget", "acme")
    terminal.until("Remove for good")
    terminal.child.sendline("n")
    assert terminal.code() == 0
    assert "a secret" in box.run("status", "--private").out
