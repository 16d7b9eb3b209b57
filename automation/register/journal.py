"""What was written last, kept until the next look: columns may have moved just before it arrived.

The Sheets API writes to places, and has no compare-and-swap: whoever drags a column between the
worker's look and its write makes that write land in the wrong columns. The next look finds it out
by what stands where, and gets the cells that bring everything back.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automation.model import Cell
from automation.register import grid, writes
from automation.register.known import Memory

_KEY: Final = "written"

Cells = Mapping[str, Cell]
"""By column name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write: the columns as they were known then, by place, and what went into which row.

    `rows` = by anchor what was written, and all that stood in the row before.
    """

    layout: Sequence[str]
    rows: Mapping[int, tuple[Cells, Cells]]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns by place, as they were known at a write and as they are now."""

    then: Sequence[str]
    now: Sequence[str]

    def moved(self, names: Cells) -> dict[str, tuple[int, int]]:
        """Give the old and the new place of those that are elsewhere now."""
        places = {name: (self.then.index(name), self.now.index(name)) for name in names}
        return {name: place for name, place in places.items() if place[0] != place[1]}


class Journal:
    """The writes to one spreadsheet that no look has confirmed yet."""

    def __init__(self, memory: Memory, spreadsheet: str) -> None:
        self._memory = memory
        self._spreadsheet = spreadsheet

    def note(self, layout: Sequence[str], rows: Mapping[int, tuple[Cells, Cells]]) -> None:
        """Remember a write, before it is sent."""
        if rows:
            kept = [*self._kept(), [list(layout), {a: list(map(dict, r)) for a, r in rows.items()}]]
            told = {"spreadsheet": self._spreadsheet, "writes": kept}
            self._memory.remember(_KEY, json.dumps(told, ensure_ascii=False))

    def pending(self) -> list[Entry]:
        """Give what was written since the last look."""
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


def suspects(entries: Sequence[Entry], now: Sequence[str]) -> list[int]:
    """Name the anchors of rows into which something was written whose column is elsewhere now."""
    found = {
        anchor: None
        for entry in entries
        for anchor, (wrote, _) in entry.rows.items()
        if Columns(entry.layout, now).moved(wrote)
    }
    return list(found)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Tells what stands in wrong columns; `key` = the column of the number, `now` = all of them."""

    entries: Sequence[Entry]
    now: Sequence[str]
    key: str

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
        out: dict[int, Cell] = {}
        for entry in self.entries:
            wrote, before = entry.rows.get(anchor, ({}, {}))
            columns = Columns(entry.layout, self.now)
            spots = {columns.then.index(self.key), columns.now.index(self.key)}
            if anchor in {writes.anchor_of(str(_at(line, spot))) for spot in spots}:
                out |= _mended(columns, wrote, before, line)
        return out


def _mended(columns: Columns, wrote: Cells, before: Cells, line: Sequence[Cell]) -> dict[int, Cell]:
    moved = columns.moved(wrote)
    if not _astray(moved, wrote, line):
        return {}
    untouched = {
        old: before.get(_at_name(columns.now, old), "")
        for name, (old, _) in moved.items()
        if writes.same(_at(line, old), wrote[name])
    }
    return untouched | dict(_home(moved, wrote, before, line))


def _home(
    moved: Mapping[str, tuple[int, int]], wrote: Cells, before: Cells, line: Sequence[Cell]
) -> Iterator[tuple[int, Cell]]:
    """Put each cell where it belongs, unless somebody has written there since."""
    strewn = {old for name, (old, _) in moved.items() if writes.same(_at(line, old), wrote[name])}
    for name, (_, new) in moved.items():
        if new in strewn or writes.same(_at(line, new), before.get(name)):
            yield new, wrote[name]


def _astray(moved: Mapping[str, tuple[int, int]], wrote: Cells, line: Sequence[Cell]) -> bool:
    """Say whether the columns moved before the write: its texts stand in the old places.

    If they moved after it, they took the texts along. What was emptied proves nothing.
    """
    told = {name: cell for name, cell in wrote.items() if name in moved and not grid.blank(cell)}
    olds = {n for n, cell in told.items() if writes.same(_at(line, moved[n][0]), cell)}
    news = {n for n, cell in told.items() if writes.same(_at(line, moved[n][1]), cell)}
    return bool(olds - news) and not news - olds


def _at(line: Sequence[Cell], place: int) -> Cell:
    return line[place] if place < len(line) else ""


def _at_name(layout: Sequence[str], place: int) -> str:
    return layout[place] if place < len(layout) else ""
