"""The time on paper as people type it: read where it is plain, never guessed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from automation.model import Cell, Note, Row
from automation.register import handwritten, rows
from automation.register.schema import Schema

ZONE = "Asia/Makassar"
NOW = datetime(2026, 11, 25, 11, 0, tzinfo=ZoneInfo(ZONE))
WRITTEN = datetime(2026, 11, 25, 9, 15, tzinfo=ZoneInfo(ZONE))
DAY = 46_351.0  # 25 November 2026


def read(tanggal: Cell, jam: Cell) -> datetime | Note:
    """Read a row that says this."""
    return handwritten.moment(Row(2, "", {"tanggal": tanggal, "jam": jam}), ZONE, NOW)


@pytest.mark.parametrize(
    ("tanggal", "jam"),
    [
        ("25/11/2026", "09.15"),
        ("25-11-2026", "9:15"),
        ("2026-11-25", "pukul 09.15 WITA"),
        ("25/11/2026 09.15", None),
        ("25/11/2026, pukul 9.15", ""),
        ("25/11/2026 09.15", "9.15"),
        (DAY, "Jam 09.15"),
        (int(DAY), 9.15),
        (DAY, 0.385_416_666_7),
        (DAY + 0.385_416_666_7, None),
        (rows.serial(WRITTEN, ZONE), "09.15"),
    ],
)
def test_the_ways_people_write_it_are_read(tanggal: Cell, jam: Cell) -> None:
    """The sheet turns some into numbers and leaves others as they are."""
    assert WRITTEN == read(tanggal, jam)


@pytest.mark.parametrize(
    ("tanggal", "jam"),
    [
        (None, None),
        (DAY, None),
        ("25/11/2026", "9"),
        ("25/11/2026", "09.75"),
        ("25/11/2026", "pagi"),
        ("31/11/2026", "09.15"),
        ("kemarin", "09.15"),
        (None, "25/11/2026 09.15"),
        ("25/11/2026 09.15", "10.15"),
        (True, "09.15"),
        (9.15, "09.15"),
        (float("inf"), "09.15"),
    ],
)
def test_what_could_mean_two_things_is_asked_about(tanggal: Cell, jam: Cell) -> None:
    """A promise that is counted from a guess is no promise."""
    assert Note("waktu_tulis") == read(tanggal, jam)


def test_a_time_to_come_and_one_of_another_year_are_asked_about() -> None:
    """Slips of the pen: tomorrow's date, last year's."""
    assert WRITTEN == read("25/11/2026", "09.15")
    assert Note("waktu_depan") == read("25/11/2026", "11.01")
    assert Note("waktu_lama") == read("25/11/2025", "10.59")


def test_the_form_asks_for_what_the_row_must_say(schema: Schema) -> None:
    """What is not asked at the counter cannot be typed later."""
    form = handwritten.form("PKT-2026-0007", schema)
    asked = {c.title for c in schema.columns if c.asked} | {"Tanggal", "Jam", "Kontak"}

    assert form.startswith("No. Register PKT-2026-0007\n")
    assert {title for title in asked if f"\n{title} " not in form} == set()
