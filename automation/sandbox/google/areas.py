"""Rectangles of a grid: GridRange, A1 notation, and how they move with rows and columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from automation.sandbox.google.errors import Json, invalid

ROWS: Final = "ROWS"
COLUMNS: Final = "COLUMNS"

_CORNER: Final = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,7})?")
_R1C1: Final = re.compile(r"[Rr]([1-9]\d{0,7})[Cc]([1-9]\d{0,4})")
_SIMPLE: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LOOKS_LIKE_CELL: Final = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*")
_KEYS: Final = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")


@dataclass(frozen=True, slots=True)
class Area:
    """A half-open rectangle, zero-based; None = open on that side."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    @classmethod
    def of(cls, grid_range: Json) -> "Area":
        """Read a GridRange. Raises ApiError when it is not one."""
        bounds = [grid_range.get(key) for key in _KEYS]
        if any(isinstance(b, bool) or not isinstance(b, (int, type(None))) for b in bounds):
            raise invalid("Invalid value at 'range' (TYPE_INT32)")
        area = cls(*bounds)
        for start, end in ((area.top, area.bottom), (area.left, area.right)):
            if (start or 0) < 0 or (end is not None and end <= (start or 0)):
                raise invalid(f"GridRange is empty or negative: {start}..{end}")
        return area

    def grid_range(self, sheet_id: int) -> Json:
        """Write a GridRange; open sides are absent."""
        bounds = zip(_KEYS, (self.top, self.bottom, self.left, self.right), strict=True)
        return {"sheetId": sheet_id, **{key: bound for key, bound in bounds if bound is not None}}

    def closed(self, rows: int, columns: int) -> "Box":
        """Close the open sides at the edges of the grid, and cut what lies beyond them."""
        bottom = rows if self.bottom is None else min(self.bottom, rows)
        right = columns if self.right is None else min(self.right, columns)
        return Box(min(self.top or 0, bottom), bottom, min(self.left or 0, right), right)

    def moved(self, dimension: str, shift: "Shift") -> "Area | None":
        """Follow rows or columns that moved; None when all of it is gone."""
        if dimension == ROWS:
            span = shift.span(self.top, self.bottom)
            return span and replace(self, top=span[0], bottom=span[1])
        span = shift.span(self.left, self.right)
        return span and replace(self, left=span[0], right=span[1])


@dataclass(frozen=True, slots=True)
class Box:
    """A half-open rectangle within a grid; may be empty."""

    top: int
    bottom: int
    left: int
    right: int

    def rows(self) -> range:
        """Give the indexes of its rows."""
        return range(self.top, self.bottom)

    def columns(self) -> range:
        """Give the indexes of its columns."""
        return range(self.left, self.right)

    def places(self) -> Iterator[tuple[int, int]]:
        """Give row and column of each cell."""
        return ((row, column) for row in self.rows() for column in self.columns())

    def meets(self, other: "Box") -> bool:
        """Say whether they have a cell in common."""
        both = self.common(other)
        return both.top < both.bottom and both.left < both.right

    def common(self, other: "Box") -> "Box":
        """Give what both contain; without cells when they do not meet."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Box(top, max(top, bottom), left, max(left, right))

    def within(self, other: "Box") -> bool:
        """Say whether the other contains all of it."""
        return (
            other.top <= self.top
            and self.bottom <= other.bottom
            and other.left <= self.left
            and self.right <= other.right
        )

    def single(self) -> bool:
        """Say whether it is one cell."""
        return (self.bottom - self.top, self.right - self.left) == (1, 1)

    def area(self) -> Area:
        """Give it as an area with all four sides."""
        return Area(self.top, self.bottom, self.left, self.right)


@dataclass(frozen=True, slots=True)
class Shift:
    """How lines move: `count` inserted at `start`, or [start, end) deleted or moved to `to`."""

    start: int
    end: int
    to: int | None = None  # the place before removal, as in moveDimension.destinationIndex
    inserted: bool = False

    def index(self, at: int) -> int | None:
        """Give the new place of one line; None when it was deleted."""
        count = self.end - self.start
        if self.inserted:
            return at + count if at >= self.start else at
        if self.to is not None:
            return self._moved(at, count)
        if at < self.start:
            return at
        return None if at < self.end else at - count

    def _moved(self, at: int, count: int) -> int:
        to = self.to or 0
        if self.start <= at < self.end:
            return at + (to - self.end if to > self.start else to - self.start)
        if self.end <= at < to:
            return at - count
        return at + count if to <= at < self.start else at

    def span(self, first: int | None, last: int | None) -> tuple[int | None, int | None] | None:
        """Give the new bounds of a run of lines; None when it is gone."""
        if self.inserted:
            return self._stretched(first, last)
        if self.to is not None:
            return self._carried(first, last)
        low = None if first is None else self._cut(first)
        high = None if last is None else self._cut(last)
        return None if high is not None and high <= (low or 0) else (low, high)

    def _stretched(self, first: int | None, last: int | None) -> tuple[int | None, int | None]:
        count = self.end - self.start
        low = first if first is None or first < self.start else first + count
        return low, last if last is None or last <= self.start else last + count

    def _carried(self, first: int | None, last: int | None) -> tuple[int | None, int | None]:
        """Move a run whose lines all go the same way; one that is torn apart stays."""
        if first is None or last is None:
            return first, last
        gone = self._moved(first, self.end - self.start) - first
        kept = self._moved(last - 1, self.end - self.start) - (last - 1)
        return (first + gone, last + gone) if gone == kept else (first, last)

    def _cut(self, bound: int) -> int:
        return bound - max(0, min(self.end, bound) - self.start)


def letters(column: int) -> str:
    """Name a zero-based column: 0 = A, 26 = AA."""
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def column_of(name: str) -> int:
    """Give the zero-based column that letters name."""
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def split(text: str) -> tuple[str | None, str]:
    """Part the sheet's title from the cells; (None, text) without an exclamation mark."""
    if text.startswith("'"):
        match = re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL)
        if match:
            return match[1].replace("''", "'"), match[2] or ""
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark else (None, text)


def parse(cells: str) -> Area | None:
    """Read the part of A1 notation after the title; "" = all cells; None = not readable."""
    if not cells:
        return Area()
    if match := _R1C1.fullmatch(cells):
        row, column = int(match[1]) - 1, int(match[2]) - 1
        return Area(row, row + 1, column, column + 1)
    ends = cells.split(":")
    found = [_CORNER.fullmatch(end) for end in ends]
    corners = [(match[1], match[2]) for match in found if match and match[0]]
    if len(corners) != len(ends) or len(ends) > 2:  # noqa: PLR2004 - two corners
        return None
    if len(ends) == 1:
        return _single(*corners[0])
    return _between(corners[0], corners[1])


def _single(column: str | None, row: str | None) -> Area | None:
    if not column or not row:
        return None
    return Area(int(row) - 1, int(row), column_of(column), column_of(column) + 1)


def _between(one: tuple[str | None, str | None], two: tuple[str | None, str | None]) -> Area:
    top, bottom = _ordered(one[1] and int(one[1]) - 1, two[1] and int(two[1]) - 1)
    left, right = _ordered(one[0] and column_of(one[0]), two[0] and column_of(two[0]))
    return Area(top, bottom, left, right)


def _ordered(one: str | int | None, two: str | int | None) -> tuple[int | None, int | None]:
    """Put two bounds in order; one that is missing leaves the range open at its end."""
    known = sorted(bound for bound in (one, two) if isinstance(bound, int))
    if len(known) == 2:  # noqa: PLR2004 - both known
        return known[0], known[1] + 1
    return (known[0], None) if known else (None, None)


def quoted(title: str) -> str:
    """Write a title as Google echoes it: in quotes unless it is a simple word."""
    if _SIMPLE.fullmatch(title) and not _LOOKS_LIKE_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def written(title: str, box: Box) -> str:
    """Write a range as Google echoes it, such as `Sheet1!A1:C1000` or `Sheet1!A2`."""
    first = f"{letters(box.left)}{box.top + 1}"
    last = f"{letters(max(box.right - 1, box.left))}{max(box.bottom, box.top + 1)}"
    return f"{quoted(title)}!{first}" + (f":{last}" if last != first else "")
