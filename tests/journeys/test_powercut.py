"""Power or internet is out: numbers from a block, written by hand, typed into the sheet later."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from automation.errors import TransientError
from automation.ledger.store import SqliteLedger
from automation.model import Cell, Stage
from automation.steps import paper
from automation.worker import Worker
from tests.contract.registers import Prepared, ServedFolio, prepare
from tests.fakes.register import Line
from tests.journeys.test_machine import Fuse, KilledError, Wire
from tests.journeys.test_review import FullDisk
from tests.weather import Weather
from tests.world import ADDRESSES, MORNING, WITA, World, whatsapp_cells

pytestmark = pytest.mark.journey

KETUT = "ketut@warga.example"
PETUGAS = ADDRESSES["petugas"]


@pytest.fixture
def world(tmp_path: Path, weather: Weather) -> World:
    """Give an office at 08.12 that has two numbers on paper, and a complaint that came before."""
    world = World(tmp_path, weather=weather)
    world.mail_arrives()
    world.settle()
    paper.reserve(world.ledger, 2, 2026)
    return world


FIRST, SECOND = "PKT-2026-0002", "PKT-2026-0003"


def dies(world: World, after: int) -> bool:
    """Let a pass run until so many ends of calls were reached; say whether it died there."""
    house, fuse = world.house(), Fuse(after)
    names = ("inbox", "register", "outbound", "archive", "ledger")
    wires = {name: Wire(getattr(house, name), fuse) for name in names}
    try:
        Worker(replace(house, **wires)).run()  # type: ignore[arg-type]
    except KilledError:
        return True
    return False


def on_paper(world: World, **cells: Cell) -> Line:
    """Let the Petugas type what stood on paper, taken down at 07.40, differing in these cells."""
    written = {"nomor": FIRST, "tanggal": "24/11/2026", "jam": "07.40"}
    return world.register.type_row({**whatsapp_cells(), **written, **cells})


def test_a_number_from_paper_is_taken_over_with_its_time(world: World) -> None:
    """The citizen holds a slip with that number; the promise counts from when it was written."""
    world.later(hours=3)
    line = on_paper(world)
    world.settle()
    case = world.case(FIRST)

    assert MORNING.replace(hour=7, minute=40) == case.recorded == case.starts
    assert MORNING.replace(hour=9, minute=15) == case.due
    assert Stage.MENUNGGU_DISPOSISI is case.stage
    assert ("07.40", "Menunggu disposisi") == (line.cells["jam"], line.cells["tahap"])
    assert "lewat" in str(line.cells["pesan_sistem"])


def test_it_is_marked_in_the_row_and_in_the_history(world: World) -> None:
    """Whoever counts the minutes later must see that nobody slept."""
    on_paper(world)
    world.settle()
    told = [line[3] for line in world.register.lines["riwayat"] if line[1] == FIRST]

    assert world.cell(FIRST, "jejak_paraf").startswith("Susulan; Petugas")
    assert any("susulan" in str(s) and "24/11/2026 pukul 07.40" in str(s) for s in told)


def test_its_letters_leave_as_for_any_typed_complaint(world: World) -> None:
    """One receipt where an address stands, one request to the Sekcam, however many passes."""
    on_paper(world, kontak=KETUT)
    world.settle(4)

    assert 1 == len(world.letters_to(KETUT))
    assert 2 == len(world.letters_to(ADDRESSES["sekcam"]))  # the first is the mail's


def test_a_number_from_paper_is_given_to_nobody_else(world: World) -> None:
    """The next mail has the number behind the block, and its letters go to its own sender."""
    world.mail_arrives(sender="made@warga.example")
    world.settle()

    assert "PKT-2026-0004" == world.number()
    assert (FIRST, SECOND) == paper.unused(world.ledger)


def test_a_row_without_catat_is_left_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """People type slowly; nobody is alarmed about a number that is theirs to type."""
    line = on_paper(world, status_petugas="", jam="")
    before = dict(line.cells)
    world.settle(3)

    assert before == line.cells
    assert [] == world.letters_to(PETUGAS)
    assert FIRST not in caplog.text


@pytest.mark.parametrize("copied", ["tahap", "nomor"])
def test_a_row_that_cannot_be_told_from_another_is_not_touched(
    world: World, copied: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A row copied with its stage, or a number twice: the Petugas is told, nothing is tried."""
    line = on_paper(world)
    if copied == "tahap":
        line.cells["tahap"] = "Selesai"
    else:
        on_paper(world, perihal="lampu")
    world.settle(3)

    assert FIRST in paper.unused(world.ledger)
    assert 1 == len(world.letters_to(PETUGAS))
    assert "typed row is gone" not in caplog.text


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ({"perihal": ""}, "Mohon lengkapi Perihal"),
        ({"kanal": "merpati"}, "tidak dikenal"),
        ({"jam": ""}, "belum terbaca"),
        ({"tanggal": ""}, "belum terbaca"),
        ({"jam": "pagi"}, "belum terbaca"),
        ({"tanggal": "25/11/2026"}, "belum tiba"),
        ({"tanggal": "24/11/2025"}, "setahun"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_answered_and_waits(
    world: World, cells: dict[str, str], answer: str
) -> None:
    """Nothing is guessed; once it is put right the complaint has its number."""
    line = on_paper(world, **cells)
    other = world.register.type_row(whatsapp_cells() | {"perihal": "lampu", "uraian": "lampu mati"})
    world.settle(3)
    assert answer in str(line.cells["pesan_sistem"])
    assert (FIRST, "PKT-2026-0004") == (paper.unused(world.ledger)[0], other.number())
    line.cells |= {"perihal": "air", "kanal": "WA", "tanggal": "24/11/2026", "jam": "07.40"}
    world.settle()

    assert MORNING.replace(hour=7, minute=40) == world.case(FIRST).recorded


def test_a_number_in_two_rows_is_taken_from_neither(world: World) -> None:
    """Nobody but the Petugas knows which of the two complaints bears it on paper."""
    on_paper(world)
    copy = on_paper(world, perihal="lampu", uraian="lampu mati")
    world.settle(3)
    assert [FIRST, SECOND] == [*paper.unused(world.ledger)]
    assert 1 == len(world.letters_to(PETUGAS))
    copy.cells["nomor"] = SECOND
    world.settle(2)

    assert "lampu" == world.case(SECOND).subject
    assert "Air PAM mati" == world.case(FIRST).subject


def test_a_number_that_was_used_takes_over_nothing(world: World) -> None:
    """The row of the first complaint is deleted for the copy it was taken for: both survive."""
    on_paper(world)
    world.settle()
    other = on_paper(world, perihal="lampu", uraian="lampu mati", kontak=KETUT)
    world.settle()
    world.register.delete(FIRST)
    world.settle(3)
    assert ("Air PAM mati", "") == (world.case(FIRST).subject, world.case(FIRST).email)
    other.cells["nomor"] = ""
    world.settle(3)

    stands = {ln.number(): ln.cells["perihal"] for ln in world.register.grid if not ln.blank()}
    assert {number: case.subject for number, case in world.ledger.cases().items()} == stands


def test_a_number_that_was_not_reserved_is_told(world: World) -> None:
    """It may be anybody's tomorrow."""
    on_paper(world, nomor="PKT-2026-0009")
    world.settle(3)

    assert ["PKT-2026-0001"] == list(world.ledger.cases())
    assert 1 == len(world.letters_to(PETUGAS))


def test_a_number_taken_away_again_stays_free(world: World) -> None:
    """The complaint is then an ordinary one, from now on."""
    line = on_paper(world, jam="")
    world.settle()
    line.cells["nomor"] = ""
    world.settle(2)

    assert ("PKT-2026-0004", MORNING) == (line.number(), world.case("PKT-2026-0004").recorded)
    assert (FIRST, SECOND) == paper.unused(world.ledger)


def test_a_number_cleared_at_the_last_moment_stays_free(world: World) -> None:
    """The anchor still rests on the row, but the paper bears another number."""
    on_paper(world)
    world.register.hooks["reread"] = lambda: world.register.type(FIRST, "nomor", "")
    world.settle(3)

    assert (FIRST, SECOND) == paper.unused(world.ledger)
    assert "Air PAM mati" == world.case("PKT-2026-0004").subject


@pytest.mark.parametrize("moment", ["insert", "after insert", "reread", "after reread", "change"])
@pytest.mark.parametrize(
    "act",
    [
        lambda w: w.register.sort("perihal", reverse=True),
        lambda w: w.register.delete(FIRST),
        lambda w: w.register.insert_blank(2),
        lambda w: w.register.type(FIRST, "nomor", ""),
        lambda w: w.register.type(FIRST, "nomor", SECOND),
        lambda w: w.register.duplicate(FIRST),
        lambda w: w.mail_arrives(sender="made@warga.example"),
    ],
    ids=["sort", "delete", "insert", "clear", "renumber", "copy", "mail"],
)
@pytest.mark.parametrize("moves", [True, False])
def test_no_number_stands_beside_a_foreign_complaint(
    world: World, moment: str, act: Callable[[World], None], *, moves: bool
) -> None:
    """Whatever people do while a paper number is taken over, each number keeps its complaint."""
    world.register.sort_moves_metadata = moves
    on_paper(world)
    on_paper(world, nomor="", perihal="zebra", uraian="zebra")
    world.register.hooks[moment] = lambda: act(world)
    world.settle(4)

    cases = {number: case.subject for number, case in world.ledger.cases().items()}
    stands = [(ln.number(), ln.cells["perihal"]) for ln in world.register.grid if ln.number()]
    assert set(cases.items()) >= {(n, p) for n, p in stands if n in cases}
    assert set(cases) <= {n for n, _ in stands}
    assert 1 >= list(cases.values()).count("Air PAM mati")


# --- accidents ----------------------------------------------------------------------------------


def test_killed_anywhere_it_is_recorded_once(tmp_path: Path) -> None:
    """Before and after each call to a wire, until a pass comes through alive."""
    at = 0
    while True:
        at += 1
        world = World(tmp_path / str(at))
        paper.reserve(world.ledger, 1, 2026)
        on_paper(world, nomor="PKT-2026-0001", kontak=KETUT)
        alive = not dies(world, at)
        world.settle(3)

        assert ["PKT-2026-0001"] == list(world.ledger.cases())
        assert ["PKT-2026-0001"] == [ln.number() for ln in world.register.grid]
        assert () == world.ledger.reservations()
        assert 1 == len({m["Message-ID"] for m in world.letters_to(KETUT)})
        if alive:
            break
    assert at > 20


def test_two_who_reserve_at_once_have_different_numbers(tmp_path: Path) -> None:
    """The command runs beside a worker that numbers mails at the same time."""
    file = tmp_path / "ledger.sqlite"
    with closing(SqliteLedger(file, WITA)) as one, closing(SqliteLedger(file, WITA)) as other:
        taken = [*paper.reserve(one, 2, 2026), other.next_number(2026)]
        taken += [*paper.reserve(other, 2, 2026), one.next_number(2026)]

        assert 6 == len(set(taken))
        assert 4 == len(paper.unused(one))


def test_a_block_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    """Numbers that left the sequence and are remembered by nobody could never be typed."""
    disk = FullDisk(tmp_path / "ledger.sqlite", WITA)
    ledger: SqliteLedger = disk
    with closing(disk):
        disk.full = True
        with pytest.raises(TransientError):
            paper.reserve(ledger, 2, 2026)
        disk.full = False

        assert ("PKT-2026-0001",) == paper.reserve(ledger, 1, 2026)


# --- the real sheet -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """Give the spreadsheet that `init` makes."""
    return prepare()


@pytest.mark.parametrize("moment", ["insert", "reread", "change"])
@pytest.mark.parametrize("act", ["insert", "sort"])
def test_the_real_sheet_takes_it_over_while_others_type(
    moment: str, act: str, prepared: Prepared, tmp_path: Path
) -> None:
    """The same over Google's side of the sandbox: rows move between two calls."""
    folio = ServedFolio(prepared)
    world = World(tmp_path, register=folio.register)  # type: ignore[arg-type]
    paper.reserve(world.ledger, 1, 2026)
    written = {"nomor": "PKT-2026-0001", "tanggal": "24/11/2026", "jam": "07.40"}
    folio.put(2, **whatsapp_cells() | {"perihal": "zebra", "uraian": "zebra"})
    folio.put(3, **whatsapp_cells() | written)
    moves = {"insert": lambda: folio.insert_blank(2), "sort": lambda: folio.sort("perihal")}
    folio.meanwhile(moment, moves[act])
    world.settle(4)

    stands = {row["nomor"]: row["perihal"] for row in folio.stands() if row}
    assert {number: case.subject for number, case in world.ledger.cases().items()} == stands
    assert "07.40" == next(r["jam"] for r in folio.stands() if r.get("nomor") == written["nomor"])
    assert "Air PAM mati" == stands["PKT-2026-0001"]


def test_a_row_that_waits_costs_no_write(prepared: Prepared, tmp_path: Path) -> None:
    """It is answered once; after that nothing is written until somebody types."""
    folio = ServedFolio(prepared)
    world = World(tmp_path, register=folio.register)  # type: ignore[arg-type]
    paper.reserve(world.ledger, 1, 2026)
    folio.put(2, **whatsapp_cells() | {"nomor": "PKT-2026-0001", "tanggal": "24/11/2026"})
    world.settle(2)
    before = len(folio.calls())
    world.settle()
    assert "belum terbaca" in str(folio.stands()[0]["pesan_sistem"])

    assert ["values:batchGet", "values:batchGetByDataFilter"] == [
        call.path.rpartition("/")[2] for call in folio.calls()[before:]
    ]
