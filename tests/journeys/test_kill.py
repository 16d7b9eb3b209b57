"""kill -9 at any moment, over real processes and sockets: nothing is lost and nothing doubled.

Google fails at random meanwhile.
"""

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from automation import settings as environment
from automation.sandbox.children import running
from automation.sandbox.people import CITIZENS, OFFICE
from automation.sandbox.staff import NUMBER, Letterbox, Official
from automation.settings import Settings
from automation.worker import Outcome
from tests.weather import cloud

pytestmark = [pytest.mark.journey, pytest.mark.slow]

_ROUNDS = 14
_COMPLAINTS = 6
_PATIENCE = 40  # passes in which everything must have come to its end


@dataclass(frozen=True, slots=True)
class Office:
    """The town's people and its worker, which is a process."""

    place: Path
    env: dict[str, str]
    post: Letterbox
    people: dict[str, Official]
    settings: Settings

    def google_fails(self, dice: random.Random) -> None:
        """Let the worker meet a fault of Google at some call, perhaps after the next kill."""
        fault = cloud(dice, self.settings.spreadsheet_id)
        switch = f"{self.settings.google_api_endpoint}/_sandbox/faults"
        assert requests.post(switch, json=fault, timeout=10).ok

    def complain(self, citizen: str, subject: str) -> None:
        """Let a citizen write to the office."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = citizen, OFFICE, subject
        mail.set_content("Mohon diperiksa.\n")
        now = datetime.now(ZoneInfo("Asia/Makassar"))  # noqa: TID251 - real servers, real time
        self.post.send(mail.as_bytes(), OFFICE, now)

    def work(self) -> None:
        """Let everybody do what the sheet says is theirs to do."""
        for row in self.people["petugas"].rows():
            number, stage = row[NUMBER], row["Tahap"]
            if stage == "Menunggu disposisi":
                self.people["sekcam"].type(number, {"Disposisi Sekcam": "Kasi PMD"})
            elif stage == "Penyusunan draf":
                cells = {
                    "Draf Tanggapan": f"Sudah kami periksa ({number}).",
                    "Status Kasi": "Diajukan",
                }
                self.people["kasi_pmd"].type(number, cells)
            elif stage == "Menunggu koreksi Camat":
                self.people["camat"].type(number, {"Keputusan Camat": "Disetujui"})
            elif "tidak dapat dipastikan" in row["Pesan Sistem"]:
                self._look_after(number, row)

    def _look_after(self, number: str, row: dict[str, str]) -> None:
        """Look for the answer, as the Petugas does when nobody knows whether it arrived."""
        arrived = self.answers(row["Kontak"])[number]
        choice = "Sudah disampaikan" if arrived else "Kirim ulang"
        self.people["petugas"].type(number, {"Status Petugas": choice})

    def answers(self, citizen: str) -> Counter[str]:
        """Count the answers that a citizen has, by register number."""
        return self._letters(citizen, "Tanggapan Pengaduan")

    def receipts(self, citizen: str) -> Counter[str]:
        """Count the different acknowledgements that a citizen has; a repeat is the same letter."""
        return self._letters(citizen, "telah kami catat")

    def _letters(self, citizen: str, subject: str) -> Counter[str]:
        mails = [m for m in self.post.mails(citizen) if subject in str(m["Subject"])]
        if "Tanggapan" not in subject:
            mails = list({str(m["Message-ID"]): m for m in mails}.values())
        return Counter(str(m["Subject"]).partition("]")[0].lstrip("[") for m in mails)

    def killed_after(self, seconds: float) -> None:
        """Let the worker work for a while, then kill it as a power cut would."""
        words = ("work", "--settings", str(self.place / "settings.env"))
        log = self.place / "worker.log"
        with running("worker", words, log, self.env, subprocess.DEVNULL) as worker:
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(seconds)
            worker.process.send_signal(signal.SIGKILL)

    def passes(self) -> None:
        """Let the worker make one pass, whole unless Google fails."""
        words = ("run", "--settings", str(self.place / "settings.env"))
        with running(
            "worker", words, self.place / "worker.log", self.env, subprocess.DEVNULL
        ) as one:
            assert one.process.wait(60) in {Outcome.FINE, Outcome.LATER}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give a town with a register and people, and no worker yet."""
    env = {**os.environ, "POLL_SECONDS": "1", "ADOPT_SINCE": "2020-01-01"}  # noqa: TID251 - for a child
    with ExitStack() as stack:
        words = ("sandbox", "--dir", str(tmp_path))
        town = running("town", words, tmp_path / "town.log", env, subprocess.PIPE)
        lines = stack.enter_context(town).process.stdout
        assert lines is not None
        assert lines.readline().startswith("ready")
        settings = environment.load({}, tmp_path / "settings.env")
        init = ("init", "--settings", str(tmp_path / "settings.env"))
        with running("init", init, tmp_path / "init.log", env, subprocess.DEVNULL) as setup:
            setup.finished(60)
        accounts = tmp_path / "accounts"
        endpoint, sheet = settings.google_api_endpoint, settings.spreadsheet_id
        people = {
            role: Official(accounts / f"{role}.json", endpoint, sheet)
            for role in ("petugas", "sekcam", "kasi_pmd", "camat")
        }
        yield Office(tmp_path, env, Letterbox.of(settings, accounts), people, settings)


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(office: Office) -> None:
    """Every complaint has one row, one number, one receipt and one answer, whenever it died."""
    chance = random.Random(95)
    citizens = [CITIZENS[at % len(CITIZENS)] for at in range(_COMPLAINTS)]
    for at in range(_ROUNDS):
        if at < _COMPLAINTS:
            office.complain(citizens[at], f"keluhan {at}")
        office.google_fails(chance)
        office.killed_after(chance.uniform(0.4, 2.2))
        office.work()
    for at in range(_PATIENCE):
        if at < _COMPLAINTS:
            office.google_fails(chance)
        office.passes()
        rows = office.people["petugas"].rows()
        if len(rows) == _COMPLAINTS and {row["Tahap"] for row in rows} == {"Selesai"}:
            break
        office.work()

    rows = office.people["petugas"].rows()
    expected = Counter(row[NUMBER] for row in rows)
    assert [f"keluhan {at}" for at in range(_COMPLAINTS)] == sorted(row["Perihal"] for row in rows)
    assert {"Selesai"} == {row["Tahap"] for row in rows}
    assert [1] * _COMPLAINTS == list(expected.values())
    assert expected == sum((office.receipts(citizen) for citizen in CITIZENS), Counter())
    assert expected == sum((office.answers(citizen) for citizen in CITIZENS), Counter())
