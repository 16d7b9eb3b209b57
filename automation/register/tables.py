"""TOML tables into dataclasses: each fault is told with its place, and reading goes on.

Own code on purpose: cron starts the worker each minute, and importing a validation library costs a
third of an idle pass (bench/).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

Faults = list[str]


def read(hint: Any, value: object, faults: Faults, where: str = "") -> Any:  # noqa: ANN401 - as hinted
    """Read what TOML gave as a type says: a dataclass, or what its fields may be made of.

    What is wrong goes to `faults` as "column.0.width: a whole number is wanted"; the result counts
    only when nothing was added there.
    """
    if hint in _PLAIN:
        return _plain(hint, value, faults, where)
    kind = get_origin(hint) or hint
    if is_dataclass(hint):
        return _table(hint, value, faults, where)
    if kind is tuple:
        return _list(get_args(hint), value, faults, where)
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return _mapping(get_args(hint), value, faults, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind, value, faults, where)
    return read(_chosen(get_args(hint), value), value, faults, where)


def _chosen(hints: tuple[Any, ...], value: object) -> Any:  # noqa: ANN401 - one of the hints
    """Choose of a union what fits: a list where one is allowed, else the first that is not None."""
    lists = [hint for hint in hints if get_origin(hint) is tuple]
    if isinstance(value, list) and lists:
        return lists[0]
    return next(hint for hint in hints if hint is not NoneType)


@cache
def _shape(shape: type) -> tuple[dict[str, Any], frozenset[str]]:
    """Give the type of each field, and which of them must be there."""
    hints = get_type_hints(shape)
    known = {f.name: hints[f.name] for f in fields(shape)}
    needed = (
        f.name for f in fields(shape) if f.default is MISSING and f.default_factory is MISSING
    )
    return known, frozenset(needed)


def _table(shape: Any, value: object, faults: Faults, where: str) -> object:  # noqa: ANN401
    known, needed = _shape(shape)
    if not isinstance(value, dict):
        return _fault(faults, where, "a table is wanted")
    for name in [*(set(value) - set(known)), *(needed - set(value))]:
        told = "is missing" if name in needed else "is known to nobody"
        _fault(faults, _at(where, name), told)
    found = {
        name: read(known[name], part, faults, _at(where, name))
        for name, part in value.items()
        if name in known
    }
    return shape(**found) if needed <= set(found) else None


def _list(hints: tuple[Any, ...], value: object, faults: Faults, where: str) -> object:
    if not isinstance(value, list):
        return _fault(faults, where, "a list is wanted")
    if hints[-1] is Ellipsis:
        hints = (hints[0],) * len(value)
    if len(hints) != len(value):
        return _fault(faults, where, f"a list of {len(hints)} is wanted")
    pairs = enumerate(zip(hints, value, strict=True))
    return tuple(read(hint, part, faults, _at(where, at)) for at, (hint, part) in pairs)


def _mapping(hints: tuple[Any, ...], value: object, faults: Faults, where: str) -> object:
    if not isinstance(value, dict):
        return _fault(faults, where, "a table is wanted")
    return {
        read(hints[0], name, faults, _at(where, name)): read(
            hints[1], part, faults, _at(where, name)
        )
        for name, part in value.items()
    }


def _word(words: type[StrEnum], value: object, faults: Faults, where: str) -> object:
    if isinstance(value, str):
        with suppress(ValueError):
            return words(value)
    return _fault(faults, where, f"one of {', '.join(words)} is wanted")


def _plain(kind: type, value: object, faults: Faults, where: str) -> object:
    told, take = _PLAIN[kind]
    try:
        return take(value)
    except (TypeError, ValueError):
        return _fault(faults, where, f"{told} is wanted")


def _fault(faults: Faults, where: str, told: str) -> object:
    faults.append(f"{where}: {told}" if where else told)
    return None


def _at(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)


def _exactly(kind: type) -> Callable[[object], object]:
    def take(value: object) -> object:
        if type(value) is not kind:
            raise TypeError
        return value

    return take


def _time(value: object) -> object:
    if type(value) is time:
        return value
    told = time.fromisoformat(str(value))
    if f"{told:%H:%M}" != value:
        raise ValueError
    return told


_PLAIN: Final[Mapping[type, tuple[str, Callable[[object], object]]]] = {
    str: ("a text", _exactly(str)),
    int: ("a whole number", _exactly(int)),
    bool: ("true or false", _exactly(bool)),
    date: ("a date like 2026-11-24", _exactly(date)),
    time: ("a time like 07:30", _time),
}
