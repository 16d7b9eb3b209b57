"""One town for all tests that leave it as they found it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.towns import Town


@pytest.fixture(scope="session", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run `pengaduan sandbox` until the last test."""
    town = Town(tmp_path_factory.mktemp("sandbox") / "town")
    yield town
    town.end()
