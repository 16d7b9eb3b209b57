"""Why a mail was taken for what it is: in the ledger, in the history, in Indonesian."""

from pathlib import Path
from typing import Final

import pytest

from automation.intake.classify import RULES
from automation.model import Folder
from automation.steps import adopt
from tests.world import World, shipped

pytestmark = pytest.mark.journey

BESIDE: Final = {"unreadable", "history", "flood", adopt.RULE}
"""Rules beside those of classify.py: what the step itself finds."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path)


def history(world: World) -> list[tuple[object, object]]:
    """Give number and sentence of each mail in the tab Riwayat, oldest first."""
    lines = reversed(world.register.lines["riwayat"])
    return [(line[1], line[3]) for line in lines if "Email masuk" in str(line[3])]


def test_each_rule_has_its_words_and_no_words_are_left_over() -> None:
    """The staff would read an English name, or a translator polish what nobody sees."""
    assert {rule.name for rule in RULES} | BESIDE == set(shipped()[2]["rule"])


def test_the_history_says_why_a_mail_is_a_complaint(world: World) -> None:
    """Who asks months later finds the reason beside the number."""
    world.mail_arrives()
    world.settle()
    told = "Email masuk dinilai sebagai Pengaduan karena ditulis seseorang kepada kantor, "

    assert [(world.number(), told + "tanpa tanda lain.")] == history(world)


def test_the_history_says_why_a_mail_is_none(world: World) -> None:
    """A held citizen's mail must be explained without opening the ledger."""
    world.mail_arrives(headers={"Auto-Submitted": "auto-replied"})
    world.mail_arrives(subject="Undangan rapat")
    world.inbox.arrive(b"\x00" * 9, world.clock.moment)
    world.settle()
    numbers, told = zip(*history(world), strict=True)

    assert {""} == set(numbers)
    assert "Balasan otomatis karena pengirimnya menyatakan diri sebagai mesin" in told[0]
    assert "Belum dapat dipastikan sebagai pengaduan karena merupakan undangan" in told[1]
    assert "Tidak terbaca karena isinya tidak dapat dibaca sistem" in told[2]


def test_a_number_that_a_stranger_names_gets_no_line_of_that_case(world: World) -> None:
    """The history of a case would say that somebody asked about it, and who reads it may tell."""
    world.mail_arrives()
    world.settle()
    world.mail_arrives("ormas@lain.example", f"status {world.number()}", "status?")
    world.settle()

    assert ["", world.number()] == sorted(str(number) for number, _ in history(world))


def test_our_own_letters_make_no_line(world: World) -> None:
    """A Petugas who reads the office's mailbox would double the history with every notice."""
    world.mail_arrives()
    world.settle()
    [receipt] = world.letters_to("wayan@warga.example")
    world.inbox.arrive(receipt.as_bytes(), world.clock.moment)
    world.settle()

    assert 1 == len(history(world))
    assert 1 == len(world.inbox.folders[Folder.BUKAN_PENGADUAN])


def test_old_mail_makes_no_line(world: World) -> None:
    """Connecting a mailbox of ten years must not fill the history with them."""
    world.clock.moment = world.clock.moment.replace(year=2020)
    world.mail_arrives()
    world.clock.moment = world.clock.moment.replace(year=2026)
    world.settle()

    assert {} == {tab: lines for tab, lines in world.register.lines.items() if lines}


def test_the_ledger_keeps_the_reason_in_english(world: World) -> None:
    """Log, ledger and `explain` say the same."""
    world.mail_arrives(subject="Undangan rapat")
    world.settle()
    [record] = world.ledger.mails()

    assert "it is an invitation" == record.reason
