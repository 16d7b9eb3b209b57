"""What a spreadsheet lacks to be the register: from what stands there to requests that mend it.

Everything in place gives no step. What people may change by hand (widths, header colours, dropdown
colours) is set once, when the tab or column is made, and never again. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from automation.errors import RegisterDriftError
from automation.model import Act, Office, Role, Stage
from automation.register import batch, defaults, formats, grid, protections, summary, views
from automation.register.grid import Json, letter
from automation.register.layout import Layout, Place, Sheet, laid_out, mark_id
from automation.register.protections import Guarded, Rights
from automation.register.schema import Schema
from automation.register.shapes import Column, Kind, Tab
from automation.register.tabs import Book, Step, column_of

LOCALE: Final = "id_ID"
LIVE: Final = (
    "properties(locale,timeZone),sheets(properties(sheetId,title,index,gridProperties),"
    "protectedRanges,conditionalFormats,filterViews(filterViewId,title),charts(chartId,spec.title),data(rowData(values(userEnteredValue,dataValidation)),"
    "columnMetadata(developerMetadata)))"
)
"""The field mask of what `plan` wants to know; asked for rows 1 and 2 of each tab."""

REGISTER: Final = "register"
SUMMARY: Final = "rekap"

_FEW: Final = 20
"""Minutes that are few: the superior is reminded, too."""

_WHOLE: Final = "seluruh-lembar"
_HEADER: Final = "baris-judul"
"""In place of a column's name: the protections of a tab and of row 1. No column has a dash."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may edit what: the worker's account, and the people's Google accounts.

    `people` by role; `accounts` by role or key of a Kasi, for the first lines of the tab Peran.
    """

    worker: str
    people: Mapping[Role, Sequence[str]] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)

    def of(self, *roles: Role) -> list[str]:
        """Give who edits the columns of these roles: the worker, and the people who hold them."""
        users = [self.worker, *(user for role in roles for user in self.people.get(role, ()))]
        return list({user.lower(): user for user in users}.values())


def all_tabs(schema: Schema) -> tuple[Tab, ...]:
    """Give the register as the first of the tabs."""
    return (Tab(name=REGISTER, title=schema.title, column=schema.columns), *schema.tabs)


@dataclass(frozen=True, slots=True)
class Procedure:
    """What the procedure says of the sheet: what a role can choose, whose turn a stage is."""

    acts: Mapping[Role, Sequence[Act]]
    turns: Mapping[Stage, Role]


@dataclass(frozen=True, slots=True)
class Target:
    """What the register is to be."""

    schema: Schema
    office: Office
    staff: Staff
    procedure: Procedure


def plan(target: Target, live: Json) -> list[Step]:
    """Give the steps, in order, for one atomic batchUpdate. `live` = spreadsheets.get with `LIVE`.

    Raises RegisterDriftError when a tab of ours holds something foreign.
    """
    steps = [*_properties(live, target.office.calendar.zone)]
    book = Book(live)
    at: Mapping[str, int] = {}
    for tab in all_tabs(target.schema):
        sheet, made = book.sheet(tab)
        planner = _Planner(target, tab, sheet, book)
        steps += [*made, *planner.steps()]
        if tab.name == REGISTER:
            at = planner.places()
        elif tab.name == SUMMARY:
            steps += planner.summary(at)
    return steps


def _properties(live: Json, zone: str) -> Iterator[Step]:
    wanted = {"locale": LOCALE, "timeZone": zone}
    found = {name: live.get("properties", {}).get(name) for name in wanted}
    if found != wanted:
        request = {"properties": wanted, "fields": "locale,timeZone"}
        told = f"spreadsheet: locale {LOCALE} and time zone {zone} set"
        yield Step(told, {"updateSpreadsheetProperties": request})


# --- one tab ------------------------------------------------------------------------------------


class _Planner:
    """Plans what one tab lacks."""

    def __init__(self, target: Target, tab: Tab, sheet: Sheet, book: Book) -> None:
        self._schema, self._staff = target.schema, target.staff
        self._target, self._tab, self._sheet, self._book = target, tab, sheet, book
        self._layout: Layout = laid_out(tab, sheet)
        self._standing = {column_of(p): p for p in reversed(sheet.protections) if column_of(p)}

    def steps(self) -> Iterator[Step]:
        """Give the steps: room, then column by column, then what concerns the whole tab."""
        if self._layout.foreign:
            raise RegisterDriftError(
                f"tab {self._tab.title} holds something else; rename that tab, "
                "then run `pengaduan init` again"
            )
        yield from self._room()
        for place in self._layout.places:
            yield from self._column(place)
        if self._tab.column:
            yield from self._header_row()
            yield from protections.foreign(self._tab.title, self._sheet.protections)
        if self._tab.name == REGISTER:
            yield from self._colours()
            yield from self._views()
        if self._sheet.new:
            yield from self._first_lines()

    def _told(self, sentence: str) -> str:
        """Say it of this tab; a new tab was told as a whole."""
        return "" if self._sheet.new else f"tab {self._tab.title}: {sentence}"

    def _room(self) -> Iterator[Step]:
        """Make place for a lost header row and for lost columns."""
        gid = self._sheet.gid
        if self._layout.headless:
            yield Step(self._told("header row made again"), _insert(gid, "ROWS", 0))
        for at in self._layout.inserts:
            yield Step("", _insert(gid, "COLUMNS", at))
        if self._layout.lacking:
            more = {"sheetId": gid, "dimension": "COLUMNS", "length": self._layout.lacking}
            yield Step("", {"appendDimension": more})

    # --- columns --------------------------------------------------------------------------------

    def _column(self, place: Place) -> Iterator[Step]:
        gid, column = self._sheet.gid, place.column
        if place.made:
            yield Step(self._told(f"column {column.title} made"), self._head(place))
            yield Step("", formats.width(gid, place.at, column.width))
            yield Step("", formats.body(gid, place.at, column))
        elif self._layout.headless:
            yield Step("", self._head(place))
            yield Step("", formats.body(gid, place.at, column))
        elif place.retitled:
            told = self._told(f"column {column.title} called so again")
            yield Step(told, formats.title(gid, place.at, column.title))
        if not place.marked:
            told = "" if place.made else self._told(f"column {column.title} marked again")
            yield Step(told, _mark(self._tab.name, column.name, gid, place.at))
        yield from self._rule(place)
        told = "" if place.made else self._told(f"column {column.title}")
        now = _columns(gid, place.at)
        was = {} if place.was is None else _columns(gid, place.was)
        users = self._staff.of(column.owner, *column.beside)
        yield from self._protected(told, column.name, (was, now), users)

    def _head(self, place: Place) -> Json:
        column = place.column
        filler = f"Diisi {self._schema.words['role'][column.owner]}."
        tab_note = self._tab.note if column is self._tab.column[0] else ""
        note = "\n".join(part for part in (filler, column.note, tab_note) if part)
        colour = self._schema.colours.owner[column.owner]
        return formats.header(self._sheet.gid, place.at, column.title, note, colour)

    def _rule(self, place: Place) -> Iterator[Step]:
        """Set the dropdown where none stands; a standing one keeps the colours given by hand.

        It is written anew only when a role lacks a choice, such as a new Kasi.
        """
        column = place.column
        wanted = formats.rule(column, self._words(column))
        first = 0 if self._layout.headless else 1
        stands = {} if place.was is None else self._sheet.rule(place.was, first)
        if place.made:
            if wanted or not self._sheet.new:
                yield Step("", formats.validation(self._sheet.gid, place.at, wanted))
        elif wanted and (not stands or (column.status and _lacks(stands, wanted))):
            told = self._told(f"dropdown of {column.title} made again")
            yield Step(told, formats.validation(self._sheet.gid, place.at, wanted))

    def _words(self, column: Column) -> tuple[str, ...]:
        if column.kind is not Kind.CHOICE:
            return ()
        return self._schema.choices(column, self._target.office, self._target.procedure.acts)

    # --- protections ----------------------------------------------------------------------------

    def _protected(
        self, where: str, name: str, ranges: tuple[Json, Json], users: Sequence[str]
    ) -> Iterator[Step]:
        """Protect a range, or put its protection right; `ranges` = before these steps and after."""
        rights = Rights(users, self._book.owners, known=any(self._staff.people.values()))
        guarded = Guarded(name, *ranges)
        yield from protections.steps(where, guarded, self._standing.get(name), rights)

    def _header_row(self) -> Iterator[Step]:
        gid = self._sheet.gid
        if not self._sheet.new and not self._sheet.frozen:
            frozen = {"sheetId": gid, "gridProperties": {"frozenRowCount": 1}}
            change = {"properties": frozen, "fields": "gridProperties.frozenRowCount"}
            yield Step(self._told("header row frozen again"), {"updateSheetProperties": change})
        row = {"sheetId": gid, "startRowIndex": 0, "endRowIndex": 1}
        told = self._told("header row")
        was = {} if self._layout.headless else row
        yield from self._protected(told, _HEADER, (was, row), [self._staff.worker])

    # --- the whole tab --------------------------------------------------------------------------

    def _colours(self) -> Iterator[Step]:
        """Colour the stages and the minutes below zero, unless some colours stand."""
        if self._sheet.coloured:
            return
        at = self.places()
        colours, gid = self._schema.colours, self._sheet.gid
        told = self._told("colours of stages and minutes made again")
        late = formats.colour_if(gid, at["sisa_menit"], formats.below_zero(), colours.late)
        yield Step(told, late)
        few = formats.within(letter(at["sisa_menit"]), _FEW)
        yield Step("", formats.colour_if(gid, at["sisa_menit"], few, colours.soon))
        for stage, colour in colours.stage.items():
            word = formats.says(self._schema.words["stage"][stage])
            yield Step("", formats.colour_if(gid, at["tahap"], word, colour))

    def _views(self) -> Iterator[Step]:
        target = (self._schema, self._target.office, self._target.procedure.turns)
        yield from views.steps(self._sheet, self.places(), target, self._book.taken)

    def places(self) -> dict[str, int]:
        """Give where each column will stand, from 0."""
        return {place.column.name: place.at for place in self._layout.places}

    def summary(self, at: Mapping[str, int]) -> Iterator[Step]:
        """Give the steps of the tab Rekap; `at` = the places of the register's columns."""
        if not summary.ours(self._sheet, self._schema):
            yield summary.occupied(self._sheet)
            return
        yield from summary.steps(self._sheet, self._schema, at, self._book.taken)
        whole = {"sheetId": self._sheet.gid}
        users = [self._staff.worker]
        yield from self._protected(self._told("the whole tab"), _WHOLE, (whole, whole), users)

    def _first_lines(self) -> Iterator[Step]:
        """Fill what a new tab says on the first day."""
        name, gid = self._tab.name, self._sheet.gid
        if name == REGISTER:
            return
        lines = defaults.lines(name, self._target.office, self._schema, self._staff.accounts)
        if not self._tab.column:
            yield from (Step("", r) for r in formats.page(gid, [str(line[0]) for line in lines]))
        elif lines:
            values = [{"values": [grid.cell_data(cell) for cell in line]} for line in lines]
            start = {"sheetId": gid, "rowIndex": 1, "columnIndex": 0}
            fill = {"start": start, "rows": values, "fields": "userEnteredValue"}
            yield Step("", {"updateCells": fill})


def _insert(gid: int, dimension: str, at: int) -> Json:
    place = {"sheetId": gid, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
    return {"insertDimension": {"range": place, "inheritFromBefore": at > 0}}


def _mark(tab: str, name: str, gid: int, at: int) -> Json:
    """Mark a column with its name, so that it may be renamed and moved."""
    place = {"sheetId": gid, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    entry = {
        "metadataId": mark_id(tab, name),
        "metadataKey": batch.COLUMN,
        "metadataValue": name,
        "location": {"dimensionRange": place},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def _columns(gid: int, at: int) -> Json:
    return {"sheetId": gid, "startColumnIndex": at, "endColumnIndex": at + 1}


def _lacks(stands: Json, wanted: Json) -> bool:
    """Say whether a standing list of words lacks one; a rule of another kind is a person's own."""
    condition = stands.get("condition", {})
    if condition.get("type") != "ONE_OF_LIST":
        return False
    return not _listed(wanted["condition"]) <= _listed(condition)


def _listed(condition: Json) -> frozenset[str]:
    return frozenset(value.get("userEnteredValue", "") for value in condition.get("values", ()))
