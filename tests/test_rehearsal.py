"""`run --dry-run`: what a pass would do is told, and nothing is touched."""

from pathlib import Path

import pytest

from automation import wiring
from automation.errors import TransientError
from tests.world import World, answered, whatsapp_cells


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give an office in memory."""
    return World(tmp_path / "archive")


def traces(world: World) -> dict[str, object]:
    """Give everything in which a pass leaves a trace."""
    numbers = world.ledger.cases()
    return {
        "mailbox": {name: list(mails) for name, mails in world.inbox.folders.items()},
        "rows": [(line.anchor, dict(line.cells)) for line in world.register.grid],
        "lines": {tab: list(lines) for tab, lines in world.register.lines.items()},
        "sent": list(world.outbound.sent),
        "cases": numbers,
        "letters": [world.ledger.letters(number) for number in ["", *numbers]],
        "mails": list(world.ledger.mails()),
        "events": world.ledger.events(0, 10_000),
        "promised": world.ledger.reservations(),
        "last pass": world.ledger.recall("last_pass"),
        "archive": sorted(world.folder.rglob("*")),
    }


def told(world: World) -> list[str]:
    """Rehearse, and give what was told once nothing was touched."""
    before = traces(world)
    lines = wiring.rehearsed(world.house())

    assert traces(world) == before
    return lines


def test_a_new_complaint_is_told_from_the_mail_to_its_letters(world: World) -> None:
    """Whoever connects an old mailbox wants to see what would leave before anything does."""
    world.mail_arrives()

    lines = told(world)

    assert lines[0] == "would file 1 mail(s) in Tercatat"
    assert "would insert row PKT-2026-0001 after row 1" in lines
    assert sum(line.startswith("would send the letter <") for line in lines) == 2


def test_an_approved_answer_is_told_and_does_not_leave(world: World) -> None:
    """After a restore this tells what would be answered a second time."""
    world.mail_arrives()
    number = answered(world)
    world.later(minutes=3)

    assert any(f"<{number}.t10." in line for line in told(world))


def test_a_typed_row_is_told_by_its_place(world: World) -> None:
    """The row has no number yet, and gets none by a rehearsal."""
    world.register.type_row(whatsapp_cells())

    assert "would number the typed row 2" in told(world)


def test_a_changed_cell_is_told_by_case_and_column(world: World) -> None:
    """The operator sees which rows a pass would write."""
    world.mail_arrives()
    world.settle()
    number = world.number()
    world.choose(number, tahap="Selesai")

    assert any(
        line.startswith(f"would write {number}: ") and "tahap" in line for line in told(world)
    )


def test_a_settled_office_has_nothing_to_tell(world: World) -> None:
    """A line that always shows would hide the ones that matter."""
    world.mail_arrives()
    world.settle(3)

    assert told(world) == []


def test_a_fault_on_the_way_is_told(world: World) -> None:
    """A rehearsal over a broken wire must not look like an idle pass."""
    world.inbox.fail.append(TransientError("the mailbox is away"))

    assert told(world) == ["mailbox: the mailbox is away"]


def test_the_pass_after_a_rehearsal_does_what_was_told(world: World) -> None:
    """The rehearsal must leave the mail and the letters for the real pass."""
    world.mail_arrives()
    told(world)

    world.settle()

    assert list(world.ledger.cases()) == ["PKT-2026-0001"]
    assert len(world.outbound.sent) == 2
