"""Ingest: a full mailbox into the register with acknowledgements, beside floor and tutorial."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import measure
from bench.mails import OFFICE
from bench.measure import Cost
from bench.town import fill, fresh
from tests.contract.inboxes import OFFICE as DOVECOT_ACCOUNT
from tests.contract.inboxes import dovecot


@dataclass(frozen=True, slots=True)
class Ingest:
    """What the three ways cost for the same mails."""

    mails: int
    megabytes: float
    floor: Cost
    ours: Cost
    tutorial: Cost
    our_calls: int
    tutorial_calls: int

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Give the rows of the table."""
        yield _line("imap-tools fetches and parses (floor)", self.floor, self.floor, 0, self.mails)
        yield _line("pengaduan run", self.ours, self.floor, self.our_calls, self.mails)
        yield _line(
            "append_row and one SMTP each",
            self.tutorial,
            self.floor,
            self.tutorial_calls,
            self.mails,
        )


def _line(name: str, cost: Cost, floor: Cost, calls: int, count: int) -> tuple[str, ...]:
    return (
        name,
        f"{cost.wall:.1f} s",
        f"{cost.wall / floor.wall:.2f}x",
        f"{cost.cpu:.1f} s",
        f"{cost.memory:.0f} MB",
        f"{calls / count:.3f}",
    )


def ingest(count: int) -> Ingest:
    """Measure all three, each on a mailbox of its own with the same mails."""
    floor, size = _floor(count)
    ours, our_calls = _ours(count)
    tutorial, tutorial_calls = _tutorial(count)
    return Ingest(count, size / 1e6, floor, ours, tutorial, our_calls, tutorial_calls)


def _floor(count: int) -> tuple[Cost, int]:
    with dovecot() as server:
        size = fill(server, count)
        script = [sys.executable, "-m", "bench.floor", str(server.port), OFFICE]
        return measure.run([*script, DOVECOT_ACCOUNT.password]), size


def _ours(count: int) -> tuple[Cost, int]:
    with dovecot() as server, fresh(server) as here:
        fill(server, count)
        before = here.calls()
        cost = measure.run(here.words("run"), here.environment(), here.place / "worker.log")
        return cost, here.calls() - before


def _tutorial(count: int) -> tuple[Cost, int]:
    with dovecot() as server, fresh(server) as here:
        fill(server, count)
        before = here.calls()
        script = [sys.executable, "-m", "bench.tutorial", str(here.place)]
        sheet = [here.settings[name] for name in ("GOOGLE_API_ENDPOINT", "SPREADSHEET_ID")]
        ports = [str(here.smtp), str(server.port)]
        cost = measure.run([*script, *sheet, *ports, DOVECOT_ACCOUNT.password])
        return cost, here.calls() - before
