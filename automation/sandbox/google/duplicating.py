"""A sheet made from another one, in the same spreadsheet or in a second one."""

from collections.abc import Callable
from typing import Final

from automation.sandbox.google.book import Book, Tab
from automation.sandbox.google.errors import Json

_KEPT: Final = (
    "merges",
    "conditionalFormats",
    "filterViews",
    "bandedRanges",
    "basicFilter",
    "rowGroups",
    "columnGroups",
)
"""What comes along; protections do not, and developer metadata keeps to its own sheet."""

_IDS: Final = {"filterViews": "filterViewId", "bandedRanges": "bandedRangeId"}


def twin_of(tab: Tab, number: int, title: str, fresh_id: Callable[[], int]) -> Tab:
    """Copy a sheet under another id and title; what hangs on its ranges hangs on the copy's."""
    twin = tab.copy()
    twin.properties = {**tab.properties, "sheetId": number, "title": title}
    for name, things in twin.things.items():
        kept = things if name in _KEPT else []
        twin.things[name] = [_renewed(_onto(thing, number), name, fresh_id) for thing in kept]
    return twin


def _onto(part: Json, number: int) -> Json:
    """Write another sheetId into every range of a thing."""
    return {name: number if name == "sheetId" else _inner(v, number) for name, v in part.items()}


def _inner(value: object, number: int) -> object:
    if isinstance(value, dict):
        return _onto(value, number)
    return [_inner(entry, number) for entry in value] if isinstance(value, list) else value


def _renewed(thing: Json, name: str, fresh_id: Callable[[], int]) -> Json:
    return {**thing, _IDS[name]: fresh_id()} if name in _IDS else thing


def free_title(book: Book, title: str) -> str:
    """Name a copy as Google does, with a number when that name is taken too."""
    name = f"Copy of {title}"
    numbers = range(1, len(book.tabs) + 2)
    return next(n for n in (name, *(f"{name} {at}" for at in numbers)) if book.titled(n) is None)
