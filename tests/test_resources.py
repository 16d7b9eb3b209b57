"""The program's own data is found, installed or in a checkout."""

import pytest

from automation.model import LetterCode
from automation.resources import data_folder


@pytest.mark.parametrize(
    ("folder", "file"),
    [("sheets_schema", "words.toml"), ("sheets_schema", "office.toml")]
    + [("mail_templates", f"id/{code}.j2") for code in LetterCode],
)
def test_the_data_is_found(folder: str, file: str) -> None:
    """Without its words and letters the program can do nothing."""
    assert data_folder(folder).joinpath(*file.split("/")).read_text(encoding="utf-8")
