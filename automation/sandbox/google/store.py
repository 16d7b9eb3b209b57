"""All spreadsheets of the town, and the one way to change one of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from automation.sandbox.google import batch, drive
from automation.sandbox.google import book as books
from automation.sandbox.google.book import Book
from automation.sandbox.google.errors import Json, not_found
from automation.sandbox.google.figures import Figures, today
from automation.sandbox.google.work import Work

_Result = TypeVar("_Result")
Listener = Callable[[str], None]
"""Is told the id of a spreadsheet that changed; must be quick, and must not call back."""


@dataclass(slots=True)
class Store:
    """The spreadsheets by id; none is changed in place, a changed copy replaces it."""

    books: dict[str, Book] = field(default_factory=dict)
    revision: int = 0  # grows with each change
    listeners: list[Listener] = field(default_factory=list)
    _figures: dict[str, Figures] = field(default_factory=dict)  # of books as they stand

    def book(self, spreadsheet_id: str) -> Book:
        """Find a spreadsheet. Raises ApiError when there is none of that id."""
        book = self.books.get(spreadsheet_id)
        if book is None:
            raise not_found()
        return book

    def figures(self, book: Book, now: float) -> Figures:
        """Give the values of a spreadsheet's formulas, those of a draft for this once."""
        day = today(book.zone, now)
        if self.books.get(book.id) is not book:
            return Figures(book, day)
        kept = self._figures.get(book.id)
        if kept is None or kept.book is not book or kept.today != day:
            kept = self._figures[book.id] = Figures(book, day)
        return kept

    def change(self, book: Book, now: float, do: Callable[[Book], _Result]) -> _Result:
        """Do a change on a copy, and let the copy take the place when all of it went well."""
        draft = book.copy()
        result = do(draft)
        if draft.title != book.title:  # Drive knows of a title at once, of cells later
            draft.settled = now
        elif book.settled <= now - drive.LAG:
            draft.settled = book.modified
        draft.modified = now
        self.keep(draft)
        return result

    def keep(self, book: Book) -> None:
        """Put a spreadsheet in its place, and tell who listens."""
        self.books[book.id] = book
        self.touched(book.id)

    def remove(self, book: Book) -> None:
        """Forget a spreadsheet, and tell who listens."""
        del self.books[book.id]
        self._figures.pop(book.id, None)
        self.touched(book.id)

    def touched(self, spreadsheet_id: str) -> None:
        """Count a change."""
        self.revision += 1
        for listener in self.listeners:
            listener(spreadsheet_id)

    def create(self, owner: str, wanted: Json, now: float) -> Book:
        """Make a spreadsheet; `wanted` is a Spreadsheet of the API. Raises ApiError."""
        properties = wanted.get("properties", {})
        title = properties.get("title") or "Untitled spreadsheet"
        book = Book(drive.new_id(), title, owner, created=now, modified=now, settled=now)
        work = Work(book, owner)
        named = [name for name in ("locale", "timeZone") if name in properties]
        if named:
            change = {"properties": properties, "fields": ",".join(named)}
            batch.update_spreadsheet(work, change)
        sheets = wanted.get("sheets") or [{"properties": {"sheetId": 0, "title": "Sheet1"}}]
        for sheet in sheets:
            batch.add_sheet(work, {"properties": sheet.get("properties", {})})
        self.keep(book)
        return book

    def copy(self, book: Book, owner: str, title: str, now: float) -> Book:
        """Copy a spreadsheet with its metadata, whose ids stay, and without its permissions."""
        twin = book.copy()
        twin.id, twin.title, twin.owner, twin.roles = drive.new_id(), title, owner, {}
        twin.heir = ""
        twin.created = twin.modified = twin.settled = now
        self.keep(twin)
        return twin

    def dump(self) -> list[Json]:
        """Give all of it as JSON."""
        return [books.dumped(book) for book in self.books.values()]

    def load(self, state: list[Json], revision: int) -> None:
        """Take over what `dump` gave."""
        self.books = {entry["id"]: books.loaded(entry) for entry in state}
        self.revision = revision
