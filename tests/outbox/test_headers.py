"""Headers: whatever others write, a header stays one header."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, strict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.errors import RejectedError
from automation.outbox import headers

PRINTABLE = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
LONG_ID = "<" + "a" * 120 + "@mail.warga.example>"


def _wire(name: str, value: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message[name] = value
    return message.as_bytes()


def _read(name: str, wire: bytes) -> str:
    return str(message_from_bytes(wire, policy=strict)[name])


@pytest.mark.parametrize(
    "text",
    [
        "[PKT-2026-0001] biasa saja",
        "[PKT-2026-0001] dua  spasi \N{EN DASH} “kutip” dan \N{GRINNING FACE} \u1b1a\u1b2e",
        "[PKT-2026-0001] =?utf-8?q?a=0D=0ABcc:_x?= hanya mirip kode",
        "=?utf-8?q?a=0D=0ABcc:_x?= di depan",
        "[PKT-2026-0001] " + "kata panjang " * 12 + "\N{EN DASH} " + "é" * 80,
        "[PKT-2026-0001] " + "x" * 120,
        "sendiri",
    ],
)
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    """Lost blanks, decoded codes and broken characters were all seen with the plain library."""
    wire = _wire("Subject", headers.subject(text))

    assert wire.isascii()
    assert _read("Subject", wire) == text


@settings(max_examples=100, deadline=None)
@given(st.text(PRINTABLE, min_size=1, max_size=120).map(lambda t: " ".join(t.split())))
def test_any_subject_is_one_header(text: str) -> None:
    """No subject of a stranger may become a second header."""
    wire = _wire("Subject", headers.subject(f"[PKT-2026-0001] {text}".strip()))
    read = message_from_bytes(wire, policy=strict)

    assert read.keys() == ["Subject"]
    assert max(len(line) for line in wire.splitlines()) <= 998
    assert "".join(str(read["Subject"]).split()) == "".join(f"[PKT-2026-0001]{text}".split())


@pytest.mark.parametrize("text", ["", "a\nBcc: x", "a\rb", "a\u2028b", "a\x00", "a\ud800"])
def test_a_subject_with_a_line_break_is_refused(text: str) -> None:
    """The last door before the wire stays shut even if a template errs."""
    with pytest.raises(RejectedError):
        headers.subject(text)


def test_long_message_ids_stay_whole() -> None:
    """Outlook's are long; encoded ones are found by no mail program."""
    value = headers.message_ids("References", [LONG_ID, "<b@c>"])
    assert value is not None
    wire = _wire("References", value)

    assert f"References: {LONG_ID}\r\n <b@c>\r\n".encode() in wire
    assert _read("References", wire) == f"{LONG_ID} <b@c>"


def test_a_long_conversation_keeps_its_beginning_and_its_end() -> None:
    """A header of hundreds of ids is refused by servers."""
    value = headers.message_ids("References", [f"<{n}@x>" for n in range(50)])
    assert value is not None
    kept = value.split()

    assert (kept[0], kept[1], kept[-1], len(kept)) == ("<0@x>", "<39@x>", "<49@x>", 12)


@pytest.mark.parametrize(
    "bad", ["", "a@b", "<>", "<a b@c>", "<a@b>\r\nBcc: x", "<é@b>", f"<{'a' * 300}@b>", "<<a@b>"]
)
def test_what_is_no_message_id_is_passed_over(bad: str) -> None:
    """It comes from a stranger's mail."""
    assert headers.message_ids("In-Reply-To", [bad]) is None


@pytest.mark.parametrize(
    "good",
    ["warga@desa.example", "a+b.c_d@x-y.id", "o'neil@x.id", " w@x.id ", "ketut@désa.example"],
)
def test_an_ordinary_address_is_taken(good: str) -> None:
    """Odd is not wrong."""
    assert headers.address(good, "somebody").addr_spec == good.strip()


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "warga",
        "@x.id",
        "a@",
        "a@b@c",
        "a@x.id, b@x.id",
        "a@x.id\nBcc: b@x.id",
        "a@x.id\r",
        "Made <a@x.id>",
        "=?utf-8?q?a=0D=0Ab?=@x.id",
        "a\u00a0b@x.id",
        "a@" + "x" * 260,
        "<a@x.id>",
        '"a b"@x.id',
    ],
)
def test_what_is_not_one_plain_address_is_refused(bad: str) -> None:
    """A letter to two people, or with a header more, is a leak."""
    with pytest.raises(RejectedError, match="Kasi PMD has no usable"):
        headers.address(bad, "Kasi PMD")
