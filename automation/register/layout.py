"""Where the columns of a tab stand, and where the missing ones belong: pure, from what was read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

from automation.register import rows
from automation.register.batch import COLUMN
from automation.register.grid import Json
from automation.register.shapes import Column, Tab

_FIRST: Final = 2**30
"""metadataIds of columns begin here, above the marks of tabs (1 to 3) and the anchors of rows."""


def mark_id(tab: str, column: str) -> int:
    """Give the metadataId of a column, the same everywhere (Google: a positive int of 31 bits)."""
    return _FIRST + crc32(f"{tab}/{column}".encode()) % _FIRST


def said(cell: Json) -> str:
    """Give what was entered into a cell, as text."""
    return rows.text(next(iter(cell.get("userEnteredValue", {}).values()), None))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tab as it stands, or as it will stand when it is to be made."""

    gid: int
    title: str
    columns: int
    rows: int = 0
    cells: Sequence[Sequence[Json]] = ()  # CellData of the rows that were read, 1 and 2 at least
    marked: Mapping[int, str] = field(default_factory=dict)  # index -> name of the column
    mark_ids: frozenset[int] = frozenset()
    protections: Sequence[Json] = ()
    frozen: bool = False
    pinned: bool = False  # the first column stays in sight
    colours: Sequence[Json] = ()  # conditional formats
    views: frozenset[str] = frozenset()  # titles of the filter views
    charts: frozenset[str] = frozenset()  # titles of the charts
    new: bool = False

    @classmethod
    def of(cls, live: Json) -> "Sheet":
        """Read a sheet of spreadsheets.get."""
        properties, data = live["properties"], (live.get("data") or [{}])[0]
        size = properties.get("gridProperties", {})
        marks = list(_marks(data))
        return cls(
            gid=properties.get("sheetId", 0),
            title=properties["title"],
            columns=size.get("columnCount", 0),
            rows=size.get("rowCount", 0),
            cells=[row.get("values", ()) for row in data.get("rowData", ())],
            marked={at: mark.get("metadataValue", "") for at, mark in marks},
            mark_ids=frozenset(mark["metadataId"] for _, mark in marks),
            protections=live.get("protectedRanges", ()),
            frozen=bool(size.get("frozenRowCount")),
            pinned=bool(size.get("frozenColumnCount")),
            colours=live.get("conditionalFormats", ()),
            views=frozenset(view.get("title", "") for view in live.get("filterViews", ())),
            charts=frozenset(c.get("spec", {}).get("title", "") for c in live.get("charts", ())),
        )

    @property
    def blank(self) -> bool:
        """Say whether nothing is written in the rows that were read, and no column is marked."""
        return not self.marked and not any(said(cell) for row in self.cells for cell in row)

    def header(self) -> list[str]:
        """Give the texts of row 1."""
        return [said(cell) for cell in self.cells[0]] if self.cells else []

    def cell(self, row: int, at: int) -> Json:
        """Give a cell of the rows that were read; `row` and `at` from 0."""
        line = self.cells[row] if row < len(self.cells) else ()
        return line[at] if at < len(line) else {}

    def rule(self, at: int, row: int) -> Json:
        """Give the validation that stands in a cell; `row` from 0."""
        found: Json = self.cell(row, at).get("dataValidation", {})
        return found


def _marks(data: Json) -> Iterator[tuple[int, Json]]:
    for at, column in enumerate(data.get("columnMetadata", ())):
        found = column.get("developerMetadata", ())
        yield from ((at, mark) for mark in found if mark.get("metadataKey") == COLUMN)


@dataclass(frozen=True, slots=True)
class Place:
    """A column: where it stands (None = nowhere), and where once room is made."""

    column: Column
    was: int | None
    at: int
    marked: bool = False
    retitled: bool = False

    @property
    def made(self) -> bool:
        """Say whether it is to be made."""
        return self.was is None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a tab, and what room they want."""

    places: tuple[Place, ...]
    inserts: tuple[int, ...] = ()  # where columns are put in, one after the other
    lacking: int = 0  # columns to add at the right end
    headless: bool = False  # the header row is gone: row 1 is a row of content
    foreign: bool = False  # what stands there is nothing of ours


def laid_out(tab: Tab, sheet: Sheet) -> Layout:
    """Find the columns as the worker does: by the mark on them, else by title (grid.columns)."""
    titles = [rows.plain(text) for text in sheet.header()]
    found = _found(tab.column, sheet.marked, titles)
    if not found and tab.column and any(titles):
        return Layout((), foreign=True)
    if not found:
        places = tuple(Place(column, None, at) for at, column in enumerate(tab.column))
        return Layout(places, lacking=max(0, len(places) - sheet.columns))
    names, inserts = _with_missing(tab.column, found, sheet.columns)
    right = {c.name for c in tab.column if _titled(c, titles, found.get(c.name))}
    places = tuple(
        Place(
            column=c,
            was=found.get(c.name),
            at=names.index(c.name),
            marked=sheet.marked.get(found.get(c.name, -1)) == c.name,
            retitled=c.name in found and c.name not in right,
        )
        for c in tab.column
    )
    return Layout(places, tuple(inserts), headless=any(titles) and not right)


def _found(
    columns: Sequence[Column], marked: Mapping[int, str], titles: Sequence[str]
) -> dict[str, int]:
    names = {column.name for column in columns}
    found = {name: at for at, name in sorted(marked.items(), reverse=True) if name in names}
    for column in columns:
        if column.name not in found and rows.plain(column.title) in titles:
            found[column.name] = titles.index(rows.plain(column.title))
    return found


def _titled(column: Column, titles: Sequence[str], at: int | None) -> bool:
    return at is not None and at < len(titles) and titles[at] == rows.plain(column.title)


def _with_missing(
    columns: Sequence[Column], found: Mapping[str, int], width: int
) -> tuple[list[str], list[int]]:
    """Put each missing column behind the one that stands before it in the schema."""
    names = [""] * max(width, *(at + 1 for at in found.values()))
    for name, at in found.items():
        names[at] = name
    inserts, before = [], -1
    for column in columns:
        if column.name not in found:
            names.insert(before + 1, column.name)
            inserts.append(before + 1)
        before = names.index(column.name)
    return names, inserts
