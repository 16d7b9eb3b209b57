"""What formulas give: the functions that Google documents, its errors, its locales."""

import time
from typing import Any, Final

import pytest

from automation.sandbox.google.core import Google
from tests.sandbox.google.conftest import OWNER, Desk

TODAY: Final = 46350  # 2026-11-24, when the desk's clock stands at NOW
CELLS: Final[list[list[Any]]] = [
    ["Tanggal", "Tahap", "Sisa"],
    [46023, "Selesai", 5],
    [46054.5, "selesai", -3],
    ["", "Ganda?", 0],
    [46082, "Jalan rusak", "lama"],
]


@pytest.fixture(name="sums")
def _sums(desk: Desk) -> Desk:
    """Give a desk whose sheet has a few rows: column A dates, B words, C numbers."""
    desk.put("A1", CELLS)
    return desk


def _locale(desk: Desk, locale: str) -> None:
    properties = {"locale": locale, "timeZone": "Asia/Makassar"}
    change = {"properties": properties, "fields": "locale,timeZone"}
    desk.do({"updateSpreadsheetProperties": change})


def _gives(desk: Desk, formula: str, locale: str = "id_ID") -> Any:  # noqa: ANN401 - any cell value
    """Type a formula into a cell of its own; give what it comes to."""
    _locale(desk, locale)
    desk.put("H9", [[formula]], typed=True)
    return (desk.get("H9") or [[""]])[0][0]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3", 7),
        ("=(1+2)*3", 9),
        ("=-2^2", 4),
        ("=2^-1", 0.5),
        ("=10-2-3", 5),
        ("=1,5*2", 3),
        ('="5"*2', 10),
        ("=TRUE+1", 2),
        ("=D9+1", 1),
        ('="a"&1&TRUE', "a1TRUE"),
        ('="a"&1,5', "a1,5"),
        ('="ada ""kutip"""', 'ada "kutip"'),
        ("=1+1=2", True),
        ('="Selesai"="SELESAI"', True),
        ('="a"<"b"', True),
        ('=99<"1"', True),
        ('="z"<FALSE', True),
        ("=D9=0", True),
        ('=D9=""', True),
        ("=D9=FALSE", True),
        ("=2<>2", False),
        ("=3>=3", True),
        ("= B2", "Selesai"),
        ("=$C$2+Sheet1!C3+'Sheet1'!$C3", -1),
        ("=D9", ""),
    ],
)
def test_an_operator_gives(sums: Desk, formula: str, value: object) -> None:
    """Another rank, kind or order than Google's, and a figure is wrong without an error."""
    assert _gives(sums, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=COUNTIF(B:B;"selesai")', 2),
        ('=COUNTIF(B2:B;"Se*")', 2),
        ('=COUNTIF(B:B;"?elesai")', 2),
        ('=COUNTIF(B:B;"ganda~?")', 1),
        ('=COUNTIF(B:B;"[gs]*")', 0),
        ('=COUNTIF(B:B;"ganda")', 0),
        ('=COUNTIF(C:C;"<0")', 1),
        ('=COUNTIF(C:C;">=0")', 2),
        ("=COUNTIF(C:C;5)", 1),
        ('=COUNTIF(C:C;"5")', 1),
        ('=COUNTIF(C2:C5;"<>5")', 3),
        ('=COUNTIF(B2:B5;"<>Selesai")', 2),
        ('=COUNTIF(A1:A5;"")', 1),
        ('=COUNTIF(A1:A5;"<>")', 4),
        ('=COUNTIF(B:B;">s")', 3),
        ('=COUNTIF(A:A;">=1/2/2026")', 2),
        ('=COUNTIF(A:A;"<46054,5")', 1),
        ("=COUNTIF(C2;5)", 1),
        ('=COUNTIFS(A:A;">="&A2;A:A;"<"&EDATE(A2;1))', 1),
        ('=COUNTIFS(B:B;"selesai";C:C;"<0")', 1),
        ('=COUNTIFS(B2:B;"selesai";C:C;"<0")', "#VALUE!"),
        ("=COUNTIF(C:C)", "#N/A"),
        ("=COUNTIF(C:C;1/0)", "#DIV/0!"),
        ("=SUMPRODUCT(C:C)", 2),
        ("=SUMPRODUCT(C2:C3;A2:A3)", 5 * 46023 - 3 * 46054.5),
        ("=SUMPRODUCT(C2:C3;A2:A4)", "#VALUE!"),
        ("=SUMPRODUCT(C2:C3*A2:A4)", "#N/A"),
        ("=SUMPRODUCT(C2:C5*1)", "#VALUE!"),
        ("=SUMPRODUCT(ISNUMBER(A:A))", 0),
        ("=SUMPRODUCT(ISNUMBER(A:A)*1)", 3),
        ("=SUMPRODUCT(ISNUMBER(A:A)*(A:A>=A2)*(A:A<EDATE(A2;1)))", 1),
        ("=SUMPRODUCT(ISNUMBER(A:A)*(A:A<=C:C))", 1),
        ("=ISNUMBER(A2)", True),
        ("=ISNUMBER(B2)", False),
        ("=ISNUMBER(1/0)", False),
        ("=ISNUMBER(TRUE)", False),
        ("=AND(TRUE;1)", True),
        ("=AND(ISNUMBER(C2);C2>=0;C2<=3)", False),
        ('=AND("x")', "#VALUE!"),
        ("=AND(B1:C2;D9:D10)", True),
        ("=DATE(2026;11;24)", TODAY),
        ("=DATE(2026;13;1)", 46388),
        ("=DATE(2026;3;0)", 46081),
        ("=DATE(126;1;1)", 46023),
        ("=DATE(-1;1;1)", "#NUM!"),
        ("=DATE(10000;1;1)", "#NUM!"),
        ("=EDATE(DATE(2026;1;31);1)", 46081),
        ("=EDATE(DATE(2026;1;31);-11)", 45716),
        ("=EDATE(46023,9;1)", 46054),
        ('=EDATE("31/01/2026";1)', 46081),
        ("=EDATE(1;-99)", "#NUM!"),
        ("=EDATE(1;999999999)", "#NUM!"),
        ("=EDATE(B2;1)", "#VALUE!"),
        ("=YEAR(A2)*100+MONTH(A2)", 202601),
        ("=YEAR(-1)", "#NUM!"),
        ("=TODAY()", TODAY),
        ("=EDATE(DATE(YEAR(TODAY());MONTH(TODAY());1);-11)", 45992),
        ("=IFERROR(1/0;7)", 7),
        ("=IFERROR(5;7)", 5),
        ("=IFERROR(NOSUCH(1))", ""),
        ("=countif(b:b;B2)", 2),
    ],
)
def test_a_function_gives(sums: Desk, formula: str, value: object) -> None:
    """The page of figures counts with these; one that reads Google's manual otherwise miscounts."""
    assert _gives(sums, formula) == value


@pytest.mark.parametrize(
    ("formula", "error", "kind"),
    [
        ("=1/0", "#DIV/0!", "DIVIDE_BY_ZERO"),
        ("=1/0+B2", "#DIV/0!", "DIVIDE_BY_ZERO"),
        ("=B2*1", "#VALUE!", "VALUE"),
        ("=A1:A3", "#VALUE!", "VALUE"),
        ("=SUM(C2)", "#NAME?", "NAME"),
        ("=lupa", "#NAME?", "NAME"),
        ("=1+VLOOKUP(1;A:A;1)", "#NAME?", "NAME"),
        ("=9e307*100", "#NUM!", "NUM"),
        ("=(0-8)^0,5", "#NUM!", "NUM"),
        ("=YEAR()", "#N/A", "N_A"),
        ("=COUNTIFS(A:A;1;B:B)", "#N/A", "N_A"),
        ("=Lain!A1", "#REF!", "REF"),
        ("=ZZ1", "#REF!", "REF"),
        ("=A1001", "#REF!", "REF"),
        ("=#REF!+1", "#REF!", "REF"),
        ("=bukan rumus", "#ERROR!", "ERROR"),
        ("=1+", "#ERROR!", "ERROR"),
        ("=(1", "#ERROR!", "ERROR"),
        ("=1)", "#ERROR!", "ERROR"),
        ('="x', "#ERROR!", "ERROR"),
        ("=1.5", "#ERROR!", "ERROR"),
        ("=YEAR(1,2)", 1899, ""),
        ('=COUNTIF(B:B,"x")', "#ERROR!", "ERROR"),
        ("=DATE(2026;;1)", "#ERROR!", "ERROR"),
        ("=" + "(" * 20_000 + "1", "#ERROR!", "ERROR"),
        ("=" + "-" * 20_000 + "1", "#ERROR!", "ERROR"),
        ("=1" + "+1" * 20_000, "#ERROR!", "ERROR"),
        ("=" + "YEAR(" * 5_000 + "1" + ")" * 5_000, "#ERROR!", "ERROR"),
        ('=COUNTIF(B:B;"' + "a*" * 5_000 + 'b")', 0, ""),
    ],
    ids=lambda given: str(given)[:30],
)
def test_what_has_no_value_is_told_as_google_does(
    sums: Desk, formula: str, error: object, kind: str
) -> None:
    """Staff mend a formula by the error that it shows, and hostile ones break nothing."""
    assert _gives(sums, formula) == error
    _, answer = sums.ask("?includeGridData=true&ranges=H9")
    value = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]["effectiveValue"]
    assert value.get("errorValue", {}).get("type", "") == kind


def test_a_comma_parts_arguments_where_it_is_no_decimal_sign(sums: Desk) -> None:
    """In en_US both separators are read, in id_ID a semicolon alone."""
    assert _gives(sums, '=COUNTIF(B:B,"selesai")', "en_US") == 2
    assert _gives(sums, '=COUNTIF(B:B;"selesai")', "en_US") == 2
    assert _gives(sums, "=DATE(2026,1,1)+1.5", "en_US") == 46024.5


def test_a_figure_is_shown_in_every_way_of_reading(sums: Desk) -> None:
    """The page, the API and gspread read the same number, in the look of the cell."""
    sums.put("H1", [["=EDATE(A2;1)"]], typed=True)
    look = {"numberFormat": {"type": "DATE", "pattern": "mmm yyyy"}}
    area = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 7, "endColumnIndex": 8}
    cell = {"userEnteredFormat": look}
    sums.do({"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat"}})
    _, answer = sums.ask("?includeGridData=true&ranges=H1")
    found = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]

    assert sums.get("H1") == [[46054]]
    assert sums.get("H1", "FORMATTED_VALUE") == [["Feb 2026"]]
    assert sums.get("H1", "FORMULA") == [["=EDATE(A2;1)"]]
    assert found["effectiveValue"] == {"numberValue": 46054}
    assert found["formattedValue"] == "Feb 2026"


def test_the_answer_to_a_write_has_the_figure(sums: Desk) -> None:
    """`includeValuesInResponse` reads what the write itself has made."""
    call = "/values/H1?valueInputOption=USER_ENTERED&includeValuesInResponse=true"
    _, answer = sums.ask(call, {"values": [["=C2+1"]]}, method="PUT")

    assert answer["updatedData"]["values"] == [["6"]]


def test_a_figure_follows_its_cells(sums: Desk) -> None:
    """A figure that was kept too long is the one of yesterday."""
    sums.put("H1:H2", [["=H2*2"], ["=C2+1"]], typed=True)
    before = sums.get("H1:H2")
    sums.put("C2", [[10]])

    assert (before, sums.get("H1:H2")) == ([[12], [6]], [[22], [11]])


def test_today_goes_on_with_the_clock(sums: Desk) -> None:
    """Nobody changes a cell at midnight, and the month of the report is another one."""
    assert _gives(sums, "=TODAY()") == TODAY
    sums.clock.now += 86_400

    assert sums.get("H9") == [[TODAY + 1]]


def test_today_is_the_day_in_the_spreadsheets_zone(sums: Desk) -> None:
    """In Bali it is Wednesday while it is still Tuesday in Greenwich."""
    sums.clock.now = 1_795_464_000  # 2026-11-23, 20.00 in Greenwich

    assert _gives(sums, "=TODAY()") == TODAY


def test_a_circle_is_told_and_not_walked(sums: Desk) -> None:
    """A formula that leans on itself, at once or by way of others, ends as #REF!."""
    circle = [["=H2"], ["=H3+1"], ["=COUNTIF(H1:H2;1)"], ["=H1+1"], ["=COUNTIF(H:H;5)"], ["=5"]]
    sums.put("H1", circle, typed=True)

    assert sums.get("H1:H6") == [["#REF!"]] * 5 + [[5]]


def test_a_chain_of_formulas_may_be_long(sums: Desk) -> None:
    """A running total down a thousand rows is worked out from its end, without a crash."""
    sums.put("H1", [["=1"], *([f"=H{row}+1"] for row in range(1, 1000))], typed=True)

    assert sums.get("H1000") == [[1000]]


def test_values_are_pasted_and_sorted_as_they_come_to(sums: Desk) -> None:
    """What stands in the cell is the formula; what is seen, pasted and sorted is its value."""
    sums.put("H1", [["=3"], ["=1"], ["=1+1"]], typed=True)
    source = {"startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 7, "endColumnIndex": 8}
    to = {**source, "startColumnIndex": 8, "endColumnIndex": 9}
    paste = {"source": source, "destination": to, "pasteType": "PASTE_VALUES"}
    sort = {"range": source, "sortSpecs": [{"dimensionIndex": 7}]}
    sums.do({"copyPaste": paste}, {"sortRange": sort})

    assert sums.get("H1:I3", "FORMULA") == [["=1", 3], ["=1+1", 1], ["=3", 2]]


def test_formulas_survive_the_night(sums: Desk) -> None:
    """A town that was closed and opened again still knows where its formulas stand."""
    sums.put("H1", [["=COUNTIF(B:B;B2)"], ["=H1"]], typed=True)
    again = Google(clock=sums.clock)
    again.load(sums.google.dump())
    head = {"authorization": f"Bearer {again.token_for(OWNER)}"}
    target = f"/v4/spreadsheets/{sums.id}/values/H1:H2"

    assert b'"2"' in again.handle("GET", target, head, b"")[2]


def test_ten_thousand_rows_are_counted_in_no_time(desk: Desk) -> None:
    """A page of figures over a register of ten years must not hold up who opens it."""
    desk.do({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 9_000}})
    desk.put("A1", [[46000 + n % 400, 46000 + n % 7, f"Tahap {n % 13}"] for n in range(10_000)])
    sums = "=SUMPRODUCT(ISNUMBER($A:$A)*($A:$A>=46{n:03})*($A:$A<46{m:03})*($B:$B<=$A:$A))"
    lines = [
        [sums.format(n=30 * n, m=30 * n + 30), f'=COUNTIF(C:C;"Tahap {n}")'] for n in range(13)
    ]
    desk.put("H1", lines, typed=True)
    began = time.process_time()
    found = desk.get("H1:I13")

    assert sum(line[1] for line in found) == 10_000
    assert time.process_time() - began < 5


# --- references that follow ----------------------------------------------------------------------


def _line(dimension: str, start: int, end: int) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


@pytest.fixture(name="far")
def _far(sums: Desk) -> Desk:
    """Give a desk with formulas over the rows on a sheet of their own."""
    sums.do({"addSheet": {"properties": {"sheetId": 7, "title": "Rekap"}}})
    sums.put("Rekap!A1", [["='Sheet1'!$B:$B&A2"], ["=COUNTIF(Sheet1!B2:B;A1)"]], typed=True)
    return sums


def _followed(desk: Desk, formula: str, *batch: dict[str, Any]) -> str:
    desk.put("Rekap!A1", [[formula]], typed=True)
    desk.do(*batch)
    return str(desk.get("Rekap!A1", "FORMULA")[0][0])


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("='Sheet1'!$B:$B", "=Sheet1!$D:$D"),
        ("=Sheet1!A1:C$5", "=Sheet1!A1:E$5"),
        ("=Sheet1!B2:C", "=Sheet1!D2:E"),
        ('=B1&Sheet1!A1&"Sheet1!B1"&Sheet1!2:2', '=B1&Sheet1!A1&"Sheet1!B1"&Sheet1!2:2'),
        ("=YEAR(sheet1!$B2)+1E5", "=YEAR(Sheet1!$D2)+1E5"),
    ],
)
def test_references_follow_inserted_columns(far: Desk, formula: str, after: str) -> None:
    """Staff put columns in; the figures go on counting what they counted."""
    insert = {"insertDimension": {"range": _line("COLUMNS", 1, 3)}}

    assert _followed(far, formula, insert) == after


def test_references_follow_moved_and_inserted_lines(far: Desk) -> None:
    """A column dragged elsewhere, a row put in above: each formula finds its cells again."""
    move = {"moveDimension": {"source": _line("COLUMNS", 1, 2), "destinationIndex": 4}}
    insert = {"insertDimension": {"range": _line("ROWS", 1, 2)}}

    assert _followed(far, "=COUNTIF(Sheet1!B2:B;Sheet1!C$2)", move, insert) == (
        "=COUNTIF(Sheet1!D3:D;Sheet1!B$3)"
    )
    assert far.get("Rekap!A1") == [[0]]


def test_a_deleted_column_leaves_its_mark(far: Desk) -> None:
    """A formula whose column was deleted says so, and does not count its neighbour."""
    delete = {"deleteDimension": {"range": _line("COLUMNS", 1, 2)}}

    assert _followed(far, '=COUNTIF(Sheet1!$B:$B;"x")+Sheet1!C2', delete) == (
        '=COUNTIF(#REF!;"x")+Sheet1!B2'
    )
    assert far.get("Rekap!A1") == [["#REF!"]]


def test_references_follow_a_new_title(far: Desk) -> None:
    """A renamed tab does not empty the page of figures."""
    title = {"properties": {"title": "Register 2026"}, "fields": "title"}

    assert _followed(far, "=Sheet1!C2+A9", {"updateSheetProperties": title}) == (
        "='Register 2026'!C2+A9"
    )
    assert far.get("Rekap!A1") == [[5]]


def test_a_deleted_sheet_leaves_its_mark(far: Desk) -> None:
    """What counted on a sheet that is gone says so."""
    assert _followed(far, "=Sheet1!C2+A9", {"deleteSheet": {"sheetId": 0}}) == "=#REF!+A9"


def test_a_copied_formula_means_its_own_neighbours(sums: Desk) -> None:
    """Dragged down or across, what is not held fast goes along; off the sheet it is lost."""
    sums.put("H2", [["=C2+$C2+C$2+$C$2+Sheet1!C:C"]], typed=True)
    source = {"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 7, "endColumnIndex": 8}
    right = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 8, "endColumnIndex": 9}
    left = {"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 3, "endColumnIndex": 4}
    pastes = [{"copyPaste": {"source": source, "destination": to}} for to in (right, left)]
    sums.do(*pastes)

    assert sums.get("I3", "FORMULA") == [["=D3+$C3+D$2+$C$2+Sheet1!D:D"]]
    assert sums.get("D2", "FORMULA") == [["=#REF!+$C2+#REF!+$C$2+#REF!"]]


def test_a_formula_that_is_turned_is_copied_as_it_is(sums: Desk) -> None:
    """Rows become columns: nobody can say which neighbour is meant."""
    sums.put("G2", [["=C2", "=C3"]], typed=True)
    source = {"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 6, "endColumnIndex": 8}
    to = {"startRowIndex": 4, "endRowIndex": 6, "startColumnIndex": 6, "endColumnIndex": 7}
    turn = {"source": source, "destination": to, "pasteOrientation": "TRANSPOSE"}
    sums.do({"copyPaste": turn})

    assert sums.get("G5:G6", "FORMULA") == [["=C2"], ["=C3"]]


def test_a_sorted_formula_stays_with_its_row(sums: Desk) -> None:
    """Sorting by the figure in a row must not change the figure."""
    sums.put("H2", [["=C2*2"], ["=C3*2"]], typed=True)
    area = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 8}
    sums.do({"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 7}]}})

    assert sums.get("H2:H3", "FORMULA") == [["=C2*2"], ["=C3*2"]]
    assert sums.get("H2:H3") == [[-6], [10]]
