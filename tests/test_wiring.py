"""What is chosen at the start, beyond what the commands' own tests see."""

import subprocess
import sys
from pathlib import Path

import pytest

from automation import wiring
from automation.ledger.store import SqliteLedger
from automation.steps import lease
from tests.world import WITA, World


def test_an_installation_keeps_its_name() -> None:
    """Cron starts it each minute: it must know its own lease."""
    ledger = SqliteLedger(None, WITA)

    assert wiring._installation(ledger, "kantor") == wiring._installation(ledger, "kantor")


def test_two_installations_have_two_names() -> None:
    """Another ledger, or a copy of the ledger on another computer, is another installation."""
    one, two = SqliteLedger(None, WITA), SqliteLedger(None, WITA)
    names = {
        wiring._installation(ledger, host) for ledger in (one, two) for host in ("kantor", "pc 2")
    }

    assert 4 == len(names)
    assert not any(" " in name for name in names)


@pytest.mark.slow
def test_a_pass_with_nothing_to_do_loads_nothing_for_letters() -> None:
    """Cron starts one each minute, day and night (bench/)."""
    look = "import sys; import automation.wiring; print([m for m in sys.modules if m in %r])"
    late = ("automation.outbox.letters", "automation.rehearsal", "automation.register.setup")
    heavy = (
        "automation.outbox.contents",
        "jinja2",
        "smtplib",
        "email.policy",
        "schedule",
        "_strptime",
    )

    said = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", look % ((*late, *heavy),)],
        check=True,
        capture_output=True,
        text=True,
    )

    assert said.stdout.strip() == "[]"


def test_another_spreadsheet_has_another_lease() -> None:
    """Held there, it says nothing here."""
    ledger = SqliteLedger(None, WITA)
    wiring._know_sheet(ledger, "lama")
    ledger.remember("lease", '{"value": "a@kantor 2026-11-24T00:22:00+00:00"}')
    wiring._know_sheet(ledger, "lama")
    kept = lease.told(ledger)
    wiring._know_sheet(ledger, "baru")

    assert ("a@kantor until 2026-11-24 00:22 UTC", "") == (kept, lease.told(ledger))


def test_the_rows_of_another_spreadsheet_are_taken_as_they_are(tmp_path: Path) -> None:
    """What was last written in the old one says nothing about who wrote in this one."""
    world = World(tmp_path)
    wiring._know_sheet(world.ledger, "lama")
    world.mail_arrives()
    world.settle(2)
    world.choose(world.number(), sisa_menit=12, pesan_sistem="Dari tempat lain.")
    wiring._know_sheet(world.ledger, "baru")
    world.settle(2)

    assert [] == [e for e in world.ledger.events(0, 1_000) if e.kind == "kolom_sistem"]
