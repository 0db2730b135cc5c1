"""``check`` and ``letters``: they need no account, and ``check --draft`` knows the thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.harness import Box, run

LETTER = """Hello Dana,

thank you for the invitation to talk about the QA position at Acme. After some thought I have decided to
withdraw my application and will not be at the interview. Your process is a waste of time.

Thank you again for your time. I wish you a good search.

Kind regards
Jo Doe
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, encoding="utf-8")
    return path


# --- check --------------------------------------------------------------------------------------------


def test_check_needs_no_configuration_and_names_the_place(file: Path) -> None:
    done = run("check", file)
    assert done.code == 6
    assert f"{file}:4:77: N01 error:" in done.out
    assert "Not checked:" in done.out


def test_check_for_scripts(file: Path) -> None:
    result = run("check", file, "--json", "--set", "company=Globex").json["result"]
    assert result["errors"] >= 1
    found = {f["rule"]: f for f in result["findings"]}
    assert (found["N01"]["line"], found["N01"]["column"]) == (4, 77)
    assert "F01" in found


def test_a_rule_can_be_allowed(file: Path) -> None:
    assert run("check", file, "--allow", "n01").code == 0


def test_a_follow_up_can_be_the_situation(file: Path) -> None:
    done = run("check", file, "--situation", "after_call", "--set", "full_name=Jo Doe")
    assert done.code == 6


def test_check_reads_the_draft_as_it_stands_in_the_thread(box: Box) -> None:
    box.run("draft", "acme")
    found = box.run("check", "--draft", "acme", "--json").json["result"]["findings"]
    assert [f for f in found if f["rule"] != "X03"] == []  # X03 speaks of the hour at which the test runs
    box.edit_draft(b"Acme", b"Acne")
    done = box.run("check", "--draft", "acme")
    assert done.code == 6
    assert "F01" in done.out
    assert done.out.startswith("w1:")


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["-"],
        ["no-such-file.txt"],
        ["."],
        ["x.txt", "--draft", "acme"],
        ["--draft", "acme", "--situation", "late"],
        ["x.txt", "--situation", "happy"],
        ["x.txt", "--set", "compny=x"],
        ["x.txt", "--set", "company"],
        ["x.txt", "--set", "interview_start=soon"],
    ],
)
def test_check_with_wrong_input(box: Box, args: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(LETTER, encoding="utf-8")
    done = box.run("check", *args, "--json", cwd=tmp_path)
    assert done.code == 2
    assert done.json["error"]["next"]


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"x" * 300_000, b"", b"> quoted only\n"])
def test_check_refuses_what_is_no_letter(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(raw)
    assert run("check", tmp_path / "x").code == 2


def test_check_of_an_unknown_draft(box: Box) -> None:
    assert box.run("check", "--draft", "acme").code == 3


def test_mail_text_reaches_the_terminal_harmless(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(LETTER + "\n\x1b[31mP.S. a waste\x1b[0m of time\n", encoding="utf-8")
    assert "\x1b" not in run("check", tmp_path / "x").out


# --- letters ------------------------------------------------------------------------------------------


def test_list_and_show_need_no_account() -> None:
    listed = run("letters", "list", "--json").json["result"]
    assert {"en", "de"} <= {entry["language"] for entry in listed["files"]}
    assert "accepted-offer" in listed["reasons"]
    shown = run("letters", "show", "offer", "--lang", "de")
    assert shown.out == run("letters", "show", "de.offer.j2").out
    assert "== opening" in shown.out


def test_an_own_letter_is_used(box: Box) -> None:
    copied = box.run("letters", "copy", "scheduled", "--json").json["result"]["copied"]
    path = Path(copied[0])
    assert path.parent == box.root / "letters"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Thank", "splendid Thank"), "utf-8")
    assert "splendid" in box.run("draft", "acme", "--json").json["result"]["letter"]["text"]
    assert "splendid" in box.run("letters", "preview", "scheduled").out
    again = box.run("letters", "copy", "offer", "scheduled")
    assert again.code == 2
    assert sorted(p.name for p in path.parent.iterdir()) == ["en.scheduled.j2"]  # all or none


def test_lint_names_file_line_and_variable(box: Box) -> None:
    assert box.run("letters", "lint").code == 0
    box.run("letters", "copy", "late")
    assert box.run("letters", "lint").code == 0
    path = box.root / "letters" / "en.late.j2"
    path.write_text(path.read_text("utf-8").replace("{{ role }}", "{{ compny }}", 1), "utf-8")
    done = box.run("letters", "lint", "--json")
    assert done.code == 6
    (fault, *_) = done.json["result"]["faults"]
    assert "en.late.j2:" in fault
    assert "'compny'" in fault


def own(box: Box, files: dict[str, str]) -> None:
    folder = box.root / "letters"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def test_lint_of_a_language_says_what_it_has_and_lacks(box: Box) -> None:
    shown = {
        name: run("letters", "show", f"en.{name}").out for name in ("letter.j2", "invited.j2", "dates.toml")
    }
    own(box, {f"pl.{name}": text for name, text in shown.items()})
    own(box, {"pl.reasons.j2": "== fit (brief) ==\nszukam czegoś innego\n"})
    done = box.run("letters", "lint", "pl")
    said = " ".join(done.out.split())
    assert done.code == 0, done.out
    assert "pl: situations 1 of 16, reasons 1 of 13 (in full 0 of 13), follow-ups 0 of 11" in said
    assert "pl.reasons.j2 lacks: accepted-offer, staying, pay" in said
    assert "pl.offer.j2" in said
    assert "0 faults in 4 of your files." in said
    result = box.run("letters", "lint", "pl", "--json").json["result"]
    (language,) = result["languages"]
    assert language["reasons"] == {"there": 1, "of": 13}
    assert {"file": "pl.reasons.j2", "what": "pay (brief)"} in language["missing"]
    assert {"file": "pl.offer.j2", "what": None} in language["missing"]
    alone = box.run("letters", "lint")
    assert "pl: situations 1 of 16" in alone.out
    assert "lacks" not in alone.out


def test_lint_of_a_language_finds_what_is_broken_once(box: Box) -> None:
    own(
        box,
        {"pl.letter.j2": run("letters", "show", "en.letter.j2").out.replace("== greeting", "== farewell")},
    )
    own(box, {"pl.dates.toml": run("letters", "show", "en.dates.toml").out})
    own(
        box,
        {f"pl.{name}.j2": run("letters", "show", f"en.{name}.j2").out for name in ("invited", "scheduled")},
    )
    done = box.run("letters", "lint", "pl", "--json")
    assert done.code == 6
    assert done.json["result"]["faults"] == ["pl.letter.j2: no section 'greeting'; ours has it."]
    assert box.run("letters", "lint", "de").code == 0


@pytest.mark.parametrize("language", ["xx", "../..", ""])
def test_lint_of_a_language_that_is_not_there(box: Box, language: str) -> None:
    done = box.run("letters", "lint", language)
    assert done.code == 2
    assert "bowout letters copy" in done.err


def test_words_of_ones_own_are_used_by_check_and_draft(box: Box, tmp_path: Path) -> None:
    box.run("letters", "copy", "lint")
    path = box.root / "letters" / "lint_en.toml"
    path.write_text(path.read_text("utf-8").replace("slang = [", 'slang = ["invitation", ', 1), "utf-8")
    (tmp_path / "x").write_text(LETTER, "utf-8")
    assert "V02" in box.run("check", tmp_path / "x").out
    assert "V02" not in run("check", tmp_path / "x").out
    assert box.run("letters", "lint").code == 0
    path.write_text('decision = [\n  "withdraw(",\n]\n', "utf-8")
    for broken in (box.run("check", tmp_path / "x"), box.run("draft", "acme")):
        assert broken.code == 2
        assert f"{path}:2: decision" in broken.err
        assert "bowout letters lint" in broken.err
    assert box.drafts() == []
    assert box.run("letters", "lint").code == 6


# --- explain ------------------------------------------------------------------------------------------


def test_findings_lead_to_their_explanation(file: Path, box: Box) -> None:
    found = run("check", file).out
    assert found.count("bowout explain") == 1
    told = run(*found.partition("bowout ")[2].splitlines()[0].split())
    assert told.code == 0
    assert told.out.startswith("N01")
    assert "--allow N01" in told.out
    refused = box.run(
        "draft", "acme", "--set", "thanks_detail=Your process was chaotic.", "--tone", "neutral"
    )
    assert refused.code == 6
    assert refused.err.count("bowout explain N01") == 1


@pytest.mark.parametrize("rule", ["d03", "D03"])
def test_a_rule_explains_itself_in_any_case_and_for_scripts(rule: str) -> None:
    told = run("explain", rule, "--json").json["result"]
    assert (told["rule"], told["severity"]) == ("D03", "error")
    assert [one["code"] for one in told["advice"]] == ["A10", "C8"]
    assert {"en", "de"} <= {*told["languages"]}


def test_without_a_rule_all_of_them_are_listed() -> None:
    lines = run("explain").out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["D01", "D02"]
    assert len(run("explain", "--json").json["result"]["rules"]) == len(lines) - 1


@pytest.mark.parametrize(
    ("typed", "near"), [("D3", "D03"), ("A14", "N01, N02, N03"), ("zzz", "bowout explain")]
)
def test_a_rule_that_is_none_names_the_near_ones(typed: str, near: str) -> None:
    done = run("explain", typed)
    assert done.code == 2
    assert near in done.err


def test_preview_shows_one_letter(box: Box) -> None:
    done = box.run("letters", "preview", "late", "--tone", "formal", "--set", "company=Umbrella", "--json")
    text = done.json["result"]["text"]
    assert "Umbrella" in text
    assert text.startswith("Dear Dana Whitfield,")


def test_the_page_of_all_letters_overwrites_only_itself(tmp_path: Path) -> None:
    assert run("letters", "preview", "--all", cwd=tmp_path).code == 0
    page = tmp_path / "letters.html"
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert run("letters", "preview", "--all", "--lang", "en", cwd=tmp_path).code == 0
    page.write_text("mine", "utf-8")
    assert run("letters", "preview", "--all", cwd=tmp_path).code == 2
    assert page.read_text("utf-8") == "mine"
    assert run("letters", "preview", "--all", "--out", "new.html", "--dry-run", cwd=tmp_path).code == 0
    assert not (tmp_path / "new.html").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["show", "nope"],
        ["show", "../../etc/passwd"],
        ["show", "offer", "--lang", "xx"],
        ["copy", "nope"],
        ["copy"],
        ["preview"],
        ["preview", "late", "--all"],
        ["preview", "late", "--out", "x.html"],
        ["preview", "happy"],
        ["preview", "--all", "--lang", "xx"],
        ["preview", "signed", "--channel", "sms-short"],
        ["preview", "late", "--set", "compny=x"],
        ["preview", "--all", "--out", "."],
        ["dance"],
    ],
)
def test_letters_with_wrong_input(box: Box, args: list[str]) -> None:
    done = box.run("letters", *args, "--json", cwd=box.root)
    assert done.code == 2
    assert done.json["error"]["message"]


@pytest.mark.parametrize(
    ("changed", "into", "told"),
    [
        (b"\nSubject: ", b"\nBcc: boss@home.example\nSubject: ", "blind copy (Bcc)"),
        (b"\nSubject: ", b"\nCc: no-reply@acme.example\nSubject: ", "no-reply@acme.example"),
        (b"From: Sam Rivera <sam.rivera@", b"From: Sam Rivera <sam@", "not from one of your addresses"),
        (b"From: Sam", b"From: Jo <jo@else.example>, Sam", "more than one sender"),
        (b"\nTo: ", b"\nFrom: Jo <jo@else.example>\nTo: ", "more than one sender"),
    ],
    ids=["Bcc", "Cc", "From", "two in From", "two From"],
)
def test_a_draft_that_will_not_be_sent_is_found_by_check_as_by_send(
    box: Box, changed: bytes, into: bytes, told: str
) -> None:
    box.configure(box.config.read_text() + 'allow_send = true\nsend_command = ["true"]\n')
    box.run("draft", "acme")
    box.edit_draft(changed, into)
    found = box.run("check", "--draft", "w1")
    assert found.code == 6
    assert "A06" in found.out
    assert told in found.out
    sent = box.run("send", "acme", "--yes")
    assert sent.code == 6
    assert told in sent.err


def test_a_draft_that_hangs_in_no_thread_any_more_is_said_so(box: Box) -> None:
    box.run("draft", "acme")
    answers = str(box.draft()["In-Reply-To"])
    box.edit_draft(b"In-Reply-To: " + answers.encode() + b"\n", b"")
    found = box.run("check", "--draft", "w1")
    assert found.code == 6
    assert "A05" in found.out
    assert "no longer hangs in this thread" in found.out
    assert "A05" not in found.out.partition("Not checked")[2]


def test_the_cure_for_a_broken_table_of_dates_can_be_followed(box: Box) -> None:
    box.run("letters", "copy", "en.dates.toml")
    (own,) = (box.root / "letters").iterdir()
    own.write_text("weekdays = 3\n")
    broken = box.run("draft", "acme")
    assert broken.code != 0
    assert f"move {own} away" in broken.err
    own.unlink()
    cure = broken.err.partition("run: bowout ")[2].split("\n")[0].split()
    assert box.run(*cure).code == 0
    assert box.run("draft", "acme").code == 0


@pytest.mark.parametrize(
    ("named", "file"),
    [
        (("scheduled", "--lang", "en-GB"), "en.scheduled.j2"),
        (("dates", "--lang", "en-US"), "en-US.dates.toml"),
        (("offer", "--lang", "pt-PT"), "pt-PT.offer.j2"),
        (("lint", "--lang", "de-CH"), "lint_de.toml"),
    ],
)
def test_a_variety_without_a_file_of_its_own_shows_that_of_its_language(
    named: tuple[str, ...], file: str
) -> None:
    assert run("letters", "show", *named, "--json").json["result"]["file"] == file
