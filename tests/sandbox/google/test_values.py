"""What becomes of values: how they are stored, shown, trimmed and appended."""

from typing import Any

import pytest

from tests.sandbox.google.conftest import WORKER, Desk

LONGEST = 50_000


def _locale(desk: Desk, locale: str) -> None:
    properties = {"locale": locale, "timeZone": "Asia/Makassar"}
    change = {"properties": properties, "fields": "locale,timeZone"}
    desk.do({"updateSpreadsheetProperties": change})


@pytest.mark.parametrize(
    ("locale", "typed", "stored", "shown"),
    [
        ("en_US", "007", 7, "7"),
        ("en_US", "'0123", "0123", "0123"),
        ("en_US", "=1+2", 3, "3"),
        ("en_US", "= 1 / 1024", 0.0009765625, "0.0009765625"),
        ("en_US", "=2*3^2", 18, "18"),
        ("en_US", "=1/0", "#DIV/0!", "#DIV/0!"),
        ("en_US", "=9e307*100", "#NUM!", "#NUM!"),
        ("en_US", "=SUM(A2)", "#NAME?", "#NAME?"),
        ("en_US", "1E400", "1E400", "1E400"),
        ("en_US", "2026-09-05", 46270, "2026-09-05"),
        ("en_US", "2020-01-01", 43831, "2020-01-01"),
        ("en_US", "$100.15", 100.15, "$100.15"),
        ("en_US", "TRUE", True, "TRUE"),
        ("en_US", "2,000,000.01", 2000000.01, "2,000,000.01"),
        ("en_US", "12.5%", 0.125, "12.50%"),
        ("en_US", "9/5/2026", 46270, "9/5/2026"),
        ("en_US", "+6281200000301", 6281200000301, "6281200000301"),
        ("en_US", "5101234567890123", 5101234567890123, "5.10123E+15"),
        ("en_US", "2026-09-05 13:30", 46270.5625, "2026-09-05 13:30"),
        ("id_ID", "1.250,50", 1250.5, "1.250,50"),
        ("id_ID", "1,5", 1.5, "1,5"),
        ("id_ID", "5/9/2026", 46270, "05/09/2026"),
        ("id_ID", "1.5", "1.5", "1.5"),
        ("id_ID", "Rp2.000", 2000, "Rp2.000"),
        ("id_ID", "31/02/2026", "31/02/2026", "31/02/2026"),
        ("id_ID", "5/9/2026 13.30", 46270.5625, "05/09/2026 13:30"),
        ("id_ID", "12,5%", 0.125, "12,50%"),
        ("id_ID", "1,250.50", "1,250.50", "1,250.50"),
        ("id_ID", "0812", 812, "812"),
        ("en_US", "1.250,50", "1.250,50", "1.250,50"),
        ("en_US", "1999-01-02", 36162, "1999-01-02"),
        ("id_ID", "jalan rusak", "jalan rusak", "jalan rusak"),
    ],
)
def test_typing(desk: Desk, locale: str, typed: str, stored: object, shown: str) -> None:
    """USER_ENTERED reads as a person of the spreadsheet's locale would mean it."""
    _locale(desk, locale)
    desk.put("A1", [[typed]], typed=True)
    assert desk.get("A1") == [[stored]]
    assert desk.get("A1", "FORMATTED_VALUE") == [[shown]]


def test_a_month_and_a_day_mean_this_year(desk: Desk) -> None:
    """The text 1-2 typed in 2026 becomes a date, as people learn to their cost."""
    desk.put("A1", [["1-2"]], typed=True)
    assert desk.get("A1") == [[46024]]


def test_a_number_without_end_is_refused(desk: Desk) -> None:
    """1e400 is valid JSON and no number of a cell."""
    head = {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"}
    target = f"/v4/spreadsheets/{desk.id}/values/A1?valueInputOption=RAW"
    for number in (b"1e400", b"1" + b"0" * 400):
        assert desk.google.handle("PUT", target, head, b'{"values": [[%b]]}' % number)[0] == 400
    assert desk.get("A1", "FORMATTED_VALUE") == []


@pytest.mark.parametrize("text", ["=1+2", "007", "'0123", "2026-09-05", "+62812", "TRUE"])
def test_raw_is_verbatim(desk: Desk, text: str) -> None:
    """RAW stores what was sent, so that a mail cannot bring a formula."""
    desk.put("A1", [[text]])
    assert desk.get("A1") == desk.get("A1", "FORMULA") == [[text]]


def test_a_text_column_keeps_the_zero_of_a_phone_number(desk: Desk) -> None:
    """Number format TEXT: what is typed stays text."""
    look = {"numberFormat": {"type": "TEXT"}}
    column = {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}
    fields = "userEnteredFormat.numberFormat"
    cell = {"userEnteredFormat": look}
    desk.do({"repeatCell": {"range": column, "cell": cell, "fields": fields}})
    desk.put("A1:B1", [["0812", "0812"]], typed=True)
    assert desk.get("A1:B1") == [["0812", 812]]


def test_the_formula_can_be_read_back(desk: Desk) -> None:
    """FORMULA gives the text of a formula and the serial of a date."""
    desk.put("A1:B1", [["=4/2", "2020-01-01"]], typed=True)
    assert desk.get("A1:B1", "FORMULA") == [["=4/2", 43831]]


def test_date_times_read_as_chosen(desk: Desk) -> None:
    """A pattern shows the serial; FORMATTED_STRING gives that text in place of the number."""
    desk.put("A1", [[46350.39583333333]])
    look = {"numberFormat": {"type": "DATE_TIME", "pattern": "dd mmmm yyyy hh.mm"}}
    cell = {"userEnteredFormat": look}
    area = {"startRowIndex": 0, "endRowIndex": 1, "endColumnIndex": 1, "startColumnIndex": 0}
    _locale(desk, "id_ID")
    desk.do({"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat"}})
    query = "?valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=FORMATTED_STRING"
    _, answer = desk.ask(f"/values/A1{query}")
    assert answer["values"] == [["24 November 2026 09.30"]]


def test_null_skips_and_an_empty_text_clears(desk: Desk) -> None:
    """A sparse row leaves the cells of others alone."""
    desk.put("A1", [["a", "b", "c"]])
    desk.put("A1", [[None, "", "x"]])
    assert desk.get("A1:C1") == [["a", "", "x"]]


def test_empty_ends_are_left_out(desk: Desk) -> None:
    """Rows are trimmed at their end, empty rows within stay as []."""
    desk.put("A1", [["a", ""], [], ["", "b"], [""]])
    desk.put("B3", [["b"]])
    column = {"startColumnIndex": 2, "endColumnIndex": 3}
    cell = {"userEnteredFormat": {"wrapStrategy": "CLIP"}}
    desk.do({"repeatCell": {"range": column, "cell": cell, "fields": "userEnteredFormat"}})
    assert desk.get("A1:C5") == [["a"], [], ["", "b"]]
    assert desk.get("D1:D5") == []


def test_a_cell_holds_fifty_thousand_characters(desk: Desk) -> None:
    """One character more and the whole request is refused."""
    desk.put("A1", [["x" * LONGEST]])
    body = {"values": [["new"], ["x" * (LONGEST + 1)]]}
    status, answer = desk.ask("/values/A1?valueInputOption=RAW", body, method="PUT")
    assert status == 400
    assert "maximum of 50000 characters" in answer["error"]["message"]
    assert desk.get("A1:A2") == [["x" * LONGEST]]


@pytest.mark.parametrize(
    ("cells", "values", "told"),
    [
        ("A1:B2", [["a"], ["b"], ["c"]], "but tried writing to row [3]"),
        ("A1:A2", [["a", "b"]], "but tried writing to column [B]"),
    ],
)
def test_values_beyond_their_range_are_refused(
    desk: Desk, cells: str, values: list[list[str]], told: str
) -> None:
    """Google names the first row or column outside."""
    status, answer = desk.ask(
        f"/values/{cells}?valueInputOption=RAW", {"values": values}, method="PUT"
    )
    assert (status, told in answer["error"]["message"]) == (400, True), answer


def test_the_way_of_entering_must_be_said(desk: Desk) -> None:
    """The valueInputOption has no default."""
    assert desk.ask("/values/A1", {"values": [["x"]]}, method="PUT")[0] == 400
    call = "/values/A1?valueInputOption=INPUT_VALUE_OPTION_UNSPECIFIED"
    assert desk.ask(call, {"values": [["x"]]}, method="PUT")[0] == 400


@pytest.mark.parametrize(
    ("typed", "kind", "pattern"),
    [
        ("2026-09-05", "DATE", "yyyy-mm-dd"),
        ("1-2", "DATE", "m-d"),
        ("$100.15", "CURRENCY", '"$"#,##0.00'),
    ],
)
def test_typing_leaves_a_format_behind(desk: Desk, typed: str, kind: str, pattern: str) -> None:
    """Measured at Google: the number is shown as it was typed, because the cell has a format."""
    desk.put("A1", [[typed]], typed=True)
    assert desk.get("A1", "FORMATTED_VALUE") == [[typed]]
    _, answer = desk.ask("?fields=sheets.data.rowData.values.userEnteredFormat")
    cell = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["userEnteredFormat"] == {"numberFormat": {"type": kind, "pattern": pattern}}


def test_what_is_no_text_is_never_read(desk: Desk) -> None:
    """Numbers and truth values are stored as they are, however they are entered."""
    desk.put("A1", [[7, 1.5, True]], typed=True)
    assert desk.get("A1:C1") == [[7, 1.5, True]]
    assert desk.get("A1:C1", "FORMATTED_VALUE") == [["7", "1.5", "TRUE"]]
    desk.put("A1", [[None, "", "x"]], typed=True)
    assert desk.get("A1:C1") == [[7, "", "x"]]


def test_typing_too_much_is_refused_too(desk: Desk) -> None:
    """The limit of a cell is the same for both ways of entering."""
    body = {"values": [["x" * (LONGEST + 1)]]}
    status, answer = desk.ask("/values/A1?valueInputOption=USER_ENTERED", body, method="PUT")
    told = "Your input contains more than the maximum of 50000 characters in a single cell"
    assert (status, answer["error"]["message"]) == (400, told)


def test_notes_rules_and_formats_survive_values(desk: Desk) -> None:
    """Measured at Google: writing and clearing values leaves what else is in a cell."""
    rule = {"condition": {"type": "BOOLEAN"}}
    look = {"wrapStrategy": "CLIP"}
    cell = {"note": "bantuan", "dataValidation": rule, "userEnteredFormat": look}
    area = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    desk.do({"repeatCell": {"range": area, "cell": cell, "fields": ",".join(cell)}})
    desk.put("A1", [["x"]])
    desk.ask("/values/A1:clear", {})
    _, answer = desk.ask(f"?fields=sheets.data.rowData.values({','.join(cell)})")
    assert answer["sheets"][0]["data"][0]["rowData"][0]["values"][0] == cell


# --- append --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "lands"),
    [
        ("Sheet1", "Sheet1!B7"),
        ("B4", "Sheet1!B7"),
        ("C5:D5", "Sheet1!B7"),
        ("B2:D4", "Sheet1!B7"),
        ("A3:G10", "Sheet1!B7"),
        ("A1", "Sheet1!A3"),
        ("E4", "Sheet1!E4"),
        ("A4", "Sheet1!A4"),
    ],
)
def test_append_finds_the_table_that_google_finds(desk: Desk, asked: str, lands: str) -> None:
    """The example of Google's guide: tables at A1:C2 and B4:D6."""
    desk.put("A1", [["x"] * 3] * 2)
    desk.put("B4", [["y"] * 3] * 3)
    call = f"/values/{asked}:append?valueInputOption=RAW"
    status, answer = desk.ask(call, {"values": [["new"]]})
    assert (status, answer["updates"]["updatedRange"]) == (200, lands)
    assert ("tableRange" in answer) is (asked not in {"E4", "A4"})


def test_an_empty_cell_parts_a_table(desk: Desk) -> None:
    """Recorded at Google: behind `x, "", z` a row lands at C2, two columns to the right."""
    sheet = desk.sheet()
    sheet.update([["x", "", "z"]])
    assert sheet.append_row(["1", "2", "3"])["updates"]["updatedRange"] == "Sheet1!C2:E2"


def test_append_may_insert_rows(desk: Desk) -> None:
    """INSERT_ROWS pushes down what OVERWRITE would write over."""
    desk.put("A1", [["a"], [""], ["below"]])
    call = "/values/A1:append?valueInputOption=RAW"
    desk.ask(f"{call}&insertDataOption=INSERT_ROWS", {"values": [["b"], ["c"]]})
    assert desk.get("A1:A9") == [["a"], ["b"], ["c"], [], ["below"]]
    desk.ask(call, {"values": [["d"], ["over"]]})
    assert desk.get("A1:A9") == [["a"], ["b"], ["c"], ["d"], ["over"]]


def test_append_makes_room_at_the_end(desk: Desk) -> None:
    """The grid grows below its last row."""
    desk.put("A1000", [["last"]])
    desk.ask("/values/A1000:append?valueInputOption=RAW", {"values": [["more"]]})
    assert desk.get("A1001") == [["more"]]


# --- clearing and filters ------------------------------------------------------------------------


def test_clearing_keeps_notes_and_rules(desk: Desk) -> None:
    """Only the content goes."""
    sheet = desk.sheet()
    sheet.update([["a", "b"]])
    sheet.update_note("A1", "tetap")
    assert sheet.batch_clear(["A1:A"])["clearedRanges"] == ["Sheet1!A1:A1000"]
    assert (desk.get("A1:B1"), sheet.get_note("A1")) == ([["", "b"]], "tetap")


def _by_id(number: int) -> dict[str, Any]:
    return {"developerMetadataLookup": {"metadataId": number}}


def test_rows_are_read_and_written_by_their_anchor(desk: Desk) -> None:
    """A filter finds the row; filters that mean the same range are answered together."""
    desk.put("A1", [["a", "b"], ["c", "d"]])
    desk.do(desk.mark(20_260_001, 1))
    data = [{"dataFilter": _by_id(20_260_001), "values": [[None, "new"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    _, answer = desk.ask("/values:batchUpdateByDataFilter", body)
    assert answer["responses"][0]["updatedRange"] == "Sheet1!A2:B2"
    filters = [_by_id(20_260_001), {"a1Range": "2:2"}, _by_id(7)]
    _, found = desk.ask("/values:batchGetByDataFilter", {"dataFilters": filters})
    assert [match["dataFilters"] for match in found["valueRanges"]] == [filters[:2]]
    assert found["valueRanges"][0]["valueRange"]["values"] == [["c", "new"]]


def test_values_must_fit_what_a_filter_matches(desk: Desk) -> None:
    """A range of one cell takes no two values, which values.update would let pass."""
    cell = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    data = [{"dataFilter": {"gridRange": cell}, "values": [["a", "b"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    status, answer = desk.ask("/values:batchUpdateByDataFilter", body)
    assert (status, "to column [B]" in answer["error"]["message"]) == (400, True)
    desk.put("A1", [["a", "b"]])


def test_a_filter_that_finds_nothing_writes_nothing(desk: Desk) -> None:
    """The row was deleted: no response, no change, no error."""
    body = {
        "valueInputOption": "RAW",
        "data": [{"dataFilter": _by_id(9), "values": [["x"]]}],
    }
    status, answer = desk.ask("/values:batchUpdateByDataFilter", body)
    assert (status, answer) == (200, {"spreadsheetId": desk.id})
    assert desk.get("A1:C9") == []


def test_clearing_by_anchor_empties_that_row(desk: Desk) -> None:
    """The call empties the anchored row and nothing else."""
    desk.put("A1", [["a"], ["b"], ["c"]])
    desk.do(desk.mark(5, 1))
    _, answer = desk.ask("/values:batchClearByDataFilter", {"dataFilters": [_by_id(5)]})
    assert answer["clearedRanges"] == ["Sheet1!A2:Z2"]
    assert desk.get("A1:A3") == [["a"], [], ["c"]]
