"""Dates and hours as people type them into cells; ValueError says in English what is wrong."""

import re
from contextlib import suppress
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final

from automation.model import Cell
from automation.register import rows

Slot = tuple[time, time]

_CLOCK: Final = re.compile(r"(\d{1,2})[.:](\d{2})")
_SLOT: Final = re.compile(r"(\d{1,2}[.:]\d{2})\s*(?:-|–|sampai|s/d|s\.d\.)\s*(\d{1,2}[.:]\d{2})")  # noqa: RUF001 - people type the dash
_DATES: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
_SERIALS: Final = range(36_526, 73_051)
"""The years 2000 to 2099; any other number is no date."""


def a_date(cell: Cell) -> date | None:
    """Read a date: a serial, or 24/11/2026 as text; None when blank."""
    if isinstance(cell, (int, float)) and int(cell) in _SERIALS:
        return rows.wall(cell).date()
    typed = rows.text(cell).strip()
    if not typed:
        return None
    for form in _DATES:
        with suppress(ValueError):
            return datetime.strptime(typed, form).date()  # noqa: DTZ007 - a date has no zone
    raise ValueError("a date is written like 24/11/2026")


def a_time(cell: Cell) -> time | None:
    """Read a time of day: a fraction of a day, or 07.30 as text or number; None when blank."""
    if isinstance(cell, float) and 0 <= cell < 1:
        return rows.wall(cell).time()
    typed = f"{cell:.2f}" if isinstance(cell, float) else rows.text(cell).strip()
    if not typed:
        return None
    match = _CLOCK.fullmatch(typed)
    if match is None:
        raise ValueError("a time is written like 07.30")
    return time(int(match[1]), int(match[2]))


def slots(typed: str) -> tuple[Slot, ...]:
    """Read the open slots of a day, "07.30-12.00; 13.00-16.00"; blank = closed."""
    found = tuple(_slot(part.strip()) for part in typed.split(";") if part.strip())
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise ValueError("service hours overlap")
    return found


def _slot(typed: str) -> Slot:
    match = _SLOT.fullmatch(typed)
    if match is None:
        raise ValueError("service hours are written like 07.30-15.00")
    return slot(a_time(match[1]), a_time(match[2]))


def slot(opens: time | None, closes: time | None) -> Slot:
    """Make a slot of its two ends; both must stand, in order."""
    if opens is None or closes is None or opens >= closes:
        raise ValueError("service hours need a beginning and a later end")
    return opens, closes


def told(found: tuple[Slot, ...]) -> str:
    """Write slots as `slots` reads them."""
    return "; ".join(f"{opens:%H.%M}–{closes:%H.%M}" for opens, closes in found)  # noqa: RUF001
