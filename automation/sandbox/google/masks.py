"""Field masks: which fields of an answer are wanted, which fields of a request are meant."""

import re
from typing import Final

from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.shapes import MESSAGES

Tree = dict[str, "Tree"]
"""Nested names; an empty tree means everything below."""

_TOKEN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\*|[(),./]")
_TRIMMED: Final = ("rowData", "values")
"""Lists whose empty ends Google leaves out."""


def parse(mask: str) -> Tree:
    """Read a mask such as `sheets(properties.title,data/rowData)`. Raises ApiError."""
    compact = "".join(mask.split())
    tokens = _TOKEN.findall(compact)
    if not tokens or "".join(tokens) != compact:
        raise _wrong(mask)
    tree: Tree = {}
    rest = _several(tokens, 0, tree)
    if rest != len(tokens):
        raise _wrong(mask)
    return tree


def _wrong(mask: str) -> Exception:
    return invalid(f"Request contains an invalid argument: invalid field mask {mask!r}.")


def _several(tokens: list[str], at: int, tree: Tree) -> int:
    at = _one(tokens, at, tree)
    while at < len(tokens) and tokens[at] == ",":
        at = _one(tokens, at + 1, tree)
    return at


def _one(tokens: list[str], at: int, tree: Tree) -> int:
    """Read a path with what hangs on it; give the place behind it."""
    while True:
        if at >= len(tokens) or not (tokens[at] == "*" or tokens[at].isidentifier()):
            raise _wrong("".join(tokens))
        tree = tree if tokens[at] == "*" else tree.setdefault(tokens[at], {})
        at += 1
        if at >= len(tokens) or tokens[at] not in {".", "/", "("}:
            return at
        if tokens[at] == "(":
            at = _several(tokens, at + 1, tree)
            if at >= len(tokens) or tokens[at] != ")":
                raise _wrong("".join(tokens))
            return at + 1
        at += 1


def select(tree: Tree, value: object, name: str = "") -> object:
    """Keep of an answer what the mask names."""
    if isinstance(value, list):
        kept = [select(tree, entry) for entry in value]
        while name in _TRIMMED and kept and kept[-1] == {}:
            kept.pop()
        return kept
    if not tree or not isinstance(value, dict):
        return value
    found = {key: select(below, value[key], key) for key, below in tree.items() if key in value}
    return {key: part for key, part in found.items() if not (key in _TRIMMED and part == [])}


def wants(tree: Tree, *path: str) -> bool:
    """Say whether a mask reaches a field."""
    for name in path:
        if not tree:
            return True
        if name not in tree:
            return False
        tree = tree[name]
    return True


def merged(old: Json, new: Json, tree: Tree) -> Json:
    """Set the fields that the mask names to what they are in `new`; absent there = removed."""
    if not tree:
        return dict(new)
    result = dict(old)
    for key, below in tree.items():
        if below and isinstance(new.get(key, {}), dict):
            result[key] = merged(old.get(key, {}), new.get(key, {}), below)
        elif key in new:
            result[key] = new[key]
        else:
            result.pop(key, None)
    return result


def required(request: Json, message: str) -> Tree:
    """Read the mask of an update of some message. Raises ApiError when there is none."""
    mask = request.get("fields")
    if not isinstance(mask, str) or not mask.strip():
        raise invalid(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    tree = parse(mask)
    if stranger := unknown(tree, message):
        raise invalid(f"Invalid field: {stranger}")
    return tree


def unknown(tree: Tree, message: str) -> str:
    """Give the first path of a mask that a message does not have, or ""."""
    fields = MESSAGES[message]
    for name, below in tree.items():
        if name not in fields:
            return name
        kind = fields[name].strip("[]")
        inner = unknown(below, kind) if kind in MESSAGES else ""
        if inner:
            return f"{name}.{inner}"
    return ""
