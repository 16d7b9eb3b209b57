"""The nouns of `model` as JSON text and back, field by field after their annotations."""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar, get_type_hints

from automation.model import Note


class Noun(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Noun)

_AS_IT_IS: Final = frozenset({str, int, bool, Mapping[str, str]})


class Codec(Generic[T]):
    """Writes one kind of noun as a JSON object and reads it back.

    Fields that hold their default are left out, so old text stays readable when the model grows a
    field with a default. `apart` names fields that the caller keeps elsewhere and hands to `read`.
    """

    def __init__(self, noun: type[T], zone: tzinfo, apart: tuple[str, ...] = ()) -> None:
        hints = get_type_hints(noun)
        self._noun = noun
        kept = [f for f in fields(noun) if f.name not in apart]
        self._defaults = [(f.name, _default(f)) for f in kept]
        readers = {f.name: _reader(hints[f.name], zone) for f in kept}
        self._readers = [(name, read) for name, read in readers.items() if read is not None]

    def text(self, noun: T) -> str:
        """Give the JSON text; ASCII, so that broken Unicode from a mail survives.

        Raises ValueError for a time without zone.
        """
        told = {
            name: value
            for name, default in self._defaults
            if (value := getattr(noun, name)) != default
        }
        return _JSON.encode(told)

    def read(self, text: str, **apart: object) -> T:
        """Give the noun of a JSON text and the fields kept apart. Raises ValueError, TypeError."""
        told: dict[str, object] = json.loads(text)
        for name, read in self._readers:
            if name in told:
                told[name] = read(told[name])
        return self._noun(**told, **apart)


def moment(text: str, zone: tzinfo) -> datetime:
    """Read a time written by `iso` and tell it in the office's zone."""
    return datetime.fromisoformat(text).astimezone(zone)


def iso(at: datetime) -> str:
    """Write a time as ISO 8601 with its offset. Raises ValueError for a time without zone."""
    if at.tzinfo is None:
        raise ValueError(f"a time without zone: {at.isoformat()}")
    return at.isoformat()


def storable(text: str) -> str:
    """Give text that SQLite takes: half characters from a broken mail become visible escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _default(field: Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: object) -> object:
    """Give what JSON can write for the kinds of value that it does not know."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Note):
        return {"key": value.key, "facts": value.facts}
    raise TypeError(f"the ledger cannot write {type(value).__name__}")


_JSON: Final = json.JSONEncoder(default=_plain, separators=(",", ":"))


def _reader(hint: Any, zone: tzinfo) -> Callable[[Any], object] | None:  # noqa: ANN401
    """Give what turns JSON's value into the field's; None where they are the same."""
    if hint in _AS_IT_IS:
        return None
    if hint in {datetime, datetime | None}:
        return lambda text: moment(text, zone)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    special: dict[object, Callable[[Any], object]] = {
        tuple[str, ...]: tuple,
        frozenset[str]: frozenset,
        Note: lambda told: Note(**told),
        Note | None: lambda told: Note(**told),
    }
    return special[hint]
