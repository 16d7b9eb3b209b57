"""Accidents at bad moments: nothing is lost, nothing goes to the wrong person, nothing sticks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation.errors import RejectedError, TransientError
from automation.ledger.store import SqliteLedger
from automation.model import Fate, LetterCode, Stage
from automation.worker import Outcome, Worker
from automation.workflow import effects
from automation.workflow.desk import Desk
from tests.contract.registers import Prepared, ServedFolio, prepare
from tests.fakes.register import Line
from tests.world import ADDRESSES, WITA, World, answered, shipped, whatsapp_cells

pytestmark = pytest.mark.journey

WAYAN = "wayan@warga.example"
KETUT = "ketut@warga.example"
PETUGAS = ADDRESSES["petugas"]


class FullDisk(SqliteLedger):
    """A ledger that can write nothing down while `full`."""

    full = False

    def remember(self, key: str, value: str) -> None:
        """Remember, or fail."""
        if self.full:
            raise TransientError("the disk is full")
        super().remember(key, value)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path)


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """Give the spreadsheet that `init` makes."""
    return prepare()


def typed_row(world: World, **cells: str) -> Line:
    """Let the Petugas type a WhatsApp complaint that differs in these cells."""
    return world.register.type_row(whatsapp_cells() | cells)


def wayan_answers(world: World, text: str) -> None:
    """Let the complainant answer the latest letter."""
    letter = world.letters_to(WAYAN)[-1]
    world.mail_arrives(
        subject=f"Re: {letter['Subject']}",
        text=text,
        headers={"In-Reply-To": str(letter["Message-ID"])},
    )
    world.settle(2)


def hold_ends(world: World) -> None:
    """Let the hold pass, and what is due leave."""
    world.later(minutes=3)
    world.settle()


def refused(world: World) -> str:
    """Bring the latest complaint to an answer that the mail server refuses for good."""
    world.mail_arrives()
    number = answered(world)
    world.outbound.fail.append(RejectedError("550 no such user"))
    hold_ends(world)
    return number


def change_setting(world: World, key: str, value: str) -> None:
    """Let the office type another value into the tab Pengaturan."""
    title = next(s.title for s in shipped()[0].settings if s.key == key)
    lines = world.register.tabs["pengaturan"]
    world.register.tabs["pengaturan"] = tuple(
        (title, value, *line[2:]) if line[0] == title else line for line in lines
    )


# --- rows typed by hand -------------------------------------------------------------------------


def test_an_anchor_that_missed_its_row_stops_no_later_row(world: World) -> None:
    """Somebody inserted a blank row at that moment; every typed complaint gets its number."""
    first = typed_row(world)
    world.register.hooks["insert"] = lambda: world.register.insert_blank(2)
    world.settle(3)
    second = typed_row(world, perihal="lampu", uraian="lampu mati")
    world.settle(3)

    assert {first.number(), second.number()} == set(world.ledger.cases())


def test_a_row_corrected_before_its_number_was_written_still_gets_it(world: World) -> None:
    """Google was away for the number; meanwhile the Petugas mends a word."""
    line = typed_row(world)
    world.register.fail("change", done=False)
    world.settle()
    line.cells["perihal"] = "Air PAM mati total"
    world.settle(2)

    assert [line.number()] == list(world.ledger.cases())
    assert "Air PAM mati total" == world.case().subject


def test_a_row_rewritten_before_its_number_was_written_is_another_complaint(world: World) -> None:
    """The Petugas reuses the row: both complaints stand in the register, neither sticks."""
    line = typed_row(world)
    world.register.fail("change", done=False)
    world.settle()
    line.cells |= {"perihal": "lampu jalan", "uraian": "lampu mati"}
    world.settle(3)

    subjects = {world.cell(n, "perihal") for n in world.ledger.cases()}
    assert {"Air PAM mati", "lampu jalan"} == subjects


def test_a_row_corrected_after_a_lost_answer_is_one_complaint(world: World) -> None:
    """The anchor stood already, unknown to the ledger: no second case, no second receipt."""
    line = typed_row(world, kontak=KETUT)
    world.register.fail("insert", done=True)
    world.settle()
    line.cells["perihal"] = "Air PAM mati total"
    world.settle(3)

    assert [line.number()] == list(world.ledger.cases())
    assert 1 == len(world.letters_to(KETUT))


def test_two_rows_alike_are_two_complaints(world: World) -> None:
    """Whether one of them is a slip only a person can say."""
    lines = [typed_row(world), typed_row(world)]
    world.settle(2)

    assert {line.number() for line in lines} == set(world.ledger.cases())


@pytest.mark.parametrize("moment", ["insert", "after insert", "reread", "change", "after change"])
@pytest.mark.parametrize(
    "act",
    [
        lambda w: w.register.sort("perihal", reverse=True),
        lambda w: w.register.delete_at(2),
        lambda w: w.register.insert_blank(2),
        lambda w: typed_row(w, perihal="air", uraian="air"),
    ],
    ids=["sort", "delete", "insert", "type"],
)
def test_each_typed_row_gets_the_number_of_its_own_case(
    world: World, moment: str, act: Callable[[World], None]
) -> None:
    """Whatever people do while rows are numbered, no number stands beside a foreign complaint."""
    for subject in ("air", "zebra"):
        typed_row(world, perihal=subject, uraian=subject)
    world.register.hooks[moment] = lambda: act(world)
    world.settle(4)

    stands = {ln.number(): ln.cells["perihal"] for ln in world.register.grid if not ln.blank()}
    assert {number: case.subject for number, case in world.ledger.cases().items()} == stands


def test_a_complaint_that_reads_like_a_damaged_row_is_recorded(world: World) -> None:
    """A copy of an older row lost its number; the new complaint below has the very same words."""
    typed_row(world, tahap="Selesai", status_petugas="Catat")
    line = typed_row(world)
    world.settle(3)

    assert [line.number()] == list(world.ledger.cases())


def test_a_number_typed_by_hand_catches_nobody_else_s_answer(world: World) -> None:
    """The next mail gets that number: its letters go to its own sender all the same."""
    typed_row(world, nomor="PKT-2026-0001", kontak=KETUT)
    world.settle()
    world.mail_arrives()
    world.settle(2)

    assert (1, 0) == (len(world.letters_to(WAYAN)), len(world.letters_to(KETUT)))
    assert "wayan@warga.example" == world.case("PKT-2026-0001").email


def test_a_number_typed_by_hand_is_told_once_a_day(world: World) -> None:
    """Such a complaint is not recorded, and without a word nobody would know."""
    line = typed_row(world, nomor="12")
    world.settle(3)
    assert 1 == len(world.letters_to(PETUGAS))
    line.cells["nomor"] = ""
    world.settle(2)

    assert [line.number()] == list(world.ledger.cases())


def test_a_copied_row_is_told_once_a_day(world: World) -> None:
    """Choices in such rows are not obeyed, and without a word nobody would know."""
    world.mail_arrives()
    world.settle()
    world.register.duplicate(world.number())
    world.settle(3)

    assert 1 == len(world.letters_to(PETUGAS))


@pytest.mark.parametrize("moment", ["insert", "reread", "change"])
def test_the_real_sheet_numbers_rows_while_others_type(
    moment: str, prepared: Prepared, tmp_path: Path
) -> None:
    """The same over Google's side of the sandbox: a blank row comes in between."""
    folio = ServedFolio(prepared)
    world = World(tmp_path, register=folio.register)  # type: ignore[arg-type]
    folio.put(2, **whatsapp_cells())
    folio.meanwhile(moment, lambda: folio.insert_blank(2))
    for _ in range(4):
        world.settle()
    folio.put(4, **whatsapp_cells() | {"perihal": "lampu", "uraian": "lampu mati"})
    for _ in range(3):
        world.settle()

    numbers = [row["nomor"] for row in folio.stands() if row.get("uraian")]
    assert sorted(world.ledger.cases()) == sorted(map(str, numbers))


# --- what complainants write later --------------------------------------------------------------


def test_an_addition_to_a_typed_complaint_stands_in_its_row(world: World) -> None:
    """The Petugas typed it, its complainant answered the receipt by mail: the Kasi must read it."""
    line = typed_row(world, kanal="Email", kontak=WAYAN)
    world.settle(2)
    wayan_answers(world, "lokasinya depan pura")

    assert "Asahduren" in str(line.cells["uraian"])
    assert "depan pura" in str(line.cells["uraian"])


def test_an_objection_after_the_answer_shows_in_the_closed_row(world: World) -> None:
    """The letter invites to answer it; nobody looks at a closed row that says nothing."""
    world.mail_arrives()
    number = answered(world)
    hold_ends(world)
    assert (Stage.SELESAI, "") == (world.case(number).stage, world.cell(number, "pesan_sistem"))
    wayan_answers(world, "belum puas, masih rusak")

    assert "keterangan baru" in world.cell(number, "pesan_sistem")


# --- contact ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["disposisi", "status_kasi", "keputusan_camat"])
@pytest.mark.parametrize("contact", ["0812-3333-4444", "made@warga.example", ""])
def test_a_contact_corrected_before_the_approval_decides_the_way(
    world: World, before: str, contact: str
) -> None:
    """By mail to the new address, or without one by the hand of the Petugas."""
    world.mail_arrives()
    world.settle()
    number = world.number()
    acts = {
        "disposisi": {"disposisi": "Kasi PMD"},
        "status_kasi": {"draf": "Sudah.", "status_kasi": "Diajukan"},
        "keputusan_camat": {"keputusan_camat": "Disetujui"},
    }
    for column, cells in acts.items():
        world.choose(number, **cells, **({"kontak": contact} if column == before else {}))
        world.settle()
    hold_ends(world)

    by_hand = any("mohon disampaikan" in s for s in world.subjects_to("petugas"))
    assert ("@" not in contact) is by_hand
    assert ("@" in contact) is (Stage.SELESAI is world.case(number).stage)
    assert 1 == len(world.letters_to(WAYAN))


def test_a_refused_answer_is_sent_again_to_the_corrected_address(world: World) -> None:
    """The notice asks for just that."""
    number = refused(world)
    world.choose(number, kontak="wayan.b@warga.example", status_petugas="Kirim ulang")
    world.settle()
    hold_ends(world)

    assert 1 == len(world.letters_to("wayan.b@warga.example"))
    assert Stage.SELESAI is world.case(number).stage


def test_an_address_corrected_in_the_hold_counts(world: World) -> None:
    """A typing error seen in time must not send the answer to a stranger."""
    world.mail_arrives()
    number = answered(world)
    world.choose(number, kontak="wayan.b@warga.example")
    hold_ends(world)

    assert 1 == len(world.letters_to("wayan.b@warga.example"))


def test_an_address_removed_in_the_hold_gives_the_answer_to_the_petugas(world: World) -> None:
    """Nothing goes to an address that is known to be wrong."""
    world.mail_arrives()
    number = answered(world)
    world.choose(number, kontak="0812-3333-4444")
    hold_ends(world)
    assert 1 == len(world.letters_to(WAYAN))
    world.choose(number, status_petugas="Sudah disampaikan")
    world.settle()

    assert Stage.SELESAI is world.case(number).stage


def test_an_answer_that_left_keeps_its_address(world: World) -> None:
    """The register shows where it went."""
    world.mail_arrives()
    number = answered(world)
    hold_ends(world)
    world.choose(number, kontak="wayan.b@warga.example")
    world.settle()

    assert WAYAN == world.case(number).email


# --- sending again ------------------------------------------------------------------------------


def test_each_refusal_lets_the_petugas_choose_anew(world: World) -> None:
    """The old `Kirim ulang` is emptied, or the same word could not be chosen again."""
    number = refused(world)
    for outcome in (RejectedError("550 no such user"), None):
        assert "" == world.cell(number, "status_petugas")
        world.choose(number, status_petugas="Kirim ulang")
        world.settle()
        world.choose(number, status_petugas="Kirim ulang")  # too early: the letter is on its way
        world.settle()
        world.outbound.fail.append(outcome)
        hold_ends(world)

    assert (2, Stage.SELESAI) == (len(world.letters_to(WAYAN)), world.case(number).stage)
    assert 2 == sum("tidak terkirim" in s for s in world.subjects_to("petugas"))


def test_an_answer_put_off_again_and_again_may_be_conveyed_by_hand(world: World) -> None:
    """Many servers put off a domain that does not exist; 95 minutes are soon over."""
    world.mail_arrives()
    number = answered(world)
    world.later(minutes=3)
    for _ in range(15):
        world.outbound.fail.append(TransientError("450 domain not found"))
        world.settle()
        world.later(minutes=2)
    assert "belum dapat dikirim" in world.cell(number, "pesan_sistem")
    world.choose(number, status_petugas="Sudah disampaikan")
    world.outbound.fail.clear()
    world.settle()
    world.later(hours=2)
    world.settle()

    assert (1, Stage.SELESAI) == (len(world.letters_to(WAYAN)), world.case(number).stage)


def test_an_answer_handed_to_the_petugas_is_not_said_to_have_left(world: World) -> None:
    """The Camat can still stop it, by word of mouth."""
    typed_row(world)
    number = answered(world)
    hold_ends(world)
    world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Keliru.")
    world.settle()

    assert "diserahkan kepada Petugas" in world.cell(number, "pesan_sistem")


def test_the_staff_read_no_english_reason(world: World) -> None:
    """What our own code says about a letter is for the log."""
    world.mail_arrives()
    number = answered(world)
    now = world.clock.moment
    planned = effects.planned(LetterCode.T10, world.case(number), Desk(now, shipped()[1]))
    letter = replace(planned, fate=Fate.FAILED)
    told = replace(letter, receipt="the complainant has no usable mail address")
    for shown in (effects.undelivered(told, now), effects.posted(told, now)):
        assert "alamat tidak lengkap" in shown.facts["sebab"]
    kept = effects.posted(replace(letter, receipt="550 no such user"), now)
    assert "550 no such user" == kept.facts["sebab"]


# --- the office's own tabs ----------------------------------------------------------------------


def test_a_damaged_tab_of_people_is_read_as_it_was_before(world: World) -> None:
    """Somebody deleted a header: letters go on to the people whom it named."""
    world.settle()
    house = world.house()
    nobody = tuple(replace(o, address="") for o in house.office.officials)
    house = replace(house, office=replace(house.office, officials=nobody))
    world.register.tabs["peran"] = (("x",), *world.register.tabs["peran"][1:])
    for subject in ("satu", "dua"):
        world.mail_arrives(subject=subject)
        Worker(house).run()

    assert 2 == len(world.subjects_to("sekcam"))


def test_hours_that_ran_out_stop_no_complaint(world: World) -> None:
    """The office forgot to enter the hours of the new year."""
    head, *lines = world.register.tabs["pengaturan"]
    until = head.index("Berlaku sampai")
    days = {s.title for s in shipped()[0].settings if s.key.startswith("day_")}
    ended = [(*ln[:until], "20/11/2026", *ln[until + 1 :]) for ln in lines if ln[0] in days]
    kept = [line for line in lines if line[0] not in days]
    world.register.tabs["pengaturan"] = (head, *kept, *ended)
    world.settle()
    world.mail_arrives()
    answered(world)

    assert Stage.SIAP_DISAMPAIKAN is world.case().stage


@pytest.mark.parametrize("key", ["promise", "hold"])
@pytest.mark.parametrize("value", ["9" * 5000, "99999999999"])
def test_an_absurd_number_of_minutes_stops_nothing(world: World, key: str, value: str) -> None:
    """A slip of the finger in the settings must not reach the clock."""
    change_setting(world, key, value)
    world.mail_arrives()
    answered(world)

    assert Stage.SIAP_DISAMPAIKAN is world.case().stage


# --- rows, cases and mails that could block others ----------------------------------------------


def test_the_only_row_deleted_is_put_back(world: World) -> None:
    """A young register must not stand still because its first row was deleted."""
    world.mail_arrives()
    world.settle(2)
    number = world.number()
    world.register.delete(number)
    report = world.settle(2)

    assert (Outcome.FINE, "lapor jalan rusak") == (report.outcome, world.cell(number, "perihal"))


def test_half_a_character_stops_no_archive(world: World) -> None:
    """A torn emoji in a cell cannot be written to any file."""
    typed_row(world, uraian="air \ud83d mati")
    number = answered(world)
    hold_ends(world)
    world.choose(number, status_petugas="Sudah disampaikan")
    world.settle()

    assert Stage.SELESAI is world.case(number).stage


def test_a_case_that_breaks_our_own_code_stops_no_other(world: World) -> None:
    """Its choices wait, the others are obeyed, and the Petugas is told."""
    world.mail_arrives()
    broken = answered(world)
    world.ledger.put_case(replace(world.case(broken), versions=()))
    world.mail_arrives(subject="dua")
    world.settle()
    world.choose(world.number(), disposisi="Kasi PMD")
    world.settle()

    assert Stage.PENYUSUNAN_DRAF is world.case().stage
    assert any("mohon diperiksa" in s for s in world.subjects_to("petugas"))


def test_a_flood_of_robots_comes_to_the_pen_in_portions(world: World) -> None:
    """Google takes 2 MB at once: an endless request would be refused in every pass."""
    for n in range(1_001):
        world.mail_arrives(subject=f"promo {n}", headers={"List-Id": "<promo.example>"})
    world.settle()
    assert 500 == len(world.register.lines["karantina"])
    for _ in range(2):
        world.settle()

    assert 1_001 == len(world.register.lines["karantina"])


# --- the machine --------------------------------------------------------------------------------


def test_a_ledger_that_cannot_write_ends_the_pass_and_not_the_worker(tmp_path: Path) -> None:
    """A full disk: the next pass tries again, and the closing line is written."""
    ledger = FullDisk(None, WITA)
    world = World(tmp_path, ledger=ledger)
    world.settle()
    ledger.full = True
    report = world.settle()
    assert (Outcome.LATER, ["ledger: the disk is full"]) == (report.outcome, report.faults[-1:])
    ledger.full = False

    assert Outcome.FINE is world.settle().outcome


def test_a_wrong_clock_names_the_way_out(world: World) -> None:
    """After one pass in the wrong year a right clock must be able to win."""
    world.later(days=3650)
    world.settle()
    world.clock.moment -= timedelta(days=3650)
    report = world.settle()

    assert "--clock-is-right" in report.faults[0]


def test_what_stands_in_the_number_column_is_not_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody typed a name over a number."""
    world.mail_arrives()
    world.settle(2)
    world.choose(world.number(), nomor="Ni Luh Sari")
    world.settle()

    assert "number unknown" in caplog.text
    assert "Luh" not in caplog.text


def test_a_new_year_begins_a_new_sequence(world: World) -> None:
    """The last complaint of a year and the first of the next have rows of their own."""
    for subject in ("lama", "baru"):
        world.mail_arrives(subject=subject)
        world.settle(2)
        world.later(days=40)

    subjects = {n: world.cell(n, "perihal") for n in world.ledger.cases()}
    assert {"PKT-2026-0001": "lama", "PKT-2027-0001": "baru"} == subjects
