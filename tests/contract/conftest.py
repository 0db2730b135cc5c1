"""Run each case of a contract under the switches that its class deals out (``DECK``)."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``switches`` its rows; all values of a parametrised case share those of its name."""
    if "switches" in metafunc.fixturenames:
        rows = dealt(metafunc.cls)[metafunc.function.__name__]
        metafunc.parametrize("switches", rows.values(), ids=rows.keys())


@cache
def dealt(cls: Any) -> dict[str, dict[str, Any]]:
    """The rows of every case, in the order in which the cases are written."""
    cases = dict.fromkeys(
        name for base in reversed(cls.__mro__) for name in vars(base) if name.startswith("test_")
    )
    if cls.EVERY_PAIR:
        return dict.fromkeys(cases, cls.DECK.every_row())
    return {name: cls.DECK.rows(number) for number, name in enumerate(cases)}
