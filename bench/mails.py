"""A thousand complaints as citizens send them: the same ones in every run."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from typing import Final

OFFICE: Final = "pengaduan@kec-pekutatan.example"
_VILLAGES: Final = ("Medewi", "Pulukan", "Gumbrih", "Pekutatan", "Asahduren", "Manggissari")
_MATTERS: Final = ("jalan rusak", "lampu jalan mati", "sampah menumpuk", "air PAM keruh")
_SENTENCES: Final = (
    "Selamat pagi Bapak/Ibu, mohon bantuannya.",
    "Sudah dua minggu belum ada perbaikan.",
    "Kemarin ada warga yang jatuh karena kejadian ini.",
    "Kami sudah melapor kepada kelian banjar, namun belum ada tindakan.",
    "Mohon kiranya dapat segera ditindaklanjuti. Suksma.",
)
_PHOTO: Final = 200_000
_PDF: Final = 2_000_000


def mails(count: int, first: datetime) -> Iterator[bytes]:
    """Give raw mails: of a hundred 70 small, 20 with HTML, 8 with a photo, 2 with a PDF."""
    chance = random.Random(95)
    for at in range(count):
        mail = _plain(at, first + timedelta(seconds=at), chance)
        place = at % 100
        if place in range(70, 90):
            _with_html(mail)
        elif place in range(90, 98):
            _attached(mail, "image", "jpeg", b"\xff\xd8\xff\xe0" + chance.randbytes(_PHOTO))
        elif place >= 98:
            _attached(mail, "application", "pdf", b"%PDF-1.7\n" + chance.randbytes(_PDF))
        yield mail.as_bytes(policy=policy.SMTP)


def _plain(at: int, moment: datetime, chance: random.Random) -> EmailMessage:
    mail = EmailMessage()
    matter, village = chance.choice(_MATTERS), chance.choice(_VILLAGES)
    mail["Return-Path"] = f"<warga{at}@surel.example>"
    mail["From"] = f"Warga {at} <warga{at}@surel.example>"
    mail["To"] = OFFICE
    mail["Subject"] = f"{matter} di {village}"
    mail["Date"] = moment
    mail["Message-ID"] = f"<{at}.{chance.randrange(10**9)}@surel.example>"
    lines = chance.choices(_SENTENCES, k=chance.randint(2, 8))
    mail.set_content("\n".join([f"Saya melaporkan {matter} di {village}.", *lines]) + "\n")
    return mail


def _with_html(mail: EmailMessage) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in str(mail.get_content()).splitlines())
    mail.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")


def _attached(mail: EmailMessage, maintype: str, subtype: str, content: bytes) -> None:
    name = f"lampiran.{subtype}"
    mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
