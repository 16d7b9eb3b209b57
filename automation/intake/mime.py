"""A mail taken apart: header fields and the spans of its leaves, in one bounded pass over bytes.

The library's parser was measured and left: it recurses (3,000 nested multiparts raise
RecursionError), walks every line of a photo in Python, and cannot be told to stop. Here nothing
recurses, nothing is copied but header blocks, and each bound is a constant.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from automation.intake.headers import from_base64, parameters

MAX_DEPTH: Final = 40
MAX_PARTS: Final = 500
_HEADER_BYTES: Final = 4_000_000
_HEADER_LINES: Final = 10_000
_VALUE_BYTES: Final = 64_000
_VALUES: Final = 100  # of one name
_TRIES: Final = 20_000  # lines that look like a delimiter
_GUESSES: Final = 20

Fields = Mapping[str, tuple[bytes, ...]]
"""Header values by lower-case name, unfolded, not yet decoded, in the order they stand."""

# At most two stray CRs before a line end: enough for what broken gateways write, and linear.
_BLANK: Final = re.compile(rb"\r{0,2}\n\r{0,2}\n|\r\r(?!\n)")
_LINE_END: Final = re.compile(rb"\r{0,2}\n|\r")
_NAME: Final = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_TAIL: Final = re.compile(rb"(--)?[ \t]{0,200}(\r{0,2}\n|\r|\Z)")
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_ENVELOPE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?[\r\n]{0,1000}(?:>?From [^\r\n]{0,1000}(?:\r{0,2}\n|\r))?"
)
_WORDS: Final = re.compile(rb"\s{0,100}(?:\S{1,100} ){2}\S")
_GUESS: Final = re.compile(rb"(?:\A|[\r\n])--([^\s-][^\r\n]{0,198})[\r\n]")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a mail: everything but a multipart; a forwarded mail is one leaf."""

    type: str  # media type, lower case
    params: Mapping[str, str]  # of Content-Type
    fields: Fields
    start: int  # of its content in the raw bytes
    end: int
    choices: tuple[tuple[int, int], ...]  # each multipart/alternative around it, outermost first:
    # its number, and which of its parts this one is in

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
    choices: tuple[tuple[int, int], ...] = ()
    default: str = "text/plain"


def header_start(raw: bytes) -> int:
    """Give where the header begins: behind empty lines and an mbox "From " line."""
    envelope = _ENVELOPE.match(raw)
    return envelope.end() if envelope else 0


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
    fields: Fields = {}
    parts: list[Part] = []
    types: list[str] = []
    complete = True
    todo = [_Span(header_start(raw), len(raw))]
    while todo and len(types) < MAX_PARTS:
        span = todo.pop()
        part = _part(raw, span)
        types.append(part.type)
        fields = fields if span.depth else part.fields
        inner = _inner(raw, part)
        if inner and span.depth < MAX_DEPTH:
            todo += reversed(_children(part, inner, span, len(types)))
        else:
            complete = complete and not inner
            parts.append(part)
    return Anatomy(fields, tuple(parts), tuple(types), complete and not todo)


def content(raw: bytes, part: Part) -> bytes:
    """Give a leaf's content with its transfer encoding undone (RFC 2045 6); never raises."""
    data = raw[part.start : part.end]
    match part.field("content-transfer-encoding").strip().lower():
        case b"base64":
            return data if _is_not_encoded(part, data) else from_base64(data)
        case b"quoted-printable":
            return binascii.a2b_qp(data)
        case _:
            return data


def _is_not_encoded(part: Part, data: bytes) -> bool:
    """Say whether a text that is called base64 is plain: its first line has several words.

    Broken programs forget to encode what they announce; decoded, the complaint would be garbage.
    """
    return part.type.startswith("text/") and bool(_WORDS.match(data))


def _fields(raw: bytes, start: int, end: int) -> tuple[Fields, int]:
    """Read the header block at `start`; give its fields and where the content begins."""
    stop, body = header_end(raw, start, end)
    found: dict[str, list[list[bytes]]] = {}
    value: list[bytes] = []
    for line in header_lines(raw[start:stop]):
        if is_continuation(line):
            value.append(line if line[:1].isspace() else b" " + line)
            continue
        name, _, rest = line.partition(b":")
        value = [rest]
        values = found.setdefault(name.strip().lower().decode(), [])
        if len(values) < _VALUES:
            values.append(value)
    return {name: tuple(map(_unfolded, values)) for name, values in found.items()}, body


def _unfolded(lines: list[bytes]) -> bytes:
    return b"".join(lines)[:_VALUE_BYTES].strip()


def _part(raw: bytes, span: _Span) -> Part:
    """Read the header of a part; a Content-Type that is none counts as absent (RFC 2045 5.2)."""
    fields, body = _fields(raw, span.start, span.end)
    declared, params = parameters(next(iter(fields.get("content-type", ())), b""))
    media_type = declared if _TYPE.fullmatch(declared) else span.default
    return Part(media_type, params, fields, body, span.end, span.choices)


def _children(part: Part, inner: list[tuple[int, int]], span: _Span, place: int) -> list[_Span]:
    """Give the spans of a multipart's parts; `place` numbers the alternatives."""
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    chosen = part.type == "multipart/alternative"
    return [
        _Span(
            start,
            end,
            span.depth + 1,
            (*span.choices, (place, branch)) if chosen else span.choices,
            default,
        )
        for branch, (start, end) in enumerate(inner)
    ]


def _inner(raw: bytes, part: Part) -> list[tuple[int, int]]:
    """Give the spans between the delimiters of a multipart; none = it is a leaf."""
    if not part.type.startswith("multipart/"):
        return []
    declared = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
    return (_between(raw, part, declared) if declared else []) or _between(
        raw, part, _guessed(raw, part)
    )


def _guessed(raw: bytes, part: Part) -> bytes:
    """Guess a boundary that the header does not tell: a line --like-this before a header line."""
    for found in islice(_GUESS.finditer(raw, max(0, part.start - 1), part.end), _GUESSES):
        after = _LINE_END.match(raw, found.end() - 1, part.end)
        if after and _NAME.match(raw, after.end(), part.end):
            return found[1].rstrip()
    return b""


def _between(raw: bytes, part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Cut at the delimiter lines (RFC 2046 5.1.1); a missing last one is the end of the mail."""
    spans: list[tuple[int, int]] = []
    begin = -1
    for start, end, last in _delimiters(raw, part, boundary) if boundary else ():
        if begin >= 0:
            spans.append((begin, max(begin, start)))
        begin = end
        if last or len(spans) > MAX_PARTS:
            return spans
    return [*spans, (begin, part.end)] if begin >= 0 else spans


def _delimiters(raw: bytes, part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield delimiter lines: where the line end before them stands, their own end, whether last."""
    end = part.end
    mark = b"--" + boundary
    ahead = b"\n" + mark
    if raw.find(ahead, max(0, part.start - 1), end) < 0:
        ahead = b"\r" + mark  # an old Mac's mail
    at = part.start if raw.startswith(mark, part.start, end) else -1
    at = at if at >= 0 else raw.find(ahead, part.start, end) + 1
    for _ in range(_TRIES):
        if at <= 0:
            return
        tail = _TAIL.match(raw, at + len(mark), end)
        if tail:
            yield _line_before(raw, at), tail.end(), tail[1] is not None
        at = raw.find(ahead, tail.end() - 1 if tail else at, end) + 1


def _line_before(raw: bytes, at: int) -> int:
    """Give where the line end that belongs to the delimiter at `at` begins."""
    before = raw[max(0, at - 3) : at]  # as in _LINE_END: two stray CRs at most
    return at - len(before) + len(before.removesuffix(b"\n").rstrip(b"\r"))
