"""How columns look: what a wrong format does to the people who read them."""

import pytest

from automation.model import Role
from automation.register import formats
from automation.register.schema import Schema
from automation.register.shapes import Column, Kind


def _look(column: Column, name: str) -> object:
    return formats.body(7, 2, column)["repeatCell"]["cell"]["userEnteredFormat"][name]


def test_a_colour_goes_from_0_to_1() -> None:
    """Google takes 255 for white in every channel, so that all headers would look alike."""
    assert formats.rgb("#ff0033") == {"red": 1.0, "green": 0.0, "blue": 0.2}


def test_long_mails_are_clipped_and_our_sentences_are_not(schema: Schema) -> None:
    """One wrapped mail of three pages would fill the screen; a clipped Pesan Sistem says half."""
    assert _look(schema.column("uraian"), "wrapStrategy") == "CLIP"
    assert _look(schema.column("pesan_sistem"), "wrapStrategy") == "WRAP"


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LONG, Kind.CHOICE, Kind.CLOCK])
def test_words_are_never_turned_into_numbers(kind: Kind) -> None:
    """In a cell without the format TEXT, 0812 loses its zero and 08.00 becomes a fraction."""
    assert _look(Column("x", "X", Role.PETUGAS, kind), "numberFormat") == {"type": "TEXT"}


def test_people_get_a_calendar_for_dates_and_the_worker_none(schema: Schema) -> None:
    """A date that a person types as text has no calendar to be compared with."""
    rule = formats.rule(schema.column("janji"), ())

    assert rule is not None
    assert rule["condition"] == {"type": "DATE_IS_VALID"}
    assert formats.rule(schema.column("tanggal"), ()) is None


def test_formats_reach_rows_that_do_not_exist_yet() -> None:
    """A range that ends at row 1000 leaves complaint 1001 without dropdowns."""
    assert "endRowIndex" not in formats.below_header(7, 2)


def test_a_page_has_a_heading_and_every_line() -> None:
    """The tab Petunjuk is all the training that the staff get."""
    fill, _ = formats.page(7, ["Petunjuk", "Camat: baca draf."])
    cells = [row["values"][0] for row in fill["updateCells"]["rows"]]

    assert [c["userEnteredValue"]["stringValue"] for c in cells] == [
        "Petunjuk",
        "Camat: baca draf.",
    ]
    assert [c["userEnteredFormat"]["textFormat"].get("bold", False) for c in cells] == [True, False]
