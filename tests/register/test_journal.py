"""Telling by what stands where whether columns moved under the worker's hand."""

from collections.abc import Sequence

import pytest

from automation.model import Cell
from automation.register.journal import Cells, Entry, Journal, Wrong
from tests.contract.registers import Memory

NUMBER = "PKT-2026-0001"
ANCHOR = 202_600_001
THEN = ["nomor", "tahap", "sisa", "draf"]
NOW = ["nomor", "draf", "tahap", "sisa"]
"""The draft was dragged to the front."""

BEFORE: Cells = {"nomor": NUMBER, "tahap": "a", "draf": "Yth."}
WROTE: Cells = {"tahap": "b", "sisa": 95}


def mended(line: Sequence[Cell], now: Sequence[str] = NOW) -> dict[int, Cell]:
    """Give what puts a row right that was written when the columns stood as THEN."""
    entry = Entry(THEN, {ANCHOR: (WROTE, BEFORE)})
    return Wrong([entry], now).mended(ANCHOR, line)


@pytest.mark.parametrize(
    "line",
    [
        [NUMBER, "Yth.", "b", 95],  # moved after the write
        [NUMBER, "Yth.", "a"],  # the write never arrived
        [NUMBER, "lain", "b", 95],  # the Kasi went on writing
        ["PKT-2026-0002", "b", 95, ""],  # another case's row
        [],
    ],
)
def test_what_stands_in_its_own_column_is_left_alone(line: Sequence[Cell]) -> None:
    """A mend that is not needed would write over what people do."""
    assert mended(line) == {}


def test_what_the_worker_covered_comes_back() -> None:
    """The new stage fell onto the draft, the minutes onto the old stage."""
    assert mended([NUMBER, "b", 95, ""]) == {1: "Yth.", 2: "b", 3: 95}


def test_what_people_typed_since_stays() -> None:
    """The Kasi wrote a new draft over the stage that fell into his column."""
    assert mended([NUMBER, "Yth. Bapak", 95, ""]) == {2: "b", 3: 95}


def test_a_column_of_the_office_keeps_nothing_of_ours() -> None:
    """A column that was inserted just before the write."""
    now = ["nomor", "", "tahap", "sisa", "draf"]
    assert mended([NUMBER, "b", 95, "", "Yth."], now) == {1: "", 2: "b", 3: 95}


def test_rows_are_suspected_only_when_their_columns_moved() -> None:
    """Everything else costs a pass nothing."""
    entry = Entry(THEN, {ANCHOR: (WROTE, BEFORE)})
    assert Wrong([entry], NOW).suspects() == [ANCHOR]
    assert Wrong([entry], [*THEN, ""]).suspects() == []
    assert Wrong([entry], ["nomor", "tahap", "sisa", "", "draf"]).suspects() == []


def test_writes_of_another_spreadsheet_are_none_of_ours() -> None:
    """A restored register has its rows from elsewhere."""
    memory = Memory()
    Journal(memory, "lama").note(THEN, {ANCHOR: (WROTE, BEFORE)})
    assert Journal(memory, "baru").pending() == []
    assert Journal(memory, "lama").pending() == [Entry(THEN, {ANCHOR: (WROTE, BEFORE)})]


def test_a_confirmed_write_is_forgotten() -> None:
    """Each pass begins with what is under way, and with nothing older."""
    memory = Memory()
    journal = Journal(memory, "s")
    journal.note(THEN, {ANCHOR: (WROTE, BEFORE)})
    journal.confirm()
    assert (journal.pending(), memory.recall("written")) == ([], "")
