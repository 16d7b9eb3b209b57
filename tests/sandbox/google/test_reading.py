"""Requests are read as Google's parser reads them, by an excerpt of Google's own description."""

import json
from typing import Any

import pytest

from automation.sandbox.google.shapes import ENUMS, MESSAGES, PLAIN
from tests.sandbox.discovery import document, methods
from tests.sandbox.google.conftest import STAFF, WORKER, Desk

Json = dict[str, Any]

_PLAIN = {"string": "str", "integer": "int", "number": "num", "boolean": "bool"}


def _described(schema: Json) -> tuple[str, frozenset[str]]:
    """Give a type in the excerpt's notation, and the words of an enum."""
    if schema.get("type") == "array":
        inner, words = _described(schema["items"])
        return f"[{inner}]", words
    words = frozenset(schema.get("enum", ()))
    return schema.get("$ref") or ("" if words else _PLAIN.get(schema["type"], "any")), words


def _agrees(kind: str, schema: Json) -> bool:
    inner, (told, words) = kind.strip("[]"), _described(schema)
    if inner == "any":
        return True
    repeated = kind.startswith("[") == (schema.get("type") == "array" or "repeated" in schema)
    return repeated and (ENUMS[inner] == words if words else told.strip("[]") == inner)


def _parameters(name: str) -> Json:
    (method,) = (m for m in methods(document()) if m["id"] == f"sheets.{name}")
    return {n: p for n, p in method["parameters"].items() if p["location"] == "query"}


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_the_excerpt_is_googles_word(name: str) -> None:
    """Each message has Google's fields with Google's types, none more and none less."""
    if name.startswith("spreadsheets."):
        known = _parameters(name)
    else:
        known = document()["schemas"][name].get("properties", {})
    fields = MESSAGES[name]
    assert set(fields) == set(known)
    assert [n for n, kind in fields.items() if not _agrees(kind, known[n])] == []


def test_the_excerpt_is_complete_in_itself() -> None:
    """Each type that a field names is there."""
    kinds = {kind.strip("[]") for fields in MESSAGES.values() for kind in fields.values()}
    assert kinds <= PLAIN | set(ENUMS) | set(MESSAGES)


PUT = "/values/A1?valueInputOption=RAW"


@pytest.mark.parametrize(
    ("call", "body", "told"),
    [
        (PUT, {"value": [["x"]]}, 'Unknown name "value": Cannot find field.'),
        (PUT, {"majorDimension": "rows"}, "Invalid value at 'major_dimension' (type.googleapis"),
        ("/values/A1?valueInputOption=raw", {}, 'sheets.v4.ValueInputOption), "raw"'),
        (f"{PUT}&mode=1", {}, "Unknown name \"mode\": Cannot bind query parameter. Field 'mode'"),
        (f"{PUT}&includeValuesInResponse=yes", {}, "Invalid value at 'include_values_in_response'"),
    ],
)
def test_what_google_does_not_know_is_refused(desk: Desk, call: str, body: Json, told: str) -> None:
    """Misspelt names, words and truth values are 400 with Google's text, and nothing is done."""
    desk.put("A1", [["tetap"]])
    status, answer = desk.ask(call, {"values": [["x"]]} | body, method="PUT")
    assert (status, told in answer["error"]["message"]) == (400, True), answer
    assert desk.get("A1") == [["tetap"]]


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({"noSuchRequest": {}}, "Unknown name \"noSuchRequest\" at 'requests[0]': Cannot find"),
        (
            {"setDataValidation": {"range": {"startRowIdx": 5}}},
            "Unknown name \"startRowIdx\" at 'requests[0].set_data_validation.range'",
        ),
        (
            {"sortRange": {"sortSpecs": [{}, {"dimensionIndex": "1"}]}},
            "at 'requests[0].sort_range.sort_specs[1].dimension_index' (TYPE_INT32), \"1\"",
        ),
        (
            {"updateCells": {"rows": [{"values": ["x"]}]}},
            "at 'requests[0].update_cells.rows[0].values[0]'",
        ),
        ({"updateCells": {"start": {}, "fields": "userEnteredValu"}}, "Invalid field: userEnter"),
        (
            {"updateSheetProperties": {"properties": {}, "fields": "gridProperties.frozen"}},
            "Invalid requests[0].updateSheetProperties: Invalid field: gridProperties.frozen",
        ),
    ],
)
def test_misspelt_requests_name_the_place(desk: Desk, request_: Json, told: str) -> None:
    """The path to the fault is Google's: fields with underscores, lists with their index."""
    assert told in desk.refused(request_)


def test_a_misspelt_mask_is_refused(desk: Desk) -> None:
    """A field that answers never have is no empty answer but a 400."""
    for mask in ("sheets.propertys", "sheets(data(rowData.value))", "charts"):
        status, answer = desk.ask(f"?fields={mask}")
        assert (status, "fields" in answer["error"]["message"]) == (400, True), mask


def test_masks_cut_other_answers_too(desk: Desk) -> None:
    """`fields` is a parameter of each method."""
    status, answer = desk.ask(f"{PUT}&fields=updatedRange", {"values": [["x"]]}, method="PUT")
    assert (status, answer) == (200, {"updatedRange": "Sheet1!A1"})


def test_null_is_unset(desk: Desk) -> None:
    """Fields that are null count as absent, as gspread sends them; a null among values skips."""
    area = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": None}
    thing = {"range": area, "description": None, "editors": None, "namedRangeId": None}
    reply = desk.do(
        {"addProtectedRange": {"protectedRange": thing}, "sortRange": None},
        {"addSheet": {"properties": {"title": "B", "sheetId": None, "gridProperties": None}}},
    )
    kept = reply["replies"][0]["addProtectedRange"]["protectedRange"]["range"]
    assert kept == {"startRowIndex": 0, "endRowIndex": 1}
    desk.put("B!A1", [["a", "b"]])
    desk.put("B!A1", [[None, "c"]])
    assert desk.get("B!A1:B1") == [["a", "c"]]


def test_one_thing_stands_for_a_list_of_one(desk: Desk) -> None:
    """Google's parser takes a single message or text where a list is meant."""
    desk.put("A1", [["a"]])
    area = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    cell = {"range": area, "rows": {"values": {"note": "x"}}, "fields": "note"}
    status, _ = _unjudged(desk, ":batchUpdate", {"requests": {"updateCells": cell}})
    assert status == 200
    status, answer = _unjudged(desk, "/values:batchClear", {"ranges": "A1"})
    assert (status, answer["clearedRanges"]) == (200, ["Sheet1!A1"])


def _unjudged(desk: Desk, call: str, body: Json) -> tuple[int, Json]:
    """Send what Google takes although its description does not name it."""
    head = {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"}
    target, raw = f"/v4/spreadsheets/{desk.id}{call}", json.dumps(body).encode()
    status, _, answer = super(type(desk.google), desk.google).handle("POST", target, head, raw)
    found: Json = json.loads(answer)
    return status, found


@pytest.mark.parametrize(
    "raw",
    [
        b'{"values": [["\\ud800"]]}',
        b'{"values": [["\xed\xa0\x80"]]}',
        b'{"\\udfff": 1}',
        b'{"values": [["x"]]} {}',
        b"[" * 100_000,
        "{}".encode("utf-16"),
    ],
)
def test_broken_text_is_refused_before_it_is_stored(desk: Desk, raw: bytes) -> None:
    """Half a character would make every later answer unwritable."""
    head = {"Authorization": f"Bearer {desk.google.token_for(STAFF)}"}
    target = f"/v4/spreadsheets/{desk.id}{PUT}"
    status, _, answer = desk.google.handle("PUT", target, head, raw)
    assert (status, json.loads(answer)["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert desk.get("A1") == []


def test_new_spreadsheets_are_empty(desk: Desk) -> None:
    """Properties and tabs are taken; cells at creation are refused, not lost in silence."""
    desk.google.strict = False
    head = {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"}
    tabs = [{"properties": {"title": "Peran"}}]
    wanted = {"properties": {"title": "Baru", "locale": "id_ID"}, "sheets": tabs}
    raw = json.dumps(wanted).encode()
    status, _, answer = desk.google.handle("POST", "/v4/spreadsheets", head, raw)
    made = json.loads(answer)
    assert (status, made["properties"]["locale"]) == (200, "id_ID")
    assert [sheet["properties"]["title"] for sheet in made["sheets"]] == ["Peran"]
    raw = json.dumps({"sheets": [{"data": [{"startRow": 1}]}]}).encode()
    assert desk.google.handle("POST", "/v4/spreadsheets", head, raw)[0] == 400
