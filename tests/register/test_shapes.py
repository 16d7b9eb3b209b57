"""The shapes of the TOML files: what may be left out, and what is refused."""

import tomllib
from datetime import date, time
from typing import Any

import pytest

from automation.model import Role
from automation.register import tables
from automation.register.shapes import (
    Colours,
    Column,
    HoursEntry,
    Kind,
    OfficeFile,
    OfficialEntry,
    RegisterFile,
    Setting,
    Tab,
    TabsFile,
)


def read(shape: Any, toml: str) -> Any:  # noqa: ANN401 - any of the shapes
    """Read a table as the schema does."""
    faults: list[str] = []
    found = tables.read(shape, tomllib.loads(toml), faults)
    assert faults == []
    return found


def test_a_column_needs_four_words() -> None:
    """Everything else has a sensible beginning."""
    found = read(Column, 'name = "a"\ntitle = "A"\nowner = "kasi"\nkind = "long"')
    assert found == Column("a", "A", Role.KASI, Kind.LONG)
    assert (found.width, found.values, found.status, found.asked) == (120, (), False, False)


def test_a_choice_lists_words_or_names_a_section() -> None:
    """Both spellings stand in register.toml."""
    head = 'name = "a"\ntitle = "A"\nowner = "kasi"\nkind = "choice"\n'
    assert read(Column, head + 'values = ["Ya", "Tidak"]').values == ("Ya", "Tidak")
    assert read(Column, head + 'values = "channel"').values == "channel"


def test_hours_are_clock_times_by_weekday() -> None:
    """A day that is left out is closed."""
    found = read(HoursEntry, 'since = 2024-11-25\njumat = [["06:30", "14:00"]]')
    assert (found.since, found.until) == (date(2024, 11, 25), None)
    assert (found.jumat, found.sabtu) == (((time(6, 30), time(14)),), ())


@pytest.mark.parametrize(
    "shape",
    [
        Column,
        Tab,
        Setting,
        Colours,
        OfficialEntry,
        HoursEntry,
        OfficeFile,
        RegisterFile,
        TabsFile,
    ],
)
def test_an_unknown_key_is_refused(shape: type) -> None:
    """A misspelt key that is passed over would look as if it had been obeyed."""
    faults: list[str] = []
    tables.read(shape, {"warna": "merah"}, faults)

    assert "warna: is known to nobody" in faults
