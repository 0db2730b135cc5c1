"""``$search`` (KQL) and ``$filter`` as far as the fake Graph speaks them; the rest is refused.

KQL (learn.microsoft.com, "Keyword Query Language"): quoted phrases and words, AND, OR, NOT, parentheses,
``property:value``. Words are whole words; a phrase is words in a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from servers.graph_openapi import Rejected

Fields = Mapping[str, str]
Test = Callable[[Fields], bool]

DEFAULT = ("from", "subject", "body")
PROPERTIES = (*DEFAULT, "to", "cc", "participants", "recipients")
_TOKEN = re.compile(
    r'\s*(?:(?P<open>\()|(?P<close>\))|(?:(?P<property>\w+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()":]+)))'
)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def kql(asked: str) -> Test:
    """A test of a message's fields for the value of ``$search``, which is one quoted string."""
    if len(asked) < 2 or asked[0] != '"' or asked[-1] != '"':
        raise Rejected(f"$search is not quoted: {asked!r}")
    inner = asked[1:-1]
    if re.search(r'(?<!\\)(?:\\\\)*"', inner):
        raise Rejected(f"$search holds a bare quote: {asked!r}")
    return _Parser(inner.replace('\\"', '"').replace("\\\\", "\\")).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> Test:
        test = self._either()
        if self.text[self.at :].strip():
            raise Rejected(f"$search cannot be read from {self.text[self.at :]!r}")
        return test

    def _either(self) -> Test:
        tests = [self._all()]
        while self._operator("OR"):
            tests.append(self._all())
        return lambda fields: any(test(fields) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.text[self.at :].strip() and not re.match(r"\s*(?:\)|OR\b)", self.text[self.at :]):
            self._operator("AND")
            tests.append(self._one())
        return lambda fields: all(test(fields) for test in tests)

    def _one(self) -> Test:
        if self._operator("NOT"):
            inner = self._one()
            return lambda fields: not inner(fields)
        found = _TOKEN.match(self.text, self.at)
        if not found or found["close"]:
            raise Rejected(f"$search cannot be read from {self.text[self.at :]!r}")
        self.at = found.end()
        if found["open"]:
            test = self._either()
            if not re.match(r"\s*\)", self.text[self.at :]):
                raise Rejected("$search: a parenthesis is open")
            self.at = self.text.index(")", self.at) + 1
            return test
        return _mentions(found["property"], found["phrase"] if found["phrase"] is not None else found["word"])

    def _operator(self, name: str) -> bool:
        found = re.match(rf"\s*{name}\b", self.text[self.at :])
        self.at += found.end() if found else 0
        return bool(found)


def _mentions(name: str | None, phrase: str) -> Test:
    if name is not None and name.lower() not in PROPERTIES:
        raise Rejected(f"$search does not know the property {name!r}")
    wanted = words(phrase)
    if not wanted:
        raise Rejected(f"$search: nothing to look for in {phrase!r}")
    names = {None: DEFAULT, "participants": ("from", "to", "cc"), "recipients": ("to", "cc")}.get(
        name.lower() if name else None, (name.lower(),) if name else DEFAULT
    )
    return lambda fields: any(_in_a_row(wanted, words(fields[one])) for one in names)


def _in_a_row(wanted: list[str], there: list[str]) -> bool:
    return any(there[at : at + len(wanted)] == wanted for at in range(len(there) - len(wanted) + 1))


# --- $filter ----------------------------------------------------------------------------------------

_TERM = re.compile(r"(?P<name>[\w/]+) (?P<op>eq|ge|gt|le|lt) (?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[^\s']+))")
FILTERS = {
    "conversationId": str,
    "internetMessageId": str,
    "isDraft": bool,
    "receivedDateTime": datetime,
    "sentDateTime": datetime,
}


def odata(asked: str) -> tuple[Callable[[Mapping[str, object]], bool], list[str]]:
    """A test of a message's properties for the value of ``$filter``, and the properties it names."""
    tests, names = [], []
    rest = asked
    while True:
        found = _TERM.match(rest)
        if not found or found["name"] not in FILTERS:
            raise Rejected(f"$filter cannot be read: {rest!r}", 400, "ErrorInvalidUrlQueryFilter")
        names.append(found["name"])
        tests.append(_compared(found["name"], found["op"], found["text"], found["bare"]))
        rest = rest[found.end() :]
        if not rest:
            return (lambda values: all(test(values) for test in tests)), names
        if not rest.startswith(" and "):
            raise Rejected(f"$filter cannot be read: {rest!r}", 400, "ErrorInvalidUrlQueryFilter")
        rest = rest[5:]


def _compared(
    name: str, op: str, text: str | None, bare: str | None
) -> Callable[[Mapping[str, object]], bool]:
    kind = FILTERS[name]
    if (kind is str) is not (text is not None):
        raise Rejected(f"$filter: {name} is compared with the wrong kind of value")
    wanted: object = text.replace("''", "'") if text is not None else None
    if kind is bool:
        wanted = {"true": True, "false": False}[bare or ""]
    if kind is datetime:
        moment = datetime.fromisoformat(bare or "")
        signs = {"eq": "__eq__", "ge": "__ge__", "gt": "__gt__", "le": "__le__", "lt": "__lt__"}
        return lambda values: bool(getattr(values[name], signs[op])(moment))
    if op != "eq":
        raise Rejected(f"$filter: {name} can only be compared with eq here")
    return lambda values: values[name] == wanted
