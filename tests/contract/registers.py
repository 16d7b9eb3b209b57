"""Registers for the suite: the fake and the sandbox's spreadsheet, with people working at each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote, urlsplit

import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials

from automation.model import Cell, Office
from automation.ports import Register
from automation.register import batch, defaults, grid, sheets_setup
from automation.register.office import office_from_toml
from automation.register.schema import Schema, load
from automation.register.sheets import SheetsRegister
from automation.register.sheets_client import SheetsClient
from automation.sandbox.google.adapter import InProcess
from automation.sandbox.google.faults import Call, Fault, FaultKind
from automation.wiring import procedure
from tests.fakes.register import InMemoryRegister
from tests.sandbox.google.conftest import OWNER, WORKER, Desk

Json = dict[str, Any]

ROOT: Final = Path(__file__).resolve().parents[2]
KINDS: Final = ("memory", "memory-sort-leaves-anchors", "sandbox", "sandbox-sort-leaves-anchors")
"""Whether anchors move along when people sort in the browser, nobody has measured: both must do."""

CALLS: Final = {
    "read": "values:batchGet",
    "insert": ":batchUpdate",
    "reread": "values:batchGetByDataFilter",
    "change": "values:batchUpdateByDataFilter",
    "lease": "developerMetadata:search",
    "swap_lease": ":batchUpdate",
}
"""How the path ends by which each method of the port reaches Google."""

_LOOKS: Final = {"read", "reread", "lease"}
_ATTEMPTS: Final = 5
"""How often a look is tried."""


class Folio(Protocol):
    """A register under test together with the people who work in it; positions are 1-based."""

    @property
    def register(self) -> Register:
        """The register as the worker has it."""
        ...

    def stands(self) -> list[dict[str, Cell]]:
        """Give the rows from position 2 on as a person sees them; a blank one is empty."""
        ...

    def lines(self, tab: str) -> list[tuple[Cell, ...]]:
        """Give the lines of a tab that only grows, from the top."""
        ...

    def put(self, position: int, **cells: Cell) -> None:
        """Let a person type into a row, by column name; "" empties a cell."""
        ...

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Let a person sort all rows."""
        ...

    def insert_blank(self, position: int) -> None:
        """Let a person insert an empty row."""
        ...

    def delete(self, position: int) -> None:
        """Let a person delete a row."""
        ...

    def duplicate(self, position: int) -> None:
        """Let a person copy a row to below the last one."""
        ...

    def choose(self, tab: str, position: int, **cells: str) -> None:
        """Let a person type into a line of the pen, by column name."""
        ...

    def push_down(self, tab: str) -> None:
        """Let a person insert an empty line below the header of a tab of the pen."""
        ...

    def meanwhile(self, method: str, act: Callable[[], None]) -> None:
        """Let people act once, just before the next call of a method arrives."""
        ...

    def away(self, method: str) -> None:
        """Let the service refuse the next call of a method, whatever is tried."""
        ...

    def cut(self, method: str) -> None:
        """Let the connection break after the next call of a method was obeyed."""
        ...


def schema() -> Schema:
    """Give the schema as it is shipped."""
    return load({p.name: p.read_text("utf-8") for p in (ROOT / "sheets_schema").glob("*.toml")})


# --- the fake -----------------------------------------------------------------------------------


class MemoryFolio:
    """The fake, on whose grid people work directly."""

    def __init__(self, shape: Schema, office: Office, *, sort_moves_metadata: bool) -> None:
        self.register = InMemoryRegister(
            defaults.tabs(office, shape), sort_moves_metadata=sort_moves_metadata
        )

    def stands(self) -> list[dict[str, Cell]]:
        """Give the cells of each line."""
        return _rows(line.cells for line in self.register.grid)

    def lines(self, tab: str) -> list[tuple[Cell, ...]]:
        """Give the appended lines."""
        return self.register.lines.get(tab, [])

    def put(self, position: int, **cells: Cell) -> None:
        """Type."""
        self.register.type_at(position, cells)

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Sort."""
        self.register.sort(column, reverse=reverse)

    def insert_blank(self, position: int) -> None:
        """Insert."""
        self.register.insert_blank(position)

    def delete(self, position: int) -> None:
        """Delete."""
        self.register.delete_at(position)

    def duplicate(self, position: int) -> None:
        """Copy."""
        self.register.type_row(self.stands()[position - 2])

    def choose(self, tab: str, position: int, **cells: str) -> None:
        """Type."""
        self.register.write(tab, position, **cells)

    def push_down(self, tab: str) -> None:
        """Insert."""
        self.register.lines.setdefault(tab, []).insert(0, ())

    def meanwhile(self, method: str, act: Callable[[], None]) -> None:
        """Hang it on the method."""
        self.register.hooks[method] = act

    def away(self, method: str) -> None:
        """Fail before anything is done."""
        self.register.fail(method, done=False)

    def cut(self, method: str) -> None:
        """Fail after all is done."""
        self.register.fail(method, done=True)


def _rows(found: Any) -> list[dict[str, Cell]]:  # noqa: ANN401 - any iterable of mappings
    """Leave out blank cells, and the blank rows at the end."""
    kept = [{n: c for n, c in cells.items() if n and not grid.blank(c)} for cells in found]
    while kept and not kept[-1]:
        kept.pop()
    return kept


# --- the sandbox --------------------------------------------------------------------------------


class Memory(dict[str, str]):
    """Small things that outlive the process, as the ledger keeps them."""

    def recall(self, key: str) -> str:
        """Give a small value, or ""."""
        return self.get(key, "")

    def remember(self, key: str, value: str) -> None:
        """Keep a small value."""
        self[key] = value


@dataclass(frozen=True, slots=True)
class Prepared:
    """What all spreadsheets of the suite begin with: one that `init` made."""

    schema: Schema
    id: str
    state: Json

    def desk(self) -> Desk:
        """Give a Google of its own with that spreadsheet in it."""
        desk = Desk({}, {})
        desk.google.load(self.state)
        desk.id = self.id
        return desk


def session(desk: Desk, way: InProcess) -> AuthorizedSession:
    """Give the worker's session; signing in has its tests elsewhere, and takes a while."""
    found = AuthorizedSession(Credentials(desk.google.token_for(WORKER)))
    found.mount("https://", way)
    return found


def made(client: SheetsClient, spreadsheet_id: str, shape: Schema) -> None:
    """Let `init` make the register in a spreadsheet."""
    office = office_from_toml(shape)
    sheets_setup.apply(client, spreadsheet_id, shape, office, procedure(shape), {})


def prepare() -> Prepared:
    """Make the spreadsheet once; each test works on a copy."""
    shape = schema()
    desk = Desk({}, {})
    made(SheetsClient(session(desk, InProcess(desk.google)), WORKER, 30, float), desk.id, shape)
    return Prepared(shape, desk.id, desk.google.dump())


class Door(InProcess):
    """The way to Google, at which people overtake the worker."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.google)
        self.hooks: dict[str, Callable[[], None]] = {}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Let people act first, then hand the request over."""
        path = urlsplit(str(request.url)).path
        due = next((call for call in self.hooks if path.endswith(call)), None)
        if due is not None:
            self.hooks.pop(due)()
        return super().send(request, **options)


@dataclass
class ServedFolio:
    """A spreadsheet at the sandbox's Google; people work on it under the owner's identity."""

    prepared: Prepared
    memory: Memory = field(default_factory=Memory)
    slept: list[float] = field(default_factory=list)
    desk: Desk = field(init=False)
    door: Door = field(init=False)
    register: SheetsRegister = field(init=False)

    def __post_init__(self) -> None:
        self.desk = self.prepared.desk()
        self.door = Door(self.desk)
        self.restart()

    def restart(self) -> None:
        """Begin again with nothing but what was remembered, as after a crash."""
        client = SheetsClient(session(self.desk, self.door), WORKER, 30, self.slept.append)
        schema = self.prepared.schema
        self.register = SheetsRegister(client, self.desk.id, schema, self.memory)

    def calls(self) -> list[Call]:
        """Give what the worker asked Google so far; tokens are not counted."""
        return [call for call in self.desk.google.calls if call.identity == WORKER]

    # --- what can be seen -----------------------------------------------------------------------

    def stands(self) -> list[dict[str, Cell]]:
        """Read the tab and name its columns by their marks."""
        named = {at: name for name, at in self.places().items()}
        raw = self.values(self.title("register"))
        return _rows({named.get(at, ""): cell for at, cell in enumerate(line)} for line in raw[1:])

    def lines(self, tab: str) -> list[tuple[Cell, ...]]:
        """Read a tab below its header."""
        return [tuple(line) for line in self.values(self.title(tab))[1:]]

    def values(self, area: str) -> list[list[Cell]]:
        """Read values, unformatted."""
        call = f"/values/{quote(area)}?valueRenderOption=UNFORMATTED_VALUE"
        found: list[list[Cell]] = self._asked(call).get("values", [])
        return found

    def places(self) -> dict[str, int]:
        """Give the index of each column of the register by name."""
        lookup = {"developerMetadataLookup": {"metadataKey": batch.COLUMN}}
        answer = self._asked("/developerMetadata:search", {"dataFilters": [lookup]})
        marks = [found["developerMetadata"] for found in answer["matchedDeveloperMetadata"]]
        spans = [(m["metadataValue"], m["location"]["dimensionRange"]) for m in marks]
        gid = self.gid("register")
        return {n: span["startIndex"] for n, span in spans if span.get("sheetId", 0) == gid}

    def title(self, tab: str) -> str:
        """Give what a tab is called at first."""
        shape = self.prepared.schema
        return shape.title if tab == "register" else shape.tab(tab).title

    def gid(self, tab: str) -> int:
        """Give the sheetId of a tab."""
        found = self._asked("?fields=sheets.properties(sheetId,title)")["sheets"]
        titles = {s["properties"]["title"]: s["properties"].get("sheetId", 0) for s in found}
        return int(titles[self.title(tab)])

    # --- what people do -------------------------------------------------------------------------

    def put(self, position: int, **cells: Cell) -> None:
        """Type, one cell after the other."""
        places = self.places()
        for name, cell in cells.items():
            self.write(f"{self.title('register')}!R{position}C{places[name] + 1}", cell)

    def write(self, area: str, cell: Cell) -> None:
        """Type into one cell of any tab."""
        call = f"/values/{quote(area)}?valueInputOption=RAW"
        self._asked(call, {"values": [[cell]]}, "PUT")

    def choose(self, tab: str, position: int, **cells: str) -> None:
        """Type, one cell after the other."""
        names = [column.name for column in self.prepared.schema.tab(tab).column]
        for name, text in cells.items():
            self.write(f"{self.title(tab)}!R{position}C{names.index(name) + 1}", text)

    def push_down(self, tab: str) -> None:
        """Insert a row."""
        self.do({"insertDimension": {"range": {**self.span("ROWS", 1), "sheetId": self.gid(tab)}}})

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Sort the whole tab below its header."""
        order = "DESCENDING" if reverse else "ASCENDING"
        spec = {"dimensionIndex": self.places()[column], "sortOrder": order}
        area = {"sheetId": self.gid("register"), "startRowIndex": 1}
        self.do({"sortRange": {"range": area, "sortSpecs": [spec]}})

    def insert_blank(self, position: int) -> None:
        """Insert a row."""
        self.do({"insertDimension": {"range": self.span("ROWS", position - 1)}})

    def delete(self, position: int) -> None:
        """Delete a row."""
        self.do({"deleteDimension": {"range": self.span("ROWS", position - 1)}})

    def duplicate(self, position: int) -> None:
        """Copy a row's cells to below the last one."""
        found = self.stands()
        self.put(len(found) + 2, **found[position - 2])

    def span(self, dimension: str, at: int, count: int = 1) -> Json:
        """Give a DimensionRange of the register."""
        gid = self.gid("register")
        return {
            "sheetId": gid,
            "dimension": dimension,
            "startIndex": at,
            "endIndex": at + count,
        }

    def drag(self, column: str, to: int) -> None:
        """Drag a column before the one at an index; without a name a new column comes there."""
        if not column:
            self.do({"insertDimension": {"range": self.span("COLUMNS", to)}})
            return
        source = self.span("COLUMNS", self.places()[column])
        self.do({"moveDimension": {"source": source, "destinationIndex": to}})

    def do(self, *requests_: Mapping[str, object]) -> None:
        """Let the owner do anything."""
        self._asked(":batchUpdate", {"requests": list(requests_)})

    def _asked(self, call: str, body: Json | None = None, method: str = "") -> Json:
        status, answer = self.desk.ask(call, body, OWNER, method)
        assert status == 200, answer
        return answer

    # --- what goes wrong ------------------------------------------------------------------------

    def meanwhile(self, method: str, act: Callable[[], None]) -> None:
        """Hang it on the door."""
        self.door.hooks[CALLS[method]] = act

    def away(self, method: str) -> None:
        """Refuse for quota."""
        times = _ATTEMPTS if method in _LOOKS else 1
        self.desk.google.faults.append(Fault(FaultKind.QUOTA, CALLS[method], times))

    def cut(self, method: str) -> None:
        """Lose the answer."""
        self.desk.google.faults.append(Fault(FaultKind.DROP, CALLS[method]))


def folio(kind: str, prepared: Prepared) -> Folio:
    """Give an empty register of a kind, read once: the first contact costs more than the rest."""
    moves = not kind.endswith("sort-leaves-anchors")
    if kind.startswith("memory"):
        office = office_from_toml(prepared.schema)
        return MemoryFolio(prepared.schema, office, sort_moves_metadata=moves)
    served = ServedFolio(prepared)
    served.desk.google.sort_moves_metadata = moves
    served.register.read()
    return served
