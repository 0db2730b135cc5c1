"""Imports run one way, as docs/architecture.md says; the table on that page is what is checked."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
SOURCE = TREE / "src" / "bowout"

# Rule 1 of the page: what an adapter may import besides its own room.
FOR_PROVIDERS = {
    "config.keys",
    "model",
    "errors",
    "mail.build",
    "mail.compare",
    "mail.parse",
    "mail.headers",
    "mail.html",
    "mail.quotes",
    "mail.subject",
    "people.machines",
    "people.me",
    "text.harmless",
    "text.hiring",
    "text.spelling",
    "files",
    "vault",
}
# Rule 2: what others may import of the providers.
CONTRACTS = {"providers", "providers.base", "providers.sign_in"}


def modules() -> dict[str, Path]:
    """Every module by its name below ``bowout``; bowout itself and empty packages are not among them."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name and path.stat().st_size:
            found[name] = path
    return found


MODULES = modules()


def imports(path: Path) -> set[str]:
    """The modules of bowout that a file imports anywhere: at its top, in a function, or for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which room is meant"
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        inner = [name.removeprefix("bowout.") for name in names if name.startswith("bowout.")]
        # ``from bowout.cli import render`` means cli.render, not cli as well.
        found |= {name for name in inner if name in MODULES and not _is_only_the_package(name, inner)}
    return found


def _is_only_the_package(name: str, names: list[str]) -> bool:
    return any(other.startswith(f"{name}.") and other in MODULES for other in names)


GRAPH = {name: imports(path) for name, path in MODULES.items()}


def rows() -> list[list[str]]:
    """The module patterns of every row of the table, top row first."""
    page = (TREE / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("| Row | Modules |")[2].partition("\n\n")[0]
    return [re.findall(r"`([a-z_.*!\[\]]+)`", line.split("|")[2]) for line in table.splitlines()[2:]]


def row_of(module: str) -> list[int]:
    return [
        number for number, row in enumerate(rows()) if any(fnmatchcase(module, pattern) for pattern in row)
    ]


def is_provider(module: str) -> bool:
    return module.split(".")[0] == "providers"


OURS = sorted(name for name in GRAPH if not is_provider(name))
PROVIDERS = sorted(name for name in GRAPH if is_provider(name))


@pytest.mark.parametrize("module", OURS)
def test_every_module_stands_in_one_row_and_imports_nothing_above(module: str) -> None:
    assert len(row_of(module)) == 1, f"{module} must match one row of docs/architecture.md"
    above = {
        other for other in GRAPH[module] if not is_provider(other) and row_of(other)[0] < row_of(module)[0]
    }
    assert not above


@pytest.mark.parametrize("module", OURS)
def test_only_the_contracts_of_the_providers_are_imported(module: str) -> None:
    assert {other for other in GRAPH[module] if is_provider(other)} <= CONTRACTS


@pytest.mark.parametrize("module", PROVIDERS)
def test_a_provider_imports_little(module: str) -> None:
    assert {other for other in GRAPH[module] if not is_provider(other)} <= FOR_PROVIDERS


def test_there_are_no_circles() -> None:
    TopologicalSorter(GRAPH).prepare()  # raises CycleError, which names the circle


def test_the_table_names_no_module_that_is_gone() -> None:
    patterns = [pattern for row in rows() for pattern in row if "*" not in pattern]
    assert [pattern for pattern in patterns if pattern not in MODULES] == []


def test_the_imports_are_really_read() -> None:
    # A guard against a test that passes because it sees nothing.
    assert {"model", "errors"} <= set().union(*GRAPH.values())
