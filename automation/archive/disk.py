"""The archive on a disk: a name stands for whole bytes or does not stand at all, power cut or not.

Each file is written under a temporary name, made durable, renamed, and its folder made durable. A
crash leaves at most a file that ends in `.tmp`, which nothing reads.
"""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from automation.archive import shelf
from automation.errors import RejectedError, TransientError
from automation.model import Case, RawMail

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_SHUT: Final = {errno.EACCES, errno.EPERM, errno.EROFS}

_HANDS: Final = 4
"""Threads that wait for the disk: it makes many files durable in about the time of one."""


class DiskArchive:
    """Archive below the folder `root`, which is made when first needed, for its owner alone.

    Writing raises TransientError when the disk is full or may not be written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: set[Path] = set()

    def keep(self, mails: Sequence[RawMail]) -> tuple[str, ...]:
        """Make the raw bytes durable and give the place of each, relative to the root."""
        places = [shelf.mail_place(mail.content, mail.received) for mail in mails]
        self._write({p: mail.content for p, mail in zip(places, mails, strict=True)})
        return tuple(places)

    def raw(self, place: str) -> bytes:
        """Give the bytes of a mail back.

        Raises RejectedError for a place that `keep` never gave, and for a file that is gone or not
        what was kept.
        """
        if not shelf.is_mail_place(place):
            raise RejectedError("what should be the place of a raw mail is none")
        path = self._root / place
        content = _read(path)
        if sha256(content).hexdigest() != path.stem:
            raise RejectedError(f"{path} is damaged: restore it from a backup")
        return content

    def shelve(self, case: Case, files: Mapping[str, bytes]) -> str:
        """Write files into the case's folder and give its place; repeating changes nothing."""
        place = shelf.case_place(case.number)
        names = shelf.safe_names(files)
        self._write({f"{place}/{names[name]}": content for name, content in files.items()})
        return place

    def lacking(self, case: Case, names: Sequence[str]) -> tuple[str, ...]:
        """Give those of the files that are not in the case's folder."""
        folder = self._root / shelf.case_place(case.number)
        given = shelf.safe_names(names)
        return tuple(name for name in names if not (folder / given[name]).is_file())

    def _write(self, files: Mapping[str, bytes]) -> None:
        """Write files, then make every folder durable that holds one of them, once.

        Also for files that stood there: an earlier pass may have died before it came to that.
        """
        paths = {self._root / place: content for place, content in files.items()}
        folders = {path.parent for path in paths}
        with self._told(), ThreadPoolExecutor(_HANDS) as pool:
            for folder in folders:
                self._make(folder)
            for _ in pool.map(_put, paths.keys(), paths.values()):
                pass
            for folder in folders:
                _sync(folder)

    def _make(self, folder: Path) -> None:
        """Make a folder and those up to the root, closed to others, each durable in its parent."""
        if folder in self._made:
            return
        if folder != self._root:
            self._make(folder.parent)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)
        self._made.add(folder)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._made.clear()
            raise TransientError(f"the archive {self._root} {_advice(error)}") from error


def _advice(error: OSError) -> str:
    if error.errno in _FULL:
        return "cannot be written, its disk is full: make room, the next pass goes on"
    if error.errno in _SHUT:
        return f"cannot be written ({error.strerror}): make it writable for the worker's user"
    return f"cannot be written ({error.strerror}): look after the disk, the next pass goes on"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RejectedError(f"{path} is gone: restore it from a backup") from error
    except OSError as error:
        raise TransientError(f"{path} cannot be read ({error.strerror})") from error


def _put(path: Path, content: bytes) -> None:
    """Give the name to the bytes, in one step, once they are durable."""
    if _stands(path, content):
        return
    temporary = path.with_name(f".{path.name}.tmp")  # what a crash left of this file goes with it
    try:
        with open(temporary, "wb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _private(path: str, flags: int) -> int:
    """Open a file that its owner alone may read."""
    return os.open(path, flags, 0o600)


def _stands(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
