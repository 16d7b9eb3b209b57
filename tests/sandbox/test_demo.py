"""`pengaduan demo`: the whole office as processes, and that none of them stays behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gspread
import pytest

from automation.sandbox.staff import NUMBER, sheet_of
from automation.settings import load
from tests.sandbox.towns import environment, until

pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.xdist_group("demo")]


@contextmanager
def demo(place: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a demo whose every process ends itself when it leaves loopback."""
    env = environment(place.with_name("guard")) | {
        "IMAP_HOST": "mail.kantor.example",
        "MAIL_OUT": "x",
    }
    command = [sys.executable, "-m", "automation", "demo", "--dir", str(place), *options]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def left_behind(place: Path) -> list[str]:
    """Give the command lines of processes that have to do with a directory."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # ended meanwhile
            continue
    return [line for line in lines if str(place) in line and f" {os.getpid()} " not in line]


def read_until(process: "subprocess.Popen[str]", pattern: str) -> str:
    """Read what is printed up to a line that fits."""
    said = ""
    for line in process.stdout or ():
        said += line
        if re.search(pattern, line):
            return said
    raise AssertionError(said)


@pytest.fixture(scope="module", name="played")
def _played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """Play the demo twice in one directory; give it, what the second play said, its seconds."""
    place = tmp_path_factory.mktemp("demo") / "town"
    play(place)
    begun = time.monotonic()
    return place, play(place), time.monotonic() - begun


def play(place: Path) -> str:
    """Play to the end and give what was said."""
    with demo(place, "--once") as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module", name="office")
def _office(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, "subprocess.Popen[str]"]]:
    """Play and stay."""
    place = tmp_path_factory.mktemp("stay") / "town"
    with demo(place) as process:
        read_until(process, "^  logs")
        yield place, process


class TestOnce:
    """`demo --once`."""

    def test_it_is_over_in_less_than_a_minute(self, played: tuple[Path, str, float]) -> None:
        """Nobody waits longer for a first look."""
        assert played[2] < 60

    def test_three_complaints_are_archived(self, played: tuple[Path, str, float]) -> None:
        """The story would end before the procedure does, or begin with cases of the day before."""
        archived = re.findall(r"archived +(PKT-\d{4}-\d{4})", played[1])

        assert [number[-4:] for number in sorted(archived)] == ["0004", "0005", "0006"]

    @pytest.mark.parametrize(
        "words",
        [
            "acknowledgement, as the citizen receives it",
            "Lubang telah ditutup sementara hari ini",
            "hari Sabtu, ",
            "Keputusan Camat: Dikembalikan",
            "Status Petugas: Sudah disampaikan",
            "Status Petugas: ",
        ],
    )
    def test_each_step_is_told(self, played: tuple[Path, str, float], words: str) -> None:
        """A reader could not see what happened."""
        assert words in played[1]

    def test_the_draft_that_came_back_is_never_sent(self, played: tuple[Path, str, float]) -> None:
        """A letter that the Camat refused would reach a citizen."""
        answers = played[1].split("----- answer, returned once", maxsplit=1)[1]

        assert "Pengelola tempat usaha sudah dihubungi." not in answers

    def test_the_end_is_quick(self, played: tuple[Path, str, float]) -> None:
        """A worker that does not hear the signal would be killed in the middle of its work."""
        done = re.findall(r"\[ *([\d.]+) s\] done", played[1])

        assert played[2] - float(done[0]) < 6

    def test_nothing_stays_behind(self, played: tuple[Path, str, float]) -> None:
        """A worker or a server would run on for ever."""
        assert left_behind(played[0]) == []


class TestStaying:
    """`demo` without --once."""

    def test_a_role_may_type_in_its_own_columns_only(
        self, office: tuple[Path, "subprocess.Popen[str]"]
    ) -> None:
        """The Petugas could approve, and the seal would be worth nothing."""
        place, _ = office
        settings = load({}, place / "settings.env")
        account = place / "accounts/petugas.json"
        tab = sheet_of(account, settings.google_api_endpoint, settings.spreadsheet_id)
        register = tab.worksheet("Register")
        titles = register.row_values(1)
        own, foreign = titles.index("Keterangan") + 1, titles.index("Keputusan Camat") + 1
        register.update_cell(2, own, "sudah saya cek")

        assert register.cell(2, titles.index(NUMBER) + 1).value
        with pytest.raises(gspread.exceptions.APIError, match="edit a protected cell or object"):
            register.update_cell(2, foreign, "Disetujui")

    def test_ctrl_c_closes_it(self, office: tuple[Path, "subprocess.Popen[str]"]) -> None:
        """It would end as a failure, or leave the town and the worker running."""
        place, process = office
        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 0
        assert left_behind(place) == []


class TestEndings:
    """A demo that does not come to its end."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_in_the_middle_leaves_nothing(self, tmp_path: Path, number: int) -> None:
        """Town and worker would run on without anybody who ends them."""
        place = tmp_path / "town"
        with demo(place, "--once") as process:
            read_until(process, "citizen")
            process.send_signal(number)

            assert process.wait(20) == 128 + number
        assert left_behind(place) == []

    @pytest.mark.skipif(sys.platform != "linux", reason="a kill cannot be noticed elsewhere")
    def test_a_kill_leaves_nothing(self, tmp_path: Path) -> None:
        """Likewise when the computer kills it for want of memory."""
        place = tmp_path / "town"
        with demo(place, "--once") as process:
            read_until(process, "citizen")
            process.kill()
        until(lambda: not left_behind(place))

    def test_a_worker_that_dies_is_told_with_its_log(self, tmp_path: Path) -> None:
        """Somebody would stare at a demo that waits in vain."""
        place = tmp_path / "town"
        place.mkdir()
        (place / "state").write_text("a file where the worker wants a folder")
        with demo(place, "--once") as process:
            said, _ = process.communicate(timeout=60)

        assert process.returncode == 1, said
        assert re.search(r"^worker.log: .*state", said, re.MULTILINE)
        assert said.splitlines()[-1].startswith("the worker ended with exit code")
        assert left_behind(place) == []
