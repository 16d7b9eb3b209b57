"""The values of formulas: worked out when somebody looks, and kept until a cell changes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from automation.sandbox.google import functions
from automation.sandbox.google.areas import Box
from automation.sandbox.google.book import Book, Cell, Tab
from automation.sandbox.google.entering import plain
from automation.sandbox.google.formulas import (
    Call,
    ErrorType,
    Reference,
    Tree,
    parsed,
    references,
)
from automation.sandbox.google.functions import Given, Matrix, Place, Value

_MOST: Final = 1_000
"""How many results of parts of formulas are remembered; whole columns are large."""

Spot = tuple[int, int, int]
"""sheetId, row, column."""


def today(zone: str, now: float) -> date:
    """Give the day that it is in a spreadsheet's time zone; `now` = seconds since 1970."""
    try:
        return datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    except (KeyError, ValueError, OSError):  # a zone that is none
        return datetime.fromtimestamp(now, UTC).date()


class Figures:
    """What the formulas of a spreadsheet give on a day, as long as no cell changes."""

    def __init__(self, book: Book, day: date) -> None:
        self.book = book
        self.today = day
        self._place = Place(book.locale, day)
        self._tabs = {tab.id: tab for tab in book.tabs}
        self._known: dict[Spot, Value] = {}
        self._parts: dict[tuple[int, Tree], Given] = {}
        self._spots: dict[int, list[Spot]] = {}

    def row(self, tab: Tab, row: int, box: Box) -> Sequence[Cell]:
        """Give the cells of a row within a box with their values; blank ones at its end lack."""
        cells = tab.rows[row][box.left : box.right]
        if not tab.formulas:
            return cells
        return [self.of(cell, (tab.id, row, at)) for at, cell in enumerate(cells, start=box.left)]

    def of(self, cell: Cell, spot: Spot) -> Cell:
        """Give the cell that stands at a spot with its value."""
        if not cell.formula:
            return cell
        if spot not in self._known:
            self._settle(spot)
        value = self._known[spot]
        if isinstance(value, ErrorType):
            return replace(cell, value=None, error=value.value)
        return replace(cell, value=plain(value), error="")

    # --- one formula after the other -------------------------------------------------------------

    def _settle(self, spot: Spot) -> None:
        """Work out a formula after all that it leans on; those of a circle are #REF!."""
        path = {spot: self._needed(spot)}
        while path:
            here = next(reversed(path))
            wanted = next((need for need in path[here] if need not in self._known), None)
            if wanted is None:
                del path[here]
                if here not in self._known:
                    self._known[here] = self._value(here)
            elif wanted in path:
                circle = list(path)
                circle = circle[circle.index(wanted) :]
                self._known |= dict.fromkeys(circle, ErrorType.REF)
            else:
                path[wanted] = self._needed(wanted)

    def _needed(self, spot: Spot) -> Iterator[Spot]:
        """Give the formulas on which one leans."""
        home = self._tabs[spot[0]]
        for reference in references(self._tree(spot)):
            found = self._find(home, reference)
            if found is not None and found[0].formulas:
                yield from self._formulas_in(*found)

    def _formulas_in(self, tab: Tab, box: Box) -> Iterator[Spot]:
        spots = self._formulas_of(tab)
        if len(box.rows()) * len(box.columns()) < len(spots):
            spots = [(tab.id, *place) for place in box.places() if tab.cell(*place).formula]
        for spot in spots:
            if box.top <= spot[1] < box.bottom and box.left <= spot[2] < box.right:
                yield spot

    def _formulas_of(self, tab: Tab) -> list[Spot]:
        if tab.id not in self._spots:
            self._spots[tab.id] = [
                (tab.id, row, column)
                for row, cells in enumerate(tab.rows)
                for column, cell in enumerate(cells)
                if cell.formula
            ]
        return self._spots[tab.id]

    def _tree(self, spot: Spot) -> Tree:
        sheet, row, column = spot
        return parsed(self._tabs[sheet].cell(row, column).formula, self.book.locale)

    def _value(self, spot: Spot) -> Value:
        """Work out a formula whose needs are known; a range as a whole is no value."""
        given = self._given(self._tabs[spot[0]], self._tree(spot))
        return ErrorType.VALUE if isinstance(given, Matrix) else given

    # --- parts of formulas -----------------------------------------------------------------------

    def _given(self, home: Tab, tree: Tree) -> Given:
        """Work out a part of a formula; the same part in another formula is worked out once."""
        if not isinstance(tree, (Call, Reference)):
            return tree.value
        key = (home.id, tree)
        if key not in self._parts:
            result = self._worked(home, tree)
            if len(self._parts) >= _MOST:
                self._parts.clear()
            self._parts[key] = result
        return self._parts[key]

    def _worked(self, home: Tab, tree: Call | Reference) -> Given:
        if isinstance(tree, Reference):
            return self._range(home, tree)
        given = [self._given(home, argument) for argument in tree.arguments]
        return functions.called(tree.name, given, self._place)

    def _range(self, home: Tab, reference: Reference) -> Given:
        found = self._find(home, reference)
        if found is None:
            return ErrorType.REF
        tab, box = found
        cells = [self._seen(tab, row, column) for row, column in box.places()]
        if box.single():
            return cells[0]
        return Matrix(box.bottom - box.top, box.right - box.left, cells)

    def _seen(self, tab: Tab, row: int, column: int) -> Value:
        cell = tab.cell(row, column)
        if cell.formula:
            return self._known[tab.id, row, column]
        return ErrorType(cell.error) if cell.error else cell.value

    def _find(self, home: Tab, reference: Reference) -> tuple[Tab, Box] | None:
        """Find what a reference means; None when there is no such sheet or cell."""
        tab = home if reference.title is None else self.book.titled(reference.title)
        if tab is None:
            return None
        area, box = reference.area, tab.box(reference.area)
        beyond = (area.bottom or 0) > len(tab.rows) or (area.right or 0) > tab.width
        return None if beyond or not box.rows() or not box.columns() else (tab, box)
