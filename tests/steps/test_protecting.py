"""Columns that lost their protection: told once in the tab of settings, and taken back."""

from pathlib import Path

import pytest

from automation.errors import TransientError
from tests.fakes.register import InMemoryRegister
from tests.world import World


class Away(InMemoryRegister):
    """A spreadsheet whose protections nobody can look at."""

    def unguarded(self, editors: object) -> tuple[str, ...]:
        """Fail."""
        del editors
        raise TransientError("away")


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> World:
    """Give an office at work since a day."""
    world = World(tmp_path)
    world.settle()
    world.later(days=1)
    return world


def test_an_open_column_is_told_to_the_office_once(world: World) -> None:
    """A Kasi who can write in the Camat's column must be noticed by somebody who reads no log."""
    world.register.opened = ("Keputusan Camat",)
    world.settle()
    world.later(hours=1)
    world.settle()

    assert world.register.noticed.startswith("Proteksi kolom Keputusan Camat hilang")
    assert world.register.calls["notice"] == 1


def test_the_sentence_goes_within_an_hour_of_the_mending(world: World) -> None:
    """A warning that stays when all is well is soon not read any more."""
    world.register.opened = ("Keputusan Camat",)
    world.settle()
    world.register.opened = ()
    world.later(hours=1)
    world.settle()

    assert world.register.noticed == ""
    assert world.register.calls["notice"] == 2


def test_a_sound_register_costs_one_look_a_day(world: World) -> None:
    """A pass each minute must not pay for what changes once a year."""
    for _ in range(5):
        world.settle()
        world.later(hours=1)

    assert (world.register.calls["unguarded"], world.register.calls["notice"]) == (1, 0)


def test_the_first_pass_does_not_look(tmp_path: Path) -> None:
    """`init` was there a minute ago."""
    world = World(tmp_path)
    world.settle()

    assert world.register.calls["unguarded"] == 0


def test_many_open_columns_make_a_short_sentence(world: World) -> None:
    """Thirty-five titles in one cell tell nothing."""
    world.register.opened = tuple(f"Kolom {n}" for n in range(30))
    world.settle()

    assert "Kolom 5 … hilang" in world.register.noticed
    assert "Kolom 6" not in world.register.noticed


def test_a_look_that_fails_stops_no_letter(tmp_path: Path) -> None:
    """Who may edit is no reason to leave an approved answer lying."""
    world = World(tmp_path)
    world.settle()
    world.register = Away(world.register.tabs)
    world.later(days=1)
    world.mail_arrives()
    report = world.settle()

    assert report.faults == []
    assert len(world.outbound.sent) > 0
