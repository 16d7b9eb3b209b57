"""Numbers for paper: taken beforehand, written by hand while power or internet is out, typed later.

Such a number is given to nobody else, ever. It is free until the ledger has its case.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from automation.model import Case, Note, Office, Reservation, Row, Snapshot
from automation.ports import Ledger
from automation.register import rows, writes
from automation.steps.house import House

_MEMORY: Final = "paper"


def reserve(ledger: Ledger, count: int, year: int) -> tuple[str, ...]:
    """Take so many numbers of the year for paper, for good."""
    with ledger.transaction():
        fresh = tuple(ledger.next_number(year) for _ in range(count))
        ledger.remember(_MEMORY, json.dumps([*_taken(ledger), *fresh]))
    return fresh


def unused(ledger: Ledger) -> tuple[str, ...]:
    """Give the numbers for paper that are no case yet, oldest first."""
    return tuple(number for number in _taken(ledger) if ledger.case(number) is None)


def _taken(ledger: Ledger) -> list[str]:
    taken: list[str] = json.loads(ledger.recall(_MEMORY) or "[]")
    return taken


def promise(house: House, snapshot: Snapshot, free: Collection[str], office: Office) -> None:
    """Note, durably, the free number of each row that says Catat.

    A number that stands in two rows belongs to neither until a person says which is true.
    """
    if not free:
        return
    standing = {row.number: row for row in _readable(snapshot, free)}
    promised = {r.number for r in house.ledger.reservations()}
    for number in sorted(set(standing) - promised):
        if rows.says_catat(standing[number], house.schema, office):
            cells = rows.typed_cells(standing[number], house.schema)
            anchor = writes.anchor(number)
            house.ledger.put_reservation(
                Reservation(number, anchor, anchored=False, cells=cells, paper=True)
            )


def single(case: Case, others: Iterable[Case]) -> Case | Note:
    """Give the case, unless the same sheet of paper was typed before under another number."""
    twin = next((other.number for other in others if _told(other) == _told(case)), "")
    return Note("sudah_diketik", {"nomor": twin}) if twin else case


def _told(case: Case) -> tuple[object, ...]:
    return case.recorded, case.channel, case.name, case.email, case.phone, case.subject, case.text


def _readable(snapshot: Snapshot, free: Collection[str]) -> list[Row]:
    times = Counter(row.number for row in snapshot.rows)
    return [row for row in snapshot.rows if row.number in free and times[row.number] == 1]
