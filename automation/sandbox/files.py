"""How the town keeps its state on disk: whole files or none, soon after each change."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)
_SAVE_AFTER = 0.5


def write_whole(path: Path, content: bytes, mode: int = 0o644, *, durable: bool = True) -> None:
    """Replace a file at one stroke, so that no reader meets half of it (temporary file, rename).

    `durable` = fsync first, which outlives a power cut and not only the end of the process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        draft.unlink()  # a leftover of a crash may have other rights
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    draft.replace(path)


class Saver:
    """Saves soon after something changed, many changes at once, and a last time at the end.

    `after` = seconds from a change to the disk.
    """

    def __init__(self, save: Callable[[], Awaitable[None]], after: float = _SAVE_AFTER) -> None:
        self._save = save
        self._after = after
        self._touched = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch; needs the running loop."""
        self._task = asyncio.create_task(self._watch())

    def touch(self) -> None:
        """Note that something may have changed."""
        self._touched.set()

    async def stop(self) -> None:
        """Save what is left. Raises OSError when that fails; harmless when not started."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            await self._save()

    async def _watch(self) -> None:
        while True:
            await self._touched.wait()
            await asyncio.sleep(self._after)
            self._touched.clear()
            try:
                await self._save()
            except OSError:
                _log.exception("the town's state could not be saved")
