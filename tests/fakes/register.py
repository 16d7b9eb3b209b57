"""A spreadsheet in memory: the Register port, and what the office's people do to a sheet."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from automation.errors import AmbiguousError, TransientError
from automation.model import (
    Anchoring,
    Cell,
    NewRow,
    PenAnswer,
    Role,
    Row,
    RowChange,
    Snapshot,
    TabLine,
)
from automation.register import grid, rows, writes

PEN = ("diterima", "dari", "perihal", "isi", "sebab", "kode", "tindakan", "nomor", "pesan")
"""The columns of the pen's tabs."""

_FIRST = 2
"""The sheet's row of the first line below the header."""


@dataclass(slots=True)
class Line:
    """A line of the grid: what stands in it, and the anchor that rests on it."""

    cells: dict[str, Cell] = field(default_factory=dict)
    anchor: int = 0

    def number(self) -> str:
        """Give the register number in the line."""
        return rows.text(self.cells.get("nomor")).strip()

    def blank(self) -> bool:
        """Say whether nothing stands in the line."""
        return all(map(grid.blank, self.cells.values()))


class InMemoryRegister:
    """The port, kept to tests/contract/test_register.py, with the acts of the staff beside it."""

    def __init__(
        self,
        tabs: Mapping[str, Sequence[Sequence[Cell]]] | None = None,
        *,
        sort_moves_metadata: bool = True,
    ) -> None:
        self.grid: list[Line] = []
        self.tabs = {name: tuple(tuple(line) for line in raw) for name, raw in (tabs or {}).items()}
        self.lines: dict[str, list[tuple[Cell, ...]]] = {}  # newest first
        self.calls: Counter[str] = Counter()
        self.hooks: dict[str, Callable[[], None]] = {}  # "change", "after change" -> what people do
        self.held_by = ""  # the lease
        self.opened: tuple[str, ...] = ()  # titles of columns without their protection
        self.noticed = ""
        self.tabless: set[str] = set()  # tabs of the pen that lack columns
        self._marks: dict[str, int] = {}
        self._faults: dict[str, bool] = {}
        self.sort_moves_metadata = sort_moves_metadata

    # --- the port -------------------------------------------------------------------------------

    def read(self) -> Snapshot:
        """Give everything as it stands."""
        self._begin("read")
        found = tuple(self._row(at) for at, line in enumerate(self.grid) if not line.blank())
        last = max((row.position for row in found), default=1)
        self._end("read")
        return Snapshot(found, self.tabs, last, self._pen())

    def insert(
        self,
        rows: Sequence[NewRow],
        anchors: Sequence[Anchoring],
        lines: Sequence[TabLine],
        last_used: int,
        answers: Sequence[PenAnswer] = (),
    ) -> None:
        """Insert, anchor, append, answer; what is there already stays single."""
        self._begin("insert")
        for answer in answers:
            self.write(answer.tab, answer.position, pesan=answer.text)
        for anchoring in anchors:
            for line in self.grid:
                line.anchor = (
                    0 if anchoring.again and line.anchor == anchoring.anchor else line.anchor
                )
            if all(line.anchor != anchoring.anchor for line in self.grid):
                self.grid[anchoring.position - _FIRST].anchor = anchoring.anchor
        fresh = [row for row in rows if not self._stands(row)]
        for line in self.grid:
            if line.anchor in {row.anchor for row in fresh}:
                line.anchor = 0
        place = last_used - _FIRST + 1
        self.grid += [Line() for _ in range(place - len(self.grid))]
        self.grid[place:place] = [Line(dict(row.cells), row.anchor) for row in fresh]
        for line_ in sorted(lines, key=lambda each: each.mark):
            self._append(line_)
        self._end("insert")

    def reread(self, anchors: Sequence[int], unproven: Collection[int] = ()) -> Mapping[int, Row]:
        """Give the rows behind these anchors as they stand now."""
        self._begin("reread")
        find = {anchor: self._under if anchor in unproven else self._find for anchor in anchors}
        places = {anchor: find[anchor](anchor) for anchor in anchors}
        found = {
            anchor: replace(self._row(at), doubled=self._times(anchor) > 1)
            for anchor, at in places.items()
            if at is not None
        }
        self._end("reread")
        return found

    def change(self, changes: Sequence[RowChange], rows: Mapping[int, Row]) -> tuple[str, ...]:
        """Write into the rows that agree."""
        self._begin("change")
        written = []
        for change in changes:
            row = rows.get(change.anchor)
            overtyped = row is not None and row.number == change.over != ""
            at = (self._under if overtyped else self._find)(change.anchor)
            if row is None or at is None or not writes.agrees(change, row):
                continue
            self.grid[at].cells |= change.cells
            written.append(change.number)
        self._end("change")
        return tuple(written)

    def lease(self) -> str:
        """Give the lease."""
        self._begin("lease")
        held_by = self.held_by
        self._end("lease")
        return held_by

    def swap_lease(self, before: str, after: str) -> bool:
        """Write the lease if it reads as it did."""
        self._begin("swap_lease")
        agreed = self.held_by == before
        self.held_by = after if agreed else self.held_by
        self._end("swap_lease")
        return agreed

    def unguarded(self, editors: Mapping[Role, Sequence[str]]) -> tuple[str, ...]:
        """Name the columns that a test has opened."""
        del editors
        self._begin("unguarded")
        self._end("unguarded")
        return self.opened

    def notice(self, text: str) -> None:
        """Keep what is shown to the office."""
        self._begin("notice")
        self.noticed = text
        self._end("notice")

    def marks(self) -> Mapping[str, int]:
        """Give how far the growing tabs are written."""
        self._begin("marks")
        found = dict(self._marks)
        self._end("marks")
        return found

    # --- the grid -------------------------------------------------------------------------------

    def _row(self, at: int) -> Row:
        line = self.grid[at]
        cells = {name: cell for name, cell in line.cells.items() if not grid.blank(cell)}
        return Row(at + _FIRST, line.number(), cells)

    def _find(self, anchor: int) -> int | None:
        """Find a row by its number, else by an anchor that rests on a row without number."""
        by_number = [at for at, line in enumerate(self.grid) if _anchor_of(line) == anchor]
        if len(by_number) > 1:
            return next((at for at in by_number if self.grid[at].anchor == anchor), None)
        if by_number:
            return by_number[0]
        resting = (at for at, ln in enumerate(self.grid) if ln.anchor == anchor and not ln.number())
        return next(resting, None)

    def _under(self, anchor: int) -> int | None:
        """Find the row on which an anchor rests, whatever stands there."""
        return next((at for at, line in enumerate(self.grid) if line.anchor == anchor), None)

    def _times(self, anchor: int) -> int:
        return sum(_anchor_of(line) == anchor for line in self.grid)

    def _stands(self, new: NewRow) -> bool:
        at = self._under(new.anchor)
        found = None if at is None else self._row(at)
        stands = found is not None and self._times(new.anchor) > 0
        return stands or writes.stands(new, found)

    def _append(self, line: TabLine) -> None:
        if line.mark > self._marks.get(line.tab, 0):
            self.lines.setdefault(line.tab, []).insert(0, line.cells)
            self._marks[line.tab] = line.mark

    # --- the pen --------------------------------------------------------------------------------

    def _pen(self) -> dict[str, list[list[Cell]]]:
        """Give the columns about choices, header first."""
        first = PEN.index("kode")
        header: list[Cell] = ["Kode Surat", "Tindakan", "Ke No. Register", "Pesan Sistem"]
        return {
            tab: [header, *(list(line[first:]) for line in self.lines.get(tab, ()))]
            for tab in {"karantina", "surat_lain"} - self.tabless
        }

    def write(self, tab: str, position: int, **cells: str) -> None:
        """Write into a line of the pen, by column name; a line below the last one is made."""
        lines = self.lines.setdefault(tab, [])
        lines += [()] * (position - 1 - len(lines))
        line = [*lines[position - _FIRST], *[""] * len(PEN)][: len(PEN)]
        for name, text in cells.items():
            line[PEN.index(name)] = text
        lines[position - _FIRST] = tuple(line)

    # --- what may go wrong ----------------------------------------------------------------------

    def fail(self, method: str, *, done: bool) -> None:
        """Break the next call of a method: before it did anything, or after it did all."""
        self._faults[method] = done

    def _begin(self, method: str) -> None:
        self.hooks.pop(method, lambda: None)()
        self.calls[method] += 1
        if self._faults.get(method) is False:
            del self._faults[method]
            raise TransientError(f"{method}: service away")

    def _end(self, method: str) -> None:
        self.hooks.pop(f"after {method}", lambda: None)()
        if self._faults.pop(method, False):
            raise AmbiguousError(f"{method}: connection lost after the request")

    # --- what people do -------------------------------------------------------------------------

    def line(self, number: str) -> Line:
        """Give the first line that bears a number."""
        return next(line for line in self.grid if line.number() == number)

    def type(self, number: str, column: str, cell: Cell) -> None:
        """Type into a cell of a numbered row."""
        self.line(number).cells[column] = cell

    def type_at(self, position: int, cells: Mapping[str, Cell]) -> None:
        """Type into a row of the sheet, wherever it lies (1-based)."""
        self.grid += [Line() for _ in range(position - _FIRST + 1 - len(self.grid))]
        self.grid[position - _FIRST].cells |= cells

    def type_row(self, cells: Mapping[str, Cell]) -> Line:
        """Type a new row below the last one."""
        while self.grid and self.grid[-1].blank() and not self.grid[-1].anchor:
            self.grid.pop()
        self.grid.append(Line(dict(cells)))
        return self.grid[-1]

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Sort the lines by a column, blank ones last."""
        order = sorted(
            self.grid,
            key=lambda ln: (ln.blank() is not reverse, rows.text(ln.cells.get(column))),
            reverse=reverse,
        )
        if self.sort_moves_metadata:
            self.grid = order
            return
        for line, cells in zip(self.grid, [ln.cells for ln in order], strict=True):
            line.cells = cells

    def insert_blank(self, position: int) -> None:
        """Insert an empty line before a position (1-based row of the sheet)."""
        self.grid.insert(position - _FIRST, Line())

    def delete_at(self, position: int) -> None:
        """Delete the line at a position (1-based row of the sheet)."""
        del self.grid[position - _FIRST]

    def delete(self, number: str) -> None:
        """Delete the line of a number."""
        self.grid = [line for line in self.grid if line is not self.line(number)]

    def duplicate(self, number: str) -> None:
        """Copy a line to the end."""
        self.grid.append(Line(dict(self.line(number).cells)))


def _anchor_of(line: Line) -> int:
    """Give the anchor that belongs to the number in a line; 0 for none."""
    return writes.anchor_of(line.number())
