"""Checks requests and answers of the fake Graph against Microsoft's own description of the API.

``graph-mail.openapi.json`` is a subset of the Graph v1.0 OpenAPI document (its ``x-source`` and ``x-changes``
say which). An unknown path, parameter or field is what the real service would refuse or never say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

DOCUMENT = Path(__file__).with_name("graph-mail.openapi.json")


class Rejected(Exception):
    """The real service would refuse this request: status and error code as it says them.

    ``mistake`` = no client that knows the service sends it; the fake notes it as a failure.
    """

    def __init__(
        self, why: str, status: int = 400, code: str = "BadRequest", *, mistake: bool = True
    ) -> None:
        super().__init__(why)
        self.status = status
        self.code = code
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Call:
    """One checked request: ``GET /me/messages/{message-id}``, the ids in its path, its query, its body."""

    name: str
    ids: Sequence[str]
    query: Mapping[str, str]
    body: Any
    operation: Mapping[str, Any]


class Contract:
    """The paths and schemas of the description."""

    def __init__(self) -> None:
        self.document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
        # Fixed names win over placeholders.
        self._paths = sorted(self.document["paths"], key=lambda path: path.count("{"))

    def call(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> Call:
        """The operation that is asked for. Raises ``Rejected`` for whatever the description does not know."""
        template, ids = self._find(path)
        operation = self.document["paths"][template].get(method.lower())
        if operation is None:
            raise Rejected(f"{method} {template}: no such operation", 405, "MethodNotAllowed")
        name = f"{method} {template}"
        known = {
            p["name"]: p for p in map(self._resolved, operation.get("parameters", ())) if p["in"] == "query"
        }
        for key, values in query.items():
            if key not in known:
                raise Rejected(f"{name}: unknown parameter {key!r}")
            if len(values) > 1:
                raise Rejected(f"{name}: {key} given {len(values)} times")
            self._check_parameter(name, known[key], values[0])
        parsed = self._body(name, operation, body)
        return Call(name, ids, {key: values[0] for key, values in query.items()}, parsed, operation)

    def check_answer(self, call: Call, value: object) -> list[str]:
        """What in an answer the description does not allow."""
        responses = call.operation["responses"]
        answer = self._resolved(responses.get("2XX") or next(iter(responses.values())))
        content = answer.get("content", {}).get("application/json")
        if content is None:
            return [] if value is None else [f"{call.name} answers with nothing, not {value!r}"]
        return list(self.problems(value, content["schema"], f"answer of {call.name}"))

    def problems(self, value: object, schema: Mapping[str, Any], where: str) -> Iterator[str]:
        """Why ``value`` does not fit ``schema``; unknown fields count."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            found = [list(self.problems(value, one, where)) for one in schema["anyOf"]]
            if all(found):
                yield from found[0]
        elif value is None:
            if not schema.get("nullable"):
                yield f"{where}: null"
        elif "enum" in schema:
            if value not in schema["enum"]:
                yield f"{where}: {value!r} is none of {schema['enum']}"
        elif "allOf" in schema or schema.get("type") == "object":
            yield from self._object_problems(value, schema, where)
        else:
            yield from self._plain_problems(value, schema, where)

    def _object_problems(self, value: object, schema: Mapping[str, Any], where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no object"
            return
        derived = str(value.get("@odata.type", "")).removeprefix("#")
        if derived and derived in self.document["components"]["schemas"]:
            schema = self.document["components"]["schemas"][derived]
        properties = self._properties(schema)
        for key, one in value.items():
            if key in properties:
                yield from self.problems(one, properties[key], f"{where}.{key}")
            elif not key.startswith("@odata."):
                yield f"{where}: unknown field {key!r}"

    def _plain_problems(self, value: object, schema: Mapping[str, Any], where: str) -> Iterator[str]:
        kinds: dict[object, type | tuple[type, ...]] = {
            "string": str,
            "boolean": bool,
            "integer": int,
            "array": list,
            "number": (int, float),
        }
        kind = schema.get("type")
        if kind in kinds and not isinstance(value, kinds[kind]):
            yield f"{where}: {value!r} is no {kind}"
        elif isinstance(value, list):
            for number, one in enumerate(value):
                yield from self.problems(one, schema["items"], f"{where}[{number}]")
        elif isinstance(value, str) and "pattern" in schema and not re.match(schema["pattern"], value):
            yield f"{where}: {value!r} does not match {schema['pattern']}"

    def _properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        schema = self._resolved(schema)
        properties: dict[str, Any] = {}
        for part in schema.get("allOf", ()):
            properties |= self._properties(part)
        properties |= schema.get("properties", {})
        return properties

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        return schema

    def _find(self, path: str) -> tuple[str, list[str]]:
        for template in self._paths:
            pattern = re.sub(r"\\\{[^}]*\\\}", "([^/]+)", re.escape(template))
            if found := re.fullmatch(pattern, path):
                return template, [unquote(one) for one in found.groups()]
        raise Rejected(f"no path {path}", 404, "ResourceNotFound")

    def _check_parameter(self, name: str, spec: Mapping[str, Any], value: str) -> None:
        schema = spec["schema"]
        if schema.get("type") == "array":
            allowed = schema["items"].get("enum")
            wrong = [one for one in value.split(",") if allowed and one not in allowed]
            if wrong:
                raise Rejected(f"{name}: {spec['name']} does not know {wrong}")
        elif schema.get("type") == "integer" and not value.isdecimal():
            raise Rejected(f"{name}: {spec['name']} is no number: {value!r}")

    def _body(self, name: str, operation: Mapping[str, Any], body: bytes) -> Any:
        spec = operation.get("requestBody")
        if not body:
            if spec and spec.get("required") and "Action parameters" not in spec.get("description", ""):
                raise Rejected(f"{name}: a body is required")
            return None
        if spec is None:
            raise Rejected(f"{name}: takes no body")
        try:
            value = json.loads(body)
        except ValueError as exc:
            raise Rejected(f"{name}: the body is no JSON") from exc
        if wrong := list(self.problems(value, spec["content"]["application/json"]["schema"], name)):
            raise Rejected("; ".join(wrong))
        return value
