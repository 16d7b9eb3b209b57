"""The few calls of Drive v3 that Sheets clients make: files and who they are shared with."""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from automation.sandbox.google import guard
from automation.sandbox.google.book import Book
from automation.sandbox.google.errors import Json, drive_denied, drive_missing, invalid

_MIME: Final = "application/vnd.google-apps.spreadsheet"
LAG: Final = 20.0
"""Seconds by which `modifiedTime` stays behind edits of cells; at Google it was more than 14."""

_SERVICE: Final = re.compile(r"\.gserviceaccount\.com$", re.IGNORECASE)
_NAME: Final = re.compile(r"name\s*=\s*(['\"])((?:\\.|(?!\1).)*)\1")
_IN_FOLDER: Final = re.compile(r"\bparents in\b|\bin parents\b")
_ROLES: Final = {"owner", "writer", "commenter", "reader"}


def new_id() -> str:
    """Make a file id of 44 characters, as Google's are."""
    return ("1" + secrets.token_urlsafe(40).replace("-", "x"))[:44]


def check_quota(identity: str) -> None:
    """Refuse files of service accounts, which have no storage (Google: Drive, storageQuota)."""
    if _SERVICE.search(identity):
        raise drive_denied(
            "storageQuotaExceeded",
            "The user's Drive storage quota has been exceeded.",
            "usageLimits",
        )


def shown(book: Book, now: float) -> Json:
    """Give a file's resource."""
    modified = book.modified if book.modified <= now - LAG else book.settled
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": _MIME,
        "createdTime": _time(book.created),
        "modifiedTime": _time(modified),
        "owners": [{"kind": "drive#user", "emailAddress": book.owner}],
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def listed(books: Mapping[str, Book], identity: str, asked: str, now: float) -> Json:
    """Answer files.list: what is shared with them, by name when the query `asked` says so."""
    found = () if _IN_FOLDER.search(asked) else _named(books, identity, asked)  # none are made here
    files = [shown(book, now) for book in found]
    return {"kind": "drive#fileList", "incompleteSearch": False, "files": files}


def _named(books: Mapping[str, Book], identity: str, asked: str) -> Iterator[Book]:
    match = _NAME.search(asked)
    name = re.sub(r"\\(.)", r"\1", match[2]) if match else None
    for book in books.values():
        mine = guard.owns(book, identity) or identity.lower() in book.roles
        if mine and (name is None or book.title == name):
            yield book


def may_delete(book: Book, identity: str) -> None:
    """Raise ApiError unless the file is theirs."""
    if not guard.owns(book, identity):
        raise drive_denied(
            "insufficientFilePermissions",
            "The user does not have sufficient permissions for this file.",
        )


def permissions(book: Book) -> Json:
    """Answer permissions.list."""
    people = [(book.owner, "owner"), *book.roles.items()]
    entries = [
        _permission(email, role)
        | {"emailAddress": email}
        | ({"pendingOwner": True} if email == book.heir else {})
        for email, role in people
    ]
    return {"kind": "drive#permissionList", "permissions": entries}


def _permission(email: str, role: str) -> Json:
    number = str(int.from_bytes(email.lower().encode()) % 10**20)
    return {"kind": "drive#permission", "id": number, "type": "user", "role": role}


def share(book: Book, wanted: Json) -> Json:
    """Do permissions.create. Raises ApiError."""
    email, role = str(wanted.get("emailAddress", "")), wanted.get("role", "")
    if wanted.get("type") != "user" or "@" not in email or role not in _ROLES - {"owner"}:
        raise invalid("The specified emailAddress, type or role is invalid or not applicable.")
    if email.lower() == book.owner.lower():
        return _permission(email, "owner")
    book.roles[email.lower()] = role
    return _permission(email, role)


def unshare(book: Book, number: str) -> None:
    """Do permissions.delete. Raises ApiError."""
    for email, role in list(book.roles.items()):
        if _permission(email, role)["id"] == number:
            del book.roles[email]
            book.heir = "" if email == book.heir else book.heir
            return
    raise drive_missing(f"Permission not found: {number}.")


def reassign(book: Book, identity: str, number: str, wanted: Json) -> Json:
    """Do permissions.update: another role, or the two steps by which a file changes its owner.

    The owner names an heir (`pendingOwner`), who then takes the role `owner` (Google: Drive,
    transfer file ownership). Raises ApiError.
    """
    role = str(wanted.get("role", ""))
    email = next((e for e in book.roles if _permission(e, "")["id"] == number), "")
    if not email:
        raise drive_missing(f"Permission not found: {number}.")
    if role not in _ROLES:
        raise invalid("The specified role is invalid or not applicable.")
    if role == "owner":
        return _inherited(book, identity, email)
    if wanted.get("pendingOwner"):
        may_delete(book, identity)  # who may delete it may give it away
        book.heir = email
    book.roles[email] = role
    return _permission(email, role)


def _inherited(book: Book, identity: str, email: str) -> Json:
    """Let the heir own the file; the old owner stays as a writer. Raises ApiError."""
    if email != book.heir or identity.lower() != email:
        raise drive_denied(
            "consentRequiredForOwnershipTransfer",
            "Consent is required to transfer ownership of a file to another user.",
        )
    del book.roles[email]
    book.roles[book.owner.lower()] = "writer"
    book.owner, book.heir = email, ""
    return _permission(email, "owner")
