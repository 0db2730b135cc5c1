"""The smaller commands, and what every command has in common."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import bowout
from acceptance.harness import Box, run
from bowout.cli import COMMANDS


def test_version_and_help(home: Path) -> None:
    assert bowout.__version__ in run("--version").out
    told = run("--help").out
    assert all(name in told for name in COMMANDS)
    assert run().code == 0  # alone it shows the help as well
    assert list(home.iterdir()) == []


def test_the_version_tells_the_day_of_the_register_when_more_is_asked(home: Path) -> None:
    plain, more = run("--version").out, run("--version", "-v").out
    assert more.startswith(plain)
    assert re.search(r"public suffix register of 20\d\d-\d\d-\d\d\n$", more)
    assert run("-v", "--version").out == more
    assert run("-v", "status").code == 2
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_without_any_config(name: str) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert f"bowout {name}" in done.out


def test_find_lists_the_best_thread_first_and_writes_nothing(box: Box) -> None:
    before = box.files()
    done = box.run("find", "acme", "--json")
    assert done.code == 0
    result = done.json["result"]
    assert result["outcome"] == "sure"
    assert result["candidates"][0]["address"] == "dana.whitfield@acme.example"
    assert box.files() == before


def test_find_is_done_however_many_there_are(box: Box) -> None:
    assert box.run("find", "harbor").code == 0
    assert box.run("find", "no-such-company").code == 3


def test_find_alone_lists_the_hiring_threads_and_no_others(box: Box) -> None:
    found = box.run("find", "--json").json["result"]
    candidates = found["candidates"]
    assert candidates[0]["person"] == "Victor Nyström"  # who made an offer waits for an answer
    assert not found["cut_off"]
    assert {"subject": "Tidewater Games: Gameplay Engineer", "why": "rejected"}.items() <= found["left_out"][
        0
    ].items()
    people = {one["person"] for one in candidates}
    assert {"Dana Whitfield", "Tom Okafor", "Mei Tanaka", "Olivia Marsh", "Grace Liu"} <= people
    assert not {"Carmen Rivera", "Noor Haddad", "Alex"} & people
    assert "Marcus Hale" not in people
    assert not any("Monthly" in one["subject"] for one in candidates)
    said = " ".join(box.run("find").out.split())
    assert 'Left out: 1 where they turned you down ("Tidewater Games: Gameplay Engineer")' in said


def test_find_says_why(box: Box) -> None:
    plain, explained = box.run("find", "acme"), box.run("find", "acme", "--explain")
    assert len(explained.out.splitlines()) > len(plain.out.splitlines())
    assert "invitation" in explained.out


def test_config_shows_where_things_are_and_what_is_understood(box: Box) -> None:
    assert box.run("config", "path").out.strip() == str(box.config)
    shown = box.run("config", "show", "--json").json["result"]
    assert shown["config"] == str(box.config)
    assert shown["data_dir"] == str(box.root / "data")


def test_config_shows_a_duration_as_it_can_be_written(box: Box) -> None:
    text = box.config.read_text().replace("[defaults]", '[defaults]\ngrace = "90s"\nquiet_period = "2d"')
    box.configure(text)
    shown = box.run("config", "show").out
    assert "defaults.grace = 90s\n" in shown
    assert "defaults.quiet_period = 48h\n" in shown


def test_config_path_tells_where_one_would_be(home: Path) -> None:
    done = run("config", "path")
    assert done.code == 0
    assert str(home) in done.out
    assert list(home.iterdir()) == []


def test_the_environment_can_name_config_and_data(box: Box, tmp_path: Path) -> None:
    box.configure(box.config.read_text().replace('data_dir = "data"\n', ""))
    env = {"BOWOUT_CONFIG": str(box.config), "BOWOUT_DATA_DIR": str(tmp_path / "elsewhere")}
    done = run("draft", "acme", env=env)
    assert done.code == 0, done.err
    assert (tmp_path / "elsewhere" / "bowout.db").exists()


@pytest.mark.parametrize(
    "args",
    [["draft", "nowhere"], ["draft", "acme", "--reason", "boredom"], ["nonsense"], ["status", "--frob"]],
)
def test_errors_are_json_too(box: Box, args: list[str]) -> None:
    done = box.run(*args, "--json")
    answer = json.loads(done.out)
    assert answer["exit"] == done.code != 0
    assert answer["result"] is None
    assert answer["error"]["message"]
    assert done.err == ""


@pytest.mark.parametrize("who", ["", "  ", "\t"])
def test_draft_needs_a_who_that_says_something(box: Box, who: str) -> None:
    done = box.run("draft", who)
    assert done.code == 2
    assert "WHO" in done.err


@pytest.mark.parametrize("who", ["x" * 10_000, "\x1b[31mred\x9b2J\r\n", "--", "-x", "日本\u202e語", "\udcff"])
def test_any_who_is_answered_in_a_line_or_two(box: Box, who: str) -> None:
    config = ("--config", box.config)
    done = run("draft", "--json", *config, "--", who)
    said = json.loads(done.out)["error"]["message"]
    assert done.code == 3
    assert len(said) < 300
    told = run("find", *config, "--", who).err
    assert all(line.isprintable() for line in told.splitlines())
    assert all(len(line) < 200 for line in told.splitlines())
    before, _, listed = told.partition("Open processes")
    assert before.count("\n") + listed[listed.rindex('"') :].count("\n") == 3  # the list apart


@pytest.mark.parametrize(
    ("encoding", "written"),
    # click takes ASCII for a mistake in the environment
    [("ascii", "utf-8"), ("latin-1", "latin-1"), ("cp1250", "cp1250"), ("koi8-r", "koi8-r")],
)
def test_any_encoding_of_the_output_will_do(box: Box, encoding: str, written: str) -> None:
    done = box.run("find", env={"PYTHONIOENCODING": encoding}, encoding=written)
    assert done.code == 0, done.err
    assert "Morgenrot" in done.out
    answer = box.run("find", "--json", env={"PYTHONIOENCODING": encoding}, encoding="ascii")
    assert answer.out.isascii()
    assert any(one["person"] == "Katrin Schönfeld" for one in answer.json["result"]["candidates"])


@pytest.mark.parametrize("columns", ["0", "1", "7", "30"])
def test_a_narrow_window_is_no_reason_to_stop(box: Box, columns: str) -> None:
    done = box.run("draft", "acme", "--dry-run", env={"COLUMNS": columns})
    assert done.code == 0, done.err


def test_an_unknown_account_is_named_with_those_there_are(box: Box) -> None:
    done = box.run("draft", "acme", "--account", "hone")
    assert done.code == 2
    assert "home" in done.err


@pytest.mark.parametrize("more", [["--no-input"], ["--json"], []])
def test_an_editor_without_a_terminal_is_refused_and_not_waited_for(box: Box, more: list[str]) -> None:
    done = box.run("draft", "acme", "--edit", "--dry-run", *more)
    assert done.code == 2
    assert "--edit needs a terminal" in done.out + done.err
    assert box.drafts() == []


def test_the_time_of_a_call_that_is_not_logged_is_no_silent_option(box: Box) -> None:
    done = box.run("call", "acme", "--at", "10:30")
    assert done.code == 2
    assert "--outcome" in done.err
