"""The demo's processes: none of them outlives it, however it ends."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from automation.errors import PengaduanError

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ENDING: Final = 10.0  # seconds in which a child may end by itself
_PARENT_DIED: Final = 1  # prctl(2), PR_SET_PDEATHSIG
_TAIL: Final = 15  # lines


@dataclass(frozen=True, slots=True)
class Child:
    """A command of this program in a process of its own, with what it says on standard error."""

    name: str
    log: Path
    process: "subprocess.Popen[str]"

    def check(self) -> None:
        """Raise PengaduanError when it has ended though it should run."""
        if (code := self.process.poll()) is not None:
            raise PengaduanError(f"the {self.name} ended with exit code {code}")

    def finished(self, seconds: float) -> None:
        """Wait until it has done its work. Raises PengaduanError when it fails or takes longer."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise PengaduanError(f"the {self.name} took more than {seconds:.0f} s") from error
        if code:
            raise PengaduanError(f"the {self.name} failed with exit code {code}")


@contextmanager
def running(
    name: str, words: tuple[str, ...], log: Path, env: Mapping[str, str], stdout: int
) -> Iterator[Child]:
    """Run `pengaduan` with these words while the block runs; then tell it to end, and see to it."""
    command = [sys.executable, "-P", "-m", "automation", *words]
    with log.open("a", encoding="utf-8") as sink:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=sink,
            env=env,
            text=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - the demo has no threads yet
        )
    with process:
        try:
            yield Child(name, log, process)
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(_ENDING)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_with_parent() -> None:
    """Ask Linux to end this process with its parent, which may be killed without a word."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGTERM)


@contextmanager
def signals_end_it() -> Iterator[None]:
    """Let the first Ctrl-C, SIGTERM or hang-up end the block by SystemExit; later ones are idle.

    The exit code is 128 plus the signal's number, as of a shell.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tail(log: Path) -> list[str]:
    """Give the last lines of a log; none when there is no such file."""
    if not log.exists():
        return []
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
