"""Read word lists that the person wrote (``lint_LANGUAGE.toml``), and say what is wrong with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from bowout.errors import TemplateError
from bowout.etiquette.words import CASES_APART, Words

__all__ = ["faults", "is_file_of_words", "lists", "read"]

_SHOWN = 60  # characters of an expression in a message


def is_file_of_words(name: str) -> bool:
    """Tell by its name whether a file holds word lists."""
    return bool(re.fullmatch(r"lint_[A-Za-z-]+\.toml", name))


def read(path: Path) -> str:
    """The text of an own file. Raises TemplateError when it is no UTF-8 or cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a byte order mark in front
    except (UnicodeDecodeError, OSError) as exc:
        raise TemplateError(f"{path}: cannot be read as UTF-8 text.", "Save the file as UTF-8.") from exc


def lists(source: str, file: str) -> dict[str, list[str]]:
    """The lists of an own file. Raises TemplateError, naming file and line, for one that cannot be used."""
    table = _parsed(source, file)
    if fault := next(_broken(table, source, file), None):
        raise TemplateError(fault, "Mend that line; all that is wrong with your files: bowout letters lint")
    return table


def faults(source: str, file: str, known: Collection[str]) -> Iterator[str]:
    """Everything wrong with an own file: what cannot be used, and what would never be found.

    ``known`` are the names of the lists that bowout reads.
    """
    try:
        table = _parsed(source, file)
    except TemplateError as exc:
        yield exc.message
        return
    yield from _broken(table, source, file)
    yield from _idle(table, source, file, known)


def _parsed(source: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as exc:
        place = re.search(r"line (\d+)", str(exc))
        line = int(place[1]) if place else len(source.splitlines())
        why = re.sub(r" \(at .*\)$", "", str(exc))
        raise TemplateError(f"{file}:{line}: {why}.", f"Mend that line. {_FORM}") from exc


_FORM = "Ours show the form: bowout letters show lint_en.toml"


def _broken(table: dict[str, Any], source: str, file: str) -> Iterator[str]:
    """What keeps a list from being used at all."""
    for name, value in table.items():
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield f"{file}:{_line(source, name)}: {name} is to be a list of texts in quotes."
            continue
        if name in _IN_ORDER and not _in_order(value, _IN_ORDER[name]):
            number = _IN_ORDER[name]
            yield f"{file}:{_line(source, name)}: {name} is to be {number} plain words, in their order."
            continue
        wrong = [(one, why) for one in value if (why := _refused([one]))]
        if not wrong and (why := _refused(value)):
            wrong = [("", f"its expressions cannot stand side by side ({why})")]
        for one, why in wrong:
            quoted = f'"{one[:_SHOWN]}": ' if one else ""
            yield f"{file}:{_line(source, name, one)}: {name}: {quoted}{why}."


# Lists whose words count by their place, the week from Monday.
_IN_ORDER = {"weekdays": 7, "months": 12}


def _in_order(words: list[str], number: int) -> bool:
    return len(words) == number and all(re.fullmatch(r"[\w' -]+", word) for word in words)


def _refused(expressions: list[str]) -> str:
    """Why expressions cannot be matched; empty when they can."""
    try:
        if not any(expressions) or Words(expressions).match("") is not None:
            return "it would be found where no word is" if expressions else ""
        for one in expressions:
            re.compile(one)  # alone, so that none closes a group that another has opened
    except (re.error, OverflowError, RecursionError) as exc:
        return f"no regular expression, {getattr(exc, 'msg', exc)}"
    return ""


def _idle(table: dict[str, Any], source: str, file: str, known: Collection[str]) -> Iterator[str]:
    """What does no harm and no good: a list that nobody reads, an expression that is never found."""
    from difflib import get_close_matches

    for name, value in table.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "."
            yield f"{file}:{_line(source, name)}: bowout reads no list {name!r}{hint}"
        elif isinstance(value, list) and CASES_APART not in "".join(map(str, value)):
            for one in filter(_has_capital, map(str, value)):
                yield (
                    f'{file}:{_line(source, name, one)}: {name}: "{one[:_SHOWN]}" has a capital letter and'
                    " would never be found; write it small, large ones are found as well."
                )


def _has_capital(expression: str) -> bool:
    plain = re.sub(r"\\.|\(\?P", "", expression)
    return plain != plain.lower()


def _line(source: str, name: str, expression: str = "") -> int:
    """The line on which an expression of a list stands, as far as it can be found; else that of the list."""
    lines = source.splitlines()
    heads = (line.partition("=")[0].strip(" \t\"'") for line in lines)
    begin = next((number for number, head in enumerate(heads) if head == name), 0)
    forms = {f"'{expression}'", '"{}"'.format(expression.replace("\\", "\\\\").replace('"', '\\"'))}
    found = (n for n in range(begin, len(lines)) if expression and any(form in lines[n] for form in forms))
    return next(found, begin) + 1
