"""Change one thing at a time in the modules that decide, and see whether a test notices.

    make mutate                                      300 mutants, on every core
    make mutate MUTANTS=40 ROOMS="read reply" SEED=7 JOBS=1

benchmarks/mutants.py draws the changes. Each one lives in the memory of a process of its own, forked from
this one, which has pytest loaded but nothing of bowout: no file is changed. The unit tests of the room run
there, the quick ones first, until one fails: then the mutant is killed. What no test notices is printed.

What is done is kept in build/mutate.jsonl: an interrupted run goes on where it stopped, and a survivor is
tried again when the tests have changed. Delete the file to begin anew. docs/testing.md names the survivors.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.machinery
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import IO, Any

import hypothesis
import jinja2  # noqa: F401  loaded once, here, for every mutant
import pytest

TREE = Path(__file__).resolve().parents[1]
KEPT = TREE / "build" / "mutate.jsonl"
# What must notice: the room's own tests, then those of the rooms that use it.
TESTS = {
    "find": ("find", "calls"),
    "read": ("read", "find", "reply"),
    "reply": ("reply", "drafts"),
    "etiquette": ("etiquette", "drafts"),
    "outbox": ("outbox",),
    "letters": ("letters", "drafts"),
}
NOT_OURS = ("tests/unit/find/test_generator.py",)  # asks about the generator of sample mailboxes
OPTIONS = (
    *("-x", "-q", "--tb=no", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # hypothesis is loaded before pytest starts
)
EXAMPLES = 15  # of each hypothesis test: what needs more to be noticed is noticed by chance
SLOW = 2.0  # seconds: a single test that takes longer is left out
CPU_LIMIT = 120  # seconds; an endless loop ends here, whatever else runs
WAITING_LIMIT = 1200  # seconds by the clock, for one that waits for ever
MEMORY_LIMIT = 3 << 30


@dataclass(eq=False)  # pytest keeps its plugins in sets
class Watch:
    """A pytest plugin: puts the quick tests first, remembers what failed and how long each test took."""

    seconds: Mapping[str, float]
    module: str
    failed: str = ""
    taken: dict[str, float] = field(default_factory=dict)

    def pytest_sessionstart(self) -> None:
        hypothesis.settings.register_profile(
            "mutant", deadline=None, derandomize=True, database=None, max_examples=EXAMPLES
        )
        hypothesis.settings.load_profile("mutant")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort by time. A test file of the module's own name comes before others of its length."""
        own = f"test_{self.module}.py"
        items[:] = [item for item in items if self.seconds.get(item.nodeid, 0) < SLOW]
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0) * (0.1 if item.path.name == own else 1))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = self.failed or f"{report.nodeid} (not collected)"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.taken[report.nodeid] = self.taken.get(report.nodeid, 0) + report.duration
        if report.failed:
            self.failed = self.failed or report.nodeid


def test(mutant: Mapping[str, str], seconds: Mapping[str, float], answer: IO[str]) -> None:
    """Run the tests of the mutant's room in this process, which is a child, and write what came of it."""
    os.setsid()
    signal.alarm(WAITING_LIMIT)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    path = mutant["place"].partition(":")[0]
    if mutant["source"]:
        replace(TREE / path, mutant["source"])
    watch = Watch(seconds, Path(path).stem)
    skipped = [f"--ignore={name}" for name in NOT_OURS]
    own, *others = (f"tests/unit/{name}" for name in TESTS[mutant["room"]])
    for folders in [own], others:
        code = pytest.main([*OPTIONS, *skipped, *folders], plugins=[watch]) if folders else 0
        if code:
            watch.failed = watch.failed or f"pytest ended with {int(code)}"
            break
    json.dump({"by": watch.failed, "taken": watch.taken}, answer)
    answer.flush()


def replace(path: Path, source: str) -> None:
    """Have that file imported as if it held this source."""
    load = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, name: str) -> CodeType | None:
        if Path(self.path) == path:
            return compile(source, self.path, "exec", dont_inherit=True)
        return load(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


def fork(mutant: Mapping[str, str], seconds: Mapping[str, float], answer: IO[str]) -> int:
    """Start a child that tests the mutant; return its process number."""
    child = os.fork()
    if child:
        return child
    try:
        test(mutant, seconds, answer)
    finally:
        os._exit(0)  # nothing of this process is the child's to close


def each(
    mutants: Iterable[Mapping[str, str]], seconds: Mapping[str, float], jobs: int
) -> Iterator[dict[str, Any]]:
    """Test the mutants, so many at a time; yield what came of each as it ends."""
    running: dict[int, tuple[Mapping[str, str], IO[str]]] = {}

    def end() -> dict[str, Any]:
        child, status, used = os.wait4(-1, 0)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # what the tests started ends with them
        mutant, answer = running.pop(child)
        with answer:
            answer.seek(0)
            told = answer.read()
        signalled = f"ended by {signal.Signals(status).name}" if status else "ended without an answer"
        came = json.loads(told) if told else {"by": signalled, "taken": {}}
        kept = {key: value for key, value in mutant.items() if key != "source"}
        return kept | came | {"cpu": round(used.ru_utime + used.ru_stime, 1)}

    for mutant in mutants:
        if len(running) == jobs:
            yield end()
        answer = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed in end()
        running[fork(mutant, seconds, answer)] = mutant, answer
    while running:
        yield end()


def measure(rooms: Iterable[str], jobs: int) -> dict[str, float]:
    """Run the tests of the rooms without a change: how long each one takes. End here if one fails."""
    unchanged = [{"room": room, "place": "", "source": ""} for room in rooms]
    seconds: dict[str, float] = {}
    for came in each(unchanged, {}, jobs):
        if came["by"]:
            raise SystemExit(f"{came['room']}: red without any change: {came['by']}")
        print(f"{came['room']}: {len(came['taken'])} tests, {came['cpu']} s of CPU", flush=True)
        seconds |= came["taken"]
    return seconds


def digest(folder: Path) -> str:
    """Digest every test file: with other tests a survivor is worth another try."""
    made = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        made.update(path.read_bytes())
    return made.hexdigest()[:16]


def known(tests: str) -> dict[str, dict[str, Any]]:
    """Read what earlier runs found out and still holds: who was killed, and who survived these very tests."""
    if not KEPT.exists():
        return {}
    results = [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    return {result["name"]: result for result in results if result["by"] or result["tests"] == tests}


def run(mutants: list[dict[str, str]], jobs: int) -> Iterator[dict[str, Any]]:
    """Yield what came of every mutant; those of earlier runs first."""
    tests = digest(TREE / "tests" / "unit")
    before = known(tests)
    yield from (before[mutant["name"]] for mutant in mutants if mutant["name"] in before)
    left = [mutant for mutant in mutants if mutant["name"] not in before]
    seconds = measure(sorted({mutant["room"] for mutant in left}), jobs)
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as kept:
        for came in each(left, seconds, jobs):
            del came["taken"]
            came["tests"] = tests
            kept.write(json.dumps(came) + "\n")
            kept.flush()
            yield came


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    os.chdir(TREE)
    mutants = [json.loads(line) for line in sys.stdin]
    started = time.monotonic()
    results = []
    for came in run(mutants, given.jobs):
        results.append(came)
        what = f"killed by {came['by']}" if came["by"] else "SURVIVED"
        print(f"{len(results):4d}/{len(mutants)} {came['place']} {what}", flush=True)
    survivors = [came for came in results if not came["by"]]
    for came in sorted(survivors, key=lambda came: came["place"]):
        print(f"\n{came['place']} ({came['operator']})\n{came['diff']}")
    for room in TESTS:
        its = [came for came in results if came["room"] == room]
        if its:
            print(f"\n{room}: {sum(not came['by'] for came in its)} of {len(its)} survived", end="")
    print(f"\nall: {len(survivors)} of {len(results)} survived; {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
