"""The surroundings of every test: an empty HOME, UTC, no network, one clock.

tests/ is on the import path (pyproject.toml): helpers are imported by name, ``from clock import FakeClock``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import guard.sitecustomize as guard
from clock import FakeClock

GUARD = Path(guard.__file__).parent  # importing it closed the network for this process

# Variables that would let the person's own settings leak into a test.
LEAKY = (
    "BOWOUT_",
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

hypothesis.settings.register_profile("bowout", deadline=None)
# The same examples on every run of a CI machine: a failure there must be repeatable.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """Set what holds for the whole run, before any test module is imported."""
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "bowout")
    for name in [name for name in os.environ if name.startswith(LEAKY)]:
        del os.environ[name]
    os.environ["LANG"] = "C.UTF-8"
    os.environ["TZ"] = "UTC"
    if sys.platform != "win32":
        time.tzset()
    os.environ["PYTHONPATH"] = str(GUARD)  # for the Python processes that tests start


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home directory of its own for every test and every process it starts."""
    path = Path(tempfile.mkdtemp(prefix="bowout-home-")).resolve()
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.setenv("USERPROFILE", str(path))
    monkeypatch.setenv("APPDATA", str(path / "AppData" / "Roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(path / "AppData" / "Local"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at ``clock.NOON`` until the test advances it."""
    return FakeClock()
