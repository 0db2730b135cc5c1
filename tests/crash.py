"""SIGKILL at every call that can change something outside the process, found by watching the calls."""

from __future__ import annotations

import _socket
import gc
import io
import os
import signal
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

# The calls that can change something outside the process, by what they belong to.
SYSTEM = {"rename", "replace", "link", "unlink", "remove", "rmdir", "mkdir", "open", "fsync"}  # module os
FILE = {"write", "flush", "close"}
DATABASE = {"execute", "executemany", "executescript", "commit", "rollback", "close", "__exit__"}
NETWORK = {"connect", "send", "sendall", "close"}
NAMES = SYSTEM | FILE | DATABASE | NETWORK


class Watch:
    """Counts crash points; at number ``deadly`` the process is killed."""

    def __init__(self, deadly: int = 0) -> None:
        self.points: list[str] = []
        self._deadly = deadly
        self._calls: Counter[str] = Counter()

    def look(self, frame: FrameType, called: object) -> None:
        if not _has_effect(called):
            return
        where = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
        place = f"{where}: {getattr(called, '__name__', '')}"
        self._calls[place] += 1
        self.points.append(f"before {place} {self._calls[place]}")
        if len(self.points) == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def _has_effect(called: object) -> bool:
    owner, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
    if isinstance(owner, sqlite3.Connection | sqlite3.Cursor):
        return name in DATABASE
    if isinstance(owner, io.BufferedWriter | io.FileIO):
        return name in FILE
    if isinstance(owner, _socket.socket):
        return name in NETWORK
    return getattr(called, "__module__", "") == os.open.__module__ and name in SYSTEM


@contextmanager
def watching(watch: Watch) -> Generator[None]:
    look, names = watch.look, NAMES

    def profile(frame: FrameType, event: str, called: Any) -> None:
        # At every call and return of the run, most of which are nothing to look at.
        if event == "c_call" and called.__name__ in names:
            look(frame, called)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)


def killed_at(point: int, act: Callable[[], object]) -> bool:
    """Run ``act`` in a forked child that dies at this crash point. False when it got to its end before."""
    child = os.fork()
    if child == 0:
        gc.disable()  # it would go through all that pytest holds
        try:
            with watching(Watch(point)):
                act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), "the child failed by itself"
    return status == signal.SIGKILL
