"""What officers hand on: the citizen in it is found, and an officer is never taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.forwards import citizens
from tests.intake.mails import OFFICE, PETUGAS, attachment, mail

INSIDERS = frozenset({OFFICE, PETUGAS, "camat@kec-pekutatan.example"})
MADE = ("Made Sukreni", "made@warga.example")
SENT = "Subjek: jalan\nKepada: <petugas@kec-pekutatan.example>\n\nJalan rusak."
GMAIL = "Tanggal: Sel, 24 Nov 2026 pukul 07.58\n" + SENT
OUTLOOK = "Dikirim: Selasa, 24 November 2026 07.58\n" + SENT
FORMS = {
    "gmail": "---------- Pesan yang diteruskan ---------\n"
    "Dari: Made Sukreni <made@warga.example>\n" + GMAIL,
    "gmail english": "---------- Forwarded message ---------\n"
    "From: Made Sukreni <made@warga.example>\nDate: Tue, Nov 24, 2026 at 7:58 AM\nSubject: jalan\n",
    "outlook": "____________________\nDari: Made Sukreni <made@warga.example>\n" + OUTLOOK,
    "outlook link": "From: Made Sukreni [mailto:made@warga.example]\n" + OUTLOOK,
    "outlook both": "Dari: Made Sukreni <made@warga.example<mailto:made@warga.example>>\n"
    + OUTLOOK,
    "bold": "*Dari:* Made Sukreni <made@warga.example>\n" + OUTLOOK,
    "apple": "Begin forwarded message:\n\n> From: Made Sukreni <made@warga.example>\n> Subject: x\n"
    "> Date: 24 November 2026 07.58.05 WITA\n> To: x@kec-pekutatan.example\n>\n> Jalan rusak",
    "over two officers": "Dari: Camat <camat@kec-pekutatan.example>\n"
    + OUTLOOK
    + "\n\nDari: Made Sukreni <made@warga.example>\n"
    + OUTLOOK,
}
LETTER = (
    b"From: Made Sukreni <made@warga.example>\r\nSubject: jembatan putus\r\nMessage-ID: <7@w>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nJembatan putus.\r\n"
    b"--b\r\nContent-Type: image/jpeg; name=foto.jpg\r\n\r\n\xff\xd8\xff\r\n--b--\r\n"
)


@pytest.mark.parametrize("form", FORMS)
def test_the_citizen_is_found_in_every_form_that_programs_write(form: str) -> None:
    """The answer would have no address, or go to the officer."""
    text = f"Mohon dicatat.\n\n{FORMS[form]}"
    handed = citizens(mail(from_address=PETUGAS, subject="Fwd: jalan", text=text), INSIDERS)

    assert MADE == (handed.from_name, handed.from_address)
    assert ("jalan", text) == (handed.subject, handed.text)


def test_an_attached_mail_is_read_whole_below_the_officers_words() -> None:
    """Only "Mohon dicatat." would stand in the register, and the photo nowhere."""
    letter = attachment("jembatan putus.eml", "message/rfc822", LETTER)
    handed = citizens(
        mail(from_address=PETUGAS, text="Mohon dicatat.", attachments=(letter,)), INSIDERS
    )

    assert (*MADE, "jembatan putus", "<7@w>") == (
        handed.from_name,
        handed.from_address,
        handed.subject,
        handed.message_id,
    )
    assert "Mohon dicatat.\n\nJembatan putus." == handed.text
    assert ["jembatan putus.eml", "foto.jpg"] == [a.name for a in handed.attachments]
    assert "0" * 64 == handed.key


@pytest.mark.parametrize(
    "text",
    [
        "[24/11/26, 09.58] +62 812-0000-0301: air mati",
        "Dari: Ketut di Asahduren, lewat telepon",
        "Dari: Camat <camat@kec-pekutatan.example>\n" + OUTLOOK,
        "Dari: Made <made@warga.example>\nPerihal: jalan\nisi surat",
        "",
    ],
)
def test_without_a_citizen_the_sender_is_nobody(text: str) -> None:
    """The officer did not complain, and gets no answer as if."""
    handed = citizens(mail(from_address=PETUGAS, from_name="Petugas", text=text), INSIDERS)

    assert ("", "", "") == (handed.from_name, handed.from_address, handed.reply_to)


@pytest.mark.parametrize(
    "letter",
    [
        LETTER.replace(b"made@warga", b"camat@kec-pekutatan"),
        LETTER.replace(b"Subject", b"Reply-To: petugas@kec-pekutatan.example\r\nSubject"),
        b"halo",
    ],
)
def test_an_attached_mail_of_a_colleague_is_no_citizens(letter: bytes) -> None:
    """An officer who attaches a circular letter would be answered."""
    file = attachment("surat.eml", "message/rfc822", letter)
    handed = citizens(mail(from_address=PETUGAS, attachments=(file,)), INSIDERS)

    assert "" == handed.from_address


@given(
    st.lists(st.sampled_from([*"<>[]:@ \n", "Dari:", "mailto:", "a@b.example", "07.58", OUTLOOK]))
)
def test_no_forward_is_too_odd(pieces: list[str]) -> None:
    """An officer forwards what strangers wrote."""
    assert citizens(mail(text="".join(pieces)), INSIDERS).from_address not in INSIDERS
