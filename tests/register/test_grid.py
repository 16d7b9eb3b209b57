"""Between the grid and our nouns: which column is which, which rows stand, what a cell becomes."""

from typing import Any

import pytest

from automation.errors import RegisterDriftError
from automation.model import Cell, Row
from automation.register import grid
from automation.register.schema import Schema


def header(schema: Schema) -> list[Cell]:
    """Give the titles in their first order."""
    return [column.title for column in schema.columns]


# --- columns ------------------------------------------------------------------------------------


def test_columns_are_named_by_their_titles(schema: Schema) -> None:
    """One name for each column, no more: a row wider than the tab is refused by Google."""
    assert grid.columns(header(schema), {}, schema) == tuple(c.name for c in schema.columns)


def test_titles_are_read_tolerantly(schema: Schema) -> None:
    """Somebody retyped a header; spaces, full stops and case are nobody's intention."""
    titles = [f" {str(title).lower()} " for title in header(schema)]
    assert grid.columns(titles, {}, schema)[0] == "nomor"


def test_a_mark_outweighs_a_title(schema: Schema) -> None:
    """The office renamed a column: what rests on it says which one it is."""
    titles = header(schema)
    marked = {at: column.name for at, column in enumerate(schema.columns)}
    titles[7], titles[8] = "Asal", titles[7]
    assert grid.columns(titles, marked, schema)[7:9] == ("kanal", "nama")


def test_columns_of_the_office_have_no_name(schema: Schema) -> None:
    """They may stand between ours and behind them."""
    titles = [*header(schema)[:2], "Catatan kami", *header(schema)[2:], "Lain"]
    found = grid.columns(titles, {}, schema)
    assert (found[2], found[-1], len(found)) == ("", "", len(titles))


def test_a_marked_column_without_a_title_counts(schema: Schema) -> None:
    """Google leaves empty cells at the end of a row out."""
    marked = {at: column.name for at, column in enumerate(schema.columns)}
    found = grid.columns(header(schema)[:-2], marked, schema)
    assert found == tuple(column.name for column in schema.columns)


def test_marks_of_unknown_columns_are_passed_over(schema: Schema) -> None:
    """A newer version marked a column that this one does not know."""
    titles = [*header(schema), "Lain"]
    found = grid.columns(titles, {len(titles) - 1: "masa_depan"}, schema)
    assert found[-1] == ""


def test_of_a_copied_column_the_first_counts(schema: Schema) -> None:
    """Two columns that claim one name must not change places from pass to pass."""
    titles = [*header(schema), "Kanal"]
    found = grid.columns(titles, {7: "kanal", len(titles) - 1: "kanal"}, schema)
    assert (found[7], found[-1]) == ("kanal", "")


def test_all_missing_columns_are_named_at_once(schema: Schema) -> None:
    """The owner mends everything in one go."""
    titles = [title for title in header(schema) if title not in {"Jam", "Desa"}]
    with pytest.raises(RegisterDriftError, match=r"no column Jam, Desa; .*`pengaduan init`"):
        grid.columns(titles, {}, schema)


@pytest.mark.parametrize("titles", [[], ["PKT-2026-0001", "x"]])
def test_a_row_that_is_no_header_is_refused(schema: Schema, titles: list[Cell]) -> None:
    """Marks alone do not prove it: the header was deleted and the first case moved up."""
    marked = {at: column.name for at, column in enumerate(schema.columns)}
    with pytest.raises(RegisterDriftError, match=r"row 1 does not say 'No\. Register'"):
        grid.columns(titles, marked, schema)


# --- rows ---------------------------------------------------------------------------------------


def test_rows_of_ours_are_told_from_what_else_stands_there() -> None:
    """A word in a foreign column makes no row, but it keeps its place from being written over."""
    raw: list[list[Cell]] = [["No", "", "P"], ["N1", "x", 7], [], [None, "catatan"], ["", "", " a"]]
    found, last = grid.table(raw, ("nomor", "", "perihal"), "nomor")
    assert found == (
        Row(2, "N1", {"nomor": "N1", "perihal": 7}),
        Row(5, "", {"perihal": " a"}),
    )
    assert (last, grid.table(raw[:4], ("nomor", "", "perihal"), "nomor")[1]) == (5, 4)


def test_a_number_typed_as_a_number_is_still_a_text() -> None:
    """Whatever stands in the number cell is compared as text."""
    assert grid.row(9, [2026.0], ["nomor"], "nomor").number == "2026"
    assert grid.row(9, [" N1\n"], ["nomor"], "nomor").number == "N1"


@pytest.mark.parametrize(
    ("cell", "blank"), [(None, True), ("", True), (False, True), (0, False), (" ", False)]
)
def test_what_counts_as_blank(cell: Cell, *, blank: bool) -> None:
    """An unticked box is nothing, a zero is something."""
    assert grid.blank(cell) is blank


# --- cells for the API --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("=A1", {"stringValue": "=A1"}),
        (46_350.5, {"numberValue": 46_350.5}),
        (True, {"boolValue": True}),
        (0, {"numberValue": 0}),
    ],
)
def test_a_cell_keeps_its_kind(cell: Cell, value: dict[str, Any]) -> None:
    """A text is never parsed, a tick is no 1."""
    assert grid.cell_data(cell) == {"userEnteredValue": value}


@pytest.mark.parametrize("cell", [None, ""])
def test_a_blank_cell_is_sent_without_a_value(cell: Cell) -> None:
    """An empty string would count as content."""
    assert grid.cell_data(cell) == {}


def test_a_sparse_row_leaves_foreign_cells_and_empties_named_ones() -> None:
    """A null leaves a cell alone, "" empties it; the tail is not sent."""
    named = ("nomor", "", "tahap", "draf", "jam")
    assert grid.sparse({"tahap": "", "draf": "x"}, named) == [None, None, "", "x"]
    assert grid.sparse({}, named) == []


@pytest.mark.parametrize(
    ("echo", "row"),
    [
        ("Register!A5:AI5", 5),
        ("'Buku 7!A9'!A12:C12", 12),
        ("Register!AA1000", 1000),
        ("A3:B3", 3),
        ("Register!A:A", 1),
    ],
)
def test_the_row_of_an_echoed_range(echo: str, row: int) -> None:
    """A link to the wrong row would show the Camat another citizen's complaint."""
    assert grid.position(echo) == row
