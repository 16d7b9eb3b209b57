"""Ingest: a full mailbox into the register with acknowledgements, beside floor and tutorial."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import measure
from bench.mails import OFFICE
from bench.measure import Cost, Target
from bench.town import fill, fresh
from tests.contract.inboxes import OFFICE as DOVECOT_ACCOUNT
from tests.contract.inboxes import dovecot

TIMES = 3
"""Floor and worker are measured so often, in turn; the fastest run counts: the rest is noise."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to deal with the mails, and what it cost."""

    name: str
    cost: Cost
    calls: int = 0  # to the Sheets API

    def line(self, floor: Cost, mails: int) -> tuple[str, ...]:
        """Give the row of the table."""
        return (
            self.name,
            f"{self.cost.wall:.2f} s",
            f"{self.cost.wall / floor.wall:.2f}x",
            f"{self.cost.cpu:.2f} s",
            f"{self.cost.memory:.0f} MB",
            f"{self.calls / mails:.3f}",
        )


@dataclass(frozen=True, slots=True)
class Ingest:
    """What the three ways cost for the same mails."""

    mails: int
    megabytes: float
    floor: Way
    ours: Way
    tutorial: Way

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Give the rows of the table."""
        for way in (self.floor, self.ours, self.tutorial):
            yield way.line(self.floor.cost, self.mails)

    def targets(self) -> Iterator[Target]:
        """Give what was promised."""
        ratio = self.ours.cost.wall / self.floor.cost.wall
        yield Target("wall time, of the floor's", ratio, 3, "x")
        yield Target("peak memory", self.ours.cost.memory, 120, " MB")
        yield Target("Sheets calls a mail", self.ours.calls / self.mails, 0.05, "")


def ingest(count: int) -> Ingest:
    """Measure all three, each time on a mailbox of its own with the same mails."""
    pairs = [(_floor(count), _ours(count)) for _ in range(TIMES)]
    floor, size = min((floor for floor, _ in pairs), key=lambda run: run[0].cost.wall)
    ours = min((ours for _, ours in pairs), key=lambda way: way.cost.wall)
    return Ingest(count, size / 1e6, floor, ours, _tutorial(count))


def _floor(count: int) -> tuple[Way, int]:
    with dovecot() as server:
        size = fill(server, count)
        script = [sys.executable, "-m", "bench.floor", str(server.port), OFFICE]
        cost = measure.run([*script, DOVECOT_ACCOUNT.password])
    return Way("imap-tools fetches and parses (floor)", cost), size


def _ours(count: int) -> Way:
    with dovecot() as server, fresh(server) as here:
        fill(server, count)
        before = here.calls()
        cost = measure.run(here.words("run"), here.environment(), here.place / "worker.log")
        return Way("pengaduan run", cost, here.calls() - before)


def _tutorial(count: int) -> Way:
    with dovecot() as server, fresh(server) as here:
        fill(server, count)
        before = here.calls()
        script = [sys.executable, "-m", "bench.tutorial", str(here.place)]
        sheet = [here.settings[name] for name in ("GOOGLE_API_ENDPOINT", "SPREADSHEET_ID")]
        ports = [str(here.smtp), str(server.port)]
        cost = measure.run([*script, *sheet, *ports, DOVECOT_ACCOUNT.password])
        return Way("append_row and one SMTP each", cost, here.calls() - before)
