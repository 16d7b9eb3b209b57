"""The tab Rekap: figures by formula, charts over them, and what is left to people."""

import re
from itertools import pairwise
from typing import Final

import pytest

from automation.register import sheets_setup, summary
from automation.register.schema import Schema
from tests.register.benches import Bench, Json
from tests.sandbox.google.conftest import OWNER, STAFF

DONE: Final = sheets_setup.NOTHING


def _rekap(bench: Bench) -> Json:
    _, answer = bench.desk.ask("?includeGridData=true&ranges=Rekap")
    found: Json = answer["sheets"][0]
    return found


def _rows(bench: Bench) -> list[list[str]]:
    return bench.desk.get("Rekap!A1:D80", "FORMULA")


def _formula(bench: Bench, label: str, at: int = 1) -> str:
    return next(row[at] for row in _rows(bench) if row and row[0] == label)


def test_each_stage_is_counted_where_it_stands(made: Bench) -> None:
    """The Camat asks each morning how many wait, and for whom."""
    stages = list(made.schema.words["stage"].values())

    assert [row[0] for row in _rows(made)[4 : 4 + len(stages)]] == stages
    assert _formula(made, "Menunggu disposisi") == (
        """=COUNTIF('Register'!$D:$D;"Menunggu disposisi")"""
    )


def test_a_month_counts_what_came_and_what_was_in_time(made: Bench) -> None:
    """The monthly report is these four columns; they must lean on the right ones."""
    rows = _rows(made)
    head = rows.index(["Bulan", "Masuk", "Tepat waktu", "Lewat waktu"])
    first, last = rows[head + 1], rows[head + 12]

    assert first[0] == "=EDATE(DATE(YEAR(TODAY());MONTH(TODAY());1);-11)"
    assert last[0] == "=EDATE(DATE(YEAR(TODAY());MONTH(TODAY());1);0)"
    line = head + 13
    assert last[1] == (
        f"""=COUNTIFS('Register'!$B:$B;">="&$A{line};'Register'!$B:$B;"<"&EDATE($A{line};1))"""
    )
    assert last[2].endswith("*('Register'!$AC:$AC<='Register'!$E:$E))")
    assert last[3].endswith("*('Register'!$AC:$AC>'Register'!$E:$E))")


def test_formulas_lean_on_the_columns_they_mean(made: Bench) -> None:
    """A letter off by one, and the report counts something else."""
    letters = {"tahap": "D", "tanggal": "B", "batas_waktu": "E", "tanggal_disampaikan": "AC"}
    titles = {made.schema.column(name).title: at for name, at in letters.items()}

    for title, at in titles.items():
        assert made.desk.get(f"Register!{at}1") == [[title]]


def test_no_formula_depends_on_the_locale(made: Bench) -> None:
    """In id_ID a comma is a decimal sign: with it between arguments every figure is an error."""
    formulas = [cell for row in _rows(made) for cell in row if str(cell).startswith("=")]

    assert len(formulas) > 80
    assert not [f for f in formulas if "," in re.sub(r'"[^"]*"', "", f)]


def test_charts_stand_over_the_figures(made: Bench) -> None:
    """Three pictures on one page: by stage, by month, in time or late."""
    charts = {chart["spec"]["title"]: chart for chart in _rekap(made)["charts"]}
    words = made.schema.words["summary"]

    assert list(charts) == [words[name] for name in ("per_stage", "per_month", "punctual")]
    pie = charts[words["punctual"]]["spec"]["pieChart"]
    sources = [pie[part]["sourceRange"]["sources"][0] for part in ("domain", "series")]
    first = sources[0]["startRowIndex"]
    shown = [made.desk.get(f"Rekap!A{row}")[0][0] for row in (first + 1, first + 2)]
    assert shown == ["Tepat waktu", "Lewat waktu"]
    assert sources[0]["endRowIndex"] == first + 2


def test_a_chart_of_months_takes_its_names_from_the_header(made: Bench) -> None:
    """Three columns in three colours mean nothing without their names."""
    chart = _rekap(made)["charts"][1]["spec"]["basicChart"]
    areas = [s["series"]["sourceRange"]["sources"][0] for s in chart["series"]]
    row = areas[0]["startRowIndex"] + 1

    assert chart["headerCount"] == 1
    assert made.desk.get(f"Rekap!B{row}:D{row}") == [["Masuk", "Tepat waktu", "Lewat waktu"]]
    assert [area["startColumnIndex"] for area in areas] == [1, 2, 3]
    assert areas[0]["endRowIndex"] - areas[0]["startRowIndex"] == 13


def test_nobody_types_over_a_figure(made: Bench) -> None:
    """A figure that somebody typed would stand in the report for ever."""
    call = "/values/Rekap!B5?valueInputOption=RAW"

    assert made.desk.ask(call, {"values": [[7]]}, STAFF, "PUT")[0] == 400


@pytest.mark.parametrize("typed", ["", 7, "=COUNTIF(#REF!;1)"], ids=str)
def test_a_lost_figure_is_put_back(typed: object, made: Bench) -> None:
    """A formula that was cleared, typed over or lost its column counts nothing."""
    before = _rows(made)
    made.desk.put("Rekap!B6", [[typed]], typed=True)

    assert made.plan() == made.init() == ["tab Rekap: 1 figures and words made again"]
    assert (_rows(made), made.init()) == (before, [DONE])


def test_a_deleted_chart_is_made_again(made: Bench) -> None:
    """What one person finds in the way, the Camat looks for."""
    number = summary.chart_id("per_month")
    made.desk.do({"deleteEmbeddedObject": {"objectId": number}}, who=OWNER)

    assert made.init() == ["tab Rekap: chart Pengaduan per bulan made"]
    assert made.init() == [DONE]


def test_what_people_made_of_the_figures_stays(made: Bench) -> None:
    """Own words, an own chart, own rows: the page is the office's."""
    spec = {"title": "Laporan Camat", "pieChart": {"legendPosition": "NO_LEGEND"}}
    made.desk.do(
        {"updateChartSpec": {"chartId": summary.chart_id("punctual"), "spec": spec}}, who=OWNER
    )
    made.desk.put("Rekap!A5", [["Belum dipilah"]])
    made.desk.put("Rekap!A100", [["Catatan"]])

    assert made.init() == [DONE]


def test_a_page_that_was_arranged_anew_is_not_written_into(made: Bench) -> None:
    """With a row put in above, every place is another one: repairing would overwrite."""
    gid = made.gid("Rekap")
    row = {"sheetId": gid, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    made.desk.do({"insertDimension": {"range": row}}, who=OWNER)

    assert made.init() == [DONE]


def test_an_own_tab_of_the_same_name_is_left_alone(bench: Bench) -> None:
    """The office kept its own Rekap before; it is told, and keeps it."""
    bench.desk.do({"addSheet": {"properties": {"title": "Rekap"}}}, who=OWNER)
    bench.desk.put("Rekap!A1", [["Rekap 2025"]])
    told = bench.init()

    assert told[-1].startswith("tab Daftar Blokir")
    assert sum("tab Rekap holds something else" in line for line in told) == 1
    assert bench.desk.get("Rekap!A1:B9") == [["Rekap 2025"]]


def test_a_blank_tab_of_the_same_name_is_filled(bench: Bench) -> None:
    """A tab that somebody made beforehand, too small, is used."""
    small = {"rowCount": 3, "columnCount": 2}
    bench.desk.do(
        {"addSheet": {"properties": {"title": "Catatan"}}},
        {"addSheet": {"properties": {"title": "Rekap", "gridProperties": small}}},
        who=OWNER,
    )

    assert "tab Rekap: filled" in bench.init()
    assert len(_rekap(bench)["charts"]) == 3
    assert bench.init() == [DONE]


def test_a_renamed_page_is_found_by_its_number(made: Bench) -> None:
    """A second page of figures, with charts whose ids are taken, would stop `init` for good."""
    properties = {"sheetId": made.gid("Rekap"), "title": "Laporan"}
    made.desk.do(
        {"updateSheetProperties": {"properties": properties, "fields": "title"}}, who=OWNER
    )

    assert made.init() == ["tab Laporan: called Rekap again"]


def test_blocks_do_not_overlap(schema: Schema) -> None:
    """Two tables in one row would overwrite each other."""
    at = {column.name: place for place, column in enumerate(schema.columns)}
    blocks = summary.page(schema, at)

    assert all(a.end < b.row for a, b in pairwise(blocks))
