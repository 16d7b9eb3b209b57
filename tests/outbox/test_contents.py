"""What a letter may tell: foreign words made fit, people addressed without guessing."""

from dataclasses import replace

import pytest

from automation.model import LetterCode
from automation.outbox.contents import one_line
from tests.outbox.samples import CASE, text_of, written


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("I Ketut Darmayasa", "Bapak/Ibu I Ketut Darmayasa"),
        ("  Ni  Luh\r\nSari ", "Bapak/Ibu Ni Luh Sari"),
        ("Pak Made", "Bapak/Ibu Made"),
        ("Bapak/Ibu Wayan", "Bapak/Ibu Wayan"),
        ("Ibukota Sari", "Bapak/Ibu Ibukota Sari"),
        ("", "Bapak/Ibu Pelapor"),
        ("Tanpa nama", "Bapak/Ibu Pelapor"),
        ("(dirahasiakan)", "Bapak/Ibu Pelapor"),
        ("Ibu", "Bapak/Ibu Pelapor"),
        ("made@warga.example", "Bapak/Ibu Pelapor"),
        ("Klik www.jahat.example", "Bapak/Ibu Pelapor"),
        ("M" * 80, "Bapak/Ibu " + "M" * 59 + "…"),
    ],
)
def test_people_are_addressed_without_guessing(name: str, greeting: str) -> None:
    """A wrong Bapak or Ibu, or a mail address for a name, offends."""
    text = text_of(written(LetterCode.T10, replace(CASE, name=name)))

    assert text.startswith(f"Yth. {greeting},\n")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("a\r\n\tb\x00c", "a b c"),
        ("\u202eterbalik\u2066", "terbalik"),
        ("setengah \ud83d", "setengah"),
        ("\N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY}", "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY}"),
        ("x" * 11, "x" * 9 + "…"),
        ("satu dua tiga", "satu dua…"),
    ],
)
def test_a_foreign_text_becomes_one_line(raw: str, line: str) -> None:
    """Breaks, direction marks and endless lines would tear a letter apart."""
    assert one_line(raw, 10) == line
