"""A sender's own words: history goes, and not a word that a citizen wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.quotes import own_text

ACK = "Yth. Bapak/Ibu,\nbalas dengan kata STATUS"
QUOTED = "> " + ACK.replace("\n", "\n> ")
HISTORY = {
    "gmail 2014": 'Pada 3 Apr 2014 11.03, "Kantor" <a@x.example> menulis:\n' + QUOTED,
    "gmail 2018": "Pada tanggal Sen, 3 Des 2018 10.41 Kantor <a@x.example> menulis:\n\n" + QUOTED,
    "gmail wrapped": "Pada Sab, 15 Jun 2024 pukul 14.59 Kantor <a@x.example>\nmenulis:\n\n"
    + QUOTED,
    "gmail wrapped twice": "Pada Sab, 15 Jun 2024 pukul 14.59\nKantor <a@x.example>\nmenulis:\n"
    + ACK,
    "gmail english": "On Sat, Jun 15, 2024 at 2:59 PM Kantor <a@x.example> wrote:\n\n" + QUOTED,
    "apple": "Pada 15 Jun 2024, pukul 14.59, Kantor <a@x.example> menulis:\n\n" + ACK,
    "thunderbird": "Pada 15/06/24 14.59, Kantor menulis:\n" + QUOTED,
    "thunderbird other": "Kantor Camat menulis di 15/06/24 14.59:\n" + QUOTED,
    "thunderbird separator": "-------- Pesan Asli --------\nPerihal: x\n\n" + ACK,
    "original message": "-----Original Message-----\n" + ACK,
    "outlook": "________________________________\nDari: Kantor <a@x.example>\n"
    "Dikirim: Senin, 23 November 2026 13.02\nKepada: Putu\nSubjek: Pengaduan\n\n" + ACK,
    "outlook english": "From: Kantor\nSent: Monday, November 23, 2026 1:02 PM\nTo: Putu\n\n" + ACK,
    "outlook bold": "*From:* Kantor\n*Sent:* 23 November 2026 13:02\n*Subject:* x\n\n" + ACK,
    "yahoo": "Dari: Kantor <a@x.example>\nKepada: Putu\nTerkirim: Senin 23 Nov 2026 pukul 13.02\n"
    + ACK,
    "mac": "From: Kantor <a@x.example>\nSubject: x\nDate: 23 November 2026 13.02.05 WITA\n\n" + ACK,
}
OWN = "ini fotonya pak,\n\nlokasi depan warung"


@pytest.mark.parametrize("form", HISTORY)
def test_history_is_cut_in_every_form_that_programs_write(form: str) -> None:
    """The quoted acknowledgement holds all command words; unread, it would command the worker."""
    assert OWN == own_text(f"{OWN}\n\n{HISTORY[form]}\n", "Re: [PKT-2026-0140] Pengaduan")


@pytest.mark.parametrize("form", HISTORY)
def test_an_answer_of_nothing_but_history_is_empty(form: str) -> None:
    """A photo sent as an answer says nothing, least of all STATUS."""
    assert "" == own_text(HISTORY[form], "Bls: Pengaduan")


@pytest.mark.parametrize("form", ["gmail 2018", "thunderbird", "thunderbird other"])
def test_answers_below_and_between_quoted_lines_stay(form: str) -> None:
    """Many people answer under each point."""
    text = f"{HISTORY[form]}\n\nsudah pak\n> kapan?\nkemarin"

    assert "sudah pak\nkemarin" == own_text(text, "Re: x")


@pytest.mark.parametrize(
    "text",
    [
        "Pada tanggal 5 Desember kami menulis surat kepada desa: tidak ada jawaban.",
        "Pada 5 Des kami menulis: jalan rusak",
        "Pada 5 Desember 2026 pukul 08.00 kami menulis:\njalan rusak\nlampu mati",
        "Dari: I Wayan Budi\nKepada: Bapak Camat\nTanggal: 24 November 2026\nPerihal: jalan\n\nisi",
        "Dengan hormat,\nDari: wayan@x.example\nKepada: Camat\nPerihal: jalan\nisi surat",
        "Kepada Camat,\nDari: Wayan\nTanggal: 24 November 2026 08.00\nPerihal: jalan\nisi surat",
        "Kepada Camat,\nDari: w@x.example\nTanggal: 24 November 2026\nPerihal: jalan\nisi surat",
        "Dari: w@x.example\nDikirim: 24 November 2026 08.00\nPerihal: jalan\n\nisi surat",
        "Nama : Wayan\n____________________\nHal : jalan rusak",
        "mohon dicek\n> satu\n> dua",
        "ada 3 titik:\n----------\nMedewi",
        "Petugas menulis di buku tamu: sudah dicatat\nternyata belum",
        "[24/11/26, 09.58] +62 812-0000-0301: air mati\nDikirim dari Desa Medewi oleh warga",
    ],
)
def test_what_only_looks_like_history_stays(text: str) -> None:
    """A complaint cut in half is a complaint lost."""
    assert text == own_text(text, "pengaduan")


@pytest.mark.parametrize(
    ("subject", "mark"),
    [
        ("Fwd: jalan", "Dari: Made <m@x.example>\nDikirim: 23 Nov 2026 13.02\nKepada: P\n"),
        ("TRS: jalan", "-----Original Message-----\n"),
        ("jalan", "---------- Forwarded message ---------\n"),
        ("jalan", "-------- Pesan Diteruskan --------\n"),
        ("jalan", "Begin forwarded message:\n\n"),
        ("jalan", "> Begin forwarded message:\n>\n"),
    ],
)
def test_a_forward_is_never_cut(subject: str, mark: str) -> None:
    """The forwarded text may be the complaint itself."""
    text = f"mohon ditindaklanjuti\n\n{mark}{HISTORY['gmail 2018']}"

    assert text == own_text(text, subject)


def test_a_forward_within_the_history_is_history() -> None:
    """An answer does not become a forward by what it quotes."""
    text = f"ok\n\n{HISTORY['gmail 2018']}\n> ---------- Forwarded message ---------\n> x"

    assert "ok" == own_text(text, "Re: x")


@pytest.mark.parametrize(
    "footer",
    [
        "Dikirim dari iPhone saya",
        "Sent from my iPhone",
        "Dikirim dari Yahoo Mail di Android",
        "Dapatkan Outlook untuk Android<https://aka.ms/x>",
        "Get Outlook for iOS",
        "Dikirim dari ponsel cerdas Samsung Galaxy saya.",
        "Sent from Mail <https://go.example/> for Windows",
        "Dikirim dari HP saya\n\nYahoo Mail: Cari, Atur, Taklukkan",
    ],
)
def test_footers_of_phones_go(footer: str) -> None:
    """They are no word of the sender's."""
    assert OWN == own_text(f"{OWN}\n\n{footer}\n")


def test_a_signature_stays() -> None:
    """Name, village and number stand there, and nowhere else."""
    text = "jalan rusak\n-- \nI Wayan Budi\nBr. Medewi, 0812-0000-0001"

    assert text == own_text(text)


@given(st.lists(st.sampled_from([*"a>:\n ", "Pada ", " menulis:", "a@b", "Dari: ", "\n> "])))
def test_nothing_is_added_and_nothing_raises(pieces: list[str]) -> None:
    """Every line of the result is a line that the sender sent."""
    text = "".join(pieces)

    assert {line.strip() for line in own_text(text).split("\n")} <= {
        line.strip() for line in ["", *text.split("\n")]
    }
