"""Bytes to clean text: the declared charset, UTF-8, a guess, cp1252; nothing that bites later."""

import codecs
import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

# The web reads these labels as their supersets, and so do senders (WHATWG Encoding Standard 4.2).
_ALIASES: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "big5": "big5hkscs",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
}
_LABEL: Final = re.compile(r"[a-z0-9_.:-]{1,40}")
_LONGEST: Final = 40  # characters of a label; no registered one is longer
_NOT_TEXT: Final = frozenset(
    # utf-7: nobody writes it but who wants to hide markup from a filter (WHATWG Encoding 4.2)
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7"}
)
_SAMPLE: Final = 4_096  # bytes: more does not make a guess better
_SURE: Final = 0.15  # below it the guesser calls plain Indonesian Greek
_PAIR: Final = 2
_BEFORE: Final = 512  # bytes of plain text that a guess may see before the first odd byte

_ODD: Final = re.compile(rb"[\x80-\xff]")

_CONTROL: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_END: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKS: Final = 30  # Unicode UAX 15, "Stream-Safe Text Format"


def decoded(data: bytes, declared: str = "", *, guess: bool = True) -> str:
    """Read bytes as text, whatever they are; `declared` is the charset that the mail claims.

    A guess takes about a millisecond: where a mail may ask for thousands, do without.
    """
    if not declared and data.isascii():
        return data.decode("ascii")
    codec = _codec(declared)
    if codec and codec != "cp1252":
        try:
            return data.decode(codec)
        except ValueError:
            codec = ""
    return _utf8(data) or _guessed(data, codec or ("" if guess else "cp1252"))


def clean(text: str) -> str:
    """Make text safe for cells, letters, logs: line feeds, no other control characters, NFC."""
    if "\r" in text or not text.isprintable():
        text = _LINE_END.sub("\n", text)
        text = _CONTROL.sub("", text)
    if text.isascii() or unicodedata.is_normalized("NFC", bounded := _bounded(text)):
        return text if text.isascii() else bounded
    return unicodedata.normalize("NFC", bounded)


def one_line(text: str, limit: int = 1_000) -> str:
    """Clean a text that must stay one line (a subject, a name): no breaks, no turned direction."""
    text = clean(text if text.isascii() else _BIDI.sub("", text))
    return " ".join(text.split())[:limit].rstrip()


@cache
def _combining() -> re.Pattern[str]:
    """Find runs of combining marks that no language writes; sorting them takes quadratic time."""
    marks = "".join(map(chr, filter(lambda code: unicodedata.combining(chr(code)), range(0x20000))))
    return re.compile(f"([{re.escape(marks)}]{{{_MARKS}}})[{re.escape(marks)}]+")


def _bounded(text: str) -> str:
    return text if text.isascii() else _combining().sub(r"\1", text)


@lru_cache(256)
def _known(label: str) -> str:
    """Give Python's name of a text encoding, or "" when the label names none."""
    if not _LABEL.fullmatch(label):
        return ""
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
        b"a".decode(name, "replace")  # zlib and its like refuse; no bytes at all they take
    except (LookupError, ValueError):
        return ""
    return "" if name.replace("-", "_") in _NOT_TEXT else name


def _codec(declared: str) -> str:
    label = declared.strip().strip("'\"").lower()
    return _known(label) if len(label) <= _LONGEST else ""


def _utf8(data: bytes) -> str:
    """Read as UTF-8 what is UTF-8 but for a broken character or two; "" = it is something else."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        halves = _halves(data)
        text = data.decode("utf-8-sig", "replace")
    broken = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - broken
    return halves or (text if broken * _PAIR <= good else "")


def _halves(data: bytes) -> str:
    """Read UTF-8 in which a smiley stands as its two halves, as old phones write it; "" = none."""
    try:
        halves = data.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError:
        return ""
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _guess(data: bytes) -> str:
    """Guess the charset around the first odd byte; "" when the guess is not worth following."""
    import chardet  # noqa: PLC0415 - most passes meet no such bytes and need not wait for it

    odd = _ODD.search(data)
    start = max(0, odd.start() - _BEFORE) if odd else 0
    found = chardet.detect(data[start : start + _SAMPLE], prefer_superset=True)
    return (found["encoding"] or "") if found["confidence"] >= _SURE else ""


def _guessed(data: bytes, codec: str) -> str:
    for name in (codec, _guess(data) if not codec else "", "cp1252"):
        try:
            if name:
                return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")
