"""What all tests share: how hypothesis searches, and a guard that nothing leaves this computer."""

import ipaddress
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", deadline=None)
settings.load_profile("gate" if os.environ.get("CI") else "search")  # noqa: TID251 - of the gate

_LEAKS: list[str] = []


def _watch(event: str, args: tuple[object, ...]) -> None:
    """Note every connection and name look-up that is meant for another computer."""
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = str(args[1][0])
    elif event == "socket.getaddrinfo":
        host = str(args[0] or "localhost")
    else:
        return
    if not _is_here(host):
        _LEAKS.append(f"{event} {host}")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"localhost", "b'localhost'"}


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _nothing_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which something asked for a computer elsewhere, on any thread."""
    _LEAKS.clear()
    yield
    assert _LEAKS == [] or request.node.get_closest_marker("live")
