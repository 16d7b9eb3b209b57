"""Do the books agree: mails, cases, rows, letters and the archive. Looks, and changes nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from automation.errors import RegisterDriftError, RejectedError
from automation.model import (
    Case,
    Cell,
    Fate,
    Letter,
    LetterCode,
    MailRecord,
    Office,
    Row,
    Snapshot,
    Stage,
)
from automation.register import diff, identity, rows, writes
from automation.register.diff import Diff
from automation.register.schema import Schema
from automation.steps import pen
from automation.steps.house import House, minutes_left, told_office
from automation.steps.mail_out import papers

_KEY: Final = 12
"""Characters by which a mail is named, as in the log and in the tab Karantina."""

_BEFORE: Final = frozenset({Stage.PERLU_DIPILAH, Stage.BUKAN_PENGADUAN})
"""Stages that a complaint may reach without an acknowledgement."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that one book says and another does not, and what to do about it."""

    between: str  # "rows", "mails", "letters", "archive" or "history"
    about: str  # a register number, a mail's key, a row's position
    told: str

    def __str__(self) -> str:
        return f"{self.between} {self.about}: {self.told}"


@dataclass(frozen=True, slots=True)
class Result:
    """How much there is of everything, what differs, and how many edits wait for the next pass."""

    counts: Mapping[str, int]
    differences: tuple[Difference, ...]
    edits: int = 0

    def as_dict(self) -> dict[str, object]:
        """Give it for a program to read."""
        return {
            "counts": dict(self.counts),
            "edits_to_come": self.edits,
            "differences": [asdict(each) for each in self.differences],
        }


def verify(house: House, now: datetime) -> Result:
    """Compare all books at one moment. Raises what reading the sheet raises."""
    snapshot = house.register.read()
    office, _ = told_office(house, snapshot.tabs)
    cases = house.ledger.cases()
    letters = {number: house.ledger.letters(number) for number in cases}
    mails = list(house.ledger.mails())
    found = _seen(house, snapshot, office, cases)
    chosen, gone, untold = pen.differences(house, snapshot.pen, office)
    differences = [
        *_in_rows(snapshot, found, cases, house.schema),
        *_in_cells(snapshot, cases, house.schema, office, now),
        *_in_mails(house, mails, cases),
        *(d for n, case in cases.items() for d in _in_letters(case, letters[n])),
        *_in_archive(house, cases),
        *_in_lines(house),
        *_in_pen(gone, untold),
    ]
    counts = _counts(snapshot, cases, mails, letters)
    return Result(counts, tuple(differences), _edits(found, cases) + chosen)


def _counts(
    snapshot: Snapshot,
    cases: Mapping[str, Case],
    mails: Sequence[MailRecord],
    letters: Mapping[str, Sequence[Letter]],
) -> dict[str, int]:
    fates = Counter(letter.fate for each in letters.values() for letter in each)
    return {
        "mails": len(mails),
        "mails_of_cases": sum(bool(mail.number) for mail in mails),
        "cases": len(cases),
        "rows": sum(bool(row.number) for row in snapshot.rows),
        "letters": fates.total(),
        **{f"letters_{fate}": fates[fate] for fate in Fate if fates[fate]},
        "closed": sum(case.stage is Stage.SELESAI for case in cases.values()),
    }


# --- rows ---------------------------------------------------------------------------------------


def _seen(house: House, snapshot: Snapshot, office: Office, cases: Mapping[str, Case]) -> Diff:
    """Compare as a pass does; a catastrophe is told case by case, as rows that are missing."""
    promised = {r.number for r in house.ledger.reservations()}
    try:
        return diff.compare(snapshot, cases, house.schema, office, promised)
    except RegisterDriftError:
        stands = {row.number for row in snapshot.rows}
        gone = {number: cases[number] for number in stands & set(cases)}
        return diff.compare(snapshot, gone, house.schema, office, promised)


def _edits(found: Diff, cases: Mapping[str, Case]) -> int:
    """Count the rows in which people wrote since the last pass."""
    return sum(case.fields != cases[number].fields for number, case in found.cases.items())


def _in_rows(
    snapshot: Snapshot, found: Diff, cases: Mapping[str, Case], schema: Schema
) -> Iterator[Difference]:
    stands = {row.number for row in snapshot.rows}
    for number in sorted(set(cases) - stands):
        yield Difference("rows", number, "the case has no row; the next pass adds it")
    for number in found.doubled:
        yield Difference("rows", number, "stands in several rows; delete the copies")
    strangers = {row.position for row in identity.told_apart(snapshot, cases, schema).strangers}
    for row in snapshot.rows:
        if row.number in found.unknown and row.number not in found.doubled:
            yield _unknown(row, stranger=row.position in strangers)
    title = schema.column(schema.key).title
    nameless = {row.position for row in snapshot.rows if not row.number}
    for position in sorted(nameless & set(found.orphans)):
        told = f"a case's row has no {title}; put it back with File > Version history"
        yield Difference("rows", f"in row {position}", told)


def _unknown(row: Row, *, stranger: bool) -> Difference:
    """Tell of a number that the ledger did not give; what people typed there is not repeated."""
    about = row.number if writes.anchor_of(row.number) else f"in row {row.position}"
    if stranger:
        return Difference(
            "rows", about, "a number typed by hand; empty that cell to record the row"
        )
    return Difference(
        "rows", about, "the ledger never gave this number; see Restoring in docs/operations.md"
    )


def _in_cells(
    snapshot: Snapshot, cases: Mapping[str, Case], schema: Schema, office: Office, now: datetime
) -> Iterator[Difference]:
    """Tell of the worker's cells that do not say what the ledger knows."""
    shown = {
        row.number: rows.shown(case, _left(row, case, office, now), schema, office)
        for row in snapshot.rows
        if (case := cases.get(row.number)) is not None
    }
    titles = {column.name: column.title for column in schema.columns}
    for change in writes.changes(snapshot, cases, shown, schema):
        wrong = [titles[name] for name in change.cells if name not in change.expected]
        if wrong:
            told = f"{', '.join(wrong)} not as the ledger says; the next pass puts it right"
            yield Difference("rows", change.number, told)


def _left(row: Row, case: Case, office: Office, now: datetime) -> int:
    """Give the minutes left as of the last pass: that the clock went on is no difference."""
    stands: Cell = row.cells.get("sisa_menit")
    if isinstance(stands, (int, float)) and not isinstance(stands, bool):
        return round(stands)
    return minutes_left(case, now, office)


# --- mails, letters, archive ----------------------------------------------------------------------


def _in_mails(
    house: House, mails: Sequence[MailRecord], cases: Mapping[str, Case]
) -> Iterator[Difference]:
    for mail in mails:
        about = mail.key[:_KEY]
        if mail.number and mail.number not in cases:
            told = f"belongs to {mail.number}, which the ledger does not know; restore a backup"
            yield Difference("mails", about, told)
        try:
            house.archive.raw(mail.raw)
        except RejectedError as error:
            yield Difference("archive", about, str(error))
    known = {mail.key for mail in mails}
    for case in cases.values():
        if case.mail_key and case.mail_key not in known:
            told = "the mail that opened it is not in the ledger; restore a backup"
            yield Difference("mails", case.number, told)


def _in_letters(case: Case, letters: Sequence[Letter]) -> Iterator[Difference]:
    if case.mail_key and case.email and not case.acknowledged and case.stage not in _BEFORE:
        yield Difference("letters", case.number, "never acknowledged; write to the complainant")
    for letter in letters:
        if letter.fate is Fate.SENDING:
            told = f"{letter.code} was cut off while it left; the next pass looks after it"
            yield Difference("letters", case.number, told)
    left = any(x.code is LetterCode.T10 and x.fate is Fate.SENT for x in letters)
    if left and case.stage is Stage.SIAP_DISAMPAIKAN:
        told = "the answer left and the case does not say so; the next pass puts it right"
        yield Difference("letters", case.number, told)


def _in_archive(house: House, cases: Mapping[str, Case]) -> Iterator[Difference]:
    for case in cases.values():
        names = tuple(papers(case)) if case.stage is Stage.SELESAI else ()
        if missing := house.archive.lacking(case, names):
            told = f"not in the archive: {', '.join(missing)}; restore them from a backup"
            yield Difference("archive", case.number, told)


def _in_lines(house: House) -> Iterator[Difference]:
    """Tell whether the tabs that only grow lack lines."""
    mark = house.register.marks().get("riwayat", 0)
    if house.ledger.events(mark, 1):
        told = f"events after the {mark}th are not in the sheet; the next passes add them"
        yield Difference("history", "Riwayat", told)
    waiting = len(house.ledger.to_pen())
    if waiting:
        told = f"{waiting} mail(s) have no line there yet; the next passes add them"
        yield Difference("mails", "Karantina, Surat Lain", told)


def _in_pen(gone: int, untold: int) -> Iterator[Difference]:
    """Tell of lines that vanished before anybody decided, and of answers that do not stand."""
    if gone:
        told = f"{gone} line(s) vanished undecided; the next passes write them again"
        yield Difference("mails", "Karantina, Surat Lain", told)
    if untold:
        told = f"{untold} answer(s) not as the ledger says; the next pass puts them right"
        yield Difference("mails", "Karantina, Surat Lain", told)
