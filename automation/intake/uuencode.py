"""Files that stand as lines of signs in a text: uuencode, what mail had before MIME (POSIX.1)."""

import binascii
import re
from typing import Final

_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_END: Final = re.compile(rb"^end[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_LINE: Final = re.compile(rb"[ -`]{0,90}")
_LINES: Final = re.compile(rb"[^\r\n]+")
_TRIES: Final = 20  # of what looks like the first line of a file
_SIGNS: Final = 4  # for three bytes


def split(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Give the text without the files in it, and the files: name as written, content.

    What only begins like a file stays text, whole.
    """
    kept: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    at = looked = 0
    end = _END.search(data)
    for _ in range(_TRIES):
        begin = _BEGIN.search(data, looked)
        if begin and end and end.start() < begin.end():  # else it is searched once
            end = _END.search(data, begin.end())
        if begin is None or end is None:
            break
        looked = begin.end()
        content = _decoded(data[begin.end() : end.start()])
        if content is not None:
            kept.append(data[at : begin.start()].rstrip() + b"\n")
            files.append((begin[1].strip(), content))
            at = looked = end.end()
    return b"".join((*kept, data[at:])), files


def _decoded(block: bytes) -> bytes | None:
    """Decode the lines of a file; None = a line is no such line."""
    try:
        return b"".join(_line(line[0]) for line in _LINES.finditer(block))
    except (binascii.Error, ValueError):
        return None


def _line(line: bytes) -> bytes:
    """Decode a line, whose first sign tells its length; gateways take blanks off its end."""
    wanted = 1 + ((line[0] - 32) & 63) // 3 * _SIGNS
    if not _LINE.fullmatch(line) or len(line) > wanted + 2 * _SIGNS:
        raise ValueError("no line of a file")
    return binascii.a2b_uu(line)
