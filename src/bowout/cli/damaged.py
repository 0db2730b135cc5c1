"""Tell of rows of the journal that cannot be read, beside those that can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bowout.cli import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bowout.journal.damage import Damage


class _Broken(Protocol):
    """What may have a cure."""

    @property
    def cure(self) -> str: ...


def lines_of(rows: Iterable[Damage]) -> Iterator[str]:
    """Every row by its name, and what is wrong with it."""
    for row in rows:
        yield f"{render.alarm('!')} {render.safe(row.says)}"
        if row.label.startswith("s"):
            yield "      It is not sent; its draft stays where it is."
            yield f"      Next: look into the thread, then let it go: bowout outbox cancel {row.label}"


def data_of(rows: Iterable[Damage]) -> list[dict[str, str]]:
    """The same for scripts."""
    return [{"name": row.label, "message": row.says, "next": row.cure} for row in rows]


def warnings_of(rows: Iterable[_Broken]) -> tuple[str, ...]:
    """What helps, said once for all of them, on a line of its own that can be typed."""
    return tuple({f"bowout.db is damaged; {row.cure}": None for row in rows if row.cure})
