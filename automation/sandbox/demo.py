"""The office at work on this computer: town and worker as processes, the story played on them."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import gspread
import requests

from automation import settings as environment
from automation.errors import PengaduanError
from automation.sandbox import story
from automation.sandbox.children import Child, running, signals_end_it, tail
from automation.sandbox.staff import Letterbox, Official
from automation.settings import Settings

Echo = Callable[[str], None]

_ZONE: Final = ZoneInfo("Asia/Makassar")
_SET_UP: Final = 60.0  # seconds that the making of the register may take
_ACCOUNTS: Final = {
    "Petugas": "petugas",
    "Sekcam": "sekcam",
    "Kasi PMD": "kasi_pmd",
    "Kasi Trantib": "kasi_trantib",
    "Camat": "camat",
}
_LOOPBACK: Final = "127.0.0.1,localhost"


def play(directory: Path | None, echo: Echo, *, once: bool) -> int:
    """Start the town and its worker, play three complaints, then stop or stay up; exit code.

    Raises PengaduanError when a step does not come about, after the logs' last lines.
    """
    begun = time.monotonic()
    now = datetime.now(_ZONE)
    with signals_end_it(), _place(directory) as place, _logs_on_failure(place, echo):
        env = _environment(now)
        with ExitStack() as stack:
            town = stack.enter_context(_town(place, env, echo))
            settings = environment.load({}, place / "settings.env")
            worker = stack.enter_context(_worker(place, env))

            def check() -> None:
                town.check()
                worker.check()

            stage = story.Stage(
                echo,
                Letterbox.of(settings, place / "accounts"),
                _officials(place, settings),
                check,
                begun,
                now,
            )
            stage.tell("town", "Google Sheets API, IMAP and SMTP are up on 127.0.0.1; worker runs")
            story.play(stage)
            stage.tell("done", "three complaints answered and archived")
            if not once:
                _stay(place, settings, echo, check)
    return 0


@contextmanager
def _place(directory: Path | None) -> Iterator[Path]:
    if directory is not None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"{directory} cannot be used as --dir: {error.strerror}"
            raise PengaduanError(message) from error
        yield directory.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="pengaduan-") as temporary:
        yield Path(temporary).resolve()


@contextmanager
def _logs_on_failure(place: Path, echo: Echo) -> Iterator[None]:
    """Print what town and worker said last, and make one sentence of what broke."""
    try:
        yield
    except (
        PengaduanError,
        gspread.exceptions.GSpreadException,
        requests.RequestException,
        OSError,
    ) as error:
        for name in ("town", "worker"):
            for line in tail(place / f"{name}.log"):
                echo(f"{name}.log: {line}")
        if isinstance(error, PengaduanError):
            raise
        raise PengaduanError(f"the demo broke off: {type(error).__name__}: {error}") from error


def _environment(now: datetime) -> dict[str, str]:
    """Give the children's environment: no setting of a real office, and a worker in a hurry."""
    kept = {key: value for key, value in os.environ.items() if key not in environment.KEYS}
    return kept | {
        "POLL_SECONDS": "1",
        "HOLD_MINUTES": "0",
        "ADOPT_SINCE": f"{now:%Y-%m-%d}",  # a mail may be quicker than the worker's first pass
        "NO_PROXY": _LOOPBACK,
        "no_proxy": _LOOPBACK,
    }


@contextmanager
def _town(place: Path, env: dict[str, str], echo: Echo) -> Iterator[Child]:
    log, words = place / "town.log", ("sandbox", "--dir", str(place))
    log.unlink(missing_ok=True)
    with running("town", words, log, env, subprocess.PIPE) as town:
        ready = next((line for line in town.process.stdout or () if line.startswith("ready")), "")
        if not ready:
            town.finished(_SET_UP)
            raise PengaduanError("the town did not start")
        echo(ready.strip())
        yield town


@contextmanager
def _worker(place: Path, env: dict[str, str]) -> Iterator[Child]:
    """Make the register, then let the worker work."""
    log, settings = place / "worker.log", ("--settings", str(place / "settings.env"))
    log.unlink(missing_ok=True)
    with running("set-up", ("init", *settings), log, env, subprocess.DEVNULL) as setup:
        setup.finished(_SET_UP)
    with running("worker", ("work", *settings), log, env, subprocess.DEVNULL) as worker:
        yield worker


def _officials(place: Path, settings: Settings) -> dict[str, Official]:
    endpoint, register = settings.google_api_endpoint, settings.spreadsheet_id
    accounts = place / "accounts"
    return {
        title: Official(accounts / f"{name}.json", endpoint, register)
        for title, name in _ACCOUNTS.items()
    }


def _stay(place: Path, settings: Settings, echo: Echo, check: Callable[[], None]) -> None:
    """Say where to connect, and stay until a signal ends it."""
    endpoint, host = settings.google_api_endpoint, settings.imap_host
    echo("\nThe office stays open; Ctrl-C closes it. Where to connect:")
    echo(f"  Sheets API   {endpoint}  spreadsheet {settings.spreadsheet_id}")
    echo(f"  mail         IMAP {host}:{settings.imap_port}  SMTP {host}:{settings.smtp_port}")
    echo(f"  accounts     {place / 'accounts'}  (Google accounts; mail.json: mail passwords)")
    echo(f"  settings     {place / 'settings.env'}  (stop the worker before you run another)")
    echo(f"  logs         {place / 'worker.log'}")
    with suppress(SystemExit):
        while True:
            check()
            time.sleep(1)
