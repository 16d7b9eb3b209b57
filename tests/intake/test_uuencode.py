"""Files as lines in a text: taken out whole, and no sentence taken for one."""

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.uuencode import split


def coded(content: bytes, end: bytes = b"\n") -> bytes:
    """Write the lines of a file."""
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"".join(line.replace(b"\n", end) for line in [*lines, b"`\n", b"end\n"])


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_leaves_the_text(end: bytes) -> None:
    """The cell would be full of signs, and the photo nowhere."""
    block = b"begin 644 foto 1.jpg" + end + coded(b"\xff\xd8" * 100, end)

    assert (b"satu\ndua", [(b"foto 1.jpg", b"\xff\xd8" * 100)]) == split(
        b"satu" + end + block + b"dua"
    )


def test_lines_whose_blanks_a_gateway_took_are_read() -> None:
    """A blank is zero bits; old gateways strip it at the end of a line."""
    block = b"\n".join(line.rstrip() for line in coded(b"\xff" + b"\0" * 100).split(b"\n"))

    assert [(b"a", b"\xff" + b"\0" * 100)] == split(b"begin 644 a\n" + block)[1]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 orang hadir\nkami menunggu lama sekali\nend\n",
        b"begin 644 foto.jpg\n#_]C_\n",
        b"mulai begin 644 a\n#_]C_\nend\n",
        b"begin the day\nend\n",
    ],
)
def test_what_only_begins_like_a_file_is_text(text: bytes) -> None:
    """A complaint cut in half is a complaint lost."""
    assert (text, []) == split(text)


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_every_file_comes_out_as_it_went_in(contents: list[bytes]) -> None:
    """A broken photo is no proof of anything."""
    blocks = (b"begin 600 f\n" + coded(content) for content in contents)

    assert contents == [content for _, content in split(b"".join(blocks))[1]]


@given(st.binary(max_size=300).map(lambda junk: b"begin 644 a\n" + junk + b"\nend\n"))
def test_no_lines_are_too_odd(data: bytes) -> None:
    """Anybody may write anything between begin and end."""
    text, files = split(data)

    assert files or text == data
