"""Letters: what leaves the house is what was meant, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.errors import RejectedError, TransientError
from automation.model import Case, LetterCode, Official, Role, Stage
from tests.outbox.samples import (
    BY_HAND,
    CASE,
    FACTS,
    LINK,
    NOW,
    OFFICE,
    ROOT,
    SENDER,
    SHAPES,
    WRITER,
    Page,
    arrived,
    at,
    html_of,
    letter,
    text_of,
    writer,
    written,
)

INTERNAL = [code for code, (to, _) in FACTS.items() if to is not Role.PELAPOR]
TO_COMPLAINANT = [LetterCode.T01, LetterCode.T10]
GOLDEN: dict[str, tuple[LetterCode, Case]] = {
    **{code: (code, BY_HAND if code is LetterCode.T07 else CASE) for code in LetterCode},
    "T01-luar-jam": (LetterCode.T01, replace(SHAPES["outside hours"], name="", subject="")),
    "T03-rahasia": (LetterCode.T03, SHAPES["confidential"]),
    "T05-rahasia": (LetterCode.T05, SHAPES["confidential"]),
    "T07-telepon": (LetterCode.T07, SHAPES["by telepon"]),
    "T16-tanda-terima": (LetterCode.T16, SHAPES["before the answer"]),
}
HOSTILE = [
    "  menjorok, spasi di akhir   \n\tdengan tab\t\n",
    "titik sendiri\n.\n..\n.titik\nFrom yang lama\n>From\n",
    "baris pertama\r\nbaris kedua\rbaris ketiga\n\n\n\nempat",
    "panjang " * 3000 + "x" * 5000,
    "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{WHITE HEAVY CHECK MARK} \u1b1a\u1b2e\u1b26\u1b44",
    "=?utf-8?q?bukan?= kode =3D =20\n--=_batas\n-- \ntanda tangan",
    "{{ nomor }} {% if %} {# #} </p><script>alert(1)</script> &amp; <b>",
    "\x0b\x0c\x1c\x85\u2028\u2029 pemisah langka \x00",
    "-----\n" + LINK + "\n" + LINK,
    "." * 200 + "\nFrom " + "a" * 200 + "\n" + "." * 75 + "\n" + "." * 76,
]


# --- the texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOLDEN)
def test_a_letter_reads_as_it_was_last_approved(
    name: str, golden: Callable[[str, str], None]
) -> None:
    """A careless change of a template would reach citizens unread."""
    message = written(*GOLDEN[name])

    golden(f"{name}.txt", f"Subject: {message['Subject']}\n\n{text_of(message)}")
    if name in set(LetterCode):
        golden(f"{name}.html", html_of(message))


def test_the_end_of_a_fault_is_told(golden: Callable[[str, str], None]) -> None:
    """Whoever was alarmed must learn that it is over."""
    message = WRITER.compose(letter(LetterCode.T19, pulih="ya"), None, OFFICE, LINK, NOW)

    golden("T19-pulih.txt", f"Subject: {message['Subject']}\n\n{text_of(message)}")


def test_a_used_up_time_is_told_without_a_minus() -> None:
    """`Sisa waktu -3 menit` is no sentence that an office writes."""
    message = WRITER.compose(letter(LetterCode.T06, sisa="-3"), CASE, OFFICE, LINK, NOW)

    assert "telah lewat 3 menit" in text_of(message)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("code", LetterCode)
def test_every_letter_can_be_written_about_every_case(code: LetterCode, shape: str) -> None:
    """A letter that fails only for odd cases fails on the day it is needed."""
    message = written(code, SHAPES[shape])
    text = text_of(message)

    assert text == text.strip() + "\n"
    assert "None" not in text
    assert "\n\n\n" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert Page(html_of(message)).text + "\n" == text


@pytest.mark.parametrize("code", LetterCode)
def test_an_office_that_filled_in_little_still_writes(code: LetterCode) -> None:
    """Phone, address and hours may be missing on the first day."""
    bare = replace(OFFICE, phone="", address="", calendar=replace(OFFICE.calendar, hours=()))
    text = text_of(written(code, office=bare))

    assert text.endswith(f"\nPetugas Pengaduan \N{EN DASH} {OFFICE.name}\nTidak dipungut biaya\n")


def test_the_acknowledgement_promises_only_what_works() -> None:
    """STATUS and RAHASIA are not understood yet; a promise of them would be broken."""
    text = text_of(written(LetterCode.T01))

    assert "STATUS" not in text
    assert "RAHASIA" not in text


def test_the_acknowledgement_repeats_no_link_of_a_stranger() -> None:
    """It goes out by itself: whoever forges an address could advertise in our name."""
    assert "jahat" not in written(LetterCode.T01, SHAPES["link in subject"]).as_string()


def test_every_word_in_quotation_marks_stands_in_the_register() -> None:
    """A letter that names a column or a choice that does not exist sends people searching."""
    schema = "".join(
        (ROOT / "sheets_schema" / f).read_text() for f in ("register.toml", "words.toml")
    )
    texts = "".join(text_of(written(code, case)) for code, case in GOLDEN.values())
    quoted = set(texts.split('"')[1::2])

    assert "Keputusan Camat" in quoted
    assert {word for word in quoted if f' = "{word}"\n' not in schema} == set()


# --- who may read what --------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["plain", "confidential", "by telepon", "nothing typed"])
@pytest.mark.parametrize("code", INTERNAL)
def test_officials_are_not_told_who_complained(code: LetterCode, shape: str) -> None:
    """Internal mails lie in many mailboxes; identity is read in the register."""
    text = written(code, SHAPES[shape]).as_string()

    assert "Darmayasa" not in text
    assert "darmayasa" not in text
    assert CASE.phone not in text


@pytest.mark.parametrize("code", INTERNAL)
def test_a_confidential_complaint_says_nothing_by_mail(code: LetterCode) -> None:
    """What a confidential complaint is about can give its author away."""
    text = str(written(code, SHAPES["confidential"])["Subject"]) + text_of(
        written(code, SHAPES["confidential"])
    )

    for secret in ("berlubang", "Medewi", "Lubang", "Sebutkan", "Perbekel"):
        assert secret not in text


def test_an_identity_number_in_a_subject_is_masked_for_officials() -> None:
    """A NIK belongs neither into the register nor into mailboxes (UU 27/2022)."""
    message = written(LetterCode.T03, replace(CASE, subject="KTP 5101020304050001 hilang"))

    assert "5101••••••••0001 hilang" in str(message["Subject"])


@pytest.mark.parametrize("code", TO_COMPLAINANT)
def test_complainants_are_not_told_what_officials_noted(code: LetterCode) -> None:
    """Notes, unfinished drafts and the link to the register stay in the house."""
    message = written(code)
    text = text_of(message) + html_of(message)

    for secret in (*CASE.fields.values(), CASE.versions[0], LINK):
        assert secret not in text


@pytest.mark.parametrize("code", [c for c in INTERNAL if c is not LetterCode.T19])
def test_only_our_own_link_can_be_clicked(code: LetterCode) -> None:
    """A citizen's or a colleague's text is text: no markup, no link, nothing from outside."""
    draft = f"<a href='https://jahat.example'>klik</a> https://jahat.example {ROOT}"
    case = replace(BY_HAND, subject="<img src=x>", versions=("", draft))
    page = Page(html_of(written(code, case)))

    assert page.links == [LINK]
    assert not page.tags & {"script", "img", "link", "iframe", "form", "object"}
    assert not page.attributes & {"src", "background", "style", "onload"}


def test_a_link_that_is_no_web_address_is_not_clickable() -> None:
    """Whatever the link is made from, `javascript:` must not become one."""
    message = WRITER.compose(letter(LetterCode.T03), CASE, OFFICE, "javascript:alert(1)", NOW)

    assert Page(html_of(message)).links == []


# --- the sealed answer --------------------------------------------------------------------------


@pytest.mark.parametrize("answer", HOSTILE)
def test_the_approved_text_arrives_unchanged(answer: str) -> None:
    """The citizen must read what the Camat approved, to the last blank."""
    expected = answer.replace("\r\n", "\n").replace("\r", "\n")
    for code, case in ((LetterCode.T10, CASE), (LetterCode.T07, BY_HAND)):
        read = arrived(written(code, replace(case, versions=("", answer))))

        assert f"\n\n{expected}\n\n" in text_of(read)
        assert f"\n\n{expected}\n\n" in Page(html_of(read)).text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=300))
def test_any_approved_text_arrives_unchanged(answer: str) -> None:
    """There is no character that the way to the citizen may alter."""
    read = arrived(written(LetterCode.T10, replace(CASE, versions=("", answer))))

    assert f"\n\n{answer}\n\n" in text_of(read)


@pytest.mark.parametrize("answer", HOSTILE)
def test_no_line_on_the_wire_tempts_a_mail_server(answer: str) -> None:
    """Old programs change `From `, lone full stops, long lines and what is not ASCII."""
    wire = written(LetterCode.T10, replace(CASE, versions=("", answer))).as_bytes(policy=SMTP)
    body = wire.partition(b"\r\n\r\n")[2].split(b"\r\n")

    assert wire.isascii()
    assert max(len(line) for line in body) <= 76
    assert not [line for line in body if line.startswith((b"From ", b"."))]


@pytest.mark.parametrize("code", [LetterCode.T07, LetterCode.T10])
@pytest.mark.parametrize("versi", ["0", "1", "3"])
def test_an_answer_that_was_not_approved_does_not_leave(code: LetterCode, versi: str) -> None:
    """Only the version that the Camat approved may go out, whatever was planned."""
    with pytest.raises(RejectedError, match="version"):
        WRITER.compose(letter(code, versi=versi), CASE, OFFICE, LINK, NOW)


@pytest.mark.parametrize("versi", ["0", "3"])
def test_a_draft_that_does_not_exist_is_not_shown(versi: str) -> None:
    """The Camat must not be asked to approve another version than the one named."""
    with pytest.raises(RejectedError, match=f"no version {versi}"):
        WRITER.compose(letter(LetterCode.T05, versi=versi), CASE, OFFICE, LINK, NOW)


def test_an_answer_without_its_approval_does_not_leave() -> None:
    """The letter tells when it was approved; nobody may invent that."""
    with pytest.raises(RejectedError, match="approved"):
        written(LetterCode.T10, replace(CASE, approved_at=None))


def test_half_a_character_stops_the_letter() -> None:
    """Replacing it would change what was approved."""
    with pytest.raises(RejectedError, match="half a character"):
        written(LetterCode.T10, replace(CASE, versions=("", "rusak \ud83d")))


def test_a_letter_is_written_the_same_way_twice() -> None:
    """After a crash the same letter, not a similar one, is sent again."""
    assert written(LetterCode.T10).as_bytes() == written(LetterCode.T10).as_bytes()


# --- recipients ---------------------------------------------------------------------------------


def test_each_letter_goes_to_whom_it_is_for() -> None:
    """A draft in the wrong mailbox cannot be called back."""
    found = {code: str(written(code)["To"]) for code in LetterCode}

    assert found == {
        LetterCode.T01: CASE.email,
        LetterCode.T03: "sekcam@kec.example",
        LetterCode.T04: "pmd@kec.example",
        LetterCode.T05: "camat@kec.example",
        LetterCode.T06: "pmd@kec.example",
        LetterCode.T07: "petugas@kec.example",
        LetterCode.T10: CASE.email,
        LetterCode.T16: "petugas@kec.example",
        LetterCode.T19: "petugas@kec.example",
    }


def test_an_official_without_address_is_named() -> None:
    """The office must learn which line of the tab Peran to fill in."""
    stranger = replace(letter(LetterCode.T04), kasi="kasi_baru")

    with pytest.raises(
        TransientError, match="the tab Peran has no mail address for Kasi kasi_baru"
    ):
        WRITER.compose(stranger, CASE, OFFICE, LINK, NOW)


def test_an_address_of_an_official_that_is_none_is_named() -> None:
    """A typing mistake in the tab Peran must not become a header."""
    camat = Official(Role.CAMAT, "", "Camat Pekutatan", "", "camat@kec.example\nBcc: x@y.example")

    with pytest.raises(RejectedError, match="Camat Pekutatan in the tab Peran"):
        written(LetterCode.T05, office=replace(OFFICE, officials=(camat,)))


def test_a_complainant_without_address_gets_no_mail() -> None:
    """Such an answer is conveyed by the Petugas; a mail to nobody would look sent."""
    with pytest.raises(RejectedError, match="the complainant of PKT-2026-0001"):
        WRITER.compose(letter(LetterCode.T10), BY_HAND, OFFICE, LINK, NOW)


def test_a_letter_about_an_unknown_case_is_refused() -> None:
    """A letter without its case would be full of holes."""
    for code in (LetterCode.T01, LetterCode.T03):
        with pytest.raises(RejectedError):
            WRITER.compose(letter(code), None, OFFICE, LINK, NOW)


# --- headers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("code", LetterCode)
def test_a_strict_reader_finds_nothing_wrong(code: LetterCode, shape: str) -> None:
    """RFC 5322: one of each header, no defect, nothing that somebody smuggled in."""
    sent = written(code, SHAPES[shape])
    read = arrived(sent)

    assert [d for value in read.values() for d in getattr(value, "defects", ())] == []
    assert len(set(read.keys())) == len(read.keys())
    assert "Bcc" not in read
    assert str(read["Subject"]) == str(sent["Subject"])
    assert read.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in read.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("code", [c for c in LetterCode if c is not LetterCode.T19])
def test_the_number_stands_readable_in_every_subject(code: LetterCode) -> None:
    """Replies are tied to their case by it, also by programs that decode nothing."""
    assert b"\nSubject: [PKT-2026-0001]" in written(code).as_bytes()


def test_only_the_answer_is_not_marked_as_automatic() -> None:
    """RFC 3834: robots must not answer robots; an answer is a person's word."""
    kinds = {code: str(written(code).get("Auto-Submitted", "")) for code in LetterCode}

    assert kinds.pop(LetterCode.T01) == "auto-replied"
    assert kinds.pop(LetterCode.T10) == ""
    assert set(kinds.values()) == {"auto-generated"}


def test_holiday_notices_are_held_back_everywhere() -> None:
    """They would come back as mails to handle."""
    kinds = {code: str(written(code)["X-Auto-Response-Suppress"]) for code in LetterCode}

    assert kinds.pop(LetterCode.T10) == "OOF, AutoReply"
    assert set(kinds.values()) == {"All"}


def test_a_letter_says_who_sent_it_when_and_that_it_is_ours() -> None:
    """Bounces come home to the mailbox, and our own letters are known when they do."""
    read = arrived(written(LetterCode.T01))

    assert str(read["From"]) == f"Kantor Camat Pekutatan <{SENDER}>"
    assert str(read["Date"]) == "Tue, 24 Nov 2026 09:05:00 +0800"
    assert read["X-Pengaduan-Register"] == "kec-pekutatan.example"
    assert read["Message-ID"] == WRITER.message_id("PKT-2026-0001/T01/1")


def test_an_office_name_with_signs_in_it_stays_one_name() -> None:
    """The name is typed in the sheet: commas, quotes, breaks and codes must not make addresses."""
    name = 'Kantor "Camat", =?utf-8?q?a=0D=0ABcc:x?=\r\nBcc: x@y.example ' + "\N{EN DASH}" * 30
    read = arrived(written(LetterCode.T01, office=replace(OFFICE, name=name)))

    assert [a.addr_spec for a in read["From"].addresses] == [SENDER]
    assert "Bcc" not in read


def test_a_letter_to_the_complainant_continues_the_conversation() -> None:
    """Mail programs show question and answer together by these headers."""
    read = arrived(written(LetterCode.T10))

    assert read["In-Reply-To"] == CASE.message_id
    assert read["References"] == f"{CASE.thread[0]} {CASE.message_id}"


@pytest.mark.parametrize("code", INTERNAL)
def test_an_internal_letter_names_no_mail_of_the_complainant(code: LetterCode) -> None:
    """Message-IDs tell where somebody has a mailbox."""
    assert "warga.example" not in written(code).as_string()


def test_what_is_no_message_id_is_left_out() -> None:
    """A broken or hostile Message-ID must not cost the complainant the letter."""
    read = arrived(written(LetterCode.T01, SHAPES["broken thread"]))

    assert "In-Reply-To" not in read
    assert "References" not in read


# --- Message-IDs --------------------------------------------------------------------------------


def test_a_message_id_is_always_the_same_and_nobody_else_can_make_it() -> None:
    """After a crash the Sent folder is searched for it; replies are trusted because of it."""
    found = WRITER.message_id("PKT-2026-0001/T10/1")

    assert found == WRITER.message_id("PKT-2026-0001/T10/1")
    assert found.startswith("<PKT-2026-0001.t10.1.")
    assert found.endswith("@kec-pekutatan.example>")
    assert found != WRITER.message_id("PKT-2026-0001/T10/2")
    assert found != writer(secret=b"lain").message_id("PKT-2026-0001/T10/1")


@pytest.mark.parametrize(
    "key", ["PKT-2026-0001/T16/T01.1", "sistem/T19/mailbox-2026-11-24T08:12:00+08:00-pulih"]
)
def test_any_key_makes_a_message_id_that_a_strict_reader_takes(key: str) -> None:
    """RFC 5322 3.6.4 allows few signs; a colon would make some servers refuse the letter."""
    odd = replace(letter(LetterCode.T03), key=key)
    read = arrived(WRITER.compose(odd, CASE, OFFICE, LINK, NOW))

    assert read["Message-ID"] == WRITER.message_id(key)
    assert not read["Message-ID"].defects


# --- the office's own templates -----------------------------------------------------------------


def _own(folder: Path, text: str) -> Path:
    (folder / "id").mkdir()
    (folder / "id" / "T03.j2").write_text(text, encoding="utf-8")
    return folder


def test_the_office_may_word_a_letter_itself(tmp_path: Path) -> None:
    """Its folder comes first; what it does not reword stays as packaged."""
    own = _own(tmp_path, "{% block subject %}S{% endblock %}{% block text %}Halo{% endblock %}")
    ours = writer(own)

    assert text_of(ours.compose(letter(LetterCode.T03), CASE, OFFICE, LINK, NOW)) == "Halo\n"
    assert "Yth." in text_of(ours.compose(letter(LetterCode.T04), CASE, OFFICE, LINK, NOW))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{% block subject %}S{% endblock %}{% block text %}{{ nama }}{% endblock %}", "nama"),
        ("{% block subject %}S{% endblock %}{% block text %}{% if %}{% endblock %}", "Expected"),
        ("{% block subject %}S{% endblock %}", "no block 'text'"),
        ("{% block subject %}a\nBcc: b{% endblock %}{% block text %}{% endblock %}", "line break"),
    ],
)
def test_a_template_at_fault_stops_its_own_letter(tmp_path: Path, text: str, fault: str) -> None:
    """A misspelt name must be told to a person, and must not reach a reader as a gap."""
    with pytest.raises(RejectedError, match=fault):
        writer(_own(tmp_path, text)).compose(letter(LetterCode.T03), CASE, OFFICE, LINK, NOW)


def test_a_refused_letter_tells_the_petugas_what_to_do_at_that_stage() -> None:
    """`Sudah disampaikan` means nothing while there is no answer."""
    early = text_of(written(LetterCode.T16, SHAPES["before the answer"]))
    late = text_of(written(LetterCode.T16, replace(CASE, stage=Stage.SIAP_DISAMPAIKAN)))

    assert "Sudah disampaikan" not in early
    assert "Sudah disampaikan" in late


def test_a_late_answer_in_the_afternoon_greets_as_usual() -> None:
    """The text is copied as it stands into a chat."""
    message = WRITER.compose(letter(LetterCode.T07), BY_HAND, OFFICE, LINK, at(16))

    assert "\nSelamat sore, kami dari" in text_of(message)
