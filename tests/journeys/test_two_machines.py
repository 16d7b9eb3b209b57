"""Two computers against one sheet and one mailbox, over real processes and sockets."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from automation import wiring
from automation.sandbox.people import CITIZENS, OFFICE
from automation.sandbox.staff import NUMBER, Letterbox, Official
from tests.sandbox.towns import Town
from tests.weather import cloud

pytestmark = [pytest.mark.journey, pytest.mark.slow]

WAYAN = CITIZENS[0]
_COMPLAINTS = 4
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Computer:
    """One installation: a state directory of its own, the settings of all."""

    town: Town
    state: Path

    def starts(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command."""
        settings = str(self.town.place / "settings.env")
        own = {"STATE_DIR": str(self.state), "ADOPT_SINCE": "2020-01-01", "LOG_LEVEL": "INFO"}
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "automation", *words, "--settings", settings],
            env={**os.environ, **own},  # noqa: TID251 - for a child
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def does(self, *words: str) -> tuple[int, str]:
        """Give exit code and everything said."""
        process = self.starts(*words)
        said = "".join(process.communicate(timeout=_PATIENCE))
        return process.returncode, said


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Give a town with an empty register and some complaints in the office's mailbox."""
    found = Town(tmp_path / "town")
    try:
        wiring.init(found.settings)
        for at in range(_COMPLAINTS):
            complain(found, f"keluhan {at}")
        yield found
    finally:
        found.end()


def complain(town: Town, subject: str) -> None:
    """Let a citizen write to the office."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = WAYAN, OFFICE, subject
    mail.set_content("Mohon diperiksa.\n")
    now = datetime.now(ZoneInfo("Asia/Makassar"))  # noqa: TID251 - real servers, real time
    post(town).send(mail.as_bytes(), OFFICE, now)


def post(town: Town) -> Letterbox:
    """Give everybody's way to their mail."""
    return Letterbox.of(town.settings, town.place / "accounts")


def in_the_end(town: Town, computer: Computer, *words: str) -> bool:
    """Say whether a command comes through although Google fails, when it is given again."""
    dice = Random(" ".join(words))
    for _ in range(4):
        assert town.control("faults", cloud(dice, town.settings.spreadsheet_id)).ok
        if computer.does(*words)[0] == 0:
            return True
    return computer.does(*words)[0] == 0


def recorded(town: Town) -> Counter[str]:
    """Count the rows of each number."""
    account = town.place / "accounts" / "petugas.json"
    settings = town.settings
    people = Official(account, settings.google_api_endpoint, settings.spreadsheet_id)
    return Counter(row[NUMBER] for row in people.rows())


def receipts(town: Town) -> Counter[str]:
    """Count the acknowledgements that the citizen has, by number."""
    subjects = (str(mail["Subject"]) for mail in post(town).mails(WAYAN))
    return Counter(s.partition("]")[0].lstrip("[") for s in subjects if "telah kami catat" in s)


def test_of_two_computers_one_works_until_a_person_moves_the_work(
    town: Town, tmp_path: Path
) -> None:
    """Started in the same moment, they give each complaint one number, one row, one receipt."""
    both = [Computer(town, tmp_path / name) for name in ("kantor", "gudang")]
    racing = [computer.starts("run") for computer in both]
    said = ["".join(process.communicate(timeout=_PATIENCE)) for process in racing]
    codes = [process.returncode for process in racing]

    assert [0, 75] == sorted(codes)
    assert "another installation holds the lease" in said[codes.index(75)]
    assert [1] * _COMPLAINTS == list(recorded(town).values())
    assert recorded(town) == receipts(town)

    works, waits = both[codes.index(0)], both[codes.index(75)]
    complain(town, "keluhan terakhir")
    assert 75 == waits.does("run")[0]
    facts = json.loads(waits.does("status", "--json")[1])
    assert (["lease"], 0) == (list(facts["alarms"]), facts["mails"])
    assert _COMPLAINTS == recorded(town).total()

    assert in_the_end(town, works, "run")
    assert in_the_end(town, waits, "run", "--take-over")
    facts = json.loads(waits.does("status", "--json")[1])
    assert {} == facts["alarms"]
    assert _COMPLAINTS + 1 == recorded(town).total() == receipts(town).total()
