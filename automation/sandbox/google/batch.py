"""spreadsheets.batchUpdate: all requests or none."""

from typing import Final

from automation.sandbox.google import (
    charts,
    contents,
    dimensions,
    duplicating,
    finding,
    furniture,
    guard,
    marks,
    masks,
    references,
)
from automation.sandbox.google.areas import COLUMNS, ROWS
from automation.sandbox.google.book import Book, Tab, new_tab
from automation.sandbox.google.errors import ApiError, Json, invalid
from automation.sandbox.google.wire import without_defaults
from automation.sandbox.google.work import Handler, Work, random_id

_LOCALES: Final = {"en_US", "id_ID", "en_GB", "de_DE", "fr_FR", "nl_NL"}


def run(work: Work, body: Json) -> Json:
    """Do the requests in order on the copy in `work`. Raises ApiError at the first refusal."""
    requests = body.get("requests") or []
    if not requests:
        raise invalid("Must specify at least one request.")
    replies = [_one(work, at, request) for at, request in enumerate(requests)]
    return {"spreadsheetId": work.book.id, "replies": list(map(_reply, replies))}


def _reply(reply: Json) -> Json:
    """Leave out default values, but for the properties of a sheet, which name them all."""
    named = "addSheet" in reply or "duplicateSheet" in reply
    return reply if named else without_defaults(reply)


def _one(work: Work, at: int, request: Json) -> Json:
    kinds = list(request)
    if len(kinds) != 1:
        raise invalid(f"Invalid requests[{at}]: exactly one kind of request must be set.")
    kind = kinds[0]
    try:
        if kind not in KINDS:
            raise invalid("This kind of request is not built in the sandbox.")
        return KINDS[kind](work, request[kind])
    except ApiError as error:
        error.message = f"Invalid requests[{at}].{kind}: {error.message}"
        raise


# --- sheets --------------------------------------------------------------------------------------


def add_sheet(work: Work, request: Json) -> Json:
    """Add a sheet, at the end unless an index is given."""
    wanted = request.get("properties", {})
    number = wanted["sheetId"] if "sheetId" in wanted else work.fresh_id()
    title = wanted.get("title") or _free_title(work)
    index = wanted.get("index", len(work.book.tabs))
    _check_new(work.book, number, title, index)
    grid = dict(wanted.get("gridProperties", {}))
    rows, columns = grid.pop("rowCount", 1000), grid.pop("columnCount", 26)
    kept = {k: v for k, v in wanted.items() if k not in {"index", "gridProperties"}}
    properties = {**kept, "sheetId": number, "title": title, "sheetType": "GRID"}
    tab = new_tab({**properties, "gridProperties": grid}, 0, 0)
    work.book.grow(tab, max(rows, 1), max(columns, 1))
    work.book.tabs.insert(index, tab)
    return {"addSheet": {"properties": shown(tab, work.book.tabs.index(tab))}}


def _check_new(book: Book, number: int, title: str, index: int) -> None:
    """Refuse an id, a title or a place that a new sheet cannot have. Raises ApiError."""
    if number < 0:
        raise invalid(f"Invalid sheetId {number}: it must not be negative.")
    if any(tab.id == number for tab in book.tabs):
        raise invalid(f"Sheet with id {number} already exists. Please specify a new id.")
    _check_title(book, title)
    _check_index(book, index)


def _free_title(work: Work) -> str:
    numbers = range(1, len(work.book.tabs) + 2)
    return next(f"Sheet{n}" for n in numbers if work.book.titled(f"Sheet{n}") is None)


def _check_title(book: Book, title: str, own: Tab | None = None) -> None:
    if not title:
        raise invalid("The sheet title cannot be empty.")
    if book.titled(title) not in (None, own):
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def shown(tab: Tab, index: int) -> Json:
    """Give SheetProperties."""
    grid = {
        "rowCount": len(tab.rows),
        "columnCount": tab.width,
        **{name: value for name, value in tab.properties["gridProperties"].items() if value},
    }
    head = {"sheetId": tab.id, "title": tab.title, "index": index, "sheetType": "GRID"}
    rest = {name: value for name, value in tab.properties.items() if value and name not in head}
    return {**head, **rest, "gridProperties": grid}


def duplicate_sheet(work: Work, request: Json) -> Json:
    """Duplicate a sheet; without an index the copy comes first, as 0 is proto3's default."""
    tab = work.book.tab(request.get("sourceSheetId"))
    number = request["newSheetId"] if "newSheetId" in request else work.fresh_id()
    title = request.get("newSheetName") or duplicating.free_title(work.book, tab.title)
    twin = duplicating.twin_of(tab, number, title, work.fresh_id)
    found = _taken_in(work.book, twin, request.get("insertSheetIndex", 0))
    return {"duplicateSheet": {"properties": found}}


def copy_sheet(source: Tab, into: Book) -> Json:
    """Do sheets.copyTo, which puts the copy behind all other sheets. Raises ApiError."""
    title = duplicating.free_title(into, source.title)
    twin = duplicating.twin_of(source, random_id(), title, random_id)
    return _taken_in(into, twin, len(into.tabs))


def _taken_in(book: Book, twin: Tab, index: int) -> Json:
    _check_new(book, twin.id, twin.title, index)
    book.reserve(twin, len(twin.rows), twin.width)
    book.tabs.insert(index, twin)
    return shown(twin, index)


def delete_sheet(work: Work, request: Json) -> Json:
    """Delete a sheet with its marks and names. Raises ApiError for the last one."""
    tab = work.book.tab(request.get("sheetId"))
    if len(work.book.tabs) == 1:
        raise invalid("You can't remove all the sheets in a document.")
    guard.sheet(work.book, tab, work.identity)
    work.book.tabs.remove(tab)
    work.book.marks = {n: mark for n, mark in work.book.marks.items() if mark.sheet != tab.id}
    work.book.named = [n for n in work.book.named if n["range"].get("sheetId", 0) != tab.id]
    references.lose(work.book, tab)
    _check_visible(work)
    return {}


def _check_visible(work: Work) -> None:
    if all(tab.properties.get("hidden") for tab in work.book.tabs):
        raise invalid("You can't hide all the sheets in a document.")


def update_sheet(work: Work, request: Json) -> Json:
    """Change a sheet's title, place, size, frozen lines or colour."""
    new, tree = request.get("properties", {}), masks.required(request, "SheetProperties")
    tab = work.book.tab(new.get("sheetId"))
    if masks.wants(tree, "title") and new.get("title") != tab.title:
        guard.sheet(work.book, tab, work.identity)
        _check_title(work.book, new.get("title", ""), tab)
    grid = {"rowCount": len(tab.rows), "columnCount": tab.width}
    old = {**tab.properties, "gridProperties": {**tab.properties["gridProperties"], **grid}}
    changed = {**masks.merged(old, new, tree), "sheetId": tab.id}
    changed.pop("index", None)
    grid = dict(changed.get("gridProperties", {}))
    _resize(work, tab, grid.pop("rowCount", len(tab.rows)), grid.pop("columnCount", tab.width))
    old_title, tab.properties = tab.title, {**changed, "gridProperties": grid}
    if tab.title != old_title:
        references.follow_title(work.book, tab, old_title)
    _check_frozen(tab)
    if masks.wants(tree, "index"):
        _reindex(work, tab, new.get("index", 0))
    _check_visible(work)
    return {}


def _check_frozen(tab: Tab) -> None:
    grid = tab.properties["gridProperties"]
    if grid.get("frozenRowCount", 0) >= len(tab.rows):
        raise invalid("You can't freeze all visible rows on the sheet.")
    if grid.get("frozenColumnCount", 0) >= tab.width:
        raise invalid("You can't freeze all visible columns on the sheet.")


def _resize(work: Work, tab: Tab, rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise invalid("The number of rows and columns must be positive.")
    work.book.grow(tab, rows, columns)
    for dimension, size in ((ROWS, rows), (COLUMNS, columns)):
        if size < len(tab.sizes[dimension]):
            span = {"sheetId": tab.id, "dimension": dimension, "startIndex": size}
            dimensions.delete(work, {"range": span})


def _check_index(book: Book, index: int) -> None:
    """Refuse a place that a sheet cannot have. Raises ApiError."""
    if not 0 <= index <= len(book.tabs):
        raise invalid(f"Invalid index {index}: there are {len(book.tabs)} sheets.")


def _reindex(work: Work, tab: Tab, index: int) -> None:
    """Move a sheet; the index is counted before it is taken out."""
    tabs = work.book.tabs
    at = tabs.index(tab)
    _check_index(work.book, index)
    tabs.insert(index, tab)
    del tabs[at if index > at else at + 1]


def update_spreadsheet(work: Work, request: Json) -> Json:
    """Change title, locale or time zone."""
    new, tree = request.get("properties", {}), masks.required(request, "SpreadsheetProperties")
    if masks.wants(tree, "title"):
        work.book.title = new.get("title", "")
    if masks.wants(tree, "locale"):
        if new.get("locale") not in _LOCALES:
            raise invalid(f"Unsupported locale: {new.get('locale')}")
        work.book.locale = new["locale"]
    if masks.wants(tree, "timeZone"):
        work.book.zone = new.get("timeZone", "Etc/GMT")
    return {}


# --- metadata ------------------------------------------------------------------------------------


def create_mark(work: Work, request: Json) -> Json:
    """Put developer metadata on a place."""
    mark = marks.create(work.book, request.get("developerMetadata", {}), work.fresh_id())
    return {"createDeveloperMetadata": {"developerMetadata": marks.shown(mark)}}


def update_marks(work: Work, request: Json) -> Json:
    """Change the developer metadata that filters match."""
    changed = [marks.shown(mark) for mark in marks.update(work.book, request)]
    return {"updateDeveloperMetadata": {"developerMetadata": changed} if changed else {}}


def delete_marks(work: Work, request: Json) -> Json:
    """Remove the developer metadata that a filter matches."""
    found = marks.looked_up(work.book, request.get("dataFilter", {}))
    for mark in found:
        del work.book.marks[mark.id]
    gone = [marks.shown(mark) for mark in found]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone} if gone else {}}


KINDS: Final[dict[str, Handler]] = {
    **dimensions.HANDLERS,
    **contents.HANDLERS,
    **furniture.HANDLERS,
    **charts.HANDLERS,
    **finding.HANDLERS,
    "addSheet": add_sheet,
    "duplicateSheet": duplicate_sheet,
    "deleteSheet": delete_sheet,
    "updateSheetProperties": update_sheet,
    "updateSpreadsheetProperties": update_spreadsheet,
    "createDeveloperMetadata": create_mark,
    "updateDeveloperMetadata": update_marks,
    "deleteDeveloperMetadata": delete_marks,
}
