"""The shapes of the TOML files in sheets_schema/, one class a table; unknown keys are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from automation.model import Role, Stage


class Kind(StrEnum):
    """What a column holds; decides format, wrapping and how a cell is restored."""

    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    DATE = "date"
    CLOCK = "clock"
    DATETIME = "datetime"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `owner` is whose edit a change of it is; `status` marks a role's inbox.

    `beside` = who may type there too, in a row that is not the worker's yet.
    """

    name: str
    title: str
    owner: Role
    kind: Kind
    width: int = 120  # pixels
    values: str | tuple[str, ...] = ()
    status: bool = False
    asked: bool = False
    note: str = ""
    beside: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab beside the register; see the head of tabs.toml."""

    name: str
    title: str
    column: tuple[Column, ...] = ()
    reads: bool = False
    lines: bool = False
    pen: bool = False
    optional: bool = False
    text: tuple[str, ...] = ()
    note: str = ""
    breadth: int = 1  # columns of a tab whose columns are not named


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the tab Pengaturan: its key in the code and its title in the sheet."""

    key: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as #rrggbb: of headers by owner, of the stage's cell, of minutes that run out.

    `soon` = few are left, `late` = none.
    """

    late: str
    soon: str
    owner: Mapping[Role, str]
    stage: Mapping[Stage, str]


@dataclass(frozen=True, slots=True)
class OfficialEntry:
    """An official of office.toml."""

    role: Role
    title: str
    key: str = ""
    name: str = ""
    address: str = ""


Slots = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """Service hours of office.toml: slots for each weekday, in a range of dates."""

    since: date
    until: date | None = None
    senin: Slots = ()
    selasa: Slots = ()
    rabu: Slots = ()
    kamis: Slots = ()
    jumat: Slots = ()
    sabtu: Slots = ()
    minggu: Slots = ()


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """What a new office starts with."""

    name: str
    zone: str
    promise: int
    hold: int
    budgets: Mapping[Role, int]
    official: tuple[OfficialEntry, ...]
    hours: tuple[HoursEntry, ...]
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """register.toml."""

    tab: str
    key: str
    column: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class TabsFile:
    """tabs.toml."""

    tab: tuple[Tab, ...]
    setting: tuple[Setting, ...]
    colour: Colours
