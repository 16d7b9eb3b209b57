"""A complaint that reached an officer's own mailbox becomes the citizen's case."""

from pathlib import Path

import pytest

from automation.model import Verdict
from tests.world import ADDRESSES, World

pytestmark = pytest.mark.journey

MADE = "made@warga.example"
FORWARD = (
    "Mohon dicatat.\n\n---------- Pesan yang diteruskan ---------\n"
    f"Dari: Made Sukreni <{MADE}>\nTanggal: Sel, 24 Nov 2026 pukul 07.58\n"
    "Subjek: jalan rusak\nKepada: <petugas@kec-pekutatan.example>\n\nJalan di Pulukan rusak.\n"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give an office to which the Petugas has handed on a citizen's mail."""
    world = World(tmp_path)
    world.mail_arrives(ADDRESSES["petugas"], "Fwd: jalan rusak", FORWARD)
    world.settle()
    return world


def test_the_row_is_the_citizens_and_nobody_is_answered_yet(world: World) -> None:
    """The Petugas sees whom the worker took for the citizen, and may correct it."""
    number = world.number()
    told = [world.cell(number, column) for column in ("nama", "kontak", "perihal", "tahap")]

    assert ["Made Sukreni", MADE, "jalan rusak", "Perlu dipilah"] == told
    assert [] == world.outbound.sent


def test_the_receipt_goes_to_the_citizen_once_the_petugas_records_it(world: World) -> None:
    """And never to the officer."""
    world.choose(world.number(), status_petugas="Catat")
    world.settle()

    assert 1 == len(world.letters_to(MADE))
    assert [] == world.letters_to(ADDRESSES["petugas"])


def test_a_corrected_address_gets_the_receipt(world: World) -> None:
    """A forward may name the wrong person first."""
    world.choose(world.number(), kontak="luh@warga.example", status_petugas="Catat")
    world.settle()

    assert ([], 1) == (world.letters_to(MADE), len(world.letters_to("luh@warga.example")))


def test_the_citizen_answers_in_the_case(world: World) -> None:
    """The thread is the citizen's from the receipt on."""
    world.choose(world.number(), status_petugas="Catat")
    world.settle()
    [receipt] = world.letters_to(MADE)
    thread = {"In-Reply-To": str(receipt["Message-ID"])}
    world.mail_arrives(MADE, f"Re: {receipt['Subject']}", "ini fotonya", thread)
    world.settle()

    assert [Verdict.COMPLAINT, Verdict.FOLLOW_UP] == [m.verdict for m in world.ledger.mails()]
    assert "ini fotonya" in world.cell(world.number(), "uraian")
