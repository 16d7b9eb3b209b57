"""A blank sheet becomes the register again, whatever cuts that off, and nobody gets a letter."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from automation.errors import PengaduanError, TransientError
from automation.model import Anchoring, Cell, NewRow, PenAnswer, Reservation, TabLine
from automation.register import writes
from automation.steps import guarding, restore
from automation.steps.verify import verify
from automation.worker import Outcome
from tests.fakes.register import InMemoryRegister
from tests.world import World, answered, drafting, office_tabs, submitted, whatsapp_cells


class Breaking(InMemoryRegister):
    """A blank sheet to which the connection breaks once, at the nth insertion."""

    def __init__(self, call: int, *, done: bool) -> None:
        super().__init__(office_tabs())
        self._left, self._done = call, done

    def insert(
        self,
        rows: Sequence[NewRow],
        anchors: Sequence[Anchoring],
        lines: Sequence[TabLine],
        last_used: int,
        answers: Sequence[PenAnswer] = (),
    ) -> None:
        """Insert, or break before it or after it."""
        self._left -= 1
        if self._left or self._done:
            super().insert(rows, anchors, lines, last_used, answers)
        if not self._left:
            raise TransientError("the connection broke")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give an office with cases at many stations, a held mail, and a blank sheet beside its own."""
    made = World(tmp_path)
    for bring in (answered, drafting, submitted):
        made.mail_arrives(subject=f"lapor {bring.__name__}", text=f"soal {bring.__name__}")
        bring(made)
    made.mail_arrives(headers={"Precedence": "bulk"}, subject="buletin")
    made.mail_arrives(headers={"Precedence": "bulk"}, subject="buletin dua")
    made.mail_arrives(headers={"Precedence": "bulk"}, subject="buletin tiga")
    made.mail_arrives(headers={"Precedence": "bulk"}, subject="buletin empat")
    made.register.type_row({**whatsapp_cells(), "janji": 46_360.0})
    made.later(minutes=3)
    made.settle(2)
    made.register.write("karantina", 2, tindakan="Gabungkan ke nomor", nomor="PKT-2026-0002")
    made.register.write("karantina", 3, tindakan="biarkan")
    made.register.write("karantina", 4, tindakan="Gabungkan ke nomor")
    made.choose("PKT-2026-0002", draf="Baru separuh")
    made.settle()
    made.outbound.sent.clear()
    return made


def refill(world: World, target: InMemoryRegister) -> list[str]:
    """Restore into a sheet whose tabs stand; give what was told."""
    told: list[str] = []
    restore.fill(world.house(), target, world.clock.now(), told.append, lambda _: None)
    return told


def blank() -> InMemoryRegister:
    """Give the sheet as `init` makes it."""
    return InMemoryRegister(office_tabs())


def cells(register: InMemoryRegister) -> list[dict[str, Cell]]:
    """Give what stands in the rows, blanks left out, by number."""
    found: list[dict[str, Cell]] = [
        {n: c for n, c in ln.cells.items() if c not in (None, "")} for ln in register.grid
    ]
    return sorted(found, key=lambda each: str(each["nomor"]))


def shown(register: InMemoryRegister) -> dict[str, list[tuple[Cell, ...]]]:
    """Give the lines of the tabs that grow, without the blanks at the end."""
    return {
        tab: [
            line[: max((at for at, c in enumerate(line, 1) if c not in ("", None)))]
            for line in lines
        ]
        for tab, lines in register.lines.items()
    }


def test_every_row_and_line_comes_back(world: World) -> None:
    """Half-written drafts too: the ledger saw them."""
    lost, target = world.register, blank()
    told = refill(world, target)

    assert (cells(lost), shown(lost)) == (cells(target), shown(target))
    assert ["gabungkan ke nomor", "biarkan", "gabungkan ke nomor", ""] == [
        str([*line, ""][6]).lower() for line in shown(target)["karantina"]
    ]
    assert "rows: 4 of 4" in told


def test_the_books_agree_afterwards(world: World) -> None:
    """That is what `verify` is for."""
    target = blank()
    refill(world, target)

    assert () == verify(replace(world.house(), register=target), world.clock.now()).differences


def test_the_next_pass_changes_nothing_and_sends_nothing(world: World) -> None:
    """A restored sheet is no news to anybody."""
    target = blank()
    refill(world, target)
    before, cases = (cells(target), shown(target)), world.ledger.cases()
    world.register = target
    target.calls.clear()
    report = world.settle()

    assert (Outcome.FINE, []) == (report.outcome, world.outbound.sent)
    assert before == (cells(target), shown(target))
    assert list(cases) == list(world.ledger.cases())
    assert {"read": 1} == dict(target.calls)


def test_a_sheet_restored_later_is_no_foreign_hand(world: World) -> None:
    """Its minutes were written by the restoration, not by somebody in the office."""
    target = blank()
    world.later(minutes=9)
    refill(world, target)
    guarding.distrust(world.ledger)
    world.register = target
    world.later(minutes=4)
    world.settle(2)

    assert [] == [e for e in world.ledger.events(0, 1_000) if e.kind == "kolom_sistem"]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("call", range(1, 5))
def test_a_restoration_that_was_cut_off_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, call: int, *, done: bool
) -> None:
    """Nothing is doubled and nothing is left out, wherever the connection broke."""
    monkeypatch.setattr(restore, "_ROWS", 2)
    monkeypatch.setattr(restore, "_LINES", 15)
    target = Breaking(call, done=done)
    with pytest.raises(TransientError):
        refill(world, target)
    refill(world, target)

    assert (cells(world.register), shown(world.register)) == (cells(target), shown(target))
    assert sorted(world.ledger.cases()) == [line.number() for line in target.grid]


def test_a_typed_row_that_waits_for_its_number_comes_back(world: World) -> None:
    """Its words stand nowhere else: no case was opened yet."""
    number = world.ledger.next_number(2026)
    typed = {"perihal": "Lampu mati", "nama": "Made"}
    promise = Reservation(number, writes.anchor(number), anchored=True, cells=typed)
    world.ledger.put_reservation(promise)
    target = blank()
    refill(world, target)
    refill(world, target)

    assert [typed] == [ln.cells for ln in target.grid if not ln.number()]


def test_an_empty_ledger_restores_nothing(tmp_path: Path) -> None:
    """An empty register would look as if all was lost for good."""
    with pytest.raises(PengaduanError, match=r"put ledger\.sqlite back"):
        restore.signature(World(tmp_path).house())
