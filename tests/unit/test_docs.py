"""The documentation agrees with the code: commands, exit codes, links, line length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bowout import errors
from bowout.cli import COMMANDS, app

TREE = Path(__file__).resolve().parents[2]
PAGES = sorted([*TREE.glob("*.md"), *TREE.glob("docs/**/*.md")])
COLUMNS = 110


def table_rows(page: str, first_header: str) -> list[list[str]]:
    """The cells of the Markdown table whose header row begins with ``first_header``."""
    lines = (TREE / page).read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_header} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def error_classes(base: type[errors.BowoutError] = errors.BowoutError) -> set[type[errors.BowoutError]]:
    return {base} | {one for child in base.__subclasses__() for one in error_classes(child)}


def test_the_table_of_exit_codes_is_the_error_tree() -> None:
    written = {(int(row[0]), row[1].strip("`")) for row in table_rows("docs/exit-codes.md", "Exit")}
    raised = {(one.exit_code, one.code) for one in error_classes() if one.__module__ == errors.__name__}
    assert written == raised | {(0, "")}


def test_the_readme_names_every_exit_code() -> None:
    written = {int(row[0]) for row in table_rows("README.md", "Exit")}
    assert written == {one.exit_code for one in error_classes()} | {0}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_lines_fit_and_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > COLUMNS] == []
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def commands(command: click.Command, path: str = "bowout") -> Iterator[tuple[str, click.Command]]:
    """Every command a person can type, with its words: ``bowout config path``."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, command


@pytest.mark.parametrize(("words", "command"), tuple(commands(app)))
def test_every_command_and_option_has_help(words: str, command: click.Command) -> None:
    assert command.help
    silent = [
        one.name for one in command.params if isinstance(one, click.Option) and not (one.help or one.hidden)
    ]
    assert silent == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert any(re.match(rf"`bowout {name}\b", row[0]) for row in table_rows("README.md", "Command"))


def test_the_readme_promises_no_command_that_is_not_there() -> None:
    named = {row[0].strip("`").split()[1] for row in table_rows("README.md", "Command")}
    assert named == set(COMMANDS)


@pytest.mark.parametrize("folder", ["src", "docs"])
def test_no_text_names_a_command_that_is_not_there(folder: str) -> None:
    pages = [page for page in (TREE / folder).rglob("*") if page.suffix in (".py", ".md")]
    told = re.compile(r"(?:`|\b(?:with|run|[Ss]ee): )bowout ([a-z][a-z-]+)(?! import)")
    named = {name for page in pages for name in told.findall(page.read_text(encoding="utf-8"))}
    assert {"draft", "status"} <= named <= set(COMMANDS)


def test_every_provider_is_in_the_readme() -> None:
    from bowout.providers import ADAPTERS, LATER

    assert {row[0].strip("`") for row in table_rows("README.md", "Provider")} == {*ADAPTERS, *LATER}


def test_the_files_of_the_example_provider_are_those_that_are_there() -> None:
    """Its package, and the tests that bind the contracts to it."""
    told = {row[0].strip("`") for row in table_rows("CONTRIBUTING.md", "File")}
    package = {path.relative_to(TREE).as_posix() for path in (TREE / "tests" / "memory").glob("*.py")}
    bound = {
        path.relative_to(TREE).as_posix()
        for path in (TREE / "tests" / "contract").glob("test_*.py")
        if "from memory.mailbox import" in path.read_text(encoding="utf-8")
    }
    assert told == package | bound
