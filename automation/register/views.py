"""Filter views of the register: for each role the rows whose turn it is, and two for print. Pure.

A view is made once. What a person then changes in it, the title too, is left alone.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from automation.model import Office, Role, Stage
from automation.register.grid import Json, letter
from automation.register.layout import Sheet, mark_id
from automation.register.schema import Schema
from automation.register.tabs import Step

_PRINTS: Final = {
    "this_month": "=AND(YEAR({day})=YEAR(TODAY());MONTH({day})=MONTH(TODAY()))",
    "last_month": (
        "=AND(YEAR({day})=YEAR(EDATE(TODAY();-1));MONTH({day})=MONTH(EDATE(TODAY();-1)))"
    ),
}
"""Rows recorded in a month; semicolons are read in every locale, commas are not."""


def view_id(title: str) -> int:
    """Give the filterViewId of a view, the same everywhere: a renamed view is known by it."""
    return mark_id("view", title)


def steps(
    sheet: Sheet,
    at: Mapping[str, int],
    target: tuple[Schema, Office, Mapping[Stage, Role]],
    taken: frozenset[int],
) -> Iterator[Step]:
    """Give the steps that make the missing views.

    `at` = where each column stands, from 0; `target` = also whose turn each stage is; `taken` = ids
    that views have already.
    """
    schema, office, turns = target
    for view in _views(at, schema, office, turns):
        title, number = view["title"], view_id(view["title"])
        if number in taken or title in sheet.views:
            continue
        told = "" if sheet.new else f"tab {schema.title}: view {title} made"
        area = {"sheetId": sheet.gid, "startRowIndex": 0, "startColumnIndex": 0}
        wanted = {"filterViewId": number, "range": area, **view}
        yield Step(told, {"addFilterView": {"filter": wanted}}, grave=False)


def _views(
    at: Mapping[str, int], schema: Schema, office: Office, turns: Mapping[Stage, Role]
) -> Iterator[Json]:
    words = schema.words["view"]
    due = [{"dimensionIndex": at["batas_waktu"], "sortOrder": "ASCENDING"}]
    for who, role in _people(schema, office):
        specs = [_hiding(at["tahap"], _others(role, schema, turns))]
        if role is Role.KASI:
            specs.append(_meeting(at["disposisi"], {"type": "TEXT_EQ", "values": _said(who)}))
        title = words["turn"].format(siapa=who)
        yield {"title": title, "filterSpecs": specs, "sortSpecs": due}
    first = [{"dimensionIndex": at["nomor"], "sortOrder": "ASCENDING"}]
    for name, formula in _PRINTS.items():
        said = _said(formula.format(day=f"${letter(at['tanggal'])}2"))
        spec = _meeting(at["tanggal"], {"type": "CUSTOM_FORMULA", "values": said})
        yield {"title": words[name], "filterSpecs": [spec], "sortSpecs": first}


def _people(schema: Schema, office: Office) -> Iterator[tuple[str, Role]]:
    """Give whose turn it can be: each role by its name, each Kasi by title as in the dropdown."""
    for role in (Role.PETUGAS, Role.SEKCAM, Role.CAMAT):
        yield schema.words["role"][role], role
    titles = (official.title for official in office.officials if official.role is Role.KASI)
    yield from ((title, Role.KASI) for title in dict.fromkeys(titles))


def _others(role: Role, schema: Schema, turns: Mapping[Stage, Role]) -> list[str]:
    """Give what Tahap says when it is not the role's turn; only the Petugas sees blank rows.

    There the Petugas types the complaints that come by hand.
    """
    words = [schema.words["stage"][stage] for stage in Stage if turns.get(stage) is not role]
    return words if role is Role.PETUGAS else [*words, ""]


def _hiding(at: int, words: list[str]) -> Json:
    return {"columnIndex": at, "filterCriteria": {"hiddenValues": words}}


def _meeting(at: int, condition: Json) -> Json:
    return {"columnIndex": at, "filterCriteria": {"condition": condition}}


def _said(text: str) -> list[Json]:
    return [{"userEnteredValue": text}]
