"""TNEF, the `winmail.dat` in which Outlook wraps what only Outlook opens, taken apart (MS-OXTNEF).

A package is a row of attributes. A file is told by several of them; its long name, and a text that
stands nowhere else, by MAPI properties within one. One pass, linear in the size, never raises.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from automation.intake.charsets import decoded

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_FIRST: Final = 6  # bytes before the first attribute: signature and key
_ATTRIBUTE: Final = struct.Struct("<BII")  # level, tag, length; value and checksum follow
_CHECKSUM: Final = 2
_MOST: Final = 10_000  # attributes, and properties of one of them

_RENDERING: Final = 0x00069002  # each file begins with it
_TITLE: Final = 0x00018010
_DATA: Final = 0x0006800F
_OF_FILE: Final = 0x00069005
_OF_MAIL: Final = 0x00069003
_BODY: Final = 0x0002800C
_CODE_PAGE: Final = 0x00069007

_NAMES: Final = (0x3707, 0x3001, 0x3704)  # long name, display name, short name
_CONTENT: Final = 0x3701
_TEXT: Final = 0x1000
_PAGE: Final = 0x1013

_NAMED: Final = 0x8000  # from here on an id is followed by its name
_STRING: Final = 1  # the kind of such a name that is a text
_MULTIPLE: Final = 0x1000
_STRING8, _UNICODE, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_OF_LENGTH: Final = frozenset({_STRING8, _UNICODE, _BINARY, _OBJECT})
_GUID: Final = 16  # bytes
_FIXED: Final = {5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of a value by its type; 4 where it is not named."""


@dataclass(slots=True)
class Package:
    """What was wrapped; `whole` is False when it could not be read to its end."""

    files: list[tuple[str, bytes]] = field(default_factory=list)  # name as written, content
    text: str = ""
    page: bytes = b""  # HTML
    whole: bool = True


def unpack(data: bytes) -> Package:
    """Take a package apart as far as it can be read; what is no package has nothing in it."""
    package = Package(whole=data.startswith(_SIGNATURE))
    reader = _Reader(package)
    try:
        for tag, value in _attributes(data) if package.whole else ():
            reader.take(tag, value)
    except (struct.error, ValueError):
        package.whole = False
    reader.end_file()
    return package


class _Reader:
    """Puts together what several attributes tell of one file."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._charset = ""
        self._title = ""
        self._name = ""
        self._content: bytes | None = None

    def take(self, tag: int, value: bytes) -> None:
        """Take in the next attribute."""
        if tag == _RENDERING:
            self.end_file()
        elif tag == _TITLE:
            self._title = self._decoded(value)
        elif tag == _DATA:
            self._content = value
        elif tag == _OF_FILE:
            self._file(dict(_properties(value)))
        elif tag == _OF_MAIL:
            self._mail(dict(_properties(value)))
        elif tag == _BODY:
            self._package.text = self._decoded(value)
        elif tag == _CODE_PAGE:
            self._charset = f"cp{int.from_bytes(value[:4], 'little')}"

    def end_file(self) -> None:
        """Close the file that was read last."""
        if self._content is not None:
            self._package.files.append((self._name or self._title, self._content))
        self._title, self._name, self._content = "", "", None

    def _file(self, told: dict[int, tuple[int, bytes]]) -> None:
        found = (self._text(told, name) for name in _NAMES)
        self._name = next(filter(None, found), "")
        if self._content is None and _CONTENT in told:
            kind, content = told[_CONTENT]
            self._content = content[_GUID:] if kind == _OBJECT else content

    def _mail(self, told: dict[int, tuple[int, bytes]]) -> None:
        self._package.text = self._package.text or self._text(told, _TEXT)
        self._package.page = told.get(_PAGE, (0, b""))[1]

    def _text(self, told: dict[int, tuple[int, bytes]], name: int) -> str:
        kind, value = told.get(name, (_STRING8, b""))
        if kind == _UNICODE:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        return self._decoded(value)

    def _decoded(self, value: bytes) -> str:
        return decoded(value.rstrip(b"\0"), self._charset)


# --- bytes --------------------------------------------------------------------------------------


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = _FIRST
    for _ in range(_MOST):
        if at >= len(data):
            return
        _, tag, length = _ATTRIBUTE.unpack_from(data, at)
        at += _ATTRIBUTE.size
        yield tag, _cut(data, at, length)
        at += length + _CHECKSUM
    raise ValueError("too many attributes")


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield the MAPI properties in an attribute: id, and type with value (MS-OXTNEF 2.1.3.4)."""
    at = 4
    for _ in range(min(_number(data, 0), _MOST)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        at = _behind_name(data, at) if name >= _NAMED else at
        value, at = _first_value(data, at, kind)
        yield name, (kind, value)


def _first_value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """Give the first value of a property, and where the next property begins."""
    single = kind & ~_MULTIPLE
    count = 1
    if kind & _MULTIPLE or single in _OF_LENGTH:
        count, at = _number(data, at), at + 4
    if single not in _OF_LENGTH:
        size = _FIXED.get(single, 4)
        return _cut(data, at, size if count else 0), at + count * size
    first = b""
    for place in range(min(count, _MOST)):
        size, at = _number(data, at), at + 4
        first = first if place else _cut(data, at, size)
        at += _padded(size)
    return first, at


def _behind_name(data: bytes, at: int) -> int:
    at += _GUID
    kind, size = struct.unpack_from("<II", data, at)
    return at + 8 + (_padded(size) if kind == _STRING else 0)


def _number(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def _cut(data: bytes, at: int, length: int) -> bytes:
    found = data[at : at + length]
    if len(found) != length:
        raise ValueError("it ends too early")
    return found
