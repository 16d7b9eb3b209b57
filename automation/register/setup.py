"""What a spreadsheet lacks to be the register: pure, from what stands there to the requests that mend it.

Everything in place gives no step. What people may change by hand (widths, colours, dropdown colours) is
set once, when the tab or column is made, and never again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

from automation.model import Act, Cell, Office, Role
from automation.register import defaults, formats, grid, rows
from automation.register.batch import COLUMN
from automation.register.grid import Json
from automation.register.schema import Schema
from automation.register.shapes import Column, Tab

LOCALE: Final = "id_ID"
LIVE: Final = (
    "properties(locale,timeZone),sheets(properties(sheetId,title,gridProperties),protectedRanges,"
    "conditionalFormats,data(rowData(values(userEnteredValue,dataValidation)),"
    "columnMetadata(developerMetadata)))"
)
"""The field mask of what `plan` wants to know; asked for rows 1 and 2 of each tab."""

_ROWS: Final = 1000
_SIGN: Final = "pengaduan:"
"""How a protection of ours is known again: its description is this and the column's name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what it does, in a sentence for the operator."""

    told: str
    request: Json


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may edit what: the worker's account, and the people's Google accounts by role."""

    worker: str
    people: Mapping[Role, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A tab as it stands, or as it will stand when it is to be made."""

    gid: int
    columns: int
    cells: Sequence[Sequence[Json]] = ()  # rows 1 and 2
    marked: Mapping[int, str] = field(default_factory=dict)
    protections: Mapping[str, Json] = field(default_factory=dict)
    coloured: bool = False
    new: bool = False

    def header(self) -> list[str]:
        """Give the texts of row 1."""
        first = self.cells[0] if self.cells else ()
        return [_said(cell) for cell in first]

    def second(self, at: int) -> Json:
        """Give a cell of row 2."""
        line = self.cells[1] if len(self.cells) > 1 else ()
        return line[at] if at < len(line) else {}


def plan(
    schema: Schema, office: Office, live: Json, staff: Staff, acts: Mapping[Role, Sequence[Act]]
) -> list[Step]:
    """Give the steps, in order, for one atomic batchUpdate. `live` = spreadsheets.get with `LIVE`."""
    register = Tab(name="register", title=schema.title, column=schema.columns)
    steps = [*_properties(live, office.calendar.zone)]
    known = _sheets(live)
    for tab in (register, *schema.tabs):
        sheet = known.get(tab.title)
        if sheet is None:
            sheet, made = _made(tab, known, live)
            steps += made
        steps += _Planner(schema, office, staff, acts, tab, sheet).steps()
    return steps
