"""Google's side of the town in this process, on a real socket; each comes to it by own account."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Any, Final

import gspread
import requests

from automation.register import sheets_setup
from automation.register.sheets import SheetsRegister
from automation.register.sheets_client import ToEndpoint, connect
from automation.sandbox.google.core import Google
from automation.sandbox.people import OWNER, ROLES, SHEET_PEOPLE, WORKER, Keys
from automation.sandbox.staff import sheet_of
from automation.sandbox.web import app, serving
from automation.wiring import procedure
from tests.contract.registers import Memory
from tests.world import ADDRESSES, shipped

Json = dict[str, Any]
Before = Callable[[str], float | None]
"""Is told the path of each request of the worker; may give the seconds that it waits for it."""

HOST: Final = "127.0.0.1"
_TIMEOUT: Final = 20.0


class Door(ToEndpoint):
    """The worker's way to the socket, at which people overtake it and lines break."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.before: Before = lambda _path: None
        self.after: Callable[[], None] = lambda: None

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Let come before what comes before, then go over the wire."""
        patience = self.before(request.path_url)
        if patience is not None:
            options["timeout"] = patience
        response = super().send(request, **options)
        self.after()
        return response


class Loopback:
    """One Google with a register that `init` made; `renew` puts it back to that state."""

    def __init__(self, place: Path) -> None:
        self.google = Google()
        keys = Keys(place)
        self.sock = create_server((HOST, 0))
        self.endpoint = f"http://{HOST}:{self.sock.getsockname()[1]}"
        keys.write_accounts(self.endpoint)
        for address in SHEET_PEOPLE.values():
            self.google.register_account(address, keys.public_key)
        self._place = place
        self.id = self.google.create_spreadsheet(OWNER, "Register")
        for address in (WORKER, *ROLES.values()):
            self.google.share(self.id, address, "writer")

    def open(self) -> None:
        """Let the worker make the tabs, and let everybody sign in."""
        self.client = connect(self._place / "worker.json", self.endpoint, _TIMEOUT, sleep=float)
        schema, office, _ = shipped()
        sheets_setup.apply(self.client, self.id, schema, office, procedure(schema), ADDRESSES)
        self._state = self.google.dump()
        self.door = Door(self.endpoint)
        self.client.session.mount("https://", self.door)
        self.sheets = self.staff()

    def staff(self) -> dict[str, gspread.Spreadsheet]:
        """Let everybody sign in, with clients of their own."""
        return {
            name: sheet_of(self._place / f"{name}.json", self.endpoint, self.id)
            for name in SHEET_PEOPLE
            if name != "worker"
        }

    def renew(self) -> None:
        """Take everything back that was done to the spreadsheet."""
        self.google.faults.clear()
        self.google.load(self._state)

    def register(self, memory: Memory) -> SheetsRegister:
        """Give the worker's register as it is right after a start."""
        return SheetsRegister(self.client, self.id, shipped()[0], memory)

    def fault(self, **fault: object) -> None:
        """Let something go wrong, by the town's own switch."""
        answer = requests.post(f"{self.endpoint}/_sandbox/faults", json=fault, timeout=_TIMEOUT)
        assert answer.ok, answer.text

    def close(self) -> None:
        """Hang up."""
        for sheet in self.sheets.values():
            sheet.client.session.close()
        self.client.session.close()


@contextmanager
def served(place: Path) -> Iterator[Loopback]:
    """Serve while the block runs, in a thread of its own."""
    town = Loopback(place)
    ready, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_live(town, ready, over)))
    thread.start()
    try:
        ready.wait()
        town.open()
        yield town
    finally:
        town.close()
        over.set()
        thread.join()


async def _live(town: Loopback, ready: threading.Event, over: threading.Event) -> None:
    async with serving(app(town.google), town.sock):
        ready.set()
        await asyncio.to_thread(over.wait)
