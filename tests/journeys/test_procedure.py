"""Whole complaints from the mail to the shelf, in the office's own words, over the real worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.errors import AmbiguousError, RejectedError
from automation.model import Fate, Stage
from tests.weather import FAIR_ONLY, Weather
from tests.wiresheet import LineWeather, forecast
from tests.world import World, answered, drafting, submitted, text_of, whatsapp_cells

pytestmark = pytest.mark.journey

WAYAN = "wayan@warga.example"


@pytest.fixture(params=["fair", "foul", "sockets"])
def weather(request: pytest.FixtureRequest) -> Iterator[Weather]:
    """Give the weather of a journey; on real sockets it is Google's own."""
    yield from forecast(request)


@pytest.fixture
def world(tmp_path: Path, weather: Weather) -> World:
    """Give a fresh office on a Tuesday morning, in memory or over real sockets."""
    if isinstance(weather, LineWeather):
        return World(tmp_path, register=weather.sheet, weather=weather)  # type: ignore[arg-type]
    return World(tmp_path, weather=weather)


def test_a_complaint_travels_the_five_steps_to_the_shelf(world: World) -> None:
    """The whole product: recorded, dispositioned, drafted, approved, conveyed, archived."""
    world.mail_arrives()
    number = answered(world, "Jalan sudah ditambal pada 24 November 2026.")
    assert world.cell(number, "tahap") == "Siap disampaikan"
    world.later(minutes=3)
    world.settle()

    acknowledgement, answer = world.letters_to(WAYAN)
    assert f"[{number}]" in acknowledgement["Subject"]
    assert "Jalan sudah ditambal pada 24 November 2026." in text_of(answer)
    assert world.cell(number, "tahap") == "Selesai"
    assert world.cell(number, "disampaikan_lewat") == "Email (sistem)"


def test_each_role_is_told_when_it_is_their_turn(world: World) -> None:
    """Sekcam, the chosen Kasi and the Camat each get exactly one letter."""
    world.mail_arrives()
    answered(world)
    world.later(minutes=3)
    world.settle()

    roles = ("sekcam", "kasi_pmd", "camat", "petugas")
    told = {role: len(world.subjects_to(role)) for role in roles}
    assert {"sekcam": 1, "kasi_pmd": 1, "camat": 1, "petugas": 0} == told


def test_the_camat_returns_the_draft_and_approves_the_better_one(world: World) -> None:
    """What leaves is the second version; the Kasi's old choice is emptied for the new one."""
    world.mail_arrives()
    number = submitted(world, "Sudah.")
    world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Sebut tanggalnya.")
    world.settle()
    assert "Dikembalikan ke Kasi" == world.cell(number, "tahap")
    assert "" == world.cell(number, "status_kasi")
    world.choose(number, draf="Sudah pada 24 November.", status_kasi="Diajukan")
    world.settle()
    assert "" == world.cell(number, "keputusan_camat")
    world.choose(number, keputusan_camat="acc")
    world.settle()
    world.later(minutes=3)
    world.settle()

    assert "Sudah pada 24 November." in text_of(world.letters_to(WAYAN)[-1])
    assert 1 == world.case(number).rounds


@FAIR_ONLY
def test_the_same_word_typed_right_after_its_emptying_is_a_new_choice(world: World) -> None:
    """A quick Kasi must not lose his second `Diajukan` because it reads like the first."""
    world.mail_arrives()
    number = submitted(world, "Sudah.")
    world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Sebut tanggalnya.")
    world.register.hooks["after change"] = lambda: world.choose(
        number, draf="Sudah pada 24 November.", status_kasi="Diajukan"
    )
    world.settle(2)

    assert "Menunggu koreksi Camat" == world.cell(number, "tahap")


def test_a_row_without_its_number_is_believed_by_its_content_alone(world: World) -> None:
    """A sort left the anchors behind; the cleared row must not get another complaint's number."""
    world.register.sort_moves_metadata = False
    for subject in ("air mati", "banjir", "copet"):
        world.mail_arrives(subject=subject, sender=f"{subject[:3]}@warga.example")
        world.settle()
    first, _, last = world.ledger.cases()
    world.register.sort("perihal", reverse=True)
    world.choose(first, nomor="")
    world.choose(last, nomor="")
    world.settle(2)

    assert ["air mati", "copet"] == [world.cell(n, "perihal") for n in (first, last)]


def test_the_same_words_do_not_make_two_complaints_one(world: World) -> None:
    """Three complaints read alike; a row without number is told by what the office wrote since."""
    world.register.sort_moves_metadata = False
    for _ in range(3):
        world.mail_arrives(subject="banjir", sender=WAYAN)
        world.settle()
    first, middle, last = world.ledger.cases()
    for number, kasi in ((first, "Kasi PMD"), (last, "Kasi Trantib")):
        world.choose(number, disposisi=kasi)
    world.settle()
    world.register.sort("nomor", reverse=True)
    for number in (first, last):
        world.choose(number, nomor="")
        world.settle(2)

    shown = [world.cell(n, "disposisi") for n in (first, middle, last)]
    assert ["Kasi PMD", "", "Kasi Trantib"] == shown


def test_the_sekcam_chooses_another_kasi(world: World) -> None:
    """A re-disposition tells the second Kasi; the row names him."""
    world.mail_arrives()
    number = drafting(world)
    world.choose(number, disposisi="Kasi Trantib")
    world.settle()

    assert 1 == len(world.subjects_to("kasi_trantib"))
    assert "Kasi Trantib" in world.cell(number, "pesan_sistem")


def test_the_kasi_says_it_is_not_his_field(world: World) -> None:
    """The case is before the Sekcam again, whose old choice is emptied."""
    world.mail_arrives()
    number = drafting(world)
    world.choose(number, status_kasi="Bukan bidang kami")
    world.settle()

    assert "Menunggu disposisi" == world.cell(number, "tahap")
    assert "" == world.cell(number, "disposisi")
    assert 2 == len(world.subjects_to("sekcam"))


def test_what_is_no_complaint_leaves_the_clock(world: World) -> None:
    """The row stays readable; nobody is asked for anything any more."""
    world.mail_arrives()
    world.settle()
    number = world.number()
    world.choose(number, status_petugas="Bukan pengaduan")
    world.settle()

    assert ("Bukan pengaduan", "") == (
        world.cell(number, "tahap"),
        world.cell(number, "sisa_menit"),
    )


def test_a_whatsapp_complaint_is_typed_answered_and_conveyed_by_hand(world: World) -> None:
    """The same register and the same way; the Petugas conveys and says so."""
    line = world.register.type_row(whatsapp_cells())
    world.settle()
    number = line.number()
    assert number.startswith("PKT-2026-")
    world.choose(number, disposisi="Kasi PMD")
    world.settle()
    world.choose(number, draf="Tangki air datang besok.", status_kasi="Diajukan")
    world.settle()
    world.choose(number, keputusan_camat="Disetujui")
    world.settle()
    world.later(minutes=3)
    world.settle()
    assert any("Tanggapan disetujui" in s for s in world.subjects_to("petugas"))
    world.choose(number, status_petugas="Sudah disampaikan")
    world.settle()

    assert "Selesai" == world.cell(number, "tahap")
    assert [] == world.letters_to(WAYAN)


def test_a_half_typed_row_is_left_alone_and_an_unfinished_one_answered(world: World) -> None:
    """No number before the row is whole; the sentence says what is missing."""
    half = world.register.type_row({"kanal": "Telepon", "nama": "Made"})
    world.settle()
    assert "" == half.number()
    half.cells["status_petugas"] = "Catat"
    world.settle()
    assert ("", True) == (half.number(), "Mohon lengkapi" in str(half.cells["pesan_sistem"]))
    half.cells |= {"perihal": "lampu jalan", "uraian": "lampu mati"}
    world.later(minutes=30)
    world.settle(2)

    assert half.number().startswith("PKT-2026-")
    assert [world.clock.moment] == [case.starts for case in world.ledger.cases().values()]


def test_an_approval_taken_back_in_the_hold_sends_nothing(world: World) -> None:
    """Two minutes of grace: the letter is withdrawn."""
    world.mail_arrives()
    number = answered(world)
    world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Tunggu dulu.")
    world.later(minutes=3)
    world.settle()

    assert 1 == len(world.letters_to(WAYAN))
    assert "Dikembalikan ke Kasi" == world.cell(number, "tahap")


def test_a_draft_changed_in_the_hold_goes_back_to_the_camat(world: World) -> None:
    """Sealed approval: nothing leaves that the Camat has not seen."""
    world.mail_arrives()
    number = answered(world)
    world.choose(number, draf="Sesuatu yang lain.")
    world.later(minutes=3)
    world.settle()

    assert 1 == len(world.letters_to(WAYAN))
    assert "Menunggu koreksi Camat" == world.cell(number, "tahap")
    assert "Draf berubah" in world.cell(number, "pesan_sistem")


def test_an_unknown_word_is_answered_in_the_row(world: World) -> None:
    """Nothing is guessed."""
    world.mail_arrives()
    number = drafting(world, "Kasi Antariksa")

    assert "Kasi Antariksa" in world.cell(number, "pesan_sistem")
    assert Stage.MENUNGGU_DISPOSISI is world.case(number).stage


def test_an_addition_goes_to_the_same_row(world: World) -> None:
    """A reply in the thread is no second complaint."""
    world.mail_arrives()
    world.settle()
    number = world.number()
    acknowledgement = world.letters_to(WAYAN)[0]
    world.mail_arrives(
        subject=f"Re: {acknowledgement['Subject']}",
        text="ini lokasinya: depan warung",
        headers={"In-Reply-To": str(acknowledgement["Message-ID"])},
    )
    world.settle()

    assert [number] == list(world.ledger.cases())
    assert "depan warung" in world.cell(number, "uraian")


def test_an_unreadable_mail_is_penned_alarmed_once_and_stops_nothing(world: World) -> None:
    """The raw is kept, the Petugas told once, the mail behind it recorded."""
    world.inbox.arrive(b"\x00" * 50, world.clock.moment)
    world.mail_arrives()
    world.settle()

    assert 1 == len(world.ledger.cases())


@FAIR_ONLY
def test_the_second_pass_over_an_unchanged_world_writes_nothing(world: World) -> None:
    """An idle pass is one read."""
    world.mail_arrives()
    world.settle(2)
    world.register.calls.clear()
    world.settle()

    assert {"read": 1} == dict(world.register.calls)


@FAIR_ONLY
def test_the_sheet_away_still_acknowledges(world: World) -> None:
    """The citizen hears within the minute; the row follows when the sheet is back."""
    world.settle()
    world.mail_arrives()
    world.register.fail("read", done=False)
    report = world.settle()
    assert (75, 1) == (int(report.outcome), len(world.letters_to(WAYAN)))
    world.settle()

    assert "Menunggu disposisi" == world.cell(world.number(), "tahap")


def test_a_refused_answer_is_conveyed_by_the_petugas(world: World) -> None:
    """A dead address: the row says so, the Petugas is told, conveys and closes."""
    world.mail_arrives()
    number = answered(world)
    world.outbound.fail.append(RejectedError("550 no such user"))
    world.later(minutes=3)
    world.settle()
    assert "Email tidak terkirim" in world.cell(number, "pesan_sistem")
    assert any("tidak terkirim" in s for s in world.subjects_to("petugas"))
    world.choose(number, status_petugas="Sudah disampaikan")
    world.settle()

    assert "Selesai" == world.cell(number, "tahap")


def test_an_answer_in_doubt_waits_for_a_person(world: World) -> None:
    """Never twice by machine: the Petugas looks and decides."""
    world.mail_arrives()
    number = answered(world)
    world.outbound.fail.append(AmbiguousError("connection lost after the data"))
    world.later(minutes=3)
    world.settle(3)
    assert 2 == len(world.letters_to(WAYAN))
    assert "tidak dapat dipastikan" in world.cell(number, "pesan_sistem")
    assert Fate.HELD is world.ledger.letter(f"{number}/T10/1").fate  # type: ignore[union-attr]
    world.choose(number, status_petugas="Kirim ulang")
    world.settle()
    world.later(minutes=3)
    world.settle()

    assert 3 == len(world.letters_to(WAYAN))
    assert "Selesai" == world.cell(number, "tahap")
