"""Charts and filter views as they are kept and carried along."""

from typing import Any, Final

import pytest

from tests.sandbox.google.conftest import Desk

Json = dict[str, Any]

SPEC: Final[Json] = {"title": "Tahap", "pieChart": {"legendPosition": "NO_LEGEND"}}


def _chart(number: int = 7, row: int = 0, spec: Json = SPEC) -> Json:
    anchor = {"sheetId": 0, "rowIndex": row, "columnIndex": 1}
    position = {"overlayPosition": {"anchorCell": anchor}}
    return {"addChart": {"chart": {"chartId": number, "spec": spec, "position": position}}}


def _kept(desk: Desk) -> list[Json]:
    _, answer = desk.ask("?fields=sheets.charts(chartId,spec.title)")
    found: list[Json] = answer["sheets"][0].get("charts", [])
    return found


def test_a_chart_comes_changes_moves_and_goes(desk: Desk) -> None:
    """`init` finds its charts again by their ids, so they must come back as they were sent."""
    desk.do(_chart())
    assert _kept(desk) == [{"chartId": 7, "spec": {"title": "Tahap"}}]

    desk.do({"updateChartSpec": {"chartId": 7, "spec": {**SPEC, "title": "Bulan"}}})
    assert _kept(desk)[0]["spec"] == {"title": "Bulan"}

    anchor = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 9}}}
    move = {"objectId": 7, "newPosition": anchor, "fields": "*"}
    desk.do({"updateEmbeddedObjectPosition": move})
    _, answer = desk.ask("?fields=sheets.charts.position")
    place = answer["sheets"][0]["charts"][0]["position"]["overlayPosition"]["anchorCell"]
    assert place["rowIndex"] == 9

    desk.do({"deleteEmbeddedObject": {"objectId": 7}})
    assert _kept(desk) == []


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (_chart(), "already exists"),
        (_chart(8, row=5000), "outside of the grid"),
        (_chart(8, spec={"title": "nichts"}), "Exactly one kind"),
        ({"deleteEmbeddedObject": {"objectId": 9}}, "No chart with ID: 9"),
    ],
    ids=["twice", "outside", "kindless", "unknown"],
)
def test_a_wrong_chart_is_refused(desk: Desk, request_: Json, said: str) -> None:
    """A sandbox that takes everything hides what Google would refuse."""
    desk.do(_chart())

    assert said in desk.refused(request_)


def test_an_empty_chart_breaks_google_too(desk: Desk) -> None:
    """Measured: an empty basicChart gives 500."""
    empty = _chart(spec={"title": "leer", "basicChart": {}})
    status, _ = desk.ask(":batchUpdate", {"requests": [empty]})

    assert status == 500


def test_the_filters_of_a_view_follow_their_columns(desk: Desk) -> None:
    """Staff move columns; a filter on the wrong one would show everybody the wrong rows."""
    spec = {"columnIndex": 3, "filterCriteria": {"hiddenValues": ["Selesai"]}}
    view = {"title": "Giliran", "range": {"sheetId": 0}, "filterSpecs": [spec]}
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 3}
    desk.do({"addFilterView": {"filter": view}}, {"insertDimension": {"range": columns}})

    _, answer = desk.ask("?fields=sheets.filterViews.filterSpecs.columnIndex")
    assert answer["sheets"][0]["filterViews"] == [{"filterSpecs": [{"columnIndex": 5}]}]

    gone = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 5, "endIndex": 6}
    desk.do({"deleteDimension": {"range": gone}})
    _, answer = desk.ask("?fields=sheets.filterViews.filterSpecs.columnIndex")
    assert answer["sheets"][0]["filterViews"] == [{}]
