"""The worker's own cells in other people's hands: put back by the sheet's step, noted here, once.

Beside each case the ledger remembers what the worker last wrote in its row. While a batch is under
way nobody knows whether it was written, so its rows are taken as they are found afterwards.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from automation.model import Cell, Event, NewRow, Role, Row, RowChange
from automation.ports import Ledger
from automation.register import guard
from automation.steps.house import House

_UNDER_WAY: Final = "writing"
_GONE: Final = "gone"
"""The cases that had no row, or one without number, at the last look: that was noted."""


def settle(house: House, rows: Mapping[str, Row]) -> None:
    """Take the rows of a batch that was broken off as they stand now."""
    numbers: list[str] = json.loads(house.ledger.recall(_UNDER_WAY) or "[]")
    if not numbers:
        return
    with house.ledger.transaction():
        for number in numbers:
            if number in rows:
                names = _ours(house).union(_seals(house.ledger, number))
                _keep(house.ledger, number, {n: rows[number].cells.get(n) for n in names})
        house.ledger.remember(_UNDER_WAY, "")


def distrust(ledger: Ledger) -> None:
    """Take all rows as they are found next: another spreadsheet shows them, made at another time.

    What was remembered of the old one would call the worker's own writing a foreign hand.
    """
    ledger.remember(_UNDER_WAY, json.dumps(sorted(ledger.cases())))


def note(
    house: House,
    rows: Mapping[str, Row],
    changes: Sequence[RowChange],
    wanted: Mapping[str, Mapping[str, Cell]],
    now: datetime,
) -> None:
    """Note in the history which of the worker's cells were changed by somebody.

    What was noted counts as known from then on, so that a pass that dies here notes it once.
    """
    noted: list[tuple[str, Mapping[str, Cell]]] = []
    for change in changes:
        cells, seals = rows[change.number].cells, _seals(house.ledger, change.number)
        names = guard.foreign(change, cells, seals, wanted[change.number])
        if names:
            noted.append((change.number, {name: cells.get(name) for name in names}))
    if not noted:
        return
    with house.ledger.transaction():
        for number, found in noted:
            for name in found:
                event = Event(now, number, Role.SISTEM, "kolom_sistem", {"kolom": name})
                house.ledger.add_event(event)
            _keep(house.ledger, number, found)


def missing(
    house: House,
    numbers: Iterable[str],
    now: datetime,
    kind: str = "ditulis_kembali",
    facts: Mapping[str, str] | None = None,
) -> None:
    """Note that a case lost its row, or its row the number, once until it is seen to have both."""
    key, lacking = f"{_GONE}:{kind}", list(numbers)
    gone: list[str] = json.loads(house.ledger.recall(key) or "[]")
    if gone == lacking:
        return
    with house.ledger.transaction():
        for number in lacking:
            if number not in gone:
                house.ledger.add_event(Event(now, number, Role.SISTEM, kind, facts or {}))
        house.ledger.remember(key, json.dumps(lacking))


def begins(house: House, changes: Sequence[RowChange]) -> None:
    """Remember that these rows are about to be written."""
    house.ledger.remember(_UNDER_WAY, json.dumps([change.number for change in changes]))


def inserts(house: House, new: Sequence[NewRow], wanted: Mapping[str, Mapping[str, Cell]]) -> None:
    """Remember what is about to stand in new rows: one that was broken off came whole or not."""
    if not new:
        return
    with house.ledger.transaction():
        for row in new:
            _keep(house.ledger, row.number, wanted[row.number])


def written(
    house: House, changes: Sequence[RowChange], wanted: Mapping[str, Mapping[str, Cell]]
) -> None:
    """Remember what was written in the worker's own cells; to be called inside a transaction.

    A sentence about a row that says another complaint's things is not in the case's own row.
    """
    ours = _ours(house)
    for change in changes:
        if change.warning and change.told:
            continue
        own = ours.union(wanted.get(change.number, ()))
        cells = {name: cell for name, cell in change.cells.items() if name in own}
        _keep(house.ledger, change.number, cells)
    house.ledger.remember(_UNDER_WAY, "")


def _ours(house: House) -> frozenset[str]:
    return frozenset(c.name for c in house.schema.columns if c.owner is Role.SISTEM)


def _seals(ledger: Ledger, number: str) -> dict[str, Cell]:
    return guard.loaded(ledger.recall(_key(number)))


def _keep(ledger: Ledger, number: str, cells: Mapping[str, Cell]) -> None:
    seals = _seals(ledger, number) | guard.sealed(cells)
    ledger.remember(_key(number), guard.dumped(seals))


def _key(number: str) -> str:
    return f"row:{number}"
