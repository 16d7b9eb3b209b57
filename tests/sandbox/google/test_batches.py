"""Batches: all or nothing, and everything that hangs on rows goes with them."""

import json
from typing import Any

import pytest

from tests.sandbox.google.conftest import Desk

Json = dict[str, Any]


def _rows(start: int, end: int) -> Json:
    return {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}


def _insert(start: int, end: int) -> Json:
    return {"insertDimension": {"range": _rows(start, end), "inheritFromBefore": False}}


def _delete(start: int, end: int) -> Json:
    return {"deleteDimension": {"range": _rows(start, end)}}


def _move(start: int, end: int, to: int) -> Json:
    return {"moveDimension": {"source": _rows(start, end), "destinationIndex": to}}


def _place(index: int) -> Json:
    return {"updateSheetProperties": {"properties": {"index": index}, "fields": "index"}}


def _fill(row: int, text: str) -> Json:
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": 0}
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def _sort(order: str = "ASCENDING") -> Json:
    area = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 2}
    return {"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": order}]}}


def test_a_repeated_insertion_is_refused_as_a_whole(desk: Desk) -> None:
    """The anchor's metadataId exists: neither row nor text nor anchor comes twice."""
    batch = (_insert(1, 2), _fill(1, "=bukan rumus"), desk.mark(202_600_001, 1))
    desk.do(*batch)
    revision = desk.google.revision
    assert "requests[2].createDeveloperMetadata" in desk.refused(*batch)
    assert desk.get("A1:A9") == [[], ["=bukan rumus"]]
    assert (desk.marked(202_600_001), desk.google.revision) == (1, revision)


@pytest.mark.parametrize(
    ("request_", "row"),
    [
        (_insert(1, 3), 7),
        (_insert(5, 6), 6),
        (_insert(6, 7), 5),
        (_delete(1, 3), 3),
        (_delete(4, 6), None),
        (_delete(6, 9), 5),
        (_move(5, 6, 2), 2),
        (_move(5, 6, 9), 8),
        (_move(1, 3, 9), 3),
        (_move(7, 9, 2), 7),
    ],
)
def test_an_anchor_stays_with_its_row(desk: Desk, request_: Json, row: int | None) -> None:
    """Rows are inserted, deleted and moved; the anchor is where the text is."""
    desk.put("A6", [["text"]])
    desk.do(desk.mark(9, 5))
    desk.do(request_)
    assert desk.marked(9) == row
    assert desk.get("A1:A20") == ([] if row is None else [[]] * row + [["text"]])


@pytest.mark.parametrize("follows", [True, False])
def test_sorting_takes_anchors_along_or_not(desk: Desk, *, follows: bool) -> None:
    """Measured at Google for sortRange; a switch shows what a sheet does that differs."""
    desk.google.sort_moves_metadata = follows
    desk.put("A1", [["Nama"], ["wayan"], ["Made"], [""], [3], [12]])
    desk.do(desk.mark(1, 1))
    desk.do(_sort())
    assert desk.get("A1:A9") == [["Nama"], [3], [12], ["Made"], ["wayan"]]
    assert desk.marked(1) == (4 if follows else 1)
    desk.do(_sort("DESCENDING"))
    assert desk.get("A1:A9") == [["Nama"], ["wayan"], ["Made"], [12], [3]]


def test_what_hangs_on_ranges_follows(desk: Desk) -> None:
    """Protection, colour rule, name, merge, filter and group all move by two rows."""
    area = {"startRowIndex": 3, "endRowIndex": 6, "startColumnIndex": 0, "endColumnIndex": 2}
    rule = {
        "ranges": [area],
        "booleanRule": {
            "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "Selesai"}]},
            "format": {"textFormat": {"bold": True}},
        },
    }
    desk.do(
        {"addProtectedRange": {"protectedRange": {"range": area, "description": "pengaduan:x"}}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"addNamedRange": {"namedRange": {"name": "daftar", "range": area}}},
        {"mergeCells": {"range": area, "mergeType": "MERGE_ALL"}},
        {"setBasicFilter": {"filter": {"range": area}}},
        {"addFilterView": {"filter": {"title": "Petugas", "range": area}}},
        {"addBanding": {"bandedRange": {"range": area, "rowProperties": {}}}},
        {"addDimensionGroup": {"range": _rows(3, 6)}},
        _insert(0, 2),
    )
    moved = area | {"startRowIndex": 5, "endRowIndex": 8}
    _, answer = desk.ask("?fields=namedRanges,sheets")
    sheet = answer["sheets"][0]
    assert answer["namedRanges"][0]["range"] == moved
    assert sheet["merges"] == [moved]
    assert sheet["conditionalFormats"][0]["ranges"] == [moved]
    for name in ("protectedRanges", "filterViews", "bandedRanges"):
        assert sheet[name][0]["range"] == moved, name
    assert sheet["basicFilter"]["range"] == moved
    group = {"dimension": "ROWS", "startIndex": 5, "endIndex": 8}
    assert sheet["rowGroups"] == [{"range": group, "depth": 1}]
    desk.do(_delete(4, 9))
    gone = desk.ask("?fields=namedRanges,sheets(protectedRanges,merges,conditionalFormats)")
    assert gone == (200, {"sheets": [{}]})


def test_an_open_column_range_covers_inserted_rows(desk: Desk) -> None:
    """A protection without row bounds needs no care when rows come."""
    column = {"startColumnIndex": 2, "endColumnIndex": 3}
    desk.do({"addProtectedRange": {"protectedRange": {"range": column}}}, _insert(1, 5))
    _, answer = desk.ask("?fields=sheets.protectedRanges.range")
    assert answer == {"sheets": [{"protectedRanges": [{"range": column}]}]}


def test_columns_carry_their_names(desk: Desk) -> None:
    """Column metadata follows a column that is inserted to its left."""
    place = {"dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    entry = {
        "metadataKey": "c",
        "metadataValue": "status",
        "location": {"dimensionRange": place},
        "visibility": "DOCUMENT",
    }
    left = {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    desk.put("C1", [["Status"]])
    desk.do(
        {"createDeveloperMetadata": {"developerMetadata": entry}},
        {"insertDimension": {"range": left}},
    )
    lookup = {"metadataKey": "c", "locationType": "COLUMN"}
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    _, answer = desk.ask("/developerMetadata:search", body)
    found = answer["matchedDeveloperMetadata"][0]["developerMetadata"]["location"]
    assert found["dimensionRange"]["startIndex"] == 3
    assert desk.get("D1") == [["Status"]]


def test_new_rows_look_like_their_neighbour(desk: Desk) -> None:
    """Format and validation are inherited, content and notes are not."""
    area = {"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Catat"}]}}
    desk.put("A2", [["lama"]])
    desk.do(
        {"setDataValidation": {"range": area, "rule": rule}},
        {"insertDimension": {"range": _rows(2, 3), "inheritFromBefore": True}},
    )
    fields = "sheets.data.rowData.values(userEnteredValue,dataValidation)"
    _, answer = desk.ask(f"?ranges=A2:A3&fields={fields}")
    first, second = answer["sheets"][0]["data"][0]["rowData"]
    assert first["values"][0]["userEnteredValue"] == {"stringValue": "lama"}
    assert second["values"][0] == {"dataValidation": rule}


def test_metadata_is_changed_and_deleted_by_filter(desk: Desk) -> None:
    """A mark on a sheet counts how far a tab is written."""
    entry = {
        "metadataId": 1,
        "metadataKey": "m",
        "metadataValue": "7",
        "location": {"sheetId": 0},
        "visibility": "DOCUMENT",
    }
    wanted = {"developerMetadataLookup": {"metadataId": 1}}
    change = {
        "dataFilters": [wanted],
        "developerMetadata": {"metadataValue": "8"},
        "fields": "metadataValue",
    }
    desk.do({"createDeveloperMetadata": {"developerMetadata": entry}})
    desk.do({"updateDeveloperMetadata": change})
    status, found = desk.ask("/developerMetadata/1")
    assert (status, found["metadataValue"], found["location"]["sheetId"]) == (200, "8", 0)
    _, answer = desk.ask("?fields=sheets.developerMetadata.metadataId")
    assert answer == {"sheets": [{"developerMetadata": [{"metadataId": 1}]}]}
    desk.do({"deleteDeveloperMetadata": {"dataFilter": wanted}})
    assert desk.ask("/developerMetadata/1")[0] == 404


def test_metadata_of_the_spreadsheet_is_swapped_by_its_old_value(desk: Desk) -> None:
    """A filter may ask for id and value: what was changed meanwhile is left alone."""
    entry = {
        "metadataId": 9,
        "metadataKey": "l",
        "metadataValue": "a",
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }

    def swap(before: str, after: str) -> Json:
        lookup = {"metadataId": 9, "metadataValue": before}
        change = {
            "dataFilters": [{"developerMetadataLookup": lookup}],
            "developerMetadata": {"metadataValue": after},
            "fields": "metadataValue",
        }
        reply: Json = desk.do({"updateDeveloperMetadata": change})["replies"][0]
        return reply

    desk.do({"createDeveloperMetadata": {"developerMetadata": entry}})
    [changed] = swap("a", "b")["updateDeveloperMetadata"]["developerMetadata"]
    assert (changed["metadataValue"], changed["location"]["spreadsheet"]) == ("b", True)
    assert not swap("a", "c").get("updateDeveloperMetadata")
    assert desk.ask("/developerMetadata/9")[1]["metadataValue"] == "b"


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({"noSuchRequest": {}}, "Unknown name \"noSuchRequest\" at 'requests[0]'"),
        ({"addSheet": {"properties": {"sheetId": 0}}}, "Sheet with id 0 already exists"),
        ({"deleteSheet": {"sheetId": 0}}, "can't remove all the sheets"),
        (_delete(0, 1000), "can't delete all the rows"),
        (_delete(990, 1001), "after last index"),
        (_insert(1000, 1001), "startIndex must be less than the grid size (1000)"),
        (_insert(1001, 1002), "larger than current grid size (1000)"),
        ({"insertDimension": {"range": _rows(0, 1), "inheritFromBefore": True}}, "greater than 0"),
        ({"addSheet": {"properties": {"sheetId": -5}}}, "must not be negative"),
        ({"addSheet": {"properties": {"index": 9}}}, "Invalid index 9"),
        (_place(-1), "Invalid index -1"),
        (_place(9), "Invalid index 9"),
        ({"updateSheetProperties": {"properties": {}, "fields": "*"}}, "title cannot be empty"),
        ({"addSlicer": {}}, "Invalid requests[0].addSlicer: This kind of request is not built"),
        ({"findReplace": {"find": "(a+)+$", "searchByRegex": True, "sheetId": 0}}, "not built"),
        (_move(1, 4, 2), "within the source range"),
        ({"addNamedRange": {"namedRange": {"name": "Q1", "range": {}}}}, "not valid"),
        ({"updateCells": {"start": {}, "rows": []}}, "At least one field must be listed"),
        (
            {
                "updateSheetProperties": {
                    "properties": {"sheetId": 0, "hidden": True},
                    "fields": "hidden",
                }
            },
            "requests[0].updateSheetProperties: You can't hide all the sheets in a document.",
        ),
        ({"deleteProtectedRange": {"protectedRangeId": 5}}, "No protectedRanges with ID: 5"),
    ],
)
def test_refusals(desk: Desk, request_: Json, told: str) -> None:
    """What Google refuses is refused, and says why."""
    assert told in desk.refused(request_)


def test_a_row_is_added_behind_the_last_one_of_the_grid(desk: Desk) -> None:
    """With `inheritFromBefore` it is allowed; without, there is nothing to be like."""
    span = {"range": _rows(1000, 1001), "inheritFromBefore": True}
    desk.do({"insertDimension": span}, _fill(1000, "baris"))
    assert desk.get("A1001") == [["baris"]]


def test_frozen_rows_are_not_all_that_stays(desk: Desk) -> None:
    """Deleting all rows below the frozen header is refused; a frozen row may go."""
    grid = {"frozenRowCount": 2}
    freeze = {"properties": {"gridProperties": grid}, "fields": "gridProperties.frozenRowCount"}
    desk.do({"updateSheetProperties": freeze})
    assert "all non-frozen rows" in desk.refused(_delete(2, 1000))
    desk.do(_delete(1, 999))
    _, answer = desk.ask("?fields=sheets.properties.gridProperties")
    found = answer["sheets"][0]["properties"]["gridProperties"]
    assert (found["rowCount"], found["frozenRowCount"]) == (2, 1)


def test_a_tab_keeps_its_title_in_other_letters(desk: Desk) -> None:
    """Its own title is no obstacle to writing it in small letters; an empty one is."""
    change = {"properties": {"title": "sheet1"}, "fields": "title"}
    desk.do({"updateSheetProperties": change})
    assert desk.ask("/values/sheet1!A1")[1]["range"] == "sheet1!A1"


def test_a_batch_may_ask_for_the_outcome(desk: Desk) -> None:
    """`includeSpreadsheetInResponse` gives the spreadsheet as the batch left it."""
    body = {
        "requests": [_fill(0, "isi")],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["A1"],
        "responseIncludeGridData": True,
    }
    _, answer = desk.ask(":batchUpdate", body)
    row = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]
    assert row["values"][0]["formattedValue"] == "isi"


def test_texts_are_found_and_replaced(desk: Desk) -> None:
    """Everywhere or in whole cells, with counts; formulas only when asked for."""
    desk.put("A1", [["Air mati", "air"], ["=1+1", 7]])
    desk.put("C1", [["=1+1"]], typed=True)
    asked = {"find": "AIR", "replacement": "Lampu", "sheetId": 0}
    reply = desk.do({"findReplace": asked})["replies"][0]["findReplace"]
    counts = {"valuesChanged": 2, "rowsChanged": 1, "sheetsChanged": 1, "occurrencesChanged": 2}
    assert reply == counts
    whole = {"find": "lampu", "replacement": "", "sheetId": 0, "matchEntireCell": True}
    desk.do({"findReplace": whole})
    one = {"find": "1", "replacement": "2", "range": {}, "includeFormulas": True}
    desk.do({"findReplace": one})
    assert desk.get("A1:C2") == [["Lampu mati", "", 4], ["=2+2", 7]]
    case = {"find": "LAMPU", "replacement": "x", "sheetId": 0, "matchCase": True}
    assert desk.do({"findReplace": case})["replies"] == [{"findReplace": {}}]


def test_copying_and_cutting(desk: Desk) -> None:
    """A copy fills a larger destination; a cut leaves nothing behind."""
    desk.put("A1", [["a", "b"]])
    one = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 2}
    two = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}
    desk.do({"copyPaste": {"source": one, "destination": two}})
    assert desk.get("A1:B3") == [["a", "b"]] * 3
    desk.do({"cutPaste": {"source": one, "destination": {"rowIndex": 4, "columnIndex": 1}}})
    assert desk.get("A1:C5") == [[], ["a", "b"], ["a", "b"], [], ["", "a", "b"]]


def test_append_cells_writes_below_the_last_row(desk: Desk) -> None:
    """No table is searched: a stray word far below moves the place down, never sideways."""
    desk.put("C3", [["stray"]])
    rows = [{"values": [{"userEnteredValue": {"numberValue": 1}}]}]
    desk.do({"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
    assert desk.get("A1:C9") == [[], [], ["", "", "stray"], [1]]


def test_only_the_named_fields_of_cells_change(desk: Desk) -> None:
    """A value leaves note and format; a format field leaves the other fields of the format."""
    area = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    look = {"wrapStrategy": "WRAP", "numberFormat": {"type": "TEXT"}}
    cell = {"note": "tetap", "userEnteredFormat": look}
    other = {"userEnteredFormat": {"wrapStrategy": "CLIP"}}
    wrap = "userEnteredFormat.wrapStrategy"
    desk.do(
        {"repeatCell": {"range": area, "cell": cell, "fields": "note,userEnteredFormat"}},
        _fill(0, "isi"),
        {"repeatCell": {"range": area, "cell": other, "fields": wrap}},
    )
    fields = "sheets.data.rowData.values(note,userEnteredFormat,formattedValue)"
    _, answer = desk.ask(f"?fields={fields}")
    found = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    changed = look | {"wrapStrategy": "CLIP"}
    assert found == {"note": "tetap", "userEnteredFormat": changed, "formattedValue": "isi"}


def test_masks_select_what_is_wanted(desk: Desk) -> None:
    """Dots, slashes and brackets mean the same; what is absent leaves its empty parents."""
    desk.put("A1", [["a"]])
    asked = {
        "sheets.properties.title": {"sheets": [{"properties": {"title": "Sheet1"}}]},
        "sheets/properties(title)": {"sheets": [{"properties": {"title": "Sheet1"}}]},
        "namedRanges": {},
        "sheets.properties.tabColorStyle": {"sheets": [{"properties": {}}]},
        "sheets/data/rowData/values/note": {"sheets": [{"data": [{}]}]},
    }
    for mask, expected in asked.items():
        assert desk.ask(f"?fields={mask}") == (200, expected), mask
    assert desk.ask("?fields=sheets(")[0] == 400


def test_the_grid_is_read_by_filter_too(desk: Desk) -> None:
    """`getByDataFilter` gives the cells of the ranges that filters select."""
    desk.put("A1", [["a"], ["b"]])
    body = {"dataFilters": [{"gridRange": {"startRowIndex": 1, "endRowIndex": 2}}]}
    call = ":getByDataFilter?fields=sheets.data(startRow,rowData.values.formattedValue)"
    _, answer = desk.ask(call, body)
    shown = {"startRow": 1, "rowData": [{"values": [{"formattedValue": "b"}]}]}
    assert answer == {"sheets": [{"data": [shown]}]}


def test_the_town_survives_a_night_on_disk(desk: Desk) -> None:
    """Dump, JSON, load: the same spreadsheet, anchors, rules and people."""
    desk.put("A1", [["a", 1.5, True, ""], ["=x", "2"]])
    desk.put("C5", [["=1+1"]], typed=True)
    desk.do(
        desk.mark(4, 1),
        {"addProtectedRange": {"protectedRange": {"range": {"startRowIndex": 1}}}},
        {"updateSheetProperties": {"properties": {"title": "Register"}, "fields": "title"}},
    )
    before, seen = desk.google.dump(), desk.ask("?includeGridData=true")
    desk.google.load(json.loads(json.dumps(before)))
    assert desk.google.dump() == before
    assert desk.ask("?includeGridData=true") == seen
    assert desk.marked(4) == 1
