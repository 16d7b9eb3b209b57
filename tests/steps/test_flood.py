"""A flood from one sender: kept, held, told once; nobody else notices."""

from pathlib import Path

import pytest

from automation.model import Verdict
from tests.world import ADDRESSES, World

ANGRY = "marah@warga.example"
PETUGAS = ADDRESSES["petugas"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path)


def flood(world: World, count: int, sender: str = ANGRY) -> None:
    """Let somebody write so many mails at once."""
    for n in range(count):
        world.mail_arrives(sender=sender, subject=f"lapor {n}", text=f"soal {n}")
    world.settle()


def verdicts(world: World) -> list[Verdict]:
    """Give what each mail was taken for."""
    return [mail.verdict for mail in world.ledger.mails()]


def test_a_flood_is_kept_and_held_behind_ten(world: World) -> None:
    """No mail is lost, and the office is not buried under cases and letters."""
    flood(world, 60)

    assert [Verdict.COMPLAINT] * 10 + [Verdict.HELD] * 50 == verdicts(world)
    assert (10, 50) == (len(world.letters_to(ANGRY)), len(world.register.lines["karantina"]))


def test_a_flood_is_told_once(world: World) -> None:
    """However long it lasts on that day, and whoever joins in."""
    for sender in (ANGRY, ANGRY, "lain@warga.example"):
        flood(world, 30, sender)
        world.later(minutes=5)
    [letter] = world.letters_to(PETUGAS)

    assert "Daftar Blokir" in str(letter.get_body(("plain",)))


def test_other_citizens_are_heard_meanwhile(world: World) -> None:
    """The flood is one sender's, and so is what follows from it."""
    flood(world, 20)
    world.mail_arrives(subject="jalan rusak")
    world.settle()

    assert "jalan rusak" == world.case().subject


def test_who_writes_often_in_a_day_is_no_flood(world: World) -> None:
    """A head of a hamlet hands on what his people say; after an hour the count begins anew."""
    for _ in range(3):
        flood(world, 10)
        world.later(minutes=61)

    assert {Verdict.COMPLAINT} == set(verdicts(world))


def test_mails_that_waited_for_days_are_counted_by_their_time(world: World) -> None:
    """Read at once after an outage, they did not come at once."""
    for n in range(15):
        world.mail_arrives(sender=ANGRY, subject=f"lapor {n}")
        world.later(minutes=10)
    world.settle()

    assert {Verdict.COMPLAINT} == set(verdicts(world))


def test_a_colleague_may_hand_on_many(world: World) -> None:
    """The Petugas forwards a morning's messages."""
    flood(world, 15, PETUGAS)

    assert 15 == len(world.ledger.cases())


def test_a_held_one_may_be_released(world: World) -> None:
    """The eleventh may be the one that matters."""
    flood(world, 11)
    world.register.write("karantina", 2, tindakan="Jadikan pengaduan")
    world.settle()

    assert (11, "lapor 10") == (len(world.ledger.cases()), world.case().subject)
