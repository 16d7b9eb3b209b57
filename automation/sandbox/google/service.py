"""What each path of the Sheets API leads to, who may go there, and what it reads."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final
from urllib.parse import unquote

from automation.sandbox.google import batch, drive, getting, guard, marks, masks, reading, values
from automation.sandbox.google.appending import append
from automation.sandbox.google.book import Book, Tab
from automation.sandbox.google.errors import Json, invalid, not_found
from automation.sandbox.google.figures import Figures, today
from automation.sandbox.google.request import SHEETS, Request, Switches
from automation.sandbox.google.store import Store
from automation.sandbox.google.values import Writer
from automation.sandbox.google.work import Work


@dataclass(frozen=True, slots=True)
class Call:
    """A call about one spreadsheet: `book` is a draft when the call is a change."""

    store: Store
    book: Book
    identity: str
    part: str  # what the path names beyond the spreadsheet: a range, a metadataId
    query: Json
    body: Json
    now: float
    switches: Switches

    def writer(self, options: Json) -> Writer:
        """Read how values are to be stored. Raises ApiError when the request does not say."""
        return values.writer(self.book, self.identity, options, today(self.book.zone, self.now))

    def figures(self) -> Figures:
        """Give the spreadsheet with the values of its formulas."""
        return self.store.figures(self.book, self.now)


class Access(Enum):
    """What somebody must be able to do with a file."""

    READ = auto()
    LOOK = auto()  # reading that needs the right to write
    CHANGE = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """A method of the API. `path` follows the spreadsheet's id; names are those of `shapes`."""

    verb: str
    path: re.Pattern[str]
    access: Access
    do: Callable[[Call], Json]
    body: str = ""
    query: str = ""


# --- the calls -----------------------------------------------------------------------------------


def _get(call: Call) -> Json:
    ranges = call.query.get("ranges", ())
    return getting.spreadsheet(call.figures(), call.identity, ranges, call.query)


def _get_by_filter(call: Call) -> Json:
    return getting.by_filter(call.figures(), call.identity, call.body, call.query)


def _batch_update(call: Call) -> Json:
    work = Work(call.book, call.identity, call.switches.sort_moves_metadata, now=call.now)
    answer = batch.run(work, call.body)
    if call.body.get("includeSpreadsheetInResponse"):
        wanted = {"includeGridData": call.body.get("responseIncludeGridData", False)}
        ranges = call.body.get("responseRanges", ())
        now = getting.spreadsheet(call.figures(), call.identity, ranges, wanted)
        answer["updatedSpreadsheet"] = now
    return answer


def _metadata(call: Call) -> Json:
    mark = call.book.marks.get(int(call.part))
    if mark is None:
        raise not_found()
    return marks.shown(mark)


def _clear(call: Call) -> Json:
    done = values.clear(call.book, call.identity, marks.located(call.book, call.part))
    return {"spreadsheetId": call.book.id, "clearedRange": done}


def _update(call: Call) -> Json:
    return values.update(call.writer(call.query), call.part, call.body, call.query)


def _append(call: Call) -> Json:
    return append(call.writer(call.query), call.part, call.body, call.query)


def _route(
    line: str, access: Access, do: Callable[[Call], Json], body: str = "", query: str = ""
) -> Route:
    verb, path = line.split(" ", 1)
    pattern = re.escape(path).replace("RANGE", "(.+)").replace("ID", r"(\d{1,10})")
    return Route(verb, re.compile(pattern), access, do, body, query and f"spreadsheets.{query}")


_A: Final = Access
_ROUTES: Final = (
    _route("GET ", _A.READ, _get, query="get"),
    _route("POST :getByDataFilter", _A.READ, _get_by_filter, "GetSpreadsheetByDataFilterRequest"),
    _route("POST :batchUpdate", _A.CHANGE, _batch_update, "BatchUpdateSpreadsheetRequest"),
    _route(
        "POST /developerMetadata:search",
        _A.LOOK,  # Google wants the scope for writing here
        lambda call: marks.search(call.book, call.body),
        "SearchDeveloperMetadataRequest",
    ),
    _route("GET /developerMetadata/ID", _A.LOOK, _metadata),
    _route(
        "GET /values:batchGet",
        _A.READ,
        lambda call: values.batch_get(call.figures(), call.query.get("ranges", ()), call.query),
        query="values.batchGet",
    ),
    _route(
        "POST /values:batchGetByDataFilter",
        _A.READ,
        lambda call: values.batch_get_by_filter(call.figures(), call.body),
        "BatchGetValuesByDataFilterRequest",
    ),
    _route(
        "POST /values:batchUpdate",
        _A.CHANGE,
        lambda call: values.batch_update(call.writer(call.body), call.body),
        "BatchUpdateValuesRequest",
    ),
    _route(
        "POST /values:batchUpdateByDataFilter",
        _A.CHANGE,
        lambda call: values.batch_update_by_filter(call.writer(call.body), call.body),
        "BatchUpdateValuesByDataFilterRequest",
    ),
    _route(
        "POST /values:batchClear",
        _A.CHANGE,
        lambda call: values.batch_clear(call.book, call.identity, call.body),
        "BatchClearValuesRequest",
    ),
    _route(
        "POST /values:batchClearByDataFilter",
        _A.CHANGE,
        lambda call: values.batch_clear_by_filter(call.book, call.identity, call.body),
        "BatchClearValuesByDataFilterRequest",
    ),
    _route("POST /values/RANGE:append", _A.CHANGE, _append, "ValueRange", "values.append"),
    _route("POST /values/RANGE:clear", _A.CHANGE, _clear, "ClearValuesRequest"),
    _route(
        "GET /values/RANGE",
        _A.READ,
        lambda call: values.get(call.figures(), call.part, call.query),
        query="values.get",
    ),
    _route("PUT /values/RANGE", _A.CHANGE, _update, "ValueRange", "values.update"),
)


_COPY: Final = re.compile(r"/sheets/(\d{1,10}):copyTo")


# --- finding the way -----------------------------------------------------------------------------


def sheets(store: Store, request: Request, switches: Switches) -> Json:
    """Answer a request to the Sheets API. Raises ApiError."""
    rest = request.path.removeprefix(SHEETS)
    answer = _created(store, request, switches) if not rest else _called(store, request, switches)
    mask = dict(request.pairs).get("fields")
    selected = masks.select(masks.parse(mask), answer) if mask else answer
    return selected if isinstance(selected, dict) else {}


def _created(store: Store, request: Request, switches: Switches) -> Json:
    if request.method != "POST":
        raise not_found()
    wanted = reading.message("Spreadsheet", reading.body_of(request.raw))
    if any(set(sheet) - {"properties"} for sheet in wanted.get("sheets", ())):
        raise invalid("New spreadsheets begin with empty sheets in the sandbox.")
    if switches.strict:
        drive.check_quota(request.identity)
    book = store.create(request.identity, wanted, request.now)
    return getting.spreadsheet(store.figures(book, request.now), request.identity, (), {})


def _called(store: Store, request: Request, switches: Switches) -> Json:
    spreadsheet_id, rest = re.findall(r"/?([^/:]*)(.*)", request.path.removeprefix(SHEETS))[0]
    book = store.book(spreadsheet_id)
    guard.may_read(book, request.identity)
    copied = _COPY.fullmatch(rest) if request.method == "POST" else None
    if copied:
        return _copied(store, request, book.tab(int(copied[1])))
    route, part = _way(request.method, rest)
    if route.access is not Access.READ:
        guard.may_write(book, request.identity)
    body = reading.body_of(request.raw)
    call = Call(
        store,
        book,
        request.identity,
        unquote(part),
        reading.query_of(route.query, request.pairs) | _mask(request),
        reading.message(route.body, body) if route.body else {},
        request.now,
        switches,
    )
    if route.access is not Access.CHANGE:
        return route.do(call)
    return store.change(book, request.now, lambda draft: route.do(replace(call, book=draft)))


def _copied(store: Store, request: Request, tab: Tab) -> Json:
    """Do sheets.copyTo, the one call that changes another spreadsheet than it names."""
    body = reading.message("CopySheetToAnotherSpreadsheetRequest", reading.body_of(request.raw))
    into = store.book(str(body.get("destinationSpreadsheetId", "")))
    guard.may_write(into, request.identity)
    return store.change(into, request.now, lambda draft: batch.copy_sheet(tab, draft))


def _mask(request: Request) -> Json:
    return {name: value for name, value in request.pairs if name == "fields"}


def _way(verb: str, rest: str) -> tuple[Route, str]:
    """Find the route, and the part of the path that it leaves open. Raises ApiError."""
    for route in _ROUTES:
        match = route.path.fullmatch(rest) if route.verb == verb else None
        if match:
            return route, (match.groups() or ("",))[0]
    raise not_found()
