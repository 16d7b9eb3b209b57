"""Eighteen mails from a citizen's phone to a robot's: what becomes of each in register and post."""

import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pytest

from automation.model import Case, Verdict
from automation.worker import Worker
from tests.world import OFFICE_ADDRESS, World

pytestmark = pytest.mark.journey

TABLE: Final = Path(__file__).with_name("acceptance.toml")
MAILS: Final[dict[str, dict[str, Any]]] = {
    mail["id"]: mail for mail in tomllib.loads(TABLE.read_text(encoding="utf-8"))["mail"]
}
NEW: Final = [name for name, mail in MAILS.items() if mail["row"] == "new"]
SAME: Final = [name for name, mail in MAILS.items() if mail["row"] == "same"]


def _silent(name: str) -> bool:
    return MAILS[name]["row"] in {"new", "none"}


class Story:
    """An office that a mail of the table has reached."""

    def __init__(self, folder: Path, name: str) -> None:
        self.told = MAILS[name]
        self.world = World(folder)
        self._known = {"nomor": "", "surat": ""}
        self._earlier()
        self.before = dict(self.world.ledger.cases())
        self.sender = self._sent()["From"].addresses[0].addr_spec
        self._letters = len(self.world.letters_to(self.sender))
        self._pass(self.told["at"], self._sent().as_bytes(policy=policy.SMTP))

    def letters(self) -> int:
        """Count the letters that the mail brought to its sender."""
        return len(self.world.letters_to(self.sender)) - self._letters

    def new(self) -> list[Case]:
        """Give the cases that the mail opened."""
        cases = self.world.ledger.cases()
        return [case for number, case in cases.items() if number not in self.before]

    def penned(self) -> str:
        """Give the tab of the pen in which something stands, or ""."""
        tabs = ("karantina", "surat_lain")
        return " ".join(tab for tab in tabs if self.world.register.lines.get(tab))

    def _earlier(self) -> None:
        """Let the sender, or another citizen, have complained an hour before."""
        if "earlier" not in self.told:
            return
        moment: datetime = self.told["at"] - timedelta(hours=1)
        self.world.clock.moment = moment
        first = self.world.mail_arrives(self.told["earlier"])
        self.world.inbox.folders["INBOX"].clear()
        self._pass(moment, first.as_bytes(policy=policy.SMTP))
        [receipt] = self.world.letters_to(self.told["earlier"])
        self._known = {"nomor": self.world.number(), "surat": str(receipt["Message-ID"])}

    def _sent(self) -> EmailMessage:
        mail = EmailMessage()
        fields: dict[str, str] = {
            "From": self.told["from"],
            "To": self.told.get("to", OFFICE_ADDRESS),
            "Subject": self.told["subject"],
            "Message-ID": f"<{self.told['id'].split()[0].lower()}@warga.example>",
            **({"Cc": self.told["cc"]} if "cc" in self.told else {}),
            **self.told.get("headers", {}),
        }
        for field, value in fields.items():
            mail[field] = self._filled(value)
        mail.set_content(self._filled(self.told["body"]))
        for file in self.told.get("files", ()):
            content = b"\xff\xd8\xff" + bytes(20_000)
            mail.add_attachment(content, maintype="image", subtype="jpeg", filename=file)
        return mail

    def _filled(self, text: str) -> str:
        for word, value in self._known.items():
            text = text.replace(f"{{{word}}}", value)
        return text

    def _pass(self, moment: datetime, content: bytes) -> None:
        self.world.clock.moment = moment
        self.world.inbox.arrive(content, moment)
        house = replace(self.world.house(), adopt_since=moment - timedelta(days=1))
        Worker(house).run()


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_becomes_what_the_office_expects(name: str, tmp_path: Path) -> None:
    """A citizen without a row, a robot with an answer or a stranger who learns something."""
    story = Story(tmp_path, name)
    *_, record = story.world.ledger.mails()

    assert Verdict(story.told["verdict"]) is record.verdict
    assert story.told["letters"] == story.letters()
    assert (story.told["row"] == "new") == bool(story.new())
    assert story.told.get("pen", "") == story.penned()
    assert [] == story.world.inbox.folders["INBOX"]


@pytest.mark.parametrize("name", NEW)
def test_a_new_row_holds_the_mail_as_it_was_written(name: str, tmp_path: Path) -> None:
    """Nothing is corrected, split or evaluated, and the promise counts in service hours."""
    story = Story(tmp_path, name)
    [case] = story.new()

    assert story.told["body"].strip() == case.text
    assert story.told["subject"] == case.subject
    assert tuple(story.told.get("files", ())) == case.attachments
    assert story.told["due"] == case.due


@pytest.mark.parametrize("name", SAME)
def test_an_addition_stands_below_the_first_text_and_moves_no_clock(
    name: str, tmp_path: Path
) -> None:
    """The first text is never overwritten, and of the second no quote and no footer stands."""
    story = Story(tmp_path, name)
    [before] = story.before.values()
    [after] = story.world.ledger.cases().values()

    assert after.text.startswith(f"{before.text}\n\n[")
    assert after.text.endswith(f"] {story.told['own']}")
    assert (before.due, before.stage) == (after.due, after.stage)


@pytest.mark.parametrize("name", [n for n in MAILS if "earlier" in MAILS[n] and _silent(n)])
def test_what_is_no_addition_changes_nothing_in_the_case(name: str, tmp_path: Path) -> None:
    """A robot's or a stranger's words must not stand in somebody's complaint."""
    story = Story(tmp_path, name)

    assert story.before.items() <= story.world.ledger.cases().items()
