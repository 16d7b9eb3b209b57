"""Towns for the tests: `pengaduan sandbox` as a process that ends when it leaves loopback."""

import imaplib
import json
import os
import select
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import gspread
import requests

from automation.sandbox.staff import sheet_of
from automation.settings import Settings, load

STRAYED: Final = 99
"""Exit code of a process that wanted to talk to another computer."""

_GUARD: Final = f"""
import os, sys
def guard(event, args):
    if event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else "127.0.0.1"
    elif event == "socket.getaddrinfo":
        host = args[0]
    elif event == "socket.bind":
        host = args[1][0] if isinstance(args[1], tuple) else "127.0.0.1"
    else:
        return
    if host not in ("127.0.0.1", "localhost", "::1", b"127.0.0.1"):
        os.write(2, f"strayed: {{event}} {{args}}".encode())
        os._exit({STRAYED})
sys.addaudithook(guard)
"""
_PATIENCE: Final = 20.0


def environment(place: Path) -> dict[str, str]:
    """Give an environment in which each Python ends itself when it leaves loopback."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "sitecustomize.py").write_text(_GUARD)
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}  # noqa: TID251 - the child needs PATH
    return kept | {"PYTHONPATH": str(place)}


def until(look: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + _PATIENCE
    pause = threading.Event()
    while not look():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.02)


class Town:
    """One directory, and the process that lives in it."""

    def __init__(self, place: Path, *options: str) -> None:
        self.place = place
        self.log = place.with_name(f"{place.name}.log")
        self._env = environment(place.with_name("guard"))
        self._options = options
        self.start()

    def start(self) -> None:
        """Start the process and wait for its `ready`."""
        command = [sys.executable, "-m", "automation", "sandbox", "--dir", str(self.place)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [*command, *self._options], env=self._env, stdout=subprocess.PIPE, stderr=log
            )
        self.said = self._first_line()

    def end(self, number: int = signal.SIGTERM, within: float = _PATIENCE) -> int:
        """Send a signal and give the exit code, which must come within some seconds."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(within)
        finally:
            self.process.kill()
            self._close()

    def again(self, number: int = signal.SIGTERM) -> None:
        """End the process and start another in the same directory."""
        self.end(number)
        self.start()

    def _close(self) -> None:
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _first_line(self) -> str:
        assert self.process.stdout is not None
        select.select([self.process.stdout], [], [], _PATIENCE)
        return self.process.stdout.readline().decode()

    # --- ways to it ------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """Read what the town wrote for its worker."""
        return load({}, self.place / "settings.env")

    @property
    def passwords(self) -> dict[str, str]:
        """Give everybody's mail password."""
        found: dict[str, str] = json.loads((self.place / "accounts/mail.json").read_text())
        return found

    def sheet(self, name: str) -> gspread.Spreadsheet:
        """Open the register by the account file of somebody."""
        account = self.place / "accounts" / f"{name}.json"
        return sheet_of(account, self.settings.google_api_endpoint, self.settings.spreadsheet_id)

    def control(self, call: str, body: object) -> requests.Response:
        """Turn something behind the scenes."""
        return requests.post(
            f"{self.settings.google_api_endpoint}/_sandbox/{call}", json=body, timeout=_PATIENCE
        )

    @contextmanager
    def box(self, address: str) -> Iterator[imaplib.IMAP4]:
        """Log in to somebody's mailbox, INBOX selected."""
        client = imaplib.IMAP4("127.0.0.1", self.settings.imap_port, timeout=_PATIENCE)
        try:
            client.login(address, self.passwords[address])
            client.select("INBOX")
            yield client
        finally:
            client.logout()

    def send(self, content: bytes, sender: str, to: str) -> None:
        """Hand in a letter at the counter."""
        with smtplib.SMTP("127.0.0.1", self.settings.smtp_port, timeout=_PATIENCE) as client:
            client.sendmail(sender, [to], content)


def fetched(client: imaplib.IMAP4) -> list[bytes]:
    """Give the mails of the selected folder."""
    found: list[Any] = client.search(None, "ALL")[1]
    numbers = found[0].decode().split()
    answers = client.fetch(",".join(numbers), "(BODY.PEEK[])")[1] if numbers else []
    return [part[1] for part in answers if isinstance(part, tuple)]
