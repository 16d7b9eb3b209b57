"""Google as one object: requests go in as method, target, headers and body; answers come out."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import parse_qsl, unquote

from automation.sandbox.google import batch, drive, errors, getting, guard, marks, values
from automation.sandbox.google import book as books
from automation.sandbox.google.accounts import Accounts, RefusedError
from automation.sandbox.google.appending import append
from automation.sandbox.google.book import Book
from automation.sandbox.google.errors import ApiError, Json
from automation.sandbox.google.faults import (
    DELAY,
    DROP,
    Call,
    Fault,
    FaultKind,
    Ledger,
    refusal,
    take,
)
from automation.sandbox.google.work import Work

Answer = tuple[int, dict[str, str], bytes]
_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

_JSON: Final = {"content-type": "application/json; charset=UTF-8"}
_HTML: Final = b"<html><title>Error 502 (Server Error)!!1</title><h1>502.</h1></html>"
_LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a request."""

_READS: Final = ("values:batchGetByDataFilter", ":getByDataFilter", "developerMetadata:search")


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose sender is known."""

    method: str
    path: str
    identity: str
    query: Json
    ranges: Sequence[str]
    body: Json
    now: float

    def kind(self) -> str:
        """Say which quota it is charged to; Drive has one of its own."""
        if not self.path.startswith("/v4/spreadsheets"):
            return ""
        return "read" if self.method == "GET" or self.path.endswith(_READS) else "write"

    def year(self) -> int:
        """Give the year that completes a typed date."""
        return datetime.fromtimestamp(self.now, UTC).year


@dataclass(slots=True)
class Google:
    """The service. `clock` gives seconds since 1970; the switches may be changed at any time."""

    clock: Callable[[], float] = time.time
    strict: bool = True  # service accounts cannot own files
    sort_moves_metadata: bool = True
    faults: list[Fault] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    revision: int = 0  # grows with each change
    _books: dict[str, Book] = field(default_factory=dict)
    _accounts: Accounts = field(default_factory=Accounts)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- the town's own handles ------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """Give the last calls, oldest first."""
        return list(self.ledger.calls)

    def register_account(self, email: str, pem: str) -> None:
        """Make an account known by its public key."""
        with self._lock:
            self._accounts.keys[email.lower()] = pem
            self.revision += 1

    def token_for(self, email: str) -> str:
        """Give an access token for somebody who needs no key file, such as a person at the page."""
        with self._lock:
            return self._accounts.token_for(email, self.clock())

    def expire_tokens(self) -> None:
        """End every sign-in; clients get 401 and must sign in again."""
        with self._lock:
            self._accounts.revoke_all()

    def create_spreadsheet(self, owner: str, title: str) -> str:
        """Make a spreadsheet with one empty sheet, and give its id."""
        with self._lock:
            return self._create(owner, {"properties": {"title": title}}, self.clock()).id

    def share(self, spreadsheet_id: str, email: str, role: str) -> None:
        """Share a file as `writer`, `commenter` or `reader`. Raises ApiError."""
        with self._lock:
            wanted = {"type": "user", "emailAddress": email, "role": role}
            drive.share(self._book(spreadsheet_id), wanted)
            self.revision += 1

    def dump(self) -> Json:
        """Give everything that is to outlive the process as JSON; tokens are not."""
        with self._lock:
            kept = [books.dumped(book) for book in self._books.values()]
            return {"revision": self.revision, "keys": dict(self._accounts.keys), "books": kept}

    def load(self, state: Json) -> None:
        """Take over what `dump` gave."""
        with self._lock:
            self._books = {entry["id"]: books.loaded(entry) for entry in state["books"]}
            self._accounts.keys = dict(state["keys"])
            self.revision = state["revision"]

    # --- requests --------------------------------------------------------------------------------

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request. `target` is the raw path with its query, as on the wire."""
        path, _, query = target.partition("?")
        head = {name.lower(): value for name, value in headers.items()}
        with self._lock:
            if path == "/token" and method == "POST":
                return self._token(body)
            if path.startswith("/_sandbox/"):
                return self._control(method, path, head, body)
            return self._api(method, path, query, head, body)

    def _token(self, body: bytes) -> Answer:
        try:
            return _json(200, self._accounts.grant(body, self.clock()))
        except RefusedError as error:
            told = {"error": "invalid_grant", "error_description": str(error)}
            return _json(400, told)

    def _control(self, method: str, path: str, head: Mapping[str, str], body: bytes) -> Answer:
        """Let tests and the page look behind the scenes; JSON only, so no web form reaches it."""
        if (method, path) == ("GET", "/_sandbox/calls"):
            return _json(200, {"calls": self.ledger.told()})
        if (method, path) == ("GET", "/_sandbox/state"):
            return _json(200, self._state())
        if (method, path) != ("POST", "/_sandbox/faults"):
            return _json(404, errors.not_found().envelope())
        if not head.get("content-type", "").startswith("application/json"):
            return _json(400, errors.invalid("application/json is needed").envelope())
        try:
            self.faults.append(Fault.of(json.loads(body)))
        except (ValueError, TypeError, KeyError) as error:
            return _json(400, errors.invalid(f"no such fault: {error}").envelope())
        return _json(200, {"faults": [asdict(fault) for fault in self.faults]})

    def _state(self) -> Json:
        files = [{"id": book.id, "title": book.title} for book in self._books.values()]
        return {
            "revision": self.revision,
            "spreadsheets": files,
            "faults": [asdict(fault) for fault in self.faults],
            "enforceQuota": self.ledger.enforce_quota,
        }

    def _api(
        self, method: str, path: str, query: str, head: Mapping[str, str], body: bytes
    ) -> Answer:
        now = self.clock()
        who = self._accounts.identity(head.get("authorization", ""), now)
        pairs = parse_qsl(query, keep_blank_values=True)
        ranges = [value for name, value in pairs if name == "ranges"]
        request = Request(method, path, who, dict(pairs), ranges, {}, now)
        fault = take(self.faults, f"{method} {unquote(path)}")
        if fault is not None and fault.kind is FaultKind.HTML:
            answer: Answer = (502, {"content-type": "text/html; charset=UTF-8"}, _HTML)
        else:
            answer = self._answered(request, fault, body)
        call = Call(now, who, method, unquote(path), request.kind(), answer[0])
        self.ledger.calls.append(call)
        return _marked(answer, fault)

    def _answered(self, request: Request, fault: Fault | None, body: bytes) -> Answer:
        try:
            if refused := fault and refusal(fault, request.kind()):
                raise refused
            asked = _with_body(request, body)
            self._admit(asked)
            done = self._dispatch(asked)
        except ApiError as error:
            return _json(error.code, error.envelope())
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            _log.warning("a request that was not understood", exc_info=True)
            message = f"Invalid JSON payload received: {type(error).__name__} {error}"
            return _json(400, errors.invalid(message).envelope())
        return (204, {}, b"") if done is None else _json(200, done)

    def _admit(self, request: Request) -> None:
        if "/allowedLocations" in request.path:
            raise errors.not_found()
        if not request.identity:
            raise ApiError(
                401,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                "login cookie or other valid authentication credential.",
            )
        self.ledger.charge(request.identity, request.kind(), request.now)

    def _dispatch(self, request: Request) -> Json | None:
        """Send a request to the service that its path names; None = nothing to say."""
        if request.path.startswith("/v4/spreadsheets"):
            return self._sheets(request, request.path.removeprefix("/v4/spreadsheets"))
        if request.path.startswith("/drive/v3/files"):
            return self._drive(request, request.path.removeprefix("/drive/v3/files"))
        raise errors.not_found()

    # --- Sheets ----------------------------------------------------------------------------------

    def _sheets(self, request: Request, rest: str) -> Json:
        if not rest and request.method == "POST":
            return self._created(request)
        name, slash, call = rest.removeprefix("/").partition("/")
        spreadsheet_id, colon, verb = name.partition(":")
        book = self._book(spreadsheet_id)
        guard.may_read(book, request.identity)
        known = f"{request.method} {colon}{verb}{slash}"
        if call.startswith("values"):
            return self._values(request, book, call.removeprefix("values"))
        if call.startswith("developerMetadata"):
            return self._metadata(request, book, call.removeprefix("developerMetadata"))
        if call:
            raise errors.not_found()
        if known == "GET ":
            return getting.spreadsheet(book, request.identity, request.ranges, request.query)
        if known == "POST :getByDataFilter":
            return getting.by_filter(book, request.identity, request.body, request.query)
        if known == "POST :batchUpdate":
            return self._batch(request, book)
        raise errors.not_found()

    def _batch(self, request: Request, book: Book) -> Json:
        def done(draft: Book) -> Json:
            work = Work(draft, request.identity, self.sort_moves_metadata)
            return batch.run(work, request.body)

        return self._changed(request, book, done)

    def _changed(self, request: Request, book: Book, do: Callable[[Book], _Result]) -> _Result:
        """Do a change on a copy, and let the copy take the place when all of it went well."""
        guard.may_write(book, request.identity)
        draft = book.copy()
        result = do(draft)
        draft.modified = request.now
        self._books[book.id] = draft
        self.revision += 1
        return result

    def _metadata(self, request: Request, book: Book, rest: str) -> Json:
        guard.may_write(book, request.identity)  # Google wants the scope for writing here
        if request.method == "POST" and rest == ":search":
            return marks.search(book, request.body)
        number = rest.removeprefix("/")
        if request.method != "GET" or not number.isdecimal() or int(number) not in book.marks:
            raise errors.not_found()
        return marks.shown(book.marks[int(number)])

    def _values(self, request: Request, book: Book, rest: str) -> Json:
        if rest.startswith(":"):
            return self._values_batch(request, book, f"{request.method} {rest}")
        cells, colon, verb = rest.removeprefix("/").rpartition(":")
        if colon and verb in {"append", "clear"}:
            return self._values_verb(request, book, unquote(cells), verb)
        text = unquote(rest.removeprefix("/"))
        if request.method == "GET":
            return values.get(book, text, request.query)
        if request.method == "PUT":
            return self._changed(
                request,
                book,
                lambda draft: values.update(
                    _writer(draft, request, request.query), text, request.body, request.query
                ),
            )
        raise errors.not_found()

    def _values_verb(self, request: Request, book: Book, text: str, verb: str) -> Json:
        def appended(draft: Book) -> Json:
            into = _writer(draft, request, request.query)
            return append(into, text, request.body, request.query)

        def cleared(draft: Book) -> Json:
            place = marks.located(draft, text)
            done = values.clear(draft, request.identity, place)
            return {"spreadsheetId": draft.id, "clearedRange": done}

        return self._changed(request, book, appended if verb == "append" else cleared)

    def _values_batch(self, request: Request, book: Book, call: str) -> Json:
        body, who = request.body, request.identity
        if call == "GET :batchGet":
            return values.batch_get(book, request.ranges, request.query)
        if call == "POST :batchGetByDataFilter":
            return values.batch_get_by_filter(book, body)
        changes: dict[str, Callable[[Book], Json]] = {
            "POST :batchUpdate": lambda d: values.batch_update(_writer(d, request, body), body),
            "POST :batchUpdateByDataFilter": lambda d: values.batch_update_by_filter(
                _writer(d, request, body), body
            ),
            "POST :batchClear": lambda d: values.batch_clear(d, who, body),
            "POST :batchClearByDataFilter": lambda d: values.batch_clear_by_filter(d, who, body),
        }
        if call not in changes:
            raise errors.not_found()
        return self._changed(request, book, changes[call])

    def _created(self, request: Request) -> Json:
        if self.strict:
            drive.check_quota(request.identity)
        book = self._create(request.identity, request.body, request.now)
        return getting.spreadsheet(book, request.identity, (), {})

    def _create(self, owner: str, wanted: Json, now: float) -> Book:
        properties = wanted.get("properties") or {}
        title = properties.get("title") or "Untitled spreadsheet"
        book = Book(drive.new_id(), str(title), owner, created=now, modified=now)
        book.locale = properties.get("locale", book.locale)
        book.zone = properties.get("timeZone", book.zone)
        sheets = wanted.get("sheets") or [{"properties": {"sheetId": 0, "title": "Sheet1"}}]
        work = Work(book, owner)
        for sheet in sheets:
            batch.add_sheet(work, {"properties": sheet.get("properties", {})})
        self._books[book.id] = book
        self.revision += 1
        return book

    def _book(self, spreadsheet_id: str) -> Book:
        book = self._books.get(spreadsheet_id)
        if book is None:
            raise errors.not_found()
        return book

    # --- Drive -----------------------------------------------------------------------------------

    def _drive(self, request: Request, rest: str) -> Json | None:
        if not rest:
            return self._files(request)
        spreadsheet_id, _, call = rest.removeprefix("/").partition("/")
        book = self._book(spreadsheet_id)
        guard.may_read(book, request.identity)
        if call.startswith("permissions"):
            return self._permissions(request, book, call.removeprefix("permissions").strip("/"))
        if request.method == "GET" and not call:
            mask = request.query.get("fields") or drive.FILE_FIELDS
            return drive.shown(book, request.now, mask)
        if request.method == "DELETE" and not call:
            drive.delete(self._books, book, request.identity)
            self.revision += 1
            return None
        raise errors.not_found()

    def _files(self, request: Request) -> Json:
        if request.method == "GET":
            return drive.listed(self._books, request.identity, request.query, request.now)
        if request.method != "POST":
            raise errors.not_found()
        if self.strict:
            drive.check_quota(request.identity)
        wanted = {"properties": {"title": request.body.get("name")}}
        book = self._create(request.identity, wanted, request.now)
        return drive.shown(book, request.now, drive.FILE_FIELDS)

    def _permissions(self, request: Request, book: Book, number: str) -> Json | None:
        if request.method == "GET" and not number:
            return drive.permissions(book)
        if request.method == "POST" and not number:
            return self._changed(request, book, lambda draft: drive.share(draft, request.body))
        if request.method == "DELETE" and number:
            return self._changed(request, book, lambda draft: drive.unshare(draft, number))
        raise errors.not_found()


def _with_body(request: Request, body: bytes) -> Request:
    """Read the JSON of a request. Raises ApiError."""
    if len(body) > _LARGEST:
        raise ApiError(400, "Request payload size exceeds the limit.")
    try:
        read = json.loads(body, parse_constant=_no_number) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise errors.invalid(f"Invalid JSON payload received. {error}") from error
    if not isinstance(read, dict):
        raise errors.invalid(
            'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        )
    parts = (request.method, request.path, request.identity, request.query, request.ranges)
    return Request(*parts, read, request.now)


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(f"Unexpected token. {name}")


def _writer(draft: Book, request: Request, options: Json) -> values.Writer:
    return values.writer(draft, request.identity, options, request.year())


def _json(status: int, body: Json) -> Answer:
    return status, dict(_JSON), json.dumps(body, ensure_ascii=False, indent=2).encode()


def _marked(answer: Answer, fault: Fault | None) -> Answer:
    """Tell whoever carries the answer to be slow with it, or to lose it."""
    status, headers, body = answer
    if fault is not None and fault.kind is FaultKind.SLOW:
        headers = headers | {DELAY: f"{fault.seconds}"}
    if fault is not None and fault.kind is FaultKind.DROP:
        headers = headers | {DROP: "1"}
    return status, headers, body
