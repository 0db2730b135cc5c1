"""Runs a command as a person would and says what it cost: wall clock, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

BOWOUT = str(Path(sysconfig.get_path("scripts")) / "bowout")
# Nothing that changes how Python starts, above all not PYTHONDONTWRITEBYTECODE: people have .pyc files.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one or more runs took. Seconds and mebibytes."""

    wall: float
    cpu: float
    rss: float

    def __str__(self) -> str:
        return f"{self.wall * 1000:7.0f} ms wall  {self.cpu * 1000:7.0f} ms cpu  {self.rss:6.1f} MiB"


def once(command: Sequence[str], env: Mapping[str, str] = PLAIN, accept: Sequence[int] = (0,)) -> Cost:
    """Run it once with its output thrown away. Raises RuntimeError for an exit code not in ``accept``."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env
    )
    assert process.stderr is not None
    said = process.stderr.read()
    # wait4 is what gives the processor time and memory of this one child (POSIX only).
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in accept:
        raise RuntimeError(f"{command} ended with {process.returncode}: {said.decode(errors='replace')}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kibibytes
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(median(c.wall for c in costs), median(c.cpu for c in costs), median(c.rss for c in costs))
