"""The surroundings of every test: an empty HOME, UTC, no network, one clock.

tests/ is on the import path (pyproject.toml): helpers are imported by name, ``from clock import FakeClock``.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

import guard.sitecustomize as guard
from clock import FakeClock

GUARD = Path(guard.__file__).parent  # importing it closed the network for this process

# Beginnings of variables that would let the person's own settings leak into a test.
LEAKY = (
    "BOWOUT_",
    "PYTHON",
    "XDG_",
    "PAGER",
    "EDITOR",
    "VISUAL",
    "LC_",
    "LANGUAGE",
    "DBUS_",
    "NO_COLOR",
    "FORCE_COLOR",
)

# A disk that does not wait: what is synced there costs half the system's time. TMPDIR names another.
MEMORY = Path("/dev/shm")
ROOM = 2**30

hypothesis.settings.register_profile("bowout", deadline=None)
# The same examples on every run of a CI machine: a failure there must be repeatable.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)

# Windows tells by other means who may write a file.
collect_ignore = ["unit/test_owners.py"] if sys.platform == "win32" else []


def pytest_configure(config: pytest.Config) -> None:
    """Set what holds for the whole run, before any test module is imported."""
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "bowout")
    for name in [name for name in os.environ if name.startswith(LEAKY)]:
        del os.environ[name]
    # A shell ignores Ctrl-C for what it starts in the background, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["LANG"] = "C.UTF-8"
    os.environ["TZ"] = "UTC"
    if sys.platform != "win32":
        time.tzset()
    os.environ["PYTHONPATH"] = str(GUARD)  # for the Python processes that tests start
    if "TMPDIR" not in os.environ and _keeps_files(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for before
    # For fixtures that live longer than one test; each test gets a home of its own below.
    session_home = tempfile.TemporaryDirectory(prefix="bowout-home-")
    config.add_cleanup(session_home.cleanup)
    config.add_cleanup(_remove_unused)
    os.environ.update(_home_variables(Path(session_home.name)))
    from bowout import vault

    vault.SCRYPT["n"] = 2**10  # the real one takes 128 MiB and 0.3 s each time; test_vault looks at it


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Draw what the kill tests did, where somebody asked for many (`make soak`)."""
    if "KILL_RUNS" in os.environ:
        import crash

        terminalreporter.write("\n".join(["", *crash.table(), ""]))


def _keeps_files(folder: Path) -> bool:
    """Tell whether there is room for the files of all tests, and programs may lie among them."""
    try:
        kept = os.statvfs(folder)
    except (AttributeError, OSError):  # no such call, no such folder
        return False
    usable = not kept.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)
    return usable and kept.f_bavail * kept.f_frsize >= ROOM


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: what collecting makes, stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)  # behind pytest-randomly
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests come first: at the end one of them would keep a single processor busy."""
    items.sort(key=lambda item: "kill" not in item.path.name)


def _home_variables(path: Path) -> dict[str, str]:
    return {
        "HOME": str(path),
        "USERPROFILE": str(path),
        "APPDATA": str(path / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(path / "AppData" / "Local"),
    }


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home directory for every test and the processes it starts; one left empty serves again."""
    path = _unused.pop() if _unused else Path(tempfile.mkdtemp(prefix="bowout-home-")).resolve()
    made = path.stat()
    for name, value in _home_variables(path).items():
        monkeypatch.setenv(name, value)
    yield path
    if _is_as_made(path, made):
        _unused.append(path)
    else:
        shutil.rmtree(path, ignore_errors=True)


_unused: list[Path] = []  # making and removing one took longer than most tests


def _remove_unused() -> None:
    while _unused:
        shutil.rmtree(_unused.pop(), ignore_errors=True)


def _is_as_made(path: Path, made: os.stat_result) -> bool:
    try:
        now = path.stat()
        return (now.st_ino, now.st_mode) == (made.st_ino, made.st_mode) and not any(path.iterdir())
    except OSError:
        return False


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at ``clock.NOON`` until the test advances it."""
    return FakeClock()
