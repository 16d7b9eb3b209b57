"""What hangs on sheets: rules of colour, views, bands, groups, sizes, places of metadata."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.sandbox.google.batch import KINDS
from automation.sandbox.google.core import Google
from automation.sandbox.google.shapes import ENUMS, MESSAGES
from tests.sandbox.google.conftest import WORKER, Desk

Json = dict[str, Any]

EXACT = "EXACT_LOCATION"
AREA = {"startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 2}


def _sheet(desk: Desk, fields: str) -> Json:
    status, answer = desk.ask(f"?fields=sheets({fields})")
    assert status == 200, answer
    found: Json = answer["sheets"][0]
    return found


def _rule(word: str) -> Json:
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": word}]}
    return {"ranges": [AREA], "booleanRule": {"condition": condition, "format": {}}}


def _words(desk: Desk) -> list[str]:
    rules = _sheet(desk, "conditionalFormats").get("conditionalFormats", [])
    return [rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for rule in rules]


def test_rules_of_colour_are_known_by_their_place(desk: Desk) -> None:
    """Added in front, moved, replaced and deleted by index alone."""
    for word in ("c", "b", "a"):
        desk.do({"addConditionalFormatRule": {"rule": _rule(word), "index": 0}})
    assert _words(desk) == ["a", "b", "c"]
    desk.do({"updateConditionalFormatRule": {"index": 0, "newIndex": 2, "sheetId": 0}})
    assert _words(desk) == ["b", "c", "a"]
    desk.do({"updateConditionalFormatRule": {"index": 1, "rule": _rule("x")}})
    desk.do({"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}})
    assert _words(desk) == ["x", "a"]
    assert "No conditional format" in desk.refused({"deleteConditionalFormatRule": {"index": 2}})


@pytest.mark.parametrize(
    ("kind", "field", "key", "name", "drop"),
    [
        ("FilterView", "filter", "filterViewId", "filterViews", "filterId"),
        ("Banding", "bandedRange", "bandedRangeId", "bandedRanges", "bandedRangeId"),
    ],
)
def test_things_with_an_id_are_added_changed_and_deleted(
    desk: Desk, kind: str, field: str, key: str, name: str, drop: str
) -> None:
    """The id of the reply leads to the thing; afterwards it is gone."""
    reply = desk.do({f"add{kind}": {field: {"range": AREA}}})["replies"][0][f"add{kind}"][field]
    again = {"range": AREA, key: reply[key]}
    assert "already exists" in desk.refused({f"add{kind}": {field: again}})
    wider = AREA | {"endRowIndex": 9}
    change = {field: {key: reply[key], "range": wider}, "fields": "range"}
    desk.do({f"update{kind}": change})
    assert _sheet(desk, name)[name] == [{key: reply[key], "range": wider}]
    desk.do({f"delete{kind}": {drop: reply[key]}})
    assert _sheet(desk, name) == {}
    desk.refused({f"delete{kind}": {drop: reply[key]}})


def test_names_and_filters_come_and_go(desk: Desk) -> None:
    """A named range reads like a range; an open filter is closed at the grid."""
    desk.put("A2", [["a", "b"]])
    named = {"name": "daftar", "range": AREA}
    reply = desk.do(
        {"addNamedRange": {"namedRange": named}},
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}},
    )["replies"][0]["addNamedRange"]["namedRange"]
    assert desk.get("daftar") == [["a", "b"]]
    whole = {"startRowIndex": 0, "endRowIndex": 1000, "startColumnIndex": 0, "endColumnIndex": 26}
    assert _sheet(desk, "basicFilter") == {"basicFilter": {"range": whole}}
    number = reply["namedRangeId"]
    moved = {"namedRangeId": number, "name": "Daftar", "range": AREA | {"startColumnIndex": 1}}
    desk.do({"updateNamedRange": {"namedRange": moved, "fields": "*"}})
    assert desk.get("daftar") == [["b"]]
    wrong = {"namedRange": {"namedRangeId": number, "name": "Q1"}, "fields": "name"}
    assert "not valid" in desk.refused({"updateNamedRange": wrong})
    desk.do({"deleteNamedRange": {"namedRangeId": number}}, {"clearBasicFilter": {"sheetId": 0}})
    assert _sheet(desk, "basicFilter") == {}
    assert desk.ask("/values/daftar")[0] == 400


def test_groups_have_depths(desk: Desk) -> None:
    """A group within a group is of depth 2; deleting takes one level off."""
    outer = {"dimension": "ROWS", "startIndex": 1, "endIndex": 6}
    inner = outer | {"startIndex": 2, "endIndex": 4}
    desk.do({"addDimensionGroup": {"range": outer}}, {"addDimensionGroup": {"range": inner}})
    groups = [{"range": outer, "depth": 1}, {"range": inner, "depth": 2}]
    assert _sheet(desk, "rowGroups")["rowGroups"] == groups
    desk.do({"deleteDimensionGroup": {"range": inner}})
    assert _sheet(desk, "rowGroups")["rowGroups"] == groups[:1]


def test_sizes_are_set_and_forgotten(desk: Desk) -> None:
    """Widths move with their columns; automatic ones are the default again."""
    span = {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    change = {"range": span, "properties": {"pixelSize": 40}, "fields": "pixelSize"}
    desk.do({"updateDimensionProperties": change}, {"insertDimension": {"range": span}})
    mask = "data(columnMetadata(pixelSize))"
    widths = [c["pixelSize"] for c in _sheet(desk, mask)["data"][0]["columnMetadata"]]
    assert (widths[:3], len(widths)) == ([40, 40, 100], 27)
    desk.do({"autoResizeDimensions": {"dimensions": span}})
    assert _sheet(desk, mask)["data"][0]["columnMetadata"][0] == {"pixelSize": 100}


def test_merged_cells_keep_the_first(desk: Desk) -> None:
    """The others lose their content; a merge is undone as a whole or not at all."""
    desk.put("A2", [["a", "b"], ["c", "d"]])
    desk.do({"mergeCells": {"range": AREA, "mergeType": "MERGE_ROWS"}})
    assert desk.get("A2:B3") == [["a"], ["c"]]
    assert len(_sheet(desk, "merges")["merges"]) == 4
    half = AREA | {"endColumnIndex": 1}
    assert "select all cells" in desk.refused({"unmergeCells": {"range": half}})
    desk.do({"unmergeCells": {"range": AREA}})
    assert _sheet(desk, "merges") == {}


def test_tabs_change_place_size_and_name(desk: Desk) -> None:
    """The index is counted before the move; a smaller grid loses what lay outside."""
    for number in (1, 2):
        desk.do({"addSheet": {"properties": {"sheetId": number, "title": f"Tab {number}"}}})
    desk.put("A900", [["gone"]])
    grid = {"rowCount": 20, "columnCount": 30, "frozenRowCount": 1}
    properties = {"sheetId": 0, "index": 2, "title": "Register", "gridProperties": grid}
    change = {"properties": properties, "fields": "index,title,gridProperties"}
    desk.do({"updateSheetProperties": change})
    _, answer = desk.ask("?fields=sheets.properties")
    found = [sheet["properties"] for sheet in answer["sheets"]]
    assert [(p["title"], p["index"]) for p in found] == [
        ("Tab 1", 0),
        ("Register", 1),
        ("Tab 2", 2),
    ]
    assert found[1]["gridProperties"] == grid
    desk.do({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 980}})
    assert desk.get("Register!A1:A1000") == []
    assert "name" in desk.refused({"addSheet": {"properties": {"title": "tab 1"}}})


@pytest.mark.parametrize(
    ("lookup", "found"),
    [
        ({}, [1, 2, 3]),
        ({"metadataKey": "k"}, [2, 3]),
        ({"locationType": "ROW"}, [2, 3]),
        ({"locationType": "SHEET"}, [1]),
        ({"metadataLocation": {"sheetId": 0}}, [1, 2, 3]),
        ({"metadataLocation": {"sheetId": 0}, "locationMatchingStrategy": EXACT}, [1]),
        (
            {
                "metadataLocation": {
                    "dimensionRange": {"dimension": "ROWS", "startIndex": 3, "endIndex": 9}
                },
                "locationMatchingStrategy": "INTERSECTING_LOCATION",
            },
            [3],
        ),
    ],
)
def test_metadata_is_searched(desk: Desk, lookup: Json, found: list[int]) -> None:
    """By key, kind of place, or place; each mark comes once."""
    on_sheet = {
        "metadataId": 1,
        "metadataKey": "m",
        "location": {"sheetId": 0},
        "visibility": "DOCUMENT",
    }
    desk.do(
        {"createDeveloperMetadata": {"developerMetadata": on_sheet}},
        desk.mark(2, 1),
        desk.mark(3, 4),
    )
    filters = [{"developerMetadataLookup": lookup}] * 2
    _, answer = desk.ask("/developerMetadata:search", {"dataFilters": filters})
    matched = answer["matchedDeveloperMetadata"]
    assert [match["developerMetadata"]["metadataId"] for match in matched] == found


@pytest.mark.parametrize(
    ("lookup", "told"),
    [
        ({"locationMatchingStrategy": EXACT}, "needs a metadataLocation"),
        (
            {
                "metadataLocation": {"sheetId": 0},
                "locationMatchingStrategy": EXACT,
                "locationType": "ROW",
            },
            "must be left unspecified",
        ),
        (
            {
                "metadataLocation": {"spreadsheet": True},
                "locationMatchingStrategy": "INTERSECTING_LOCATION",
            },
            "not supported",
        ),
        ({"metadataLocation": {"sheetId": 0}, "locationType": "SPREADSHEET"}, "cannot intersect"),
    ],
)
def test_lookups_that_contradict_themselves_are_refused(
    desk: Desk, lookup: Json, told: str
) -> None:
    """What Google's reference forbids is answered with 400."""
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    status, answer = desk.ask("/developerMetadata:search", body)
    assert (status, told in answer["error"]["message"]) == (400, True), answer


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({"appendDimension": {"dimension": "ROWS", "length": 10**9}}, "above the limit"),
        ({"appendDimension": {"dimension": "COLUMNS", "length": 20_000}}, "18278 columns"),
        (
            {"insertDimension": {"range": {"dimension": "ROWS", "endIndex": 10**9}}},
            "above the limit",
        ),
        ({"addSheet": {"properties": {"gridProperties": {"rowCount": 10**9}}}}, "10000000 cells"),
    ],
)
def test_nobody_grows_a_sheet_without_bounds(desk: Desk, request_: Json, told: str) -> None:
    """Refused before any room is taken."""
    assert told in desk.refused(request_)


def test_metadata_has_little_room(desk: Desk) -> None:
    """30,000 characters for each sheet."""
    entry = {
        "metadataKey": "k",
        "metadataValue": "x" * 30_000,
        "location": {"sheetId": 0},
        "visibility": "DOCUMENT",
    }
    assert "30000" in desk.refused({"createDeveloperMetadata": {"developerMetadata": entry}})


_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "any": st.none(),
    "bool": st.booleans(),
    "int": st.sampled_from([0, 1, 2, 3, 999, 1000, -1]),
    "num": st.sampled_from([0, 0.5, -1, 10**400]),
    "str": st.sampled_from(["", "a", "A1", "Sheet1!A1:B2", "=1+1", "*", "note", "title,index"]),
}
_DEEPEST = 5


def _of(kind: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Make things that fit a type of Google's messages."""
    if kind.startswith("["):
        return st.lists(_of(kind[1:-1], depth), max_size=2)
    if kind in ENUMS:
        return st.sampled_from(sorted(ENUMS[kind]))
    if kind == "GridRange":
        return st.sampled_from([AREA, {}, {"startColumnIndex": 1, "endColumnIndex": 3}])
    if kind == "DimensionRange":
        return st.sampled_from([_line(d, at) for d in ("ROWS", "COLUMNS") for at in (0, 2)])
    if kind not in MESSAGES:
        return _PLAIN[kind]
    fields = MESSAGES[kind] if depth < _DEEPEST else {}
    parts = {name: _later(k, depth + 1) for name, k in fields.items()}
    return st.fixed_dictionaries({}, optional=parts)


def _later(kind: str, depth: int) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: _of(kind, depth))


def _line(dimension: str, at: int) -> Json:
    return {"dimension": dimension, "startIndex": at, "endIndex": at + 1}


_SOUND = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: _of(MESSAGES["Request"][kind], 1).map(lambda body: {kind: body})
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(request_=_SOUND)
def test_what_is_done_can_be_read_and_kept(
    desk: Desk, caplog: pytest.LogCaptureFixture, request_: Json
) -> None:
    """After any well-formed request the whole spreadsheet is readable, and survives the disk."""
    before = desk.google.dump()
    status, _ = desk.ask(":batchUpdate", {"requests": [request_]})
    assert status in {200, 400}
    assert caplog.records == []  # nothing was refused for want of understanding
    assert desk.ask("?includeGridData=true")[0] == 200
    after = desk.google.dump()
    desk.google.load(json.loads(json.dumps(after)))
    assert desk.google.dump() == after
    assert status == 200 or after == before
    desk.google.load(before)


_LEAF = st.none() | st.booleans() | st.integers(-3, 2000) | st.text(max_size=4)
_NAMES = ["sheetId", "startIndex", "endIndex", "dimension", "range", "rows", "fields", "properties"]
_ANY = st.recursive(
    _LEAF,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), part),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(KINDS)), body=_ANY)
def test_nonsense_never_breaks_the_town(desk: Desk, kind: str, body: object) -> None:
    """Any JSON as any kind of request is done or refused; a refusal changes nothing."""
    before = desk.google.dump()
    head = {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"}
    target = f"/v4/spreadsheets/{desk.id}:batchUpdate"
    raw = json.dumps({"requests": [{kind: body}]}).encode()
    status = Google.handle(desk.google, "POST", target, head, raw)[0]  # not judged: it is nonsense
    assert status in {200, 400}
    assert status == 200 or desk.google.dump() == before
    desk.google.load(before)
