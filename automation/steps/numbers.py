"""Numbers that people typed over: put back where anchor and words prove the row, else told.

A row has three witnesses: its number, its anchor, and what it says. Two that agree against a wrong
number mend it. A number that is another case's own weighs against the words: then the anchor must
agree with these, or each cell that people fill; otherwise the row is left as it is.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from automation.model import Anchoring, Case, NewRow, Reservation, Row, RowChange, Snapshot
from automation.register import identity, writes
from automation.register.identity import Identity
from automation.register.schema import Schema
from automation.steps import alarms, guarding
from automation.steps.house import House

log = logging.getLogger(__name__)

_UNDER_NUMBER: Final = "kolom_sistem"
_ASKED: Final = "numbers"


@dataclass(frozen=True, slots=True)
class Found:
    """Whose rows are whose in one pass."""

    who: Identity = field(default_factory=Identity)
    cases: Mapping[str, Case] = field(default_factory=dict)

    def absent(self, number: str) -> bool:
        """Say whether a case without a believed row is to have a new one.

        A row that was seen before stands somewhere under a wrong number, or says something else;
        a case that began in this pass has none.
        """
        case = self.cases.get(number)
        seen = case is not None and bool(case.fields)
        known = number in self.who.overtyped.keys() - self.who.twins
        return not known and not (seen and number in self.who.held())

    def beside(self) -> frozenset[str]:
        """Give the numbers that stand in rows of other complaints."""
        who = self.who
        apart = (*who.strangers, *who.mixed, *who.overtyped.values())
        return frozenset(row.number for row in apart)

    def torn(self, schema: Schema) -> frozenset[str]:
        """Give the cases in whose row number and words witness against each other.

        Only the anchor can decide, or that each cell which people fill reads as it did, in each of
        the rows that exchanged their numbers.
        """
        of_others = {
            number: row
            for number, row in self.who.overtyped.items()
            if row.number in self.who.held() & set(self.cases)
        }
        torn = {
            number
            for number, row in of_others.items()
            if not writes.reads_whole(row, self.cases[number], schema)
        }
        for _ in of_others:
            torn |= {number for number, row in of_others.items() if row.number in torn}
        return frozenset(torn)


def look(
    house: House, snapshot: Snapshot, cases: Mapping[str, Case], free: frozenset[str]
) -> tuple[Found, Snapshot]:
    """Tell the rows apart; gives the snapshot of those to be believed.

    A new row with a number of a person's own is shown in it as one that has none yet.
    """
    waiting = {r.number for r in house.ledger.reservations()} & set(cases)
    who = identity.told_apart(snapshot, cases, house.schema, free, waiting)
    fresh = [replace(row, number="") for row in who.strangers if not identity.staged(row)]
    left = sorted([*who.believed, *fresh], key=lambda row: row.position)
    return Found(who, cases), replace(snapshot, rows=tuple(left))


def tell(house: House, found: Found, now: datetime) -> None:
    """Name in the log, and to the Petugas, rows that no number can be believed of."""
    for row in found.who.strangers:
        log.warning("row=%d has a number that the worker did not give", row.position)
    for number, row in found.who.overtyped.items():
        log.warning("case=%s row=%d stands under another number", number, row.position)
    for row in found.who.mixed:
        log.warning("case=%s row=%d says another complaint's things", row.number, row.position)
    alarms.foreign(house, [f"{row.position}" for row in found.who.strangers], now)
    alarms.mixed(house, [f"{row.position}" for row in _undecided(house, found)], now)


def _undecided(house: House, found: Found) -> list[Row]:
    torn = found.torn(house.schema)
    return [*found.who.mixed, *(row for n, row in found.who.overtyped.items() if n in torn)]


def note(house: House, found: Found, vanished: Sequence[str], now: datetime) -> None:
    """Note once in the history whose number was typed over, and who lost row or number."""
    if not found.who.overtyped and house.ledger.recall(_ASKED):
        house.ledger.remember(_ASKED, "")
    stands = found.who.held() | set(found.who.overtyped)
    guarding.missing(house, [n for n in vanished if n not in stands], now)
    column = {"kolom": house.schema.key}
    guarding.missing(house, found.who.overtyped, now, _UNDER_NUMBER, column)


def changes(house: House, found: Found) -> tuple[RowChange, ...]:
    """Give the numbers to put back, and the sentences in rows that are left as they are."""
    left = found.torn(house.schema) & set(_asked(house)) if found.who.overtyped else ()
    overtyped = {n: row for n, row in found.who.overtyped.items() if n not in left}
    given_back = writes.given_back(overtyped, found.cases, house.schema)
    held = found.who.held()  # the anchor of another number rests on a row that is believed
    told = [row for row in _undecided(house, found) if row.number in held]
    return given_back + writes.mixed_up(told, house.schema)


def beside(found: Found, changes: Sequence[RowChange]) -> tuple[RowChange, ...]:
    """Let changes reach rows whose number stands in another complaint's row too."""
    apart = found.beside()
    return tuple(replace(c, told_apart=True) if c.number in apart else c for c in changes)


def to_anchor(house: House, found: Found) -> list[Anchoring]:
    """Give the anchors to be set on rows that the last pass could prove by words alone."""
    if not found.who.overtyped:
        return []
    due = {r.number for r in house.ledger.reservations() if not r.anchored}
    return [
        Anchoring(writes.anchor(number), row.position, again=True)
        for number, row in found.who.overtyped.items()
        if number in due
    ]


def beside_twins(found: Found, new: Sequence[NewRow]) -> tuple[NewRow, ...]:
    """Add no row for a case whose anchor tells which of the rows that say its words is its own."""
    over = {number: found.who.overtyped[number].number for number in found.who.twins}
    return tuple(replace(row, over=over.get(row.number, "")) for row in new)


def to_prove(house: House, found: Found) -> frozenset[int]:
    """Give the anchors that are to tell whose rows these are, but for those that could not."""
    if not found.who.overtyped:
        return frozenset()
    return frozenset(map(writes.anchor, found.who.overtyped.keys() - set(_asked(house))))


def _asked(house: House) -> list[str]:
    asked: list[str] = json.loads(house.ledger.recall(_ASKED) or "[]")
    return asked


def prove(house: House, found: Found, rows_now: Mapping[int, Row]) -> None:
    """Remember the rows under which the anchor was not found: the next pass sets it there.

    Of rows whose number and words witness against each other it is remembered that it did not help:
    from then on their anchors serve to write the sentence beside the number.
    """
    torn = found.torn(house.schema)
    given_back = writes.given_back(found.who.overtyped, found.cases, house.schema)
    unproven = {c.number for c in given_back if not _agrees(c, rows_now)}
    asked = json.dumps(sorted(unproven & torn))
    if asked != (house.ledger.recall(_ASKED) or "[]"):
        house.ledger.remember(_ASKED, asked)
    for change in given_back:
        if change.number in unproven - torn - found.who.twins:
            fields = found.cases[change.number].fields
            house.ledger.put_reservation(
                Reservation(change.number, change.anchor, anchored=False, cells=fields)
            )


def _agrees(change: RowChange, rows_now: Mapping[int, Row]) -> bool:
    row = rows_now.get(change.anchor)
    return row is not None and writes.agrees(change, row)
