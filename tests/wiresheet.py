"""The register over real sockets with the people of the fake beside it, and weather on its line."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self
from zlib import crc32

import pytest
from gspread.utils import ValueInputOption, ValueRenderOption, rowcol_to_a1

from automation.model import Cell
from automation.register import rows
from automation.steps.house import House
from tests.contract.registers import Memory
from tests.loopback import Loopback
from tests.weather import KINDS, Weather
from tests.world import shipped

_PATIENCE: Final = 0.1  # seconds that the worker waits for an answer which is to come too late
_CHANCE: Final = 0.3
_SPELLS: Final = (0, 0, 4)
"""How many more requests fail likewise: a look is tried five times before it is given up."""


class WireSheet:
    """The port `Register` over sockets; `hooks` and `calls` as the fake has them."""

    def __init__(self, town: Loopback) -> None:
        town.renew()
        self.town = town
        self.hooks: dict[str, Callable[[], None]] = {}
        self.calls: Counter[str] = Counter()
        self.tab = town.sheets["owner"].worksheet("Register")
        titles = self.tab.row_values(1)
        self.places = {c.name: titles.index(c.title) for c in shipped()[0].columns}
        self._port = town.register(Memory())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for the port
        found = getattr(self._port, name)

        def call(*args: object) -> object:
            self.hooks.pop(name, lambda: None)()
            self.calls[name] += 1
            answer = found(*args)
            self.hooks.pop(f"after {name}", lambda: None)()
            return answer

        return call

    # --- what people see and do -------------------------------------------------------------------

    def grid(self) -> list[dict[str, Cell]]:
        """Give the cells of each row below the header, by column name."""
        raw = self.tab.get_values(value_render_option=ValueRenderOption.unformatted)
        return [
            {n: row[at] for n, at in self.places.items() if at < len(row) and row[at] != ""}
            for row in raw[1:]
        ]

    def line(self, number: str) -> "WireLine":
        """Give the first row that bears a number."""
        found = [rows.text(cells.get("nomor")) for cells in self.grid()]
        return WireLine(self, found.index(number) + 2)

    def type(self, number: str, column: str, cell: Cell) -> None:
        """Type into a cell of a numbered row."""
        self.line(number).cells[column] = cell

    def type_row(self, cells: Mapping[str, Cell]) -> "WireLine":
        """Type a new row below the last one."""
        used = [at for at, row in enumerate(self.grid(), start=2) if row]
        line = WireLine(self, max(used, default=1) + 1)
        line.cells.update(cells)
        return line

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Sort the rows by a column."""
        order = "DESCENDING" if reverse else "ASCENDING"
        spec = {"dimensionIndex": self.places[column], "sortOrder": order}
        area = {"sheetId": self.tab.id, "startRowIndex": 1}
        body = {"requests": [{"sortRange": {"range": area, "sortSpecs": [spec]}}]}
        self.town.sheets["owner"].batch_update(body)

    @property
    def sort_moves_metadata(self) -> bool:
        """Say whether anchors move along in a sort."""
        return self.town.google.sort_moves_metadata

    @sort_moves_metadata.setter
    def sort_moves_metadata(self, moves: bool) -> None:
        self.town.google.sort_moves_metadata = moves


@dataclass(slots=True)
class WireLine:
    """A row of the sheet, by its position."""

    sheet: WireSheet
    position: int

    @property
    def cells(self) -> "WireCells":
        """Give its cells as they stand at each look."""
        return WireCells(self.sheet, self.position)

    @cells.setter
    def cells(self, typed: "WireCells") -> None:
        """Take what `|=` has typed already."""

    def number(self) -> str:
        """Give the register number in the row."""
        return rows.text(self.cells.get("nomor")).strip()


@dataclass(frozen=True, slots=True)
class WireCells(MutableMapping[str, Cell]):
    """The cells of a row by column name; what is set is typed."""

    sheet: WireSheet
    position: int

    def _row(self) -> dict[str, Cell]:
        grid = self.sheet.grid()
        return grid[self.position - 2] if self.position - 2 < len(grid) else {}

    def __getitem__(self, name: str) -> Cell:
        return self._row()[name]

    def __setitem__(self, name: str, cell: Cell) -> None:
        self.update({name: cell})

    def __delitem__(self, name: str) -> None:
        self.update({name: ""})

    def __iter__(self) -> Iterator[str]:
        return iter(self._row())

    def __len__(self) -> int:
        return len(self._row())

    def __ior__(self, cells: Mapping[str, Cell]) -> Self:
        self.update(cells)
        return self

    def update(self, cells: Mapping[str, Cell]) -> None:  # type: ignore[override]
        """Type into several cells in one call."""
        typed = [
            {"range": rowcol_to_a1(self.position, self.sheet.places[n] + 1), "values": [[cell]]}
            for n, cell in cells.items()
        ]
        self.sheet.tab.batch_update(typed, value_input_option=ValueInputOption.raw)


class LineWeather(Weather):
    """Faults of Google on real sockets, all six kinds of them, dealt like cards."""

    wires = ("inbox", "archive")

    def __init__(self, seed: int, town: Loopback) -> None:
        super().__init__(seed)
        self.sheet = WireSheet(town)
        self._town = town
        self._deck: list[str] = []
        self._kind, self._spell = "", 0

    @contextmanager
    def over(self, house: House) -> Iterator[House]:
        """Let Google fail while the block runs."""
        with super().over(house) as outside:
            self._town.door.before = self._before
            try:
                yield outside
            finally:
                self._town.door.before = lambda _path: None
                self._town.google.faults.clear()

    def _before(self, path: str) -> float | None:
        """Let Google fail on a request of the worker; give the seconds that it waits for it."""
        if self._spell:
            self._spell -= 1
        elif self.strikes(_CHANCE, path.partition("?")[0].rpartition("/")[2][-24:]):
            self._deck = self._deck or self.dice.sample(KINDS, len(KINDS))
            self._kind = self._deck.pop()
            self.told.append(self._kind)
            self._spell = self.dice.choice(_SPELLS) if self._kind != "slow" else 0
        else:
            return None
        self._town.fault(kind=self._kind, seconds=2 * _PATIENCE)
        return _PATIENCE if self._kind == "slow" else None


def forecast(request: pytest.FixtureRequest) -> Iterator[Weather]:
    """Give the weather that a fixture's `param` names; what failed in it is shown with a failure.

    The seed comes from the journey's name: each has weather of its own, always the same.
    """
    seed = crc32(request.node.nodeid.encode())
    if request.param == "sockets":
        found: Weather = LineWeather(seed, request.getfixturevalue("loopback"))
    else:
        found = Weather(seed if request.param == "foul" else None)
    yield found
    print(" ".join(found.told))  # noqa: T201 - shown with a failure
