"""How the town's state reaches the disk."""

import asyncio
from pathlib import Path

import pytest

from automation.sandbox.files import Saver, write_whole


class TestWriting:
    """`write_whole`."""

    def test_a_file_is_replaced_whole(self, tmp_path: Path) -> None:
        """A shorter state would keep the end of a longer one."""
        file = tmp_path / "new/state.json"
        write_whole(file, b"long ago")
        write_whole(file, b"now")

        assert file.read_bytes() == b"now"
        assert [path.name for path in file.parent.iterdir()] == ["state.json"]

    def test_a_secret_is_readable_for_its_owner_only(self, tmp_path: Path) -> None:
        """A key would be public for as long as it takes to change its rights, or for ever."""
        leftover = tmp_path / ".key.new"
        leftover.write_bytes(b"")
        leftover.chmod(0o666)
        write_whole(tmp_path / "key", b"x", 0o600)

        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600

    def test_a_failure_leaves_the_old_file(self, tmp_path: Path) -> None:
        """A full disk would cost what was saved before."""
        write_whole(tmp_path / "state", b"old")
        (tmp_path / ".state.new").mkdir()
        with pytest.raises(OSError, match="state"):
            write_whole(tmp_path / "state", b"new")

        assert (tmp_path / "state").read_bytes() == b"old"


class Shelf:
    """Counts how often it was saved, and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.saved = 0
        self.failures = failures
        self.failed = asyncio.Event()
        self.done = asyncio.Event()

    async def save(self) -> None:
        """Save, or fail."""
        if self.failures:
            self.failures -= 1
            self.failed.set()
            raise OSError("disk full")
        self.saved += 1
        self.done.set()


class TestSaver:
    """Saving soon after a change."""

    def test_many_changes_are_saved_once(self) -> None:
        """A busy minute would write the whole register a thousand times."""

        async def live() -> int:
            shelf = Shelf()
            saver = Saver(shelf.save, after=0)
            saver.start()
            for _ in range(100):
                saver.touch()
            await asyncio.wait_for(shelf.done.wait(), 5)
            return shelf.saved

        assert asyncio.run(live()) == 1

    def test_the_end_saves_what_no_timer_reached(self) -> None:
        """The last edit before Ctrl-C would be lost."""

        async def live() -> int:
            shelf = Shelf()
            saver = Saver(shelf.save, after=3600)
            saver.start()
            saver.touch()
            await saver.stop()
            return shelf.saved

        assert asyncio.run(live()) == 1

    def test_after_a_failure_the_next_change_is_saved(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """One full disk would end all saving without a word."""

        async def live() -> int:
            shelf = Shelf(failures=1)
            saver = Saver(shelf.save, after=0)
            saver.start()
            saver.touch()
            await asyncio.wait_for(shelf.failed.wait(), 5)
            saver.touch()
            await asyncio.wait_for(shelf.done.wait(), 5)
            return shelf.saved

        assert asyncio.run(live()) == 1
        assert "could not be saved" in caplog.text

    def test_a_saver_that_never_started_saves_nothing(self) -> None:
        """A town that failed to load would overwrite its state with nothing."""

        async def live() -> int:
            shelf = Shelf()
            await Saver(shelf.save).stop()
            return shelf.saved

        assert asyncio.run(live()) == 0
