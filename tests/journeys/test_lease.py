"""Two computers, one office: one works, the other touches nothing until the first is gone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation import checks, wiring
from automation.errors import PengaduanError, TransientError
from automation.ledger.store import SqliteLedger
from automation.model import Fate
from automation.steps import lease
from automation.worker import Outcome, Worker
from tests.fakes.mail import ListInbox
from tests.fakes.register import InMemoryRegister
from tests.weather import FAIR_ONLY, Weather
from tests.world import WITA, World, answered, office_tabs

WAYAN = "wayan@warga.example"
Act = Callable[[], object]


class CutOff(InMemoryRegister):
    """A spreadsheet to which one of the computers may lose its line."""

    def __init__(self) -> None:
        super().__init__(office_tabs())
        self.away = False
        self.jammed = ""  # the one method that gets no answer

    def _begin(self, method: str) -> None:
        if self.away or method == self.jammed:
            raise TransientError(f"{method}: no answer from Google")
        super()._begin(method)


class SlowInbox(ListInbox):
    """A mailbox that takes its time to tell what waits."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Act] = []

    def _may_fail(self) -> None:
        while self.meanwhile:
            self.meanwhile.pop()()
        super()._may_fail()


@dataclass(slots=True)
class Pair:
    """Two installations that share clock, mailbox, sheet and way out, but no ledger."""

    first: World
    second: World
    sheet: CutOff = field(init=False)

    def __post_init__(self) -> None:
        assert isinstance(self.first.register, CutOff)
        self.sheet = self.first.register

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.first.later(**by)

    def second_waits(self, minutes: int) -> list[Outcome]:
        """Let the second make a pass each minute."""
        outcomes = []
        for _ in range(minutes):
            self.later(minutes=1)
            outcomes.append(self.second.settle().outcome)
        return outcomes


@pytest.fixture
def pair(tmp_path: Path, weather: Weather) -> Pair:
    """Give the two, of which the first has begun."""
    first = World(
        tmp_path / "1",
        inbox=SlowInbox(),
        register=CutOff(),
        installation="aaaa1111@kantor",
        weather=weather,
    )
    second = World(
        tmp_path / "2",
        clock=first.clock,
        inbox=first.inbox,
        register=first.register,
        outbound=first.outbound,
        ledger=SqliteLedger(None, WITA),
        installation="bbbb2222@gudang",
        weather=weather,
    )
    first.settle()
    return Pair(first, second)


@FAIR_ONLY
def test_the_second_touches_nothing(pair: Pair) -> None:
    """A mail recorded twice is two numbers and two acknowledgements."""
    pair.first.mail_arrives()
    pair.sheet.calls.clear()
    report = pair.second.settle()

    assert Outcome.LATER is report.outcome
    assert {"lease": 1} == dict(pair.sheet.calls)
    assert 1 == len(pair.first.inbox.folders["INBOX"])
    assert ({}, [], []) == (
        pair.second.ledger.cases(),
        pair.first.outbound.sent,
        list(pair.second.ledger.mails()),
    )


def test_with_two_at_work_each_complaint_has_one_number_and_one_receipt(pair: Pair) -> None:
    """Whoever looks first, and however often."""
    people = [f"w{n}@warga.example" for n in range(20)]
    for person in people:
        pair.first.mail_arrives(sender=person)
        pair.second.settle()
        pair.first.settle()
        pair.later(minutes=1)

    numbers = [line.number() for line in pair.sheet.grid]
    assert (20, 20, {}) == (len(set(numbers)), len(numbers), pair.second.ledger.cases())
    assert [1] * 20 == [len(pair.first.letters_to(person)) for person in people]


@FAIR_ONLY
def test_the_waiting_is_told_once_in_the_log_and_in_the_status(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator learns which computer works; nobody is written to, however long it lasts."""
    caplog.set_level(logging.WARNING, "automation")
    for _ in range(4):
        pair.first.settle()
        pair.second_waits(4)

    [alarm] = [r.getMessage() for r in caplog.records if "alarm wire=lease" in r.getMessage()]
    facts = checks.standing(pair.second.ledger, pair.second.clock.moment)
    assert "aaaa1111@kantor" in alarm
    assert ["lease"] == list(facts["alarms"])  # type: ignore[call-overload]
    assert str(facts["lease"]).startswith("aaaa1111@kantor until ")
    assert () == pair.second.ledger.letters("")


def test_a_dead_worker_is_relieved_after_its_time(pair: Pair) -> None:
    """The first died: its lease runs out, and what waits in the mailbox is answered."""
    pair.second.settle()
    pair.first.mail_arrives()
    outcomes = pair.second_waits(12)

    assert ([Outcome.LATER] * 11, Outcome.FINE) == (outcomes[:11], outcomes[11])
    assert 1 == len(pair.second.letters_to(WAYAN))
    assert {} == checks.standing(pair.second.ledger, pair.second.clock.moment)["alarms"]


@FAIR_ONLY
def test_who_was_relieved_waits_when_it_wakes(pair: Pair) -> None:
    """The first only slept: it must see that the second works now."""
    pair.second.settle()
    pair.second_waits(12)
    pair.first.mail_arrives()

    assert Outcome.LATER is pair.first.settle().outcome
    assert {} == pair.first.ledger.cases()


@FAIR_ONLY
def test_who_wrote_in_vain_and_cannot_look_waits(pair: Pair) -> None:
    """The line is not its own any more: whoever wrote it may record the same mail."""
    pair.second.settle()
    pair.second_waits(12)
    pair.first.mail_arrives()
    pair.sheet.fail("lease", done=False)
    outcomes = [pair.first.settle().outcome]
    pair.sheet.away = True
    outcomes.append(pair.first.settle().outcome)

    assert ([Outcome.LATER] * 2, {}) == (outcomes, pair.first.ledger.cases())
    assert 1 == len(pair.first.inbox.folders["INBOX"])


def test_whose_term_is_over_comes_to_no_row_before_it_is_renewed(pair: Pair) -> None:
    """Sheets is half away and the other at work: the answer would leave beside its own."""
    pair.first.mail_arrives()
    number = answered(pair.first)
    pair.second.settle()
    pair.second_waits(13)
    pair.sheet.jammed = "swap_lease"
    report = pair.first.settle()

    assert (Outcome.LATER, None) == (report.outcome, report.sheet)
    assert Fate.PLANNED is pair.first.ledger.letter(f"{number}/T10/1").fate  # type: ignore[union-attr]


def test_who_was_relieved_does_not_follow_by_itself(pair: Pair) -> None:
    """The second answered, then died: the first would answer the same complaint once more."""
    pair.first.mail_arrives()
    answered(pair.first)
    pair.second.settle()
    pair.second_waits(12)
    pair.first.settle()
    outcomes = []
    for _ in range(14):
        pair.later(minutes=1)
        outcomes.append(pair.first.settle().outcome)

    assert [Outcome.LATER] * 11 == outcomes[:11]
    assert {Outcome.FAULT} == set(outcomes[12:])
    assert not any("Tanggapan" in subject for subject in pair.first.subjects_to(WAYAN))
    with pytest.raises(PengaduanError, match=r"also if that one dies.*bring its STATE_DIR here"):
        lease.keep(pair.first.house(), pair.first.clock.moment)


def test_who_recorded_nothing_yet_meets_the_register_anew(pair: Pair) -> None:
    """The first knows no case; the second gave a number since, and died."""
    pair.second.settle()
    pair.second_waits(12)
    pair.second.mail_arrives()
    pair.second.settle(2)
    pair.first.settle()
    for _ in range(13):
        pair.later(minutes=1)
        pair.first.settle()
    pair.first.mail_arrives(subject="banjir", sender="made@warga.example")
    pair.first.settle(2)

    assert ["PKT-2026-0001", "PKT-2026-0002"] == sorted(pair.first.ledger.cases())


def test_a_ledger_moved_to_another_computer_works_there(pair: Pair) -> None:
    """The old computer is dead, its STATE_DIR is here: after its time the work goes on."""
    pair.first.mail_arrives()
    pair.first.settle()
    moved = replace(pair.first, installation="aaaa1111@baru")
    outcomes = []
    for _ in range(13):
        outcomes.append(moved.settle().outcome)
        pair.later(minutes=1)

    assert ([Outcome.LATER] * 12, Outcome.FINE) == (outcomes[:12], outcomes[12])


def test_a_worker_that_comes_back_each_minute_keeps_its_lease(pair: Pair) -> None:
    """Cron ends the process each minute; that is no death."""
    for _ in range(30):
        pair.first.settle()
        assert [Outcome.LATER] == pair.second_waits(1)


def test_a_killed_worker_knows_its_own_lease(pair: Pair) -> None:
    """It died between writing and remembering: its name is in the line."""
    lease.forget(pair.first.ledger)

    assert Outcome.FINE is pair.first.settle().outcome


def test_an_outage_does_not_stop_the_only_computer(pair: Pair) -> None:
    """Google is away for hours: complaints are recorded and acknowledged, no answer leaves."""
    pair.first.mail_arrives()
    number = answered(pair.first)
    pair.sheet.away = True
    pair.later(hours=3)
    pair.first.mail_arrives(sender="made@warga.example")
    pair.first.settle()

    assert 2 == len(pair.first.ledger.cases())
    assert 1 == len(pair.first.letters_to("made@warga.example"))
    assert not any(f"{number}] Tanggapan" in s for s in pair.first.subjects_to(WAYAN))


def test_an_outage_lets_the_waiting_one_wait(pair: Pair) -> None:
    """It cannot see whether the other works: the mail stays where it is."""
    pair.second.settle()
    pair.sheet.away = True
    pair.first.mail_arrives()
    outcomes = pair.second_waits(30)

    assert {Outcome.LATER} == set(outcomes)
    assert 1 == len(pair.first.inbox.folders["INBOX"])


def test_a_computer_that_never_held_the_lease_waits_for_sheets(tmp_path: Path) -> None:
    """A second installation whose key is wrong must not answer beside the first."""
    sheet = CutOff()
    sheet.away = True
    world = World(tmp_path, register=sheet)
    world.mail_arrives()

    assert Outcome.LATER is world.settle().outcome
    assert {} == world.ledger.cases()
    sheet.away = False
    world.settle()
    assert 1 == len(world.letters_to(WAYAN))


def test_a_pass_that_outlasts_its_lease_goes_no_further(pair: Pair) -> None:
    """The computer slept in the middle of a pass; the other works meanwhile."""
    inbox = pair.first.inbox
    assert isinstance(inbox, SlowInbox)
    pair.first.mail_arrives()
    number = answered(pair.first)
    pair.second.settle()
    inbox.meanwhile.append(lambda: pair.second_waits(13))
    report = pair.first.settle()

    assert (Outcome.LATER, None, 0) == (report.outcome, report.sheet, report.letters.sent)
    assert Fate.PLANNED is pair.first.ledger.letter(f"{number}/T10/1").fate  # type: ignore[union-attr]


def test_letters_wait_when_the_sheet_took_the_rest_of_the_term(pair: Pair) -> None:
    """The same, while the rows were written."""
    pair.first.mail_arrives()
    pair.second.settle()

    def sleeps() -> None:
        pair.second_waits(13)

    pair.sheet.hooks["insert"] = sleeps
    report = Worker(pair.first.house()).once()

    assert (Outcome.LATER, 0, []) == (report.outcome, report.letters.sent, pair.first.outbound.sent)


def test_a_rehearsal_takes_nothing_and_tells_who_holds_it(pair: Pair) -> None:
    """`run --dry-run` on the second computer."""
    held = pair.sheet.held_by
    [told] = wiring.rehearsed(pair.second.house())

    assert told.startswith("lease: another installation holds the lease")
    assert (held, "") == (pair.sheet.held_by, lease.told(pair.second.ledger))


def test_a_rehearsal_renews_nothing(pair: Pair) -> None:
    """Also on the computer that works: touching nothing means the lease too."""
    held = pair.sheet.held_by
    pair.later(minutes=8)

    assert [] == wiring.rehearsed(pair.first.house())
    assert held == pair.sheet.held_by


def test_who_waits_does_not_watch_the_mailbox(pair: Pair) -> None:
    """`work` sleeps between its looks at the lease, and works when it gets it."""
    slept: list[float] = []
    worker = Worker(pair.second.house())
    pair.first.mail_arrives()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        pair.later(minutes=1)
        worker.run()
        if pair.second.ledger.cases():
            worker.stop()

    assert pair.second.settle().elsewhere
    worker.work(poll=60, sleep=sleep)

    assert timedelta(minutes=12) <= timedelta(minutes=len(slept)) <= timedelta(minutes=14)
    assert 1 == len(pair.second.letters_to(WAYAN))
