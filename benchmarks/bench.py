"""``make bench``: run every benchmark of this folder, or those named: ``make bench ONLY=startup``.

How well finding and reading work is no figure of speed and takes minutes: only ``ONLY=finding`` asks for it.

A benchmark is a file here with a ``main()`` that prints its figures, each beside a peer or a bound measured
in the same run. Each runs in a process of its own, so that none warms or fattens another.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FINDING = ("finding", "bank")  # ONLY=finding is both


def benchmarks() -> list[Path]:
    """The files here that define ``main``, but for this one; start-up first, the rest by name."""
    found = (path for path in HERE.glob("*.py") if "\ndef main(" in path.read_text(encoding="utf-8"))
    return sorted(
        (path for path in found if path != Path(__file__)), key=lambda p: (p.stem != "startup", p.stem)
    )


def run(names: list[str]) -> int:
    """Run the benchmarks of those names (none = all); 1 when one of them failed."""
    known = {path.stem: path for path in benchmarks()}
    if unknown := [name for name in names if name not in known]:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}")
    failed = []
    names = [n for name in names for n in (FINDING if name == "finding" else (name,))]
    for name in names or [name for name in known if name not in FINDING]:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, str(known[name])], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
