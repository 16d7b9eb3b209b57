"""Times as the office writes them: Indonesian words, a dot in the clock, the zone's short name."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Final

from automation.model import Calendar

_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS: Final = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_ZONES: Final = {"+0700": "WIB", "+0800": "WITA", "+0900": "WIT"}
"""Distance to UTC -> short name (Keputusan Presiden 41/1987)."""

_TO: Final = "\N{EN DASH}"

_GREETINGS: Final = ((11, "pagi"), (15, "siang"), (18, "sore"), (24, "malam"))
"""The hour before which a greeting is usual."""


def hari(moment: datetime) -> str:
    """Give the name of the day: `Selasa`."""
    return _DAYS[moment.weekday()]


def tanggal(moment: datetime) -> str:
    """Give the date: `24 November 2026`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def jam(moment: datetime | time) -> str:
    """Give the time on the clock, with the dot of Indonesian spelling: `08.12`."""
    return f"{moment.hour:02}.{moment.minute:02}"


def zona(moment: datetime) -> str:
    """Give the short name of the moment's zone: `WITA`; elsewhere its distance to UTC."""
    distance = f"{moment:%z}"
    return _ZONES.get(distance, f"UTC{distance}")


def waktu(moment: datetime) -> str:
    """Give date and time in full: `Selasa, 24 November 2026 pukul 08.12 WITA`."""
    return f"{hari(moment)}, {tanggal(moment)} pukul {jam(moment)} {zona(moment)}"


def salam(moment: datetime) -> str:
    """Give the part of the day for a greeting: `pagi`, `siang`, `sore` or `malam`."""
    return next(name for before, name in _GREETINGS if moment.hour < before)


def jam_pelayanan(calendar: Calendar, now: datetime) -> str:
    """Give the service hours that hold at `now`, such as `Jumat 06.30-14.00 WITA`.

    Neighbouring days with the same hours are told together; "" when no hours are known.
    """
    week = _week(calendar, now.date())
    spans = [
        f"{_span([day for day, _ in days])} {' dan '.join(slots)}"
        for slots, days in groupby(enumerate(week), key=lambda one: one[1])
        if slots
    ]
    return f"{', '.join(spans)} {zona(now)}" if spans else ""


def _week(calendar: Calendar, day: date) -> list[list[str]]:
    """Give the open slots of each weekday; of several rules the one that began last holds."""
    valid = [h for h in calendar.hours if h.since <= day and (h.until is None or day <= h.until)]
    slots = max(valid, key=lambda h: h.since).slots if valid else {}
    return [[f"{jam(start)}{_TO}{jam(end)}" for start, end in slots.get(d, ())] for d in range(7)]


def _span(days: Sequence[int]) -> str:
    first, last = _DAYS[days[0]], _DAYS[days[-1]]
    return first if first == last else f"{first}{_TO}{last}"
