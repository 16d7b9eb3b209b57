"""Google's own description of the Sheets API as the judge of every request and answer."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from automation.sandbox.google.core import Google

Json = dict[str, Any]

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@cache
def document() -> Json:
    """Load the discovery document that google-api-python-client carries."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    found: Json = json.loads((folder / "sheets.v4.json").read_text(encoding="utf-8"))
    return found


def _methods(resource: Json) -> Iterator[Json]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Json]]:
    found = []
    for method in _methods(document()):
        path = re.escape("/" + method["flatPath"]).replace(r"\{range\}", "[^/]+")
        path = re.sub(r"\\{\w+\\}", "[^/:]+", path)
        found.append((method["httpMethod"], re.compile(path), method))
    return found


def method_of(verb: str, path: str) -> Json | None:
    """Find the method that a request means; None when Google has no such method."""
    for http, pattern, method in _patterns():
        if http == verb and pattern.fullmatch(path):
            return method
    return None


def faults(schema: Json, value: object, at: str) -> Iterator[str]:
    """Say what of a value does not fit its schema. null means "unset" and always fits."""
    schema = document()["schemas"][schema["$ref"]] if "$ref" in schema else schema
    kind = schema.get("type")
    if value is None or kind == "any":
        return
    if kind == "object":
        yield from _object_faults(schema, value, at)
    elif kind == "array":
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for index, entry in enumerate(value):
            yield from faults(schema["items"], entry, f"{at}[{index}]")
    else:
        yield from _plain_faults(schema, value, at)


def _object_faults(schema: Json, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    for name, part in value.items():
        inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
        if inner is None:
            yield f"{at}: unknown name {name!r}"
        else:
            yield from faults(inner, part, f"{at}.{name}")


def _plain_faults(schema: Json, value: object, at: str) -> Iterator[str]:
    wanted = _KINDS[schema["type"]]
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"


def judge(verb: str, target: str, body: bytes, status: int, answer: bytes) -> list[str]:
    """Give every fault of an exchange that was answered well; a refusal needs its envelope."""
    path, _, query = target.partition("?")
    if status != 200:
        error = json.loads(answer)["error"]
        return [] if error["code"] == status and error["message"] else ["no error envelope"]
    method = method_of(verb, unquote(path) if "values:" in path else path)
    if method is None:
        return [f"{verb} {path}: Google has no such method"]
    return [
        *_query_faults(method, query),
        *faults(method.get("request", {"type": "any"}), json.loads(body or b"null"), "request"),
        *faults(method["response"], json.loads(answer), "answer"),
    ]


def _query_faults(method: Json, query: str) -> Iterator[str]:
    known = method["parameters"] | document()["parameters"]
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            yield f"query: unknown name {name!r}"
        elif known[name]["type"] == "boolean":
            if value.lower() not in {"true", "false"}:
                yield f"query: {name}={value!r} is no boolean"
        else:
            yield from _plain_faults(known[name], value, f"query: {name}")


class Judged(Google):
    """The sandbox's Google under the judge: an exchange that Google would not have is an error."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer as ever. Raises AssertionError for a fault of request or answer."""
        status, head, answer = super().handle(method, target, headers, body)
        if target.startswith("/v4/") and "json" in head.get("content-type", ""):
            found = judge(method, target, body, status, answer)
            assert not found, found
        return status, head, answer
