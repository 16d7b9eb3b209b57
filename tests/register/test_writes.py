"""What is written: the smallest set of changes, and whole rows for cases that have none."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.model import Case, Cell, Row, RowChange, Snapshot
from automation.register import writes
from automation.register.schema import Schema

NUMBER = "PKT-2026-0001"
OTHER = "PKT-2026-0002"
ANCHOR = 202_600_001
SAID = dict.fromkeys(writes.WHO_AND_WHAT, "")
Cells = dict[str, Cell]


def sheet(*lines: Mapping[str, Cell]) -> Snapshot:
    """Give a snapshot of these rows."""
    found = tuple(Row(at, str(c.get("nomor", "")), c) for at, c in enumerate(lines, start=2))
    return Snapshot(found, {}, len(lines) + 1)


# --- anchors ------------------------------------------------------------------------------------


@given(st.integers(1000, 9999), st.integers(0, 99_999))
def test_each_number_has_an_anchor_of_its_own(year: int, n: int) -> None:
    """A positive int32, as Google wants it, from which the number can be told."""
    found = writes.anchor(f"PKT-{year}-{n:04}")
    assert divmod(found, 100_000) == (year, n)
    assert 0 < found < 2**31


@pytest.mark.parametrize(
    "typed",
    [
        *("", "PKT-2026", "PKT-2026-1", "pkt-2026-0001", "2026-0001", "x", "XYZ-2026-0001"),
        *("PKT-2026-00001", "PKT-2026-\u0661\u0661\u0661\u0661"),
    ],
)
def test_what_is_no_number_has_no_anchor(typed: str) -> None:
    """A word in the number column must not lead to a case."""
    assert writes.anchor_of(typed) == 0
    with pytest.raises(ValueError, match="no register number"):
        writes.anchor(typed)


# --- changes ------------------------------------------------------------------------------------


def test_only_cells_that_read_differently_are_written(case: Case, schema: Schema) -> None:
    """An idle pass writes nothing; a changed cell is written alone."""
    stands: Cells = {
        "nomor": NUMBER,
        "tahap": "lama",
        "batas_waktu": 46_350.4076388888,
        "lampiran": None,
    }
    wanted: Cells = {
        "nomor": NUMBER,
        "tahap": "baru",
        "batas_waktu": 46_350.4076388889,
        "lampiran": "",
    }
    found = writes.changes(sheet(stands), {NUMBER: case}, {NUMBER: wanted}, schema)
    assert found == (RowChange(NUMBER, ANCHOR, {"tahap": "baru"}, told=SAID),)
    same = {NUMBER: {**wanted, "tahap": "lama"}}
    assert writes.changes(sheet(stands), {NUMBER: case}, same, schema) == ()


@pytest.mark.parametrize(
    ("stands", "wanted", "same"),
    [
        (None, "", True),
        ("", None, True),
        ("a", "a", True),
        ("a", "a ", False),
        (7.0, 7, True),
        (7.1, 7, False),
        (0, "", False),
        ("7", 7, False),
        (True, 1, False),
        (None, 0, False),
    ],
)
def test_sameness_is_what_a_person_would_call_it(stands: Cell, wanted: Cell, *, same: bool) -> None:
    """Blank is empty, 7.0 is 7; a text is no number, a tick no one."""
    assert writes.same(stands, wanted) is same


def test_a_choice_dealt_with_is_emptied_as_long_as_it_stands(case: Case, schema: Schema) -> None:
    """The write is bound to the old choice, so that a newer one is never eaten."""
    case = replace(case, clearing=frozenset({"disposisi"}), handled={"disposisi": "Kasi PMD"})
    old = {"nomor": NUMBER, "disposisi": "Kasi PMD"}
    newer = {"nomor": NUMBER, "disposisi": "Kasi Kesos"}
    assert writes.changes(sheet(old), {NUMBER: case}, {NUMBER: {}}, schema) == (
        RowChange(NUMBER, ANCHOR, {"disposisi": ""}, {"disposisi": "Kasi PMD"}, SAID),
    )
    assert writes.changes(sheet(newer), {NUMBER: case}, {NUMBER: {}}, schema) == ()


def test_a_choice_that_nobody_remembers_is_not_emptied(case: Case, schema: Schema) -> None:
    """To empty a cell whatever stands there would eat a decision."""
    case = replace(case, clearing=frozenset({"disposisi"}), handled={})
    stands = {"nomor": NUMBER, "disposisi": "Kasi PMD"}
    assert writes.changes(sheet(stands), {NUMBER: case}, {NUMBER: {}}, schema) == ()


def test_a_doubled_number_is_left_alone(case: Case, schema: Schema) -> None:
    """Nobody knows which of the rows is the true one."""
    twice = sheet({"nomor": NUMBER}, {"nomor": NUMBER})
    assert writes.changes(twice, {NUMBER: case}, {NUMBER: {"tahap": "x"}}, schema) == ()


def test_rows_that_are_no_case_are_left_alone(case: Case, schema: Schema) -> None:
    """Typed rows and foreign numbers belong to people."""
    found = sheet({"kanal": "WA"}, {"nomor": "PKT-2026-0009"})
    assert writes.changes(found, {NUMBER: case}, {NUMBER: {"tahap": "x"}}, schema) == ()


# --- new rows -----------------------------------------------------------------------------------


def test_a_new_row_carries_the_mail_and_the_workers_cells(case: Case, schema: Schema) -> None:
    """Blank cells are not sent; what the worker says wins over what it filled in first."""
    wanted = {NUMBER: {"nomor": NUMBER, "lampiran": "", "uraian": "disamarkan"}}
    found = writes.new_rows([NUMBER], {NUMBER: case}, wanted, schema)[0]
    assert (found.number, found.anchor) == (NUMBER, ANCHOR)
    assert found.cells == {
        "nomor": NUMBER,
        "kanal": "Email",
        "nama": "Ni Luh Sari",
        "kontak": "sari@example.org",
        "perihal": "Lampu jalan padam",
        "uraian": "disamarkan",
    }


def test_a_row_put_back_carries_what_people_wrote(case: Case, schema: Schema) -> None:
    """Deleting a row must not cost the Kasi the draft, nor bring back a corrected name."""
    case = replace(case, fields={"draf": "Yth.", "nama": "Sari"})
    found = writes.new_rows([NUMBER], {NUMBER: case}, {NUMBER: {"nomor": NUMBER}}, schema)[0]
    assert found.cells == {"nomor": NUMBER, "draf": "Yth.", "nama": "Sari"}


def test_new_rows_come_in_the_order_of_their_numbers(case: Case, schema: Schema) -> None:
    """As texts, 10000 would stand before 9999."""
    numbers = ["PKT-2027-0001", "PKT-2026-10000", "PKT-2026-9999"]
    found = writes.new_rows(
        numbers, dict.fromkeys(numbers, case), {n: {"tahap": "x"} for n in numbers}, schema
    )
    assert [row.number for row in found] == numbers[::-1]


def test_a_row_without_number_is_told_by_who_complains_about_what(
    case: Case, schema: Schema
) -> None:
    """A draft may be written on while the number is missing; it belongs to the complaint still."""
    known = {NUMBER: case, OTHER: replace(case, number=OTHER, email="komang@example.org")}
    found = writes.proofs([NUMBER], known, schema)
    assert found == {
        NUMBER: {
            "kanal": "Email",
            "nama": "Ni Luh Sari",
            "kontak": "sari@example.org",
            "perihal": "Lampu jalan padam",
            "uraian": case.text,
        }
    }


def test_of_complaints_that_read_alike_all_that_people_wrote_tells(
    case: Case, schema: Schema
) -> None:
    """What the worker is about to empty may be empty already."""
    fields = {"perihal": "banjir", "draf": "Yth.", "disposisi": "Kasi PMD"}
    known = {
        NUMBER: replace(case, fields=fields, clearing=frozenset({"disposisi"})),
        OTHER: replace(case, number=OTHER, fields={"perihal": "banjir"}),
    }
    found = writes.proofs([NUMBER], known, schema)[NUMBER]
    assert ("Yth.", "") == (found["draf"], found["status_kasi"])
    assert "disposisi" not in found


# --- batches ------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 12)), st.integers(1, 10))
def test_batches_keep_every_item_in_order_within_the_limit(weights: list[int], limit: int) -> None:
    """A row that fell between two requests would be a lost complaint."""
    found = list(writes.batches(weights, lambda weight: weight, limit))
    assert [weight for run in found for weight in run] == weights
    assert all(len(run) == 1 or sum(run) <= limit for run in found)
    assert () not in found


def test_batches_are_as_few_as_they_can_be() -> None:
    """Each request counts against the quota."""
    found = list(writes.batches([5, 4, 4, 11, 1], lambda weight: weight, 8))
    assert found == [(5,), (4, 4), (11,), (1,)]


# --- agreement ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "choice", "agrees"),
    [
        (NUMBER, "Kasi PMD", True),
        ("", "Kasi PMD", False),
        ("PKT-2026-0002", "Kasi PMD", False),
        (NUMBER, "kasi pmd", False),
        (NUMBER, "", False),
    ],
)
def test_a_row_must_still_be_the_one_that_was_meant(
    number: str, choice: str, *, agrees: bool
) -> None:
    """Its number, and every cell that is to be emptied byte for byte."""
    change = RowChange(NUMBER, ANCHOR, {"disposisi": ""}, {"disposisi": "Kasi PMD"})
    row = Row(5, number, {"disposisi": choice} if choice else {})
    assert writes.agrees(change, row) is agrees
