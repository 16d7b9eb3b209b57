"""The whole register once more, from the ledger: rows, history and pen lines into a new sheet.

Everything written bears an identity that the sheet keeps (anchors, marks), so that a restoration
that was cut off goes on where it stood. The ledger itself is only read.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final

from automation.errors import PengaduanError
from automation.model import NewRow, TabLine
from automation.ports import Register
from automation.register import lines, pen, rows, writes
from automation.steps.house import House, known_office, wanted_cells
from automation.steps.recording import for_a_person

_ROWS: Final = 500
_LINES: Final = 2_000
"""Rows and lines in one request: well below the 2 MB that Google advises, and few requests."""

_SPACING: Final = 1.0
"""Seconds between writes: one writer asks Google for no more than about one a second."""

Tell = Callable[[str], None]
Pause = Callable[[float], object]


def signature(house: House) -> str:
    """Give what tells this ledger from others, and nothing about it.

    Raises PengaduanError when it knows no case: there is nothing to restore.
    """
    if not house.ledger.cases():
        raise PengaduanError(
            "the ledger knows no case; put ledger.sqlite back from a backup into STATE_DIR first"
        )
    return sha256(house.ledger.recall("secret").encode()).hexdigest()[:16]


def fill(house: House, target: Register, now: datetime, tell: Tell, pause: Pause) -> None:
    """Put everything that the ledger knows into the sheet, whose tabs stand; tell how far it is."""
    _rows(house, target, now, tell, pause)
    _lines(house, target, tell, pause)


def _rows(house: House, target: Register, now: datetime, tell: Tell, pause: Pause) -> None:
    snapshot = target.read()
    stands = {row.number for row in snapshot.rows}
    new = _new_rows(house, stands, now)
    last = snapshot.last_used
    for done in range(0, len(new), _ROWS):
        part = new[done : done + _ROWS]
        target.insert(part, [], [], last)
        last += len(part)
        tell(f"rows: {done + len(part)} of {len(new)}")
        pause(_SPACING)
    typed = _typed_rows(house, stands | {row.number for row in new})
    if typed:
        target.insert(typed, [], [], last)
        tell(f"rows without a number yet: {len(typed)}")


def _new_rows(house: House, stands: set[str], now: datetime) -> tuple[NewRow, ...]:
    cases, office = house.ledger.cases(), known_office(house)
    absent = {number: case for number, case in cases.items() if number not in stands}
    wanted = wanted_cells(house, absent, office, now)
    return writes.new_rows(absent, cases, wanted, house.schema)


def _typed_rows(house: House, numbered: set[str]) -> tuple[NewRow, ...]:
    """Give the rows that wait for their number: what was typed there stands nowhere else."""
    return tuple(
        NewRow("", promise.anchor, rows.typed_back(promise.cells, house.schema))
        for promise in house.ledger.reservations()
        if promise.number not in numbered and promise.cells
    )


def _lines(house: House, target: Register, tell: Tell, pause: Pause) -> None:
    marks = target.marks()
    done = 0
    for part in _told(house, marks.get("riwayat", 0)):
        target.insert([], [], part, 1)
        done += len(part)
        tell(f"lines of Riwayat: {done}")
        pause(_SPACING)
    done = 0
    for part in _penned(house):
        target.insert([], [], part, 1)
        done += len(part)
        tell(f"lines of Karantina and Surat Lain: {done}")
        pause(_SPACING)


def _told(house: House, last: int) -> Iterator[list[TabLine]]:
    """Give the history by parts, after what stands already."""
    office = known_office(house)
    while events := house.ledger.events(last, _LINES):
        yield [lines.history(event, house.schema, office) for event in events]
        last = events[-1].id


def _penned(house: House) -> Iterator[list[TabLine]]:
    """Give the lines of the pens by parts; the register leaves out those that stand."""
    office, last, rulings = known_office(house), 0, house.ledger.rulings()
    while mails := house.ledger.mails_after(last, _LINES):
        last = mails[-1][0]
        part = [
            lines.pen(mark, mail, house.schema, office, rulings.get(mail.key[: pen.CODE]))
            for mark, mail in mails
            if for_a_person(mail.verdict, mail.reason)
        ]
        if part:
            yield part
