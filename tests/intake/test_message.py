"""Reading a mail: whatever the bytes are, clean text or one clear refusal, in bounded time."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.errors import RejectedError
from automation.intake.message import identity, read
from automation.model import InboundMail
from tests.intake.cleanness import RECEIVED, faults, read_or_refused

CORPUS = Path(__file__).with_name("corpus")
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))
HEAD = b"From: Wayan <wayan@warga.example>\r\nSubject: jalan\r\n"


def raw(name: str) -> bytes:
    """Give a mail of the corpus."""
    return (CORPUS / f"{name}.eml").read_bytes()


def seen(mail: InboundMail, name: str) -> object:
    """Give what a mail says, in the shape of the table."""
    if name == "message_id_made":
        return mail.message_id == f"<{mail.key[:32]}@tanpa-id.invalid>"
    return getattr(mail, name)


BEYOND: dict[str, dict[str, object]] = {
    "apple-text-after-photo": {"own_text": "sebelum foto\n\nsesudah foto"},
    "bounce": {
        "parts": ("multipart/report", "text/plain", "message/delivery-status", "message/rfc822")
    },
    "date-nonsense": {"date": None},
    "forward-attached": {"parts": ("multipart/mixed", "message/rfc822")},
    "forward-inline": {
        "own_text": "Mohon ditindaklanjuti\n\n---------- Forwarded message ---------\n"
        "Dari: Made <made@warga.example>\nDate: Sel, 24 Nov 2026 pukul 08.12\nSubject: jalan\n"
        "To: <petugas@kec-pekutatan.example>\n\nJalan rusak"
    },
    "forward-outlook": {
        "own_text": "Mohon dibantu\n\nDari: Made <made@warga.example>\n"
        "Dikirim: Senin, 23 November 2026 13.02\nKepada: Wayan\nSubjek: jalan\n\nJalan rusak"
    },
    "gmail-reply": {
        "own_text": "ini fotonya pak",
        "in_reply_to": ("<ack@kec-pekutatan.example>",),
        "references": ("<0@warga.example>", "<ack@kec-pekutatan.example>"),
    },
    "header-no-message-id": {"message_id_made": True},
    "sender-nobody": {"message_id_made": True},
    "sender-reply-to": {"reply_to": "putu@warga.example"},
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_explain_does_not_tell_is_read_too(name: str) -> None:
    """Own words, thread and way back decide what becomes of an addition."""
    mail = read(raw(name), RECEIVED)

    assert BEYOND[name] == {field: seen(mail, field) for field in BEYOND[name]}


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"\r\n\r\n", b"halo pak camat\n", b"\xff"])
def test_what_is_no_mail_is_refused(content: bytes) -> None:
    """A person must look at it; an empty complaint in the register would hide it."""
    with pytest.raises(RejectedError, match="no header field"):
        read(content, RECEIVED)


# --- identity -----------------------------------------------------------------------------------


def test_a_mail_delivered_twice_is_one_mail() -> None:
    """Each way to the mailbox adds its own trace; two keys would be two complaints."""
    traces = (
        b"Return-Path: <wayan@warga.example>\r\nReceived: from a by b;\r\n\tTue\r\n",
        b"Delivered-To: x@y.example\r\nARC-Seal: i=1;\r\n a=b\r\nX-Spam-Score: 3\r\n",
    )
    mail = HEAD + b"\r\nisi\r\n"

    assert {identity(mail)} == {identity(trace + mail) for trace in traces}


@pytest.mark.parametrize(
    "other", [HEAD + b"\r\nisi!\r\n", HEAD + b"X: 1\r\n\r\nisi\r\n", HEAD + b"\r\n\r\nisi\r\n"]
)
def test_a_mail_that_says_something_else_is_another_mail(other: bytes) -> None:
    """A clumsy program repeats Message-IDs; the second complaint must not vanish as a copy."""
    assert identity(HEAD + b"\r\nisi\r\n") != identity(other)


def test_a_trace_header_in_the_text_is_text() -> None:
    """Otherwise two different texts would have one identity."""
    texts = (b"\r\nReceived: satu\r\n", b"\r\nReceived: dua\r\n")

    assert len({identity(HEAD + text) for text in texts}) == len(texts)


# --- what the classifier needs ------------------------------------------------------------------


def test_every_header_is_told_decoded_by_lower_case_name() -> None:
    """Who is a machine is told by headers alone; one that is dropped answers a robot."""
    mail = read(HEAD + b"Precedence: bulk\r\nX-A: =?utf-8?q?=C3=A9?=\r\nX-A: 2\r\n\r\n", RECEIVED)

    assert (("bulk",), ("é", "2")) == (mail.headers["precedence"], mail.headers["x-a"])


def test_an_empty_return_path_differs_from_an_absent_one() -> None:
    """The empty one is a bounce's; the absent one says nothing."""
    bounce = read(b"Return-Path: <>\r\n" + HEAD + b"\r\n", RECEIVED)

    assert ("<>",) == bounce.headers["return-path"]
    assert "return-path" not in read(HEAD + b"\r\n", RECEIVED).headers


# --- hostile mails ------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    """Give multiparts within each other."""
    shells = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    return HEAD + b"".join(shells) + b"\nisi\n"


def letters_in_letters(depth: int) -> bytes:
    """Give forwarded mails within each other."""
    return HEAD + b"Content-Type: message/rfc822\n\n" * depth + b"\nisi\n"


BOMBS: dict[str, Callable[[], bytes]] = {
    "3,000 nested multiparts": lambda: nested(3_000),
    "600 nested mails": lambda: letters_in_letters(600),
    "10,000 parts": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000
    ),
    "a subject of 1 MB": lambda: HEAD + b"Subject: " + b"=?utf-8?q?a?= " * 75_000 + b"\n\nisi\n",
    "a line of 2 MB": lambda: HEAD + b"\n" + b"x" * 2_000_000,
    "brackets in From": lambda: b"From: " + b"(" * 100_000 + b"\n\nisi\n",
    "quotes in From": lambda: b'From: "' + b'\\"' * 50_000 + b"\n\nisi\n",
    "many odd From": lambda: b"From: (\xe9\n" * 10_000 + b"\nisi\n",
    "many headers": lambda: b"".join(b"X-%d: =?x?q?=E9?=\n" % n for n in range(20_000)) + HEAD,
    "nested div": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
    "many attributes": lambda: HEAD + b"Content-Type: text/html\n\n<p" + b" a=1" * 200_000 + b">",
    "unclosed tags": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<a <b" * 200_000 + b">",
    "marks on a letter": lambda: (
        HEAD + b"\n" + "a\u0301\u0327".encode() * 1 + b"\xcc\x81" * 300_000
    ),
    "like a delimiter": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=-\n\n" + b"\n---x" * 400_000
    ),
    "like an attribution": lambda: HEAD + b"\n" + b"Pada 1 a@b menulis\n" * 100_000,
    "like a file in the text": lambda: HEAD + b"\n" + b"begin 644 x\n" * 300_000 + b"\nend\n",
    "properties of a package": lambda: (
        HEAD
        + b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\0\0"
        + b"\x01\x03\x90\x06\0\x04\x9f\x24\0\x40\x0d\x03\0"
        + b"\x02\x10\x00\x10\xff\xff\xff\x7f\0\0\0\0" * 200_000
    ),
    "pages without end": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\n\n"
        + (b"--b\nContent-Type: text/html\n\n" + b"<p>x" * 5_000 + b"\n") * 100
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_mail_costs_little(name: str) -> None:
    """One mail that hangs the worker keeps every other complaint from being seen."""
    content = BOMBS[name]()
    start = time.process_time()
    mail = read(content, RECEIVED)

    assert time.process_time() - start < 5
    assert faults(mail) == []


def test_many_files_are_bounded_and_the_mail_is_read_all_the_same() -> None:
    """A flood of files must not keep the words beside it from the register."""
    file = b"--b\nContent-Type: image/png; name=a.png\n\nx\n"
    start = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhalo\n"
    mail = read(HEAD + start + file * 300, RECEIVED)

    assert ("halo", 100, False) == (mail.text, len(mail.attachments), mail.whole)
    assert len({a.name.lower() for a in mail.attachments}) == 100


def test_of_a_mail_that_was_cut_the_beginning_is_read() -> None:
    """The words of a mail of 80 MB stand in its first kilobyte."""
    start = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhalo\n--b\n\nx"

    assert ("halo\n\nx", False) == (
        read(HEAD + start, RECEIVED, whole=False).text,
        read(HEAD + start, RECEIVED, whole=False).whole,
    )
    assert read(HEAD + start, RECEIVED).whole


# --- any bytes ----------------------------------------------------------------------------------


PIECES = st.sampled_from(
    [
        *(b"From: ", b"Subject: ", b"To: ", b"Date: ", b"Content-Type: ", b"References: "),
        *(b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b", b"--b", b"--b--"),
        *(b"text/plain; charset=", b"text/html", b"message/rfc822", b"utf-16", b"utf-7", b"hz"),
        *(
            b"\r\n",
            b"\n",
            b"\r",
            b"\r\n\r\n",
            b" ",
            b"\t",
            b"\0",
            b'"',
            b"<",
            b">",
            b"(",
            b"@",
            b",",
        ),
        *(b"=?utf-8?q?=C3?=", b"=?utf-8?b?w6k=?=", b"=?x?q?=E9=0D=0A?=", b"a@b.example", b"<p>"),
        *(
            b"filename*0*=utf-8''%C3",
            b"; filename*1*=%A9",
            b'; name="a/b.jpg"',
            b"<a href='http://",
        ),
        *(b"Content-Transfer-Encoding: base64\r\n", b"quoted-printable", b"=E2=80=AE", b"&#0;"),
        *(
            b"Content-Disposition: attachment",
            b"\xcc\x81",
            b"\xed\xa0\x80",
            b"\xff\xfe",
            b"&#xd800;",
        ),
        *(
            "e\u202e\u0301".encode(),
            "\u2028".encode(),
            b"> ",
            b"Pada ",
            b" menulis:",
            b"<div hidden>",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=60))
def test_no_bytes_break_the_reading(pieces: list[bytes]) -> None:
    """Anybody may send any bytes; an exception would stop the mails behind it."""
    assert read_or_refused(b"".join(pieces)) == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_no_damage_to_a_mail_breaks_the_reading(name: str, data: st.DataObject) -> None:
    """Mails arrive cut, doubled and with bytes changed."""
    content = raw(name)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 40))
        content = content[:at] + data.draw(PIECES | st.binary(max_size=8)) + content[at + gone :]

    assert read_or_refused(content) == []
