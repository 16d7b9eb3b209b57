"""Numbers typed over: put back where anchor and words prove the row, else left and told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from automation.model import Stage
from automation.steps import paper
from automation.worker import Outcome
from tests.contract.registers import Prepared, ServedFolio, prepare
from tests.fakes.register import InMemoryRegister, Line
from tests.world import ADDRESSES, World, office_tabs, text_of, whatsapp_cells

pytestmark = pytest.mark.journey

PETUGAS = ADDRESSES["petugas"]
ONE, TWO, NEXT = "PKT-2026-0001", "PKT-2026-0002", "PKT-2026-0003"
NOT_OBEYED = "tidak sesuai dengan isi"


@pytest.fixture(params=[True, False], ids=["anchors-move", "anchors-stay"])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> World:
    """Give an office with two complaints by mail, as Sari's and Made's rows stand."""
    register = InMemoryRegister(office_tabs(), sort_moves_metadata=request.param)
    world = World(tmp_path, register=register)
    world.mail_arrives("sari@warga.example", "lampu padam", "Lampu jalan padam.")
    world.mail_arrives("made@warga.example", "air mati", "Air mati di Medewi.")
    world.settle(3)
    return world


def stands(world: World) -> dict[str, str]:
    """Give the subjects of the rows by their numbers; no number may stand twice."""
    found = [(ln.number(), str(ln.cells["perihal"])) for ln in world.register.grid if ln.cells]
    assert len(found) == len(dict(found))
    return dict(found)


def exchange(world: World) -> tuple[Line, Line]:
    """Let somebody give two rows each other's number."""
    one, two = world.register.line(ONE), world.register.line(TWO)
    one.cells["nomor"], two.cells["nomor"] = TWO, ONE
    return one, two


def put_back(world: World) -> list[str]:
    """Give the cases of which the history says that their number was changed by a foreign hand."""
    events = world.ledger.events(0, 1_000)
    return [e.number for e in events if e.facts.get("kolom") == "nomor"]


WRONG = ["Ni Luh", "PKT-2026-0900", NEXT, TWO]


# --- over a known complaint's number ------------------------------------------------------------


@pytest.mark.parametrize("typed", WRONG)
def test_a_number_typed_over_is_put_back_and_noted_once(world: World, typed: str) -> None:
    """The row keeps its complaint; nothing becomes a second case or a second row."""
    world.choose(ONE, nomor=typed)
    world.settle(3)

    assert {ONE: "lampu padam", TWO: "air mati"} == stands(world)
    assert [ONE] == put_back(world)
    assert 2 == len(world.ledger.cases())


@pytest.mark.parametrize("typed", WRONG)
def test_it_is_put_back_without_its_anchor(world: World, typed: str) -> None:
    """The row was cut and pasted too: it is known by all that it says."""
    world.register.line(ONE).anchor = 0
    world.choose(ONE, nomor=typed)
    world.settle(3)

    assert {ONE: "lampu padam", TWO: "air mati"} == stands(world)


def test_a_number_reserved_for_paper_is_given_to_no_older_row(world: World) -> None:
    """Its slip of paper is in somebody's hand."""
    [number] = paper.reserve(world.ledger, 1, 2026)
    world.choose(ONE, nomor=number)
    world.settle(3)

    assert {ONE: "lampu padam", TWO: "air mati"} == stands(world)
    assert (number,) == paper.unused(world.ledger)


@pytest.mark.parametrize("typed", WRONG)
def test_a_choice_under_a_wrong_number_is_obeyed_for_its_own_complaint(
    world: World, typed: str
) -> None:
    """And never for the complaint whose number stood there at that moment."""
    line = world.register.line(ONE)
    line.cells |= {"nomor": typed, "disposisi": "Kasi PMD"}
    world.settle(3)

    assert Stage.PENYUSUNAN_DRAF is world.case(ONE).stage
    assert Stage.MENUNGGU_DISPOSISI is world.case(TWO).stage


def test_the_next_complaint_gets_a_row_of_its_own(world: World) -> None:
    """Somebody rewrote a row under the number that comes next: nobody's answer goes there."""
    line = world.register.line(ONE)
    line.cells |= {
        "nomor": NEXT,
        "perihal": "parit",
        "uraian": "parit",
        "kontak": "x@warga.example",
    }
    line.anchor = 0
    world.mail_arrives("ketut@warga.example", "banjir", "Banjir di Gumbrih.")
    world.settle(3)
    own = next(ln for ln in world.register.grid if ln.cells.get("perihal") == "banjir")
    own.cells["disposisi"] = "Kasi PMD"
    world.settle(2)

    assert "ketut@warga.example" == world.case(NEXT).email
    assert "Penyusunan draf" == own.cells["tahap"]
    assert [] == world.letters_to("x@warga.example")


def test_rows_alike_are_put_back_by_their_numbers_alone(world: World) -> None:
    """Words cannot tell them apart; the one whose number is gone must not be without a row."""
    lines = [world.register.type_row(whatsapp_cells()) for _ in range(2)]
    world.settle(3)
    number = lines[0].number()
    lines[0].cells["nomor"] = lines[1].number()
    world.settle(3)

    assert number in {line.number() for line in world.register.grid}
    assert 4 == len(world.ledger.cases())


# --- exchanged ----------------------------------------------------------------------------------


def test_exchanged_numbers_are_put_back(world: World) -> None:
    """Anchors and words agree against them."""
    exchange(world)
    world.settle(3)

    assert {ONE: "lampu padam", TWO: "air mati"} == stands(world)
    assert [ONE, TWO] == put_back(world)


@pytest.mark.parametrize("moment", ["insert", "reread", "change", "after change"])
def test_exchanged_in_the_middle_of_a_pass_they_are_put_back(world: World, moment: str) -> None:
    """No cell of the one is written beside the other, not even for a minute."""
    world.choose(ONE, disposisi="Kasi PMD")

    def meanwhile() -> None:
        exchange(world)

    world.register.hooks[moment] = meanwhile
    world.settle(4)

    assert {ONE: "lampu padam", TWO: "air mati"} == stands(world)
    stages = [world.cell(number, "tahap") for number in (ONE, TWO)]
    assert ["Penyusunan draf", "Menunggu disposisi"] == stages


def test_words_exchanged_with_the_anchors_against_them_are_left_and_told(world: World) -> None:
    """Somebody sorted some columns only: whether numbers or words are wrong a person must say."""
    one, two = exchange(world)
    one.anchor, two.anchor = two.anchor, one.anchor
    one.cells["draf"], two.cells["draf"] = "Sudah.", "Belum."
    two.cells["disposisi"] = "Kasi PMD"
    world.settle(3)

    assert {TWO: "lampu padam", ONE: "air mati"} == stands(world)
    assert NOT_OBEYED in str(one.cells["pesan_sistem"])
    assert NOT_OBEYED in str(two.cells["pesan_sistem"])
    assert Stage.MENUNGGU_DISPOSISI is world.case(ONE).stage
    letters = [text_of(letter) for letter in world.letters_to(PETUGAS)]
    assert 1 == sum(NOT_OBEYED in text for text in letters)


def test_a_person_s_word_on_it_is_obeyed(world: World) -> None:
    """The numbers are typed back by hand, and the rows are served as before."""
    one, two = exchange(world)
    one.anchor, two.anchor = two.anchor, one.anchor
    one.cells["draf"] = "Sudah."
    world.settle(2)
    exchange(world)
    one.cells["disposisi"] = "Kasi PMD"
    world.settle(3)

    assert Stage.PENYUSUNAN_DRAF is world.case(ONE).stage
    assert NOT_OBEYED not in str(one.cells["pesan_sistem"]) + str(two.cells["pesan_sistem"])


def test_a_standing_sentence_costs_no_write(world: World) -> None:
    """It waits for a person, without a call to write."""
    one, two = exchange(world)
    one.anchor, two.anchor = two.anchor, one.anchor
    one.cells["draf"], two.cells["draf"] = "Sudah.", "Belum."
    world.settle(3)
    before = world.register.calls["change"], world.register.calls["reread"]
    world.settle(2)

    assert before == (world.register.calls["change"], world.register.calls["reread"])


def test_the_column_of_numbers_sorted_alone_is_a_catastrophe(world: World) -> None:
    """Half the register under wrong numbers is no housekeeping; nothing is written."""
    for subject in ("a", "b", "c"):
        world.mail_arrives(f"{subject}@warga.example", subject, f"Laporan {subject}.")
    world.settle(3)
    lines = world.register.grid
    numbers = [line.cells["nomor"] for line in lines]
    for line, number in zip(lines, reversed(numbers), strict=True):
        line.cells["nomor"] = number
    before = [dict(line.cells) for line in lines]

    assert Outcome.FAULT is world.settle().outcome
    assert before == [line.cells for line in lines]


def test_exchanged_numbers_of_complaints_never_read_are_put_back(world: World) -> None:
    """Both came a moment ago, and a sort left their anchors behind."""
    for name in ("ketut", "putu"):
        world.mail_arrives(f"{name}@warga.example", f"lapor {name}", f"Laporan {name}.")
    world.settle()
    three, four = world.register.line(NEXT), world.register.line("PKT-2026-0004")
    three.cells["nomor"], four.cells["nomor"] = four.cells["nomor"], NEXT
    three.anchor, four.anchor = four.anchor, three.anchor
    world.settle(3)

    assert "lapor ketut" == stands(world)[NEXT]
    assert "lapor putu" == stands(world)["PKT-2026-0004"]


def test_the_sentence_is_said_wherever_the_anchors_lie(world: World) -> None:
    """A sort left them on other rows: no third witness, so a person must say."""
    one, two = exchange(world)
    one.cells["draf"] = "Sudah."
    one.anchor = two.anchor = 0
    world.settle(4)

    assert NOT_OBEYED in str(one.cells["pesan_sistem"]) + str(two.cells["pesan_sistem"])


# --- into a new row -----------------------------------------------------------------------------


def awaiting(world: World, **cells: str) -> Line:
    """Let the Petugas type a complaint whose number could not be written yet."""
    line = world.register.type_row(whatsapp_cells() | cells)
    world.register.fail("change", done=False)
    world.settle()
    assert NEXT in world.ledger.cases()
    return line


@pytest.mark.parametrize("lost", [False, True], ids=["anchored", "anchor-lost"])
@pytest.mark.parametrize("typed", ["Ni Luh", "PKT-2026-0900", "PKT-2026-0004", TWO])
def test_a_row_that_awaits_its_number_gets_it_whatever_is_typed(
    world: World, typed: str, *, lost: bool
) -> None:
    """The Petugas helps himself, then empties the cell: it is one complaint, not two."""
    line = awaiting(world)
    line.anchor = 0 if lost else line.anchor
    line.cells["nomor"] = typed
    world.settle(3)
    if line.number() == typed:
        line.cells["nomor"] = ""
        world.settle(3)

    assert [ONE, TWO, NEXT] == sorted(world.ledger.cases())
    assert "Air PAM mati" == stands(world)[NEXT]


def test_a_paper_number_typed_into_a_row_that_awaits_its_own_makes_no_second_case(
    world: World,
) -> None:
    """The complaint is recorded already, and its receipt may have left."""
    line = awaiting(world)
    [number] = paper.reserve(world.ledger, 1, 2026)
    line.cells |= {"nomor": number, "tanggal": "24/11/2026", "jam": "07.40"}
    world.settle(3)

    assert [ONE, TWO, NEXT] == sorted(world.ledger.cases())
    assert NEXT == line.number()


def test_a_paper_number_taken_away_after_its_case_was_opened_is_put_back(world: World) -> None:
    """The worker had written nothing beside it yet: the row would be recorded a second time."""
    [number] = paper.reserve(world.ledger, 1, 2026)
    written = {"nomor": number, "tanggal": "24/11/2026", "jam": "07.40"}
    line = world.register.type_row(whatsapp_cells() | written)
    for _ in range(2):
        world.register.fail("change", done=False)
        world.settle()
    line.cells["nomor"] = ""
    world.settle(3)

    assert [ONE, TWO, number] == sorted(world.ledger.cases())
    assert number == line.number()


def test_a_number_awaited_is_not_seen_in_another_s_row(world: World) -> None:
    """Somebody types it over an older number: the new row would be recorded a second time."""
    line = awaiting(world)
    world.choose(ONE, nomor=NEXT)
    world.settle(4)

    assert [ONE, TWO, NEXT] == sorted(world.ledger.cases())
    assert NEXT == line.number()
    assert {ONE: "lampu padam", TWO: "air mati", NEXT: "Air PAM mati"} == stands(world)


@pytest.mark.parametrize("typed", ["12", "PKT-2026-0900", NEXT, TWO])
def test_a_number_of_one_s_own_is_answered_in_the_row(world: World, typed: str) -> None:
    """Which slip of paper is meant nobody knows; emptied, the row has a number like any other."""
    line = world.register.type_row(whatsapp_cells() | {"nomor": typed})
    world.settle(3)
    assert typed == line.number()
    assert "tidak diberikan oleh sistem" in str(line.cells["pesan_sistem"])
    assert 2 == len(world.ledger.cases())
    line.cells["nomor"] = ""
    world.settle(3)

    assert "Air PAM mati" == world.case(line.number()).subject
    assert 3 == len(world.ledger.cases())


def test_a_number_of_one_s_own_corrected_into_the_paper_s_is_taken_over(world: World) -> None:
    """A slip of the finger in copying it from the paper."""
    [number] = paper.reserve(world.ledger, 1, 2026)
    written = {"nomor": "PKT-2026-0030", "tanggal": "24/11/2026", "jam": "07.40"}
    line = world.register.type_row(whatsapp_cells() | written)
    world.settle(2)
    line.cells["nomor"] = number
    world.settle(3)

    assert [ONE, TWO, number] == sorted(world.ledger.cases())
    assert number == line.number()


def test_a_known_number_in_a_new_row_keeps_its_own_row_alive(world: World) -> None:
    """Its case goes on, whoever typed its number elsewhere."""
    world.register.grid.append(Line(whatsapp_cells() | {"nomor": ONE}))
    own = next(ln for ln in world.register.grid if ln.cells.get("perihal") == "lampu padam")
    own.cells["disposisi"] = "Kasi PMD"
    world.settle(3)

    assert "Penyusunan draf" == own.cells["tahap"]


# --- the real sheet -----------------------------------------------------------------------------


@pytest.fixture(scope="module", name="prepared")
def _prepared() -> Prepared:
    """Give the spreadsheet that `init` makes."""
    return prepare()


@pytest.mark.parametrize("lost", [False, True], ids=["anchored", "sorted-away"])
@pytest.mark.parametrize(
    "act",
    [
        lambda folio: folio.put(2, nomor="Ni Luh"),
        lambda folio: folio.put(2, nomor=NEXT),
        lambda folio: folio.put(2, nomor=TWO),
        lambda folio: (folio.put(2, nomor=TWO), folio.put(3, nomor=ONE)),
    ],
    ids=["garbage", "next", "neighbour's", "exchanged"],
)
def test_the_real_sheet_has_its_numbers_put_back(
    act: Callable[[ServedFolio], None], prepared: Prepared, tmp_path: Path, *, lost: bool
) -> None:
    """The same over Google's side of the sandbox, and in the same rows."""
    folio = ServedFolio(prepared)
    folio.desk.google.sort_moves_metadata = not lost
    world = World(tmp_path, register=folio.register)  # type: ignore[arg-type]
    world.mail_arrives("sari@warga.example", "lampu padam", "Lampu jalan padam.")
    world.mail_arrives("made@warga.example", "air mati", "Air mati di Medewi.")
    world.settle(3)
    folio.sort("perihal")
    folio.sort("perihal", reverse=not lost)
    act(folio)
    world.settle(4)

    found = [(row["nomor"], row["perihal"]) for row in folio.stands()]
    assert [(ONE, "lampu padam"), (TWO, "air mati")] == sorted(found)
