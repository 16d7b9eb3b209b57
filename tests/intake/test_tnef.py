"""Outlook's packages: what is in them comes out, and a damaged one hides nothing."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.tnef import Package, unpack

RENDERING = (0x00069002, b"\x01\x00" + b"\0" * 12)


def package(*attributes: tuple[int, bytes]) -> bytes:
    """Write a package."""
    rows = (
        struct.pack("<BII", 1, tag, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
        for tag, value in attributes
    )
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(rows)


def properties(*told: bytes) -> bytes:
    """Write MAPI properties."""
    return struct.pack("<I", len(told)) + b"".join(told)


def text_property(number: int, text: str) -> bytes:
    """Write one text, as Outlook does."""
    coded = f"{text}\0".encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, number, 1, len(coded)) + coded + b"\0" * (-len(coded) % 4)


def file(title: bytes, content: bytes, *more: tuple[int, bytes]) -> list[tuple[int, bytes]]:
    """Give the attributes of a file."""
    return [RENDERING, (0x00018010, title + b"\0"), (0x0006800F, content), *more]


LONG_NAME = (0x00069005, properties(text_property(0x3707, "surat désa.pdf")))
WHOLE = package(*file(b"SURAT~1.PDF", b"%PDF-1.7", LONG_NAME), *file(b"foto.jpg", b"\xff\xd8\xff"))


def test_the_files_come_out_under_their_long_names() -> None:
    """The photo of the damage would be a file that no computer of the office opens."""
    files = [("surat désa.pdf", b"%PDF-1.7"), ("foto.jpg", b"\xff\xd8\xff")]

    assert Package(files, whole=True) == unpack(WHOLE)


def test_an_old_name_is_read_by_the_code_page_of_the_package() -> None:
    """Read as Latin, a Cyrillic name is nobody's name."""
    page = (0x00069007, (1251).to_bytes(8, "little"))

    assert [("\u0444\u043e\u0442\u043e", b"x")] == unpack(
        package(page, *file("\u0444\u043e\u0442\u043e".encode("cp1251"), b"x"))
    ).files


def test_properties_of_every_length_are_passed_over() -> None:
    """One that is measured wrongly hides the name behind it."""
    flag = struct.pack("<HHI", 0x0B, 0x7FFE, 1)
    time = struct.pack("<HHQ", 0x40, 0x3007, 1)
    several = struct.pack("<HHIII", 0x1003, 0x3710, 2, 1, 2)
    word = "x\0".encode("utf-16-le")
    named = struct.pack("<HH", 3, 0x8001) + b"\0" * 16
    by_word = named + struct.pack("<II", 1, len(word)) + word + struct.pack("<I", 7)
    by_number = named + struct.pack("<III", 0, 5, 7)
    odd = [flag, time, several, by_word, by_number, text_property(0x3707, "surat.pdf")]

    assert [("surat.pdf", b"x")] == unpack(
        package(*file(b"S", b"x", (0x00069005, properties(*odd))))
    ).files


@pytest.mark.parametrize(
    ("attribute", "text", "page"),
    [
        ((0x0002800C, b"Jalan rusak\0"), "Jalan rusak", b""),
        ((0x00069003, properties(text_property(0x1000, "Jalan désa"))), "Jalan désa", b""),
        (
            (0x00069003, properties(struct.pack("<HHII", 0x102, 0x1013, 1, 4) + b"<p>x")),
            "",
            b"<p>x",
        ),
    ],
)
def test_the_text_comes_out(attribute: tuple[int, bytes], text: str, page: bytes) -> None:
    """Of some mails nothing else says what the complaint is."""
    assert Package(text=text, page=page, whole=True) == unpack(package(attribute))


@pytest.mark.parametrize("kept", range(len(WHOLE)))
def test_a_package_cut_anywhere_gives_no_half_of_a_file(kept: int) -> None:
    """A photo that is half there must not pass for the photo."""
    cut = unpack(WHOLE[:kept])

    assert set(cut.files) <= {*unpack(WHOLE).files, ("SURAT~1.PDF", b"%PDF-1.7")}


@pytest.mark.parametrize("damaged", [b"", b"halo", WHOLE[:-6], WHOLE[:20], WHOLE + b"x"])
def test_what_could_not_be_read_to_its_end_says_so(damaged: bytes) -> None:
    """The package is then kept beside its files, so that a person can look."""
    assert not unpack(damaged).whole


@given(st.binary(max_size=300).map(lambda junk: WHOLE[:4] + junk) | st.binary(max_size=20))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    """Whoever sends a mail writes these lengths."""
    assert unpack(data).whole in {True, False}
