"""Runs the installed ``bowout`` on a pseudo-terminal, the way a person sees it (POSIX)."""

from __future__ import annotations

import os
import sys
import termios
from pathlib import Path
from typing import Any

import pexpect
from pexpect.fdpexpect import fdspawn

from acceptance.harness import BOWOUT, TIMEOUT, Box, Running, start_on

LINES, COLUMNS = 40, 80
PATIENCE = 2  # seconds after which a person presses a key again


class Terminal:
    """bowout on a pseudo-terminal of 80 columns."""

    def __init__(self, box: Box | Path, *args: str, anew: bool = False, **env: str) -> None:
        given = [*args, "--config", str(box.config if isinstance(box, Box) else box)]
        env = {"TERM": "xterm-256color", **env}
        self._running: Running | None = None
        self._code: int | None = None
        if anew or sys.platform != "linux":
            self.child: Any = pexpect.spawn(
                BOWOUT,
                given,
                env={**os.environ, **env},
                encoding="utf-8",
                timeout=TIMEOUT,
                dimensions=(LINES, COLUMNS),
            )
        else:
            ours, theirs = os.openpty()
            termios.tcsetwinsize(theirs, (LINES, COLUMNS))
            self._running = start_on(theirs, *given, env=env)
            os.close(theirs)
            self.child = fdspawn(ours, encoding="utf-8", timeout=TIMEOUT)

    def until(self, text: str) -> str:
        """Wait for a text; what came before it."""
        self.child.expect_exact(text)
        return self.child.before or ""

    def nothing_to_add(self) -> str:
        """Press Enter where it asks for words of one's own; what it has shown before."""
        shown = self.until("A sentence of your own to add")
        self.child.sendline("")
        return shown

    def rest(self) -> str:
        self.child.expect(pexpect.EOF)
        self._end()
        return self.child.before or ""

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.child.send("\x03")

    def interrupt_until_it_ends(self) -> None:
        """Press Ctrl-C at a question, and again where it was lost.

        CPython does not notice one that falls between writing the question and waiting for the answer.
        """
        for _ in range(TIMEOUT // PATIENCE):
            self.interrupt()
            if not self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=PATIENCE):
                return
        raise TimeoutError("it does not end")

    def end_input(self) -> None:
        """Press Ctrl-D."""
        self.child.send("\x04")

    def code(self) -> int:
        """The exit code; bowout must have ended by itself."""
        if self._code is None:
            self.child.expect(pexpect.EOF)
        code = self._end()
        assert code >= 0, "a signal ended it"
        return code

    def hang_up(self) -> None:
        """Close the window, whether it still runs or not."""
        self.child.close()
        self._end()

    def _end(self) -> int:
        """Wait for the end, once; the exit code, less than zero for a signal."""
        if self._code is None:
            self.child.close()
            self._code = self._running.code() if self._running else self._spawned()
        return self._code

    def _spawned(self) -> int:
        signal_of_end = self.child.signalstatus
        return int(self.child.exitstatus if signal_of_end is None else -signal_of_end)
