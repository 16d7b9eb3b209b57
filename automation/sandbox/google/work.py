"""What every request of a batch needs to know, and what several of them do."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from automation.sandbox.google import guard
from automation.sandbox.google.areas import Area, Box
from automation.sandbox.google.book import Book, Tab
from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.figures import Figures, today


def random_id() -> int:
    """Give an id as Google makes them: 31 bits, not 0."""
    return secrets.randbelow(2**31 - 1) + 1


@dataclass(frozen=True, slots=True)
class Work:
    """One batch in progress on a copy of the spreadsheet."""

    book: Book
    identity: str
    sort_moves_metadata: bool = True
    fresh_id: Callable[[], int] = field(default=random_id)
    now: float = 0.0  # for formulas that ask for the day

    def figures(self) -> Figures:
        """Give the values of the formulas as the spreadsheet stands at this point of the batch."""
        return Figures(self.book, today(self.book.zone, self.now))

    def place(self, grid_range: Json | None) -> tuple[Tab, Area]:
        """Find what a GridRange means. Raises ApiError."""
        if not isinstance(grid_range, dict):
            raise invalid("No range specified.")
        return self.book.tab(grid_range.get("sheetId")), Area.of(grid_range)

    def box(self, grid_range: Json | None) -> tuple[Tab, Box]:
        """Find a GridRange that is to be edited; asks the protections. Raises ApiError."""
        tab, area = self.place(grid_range)
        box = tab.checked(area, f"{tab.title}!{area.top}:{area.bottom}")
        guard.cells(self.book, tab, self.identity, box)
        return tab, box


Handler = Callable[[Work, Json], Json]
"""Does one request of a batch and gives its reply, {} for none. Raises ApiError."""


def whole_number(request: Json, name: str) -> int:
    """Read a number that defaults to 0, as in proto3. Raises ApiError."""
    value = request.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"Invalid value at '{name}' (TYPE_INT32), {value!r}")
    return value
