"""`restore` and `verify` over real sockets: a lost sheet is made again, and the office goes on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import gspread
import pytest
from click.testing import CliRunner, Result
from google.auth.transport.requests import AuthorizedSession

from automation import recovery, wiring
from automation.cli import main
from automation.sandbox.people import OFFICE, ROLES, WORKER
from automation.settings import Settings
from automation.worker import Outcome
from tests.sandbox.towns import Town, fetched
from tests.weather import cloud

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]

WAYAN = "wayan@warga.example"
LETTER = b"From: wayan@warga.example\r\nSubject: lapor %d\r\nMessage-ID: <%d@w>\r\n\r\njalan %d\r\n"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run an office with two complaints, one of them dispositioned, and hours of its own."""
    town = Town(tmp_path_factory.mktemp("restore") / "town")
    wiring.init(town.settings)
    wiring.run_once(town.settings)  # mail from before it would be history
    for n in (1, 2):
        town.send(LETTER % (n, n, n), WAYAN, OFFICE)
    for n in (3, 4):
        town.send(b"List-Id: <promo.example>\r\n" + LETTER % (n, n, n), WAYAN, OFFICE)
    wiring.run_once(town.settings)
    book = town.sheet("owner")
    write(book, "Karantina", "Tindakan", "Gabungkan ke nomor")
    write(book, "Karantina", "Ke No. Register", str(book.worksheet("Register").acell("A3").value))
    write(book, "Register", "Disposisi Sekcam", "Kasi PMD")
    write(book, "Register", "Catatan Sekcam", "=mohon segera")
    settings_tab = book.worksheet("Pengaturan")
    name = settings_tab.find("Nama kantor")
    assert name is not None
    settings_tab.update_cell(name.row, 2, "Kantor Camat Uji")
    wiring.run_once(town.settings)
    yield town
    town.end()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait: the town has no quota."""
    monkeypatch.setattr("automation.steps.restore._SPACING", 0)


def write(book: gspread.Spreadsheet, tab: str, column: str, text: str) -> None:
    """Type into the first row below the header, as text."""
    sheet = book.worksheet(tab)
    place = sheet.row_values(1).index(column) + 1
    sheet.update([[text]], gspread.utils.rowcol_to_a1(2, place), raw=True)


def blank(town: Town) -> gspread.Spreadsheet:
    """Let the owner make a new spreadsheet and share it with the worker."""
    session = town.sheet("owner").client.session
    assert isinstance(session, AuthorizedSession)
    book = gspread.Client(auth=session.credentials, session=session).create("Register baru")
    book.share(WORKER, perm_type="user", role="writer", notify=False)
    return book


def command(town: Town, *words: str) -> Result:
    """Run a command with the town's settings."""
    return CliRunner().invoke(main, [*words, "--settings", str(town.place / "settings.env")])


def at(town: Town, book: gspread.Spreadsheet) -> Settings:
    """Give the settings with another spreadsheet, as the operator sets it."""
    return replace(town.settings, spreadsheet_id=book.id)


def shown(book: gspread.Spreadsheet, tab: str) -> list[list[str]]:
    """Give a tab as people see it, without what the clock changes."""
    header, *lines = book.worksheet(tab).get_all_values()
    kept = [i for i, title in enumerate(header) if title not in {"Sisa Menit", "Pesan Sistem"}]
    return [[line[i] for i in kept] for line in (header, *lines)]


def inbox(town: Town) -> int:
    """Count the letters that a citizen, the Sekcam and the Petugas have got."""
    total = 0
    for address in (WAYAN, ROLES["sekcam"], ROLES["petugas"]):
        with town.box(address) as client:
            total += len(fetched(client))
    return total


def test_a_blank_sheet_becomes_the_register(town: Town) -> None:
    """Rows, history and the office's own tabs come back; nothing differs, nothing leaves."""
    book, before = blank(town), inbox(town)
    said = command(town, "restore", "--into", book.id)
    assert (said.exit_code, said.stderr) == (0, "")
    assert f"SPREADSHEET_ID={book.id}\n" in said.stdout
    old = town.sheet("owner")
    tabs = ("Register", "Riwayat", "Karantina", "Surat Lain", "Peran", "Kalender", "Pengaturan")
    assert [shown(old, tab) for tab in tabs] == [shown(book, tab) for tab in tabs]

    report = wiring.run_once(at(town, book))

    assert report.sheet is not None
    assert (Outcome.FINE, 0, 0) == (report.outcome, report.sheet.inserted, report.letters.sent)
    assert [shown(old, tab) for tab in tabs] == [shown(book, tab) for tab in tabs]
    assert before == inbox(town) > 0
    assert () == recovery.verify(at(town, book)).differences


def test_a_restoration_that_was_killed_goes_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It dies between rows and history; the mark tells that the half-made sheet is its own."""
    book = blank(town)
    with monkeypatch.context() as broken:
        broken.setattr("automation.steps.restore._lines", _die)
        assert isinstance(command(town, "restore", "--into", book.id).exception, KilledError)
    said = command(town, "restore", "--into", book.id)

    assert (said.exit_code, "going on" in said.stdout) == (0, True)
    assert shown(town.sheet("owner"), "Riwayat") == shown(book, "Riwayat")


def test_a_restoration_in_foul_weather_comes_to_its_end(town: Town) -> None:
    """Each command that Google broke off is given again, and nothing is written twice."""
    book, dice = blank(town), Random(1)
    codes: list[int] = []
    while 0 not in codes and len(codes) < 12:
        assert town.control("faults", cloud(dice, book.id)).ok
        codes.append(command(town, "restore", "--into", book.id).exit_code)

    assert [75] * (len(codes) - 1) + [0] == codes
    tabs = ("Register", "Riwayat", "Peran", "Kalender", "Pengaturan")
    old = town.sheet("owner")
    assert [shown(old, tab) for tab in tabs] == [shown(book, tab) for tab in tabs]


class KilledError(Exception):
    """The process died here."""


def _die(*_: object) -> None:
    raise KilledError


@pytest.mark.parametrize("target", ["in use", "restored", "foreign"])
def test_a_sheet_in_which_anything_stands_is_left_alone(town: Town, target: str) -> None:
    """Nobody's work is written over, least of all the register's own."""
    book = town.sheet("owner") if target == "in use" else blank(town)
    if target == "restored":
        command(town, "restore", "--into", book.id)
    if target == "foreign":
        book.sheet1.update([["arisan"]], "C7")
    before = book.fetch_sheet_metadata()
    said = command(town, "restore", "--into", book.id)

    assert (said.exit_code, before) == (1, book.fetch_sheet_metadata())
    assert "that spreadsheet is not blank" in said.stderr


def test_verify_prints_for_people_and_programs(town: Town) -> None:
    """A monitor goes by the exit code, a person by the lines."""
    people, program = command(town, "verify"), command(town, "verify", "--json")

    assert (people.exit_code, program.exit_code) == (0, 0)
    assert "differences: 0" in people.stdout
    assert json.loads(program.stdout)["counts"]["cases"] == 2


def test_verify_ends_with_one_when_something_differs(town: Town, tmp_path: Path) -> None:
    """The archive was not in the backup."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "ledger.sqlite").write_bytes((town.settings.state_dir / "ledger.sqlite").read_bytes())
    words = ["verify", "--settings", str(town.place / "settings.env")]
    said = CliRunner().invoke(main, words, env={"STATE_DIR": str(state)})

    assert (said.exit_code, "restore it from a backup" in said.stdout) == (1, True)


def test_a_lost_ledger_is_made_again_from_the_sheet(town: Town, tmp_path: Path) -> None:
    """Cells come back as Google gives them: serials, numbers and words make the same cases."""
    with wiring.opened(town.settings) as house:
        before = house.ledger.cases()
    lost, letters = replace(town.settings, state_dir=tmp_path / "state"), inbox(town)
    rows = shown(town.sheet("owner"), "Register")
    report = wiring.run_once(lost, take_over=True)
    with wiring.opened(lost) as house:
        after = house.ledger.cases()
    told = [
        [(c.stage, c.kasi, c.email, c.due, c.fields) for c in x.values()] for x in (before, after)
    ]

    assert (Outcome.FINE, 0, letters) == (report.outcome, report.letters.sent, inbox(town))
    assert told[0] == told[1]
    assert rows == shown(town.sheet("owner"), "Register")
