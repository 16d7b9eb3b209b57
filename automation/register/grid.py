"""Between the grid of the spreadsheet and our nouns: columns, rows, cells for the API."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from automation.errors import RegisterDriftError
from automation.model import Cell, Row
from automation.register import rows
from automation.register.schema import Schema

Raw = Sequence[Sequence[Cell]]
Json = dict[str, Any]

_MEND: Final = "undo it in Google Sheets (File > Version history), or run `pengaduan init`"


def columns(header: Sequence[Cell], marked: Mapping[int, str], schema: Schema) -> tuple[str, ...]:
    """Name the columns: by the metadata that rests on them (index -> name), else by their title.

    Gives "" for a column that is not ours. Raises RegisterDriftError when one of ours is missing,
    or when the first row is no header: the title of the key column must stand in it.
    """
    titles = [rows.plain(rows.text(cell)) for cell in header]
    known = {c.name: rows.plain(c.title) for c in schema.columns}
    places = {name: at for at, name in sorted(marked.items(), reverse=True) if name in known}
    for name, title in known.items():
        if name not in places and title in titles:
            places[name] = titles.index(title)
    missing = [c.title for c in schema.columns if c.name not in places]
    if missing:
        raise RegisterDriftError(f"tab {schema.title}: no column {', '.join(missing)}; {_MEND}")
    at = places[schema.key]
    if at >= len(titles) or titles[at] != known[schema.key]:
        title = schema.column(schema.key).title
        raise RegisterDriftError(f"tab {schema.title}: row 1 does not say {title!r}; {_MEND}")
    named = {place: name for name, place in places.items()}
    return tuple(
        named.get(place, "") for place in range(max(len(titles) - 1, *places.values()) + 1)
    )


def blank(cell: Cell) -> bool:
    """Say whether nothing was written in a cell; an unticked checkbox is nothing."""
    return cell is None or cell is False or cell == ""


def row(position: int, raw: Sequence[Cell], named: Sequence[str], key: str) -> Row:
    """Make a row of its raw cells."""
    cells = {name: cell for name, cell in zip(named, raw, strict=False) if name and not blank(cell)}
    return Row(position, rows.text(cells.get(key)).strip(), cells)


def table(raw: Raw, named: Sequence[str], key: str) -> tuple[tuple[Row, ...], int]:
    """Give the rows in which something of ours stands, and the last row in which anything does."""
    found = (row(at, cells, named, key) for at, cells in enumerate(raw[1:], start=2))
    used = [at for at, cells in enumerate(raw, start=1) if not all(map(blank, cells))]
    return tuple(r for r in found if r.cells), max(used, default=1)


def cell_data(cell: Cell) -> Json:
    """Give a cell for `updateCells`: texts verbatim, so that a leading "=" stays text.

    Google: ExtendedValue, "stringValue ... is never parsed".
    """
    if cell is None or cell == "":
        return {}
    if isinstance(cell, bool):
        return {"userEnteredValue": {"boolValue": cell}}
    if isinstance(cell, (int, float)):
        return {"userEnteredValue": {"numberValue": cell}}
    return {"userEnteredValue": {"stringValue": cell}}


def row_data(cells: Mapping[str, Cell], named: Sequence[str]) -> Json:
    """Give a whole row for `updateCells`, in the order of the sheet's columns."""
    return {"values": [cell_data(cells.get(name)) if name else {} for name in named]}


def sparse(cells: Mapping[str, Cell], named: Sequence[str]) -> list[Cell]:
    """Give a row for a values update: null leaves a cell, "" empties it (Google: ValueRange)."""
    line = [cells.get(name) if name else None for name in named]
    while line and line[-1] is None:
        line.pop()
    return line


def placed(cells: Mapping[int, Cell]) -> list[Cell]:
    """Give a row for a values update of cells by their place; null leaves a cell."""
    return [cells.get(place) for place in range(max(cells, default=-1) + 1)]


def position(range_: str) -> int:
    """Give the first row of an A1 range as Google echoes it, such as `Register!A5:AI5`."""
    match = re.match(r"\$?[A-Z]+\$?(\d+)", range_.rpartition("!")[2])
    return int(match[1]) if match else 1


def letter(at: int) -> str:
    """Give the letters of a column as formulas name it; `at` from 0."""
    name = ""
    while at >= 0:
        name, at = chr(ord("A") + at % 26) + name, at // 26 - 1
    return name
