"""The pass as a whole: its order, its error boundary, its alarms, its end."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from automation.errors import (
    PengaduanError,
    RegisterDriftError,
    RejectedError,
    SettingsError,
    TransientError,
)
from automation.model import Fate, Snapshot
from automation.worker import Outcome, Pause, Worker
from tests.fakes.mail import ListInbox
from tests.fakes.register import InMemoryRegister
from tests.world import World, answered, office_tabs

WAYAN = "wayan@warga.example"


class FailingRegister(InMemoryRegister):
    """A spreadsheet that answers every look with the same failure, until that is taken away."""

    def __init__(self) -> None:
        super().__init__(office_tabs())
        self.failure: Exception | None = None

    def read(self) -> Snapshot:
        """Read, or fail."""
        if self.failure is not None:
            raise self.failure
        return super().read()


class StoppingInbox(ListInbox):
    """A mailbox in which a signal arrives while the worker waits for mail."""

    def __init__(self) -> None:
        super().__init__()
        self.worker: Worker | None = None
        self.closed = False

    def wait(self, seconds: float) -> bool:
        """Get the signal."""
        assert self.worker is not None
        self.worker.stop()
        return super().wait(seconds)

    def close(self) -> None:
        """Note that the line was let go."""
        self.closed = True


@pytest.fixture
def register() -> FailingRegister:
    """Give a sheet that can be broken."""
    return FailingRegister()


@pytest.fixture
def world(tmp_path: Path, register: FailingRegister) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path, register=register)


def test_a_sheet_that_is_not_what_it_must_be_stops_every_letter_but_the_alarm(
    world: World, register: FailingRegister
) -> None:
    """Catastrophes are refused; the citizen's mail is recorded all the same."""
    world.settle()
    register.failure = RegisterDriftError("the tab is empty")
    world.mail_arrives()
    report = world.settle()

    assert (Outcome.FAULT, [], 1) == (
        report.outcome,
        world.letters_to(WAYAN),
        len(world.ledger.cases()),
    )
    assert 1 == len(world.subjects_to("petugas"))


def test_a_drifted_sheet_stops_the_letters_also_when_the_mailbox_failed_before(
    world: World, register: FailingRegister
) -> None:
    """Two faults in one pass must not hide the worse one."""
    world.mail_arrives()
    register.failure = TransientError("away")
    world.outbound.fail.append(TransientError("450 busy"))
    world.settle()
    register.failure = RegisterDriftError("the tab is empty")
    world.inbox.fail.append(RejectedError("login refused"))
    world.later(minutes=5)
    world.settle()

    assert [] == world.letters_to(WAYAN)


@pytest.mark.parametrize(
    "failure", [TransientError("away"), SettingsError(["key revoked"]), RuntimeError("a bug")]
)
def test_a_sheet_that_cannot_be_read_does_not_keep_citizens_waiting(
    world: World, register: FailingRegister, failure: Exception
) -> None:
    """The complaint is in the ledger: the acknowledgement leaves, the row follows."""
    world.settle()
    register.failure = failure
    world.mail_arrives()
    world.settle()
    assert 1 == len(world.letters_to(WAYAN))
    register.failure = None
    world.settle()

    assert "Menunggu disposisi" == world.cell(world.number(), "tahap")


def test_no_answer_leaves_while_the_sheet_cannot_be_read(
    world: World, register: FailingRegister
) -> None:
    """The Camat may have taken it back, and nobody could see it."""
    world.mail_arrives()
    number = answered(world)
    register.failure = TransientError("away")
    world.later(minutes=5)
    world.settle()

    assert Fate.PLANNED is world.ledger.letter(f"{number}/T10/1").fate  # type: ignore[union-attr]


def test_a_clock_behind_the_last_pass_stops_everything(world: World) -> None:
    """A computer that woke up in 1970 must write nothing and answer nobody."""
    world.settle()
    world.clock.moment -= timedelta(hours=1)
    world.mail_arrives()
    report = world.settle()

    assert (Outcome.FAULT, {}, []) == (report.outcome, world.ledger.cases(), world.outbound.sent)
    assert "set the clock" in report.faults[0]


def test_each_alarm_is_raised_once_and_once_when_it_is_over(
    world: World, register: FailingRegister
) -> None:
    """Alarms in every pass are alarms that nobody reads."""
    register.failure = RegisterDriftError("the tab is empty")
    for _ in range(3):
        world.settle()
        world.later(minutes=5)
    register.failure = None
    world.settle(3)

    assert 2 == len(world.subjects_to("petugas"))


def test_a_short_outage_alarms_nobody_by_mail(world: World, register: FailingRegister) -> None:
    """Google's bad minute is not the Petugas' business."""
    register.failure = TransientError("away")
    world.settle()
    world.later(minutes=5)
    register.failure = None
    world.settle()

    assert [] == world.subjects_to("petugas")


def test_a_long_outage_is_told_by_mail(world: World, register: FailingRegister) -> None:
    """After ten minutes people write by hand."""
    register.failure = TransientError("away")
    for _ in range(3):
        world.settle()
        world.later(minutes=6)

    assert 1 == len(world.subjects_to("petugas"))


def test_a_pass_ends_with_one_line_of_counts(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """What happened must be readable at a glance, without anybody's name."""
    caplog.set_level(logging.INFO, "automation")
    world.mail_arrives()
    Worker(world.house()).once()
    [line] = [r.getMessage() for r in caplog.records if r.getMessage().startswith("pass ")]

    assert "outcome=fine mails=1 cases=1 unreadable=0 edits=0 rows=1" in line
    assert "wayan" not in caplog.text


@pytest.mark.parametrize(
    ("failure", "code"),
    [(TransientError("away"), 75), (SettingsError(["key revoked"]), 1), (PengaduanError("x"), 1)],
)
def test_the_exit_code_says_who_must_act(
    world: World, register: FailingRegister, failure: Exception, code: int
) -> None:
    """75 = cron tries again by itself; 1 = somebody must mend something."""
    register.failure = failure

    assert code == int(world.settle().outcome)


def test_a_pause_that_was_ended_waits_for_nobody() -> None:
    """A stop must not wait out a minute of patience with Google."""
    pause = Pause()
    assert not pause.wait(0)
    pause.end()

    assert pause.wait(3_600)


def test_a_stop_while_waiting_ends_the_work_after_the_pass(tmp_path: Path) -> None:
    """SIGTERM must not cut a pass, nor wait for the next mail."""
    inbox = StoppingInbox()
    world = World(tmp_path, inbox=inbox)
    world.mail_arrives()
    inbox.worker = Worker(world.house())
    inbox.worker.work(poll=60)

    assert (1, True) == (len(world.letters_to(WAYAN)), inbox.closed)
