"""The `spreadsheets.values` calls: reading and writing plain values."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from automation.sandbox.google import entering, guard, marks, showing
from automation.sandbox.google.areas import COLUMNS, ROWS, Area, Box, letters, written
from automation.sandbox.google.book import Book, Cell, Scalar, Tab
from automation.sandbox.google.errors import Json, invalid, violation
from automation.sandbox.google.figures import Figures

_COUNTS: Final = ("Rows", "Columns", "Cells")
Lines = list[list[Scalar]]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes when into which spreadsheet, and how values are to be read."""

    book: Book
    identity: str
    today: date
    typed: bool = False  # USER_ENTERED
    exact: bool = False  # values must fit into a range of one cell too

    def write(self, tab: Tab, area: Area, lines: Lines, name: str) -> Box:
        """Write lines from the area's corner on, and give what was covered. Raises ApiError.

        null leaves a cell as it is, "" empties it (Google: ValueRange.values).
        """
        box = tab.checked(area, name)
        height, width = len(lines), max(map(len, lines), default=0)
        covered = Box(box.top, box.top + height, box.left, box.left + width)
        if self.exact or area != box.area() or not box.single():
            _check_fit(tab, box, covered)
        tab.checked(covered.area(), written(tab.title, covered))
        guard.written(self.book, tab, self.identity, covered, _set_in(covered, lines))
        for row, line in enumerate(lines, start=covered.top):
            tab.put(row, self._changed(tab, row, covered.left, line))
        return covered

    def _changed(self, tab: Tab, row: int, left: int, line: Sequence[Scalar]) -> dict[int, Cell]:
        return {
            column: self._stored(tab.cell(row, column), value)
            for column, value in enumerate(line, start=left)
            if value is not None
        }

    def _stored(self, cell: Cell, value: Scalar) -> Cell:
        if self.typed:
            return entering.entered(cell, value, self.book.locale, self.today.year)
        return entering.raw(cell, value)


def _set_in(covered: Box, lines: Lines) -> Callable[[int, int], bool]:
    """Make the question whether a value is given for a cell; null and the end of a row are none."""

    def is_set(row: int, column: int) -> bool:
        line = lines[row - covered.top]
        at = column - covered.left
        return at < len(line) and line[at] is not None

    return is_set


def _check_fit(tab: Tab, box: Box, covered: Box) -> None:
    """Refuse values beyond a range. Raises ApiError."""
    told = written(tab.title, box)
    shown = told if told.startswith("'") else f"'{tab.title}'!{told.rpartition('!')[2]}"
    if covered.bottom > box.bottom:
        row = box.bottom + 1
        raise invalid(f"Requested writing within range [{shown}], but tried writing to row [{row}]")
    if covered.right > box.right:
        column = letters(box.right)
        raise invalid(
            f"Requested writing within range [{shown}], but tried writing to column [{column}]"
        )


# --- reading -------------------------------------------------------------------------------------


def read(figures: Figures, tab: Tab, box: Box, query: Json, prefix: str = "") -> Json:
    """Give a ValueRange: empty ends of rows and empty rows at the end are left out."""
    option, dates_as = showing.options(query, prefix)
    by_row = query.get("majorDimension") != COLUMNS
    locale = figures.book.locale
    lines = [
        [showing.rendered(cell, option, dates_as, locale) for cell in figures.row(tab, row, box)]
        for row in box.rows()
    ]
    trimmed = _trimmed(lines if by_row else _turned(lines))
    dimension = ROWS if by_row else COLUMNS
    found = {"range": written(tab.title, box), "majorDimension": dimension}
    return found | ({"values": trimmed} if trimmed else {})


def _slice(box: Box) -> slice:
    return slice(box.left, box.right)


def _turned(lines: Lines) -> Lines:
    width = max(map(len, lines), default=0)
    full = [line + [""] * (width - len(line)) for line in lines]
    return [list(column) for column in zip(*full, strict=True)]


def _trimmed(lines: Lines) -> Lines:
    for line in lines:
        while line and line[-1] == "":
            line.pop()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def get(figures: Figures, text: str, query: Json) -> Json:
    """Answer values.get."""
    tab, area = marks.located(figures.book, text)
    return read(figures, tab, tab.checked(area, _named(tab, area)), query)


def batch_get(figures: Figures, ranges: Iterable[str], query: Json) -> Json:
    """Answer values:batchGet."""
    found = [get(figures, text, query) for text in ranges]
    return {"spreadsheetId": figures.book.id, "valueRanges": found}


def batch_get_by_filter(figures: Figures, body: Json) -> Json:
    """Answer values:batchGetByDataFilter: a range for each match, with the filters it answers."""
    book = figures.book
    found: dict[tuple[int, Box], list[Json]] = {}
    for wanted in body.get("dataFilters", []):
        for tab, area in marks.ranges(book, wanted):
            found.setdefault((tab.id, tab.box(area)), []).append(wanted)
    matched = [
        {"valueRange": read(figures, book.tab(sheet), box, body), "dataFilters": filters}
        for (sheet, box), filters in found.items()
    ]
    return {"spreadsheetId": book.id} | ({"valueRanges": matched} if matched else {})


def _named(tab: Tab, area: Area) -> str:
    """Write a range that may lie outside of the grid, for messages."""
    box = area.closed(max(area.bottom or 0, len(tab.rows)), max(area.right or 0, tab.width))
    return written(tab.title, box)


# --- writing -------------------------------------------------------------------------------------


def writer(book: Book, identity: str, query: Json, today: date) -> Writer:
    """Read how values are to be stored. Raises ApiError when the request does not say."""
    option = query.get("valueInputOption")
    if option in (None, "", "INPUT_VALUE_OPTION_UNSPECIFIED"):
        raise invalid("'valueInputOption' is required but not specified")
    return Writer(book, identity, today, option == "USER_ENTERED")


def lines_of(body: Json, field: str = "data") -> Lines:
    """Read the values of a ValueRange as rows. Raises ApiError when they are no lists."""
    values = body.get("values") or []
    name = f"{field}.values"
    kind = "type.googleapis.com/google.protobuf.ListValue"
    lines = values if isinstance(values, list) else [values]
    for at, line in enumerate(lines):
        if not isinstance(line, list):
            place = name if isinstance(line, str) else f"{name}[{at}]"
            raise violation(f"Invalid value at '{name}' ({kind}), \"{line}\"", place)
        if any(isinstance(value, (list, dict)) for value in line):
            raise invalid(f"Invalid {name}[{at}]: list_value or struct_value is not a cell value")
    return _columns_turned(lines) if body.get("majorDimension") == COLUMNS else lines


def _columns_turned(columns: Lines) -> Lines:
    """Turn columns into rows; what a short column lacks is skipped, not emptied."""
    height = max(map(len, columns), default=0)
    full = [column + [None] * (height - len(column)) for column in columns]
    return [list(row) for row in zip(*full, strict=True)]


def update(into: Writer, text: str, body: Json, query: Json) -> Json:
    """Do values.update."""
    tab, area = marks.located(into.book, text)
    return _update(into, (tab, area), lines_of(body), query)


def _update(into: Writer, place: tuple[Tab, Area], lines: Lines, query: Json) -> Json:
    tab, area = place
    covered = into.write(tab, area, lines, _named(tab, area))
    return told(into, tab, covered, query)


def told(into: Writer, tab: Tab, covered: Box, query: Json) -> Json:
    """Give an UpdateValuesResponse."""
    rows, columns = covered.bottom - covered.top, covered.right - covered.left
    counts = zip(_COUNTS, (rows, columns, rows * columns), strict=True)
    answer: Json = {"spreadsheetId": into.book.id, "updatedRange": written(tab.title, covered)}
    answer |= {f"updated{name}": count for name, count in counts if count}
    if query.get("includeValuesInResponse"):
        figures = Figures(into.book, into.today)
        answer["updatedData"] = read(figures, tab, covered, query, "response")
    return answer


def _totals(responses: Sequence[Json]) -> Json:
    totals = {f"totalUpdated{n}": sum(r.get(f"updated{n}", 0) for r in responses) for n in _COUNTS}
    sheets = {response["updatedRange"].rpartition("!")[0] for response in responses}
    found = totals | {"totalUpdatedSheets": len(sheets)}
    return {name: count for name, count in found.items() if count}


def batch_update(into: Writer, body: Json) -> Json:
    """Do values:batchUpdate."""
    data = [
        (*marks.located(into.book, d.get("range", "")), lines_of(d)) for d in body.get("data", ())
    ]
    responses = [_update(into, (tab, area), lines, body) for tab, area, lines in data]
    return {"spreadsheetId": into.book.id, **_totals(responses), "responses": responses}


def batch_update_by_filter(into: Writer, body: Json) -> Json:
    """Do values:batchUpdateByDataFilter; a filter that matches nothing writes nothing."""
    responses: list[Json] = []
    exact = replace(into, exact=True)
    for entry in body.get("data", ()):
        wanted = entry.get("dataFilter", {})
        for place in marks.ranges(into.book, wanted):
            answer = _update(exact, place, lines_of(entry), body)
            del answer["spreadsheetId"]
            responses.append({"dataFilter": wanted, **answer})
    found = {"responses": responses} if responses else {}
    return {"spreadsheetId": into.book.id, **_totals(responses), **found}


# --- clearing ------------------------------------------------------------------------------------


def clear(book: Book, identity: str, place: tuple[Tab, Area]) -> str:
    """Empty a range, formats and rules stay; give it as Google echoes it."""
    tab, area = place
    box = tab.checked(area, _named(tab, area))
    guard.cells(book, tab, identity, box)
    for row in box.rows():
        cells = tab.rows[row][_slice(box)]
        changes = {at: cell.emptied() for at, cell in enumerate(cells, box.left)}
        if any(not cell.blank() for cell in cells):
            tab.put(row, changes)
    return written(tab.title, box)


def batch_clear(book: Book, identity: str, body: Json) -> Json:
    """Do values:batchClear."""
    places = [marks.located(book, text) for text in body.get("ranges", [])]
    cleared = [clear(book, identity, place) for place in places]
    return {"spreadsheetId": book.id, "clearedRanges": cleared}


def batch_clear_by_filter(book: Book, identity: str, body: Json) -> Json:
    """Do values:batchClearByDataFilter."""
    places = [p for wanted in body.get("dataFilters", []) for p in marks.ranges(book, wanted)]
    cleared = [clear(book, identity, place) for place in places]
    return {"spreadsheetId": book.id} | ({"clearedRanges": cleared} if cleared else {})
