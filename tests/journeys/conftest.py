"""Each journey goes through fair weather and through foul."""

from collections.abc import Iterator
from zlib import crc32

import pytest

from tests.weather import Weather


@pytest.fixture(params=["fair", "foul"])
def weather(request: pytest.FixtureRequest) -> Iterator[Weather]:
    """Give the weather of a journey; what failed in it is shown when the journey fails."""
    name: str = request.node.nodeid
    found = Weather(crc32(name.encode()) if request.param == "foul" else None)
    yield found
    print(" ".join(found.told))  # noqa: T201 - shown with a failure
