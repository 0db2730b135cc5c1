"""Change one thing at a time in the modules that decide, and see whether a test notices.

A seeded sample of single changes (mutants) is made with the operators of cosmic-ray and two of ours. Each one
is written into a copy of the tree, and the tests of its room run there until the first failure: a mutant that
fails a test is killed. What survives is printed with its place and its difference.

    make mutate                     300 mutants, on every core
    make mutate MUTANTS=40 ROOMS="read reply"

What is done is kept in build/mutate.jsonl: an interrupted run goes on where it stopped, a survivor is tried
again when the tests have changed. Delete the file to begin anew. docs/testing.md names those that live on.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any, TypeVar

import parso
from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import MutationVisitor, mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

T = TypeVar("T")
TREE = Path(__file__).resolve().parents[1]
SOURCE = Path("src", "bowout")
KEPT = TREE / "build" / "mutate.jsonl"
COPIED = (
    "src",
    "tests",
    "templates",
    "docs",
    "benchmarks",
    "pyproject.toml",
    "README.md",
    "config.example.toml",
)
CPU_LIMIT = 240  # seconds for the tests of one mutant; an endless loop ends here, whatever else runs
OPTIONS = ("-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider")
LAST_RESORT = 1800  # seconds by the clock, for one that waits for ever


@dataclass(frozen=True, slots=True)
class Room:
    """What is changed and what must notice: the tests of the room first, then what a person does with it."""

    modules: tuple[str, ...]  # beside src/bowout
    tests: tuple[str, ...]


PERSON = ("tests/acceptance/test_right_person.py", "tests/integration/test_right_thread.py")
ROOMS = {
    "find": Room(("find/*.py",), ("tests/unit/find", *PERSON)),
    "read": Room(("read/*.py",), ("tests/unit/read", "tests/unit/find", *PERSON)),
    "reply": Room(("reply/*.py",), ("tests/unit/reply", *PERSON)),
    "etiquette": Room(("etiquette/*.py",), ("tests/unit/etiquette", "tests/unit/drafts")),
    "outbox": Room(("outbox/decide.py",), ("tests/unit/outbox", "tests/integration/test_outbox_commands.py")),
    "letters": Room(("letters/situation.py",), ("tests/unit/letters",)),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module."""

    path: str
    line: int
    operator: str
    before: str
    source: str

    @property
    def diff(self) -> str:
        lines = difflib.unified_diff(self.before.splitlines(), self.source.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))

    @property
    def name(self) -> str:
        return hashlib.sha256(f"{self.path}\0{self.source}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant. ``tests`` is a digest of the tests that it survived."""

    name: str
    place: str
    operator: str
    diff: str
    killed: bool
    by: str
    tests: str
    seconds: float


# --- the changes ------------------------------------------------------------------------------------


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
        if node.type == "comparison":
            for child in node.children[1::2]:
                if child.get_code().split() in (["in"], ["not", "in"]):
                    yield child.start_pos, child.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        at = [
            number
            for number, child in enumerate(node.children)
            if number % 2 and child.get_code().split() in (["in"], ["not", "in"])
        ][index]
        turned = " in" if "not" in node.children[at].get_code() else " not in"
        node.children[at] = parso.parse(turned)
        return node

    @classmethod
    def examples(cls) -> Sequence[Any]:
        return ()


def operators() -> dict[str, Operator]:
    """Every operator that needs no arguments, by name."""
    found = {name.partition("/")[2]: get_operator(name) for name in sorted(operator_names())}
    ours = {"AnyAll": AnyAll(), "Membership": Membership()}
    return {name: made() for name, made in found.items() if not made.arguments() and name != "NoOp"} | ours


def sites(path: str) -> dict[tuple[Any, Any], list[tuple[str, int]]]:
    """Where the module can be changed, and in which ways: (operator, number of its occurrence)."""
    tree = get_ast((TREE / path).read_text(encoding="utf-8"))
    found: dict[tuple[Any, Any], list[tuple[str, int]]] = {}
    for name, operator in operators().items():
        seen: list[Any] = []

        class Visitor(MutationVisitor):  # type: ignore[misc]
            def visit(self, node: Any, operator: Operator = operator, seen: list[Any] = seen) -> Any:
                seen.extend(operator.mutation_positions(node))
                return node

        Visitor(-1, operator).walk(tree)
        for number, place in enumerate(seen):
            found.setdefault(place, []).append((name, number))
    return found


def sample(rooms: Sequence[str], number: int, seed: int) -> list[Mutant]:
    """A seeded draw: places evenly over all modules of the rooms, one change at each.

    The lot of a place depends on itself alone, so a change in one module draws no other places elsewhere.
    """
    paths = sorted(
        str(path.relative_to(TREE))
        for room in rooms
        for pattern in ROOMS[room].modules
        for path in (TREE / SOURCE).glob(pattern)
    )
    lots = sorted(
        (_lot(seed, path, place), path, place, ways) for path in paths for place, ways in sites(path).items()
    )
    drawn: list[Mutant] = []
    for lot, path, place, ways in lots:
        if len(drawn) == number:
            break
        operator, occurrence = ways[int(lot, 16) % len(ways)]
        before = (TREE / path).read_text(encoding="utf-8")
        after = mutate_code(before, operators()[operator], occurrence)
        if after is not None and _acts_otherwise(before, after):
            drawn.append(Mutant(path, place[0][0], operator, before, after))
    return drawn


def _lot(seed: int, path: str, place: tuple[Any, Any]) -> str:
    (line, start), (_, end) = place
    text = (TREE / path).read_text(encoding="utf-8").splitlines()[line - 1]
    return hashlib.sha256(f"{seed}\0{path}\0{text}\0{start}\0{end}".encode()).hexdigest()


def _acts_otherwise(before: str, after: str) -> bool:
    """False where only annotations or decorators differ (``frozen``, ``lru_cache``): they decide nothing."""
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
    return ast.dump(tree)


# --- the tests --------------------------------------------------------------------------------------


class Copy:
    """A copy of the tree in which one mutant at a time lives."""

    def __init__(self, python: str) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="bowout-mutate-"))
        self.python = python
        self._moment = int(time.time()) - 100_000_000
        leave = shutil.ignore_patterns("__pycache__", ".hypothesis")
        for name in COPIED:
            if (TREE / name).is_dir():
                shutil.copytree(TREE / name, self.root / name, ignore=leave)
            else:
                shutil.copy(TREE / name, self.root)
        shutil.copytree(self.root / "templates", self.root / SOURCE / "templates")
        # The processes that tests start load this file too: with it they run the copy, not what is installed.
        guard = self.root / "tests" / "guard" / "sitecustomize.py"
        line = f"\nimport sys\n\nsys.path.insert(0, {str(self.root / 'src')!r})\n"
        guard.write_text(guard.read_text(encoding="utf-8") + line, encoding="utf-8")

    def write(self, path: str, source: str) -> None:
        """Replace a module. Each write has a time of its own: Python must not take an older .pyc for it."""
        self._moment += 10
        (self.root / path).write_text(source, encoding="utf-8")
        os.utime(self.root / path, (self._moment, self._moment))

    def failure(self, tests: Sequence[str]) -> str | None:
        """The first thing that fails; None when all is green."""
        for part in tests:
            code, out = self._run(
                "-m", "pytest", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", part
            )
            if code == 5:
                raise SystemExit(f"no tests in {part}")
            if code:
                failed = [line for line in out.splitlines() if line.startswith(("FAILED", "ERROR"))]
                return failed[0] if failed else f"{part}: ended with {code}"
        return None

    def runs_itself(self) -> bool:
        code, out = self._run("-c", "import bowout; print(bowout.__file__)")
        return code == 0 and out.strip().startswith(str(self.root))

    def _run(self, *args: str) -> tuple[int, str]:
        env = {
            **os.environ,
            "CI": "1",  # hypothesis draws the same examples every time
            "PYTHONPATH": str(self.root / "tests" / "guard"),
        }
        with tempfile.TemporaryFile("w+") as out:
            child = subprocess.Popen(  # its own process group: what it started ends with it
                [self.python, *args],
                cwd=self.root,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT)),
            )
            try:
                code = child.wait(LAST_RESORT)
            except subprocess.TimeoutExpired:
                code = -1
            finally:
                _end(child)
            out.seek(0)
            return code, out.read()

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


def _end(child: subprocess.Popen[Any]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def try_one(mutant: Mutant, copy: Copy, tests: str) -> Result:
    """Run the tests of the mutant's room with it. Nothing is read from the tree: it may change meanwhile."""
    started = time.monotonic()
    copy.write(mutant.path, mutant.source)
    try:
        failure = copy.failure(ROOMS[room_of(mutant.path)].tests)
    finally:
        copy.write(mutant.path, mutant.before)
    return Result(
        name=mutant.name,
        place=f"{mutant.path}:{mutant.line}",
        operator=mutant.operator,
        diff=mutant.diff,
        killed=failure is not None,
        by=failure or "",
        tests=tests,
        seconds=round(time.monotonic() - started, 1),
    )


def room_of(path: str) -> str:
    return Path(path).relative_to(SOURCE).parts[0]


def digest(folder: Path) -> str:
    """A digest of every test file: with other tests a survivor is worth another try."""
    made = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        made.update(path.read_bytes())
    return made.hexdigest()[:16]


# --- the run ----------------------------------------------------------------------------------------


def known(tests: str) -> dict[str, Result]:
    """What earlier runs found out and still holds: who was killed, and who survived these very tests."""
    if not KEPT.exists():
        return {}
    results = [Result(**json.loads(line)) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    return {result.name: result for result in results if result.killed or result.tests == tests}


def run(mutants: Sequence[Mutant], python: str, jobs: int) -> Iterator[Result]:
    """Yield the result of every mutant; those of earlier runs first."""
    tests = digest(TREE / "tests")
    before = known(tests)
    yield from (before[mutant.name] for mutant in mutants if mutant.name in before)
    left = [mutant for mutant in mutants if mutant.name not in before]
    copies = [Copy(python) for _ in range(min(jobs, len(left)))]
    idle: Queue[Copy] = Queue()
    for copy in copies:
        idle.put(copy)

    def with_copy(act: Callable[[Copy], T]) -> T:
        copy = idle.get()
        try:
            return act(copy)
        finally:
            idle.put(copy)

    KEPT.parent.mkdir(exist_ok=True)
    pool = ThreadPoolExecutor(max(1, len(copies)))
    try:
        rooms = sorted({room_of(mutant.path) for mutant in left})
        list(pool.map(lambda room: with_copy(lambda copy: green(room, copy)), rooms))
        with KEPT.open("a", encoding="utf-8") as kept:
            work = [pool.submit(with_copy, partial(try_one, mutant, tests=tests)) for mutant in left]
            for done in as_completed(work):
                result = done.result()
                kept.write(json.dumps(asdict(result)) + "\n")
                kept.flush()
                yield result
    finally:
        pool.shutdown(cancel_futures=True)
        for copy in copies:
            copy.remove()


def green(room: str, copy: Copy) -> None:
    """End here when a test fails without any change, or when the copy runs another bowout."""
    if not copy.runs_itself():
        raise SystemExit("the copy of the tree does not run its own bowout")
    failure = copy.failure(ROOMS[room].tests)
    if failure:
        raise SystemExit(f"{room}: red without any change: {failure}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--mutants", type=int, default=300)
    options.add_argument("--seed", type=int, default=10)
    options.add_argument("--rooms", nargs="*", default=[], metavar="ROOM")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--python", default=sys.executable, help="the Python that has bowout's test tools")
    given = options.parse_args()
    rooms = given.rooms or list(ROOMS)
    mutants = sample(rooms, given.mutants, given.seed)
    results = []
    for result in run(mutants, given.python, given.jobs):
        results.append(result)
        print(
            f"{len(results):4d}/{len(mutants)} {'killed  ' if result.killed else 'SURVIVED'} {result.place}",
            flush=True,
        )
    survivors = [result for result in results if not result.killed]
    for result in sorted(survivors, key=lambda result: result.place):
        print(f"\n{result.place} ({result.operator})\n{result.diff}")
    for room in rooms:
        its = [result for result in results if room_of(result.place) == room]
        lived = sum(not result.killed for result in its)
        print(f"\n{room}: {lived} of {len(its)} survived", end="")
    print(f"\nall: {len(survivors)} of {len(results)} survived, seed {given.seed}")


if __name__ == "__main__":
    main()
