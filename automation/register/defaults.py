"""What the tabs say on the first day, as `office.py` reads it back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from automation.model import Cell, Hours, Office
from automation.register import clocks, rows
from automation.register.schema import Schema

Lines = tuple[tuple[Cell, ...], ...]

_SPECIAL: Final = "Jam khusus"
_CLOSED: Final = ("Libur setempat", "Tutup")


def lines(
    name: str, office: Office, schema: Schema, accounts: Mapping[str, str] | None = None
) -> Lines:
    """Give the first lines of a tab, header not included; none for a tab that starts empty.

    `accounts` = Google accounts by role or key of a Kasi, for the tab Peran.
    """
    made: dict[str, Callable[[], Lines]] = {
        "petunjuk": lambda: tuple((line,) for line in schema.tab("petunjuk").text),
        "peran": lambda: _people(office, schema, accounts or {}),
        "kalender": lambda: _calendar(office),
        "pengaturan": lambda: _settings(office, schema),
    }
    return made[name]() if name in made else ()


def tabs(office: Office, schema: Schema) -> dict[str, Lines]:
    """Give the tabs that are read in every pass, header first."""
    return {
        tab.name: (tuple(c.title for c in tab.column), *lines(tab.name, office, schema))
        for tab in schema.tabs
        if tab.reads
    }


def _people(office: Office, schema: Schema, accounts: Mapping[str, str]) -> Lines:
    return tuple(
        (
            schema.words["role"][o.role],
            o.key,
            o.title,
            o.name,
            o.address,
            accounts.get(o.key or o.role.value, ""),
        )
        for o in office.officials
    )


def _calendar(office: Office) -> Lines:
    kind, shut = _CLOSED
    closed = [(_serial(day), "", kind, "", "", shut) for day in office.calendar.closed]
    special = [
        (_serial(day), "", _SPECIAL, f"{opens:%H.%M}", f"{closes:%H.%M}", "")
        for day, slots in office.calendar.special.items()
        for opens, closes in slots
    ]
    return tuple(sorted([*closed, *special], key=lambda line: float(line[0])))


def _settings(office: Office, schema: Schema) -> Lines:
    values: dict[str, str] = {
        "name": office.name,
        "address": office.address,
        "phone": office.phone,
        "promise": str(office.promise),
        "hold": str(office.hold),
        **{f"budget_{role}": str(minutes) for role, minutes in office.budgets.items()},
    }
    plain = tuple(
        (s.title, values.get(s.key, ""), "", "", s.note)
        for s in schema.settings
        if not s.key.startswith("day_")
    )
    return (*plain, *(line for hours in office.calendar.hours for line in _week(hours, schema)))


def _week(hours: Hours, schema: Schema) -> Lines:
    since = "" if hours.since == date.min else _serial(hours.since)
    until = _serial(hours.until) if hours.until else ""
    return tuple(
        (
            s.title,
            clocks.told(hours.slots.get(int(s.key.removeprefix("day_")), ())),
            since,
            until,
            s.note,
        )
        for s in schema.settings
        if s.key.startswith("day_")
    )


def _serial(day: date) -> float:
    return rows.serial(datetime.combine(day, time(), ZoneInfo("UTC")), "UTC")
