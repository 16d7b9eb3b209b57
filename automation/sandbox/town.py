"""A whole town on loopback: Google's side, the mail servers, and everybody's keys.

`serve` is `pengaduan sandbox --dir DIR`. What it keeps in DIR:

    settings.env         for the town's worker, written at each start (the ports differ)
    accounts/*.json      a Google account for the worker, the owner and each role; mail.json has the
                         mail passwords
    sheets.json, mail/   the spreadsheets and the mailboxes, at most half a second behind

What may be made to go wrong, over HTTP on the same port, stands in `control.py`.
"""

import asyncio
import fcntl
import json
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server, socket
from typing import Any, Final

from automation.errors import PengaduanError
from automation.sandbox.control import Control
from automation.sandbox.files import Saver, write_whole
from automation.sandbox.google.core import Google
from automation.sandbox.mail import HOST, Post
from automation.sandbox.people import (
    OFFICE,
    OWNER,
    ROLES,
    SHEET_PEOPLE,
    WORKER,
    Keys,
    write_settings,
)
from automation.sandbox.web import app, serving

Echo = Callable[[str], None]

_TITLE: Final = "Register Pengaduan Kecamatan Pekutatan"
_AWAKE: Final = 10.0  # seconds in which a server must answer for the first time


def serve(directory: Path, port: int, imap_port: int, smtp_port: int, echo: Echo) -> None:
    """Run a town until SIGTERM or SIGINT; says `ready` and the addresses once all servers answer.

    A port of 0 is any free one. Raises PengaduanError when a port is taken, when the directory
    cannot be used or its state cannot be read, or when another town runs in it.
    """
    place = directory.resolve()
    with _alone(place):
        doors = _Doors(
            _door(port, "--port"), _door(imap_port, "--imap-port"), _door(smtp_port, "--smtp-port")
        )
        asyncio.run(_live(place, doors, echo))


@dataclass(frozen=True, slots=True)
class _Doors:
    """The bound sockets of the three servers."""

    http: socket
    imap: socket
    smtp: socket

    @property
    def endpoint(self) -> str:
        """Give the address of Google's side."""
        return f"http://{HOST}:{_port(self.http)}"

    @property
    def mail(self) -> tuple[int, int]:
        """Give the ports of IMAP and SMTP."""
        return _port(self.imap), _port(self.smtp)


def _port(door: socket) -> int:
    return int(door.getsockname()[1])


def _door(port: int, option: str) -> socket:
    """Bind a socket that already takes callers in, though nobody answers yet."""
    try:
        return create_server((HOST, port))
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "not a port"
        message = (
            f"{option} {port} cannot be used ({reason}); choose another, or 0 for any free one"
        )
        raise PengaduanError(message) from error


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Admit one town in a directory at a time."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / "town.lock").open("w")
    except OSError as error:
        raise PengaduanError(f"{place} cannot be used as --dir: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another town runs in {place}; stop it, or choose another --dir"
            raise PengaduanError(message) from error
        yield


# --- one life of the town -----------------------------------------------------------------------


async def _live(place: Path, doors: _Doors, echo: Echo) -> None:
    """Start everything, say so, and end everything when told to."""
    told = _told_to_stop()
    keys = Keys(place / "accounts")
    sheets = _Sheets(place / "sheets.json", keys)
    post = Post(keys.mail_accounts(), place / "mail")
    web = app(sheets.google, Control(sheets.google, post).routes())
    async with sheets.kept(), _open(post, doors), serving(web, doors.http):
        keys.write_accounts(doors.endpoint)
        password = keys.passwords[OFFICE]
        write_settings(place, doors.endpoint, sheets.register, doors.mail, password)
        await _all_answer(doors)
        echo(_ready(place, doors))
        await told.wait()


def _told_to_stop() -> asyncio.Event:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    return told


def _ready(place: Path, doors: _Doors) -> str:
    imap, smtp = doors.mail
    settings = place / "settings.env"
    return f"ready http={doors.endpoint} imap={HOST}:{imap} smtp={HOST}:{smtp} settings={settings}"


@asynccontextmanager
async def _open(post: Post, doors: _Doors) -> AsyncIterator[None]:
    try:
        await post.start(doors.imap, doors.smtp)
    except (OSError, ValueError, LookupError) as error:
        message = "the mailboxes cannot be read; move the folder mail in --dir away to empty them"
        raise PengaduanError(message) from error
    try:
        yield
    finally:
        await post.stop()


async def _all_answer(doors: _Doors) -> None:
    """Wait until each server has said its first words. Raises PengaduanError."""
    imap, smtp = doors.mail
    hello = f"GET /_sandbox/state HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    await _answers(_port(doors.http), hello, "HTTP/1.1 200")
    await _answers(imap, "", "* OK")
    await _answers(smtp, "", "220")


async def _answers(port: int, say: str, hear: str) -> None:
    try:
        async with asyncio.timeout(_AWAKE):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(say.encode())
            heard = await reader.readline()
            writer.close()
    except TimeoutError:
        heard = b""
    if not heard.startswith(hear.encode()):
        raise PengaduanError(f"the town's server on port {port} does not answer; start it again")


# --- Google's side over a restart ---------------------------------------------------------------


class _Sheets:
    """Google's side, filled from its file, or with a blank register shared with all who need it."""

    def __init__(self, file: Path, keys: Keys) -> None:
        self.google = Google()
        self._file = file
        self._saved = -1
        self._writing = threading.Lock()  # a save that was cancelled still runs in its thread
        self.register = self._loaded() if file.exists() else self._founded()
        for address in SHEET_PEOPLE.values():
            self.google.register_account(address, keys.public_key)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Save soon after each change while the block runs, and at its end."""
        loop = asyncio.get_running_loop()
        saver = Saver(self._save)

        def changed(_spreadsheet: str) -> None:  # in the thread of the request
            loop.call_soon_threadsafe(saver.touch)

        self.google.listeners.append(changed)
        await self._save()  # nobody may learn of a spreadsheet that a crash takes away
        saver.start()
        try:
            yield
        finally:
            await saver.stop()

    def _founded(self) -> str:
        register = self.google.create_spreadsheet(OWNER, _TITLE)
        for address in (WORKER, *ROLES.values()):
            self.google.share(register, address, "writer")
        return register

    def _loaded(self) -> str:
        try:
            state = json.loads(self._file.read_bytes())
            self.google.load(state["google"])
            return str(state["register"])
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            message = f"{self._file} cannot be read; move it away to begin with a blank register"
            raise PengaduanError(message) from error

    async def _save(self) -> None:
        if self.google.revision != self._saved:
            await asyncio.to_thread(self._write)

    def _write(self) -> None:
        with self._writing:
            state: dict[str, Any] = {"register": self.register, "google": self.google.dump()}
            write_whole(self._file, json.dumps(state).encode())
            self._saved = state["google"]["revision"]
