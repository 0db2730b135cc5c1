"""Checks requests and answers against Google's description of the Gmail API, cuts answers to ``fields``.

The description is the discovery document bundled with google-api-python-client, read as data. It names every
path, parameter, schema and scope, but not which body fields a method requires.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import unquote


class Rejected(Exception):
    """The real service would refuse this request; ``status`` and ``reason`` as it would say."""

    def __init__(self, why: str, status: int = 400, reason: str = "badRequest") -> None:
        super().__init__(why)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Call:
    """One checked request: method id of the discovery document, path and query parameters, body."""

    method: str
    params: Mapping[str, Any]
    body: Any
    fields: str | None


class Discovery:
    """The methods and schemas of gmail.v1.json."""

    def __init__(self) -> None:
        path = files("googleapiclient") / "discovery_cache" / "documents" / "gmail.v1.json"
        self.document = json.loads(path.read_text(encoding="utf-8"))
        self.methods = {method["id"]: method for method in _walk(self.document)}

    def call(self, verb: str, path: str, query: Mapping[str, list[str]], body: bytes) -> Call:
        """The method that is asked for. Raises ``Rejected`` for whatever the document does not know."""
        method, in_path = self._find(verb, path)
        params: dict[str, Any] = dict(in_path)
        for name, values in query.items():
            if name in self.document["parameters"]:
                continue
            spec = method["parameters"].get(name)
            if spec is None or spec["location"] != "query":
                raise Rejected(f"{method['id']}: unknown parameter {name!r}")
            if len(values) > 1 and not spec.get("repeated"):
                raise Rejected(f"{method['id']}: {name} given {len(values)} times")
            typed = [_typed(value, spec, f"{method['id']}: {name}") for value in values]
            params[name] = typed if spec.get("repeated") else typed[0]
        return Call(method["id"], params, self._body(method, body), self._fields(method, query))

    def scopes(self, method: str) -> frozenset[str]:
        return frozenset(self.methods[method]["scopes"])

    def check_answer(self, call: Call, answer: Any) -> None:
        """Raises ``Rejected`` for an answer that Google could not give."""
        described = self.methods[call.method].get("response")
        if described is None:
            if answer is not None:
                raise Rejected(f"{call.method} answers nothing")
            return
        self._check(answer, {"$ref": described["$ref"]}, f"answer of {call.method}")

    def cut(self, call: Call, answer: Any) -> Any:
        """The partial response that ``fields`` asks for."""
        if not call.fields:
            return answer
        tree = _parse_fields(call.fields)
        return _cut(answer, tree)

    def _find(self, verb: str, path: str) -> tuple[dict[str, Any], dict[str, str]]:
        for method in self.methods.values():
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape("/" + method["flatPath"]))
            found = re.fullmatch(pattern, path)
            if found and method["httpMethod"] == verb:
                return method, {name: unquote(value) for name, value in found.groupdict().items()}
        raise Rejected(f"no method {verb} {path}", 404, "notFound")

    def _body(self, method: dict[str, Any], body: bytes) -> Any:
        wanted = method.get("request")
        if wanted is None:
            if body:
                raise Rejected(f"{method['id']} takes no body")
            return None
        try:
            value = json.loads(body)
        except ValueError as exc:
            raise Rejected(f"{method['id']}: the body is not JSON") from exc
        self._check(value, {"$ref": wanted["$ref"]}, method["id"])
        return value

    def _check(self, value: Any, schema: dict[str, Any], where: str) -> None:
        if "$ref" in schema:
            schema = self.document["schemas"][schema["$ref"]]
        kind = schema.get("type")
        expected = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}[kind or ""]
        if not isinstance(value, expected):
            raise Rejected(f"{where}: expected {kind}, got {type(value).__name__}")
        if isinstance(value, dict):
            for name, inner in value.items():
                if name not in schema.get("properties", {}):
                    raise Rejected(f"{where}: unknown field {name!r}")
                self._check(inner, schema["properties"][name], f"{where}.{name}")
        elif isinstance(value, list):
            for inner in value:
                self._check(inner, schema["items"], f"{where}[]")
        elif schema.get("format") == "byte":
            from_base64url(str(value))

    def _fields(self, method: dict[str, Any], query: Mapping[str, list[str]]) -> str | None:
        text = query.get("fields", [""])[0]
        if text and "response" in method:
            self._check_fields(_parse_fields(text), {"$ref": method["response"]["$ref"]}, text)
        return text or None

    def _check_fields(self, tree: Fields, schema: dict[str, Any], text: str) -> None:
        while "$ref" in schema or schema.get("type") == "array":
            schema = self.document["schemas"][schema["$ref"]] if "$ref" in schema else schema["items"]
        for name, inner in tree.items():
            if name == "*":
                continue
            if name not in schema.get("properties", {}):
                raise Rejected(f"fields={text}: there is no {name!r}")
            self._check_fields(inner, schema["properties"][name], text)


Fields = dict[str, "Fields"]


def from_base64url(text: str) -> bytes:
    """Decode base64url, padded or not (RFC 4648 section 5); the other alphabet is refused, as at Google."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", text):
        raise Rejected("not base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as exc:
        raise Rejected("not base64url") from exc


def _walk(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from node.get("methods", {}).values()
    for inner in node.get("resources", {}).values():
        yield from _walk(inner)


def _typed(value: str, spec: dict[str, Any], where: str) -> Any:
    if "enum" in spec and value not in spec["enum"]:
        raise Rejected(f"{where}: {value!r} is not one of {spec['enum']}")
    if spec["type"] == "boolean":
        if value not in {"true", "false"}:
            raise Rejected(f"{where}: {value!r} is no boolean")
        return value == "true"
    if spec["type"] == "integer":
        if not value.isdigit():
            raise Rejected(f"{where}: {value!r} is no integer")
        return int(value)
    return value


def _parse_fields(text: str) -> Fields:
    """``a,b(c,d/e)`` as nested dictionaries (the partial response syntax of Google's APIs)."""
    tokens = re.findall(r"[A-Za-z*]+|[(),/]", text)
    if "".join(tokens) != text:
        raise Rejected(f"fields={text}: bad syntax")

    def group() -> Fields:
        tree: Fields = {}
        while True:
            here = tree.setdefault(tokens.pop(0), {})
            while tokens and tokens[0] == "/":
                tokens.pop(0)
                here = here.setdefault(tokens.pop(0), {})
            if tokens and tokens[0] == "(":
                tokens.pop(0)
                here.update(group())
                tokens.pop(0)
            if not tokens or tokens[0] != ",":
                return tree
            tokens.pop(0)

    return group()


def _cut(value: Any, tree: Fields) -> Any:
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [_cut(item, tree) for item in value]
    return {name: _cut(inner, tree[name]) for name, inner in value.items() if name in tree}
