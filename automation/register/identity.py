"""Whose row is it: what a row says, against the number that stands in it. Reports, writes nothing.

People type over numbers, exchange them, sort their column alone, and a read shows no anchors. So a
row is believed by its number unless what it says is another complaint's: of two witnesses that
disagree neither is obeyed until the anchor, the third, was asked.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from automation.model import Case, Row, Snapshot
from automation.register import rows, writes
from automation.register.schema import Schema

_FEW: Final = 2
"""Cells that a row must share with another complaint to be taken for that one's."""

_COMMON: Final = 50
"""What more cases say than this tells none of them: "lapor" as the subject, the village's name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The rows of a snapshot by whose they are."""

    believed: tuple[Row, ...] = ()
    """Rows without a number, and those whose number is believed."""
    strangers: tuple[Row, ...] = ()
    """Rows that no case ever had, with a number that the worker did not give them."""
    mixed: tuple[Row, ...] = ()
    """Rows that say another complaint's things than their number: nobody knows which is true."""
    overtyped: Mapping[str, Row] = field(default_factory=dict)
    """By case number: the one row that says what the case's row said, under another number."""
    twins: frozenset[str] = frozenset()
    """Those of them whose words a row without a number has too: only the anchor can tell which."""

    def held(self) -> frozenset[str]:
        """Give the numbers of which a row stands that is not believed, and none that is."""
        home = {row.number for row in self.believed}
        return frozenset(row.number for row in (*self.mixed, *self.overtyped.values())) - home


def told_apart(
    snapshot: Snapshot,
    cases: Mapping[str, Case],
    schema: Schema,
    free: Collection[str] = (),
    waiting: Collection[str] = (),
) -> Identity:
    """Tell the rows apart. `free` = numbers that people may type, `waiting` = not yet in their row.

    The next complaint that gets a number typed by hand must not be taken for the one in that row:
    its answer would go to the wrong person.
    """
    doubtful = [row for row in snapshot.rows if row.number and not _reads_as_known(row, cases)]
    if not doubtful:
        return Identity(snapshot.rows)
    away = {row.position for row in doubtful}
    home = {row.number for row in snapshot.rows if row.number and row.position not in away}
    look = _Look(cases, schema, home, free, waiting)
    blank = {n for row in snapshot.rows if not row.number for n in look.claims(row)}
    look.hear(doubtful, blank)
    overtyped = look.overtyped(doubtful)
    twins = frozenset(blank & overtyped.keys())
    gone = {row.position for row in overtyped.values()}
    strangers = tuple(r for r in doubtful if r.position not in gone and look.strange(r))
    gone.update(row.position for row in strangers)
    mixed = tuple(r for r in doubtful if r.position not in gone and look.mixed(r))
    gone.update(row.position for row in mixed)
    believed = tuple(row for row in snapshot.rows if row.position not in gone)
    return Identity(believed, strangers, mixed, overtyped, twins)


def staged(row: Row) -> bool:
    """Say whether the worker wrote into the row: it is no new complaint, whatever its number."""
    return bool(rows.text(row.cells.get("tahap")).strip())


def _reads_as_known(row: Row, cases: Mapping[str, Case]) -> bool:
    """Say whether who complains about what is, to the letter, as the case was last seen."""
    case = cases.get(row.number)
    if case is None:
        return False
    known = writes.who_and_what(case)
    return all(rows.text(row.cells.get(name)) == said for name, said in known.items())


def _said(row: Row) -> set[tuple[str, str]]:
    """Give what stands in the columns that tell complaints apart, blank cells left out."""
    said = {(name, rows.text(row.cells.get(name))) for name in writes.WHO_AND_WHAT}
    return {told for told in said if told[1].strip()}


class _Look:
    """What all cases say, by what is said; made only when some row is in doubt."""

    def __init__(
        self,
        cases: Mapping[str, Case],
        schema: Schema,
        home: Collection[str],
        free: Collection[str],
        waiting: Collection[str],
    ) -> None:
        self._cases, self._home, self._free, self._waiting = cases, home, free, waiting
        self._proofs = writes.proofs(cases, cases, schema)
        self._voiced = set(home)
        self._saying: dict[tuple[str, str], list[str]] = defaultdict(list)
        for number, case in cases.items():
            for told in writes.who_and_what(case).items():
                self._saying[told].append(number)

    def hear(self, doubtful: Sequence[Row], blank: Collection[str]) -> None:
        """Learn whose rows say something of what they said; `blank` = those without a number."""
        self._voiced.update(blank)
        for row in doubtful:
            if self._own(row):
                self._voiced.add(row.number)

    def _likeness(self, row: Row) -> Counter[str]:
        """Count in how many cells that tell something the row says what each case does."""
        alike: Counter[str] = Counter()
        for told in _said(row):
            found = self._saying.get(told, ())
            if len(found) <= _COMMON:
                alike.update(found)
        return alike

    def _own(self, row: Row) -> int:
        """Count in how many cells that are not blank the row says what its number's case does."""
        case = self._cases.get(row.number)
        return 0 if case is None else len(_said(row) & writes.who_and_what(case).items())

    def _reads_as(self, row: Row) -> Iterator[str]:
        """Give the cases whose row this one is, by all that it says."""
        for number in self._likeness(row):
            proof = self._proofs[number].items()
            if all(rows.text(row.cells.get(name)) == said for name, said in proof):
                yield number

    def claims(self, row: Row) -> list[str]:
        """Give the cases that lack their row, and whose row this one is by all that it says."""
        return [number for number in self._reads_as(row) if self._may_claim(number, row)]

    def overtyped(self, doubtful: Sequence[Row]) -> dict[str, Row]:
        """Give the rows that are of one case each, which has no other under a number."""
        readers: dict[str, list[Row]] = defaultdict(list)
        claimed = {row.position: self.claims(row) for row in doubtful}
        for row in doubtful:
            for number in claimed[row.position]:
                readers[number].append(row)
        return {
            number: found[0]
            for number, found in readers.items()
            if len(found) == len(claimed[found[0].position]) == 1
        }

    def _may_claim(self, number: str, row: Row) -> bool:
        """Say whether the case lacks its row; one that never had the worker's writing awaits it."""
        return number not in self._home and (staged(row) or number in self._waiting)

    def strange(self, row: Row) -> bool:
        """Say whether a person typed a number of his own.

        Told by what the worker writes into each row of its own, the stage; under a free number a
        stage is what is strange: it was copied from another complaint.
        """
        if row.number in self._free:
            return staged(row)
        return not staged(row) and (not self._seen(row) or self._another_s(row))

    def _seen(self, row: Row) -> bool:
        """Say whether the case's row was read before, and says something of what it said then."""
        case = self._cases.get(row.number)
        if case is None or not case.fields:
            return False
        said = {name: rows.text(row.cells.get(name)) for name in ("perihal", "uraian")}
        return any(case.fields.get(name, "") == typed for name, typed in said.items())

    def mixed(self, row: Row) -> bool:
        """Say whether a row with the number of a case cannot be believed."""
        return row.number in self._cases and self._another_s(row)

    def _another_s(self, row: Row) -> bool:
        """Say whether a row is more like another case than like its number's.

        What people corrected is believed, unless another row with that number says more of the
        case. Of a case never read from the sheet the row must say something, for its number may
        have been typed before it was given.
        """
        alike = self._likeness(row)
        own = self._own(row)
        del alike[row.number]
        known = self._cases.get(row.number)
        unread = known is not None and not known.fields
        if not own and (unread or row.number in self._voiced):
            return True
        if (unread or row.number in self._home) and any(self._reads_as(row)):
            return True
        lacking = max((times for n, times in alike.items() if n not in self._home), default=0)
        return lacking > own or (not own and max(alike.values(), default=0) >= _FEW)
