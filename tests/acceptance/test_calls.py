"""``advise``, ``call``, ``confirm``, ``forget`` and the private notes, on the sample mailbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from acceptance.harness import Box, body


def only(box: Box, *args: str) -> dict[str, Any]:
    """The one withdrawal that ``status`` shows."""
    (found,) = box.run("status", "--json", *args).json["result"]["withdrawals"]
    result: dict[str, Any] = found
    return result


# --- advise -------------------------------------------------------------------------------------------


def test_advice_leads_with_one_line_and_cites_its_sources_on_demand(box: Box) -> None:
    asked = ("advise", "acme", "--reason", "accepted-offer")
    short, full = (box.run(*asked, *more, env={"COLUMNS": "80"}) for more in ((), ("-v",)))
    for done in (short, full):
        assert done.code == 0
        assert max(map(len, done.out.splitlines())) <= 80
        assert re.search(r"(?m)^Now {6}The interview is in \d+ days: write today", done.out)
    assert "[" not in short.out
    assert "-v" in short.out
    assert "[D5,D6,A11]" in full.out
    assert len(full.out.splitlines()) > len(short.out.splitlines())


def test_with_an_hour_and_a_half_left_one_calls(box: Box) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=90, seconds=40)).isoformat(timespec="seconds")
    done = box.run("advise", "acme", "--set", f"interview_start={soon}", env={"COLUMNS": "80"})
    assert "The interview is in 90 minutes: call now, then send the letter at once." in done.out
    assert "bowout call acme, then: bowout confirm acme" in done.out


def test_where_they_turned_you_down_nothing_presses(box: Box) -> None:
    done = box.run("advise", "tidewater")
    assert "They turned you down" in done.out
    assert "Now" not in done.out
    told = box.run("advise", "tidewater", "--json").json["result"]["advice"]
    assert not any(line["shown"] or line["leads"] for line in told)


def test_advice_for_scripts(box: Box) -> None:
    result = box.run("advise", "ironwood", "--json").json["result"]
    assert (result["situation"], result["call_first"]) == ("offer", True)
    told = result["advice"]
    assert all(line["guide"] for line in told)
    assert [line["leads"] for line in told] == [True] + [False] * (len(told) - 1)
    assert sum(line["shown"] for line in told) == 6 < len(told)
    assert box.run("status", "--json").json["result"]["withdrawals"] == []


def test_other_processes_with_the_company_are_named(box: Box) -> None:
    told = box.run("advise", "--thread", "harbor-data.0@harbor.example", "--json").json["result"]
    other = [line["line"] for line in told["advice"] if line["kind"] == "other"]
    assert any("Analytics Lead" in line for line in other)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ([], 2),
        (["harbor"], 4),
        (["nobody-knows-this"], 3),
        (["acme", "--decided-on", "some day"], 2),
        (["acme", "--decided-on", "2999-01-01"], 2),
        (["acme", "--situation", "happy"], 2),
        (["acme", "--account", "other"], 2),
    ],
)
def test_advise_with_wrong_input(box: Box, args: list[str], code: int) -> None:
    assert box.run("advise", *args, "--json").json["exit"] == code


# --- call ---------------------------------------------------------------------------------------------


def test_the_card_before_any_draft_records_the_withdrawal(box: Box) -> None:
    done = box.run("call", "acme", env={"COLUMNS": "80"})
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert len(done.out.splitlines()) <= 24
    assert "bowout call w1 --answers" in done.out
    assert "tel:+49" in done.out
    assert "a guess" in done.out
    assert only(box)["withdrawal"] == "w1"
    assert box.drafts() == []


def test_a_card_that_was_only_looked_at_alarms_nobody(box: Box) -> None:
    box.run("call", "acme")
    told = box.run("status").out
    assert not told.startswith("!")
    assert "You looked at the call card" in told
    assert "No draft" not in told
    assert "bowout call w1 --outcome spoke" in " ".join(told.split())
    assert only(box)["needs_person"] is False
    box.run("draft", "w1", "--yes")
    assert only(box)["standing"] == "untouched"


def test_the_card_for_scripts(box: Box) -> None:
    card = box.run("call", "acme", "--reason", "accepted-offer", "--json").json["result"]
    (number, *_) = card["numbers"]
    assert number["tel"] == "tel:" + number["number"].replace(" ", "")
    assert card["their_time"]["guess"] is True
    assert any("withdraw" in step for step in card["script"]["steps"])
    assert {answer["they"] for answer in card["script"]["answers"]} >= {"Why?"}


def test_the_answers_come_on_demand(box: Box) -> None:
    card = box.run("call", "acme", "--reason", "accepted-offer")
    assert "Why?" not in card.out
    answers = box.run("call", "w1", "--answers")
    assert "Why?" in answers.out
    assert "Voicemail with the decision" in answers.out
    said, kept = (" ".join(done.out.split()) for done in (card, answers))
    (reason,) = re.findall(r"I wanted to tell you myself: ([^.]+)\.", said)
    assert f"{reason}. (Say it once more" in kept
    assert box.run("call", "w1", "--answers", "--outcome", "spoke").code == 2


def test_a_look_with_dry_run_records_nothing(box: Box) -> None:
    assert box.run("call", "acme", "--dry-run").code == 0
    assert box.run("call", "acme", "--outcome", "spoke", "--dry-run").code == 0
    assert box.run("status", "--json").json["result"]["withdrawals"] == []


def test_a_logged_call_is_in_the_status_and_wants_to_be_confirmed(box: Box) -> None:
    done = box.run("call", "acme", "--outcome", "spoke", "--at", "5 minutes ago", "--with", "Priya Nair")
    assert "spoke with Priya Nair" in done.out
    assert "bowout confirm w1" in done.out
    now = only(box)
    assert [(c["outcome"], c["person"], c["revision"]) for c in now["calls"]] == [("spoke", "Priya Nair", 1)]
    assert [r["kind"] for r in now["reminders"]] == ["confirm-call"]
    assert now["needs_person"] is True


def test_a_correction_replaces_the_last_call(box: Box) -> None:
    box.run("call", "acme", "--outcome", "no-answer", "--at", "yesterday 16:00")
    before = only(box)["calls"][0]
    done = box.run("call", "w1", "--correct", "--outcome", "voicemail-decision", "--json").json["result"]
    assert done["call"]["revision"] == 2
    (now,) = only(box)["calls"]
    assert (now["outcome"], now["at"]) == ("voicemail-decision", before["at"])


def test_who_is_looked_for_among_the_records_first(box: Box) -> None:
    box.run("draft", "--thread", "harbor-data.0@harbor.example")
    # A search for harbor finds two threads; the record is one.
    assert box.run("call", "harbor", "--outcome", "no-answer").code == 0
    assert len(box.run("status", "--json").json["result"]["withdrawals"]) == 1


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["harbor"], 4),
        (["nobody-knows-this"], 3),
        (["w9"], 3),
        ([""], 2),
        (["tidewater"], 6),
        (["acme", "--outcome", "happy"], 2),
        (["acme", "--outcome", "spoke", "--at", "tomorrow 9am"], 2),
        (["acme", "--outcome", "spoke", "--at", "whenever"], 2),
        (["acme", "--correct"], 3),
        (["acme", "--to", "nobody@else.example"], 6),
    ],
)
def test_call_with_wrong_input_records_nothing(box: Box, args: list[str], code: int) -> None:
    assert box.run("call", *args, "--json").json["exit"] == code
    assert box.run("status", "--json").json["result"]["withdrawals"] == []


def test_correcting_needs_something_to_correct(box: Box) -> None:
    box.run("call", "acme", "--outcome", "spoke")
    assert box.run("call", "acme", "--correct").code == 2


# --- confirm ------------------------------------------------------------------------------------------


def test_the_confirmation_takes_the_place_of_the_unsent_draft(box: Box) -> None:
    box.run("draft", "acme")
    first = box.draft()
    box.run("call", "acme", "--outcome", "spoke")
    done = box.run("confirm", "acme", "--json")
    assert done.code == 0
    assert (done.json["command"], done.json["result"]["purpose"]) == ("confirm", "after-call")
    draft = box.draft()  # one draft, not two
    assert draft["Message-ID"] != first["Message-ID"]
    assert draft["In-Reply-To"] == first["In-Reply-To"]
    text = body(draft)
    assert "confirm" in text
    assert "Senior Platform" in text
    assert "Acme" in text


def test_confirming_again_changes_nothing(box: Box) -> None:
    box.run("call", "acme", "--outcome", "spoke")
    box.run("confirm", "acme")
    before = box.files()
    again = box.run("confirm", "acme", "--json").json["result"]
    assert (again["action"], again["changed"]) == ("update", False)
    assert box.files() == before


def test_a_draft_that_the_person_changed_stops_the_confirmation(box: Box) -> None:
    box.run("draft", "acme")
    box.edit_draft(b"Dana", b"dear Dana")
    box.run("call", "acme", "--outcome", "spoke")
    before = box.files()
    done = box.run("confirm", "acme", "--json")
    assert (done.code, done.json["error"]["code"]) == (6, "draft-changed")
    assert box.files() == before
    forced = box.run("confirm", "acme", "--force")
    assert forced.code == 0
    assert "after-call" in forced.out
    (kept,) = (box.root / "data" / "kept").iterdir()
    assert b"dear Dana" in kept.read_bytes()
    box.draft()


def test_a_foreign_draft_stops_the_confirmation(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    foreign = path.read_bytes().replace(b"Message-ID: <", b"Message-ID: <other")
    path.with_name("1.foreign:2,DS").write_bytes(foreign)
    box.run("call", "acme", "--outcome", "spoke")
    done = box.run("confirm", "acme", "--json")
    assert done.json["error"]["code"] == "foreign-draft"


@pytest.mark.parametrize(
    ("outcomes", "purpose"),
    [
        (["voicemail-callback"], "after-voicemail"),
        (["voicemail-decision"], "after-voicemail"),
        (["no-answer", "no-answer"], "no-answer"),
        (["wrong-person"], "withdrawal"),
    ],
)
def test_the_outcome_chooses_the_letter(box: Box, outcomes: list[str], purpose: str) -> None:
    for outcome in outcomes:
        box.run("call", "acme", "--outcome", outcome)
    assert box.run("confirm", "acme", "--json").json["result"]["purpose"] == purpose
    assert box.draft()["Cc"] is None


def test_without_a_logged_call_there_is_nothing_to_confirm(box: Box) -> None:
    box.run("draft", "acme")
    before = box.files()
    done = box.run("confirm", "acme")
    assert done.code == 6
    assert "bowout call w1 --outcome spoke" in done.err
    assert box.files() == before


def test_one_unanswered_call_is_not_enough(box: Box) -> None:
    box.run("call", "acme", "--outcome", "no-answer")
    done = box.run("confirm", "acme")
    assert done.code == 6
    assert "second try" in done.err


def test_another_follow_up_needs_the_withdrawal_out_of_the_way(box: Box) -> None:
    box.run("draft", "acme")
    before = box.files()
    assert box.run("confirm", "acme", "--letter", "confirm-receipt").code == 6
    assert box.files() == before
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    assert box.run("confirm", "acme", "--letter", "confirm-receipt").code == 0


def test_a_letter_that_left_after_the_call_has_said_it(box: Box) -> None:
    box.run("draft", "acme")
    box.run("call", "acme", "--outcome", "spoke", "--at", "2 hours ago")
    (path,) = box.drafts()
    path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    before = box.files()
    for args in ((), ("--yes",), ("--letter", "after-call")):
        refused = box.run("confirm", "acme", *args, "--json")
        assert (refused.code, refused.json["error"]["code"]) == (6, "said-before")
        assert re.search(r"\(withdrawal\) left on \w+ \d+ \w+, \d+:\d\d", refused.json["error"]["message"])
    assert box.files() == before
    assert only(box)["reminders"] == []
    assert "It left" in box.run("status").out
    again = box.run("draft", "acme", "--json").json["error"]
    assert (again["code"], "sent, on" in again["message"]) == ("already-done", True)
    assert box.run("confirm", "acme", "--force").code == 0
    box.draft()


def test_a_call_after_the_letter_is_confirmed_only_when_asked_twice(box: Box) -> None:
    box.run("draft", "acme")
    (path,) = box.drafts()
    sent = path.rename(box.mail / ".Sent" / "cur" / path.name.replace(":2,DS", ":2,S"))
    dated = f"Date: {format_datetime(datetime.now(UTC) - timedelta(hours=3))}".encode()
    sent.write_bytes(re.sub(rb"(?m)^Date: .*$", dated, sent.read_bytes(), count=1))
    box.run("call", "acme", "--outcome", "spoke", "--at", "1 hour ago")
    refused = box.run("confirm", "acme", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (6, "said-before")
    assert "before that call" in refused.json["error"]["message"]
    assert "confirm it in writing" not in box.run("status").out
    again = box.run("confirm", "acme", "--force", "--json")
    assert again.json["result"]["purpose"] == "after-call"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["nobody-knows-this"], 3),
        (["w9"], 3),
        (["acme", "--at", "whenever"], 2),
        (["acme", "--at", "17:00", "--no-input"], 2),
        (["acme", "--follow-edits"], 2),
        (["acme", "--letter", "love-letter"], 2),
        (["acme", "--at", "in 2 hours", "--yes"], 6),  # sending is off
    ],
)
def test_confirm_with_wrong_input(box: Box, args: list[str], code: int) -> None:
    box.run("call", "acme", "--outcome", "spoke")
    assert box.run("confirm", *args, "--json").json["exit"] == code


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_where_arming_is_refused_nothing_was_written(box: Box, dry: tuple[str, ...]) -> None:
    box.run("draft", "acme")
    box.run("call", "acme", "--outcome", "spoke")
    before = box.files()
    done = box.run("confirm", "acme", "--at", "in 2 hours", "--yes", *dry)
    assert done.code == 6
    assert "Draft saved" not in done.out
    assert "allow_send" in done.err
    assert box.files() == before


# --- private ------------------------------------------------------------------------------------------

SECRET = "the boss shouted at me"


def noted(box: Box) -> None:
    given = ["--depth", "none", "--reason", "pay", "--other-employer", "Globex", "--decided-on", "yesterday"]
    assert box.run("draft", "acme", *given, "--note", SECRET).code == 0


def test_private_notes_are_shown_only_on_request(box: Box) -> None:
    noted(box)
    for args in (["status"], ["status", "--json"], ["status", "--reasons", "--json"]):
        done = box.run(*args)
        assert SECRET not in done.out + done.err
        assert "Globex" not in done.out
        assert '"pay"' not in done.out
    assert SECRET not in body(box.draft())
    private = only(box, "--private")["private"]
    assert private["reason"] == "pay"
    assert private["note"] == SECRET
    assert private["other-employer"] == "Globex"
    assert SECRET in box.run("status", "--private").out


def test_a_second_note_does_not_replace_the_first(box: Box) -> None:
    noted(box)
    box.run("call", "acme", "--outcome", "spoke", "--note", "promised to write today")
    assert only(box, "--private")["private"]["note"] == f"{SECRET}\npromised to write today"


def test_the_linter_knows_the_other_employer(box: Box) -> None:
    noted(box)
    given = ["--set", "reason_text=I have signed with Globex.", "--depth", "brief", "--reason", "fit"]
    findings = box.run("draft", "acme", *given, "--json").json["result"]["findings"]
    assert "M03" in [f["rule"] for f in findings]


def test_reasons_are_counted(box: Box) -> None:
    noted(box)
    box.run("draft", "bluebird", "--reason", "fit")
    open_ = box.run("status", "--reasons", "--json").json["result"]["total"]
    assert open_ == {"fit": 1, "none": 1}
    private = box.run("status", "--reasons", "--private", "--json").json["result"]["total"]
    assert private == {"fit": 1, "pay": 1}


def test_forget_leaves_no_trace(box: Box) -> None:
    noted(box)
    box.edit_draft(b"Dana", b"dear Dana")
    box.run("draft", "acme", "--force")
    assert box.run("forget", "acme").code == 2  # nobody can be asked here
    looked = box.run("forget", "acme", "--dry-run", "--json").json["result"]
    assert (looked["found"]["note"], looked["found"]["kept_copy"]) == (3, 1)
    assert SECRET in box.run("status", "--private").out
    assert box.run("forget", "acme", "--yes").code == 0
    traces = [
        path
        for path in (box.root / "data").rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in (SECRET.encode(), b"dear Dana"))
    ]
    assert traces == []
    assert only(box, "--private")["private"] == {"reason": "none"}
    box.draft()  # what is in the mailbox stays


@pytest.mark.parametrize(("who", "code"), [("w9", 3), ("nobody", 3), ("", 2)])
def test_forget_with_wrong_input(box: Box, who: str, code: int) -> None:
    assert box.run("forget", who, "--yes").code == code


def test_what_was_logged_is_told_within_80_columns(box: Box) -> None:
    told = box.run("call", "acme", "--outcome", "wrong-person", "--with", "Front Desk", env={"COLUMNS": "80"})
    assert "reached the wrong person, Front Desk, " in told.out
    assert max(map(len, told.out.splitlines())) <= 80
