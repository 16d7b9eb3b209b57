"""Google's own description of Sheets and Drive as the judge of every request and answer."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from automation.sandbox.google import masks
from automation.sandbox.google.core import Google

Json = dict[str, Any]

SHEETS: Final = "sheets.v4"
DRIVE: Final = "drive.v3"
_PREFIX: Final = {"/v4/": SHEETS, "/drive/v3/": DRIVE}
_IGNORED: Final = {(DRIVE, "includeItemsFromAllDrives"), (DRIVE, "withLink")}
"""gspread sends them with files.get and permissions.create, and Drive does not mind."""

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@cache
def document(api: str = SHEETS) -> Json:
    """Load a discovery document that google-api-python-client carries."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    found: Json = json.loads((folder / f"{api}.json").read_text(encoding="utf-8"))
    return found


def methods(resource: Json) -> Iterator[Json]:
    """Give all methods of an API."""
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from methods(inner)


@cache
def _patterns(api: str) -> list[tuple[str, re.Pattern[str], Json]]:
    found = []
    for method in methods(document(api)):
        base = "/" + document(api)["servicePath"]
        path = re.escape(base + method.get("flatPath", method["path"]))
        path = path.replace(r"\{range\}", "[^/]+")
        path = re.sub(r"\\{\w+\\}", "[^/:]+", path)
        found.append((method["httpMethod"], re.compile(path), method))
    return found


def method_of(api: str, verb: str, path: str) -> Json | None:
    """Find the method that a request means; None when Google has no such method."""
    for http, pattern, method in _patterns(api):
        if http == verb and pattern.fullmatch(path):
            return method
    return None


def faults(api: str, schema: Json, value: object, at: str) -> Iterator[str]:
    """Say what of a value does not fit its schema. null means "unset" and always fits."""
    schema = document(api)["schemas"][schema["$ref"]] if "$ref" in schema else schema
    kind = schema.get("type")
    if value is None or kind == "any":
        return
    if kind == "object":
        yield from _object_faults(api, schema, value, at)
    elif kind == "array":
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for index, entry in enumerate(value):
            yield from faults(api, schema["items"], entry, f"{at}[{index}]")
    else:
        yield from _plain_faults(schema, value, at)


def _object_faults(api: str, schema: Json, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    for name, part in value.items():
        inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
        if inner is None:
            if (api, name) not in _IGNORED:
                yield f"{at}: unknown name {name!r}"
        else:
            yield from faults(api, inner, part, f"{at}.{name}")


def _plain_faults(schema: Json, value: object, at: str) -> Iterator[str]:
    wanted = _KINDS[schema["type"]]
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"


def judge(verb: str, target: str, body: bytes, status: int, answer: bytes) -> list[str]:
    """Give every fault of an exchange that was answered well; a refusal needs its envelope."""
    path, _, query = target.partition("?")
    api = next(api for prefix, api in _PREFIX.items() if path.startswith(prefix))
    if status not in {200, 204}:
        error = json.loads(answer)["error"]
        return [] if error["code"] == status and error["message"] else ["no error envelope"]
    method = method_of(api, verb, unquote(path) if "values:" in path else path)
    if method is None:
        return [f"{verb} {path}: Google has no such method"]
    asked, told = method.get("request", {"type": "any"}), method.get("response")
    if told is None:
        return [] if not answer else [f"{verb} {path}: answers nothing at Google"]
    return [
        *_query_faults(api, method, query),
        *faults(api, asked, json.loads(body or b"null"), "request"),
        *faults(api, told, json.loads(answer), "answer"),
    ]


def _query_faults(api: str, method: Json, query: str) -> Iterator[str]:
    known = method["parameters"] | document(api)["parameters"]
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name == "fields":
            yield from _mask_faults(api, method["response"], masks.parse(value), "fields")
        elif (api, name) in _IGNORED:
            continue
        elif name not in known:
            yield f"query: unknown name {name!r}"
        elif known[name]["type"] == "boolean":
            if value.lower() not in {"true", "false"}:
                yield f"query: {name}={value!r} is no boolean"
        elif known[name]["type"] != "integer":
            yield from _plain_faults(known[name], value, f"query: {name}")


def _mask_faults(api: str, schema: Json, tree: Mapping[str, Any], at: str) -> Iterator[str]:
    """Say which names of a field mask the answer of a method cannot have."""
    while "$ref" in schema or "items" in schema:
        schema = document(api)["schemas"][schema["$ref"]] if "$ref" in schema else schema["items"]
    for name, below in tree.items():
        inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
        if inner is None:
            yield f"{at}: unknown name {name!r}"
        else:
            yield from _mask_faults(api, inner, below, f"{at}.{name}")


class Judged(Google):
    """The sandbox's Google under the judge: an exchange that Google would not have is an error."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer as ever. Raises AssertionError for a fault of request or answer."""
        status, head, answer = super().handle(method, target, headers, body)
        judged = target.startswith(tuple(_PREFIX)) and "html" not in head.get("content-type", "")
        found = judge(method, target, body, status, answer) if judged else []
        assert not found, found
        return status, head, answer
