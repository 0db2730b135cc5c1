"""Match a regular expression as ``re`` does and count the steps: the same number on a busy machine.

It reads the tree of Python's own parser and tries what ``re`` would try, in the same order, without the short
cuts that ``re`` has for some forms: it never counts less than ``re`` works.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

PARSER: Any = importlib.import_module("re._parser")
C: Any = importlib.import_module("re._constants")

Then = Callable[[int], bool]
Step = Callable[[int, Then], bool]  # from a place in the text, with what has to match behind it
Test = Callable[[str], bool]  # of one character

_CATEGORIES: dict[Any, str] = {
    C.CATEGORY_DIGIT: r"\d",
    C.CATEGORY_NOT_DIGIT: r"\D",
    C.CATEGORY_SPACE: r"\s",
    C.CATEGORY_NOT_SPACE: r"\S",
    C.CATEGORY_WORD: r"\w",
    C.CATEGORY_NOT_WORD: r"\W",
}
REPEATS = (C.MAX_REPEAT, C.MIN_REPEAT, C.POSSESSIVE_REPEAT)
MANY = 2_000  # times; a repeat that may go on for longer has no bound
FEW = 8
CAP = 200_000  # steps
ONE = (C.LITERAL, C.NOT_LITERAL, C.IN, C.ANY)


class Endless(Exception):
    """More steps than the cap."""


@contextmanager
def deep() -> Generator[None]:
    """Let a match be as deep as its text is long."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Matcher:
    """Count the ``steps`` of one pattern, of text or of bytes (matched as Latin-1); ``small`` bounds."""

    def __init__(self, pattern: str | bytes, flags: int = 0, *, small: bool = False) -> None:
        """Compile the pattern; raises NotImplementedError for a form that is not known here."""
        self.tree = PARSER.parse(pattern, flags)
        self.flags = int(self.tree.state.flags)
        self.small, self.steps = small, 0
        self.text = ""
        self.groups: dict[int, tuple[int, int]] = {}
        self._tests: dict[str, Test] = {}
        self._step = self._sequence(list(self.tree), self.flags)

    def match(self, text: str, at: int = 0, *, whole: bool = False) -> int | None:
        """Say where a match that begins at ``at`` ends; ``whole`` = at the end of the text."""
        self.text, self.groups = text, {}
        ends: list[int] = []

        def arrived(i: int) -> bool:
            if whole and i != len(text):
                return False
            ends.append(i)
            return True

        return ends[0] if self._step(at, arrived) else None

    def search(self, text: str) -> Iterator[tuple[int, int]]:
        """Look for every match in the text, as ``finditer`` does for those that are not empty."""
        at = 0
        while at <= len(text):
            end = self.match(text, at)
            if end is not None:
                yield at, end
            at = max(at + 1, end or 0)

    def _tick(self) -> None:
        self.steps += 1
        if self.steps > CAP:
            raise Endless

    # What each form does

    def _sequence(self, items: list[Any], flags: int) -> Step:
        steps = [self._form(operator, argument, flags) for operator, argument in items]
        if not steps:
            return lambda i, then: then(i)
        step = steps.pop()
        while steps:
            step = _then(steps.pop(), step)
        return step

    def _form(self, operator: Any, argument: Any, flags: int) -> Step:
        if operator in ONE:
            return self._one(self.test(operator, argument, flags))
        if operator in REPEATS:
            step = self._repeat(argument, flags, lazy=operator is C.MIN_REPEAT)
            return self._atomic(step) if operator is C.POSSESSIVE_REPEAT else step
        if operator is C.BRANCH:
            return self._branch(argument[1], flags)
        if operator is C.SUBPATTERN:
            number, added, taken, items = argument
            step = self._sequence(list(items), (flags | added) & ~taken)
            return step if number is None else self._group(number, step)
        if operator is C.ATOMIC_GROUP:
            return self._atomic(self._sequence(list(argument), flags))
        if operator in (C.ASSERT, C.ASSERT_NOT):
            direction, items = argument
            width = items.getwidth()[0] if direction < 0 else 0
            return self._look(self._sequence(list(items), flags), width, operator is C.ASSERT)
        if operator is C.AT:
            return self._place(argument, flags)
        if operator is C.GROUPREF:
            return self._again(argument, flags)
        if operator is C.FAILURE:
            return lambda i, then: False
        raise NotImplementedError(str(operator))

    def _one(self, test: Test) -> Step:
        def step(i: int, then: Then) -> bool:
            self._tick()
            return i < len(self.text) and test(self.text[i]) and then(i + 1)

        return step

    def _repeat(self, argument: Any, flags: int, *, lazy: bool) -> Step:
        least, most, items = argument
        if self.small:  # what is bounded costs no more on a longer text: a smaller bound shows it sooner
            least, most = min(least, FEW), most if most > MANY else min(most, FEW)
        if len(items) == 1 and items[0][0] in ONE and not lazy:
            operator, argument = items[0]
            return self._run(self.test(operator, argument, flags), least, most)
        body = self._sequence(list(items), flags)

        def again(i: int, then: Then, count: int, last: int) -> bool:
            self._tick()

            def more() -> bool:
                if count >= most or (count >= least and i == last):
                    return False
                return body(i, lambda j: again(j, then, count + 1, i))

            if lazy:
                return (count >= least and then(i)) or more()
            return more() or (count >= least and then(i))

        return lambda i, then: again(i, then, 0, -1)

    def _run(self, test: Test, least: int, most: int) -> Step:
        def step(i: int, then: Then) -> bool:
            end = i
            while end - i < most and end < len(self.text) and test(self.text[end]):
                self._tick()
                end += 1
            while end - i >= least:
                self._tick()
                if then(end):
                    return True
                end -= 1
            return False

        return step

    def _branch(self, branches: list[Any], flags: int) -> Step:
        steps = [self._sequence(list(items), flags) for items in branches]
        firsts = [self._first(items, flags) for items in branches]
        known: dict[str, list[Step]] = {}  # the branches that can begin with a character

        def step(i: int, then: Then) -> bool:
            self._tick()
            here = self.text[i : i + 1]
            if here not in known:
                known[here] = [
                    branch
                    for branch, first in zip(steps, firsts, strict=True)
                    if first is None or (here and first(here))
                ]
            return any(branch(i, then) for branch in known[here])

        return step

    def _first(self, items: Any, flags: int) -> Test | None:
        """Find what the first character has to be; None = it may be any, or there may be none."""
        if not len(items):
            return None
        operator, argument = items[0]
        if operator in ONE:
            return self.test(operator, argument, flags)
        if operator is C.SUBPATTERN:
            return self._first(argument[3], (flags | argument[1]) & ~argument[2])
        return None

    def _group(self, number: int, body: Step) -> Step:
        def step(i: int, then: Then) -> bool:
            before = self.groups.get(number)

            def closed(j: int) -> bool:
                inside = self.groups.get(number)
                self.groups[number] = (i, j)
                return then(j) or self._restore(number, inside)

            return body(i, closed) or self._restore(number, before)

        return step

    def _restore(self, number: int, span: tuple[int, int] | None) -> bool:
        self.groups.pop(number, None)
        if span is not None:
            self.groups[number] = span
        return False

    def _atomic(self, body: Step) -> Step:
        def step(i: int, then: Then) -> bool:
            ends: list[int] = []

            def arrived(j: int) -> bool:
                ends.append(j)
                return True

            return body(i, arrived) and then(ends[0])

        return step

    def _look(self, body: Step, width: int, wanted: bool) -> Step:
        def step(i: int, then: Then) -> bool:
            self._tick()
            there = i >= width and body(i - width, lambda j: True)
            return there is wanted and then(i)

        return step

    def _place(self, where: Any, flags: int) -> Step:
        written = {
            C.AT_BEGINNING: "^",
            C.AT_BEGINNING_STRING: r"\A",
            C.AT_END: "$",
            C.AT_END_STRING: r"\Z",
            C.AT_BOUNDARY: r"\b",
            C.AT_NON_BOUNDARY: r"\B",
        }[where]
        place = re.compile(written, flags & (re.ASCII | re.MULTILINE))

        def step(i: int, then: Then) -> bool:
            self._tick()
            return place.match(self.text, i) is not None and then(i)

        return step

    def _again(self, number: int, flags: int) -> Step:
        def step(i: int, then: Then) -> bool:
            if number not in self.groups:
                return False
            start, end = self.groups[number]
            said, here = self.text[start:end], self.text[i : i + end - start]
            self.steps += len(said)
            if flags & re.IGNORECASE:
                said, here = said.casefold(), here.casefold()
            return said == here and then(i + end - start)

        return step

    def test(self, operator: Any, argument: Any, flags: int) -> Test:
        """Make the test of one character; each is asked once for each character."""
        ascii_only = not flags & re.UNICODE
        flags &= re.IGNORECASE | re.DOTALL
        one = re.compile(written(operator, argument), flags | (re.ASCII if ascii_only else 0))
        known: dict[str, bool] = {}

        def test(char: str) -> bool:
            if char not in known:
                known[char] = one.match(char) is not None
            return known[char]

        return test


def written(operator: Any, argument: Any) -> str:
    """Write the set of one character as a pattern."""
    if operator is C.ANY:
        return "."
    if operator is C.LITERAL:
        return re.escape(chr(argument))
    if operator is C.NOT_LITERAL:
        return f"[^{_in_set(argument)}]"
    inside = ""
    for kind, value in argument:
        if kind is C.NEGATE:
            inside += "^"
        elif kind is C.LITERAL:
            inside += _in_set(value)
        elif kind is C.RANGE:
            inside += f"{_in_set(value[0])}-{_in_set(value[1])}"
        else:
            inside += _CATEGORIES[value]
    return f"[{inside}]"


def _in_set(code: int) -> str:
    return f"\\U{code:08x}"


def _then(first: Step, second: Step) -> Step:
    return lambda i, then: first(i, lambda j: second(j, then))


# What a hostile mail would hold

KINDS = "a1 A-.\n@é"  # of letters, figures, blanks and marks one each
ENDS = ("", "\n\0")
_MOST_CHARS = 10


def hostile(matcher: Matcher) -> Iterator[Callable[[int], str]]:
    """Derive texts of any length from a pattern: what leads up to a repeat, then what goes round in it."""
    seen: set[tuple[str, str, str]] = set()
    example = _example(matcher, matcher.tree, matcher.flags)
    repeats = list(_repeats(matcher, matcher.tree, "", matcher.flags))
    for before, rounds in [("", [example, example[:-1]]), *repeats] if repeats else []:
        for lead, again in [
            form for one in rounds for form in ((before, one), ("", one), ("", before + one))
        ]:
            for end in ENDS:
                if again and (lead, again, end) not in seen:
                    seen.add((lead, again, end))
                    yield _text(lead, again, end)


def _text(lead: str, again: str, end: str) -> Callable[[int], str]:
    return lambda size: lead + again * (size // len(again)) + end


def _repeats(matcher: Matcher, items: Any, before: str, flags: int) -> Iterator[tuple[str, list[str]]]:
    """Find each long repeat: a text that leads up to it, and what may go round in it."""
    for operator, argument in items:
        if operator in REPEATS and argument[1] > MANY:
            chars = _chars(matcher, argument[2], flags)
            nested = len(argument[2]) > 1 or argument[2][0][0] not in ONE
            pairs = [one + other for one, other in zip(chars, chars[1:] + chars[:1], strict=True)]
            yield before, [*chars, *(pairs if nested else ()), _example(matcher, argument[2], flags)]
        for inner, inner_flags in _inside(operator, argument, flags):
            yield from _repeats(matcher, inner, before, inner_flags)
        before += _example(matcher, [(operator, argument)], flags)


def _inside(operator: Any, argument: Any, flags: int) -> list[tuple[Any, int]]:
    if operator in REPEATS:
        return [(argument[2], flags)]
    if operator is C.BRANCH:
        return [(branch, flags) for branch in argument[1]]
    if operator is C.SUBPATTERN:
        return [(argument[3], (flags | argument[1]) & ~argument[2])]
    if operator is C.ATOMIC_GROUP:
        return [(argument, flags)]
    return [(argument[1], flags)] if operator in (C.ASSERT, C.ASSERT_NOT) else []


def _chars(matcher: Matcher, items: Any, flags: int) -> list[str]:
    """List characters that the repeat goes on with: of each kind one, and those that it names."""
    found: dict[str, None] = {}
    for operator, argument in items:
        if operator in ONE:
            test = matcher.test(operator, argument, flags)
            found |= dict.fromkeys(filter(test, KINDS + _named(operator, argument)))
        for inner, inner_flags in _inside(operator, argument, flags):
            found |= dict.fromkeys(_chars(matcher, inner, inner_flags))
    return list(found)[:_MOST_CHARS]


def _named(operator: Any, argument: Any) -> str:
    if operator is C.LITERAL:
        return chr(argument)
    if operator is not C.IN:
        return ""
    codes = [
        value if kind is C.LITERAL else value[0] for kind, value in argument if kind in (C.LITERAL, C.RANGE)
    ]
    return "".join(map(chr, codes))


def _example(matcher: Matcher, items: Any, flags: int) -> str:
    """Write a short text that the items match, looking round left aside."""
    text = ""
    for operator, argument in items:
        if operator in ONE:
            text += next(iter(_chars(matcher, [(operator, argument)], flags)), "\0")
        elif operator in REPEATS:
            text += _example(matcher, argument[2], flags) * argument[0]
        elif operator not in (C.ASSERT, C.ASSERT_NOT):
            text += "".join(_example(matcher, *inner) for inner in _inside(operator, argument, flags)[:1])
    return text


# What it costs

SIZE = 32
GROWTH = 2.6  # for twice the text
EVEN = 24  # steps a character: below that nothing has to be compared
Cost = Callable[[Matcher, str], object]
ACTS: dict[str, Cost] = {
    "match": lambda matcher, text: matcher.match(text),
    "fullmatch": lambda matcher, text: matcher.match(text, whole=True),
    "search": lambda matcher, text: list(matcher.search(text)),
}


def steps(matcher: Matcher, act: Cost, text: str) -> int:
    """Count what one text costs; the cap where it costs more."""
    matcher.steps = 0
    with deep(), suppress(Endless):
        act(matcher, text)
    return matcher.steps


def worst(matcher: Matcher, use: str, made: Callable[[str], str] = str) -> str:
    """Find a text on which the steps grow faster than it; "" = none. ``made`` = what becomes of a text."""
    for text in hostile(matcher):
        if all(_grows(matcher, use, made(text(size)), made(text(2 * size))) for size in (SIZE, 4 * SIZE)):
            return f"{use} in {made(text(SIZE))!r}"
    return ""


def _grows(matcher: Matcher, use: str, short: str, long: str) -> bool:
    cost = steps(matcher, ACTS[use], long)
    return cost > EVEN * len(long) and (cost > CAP or cost > GROWTH * steps(matcher, ACTS[use], short))
