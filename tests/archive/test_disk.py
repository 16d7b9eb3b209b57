"""The archive when the process dies, the disk is full, or others look over its shoulder."""

import errno
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from automation.archive import disk
from automation.archive.disk import DiskArchive
from automation.errors import RejectedError, TransientError
from automation.model import RawMail

NOW: Final = datetime(2026, 11, 24, 8, 12, tzinfo=ZoneInfo("Asia/Makassar"))
MAILS: Final = [RawMail("1.1", "INBOX", NOW, b"satu" * 999), RawMail("1.2", "INBOX", NOW, b"dua")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the place of an archive that nobody has made yet."""
    return tmp_path / "archive"


# --- crashes ------------------------------------------------------------------------------------

DYING: Final = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from automation.archive.disk import DiskArchive
from automation.model import RawMail

left = int(sys.argv[2])

def fuse(event, args):
    global left
    if event in {"open", "os.mkdir", "os.rename"}:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat("2026-11-24T08:12:00+08:00")
mails = [RawMail("", "", now, content) for content in (b"satu" * 999, b"dua")]
archive = DiskArchive(Path(sys.argv[1]))
sys.addaudithook(fuse)
archive.keep(mails)
"""


def dies(root: Path, at: int) -> bool:
    """Keep the mails in a process that is killed at its n-th step on the disk."""
    done = subprocess.run([sys.executable, "-c", DYING, str(root), str(at)], check=False)  # noqa: S603 - our own words
    return done.returncode != 0


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_whole_mails_or_none(root: Path) -> None:
    """A half mail under its final name would be taken for the complaint."""
    at = 1
    while dies(root / str(at), at):
        found = [*(root / str(at)).rglob("*.eml")]

        assert [f for f in found if sha256(f.read_bytes()).hexdigest() != f.stem] == []
        at += 1
    assert at > 10


@pytest.mark.slow
def test_the_pass_after_a_kill_keeps_what_the_one_before_could_not(root: Path) -> None:
    """What a dead process left must not be in the way of the next one."""
    at = 1
    while dies(root / str(at), at):
        archive = DiskArchive(root / str(at))

        assert [archive.raw(p) for p in archive.keep(MAILS)] == [m.content for m in MAILS]
        at += 1


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note the names of the disk's calls, in order, in whichever thread they are made."""
    calls: list[str] = []

    def note(_frame: FrameType, event: str, what: object) -> None:
        name = getattr(what, "__name__", "")
        if event == "c_call" and name in {"mkdir", "write", "flush", "fsync", "replace"}:
            calls.append(name)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def test_a_name_is_given_only_to_durable_bytes_and_is_then_made_durable(root: Path) -> None:
    """In any other order a power cut leaves an empty file, or none, for a mail that was filed."""
    with watched() as calls:
        DiskArchive(root).keep(MAILS[:1])

    assert calls == [*["mkdir", "fsync"] * 5, "write", "flush", "fsync", "replace", "fsync"]


def test_a_mail_that_stood_there_is_made_durable_all_the_same(root: Path) -> None:
    """The process that wrote it may have died before it came to that."""
    DiskArchive(root).keep(MAILS)

    with watched() as calls:
        DiskArchive(root).keep(MAILS)

    assert calls == [*["mkdir", "fsync"] * 5, "fsync"]


def test_a_batch_makes_its_folder_durable_once(root: Path) -> None:
    """A thousand mails of an old mailbox must not take minutes."""
    mails = [RawMail("", "", NOW, b"mail %d" % n) for n in range(50)]
    archive = DiskArchive(root)
    archive.keep(MAILS)

    with watched() as calls:
        archive.keep(mails)

    assert calls.count("fsync") == len(mails) + 1


# --- damage -------------------------------------------------------------------------------------


def test_a_damaged_mail_is_not_given_out(root: Path) -> None:
    """A file that rotted must not be read as what the citizen wrote."""
    [place] = DiskArchive(root).keep(MAILS[:1])
    (root / place).write_bytes(b"Satu" * 999)

    with pytest.raises(RejectedError, match="is damaged: restore it from a backup"):
        DiskArchive(root).raw(place)


def test_a_damaged_mail_is_mended_when_it_is_kept_again(root: Path) -> None:
    """While the mail is still in the mailbox nothing is lost."""
    archive = DiskArchive(root)
    [place] = archive.keep(MAILS[:1])
    (root / place).write_bytes(b"")

    archive.keep(MAILS[:1])

    assert archive.raw(place) == MAILS[0].content


def test_a_folder_that_was_removed_under_a_running_worker_is_made_again(root: Path) -> None:
    """`pengaduan work` runs for months; one failed pass must be the end of it."""
    archive = DiskArchive(root)
    [place] = archive.keep(MAILS[:1])
    (root / place).unlink()
    (root / place).parent.rmdir()

    with pytest.raises(TransientError):
        archive.keep(MAILS[:1])

    assert archive.keep(MAILS[:1]) == (place,)


# --- the disk says no ---------------------------------------------------------------------------


def test_a_full_disk_is_told_with_its_folder_and_leaves_nothing_behind(root: Path) -> None:
    """Waiting mends it once somebody makes room; a half file would take the rest of the room."""
    DiskArchive(root).keep(MAILS[1:])

    with small_disk(100), pytest.raises(TransientError, match="look after the disk") as caught:
        DiskArchive(root).keep(MAILS[:1])

    assert str(root) in str(caught.value)
    assert [f.suffix for f in root.rglob("*") if f.is_file()] == [".eml"]


@contextmanager
def small_disk(room: int) -> Iterator[None]:
    """Let no file grow beyond `room` bytes (EFBIG, the nearest to a full disk without root)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be: somebody's mistake, told by name."""
    (tmp_path / "archive").write_text("notes")

    with pytest.raises(TransientError, match=f"{tmp_path}/archive cannot be written"):
        DiskArchive(tmp_path / "archive").keep(MAILS)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "its disk is full: make room"),
        (errno.EDQUOT, "its disk is full: make room"),
        (errno.EACCES, "make it writable for the worker's user"),
        (errno.EROFS, "make it writable for the worker's user"),
        (errno.EIO, "look after the disk"),
    ],
)
def test_each_refusal_says_what_to_do(code: int, advice: str) -> None:
    """The operator has a sentence to act on, not a number."""
    assert advice in disk._advice(OSError(code, os.strerror(code)))


# --- others ---------------------------------------------------------------------------------------


def test_folders_and_files_are_closed_to_others(root: Path) -> None:
    """Names, addresses and complaints of citizens lie here."""
    before = os.umask(0)
    try:
        DiskArchive(root).keep(MAILS)
    finally:
        os.umask(before)

    modes = {f.stat().st_mode & 0o777 for f in root.rglob("*") if f.is_dir()}
    assert modes | {root.stat().st_mode & 0o777} == {0o700}
    assert {f.stat().st_mode & 0o777 for f in root.rglob("*") if f.is_file()} == {0o600}
