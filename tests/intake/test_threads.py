"""Threads: an addition finds its case, and nothing else finds one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.threads import letter_code, letter_of, numbers, referenced
from automation.model import InboundMail
from tests.intake.mails import ACK, CASE, attachment, mail

PREFIXES = ["", "Re: ", "RE: ", "Bls: ", "Balasan: ", "Fwd: ", "Trs: ", "Re: Bls: Fwd: ", "re:"]


# --- register numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "written",
    [
        "[PKT-2026-0140]",
        "PKT-2026-0140",
        "[pkt-2026-0140]",
        "PKT 2026 0140",
        "PKT - 2026 - 0140",
        "PKT-2026-\n 0140",
        "PKT\u20112026\u20110140",
        "PKT\u20132026\u20130140",
        "PKT/2026/0140",
        "PKT.2026.0140",
        "PKT20260140",
        "PKT-2026-140",
        "PKT_2026_0140",
        "nomor:PKT-2026-0140.",
    ],
)
def test_a_number_survives_what_people_and_programs_do_to_it(prefix: str, written: str) -> None:
    """A citizen who types the number by hand would start a second case."""
    assert numbers(f"{prefix}{written} Tanggapan Pengaduan") == (CASE,)


@pytest.mark.parametrize(
    "subject",
    [
        "lapor jalan rusak",
        "APKT-2026-0140",
        "PKT-26-0140",
        "PKT-2026",
        "PKT tahun 2026 nomor 0140",
        "PKT 2026 5 pohon tumbang",
        "PKT-2026-0140140140",
        "2026-0140",
    ],
)
def test_what_only_resembles_a_number_is_none(subject: str) -> None:
    """A wrong number would hold a first complaint back."""
    assert numbers(subject) == ()


def test_several_numbers_are_given_once_each_in_order() -> None:
    """A complainant with two cases names both; the wrong one must not hide the other."""
    subject = "PKT-2026-0002 dan PKT-2026-0001, PKT 2026 0002"

    assert numbers(subject) == ("PKT-2026-0002", "PKT-2026-0001")


@given(st.integers(2020, 2099), st.integers(1, 99_999))
def test_every_number_that_the_register_gives_is_read_back(year: int, last: int) -> None:
    """After 9999 numbers grow a digit; their answers must still find them."""
    number = f"PKT-{year}-{last:04d}"

    assert numbers(f"Bls: [{number}] Tanggapan") == (number,)


@given(st.text())
def test_no_subject_is_too_odd(subject: str) -> None:
    """Subjects are hostile input."""
    assert all(letter.startswith("PKT-") for letter in numbers(subject))


# --- Message-IDs --------------------------------------------------------------------------------


def test_the_form_of_our_letters_is_known() -> None:
    """Number and domain stand in each letter's Message-ID, also when a server changed its case."""
    assert letter_of(ACK) == (CASE, "kec-pekutatan.example")
    assert letter_of(ACK.upper()) == (CASE, "kec-pekutatan.example")
    assert letter_of(ACK.lower()) == (CASE, "kec-pekutatan.example")


@pytest.mark.parametrize("other", ["", "<1@warga.example>", f"x{ACK}", CASE, f"<{CASE}@a.example>"])
def test_other_message_ids_are_of_no_letter(other: str) -> None:
    """A citizen's mail must not be taken for a letter of ours."""
    assert letter_of(other) == ("", "")


def test_the_code_of_a_letter_stands_in_its_message_id() -> None:
    """Only a letter to the complainant that came back is the complainant's trouble."""
    ids = ("<1@warga.example>", ACK.replace("0140", "0141").replace("t01", "t10"), ACK)

    assert ("t01", "t10", "") == tuple(
        letter_code(ids, f"PKT-2026-{last}") for last in ("0140", "0141", "0142")
    )


def test_the_mail_that_is_answered_tells_most() -> None:
    """In a conversation over two cases the case of the answered letter counts."""
    answer = mail(in_reply_to=("<b@x>",), references=("<first@x>", "<a@x>", "<b@x>"))

    assert referenced(answer) == ("<b@x>", "<a@x>", "<first@x>")


def test_a_first_mail_refers_to_nothing() -> None:
    """A letter's Message-ID in a citizen's text is no thread: the text may be a neighbour's."""
    assert referenced(mail(text=f"tetangga saya mendapat {ACK}")) == ()


@pytest.mark.parametrize(
    "bounce",
    [
        mail(from_address="mailer-daemon@mx.example", text=f"Message-ID: {ACK}\n"),
        mail(
            parts=("multipart/report", "text/plain", "message/rfc822"),
            attachments=(
                attachment("surat.eml", "message/rfc822", f"Message-ID: {ACK}\r\n".encode()),
            ),
        ),
    ],
)
def test_a_bounce_names_the_letter_that_came_back(bounce: InboundMail) -> None:
    """Without it nobody learns which citizen was not reached."""
    assert ACK in referenced(bounce)


def test_a_conversation_without_end_is_cut() -> None:
    """Ten thousand references must not become a query of ten thousand."""
    many = tuple(f"<{at}@x>" for at in range(10_000))

    assert referenced(mail(references=many))[:2] == ("<9999@x>", "<9998@x>")
    assert len(referenced(mail(references=many))) == 100
