"""Bad weather on the worker's lines: a call fails before it did anything, or after it did all.

A journey in foul weather makes some passes in which wires fail at random, and then those that it
makes in fair weather: what it claims must hold all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from automation.errors import AmbiguousError, TransientError
from automation.steps.house import House

FAIR_ONLY: Final = pytest.mark.parametrize("weather", ["fair"], indirect=True)
"""For a journey that counts calls or passes, or breaks the line itself at a moment of its own."""

KINDS: Final = ("429", "500", "503", "html502", "slow", "drop")
"""What Google does wrong, in the words of the town's switch."""

_CALLS: Final = ("/values:batchGet", "/values:batchUpdateByDataFilter", ":batchUpdate")
"""How the paths end by which the worker, and nobody else in a town, reads and writes."""

_PASSES: Final = 2
_BEFORE: Final = 0.08
_AFTER: Final = 0.08
"""How likely a call fails; of three passes about one comes through whole."""

_WIRES: Final = ("inbox", "register", "archive")
"""What the post does has journeys of its own: an answer in doubt waits for a person."""


def cloud(dice: Random, spreadsheet: str) -> dict[str, object]:
    """Give a fault for the worker's next call of some kind, as the town's switch takes it."""
    return {
        "kind": dice.choice(KINDS),
        "match": f"{spreadsheet}{dice.choice(_CALLS)}",
        "seconds": 1.0,
    }


class Wire:
    """A wire whose calls may fail."""

    def __init__(self, wire: object, name: str, weather: "Weather") -> None:
        self._wire, self._name, self._weather = wire, name, weather

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for any wire
        found, told = getattr(self._wire, name), f"{self._name}.{name}"

        def call(*args: object, **options: object) -> object:
            if self._weather.strikes(_BEFORE, f"before {told}"):
                raise TransientError(f"{told}: the service is away")
            answer = found(*args, **options)
            if self._weather.strikes(_AFTER, f"after {told}"):
                raise AmbiguousError(f"{told}: the connection broke after the request")
            return answer

        return call


class Weather:
    """Fair weather, or by a seed foul weather; `told` says what failed."""

    wires: tuple[str, ...] = _WIRES

    def __init__(self, seed: int | None = None) -> None:
        self.passes = 0 if seed is None else _PASSES
        self.told: list[str] = [] if seed is None else [f"seed {seed}:"]
        self.dice = Random(seed)

    def strikes(self, chance: float, what: str) -> bool:
        """Say whether this fails now."""
        struck = self.dice.random() < chance
        self.told += [what] * struck
        return struck

    @contextmanager
    def over(self, house: House) -> Iterator[House]:
        """Give the house as it stands in this weather."""
        wires: dict[str, Any] = {n: Wire(getattr(house, n), n, self) for n in self.wires}
        yield replace(house, **wires)
