"""The installed command arms, lists, sends over a real SMTP server, and refuses what makes no sense."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest

from acceptance.harness import Box, Done, body, read, run
from servers import smtp


@pytest.fixture
def server(box: Box) -> Iterator[smtp.SmtpServer]:
    """The sample mailbox may send, over a server on this computer; the letter to Acme is drafted."""
    with smtp.running() as running:
        box.configure(
            box.config.read_text(encoding="utf-8")
            + f"allow_send = true\n[accounts.home.smtp]\nhost = '127.0.0.1'\nport = {running.port}\n"
            "security = 'none'\n"
        )
        done = box.run("draft", "acme", "--reason", "accepted-offer")
        assert done.code == 0, done.err
        yield running


def state(box: Box, number: str = "s1") -> str:
    return str(box.run("outbox", "show", number, "--json").json["result"]["state"])


def test_armed_listed_and_nothing_leaves_before(box: Box, server: smtp.SmtpServer) -> None:
    armed = box.run("send", "acme", "--at", "in 2 hours", "--yes")
    assert armed.code == 0, armed.err
    assert "dana.whitfield@acme.example" in armed.out
    assert "Armed as s1" in armed.out
    assert "s1" in box.run("outbox").out
    assert box.run("outbox", "run").code == 0
    assert server.accepted == []
    assert len(box.drafts()) == 1
    told = box.run("status").out
    assert "armed (s1)" in told
    refused = box.run("draft", "acme", "--force")
    assert refused.code == 6
    assert "outbox cancel s1" in refused.err


def test_their_newest_words_are_shown_where_a_letter_is_armed(box: Box, server: smtp.SmtpServer) -> None:
    for args in (
        ("send", "acme", "--at", "in 2 hours", "--dry-run"),
        ("send", "acme", "--at", "in 2 hours", "--yes"),
        ("outbox", "retry", "s1", "--at", "in 3 hours", "--yes"),
    ):
        told = box.run(*args).out
        assert re.search(r'^They     \w{3} \d+ \w{3}: "lovely, then let us say', told, re.MULTILINE), args
        newest = box.run(*args, "--json").json["result"]["newest"]
        assert newest["from"] == "dana.whitfield@acme.example"
        assert newest["text"].startswith("lovely, then")
        assert datetime.fromisoformat(newest["date"]).tzinfo is not None


def test_sent_now_through_a_real_server(box: Box, server: smtp.SmtpServer) -> None:
    letter = body(box.draft())
    done = box.run("send", "w1", "--yes", "--json")
    assert done.code == 0, done.out
    assert done.json["result"]["state"] == "sent"
    (mail,) = server.accepted
    assert (mail.sender, mail.recipients) == ("sam.rivera@mailbox.example", ("dana.whitfield@acme.example",))
    sent = message_from_bytes(mail.raw)
    assert sent["In-Reply-To"].startswith("<acme.")
    assert box.drafts() == []
    filed = [p for p in (box.mail / ".Sent" / "cur").iterdir() if sent["Message-ID"] in p.read_text()]
    assert [body(read(path)) for path in filed] == [letter]
    assert "Sent." in box.run("status").out
    again = box.run("send", "w1", "--yes")
    assert again.code == 6
    assert "already been sent" in again.err
    assert len(server.accepted) == 1


def test_an_answer_of_theirs_holds_it_and_is_told_everywhere(box: Box, server: smtp.SmtpServer) -> None:
    assert box.run("send", "acme", "--at", "in 2 hours", "--yes").code == 0
    (newest,) = (box.mail / "cur").glob("*.acme-4.demo*")
    text = newest.read_text().replace("Message-ID: <acme.", "Message-ID: <later.")
    (box.mail / "cur" / "9999999999.later:2,").write_text(text)
    ran = box.run("outbox", "run")
    assert ran.code == 6
    assert "they wrote" in ran.out
    status = box.run("status")
    assert status.out.splitlines()[0].startswith("! s1")
    assert state(box) == "held"
    assert server.accepted == []
    assert box.run("outbox", "retry", "s1", "--at", "in 3 hours", "--yes").code == 0
    assert state(box) == "armed"


def test_an_unknown_one_is_resolved_by_the_person(box: Box, server: smtp.SmtpServer) -> None:
    server.trouble = smtp.Trouble.CLOSE_AFTER
    done = box.run("send", "acme", "--yes")
    assert done.code == 6
    assert "may" in done.out or "did not say" in done.out
    assert state(box) == "unknown"
    for word in ("cancel", "retry"):
        refused = box.run("outbox", word, "s1")
        assert refused.code == 6
        assert "resolve s1" in refused.err
    assert "may have been sent" in box.run("status").out
    assert box.run("outbox", "resolve", "s1", "--sent").code == 0
    assert state(box) == "sent"
    assert len(server.accepted) == 1
    assert [p for p in (box.mail / ".Sent" / "cur").iterdir() if "acme-" not in p.name]


def test_one_that_was_not_sent_is_a_draft_again(box: Box, server: smtp.SmtpServer) -> None:
    server.trouble = smtp.Trouble.CLOSE_BEFORE
    box.run("send", "acme", "--yes")
    assert box.drafts() == []
    assert box.run("outbox", "resolve", "s1", "--not-sent").code == 0
    assert state(box) == "held"
    assert len(box.drafts()) == 1
    assert box.run("send", "acme", "--yes").code == 0
    assert len(server.accepted) == 1


def test_cancel_and_hold(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    assert box.run("outbox", "hold", "s1").code == 0
    assert state(box) == "held"
    assert box.run("outbox", "cancel", "s1").code == 0
    assert state(box) == "cancelled"
    assert len(box.drafts()) == 1
    assert box.run("outbox", "cancel", "s1").code == 2
    kinds = [event["kind"] for event in box.run("outbox", "log", "--json").json["result"]["events"]]
    assert kinds == ["armed", "held", "cancelled"]


@pytest.mark.parametrize("part", [b"text/plain", b"text/html"])
def test_an_edit_of_either_form_of_the_text_holds_it(box: Box, server: smtp.SmtpServer, part: bytes) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    (path,) = box.drafts()
    head, kind, rest = path.read_bytes().partition(b"Content-Type: " + part)
    assert kind
    path.write_bytes(head + kind + rest.replace(b"=\n", b"").replace(b"withdraw ", b"recalling ", 1))
    assert box.run("outbox", "run").code == 6
    assert box.run("outbox", "show", "s1", "--json").json["result"]["hold"] == "edited"


def test_what_is_shown_at_arming_is_what_most_readers_see(box: Box, server: smtp.SmtpServer) -> None:
    (path,) = box.drafts()
    head, kind, rest = path.read_bytes().partition(b"Content-Type: text/html")
    path.write_bytes(head + kind + rest.replace(b"=\n", b"").replace(b"withdraw ", b"recalling ", 1))
    assert "recalling" in box.run("send", "acme", "--at", "in 2 hours", "--yes").out


def test_another_version_of_the_draft_under_its_own_message_id_holds_it(
    box: Box, server: smtp.SmtpServer
) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    (path,) = box.drafts()
    path.with_name("9" + path.name).write_bytes(
        path.read_bytes().replace(b"=\n", b"").replace(b"withdraw ", b"recalling ")
    )
    assert box.run("outbox", "run").code == 6
    assert box.run("outbox", "show", "s1", "--json").json["result"]["hold"] == "which-draft"
    path.unlink()
    assert box.run("outbox", "retry", "s1", "--yes").code == 0
    assert "recalling" in body(box.draft())
    assert state(box) == "armed"


def test_what_is_over_is_not_armed_again_by_retry(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    box.run("outbox", "cancel", "s1")
    refused = box.run("outbox", "retry", "s1", "--at", "in 3 hours", "--yes")
    assert refused.code == 2
    assert "cancelled" in refused.err
    assert "bowout send w1" in refused.err
    assert len(box.run("outbox", "list", "--all", "--json").json["result"]["submissions"]) == 1


def test_an_empty_when_is_no_answer_to_when(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    due = box.run("outbox", "show", "s1", "--json").json["result"]["due"]
    assert box.run("outbox", "retry", "s1", "--at", "", "--yes").code == 2
    assert box.run("outbox", "show", "s1", "--json").json["result"]["due"] == due


def test_two_answers_are_none(box: Box, server: smtp.SmtpServer) -> None:
    server.trouble = smtp.Trouble.CLOSE_BEFORE
    box.run("send", "acme", "--yes")
    assert box.run("outbox", "resolve", "s1", "--sent", "--not-sent").code == 2
    assert state(box) == "unknown"


def test_a_sent_letter_whose_copy_cannot_be_filed_is_told_until_it_is(
    box: Box, server: smtp.SmtpServer
) -> None:
    (box.mail / ".Sent" / "tmp").rmdir()
    (box.mail / ".Sent" / "tmp").write_text("in the way")
    done = box.run("send", "acme", "--yes")
    assert done.code == 6
    assert "nothing to send again" in done.out
    assert state(box) == "sent"
    assert box.run("outbox", "run").code == 6
    assert box.run("status").out.startswith("! s1")
    (box.mail / ".Sent" / "tmp").unlink()
    assert box.run("outbox", "run").code == 0
    assert len(server.accepted) == 1
    assert [p for p in (box.mail / ".Sent" / "cur").iterdir() if "acme-" not in p.name]


def test_records_copied_from_another_computer_send_after_adopt_and_retry(
    box: Box, server: smtp.SmtpServer
) -> None:
    """The whole cure, as the commands name it to each other."""
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    with closing(sqlite3.connect(box.root / "data" / "bowout.db")) as journal:
        journal.execute("UPDATE identity SET machine = 'another'")
        journal.commit()
    ran = box.run("outbox", "run", "--json")
    assert ran.code == 6
    (held,) = ran.json["result"]["unresolved"]
    assert (held["hold"], "outbox adopt" in held["next"]) == ("copied-store", True)
    assert "outbox adopt" in box.run("outbox", "retry", "s1", "--yes").err
    box.run("outbox", "adopt", "--dry-run")  # which adopts nothing
    assert box.run("outbox", "retry", "s1", "--yes").code == 6
    assert "outbox list" in box.run("outbox", "adopt").out
    listed = box.run("outbox").out
    assert "held" in listed
    assert "retry s1" in listed  # adopted is adopted: the next step is another one now
    assert box.run("outbox", "retry", "s1", "--yes").code == 0
    assert box.run("outbox", "run").code == 0
    assert state(box) == "armed"
    assert server.accepted == []


def test_an_older_copy_of_the_records_never_sends_what_was_sent(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    shutil.copytree(box.root / "data", box.root / "older")
    assert box.run("outbox", "retry", "s1", "--at", "in 1 day", "--yes").code == 0
    assert box.run("outbox", "cancel", "s1").code == 0
    assert box.run("send", "acme", "--yes").code == 0
    shutil.rmtree(box.root / "data")
    (box.root / "older").rename(box.root / "data")
    ran = box.run("outbox", "run", "--json")
    assert (ran.code, ran.json["result"]["unresolved"][0]["hold"]) == (6, "older-store")
    assert box.run("outbox", "adopt").code == 0
    retried = box.run("outbox", "retry", "s1", "--yes")
    assert retried.code == 6
    assert "outbox resolve s1 --sent" in retried.err
    assert box.run("outbox", "cancel", "s1").code == 0
    assert state(box) == "sent-by-person"
    assert box.run("outbox", "run").code == 0
    assert len(server.accepted) == 1


def test_a_draft_that_was_deleted_ends_the_promise_and_the_person_hears_of_it(
    box: Box, server: smtp.SmtpServer, notifier: Path
) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    box.drafts()[0].unlink()
    assert box.run("outbox", "run").code == 0
    assert state(box) == "cancelled"
    assert "outbox list --all" in notifier.read_text()


def test_of_another_account_nothing_is_shown_or_changed(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    for asked in (
        *(("outbox", word, "s1", "--account", "work") for word in ("show", "cancel", "hold", "log")),
        ("outbox", "retry", "s1", "--yes", "--account", "work"),
        ("outbox", "resolve", "s1", "--sent", "--account", "work"),
        ("outbox", "--account", "work"),
        ("outbox", "list", "--account", "work"),
        ("outbox", "log", "--account", "work"),
        ("outbox", "run", "--account", "work"),
        ("outbox", "run", "--account", ""),
        ("outbox", "adopt", "--account", "home"),
        ("outbox", "install", "--account", "home"),
        ("outbox", "uninstall", "--account", "home"),
        ("status", "--account", "work"),
    ):
        refused = box.run(*asked)
        assert (refused.code, refused.out) == (2, ""), asked
    assert state(box) == "armed"
    assert "s1" in box.run("outbox", "list", "--account", "home").out
    assert box.run("outbox", "show", "s1", "--account", "home").code == 0


def test_a_copied_home_holds_what_the_other_may_have_sent_and_its_cure_can_be_typed(
    box: Box, server: smtp.SmtpServer, home: Path
) -> None:
    assert box.run("send", "acme", "--at", "in 2 hours", "--yes").code == 0
    with closing(sqlite3.connect(box.root / "data" / "bowout.db")) as journal:
        journal.execute("UPDATE submissions SET due = armed_at, wall = NULL")
        journal.commit()
    copy = copied(box, home)
    server.trouble = smtp.Trouble.CLOSE_AFTER
    assert box.run("outbox", "run").code == 6
    assert state(box) == "unknown"
    told = copy("outbox", "run")
    assert told.code == 6
    assert "held (maybe-sent)" in told.out
    (cure,) = re.findall(r"bowout (outbox resolve s1 --sent)", told.out)
    assert copy(*cure.split()).code == 0
    assert "Sent." in copy("status").out
    assert len(server.accepted) == 1


LOG = "Look into the log of what sends your mail"


def taken_by_another(box: Box, home: Path, server: smtp.SmtpServer) -> Callable[..., Done]:
    """A copy of the home, while the letter that both promise is out in the hand of a run that died."""
    assert box.run("send", "acme", "--at", "in 2 hours", "--yes").code == 0
    copy = copied(box, home)
    with closing(sqlite3.connect(box.root / "data" / "bowout.db")) as journal:
        journal.execute("UPDATE submissions SET due = armed_at, wall = NULL")
        journal.commit()
    server.trouble = smtp.Trouble.CLOSE_AFTER
    assert box.run("outbox", "run").code == 6
    assert len(list((box.mail / ".Drafts" / "bowout-sending").iterdir())) == 1
    assert len(server.accepted) == 1
    server.trouble = None
    return copy


@pytest.mark.parametrize("first", [("outbox", "hold", "s1"), ("outbox", "list")], ids=["held", "armed"])
@pytest.mark.parametrize("asked", [("outbox", "retry", "s1", "--at", "in 3 hours"), ("send", "acme")])
def test_whoever_took_a_letter_its_log_is_named_and_the_cure_can_be_typed(
    box: Box, server: smtp.SmtpServer, home: Path, first: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    copy = taken_by_another(box, home, server)
    assert copy(*first).code == 0
    told = copy(*asked, "--yes")
    assert (told.code, LOG in told.err) == (6, True), told
    cure = told.err.rpartition(" --sent, or: ")[0].rpartition("then say it: ")[2] + " --sent"
    for step in cure.split(" && "):
        assert copy(*step.split()[1:]).code == 0, step
    assert len(server.accepted) == 1
    assert "s1" not in copy("outbox").out


def test_a_letter_written_anew_is_not_sent_beside_the_old_one(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    (old,) = box.drafts()
    box.run("outbox", "hold", "s1")
    kept = old.read_bytes()
    old.unlink()
    assert box.run("draft", "acme", "--yes").code == 0
    old.write_bytes(kept)
    told = box.run("outbox", "retry", "s1", "--at", "in 3 hours", "--yes")
    assert (told.code, "written this letter anew" in told.err, "damaged" in told.err) == (6, True, False), (
        told
    )
    old.unlink()
    assert box.run("outbox", "cancel", "s1").code == 0
    assert box.run("send", "w1", "--at", "in 3 hours", "--yes").code == 0


def test_a_draft_of_ours_in_another_folder_is_called_ours(box: Box, server: smtp.SmtpServer) -> None:
    for draft in box.drafts():
        draft.rename(box.mail / "cur" / draft.name)
    told = box.run("draft", "acme", "--yes")
    assert "your own draft of this letter, in another folder" in told.err, told


def test_what_a_dead_run_had_begun_is_no_longer_called_at_work(box: Box, server: smtp.SmtpServer) -> None:
    box.run("send", "acme", "--at", "in 2 hours", "--yes")
    with closing(sqlite3.connect(box.root / "data" / "bowout.db")) as journal:
        journal.execute("UPDATE submissions SET state = 'sending'")
        journal.commit()
    assert box.run("outbox", "resolve", "s1", "--sent").code == 0
    assert state(box) == "sent"


def copied(box: Box, home: Path) -> Callable[..., Done]:
    """A copy of everything that bowout keeps, for the same mailbox; gives what runs bowout on it."""
    shutil.copytree(box.root / "data", box.root / "copied")
    shutil.copytree(home / ".local" / "state", box.root / "state")
    config = box.root / "copied.toml"
    config.write_text(box.config.read_text().replace('"data"', '"copied"'))
    config.chmod(0o600)
    return partial(run, env={"BOWOUT_CONFIG": str(config), "XDG_STATE_HOME": str(box.root / "state")})


def test_removing_a_timer_that_is_not_there_is_done(box: Box) -> None:
    nowhere = {"PATH": ""}  # neither systemd nor cron
    assert box.run("outbox", "install", env=nowhere).code == 1
    for words in (("outbox", "uninstall"), ("outbox", "uninstall", "--dry-run")):
        done = box.run(*words, env=nowhere)
        assert (done.code, done.err) == (0, "")
        assert "no timer" in done.out or "none" in done.out


def test_dry_runs_change_nothing(box: Box, server: smtp.SmtpServer) -> None:
    before = box.files()
    assert "Nothing" not in box.run("send", "acme", "--at", "in 2 hours", "--dry-run").err
    assert box.run("outbox", "list", "--json").json["result"]["submissions"] == []
    assert box.run("outbox", "run", "--dry-run").code == 0
    assert box.files() == before
    assert server.accepted == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("send",), 2, "WHO"),
        (("send", "", "--yes"), 2, "WHO is empty"),
        (("send", "  ", "--yes"), 2, "WHO is empty"),
        (("send", "cm", "--yes"), 3, "No recorded withdrawal"),
        (("send", "acme", "--at", "", "--yes"), 2, "not a moment"),
        (("confirm", "acme", "--at", "", "--yes"), 2, "not a moment"),
        (("send", "acme", "--at", "tomorrow", "--yes"), 2, "hour"),
        (("send", "acme", "--at", "2020-01-01 10:00", "--yes"), 2, "past"),
        (("send", "acme", "--at", "in 2 hours"), 2, "--yes"),
        (("send", "nobody-of-that-name", "--yes"), 3, "No recorded withdrawal"),
        (("send", "w9", "--yes"), 3, "w9"),
        (("send", "acme", "--letter", "after-call", "--yes"), 3, "after-call"),
        (("outbox", "show", "s9"), 3, "s9"),
        (("outbox", "show", "nine"), 2, "nine"),
        (("outbox", "show", f"s{10**30}"), 3, "no submission"),
        (("send", f"w{10**30}", "--yes"), 3, "no withdrawal"),
        (("outbox", "cancel", "s9"), 3, "s9"),
        (("outbox", "retry", "s9", "--yes"), 3, "s9"),
        (("outbox", "resolve", "s9"), 2, "--not-sent"),
        (("outbox", "resolve", "s9", "--sent"), 3, "s9"),
        (("outbox", "bogus"), 2, "bogus"),
    ],
)
def test_wrong_use_has_one_clear_line(
    box: Box, server: smtp.SmtpServer, words: tuple[str, ...], code: int, says: str
) -> None:
    done = box.run(*words)
    assert done.code == code
    assert says in done.err
    assert "\n" not in done.err.strip().replace("\n", "", 1)  # what happened, and what to do next
    assert server.accepted == []


def test_sending_is_off_until_it_is_switched_on(box: Box) -> None:
    assert box.run("draft", "acme", "--reason", "accepted-offer").code == 0
    done = box.run("send", "acme", "--yes")
    assert done.code == 6
    assert "allow_send = true" in done.err
