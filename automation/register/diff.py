"""What people did since the last pass: a snapshot against the ledger. Reports, decides nothing."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from automation.errors import RegisterDriftError
from automation.model import Case, Edit, Office, Row, Snapshot
from automation.register import rows
from automation.register.identity import staged
from automation.register.schema import Schema
from automation.register.shapes import Column

_FEW: Final = 3
_SHARE: Final = 0.1
"""More known cases than both of these gone at once is a catastrophe, not housekeeping."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything in a snapshot that the worker has to look at."""

    edits: tuple[Edit, ...] = ()
    cases: Mapping[str, Case] = field(default_factory=dict)  # those to remember anew, or edited
    typed: tuple[Row, ...] = ()  # hand-entered rows that the Petugas declared complete
    vanished: tuple[str, ...] = ()  # known cases whose row is gone, or lost its number
    doubled: tuple[str, ...] = ()  # numbers that stand in several rows: nobody knows which is true
    unknown: tuple[str, ...] = ()  # numbers that the ledger never gave
    orphans: tuple[int, ...] = ()  # positions of rows with a stage, but no number the ledger gave


def compare(
    snapshot: Snapshot,
    cases: Mapping[str, Case],
    schema: Schema,
    office: Office,
    promised: Collection[str] = (),
) -> Diff:
    """Tell what changed. `promised` = numbers that the sheet need not show yet.

    A case counts as known to the sheet once its row was seen (`fields` is filled). Raises
    RegisterDriftError when the tab is empty, or too many known cases are gone at once.
    """
    counts = Counter(row.number for row in snapshot.rows if row.number)
    known = {n for n, case in cases.items() if case.fields and n not in promised}
    vanished = sorted(known - set(counts))
    _refuse_catastrophe(len(vanished), len(known), empty=not snapshot.rows)
    single = {row.number: row for row in snapshot.rows if counts[row.number] == 1}
    remembered: dict[str, Case] = {}
    edits: list[Edit] = []
    for number in sorted(set(single) & set(cases)):
        case, new = _look(cases[number], single[number], schema, office)
        edits += new
        if new or case != cases[number]:
            remembered[number] = case
    unknown = set(counts) - set(cases) - set(promised)
    blank = [row for row in snapshot.rows if not row.number]
    astray = [row for row in snapshot.rows if not row.number or row.number in unknown]
    return Diff(
        edits=tuple(edits),
        cases=remembered,
        typed=tuple(r for r in blank if not staged(r) and rows.says_catat(r, schema, office)),
        vanished=tuple(vanished),
        doubled=tuple(sorted(n for n, times in counts.items() if times > 1)),
        unknown=tuple(sorted(unknown)),
        orphans=tuple(row.position for row in astray if staged(row)),
    )


def _refuse_catastrophe(gone: int, known: int, *, empty: bool) -> None:
    if gone <= max(_FEW, _SHARE * known):
        return
    what = (
        f"the register's tab is empty although {known} cases are known"
        if empty
        else f"{gone} of {known} known cases are gone from the register at once"
    )
    raise RegisterDriftError(f"{what}; bring them back with File > Version history")


def _look(case: Case, row: Row, schema: Schema, office: Office) -> tuple[Case, list[Edit]]:
    """Give the case as it is to be remembered, and the new choices in its row."""
    cells = rows.typed_cells(row, schema)
    seen = replace(case, fields=cells)
    edits: list[Edit] = []
    for column in schema.statuses():
        typed = cells[column.name]
        if not typed.strip():
            seen = emptied(seen, column.name)
        elif typed != case.handled.get(column.name, ""):
            seen = replace(seen, clearing=seen.clearing - {column.name})
            edits.append(_edit(case.number, column, cells, schema, office))
    return seen, edits


def emptied(case: Case, column: str) -> Case:
    """Forget the choice of a column that is blank now, and that it was to be emptied."""
    handled = {name: typed for name, typed in case.handled.items() if name != column}
    return replace(case, handled=handled, clearing=case.clearing - {column})


def _edit(
    number: str, column: Column, cells: Mapping[str, str], schema: Schema, office: Office
) -> Edit:
    typed = cells[column.name]
    act, kasi = rows.act_of(column.name, typed, schema, office)
    return Edit(number, column.owner, column.name, typed, act, kasi, cells)
