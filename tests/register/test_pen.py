"""The pen in the sheet: which rows say something, what they say, where the answers belong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from automation.model import Cell, Note, Office, PenAnswer, PenChoice, PenEdit, PenRow, Ruling
from automation.register import pen
from automation.register.schema import Schema

AT: Final = datetime(2026, 11, 24, 8, 12, tzinfo=ZoneInfo("Asia/Makassar"))
ONE: Final = "0123456789ab"
TWO: Final = "fedcba987654"
HEADER: Final = ["Kode Surat", "Tindakan", "Ke No. Register", "Pesan Sistem"]


def row(code: str = ONE, choice: str = "", number: str = "", **told: object) -> PenRow:
    """Give a row of Karantina."""
    found = {"tab": "karantina", "position": 2, "message": "", **told}
    return PenRow(code=code, choice=choice, number=number, **found)  # type: ignore[arg-type]


def ruling(code: str = ONE, key: str = "dibiarkan", **facts: str) -> Ruling:
    """Give what followed from a choice."""
    return Ruling(code, "Biarkan\t", Note(key, facts), AT, closed=True)


def read(schema: Schema, *lines: Sequence[Cell]) -> tuple[tuple[PenRow, ...], frozenset[str]]:
    """Read Karantina as these lines below its header."""
    return pen.read(schema.tab("karantina"), [HEADER, *lines])


# --- reading ------------------------------------------------------------------------------------


def test_rows_that_say_nothing_are_only_counted(schema: Schema) -> None:
    """Thousands of advertisements wait there for ever: each is a code, and no more."""
    rows, codes = read(schema, [ONE], [TWO, " biarkan "], [], ["", "", "", "x"])
    assert codes == {ONE, TWO, ""}
    assert rows == (
        row(TWO, "biarkan", position=3),
        row("", position=5, message="x"),
    )


def test_columns_are_read_by_their_titles(schema: Schema) -> None:
    """Somebody moved the number before the choice."""
    lines: list[list[Cell]] = [
        ["Pesan sistem", "ke no register", "x", "TINDAKAN", "Kode Surat"],
        ["", 7, "", "a", ONE],
    ]
    assert pen.read(schema.tab("karantina"), lines)[0] == (row(ONE, "a", "7"),)


def test_what_is_no_code_is_nobodys(schema: Schema) -> None:
    """A typed-over code must never name a mail by half of it."""
    for typed in ("0123", "0123456789AB", "%", "0123456789abc", 123456789012):
        assert read(schema, [typed, "Biarkan"])[0][0].code == (
            "123456789012" if typed == 123456789012 else ""
        )


def test_the_columns_are_found_in_any_header(schema: Schema) -> None:
    """First and last of the four; without one of them the tab is no pen."""
    tab = schema.tab("surat_lain")
    assert pen.span(pen.shipped(tab), tab) == (5, 8)
    assert pen.span(["Pesan Sistem", "", "Tindakan", "Ke No. Register", "Kode Surat"], tab) == (
        0,
        4,
    )
    assert pen.span(pen.shipped(tab)[:-1], tab) is None


def test_a_line_follows_the_columns(schema: Schema) -> None:
    """The code under another title would be a mail that nobody finds again."""
    tab = schema.tab("karantina")
    shipped = pen.shipped(tab)
    moved = [*shipped[3:], "Catatan kami", *shipped[:3]]
    cells = (1.5, "a@b", "Promo", "isi", "sebab", ONE)
    assert pen.arranged(cells, shipped, tab) == cells
    assert pen.arranged(cells, moved, tab) == (
        "isi",
        "sebab",
        ONE,
        "",
        "",
        "",
        "",
        1.5,
        "a@b",
        "Promo",
    )
    assert pen.arranged(cells, ["apa", "ini"], tab) == cells


# --- choices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("Jadikan pengaduan", PenChoice.CASE),
        (" JADIKAN  PENGADUAN.", PenChoice.CASE),
        ("gabung", PenChoice.MERGE),
        ("Gabungkan ke nomor", PenChoice.MERGE),
        ("biarkan", PenChoice.LEAVE),
        ("nanti", None),
        ("Jadikan pengaduan ya", None),
    ],
)
def test_choices_are_read_as_people_write_them(
    typed: str, choice: PenChoice | None, schema: Schema
) -> None:
    """Known words in any writing; anything else is asked about, never guessed."""
    assert pen.choice_of(typed, schema) is choice


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("PKT-2026-0001", "PKT-2026-0001"),
        (" pkt 2026 1 ", "PKT-2026-0001"),
        ("PKT-2026-12345", "PKT-2026-12345"),
        ("1", ""),
        ("PKT-2026-0001 dan PKT-2026-0002", ""),
        ("", ""),
    ],
)
def test_numbers_are_read_whole_or_not_at_all(typed: str, number: str) -> None:
    """A mail in a stranger's case shows one citizen's words to another."""
    assert pen.number_of(typed) == number


def test_one_choice_for_each_mail(schema: Schema) -> None:
    """A row that was copied is the same mail; rows that say nothing choose nothing."""
    rows = [row(ONE, "Biarkan"), row(TWO), row(ONE, "Biarkan", position=9), row("", "Biarkan")]
    assert list(pen.edits(rows, schema)) == [PenEdit(ONE, "Biarkan\t", PenChoice.LEAVE)]


def test_copies_that_disagree_choose_nothing(schema: Schema) -> None:
    """Obeyed in turn they would take each other back in every pass; their order tells nothing."""
    rows = [row(ONE, "Biarkan"), row(ONE, "Gabungkan ke nomor", "PKT-2026-0001")]
    [one], [other] = pen.edits(rows, schema), pen.edits(rows[::-1], schema)
    assert one == other
    assert (one.agreed, one.choice) == (False, None)


# --- answers ------------------------------------------------------------------------------------


def answers(schema: Schema, office: Office, *rows: PenRow, **known: Ruling) -> list[PenAnswer]:
    """Give what is to be written when ONE and TWO are mails of ours."""
    rulings = {found.code: found for found in known.values()}
    return list(pen.answers(rows, rulings, [ONE, TWO], schema, office))


def test_an_answer_is_written_until_it_stands(schema: Schema, office: Office) -> None:
    """It follows its mail, and costs nothing once it is there."""
    told = "Digabungkan pada pengaduan PKT-2026-0001."
    known = ruling(ONE, "digabungkan", nomor="PKT-2026-0001")
    found = answers(schema, office, row(ONE, "x", position=7), known=known)
    assert found == [PenAnswer("karantina", 7, told)]
    assert answers(schema, office, row(ONE, "x", message=told), known=known) == []


def test_an_answer_that_missed_its_row_is_taken_away(schema: Schema, office: Office) -> None:
    """The row moved at the last moment: another mail, or none, seems to be decided about."""
    stray = [row(TWO, message="Dibiarkan"), row("", message="Dibiarkan", position=3)]
    assert answers(schema, office, *stray) == [
        PenAnswer("karantina", 2, ""),
        PenAnswer("karantina", 3, ""),
    ]


def test_what_stands_beside_a_code_that_is_not_ours_stays(schema: Schema, office: Office) -> None:
    """The ledger was lost, or is an old one: the sheet is all that is left."""
    assert answers(schema, office, row("a" * 12, "Biarkan", message="Dibiarkan")) == []


def test_a_choice_comes_back_as_it_was_typed() -> None:
    """A restored register shows what the Petugas chose; where copies disagreed, nothing."""
    assert pen.typed_back(Ruling(ONE, "gabung\tpkt 2026 1", Note("x"), AT)) == (
        "gabung",
        "pkt 2026 1",
    )
    assert pen.typed_back(Ruling(ONE, "Biarkan\t\ngabung\t1", Note("x"), AT)) == ("", "")
