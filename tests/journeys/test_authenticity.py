"""What the office's mail server says about a sender: shown in the row, and never a rejection."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from automation.model import Verdict
from automation.worker import Worker
from tests.world import World

pytestmark = pytest.mark.journey

SERVER: Final = "mx.kec-pekutatan.example"
WAYAN: Final = "wayan@warga.example"
FORGED: Final = f"{SERVER}; dmarc=fail (p=REJECT) header.from=warga.example"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path)


def told(world: World, result: str, *, server: str = SERVER) -> str:
    """Give the column after a mail with this result arrived."""
    world.mail_arrives(WAYAN, headers={"Authentication-Results": result})
    Worker(replace(world.house(), authserv_id=server)).run()
    return world.cell(world.number(), "keaslian")


@pytest.mark.parametrize(
    ("result", "word"),
    [
        ("dmarc=pass header.from=warga.example", "Sesuai"),
        ("dmarc=fail (p=NONE) header.from=warga.example", "Tidak sesuai"),
        ("spf=none", "Tidak diperiksa"),
    ],
)
def test_the_row_shows_what_the_server_found(world: World, result: str, word: str) -> None:
    """The Sekcam sees that a name may be borrowed; the citizen is answered all the same."""
    assert word == told(world, f"{SERVER}; {result}")
    assert 1 == len(world.letters_to(WAYAN))


def test_an_office_that_names_no_server_shows_nothing(world: World) -> None:
    """A forger's own header would be believed."""
    assert "" == told(world, f"{SERVER}; dmarc=pass", server="")


def test_a_forged_sender_waits_in_the_pen_unanswered(world: World) -> None:
    """The receipt would hit the person whose address was borrowed."""
    world.mail_arrives(WAYAN, headers={"Authentication-Results": FORGED})
    Worker(replace(world.house(), authserv_id=SERVER)).run()

    assert ([], {}) == (world.outbound.sent, world.ledger.cases())
    assert 1 == len(world.register.lines["karantina"])


def test_a_forged_complainant_commands_nothing_and_adds_nothing(world: World) -> None:
    """Numbers can be guessed; with a borrowed address they would open the case."""
    world.mail_arrives(WAYAN)
    world.settle()
    before = world.case()
    world.mail_arrives(WAYAN, f"Re: {before.number}", "RAHASIA", {"Authentication-Results": FORGED})
    Worker(replace(world.house(), authserv_id=SERVER)).run()
    *_, record = world.ledger.mails()

    assert before == world.case()
    assert (Verdict.HELD, "") == (record.verdict, record.number)
