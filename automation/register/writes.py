"""What to write: the smallest set of changes that makes the sheet say what the ledger knows."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from automation.model import Case, Cell, NewRow, Row, RowChange, Snapshot
from automation.register import rows
from automation.register.schema import Schema

Wanted = Mapping[str, Mapping[str, Cell]]
"""The worker's cells by case number."""

_NUMBER: Final = re.compile(r"PKT-([0-9]{4})-([0-9]{4}|[1-9][0-9]{4})")
_YEAR: Final = 100_000
_NEAR: Final = 1e-6
"""Days; a serial that was read back may differ in its last digits (0.1 s)."""

WHO_AND_WHAT: Final = ("nama", "kontak", "perihal", "uraian")
"""The columns that tell one complaint from another."""

PAYLOAD: Final = 1_800_000
"""Bytes of JSON in one call; Google advises 2 MB at most (Sheets API: usage limits)."""

_Item = TypeVar("_Item")


def anchor(number: str) -> int:
    """Give the developer metadataId of a case's row, a positive int32; ValueError for no number."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise ValueError(f"{number!r} is no register number")
    return int(match[1]) * _YEAR + int(match[2])


def anchor_of(typed: str) -> int:
    """Give the anchor that belongs to what stands in a number cell; 0 when that is no number."""
    return anchor(typed) if _NUMBER.fullmatch(typed) else 0


def changes(
    snapshot: Snapshot, cases: Mapping[str, Case], wanted: Wanted, schema: Schema
) -> tuple[RowChange, ...]:
    """Give, row by row, the worker's cells that read differently and the choices to be emptied.

    A number that stands in two rows is left alone: nobody knows which row is the true one.
    """
    times = Counter(row.number for row in snapshot.rows)
    found = (
        _change(row, cases[row.number], wanted[row.number], schema)
        for row in snapshot.rows
        if row.number in wanted and row.number in cases and times[row.number] == 1
    )
    return tuple(change for change in found if change.cells)


def _change(row: Row, case: Case, wanted: Mapping[str, Cell], schema: Schema) -> RowChange:
    cells: dict[str, Cell] = {
        name: cell for name, cell in wanted.items() if not same(row.cells.get(name), cell)
    }
    expected = {
        column.name: case.handled[column.name]
        for column in schema.statuses()
        if column.name in case.clearing and column.name in case.handled
    }
    due = {n: old for n, old in expected.items() if rows.text(row.cells.get(n)) == old}
    cells |= dict.fromkeys(due, "")
    return RowChange(row.number, anchor(row.number), cells, due, _as_read(row))


def _as_read(row: Row) -> dict[str, str]:
    return {name: rows.text(row.cells.get(name)) for name in WHO_AND_WHAT}


def who_and_what(case: Case) -> dict[str, str]:
    """Give what a case's row says in these columns: as last seen, else as the worker fills it."""
    if case.fields:
        return {name: case.fields.get(name, "") for name in WHO_AND_WHAT}
    first = {
        "nama": case.name,
        "kontak": case.email or case.phone,
        "perihal": case.subject,
        "uraian": case.text,
    }
    return {name: rows.clean(said) for name, said in first.items()}


def given_back(
    overtyped: Mapping[str, Row], cases: Mapping[str, Case], schema: Schema
) -> tuple[RowChange, ...]:
    """Put numbers back over which others were typed, in rows that are proven by what they say."""
    told = proofs(overtyped, cases, schema)
    return tuple(
        RowChange(n, anchor(n), {"nomor": n}, told[n], over=row.number)
        for n, row in overtyped.items()
    )


def mixed_up(found: Iterable[Row], schema: Schema) -> tuple[RowChange, ...]:
    """Say in rows that say another complaint's things that nothing chosen there is obeyed."""
    changes: list[RowChange] = []
    for row in found:
        told = schema.words["problem"]["nomor_tertukar"].format_map({"nomor": row.number})
        if row.cells.get("pesan_sistem") != told:
            at = anchor(row.number)
            cells = {"pesan_sistem": told}
            changes.append(RowChange(row.number, at, cells, told=_as_read(row), warning=True))
    return tuple(changes)


def warnings(
    snapshot: Snapshot, numbers: Iterable[str], cases: Mapping[str, Case], schema: Schema
) -> tuple[RowChange, ...]:
    """Say in a row whose number stands in others too that nothing chosen there is obeyed.

    Only the row under the case's anchor can be written safely; it says so once.
    """
    found: list[RowChange] = []
    for number in numbers:
        if number not in cases:
            continue
        alike = [row for row in snapshot.rows if row.number == number]
        facts = {"nomor": number, "jumlah": str(len(alike))}
        told = schema.words["problem"]["nomor_ganda"].format_map(facts)
        if all(row.cells.get("pesan_sistem") != told for row in alike):
            cells = {"pesan_sistem": told}
            found.append(RowChange(number, anchor(number), cells, warning=True))
    return tuple(found)


def same(stands: Cell, wanted: Cell) -> bool:
    """Say whether a cell already says what is wanted; blank equals empty, serials nearly."""
    if isinstance(stands, (int, float)) and isinstance(wanted, (int, float)):
        return isinstance(stands, bool) is isinstance(wanted, bool) and abs(stands - wanted) < _NEAR
    if isinstance(stands, (int, float)) or isinstance(wanted, (int, float)):
        return False
    return (stands or "") == (wanted or "")


def new_rows(
    numbers: Iterable[str], cases: Mapping[str, Case], wanted: Wanted, schema: Schema
) -> tuple[NewRow, ...]:
    """Give whole rows for those cases, which have none, in the order of their numbers.

    A row that was seen before and is put back carries what people had written in it.
    """
    ordered = sorted(numbers, key=anchor)
    told = proofs(ordered, cases, schema)
    return tuple(
        NewRow(n, anchor(n), _whole(cases[n], wanted[n], schema), frozenset(told[n]))
        for n in ordered
    )


def _whole(case: Case, wanted: Mapping[str, Cell], schema: Schema) -> dict[str, Cell]:
    whole = {**_people(case, schema), **wanted}
    return {name: cell for name, cell in whole.items() if cell not in (None, "")}


def _people(case: Case, schema: Schema) -> dict[str, Cell]:
    return rows.restored(case, schema) if case.fields else rows.prefilled(case, schema)


def batches(
    items: Sequence[_Item], weigh: Callable[[_Item], int], limit: int = PAYLOAD
) -> Iterator[tuple[_Item, ...]]:
    """Split into runs whose weights sum to no more than the limit; a heavier item goes alone."""
    run: list[_Item] = []
    total = 0
    for item in items:
        weight = weigh(item)
        if run and total + weight > limit:
            yield tuple(run)
            run, total = [], 0
        run.append(item)
        total += weight
    if run:
        yield tuple(run)


def proofs(
    numbers: Iterable[str], cases: Mapping[str, Case], schema: Schema
) -> dict[str, dict[str, str]]:
    """Give what a row that lost its number must still say to be taken for each case's.

    Who complains about what tells a row, for as long as no two cases read alike in that; then all
    that people wrote in it does. What the worker is about to empty may be empty already.
    """
    wanted = list(numbers)
    if not wanted:
        return {}
    asked = {c.name for c in schema.columns if c.asked} | {"nama", "kontak"}
    told = {n: _told(case, asked, schema) for n, case in cases.items()}
    alike = Counter(frozenset(cells.items()) for cells in told.values())
    return {n: _proof(told[n], alike, cases[n], schema) for n in wanted}


def reads_whole(row: Row, case: Case, schema: Schema) -> bool:
    """Say whether each cell that people fill says what the case's row said, or was filled with."""
    told = _told(case, {c.name for c in schema.theirs()}, schema)
    return rows.typed_cells(row, schema) == told


def _told(case: Case, columns: Collection[str], schema: Schema) -> dict[str, str]:
    people = _people(case, schema)
    return {name: rows.text(people.get(name)) for name in columns}


def _proof(
    told: dict[str, str], alike: Counter[frozenset[tuple[str, str]]], case: Case, schema: Schema
) -> dict[str, str]:
    if alike[frozenset(told.items())] == 1:
        return told
    return _told(case, {c.name for c in schema.theirs()} - case.clearing, schema)


def stands(new: NewRow, row: Row | None) -> bool:
    """Say whether the row on which a case's anchor rests is its own, with only the number lost.

    A sort may leave anchors behind on other rows; one without number, or with the one that was seen
    typed over, is believed by its content.
    """
    if row is None or not row.cells or row.number not in {"", new.over}:
        return False
    return all(rows.text(row.cells.get(n)) == rows.text(new.cells.get(n)) for n in new.proof)


def agrees(change: RowChange, row: Row) -> bool:
    """Say whether a row, read again, is still the one meant: its number, and what is to be emptied.

    A row without a number, or with one typed over its own, is reached only by its anchor, and a
    sort may have left that behind on somebody's new complaint: it must be the one meant.
    Into one of several with the same number only a warning is written, unless the others are known
    to be of other complaints.
    """
    same_row = (
        row.number == change.number
        or (change.by_anchor and not row.number)
        or (bool(row.number) and row.number == change.over)
    )
    same_row = same_row and row.doubled <= (change.warning or change.told_apart)
    must_say = {**change.told, **change.expected}
    return same_row and all(rows.text(row.cells.get(n)) == t for n, t in must_say.items())
