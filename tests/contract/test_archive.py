"""What any archive must do (`ports.Archive`)."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from automation.archive.disk import DiskArchive
from automation.errors import RejectedError
from automation.model import Case, Channel, RawMail, Stage
from automation.ports import Archive

pytestmark = pytest.mark.contract

NOW: Final = datetime(2026, 11, 24, 8, 12, tzinfo=ZoneInfo("Asia/Makassar"))
CASE: Final = Case(
    "PKT-2026-0001", Stage.SUDAH_DISAMPAIKAN, Channel.EMAIL, NOW, NOW, NOW, NOW, name="Wayan"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the place of an archive that nobody has made yet."""
    return tmp_path / "state" / "archive"


@pytest.fixture
def archive(root: Path) -> Archive:
    """Give an archive with nothing in it."""
    return DiskArchive(root)


def raw(content: bytes, received: datetime = NOW, uid: str = "1.1") -> RawMail:
    """Give a mail as it came."""
    return RawMail(uid, "INBOX", received, content)


def test_what_was_kept_comes_back_byte_for_byte(archive: Archive) -> None:
    """A raw mail is the last resort when our reading of it was wrong."""
    mails = [raw(bytes(range(256)) * 40), raw(b""), raw(b"Subject: x\r\n\r\n.\r\n"), raw(b"\xff\n")]

    places = archive.keep(mails)

    assert [archive.raw(place) for place in places] == [mail.content for mail in mails]


def test_places_come_in_the_order_of_the_mails(archive: Archive) -> None:
    """A swapped place would file one citizen's words under another's case."""
    mails = [raw(b"mail %d" % n) for n in range(300)]

    places = archive.keep(mails)

    assert [archive.raw(place) for place in places] == [mail.content for mail in mails]


def test_a_batch_whatsapp_cellss_is_kept_too(archive: Archive) -> None:
    """Every mail of a batch may be known already."""
    assert archive.keep([]) == ()


def test_the_same_mail_kept_again_has_the_same_place(archive: Archive) -> None:
    """After a crash the next pass keeps the mail again; it must not grow a twin."""
    [first] = archive.keep([raw(b"mail")])

    assert archive.keep([raw(b"mail", uid="7.9"), raw(b"mail")]) == (first, first)


def test_a_place_does_not_depend_on_how_the_server_writes_the_hour(archive: Archive) -> None:
    """The same moment in another zone, even on another date there, is the same receipt."""
    midnight = datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=-9)))

    places = archive.keep([raw(b"mail", midnight), raw(b"mail", midnight.astimezone(NOW.tzinfo))])

    assert places[0] == places[1]


def test_what_was_kept_outlives_the_process(archive: Archive, root: Path) -> None:
    """The ledger remembers a place for years."""
    [place] = archive.keep([raw(b"mail")])

    assert DiskArchive(root).raw(place) == b"mail"


@pytest.mark.parametrize(
    "place",
    [
        "",
        ".",
        "/etc/passwd",
        "../ledger.sqlite",
        "raw/2026/11/24/../../../../../ledger.sqlite",
        "kasus/2026/PKT-2026-0001/tanggapan.txt",
        f"raw/2026/11/24/{'0' * 64}.eml\n",
        f"/raw/2026/11/24/{'0' * 64}.eml",
        f"raw/2026/11/24/{'0' * 64}.eml\0",
    ],
)
def test_nothing_but_the_place_of_a_mail_is_read(archive: Archive, place: str) -> None:
    """A place out of a damaged ledger must not open some other file of the computer."""
    with pytest.raises(RejectedError, match="is none"):
        archive.raw(place)


def test_a_mail_that_was_never_kept_is_told_as_gone(archive: Archive) -> None:
    """An archive restored from too old a backup must say so."""
    [place] = archive.keep([raw(b"mail")])

    with pytest.raises(RejectedError, match="restore it from a backup"):
        archive.raw(place.replace("2026", "2025"))


# --- the folder of a case -----------------------------------------------------------------------


def test_a_case_has_its_own_folder_by_year(archive: Archive, root: Path) -> None:
    """Staff look for a closed case by its number."""
    place = archive.shelve(CASE, {"tanggapan.txt": b"Sudah diperbaiki.", "draf-1.txt": b"Sudah."})

    assert place == "kasus/2026/PKT-2026-0001"
    assert written(root / place) == {"tanggapan.txt": b"Sudah diperbaiki.", "draf-1.txt": b"Sudah."}


def test_shelving_again_changes_nothing(archive: Archive, root: Path) -> None:
    """A crash between shelving and closing the case makes the next pass shelve it again."""
    place = archive.shelve(CASE, {"tanggapan.txt": b"Sudah."})
    before = (root / place / "tanggapan.txt").stat()

    assert archive.shelve(CASE, {"tanggapan.txt": b"Sudah."}) == place
    assert (root / place / "tanggapan.txt").stat() == before


def test_a_reopened_case_adds_to_its_folder(archive: Archive, root: Path) -> None:
    """Every version is kept; the answer that counts is the latest."""
    archive.shelve(CASE, {"draf-1.txt": b"satu", "tanggapan.txt": b"satu"})

    place = archive.shelve(CASE, {"draf-2.txt": b"dua", "tanggapan.txt": b"dua"})

    expected = {"draf-1.txt": b"satu", "draf-2.txt": b"dua", "tanggapan.txt": b"dua"}
    assert written(root / place) == expected


def test_a_hostile_file_name_stays_in_the_folder(archive: Archive, root: Path) -> None:
    """An attachment called ../../ledger.sqlite must not overwrite the ledger."""
    names = ("../../../ledger.sqlite", "/etc/passwd", "a/b.txt", "a_b.txt", "..", "", "x\0y")

    place = archive.shelve(CASE, {name: name.encode() for name in names})

    assert sorted(written(root / place).values()) == sorted(name.encode() for name in names)
    assert [f for f in root.parent.rglob("*") if f.is_file() and f.parent != root / place] == []


def written(folder: Path) -> dict[str, bytes]:
    """Give the files of a folder by name."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_it_says_which_papers_a_folder_lacks(archive: Archive) -> None:
    """A closed case whose answer was never filed must not pass for complete."""
    names = ("pengaduan.txt", "tanggapan.txt")
    before = archive.lacking(CASE, names)
    archive.shelve(CASE, {"pengaduan.txt": b"jalan rusak"})

    assert (names, ("tanggapan.txt",)) == (before, archive.lacking(CASE, names))
