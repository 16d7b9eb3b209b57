"""The pen: what people choose about held mails is done, once, and answered in their rows.

A choice, what follows from it and the answer are remembered in one transaction; the answer in the
sheet is derived from that, so that a crash anywhere is made good by the next pass.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Final

from automation.errors import PengaduanError, RejectedError, TransientError
from automation.model import (
    Case,
    Cell,
    InboundMail,
    MailRecord,
    Note,
    Office,
    PenAnswer,
    PenChoice,
    PenEdit,
    PenRow,
    Ruling,
)
from automation.register import pen as pens
from automation.register.schema import Schema
from automation.steps.house import House, enact, staff
from automation.workflow import pen as rules
from automation.workflow.desk import Desk

log = logging.getLogger(__name__)

_A_PASS: Final = 500
"""Choices obeyed, answers written and lines put back in one pass; the next one goes on."""

_SETTLED: Final = "pen"
"""Where it is remembered how the pen looked when nothing in it was left to do."""

Raw = Mapping[str, Sequence[Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Pen:
    """The pen as one snapshot shows it, and what the ledger knows of what stands there."""

    rows: tuple[PenRow, ...]
    codes: frozenset[str]
    rulings: Mapping[str, Ruling]
    whole: bool  # all its tabs could be read

    @classmethod
    def of(cls, house: House, raw: Raw) -> "Pen":
        """Read it from its raw columns."""
        tabs = pens.tabs(house.schema)
        read = [pens.read(tab, raw[tab.name]) for tab in tabs if tab.name in raw]
        rows = tuple(row for found, _ in read for row in found)
        codes = frozenset(code for _, found in read for code in found)
        spoken = {row.code for row in rows if row.code}
        known = house.ledger.rulings(spoken) if spoken else {}
        rulings = {code: each for code, each in known.items() if not _outdated(house, each)}
        return cls(rows, codes, rulings, len(read) == len(tabs))

    def fresh(self, schema: Schema) -> Iterator[PenEdit]:
        """Give the choices that were not judged before."""
        for edit in pens.edits(self.rows, schema):
            before = self.rulings.get(edit.code)
            if before is None or before.typed != edit.typed:
                yield edit

    def withdrawn(self) -> Iterator[str]:
        """Give the codes whose refused choice was emptied."""
        chosen = {row.code for row in self.rows if row.choice}
        return (c for c, ruling in self.rulings.items() if not (ruling.closed or c in chosen))


def _outdated(house: House, ruling: Ruling) -> bool:
    """Say whether the mail was not known when its choice was judged, and was read again since."""
    return ruling.note.key == "tidak_dikenal" and house.ledger.penned_mail(ruling.code) is not None


def settle(house: House, raw: Raw, office: Office, now: datetime) -> tuple[PenAnswer, ...]:
    """Do what people chose in the pen, and give the answers to write into its rows.

    Lines that vanished before anybody decided about them are to be written again.
    """
    _lacking(house, raw)
    looks = _looks(house, raw)
    if looks == house.ledger.recall(_SETTLED):
        return ()
    found = Pen.of(house, raw)
    edits = list(islice(found.fresh(house.schema), _A_PASS))
    for edit in edits:
        _judge(house, edit, found.rulings.get(edit.code), Desk(now, office))
    withdrawn = list(found.withdrawn())
    for code in withdrawn:
        house.ledger.drop_ruling(code)
    if edits or withdrawn:
        found = Pen.of(house, raw)
    again = _put_back(house, found)
    answers = tuple(islice(_answers(house, found, office), _A_PASS))
    if not (edits or again or answers):
        house.ledger.remember(_SETTLED, looks)
    return answers


def _looks(house: House, raw: Raw) -> str:
    """Give a short text that differs when the pen reads otherwise, or other mails wait in it."""
    waiting = len(house.ledger.in_pen())
    return sha256(repr((waiting, sorted(raw.items()))).encode()).hexdigest()


def _lacking(house: House, raw: Raw) -> None:
    for tab in pens.tabs(house.schema):
        if tab.name not in raw:
            log.warning("tab %s lacks columns; run `pengaduan init`", tab.title)


# --- choices ------------------------------------------------------------------------------------


def _judge(house: House, edit: PenEdit, before: Ruling | None, desk: Desk) -> None:
    """Obey a choice or refuse it, all or nothing; what cannot be reached now waits."""
    try:
        with house.ledger.transaction():
            ruling = _ruled(house, edit, before, desk)
            house.ledger.put_ruling(ruling)
    except TransientError as error:
        log.warning("mail=%s its choice waits: %s", edit.code, error)
    except PengaduanError:
        raise
    except Exception:
        log.exception("mail=%s breaks the worker", edit.code)
        with house.ledger.transaction():
            house.ledger.put_ruling(_refused(edit, before, Note("tidak_terbaca"), desk.now))
    else:
        log.info("mail=%s choice=%s case=%s", edit.code, edit.choice or "?", ruling.number or "-")


def _ruled(house: House, edit: PenEdit, before: Ruling | None, desk: Desk) -> Ruling:
    record = house.ledger.penned_mail(edit.code)
    merges = edit.choice is PenChoice.MERGE and edit.number
    case = house.ledger.case(edit.number) if merges else None
    note = rules.unmet(edit, record, case, before)
    if note is not None or record is None:
        return _refused(edit, before, note or Note("tidak_dikenal"), desk.now)
    if edit.choice is PenChoice.LEAVE:
        house.ledger.add_event(rules.left(edit.code, desk.now))
        return Ruling(edit.code, edit.typed, Note("dibiarkan"), desk.now, closed=True)
    try:
        mail = _read(house, record)
    except RejectedError as error:
        log.warning("mail=%s cannot be taken over: %s", edit.code, error)
        return _refused(edit, before, Note("tidak_terbaca"), desk.now)
    number, note = _taken_over(house, record, mail, case, desk)
    return Ruling(edit.code, edit.typed, note, desk.now, number, closed=True)


def _refused(edit: PenEdit, before: Ruling | None, note: Note, now: datetime) -> Ruling:
    """Give the ruling on a choice that is not obeyed; what an earlier one led to stays."""
    if before is None:
        return Ruling(edit.code, edit.typed, note, now)
    return replace(before, typed=edit.typed, note=note, at=now)


def _read(house: House, record: MailRecord) -> InboundMail:
    """Read the mail from the archive as it came. Raises RejectedError when it cannot be."""
    from automation.intake import message  # noqa: PLC0415 - most passes read no mail

    return message.read(house.archive.raw(record.raw), record.received, record.key)


def _taken_over(
    house: House, record: MailRecord, mail: InboundMail, case: Case | None, desk: Desk
) -> tuple[str, Note]:
    """Make the mail a case, or part of the one given; give its number and what to answer."""
    code = record.key[: pens.CODE]
    if case is not None:
        enact(house, rules.added(case, mail, desk, code), desk.now)
        return case.number, Note("digabungkan", {"nomor": case.number})
    number = house.ledger.next_number(desk.now.year)
    known = rules.may_answer(record, house.own_addresses | staff(desk.office))
    enact(house, rules.made_a_case(mail, number, desk, code, known=known), desk.now)
    return number, Note("jadi_pengaduan" if known else "jadi_tanpa_email", {"nomor": number})


def differences(house: House, raw: Raw, office: Office) -> tuple[int, int, int]:
    """Count what the next pass will do: choices to judge, lines to write again, answers to write.

    Reads only.
    """
    found = Pen.of(house, raw)
    edits, answers = found.fresh(house.schema), _answers(house, found, office)
    return len(list(edits)), len(_gone(house, found)), len(list(answers))


# --- a lost ledger ------------------------------------------------------------------------------


def adopt(house: House, raw: Raw, now: datetime) -> None:
    """Take choices that are answered in the sheet for settled; any other is judged in time.

    The ledger that obeyed them is lost: obeyed once more they would make second cases.
    """
    found = Pen.of(house, raw)
    typed = {edit.code: edit.typed for edit in pens.edits(found.rows, house.schema)}
    told = {row.code: row.message for row in found.rows if row.code and row.message}
    for code, message in told.items():
        note = Note("adopsi", {"teks": message})
        house.ledger.put_ruling(Ruling(code, typed.get(code, ""), note, now, closed=True))


# --- what the sheet is to show ------------------------------------------------------------------


def _put_back(house: House, found: Pen) -> bool:
    """Let lines that are missing be written again."""
    gone = _gone(house, found)
    if gone:
        log.warning("%d lines of the pen vanished undecided; they are written again", len(gone))
        with house.ledger.transaction():
            house.ledger.pen_again(gone)
            for key in gone:
                house.ledger.drop_ruling(key[: pens.CODE])
    return bool(gone)


def _gone(house: House, found: Pen) -> list[str]:
    """Give the mails whose line vanished undecided; a tab that cannot be read misses nothing."""
    waiting = sorted(house.ledger.in_pen()) if found.whole else ()
    return [key for key in waiting if key[: pens.CODE] not in found.codes]


def _answers(house: House, found: Pen, office: Office) -> Iterator[PenAnswer]:
    waiting = _waiting(house, found)
    return pens.answers(found.rows, found.rulings, waiting, house.schema, office)


def _waiting(house: House, found: Pen) -> frozenset[str]:
    """Give the codes of mails about which nothing was decided, if any of them was answered."""
    odd = any(row.message and row.code not in found.rulings for row in found.rows)
    return frozenset(key[: pens.CODE] for key in house.ledger.in_pen()) if odd else frozenset()
