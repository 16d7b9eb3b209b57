"""The ledger is lost and the sheet is whole: everything is remembered, and nobody gets a letter."""

from dataclasses import replace
from pathlib import Path

import pytest

from automation.ledger.store import SqliteLedger
from automation.model import Fate, Stage
from automation.register import diff, rows
from automation.worker import Outcome, Worker
from tests.fakes.register import InMemoryRegister
from tests.weather import FAIR_ONLY, Weather
from tests.world import (
    WITA,
    World,
    answered,
    drafting,
    office_tabs,
    shipped,
    submitted,
    whatsapp_cells,
)

WAYAN = "wayan@warga.example"


@pytest.fixture
def world(tmp_path: Path, weather: Weather) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path, weather=weather)


def lose_the_ledger(world: World) -> None:
    """Let the state directory be empty, and count letters from here."""
    world.later(minutes=1)
    world.ledger = SqliteLedger(None, WITA)
    world.outbound.sent.clear()


def busy(world: World) -> list[str]:
    """Fill a register with cases at every station of the way; give their numbers."""
    numbers = []
    world.mail_arrives()
    world.settle()
    numbers.append(world.number())
    for bring in (drafting, submitted, answered):
        world.mail_arrives(subject=f"lapor {bring.__name__}", text=f"soal {bring.__name__}")
        numbers.append(bring(world))
    world.mail_arrives(subject="lapor selesai", text="sudah selesai")
    numbers.append(answered(world, "Sudah."))
    world.later(minutes=3)
    world.choose(numbers[3], keputusan_camat="")  # taken back: only the last one leaves
    world.settle()
    world.choose(numbers[3], keputusan_camat="Disetujui")
    world.settle()
    world.register.type_row(whatsapp_cells())
    world.settle(2)
    return [*numbers, world.number()]


def people(world: World) -> list[dict[str, object]]:
    """Give what people wrote, row by row."""
    theirs = {c.name for c in shipped()[0].theirs()}
    return [{n: c for n, c in ln.cells.items() if n in theirs} for ln in world.register.grid]


def test_the_first_pass_remembers_everything_and_sends_nothing(world: World) -> None:
    """An empty state directory must cost no citizen a second letter, and no case its place."""
    busy(world)
    before, written = world.ledger.cases(), people(world)
    lose_the_ledger(world)

    report = world.settle()

    after = world.ledger.cases()
    kept = ("stage", "channel", "name", "email", "phone", "subject", "kasi", "trail", "approval")
    told = {n: [getattr(case, name) for name in kept] for n, case in before.items()}
    now_told = {n: [getattr(case, name) for name in kept] for n, case in after.items()}
    assert (Outcome.FINE, []) == (report.outcome, world.outbound.sent)
    assert (told, written) == (now_told, people(world))
    assert [] == [x for n in before for x in world.ledger.letters(n) if x.fate is Fate.PLANNED]


def test_times_survive_to_the_minute(world: World) -> None:
    """The promise of 95 minutes goes on from when the complaint was recorded."""
    world.mail_arrives()
    number = drafting(world)
    before = world.case(number)
    lose_the_ledger(world)
    world.settle()
    after = world.case(number)

    assert (before.recorded.replace(second=0, microsecond=0), before.due) == (
        after.recorded,
        after.due,
    )


def test_a_choice_that_stands_is_no_new_one(world: World) -> None:
    """Every disposition of the year would be obeyed and mailed again."""
    busy(world)
    lose_the_ledger(world)
    world.settle()
    snapshot = world.register.read()
    schema, office, _ = shipped()

    found = diff.compare(snapshot, world.ledger.cases(), schema, office)

    assert ((), (), ()) == (found.edits, found.unknown, found.vanished)


def test_numbers_go_on_after_the_highest(world: World) -> None:
    """A number given twice sends one citizen's answer to another."""
    last = busy(world)[-1]
    lose_the_ledger(world)
    world.mail_arrives(subject="lapor baru", text="lampu mati")
    world.settle()

    assert (last, "lapor baru") == ("PKT-2026-0006", world.case("PKT-2026-0007").subject)


def test_an_acknowledged_complaint_is_not_acknowledged_again(world: World) -> None:
    """It went back to the Petugas after its acknowledgement, which only the trail tells."""
    world.mail_arrives()
    world.settle()
    number = world.number()
    world.choose(number, disposisi="Kembali ke Petugas")
    world.settle()
    lose_the_ledger(world)
    world.settle()
    world.choose(number, status_petugas="Catat")
    world.settle()

    assert (Stage.MENUNGGU_DISPOSISI, []) == (world.case(number).stage, world.letters_to(WAYAN))


def test_the_history_is_written_on(world: World) -> None:
    """Lines with ids that the sheet has seen would never appear: a silent register."""
    busy(world)
    lines = len(world.register.lines["riwayat"])
    lose_the_ledger(world)
    world.settle()

    assert lines + 1 == len(world.register.lines["riwayat"])
    assert "6 pengaduan diambil alih" in str(world.register.lines["riwayat"][0][3])


def test_a_held_mail_after_the_loss_still_shows_in_the_pen(world: World) -> None:
    """Its line would count as written long ago, and a complaint would be seen by nobody."""
    world.mail_arrives(headers={"Precedence": "bulk"}, subject="buletin")
    world.mail_arrives()
    world.settle()
    lose_the_ledger(world)
    world.mail_arrives(headers={"Precedence": "bulk"}, subject="buletin kedua")
    world.settle()
    penned = [cells[2] for lines in world.register.lines.values() for cells in lines]

    assert "buletin kedua" in penned


def robots(world: World, *subjects: str) -> None:
    """Let machines write, each a line in Karantina; the newest on top."""
    for subject in subjects:
        world.mail_arrives(headers={"Precedence": "bulk"}, subject=subject)
        world.settle()


def answers(world: World) -> list[str]:
    """Give what the worker says in the lines of Karantina, from the top."""
    return [rows.text(line[-1]) for line in world.register.lines["karantina"]]


def test_what_was_decided_in_the_pen_is_not_decided_again(world: World) -> None:
    """The mail is a case that was taken over: obeyed once more it would be two."""
    world.mail_arrives()
    robots(world, "satu", "dua")
    world.register.write("karantina", 2, tindakan="Jadikan pengaduan")
    world.register.write("karantina", 3, tindakan="Biarkan")
    world.settle()
    before, cases = answers(world), list(world.ledger.cases())
    lose_the_ledger(world)
    world.settle(3)

    assert (before, cases) == (answers(world), list(world.ledger.cases()))


def test_a_choice_about_a_mail_that_the_lost_ledger_knew_is_answered(world: World) -> None:
    """Only the mailbox still has the mail: put into the INBOX once more, the choice is obeyed."""
    world.mail_arrives()
    robots(world, "satu")
    lose_the_ledger(world)
    world.register.write("karantina", 2, tindakan="Jadikan pengaduan")
    world.settle(2)
    assert [True] == ["ke Kotak Masuk" in told for told in answers(world)]
    mailbox = world.inbox.folders
    mailbox["INBOX"].append(mailbox["Karantina"].pop())
    world.settle(3)

    assert ["lapor jalan rusak", "satu"] == [c.subject for c in world.ledger.cases().values()]


def test_a_pen_alone_is_written_on(world: World) -> None:
    """No complaint came yet, and the ledger is lost: the next held mail must appear too."""
    robots(world, "satu", "dua")
    lose_the_ledger(world)
    robots(world, "tiga")

    assert ["tiga", "dua", "satu"] == [line[2] for line in world.register.lines["karantina"]]


def test_an_answer_of_unknown_fate_waits_for_a_person(world: World) -> None:
    """It may have left before the ledger was lost: the second one is never sent by itself."""
    world.mail_arrives()
    number = answered(world)
    world.choose(number, status_petugas="Kirim ulang")
    lose_the_ledger(world)
    world.settle()
    world.later(hours=1)
    world.settle()

    assert [] == world.outbound.sent
    assert "" == world.cell(number, "status_petugas")
    assert "Kirim ulang atau Sudah disampaikan" in world.cell(number, "pesan_sistem")


def test_an_approval_taken_back_while_the_worker_was_down_does_not_stand(world: World) -> None:
    """The Petugas could send what the Camat does not want to leave."""
    world.mail_arrives()
    number = answered(world)
    world.choose(number, keputusan_camat="Dikembalikan", status_petugas="Kirim ulang")
    lose_the_ledger(world)
    world.settle()
    world.later(hours=1)
    world.settle()

    assert (Stage.MENUNGGU_KOREKSI, "") == (
        world.case(number).stage,
        world.cell(number, "keputusan_camat"),
    )
    assert "folder Terkirim" in world.cell(number, "pesan_sistem")
    assert [] == world.letters_to(WAYAN)


def test_a_conveyance_chosen_while_the_worker_was_down_is_asked_for_again(world: World) -> None:
    """It stood as obeyed, and the case would wait for it for ever."""
    world.register.type_row(whatsapp_cells())
    world.settle(2)
    number = answered(world)
    world.later(minutes=3)
    world.settle()
    world.choose(number, status_petugas="Sudah disampaikan")
    lose_the_ledger(world)
    world.settle()
    world.choose(number, status_petugas="Sudah disampaikan")
    world.settle()

    assert (Stage.SELESAI, []) == (world.case(number).stage, world.outbound.sent)


def test_a_person_may_send_the_answer_of_unknown_fate(world: World) -> None:
    """Otherwise a citizen whose answer had not left would never get it."""
    world.mail_arrives()
    number = answered(world, "Jalan sudah ditambal.")
    lose_the_ledger(world)
    world.settle()
    world.choose(number, status_petugas="Kirim ulang")
    world.settle()
    world.later(minutes=3)
    world.settle()

    [letter] = world.letters_to(WAYAN)
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Jalan sudah ditambal." in body.get_content()


def test_the_draft_that_stands_is_what_the_camat_approves(world: World) -> None:
    """Versions are lost with the ledger; the case must still reach its end."""
    world.mail_arrives()
    number = submitted(world, "Sudah ditambal.")
    lose_the_ledger(world)
    world.settle()
    world.choose(number, keputusan_camat="Disetujui")
    world.settle()

    assert (Stage.SIAP_DISAMPAIKAN, ("Sudah ditambal.",)) == (
        world.case(number).stage,
        world.case(number).versions,
    )


def test_a_choice_made_while_the_worker_was_down_is_asked_for_again(world: World) -> None:
    """Nobody can know whether it was obeyed; it must neither be obeyed twice nor be forgotten."""
    world.mail_arrives()
    number = drafting(world)
    world.choose(number, draf="Sudah.", status_kasi="Diajukan")
    lose_the_ledger(world)
    world.settle()

    assert (Stage.PENYUSUNAN_DRAF, "") == (
        world.case(number).stage,
        world.cell(number, "status_kasi"),
    )
    assert "Mohon memilih kembali" in world.cell(number, "pesan_sistem")
    world.choose(number, status_kasi="Diajukan")
    world.settle()
    assert Stage.MENUNGGU_KOREKSI is world.case(number).stage


def test_a_mail_that_was_recorded_and_not_yet_filed_makes_no_second_case(world: World) -> None:
    """The ledger was lost between the row and the move out of the INBOX."""
    mail = world.mail_arrives()
    world.settle()
    number = world.number()
    lose_the_ledger(world)
    world.inbox.arrive(mail.as_bytes(), world.clock.moment)
    world.settle()

    assert ([number], []) == (list(world.ledger.cases()), world.outbound.sent)


def test_a_mail_that_waited_while_the_ledger_was_lost_is_no_history(world: World) -> None:
    """The worker was down for two days: a complaint that came meanwhile is one."""
    world.mail_arrives()
    world.settle()
    lose_the_ledger(world)
    world.later(days=1)
    world.mail_arrives(sender="made@warga.example", subject="lapor lampu", text="lampu mati")
    world.later(days=2)
    Worker(replace(world.house(), adopt_since=None)).run()

    assert 1 == len(world.letters_to("made@warga.example"))


@FAIR_ONLY
def test_mail_waits_until_the_register_was_seen_once(world: World) -> None:
    """A number given before could be somebody else's in the sheet."""
    world.mail_arrives()
    world.settle()
    lose_the_ledger(world)
    world.mail_arrives(subject="lapor baru", text="lampu mati")
    world.register.fail("read", done=False)
    report = world.settle()
    assert (Outcome.LATER, {}, []) == (report.outcome, world.ledger.cases(), world.outbound.sent)
    world.settle()

    assert "lapor baru" == world.case("PKT-2026-0002").subject


def test_a_foreign_register_is_refused(world: World) -> None:
    """Numbers without any mark of the worker: a wrong spreadsheet, or a copy of one."""
    world.mail_arrives()
    world.settle()
    copied = InMemoryRegister(office_tabs())
    copied.grid = world.register.grid
    lose_the_ledger(world)
    world.register = copied
    world.mail_arrives(subject="lapor baru", text="lampu mati")
    report = world.settle()

    assert (Outcome.FAULT, {}) == (report.outcome, world.ledger.cases())
    assert "the ledger knows none" in report.faults[0]
    assert [] == world.letters_to(WAYAN)


@FAIR_ONLY
def test_a_death_in_the_middle_adopts_on_the_next_pass(world: World) -> None:
    """Half a memory is no empty one: the rest would stay unknown for ever."""
    busy(world)
    lose_the_ledger(world)
    world.register.fail("marks", done=True)
    world.settle()
    assert {} == world.ledger.cases()
    world.settle()

    assert (6, []) == (len(world.ledger.cases()), world.outbound.sent)


def test_a_ledger_that_knows_cases_adopts_none(world: World) -> None:
    """An old backup of the ledger: unknown numbers are told, never guessed at."""
    world.mail_arrives()
    world.settle()
    world.register.duplicate(world.number())
    world.register.grid[-1].cells["nomor"] = "PKT-2026-0009"
    world.ledger.remember("met", "")  # as a ledger from before there was an adoption
    world.settle()

    assert ["PKT-2026-0001"] == list(world.ledger.cases())
