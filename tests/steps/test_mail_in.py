"""Mail in: nothing is lost or answered twice, whatever a mail or a crash does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation.errors import TransientError
from automation.ledger.store import SqliteLedger
from automation.model import Case, Folder, RawMail, Verdict
from automation.worker import Worker
from tests.fakes.mail import ListInbox
from tests.world import MORNING, OFFICE_ADDRESS, WITA, World

WAYAN = "wayan@warga.example"


class TouchyLedger(SqliteLedger):
    """A ledger on which our own code breaks when it meets a certain subject."""

    def put_case(self, case: Case) -> None:
        """Break, or do as always."""
        if "racun" in case.subject:
            raise RuntimeError("a bug of ours")
        super().put_case(case)


class FullMailbox(ListInbox):
    """A mailbox over quota, which lets nothing be moved."""

    def file(self, mails: Sequence[RawMail], folder: Folder) -> None:
        """Refuse."""
        raise TransientError(f"OVERQUOTA: {len(mails)} mails not moved to {folder}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give a fresh office on a Tuesday morning."""
    return World(tmp_path)


def test_a_mail_that_breaks_our_own_code_stops_no_other(tmp_path: Path) -> None:
    """The poison lies in the pen; its neighbours are recorded and acknowledged."""
    world = World(tmp_path, ledger=TouchyLedger(None, WITA))
    for subject in ("jalan", "racun", "lampu"):
        world.mail_arrives(subject=subject, sender=f"{subject}@warga.example")
    report = world.settle()

    assert ["jalan", "lampu"] == [case.subject for case in world.ledger.cases().values()]
    [poison] = [m for m in world.ledger.mails() if m.verdict is Verdict.UNREADABLE]
    assert "the worker failed on it (RuntimeError)" == poison.reason
    assert [1, 1] == [len(world.letters_to(f"{x}@warga.example")) for x in ("jalan", "lampu")]
    assert 0 == int(report.outcome)


def test_the_poison_is_told_once_and_not_met_again(tmp_path: Path) -> None:
    """One alarm; the next passes have nothing to do with it."""
    world = World(tmp_path, ledger=TouchyLedger(None, WITA))
    world.mail_arrives(subject="racun")
    world.settle(3)

    assert 1 == len(world.subjects_to("petugas"))
    assert [] == world.inbox.folders["INBOX"]
    assert 1 == len(world.inbox.folders[Folder.KARANTINA])


def test_the_same_mail_twice_is_one_complaint(world: World) -> None:
    """A server may deliver a mail twice; the citizen complained once."""
    mail = world.mail_arrives()
    world.inbox.arrive(mail.as_bytes(), world.clock.moment)
    world.settle()

    assert (1, 1) == (len(world.ledger.cases()), len(world.letters_to(WAYAN)))
    assert [] == world.inbox.folders["INBOX"]


def test_a_crash_before_filing_files_the_mail_later_and_answers_once(world: World) -> None:
    """The ledger knows the mail although it still lies in the INBOX."""
    world.mail_arrives()
    world.settle()
    [raw] = world.inbox.folders.pop("Tercatat")
    world.inbox.folders["INBOX"].append(raw)
    world.settle()

    assert [raw] == world.inbox.folders["Tercatat"]
    assert (1, 1) == (len(world.ledger.cases()), len(world.letters_to(WAYAN)))


def test_the_raw_mail_is_kept_before_anything_else(world: World) -> None:
    """With the ledger away the bytes are on disk all the same, and the mail stays in the INBOX."""
    mail = world.mail_arrives()
    world.settle()
    [record] = world.ledger.mails()

    assert mail.as_bytes() == world.house().archive.raw(record.raw)


def test_at_first_contact_old_mails_are_filed_and_answer_nobody(world: World) -> None:
    """Connecting an old mailbox must not write to everybody who ever wrote."""
    house = replace(world.house(), adopt_since=None)
    world.clock.moment -= timedelta(days=3)
    world.mail_arrives()
    world.clock.moment = MORNING
    Worker(house).run()

    assert ([], {}) == (world.outbound.sent, world.ledger.cases())
    assert 1 == len(world.inbox.folders[Folder.BUKAN_PENGADUAN])
    assert () == world.ledger.to_pen()


def test_mail_of_the_last_day_before_the_installation_is_shown_to_a_person(world: World) -> None:
    """It may be unanswered: no letter by machine, but a line in the pen."""
    house = replace(world.house(), adopt_since=None)
    world.clock.moment -= timedelta(hours=3)
    world.mail_arrives()
    world.clock.moment = MORNING
    Worker(house).run()

    assert ([], {}) == (world.outbound.sent, world.ledger.cases())
    assert 1 == len(world.register.lines["surat_lain"])


def test_mail_of_the_second_of_the_installation_is_a_complaint(world: World) -> None:
    """INTERNALDATE has no fractions; a complaint must not fall through them."""
    house = replace(world.house(), adopt_since=None)
    world.mail_arrives()
    world.clock.moment += timedelta(milliseconds=700)
    Worker(house).run()

    assert 1 == len(world.ledger.cases())


def test_a_mailbox_away_leaves_the_sheet_served(world: World) -> None:
    """The Sekcam's choice is obeyed while mail is away; exit 75."""
    world.mail_arrives()
    world.settle()
    world.choose(world.number(), disposisi="Kasi PMD")
    world.inbox.fail.append(TransientError("away"))
    report = world.settle()

    assert "Penyusunan draf" == world.cell(world.number(), "tahap")
    assert 75 == int(report.outcome)


def test_mail_is_recorded_though_none_can_be_filed(tmp_path: Path) -> None:
    """A mailbox over quota refuses every move; the second batch must be read all the same."""
    world = World(tmp_path, inbox=FullMailbox())
    for subject in ("satu", "dua"):
        world.mail_arrives(subject=subject, text="x" * 7_000_000)
        world.later(minutes=1)
    report = world.settle()

    assert (2, 75) == (len(world.ledger.cases()), int(report.outcome))


def test_what_the_office_mails_to_itself_is_shown_to_a_person(world: World) -> None:
    """The Petugas may hand on a WhatsApp text in this way; nobody is answered, nothing is lost."""
    world.mail_arrives(sender=OFFICE_ADDRESS, subject="Fwd: WhatsApp warga")
    world.settle()

    assert ([], {}) == (world.outbound.sent, world.ledger.cases())
    assert 1 == len(world.register.lines["surat_lain"])


def test_a_wish_to_be_hidden_is_shown_to_a_person(world: World) -> None:
    """Until the machine hides names by itself, somebody must."""
    world.mail_arrives()
    world.settle()
    receipt = world.letters_to(WAYAN)[0]
    thread = {"In-Reply-To": str(receipt["Message-ID"])}
    world.mail_arrives(subject=f"Re: {receipt['Subject']}", text="RAHASIA", headers=thread)
    world.settle()

    assert 1 == len(world.register.lines["surat_lain"])
