"""The lease as it is judged and kept: held, due, free, foreign, expired, stolen."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from automation.errors import TransientError
from automation.steps import lease
from automation.steps.lease import SILENCE, TERM, Known, Lease, Standing
from tests.world import MORNING, World

ME = "aaaa1111@kantor"
OTHER = "bbbb2222@gudang"


def minutes(count: float) -> timedelta:
    """Give so many minutes."""
    return timedelta(minutes=count)


def line(holder: str, until: datetime) -> str:
    """Give what stands in the spreadsheet."""
    return str(Lease(holder, until))


MINE = Known(line(ME, MORNING + TERM), MORNING)
THEIRS = Known(line(OTHER, MORNING + TERM), MORNING)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path, installation=ME)


def keep(world: World) -> None:
    """Do what a pass does first."""
    lease.keep(world.house(), world.clock.moment)


# --- deciding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "standing"),
    [
        (0, Standing.HELD),
        (4.9, Standing.HELD),
        (5, Standing.DUE),
        (10, Standing.DUE),
        (600, Standing.DUE),
        (-1, Standing.DUE),  # the clock was set back: how much is left is not known
    ],
)
def test_its_own_lease_is_renewed_when_half_is_over(after: float, standing: Standing) -> None:
    """Renewed late it could be taken in the middle of a pass, renewed always it costs a call."""
    assert lease.judge(ME, MINE, MORNING + minutes(after)) is standing


def test_a_lease_that_nobody_took_is_free() -> None:
    """The first worker of a new register must begin."""
    assert lease.judge(ME, Known(), MORNING) is Standing.FREE


def test_the_other_clock_is_not_believed() -> None:
    """A computer whose clock is a year ahead must not take a lease that is in use."""
    assert lease.judge(ME, THEIRS, MORNING + timedelta(days=365)) is Standing.FOREIGN


@pytest.mark.parametrize(
    ("quiet", "standing"),
    [(SILENCE - minutes(0.1), Standing.FOREIGN), (SILENCE, Standing.EXPIRED)],
)
def test_another_s_lease_expires_by_its_silence(quiet: timedelta, standing: Standing) -> None:
    """Taken earlier, two would work; never taken, a dead computer would stop the office."""
    assert lease.judge(ME, replace(THEIRS, quiet=quiet), MORNING) is standing


def test_the_holder_stops_before_another_may_begin() -> None:
    """What the holder began at its last moment needs an end before the other's first."""
    assert SILENCE - TERM >= minutes(1)


@pytest.mark.parametrize(
    ("after", "quiet"),
    [(1, minutes(1)), (5, minutes(5)), (500, minutes(5)), (-500, minutes(0))],
)
def test_a_clock_that_jumps_proves_no_silence(after: float, quiet: timedelta) -> None:
    """The time is set right after the start: that is not an hour without renewal."""
    seen = lease.noticed(ME, THEIRS, THEIRS.value, MORNING + minutes(after))

    assert quiet == seen.quiet


def test_a_renewal_ends_the_silence() -> None:
    """The holder lives."""
    known = replace(THEIRS, quiet=minutes(11))
    seen = lease.noticed(ME, known, line(OTHER, MORNING + 2 * TERM), MORNING + minutes(1))

    assert timedelta() == seen.quiet


def test_a_stolen_lease_is_foreign() -> None:
    """Who slept while another took over must not go on where it stood."""
    seen = lease.noticed(ME, MINE, THEIRS.value, MORNING + minutes(20))

    assert Standing.FOREIGN is lease.judge(ME, seen, MORNING + minutes(20))


@pytest.mark.parametrize("value", ["x", f"{ME} besok", f"{ME} 2026-99-24T08:00:00+00:00", " "])
def test_what_is_no_lease_of_ours_is_a_foreign_one(value: str) -> None:
    """Whoever may edit can write there: it must neither break a pass nor open the way."""
    assert Standing.FOREIGN is lease.judge(ME, Known(value, MORNING), MORNING)


@pytest.mark.parametrize(
    ("known", "after", "expected"),
    [
        (Known(), 0, False),  # never held it: another may be at work
        (MINE, 9, True),
        (MINE, 600, True),  # nobody else was ever seen
        (replace(MINE, rival=MORNING), 9, True),
        (replace(MINE, rival=MORNING), 11, False),  # the rival may have taken it
        (replace(MINE, rival=MORNING), 24 * 60, True),  # no rival for a day
        (replace(MINE, rival=MORNING), -1, False),  # the clock was set back
        (replace(THEIRS, rival=MORNING), 0, False),
    ],
)
def test_who_goes_on_while_sheets_is_away(known: Known, after: float, *, expected: bool) -> None:
    """An office with one computer works through Google's outage; of two one waits."""
    assert expected is lease.goes_on(ME, known, MORNING + minutes(after))


@pytest.mark.parametrize(
    ("known", "empty", "expected"),
    [
        (THEIRS, True, True),  # it knows nothing yet: nothing can come twice
        (THEIRS, False, False),
        (replace(THEIRS, own=MINE.value), False, False),
        (replace(THEIRS, own=THEIRS.value), False, True),  # the last holder's own ledger, moved
        (Known("x", MORNING), False, True),  # no worker wrote that
    ],
)
def test_who_may_follow_a_dead_worker(known: Known, *, empty: bool, expected: bool) -> None:
    """A ledger that lacks what the other did would answer a second time."""
    assert expected is lease.follows(known, empty=empty)


# --- keeping --------------------------------------------------------------------------------------


def test_the_first_pass_takes_the_lease(world: World) -> None:
    """One look, one write; the line says who and until when."""
    keep(world)

    assert line(ME, MORNING + TERM) == world.register.held_by
    assert {"lease": 1, "swap_lease": 1} == dict(world.register.calls)


def test_a_minute_later_nothing_is_asked(world: World) -> None:
    """An idle pass is one read, with the lease as without."""
    keep(world)
    world.register.calls.clear()
    world.later(minutes=1)
    keep(world)

    assert {} == dict(world.register.calls)


def test_a_renewal_is_one_write(world: World) -> None:
    """Once in five minutes: three hundred writes a day of the 86,400 that Google allows."""
    keep(world)
    world.register.calls.clear()
    world.later(minutes=5)
    keep(world)

    assert {"swap_lease": 1} == dict(world.register.calls)
    assert line(ME, world.clock.moment + TERM) == world.register.held_by


def test_another_s_lease_is_waited_for_and_named(world: World) -> None:
    """The operator must learn which computer works, and what to do."""
    world.register.held_by = THEIRS.value

    with pytest.raises(TransientError, match=rf"{OTHER} until 2026-11-24 00:22 UTC.*--take-over"):
        keep(world)
    assert THEIRS.value == world.register.held_by


@pytest.mark.parametrize("done", [False, True])
def test_a_first_write_that_failed_is_no_lease_until_the_next_look(
    world: World, *, done: bool
) -> None:
    """Perhaps it stands, then the name in the line is one's own; perhaps another was faster."""
    world.register.fail("swap_lease", done=done)
    with pytest.raises(TransientError):
        keep(world)
    keep(world)

    assert Standing.HELD is lease.judge(ME, lease.recalled(world.ledger), world.clock.moment)


def test_a_renewal_whose_answer_is_lost_does_not_stop_the_holder(world: World) -> None:
    """The line reads otherwise than remembered, and is one's own all the same."""
    keep(world)
    world.later(minutes=6)
    world.register.fail("swap_lease", done=True)
    keep(world)
    world.later(minutes=1)
    keep(world)

    assert line(ME, MORNING + minutes(6) + TERM) == lease.recalled(world.ledger).value


def test_a_line_found_again_proves_that_nobody_worked_since(world: World) -> None:
    """Killed after the write, then moved to another computer: it is the last holder's ledger."""
    world.register.held_by = MINE.value
    keep(world)

    assert MINE.value == lease.recalled(world.ledger).own


def test_who_comes_second_in_the_same_moment_waits(world: World) -> None:
    """Both saw that it was free; Google lets one create it."""
    world.register.hooks["swap_lease"] = lambda: setattr(world.register, "held_by", THEIRS.value)

    with pytest.raises(TransientError, match=OTHER):
        keep(world)


def test_a_person_may_move_the_work_at_once(world: World) -> None:
    """The old computer is switched off: nobody wants to wait twelve minutes."""
    world.register.held_by = THEIRS.value
    lease.take_over(world.house(), world.clock.moment)
    keep(world)

    assert line(ME, MORNING + TERM) == world.register.held_by
    assert lease.recalled(world.ledger).rival is None


def test_taking_over_from_a_living_holder_is_refused(world: World) -> None:
    """It renewed in this very moment: it was not stopped."""
    world.register.held_by = THEIRS.value
    renewed = line(OTHER, MORNING + 2 * TERM)
    world.register.hooks["swap_lease"] = lambda: setattr(world.register, "held_by", renewed)

    with pytest.raises(TransientError, match="is the other worker stopped"):
        lease.take_over(world.house(), world.clock.moment)
    assert renewed == world.register.held_by
