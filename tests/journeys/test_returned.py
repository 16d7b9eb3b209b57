"""A letter that left and came back: the row says so, and the Petugas is told once."""

from pathlib import Path

import pytest

from tests.world import World, answered, drafting, text_of

pytestmark = pytest.mark.journey

WAYAN = "wayan@warga.example"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give an office with one complaint, received and acknowledged."""
    world = World(tmp_path)
    world.mail_arrives()
    world.settle()
    return world


def comes_back(world: World, message_id: str, action: str = "failed") -> None:
    """Let a mail server return a letter."""
    text = f"Action: {action}\n\nReturned letter:\nMessage-ID: {message_id}\n"
    headers = {"Return-Path": "<>", "X-Failed-Recipients": WAYAN}
    world.mail_arrives("mailer-daemon@mx.example", "Undelivered Mail", text, headers)
    world.settle()


def test_the_row_says_that_the_citizen_was_not_reached(world: World) -> None:
    """A dead address would be found out only by a citizen who asks."""
    comes_back(world, str(world.letters_to(WAYAN)[0]["Message-ID"]))

    assert world.cell(world.number(), "pesan_sistem").startswith("Email kepada pelapor kembali")
    [notice] = world.letters_to("petugas@kec-pekutatan.example")
    assert "email kembali dari server penerima" in text_of(notice)
    assert "Menunggu disposisi" == world.cell(world.number(), "tahap")


def test_two_returns_are_told_once(world: World) -> None:
    """Some servers report each attempt."""
    for _ in range(2):
        comes_back(world, str(world.letters_to(WAYAN)[0]["Message-ID"]))

    assert 1 == len(world.letters_to("petugas@kec-pekutatan.example"))


def test_an_answer_that_comes_back_after_the_case_was_closed_is_told(world: World) -> None:
    """The case looks answered, and the citizen heard nothing."""
    number = answered(world)
    world.later(minutes=3)
    world.settle()
    comes_back(world, str(world.letters_to(WAYAN)[-1]["Message-ID"]))

    assert "Selesai" == world.cell(number, "tahap")
    assert "telepon/WA" in world.cell(number, "pesan_sistem")


def test_a_delay_is_no_return(world: World) -> None:
    """What is late may still arrive."""
    comes_back(world, str(world.letters_to(WAYAN)[0]["Message-ID"]), action="delayed")

    assert "kembali" not in world.cell(world.number(), "pesan_sistem")


def test_a_letter_to_an_official_that_comes_back_is_not_the_citizens_trouble(world: World) -> None:
    """The row would send the Petugas to the wrong person."""
    number = drafting(world)
    [notice] = world.letters_to("sekcam@kec-pekutatan.example")
    comes_back(world, str(notice["Message-ID"]))

    assert "kembali" not in world.cell(number, "pesan_sistem")
    assert 1 == len(world.register.lines["karantina"])


def test_an_invented_return_changes_nothing(world: World) -> None:
    """Anybody may write a bounce; only our own Message-ID ties it to a case."""
    comes_back(world, f"<{world.number()}.t01.1.0123456789abcdef@kec-pekutatan.example>")

    assert "kembali" not in world.cell(world.number(), "pesan_sistem")
