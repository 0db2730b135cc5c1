"""Read the content lines of an iCalendar part into components (RFC 5545 section 3.1). Pure, never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Component", "Property", "parse"]

_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^;:"]*)')


@dataclass(frozen=True, slots=True)
class Property:
    """One unfolded content line (RFC 5545 section 3.1)."""

    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Component:
    """A component with its properties and children; what it does not have reads as empty."""

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    children: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return self.properties.get(name, [])

    def get(self, name: str) -> Property | None:
        return next(iter(self.all(name)), None)

    def value(self, name: str) -> str:
        found = self.get(name)
        return found.value.strip() if found else ""

    def text(self, name: str) -> str:
        """Read a TEXT value without its escapes (RFC 5545 section 3.3.11)."""
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], self.value(name))

    def walk(self, name: str) -> Iterator[Component]:
        """Find every component of that name below, however wrongly the file nests them."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.walk(name)


def parse(text: str) -> Component:
    root = Component("")
    open_ = [root]
    for name, line in _lines(text):
        if name == "BEGIN" and len(open_) < 20:
            child = Component(line.value.strip().upper())
            open_[-1].children.append(child)
            open_.append(child)
        elif name == "END":
            ended = line.value.strip().upper()
            if ended in {c.name for c in open_[1:]}:
                while open_.pop().name != ended:
                    pass
        else:
            open_[-1].properties.setdefault(name, []).append(line)
    return root


def _lines(text: str) -> Iterable[tuple[str, Property]]:
    unfolded = re.sub(r"\r\n?|\n", "\n", text)
    for raw in re.sub(r"\n[ \t]", "", unfolded).split("\n"):
        found = _LINE.match(raw)
        if found:
            parameters = {m[1].upper(): m[2].strip('"') for m in _PARAMETER.finditer(found[2])}
            yield found[1].upper(), Property(parameters, found[3])
        elif ":" in raw:  # an unbalanced quote among the parameters: the value may still be good
            head, _, value = raw.partition(":")
            yield head.partition(";")[0].upper(), Property({}, value)
