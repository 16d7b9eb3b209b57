"""Dates and hours as people type them."""

from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.model import Cell
from automation.register import clocks

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "cell", [46_350, 46_350.0, 46_350.9, "24/11/2026", "24-11-2026", " 24.11.2026 ", "2026-11-24"]
)
def test_a_date_is_read_however_it_was_entered(cell: Cell) -> None:
    """Google makes a serial of what it knows; what it does not know stays text."""
    assert clocks.a_date(cell) == DAY


@pytest.mark.parametrize("cell", ["besok", "31/02/2026", 2026, 36_525, 73_051, -1, 1e9, "24/11"])
def test_what_is_no_date_is_said(cell: Cell) -> None:
    """A holiday on a day that does not exist would be served, or not, by accident."""
    with pytest.raises(ValueError, match="24/11/2026"):
        clocks.a_date(cell)


@pytest.mark.parametrize("cell", [0.3125, "07.30", "7:30", 7.3, " 07:30 "])
def test_a_time_is_read_however_it_was_entered(cell: Cell) -> None:
    """07.30 is a decimal number to Google where the locale writes a dot."""
    assert clocks.a_time(cell) == time(7, 30)


@pytest.mark.parametrize("cell", ["pagi", "07", "25.00", 7.75, "07.3", -0.5])
def test_what_is_no_time_is_said(cell: Cell) -> None:
    """A closing hour that was guessed would make a deadline wrong."""
    with pytest.raises(ValueError, match=r"hour|minute|07\.30"):
        clocks.a_time(cell)


@pytest.mark.parametrize(
    ("reader", "cell", "edge"),
    [
        (clocks.a_date, 36_526, date(2000, 1, 1)),
        (clocks.a_date, 73_050, date(2099, 12, 31)),
        (clocks.a_time, 0.0, time()),
    ],
)
def test_the_edges_are_read_too(
    reader: Callable[[Cell], object], cell: Cell, edge: date | time
) -> None:
    """Midnight is an hour, and a century has a first and a last day."""
    assert reader(cell) == edge


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_blank_is_neither_date_nor_time(cell: Cell) -> None:
    """An empty cell is no mistake."""
    assert (clocks.a_date(cell), clocks.a_time(cell)) == (None, None)


@pytest.mark.parametrize(
    ("typed", "slots"),
    [
        ("07.30-15.00", [(time(7, 30), time(15))]),
        ("07.30–15.00", [(time(7, 30), time(15))]),  # noqa: RUF001 - people type the dash
        ("7:30 s/d 15:00", [(time(7, 30), time(15))]),
        ("07.30 sampai 15.00", [(time(7, 30), time(15))]),
        ("07.30-12.00; 13.00-16.00;", [(time(7, 30), time(12)), (time(13), time(16))]),
        ("08.00-12.00; 12.00-13.00", [(time(8), time(12)), (time(12), time(13))]),
        ("", []),
        (" ; ", []),
    ],
)
def test_hours_are_read_as_the_office_writes_them(
    typed: str, slots: list[tuple[time, time]]
) -> None:
    """Several slots a day, several dashes, several words."""
    assert list(clocks.slots(typed)) == slots


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("tutup", "written like"),
        ("07.30", "written like"),
        ("15.00-07.30", "later end"),
        ("07.30-07.30", "later end"),
        ("07.30-12.00; 11.00-15.00", "overlap"),
        ("13.00-16.00; 07.30-12.00", "overlap"),
        ("07.30-25.00", "hour must be"),
    ],
)
def test_bad_hours_are_said(typed: str, fault: str) -> None:
    """The clock of every case hangs on them."""
    with pytest.raises(ValueError, match=fault):
        clocks.slots(typed)


@pytest.mark.parametrize(("opens", "closes"), [(None, time(12)), (time(8), None), (None, None)])
def test_a_slot_needs_both_ends(opens: time | None, closes: time | None) -> None:
    """Special hours with one end only are a slip."""
    with pytest.raises(ValueError, match="later end"):
        clocks.slot(opens, closes)


@given(st.lists(st.integers(0, 1439), max_size=8, unique=True))
def test_hours_that_are_told_are_read_back(minutes: list[int]) -> None:
    """`init` writes them into the sheet, the next pass reads them there."""
    times = [time(*divmod(minute, 60)) for minute in sorted(minutes)]
    slots = tuple(zip(times[::2], times[1::2], strict=False))
    assert clocks.slots(clocks.told(slots)) == slots
