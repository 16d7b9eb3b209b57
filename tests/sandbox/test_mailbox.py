"""Mailboxes in memory, and their directory between two runs."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from automation.sandbox.mailbox import ELSEWHERE, Kept, Mailboxes

OFFICE = "pengaduan@kec-pekutatan.example"
CITIZEN = "wayan@warga.example"
ARRIVED = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)


def again(directory: Path, addresses: tuple[str, ...] = (OFFICE, CITIZEN)) -> Mailboxes:
    """Open the mailboxes of a directory as the next run does."""
    boxes = Mailboxes(addresses, directory)
    asyncio.run(boxes.load())
    return boxes


def put(
    boxes: Mailboxes, *contents: bytes, folder: str = "INBOX", flags: tuple[str, ...] = ()
) -> None:
    """Deliver to the office and save."""

    async def deliver() -> None:
        for content in contents:
            await boxes.deliver(OFFICE, content, ARRIVED, folder=folder, flags=flags)
        await boxes.save()

    asyncio.run(deliver())


def mails(boxes: Mailboxes, folder: str = "INBOX", address: str = OFFICE) -> tuple[Kept, ...]:
    """Give what lies in a folder."""
    return asyncio.run(boxes.mails(address, folder))


class TestKeeping:
    """What `load` brings back of what `save` wrote."""

    def test_a_mail_comes_back_with_bytes_moment_flags_and_folder(self, tmp_path: Path) -> None:
        """After a restart a handled mail would look new, or have other bytes."""
        put(again(tmp_path), b"A: 1\r\n\r\n\xff\x00", folder="Tercatat", flags=(r"\Seen", "Dibaca"))
        (kept,) = mails(again(tmp_path), "Tercatat")

        assert (kept.content, kept.received) == (b"A: 1\r\n\r\n\xff\x00", ARRIVED)
        assert set(kept.flags) == {r"\Seen", "Dibaca"}

    def test_the_order_stays(self, tmp_path: Path) -> None:
        """The oldest complaint would no longer come first."""
        contents = [b"%d" % n for n in (3, 1, 2)]
        put(again(tmp_path), *contents)

        assert [kept.content for kept in mails(again(tmp_path))] == contents

    def test_an_empty_folder_comes_back(self, tmp_path: Path) -> None:
        """The worker's folders would have to be made again each day."""
        boxes = again(tmp_path)
        asyncio.run(boxes.make_folder(OFFICE, "Karantina"))
        asyncio.run(boxes.save())

        assert "Karantina" in asyncio.run(again(tmp_path).folders(OFFICE))

    def test_a_mail_in_two_folders_lies_on_disk_once(self, tmp_path: Path) -> None:
        """A filed photo would take its place twice."""
        boxes = again(tmp_path)
        put(boxes, b"foto")
        put(boxes, b"foto", folder="Tercatat")

        assert len(list(tmp_path.glob("*.eml"))) == 1
        assert len(mails(again(tmp_path))) == len(mails(again(tmp_path), "Tercatat")) == 1

    def test_what_nobody_holds_leaves_the_disk(self, tmp_path: Path) -> None:
        """The directory would grow for ever."""
        put(again(tmp_path), b"lama")
        (tmp_path / ("0" * 64 + ".eml")).write_bytes(b"of a save that was cut off")
        put(again(tmp_path), b"baru")

        assert len(list(tmp_path.glob("*.eml"))) == 2

    def test_somebody_who_moved_away_stops_nobody(self, tmp_path: Path) -> None:
        """A town with fewer people would not start any more."""
        put(again(tmp_path), b"isi")

        assert mails(again(tmp_path, (CITIZEN,)), address=CITIZEN) == ()

    def test_without_a_directory_nothing_is_written(self, tmp_path: Path) -> None:
        """Tests in memory would litter the folder they run in."""
        put(Mailboxes((OFFICE,)), b"isi")

        assert list(tmp_path.iterdir()) == []


class TestDelivery:
    """Who has a mailbox."""

    def test_capitals_in_an_address_do_not_matter(self) -> None:
        """Mail to Pengaduan@... would be lost."""
        boxes = Mailboxes((OFFICE,))
        asyncio.run(boxes.deliver(OFFICE.upper(), b"isi", ARRIVED))

        assert len(mails(boxes)) == 1

    def test_an_address_of_nobody_is_an_error(self) -> None:
        """A slip of the pen in a test would be swallowed."""
        with pytest.raises(KeyError):
            asyncio.run(Mailboxes((OFFICE,)).deliver(CITIZEN, b"isi", ARRIVED))

    def test_post_to_other_towns_has_a_place(self) -> None:
        """A letter to an address outside of the town could not be looked at."""
        boxes = Mailboxes((OFFICE,))
        asyncio.run(boxes.deliver(ELSEWHERE, b"isi", ARRIVED))

        assert len(mails(boxes, address=ELSEWHERE)) == 1
