"""What the sender wrote himself: a mail's text without quoted history and footers of phones.

Used where a person reads an addition to a case and where command words are looked for. It errs
towards keeping: what a citizen wrote must never be cut, and the raw mail stays one click away. The
forms are those of Gmail, Outlook, Thunderbird, Roundcube, Yahoo and Apple Mail in Indonesian and
English, as they stand in real mails.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

_LINES: Final = 5_000  # in which history is looked for
_LINE: Final = 400  # characters of the longest line that leads to history
_WRAPPED: Final = 3  # lines over which a program may break an attribution
_HEADER: Final = 6  # lines of a header block that are looked at
_FIELDS: Final = 2  # of them that must be header fields
_FOOTERS: Final = 3

_VERB: Final = "(?:menulis|menuliskan|wrote)"
_ATTRIBUTION: Final = re.compile(
    rf"\s*(?:(?:Pada|On)\b.{{4,300}}\b{_VERB}"
    rf"|.{{1,150}}\b{_VERB} (?:di|pada|on)\b.{{4,150}})\s*:\s*"
)
_ADDRESS: Final = re.compile(r"[^\s<>]{1,64}@[^\s<>]")
_SEPARATOR: Final = re.compile(
    r"\s*-{2,}\s*(?:Pesan (?:Asli|Awal|Sebelumnya)|Original (?:Message|Appointment))\s*-{2,}\s*",
    re.IGNORECASE,
)
_FORWARD: Final = re.compile(
    r"[>\s]{0,9}(?:-{2,}\s*(?:Forwarded (?:message|by)\b|Pesan (?:yang )?(?:diteruskan|terusan)\b)"
    r"|(?:Begin forwarded message|(?:Awal|Mulai) pesan (?:yang )?(?:di)?terus(?:k)?an)\s*:).*",
    re.IGNORECASE,
)
_FORWARDING: Final = re.compile(r"\s*(?:fwd?|trs|terusan|(?:di)?teruskan)\s*:", re.IGNORECASE)
_ANSWERING: Final = re.compile(r"\s*(?:re|bls|balasan|balas)\s*:", re.IGNORECASE)

_FROM: Final = re.compile(r"\s*\*?(?:Dari|From)\s*:", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"\s*\*?(?:(?P<sent>Dikirim|Terkirim|Sent)|(?P<date>Tanggal|Date)|Ke|Kepada|To|Cc|Tembusan"
    r"|Subjek|Subyek|Subject|Perihal|Hal)\s*:",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"\b[0-9]{1,2}[.:][0-9]{2}\b")

_BRAND: Final = (
    r"i ?Phone|i ?Pad|Yahoo|Outlook|Samsung|Galaxy|Xiaomi|Redmi|POCO|OPPO|vivo|realme|Huawei"
    r"|Infinix|Nokia|BlackBerry|Android|Windows|Gmail|Mail|Email|Proton ?Mail|myMail"
)
_DEVICE: Final = "HP|ponsel|telepon|tablet|perangkat|smartphone|phone|device"
_URL: Final = r"[<(]https?://[^\s>)]{1,300}[>)]"
_FOOTER: Final = re.compile(
    rf"\s*(?:(?:Dikirim|Terkirim|Sent)(?: secara aman| securely)? (?:dari|dengan|melalui|from|with)"
    rf" (?:my )?(?:(?:{_BRAND})(?:[ ,](?:[\w.()+-]{{1,20}}|{_URL})){{0,7}}"
    rf"|(?:{_DEVICE})(?: (?:saya|cerdas|pintar|seluler|{_BRAND})){{0,5}})"
    r"|(?:Dapatkan|Unduh|Get|Download) Outlook (?:untuk|for) \w{1,20}"
    r"|Yahoo Mail ?: ?(?:Cari|Search)[\w ,&-]{1,60})"
    rf"(?:\s*{_URL})?[\s.]*",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"\s*[_-]{5,}\s*")
_GAP: Final = re.compile(r"\n(?:[ \t]*\n){2,}")


def own_text(text: str, subject: str = "") -> str:
    """Give what the sender wrote himself; a forward is given whole, for it may be the complaint.

    `text` is clean (line feeds only). Answers above, below and between quoted lines stay, and so do
    signatures: name and address stand there.
    """
    lines = text.split("\n")
    if _FORWARDING.match(subject):
        return text.strip()
    answering = bool(_ANSWERING.match(subject))
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if at >= _LINES:
            kept += lines[at:]
            break
        if _FORWARD.fullmatch(lines[at][:_LINE]):
            return text.strip()
        wrapped = _attribution(lines, at)
        answering = answering or bool(wrapped)
        if wrapped and _quote_follows(lines, at + wrapped):
            at = _behind_quote(lines, at + wrapped)
        elif wrapped or _begins_history(lines, at):
            return _settled(kept) if answering or any(map(str.strip, kept)) else text.strip()
        else:
            kept += [] if answering and _is_quoted(lines[at]) else [lines[at]]
            at += 1
    return _settled(kept)


def earlier_senders(text: str) -> Iterator[str]:
    """Give what the header blocks of earlier mails in a text say behind From, from the top down."""
    lines = [line.lstrip("> \t") for line in text.split("\n")[:_LINES]]
    for at, line in enumerate(lines):
        named = _FROM.match(line[:_LINE])
        if named and _is_header(lines, at):
            yield line[named.end() : _LINE].strip(" *")


def names_address(line: str) -> bool:
    """Say whether a mail address stands in a line."""
    return bool(_ADDRESS.search(line))


def _attribution(lines: Sequence[str], at: int) -> int:
    """Give over how many lines "Pada … menulis:" stands here; 0 = it does not.

    It must name an address, or quoted lines must follow: citizens too write "Pada 5 Desember kami
    menulis:" and go on with what they wrote.
    """
    if ":" not in "".join(lines[at : at + _WRAPPED]):
        return 0
    joined = ""
    for count, line in enumerate(islice(lines, at, at + _WRAPPED), start=1):
        joined = f"{joined} {line.strip()}" if joined else line.strip()
        if len(joined) > _LINE or not line.strip():
            return 0
        if joined.endswith(":") and _ATTRIBUTION.fullmatch(joined):
            named = _ADDRESS.search(joined) or _quote_follows(lines, at + count)
            return count if named else 0
    return 0


def _quote_follows(lines: Sequence[str], at: int) -> bool:
    said = (line for line in islice(lines, at, at + _WRAPPED) if line.strip())
    return _is_quoted(next(said, ""))


def _behind_quote(lines: Sequence[str], at: int) -> int:
    """Give where the quoted lines end that begin at `at`."""
    while at < len(lines) and (_is_quoted(lines[at]) or not lines[at].strip()):
        at += 1
    return at


def _is_quoted(line: str) -> bool:
    return line[:4].lstrip(" \t").startswith(">")


def _begins_history(lines: Sequence[str], at: int) -> bool:
    """Say whether everything from here on is history: a separator, or a header block."""
    line = lines[at][:_LINE]
    return bool(_SEPARATOR.fullmatch(line) or (_FROM.match(line) and _is_header(lines, at)))


def _is_header(lines: Sequence[str], at: int) -> bool:
    """Tell the header of an earlier mail from the head of a letter (Dari, Kepada, Perihal).

    Only a mail's says when it was sent, to the minute.
    """
    following = islice(lines, at + 1, at + 1 + _HEADER)
    fields = [found for line in following if (found := _FIELD.match(line[:_LINE]))]
    named = _ADDRESS.search(lines[at][:_LINE])
    timed = [f for f in fields if _CLOCK.search(f.string, f.end())]
    sent = any(f["sent"] or (f["date"] and named) for f in timed)
    return sent and len(fields) >= _FIELDS


def _settled(lines: list[str]) -> str:
    """Take the footers away that a phone adds, and the blank lines where history stood."""
    for _ in range(_FOOTERS):
        while lines and not lines[-1].strip():
            lines.pop()
        if lines and (_FOOTER.fullmatch(lines[-1][:_LINE]) or _RULE.fullmatch(lines[-1][:_LINE])):
            lines.pop()
    return _GAP.sub("\n\n", "\n".join(lines)).strip()
