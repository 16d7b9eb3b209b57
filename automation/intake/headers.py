"""Header fields: bytes as they stand in a mail to words, addresses, parameters and dates.

Our own reading of RFC 2047, 2231 and 5322: the library's decoder lets line breaks out of encoded
words, drops bytes that it cannot decode, recurses on comments and takes a minute for a subject of
1 MB. Here every function is linear, never raises and gives clean text of one line.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from automation.intake.charsets import decoded, one_line

_ADDRESSES: Final = 200
_PARAMETERS: Final = 200
_EXTENDED, _PLAIN = -1, 1_000  # places of a value that is not cut into numbered sections
_IDS: Final = 50
_NAME_LENGTH: Final = 200
_VALUE_LENGTH: Final = 2_000
_VALUE_BYTES: Final = 16_000  # of a field of addresses
_DATE_LENGTH: Final = 100
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(days=1)
"""How far a sender's clock may be ahead of ours before its date is nonsense."""

_NOT_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)
_WORD: Final = re.compile(
    r"=\?([^?*\s]{1,60})(?:\*[^?]{0,60})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)?)\?="
)
_SECTION: Final = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*?)")
_QUOTED: Final = re.compile(r'\\["\\]|["\\;]|[^"\\;]+')
_TOKEN: Final = re.compile(
    # an encoded word is one sign, whatever it holds raw: `=?utf-8?Q?Wayan,_Ketua:?=`
    r'=\?[^?\s"]{1,60}\?[bBqQ]\?[^?\s"]{1,500}\?=|\\.|["<>(),;:\\]'
    r'|(?:(?!=\?)[^"<>(),;:\\])+|=',
    re.DOTALL,
)
_ADDRESS: Final = re.compile(
    r"""[^\s<>()\[\]",;:\\@]{1,64}@[^\s<>()\[\]",;:\\@]{1,190}""",
)
_BETWEEN: Final = re.compile(r"""[\s<>()\[\]",;:\\]+""")
_ID: Final = re.compile(r"<([!-;=?-~]{1,250})>")
_BARE_ID: Final = re.compile(r"[!-;=?-~]{1,200}@[!-;=?-~]{1,200}")


def text(value: bytes, *, guess: bool = False, limit: int = 1_000) -> str:
    """Read a field of free text, such as Subject: encoded words, raw 8-bit, or both."""
    return one_line(words(decoded(value, guess=guess)), limit)


def words(value: str) -> str:
    """Decode the encoded words in a text (RFC 2047), also such as are split inside a character."""
    if "=?" not in value:
        return value
    told: list[str] = []
    at, charset, run = 0, "", b""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        if run and (between.strip() or word[1].lower() != charset):
            told.append(decoded(run, charset, guess=False))
            run = b""
        told.append(between if between.strip() or not at else "")
        at, charset = word.end(), word[1].lower()
        run += _word(word[2], word[3])
    return "".join((*told, decoded(run, charset, guess=False), value[at:]))


def _word(encoding: str, coded: str) -> bytes:
    data = coded.encode("utf-8", "replace")
    return binascii.a2b_qp(data, header=True) if encoding in "qQ" else from_base64(data)


def from_base64(data: bytes) -> bytes:
    """Decode what is there; a cut or dirty end costs its last bytes and no more."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = data.translate(None, _NOT_BASE64)
        whole = len(kept) // 4 * 4
        rest = kept[whole:]
        return binascii.a2b_base64(kept[:whole]) + (
            binascii.a2b_base64(rest + b"==") if len(rest) > 1 else b""
        )


# --- parameters -------------------------------------------------------------------------------


def parameters(value: bytes) -> tuple[str, Mapping[str, str]]:
    """Read a field such as Content-Type: its first word in lower case, its parameters by name.

    Names come in RFC 2231 pieces, as encoded words in quotes, raw, or mixed; all are decoded. The
    values are as the sender wrote them, not yet cleaned.
    """
    first, *rest = _split(decoded(value, guess=False))
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in rest:
        key, equals, told = piece.partition("=")
        name = _SECTION.fullmatch(key.strip().lower())
        if equals and name:
            extended = bool(name[3])
            place = int(name[2] or (_EXTENDED if extended else _PLAIN))
            sections.setdefault(name[1], {}).setdefault(place, (extended, told))
    return first.strip().lower(), {name: _joined(found) for name, found in sections.items()}


def _split(value: str) -> list[str]:
    """Split at the semicolons outside of quotes; quotes and the blanks around them fall away."""
    pieces: list[list[str]] = [[]]
    quoted = False
    for bit in _QUOTED.findall(value):
        if bit == '"':
            quoted = not quoted
        elif bit == ";" and not quoted and len(pieces) <= _PARAMETERS:
            pieces.append([])
        else:
            plain = bit if quoted else "=".join(map(str.strip, bit.split("=", 1)))
            pieces[-1].append(bit[1:] if bit in {'\\"', "\\\\"} else plain)
    return ["".join(piece) for piece in pieces]


def _joined(sections: Mapping[int, tuple[bool, str]]) -> str:
    """Join the sections of one parameter (RFC 2231 3 and 4); the extended form wins."""
    if _EXTENDED in sections:
        sections = {0: sections[_EXTENDED]}
    elif len(sections) > 1:
        sections = {place: one for place, one in sections.items() if place != _PLAIN}
    charset, run, told = "", b"", []
    for place, (extended, value) in sorted(sections.items()):
        if not extended:
            told += [decoded(run, charset, guess=False), words(value)]
            run = b""
            continue
        coded = value
        if place == 0 and value.count("'") > 1:
            charset, _, coded = value.split("'", 2)
        run += unquote_to_bytes(coded)
    return "".join((*told, decoded(run, charset, guess=False)))


# --- addresses ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody named in a field; `address` is lower case, `name` is "" when there is none."""

    name: str
    address: str


@dataclass(slots=True)
class _Entry:
    """What stands between two commas, sorted by how it is written."""

    phrase: list[str] = field(default_factory=list)
    angle: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    bracketed: bool = False


def mailboxes(value: bytes, *, guess: bool = False) -> tuple[Mailbox, ...]:
    """Read a field of addresses; entries without an address are left out."""
    told = decoded(value[:_VALUE_BYTES], guess=guess)
    found = []
    before = ""
    for entry in _entries(told):
        mailbox = _mailbox(entry, before)
        before = "" if mailbox else f"{before}{''.join(entry.phrase)}, "
        if mailbox:
            found.append(mailbox)
    return tuple(found) or _anywhere(told)


def phrase(value: bytes, *, guess: bool = False) -> str:
    """Read the name in a field of addresses that names nobody's address."""
    told = one_line(words(decoded(value, guess=guess)), 2 * _NAME_LENGTH)
    return _named(told)


def _entries(value: str) -> Iterator[_Entry]:
    """Cut at the commas that stand outside of quotes, comments and angle brackets."""
    entry = _Entry()
    count = 0
    for bit, inside in _states(value):
        if inside:
            getattr(entry, inside).append(bit)
            entry.bracketed = entry.bracketed or inside == "angle"
        elif bit == ":":  # what stood before it names a group (RFC 5322 3.4)
            entry = _Entry()
        else:
            yield entry
            entry = _Entry()
            count += 1
            if count == _ADDRESSES:
                return
    yield entry


def _states(value: str) -> Iterator[tuple[str, str]]:
    """Yield each token with the list of `_Entry` it belongs to; "" = it parts entries."""
    quoted, depth, angle = False, 0, False
    for bit in _TOKEN.findall(value):
        if bit == '"':
            quoted = not quoted
        elif quoted:
            yield bit[-1] if bit[0] == "\\" else bit, "phrase"
        elif bit in {"(", ")"}:
            depth = max(0, depth + (1 if bit == "(" else -1))
        elif depth:
            yield bit, "comment"
        elif bit in {"<", ">"}:
            angle = bit == "<"
        elif angle:
            yield bit, "angle"
        else:
            yield bit, "" if bit in {",", ";", ":"} else "phrase"


def _mailbox(entry: _Entry, before: str) -> Mailbox | None:
    said = "".join(entry.phrase)
    if entry.bracketed:
        route = "".join("".join(entry.angle).split())
        address = _address(route.rpartition(":")[2])
        return Mailbox(_name(before + said, address), address) if address else None
    name, _, last = (" " + said.strip()).rpartition(" ")
    address = _address(last)
    return Mailbox(_name(name or "".join(entry.comment), address), address) if address else None


def _anywhere(told: str) -> tuple[Mailbox, ...]:
    """Find an address in a field that follows no rule, such as one whole encoded word."""
    told = words(told[:_VALUE_LENGTH])
    for bit in _BETWEEN.split(told):
        address = _address(bit)
        if address:
            return (Mailbox(_name(told.partition(bit)[0], address), address),)
    return ()


def _address(written: str) -> str:
    address = one_line(written.lower())
    return address if _ADDRESS.fullmatch(address) else ""


def _name(written: str, address: str) -> str:
    name = _named(one_line(words(written), 2 * _NAME_LENGTH))
    return "" if name.lower() == address else name


def _named(told: str) -> str:
    return told.strip(" ,<>\"'")[:_NAME_LENGTH].strip()


# --- identifiers and dates ----------------------------------------------------------------------


def message_ids(value: bytes) -> tuple[str, ...]:
    """Read Message-IDs, with angle brackets; of very many the first and the latest are kept."""
    told = "".join(decoded(value, guess=False).split())
    ids = [f"<{found}>" for found in _ID.findall(told)]
    if not ids and _BARE_ID.fullmatch(told):
        ids = [f"<{told}>"]
    ids = list(dict.fromkeys(ids))
    return tuple(ids if len(ids) <= _IDS else [ids[0], *ids[1 - _IDS :]])


def date(value: bytes, received: datetime) -> datetime | None:
    """Read the sender's claim when it wrote; None when absent, malformed or nonsense.

    A date without a zone is taken as UTC (RFC 5322 3.3, "-0000").
    """
    try:
        claimed = parsedate_to_datetime(value[:_DATE_LENGTH].decode("ascii", "replace"))
        claimed = claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC)
        return claimed if _OLDEST <= claimed <= received + _AHEAD else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
