"""The tab Rekap: figures by formula over the register, and charts over the figures. Pure.

A figure that was lost or typed over is put back, a chart that is gone is made again; what a person
changed in words, widths, colours and charts is left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from automation.model import Stage
from automation.register import formats
from automation.register.grid import Json, letter
from automation.register.layout import Sheet, mark_id, said
from automation.register.schema import Schema
from automation.register.tabs import Step

_MONTHS: Final = 12
_WIDTHS: Final = (250, 100, 100, 100, 40)
_CHART_AT: Final = 5
"""The column beside the figures from which the charts hang, from 0."""
_CHART_ROWS: Final = 17
"""Rows of 21 pixels over which a chart of _SIZE lies, and a gap."""
_SIZE: Final = {"widthPixels": 620, "heightPixels": 330}
_LOST: Final = "#REF!"
"""What Google writes into a formula whose column was deleted."""

Text = str
"""What is written into a cell; a formula begins with an equals sign.

Semicolons part the arguments: they are read in every locale, commas are not. No formula has a
number with a decimal sign.
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A table of figures: where it begins (row from 0), its header, its lines."""

    row: int
    header: Sequence[Text]
    lines: Sequence[Sequence[Text]]
    months: bool = False

    @property
    def end(self) -> int:
        """Give the row behind it."""
        return self.row + 1 + len(self.lines)


@dataclass(slots=True)
class _Page:
    """The tab as it is to be, block under block."""

    schema: Schema
    at: Mapping[str, int]
    blocks: list[Block] = field(default_factory=list)

    def column(self, name: str) -> str:
        """Name a whole column of the register in a formula: rows come and go."""
        at = letter(self.at[name])
        title = self.schema.title.replace("'", "''")
        return f"'{title}'!${at}:${at}"

    def add(self, header: Sequence[Text], lines: Sequence[Sequence[Text]]) -> None:
        """Put a table under the last one."""
        row = self.blocks[-1].end + 1 if self.blocks else 3
        self.blocks.append(Block(row, header, lines, months=len(header) > 2))  # noqa: PLR2004

    def counted(self, name: str, words: Sequence[str]) -> None:
        """Add a table that counts the rows that say each word in a column."""
        place, word = self.column(name), self.schema.words["summary"]["count"]
        quoted = [(w, w.replace('"', '""')) for w in words]
        lines = [(w, f'=COUNTIF({place};"{q}")') for w, q in quoted]
        self.add((self.schema.column(name).title, word), lines)


def page(schema: Schema, at: Mapping[str, int]) -> list[Block]:
    """Give the tables of the tab; `at` = where each column of the register stands, from 0."""
    made, words = _Page(schema, at), schema.words["summary"]
    made.counted("tahap", [schema.words["stage"][stage] for stage in Stage])
    made.add(
        (words["month"], words["came"], words["in_time"], words["late"]),
        [_month(made, made.blocks[-1].end + 3 + n, n - _MONTHS + 1) for n in range(_MONTHS)],
    )
    made.add((words["answered"], words["count"]), _answered(made, words))
    made.counted("kanal", list(schema.words["channel"].values()))
    for name in ("jenis", "bidang", "desa"):
        made.counted(name, list(schema.column(name).values))
    return made.blocks


def _month(made: _Page, line: int, month: int) -> tuple[Text, ...]:
    """Count a month, so many from this one; `line` = its row, from 1."""
    day = made.column("tanggal")
    within = f"({day}>=$A{line})*({day}<EDATE($A{line};1))"
    return (
        f"=EDATE(DATE(YEAR(TODAY());MONTH(TODAY());1);{month})",
        f'=COUNTIFS({day};">="&$A{line};{day};"<"&EDATE($A{line};1))',
        f"=SUMPRODUCT({_conveyed(made)}*{within}*{_compared(made, '<=')})",
        f"=SUMPRODUCT({_conveyed(made)}*{within}*{_compared(made, '>')})",
    )


def _answered(made: _Page, words: Mapping[str, str]) -> list[tuple[Text, Text]]:
    """Count what was conveyed in time and late, and what runs late while it is worked on."""
    conveyed = _conveyed(made)
    return [
        (words["in_time"], f"=SUMPRODUCT({conveyed}*{_compared(made, '<=')})"),
        (words["late"], f"=SUMPRODUCT({conveyed}*{_compared(made, '>')})"),
        (words["running_late"], f'=COUNTIF({made.column("sisa_menit")};"<0")'),
    ]


def _conveyed(made: _Page) -> str:
    return f"ISNUMBER({made.column('tanggal_disampaikan')})"


def _compared(made: _Page, sign: str) -> str:
    return f"({made.column('tanggal_disampaikan')}{sign}{made.column('batas_waktu')})"


# --- the steps ----------------------------------------------------------------------------------


def ours(sheet: Sheet, schema: Schema) -> bool:
    """Say whether nothing of somebody else stands in the tab."""
    empty = sheet.new or sheet.blank
    return empty or sheet.header()[:1] == [schema.words["summary"]["title"]]


def occupied(sheet: Sheet) -> Step:
    """Tell that the figures have no place."""
    told = f"tab {sheet.title} holds something else; rename that tab, then `pengaduan init` again"
    return Step(told, grave=False)


def steps(
    sheet: Sheet, schema: Schema, at: Mapping[str, int], taken: frozenset[int]
) -> Iterator[Step]:
    """Give what the tab lacks; `taken` = ids that charts have already, on any tab."""
    words = schema.words["summary"]
    blocks, titles = page(schema, at), {0: (words["title"],), 1: (words["note"],)}
    wanted = titles | {block.row: block.header for block in blocks}
    for block in blocks:
        wanted |= dict(enumerate(block.lines, start=block.row + 1))
    if sheet.new or sheet.blank:
        yield from _fill(sheet, wanted, blocks)
    else:
        yield from _mend(sheet, wanted)
    yield from _charts(sheet, words, blocks, taken)


def _fill(
    sheet: Sheet, wanted: Mapping[int, Sequence[Text]], blocks: list[Block]
) -> Iterator[Step]:
    heads = {block.row for block in blocks}
    months = {row for b in blocks if b.months for row in range(b.row + 1, b.end)}
    rows = [
        {"values": [_cell(t, row, n, heads, months) for n, t in enumerate(wanted.get(row, ()))]}
        for row in range(max(wanted) + 1)
    ]
    start = {"sheetId": sheet.gid, "rowIndex": 0, "columnIndex": 0}
    fields = "userEnteredValue,userEnteredFormat(textFormat,numberFormat)"
    told = "" if sheet.new else f"tab {sheet.title}: filled"
    if sheet.rows <= max(wanted) or sheet.columns <= _CHART_AT:
        yield from _room(sheet, max(wanted) + 1)
    yield Step(told, {"updateCells": {"start": start, "rows": rows, "fields": fields}}, grave=False)
    for at, pixels in enumerate(_WIDTHS):
        yield Step("", formats.width(sheet.gid, at, pixels))


def _room(sheet: Sheet, rows: int) -> Iterator[Step]:
    """Make a grid that somebody made by hand large enough; a new one is."""
    if sheet.new:
        return
    size = {"rowCount": max(rows, sheet.rows), "columnCount": max(_CHART_AT + 1, sheet.columns)}
    grid = {"sheetId": sheet.gid, "gridProperties": size}
    fields = "gridProperties(rowCount,columnCount)"
    yield Step("", {"updateSheetProperties": {"properties": grid, "fields": fields}})


def _cell(text: Text, row: int, at: int, heads: set[int], months: set[int]) -> Json:
    look: Json = {}
    if row == 0:
        look = {"textFormat": {"bold": True, "fontSize": 14}}
    elif row in heads:
        look = {"textFormat": {"bold": True}}
    elif at == 0 and row in months:
        look = {"numberFormat": {"type": "DATE", "pattern": "mmm yyyy"}}
    return _value(text) | ({"userEnteredFormat": look} if look else {})


def _value(text: Text) -> Json:
    kind = "formulaValue" if text.startswith("=") else "stringValue"
    return {"userEnteredValue": {kind: text}}


def _mend(sheet: Sheet, wanted: Mapping[int, Sequence[Text]]) -> Iterator[Step]:
    """Put back the cells that lost what they say, unless somebody arranged the tab anew."""
    lost = [
        (row, at, text)
        for row, line in wanted.items()
        for at, text in enumerate(line)
        if _gone(sheet.cell(row, at), text)
    ]
    if not lost or _rearranged(sheet, wanted):
        return
    told = f"tab {sheet.title}: {len(lost)} figures and words made again"
    for row, at, text in lost:
        start = {"sheetId": sheet.gid, "rowIndex": row, "columnIndex": at}
        put = {"start": start, "rows": [{"values": [_value(text)]}], "fields": "userEnteredValue"}
        yield Step(told, {"updateCells": put}, grave=False)
        told = ""


def _gone(cell: Json, text: Text) -> bool:
    """Say whether a cell lost its words or its formula, which comes back in Google's own form."""
    if not text.startswith("="):
        return not said(cell)
    formula = cell.get("userEnteredValue", {}).get("formulaValue", "")
    return not formula or _LOST in formula


def _rearranged(sheet: Sheet, wanted: Mapping[int, Sequence[Text]]) -> bool:
    """Say whether a header stands in another row than where it was written, or rows are gone."""
    if sheet.rows <= max(wanted) or sheet.columns < _CHART_AT:
        return True
    tables = (row for row, line in wanted.items() if len(line) > 1 and "=" not in line[1])
    heads = {tuple(wanted[row][:2]): row for row in tables}
    for row, cells in enumerate(sheet.cells):
        at = heads.get(tuple(said(cell) for cell in cells[:2]))
        if at is not None and at != row:
            return True
    return False


# --- charts -------------------------------------------------------------------------------------


def chart_id(name: str) -> int:
    """Give the chartId of a chart, the same everywhere."""
    return mark_id("chart", name)


def _charts(
    sheet: Sheet, words: Mapping[str, str], blocks: Sequence[Block], taken: frozenset[int]
) -> Iterator[Step]:
    stages, months, answered = blocks[:3]
    gid = sheet.gid
    charts = {
        "per_stage": {"basicChart": _basic(gid, "BAR", stages, 1)},
        "per_month": {"basicChart": _basic(gid, "COLUMN", months, 3)},
        "punctual": {"pieChart": _pie(gid, answered)},
    }
    for place, (name, spec) in enumerate(charts.items()):
        number, title = chart_id(name), words[name]
        if number in taken or title in sheet.charts:
            continue
        anchor = {"sheetId": gid, "rowIndex": 3 + place * _CHART_ROWS, "columnIndex": _CHART_AT}
        chart = {
            "chartId": number,
            "spec": {"title": title, **spec},
            "position": {"overlayPosition": {"anchorCell": anchor, **_SIZE}},
        }
        told = "" if sheet.new else f"tab {sheet.title}: chart {title} made"
        yield Step(told, {"addChart": {"chart": chart}}, grave=False)


def _basic(gid: int, kind: str, block: Block, series: int) -> Json:
    """Draw the columns of a table beside its first; the header names them."""
    target = "BOTTOM_AXIS" if kind == "BAR" else "LEFT_AXIS"
    return {
        "chartType": kind,
        "legendPosition": "BOTTOM_LEGEND" if series > 1 else "NO_LEGEND",
        "domains": [{"domain": _source(gid, block.row, block.end, 0)}],
        "series": [
            {"series": _source(gid, block.row, block.end, at), "targetAxis": target}
            for at in range(1, series + 1)
        ],
        "headerCount": 1,
    }


def _pie(gid: int, block: Block) -> Json:
    """Draw the first two lines of a table as shares: in time and late."""
    first = block.row + 1
    return {
        "legendPosition": "RIGHT_LEGEND",
        "domain": _source(gid, first, first + 2, 0),
        "series": _source(gid, first, first + 2, 1),
    }


def _source(gid: int, first: int, end: int, at: int) -> Json:
    area = {"sheetId": gid, "startRowIndex": first, "endRowIndex": end}
    area |= {"startColumnIndex": at, "endColumnIndex": at + 1}
    return {"sourceRange": {"sources": [area]}}
