"""Where things lie: names that every file system takes, and no way out of the root."""

from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.archive import shelf

NOW: Final = datetime(2026, 11, 24, 7, 59, tzinfo=ZoneInfo("Asia/Makassar"))
ANY_NAMES: Final = st.lists(st.text() | st.sampled_from(["..", ".", "", "a/b", "A", "a"]))


def test_a_raw_mail_lies_under_its_day_and_its_hash() -> None:
    """The place is found again from the mail alone, by a person with sha256sum too."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert shelf.mail_place(b"", NOW) == f"raw/2026/11/23/{empty}.eml"


def test_the_place_of_a_mail_is_known_as_one() -> None:
    """Otherwise no mail would ever be read again."""
    assert shelf.is_mail_place(shelf.mail_place(b"mail", NOW))


@pytest.mark.parametrize("number", ["", "..", "PKT-2026-0001/..", "PKT-2026-0001\n", "pkt-2026-1"])
def test_what_is_no_number_has_no_folder(number: str) -> None:
    """A number typed into the sheet must not choose where files are written."""
    with pytest.raises(ValueError, match="not the number of a case"):
        shelf.case_place(number)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("tanggapan.txt", "tanggapan.txt"),
        ("Foto jalan (1).JPG", "Foto jalan (1).JPG"),
        ("Surat Pengantar — Désa.pdf", "Surat Pengantar — Désa.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        (r"C:\Users\a.doc", "C__Users_a.doc"),
        ("a\r\nb\0c\u202egpj.exe", "abcgpj.exe"),
        ("  .htaccess ", "htaccess"),
        ("aux.txt", "_aux.txt"),
        ("NUL", "_NUL"),
        ("...", "berkas"),
        ("", "berkas"),
    ],
)
def test_a_name_is_made_safe_and_stays_readable(name: str, safe: str) -> None:
    """Staff must know their file again; the computer must not be told anything by it."""
    assert shelf.safe_name(name) == safe


def test_an_overlong_name_keeps_its_ending() -> None:
    """Without .pdf nobody could open it."""
    safe = shelf.safe_name("jalan rusak é" * 40 + ".pdf")

    assert safe.endswith(".pdf")
    assert len(safe.encode()) <= 150


def test_names_that_become_alike_are_numbered() -> None:
    """On a disk that knows no capitals the second photo would overwrite the first."""
    names = shelf.safe_names(["foto.jpg", "FOTO.jpg", "a/b", "a_b"])

    assert list(names.values()) == ["foto.jpg", "FOTO-2.jpg", "a_b", "a_b-2"]


@given(ANY_NAMES)
def test_no_name_leaves_its_folder_or_takes_another_s_place(names: list[str]) -> None:
    """File names come from strangers."""
    safe = shelf.safe_names(names)

    assert set(safe) == set(names)
    assert len({s.casefold() for s in safe.values()}) == len(safe)
    assert all((Path("/x") / s).resolve().parent == Path("/x") for s in safe.values())
    assert all(len(s.encode()) <= 160 for s in safe.values())
