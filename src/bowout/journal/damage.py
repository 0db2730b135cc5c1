"""Tell a row of the journal that can be read from one that cannot, and name it as the person knows it.

A disk, an editor or a tool may leave a row that holds no value: a time that is none, a word of no list, bytes
for text, JSON of another shape. Such a row is one trouble, told by its name; the rows beside it go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bowout.errors import StoreError

__all__ = ["Damage", "DamagedRow", "damage_of", "made"]

T = TypeVar("T")

BYTES = "letter"  # the one column that holds bytes
# What a row may hold of what it should not, as the code that reads it finds out.
_SIGNS = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)
_CALLED_BY = ("company", "position", "person_name", "person_address")
_NAMES = {
    "withdrawals": "w{id}",
    "submissions": "s{id}",
    "drafts": "draft {id} of w{withdrawal_id}",
    "calls": "call {id} of w{withdrawal_id}",
    "notes": "a note of w{withdrawal_id}",
    "kept": "copy {id} of draft {draft_id}",
    "events": "event {id}",
    "identity": "the identity of the records",
    "passes": "the time of the last pass",
}


class DamagedRow(StoreError):
    """One row cannot be read; the others can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A row that cannot be read: its name, what is wrong, what to do.

    ``account`` and ``state`` are what stands there; ``names`` are the words by which a person calls it.
    """

    label: str
    says: str
    cure: str
    account: object = None
    state: object = None
    names: tuple[str, ...] = ()


def damage_of(row: sqlite3.Row, table: str, error: DamagedRow) -> Damage:
    """Describe a row that cannot be read."""
    there = {key: row[key] for key in row.keys()}  # noqa: SIM118 - a row iterates over its values
    return Damage(
        label=_name(row, table),
        says=error.message,
        cure=error.next_step,
        account=there.get("account"),
        state=there.get("state"),
        names=tuple(there[key] for key in _CALLED_BY if isinstance(there.get(key), str)),
    )


def made(make: Callable[[sqlite3.Row], T], row: sqlite3.Row, table: str, cure: Callable[[], str]) -> T:
    """The value of a row, every part of it of the kind that it should be.

    Raises DamagedRow, and StoreError where a column is missing: that is no trouble of one row.
    """
    try:
        _require_text(row)
        value = make(row)
        _require_kinds(value)
    except IndexError as exc:
        raise StoreError(f"bowout.db is damaged: a column of {table} is missing", cure()) from exc
    except _SIGNS as exc:
        raise DamagedRow(f"{_name(row, table)} is damaged: {_why(exc)}", cure()) from exc
    return value


def _name(row: sqlite3.Row, table: str) -> str:
    """How the person knows the row: ``s7``."""
    values = {key: row[key] for key in row.keys()}  # noqa: SIM118 - a row iterates over its values
    try:
        return _NAMES[table].format_map(values)
    except KeyError:
        return f"a row of {table}"


def _why(exc: Exception) -> str:
    """What is wrong with it. Only a ValueError says it in words that hold nothing else of the row."""
    return str(exc)[:100] if isinstance(exc, ValueError) else "a part of it is missing or of another kind"


def _require_text(row: sqlite3.Row) -> None:
    for key in row.keys():  # noqa: SIM118 - a row iterates over its values
        if isinstance(row[key], bytes) is not (key == BYTES and row[key] is not None):
            raise ValueError(f"{key} is of another kind")
        if isinstance(row[key], str) and not row[key].isascii():
            row[key].encode()  # raises for what was no UTF-8 (sqlite.connect)


def _require_kinds(value: object) -> None:
    if not is_dataclass(value) or isinstance(value, type):
        return
    for field, kinds in _kinds(type(value)).items():
        part = getattr(value, field)
        if not isinstance(part, kinds):
            raise ValueError(f"{field} is of another kind")  # noqa: TRY004 - as every damage is told
        _require_kinds(part)


@cache
def _kinds(form: type) -> dict[str, tuple[type, ...]]:
    return {field: tuple(_classes(hint)) for field, hint in get_type_hints(form).items()}


def _classes(hint: Any) -> Iterator[type]:
    if get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _classes(part)
    else:
        yield get_origin(hint) or hint
