"""How tabs and columns look and what they admit, as requests of a batchUpdate (Sheets API v4)."""

from collections.abc import Mapping, Sequence
from typing import Final

from automation.model import Role
from automation.register.grid import Json
from automation.register.shapes import Column, Kind

_NUMBERS: Final[Mapping[Kind, Json]] = {
    Kind.DATE: {"type": "DATE", "pattern": "dd/mm/yyyy"},
    Kind.DATETIME: {"type": "DATE_TIME", "pattern": "dd/mm/yyyy hh.mm"},
    Kind.NUMBER: {"type": "NUMBER", "pattern": "0"},
}
_TEXT: Final[Json] = {"type": "TEXT"}
"""Of every other kind: what people type stays as it is; 0812 keeps its zero, =1 is text."""

_HEAD: Final = "userEnteredFormat(backgroundColorStyle,textFormat,wrapStrategy,verticalAlignment)"
_BODY: Final = "userEnteredFormat(numberFormat,wrapStrategy,verticalAlignment)"


def rgb(colour: str) -> Json:
    """Turn #rrggbb into a Color, whose channels go from 0 to 1."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return dict(zip(("red", "green", "blue"), channels, strict=True))


def below_header(gid: int, at: int) -> Json:
    """Give the cells of a column under its header, open at the end: new rows belong to it."""
    return {"sheetId": gid, "startRowIndex": 1, "startColumnIndex": at, "endColumnIndex": at + 1}


# --- a column -----------------------------------------------------------------------------------


def header(gid: int, at: int, title: str, note: str, colour: str) -> Json:
    """Write a header with its help and its owner's colour; a dropdown that strayed there goes."""
    look = {
        "backgroundColorStyle": {"rgbColor": rgb(colour)},
        "textFormat": {"bold": True},
        "wrapStrategy": "WRAP",
        "verticalAlignment": "MIDDLE",
    }
    cell = {"userEnteredValue": {"stringValue": title}, "note": note, "userEnteredFormat": look}
    return _one_cell(gid, at, cell, f"userEnteredValue,note,dataValidation,{_HEAD}")


def title(gid: int, at: int, text: str) -> Json:
    """Write a header's words alone."""
    return _one_cell(gid, at, {"userEnteredValue": {"stringValue": text}}, "userEnteredValue")


def _one_cell(gid: int, at: int, cell: Json, fields: str) -> Json:
    start = {"sheetId": gid, "rowIndex": 0, "columnIndex": at}
    return {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": fields}}


def width(gid: int, at: int, pixels: int) -> Json:
    """Set the width of a column."""
    place = {"sheetId": gid, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    size = {"range": place, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}
    return {"updateDimensionProperties": size}


def body(gid: int, at: int, column: Column) -> Json:
    """Format the cells of a column by what it holds."""
    look = {
        "numberFormat": numbers(column),
        "wrapStrategy": "WRAP" if _sentence(column) else "CLIP",
        "verticalAlignment": "TOP",
    }
    cell = {"cell": {"userEnteredFormat": look}, "fields": _BODY}
    return {"repeatCell": {"range": below_header(gid, at), **cell}}


def numbers(column: Column) -> Json:
    """Give the number format of a column's cells."""
    return _NUMBERS.get(column.kind, _TEXT)


def format_again(gid: int, at: int, column: Column) -> Json:
    """Put the number format of a column's cells right, and nothing else of their look."""
    cell = {"userEnteredFormat": {"numberFormat": numbers(column)}}
    fields = "userEnteredFormat.numberFormat"
    return {"repeatCell": {"range": below_header(gid, at), "cell": cell, "fields": fields}}


def frozen(gid: int, dimension: str) -> Json:
    """Keep the first "Row" or "Column" in sight."""
    name = f"frozen{dimension}Count"
    change = {"sheetId": gid, "gridProperties": {name: 1}}
    return {"updateSheetProperties": {"properties": change, "fields": f"gridProperties.{name}"}}


def _sentence(column: Column) -> bool:
    """Tell the worker's sentences, read in the row, from long mails, which would blow it up."""
    return column.kind is Kind.LONG and column.owner is Role.SISTEM


def rule(column: Column, words: Sequence[str]) -> Json | None:
    """Give what a column admits: a dropdown, a calendar, or None.

    Never strict: the worker reads `acc` too, and a refused word would only anger who typed it.
    """
    if column.kind is Kind.CHOICE:
        values = [{"userEnteredValue": word} for word in words]
        return {
            "condition": {"type": "ONE_OF_LIST", "values": values},
            "strict": False,
            "showCustomUi": True,
        }
    if column.kind is Kind.DATE and column.owner is not Role.SISTEM:
        return {"condition": {"type": "DATE_IS_VALID"}, "strict": False, "showCustomUi": True}
    return None


def validation(gid: int, at: int, wanted: Json | None) -> Json:
    """Set the rule of a column, or clear it."""
    found = {"range": below_header(gid, at)} | ({"rule": wanted} if wanted else {})
    return {"setDataValidation": found}


# --- colours that follow what a cell says -------------------------------------------------------


def colour_if(gid: int, at: int, condition: Json, colour: str) -> Json:
    """Colour the cells of a column that meet a condition."""
    look = {"backgroundColorStyle": {"rgbColor": rgb(colour)}}
    wanted = {
        "ranges": [below_header(gid, at)],
        "booleanRule": {"condition": condition, "format": look},
    }
    return {"addConditionalFormatRule": {"rule": wanted, "index": 0}}


def says(word: str) -> Json:
    """Give the condition that a cell says exactly this."""
    return {"type": "TEXT_EQ", "values": [{"userEnteredValue": word}]}


def below_zero() -> Json:
    """Give the condition that a cell holds a number below zero."""
    return {"type": "NUMBER_LESS", "values": [{"userEnteredValue": "0"}]}


def within(at: str, most: int) -> Json:
    """Give the condition that a cell holds a number from 0 to `most`; `at` = its column's letters.

    A formula, because a blank cell counts as 0 for the ready-made conditions.
    """
    formula = f"=AND(ISNUMBER(${at}2);${at}2>=0;${at}2<={most})"
    return {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}


# --- protections --------------------------------------------------------------------------------


def protect(described: str, range_: Json, users: Sequence[str]) -> Json:
    """Close a range to all but these accounts; Google adds the owner of the file by itself."""
    wanted = {"range": range_, "description": described, "editors": {"users": [*users]}}
    return {"addProtectedRange": {"protectedRange": wanted}}


def protect_again(number: int, range_: Json, users: Sequence[str]) -> Json:
    """Put a standing protection right."""
    wanted = {
        "protectedRangeId": number,
        "range": range_,
        "warningOnly": False,
        "editors": {"users": [*users]},
    }
    fields = "range,warningOnly,editors"
    return {"updateProtectedRange": {"protectedRange": wanted, "fields": fields}}


# --- a tab without columns ----------------------------------------------------------------------


def page(gid: int, lines: Sequence[str]) -> list[Json]:
    """Fill a tab that people only read: one line a row, the first as its heading."""
    looks = [_line(at == 0) for at in range(len(lines))]
    cells = [
        {"values": [{"userEnteredValue": {"stringValue": line}, "userEnteredFormat": look}]}
        for line, look in zip(lines, looks, strict=True)
    ]
    start = {"sheetId": gid, "rowIndex": 0, "columnIndex": 0}
    fields = "userEnteredValue,userEnteredFormat(textFormat,wrapStrategy)"
    return [
        {"updateCells": {"start": start, "rows": cells, "fields": fields}},
        width(gid, 0, _PAGE),
    ]


_PAGE: Final = 900
"""Pixels of a line of text that is read on a screen."""


def _line(heading: bool) -> Json:  # noqa: FBT001 - one place calls it
    text = {"bold": True, "fontSize": 14} if heading else {}
    return {"textFormat": text, "wrapStrategy": "WRAP"}
