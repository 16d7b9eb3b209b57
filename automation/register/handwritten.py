"""The time that stood on paper, as the Petugas typed it into `Tanggal` and `Jam` of a row."""

import re
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from automation.model import Cell, Note, Row
from automation.register import clocks, rows
from automation.register.schema import Schema

_OLDEST: Final = timedelta(days=365)
"""A year typed wrongly lies at least so far back; no power cut does."""

_WORDS: Final = re.compile(r"\b(?:pukul|jam|wita)\b|,", re.IGNORECASE)
"""What people write around a time."""

_RULE: Final = "." * 58

_MIDNIGHT: Final = time()


def moment(row: Row, zone: str, now: datetime) -> datetime | Note:
    """Give when the complaint was taken down, in the office's zone; or what is wrong with it.

    The hour may stand in `Jam`, or behind the day in `Tanggal`; two hours must agree.
    """
    try:
        at = _read(row.cells.get("tanggal"), row.cells.get("jam"), zone)
    except (ValueError, OverflowError):
        return Note("waktu_tulis")
    if at > now:
        return Note("waktu_depan")
    return at if now - at < _OLDEST else Note("waktu_lama")


def form(number: str, schema: Schema) -> str:
    """Give a form on which a complaint is taken down by hand: what its row must say."""
    asked = ("tanggal", "jam", "kanal", "nama", "desa", "kontak", "perihal", "uraian")
    titles = [schema.column(name).title for name in asked]
    wide = max(map(len, titles))
    lines = [f"{title:<{wide}} : {_RULE}" for title in titles]
    return "\n".join([f"{schema.column('nomor').title} {number}", *lines, *[_RULE] * 3, ""])


def _read(day: Cell, clock: Cell, zone: str) -> datetime:
    day, behind = _split(day)
    found, hours = clocks.a_date(day), {*_hour(behind), *_hour(_bare(clock))}
    if found is None or len(hours) != 1:
        raise ValueError("one day and one hour are needed")
    return datetime.combine(found, hours.pop(), ZoneInfo(zone))


def _hour(cell: Cell) -> tuple[time, ...]:
    read = clocks.a_time(cell)
    return () if read is None else (read,)


def _split(day: Cell) -> tuple[Cell, Cell]:
    """Part a day from the hour behind it; midnight is what Sheets has behind a day alone."""
    if isinstance(day, float):
        hour = rows.wall(day).time()
        return day, None if hour == _MIDNIGHT else f"{hour:%H.%M}"
    bare = _bare(day)
    if not isinstance(bare, str):
        return bare, None
    first, _, rest = bare.partition(" ")
    return first, rest.strip()


def _bare(cell: Cell) -> Cell:
    return " ".join(_WORDS.sub(" ", cell).split()) if isinstance(cell, str) else cell
