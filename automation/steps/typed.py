"""Rows that the Petugas typed: a number is promised, the row anchored, read again, then a case.

Between any two of these the program may die and people may sort: the promise in the ledger and the
anchor in the sheet say where it stood.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from automation.model import Anchoring, Case, Note, Reservation, Row, RowChange, Snapshot
from automation.register import handwritten, rows, writes
from automation.register.identity import staged
from automation.register.schema import Schema
from automation.steps import paper
from automation.steps.house import House, enact
from automation.workflow import decide
from automation.workflow.desk import Desk

log = logging.getLogger(__name__)


def forget_seen(house: House, snapshot: Snapshot) -> None:
    """Settle each promise whose number stands in the sheet with its case in the ledger.

    With the stage beside it: a number from paper stands there before the worker wrote anything, and
    a row from which it is taken away again would be a new complaint.
    """
    numbers = {row.number for row in snapshot.rows if staged(row)}
    for reservation in house.ledger.reservations():
        if reservation.number in numbers and house.ledger.case(reservation.number):
            house.ledger.drop_reservation(reservation.number)


def promise(
    house: House,
    snapshot: Snapshot,
    typed: Sequence[Row],
    overtyped: Collection[str],
    now: datetime,
) -> dict[str, Reservation]:
    """Give the open promises, and promise a number, durably, to each newly typed row.

    Those of cases in whose row another number was typed are looked after elsewhere. While an
    anchored row cannot be told from the new ones (somebody went on typing in it) new promises wait
    for the next pass, which knows it again.
    """
    promised = {r.number: r for r in house.ledger.reservations() if r.number not in overtyped}
    taken, strayed = _known(promised.values(), snapshot, house.schema)
    if strayed:
        return promised
    for row in typed:
        if row.position not in taken:
            number = house.ledger.next_number(now.year)
            cells = rows.typed_cells(row, house.schema)
            promised[number] = Reservation(
                number, writes.anchor(number), anchored=False, cells=cells
            )
            house.ledger.put_reservation(promised[number])
    return promised


def _known(
    reservations: Iterable[Reservation], snapshot: Snapshot, schema: Schema
) -> tuple[dict[int, str], bool]:
    """Match promises to rows, one to one; say whether an anchored one matches none.

    A number from paper stands in its row already; any other row must read as when it was promised.
    """
    blank = [row for row in snapshot.rows if not row.number and not staged(row)]
    numbered = {row.number: row.position for row in snapshot.rows if row.number}
    taken: dict[int, str] = {}
    strayed = False
    for reservation in reservations:
        place = numbered.get(reservation.number, 0) or _place(reservation, blank, schema, taken)
        if place:
            taken[place] = reservation.number
        else:
            strayed = strayed or reservation.anchored
    return taken, strayed


def _place(
    reservation: Reservation, blank: Sequence[Row], schema: Schema, taken: Mapping[int, str]
) -> int:
    return next(
        (
            row.position
            for row in blank
            if row.position not in taken and rows.typed_cells(row, schema) == reservation.cells
        ),
        0,
    )


def to_anchor(
    snapshot: Snapshot,
    promised: Mapping[str, Reservation],
    cases: Collection[str],
    schema: Schema,
) -> list[Anchoring]:
    """Give the anchors to set now; a case was anchored before."""
    taken, _ = _known(promised.values(), snapshot, schema)
    return [
        Anchoring(promised[number].anchor, position, again=number in cases)
        for position, number in taken.items()
        if not promised[number].anchored
    ]


def anchored(
    house: House, promised: Mapping[str, Reservation], anchors: Iterable[Anchoring]
) -> None:
    """Remember that these anchors stand; inside a transaction."""
    standing = {anchoring.anchor for anchoring in anchors}
    for reservation in promised.values():
        if reservation.anchor in standing:
            house.ledger.put_reservation(replace(reservation, anchored=True))


def complete(
    house: House,
    promised: Mapping[str, Reservation],
    snapshot: Snapshot,
    rows_now: Mapping[int, Row],
    desk: Desk,
) -> tuple[RowChange, ...]:
    """Open the case of each anchored row as it reads now; give the answers to unfinished ones."""
    answers: list[RowChange] = []
    spoken_for: set[int] = set()
    free = paper.unused(house.ledger) if promised else ()
    for number, reservation in promised.items():
        row = rows_now.get(reservation.anchor)
        known = house.ledger.case(number)
        if known is not None:
            _follow(house, known, row, snapshot)
        elif row is None or row.position in spoken_for or not _is_new(row, reservation, free):
            house.ledger.drop_reservation(number)
            log.warning("case=%s the typed row is gone; the number stays unused", number)
            continue
        else:
            answers += _open(house, reservation, row, desk)
        if row is not None:
            spoken_for.add(row.position)
    return tuple(answers)


def _is_new(row: Row, reservation: Reservation, free: Collection[str]) -> bool:
    """Say whether a complaint stands there that has no number yet, or the one from its paper.

    An anchor may miss its row. With a number of a person's own it waits for a better one.
    """
    fits = row.number == reservation.number if reservation.paper else row.number not in free
    return bool(row.cells) and fits and not staged(row)


def _follow(house: House, case: Case, row: Row | None, snapshot: Snapshot) -> None:
    """Look after a case whose number is not in its row yet: that was deleted, or corrected since.

    Without its row, or over a foreign one, the promise ends: the case is put back as a new row.
    But a row that still reads like it is its own, gone from under its anchor: that is set again,
    for as a new complaint the row would be a second case.
    """
    if row is not None and row.number == case.number:
        return
    cells = {} if row is None or staged(row) else rows.typed_cells(row, house.schema)
    if not any(cells.get(name) == case.fields.get(name) for name in ("perihal", "uraian")):
        own = Reservation(
            case.number, writes.anchor(case.number), anchored=False, cells=case.fields
        )
        if _known([own], snapshot, house.schema)[0]:
            house.ledger.put_reservation(own)
        else:
            house.ledger.drop_reservation(case.number)
    elif cells != case.fields:
        house.ledger.put_case(rows.adopt(replace(case, fields=cells), house.schema))


def _open(house: House, reservation: Reservation, row: Row, desk: Desk) -> list[RowChange]:
    """Make the row a case if it says Catat and lacks nothing; else say what it lacks."""
    cells = rows.typed_cells(row, house.schema)
    number = reservation.number
    if not rows.says_catat(row, house.schema, desk.office):
        house.ledger.put_reservation(replace(reservation, anchored=True, cells=cells))
        return []
    case = _case(reservation, row, house, desk)
    if isinstance(case, Note):
        house.ledger.put_reservation(replace(reservation, anchored=True, cells=cells))
        text = rows.sentence(case, house.schema, desk.office)
        same = rows.text(row.cells.get("pesan_sistem")) == text
        said = {"pesan_sistem": text}
        told = RowChange(number, reservation.anchor, said, over=row.number, by_anchor=True)
        return [] if same else [told]
    with house.ledger.transaction():
        enact(house, decide.entered(case, cells, desk), desk.now)
    return []


def _case(reservation: Reservation, row: Row, house: House, desk: Desk) -> Case | Note:
    """Give the case that stands in a row; or what keeps it from being one."""
    if row.number and not reservation.paper:
        return Note("nomor_asing")
    entry = rows.entered(row, house.schema)
    if entry.missing:
        return Note("lengkapi", {"kolom": ", ".join(entry.missing)})
    if entry.channel is None:
        return Note("kanal_tidak_dikenal", {"kata": entry.typed_channel})
    if not reservation.paper:
        return rows.filled(decide.typed(reservation.number, entry.channel, desk), entry)
    at = handwritten.moment(row, desk.office.calendar.zone, desk.now)
    if isinstance(at, Note):
        return at
    case = decide.handwritten(reservation.number, entry.channel, at, desk)
    return paper.single(rows.filled(case, entry), house.ledger.cases().values())
