"""What a language has and lacks: counted, and each missing thing named with the file in which it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bowout.letters.inventory import Gap, Inventory, take
from bowout.letters.own import show
from unit.letters.kit import NOW

LETTER = """
== layout ==
greeting
opening reason
goodbye
close

== layout (linkedin) ==
greeting
short
name

== layout (sms-short) ==
greeting
short

== layout (calendar-note) ==
note

== greeting ==
Dzień dobry,

== goodbye ==
Powodzenia.

== close ==
Pozdrawiam
{{ full_name }}

== name ==
{{ full_name }}

== note ==
Wycofuję się.
"""
INVITED = "== opening ==\nWycofuję się.\n\n== opening (because) ==\nWycofuję się: {{ because }}.\n"
REASONS = "== fit, staying (brief) ==\nzostaję\n\n== fit (full) ==\nTo wszystko.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The beginning of a language: one situation, two reasons."""
    files = {"letter.j2": LETTER, "invited.j2": INVITED, "reasons.j2": REASONS}
    for name, text in files.items():
        (tmp_path / f"pl.{name}").write_text(text, encoding="utf-8")
    (tmp_path / "pl.dates.toml").write_text(show("en.dates.toml", None), encoding="utf-8")
    return tmp_path


def lacks(taken: Inventory, file: str) -> list[str]:
    return [gap.what for gap in taken.gaps if gap.file == file]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "nl", "pt", "pt-PT", "en-US", "de-CH"])
def test_our_languages_lack_nothing(language: str) -> None:
    taken = take(language, None, NOW)
    assert taken.gaps == ()
    assert {name: there for name, (there, of) in taken.counts.items() if there != of} == {}


def test_what_is_there_is_counted(folder: Path) -> None:
    counts = take("pl", folder, NOW).counts
    assert counts["situations"] == (1, 16)
    assert counts["reasons"] == (2, 13)
    assert counts["reasons_in_full"] == (1, 13)
    assert counts["follow_ups"] == (0, 11)
    assert counts["tones"] == (1, 3)
    assert counts["phone_card"] == (0, 1)
    assert counts["dates"] == (1, 1)


def test_each_missing_thing_belongs_into_one_file_and_is_named_once(folder: Path) -> None:
    taken = take("pl", folder, NOW)
    assert len(set(taken.gaps)) == len(taken.gaps)
    assert lacks(taken, "pl.invited.j2") == ["short"]  # whichever of two channels needs it
    assert "pay (brief)" in lacks(taken, "pl.reasons.j2")
    assert not {"staying (brief)", "fit (full)"} & {*lacks(taken, "pl.reasons.j2")}
    assert "staying (full)" in lacks(taken, "pl.reasons.j2")
    assert lacks(taken, "pl.letter.j2") == ["words for the tone formal", "words for the tone warm"]
    assert {Gap("pl.offer.j2"), Gap("pl.call.j2"), Gap("lint_pl.toml")} <= {*taken.gaps}
    assert not any(gap.breaks for gap in taken.gaps)


def test_what_an_ordinary_letter_cannot_do_without_breaks_it(folder: Path) -> None:
    (folder / "pl.letter.j2").write_text(LETTER.replace("== goodbye ==\nPowodzenia.\n", ""), encoding="utf-8")
    (folder / "pl.late.j2").write_text("== short ==\nWycofuję się.\n", encoding="utf-8")
    broken = {(gap.file, gap.what) for gap in take("pl", folder, NOW).gaps if gap.breaks}
    assert broken == {("pl.letter.j2", "goodbye"), ("pl.late.j2", "opening")}


def test_an_optional_part_is_only_missing(folder: Path) -> None:
    (folder / "pl.letter.j2").write_text(LETTER.replace("\ngoodbye\n", "\nrelease goodbye\n", 1), "utf-8")
    assert Gap("pl.letter.j2", "release") in take("pl", folder, NOW).gaps


def test_a_variety_inherits_and_its_gaps_belong_to_the_language(folder: Path) -> None:
    (folder / "pl-SK.dates.toml").write_text('at = "u"\n', encoding="utf-8")
    variety, language = take("pl-SK", folder, NOW), take("pl", folder, NOW)
    assert variety.counts == language.counts
    assert variety.gaps == language.gaps


def test_the_phone_card_and_the_words_of_the_check_are_looked_into(folder: Path) -> None:
    (folder / "pl.call.j2").write_text("== card ==\nKarta\n", encoding="utf-8")
    (folder / "lint_pl.toml").write_text('decision = ["wycofuję się"]\n', encoding="utf-8")
    taken = take("pl", folder, NOW)
    assert {"steps", "answers"} <= {*lacks(taken, "pl.call.j2")}
    assert "hedge (D03)" in lacks(taken, "lint_pl.toml")
    assert not any(what.startswith("decision") for what in lacks(taken, "lint_pl.toml"))
    assert taken.counts["rules"][0] > take("pl", None, NOW).counts["rules"][0]


def test_files_that_cannot_be_read_are_there_and_lack_nothing_more(folder: Path) -> None:
    for name in ("pl.reasons.j2", "pl.offer.j2"):
        (folder / name).write_text("no section", encoding="utf-8")
    for name in ("pl.dates.toml", "lint_pl.toml"):
        (folder / name).write_text("= =", encoding="utf-8")
    taken = take("pl", folder, NOW)
    assert {gap.file for gap in taken.gaps} & {
        "pl.reasons.j2",
        "pl.offer.j2",
        "pl.dates.toml",
        "lint_pl.toml",
    } == set()
    assert taken.counts["situations"] == (2, 16)
