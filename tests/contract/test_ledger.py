"""What any ledger must do (`ports.Ledger`), run over memory and over a file."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, TypeVar, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.ledger.store import SqliteLedger
from automation.model import (
    Act,
    Case,
    Channel,
    Event,
    Fate,
    Letter,
    LetterCode,
    MailRecord,
    Note,
    Reservation,
    Role,
    Ruling,
    Stage,
    Verdict,
)
from automation.ports import Ledger

pytestmark = pytest.mark.contract

WITA: Final = ZoneInfo("Asia/Makassar")
NOW: Final = datetime(2026, 11, 24, 8, 12, 30, 250_000, tzinfo=WITA)
MINUTE: Final = timedelta(minutes=1)


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give a ledger with nothing in it."""
    made = SqliteLedger(None if request.param == "memory" else tmp_path / "ledger.sqlite", WITA)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place for a ledger that a test opens itself."""
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
def reopened(path: Path) -> Iterator[Callable[[], SqliteLedger]]:
    """Open the file at `path` anew, as the next pass does."""
    opened: list[SqliteLedger] = []

    def again() -> SqliteLedger:
        for ledger in opened:
            ledger.close()
        opened.append(SqliteLedger(path, WITA))
        return opened[-1]

    yield again
    for ledger in opened:
        ledger.close()


def a_case(number: str = "PKT-2026-0001", **changed: object) -> Case:
    """Give a case with a plausible value in each field that has no default."""
    case = Case(
        number=number,
        stage=Stage.MENUNGGU_DISPOSISI,
        channel=Channel.EMAIL,
        recorded=NOW,
        starts=NOW,
        due=NOW + 95 * MINUTE,
        entered=NOW,
    )
    return replace(case, **changed)  # type: ignore[arg-type]


def a_letter(key: str = "PKT-2026-0001/T10/1", **changed: object) -> Letter:
    """Give an answer to a complainant."""
    letter = Letter(key, LetterCode.T10, "PKT-2026-0001", Role.PELAPOR)
    return replace(letter, **changed)  # type: ignore[arg-type]


def a_mail(key: str = "a" * 64, **changed: object) -> MailRecord:
    """Give the mail that opened the first case."""
    mail = MailRecord(
        key, f"<{key[:3]}@warga.example>", Verdict.COMPLAINT, "plain", "PKT-2026-0001", "raw/x", NOW
    )
    return replace(mail, **changed)  # type: ignore[arg-type]


# --- mails --------------------------------------------------------------------------------------


def test_a_mail_is_known_by_its_key(ledger: Ledger) -> None:
    """Without it a mail that stays in the INBOX would be recorded in each pass."""
    ledger.add_mail(a_mail(subject="Jalan rusak", first_lines="Yth. Bapak", penned=True))

    assert ledger.mail("a" * 64) == a_mail(
        subject="Jalan rusak", first_lines="Yth. Bapak", penned=True
    )
    assert ledger.mail("b" * 64) is None


def test_the_same_mail_twice_is_refused(ledger: Ledger) -> None:
    """A second record would let one mail open two cases."""
    ledger.add_mail(a_mail())

    with pytest.raises(ValueError, match="already"):
        ledger.add_mail(a_mail(reason="another"))

    assert [a_mail()] == list(ledger.mails())


def test_mails_come_oldest_first_however_many(ledger: Ledger) -> None:
    """The books are compared mail by mail; a page lost between two reads would hide a loss."""
    keys = [f"{n:064d}" for n in range(1203)]
    with ledger.transaction():
        for key in keys:
            ledger.add_mail(a_mail(key))

    assert keys == [mail.key for mail in ledger.mails()]


def test_mails_may_be_read_while_one_is_added(ledger: Ledger) -> None:
    """Reading in pages must not stumble over a writer in the same process."""
    ledger.add_mail(a_mail("a"))
    reading = ledger.mails()
    next(reading)
    ledger.add_mail(a_mail("b"))

    assert [mail.key for mail in reading] == ["b"]


def test_mails_wait_for_the_pen_until_confirmed(ledger: Ledger) -> None:
    """A held mail whose row was not written must come up again in the next pass."""
    ledger.add_mail(a_mail("a", penned=True))
    ledger.add_mail(a_mail("b"))
    ledger.add_mail(a_mail("c"))
    waiting = ledger.to_pen()
    ledger.penned([waiting[0][0]])

    assert [mail.key for _, mail in waiting] == ["b", "c"]
    assert waiting[0][0] < waiting[1][0]
    assert [(waiting[1][0], a_mail("c"))] == list(ledger.to_pen())
    assert a_mail("b", penned=True) == ledger.mail("b")


def in_pen(ledger: Ledger, *keys: str) -> None:
    """Let these mails have their line in the pen."""
    for key in keys:
        ledger.add_mail(a_mail(key, number=""))
    ledger.penned([mark for mark, _ in ledger.to_pen()])


def a_ruling(code: str = "a" * 12, **changed: object) -> Ruling:
    """Give a choice that was refused."""
    return replace(Ruling(code, "entah", Note("kata", {"kata": "entah"}), NOW), **changed)  # type: ignore[arg-type]


def test_a_mail_waits_in_the_pen_from_its_line_to_its_choice(ledger: Ledger) -> None:
    """A line that vanished is missed only as long as a person has not decided."""
    in_pen(ledger, "a" * 64, "b" * 64)
    ledger.add_mail(a_mail("c" * 64, penned=True))
    ledger.add_mail(a_mail("d" * 64))
    ledger.put_ruling(a_ruling(closed=True))
    ledger.put_ruling(a_ruling("b" * 12))

    assert frozenset({"b" * 64}) == ledger.in_pen()


def test_a_line_that_vanished_waits_behind_all_others(ledger: Ledger) -> None:
    """Lines up to the last one written are taken to be there: the old id would never be written."""
    in_pen(ledger, "a" * 64, "b" * 64, "c" * 64)
    ledger.pen_again(["b" * 64, "a" * 64])
    ledger.add_mail(a_mail("d" * 64))
    marks = [mark for mark, _ in ledger.to_pen()]

    assert ["b", "a", "d"] == [mail.key[0] for _, mail in ledger.to_pen()]
    assert [4, 5, 6] == marks
    assert frozenset({"c" * 64}) == ledger.in_pen()


def test_a_mail_put_back_after_the_last_ones_were_numbered_anew_is_single(ledger: Ledger) -> None:
    """Ids given by `resume` are not given again."""
    in_pen(ledger, "a" * 64)
    ledger.resume({}, events=0, mails=40)
    ledger.pen_again(["a" * 64])

    assert [41] == [mark for mark, _ in ledger.to_pen()]


def test_a_mail_is_found_by_the_code_in_its_row(ledger: Ledger) -> None:
    """The row shows no more of it; a code that fits two mails is nobody's."""
    in_pen(ledger, "a" * 64, "ab" * 32, "c" * 64)

    assert ("c" * 64) == getattr(ledger.penned_mail("c" * 12), "key", "")
    assert (None, None) == (ledger.penned_mail("a"), ledger.penned_mail("d" * 12))


def test_a_ruling_is_kept_until_the_next_one(ledger: Ledger) -> None:
    """Without it a choice that stands in the row would be obeyed in every pass."""
    ledger.put_ruling(a_ruling())
    ledger.put_ruling(a_ruling("b" * 12, number="PKT-2026-0001", closed=True))
    ledger.put_ruling(a_ruling(typed="Biarkan"))

    assert {"a" * 12: a_ruling(typed="Biarkan")} == ledger.rulings(["a" * 12, "c" * 12])
    assert ["a" * 12, "b" * 12] == list(ledger.rulings())
    ledger.drop_ruling("a" * 12)
    assert ["b" * 12] == list(ledger.rulings())


def test_a_mail_that_was_decided_about_is_of_its_case(ledger: Ledger) -> None:
    """An answer to it finds the case; without a new case it keeps the one it spoke of."""
    in_pen(ledger, "a" * 64)
    ledger.add_mail(a_mail("b" * 64, number="PKT-2026-0007"))
    ledger.put_ruling(a_ruling(number="PKT-2026-0003", closed=True))
    ledger.put_ruling(a_ruling("b" * 12, closed=True))

    assert "PKT-2026-0003" == ledger.thread_case(["<aaa@warga.example>"])
    numbers = [getattr(ledger.mail(c * 64), "number", "") for c in "ab"]
    assert ["PKT-2026-0003", "PKT-2026-0007"] == numbers


def test_a_broken_message_id_does_not_break_the_ledger(ledger: Ledger) -> None:
    """A hostile mail with half a character in its Message-ID must not stop every pass."""
    ledger.add_mail(a_mail(message_id="<\ud83d@x>", subject="\udcff \x00"))

    assert ledger.mail("a" * 64) == a_mail(message_id="<\ud83d@x>", subject="\udcff \x00")
    assert ledger.thread_case(["<\ud83d@x>"]) == "PKT-2026-0001"


# --- cases --------------------------------------------------------------------------------------


def test_a_case_comes_back_as_it_was(ledger: Ledger) -> None:
    """Any field lost here is lost for the sheet, the letters and the archive."""
    full = a_case(
        name="Ni Made “Ayu”",
        versions=("Yth.\r\n Bapak", "Yth. Ibu\n"),
        approved=2,
        approved_at=NOW + MINUTE,
        acknowledged=True,
        trail=("Sekcam 08.25",),
        problem=Note("tidak_berlaku", {"kata": "=1+1"}),
        fields={"draf": "Yth. Ibu\n"},
        handled={"disposisi": "Kasi PMD"},
        clearing=frozenset({"disposisi", "status_kasi"}),
    )
    ledger.put_case(full)

    assert full == ledger.case("PKT-2026-0001")
    assert {"PKT-2026-0001": full} == ledger.cases()
    assert ledger.case("PKT-2026-0002") is None


def test_writing_a_case_again_changes_it_in_its_place(ledger: Ledger) -> None:
    """The order of cases is the order of rows; a changed case must not become a new one."""
    for number in ("PKT-2026-9999", "PKT-2026-10000"):
        ledger.put_case(a_case(number))
    ledger.put_case(a_case("PKT-2026-9999", rounds=1))

    assert list(ledger.cases()) == ["PKT-2026-9999", "PKT-2026-10000"]
    assert ledger.cases()["PKT-2026-9999"].rounds == 1


def test_what_a_caller_does_to_the_cases_stays_with_the_caller(ledger: Ledger) -> None:
    """The ledger keeps cases in memory; a caller's `pop` must not lose one."""
    ledger.put_case(a_case())
    ledger.cases().clear()

    assert list(ledger.cases()) == ["PKT-2026-0001"]


def test_another_process_s_case_is_seen(path: Path, reopened: Callable[[], SqliteLedger]) -> None:
    """`pengaduan resend` beside a running worker: what it wrote must not be overlooked."""
    worker = reopened()
    worker.put_case(a_case())
    worker.cases()
    beside = SqliteLedger(path, WITA)
    beside.put_case(a_case(rounds=3))
    beside.close()

    assert worker.cases()["PKT-2026-0001"].rounds == 3


@pytest.mark.parametrize("kept", [False, True])
def test_times_come_back_in_the_office_s_zone(ledger: Ledger, *, kept: bool) -> None:
    """A mail from Jakarta or a server on UTC must not bring its clock into the sheet."""
    if kept:
        ledger.cases()
    west = timezone(timedelta(hours=-5))
    ledger.put_case(a_case(recorded=NOW.astimezone(UTC), due=NOW.astimezone(west)))
    case = ledger.cases()["PKT-2026-0001"]

    assert case.recorded == NOW
    assert [case.recorded.tzinfo, case.due.tzinfo] == [WITA, WITA]


def test_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    """A naive time would silently be taken for another zone's."""
    with pytest.raises(ValueError, match="without zone"):
        ledger.put_case(a_case(entered=NOW.replace(tzinfo=None)))

    assert ledger.cases() == {}


# --- numbers ------------------------------------------------------------------------------------


def test_numbers_run_by_year_and_beyond_9999(ledger: Ledger) -> None:
    """A number that wraps, repeats or leaks into the next year would mix two complaints."""
    with ledger.transaction():
        given = [ledger.next_number(2026) for _ in range(10_001)]

    assert given[:2] == ["PKT-2026-0001", "PKT-2026-0002"]
    assert given[-3:] == ["PKT-2026-9999", "PKT-2026-10000", "PKT-2026-10001"]
    assert ledger.next_number(2027) == "PKT-2027-0001"
    assert ledger.next_number(2026) == "PKT-2026-10002"


def test_promised_numbers_stay_until_dropped(ledger: Ledger) -> None:
    """A promise lost in a crash would give a typed row a second number."""
    first = Reservation("PKT-2026-0001", 77, anchored=False, cells={"nama": "I Wayan"})
    second = Reservation("PKT-2026-0002", 78, anchored=False)
    ledger.put_reservation(first)
    ledger.put_reservation(second)
    ledger.put_reservation(replace(first, anchored=True))

    assert (replace(first, anchored=True), second) == ledger.reservations()

    ledger.drop_reservation("PKT-2026-0001")
    ledger.drop_reservation("PKT-2026-0001")

    assert (second,) == ledger.reservations()


# --- threads ------------------------------------------------------------------------------------


def test_a_thread_is_known_by_mails_and_by_letters(ledger: Ledger) -> None:
    """A reply to either side of the conversation must find its case."""
    ledger.add_mail(a_mail("a", number="PKT-2026-0001", message_id="<in@x>"))
    ledger.plan(a_letter("PKT-2026-0002/T01/1", number="PKT-2026-0002"))
    ledger.claim("PKT-2026-0002/T01/1", "<out@office>", NOW)

    assert ledger.thread_case(["<nobody@x>", "<in@x>"]) == "PKT-2026-0001"
    assert ledger.thread_case(["<out@office>"]) == "PKT-2026-0002"
    assert ledger.thread_case(["<out@office>", "<in@x>"]) == "PKT-2026-0002"
    assert ledger.thread_case(["<in@x>", "<out@office>"]) == "PKT-2026-0001"


def test_a_thread_without_case_is_no_thread(ledger: Ledger) -> None:
    """Mails that are no complaint have no number: an answer to them begins anew."""
    ledger.add_mail(a_mail("a", number="", message_id="<news@x>"))
    ledger.add_mail(a_mail("b", number="PKT-2026-0001", message_id=""))
    ledger.plan(a_letter("sistem/T19/1", number=""))
    ledger.claim("sistem/T19/1", "<alarm@office>", NOW)

    for ids in ([], [""], ["<news@x>"], ["<alarm@office>"], ["<never@x>"]):
        assert ledger.thread_case(ids) == ""
    ledger.add_mail(a_mail("c", number="PKT-2026-0002", message_id="<in@x>"))
    assert ledger.thread_case(["<news@x>", "<alarm@office>", "<in@x>"]) == "PKT-2026-0002"


def test_a_reply_with_thousands_of_references_is_answered(ledger: Ledger) -> None:
    """A hostile References header must not exceed what one question to the file may hold."""
    ledger.add_mail(a_mail(message_id="<in@x>"))

    assert ledger.thread_case([*(f"<{n}@x>" for n in range(40_000)), "<in@x>"]) == "PKT-2026-0001"


# --- letters ------------------------------------------------------------------------------------


def test_planning_twice_plans_once(ledger: Ledger) -> None:
    """The key is the effect: a repeated decision must not write a second letter."""
    ledger.plan(a_letter(facts={"versi": "1"}))
    ledger.plan(a_letter(facts={"versi": "2"}))

    assert (a_letter(facts={"versi": "1"}),) == ledger.letters("PKT-2026-0001")
    assert a_letter(facts={"versi": "1"}) == ledger.letter("PKT-2026-0001/T10/1")
    assert ledger.letter("PKT-2026-0001/T10/2") is None


def test_a_sent_letter_planned_again_is_still_sent(ledger: Ledger) -> None:
    """After a crash the decision is repeated; the letter must not leave again."""
    ledger.plan(a_letter())
    ledger.claim(a_letter().key, "<1@office>", NOW)
    ledger.settle(a_letter().key, Fate.SENT, "250 OK", NOW)
    ledger.plan(a_letter())

    assert ledger.due(NOW) == ()


def test_letters_are_due_when_their_time_has_come(ledger: Ledger) -> None:
    """An answer in the hold must stay there; whatever its zone says on paper."""
    utc = (NOW - MINUTE).astimezone(UTC)
    ledger.plan(a_letter("late", not_before=NOW))
    ledger.plan(a_letter("hold", not_before=NOW + MINUTE))
    ledger.plan(a_letter("utc", not_before=utc))
    ledger.plan(a_letter("now"))

    assert [letter.key for letter in ledger.due(NOW)] == ["late", "utc", "now"]
    assert len(ledger.due(NOW + MINUTE)) == 4
    assert [x.key for x in ledger.letters("PKT-2026-0001")] == ["late", "hold", "utc", "now"]


def test_a_letter_is_claimed_once(ledger: Ledger) -> None:
    """Two claims that both say yes are two letters in a citizen's mailbox."""
    ledger.plan(a_letter())

    assert ledger.claim(a_letter().key, "<1@office>", NOW)
    assert not ledger.claim(a_letter().key, "<2@office>", NOW)
    assert not ledger.claim("unknown", "<3@office>", NOW)
    assert ((a_letter(fate=Fate.SENDING), "<1@office>"),) == ledger.in_flight()
    assert ledger.due(NOW) == ()


@pytest.mark.parametrize("fate", [Fate.SENT, Fate.HELD, Fate.FAILED, Fate.CANCELLED])
def test_a_settled_letter_keeps_what_became_of_it(ledger: Ledger, fate: Fate) -> None:
    """The question whether it was sent has one answer, with the server's words and the time."""
    ledger.plan(a_letter())
    ledger.claim(a_letter().key, "<1@office>", NOW)
    ledger.settle(a_letter().key, fate, "the server's words", NOW + MINUTE)

    expected = a_letter(fate=fate, receipt="the server's words", settled_at=NOW + MINUTE)
    assert expected == ledger.letter(a_letter().key)
    assert ledger.in_flight() == ()
    assert ledger.due(NOW + 95 * MINUTE) == ()


def test_a_letter_put_off_waits_and_counts(ledger: Ledger) -> None:
    """Back-off needs the count, and a letter put off must not be claimed before its time."""
    ledger.plan(a_letter())
    ledger.claim(a_letter().key, "<1@office>", NOW)
    ledger.settle(a_letter().key, Fate.PLANNED, "450 busy", NOW, again=NOW + MINUTE)

    expected = a_letter(attempts=1, receipt="450 busy", not_before=NOW + MINUTE)
    assert expected == ledger.letter(a_letter().key)
    assert ledger.due(NOW) == ()
    assert (expected,) == ledger.due(NOW + MINUTE)
    assert ledger.claim(a_letter().key, "<1@office>", NOW + MINUTE)

    ledger.settle(a_letter().key, Fate.PLANNED, "450 busy", NOW, again=NOW + 3 * MINUTE)
    ledger.settle(a_letter().key, Fate.PLANNED, "interrupted", NOW)

    assert ledger.letter(a_letter().key) == a_letter(
        attempts=3, receipt="interrupted", not_before=NOW + 3 * MINUTE
    )


def test_a_final_fate_stays(ledger: Ledger) -> None:
    """A sent answer cannot be cancelled, and a cancelled one must not come back to life."""
    for final in (Fate.SENT, Fate.FAILED, Fate.CANCELLED):
        ledger.plan(a_letter(final.value))
        ledger.settle(final.value, final, "first", NOW)
        for later in Fate:
            ledger.settle(final.value, later, "second", NOW, again=NOW)

        expected = a_letter(final.value, fate=final, receipt="first", settled_at=NOW)
        assert expected == ledger.letter(final.value)


def test_a_held_letter_may_still_be_settled(ledger: Ledger) -> None:
    """A person looks and decides; `held` is no end."""
    ledger.plan(a_letter())
    ledger.settle(a_letter().key, Fate.HELD, "unclear", NOW)
    ledger.settle(a_letter().key, Fate.SENT, "found", NOW + MINUTE)

    assert a_letter(fate=Fate.SENT, receipt="found", settled_at=NOW + MINUTE) == ledger.letter(
        a_letter().key
    )


def test_settling_an_unknown_letter_is_a_fault(ledger: Ledger) -> None:
    """What became of a letter that nobody planned would be lost without a word."""
    with pytest.raises(ValueError, match="no letter"):
        ledger.settle("unknown", Fate.SENT, "", NOW)


# --- history and small memories -----------------------------------------------------------------


def test_the_history_grows_and_is_read_from_a_mark(ledger: Ledger) -> None:
    """The sheet's history is written from the last mark on: no line twice, none left out."""
    events = [
        Event(NOW + n * MINUTE, "PKT-2026-0001", Role.SEKCAM, "act", {"pilihan": Act.CATAT.value})
        for n in range(5)
    ]
    ids = [ledger.add_event(event) for event in events]

    assert ids == sorted(set(ids))
    assert [replace(e, id=i) for e, i in zip(events, ids, strict=True)] == list(ledger.events())
    assert ids[2:4] == [event.id for event in ledger.events(after=ids[1], limit=2)]
    assert ledger.events(after=ids[-1]) == ()


def test_small_values_are_remembered(ledger: Ledger) -> None:
    """Alarms raised once and the install moment live here."""
    ledger.remember("installed", "2026-11-24")
    ledger.remember("installed", "2026-11-25")

    assert ledger.recall("installed") == "2026-11-25"
    assert ledger.recall("unknown") == ""


# --- all or nothing -----------------------------------------------------------------------------


def write_everything(ledger: Ledger) -> None:
    """Touch every table."""
    number = ledger.next_number(2026)
    ledger.put_case(a_case(number))
    ledger.put_reservation(Reservation(number, 1, anchored=False))
    ledger.add_mail(a_mail())
    ledger.plan(a_letter())
    ledger.add_event(Event(NOW, number, Role.SISTEM, "dicatat"))
    ledger.remember("k", "v")


def holds_nothing(ledger: Ledger) -> bool:
    """Say whether no table holds anything; the first number must be free again."""
    kept = (
        ledger.cases(),
        ledger.reservations(),
        list(ledger.mails()),
        ledger.letters("PKT-2026-0001"),
        ledger.events(),
        ledger.recall("k"),
    )
    return not any(kept) and ledger.next_number(2026) == "PKT-2026-0001"


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_transaction_leaves_nothing(
    ledger: Ledger, interruption: type[BaseException]
) -> None:
    """A case without its letters, or letters without their case, would never be noticed."""

    def interrupted() -> None:
        with ledger.transaction():
            write_everything(ledger)
            ledger.cases()
            raise interruption

    with pytest.raises(interruption):
        interrupted()

    assert holds_nothing(ledger)


def test_a_transaction_may_not_be_nested(ledger: Ledger) -> None:
    """An inner end would make half of the outer one durable."""

    def nested() -> None:
        with ledger.transaction():
            write_everything(ledger)
            with ledger.transaction():
                pass

    with pytest.raises(RuntimeError, match="nested"):
        nested()

    assert holds_nothing(ledger)


def test_everything_is_there_after_reopening(reopened: Callable[[], SqliteLedger]) -> None:
    """The next pass is another process."""
    first = reopened()
    with first.transaction():
        write_everything(first)
    again = reopened()

    assert {"PKT-2026-0001": a_case()} == again.cases()
    assert [a_mail()] == list(again.mails())
    assert (a_letter(),) == again.due(NOW)
    assert again.events()[0].kind == "dicatat"
    assert again.next_number(2026) == "PKT-2026-0002"
    assert again.recall("k") == "v"


# --- a copy to look ahead with ------------------------------------------------------------------


def test_a_copy_knows_everything_and_keeps_its_own_ways(ledger: Ledger) -> None:
    """A rehearsal plans letters in the copy; none of them may be found by the next real pass."""
    ledger.put_case(a_case())
    ledger.remember("installed", "2026")
    copy = ledger.copy()

    copy.remember("installed", "2027")
    copy.plan(a_letter())

    assert copy.cases() == ledger.cases()
    assert (ledger.recall("installed"), ledger.letter(a_letter().key)) == ("2026", None)
    copy.close()
    assert ledger.recall("installed") == "2026"


# --- crashes and rivals -------------------------------------------------------------------------

PROLOGUE: Final = f"""
import os, sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from automation.ledger.store import SqliteLedger
from automation.model import Fate, Letter, LetterCode, Role
now = datetime.fromisoformat("{NOW.isoformat()}")
ledger = SqliteLedger(Path(sys.argv[1]), ZoneInfo("Asia/Makassar"))
"""


def start(script: str, path: Path) -> subprocess.Popen[str]:
    """Start another process over the same ledger."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", PROLOGUE + script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_a_crash_before_the_commit_leaves_nothing(
    path: Path, reopened: Callable[[], SqliteLedger]
) -> None:
    """Power may fail between two statements of one decision."""
    script = """
with ledger.transaction():
    ledger.next_number(2026)
    ledger.plan(Letter("k", LetterCode.T10, "PKT-2026-0001", Role.PELAPOR))
    ledger.remember("k", "v")
    print("written", flush=True)
    os._exit(9)
"""
    with start(script, path) as process:
        said, _ = process.communicate(timeout=30)

    assert (said, process.returncode) == ("written\n", 9)
    assert holds_nothing(reopened())


def test_a_crash_after_the_commit_loses_nothing(
    path: Path, reopened: Callable[[], SqliteLedger]
) -> None:
    """What was told to be durable is durable, though the file was never closed."""
    with start("ledger.remember('k', 'v'); os._exit(9)", path) as process:
        process.communicate(timeout=30)

    assert reopened().recall("k") == "v"


def test_of_two_processes_one_wins_each_letter(
    path: Path, reopened: Callable[[], SqliteLedger]
) -> None:
    """Two workers started by accident must not both send the answer."""
    keys = [f"k{n}" for n in range(40)]
    ledger = reopened()
    with ledger.transaction():
        for key in keys:
            ledger.plan(a_letter(key))
    script = """
print("ready", flush=True); sys.stdin.readline()
print(*(key for key in (f"k{n}" for n in range(40)) if ledger.claim(key, "<x>", now)))
"""
    with start(script, path) as one, start(script, path) as other:
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        won = [process.communicate(timeout=30)[0].split() for process in (one, other)]

    assert sorted(keys) == sorted(won[0] + won[1])
    assert len(ledger.in_flight()) == 40


def test_the_file_is_private(path: Path, reopened: Callable[[], SqliteLedger]) -> None:
    """Names and complaints are in it."""
    reopened().remember("k", "v")
    modes = {p.name: p.stat().st_mode & 0o777 for p in (path.parent, *path.parent.iterdir())}

    assert modes["state"] == 0o700
    assert {0o600} == {mode for name, mode in modes.items() if name != "state"}


def test_the_ledger_asks_for_durability(reopened: Callable[[], SqliteLedger]) -> None:
    """`synchronous` below FULL could lose the last commit when the power fails."""
    ledger = reopened()

    assert ledger._db.rows("PRAGMA journal_mode") == [("wal",)]
    assert ledger._db.rows("PRAGMA synchronous") == [(2,)]


def test_a_relaxed_ledger_keeps_all_and_is_strict_again(
    reopened: Callable[[], SqliteLedger],
) -> None:
    """Receipts need not wait for the disk one by one; an answer after them must."""
    ledger = reopened()
    with suppress(ZeroDivisionError), ledger.relaxed():
        assert ledger._db.rows("PRAGMA synchronous") == [(1,)]
        ledger.plan(a_letter())
        raise ZeroDivisionError

    assert ledger._db.rows("PRAGMA synchronous") == [(2,)]
    assert (a_letter(),) == reopened().letters("PKT-2026-0001")


# --- whatever comes -----------------------------------------------------------------------------

TIMES: Final = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([WITA, UTC, timezone(timedelta(hours=-9, minutes=-30))]),
)
TEXTS: Final = st.text(st.characters(codec="utf-8"), max_size=20)
KINDS: Final[Mapping[object, st.SearchStrategy[object]]] = {
    str: TEXTS,
    int: st.integers(0, 2**62),
    datetime: TIMES,
    datetime | None: TIMES | st.none(),
    tuple[str, ...]: st.lists(TEXTS, max_size=3).map(tuple),
    frozenset[str]: st.frozensets(TEXTS, max_size=3),
    Mapping[str, str]: st.dictionaries(TEXTS, TEXTS, max_size=3),
    Note | None: st.builds(Note, TEXTS, st.dictionaries(TEXTS, TEXTS)) | st.none(),
}
T = TypeVar("T")


def any_of(noun: type[T], **fixed: object) -> st.SearchStrategy[T]:
    """Give nouns with every field filled at random, those named apart."""
    hints = {name: hint for name, hint in get_type_hints(noun).items() if name not in fixed}
    drawn = {name: KINDS.get(hint, st.from_type(hint)) for name, hint in hints.items()}
    return st.builds(noun, **drawn, **{name: st.just(value) for name, value in fixed.items()})


@given(any_of(Case), any_of(Letter), any_of(Event, id=0), any_of(MailRecord))
def test_whatever_is_written_is_read_back(
    case: Case, letter: Letter, event: Event, mail: MailRecord
) -> None:
    """A value that no example thought of must come back too."""
    with closing(SqliteLedger(None, WITA)) as ledger:
        ledger.put_case(case)
        ledger.plan(letter)
        mark = ledger.add_event(event)
        ledger.add_mail(mail)

        assert ledger.case(case.number) == case
        assert ledger.cases() == {case.number: case}
        assert ledger.letter(letter.key) == letter
        assert ledger.events() == (replace(event, id=mark),)
        assert ledger.mail(mail.key) == mail


def test_it_counts_on_after_what_an_earlier_ledger_gave(ledger: Ledger) -> None:
    """A number given twice joins two complaints; a line with an old id is never written."""
    ledger.resume({2026: 41}, events=57, mails=9)
    ledger.resume({2026: 40, 2025: 3}, events=5, mails=1)

    event = ledger.add_event(Event(NOW, "", Role.SISTEM, "diadopsi"))
    ledger.add_mail(MailRecord("k", "<k@x>", Verdict.HELD, "", "", "raw/k", NOW))

    assert ("PKT-2026-0042", "PKT-2025-0004") == (
        ledger.next_number(2026),
        ledger.next_number(2025),
    )
    assert (58, 10) == (event, ledger.to_pen()[0][0])


def test_mails_are_given_with_their_ids_page_by_page(ledger: Ledger) -> None:
    """A line of the pen is known again by the id; a page that ends early loses the rest."""
    for n in range(3):
        ledger.add_mail(MailRecord(f"k{n}", f"<{n}@x>", Verdict.HELD, "", "", "raw/k", NOW))

    first = ledger.mails_after(0, 2)
    rest = ledger.mails_after(first[-1][0], 2)

    assert [(1, "k0"), (2, "k1"), (3, "k2")] == [(n, mail.key) for n, mail in (*first, *rest)]
