"""What was written last, kept until the next look: columns may have moved just before it arrived.

The Sheets API writes to places, and has no compare-and-swap: whoever drags a column between the
worker's look and its write makes that write land in the wrong columns. The next look finds it out
by what stands where, and gets the cells that bring everything back.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automation.model import Cell
from automation.register import grid, writes
from automation.register.known import Memory

_KEY: Final = "written"

Cells = Mapping[str, Cell]
"""By column name."""

Rows = Mapping[int, tuple[Cells, Cells]]
"""By anchor: what was written into the row, and all that stood in it before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write; `layout` = the columns as they were known then, by place."""

    layout: Sequence[str]
    rows: Rows

    def elsewhere(self, now: Sequence[str]) -> list[int]:
        """Name the anchors of rows in which a column that was written has another place now."""
        moved = {name for at, name in enumerate(self.layout) if list(now).index(name) != at if name}
        return [anchor for anchor, (wrote, _) in self.rows.items() if moved & set(wrote)]


class Journal:
    """The writes to one spreadsheet that no look has confirmed yet."""

    def __init__(self, memory: Memory, spreadsheet: str) -> None:
        self._memory = memory
        self._spreadsheet = spreadsheet

    def note(self, layout: Sequence[str], rows: Rows) -> None:
        """Remember a write, before it is sent."""
        if rows:
            kept = [*self._kept(), [list(layout), {a: list(map(dict, r)) for a, r in rows.items()}]]
            told = {"spreadsheet": self._spreadsheet, "writes": kept}
            self._memory.remember(_KEY, json.dumps(told, ensure_ascii=False))

    def pending(self) -> list[Entry]:
        """Give what was written since the last look, in order."""
        return [
            Entry(layout, {int(a): (wrote, before) for a, (wrote, before) in rows.items()})
            for layout, rows in self._kept()
        ]

    def confirm(self) -> None:
        """Forget it: a look found everything in its column."""
        if self._memory.recall(_KEY):
            self._memory.remember(_KEY, "")

    def _kept(self) -> list[tuple[list[str], dict[str, tuple[Cells, Cells]]]]:
        told = json.loads(self._memory.recall(_KEY) or "{}")
        return told["writes"] if told.get("spreadsheet") == self._spreadsheet else []


@dataclass(frozen=True, slots=True)
class Wrong:
    """Tells what stands in wrong columns; `now` = the columns by place."""

    entries: Sequence[Entry]
    now: Sequence[str]

    def suspects(self) -> list[int]:
        """Name the anchors of rows into which something was written before columns moved."""
        return list(dict.fromkeys(a for entry in self.entries for a in entry.elsewhere(self.now)))

    def among(self, lines: Mapping[int, Sequence[Cell]]) -> dict[int, dict[int, Cell]]:
        """Give for each of the anchored rows at fault what puts it right, by place of the cell."""
        found = {anchor: self.mended(anchor, line) for anchor, line in lines.items()}
        return {anchor: cells for anchor, cells in found.items() if cells}

    def within(self, table: grid.Raw, anchors: Iterable[int]) -> dict[int, int]:
        """Find rows at fault that left their anchors behind: the position (1-based) by anchor."""
        places = {
            anchor: [at for at, line in enumerate(table, start=1) if self.mended(anchor, line)]
            for anchor in anchors
        }
        return {anchor: found[0] for anchor, found in places.items() if len(found) == 1}

    def mended(self, anchor: int, line: Sequence[Cell]) -> dict[int, Cell]:
        """Give what puts a row right; nothing when nothing is wrong, or it is another case's."""
        if not any(writes.anchor_of(cell) == anchor for cell in line if isinstance(cell, str)):
            return {}
        histories = [entry.rows[anchor] for entry in self.entries if anchor in entry.rows]
        before, wrote, ours = histories[0][1], dict[str, Cell](), list[Cell]()
        for written, _ in histories:
            wrote |= written
            ours += [cell for cell in written.values() if not grid.blank(cell)]
        return _Row(line, self.now, before, wrote, ours).mended()


@dataclass(frozen=True, slots=True)
class _Row:
    line: Sequence[Cell]
    now: Sequence[str]
    before: Cells
    wrote: Cells
    ours: Sequence[Cell]  # all texts and numbers that were written into the row

    def mended(self) -> dict[int, Cell]:
        """Give what is due in the cells that nobody has typed into since.

        A text of ours that is missing in its own column and stands in another one proves that the
        columns moved before the write; had they moved after it, they had taken it along.
        """
        lost = [cell for name, cell in self.wrote.items() if not self._reads(name, cell)]
        strewn = [at for at, cell in enumerate(self.line) if self._wrong(at) and _has(lost, cell)]
        if not strewn:
            return {}
        named = [at for at, name in enumerate(self.now) if name and self._due(at)]
        return {at: self._expected(at) for at in (*strewn, *named)}

    def _reads(self, name: str, cell: Cell) -> bool:
        return writes.same(self._at(list(self.now).index(name)), cell)

    def _wrong(self, at: int) -> bool:
        return not writes.same(self._at(at), self._expected(at))

    def _due(self, at: int) -> bool:
        """Say whether a cell is not as it must be, and not because a person typed there."""
        cell = self._at(at)
        untouched = grid.blank(cell) or writes.same(cell, self.before.get(self.now[at]))
        return self._wrong(at) and (untouched or _has(self.ours, cell))

    def _expected(self, at: int) -> Cell:
        name = self.now[at] if at < len(self.now) else ""
        return self.wrote.get(name, self.before.get(name, ""))

    def _at(self, at: int) -> Cell:
        return self.line[at] if at < len(self.line) else ""


def _has(cells: Iterable[Cell], cell: Cell) -> bool:
    return not grid.blank(cell) and any(writes.same(cell, each) for each in cells)
