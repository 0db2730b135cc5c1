"""The commands on mail that is easily mistaken for the right one, in a box of the test's own."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from acceptance.harness import Box, read
from bowout.providers.maildir.tree import SEPARATOR

ME = "Jo Doe <jo@home.example>"
DANA = "Dana Whit <dana@acme.example>"
INVITATION = (
    "Hi Jo,\n\nthank you for your application. We would like to invite you to an interview for the role of"
    " Tester at Acme.\n\nBest regards\nDana Whit\nRecruiter, Acme"
)


@pytest.fixture
def empty(tmp_path: Path) -> Box:
    """A mailbox without mail."""
    box = Box(tmp_path)
    for folder in ("", ".Sent", ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (box.mail / folder / part).mkdir(parents=True)
    box.configure(
        '[profile]\nname = "Jo Doe"\ntimezone = "UTC"\n[defaults]\ndata_dir = "data"\n'
        '[accounts.home]\nprovider = "maildir"\naddress = "jo@home.example"\npath = "mail"\n'
    )
    return box


def arrive(box: Box, sender: str, subject: str, text: str, *, days: float = 5, **more: str) -> str:
    """A mail to me, so many days old; its Message-ID."""
    number = len(list((box.mail / "cur").iterdir()))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ME, subject
    mail["Date"] = format_datetime(datetime.now(UTC) - timedelta(days=days))
    mail["Message-ID"] = f"<{number}@mail.example>"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    (box.mail / "cur" / f"{number}.home{SEPARATOR}2,S").write_bytes(mail.as_bytes())
    return str(mail["Message-ID"])


def letters(box: Box) -> list[Path]:
    return list((box.mail / ".Drafts" / "cur").iterdir())


def error(out: str) -> Any:
    return json.loads(out)["error"]


def test_find_shows_the_thread_of_a_recorded_withdrawal_by_its_number(box: Box) -> None:
    assert box.run("draft", "acme").code == 0
    found = box.run("find", "w1", "--json").json["result"]
    assert found["outcome"] == "sure"
    (candidate,) = found["candidates"]
    assert candidate["address"] == "dana.whitfield@acme.example"
    assert box.run("find", "w7").code == 3


def test_many_newer_mentions_hide_neither_the_thread_nor_a_second_role(empty: Box) -> None:
    for number in range(25):
        arrive(empty, "Bob <bob@list.example>", f"list {number}", "acme tools are fine", days=2)
    arrive(empty, DANA, "Interview", INVITATION, days=30)
    done = empty.run("draft", "acme", "--dry-run", "--json")
    assert done.json["result"]["to"] == ["dana@acme.example"]
    arrive(empty, "Lea <lea@acme.example>", "Tester II", INVITATION.replace("Dana Whit", "Lea"), days=40)
    done = empty.run("draft", "acme", "--dry-run", "--json")
    assert done.code == 4
    addresses = {candidate["address"] for candidate in error(done.out)["candidates"]}
    assert addresses == {"dana@acme.example", "lea@acme.example"}
    assert empty.run("find", "acme", "--limit", "1", "--json").json["result"]["outcome"] == "ambiguous"


def test_a_job_alert_is_no_thread_but_it_does_mention_the_company(empty: Box) -> None:
    arrive(empty, "LinkedIn <jobs-noreply@linkedin.com>", "New jobs", "Acme is hiring a Tester.")
    done = empty.run("draft", "acme", "--json")
    assert done.code == 3
    assert "Only newsletters, job boards" in error(done.out)["message"]
    assert "No thread mentions" in error(empty.run("draft", "borealis", "--json").out)["message"]


def test_a_guess_is_never_listed_as_known(empty: Box) -> None:
    day = datetime.now(UTC) + timedelta(days=9)
    wrong = (day + timedelta(days=1)).strftime("%A")
    booked = f"{INVITATION}\nIt is on {wrong}, {day.day} {day:%B %Y} at 14:00 CET, for the role of Chef."
    arrive(empty, DANA, "Interview", booked.replace("Best regards\nDana Whit\nRecruiter, Acme\n", ""))
    (found,) = empty.run("find", "acme", "--json").json["result"]["candidates"]
    assert (found["company"], found["position"], found["slot"]) == ("Acme", None, None)
    listed = empty.run("find", "acme").out
    assert "14:00" not in listed
    assert "Chef" not in listed


def test_suspicion_comes_before_any_other_reason_to_stop(empty: Box) -> None:
    arrive(empty, "dana@acme.example", "Interview", "An interview?", Reply_To="dana@elsewhere.example")
    done = empty.run("draft", "--thread", "0@mail.example", "--json")
    assert done.code == 6
    assert "another domain" in error(done.out)["message"]
    assert not letters(empty)


def test_a_reply_to_without_a_name_is_greeted_by_the_senders(empty: Box) -> None:
    token = "x.9F8e7d6c5b4a3210@hire.lever.co"
    arrive(empty, "Dana Whit <no-reply@hire.lever.co>", "Interview at Acme", INVITATION, Reply_To=token)
    assert empty.run("draft", "--thread", "0@mail.example").code == 0
    (path,) = letters(empty)
    draft = read(path)
    assert draft["To"] == token
    assert "Hello Dana," in str(draft.get_body(("plain",)))


def test_what_is_to_be_checked_is_told_to_scripts_too(empty: Box) -> None:
    first = arrive(empty, DANA, "Interview", INVITATION)
    arrive(
        empty,
        "Mail Delivery System <mailer-daemon@home.example>",
        "Undelivered Mail Returned to Sender",
        "dana@acme.example: user unknown",
        days=4,
        In_Reply_To=first,
        X_Failed_Recipients="dana@acme.example",
    )
    (warning,) = empty.run("draft", "acme", "--dry-run", "--json").json["result"]["warnings"]
    assert "dana@acme.example" in warning
    assert "came back undelivered" in warning


@pytest.mark.parametrize("more", [["acme"], ["--to", "dana"], ["--set", "position=QA"], ["--thread", "x@y"]])
def test_each_takes_nothing_that_names_one_of_them(box: Box, more: list[str]) -> None:
    done = box.run("draft", "--each", "--yes", *more)
    assert done.code == 2
    assert not box.drafts()


def test_each_leaves_alone_in_a_pipe_what_is_not_plainly_to_be_left(empty: Box) -> None:
    arrive(empty, DANA, "Interview", INVITATION)
    admissions = (
        "Thank you for your application for the role of Student Tutor. We would like to invite you to an"
        " interview with the admissions committee."
    )
    arrive(empty, "Ann Lee <ann@uni.example>", "Admissions", admissions)
    offer = INVITATION.replace("Acme", "Borealis").replace("We would like", "We are pleased to offer you the")
    arrive(empty, "Dana Whit <dana@borealis.example>", "Offer", offer)
    done = empty.run("draft", "--each", "--yes", "--json")
    assert done.code == 4
    told = {entry["subject"].removeprefix("Re: "): entry for entry in done.json["result"]["drafts"]}
    assert {subject: entry["saved"] for subject, entry in told.items()} == {
        "Interview": True,
        "Admissions": False,
        "Offer": False,
    }
    assert "studies" in told["Admissions"]["error"]["message"]
    assert "offer" in told["Offer"]["error"]["message"]
    (path,) = letters(empty)
    assert read(path)["To"] == DANA


REFUSAL = (
    "Hi Jo,\n\nthank you for your application for the role of Tester at Acme. Unfortunately, we have decided"
    " to move forward with other candidates.\n\nBest regards\nDana Whit\nRecruiter, Acme"
)


def test_every_stop_in_a_thread_names_it_with_stage_and_why(empty: Box) -> None:
    """Whatever stops a letter, a script and a person see which thread it was about."""
    arrive(empty, DANA, "Your application", REFUSAL)
    alert = "Jobs <no-reply@jobs.example>"
    arrive(empty, alert, "Your application at Borealis", "Borealis has received your application.")

    stopped = empty.run("draft", "acme", "--dry-run", "--json")
    refused = error(stopped.out)
    assert stopped.code == 6
    assert refused["candidates"][0]["thread"] == "<0@mail.example>"
    assert refused["candidates"][0]["stage"] == "rejected"
    assert refused["candidates"][0]["why"] == [refused["message"]]

    stopped = empty.run("draft", "borealis", "--dry-run", "--json")
    assert stopped.code == 6
    assert error(stopped.out)["candidates"][0]["thread"] == "<1@mail.example>"
    assert error(stopped.out)["candidates"][0]["why"]

    said = empty.run("draft", "acme", "--dry-run").err
    assert "stage rejected" in said
    assert "--thread 0@mail.example" in said


def test_an_unnamed_position_is_left_unnamed_and_an_unnamed_company_is_asked(empty: Box) -> None:
    """The letter says "the role", also to an agency; without a company there is nothing to withdraw from."""
    arrive(empty, DANA, "Interview at Acme", INVITATION.replace(" for the role of Tester at Acme", ""))
    done = empty.run("draft", "dana@acme.example", "--thread", "0@mail.example", "--dry-run", "--json")
    assert done.code == 0, done.out
    text = done.json["result"]["letter"]["text"]
    assert "the role at Acme" in text
    assert "position" not in text.partition("I hope")[0]
    german = empty.run("draft", "--thread", "0@mail.example", "--lang", "de", "--dry-run", "--json")
    assert "Stelle bei Acme" in german.json["result"]["letter"]["text"]

    nothing = "Hi Jo,\n\nthank you for your application. We would like to invite you to an interview.\n\nIna"
    arrive(empty, "Ina <ina@gmail.com>", "Interview", nothing)
    done = empty.run("draft", "--thread", "1@mail.example", "--dry-run", "--json")
    assert done.code == 2
    assert "company" in error(done.out)["message"]
    assert "position" in error(done.out)["message"]
    assert error(done.out)["candidates"][0]["thread"] == "<1@mail.example>"


def test_what_nobody_mentions_is_said_and_what_is_open_can_be_typed(empty: Box) -> None:
    arrive(empty, DANA, "Interview", INVITATION)
    done = empty.run("draft", "zzyzx")
    assert done.code == 3
    assert 'Open processes, each behind a WHO that finds it:\n  Acme  "Interview" (Dana Whit' in done.err
    told = error(empty.run("draft", "zzyzx", "--json").out)
    assert told["candidates"] == []
    assert empty.run("draft", told["open"][0]["who"], "--dry-run").code == 0


@pytest.mark.parametrize("slip", ["amce", "acm"])
def test_a_slip_is_asked_about_with_a_cure_that_runs_as_it_is_printed(empty: Box, slip: str) -> None:
    arrive(empty, DANA, "Interview", INVITATION)
    done = empty.run("draft", slip)
    assert done.code == 4
    (cure,) = re.findall(r"If it is: bowout (draft --thread \S+)\. Or see why: ", done.err)
    assert empty.run(*cure.split(), "--dry-run").code == 0
    found = empty.run("find", slip)
    assert f"Next: bowout {cure}\n" in found.out
    assert "Not certain: " in found.out
    (candidate,) = error(empty.run("draft", slip, "--json").out)["candidates"]
    assert "no company, domain, address or full name" in candidate["why"][0]


def test_an_id_opens_its_thread_and_an_unknown_one_says_where_ids_come_from(empty: Box) -> None:
    arrive(empty, DANA, "Interview at mail.example", INVITATION)
    for who in ("<0@mail.example>", "0@mail.example"):
        assert "Next: bowout draft 0@mail.example\n" in empty.run("find", who).out
        assert empty.run("draft", who, "--dry-run").code == 0
    assert empty.run("draft", "<7@mail.example>").code == 3
    nope = empty.run("draft", "--thread", "nope")
    assert nope.code == 3
    assert "has the id 'nope'" in nope.err
    assert "bowout find\n" in nope.err


@pytest.mark.parametrize(
    ("command", "code"), [(("send", "w1"), 6), (("confirm", "w1"), 6), (("send", "w1", "--at", "x"), 2)]
)
def test_what_stops_a_recorded_withdrawal_names_its_thread_and_why(
    box: Box, command: tuple[str, ...], code: int
) -> None:
    assert box.run("draft", "acme").code == 0
    done = box.run(*command, "--json")
    assert done.code == code
    (one,) = error(done.out)["candidates"]
    assert (one["withdrawal"], one["thread"], one["stage"]) == ("w1", "<acme.0@acme.example>", "scheduled")
    assert one["why"] == [error(done.out)["message"]]
    assert "    w1\n" not in box.run(*command).err  # who typed it knows


def test_several_that_are_equally_meant_say_why_none_was_taken(box: Box) -> None:
    told = error(box.run("draft", "harbor", "--json").out)
    assert [one["why"] for one in told["candidates"]] == [[told["message"]]] * 2
    advised = error(box.run("advise", "harbor", "--json").out)
    assert advised["next"].startswith("If it is the first: bowout advise --thread harbor-")


def test_what_is_left_of_a_withdrawal_whose_thread_is_gone_is_its_record(box: Box) -> None:
    assert box.run("draft", "acme").code == 0
    for path in [one for one in box.mail.rglob("*") if one.is_file() and b"acme.0@acme" in one.read_bytes()]:
        path.unlink()
    (one,) = error(box.run("confirm", "w1", "--json").out)["candidates"]
    assert (one["withdrawal"], one["company"], one["stage"]) == ("w1", "Acme", None)


@pytest.mark.parametrize("days", [1, 300], ids=["newest", "dated-before-all"])
def test_whom_a_stranger_pushed_aside_gets_the_letter_that_the_stranger_did_not_change(
    empty: Box, days: float
) -> None:
    first = arrive(empty, DANA, "Interview", INVITATION)
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = ME, DANA, "Re: Interview"
    answer["Date"] = format_datetime(datetime.now(UTC) - timedelta(days=4))
    answer["Message-ID"] = "<mine@home.example>"
    answer["References"] = first
    answer.set_content("Gladly.")
    (empty.mail / ".Sent" / "cur" / f"9.home{SEPARATOR}2,S").write_bytes(answer.as_bytes())
    arrive(
        empty,
        "Eve <eve@evil.example>",
        "Re: Interview",
        "I am taking over at Evilcorp Ltd. Your interview for the role of Fool is on 20 December at 09:00.",
        days=days,
        References=first,
    )
    refused = empty.run("draft", "acme", "--json")
    assert refused.code == 6
    told = error(refused.out)
    assert told["message"].startswith("eve@evil.example joined")
    command = told["next"].rpartition("bowout ")[2]
    assert "--to dana@acme.example" in command
    assert empty.run(*command.split()).code == 0
    (letter,) = letters(empty)
    mail = message_from_bytes(letter.read_bytes(), policy=default)
    assert mail["To"] == "Dana Whit <dana@acme.example>"
    body = mail.get_body(("plain",))
    assert body is not None
    written = body.get_content().partition("wrote:")[0]
    assert "Acme" in written
    assert not any(word in written for word in ("Evil", "Fool", "20 December", "Eve"))


FORGED = "Hi Dana,\n\nplease pay my travel costs to IBAN XX00 1234. I withdraw my application.\n\nJo"


@pytest.mark.parametrize("trace", ["Return_Path", "Delivered_To"])
def test_a_mail_in_my_name_that_came_in_from_outside_is_none_of_mine(empty: Box, trace: str) -> None:
    parent = arrive(empty, DANA, "Interview", INVITATION)
    arrive(
        empty,
        ME,
        "Re: Interview",
        FORGED,
        days=2,
        In_Reply_To=parent,
        References=parent,
        **{trace: "<jo@home.example>"},
    )
    done = empty.run("draft", "acme", "--reason", "accepted-offer", "--yes")
    assert done.code == 6
    assert "bears your name but came in from outside" in done.err
    assert "already withdrew" not in done.err + empty.run("find", "acme").out
    assert letters(empty) == []
    chosen = ("--thread", "0@mail.example", "--to", "dana@acme.example", "--force")
    assert empty.run("draft", *chosen, "--reason", "accepted-offer", "--yes").code == 0
    (letter,) = letters(empty)
    assert "IBAN" not in letter.read_text()
    assert message_from_bytes(letter.read_bytes())["In-Reply-To"] == parent


def test_a_copy_that_i_sent_to_myself_is_mine_by_the_one_in_sent(empty: Box) -> None:
    parent = arrive(empty, DANA, "Interview", INVITATION)
    arrive(
        empty,
        ME,
        "Re: Interview",
        "Dear Dana, I withdraw my application.",
        days=2,
        In_Reply_To=parent,
        References=parent,
    )
    (mine,) = (p for p in (empty.mail / "cur").iterdir() if b"withdraw" in p.read_bytes())
    sent = (
        mine.read_bytes()
        .replace(b"To: Jo Doe <", b"Cc: Jo Doe <")
        .replace(b"MIME-Version", b"To: dana@acme.example\nMIME-Version")
    )
    (empty.mail / ".Sent" / "cur" / mine.name).write_bytes(sent)
    mine.write_bytes(b"Return-Path: <jo@home.example>\nDelivered-To: jo@home.example\n" + sent)
    done = empty.run("draft", "acme", "--reason", "accepted-offer", "--yes")
    assert done.code == 6
    assert "already withdrew" in done.err
    assert "came in from outside" not in done.err
