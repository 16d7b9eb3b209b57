"""Every public method of gspread's Worksheet that is about the sheet itself, over real sockets."""

from importlib import import_module
from typing import Any

import pytest
from gspread import Client
from gspread import Spreadsheet as Book
from gspread import Worksheet as Tab
from gspread.exceptions import APIError
from gspread.utils import Dimension, MergeType, ValidationConditionType

from automation.sandbox.people import OWNER, WORKER
from tests.sandbox.google.claims import Claims
from tests.sandbox.google.conftest import client_of
from tests.sandbox.towns import Town

CLAIMS = Claims(Tab)
Json = dict[str, Any]


def _sheet(book: Book, fields: str, at: int = 0) -> Json:
    """Ask for one sheet's fields."""
    found: Json = book.fetch_sheet_metadata({"fields": f"sheets({fields})"})["sheets"][at]
    return found


@CLAIMS.of("id index title url spreadsheet row_count col_count column_count")
def test_a_sheet_knows_itself(book: Book, tab: Tab) -> None:
    """What Google calls a fresh sheet, and how large it is."""
    assert (tab.id, tab.index, tab.title) == (0, 0, "Sheet1")
    assert (tab.row_count, tab.col_count, tab.column_count) == (1000, 26, 26)
    assert tab.url == f"{book.url}#gid=0"
    assert tab.spreadsheet is book


@CLAIMS.of("resize add_rows add_cols delete_rows delete_columns delete_dimension")
def test_the_grid_grows_and_shrinks(book: Book, tab: Tab) -> None:
    """Lines come at the end and go anywhere."""
    tab.resize(10, 5)
    tab.add_rows(2)
    tab.add_cols(3)
    tab.update([["a"], ["b"], ["c"], ["d"]])
    tab.delete_rows(1)
    tab.delete_columns(7, 8)
    tab.delete_dimension(Dimension.rows, 2, 3)
    assert tab.get() == [["b"]]
    size = _sheet(book, "properties.gridProperties")["properties"]["gridProperties"]
    assert size == {"rowCount": 9, "columnCount": 6}


@CLAIMS.of("freeze frozen_row_count frozen_col_count")
def test_lines_are_frozen(book: Book, tab: Tab) -> None:
    """A header that scrolls away; 0 frozen lines are told by silence."""
    tab.freeze(rows=1, cols=2)
    fresh = book.worksheet("Sheet1")
    assert (fresh.frozen_row_count, fresh.frozen_col_count) == (1, 2)
    fresh.freeze(rows=0)
    assert "frozenRowCount" not in str(_sheet(book, "properties.gridProperties"))


@CLAIMS.of("hide show isSheetHidden")
def test_a_sheet_is_hidden_and_shown(book: Book, tab: Tab) -> None:
    """Not the last one that can be seen; `hidden` is there only when it is true."""
    with pytest.raises(APIError, match="You can't hide all the sheets in a document"):
        tab.hide()
    other = book.add_worksheet("Lain", 5, 5)
    other.hide()
    assert book.worksheet("Lain").isSheetHidden
    other.show()
    assert "hidden" not in _sheet(book, "properties", 1)["properties"]


@CLAIMS.of("hide_gridlines show_gridlines is_gridlines_hidden")
def test_the_lines_of_the_grid_are_hidden_and_shown(book: Book, tab: Tab) -> None:
    """A switch of the grid, told only when it is on."""
    tab.hide_gridlines()
    assert book.worksheet("Sheet1").is_gridlines_hidden
    tab.show_gridlines()
    assert not book.worksheet("Sheet1").is_gridlines_hidden


@CLAIMS.of("hide_rows unhide_rows hide_columns unhide_columns")
def test_rows_and_columns_are_hidden_and_shown(book: Book, tab: Tab) -> None:
    """Hidden lines are still read."""
    tab.update([["a"], ["b"]])
    tab.hide_rows(0, 2)
    tab.hide_columns(0, 1)
    tab.unhide_rows(1, 2)
    fields = "data(rowMetadata.hiddenByUser,columnMetadata.hiddenByUser)"
    data = _sheet(book, fields)["data"][0]
    assert [line.get("hiddenByUser") for line in data["rowMetadata"][:2]] == [True, None]
    assert data["columnMetadata"][:2] == [{"hiddenByUser": True}, {}]
    tab.unhide_columns(0, 1)
    assert _sheet(book, fields)["data"][0]["columnMetadata"][0] == {}
    assert tab.get() == [["a"], ["b"]]


@CLAIMS.of("rows_auto_resize columns_auto_resize")
def test_sizes_fit_themselves(book: Book, tab: Tab) -> None:
    """A width that was set by hand is given up."""
    span = {"sheetId": tab.id, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    wide = {"range": span, "properties": {"pixelSize": 300}, "fields": "pixelSize"}
    book.batch_update({"requests": [{"updateDimensionProperties": wide}]})
    tab.columns_auto_resize(0, 1)
    tab.rows_auto_resize(0, 1)
    found = _sheet(book, "data.columnMetadata")["data"][0]["columnMetadata"]
    assert found[0] == {"pixelSize": 100}


@CLAIMS.of("add_dimension_group_rows list_dimension_group_rows delete_dimension_group_rows")
def test_rows_are_grouped(tab: Tab) -> None:
    """Group within group, one level deeper; the sheet's id 0 is left out."""
    tab.add_dimension_group_rows(1, 9)
    tab.add_dimension_group_rows(2, 4)
    span = {"dimension": "ROWS", "startIndex": 2, "endIndex": 4}
    assert {"range": span, "depth": 2} in tab.list_dimension_group_rows()
    tab.delete_dimension_group_rows(2, 4)
    tab.delete_dimension_group_rows(1, 9)
    assert tab.list_dimension_group_rows() == []


@CLAIMS.of(
    "add_dimension_group_columns list_dimension_group_columns",
    "delete_dimension_group_columns",
)
def test_columns_are_grouped(tab: Tab) -> None:
    """Columns have groups of their own."""
    tab.add_dimension_group_columns(0, 2)
    span = {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 2}
    assert tab.list_dimension_group_columns() == [{"range": span, "depth": 1}]
    tab.delete_dimension_group_columns(0, 2)
    assert tab.list_dimension_group_columns() == []


@CLAIMS.of("merge_cells batch_merge unmerge_cells")
def test_cells_are_merged_and_parted(book: Book, tab: Tab) -> None:
    """The first cell keeps its content; a merge by rows makes one for each row."""
    tab.update([["a", "b", "x"], ["c", "d"]])
    tab.merge_cells("A1:B2", MergeType.merge_rows)
    tab.batch_merge([{"range": "D1:E2"}])
    assert tab.get("A1:B2") == [["a"], ["c"]]
    ends = [(m["startRowIndex"], m["endColumnIndex"]) for m in _sheet(book, "merges")["merges"]]
    assert ends == [(0, 2), (1, 2), (0, 5)]
    assert tab.get("A1:C1", combine_merged_cells=True) == [["a", "a", "x"]]
    tab.unmerge_cells("A1:B2")
    assert len(_sheet(book, "merges")["merges"]) == 1


@CLAIMS.of("format batch_format")
def test_formats_come_back_as_they_were_set(book: Book, tab: Tab) -> None:
    """Colours gain their style and lose channels of zero; the rest is as it was sent."""
    look = {"backgroundColor": {"red": 1, "green": 0}, "textFormat": {"bold": True}}
    tab.format("A1:B1", look)
    tab.batch_format([{"range": "B1", "format": {"numberFormat": {"type": "TEXT"}}}])
    rows = _sheet(book, "data.rowData.values.userEnteredFormat")["data"][0]["rowData"]
    first, second = (cell["userEnteredFormat"] for cell in rows[0]["values"])
    assert first == {
        "backgroundColor": {"red": 1},
        "backgroundColorStyle": {"rgbColor": {"red": 1}},
        "textFormat": {"bold": True},
    }
    assert second["numberFormat"] == {"type": "TEXT"}


@CLAIMS.of("set_basic_filter clear_basic_filter")
def test_the_filter_is_set_and_removed(book: Book, tab: Tab) -> None:
    """Without a range it covers the whole grid."""
    tab.set_basic_filter()
    ends = {"startRowIndex": 0, "endRowIndex": 1000, "startColumnIndex": 0, "endColumnIndex": 26}
    assert _sheet(book, "basicFilter.range") == {"basicFilter": {"range": ends}}
    tab.clear_basic_filter()
    assert _sheet(book, "basicFilter") == {}


@CLAIMS.of("add_validation")
def test_a_rule_of_what_may_stand_in_cells(book: Book, tab: Tab) -> None:
    """A dropdown comes back with its words in order."""
    kind = ValidationConditionType.one_of_list
    tab.add_validation("B2:B3", kind, ["Catat", "Ganda"], strict=True, showCustomUi=True)
    rows = _sheet(book, "data.rowData.values.dataValidation")["data"][0]["rowData"]
    words = [{"userEnteredValue": "Catat"}, {"userEnteredValue": "Ganda"}]
    condition = {"type": "ONE_OF_LIST", "values": words}
    rule = {"condition": condition, "strict": True, "showCustomUi": True}
    assert rows[1]["values"][1] == {"dataValidation": rule}


@CLAIMS.of("add_protected_range delete_protected_range")
def test_a_range_is_protected_and_set_free(book: Book, tab: Tab) -> None:
    """The owner is an editor of it without being named."""
    reply = tab.add_protected_range("A1:B2", description="judul")
    thing = reply["replies"][0]["addProtectedRange"]["protectedRange"]
    assert (thing["editors"], thing["requestingUserCanEdit"]) == ({}, True)
    assert "sheetId" not in thing["range"]
    kept = book.list_protected_ranges(tab.id)[0]
    assert kept["editors"]["users"] == [OWNER]
    tab.delete_protected_range(thing["protectedRangeId"])
    assert book.list_protected_ranges(tab.id) == []


@CLAIMS.of("define_named_range delete_named_range")
def test_a_range_gets_a_name_and_loses_it(book: Book, tab: Tab) -> None:
    """A bare name is looked up among the names before it is read as cells."""
    tab.update([["a", "b"]])
    reply = tab.define_named_range("A1:B1", "Kepala")
    number = reply["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"]
    assert tab.get("Kepala") == [["a", "b"]]
    tab.delete_named_range(number)
    assert book.fetch_sheet_metadata({"fields": "namedRanges"}) == {}


@CLAIMS.of("update_tab_color get_tab_color tab_color clear_tab_color")
def test_a_tab_has_a_colour(book: Book, tab: Tab) -> None:
    """Both fields of the colour go with it; without one there is nothing to tell."""
    tab.update_tab_color("#FF0000")
    fresh = book.worksheet("Sheet1")
    assert (fresh.get_tab_color(), fresh.tab_color) == ("#FF0000", "#FF0000")
    fresh.clear_tab_color()
    assert _sheet(book, "properties.tabColorStyle") == {"properties": {}}


@CLAIMS.of("update_title update_index")
def test_a_sheet_gets_another_title_and_place(book: Book, tab: Tab) -> None:
    """The index is counted before the sheet is taken out of its place."""
    for title in ("B", "C"):
        book.add_worksheet(title, 1, 1)
    tab.update_title("A")
    tab.update_index(2)
    assert [sheet.title for sheet in book.worksheets()] == ["B", "A", "C"]


@CLAIMS.of("duplicate")
def test_a_sheet_is_duplicated_with_what_hangs_on_it(book: Book, tab: Tab) -> None:
    """Cells, notes and merges come along on ranges of the new sheet; protections do not."""
    tab.update([["a"]])
    tab.insert_note("A1", "bantuan")
    tab.merge_cells("A1:B1")
    tab.add_protected_range("A1")
    twin = tab.duplicate(insert_sheet_index=1, new_sheet_id=77, new_sheet_name="Kembar")
    tab.update([["b"]])
    assert (twin.id, twin.title, twin.index) == (77, "Kembar", 1)
    assert (twin.acell("A1").value, twin.get_note("A1")) == ("a", "bantuan")
    found = _sheet(book, "merges,protectedRanges", 1)
    assert [merge["sheetId"] for merge in found.pop("merges")] == [77]
    assert found == {}


def test_a_duplicate_finds_a_title_and_the_first_place(tab: Tab) -> None:
    """Nothing but the sheet is given: a free id, a free title, and index 0."""
    titles = [tab.duplicate().title for _ in range(2)]
    assert titles[0] == "Copy of Sheet1"
    assert [sheet.title for sheet in tab.spreadsheet.worksheets()] == [*titles[::-1], "Sheet1"]
    with pytest.raises(APIError, match="already exists"):
        tab.duplicate(new_sheet_name="sheet1")
    with pytest.raises(APIError, match="already exists"):
        tab.duplicate(new_sheet_id=0)


@CLAIMS.of("copy_to")
def test_a_sheet_is_copied_into_another_spreadsheet(client: Client, tab: Tab) -> None:
    """It comes last there, under a title of its own."""
    tab.update([["a"]])
    other = client.create("Tujuan")
    try:
        told = tab.copy_to(other.id)
        assert (told["title"], told["index"]) == ("Copy of Sheet1", 1)
        assert other.get_worksheet(1).acell("A1").value == "a"
    finally:
        client.del_spreadsheet(other.id)


def test_a_sheet_is_copied_only_where_one_may_write(town: Town, book: Book) -> None:
    """A reader of the destination could fill it."""
    book.share(WORKER, "user", "reader")
    register = client_of(town, "worker").open_by_key(town.settings.spreadsheet_id)
    with pytest.raises(APIError, match="does not have permission"):
        register.sheet1.copy_to(book.id)


def test_no_method_of_a_worksheet_is_left_out() -> None:
    """A method that nobody tries could fail against the sandbox, and work against Google."""
    cells: Claims = import_module("tests.sandbox.google.test_gspread_cells").CLAIMS
    assert CLAIMS.missing() & cells.missing() == set()
    assert CLAIMS.stale() | cells.stale() == set()
