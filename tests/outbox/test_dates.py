"""Times in the office's words."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from automation.model import Calendar, Hours
from automation.outbox import dates
from tests.outbox.samples import CALENDAR, FRIDAY, NOW, SLOT, at

BREAK = ((time(7, 30), time(12)), (time(13), time(16, 30)))


def test_a_moment_is_told_as_an_office_writes_it() -> None:
    """Deadlines are read by people: day, date, dot in the clock, zone."""
    assert dates.waktu(at(8, 5)) == "Selasa, 24 November 2026 pukul 08.05 WITA"


def test_each_day_and_month_has_its_name() -> None:
    """A wrong month in a deadline is a broken promise."""
    days = [dates.hari(at(8, day=day)) for day in range(23, 30)]
    months = [dates.tanggal(datetime(2026, month, 1, tzinfo=NOW.tzinfo)) for month in range(1, 13)]

    assert " ".join(days) == "Senin Selasa Rabu Kamis Jumat Sabtu Minggu"
    assert months[4] == "1 Mei 2026"
    assert [m.split()[1][:3] for m in months] == (
        ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
    )


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Jakarta", "WIB"),
        ("Asia/Makassar", "WITA"),
        ("Asia/Jayapura", "WIT"),
        ("Asia/Kathmandu", "UTC+0545"),
    ],
)
def test_a_zone_has_its_short_name(zone: str, name: str) -> None:
    """An office in Jayapura must not promise a time in WITA."""
    assert dates.zona(NOW.astimezone(ZoneInfo(zone))) == name


@pytest.mark.parametrize(
    ("hour", "word"), [(8, "pagi"), (11, "siang"), (15, "sore"), (18, "malam"), (23, "malam")]
)
def test_a_greeting_fits_the_hour(hour: int, word: str) -> None:
    """`Selamat pagi` in the afternoon looks careless."""
    assert dates.salam(at(hour)) == word


def test_days_with_the_same_hours_are_told_together() -> None:
    """The footer stays one line."""
    expected = "Senin–Kamis 07.30–15.00, Jumat 06.30–14.00 WITA"  # noqa: RUF001

    assert dates.jam_pelayanan(CALENDAR, NOW) == expected


def test_breaks_and_lonely_days_are_told() -> None:
    """Somebody who comes at noon must find the counter open or be told."""
    hours = Hours(date(2026, 1, 1), None, {0: BREAK, 2: SLOT, 5: FRIDAY})
    found = dates.jam_pelayanan(Calendar("Asia/Makassar", (hours,)), NOW)

    assert found == (
        "Senin 07.30–12.00 dan 13.00–16.30, Rabu 07.30–15.00, Sabtu 06.30–14.00 WITA"  # noqa: RUF001
    )


def test_the_hours_are_those_of_the_day_of_writing() -> None:
    """In Ramadan other hours hold; last year's must not be told."""
    past = Hours(date(2020, 1, 1), date(2026, 11, 23), {0: FRIDAY})
    later = Hours(date(2026, 11, 25), None, {0: FRIDAY})
    now = Hours(date(2026, 11, 24), date(2026, 11, 24), {1: SLOT})
    calendar = replace(CALENDAR, hours=(now, *CALENDAR.hours, past, later))

    assert dates.jam_pelayanan(calendar, NOW) == "Selasa 07.30–15.00 WITA"  # noqa: RUF001


def test_hours_that_are_over_are_not_told() -> None:
    """After Ramadan the usual hours hold again, though the others began later."""
    ramadan = Hours(date(2026, 11, 1), date(2026, 11, 23), {0: FRIDAY})
    calendar = replace(CALENDAR, hours=(*CALENDAR.hours, ramadan))

    assert dates.jam_pelayanan(calendar, NOW) == dates.jam_pelayanan(CALENDAR, NOW)


def test_unknown_hours_are_not_told() -> None:
    """A footer with an empty sentence looks broken."""
    assert dates.jam_pelayanan(replace(CALENDAR, hours=()), NOW) == ""
