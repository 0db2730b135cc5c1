"""Know the time zones that people abbreviate (``zones.toml``). Pure, but for reading that file once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["places"]


@cache
def places() -> Mapping[str, tuple[str, ...]]:
    """Name the places that an abbreviation may mean: several where it depends on where the writer is."""
    table = tomllib.loads(files("bowout.text").joinpath("zones.toml").read_text(encoding="utf-8"))
    return {short: tuple(names) for short, names in table.items()}
