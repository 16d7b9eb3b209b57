"""What people choose about held mails: done once, and answered in the row, wherever it went."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from automation.archive.disk import DiskArchive
from automation.errors import TransientError
from automation.model import Stage, Verdict
from automation.register import rows
from automation.worker import Outcome, Worker
from tests.fakes.register import PEN
from tests.journeys.test_machine import Fuse, KilledError, Wire
from tests.world import ADDRESSES, OFFICE_ADDRESS, World

pytestmark = pytest.mark.journey

WAYAN = "wayan@warga.example"
MADE = "made@warga.example"
ROBOT = {"Auto-Submitted": "auto-generated"}
TABS = ("karantina", "surat_lain")


class Town(World):
    """The office, and what its Petugas does and sees in the pen."""

    def held(self, subject: str = "Undangan rapat", sender: str = MADE, **told: str) -> str:
        """Let a mail arrive that waits for a person; give its code."""
        self.mail_arrives(sender=sender, subject=subject, text=told.get("text", "mohon hadir"))
        self.settle()
        return self.code()

    def robot(self) -> str:
        """Let a machine write; give the code of its mail."""
        self.mail_arrives(sender="bot@form.example", headers=ROBOT)
        self.settle()
        return self.code()

    def code(self) -> str:
        """Give the code of the latest mail."""
        return list(self.ledger.mails())[-1].key[:12]

    def rows(self, code: str) -> list[tuple[str, int]]:
        """Give where the rows of a mail stand: tab and position."""
        at = PEN.index("kode")
        return [
            (tab, position)
            for tab in TABS
            for position, line in enumerate(self.register.lines.get(tab, ()), start=2)
            if len(line) > at and line[at] == code
        ]

    def decide(self, code: str, tindakan: str, nomor: str = "") -> None:
        """Let the Petugas choose in every row of a mail."""
        for tab, position in self.rows(code):
            self.register.write(tab, position, tindakan=tindakan, nomor=nomor)

    def told(self, code: str) -> str:
        """Give what the worker says in the first row of a mail."""
        tab, position = self.rows(code)[0]
        return self.said(tab, position)

    def said(self, tab: str, position: int) -> str:
        """Give the answer in a row."""
        line = [*self.register.lines[tab][position - 2], *[""] * len(PEN)]
        return rows.text(line[PEN.index("pesan")])

    def story(self) -> list[str]:
        """Give the sentences of the history, oldest first."""
        return [rows.text(line[3]) for line in reversed(self.register.lines.get("riwayat", []))]

    def sheet_passes(self) -> int:
        """Count the insertions so far."""
        return self.register.calls["insert"]


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    """Give an office with one complaint of Wayan's."""
    town = Town(tmp_path)
    town.mail_arrives()
    town.settle()
    return town


FIRST = "PKT-2026-0001"
SECOND = "PKT-2026-0002"


# --- Jadikan pengaduan --------------------------------------------------------------------------


def test_a_held_mail_becomes_a_complaint(town: Town) -> None:
    """Row, receipt, request to the Sekcam, history and answer: as if it had been judged one."""
    code = town.held(text="sekalian lapor: lampu mati")
    town.later(hours=1)
    town.decide(code, "Jadikan pengaduan")
    town.settle()
    case = town.case(SECOND)

    assert (Stage.MENUNGGU_DISPOSISI, MADE, "Undangan rapat") == (
        case.stage,
        case.email,
        case.subject,
    )
    assert town.clock.moment == case.starts
    assert "sekalian lapor: lampu mati" == town.cell(SECOND, "uraian")
    assert 1 == len(town.letters_to(MADE))
    assert 2 == len(town.subjects_to("sekcam"))
    assert f"Dicatat sebagai pengaduan {SECOND}; pengirim menerima tanda terima." == town.told(code)
    assert f"Surat {code} dijadikan pengaduan oleh Petugas." in town.story()


def test_it_is_a_complaint_once_however_many_passes(town: Town) -> None:
    """The choice stands in the row for ever."""
    code = town.held()
    town.decide(code, "Jadikan pengaduan")
    town.settle(4)

    assert [FIRST, SECOND] == list(town.ledger.cases())
    assert 1 == len(town.letters_to(MADE))


def test_what_its_sender_answers_later_is_of_the_case(town: Town) -> None:
    """The conversation is known by the mail that opened it."""
    code = town.held()
    town.decide(code, "Jadikan pengaduan")
    town.settle()
    receipt = town.letters_to(MADE)[0]
    town.mail_arrives(
        MADE, "Re: undangan", "ini fotonya", {"In-Reply-To": str(receipt["Message-ID"])}
    )
    town.settle()

    assert "ini fotonya" in town.case(SECOND).text
    assert 2 == len(town.ledger.cases())


def test_its_attachments_come_along(town: Town) -> None:
    """The mail is read again as it came, not as its first lines were shown."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = MADE, OFFICE_ADDRESS, "Undangan"
    mail.set_content("terlampir")
    mail.add_attachment(b"\xff\xd8\xff\xe0foto", "image", "jpeg", filename="jalan.jpg")
    town.inbox.arrive(mail.as_bytes(), town.clock.moment)
    town.settle()
    town.decide(town.code(), "Jadikan pengaduan")
    town.settle()

    assert "jalan.jpg" in town.cell(SECOND, "lampiran")


def test_a_machine_whose_mail_is_released_is_not_answered(town: Town) -> None:
    """A form on a web page wrote it: the Petugas fills in whom to answer."""
    code = town.robot()
    assert [("karantina", 2)] == town.rows(code)
    town.decide(code, "Jadikan pengaduan")
    town.settle()

    assert ("", "Menunggu disposisi") == (town.cell(SECOND, "kontak"), town.cell(SECOND, "tahap"))
    assert [] == town.letters_to("bot@form.example")
    assert "tanpa tanda terima" in town.told(code)


def test_a_mail_that_cannot_be_read_is_left_to_the_petugas(town: Town) -> None:
    """There is nothing to make a case of; the row says where to look."""
    town.inbox.arrive(b"\x00\x01\x02", town.clock.moment)
    town.settle()
    code = town.code()
    town.decide(code, "Jadikan pengaduan")
    town.settle(2)

    assert [FIRST] == list(town.ledger.cases())
    assert "tidak terbaca" in town.told(code)


def test_a_mail_that_is_gone_from_the_archive_stops_nothing(town: Town) -> None:
    """Somebody tidied up the disk: the other choice is obeyed."""
    gone, whole = town.held("Undangan satu"), town.held("Undangan dua")
    for file in town.folder.glob("raw/**/*.eml"):
        if b"Undangan satu" in file.read_bytes():
            file.unlink()
    town.decide(gone, "Jadikan pengaduan")
    town.decide(whole, "Jadikan pengaduan")
    town.settle()

    assert "tidak terbaca" in town.told(gone)
    assert "Undangan dua" == town.case(SECOND).subject


def test_a_disk_that_is_away_is_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice stands unanswered, and is obeyed when the archive is back."""
    code = town.held()
    town.decide(code, "Jadikan pengaduan")
    with monkeypatch.context() as broken:
        broken.setattr(DiskArchive, "raw", _away)
        assert Outcome.FINE is town.settle().outcome
    assert ("", [FIRST]) == (town.told(code), list(town.ledger.cases()))
    town.settle()

    assert [FIRST, SECOND] == list(town.ledger.cases())


def _away(*_: object) -> bytes:
    raise TransientError("the disk is away")


# --- Gabungkan ke nomor -------------------------------------------------------------------------


def test_a_held_mail_is_added_to_a_case(town: Town) -> None:
    """Its words stand in the case, the case goes on, and nobody gets a letter."""
    code, before = town.held(text="soal jalan kemarin"), len(town.outbound.sent)
    town.decide(code, "Gabungkan ke nomor", "pkt 2026 1")
    town.settle(3)

    assert 1 == town.cell(FIRST, "uraian").count("soal jalan kemarin")
    assert ([FIRST], before) == (list(town.ledger.cases()), len(town.outbound.sent))
    assert f"Digabungkan pada pengaduan {FIRST}." == town.told(code)
    assert f"Surat {code} digabungkan oleh Petugas pada pengaduan ini." in town.story()


def test_a_number_that_is_missing_or_wrong_is_asked_for(town: Town) -> None:
    """Each mistake is answered in the row, and mended there."""
    code = town.held(text="soal jalan kemarin")
    answers = []
    for number in ("", "PKT-2026-0099", "jalan", FIRST):
        town.decide(code, "Gabungkan ke nomor", number)
        town.settle()
        answers.append(town.told(code).split(".")[0])

    assert [
        "Mohon mengisi Ke No",
        'Nomor "PKT-2026-0099" tidak ada pada register',
        'Nomor "jalan" tidak ada pada register',
        f"Digabungkan pada pengaduan {FIRST}",
    ] == answers
    assert 1 == town.case(FIRST).text.count("soal jalan kemarin")


def test_a_closed_case_says_that_there_is_something_new(town: Town) -> None:
    """Nobody looks at a closed row any more."""
    town.choose(FIRST, status_petugas="Bukan pengaduan")
    town.decide(town.held(), "Gabungkan ke nomor", FIRST)
    town.settle()

    assert "keterangan baru" in town.cell(FIRST, "pesan_sistem")


# --- Biarkan ------------------------------------------------------------------------------------


def test_a_mail_that_is_left_is_closed(town: Town) -> None:
    """Noted once; nothing leaves, no case begins."""
    code, before = town.held(), len(town.outbound.sent)
    town.decide(code, "Biarkan")
    town.settle(3)

    assert "Dibiarkan; tidak ada yang dikirim." == town.told(code)
    assert 1 == town.story().count(f"Surat {code} dibiarkan oleh Petugas.")
    assert ([FIRST], before) == (list(town.ledger.cases()), len(town.outbound.sent))


def test_the_next_mail_of_its_sender_is_judged_anew(town: Town) -> None:
    """Somebody who once invited the office may complain tomorrow."""
    town.decide(town.held(), "Biarkan")
    town.settle()
    town.mail_arrives(MADE, "lampu mati", "lampu mati di Pulukan")
    town.settle()

    assert "lampu mati" == town.case(SECOND).subject
    assert 1 == len(town.letters_to(MADE))


def test_who_left_a_mail_may_think_again(town: Town) -> None:
    """Nothing irrevocable has happened; after a case was made it has."""
    code = town.held()
    for choice in ("Biarkan", "Jadikan pengaduan", "Biarkan"):
        town.decide(code, choice)
        town.settle()

    assert [FIRST, SECOND] == list(town.ledger.cases())
    assert f"Surat ini sudah tercatat pada pengaduan {SECOND}" in town.told(code)


# --- people -------------------------------------------------------------------------------------


def test_an_unknown_word_is_answered_and_not_obeyed(town: Town) -> None:
    """Never guessed; emptied, the answer goes too."""
    code = town.held()
    town.decide(code, "nanti saja")
    town.settle()
    told = town.told(code)
    town.decide(code, "")
    town.settle()

    assert ('Tindakan "nanti saja" tidak dikenal. Mohon pilih dari daftar.', "") == (
        told,
        town.told(code),
    )
    assert [FIRST] == list(town.ledger.cases())


def test_of_two_who_choose_the_first_is_obeyed(town: Town) -> None:
    """The second is told what has become of the mail."""
    code = town.held()
    town.decide(code, "Jadikan pengaduan")
    town.register.hooks["insert"] = lambda: town.decide(code, "Gabungkan ke nomor", FIRST)
    town.settle(3)

    assert 2 == len(town.ledger.cases())
    assert "mohon hadir" not in town.case(FIRST).text
    assert f"sudah tercatat pada pengaduan {SECOND}" in town.told(code)


def test_chosen_again_it_happens_no_second_time(town: Town) -> None:
    """Emptied and chosen once more by somebody who did not see it done."""
    code = town.held()
    for choice in ("Jadikan pengaduan", "", "Jadikan pengaduan"):
        town.decide(code, choice)
        town.settle()

    assert [FIRST, SECOND] == list(town.ledger.cases())
    assert 1 == len(town.letters_to(MADE))


def test_copies_of_a_row_that_disagree_are_answered_both(town: Town) -> None:
    """Whichever is meant, a person says; nothing is done in turn for ever."""
    code = town.held()
    [(tab, at)] = town.rows(code)
    town.register.lines[tab].append(town.register.lines[tab][at - 2])
    for (where, position), choice in zip(
        town.rows(code), ("Biarkan", "Jadikan pengaduan"), strict=True
    ):
        town.register.write(where, position, tindakan=choice)
    town.settle(2)
    calls = town.sheet_passes()
    town.settle()

    assert ["beberapa baris"] * 2 == [
        "beberapa baris" * ("beberapa baris" in town.said(*row)) for row in town.rows(code)
    ]
    assert ([FIRST], calls) == (list(town.ledger.cases()), town.sheet_passes())


def test_sorted_rows_keep_their_choices(town: Town) -> None:
    """A row is its mail's by the code in it, wherever it lies."""
    codes = [town.held(f"Undangan {n}") for n in range(4)]
    town.decide(codes[1], "Jadikan pengaduan")
    town.register.lines["surat_lain"].reverse()
    town.settle()

    assert "Undangan 1" == town.case(SECOND).subject
    assert [False, True, False, False] == [bool(town.told(code)) for code in codes]


@pytest.mark.parametrize("moment", ["insert", "after insert"])
def test_rows_that_move_while_they_are_answered_are_put_right(town: Town, moment: str) -> None:
    """The answer falls into another row, and the next pass takes it out again."""
    codes = [town.held(f"Undangan {n}") for n in range(3)]
    town.decide(codes[0], "Biarkan")
    town.register.hooks[moment] = town.register.lines["surat_lain"].reverse
    town.settle(3)

    assert [True, False, False] == [bool(town.told(code)) for code in codes]


def test_a_row_deleted_undecided_comes_back(town: Town) -> None:
    """Nothing in the pen is lost; it is no new mail, so nobody is alarmed."""
    code, other = town.held("Undangan satu"), town.held("Undangan dua")
    before = len(town.outbound.sent)
    del town.register.lines["surat_lain"][1]
    town.settle(2)

    assert [1, 1] == [len(town.rows(c)) for c in (code, other)]
    town.decide(code, "Jadikan pengaduan")
    town.settle()
    assert "Undangan satu" == town.case(SECOND).subject
    assert before + 2 == len(town.outbound.sent)


def test_a_row_deleted_after_the_decision_stays_away(town: Town) -> None:
    """Whoever tidies up is not worked against."""
    code = town.held()
    town.decide(code, "Biarkan")
    town.settle()
    town.register.lines["surat_lain"].clear()
    town.settle(2)

    assert [] == town.rows(code)


def test_a_pen_without_its_columns_loses_nothing(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """A register that an older version made, until `init` is run: nothing is taken for lost."""
    code = town.held()
    town.register.tabless = {"surat_lain"}
    town.register.write("karantina", 2, pesan="x")  # so that the pen is looked at anew
    outcomes = [town.settle().outcome for _ in range(2)]
    assert "tab Surat Lain lacks columns; run `pengaduan init`" in caplog.text
    town.register.tabless = set()
    town.settle()

    assert ([Outcome.FINE] * 2, 1) == (outcomes, len(town.rows(code)))


def test_an_idle_pass_writes_nothing(town: Town) -> None:
    """Choices that stand for years are neither judged nor answered again."""
    for at, choice in enumerate(("Jadikan pengaduan", "Biarkan", "apa saja")):
        town.decide(town.held(f"Undangan {at}"), choice)
    town.settle(2)
    before = dict(town.register.calls)
    town.settle(2)

    assert {"read": 2, "reread": 0} == {
        name: town.register.calls[name] - before.get(name, 0) for name in ("read", "reread")
    }
    assert before["insert"] == town.sheet_passes()


# --- the block list -----------------------------------------------------------------------------


def block(town: Town, entry: str) -> None:
    """Let the Petugas put somebody on the list."""
    tab = town.register.tabs["daftar_blokir"]
    town.register.tabs["daftar_blokir"] = (*tab, (entry, "iklan", ""))
    town.settle()


def test_mail_of_the_blocked_lies_in_quarantine_unanswered(town: Town) -> None:
    """Never dropped, never answered; the row says why."""
    block(town, "@warga.example")
    town.mail_arrives(MADE, "promo", "beli")
    town.settle()
    [(tab, at)] = town.rows(town.code())

    assert ("karantina", []) == (tab, town.letters_to(MADE))
    assert "Pengirimnya ada pada Daftar Blokir" == town.register.lines[tab][at - 2][4]


def test_what_a_person_releases_of_the_blocked_is_a_complaint(town: Town) -> None:
    """The choice about one mail is stronger than the list."""
    block(town, MADE)
    town.mail_arrives(MADE, "lampu mati", "di Pulukan")
    town.settle()
    town.decide(town.code(), "Jadikan pengaduan")
    town.settle()

    assert (MADE, 1) == (town.case(SECOND).email, len(town.letters_to(MADE)))


def test_the_list_is_known_while_the_sheet_is_away(town: Town) -> None:
    """A pass without the sheet must not answer whom the office does not want to answer."""
    block(town, MADE)
    town.mail_arrives(MADE, "promo", "beli")
    town.register.fail("read", done=False)
    town.settle()

    assert Verdict.HELD is list(town.ledger.mails())[-1].verdict


def test_who_is_taken_off_the_list_is_heard_again(town: Town) -> None:
    """The tab is read in every pass."""
    block(town, MADE)
    town.register.tabs["daftar_blokir"] = town.register.tabs["daftar_blokir"][:1]
    town.settle()
    town.mail_arrives(MADE, "lampu mati", "di Pulukan")
    town.settle()

    assert 1 == len(town.letters_to(MADE))


# --- accidents ----------------------------------------------------------------------------------


def test_a_lost_answer_of_google_does_nothing_twice(town: Town) -> None:
    """The request was obeyed and nobody knows: the next pass looks."""
    code = town.held()
    town.decide(code, "Jadikan pengaduan")
    town.register.fail("insert", done=True)
    report = town.settle()
    assert Outcome.LATER is report.outcome
    town.settle(2)

    assert ([FIRST, SECOND], 1) == (list(town.ledger.cases()), len(town.letters_to(MADE)))
    assert SECOND in town.told(code)


def dies(town: Town, after: int) -> bool:
    """Let a pass run until so many ends of calls were reached; say whether it died there."""
    house, fuse = town.house(), Fuse(after)
    names = ("inbox", "register", "outbound", "archive", "ledger")
    wires = {name: Wire(getattr(house, name), fuse) for name in names}
    try:
        Worker(replace(house, **wires)).run()  # type: ignore[arg-type]
    except KilledError:
        return True
    return False


def _case_made(town: Town, code: str) -> None:
    assert [FIRST, SECOND] == list(town.ledger.cases())
    assert [FIRST, SECOND] == sorted(ln.number() for ln in town.register.grid)
    assert 1 == len({m["Message-ID"] for m in town.letters_to(MADE)})
    assert SECOND in town.told(code)


def _added(town: Town, code: str) -> None:
    assert 1 == town.cell(FIRST, "uraian").count("mohon hadir")
    assert 1 == town.case(FIRST).text.count("mohon hadir")
    assert FIRST in town.told(code)


def _left(town: Town, code: str) -> None:
    assert 1 == town.story().count(f"Surat {code} dibiarkan oleh Petugas.")
    assert "Dibiarkan" in town.told(code)


def _came_back(town: Town, code: str) -> None:
    assert 1 == len(town.rows(code))
    assert "" == town.told(code)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("choice", "holds"),
    [
        ("Jadikan pengaduan", _case_made),
        ("Gabungkan ke nomor", _added),
        ("Biarkan", _left),
        ("", _came_back),
    ],
)
def test_killed_anywhere_it_happens_once(
    tmp_path: Path, choice: str, holds: Callable[[Town, str], None]
) -> None:
    """Before and after each call to a wire, until a pass comes through alive."""
    at = 0
    while True:
        at += 1
        town = Town(tmp_path / str(at))
        town.mail_arrives()
        code = town.held()
        if choice:
            town.decide(code, choice, FIRST)
        else:
            town.register.lines["surat_lain"].clear()
        alive = not dies(town, at)
        town.settle(2)

        holds(town, code)
        if alive:
            break
    assert at > 20


def test_killed_after_the_sheet_was_written_a_line_that_came_back_is_single(tmp_path: Path) -> None:
    """Google obeyed, the ledger does not know: the mark in the sheet does."""
    town = Town(tmp_path)
    town.mail_arrives()
    code = town.held()
    town.register.lines["surat_lain"].clear()
    town.register.fail("insert", done=True)
    town.settle(3)

    assert 1 == len(town.rows(code))


def test_the_officials_get_nothing_about_the_pen(town: Town) -> None:
    """No alarm for a line that came back, a choice that was refused, or one that was obeyed."""
    code = town.held()
    for choice in ("apa", "Gabungkan ke nomor", "Biarkan"):
        town.decide(code, choice)
        town.settle()
    town.register.lines["surat_lain"].clear()
    town.settle(2)

    assert [] == town.letters_to(ADDRESSES["petugas"])
