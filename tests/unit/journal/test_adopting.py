"""Records that are a copy, adopted by a run that dies in the middle: they must not look sound, nor be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bowout.journal import database
from bowout.journal.origin import Provenance
from bowout.journal.submission import State
from bowout.journal.submissions import Queue
