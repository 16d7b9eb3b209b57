"""What once could hurt: hand-typed rows, wrong addresses, rows copied, services away at bad moments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from automation.errors import RejectedError, TransientError
from automation.ledger.store import SqliteLedger
from automation.model import Fate, Folder, RawMail, Stage
from automation.worker import Outcome, Worker
from tests.fakes.mail import ListInbox, RecordingOutbound
from tests.world import WITA, World, answered, office_tabs, without_mail

pytestmark = pytest.mark.journey

WAYAN = "wayan@warga.example"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# --- typed rows

def test_blank_anchor(world: World) -> None:
    world.register.type_row(without_mail(world))
    world.register.hooks["insert"] = lambda: world.register.insert_blank(2)
    world.settle(2)
    world.settle(2)
    print(world.ledger.reservations(), list(world.ledger.cases()))
    world.register.type_row(without_mail(world) | {"perihal": "lain", "uraian": "lain sekali"})
    world.settle(3)
    assert 2 == len(world.ledger.cases())
    assert all(line.number() for line in world.register.grid if not line.blank())


def test_corrected_while_numbered(world: World) -> None:
    line = world.register.type_row(without_mail(world))
    world.register.fail("change", done=False)
    world.settle()
    line.cells["perihal"] = "Air PAM mati total"
    world.settle(2)
    assert line.number() and 1 == len(world.ledger.cases())


def test_crash_after_anchor_and_edit(world: World) -> None:
    line = world.register.type_row(without_mail(world) | {"kontak": "ketut@warga.example"})
    world.register.fail("insert", done=True)
    world.settle()
    line.cells["perihal"] = "Air PAM mati total"
    world.settle(3)
    print(list(world.ledger.cases()))
    assert 1 == len(world.ledger.cases())
    assert 1 == len(world.letters_to("ketut@warga.example"))


def test_twins(world: World) -> None:
    a = world.register.type_row(without_mail(world))
    b = world.register.type_row(without_mail(world))
    world.settle(2)
    assert a.number() and b.number() and a.number() != b.number()


@pytest.mark.parametrize("step", ["insert", "after insert", "reread", "after reread", "change", "after change"])
@pytest.mark.parametrize("act", ["sort", "delete", "blank", "twin"])
def test_hooks(world: World, step: str, act: str) -> None:
    for s in ("aa", "zz"):
        world.register.type_row(without_mail(world) | {"perihal": s, "uraian": s})
    def do() -> None:
        if act == "sort":
            world.register.sort("perihal", reverse=True)
        elif act == "delete":
            world.register.delete_at(2)
        elif act == "blank":
            world.register.insert_blank(2)
        else:
            world.register.type_row(without_mail(world) | {"perihal": "aa", "uraian": "aa"})
    world.register.hooks[step] = do
    world.settle(4)
    rows_ = [(ln.number(), ln.cells.get("perihal")) for ln in world.register.grid if not ln.blank()]
    print(rows_)
    assert all(n for n, _ in rows_)
    assert len({n for n, _ in rows_}) == len(rows_)
    for n, p in rows_:
        assert world.ledger.cases()[n].subject == p


def test_typed_with_own_number_then_mail(world: World) -> None:
    """hand-made number must not catch the next citizen's answer."""
    line = world.register.type_row(without_mail(world) | {"nomor": "PKT-2026-0001", "kontak": "ketut@warga.example"})
    world.settle(2)
    world.mail_arrives()
    world.settle(3)
    print([(ln.number(), ln.cells.get("perihal")) for ln in world.register.grid])
    assert [] == world.letters_to("ketut@warga.example")
    assert 1 == len(world.letters_to(WAYAN))


# --- follow-ups

def reply(world: World, number: str, text: str) -> None:
    letter = world.letters_to(WAYAN)[-1]
    world.mail_arrives(subject=f"Re: {letter['Subject']}", text=text, headers={"In-Reply-To": str(letter["Message-ID"])})


def visible(world: World, text: str) -> bool:
    cells = [str(c) for ln in world.register.grid for c in ln.cells.values()]
    pens = [str(c) for lines in world.register.lines.values() for ln in lines for c in ln]
    return any(text in c for c in cells + pens)


def test_followup_typed(world: World) -> None:
    line = world.register.type_row(without_mail(world) | {"kanal": "Email", "kontak": WAYAN})
    world.settle(2)
    number = line.number()
    reply(world, number, "lokasinya depan pura")
    world.settle(2)
    world.settle(2)
    assert visible(world, "depan pura")
    assert "depan pura" in world.case(number).text


def test_followup_closed(world: World) -> None:
    world.mail_arrives()
    number = answered(world)
    world.later(minutes=3)
    world.settle()
    assert Stage.SELESAI is world.case(number).stage
    reply(world, number, "belum puas, masih rusak")
    world.settle(2)
    assert world.cell(number, "pesan_sistem")


def test_followup_bukan(world: World) -> None:
    world.mail_arrives()
    world.settle()
    number = world.number()
    world.choose(number, status_petugas="Bukan pengaduan")
    world.settle()
    reply(world, number, "ini pengaduan sungguhan")
    world.settle(2)
    print(world.cell(number, "pesan_sistem"))
    assert "Dinyatakan bukan" not in world.cell(number, "pesan_sistem")


def test_bukan_reopen(world: World) -> None:
    world.mail_arrives()
    world.settle()
    number = world.number()
    world.choose(number, status_petugas="Bukan pengaduan")
    world.settle()
    world.choose(number, status_petugas="Catat")
    world.settle()
    print(world.cell(number, "pesan_sistem"))
    assert Stage.MENUNGGU_DISPOSISI is world.case(number).stage


# --- contact

@pytest.mark.parametrize("when", ["disposisi", "draf", "koreksi"])
@pytest.mark.parametrize("to", ["0812-3333-4444", "made@warga.example", ""])
def test_contact_changes(world: World, when: str, to: str) -> None:
    world.mail_arrives()
    world.settle()
    n = world.number()
    if when == "disposisi":
        world.choose(n, kontak=to)
    world.choose(n, disposisi="Kasi PMD")
    world.settle()
    if when == "draf":
        world.choose(n, kontak=to)
    world.choose(n, draf="Sudah.", status_kasi="Diajukan")
    world.settle()
    if when == "koreksi":
        world.choose(n, kontak=to)
    world.choose(n, keputusan_camat="Disetujui")
    world.settle()
    world.later(minutes=3)
    world.settle()
    if "@" in to:
        assert 1 == len(world.letters_to(to)) and Stage.SELESAI is world.case(n).stage
    else:
        assert any("mohon disampaikan" in s for s in world.subjects_to("petugas"))
        world.choose(n, status_petugas="Sudah disampaikan")
        world.settle()
        assert Stage.SELESAI is world.case(n).stage


def test_typo_then_kirim_ulang(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.outbound.fail.append(RejectedError("550 no such user"))
    world.later(minutes=3)
    world.settle()
    world.choose(n, kontak="wayan.benar@warga.example", status_petugas="Kirim ulang")
    world.settle()
    world.later(minutes=3)
    world.settle()
    assert 1 == len(world.letters_to("wayan.benar@warga.example"))
    assert Stage.SELESAI is world.case(n).stage


def test_address_removed_after_failure(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.outbound.fail.append(RejectedError("550 no such user"))
    world.later(minutes=3)
    world.settle()
    world.choose(n, kontak="0812", status_petugas="Sudah disampaikan")
    world.settle()
    assert Stage.SELESAI is world.case(n).stage


def test_typo_in_hold(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.choose(n, kontak="wayan.benar@warga.example")
    world.later(minutes=3)
    world.settle()
    assert 1 == len(world.letters_to("wayan.benar@warga.example"))


# --- T07
def test_t07_withdrawn(world: World) -> None:
    line = world.register.type_row(without_mail(world))
    world.settle(2)
    n = answered(world)
    world.later(minutes=3)
    world.settle()
    world.choose(n, keputusan_camat="Dikembalikan", catatan_camat="Salah alamat.")
    world.settle()
    print(world.cell(n, "pesan_sistem"), world.case(n).stage)
    assert "sudah keluar" not in world.cell(n, "pesan_sistem")


# --- kirim ulang
def test_kirim_ulang_twice(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.outbound.fail.append(RejectedError("550"))
    world.later(minutes=3)
    world.settle()
    world.choose(n, status_petugas="Kirim ulang")
    world.settle()
    world.choose(n, status_petugas="Kirim ulang")
    world.settle()
    world.outbound.fail.append(RejectedError("550"))
    world.later(minutes=3)
    world.settle()
    world.choose(n, status_petugas="Kirim ulang")
    world.settle()
    world.later(minutes=3)
    world.settle(2)
    assert 2 == len(world.letters_to(WAYAN)) and Stage.SELESAI is world.case(n).stage
    assert 2 == sum("tidak terkirim" in s for s in world.subjects_to("petugas"))


# --- known office
def without_column(tab, title):  # noqa
    at = tab[0].index(title)
    return tuple(tuple(c for i, c in enumerate(line) if i != at) for line in tab)


def test_peran_damaged(world: World) -> None:
    world.settle()
    good = world.register.tabs["peran"]
    print(good[0])
    house = world.house()
    bare = replace(house, office=replace(house.office, officials=tuple(replace(o, address="") for o in house.office.officials)))
    world.register.tabs["peran"] = (("x",), *good[1:])
    world.mail_arrives()
    Worker(bare).run()
    Worker(bare).run()
    assert 1 == len(world.subjects_to("sekcam"))


def test_kasi_removed(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.register.tabs["peran"] = tuple(l for l in world.register.tabs["peran"] if "Kasi PMD" not in l)
    world.choose(n, keputusan_camat="Dikembalikan", catatan_camat="x")
    world.settle(2)
    print(world.cell(n, "pesan_sistem"), [(l.key, l.fate, l.receipt) for l in world.ledger.letters(n)])
    print(world.register.lines["riwayat"][:3])
    assert all(l.fate is not Fate.FAILED for l in world.ledger.letters(n))


# --- calendars
def test_hours_expired(world: World) -> None:
    tab = [list(l) for l in world.register.tabs["pengaturan"]]
    print(tab)
    head = tab[0]
    for l in tab[1:]:
        while len(l) < len(head):
            l.append("")
        if "-" in str(l[1]) or "–" in str(l[1]):
            l[head.index("Sampai")] = "20/11/2026"
    world.register.tabs["pengaturan"] = tuple(map(tuple, tab))
    world.settle()
    world.mail_arrives()
    world.settle(2)
    assert 1 == len(world.ledger.cases())


@pytest.mark.parametrize("value", ["9" * 5000, "99999999999", "9999999999999999999999"])
@pytest.mark.parametrize("hal", ["promise", "hold"])
def test_absurd_settings(world: World, hal: str, value: str) -> None:
    from tests.world import shipped
    title = next(s.title for s in shipped()[0].settings if s.key == hal)
    tab = [list(l) for l in world.register.tabs["pengaturan"]]
    for l in tab:
        if l[0] == title:
            l[1] = value
    world.register.tabs["pengaturan"] = tuple(map(tuple, tab))
    world.mail_arrives()
    report = world.settle(2)
    n = answered(world)
    assert Outcome.FINE is report.outcome and Stage.SIAP_DISAMPAIKAN is world.case(n).stage


# --- copied row in hold
def test_copied_in_hold(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.register.duplicate(n)
    world.choose(n, keputusan_camat="Dikembalikan", catatan_camat="x")
    world.later(minutes=3)
    world.settle(2)
    assert 1 == len(world.letters_to(WAYAN))


def test_copied_is_told(world: World) -> None:
    world.mail_arrives()
    world.settle()
    n = world.number()
    world.register.duplicate(n)
    world.settle(2)
    assert 1 == len([m for m in world.letters_to("petugas@kec-pekutatan.example")])


def test_hold_read_before(world: World) -> None:
    """The Camat withdraws inside the hold, after the read of a slow pass."""
    world.mail_arrives()
    n = answered(world)
    world.later(seconds=110)
    world.mail_arrives(subject="lain")
    def slow() -> None:
        world.choose(n, keputusan_camat="Dikembalikan", catatan_camat="x")
        world.later(seconds=30)
    world.register.hooks["after insert"] = slow
    world.settle()
    assert [] == [m for m in world.letters_to(WAYAN) if "Tanggapan" in str(m["Subject"])]


# --- small catastrophes
def test_only_row_deleted(world: World) -> None:
    world.mail_arrives()
    world.settle(2)
    n = world.number()
    world.register.delete(n)
    report = world.settle(2)
    assert Outcome.FINE is report.outcome and world.cell(n, "perihal")


# --- ledger away
class Away(SqliteLedger):
    broken = False
    def remember(self, key: str, value: str) -> None:
        if self.broken:
            raise TransientError("disk full")
        super().remember(key, value)


def test_ledger_away(tmp_path: Path) -> None:
    ledger = Away(None, WITA)
    world = World(tmp_path, ledger=ledger)
    world.settle()
    ledger.broken = True
    report = Worker(world.house()).once()
    assert Outcome.LATER is report.outcome


# --- mailbox refuses filing
class Full(ListInbox):
    def file(self, mails: Sequence[RawMail], folder: Folder) -> None:
        raise TransientError("OVERQUOTA")


def test_full_mailbox(tmp_path: Path) -> None:
    world = World(tmp_path, inbox=Full())
    world.mail_arrives(text="x" * 7_000_000)
    world.later(minutes=1)
    world.mail_arrives(text="y" * 7_000_000, subject="dua")
    world.settle(3)
    assert 2 == len(world.ledger.cases())


# --- outbound bug
class Bug(RecordingOutbound):
    def send(self, message: EmailMessage) -> str:
        if WAYAN in str(message["To"]):
            raise RuntimeError("bug")
        return super().send(message)


def test_bug_in_outbound(tmp_path: Path) -> None:
    world = World(tmp_path, outbound=Bug())
    world.mail_arrives()
    world.settle(3)
    assert 1 == len(world.subjects_to("sekcam"))


def test_4xx_forever(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    world.later(minutes=3)
    for _ in range(100):
        world.outbound.fail.append(TransientError("450 domain not found"))
        world.settle()
        world.later(minutes=2)
    world.choose(n, status_petugas="Sudah disampaikan")
    world.settle(2)
    print(world.cell(n, "pesan_sistem"))
    assert Stage.SELESAI is world.case(n).stage


def test_pen_flood(world: World) -> None:
    for i in range(1200):
        world.mail_arrives(subject=f"promo {i}", headers={"List-Id": "<a.b>", "Precedence": "bulk"})
    seen: list[int] = []
    orig = world.register.insert
    def spy(rows_, anchors, lines, last):  # noqa
        seen.append(len(lines))
        orig(rows_, anchors, lines, last)
    world.register.insert = spy  # type: ignore
    world.settle(5)
    print(seen)
    assert max(seen) <= 1000
    assert 1200 == len(world.register.lines["surat_lain"])


def test_english(world: World) -> None:
    world.mail_arrives()
    n = answered(world)
    for bad in ("wayan@@x",):
        pass
    world.register.tabs["peran"] = tuple(l for l in world.register.tabs["peran"] if "Kasi PMD" not in l)
    world.choose(n, keputusan_camat="Dikembalikan", catatan_camat="x")
    world.settle(2)
    told = " ".join(str(c) for l in world.register.lines["riwayat"] for c in l)
    assert "mail address" not in told


def test_surrogate(world: World) -> None:
    line = world.register.type_row(without_mail(world) | {"uraian": "air \ud83d mati"})
    world.settle(2)
    n = answered(world)
    world.later(minutes=3)
    world.settle()
    world.choose(n, status_petugas="Sudah disampaikan")
    report = world.settle(2)
    assert Outcome.FINE is report.outcome
    assert Stage.SELESAI is world.case(n).stage


def test_clock_forward(world: World) -> None:
    world.settle()
    world.clock.moment += timedelta(days=3650)
    world.settle()
    world.clock.moment -= timedelta(days=3650)
    world.mail_arrives()
    world.later(days=1)
    report = world.settle(2)
    print(report.faults)
    assert Outcome.FINE is report.outcome


def test_year_change(world: World) -> None:
    world.mail_arrives()
    world.settle()
    world.later(days=40)
    world.mail_arrives(subject="dua")
    world.settle(2)
    assert ["PKT-2026-0001", "PKT-2027-0001"] == list(world.ledger.cases())
    assert world.cell("PKT-2027-0001", "perihal") == "dua"


def test_own_address(world: World) -> None:
    world.mail_arrives(sender="pengaduan@kec-pekutatan.example", subject="WA dari Pak Ketut", text="jalan rusak")
    world.settle(2)
    assert visible(world, "jalan rusak")


def test_rahasia(world: World) -> None:
    world.mail_arrives()
    world.settle()
    n = world.number()
    reply(world, n, "RAHASIA")
    world.settle(2)
    assert world.register.lines.get("karantina")
