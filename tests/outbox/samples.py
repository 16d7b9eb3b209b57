"""One case and one letter of each kind, and the shapes in which cases come."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, strict
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from automation.model import (
    Calendar,
    Case,
    Channel,
    Hours,
    Letter,
    LetterCode,
    Office,
    Official,
    Role,
    Stage,
)
from automation.outbox.letters import LetterWriter

ROOT: Final = Path(__file__).parents[2]
TEMPLATES: Final = ROOT / "mail_templates"
SENDER: Final = "pengaduan@kec-pekutatan.example"
LINK: Final = "https://docs.google.com/spreadsheets/d/abc/edit#gid=0&range=A7"
WITA: Final = ZoneInfo("Asia/Makassar")
WORDS: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads(
    (ROOT / "sheets_schema" / "words.toml").read_text(encoding="utf-8")
)
SLOT: Final = ((time(7, 30), time(15)),)
FRIDAY: Final = ((time(6, 30), time(14)),)
CALENDAR: Final = Calendar(
    "Asia/Makassar",
    (Hours(date(2024, 11, 25), None, {0: SLOT, 1: SLOT, 2: SLOT, 3: SLOT, 4: FRIDAY}),),
)
OFFICE: Final = Office(
    CALENDAR,
    (
        Official(Role.PETUGAS, "", "Petugas Pengaduan", "", "petugas@kec.example"),
        Official(Role.SEKCAM, "", "Sekretaris Camat", "", "sekcam@kec.example"),
        Official(Role.KASI, "kasi_trantib", "Kasi Trantib", "", "trantib@kec.example"),
        Official(Role.KASI, "kasi_pmd", "Kasi PMD", "", "pmd@kec.example"),
        Official(Role.CAMAT, "", "Camat Pekutatan", "I Made Contoh, S.Sos.", "camat@kec.example"),
    ),
    phone="082146355937",
    address="Jalan Raya Pekutatan\N{EN DASH}Pupuan, Pekutatan 82262",
)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    """Give a moment of November 2026 in the office's zone; the 24th is a Tuesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=WITA)


NOW: Final = at(9, 5)
ANSWER: Final = """Pada tanggal 24 November 2026 Seksi PMD telah memeriksa jalan dimaksud.

1. Lubang ditutup sementara pada hari yang sama.
2. Perbaikan tetap dijadwalkan pada 1 Desember 2026."""
CASE: Final = Case(
    number="PKT-2026-0001",
    stage=Stage.SIAP_DISAMPAIKAN,
    channel=Channel.EMAIL,
    recorded=at(8, 12),
    starts=at(8, 12),
    due=at(9, 47),
    entered=at(9),
    name="I Ketut Darmayasa",
    email="ketut.darmayasa@warga.example",
    phone="081338555012",
    subject="Jalan berlubang di Banjar Baler",
    text="Jalan di depan rumah saya berlubang.",
    message_id="<CAF7x@mail.warga.example>",
    thread=("<lama@warga.example>",),
    kasi="kasi_pmd",
    versions=("Draf lama.", ANSWER),
    approved=2,
    approved_at=at(9, 3),
    fields={
        "desa": "Medewi",
        "sifat": "Segera",
        "draf": "Draf yang sedang ditulis ulang.",
        "catatan_camat": "Jangan sebut nama petugas.",
        "keterangan": "Pelapor sering menelepon.",
    },
)
BY_HAND: Final = replace(CASE, channel=Channel.WHATSAPP, email="", message_id="", thread=())
LONG: Final = "jalan rusak " * 40
SHAPES: Final[Mapping[str, Case]] = {
    "plain": CASE,
    "nameless": replace(CASE, name=""),
    "address for a name": replace(CASE, name="ketut.darmayasa@warga.example"),
    "no subject": replace(CASE, subject=""),
    "subject too long": replace(CASE, subject=LONG, name=LONG),
    "link in subject": replace(CASE, subject="Hadiah di https://jahat.example/x"),
    "outside hours": replace(CASE, recorded=at(21, 40, 22), starts=at(7, 30, 23)),
    "nothing typed": replace(CASE, fields={}),
    "confidential": replace(CASE, fields={**CASE.fields, "dirahasiakan": " YA "}),
    "unknown Kasi": replace(CASE, kasi="kasi_lama"),
    "no Kasi yet": replace(CASE, kasi=""),
    "before the answer": replace(CASE, stage=Stage.MENUNGGU_DISPOSISI),
    "no thread": replace(CASE, message_id="", thread=()),
    "broken thread": replace(CASE, message_id="<a b@c>\r\nBcc: x@y.example", thread=("x", "<>")),
    "line breaks": replace(
        CASE, name="Made\r\nBcc: x@y.example", subject="=?utf-8?q?a=0D=0ABcc:_x?=\r\nBcc: x@y.id"
    ),
    "markup": replace(CASE, name="<b>Made</b>", subject="<script>alert(1)</script> & {{ nomor }}"),
    **{f"by {channel}": replace(BY_HAND, channel=channel) for channel in Channel},
}
STEP: Final = {"batas_langkah": at(8, 27).isoformat()}
FACTS: Final[Mapping[LetterCode, tuple[Role, dict[str, str]]]] = {
    LetterCode.T01: (Role.PELAPOR, {}),
    LetterCode.T03: (Role.SEKCAM, STEP),
    LetterCode.T04: (
        Role.KASI,
        STEP | {"isi_disposisi": "Proses lebih lanjut", "catatan_sekcam": "Hubungi Perbekel."},
    ),
    LetterCode.T05: (Role.CAMAT, STEP | {"versi": "2"}),
    LetterCode.T06: (Role.KASI, {"catatan": "Sebutkan tanggal perbaikan.", "sisa": "12"}),
    LetterCode.T07: (Role.PETUGAS, {"versi": "2"}),
    LetterCode.T10: (Role.PELAPOR, {"versi": "2"}),
    LetterCode.T16: (Role.PETUGAS, {"sebab": f"550 5.1.1 <{CASE.email}>: User unknown"}),
    LetterCode.T19: (
        Role.PETUGAS,
        {"gangguan": "Sistem tidak dapat membaca kotak surat", "sejak": at(8).isoformat()},
    ),
}


def writer(*folders: Path, secret: bytes = b"rahasia") -> LetterWriter:
    """Give a writer; `folders` come before the packaged templates."""
    return LetterWriter([*folders, TEMPLATES], WORDS, SENDER, secret)


WRITER: Final = writer()


def letter(code: LetterCode, **facts: str) -> Letter:
    """Give a letter of this kind, with these facts changed."""
    to, usual = FACTS[code]
    number = "" if code is LetterCode.T19 else CASE.number
    return Letter(
        key=f"{number or 'sistem'}/{code}/1",
        code=code,
        number=number,
        to=to,
        kasi="kasi_pmd" if to is Role.KASI else "",
        facts={**usual, **facts},
    )


def written(code: LetterCode, case: Case = CASE, office: Office = OFFICE) -> EmailMessage:
    """Write a letter about a case; one to a complainant without address goes to a made-up one."""
    about = None if code is LetterCode.T19 else case
    if about and FACTS[code][0] is Role.PELAPOR and not about.email:
        about = replace(about, email="warga@warga.example")
    return WRITER.compose(letter(code), about, office, LINK, NOW)


def arrived(message: EmailMessage) -> EmailMessage:
    """Send a letter through its wire form and read it as a strict parser does."""
    read = message_from_bytes(message.as_bytes(policy=SMTP), policy=strict)
    assert isinstance(read, EmailMessage)
    return read


def text_of(message: EmailMessage) -> str:
    """Give the plain text as its reader sees it."""
    return _body(message, "plain")


def html_of(message: EmailMessage) -> str:
    """Give the HTML source."""
    return _body(message, "html")


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """What a reader finds on the HTML page: its text, its links, the elements it is made of."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._inside = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a paragraph, a line or a link."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "p":
            self.text += "\n\n" if self.text else ""
            self._inside = True
        elif tag == "br":
            self.text += "\n"
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph."""
        self._inside = self._inside and tag != "p"

    def handle_data(self, data: str) -> None:
        """Collect the text of paragraphs."""
        self.text += data if self._inside else ""
