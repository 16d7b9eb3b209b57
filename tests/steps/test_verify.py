"""Whether the books agree, and one line about each thing in which they do not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from automation.errors import TransientError
from automation.model import Fate, Letter, LetterCode, MailRecord, Role, Stage, Verdict
from automation.steps.verify import Result, verify
from tests.world import World, answered, drafting, whatsapp_cells


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give an office with an answered case, a drafted one and a typed one."""
    made = World(tmp_path)
    made.mail_arrives()
    answered(made)
    made.later(minutes=3)
    made.settle()
    made.mail_arrives(subject="lapor lampu", text="lampu mati")
    drafting(made)
    made.register.type_row(whatsapp_cells())
    made.settle(2)
    return made


def compared(world: World) -> Result:
    """Compare the books."""
    return verify(world.house(), world.clock.now())


def lines(world: World) -> list[str]:
    """Give what differs, as it is printed."""
    return [str(each) for each in compared(world).differences]


def test_books_that_agree_differ_in_nothing(world: World) -> None:
    """Whoever always reads about differences stops reading; that the clock goes on is none."""
    world.later(minutes=20)
    result = compared(world)

    assert ((), 0) == (result.differences, result.edits)
    assert (2, 3, 3, 1) == tuple(
        result.counts[name] for name in ("mails", "cases", "rows", "closed")
    )


def test_a_choice_in_the_pen_is_an_edit_to_come(world: World) -> None:
    """The next pass obeys it: until then nothing differs."""
    world.register.write("karantina", _penned(world), tindakan="Biarkan")

    assert ((), 1) == (compared(world).differences, compared(world).edits)


def test_it_changes_nothing(world: World) -> None:
    """A look that repairs hides what was wrong."""
    world.register.delete("PKT-2026-0002")
    world.register.calls.clear()
    before = (world.ledger.cases(), len(world.ledger.events(0, 5000)))
    compared(world)

    assert {"read", "marks"} == set(world.register.calls)
    assert before == (world.ledger.cases(), len(world.ledger.events(0, 5000)))


def test_what_people_typed_is_an_edit_to_come(world: World) -> None:
    """The person wins in their own cells: nothing is to be mended there."""
    world.choose("PKT-2026-0002", draf="Sudah diganti.", status_kasi="Diajukan")
    result = compared(world)

    assert ((), 1) == (result.differences, result.edits)


def test_a_sheet_that_cannot_be_reached_is_no_difference(world: World) -> None:
    """The command ends with 75: nobody is to mend what only was away."""
    world.register.fail("read", done=False)
    with pytest.raises(TransientError):
        compared(world)


def _number_again(world: World) -> None:
    world.register.duplicate("PKT-2026-0002")


def _number_of_nobody(world: World) -> None:
    world.register.type("PKT-2026-0002", "nomor", "PKT-2026-0099")


def _number_cleared(world: World) -> None:
    world.register.type("PKT-2026-0002", "nomor", "")


def _typed_number(world: World) -> None:
    world.register.type_row({"nomor": "PKT-2026-0050", "perihal": "lampu"})


def _row_gone(world: World) -> None:
    world.register.delete("PKT-2026-0002")


def _all_rows_gone(world: World) -> None:
    world.register.grid.clear()


def _stage_overwritten(world: World) -> None:
    world.register.type("PKT-2026-0002", "tahap", "Selesai")


def _raw_mail_gone(world: World) -> None:
    (world.folder / next(world.ledger.mails()).raw).unlink()


def _raw_mail_damaged(world: World) -> None:
    (world.folder / next(world.ledger.mails()).raw).write_bytes(b"")


def _answer_gone(world: World) -> None:
    (world.folder / "kasus/2026/PKT-2026-0001/tanggapan.txt").unlink()


def _mail_without_case(world: World) -> None:
    mail = next(world.ledger.mails())
    world.ledger.add_mail(replace(mail, key="f" * 64, number="PKT-2026-0077"))


def _case_without_mail(world: World) -> None:
    world.ledger.put_case(replace(world.case("PKT-2026-0002"), mail_key="e" * 64))


def _unanswered(world: World) -> None:
    world.ledger.put_case(replace(world.case("PKT-2026-0002"), acknowledged=False))


def _cut_off(world: World) -> None:
    letter = Letter("PKT-2026-0002/T04/9", LetterCode.T04, "PKT-2026-0002", Role.KASI)
    world.ledger.plan(replace(letter, fate=Fate.SENDING))


def _left_unnoticed(world: World) -> None:
    world.ledger.put_case(replace(world.case("PKT-2026-0001"), stage=Stage.SIAP_DISAMPAIKAN))


def _not_penned(world: World) -> None:
    mail = next(world.ledger.mails())
    world.ledger.add_mail(
        MailRecord("d" * 64, "<d@x>", Verdict.HELD, "", "", mail.raw, mail.received)
    )


def _penned(world: World) -> int:
    world.mail_arrives(subject="promo", headers={"List-Id": "<promo.example>"})
    world.settle(2)
    return 2


def _line_of_the_pen_gone(world: World) -> None:
    _penned(world)
    world.register.lines["karantina"].clear()


def _answer_of_the_pen_elsewhere(world: World) -> None:
    world.register.write("karantina", _penned(world), pesan="Dibiarkan")


def _event_unwritten(world: World) -> None:
    world.ledger.add_event(replace(world.ledger.events(0, 1)[0], id=0))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_number_again, "rows PKT-2026-0002: stands in several rows"),
        (_number_of_nobody, "rows PKT-2026-0099: the ledger never gave this number"),
        (_number_cleared, "rows in row 3: a case's row has no No. Register"),
        (_typed_number, "rows PKT-2026-0050: a number typed by hand"),
        (_row_gone, "rows PKT-2026-0002: the case has no row"),
        (_all_rows_gone, "rows PKT-2026-0003: the case has no row"),
        (_stage_overwritten, "rows PKT-2026-0002: Tahap not as the ledger says"),
        (_raw_mail_gone, "is gone: restore it from a backup"),
        (_raw_mail_damaged, "is damaged: restore it from a backup"),
        (_answer_gone, "archive PKT-2026-0001: not in the archive: tanggapan.txt"),
        (_mail_without_case, "mails ffffffffffff: belongs to PKT-2026-0077"),
        (_case_without_mail, "mails PKT-2026-0002: the mail that opened it is not in the ledger"),
        (_unanswered, "letters PKT-2026-0002: never acknowledged"),
        (_cut_off, "letters PKT-2026-0002: T04 was cut off"),
        (_left_unnoticed, "letters PKT-2026-0001: the answer left"),
        (_not_penned, "mails Karantina, Surat Lain: 1 mail(s) have no line"),
        (_line_of_the_pen_gone, "mails Karantina, Surat Lain: 1 line(s) vanished undecided"),
        (_answer_of_the_pen_elsewhere, "mails Karantina, Surat Lain: 1 answer(s) not as"),
        (_event_unwritten, "history Riwayat: events after"),
    ],
)
def test_each_difference_is_told(world: World, harm: Callable[[World], None], told: str) -> None:
    """What is not listed is believed to be in order."""
    harm(world)

    assert [line for line in lines(world) if told in line] != [], lines(world)
