"""Every public method of gspread's Worksheet that reads or writes cells, over real sockets."""

from gspread import Worksheet as Tab
from gspread.utils import Dimension, PasteType, TableDirection, ValueRenderOption

from tests.sandbox.google.claims import Claims

CLAIMS = Claims(Tab)
ROWS = [["No", "Nama"], ["1", "Wayan"], ["2", "Made"]]


@CLAIMS.of("update get get_values get_all_values batch_get")
def test_a_block_is_read_in_every_way_that_it_was_written(tab: Tab) -> None:
    """A way of reading could trim, pad or turn the cells otherwise than Google."""
    assert tab.update(ROWS, "B2")["updatedRange"] == "Sheet1!B2:C4"
    assert tab.get("B2:C4") == ROWS
    assert tab.get_values("B2:C2") == ROWS[:1]
    assert tab.get_all_values()[1] == ["", "No", "Nama"]
    turned = tab.batch_get(["B:B", "C4"], major_dimension=Dimension.cols)
    assert turned == [[["", "No", "1", "2"]], [["Made"]]]
    assert turned[0].range == "Sheet1!B1:B1000"


@CLAIMS.of("update_acell update_cell acell cell")
def test_single_cells_are_typed_and_read(tab: Tab) -> None:
    """What is set cell by cell is typed, so that a formula counts."""
    tab.update_acell("A1", "=1+1")
    tab.update_cell(1, 2, "0812")
    assert tab.acell("A1").value == "2"
    assert tab.acell("A1", ValueRenderOption.formula).value == "=1+1"
    assert tab.cell(1, 2, ValueRenderOption.unformatted).numeric_value == 812


@CLAIMS.of("range get_all_cells update_cells")
def test_lists_of_cells_go_out_and_come_back(tab: Tab) -> None:
    """Cells carry their place, also those that are empty."""
    cells = tab.range("A1:B2")
    assert [(c.row, c.col, c.value) for c in cells] == [
        (1, 1, ""),
        (1, 2, ""),
        (2, 1, ""),
        (2, 2, ""),
    ]
    for cell in cells:
        cell.value = f"{cell.address}"
    assert tab.update_cells(cells)["updatedCells"] == 4
    assert [c.value for c in tab.get_all_cells() if c.value] == ["A1", "B1", "A2", "B2"]


@CLAIMS.of("row_values col_values get_all_records find findall")
def test_rows_columns_records_and_places_are_found(tab: Tab) -> None:
    """What searches a sheet reads it whole, and finds the same places."""
    tab.update([*ROWS, ["3", "Made"]])
    assert tab.row_values(2) == ["1", "Wayan"]
    assert tab.col_values(2) == ["Nama", "Wayan", "Made", "Made"]
    assert tab.get_all_records()[0] == {"No": 1, "Nama": "Wayan"}
    found = tab.find("made", case_sensitive=False)
    assert found is not None
    assert found.address == "B3"
    assert [cell.address for cell in tab.findall("Made", in_column=2)] == ["B3", "B4"]


@CLAIMS.of("expand")
def test_a_table_is_found_from_its_corner(tab: Tab) -> None:
    """The block ends at the first empty cell."""
    tab.update([*ROWS, [], ["stray"]])
    assert tab.expand("A1", TableDirection.table) == ROWS


@CLAIMS.of("append_row append_rows")
def test_rows_are_appended_below_the_table(tab: Tab) -> None:
    """A reply without `tableRange` says that there was no table."""
    assert "tableRange" not in tab.append_row(ROWS[0])
    reply = tab.append_rows(ROWS[1:], include_values_in_response=True)
    assert reply["tableRange"] == "Sheet1!A1:B1"
    assert reply["updates"]["updatedData"]["values"] == ROWS[1:]


@CLAIMS.of("insert_row insert_rows insert_cols")
def test_lines_are_pushed_in_with_their_values(tab: Tab) -> None:
    """Lines are inserted first, and filled by a second call."""
    tab.update([["a", "b"]])
    tab.insert_row(["atas"], 1)
    tab.insert_rows([["x"], ["y"]], 2)
    tab.insert_cols([["k1", "k2"]], 1)
    assert tab.get() == [["k1", "atas"], ["k2", "x"], ["", "y"], ["", "a", "b"]]


@CLAIMS.of("batch_update batch_clear clear")
def test_many_ranges_are_written_and_cleared_at_once(tab: Tab) -> None:
    """One call, several ranges; the totals add up."""
    data = [{"range": "A1:B1", "values": [["a", "b"]]}, {"range": "D4", "values": [["=1+1"]]}]
    reply = tab.batch_update(data, raw=False)
    assert (reply["totalUpdatedCells"], reply["totalUpdatedSheets"]) == (3, 1)
    assert tab.acell("D4").value == "2"
    assert tab.batch_clear(["A1", "D:D"])["clearedRanges"] == ["Sheet1!A1", "Sheet1!D1:D1000"]
    assert tab.get() == [["", "b"]]
    assert tab.clear()["clearedRange"] == "Sheet1!A1:Z1000"
    assert tab.get() == [[]]


@CLAIMS.of("copy_range cut_range sort")
def test_cells_are_copied_cut_and_sorted(tab: Tab) -> None:
    """A copy stays in both places, a cut moves, a sort orders whole rows of the range."""
    tab.update(ROWS)
    tab.copy_range("A2:B3", "D2", PasteType.values)
    tab.cut_range("A1:B1", "D1")
    tab.sort((2, "asc"), range="A2:B3")
    assert tab.get("A1:E3") == [
        ["", "", "", "No", "Nama"],
        ["2", "Made", "", "1", "Wayan"],
        ["1", "Wayan", "", "2", "Made"],
    ]


@CLAIMS.of("insert_note insert_notes update_note update_notes get_note get_notes")
def test_notes_are_written_and_read(tab: Tab) -> None:
    """Notes hang on cells of their own, also on cells without content."""
    tab.insert_note("A1", "satu")
    tab.insert_notes({"B2": "dua", "C3": "tiga"})
    tab.update_note("A1", "baru")
    tab.update_notes({"C3": "lain"})
    assert tab.get_note("A1") == "baru"
    assert tab.get_notes() == [["baru"], ["", "dua"], ["", "", "lain"]]


@CLAIMS.of("clear_note clear_notes")
def test_notes_are_removed(tab: Tab) -> None:
    """A sheet without notes answers with one empty line, as Google's mask leaves it."""
    tab.insert_notes({"A1": "a", "B2": "b", "C3": "c"})
    tab.clear_note("A1")
    tab.clear_notes(["B2", "C3"])
    assert tab.get_notes() == [[]]
    assert tab.get_note("A1") == ""
