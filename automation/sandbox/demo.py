"""The office at work on this computer: three complaints from the citizen's mail to the archive.

Town and worker are child processes as in real life; the officials act with gspread under their own identity.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from automation.errors import TransientError
from automation.sandbox.staff import Official, Post

Echo = Callable[[str], None]

_OFFICE: Final = "pengaduan@kec-pekutatan.example"
_PETUGAS: Final = "petugas@kec-pekutatan.example"
_WAYAN: Final = "wayan@warga.example"
_LUH: Final = "luh@warga.example"
_MAILS: Final = Path(__file__).with_name("mails")
_PATIENCE: Final = 25.0
"""Seconds that one step may take before the demo says what it waited for and fails."""

_LOOK_EVERY: Final = 0.25

_WHATSAPP: Final = {
    "Kanal": "WhatsApp",
    "Nama Pelapor": "Ketut",
    "Kontak": "+62 812-0000-0301",
    "Desa": "Asahduren",
    "Perihal": "Air PAM mati 4 hari",
    "Uraian Pengaduan": "Air PAM mati sudah 4 hari, anak-anak tidak bisa mandi ke sekolah. Mohon dibantu.",
    "Status Petugas": "Catat",
}
_ROAD: Final = (
    "Tim Kasi PMD bersama Perbekel Medewi telah memeriksa jalan di depan Balai Banjar Medewi. "
    "Lubang ditutup sementara hari ini dan pengaspalan dijadwalkan tanggal 1 Desember 2026."
)
_MUSIC: Final = "Pengelola tempat usaha sudah dihubungi."
_MUSIC_BETTER: Final = (
    "Pada tanggal 24 November 2026 Seksi Ketenteraman dan Ketertiban Umum telah menghubungi pengelola.\n"
    "Pengelola menyatakan kesediaan menghentikan musik paling lambat pukul 22.00 WITA. "
    "Pemantauan bersama Satpol PP dijadwalkan tanggal 28 dan 29 November 2026."
)
_WATER: Final = (
    "Gangguan pipa di Asahduren telah kami teruskan kepada Perumda Air Minum hari ini; "
    "mobil tangki air bersih datang besok pagi pukul 07.00 WITA."
)


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _Story:
    """What the player holds in hand: the people, the post, and how to tell it."""

    echo: Echo
    post: Post
    officials: Mapping[str, Official]
    begun: float

    def tell(self, text: str) -> None:
        """Print one step with the seconds since the start."""
        self.echo(f"[{time.monotonic() - self.begun:5.1f} s] {text}")

    def until(self, what: str, look: Callable[[], Found]) -> Found:
        """Look again until something is there; raises TransientError naming what was waited for."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := look()):
            if time.monotonic() > deadline:
                message = f"waited {_PATIENCE:.0f} s in vain for {what}"
                raise TransientError(message)
            time.sleep(_LOOK_EVERY)
        return found

    def row(self, role: str, **wanted: str) -> dict[str, str]:
        """Wait for a row of the register, seen through a role's own account."""
        return self.until(f"a row with {wanted}", lambda: self.officials[role].row(**wanted))

    def mail(self, address: str, subject: str) -> EmailMessage:
        """Wait for a mail in somebody's mailbox."""
        return self.until(
            f"a mail '{subject}' at {address}",
            lambda: next((m for m in self.post.mails(address) if subject in m["Subject"]), None),
        )  # type: ignore[return-value]

    def act(self, role: str, number: str, **cells: str) -> None:
        """Let a role type into its cells and tell it."""
        typed = {title.replace("_", " "): text for title, text in cells.items()}
        self.officials[role].type(number, typed)
        told = "; ".join(f"{title}: {text[:60]}" for title, text in typed.items())
        self.tell(f"{role:<12} {number}  {told}")

    def show(self, heading: str, mail: EmailMessage) -> None:
        """Print a mail as its reader sees it."""
        body = mail.get_body(("plain",))
        self.echo("")
        self.echo(f"----- {heading} " + "-" * max(0, 78 - len(heading)))
        for header in ("From", "To", "Subject"):
            self.echo(f"{header}: {mail[header]}")
        self.echo("")
        self.echo(str(body.get_content()).rstrip() if body else "(no text)")
        self.echo("-" * 85)
        self.echo("")


def play(directory: Path | None, echo: Echo, *, once: bool) -> int:
    """Start the town and its worker, play the three complaints, stop or stay up; gives the exit code."""
    begun = time.monotonic()
    with _place(directory) as place, _town(place, echo), _worker(place):
        settings = _read_settings(place)
        story = _open(place, settings, echo, begun)
        story.tell("the town is up: Google Sheets API, IMAP and SMTP on 127.0.0.1; the worker runs")
        _three_complaints(story)
        story.tell("three complaints answered and archived")
        if not once:
            _stay(place, settings, echo)
    return 0


# --- the town -----------------------------------------------------------------------------------


@contextmanager
def _place(directory: Path | None) -> Iterator[Path]:
    if directory is not None:
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="pengaduan-") as temporary:
        yield Path(temporary)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "automation", *words]


@contextmanager
def _child(words: list[str], log: Path, **options: object) -> Iterator["subprocess.Popen[str]"]:
    """Run a child that is told to stop, and stopped, when the block ends."""
    with log.open("a", encoding="utf-8") as sink:
        child = subprocess.Popen(words, stderr=sink, text=True, **options)  # type: ignore[call-overload]
        try:
            yield child
        finally:
            child.terminate()
            child.wait(timeout=20)


@contextmanager
def _town(place: Path, echo: Echo) -> Iterator[None]:
    words = _command("sandbox", "--dir", str(place))
    with _child(words, place / "town.log", stdout=subprocess.PIPE) as child:
        for line in child.stdout or ():
            if line.startswith("ready"):
                break
        else:
            message = f"the town did not start; see {place / 'town.log'}"
            raise TransientError(message)
        echo(line.strip())
        yield


@contextmanager
def _worker(place: Path) -> Iterator[None]:
    settings = ["--settings", str(place / "settings.env")]
    hurried = {**os.environ, "POLL_SECONDS": "1", "HOLD_MINUTES": "0"}
    log = place / "worker.log"
    with _child(_command("init", *settings), log, stdout=subprocess.DEVNULL, env=hurried) as child:
        if child.wait(timeout=60):
            message = f"the register could not be made; see {log}"
            raise TransientError(message)
    with _child(_command("work", *settings), log, stdout=subprocess.DEVNULL, env=hurried):
        yield


def _read_settings(place: Path) -> dict[str, str]:
    lines = (place / "settings.env").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _open(place: Path, settings: Mapping[str, str], echo: Echo, begun: float) -> _Story:
    accounts = place / "accounts"
    endpoint, sheet = settings["GOOGLE_API_ENDPOINT"], settings["SPREADSHEET_ID"]
    names = {
        "Petugas": "petugas",
        "Sekcam": "sekcam",
        "Kasi PMD": "kasi_pmd",
        "Kasi Trantib": "kasi_trantib",
        "Camat": "camat",
    }
    officials = {
        role: Official(accounts / f"{name}.json", endpoint, sheet) for role, name in names.items()
    }
    return _Story(echo, Post.of(settings, accounts), officials, begun)


def _stay(place: Path, settings: Mapping[str, str], echo: Echo) -> None:
    echo("")
    echo("The office stays open. Stop it with Ctrl-C. Connect to it with:")
    echo(f"  Sheets API  {settings['GOOGLE_API_ENDPOINT']}  spreadsheet {settings['SPREADSHEET_ID']}")
    echo(f"  IMAP        127.0.0.1:{settings['IMAP_PORT']}  SMTP 127.0.0.1:{settings['SMTP_PORT']}")
    echo(f"  accounts    {place / 'accounts'} (Google identities; mail.json has the mail passwords)")
    echo(f"  logs        {place / 'worker.log'}")
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


# --- the play -----------------------------------------------------------------------------------


def _three_complaints(story: _Story) -> None:
    road, music, water = _arrive(story)
    _disposition(story, {road: "Kasi PMD", music: "Kasi Trantib", water: "Kasi PMD"})
    _draft(story, "Kasi PMD", road, _ROAD)
    _draft(story, "Kasi Trantib", music, _MUSIC)
    _draft(story, "Kasi PMD", water, _WATER)
    _judge(story, road)
    _judge(story, water)
    _return(story, music)
    _answers(story, road, music)
    _by_hand(story, water)
    for number in (road, music, water):
        row = story.row("Camat", No__Register=number, Tahap="Selesai")
        story.tell(f"{'archived':<12} {number}  {row['Jejak Paraf']}")


def _arrive(story: _Story) -> tuple[str, str, str]:
    now = datetime.now(ZoneInfo("Asia/Makassar"))
    for name, who in (("jalan-rusak.eml", "wayan"), ("musik-malam.eml", "luh")):
        story.post.send((_MAILS / name).read_bytes(), _OFFICE, now)
        story.tell(f"{'citizen':<12} {who} writes to {_OFFICE} ({name})")
    story.officials["Petugas"].type_below(_WHATSAPP)
    story.tell(f"{'Petugas':<12} types a WhatsApp complaint into the next free row: Catat")
    found = [
        story.row("Petugas", Perihal=subject, No__Register="PKT-")["No. Register"]
        for subject in ("jalan rusak", "Musik", "Air PAM")
    ]
    story.tell(f"{'register':<12} {', '.join(found)}")
    story.show("acknowledgement, as the citizen receives it", story.mail(_WAYAN, f"[{found[0]}]"))
    return found[0], found[1], found[2]


def _disposition(story: _Story, to: Mapping[str, str]) -> None:
    for number, kasi in to.items():
        story.row("Sekcam", No__Register=number, Tahap="Menunggu disposisi")
        story.act(
            "Sekcam", number, Isi_Disposisi="Proses lebih lanjut", Disposisi_Sekcam=kasi
        )


def _draft(story: _Story, kasi: str, number: str, text: str) -> None:
    story.row(kasi, No__Register=number, Tahap="Penyusunan draf")
    story.act(kasi, number, Draf_Tanggapan=text, Status_Kasi="Diajukan")


def _judge(story: _Story, number: str) -> None:
    story.row("Camat", No__Register=number, Tahap="Menunggu koreksi Camat")
    story.act("Camat", number, Keputusan_Camat="Disetujui")


def _return(story: _Story, number: str) -> None:
    story.row("Camat", No__Register=number, Tahap="Menunggu koreksi Camat")
    note = "Sebutkan tanggal dan tindak lanjutnya."
    story.act("Camat", number, Catatan_Camat=note, Keputusan_Camat="Dikembalikan")
    story.row("Kasi Trantib", No__Register=number, Tahap="Dikembalikan ke Kasi")
    story.until(
        "the emptied Status Kasi",
        lambda: not story.officials["Kasi Trantib"].row(No__Register=number)["Status Kasi"],
    )
    story.act("Kasi Trantib", number, Draf_Tanggapan=_MUSIC_BETTER, Status_Kasi="Diajukan")
    story.row("Camat", No__Register=number, Tahap="Menunggu koreksi Camat", Pesan_Sistem="versi 2")
    story.until(
        "the emptied Keputusan Camat",
        lambda: not story.officials["Camat"].row(No__Register=number)["Keputusan Camat"],
    )
    story.act("Camat", number, Keputusan_Camat="Disetujui")


def _answers(story: _Story, road: str, music: str) -> None:
    subject = "Tanggapan Pengaduan"
    story.show("answer, approved at first", story.mail(_WAYAN, f"[{road}] {subject}"))
    story.show("answer, returned once", story.mail(_LUH, f"[{music}] {subject}"))


def _by_hand(story: _Story, number: str) -> None:
    story.mail(_PETUGAS, f"[{number}] Tanggapan disetujui")
    story.tell(f"{'Petugas':<12} {number}  reads the text from the mail to the citizen by WhatsApp")
    story.act("Petugas", number, Status_Petugas="Sudah disampaikan")
