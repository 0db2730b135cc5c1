"""Word lists that the person wrote: used in the place of ours, and plainly refused where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bowout.errors import TemplateError
from bowout.etiquette import own_words
from bowout.etiquette.check import check
from bowout.etiquette.context import Context
from bowout.etiquette.lexicon import lexicon
from bowout.model import Situation
from unit.etiquette.cases import NOW, SLOT

POLISH = "Dzień dobry,\n\ndziękuję. {}\n\nZ poważaniem\nRobin Sample\n"


def write(folder: Path, text: str, language: str = "pl") -> Path:
    path = folder / f"lint_{language}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rules(text: str, folder: Path, **known: Any) -> set[str]:
    context = Context(language="pl", own_dir=folder, **known)
    return {finding.rule for finding in check(text, context).findings}


def test_a_language_of_ones_own_is_checked_with_its_own_words(tmp_path: Path) -> None:
    write(tmp_path, 'decision = ["wycofuję{any}aplikację"]\nhedge = ["może", "chyba"]\n')
    assert rules(POLISH.format("Wycofuję moją aplikację."), tmp_path) & {"D01", "D03"} == set()
    assert "D01" in rules(POLISH.format("Pozdrawiam serdecznie."), tmp_path)
    assert "D03" in rules(POLISH.format("Może wycofuję moją aplikację."), tmp_path)


def test_an_own_file_stands_in_the_place_of_ours_and_only_where_it_is_told_of(tmp_path: Path) -> None:
    write(tmp_path, 'slang = ["splendid"]\n', "en")
    assert lexicon("en", tmp_path).words("slang") == ("splendid",)
    assert not lexicon("en-US", tmp_path).has("decision")
    assert lexicon("de", tmp_path) is lexicon("de")
    assert lexicon("en").has("decision")


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    write(tmp_path, 'slang = ["spoko"]\n')
    assert "V02" in rules(POLISH.format("Spoko."), tmp_path)
    write(tmp_path, 'slang = ["luzik"]\n')
    assert "V02" not in rules(POLISH.format("Spoko."), tmp_path)


def test_dates_are_compared_in_a_language_that_lacks_words_of_interviews(tmp_path: Path) -> None:
    days = ["poniedziałek", "wtorek", "środę", "czwartek", "piątek", "sobotę", "niedzielę"]
    months = (
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    )
    lists = f"weekdays = {days}\nmonths = {months.split()}\n".replace("'", '"')
    write(tmp_path, lists)
    known = {"slot": SLOT, "now": NOW, "situation": Situation.SCHEDULED}
    assert "F03" not in rules(POLISH.format("W czwartek, 3 grudnia, nie przyjdę."), tmp_path, **known)
    write(tmp_path, lists + 'about_slot = ["przyjdę"]\n')
    assert "F03" in rules(POLISH.format("W piątek, 4 grudnia, nie przyjdę."), tmp_path, **known)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('decision = [\n  "a",\n  "b(c",\n]\n', 3, r'decision: "b(c": no regular expression, missing )'),
        ('decision = ["x*"]\n', 1, "would be found where no word is"),
        ('decision = ["", "a"]\n', 1, "would be found where no word is"),
        ('decision = ["a)|(b"]\n', 1, "no regular expression"),
        ('a = ["b"]\ndecision = ["(?P<n>a)", "(?P<n>b)"]\n', 2, "cannot stand side by side"),
        ('thanks = "danke"\n', 1, "thanks is to be a list of texts"),
        ("\nthanks = [1]\n", 2, "thanks is to be a list of texts"),
        ("[thanks]\na = 1\n", 1, "thanks is to be a list of texts"),
        ('weekdays = ["poniedziałek"]\n', 1, "weekdays is to be 7 plain words"),
        ('thanks = ["a"\nhedge = 3\n', 2, "Unclosed array"),
        ("thanks = [", 1, "Invalid"),
        ('decision = ["a{999999999999}"]\n', 1, "no regular expression"),
    ],
)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(TemplateError) as refused:
        lexicon("pl", tmp_path)
    assert refused.value.message.startswith(f"{path}:{line}: ")
    assert says in refused.value.message
    assert "bowout letters" in refused.value.next_step
    assert refused.value.message in own_words.faults(text, str(path), lexicon("en").names)


def test_a_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "lint_pl.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"lint_pl\.toml: cannot be read as UTF-8"):
        lexicon("pl", tmp_path)


def test_what_would_never_be_found_is_a_fault_but_stops_nothing(tmp_path: Path) -> None:
    text = 'decison = ["a"]\nthanks = [\n  "Dziękuję",\n  "\\\\Sdank",\n]\nhedge = ["(?-i:Maj) b"]\n'
    write(tmp_path, text)
    assert lexicon("pl", tmp_path).has("thanks")
    told = list(own_words.faults(text, "lint_pl.toml", lexicon("en").names))
    assert [one.partition(": ")[0] for one in told] == ["lint_pl.toml:1", "lint_pl.toml:3"]
    assert "did you mean decision?" in told[0]
    assert '"Dziękuję" has a capital letter' in told[1]


def test_each_of_our_lists_is_read_by_some_rule() -> None:
    package = Path(own_words.__file__).parent
    code = "".join(path.read_text("utf-8") for path in package.glob("*.py"))
    assert [name for name in lexicon("en").names if f'"{name}"' not in code] == []


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "nl", "pt"])
def test_ours_would_pass_as_own_ones(language: str) -> None:
    path = Path(own_words.__file__).with_name(f"lint_{language}.toml")
    known = lexicon("en").names
    assert list(own_words.faults(path.read_text("utf-8"), path.name, known)) == []
    assert set(lexicon(language).names) == set(known)
