"""Reading requests as Google's parser of JSON and queries does: unknown names are refused."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from automation.sandbox.google.errors import ApiError, Json, invalid, unknown_name, violation
from automation.sandbox.google.shapes import ENUMS, MESSAGES

_LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a body."""

_INT32: Final = range(-(2**31), 2**31)
_TYPES: Final = {"str": "TYPE_STRING", "int": "TYPE_INT32", "num": "TYPE_DOUBLE"}
_STANDARD: Final = {"fields", "alt", "prettyPrint", "quotaUser", "key", "access_token"}
"""Query parameters of all methods (Google: standard query parameters)."""


class _MisfitError(Exception):
    """What does not fit; the way to it grows from the inside out."""

    def __init__(self, told: Callable[[str], ApiError]) -> None:
        super().__init__()
        self.told = told
        self.path = ""


def body_of(raw: bytes) -> Json:
    """Read a body, {} for none. Raises ApiError when it is no JSON object."""
    if len(raw) > _LARGEST:
        raise ApiError(400, "Request payload size exceeds the limit.")
    try:
        text = raw.decode("utf-8")
        read = json.loads(text, parse_constant=_no_number) if text.strip() else {}
        if "\\ud" in text or "\\uD" in text:
            json.dumps(read, ensure_ascii=False).encode()  # half of a pair is no character
    except (ValueError, RecursionError) as error:
        raise invalid(f"Invalid JSON payload received. {type(error).__name__}") from error
    if not isinstance(read, dict):
        raise invalid(
            'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        )
    return read


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(f"Unexpected token. {name}")


def message(name: str, value: Json) -> Json:
    """Read a body as one of Google's messages. Raises ApiError for what does not fit.

    null means "unset", and one thing stands for a list of one (proto3's JSON mapping). Stricter
    than Google in one point: numbers that come as texts are refused.
    """
    try:
        return _message(name, value)
    except _MisfitError as misfit:
        raise misfit.told(misfit.path) from None


def _message(name: str, value: object) -> Json:
    fields = MESSAGES[name]
    if not isinstance(value, dict):
        raise _misfit(name, value)
    found: Json = {}
    for field, part in value.items():
        if field not in fields:
            raise _MisfitError(_unknown(field))
        if part is not None:
            try:
                found[field] = _field(fields[field], part)
            except _MisfitError as misfit:
                misfit.path = _snake(field) + _joined(misfit.path)
                raise
    return found


def _unknown(field: str) -> Callable[[str], ApiError]:
    return lambda at: unknown_name(field, at)


def _joined(path: str) -> str:
    return path if not path or path.startswith("[") else f".{path}"


def _field(kind: str, value: object) -> object:
    if not kind.startswith("["):
        return _one(kind, value)
    if not isinstance(value, list):
        return [_one(kind[1:-1], value)]
    return [_entry(kind[1:-1], at, entry) for at, entry in enumerate(value)]


def _entry(kind: str, at: int, value: object) -> object:
    try:
        return _one(kind, value)
    except _MisfitError as misfit:
        misfit.path = f"[{at}]{_joined(misfit.path)}"
        raise


def _one(kind: str, value: object) -> object:
    if kind in MESSAGES:
        return _message(kind, value)
    if not (_is_word(kind, value) if kind in ENUMS else _PLAIN[kind](value)):
        raise _misfit(kind, value)
    return value


def _is_word(kind: str, value: object) -> bool:
    return isinstance(value, str) and value in ENUMS[kind]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_int32(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _INT32


_PLAIN: Final[Mapping[str, Callable[[object], bool]]] = {
    "any": lambda _: True,
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": _is_int32,
    "num": _is_number,
}


def _misfit(kind: str, value: object) -> _MisfitError:
    full = f"type.googleapis.com/google.apps.sheets.v4.{kind}"
    name = "TYPE_BOOL" if kind == "bool" else _TYPES.get(kind, full)
    shown = json.dumps(value)[:200]
    return _MisfitError(lambda at: violation(f"Invalid value at '{at}' ({name}), {shown}", at))


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


# --- queries -------------------------------------------------------------------------------------


def pairs(query: str) -> list[tuple[str, str]]:
    """Part a query string."""
    return parse_qsl(query, keep_blank_values=True)


def query_of(name: str, given: Iterable[tuple[str, str]]) -> Json:
    """Read the query of a method. Raises ApiError for names and values that Google refuses."""
    fields = MESSAGES.get(name, {})
    found: Json = {}
    for field, text in given:
        if field in fields:
            before = found.get(field, [])
            value = _typed(fields[field], text)
            found[field] = [*before, value] if fields[field].startswith("[") else value
        elif field not in _STANDARD:
            raise violation(
                f'Invalid JSON payload received. Unknown name "{field}": Cannot bind query '
                f"parameter. Field '{field}' could not be found in request message.",
                "",
            )
    return message(name, found) if fields else {}


def _typed(kind: str, text: str) -> object:
    """Make a truth value of `True`, `false` and the like; anything else is judged later."""
    if kind == "bool" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text
