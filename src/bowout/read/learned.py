"""Judge what a mail says of the process by a table learned from invented mail (training/stage.py).

The table was calibrated on authors it had never seen. Pure, but for reading the table once.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from bowout.read.features import features, keys

__all__ = ["Judgement", "judge"]

_ENDS = ("rejected", "closed", "withdrawn")
_BEFORE = ("outreach", "applied", "assessment", "invited", "scheduled", "hold")
_TINY = 1e-6
_LEAST = 6  # features that the table knows; a name or two say nothing


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one mail says: the chance that it ends the process, and the likeliest step if it does not."""

    over: float
    step: str
    chance: float  # of the step, among those that are no end
    ending: str  # the likeliest of the ends
    mine: float  # the chance that it belongs to a process of the person at all
    unmet: str = ""  # the likeliest step of theirs short of an interview held


@dataclass(frozen=True, slots=True)
class _Head:
    classes: Sequence[str]
    columns: Sequence[array[int]]
    step: float
    constants: Sequence[float]
    calibration: tuple[float, float] | None

    def chance(self, known: Sequence[int], more: float = 0.0) -> float:
        """The chance of a yes to a question of yes or no; ``more`` is what another head has to say to it."""
        slope, constant = self.calibration or (1.0, 0.0)
        return 1 / (1 + math.exp(-(slope * (self.scores(known)[0] + more) + constant)))

    def scores(self, known: Sequence[int]) -> list[float]:
        scale = self.step / max(len(known), 1) ** 0.5
        return [
            constant + scale * sum(map(column.__getitem__, known))
            for constant, column in zip(self.constants, self.columns, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Table:
    places: Mapping[int, int]
    heads: Mapping[str, _Head]


@cache
def _table() -> _Table:
    raw = zlib.decompress(files("bowout.read").joinpath("stage_table.bin").read_bytes())
    head, _, body = raw.partition(b"\n")
    about: dict[str, Any] = json.loads(head)
    count = about["features"]
    numbers = array("I", body[: 4 * count])
    if sys.byteorder == "big":
        numbers.byteswap()
    at, heads = 4 * count, {}
    for entry in about["heads"]:
        columns = []
        for _ in range(entry["columns"]):
            columns.append(array("b", body[at : at + count]))
            at += count
        heads[entry["name"]] = _Head(
            entry["classes"], columns, entry["step"], entry["constants"], entry["calibration"]
        )
    return _Table({key: place for place, key in enumerate(numbers)}, heads)


@lru_cache(maxsize=256)
def judge(text: str, subject: str = "", *, mine: bool) -> Judgement | None:
    """Judge the new text of a mail; None where it says nothing that the table knows."""
    table = _table()
    known = [place for key in keys(features(text, subject)) if (place := table.places.get(key)) is not None]
    if len(known) < _LEAST:
        return None
    head = table.heads["mine" if mine else "stage"]
    scored = head.scores(known)
    grown = [math.exp(score - max(scored)) for score in scored]
    chances = {name: part / sum(grown) for name, part in zip(head.classes, grown, strict=True)}
    if mine:
        step = max(chances, key=chances.__getitem__)
        return Judgement(chances["withdrawn"], step, chances[step], "withdrawn", 1.0)
    ended = sum(chances[end] for end in _ENDS)
    open_ = {name: chance for name, chance in chances.items() if name not in _ENDS}
    step = max(open_, key=open_.__getitem__)
    return Judgement(
        over=table.heads["over"].chance(known, _log_odds(ended)),
        step=step,
        chance=chances[step] / max(sum(open_.values()), _TINY),
        ending=max(_ENDS, key=chances.__getitem__),
        mine=table.heads["own"].chance(known),
        unmet=max(_BEFORE, key=open_.__getitem__),
    )


def _log_odds(chance: float) -> float:
    return math.log(max(chance, _TINY) / max(1 - chance, _TINY))
