"""Mails as the reading module hands them on, built directly: a citizen's by default."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from automation.intake.facts import Facts
from automation.model import Attachment, InboundMail

OFFICE: Final = "pengaduan@kec-pekutatan.example"
PETUGAS: Final = "petugas@kec-pekutatan.example"
WAYAN: Final = "wayan@warga.example"
CASE: Final = "PKT-2026-0140"
ACK: Final = "<PKT-2026-0140.t01.0123456789abcdef@kec-pekutatan.example>"

_CITIZENS: Final = InboundMail(
    key="0" * 64,
    message_id="<1@warga.example>",
    subject="lapor jalan rusak",
    from_name="wayan b",
    from_address=WAYAN,
    reply_to="",
    to=(OFFICE,),
    cc=(),
    in_reply_to=(),
    references=(),
    date=None,
    received=datetime(2026, 11, 24, 0, 12, tzinfo=UTC),
    text="slmt pagi pak camat, jln di medewi byk lobang",
    own_text="slmt pagi pak camat, jln di medewi byk lobang",
    headers={},
    parts=("text/plain",),
)


def mail(headers: dict[str, str] | None = None, **changes: object) -> InboundMail:
    """Give a citizen's mail with some things changed; `headers` by lower-case name."""
    told = {"from": WAYAN, **(headers or {})}
    values = {name: (value,) for name, value in told.items()}
    return replace(_CITIZENS, headers=values, **changes)  # type: ignore[arg-type]


def reply(own_text: str, **changes: object) -> InboundMail:
    """Give the answer of the complainant to our acknowledgement."""
    subject = f"Re: [{CASE}] Pengaduan Bapak/Ibu telah kami catat"
    told = {"subject": subject, "in_reply_to": (ACK,), "own_text": own_text, **changes}
    return mail(**told)  # type: ignore[arg-type]


def attachment(
    name: str, type_: str = "application/octet-stream", content: bytes = b""
) -> Attachment:
    """Give a file that came with a mail."""
    return Attachment(name, type_, len(content), content=content)


def facts(threaded: str = "", complainant: str = WAYAN, **changes: object) -> Facts:
    """Give what the office knows: one case, of Wayan unless another complainant is named."""
    known = {CASE: complainant}
    told = Facts(
        own_addresses=frozenset({OFFICE}),
        staff_addresses=frozenset({PETUGAS, "camat@kec-pekutatan.example"}),
        threaded=threaded,
        address_of=lambda number: known.get(number, ""),
        authserv_id="mx.kec-pekutatan.example",
    )
    return replace(told, **changes)  # type: ignore[arg-type]


SERVER: Final = "mx.kec-pekutatan.example"
REFUSED: Final = {
    "authentication-results": f"{SERVER}; dmarc=fail (p=REJECT sp=REJECT) header.from=warga.example"
}
"""What the office's mail server writes on a mail whose sender is forged."""

KNOWN: Final = facts()
THREADED: Final = facts(CASE)
