"""A spreadsheet in memory: immutable cells in row tuples, so that a copy for a batch is cheap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final, TypeVar

from automation.sandbox.google.areas import COLUMNS, ROWS, Area, Box, Shift
from automation.sandbox.google.errors import Json, invalid

Scalar = str | int | float | bool | None

MAX_CELLS: Final = 10_000_000
MAX_COLUMNS: Final = 18_278
LISTS: Final = (
    "merges",
    "protectedRanges",
    "conditionalFormats",
    "filterViews",
    "bandedRanges",
    "basicFilter",
    "rowGroups",
    "columnGroups",
    "charts",
)
"""What hangs on ranges of a sheet, under the API's names; `basicFilter` holds one at most."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value, and what else was set. `formula` with its leading equals sign.

    A formula's value is not kept here; `figures` works it out.
    """

    value: Scalar = None
    formula: str = ""
    error: str = ""  # Google's ErrorType in place of a value
    look: Json | None = None  # CellFormat; shared between cells, never changed in place
    rule: Json | None = None  # DataValidationRule, likewise
    note: str = ""

    def blank(self) -> bool:
        """Say whether it has no content; format, rule and note are none."""
        return (self.value is None or self.value == "") and not self.formula

    def emptied(self) -> "Cell":
        """Give it without content; format, rule and note stay."""
        return Cell(look=self.look, rule=self.rule, note=self.note)


BLANK: Final = Cell()
Row = tuple[Cell, ...]
_Entry = TypeVar("_Entry")


@dataclass(slots=True)
class Tab:
    """A sheet of a spreadsheet. Rows may be shorter than `width`; the rest is blank."""

    properties: Json  # without rowCount, columnCount, index
    rows: list[Row]
    width: int
    sizes: dict[str, list[Json]]  # DimensionProperties of each row and column
    things: dict[str, list[Json]] = field(default_factory=lambda: {name: [] for name in LISTS})
    formulas: bool = False  # whether a cell may hold one

    @property
    def id(self) -> int:
        """Give the sheetId."""
        number: int = self.properties["sheetId"]
        return number

    @property
    def title(self) -> str:
        """Give the title."""
        text: str = self.properties["title"]
        return text

    def copy(self) -> "Tab":
        """Copy the lists; what they hold is never changed in place."""
        return Tab(
            self.properties,
            list(self.rows),
            self.width,
            {name: list(sizes) for name, sizes in self.sizes.items()},
            {name: list(things) for name, things in self.things.items()},
            self.formulas,
        )

    def cell(self, row: int, column: int) -> Cell:
        """Give a cell."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else BLANK

    def put(self, row: int, changes: dict[int, Cell]) -> None:
        """Replace cells of one row."""
        cells = list(self.rows[row])
        cells += [BLANK] * (max(changes, default=-1) + 1 - len(cells))
        for column, cell in changes.items():
            cells[column] = cell
        while cells and cells[-1] == BLANK:
            cells.pop()
        self.rows[row] = tuple(cells)
        self.formulas = self.formulas or any(cell.formula for cell in changes.values())

    def whole(self) -> Box:
        """Give the grid as a box."""
        return Box(0, len(self.rows), 0, self.width)

    def box(self, area: Area) -> Box:
        """Close an area at the edges of the grid."""
        return area.closed(len(self.rows), self.width)

    def checked(self, area: Area, name: str) -> Box:
        """Close an area that must lie within the grid. Raises ApiError."""
        rows, columns = len(self.rows), self.width
        within = (area.bottom or (area.top or 0) + 1) <= rows
        if not within or (area.right or (area.left or 0) + 1) > columns:
            raise invalid(
                f"Range ({name}) exceeds grid limits. Max rows: {rows}, max columns: {columns}"
            )
        return self.box(area)

    def used(self) -> int:
        """Give the number of rows down to the last one with content."""
        rows = range(len(self.rows), 0, -1)
        return next((at for at in rows if any(not c.blank() for c in self.rows[at - 1])), 0)

    def grow(self, rows: int, columns: int) -> None:
        """Make the grid at least this large."""
        self.sizes[ROWS] += [{}] * (rows - len(self.rows))
        self.rows += [()] * (rows - len(self.rows))
        self.sizes[COLUMNS] += [{}] * (columns - self.width)
        self.width = max(self.width, columns)

    def ranges_follow(self, dimension: str, shift: Shift) -> None:
        """Carry along what hangs on ranges; what has lost all its range goes."""
        for name, things in self.things.items():
            followed = (_followed(thing, name, dimension, shift) for thing in things)
            self.things[name] = [thing for thing in followed if thing is not None]


@dataclass(frozen=True, slots=True)
class Mark:
    """Developer metadata. `dimension` "" = on the sheet; sheet None = on the spreadsheet."""

    id: int
    key: str
    value: str
    visibility: str
    sheet: int | None = None
    dimension: str = ""
    index: int = 0

    def location_type(self) -> str:
        """Name the kind of place as the API does."""
        if self.sheet is None:
            return "SPREADSHEET"
        return {ROWS: "ROW", COLUMNS: "COLUMN"}.get(self.dimension, "SHEET")

    def span(self) -> Json:
        """Give its DimensionRange."""
        ends = {"startIndex": self.index, "endIndex": self.index + 1}
        return {"sheetId": self.sheet, "dimension": self.dimension, **ends}


@dataclass(slots=True)
class Book:
    """A spreadsheet with its sheets, marks and permissions."""

    id: str
    title: str
    owner: str
    locale: str = "en_US"
    zone: str = "Etc/GMT"
    tabs: list[Tab] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    named: list[Json] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)  # e-mail in lower case -> role
    heir: str = ""  # e-mail in lower case of who may take the file over
    created: float = 0.0
    modified: float = 0.0
    settled: float = 0.0  # the last change that Drive knew of when the one in `modified` came

    def copy(self) -> "Book":
        """Copy it for a change that may yet be refused."""
        return replace(
            self,
            tabs=[tab.copy() for tab in self.tabs],
            marks=dict(self.marks),
            named=list(self.named),
            roles=dict(self.roles),
        )

    def tab(self, sheet_id: object) -> Tab:
        """Find a sheet by its id; absent = 0, as in proto3. Raises ApiError."""
        wanted = 0 if sheet_id is None else sheet_id
        for tab in self.tabs:
            if tab.id == wanted:
                return tab
        raise invalid(f"No grid with id: {wanted}")

    def titled(self, title: str) -> Tab | None:
        """Find a sheet by its title, without regard to case."""
        folded = title.casefold()
        return next((tab for tab in self.tabs if tab.title.casefold() == folded), None)

    def follow(self, tab: Tab, dimension: str, shift: Shift) -> None:
        """Carry marks, named ranges and everything else along with rows or columns that moved."""
        tab.ranges_follow(dimension, shift)
        for mark in list(self.marks.values()):
            if (mark.sheet, mark.dimension) == (tab.id, dimension):
                self._carry(mark, shift.index(mark.index))
        named = (_moved_range(n, dimension, shift) if _on(n, tab) else n for n in self.named)
        self.named = [entry for entry in named if entry is not None]

    def _carry(self, mark: Mark, index: int | None) -> None:
        if index is None:
            del self.marks[mark.id]
        elif index != mark.index:
            self.marks[mark.id] = replace(mark, index=index)

    def reserve(self, tab: Tab, rows: int, columns: int) -> None:
        """Refuse to make a sheet larger than Google keeps. Raises ApiError."""
        if max(columns, tab.width) > MAX_COLUMNS:
            raise invalid(
                "This action would increase the number of columns in the sheet "
                f"above the limit of {MAX_COLUMNS} columns."
            )
        others = sum(other.width * len(other.rows) for other in self.tabs if other is not tab)
        if others + max(rows, len(tab.rows)) * max(columns, tab.width) > MAX_CELLS:
            raise invalid(
                "This action would increase the number of cells in the workbook "
                f"above the limit of {MAX_CELLS} cells."
            )

    def grow(self, tab: Tab, rows: int, columns: int) -> None:
        """Make a sheet at least this large. Raises ApiError."""
        self.reserve(tab, rows, columns)
        tab.grow(rows, columns)


def new_tab(properties: Json, rows: int = 1000, columns: int = 26) -> Tab:
    """Make an empty sheet."""
    return Tab(properties, [()] * rows, columns, {ROWS: [{}] * rows, COLUMNS: [{}] * columns})


def _on(named: Json, tab: Tab) -> bool:
    return bool(named["range"].get("sheetId", 0) == tab.id)


def _followed(thing: Json, name: str, dimension: str, shift: Shift) -> Json | None:
    """Carry one thing along, wherever it keeps its range."""
    if name == "merges":
        return _moved(thing, dimension, shift)
    if name in {"rowGroups", "columnGroups"}:
        return _moved_group(thing, name, dimension, shift)
    if name == "conditionalFormats":
        kept = list(_moved_all(thing["ranges"], dimension, shift))
        return {**thing, "ranges": kept} if kept else None
    if thing.get("filterSpecs") and dimension == COLUMNS:
        thing = {**thing, "filterSpecs": list(_moved_specs(thing["filterSpecs"], shift))}
    free = {
        "unprotectedRanges": list(_moved_all(thing.get("unprotectedRanges", ()), dimension, shift))
    }
    followed = _moved_range(thing, dimension, shift)
    return followed and (followed | free if thing.get("unprotectedRanges") else followed)


def _moved_range(thing: Json, dimension: str, shift: Shift) -> Json | None:
    if "range" not in thing:
        return thing
    moved = _moved(thing["range"], dimension, shift)
    return moved and {**thing, "range": moved}


def _moved(grid_range: Json, dimension: str, shift: Shift) -> Json | None:
    moved = Area.of(grid_range).moved(dimension, shift)
    return None if moved is None else moved.grid_range(grid_range.get("sheetId", 0))


def _moved_all(ranges: Iterable[Json], dimension: str, shift: Shift) -> Iterator[Json]:
    moved = (_moved(grid_range, dimension, shift) for grid_range in ranges)
    return (grid_range for grid_range in moved if grid_range is not None)


def _moved_specs(specs: Iterable[Json], shift: Shift) -> Iterator[Json]:
    """Carry the filters of single columns along; one whose column was deleted goes."""
    for spec in specs:
        at = shift.index(spec.get("columnIndex", 0))
        if at is not None:
            yield {**spec, "columnIndex": at}


def _moved_group(group: Json, name: str, dimension: str, shift: Shift) -> Json | None:
    if dimension != (ROWS if name == "rowGroups" else COLUMNS):
        return group
    span = shift.span(group["range"]["startIndex"], group["range"]["endIndex"])
    ends = span and {"startIndex": span[0], "endIndex": span[1]}
    return ends and {**group, "range": {**group["range"], **ends}}


# --- on disk -------------------------------------------------------------------------------------


def dumped(book: Book) -> Json:
    """Give all of a spreadsheet as plain JSON; equal neighbours are written once, with a count."""
    kept = ("id", "title", "owner", "locale", "zone", "named", "roles", "heir")
    times = ("created", "modified", "settled")
    return {
        **{name: getattr(book, name) for name in (*kept, *times)},
        "marks": [[getattr(m, name) for name in Mark.__slots__] for m in book.marks.values()],
        "tabs": [_dumped_tab(tab) for tab in book.tabs],
    }


def _dumped_tab(tab: Tab) -> Json:
    rows = [[n, [_packed(cell, m) for m, cell in _runs(row)]] for n, row in _runs(tab.rows)]
    sizes = {name: [[n, size] for n, size in _runs(found)] for name, found in tab.sizes.items()}
    return {
        "properties": tab.properties,
        "width": tab.width,
        "rows": rows,
        "sizes": sizes,
        "things": tab.things,
    }


def _packed(cell: Cell, count: int) -> list[object]:
    return [count, cell.value, cell.formula, cell.error, cell.look, cell.rule, cell.note]


def _runs(entries: Iterable[_Entry]) -> Iterator[tuple[int, _Entry]]:
    for entry, run in groupby(entries):
        yield len(list(run)), entry


def loaded(state: Json) -> Book:
    """Make a spreadsheet of what `dumped` gave."""
    plain = {name: value for name, value in state.items() if name not in {"marks", "tabs"}}
    marks = [Mark(*entry) for entry in state["marks"]]
    return Book(
        **plain,
        marks={mark.id: mark for mark in marks},
        tabs=[_loaded_tab(tab) for tab in state["tabs"]],
    )


def _loaded_tab(state: Json) -> Tab:
    sizes = {name: [s for n, s in runs for _ in range(n)] for name, runs in state["sizes"].items()}
    rows: list[Row] = []
    for count, runs in state["rows"]:
        row = tuple(cell for n, *rest in runs for cell in [Cell(*rest)] * n)
        rows += [row] * count
    things: dict[str, list[Json]] = {name: [] for name in LISTS}
    formulas = any(cell.formula for row in rows for cell in row)
    return Tab(state["properties"], rows, state["width"], sizes, things | state["things"], formulas)
