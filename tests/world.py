"""A whole office in memory: the real worker over fakes of the wires, with a clock moved by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from automation import wiring
from automation.archive.disk import DiskArchive
from automation.ledger.store import SqliteLedger
from automation.model import Case, Cell, Office, Role
from automation.outbox.contents import Words
from automation.outbox.letters import LetterWriter
from automation.register import defaults, rows
from automation.register.office import office_from_toml
from automation.register.schema import Schema
from automation.resources import data_folder
from automation.steps.house import House
from automation.worker import Report, Worker
from tests.fakes.mail import ListInbox, RecordingOutbound
from tests.fakes.register import InMemoryRegister
from tests.weather import Weather

WITA = ZoneInfo("Asia/Makassar")
OFFICE_ADDRESS = "pengaduan@kec-pekutatan.example"
ADDRESSES = {
    "petugas": "petugas@kec-pekutatan.example",
    "sekcam": "sekcam@kec-pekutatan.example",
    "kasi_pemerintahan": "kasi.pem@kec-pekutatan.example",
    "kasi_trantib": "kasi.trantib@kec-pekutatan.example",
    "kasi_pmd": "kasi.pmd@kec-pekutatan.example",
    "kasi_kesos": "kasi.kesos@kec-pekutatan.example",
    "kasi_pelum": "kasi.pelum@kec-pekutatan.example",
    "camat": "camat@kec-pekutatan.example",
}
MORNING = datetime(2026, 11, 24, 8, 12, tzinfo=WITA)  # a Tuesday


@cache
def shipped() -> tuple[Schema, Office, Words]:
    """Give schema, office and words as they are shipped; read once for all tests."""
    schema = wiring.schema()
    return schema, office_from_toml(schema, ADDRESSES), schema.words


def office_tabs() -> dict[str, defaults.Lines]:
    """Give the office's own tabs as `pengaduan init` fills them."""
    schema, office, _ = shipped()
    return defaults.tabs(office, schema)


@dataclass(slots=True)
class HandClock:
    """A clock that stands until it is moved."""

    moment: datetime = MORNING

    def now(self) -> datetime:
        """Give the moment it was set to."""
        return self.moment


@dataclass(slots=True)
class World:
    """The office, its wires and its worker; acts are named as the office names them."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    inbox: ListInbox = field(default_factory=ListInbox)
    register: InMemoryRegister = field(default_factory=lambda: InMemoryRegister(office_tabs()))
    outbound: RecordingOutbound = field(default_factory=RecordingOutbound)
    ledger: SqliteLedger = field(default_factory=lambda: SqliteLedger(None, WITA))
    installation: str = "aaaa1111@kantor"
    weather: Weather = field(default_factory=Weather)
    mails: int = 0

    def house(self) -> House:
        """Wire the fakes."""
        schema, office, words = shipped()
        return House(
            clock=self.clock,
            inbox=self.inbox,
            register=self.register,
            outbound=self.outbound,
            archive=DiskArchive(self.folder),
            ledger=self.ledger,
            letters=LetterWriter([data_folder("mail_templates")], words, OFFICE_ADDRESS, b"test"),
            schema=schema,
            office=office,
            own_addresses=frozenset({OFFICE_ADDRESS}),
            link=lambda position: f"https://sheet.example/#range=A{position}",
            installation=self.installation,
            adopt_since=MORNING - timedelta(days=1),
        )

    def settle(self, passes: int = 1) -> Report:
        """Let the worker make passes until nothing is left to show; foul weather comes before."""
        for _ in range(self.weather.passes):
            with self.weather.over(self.house()) as house:
                Worker(house).once()
        worker = Worker(self.house())
        report = worker.run()
        for _ in range(passes - 1):
            report = worker.run()
        return report

    def later(self, **by: float) -> None:
        """Move the clock on."""
        self.clock.moment += timedelta(**by)

    # --- what people do ---------------------------------------------------------------------------

    def mail_arrives(
        self,
        sender: str = "wayan@warga.example",
        subject: str = "lapor jalan rusak",
        text: str = "jalan berlubang di Medewi",
        headers: Mapping[str, str] | None = None,
    ) -> EmailMessage:
        """Let a citizen's mail arrive."""
        self.mails += 1
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = OFFICE_ADDRESS
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{self.mails}@warga.example>"
        mail["Date"] = self.clock.moment
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        self.inbox.arrive(mail.as_bytes(), self.clock.moment)
        return mail

    def choose(self, number: str, **cells: Cell) -> None:
        """Let somebody type into cells of a row, by column name."""
        for column, cell in cells.items():
            self.register.type(number, column, cell)

    # --- what can be seen -------------------------------------------------------------------------

    def number(self) -> str:
        """Give the number of the latest case."""
        return list(self.ledger.cases())[-1]

    def case(self, number: str = "") -> Case:
        """Give a case, the latest by default."""
        return self.ledger.cases()[number or self.number()]

    def cell(self, number: str, column: str) -> str:
        """Give what a cell of a row says."""
        return rows.text(self.register.line(number).cells.get(column))

    def letters_to(self, address: str) -> list[EmailMessage]:
        """Give the letters that reached an address."""
        return [m for m in self.outbound.sent if m["To"].addresses[0].addr_spec == address]

    def subjects_to(self, role: Role | str) -> list[str]:
        """Give the subjects of letters to a role's key or to an address, oldest first."""
        address = ADDRESSES.get(str(role), str(role))
        return [str(m["Subject"]) for m in self.letters_to(address)]


def drafting(world: World, kasi: str = "Kasi PMD") -> str:
    """Bring the latest complaint to a Kasi's desk and give its number."""
    world.settle()
    number = world.number()
    world.choose(number, disposisi=kasi)
    world.settle()
    return number


def submitted(world: World, draft: str = "Sudah diperbaiki.", kasi: str = "Kasi PMD") -> str:
    """Bring the latest complaint before the Camat and give its number."""
    number = drafting(world, kasi)
    world.choose(number, draf=draft, status_kasi="Diajukan")
    world.settle()
    return number


def answered(world: World, draft: str = "Sudah diperbaiki.", kasi: str = "Kasi PMD") -> str:
    """Bring the latest complaint to the Camat's approval (in the hold) and give its number."""
    number = submitted(world, draft, kasi)
    world.choose(number, keputusan_camat="Disetujui")
    world.settle()
    return number


def whatsapp_cells() -> dict[str, Cell]:
    """Give the cells of a WhatsApp complaint that the Petugas typed and marked Catat."""
    return {
        "kanal": "WhatsApp",
        "nama": "Ketut",
        "kontak": "+62 812-0000-0301",
        "perihal": "Air PAM mati",
        "uraian": "Air mati 4 hari di Asahduren.",
        "status_petugas": "Catat",
    }


def text_of(letter: EmailMessage) -> str:
    """Give the text of a letter as its reader sees it."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
