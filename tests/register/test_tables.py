"""TOML tables into dataclasses: what fits is read, and each fault is told with its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest

from automation.model import Role
from automation.register import tables


@dataclass(frozen=True, slots=True)
class Inner:
    """A table in a list."""

    name: str
    width: int = 7


@dataclass(frozen=True, slots=True)
class Outer:
    """A table with everything that a schema may hold."""

    role: Role
    inner: tuple[Inner, ...] = ()
    values: str | tuple[str, ...] = ()
    until: date | None = None
    slots: tuple[tuple[time, time], ...] = ()
    colours: Mapping[Role, str] | None = None
    status: bool = False


def faults(hint: Any, value: object) -> list[str]:  # noqa: ANN401 - any type
    """Read what must be refused, and give what is wrong with it."""
    found: list[str] = []
    tables.read(hint, value, found)
    return found


def test_everything_that_fits_is_read() -> None:
    """Words, dates, times, lists and tables in their own types."""
    found: list[str] = []
    read = tables.read(
        Outer,
        {
            "role": "kasi",
            "inner": [{"name": "a"}, {"name": "b", "width": 3}],
            "values": ["Ya", "Tidak"],
            "until": date(2026, 11, 24),
            "slots": [["07:30", time(12)]],
            "colours": {"camat": "#fff"},
            "status": True,
        },
        found,
    )

    assert found == []
    assert read == Outer(
        Role.KASI,
        (Inner("a"), Inner("b", 3)),
        ("Ya", "Tidak"),
        date(2026, 11, 24),
        ((time(7, 30), time(12)),),
        {Role.CAMAT: "#fff"},
        status=True,
    )


def test_a_union_takes_a_text_where_no_list_stands() -> None:
    """`values` names a section or lists words."""
    assert tables.read(Outer, {"role": "kasi", "values": "channel"}, []).values == "channel"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({}, "role: is missing"),
        (
            {"role": "bupati"},
            "role: one of sistem, petugas, sekcam, kasi, camat, pelapor is wanted",
        ),
        (
            {"role": ["kasi"]},
            "role: one of sistem, petugas, sekcam, kasi, camat, pelapor is wanted",
        ),
        ({"role": "kasi", "warna": 1}, "warna: is known to nobody"),
        ({"role": "kasi", "inner": {"name": "a"}}, "inner: a list is wanted"),
        ({"role": "kasi", "inner": ["a"]}, "inner.0: a table is wanted"),
        ({"role": "kasi", "inner": [{"name": 1}]}, "inner.0.name: a text is wanted"),
        (
            {"role": "kasi", "inner": [{"name": "a", "width": True}]},
            "inner.0.width: a whole number is wanted",
        ),
        ({"role": "kasi", "until": "besok"}, "until: a date like 2026-11-24 is wanted"),
        ({"role": "kasi", "slots": [["7.30", "12:00"]]}, "slots.0.0: a time like 07:30 is wanted"),
        (
            {"role": "kasi", "slots": [["07:30+08:00", "12:00"]]},
            "slots.0.0: a time like 07:30 is wanted",
        ),
        ({"role": "kasi", "slots": [["07:30"]]}, "slots.0: a list of 2 is wanted"),
        ({"role": "kasi", "colours": {"lurah": "x"}}, "colours.lurah: one of sistem, petugas"),
        ({"role": "kasi", "colours": []}, "colours: a table is wanted"),
        ({"role": "kasi", "status": "ya"}, "status: true or false is wanted"),
        ("kasi", "a table is wanted"),
    ],
)
def test_a_fault_is_told_with_its_place(value: object, fault: str) -> None:
    """Whoever edits the file finds the line at once."""
    [told] = faults(Outer, value)

    assert told.startswith(fault)


def test_every_fault_is_told_at_once() -> None:
    """Mending one fault a start would take all morning."""
    value = {"warna": 1, "inner": [{"lebar": 1}], "status": 3}

    assert sorted(faults(Outer, value)) == [
        "inner.0.lebar: is known to nobody",
        "inner.0.name: is missing",
        "role: is missing",
        "status: true or false is wanted",
        "warna: is known to nobody",
    ]
