"""Remember everything in one SQLite database, ``bowout.db``, in the data directory.

Numbered migrations live in ``bowout.journal``; a database that exists is copied to ``backups/`` before one
runs. Copies of drafts are files in ``kept/``. All of it is readable by its owner only.
"""

from __future__ import annotations

from bowout.journal.calls import Calls
from bowout.journal.private import Private

__all__ = ["Store"]


class Store(Calls, Private):
    """The journal. One per process and thread; close it, or use it as a context manager."""
