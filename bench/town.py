"""The surroundings of a measurement: a Dovecot with a filled mailbox, the sandbox for the rest."""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from bench.mails import OFFICE, mails
from tests.contract.inboxes import OFFICE as DOVECOT_ACCOUNT
from tests.contract.inboxes import Dovecot


def fill(server: Dovecot, count: int) -> int:
    """Put a thousand complaints of the last hour into the office's mailbox; gives their bytes."""
    first = datetime.now(UTC) - timedelta(seconds=count)
    box = server.place / "mail" / OFFICE
    for folder in ("cur", "new", "tmp"):
        (box / folder).mkdir(parents=True, exist_ok=True)
    size = 0
    for at, raw in enumerate(mails(count, first)):
        file = box / "new" / f"{int(first.timestamp()) + at}.{at}.bench"
        file.write_bytes(raw)
        moment = first.timestamp() + at
        os.utime(file, (moment, moment))
        size += len(raw)
    _give_away(server.place / "mail")
    os.sync()  # or else the first who makes a file durable would wait for all of these
    return size


def _give_away(top: Path) -> None:
    """Let Dovecot, which does not run as root, own its mailboxes."""
    if os.getuid() == 0:
        owner = pwd.getpwnam("nobody")
        for path in (top, *top.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


@dataclass(frozen=True, slots=True)
class Town:
    """A running sandbox whose worker reads its mail from a Dovecot."""

    place: Path
    mailbox: Dovecot
    smtp: int
    settings: dict[str, str] = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Give what the worker's settings need beside settings.env."""
        return {
            "SMTP_PORT": str(self.smtp),
            "SMTP_USER": "",
            "SMTP_PASSWORD": "",
            "IMAP_HOST": "127.0.0.1",
            "IMAP_PORT": str(self.mailbox.port),
            "IMAP_USER": OFFICE,
            "IMAP_PASSWORD": DOVECOT_ACCOUNT.password,
            "ADOPT_SINCE": "2020-01-01",
            "LOG_LEVEL": "INFO",
        }

    def words(self, *command: str) -> list[str]:
        """Give the words of a command of ours for this town."""
        settings = str(self.place / "settings.env")
        return [sys.executable, "-m", "automation", *command, "--settings", settings]

    def calls(self) -> int:
        """Count the calls to the Sheets API so far, sign-ins not included."""
        endpoint = self.settings["GOOGLE_API_ENDPOINT"]
        calls = requests.get(f"{endpoint}/_sandbox/calls", timeout=10).json()
        return sum(bool(call["kind"]) for call in _listed(calls))


def _listed(told: object) -> Iterable[dict[str, object]]:
    """Find the list of calls in the answer."""
    if isinstance(told, dict):
        return next(iter(v for v in told.values() if isinstance(v, list)), [])
    return told if isinstance(told, list) else []


@contextmanager
def fresh(mailbox: Dovecot) -> Iterator[Town]:
    """Start a sandbox in a temporary folder and make its register."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        _sink() as smtp,
        _town(Path(folder), mailbox, smtp) as here,
    ):
        yield here


@contextmanager
def _sink() -> Iterator[int]:
    words = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            yield int(child.stdout.readline())
        finally:
            child.terminate()


@contextmanager
def _town(place: Path, mailbox: Dovecot, smtp: int) -> Iterator[Town]:
    words = [sys.executable, "-m", "automation", "sandbox", "--dir", str(place)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("ready"), "the sandbox did not start"
            lines = (place / "settings.env").read_text(encoding="utf-8").splitlines()
            settings = dict(line.split("=", 1) for line in lines if "=" in line)
            here = Town(place, mailbox, smtp, settings)
            subprocess.run(
                here.words("init"),
                check=True,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **here.environment()},
            )
            yield here
        finally:
            child.terminate()
