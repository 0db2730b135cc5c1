"""``bowout demo`` on a machine that has never seen bowout, and the commands it suggests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from acceptance.harness import read, run


def suggested(out: str) -> list[list[str]]:
    """The commands under the last line that ends with a colon."""
    tail = out.rpartition(":\n")[2]
    return [shlex.split(line)[1:] for line in tail.splitlines() if line.strip().startswith("bowout ")]


def test_it_drafts_a_letter_with_nothing_configured(home: Path) -> None:
    done = run("demo", anew=True)
    assert done.code == 0, done.err
    assert "withdraw" in done.out
    assert "Dana" in done.out
    drafts = [path for path in home.rglob(".Drafts/cur/*") if "present" not in path.name]
    assert len(drafts) == 1
    assert read(drafts[0])["In-Reply-To"] == "<acme.4@acme.example>"


README = Path(__file__).parents[2] / "README.md"


def letter_in(text: str) -> str:
    """The letter of the demo, without line ends, dates and summer time, which move with the clock."""
    letter = text.partition("\n  Hi Dana,")[2].partition("  Sam\n")[0]
    undated = re.sub(r"\b[A-Z]\w+day(?='s)", "DAY", " ".join(letter.split()))
    return re.sub(r"\bCES?T\b", "ZONE", undated)


def test_the_letter_that_the_readme_shows_is_the_one_it_writes(home: Path) -> None:
    shown = letter_in(README.read_text(encoding="utf-8"))
    assert "DAY" in shown
    assert shown == letter_in(run("demo").out)


def test_the_three_commands_it_suggests_work(home: Path) -> None:
    commands = suggested(run("demo").out)
    assert len(commands) == 3
    for command in commands:
        done = run(*command)
        assert done.code in (0, 4, 6), (command, done.err)
        assert done.out or done.err


def test_it_can_be_run_again_and_starts_afresh(home: Path) -> None:
    first, second = run("demo"), run("demo")
    assert (first.code, second.code) == (0, 0)
    assert len([path for path in home.rglob(".Drafts/cur/*") if "present" not in path.name]) == 1


def test_keep_names_the_folder_and_leaves_the_home_alone(home: Path, tmp_path: Path) -> None:
    done = run("demo", "--keep", tmp_path / "sample")
    assert done.code == 0, done.err
    assert (tmp_path / "sample" / "mail" / ".Drafts").is_dir()
    assert list(home.iterdir()) == []


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    done = run("demo", "--keep", tmp_path)
    assert done.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_json_is_one_object(home: Path) -> None:
    answer = run("demo", "--json").json
    assert (answer["bowout"], answer["command"], answer["exit"]) == (1, "demo", 0)


@pytest.mark.parametrize("width", [60, 80, 200])
def test_it_reads_well_at_any_width(home: Path, width: int) -> None:
    done = run("demo", env={"COLUMNS": str(width)})
    letter_lines = [line for line in done.out.splitlines() if not re.search(r"/|--config", line)]
    assert max(len(line) for line in letter_lines) <= 100
