"""Two staff clients and the worker at the same time, each in its own thread, on real sockets.

Nothing orders them, so a failure need not come again with its seed; but what holds after a storm
must hold after a race. As in a browser a row that moves takes along whoever types in it: what moves
rows waits for the hands that lie on some (`Hands`), be it people's or the worker's. All else runs
free.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import gspread
import pytest
import requests

from automation.model import Case
from automation.worker import Worker
from tests.crowd import ACTS, Crowd
from tests.journeys.test_sockets import Storm
from tests.loopback import Door, Loopback
from tests.weather import KINDS

pytestmark = pytest.mark.journey

Staff = dict[str, gspread.Spreadsheet]

_SEEDS: Final = 4
_TURNS: Final = 25
_PATIENCE: Final = 0.1
_TYPING: Final = {"decide", "stray", "clear_number"}
"""Acts that move no row; they overlap with each other and with what the worker does to cells."""

_MOVING: Final = {"sort", "insert", "swap"}
"""What hurts most between a look of the worker and its write: done more often than in the storm."""

_NUMBERS: Final = ("edit_number", "number_fresh", "exchange_numbers", "type_paper")
_UNFIT: Final = ("cut", "column", "scribble", *_NUMBERS)
"""Without compare-and-swap these cannot be met between a look and a write: by the worker (a row
that leaves its anchor behind), by the people's own clients (columns, which they find by place). And
nobody scribbles or types numbers here, so that any foreign hand which the worker notes was its own.
"""


class Hands:
    """Lets any number type at once, and nobody while rows move."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._typing = 0

    @contextmanager
    def typing(self) -> Iterator[None]:
        """Hold rows where they are while the block runs."""
        with self._turn:
            self._typing += 1
        try:
            yield
        finally:
            with self._turn:
                self._typing -= 1
                self._turn.notify_all()

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Wait until nobody types, and let nobody begin while the block runs."""
        with self._turn:
            self._turn.wait_for(lambda: not self._typing)
            yield


class PatientDoor(Door):
    """The worker's way to the socket, which waits with what moves rows."""

    def __init__(self, endpoint: str, hands: Hands) -> None:
        super().__init__(endpoint)
        self._hands = hands

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Wait if need be, then go over the wire."""
        moves = request.path_url.endswith(":batchUpdate")
        held: AbstractContextManager[None] = self._hands.moving() if moves else nullcontext()
        with held:
            return super().send(request, **options)


@dataclass(slots=True)
class Onlooker:
    """What people know of the office: the cases as they stood after the last pass."""

    mail_arrives: Callable[..., object]
    known: dict[str, Case] = field(default_factory=dict)

    @property
    def ledger(self) -> "Onlooker":
        """Be asked for cases as the ledger is, which is the worker's thread's alone."""
        return self

    def cases(self) -> dict[str, Case]:
        """Give them."""
        return self.known


@dataclass(frozen=True, slots=True)
class Signed:
    """The town as one client sees it."""

    sheets: Staff


@dataclass(kw_only=True)
class Race(Storm):
    """A storm in which nothing waits for anything but moving rows."""

    staff: Sequence[Staff]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.town.google.sort_moves_metadata = True
        self.hands = Hands()
        self.onlooker = Onlooker(self.world.mail_arrives)

    def rage(self) -> None:
        """Let two people act at once while the worker makes passes."""
        self.crowd.mail()
        self.crowd.type_row()
        people = [threading.Thread(target=self._acts, args=(self._person(s),)) for s in self.staff]
        with self._at_the_door():
            for person in people:
                person.start()
            while any(person.is_alive() for person in people):
                self.world.later(minutes=self.dice.randint(0, 1))
                Worker(self.world.house()).once()
                self.onlooker.known = self.world.ledger.cases()
            for person in people:
                person.join()

    def _person(self, sheets: Staff) -> Crowd:
        person = Crowd(Signed(sheets), self.onlooker, Random(self.dice.random()), gone=1)  # type: ignore[arg-type]
        person.complaints, person.copied = self.crowd.complaints, self.crowd.copied
        person.told = self.crowd.told
        return person

    def _acts(self, person: Crowd) -> None:
        fit = [
            (n, 4 * weight if n in _MOVING else weight)
            for n, weight in ACTS
            if not any(word in n for word in _UNFIT)
        ]
        names, weights = zip(*fit, strict=True)
        try:
            for name in person.dice.choices(names, weights, k=_TURNS):
                with self.hands.typing() if name in _TYPING else self.hands.moving():
                    person.told.append(name)
                    getattr(person, name)()
        except Exception as error:  # noqa: BLE001 - told by the main thread
            self.broken.append(error)

    @contextmanager
    def _at_the_door(self) -> Iterator[None]:
        door, usual = PatientDoor(self.town.endpoint, self.hands), self.town.door
        door.before = self._fault
        self.town.client.session.mount("https://", door)
        try:
            yield
        finally:
            self.town.client.session.mount("https://", usual)
            door.close()

    def _fault(self, path: str) -> float | None:
        """Let Google fail on this request of the worker, and on none of the people's."""
        call, kind = path.partition("?")[0].rpartition("/")[2], self.dice.choice(KINDS)
        if ":" not in call or self.dice.random() > 0.15:  # people look at the spreadsheet too
            return None
        self.crowd.told.append(f"[{call[-24:]}] {kind}")
        self.town.fault(kind=kind, match=call, seconds=2 * _PATIENCE)
        return _PATIENCE if kind == "slow" else None


@pytest.fixture(scope="module", name="staff")
def _staff(loopback: Loopback) -> Iterator[tuple[Staff, Staff]]:
    """Let two people sign in to all accounts of the office, each with clients of their own."""
    both = loopback.staff(), loopback.staff()
    yield both
    for sheets in both:
        for sheet in sheets.values():
            sheet.client.session.close()


@pytest.mark.parametrize("seed", [pytest.param(n, id=f"seed-{n}") for n in range(_SEEDS)])
def test_in_a_race_none_is_lost_doubled_or_in_a_wrong_row(
    seed: int, loopback: Loopback, staff: tuple[Staff, Staff], tmp_path: Path
) -> None:
    """Whoever is first at a row, and whatever Google answers the worker."""
    race = Race(loopback, tmp_path, Random(seed), staff=staff)
    race.passes_over()

    blamed = [e for e in race.world.ledger.events(0, 10_000) if e.kind == "kolom_sistem"]
    assert [] == blamed
