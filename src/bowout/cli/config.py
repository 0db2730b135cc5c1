"""``bowout config path|show``: where things are and what is configured; no secrets."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bowout.cli import render
from bowout.cli.options import Options, shared
from bowout.cli.render import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.config.load import Config


@click.group("config")
def command() -> None:
    """Show where things are and what is configured."""


@command.command("path")
@shared
def path(*, opts: Options) -> Result:
    """Print the path of the configuration file in use, whether it exists or not."""
    import os

    from bowout.config import load

    found = load.locate(opts.config, os.environ)
    return Result(
        command="config",
        data={"config": found, "exists": found.exists()},
        lines=(render.safe(found), *(() if found.exists() else ("(not there yet)",))),
    )


@command.command("show")
@shared
def show(*, opts: Options) -> Result:
    """Print the configuration as bowout understands it, defaults included."""

    from bowout import accounts

    loaded = accounts.load_config(opts.config)
    shown = _shown(loaded)
    return Result(
        command="config",
        data={"config": loaded.path, "data_dir": loaded.data_dir, "values": dict(shown)},
        lines=(
            render.label("File", render.safe(loaded.path)),
            render.label("Data", render.safe(loaded.data_dir)),
            *(f"{render.safe(key)} = {render.safe(value)}" for key, value in shown),
        ),
    )


def _shown(loaded: Config) -> list[tuple[str, object]]:
    """Every key that has a value, by its path; secrets are never in the configuration, only commands."""
    tables: dict[str, object] = {
        "profile": loaded.profile,
        "defaults": loaded.defaults,
        "lint": loaded.lint,
        **{f"accounts.{name}": account for name, account in loaded.accounts.items()},
    }
    return [row for prefix, table in tables.items() for row in _rows(prefix, table)]


_DERIVED = {"display_name", "data_dir"}  # copied from other keys, not written by anybody


def _rows(prefix: str, table: object) -> Iterator[tuple[str, object]]:
    if not is_dataclass(table):
        return
    for field in fields(table):
        value = getattr(table, field.name)
        is_derived = prefix.startswith("accounts.") and field.name in {*_DERIVED, "name"}
        if is_dataclass(value):
            # What a provider adds to an account stands among the account's own keys.
            yield from _rows(prefix if field.name == "keys" else f"{prefix}.{field.name}", value)
        elif value not in (None, "", ()) and not is_derived:
            yield f"{prefix}.{field.name}", _plain(value)


_UNITS = (("h", 3600), ("m", 60), ("s", 1))


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return next(f"{seconds // size}{unit}" for unit, size in _UNITS if seconds % size == 0)
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, (bool, int)) else str(value)
