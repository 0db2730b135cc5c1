"""The letters as files: what is listed, copied, found faulty."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bowout.errors import UsageError
from bowout.letters.own import copy, entries, faults, show
from bowout.letters.templates import parse, variables
from bowout.letters.wish import KNOWN
from bowout.model import FollowUp, Reason, Situation

TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.mark.parametrize("language", ["en", "de"])
def test_both_languages_have_every_situation_reason_and_follow_up(language: str) -> None:
    names = {entry.name for entry in entries(None) if entry.language == language}
    assert {
        f"{language}.{topic}.j2" for topic in (*Situation, *FollowUp, "letter", "reasons", "call")
    } <= names
    sections = parse(show(f"{language}.reasons.j2", None), "reasons")
    for depth in ("brief", "full"):
        told = {name for s in sections if depth in s.flags for name in s.names}
        assert told == {str(reason) for reason in Reason} - {"none"}


def test_our_own_templates_use_only_variables_that_bowout_fills() -> None:
    for entry in entries(None):
        if entry.name.endswith(".j2"):
            for section in parse(show(entry.name, None), entry.name):
                for wording in section.wordings:
                    assert variables(wording) <= KNOWN, (entry.name, wording.line)


def test_a_copied_letter_is_used_and_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    target = copy("en.offer.j2", folder)
    assert target.read_text("utf-8") == (TEMPLATES / "en.offer.j2").read_text("utf-8")
    assert [entry.name for entry in entries(folder) if entry.own] == ["en.offer.j2"]
    assert os.name == "nt" or target.stat().st_mode & 0o777 == 0o600
    target.write_text("== thanks ==\nmine\n", encoding="utf-8")
    with pytest.raises(UsageError, match="already there"):
        copy("en.offer.j2", folder)
    assert show("en.offer.j2", folder) == "== thanks ==\nmine\n"


@pytest.mark.parametrize("name", ["nope.j2", "../../etc/passwd", "en.letter", "", "..\\x.j2", "__init__.py"])
def test_only_letters_can_be_shown(name: str) -> None:
    with pytest.raises(UsageError):
        show(name, None)


def test_faults_name_file_line_and_variable(tmp_path: Path) -> None:
    (tmp_path / "en.invited.j2").write_text("== thanks ==\nHello\n{{ compny }}\n", encoding="utf-8")
    (tmp_path / "en.offer.j2").write_text("== thanks ==\n{{ company }\n", encoding="utf-8")
    (tmp_path / "en.late.j2").write_text("no section", encoding="utf-8")
    (tmp_path / "en.soon.j2").write_text(
        "== thanks (warm) ==\nHello\n\n== thanks (wram) ==\nHello\n", encoding="utf-8"
    )
    (tmp_path / "en.dates.toml").write_text("weekdays = 3", encoding="utf-8")
    (tmp_path / "en.hold.j2").write_text("== thanks ==\n{{ company }}\n", encoding="utf-8")
    messages = "\n".join(fault.message for fault in faults(tmp_path))
    assert "en.invited.j2:3: bowout has no variable 'compny'" in messages
    assert "en.offer.j2:2" in messages
    assert "en.late.j2:1" in messages
    assert "en.soon.j2:4: there is no flag 'wram'." in messages
    assert "en.dates.toml" in messages
    assert "en.hold.j2" not in messages


def test_words_of_the_check_are_files_like_the_letters(tmp_path: Path) -> None:
    files = {entry.name: entry.language for entry in entries(None)}
    assert files["lint_en.toml"] == "en"
    assert copy("lint_en.toml", tmp_path).read_text("utf-8") == show("lint_en.toml", None)
    (tmp_path / "lint_pl.toml").write_text('decison = ["a"]\nhedge = ["("]\n', encoding="utf-8")
    assert {(e.name, e.language) for e in entries(tmp_path) if e.own} == {
        ("lint_en.toml", "en"),
        ("lint_pl.toml", "pl"),
    }
    messages = [fault.message for fault in faults(tmp_path)]
    assert len(messages) == 2
    assert "lint_pl.toml:2: hedge" in messages[0]
    assert "did you mean decision?" in messages[1]


def test_words_of_a_variety_are_read_by_nobody_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "lint_de-CH.toml").write_text('slang = ["merci"]\n', encoding="utf-8")
    (fault,) = faults(tmp_path)
    assert "lint_de.toml" in fault.message


def test_the_line_above_a_quote_is_told_its_verb(tmp_path: Path) -> None:
    text = show("en.dates.toml", None).replace("{name} wrote:", "{name} pisze:")
    (tmp_path / "pl.dates.toml").write_text(text, encoding="utf-8")
    (fault,) = faults(tmp_path)
    assert "pl.dates.toml: quote_undated" in fault.message
    assert "'napisał' (an ending may follow)" in fault.message
    (tmp_path / "pl.dates.toml").write_text(text.replace("pisze:", "napisał(a):"), encoding="utf-8")
    assert faults(tmp_path) == ()


def test_no_folder_has_no_faults(tmp_path: Path) -> None:
    assert faults(None) == ()
    assert faults(tmp_path / "missing") == ()
