"""values.append: looking for a table, with the surprises that Google's search has."""

from collections.abc import Iterator
from typing import Final

from automation.sandbox.google import dimensions, guard, marks, values
from automation.sandbox.google.areas import ROWS, Area, Box, Shift, written
from automation.sandbox.google.book import Tab
from automation.sandbox.google.errors import Json
from automation.sandbox.google.values import Writer
from automation.sandbox.google.work import Work

Place = tuple[int, int]
_AROUND: Final = [(down, over) for down in (-1, 0, 1) for over in (-1, 0, 1) if down or over]


def append(into: Writer, text: str, body: Json, query: Json) -> Json:
    """Write below the last table in a range, or at its corner when there is none."""
    tab, area = marks.located(into.book, text)
    asked = tab.checked(area, text)
    table = last_table(tab, asked)
    top, left = (table.bottom, table.left) if table else (asked.top, asked.left)
    lines = values.lines_of(body)
    width = max(map(len, lines), default=0)
    _make_room(into, tab, Box(top, top + len(lines), left, left + width), query)
    target = Area(top, top + max(len(lines), 1), left, left + max(width, 1))
    covered = into.write(tab, target, lines, text)
    answer: Json = {"spreadsheetId": into.book.id}
    answer |= {"tableRange": written(tab.title, table)} if table else {}
    return answer | {"updates": values.told(into, tab, covered, query)}


def _make_room(into: Writer, tab: Tab, target: Box, query: Json) -> None:
    inserted = query.get("insertDataOption") == "INSERT_ROWS"
    if inserted and target.top < len(tab.rows) and target.rows():
        guard.insertion(into.book, tab, into.identity, ROWS, target.top)
        shift = Shift(target.top, target.bottom, inserted=True)
        work = Work(into.book, into.identity)
        dimensions.insert_lines(work, tab, ROWS, shift, inherit=target.top > 0)
    into.book.grow(tab, target.bottom, target.right)


def last_table(tab: Tab, asked: Box) -> Box | None:
    """Give the last block of touching cells with content that the range meets."""
    found = [table for table in tables(tab) if table.meets(asked)]
    return max(found, key=lambda table: (table.top, table.left), default=None)


def tables(tab: Tab) -> Iterator[Box]:
    """Give the bounds of all blocks of cells that touch, corners included."""
    left = {
        (row, column)
        for row, cells in enumerate(tab.rows)
        for column, cell in enumerate(cells)
        if not cell.blank()
    }
    while left:
        yield _bounds(_block(left))


def _block(left: set[Place]) -> set[Place]:
    """Take one block out of the cells that are left."""
    due = [left.pop()]
    block = set(due)
    while due:
        row, column = due.pop()
        near = {(row + down, column + over) for down, over in _AROUND} & left
        left -= near
        block |= near
        due += near
    return block


def _bounds(block: set[Place]) -> Box:
    rows, columns = {row for row, _ in block}, {column for _, column in block}
    return Box(min(rows), max(rows) + 1, min(columns), max(columns) + 1)
