"""A mail taken apart: every part is found where it stands, whatever is wrong around it."""

import pytest

from automation.intake import mime
from automation.intake.mime import MAX_DEPTH, MAX_PARTS, dissect


def texts(raw: bytes) -> list[tuple[str, bytes]]:
    """Give type and content of each leaf."""
    return [(part.type, mime.content(raw, part)) for part in dissect(raw).parts]


def test_a_value_is_unfolded_and_counted_by_lower_case_name() -> None:
    """A folded subject is one subject; a second From is not the first."""
    fields = dissect(b"SUBJECT : a\r\n  b\r\nFrom: x\r\nFrom: y\r\n\r\nisi").fields

    assert {"subject": (b"a  b",), "from": (b"x", b"y")} == fields


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_every_line_end_that_programs_write_is_one(end: bytes) -> None:
    """Gateways rewrite line ends; the text must not slip into the header."""
    lines = [b"A: 1", b"Content-Type: multipart/mixed; boundary=q", b"", b"--q", b"", b"satu"]
    raw = end.join([*lines, b"--q", b"Content-Type: text/html", b"", b"dua", b"--q--", b""])

    assert [("text/plain", b"satu"), ("text/html", b"dua")] == texts(raw)


@pytest.mark.parametrize(
    "body",
    [
        b"--b\n\nsatu\n--b\n\ndua\n--b--\n",
        b"pembuka\n--b  \n\nsatu\n--b\t\n\ndua\n--b--\npenutup",
        b"--b\n\nsatu\n--b\n\ndua",
        b"--b\n\nsatu\n--b\n\ndua\n--b--\n--b\n\ntiga",
        b"\n\n--b\n\nsatu\n--b\n\ndua\n--b--",
    ],
)
def test_parts_stand_between_delimiters(body: bytes) -> None:
    """Text before, after and between is no part; a missing end is the end of the mail."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + body

    assert [("text/plain", b"satu"), ("text/plain", b"dua")] == texts(raw)


def test_a_boundary_that_begins_like_another_is_another() -> None:
    """Apple Mail makes such pairs; mixed up, the inner text would be lost."""
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Type: multipart/alternative; boundary=bb\n\n--bb\n\nsatu\n--bb--\n--b\n\ndua"
    )

    assert [("text/plain", b"satu"), ("text/plain", b"dua")] == texts(raw)


@pytest.mark.parametrize("header", [b"", b"; boundary=salah", b'; boundary=""'])
def test_a_boundary_that_is_not_told_is_guessed(header: bytes) -> None:
    """The parts are there for everybody to see; only the header is wrong."""
    raw = (
        b"Content-Type: multipart/mixed" + header + b"\n\n--=_x\nContent-Type: a/b\n\nsatu\n--=_x--"
    )

    assert [("a/b", b"satu")] == texts(raw)


@pytest.mark.parametrize("text", [b"halo\n-- \nNama: Wayan\n--\nx: y", b"halo\n--suksma\nWayan"])
def test_a_signature_is_no_boundary(text: bytes) -> None:
    """`-- ` stands above the name in half of all mails."""
    assert [("multipart/mixed", text)] == texts(b"Content-Type: multipart/mixed\n\n" + text)


def test_parts_of_one_alternative_are_told_from_those_of_another() -> None:
    """Of alternatives one is read; of two texts one after the other both are."""
    one = b"--a\nContent-Type: multipart/alternative; boundary=%b\n\n--%b\n\n1\n--%b\n\n2\n--%b--\n"
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\n\n" + one % ((b"b",) * 4) + one % ((b"c",) * 4)
    )
    *chosen, alone = (part.choices for part in dissect(raw + b"--a\n\n3\n").parts)

    assert [((2, 0),), ((2, 1),), ((5, 0),), ((5, 1),)] == chosen
    assert () == alone


@pytest.mark.parametrize("declared", [b"", b"text", b"text/", b"/", b"text/plain x", b"\xff"])
def test_a_type_that_is_none_is_plain_text(declared: bytes) -> None:
    """RFC 2045 5.2; the words are there all the same."""
    assert [("text/plain", b"isi")] == texts(b"A: b\nContent-Type: " + declared + b"\n\nisi")


def test_in_a_digest_parts_are_mails() -> None:
    """RFC 2046 5.1.5."""
    raw = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--"

    assert ("multipart/digest", "message/rfc822") == dissect(raw).types


# --- contents -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "coded", "content"),
    [
        (b"base64", b"aGFs\r\nbw==\r\n", b"halo"),
        (b"BASE64 ", b"aGFsbw", b"halo"),
        (b"base64", b"!aGFs bw=", b"halo"),
        (b"base64", b"aGFsb", b"hal"),
        (b"base64", b"", b""),
        (b"quoted-printable", b"r=C3=A9k=\r\n =ZZ=", b"r\xc3\xa9k =ZZ"),
        (b"8bit", b"r\xe9k", b"r\xe9k"),
        (b"x-uuencode", b"begin", b"begin"),
    ],
)
def test_a_damaged_encoding_costs_no_more_than_its_damage(
    encoding: bytes, coded: bytes, content: bytes
) -> None:
    """A photo whose last line was cut is still a photo."""
    raw = b"Content-Transfer-Encoding: " + encoding + b"\n\n" + coded

    assert [("text/plain", content)] == texts(raw)


# --- bounds -------------------------------------------------------------------------------------


def test_what_lies_too_deep_is_left_and_told() -> None:
    """Nesting without end must not end the worker."""
    shells = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(99))
    anatomy = dissect(b"".join(shells) + b"\nisi")

    assert (MAX_DEPTH + 1, False) == (len(anatomy.types), anatomy.complete)


def test_too_many_parts_are_left_and_told() -> None:
    """A mail of 10,000 parts is an attack; its first parts are read."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000
    anatomy = dissect(raw)

    assert (MAX_PARTS, False) == (len(anatomy.types), anatomy.complete)


def test_an_ordinary_mail_is_complete() -> None:
    """The bounds must not be met by anything that people send."""
    assert dissect(b"A: b\n\nisi").complete
