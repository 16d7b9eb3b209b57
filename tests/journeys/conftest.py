"""Each journey goes through fair weather and through foul."""

from collections.abc import Iterator

import pytest

from tests.loopback import Loopback, served
from tests.weather import Weather
from tests.wiresheet import forecast


@pytest.fixture(params=["fair", "foul"])
def weather(request: pytest.FixtureRequest) -> Iterator[Weather]:
    """Give the weather of a journey."""
    yield from forecast(request)


@pytest.fixture(scope="package", name="loopback")
def _loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    """Serve one Google on real sockets for the journeys that begin with a fresh sheet."""
    with served(tmp_path_factory.mktemp("loopback")) as town:
        yield town
