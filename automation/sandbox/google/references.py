"""References in formulas that follow what they name: lines that move, sheets that are renamed."""

import re
from dataclasses import replace
from typing import Final

from automation.sandbox.google import areas, formulas
from automation.sandbox.google.areas import Area, Shift
from automation.sandbox.google.book import Book, Cell, Tab
from automation.sandbox.google.formulas import Change

_LOST: Final = "#REF!"
"""What stands in a formula for what was deleted."""

_END: Final = re.compile(r"(?:(\$?)([A-Za-z]+))?(?:(\$?)(\d+))?")
"""One end of a range: letters and number, each held fast by a sign before it."""


def follow_lines(book: Book, tab: Tab, dimension: str, shift: Shift) -> None:
    """Carry all references to a sheet along with its rows or columns that moved."""

    def change(title: str | None, cells: str) -> str | None:
        area = areas.parse(cells)
        if area is None:
            return None
        moved = area.moved(dimension, shift)
        if moved == area:
            return None
        return _LOST if moved is None else _written(title and tab.title, _placed(cells, moved))

    _exchange(book, tab, tab.title, change)


def follow_title(book: Book, tab: Tab, old: str) -> None:
    """Let references call a sheet by its new title."""
    new = tab.title
    _exchange(book, tab, old, lambda title, cells: title and _written(new, cells))


def lose(book: Book, tab: Tab) -> None:
    """Take a deleted sheet out of all references."""
    _exchange(book, tab, tab.title, lambda _title, _cells: _LOST)


def carried(cell: Cell, down: int, over: int) -> Cell:
    """Give a cell as it is so many rows and columns further: what is not held fast goes along."""
    if not cell.formula or not (down or over):
        return cell

    def change(title: str | None, cells: str) -> str:
        ends = [_stepped(end, down, over) for end in cells.split(":")]
        return _LOST if "" in ends else _written(title, ":".join(ends))

    return replace(cell, formula=formulas.exchanged(cell.formula, change))


# --- all formulas of a spreadsheet ---------------------------------------------------------------


def _exchange(book: Book, tab: Tab, title: str, change: Change) -> None:
    """Change every reference to a sheet; `title` = how the formulas call it."""
    for home in book.tabs:
        if home.formulas:
            _rewrite(home, _only(title.casefold(), change, own=home is tab))


def _only(title: str, change: Change, *, own: bool) -> Change:
    """Make a change that leaves references to other sheets as they are."""

    def changed(called: str | None, cells: str) -> str | None:
        meant = own if called is None else called.casefold() == title
        return change(called, cells) if meant else None

    return changed


def _rewrite(home: Tab, change: Change) -> None:
    for row, cells in enumerate(home.rows):
        found = {at: cell for at, cell in enumerate(cells) if cell.formula}
        new = {at: formulas.exchanged(cell.formula, change) for at, cell in found.items()}
        changed = {at: text for at, text in new.items() if text != found[at].formula}
        if changed:
            home.put(row, {at: replace(found[at], formula=text) for at, text in changed.items()})


# --- the text of references ----------------------------------------------------------------------


def _written(title: str | None, cells: str) -> str:
    return cells if title is None else f"{areas.quoted(title)}!{cells}"


def _placed(cells: str, area: Area) -> str:
    """Write an area as its cells were written: open where they were, and held fast where."""
    last = area.right and area.right - 1, area.bottom and area.bottom - 1
    corners = (area.left, area.top), last
    return ":".join(_end(end, *at) for end, at in zip(cells.split(":"), corners, strict=False))


def _end(text: str, column: int | None, row: int | None) -> str:
    parts = _END.fullmatch(text)
    if parts is None:
        return text
    letters = f"{parts[1]}{areas.letters(column)}" if parts[2] and column is not None else ""
    return letters + (f"{parts[3]}{row + 1}" if parts[4] and row is not None else "")


def _stepped(text: str, down: int, over: int) -> str:
    """Move one end of a range, but for what is held fast; "" when that leaves the sheet."""
    parts = _END.fullmatch(text)
    if parts is None:
        return text
    column = areas.column_of(parts[2] or "A") + (0 if parts[1] else over)
    row = int(parts[4] or 1) - 1 + (0 if parts[3] else down)
    gone = (parts[2] and column < 0) or (parts[4] and row < 0)
    return "" if gone else _end(text, column, row)
