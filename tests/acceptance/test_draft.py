"""``bowout draft`` in a pipe, from finding the thread to running it again; nothing but files is asked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from acceptance.harness import Box, body, read

NEWEST = "<acme.4@acme.example>"
CHAIN = [
    "<acme.0@acme.example>",
    "<acme.1@mailbox.example>",
    "<acme.2@acme.example>",
    "<acme.3@mailbox.example>",
    NEWEST,
]


def test_the_letter_lies_in_the_thread_and_nothing_else_changed(box: Box) -> None:
    before = box.files()
    done = box.run("draft", "acme", "--reason", "accepted-offer")
    assert done.code == 0, done.err

    (path,) = box.drafts()
    assert path.name.endswith(":2,DS")
    after = box.files()
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {str(path.relative_to(box.mail))}

    draft = read(path)
    assert draft["To"] == "Dana Whitfield <dana.whitfield@acme.example>"
    assert draft["From"] == "Sam Rivera <sam.rivera@mailbox.example>"
    assert draft["Cc"] is None
    assert draft["Bcc"] is None
    assert draft["Subject"] == "Re: Senior Platform Engineer at Acme"
    assert draft["In-Reply-To"] == NEWEST
    assert str(draft["References"]).split() == CHAIN
    letter, _, quote = body(draft).partition("\n>")
    assert "Dana" in letter
    assert "withdraw" in letter
    assert letter.rstrip().splitlines()[-4:-2] == ["Best,", "Sam"]  # as I ended my last mail
    assert "lovely, then let us say" in quote
    assert "{" not in letter


def test_it_shows_who_what_and_when_and_names_the_next_command(box: Box) -> None:
    done = box.run("draft", "acme", "--reason", "accepted-offer")
    for said in (
        "Dana Whitfield",
        "dana.whitfield@acme.example",
        "sam.rivera@mailbox.example",
        "Senior Platform Engineer",
        "14:00",
        "bowout ",
    ):
        assert said in done.out
    letter = body(box.draft()).partition("\n\nOn ")[0]
    assert " ".join(letter.split()) in " ".join(done.out.split())
    assert "\x1b" not in done.out + done.err


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--reason", "fit", "--yes")])
def test_their_newest_words_stand_above_the_letter(box: Box, options: Sequence[str]) -> None:
    shown = box.run("draft", "acme", *options).out.splitlines()
    first = next(line for line in shown if line.startswith("They"))
    assert "lovely, then let us say" in first
    assert shown[shown.index(first) + 1].endswith('…"')
    assert shown.index(first) < next(at for at, line in enumerate(shown) if "Hi Dana" in line)
    told = box.run("draft", "acme", *options, "--json").json["result"]["newest"]
    assert set(told) == {"from", "date", "text"}


def test_running_it_again_updates_the_draft_and_says_so(box: Box) -> None:
    box.run("draft", "acme", "--reason", "personal")
    first = box.draft()
    done = box.run("draft", "acme", "--reason", "accepted-offer", "--depth", "brief")
    assert done.code == 0, done.err
    second = box.draft()
    assert second["Message-ID"] == first["Message-ID"]
    assert body(second) != body(first)
    assert "updated" in done.out.lower()


def test_running_the_same_again_leaves_one_draft(box: Box) -> None:
    box.run("draft", "acme")
    before = box.files()
    done = box.run("draft", "acme")
    assert done.code == 0, done.err
    assert sorted(box.files().values()) == sorted(before.values())


def test_a_draft_that_the_person_changed_is_left_alone(box: Box) -> None:
    box.run("draft", "acme")
    box.edit_draft(b"Dana", b"dear Dana, and thank you for the coffee")
    before = box.files()
    done = box.run("draft", "acme", "--reason", "fit")
    assert done.code == 6
    assert box.files() == before
    assert "--force" in done.err

    forced = box.run("draft", "acme", "--reason", "fit", "--force")
    assert forced.code == 0, forced.err
    assert "thank you for the coffee" not in body(box.draft())
    (copy,) = (box.root / "data" / "kept").iterdir()
    assert "thank you for the coffee" in copy.read_text()
    assert str(copy) in forced.out


def test_a_draft_of_which_only_the_plain_text_was_changed_is_left_alone(box: Box) -> None:
    # An editor that opens the file shows the plain text first; the HTML below it stays as it was.
    box.run("draft", "acme")
    (path,) = box.drafts()
    raw = path.read_bytes()
    edited = raw.replace(b"Hi Dana,", b"Dear Dana,", 1)
    assert edited.count(b"Hi Dana,") == raw.count(b"Hi Dana,") - 1
    path.write_bytes(edited)
    assert box.run("draft", "acme", "--reason", "fit").code == 6
    assert path.read_bytes() == edited


def test_a_draft_that_the_person_deleted_is_written_anew(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    path.rename(box.mail / ".Trash" / "cur" / path.name)
    done = box.run("draft", "acme")
    assert done.code == 0, done.err
    assert len(box.drafts()) == 1


def test_a_letter_that_was_sent_is_not_written_again(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    done = box.run("draft", "acme")
    assert done.code == 6
    assert box.drafts() == []


def test_a_suspicious_sender_is_said_first_and_stops(box: Box) -> None:
    taken_over = (
        b"From: Acme HR <hr@careers-portal.example.org>\r\nTo: sam.rivera@mailbox.example\r\n"
        b"Subject: Re: Senior Platform Engineer at Acme\r\nDate: %s\r\n"
        b"Message-ID: <x@careers-portal.example.org>\r\nIn-Reply-To: <acme.0@acme.example>\r\n"
        b"References: <acme.0@acme.example>\r\n\r\nWrite to me now.\r\n"
    )
    (box.mail / "new" / "1.x").write_bytes(taken_over % format_datetime(datetime.now(UTC)).encode())
    done = box.run("draft", "acme")
    assert done.code == 6
    assert "hr@careers-portal.example.org joined" in done.err.splitlines()[0]
    answer = box.run("draft", "acme", "--json").json
    assert (answer["exit"], answer["error"]["code"]) == (6, "suspicious")
    assert answer["error"]["candidates"][0]["warnings"]
    assert box.drafts() == []


def test_dry_run_shows_the_letter_and_writes_nothing(box: Box) -> None:
    before = box.files()
    done = box.run("draft", "acme", "--dry-run")
    assert done.code == 0, done.err
    assert "withdraw" in done.out
    assert box.files() == before
    assert not (box.root / "data").exists()
    assert box.run("status", "--json").json["result"]["withdrawals"] == []


def test_dry_run_writes_nothing_about_what_it_sees(box: Box, home: Path) -> None:
    box.run("draft", "acme")
    box.drafts()[0].unlink()
    journal = box.root / "data" / "bowout.db"
    before = journal.read_bytes(), sorted(home.rglob("*"))
    for args in (["draft", "acme"], ["status"], ["find"], ["draft", "nowhere"], ["draft", "--each", "--yes"]):
        box.run(*args, "--dry-run")
    assert (journal.read_bytes(), sorted(home.rglob("*"))) == before
    assert box.drafts() == []
    assert "deleted" in box.run("status").out


def test_json_is_one_object_and_people_are_told_on_stderr_only(box: Box) -> None:
    done = box.run("draft", "acme", "--json")
    assert done.code == 0, done.err
    answer = done.json
    assert list(answer) == ["bowout", "command", "exit", "result", "error", "warnings"]
    assert (answer["bowout"], answer["command"], answer["exit"], answer["error"]) == (1, "draft", 0, None)
    result = answer["result"]
    assert result["withdrawal"] == "w1"
    slot = result["slot"]
    assert datetime.fromisoformat(slot["start"]).utcoffset() is not None
    assert slot["zone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("who", "code", "error"),
    [
        ("no-such-company", 3, "not-found"),
        ("harbor", 4, "ambiguous"),
        ("quillworks", 6, "no-addressee"),
        ("tidewater", 6, "already-done"),
    ],
)
def test_an_unclear_case_stops_before_anything_is_written(box: Box, who: str, code: int, error: str) -> None:
    before = box.files()
    done = box.run("draft", who, "--json")
    assert (done.code, done.json["exit"], done.json["error"]["code"]) == (code, code, error)
    assert done.json["error"]["message"]
    assert done.json["error"]["next"]
    assert box.files() == before


def test_a_stage_that_no_mail_tells_is_asked_for_with_its_cure(untold: Box) -> None:
    named = ("draft", "--thread", "untold@quarry.example", "--set", "company=Quarry", "--set", "position=QA")
    before = untold.files()
    for more in ((), ("--dry-run",)):
        done = untold.run(*named, "--json", *more)
        assert (done.code, done.json["error"]["code"]) == (4, "ambiguous")
        assert "how far it has come" in done.json["error"]["message"]
        assert [one["thread"] for one in done.json["error"]["candidates"]] == ["<untold@quarry.example>"]
    cure = "bowout draft --thread untold@quarry.example --situation invited"
    assert cure in done.json["error"]["next"]
    assert untold.files() == before
    assert untold.run(*named, "--situation", "invited", "--yes").code == 0
    assert len(untold.drafts()) == 1


def test_candidates_are_listed_and_one_can_be_chosen(box: Box) -> None:
    told = box.run("draft", "harbor")
    assert told.code == 4
    assert "Tom Okafor" in told.err
    assert "Mei Tanaka" in told.err

    candidates = box.run("draft", "harbor", "--json").json["error"]["candidates"]
    (mei,) = [one for one in candidates if one["person"] == "Mei Tanaka"]
    done = box.run("draft", "harbor", "--thread", mei["thread"])
    assert done.code == 0, done.err
    assert "mei.tanaka@harbor.example" in str(box.draft()["To"])


def test_the_person_beats_the_newer_newsletter(box: Box) -> None:
    done = box.run("draft", "acme", "--json")
    assert done.code == 0, done.err
    assert "news@acme.example" not in str(box.draft()["To"])


def test_a_friend_at_a_company_is_not_a_recruiter(box: Box) -> None:
    done = box.run("draft", "stellarforge")
    assert done.code in (3, 4)
    assert box.drafts() == []


def test_a_forward_to_the_partner_is_neither_parent_nor_addressee(box: Box) -> None:
    done = box.run("draft", "lumenoak", "--json")
    if done.code == 0:
        draft = box.draft()
        assert draft["To"] == "Lena Fischer <lena.fischer@lumenoak.example>"
        assert "family.example" not in str(draft["In-Reply-To"])
        assert "other offer" not in body(draft)
    else:
        assert done.code in (4, 6)
        assert box.drafts() == []


def test_a_token_address_is_kept_byte_for_byte(box: Box) -> None:
    (thread,) = [
        one["thread"]
        for one in box.run("find", "pinecrest", "--json").json["result"]["candidates"]
        if "Pinecrest" in one["subject"]
    ]
    done = box.run("draft", "pinecrest", "--thread", thread)
    assert done.code == 0, done.err
    assert "reply+7f3a9c21e8@pinecrest.example" in str(box.draft()["To"])


def test_a_letter_in_another_language_ends_in_the_words_of_that_language(box: Box) -> None:
    said = box.run("draft", "acme", "--lang", "de", "--dry-run", "--json").json["result"]["letter"]["text"]
    assert said.rstrip().splitlines()[-2:] == ["Viele Grüße", "Sam Rivera"]


def test_a_german_thread_is_answered_in_german_or_not_silently_in_another_language(box: Box) -> None:
    done = box.run("draft", "morgenrot")
    assert done.code == 0, done.err
    assert "Katrin Schönfeld" in str(box.draft()["To"])


def test_a_moved_interview_is_read_from_the_newer_invitation(box: Box) -> None:
    done = box.run("draft", "orchard", "--json", "--dry-run")
    assert done.code == 0, done.err
    start = datetime.fromisoformat(done.json["result"]["slot"]["start"])
    moved = read(next((box.mail / "cur").glob("*orchard-2*")))
    calendar = next(part for part in moved.walk() if part.get_content_type() == "text/calendar")
    assert f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%d}" in calendar.get_content()


def test_mail_cannot_speak_to_the_terminal(box: Box) -> None:
    path = next((box.mail / "cur").glob("*acme-4*"))
    evil = b"lovely \x1b]0;owned\x07\x1b[2J\xe2\x80\xaethen"
    path.write_bytes(path.read_bytes().replace(b"lovely, then", evil))
    subject = b"Subject: Re: Senior \x1b[31mPlatform\x1b[0m\x9b2J Engineer at Acme"
    path.write_bytes(path.read_bytes().replace(b"Subject: Re: Senior Platform Engineer at Acme", subject))
    for command in (["draft", "acme"], ["find", "acme", "--explain"], ["status"]):
        done = box.run(*command)
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(done.out + done.err)


def test_files_are_for_the_person_alone(box: Box) -> None:
    box.run("draft", "acme")
    written = [*box.drafts(), *(path for path in (box.root / "data").rglob("*") if path.is_file())]
    assert [path for path in written if path.stat().st_mode & 0o077] == []
    assert Path(box.root / "data" / "bowout.db") in written


@pytest.mark.parametrize("who", ["acmee", "Whitfeild"])
def test_a_typo_that_no_search_finds_is_offered_and_never_taken(box: Box, who: str) -> None:
    done = box.run("draft", who, "--reason", "fit")
    assert done.code == 4
    assert "acme.0@acme.example" in done.err
    assert box.drafts() == []


def test_the_legal_form_that_the_mails_leave_out_still_finds_the_company(box: Box) -> None:
    done = box.run("draft", "Acme Inc.", "--reason", "fit")
    assert done.code == 0, done.err
    assert box.draft()["To"] == "Dana Whitfield <dana.whitfield@acme.example>"


@pytest.mark.parametrize(
    ("who", "domain", "company"),
    [
        ("Brindle Opticians", b"postbox.example", "Brindle Opticians"),
        ("Asha Brindle", b"postbox.example", None),
        ("Asha Brindle", b"gmail.com", None),
    ],
)
def test_the_firm_by_which_they_sign_is_the_company_and_a_person_is_none(
    box: Box, who: str, domain: bytes, company: str | None
) -> None:
    (box.mail / "cur" / "signed.home:2,S").write_bytes(
        b"From: asha@" + domain + b"\r\nTo: sam.rivera@mailbox.example\r\n"
        b"Message-ID: <signed@postbox.example>\r\nSubject: Interview: Dispensing Assistant\r\n"
        b"Date: " + format_datetime(datetime.now(UTC)).encode() + b"\r\n\r\n"
        b"Hi Sam,\r\n\r\nthank you for your application for the position of Dispensing Assistant. We\r\n"
        b"would like to invite you to an interview. Would Monday at ten suit you?\r\n\r\n"
        b"Kind regards,\r\nAsha Brindle\r\nBrindle Opticians\r\n01632 960 001\r\n"
    )
    done = box.run("draft", who, "--dry-run", "--json")
    if company:
        assert done.code == 0, done.err
        told = done.json["result"]["company"]
        assert (told["value"], told["source"]) == (company, "WHO, as you typed it")
    elif domain == b"gmail.com":  # anybody has an address there
        assert done.code == 2
        assert "company" in done.json["error"]["message"]
    else:
        assert done.code == 0, done.err
        assert done.json["result"]["company"] is None
        assert any("does not name it" in line for line in done.json["result"]["uncertain"])
        assert "Dispensing Assistant" in done.json["result"]["letter"]["text"]


def test_a_recruiter_who_writes_for_a_client_is_spoken_to_as_an_agency(box: Box) -> None:
    thread = "brightpath-bank.0@brightpath.example"
    done = box.run("draft", "--thread", thread, "--situation", "outreach", "--yes")
    assert done.code == 0, done.err
    assert "to an agency" in done.out
    assert "your client" in body(box.draft())
    plain = box.run(
        "draft", "--thread", thread, "--channel", "email-reply", "--set", "company=Copperline", "--yes"
    )
    assert "to an agency" not in plain.out
    assert "put me forward" not in body(box.draft())


@pytest.mark.parametrize("args", [("draft", "acme"), ("check", "-"), ("send", "acme")])
def test_a_rule_that_there_is_not_cannot_be_allowed(box: Box, args: tuple[str, ...]) -> None:
    done = box.run(*args, "--allow", "t033")
    assert done.code == 2
    assert done.err.startswith("bowout: --allow: there is no rule 'T033'.\n")
    assert box.drafts() == []


@pytest.mark.parametrize("args", [("draft", "acme"), ("check", "-")])
def test_a_rule_that_there_is_not_cannot_be_disabled(box: Box, args: tuple[str, ...]) -> None:
    box.configure(box.config.read_text() + '[lint]\ndisable = ["Z99"]\n')
    done = box.run(*args)
    assert done.code == 2
    assert done.err.startswith("bowout: lint.disable: there is no rule 'Z99'.\n")
    assert box.drafts() == []


def test_the_cure_for_an_unsure_thread_runs_as_printed_and_keeps_firm_and_doubt(box: Box) -> None:
    (box.mail / "cur" / "vague.home:2,S").write_bytes(
        b"From: Ida Kern <ida@kernfood.example>\r\nTo: sam.rivera@mailbox.example\r\n"
        b"Message-ID: <vague@kernfood.example>\r\nSubject: Fwd: Packer\r\n"
        b"Date: " + format_datetime(datetime.now(UTC)).encode() + b"\r\n\r\n"
        b"Hi Sam,\r\n\r\nthanks for the interview on Tuesday. Sorry that you have not heard from me. The\r\n"
        b"owner wants to see one more packer first, then he decides.\r\n\r\nIda\r\n"
    )
    asked = box.run("draft", "Kern Food")
    assert asked.code == 4, asked.err
    cure = re.search(r"bowout (draft .*?)\. Or see why", " ".join(asked.err.split()))
    assert cure is not None
    done = box.run(*shlex.split(cure[1]), "--situation", "after-interview", "--dry-run", "--json")
    assert done.code == 0, done.err
    assert done.json["result"]["company"]["value"] == "Kern Food"
    assert "somebody passed it on to you" in done.json["result"]["uncertain"]
