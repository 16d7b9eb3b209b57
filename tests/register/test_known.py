"""What is remembered of the spreadsheet, and when it is not believed."""

import json

import pytest

from automation.register import known
from automation.register.known import Known
from tests.contract.registers import Memory

SOME = Known("satu", gids={"register": 5}, marks={"riwayat": 7}, unsure=False)


def test_what_was_kept_comes_back() -> None:
    """Also over the border of a process: everything is JSON."""
    memory = Memory()
    known.keep(memory, SOME)
    assert known.recall(memory, "satu") == SOME


def test_of_another_spreadsheet_nothing_is_known() -> None:
    """Foreign marks would swallow the new sheet's history."""
    memory = Memory()
    known.keep(memory, SOME)
    assert known.recall(memory, "dua") == Known("dua")


@pytest.mark.parametrize(
    "told", ["", "{}", '{"spreadsheet": "satu", "warna": 1}', '["satu"]', '"satu"', "null", "{"]
)
def test_what_another_version_kept_is_not_believed(told: str) -> None:
    """After an upgrade the worker looks for itself; it must not fail at the memory."""
    assert known.recall(Memory(sheet=told), "satu") == Known("satu")


def test_nothing_known_is_unsure_of_its_marks() -> None:
    """Before the first line is added the sheet is asked how far it is written."""
    assert Known("satu").unsure


def test_only_news_is_written() -> None:
    """An idle pass leaves the ledger alone."""

    class Counting(Memory):
        """Counts what is written."""

        written = 0

        def remember(self, key: str, value: str) -> None:
            """Count it."""
            self.written += 1
            super().remember(key, value)

    memory = Counting()
    for _ in range(3):
        known.keep(memory, SOME)
    assert (memory.written, json.loads(memory["sheet"])["gids"]) == (1, {"register": 5})
