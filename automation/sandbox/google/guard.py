"""Who may do what: permissions on the file, protections of ranges within it."""

from collections.abc import Callable, Iterator
from typing import Final

from automation.sandbox.google.areas import ROWS, Area, Box
from automation.sandbox.google.book import Book, Tab
from automation.sandbox.google.errors import PROTECTED, Json, denied, invalid

_WRITERS: Final = {"owner", "writer", "fileOrganizer", "organizer"}
_READERS: Final = _WRITERS | {"reader", "commenter"}


def may_read(book: Book, identity: str) -> None:
    """Raise ApiError unless the file is shared with them."""
    if _role(book, identity) not in _READERS:
        raise denied()


def may_write(book: Book, identity: str) -> None:
    """Raise ApiError unless they are editors of the file."""
    if _role(book, identity) not in _WRITERS:
        raise denied()


def _role(book: Book, identity: str) -> str:
    return "owner" if owns(book, identity) else book.roles.get(identity.lower(), "")


def writers(book: Book) -> Iterator[str]:
    """Give all who may edit the file."""
    return (email for email in (book.owner, *book.roles) if _role(book, email) in _WRITERS)


def owns(book: Book, identity: str) -> bool:
    """Say whether the file is theirs; the owner may edit whatever is protected."""
    return book.owner.lower() == identity.lower()


def may_edit(book: Book, protection: Json, identity: str) -> bool:
    """Say whether a protection lets them through."""
    users = protection.get("editors", {}).get("users", [])
    listed = identity.lower() in {str(user).lower() for user in users}
    return bool(protection.get("warningOnly")) or listed or owns(book, identity)


def _closed_to(book: Book, tab: Tab, identity: str) -> Iterator[tuple[Json, Area]]:
    """Give the protections of a sheet that they must respect, with the areas."""
    for protection in tab.things["protectedRanges"]:
        if not may_edit(book, protection, identity):
            yield protection, Area.of(_range_of(book, protection))


def _range_of(book: Book, protection: Json) -> Json:
    name = protection.get("namedRangeId")
    found = (named["range"] for named in book.named if name and named["namedRangeId"] == name)
    grid_range: Json = next(found, protection.get("range", {}))
    return grid_range


def cells(book: Book, tab: Tab, identity: str, box: Box) -> None:
    """Raise ApiError when any of these cells is closed to them."""
    for protection, area in _closed_to(book, tab, identity):
        if tab.box(area).meets(box) and not _exempt(tab, protection, box):
            raise invalid(PROTECTED)


def written(
    book: Book, tab: Tab, identity: str, box: Box, is_set: Callable[[int, int], bool]
) -> None:
    """Raise ApiError when one of the cells of a box that are set is closed to them."""
    for protection, area in _closed_to(book, tab, identity):
        for row, column in tab.box(area).common(box).places():
            cell = Box(row, row + 1, column, column + 1)
            if is_set(row, column) and not _exempt(tab, protection, cell):
                raise invalid(PROTECTED)


def _exempt(tab: Tab, protection: Json, box: Box) -> bool:
    free = protection.get("unprotectedRanges", ())
    return any(box.within(tab.box(Area.of(grid_range))) for grid_range in free)


def insertion(book: Book, tab: Tab, identity: str, dimension: str, at: int) -> None:
    """Raise ApiError when lines are to be pushed into what is closed to them."""
    for _, area in _closed_to(book, tab, identity):
        box = tab.box(area)
        low, high = (box.top, box.bottom) if dimension == ROWS else (box.left, box.right)
        if low < at < high or area == Area():
            raise invalid(PROTECTED)


def sheet(book: Book, tab: Tab, identity: str) -> None:
    """Raise ApiError when anything on the sheet is closed to them."""
    if next(_closed_to(book, tab, identity), None):
        raise invalid(PROTECTED)


def protection(book: Book, found: Json, identity: str) -> None:
    """Raise ApiError when a protection is not theirs to change."""
    if not may_edit(book, found, identity):
        raise invalid(PROTECTED)
