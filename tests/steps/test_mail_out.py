"""Letters out: each exactly once, one that fails stops no other."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from automation.errors import PengaduanError, RejectedError, TransientError
from automation.model import Case, Fate, Letter, LetterCode, Office
from automation.outbox.letters import LetterWriter
from automation.resources import data_folder
from automation.worker import Worker
from tests.fakes.mail import ListInbox, RecordingOutbound
from tests.world import OFFICE_ADDRESS, World, answered, shipped

WAYAN = "wayan@warga.example"
REFUSALS = [TransientError("away"), RejectedError("login refused")]


class BrokenWriter(LetterWriter):
    """A writer on which our own code breaks at one kind of letter."""

    def compose(
        self, letter: Letter, case: Case | None, office: Office, link: str, now: datetime
    ) -> EmailMessage:
        """Break, or write."""
        if letter.code is LetterCode.T01:
            raise RuntimeError("a bug of ours")
        return super().compose(letter, case, office, link, now)


class BrokenOutbound(RecordingOutbound):
    """A way out on which our own code breaks at one address."""

    def send(self, message: EmailMessage) -> str:
        """Break, or send."""
        if WAYAN in str(message["To"]):
            raise RuntimeError("a bug of ours")
        return super().send(message)


class NoSentFolder(ListInbox):
    """A mailbox whose Sent folder answers with an error, until that is taken away."""

    def __init__(self, error: PengaduanError) -> None:
        super().__init__()
        self.error: PengaduanError | None = error

    def sent(self, message_id: str) -> bool:
        """Look, or fail."""
        self._refuse()
        return super().sent(message_id)

    def keep_sent(self, message: bytes) -> None:
        """Keep, or fail."""
        self._refuse()
        super().keep_sent(message)

    def _refuse(self) -> None:
        if self.error is not None:
            raise self.error


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path)


def fate(world: World, code: str) -> Fate:
    """Give the fate of the first letter of a code about the latest case."""
    letter = world.ledger.letter(f"{world.number()}/{code}/1")
    assert letter is not None
    return letter.fate


def in_flight(world: World, code: str) -> None:
    """Leave a letter as a crash in the middle of sending leaves it."""
    key = f"{world.number()}/{code}/1"
    assert world.ledger.claim(key, world.house().letters.message_id(key), world.clock.moment)


def held_up(world: World) -> None:
    """Bring the latest complaint to an answer whose hold is over."""
    world.mail_arrives()
    answered(world)
    world.later(minutes=3)


def test_a_letter_that_breaks_our_own_code_waits_and_stops_no_other(world: World) -> None:
    """The Sekcam is told although the acknowledgement cannot be written yet."""
    folders = [data_folder("mail_templates")]
    writer = BrokenWriter(folders, shipped()[2], OFFICE_ADDRESS, b"test")
    world.mail_arrives()
    Worker(replace(world.house(), letters=writer)).run()
    assert (1, Fate.PLANNED) == (len(world.subjects_to("sekcam")), fate(world, "T01"))
    world.later(minutes=2)
    world.settle()

    assert Fate.SENT is fate(world, "T01")


def test_an_answer_cut_off_and_found_in_the_sent_folder_was_sent(world: World) -> None:
    """The copy proves it: nothing is repeated, the case goes on."""
    held_up(world)
    in_flight(world, "T10")
    key = f"{world.number()}/T10/1"
    world.inbox.keep_sent(f"Message-ID: {world.house().letters.message_id(key)}\n\n".encode())
    world.settle()

    assert (Fate.SENT, 1) == (fate(world, "T10"), len(world.letters_to(WAYAN)))
    assert "Selesai" == world.cell(world.number(), "tahap")


def test_an_answer_cut_off_and_not_found_waits_for_a_person(world: World) -> None:
    """Perhaps delivered: a machine must not send it again."""
    held_up(world)
    in_flight(world, "T10")
    world.settle()

    assert (Fate.HELD, 1) == (fate(world, "T10"), len(world.letters_to(WAYAN)))


def test_an_acknowledgement_cut_off_is_sent_again(world: World) -> None:
    """Twice is better than never for a receipt."""
    world.mail_arrives()
    world.outbound.fail.append(TransientError("450 busy"))
    world.settle()
    in_flight(world, "T01")
    world.settle()

    assert Fate.SENT is fate(world, "T01")


@pytest.mark.parametrize("error", REFUSALS)
def test_a_sent_folder_that_cannot_be_asked_settles_nothing(
    tmp_path: Path, error: PengaduanError
) -> None:
    """The answer stays in flight until the mailbox tells; letters of other cases leave."""
    inbox = NoSentFolder(error)
    world = World(tmp_path, inbox=inbox)
    held_up(world)
    number = world.number()
    in_flight(world, "T10")
    world.mail_arrives(sender="made@warga.example")
    world.settle()
    assert [f"{number}/T10/1"] == [letter.key for letter, _ in world.ledger.in_flight()]
    assert 1 == len(world.letters_to("made@warga.example"))
    inbox.error = None
    world.settle()

    assert Fate.HELD is world.ledger.letters(number)[-2].fate


@pytest.mark.parametrize("error", REFUSALS)
def test_an_answer_without_its_copy_is_sent_all_the_same(
    tmp_path: Path, error: PengaduanError
) -> None:
    """The mail server took it; a mailbox that refuses the copy must not leave it in doubt."""
    world = World(tmp_path, inbox=NoSentFolder(error))
    held_up(world)
    world.settle()

    assert Fate.SENT is fate(world, "T10")
    assert "Selesai" == world.cell(world.number(), "tahap")


def test_a_busy_mail_server_is_left_alone_after_three_refusals(world: World) -> None:
    """The rest waits for the next pass; each refused letter waits longer."""
    for sender in "abcdef":
        world.mail_arrives(sender=f"{sender}@warga.example")
    world.outbound.fail.extend([TransientError("450 busy")] * 9)
    world.settle()
    assert 6 == len(world.outbound.fail)
    world.outbound.fail.clear()
    world.later(minutes=2)
    world.settle()

    assert [1] * 6 == [len(world.letters_to(f"{x}@warga.example")) for x in "abcdef"]


def test_a_refused_acknowledgement_tells_the_petugas(world: World) -> None:
    """The address is dead: somebody must telephone; the case goes on."""
    world.mail_arrives()
    world.outbound.fail.append(RejectedError("550 no such user"))
    world.settle()

    assert any("tidak terkirim" in subject for subject in world.subjects_to("petugas"))
    assert "Menunggu disposisi" == world.cell(world.number(), "tahap")


def test_the_hold_is_the_offices_own(world: World) -> None:
    """Two minutes to take an approval back: nothing leaves before they are over."""
    world.mail_arrives()
    answered(world)
    world.later(minutes=1, seconds=59)
    world.settle()
    assert 1 == len(world.letters_to(WAYAN))
    world.clock.moment += timedelta(seconds=1)
    world.settle()

    assert 2 == len(world.letters_to(WAYAN))


def test_a_copied_row_lets_no_answer_leave(world: World) -> None:
    """The Camat took it back in one of two rows with the same number; neither can be read."""
    world.mail_arrives()
    number = answered(world)
    world.register.duplicate(number)
    world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Tunggu.")
    world.later(minutes=3)
    world.settle(2)

    assert 1 == len(world.letters_to(WAYAN))


def test_a_withdrawal_after_the_read_of_a_slow_pass_still_counts(world: World) -> None:
    """The hold was not over when the sheet was read, only when the letters' turn came."""
    world.mail_arrives()
    number = answered(world)
    world.later(seconds=110)
    world.mail_arrives(subject="lain")

    def slow() -> None:
        world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Tunggu.")
        world.later(seconds=30)

    world.register.hooks["after insert"] = slow
    world.settle()

    assert not [s for s in world.subjects_to(WAYAN) if "Tanggapan" in s]


def test_a_letter_on_which_sending_breaks_stops_no_other(tmp_path: Path) -> None:
    """The Sekcam is told although the receipt cannot be sent."""
    world = World(tmp_path, outbound=BrokenOutbound())
    world.mail_arrives()
    world.settle()

    assert 1 == len(world.subjects_to("sekcam"))


def test_an_answer_on_which_sending_breaks_waits_for_a_person(tmp_path: Path) -> None:
    """Our own code broke at an unknown moment: perhaps it left."""
    world = World(tmp_path)
    held_up(world)
    world.outbound = BrokenOutbound()
    world.settle()

    assert Fate.HELD is fate(world, "T10")


def test_a_letter_to_nobody_waits_until_peran_names_somebody(world: World) -> None:
    """A Kasi left and his successor is not entered yet; letters to others leave meanwhile."""
    whole = world.register.tabs["peran"]
    world.mail_arrives()
    number = answered(world)
    world.register.tabs["peran"] = tuple(line for line in whole if "Kasi PMD" not in line)
    world.choose(number, keputusan_camat="Dikembalikan", catatan_camat="Tunggu.")
    world.settle()
    world.register.tabs["peran"] = whole
    world.later(minutes=2)
    world.settle()

    assert 2 == len(world.subjects_to("kasi_pmd"))
