"""Foreign hands in the worker's cells, copied rows, lost numbers: put right, and told."""

from pathlib import Path

import pytest

from automation.errors import AmbiguousError
from tests.fakes.register import Line
from tests.weather import Weather
from tests.world import ADDRESSES, World, text_of, whatsapp_cells

pytestmark = pytest.mark.journey


@pytest.fixture
def world(tmp_path: Path, weather: Weather) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path, weather=weather)


def recorded(world: World) -> str:
    """Let a citizen complain, and give the number."""
    world.mail_arrives()
    world.settle(2)
    return world.number()


def told(world: World, kind: str) -> list[str]:
    """Give the columns that the history names under this kind of event."""
    return [e.facts.get("kolom", "") for e in world.ledger.events(0, 1_000) if e.kind == kind]


# --- the worker's own cells ---------------------------------------------------------------------


def test_a_foreign_hand_in_a_cell_of_the_worker_is_put_back_and_noted_once(world: World) -> None:
    """Whoever looks for the reason later finds it in the history."""
    number = recorded(world)
    world.choose(number, tahap="Selesai", batas_waktu=1)
    world.settle(3)

    assert "Menunggu disposisi" == world.cell(number, "tahap")
    assert ["batas_waktu", "tahap"] == told(world, "kolom_sistem")
    riwayat = [str(line[-1]) for line in world.register.lines["riwayat"]]
    assert any("Isi kolom Tahap diubah di luar sistem" in line for line in riwayat)


def test_an_emptied_cell_of_the_worker_is_noted_too(world: World) -> None:
    """Deleting is the commonest accident."""
    number = recorded(world)
    world.choose(number, pesan_sistem="", uraian="")
    world.settle(2)

    assert ["pesan_sistem", "uraian"] == told(world, "kolom_sistem")


def test_what_the_worker_itself_changes_is_no_foreign_hand(world: World) -> None:
    """Stages move and minutes pass without a word."""
    number = recorded(world)
    world.choose(number, disposisi="Kasi PMD")
    world.settle()
    for _ in range(3):
        world.later(minutes=7)
        world.settle()

    assert [] == told(world, "kolom_sistem")


@pytest.mark.parametrize("done", [False, True])
def test_a_batch_that_was_broken_off_is_no_foreign_hand(world: World, *, done: bool) -> None:
    """Nobody knows whether it was written; the office must not be blamed for it."""
    number = recorded(world)
    world.later(minutes=3)
    world.register.fail("change", done=done)
    world.settle()
    world.later(minutes=3)
    world.settle()

    assert [] == told(world, "kolom_sistem")
    assert "sisa 89 menit" in str(world.cell(number, "pesan_sistem"))


def test_a_foreign_hand_is_noted_in_a_row_whose_coming_got_no_answer(world: World) -> None:
    """The row came whole, and the worker knows what it wrote there."""
    world.mail_arrives()
    world.register.fail("insert", done=True)
    world.settle(2)
    world.choose(world.number(), uraian="")
    world.settle(2)

    assert ["uraian"] == told(world, "kolom_sistem")


def test_a_foreign_hand_noted_before_a_crash_is_not_noted_again(world: World) -> None:
    """The note is made before the cell is put back."""
    number = recorded(world)
    world.choose(number, tahap="Selesai")

    def die() -> None:
        raise AmbiguousError("the process died here")

    world.register.hooks["change"] = die
    world.settle(2)

    assert ["tahap"] == told(world, "kolom_sistem")
    assert "Menunggu disposisi" == world.cell(number, "tahap")


# --- numbers and rows that got lost -------------------------------------------------------------


@pytest.mark.parametrize("lost", ["row", "number"])
def test_what_got_lost_is_written_again_and_noted_once(world: World, lost: str) -> None:
    """A vanished complaint is put back, and not in silence."""
    number = recorded(world)
    if lost == "row":
        world.register.delete(number)
    else:
        world.choose(number, nomor="")
    world.settle(3)

    assert "Menunggu disposisi" == world.cell(number, "tahap")
    assert [""] == told(world, "ditulis_kembali")


def test_a_lost_number_that_could_not_be_written_is_noted_once(world: World) -> None:
    """Google is away just then: the next pass finds the row as it was."""
    number = recorded(world)
    world.choose(number, nomor="")
    world.register.fail("reread", done=False)
    world.settle(3)

    assert [""] == told(world, "ditulis_kembali")


def test_it_is_noted_again_when_it_happens_again(world: World) -> None:
    """Each accident is one of its own."""
    number = recorded(world)
    for _ in range(2):
        world.register.delete(number)
        world.settle(2)

    assert ["", ""] == told(world, "ditulis_kembali")


def test_a_row_under_a_wrong_number_is_told_to_the_petugas(world: World) -> None:
    """It says other things too, so nobody knows it; what was typed there is not lost."""
    number = recorded(world)
    world.choose(number, perihal="lain", uraian="lain", nomor="PKT-2026-0042")
    world.settle(3)

    assert "Menunggu disposisi" == world.cell(number, "tahap")
    said = [text_of(letter) for letter in world.letters_to(ADDRESSES["petugas"])]
    assert 1 == sum("Baris 2 pada tab Register kehilangan nomor" in text for text in said)


# --- copies -------------------------------------------------------------------------------------


def test_a_copied_row_says_so_until_the_copy_is_gone(world: World) -> None:
    """Nothing chosen in either row is obeyed; the row tells why."""
    number = recorded(world)
    copy = world.register.type_row(world.register.line(number).cells)
    world.settle(2)
    world.choose(number, disposisi="Kasi PMD")
    world.settle()

    said = str(world.cell(number, "pesan_sistem"))
    assert f"Nomor {number} terdapat pada 2 baris." in said
    assert "Menunggu disposisi" == world.cell(number, "tahap")

    world.register.grid.remove(copy)
    world.settle()

    assert "Penyusunan draf" == world.cell(number, "tahap")
    assert "terdapat pada" not in str(world.cell(number, "pesan_sistem"))


def test_a_copy_is_told_once(world: World) -> None:
    """A standing warning costs no write."""
    number = recorded(world)
    world.register.type_row(world.register.line(number).cells)
    world.settle(2)
    before = world.register.calls["change"]
    world.settle(2)

    assert before == world.register.calls["change"]


# --- anchors that were left behind --------------------------------------------------------------


def test_a_change_does_not_follow_an_anchor_onto_a_new_complaint(world: World) -> None:
    """The row was sorted away from its anchor and deleted; somebody's fresh row lies there now."""
    world.register.sort_moves_metadata = False
    number = recorded(world)
    fresh = whatsapp_cells() | {"status_petugas": "", "perihal": "aa"}
    world.register.type_row(fresh)
    world.later(minutes=3)

    def moved() -> None:
        world.register.sort("perihal")
        world.register.delete(number)

    world.register.hooks["reread"] = moved
    world.settle()

    assert fresh in [line.cells for line in world.register.grid]


def test_a_typed_row_that_left_its_anchor_stays_one_case(world: World) -> None:
    """Its number could not be written; then it was cut and pasted: it is the same complaint."""
    line = world.register.type_row(whatsapp_cells())
    world.register.fail("change", done=False)
    world.settle()
    anchor, line.anchor = line.anchor, 0
    world.register.grid.insert(0, Line(anchor=anchor))
    world.settle(4)

    assert 1 == len(world.ledger.cases())
    assert [world.number()] == [ln.number() for ln in world.register.grid if not ln.blank()]
