"""List every regular expression of bowout, with how it is used; as a program, to be there first.

Patterns that stand in the code are found there; those that are put together from word lists are caught while
the modules load, their builders run, and the usual commands read the sample mailbox.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import inspect
import io
import json
import os
import pkgutil
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

SOURCE = Path(__file__).resolve().parents[1] / "src" / "bowout"
TAKES_PATTERN = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
_FLAGS = re.compile(r"re\.[A-Z]+(?: \| re\.[A-Z]+)*")
COMMANDS = (
    "find --json",
    "find acme --json",
    "draft acme --yes --json",
    "draft morgenrot --lang de --yes --json",
    "check --draft w1 --json",
    "advise w1 --json",
    "call w1 --outcome spoke --json",
    "letters list --json",
    "status --json",
)


class Pattern(NamedTuple):
    """One pattern: ``place`` module:line, ``text`` of bytes as Latin-1, ``uses`` match, fullmatch, search."""

    place: str
    text: str
    flags: int
    uses: list[str]

    @property
    def module(self) -> str:
        return self.place.partition(":")[0]


def main() -> None:
    """Print them, and the places whose pattern nothing made."""
    import backtracking  # noqa: F401  (its own patterns are none of bowout's)

    caught: dict[tuple[str, int, str | bytes, int], None] = {}
    compile_as_before = vars(re)["_compile"]

    def compile_and_note(pattern: Any, flags: int) -> Any:
        made = compile_as_before(pattern, flags)
        frame = sys._getframe(1)
        while frame.f_code.co_filename == re.__file__ and frame.f_back:
            frame = frame.f_back
        if Path(frame.f_code.co_filename).is_relative_to(SOURCE) and not isinstance(pattern, re.Pattern):
            caught[_module(frame), frame.f_lineno, made.pattern, made.flags] = None
        return made

    vars(re)["_compile"] = compile_and_note
    _make_all()
    found, missed = [], []
    for module, call, method in _calls():
        place = f"{module}:{call.lineno}"
        lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
        here = [(text, flags) for name, line, text, flags in caught if name == module and line in lines]
        try:
            here = here or [_written(module, call)]
        except (NameError, re.error):
            missed.append(place)
        uses = sorted(_uses(module, call, method))
        found += [Pattern(place, _text(text), flags, uses) for text, flags in dict.fromkeys(here)]
    json.dump({"patterns": found, "missed": missed}, sys.stdout)


def _module(frame: FrameType) -> str:
    return Path(frame.f_code.co_filename).relative_to(SOURCE).as_posix()


def _text(pattern: str | bytes) -> str:
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern


# --- making them ---------------------------------------------------------------------------------


def _make_all() -> None:
    import bowout

    for module in pkgutil.walk_packages(bowout.__path__, "bowout."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for builder in _builders():
        for arguments in _arguments(builder):
            with contextlib.suppress(KeyError, TypeError, re.error):  # no such list
                builder(*arguments)
    _use()
    _make_lazy()


def _builders() -> Iterator[Any]:
    """Find the functions that make patterns of nothing, or of the name of a list."""
    for name, module in list(sys.modules.items()):
        for one in vars(module).values() if name.startswith("bowout.") else ():
            if not inspect.isroutine(one) or one.__module__ != name:
                continue
            wanted = list(inspect.signature(one).parameters)
            returns = str(one.__annotations__.get("return"))
            of_a_list = wanted in (["what"], ["name"], ["few"], ["words"]) and "re.Pattern" in returns
            if of_a_list or (not wanted and hasattr(one, "cache_info")):
                yield one


def _arguments(builder: Any) -> list[list[object]]:
    from bowout.etiquette import lexicon

    wanted = list(inspect.signature(builder).parameters)
    if wanted == ["few"]:
        return [[True], [False]]
    if wanted == ["words"]:
        return [[lexicon.lexicon(language)] for language in lexicon.languages()]
    return [[name] for name in _names()] if wanted else [[]]


@cache
def _names() -> list[str]:
    return sorted(
        {
            node.value
            for tree in _trees().values()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
        }
    )


def _use() -> None:
    """Run the usual commands on the sample mailbox, for what is made of a name or of a whole mail."""
    import sample
    from bowout import cli

    with tempfile.TemporaryDirectory(prefix="bowout-patterns-") as folder:
        os.environ["HOME"] = folder
        config = Path(folder, "config.toml")
        config.write_text(sample.config(sample.build(Path(folder, "mail"))), "utf-8")
        for command in COMMANDS:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                cli.run(["--config", str(config), *shlex.split(command)])


def _make_lazy() -> None:
    """Compile what is only compiled on a mail that needs it."""
    from bowout.read import days, time_words
    from bowout.read.claim import Clue

    for clue in (one for one in gc.get_objects() if isinstance(one, Clue)):
        assert clue._words
        assert clue._pattern
    for _, form in days._forms():
        days._compiled(form)
    for _, pattern, _ in time_words._spoken_hours():
        time_words._compiled(pattern)


# --- reading the code ----------------------------------------------------------------------------


@cache
def _trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in SOURCE.rglob("*.py")
    }


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Find each place where a pattern is given to ``re``, and to which of its functions."""
    for module, tree in _trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "re" and node.func.attr in TAKES_PATTERN:
                yield module, node, node.func.attr


def _written(module: str, call: ast.Call) -> tuple[str | bytes, int]:
    """Compile a pattern that stands in the code, with its flags; what is known later is "acme"."""
    names = vars(
        sys.modules["bowout." + module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")]
    )
    given = [ast.unparse(one) for one in (*call.args[1:], *(keyword.value for keyword in call.keywords))]
    flags = [
        getattr(re, name) for one in given if _FLAGS.fullmatch(one) for name in re.findall("[A-Z]+", one)
    ]
    made = re.compile(_value(call.args[0], names), sum(flags))
    return made.pattern, made.flags


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.JoinedStr):
        return "".join(_value(part, names) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        with contextlib.suppress(NameError):
            return str(_value(node.value, names))
        return "acme"
    return eval(ast.unparse(node), dict(names))


def _uses(module: str, call: ast.Call, method: str) -> set[str]:
    """Tell how the text is looked at: wherever no name tells it, it may be anywhere."""
    if method == "compile":
        made = [n for n in _trees()[module].body if isinstance(n, ast.Assign) and n.value is call]
        if not made or not isinstance(made[0].targets[0], ast.Name):
            return {"match", "search"}
        name = made[0].targets[0].id
        trees = [_trees()[module]] if name.startswith("_") else list(_trees().values())
        nodes = [node for tree in trees for node in ast.walk(tree)]
        methods = [n.attr for n in nodes if isinstance(n, ast.Attribute) and _named(n.value) == name]
        mentions = sum(_named(n) == name and isinstance(getattr(n, "ctx", None), ast.Load) for n in nodes)
        used = set(methods) | ({"search"} if mentions != len(methods) else set())
    else:
        used = {method}
    return {one if one in ("match", "fullmatch") else "search" for one in used}


def _named(node: ast.AST) -> str | None:
    """Read a name, as it stands or behind that of its module."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


if __name__ == "__main__":
    main()
