"""What each path of Drive leads to: files, and who they are shared with."""

from typing import Final

from automation.sandbox.google import drive, guard, masks, reading
from automation.sandbox.google.book import Book
from automation.sandbox.google.errors import ApiError, Json, drive_denied, drive_missing, not_found
from automation.sandbox.google.request import DRIVE, Request, Switches
from automation.sandbox.google.store import Store

_FIELDS: Final = {
    "drive#file": "kind,id,name,mimeType",
    "drive#fileList": "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)",
    "drive#commentList": "kind,comments",
    "drive#permission": "kind,id,type,role",
    "drive#permissionList": "kind,nextPageToken,permissions(kind,id,type,role)",
}
"""What an answer holds when its request names no fields (Google: Drive, return specific fields)."""


def drive_calls(store: Store, request: Request, switches: Switches) -> Json | None:
    """Answer a request to Drive; None = done, and nothing to say. Raises ApiError."""
    rest = request.path.removeprefix(DRIVE)
    spreadsheet_id, _, call = rest.removeprefix("/").partition("/")
    if not spreadsheet_id:
        answer: Json | None = _files(store, request, switches)
    else:
        book = _shared(store, spreadsheet_id, request.identity)
        answer = _of_file(store, request, switches, book, call)
    if answer is None:
        return None
    mask = dict(request.pairs).get("fields") or _FIELDS[answer["kind"]]
    found = masks.select(masks.parse(mask), answer)
    return found if isinstance(found, dict) else answer


def _shared(store: Store, spreadsheet_id: str, identity: str) -> Book:
    """Find a file that they may see. Drive calls any other one unknown."""
    try:
        book = store.book(spreadsheet_id)
        guard.may_read(book, identity)
    except ApiError as error:
        raise drive_missing(f"File not found: {spreadsheet_id}.") from error
    return book


def _files(store: Store, request: Request, switches: Switches) -> Json:
    if request.method == "GET":
        asked = dict(request.pairs).get("q", "")
        return drive.listed(store.books, request.identity, asked, request.now)
    if request.method != "POST":
        raise not_found()
    if switches.strict:
        drive.check_quota(request.identity)
    name = reading.body_of(request.raw).get("name") or "Untitled"
    book = store.create(request.identity, {"properties": {"title": str(name)}}, request.now)
    return drive.shown(book, request.now)


def _of_file(
    store: Store, request: Request, switches: Switches, book: Book, call: str
) -> Json | None:
    about, _, number = call.partition("/")
    if about == "permissions":
        return _permissions(store, request, book, number)
    if (request.method, call) == ("GET", ""):
        return drive.shown(book, request.now)
    if (request.method, call) == ("GET", "comments"):  # gspread asks when it copies a file
        return {"kind": "drive#commentList", "comments": []}
    if (request.method, call) == ("DELETE", ""):
        drive.may_delete(book, request.identity)
        store.remove(book)
        return None
    if (request.method, call) == ("POST", "copy"):
        if switches.strict:
            drive.check_quota(request.identity)
        name = reading.body_of(request.raw).get("name") or f"Copy of {book.title}"
        twin = store.copy(book, request.identity, str(name), request.now)
        return drive.shown(twin, request.now)
    raise not_found()


def _permissions(store: Store, request: Request, book: Book, number: str) -> Json | None:
    if request.method == "GET" and not number:
        return drive.permissions(book)
    guard.may_write(book, request.identity)
    if request.method == "POST" and not number:
        wanted = reading.body_of(request.raw)
        return store.change(book, request.now, lambda draft: drive.share(draft, wanted))
    if request.method == "PATCH" and number:
        return _reassigned(store, request, book, number)
    if request.method == "DELETE" and number:
        store.change(book, request.now, lambda draft: drive.unshare(draft, number))
        return None
    raise not_found()


def _reassigned(store: Store, request: Request, book: Book, number: str) -> Json:
    wanted = reading.body_of(request.raw)
    transfer = dict(request.pairs).get("transferOwnership", "").lower() == "true"
    if wanted.get("role") == "owner" and not transfer:
        raise drive_denied(
            "forbidden",
            "The transferOwnership parameter must be enabled when the permission role is 'owner'.",
        )
    return store.change(
        book, request.now, lambda draft: drive.reassign(draft, request.identity, number, wanted)
    )
