"""findReplace, for texts; regular expressions of strangers are not run."""

import re
from collections.abc import Iterator
from typing import Final

from automation.sandbox.google import entering, guard
from automation.sandbox.google.areas import Area, Box
from automation.sandbox.google.book import Cell, Tab
from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.work import Handler, Work

Found = dict[tuple[int, int], tuple[Cell, int]]
"""What becomes of a cell, and how often the text stood in it."""


def find_replace(work: Work, request: Json) -> Json:
    """Replace a text wherever it stands within the scope, and count."""
    if request.get("searchByRegex"):
        raise invalid("Regular expressions are not built in the sandbox.")
    if not request.get("find"):
        raise invalid("The text to find must not be empty.")
    counts: dict[str, int] = {}
    for tab, box in _scope(work, request):
        found = _found(tab, box, request)
        guard.written(work.book, tab, work.identity, box, lambda *at, hits=found: at in hits)
        _put(tab, found, counts)
    return {"findReplace": counts}


def _scope(work: Work, request: Json) -> Iterator[tuple[Tab, Box]]:
    if "range" in request:
        tab, area = work.place(request["range"])
        yield tab, tab.checked(area, tab.title)
    elif request.get("allSheets"):
        yield from ((tab, tab.whole()) for tab in work.book.tabs)
    elif "sheetId" in request:
        tab = work.book.tab(request["sheetId"])
        yield tab, tab.box(Area())
    else:
        raise invalid("One of range, sheetId, allSheets must be specified.")


def _found(tab: Tab, box: Box, request: Json) -> Found:
    flags = re.RegexFlag(0) if request.get("matchCase") else re.IGNORECASE
    wanted = re.compile(re.escape(request["find"]), flags)
    found: Found = {}
    for row in box.rows():
        for column, cell in enumerate(tab.rows[row][box.left : box.right], start=box.left):
            text = _text(cell, formulas=request.get("includeFormulas", False))
            whole = request.get("matchEntireCell") and not wanted.fullmatch(text)
            new, times = wanted.subn(lambda _: request.get("replacement", ""), text)
            if times and not whole:
                enter = entering.with_formula if cell.formula else entering.raw
                found[row, column] = enter(cell, new), times
    return found


def _text(cell: Cell, *, formulas: bool) -> str:
    """Give what is searched in a cell: its text, or its formula when those count; else ""."""
    if cell.formula:
        return cell.formula if formulas else ""
    return cell.value if isinstance(cell.value, str) else ""


def _put(tab: Tab, found: Found, counts: dict[str, int]) -> None:
    rows = {row for row, _ in found}
    for (row, column), (cell, _) in found.items():
        tab.put(row, {column: cell})
    more = {
        "valuesChanged": sum(not cell.formula for cell, _ in found.values()),
        "formulasChanged": sum(bool(cell.formula) for cell, _ in found.values()),
        "rowsChanged": len(rows),
        "sheetsChanged": int(bool(found)),
        "occurrencesChanged": sum(times for _, times in found.values()),
    }
    for name, count in more.items():
        if count:
            counts[name] = counts.get(name, 0) + count


HANDLERS: Final[dict[str, Handler]] = {"findReplace": find_replace}
