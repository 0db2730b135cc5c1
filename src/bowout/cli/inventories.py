"""Show what a language has of letters and what it lacks, as text and as JSON."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bowout.cli import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bowout.letters.inventory import Inventory


def summary(taken: Inventory) -> Iterator[str]:
    """``pl: situations 2 of 16, reasons 3 of 13 ...``."""
    there = {name: f"{seen} of {every}" for name, (seen, every) in taken.counts.items()}
    has = {name: bool(seen) for name, (seen, _) in taken.counts.items()}
    said = (
        f"situations {there['situations']}",
        f"reasons {there['reasons']} (in full {there['reasons_in_full']})",
        f"follow-ups {there['follow_ups']}",
        f"tones {there['tones']}",
        f"{'a' if has['phone_card'] else 'no'} phone card",
        "dates" if has["dates"] else "no dates",
        f"words for {there['rules']} rules of the check",
    )
    yield from render.hanging(", ".join(said) + ".", f"{taken.language}: ")


def gaps(taken: Inventory) -> Iterator[str]:
    """Every file that is not there yet, then what the others lack, one paragraph a file."""
    missing = sorted({gap.file for gap in taken.gaps if not gap.what})
    if missing:
        yield from render.hanging(", ".join(missing), "No file yet: ")
    inside = sorted((gap for gap in taken.gaps if gap.what), key=lambda gap: gap.file)
    for file, group in groupby(inside, key=lambda gap: gap.file):
        yield from render.hanging("; ".join(_shortened(gap.what for gap in group)), f"{file} lacks: ")


def _shortened(names: Iterable[str]) -> Iterator[str]:
    """``staying, pay (brief)`` for ``staying (brief)`` and ``pay (brief)``, as a template's header has it."""
    split = (name.partition(" (") for name in names)
    for flags, group in groupby(split, key=lambda parts: parts[1:]):
        yield ", ".join(name for name, _, _ in group) + "".join(flags)


def broken(taken: Iterable[Inventory]) -> Iterator[str]:
    """The gaps for which another file is of no use: faults, not only something to be written."""
    told = (gap for one in taken for gap in one.gaps if gap.breaks)
    yield from dict.fromkeys(f"{gap.file}: no section {gap.what!r}; ours has it." for gap in told)


def data(taken: Inventory) -> dict[str, object]:
    return {
        "language": taken.language,
        **{name: {"there": seen, "of": every} for name, (seen, every) in taken.counts.items()},
        "missing": [{"file": gap.file, "what": gap.what or None} for gap in taken.gaps],
    }
