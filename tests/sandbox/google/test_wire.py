"""The wire as it was recorded and measured at Google: errors, echoes, defaults left out."""

import json
from typing import Any

import pytest

from tests.sandbox.google.conftest import OWNER, STAFF, STRANGER, WORKER, Desk

Json = dict[str, Any]

PUT = "/values/A1?valueInputOption=RAW"
AREA = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 2}


def _sent(desk: Desk, verb: str, target: str, who: str = WORKER, body: str = "") -> Any:  # noqa: ANN401 - JSON
    head = {"Authorization": f"Bearer {desk.google.token_for(who)}"} if who else {}
    return desk.google.handle(verb, target, head, body.encode())


# --- errors --------------------------------------------------------------------------------------


def _error(desk: Desk, verb: str, target: str, who: str = WORKER) -> Json:
    found: Json = json.loads(_sent(desk, verb, target, who)[2])["error"]
    return found


def test_who_is_not_let_in_is_told_so_in_googles_envelope(desk: Desk) -> None:
    """Nobody, a stranger, and somebody who asks for what does not exist: 401, 403, 404."""
    here = f"/v4/spreadsheets/{desk.id}"
    assert _error(desk, "GET", here, who="")["status"] == "UNAUTHENTICATED"
    assert _error(desk, "GET", here, STRANGER) == {
        "code": 403,
        "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
    }
    assert _error(desk, "GET", f"/v4/spreadsheets/1{'x' * 43}") == {
        "code": 404,
        "message": "Requested entity was not found.",
        "status": "NOT_FOUND",
    }


@pytest.mark.parametrize(
    ("kind", "code", "status", "message"),
    [
        (
            "429",
            429,
            "RESOURCE_EXHAUSTED",
            "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute",
        ),
        ("500", 500, "INTERNAL", "Internal error encountered."),
        ("503", 503, "UNAVAILABLE", "The service is currently unavailable."),
    ],
)
def test_what_fails_at_googles_end(
    desk: Desk, kind: str, code: int, status: str, message: str
) -> None:
    """A client tells these apart by code and status."""
    fault = json.dumps({"kind": kind})
    head = {"content-type": "application/json"}
    desk.google.handle("POST", "/_sandbox/faults", head, fault.encode())
    error = _error(desk, "GET", f"/v4/spreadsheets/{desk.id}")
    assert (error["code"], error["status"]) == (code, status)
    assert error["message"].startswith(message)


def test_a_field_that_does_not_fit_is_named_in_the_details(desk: Desk) -> None:
    """Before version 6 gspread took its arguments in the other order, and got this."""
    body = json.dumps({"values": "X"})
    raw = super(type(desk.google), desk.google).handle(
        "PUT",
        f"/v4/spreadsheets/{desk.id}{PUT}",
        {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"},
        body.encode(),
    )[2]
    told = "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "data.values", "description": told}],
    }
    assert json.loads(raw)["error"] == {
        "code": 400,
        "message": told,
        "status": "INVALID_ARGUMENT",
        "details": [detail],
    }


@pytest.mark.parametrize(
    ("cells", "values", "told"),
    [
        (
            "Sheet1!A5000:B5001",
            [["x"]],
            "Range (Sheet1!A5000:B5001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            "A1:B2",
            [["a"], ["b"], ["c"]],
            "Requested writing within range ['Sheet1'!A1:B2], but tried writing to row [3]",
        ),
        (
            "A1:A2",
            [["a", "b"]],
            "Requested writing within range ['Sheet1'!A1:A2], but tried writing to column [B]",
        ),
        ("'Tak Ada'!A1:B2", [["x"]], "Unable to parse range: 'Tak Ada'!A1:B2"),
    ],
)
def test_ranges_are_refused_word_for_word(
    desk: Desk, cells: str, values: list[list[str]], told: str
) -> None:
    """People search for these sentences."""
    call = f"/values/{cells}?valueInputOption=RAW"
    status, answer = desk.ask(call, {"values": values}, method="PUT")
    assert (status, answer["error"]["message"]) == (400, told)


def test_a_service_account_is_told_of_its_quota_by_drive(desk: Desk) -> None:
    """Drive has reasons and domains where Sheets has a status."""
    raw = _sent(desk, "POST", "/drive/v3/files", body=json.dumps({"name": "Baru"}))
    error = json.loads(raw[2])["error"]
    assert (raw[0], error["errors"][0]["reason"]) == (403, "storageQuotaExceeded")
    assert error["errors"][0]["domain"] == "usageLimits"


# --- the form of answers -------------------------------------------------------------------------


def test_answers_are_pretty_json_and_a_deletion_says_nothing(desk: Desk) -> None:
    """204 has no body; a new file is told by four fields; ids have 44 characters."""
    status, head, raw = _sent(desk, "POST", "/drive/v3/files", OWNER, json.dumps({"name": "B"}))
    made = json.loads(raw)
    assert (status, set(made)) == (200, {"kind", "id", "name", "mimeType"})
    assert (made["kind"], made["id"][0], len(made["id"])) == ("drive#file", "1", 44)
    assert (head["content-type"], b"\n  " in raw) == ("application/json; charset=UTF-8", True)
    assert _sent(desk, "DELETE", f"/drive/v3/files/{made['id']}", OWNER)[::2] == (204, b"")


def test_an_empty_page_token_is_the_first_page(desk: Desk) -> None:
    """As gspread asks for comments."""
    status, _, raw = _sent(desk, "GET", "/drive/v3/files?pageToken=&pageSize=1000")
    assert (status, [file["id"] for file in json.loads(raw)["files"]]) == (200, [desk.id])


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        ("namedRanges", {}),
        ("sheets.properties.tabColorStyle", {"sheets": [{"properties": {}}]}),
        ("sheets.data.rowData.values.note", {"sheets": [{"data": [{}]}]}),
        ("sheets/data/rowData/values/note", {"sheets": [{"data": [{}]}]}),
        (
            "sheets(properties(sheetId,index))",
            {"sheets": [{"properties": {"sheetId": 0, "index": 0}}]},
        ),
    ],
)
def test_masks_leave_what_google_leaves(desk: Desk, mask: str, told: Json) -> None:
    """Where nothing is, the shell of the answer stays; an own sheetId of 0 is told."""
    assert desk.ask(f"?fields={mask}") == (200, told)


def test_a_new_sheet_is_told_in_full(desk: Desk) -> None:
    """The reply to addSheet: a random id of 31 bits, place, type and size."""
    wanted = {"addSheet": {"properties": {"title": "Peran"}}}
    told = desk.do(wanted)["replies"][0]["addSheet"]["properties"]
    assert 0 < told.pop("sheetId") < 2**31
    grid = {"rowCount": 1000, "columnCount": 26}
    assert told == {"title": "Peran", "index": 1, "sheetType": "GRID", "gridProperties": grid}


def test_the_first_sheets_id_is_left_out_of_ranges(desk: Desk) -> None:
    """proto3 leaves out what holds its default; a row index of 0 was set, and stays."""
    group = {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    at = {"sheetId": 0}
    reply = desk.do(
        {"addNamedRange": {"namedRange": {"name": "a", "range": AREA | at}}},
        {"addProtectedRange": {"protectedRange": {"range": AREA | at, "warningOnly": False}}},
        {"setBasicFilter": {"filter": {"range": AREA | at}}},
        {"addDimensionGroup": {"range": group | at}},
        {"mergeCells": {"range": AREA | at, "mergeType": "MERGE_ALL"}},
    )["replies"]
    assert reply[0]["addNamedRange"]["namedRange"]["range"] == AREA
    assert reply[1]["addProtectedRange"]["protectedRange"]["range"] == AREA
    assert "warningOnly" not in reply[1]["addProtectedRange"]["protectedRange"]
    assert reply[3]["addDimensionGroup"]["dimensionGroups"][0]["range"] == group
    _, seen = desk.ask("?fields=namedRanges,sheets(basicFilter,merges,rowGroups)")
    assert "sheetId" not in json.dumps(seen)


def test_titles_are_quoted_where_they_must_be(desk: Desk) -> None:
    """A cactus, an apostrophe, or what looks like a cell; a plain word is bare."""
    titles = {
        "Peran": "Peran!A1:A10",
        "🌵 test 1": "'🌵 test 1'!A1:A10",
        "Jum'at": "'Jum''at'!A1:A10",
        "Q1": "'Q1'!A1:A10",
    }
    for title in titles:
        desk.do({"addSheet": {"properties": {"title": title}}})
    sheets = [title.replace("'", "''") for title in titles]
    _, answer = desk.ask("/values:batchClear", {"ranges": [f"'{t}'!A1:A10" for t in sheets]})
    assert answer["clearedRanges"] == list(titles.values())


def test_what_was_stored_is_told_on_request(desk: Desk) -> None:
    """`includeValuesInResponse` with FORMULA shows what a write has become."""
    query = "valueInputOption=USER_ENTERED&includeValuesInResponse=true"
    call = f"/values/A1?{query}&responseValueRenderOption=FORMULA"
    _, answer = desk.ask(call, {"values": [["=1+1", "1999-01-02"]]}, method="PUT")
    assert answer["updatedData"]["values"] == [["=1+1", 36162]]


# --- rows that move ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "table", "lands"),
    [("A1", "A1:B3", "A4:B5"), ("A6", "A6:B7", "A8:B9"), ("Sheet1", "A6:B7", "A8:B9")],
)
def test_append_between_two_blocks(desk: Desk, asked: str, table: str, lands: str) -> None:
    """Measured with blocks in rows 1 to 3 and 6 to 7: the gap is filled, or the end is found."""
    desk.put("A1", [["a", "b"]] * 3)
    desk.put("A6", [["c", "d"]] * 2)
    body = {"values": [["x", "y"]] * 2}
    _, answer = desk.ask(f"/values/{asked}:append?valueInputOption=RAW", body)
    told = answer["tableRange"], answer["updates"]["updatedRange"]
    assert told == (f"Sheet1!{table}", f"Sheet1!{lands}")


def test_append_by_insertion_pushes_the_next_block_down(desk: Desk) -> None:
    """Measured: the second block moves by as many rows as came."""
    desk.put("A1", [["a"]] * 3)
    desk.put("A6", [["c"]])
    call = "/values/A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
    desk.ask(call, {"values": [["x"], ["y"]]})
    assert desk.get("A1:A9") == [["a"], ["a"], ["a"], ["x"], ["y"], [], [], ["c"]]


@pytest.mark.parametrize(("asked", "lands"), [("'Sheet1'!A2", "A2"), ("Sheet1", "Z501")])
def test_append_is_led_astray(desk: Desk, asked: str, lands: str) -> None:
    """Into an empty row between filled ones, or below a stray word far away in column Z."""
    desk.put("A1", [["a"], [], ["b"]])
    desk.put("Z500", [["x"]])
    _, answer = desk.ask(f"/values/{asked}:append?valueInputOption=RAW", {"values": [["new"]]})
    assert answer["updates"]["updatedRange"] == f"Sheet1!{lands}"
    assert ("tableRange" in answer) is (lands == "Z501")


def test_a_sort_counts_columns_from_the_sheets_first(desk: Desk) -> None:
    """Measured: `dimensionIndex` is no offset within the range."""
    desk.put("C1", [["b", 1], ["a", 2]])
    area = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 2, "endColumnIndex": 4}
    desk.do({"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 2}]}})
    assert desk.get("C1:D2") == [["a", 2], ["b", 1]]


def test_an_anchor_stays_when_its_row_is_written_over(desk: Desk) -> None:
    """Measured: metadata is on the row, not in its cells; two may have one key."""
    desk.put("A3", [["old"]])
    desk.do(desk.mark(1, 2), desk.mark(2, 3))
    desk.put("A3", [["new"]])
    desk.ask("/values/A3:clear", {})
    assert (desk.marked(1), desk.marked(2)) == (2, 3)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ({"startIndex": 0, "endIndex": 2}, "DimensionRange must represent a single row or column"),
        ({"startIndex": 0}, "must specify both a startIndex and an endIndex"),
    ],
)
def test_an_anchor_holds_one_line(desk: Desk, ends: Json, told: str) -> None:
    """Two rows, or rows without an end, are refused."""
    place = {"dimensionRange": {"dimension": "ROWS", **ends}}
    entry = {"metadataKey": "k", "location": place, "visibility": "DOCUMENT"}
    assert told in desk.refused({"createDeveloperMetadata": {"developerMetadata": entry}})


def test_anchors_are_seen_with_grid_data_and_found_by_writers_alone(desk: Desk) -> None:
    """A plain look at the spreadsheet shows none of a row; a reader may not search."""
    desk.do(desk.mark(5, 1))
    assert "developerMetadata" not in json.dumps(desk.ask("")[1])
    _, seen = desk.ask("?fields=sheets.data.rowMetadata.developerMetadata.metadataId")
    assert seen["sheets"][0]["data"][0]["rowMetadata"][1] == {
        "developerMetadata": [{"metadataId": 5}]
    }
    desk.google.share(desk.id, STAFF, "reader")
    body: Json = {"dataFilters": [{"developerMetadataLookup": {}}]}
    assert desk.ask("/developerMetadata:search", body, STAFF)[0] == 403


def test_fewer_values_leave_the_rest_of_an_anchored_row(desk: Desk) -> None:
    """Google's reference: what is not given stays."""
    desk.put("A2", [["a", "b", "c"]])
    desk.do(desk.mark(5, 1))
    wanted = {"dataFilter": {"developerMetadataLookup": {"metadataId": 5}}, "values": [["x"]]}
    body = {"valueInputOption": "RAW", "data": [wanted]}
    assert desk.ask("/values:batchUpdateByDataFilter", body)[0] == 200
    assert desk.get("A2:C2") == [["x", "b", "c"]]
