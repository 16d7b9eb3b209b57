"""Header fields: names and addresses as the sender meant them, and nothing smuggled in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake import headers
from automation.intake.headers import mailboxes, message_ids, parameters

RECEIVED = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"=?utf-8?q?jalan_r=C3=A9k?=", "jalan rék"),
        (b"=?UTF-8?B?8J+Z?= =?utf-8?B?jw==?=", "\U0001f64f"),
        (b"=?utf-8?q?a?= =?iso-8859-1?q?=E9?= b", "aé b"),
        (b"lapor =?utf-8?q?apa??= ya", "lapor apa? ya"),
        (b"=?utf-8*id?q?jalan?=", "jalan"),
        (b"=?utf-8?b?amFsYW4?=", "jalan"),
        (b"=?utf-8?x?jalan?= =?utf-8?q?belum", "=?utf-8?x?jalan?= =?utf-8?q?belum"),
        ("Kafé".encode("latin-1"), "Kafé"),
        (b"=?utf-8?q?x=0D=0ABcc:_a@b.example?=", "x Bcc: a@b.example"),
    ],
)
def test_a_subject_reads_as_meant(value: bytes, expected: str) -> None:
    """The subject is the first thing an official sees, and goes into every letter."""
    assert expected == headers.text(value)


# --- parameters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"attachment; filename=foto.jpg", "foto.jpg"),
        (b'attachment; filename="a;b \\"c\\".jpg"', 'a;b "c".jpg'),
        (b'attachment; filename="C:\\surat\\x.pdf"', "C:\\surat\\x.pdf"),
        (b'attachment; filename="=?utf-8?B?w6kuanBn?="', "é.jpg"),
        (b"attachment; filename*=utf-8'id'%C3%A9.jpg; filename=e.jpg", "é.jpg"),
        (b"attachment; filename*1*=%A9.jpg; filename*0*=utf-8''%C3", "é.jpg"),
        (b"attachment; filename*0*=''a; filename*1=\" (1).jpg\"", "a (1).jpg"),
        (b'attachment; filename="belum ditutup.jpg', "belum ditutup.jpg"),
        (b"attachment ; FileName = foto 1.jpg ; size=3", "foto 1.jpg"),
    ],
)
def test_a_file_name_is_read_in_every_spelling(value: bytes, name: str) -> None:
    """Each program writes names in its own way; a nameless file tells the official nothing."""
    first, told = parameters(value)

    assert ("attachment", name) == (first, told["filename"])


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"wayan b" <WayanB@Warga.Example>', [("wayan b", "wayanb@warga.example")]),
        ("Budi, Ketut <k@x.example>", [("Budi, Ketut", "k@x.example")]),
        ("a@x.example, b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("a@x.example (Nama)", [("Nama", "a@x.example")]),
        ("Wayan wayan@x.example", [("Wayan", "wayan@x.example")]),
        ('"a@x.example" <a@x.example>', [("", "a@x.example")]),
        ("Warga: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("<@lewat.example:a@x.example>", [("", "a@x.example")]),
        ('"belum ditutup <a@x.example>', [("belum ditutup", "a@x.example")]),
        ("=?utf-8?q?W_=3Cw=40x=2Eexample=3E?=", [("W", "w@x.example")]),
        ("=?utf-8?q?a=2C_=3Cb=40y=2Eexample=3E?= <c@x.example>", None),
        ("undisclosed-recipients:;", []),
        ("<>", []),
        ("Wayan", []),
        ("a@b@c.example", []),
    ],
)
def test_addresses_are_found_as_people_write_them(
    value: str, expected: list[tuple[str, str]] | None
) -> None:
    """The answer goes to this address; a wrong one gives a complaint away to a stranger."""
    found = [(box.name, box.address) for box in mailboxes(value.encode())]

    # a name that holds an address in disguise is a name
    assert found == ([("a, <b@y.example", "c@x.example")] if expected is None else expected)


def test_a_field_without_an_address_still_names_somebody() -> None:
    """`From: Kelian Banjar` tells the Petugas whom to ask."""
    assert "Kelian Banjar" == headers.phrase(b'"Kelian Banjar" <>')


# --- identifiers and dates ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<a@x> <b@x>\t<a@x>", ("<a@x>", "<b@x>")),
        (b"<a@\r\n x>", ("<a@x>",)),
        (b"a@x", ("<a@x>",)),
        (b"surat Anda tanggal 3", ()),
        ("<é@x>".encode(), ()),
        (b"<" + b"x" * 999 + b">", ()),
    ],
)
def test_message_ids_survive_folding_and_carelessness(
    value: bytes, expected: tuple[str, ...]
) -> None:
    """They tell which case a mail belongs to, and go into headers of our own letters."""
    assert expected == message_ids(value)


def test_of_an_endless_conversation_the_first_and_the_latest_ids_are_kept() -> None:
    """The header of the answer would else grow beyond what servers take."""
    ids = message_ids(b" ".join(b"<%d@x>" % number for number in range(500)))

    assert ("<0@x>", "<499@x>", 50) == (ids[0], ids[-1], len(ids))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Tue, 24 Nov 2026 08:12:09 +0800", datetime(2026, 11, 24, 0, 12, 9, tzinfo=UTC)),
        (b"24 Nov 2026 00:12:09", datetime(2026, 11, 24, 0, 12, 9, tzinfo=UTC)),
        (b"24 Nov 2026 00:12:09 -0000", datetime(2026, 11, 24, 0, 12, 9, tzinfo=UTC)),
        (b"Tue, 24 Nov 2026 08:12:09 +9999", None),
        (b"Fri, 27 Nov 2026 08:12:09 +0800", None),
        (b"Thu, 1 Jan 1970 00:00:00 +0000", None),
        (b"Sel, 24/11/26", None),
        (b"", None),
    ],
)
def test_a_date_is_a_claim_or_nothing(value: bytes, expected: datetime | None) -> None:
    """A phone's clock may stand in 1970; a register that believed it would be overdue at once."""
    claimed = headers.date(value, RECEIVED)

    assert expected == claimed
    assert claimed is None or claimed.utcoffset() is not None


@given(st.binary(max_size=200))
def test_no_header_breaks_the_reading(value: bytes) -> None:
    """One odd field must not make a mail unreadable."""
    for box in mailboxes(value):
        assert "\n" not in box.name
        assert 1 == box.address.count("@")
    assert all(one.isascii() for one in message_ids(value))
    assert "\n" not in headers.text(value) + headers.phrase(value)
    assert isinstance(parameters(value)[1], dict)
    claimed = headers.date(value, RECEIVED)
    assert claimed is None or claimed <= RECEIVED + timedelta(days=1)
