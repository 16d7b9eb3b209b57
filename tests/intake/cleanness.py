"""What every reading of a mail must be free of, whatever the bytes were."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final

from automation.errors import RejectedError
from automation.intake.message import identity, read
from automation.model import InboundMail

RECEIVED: Final = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)
UNCLEAN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def strings(value: object) -> Iterator[str]:
    """Give every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, dict):
        yield from strings(tuple(value.items()))


def faults(mail: InboundMail) -> list[str]:
    """Give every text of a mail that would bite a cell, a letter or a log."""
    told = {field.name: getattr(mail, field.name) for field in fields(mail)}
    told["attachments"] = tuple((a.name, a.type) for a in mail.attachments)
    lines = {name: list(strings(value)) for name, value in told.items()}
    singles = [
        s for name, found in lines.items() for s in found if name not in {"text", "own_text"}
    ]
    return [
        *(s for found in lines.values() for s in found if UNCLEAN.search(s)),
        *(s for found in lines.values() for s in found if not unicodedata.is_normalized("NFC", s)),
        *(s for s in singles if "\n" in s or "\t" in s),
    ]


def read_or_refused(content: bytes) -> list[str]:
    """Read, and give what is wrong with the result; a refusal is right."""
    identity(content)
    try:
        mail = read(content, RECEIVED)
    except RejectedError:
        return []
    assert mail.from_address == "" or re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", mail.from_address)
    assert all(not re.search(r"[/\\]|^\.", a.name) and a.name for a in mail.attachments)
    assert all(len(a.name.encode()) <= 200 for a in mail.attachments)
    return faults(mail)
