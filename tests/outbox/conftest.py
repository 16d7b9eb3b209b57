"""Golden files: what a letter looked like when somebody last read it with care."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `pytest tests/outbox --update-golden` write the files anew, to be read in the diff."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with its golden file, or write it with `--update-golden`."""
    update = bool(request.config.getoption("--update-golden", default=False))

    def compare(name: str, actual: str) -> None:
        file = GOLDEN / name
        if update:
            file.write_text(actual, encoding="utf-8")

        assert file.read_text(encoding="utf-8") == actual

    return compare
