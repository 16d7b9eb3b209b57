"""Looking into the spreadsheet: its tabs, its columns, the rows behind anchors. Writes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from automation.errors import RegisterDriftError, RejectedError, TransientError
from automation.model import Cell, NewRow, Row, TabLine
from automation.register import batch, grid, known, pen, writes
from automation.register.grid import Json
from automation.register.known import Memory
from automation.register.schema import Schema
from automation.register.shapes import Tab
from automation.register.sheets_client import SheetsClient, url

REGISTER: Final = "register"
"""The name of the register's own tab beside those of tabs.toml."""

MOVED: Final = "the columns were moved just now; the next pass looks again"

_UNPARSED: Final = {
    "valueRenderOption": "UNFORMATTED_VALUE",
    "dateTimeRenderOption": "SERIAL_NUMBER",
}
Raw = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Look:
    """Rows by the anchor that rests on them, and where each anchor's number stands."""

    resting: Mapping[int, Row]
    places: Mapping[int, Sequence[int]]

    def proven(self, anchor: int) -> Row | None:
        """Give the anchored row if its number agrees, or is blank and stands nowhere else.

        One of several with the number is marked as such.
        """
        row, places = self.resting.get(anchor), self.places.get(anchor, ())
        if row is None or (row.number and not places):
            return None
        if places and row.position not in places:
            return None
        return replace(row, doubled=len(places) > 1)

    def found(self, anchors: Iterable[int], unproven: Collection[int]) -> dict[int, Row]:
        """Give the rows that are proven, and those of `unproven` anchors as they are."""
        rows = {a: self.resting.get(a) if a in unproven else self.proven(a) for a in anchors}
        return {anchor: row for anchor, row in rows.items() if row is not None}

    def present(self, new: NewRow) -> bool:
        """Say whether the case has a row: its number stands, or its anchor's row lost only that.

        A number without its anchor anywhere was typed by hand, before it was given.
        """
        stands = bool(self.places.get(new.anchor)) and new.anchor in self.resting
        return stands or writes.stands(new, self.resting.get(new.anchor))


class SheetsReader:
    """Reads one spreadsheet and remembers where its tabs and columns are."""

    def __init__(
        self, client: SheetsClient, spreadsheet_id: str, schema: Schema, memory: Memory
    ) -> None:
        self._client = client
        self._id = spreadsheet_id
        self._schema = schema
        self._memory = memory
        self.known = known.recall(memory, spreadsheet_id)
        self.pens: dict[str, Raw] = {}  # the pen as the last reading found it

    def keep(self) -> None:
        """Remember what is known."""
        known.keep(self._memory, self.known)

    def gid(self, tab: str = REGISTER) -> int:
        """Give the sheetId of a tab; 0 before the first look."""
        return self.known.gids.get(tab, 0)

    def post(self, call: str, body: Mapping[str, Any]) -> Json:
        """Do a POST and give the answer."""
        answer: Json = self._client.request("post", url(self._id, call), json=body).json()
        return answer

    def protections(self) -> list[Json]:
        """Ask in one call who may write where; all tabs, since only all tell the owner."""
        mask = "sheets(properties.sheetId,protectedRanges)"
        answer = self._client.spreadsheets_get(self._id, {"fields": mask})
        found: list[Json] = answer.get("sheets", [])
        return found

    @property
    def account(self) -> str:
        """Give the account by which the worker is known to Google."""
        return self._client.account

    # --- tabs and columns -----------------------------------------------------------------------

    def tabs(self, names: Sequence[str]) -> list[Raw]:
        """Read whole tabs, and the pen, in one call; look for them anew when one was renamed.

        A tab that the register may lack is empty.
        """
        if any(name not in self.known.titles for name in names):
            self.survey()
        try:
            return self._tabs(names)
        except RejectedError:  # renamed, or columns of the pen are gone: Google refuses the range
            self.known.pens = {tab.name: [] for tab in pen.tabs(self._schema)}
            self.survey()
            return self._tabs(names)

    def _tabs(self, names: Sequence[str]) -> list[Raw]:
        titles, pens = self.known.titles, pen.tabs(self._schema)
        stands = [name for name in names if name in titles]
        areas = [*(_quoted(titles[name]) for name in stands), *map(self._pen_area, pens)]
        found = dict(zip([*stands, *(tab.name for tab in pens)], self._values(areas), strict=True))
        self.pens = {tab.name: found[tab.name] for tab in pens}
        moved = [tab for tab in pens if self._moved(tab)]
        if moved:
            self._find_pens(moved)
        return [found.get(name, []) for name in names]

    def _pen_area(self, tab: Tab) -> str:
        """Name the columns about choices as they were last seen; the header where they are not."""
        span = pen.span(self._pen_header(tab), tab)
        area = ":".join(map(grid.letter, span)) if span else "1:1"
        return f"{_quoted(self.known.titles[tab.name])}!{area}"

    def _pen_header(self, tab: Tab) -> list[Cell]:
        return self.known.pens.get(tab.name, pen.shipped(tab))

    def _moved(self, tab: Tab) -> bool:
        """Say whether the columns are not where they were read; a tab without them is no pen."""
        found = self.pens[tab.name]
        known_there = pen.span(self._pen_header(tab), tab) is not None
        here = pen.span(found[0] if found else (), tab) is not None
        if not here:
            del self.pens[tab.name]
        return here is not known_there

    def _find_pens(self, tabs: Sequence[Tab]) -> None:
        """Look for the columns, and read the pens that have them."""
        titles = [_quoted(self.known.titles[tab.name]) for tab in tabs]
        headers = self._values([f"{title}!1:1" for title in titles])
        for tab, header in zip(tabs, headers, strict=True):
            self.known.pens[tab.name] = header[0] if header else []
        self.keep()
        there = [tab for tab in tabs if pen.span(self._pen_header(tab), tab)]
        found = self._values([self._pen_area(tab) for tab in there]) if there else []
        for tab, values in zip(there, found, strict=True):
            if values and pen.span(values[0], tab):
                self.pens[tab.name] = values

    def _values(self, ranges: Sequence[str]) -> list[Raw]:
        answer = self._client.values_batch_get(self._id, list(ranges), dict(_UNPARSED))
        return [found.get("values", []) for found in answer["valueRanges"]]

    def pen_column(self, tab: Tab) -> int | None:
        """Give the index of the column of answers, as last read; None when it was not found."""
        span, found = pen.span(self._pen_header(tab), tab), self.pens.get(tab.name)
        return span[0] + pen.answer_column(found[0], tab) if span and found else None

    def arranged(self, line: TabLine) -> TabLine:
        """Put a line's cells in the order of the columns as they were last seen."""
        header = self.known.pens.get(line.tab)
        if not header:
            return line
        return replace(line, cells=pen.arranged(line.cells, header, self._schema.tab(line.tab)))

    def survey(self) -> None:
        """Find the tabs: by the sheetId they had, so that they may be renamed, else by title."""
        answer = self._client.spreadsheets_get(
            self._id, {"fields": "sheets.properties(sheetId,title)"}
        )
        sheets = answer.get("sheets", [])
        titles: dict[int, str] = {
            s["properties"]["sheetId"]: s["properties"]["title"] for s in sheets
        }
        gids = {title: gid for gid, title in titles.items()}
        used = {t.name: t.title for t in self._schema.tabs if t.reads or t.lines}
        wanted = {REGISTER: self._schema.title, **used}
        kept = {name: gid for name, gid in self.known.gids.items() if gid in titles}
        found = {n: gids[title] for n, title in wanted.items() if title in gids} | kept
        spared = {tab.name for tab in self._schema.tabs if tab.optional}
        missing = [title for name, title in wanted.items() if name not in {*found, *spared}]
        if missing:
            raise RegisterDriftError(
                f"the spreadsheet has no tab {', '.join(missing)}; bring it back with "
                "File > Version history, or run `pengaduan init`"
            )
        self.known.gids = found
        self.known.titles = {name: titles[gid] for name, gid in found.items()}
        self.keep()

    def name_columns(self, header: Sequence[Cell]) -> None:
        """Know which column is which; ask for their metadata when the header reads differently.

        Raises TransientError when columns were moved before they were known.
        """
        if list(header) == self.known.header:
            return
        lookup = {"metadataKey": batch.COLUMN, "locationType": "COLUMN"}
        entries = self._search([{"developerMetadataLookup": lookup}])
        marked: dict[int, str] = {}
        for entry in entries:
            place = entry["location"]["dimensionRange"]
            if place.get("sheetId", 0) == self.gid():
                marked[place.get("startIndex", 0)] = entry.get("metadataValue", "")
        [again] = self._values([f"{_quoted(self.known.titles[REGISTER])}!1:1"])
        if (again[0] if again else []) != list(header):
            raise TransientError(MOVED)
        self.known.named = list(grid.columns(header, marked, self._schema))
        self.known.header = list(header)
        self.keep()

    def _search(self, filters: Sequence[Json]) -> list[Json]:
        answer = self.post("/developerMetadata:search", {"dataFilters": filters})
        return [found["developerMetadata"] for found in answer.get("matchedDeveloperMetadata", [])]

    def marks(self, ids: Mapping[str, int]) -> dict[str, int]:
        """Read how far the growing tabs are written, by tab; a tab without a mark is left out."""
        found = self._search([batch.by_id(mark_id) for mark_id in ids.values()])
        values = {entry["metadataId"]: int(entry.get("metadataValue") or 0) for entry in found}
        return {tab: values[mark_id] for tab, mark_id in ids.items() if mark_id in values}

    def lease(self, metadata_id: int) -> str:
        """Read the lease, or "" when nobody ever took it."""
        found = self._search([batch.by_id(metadata_id)])
        return str(found[0].get("metadataValue", "")) if found else ""

    # --- rows -----------------------------------------------------------------------------------

    def look(self, anchors: Sequence[int]) -> Look:
        """Read rows by anchor, with the header and all numbers of the same moment, in one call.

        Raises TransientError when columns were moved since the last read.
        """
        key = self.known.named.index(self._schema.key)
        numbers = {"sheetId": self.gid(), "startColumnIndex": key, "endColumnIndex": key + 1}
        resting: dict[int, Row] = {}
        places: dict[int, list[int]] = {}
        filters = [{"gridRange": numbers}, *map(batch.by_id, anchors)]
        for matched, position, values in self._matches(filters):
            if "gridRange" in matched:
                for at, line in enumerate(values, start=1):
                    number = grid.row(at, line, [self._schema.key], self._schema.key).number
                    places.setdefault(writes.anchor_of(number), []).append(at)
            else:
                resting[_metadata_id(matched)] = self._row(position, values)
        return Look(resting, places)

    def lines(self, anchors: Sequence[int]) -> dict[int, list[Cell]]:
        """Read the anchored rows with all their cells, whoever's column it is, in one call.

        Raises TransientError when columns were moved since the last read.
        """
        found = self._matches([*map(batch.by_id, anchors)])
        return {_metadata_id(matched): [*values, []][0] for matched, _, values in found}

    def _matches(self, filters: Sequence[Json]) -> Iterator[tuple[Json, int, Raw]]:
        """Give what each filter found: the filter, the first row of it, the values."""
        header = {"sheetId": self.gid(), "startRowIndex": 0, "endRowIndex": 1}
        body = {"dataFilters": [{"gridRange": header}, *filters], **_UNPARSED}
        answer = self.post("/values:batchGetByDataFilter", body)
        for match in answer.get("valueRanges", []):
            found: Raw = match["valueRange"].get("values", [])
            for matched in match["dataFilters"]:
                if "endRowIndex" not in matched.get("gridRange", {}):
                    yield matched, grid.position(match["valueRange"]["range"]), found
                elif list(found[0] if found else ()) != self.known.header:
                    raise TransientError(MOVED)

    def _row(self, position: int, values: Raw) -> Row:
        return grid.row(position, values[0] if values else (), self.known.named, self._schema.key)

    def rows_at(self, positions: Sequence[int]) -> list[Row]:
        """Read whole rows of the register by their position, in one call."""
        title = _quoted(self.known.titles[REGISTER])
        found = self._values([f"{title}!{at}:{at}" for at in positions])
        return [self._row(at, values) for at, values in zip(positions, found, strict=True)]


def _metadata_id(matched: Json) -> int:
    found: int = matched["developerMetadataLookup"]["metadataId"]
    return found


def _quoted(title: str) -> str:
    """Write a tab's title as a range (Google: A1 notation)."""
    return "'" + title.replace("'", "''") + "'"
