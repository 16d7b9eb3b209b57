"""The sheet: what people decided goes into the ledger, what the ledger knows goes into the sheet.

Two reads and two writes at most, however many cases changed: read all, insert new rows, re-read the
rows to be written, write their cells. Everything written is derived from the ledger, so a crash
anywhere is made good by the next pass.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import Final

from automation.errors import PengaduanError
from automation.model import (
    Case,
    Cell,
    Decision,
    Edit,
    Office,
    PenAnswer,
    Reservation,
    Role,
    Row,
    RowChange,
    Snapshot,
    Stage,
)
from automation.register import diff, lines, rows, writes
from automation.register.diff import Diff
from automation.steps import alarms, guarding, numbers, paper, pen, protecting, typed
from automation.steps.house import House, enact, remember_office, told_office, wanted_cells
from automation.steps.numbers import Found
from automation.workflow import corrections, decide
from automation.workflow.desk import Desk

log = logging.getLogger(__name__)

_ORDER: Final = (Role.SEKCAM, Role.KASI, Role.CAMAT, Role.PETUGAS)
_LINES_A_PASS: Final = 500


@dataclass(slots=True)
class Seen:
    """What the step found and did; `positions` serve the links in the letters of this pass."""

    office: Office
    apart: Found = field(default_factory=Found)
    positions: dict[str, int] = field(default_factory=dict)
    read_at: datetime | None = None  # before the sheet was read: later withdrawals were not seen
    clear: frozenset[str] = frozenset()  # numbers that stood in one row, so that it could be read
    answers: tuple[PenAnswer, ...] = ()  # to be written in the pen
    edits: int = 0
    inserted: int = 0
    changed: int = 0
    numbered: int = 0


def keep(house: House, now: datetime) -> Seen:
    """Read the sheet, obey what people decided, and bring the sheet up to date."""
    snapshot = house.register.read()
    office, problems = told_office(house, snapshot.tabs)
    for problem in problems:
        log.warning("register settings: %s", problem)
    cases = house.ledger.cases()
    free = frozenset(paper.unused(house.ledger))
    apart, snapshot = numbers.look(house, snapshot, cases, free)
    guarding.settle(house, {row.number: row for row in snapshot.rows})
    typed.forget_seen(house, snapshot)
    paper.promise(house, snapshot, free, office)
    promised = {r.number for r in house.ledger.reservations()}
    found = diff.compare(snapshot, cases, house.schema, office, promised | free)
    remember_office(house, snapshot.tabs)
    seen = _seen(snapshot, office, found, apart, now)
    _tell(house, found, now)
    numbers.tell(house, apart, now)
    _decide_all(house, found, cases, seen, now)
    seen.answers = pen.settle(house, snapshot.pen, office, now)
    _write(house, snapshot, found, seen, now)
    protecting.look(house, snapshot, now)
    return seen


def _seen(snapshot: Snapshot, office: Office, found: Diff, apart: Found, now: datetime) -> Seen:
    positions = {row.number: row.position for row in snapshot.rows if row.number}
    return Seen(office, apart, positions, now, frozenset(positions) - set(found.doubled))


# --- people's decisions into the ledger -----------------------------------------------------------


def _decide_all(
    house: House, found: Diff, before: Mapping[str, Case], seen: Seen, now: datetime
) -> None:
    """Judge every edit on the case as it then stands, and look after answers on their way."""
    edits = _sorted_edits(found.edits)
    broken = ""
    with house.ledger.transaction():
        for number, known in before.items():
            case = found.cases.get(number, known)
            if case is known and case.stage is not Stage.SIAP_DISAMPAIKAN:
                continue
            case = _adopted(house, case, edits.get(number, ()))
            try:
                decisions = _decide(house, case, edits.get(number, ()), seen.office, now)
            except PengaduanError:
                raise
            except Exception:  # one case that breaks our own code must not stop the others
                log.exception("case=%s cannot be decided", number)
                broken = f"{number} cannot be decided"
                continue
            for decision in decisions:
                enact(house, decision, now)
            if not decisions and case != known:
                house.ledger.put_case(case)
            seen.edits += len(decisions)
    alarms.judged(house, "case", broken, now)


def _tell(house: House, found: Diff, now: datetime) -> None:
    """Name in the log, and to the Petugas, what only a person can put right."""
    for name in ("doubled", "unknown", "vanished"):
        for number in getattr(found, name):
            known = number if writes.anchor_of(number) else "?"  # people type names there too
            log.warning("case=%s number %s in the register", known, name)
    for position in found.orphans:
        log.warning("row=%d has a stage but no number that the worker gave", position)
    alarms.doubled(house, found.doubled, now)
    if not found.vanished:  # else the number may be put back into that very row in this pass
        alarms.orphaned(house, [f"{position}" for position in found.orphans], now)


def _sorted_edits(edits: Iterable[Edit]) -> dict[str, tuple[Edit, ...]]:
    ordered = sorted(edits, key=lambda e: (e.number, _ORDER.index(e.role)))
    return {number: tuple(group) for number, group in groupby(ordered, key=lambda e: e.number)}


def _decide(
    house: House, case: Case, edits: tuple[Edit, ...], office: Office, now: datetime
) -> list[Decision]:
    """Give the decisions of a case in order; each sees the letters that the ones before planned."""
    if not edits and case.stage is not Stage.SIAP_DISAMPAIKAN:
        return []
    desk = Desk(now, office, house.ledger.letters(case.number))
    decisions: list[Decision] = []
    for edit in edits:
        _keep(decisions, case, decide.edited(case, edit, desk))
        case, desk = _onward(case, desk, decisions)
    _keep(decisions, case, decide.ticked(case, desk))
    return decisions


def _keep(decisions: list[Decision], case: Case, decision: Decision) -> None:
    if decision != Decision(case):
        decisions.append(decision)


def _onward(case: Case, desk: Desk, decisions: list[Decision]) -> tuple[Case, Desk]:
    if not decisions:
        return case, desk
    last = decisions[-1]
    known = {letter.key for letter in desk.letters}
    fresh = tuple(letter for letter in last.letters if letter.key not in known)
    kept = tuple(letter for letter in desk.letters if letter.key not in last.cancelled)
    return last.case, replace(desk, letters=kept + fresh)


def _adopted(house: House, case: Case, edits: tuple[Edit, ...]) -> Case:
    """Take over what the Petugas corrected in the row: name, contact, subject. The person wins."""
    if not edits:
        case = decide.calmed(case)
    if not case.fields:
        return case
    told = rows.adopt(case, house.schema)
    return (
        corrections.corrected(case, told, house.ledger.letters(case.number))
        if told != case
        else case
    )


# --- the ledger into the sheet --------------------------------------------------------------------


def _write(house: House, snapshot: Snapshot, found: Diff, seen: Seen, now: datetime) -> None:
    apart = seen.apart
    promised = typed.promise(house, snapshot, found.typed, apart.who.overtyped, now)
    cases = house.ledger.cases()
    shown = {row.number: cases[row.number] for row in snapshot.rows if row.number in cases}
    wanted = wanted_cells(house, shown, seen.office, now)
    changes = writes.changes(snapshot, cases, wanted, house.schema)
    guarding.note(house, {row.number: row for row in snapshot.rows}, changes, wanted, now)
    numbers.note(house, apart, found.vanished, now)
    changes += writes.warnings(snapshot, found.doubled, cases, house.schema)
    changes = numbers.beside(apart, changes) + numbers.changes(house, apart)
    lost = _lost(found, cases, seen)
    _insert(house, snapshot, cases, promised, seen, now)
    lost = [number for number in lost if number not in promised and apart.absent(number)]
    anchors = {writes.anchor(n) for n in (*promised, *lost)} | {c.anchor for c in changes}
    if not anchors:
        return
    nameless = {r.anchor for r in promised.values() if not r.paper}
    unproven = numbers.to_prove(house, apart) | nameless
    rows_now = house.register.reread(sorted(anchors), unproven)
    numbers.prove(house, apart, rows_now)
    answers = typed.complete(house, promised, snapshot, rows_now, Desk(now, seen.office))
    known = house.ledger.cases()
    late = {n: known[n] for n in (*promised, *lost) if n in known and writes.anchor(n) in rows_now}
    seen.positions |= {n: rows_now[writes.anchor(n)].position for n in late}
    again = wanted_cells(house, late, seen.office, now)
    proofs = writes.proofs(late, known, house.schema)
    changes += answers + tuple(
        RowChange(n, writes.anchor(n), cells, proofs[n], by_anchor=True)
        for n, cells in again.items()
    )
    seen.numbered = sum(number in known and number not in cases for number in promised)
    if changes:
        _change(house, changes, rows_now, wanted | again, seen)


def _change(
    house: House,
    changes: Sequence[RowChange],
    rows_now: Mapping[int, Row],
    wanted: Mapping[str, Mapping[str, Cell]],
    seen: Seen,
) -> None:
    """Write what is due, and remember what stands there now."""
    guarding.begins(house, changes)
    numbers = house.register.change(changes, rows_now)
    written = [change for change in changes if change.number in numbers]
    seen.changed = len(written)
    with house.ledger.transaction():
        guarding.written(house, written, wanted)
        _remember_emptied(house, written)


def _lost(found: Diff, cases: Mapping[str, Case], seen: Seen) -> Sequence[str]:
    """Give the cases whose row may have lost no more than its number.

    One that stands without a number may be of a case whose row was added but never read.
    """
    return [n for n in cases if n not in seen.positions] if found.orphans else found.vanished


def _remember_emptied(house: House, written: Sequence[RowChange]) -> None:
    """Note at once which choices were emptied: the same word typed a second later is a new one."""
    columns = {c.name for c in house.schema.statuses()}
    emptied = {c.number: columns & set(c.cells) for c in written if columns & set(c.cells)}
    known = house.ledger.cases() if emptied else {}
    for number, blank in emptied.items():
        case = reduce(diff.emptied, blank, known[number])
        fields = {**case.fields, **dict.fromkeys(blank, "")}
        house.ledger.put_case(replace(case, fields=fields))


def _insert(
    house: House,
    snapshot: Snapshot,
    cases: Mapping[str, Case],
    promised: Mapping[str, Reservation],
    seen: Seen,
    now: datetime,
) -> None:
    """Add rows of new or vanished cases, anchors on typed rows, history and pen lines: one call."""
    gone = {n: c for n, c in cases.items() if n not in seen.positions and n not in promised}
    absent = {number: case for number, case in gone.items() if seen.apart.absent(number)}
    wanted = wanted_cells(house, absent, seen.office, now)
    new = numbers.beside_twins(seen.apart, writes.new_rows(absent, cases, wanted, house.schema))
    anchors = typed.to_anchor(snapshot, promised, cases, house.schema)
    astray = numbers.to_anchor(house, seen.apart)
    history = house.ledger.events(int(house.ledger.recall("riwayat") or 0), _LINES_A_PASS)
    penned = house.ledger.to_pen()[:_LINES_A_PASS]
    extra = [lines.history(event, house.schema, seen.office) for event in history]
    extra += [lines.pen(mark, record, house.schema, seen.office) for mark, record in penned]
    if not (new or anchors or astray or extra or seen.answers):
        return
    guarding.inserts(house, new, wanted)
    house.register.insert(new, anchors + astray, extra, snapshot.last_used, seen.answers)
    with house.ledger.transaction():
        typed.anchored(house, promised, anchors)
        if history:
            house.ledger.remember("riwayat", str(history[-1].id))
        house.ledger.penned(mark for mark, _ in penned)
    for place, row in enumerate(new, start=snapshot.last_used + 1):
        seen.positions[row.number] = place
    seen.inserted = len(new)
