"""The register in Google Sheets. Rows are reached by their anchors and proven by `No. Register`.

The Sheets API has no compare-and-swap. Row metadata moves with its row, so a write that names it
cannot hit another row, and what is to be emptied is read once more just before. Writes are never
repeated blindly: after a doubtful one the next call looks at what stands there.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final

from automation.errors import RegisterDriftError, RejectedError, TransientError
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
from automation.register import batch, grid, pen, writes
from automation.register.grid import Json, Raw
from automation.register.journal import Journal, Wrong
from automation.register.known import Memory
from automation.register.schema import Schema
from automation.register.sheets_client import SheetsClient
from automation.register.sheets_reading import MOVED, REGISTER, Look, SheetsReader

_MARKS: Final = {"riwayat": 1, "karantina": 2, "surat_lain": 3}
"""metadataIds of the marks; anchors begin far above (year x 100,000)."""

_LEASE: Final = 9
"""metadataId of the lease, which lies on the spreadsheet itself: no act of people moves it."""

_LOOKS: Final = 3
"""How often in a row columns may be found moved under the worker's hands before it gives up."""

_NOTICE: Final = ("pengaturan", "pesan")
"""Tab and column in which the worker tells what is wrong with the spreadsheet itself."""


@dataclass(frozen=True, slots=True)
class _Addition:
    """What one atomic request adds."""

    rows: Sequence[NewRow] = ()
    anchors: Sequence[Anchoring] = ()
    lines: Sequence[TabLine] = ()
    answers: Sequence[PenAnswer] = ()


@contextmanager
def _no_second_look() -> Iterator[None]:
    """Call a refusal that looking again did not mend what it is: the sheet is not as it must be."""
    try:
        yield
    except RejectedError as error:
        raise RegisterDriftError(f"{error}; run `pengaduan check`") from error


class SheetsRegister:
    """The port `Register` over one spreadsheet.

    Beside the port's errors any call may raise RegisterDriftError (not shared, tab or column gone)
    and SettingsError (account refused).
    """

    def __init__(
        self, client: SheetsClient, spreadsheet_id: str, schema: Schema, memory: Memory
    ) -> None:
        self._reader = SheetsReader(client, spreadsheet_id, schema, memory)
        self._journal = Journal(memory, spreadsheet_id)
        self._schema = schema
        self._positions: dict[int, int] = {}  # anchor -> row of its number, in the last snapshot
        self._strays: dict[int, int] = {}  # anchor -> row of its number, in the last reread

    def gid(self) -> int:
        """Give the sheetId of the register's tab, for links; 0 before the first look."""
        return self._reader.gid()

    @_no_second_look()
    def read(self) -> Snapshot:
        """Read the register and the office's tabs in one call (more at the first contact)."""
        names = [REGISTER, *(tab.name for tab in self._schema.tabs if tab.reads)]
        register, *others = self._tabs(names)
        found, last = grid.table(register, self._reader.known.named, self._schema.key)
        self._positions = {writes.anchor_of(row.number): row.position for row in found}
        tabs = {
            name: tuple(tuple(line) for line in lines)
            for name, lines in zip(names[1:], others, strict=True)
        }
        return Snapshot(found, tabs, last, dict(self._reader.pens))

    def _tabs(self, names: Sequence[str]) -> Sequence[Raw]:
        """Read tabs, the register first, with each of our cells in its column."""
        for _ in range(_LOOKS):
            found = self._reader.tabs(names)
            self._reader.name_columns(found[0][0] if found[0] else ())
            if not self._brought_home(found[0]):
                self._journal.confirm()
                return found
        raise TransientError(MOVED)

    def _brought_home(self, table: Raw) -> bool:
        """Move what the last writes put into wrong columns; False = there was nothing to move."""
        named = self._reader.known.named
        wrong = Wrong(self._journal.pending(), named)
        anchors = wrong.suspects()
        if not anchors:
            return False
        lines = self._reader.lines(anchors)
        cells = wrong.among(lines)
        astray = wrong.within(table, [anchor for anchor in anchors if anchor not in cells])
        if astray:
            freed = [batch.drop(anchor) for anchor in astray if anchor in lines]
            self._put_anchors(freed, astray)
            cells |= wrong.among(self._reader.lines(list(astray)))
        if cells:
            self._journal.note(named, {a: (_by_name(mend, named), {}) for a, mend in cells.items()})
            self._write([_data(a, grid.placed(mend)) for a, mend in cells.items()])
        return bool(cells or astray)

    def _put_anchors(self, freed: list[Json], places: Mapping[int, int]) -> None:
        gid = self._reader.gid()
        put = [batch.anchor(anchor, gid, place) for anchor, place in places.items()]
        try:
            self._reader.post(":batchUpdate", {"requests": freed + put})
        except RejectedError as error:
            raise TransientError("rows were moved just now; the next pass looks again") from error

    @_no_second_look()
    def marks(self) -> Mapping[str, int]:
        """Read how far the growing tabs are written."""
        return self._reader.marks(_MARKS)

    # --- adding ---------------------------------------------------------------------------------

    @_no_second_look()
    def insert(
        self,
        rows: Sequence[NewRow],
        anchors: Sequence[Anchoring],
        lines: Sequence[TabLine],
        last_used: int,
        answers: Sequence[PenAnswer] = (),
    ) -> None:
        """Insert rows after `last_used`, anchor typed rows, add lines, answer in the pen.

        One atomic call for 2 MB.
        """
        first, *others = [*writes.batches(rows, _weight)] or [()]
        self._add(_Addition(first, anchors, lines, answers), last_used)
        last_used += len(first)
        for part in others:
            self._add(_Addition(part), last_used)
            last_used += len(part)

    def _add(self, addition: _Addition, last_used: int) -> None:
        """Send it; when Google refuses, leave out what stands there already and send the rest."""
        known = self._reader.known
        if addition.lines and known.unsure:
            known.marks, known.unsure = self._reader.marks(_MARKS), False
        try:
            self._send(addition, last_used, self._reanchored())
        except RejectedError:
            self._reader.survey()
            known.marks, known.unsure = self._reader.marks(_MARKS), False
            missing, freed = self._missing(addition)
            self._send(missing, last_used, freed)

    def _send(self, addition: _Addition, last_used: int, before: Sequence[Json]) -> None:
        """Send one request; that lines are under way is remembered before, in case of a crash."""
        known, gid = self._reader.known, self._reader.gid()
        fresh = [line for line in addition.lines if line.mark > known.marks.get(line.tab, 0)]
        requests = [
            *before,
            *(batch.anchor(a.anchor, gid, a.position) for a in addition.anchors),
            *batch.new_rows(addition.rows, known.named, gid, last_used),
            *self._answer_requests(addition.answers),
            *self._line_requests(fresh),
        ]
        if not requests:
            return
        self._journal.note(known.named, {row.anchor: (row.cells, {}) for row in addition.rows})
        known.unsure = known.unsure or bool(fresh)
        self._reader.keep()
        self._reader.post(":batchUpdate", {"requests": requests})
        known.marks |= {line.tab: line.mark for line in sorted(fresh, key=lambda x: x.mark)}
        known.unsure = known.unsure and not fresh
        known.astray = {}
        self._reader.keep()

    def _answer_requests(self, answers: Sequence[PenAnswer]) -> Iterator[Json]:
        """Answer in rows as they were read: to be sent before new lines push them down."""
        for tab in pen.tabs(self._schema):
            column = self._reader.pen_column(tab)
            for found in answers:
                if found.tab == tab.name and column is not None:
                    gid = self._reader.gid(tab.name)
                    yield batch.answer(gid, found.position, column, found.text)

    def _line_requests(self, fresh: Sequence[TabLine]) -> Iterator[Json]:
        for tab, mark_id in _MARKS.items():
            lines = [self._reader.arranged(line) for line in fresh if line.tab == tab]
            marked = tab in self._reader.known.marks
            yield from batch.lines(lines, self._reader.gid(tab), mark_id, marked=marked)

    def _reanchored(self) -> list[Json]:
        """Put the anchors that lost their numbers back where the last snapshot saw those."""
        requests: list[Json] = []
        for name, in_use in self._reader.known.astray.items():
            position = self._positions.get(int(name))
            if position:
                requests += [batch.drop(int(name))] if in_use else []
                requests.append(batch.anchor(int(name), self._reader.gid(), position))
        return requests

    def _missing(self, addition: _Addition) -> tuple[_Addition, list[Json]]:
        """Leave out what stands already; free the anchors that rest on a blank or a foreign row.

        Answers wait for the next pass: the rows that they belong to may have moved.
        """
        wanted = [row.anchor for row in addition.rows] + [a.anchor for a in addition.anchors]
        look = self._reader.look(wanted)
        rows = [row for row in addition.rows if not look.present(row)]
        anchors = [a for a in addition.anchors if a.again or a.anchor not in look.resting]
        placed = [*(row.anchor for row in rows), *(a.anchor for a in anchors)]
        freed = [batch.drop(anchor) for anchor in placed if anchor in look.resting]
        return replace(addition, rows=rows, anchors=anchors, answers=()), freed

    # --- changing -------------------------------------------------------------------------------

    @_no_second_look()
    def reread(self, anchors: Sequence[int], unproven: Collection[int] = ()) -> Mapping[int, Row]:
        """Read the anchored rows in one call; one or two more for rows off their anchors.

        The last of them reads the others again: what is to be written rests on one look.
        """
        look = self._reader.look(anchors)
        found = look.found(anchors, unproven)
        astray = {
            anchor: look.places[anchor][0]
            for anchor in set(anchors).difference(found, unproven)
            if len(look.places.get(anchor, ())) == 1
        }
        self._strays = {}
        if astray:
            known = self._reader.known
            known.astray = {str(anchor): anchor in look.resting for anchor in astray}
            self._reader.keep()
            rows = self._reader.rows_at(list(astray.values()))
            there = {writes.anchor_of(row.number): row for row in rows}
            strays = {anchor: there[anchor] for anchor in astray if anchor in there}
            self._strays = {anchor: row.position for anchor, row in strays.items()}
            if found:
                found = self._reader.look(list(found)).found(found, unproven)
            found |= strays
        return found

    @_no_second_look()
    def change(self, changes: Sequence[RowChange], rows: Mapping[int, Row]) -> tuple[str, ...]:
        """Write the cells of the rows that agree, in one call for 2 MB; give their numbers."""
        agreed = [c for c in changes if c.anchor in rows and writes.agrees(c, rows[c.anchor])]
        strays = {c.anchor for c in agreed if c.anchor in self._strays}
        if strays:
            found = self._brought_back(sorted(strays), sorted({c.anchor for c in agreed}))
            agreed = [c for c in agreed if _met(c, found, put=c.anchor in strays)]
        for part in writes.batches(agreed, _weight):
            named = self._reader.known.named
            self._journal.note(named, {c.anchor: (c.cells, rows[c.anchor].cells) for c in part})
            self._write([_data(c.anchor, grid.sparse(c.cells, named)) for c in part])
        return tuple(change.number for change in agreed)

    def _brought_back(self, strays: Sequence[int], anchors: Sequence[int]) -> Look:
        """Put anchors back on the rows of their numbers and look: any row may have moved again."""
        known = self._reader.known
        freed = [batch.drop(anchor) for anchor in strays if known.astray.get(str(anchor))]
        self._put_anchors(freed, {anchor: self._strays[anchor] for anchor in strays})
        return self._reader.look(anchors)

    def _write(self, data: Sequence[Json]) -> None:
        body = {"valueInputOption": "RAW", "data": data}
        self._reader.post("/values:batchUpdateByDataFilter", body)

    # --- who works with it ----------------------------------------------------------------------

    @_no_second_look()
    def lease(self) -> str:
        """Read the lease in one call."""
        return self._reader.lease(_LEASE)

    def swap_lease(self, before: str, after: str) -> bool:
        """Write the lease in one call; the reply tells whether it still read `before`."""
        body = {"requests": [batch.lease(_LEASE, before, after)]}
        try:
            [reply] = self._reader.post(":batchUpdate", body)["replies"]
        except RejectedError:  # it exists; or Google refuses what meets nothing
            return False
        changed = reply.get("updateDeveloperMetadata", {}).get("developerMetadata", [])
        return not before or any(entry.get("metadataValue") == after for entry in changed)

    # --- who may write where --------------------------------------------------------------------

    @_no_second_look()
    def unguarded(self, editors: Mapping[Role, Sequence[str]]) -> tuple[str, ...]:
        """Name the columns whose protection is missing or less than it must be: one look."""
        from automation.register import protections  # noqa: PLC0415 - once a day

        ours = {column.name: column for column in self._schema.columns}
        columns = [ours.get(name) for name in self._reader.known.named]
        sheets, account = self._reader.protections(), self._reader.account
        return protections.weak(sheets, self._reader.gid(), columns, account, editors)

    def notice(self, text: str) -> None:
        """Write into the first line of the column, wherever it is; without it nothing is said."""
        from automation.register import layout  # noqa: PLC0415 - once a day

        column = {"dataFilter": batch.by_id(layout.mark_id(*_NOTICE)), "majorDimension": "COLUMNS"}
        body = {"valueInputOption": "RAW", "data": [{**column, "values": [[None, text]]}]}
        with suppress(RejectedError):
            self._reader.post("/values:batchUpdateByDataFilter", body)


def _met(change: RowChange, found: Look, *, put: bool) -> bool:
    """Say whether the anchor rests on the row that is meant, as it was read.

    `put` = it was put there by the row's number just now.
    """
    row = found.proven(change.anchor)
    if row is None and not put:
        row = found.resting.get(change.anchor)
    bears = row is not None and (row.number == change.number or not put)
    return row is not None and bears and writes.agrees(change, row)


def _data(anchor: int, line: list[Cell]) -> Json:
    """Name the row by its anchor, which moves with it: a position may be another row's now."""
    return {"dataFilter": batch.by_id(anchor), "majorDimension": "ROWS", "values": [line]}


def _by_name(cells: Mapping[int, Cell], named: Sequence[str]) -> dict[str, Cell]:
    placed = {at: cell for at, cell in cells.items() if at < len(named) and named[at]}
    return {named[at]: cell for at, cell in placed.items()}


def _weight(item: NewRow | RowChange) -> int:
    """Give about the bytes that a row takes in a request."""
    return len(json.dumps(dict(item.cells)))
