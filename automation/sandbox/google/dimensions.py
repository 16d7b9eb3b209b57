"""Requests about rows and columns: inserted, deleted, moved, sorted, sized, grouped."""

from dataclasses import replace
from itertools import pairwise
from typing import Final

from automation.sandbox.google import guard, masks, references
from automation.sandbox.google.areas import COLUMNS, ROWS, Box, Shift
from automation.sandbox.google.book import BLANK, Cell, Row, Tab
from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.figures import Figures
from automation.sandbox.google.work import Handler, Work, whole_number


def _run(work: Work, span: Json | None) -> tuple[Tab, str, int, int]:
    """Read a DimensionRange: sheet, dimension, start, end; open ends reach the edge."""
    if not isinstance(span, dict) or span.get("dimension") not in {ROWS, COLUMNS}:
        raise invalid("No dimension specified.")
    tab, dimension = work.book.tab(span.get("sheetId")), span["dimension"]
    size = len(tab.sizes[dimension])
    start, end = whole_number(span, "startIndex"), span.get("endIndex", size)
    if not 0 <= start < end:
        raise invalid(f"Invalid range: startIndex {start} must be less than endIndex {end}.")
    return tab, dimension, start, end


def _box(tab: Tab, dimension: str, start: int, end: int) -> Box:
    if dimension == ROWS:
        return Box(start, end, 0, tab.width)
    return Box(0, len(tab.rows), start, end)


def insert(work: Work, request: Json) -> Json:
    """Insert empty rows or columns; the new ones look like their neighbour."""
    tab, dimension, start, end = _run(work, request.get("range"))
    inherit = bool(request.get("inheritFromBefore"))
    _check_place(start, len(tab.sizes[dimension]), inherit=inherit)
    guard.insertion(work.book, tab, work.identity, dimension, start)
    insert_lines(work, tab, dimension, Shift(start, end, inserted=True), inherit=inherit)
    return {}


def _check_place(start: int, size: int, *, inherit: bool) -> None:
    """Refuse lines behind the last one, and a neighbour that is not there. Raises ApiError."""
    if start > size:
        raise invalid(f"range.startIndex is larger than current grid size ({size})")
    if inherit and start == 0:
        raise invalid("range.startIndex must be greater than 0 if inheritFromBefore is true.")
    if not inherit and start == size:
        raise invalid(
            f"range.startIndex must be less than the grid size ({size}) "
            "if inheritFromBefore is false."
        )


def insert_lines(work: Work, tab: Tab, dimension: str, shift: Shift, *, inherit: bool) -> None:
    """Put empty lines in, and carry along what hangs on the others. Raises ApiError."""
    start, count = shift.start, shift.end - shift.start
    model = start - 1 if inherit else start
    more = (count, 0) if dimension == ROWS else (0, count)
    work.book.reserve(tab, len(tab.rows) + more[0], tab.width + more[1])
    sizes = tab.sizes[dimension]
    size = sizes[model] if model < len(sizes) else {}
    if dimension == ROWS:
        source = tab.rows[model] if model < len(tab.rows) else ()
        tab.rows[start:start] = [_like(source)] * count
    else:
        tab.rows[:] = [_widened(row, start, count, model) for row in tab.rows]
        tab.width += count
    sizes[start:start] = [size] * count
    work.book.follow(tab, dimension, shift)
    references.follow_lines(work.book, tab, dimension, shift)


def _like(row: Row) -> Row:
    cells = [replace(cell.emptied(), note="") for cell in row]
    while cells and cells[-1] == BLANK:
        cells.pop()
    return tuple(cells)


def _widened(row: Row, start: int, count: int, model: int) -> Row:
    if start > len(row) and model >= len(row):
        return row
    cells = row + (BLANK,) * (start - len(row))
    fresh = replace(cells[model].emptied(), note="") if model < len(cells) else BLANK
    return cells[:start] + (fresh,) * count + cells[start:]


def delete(work: Work, request: Json) -> Json:
    """Delete rows or columns with everything on them."""
    tab, dimension, start, end = _run(work, request.get("range"))
    sizes = tab.sizes[dimension]
    if end > len(sizes):
        raise invalid(f"range.endIndex[{end}] is after last index in sheet[{len(sizes)}]")
    if end - start == len(sizes):
        raise invalid(f"You can't delete all the {dimension.lower()} on the sheet.")
    guard.cells(work.book, tab, work.identity, _box(tab, dimension, start, end))
    _thaw(tab, dimension, start, end)
    if dimension == ROWS:
        del tab.rows[start:end]
    else:
        tab.rows[:] = [row[:start] + row[end:] for row in tab.rows]
        tab.width -= end - start
    del sizes[start:end]
    work.book.follow(tab, dimension, Shift(start, end))
    references.follow_lines(work.book, tab, dimension, Shift(start, end))
    return {}


def _thaw(tab: Tab, dimension: str, start: int, end: int) -> None:
    """Take deleted lines off the frozen ones; one line at least stays free. Raises ApiError."""
    name = "frozenRowCount" if dimension == ROWS else "frozenColumnCount"
    grid = tab.properties["gridProperties"]
    frozen = grid.get(name, 0)
    left = frozen - max(0, min(end, frozen) - start)
    if frozen and left >= len(tab.sizes[dimension]) - (end - start):
        raise invalid(f"Sorry, it is not possible to delete all non-frozen {dimension.lower()}.")
    if left != frozen:
        tab.properties = {**tab.properties, "gridProperties": {**grid, name: left}}


def append(work: Work, request: Json) -> Json:
    """Add empty rows or columns at the end."""
    tab, count = work.book.tab(request.get("sheetId")), whole_number(request, "length")
    if count < 1 or request.get("dimension") not in {ROWS, COLUMNS}:
        raise invalid("length must be positive and dimension specified.")
    more = (count, 0) if request["dimension"] == ROWS else (0, count)
    work.book.grow(tab, len(tab.rows) + more[0], tab.width + more[1])
    return {}


def move(work: Work, request: Json) -> Json:
    """Move rows or columns; the destination is counted before they are taken out."""
    tab, dimension, start, end = _run(work, request.get("source"))
    to, size = whole_number(request, "destinationIndex"), len(tab.sizes[dimension])
    if end > size or not 0 <= to <= size:
        raise invalid(f"destinationIndex[{to}] or source is outside of the sheet[{size}]")
    if start < to < end:
        raise invalid("The destination index must not be within the source range.")
    guard.cells(work.book, tab, work.identity, _box(tab, dimension, start, end))
    guard.insertion(work.book, tab, work.identity, dimension, to)
    _reorder(tab, dimension, Shift(start, end, to))
    work.book.follow(tab, dimension, Shift(start, end, to))
    references.follow_lines(work.book, tab, dimension, Shift(start, end, to))
    return {}


def _reorder(tab: Tab, dimension: str, shift: Shift) -> None:
    size = len(tab.sizes[dimension])
    order = sorted(range(size), key=lambda at: shift.index(at) or 0)
    tab.sizes[dimension] = [tab.sizes[dimension][at] for at in order]
    if dimension == ROWS:
        tab.rows[:] = [tab.rows[at] for at in order]
        return
    for at, row in enumerate(tab.rows):
        full = row + (BLANK,) * (size - len(row))
        tab.rows[at] = ()
        tab.put(at, {to: full[source] for to, source in enumerate(order)})


def properties(work: Work, request: Json) -> Json:
    """Set widths, heights, hiding."""
    tab, dimension, start, end = _run(work, request.get("range"))
    tree = masks.required(request, "DimensionProperties")
    new = request.get("properties", {})
    sizes = tab.sizes[dimension]
    if end > len(sizes):
        raise invalid(f"range.endIndex[{end}] is after last index in sheet[{len(sizes)}]")
    for at in range(start, end):
        sizes[at] = masks.merged(sizes[at], new, tree)
    return {}


def auto_resize(work: Work, request: Json) -> Json:
    """Forget the sizes that were set: nothing is drawn here, so nothing is measured."""
    tab, dimension, start, end = _run(work, request.get("dimensions"))
    sizes = tab.sizes[dimension]
    for at in range(start, min(end, len(sizes))):
        sizes[at] = {name: value for name, value in sizes[at].items() if name != "pixelSize"}
    return {}


# --- sorting -------------------------------------------------------------------------------------


def sort(work: Work, request: Json) -> Json:
    """Sort the rows of a range. Row metadata goes with the values, as was measured at Google."""
    tab, box = work.box(request.get("range"))
    specs = request.get("sortSpecs", [])
    if not specs:
        raise invalid("sortSpecs must be specified.")
    order = sorted_rows(work.figures(), tab, box, specs)
    pieces = [_piece(tab, row, box) for row in order]
    for row, old, piece in zip(box.rows(), order, pieces, strict=True):
        cells = (references.carried(cell, row - old, 0) for cell in piece)
        tab.put(row, dict(enumerate(cells, start=box.left)))
    if work.sort_moves_metadata:
        new = {old: row for row, old in zip(box.rows(), order, strict=True)}
        for mark in list(work.book.marks.values()):
            if (mark.sheet, mark.dimension) == (tab.id, ROWS) and mark.index in new:
                work.book.marks[mark.id] = replace(mark, index=new[mark.index])
    return {}


def _piece(tab: Tab, row: int, box: Box) -> list[Cell]:
    return [tab.cell(row, column) for column in box.columns()]


def sorted_rows(figures: Figures, tab: Tab, box: Box, specs: list[Json]) -> list[int]:
    """Give the rows in their new order; `dimensionIndex` counts from the sheet's first column."""
    order = list(box.rows())
    for spec in reversed(specs):
        column = whole_number(spec, "dimensionIndex")
        if not box.left <= column < box.right:
            raise invalid(f"sortSpecs.dimensionIndex {column} is outside of the range.")
        cells = {row: figures.of(tab.cell(row, column), (tab.id, row, column)) for row in order}
        keys = {row: _rank(cell) for row, cell in cells.items()}
        full = [row for row in order if not cells[row].blank()]
        empty = [row for row in order if cells[row].blank()]
        down = spec.get("sortOrder") == "DESCENDING"
        order = sorted(full, key=keys.__getitem__, reverse=down) + empty
    return order


def _rank(cell: Cell) -> tuple[int, float, str]:
    """Order numbers before texts before truth values; texts without regard to case."""
    if isinstance(cell.value, bool):
        return 2, float(cell.value), ""
    if isinstance(cell.value, (int, float)):
        return 0, float(cell.value), ""
    return 1, 0.0, (cell.value or "").casefold()


# --- groups --------------------------------------------------------------------------------------


def _groups(dimension: str) -> str:
    return "rowGroups" if dimension == ROWS else "columnGroups"


def add_group(work: Work, request: Json) -> Json:
    """Group rows or columns; depth is how many groups lie over a line."""
    tab, dimension, start, end = _run(work, request.get("range"))
    spans = [*_spans(tab, dimension), (start, end)]
    return {"addDimensionGroup": {"dimensionGroups": _regroup(tab, dimension, spans)}}


def delete_group(work: Work, request: Json) -> Json:
    """Take one level of grouping off a run of lines."""
    tab, dimension, start, end = _run(work, request.get("range"))
    spans = _spans(tab, dimension)
    covering = [span for span in spans if span[0] < end and start < span[1]]
    if not covering:
        raise invalid("There is no group to delete over the given range.")
    inner = min(covering, key=lambda span: span[1] - span[0])
    spans.remove(inner)
    rest = [(inner[0], start), (end, inner[1])]
    spans += [span for span in rest if span[0] < span[1]]
    return {"deleteDimensionGroup": {"dimensionGroups": _regroup(tab, dimension, spans)}}


def _spans(tab: Tab, dimension: str) -> list[tuple[int, int]]:
    """Give the groups as runs, the outer ones first."""
    return [
        (group["range"]["startIndex"], group["range"]["endIndex"])
        for group in tab.things[_groups(dimension)]
    ]


def _regroup(tab: Tab, dimension: str, spans: list[tuple[int, int]]) -> list[Json]:
    """Work out the groups anew: for each depth, the runs of lines that lie so deep."""
    edges = sorted({edge for span in spans for edge in span})
    depths = {
        (low, high): sum(span[0] <= low and high <= span[1] for span in spans)
        for low, high in pairwise(edges)
    }
    found: list[Json] = []
    for depth in range(1, max(depths.values(), default=0) + 1):
        runs = [run for run, deep in depths.items() if deep >= depth]
        found += [_group(tab, dimension, run, depth) for run in _joined(runs)]
    tab.things[_groups(dimension)] = found
    return found


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in runs:
        if joined and joined[-1][1] == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _group(tab: Tab, dimension: str, run: tuple[int, int], depth: int) -> Json:
    ends = {"startIndex": run[0], "endIndex": run[1]}
    return {"range": {"sheetId": tab.id, "dimension": dimension, **ends}, "depth": depth}


HANDLERS: Final[dict[str, Handler]] = {
    "insertDimension": insert,
    "deleteDimension": delete,
    "appendDimension": append,
    "moveDimension": move,
    "updateDimensionProperties": properties,
    "autoResizeDimensions": auto_resize,
    "sortRange": sort,
    "addDimensionGroup": add_group,
    "deleteDimensionGroup": delete_group,
}
