"""Deal the switches of a fake server out to the cases of a contract, so that every pair is met.

A switch is something that nobody knows for sure about the real server; an adapter must be right under either
value. The full product would be every case under every combination, and most faults need one value, or two
that meet. So every case meets both values of every switch, and over all cases each value of a switch meets
each of every other.

No library does it: with two values a switch it is a few lines of arithmetic, and a case keeps its rows when
another is added behind it, while a search over the whole table would deal all of them out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Deck(Generic[T]):
    """The switches ``usual``, and ``other`` with each of them turned.

    ``apart`` are switches of which one may be turned at a time: a row with more of them becomes several.
    """

    usual: T
    other: T
    apart: Set[str] = field(default_factory=frozenset)

    def rows(self, number: int) -> dict[str, T]:
        """The rows of the case that is the ``number``-th of its class, by what is turned in them."""
        rounds = list(self.rounds())
        return rounds[number % len(rounds)]

    def every_row(self) -> dict[str, T]:
        """The rows of a case that is to meet every pair of values by itself."""
        return {name: row for rows in self.rounds() for name, row in rows.items()}

    def rounds(self) -> Iterator[dict[str, T]]:
        """Yield rows that together turn every switch, in as many ways as two switches need to meet.

        The first round turns none, then all: any two switches stand alike. Each other one turns the switches
        whose number has a certain bit, then the rest: two numbers differ in a bit, two switches in a round.
        """
        names = self.names
        yield self._both(frozenset())
        for bit in range((len(names) - 1).bit_length()):
            yield self._both(frozenset(name for at, name in enumerate(names) if at >> bit & 1))

    @property
    def names(self) -> list[str]:
        return [one.name for one in fields(self.usual)]

    def _both(self, some: Set[str]) -> dict[str, T]:
        rows = {}
        for half in (some, frozenset(self.names) - some):
            for one in sorted(half & self.apart) or [""]:
                turned = [name for name in self.names if name in half and name in {one, *half - self.apart}]
                rows["+".join(turned) or "usual"] = self._turned(turned)
        return rows

    def _turned(self, names: list[str]) -> T:
        changes: dict[str, Any] = {name: getattr(self.other, name) for name in names}
        return replace(self.usual, **changes)
