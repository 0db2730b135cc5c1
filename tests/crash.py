"""SIGKILL at every call that can change something outside the process, found by watching the calls."""

from __future__ import annotations

import _socket
import gc
import io
import os
import re
import signal
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

# The calls that can change something outside the process, by what they belong to.
SYSTEM = {"rename", "replace", "link", "unlink", "remove", "rmdir", "mkdir", "open", "fsync"}  # module os
FILE = {"write", "flush", "close"}
DATABASE = {"execute", "executemany", "executescript", "commit", "rollback", "close", "__exit__"}
NETWORK = {"connect", "send", "sendall", "close"}
NAMES = SYSTEM | FILE | DATABASE | NETWORK
# Most calls are methods of these, and change nothing outside.
NO_OWNER = {str, bytes, list, dict, set, tuple, int, type, re.Pattern, re.Match}


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


# What was killed, where, the state that it left, the state after recovery, how often it was sent.
Kill = tuple[str, str, str, str, int]
kills: Counter[Kill] = Counter()


def table() -> Iterator[str]:
    """Every kill of this run that was counted, in one table."""
    yield f"{'killed':9} {'where':52} {'left':9} {'after recovery':15} sent  times"
    for (what, where, left, final, count), times in sorted(kills.items()):
        yield f"{what:9} {where[:52]:52} {left or '-':9} {final or '-':15} {count:4} {times:6}"


Profile = Callable[[FrameType, str, Any], None]
Method = tuple[type, str]  # a class and the name of one of its methods


@contextmanager
def watching(watch: Watch, since: Method | None = None) -> Generator[None]:
    """Watch this thread, or what it does from the first call of ``since`` on: watching doubles the time."""
    before, profile = sys.getprofile(), _profile(watch)
    with pytest.MonkeyPatch.context() as patch:
        if since is None:
            sys.setprofile(profile)
        else:
            patch.setattr(*since, _waking(getattr(*since), profile))
        try:
            yield
        finally:
            sys.setprofile(before)


def _waking(method: Callable[..., object], profile: Profile) -> Callable[..., object]:
    def woken(*args: Any, **kwargs: Any) -> object:
        sys.setprofile(profile)
        return method(*args, **kwargs)

    return woken


def _profile(watch: Watch) -> Profile:
    look, names, no_owner = watch.look, NAMES, NO_OWNER

    def profile(frame: FrameType, event: str, called: Any) -> None:
        # At every call and return of the run, most of which are nothing to look at; a name is made anew
        # each time it is asked for.
        if event == "c_call" and called.__self__.__class__ not in no_owner and called.__name__ in names:
            look(frame, called)

    return profile


def killed_at(point: int, act: Callable[[], object], since: Method | None = None) -> bool:
    """Run ``act`` in a forked child that dies at this crash point. False when it got to its end before.

    Points are counted from the first call of ``since`` on.
    """
    child = os.fork()
    if child == 0:
        gc.disable()  # it would go through all that pytest holds
        try:
            with watching(Watch(point), since):
                act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), "the child failed by itself"
    return status == signal.SIGKILL
