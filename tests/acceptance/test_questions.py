"""Whoever says no to a question, or presses Ctrl-C there, or is refused, has everything as it was before.

The questions are listed by where the program asks them, and the commands by their names: a new one of either
has to be added here. What is compared: every file of the mailbox and of bowout's folders byte for byte, and
the journal row by row, since SQLite moves its pages about when a database is only read.
"""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import click
import pytest

from acceptance.harness import Box
from acceptance.terminal import Terminal
from bowout.cli import COMMANDS, app
from gmail_kit import signed_in
from integration.test_outlook_commands import Desk, sent
from servers.gmail import GmailServer
from servers.graph import GraphServer

CLI = Path(__file__).resolve().parents[2] / "src" / "bowout" / "cli"
# Asked in the middle of a sign-in, in the browser's turn: nothing of the person's is touched before it ends.
ELSEWHERE = {"account:ask": "tests/integration/test_gmail_sign_in.py"}
ASKS_NOTHING = {
    *("demo", "explain", "find", "status", "account list", "account test", "config path", "config show"),
    *("letters list", "letters show", "letters preview", "letters copy", "letters lint"),
    *("outbox adopt", "outbox cancel", "outbox hold", "outbox install", "outbox list", "outbox log"),
    *("outbox resolve", "outbox run", "outbox show", "outbox uninstall"),
}


def rows(database: Path) -> list[str]:
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as journal:
        return list(journal.iterdump())


def everything(root: Path) -> tuple[dict[str, bytes], list[str]]:
    """What a no must leave alone; a lock file holds nothing."""
    files = {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith("bowout.db") and path.suffix != ".lock"
    }
    return files, rows(root / "data" / "bowout.db")


def tree(root: Path) -> dict[str, bytes | None]:
    """Every file and every directory, byte for byte."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


# --- what was done before -----------------------------------------------------------------------------


def drafted(box: Box) -> None:
    assert box.run("draft", "acme").code == 0


def edited(box: Box) -> None:
    drafted(box)
    box.edit_draft(b"Dana", b"dear Dana")


def may_send(box: Box) -> None:
    box.configure(box.config.read_text("utf-8") + 'allow_send = true\nsend_command = ["/bin/false"]\n')
    drafted(box)


def called(box: Box) -> None:
    may_send(box)
    assert box.run("call", "acme", "--outcome", "spoke").code == 0


def armed(box: Box) -> None:
    may_send(box)
    assert box.run("send", "w1", "--at", "in 3 hours", "--yes").code == 0


def said_since(box: Box) -> None:
    called(box)
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=2)).encode()
    sent_copy = next((box.mail / ".Sent" / "cur").glob(path.name.partition(":")[0] + "*"))
    sent_copy.write_bytes(re.sub(rb"(?m)^Date: .*$", b"Date: " + later, sent_copy.read_bytes(), count=1))


def two_recorded(box: Box) -> None:
    found = box.run("find", "harbor", "--json").json["result"]["candidates"]
    for thread in (one["thread"] for one in found):
        assert box.run("draft", "--thread", thread.strip("<>"), "--yes").code == 0


def arrives(*head: str, text: str = "shall we say Thursday for the interview?") -> Callable[[Box], None]:
    def deliver(box: Box) -> None:
        lines = (*head, "To: sam.rivera@mailbox.example", f"Date: {format_datetime(datetime.now(UTC))}", "")
        (box.mail / "cur" / "9.news:2,S").write_text("\r\n".join((*lines, text, "")), newline="")

    return deliver


QUARRY = ("From: Rue Poe <rue@quarry.example>", "Message-ID: <q@quarry.example>", "Subject: Thursday")
IN_ACME = ("In-Reply-To: <acme.0@acme.example>", "References: <acme.0@acme.example>")
HUGO = ("From: Hugo Marsh <hugo.marsh@acme.example>", "Subject: Re: Senior Platform Engineer at Acme")
BY_ID = ("--thread", "q@quarry.example")
A_JOB = ("--set", "company=Quarry", "--set", "position=QA")


# --- the questions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """``args`` lead to the question that begins with ``says``, after those that ``answered`` names; ``no`` is
    how one says no there, None = one cannot."""

    site: str
    args: tuple[str, ...]
    says: str
    no: str | None = "n"
    before: Callable[[Box], None] = drafted
    answered: tuple[tuple[str, str], ...] = ()
    ends: str = ": "


def nothing(_box: Box) -> None:
    return


WROTE = (drafted, edited, may_send, called, armed, said_since, two_recorded)  # records are there then
TOLD = (("The call", "spoke"),)
NO_WORDS = (("A sentence of your own", ""),)
LATER = ("--at", "in 2 hours")
QUESTIONS = [
    Question("ask:_agreed", ("draft", "acme"), "Save this draft to", before=nothing, answered=NO_WORDS),
    Question("ask:_agreed", ("draft", "acme", "--reason", "fit"), "Update your draft to"),
    Question("ask:_agreed", ("draft", "acme"), "Keep it?"),
    Question("ask:_agreed", ("draft", "acme", "--force"), "Replace the draft to", before=edited),
    Question(
        "ask:_agreed",
        ("draft", "quarry"),
        "The sender looks suspicious.",
        before=arrives(
            *QUARRY[:2],
            "Subject: Interview",
            "Reply-To: rue@elsewhere.example",
            text="We would like to invite you to an interview for the role of Tester at Quarry.",
        ),
    ),
    Question("ask:_agreed", ("confirm", "w1"), "Save this draft to", before=called),
    Question("ask:_agreed", ("confirm", "w1"), "Save this draft to", answered=TOLD),
    Question("ask:_pick", ("draft", "harbor"), "Which one", "0", nothing),
    Question("ask:_pick", ("call", "harbor"), "Which one", "0", nothing),
    Question("ask:_pick", ("advise", "harbor"), "Which one", "0", nothing),
    Question("ask:settled", ("draft", *BY_ID), "Company", None, arrives(*QUARRY)),
    Question("ask:in_own_words", ("draft", "acme"), "A sentence of your own to add", None, nothing),
    Question(
        "ask:_pick_situation",
        ("draft", *BY_ID, *A_JOB),
        "How far has it come",
        None,
        arrives(*QUARRY[:2], "Subject: Szia", text="Szia Sam!"),
    ),
    Question("ask:_pick_person", ("draft", "acme"), "Who shall get", "0", arrives(*HUGO, *IN_ACME)),
    Question("draft:_each", ("draft", "--each"), "Leave ", "n\n" * 30, nothing),
    Question("confirm:_prepared", ("confirm", "w1"), "Write it all the same?", before=said_since),
    Question("confirm:_prepared", ("confirm", "w1", "--yes"), "Write it all the same?", before=said_since),
    Question("confirm:_call_told", ("confirm", "w1"), "The call", "none"),
    Question("send:agreed", ("confirm", "w1", *LATER), "Send it then", before=called),
    Question("send:agreed", ("confirm", "w1", *LATER), "Send it then", before=may_send, answered=TOLD),
    Question("send:agreed", ("send", "w1", *LATER), "Send it then", before=may_send),
    Question("send:agreed", ("send", "w1"), "Send it now", before=may_send),
    Question(
        "send:agreed",
        ("send", "w1"),
        "Sending in",
        None,
        may_send,
        answered=(("Send it now", "y"),),
        ends="it. ",
    ),
    Question("send:agreed", ("outbox", "retry", "s1", *LATER), "Send it then", before=armed),
    *(
        Question("recorded:named", args, "Which one", None, two_recorded)
        for args in (
            ("send", "harbor"),
            ("confirm", "harbor"),
            ("call", "harbor", "--outcome", "spoke"),
            ("check", "--draft", "harbor"),
            ("decline-invite", "harbor"),
            ("forget", "harbor"),
        )
    ),
    Question("forget:_agreed", ("forget", "w1"), "Remove for good"),
    Question("account:remove", ("account", "remove", "home"), "Forget the sign-in"),
    Question(
        "account:_plan", ("account", "add", "more", *("--provider", "maildir")), "May bowout send", None
    ),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.site} {' '.join(q.args)}")
def test_no_and_ctrl_c_leave_everything_as_it_was(box: Box, question: Question) -> None:
    question.before(box)
    box.run("status")  # what a look learns about our own drafts is written down, whoever looks
    before = everything(box.root)
    for answer in filter(None, (question.no, "\x03")):
        terminal = Terminal(box, *question.args)
        answer_first(terminal, question)
        terminal.until(question.says)
        assert said_no(terminal, question, answer) in ((0, 3, 6) if answer == question.no else (130,))
        assert everything(box.root) == before


def answer_first(terminal: Terminal, question: Question) -> None:
    """Answer what is asked before that question."""
    for says, said in question.answered:
        terminal.until(says)
        terminal.child.sendline(said)


def said_no(terminal: Terminal, question: Question, answer: str) -> int:
    """Answer so, by Ctrl-C or by Ctrl-D; the exit code."""
    if answer == question.no:
        terminal.child.sendline(answer)
        return terminal.code()
    terminal.until(question.ends)  # written by what reads the answer
    if answer == "\x03":
        terminal.interrupt_until_it_ends()
    else:
        terminal.end_input()
    return terminal.code()


@pytest.mark.parametrize(
    "question",
    [question for question in QUESTIONS if question.before not in WROTE],
    ids=lambda q: f"{q.site} {' '.join(q.args)}",
)
def test_no_and_ctrl_c_in_a_new_home_leave_nothing_at_all(box: Box, home: Path, question: Question) -> None:
    question.before(box)
    before = tree(box.root), tree(home)
    for answer in filter(None, (question.no, "\x03", "\x04")):
        terminal = Terminal(box, *question.args)
        answer_first(terminal, question)
        terminal.until(question.says)
        said_no(terminal, question, answer)
        assert (tree(box.root), tree(home)) == before


def test_no_to_the_first_name_of_a_configuration_makes_none(box: Box) -> None:
    box.config.unlink()
    before = everything(box.root)
    terminal = Terminal(box, "account", "add", "more", "--provider", "maildir")
    terminal.until("Your full name, as it stands under a letter: ")
    terminal.interrupt_until_it_ends()
    assert terminal.code() == 130
    assert everything(box.root) == before


def test_no_to_a_declined_invitation_tells_the_organiser_nothing(tmp_path: Path) -> None:
    with GraphServer() as server:
        desk = Desk(server, tmp_path / "config.toml", ("User.Read", "Mail.ReadWrite", "Calendars.ReadWrite"))
        desk.configure()
        sent(desk)
        desk.run("status")
        before = everything(tmp_path), server.declined.copy()
        for stop in (lambda one: one.child.sendline("n"), Terminal.interrupt_until_it_ends):
            data = str(tmp_path / "data")
            terminal = Terminal(desk.config, "decline-invite", "w1", BOWOUT_DATA_DIR=data)
            terminal.until("Decline it now? [y/N]: ")
            stop(terminal)
            assert terminal.code() in (0, 130)
            assert (everything(tmp_path), server.declined) == before


def test_no_passphrase_opens_nothing(tmp_path: Path) -> None:
    with GmailServer() as server:
        signed_in(server, tmp_path / "data")
        config = tmp_path / "config.toml"
        config.write_text(
            '[profile]\nname = "Me Myself"\n[defaults]\ndata_dir = "data"\n[accounts.personal]\n'
            f'provider = "gmail"\naddress = "me@gmail.com"\napi_endpoint = "{server.base}"\n'
        )
        before = everything(tmp_path), dict(server.box.mails)
        terminal = Terminal(config, "draft", "acme", BOWOUT_PASSPHRASE="")
        terminal.until("Passphrase of account personal: ")
        terminal.interrupt_until_it_ends()
        assert terminal.code() == 130
        assert (everything(tmp_path)[0], dict(server.box.mails)) == (before[0][0], before[1])


# --- refusals -----------------------------------------------------------------------------------------


REFUSED: list[tuple[Callable[[Box], None], tuple[str, ...], int]] = [
    (drafted, ("send", "w1", *LATER, "--yes"), 6),  # allow_send is off
    (drafted, ("call", "w1", "--outcome", "spoke", "--decided-on", "some day"), 2),
    (drafted, ("call", "w1", "--outcome", "spoke", "--at", "tomorrow 9am"), 2),
    (drafted, ("draft", "acme", "--reason", "fit", "--decided-on", "some day", "--yes"), 2),
    (edited, ("draft", "acme", "--reason", "fit", "--yes"), 6),
    (called, ("confirm", "w1", "--at", "in 2 seconds ago", "--yes"), 2),
    (called, ("confirm", "w1", "--at", "2020-01-01 10:00", "--yes"), 2),
    (called, ("confirm", "w1", "--letter", "confirm-receipt", *LATER, "--yes"), 6),
    (said_since, ("confirm", "w1", *LATER, "--yes"), 6),
    (armed, ("draft", "acme", "--reason", "fit", "--yes"), 6),
    (armed, ("confirm", "w1", "--letter", "reply-ack", "--yes"), 6),
    (armed, ("outbox", "retry", "s1", "--at", "2020-01-01 10:00", "--yes"), 2),
]


@pytest.mark.parametrize(
    ("before", "args", "code"), REFUSED, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_refusal_leaves_everything_as_it_was(
    box: Box, before: Callable[[Box], None], args: tuple[str, ...], code: int
) -> None:
    before(box)
    box.run("status")
    then = everything(box.root)
    assert box.run(*args, "--json").code == code
    assert everything(box.root) == then


LOOKED: list[tuple[tuple[str, ...], int]] = [
    (("draft", "nobody-knows-them"), 3),
    (("draft", "harbor"), 4),
    (("draft", "--thread", "nowhere@acme.example"), 3),
    (("draft", "acme", "--yes", "--set", "position=TBD"), 6),
    (("confirm", "acme"), 3),
    (("confirm", "acme", *LATER, "--yes"), 3),
    (("call", "acme", "--dry-run"), 0),
    (("call", "nobody-knows-them", "--outcome", "spoke"), 3),
    (("send", "acme", "--yes"), 3),
    (("send", "w1", *LATER, "--yes"), 3),
    (("decline-invite", "acme"), 3),
    (("forget", "w1", "--yes"), 3),
    (("check", "--draft", "w1"), 3),
    (("advise", "acme"), 0),
    (("find", "acme"), 0),
    (("find",), 0),
    (("status",), 0),
    (("status", "--reasons"), 0),
    (("outbox",), 0),
    (("outbox", "list", "--all"), 0),
    (("outbox", "log"), 0),
    (("outbox", "run", "--dry-run"), 0),
    (("outbox", "adopt", "--dry-run"), 0),
    *((("outbox", name, "s1"), 3) for name in ("show", "cancel", "hold", "retry")),
    (("outbox", "resolve", "s1", "--sent"), 3),
]


@pytest.mark.parametrize(("args", "code"), LOOKED, ids=str)
def test_a_look_and_a_refusal_in_a_new_home_leave_nothing_at_all(
    box: Box, home: Path, args: tuple[str, ...], code: int
) -> None:
    before = tree(box.root), tree(home)
    assert box.run(*args, "--json").code == code
    assert (tree(box.root), tree(home)) == before


# --- none is missing ----------------------------------------------------------------------------------


def sites() -> Iterator[str]:
    """Where the program asks: ``module:function``."""
    for path in CLI.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in ast.walk(function):
                asks = isinstance(call, ast.Call) and ast.unparse(call.func)
                if asks in ("click.confirm", "click.prompt") and function.name != "_new_passphrase":
                    yield f"{path.stem}:{function.name}"


def leaves(name: str, command: click.Command | None) -> Iterator[str]:
    if isinstance(command, click.Group):
        for below, child in command.commands.items():
            yield from leaves(f"{name} {below}", child)
    else:
        yield name


def test_every_question_of_the_program_is_here() -> None:
    own = {"decline_invite:command", "options:unlock"}  # above, on a mailbox of their own
    assert set(sites()) == {q.site for q in QUESTIONS} | own | set(ELSEWHERE)


def test_every_command_is_here_or_asks_nothing() -> None:
    context = click.Context(app)
    known = {leaf for name in COMMANDS for leaf in leaves(name, app.get_command(context, name))}
    asking = {" ".join(q.args[: 2 if q.args[0] in ("outbox", "account") else 1]) for q in QUESTIONS}
    assert known == asking | ASKS_NOTHING
    assert not asking & ASKS_NOTHING
