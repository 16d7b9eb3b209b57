"""Three complaints from the citizen's mail to the archive, told step by step as they happen.

One is approved at first, one is returned once, one came by WhatsApp and is entered by hand. The
officials act by gspread under their own accounts and type into their own columns only.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final, TypeVar

from automation.errors import PengaduanError
from automation.sandbox.people import OFFICE, ROLES
from automation.sandbox.staff import NUMBER, Letterbox, Official

_MAILS: Final = Path(__file__).with_name("mails")
_WAYAN: Final = "wayan@warga.example"
_LUH: Final = "luh@warga.example"
_PATIENCE: Final = 25.0
"""Seconds that one step may take before the demo says what it waited for and fails."""

_LOOK_EVERY: Final = 0.2
_WIDE: Final = 85
_LEFT: Final = 12
_SHOWN: Final = 60
_SATURDAY: Final = 5
_MONTHS: Final = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)

_WHATSAPP: Final = {
    "Kanal": "WhatsApp",
    "Nama Pelapor": "Ketut",
    "Kontak": "+62 812-0000-0301",
    "Desa": "Asahduren",
    "Perihal": "Air PAM mati 4 hari",
    "Uraian Pengaduan": (
        "Air PAM mati sudah 4 hari, anak-anak tidak bisa mandi ke sekolah. Mohon dibantu."
    ),
    "Status Petugas": "Catat",
}
_WATER: Final = (
    "Gangguan pipa di Asahduren telah kami teruskan kepada Perumda Air Minum hari ini. "
    "Mobil tangki air bersih dijadwalkan datang besok pagi pukul 07.00 WITA."
)
_MUSIC: Final = "Pengelola tempat usaha sudah dihubungi."
_STAGE: Final = "Tahap"

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Stage:
    """What the player holds in hand; `check` raises when town or worker are gone."""

    echo: Callable[[str], None]
    post: Letterbox
    officials: Mapping[str, Official]  # by title
    check: Callable[[], None]
    begun: float  # time.monotonic()
    now: datetime  # the office's wall clock at the beginning

    def tell(self, who: str, text: str) -> None:
        """Print one step with the seconds since the start."""
        self.echo(f"[{time.monotonic() - self.begun:5.1f} s] {who:<{_LEFT}} {text}")

    def until(self, what: str, look: Callable[[], Found | None]) -> Found:
        """Look again until something is there. Raises PengaduanError that names it."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := look()):
            self.check()
            if time.monotonic() > deadline:
                raise PengaduanError(f"waited {_PATIENCE:.0f} s in vain for {what}")
            time.sleep(_LOOK_EVERY)
        return found

    def row(self, official: str, number: str, wanted: Mapping[str, str]) -> dict[str, str]:
        """Wait until a row looks so, seen through an official's own account."""
        there = {NUMBER: number, **wanted}
        told = ", ".join(f"{title} '{text}'" for title, text in wanted.items())
        return self.until(
            f"{number} with {told}", lambda: self.officials[official].row(there) or None
        )

    def mail(self, address: str, subject: str) -> EmailMessage:
        """Wait for a mail in somebody's mailbox."""
        return self.until(
            f"a mail '{subject}' to {address}",
            lambda: next((m for m in self.post.mails(address) if subject in m["Subject"]), None),
        )

    def act(self, official: str, number: str, cells: Mapping[str, str]) -> None:
        """Let an official type into cells of a row, and tell it."""
        self.officials[official].type(number, cells)
        told = "; ".join(f"{title}: {_short(text)}" for title, text in cells.items())
        self.tell(official, f"{number}  {told}")

    def show(self, heading: str, mail: EmailMessage) -> None:
        """Print a mail as its reader sees it."""
        body = mail.get_body(("plain",))
        self.echo(f"\n----- {heading} ".ljust(_WIDE, "-"))
        for header in ("From", "To", "Subject"):
            self.echo(f"{header}: {mail[header]}")
        self.echo("\n" + (str(body.get_content()).rstrip() if body else "(no text)"))
        self.echo("-" * _WIDE + "\n")


def play(stage: Stage) -> None:
    """Play the three complaints. Raises PengaduanError when a step does not come about."""
    road, music, water = _arrive(stage)
    _disposition(stage, {road: "Kasi PMD", music: "Kasi Trantib", water: "Kasi PMD"})
    _draft(stage, "Kasi PMD", road, _road(stage.now.date()))
    _draft(stage, "Kasi Trantib", music, _MUSIC)
    _draft(stage, "Kasi PMD", water, _WATER)
    _approve(stage, road)
    _approve(stage, water)
    _return(stage, music, _music(stage.now.date()))
    _answers(stage, road, music)
    _by_hand(stage, water)
    for number in (road, music, water):
        row = stage.row("Camat", number, {_STAGE: "Selesai"})
        stage.tell("archived", f"{number}  {row['Jejak Paraf']}")


def _arrive(stage: Stage) -> tuple[str, str, str]:
    petugas = stage.officials["Petugas"]
    known = {row[NUMBER] for row in petugas.rows()}
    petugas.type_below(_WHATSAPP)
    stage.tell("Petugas", "types a complaint that came by WhatsApp into the next free row: Catat")
    for file, who in (("jalan-rusak.eml", "wayan"), ("musik-malam.eml", "luh")):
        stage.post.send((_MAILS / file).read_bytes(), OFFICE, stage.now)
        stage.tell("citizen", f"{who} writes to {OFFICE} ({file})")

    def number(subject: str) -> str:
        wanted = {"Perihal": subject, NUMBER: "PKT-"}
        return stage.until(f"a row about {subject}", lambda: petugas.row(wanted, known))[NUMBER]

    road, music, water = number("jalan rusak"), number("Musik"), number("Air PAM")
    stage.tell("register", f"{road} jalan, {music} musik, {water} air")
    stage.show("acknowledgement, as the citizen receives it", stage.mail(_WAYAN, f"[{road}]"))
    return road, music, water


def _disposition(stage: Stage, to: Mapping[str, str]) -> None:
    for number, kasi in to.items():
        stage.row("Sekcam", number, {_STAGE: "Menunggu disposisi"})
        order = {"Isi Disposisi": "Proses lebih lanjut", "Disposisi Sekcam": kasi}
        stage.act("Sekcam", number, order)


def _draft(stage: Stage, kasi: str, number: str, text: str) -> None:
    stage.row(kasi, number, {_STAGE: "Penyusunan draf"})
    stage.act(kasi, number, {"Draf Tanggapan": text, "Status Kasi": "Diajukan"})


def _approve(stage: Stage, number: str) -> None:
    stage.row("Camat", number, {_STAGE: "Menunggu koreksi Camat", "Keputusan Camat": ""})
    stage.act("Camat", number, {"Keputusan Camat": "Disetujui"})


def _return(stage: Stage, number: str, better: str) -> None:
    stage.row("Camat", number, {_STAGE: "Menunggu koreksi Camat"})
    why = "Sebutkan tanggal dan tindak lanjutnya."
    stage.act("Camat", number, {"Catatan Camat": why, "Keputusan Camat": "Dikembalikan"})
    stage.row("Kasi Trantib", number, {_STAGE: "Dikembalikan ke Kasi", "Status Kasi": ""})
    stage.act("Kasi Trantib", number, {"Draf Tanggapan": better, "Status Kasi": "Diajukan"})
    _approve(stage, number)


def _answers(stage: Stage, road: str, music: str) -> None:
    subject = "Tanggapan Pengaduan"
    stage.show("answer, approved at first", stage.mail(_WAYAN, f"[{road}] {subject}"))
    stage.show("answer, returned once", stage.mail(_LUH, f"[{music}] {subject}"))


def _by_hand(stage: Stage, number: str) -> None:
    stage.mail(ROLES["petugas"], f"[{number}] Tanggapan disetujui")
    stage.tell("Petugas", f"{number}  reads the text from the mail to the citizen by WhatsApp")
    conveyed = {"Disampaikan Lewat": "WhatsApp", "Status Petugas": "Sudah disampaikan"}
    stage.act("Petugas", number, conveyed)


# --- what the officials write -------------------------------------------------------------------


def _road(today: date) -> str:
    return (
        "Tim Kasi PMD bersama Perbekel Medewi telah memeriksa jalan di depan Balai Banjar Medewi. "
        "Lubang telah ditutup sementara hari ini dan pengaspalan dijadwalkan paling lambat "
        f"tanggal {_told(today + timedelta(days=7))}."
    )


def _music(today: date) -> str:
    saturday = today + timedelta(days=(_SATURDAY - today.weekday() - 1) % 7 + 1)
    return (
        f"Pada tanggal {_told(today)} Seksi Ketenteraman dan Ketertiban Umum telah menghubungi "
        "pengelola tempat usaha tersebut.\n"
        "Pengelola menyatakan kesediaan menghentikan musik paling lambat pukul 22.00 WITA. "
        f"Pemantauan bersama Satpol PP dijadwalkan pada hari Sabtu, {_told(saturday)}."
    )


def _told(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
