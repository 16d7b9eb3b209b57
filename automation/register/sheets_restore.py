"""A blank spreadsheet on its way to be the register: marked first, to be known when half made.

The mark names the ledger that is at work in it. It is taken away at the end: then the spreadsheet
is a register like any other, and nothing is restored into it any more.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gspread.utils import absolute_range_name

from automation.errors import RegisterDriftError
from automation.model import Cell
from automation.register import batch, grid, rows
from automation.register.grid import Json
from automation.register.office import readable
from automation.register.schema import Schema
from automation.register.shapes import Tab
from automation.register.sheets_client import SheetsClient, url

_MARK: Final = 1_001
_KEY: Final = "r"
"""metadataId and key of the mark; the marks of tabs are lower, the anchors of rows far above."""

Kept = Mapping[str, Sequence[Sequence[Cell]]]
"""Raw rows by tab name, header first."""


def begin(client: SheetsClient, spreadsheet_id: str, ledger: str) -> bool:
    """Mark a blank spreadsheet as being restored from a ledger; True = that was begun before.

    Raises RegisterDriftError for one in which anything stands, or another ledger is at work.
    """
    found = _search(client, spreadsheet_id)
    if found:
        if found[0].get("metadataValue") != ledger:
            raise RegisterDriftError(
                "that spreadsheet is being restored from another ledger; make a new blank one"
            )
        return True
    if not _blank(client, spreadsheet_id):
        raise RegisterDriftError(
            "that spreadsheet is not blank; make a new one, share it with "
            f"{client.account} as Editor, and give its id"
        )
    entry = {
        "metadataId": _MARK,
        "metadataKey": _KEY,
        "metadataValue": ledger,
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    _send(client, spreadsheet_id, {"createDeveloperMetadata": {"developerMetadata": entry}})
    return False


def end(client: SheetsClient, spreadsheet_id: str) -> None:
    """Take the mark away: the register is whole."""
    if _search(client, spreadsheet_id):
        _send(client, spreadsheet_id, batch.drop(_MARK))


def _search(client: SheetsClient, spreadsheet_id: str) -> list[Json]:
    body = {"dataFilters": [batch.by_id(_MARK)]}
    call = url(spreadsheet_id, "/developerMetadata:search")
    answer = client.request("post", call, json=body).json()
    return [found["developerMetadata"] for found in answer.get("matchedDeveloperMetadata", ())]


def _blank(client: SheetsClient, spreadsheet_id: str) -> bool:
    """Say whether it is as Google makes it: one tab of cells, and nothing in it."""
    sheets = _sheets(client, spreadsheet_id)
    if len(sheets) != 1 or sheets[0]["properties"]["sheetType"] != "GRID":
        return False
    title = absolute_range_name(sheets[0]["properties"]["title"])
    values = client.values_batch_get(spreadsheet_id, [title])["valueRanges"][0].get("values", [])
    return all(grid.blank(cell) for line in values for cell in line)


def _sheets(client: SheetsClient, spreadsheet_id: str) -> list[Json]:
    fields = "sheets.properties(sheetId,title,sheetType)"
    found: list[Json] = client.spreadsheets_get(spreadsheet_id, {"fields": fields})["sheets"]
    return found


def _send(client: SheetsClient, spreadsheet_id: str, *requests: Json) -> None:
    body = {"requests": list(requests)}
    client.request("post", url(spreadsheet_id, ":batchUpdate"), json=body)


# --- the office's own tabs ----------------------------------------------------------------------


def office_tabs(client: SheetsClient, spreadsheet_id: str, kept: Kept, schema: Schema) -> list[str]:
    """Write the office's own tabs as the ledger remembers them; give the titles of those.

    To be called when `init` has made all tabs. A tab that is not remembered keeps its first lines.
    """
    told = [schema.tab(name) for name, raw in kept.items() if raw and readable(name, raw, schema)]
    if not told:
        return []
    sheets = _sheets(client, spreadsheet_id)
    gids = {s["properties"]["title"]: s["properties"].get("sheetId", 0) for s in sheets}
    areas = [absolute_range_name(tab.title) for tab in told]
    stands = client.values_batch_get(spreadsheet_id, areas)["valueRanges"]
    lengths = [len(found.get("values", ())) for found in stands]
    fills = [
        _fill(gids[tab.title], arranged(tab, kept[tab.name]), length)
        for tab, length in zip(told, lengths, strict=True)
    ]
    _send(client, spreadsheet_id, *fills)
    return [tab.title for tab in told]


def arranged(tab: Tab, raw: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Give the lines below the header, in the order of our columns."""
    header = [rows.plain(rows.text(cell)) for cell in raw[0]]
    places = [header.index(rows.plain(column.title)) for column in tab.column]
    return [[line[at] if at < len(line) else None for at in places] for line in raw[1:]]


def _fill(gid: int, lines: Sequence[Sequence[Cell]], length: int) -> Json:
    """Write lines below the header, and blanks over what stood there beyond them."""
    blanks: list[list[Cell]] = [[]] * max(0, length - 1 - len(lines))
    width = max((len(line) for line in lines), default=1)
    padded = [[*line, *[None] * (width - len(line))] for line in (*lines, *blanks)]
    values = [{"values": [grid.cell_data(cell) for cell in line]} for line in padded]
    start = {"sheetId": gid, "rowIndex": 1, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": values, "fields": "userEnteredValue"}}
