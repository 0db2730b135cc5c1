"""Load bowout once, then be each command that is asked for: a copy of this process runs it and ends.

Loading took more of the acceptance tests than running did. What a command does stays its own: its process,
its environment, its folder, its three streams, its end. Not so the loading, nor the compiling of patterns and
word lists, which took five times as long as the work; what is about that starts it anew (``harness.run`` and
``Terminal`` with ``anew``, the two ways to start in test_trouble).

Run as a program by ``harness``; a request is its length, with the descriptors of the command, and its JSON.
"""

from __future__ import annotations

import ast
import atexit
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import tempfile
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

# It looks at the home of the person when it is imported.
LATER = {"keyring"}

# Commands that together need what most commands need.
USUAL = (
    "draft acme --yes",
    "draft morgenrot --lang de --yes --json",
    "check --draft w1",
    "advise w1",
    "call w1 --outcome spoke",
    "letters list",
    "status",
)


def load() -> None:
    """Import every module of bowout, and what they import only when they need it."""
    import bowout

    for module in pkgutil.walk_packages(bowout.__path__, "bowout."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        if loaded.__file__ is not None and loaded.__file__.endswith(".py"):
            _load_lazy(Path(loaded.__file__))


def _load_lazy(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        named = node.module if isinstance(node, ast.ImportFrom) else None
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [named]
        for name in names:
            if name and name.partition(".")[0] not in LATER:
                with suppress(ImportError):  # of another system
                    importlib.import_module(name)


def practise() -> None:
    """Run the usual commands on a sample mailbox, so that what they compile is there; nothing else stays."""
    import sample
    from bowout import cli

    for name in [name for name in os.environ if name.startswith("BOWOUT_")]:
        del os.environ[name]  # of the test that came first
    with tempfile.TemporaryDirectory(prefix="bowout-starter-") as folder:
        os.environ["HOME"] = folder  # that of the test that came first is to stay as it was
        config = Path(folder, "config.toml")
        config.write_text(sample.config(sample.build(Path(folder, "mail"))), "utf-8")
        for command in USUAL:
            code = cli.run([*command.split(), "--config", str(config)])
            assert code == 0, command
    sys.stdout.flush()


def answer(door: socket.socket) -> None:
    """Take requests until the door is closed; return in the process that is to be bowout."""
    while True:
        size, descriptors, _, _ = socket.recv_fds(door, 8, 4)
        reap(os.WNOHANG if size else 0)
        if not size:
            os._exit(0)
        packet = door.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)
        if os.fork() == 0:
            request = json.loads(packet)
            if (command := os.fork()) == 0:
                become(request, descriptors)
                return
            report(descriptors[3], command)
        for descriptor in descriptors:
            os.close(descriptor)


def reap(how: int) -> None:
    """Wait for those that have ended; so their time counts as that of the tests."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def report(reply: int, command: int) -> None:
    """Say which process the command is, wait for it, and say how it ended."""
    os.write(reply, f"{command}\n".encode())
    _, status = os.waitpid(command, 0)
    os.write(reply, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def become(request: dict[str, Any], descriptors: list[int]) -> None:
    """Take over what the command was given."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in range(3):
        os.dup2(descriptors[number], number)
    for descriptor in descriptors:
        os.close(descriptor)
    if request.get("terminal"):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # Those that are there were made for files.
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", 1, encoding="utf-8", closefd=False) for n in (1, 2))
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(str(request["cwd"]))
    sys.argv = request["argv"]


def end(code: object) -> NoReturn:
    """End as the interpreter does, but leave the memory to the system: tidying up took 50 ms a command."""
    assert isinstance(code, int)
    vars(threading)["_shutdown"]()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)  # it knows what to say
    os._exit(code)


if __name__ == "__main__":
    load()
    practise()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as door:
        answer(door)

    from bowout.__main__ import main

    try:
        main()
    except SystemExit as done:
        end(done.code)
