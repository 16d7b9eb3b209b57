"""A mail as it came (bytes) to a mail as it reads (`InboundMail`): the one way in for strangers.

Whatever the bytes are, reading them ends in bounded time with clean text, or with RejectedError.
The rules are those of the office's notes on mail: charsets, senders, text, attachments, identity.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from automation.errors import RejectedError
from automation.intake import headers, html, mime, tnef, uuencode
from automation.intake.attachments import File, attachments, presented
from automation.intake.charsets import clean, decoded
from automation.intake.headers import Mailbox
from automation.intake.mime import Anatomy, Fields, Part
from automation.intake.quotes import own_text
from automation.model import InboundMail

_TEXT: Final = 200_000  # characters; a cell holds 50,000, the archive holds everything
_PART_BYTES: Final = 4_000_000  # of one text part
_TEXT_PARTS: Final = 50
_PAGES: Final = 5
_NAMES: Final = 300  # header fields of different names
_VALUE: Final = 2_000  # characters of a header value
_READ: Final = 20  # fields of one name in which addresses are looked for
_RECIPIENTS: Final = 200
_SUBJECT: Final = 1_000
_SHORT: Final = 400  # characters: longer is no mere advice to read the HTML part

# What the hops of a delivery add, servers note for themselves, or a sender's system seals it with.
# A signature says nothing that the signed text does not, and a second way adds its own.
_TRACE: Final = re.compile(
    rb"(?:\A|(?<=[\r\n]))"
    rb"(?:received|return-path|delivered-to|x-original-to|x-delivered-to|envelope-to|delivery-date"
    rb"|authentication-results|arc-[a-z-]{1,40}|received-spf|x-received|dkim-signature"
    rb"|x-google-dkim-signature|x-google-smtp-source|x-gm-[a-z-]{1,40}|x-spam-[a-z-]{1,40}"
    rb"|x-virus-[a-z-]{1,40}|x-ms-exchange-[a-z-]{1,80}|status|x-status|x-uid|x-keywords"
    rb"|x-mozilla-[a-z-]{1,40})"
    rb"[ \t]*:[^\r\n]*(?:(?:\r{0,2}\n|\r)[ \t][^\r\n]*)*(?:\r{0,2}\n|\r|\Z)",
    re.IGNORECASE,
)
_BODY: Final = frozenset({"text/plain", "text/html", "text/x-amp-html"})
_SEE_HTML: Final = re.compile(r"\bHTML\b", re.IGNORECASE)
# A soft line end, unless its line or the next one is quoted or the mark of a signature.
_SOFT_BREAK: Final = re.compile(r"^((?!>|-- $)[^\n]*) \n(?![>\n]|-- ?$)", re.MULTILINE)
_STUFFED: Final = re.compile(r"^ ", re.MULTILINE)


def identity(raw: bytes) -> str:
    """Give the key by which a mail is known: sha256 (hex) of its bytes without trace headers.

    The same mail delivered twice, or moved to another server, has one key; a mail that only borrows
    a Message-ID has another.
    """
    start = mime.header_start(raw)
    stop, _ = mime.header_end(raw, start, len(raw))
    digest = sha256(_TRACE.sub(b"", raw[start:stop]))
    digest.update(memoryview(raw)[stop:])
    return digest.hexdigest()


def read(raw: bytes, received: datetime, key: str = "", *, whole: bool = True) -> InboundMail:
    """Read a mail that the server received at `received` (INTERNALDATE).

    `key` is its identity where that was asked for before: a long mail is not summed up twice.
    `whole` is False where `raw` is only the beginning of a mail.
    Raises RejectedError when the bytes are no mail: nothing in them is a header field.
    """
    anatomy = mime.dissect(raw)
    fields = anatomy.fields
    if not fields:
        raise RejectedError("it has no header field: look at the raw mail, it may be damaged")
    key = key or identity(raw)
    subject = headers.text(_first(fields, "subject"), guess=True, limit=_SUBJECT)
    text, files, loose = _readable(raw, anatomy)
    sender = _sender(fields)
    kept = attachments(raw, files, has_text=bool(text), loose=loose)
    return InboundMail(
        key=key,
        message_id=_message_id(fields, key),
        subject=subject,
        from_name=sender.name,
        from_address=sender.address,
        reply_to=next((box.address for box in _mailboxes(fields, "reply-to")), ""),
        to=_recipients(fields, "to"),
        cc=_recipients(fields, "cc"),
        in_reply_to=headers.message_ids(_first(fields, "in-reply-to")),
        references=headers.message_ids(b" ".join(fields.get("references", ()))),
        date=headers.date(_first(fields, "date"), received),
        received=received,
        text=text,
        own_text=own_text(text, subject),
        attachments=kept.files,
        headers=_told(fields),
        parts=anatomy.types,
        whole=whole and kept.whole and anatomy.complete,
    )


# --- header -------------------------------------------------------------------------------------


def _first(fields: Fields, name: str) -> bytes:
    return next(iter(fields.get(name, ())), b"")


def _told(fields: Fields) -> dict[str, tuple[str, ...]]:
    """Give every field for whoever judges the mail; raw 8-bit without a guess, which takes time."""
    return {
        name: tuple(headers.text(value, limit=_VALUE) for value in values)
        for name, values in list(fields.items())[:_NAMES]
    }


def _message_id(fields: Fields, key: str) -> str:
    own = headers.message_ids(_first(fields, "message-id"))
    return own[0] if own else f"<{key[:32]}@tanpa-id.invalid>"


def _mailboxes(fields: Fields, name: str) -> Iterator[Mailbox]:
    for value in fields.get(name, ())[:_READ]:
        yield from headers.mailboxes(value, guess=True)


def _recipients(fields: Fields, name: str) -> tuple[str, ...]:
    addresses = dict.fromkeys(box.address for box in _mailboxes(fields, name))
    return tuple(addresses)[:_RECIPIENTS]


def _sender(fields: Fields) -> Mailbox:
    """Give who wrote it: the From that has an address, else Reply-To, else Sender, else nobody."""
    named = next((headers.phrase(value, guess=True) for value in fields.get("from", ())), "")
    for name in ("from", "reply-to", "sender"):
        for box in _mailboxes(fields, name):
            return box if name == "from" else Mailbox(named or box.name, box.address)
    return Mailbox(named, "")


# --- text ---------------------------------------------------------------------------------------


def _readable(raw: bytes, anatomy: Anatomy) -> tuple[str, list[Part], list[File]]:
    """Give the text that a person reads, the parts that are files beside it, the files within it.

    A mail that says nothing itself is read from what is attached to it, a note, a forwarded mail or
    an Outlook package, which stays an attachment.
    """
    body: list[Part] = []
    files: list[Part] = []
    for part in anatomy.parts:
        (body if _is_body(part) else files).append(part)
    text = _together(raw, body)
    text = text or _together(raw, [part for part in files if part.type == "text/plain"])
    text = text or _forwarded(raw, files) or _wrapped(raw, files)
    return text, files, _loose(raw, body)


def _loose(raw: bytes, body: Sequence[Part]) -> list[File]:
    """Give the files that stand as lines of signs in the text."""
    if b"begin " not in raw:
        return []
    texts = (mime.content(raw, part)[:_PART_BYTES] for part in body if part.type == "text/plain")
    found = (file for text in texts for file in uuencode.split(text)[1])
    return [File(decoded(name), "application/octet-stream", content) for name, content in found]


def _is_body(part: Part) -> bool:
    """Say whether a part is text to be read in place; a multipart without parts is such a text."""
    if part.type not in _BODY and not part.type.startswith("multipart/"):
        return False
    how, name = presented(part)
    return how != "attachment" and not name


def _forwarded(raw: bytes, files: Sequence[Part]) -> str:
    """Give the text of the first attached mail; what is attached to that one is not read."""
    mails = (mime.content(raw, part) for part in files if part.type == "message/rfc822")
    inner = next(mails, b"")
    return _together(inner, [part for part in mime.dissect(inner).parts if _is_body(part)])


def _wrapped(raw: bytes, files: Sequence[Part]) -> str:
    """Give the text in the first package of Outlook that says something."""
    for part in files:
        package = tnef.unpack(mime.content(raw, part))
        page = decoded(package.page, html.declared_charset(package.page))
        text = clean(package.text[:_TEXT]).strip() or html.text(page)
        if text:
            return text[:_TEXT]
    return ""


def _together(raw: bytes, parts: Sequence[Part]) -> str:
    """Join the texts in the order they stand, of alternatives the better one."""
    pages = 0
    kept: list[Part] = []
    for part in parts[:_TEXT_PARTS]:
        pages += part.type == "text/html"
        if part.type != "text/html" or pages <= _PAGES:
            kept.append(part)
    return _joined(raw, kept, 0)[:_TEXT].strip()


def _joined(raw: bytes, parts: Sequence[Part], level: int) -> str:
    """Join texts; `level` = how many of the alternatives around them are chosen already."""
    groups: dict[int, list[Part]] = {}
    for place, part in enumerate(parts, start=1):
        choice = part.choices[level][0] if len(part.choices) > level else -place
        groups.setdefault(choice, []).append(part)
    texts = (
        _better(raw, members, level) if choice > 0 else _alone(raw, members[0])
        for choice, members in groups.items()
    )
    return "\n\n".join(filter(None, texts))


def _better(raw: bytes, members: Sequence[Part], level: int) -> str:
    """Give the plain branches of an alternative if they say something, else what the HTML shows."""
    branches: dict[int, list[Part]] = {}
    for part in members:
        branches.setdefault(part.choices[level][1], []).append(part)
    rich = [parts for parts in branches.values() if _has_page(parts, level)]
    plains = [parts for parts in branches.values() if not _has_page(parts, level)]
    plain = "\n\n".join(filter(None, (_joined(raw, each, level + 1) for each in plains)))
    if plain and not (rich and len(plain) < _SHORT and _SEE_HTML.search(plain)):
        return plain
    return "\n\n".join(filter(None, (_joined(raw, each, level + 1) for each in rich))) or plain


def _has_page(parts: Sequence[Part], level: int) -> bool:
    """Say whether HTML stands in a branch, outside of alternatives within it, which choose too."""
    return any(part.type == "text/html" and len(part.choices) == level + 1 for part in parts)


def _alone(raw: bytes, part: Part) -> str:
    if part.type == "text/html":
        return _page(raw, part)
    return "" if part.type.endswith("html") else _plain(raw, part)


def _plain(raw: bytes, part: Part) -> str:
    data, _ = uuencode.split(mime.content(raw, part)[:_PART_BYTES])
    text = clean(decoded(data, part.params.get("charset", ""))[:_TEXT])
    if part.params.get("format", "").lower() == "flowed":
        text = _flowed(text, delete_space=part.params.get("delsp", "").lower() == "yes")
    return text.strip()


def _page(raw: bytes, part: Part) -> str:
    data = mime.content(raw, part)[:_PART_BYTES]
    charset = part.params.get("charset", "") or html.declared_charset(data)
    return html.text(decoded(data, charset))


def _flowed(text: str, *, delete_space: bool) -> str:
    """Join the lines that a program broke for the transport (RFC 3676 4); quotes stay as broken."""
    return _SOFT_BREAK.sub(r"\1" if delete_space else r"\1 ", _STUFFED.sub("", text))
