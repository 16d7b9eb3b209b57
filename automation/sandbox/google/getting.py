"""spreadsheets.get: everything about a spreadsheet, or what a field mask names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from automation.sandbox.google import batch, contents, guard, marks, masks
from automation.sandbox.google.areas import COLUMNS, ROWS, Area, Box
from automation.sandbox.google.book import Book, Tab
from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.figures import Figures
from automation.sandbox.google.masks import Tree
from automation.sandbox.google.wire import without_defaults

_PIXELS: Final = {ROWS: 21, COLUMNS: 100}
_DEFAULT_FORMAT: Final[Json] = {
    "backgroundColor": {"red": 1, "green": 1, "blue": 1},
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
}
Wanted = Mapping[int, Sequence[Area]]
"""The areas whose cells are asked for, by sheetId."""


def spreadsheet(figures: Figures, identity: str, ranges: Sequence[str], query: Json) -> Json:
    """Answer spreadsheets.get, in parts of which its mask leaves some; `ranges` limits the rest.

    Raises ApiError for a range or a mask that is not understood.
    """
    places = [marks.located(figures.book, text) for text in ranges]
    return _answer(figures, identity, places or None, query)


def by_filter(figures: Figures, identity: str, body: Json, query: Json) -> Json:
    """Answer spreadsheets:getByDataFilter."""
    filters = body.get("dataFilters", [])
    places = [place for wanted in filters for place in marks.ranges(figures.book, wanted)]
    asked = {**query, "includeGridData": body.get("includeGridData", False)}
    return _answer(figures, identity, places if filters else None, asked)


def _answer(
    figures: Figures, identity: str, places: Sequence[tuple[Tab, Area]] | None, query: Json
) -> Json:
    book, mask = figures.book, query.get("fields")
    tree = masks.parse(mask) if mask else {}
    if stranger := masks.unknown(tree, "Spreadsheet"):
        raise invalid(
            "Request contains an invalid argument. Error expanding 'fields' parameter. "
            f"Cannot find matching fields for path '{stranger}'."
        )
    include = bool(query.get("includeGridData"))
    with_data = masks.wants(tree, "sheets", "data") if mask else include
    wanted: dict[int, list[Area]] = {}
    for tab, area in places or [(tab, Area()) for tab in book.tabs]:
        tab.checked(area, tab.title)
        wanted.setdefault(tab.id, []).append(area)
    tabs = [tab for tab in book.tabs if tab.id in wanted]
    cells = wanted if with_data else {}
    sheets = [_sheet(figures, tab, identity, cells.get(tab.id, ()), tree) for tab in tabs]
    return {**_head(book), "sheets": sheets}


def _head(book: Book) -> Json:
    own = [marks.shown(mark) for mark in book.marks.values() if mark.sheet is None]
    properties = {
        "title": book.title,
        "locale": book.locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": book.zone,
        "defaultFormat": _DEFAULT_FORMAT,
    }
    head: Json = {"spreadsheetId": book.id, "properties": properties}
    head |= {"namedRanges": without_defaults(book.named)} if book.named else {}
    head |= {"developerMetadata": own} if own else {}
    url = f"https://docs.google.com/spreadsheets/d/{book.id}/edit"
    return head | {"spreadsheetUrl": url}


def _sheet(figures: Figures, tab: Tab, identity: str, areas: Sequence[Area], tree: Tree) -> Json:
    book = figures.book
    found: Json = {"properties": batch.shown(tab, book.tabs.index(tab))}
    found |= {name: without_defaults(things) for name, things in tab.things.items() if things}
    if "basicFilter" in found:
        found["basicFilter"] = found["basicFilter"][0]
    if "protectedRanges" in found:
        protections = tab.things["protectedRanges"]
        found["protectedRanges"] = [_protection(book, p, identity) for p in protections]
    on_sheet = [m for m in book.marks.values() if m.sheet == tab.id and not m.dimension]
    found |= {"developerMetadata": [marks.shown(m) for m in on_sheet]} if on_sheet else {}
    below = tree.get("sheets", {}).get("data", {}) if tree else {}
    return found | ({"data": [_data(figures, tab, area, below) for area in areas]} if areas else {})


def _protection(book: Book, protection: Json, identity: str) -> Json:
    """Give a protection as this person sees it: only its editors see who they are."""
    editable = guard.may_edit(book, protection, identity)
    shown = {k: v for k, v in protection.items() if editable or k != "editors"}
    return without_defaults({**shown, "requestingUserCanEdit": editable})


def _data(figures: Figures, tab: Tab, area: Area, tree: Tree) -> Json:
    """Give GridData; only the parts that the mask reaches are worked out."""
    box, book = tab.box(area), figures.book
    found: Json = {}
    if masks.wants(tree, "rowData"):
        rows = list(_rows(figures, tab, box, tree.get("rowData", {}).get("values", {})))
        while rows and not rows[-1]:
            rows.pop()
        found["rowData"] = rows
    if masks.wants(tree, "rowMetadata"):
        found["rowMetadata"] = list(_sizes(book, tab, ROWS, box.rows()))
    if masks.wants(tree, "columnMetadata"):
        found["columnMetadata"] = list(_sizes(book, tab, COLUMNS, box.columns()))
    corner = {"startRow": box.top, "startColumn": box.left}
    kept = {name: value for name, value in found.items() if value}
    return {name: at for name, at in corner.items() if at} | kept


def _rows(figures: Figures, tab: Tab, box: Box, tree: Tree) -> Iterator[Json]:
    """Give RowData; formulas are worked out when the mask reaches what they give."""
    wanted = any(masks.wants(tree, name) for name in ("effectiveValue", "formattedValue"))
    for row in box.rows():
        line = figures.row(tab, row, box) if wanted else tab.rows[row][box.left : box.right]
        cells = [contents.cell_data(cell, figures.book.locale) for cell in line]
        while cells and not cells[-1]:
            cells.pop()
        yield {"values": cells} if cells else {}


def _sizes(book: Book, tab: Tab, dimension: str, lines: range) -> Iterator[Json]:
    resting: dict[int, list[Json]] = {}
    for mark in book.marks.values():
        if (mark.sheet, mark.dimension) == (tab.id, dimension):
            resting.setdefault(mark.index, []).append(marks.shown(mark))
    for at in lines:
        size = {"pixelSize": _PIXELS[dimension], **tab.sizes[dimension][at]}
        shown = {name: value for name, value in size.items() if value is not False}
        yield shown | ({"developerMetadata": resting[at]} if at in resting else {})
