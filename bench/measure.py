"""One child process measured: wall and CPU seconds, peak memory; and what a measure should hold."""

import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}
"""An installed program starts from compiled files, so a checkout may keep its own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a child process took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # MB, peak resident


@dataclass(frozen=True, slots=True)
class Target:
    """What was promised of a measure."""

    what: str
    measured: float
    limit: float
    unit: str

    def line(self) -> tuple[str, ...]:
        """Give the row of the table."""
        told = (f"{value:.4g}{self.unit}" for value in (self.measured, self.limit))
        return (self.what, *told, "holds" if self.measured <= self.limit else "MISSED")


def run(
    words: Sequence[str], env: Mapping[str, str] | None = None, log: Path | None = None
) -> Cost:
    """Run a command to its end. Raises CalledProcessError when it fails."""
    begun = time.perf_counter()
    with (log or Path(os.devnull)).open("ab") as sink:
        child = subprocess.Popen(
            words, env={**os.environ, **_INSTALLED, **(env or {})}, stdout=sink, stderr=sink
        )
        _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, words)
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def best(words: Sequence[str], times: int, env: Mapping[str, str] | None = None) -> Cost:
    """Give the run of several that took the least CPU."""
    return cheapest(run(words, env) for _ in range(times))


def cheapest(costs: Iterable[Cost]) -> Cost:
    """Give the cost with the least CPU."""
    return min(costs, key=lambda cost: cost.cpu)
