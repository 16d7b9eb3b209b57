"""Whose row is it: the number against what the row says."""

from dataclasses import replace

import pytest

from automation.model import Case, Cell, Row, Snapshot
from automation.register import identity, rows
from automation.register.identity import Identity
from automation.register.schema import Schema

Cells = dict[str, Cell]

SARI, MADE, NEXT = "PKT-2026-0001", "PKT-2026-0002", "PKT-2026-0003"
SAYS: dict[str, Cells] = {
    SARI: {"nama": "Sari", "kontak": "sari@warga.example", "perihal": "lampu", "uraian": "padam"},
    MADE: {"nama": "Made", "kontak": "made@warga.example", "perihal": "air", "uraian": "mati"},
}


@pytest.fixture(name="cases")
def _cases(case: Case, schema: Schema) -> dict[str, Case]:
    """Give two cases that were read from the sheet, and one that was not."""
    blank = {column.name: "" for column in schema.theirs()}
    known = {
        number: replace(case, number=number, fields=blank | {n: str(c) for n, c in says.items()})
        for number, says in SAYS.items()
    }
    fresh = replace(case, number=NEXT, email="ketut@warga.example", name="", subject="parit")
    return known | {NEXT: fresh}


def line(number: str, says: str = "", **cells: Cell) -> Cells:
    """Give a row with this number that says what a case said, but for these cells."""
    return {"nomor": number, "tahap": "Selesai", **SAYS.get(says or number, {}), **cells}


def told_apart(cases: dict[str, Case], schema: Schema, *lines: Cells, free: str = "") -> Identity:
    """Look at a sheet of these lines."""
    found = tuple(Row(at, rows.text(c.get("nomor")), c) for at, c in enumerate(lines, start=2))
    return identity.told_apart(Snapshot(found, {}, len(lines) + 1), cases, schema, {free} - {""})


def places(found: Identity) -> tuple[list[int], list[int], dict[str, int], list[int]]:
    """Give the positions of believed rows, of strangers, of overtyped and of mixed ones."""
    overtyped = {number: row.position for number, row in found.overtyped.items()}
    believed, strangers, mixed = (
        [row.position for row in part] for part in (found.believed, found.strangers, found.mixed)
    )
    return believed, strangers, overtyped, mixed


def test_rows_that_say_what_they_said_are_believed(cases: dict[str, Case], schema: Schema) -> None:
    """An ordinary sheet needs no second look."""
    assert ([2, 3], [], {}, []) == places(told_apart(cases, schema, line(SARI), line(MADE)))


@pytest.mark.parametrize(
    "cells",
    [
        {"perihal": "lampu jalan"},
        {"nama": "", "kontak": "0812", "perihal": "lampu jalan"},
        {"nama": "", "kontak": "", "perihal": "", "uraian": ""},
        {"nama": "x", "kontak": "y", "perihal": "z", "uraian": "w"},
        {"perihal": "air", "uraian": "mati"},
    ],
    ids=str,
)
def test_what_people_correct_is_believed(
    cells: Cells, cases: dict[str, Case], schema: Schema
) -> None:
    """The person wins, however much is written anew."""
    found = told_apart(cases, schema, line(SARI) | cells, line(MADE))

    assert ([2, 3], [], {}, []) == places(found)


@pytest.mark.parametrize("typed", [NEXT, "PKT-2026-0900", "Ni Luh", MADE])
def test_a_number_typed_over_anothers_is_seen(
    typed: str, cases: dict[str, Case], schema: Schema
) -> None:
    """Of nobody, of the one who comes next, or of a neighbour."""
    found = told_apart(cases, schema, line(typed, SARI), line(MADE))

    assert ([3], [], {SARI: 2}, []) == places(found)
    assert frozenset() == found.held() & {SARI, MADE}


def test_exchanged_numbers_are_seen(cases: dict[str, Case], schema: Schema) -> None:
    """Neither is obeyed under the other's number."""
    found = told_apart(cases, schema, line(MADE, SARI), line(SARI, MADE))

    assert ([], [], {SARI: 2, MADE: 3}, []) == places(found)
    assert {SARI, MADE} == found.held()


def test_exchanged_numbers_with_a_word_corrected_belong_to_nobody(
    cases: dict[str, Case], schema: Schema
) -> None:
    """What reads only nearly like the other's row proves nothing."""
    found = told_apart(cases, schema, line(MADE, SARI, nama="Ni Sari"), line(SARI, MADE))

    assert ([], [], {MADE: 3}, [2]) == places(found)


def test_one_citizen_s_two_complaints_are_told_apart(
    cases: dict[str, Case], schema: Schema
) -> None:
    """Name and contact are the same in both; the words are not."""
    same = {"nama": "Sari", "kontak": "sari@warga.example"}
    cases[MADE] = replace(cases[MADE], fields={**cases[MADE].fields, **same})
    found = told_apart(cases, schema, line(MADE, SARI), line(SARI, MADE, **same))

    assert {SARI: 2, MADE: 3} == places(found)[2]


def test_rows_alike_are_never_told_apart_by_words(cases: dict[str, Case], schema: Schema) -> None:
    """One mail came twice: their numbers are all there is."""
    cases[MADE] = replace(cases[MADE], fields=cases[SARI].fields)
    found = told_apart(cases, schema, line("Ni Luh", SARI), line("x", SARI))

    assert {} == found.overtyped


def test_the_next_complaint_is_not_the_row_under_its_number(
    cases: dict[str, Case], schema: Schema
) -> None:
    """Its number was typed there before it was given: its letters would go to a stranger."""
    found = told_apart(cases, schema, line(SARI), line(MADE), line(NEXT, SARI, nama="x"))

    assert ([2, 3], [], {}, [4]) == places(found)
    assert [2] == places(told_apart(cases, schema, line(NEXT, nama="x", kontak="y")))[3]


def test_a_row_as_the_worker_made_it_is_believed(cases: dict[str, Case], schema: Schema) -> None:
    """It was never read, and somebody has corrected it already."""
    found = told_apart(cases, schema, line(NEXT, kontak="ketut@warga.example", perihal="got"))

    assert [2] == places(found)[0]


def test_a_number_in_a_row_that_the_worker_never_wrote_is_a_stranger_s(
    cases: dict[str, Case], schema: Schema
) -> None:
    """The number may be another's already; a row seen before is its case's whatever is cleared."""
    bare: Cells = {"nomor": SARI, "uraian": "x"}

    assert [2] == places(told_apart(cases, schema, bare))[1]
    assert [2] == places(told_apart({}, schema, bare))[1]
    assert [2] == places(told_apart(cases, schema, {**bare, "uraian": "padam"}))[0]


@pytest.mark.parametrize(("stage", "at"), [("", 0), ("Selesai", 1)])
def test_a_number_for_paper_may_be_typed_into_a_new_row_alone(
    stage: str, at: int, cases: dict[str, Case], schema: Schema
) -> None:
    """With a stage beside it the row is a copy of another complaint's."""
    paper = line("PKT-2026-0009", tahap=stage, uraian="banjir")

    assert [2] == places(told_apart(cases, schema, paper, free="PKT-2026-0009"))[at]
