"""Doing nothing: what cron pays each minute, beside what importing the libraries costs."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import measure
from bench.measure import Cost, Target
from bench.town import fresh
from tests.contract.inboxes import dovecot

TIMES = 9
"""Each is measured so often, floor and pass in turn; the run with the least CPU counts."""

_IMPORTS = "import gspread, imap_tools"


@dataclass(frozen=True, slots=True)
class Idle:
    """What the imports, a pass with nothing to do, and the mere start cost."""

    floor: Cost
    passed: Cost
    started: Cost
    calls: float  # to the Sheets API, in one pass

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Give the rows of the table."""
        yield self._line(f"python -c '{_IMPORTS}' (floor)", self.floor, "-")
        yield self._line("pengaduan run, nothing to do", self.passed, f"{self.calls:.1f}")
        yield self._line("pengaduan --help", self.started, "-")

    def targets(self) -> Iterator[Target]:
        """Give what was promised."""
        yield Target(
            "CPU of an idle run, of the floor's", self.passed.cpu / self.floor.cpu, 1.5, "x"
        )

    def _line(self, name: str, cost: Cost, calls: str) -> tuple[str, ...]:
        return (
            name,
            f"{cost.wall:.2f} s",
            f"{cost.cpu:.2f} s",
            f"{cost.cpu / self.floor.cpu:.2f}x",
            f"{cost.memory:.0f} MB",
            calls,
        )


def idle() -> Idle:
    """Measure all three."""
    imports = [sys.executable, "-c", _IMPORTS]
    with dovecot() as server, fresh(server) as here:
        measure.run(here.words("run"), here.environment())
        before = here.calls()
        pairs = [
            (measure.run(imports), measure.run(here.words("run"), here.environment()))
            for _ in range(TIMES)
        ]
        calls = (here.calls() - before) / TIMES
    floors, passes = zip(*pairs, strict=True)
    started = measure.best([sys.executable, "-m", "automation", "--help"], TIMES)
    return Idle(measure.cheapest(floors), measure.cheapest(passes), started, calls)
