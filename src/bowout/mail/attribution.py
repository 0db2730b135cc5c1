"""Write the line above a quote: who wrote the quoted mail, and when.

The words come from the language of the letter (templates/LANGUAGE.dates.toml); ``quotes`` knows every such
line again as the beginning of a quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bowout.model import Message
from bowout.text.harmless import for_terminal

# Characters of the name. A longer line would be taken for prose by whoever reads the mail, us included.
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Attribution:
    """How a language writes that line: the keys ``quote``, ``quote_undated`` and ``quote_nobody``.

    ``{name}``, ``{day}``, ``{month}``, ``{mon}``, ``{year}``, ``{clock}`` and ``{offset}`` are filled in.
    """

    dated: str
    undated: str
    nobody: str
    months: tuple[str, ...]

    def write(self, message: Message) -> str:
        """Write the line above ``message``, a form that mail clients know and fold away."""
        names = (for_terminal(a.name) or for_terminal(a.address) for a in message.from_)
        values = {"{name}": next(names, self.nobody)[:MAX_NAME]}
        moment = message.date or message.received
        if moment is None:
            return _fill(self.undated, values)
        month = self.months[moment.month - 1]
        values |= {
            "{day}": str(moment.day),
            "{month}": month,
            "{mon}": month[:3],
            "{year}": str(moment.year),
            "{clock}": f"{moment:%H:%M}",
            "{offset}": f"{moment:%z}",
        }
        return _fill(self.dated, values)


def _fill(form: str, values: dict[str, str]) -> str:
    return re.sub(r"\{\w+\}", lambda match: values.get(match[0], match[0]), form)
