"""Draw single changes (mutants) of the modules that decide, and print each as a line of JSON.

benchmarks/mutate.py reads them. Two programs, since cosmic-ray, whose operators make the changes, lives in a
virtual environment of its own: thirty packages that nothing else here needs.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

TREE = Path(__file__).resolve().parents[1]
SOURCE = TREE / "src" / "bowout"
MODULES = {
    "find": "find/*.py",
    "read": "read/*.py",
    "reply": "reply/*.py",
    "etiquette": "etiquette/*.py",
    "outbox": "outbox/decide.py",
    "letters": "letters/situation.py",
}


class AnyAll(Operator):  # type: ignore[misc]
    """Swap ``any`` and ``all``."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "name" and node.value in ("any", "all"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002
        node.value = {"any": "all", "all": "any"}[node.value]
        return node

    @classmethod
    def examples(cls) -> Sequence[Any]:
        return ()


class Membership(Operator):  # type: ignore[misc]
    """Swap ``in`` and ``not in``."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        for number in self._places(node):
            yield node.children[number].start_pos, node.children[number].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        at = self._places(node)[index]
        turned = " in" if "not" in node.children[at].get_code() else " not in"
        node.children[at] = parso.parse(turned)
        return node

    def _places(self, node: Any) -> list[int]:
        if node.type != "comparison":
            return []
        words = [child.get_code().split() for child in node.children]
        return [number for number, word in enumerate(words) if word in (["in"], ["not", "in"])]

    @classmethod
    def examples(cls) -> Sequence[Any]:
        return ()


class Site(NamedTuple):
    """A place that can be changed. Its lot hangs on it alone: a change elsewhere draws no other sample."""

    lot: str
    path: Path
    line: int
    ways: tuple[tuple[str, int], ...]  # operator, number of its occurrence in the module


def operators() -> dict[str, Operator]:
    """Make every operator that needs no arguments, by name."""
    found = {name.partition("/")[2]: get_operator(name) for name in sorted(operator_names())}
    ours = {"AnyAll": AnyAll(), "Membership": Membership()}
    return {name: made() for name, made in found.items() if not made.arguments() and name != "NoOp"} | ours


def sites(path: Path, source: str, seed: int, known: dict[str, Operator]) -> list[Site]:
    """List the places of a module that can be changed."""
    nodes = list(ast_nodes(get_ast(source)))
    found: dict[tuple[Any, Any], list[tuple[str, int]]] = {}
    for name, operator in known.items():
        places = (place for node in nodes for place in operator.mutation_positions(node))
        for number, place in enumerate(places):
            found.setdefault(place, []).append((name, number))
    lines = source.splitlines()
    listed = []
    for ((line, start), (_, end)), ways in found.items():
        key = f"{seed}\0{path.relative_to(TREE)}\0{lines[line - 1]}\0{start}\0{end}"
        listed.append(Site(hashlib.sha256(key.encode()).hexdigest(), path, line, tuple(ways)))
    return listed


def draw(rooms: Sequence[str], number: int, seed: int) -> Iterator[dict[str, object]]:
    """Draw places evenly over all modules of the rooms, one change at each."""
    known = operators()
    sources = {
        path: path.read_text(encoding="utf-8") for room in rooms for path in SOURCE.glob(MODULES[room])
    }
    lots = sorted(site for path, source in sources.items() for site in sites(path, source, seed, known))
    drawn = 0
    for lot, path, line, ways in lots:
        operator, occurrence = ways[int(lot, 16) % len(ways)]
        before = sources[path]
        after = mutate_code(before, known[operator], occurrence)
        if after is None or not _acts_otherwise(before, after):
            continue
        module = path.relative_to(TREE).as_posix()
        name = hashlib.sha256(f"{module}\0{after}".encode()).hexdigest()[:16]
        yield {
            "name": name,
            "room": path.relative_to(SOURCE).parts[0],
            "place": f"{module}:{line}",
            "operator": operator,
            "diff": _diff(before, after),
            "source": after,
        }
        drawn += 1
        if drawn == number:
            return


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _acts_otherwise(before: str, after: str) -> bool:
    """Tell whether more differs than annotations, decorators and the ``*`` of a signature."""
    try:
        return _bare(before) != _bare(after)
    except SyntaxError:
        return False


def _bare(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, ast.Constant(None))
        if hasattr(node, "decorator_list"):
            node.decorator_list = []
        if isinstance(node, ast.arguments):
            # "f(*, a)" and "f(/, a)": how a caller must write it is for the type checker.
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults = [*node.defaults, *filter(None, node.kw_defaults)]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
    return ast.dump(tree)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--mutants", type=int, default=300)
    options.add_argument("--seed", type=int, default=10)
    options.add_argument("--rooms", nargs="*", default=[], choices=list(MODULES), metavar="ROOM")
    given = options.parse_args()
    for mutant in draw(given.rooms or list(MODULES), given.mutants, given.seed):
        print(json.dumps(mutant), flush=True)


if __name__ == "__main__":
    main()
