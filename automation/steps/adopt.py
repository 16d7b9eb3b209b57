"""First contact: a ledger that knows no case meets a register that may hold cases already.

A lost ledger is told from a wrong spreadsheet by what only the worker writes: numbers with one of
its stages beside them, and its mark on the tab Riwayat. Such a register is taken over as it stands;
no letter follows from that. Until it was looked at, no number may be given: it could be somebody's.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from automation.errors import RegisterDriftError
from automation.model import (
    Act,
    Case,
    Cell,
    Channel,
    Event,
    Fate,
    InboundMail,
    Letter,
    LetterCode,
    Note,
    Office,
    Role,
    Row,
    Stage,
)
from automation.ports import Ledger
from automation.register import rows, writes
from automation.register.schema import Schema
from automation.steps import pen
from automation.steps.house import House, remember_office, told_office
from automation.workflow import worktime
from automation.workflow.decide import STATUS_COLUMN
from automation.workflow.table import ADDRESSEE, HOLDER

log = logging.getLogger(__name__)

RULE: Final = "adopted"
"""The rule in a reading of a mail whose complaint stands in the adopted register."""

_MET: Final = "met"
_ADOPTED: Final = "adopted"
_NUMBER: Final = re.compile(r"PKT-(\d{4})-(\d+)", re.ASCII)
_CLOCK: Final = re.compile(r"\s*(\d{1,2})[.:](\d{2})", re.ASCII)
_LAST_DAY: Final = 100_000.0
"""A date serial of the year 2173; what lies beyond is no date of a complaint."""

_CONVEYED: Final = frozenset({Stage.SUDAH_DISAMPAIKAN, Stage.SELESAI, Stage.KEBERATAN})
_SEALED: Final = _CONVEYED | {Stage.MENUNGGU_KOREKSI, Stage.SIAP_DISAMPAIKAN}
_APPROVED: Final = _CONVEYED | {Stage.SIAP_DISAMPAIKAN}


def unmet(house: House) -> bool:
    """Say whether this ledger knows no case and never saw the register."""
    return not house.ledger.recall(_MET) and not house.ledger.cases()


def forget(ledger: Ledger) -> None:
    """Meet the register anew: another worker may have given numbers in it since."""
    ledger.remember(_MET, "")


def meet(house: House, now: datetime) -> None:
    """Look at the register for the first time, and take over the cases that stand in it.

    Raises RegisterDriftError for numbers and stages in a spreadsheet that the worker never served,
    and what reading raises. All or nothing.
    """
    snapshot = house.register.read()
    ours = [row for row in snapshot.rows if writes.anchor_of(row.number) and _word(row)]
    penned = any(len(lines) > 1 for lines in snapshot.pen.values())  # beside the header
    marks = house.register.marks() if ours or penned else {}
    if ours and "riwayat" not in marks:
        raise RegisterDriftError(
            f"the register holds {len(ours)} cases, the ledger knows none, and the spreadsheet "
            "bears no mark of the worker: set SPREADSHEET_ID to the office's own, or restore the "
            "ledger from a backup"
        )
    office, _ = told_office(house, snapshot.tabs)
    with house.ledger.transaction():
        house.ledger.remember(_MET, now.isoformat())
        held = max(marks.get("karantina", 0), marks.get("surat_lain", 0))
        house.ledger.resume(_highest(ours), events=marks.get("riwayat", 0), mails=held)
        pen.adopt(house, snapshot.pen, now)
        if ours:
            remember_office(house, snapshot.tabs)
            _take_over(house, ours, office, now)


def _take_over(house: House, ours: Sequence[Row], office: Office, now: datetime) -> None:
    stages = {rows.plain(word): Stage(key) for key, word in house.schema.words["stage"].items()}
    taken: list[Case] = []
    for row in _single(ours):
        stage = stages.get(rows.plain(_word(row)))
        if stage is None:
            log.warning("case=%s not adopted: its stage is no word of ours", row.number)
            continue
        case = adopted(row, stage, house.schema, office, now)
        house.ledger.put_case(case)
        for letter in _answer(case, now):
            house.ledger.plan(letter)
        taken.append(case)
    _tell(house, taken, now)


def _tell(house: House, taken: Sequence[Case], now: datetime) -> None:
    """Remember and tell that there was an adoption; mail since the oldest case is no history."""
    house.ledger.remember(_ADOPTED, now.isoformat())
    if taken and not house.ledger.recall("installed"):
        house.ledger.remember("installed", min(c.recorded for c in taken).isoformat())
    facts = {"jumlah": str(len(taken))}
    house.ledger.add_event(Event(now, "", Role.SISTEM, "diadopsi", facts))
    log.warning("the ledger was empty: %d cases adopted from the register", len(taken))


def _word(row: Row) -> str:
    return rows.text(row.cells.get("tahap")).strip()


def _highest(ours: Iterable[Row]) -> dict[int, int]:
    """Give the last number of each year that stands in the register."""
    last: Counter[int] = Counter()
    for row in ours:
        match = _NUMBER.fullmatch(row.number)
        if match:
            last[int(match[1])] = max(last[int(match[1])], int(match[2]))
    return dict(last)


def _single(ours: Iterable[Row]) -> list[Row]:
    """Give one row for each number in the order they were given: a copied row is told later."""
    first: dict[str, Row] = {}
    for row in ours:
        first.setdefault(row.number, row)
    return [first[number] for number in sorted(first, key=writes.anchor)]


# --- a row as a case ----------------------------------------------------------------------------


def adopted(row: Row, stage: Stage, schema: Schema, office: Office, now: datetime) -> Case:
    """Give the case that a row tells of. No choice in it counts as new.

    The draft that stands is taken for the version that was submitted: earlier ones are lost.
    """
    cells = rows.typed_cells(row, schema)
    entry = rows.entered(row, schema)
    trail = _split(row, "jejak_paraf", "; ")
    certain = _certain(stage, cells, schema, office)
    case = rows.filled(_blank(row, certain, entry, office, now), entry)
    sealed = (cells["draf"],) if case.stage in _SEALED and cells["draf"].strip() else ()
    approved = bool(sealed) and case.stage in _APPROVED
    case = replace(
        case,
        attachments=_split(row, "lampiran", ", "),
        kasi=_kasi(cells, trail, schema, office),
        versions=sealed,
        approved=int(approved),
        approved_at=now if approved else None,
        approval=cells[STATUS_COLUMN[Role.CAMAT]] if approved else "",
        conveyed_at=_conveyed(row, case.stage, office, now),
        rounds=int(case.stage is Stage.DIKEMBALIKAN_KE_KASI),
        acknowledged=case.stage is not Stage.PERLU_DIPILAH or bool(trail),
        trail=trail,
        authenticity=_authenticity(row, schema),
        fields=cells,
        handled={c.name: cells[c.name] for c in schema.statuses() if cells[c.name].strip()},
    )
    note = _note(case, stage, schema, office)
    column = STATUS_COLUMN[HOLDER[case.stage]] if note else ""
    stands = frozenset({column} & set(case.handled))
    return replace(case, problem=note, clearing=stands)


def _blank(row: Row, stage: Stage, entry: rows.Entered, office: Office, now: datetime) -> Case:
    """Give the case with its times; a step that was begun somewhen begins now."""
    recorded = _recorded(row, office) or now
    calendar = office.calendar
    due = _moment(row.cells.get("batas_waktu"), office)
    return Case(
        number=row.number,
        stage=stage,
        channel=entry.channel or (Channel.EMAIL if entry.email else Channel.LANGSUNG),
        recorded=recorded,
        starts=worktime.opens(recorded, calendar),
        due=due or worktime.due(recorded, office.promise, calendar),
        entered=now,
    )


def _certain(stage: Stage, cells: Mapping[str, str], schema: Schema, office: Office) -> Stage:
    """Give the stage, but never an approval that does not stand, or of a draft that is gone."""
    if stage is not Stage.SIAP_DISAMPAIKAN:
        return stage
    column = STATUS_COLUMN[Role.CAMAT]
    approves = rows.act_of(column, cells[column], schema, office)[0] is Act.DISETUJUI
    return stage if approves and cells["draf"].strip() else Stage.MENUNGGU_KOREKSI


def _split(row: Row, column: str, by: str) -> tuple[str, ...]:
    said = rows.text(row.cells.get(column))
    return tuple(said.split(by)) if said else ()


def _authenticity(row: Row, schema: Schema) -> str:
    """Give what the mail server found out about the sender, by the word in the row."""
    words = schema.words["authenticity"].items()
    told = rows.text(row.cells.get("keaslian"))
    return next((key for key, word in words if word == told), "")


def _kasi(cells: Mapping[str, str], trail: Sequence[str], schema: Schema, office: Office) -> str:
    """Give the Kasi who was chosen, else the one who signed last."""
    column = STATUS_COLUMN[Role.SEKCAM]
    act, key = rows.act_of(column, cells[column], schema, office)
    if act is Act.DISPOSISI:
        return key
    keys = {o.title: o.key for o in office.officials if o.role is Role.KASI}
    signed = (keys.get(mark.rpartition(" ")[0], "") for mark in reversed(trail))
    return next(filter(None, signed), "")


def _note(case: Case, stage: Stage, schema: Schema, office: Office) -> Note | None:
    """Say what a person has to look at: an answer of unknown fate, a choice not known as obeyed.

    `stage` is what the row says. The holder's column is emptied with it, to choose anew.
    """
    if case.stage is Stage.SIAP_DISAMPAIKAN and case.email:
        return Note("email_ragu")
    if case.stage is Stage.MENUNGGU_KOREKSI and not case.versions:
        return Note("isi_draf")
    if case.stage is not stage:
        return Note("adopsi_ditarik")
    holder = HOLDER.get(case.stage)
    column = STATUS_COLUMN[holder] if holder else ""
    typed = case.handled.get(column, "")
    if not typed or rows.act_of(column, typed, schema, office)[0] is Act.DISUSUN:
        return None
    return Note("adopsi_pilih", {"kata": typed, "kolom": column})


def _answer(case: Case, now: datetime) -> tuple[Letter, ...]:
    """Give the answer that may have left, or not: it waits for a person, never to leave by itself.

    The Petugas's own notice counts as sent: the row tells the same.
    """
    if case.stage is not Stage.SIAP_DISAMPAIKAN:
        return ()
    code, fate = (LetterCode.T10, Fate.HELD) if case.email else (LetterCode.T07, Fate.SENT)
    return (
        Letter(
            key=f"{case.number}/{code}/1",
            code=code,
            number=case.number,
            to=ADDRESSEE[code],
            facts={"versi": str(case.approved)},
            not_before=now,
            fate=fate,
            receipt="the ledger was lost; nobody knows whether it left",
            settled_at=now,
        ),
    )


# --- times --------------------------------------------------------------------------------------


def _moment(cell: Cell, office: Office) -> datetime | None:
    """Read a date serial on the office's wall clock; None for what is none."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not 0 < cell < _LAST_DAY:
        return None
    return rows.wall(cell).replace(tzinfo=ZoneInfo(office.calendar.zone))


def _recorded(row: Row, office: Office) -> datetime | None:
    day = _moment(row.cells.get("tanggal"), office)
    clock = _CLOCK.match(rows.text(row.cells.get("jam")))
    if day is None or clock is None:
        return day
    return day + timedelta(hours=int(clock[1]), minutes=int(clock[2]))


def _conveyed(row: Row, stage: Stage, office: Office, now: datetime) -> datetime | None:
    if stage not in _CONVEYED:
        return None
    return _moment(row.cells.get("tanggal_disampaikan"), office) or now


# --- mail that was recorded before the ledger was lost --------------------------------------------


def twin(house: House, mail: InboundMail) -> str:
    """Give the number of the adopted case that a mail opened as far as its row tells, or "".

    A mail is still in the INBOX when the ledger was lost between recording and filing it.
    """
    since = house.ledger.recall(_ADOPTED)
    if not since or mail.received > datetime.fromisoformat(since):
        return ""
    cases = house.ledger.cases().values()
    return next((c.number for c in cases if not c.mail_key and _same(c, mail)), "")


def _same(case: Case, mail: InboundMail) -> bool:
    address = (mail.reply_to or mail.from_address).lower()
    alike = (address == case.email, rows.clean(mail.subject).strip() == case.subject)
    text = rows.clean(mail.text).strip()
    return case.text.startswith(text) and (any(alike) if text else all(alike))


def joined(case: Case, mail: InboundMail) -> Case:
    """Give a case its mail back, to answer in its thread."""
    return replace(case, mail_key=mail.key, message_id=mail.message_id, thread=mail.references)
