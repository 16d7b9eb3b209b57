"""The one atomic request that adds things to the spreadsheet (Google: spreadsheets.batchUpdate)."""

from collections.abc import Mapping, Sequence
from typing import Final

from automation.model import NewRow, TabLine
from automation.register import grid
from automation.register.grid import Json

ANCHOR: Final = "k"
COLUMN: Final = "c"
MARK: Final = "m"
LEASE: Final = "l"
"""Metadata keys: a row's anchor, a column's name, how far a tab's lines are written, the lease.

One character each: a sheet may hold 30,000 characters of them (Google: DeveloperMetadata).
"""


def new_rows(rows: Sequence[NewRow], named: Sequence[str], gid: int, last_used: int) -> list[Json]:
    """Insert rows after the last used one, fill them, and put their anchors on them.

    `insertDimension` overwrites nobody, wherever people type; `values.append` searches a table and
    does. A repeat is refused as a whole because the anchors' metadataIds exist.
    """
    if not rows:
        return []
    anchors = (anchor(row.anchor, gid, last_used + at) for at, row in enumerate(rows, start=1))
    return [
        _insert(gid, last_used, len(rows), like_before=last_used > 1),
        _fill(gid, last_used, [grid.row_data(row.cells, named) for row in rows]),
        *anchors,
    ]


def lines(found: Sequence[TabLine], gid: int, mark_id: int, *, marked: bool) -> list[Json]:
    """Add lines to a tab that only grows, the newest on top, and write down how far it got.

    The top needs no search for the end, so a stray cell far below cannot deflect it. The mark moves
    in the same atomic request: after an unknown outcome it tells which lines are there.
    """
    if not found:
        return []
    newest = sorted(found, key=lambda line: line.mark, reverse=True)
    values = [{"values": [grid.cell_data(cell) for cell in line.cells]} for line in newest]
    return [
        _insert(gid, 1, len(newest), like_before=False),
        _fill(gid, 1, values),
        _mark(gid, mark_id, newest[0].mark, marked=marked),
    ]


def answer(gid: int, position: int, column: int, text: str) -> Json:
    """Write one cell where it was last seen (`column` from 0)."""
    start = {"sheetId": gid, "rowIndex": position - 1, "columnIndex": column}
    values = [{"values": [grid.cell_data(text)]}]
    return {"updateCells": {"start": start, "rows": values, "fields": "userEnteredValue"}}


def anchor(metadata_id: int, gid: int, position: int) -> Json:
    """Put an anchor on a row; refused when the metadataId is in use."""
    place = {"sheetId": gid, "dimension": "ROWS", "startIndex": position - 1, "endIndex": position}
    return _create(metadata_id, ANCHOR, "", {"dimensionRange": place})


def drop(metadata_id: int) -> Json:
    """Remove an anchor that is known to exist, to put it on another row."""
    return {"deleteDeveloperMetadata": {"dataFilter": by_id(metadata_id)}}


def lease(metadata_id: int, before: str, after: str) -> Json:
    """Write the lease where it reads `before` ("" = there is none): a compare-and-swap.

    Google refuses to create what exists, and looks for the old value when it applies the update.
    """
    if not before:
        return _create(metadata_id, LEASE, after, {"spreadsheet": True})
    lookup = {"metadataId": metadata_id, "metadataValue": before}
    found = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    change = {"metadataValue": after}
    return {
        "updateDeveloperMetadata": {**found, "developerMetadata": change, "fields": "metadataValue"}
    }


def by_id(metadata_id: int) -> Json:
    """Give the filter that finds what bears a metadataId."""
    return {"developerMetadataLookup": {"metadataId": metadata_id}}


def _mark(gid: int, mark_id: int, value: int, *, marked: bool) -> Json:
    if not marked:
        return _create(mark_id, MARK, str(value), {"sheetId": gid})
    change = {"metadataValue": str(value)}
    found = {"dataFilters": [by_id(mark_id)], "developerMetadata": change}
    return {"updateDeveloperMetadata": {**found, "fields": "metadataValue"}}


def _create(metadata_id: int, key: str, value: str, location: Mapping[str, object]) -> Json:
    entry = {
        "metadataId": metadata_id,
        "metadataKey": key,
        "metadataValue": value,
        "location": location,
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def _insert(gid: int, after: int, count: int, *, like_before: bool) -> Json:
    place = {"sheetId": gid, "dimension": "ROWS", "startIndex": after, "endIndex": after + count}
    return {"insertDimension": {"range": place, "inheritFromBefore": like_before}}


def _fill(gid: int, after: int, values: list[Json]) -> Json:
    start = {"sheetId": gid, "rowIndex": after, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": values, "fields": "userEnteredValue"}}
