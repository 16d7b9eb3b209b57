"""Doing nothing: what cron pays each minute, beside what importing the libraries costs."""

import sys
from collections.abc import Iterator

from bench import measure
from bench.measure import Cost
from bench.town import fresh
from tests.contract.inboxes import dovecot

_IMPORTS = "import gspread, imap_tools"
_TIMES = 5


def idle() -> Iterator[tuple[str, ...]]:
    """Give the rows of the table; each is the best of five, as cron's neighbours make noise."""
    floor = measure.best([sys.executable, "-c", _IMPORTS], _TIMES)
    with dovecot() as server, fresh(server) as here:
        measure.run(here.words("run"), here.environment())
        before = here.calls()
        passed = measure.best(here.words("run"), _TIMES, here.environment())
        calls = (here.calls() - before) / _TIMES
    help_ = measure.best([sys.executable, "-m", "automation", "--help"], _TIMES)
    yield _line(f"python -c '{_IMPORTS}' (floor)", floor, floor, "-")
    yield _line("pengaduan run, nothing to do", passed, floor, f"{calls:.1f}")
    yield _line("pengaduan --help", help_, floor, "-")


def _line(name: str, cost: Cost, floor: Cost, calls: str) -> tuple[str, ...]:
    return (
        name,
        f"{cost.wall:.2f} s",
        f"{cost.cpu:.2f} s",
        f"{cost.cpu / floor.cpu:.2f}x",
        f"{cost.memory:.0f} MB",
        calls,
    )
