"""Load bowout once, then be each command that is asked for: a copy of this process runs it and ends.

Loading took more of the acceptance tests than running did. What a command does stays its own: its process,
its environment, its folder, its three streams, its end. Not so the loading; what is about that starts it anew
(``harness.run`` with ``anew``, the tests of the terminal, the two ways to start in test_trouble).

Run as a program by ``harness``; a request is its length, with the descriptors of the command, and its JSON.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

# It looks at the home of the person when it is imported.
LATER = {"keyring"}


def load() -> None:
    """Import every module of bowout, and what they import only when they need it."""
    import bowout

    for module in pkgutil.walk_packages(bowout.__path__, "bowout."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        if loaded.__file__ is not None and loaded.__file__.endswith(".py"):
            _load_lazy(Path(loaded.__file__))
    gc.freeze()


def _load_lazy(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        named = node.module if isinstance(node, ast.ImportFrom) else None
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [named]
        for name in names:
            if name and name.partition(".")[0] not in LATER:
                with suppress(ImportError):  # of another system
                    importlib.import_module(name)


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
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(str(request["cwd"]))
    sys.argv = request["argv"]


if __name__ == "__main__":
    load()
    with socket.socket(fileno=int(sys.argv[1])) as door:
        answer(door)

    from bowout.__main__ import main

    main()
