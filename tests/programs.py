"""Programs that a test puts in the place of real ones."""

from __future__ import annotations

from pathlib import Path


def program(path: Path, script: str) -> Path:
    """A shell script at this path that the person may run."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return path
