"""Requests about charts: kept and given back, drawn by nobody."""

from typing import Final

from automation.sandbox.google import masks
from automation.sandbox.google.book import Tab
from automation.sandbox.google.errors import ApiError, Json, invalid
from automation.sandbox.google.work import Handler, Work


def add(work: Work, request: Json) -> Json:
    """Put a chart over the cells of a sheet. An empty specification breaks Google, too."""
    chart = request.get("chart", {})
    spec = _checked(chart.get("spec"))
    tab = _under(work, chart.get("position", {}))
    number = chart.get("chartId") or work.fresh_id()
    if any(old["chartId"] == number for other in work.book.tabs for old in other.things["charts"]):
        raise invalid(f"chartId {number} already exists. Please specify a new id.")
    made = {**chart, "chartId": number, "spec": spec}
    tab.things["charts"].append(made)
    return {"addChart": {"chart": made}}


def _checked(spec: Json | None) -> Json:
    """Refuse a chart of no kind. Raises ApiError."""
    kinds = [name for name in spec or () if name.endswith("Chart")]
    if not spec or len(kinds) != 1:
        raise invalid("Exactly one kind of chart must be specified.")
    if not spec[kinds[0]]:
        raise ApiError(500, "Internal error encountered.")
    return spec


def _under(work: Work, position: Json) -> Tab:
    """Find the sheet on which a chart is put; its corner must lie in the grid. Raises ApiError."""
    anchor = position.get("overlayPosition", {}).get("anchorCell")
    if anchor is None:
        raise invalid("This place for a chart is not built in the sandbox.")
    tab = work.book.tab(anchor.get("sheetId"))
    if anchor.get("rowIndex", 0) >= len(tab.rows) or anchor.get("columnIndex", 0) >= tab.width:
        raise invalid("The anchor of the chart is outside of the grid.")
    return tab


def _found(work: Work, number: object) -> tuple[Tab, int]:
    for tab in work.book.tabs:
        for at, chart in enumerate(tab.things["charts"]):
            if chart["chartId"] == number:
                return tab, at
    raise invalid(f"No chart with ID: {number}")


def update(work: Work, request: Json) -> Json:
    """Replace the specification of a chart, the whole of it."""
    tab, at = _found(work, request.get("chartId"))
    tab.things["charts"][at] = {**tab.things["charts"][at], "spec": _checked(request.get("spec"))}
    return {}


def move(work: Work, request: Json) -> Json:
    """Put a chart elsewhere."""
    tab, at = _found(work, request.get("objectId"))
    tree = masks.parse(request.get("fields") or "*")
    chart = tab.things["charts"][at]
    position = masks.merged(chart["position"], request.get("newPosition", {}), tree)
    del tab.things["charts"][at]
    _under(work, position).things["charts"].append({**chart, "position": position})
    return {"updateEmbeddedObjectPosition": {"position": position}}


def delete(work: Work, request: Json) -> Json:
    """Remove a chart."""
    tab, at = _found(work, request.get("objectId"))
    del tab.things["charts"][at]
    return {}


HANDLERS: Final[dict[str, Handler]] = {
    "addChart": add,
    "updateChartSpec": update,
    "updateEmbeddedObjectPosition": move,
    "deleteEmbeddedObject": delete,
}
