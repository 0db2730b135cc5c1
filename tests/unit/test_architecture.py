"""Imports run down the list of packages in docs/architecture.md, and rooms stay small enough to read."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
SOURCE = TREE / "src" / "bowout"

LONGEST_MODULE, LONGEST_FUNCTION = 500, 50  # lines
# What an adapter may import besides its own room (the page says it in words).
FOR_PROVIDERS = (
    *("model", "errors", "files", "vault", "mail.*", "text.*"),
    *("people.me", "people.machines", "config.keys", "providers", "providers.*"),
)
# What others may import of the providers.
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


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports(tree: ast.Module) -> set[str]:
    """The modules of bowout that a module imports anywhere: at its top, in a function, or for types only."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which room is meant"
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


@cache
def graph() -> dict[str, set[str]]:
    return {name: imports(tree) for name, tree in trees().items()}


def packages() -> list[str]:
    """The list of the page, top first; the entry point stands above it."""
    page = (TREE / "docs" / "architecture.md").read_text(encoding="utf-8")
    return ["__main__", *re.findall(r"^- \*\*`(\w+)`\*\*", page, re.MULTILINE)]


def package(module: str) -> str:
    return module.partition(".")[0]


def allowed(module: str, imported: str) -> bool:
    """May ``module`` import it: downwards, and only what the two rules of the page leave?"""
    if module.startswith("providers"):
        return any(fnmatchcase(imported, pattern) for pattern in FOR_PROVIDERS)
    if package(imported) == "providers" and imported not in CONTRACTS:
        return False
    order = packages()
    return package(module) == package(imported) or order.index(package(module)) < order.index(
        package(imported)
    )


def test_imports_run_down_the_list() -> None:
    assert {package(name) for name in MODULES} == set(packages())
    arrows = [(name, other) for name, found in graph().items() for other in found]
    assert len(arrows) > 300  # they are really read
    assert [f"{name} -> {other}" for name, other in arrows if not allowed(name, other)] == []


def test_the_page_names_every_module() -> None:
    """Of the commands and the folders of providers it says in words what the names mean."""
    page = (TREE / "docs" / "architecture.md").read_text(encoding="utf-8")
    entries = re.findall(r"^- \*\*`(\w+)`\*\*((?:.+\n)(?:  .+\n)*)", page, re.MULTILINE)
    named = {room: set(re.findall(r"`(\w+)`", text)) for room, text in entries}
    missing = [
        name
        for name in MODULES
        if "." in name
        and package(name) not in ("cli", "providers")
        and "timers" not in name
        and name.partition(".")[2] not in named[package(name)]
    ]
    assert missing == []


def test_nothing_needs_itself() -> None:
    TopologicalSorter(graph()).prepare()  # raises CycleError, which names the circle
    rooms: dict[str, set[str]] = {}
    for name, found in graph().items():
        rooms.setdefault(package(name), set()).update(map(package, found))
    for room, needed in rooms.items():
        needed.discard(room)
    TopologicalSorter(rooms).prepare()


def test_no_room_is_too_large_to_read() -> None:
    long = [
        name for name, path in MODULES.items() if len(path.read_text("utf-8").splitlines()) > LONGEST_MODULE
    ]
    long += [
        f"{name}: {node.name}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_options_cross_no_door_untyped() -> None:
    bags = [
        f"{name}: {argument.arg}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        if name.startswith("cli.")
        and argument.annotation
        and ast.unparse(argument.annotation) == "dict[str, Any]"
    ]
    assert bags == []
