"""Know the time zones that people abbreviate (``zones.toml``). Pure, but for reading that file once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta, timezone
from functools import cache
from importlib.resources import files

__all__ = ["GUESSED", "UNTOLD", "is_told", "places", "untold"]

# The name of the zone of a clock that nobody placed, as RFC 5322 (3.3) writes it: the hour counts, where it
# is does not.
UNTOLD = "-00:00"
# ... and of one that only its writer's Date places, at an offset that many programs write for everybody.
GUESSED = "+00:00"


def untold(offset: timedelta | None = None, *, name: str = UNTOLD) -> timezone:
    """Make the zone of such a clock; ``offset`` = where it may be."""
    return timezone(offset or timedelta(), name)


def is_told(name: str | None) -> bool:
    """Tell whether the name of a zone says on whose clock an hour is."""
    return name not in (None, "", UNTOLD, GUESSED)


@cache
def places() -> Mapping[str, tuple[str, ...]]:
    """Name the places that an abbreviation may mean: several where it depends on where the writer is."""
    table = tomllib.loads(files("bowout.text").joinpath("zones.toml").read_text(encoding="utf-8"))
    return {short: tuple(names) for short, names in table.items()}
