"""How a cell is read, and what the worker's cells say."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.model import Act, Case, Cell, Channel, Note, Office, Official, Role, Row, Stage
from automation.register import rows
from automation.register.schema import Schema

WITA = ZoneInfo("Asia/Makassar")


# --- one cell -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (812_345.0, "812345"),
        (7, "7"),
        (1.5, "1.5"),
        (" Yth. \n", " Yth. \n"),
    ],
)
def test_a_cell_reads_as_it_was_typed(cell: Cell, text: str) -> None:
    """A phone number must not end in `.0`, and the approved draft stays byte for byte."""
    assert rows.text(cell) == text


@pytest.mark.parametrize(
    ("raw", "fit"),
    [
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("a\x00b\x1b[31mc\x85", "ab[31mc"),
        ("rusak\ud800\uffff", "rusak"),
        ("NIK 5101031708900001.", "NIK 5101••••••••0001."),
        ("5101 0317 0890 0001", "5101••••••••0001"),
        ("5101.0317.0890.0001", "5101••••••••0001"),
        ("081234567890", "081234567890"),
        ("+62 812-3456-7890", "+62 812-3456-7890"),
        ("rekening 51010317089000011", "rekening 51010317089000011"),
        ("=IMPORTXML(A1)", "=IMPORTXML(A1)"),
    ],
)
def test_a_foreign_text_is_made_fit(raw: str, fit: str) -> None:
    """No control characters, no NIK; phone numbers and longer numbers stay."""
    assert rows.clean(raw) == fit


def test_a_long_text_is_cut_with_a_pointer() -> None:
    """The rest lies in the archive, and the reader is told so."""
    found = rows.clean("x" * 60_000)
    assert found.endswith("tersimpan dalam arsip.]")
    assert found.startswith("x" * rows.LIMIT)


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=400), st.integers(1, 400))
def test_a_cleaned_text_always_fits(piece: str, times: int) -> None:
    """One character too many and Google refuses the whole request; a control breaks the view."""
    found = rows.clean(piece * times)
    assert len(found.encode("utf-16-le")) // 2 <= 50_000
    assert {unicodedata.category(c) for c in found if c not in "\t\n"}.isdisjoint({"Cc", "Cs"})


@given(st.text(max_size=60))
def test_cleaning_is_done_once_for_all(raw: str) -> None:
    """What was cleaned before must not be written anew in each pass."""
    assert rows.clean(rows.clean(raw)) == rows.clean(raw)


# --- dates --------------------------------------------------------------------------------------


def test_a_moment_is_a_serial_of_the_offices_wall_clock() -> None:
    """Known to every spreadsheet: 1 January 2020 is day 43831."""
    moment = datetime(2019, 12, 31, 22, tzinfo=UTC)
    assert rows.serial(moment, "Asia/Makassar") == 43_831.25


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(WITA)),  # noqa: DTZ001 - hypothesis wants bare bounds
)
def test_a_serial_leads_back_to_the_second(moment: datetime) -> None:
    """A deadline that drifts by a second would be rewritten for ever."""
    found = rows.wall(rows.serial(moment, "Asia/Makassar")).replace(tzinfo=WITA)
    assert abs(found - moment) <= timedelta(seconds=0.5)
    assert found.microsecond == 0


# --- choices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "typed", "act", "kasi"),
    [
        ("keputusan_camat", "Disetujui", Act.DISETUJUI, ""),
        ("keputusan_camat", " acc. ", Act.DISETUJUI, ""),
        ("keputusan_camat", "SETUJU", Act.DISETUJUI, ""),
        ("keputusan_camat", "tidak setuju", None, ""),
        ("keputusan_camat", "", None, ""),
        ("status_petugas", "sudah  disampaikan", Act.SUDAH_DISAMPAIKAN, ""),
        ("status_kasi", "naik ke Camat", Act.DIAJUKAN, ""),
        ("disposisi", "Kasi PMD", Act.DISPOSISI, "kasi_pmd"),
        ("disposisi", "pmd", Act.DISPOSISI, "kasi_pmd"),
        ("disposisi", "kasi_pmd", Act.DISPOSISI, "kasi_pmd"),
        ("disposisi", "kembali", Act.KEMBALI_KE_PETUGAS, ""),
        ("disposisi", "Disposisi", None, ""),
        ("disposisi", "Kasi Keuangan", None, ""),
        ("status_kasi", "Kasi PMD", None, ""),
    ],
)
def test_a_choice_is_read_tolerantly_and_never_guessed(
    column: str, typed: str, act: Act | None, kasi: str, schema: Schema, office: Office
) -> None:
    """`acc` is an approval; `tidak setuju` must not become one because it contains a word."""
    assert rows.act_of(column, typed, schema, office) == (act, kasi)


def test_a_name_that_fits_two_kasi_fits_none(schema: Schema, office: Office) -> None:
    """Two offices merged under one title: the complaint must not go to whoever stands first."""
    twin = Official(Role.KASI, "kasi_lama", "Kasi PMD", "", "")
    office = replace(office, officials=(*office.officials, twin))
    assert rows.act_of("disposisi", "Kasi PMD", schema, office) == (None, "")
    assert rows.act_of("disposisi", "kasi_lama", schema, office) == (Act.DISPOSISI, "kasi_lama")


@pytest.mark.parametrize(
    ("typed", "channel"),
    [
        ("WA", Channel.WHATSAPP),
        ("e-mail", Channel.EMAIL),
        ("SP4N-LAPOR!", Channel.SP4N),
        ("datang langsung", Channel.LANGSUNG),
        ("merpati", None),
        ("", None),
    ],
)
def test_a_channel_is_read_tolerantly(typed: str, channel: Channel | None, schema: Schema) -> None:
    """The Petugas types what people say."""
    assert rows.channel_of(typed, schema) is channel


# --- contact ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "email", "phone"),
    [
        ("Sari@Example.org", "sari@example.org", ""),
        ("0812-0000-0301", "", "0812-0000-0301"),
        ("sari@example.org / +62 812 0000 0301", "sari@example.org", "+62 812 0000 0301"),
        ("WA 081200000301 (suami)", "", "081200000301"),
        ("sari.0812345678@example.org", "sari.0812345678@example.org", ""),
        ("tidak ada", "", ""),
        ("", "", ""),
    ],
)
def test_a_contact_is_an_address_a_number_or_both(typed: str, email: str, phone: str) -> None:
    """The answer goes where this says; digits of an address are no telephone."""
    assert rows.contact(typed) == (email, phone)


# --- what the worker says -----------------------------------------------------------------------


def test_a_row_shows_where_the_case_stands(case: Case, schema: Schema, office: Office) -> None:
    """Dates as serials on the wall clock, words of the office, whose turn it is."""
    case = replace(case, attachments=("a.jpg", "b.pdf"), trail=("Sekcam 08.25", "Kasi 08.40"))
    found = rows.shown(case, 38, schema, office)
    assert (found["lampiran"], found["jejak_paraf"]) == ("a.jpg, b.pdf", "Sekcam 08.25; Kasi 08.40")
    assert (found["nomor"], found["jam"], found["sisa_menit"]) == ("PKT-2026-0001", "08.12", 38)
    assert (found["tahap"], found["tanggal"]) == ("Menunggu disposisi", 46_350.0)
    assert rows.wall(float(found["batas_waktu"] or 0)) == case.due.replace(tzinfo=None)
    assert found["pesan_sistem"] == "Menunggu disposisi Sekcam – sisa 38 menit."  # noqa: RUF001 - the office's dash


def test_nothing_foreign_reaches_a_cell_unclean(case: Case, schema: Schema, office: Office) -> None:
    """A NIK in a text, a file's name, a subject or a quoted word is masked wherever it stands."""
    nik = "5101031708900001"
    case = replace(
        case,
        name=nik,
        email=nik,
        subject=nik,
        text=nik,
        attachments=(f"{nik}.jpg",),
        trail=(nik,),
        problem=Note("kata_tidak_dikenal", {"kata": nik, "kolom": "disposisi"}),
    )
    cells = {**rows.prefilled(case, schema), **rows.shown(case, 1, schema, office)}
    assert [name for name, cell in cells.items() if nik in rows.text(cell)] == []
    assert "••••" in str(rows.prefilled(case, schema)["uraian"])


def test_lateness_is_said_in_words(case: Case, schema: Schema, office: Office) -> None:
    """`sisa -12 menit` is no sentence."""
    found = rows.shown(case, -12, schema, office)
    assert "lewat 12 menit" in str(found["pesan_sistem"])
    assert found["sisa_menit"] == -12


def test_minutes_vanish_when_nobody_waits(case: Case, schema: Schema, office: Office) -> None:
    """A closed case that counted on would look late for ever."""
    found = rows.shown(replace(case, stage=Stage.SELESAI), 38, schema, office)
    assert (found["sisa_menit"], found["pesan_sistem"]) == ("", "")


def test_a_problem_is_said_instead_of_the_turn(case: Case, schema: Schema, office: Office) -> None:
    """One plain sentence: what is wrong and how to mend it, with titles for keys."""
    note = Note("kata_tidak_dikenal", {"kata": "mungkin", "kolom": "keputusan_camat"})
    found = rows.shown(replace(case, problem=note), 38, schema, office)["pesan_sistem"]
    told = 'Pilihan "mungkin" pada kolom Keputusan Camat tidak dikenal. Mohon pilih dari daftar.'
    assert found == told


def test_who_has_no_address_is_called_by_the_petugas(
    case: Case, schema: Schema, office: Office
) -> None:
    """Without an address no mail goes by itself."""
    case = replace(case, stage=Stage.SIAP_DISAMPAIKAN, email="", channel=Channel.WHATSAPP)
    found = rows.shown(case, 5, schema, office)["pesan_sistem"]
    assert "Mohon Petugas menyampaikan lewat WhatsApp" in str(found)


def test_facts_of_any_kind_make_a_sentence(schema: Schema, office: Office) -> None:
    """Keys become words, a missing fact a dash, a novel is cut, braces do no harm."""
    facts = {"kasi": "kasi_pmd", "tahap": "selesai", "kata": "x" * 999, "sebab": "{0.__class__}"}
    found = rows.fill("{kasi}|{tahap}|{kata}|{sebab}|{lupa}", facts, schema, office)
    assert found == f"Kasi PMD|Selesai|{'x' * 300}…|{{0.__class__}}|-"


def test_a_row_born_by_mail_keeps_its_text(case: Case, schema: Schema, office: Office) -> None:
    """What the citizen wrote is the worker's; in a hand-entered row it is the Petugas'."""
    assert rows.shown(case, 1, schema, office)["uraian"] == case.text
    assert "uraian" not in rows.shown(replace(case, mail_key=""), 1, schema, office)


def test_how_the_answer_left_is_shown_once_it_has(
    case: Case, schema: Schema, office: Office
) -> None:
    """By mail unless the Petugas conveyed it himself."""
    done = replace(case, conveyed_at=case.due)
    by_hand = replace(done, handled={"status_petugas": "sudah"})
    column = "disampaikan_lewat"
    assert column not in rows.shown(case, 1, schema, office)
    assert rows.shown(done, 1, schema, office)[column] == "Email (sistem)"
    assert column not in rows.shown(by_hand, 1, schema, office)


# --- people's cells -----------------------------------------------------------------------------


def test_a_row_is_first_filled_from_the_mail(case: Case, schema: Schema) -> None:
    """Name, contact, subject and text, cleaned; the contact is the address, else the number."""
    found = rows.prefilled(replace(case, name="Ni\x00 Luh"), schema)
    assert found == {
        "kanal": "Email",
        "nama": "Ni Luh",
        "kontak": "sari@example.org",
        "perihal": "Lampu jalan padam",
        "uraian": "Lampu jalan padam sejak Senin.",
    }
    by_phone = replace(case, email="", phone="0812")
    assert rows.prefilled(by_phone, schema)["kontak"] == "0812"


def seen(case: Case, schema: Schema, **typed: str) -> Case:
    """Give the case as it is remembered after its row was read with these cells."""
    first = {name: rows.text(cell) for name, cell in rows.prefilled(case, schema).items()}
    return replace(
        case, fields=dict.fromkeys((c.name for c in schema.theirs()), "") | first | typed
    )


def test_a_row_put_back_says_what_people_wrote(case: Case, schema: Schema) -> None:
    """A date is a number again; a choice that was to be emptied stays away."""
    case = seen(case, schema, draf="Yth.", janji="46350", no_surat="46350", disposisi="Kasi PMD")
    found = rows.restored(replace(case, clearing=frozenset({"disposisi"})), schema)
    assert (found["draf"], found["janji"], found["no_surat"]) == ("Yth.", 46_350.0, "46350")
    assert not {"disposisi", "status_kasi"} & set(found)


def test_what_nobody_corrected_stays_as_the_mail_said(case: Case, schema: Schema) -> None:
    """The cell is a cleaned copy: it must not replace the original."""
    case = replace(case, name="Ni\x00 Luh", subject="Lampu\r\npadam")
    assert replace(rows.adopt(seen(case, schema), schema), fields={}) == case


def test_a_correction_is_taken_over(case: Case, schema: Schema) -> None:
    """The person wins: name, subject, address and number."""
    typed = {"nama": " Sari ", "perihal": "Lampu", "kontak": "0812-0000-0301"}
    found = rows.adopt(seen(case, schema, **typed), schema)
    assert (found.name, found.subject) == ("Sari", "Lampu")
    assert (found.email, found.phone) == ("", "0812-0000-0301")


@pytest.mark.parametrize(("key", "text"), [("a" * 64, "asli"), ("", "baru")])
def test_the_text_of_a_mail_is_not_corrected(
    key: str, text: str, case: Case, schema: Schema
) -> None:
    """The citizen's own words stay; a hand-entered text is the Petugas' to mend."""
    case = replace(case, mail_key=key, text="asli")
    assert rows.adopt(seen(case, schema, uraian="baru"), schema).text == text


def test_a_case_never_seen_in_the_sheet_is_left_alone(case: Case, schema: Schema) -> None:
    """Nobody can have corrected a row that does not stand yet."""
    assert rows.adopt(case, schema) == case


def test_a_typed_row_is_read_whole(schema: Schema) -> None:
    """Spaces around are nobody's intention; an unknown channel is kept as it was typed."""
    typed: dict[str, Cell] = {
        "kanal": "merpati",
        "nama": " Made ",
        "kontak": "made@example.org, 081200000301",
        "perihal": " Air ",
        "uraian": " Air mati. ",
    }
    found = rows.entered(Row(2, "", typed), schema)
    assert found == rows.Entered(
        channel=None,
        typed_channel="merpati",
        name="Made",
        email="made@example.org",
        phone="081200000301",
        subject="Air",
        text="Air mati.",
        missing=(),
    )


def test_a_typed_row_names_what_it_lacks(schema: Schema) -> None:
    """The Petugas is told the titles of all the cells at once."""
    found = rows.entered(Row(2, "", {"kanal": "WA", "perihal": "  "}), schema)
    assert found.missing == ("Perihal", "Uraian Pengaduan")


@pytest.mark.parametrize(
    ("typed", "said"), [("Catat", True), (" catat.", True), ("dicatat", True), ("Ganda", False)]
)
def test_catat_declares_a_row_complete(
    typed: str, schema: Schema, office: Office, *, said: bool
) -> None:
    """Until then a half-typed row is left alone."""
    row = Row(2, "", {"status_petugas": typed})
    assert rows.says_catat(row, schema, office) is said


def test_what_was_entered_goes_into_the_case(case: Case, schema: Schema) -> None:
    """Every field of the letter comes from the row."""
    typed: dict[str, Cell] = {"nama": "Made", "kontak": "081200000301", "uraian": "Air mati."}
    found = rows.filled(case, rows.entered(Row(2, "", typed), schema))
    assert (found.name, found.email, found.phone) == ("Made", "", "081200000301")
    assert (found.subject, found.text) == ("", "Air mati.")
