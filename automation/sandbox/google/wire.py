"""The shape of Google's JSON: fields that hold their default are absent (proto3)."""

from typing import TypeVar

_Part = TypeVar("_Part")


def without_defaults(part: _Part) -> _Part:
    """Leave out a sheetId of 0, false, and empty lists and texts; empty objects stay."""
    if isinstance(part, list):
        return [without_defaults(entry) for entry in part]  # type: ignore[return-value]
    if not isinstance(part, dict):
        return part
    kept = {key: without_defaults(value) for key, value in part.items()}
    return {key: value for key, value in kept.items() if not _default(key, value)}  # type: ignore[return-value]


def _default(key: str, value: object) -> bool:
    return value is None or value is False or value in ("", []) or (key == "sheetId" and value == 0)
