"""A mail taken apart: header fields and the spans of its leaves, in one bounded pass over the bytes.

The library's parser was measured and left: it recurses (3,000 nested multiparts raise
RecursionError), walks every line of a photo in Python, and cannot be told to stop. Here nothing
recurses, nothing is copied but header blocks, and each bound is a constant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from automation.intake.headers import parameters

MAX_DEPTH: Final = 40
MAX_PARTS: Final = 500
_HEADER_BYTES: Final = 4_000_000
_HEADER_LINES: Final = 10_000
_VALUE_BYTES: Final = 64_000
_VALUES: Final = 100  # of one name

Fields = Mapping[str, tuple[bytes, ...]]
"""Header values by lower-case name, unfolded, not yet decoded, in the order they stand."""

# At most two stray CRs before a line end: enough for what broken gateways write, and linear.
_BLANK: Final = re.compile(rb"\r{0,2}\n\r{0,2}\n|\r\r(?!\n)")
_LINE_END: Final = re.compile(rb"\r{0,2}\n|\r")
_NAME: Final = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_TAIL: Final = re.compile(rb"(--)?[ \t]{0,200}(\r{0,2}\n|\r|\Z)")
_GUESS: Final = re.compile(rb"(?:\A|[\r\n])--([^\s-][^\r\n]{0,198})[\r\n]")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a mail: everything but a multipart; a forwarded mail is one leaf."""

    type: str  # media type, lower case
    params: Mapping[str, str]  # of Content-Type
    fields: Fields
    start: int  # of its content in the raw bytes
    end: int
    group: int  # the outermost multipart/alternative around it; 0 = none

    def field(self, name: str) -> bytes:
        """Give the first value of a header field, or b"" when there is none."""
        return next(iter(self.fields.get(name, ())), b"")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What a mail consists of; `complete` is False when a bound kept parts from being seen."""

    fields: Fields
    parts: tuple[Part, ...]
    types: tuple[str, ...]  # every media type met, outermost first, not below message/rfc822
    complete: bool


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    depth: int = 0
    group: int = 0
    default: str = "text/plain"


def header_end(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Give where the header block stops and where the content after its empty line begins."""
    first = _LINE_END.match(raw, start, end)
    if first:
        return start, first.end()
    blank = _BLANK.search(raw, start, end)
    return (blank.start(), blank.end()) if blank else (end, end)


def header_lines(block: bytes) -> list[bytes]:
    """Split a header block into its lines, without their ends, up to the bound."""
    return _LINE_END.split(block[:_HEADER_BYTES], _HEADER_LINES)[:_HEADER_LINES]


def is_continuation(line: bytes) -> bool:
    """Say whether a line of a header block goes on with the field before it (RFC 5322 2.2.3)."""
    return line[:1] in (b" ", b"\t") or not _NAME.match(line)


def dissect(raw: bytes) -> Anatomy:
    """Take a mail apart. Never raises; linear in the size of the mail times `MAX_DEPTH`."""
    start = _after_envelope(raw)
    fields, body = _fields(raw, start, len(raw))
    parts: list[Part] = []
    types: list[str] = []
    complete = True
    groups = 0
    todo = [_Span(start, len(raw))]
    while todo:
        span = todo.pop()
        if len(types) >= MAX_PARTS:
            return Anatomy(fields, tuple(parts), tuple(types), complete=False)
        part = _part(raw, span)
        types.append(part.type)
        inner = _inner(raw, part) if part.type.startswith("multipart/") else []
        if not inner:
            parts.append(part)
        elif span.depth >= MAX_DEPTH:
            complete = False
        else:
            if part.type == "multipart/alternative" and not span.group:
                groups += 1
                part = Part(part.type, part.params, part.fields, part.start, part.end, groups)
            default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
            todo += [
                _Span(a, b, span.depth + 1, part.group, default) for a, b in reversed(inner)
            ]
    return Anatomy(fields, tuple(parts), tuple(types), complete)
