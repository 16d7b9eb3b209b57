"""The tabs of a spreadsheet: which stand, and the steps that make the missing ones. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from automation.register.grid import Json
from automation.register.layout import Sheet, mark_id
from automation.register.shapes import Tab

_ROWS: Final = 1000
SIGN: Final = "pengaduan:"
"""How a protection of ours is known again: its description is this and the column's name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what it does, a sentence for the operator; "" = told by an earlier step.

    Without a request only a person can do it. `lack` = what is wrong as long as it is not done;
    `grave` = the register is not safe until then.
    """

    told: str
    request: Json | None = None
    lack: str = ""
    grave: bool = True

    def fault(self) -> str:
        """Say it as something that is not as it must be, with what to do."""
        if self.request is None:
            return self.told
        return f"{self.lack or f'not yet done: {self.told}'}; run `pengaduan init`"


class Book:
    """The tabs of a spreadsheet as they stand, and as they will, while steps are planned."""

    def __init__(self, live: Json) -> None:
        sheets = sorted(live.get("sheets", ()), key=lambda s: s["properties"].get("index", 0))
        self._sheets = [Sheet.of(sheet) for sheet in sheets]
        self._order = [sheet.gid for sheet in self._sheets]
        self._ahead = -1  # the place of the tab before
        self.owners = owners_of(sheets)
        self.taken = frozenset(_taken(sheets))

    def sheet(self, tab: Tab) -> tuple[Sheet, list[Step]]:
        """Find the tab, or give it as it will be with the steps that make it."""
        found = None if self._blank() else self.known(tab)
        steps: list[Step] = []
        if found is None:
            found, steps = self._renamed(tab) if self._blank() else self._added(tab)
        elif found.title != tab.title and self._free(tab.title):
            steps = [_retitled(found, tab)]
        self._ahead = self._order.index(found.gid)
        return found, steps

    def known(self, tab: Tab) -> Sheet | None:
        """Find it by its marks or its number, so that it may be renamed, else by its title."""
        ids = {mark_id(tab.name, column.name) for column in tab.column}
        marked = (sheet for sheet in self._sheets if ids & sheet.mark_ids)
        titled = (s for s in self._sheets if s.title.casefold() == tab.title.casefold())
        numbered = (s for s in self._sheets if not tab.column and s.gid == mark_id(tab.name, ""))
        return next(marked, None) or next(numbered, None) or next(titled, None)

    def _free(self, title: str) -> bool:
        return all(sheet.title.casefold() != title.casefold() for sheet in self._sheets)

    def _blank(self) -> bool:
        """Say whether the spreadsheet is as Google makes it: one tab, and nothing in it."""
        return len(self._order) == 1 and self._sheets[0].blank and not self._sheets[0].new

    def _renamed(self, tab: Tab) -> tuple[Sheet, list[Step]]:
        old = self._sheets[0]
        sheet = replace(old, title=tab.title, columns=max(old.columns, len(tab.column)), new=True)
        self._sheets = [sheet]
        wanted = _wanted(tab, sheet)
        fields = f"title,gridProperties({','.join(wanted['gridProperties'])})"
        request = {"updateSheetProperties": {"properties": wanted, "fields": fields}}
        return sheet, [Step(f"tab {tab.title}: made of the blank tab {old.title}", request)]

    def _added(self, tab: Tab) -> tuple[Sheet, list[Step]]:
        gid = _free_gid(tab.name, self._order)
        sheet = Sheet(gid, tab.title, max(tab.breadth, len(tab.column)), new=True)
        at = self._ahead + 1
        self._order.insert(at, gid)
        request = {"addSheet": {"properties": {**_wanted(tab, sheet), "index": at}}}
        return sheet, [Step(f"tab {tab.title}: made", request)]


def _wanted(tab: Tab, sheet: Sheet) -> Json:
    grid_properties: Json = {"rowCount": _ROWS, "columnCount": sheet.columns}
    if tab.column:
        grid_properties["frozenRowCount"] = 1
    else:
        grid_properties["hideGridlines"] = True
    if tab.name == "register":
        grid_properties["frozenColumnCount"] = 1
    return {"sheetId": sheet.gid, "title": tab.title, "gridProperties": grid_properties}


def _free_gid(name: str, taken: Sequence[int]) -> int:
    """Choose a sheetId that later requests of the same batch can name."""
    gid = mark_id(name, "")
    while gid in taken:
        gid += 1
    return gid


def _retitled(sheet: Sheet, tab: Tab) -> Step:
    change = {"properties": {"sheetId": sheet.gid, "title": tab.title}, "fields": "title"}
    told = f"tab {sheet.title}: called {tab.title} again"
    return Step(told, {"updateSheetProperties": change})


def standing(live: Json, tab: Tab) -> Sheet | None:
    """Give the tab as it stands, or None."""
    return Book(live).known(tab)


def _taken(sheets: Iterable[Json]) -> Iterator[int]:
    """Give the ids of filter views and charts: Google refuses one that is there already."""
    for sheet in sheets:
        yield from (view["filterViewId"] for view in sheet.get("filterViews", ()))
        yield from (chart["chartId"] for chart in sheet.get("charts", ()))


# --- our protections ---------------------------------------------------------------------------


def owners_of(sheets: Iterable[Json]) -> frozenset[str]:
    """Give who edits every protection of ours: the owner of the file is added to each by Google."""
    ours = [p for s in sheets for p in s.get("protectedRanges", ()) if column_of(p)]
    found = [editors_of(p) for p in ours if editors_of(p)]
    return frozenset.intersection(*found) if found else frozenset()


def column_of(protection: Json) -> str:
    """Give the column that a protection of ours is about, or ""."""
    described: str = protection.get("description", "")
    return described.removeprefix(SIGN) if described.startswith(SIGN) else ""


def editors_of(protection: Json) -> frozenset[str]:
    """Give who may edit, in lower case; nobody when it hides them from the worker."""
    return frozenset(user.lower() for user in protection.get("editors", {}).get("users", ()))
