"""Protected ranges: closed to all but their editors and the owner."""

from typing import Any

import pytest

from tests.sandbox.google.conftest import OWNER, STAFF, WORKER, Desk

Json = dict[str, Any]

COLUMN = {"startColumnIndex": 2, "endColumnIndex": 3}
HEADER = {"startRowIndex": 0, "endRowIndex": 1}


def _protect(area: Json, *users: str, warn: bool = False) -> Json:
    editors = {} if warn else {"editors": {"users": list(users)}}
    return {
        "addProtectedRange": {"protectedRange": {"range": area, "warningOnly": warn, **editors}}
    }


def _rows(start: int, end: int) -> Json:
    return {"dimension": "ROWS", "startIndex": start, "endIndex": end}


def _write(desk: Desk, cells: str, values: list[list[Any]], who: str) -> tuple[int, str]:
    call = f"/values/{cells}?valueInputOption=USER_ENTERED"
    status, answer = desk.ask(call, {"values": values}, who, "PUT")
    return status, str(answer.get("error", {}).get("message", ""))


@pytest.mark.parametrize(
    ("who", "cells", "status"),
    [
        (STAFF, "C5", 400),
        (STAFF, "B5:D5", 400),
        (STAFF, "B5", 200),
        (OWNER, "C5", 200),
        (WORKER, "C5", 200),
    ],
)
def test_a_column_is_closed_to_others(desk: Desk, who: str, cells: str, status: int) -> None:
    """Typing into a protected column is refused in Google's words; the owner always may."""
    desk.do(_protect(COLUMN, WORKER), who=OWNER)
    found = _write(desk, cells, [["x"] * (3 if ":" in cells else 1)], who)
    assert found[0] == status
    assert ("You are trying to edit a protected cell or object." in found[1]) is (status == 400)


def test_a_sparse_row_does_not_touch_what_it_skips(desk: Desk) -> None:
    """A null in the protected column: the rest of the row is written."""
    desk.do(_protect(COLUMN, WORKER))
    assert _write(desk, "A2", [["a", "b", None, "d"]], STAFF)[0] == 200
    assert desk.get("A2:D2") == [["a", "b", "", "d"]]


def test_a_header_is_closed_cell_by_cell(desk: Desk) -> None:
    """Skipping the protected row in a column that is written below it touches nothing closed."""
    desk.do(_protect(HEADER, WORKER))
    assert _write(desk, "A1", [[None, None], [None, "x"]], STAFF)[0] == 200
    assert _write(desk, "A1", [[None, "y"], [None, None]], STAFF)[0] == 400
    assert desk.get("A1:B2") == [[], ["", "x"]]


def test_replacing_texts_respects_protections(desk: Desk) -> None:
    """One hit in a protected cell stops the replacement; elsewhere it goes through."""
    desk.do(_protect(COLUMN, WORKER))
    desk.put("A1", [["air", "", "air"]])
    replace_ = {"findReplace": {"find": "air", "replacement": "jalan", "allSheets": True}}
    assert "protected cell" in desk.refused(replace_, who=STAFF)
    desk.put("C1", [["lampu"]])
    desk.do(replace_, who=STAFF)
    assert desk.get("A1:C1") == [["jalan", "", "lampu"]]


@pytest.mark.parametrize(
    "request_",
    [
        {"deleteDimension": {"range": _rows(4, 5)}},
        {"insertDimension": {"range": _rows(4, 5)}},
        {"moveDimension": {"source": _rows(4, 5), "destinationIndex": 9}},
        {"sortRange": {"range": {"startRowIndex": 1}, "sortSpecs": [{"dimensionIndex": 0}]}},
        {"repeatCell": {"range": COLUMN, "cell": {"note": "x"}, "fields": "note"}},
        {"setDataValidation": {"range": COLUMN}},
        {"cutPaste": {"source": COLUMN, "destination": {"columnIndex": 5}}},
    ],
)
def test_structure_is_closed_too(desk: Desk, request_: Json) -> None:
    """Deleting, sorting, formatting across the protection is refused to staff alone."""
    desk.do(_protect(COLUMN, WORKER))
    desk.put("A5", [["row", "", "kept"]])
    assert "protected cell" in desk.refused(request_, who=STAFF)
    assert desk.get("A5:C5") == [["row", "", "kept"]]
    desk.do(request_)


def test_only_its_editors_change_a_protection(desk: Desk) -> None:
    """Staff can neither widen nor remove it; they do not even see who may."""
    reply = desk.do(_protect(COLUMN, WORKER))["replies"][0]["addProtectedRange"]["protectedRange"]
    number = reply["protectedRangeId"]
    remove = {"deleteProtectedRange": {"protectedRangeId": number}}
    widen = {"protectedRangeId": number, "editors": {"users": [STAFF]}}
    change = {"updateProtectedRange": {"protectedRange": widen, "fields": "editors"}}
    assert "protected" in desk.refused(remove, who=STAFF)
    assert "protected" in desk.refused(change, who=STAFF)
    _, seen = desk.ask("?fields=sheets.protectedRanges", who=STAFF)
    assert "editors" not in seen["sheets"][0]["protectedRanges"][0]
    desk.do(change)
    assert _write(desk, "C5", [["x"]], STAFF)[0] == 200
    desk.do(remove)


def test_owner_and_maker_are_listed(desk: Desk) -> None:
    """The answer repeats what was asked; the next look shows owner and maker among the editors."""
    reply = desk.do(_protect(HEADER))["replies"][0]["addProtectedRange"]["protectedRange"]
    assert (reply["editors"], reply["requestingUserCanEdit"]) == ({}, True)
    _, seen = desk.ask("?fields=sheets.protectedRanges.editors.users")
    assert seen["sheets"][0]["protectedRanges"][0]["editors"]["users"] == [OWNER, WORKER]


def test_a_warning_stops_nobody(desk: Desk) -> None:
    """`warningOnly` is for people at the screen; the API passes."""
    desk.do(_protect(COLUMN, warn=True))
    assert _write(desk, "C5", [["x"]], STAFF)[0] == 200
    both = {"range": COLUMN, "warningOnly": True, "editors": {"users": [STAFF]}}
    desk.do({"addProtectedRange": {"protectedRange": both}})
    assert desk.ask("?fields=sheets.protectedRanges.editors") == (
        200,
        {"sheets": [{"protectedRanges": [{}, {}]}]},
    )


def test_a_warning_that_becomes_a_lock_lets_all_editors_through(desk: Desk) -> None:
    """Google's reference: without editors of its own it gets those of the document."""
    desk.do(_protect(COLUMN, warn=True))
    _, answer = desk.ask("?fields=sheets.protectedRanges.protectedRangeId")
    change = {**answer["sheets"][0]["protectedRanges"][0], "warningOnly": False}
    desk.do({"updateProtectedRange": {"protectedRange": change, "fields": "warningOnly"}})
    _, seen = desk.ask("?fields=sheets.protectedRanges.editors")
    users = seen["sheets"][0]["protectedRanges"][0]["editors"]["users"]
    assert set(users) == {OWNER, WORKER, STAFF}


def test_a_closed_sheet_has_its_openings(desk: Desk) -> None:
    """The unprotectedRanges of a protected sheet may be edited."""
    hole = {"startRowIndex": 3, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 2}
    thing = {"range": {}, "unprotectedRanges": [hole], "editors": {"users": [WORKER]}}
    desk.do({"addProtectedRange": {"protectedRange": thing}})
    assert _write(desk, "A4", [["x"]], STAFF)[0] == 200
    assert _write(desk, "A6", [["x"]], STAFF)[0] == 400


def test_one_refused_cell_stops_the_whole_batch(desk: Desk) -> None:
    """values:batchUpdate is atomic: the open cell is not written either."""
    desk.do(_protect(COLUMN, WORKER))
    data = [{"range": "A1", "values": [["x"]]}, {"range": "C1", "values": [["x"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    assert desk.ask("/values:batchUpdate", body, STAFF)[0] == 400
    assert desk.get("A1:C1") == []
