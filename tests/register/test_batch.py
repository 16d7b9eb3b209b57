"""The one atomic request: its parts, their order, and Google's word that they are well formed."""

from collections.abc import Sequence
from typing import Any

import pytest

from automation.model import NewRow, TabLine
from automation.register import batch
from tests.sandbox.discovery import SHEETS, faults

Json = dict[str, Any]

NAMED = ("nomor", "", "perihal")


def rows(*numbers: int, last_used: int = 4) -> list[Json]:
    """Give the requests that insert rows."""
    found = [NewRow(f"N{n}", n, {"nomor": f"N{n}", "perihal": "=A1"}) for n in numbers]
    return batch.new_rows(found, NAMED, 7, last_used)


def line(mark: int) -> TabLine:
    """Make a line."""
    return TabLine("riwayat", (float(mark), f"L{mark}"), mark)


def kinds(requests: Sequence[Json]) -> list[str]:
    """Give the kinds of requests in order."""
    return [kind for request in requests for kind in request]


def test_rows_are_inserted_filled_and_anchored_in_this_order() -> None:
    """Filling first would write over whoever types below the last row."""
    assert kinds(rows(8, 9)) == [
        "insertDimension",
        "updateCells",
        "createDeveloperMetadata",
        "createDeveloperMetadata",
    ]


def test_all_parts_name_the_same_rows() -> None:
    """The anchor of one complaint on the row of another would mix up two citizens."""
    insert, fill, one, two = rows(8, 9)
    span = insert["insertDimension"]["range"]
    assert (span["sheetId"], span["startIndex"], span["endIndex"]) == (7, 4, 6)
    start = {"sheetId": 7, "rowIndex": 4, "columnIndex": 0}
    assert fill["updateCells"]["start"] == start
    entries = [r["createDeveloperMetadata"]["developerMetadata"] for r in (one, two)]
    assert [
        (entry["metadataId"], entry["location"]["dimensionRange"]["startIndex"])
        for entry in entries
    ] == [(8, 4), (9, 5)]


def test_a_cell_of_a_foreign_column_is_left_out() -> None:
    """The office's own column between ours gets nothing, and nothing shifts into it."""
    values = rows(8)[1]["updateCells"]["rows"][0]["values"]
    texts = [cell.get("userEnteredValue", {}).get("stringValue") for cell in values]
    assert texts == ["N8", None, "=A1"]


@pytest.mark.parametrize(("last_used", "like"), [(1, False), (2, True)])
def test_a_row_looks_like_the_one_above_but_not_like_the_header(
    last_used: int, *, like: bool
) -> None:
    """The first complaint would else be bold on a coloured ground."""
    insert = rows(8, last_used=last_used)[0]["insertDimension"]
    assert insert["inheritFromBefore"] is like


def test_lines_go_below_the_header_the_newest_first() -> None:
    """And the mark of the newest moves in the same request."""
    insert, fill, mark = batch.lines([line(1), line(3), line(2)], 9, 1, marked=True)
    span = insert["insertDimension"]
    assert (span["range"]["startIndex"], span["range"]["endIndex"]) == (1, 4)
    assert span["inheritFromBefore"] is False
    assert fill["updateCells"]["start"] == {"sheetId": 9, "rowIndex": 1, "columnIndex": 0}
    first = [row["values"][1] for row in fill["updateCells"]["rows"]]
    assert [cell["userEnteredValue"]["stringValue"] for cell in first] == ["L3", "L2", "L1"]
    assert mark["updateDeveloperMetadata"]["developerMetadata"] == {"metadataValue": "3"}


def test_the_first_lines_make_the_mark() -> None:
    """It rests on the tab, so it goes where the tab goes."""
    made = batch.lines([line(3)], 9, 1, marked=False)[2]["createDeveloperMetadata"]
    entry = made["developerMetadata"]
    assert (entry["metadataId"], entry["metadataValue"]) == (1, "3")
    assert entry["location"] == {"sheetId": 9}


def test_the_lease_lies_on_the_spreadsheet() -> None:
    """On a tab it would go when somebody deletes that tab, while its holder is at work."""
    entry = batch.lease(9, "", "a 1")["createDeveloperMetadata"]["developerMetadata"]
    assert (entry["location"], entry["metadataValue"]) == ({"spreadsheet": True}, "a 1")


def test_nothing_asks_for_nothing() -> None:
    """An empty insertDimension is refused by Google, with everything else in the request."""
    assert (rows(), batch.lines([], 9, 1, marked=True)) == ([], [])


def test_every_request_is_one_that_google_knows() -> None:
    """Judged by Google's own description: a misspelt field is refused with the whole batch."""
    requests = [
        *rows(8),
        *batch.lines([line(1)], 9, 1, marked=False),
        *batch.lines([line(2)], 9, 1, marked=True),
        batch.anchor(5, 7, 3),
        batch.drop(5),
        batch.lease(9, "", "a 1"),
        batch.lease(9, "a 1", "a 2"),
    ]
    body = {"requests": requests}
    wanted = {"$ref": "BatchUpdateSpreadsheetRequest"}
    assert list(faults(SHEETS, wanted, body, "request")) == []


def test_anchors_take_one_character_each() -> None:
    """A sheet holds 30,000 characters of metadata: that many complaints, and not a tenth of it."""
    entry = batch.anchor(202_600_001, 7, 3)["createDeveloperMetadata"]["developerMetadata"]
    assert len(entry["metadataKey"] + entry["metadataValue"]) == 1
    place = entry["location"]["dimensionRange"]
    assert (place["startIndex"], place["endIndex"]) == (2, 3)
